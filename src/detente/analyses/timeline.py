"""Timeline: positions by side and the status of each issue, over the whole record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from detente.analyses.result import Result
from detente.analyses.standing import (
    IssueStanding,
    Ledger,
    Status,
    issue_standing,
    known_from,
    record_of,
)
from detente.model.case import Case
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import Question, Statement


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
    end: date

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
        return {"case": self.case.id, "ledger": self.ledger, "stretches": self.records()}


def timeline(
    case: Case, *, issue: str | Sequence[str] | None = None, ledger: str = "all"
) -> Timeline:
    """Positions by side over time. Raises `Refused` for an unknown issue, or without a record."""
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
            _extend(found[name], issue_standing(book, alive, record.issues[name]), day, papers)
    end = statements[-1].date.last if statements else date.min
    issues = tuple((record.issues[n], tuple(found[n])) for n in wanted if found[n])
    return Timeline(case, ledger, record.parties, issues, end)


def _extend(
    stretches: list[Stretch], x: IssueStanding, day: date, papers: Sequence[Statement]
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
    moved = tuple(s for s in papers if s.issue == x.issue.id) or tuple(papers[:1])
    stretches.append(Stretch(x.issue, day, None, x.status, options, moved))
