"""Statements: who said what, when, in which document, on which condition.

A plain query of the record, in its order: every condition given narrows it down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from detente.analyses.result import Result
from detente.analyses.shelves import record_of
from detente.model.case import Case
from detente.model.dates import When
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import BOTH, Act, Record, Statement
from detente.model.written import Miswritten


@dataclass(frozen=True, repr=False)
class Said(Result):
    """The answer of `statements`: the statements asked for, in the order of the record."""

    case: Case
    asked: tuple[tuple[str, str], ...]
    found: tuple[Statement, ...]

    def records(self) -> list[dict[str, Any]]:
        """One row a statement."""
        return [
            {k: ", ".join(v) if isinstance(v, list) else v for k, v in row.items()}
            for row in self.as_data()["statements"]
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        record = record_of(self.case)
        return {
            "case": self.case.id,
            "asked": dict(self.asked),
            "statements": [statement_data(record, s) for s in self.found],
        }


def statement_data(record: Record, s: Statement) -> dict[str, Any]:
    """One statement as plain data; `leaves_out` comes from its option."""
    position = record.position(s.key)
    return {
        "id": s.id,
        "date": str(s.date),
        "document": s.document,
        "paragraph": s.paragraph,
        "party": s.party,
        "act": s.act,
        "issue": s.issue,
        "option": s.option,
        "says": position.text if position else "",
        "stance": s.stance,
        "conditional_on": list(s.conditional_on),
        "leaves_out": list(position.leaves_out) if position else [],
        "covers": s.covers or "whole",
        "authority": s.authority,
        "audience": s.audience or "put",
        "joint": s.joint,
        "reported_by": s.reported_by,
        "complaint_by": s.complaint.by if s.complaint else "",
        "note": s.note,
        "confidence": s.confidence,
    }


def statements(
    case: Case,
    *,
    issue: str | None = None,
    option: str | None = None,
    party: str | None = None,
    act: str | None = None,
    document: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    internal: bool = True,
) -> Said:
    """Statements of the record that meet every condition given.

    Args:
        case: the case.
        issue: only on this issue.
        option: only on this option (`issue/option`, or the option alone with `issue`).
        party: only by this party; joint statements are by every party.
        act: only of this act (proposes, accepts, …); several parted by commas.
        document: only in this document.
        since: only such as may be of this day or later.
        until: only such as may be of this day or earlier.
        internal: also what was not shown to the other side.

    Raises:
        Refused: a name is not known, or a date cannot be read.

    """
    record = record_of(case)
    problems: list[Problem] = []
    if option and "/" in option:
        named, _, option = option.partition("/")
        issue = issue or named
    acts = tuple(a.strip() for a in (act or "").split(",") if a.strip())
    known: list[tuple[str, str | None, Iterable[str], str]] = [
        ("issue", issue, record.issues, "E313"),
        ("party", party, [*case.parties, *case.groups, BOTH], "E301"),
        ("document", document, record.documents, "E317"),
        *(("act", a, get_args(Act), "E604") for a in acts),
    ]
    if option and issue and issue in record.issues:
        known.append(("option", option, record.issues[issue].options, "E313"))
    elif option and not issue:
        problems.append(Problem("E604", "name the option as issue/option"))
    for what, name, names, code in known:
        if name and name not in names:
            hint = did_you_mean(name, names)
            problems.append(Problem(code, f"unknown {what} '{name}'", (), hint))
    first, last = _day(since, "since", problems), _day(until, "until", problems)
    if problems:
        raise Refused(problems)
    found = tuple(
        s
        for s in record.statements
        if (not issue or s.issue == issue)
        and (not option or s.option == option)
        and (not party or s.party in (party, BOTH))
        and (not acts or s.act in acts)
        and (not document or s.document == document)
        and (first is None or s.date.last >= first.first)
        and (last is None or s.date.first <= last.last)
        and (internal or s.audience != "internal")
    )
    asked = {
        "issue": issue,
        "option": option,
        "party": party,
        "act": ", ".join(acts),
        "document": document,
        "since": since,
        "until": until,
    }
    return Said(case, tuple((k, str(v)) for k, v in asked.items() if v), found)


def _day(value: str | date | None, what: str, problems: list[Problem]) -> When | None:
    if value is None or value == "":
        return None
    try:
        when = When.parse(value.isoformat() if isinstance(value, date) else value)
    except Miswritten as bad:
        problems.append(Problem("E604", f"{what}: {bad}"))
        return None
    if not when.fixed:
        problems.append(Problem("E604", f"{what}: a calendar date is needed, not {when}"))
        return None
    return when
