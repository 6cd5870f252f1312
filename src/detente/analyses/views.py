"""Views: the same forces under one text as several views have it, and what the verdict turns on.

A view picks readings of clauses and claimants of figures. Where two views part, each single
reading or claim in which they differ is tried by itself: those that alone turn the verdict are
named; where none does, several do it together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detente.analyses.count import Count, LimitCount, count_compiled
from detente.analyses.forces import choose_forces, find_text, find_view, parse_date
from detente.analyses.result import Result
from detente.compile.compiler import compile_text
from detente.model.case import Case, View
from detente.model.texts import Text

NEUTRAL = View(id="neutral", title="No reading picked")


@dataclass(frozen=True)
class Seen:
    """One limit of one party under each view; `turns_on` says what the verdict or figure hangs on."""

    limit: str
    title: str
    party: str
    under: tuple[LimitCount | None, ...]
    turns_on: tuple[str, ...] = ()

    @property
    def parts(self) -> bool:
        """Whether the views do not agree on the figure or the verdict."""
        states = {(x.counted, x.verdict) if x else None for x in self.under}
        return len(states) > 1


@dataclass(frozen=True, repr=False)
class ViewCount(Result):
    """The answer of `count` with several views."""

    case: Case
    text: Text
    views: tuple[View, ...]
    counts: tuple[Count, ...]
    rows: tuple[Seen, ...]

    def records(self) -> list[dict[str, Any]]:
        """One row a limit, party and view."""
        return [
            {
                "limit": r.limit,
                "party": r.party,
                "view": v.id,
                "counted": x.counted.best if x else None,
                "low": x.counted.low if x else None,
                "high": x.counted.high if x else None,
                "at_most": x.at_most if x else None,
                "verdict": x.verdict if x else "no such limit",
                "turns_on": "; ".join(r.turns_on),
            }
            for r in self.rows
            for v, x in zip(self.views, r.under, strict=True)
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON: each view's count in full, and what the verdicts turn on."""
        return {
            "case": self.case.id,
            "text": self.text.id,
            "at": self.counts[0].at.isoformat(),
            "views": {v.id: c.as_data() for v, c in zip(self.views, self.counts, strict=True)},
            "turns": [
                {"limit": r.limit, "party": r.party, "turns_on": list(r.turns_on)}
                for r in self.rows
                if r.parts
            ],
        }


def count_views(
    case: Case,
    text: str | Text,
    forces: str | date,
    views: Sequence[str],
    *,
    at: str | date | None = None,
    basis: str | None = None,
    party: str | Sequence[str] | None = None,
) -> ViewCount:
    """Count under one text as each view has it; the view `neutral` picks nothing.

    Raises:
        Refused: as `count`.

    """
    wanted = find_text(case, text) if isinstance(text, str) else text
    seen = [NEUTRAL if n == "neutral" else find_view(case, n) or NEUTRAL for n in views]
    only = [party] if isinstance(party, str) else list(party or [])

    def under(view: View) -> Count:
        chosen = choose_forces(case, wanted, forces, basis=basis, view=view)
        day = parse_date(at, "--at") if at is not None else chosen.data_as_of
        if day is None:
            day = max(i.date.first for i in chosen.by_party.values())
        return count_compiled(compile_text(case, wanted, view), chosen, day, only, view.id)

    counts = tuple(under(v) for v in seen)
    tried: dict[View, Count] = dict(zip(seen, counts, strict=True))

    def as_seen(view: View) -> Count:
        if view not in tried:
            tried[view] = under(view)
        return tried[view]

    keys = dict.fromkeys((x.limit, x.party, x.title) for c in counts for x in c.limits)
    rows = []
    for limit, name, title in keys:
        found = tuple(_limit(c, limit, name) for c in counts)
        row = Seen(limit, title, name, found)
        if row.parts:
            turns: dict[str, None] = {}
            for view in seen[1:]:
                turns |= dict.fromkeys(_turns(seen[0], view, row, as_seen))
            row = replace(row, turns_on=tuple(turns))
        rows.append(row)
    return ViewCount(case, wanted, tuple(seen), counts, tuple(rows))


def _limit(c: Count, limit: str, party: str) -> LimitCount | None:
    return next((x for x in c.limits if (x.limit, x.party) == (limit, party)), None)


def _state(c: Count, row: Seen) -> tuple[Any, ...] | None:
    x = _limit(c, row.limit, row.party)
    return (x.counted, x.verdict) if x else None


def _turns(first: View, second: View, row: Seen, as_seen: Any) -> Iterator[str]:
    """The single readings and claims in which two views differ and that make the difference."""
    before, after = _state(as_seen(first), row), _state(as_seen(second), row)
    if before == after:
        return
    old, new = dict(first.readings), dict(second.readings)
    alone = []
    for provision in dict.fromkeys([*old, *new]):
        if old.get(provision) == new.get(provision):
            continue
        readings = {**old, provision: new[provision]} if provision in new else dict(old)
        if provision not in new:
            del readings[provision]
        trial = View(
            id=f"{first.id} with {provision} of {second.id}",
            readings=tuple(readings.items()),
            claims=first.claims,
        )
        if _state(as_seen(trial), row) != before:
            alone.append(
                f"the reading of {provision}: {old.get(provision, 'none picked')} or "
                f"{new.get(provision, 'none picked')}"
            )
    if first.claims != second.claims:
        trial = View(
            id=f"{first.id} with figures of {second.id}",
            readings=first.readings,
            claims=second.claims,
        )
        if _state(as_seen(trial), row) != before:
            whose = [", ".join(v.claims) or "the inventory's own" for v in (first, second)]
            alone.append(f"whose figures: {whose[0]} or {whose[1]}")
    yield from alone or ["several readings together"]
