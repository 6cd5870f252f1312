"""The region: which forces a text permits one party, as rows over whole numbers of elements.

Columns are the party's elements (a system in a state, place and zone) and, after them, the helpers
that rules which are not linear need: which types are held, how many of the first n are used, what
an exception lets off, which alternative of a menu is taken. Each row of numbers knows the limit it
says. What cannot be put as rows is left out by name.

Linear rows are exact for any numbers; the others are exact for whole numbers up to `most`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from detente.compile.compiler import Compiled, DatedBound, Row, Term
from detente.compile.counts import Counter, Forces
from detente.compile.holdings import Element
from detente.compile.solver import INF, Solver
from detente.compile.table import Bools, Floats
from detente.model.provisions import Average

Number = int | float
Resolve = Callable[[Row, DatedBound], Number | None]


@dataclass(frozen=True)
class Tie:
    """A physical row: so much load at most on each carrier. `load` and `carriers` are columns."""

    load: tuple[int, ...]
    carriers: tuple[tuple[int, float], ...]
    why: str


@dataclass(frozen=True)
class RegionRow:
    """One limit (at one site) as numbers: `lower <= weights · x <= upper` over the region's columns.

    `row` is None for what is physical, not agreed (`why` says what), and for a helper's own rows.
    """

    row: Row | None
    site: str
    weights: Floats
    lower: float
    upper: float
    why: str = ""

    @property
    def name(self) -> str:
        """The limit it says; empty for a helper's row."""
        return self.row.limit if self.row is not None else ""


@dataclass(frozen=True)
class LeftOut:
    """A limit that the region does not say, and why."""

    row: Row
    why: str


@dataclass
class Region:
    """The forces that a text permits one party at a date.

    Attributes:
        elements: the party's elements, one a column, in the order of the forces.
        index: for each of them its place among the forces' elements.
        now: the present (best) numbers.
        most: the largest number of each that whole-number rules are exact for.
        rows: the limits, and the helpers' rows.
        helpers: what each further column says.
        whole: which columns come whole.
        left_out: limits that are not said, with the reason.

    """

    compiled: Compiled
    party: str
    at: date
    elements: tuple[Element, ...]
    index: tuple[int, ...]
    now: Floats
    most: Floats
    rows: list[RegionRow] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    helper_upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def n(self) -> int:
        """How many columns are elements."""
        return len(self.elements)

    @property
    def limits(self) -> list[RegionRow]:
        """The rows that say a limit of the text."""
        return [r for r in self.rows if r.row is not None]

    def matrix(self) -> tuple[Floats, Floats, Floats]:
        """All rows as numbers: weights, lower and upper bounds."""
        width = self.n + len(self.helpers)
        A = np.zeros((len(self.rows), width))
        for i, r in enumerate(self.rows):
            A[i, : len(r.weights)] = r.weights
        lower = np.array([r.lower for r in self.rows], dtype=np.float64)
        upper = np.array([r.upper for r in self.rows], dtype=np.float64)
        return A, lower, upper

    @property
    def linear(self) -> bool:
        """Whether no rule needed a helper, so that no whole-number program is needed for it."""
        return not self.helpers

    def solver(
        self, lower: Floats | None = None, upper: Floats | None = None, *, whole: bool = True
    ) -> Solver:
        """A solver over the region; elements lie between `lower` (nothing) and `upper` (`most`).

        With `whole` false, elements may be split (helpers that choose still come whole).
        """
        A, row_lower, row_upper = self.matrix()
        least = np.zeros(self.n) if lower is None else lower
        most = self.most if upper is None else upper
        helpers = np.array(self.helper_upper, dtype=np.float64)
        kinds = np.array([*([whole] * self.n), *self.whole], dtype=bool)
        return Solver(
            A,
            row_lower,
            row_upper,
            np.concatenate([least, np.zeros(len(helpers))]),
            np.concatenate([most, helpers]),
            kinds,
        )


def best_bound(row: Row, dated: DatedBound) -> Number | None:
    """The value of a bound that a text gives in figures: the first claimant's where they differ."""
    if dated.bound.rivals:
        return dated.bound.rivals[0].value
    return dated.bound.value


def region_of(
    compiled: Compiled,
    forces: Forces,
    party: str,
    at: date,
    *,
    resolve: Resolve = best_bound,
    most: Floats | None = None,
    choices: Mapping[str, str] | None = None,
    ties: Sequence[Tie] = (),
    quantities: Sequence[str] = ("held",),
    skip: Callable[[Row], str] | None = None,
) -> Region:
    """The region of one party of a compiled text.

    Args:
        compiled: the text.
        forces: the elements; conceivable ones may stand among them with the number nothing.
        party: the party, or the group, whose limits are meant.
        at: the date whose bounds hold; limits that have run out by then bind no longer.
        resolve: gives the value of a bound (one taken from an inventory, a claimant's).
        most: for each of the forces' elements the largest number considered; the present one by
            default. Rules with a helper are exact up to it.
        choices: the alternative taken of each menu; the others' limits go.
        ties: physical rows; columns are places among the forces' elements.
        quantities: what is counted of the elements; limits on other quantities are left out.
        skip: why a limit cannot be answered from these forces; empty when it can.

    """
    return _Builder(
        compiled, forces, party, at, resolve, most, choices or {}, ties, quantities, skip
    ).run()


class _Builder:
    def __init__(
        self,
        compiled: Compiled,
        forces: Forces,
        party: str,
        at: date,
        resolve: Resolve,
        most: Floats | None,
        choices: Mapping[str, str],
        ties: Sequence[Tie],
        quantities: Sequence[str],
        skip: Callable[[Row], str] | None,
    ) -> None:
        self.counter = Counter(compiled, forces)
        self.forces, self.at, self.resolve, self.choices = forces, at, resolve, choices
        self.ties, self.quantities, self.skip = ties, quantities, skip
        members = {m for r in compiled.rows if r.party == party for m in r.members} | {party}
        index = tuple(i for i, e in enumerate(forces.elements) if e.party in members)
        now = forces.best[list(index)]
        self.region = Region(
            compiled,
            party,
            at,
            tuple(forces.elements[i] for i in index),
            index,
            now,
            np.maximum(now, most[list(index)]) if most is not None else now.copy(),
        )
        self.columns = np.array(index, dtype=np.int64)
        self.place = {i: k for k, i in enumerate(index)}
        self.menus: dict[str, dict[str, int]] = {}

    def run(self) -> Region:
        region = self.region
        for row in region.compiled.rows:
            if row.party == region.party:
                self._row(row)
        for menu in region.compiled.menus:
            if (taken := self.menus.get(menu.id)) and menu.id not in self.choices:
                weights = self._wide()
                for column in taken.values():
                    weights[column] = 1.0
                kept = max(menu.choose - (len(menu.options) - len(taken)), 0)
                region.rows.append(RegionRow(None, "", weights, kept, INF, f"{menu.id}: choose"))
        for tie in self.ties:
            weights = self._wide()
            for i in tie.load:
                weights[self.place[i]] = 1.0
            for i, capacity in tie.carriers:
                weights[self.place[i]] -= capacity
            region.rows.append(RegionRow(None, "", weights, -INF, 0.0, tie.why))
        return region

    # --- one limit --------------------------------------------------------------------------------
    def _row(self, row: Row) -> None:
        why = self.skip(row) if self.skip else ""
        if why:
            self._leave(row, why)
            return
        if row.menu and self.choices.get(row.menu, row.alternative) != row.alternative:
            return
        if row.quantity not in self.quantities:
            self._leave(row, f"it limits {row.quantity}, not what is held")
            return
        dated = row.bound_at(self.at)
        if dated.end and self.at > dated.end:
            self._leave(row, f"it ran to {dated.end}")
            return
        value = self.resolve(row, dated)
        if value is None:
            self._leave(row, "its bound is taken from an inventory that the case does not hold")
            return
        mask = self.counter._mask(row)
        for exemption in row.exemptions:
            if exemption.up_to is None:
                mask = mask & ~self.counter.membership.of(exemption.tree).yes
        if not row.each:
            self._site(row, dated, value, mask, "")
            return
        if self.counter.without_site(row):
            self._leave(row, f"the inventory does not say at which {row.each}")
            return
        sites = [self.counter._site(e, row.each) for e in self.forces.elements]
        for site in sorted({s for s, m in zip(sites, mask, strict=True) if m and s}):
            here = mask & np.array([s == site for s in sites], dtype=bool)
            self._site(row, dated, value, here, site)

    def _leave(self, row: Row, why: str) -> None:
        self.region.left_out.append(LeftOut(row, why))

    def _site(self, row: Row, dated: DatedBound, value: Number, mask: Bools, site: str) -> None:
        """One limit, at one site: the counted less the allowance, between its bounds."""
        if row.counting == "types":
            weights, offset = self._types(row, mask), 0.0
        else:
            weights, offset = self._sum(row.terms, mask)
            if row.allowance:
                factor = float(value) if isinstance(row.provision, Average) else 1.0
                less, shift = self._sum(row.allowance, mask)
                width = max(len(weights), len(less))
                weights = _pad(weights, width) - factor * _pad(less, width)
                offset -= factor * shift
            if any(e.up_to is not None for e in row.exemptions):
                weights = self._let_off(row, weights, mask)
        limit = 0.0 if isinstance(row.provision, Average) else float(value)
        lower, upper = -INF, limit - offset
        if row.relation == "at least":
            lower, upper = limit - offset, INF
        elif row.relation == "fewer than" or dated.bound.below:
            upper = _below(weights, upper)
        if row.menu and row.menu not in self.choices:
            weights, lower, upper = self._perhaps(row, weights, lower, upper)
        self.region.rows.append(RegionRow(row, site, weights, lower, upper))

    def _sum(self, terms: Sequence[Term], mask: Bools) -> tuple[Floats, float]:
        """The weights of terms on the columns, and what governing totals add to the count."""
        full = np.zeros(len(mask))
        weights = self._wide()
        for term in terms:
            if term.weight.first:
                weights = _pad(weights, self._width)
                piece = self._first_then_rest(term, mask)
                weights = _pad(weights, len(piece)) + piece
                continue
            full += np.where(mask, self.counter.weights(term).best, 0.0)
        weights[: self.region.n] += full[self.columns]
        return weights, self._governed(full, mask)

    def _governed(self, full: Floats, mask: Bools) -> float:
        """What a declared total counts more or less than its elements, where they weigh the same."""
        left = np.ones(len(mask), dtype=bool)
        shift = 0.0
        for closed in sorted(self.forces.closed, key=lambda c: -len(c.members)):
            members = np.array(sorted(closed.members), dtype=np.int64)
            if not len(members) or not left[members].all() or not mask[members].all():
                continue
            w = full[members]
            if w[0] == 0 or (w != w[0]).any():
                continue
            left[members] = False
            figure = float(closed.figure.best)
            shift += w[0] * (figure - float(self.forces.best[members].sum()))
        return float(shift)

    # --- helpers ----------------------------------------------------------------------------------
    @property
    def _width(self) -> int:
        return self.region.n + len(self.region.helpers)

    def _wide(self) -> Floats:
        return np.zeros(self._width)

    def _helper(self, says: str, upper: float, whole: bool) -> int:
        self.region.helpers.append(says)
        self.region.helper_upper.append(upper)
        self.region.whole.append(whole)
        return self._width - 1

    def _helper_row(self, entries: Mapping[int, float], lower: float, upper: float) -> None:
        weights = self._wide()
        for column, weight in entries.items():
            weights[column] += weight
        self.region.rows.append(RegionRow(None, "", weights, lower, upper))

    def _types(self, row: Row, mask: Bools) -> Floats:
        """One for each type held: a yes or no that every element of the type needs."""
        counted = np.zeros(len(mask))
        for term in row.terms:
            counted += np.where(mask, self.counter.weights(term).best, 0.0)
        by_type: dict[str, list[int]] = {}
        for k, i in enumerate(self.region.index):
            if counted[i] > 0:
                system = self.forces.case.systems.get(self.forces.elements[i].holding.system)
                kinds = system.types if system else (self.forces.elements[i].holding.system,)
                if len(kinds) == 1:
                    by_type.setdefault(kinds[0], []).append(k)
        held = {}
        for name, columns in sorted(by_type.items()):
            held[name] = self._helper(f"holds {name}", 1.0, True)
            for k in columns:
                self._helper_row({k: 1.0, held[name]: -max(self.region.most[k], 1.0)}, -INF, 0.0)
        weights = self._wide()
        for column in held.values():
            weights[column] = 1.0
        return weights

    def _let_off(self, row: Row, weights: Floats, mask: Bools) -> Floats:
        """Units that an exception lets off: so many at most, of those that it names."""
        for exemption in row.exemptions:
            if exemption.up_to is None:
                continue
            inside = mask & self.counter.membership.of(exemption.tree).yes
            eligible = [k for k, i in enumerate(self.region.index) if inside[i] and weights[k] > 0]
            if not eligible:
                continue
            gone = {}
            for k in eligible:
                says = f"{self.region.elements[k].holding.system} let off by {exemption.provision}"
                gone[k] = self._helper(says, float(exemption.up_to), True)
                self._helper_row({gone[k]: 1.0, k: -1.0}, -INF, 0.0)
            self._helper_row(dict.fromkeys(gone.values(), 1.0), -INF, float(exemption.up_to))
            weights = _pad(weights, self._width)
            for k, column in gone.items():
                weights[column] -= weights[k]
        return _pad(weights, self._width)

    def _first_then_rest(self, term: Term, mask: Bools) -> Floats:
        """Units in order, the first n at one weight and the rest at another, exactly.

        `used[k]` is the lesser of n and all units up to the k-th; a yes or no says which it is.
        """
        assert term.weight.weight is not None
        assert term.weight.then is not None
        yes = self.counter.membership.category(term.category).yes & mask
        first = self.counter._spread(term.weight.weight)[1]
        then = self.counter._spread(term.weight.then)[1]
        ranked = [self.place[i] for i in self.counter.in_order(term, yes) if i in self.place]
        n = float(term.weight.first)
        weights: dict[int, float] = {}
        before: int | None = None
        so_far: list[int] = []
        for k in ranked:
            so_far.append(k)
            i = self.region.index[k]
            total = float(self.region.most[so_far].sum())
            used = self._helper(f"first {term.weight.first} up to {k}", n, False)
            full = self._helper(f"first {term.weight.first} full at {k}", 1.0, True)
            units = dict.fromkeys(so_far, -1.0)
            self._helper_row({used: 1.0, **units}, -INF, 0.0)  # used <= units so far
            self._helper_row({used: 1.0, full: -n}, 0.0, INF)  # full: used = n
            self._helper_row({used: 1.0, **units, full: max(total, n)}, 0.0, INF)  # else all
            weights[k] = weights.get(k, 0.0) + float(then[i]) * term.factor
            step = float(first[i] - then[i]) * term.factor
            weights[used] = weights.get(used, 0.0) + step
            if before is not None:
                weights[before] = weights.get(before, 0.0) - step
            before = used
        found = self._wide()
        for column, weight in weights.items():
            found[column] += weight
        return found

    def _perhaps(
        self, row: Row, weights: Floats, lower: float, upper: float
    ) -> tuple[Floats, float, float]:
        """A limit of one alternative of a menu: it binds where the alternative is taken."""
        taken = self.menus.setdefault(row.menu, {})
        if row.alternative not in taken:
            says = f"{row.menu}: {row.alternative}"
            taken[row.alternative] = self._helper(says, 1.0, True)
        weights = _pad(weights, self._width)
        ends = np.concatenate([self.region.most, np.array(self.region.helper_upper)])
        if upper < INF:
            slack = max(float(np.maximum(weights, 0) @ ends) - upper, 0.0)
            weights[taken[row.alternative]] += slack
            upper += slack
        if lower > -INF:
            slack = max(lower - float(np.minimum(weights, 0) @ ends), 0.0)
            weights[taken[row.alternative]] -= slack
            lower -= slack
        return weights, lower, upper


def _pad(weights: Floats, width: int) -> Floats:
    return np.concatenate([weights, np.zeros(width - len(weights))])


def _below(weights: Floats, upper: float) -> float:
    """The largest count that is still below a bound, in steps of what the weights can make."""
    used = weights[weights != 0]
    if len(used) and (np.round(used) == used).all():
        step = float(math.gcd(*(int(abs(w)) for w in used)))
        return step * (math.ceil(upper / step) - 1)
    return float(np.nextafter(upper, -INF))
