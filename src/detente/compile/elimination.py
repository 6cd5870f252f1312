"""Exact answers over spaces of packages too large to list: variable elimination.

A space is a set of variables (issues) with a few values each (the ways to settle one) and factors
that tie some of them together (linkages). What is asked for is a semiring: how many assignments
there are, the fewest concessions and how many assignments need no more, which concessions those
are, or the frontier of several sides' scores. The cost grows with how densely the variables are
tied, not with how many assignments there are: Dechter (1999), Bucket elimination: a unifying
framework for reasoning, Artificial Intelligence 113; frontiers as values: Rollon and Larrosa (2006),
Bucket elimination for multiobjective optimization problems, Journal of Heuristics 12.

Values that no factor can tell apart are taken together before anything else is done. Zero is not
written: an entry that is missing from a table is excluded.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

V = TypeVar("V")
Point = Any


class Semiring(Protocol[V]):
    """What is computed: how values of alternatives add up, and those of parts of one assignment.

    `points` are the distinct results that a value keeps (a cost, a vector of scores), and `join` is
    the result of two parts together: by them single assignments are found again.
    """

    @property
    def one(self) -> V:
        """The value of nothing."""

    def total(self, values: Sequence[V]) -> V:
        """The value of several alternatives, at least one."""

    def times(self, a: V, b: V) -> V:
        """The value of two parts together."""

    def points(self, value: V) -> Sequence[Point]:
        """The results that a value keeps."""

    def join(self, a: Point, b: Point) -> Point:
        """The result of two parts together."""


class Counting:
    """How many assignments there are."""

    one = 1

    def total(self, values: Sequence[int]) -> int:
        """All of them."""
        return sum(values)

    def times(self, a: int, b: int) -> int:
        """Each with each."""
        return a * b

    def points(self, value: int) -> Sequence[Point]:
        """An assignment has no result of its own."""
        return (0,)

    def join(self, a: Point, b: Point) -> Point:
        """Nor have two parts."""
        return 0


class Fewest:
    """The lowest cost, and how many assignments have it: `(cost, assignments)`."""

    one = (0, 1)

    def total(self, values: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """The lowest of the costs, with all assignments that have it."""
        least = min(cost for cost, _ in values)
        return least, sum(n for cost, n in values if cost == least)

    def times(self, a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        """Costs add up."""
        return a[0] + b[0], a[1] * b[1]

    def points(self, value: tuple[int, int]) -> Sequence[Point]:
        """The cost."""
        return (value[0],)

    def join(self, a: Point, b: Point) -> Point:
        """Costs add up."""
        return a + b


class TooMany(Exception):
    """More alternatives than can be kept apart."""


class Smallest:
    """The smallest sets of things that must be done, each with the number of assignments it allows.

    A value maps each smallest set to that number. Raises TooMany above `most` sets.
    """

    def __init__(self, most: int = 4096) -> None:
        self.most = most
        self.one: dict[frozenset[Hashable], int] = {frozenset(): 1}

    def total(
        self, values: Sequence[dict[frozenset[Hashable], int]]
    ) -> dict[frozenset[Hashable], int]:
        """The sets of the smallest size; assignments with the same set are added up."""
        least = min(len(s) for value in values for s in value)
        found: dict[frozenset[Hashable], int] = {}
        for value in values:
            for s, n in value.items():
                if len(s) == least:
                    found[s] = found.get(s, 0) + n
        if len(found) > self.most:
            raise TooMany
        return found

    def times(
        self, a: dict[frozenset[Hashable], int], b: dict[frozenset[Hashable], int]
    ) -> dict[frozenset[Hashable], int]:
        """Both are to be done; the parts have nothing in common."""
        if len(a) * len(b) > self.most:
            raise TooMany
        return {s | t: n * m for s, n in a.items() for t, m in b.items()}

    def points(self, value: dict[frozenset[Hashable], int]) -> Sequence[Point]:
        """The sets."""
        return tuple(value)

    def join(self, a: Point, b: Point) -> Point:
        """Both."""
        return a | b


@dataclass(frozen=True)
class Edge:
    """Scores that nothing betters for all sides at once, and how many assignments have each."""

    scores: NDArray[np.int64]
    counts: NDArray[np.object_]

    @classmethod
    def of(cls, *scores: int) -> Edge:
        """The scores of one assignment."""
        return cls(np.array([scores], dtype=np.int64), np.array([1], dtype=object))


class Frontier:
    """The frontier of several sides' whole-number scores, higher is better, all ties counted."""

    def __init__(self, sides: int) -> None:
        self.one = Edge.of(*([0] * sides))

    def total(self, values: Sequence[Edge]) -> Edge:
        """What of all of them nothing betters."""
        if len(values) == 1:
            return values[0]
        return _undominated(
            np.concatenate([v.scores for v in values]), np.concatenate([v.counts for v in values])
        )

    def times(self, a: Edge, b: Edge) -> Edge:
        """Scores add up."""
        if len(b.scores) == 1:
            a, b = b, a
        scores = (a.scores[:, None, :] + b.scores[None]).reshape(-1, a.scores.shape[1])
        counts = (a.counts[:, None] * b.counts[None]).ravel()
        return Edge(scores, counts) if len(a.scores) == 1 else _undominated(scores, counts)

    def points(self, value: Edge) -> Sequence[Point]:
        """The scores."""
        return [tuple(map(int, s)) for s in value.scores]

    def join(self, a: Point, b: Point) -> Point:
        """Scores add up."""
        return tuple(x + y for x, y in zip(a, b, strict=True))


def _undominated(scores: NDArray[np.int64], counts: NDArray[np.object_]) -> Edge:
    """The scores that no others are at least as good as everywhere and better somewhere."""
    order = np.lexsort(-scores.T[::-1])  # first side's best first
    scores, counts = scores[order], counts[order]
    new = np.r_[True, (scores[1:] != scores[:-1]).any(axis=1)]
    starts = np.flatnonzero(new)
    scores, counts = scores[starts], np.add.reduceat(counts, starts)
    if scores.shape[1] == 2:
        best = np.maximum.accumulate(scores[:, 1])
        kept = np.r_[True, scores[1:, 1] > best[:-1]]
    else:  # what could better a row stands before it
        kept = np.ones(len(scores), dtype=bool)
        for i in range(1, len(scores)):
            kept[i] = not (scores[:i][kept[:i]] >= scores[i]).all(axis=1).any()
    return Edge(scores[kept], counts[kept])


# --- the space --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Factor(Generic[V]):
    """What an assignment of some variables is worth; combinations not in the table are excluded.

    `classes[k][x]` is the class of value x of the k-th variable of the scope: values that the factor
    does not tell apart share one, and the table is over classes.
    """

    scope: tuple[str, ...]
    classes: tuple[tuple[int, ...], ...]
    table: Mapping[tuple[int, ...], V]


class TooWide(Exception):
    """The variables are tied too densely for an exact answer; says how large a table would be."""

    def __init__(self, cells: int) -> None:
        self.cells = cells
        super().__init__(f"a table of {cells:,} cells")


@dataclass
class _Bucket(Generic[V]):
    """One step: a variable, what it is tied to then, and the message that takes its place."""

    variable: str
    scope: tuple[str, ...]
    factors: list[tuple[Factor[V], str]]  # each with the variable whose message it is, if it is one
    message: dict[tuple[int, ...], V]


class Eliminated(Generic[V]):
    """An answer, with what is needed to find single assignments again.

    `value` is None when everything is excluded. `width` is to how many others a variable was tied at
    most when it was taken out; `cells` the size of the largest table.
    """

    def __init__(
        self,
        value: V | None,
        semiring: Semiring[V],
        merged: dict[str, list[list[int]]],
        single: dict[str, list[list[V]]],
        buckets: list[_Bucket[V]],
        constants: list[tuple[V, str]],
    ) -> None:
        self.value = value
        self.width = max((len(b.scope) for b in buckets), default=0)
        self.cells = max((len(b.message) for b in buckets), default=0)
        self._semiring, self._merged, self._single = semiring, merged, single
        self._buckets = {b.variable: b for b in buckets}
        self._constants = constants

    def having(self, point: Point) -> Iterator[dict[str, tuple[int, ...]]]:
        """All assignments with a result, in bundles: for each variable the values that may be taken.

        Every combination of those values has the result, and each assignment stands in one bundle.
        """
        if self.value is None:
            return
        roots = [(value, name) for value, name in self._constants]
        for split in self._splits([v for v, _ in roots], point):
            tasks = [(name, p) for (_, name), p in zip(roots, split, strict=True) if name]
            yield from self._fill(tasks, {}, {})

    def _fill(
        self,
        tasks: list[tuple[str, Point]],
        at: dict[str, int],
        values: dict[str, tuple[int, ...]],
    ) -> Iterator[dict[str, tuple[int, ...]]]:
        if not tasks:
            yield dict(values)
            return
        (name, point), rest = tasks[0], tasks[1:]
        bucket = self._buckets[name]
        for m, originals in enumerate(self._merged[name]):
            at[name] = m
            parts = [_look_up(f, at) for f, _ in bucket.factors]
            if any(p is None for p in parts):
                continue
            own = self._semiring.total(self._single[name][m])
            known: list[V] = [own, *(p for p in parts if p is not None)]
            for split in self._splits(known, point):
                fitting = tuple(
                    x
                    for x, v in zip(originals, self._single[name][m], strict=True)
                    if split[0] in self._semiring.points(v)
                )
                if not fitting:
                    continue
                values[name] = fitting
                below = [
                    (child, p)
                    for (_, child), p in zip(bucket.factors, split[1:], strict=True)
                    if child
                ]
                yield from self._fill([*below, *rest], at, values)
        at.pop(name, None)

    def _splits(self, parts: Sequence[V], point: Point) -> Iterator[tuple[Point, ...]]:
        """How a result can come of the results of parts."""
        for chosen in product(*(self._semiring.points(p) for p in parts)):
            whole = self._semiring.points(self._semiring.one)[0]
            for p in chosen:
                whole = self._semiring.join(whole, p)
            if whole == point:
                yield chosen


def _look_up(factor: Factor[V], at: Mapping[str, int]) -> V | None:
    return factor.table.get(
        tuple(c[at[v]] for v, c in zip(factor.scope, factor.classes, strict=True))
    )


def eliminate(
    sizes: Mapping[str, int],
    factors: Sequence[Factor[V]],
    semiring: Semiring[V],
    *,
    most_cells: int = 1_000_000,
) -> Eliminated[V]:
    """The value of all assignments together.

    Args:
        sizes: the variables, each with the number of its values.
        factors: what ties them; one over a single variable says what each of its values is worth.
        semiring: what is computed.
        most_cells: the largest table that is tried.

    Raises:
        TooWide: a larger table would be needed.

    """
    ties = [f for f in factors if len(f.scope) > 1]
    merged, single = _merge(sizes, factors, ties, semiring)
    ends: list[tuple[V, str]] = [(f.table[()], "") for f in factors if not f.scope and f.table]
    nothing = any(not f.scope and not f.table for f in factors)
    if nothing or any(not values for values in merged.values()):
        return Eliminated(None, semiring, merged, single, [], [])
    live: list[tuple[Factor[V], str]] = [(_over_merged(f, merged), "") for f in ties]
    left = list(sizes)
    buckets: list[_Bucket[V]] = []
    while left:
        variable, scope = _next(left, live, merged)
        cells = prod(len(merged[v]) for v in scope) * len(merged[variable])
        if cells > most_cells:
            raise TooWide(cells)
        mine = [f for f in live if variable in f[0].scope]
        live = [f for f in live if variable not in f[0].scope]
        message = _message(variable, scope, mine, merged, single, semiring)
        buckets.append(_Bucket(variable, scope, mine, message))
        if not message:
            return Eliminated(None, semiring, merged, single, buckets, [])
        if scope:
            same = tuple(tuple(range(len(merged[v]))) for v in scope)
            live.append((Factor(scope, same, message), variable))
        else:
            ends.append((message[()], variable))
        left.remove(variable)
    value = semiring.one
    for end, _ in ends:
        value = semiring.times(value, end)
    return Eliminated(value, semiring, merged, single, buckets, ends)


def _merge(
    sizes: Mapping[str, int],
    factors: Sequence[Factor[V]],
    ties: Sequence[Factor[V]],
    semiring: Semiring[V],
) -> tuple[dict[str, list[list[int]]], dict[str, list[list[V]]]]:
    """Values that no tie tells apart, together; with what each of them is worth by itself."""
    merged: dict[str, list[list[int]]] = {}
    single: dict[str, list[list[V]]] = {}
    for variable, size in sizes.items():
        tests = [f.classes[f.scope.index(variable)] for f in ties if variable in f.scope]
        alone = [f for f in factors if f.scope == (variable,)]
        found: dict[tuple[int, ...], tuple[list[int], list[V]]] = {}
        for x in range(size):
            worth: V | None = semiring.one
            for f in alone:
                entry = f.table.get((f.classes[0][x],))
                worth = None if entry is None or worth is None else semiring.times(worth, entry)
            if worth is None:
                continue
            values, worths = found.setdefault(tuple(t[x] for t in tests), ([], []))
            values.append(x)
            worths.append(worth)
        merged[variable] = [values for values, _ in found.values()]
        single[variable] = [worths for _, worths in found.values()]
    return merged, single


def _over_merged(factor: Factor[V], merged: Mapping[str, list[list[int]]]) -> Factor[V]:
    classes = tuple(
        tuple(c[values[0]] for values in merged[v])
        for v, c in zip(factor.scope, factor.classes, strict=True)
    )
    return Factor(factor.scope, classes, factor.table)


def _next(
    left: Sequence[str],
    live: Sequence[tuple[Factor[V], str]],
    merged: Mapping[str, list[list[int]]],
) -> tuple[str, tuple[str, ...]]:
    """The variable whose message is smallest, and what it is tied to."""
    tied: dict[str, dict[str, None]] = {v: {} for v in left}
    for f, _ in live:
        for v in f.scope:
            tied[v].update(dict.fromkeys(f.scope))
    place = {v: i for i, v in enumerate(left)}

    def size(v: str) -> tuple[int, int]:
        return prod(len(merged[n]) for n in tied[v] if n != v), place[v]

    chosen = min(left, key=size)
    return chosen, tuple(sorted((n for n in tied[chosen] if n != chosen), key=place.__getitem__))


def _message(
    variable: str,
    scope: tuple[str, ...],
    mine: Sequence[tuple[Factor[V], str]],
    merged: Mapping[str, list[list[int]]],
    single: Mapping[str, list[list[V]]],
    semiring: Semiring[V],
) -> dict[tuple[int, ...], V]:
    """What is left of a variable for each assignment of those it is tied to."""
    own = [semiring.total(worths) for worths in single[variable]]
    place = {v: i for i, v in enumerate((*scope, variable))}
    readers: list[tuple[Callable[[tuple[int, ...]], tuple[int, ...]], Mapping[Any, V]]] = [
        (_reader(f, place), f.table) for f, _ in mine
    ]
    message: dict[tuple[int, ...], V] = {}
    for assignment in product(*(range(len(merged[v])) for v in scope)):
        found: list[V] = []
        for m, worth in enumerate(own):
            value: V | None = worth
            for read, table in readers:
                entry = table.get(read((*assignment, m)))
                if entry is None:
                    value = None
                    break
                value = semiring.times(value, entry)  # type: ignore[arg-type]
            if value is not None:
                found.append(value)
        if found:
            message[assignment] = semiring.total(found)
    return message


def _reader(
    factor: Factor[Any], place: Mapping[str, int]
) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
    at = [(place[v], c) for v, c in zip(factor.scope, factor.classes, strict=True)]
    return lambda assignment: tuple(c[assignment[i]] for i, c in at)
