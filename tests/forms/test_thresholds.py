"""Thresholds, strict and inclusive, in several units, with weapons exactly on the line."""

from __future__ import annotations

from typing import Any

import pytest

SYSTEMS = """
  on_the_line: {name: On the line, party: north, class: {range_km: 5500}}
  above: {name: Above, party: north, class: {range_km: 5500.5}}
  below: {name: Below, party: north, class: {range_km: 5499}}
  lower_line: {name: On the lower line, party: north, class: {range_km: 500}}
"""
NORTH = """
- {system: on_the_line, number: 1, source: made-up}
- {system: above, number: 10, source: made-up}
- {system: below, number: 100, source: made-up}
- {system: lower_line, number: 1000, source: made-up}
"""


@pytest.mark.parametrize(
    ("where", "counted"),
    [
        ("range > 5500 km", 10),
        ("range >= 5500 km", 11),
        ("range < 5500 km", 1100),
        ("range <= 5500 km", 1101),
        ("range = 5500 km", 1),
        ("range != 5500 km", 1110),
        ("not range > 5500 km", 1101),
        ("range ≥ 5500 km", 11),
        ("5500 km < range", 10),
        ("range > 5500000 m", 10),
        ("1000 km < range <= 5500 km", 101),
        ("500 km <= range <= 1000 km", 1000),
        ("500 km < range <= 1000 km", 0),
    ],
)
def test_on_the_line(small: Any, where: str, counted: int) -> None:
    """A range of 5,500 km is not above 5,500 km (facts irm, srm of inf-1987: both kinds of end)."""
    case = small(
        systems=SYSTEMS,
        north=NORTH,
        provisions=f"""
        - {{category: missile, where: '{where}', source: made-up}}
        - {{ceiling: missiles, on: missile, at_most: 5000, source: made-up}}
        """,
    )
    assert case.says("missiles") == f"{counted:,} of 5,000, within"


@pytest.mark.parametrize(
    ("key", "value", "constant", "above", "from_on"),
    [
        ("range_km", 5556, "3000 nm", 0, 1),  # 3,000 nautical miles are 5,556 km
        ("range_km", 5029.2, "3125 mi", 0, 1),  # 3,125 statute miles are 5,029.2 km
        ("range_km", 5500, "2969.762419 nm", 1, 1),  # 5,500 km are 2,969.7624190… nautical miles
        ("range_km", 5500, "2969.762420 nm", 0, 0),
        ("range_km", 5500, "3417.541557 mi", 1, 1),  # and 3,417.5415573… statute miles
        ("range_km", 5500, "3417.541558 mi", 0, 0),
        ("range_nm", 3000, "5556 km", 0, 1),
        ("range_mi", 3125, "5029.2 km", 0, 1),
        ("throw_weight_kg", 4350, "4.35 t", 0, 1),
        ("throw_weight_lb", 10000, "4535.9237 kg", 0, 1),
        ("yield_kt", 150, "0.15 Mt", 0, 1),
    ],
)
def test_units(small: Any, key: str, value: float, constant: str, above: int, from_on: int) -> None:
    """The unit stands in the key and in the text; nothing is rounded between them.

    A type has exactly the throw-weight of the heavy line of START I, 4,350 kg, and is not heavy
    (fact heavy_icbm of start1-1991: strictly greater).
    """
    stem = key.rsplit("_", 1)[0]
    case = small(
        attributes=f"attributes: {{{key}: {{type: number}}}}",
        systems=f"  missile: {{name: Missile, party: north, class: {{{key}: {value}}}}}",
        north="- {system: missile, number: 1, source: made-up}",
        provisions=f"""
        - {{category: above, where: {stem} > {constant}, source: made-up}}
        - {{category: from, where: {stem} >= {constant}, source: made-up}}
        - {{ceiling: above-line, on: above, at_most: 5, source: made-up}}
        - {{ceiling: from-line, on: from, at_most: 5, source: made-up}}
        """,
    )
    assert case.says("above-line") == f"{above} of 5, within"
    assert case.says("from-line") == f"{from_on} of 5, within"
