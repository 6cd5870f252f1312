"""The region: which forces a text permits one party, as rows over whole numbers of elements.

Columns are the party's elements (a system in a state, place and zone) and, after them, the helpers
that rules which are not linear need: which types are held, how many of the first n are used, what
an exception lets off, which alternative of a menu is taken. Each row of numbers knows the limit it
says. What cannot be put as rows is left out by name.

Linear rows are exact for any numbers; the others are exact for whole numbers up to `most`. The
region is said in one kind of figures: the best, the lowest or the highest that numbers, weights and
memberships allow, as `counts` has them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np

from detente.compile.compiler import Compiled, DatedBound, Exemption, Row, Term
from detente.compile.counts import Counter, Forces, governing
from detente.compile.holdings import Element
from detente.compile.solver import INF, Solver
from detente.compile.table import Bools, Floats
from detente.model.provisions import Average

Number = int | float
Figures = Literal["low", "best", "high"]
Resolve = Callable[[Row, DatedBound, str], Number | None]  # of a limit, at a site ("": everywhere)


@dataclass(frozen=True)
class Tie:
    """A physical row: so much load at most on each carrier. `load` and `carriers` are columns."""

    load: tuple[int, ...]
    carriers: tuple[tuple[int, float], ...]
    why: str


@dataclass(frozen=True, eq=False)
class RegionRow:
    """One limit (at one site) as numbers: `lower <= weights · x <= upper` over the region's columns.

    `row` is None for what is physical, not agreed (`why` says what), and for a helper's own rows.
    The limit's own count is `counts · x + shift`: the weights without the switch of a menu's
    alternative. `value` and `dated` are what the count is held against.
    """

    row: Row | None
    site: str
    weights: Floats
    lower: float
    upper: float
    why: str = ""
    shift: float = 0.0
    value: Number | None = None
    dated: DatedBound | None = None
    counts: Floats = field(default_factory=lambda: np.zeros(0), repr=False)

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
        now: the present numbers, in the kind of figures asked for.
        most: the largest number of each that whole-number rules are exact for.
        rows: the limits, and the helpers' rows.
        helpers: what each further column says.
        whole: which columns come whole.
        left_out: limits that are not said, with the reason.
        idle: limits that count none of the elements, and so hold whatever there is of them.

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
    idle: list[Row] = field(default_factory=list)

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


def best_bound(row: Row, dated: DatedBound, site: str = "") -> Number | None:
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
    figures: Figures = "best",
    also: Sequence[str] = (),
    counter: Counter | None = None,
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
        figures: which numbers, weights and memberships are taken where they are not certain.
        also: other parties or groups whose limits bind the same forces.
        counter: a counter of this text and these forces that is at hand already.

    """
    return _Builder(
        counter or Counter(compiled, forces),
        (party, *also),
        at,
        resolve,
        most,
        choices or {},
        ties,
        quantities,
        skip,
        figures,
    ).run()


class _Builder:
    def __init__(
        self,
        counter: Counter,
        parties: Sequence[str],
        at: date,
        resolve: Resolve,
        most: Floats | None,
        choices: Mapping[str, str],
        ties: Sequence[Tie],
        quantities: Sequence[str],
        skip: Callable[[Row], str] | None,
        figures: Figures,
    ) -> None:
        self.counter, self.parties, self.figures = counter, parties, figures
        self.forces = forces = counter.forces
        self.at, self.resolve, self.choices = at, resolve, choices
        self.ties, self.quantities, self.skip = ties, quantities, skip
        bound = [r for r in counter.compiled.rows if r.party in parties]
        members = {m for r in bound for m in r.members} | {*parties}
        index = tuple(i for i, e in enumerate(forces.elements) if e.party in members)
        self.numbers: Floats = getattr(forces, figures)
        now = self.numbers[list(index)]
        self.region = Region(
            counter.compiled,
            parties[0],
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
            if row.party in self.parties:
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
        if not row.each:
            self._site(row, dated, self._mask(row), "")
            return
        if self.counter.without_site(row):
            self._leave(row, f"the inventory does not say at which {row.each}")
            return
        mask = self._mask(row)
        sites = [self.counter._site(e, row.each) for e in self.forces.elements]
        for site in sorted({s for s, m in zip(sites, mask, strict=True) if m and s}):
            here = mask & np.array([s == site for s in sites], dtype=bool)
            self._site(row, dated, here, site)

    def _mask(self, row: Row) -> Bools:
        """The elements a limit may count, less what its exceptions take out of it whole.

        What may be excepted, and may not, is counted in the highest figures alone.
        """
        mask, doubtful = self.counter.let_off(row, self.counter._mask(row))
        return mask if self.figures == "high" else mask & ~doubtful

    def _cannot(self, row: Row, mask: Bools, let_off: bool) -> str:
        """Why the rule of a limit cannot be put as rows; empty when it can."""
        terms = (*row.terms, *row.allowance)
        for term in terms if self.figures == "high" else ():
            unknown = mask & ~np.isfinite(self._weights(term))
            held = [
                k for k, i in enumerate(self.region.index) if unknown[i] and self.region.most[k]
            ]
            if held:
                names = {self.region.elements[k].holding.system for k in held}
                return f"nobody knows how much they weigh: {', '.join(sorted(names))}"
        if row.counting == "types" and self.figures == "high":
            counted = self._counted(terms, mask)
            several = {
                e.holding.system
                for i, e in zip(self.region.index, self.region.elements, strict=True)
                if counted[i] > 0 and len(self._kinds(e)) > 1
            }
            if several:
                return f"nobody knows of how many types they are: {', '.join(sorted(several))}"
        if let_off:
            if row.relation == "at least":
                return "an exception lets off so many of what must be kept"
            if any(t.weight.first for t in terms):
                return "an exception lets off so many of what is counted by first and rest"
        return ""

    def _leave(self, row: Row, why: str) -> None:
        self.region.left_out.append(LeftOut(row, why))

    def _site(self, row: Row, dated: DatedBound, mask: Bools, site: str) -> None:
        """One limit, at one site: the counted less the allowance, between its bounds."""
        if self._idle(row, dated, mask):
            self.region.idle.append(row)
            return
        let_off = self._eligible(row, mask)
        if why := self._cannot(row, mask, bool(let_off)):
            self._leave(row, why)
            return
        value = self.resolve(row, dated, site)
        if value is None:
            self._leave(row, "its bound is taken from an inventory that the case does not hold")
            return
        if row.counting == "types":
            weights, shift = self._types(row, mask), 0.0
        else:
            # as in a count: where so many are let off, no declared total takes their place
            governed = not any(self.region.now[k] for _, ks in let_off for k in ks)
            weights, shift = self._sum(row.terms, mask, governed)
            if row.allowance:
                factor = float(value) if isinstance(row.provision, Average) else 1.0
                less, further = self._sum(row.allowance, mask, governed)
                width = max(len(weights), len(less))
                weights = _pad(weights, width) - factor * _pad(less, width)
                shift -= factor * further
            if let_off:
                weights = self._let_off(let_off, weights)
        limit = 0.0 if isinstance(row.provision, Average) else float(value)
        lower, upper = -INF, limit - shift
        if row.relation == "at least":
            lower, upper = limit - shift, INF
        elif row.relation == "fewer than" or dated.bound.below:
            upper = _below(weights, limit, shift)
        counts = weights
        if row.menu and row.menu not in self.choices:
            weights, lower, upper = self._perhaps(row, weights, lower, upper)
        self.region.rows.append(
            RegionRow(row, site, weights, lower, upper, "", shift, value, dated, counts)
        )

    def _idle(self, row: Row, dated: DatedBound, mask: Bools) -> bool:
        """Whether a limit counts none of the elements and nothing is asked of it."""
        bound = dated.bound
        if row.relation != "at most" or row.allowance or bound.below or bound.plus < 0:
            return False
        if any(t.weight.first for t in row.terms):
            return False
        unknown = any((mask & ~np.isfinite(self.counter.weights(t).high)).any() for t in row.terms)
        return not unknown and not self.counter.summed(row.terms, mask).any()

    def _counted(self, terms: Sequence[Term], mask: Bools) -> Floats:
        """What one of each element counts in all."""
        counted = np.zeros(len(mask))
        for term in terms:
            counted += np.where(mask, self._weights(term), 0.0)
        return counted

    def _weights(self, term: Term) -> Floats:
        """The weights of a term in the figures asked for."""
        found: Floats = getattr(self.counter.weights(term), self.figures)
        return found

    def _sum(self, terms: Sequence[Term], mask: Bools, governed: bool) -> tuple[Floats, float]:
        """The weights of terms on the columns, and what governing totals add to the count."""
        weights = self._wide()
        for term in terms:
            if term.weight.first:
                piece = self._first_then_rest(term, mask)
                weights = _pad(weights, len(piece)) + piece
        # of nothing held, an unknown weight is nothing: where some are held, `_cannot` says so
        full = self.counter.summed([t for t in terms if not t.weight.first], mask)
        mine = full[("low", "best", "high").index(self.figures)]
        weights[: self.region.n] += mine[self.columns]
        return weights, self._governed(full, mask) if governed else 0.0

    def _governed(self, full: Floats, mask: Bools) -> float:
        """What a declared total counts more or less than its elements, where they weigh the same."""
        if not full.any():
            return 0.0
        sure = np.ones(len(mask), dtype=bool)  # what is not sure has other weights at the two ends
        shift = 0.0
        closing = [c for c in self.forces.closed if all(full[1, i] for i in c.members)]
        for closed, members, weight in governing(full, sure, mask, closing):
            figure = float(getattr(closed.figure, self.figures))
            shift += weight * (figure - float(self.numbers[members].sum()))
        return shift

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
        """One for each type held: a yes or no that every element of the type needs.

        Elements that are of one of several types add one, all together, unless for each of them one
        of its types is held.
        """
        counted = self._counted(row.terms, mask)
        by_type: dict[str, list[int]] = {}
        either: list[tuple[int, tuple[str, ...]]] = []
        for k, i in enumerate(self.region.index):
            if counted[i] > 0:
                kinds = self._kinds(self.forces.elements[i])
                if len(kinds) == 1:
                    by_type.setdefault(kinds[0], []).append(k)
                else:
                    either.append((k, kinds))
        held = {}
        for name, columns in sorted(by_type.items()):
            held[name] = self._helper(f"holds {name}", 1.0, True)
            for k in columns:
                self._helper_row({k: 1.0, held[name]: -max(self.region.most[k], 1.0)}, -INF, 0.0)
        if either:
            another = held[""] = self._helper("holds one type more", 1.0, True)
            for k, kinds in either:
                most = max(self.region.most[k], 1.0)
                own = {held[t]: -most for t in kinds if t in held}
                self._helper_row({k: 1.0, another: -most, **own}, -INF, 0.0)
        weights = self._wide()
        for column in held.values():
            weights[column] = 1.0
        return weights

    def _kinds(self, element: Element) -> tuple[str, ...]:
        """The types that an element may be of."""
        system = self.forces.case.systems.get(element.holding.system)
        return system.types if system else (element.holding.system,)

    def _eligible(self, row: Row, mask: Bools) -> list[tuple[Exemption, list[int]]]:
        """The exceptions of so many units that find any here, and the columns they find."""
        found = []
        for exemption in row.exemptions:
            if exemption.up_to is not None:
                truth = self.counter.membership.of(exemption.tree)
                inside = mask & (~truth.no if self.figures == "low" else truth.yes)
                here = [
                    k for k, i in enumerate(self.region.index) if inside[i] and self.region.most[k]
                ]
                found += [(exemption, here)] if here else []
        return found

    def _let_off(self, let_off: list[tuple[Exemption, list[int]]], weights: Floats) -> Floats:
        """Units that exceptions let off: so many at most, of those that each names."""
        gone: dict[int, list[int]] = {}
        for exemption, columns in let_off:
            most = float(exemption.up_to or 0)
            here = []
            for k in columns:
                if weights[k] > 0:
                    says = f"{self.region.elements[k].holding.system} off by {exemption.provision}"
                    here.append(self._helper(says, most, True))
                    gone.setdefault(k, []).append(here[-1])
            self._helper_row(dict.fromkeys(here, 1.0), -INF, most)
        for k, helpers in gone.items():
            self._helper_row({**dict.fromkeys(helpers, 1.0), k: -1.0}, -INF, 0.0)
        weights = _pad(weights, self._width)
        for k, helpers in gone.items():
            weights[helpers] = -weights[k]
        return weights

    def _first_then_rest(self, term: Term, mask: Bools) -> Floats:
        """Units in order, the first n at one weight and the rest at another, exactly.

        `used[k]` is the lesser of n and all units up to the k-th; a yes or no says which it is.
        """
        assert term.weight.weight is not None
        assert term.weight.then is not None
        truth = self.counter.membership.category(term.category)
        yes = (~truth.no if self.figures == "high" else truth.yes) & mask
        which = ("low", "best", "high").index(self.figures)
        first = self.counter._spread(term.weight.weight)[which]
        then = self.counter._spread(term.weight.then)[which]
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


def _below(weights: Floats, limit: float, shift: float) -> float:
    """The largest sum of weights below a limit, in steps of what the weights and the shift can make."""
    below = Fraction(str(limit)) - Fraction(str(shift))
    step = _step([Fraction(str(abs(w))) for w in weights if w]) or Fraction(1)
    step = max(step, Fraction(1, 10**5))  # finer than what the solver can tell apart
    return float(step * (math.ceil(below / step) - 1))


def _step(parts: Sequence[Fraction]) -> Fraction:
    """The greatest number of which all are whole multiples; nothing of none."""
    over = math.lcm(*(p.denominator for p in parts))
    return Fraction(math.gcd(*(int(p * over) for p in parts)), over)
