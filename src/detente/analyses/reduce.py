"""Reduce: the least that each side must dismantle, what of it is forced, and what is left to choose.

The fewest elements (or the least of a measure) whose going makes what is left permitted, with the
freedom to mix that the text leaves. Of all ways that cost the least, no one is picked: what goes in
every one of them is forced, the rest is open. See docs/semantics.md.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from detente.analyses.bounds import Bounds
from detente.analyses.count import gap, known_parties, without_data
from detente.analyses.cuts import (
    Choice,
    Clash,
    Demand,
    Forced,
    Open,
    Range,
    Stage,
    plain,
)
from detente.analyses.cuts import Cuts as Cuts
from detente.analyses.cuts import Least as Least
from detente.analyses.cuts import SideCut as SideCut
from detente.analyses.forces import Chosen, choose_forces, find_text, find_view, parse_date
from detente.compile.compiler import Compiled, Row, compile_text
from detente.compile.counts import Counter, Number
from detente.compile.measures import Figure, Scales
from detente.compile.membership import Truth
from detente.compile.reduction import Reduction
from detente.compile.region import Figures, Region, RegionRow, region_of
from detente.model.case import Case
from detente.model.lenses import Measure, Piece, Power
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.provisions import Ban, QualitativeLimit
from detente.model.texts import Text

ELEMENTS = Measure(
    id="elements", title="Elements dismantled", unit="launchers, missiles and aircraft, one each",
    each=(Piece(),),
)  # fmt: skip
YEAR = 365.25
Rates = float | Mapping[str, float]  # elements a year: of each side, or by party or system


def due_of(text: Text, r: RegionRow) -> date | None:
    """When a limit must be met: by its deadline, or from the day on that it or its text runs."""
    own = (r.dated.deadline or r.dated.start) if r.dated else None
    begins = text.period.start if text.period else None
    return own or (begins.resolve(text.events) if begins else None) or text.events["eif"]


def reduce(
    case: Case,
    text: str | Text,
    forces: str | date | Sequence[str],
    *,
    at: str | date | None = None,
    basis: str | None = None,
    party: str | Sequence[str] | None = None,
    view: str | None = None,
    by: str = "elements",
    rate: Rates | None = None,
    start: str | date | None = None,
) -> Cuts:
    """The least that each side must dismantle under a text.

    Args:
        case: the case.
        text: a text, or its id.
        forces: a date (the newest inventories at or before it), or ids of inventories.
        at: the date whose ceilings hold; the forces' date by default.
        basis: count on this basis instead of the text's own; the answer says so.
        party: only these parties.
        view: a named choice of readings and data claims.
        by: what is to be least: elements, a measure, or an attribute that is a number.
        rate: how many elements a year can be dismantled: by each side, or by party or system.
        start: the day from which they are; the forces' date by default.

    Raises:
        Refused: the request cannot be answered; the problems say why.

    """
    wanted = find_text(case, text) if isinstance(text, str) else text
    seen = find_view(case, view) if view != "neutral" else None
    chosen = choose_forces(case, wanted, forces, basis=basis, view=seen)
    newest = max(i.date.first for i in chosen.by_party.values())
    day = parse_date(at, "--at") if at is not None else chosen.data_as_of or newest
    begins = parse_date(start, "--from") if start is not None else chosen.data_as_of or newest
    only = [party] if isinstance(party, str) else list(party or [])
    compiled = compile_text(case, wanted, seen, day)
    known_parties(case, compiled, only)
    measure = _measure(case, by)
    worker = _Reducer(compiled, chosen, measure, begins, rate)
    blocs = [b for b in worker.blocs() if not only or {*b} & {*only}]
    rates = worker.rates(blocs)
    firsts = [worker.first(bloc, day) for bloc in blocs]
    names = tuple(dict.fromkeys(r.name for f in firsts for r in f.limits if r.row))
    sides = tuple(worker.side(f, day, names) for f in firsts)
    return Cuts(
        case,
        wanted,
        compiled,
        day,
        chosen,
        measure,
        sides,
        names,
        begins,
        rates,
        view or "",
        worker.unknown,
    )


def _measure(case: Case, by: str) -> Measure:
    """Elements, a declared measure (the first whose name begins so), or a number attribute."""
    if by == ELEMENTS.id:
        return ELEMENTS
    if by in case.measures:
        return case.measures[by]
    if kin := [m for name, m in case.measures.items() if name.startswith(f"{by}-")]:
        return kin[0]
    key = by.replace("-", "_")
    numbers = [a for a in case.attributes.values() if a.type == "number"]
    for a in numbers:
        if a.id == key or a.id.rpartition("_")[0] == key:
            piece = Piece(powers=((a.id, Power.parse(1)),))
            title = a.title or a.id
            return Measure(id=a.id, title=title, unit=a.unit or a.id, each=(piece,))
    known = [ELEMENTS.id, *case.measures, *(a.id for a in numbers)]
    hint = did_you_mean(by, known, "measures")
    raise Refused([Problem("E604", f"--by: no measure or number of that name: '{by}'", (), hint)])


@dataclass
class _First:
    """One side at the date asked for, at the best figures."""

    parties: tuple[str, ...]
    region: Region
    reduction: Reduction

    @property
    def limits(self) -> list[RegionRow]:
        return self.reduction.limits


Kind = Literal["low", "best", "high", "lower end"]


class _Reducer:
    def __init__(
        self,
        compiled: Compiled,
        chosen: Chosen,
        measure: Measure,
        start: date,
        rate: Rates | None,
    ) -> None:
        self.compiled, self.chosen, self.measure = compiled, chosen, measure
        self.start, self.rate = start, rate
        self.unknown = without_data(compiled, chosen)
        self.scales = Scales(
            chosen.forces, {**compiled.case.measures, measure.id: measure}, compiled.attributions
        )
        self.worth = self.scales.worth(measure.id)
        self._bounds: dict[int, Bounds] = {}
        self._gaps: dict[int, str] = {}
        self.by_party: dict[str, float] = {}
        self.by_system: dict[str, float] = {}

    # --- who is asked -----------------------------------------------------------------------------
    def blocs(self) -> list[tuple[str, ...]]:
        """Parties whose arms no limit counts together, each bloc by itself; the widest name first."""
        members: dict[str, frozenset[str]] = {}
        for row in self.compiled.rows:
            if any(m in self.chosen.by_party for m in row.members):
                members.setdefault(row.party, frozenset(row.members))
        blocs: list[list[str]] = []
        for party, mine in members.items():
            near = [b for b in blocs if any(members[p] & mine for p in b)]
            blocs = [b for b in blocs if b not in near]
            blocs.append([*(p for b in near for p in b), party])
        first = [p for p in self.compiled.text.parties if p in members]
        order = list(dict.fromkeys([*first, *members]))
        blocs.sort(key=lambda b: min(order.index(p) for p in b))
        return [tuple(sorted(b, key=lambda p: (-len(members[p]), order.index(p)))) for b in blocs]

    def rates(self, blocs: Sequence[tuple[str, ...]]) -> tuple[tuple[str, float], ...]:
        """The rates asked for, told apart by party and system. Raises `Refused`."""
        if self.rate is None:
            return ()
        given = self.rate if isinstance(self.rate, Mapping) else {"": self.rate}
        systems = dict.fromkeys(e.holding.system for e in self.chosen.forces.elements)
        parties = [p for b in blocs for p in b]
        problems = []
        for name, rate in given.items():
            if not math.isfinite(rate) or rate < 0:
                problems.append(Problem("E604", f"--rate: so many a year cannot be: {rate:g}"))
            elif name == "":
                self.by_party |= {b[0]: rate for b in blocs if b[0] not in self.by_party}
            elif name in parties:
                self.by_party[name] = rate
            elif name in systems:
                self.by_system[name] = rate
            else:
                hint = did_you_mean(name, [*parties, *systems], "parties and systems")
                message = f"--rate: no party or system of that name here: '{name}'"
                problems.append(Problem("E604", message, (), hint))
        if problems:
            raise Refused(problems)
        return (*self.by_party.items(), *self.by_system.items())

    # --- regions ----------------------------------------------------------------------------------
    def bounds(self, day: date) -> Bounds:
        """The counter and bounds of the text on a day."""
        compiled = self.compiled.on(day)
        if id(compiled) not in self._bounds:
            self._bounds[id(compiled)] = Bounds(Counter(compiled, self.chosen.forces), self.chosen)
        return self._bounds[id(compiled)]

    def region(self, bloc: Sequence[str], day: date, kind: Kind = "best") -> Region:
        """The region of a bloc at a date, in one kind of figures."""
        bounds = self.bounds(day)
        figures: Figures = "best" if kind == "lower end" else kind
        return region_of(
            bounds.compiled,
            self.chosen.forces,
            bloc[0],
            day,
            resolve=bounds.resolver(figures, lower_end=kind == "lower end"),
            skip=lambda row: self.why_not(bounds, row, day),
            figures=figures,
            also=bloc[1:],
            counter=bounds.counter,
        )

    def why_not(self, bounds: Bounds, row: Row, day: date) -> str:
        """Why no data answer a limit; a gap does not matter where what is known breaks it already."""
        lacking = next((n.why for n in self.unknown if n.provision is row.provision), "")
        if lacking:
            return lacking
        why = self.gap(bounds, row)
        return "" if why and self._broken(bounds, row, day) else why

    def gap(self, bounds: Bounds, row: Row) -> str:
        """What the inventories do not say."""
        if id(row) not in self._gaps:
            self._gaps[id(row)] = gap(bounds.counter, self.chosen, row)
        return self._gaps[id(row)]

    def _broken(self, bounds: Bounds, row: Row, day: date) -> bool:
        if row.relation == "at least" or row.allowance or row.each or row.quantity != "held":
            return False
        value = bounds.resolver("low")(row, row.bound_at(day), "")
        return value is not None and bounds.counter.row(row)[0].counted.low > value

    def reduction(
        self, region: Region, figures: Figures = "best", apart: Collection[str] = ()
    ) -> Reduction:
        """The least cut: of what nobody can weigh first, then of the measure, then of elements."""
        index = list(region.index)
        worth = getattr(self.worth, figures)[index]
        ones = np.ones(region.n)
        costs = [worth, ones] if self.measure is not ELEMENTS else [ones]
        lost = ~self.worth.known[index] & (region.now > 0)
        if lost.any():
            costs.insert(0, lost.astype(float))
        return Reduction(region, costs, apart)

    def least(self, reduction: Reduction) -> tuple[Number, Number, Number] | None:
        """What must go by the measure; how many elements that is; how many nobody can weigh."""
        if not reduction.limits:
            return 0, 0, 0
        found = reduction.least
        if found is None:
            return None
        lost = found[0] if len(found) == 3 else 0
        return plain(self._loss(found)), plain(found[-1]), plain(lost)

    def _costs_to_loss(self, reduction: Reduction) -> int:
        """How many of the costs there are up to the measure."""
        return len(reduction.least or ()) - (self.measure is not ELEMENTS)

    def _loss(self, costs: Sequence[float]) -> float:
        """What is lost by the measure, of the costs of a reduction."""
        return costs[-1] if self.measure is ELEMENTS else costs[-2]

    def at_all_ends(self, bloc: Sequence[str], day: date, best: Reduction) -> Least:
        """The least at the best figures and at their ends."""
        found: dict[Kind, Number | None] = {}
        ranged = any(r.dated and r.dated.bound.low is not None for r in best.region.limits)
        kinds: tuple[Kind, ...] = ("low", "high", "lower end") if ranged else ("low", "high")
        for kind in kinds:
            figures: Figures = "best" if kind == "lower end" else kind
            other = self.reduction(self.region(bloc, day, kind), figures)
            answer = self.least(best if other.asks_the_same(best) else other)
            found[kind] = answer[0] if answer else None
        answer = self.least(best)
        best_ = answer[0] if answer else None
        low, high = _ordered(found["low"], best_, found["high"])
        return Least(best_, low, high, found.get("lower end"), ranged)

    def first(self, bloc: tuple[str, ...], day: date) -> _First:
        """A side at the date asked for."""
        region = self.region(bloc, day)
        return _First(bloc, region, self.reduction(region))

    # --- one side ---------------------------------------------------------------------------------
    def side(self, first: _First, day: date, names: Sequence[str]) -> SideCut:
        """All that is asked of one side."""
        reduction, region, bloc = first.reduction, first.region, first.parties
        computed = bool(region.limits or region.idle)
        least = self.at_all_ends(bloc, day, reduction) if computed else Least(None, None, None)
        _, elements, lost = self.least(reduction) or (None, 0, 0)
        cut = bool(elements)
        members = sorted({m for r in self._rows(bloc) for m in r.members})
        return SideCut(
            party=self.name(bloc, members),
            parties=bloc,
            held=self.held(region, names),
            least=least,
            elements=elements,
            not_measured=lost,
            demands=tuple(self.demands(reduction)) if cut else (),
            forced=tuple(self.forced(reduction)) if cut else (),
            open=tuple(self.open(reduction)) if cut else (),
            clashes=tuple(self.clashes(reduction)) if computed and least.best is None else (),
            stages=tuple(self.stages(bloc, day, least, reduction)) if computed else (),
            left_out=tuple(region.left_out),
            partial=tuple(self.partial(region, day)),
            computed=computed,
            members=tuple(self.members(reduction, members)) if cut and len(members) > 1 else (),
        )

    def name(self, bloc: tuple[str, ...], members: Sequence[str]) -> str:
        """The widest party or group of a bloc where it takes in all; else all their names."""
        widest = next(r for r in self.compiled.rows if r.party == bloc[0])
        return bloc[0] if {*widest.members} >= {*members} else " + ".join(bloc)

    def _rows(self, bloc: Sequence[str]) -> list[Row]:
        return [r for r in self.compiled.rows if r.party in bloc]

    def held(self, region: Region, names: Sequence[str]) -> Figure:
        """What is held of what the limits of these names count; of all limits on numbers without any."""
        inside = np.zeros(self.scales.n, dtype=bool)
        index = np.array(region.index, dtype=np.int64)
        for r in region.limits:
            assert r.row is not None
            quality = isinstance(r.row.provision, Ban | QualitativeLimit)
            if r.name in names if names else not quality:
                inside[index[(r.counts[: region.n] > 0)]] = True
        return self.scales.figure(self.measure.id, Truth(inside, ~inside))

    def demands(self, reduction: Reduction) -> list[Demand]:
        """The limits at work, each with what it asks for."""
        found = []
        least = self.least(reduction)
        assert least is not None
        for limit in reduction.limits:
            if limit.row is None:
                continue
            cut, after = reduction.of_limit(limit)
            relaxed = reduction.relaxed(limit, costs=self._costs_to_loss(reduction))
            worth = 0.0 if relaxed is None else least[0] - relaxed[-1]
            counts = limit.counts[: reduction.region.n]
            before = float(counts @ reduction.region.now[: len(counts)]) + limit.shift
            low, high = (plain(v) for v in after)
            a, b = (plain(v) for v in cut)
            found.append(Demand(limit, plain(before), (low, high), (a, b), plain(worth)))
        return found

    def forced(self, reduction: Reduction) -> list[Forced]:
        """The systems of which some go in every least cut."""
        found = []
        for system, elements in _by_system(reduction).items():
            low, _ = reduction.of_elements(elements)
            if low > 0:
                reason = reduction.reason(elements, low)
                now = float(reduction.region.now[elements].sum())
                limits = tuple(r for r in reason.limits if r.row is not None)
                found.append(Forced(system, plain(now), plain(low), limits, reason.least))
        return found

    def open(self, reduction: Reduction) -> list[Open]:
        """Groups of which no least cut says exactly which elements go."""
        region, found = reduction.region, []
        every = _by_system(reduction)
        for group, (least, most) in zip(reduction.groups, reduction.spans, strict=True):
            mine: dict[str, list[int]] = {}
            for k in group.elements:
                mine.setdefault(region.elements[k].holding.system, []).append(k)
            choices = []
            for system, elements in mine.items():
                now = float(region.now[elements].sum())
                low = max(0.0, least - (group.now - now))
                part = ""
                if len(elements) < len(every[system]):
                    part = _part([region.elements[k].holding for k in elements])
                choice = Choice(system, part, *map(plain, (now, low, min(now, most))))
                choices.append(choice)
            if most > 0 and any(c.least < c.most for c in choices):
                found.append(Open(tuple(choices), plain(least), plain(most)))
        return found

    def members(self, reduction: Reduction, parties: Sequence[str]) -> list[tuple[str, Range]]:
        """What each party of a bloc must and may give."""
        elements = reduction.region.elements
        found = []
        for party in parties:
            mine = [k for k, e in enumerate(elements) if e.party == party]
            low, high = reduction.of_elements(mine)
            found.append((party, (plain(low), plain(high))))
        return found

    def clashes(self, reduction: Reduction) -> list[Clash]:
        """What no cut can meet."""
        return [
            Clash(tuple((limit, plain(move)) for limit, move in parts))
            for parts in reduction.clashes()
        ]

    def partial(self, region: Region, day: date) -> list[tuple[Row, str]]:
        """Limits that are broken by what is known, of forces that are not all known."""
        bounds = self.bounds(day)
        rows = dict.fromkeys(r.row for r in region.limits if r.row is not None)
        return [(row, why) for row in rows if (why := self.gap(bounds, row))]

    # --- over time --------------------------------------------------------------------------------
    def stages(
        self, bloc: tuple[str, ...], day: date, least: Least, reduction: Reduction
    ) -> list[Stage]:
        """The cut at the date asked for, and at each other step of the schedule."""
        rows = self._rows(bloc)

        def steps(on: date) -> tuple[int, ...]:
            return tuple(id(r.bound_at(on)) for r in rows)

        days = {steps(day): day}
        for start in sorted({b.start for r in rows for b in r.bounds if b.start}):
            days.setdefault(steps(start), start)
        found: list[Stage] = []
        for on in sorted(days.values()):
            here = reduction if on == day else self.reduction(self.region(bloc, on))
            whole_ = least if on == day else self.at_all_ends(bloc, on, here)
            found += self._due(bloc, on, here, whole_)
        return found

    def _due(
        self, bloc: tuple[str, ...], on: date, reduction: Reduction, least: Least
    ) -> list[Stage]:
        """One stage for each date by which some of the limits must be met."""
        limits = [r for r in reduction.limits if r.row is not None]
        due = {id(r): due_of(self.compiled.text, r) or date.min for r in limits}
        dates = sorted({*due.values()})
        found = []
        for day in dates[:-1]:
            region = reduction.region
            late = {r for r, when in due.items() if when > day}
            part = self.reduction(
                replace(region, rows=[r for r in region.rows if id(r) not in late])
            )
            answer = self.least(part)
            best = answer[0] if answer else None
            mine = tuple(r for r in limits if id(r) not in late)
            found.append(self._timed(Stage(on, day, mine, Least(best, best, best)), part, bloc))
        last = dates[-1] if dates else date.min
        found.append(self._timed(Stage(on, last, tuple(limits), least), reduction, bloc))
        return found

    def _timed(self, stage: Stage, reduction: Reduction, bloc: tuple[str, ...]) -> Stage:
        """The stage with how long it takes at the rates, and what rate it would need."""
        due = None if stage.due == date.min else stage.due
        stage = replace(stage, due=due)
        answer = self.least(reduction)
        needed = None
        if due and answer and due > self.start:
            needed = answer[1] * YEAR / (due - self.start).days
        if not self.by_party and not self.by_system:
            return replace(stage, needed=needed)
        if answer is None:
            return stage
        years = self._years(reduction, bloc) if answer[1] else 0.0
        done = None
        if math.isfinite(years):
            days = math.ceil(years * YEAR - 1e-6)
            room = (date.max - self.start).days
            done = self.start + timedelta(days=days) if days <= room else None
        return replace(stage, years=years, done=done, needed=needed)

    def _years(self, reduction: Reduction, bloc: tuple[str, ...]) -> float:
        elements = reduction.region.elements
        rates: list[tuple[list[int], float]] = []
        for party, rate in self.by_party.items():
            if party in bloc:
                members = {m for r in self._rows([party]) for m in r.members} | {party}
                mine = [k for k, e in enumerate(elements) if e.party in members]
                rates.append((mine, rate))
        for system, rate in self.by_system.items():
            mine = [k for k, e in enumerate(elements) if e.holding.system == system]
            if mine:
                rates.append((mine, rate))
        told = (
            self.reduction(reduction.region, apart=self.by_system) if self.by_system else reduction
        )
        return told.years(rates)


def _ordered(
    low: Number | None, best: Number | None, high: Number | None
) -> tuple[Number | None, Number | None]:
    """The ends in order, also where less of something asks for more; None is more than any number."""
    every = [math.inf if v is None else v for v in (low, best, high)]
    a, b = min(every), max(every)
    return (None if a == math.inf else plain(a)), (None if b == math.inf else plain(b))


def _by_system(reduction: Reduction) -> dict[str, list[int]]:
    """The elements that may be cut, by system."""
    found: dict[str, list[int]] = {}
    for k in sorted(k for g in reduction.groups for k in g.elements):
        found.setdefault(reduction.region.elements[k].holding.system, []).append(k)
    return found


def _part(holdings: Sequence[Any]) -> str:
    """What tells some lines of a system from its others."""
    told = [
        v
        for h in holdings
        for v in (h.state, h.zone, h.place, h.carrier, h.launcher, h.activity)
        if v and v not in ("operational", "deployed")
    ]
    return ", ".join(dict.fromkeys(told)) or "others"
