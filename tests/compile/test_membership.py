"""Membership: Kleene's tables, and attributes unknown, measured by a range, or disputed."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.compile.compiler import compile_text
from detente.compile.membership import Membership
from detente.compile.table import table_of_systems
from detente.model.predicate import Always, And, Not, Open, Or, Readings, Tree

U: Tree = Open("nobody can tell")
T: Tree = Always(True)
F: Tree = Always(False)
VALUES: list[tuple[Tree, bool | None]] = [(T, True), (U, None), (F, False)]


def kleene_and(a: bool | None, b: bool | None) -> bool | None:
    """False if either is; unknown if either is; else true."""
    return False if a is False or b is False else None if a is None or b is None else True


def kleene_or(a: bool | None, b: bool | None) -> bool | None:
    """True if either is; unknown if either is; else false."""
    return True if a is True or b is True else None if a is None or b is None else False


@pytest.fixture(scope="module")
def systems(algebra: Any) -> Membership:
    """Membership over the systems of the case."""
    return Membership(table_of_systems(algebra.case))


@pytest.mark.parametrize(("a", "b"), list(product(VALUES, VALUES)))
def test_tables(systems: Membership, a: Any, b: Any) -> None:
    """And, or, not, and several readings of one clause, over all pairs of values."""
    (x, p), (y, q) = a, b
    assert systems.of(And((x, y))).at(0) is kleene_and(p, q)
    assert systems.of(Or((x, y))).at(0) is kleene_or(p, q)
    assert systems.of(Not(x)).at(0) is (None if p is None else not p)
    # what all readings agree on is known
    assert systems.of(Readings((("n", x), ("s", y)))).at(0) is (p if p is q else None)
    # De Morgan
    left, right = systems.of(Not(And((x, y)))), systems.of(Or((Not(x), Not(y))))
    assert left.at(0) is right.at(0)


def test_an_empty_and_or(systems: Membership) -> None:
    """Nothing asked is true; no alternative is false."""
    assert systems.of(And(())).at(0) is True
    assert systems.of(Or(())).at(0) is False


VALUES_OF = """
systems:
  known: {name: Known, party: north, class: {kind: ICBM, range_km: 6000, first_flight: 1975-06-15}}
  unknown: {name: Unknown, party: north}
  span: {name: Span, party: north, class: {range_km: {low: 5000, high: 6000}, first_flight: 1975}}
  on_edge: {name: Edge, party: north, class: {range_km: {low: 5000, high: 5500}}}
  split:
    name: Two sources across 5,500
    party: north
    facts: [{range_km: 5000, kind: ICBM, source: made-up}, {range_km: 6000, kind: SLBM, source: made-up}]
  agreed:
    name: Two sources, both above 5,500
    party: north
    facts: [{range_km: 5600, kind: ICBM, source: made-up}, {range_km: 6000, kind: ICBM, source: made-up}]
  one_spans:
    name: One source across, one above
    party: north
    facts:
      - {range_km: {low: 5400, high: 5600}, source: made-up}
      - {range_km: 6000, source: made-up}
"""
Y, N, Q = True, False, None
ORDER = ["known", "unknown", "span", "on_edge", "split", "agreed", "one_spans"]


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory, algebra: Any) -> Any:
    """A function: what a clause says of each system."""
    count = 0

    def asked(where: str) -> list[bool | None]:
        nonlocal count
        count += 1
        folder: Path = tmp_path_factory.mktemp(f"values{count}")
        files = dict(algebra.files)
        files["systems/systems.yaml"] = VALUES_OF
        files["case.yaml"] = "case: values\ntitle: Values\nparties: {north: {title: Northland}}"
        files["texts/texts.yaml"] = f"""
text: t
title: T
date: 1990-01-01
parties: [north]
provisions: [{{category: asked, where: '{where}', source: made-up}}]
"""
        case = detente.load(algebra.write(folder, files))
        compiled = compile_text(case, case.texts["t"])
        found = Membership(table_of_systems(case), compiled.categories).category("asked")
        ids = list(case.systems)
        return [found.at(ids.index(name)) for name in ORDER]

    return asked


@pytest.mark.parametrize(
    ("where", "said"),
    [
        # known unknown span on_edge split agreed one_spans
        ("range > 5500 km", [Y, Q, Q, N, Q, Y, Q]),
        ("range >= 5500 km", [Y, Q, Q, Q, Q, Y, Q]),
        ("range < 5500 km", [N, Q, Q, Q, Q, N, Q]),
        ("range <= 5500 km", [N, Q, Q, Y, Q, N, Q]),
        ("not range > 5500 km", [N, Q, Q, Y, Q, N, Q]),
        ("range = 6000 km", [Y, Q, Q, N, Q, Q, Q]),
        ("range != 6000 km", [N, Q, Q, Y, Q, Q, Q]),
        # disputed, but not across these lines
        ("range > 4000 km", [Y, Q, Y, Y, Y, Y, Y]),
        ("range > 7000 km", [N, Q, N, N, N, N, N]),
        ("5500 km < range <= 5900 km", [N, Q, Q, N, Q, Q, Q]),
        # words
        ("kind = ICBM", [Y, Q, Q, Q, Q, Y, Q]),
        ("kind in {ICBM, SLBM}", [Y, Q, Q, Q, Y, Y, Q]),
        ("kind = bomber", [N, Q, Q, Q, N, N, Q]),
        ("kind != bomber", [Y, Q, Q, Q, Y, Y, Q]),
        # dates known to the day, the year, not at all
        ("first_flight < 1975-06-16", [Y, Q, Q, Q, Q, Q, Q]),
        ("first_flight < 1976-01-01", [Y, Q, Y, Q, Q, Q, Q]),
        ("first_flight > 1974", [Y, Q, Y, Q, Q, Q, Q]),
        # unknown or true is true, unknown and false is false
        ("range > 5500 km or type = unknown", [Y, Y, Q, N, Q, Y, Q]),
        ("range > 5500 km and type = known", [Y, N, N, N, N, N, N]),
        # facets of a holding: a system stands in no state or zone
        ("state = test", [N] * 7),
    ],
)
def test_values(of: Any, where: str, said: list[bool | None]) -> None:
    """Known where all that the sources allow agrees; otherwise unknown, never false."""
    assert of(where) == said


def test_clauses_are_asked_one_by_one(of: Any) -> None:
    """Kleene's logic asks each clause by itself: it does not see that two of them cover everything,
    nor that one source gives both attributes. What it calls unknown may be settled; never the reverse.
    """
    assert of("range > 5500 km or range <= 5500 km")[ORDER.index("unknown")] is None
    assert of("kind = ICBM or range > 5500 km")[ORDER.index("split")] is None
    assert of("5200 km < range < 5800 km")[ORDER.index("split")] is None


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("first_flight >= 1975", True),
        ("first_flight <= 1975", True),
        ("first_flight = 1975", True),
        ("first_flight = 1975-06", True),
        ("first_flight < 1975", False),
        ("first_flight > 1975-06", False),
        ("first_flight != 1975", False),
    ],
)
def test_a_year_in_a_clause(of: Any, where: str, said: bool) -> None:
    """15 June 1975 lies in 1975: from that year on, up to that year, not before it, not after it."""
    assert of(where)[0] is said


def test_type_history(algebra: Any) -> None:
    """Once one variant of a type was MIRVed all are; where the type may be any of several, unknown."""
    case = algebra.case
    compiled = compile_text(case, case.texts["linear"])
    found = Membership(table_of_systems(case), compiled.categories).category("mirv")
    said = {s: found.at(i) for i, s in enumerate(case.systems)}
    assert said["a"] is True
    assert said["a1"] is True  # by its type's history
    assert said["b"] is False
    assert said["h"] is None  # an A or a B
    assert said["e"] is None  # MIRVed, but whether its range is above 5,500 km is disputed
