"""What a count is held against: a figure, rival ones, or a count taken from the inventory of a date."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction

from detente.analyses.forces import Chosen, choose_forces
from detente.compile.compiler import DatedBound, Row
from detente.compile.counts import Counter, RowCount
from detente.compile.region import Figures, Resolve
from detente.model.amounts import Bound, Number
from detente.model.problem import Refused
from detente.model.provisions import Average

SAME = "same inventory"


class Bounds:
    """The values that the limits of a compiled text are held against, for the forces chosen.

    Counts taken from an inventory are worked out once.
    """

    def __init__(self, counter: Counter, chosen: Chosen) -> None:
        self.counter, self.chosen = counter, chosen
        self.compiled = counter.compiled
        self._counts: dict[int, list[RowCount]] = {}  # by the row, which the text keeps
        self._then: dict[tuple[date, str], tuple[Chosen, Counter] | None] = {}

    def values(self, row: Row, bound: Bound, found: RowCount) -> list[tuple[str, Number]]:
        """The values a count is held against: one, or one for each claimant; none where not known."""
        if bound.rivals:
            view = self.compiled.view
            claims = view.claims if view else ()
            picked = [r for r in bound.rivals if r.by in claims] or list(bound.rivals)
            return [(r.by, r.value) for r in picked]
        if bound.as_of is None:
            return [("", bound.value)] if bound.value is not None else []
        day = bound.as_of.resolve(self.compiled.text.events)
        base = self._base(day, bound.basis or self.chosen.basis) if day else None
        if day is None or base is None:
            return []
        forces, counter = base
        if not all(m in forces.by_party for m in row.members):
            return []
        average = isinstance(row.provision, Average)
        if all(forces.by_party[m] is self.chosen.by_party.get(m) for m in row.members):
            return [(SAME, _share(found, bound) if average else raised(found.counted.best, bound))]
        past = counter.compiled
        was = next(
            (r for r in past.rows if (r.provision, r.party) == (row.provision, row.party)), row
        )
        here = next((c for c in counter.row(was) if c.site == found.site), None)
        if here is None:  # a site that was not there: nothing
            return [("", raised(0, bound))]
        if average:
            return [("", _share(here, bound))]
        spread = sorted({here.counted.low, here.counted.best, here.counted.high})
        ordered = [here.counted.best, *[v for v in spread if v != here.counted.best]]
        names = {here.counted.best: "best", here.counted.low: "low", here.counted.high: "high"}
        return [(names[v], raised(v, bound)) for v in ordered]

    def _base(self, day: date, basis: str) -> tuple[Chosen, Counter] | None:
        """The forces of another day, ready to be counted; None where there are none."""
        if (day, basis) not in self._then:
            compiled = self.compiled
            try:
                forces = choose_forces(
                    compiled.case, compiled.text, day, basis=basis, view=compiled.view
                )
                self._then[day, basis] = forces, Counter(compiled.on(day), forces.forces)
            except Refused:
                self._then[day, basis] = None
        return self._then[day, basis]

    def resolver(self, figures: Figures = "best", *, lower_end: bool = False) -> Resolve:
        """The one value of each bound that a region is made with.

        At the best figures it is the one that a count is held against. At the low ones it is the
        value that asks least, at the high ones the value that asks most. Of a range that the text
        leaves open the upper end binds, or with `lower_end` the lower.
        """
        counts = self._counts

        def resolve(row: Row, dated: DatedBound, site: str) -> Number | None:
            bound = dated.bound
            if lower_end and bound.low is not None:
                return bound.low
            if not bound.rivals and bound.as_of is None:
                return bound.value
            if id(row) not in counts:
                counts[id(row)] = self.counter.row(row)
            found = next((c for c in counts[id(row)] if c.site == site), counts[id(row)][0])
            values = self.values(row, bound, found)
            if not values or figures == "best":
                return values[0][1] if values else None
            if values[0][0] == SAME:  # held against itself, by the same figures
                counted, allowance = (getattr(x, figures) for x in (found.counted, found.allowance))
                average = isinstance(row.provision, Average)
                return share(counted, allowance, bound) if average else raised(counted, bound)
            every = [v for _, v in values]
            asks_least = max if row.relation != "at least" else min
            asks_most = min if row.relation != "at least" else max
            return (asks_least if figures == "low" else asks_most)(every)

        return resolve


def raised(value: Number, bound: Bound) -> Number:
    """A count with the bound's allowance, exact; whole where the count is (arms come whole)."""
    share = 1 + Fraction(str(bound.plus_percent)) / 100
    exact = Fraction(str(value)) * share + Fraction(str(bound.plus))
    if not isinstance(value, int):
        return float(exact)
    if not bound.below:
        return math.floor(exact)
    least = value + 1 if bound.plus_percent > 0 else 0  # a share of nothing: one is too many
    return max(math.ceil(exact), least)


def share(counted: Number, allowance: Number, bound: Bound) -> Number:
    """One count as a share of another, with the bound's allowance."""
    exact = Fraction(str(counted)) / (Fraction(str(allowance)) if allowance else 1)
    exact = exact * (1 + Fraction(str(bound.plus_percent)) / 100) + Fraction(str(bound.plus))
    return float(exact) if exact.denominator > 1 else int(exact)


def _share(found: RowCount, bound: Bound) -> Number:
    return share(found.counted.best, found.allowance.best, bound)
