"""Measures applied to elements: what one unit of each is worth, and what forces come to.

A unit's worth is an interval, and may not be known at all: then the element is not measured, and the
sum says of how many units that is so. Where a published total governs and all its elements are worth
the same, the total's figure is taken for them, as in a count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from detente.compile.compiler import Row
from detente.compile.counts import Counter, Forces, Number, Spread, governing
from detente.compile.membership import Membership, Truth
from detente.compile.table import Bools, Floats, Table, table_of_holdings
from detente.model.amounts import Span
from detente.model.cites import Confidence
from detente.model.lenses import Measure, Piece
from detente.model.systems import System, Value

Attributions = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Worth:
    """What one unit of each element is worth by a measure; nothing where it is not `known`.

    `flags` are the confidences, other than verified, that the figures of each element rest on.
    """

    low: Floats
    best: Floats
    high: Floats
    known: Bools
    flags: tuple[frozenset[Confidence], ...]

    @property
    def ends(self) -> tuple[Floats, Floats, Floats]:
        """Least, best and most."""
        return self.low, self.best, self.high


@dataclass(frozen=True)
class Figure:
    """What forces come to by a measure, and of how many units that could be measured.

    Attributes:
        value: low, best and high.
        measured: units whose worth is known, by the best numbers.
        units: all units that were to be measured.
        flags: confidences other than verified that the value rests on.

    """

    value: Spread
    measured: Number
    units: Number
    flags: frozenset[Confidence] = frozenset()

    @property
    def covered(self) -> float:
        """The share of units that could be measured; 1 where there are none."""
        return self.measured / self.units if self.units else 1.0

    def __add__(self, other: Figure) -> Figure:
        a, b = self.value, other.value
        return Figure(
            Spread(whole(a.low + b.low), whole(a.best + b.best), whole(a.high + b.high)),
            whole(self.measured + other.measured),
            whole(self.units + other.units),
            self.flags | other.flags,
        )


NOTHING = Figure(Spread(0, 0, 0), 0, 0)


def whole(value: float) -> Number:
    """A whole number where it is one, but for rounding; else not more digits than a sum can carry."""
    value = float(value)
    if value.is_integer():
        return int(value)
    if math.isinf(value):
        return value
    near = round(value)
    return near if abs(value - near) <= 1e-9 * max(1.0, abs(value)) else value


class Scales:
    """Weighs the elements of forces by measures; each measure is worked out once.

    `trusts` are sources to be taken where several give an attribute differently.
    """

    def __init__(
        self,
        forces: Forces,
        measures: Mapping[str, Measure],
        attributions: Attributions | None = None,
        trusts: Sequence[str] = (),
    ) -> None:
        self.forces, self.measures = forces, measures
        holdings = [(e.party, e.holding) for e in forces.elements]
        table = table_of_holdings(forces.case, holdings, attributions or {})
        self.own = [dict(h.attributes) for _, h in holdings]
        self.attributions = attributions or {}
        self.trusts = tuple(trusts)
        self.table = self._trusting(table) if trusts else table
        self.membership = Membership(self.table, {}, self.attributions, forces.taken_as())
        self._figures: dict[tuple[str, bytes, bytes, float], Figure] = {}
        self._worth: dict[str, Worth] = {}
        self._values: dict[str, _Values] = {}

    @property
    def n(self) -> int:
        """How many elements there are."""
        return self.table.n

    def _trusting(self, table: Table) -> Table:
        """The table with only the trusted facts where there are any."""
        inner = table.values_of

        def values(i: int, key: str) -> Sequence[Value]:
            system = table.system_of[i]
            if key in self.own[i] or key in self.attributions or system is None:
                return inner(i, key)
            return tuple(f.value for f in self._facts(system, key))

        return replace(table, values_of=values, measured={}, worded={}, history={})

    def _facts(self, system: System, key: str) -> Sequence[_Fact]:
        facts = [_Fact(f.value, f.confidence, {c.source for c in f.source}) for f in system.of(key)]
        for source in self.trusts:
            if trusted := [f for f in facts if source in f.sources]:
                return trusted
        return facts

    # --- what one unit is worth -------------------------------------------------------------------
    def worth(self, name: str) -> Worth:
        """What one unit of each element is worth by a measure of that name."""
        pending = [name]
        while pending:  # measures that it multiplies go first
            last = self.measures[pending[-1]]
            parts = [k for p in last.each for k, _ in p.powers if self._multiplied(k)]
            missing = [k for k in parts if k not in self._worth]
            pending += missing
            if not missing:
                if last.id not in self._worth:
                    self._worth[last.id] = self._weigh(last)
                pending.pop()
        return self._worth[name]

    def _multiplied(self, key: str) -> bool:
        """Whether a piece multiplies by a measure; an attribute of the same name goes before."""
        return key in self.measures and key not in self.forces.case.attributes

    def _weigh(self, measure: Measure) -> Worth:
        n = self.n
        low, best, high = np.zeros(n), np.zeros(n), np.zeros(n)
        settled, lacking = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        least, most = np.full(n, np.inf), np.zeros(n)  # of pieces that may apply
        flags: list[frozenset[Confidence]] = [frozenset()] * n
        for piece in measure.each:
            truth = self._truth(piece)
            value = self._piece(piece)
            yes, maybe = truth.yes & ~settled, truth.unknown & ~settled
            lacking |= (yes | maybe) & ~value.known
            perhaps = maybe & value.known
            least = np.where(perhaps, np.minimum(least, value.low), least)
            most = np.where(perhaps, np.maximum(most, value.high), most)
            takes = yes & value.known
            low = np.where(takes, np.minimum(value.low, least), low)
            best = np.where(takes, value.best, best)
            high = np.where(takes, np.maximum(value.high, most), high)
            for i in map(int, np.flatnonzero(takes | perhaps)):
                flags[i] |= value.flags[i]
            settled |= takes
        open_ = ~settled & ~lacking & (most > 0)
        high = np.where(open_, most, high)  # not known whether it counts: all of it in the high end
        known = settled | ~lacking
        return Worth(low, best, high, known, tuple(flags))

    def _truth(self, piece: Piece) -> Truth:
        if piece.where is None:
            return Truth(np.ones(self.n, dtype=bool), np.zeros(self.n, dtype=bool))
        return self.membership.of(piece.where.tree)

    def _piece(self, piece: Piece) -> Worth:
        n = self.n
        ends = [np.full(n, float(piece.factor)) for _ in range(3)]
        known = np.ones(n, dtype=bool)
        flags: list[frozenset[Confidence]] = [frozenset()] * n
        for key, power in piece.powers:
            inner = self._worth[key] if self._multiplied(key) else self.values(key).as_worth()
            risen = _raised(inner, power.value)
            known &= risen.known
            ends = [a * b for a, b in zip(ends, risen.ends, strict=True)]
            flags = [a | b for a, b in zip(flags, risen.flags, strict=True)]
        for key in piece.needs:
            needed = self.values(key)
            known &= needed.known
            flags = [a | b for a, b in zip(flags, needed.flags, strict=True)]
        low, best, high = (np.where(known, e, 0.0) for e in ends)
        return Worth(low, best, high, known, tuple(flags))

    def values(self, key: str) -> _Values:
        """An attribute of each element: the least and most that sources give, and the first's middle."""
        if key not in self._values:
            self._values[key] = self._gather(key)
        return self._values[key]

    def _gather(self, key: str) -> _Values:
        n = self.n
        low, best, high = np.zeros(n), np.zeros(n), np.zeros(n)
        known = np.zeros(n, dtype=bool)
        flags: list[frozenset[Confidence]] = [frozenset()] * n
        for i in range(n):
            spans = [_span(v) for v in self.table.values_of(i, key)]
            if not spans:
                continue
            known[i] = True
            low[i] = min(a for a, _ in spans)
            high[i] = max(b for _, b in spans)
            best[i] = sum(spans[0]) / 2
            flags[i] = self._flags(i, key)
        return _Values(low, best, high, known, tuple(flags))

    def _flags(self, i: int, key: str) -> frozenset[Confidence]:
        """How far an attribute of an element was verified; a line's own figure as its system's are."""
        system = self.table.system_of[i]
        found = {f.confidence for f in self._facts(system, key)} if system else set()
        if key in self.own[i]:
            found.add(self.forces.elements[i].holding.confidence)
        return frozenset(found - {"verified"})

    # --- what forces come to ----------------------------------------------------------------------
    def figure(self, name: str, inside: Truth, times: float = 1.0) -> Figure:
        """What the elements `inside` come to by a measure, each unit `times` its worth.

        What is not known to be inside counts in the high end alone.
        """
        key = (name, inside.yes.tobytes(), inside.no.tobytes(), times)
        if key not in self._figures:
            self._figures[key] = self._figure(self.worth(name), inside, times)
        return self._figures[key]

    def _figure(self, w: Worth, inside: Truth, times: float) -> Figure:
        forces = self.forces
        held = (forces.low, forces.best, forces.high)
        mask = ~inside.no
        total = np.stack(
            [
                np.where(inside.yes, w.low, 0.0),
                np.where(inside.yes, w.best, 0.0),
                np.where(mask, w.high, 0.0),
            ]
        )
        total *= times
        sure = w.known & (inside.yes | inside.no)
        left = np.ones(self.n, dtype=bool)
        sums = [0.0, 0.0, 0.0]
        for closed, members, each in governing(total, sure, mask, forces.closed):
            left[members] = False
            f = closed.figure
            sums = [s + each * x for s, x in zip(sums, (f.low, f.best, f.high), strict=True)]
        for k, x in enumerate(held):
            sums[k] += float((total[k] * x)[left].sum())
        units = np.where(inside.yes, held[1], 0.0)
        flags: set[Confidence] = set()
        for i in map(int, np.flatnonzero(mask & (w.high > 0) & (held[2] > 0))):
            element = forces.elements[i]
            flags |= w.flags[i]
            flags.add("derived" if element.derived else element.holding.confidence)
        return Figure(
            Spread(*map(whole, sums)),
            whole(float(units[w.known].sum())),
            whole(float(units.sum())),
            frozenset(flags - {"verified"}),
        )

    def not_measured(self, name: str, inside: Truth) -> list[tuple[str, Number]]:
        """The systems inside that a measure cannot weigh, with their best numbers, most first."""
        lost: dict[str, float] = {}
        known = self.worth(name).known
        for i in map(int, np.flatnonzero(inside.yes & ~known & (self.forces.best > 0))):
            system = self.forces.elements[i].holding.system
            lost[system] = lost.get(system, 0.0) + float(self.forces.best[i])
        return sorted(
            ((s, whole(x)) for s, x in lost.items()), key=lambda item: (-item[1], item[0])
        )


def counted_by(counter: Counter, rows: Sequence[Row]) -> Truth:
    """The elements that any of these rows counts, and those that it is not known whether one does."""
    n = counter.table.n
    yes, maybe = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    for row in rows:
        mask, doubtful = counter.let_off(row, counter._mask(row))
        for term in row.terms:
            w = counter.weights(term)
            yes |= mask & ~doubtful & w.truth.yes & (w.high != 0)
            maybe |= mask & (w.truth.yes | w.truth.unknown) & (w.high != 0)
    return Truth(yes, ~(yes | maybe))


class _Fact(NamedTuple):
    value: Value
    confidence: Confidence
    sources: set[str]


class _Values(NamedTuple):
    """An attribute of each element."""

    low: Floats
    best: Floats
    high: Floats
    known: Bools
    flags: tuple[frozenset[Confidence], ...]

    def as_worth(self) -> Worth:
        return Worth(*self)


def _span(value: Value) -> tuple[float, float]:
    if isinstance(value, Span):
        return float(value.low), float(value.high)
    return (-math.inf, math.inf)


def _raised(w: Worth, power: Fraction) -> Worth:
    """A worth to a power; nothing to a power below nothing is not known."""
    if power == 1:
        return w
    if power == 0:
        one = np.ones(len(w.known))
        return Worth(one, one, one, w.known, w.flags)
    exponent = float(power)
    known = w.known & np.isfinite(w.low) & np.isfinite(w.high) & (w.low >= 0)
    if power < 0:
        known = known & (w.low > 0)
    raised: Callable[[Floats], Floats] = lambda x: np.where(known, x, 1.0) ** exponent  # noqa: E731
    a, b = raised(w.low), raised(w.high)
    return Worth(np.minimum(a, b), raised(w.best), np.maximum(a, b), known, w.flags)
