"""Timeline: positions by side and the status of each issue, over the whole record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from detente.analyses.forces import parse_date
from detente.analyses.result import Result
from detente.analyses.standing import (
    Event,
    IssueStanding,
    Ledger,
    Status,
    issue_standing,
    known_from,
    moved_by,
    record_of,
)
from detente.model.case import Case
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import Question, Statement

MANY = 100  # from so many statements on, a few far away ones do not set the picture's scale


@dataclass(frozen=True)
class Stretch:
    """A time in which an issue stood as it did: from a day on, to the day before the next."""

    issue: Question
    start: date
    end: date | None
    status: Status
    options: tuple[tuple[str, tuple[str, ...]], ...]
    moved_by: tuple[Statement, ...]

    def of(self, party: str) -> tuple[str, ...]:
        """What a side stood on."""
        return dict(self.options).get(party, ())


@dataclass(frozen=True, repr=False)
class Timeline(Result):
    """The answer of `timeline`: for each issue its stretches in order."""

    case: Case
    ledger: str
    parties: tuple[str, ...]
    issues: tuple[tuple[Question, tuple[Stretch, ...]], ...]
    start: date
    end: date
    moves: tuple[Event, ...] = ()

    def records(self) -> list[dict[str, Any]]:
        """One row a stretch."""
        return [
            {
                "issue": q.id,
                "from": x.start.isoformat(),
                "to": x.end.isoformat() if x.end else None,
                "status": x.status,
                **{p: "; ".join(x.of(p)) for p in self.parties},
                "moved_by": "; ".join(s.id for s in x.moved_by),
            }
            for q, stretches in self.issues
            for x in stretches
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "ledger": self.ledger,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "stretches": [
                {
                    "issue": q.id,
                    "from": x.start.isoformat(),
                    "to": x.end.isoformat() if x.end else None,
                    "status": x.status,
                    "options": {p: list(x.of(p)) for p in self.parties},
                    "moved_by": [s.id for s in x.moved_by],
                }
                for q, stretches in self.issues
                for x in stretches
            ],
            "moves": [{"kind": e.kind, **e.as_data()} for e in self.moves],
        }


def timeline(
    case: Case,
    *,
    issue: str | Sequence[str] | None = None,
    ledger: str = "all",
    start: str | date | None = None,
    end: str | date | None = None,
) -> Timeline:
    """Positions by side over time, from a day to a day.

    Without `start` and `end` the time in which the bulk of the statements was made.

    Raises:
        Refused: an issue is unknown, the case has no record, or the days are the wrong way round.

    """
    record = record_of(case)
    wanted = [issue] if isinstance(issue, str) else list(issue or record.issues)
    for name in wanted:
        if name not in record.issues:
            hint = did_you_mean(name, record.issues, "issues")
            raise Refused([Problem("E313", f"unknown issue '{name}'", (), hint)])
    book = Ledger(record, record.parties)
    found: dict[str, list[Stretch]] = {n: [] for n in wanted}
    statements = known_from(record, ledger)
    for day, group in groupby(statements, key=lambda s: s.date.last):
        papers = list(group)
        book.take(papers)
        alive = book.holding()
        for name in wanted:
            x = issue_standing(book, alive, record.issues[name])
            _extend(found[name], x, day, moved_by(record, x, papers))
    days = sorted(s.date.last for s in statements if s.issue in found)
    first, last = _bulk(days, [x.start for stretches in found.values() for x in stretches])
    first = parse_date(start, "--from", first=True) if start is not None else first
    last = parse_date(end, "--to") if end is not None else last
    if first >= last:
        raise Refused([Problem("E604", f"--from {first} is not before --to {last}")])
    kept = {n: [x for x in found[n] if x.start <= last and (x.end or last) > first] for n in wanted}
    issues = tuple((record.issues[n], tuple(kept[n])) for n in wanted if kept[n])
    moves = tuple(e for e in book.events if e.issue in found and first <= e.date <= last)
    return Timeline(case, ledger, record.parties, issues, first, last, moves)


def _bulk(days: Sequence[date], changes: Sequence[date]) -> tuple[date, date]:
    """The days that a picture spans: all changes, or of many statements all but the outermost."""
    if not days:
        return date.min, date.max
    first, last = days[0], max(changes, default=days[-1])
    if len(days) >= MANY:
        edge = len(days) // 50
        first, last = days[edge], days[-1 - edge]
    margin = max(30, (last - first).days // 30)
    return first - timedelta(days=margin), last + timedelta(days=margin)


def _extend(
    stretches: list[Stretch], x: IssueStanding, day: date, moved: tuple[Statement, ...]
) -> None:
    """A new stretch where the status or any position is another than before."""
    options = tuple((p, tuple(sorted({h.option for h in held}))) for p, held in x.stands)
    last = stretches[-1] if stretches else None
    if last is None and x.status == "silent":
        return
    if last and (last.status, last.options) == (x.status, options):
        return
    if last:
        stretches[-1] = Stretch(
            last.issue, last.start, day, last.status, last.options, last.moved_by
        )
    stretches.append(Stretch(x.issue, day, None, x.status, options, moved))
