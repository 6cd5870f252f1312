"""Standing: where each issue stands at a date, from the order of the statements alone.

The ledger (`detente.analyses.ledger`) says what each side holds; here that becomes the status of each
issue, the statements that made it so, and what was reopened and conceded up to then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, Literal

from detente.analyses.forces import parse_date
from detente.analyses.ledger import Basis, ConditionState, Event, Held, Holding, Ledger, Spent
from detente.analyses.result import Result
from detente.model.case import Case
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import Question, Record, Statement

__all__ = [
    "Basis",
    "ConditionState",
    "Event",
    "Held",
    "IssueStanding",
    "Ledger",
    "Spent",
    "Standing",
    "Status",
    "Step",
    "issue_standing",
    "known_from",
    "ledger_at",
    "record_of",
    "standing",
]

Status = Literal[
    "agreed",
    "agreed on condition",
    "ad referendum",
    "reserved",
    "bracketed",
    "one-sided",
    "dropped",
    "silent",
]


@dataclass(frozen=True)
class Step:
    """A statement on the path of an issue, and the status after its day where that changed."""

    statement: Statement
    status: Status | None = None


@dataclass(frozen=True)
class Tied:
    """A condition of a position that stands: what it hangs on, and how that stands."""

    held: Held
    condition: str
    state: ConditionState
    content: tuple[str, ...] = ()
    content_before: tuple[str, ...] = ()


@dataclass(frozen=True)
class IssueStanding:
    """One issue: its status, what each side stands on, and the statements that made it so.

    `common` are the options that all sides stand on and one has accepted; `parts` those that stand
    only in part. `contested`: each side stands on something that excludes something of another's.
    `spent` are offers that were refused and not replaced, `outside` what each side put the issue
    outside with, `readings` what one side alone reads into agreed words, `reserved` the reservations.
    """

    issue: Question
    status: Status
    stands: tuple[tuple[str, tuple[Held, ...]], ...]
    common: tuple[str, ...]
    because: tuple[Statement, ...]
    reasons: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    contested: bool = False
    tied: tuple[Tied, ...] = ()
    spent: tuple[tuple[str, Spent], ...] = ()
    outside: tuple[tuple[str, str], ...] = ()
    readings: tuple[Held, ...] = ()
    reserved: tuple[tuple[str, Statement], ...] = ()
    spoke: tuple[str, ...] = ()

    def of(self, party: str) -> tuple[Held, ...]:
        """What a side stands on."""
        return dict(self.stands).get(party, ())

    @property
    def open(self) -> tuple[str, ...]:
        """What agreed parts leave open, in the record's words."""
        held = [h for _, all_ in self.stands for h in all_]
        found = [h.left_open for h in held if h.option in self.parts and h.left_open]
        return tuple(dict.fromkeys(found))

    def shared_scope(self, option: str) -> tuple[str, ...]:
        """The platforms for which all sides stand on an option; none: no platform was named."""
        scopes = [
            {p for h in held if h.option == option for p in h.scope or ("",)}
            for _, held in self.stands
        ]
        named = sorted({p for s in scopes for p in s if p})
        return tuple(p for p in named if all(p in s or "" in s for s in scopes))

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "issue": self.issue.id,
            "status": self.status,
            "options": {p: held[0].option if held else None for p, held in self.stands},
            "all_options": {
                p: list(dict.fromkeys(h.option for h in held)) for p, held in self.stands
            },
            "common": list(self.common),
            "agreed_in_part": [
                {"option": o, "scope": list(self.shared_scope(o))} for o in self.parts
            ],
            "left_open": list(self.open),
            "contested": self.contested,
            "positions": {p: [_position(h) for h in held] for p, held in self.stands},
            "refused": [
                {"party": p, "option": x.held.key, "statement": x.held.statement.id, "by": x.by.id}
                for p, x in self.spent
            ],
            "outside": dict(self.outside),
            "because": [s.id for s in self.because],
            "reasons": list(self.reasons),
        }


def _position(h: Held) -> dict[str, Any]:
    found: dict[str, Any] = {"option": h.option, "basis": h.basis, "statement": h.statement.id}
    if h.conditions:
        found["conditions"] = list(h.conditions)
    if h.in_words:
        found["condition_in_words"] = h.in_words
    if h.in_principle:
        found["in_principle"] = True
    if h.partial or h.narrow:
        found["part"] = True
    if h.scope:
        found["scope"] = list(h.scope)
    if h.statement.reported_by and h.statement.reported_by != h.party:
        found["reported_by"] = h.statement.reported_by
    return found


@dataclass(frozen=True, repr=False)
class Standing(Result):
    """The answer of `standing`."""

    case: Case
    at: date
    ledger: str
    issues: tuple[IssueStanding, ...]
    reopenings: tuple[Event, ...]
    concessions: tuple[Event, ...]
    circles: tuple[tuple[Held, ...], ...] = ()
    paths: tuple[tuple[str, tuple[Step, ...]], ...] = ()

    def issue(self, name: str) -> IssueStanding:
        """One issue by id; raises KeyError."""
        for found in self.issues:
            if found.issue.id == name:
                return found
        raise KeyError(name)

    def records(self) -> list[dict[str, Any]]:
        """One row an issue."""
        return [
            {
                "issue": x.issue.id,
                "title": x.issue.title,
                "status": x.status,
                "common": "; ".join(x.common),
                **{p: "; ".join(h.option for h in held) for p, held in x.stands},
                "because": "; ".join(s.id for s in x.because),
            }
            for x in self.issues
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "date": self.at.isoformat(),
            "ledger": self.ledger,
            "issues": [x.as_data() for x in self.issues],
            "reopenings": [e.as_data() for e in self.reopenings],
            "concessions": [e.as_data() for e in self.concessions],
            "circles": [
                [{"party": h.party, "option": h.key, "statement": h.statement.id} for h in circle]
                for circle in self.circles
            ],
            **({"history": self._history()} if self.paths else {}),
        }

    def _history(self) -> dict[str, list[dict[str, Any]]]:
        return {
            issue: [
                {
                    "statement": x.statement.id,
                    "date": str(x.statement.date),
                    "document": x.statement.document,
                    "paragraph": x.statement.paragraph,
                    "party": x.statement.party,
                    "act": x.statement.act,
                    "option": x.statement.key,
                    "internal": x.statement.audience == "internal",
                    "status": x.status,
                }
                for x in path
            ]
            for issue, path in self.paths
        }


def record_of(case: Case) -> Record:
    """The record of a case. Raises `Refused` when it has none."""
    if case.record is None or not case.record.statements:
        hint = "a record stands under record/: documents, issues, statements, linkages"
        raise Refused([Problem("E601", "the case has no record of statements", (), hint)])
    return case.record


def known_from(record: Record, ledger: str, day: date | None = None) -> list[Statement]:
    """The statements that a ledger holds at a day (by default at the end of the record).

    `all`: every statement; `joint`: joint texts alone; a party: joint texts, each side's own words,
    and what that party's own papers report. What the other side alone reports is left out, unless
    own words bear it out later (`confirmed_by`). Raises `Refused` for an unknown ledger.
    """
    if ledger == "all":
        return list(record.statements)
    if ledger == "joint":
        return [s for s in record.statements if s.joint]
    if ledger not in record.parties:
        hint = did_you_mean(ledger, ["all", "joint", *record.parties], "ledgers")
        raise Refused([Problem("E604", f"unknown ledger '{ledger}'", (), hint)])

    def known(s: Statement) -> bool:
        if s.joint or s.reported_by in ("", ledger):
            return True
        later = record.statement(s.confirmed_by) if s.confirmed_by else None
        return later is not None and (day is None or later.date.last <= day)

    return [s for s in record.statements if known(s)]


def standing(
    case: Case,
    at: str | date,
    *,
    issue: str | Sequence[str] | None = None,
    ledger: str = "all",
    history: bool = False,
) -> Standing:
    """Where each issue stands at a date, and what was reopened and conceded up to then.

    With `history` also the path of each issue: its statements in order, with the statuses.

    Raises:
        Refused: the case has no record, or there is no such issue or ledger.

    """
    record = record_of(case)
    day = parse_date(at, "--date")
    wanted = [issue] if isinstance(issue, str) else list(issue or [])
    for name in wanted:
        if name not in record.issues:
            hint = did_you_mean(name, record.issues, "issues")
            raise Refused([Problem("E313", f"unknown issue '{name}'", (), hint)])
    book = ledger_at(record, day, ledger)
    alive = book.holding()
    issues = tuple(
        issue_standing(book, alive, q)
        for q in record.issues.values()
        if not wanted or q.id in wanted
    )
    events = [e for e in book.events if not wanted or e.issue in wanted]
    circles = [
        circle
        for circle in book.circles(alive)
        if not wanted or any(h.issue in wanted for h in circle)
    ]
    return Standing(
        case,
        day,
        ledger,
        issues,
        tuple(e for e in events if e.kind == "reopening"),
        tuple(e for e in events if e.kind == "concession"),
        tuple(circles),
        _paths(record, known_from(record, ledger, day), day, issues) if history else (),
    )


def _paths(
    record: Record, known: Sequence[Statement], day: date, issues: Sequence[IssueStanding]
) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """The statements of each issue and those that put it outside, with each change of status."""
    book = Ledger(record, record.parties)
    paths: dict[str, list[Step]] = {x.issue.id: [] for x in issues}
    status: dict[str, Status] = dict.fromkeys(paths, "silent")
    for _, group in groupby((s for s in known if s.date.last <= day), key=lambda s: s.date.last):
        papers = list(group)
        book.take(papers)
        alive = book.holding()
        for x in issues:
            name = x.issue.id
            steps = [Step(s) for s in papers if s.issue == name or _puts_outside(record, s, name)]
            now = issue_standing(book, alive, x.issue)
            if now.status != status[name]:
                last = steps.pop().statement if steps else moved_by(record, now, papers)[-1]
                steps.append(Step(last, now.status))
                status[name] = now.status
            paths[name] += steps
    return tuple((name, tuple(path)) for name, path in paths.items())


def moved_by(
    record: Record, x: IssueStanding, papers: Sequence[Statement]
) -> tuple[Statement, ...]:
    """Which statements of a day moved an issue: those on it, or on what its positions hang on."""
    own = [s for s in papers if s.issue == x.issue.id or _puts_outside(record, s, x.issue.id)]
    if own:
        return tuple(own)
    tied = {t.condition for t in x.tied}
    tied |= {c for _, held in x.stands for h in held for c in h.conditions}
    issues = {c.partition("/")[0] for c in tied}
    issues |= {i for c in tied if (p := record.position(c)) for i in p.spans}
    found = [
        s
        for s in papers
        if s.issue in issues or any(_puts_outside(record, s, i) for i in sorted(issues))
    ]
    return tuple(found) or tuple(papers[:1])


def _puts_outside(record: Record, s: Statement, issue: str) -> bool:
    position = record.position(s.key)
    return bool(
        position and issue in position.leaves_out and s.act in ("proposes", "accepts", "rejects")
    )


def ledger_at(record: Record, day: date, ledger: str = "all") -> Ledger:
    """The ledger of all statements up to a day."""
    book = Ledger(record, record.parties)
    book.take(s for s in known_from(record, ledger, day) if s.date.last <= day)
    return book


# --- one issue ------------------------------------------------------------------------------------
def issue_standing(book: Ledger, alive: Holding, issue: Question) -> IssueStanding:
    """Where one issue stands, given the positions that hold."""
    sides = {p: book.side(p, issue.id) for p in book.parties}
    stands = {p: book.stands(p, issue.id, alive) for p in book.parties}
    shared = _shared(stands)
    common = [o for o in shared if all(any(_whole(h, o) for h in x) for x in stands.values())]
    parts = [o for o in shared if o not in common]
    common.sort(key=lambda o: -_latest(stands, o))
    for party, held in stands.items():
        stands[party] = sorted(held, key=lambda h: _rank(h, [*common, *parts]))
    tied = tuple(_tied(book, h, c, alive) for x in stands.values() for h in x for c in h.conditions)
    contested = _contested(book, stands, alive)
    left_on_table = any(
        h.option in parts and not _answered(h, stands[q])
        for p, held in stands.items()
        for h in held
        for q in book.others(p)
    )
    reserved = [
        (p, r)
        for p, side in sides.items()
        for r in side.reserved
        if not any(h.statement.joint and book.after(h.statement, r) for h in stands[p])
    ]
    status: Status
    if (common or parts) and not contested and not left_on_table:
        status = _agreed(book, stands, [*common, *parts], alive, reserved)
    else:
        status = _apart(book, issue, stands)
    readings = _readings(book, stands, common)
    spent = [(p, x) for p, side in sides.items() for x in side.spent if not x.past]
    outside = [(p, side.left_out[1]) for p, side in sides.items() if side.left_out]
    found = IssueStanding(
        issue,
        status,
        tuple((p, tuple(held)) for p, held in stands.items()),
        tuple(common),
        tuple(dict.fromkeys(h.statement for held in stands.values() for h in held)),
        (),
        tuple(parts),
        contested,
        tied,
        tuple(spent),
        tuple(outside),
        tuple(readings),
        tuple(reserved),
        tuple(p for p, side in sides.items() if side.spoke),
    )
    return _with_reasons(book, alive, found)


def _whole(h: Held, option: str) -> bool:
    return h.option == option and not h.partial and not h.narrow


def _answered(h: Held, held: Sequence[Held]) -> bool:
    """Whether another side stands on the same part of an option."""
    return any(
        x.option == h.option and _meet(x, h) and (x.partial or x.narrow) <= (h.partial or h.narrow)
        for x in held
    )


def _shared(stands: dict[str, list[Held]]) -> list[str]:
    """Options that all sides stand on, on scopes that meet, and that one at least has accepted."""
    found = []
    options = dict.fromkeys(h.option for held in stands.values() for h in held)
    for option in options:
        each = [[h for h in held if h.option == option] for held in stands.values()]
        if not all(each) or not any(h.basis == "acceptance" for x in each for h in x):
            continue
        first, *rest = each
        meets = any(all(any(_meet(h, other) for other in x) for x in rest) for h in first)
        if meets:
            found.append(option)
    return found


def _meet(a: Held, b: Held) -> bool:
    return not a.scope or not b.scope or bool(set(a.scope) & set(b.scope))


def _rank(h: Held, common: Sequence[str]) -> tuple[int, bool, bool, int]:
    at = common.index(h.option) if h.option in common else len(common)
    return at, h.conditional, h.partial, -h.statement.date.last.toordinal()


def _latest(stands: dict[str, list[Held]], option: str) -> int:
    return max(
        h.statement.date.last.toordinal()
        for held in stands.values()
        for h in held
        if h.option == option
    )


def _contested(book: Ledger, stands: dict[str, list[Held]], alive: Holding) -> bool:
    """Whether each of two sides holds, not on condition, what excludes something of the other's."""
    firm = {p: [h for h in held if book.effective(h, alive)] for p, held in stands.items()}
    return _differ(book, firm)


def _differ(book: Ledger, stands: dict[str, list[Held]]) -> bool:
    return any(
        book.apart(a, b)
        for p, held in stands.items()
        for a in held
        for q in stands
        if q != p
        for b in stands[q]
    )


def _readings(book: Ledger, stands: dict[str, list[Held]], common: Sequence[str]) -> list[Held]:
    """What one side alone reads into words that all agreed."""
    found = []
    for held in stands.values():
        for h in held:
            position = book.record.position(h.key)
            reading = position.reading_of if position else None
            if reading and reading.option in common and h.option not in common:
                found.append(h)
    return found


def _tied(book: Ledger, h: Held, condition: str, alive: Holding) -> Tied:
    day = book.day
    return Tied(
        h,
        condition,
        book.condition(h, condition, alive),
        book.content(condition, h.party, day),
        book.first_tied_to(h, condition),
    )


def _agreed(
    book: Ledger,
    stands: dict[str, list[Held]],
    options: Sequence[str],
    alive: Holding,
    reserved: Sequence[tuple[str, Statement]],
) -> Status:
    mine = [h for held in stands.values() for h in held if h.option in options]
    if any(not book.effective(h, alive) for h in mine):
        return "agreed on condition"
    for _, r in reserved:
        if any(r.option == o or not book.record.compatible(r.issue, r.option, o) for o in options):
            return "reserved"
    if any(h.in_principle for h in mine):
        return "ad referendum"
    return "agreed"


def _apart(book: Ledger, issue: Question, stands: dict[str, list[Held]]) -> Status:
    sides = {p: book.side(p, issue.id) for p in book.parties}
    speaking = [p for p, held in stands.items() if held]
    outside = [p for p, side in sides.items() if side.left_out]
    shared = _shared(stands)
    refused = any(
        sides[p].refused(h.option)
        or any(book.apart(x.held, h) for x in sides[p].spent if not x.past)
        for q in speaking
        for p in book.others(q)
        for h in stands[q]
    )
    if len(speaking) > 1:
        apart = shared or refused or outside or _differ(book, stands)
        return "bracketed" if apart else "one-sided"
    if speaking:
        return "bracketed" if refused or any(p not in speaking for p in outside) else "one-sided"
    if outside:
        return "one-sided"
    return "dropped" if any(side.spoke for side in sides.values()) else "silent"


def _with_reasons(book: Ledger, alive: Holding, x: IssueStanding) -> IssueStanding:
    reasons: list[str] = []
    for tie in x.tied:
        if tie.held.option in (*x.common, *x.parts) and tie.state != "met":
            reasons.append(f"{tie.held.party}: if {tie.condition} ({tie.state})")
    for _, held in x.stands:
        reasons += [f"{h.party}, on a condition in words: {h.in_words}" for h in held if h.in_words]
    who = [h.party for _, held in x.stands for h in held if h.in_principle and h.option in x.common]
    if who and x.status == "ad referendum":
        reasons.append(f"in principle by {', '.join(dict.fromkeys(who))}")
    if x.parts:
        left = f"; open: {', '.join(x.open)}" if x.open else ""
        reasons.append(f"agreed in part: {', '.join(_parts(x))}{left}")
    elif x.common and x.contested:
        reasons.append(f"agreed of it: {', '.join(x.common)}")
    reasons += [f"{h.party} reads the words as {h.option}" for h in x.readings]
    reasons += [f"{p} reserves: {r.note or r.option}" for p, r in x.reserved]
    reasons += [f"{p} put the issue outside with {option}" for p, option in x.outside]
    if x.status in ("bracketed", "one-sided", "dropped"):
        reasons += [f"{p}'s {s.held.option} was refused ({s.by.id})" for p, s in x.spent]
    outside = dict(x.outside)
    for p, held in x.stands:
        for h in book.side(p, x.issue.id).held:
            since = any(book.after(other.statement, h.statement) for other in held)
            why = "" if p in outside or since or h in held else book.why_fallen(h, alive)
            if why:
                reasons.append(f"{p}'s {h.option} fell: {why}")
    if len([p for p, held in x.stands if held]) > 1 and x.status == "one-sided":
        reasons.append("what the sides stand on can hold together")
    return replace(x, reasons=tuple(dict.fromkeys(reasons)))


def _parts(x: IssueStanding) -> Iterable[str]:
    for option in x.parts:
        scope = x.shared_scope(option)
        yield f"{option} ({', '.join(scope)})" if scope else option
