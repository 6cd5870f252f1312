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

import random
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import Any, Generic, Protocol, TypeVar, cast

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

    def message(
        self,
        shape: tuple[int, ...],
        own: Sequence[tuple[int, int]],
        factors: Sequence[tuple[tuple[int, ...], Factor[tuple[int, int]]]],
        kind: Any = np.float64,
    ) -> dict[tuple[int, ...], tuple[int, int]]:
        """What is left of a variable, whole tables at a time; its own axis is the last.

        Each factor comes with the axes of its scope. Numbers of assignments are kept as floats while
        those are exact for whole numbers, and as Python's own beyond that.
        """
        last = (1,) * (len(shape) - 1) + (-1,)
        costs = np.array([c for c, _ in own], dtype=np.int64).reshape(last)
        counts = np.array([n for _, n in own], dtype=kind).reshape(last)
        for axes, f in factors:
            cost, count = _dense(f, kind)
            order = sorted(range(len(axes)), key=axes.__getitem__)
            spread = [1] * len(shape)
            for i in order:
                spread[axes[i]] = cost.shape[i]
            costs = costs + cost.transpose(order).reshape(spread)
            counts = counts * count.transpose(order).reshape(spread)
        costs, counts = np.broadcast_to(costs, shape), np.broadcast_to(counts, shape)
        least = np.asarray(costs.min(axis=-1))
        found = np.asarray(np.where(costs == least[..., None], counts, 0).sum(axis=-1))
        if kind is np.float64 and max(counts.max(), found.max()) >= EXACT:
            return self.message(shape, own, factors, object)
        return {
            at: (int(least[at]), int(found[at]))
            for at in map(tuple, np.argwhere(least < NEVER).tolist())
        }


EXACT = 2.0**53  # whole numbers below it are exact as floats
NEVER = 1 << 40  # the cost of what is excluded


def _dense(factor: Factor[tuple[int, int]], kind: Any) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """A factor's costs and numbers of assignments as arrays over the values of its scope."""
    size = tuple(max(c) + 1 for c in factor.classes)
    cost = np.full(size, NEVER, dtype=np.int64)
    count = np.zeros(size, dtype=kind)
    for at, (c, n) in factor.table.items():
        if all(x < s for x, s in zip(at, size, strict=True)):
            cost[at], count[at] = c, float(n) if kind is np.float64 else n
    chosen = np.ix_(*factor.classes)
    return cost[chosen], count[chosen]


class TooMany(Exception):
    """More alternatives than can be kept apart."""


Sets = dict[frozenset[Hashable], int]


class Smallest:
    """The lightest sets of things that must be done, each with the number of assignments it allows.

    A value maps each lightest set to that number. Raises TooMany above `most` sets.
    """

    def __init__(self, weight: Callable[[Hashable], int] = lambda _: 1, most: int = 4096) -> None:
        self.most = most
        self.one: Sets = {frozenset(): 1}
        self._weight = cache(lambda things: sum(map(weight, things)))

    def total(self, values: Sequence[Sets]) -> Sets:
        """The sets of the least weight; assignments with the same set are added up."""
        least = min(self._weight(s) for value in values for s in value)
        found: Sets = {}
        for value in values:
            for s, n in value.items():
                if self._weight(s) == least:
                    found[s] = found.get(s, 0) + n
        if len(found) > self.most:
            raise TooMany
        return found

    def times(self, a: Sets, b: Sets) -> Sets:
        """Both are to be done; the parts have nothing in common."""
        if len(a) * len(b) > self.most:
            raise TooMany
        return {s | t: n * m for s, n in a.items() for t, m in b.items()}

    def points(self, value: Sets) -> Sequence[Point]:
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
        self.order = tuple(self._buckets)
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

    def used(self) -> dict[str, list[int]]:
        """For each variable its values that occur in an assignment with the (only) result."""
        found: dict[str, list[int]] = {}
        for name, kept in self.best().items():
            values: set[int] = set()
            for m in {m for ms in kept.values() for m in ms}:
                goal = self._semiring.points(self._semiring.total(self._single[name][m]))
                values |= {
                    x
                    for x, worth in zip(self._merged[name][m], self._single[name][m], strict=True)
                    if self._semiring.points(worth)[0] == goal[0]
                }
            found[name] = sorted(values)
        return found

    def best(self) -> dict[str, dict[tuple[int, ...], list[int]]]:
        """For each variable, in which surroundings which of its values have the (only) result."""
        reached: dict[str, dict[tuple[int, ...], list[int]]] = {n: {} for n in self._buckets}
        for _, name in self._constants:
            if name:
                reached[name][()] = []
        for name, bucket in reversed(self._buckets.items()):
            own = [self._semiring.total(worths) for worths in self._single[name]]
            for assignment, kept in reached[name].items():
                at = dict(zip(bucket.scope, assignment, strict=True))
                goal = self._semiring.points(bucket.message[assignment])[0]
                for m, worth in enumerate(own):
                    at[name] = m
                    parts = [_look_up(f, at) for f, _ in bucket.factors]
                    known = [worth, *(p for p in parts if p is not None)]
                    if len(known) <= len(parts) or not any(self._splits(known, goal)):
                        continue
                    kept.append(m)
                    for _, child in bucket.factors:
                        if child:
                            around = tuple(at[v] for v in self._buckets[child].scope)
                            reached[child].setdefault(around, [])
        return reached

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
    within: Eliminated[Any] | None = None,
    like: Eliminated[Any] | None = None,
    most_cells: int = 4_000_000,
) -> Eliminated[V]:
    """The value of all assignments together.

    Args:
        sizes: the variables, each with the number of its values.
        factors: what ties them; one over a single variable says what each of its values is worth.
        semiring: what is computed.
        within: an answer for the same variables and ties with a single result (the lowest cost):
            only the assignments that have it are looked at.
        like: an answer for the same variables and ties, whose order is taken.
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
    best = within.best() if within is not None else None
    known = within or like
    order = (
        _in_order([f.scope for f in ties], known.order, list(sizes))
        if known is not None
        else _order([f.scope for f in ties], {v: len(values) for v, values in merged.items()})
    )
    buckets: list[_Bucket[V]] = []
    for variable, scope in order:
        cells = prod(len(merged[v]) for v in scope) * len(merged[variable])
        if cells > most_cells:
            raise TooWide(cells)
        mine = [f for f in live if variable in f[0].scope]
        live = [f for f in live if variable not in f[0].scope]
        own = [semiring.total(worths) for worths in single[variable]]
        if best is None and isinstance(semiring, Fewest):
            place = {v: i for i, v in enumerate((*scope, variable))}
            shape = tuple(len(merged[v]) for v in place)
            spread = [(tuple(place[v] for v in f.scope), f) for f, _ in mine]
            message = cast("dict[tuple[int, ...], V]", semiring.message(shape, own, spread))
        else:
            surroundings = (
                ((a, range(len(own))) for a in product(*(range(len(merged[v])) for v in scope)))
                if best is None
                else best[variable].items()
            )
            message = _message(variable, scope, mine, own, surroundings, semiring)
        buckets.append(_Bucket(variable, scope, mine, message))
        if not message:
            return Eliminated(None, semiring, merged, single, buckets, [])
        if scope:
            same = tuple(tuple(range(len(merged[v]))) for v in scope)
            live.append((Factor(scope, same, message), variable))
        else:
            ends.append((message[()], variable))
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


Order = list[tuple[str, tuple[str, ...]]]
EASY, TRIES = 200_000, 12


def _order(scopes: Sequence[tuple[str, ...]], sizes: Mapping[str, int]) -> Order:
    """In which order the variables are taken out, each with what it is tied to then.

    The next is the one with the smallest table, or the one that ties the fewest others together
    anew; where that gives large tables, equal ones are also taken in other orders, always the same.
    """
    least, found = _greedy(scopes, sizes, 0)
    for attempt in range(1, TRIES):
        if least <= EASY:
            break
        cells, other = _greedy(scopes, sizes, attempt)
        if cells < least:
            least, found = cells, other
    return found


def _in_order(
    scopes: Sequence[tuple[str, ...]], order: Sequence[str], names: Sequence[str]
) -> Order:
    """A known order, with what each variable is tied to then."""
    tied: dict[str, set[str]] = {v: set() for v in order}
    for scope in scopes:
        for v in scope:
            tied[v].update(n for n in scope if n != v)
    place = {v: i for i, v in enumerate(names)}
    found: Order = []
    for v in order:
        around = tied.pop(v)
        found.append((v, tuple(sorted(around, key=place.__getitem__))))
        for n in around:
            tied[n] |= around
            tied[n] -= {n, v}
    return found


def _greedy(
    scopes: Sequence[tuple[str, ...]], sizes: Mapping[str, int], attempt: int
) -> tuple[int, Order]:
    """One order and the size of all its tables; odd attempts look at new ties, even ones at size."""
    tied: dict[str, set[str]] = {v: set() for v in sizes}
    for scope in scopes:
        for v in scope:
            tied[v].update(n for n in scope if n != v)
    place = {v: i for i, v in enumerate(sizes)}
    shuffled = list(sizes)
    random.Random(attempt).shuffle(shuffled)
    turn = {v: i for i, v in enumerate(shuffled)} if attempt > 1 else place

    def cost(v: str) -> tuple[float, int]:
        cells = prod(sizes[n] for n in tied[v]) * sizes[v]
        if attempt % 2:
            around = tied[v]
            return sum(sizes[a] * len(around - tied[a]) for a in around), turn[v]
        return cells, turn[v]

    order: Order = []
    total = 0
    costs = {v: cost(v) for v in sizes}
    while tied:
        chosen = min(tied, key=costs.__getitem__)
        around = tied.pop(chosen)
        total += prod(sizes[n] for n in around) * sizes[chosen]
        order.append((chosen, tuple(sorted(around, key=place.__getitem__))))
        for n in around:
            tied[n] |= around
            tied[n] -= {n, chosen}
        touched = set(around).union(*(tied[n] for n in around)) if attempt % 2 else around
        for n in touched:
            costs[n] = cost(n)
    return total, order


def _message(
    variable: str,
    scope: tuple[str, ...],
    mine: Sequence[tuple[Factor[V], str]],
    own: Sequence[V],
    surroundings: Iterable[tuple[tuple[int, ...], Sequence[int]]],
    semiring: Semiring[V],
) -> dict[tuple[int, ...], V]:
    """What is left of a variable for each assignment of those it is tied to."""
    place = {v: i for i, v in enumerate((*scope, variable))}
    readers = [(_reader(f, place), f.table) for f, _ in mine]
    message: dict[tuple[int, ...], V] = {}
    for assignment, values in surroundings:
        found: list[V] = []
        for m in values:
            value = own[m]
            for read, table in readers:
                entry = table.get(read((*assignment, m)))
                if entry is None:
                    break
                value = semiring.times(value, entry)
            else:
                found.append(value)
        if found:
            message[assignment] = semiring.total(found)
    return message


def _reader(
    factor: Factor[Any], place: Mapping[str, int]
) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
    at = [(place[v], c) for v, c in zip(factor.scope, factor.classes, strict=True)]
    return lambda assignment: tuple(c[assignment[i]] for i, c in at)
