"""One attribute against another, against a named type's, and against the heaviest of a category."""

from __future__ import annotations

from typing import Any

import pytest

SYSTEMS = """
  yardstick: {name: Yardstick, party: north, class: {kind: ICBM, launch_weight_kg: 105000}}
  same: {name: As heavy, party: north, class: {kind: ICBM, launch_weight_kg: 105000}}
  heavier: {name: Heavier, party: north, class: {kind: ICBM, launch_weight_kg: 105001}}
  vague: {name: Vague, party: north, class: {kind: ICBM, launch_weight_kg: {low: 104000, high: 106000}}}
  as_tested: {name: As tested, party: north, class: {kind: SLBM, warheads: 3, tested_warheads: 3}}
  beyond: {name: Beyond the test, party: north, class: {kind: SLBM, warheads: 4, tested_warheads: 3}}
  untold: {name: Untold, party: north, class: {kind: SLBM, warheads: 4}}
"""
NORTH = """
- {system: yardstick, number: 1, source: made-up}
- {system: same, number: 10, source: made-up}
- {system: heavier, number: 100, source: made-up}
- {system: vague, number: 1000, source: made-up}
- {system: as_tested, number: 1, source: made-up}
- {system: beyond, number: 10, source: made-up}
- {system: untold, number: 100, source: made-up}
"""


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("kind = ICBM and launch_weight > launch_weight of yardstick", "100 (100–1,100)"),
        ("kind = ICBM and launch_weight >= launch_weight of yardstick", "111 (111–1,111)"),
        ("kind = ICBM and launch_weight > 0.9 * launch_weight of yardstick", "1,111"),
        ("kind = ICBM and launch_weight > largest launch_weight of light", "100 (100–1,100)"),
        ("kind = ICBM and launch_weight = smallest launch_weight of light", "11 (11–1,011)"),
        ("kind = SLBM and warheads > tested_warheads", "10 (10–110)"),
        ("kind = SLBM and warheads > 1.4 * tested_warheads", "0 (0–100)"),
        ("kind = SLBM and warheads <= tested_warheads", "1 (1–101)"),
    ],
)
def test_compared(small: Any, where: str, said: str) -> None:
    """Heavier than a named type; more warheads than were tested; unknown where a value is."""
    case = small(
        systems=SYSTEMS,
        north=NORTH,
        provisions=f"""
        - {{category: light, where: 'type in {{yardstick, same}}', source: made-up}}
        - {{category: found, where: '{where}', source: made-up}}
        - {{ceiling: all, on: found, at_most: 5000, source: made-up}}
        """,
    )
    assert case.says("all") == f"{said} of 5,000, within"


def test_heaviest_of_a_category_not_all_known(small: Any) -> None:
    """One light missile's weight is unknown, so the heaviest light one may be heavier than it seems."""
    case = small(
        systems=SYSTEMS,
        north="- {system: heavier, number: 100, source: made-up}",
        provisions="""
        - {category: light, where: 'type in {yardstick, untold}', source: made-up}
        - {category: heavy, where: launch_weight > largest launch_weight of light, source: made-up}
        - {ceiling: all, on: heavy, at_most: 5000, source: made-up}
        """,
    )
    assert case.says("all") == "0 (0–100) of 5,000, within"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("1979-06-18", "11 of 99, within"),  # the yardstick of 100 t is the heaviest then held
        ("1990", "1 of 99, within"),  # by then the second, of 120 t, is held too
        ("1960-01-01", "0 (0–11) of 99, within"),  # nothing was held: nobody knows the line
    ],
)
def test_heaviest_held_at_a_date(small: Any, day: str, said: str) -> None:
    """Heavier than the heaviest light missile deployed at signature (fact s2-ii-7), not of any day."""
    case = small(
        systems="""
  first: {name: First, party: north, class: {kind: ICBM, mirved: false, launch_weight_kg: 100000}}
  second: {name: Second, party: north, class: {kind: ICBM, mirved: false, launch_weight_kg: 120000}}
  a: {name: A, party: north, class: {kind: ICBM, mirved: true, launch_weight_kg: 110000}}
  b: {name: B, party: north, class: {kind: ICBM, mirved: true, launch_weight_kg: 130000}}
""",
        inventories="".join(
            f"""
  north-{year}:
    party: north
    date: {year}-01-01
    basis: declared
    title: Year {year}
    holdings: [{lines}]
"""
            for year, lines in (
                (1970, "{system: first, number: 5, source: made-up}"),
                (1985, "{system: second, number: 5, source: made-up}"),
                (
                    2000,
                    "{system: a, number: 10, source: made-up}, "
                    "{system: b, number: 1, source: made-up}",
                ),
            )
        ),
        provisions=f"""
        - {{category: light, where: kind = ICBM and not mirved, source: made-up}}
        - {{category: heavy, where: 'launch_weight > largest launch_weight of light held {day}',
           source: made-up}}
        - {{ceiling: all, on: heavy, at_most: 99, source: made-up}}
        """,
    )
    assert case.says("all") == said


def test_a_circle_through_a_multiple(checked: Any) -> None:
    """A category measured by a multiple of its own heaviest goes in a circle, and is told so."""
    found = checked(
        systems=SYSTEMS,
        provisions="""
        - {category: c, where: launch_weight > 1.05 * largest launch_weight of c, source: made-up}
        """,
    )
    assert [p.code for p in found.problems] == ["E312"]
