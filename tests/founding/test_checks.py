"""The arithmetic checks of the researched facts, recomputed from the inventories of the case.

Each names its check. Where the sources part, the difference is what must come out.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from detente.compile.holdings import settle
from detente.model.case import Case


def total(case: Case, inventory: str, systems: Iterable[str] | str, *, starts: bool = False) -> int:
    """The best figure of some systems in an inventory, residuals closed."""
    names = [systems] if isinstance(systems, str) else list(systems)
    return sum(
        e.number.best
        for e in settle(case, case.inventories[inventory]).elements
        if (e.holding.system in names)
        or (starts and any(e.holding.system.startswith(n) for n in names))
    )


def kind(case: Case, inventory: str, wanted: str) -> int:
    """The best figure of one kind of weapon in an inventory."""
    return sum(
        e.number.best
        for e in settle(case, case.inventories[inventory]).elements
        if any(f.value == wanted for f in case.systems[e.holding.system].of("kind"))
    )


def test_us_1978_types(founding: Case) -> None:
    """us_1978_types: types against the data base."""
    assert kind(founding, "us-1978", "ICBM") == 54 + 450 + 550 == 1054
    assert kind(founding, "us-1978", "SLBM") == 656
    assert total(founding, "us-1978", "us_poseidon_c3") == 496


def test_ussr_icbm_1978(founding: Case) -> None:
    """ussr_icbm_1978: 1,251 missiles in service against 1,398 launchers."""
    assert kind(founding, "ussr-1978", "ICBM") == 1251
    assert kind(founding, "ussr-1978-salt", "ICBM") == 1398
    assert kind(founding, "ussr-1978", "ICBM") - 1398 == -147


def test_ussr_slbm_1978(founding: Case) -> None:
    """ussr_slbm_1978: 932 + 18 on Hotel II = 950; diesel boats and the test tube left out."""
    nuclear = [
        e
        for e in settle(founding, founding.inventories["ussr-1978-salt"]).elements
        if e.holding.carrier == "nuclear-submarine" and e.holding.state != "test"
    ]
    assert sum(e.number.best for e in nuclear) == 950
    june = [
        e
        for e in settle(founding, founding.inventories["ussr-1979-salt"]).elements
        if e.holding.carrier == "nuclear-submarine" and e.holding.state != "test"
    ]
    assert sum(e.number.best for e in june) == 950


def test_ussr_slbm_mirv(founding: Case) -> None:
    """ussr_slbm_mirv: 128, then 144."""
    assert total(founding, "ussr-1978-salt", "su_ssn18") == 128
    assert total(founding, "ussr-1979-salt", "su_ssn18") == 144


def test_ussr_bombers(founding: Case) -> None:
    """ussr_bombers: 30 + 75 + 52 = 157 against 156 declared."""
    assert kind(founding, "ussr-1978-salt", "heavy_bomber") == 157


def test_operational_1972(founding: Case) -> None:
    """operational_1972: 1,504 in service against 1,618 of SALT I."""
    assert kind(founding, "ussr-1972", "ICBM") == 1504
    assert kind(founding, "ussr-1972-salt", "ICBM") == 1618
    assert kind(founding, "ussr-1972-salt", "SLBM") == 740


def test_new_icbm_1977(founding: Case) -> None:
    """new_icbm_1977: 156 missiles against 374 launchers of the new types."""
    new = ["su_ss17", "su_ss18", "su_ss19"]
    assert total(founding, "ussr-1977", new, starts=True) == 20 + 36 + 100 == 156
    launchers = [
        e.number.best
        for e in settle(founding, founding.inventories["ussr-1977-salt"]).elements
        if e.holding.launcher
    ]
    assert sum(launchers) == 374


def test_soviet_theatre_1977(founding: Case) -> None:
    """soviet_theatre_1977: 456 + 87 + 18 + 95 = 656, within Carter's 600 to 700."""
    assert total(founding, "ussr-1977-theatre", ["su_ss4", "su_ss5", "su_ss20", "su_tu22m"]) == 656


def test_ss9_left_1977(founding: Case) -> None:
    """ss9_left_1977: 308 less about 150 SS-18."""
    assert total(founding, "ussr-1977-salt", "su_ss9", starts=True) == 158


@pytest.mark.parametrize(
    ("inventory", "parted"),
    [
        ("us-1972-salt", {}),
        ("ussr-1972-salt", {"missiles": 2358}),  # against 2,328 in print
        ("us-1974-salt", {}),
        ("ussr-1974-salt", {}),
        ("us-1977-salt", {}),
        ("ussr-1977-salt", {}),
        ("us-1978-salt", {}),
        ("us-1979-salt", {}),
    ],
)
def test_published_totals_close(founding: Case, inventory: str, parted: dict[str, int]) -> None:
    """Every printed total that ought to add up does."""
    found = settle(founding, founding.inventories[inventory]).discrepancies
    assert {d.published.id: d.computed.best for d in found} == parted
