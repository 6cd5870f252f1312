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
