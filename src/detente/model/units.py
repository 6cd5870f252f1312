"""The closed table of units that predicates and attribute keys may use.

Factors are exact by definition (international nautical mile, statute mile and pound).
"""

from __future__ import annotations

from fractions import Fraction

# unit -> (dimension, canonical unit of the dimension in attribute keys, factor to it)
UNITS: dict[str, tuple[str, str, Fraction]] = {
    "km": ("length", "km", Fraction(1)),
    "m": ("length", "km", Fraction(1, 1000)),
    "nm": ("length", "km", Fraction(1852, 1000)),
    "mi": ("length", "km", Fraction(1609344, 1000000)),
    "kg": ("mass", "kg", Fraction(1)),
    "t": ("mass", "kg", Fraction(1000)),
    "lb": ("mass", "kg", Fraction(45359237, 100000000)),
    "kt": ("yield", "mt", Fraction(1, 1000)),
    "Mt": ("yield", "mt", Fraction(1)),
    "mt": ("yield", "mt", Fraction(1)),
    "percent": ("share", "pct", Fraction(1)),
    "pct": ("share", "pct", Fraction(1)),
}


def convert(value: float, unit: str, target: str) -> int | float:
    """A value in `unit` expressed in `target` (same dimension), whole where it comes out whole."""
    factor = UNITS[unit][2] / UNITS[target][2]
    exact = Fraction(str(value)) * factor
    return int(exact) if exact.denominator == 1 else float(exact)


def unit_of_key(key: str) -> str:
    """The unit an attribute key ends in (`range_km` -> `km`), or an empty string."""
    tail = key.rsplit("_", 1)[-1]
    return tail if tail in UNITS and "_" in key else ""
