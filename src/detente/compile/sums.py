"""What a row counts in many scenarios at once: the same as `Counter` counts, force by force.

Rows that are plain sums cost a few additions of whole columns: what does not vary is added up
beforehand. Types, the first n of a kind, and exceptions of so many weapons are followed scenario by
scenario as the count follows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detente.compile.compiler import Row, Term
from detente.compile.counts import Counter, governing
from detente.compile.scenarios import Held, Values, World
from detente.compile.table import Bools


@dataclass(frozen=True)
class Weight:
    """How much one unit counts: `best`, or between `low` and `high`; `stream` names its draw."""

    low: float
    best: float
    high: float
    stream: str = ""

    @property
    def varies(self) -> bool:
        """Whether it is drawn."""
        return self.low != self.high and np.isfinite(self.high)


@dataclass(frozen=True)
class Weighed:
    """An element in a sum. What is not known to belong counts `high` where it counts, else nothing."""

    element: int
    system: str
    known: bool
    weight: Weight
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class FirstThenRest:
    """Units in order: the first n at one weight, the rest at another."""

    first: int
    order: tuple[Weighed, ...]
    early: tuple[Weight, ...]
    late: tuple[Weight, ...]


@dataclass(frozen=True)
class How:
    """How what the scenarios leave open is taken.

    `counts` gives whether what is not known of a system counts (0, 1, or one for each scenario);
    `weight` the weight of a unit that is a range. With `most`, a line that may be of one type or
    another counts as each of them.
    """

    counts: Callable[[str], Values]
    weight: Callable[[Weight], Values]
    most: bool = False


def best_weight(weight: Weight) -> float:
    """The best figure of a weight that is a range."""
    return weight.best


NONE = How(lambda _: 0, best_weight)
ALL = How(lambda _: 1, best_weight, most=True)


@dataclass
class Sum:
    """One side of a row: what it counts, or what it allows."""

    weighed: list[Weighed] = field(default_factory=list)
    totals: list[tuple[int, float]] = field(default_factory=list)
    pieces: list[FirstThenRest] = field(default_factory=list)
    let_off: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    types: bool = False

    @property
    def systems_unknown(self) -> frozenset[str]:
        """Systems of which it is not known whether they count."""
        found = {w.system for w in self.weighed if not w.known}
        return frozenset(found | {w.system for p in self.pieces for w in p.order if not w.known})

    @property
    def systems_unbounded(self) -> frozenset[str]:
        """Systems whose weight nobody knows."""
        pieces = [(w, p) for p in self.pieces for w in (*p.early, *p.late)]
        found = {w.system for w in self.weighed if not np.isfinite(w.weight.high)}
        return frozenset(
            found | {x.system for w, p in pieces if not np.isfinite(w.high) for x in p.order}
        )

    @property
    def either(self) -> bool:
        """Whether a line may be of one type or of another, which a limit on types cannot tell."""
        return self.types and any(w.known and len(w.types) > 1 for w in self.weighed)

    @property
    def weights(self) -> frozenset[Weight]:
        """The weights that are ranges."""
        found = {w.weight for w in self.weighed}
        found |= {w for p in self.pieces for w in (*p.early, *p.late)}
        return frozenset(w for w in found if w.varies)

    def elements(self) -> frozenset[int]:
        """The elements that it looks at."""
        found = {w.element for w in self.weighed}
        return frozenset(found | {w.element for p in self.pieces for w in p.order})


def sum_of(counter: Counter, row: Row, terms: Sequence[Term], site: str = "") -> Sum:
    """One side of a row over the elements of a counter's forces."""
    forces = counter.forces
    mask = counter._mask(row)
    if row.each:
        mask = mask & np.array(
            [counter._site(e, row.each) == site for e in forces.elements], dtype=bool
        )
    mask, doubtful = counter.let_off(row, mask)
    found = Sum(types=row.counting == "types" and terms is row.terms)
    total = np.zeros((3, len(mask)))
    sure = ~doubtful
    worth = np.zeros(len(mask))
    for term in terms:
        w = counter.weights(term)
        worth += np.nan_to_num(w.best, posinf=0.0)
        inside = mask & (w.truth.yes | w.truth.unknown)
        known = w.truth.yes & ~doubtful
        if term.weight.first:
            found.pieces.append(_piece(counter, term, inside, known))
            continue
        unit = [end * term.factor for end in counter._spread(term.weight)]
        for i in map(int, np.flatnonzero(inside & ((w.high != 0) | (w.low != 0)))):
            found.weighed.append(
                Weighed(
                    i,
                    forces.elements[i].holding.system,
                    bool(known[i]),
                    _weight(counter, term, i, *(float(end[i]) for end in unit)),
                    _types(counter, i) if found.types else (),
                )
            )
            ends = (0.0, 0.0) if doubtful[i] else (float(w.low[i]), float(w.best[i]))
            total[:, i] += (*ends, float(w.high[i]))
            sure[i] &= known[i]
    found.let_off = _let_off(counter, row, mask, worth)
    if not found.let_off and not found.types:
        place = {id(c): k for k, c in enumerate(forces.closed)}
        governed: set[int] = set()
        for closed, members, weight in governing(total, sure, mask, forces.closed):
            found.totals.append((place[id(closed)], weight))
            governed |= {*map(int, members)}
        found.weighed = [w for w in found.weighed if w.element not in governed]
    return found


def _weight(counter: Counter, term: Term, i: int, low: float, best: float, high: float) -> Weight:
    if low == high:
        return Weight(low, best, high)
    element = counter.forces.elements[i]
    if term.weight.attribute:
        stream = f"weight {element.holding.system} {term.weight.attribute}"
    else:
        stream = f"weight {term.rule} {term.category}"
    return Weight(low, best, high, stream)


def _types(counter: Counter, i: int) -> tuple[str, ...]:
    name = counter.forces.elements[i].holding.system
    system = counter.forces.case.systems.get(name)
    return system.types if system else (name,)


def _piece(counter: Counter, term: Term, inside: Bools, known: Bools) -> FirstThenRest:
    """The units of a term of first and rest, in the order in which they are taken."""
    assert term.weight.weight is not None
    assert term.weight.then is not None
    ranked = counter.in_order(term, inside)
    ends = (counter._spread(term.weight.weight), counter._spread(term.weight.then))
    sides = [
        tuple(
            _weight(counter, term, i, *(float(e[i]) * term.factor for e in spread)) for i in ranked
        )
        for spread in ends
    ]
    order = tuple(
        Weighed(i, counter.forces.elements[i].holding.system, bool(known[i]), Weight(1, 1, 1))
        for i in ranked
    )
    return FirstThenRest(term.weight.first, order, sides[0], sides[1])


def _let_off(
    counter: Counter, row: Row, mask: Bools, worth: np.ndarray[Any, Any]
) -> list[tuple[int, tuple[int, ...]]]:
    """For each exception of so many: how many, and the elements in the order they are let off."""
    found = []
    for exemption in row.exemptions:
        if exemption.up_to is not None:
            truth = counter.membership.of(exemption.tree)
            order = sorted(map(int, np.flatnonzero(mask & truth.yes)), key=lambda k: (-worth[k], k))
            if (mask & (truth.yes | truth.unknown) & (counter.forces.high > 0)).any():
                found.append((exemption.up_to, tuple(order)))
    return found


# --- in scenarios ---------------------------------------------------------------------------------
class Evaluator:
    """One side of a row, ready to be counted in scenarios; what never varies is added up once."""

    def __init__(self, side: Sum, world: World) -> None:
        self.side, self.world = side, world
        self.plain = not (side.types or side.pieces or side.let_off)
        elements = world.forces.elements
        self.fixed = 0.0
        self.loose: list[Weighed] = []
        self.free: list[tuple[bool, int, float]] = []  # (a total?, place, weight)
        if not self.plain:
            return
        for w in side.weighed:
            if not w.known or w.weight.varies or not np.isfinite(w.weight.high):
                self.loose.append(w)
            elif w.element in world.free:
                self.free.append((False, w.element, w.weight.best))
            else:
                self.fixed += w.weight.best * elements[w.element].number.best
        for k, weight in side.totals:
            if k in world.free_totals:
                self.free.append((True, k, weight))
            else:
                self.fixed += weight * world.figures[k].best
        merged: dict[tuple[bool, int], float] = {}
        for total, k, weight in self.free:
            merged[total, k] = merged.get((total, k), 0.0) + weight
        self.free = [(total, k, w) for (total, k), w in merged.items() if w]

    @property
    def constant(self) -> bool:
        """Whether it is the same in all scenarios, however what is not known is taken."""
        return self.plain and not self.free and not self.loose

    @property
    def whole(self) -> bool:
        """Whether the sum comes whole."""
        weights = [w.weight for w in self.side.weighed]
        weights += [w for p in self.side.pieces for w in (*p.early, *p.late)]
        ends = [e for w in weights for e in (w.low, w.best, w.high) if np.isfinite(e)]
        ends += [w for _, w in self.side.totals]
        return not self.side.weights and all(float(e).is_integer() for e in ends)

    def bounds(self, *, most: bool) -> tuple[float, float] | None:
        """What the sum cannot fall below or rise above; None where that is not seen at once.

        With `most`, as if all that is not known counted; a stated chance is not looked at.
        """
        if not self.plain:
            return None
        low = high = self.fixed
        numbers = self.world.forces.elements
        for total, k, weight in self.free:
            amount = self.world.figures[k] if total else numbers[k].number
            ends = (weight * amount.low, weight * amount.high)
            low, high = low + min(ends), high + max(ends)
        for w in self.loose:
            if not w.known and not most:
                continue
            x, unit = numbers[w.element].number, w.weight
            if not np.isfinite(unit.high):
                return None
            corners = [a * b for a in (unit.low, unit.high) for b in (x.low, x.high)]
            low, high = low + min(corners), high + max(corners)
        return low, high

    def __call__(self, held: Held, how: How) -> Values:
        """The sum in each scenario: an array, or a number where the scenarios do not part."""
        if self.side.types:
            return self._types(held, how)
        if not self.plain:
            return self._followed(held, how)
        found: Values = _whole(self.fixed)
        for total, k, weight in self.free:
            found = _add(found, (held.totals if total else held.x)[k], weight)
        for w in self.loose:
            found = _plus(found, _times(held.x[w.element], _unit(w, how)))
        return found

    def _followed(self, held: Held, how: How) -> Values:
        """A sum that exceptions of so many, or the first n of a kind, enter."""
        x = list(held.x)
        for up_to, order in self.side.let_off:
            left: Values = up_to
            for i in order:
                gone = np.minimum(left, x[i])
                x[i] = x[i] - gone
                left = left - gone
        found: Values = 0
        for w in self.side.weighed:
            found = _plus(found, _times(x[w.element], _unit(w, how)))
        for k, weight in self.side.totals:
            found = _add(found, held.totals[k], weight)
        for piece in self.side.pieces:
            left = piece.first
            for w, early, late in zip(piece.order, piece.early, piece.late, strict=True):
                number = _times(x[w.element], 1 if w.known else how.counts(w.system))
                taken = np.minimum(left, number)
                left = left - taken
                for part, rate in ((taken, early), (number - taken, late)):
                    found = _plus(found, _times(part, _rate(rate, w.known, how)))
        return found

    def _types(self, held: Held, how: How) -> Values:
        """How many types are held; a line of one of several adds one where none of them is held."""
        there: dict[str, Any] = {}
        either: list[tuple[tuple[str, ...], Any]] = []
        for w in self.side.weighed:
            has = np.asarray(_times(held.x[w.element], _unit(w, how)) > 0)
            if w.known and len(w.types) > 1:
                either.append((w.types, has))
                if not how.most:
                    continue
            for t in w.types:
                there[t] = there.get(t, False) | has
        found = np.zeros((), dtype=np.int64)
        for has in there.values():
            found = found + has
        more: Any = np.asarray(False)
        for types, has in either:
            for t in types:
                has = has & ~np.asarray(there.get(t, False))
            more = more | has
        held_types: Values = found + more
        return held_types


def _unit(w: Weighed, how: How) -> Values:
    """What one unit counts: nothing where it does not count."""
    if w.known:
        return _rate(w.weight, True, how)
    counts = how.counts(w.system)
    if isinstance(counts, int) and not counts:
        return 0
    return _times(counts, _rate(w.weight, False, how))


def _rate(weight: Weight, known: bool, how: How) -> Values:
    """The weight of a unit that counts."""
    if weight.varies:
        return how.weight(weight)
    return _whole(weight.best if known else weight.high)


def _whole(value: float) -> int | float:
    return int(value) if np.isfinite(value) and float(value).is_integer() else value


def _times(number: Values, weight: Values) -> Values:
    """A product; of nothing held, a weight without bound is nothing too."""
    if isinstance(weight, int | float):
        if weight == 1:
            return number
        if weight == 0:
            return 0
        if isinstance(weight, int) and isinstance(number, np.ndarray):
            return number.astype(np.int64) * weight
    if not np.isfinite(weight).all():
        held = np.asarray(number) != 0
        return np.where(held, number, 1) * np.where(held, weight, 0.0)
    return number * weight


def _plus(a: Values, b: Values) -> Values:
    return b if isinstance(a, int) and a == 0 else a if isinstance(b, int) and b == 0 else a + b


def _add(found: Values, column: Values, weight: float) -> Values:
    return _plus(found, _times(column, _whole(weight)))
