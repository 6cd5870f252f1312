"""Published numbers that the founding case must give from holdings and rules.

Sources: the Memorandum of Understanding on the SALT II data base (1 November 1978); FRUS 1969-76,
vol. XXXIII, documents 90, 91, 144, 155, 165, 166, 241. What is derived is named so.
"""

from __future__ import annotations

import pytest

import detente
from detente.analyses.count import Count
from detente.model.case import Case

# text, ceilings at, limit, party -> counted (low, best, high), at most, verdict
EXPECTED = [
    ("vladivostok-1974", None, "aggregate", "US", (2284, 2284, 2284), 2400, "within", 116),
    ("vladivostok-1974", None, "aggregate", "USSR", (2504, 2504, 2504), 2400, "over", 104),
    ("vladivostok-1974", None, "mirv", "US", (1046, 1046, 1046), 1320, "within", 274),
    ("salt-ii-1979", None, "aggregate", "US", (2284, 2284, 2284), 2400, "within", 116),
    ("salt-ii-1979", None, "aggregate", "USSR", (2504, 2504, 2504), 2400, "over", 104),
    ("salt-ii-1979", "1981-01-01", "aggregate", "US", (2284, 2284, 2284), 2250, "over", 34),
    ("salt-ii-1979", "1981-01-01", "aggregate", "USSR", (2504, 2504, 2504), 2250, "over", 254),
    ("salt-ii-1979", "1980-12-31", "aggregate", "US", (2284, 2284, 2284), 2400, "within", 116),
    ("salt-ii-1979", None, "mirv", "US", (1046, 1046, 1046), 1320, "within", 274),
    ("salt-ii-1979", None, "mirv-missiles", "US", (1046, 1046, 1046), 1200, "within", 154),
    ("salt-ii-1979", None, "mirv-missiles", "USSR", (704, 704, 851), 1200, "within", 496),
    ("salt-ii-1979", None, "mirv-icbm", "US", (550, 550, 550), 820, "within", 270),
    ("salt-ii-1979", None, "mirv-icbm", "USSR", (576, 576, 723), 820, "within", 244),
    ("salt-ii-1979", None, "heavy-icbm", "US", (0, 0, 0), 0, "exactly at", 0),
    ("salt-ii-1979", None, "heavy-icbm", "USSR", (308, 308, 308), 308, "exactly at", 0),
    ("salt-ii-1979", None, "fixed-icbm", "USSR", (1398, 1398, 1398), 1398, "exactly at", 0),
]


@pytest.mark.parametrize(
    ("text", "at", "limit", "party", "counted", "at_most", "verdict", "margin"), EXPECTED
)
def test_data_base_of_1978(
    founding: Case,
    text: str,
    at: str | None,
    limit: str,
    party: str,
    counted: tuple[int, int, int],
    at_most: int,
    verdict: str,
    margin: int,
) -> None:
    """The data base of 1 November 1978 under both texts, by type and rule."""
    x = detente.count(founding, text=text, forces="1978-11-01", at=at).limit(limit, party)
    assert (x.counted.low, x.counted.best, x.counted.high) == counted
    assert (x.at_most, x.verdict) == (at_most, verdict)
    assert (x.excess if verdict == "over" else x.headroom) == margin


def test_no_typed_total_is_counted(founding: Case) -> None:
    """Each figure is a sum over systems; only what closes a total is derived, and is said to be."""
    x = detente.count(founding, text="salt-ii-1979", forces="1978-11-01").limit("aggregate", "USSR")
    by_type = [c for c in x.count.contributions if not c.element.derived]
    closing = {
        c.element.holding.system: c.counted.best for c in x.count.contributions if c.element.derived
    }
    assert closing == {
        "su_icbm_launcher_in_conversion_heavy": 47,
        "su_icbm_launcher_in_conversion_light": 100,
    }
    # the declared 156 bombers govern, against 157 by type
    assert [a.change.best for a in x.count.adjustments] == [-1]
    assert sum(c.counted.best for c in by_type) + 147 - 1 == 2504


def test_why_the_mirv_count_is_a_range(founding: Case) -> None:
    """576 is best; 147 launchers in conversion to types not known make it 723 at most."""
    x = detente.count(founding, text="salt-ii-1979", forces="1978-11-01").limit("mirv-icbm", "USSR")
    unsure = {
        c.element.holding.system: c.element.number.best for c in x.count.contributions if not c.sure
    }
    assert sum(unsure.values()) == 147
    assert all("conversion" in name for name in unsure)
    fields = [c for c in x.count.contributions if c.element.holding.place]
    assert [(c.counted.best, c.element.holding.confidence) for c in fields] == [(120, "recalled")]


def test_declared_and_computed_part(founding: Case) -> None:
    """157 bombers by type against 156 declared; the orbital missiles; June 1979. Nothing is fitted."""
    c = detente.count(founding, text="salt-ii-1979", forces="1978-11-01")
    parted = {d.published.id: (d.declared.best, d.computed.best) for d in c.discrepancies}
    assert parted == {"heavy-bombers": (156, 157), "fractional-orbital": (18, 20)}
    orbital = c.limit("orbital", "USSR")
    assert (orbital.counted.best, orbital.verdict) == (20, "over")
    june = detente.count(founding, text="salt-ii-1979", forces="1979-06-18")
    parted = {d.published.id: (d.declared.best, d.computed.best) for d in june.discrepancies}
    assert parted == {
        "heavy-bombers": (156, 157),
        "fractional-orbital": (18, 20),
        "heavy": (308, 315),
        "icbm-mirved": (608, 740),
    }
    assert june.limit("mirv-icbm", "USSR").counted.best == 740
    assert june.limit("mirv-icbm", "USSR").counted.best - 120 == 620
    assert june.limit("heavy-icbm", "USSR").counted.best == 308


def test_june_1979(founding: Case) -> None:
    """The statements of data at signature: three bombers equipped for long-range cruise missiles."""
    c = detente.count(founding, text="salt-ii-1979", forces="1979-06-18")
    assert c.limit("aggregate", "US").counted.best == 1054 + 656 + 573
    assert c.limit("mirv", "US").counted.best == 1046 + 3
    assert c.limit("mirv-missiles", "US").counted.best == 1046
    assert c.limit("alcm-average", "US").row.provision.kind == "average"


def test_the_letters_date(founding: Case) -> None:
    """February 1977: about 2,500 Soviet vehicles (FRUS XXXIII d166), 158 SS-9 left, 374 new launchers."""
    c = detente.count(founding, text="vladivostok-1974", forces="1977-02-25")
    assert c.limit("aggregate", "USSR").counted.best == 1398 + 157 + 795 + 157 == 2507
    us = c.limit("aggregate", "US").counted
    assert (us.low, us.best, us.high) == (2201, 2284, 2284)
    assert c.limit("aggregate", "USSR").in_force == "not yet"
    ss9 = [
        k
        for k in c.limit("heavy-icbm", "USSR").count.contributions
        if k.element.holding.system.startswith("su_ss9")
    ]
    assert sum(k.counted.best for k in ss9) == 158
    mirv = c.limit("mirv", "USSR").counted
    assert mirv.best == 120  # MIRVed missiles in service, the SS-18 taken as single
    new = {
        "su_ss17_m13": 20, "su_ss19_m1": 100, "su_ss18_m13": 36,
        "su_icbm_launcher_in_conversion_heavy": 114, "su_icbm_launcher_in_conversion_light": 104,
    }  # fmt: skip
    launchers = detente.count(founding, text="salt-ii-1979", forces="1977-02-25").limit(
        "mirv-icbm", "USSR"
    )
    by_system = {k.element.holding.system: k.counted.best for k in launchers.count.contributions}
    assert by_system == new
    assert launchers.counted.best == sum(new.values()) == 374


def test_vladivostok_in_1974(founding: Case) -> None:
    """At Vladivostok: 802 US MIRVed launchers, none Soviet; no US bomber figure, so no US aggregate."""
    c = detente.count(founding, text="vladivostok-1974", forces="1974-11-24")
    assert c.limit("mirv", "US").counted.best == 450 + 352 == 802
    assert c.limit("mirv", "USSR").counted.best == 0
    assert c.limit("aggregate", "US").verdict == "not computed"
    assert c.limit("aggregate", "USSR").counted.best == 1607 + 619 + 157


@pytest.mark.parametrize("forces", ["us-1978", "ussr-1978"])
def test_bases_never_mix_silently(founding: Case, forces: str) -> None:
    """An operational inventory under a text that counts launchers is refused, or said to be one."""
    with pytest.raises(detente.Refused) as refused:
        detente.count(founding, text="salt-ii-1979", forces=forces)
    assert refused.value.problems[0].code == "E601"
    c = detente.count(founding, text="salt-ii-1979", forces=forces, basis="operational")
    assert "operational" in c.chosen.converted
    assert c.as_data()["basis_of_text"] == "salt_launchers"


def test_bases_of_the_us_bombers(founding: Case) -> None:
    """316 in units against 574 accountable: the largest gap between bases (check us_bombers_1978)."""

    def bombers(c: Count) -> int:
        row = c.limit("aggregate", "US")
        return sum(
            int(k.counted.best) for k in row.count.contributions if k.category == "heavy-bomber"
        )

    assert bombers(detente.count(founding, text="salt-ii-1979", forces="1978-11-01")) == 574
    operational = detente.count(
        founding, text="salt-ii-1979", forces="1978-11-01", basis="operational"
    )
    assert bombers(operational) == 316
    assert operational.limit("aggregate", "USSR").verdict == "within"


def test_changing_an_input_changes_the_verdict(founding: Case) -> None:
    """Verdicts come out of computation: other ceilings' dates, other forces, other rules."""
    seen = {
        detente.count(founding, text=t, forces=f, at=a).limit("aggregate", "US").verdict
        for t, f, a in [
            ("salt-ii-1979", "1978-11-01", None),
            ("salt-ii-1979", "1978-11-01", "1981-01-01"),
        ]
    }
    assert seen == {"within", "over"}
