"""Classes of weapons: whatever anybody builds falls into one that the cells already have."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente

KINDS = ["ICBM", "SLBM", "bomber"]
ATTRIBUTES = """
attributes:
  kind: {type: choice, choices: [ICBM, SLBM, bomber]}
  basing: {type: choice, choices: [silo, mobile, other]}
  range_km: {type: number}
  warheads: {type: number}
  tested: {type: number}
  decoys: {type: number}
  mirved: {type: yes-no}
  first_flight: {type: date}
"""
ranges = st.sampled_from([1, 599, 600, 600.5, 601, 3000, 5499.5, 5500, 5501, 20000])
years = st.sampled_from(["1960-01-01", "1975-05-31", "1975-06-01", "1975-06-02", "1999-12-31"])

numbers = st.builds(
    lambda op, n: f"range {op} {n} km",
    st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
    st.sampled_from([600, 5500]),
)
atoms = st.one_of(
    numbers,
    st.just("600 km < range <= 5500 km"),
    st.builds(
        lambda op, n: f"warheads {op} {n}",
        st.sampled_from(["<", "<=", ">", ">=", "="]),
        st.integers(1, 4),
    ),
    st.builds(lambda op: f"first_flight {op} 1975-06-01", st.sampled_from(["<", "<=", ">", ">="])),
    st.sampled_from(["mirved", "not mirved", "any of type (mirved)", "party = north"]),
    st.builds(lambda k: f"kind = {k}", st.sampled_from(KINDS)),
    st.sampled_from(["kind in {ICBM, SLBM}", "kind not in {bomber}", "basing = silo"]),
    st.sampled_from(["basing in {silo, mobile}", "basing != mobile", "type = s0"]),
    st.sampled_from(["type not in {s1, s2}", "range > range of s0", "range <= 0.5 * range of s1"]),
    st.sampled_from(["warheads > tested", "warheads >= 2 * tested", "tested = warheads"]),
)
clauses = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(lambda a, b: f"({a} and {b})", inner, inner),
        st.builds(lambda a, b: f"({a} or {b})", inner, inner),
        st.builds(lambda a: f"not ({a})", inner),
    ),
    max_leaves=5,
)


@st.composite
def systems(draw: st.DrawFn) -> str:
    """Six systems of which everything is known, some of them variants of the first."""
    found = "systems:\n"
    for i in range(6):
        found += (
            f"  s{i}: {{name: S{i}, party: {draw(st.sampled_from(['north', 'south']))}, "
            + ("variant_of: s0, " if i > 3 else "")
            + f"class: {{kind: {draw(st.sampled_from(KINDS))}, range_km: {draw(ranges)}, "
            f"basing: {draw(st.sampled_from(['silo', 'mobile', 'other']))}, "
            f"warheads: {draw(st.integers(1, 5))}, tested: {draw(st.integers(1, 5))}, "
            f"mirved: {draw(st.sampled_from(['true', 'false']))}, "
            f"first_flight: {draw(years)}}}}}\n"
        )
    return found


def case_of(algebra: Any, systems: str, clauses: list[str]) -> Any:
    """A case with a ceiling on each clause, and one of each system held."""
    provisions = "".join(
        f"  - {{category: c{i}, where: '{clause}', source: made-up}}\n"
        f"  - {{ceiling: l{i}, on: c{i}, at_most: 5, source: made-up}}\n"
        for i, clause in enumerate(clauses)
    )
    held = {p: [f"s{i}" for i in range(6) if f"s{i}: {{name: S{i}, party: {p}" in systems]
            for p in ("north", "south")}  # fmt: skip
    inventories = "inventories:\n" + "".join(
        f"  {p}: {{party: {p}, date: 2000-01-01, basis: declared, title: {p}, holdings: ["
        + ", ".join(f"{{system: {s}, number: 1, source: made-up}}" for s in mine)
        + "]}\n"
        for p, mine in held.items()
    )
    files = {
        "case.yaml": "case: c\ntitle: C\nparties: {north: {title: N}, south: {title: S}}\n",
        "sources/s.yaml": "sources: {made-up: {title: Made up}}",
        "bases/b.yaml": "bases: {declared: {counts: what is declared}}",
        "attributes/a.yaml": ATTRIBUTES,
        "systems/s.yaml": systems,
        "inventories/i.yaml": inventories,
        "texts/t.yaml": "text: t\ntitle: T\ndate: 1990-01-01\nparties: [north, south]\n"
        "counts: declared\nprovisions:\n" + provisions,
    }
    return detente.load(algebra.write(algebra.folder("classes"), files))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(systems(), st.lists(clauses, min_size=1, max_size=4))
def test_whatever_is_built_has_a_class(algebra: Any, made: str, clauses: list[str]) -> None:
    """A weapon of which everything is known is in a class that the cells had before it was built.

    The class's witness is such a weapon, and the limits count it as the class says.
    """
    case = case_of(algebra, made, clauses)
    layout = detente.layout(case, "t")
    assert not layout.classes.capped
    answer = detente.count(case, "t", "2000-01-01")
    counted = {
        (c.element.holding.system, x.limit) for x in answer.limits for c in x.count.contributions
    }
    seen = []
    for c in layout.classes.classes:
        assert not c.unsure
        for system in c.systems:
            seen.append(system)
            assert c.cells > 0, f"no cell for {system}: {sorted(c.inside)}"
            assert c.witness["kind"] == c.kind
            limits = {limit for s, limit in counted if s == system}
            assert limits == {name.replace("c", "l") for name in c.inside}
    assert sorted(seen) == [f"s{i}" for i in range(6)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(systems(), clauses, clauses)
def test_what_a_change_lets_in(algebra: Any, made: str, before: str, after: str) -> None:
    """Of two clauses, the systems that enter and leave are those that the counts gain and lose."""
    case = case_of(algebra, made, [before])
    other = case_of(algebra, made, [after])
    folder = algebra.folder("changed")
    for path in case.folder.rglob("*.yaml"):
        algebra.write(folder, {str(path.relative_to(case.folder)): path.read_text("utf-8")})
    clause = after.replace("'", "''")
    text = f"text: u\ntitle: U\ndate: 1991-01-01\nbased_on: t\nchanges: [{{provision: c0, where: '{clause}'}}]\n"
    algebra.write(folder, {"texts/u.yaml": text})
    change = detente.compare(detente.load(folder), "t", "u").changes[0]

    def inside(c: Any) -> set[str]:
        found = detente.layout(c, "t").classes.classes
        return {s for k in found if k.inside for s in k.systems}

    was, now = inside(case), inside(other)
    moved = {s for m in change.categories for s in m.systems_enter}
    gone = {s for m in change.categories for s in m.systems_leave}
    assert (moved, gone) == (now - was, was - now)


counts = st.sampled_from(["warheads", "tested", "decoys"])
held = st.one_of(
    st.builds(
        lambda a, op, k, b: f"{a} {op} {k}{b}",
        counts,
        st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
        st.sampled_from(["", "2 * ", "0.5 * "]),
        counts,
    ),
    st.builds(
        lambda a, op, n: f"{a} {op} {n}",
        counts,
        st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
        st.integers(1, 9),
    ),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(held, min_size=1, max_size=6))
def test_classes_of_numbers_held_against_each_other(algebra: Any, clauses: list[str]) -> None:
    """Every witness is counted as its class says, and no lattice point lies in another class."""
    one = "systems:\n  x: {name: X, party: north, class: {kind: ICBM}}\n"
    case = case_of(algebra, one, clauses)
    found = [c for c in detente.layout(case, "t").classes.classes if c.cells and c.kind == "ICBM"]
    keys = ("warheads", "tested", "decoys")
    named = [{k: v for k, v in c.witness.items() if k in keys} for c in found]
    lattice = [dict(zip(keys, p, strict=True)) for p in product((0.5, 1, 2, 3.3, 9, 20), repeat=3)]
    made = "systems:\n" + "".join(
        f"  w{i}: {{name: W{i}, party: north, class: {{kind: ICBM, "
        + ", ".join(f"{k}: {w[k] if w.get(k, 'any') != 'any' else 1}" for k in keys)
        + "}}\n"
        for i, w in enumerate([*named, *lattice])
    )
    case = case_of(algebra, made, clauses)
    real = {s: c for c in detente.layout(case, "t").classes.classes for s in c.systems}
    assert [real[f"w{i}"].inside for i in range(len(found))] == [c.inside for c in found]
    assert {c.inside for c in real.values()} <= {c.inside for c in found}


@pytest.mark.parametrize(
    "clause", ["warheads > tested", "warheads = tested", "warheads >= 2 * tested"]
)
def test_one_attribute_against_another(algebra: Any, clause: str) -> None:
    """With no weapon of either kind there are both classes."""
    one = "systems:\n  s0: {name: S0, party: north, class: {kind: ICBM, warheads: 1, tested: 5}}\n"
    found = detente.layout(case_of(algebra, one, [clause]), "t").classes.classes
    assert {bool(c.inside) for c in found if c.cells} == {True, False}


@pytest.mark.parametrize(
    "clause", ["warheads > tested and tested > 2", "2 < warheads < tested and tested < 9"]
)
def test_one_attribute_against_another_and_a_number(algebra: Any, clause: str) -> None:
    """More warheads than were tested, and more than two tested: such a missile can be built."""
    one = "systems:\n  s0: {name: S0, party: north, class: {kind: ICBM, warheads: 1, tested: 1}}\n"
    found = detente.layout(case_of(algebra, one, [clause]), "t").classes.classes
    assert {bool(c.inside) for c in found if c.cells} == {True, False}
