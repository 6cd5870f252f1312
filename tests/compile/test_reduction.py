"""The least that must go, against every possible cut of small random systems."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.compile.compiler import Row
from detente.compile.holdings import Element
from detente.compile.reduction import Reduction
from detente.compile.region import Region, RegionRow
from detente.compile.solver import INF
from detente.model.amounts import Amount, Bound, Schedule, Step, Tally
from detente.model.cites import Cites
from detente.model.dates import When
from detente.model.inventory import Holding, Inventory
from detente.model.provisions import Ceiling

few = settings(max_examples=120, deadline=None, derandomize=True)
DAY = date(2000, 1, 1)
SYSTEMS = ("a", "a", "b", "c")  # elements may share a system
LINES = Inventory(id="i", party="p", date=When(DAY, DAY), basis="all", title="Lines")


def limit(name: str, weights: Any, lower: float, upper: float) -> RegionRow:
    """A limit on weighted units, as a region has it."""
    bound = Schedule((Step(Bound(value=0)),))
    provision = Ceiling(id=name, source=Cites(), on=Tally(name="x"), at_most=bound)
    relation: Any = "at most" if upper < INF else "at least"
    row = Row(name, name, provision, "p", ("p",), (), (), relation)
    counts = np.array(weights, dtype=float)
    return RegionRow(row, "", counts, lower, upper, value=upper, counts=counts)


@dataclass
class Small:
    """A small system: what is held, its limits, and what one of each element costs."""

    now: list[int]
    rows: list[RegionRow]
    costs: list[list[int]]
    systems: tuple[str, ...] = SYSTEMS
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def region(self) -> Region:
        """The system as a region."""
        elements = tuple(
            Element(
                "p",
                LINES,
                Holding(system=s, number=Amount(n, n, n), source=Cites()),
                Amount(n, n, n),
            )
            for s, n in zip(self.systems, self.now, strict=False)
        )
        now = np.array(self.now, dtype=float)
        compiled: Any = None
        return Region(
            compiled, "p", DAY, elements, tuple(range(len(now))), now, now.copy(), list(self.rows)
        )

    @property
    def reduction(self) -> Reduction:
        """The least cuts."""
        return Reduction(self.region, [np.array(c, dtype=float) for c in self.costs], **self.more)

    def permits(self, cut: Any, rows: Any = None) -> bool:
        """Whether what is left after a cut lies within the limits."""
        left = np.array(self.now) - np.array(cut)
        return all(
            r.lower - 1e-9 <= r.weights @ left <= r.upper + 1e-9
            for r in (self.rows if rows is None else rows)
        )

    def cost(self, cut: Any) -> tuple[int, ...]:
        """What a cut costs, the first cost first."""
        return tuple(int(np.dot(c, cut)) for c in self.costs)

    @property
    def every(self) -> list[tuple[int, ...]]:
        """Every cut."""
        return list(itertools.product(*(range(n + 1) for n in self.now)))

    @property
    def best(self) -> list[tuple[int, ...]]:
        """Every cut that costs the least, of what some limit at work counts alone."""
        ok = [c for c in self.every if self.permits(c)]
        least = min(map(self.cost, ok), default=())
        counted = {k for r in self.reduction.limits for k in np.flatnonzero(r.weights)}
        idle = [k for k in range(len(self.now)) if k not in counted]
        return [c for c in ok if self.cost(c) == least and not any(c[k] for k in idle)]

    def of(self, system: str) -> list[int]:
        """The elements of a system of which there are any."""
        return [k for k, n in enumerate(self.now) if n and self.systems[k] == system]


@st.composite
def systems(draw: st.DrawFn, least_weight: int = -1, floors: bool = True) -> Small:
    """Two to four elements, up to four limits, one or two costs; the last cost is one each."""
    n, m = draw(st.integers(2, 4)), draw(st.integers(1, 4))
    now = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    rows = []
    for i in range(m):
        weights = draw(st.lists(st.integers(least_weight, 2), min_size=n, max_size=n))
        bound = float(draw(st.integers(0, 9)))
        at_least = floors and draw(st.integers(0, 4)) == 0
        rows.append(
            limit(f"l{i}", weights, bound if at_least else -INF, INF if at_least else bound)
        )
    costs = [[1] * n]
    if draw(st.booleans()):
        costs.insert(0, draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    return Small(now, rows, costs)


@few
@given(systems())
def test_no_smaller_cut_is_enough(small: Small) -> None:
    """The least is what the best of all cuts costs; there is none only where none is enough."""
    found = small.reduction.least
    best = small.best
    assert (found is not None) == any(small.permits(c) for c in small.every)
    if found is not None:
        assert tuple(found) == small.cost(best[0])


@few
@given(systems())
def test_forced_and_open_are_those_of_all_least_cuts(small: Small) -> None:
    """Of each group, system and limit: the least and the most over every cut that costs the least."""
    reduction = small.reduction
    if reduction.least is None:
        return
    best = small.best
    for group, span in zip(reduction.groups, reduction.spans, strict=True):
        together = [sum(c[k] for k in group.elements) for c in best]
        assert span == (min(together), max(together))
    for system in dict.fromkeys(small.systems):
        mine = small.of(system)
        together = [sum(c[k] for k in mine) for c in best]
        assert reduction.of_elements(mine) == (min(together), max(together))
    for row in reduction.limits:
        gone = [sum(x for x, w in zip(c, row.weights, strict=True) if w > 0) for c in best]
        then = [float(row.weights @ (np.array(small.now) - np.array(c))) for c in best]
        assert reduction.of_limit(row) == ((min(gone), max(gone)), (min(then), max(then)))


@few
@given(systems())
def test_why_a_system_is_forced(small: Small) -> None:
    """The limits named (with the least, if it is named) force as much; without any of them, less."""
    reduction = small.reduction
    if reduction.least is None:
        return
    for system in dict.fromkeys(small.systems):
        mine = small.of(system)
        forced, _ = reduction.of_elements(mine)
        if not forced:
            continue
        reason = reduction.reason(mine, forced)
        rows = small.rows if reason.least else list(reason.limits)

        def fewest(rows: list[RegionRow], reason: Any = reason, mine: Any = mine) -> float:
            cuts = [c for c in small.every if small.permits(c, rows)]
            if reason.least:
                cuts = [c for c in cuts if small.cost(c) == reduction.least]
            return min((sum(c[k] for k in mine) for c in cuts), default=0)

        assert fewest(list(rows)) >= forced
        if reason.least:  # not without it
            free = [c for c in small.every if small.permits(c)]
            assert min(sum(c[k] for k in mine) for c in free) < forced
            assert all(r.weights[mine].any() for r in reason.limits)
        elif len(reason.limits) > 1 and fewest([reason.limits[0]]) < forced:
            for gone in reason.limits:  # none of them alone, and none too many
                assert fewest([r for r in reason.limits if r is not gone]) < forced


@few
@given(systems(least_weight=0))
def test_merging_changes_nothing(small: Small) -> None:
    """Each system by itself, or one line of an inventory as two: the same answers."""
    apart = Small(small.now, small.rows, small.costs, more={"apart": {*SYSTEMS}}).reduction
    reduction = small.reduction
    assert reduction.least == apart.least
    first, *rest = small.now
    split = Small(
        [first // 2, first - first // 2, *rest],
        [limit(r.name, [r.weights[0], *r.weights], r.lower, r.upper) for r in small.rows],
        [[c[0], *c] for c in small.costs],
        ("a", *SYSTEMS),
    )
    assert split.reduction.least == reduction.least
    if reduction.least is None:
        return
    for system in dict.fromkeys(SYSTEMS):
        expected = reduction.of_elements(small.of(system))
        assert apart.of_elements(small.of(system)) == expected
        assert split.reduction.of_elements(split.of(system)) == expected


@few
@given(systems(), st.integers(1, 3))
def test_a_limit_further_never_asks_for_more(small: Small, more: int) -> None:
    """What a limit is worth agrees with solving again, and is never less than nothing."""
    reduction = small.reduction
    for i, row in enumerate(small.rows):
        moved = limit(row.name, row.weights, row.lower - more, row.upper + more)
        again = Small(small.now, [*small.rows[:i], moved, *small.rows[i + 1 :]], small.costs)
        least = again.reduction.least
        if row in reduction.limits:
            assert reduction.relaxed(row, more) == least
            first = reduction.relaxed(row, more, costs=1)
            assert (first and first[0]) == (least and least[0])
        if reduction.least is not None:
            assert least is not None
            assert least <= reduction.least


@few
@given(systems(), st.integers(1, 4), st.integers(0, 3))
def test_the_quickest_of_the_least_cuts(small: Small, all_a_year: int, of_a: int) -> None:
    """Years at a rate for all and a rate for one system: the shortest of any least cut."""
    small.more = {"apart": {"a"}}
    reduction = small.reduction
    everything = list(range(len(small.now)))
    rates = [(everything, float(all_a_year)), (small.of("a"), float(of_a))]
    found = reduction.years(rates)
    if reduction.least is None:
        assert found == INF
        return
    takes = []
    for cut in small.best:
        gone = sum(cut[k] for k in small.of("a"))
        of_system = INF if gone and not of_a else gone / of_a if gone else 0.0
        takes.append(max(sum(cut) / all_a_year, of_system))
    assert found == pytest.approx(min(takes))


@few
@given(systems(least_weight=-2))
def test_what_no_cut_can_meet(small: Small) -> None:
    """Clashing limits cannot be met together; each one, moved as far as said, lets its set be met."""
    reduction = small.reduction
    clashes = reduction.clashes()
    assert bool(clashes) == (reduction.least is None)
    for parts in clashes:
        rows = [r for r, _ in parts]
        assert not any(small.permits(c, rows) for c in small.every)
        for row, move in parts:
            others = [r for r in rows if r is not row]
            assert any(small.permits(c, others) for c in small.every)
            moved = limit(row.name, row.weights, row.lower - move, row.upper + move)
            assert any(small.permits(c, [*others, moved]) for c in small.every)
            nearer = limit(row.name, row.weights, row.lower - move + 0.5, row.upper + move - 0.5)
            assert not any(small.permits(c, [*others, nearer]) for c in small.every)
    named = [r.name for parts in clashes for r, _ in parts]
    assert len(named) == len(set(named))
    left = [r for r in small.rows if r.name not in named]
    assert any(small.permits(c, left) for c in small.every)


def test_only_what_is_at_work_parts_groups() -> None:
    """Limits that hold whatever goes do not keep arms apart that are otherwise alike."""
    rows = [limit("all", [1, 1, 1, 1], -INF, 6), limit("some", [1, 0, 1, 0], -INF, 20)]
    small = Small([3, 3, 3, 0], rows, [[1, 1, 1, 1]])
    reduction = small.reduction
    assert [r.name for r in reduction.limits] == ["all"]
    assert [g.elements for g in reduction.groups] == [(0, 1, 2)]
    assert reduction.least == (3,)


def test_nothing_held() -> None:
    """Without arms nothing goes; a floor cannot be met."""
    rows = [limit("all", [1, 1], -INF, 6)]
    assert Small([0, 0], rows, [[1, 1]]).reduction.least == (0,)
    floor = Small([0, 0], [limit("floor", [1, 1], 2, INF)], [[1, 1]]).reduction
    assert floor.least is None
    assert [[(r.name, move) for r, move in c] for c in floor.clashes()] == [[("floor", 2)]]


def test_a_system_in_two_groups() -> None:
    """What a system must give in all is more than what each of its groups by itself asks of it."""
    rows = [limit("all", [1, 1, 1, 1], -INF, 4), limit("two", [1, 0, 1, 0], -INF, 5)]
    reduction = Small([3, 3, 3, 3], rows, [[1, 1, 1, 1]]).reduction
    assert reduction.least == (8,)
    assert reduction.of_elements([0, 1]) == (2, 6)  # b and c have six between them
