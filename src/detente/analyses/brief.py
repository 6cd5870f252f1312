"""Brief: the staff paper on a case; its first form compares an option with the text that stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detente.analyses.compare import Comparison, Measure, compare
from detente.analyses.count import LimitCount
from detente.analyses.reduce import Cuts, Least, reduce
from detente.analyses.result import Result
from detente.model.case import Case
from detente.model.cites import Cite
from detente.model.problem import Problem, Refused


@dataclass(frozen=True)
class Cut:
    """What a party must give up under one limit of one text."""

    text: str
    limit: LimitCount


@dataclass(frozen=True, repr=False)
class Brief(Result):
    """The answer of `brief`."""

    case: Case
    comparison: Comparison
    later: Comparison | None
    reductions: tuple[Cuts, ...] = ()

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Every excess under either text, at the ceilings asked for and at later steps."""
        found: list[Cut] = []
        for comparison in (self.comparison, self.later):
            if comparison is None:
                continue
            for c in comparison.counts:
                for x in c.limits:
                    if x.excess and not any(
                        q.text == c.text.id
                        and q.limit.limit == x.limit
                        and q.limit.party == x.party
                        and q.limit.at_most == x.at_most
                        for q in found
                    ):
                        found.append(Cut(c.text.id, x))
        return tuple(found)

    @property
    def stepped(self) -> Comparison | None:
        """Of the later ceilings, the limits that are not what they were before."""
        if self.later is None:
            return None
        before = {(m.limit, m.party): m for m in self.comparison.measures}

        def moved(m: Measure) -> bool:
            old = before.get((m.limit, m.party))
            return old is None or any(
                (a and a.at_most) != (b and b.at_most)
                for a, b in zip(old.under, m.under, strict=True)
            )

        return replace(self.later, measures=tuple(m for m in self.later.measures if moved(m)))

    def records(self) -> list[dict[str, Any]]:
        """The rows of the comparison."""
        return self.comparison.records()

    def as_data(self) -> dict[str, Any]:
        """The comparison, the cuts, and both counts in full."""
        return {
            **self.comparison.as_data(),
            "cuts": [
                {
                    "text": q.text,
                    "limit": q.limit.limit,
                    "party": q.limit.party,
                    "counted": q.limit.counted.best,
                    "at_most": q.limit.at_most,
                    "cut": q.limit.excess,
                    "deadline": q.limit.bound.deadline.isoformat()
                    if q.limit.bound.deadline
                    else None,
                }
                for q in self.cuts
            ],
            "reductions": [
                {
                    "text": r.text.id,
                    "at": r.at.isoformat(),
                    "party": s.party,
                    "least": s.least.best,
                    "least_low": s.least.low,
                    "least_high": s.least.high,
                    "share": r.share(s),
                }
                for r in self.reductions
                for s in r.sides
            ],
            "counts": [c.as_data() for c in self.comparison.counts],
        }

    def cites(self) -> dict[str, list[str]]:
        """Every source that a figure of the brief rests on, with the places in it."""
        found: dict[str, set[str]] = {}

        def add(cites: Iterable[Cite]) -> None:
            for c in cites:
                found.setdefault(c.source, set()).add(c.at)

        for comparison in (self.comparison, self.later):
            for c in comparison.counts if comparison else ():
                for x in c.limits:
                    add(x.row.provision.source)
                    add(x.bound.step.source)
                    for part in x.count.contributions:
                        add(part.element.holding.source)
                for d in c.discrepancies:
                    add(d.published.source)
        return {s: sorted(p for p in places if p) for s, places in sorted(found.items())}


def brief(
    case: Case,
    *,
    baseline: str | None = None,
    option: str | None = None,
    forces: str | date | None = None,
    at: str | date | None = None,
) -> Brief:
    """The brief of a case; what is not given comes from `brief:` in case.yaml.

    Raises:
        Refused: neither the request nor the case says what to compare, or as `count`.

    """
    plan = case.brief
    base = baseline or (plan.baseline if plan else "")
    other = option or (plan.option if plan else "")
    data = forces or (plan.forces if plan else "")
    missing = [n for n, v in (("baseline", base), ("option", other), ("forces", data)) if not v]
    if missing:
        message = f"the case does not say what the brief compares: {', '.join(missing)}"
        raise Refused(
            [Problem("E604", message, (), "add `brief:` to case.yaml, or give the options")]
        )
    when = at or (plan.at if plan and plan.at else None)
    first = compare(case, base, other, data, at=when)
    last = _last_step(first)
    later = (
        compare(case, base, other, data, at=last) if last and last > first.counts[0].at else None
    )
    return Brief(case, first, later, tuple(_reductions(first, later, data)))


def _reductions(first: Comparison, later: Comparison | None, forces: str | date) -> Iterator[Cuts]:
    """The least under each text, at the first ceilings; at later ones where they ask for another cut."""
    before: dict[str, list[Least]] = {}
    for comparison in (first, later):
        for c in comparison.counts if comparison else ():
            found = reduce(c.case, c.text, forces, at=c.at)
            least = [s.least for s in found.sides]
            if before.get(c.text.id) != least:
                before[c.text.id] = least
                yield found


def _last_step(comparison: Comparison) -> date | None:
    """The first day of the last step of any ceiling, when some ceiling has steps."""
    starts = [
        b.start
        for c in comparison.counts
        for x in c.limits
        for b in x.row.bounds
        if len(x.row.bounds) > 1 and b.start
    ]
    return max(starts, default=None)
