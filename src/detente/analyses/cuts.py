"""The answer of `reduce`: what each side must dismantle, what of it is forced, what is open, by when."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detente.analyses.forces import Chosen
from detente.analyses.result import Result
from detente.compile.compiler import Compiled, NotComputed, Row
from detente.compile.counts import Number
from detente.compile.measures import Figure
from detente.compile.region import LeftOut, RegionRow
from detente.model.case import Case
from detente.model.lenses import Measure
from detente.model.texts import InForce, Text

Range = tuple[Number, Number]


def plain(value: float) -> Number:
    """A whole number where it is one; else without the digits that sums do not carry."""
    return round(value) if abs(value - round(value)) < 1e-6 else round(value, 6)


@dataclass(frozen=True)
class Least:
    """What must go at least: at the best figures, and at the ends; None where no cut is enough.

    `lower_end` where the text leaves ranges: with the lower ends of all of them instead of the
    upper, which bind.
    """

    best: Number | None
    low: Number | None
    high: Number | None
    lower_end: Number | None = None
    ranged: bool = False

    @property
    def certain(self) -> bool:
        """Whether the figures of the inventories leave no doubt."""
        return self.low == self.best == self.high


@dataclass(frozen=True)
class Demand:
    """One limit that asks for a cut: what it counts before and after, and what of that goes.

    `worth` is how much less would have to go in all, were the limit one unit further.
    """

    limit: RegionRow
    before: Number
    after: Range
    cut: Range
    worth: Number

    @property
    def row(self) -> Row:
        """The limit."""
        assert self.limit.row is not None
        return self.limit.row


@dataclass(frozen=True)
class Forced:
    """So many of a system go in every least cut, because of these limits.

    With `least`, they could stay if more were cut elsewhere.
    """

    system: str
    now: Number
    number: Number
    limits: tuple[RegionRow, ...]
    least: bool


@dataclass(frozen=True)
class Choice:
    """A system, or a part of it, of which between `least` and `most` go."""

    system: str
    part: str
    now: Number
    least: Number
    most: Number


@dataclass(frozen=True)
class Open:
    """Elements that may go for one another: between `least` and `most` of them together."""

    choices: tuple[Choice, ...]
    least: Number
    most: Number


@dataclass(frozen=True)
class Clash:
    """A smallest set of limits that no cut can meet together, and how far each would have to move."""

    parts: tuple[tuple[RegionRow, Number], ...]


@dataclass(frozen=True)
class Stage:
    """What must have gone by one date of the schedule.

    Attributes:
        at: the date of the ceilings.
        due: when they must be met; None where the text sets no date.
        limits: those that ask for a cut by then.
        least: what must have gone.
        years: how long the quickest least cut takes at the rates; None without rates.
        done: the day by which it is done; None without rates, or where it never is.
        needed: how many elements a year it takes to be in time; None without a date to come.

    """

    at: date
    due: date | None
    limits: tuple[RegionRow, ...]
    least: Least
    years: float | None = None
    done: date | None = None
    needed: float | None = None

    @property
    def in_time(self) -> bool | None:
        """Whether it is done by the date; None where that is not asked or not known."""
        if self.years is None or self.due is None:
            return None
        return self.done is not None and self.done <= self.due


@dataclass(frozen=True)
class SideCut:
    """One side: a party, or parties whose arms one limit counts together.

    Attributes:
        party: its name in the answer.
        parties: those whose limits are meant.
        held: what it has of what the limits at work count, by the measure.
        least: what must go at least, by the measure.
        elements: how many elements go in a least cut.
        not_measured: how many of them nobody can weigh by the measure.
        computed: whether any limit could be put as a row; without one there is no least.
        members: where several parties are counted together, what each must and may give.

    """

    party: str
    parties: tuple[str, ...]
    held: Figure
    least: Least
    elements: Number
    not_measured: Number
    demands: tuple[Demand, ...]
    forced: tuple[Forced, ...]
    open: tuple[Open, ...]
    clashes: tuple[Clash, ...]
    stages: tuple[Stage, ...]
    left_out: tuple[LeftOut, ...]
    partial: tuple[tuple[Row, str], ...]
    computed: bool = True
    members: tuple[tuple[str, Range], ...] = ()

    @property
    def percent(self) -> float | None:
        """The least as a share of what is held, in percent."""
        held = self.held.value.best
        return 100 * self.least.best / held if held and self.least.best is not None else None

    @property
    def left(self) -> Number | None:
        """What is left after the least cut."""
        return None if self.least.best is None else plain(self.held.value.best - self.least.best)


@dataclass(frozen=True)
class Ratio:
    """One side's holdings as a multiple of another's, before and after."""

    one: str
    other: str
    before: float | None
    after: float | None


@dataclass(frozen=True, repr=False)
class Cuts(Result):
    """The answer of `reduce`."""

    case: Case
    text: Text
    compiled: Compiled
    at: date
    chosen: Chosen
    measure: Measure
    sides: tuple[SideCut, ...]
    counted_for: tuple[str, ...]
    start: date
    rates: tuple[tuple[str, float], ...] = ()
    view: str = ""
    without_data: tuple[NotComputed, ...] = field(default=(), repr=False)

    def side(self, party: str) -> SideCut:
        """One side by name; raises KeyError."""
        for found in self.sides:
            if found.party == party:
                return found
        raise KeyError(f"no side {party} in {self.text.id}")

    @property
    def total(self) -> Number | None:
        """What must go on all sides together."""
        if any(s.least.best is None for s in self.sides):
            return None
        return plain(sum(s.least.best or 0 for s in self.sides))

    def share(self, side: SideCut) -> float | None:
        """A side's part of the whole cut, in percent."""
        total = self.total
        return 100 * side.least.best / total if total and side.least.best is not None else None

    @property
    def ratios(self) -> tuple[Ratio, ...]:
        """Each side against each later one, before and after."""
        found = []
        for i, a in enumerate(self.sides):
            for b in self.sides[i + 1 :]:
                before = _over(a.held.value.best, b.held.value.best)
                found.append(Ratio(a.party, b.party, before, _over(a.left, b.left)))
        return tuple(found)

    @property
    def not_computed(self) -> tuple[NotComputed, ...]:
        """The provisions that no row says, or that no data can answer, and why."""
        return (*self.compiled.not_computed, *self.without_data)

    @property
    def members(self) -> frozenset[str]:
        """The parties whose arms the answer speaks of."""
        return frozenset(
            m for r in self.compiled.rows for s in self.sides if r.party in s.parties for m in r.members
        )  # fmt: skip

    @property
    def in_force(self) -> tuple[InForce, str]:
        """Whether the text is in force, and since when or why not."""
        return self.text.in_force(self.at)

    def records(self) -> list[dict[str, Any]]:
        """One row a side."""
        return [
            {
                "party": s.party,
                "basis": self.chosen.basis,
                "by": self.measure.id,
                "held": s.held.value.best,
                "least": s.least.best,
                "least_low": s.least.low,
                "least_high": s.least.high,
                "least_at_lower_end": s.least.lower_end,
                "percent": _rounded(s.percent),
                "share": _rounded(self.share(s)),
                "left": s.left,
                "elements": s.elements,
                "not_measured": s.not_measured,
                "forced": "; ".join(f"{f.system} {f.number}" for f in s.forced),
            }
            for s in self.sides
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "text": self.text.id,
            "view": self.view or None,
            "forces": {p: i.id for p, i in self.chosen.by_party.items() if p in self.members},
            "forces_missing": list(self.chosen.missing),
            "at": self.at.isoformat(),
            "basis": self.chosen.basis,
            "basis_of_text": self.chosen.asked_basis,
            "in_force": self.in_force[0],
            "by": self.measure.id,
            "unit": self.measure.unit,
            "counted_for": list(self.counted_for),
            "parties": {s.party: self._side(s) for s in self.sides},
            "ratios": [
                {
                    "of": r.one,
                    "to": r.other,
                    "before": _rounded(r.before),
                    "after": _rounded(r.after),
                }
                for r in self.ratios
            ],
            "from": self.start.isoformat(),
            "rates": dict(self.rates),
            "not_computed": [
                {"provision": n.provision.id, "why": n.why} for n in self.not_computed
            ],
        }

    def _side(self, s: SideCut) -> dict[str, Any]:
        return {
            "least": s.least.best,
            "computed": s.computed,
            "percent": _rounded(s.percent),
            "share": _rounded(self.share(s)),
            "forced": {f.system: f.number for f in s.forced},
            "free": [
                {
                    "least": o.least,
                    "most": o.most,
                    "systems": [
                        {
                            "system": c.system,
                            "part": c.part,
                            "has": c.now,
                            "least": c.least,
                            "most": c.most,
                        }
                        for c in o.choices
                    ],
                }
                for o in s.open
            ],
            "least_low": s.least.low,
            "least_high": s.least.high,
            "least_at_lower_end": s.least.lower_end,
            "held": s.held.value.best,
            "left": s.left,
            "elements": s.elements,
            "not_measured": s.not_measured,
            "limits": [
                {
                    **_limit(d.limit),
                    "before": d.before,
                    "after": {"least": d.after[0], "most": d.after[1]},
                    "cut": {"least": d.cut[0], "most": d.cut[1]},
                    "worth_of_one_more": d.worth,
                }
                for d in s.demands
            ],
            "reasons": {
                f.system: {
                    "has": f.now,
                    "limits": [_limit(r) for r in f.limits],
                    "by_least": f.least,
                }
                for f in s.forced
            },
            "schedule": [
                {
                    "at": g.at.isoformat(),
                    "due": g.due.isoformat() if g.due else None,
                    "limits": list(dict.fromkeys(r.name for r in g.limits)),
                    "least": g.least.best,
                    "least_low": g.least.low,
                    "least_high": g.least.high,
                    "least_at_lower_end": g.least.lower_end,
                    "years": _rounded(g.years),
                    "done": g.done.isoformat() if g.done else None,
                    "in_time": g.in_time,
                    "needed_a_year": _rounded(g.needed),
                }
                for g in s.stages
            ],
            "clashes": [[{**_limit(r), "move": move} for r, move in c.parts] for c in s.clashes],
            "members": {p: {"least": a, "most": b} for p, (a, b) in s.members},
            "left_out": [
                {"limit": x.row.limit, "party": x.row.party, "why": x.why} for x in s.left_out
            ],
            "at_least_only": [{"limit": r.limit, "why": why} for r, why in s.partial],
        }


def _limit(r: RegionRow) -> dict[str, Any]:
    assert r.row is not None
    return {
        "limit": r.row.limit,
        "title": r.row.title,
        "party": r.row.party,
        "site": r.site,
        "at_most": r.value,
        "relation": r.row.relation,
        "provision": r.row.provision.id,
        "article": article(r),
        "sources": list(sources(r)),
    }


def article(r: RegionRow) -> str:
    """Where a limit's value stands in its text."""
    assert r.row is not None
    return (r.dated.step.at_place if r.dated else "") or r.row.provision.article


def sources(r: RegionRow) -> tuple[str, ...]:
    """The cites of a limit and of the value that holds."""
    assert r.row is not None
    cites = [*(r.dated.step.source if r.dated else ()), *r.row.provision.source]
    return tuple(dict.fromkeys(map(str, cites)))


def _over(a: Number | None, b: Number | None) -> float | None:
    return a / b if a is not None and b else None


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 4)
