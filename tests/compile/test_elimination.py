"""Variable elimination against listing everything: counts, fewest, smallest sets, frontiers, witnesses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.compile.elimination import (
    Counting,
    Edge,
    Factor,
    Fewest,
    Frontier,
    Smallest,
    TooMany,
    TooWide,
    eliminate,
)

Table = dict[tuple[int, ...], int]
Shape = tuple[dict[str, int], list[tuple[tuple[str, ...], tuple[tuple[int, ...], ...], Table]]]


@st.composite
def spaces(draw: st.DrawFn) -> Shape:
    """A few variables and factors over one to three of them; entries may be missing."""
    sizes = {
        f"v{i}": n for i, n in enumerate(draw(st.lists(st.integers(1, 4), min_size=1, max_size=5)))
    }
    factors = []
    for _ in range(draw(st.integers(0, 6))):
        scope = tuple(
            draw(st.lists(st.sampled_from(sorted(sizes)), min_size=1, max_size=3, unique=True))
        )
        classes = tuple(tuple(draw(st.integers(0, 2)) for _ in range(sizes[v])) for v in scope)
        table = {
            at: draw(st.integers(0, 3))
            for at in product(range(3), repeat=len(scope))
            if draw(st.integers(0, 9))
        }
        factors.append((scope, classes, table))
    return sizes, factors


def listed(shape: Shape) -> list[tuple[dict[str, int], list[int]]]:
    """Every assignment that is not excluded, with its entry in each factor."""
    sizes, factors = shape
    found = []
    for values in product(*(range(n) for n in sizes.values())):
        at = dict(zip(sizes, values, strict=True))
        entries = [
            table.get(tuple(c[at[v]] for v, c in zip(scope, classes, strict=True)))
            for scope, classes, table in factors
        ]
        if None not in entries:
            found.append((at, [e for e in entries if e is not None]))
    return found


def made(shape: Shape, value: Callable[[int, int], Any]) -> list[Factor[Any]]:
    """The factors in a semiring: `value` is given the factor's number and the entry."""
    return [
        Factor(scope, classes, {at: value(i, x) for at, x in table.items()})
        for i, (scope, classes, table) in enumerate(shape[1])
    ]


def unpacked(bundles: Sequence[dict[str, tuple[int, ...]]], names: Sequence[str]) -> list[Any]:
    """The single assignments of bundles."""
    return [values for b in bundles for values in product(*(b[v] for v in names))]


@given(spaces())
def test_counts(shape: Shape) -> None:
    """As many assignments as a list has."""
    found = eliminate(shape[0], made(shape, lambda *_: 1), Counting())
    assert (found.value or 0) == len(listed(shape))
    bundles = unpacked(list(found.having(0)), list(shape[0])) if found.value else []
    assert sorted(bundles) == sorted(tuple(at.values()) for at, _ in listed(shape))


@given(spaces())
def test_fewest(shape: Shape) -> None:
    """The lowest cost, how many have it, which they are, and which values they use."""
    found = eliminate(shape[0], made(shape, lambda _, x: (x, 1)), Fewest())
    everything = listed(shape)
    if not everything:
        assert found.value is None
        return
    least = min(sum(e) for _, e in everything)
    best = [at for at, e in everything if sum(e) == least]
    assert found.value == (least, len(best))
    assert sorted(unpacked(list(found.having(least)), list(shape[0]))) == sorted(
        tuple(at.values()) for at in best
    )
    assert found.used() == {v: sorted({at[v] for at in best}) for v in shape[0]}


@given(spaces())
def test_smallest_sets(shape: Shape) -> None:
    """Which things are to be done at least, with the assignments that each such set allows."""

    def things(i: int, x: int) -> frozenset[Any]:
        return frozenset((i, n) for n in range(x))

    expected: dict[frozenset[Any], int] = {}
    everything = listed(shape)
    least = min((sum(e) for _, e in everything), default=0)
    for _, entries in everything:
        if sum(entries) == least:
            key = frozenset().union(*(things(i, x) for i, x in enumerate(entries)))
            expected[key] = expected.get(key, 0) + 1
    sets = Smallest()
    factors = made(shape, lambda i, x: {things(i, x): 1})
    assert (eliminate(shape[0], factors, sets).value or {}) == expected
    first = eliminate(shape[0], made(shape, lambda _, x: (x, 1)), Fewest())
    if first.value is not None:
        assert eliminate(shape[0], factors, sets, within=first).value == expected


@settings(max_examples=60)
@given(spaces(), st.integers(2, 3), st.randoms(use_true_random=False))
def test_frontiers(shape: Shape, sides: int, rng: Any) -> None:
    """What nothing betters for all sides, every tie counted, and an assignment for each."""
    scores = {
        (i, x): tuple(rng.randint(-3, 3) for _ in range(sides))
        for i in range(len(shape[1]))
        for x in range(4)
    }
    sums: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for at, entries in listed(shape):
        total = tuple(sum(scores[i, x][k] for i, x in enumerate(entries)) for k in range(sides))
        sums.setdefault(total, []).append(tuple(at.values()))
    edge = {
        s: found
        for s, found in sums.items()
        if not any(o != s and all(a >= b for a, b in zip(o, s, strict=True)) for o in sums)
    }
    semiring = Frontier(sides)
    found = eliminate(shape[0], made(shape, lambda i, x: Edge.of(*scores[i, x])), semiring)
    if found.value is None:
        assert not edge
        return
    points = semiring.points(found.value)
    assert dict(zip(points, found.value.counts, strict=True)) == {
        s: len(f) for s, f in edge.items()
    }
    for s, assignments in edge.items():
        assert sorted(unpacked(list(found.having(s)), list(shape[0]))) == sorted(assignments)


def chain(n: int, options: int = 10) -> tuple[dict[str, int], list[Factor[Any]]]:
    """Issues in a row, each option of one needing the next's of the same number or a smaller one."""
    sizes = {f"v{i}": options for i in range(n)}
    every = tuple(range(options))
    table = {(a, b): (0, 1) for a in every for b in every if b <= a}
    return sizes, [Factor((f"v{i}", f"v{i + 1}"), (every, every), table) for i in range(n - 1)]


def test_numbers_beyond_the_machine_are_exact() -> None:
    """More assignments than a float or a machine's whole number can hold are counted to the last."""
    from math import comb

    sizes, factors = chain(60)
    value = eliminate(sizes, factors, Fewest()).value
    assert value == (0, comb(60 + 9, 9))  # falling rows of 60 numbers of 0 to 9
    free = {f"v{i}": 10 for i in range(40)}
    assert eliminate(free, [], Fewest()).value == (0, 10**40)
    assert eliminate(free, [], Counting()).value == 10**40


def test_too_dense_is_said() -> None:
    """Where every issue is tied to every other, the table that would be needed is named."""
    names = [f"v{i}" for i in range(9)]
    every = tuple(range(9))
    factors = [
        Factor((a, b), (every, every), {(x, y): (0, 1) for x in every for y in every if x != y})
        for a in names
        for b in names
        if a < b
    ]
    sizes = dict.fromkeys(names, 9)
    with pytest.raises(TooWide) as wide:
        eliminate(sizes, factors, Fewest(), most_cells=10_000)
    assert wide.value.cells > 10_000
    found = eliminate(dict.fromkeys(names[:5], 9), factors[:0], Fewest())
    assert found.value == (0, 9**5)


def test_too_many_sets_are_said() -> None:
    """Sets that would have to be told apart beyond a bound stop the work."""
    sizes = {f"v{i}": 2 for i in range(12)}
    one_each = [
        Factor((v,), ((0, 1),), {(x,): {frozenset({(v, x)}): 1} for x in (0, 1)}) for v in sizes
    ]
    with pytest.raises(TooMany):
        eliminate(sizes, one_each, Smallest(most=1000))
    assert len(eliminate(sizes, one_each, Smallest()).value or {}) == 4096


def test_ties_on_the_frontier_are_all_there() -> None:
    """Equal scores by different ways add up."""
    sizes = {"a": 3, "b": 3}
    factors = [
        Factor((v,), ((0, 1, 2),), {(x,): Edge.of(x, 2 - x) for x in range(3)}) for v in sizes
    ]
    value = eliminate(sizes, factors, Frontier(2)).value
    assert value is not None
    assert value.scores.tolist() == [[4, 0], [3, 1], [2, 2], [1, 3], [0, 4]]
    assert value.counts.tolist() == [1, 2, 3, 2, 1]
    assert sum(value.counts) == prod(sizes.values())
    assert value.scores.dtype == np.int64
