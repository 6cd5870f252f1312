"""Exceptions: by name, by place, by date of production, and of up to so many."""

from __future__ import annotations

from typing import Any

import pytest

SYSTEMS = """
  old: {name: Old missile, party: north, class: {kind: ICBM, range_km: 9000, warheads: 3}}
  new: {name: New missile, party: north, class: {kind: ICBM, range_km: 9000, warheads: 3}}
"""
NORTH = """
- {system: old, number: 60, place: range-a, source: made-up}
- {system: old, number: 20, place: base-b, source: made-up}
- {system: new, number: 30, place: base-b, attributes: {produced_on: 1975-03-01}, source: made-up}
- {system: new, number: 5, place: base-b, attributes: {produced_on: 1985-03-01}, source: made-up}
"""


@pytest.mark.parametrize(
    ("exception", "said"),
    [
        ("{exception: x, of: icbm, where: type = old, source: made-up}", "35"),
        ("{exception: x, of: icbm, where: 'place = range-a', source: made-up}", "55"),
        ("{exception: x, of: icbm, where: produced_on < 1980-01-01, source: made-up}", "5 (5–85)"),
        (
            "{exception: x, of: icbm, where: type = new and produced_on < 1980-01-01, source: made-up}",
            "85",
        ),
        ("{exception: x, of: icbm, where: type = old, up_to: 50, source: made-up}", "65"),
        ("{exception: x, of: icbm, where: type = old, up_to: 500, source: made-up}", "35"),
        ("{exception: x, of: vehicles, where: type = old, source: made-up}", "35"),
        ("{exception: x, of: all, where: type = old, source: made-up}", "35"),
        ("{exception: x, of: all, where: type = old, up_to: 50, source: made-up}", "65"),
        ("{exception: x, of: vehicles, where: type = old, up_to: 50, source: made-up}", "65"),
    ],
)
def test_exception(small: Any, exception: str, said: str) -> None:
    """From a category, a rule or a limit; what cannot be told apart stays possible.

    115 missiles in all: 60 + 20 old ones, 30 + 5 new ones. No date is known of the old ones, so that
    an exception by date may take all 80 or none.
    """
    case = small(
        systems=SYSTEMS,
        north=NORTH,
        provisions=f"""
        - {{category: icbm, where: kind = ICBM, source: made-up}}
        - {{counting-rule: vehicles, adds: {{icbm: 1}}, source: made-up}}
        - {{ceiling: all, on: vehicles, at_most: 200, source: made-up}}
        - {exception}
        """,
    )
    assert case.says("all") == f"{said} of 200, within"


def test_of_one_limit_only(small: Any) -> None:
    """What is excepted from one limit stays counted under the other."""
    case = small(
        systems=SYSTEMS,
        north=NORTH,
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {ceiling: all, on: icbm, at_most: 115, source: made-up}
        - {ceiling: few, on: icbm, at_most: 54, source: made-up}
        - {exception: at-the-range, of: few, where: place = range-a, source: made-up}
        """,
    )
    assert case.says("all") == "115 of 115, exactly at"
    assert case.says("few") == "55 of 54, over"


def test_research_launchers(small: Any) -> None:
    """Up to 35 launchers for research are left out of the ban (fact inf-VII11, recalled)."""
    case = small(
        systems="""
  gone: {name: A banned missile, party: north, class: {kind: GLBM, range_km: 2000}}
""",
        north="- {system: gone, number: 37, state: research, source: made-up}",
        provisions="""
        - {category: irm, where: kind = GLBM and 1000 km < range <= 5500 km, source: made-up}
        - {ban: no-irm, on: irm, source: made-up}
        - {exception: research, of: no-irm, where: state = research, up_to: 35, source: made-up}
        """,
    )
    assert case.says("no-irm") == "2 of 0, over"


def test_up_to_takes_out_weapons(small: Any) -> None:
    """Ten missiles of three warheads; two are excepted: 24 warheads are left."""
    case = small(
        systems=SYSTEMS,
        north="- {system: old, number: 10, source: made-up}",
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {ceiling: on-missiles, on: {icbm: warheads}, at_most: 100, source: made-up}
        - {exception: two, of: on-missiles, where: type = old, up_to: 2, source: made-up}
        """,
    )
    assert case.says("on-missiles") == "24 of 100, within"


def test_up_to_through_a_category(small: Any) -> None:
    """What is taken out of a category is out of the categories made of it."""
    case = small(
        systems=SYSTEMS,
        north="- {system: old, number: 10, source: made-up}",
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {category: missile, where: icbm or kind = SLBM, source: made-up}
        - {ceiling: missiles, on: missile, at_most: 100, source: made-up}
        - {exception: two, of: icbm, where: type = old, up_to: 2, source: made-up}
        """,
    )
    assert case.says("missiles") == "8 of 100, within"


def test_an_exception_that_may_apply(small: Any) -> None:
    """No date is known of ten missiles: all of them may be excepted, from the limit as from a category."""
    case = small(
        systems=SYSTEMS,
        north="- {system: old, number: 10, source: made-up}",
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {ceiling: all, on: icbm, at_most: 5, source: made-up}
        - {exception: x, of: all, where: produced_on < 1980-01-01, source: made-up}
        """,
    )
    found = case.limit("all")
    assert (found.counted.low, found.counted.high, found.verdict) == (0, 10, "depends")


def test_up_to_of_an_uncertain_number(small: Any) -> None:
    """Up to 15 of 10 to 30 are excepted: none or fifteen stay, beside a hundred others."""
    case = small(
        systems=SYSTEMS,
        north="""
        - {system: old, number: {low: 10, best: 10, high: 30}, source: made-up}
        - {system: new, number: 100, source: made-up}
        """,
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {ceiling: all, on: icbm, at_most: 200, source: made-up}
        - {exception: x, of: all, where: type = old, up_to: 15, source: made-up}
        """,
    )
    assert case.says("all") == "100 (100–115) of 200, within"


def test_an_exception_that_has_run_out(small: Any) -> None:
    """An exception to the end of 1995 takes nothing out in 2000."""
    case = small(
        systems=SYSTEMS,
        north="- {system: old, number: 10, source: made-up}",
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {ceiling: all, on: icbm, at_most: 5, source: made-up}
        - {exception: x, of: all, where: type = old, valid: {to: 1995-12-31}, source: made-up}
        """,
    )
    assert case.says("all", at="1995-12-31") == "0 of 5, within"
    assert case.says("all", at="2000-01-01") == "10 of 5, over"


@pytest.mark.parametrize(
    "limit",
    [
        "{ban: all, on: icbm, source: made-up}",
        "{ban: all, on: vehicles, source: made-up}",
        "{qualitative-limit: all, on: icbm, must: warheads < 3, source: made-up}",
    ],
)
def test_up_to_and_a_ban(small: Any, limit: str) -> None:
    """Two of ten are taken out of the category, so a ban on the category finds eight."""
    case = small(
        systems=SYSTEMS,
        north="- {system: old, number: 10, source: made-up}",
        provisions=f"""
        - {{category: icbm, where: kind = ICBM, source: made-up}}
        - {{counting-rule: vehicles, adds: {{icbm: 1}}, source: made-up}}
        - {limit}
        - {{exception: two, of: [icbm, vehicles], where: type = old, up_to: 2, source: made-up}}
        """,
    )
    assert case.says("all") == "8 of 0, over"
