"""The falling ceiling: its ends agree with the count, and every figure with arithmetic by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.analyses.sweep import Sweep
from detente.model.amounts import Amount
from detente.model.case import Case
from detente.model.problem import Refused

few = settings(max_examples=25, deadline=None, derandomize=True)
SYSTEMS = """
a: {name: A, party: north, class: {kind: missile}, facts: [{source: made-up, warheads: 5}]}
b: {name: B, party: north, class: {kind: missile}, facts: [{source: made-up, warheads: 1}]}
c: {name: C, party: north, class: {kind: missile}}
p: {name: P, party: north, class: {kind: plane}, facts: [{source: made-up, warheads: 2}]}
s: {name: S, party: south, class: {kind: bomber}, facts: [{source: made-up, warheads: 4}]}
t: {name: T, party: south, class: {kind: missile}, facts: [{source: made-up, warheads: 3}]}
q: {name: Q, party: south, class: {kind: plane}, facts: [{source: made-up, warheads: 1}]}
"""
LENSES = """
text: {title: What the text counts, limit: aggregate}
planes:
  title: With planes
  includes: text
  adds:
    - {title: Northern planes, to: north, where: kind = plane, basis: guess}
    - {title: Southern planes, to: south, where: kind = plane, basis: guess}
"""
NUMBERS = {"a": 10, "b": 20, "c": 5, "p": 7, "s": 30, "t": 30, "q": 3}


@pytest.fixture(scope="module")
def case(built: Callable[..., Case], held: Callable[..., str]) -> Case:
    """Two sides under one equal ceiling of 100, planes beside it on another basis."""
    n = NUMBERS
    return built(
        systems=SYSTEMS,
        lenses=LENSES,
        inventories=held("n", "north", {k: n[k] for k in "abc"})
        + held("so", "south", {k: n[k] for k in "st"})
        + held("np", "north", {"p": n["p"]}, "guess")
        + held("sp", "south", {"q": n["q"]}, "guess"),
    )


def swept(case: Case, lens: str = "planes", measure: str = "vehicles", **asked: str) -> Sweep:
    """One sweep."""
    found = detente.balance(
        case, "treaty", "2000-01-01", lens=lens, measure=measure, sweep="aggregate", **asked
    )
    return found.sweep(lens, measure)


forces = st.fixed_dictionaries({k: st.integers(0, 70) for k in NUMBERS})
spreads = st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(0, 30))


@few
@given(st.fixed_dictionaries(dict.fromkeys(NUMBERS, spreads)))
def test_the_ends_agree_with_the_count(
    case: Case,
    renumbered: Callable[..., Case],
    numbers: dict[str, tuple[int, int, int]],
) -> None:
    """At every step a side's counted force is min(now, c) for the low, best and high count."""
    amounts = {k: Amount(n, n + x, n + x + y) for k, (n, x, y) in numbers.items()}
    other = renumbered(case, amounts)
    count = detente.count(other, "treaty", "2000-01-01")
    for step in swept(other).steps:
        for x in step.sides:
            c = count.limit("aggregate", x.side).counted
            kept = tuple(min(n, step.ceiling) for n in (c.low, c.best, c.high))
            assert (x.swept.low, x.swept.best, x.swept.high) == pytest.approx(kept)
            plane = amounts["p" if x.side == "north" else "q"]
            total = tuple(
                k + n for k, n in zip(kept, (plane.low, plane.best, plane.high), strict=True)
            )
            assert (x.total.low, x.total.best, x.total.high) == pytest.approx(total)
            if total[1]:
                assert x.outside == pytest.approx(plane.best / total[1])


@few
@given(forces)
def test_where_the_sides_come_even(
    case: Case, renumbered: Callable[..., Case], numbers: dict[str, int]
) -> None:
    """Crossings are those of min(now, c) + added, tried at every tenth of a ceiling."""
    found = swept(renumbered(case, numbers))
    north = sum(numbers[k] for k in "abc")
    south = sum(numbers[k] for k in "st")

    def ahead(c: float) -> int:
        gap = min(north, c) + numbers["p"] - min(south, c) - numbers["q"]
        return (gap > 1e-9) - (gap < -1e-9)

    grid = [k / 10 for k in range(1000, 99, -1)]
    signs = [s for s, _ in itertools.groupby(filter(None, map(ahead, grid)))]
    assert found.crosses == (len(signs) > 1)
    for e in found.evenings:
        assert ahead(float(e.at)) == 0
        assert e.to is None or ahead(float(e.to)) == 0
    if not found.evenings:
        assert all(ahead(c) for c in grid)


@few
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_least_loss_against_brute_force(
    case: Case, renumbered: Callable[..., Case], a: int, b: int, c: int
) -> None:
    """By warheads a side keeps the most that so many vehicles can carry, what nobody can weigh first."""
    other = renumbered(case, {**NUMBERS, "a": a, "b": b, "c": c})
    sweep = swept(other, "text", "warheads")
    for step in sweep.corners:
        ceiling = float(step.ceiling)
        if not ceiling.is_integer():
            continue
        dark = min(c, int(ceiling))  # nobody knows what they carry: they go last
        kept = [
            5 * x + y
            for x, y in itertools.product(range(a + 1), range(b + 1))
            if x + y + dark <= ceiling
        ]
        assert step.sides[0].total.best == pytest.approx(max(kept))


def test_in_proportion(case: Case) -> None:
    """With all cut alike, half the vehicles are half the warheads."""
    sweep = swept(case, "text", "warheads", cut="proportional")
    now = {x.side: x.total.best for x in sweep.steps[0].sides}
    assert now == {"north": 70, "south": 210}  # 35 and 60 vehicles: under 100 nothing is cut
    for step in sweep.steps:
        for x, have in zip(step.sides, (35, 60), strict=True):
            assert x.total.best == pytest.approx(now[x.side] * min(1, step.ceiling / have))


def test_the_start_agrees_with_the_ceilings(case: Case, renumbered: Callable[..., Case]) -> None:
    """Where the swept limit alone binds, the sweep begins at what a side keeps at the ceilings."""
    other = renumbered(case, {**NUMBERS, "a": 90, "b": 60, "s": 100, "t": 90})
    for measure in ("vehicles", "warheads"):
        found = detente.balance(
            other, "treaty", "2000-01-01", lens="planes", measure=measure, sweep="aggregate"
        )
        first = found.swept[0].steps[0]
        for x, weighed in zip(first.sides, found.of("planes", measure).sides, strict=True):
            assert weighed.ceilings is not None
            assert x.total.best == pytest.approx(weighed.ceilings.value.best)


def test_not_counted_by_the_limit(made: Callable[..., Case], held: Callable[..., str]) -> None:
    """A sublimit falls; what only the wider limit counts stays as it is, outside it."""
    text = """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
source: made-up
provisions:
  - {category: all, where: 'kind in {missile, bomber}', source: made-up}
  - {category: missile, where: kind = missile, source: made-up}
  - {ceiling: aggregate, on: all, at_most: 100, source: made-up}
  - {sublimit: missiles, on: missile, at_most: 50, within: aggregate, source: made-up}
"""
    case = made(
        systems=SYSTEMS,
        texts=text,
        lenses=LENSES,
        inventories=held("n", "north", {"a": 40}) + held("so", "south", {"s": 30, "t": 30}),
    )
    found = detente.balance(case, "treaty", "2000-01-01", lens="text", sweep="missiles")
    last = found.swept[0].steps[-1]
    assert last.ceiling == 5
    assert [x.total.best for x in last.sides] == [5, 35]
    assert [round(x.outside, 4) for x in last.sides] == [0, 0.8571]


# --- what cannot be swept -------------------------------------------------------------------------
def test_refused(made: Callable[..., Case], held: Callable[..., str]) -> None:
    """Only a limit that is there, and the same for both, can fall."""
    text = """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
source: made-up
provisions:
  - {category: missile, where: kind = missile, source: made-up}
  - {ceiling: unequal, on: missile, at_most: {north: 10, south: 20}, source: made-up}
"""
    case = made(
        systems=SYSTEMS,
        texts=text,
        inventories=held("n", "north", {"a": 40}) + held("so", "south", {"t": 30}),
    )
    with pytest.raises(Refused, match="is not one equal ceiling for two sides: north 10"):
        detente.balance(case, "treaty", "2000-01-01", sweep="unequal")
    with pytest.raises(Refused, match="has no limit on numbers 'unequel'"):
        detente.balance(case, "treaty", "2000-01-01", sweep="unequel")


# --- the founding case ----------------------------------------------------------------------------
@pytest.fixture(scope="module")
def letter_day(founding: Case) -> dict[str, Sweep]:
    """The aggregate of Vladivostok falling, on the data of the letter's day."""
    found = detente.balance(founding, "vladivostok-1974", "1977-02-25", sweep="aggregate")
    return {s.lens.id: s for s in found.swept}


def test_the_letters_argument(letter_day: dict[str, Sweep]) -> None:
    """As the letter reckons, what is not counted grows from a quarter to three quarters; the US is
    ahead throughout, so the balance never crosses equality."""
    s = letter_day["letter"]
    assert [round(100 * x.sides[0].outside) for x in (s.steps[0], s.steps[-1])] == [24, 75]
    assert [x.difference.best for x in (s.steps[0], s.steps[-1])] == [622, 738]
    assert not s.crosses
    assert not s.evenings


def test_the_answer_to_it(letter_day: dict[str, Sweep]) -> None:
    """With Soviet intermediate missiles too the shares grow alike and the USSR stays just ahead."""
    s = letter_day["vance"]
    last = s.steps[-1]
    assert [round(100 * x.outside) for x in last.sides] == [69, 70]
    assert (s.steps[0].difference.best, last.difference.best) == (-133, -17)
    assert not s.evenings
    assert s.open == ((2400, 240),)  # the ranges allow either side to be ahead


def test_even_ones(letter_day: dict[str, Sweep]) -> None:
    """Central systems alone come even at the US number; carriers turn the balance at 2,352."""
    even = letter_day["central"].evenings
    assert [(e.at, e.to, e.ahead_before) for e in even] == [(2284, 240, "USSR")]
    carriers = letter_day["carriers"].evenings
    assert [(e.at, e.ahead_before, e.ahead_after) for e in carriers] == [(2352, "USSR", "US")]
