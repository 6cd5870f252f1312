"""Rows applied to elements: weights, contributions and sums, as low, best and high.

A weight matrix has one row a limit and one column an element. An element of unknown membership
counts nothing in `low` and `best` and its full weight in `high`; a weight that depends on an
uncertain attribute is an interval. Where a published total governs and all its elements weigh the
same in a row, the row takes the total's figure for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detente.compile.compiler import Compiled, Row, Term
from detente.compile.holdings import ClosedTotal, Element, Settled
from detente.compile.membership import Membership, Truth
from detente.compile.table import Bools, Floats, Ints, Table, table_of_holdings
from detente.model.amounts import Weight
from detente.model.case import Case

Number = int | float


@dataclass(frozen=True)
class Spread:
    """A counted figure: low <= best <= high, whole where the weights are whole."""

    low: Number
    best: Number
    high: Number

    @property
    def exact(self) -> bool:
        """Whether there is no spread."""
        return self.low == self.high

    def __str__(self) -> str:
        def show(n: Number) -> str:
            if n in (math.inf, -math.inf):
                return "no known bound"
            return f"{n:,}" if isinstance(n, int) else f"{n:,.4g}"

        if self.exact:
            return show(self.best)
        return f"{show(self.best)} ({show(self.low)}–{show(self.high)})"


@dataclass(frozen=True)
class Contribution:
    """What one element adds to one row, by which category and rule; `sure` when membership is known."""

    element: Element
    category: str
    rule: str
    weight: Spread
    counted: Spread
    sure: bool


@dataclass(frozen=True)
class Adjustment:
    """What a governing total changes in a row: its figure less the sum of its elements by type."""

    total: ClosedTotal
    change: Spread


@dataclass(frozen=True)
class RowCount:
    """One row applied: the count, what made it up, and the allowance it is held against."""

    row: Row
    site: str
    counted: Spread
    allowance: Spread
    contributions: tuple[Contribution, ...]
    adjustments: tuple[Adjustment, ...]
    types: tuple[str, ...] = ()


@dataclass
class Forces:
    """The settled inventories of the parties, as one table of elements."""

    case: Case
    settled: tuple[Settled, ...]

    def __post_init__(self) -> None:
        self.elements: list[Element] = [e for s in self.settled for e in s.elements]
        self.low = np.array([e.number.low for e in self.elements], dtype=np.float64)
        self.best = np.array([e.number.best for e in self.elements], dtype=np.float64)
        self.high = np.array([e.number.high for e in self.elements], dtype=np.float64)
        self.closed: list[ClosedTotal] = []
        offset = 0
        for s in self.settled:
            for c in s.closed:
                shifted = frozenset(i + offset for i in c.members)
                self.closed.append(ClosedTotal(c.published, shifted, c.by_type))
            offset += len(s.elements)

    def table(self, compiled: Compiled) -> Table:
        """The elements as a table, with the text's attribution tables."""
        holdings = [(e.party, e.holding) for e in self.elements]
        return table_of_holdings(self.case, holdings, compiled.attributions)

    def taken_as(self) -> dict[str, tuple[Bools, Bools]]:
        """Memberships that inventory lines settle, by category: taken in, taken out."""
        found: dict[str, tuple[Bools, Bools]] = {}
        n = len(self.elements)
        for i, element in enumerate(self.elements):
            for taken in element.holding.taken_as:
                into, out = found.setdefault(
                    taken.category, (np.zeros(n, dtype=bool), np.zeros(n, dtype=bool))
                )
                (into if taken.member else out)[i] = True
        return found


@dataclass(frozen=True)
class Weights:
    """The weights of one term on all elements, and whether membership is sure."""

    term: Term
    low: Floats
    best: Floats
    high: Floats
    truth: Truth


def unit_weights(weight: Weight, table: Table) -> tuple[Floats, Floats]:
    """What one unit of each entry weighs, least and most; without bound where nobody knows.

    Of *first and rest* it is the rest: which units come first is settled when they are counted.
    """
    if weight.attribute:
        m = table.measures(weight.attribute)
        return np.nanmin(m.low, axis=0), np.nanmax(m.high, axis=0)
    if weight.then is not None:
        return unit_weights(weight.then, table)
    if weight.number is None:
        return np.full(table.n, float(weight.low)), np.full(table.n, float(weight.high))
    full = np.full(table.n, float(weight.number))
    return full, full


class Counter:
    """Applies the rows of a compiled text to forces."""

    def __init__(self, compiled: Compiled, forces: Forces) -> None:
        self.compiled, self.forces = compiled, forces
        self.table = forces.table(compiled)
        self.membership = Membership(
            self.table, compiled.categories, compiled.attributions, forces.taken_as()
        )
        self._terms: dict[Term, Weights] = {}
        self._same: dict[int, tuple[Term, Weights]] = {}  # the same again, without comparing terms
        self.sums: dict[tuple[tuple[int, ...], bytes], Floats] = {}
        self._masks: dict[tuple[tuple[str, ...], str, tuple[str, ...]], Bools] = {}

    def weights(self, term: Term) -> Weights:
        """The weights of a term, membership and attribute both taken into account.

        A weight that nobody knows counts nothing in `low` and `best` and without bound in `high`.
        """
        if (found := self._same.get(id(term))) and found[0] is term:
            return found[1]
        if term not in self._terms:
            truth = self.membership.category(term.category)
            low, best, high = self._spread(term.weight)
            yes, unknown = truth.yes, truth.unknown
            self._terms[term] = Weights(
                term,
                np.where(yes, low, 0.0) * term.factor,
                np.where(yes, best, 0.0) * term.factor,
                np.where(yes | unknown, high, 0.0) * term.factor,
                truth,
            )
        self._same[id(term)] = term, self._terms[term]
        return self._terms[term]

    def summed(self, terms: Sequence[Term], mask: Bools) -> Floats:
        """Least, best and most that one of each element counts by terms of plain weights.

        A weight that nobody knows counts nothing.
        """
        key = tuple(map(id, terms)), mask.tobytes()
        if key not in self.sums:
            full = np.zeros((3, len(mask)))
            for term in terms:
                w = self.weights(term)
                known = mask & np.isfinite(w.high)
                full += np.where(known, (w.low, w.best, w.high), 0.0)
            self.sums[key] = full
        return self.sums[key]

    def _spread(self, weight: Weight) -> tuple[Floats, Floats, Floats]:
        """The weight of one unit of each element: least, best, most."""
        low, high = unit_weights(weight, self.table)
        known = np.isfinite(low) & np.isfinite(high)
        low = np.where(np.isfinite(low), low, 0.0)
        best = np.where(known, (low + np.where(known, high, 0.0)) / 2, 0.0)
        return low, best, high

    def row(self, row: Row) -> list[RowCount]:
        """The row applied: once, or once for each site where the limit is for each."""
        mask = self._mask(row)
        if not row.each:
            return [self._count(row, mask, "")]
        values = [self._site(e, row.each) for e in self.forces.elements]
        sites = sorted({v for v, m in zip(values, mask, strict=True) if m and v})
        found = []
        for site in sites:
            here = mask & np.array([v == site for v in values])
            count = self._count(row, here, site)
            if count.contributions:
                found.append(count)
        return found or [self._count(row, mask & False, "")]

    def _site(self, element: Element, each: str) -> str:
        """What a limit for each site (or each type) is counted by."""
        if each == "type":
            system = self.forces.case.systems.get(element.holding.system)
            return " or ".join(system.types) if system else element.holding.system
        return getattr(element.holding, each, "") or ""

    def without_site(self, row: Row) -> bool:
        """Whether a limit for each site would count lines that name none."""
        if not row.each:
            return False
        mask = self._mask(row)
        bare = np.array([not self._site(e, row.each) for e in self.forces.elements], dtype=bool)
        return any(
            bool((mask & bare & (self.weights(t).high != 0) & (self.forces.high > 0)).any())
            for t in row.terms
        )

    def left_out(self, row: Row) -> tuple[str, ...]:
        """The inventories that do not speak of weapons which the row counts."""
        found = []
        systems = self.membership.systems()
        for settled in self.forces.settled:
            clause = settled.inventory.leaves_out
            if clause is None or settled.inventory.party not in row.members:
                continue
            outside = systems.of(clause.tree).yes
            party = np.array(
                [
                    s is not None and s.party == settled.inventory.party
                    for s in systems.table.system_of
                ]
            )
            for term in (*row.terms, *row.allowance):
                if (outside & party & ~systems.category(term.category).no).any():
                    found.append(settled.inventory.id)
                    break
        return tuple(found)

    def _mask(self, row: Row) -> Bools:
        key = (row.members, row.quantity, row.activities)
        if key not in self._masks:
            self._masks[key] = np.array(
                [
                    e.party in row.members
                    and e.holding.quantity == row.quantity
                    and e.holding.activity in row.activities
                    for e in self.forces.elements
                ],
                dtype=bool,
            )
        return self._masks[key]

    def _count(self, row: Row, mask: Bools, site: str) -> RowCount:
        mask, doubtful = self.let_off(row, mask)
        counted, contributions, adjustments = self._sum(row, row.terms, mask, doubtful)
        allowance = Spread(0, 0, 0)
        if row.allowance:
            allowance, _, _ = self._sum(row, row.allowance, mask, doubtful)
        types: tuple[str, ...] = ()
        if row.counting == "types":
            counted, types = self._count_types(contributions)
        return RowCount(
            row, site, counted, allowance, tuple(contributions), tuple(adjustments), types
        )

    def let_off(self, row: Row, mask: Bools) -> tuple[Bools, Bools]:
        """The elements less those that an exception takes out whole; and those it may take out."""
        exempt, doubtful = np.zeros(len(mask), dtype=bool), np.zeros(len(mask), dtype=bool)
        for exemption in row.exemptions:
            if exemption.up_to is None:
                truth = self.membership.of(exemption.tree)
                exempt |= truth.yes
                doubtful |= truth.unknown
        return mask & ~exempt, doubtful

    def _count_types(self, contributions: Sequence[Contribution]) -> tuple[Spread, tuple[str, ...]]:
        """Types, not units; a line of one of several types adds one where none of them is counted.

        Each unit is of one type: a line can be of no more types than it has units.
        """
        known = [c for c in contributions if c.sure and len(self._types(c)) == 1]
        sure = {t for c in known if c.counted.low > 0 for t in self._types(c)}
        best = {t for c in known if c.counted.best > 0 for t in self._types(c)}
        either = [c for c in contributions if c.sure and len(self._types(c)) > 1]
        low = len(sure) + any(c.counted.low > 0 and not sure & {*self._types(c)} for c in either)
        most = len(best) + any(c.counted.best > 0 and not best & {*self._types(c)} for c in either)
        held = [c for c in contributions if c.counted.high > 0]
        possible = {t for c in held for t in self._types(c)}
        alone = {t for c in held if len(self._types(c)) == 1 for t in self._types(c)}
        more = sum(
            min(c.element.number.high, len({*self._types(c)} - alone))
            for c in held
            if len(self._types(c)) > 1
        )
        high = min(len(possible), len(alone) + more)
        return Spread(low, most, max(most, high)), tuple(sorted(best))

    def _types(self, c: Contribution) -> tuple[str, ...]:
        system = self.forces.case.systems.get(c.element.holding.system)
        return system.types if system else (c.element.holding.system,)

    def _numbers(
        self, row: Row, mask: Bools, worth: Floats
    ) -> tuple[tuple[Floats, Floats, Floats], bool]:
        """The numbers of the elements less those that exceptions let off, up to so many each.

        The units that weigh most are let off first. What may be let off is let off in `low` alone.
        """
        forces = self.forces
        numbers = (forces.low.copy(), forces.best.copy(), forces.high.copy())
        changed = False
        for exemption in row.exemptions:
            if exemption.up_to is None:
                continue
            truth = self.membership.of(exemption.tree)
            for i, ends in enumerate(numbers):
                inside = mask & (truth.yes | truth.unknown if i == 0 else truth.yes)
                left = float(exemption.up_to)
                for k in sorted(map(int, np.flatnonzero(inside)), key=lambda k: (-worth[k], k)):
                    gone = min(left, float(ends[k]))
                    ends[k] -= gone
                    left -= gone
                    changed |= gone > 0
        return numbers, changed

    def _sum(
        self, row: Row, terms: Sequence[Term], mask: Bools, doubtful: Bools
    ) -> tuple[Spread, list[Contribution], list[Adjustment]]:
        forces = self.forces
        contributions: list[Contribution] = []
        n = len(mask)
        total = np.zeros((3, n))
        sure = ~doubtful
        extra = [0.0, 0.0, 0.0]
        worth = np.zeros(n)
        for term in terms:
            worth += np.nan_to_num(self.weights(term).best, posinf=0.0)
        numbers, exempted = self._numbers(row, mask, worth)
        for term in terms:
            w = self.weights(term)
            inside = mask & (w.truth.yes | w.truth.unknown)
            if term.weight.first:
                for found in self._piecewise(term, w, inside, numbers, doubtful):
                    contributions.append(found)
                    c = found.counted
                    extra = [extra[0] + c.low, extra[1] + c.best, extra[2] + c.high]
                continue
            ends = (
                np.where(doubtful, 0.0, w.low),
                np.where(doubtful, 0.0, w.best),
                w.high,
            )
            for i in map(int, np.flatnonzero(inside & ((w.high != 0) | (w.low != 0)))):
                known = bool(w.truth.yes[i] and not doubtful[i])
                weight = Spread(*(_n(end[i]) for end in ends))
                x = Spread(*(_n(end[i]) for end in numbers))
                contributions.append(
                    Contribution(
                        forces.elements[i],
                        term.category,
                        term.rule,
                        weight,
                        _times(weight, x),
                        known,
                    )
                )
                for k, end in enumerate(ends):
                    total[k, i] += end[i]
                sure[i] &= known
        closing = forces.closed if not exempted else []
        low, best, high, adjustments = self._closed(total, numbers, sure, mask, closing)
        spread = Spread(_n(low + extra[0]), _n(best + extra[1]), _n(high + extra[2]))
        contributions.sort(key=_by_effect)
        return spread, contributions, adjustments

    def _closed(
        self,
        total: Floats,
        numbers: tuple[Floats, Floats, Floats],
        sure: Bools,
        mask: Bools,
        closing: Sequence[ClosedTotal],
    ) -> tuple[float, float, float, list[Adjustment]]:
        """Sums over elements; a governing total replaces its elements where they weigh the same."""
        low_w, best_w, high_w = total
        left = np.ones(len(mask), dtype=bool)
        low = best = high = 0.0
        adjustments: list[Adjustment] = []
        for closed, members, w in governing(total, sure, mask, closing):
            left[members] = False
            figure = closed.figure
            parts = (figure.low * w, figure.best * w, figure.high * w)
            low, best, high = low + min(parts), best + parts[1], high + max(parts)
            change = parts[1] - float((numbers[1][members] * w).sum())
            if change or closed.published.spread:
                adjustments.append(Adjustment(closed, Spread(_n(change), _n(change), _n(change))))
        x_low, x_best, x_high = (x[left] for x in numbers)
        lw, bw, hw = low_w[left], best_w[left], high_w[left]
        corners = np.stack(
            [_product(lw, x_low), _product(lw, x_high), _product(hw, x_low), _product(hw, x_high)]
        )
        low += float(corners.min(axis=0).sum())
        best += float((bw * x_best).sum())
        high += float(corners.max(axis=0).sum())
        return low, best, high, adjustments

    def in_order(self, term: Term, inside: Bools) -> list[int]:
        """Elements in the order in which the first n are taken: as named, then the heaviest."""
        assert term.weight.then is not None
        order = {name: k for k, name in enumerate(term.weight.order)}
        rest = self._spread(term.weight.then)[2]

        def rank(i: int) -> tuple[int, float, str]:
            system = self.table.system_of[i]
            name = system.id if system else ""
            kinds = system.types if system else ()
            place = min([order.get(k, len(order)) for k in (name, *kinds)])
            return place, -float(np.nan_to_num(rest[i], posinf=0.0)), name

        return sorted(map(int, np.flatnonzero(inside)), key=rank)

    def _piecewise(
        self,
        term: Term,
        w: Weights,
        inside: Bools,
        numbers: tuple[Floats, Floats, Floats],
        doubtful: Bools,
    ) -> list[Contribution]:
        """Units in order: the first n at one weight, the rest at another.

        Low, best and high are filled each by itself: what is not surely a member has a place in the
        last alone.
        """
        assert term.weight.weight is not None
        assert term.weight.then is not None
        first, then = self._spread(term.weight.weight), self._spread(term.weight.then)
        ranked = self.in_order(term, inside)
        f = term.factor
        shares: dict[int, list[tuple[float, float]]] = {i: [] for i in ranked}
        for k in range(3):
            left = float(term.weight.first)
            for i in ranked:
                member = bool(w.truth.yes[i] and not doubtful[i]) or k == 2
                number = float(numbers[k][i]) if member else 0.0
                early = min(left, number)
                left -= early
                shares[i].append((early, number - early))
        found = []
        for i in ranked:
            known = bool(w.truth.yes[i] and not doubtful[i])
            for part, unit in ((0, first), (1, then)):
                taken = [shares[i][k][part] for k in range(3)]
                if not any(taken):
                    continue
                weights = [float(unit[k][i]) * f for k in range(3)]
                counted = [t * x if t else 0.0 for t, x in zip(taken, weights, strict=True)]
                found.append(
                    Contribution(
                        self.forces.elements[i],
                        term.category,
                        term.rule,
                        Spread(*map(_n, weights)),
                        Spread(*map(_n, counted)),
                        known,
                    )
                )
        return found


def governing(
    total: Floats, sure: Bools, mask: Bools, closing: Sequence[ClosedTotal]
) -> Iterator[tuple[ClosedTotal, Ints, float]]:
    """The totals that count in place of their elements, with these and the weight they share.

    `total` has the elements' least, best and most weight. A total governs where all its elements
    are counted for sure with one weight; the widest go first.
    """
    low, best, high = total
    left = np.ones(len(mask), dtype=bool)
    for closed in sorted(closing, key=lambda c: -len(c.members)):
        members = np.array(sorted(closed.members), dtype=np.int64)
        if not len(members) or not left[members].all() or not mask[members].all():
            continue
        w = best[members]
        alike = (low[members] == w).all() and (high[members] == w).all() and (w == w[0]).all()
        if sure[members].all() and alike and w[0] != 0:
            left[members] = False
            yield closed, members, float(w[0])


def _by_effect(c: Contribution) -> tuple[str, bool, Number, str, str]:
    """What counts most first, the certain before the possible; the same in whatever order files come."""
    return c.element.party, not c.sure, -c.counted.high, c.element.holding.system, c.category


def _product(weights: Floats, numbers: Floats) -> Floats:
    """Weights times numbers; of nothing held, a weight without bound is nothing too."""
    return np.where(numbers == 0, 0.0, weights) * numbers


def _times(w: Spread, x: Spread) -> Spread:
    corners = [a * b if b else 0 for a in (w.low, w.high) for b in (x.low, x.high)]
    return Spread(_n(min(corners)), _n(w.best * x.best), _n(max(corners)))


def _n(value: float) -> Number:
    """A whole number where it is one."""
    return int(value) if float(value).is_integer() else float(value)
