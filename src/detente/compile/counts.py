"""Rows applied to elements: weights, contributions and sums, as low, best and high.

A weight matrix has one row a limit and one column an element. An element of unknown membership
counts nothing in `low` and `best` and its full weight in `high`; a weight that depends on an
uncertain attribute is an interval. Where a published total governs and all its elements weigh the
same in a row, the row takes the total's figure for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.compile.compiler import Compiled, Row, Term
from detente.compile.holdings import ClosedTotal, Element, Settled
from detente.compile.membership import Membership, Truth
from detente.compile.table import Bools, Floats, Table, table_of_holdings
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


class Counter:
    """Applies the rows of a compiled text to forces."""

    def __init__(self, compiled: Compiled, forces: Forces) -> None:
        self.compiled, self.forces = compiled, forces
        self.table = forces.table(compiled)
        self.membership = Membership(
            self.table, compiled.categories, compiled.attributions, forces.taken_as()
        )
        self._terms: dict[Term, Weights] = {}

    def weights(self, term: Term) -> Weights:
        """The weights of a term, membership and attribute both taken into account."""
        if term not in self._terms:
            truth = self.membership.category(term.category)
            low, high = self._unit(term.weight, self.table)
            best = np.where(np.isfinite(low) & np.isfinite(high), (low + high) / 2, 0.0)
            best = np.where(low == high, low, best)
            low = np.where(np.isfinite(low), low, 0.0)
            high = np.where(np.isfinite(high), high, 0.0)
            yes, unknown = truth.yes, truth.unknown
            self._terms[term] = Weights(
                term,
                np.where(yes, low, 0.0) * term.factor,
                np.where(yes, best, 0.0) * term.factor,
                np.where(yes | unknown, high, 0.0) * term.factor,
                truth,
            )
        return self._terms[term]

    def _unit(self, weight: Weight, table: Table) -> tuple[Floats, Floats]:
        if weight.attribute:
            m = table.measures(weight.attribute)
            return np.nanmin(m.low, axis=0), np.nanmax(m.high, axis=0)
        if weight.first:
            assert weight.then is not None
            return self._unit(weight.then, table)  # the first n are settled in `_piecewise`
        if weight.number is None:
            return np.full(table.n, float(weight.low)), np.full(table.n, float(weight.high))
        full = np.full(table.n, float(weight.number))
        return full, full

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
        elements = self.forces.elements
        return np.array(
            [
                e.party in row.members
                and e.holding.quantity == row.quantity
                and e.holding.activity in row.activities
                for e in elements
            ],
            dtype=bool,
        )

    def _count(self, row: Row, mask: Bools, site: str) -> RowCount:
        exempt = np.zeros(len(mask), dtype=bool)
        for exemption in row.exemptions:
            if exemption.up_to is None:
                exempt |= self.membership.of(exemption.tree).yes
        mask = mask & ~exempt
        counted, contributions, adjustments = self._sum(row, row.terms, mask)
        allowance = Spread(0, 0, 0)
        if row.allowance:
            allowance, _, _ = self._sum(row, row.allowance, mask)
        for exemption in row.exemptions:
            if exemption.up_to is not None:
                counted = self._less(counted, exemption.tree, exemption.up_to, contributions)
        types: tuple[str, ...] = ()
        if row.counting == "types":
            known = [c for c in contributions if c.sure and len(self._types(c)) == 1]
            sure = sorted({t for c in known if c.counted.low > 0 for t in self._types(c)})
            best = sorted({t for c in known if c.counted.best > 0 for t in self._types(c)})
            possible = {self._types(c) for c in contributions if c.counted.high > 0}
            counted, types = Spread(len(sure), len(best), len(possible)), tuple(best)
        return RowCount(
            row, site, counted, allowance, tuple(contributions), tuple(adjustments), types
        )

    def _types(self, c: Contribution) -> tuple[str, ...]:
        system = self.forces.case.systems.get(c.element.holding.system)
        return system.types if system else (c.element.holding.system,)

    def _less(
        self, counted: Spread, tree: object, up_to: int, contributions: Sequence[Contribution]
    ) -> Spread:
        """The count less up to so many exempted units."""
        truth = self.membership.of(tree)  # type: ignore[arg-type]
        index = {id(e): i for i, e in enumerate(self.forces.elements)}
        sure = sum(
            c.counted.best for c in contributions if truth.yes[index[id(c.element)]] and c.sure
        )
        gone = min(up_to, sure)
        return Spread(
            max(0, counted.low - gone), max(0, counted.best - gone), max(0, counted.high - gone)
        )

    def _sum(
        self, row: Row, terms: Sequence[Term], mask: Bools
    ) -> tuple[Spread, list[Contribution], list[Adjustment]]:
        forces = self.forces
        contributions: list[Contribution] = []
        n = len(mask)
        total_low, total_best, total_high = np.zeros(n), np.zeros(n), np.zeros(n)
        sure = np.ones(n, dtype=bool)
        extra = [0.0, 0.0, 0.0]
        for term in terms:
            w = self.weights(term)
            inside = mask & (w.truth.yes | w.truth.unknown)
            if term.weight.first:
                shares = self._piecewise(term, w, inside)
            else:
                shares = [
                    (i, Spread(_n(w.low[i]), _n(w.best[i]), _n(w.high[i])), None)
                    for i in map(int, np.flatnonzero(inside & ((w.high != 0) | (w.low != 0))))
                ]
            for i, weight, number in shares:
                e = forces.elements[i]
                x = number or Spread(e.number.low, e.number.best, e.number.high)
                known = bool(w.truth.yes[i])
                counted = _times(weight, x)
                contributions.append(
                    Contribution(e, term.category, term.rule, weight, counted, known)
                )
                if number is None:
                    total_low[i] += weight.low
                    total_best[i] += weight.best
                    total_high[i] += weight.high
                else:
                    extra = [
                        extra[0] + counted.low,
                        extra[1] + counted.best,
                        extra[2] + counted.high,
                    ]
                sure[i] &= known
        low, best, high, adjustments = self._closed(total_low, total_best, total_high, sure, mask)
        spread = Spread(_n(low + extra[0]), _n(best + extra[1]), _n(high + extra[2]))
        contributions.sort(key=lambda c: (c.element.party, not c.sure, -c.counted.high))
        return spread, contributions, adjustments

    def _closed(
        self, low_w: Floats, best_w: Floats, high_w: Floats, sure: Bools, mask: Bools
    ) -> tuple[float, float, float, list[Adjustment]]:
        """Sums over elements; a governing total replaces its elements where they weigh the same."""
        forces = self.forces
        left = np.ones(len(mask), dtype=bool)
        low = best = high = 0.0
        adjustments: list[Adjustment] = []
        for total in sorted(forces.closed, key=lambda c: -len(c.members)):
            members = np.array(sorted(total.members), dtype=np.int64)
            if not len(members) or not left[members].all() or not mask[members].all():
                continue
            w = best_w[members]
            if not (
                sure[members].all()
                and (low_w[members] == w).all()
                and (high_w[members] == w).all()
                and (w == w[0]).all()
                and w[0] != 0
            ):
                continue
            left[members] = False
            figure = total.published.figure
            parts = (figure.low * w[0], figure.best * w[0], figure.high * w[0])
            low, best, high = low + min(parts), best + parts[1], high + max(parts)
            change = parts[1] - float((forces.best[members] * w[0]).sum())
            if change:
                adjustments.append(Adjustment(total, Spread(_n(change), _n(change), _n(change))))
        x_low, x_best, x_high = forces.low[left], forces.best[left], forces.high[left]
        lw, bw, hw = low_w[left], best_w[left], high_w[left]
        corners = np.stack([lw * x_low, lw * x_high, hw * x_low, hw * x_high])
        low += float(corners.min(axis=0).sum())
        best += float((bw * x_best).sum())
        high += float(corners.max(axis=0).sum())
        return low, best, high, adjustments

    def _piecewise(
        self, term: Term, w: Weights, inside: Bools
    ) -> list[tuple[int, Spread, Spread | None]]:
        """Units in order: the first n at one weight, the rest at another."""
        assert term.weight.weight is not None
        assert term.weight.then is not None
        first_low, first_high = self._unit(term.weight.weight, self.table)
        then_low, then_high = self._unit(term.weight.then, self.table)
        order = {name: k for k, name in enumerate(term.weight.order)}

        def rank(i: int) -> tuple[int, float, str]:
            system = self.table.system_of[i]
            name = system.id if system else ""
            kinds = system.types if system else ()
            place = min([order.get(k, len(order)) for k in (name, *kinds)])
            return place, -float(np.nan_to_num(then_high[i], posinf=0.0)), name

        found: list[tuple[int, Spread, Spread | None]] = []
        left = {"low": term.weight.first, "best": term.weight.first, "high": term.weight.first}
        for i in sorted(map(int, np.flatnonzero(inside & w.truth.yes)), key=rank):
            number = self.forces.elements[i].number
            taken = {}
            for key in ("low", "best", "high"):
                taken[key] = min(left[key], getattr(number, key))
                left[key] -= taken[key]
            early = Spread(taken["low"], taken["best"], taken["high"])
            late = Spread(
                number.low - taken["low"], number.best - taken["best"], number.high - taken["high"]
            )
            f = term.factor
            if early.high:
                a, b = first_low[i] * f, first_high[i] * f
                found.append((int(i), Spread(_n(a), _n((a + b) / 2), _n(b)), early))
            if late.high:
                a, b = then_low[i] * f, then_high[i] * f
                found.append((int(i), Spread(_n(a), _n((a + b) / 2), _n(b)), late))
        return found


def _times(w: Spread, x: Spread) -> Spread:
    corners = (w.low * x.low, w.low * x.high, w.high * x.low, w.high * x.high)
    return Spread(_n(min(corners)), _n(w.best * x.best), _n(max(corners)))


def _n(value: float) -> Number:
    """A whole number where it is one."""
    return int(value) if float(value).is_integer() else float(value)
