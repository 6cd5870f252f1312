"""Growth: how far a side could go by a date under a text, with the candidates of a case.

Columns are the present weapons and the candidates; what a candidate carries is a column of its own,
tied to its carrier by capacity. Rows are the text's limits, what can be built by the date, and what a
conversion takes away. Present weapons are kept, but for what a candidate is made of and what the text
asks to go in any case; `keep` narrows that. A sum is the largest one in whole weapons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any, Literal

import numpy as np

from detente.analyses.bounds import Bounds
from detente.analyses.count import gap, without_data
from detente.analyses.forces import Chosen, choose_forces
from detente.compile.cells import SPLIT
from detente.compile.compiler import Compiled, compile_text
from detente.compile.counts import Counter, Forces, Number
from detente.compile.holdings import Element
from detente.compile.measures import Scales, whole
from detente.compile.membership import Membership
from detente.compile.reduction import Reduction
from detente.compile.region import LeftOut, Region, RegionRow, Tie, region_of
from detente.compile.solver import INF, NEAR, Solver
from detente.compile.table import Bools, Floats, table_of_holdings
from detente.model.amounts import Amount, Span
from detente.model.candidates import Candidate, Programme
from detente.model.case import Case, View
from detente.model.cites import Confidence
from detente.model.lenses import Measure, Piece
from detente.model.predicate import Clause, Member
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.texts import Text
from detente.reading.predicates import Resolver, parse

PLENTY = 1_000_000.0  # of a candidate that nothing but the text limits
MOST_CONVERSIONS = 8
Why = Literal["limit", "rate", "number", "conversion"]


@dataclass(frozen=True)
class Part:
    """What makes up a gain: so many more (or fewer) of a candidate or a present system."""

    name: str
    title: str
    change: Number
    candidate: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class Binds:
    """What stands in the way of more: a limit or what can be built, and what one more of it is worth.

    The worth is the shadow price, found by solving again: in weapons that could be split.
    """

    what: Why
    name: str
    title: str
    worth: Number


@dataclass(frozen=True)
class Gain:
    """The largest sum by one measure: now, at most, and what makes up the difference.

    `unrounded` is the largest sum if weapons could be split; `endless` are the candidates that may be
    had in any number, where the sum has no end.
    """

    measure: Measure
    now: Number
    most: Number | None
    parts: tuple[Part, ...]
    binds: tuple[Binds, ...]
    unrounded: Number | None
    endless: tuple[str, ...] = ()
    not_measured: tuple[str, ...] = ()

    @property
    def gain(self) -> Number | None:
        """How much more than now; None where there is no end."""
        return None if self.most is None else whole(self.most - self.now)

    def as_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "title": self.measure.title,
            "unit": self.measure.unit,
            "now": self.now,
            "most": self.most,
            "gain": self.gain,
            "unrounded": self.unrounded,
            "endless": list(self.endless),
            "made_up_of": [
                {
                    "name": p.name,
                    "title": p.title,
                    "change": p.change,
                    "candidate": p.candidate or None,
                    "confidence": p.confidence or None,
                }
                for p in self.parts
            ],
            "binds": [
                {"what": b.what, "name": b.name, "title": b.title, "worth": b.worth}
                for b in self.binds
            ],
            "not_measured": list(self.not_measured),
        }


@dataclass(frozen=True)
class Growth:
    """How far one party could go under one text.

    `must_go` is what the text asks to be dismantled in any case; None where nothing meets it, and
    then there are no gains. `doubtful` are candidates of which it is not known whether a limit
    counts them; they are taken not to count.
    """

    compiled: Compiled
    view: str
    party: str
    at: date
    horizon: date | None
    programme: Programme | None
    inventories: tuple[str, ...]
    kept: str
    must_go: Number | None
    gains: tuple[Gain, ...]
    candidates: tuple[Candidate, ...]
    doubtful: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def name(self) -> str:
        """The text, with the view it is read by."""
        text = self.compiled.text.id
        return f"{text}@{self.view}" if self.view else text

    def gain(self, measure: str) -> Gain:
        """The gain by one measure; raises KeyError."""
        for found in self.gains:
            if found.measure.id == measure:
                return found
        raise KeyError(measure)

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "text": self.compiled.text.id,
            "view": self.view or None,
            "party": self.party,
            "at": self.at.isoformat(),
            "horizon": self.horizon.isoformat() if self.horizon else None,
            "programme": self.programme.id if self.programme else None,
            "forces": list(self.inventories),
            "kept": self.kept,
            "must_go": self.must_go,
            "measures": {g.measure.id: g.as_data() for g in self.gains},
            "doubtful": list(self.doubtful),
            "left_out": [{"limit": x.row.limit, "why": x.why} for x in self.left_out],
        }


def growth_of(
    case: Case,
    text: Text,
    view: View | None = None,
    *,
    at: date,
    horizon: date | None = None,
    forces: str | date | None = None,
    programme: str | None = None,
    keep: str | None = None,
    parties: Sequence[str] = (),
) -> list[Growth]:
    """How far each party with candidates could go under a text.

    Args:
        case: the case.
        text: the text.
        view: readings and data claims.
        at: the date whose limits are in effect.
        horizon: by when weapons are built; without, what can be built a year sets no limit.
        forces: where growth starts from; the forces of the case's brief by default.
        programme: candidates of this programme; those of none by default.
        keep: a predicate: the present weapons that are kept.
        parties: only these.

    Raises:
        Refused: there are no candidates, or no such programme, or no forces.

    """
    plan = case.programmes.get(programme) if programme else None
    if programme and plan is None:
        hint = did_you_mean(programme, case.programmes, "programmes")
        raise Refused([Problem("E321", f"unknown programme '{programme}'", (), hint)])
    taken = [c for c in case.candidates.values() if c.programme == (programme or "")]
    if not taken:
        what = f"the programme '{programme}' has" if programme else "the case has"
        hint = did_you_mean("", case.programmes, "programmes")
        hint = hint or "a case holds what could be added in candidates/*.yaml"
        raise Refused([Problem("E601", f"{what} no candidates", (), hint)])
    clause = _keep(case, keep) if keep else plan.keeps if plan else None
    start = forces or (case.brief.forces if case.brief else at)
    chosen = choose_forces(case, text, start, view=view)
    compiled = compile_text(case, text, view, at)
    known = [p for p in dict.fromkeys(c.party for c in taken) if p in chosen.by_party]
    wanted = [p for p in known if not parties or _asked(compiled, p, parties)]
    return [_Grower(compiled, chosen, p, at, horizon, plan, clause, taken).run() for p in wanted]


def _asked(compiled: Compiled, party: str, parties: Sequence[str]) -> bool:
    """Whether a party, or a group with it, is among those asked for."""
    groups = {r.party for r in compiled.rows if party in r.members}
    return party in parties or bool(groups & {*parties})


def _keep(case: Case, text: str) -> Clause:
    """A predicate given with the request. Raises `Refused`."""
    tree, flaws = parse(text)
    found = list(flaws)
    if tree is not None:
        types = {t for s in case.systems.values() for t in s.variant_of}
        resolver = Resolver(case.attributes, case.systems, types, case.parties, case.zones)
        tree = resolver.resolve(tree)
        found += resolver.flaws
    if found or tree is None:
        raise Refused([Problem(f.code, f"--keep: {f.message}", (), f.hint) for f in found])
    return Clause(text, tree)


@dataclass
class _Column:
    """A candidate as a column: alone, or as the load of a carrier."""

    candidate: Candidate
    carrier: Candidate | None
    place: int  # among the forces' elements


class _Grower:
    def __init__(
        self,
        compiled: Compiled,
        chosen: Chosen,
        party: str,
        at: date,
        horizon: date | None,
        programme: Programme | None,
        keep: Clause | None,
        candidates: Sequence[Candidate],
    ) -> None:
        self.compiled, self.case = compiled, compiled.case
        self.party, self.at, self.horizon = party, at, horizon
        self.programme, self.keep = programme, keep
        self.candidates = [c for c in candidates if c.party == party]
        self.columns: list[_Column] = []
        self.chosen = replace(chosen, forces=self._forces(chosen))

    # --- columns ----------------------------------------------------------------------------------
    def _forces(self, chosen: Chosen) -> Forces:
        """The forces with the candidates beside the party's own weapons, none of them there yet."""
        carried = {name for c in self.candidates for name in c.carries}
        lines: list[tuple[Candidate, Candidate | None]] = []
        for c in self.candidates:
            if c.id in carried:
                carriers = [k for k in self.candidates if c.id in k.carries]
                lines += [(c, k) for k in carriers]
            else:
                lines.append((c, None))
        settled = []
        before = 0
        for s in chosen.forces.settled:
            if s.inventory.party != self.party:
                before += len(s.elements)
                settled.append(s)
                continue
            added = []
            for k, (c, carrier) in enumerate(lines):
                self.columns.append(_Column(c, carrier, before + len(s.elements) + k))
                added.append(self._element(c, carrier, s.inventory))
            settled.append(replace(s, elements=(*s.elements, *added)))
            before += len(s.elements) + len(added)
        return Forces(self.case, tuple(settled))

    def _element(self, c: Candidate, carrier: Candidate | None, inventory: Any) -> Element:
        holding = c.holding
        if carrier is not None and carrier.load_carrier:
            holding = replace(holding, carrier=carrier.load_carrier)
        if c.carries and c.capacity is not None:
            own = dict(holding.attributes)
            for name in self._carrying(c):
                own.setdefault(name, Span(c.capacity.value, c.capacity.value))
            holding = replace(holding, attributes=tuple(own.items()))
        return Element(self.party, inventory, holding, Amount(0, 0, 0))

    def _carrying(self, c: Candidate) -> Iterator[str]:
        """The attributes that say how many of a candidate's load one can carry."""
        loads = [(self.party, self.case.candidates[n].holding) for n in c.carries]
        membership = Membership(table_of_holdings(self.case, loads))
        for attribute in self.case.attributes.values():
            if attribute.carries is not None and membership.of(attribute.carries.tree).yes.all():
                yield attribute.id

    # --- the program --------------------------------------------------------------------------------
    def run(self) -> Growth:
        """All gains of the party."""
        self.counter = Counter(self.compiled, self.chosen.forces)
        region = self._region()
        least = Reduction(region).least
        must_go = whole(least[0]) if least is not None else None
        gains: tuple[Gain, ...] = ()
        if must_go is not None:
            gains = tuple(_Program(self, region, float(must_go)).gains())
        kept = self.keep.text if self.keep else "all"
        return Growth(
            self.compiled,
            self.compiled.view.id if self.compiled.view else "",
            self.party,
            self.at,
            self.horizon,
            self.programme,
            tuple(i.id for p, i in self.chosen.by_party.items() if p == self.party),
            kept,
            must_go,
            gains,
            tuple(self.candidates),
            tuple(self._doubtful(region)),
            tuple(region.left_out),
        )

    def _region(self) -> Region:
        bounds = Bounds(self.counter, self.chosen)
        unknown = without_data(self.compiled, self.chosen)

        def skip(row: Any) -> str:
            lacking = next((n.why for n in unknown if n.provision is row.provision), "")
            return lacking or gap(self.counter, self.chosen, row)

        most = self.chosen.forces.best.copy()
        for column in self.columns:
            most[column.place] = self._upper(column)
        groups = dict.fromkeys(
            r.party for r in self.compiled.rows if self.party in r.members and r.party != self.party
        )
        return region_of(
            self.compiled,
            self.chosen.forces,
            self.party,
            self.at,
            resolve=bounds.resolver("best"),
            most=most,
            ties=self._ties(),
            skip=skip,
            also=tuple(groups),
            counter=self.counter,
        )

    def _upper(self, column: _Column) -> float:
        """How many there can be; what is carried is limited by its carriers, and in all together."""
        found = None if column.carrier is not None else self.built(column.candidate)
        return PLENTY if found is None else float(found)

    def built(self, c: Candidate) -> Number | None:
        """How many of a candidate there can be by the horizon; without one, rates set no limit."""
        if self.horizon is not None:
            return c.by(self.horizon)
        return None if c.most is None else int(c.most.value)

    def _ties(self) -> list[Tie]:
        """What is carried, held against its carriers."""
        found = []
        for carrier in self.candidates:
            if not carrier.carries or carrier.capacity is None:
                continue
            own = [x.place for x in self.columns if x.candidate is carrier]
            loads = tuple(x.place for x in self.columns if x.carrier is carrier)
            capacity = float(carrier.capacity.value)
            found.append(
                Tie(loads, tuple((i, capacity) for i in own), f"{carrier.title}: {capacity:g} each")
            )
        return found

    def _doubtful(self, region: Region) -> Iterator[str]:
        """Candidates of which it is not known whether some limit counts them."""
        for column in self.columns:
            for row in self.compiled.rows:
                if self.party not in row.members:
                    continue
                unknown = any(
                    self.counter.membership.category(t.category).unknown[column.place]
                    for t in row.terms
                )
                if unknown:
                    yield f"{column.candidate.title} ({row.title})"
                    break

    def measures(self) -> Iterator[Measure]:
        """What is maximised: the number of each kind a candidate is of, and the case's measures."""
        kinds: list[str] = []
        for c in self.candidates:
            system = self.case.systems.get(c.holding.system)
            kinds += [str(f.value) for f in system.of(SPLIT)] if system else []
        found = [number_of(k) for k in dict.fromkeys(kinds)]
        found += list(self.case.measures.values())
        if self.programme and self.programme.measure:
            found = [m for m in found if m.id == self.programme.measure]
        yield from found


def number_of(kind: str) -> Measure:
    """The measure that counts one for each weapon of a kind."""
    clause = Clause(f"{SPLIT} = {kind}", Member(SPLIT, (kind,)))
    return Measure(
        id=kind,
        title=f"Number of {kind.replace('_', ' ')}" + ("" if kind.endswith("s") else "s"),
        unit="weapons",
        each=(Piece(where=clause),),
    )


class _Program:
    """The linear (or whole-number) program of one party, solved for one measure after another."""

    def __init__(self, grower: _Grower, region: Region, must_go: float) -> None:
        self.grower, self.region = grower, region
        self.n, self.width = region.n, region.n + len(region.helpers)
        self.place = {i: k for k, i in enumerate(region.index)}
        self.column = {self.place[x.place]: x for x in grower.columns}
        present = [k for k in range(self.n) if k not in self.column]
        self.present = np.array(present, dtype=np.int64)
        self.lower, self.upper = np.zeros(self.n), region.now.copy()
        for k, x in self.column.items():
            self.upper[k] = grower._upper(x)
        self.rows: list[tuple[Floats, float, float, Binds | RegionRow | None]] = []
        A, low, high = region.matrix()
        for weights, a, b, r in zip(A, low, high, region.rows, strict=True):
            self.rows.append((weights, float(a), float(b), r if r.row is not None else None))
        self._keeping(must_go)
        self._built()
        forces = grower.chosen.forces
        measures = list(grower.measures())
        table = {m.id: m for m in [*grower.case.measures.values(), *measures]}
        self.scales = Scales(forces, table, grower.compiled.attributions)
        self.measures = [m for m in measures if self._tells(m)]
        for m in self.measures:
            self.rows.append((self._of(m), -INF, INF, None))
        self.solver = self._solver(whole=True)
        self.split: Solver | None = None

    def _solver(self, *, whole: bool) -> Solver:
        helpers = np.array(self.region.helper_upper, dtype=np.float64)
        kinds = np.array([*([whole] * self.n), *self.region.whole], dtype=bool)
        return Solver(
            np.array([r[0] for r in self.rows]).reshape(len(self.rows), self.width),
            np.array([r[1] for r in self.rows]),
            np.array([r[2] for r in self.rows]),
            np.concatenate([self.lower, np.zeros(len(helpers))]),
            np.concatenate([self.upper, helpers]),
            kinds,
        )

    def _tells(self, measure: Measure) -> bool:
        """Whether a measure tells weapons apart: one that counts any weapon one counts loads too."""
        worth = self.scales.worth(measure.id)
        mine = worth.best[list(self.region.index)]
        return bool(mine.any()) and not (worth.known.all() and (mine == mine[0]).all())

    def _of(self, measure: Measure) -> Floats:
        """What one of each column is worth; what is carried tells a carrier's load, where it is weighed."""
        worth = self.scales.worth(measure.id)
        found = np.zeros(self.width)
        found[: self.n] = np.where(worth.known, worth.best, 0.0)[list(self.region.index)]
        found[[k for k in self.column if self._told(k, found)]] = 0.0
        return found

    def _told(self, k: int, worth: Floats) -> bool:
        """Whether a column carries others that have a worth of their own."""
        own = self.column[k]
        return own.carrier is None and any(
            x.carrier is own.candidate and worth[place] for place, x in self.column.items()
        )

    # --- what is kept, converted, built ---------------------------------------------------------------
    def _keeping(self, must_go: float) -> None:
        """Present weapons stay, but for conversions and for what must go in any case."""
        table = table_of_holdings(
            self.grower.case,
            [(e.party, e.holding) for e in self.region.elements],
            self.grower.compiled.attributions,
        )
        membership = Membership(table, {}, self.grower.compiled.attributions)
        here: Bools = np.zeros(self.n, dtype=bool)
        here[self.present] = True
        mine = np.array([e.party == self.grower.party for e in self.region.elements], dtype=bool)
        self.lower[here & ~mine] = self.region.now[here & ~mine]
        kept = here & mine
        if self.grower.keep is not None:
            kept &= membership.of(self.grower.keep.tree).yes
        sources: dict[str, tuple[Bools, list[int], Candidate]] = {}
        for k, x in self.column.items():
            clause = x.candidate.converts
            if clause is not None and x.carrier is None:
                inside = membership.of(clause.tree).yes & here & mine
                _, columns, _ = sources.setdefault(clause.text, (inside, [], x.candidate))
                columns.append(k)
        groups = list(sources.values())
        # converted weapons come out of what their clauses take in, whatever the clauses share (Hall)
        for size in range(1, min(len(groups), MOST_CONVERSIONS) + 1):
            for some in combinations(groups, size):
                inside = np.logical_or.reduce([g[0] for g in some])
                weights = np.zeros(self.width)
                weights[: self.n][inside] = 1.0
                for _, columns, _ in some:
                    weights[columns] += 1.0
                binds = None
                if size == 1:
                    c = some[0][2]
                    binds = Binds("conversion", c.id, f"what {c.title} is made of", 0)
                self.rows.append((weights, -INF, float(self.region.now[inside].sum()), binds))
        convertible = np.zeros(self.n, dtype=bool)
        for inside, _, _ in groups:
            convertible |= inside
        if must_go == 0:
            fixed = kept & ~convertible
            self.lower[fixed] = self.region.now[fixed]
        if kept.any():
            weights = np.zeros(self.width)
            weights[: self.n][kept] = 1.0
            for _, columns, _ in groups:
                weights[columns] += 1.0
            total = float(self.region.now[kept].sum()) - must_go
            self.rows.append((weights, total, INF, None))

    def _built(self) -> None:
        """What is carried by several is built once: the rate holds for all of it."""
        shared: dict[str, list[int]] = {}
        for k, x in self.column.items():
            if x.carrier is not None:
                shared.setdefault(x.candidate.id, []).append(k)
        for name, columns in shared.items():
            candidate = self.grower.case.candidates[name]
            most = self.grower.built(candidate)
            if most is not None:
                weights = np.zeros(self.width)
                weights[columns] = 1.0
                self.rows.append((weights, -INF, float(most), self._production(candidate)))

    def _production(self, c: Candidate) -> Binds:
        """What can be built of a candidate, as something that may bind."""
        by_rate = c.rate is not None and self.grower.horizon is not None
        if by_rate and c.most is not None:
            by_rate = self.grower.built(c) != int(c.most.value)
        return Binds("rate" if by_rate else "number", c.id, c.title, 0)

    # --- gains ------------------------------------------------------------------------------------------
    def gains(self) -> Iterator[Gain]:
        """The largest sum by each measure that any candidate adds to."""
        for k, measure in enumerate(self.measures):
            cost = self._of(measure)
            columns = list(self.column)
            if not (cost[columns] > 0).any():
                continue
            yield self._gain(measure, cost, len(self.rows) - len(self.measures) + k)

    def _gain(self, measure: Measure, cost: Floats, own_row: int) -> Gain:
        s = self.solver
        best = s.solve(cost, maximise=True)
        now = whole(float(cost[: self.n] @ self.region.now))
        worth = self.scales.worth(measure.id)
        unknown = tuple(
            dict.fromkeys(
                x.candidate.title
                for k, x in self.column.items()
                if not worth.known[x.place] and not self._told(k, cost)
            )
        )
        if not best.found:  # no force at all meets the limits with what is kept
            return Gain(measure, now, now, (), (), now, (), unknown)
        endless = tuple(
            dict.fromkeys(
                x.candidate.title
                for k, x in self.column.items()
                if best.x[k] >= PLENTY and cost[k] > 0
            )
        )
        if not endless and best.objective >= PLENTY:
            endless = tuple(
                dict.fromkeys(
                    x.candidate.title for k, x in self.column.items() if best.x[k] >= PLENTY
                )
            )
        if endless:
            return Gain(measure, now, None, (), (), None, endless, unknown)
        x = self._tidy(best.x, best.objective, own_row)
        binds = sorted(self._binds(cost), key=lambda b: -b.worth)
        return Gain(
            measure,
            now,
            whole(best.objective),
            tuple(self._parts(x)),
            tuple(binds),
            whole(self._split().solve(cost, maximise=True).objective),
            (),
            unknown,
        )

    def _split(self) -> Solver:
        """The program in weapons that could be split."""
        if self.split is None:
            self.split = self._solver(whole=False)
        return self.split

    def _tidy(self, x: Floats, objective: float, own_row: int) -> Floats:
        """Of all ways to the same sum one that changes the fewest weapons."""
        changes = np.zeros(self.width)
        changes[list(self.column)] = 1.0
        changes[self.present] = -1.0
        lower = np.array([r[1] for r in self.rows])
        lower[own_row] = objective - NEAR * (1 + abs(objective))
        found = self.solver.solve(changes, maximise=False, row_lower=lower)
        lower[own_row] = -INF
        self.solver.solve(row_lower=lower)
        return found.x if found.found else x

    def _parts(self, x: Floats) -> Iterator[Part]:
        """Candidates added and present systems given up, what adds most first."""
        added: dict[str, Part] = {}
        for k, column in self.column.items():
            number = whole(round(float(x[k]), 6))
            if number:
                c = column.candidate
                before = added.get(c.id)
                total = whole(number + (before.change if before else 0))
                flags: list[Confidence] = [
                    c.confidence,
                    *(c.confidence_of(f) for _, f in c.figures()),
                ]
                flag = next(
                    (f for f in ("assumed", "recalled", "derived") if f in flags), "verified"
                )
                added[c.id] = Part(c.holding.system, c.title, total, c.id, flag)
        yield from sorted(added.values(), key=lambda p: -p.change)
        gone: dict[str, float] = {}
        for k in map(int, self.present):
            less = float(self.region.now[k] - x[k])
            if abs(less) > NEAR:
                name = self.region.elements[k].holding.system
                gone[name] = gone.get(name, 0.0) - less
        for name, change in gone.items():
            system = self.grower.case.systems.get(name)
            yield Part(name, system.name if system else name, whole(round(change, 6)))

    def _binds(self, cost: Floats) -> Iterator[Binds]:
        """What stands in the way of more, with what one more unit of each would be worth.

        Worked out in weapons that could be split: of whole ones, one unit more may be worth nothing
        and three units much.
        """
        split = self._split()
        best = split.solve(cost, maximise=True)
        upper = np.array([r[2] for r in self.rows])
        for i, (weights, _, high, what) in enumerate(self.rows):
            if what is None or high == INF or weights @ best.x < high - NEAR * (1 + abs(high)):
                continue
            more = upper.copy()
            more[i] += 1.0
            found = split.solve(row_upper=more)
            worth = whole(round(found.objective - best.objective, 6)) if found.found else 0
            split.solve(row_upper=upper)
            if not worth:
                continue
            if isinstance(what, RegionRow):
                assert what.row is not None
                at = f" at {what.site}" if what.site else ""
                yield Binds("limit", what.row.limit, f"{what.row.title}{at}", worth)
            else:
                yield replace(what, worth=worth)
        ends = np.concatenate([self.upper, np.array(self.region.helper_upper)])
        for k, column in self.column.items():
            full = self.upper[k] < PLENTY and best.x[k] >= self.upper[k] - NEAR
            if column.carrier is not None or not full:
                continue
            more = ends.copy()
            more[k] += 1.0
            found = split.solve(column_upper=more)
            worth = whole(round(found.objective - best.objective, 6)) if found.found else 0
            split.solve(column_upper=ends)
            if worth:
                yield replace(self._production(column.candidate), worth=worth)
