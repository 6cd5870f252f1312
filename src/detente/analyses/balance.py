"""Balance: is it equal, and by whose reckoning? Measures × sides × lenses, now and under a text.

A lens starts from what the text counts and adds what a side says must count too, each from an
inventory and basis of its own, which are named. Three things are weighed: the forces as they are;
what a side keeps when it comes down to the limits, giving up what it can best spare by the measure
(what the measure cannot weigh last); and its best, the most that the text lets it have of the types
it holds now. What a lens adds is held at present numbers throughout. See docs/semantics.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from detente.analyses.bounds import Bounds
from detente.analyses.count import Count, count_compiled
from detente.analyses.forces import Chosen, choose_forces, find_text, find_view, parse_date
from detente.analyses.result import Result
from detente.analyses.sweep import Sweep, SweptSide, curves_of, sweep_limit
from detente.compile.compiler import Compiled, Row, compile_text
from detente.compile.counts import Counter, Forces, Number, RowCount, Spread
from detente.compile.holdings import settle
from detente.compile.measures import NOTHING, Figure, Scales, counted_by, whole
from detente.compile.membership import Truth
from detente.compile.reach import ENDS, Reach
from detente.compile.region import LeftOut
from detente.compile.table import Bools
from detente.model.case import Case, View
from detente.model.inventory import Inventory
from detente.model.lenses import Addition, Lens, Measure
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.provisions import Ceiling, Freeze
from detente.model.texts import Text

When = Literal["now", "ceilings", "best"]
WHENS: tuple[When, ...] = ("now", "ceilings", "best")
Cut = Literal["least-loss", "proportional"]
CUTS: tuple[Cut, ...] = ("least-loss", "proportional")
AS_THE_TEXT = Lens(id="text", title="What the text counts")


@dataclass(frozen=True)
class Part:
    """One addition of a lens: the lines it takes, from which inventories, and what it leaves.

    Attributes:
        lines: systems with their numbers.
        figures: what they come to, by measure.
        not_measured: systems that a measure cannot weigh, with their numbers, by measure.
        already: systems that the text (or an earlier addition) counts already.
        missing: parties without an inventory of such weapons on these bases by then.

    """

    addition: Addition
    inventories: tuple[Inventory, ...]
    lines: tuple[tuple[str, Spread], ...]
    figures: Mapping[str, Figure]
    not_measured: Mapping[str, tuple[tuple[str, Number], ...]]
    already: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weighed:
    """One side by one measure through one lens.

    Attributes:
        counted: what the text counts, as it is now.
        added: what the lens adds.
        ceilings: counted forces brought down to the limits, and what is added; None where that
            cannot be.
        best: the most within the text, and what is added; its value is infinite where some types
            (`free`) may be had in any number; None where no force meets the text.
        not_measured: systems that the measure cannot weigh, with their numbers.

    """

    side: str
    counted: Figure
    added: Figure
    ceilings: Figure | None
    best: Figure | None
    free: tuple[str, ...] = ()
    not_measured: tuple[tuple[str, Number], ...] = ()

    @property
    def now(self) -> Figure:
        """All that the lens counts, as it is now."""
        return self.counted + self.added

    def at(self, when: When) -> Figure | None:
        """The figure now, at the ceilings or at best."""
        return {"now": self.now, "ceilings": self.ceilings, "best": self.best}[when]


@dataclass(frozen=True)
class MeasureBalance:
    """All sides by one measure through one lens."""

    measure: Measure
    sides: tuple[Weighed, ...]

    def values(self, when: When) -> tuple[Spread, Spread] | None:
        """The figures of the first two sides, where both have one."""
        found = [x.at(when) for x in self.sides[:2]]
        if len(found) < 2 or found[0] is None or found[1] is None:
            return None
        return found[0].value, found[1].value

    def difference(self, when: When) -> Spread | None:
        """The first side less the second; None where that is no number."""
        values = self.values(when)
        return difference(*values) if values else None

    def ratio(self, when: When) -> Spread | None:
        """The first side for one of the second; None where that is no number."""
        values = self.values(when)
        return ratio(*values) if values else None


@dataclass(frozen=True)
class LensBalance:
    """All measures through one lens."""

    lens: Lens
    limit: str  # what the text counts under this limit is where it starts; "" for all limits
    parts: tuple[Part, ...]
    measures: tuple[MeasureBalance, ...]
    not_counted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gain:
    """What a proposal does to one measure through one lens, against another text.

    `by_difference` and `by_ratio` name the side whose position it betters; empty where neither's is,
    None where that is no number.
    """

    lens: Lens
    measure: Measure
    when: When
    before: MeasureBalance
    after: MeasureBalance
    by_difference: str | None
    by_ratio: str | None


@dataclass(frozen=True, repr=False)
class Balance(Result):
    """The answer of `balance`."""

    case: Case
    text: Text
    compiled: Compiled
    at: date
    counted: Count = field(repr=False)
    sides: tuple[str, ...]
    lenses: tuple[LensBalance, ...]
    left_out: tuple[tuple[When, LeftOut], ...]
    swept: tuple[Sweep, ...] = ()
    against: Text | None = None
    gains: tuple[Gain, ...] = ()
    view: str = ""

    @property
    def chosen(self) -> Chosen:
        """The inventories that the text's own forces come from."""
        return self.counted.chosen

    @property
    def incomplete(self) -> dict[str, str]:
        """Sides whose inventory does not speak of all that a lens starts from, and why."""
        limits = {x.limit for x in self.lenses}
        return {
            x.party: "; ".join(x.turns_on)
            for x in self.counted.limits
            if x.limit in limits and x.party in self.sides and x.verdict == "not computed"
        }

    def of(self, lens: str, measure: str) -> MeasureBalance:
        """One measure through one lens; raises KeyError."""
        for found in self.lenses:
            for m in found.measures:
                if (found.lens.id, m.measure.id) == (lens, measure):
                    return m
        raise KeyError(f"no measure {measure} through the lens {lens}")

    def sweep(self, lens: str, measure: str = "") -> Sweep:
        """The sweep through one lens (by one measure); raises KeyError."""
        for found in self.swept:
            if found.lens.id == lens and measure in ("", found.measure.id):
                return found
        raise KeyError(f"no sweep through the lens {lens}")

    def records(self) -> list[dict[str, Any]]:
        """One row a lens, measure, side and time; where a limit was swept, a step of the sweep."""
        if self.swept:
            return [row for s in self.swept for row in s.records()]
        found = []
        for lens in self.lenses:
            for m in lens.measures:
                for when in WHENS:
                    for x in m.sides:
                        figure = x.at(when)
                        found.append(
                            {
                                "lens": lens.lens.id,
                                "measure": m.measure.id,
                                "unit": m.measure.unit,
                                "when": when,
                                "side": x.side,
                                **_spread(figure.value if figure else None),
                                "measured": x.now.measured if when == "now" else None,
                                "units": x.now.units if when == "now" else None,
                                "without_end": "; ".join(x.free) if when == "best" else "",
                                "rests_on": "; ".join(_rests(m.measure, figure)),
                            }
                        )
        return found

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        found: dict[str, Any] = {
            "case": self.case.id,
            "text": self.text.id,
            "view": self.view or None,
            "at": self.at.isoformat(),
            "basis": self.chosen.basis,
            "forces": {p: i.id for p, i in self.chosen.by_party.items()},
            "forces_missing": list(self.chosen.missing),
            "sides": list(self.sides),
            "incomplete": self.incomplete,
            "lenses": {x.lens.id: _lens_data(x) for x in self.lenses},
            "not_applied": [
                {"limit": x.row.limit, "party": x.row.party, "when": when, "why": x.why}
                for when, x in self.left_out
            ],
        }
        if self.swept:
            found["sweep"] = {
                "limit": self.swept[0].limit,
                "from": self.swept[0].start,
                "to": self.swept[0].end,
                "cut": self.swept[0].cut,
                "lenses": _by_lens(self.swept),
            }
        if self.against:
            found["against"] = self.against.id
            found["gains"] = [_gain_data(g) for g in self.gains]
        return found


def _by_lens(sweeps: Sequence[Sweep]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for s in sweeps:
        found.setdefault(s.lens.id, {"measures": {}})["measures"][s.measure.id] = s.as_data()
    return found


def _lens_data(x: LensBalance) -> dict[str, Any]:
    return {
        "title": x.lens.title,
        "by": x.lens.by or None,
        "limit": x.limit or None,
        "sources": [str(c) for c in x.lens.source],
        "confidence": x.lens.confidence,
        "adds": [_part_data(p) for p in x.parts],
        "not_computed": list(x.lens.not_computed),
        "measures": {
            m.measure.id: {
                "unit": m.measure.unit,
                "confidence": m.measure.confidence,
                "sides": {s.side: _side_data(m, s) for s in m.sides},
                "difference": {w: _spread(m.difference(w)) for w in WHENS},
                "ratio": {w: _spread(m.ratio(w)) for w in WHENS},
            }
            for m in x.measures
        },
    }


def _part_data(p: Part) -> dict[str, Any]:
    a = p.addition
    return {
        "title": a.title,
        "to": a.to,
        "of": list(a.of),
        "weight": a.weight,
        "inventories": [{"id": i.id, "basis": i.basis, "date": str(i.date)} for i in p.inventories],
        "lines": {system: _spread(n) for system, n in p.lines},
        "already_counted": list(p.already),
        "missing": list(p.missing),
        "sources": [str(c) for c in a.source],
        "confidence": a.confidence,
        "figures": {m: _figure_data(f) for m, f in p.figures.items()},
    }


def _side_data(m: MeasureBalance, x: Weighed) -> dict[str, Any]:
    found: dict[str, Any] = {w: _figure_data(x.at(w), m.measure) for w in WHENS}
    for w in WHENS[1:]:  # what was measured is said of the forces as they are
        for key in ("measured", "units"):
            (found[w] or {}).pop(key, None)
    found["counted"] = _figure_data(x.counted, m.measure)
    found["added"] = _figure_data(x.added, m.measure)
    found["without_end"] = list(x.free)
    found["not_measured"] = dict(x.not_measured)
    return found


def _figure_data(figure: Figure | None, measure: Measure | None = None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        **_spread(figure.value),
        "measured": figure.measured,
        "units": figure.units,
        "rests_on": _rests(measure, figure),
    }


def _rests(measure: Measure | None, figure: Figure | None) -> list[str]:
    """What a figure rests on beside what was verified."""
    flags = set(figure.flags) if figure else set()
    if measure and measure.confidence != "verified":
        flags.add(measure.confidence)
    return sorted(flags)


def _gain_data(g: Gain) -> dict[str, Any]:
    return {
        "lens": g.lens.id,
        "measure": g.measure.id,
        "when": g.when,
        "difference": [_spread(b.difference(g.when)) for b in (g.before, g.after)],
        "ratio": [_spread(b.ratio(g.when)) for b in (g.before, g.after)],
        "gains_by_difference": g.by_difference,
        "gains_by_ratio": g.by_ratio,
    }


def _spread(s: Spread | None) -> dict[str, Number | None]:
    if s is None:
        return {"low": None, "best": None, "high": None}
    ends = {"low": s.low, "best": s.best, "high": s.high}
    return {k: v if math.isfinite(v) else None for k, v in ends.items()}


def difference(a: Spread, b: Spread) -> Spread | None:
    """One figure less another; None where that is no number."""
    if math.isinf(a.best) and math.isinf(b.best):
        return None
    return Spread(whole(a.low - b.high), whole(a.best - b.best), whole(a.high - b.low))


def ratio(a: Spread, b: Spread) -> Spread | None:
    """One figure for one of another; None where that is no number."""
    if not b.best or math.isinf(a.best) or math.isinf(b.best):
        return None
    high = a.high / b.low if b.low else math.inf
    return Spread(a.low / b.high, a.best / b.best, high)


# --- asking ---------------------------------------------------------------------------------------
def balance(
    case: Case,
    text: str | Text,
    forces: str | date | Sequence[str] | None = None,
    *,
    at: str | date | None = None,
    basis: str | None = None,
    view: str | None = None,
    lens: str | Sequence[str] = (),
    measure: str | Sequence[str] = (),
    party: str | Sequence[str] = (),
    sweep: str | None = None,
    cut: str = "least-loss",
    against: str | Text | None = None,
) -> Balance:
    """Weigh the sides through lenses.

    Args:
        case: the case.
        text: a text, or its id.
        forces: a date or ids of inventories, as in `count`; what the case's brief counts by default.
        at: the date whose ceilings hold; the forces' date by default.
        basis: count on this basis instead of the text's own.
        view: a named choice of readings and data claims.
        lens: only these lenses; all of the case by default.
        measure: only these measures; all by default, and with a sweep the first.
        party: only these sides, in this order.
        sweep: an equal limit that falls to a tenth.
        cut: what a side gives up in the sweep: what it can best spare, or of all in proportion.
        against: a text to say who gains against.

    Raises:
        Refused: the request cannot be answered; the problems say why.

    """
    wanted = find_text(case, text) if isinstance(text, str) else text
    base = find_text(case, against) if isinstance(against, str) else against
    if cut not in CUTS:
        raise Refused([Problem("E604", f"unknown cut '{cut}'", (), did_you_mean(cut, CUTS))])
    if forces is None:
        if case.brief is None:
            message = "the case's brief names no forces"
            raise Refused([Problem("E604", message, (), "give --forces")])
        forces = case.brief.forces
    unknown = _unknown(case.lenses, lens, "lens", "lenses")
    if unknown := unknown + _unknown(case.measures, measure, "measure", "measures"):
        raise Refused(unknown)
    lenses = _asked(case.lenses, lens) or [AS_THE_TEXT]
    measures = _asked(case.measures, measure)
    if sweep is not None and not measure:
        measures = measures[:1]
    if not measures:
        hint = "put some into the folder lenses of the case, or use a library that has them"
        raise Refused([Problem("E319", "the case has no measures", (), hint)])
    seen = find_view(case, view) if view != "neutral" else None
    sides = [party] if isinstance(party, str) else list(party)
    asked = _Asked(case, forces, at, basis, seen, tuple(sides), tuple(measures))
    under = _Under(asked, wanted)
    found = [under.through(x) for x in lenses]
    swept: list[Sweep] = []
    if sweep is not None:
        swept = [s for x in found for s in under.sweep(x, sweep, cut)]
    gains: list[Gain] = []
    if base is not None:
        before = _Under(asked, base)
        gains = [
            g for x, y in zip(lenses, found, strict=True) for g in _gains(before.through(x), y)
        ]
    return Balance(
        case,
        wanted,
        under.compiled,
        under.day,
        under.counted,
        tuple(under.sides),
        tuple(found),
        tuple(under.left_out),
        tuple(swept),
        base,
        tuple(gains),
        view or "",
    )


def _asked(known: Mapping[str, Any], names: str | Sequence[str]) -> list[Any]:
    """What was asked for by name, or all there is."""
    wanted = [names] if isinstance(names, str) else list(names)
    return [known[n] for n in dict.fromkeys(wanted) if n in known] or list(known.values())


def _unknown(
    known: Mapping[str, Any], names: str | Sequence[str], what: str, plural: str
) -> list[Problem]:
    """What was asked for and is not there."""
    wanted = [names] if isinstance(names, str) else list(names)
    return [
        Problem("E319", f"unknown {what} '{n}'", (), did_you_mean(n, known, plural))
        for n in dict.fromkeys(wanted)
        if n not in known
    ]


def _gains(before: LensBalance, after: LensBalance) -> list[Gain]:
    """Whose position a text betters against another, by each measure that both can give."""
    found = []
    for old, new in zip(before.measures, after.measures, strict=True):
        first, second = (x.side for x in new.sides[:2])
        for when in WHENS[1:]:
            by_difference = _bettered(old.difference(when), new.difference(when), first, second)
            by_ratio = _bettered(old.ratio(when), new.ratio(when), first, second)
            gain = Gain(after.lens, new.measure, when, old, new, by_difference, by_ratio)
            found.append(gain)
    return found


def _bettered(old: Spread | None, new: Spread | None, first: str, second: str) -> str | None:
    if old is None or new is None or not math.isfinite(old.best - new.best):
        return None
    moved = new.best - old.best
    if abs(moved) <= 1e-9 * max(1.0, abs(old.best)):
        return ""
    return first if moved > 0 else second


# --- working it out -------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Asked:
    """What is the same for every text and lens."""

    case: Case
    forces: str | date | Sequence[str]
    at: str | date | None
    basis: str | None
    view: View | None
    parties: tuple[str, ...]
    measures: tuple[Measure, ...]


@dataclass
class _Base:
    """The text's own forces by one choice of claimants and sources, counted and ready to be weighed."""

    chosen: Chosen
    counter: Counter
    scales: Scales
    counted: Count
    reaches: dict[str, Reach] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bounds = Bounds(self.counter, self.chosen)
        self.place = {id(e): i for i, e in enumerate(self.chosen.forces.elements)}


class _Under:
    """The sides weighed under one text."""

    def __init__(self, asked: _Asked, text: Text) -> None:
        self.asked, self.text, self.case = asked, text, asked.case
        self.chosen = choose_forces(
            self.case, text, asked.forces, basis=asked.basis, view=asked.view
        )
        dates = [i.date.first for i in self.chosen.by_party.values()]
        self.as_of = self.chosen.data_as_of or max(dates)
        self.day = parse_date(asked.at, "--at") if asked.at is not None else self.as_of
        self.compiled = compile_text(self.case, text, asked.view).on(self.day)
        self.sides = self._sides()
        self._bases: dict[tuple[tuple[str, ...], tuple[str, ...]], _Base] = {}
        self._extra: dict[Any, Scales] = {}
        self.left_out: list[tuple[When, LeftOut]] = []

    @property
    def counted(self) -> Count:
        """The text's own count, with no lens."""
        return self._base(AS_THE_TEXT).counted

    def _sides(self) -> list[str]:
        """The parties that limits on numbers bind and whose forces are known; those asked for."""
        bound = list(dict.fromkeys(r.party for r in self.compiled.rows if _on_numbers(r)))
        known = [p for p in bound if self._held(p)]
        for name in self.asked.parties:
            if name not in bound:
                hint = did_you_mean(name, bound, "it binds")
                message = f"no limit of the text '{self.text.id}' binds {name}"
                raise Refused([Problem("E301", message, (), hint)])
            if name not in known:
                raise Refused([Problem("E601", f"no forces of {name} are counted here")])
        return list(self.asked.parties) or known

    def _held(self, side: str) -> bool:
        members = {m for r in self.compiled.rows if r.party == side for m in r.members}
        return bool(members & self.chosen.by_party.keys())

    def _base(self, lens: Lens) -> _Base:
        """The text's forces as a lens takes them: by its claimants and the sources it trusts."""
        key = (lens.claims, lens.trusts)
        if key not in self._bases:
            chosen = self.chosen
            if lens.claims:
                view = self.asked.view or View(id="")
                picked = replace(view, claims=lens.claims)
                chosen = choose_forces(
                    self.case, self.text, self.asked.forces, basis=self.asked.basis, view=picked
                )
            self._bases[key] = _Base(
                chosen,
                Counter(self.compiled, chosen.forces),
                Scales(chosen.forces, self.case.measures, self.compiled.attributions, lens.trusts),
                count_compiled(self.compiled, chosen, self.day),
            )
        return self._bases[key]

    # --- through one lens -------------------------------------------------------------------------
    def through(self, lens: Lens) -> LensBalance:
        """The sides by every measure through one lens."""
        limit = self._limit(lens)
        base = self._base(lens)
        inside = {side: self._inside(base, lens, limit, side) for side in self.sides}
        parts, taken = self._parts(lens, base, inside)
        inside = {s: _settled(base, t, taken) for s, t in inside.items()}
        return LensBalance(
            lens,
            limit,
            tuple(parts),
            tuple(
                MeasureBalance(
                    m, tuple(self._weigh(base, m, side, inside[side], parts) for side in self.sides)
                )
                for m in self.asked.measures
            ),
            tuple(
                f"{self._party(p.addition.to)} is no side of this text: {p.addition.title}"
                for p in parts
                if p.addition.to not in self.sides
            ),
        )

    def _limit(self, lens: Lens) -> str:
        """The limit that a lens starts from, its own or that of a lens it includes; "" for all."""
        for found in reversed(lineage(self.case, lens)):
            if found.limit and any(r.limit == found.limit for r in self.compiled.rows):
                return found.limit
        return ""

    def _rows(self, limit: str, side: str) -> list[Row]:
        return [
            r
            for r in self.compiled.rows
            if r.party == side and (r.limit == limit if limit else _on_numbers(r))
        ]

    def _inside(self, base: _Base, lens: Lens, limit: str, side: str) -> Truth:
        """What the text counts of a side, less what the lens leaves out."""
        key = ("inside", limit, side)
        if key not in base.kept:
            base.kept[key] = counted_by(base.counter, self._rows(limit, side))
        truth: Truth = base.kept[key]
        if lens.leaves_out is None:
            return truth
        out = base.scales.membership.of(lens.leaves_out.tree)
        return Truth(truth.yes & out.no, truth.no | out.yes)

    def _weigh(
        self, base: _Base, m: Measure, side: str, inside: Truth, parts: Iterable[Part]
    ) -> Weighed:
        key = ("weighed", m.id, side, inside.yes.tobytes(), inside.no.tobytes())
        if key not in base.kept:
            base.kept[key] = self._of_text(base, m, side, inside)
        own: Weighed = base.kept[key]
        mine = [p for p in parts if p.addition.to == side]
        added = sum((p.figures[m.id] for p in mine), NOTHING)
        return replace(
            own,
            added=added,
            not_measured=(*own.not_measured, *(x for p in mine for x in p.not_measured[m.id])),
            ceilings=own.ceilings + added if own.ceilings else None,
            best=own.best + added if own.best else None,
        )

    def _of_text(self, base: _Base, m: Measure, side: str, inside: Truth) -> Weighed:
        """What the text counts of one side: now, brought down to its limits, and at best."""
        now = base.scales.figure(m.id, inside)
        worth = base.scales.worth(m.id)
        each = (worth.low * inside.yes, worth.best * inside.yes, worth.high * ~inside.no)
        reach = self._reach(base, side)
        lost = reach.lost(each, worth.known)
        ceilings = None
        if lost is not None:
            v = now.value
            kept = sorted(
                max(0.0, x - y) for x, y in zip((v.low, v.best, v.high), lost, strict=True)
            )
            kept[1] = max(0.0, v.best - lost[1])
            ceilings = replace(now, value=Spread(*map(whole, kept)))
        free: tuple[str, ...] = ()
        ends: list[float] = []
        for i, (end, values) in enumerate(zip(ENDS, each, strict=True)):
            if i and (values == each[i - 1]).all():
                ends.append(ends[-1])
                continue
            most = reach.most(values, end)
            ends.append(most.value if most else math.nan)
            free = most.free if most and most.free else free
        best = None
        if not any(map(math.isnan, ends)):
            ordered = Spread(whole(min(ends)), whole(ends[1]), whole(max(ends)))
            best = replace(now, value=ordered)
        not_measured = tuple(base.scales.not_measured(m.id, inside))
        return Weighed(side, now, NOTHING, ceilings, best, free, not_measured)

    def _reach(self, base: _Base, side: str) -> Reach:
        if side not in base.reaches:
            resolve = {end: base.bounds.resolver(end) for end in ENDS}
            base.reaches[side] = Reach(
                base.counter, side, self.day, resolve, *_skipping(base.counted)
            )
            for when, found in zip(WHENS[1:], base.reaches[side].left_out(), strict=True):
                self.left_out += [(when, x) for x in found if (when, x) not in self.left_out]
        return base.reaches[side]

    # --- what a lens adds -------------------------------------------------------------------------
    def _parts(
        self, lens: Lens, base: _Base, inside: Mapping[str, Truth]
    ) -> tuple[list[Part], set[tuple[str, str]]]:
        """The additions of a lens; no weapon is taken twice. Also the systems they take."""
        elements = base.chosen.forces.elements
        counted = {
            (elements[i].party, elements[i].holding.system)
            for truth in inside.values()
            for i in map(int, truth.yes.nonzero()[0])
        }
        taken: dict[tuple[str, str], str] = {}
        lines: set[tuple[str, int]] = set()
        parts = []
        for addition in additions(self.case, lens):
            parts.append(self._part(lens, addition, counted, taken, lines))
        return parts, set(taken)

    def _part(
        self,
        lens: Lens,
        addition: Addition,
        counted: set[tuple[str, str]],
        taken: dict[tuple[str, str], str],
        lines: set[tuple[str, int]],
    ) -> Part:
        inventories: list[Inventory] = []
        missing: list[str] = []
        already: list[str] = []
        shown: list[tuple[str, Spread]] = []
        figures = dict.fromkeys((m.id for m in self.asked.measures), NOTHING)
        lost: dict[str, list[tuple[str, Number]]] = {m: [] for m in figures}
        for owner in addition.of:
            found = self._inventory(addition, owner, lens)
            if found is None:
                missing.append(owner)
                continue
            inventory, scales = found
            inventories.append(inventory)
            truth = scales.membership.of(addition.where.tree)
            keep = ~truth.no
            for i in map(int, keep.nonzero()[0]):
                element = scales.forces.elements[i]
                pair = (owner, element.holding.system)
                elsewhere = taken.get(pair, inventory.id) != inventory.id
                if pair in counted or elsewhere or (inventory.id, i) in lines:
                    keep[i] = False
                    already.append(element.holding.system)
                    continue
                taken[pair] = inventory.id
                lines.add((inventory.id, i))
                n = element.number
                sure = bool(truth.yes[i])
                shown.append(
                    (
                        element.holding.system,
                        Spread(n.low if sure else 0, n.best if sure else 0, n.high),
                    )
                )
            mine = Truth(truth.yes & keep, truth.no | ~keep)
            for m in self.asked.measures:
                figure = scales.figure(m.id, mine, float(addition.weight))
                figures[m.id] += figure
                if figure.measured < figure.units:
                    lost[m.id] += scales.not_measured(m.id, mine)
        return Part(
            addition,
            tuple(inventories),
            tuple(shown),
            figures,
            {m: tuple(x) for m, x in lost.items()},
            tuple(dict.fromkeys(already)),
            tuple(missing),
        )

    def _inventory(
        self, addition: Addition, owner: str, lens: Lens
    ) -> tuple[Inventory, Scales] | None:
        """The newest inventory of a party on one of the bases that has such weapons."""
        rank = {b: k for k, b in enumerate(addition.bases)}
        held = [
            i
            for i in self.case.inventories.values()
            if i.party == owner and i.basis in rank and i.date.first <= self.as_of
        ]
        for inventory in sorted(held, key=lambda i: (-i.date.first.toordinal(), rank[i.basis])):
            scales = self._scales(inventory, lens)
            truth = scales.membership.of(addition.where.tree)
            if (~truth.no & (scales.forces.high > 0)).any():
                return inventory, scales
        return None

    def _scales(self, inventory: Inventory, lens: Lens) -> Scales:
        key = (inventory.id, lens.claims, lens.trusts)
        if key not in self._extra:
            view = self.asked.view
            if lens.claims:
                view = replace(view or View(id=""), claims=lens.claims)
            forces = Forces(self.case, (settle(self.case, inventory, view),))
            self._extra[key] = Scales(forces, self.case.measures, None, lens.trusts)
        return self._extra[key]

    def _party(self, name: str) -> str:
        return self.case.parties[name].title if name in self.case.parties else name

    # --- falling ceilings -------------------------------------------------------------------------
    def sweep(self, through: LensBalance, limit: str, cut: str) -> list[Sweep]:
        """The balance through one lens as an equal limit falls to a tenth."""
        start = self._equal(limit)
        lens = through.lens
        base = self._base(lens)
        taken = {(o, s) for p in through.parts for o in p.addition.of for s, _ in p.lines}
        found = []
        for balanced in through.measures:
            m = balanced.measure
            sides = []
            for x in balanced.sides:
                inside = _settled(base, self._inside(base, lens, through.limit, x.side), taken)
                key = ("curves", limit, x.side, m.id, inside.yes.tobytes(), inside.no.tobytes())
                if key not in base.kept:
                    swept, count = self._swept(base, limit, x.side)
                    both = Truth(inside.yes & swept.yes, inside.no | swept.no)
                    base.kept[key] = curves_of(
                        count,
                        base.scales.worth(m.id),
                        base.place,
                        inside,
                        base.scales.figure(m.id, both),
                        x.counted,
                        cut,
                    )
                sides.append(SweptSide(x.side, base.kept[key], x.added.value))
            found.append(sweep_limit(lens, m, limit, start, sides, cut))
        return found

    def _swept(self, base: _Base, limit: str, side: str) -> tuple[Truth, RowCount]:
        """What a limit counts of one side, and the count."""
        key = ("swept", limit, side)
        if key not in base.kept:
            row = self._rows(limit, side)[0]
            base.kept[key] = counted_by(base.counter, [row]), base.counter.row(row)[0]
        found: tuple[Truth, RowCount] = base.kept[key]
        return found

    def _equal(self, limit: str) -> Number:
        """The value of a limit that is the same for all sides. Raises `Refused`."""
        names = dict.fromkeys(r.limit for r in self.compiled.rows if _on_numbers(r))
        if limit not in names:
            hint = did_you_mean(limit, names, "limits on numbers")
            message = f"the text '{self.text.id}' has no limit on numbers '{limit}'"
            raise Refused([Problem("E310", message, (), hint)])
        resolve = self._base(AS_THE_TEXT).bounds.resolver()
        values: dict[str, Number | None] = {}
        for side in self.sides:
            rows = self._rows(limit, side)
            plain = len(rows) == 1 and not rows[0].each and not rows[0].allowance
            plain = plain and rows[0].relation == "at most" and rows[0].counting == "units"
            dated = rows[0].bound_at(self.day) if plain else None
            values[side] = resolve(rows[0], dated, "") if dated else None
        found = set(values.values())
        if len(self.sides) < 2 or len(found) != 1 or None in found or not all(found):
            said = ", ".join(f"{s} {v if v else 'none'}" for s, v in values.items())
            message = f"'{limit}' is not one equal ceiling for two sides: {said}"
            raise Refused([Problem("E604", message, (), "name a limit that is the same for both")])
        value = found.pop()
        assert value is not None
        return value


def lineage(case: Case, lens: Lens) -> list[Lens]:
    """A lens and all it includes, each once, what is included before what includes it."""
    found: dict[str, Lens] = {}
    pending = [lens]
    while pending:
        last = pending[-1]
        inner = [case.lenses[n] for n in last.includes if n in case.lenses]
        left = [x for x in inner if x.id not in found]
        if left and last not in pending[:-1]:
            pending.append(left[0])
            continue
        found[pending.pop().id] = last
    return list(found.values())


def additions(case: Case, lens: Lens) -> list[Addition]:
    """All that a lens adds, what it includes first."""
    return [a for x in lineage(case, lens) for a in x.adds]


def _settled(base: _Base, inside: Truth, taken: set[tuple[str, str]]) -> Truth:
    """Weapons of which the text leaves open whether they count are not counted twice: a lens that
    adds them settles it."""
    if not taken or not inside.unknown.any():
        return inside
    elements = base.chosen.forces.elements
    mine: Bools = inside.unknown.copy()
    for i in map(int, mine.nonzero()[0]):
        mine[i] = (elements[i].party, elements[i].holding.system) in taken
    return Truth(inside.yes, inside.no | mine)


def _on_numbers(row: Row) -> bool:
    """Whether a row is a limit on how many weapons there may be."""
    kinds = isinstance(row.provision, Ceiling | Freeze)
    return kinds and row.counting == "units" and row.quantity == "held" and not row.menu


def _skipping(counted: Count) -> tuple[Callable[[Row], str], Callable[[Row], str]]:
    """Why limits were not computed: of the present forces, and of any that might be had.

    An inventory that does not speak of some weapons cannot answer for the present; a quality that
    no source gives of any weapon cannot be answered at all.
    """
    without = {id(n.provision): n.why for n in counted.without_data}
    unsaid = {
        (x.limit, x.party): "; ".join(x.turns_on)
        for x in counted.limits
        if x.verdict == "not computed"
    }

    def silent(row: Row) -> str:
        return without.get(id(row.provision), "")

    def skip(row: Row) -> str:
        return silent(row) or unsaid.get((row.limit, row.party), "")

    return skip, silent
