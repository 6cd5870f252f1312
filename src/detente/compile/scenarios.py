"""Scenarios: many whole forces that the data of uncertain inventories allow, drawn once.

What is not certain about an inventory is a list of *inputs*: the number of a line, a total that is
known as a total. Each input has random words of its own, made from the seed and the input's name, so
that a draw depends neither on the order of files nor on what else is drawn, and every text is
counted on the same forces. A scenario is one value of every input, made to hold together:

- a line that closes on a total is what the total leaves;
- where a total is known only as a total (`spread`), the total is drawn, and its lines are then moved
  until they add up to it, each by the same share of the room that its own range leaves. What no line
  has room for is of no type that is known: it counts where the whole total does.

Rival claims are alternatives. Their claimants are put in an order at random, and each figure is that
of the first claimant who speaks of it: claimants who speak of the same things are believed together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detente.compile.counts import Forces
from detente.compile.distributions import Distribution, whole_numbers
from detente.compile.holdings import ClosedTotal, Element, chosen_number, settle
from detente.compile.table import Ints
from detente.model.amounts import Amount
from detente.model.case import Case, View
from detente.model.inventory import Holding, Inventory

BLOCK = 65_536  # scenarios taken at once: they and their sums stay in the processor's cache
KEPT = 1 << 26  # bytes of draws that stay in memory; what is beyond is drawn again
OWN = ""  # the claimant that stands for the inventory's own figure

Array = NDArray[Any]
Values = Array | int | float


@dataclass(frozen=True)
class Sampling:
    """How many scenarios are drawn, and how.

    Attributes:
        n: how many.
        seed: the same seed gives the same scenarios.
        distribution: the curve over low, best and high.
        together: the ranges of one inventory move together, all low or all high, instead of each
            by itself.
        weights: claimant -> how much it is believed against the others (1 by default).
        unknown: system -> the chance that it counts where that is not known; the empty name stands
            for all others.

    """

    n: int = 10_000
    seed: int = 0
    distribution: Distribution = "triangular"
    together: bool = False
    weights: tuple[tuple[str, float], ...] = ()
    unknown: tuple[tuple[str, float], ...] = ()

    def chance_of(self, system: str) -> float | None:
        """The chance that a system counts where that is not known; None where none is stated."""
        stated = dict(self.unknown)
        return stated.get(system, stated.get(""))

    @property
    def blocks(self) -> range:
        """The numbers of the blocks."""
        return range(-(-self.n // BLOCK))

    def width(self, block: int) -> int:
        """How many scenarios a block has."""
        return min(BLOCK, self.n - block * BLOCK)


@dataclass(frozen=True)
class Input:
    """One thing that is not certain: a line's number, or a total's; `key` names it for good."""

    key: str
    kind: Literal["number", "total"]
    party: str
    what: str
    inventory: str
    amount: Amount


# --- drawing --------------------------------------------------------------------------------------
def random_words(seed: int, key: str, block: int, width: int) -> NDArray[np.uint32]:
    """Random words of 32 bits for a name; the first ones are the same whatever the width."""
    named = np.frombuffer(hashlib.sha256(key.encode()).digest()[:16], dtype="<u4")
    entropy = np.random.SeedSequence([seed, *map(int, named), block])
    raw = np.random.PCG64(entropy).random_raw((width + 1) // 2)
    return np.asarray(raw, dtype="<u8").view("<u4")[:width].astype(np.uint32, copy=False)


def uniforms(seed: int, key: str, block: int, width: int) -> NDArray[np.float64]:
    """Random numbers between nothing and one for a name, neither of them reached."""
    return (random_words(seed, key, block, width).astype(np.float64) + 0.5) / 2.0**32


def digest(inputs: Iterable[Input], sampling: Sampling) -> str:
    """A short name for draws: the same for the same inputs, seed, number and curve."""
    parts = sorted(f"{i.key}={i.amount.low},{i.amount.best},{i.amount.high}" for i in inputs)
    whole = "\n".join([repr(sampling), *parts])
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


# --- rival claims ---------------------------------------------------------------------------------
def alternatives(holding: Holding, view: View | None = None) -> dict[str, Amount | None]:
    """The rival figures of a line, by claimant; nothing where there is no choice left.

    The inventory's own figure is one of them where no claimant gives it. A view that picks
    claimants leaves only what they do not speak of.
    """
    picked = view.claims if view else ()
    if not holding.claims or any(c.by in picked for c in holding.claims):
        return {}
    if picked and holding.number is not None:
        return {}
    found: dict[str, Amount | None] = {}
    for claim in holding.claims:
        found.setdefault(claim.by, claim.number)
    own = holding.number
    if (own is not None and own not in found.values()) or (own is None and holding.closes_on):
        found[OWN] = own
    return found


def best_alternative(holding: Holding, rivals: Mapping[str, Amount | None]) -> str:
    """Whose figure the count takes for the best one: the line's own, else the first claimant's."""
    if OWN in rivals:
        return OWN
    return next((by for by, n in rivals.items() if n == holding.number), holding.claims[0].by)


def settled_by(
    inventory: Inventory, picks: Mapping[frozenset[str], str], view: View | None
) -> Inventory:
    """The inventory with one figure on each line.

    Where there are rivals, that of the claimant picked for those who disagree; else the best one.
    """
    holdings = []
    for h in inventory.holdings:
        if h.claims:
            rivals = alternatives(h, view)
            number = chosen_number(h, view)
            if rivals:
                by = picks.get(frozenset(rivals))
                number = rivals[best_alternative(h, rivals) if by is None else by]
            h = replace(h, number=number, claims=())
        holdings.append(h)
    return replace(inventory, holdings=tuple(holdings))


def first_believed(
    claimants: Sequence[str], sampling: Sampling, block: int, width: int
) -> dict[str, NDArray[np.float64]]:
    """For each claimant its place in the random orders: the lowest is believed first."""
    weights = dict(sampling.weights)
    found = {}
    for by in claimants:
        weight = weights.get(by, 1.0)
        u = uniforms(sampling.seed, f"claimant {by}", block, width)
        found[by] = -np.log(u) / weight if weight else np.full(width, np.inf)
    return found


# --- whole forces ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Held:
    """What is held in each scenario: by element, and by governing total; a plain number where the
    scenarios do not part."""

    x: Sequence[Values]
    totals: Sequence[Values]

    def at(self, some: Any) -> Held:
        """What is held in some of the scenarios."""
        if isinstance(some, slice):
            return self
        picked = [
            [v[some] if isinstance(v, np.ndarray) and v.ndim else v for v in side]
            for side in (self.x, self.totals)
        ]
        return Held(*picked)

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return sum(v.nbytes for v in (*self.x, *self.totals) if isinstance(v, np.ndarray))


@dataclass(frozen=True)
class _Fit:
    """A total known as a total, and the parts that must add up to it: elements and inner totals."""

    total: int
    elements: tuple[int, ...]
    totals: tuple[int, ...]


class World:
    """The forces of settled inventories as inputs, and what values of the inputs make of them."""

    def __init__(self, forces: Forces) -> None:
        self.forces = forces
        self.keys = line_keys(forces.elements)
        self.total_keys = [self._total_key(c) for c in forces.closed]
        self.closing = [
            tuple(
                i
                for i in sorted(c.members)
                if forces.elements[i].holding.closes_on == c.published.id
            )
            for c in forces.closed
        ]
        self.residual = {i for group in self.closing for i in group}
        self.figures = [_clamped(c.figure) for c in forces.closed]

    def _total_key(self, c: ClosedTotal) -> str:
        inventory = self.forces.elements[min(c.members)].inventory.id if c.members else ""
        return f"total {inventory} {c.published.id}"

    @cached_property
    def mark(self) -> str:
        """A name for the forces: the same for the same lines and totals."""
        parts = [
            f"{k}={_ends(e.number)}" for k, e in zip(self.keys, self.forces.elements, strict=True)
        ]
        parts += [
            f"{k}={_ends(f)},{c.published.spread},{sorted(c.members)},{closing}"
            for k, f, c, closing in zip(
                self.total_keys, self.figures, self.forces.closed, self.closing, strict=True
            )
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """What is not certain, in the order of names."""
        found = []
        for i, e in enumerate(self.forces.elements):
            if i not in self.residual and not e.number.exact:
                found.append(
                    Input(self.keys[i], "number", e.party, self.name(i), e.inventory.id, e.number)
                )
        for k, c in enumerate(self.forces.closed):
            if c.members and not self.figures[k].exact:
                e = self.forces.elements[min(c.members)]
                what = c.published.title or c.published.id
                found.append(
                    Input(
                        self.total_keys[k], "total", e.party, what, e.inventory.id, self.figures[k]
                    )
                )
        return tuple(sorted(found, key=lambda i: i.key))

    def name(self, i: int) -> str:
        """An element in words."""
        h = self.forces.elements[i].holding
        system = self.forces.case.systems.get(h.system)
        marks = [m for m in (h.state, h.zone, h.place, h.carrier, h.launcher) if m]
        return (system.name if system else h.system) + (f" ({', '.join(marks)})" if marks else "")

    @cached_property
    def fits(self) -> tuple[_Fit, ...]:
        """The totals that lines are fitted to, the widest first, with their parts."""
        closed = self.forces.closed
        order = sorted(
            range(len(closed)), key=lambda k: (-len(closed[k].members), self.total_keys[k])
        )
        found = []
        for k in order:
            if not closed[k].published.spread or not closed[k].members:
                continue
            left = set(closed[k].members)
            inner = []
            for other in order:
                members = closed[other].members
                part = closed[other].published.spread or self.closing[other]
                if part and members and members < closed[k].members and members <= left:
                    inner.append(other)
                    left -= members
            inner.sort(key=lambda c: self.total_keys[c])
            found.append(_Fit(k, tuple(sorted(left, key=lambda i: self.keys[i])), tuple(inner)))
        return tuple(found)

    @cached_property
    def free(self) -> frozenset[int]:
        """The elements whose number is not the same in every scenario."""
        found = {i for i, e in enumerate(self.forces.elements) if not e.number.exact}
        return frozenset(found)

    @cached_property
    def free_totals(self) -> frozenset[int]:
        """The totals whose figure is not the same in every scenario."""
        return frozenset(k for k, f in enumerate(self.figures) if not f.exact)

    @cached_property
    def _type(self) -> Any:
        most = sum(e.number.high for e in self.forces.elements)
        most += sum(f.high for f in self.figures)
        return np.int32 if most < 2**30 else np.int64

    def held(self, values: Callable[[Input], Array]) -> Held:
        """The forces that values of the inputs make."""
        x: list[Values] = [e.number.best for e in self.forces.elements]
        totals: list[Values] = [f.best for f in self.figures]
        place = {k: i for i, k in enumerate(self.keys)}
        place_of_total = {k: i for i, k in enumerate(self.total_keys)}
        for given in self.inputs:
            found = values(given).astype(self._type, copy=False)
            if given.kind == "number":
                x[place[given.key]] = found
            else:
                totals[place_of_total[given.key]] = found
        if any(i in self.residual for fit in self.fits for i in fit.elements):
            self._close(x, totals)
        for fit in self.fits:
            self._fit(fit, x, totals)
        self._close(x, totals)
        return Held(x, totals)

    def _close(self, x: list[Values], totals: list[Values]) -> None:
        """What totals leave for the lines that close on them, the narrowest total first."""
        closed = self.forces.closed
        for k in sorted(
            range(len(closed)), key=lambda k: (len(closed[k].members), closed[k].published.id)
        ):
            if not self.closing[k]:
                continue
            rest: Values = totals[k]
            for i in sorted(closed[k].members - {*self.closing[k]}):
                rest = rest - x[i]
            for i in self.closing[k]:
                if i in self.free:
                    x[i] = np.maximum(rest, 0)

    def _fit(self, fit: _Fit, x: list[Values], totals: list[Values]) -> None:
        """Move the parts until they add up to the total, by one share of each one's room."""
        parts: list[tuple[list[Values], int, Amount]] = [
            *((x, i, self.forces.elements[i].number) for i in fit.elements),
            *((totals, k, self.figures[k]) for k in fit.totals),
        ]
        gap: Values = np.asarray(totals[fit.total], dtype=np.int64)
        for where, i, _ in parts:
            gap = gap - where[i]
        loose = [p for p in parts if not p[2].exact and not (p[0] is x and p[1] in self.residual)]
        if not loose:
            return
        up = np.asarray(gap) > 0
        room = [
            np.where(up, a.high - np.asarray(where[i], np.int64), where[i] - np.int64(a.low))
            for where, i, a in loose
        ]
        whole: Ints = np.sum(room, axis=0)
        move = np.minimum(np.abs(gap), whole)
        divisor = np.maximum(whole, 1)
        sign = np.where(up, 1, -1)
        passed = np.zeros_like(whole)
        moved = np.zeros_like(whole)
        for (where, i, _), mine in zip(loose, room, strict=True):
            passed = passed + mine
            share = move * passed // divisor
            where[i] = (where[i] + sign * (share - moved)).astype(self._type)
            moved = share

    def exact(self, held: Held, at: int) -> list[Inventory]:
        """The inventories of one scenario: every number and total certain."""

        def number(v: Values) -> Amount:
            n = int(v[at]) if isinstance(v, np.ndarray) and v.ndim else int(v)
            return Amount(n, n, n)

        found = []
        element = total = 0
        for s in self.forces.settled:
            holdings = []
            for e in s.elements:
                exact = None if element in self.residual else number(held.x[element])
                holdings.append(replace(e.holding, number=exact, claims=()))
                element += 1
            figures = {}
            for c in s.closed:
                figures[c.published.id] = number(held.totals[total])
                total += 1
            published = tuple(
                replace(p, figure=figures[p.id], spread=False, governs=True)
                if p.id in figures
                else p
                for p in s.inventory.published
            )
            found.append(replace(s.inventory, holdings=tuple(holdings), published=published))
        return found


@dataclass
class Draws:
    """The forces of all scenarios, block by block; kept while there is room, else drawn again."""

    sampling: Sampling
    _blocks: dict[tuple[str, int], Held] = field(default_factory=dict, repr=False)
    _bytes: int = 0

    @staticmethod
    def of(case: Case, sampling: Sampling) -> Draws:
        """The draws of a case: the last that were asked for stay with it, for text after text."""
        key = ("draws", replace(sampling, weights=(), unknown=()))
        if key not in case.kept:
            for old in [k for k in case.kept if isinstance(k, tuple) and k[:1] == ("draws",)]:
                del case.kept[old]
            case.kept[key] = Draws(key[1])
        found: Draws = case.kept[key]
        return found

    def values(self, given: Input, block: int) -> Array:
        """The values of an input in a block."""
        s, a = self.sampling, given.amount
        stream = f"inventory {given.inventory}" if s.together else given.key
        words = random_words(s.seed, stream, block, s.width(block))
        return whole_numbers(s.distribution, a.low, a.best, a.high).draw(words)

    def held(self, world: World, block: int) -> Held:
        """What is held in the scenarios of a block."""
        key = (world.mark, block)
        if key not in self._blocks:
            found = world.held(lambda given: self.values(given, block))
            if self._bytes + found.bytes > KEPT:
                return found
            self._blocks[key] = found
            self._bytes += found.bytes
        return self._blocks[key]


def line_keys(elements: Sequence[Element]) -> list[str]:
    """A name for each line that does not depend on where it stands in its file."""
    found: list[str] = []
    seen: dict[str, list[int]] = {}
    for i, e in enumerate(elements):
        h = e.holding
        parts = (h.system, h.state, h.zone, h.place, h.activity, h.quantity, h.carrier, h.launcher)
        own = ";".join(f"{k}={v}" for k, v in sorted((k, str(v)) for k, v in h.attributes))
        key = f"line {e.inventory.id} {'|'.join(parts)} {own}"
        seen.setdefault(key, []).append(i)
        found.append(key)
    for key, places in seen.items():
        ordered = sorted(
            places, key=lambda i: (_ends(elements[i].number), str(elements[i].holding.source))
        )
        for k, i in enumerate(ordered[1:], 2):
            found[i] = f"{key} #{k}"
    return found


def _ends(a: Amount) -> tuple[int, int, int]:
    return a.low, a.best, a.high


def _clamped(a: Amount) -> Amount:
    """The figure with its best between its ends."""
    return replace(a, best=min(max(a.low, a.best), a.high))


# --- scenarios as cases -----------------------------------------------------------------------------
def believed(
    questions: Sequence[frozenset[str]], sampling: Sampling, block: int
) -> Iterator[tuple[dict[frozenset[str], str], Any, int]]:
    """The scenarios of a block by whose figures hold in them: for each question the claimant.

    Gives the claimants, which scenarios, and how many.
    """
    width = sampling.width(block)
    if not questions:
        yield {}, slice(None), width
        return
    claimants = sorted({by for q in questions for by in q})
    places = first_believed(claimants, sampling, block, width)
    code = np.zeros(width, dtype=np.int64)
    for q in questions:
        names = sorted(q)
        code = code * len(names) + np.argmin([places[by] for by in names], axis=0)
    for value in map(int, np.unique(code)):
        picks, left = {}, value
        for q in reversed(questions):
            left, k = divmod(left, len(q))
            picks[q] = sorted(q)[k]
        at = np.flatnonzero(code == value)
        yield {q: picks[q] for q in questions}, at, len(at)


def exact_cases(case: Case, sampling: Sampling) -> Iterator[Case]:
    """The case of each scenario: its inventories hold what was drawn, nothing is uncertain."""
    loose = [
        i
        for i in case.inventories.values()
        if any(h.claims or (h.number and not h.number.exact) for h in i.holdings)
        or any(not p.figure.exact for p in i.published)
    ]
    found = {frozenset(alternatives(h)) for i in loose for h in i.holdings}
    questions = sorted((q for q in found if len(q) > 1), key=sorted)
    draws = Draws.of(case, sampling)
    shared = {k: v for k, v in case.kept.items() if k[:1] == ("table of systems",)}
    for block in sampling.blocks:
        groups: list[list[tuple[World, Held]]] = []
        group_of = np.zeros(sampling.width(block), dtype=np.int64)
        for picks, at, _ in believed(questions, sampling, block):
            group_of[at] = len(groups)
            settled = [settle(case, settled_by(i, picks, None)) for i in loose]
            worlds = [World(Forces(case, (s,))) for s in settled]
            groups.append([(w, draws.held(w, block)) for w in worlds])
        for k, group in enumerate(group_of.tolist()):
            drawn = {i.id: i for world, held in groups[group] for i in world.exact(held, k)}
            one = replace(case, inventories=MappingProxyType({**case.inventories, **drawn}))
            one.kept.update(shared)
            yield one
