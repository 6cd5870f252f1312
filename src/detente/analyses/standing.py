"""Standing: where each issue stands at a date, from the order of the statements alone.

Two things are kept for each side and issue: *acceptances* (what it has settled on) and *offers*
(what it has put); claims give a stand only where there is neither. Statements are taken by the last
day their date may mean, then in the order of the record; those of one document together, so that
parts of one paper do not displace each other. The rules are those of docs/semantics.md, section
"Standing"; the greatest set of positions whose conditions are not defeated holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any, Literal

from detente.analyses.forces import parse_date
from detente.analyses.result import Result
from detente.model.case import Case
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import BOTH, Question, Record, Statement

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
Basis = Literal["acceptance", "offer", "claim"]
ConditionState = Literal["met", "pending", "defeated"]


@dataclass(frozen=True)
class Held:
    """A position that a side holds, by the statement that made it so."""

    party: str
    issue: str
    option: str
    basis: Basis
    statement: Statement
    conditions: tuple[str, ...] = ()
    in_principle: bool = False
    partial: bool = False
    displaced: tuple[Held, ...] = ()

    @property
    def key(self) -> str:
        """The option as issue/option."""
        return f"{self.issue}/{self.option}"


@dataclass(frozen=True)
class Event:
    """A reopening or a concession: what a side left and what it went to, in one document."""

    kind: Literal["reopening", "concession"]
    party: str
    issue: str
    left: tuple[str, ...]
    went_to: tuple[str, ...]
    statements: tuple[Statement, ...]
    from_statements: tuple[Statement, ...]

    @property
    def date(self) -> date:
        """When: the last day the statement's date may mean."""
        return self.statements[0].date.last

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        complaints = [s.complaint for s in self.statements if s.complaint]
        return {
            "statements": [s.id for s in self.statements],
            "date": str(self.statements[0].date),
            "party": self.party,
            "issue": self.issue,
            "left": list(self.left),
            "went_to": list(self.went_to),
            "from_statements": [s.id for s in self.from_statements],
            "complaints": [{"by": c.by, "statement": c.statement} for c in complaints],
        }


@dataclass
class _Side:
    """What one side holds in one issue."""

    held: list[Held] = field(default_factory=list)
    claims: list[Held] = field(default_factory=list)
    exploratory: list[Held] = field(default_factory=list)
    reserved: list[Statement] = field(default_factory=list)
    against: list[Statement] = field(default_factory=list)
    spoke: list[Statement] = field(default_factory=list)
    left_out: tuple[Statement, str] | None = None


class Ledger:
    """Positions of all sides in all issues, statement after statement."""

    def __init__(self, record: Record, parties: Sequence[str]) -> None:
        self.record, self.parties = record, tuple(parties)
        self.sides: dict[tuple[str, str], _Side] = {
            (p, i): _Side() for p in self.parties for i in record.issues
        }
        self.events: list[Event] = []
        self.reopened: set[tuple[str, str, str, str]] = set()

    def side(self, party: str, issue: str) -> _Side:
        """What a side holds in an issue."""
        return self.sides[party, issue]

    def others(self, party: str) -> Iterator[str]:
        """The other sides."""
        return (p for p in self.parties if p != party)

    def compatible(self, issue: str, a: str, b: str) -> bool:
        """Whether two options can hold together."""
        return self.record.compatible(issue, a, b)

    # --- statements -----------------------------------------------------------------------------
    def take(self, statements: Iterable[Statement]) -> None:
        """Statements in order, those of one document together."""
        for _, group in groupby(statements, key=lambda s: (s.date.last, s.document)):
            papers = list(group)
            for s in papers:
                for party in self.parties if s.party == BOTH else (s.party,):
                    self._take(s, party)
            self._merge(papers)

    def _take(self, s: Statement, party: str) -> None:
        if s.audience == "internal" or s.authority == "none" or party not in self.parties:
            return
        side = self.side(party, s.issue)
        side.spoke.append(s)
        for old in s.moves_from:
            self._give_up(party, s, old)
        position = self.record.position(s.key)
        match s.act:
            case "proposes" if s.authority == "exploratory":
                side.exploratory = [self._new(s, party, "offer")]
            case "proposes":
                self._propose(s, party, side)
            case "accepts" | "accepts-in-principle":
                self._settle(s, party, side)
            case "conditions":
                if s.conditional != "warning":
                    self._settle(s, party, side)
            case "rejects":
                self._reject(s, party, side)
            case "withdraws":
                side.held = [h for h in side.held if h.option != s.option]
                side.claims = [h for h in side.claims if h.option != s.option]
            case "reserves":
                side.reserved.append(s)
            case "claims":
                self._claim(s, party, side)
        puts_outside = s.act in ("proposes", "accepts") and not (s.joint or s.alternative_to)
        if position and position.leaves_out and puts_outside:
            for issue in position.leaves_out:
                if issue in self.record.issues and issue != s.issue:
                    self._leave_out(s, party, issue)

    def _new(self, s: Statement, party: str, basis: Basis, **more: Any) -> Held:
        return Held(
            party,
            s.issue,
            s.option,
            basis,
            s,
            conditions=() if s.joint else s.conditional_on,
            in_principle=s.act == "accepts-in-principle" and not s.joint,
            partial=s.covers == "part",
            **more,
        )

    def _earlier(self, h: Held, s: Statement) -> bool:
        """Whether a position comes from another document: parts of one paper stand together."""
        return h.statement.document != s.document or h.statement.date != s.date

    def _clashing(self, side: _Side, s: Statement) -> list[Held]:
        """Own positions of earlier documents that cannot hold together with a statement's option."""
        return [
            h
            for h in side.held
            if self._earlier(h, s)
            and not self.compatible(s.issue, h.option, s.option)
            and not (s.alternative_to and h.statement.id == s.alternative_to)
        ]

    def _stood_on(self, party: str, issue: str, option: str) -> bool:
        """Whether another side holds an option, by acceptance or offer."""
        return any(h.option == option for p in self.others(party) for h in self.side(p, issue).held)

    def _outgrown(self, side: _Side, s: Statement) -> None:
        """Any position, on condition or not, ends older claims that cannot hold with it."""
        side.claims = [
            h
            for h in side.claims
            if not self._earlier(h, s) or self.compatible(s.issue, h.option, s.option)
        ]

    def _propose(self, s: Statement, party: str, side: _Side) -> None:
        if self._stood_on(party, s.issue, s.option):
            self._settle(s, party, side)
            return
        offer = self._new(s, party, "offer")
        if s.conditional_on:
            side.held = [h for h in side.held if h.key != offer.key or h.basis != "offer"]
            side.held.append(offer)
            self._outgrown(side, s)
            return
        clashing = self._clashing(side, s)
        displaced = tuple(h for h in clashing if h.basis == "acceptance")
        self._note_moves(s, party, side, clashing)
        side.held = [h for h in side.held if h not in clashing and h.key != offer.key]
        side.held.append(replace(offer, displaced=displaced))
        self._outgrown(side, s)
        self._spoken_anew(side, s)

    def _settle(self, s: Statement, party: str, side: _Side) -> None:
        """The side settles on the option; incompatible positions of earlier documents go."""
        accepted = self._new(s, party, "acceptance")
        clashing = [] if accepted.partial or s.conditional_on else self._clashing(side, s)
        if s.joint:
            clashing = [h for h in side.held if not self.compatible(s.issue, h.option, s.option)]
            clashing = [h for h in clashing if self._earlier(h, s)]
        self._note_moves(s, party, side, clashing, settled=True)
        side.held = [h for h in side.held if h not in clashing and h.key != accepted.key]
        if s.joint:  # discharges the conditions of its issue
            side.held = [replace(h, conditions=(), in_principle=False) for h in side.held]
        side.held.append(accepted)
        self._outgrown(side, s)
        if not s.conditional_on:
            for other in self.others(party):  # an offer that is taken up is settled on
                theirs = self.side(other, s.issue)
                theirs.held = [
                    replace(h, basis="acceptance", displaced=())
                    if h.option == s.option and h.basis == "offer" and not h.conditions
                    else h
                    for h in theirs.held
                ]
            self._spoken_anew(side, s)

    def _spoken_anew(self, side: _Side, s: Statement) -> None:
        """A position on an issue brings it back in, and ends older reservations."""
        side.left_out = None
        side.reserved = [r for r in side.reserved if r.document == s.document]
        if s.joint:
            side.reserved, side.exploratory = [], []

    def _reject(self, s: Statement, party: str, side: _Side) -> None:
        side.against.append(s)
        for other in self.others(party):  # a refused offer is spent, and what it displaced returns
            theirs = self.side(other, s.issue)
            refused = [h for h in theirs.held if h.option == s.option and h.basis == "offer"]
            theirs.held = [h for h in theirs.held if h not in refused]
            for offer in refused:
                theirs.held += [h for h in offer.displaced if h not in theirs.held]
            theirs.exploratory = [h for h in theirs.exploratory if h.option != s.option]
        mine = [h for h in side.held if h.option == s.option and self._earlier(h, s)]
        left = [h for h in mine if h.basis == "acceptance" and not h.conditions]
        if left and self._stood_on(party, s.issue, s.option):
            self._event("reopening", s, party, left, ())
        side.held = [h for h in side.held if h not in mine]
        side.claims = [h for h in side.claims if h.option != s.option]

    def _claim(self, s: Statement, party: str, side: _Side) -> None:
        if s.stance == "for":
            side.claims = [
                h
                for h in side.claims
                if not self._earlier(h, s) or self.compatible(s.issue, h.option, s.option)
            ]
            side.claims = [h for h in side.claims if h.option != s.option]
            side.claims.append(self._new(s, party, "claim"))
        elif s.stance == "against":
            side.against.append(s)
            side.claims = [h for h in side.claims if h.option != s.option]

    def _leave_out(self, s: Statement, party: str, issue: str) -> None:
        side = self.side(party, issue)
        kept = [h for h in side.held if self._earlier(h, s)]
        settled = [
            h for h in kept if h.basis == "acceptance" and self._stood_on(party, issue, h.option)
        ]
        if settled and not s.conditional_on and side.left_out is None:
            self._event("reopening", s, party, settled, (s.key,))
        side.left_out = (s, s.key)

    def _give_up(self, party: str, s: Statement, old: str) -> None:
        """What a concession leaves no longer stands."""
        for issue in self.record.issues:
            side = self.side(party, issue)
            gone = [h for h in (*side.held, *side.claims) if h.statement.id == old]
            if gone:
                self._event("concession", s, party, gone, (s.key,))
            side.held = [h for h in side.held if h not in gone]
            side.claims = [h for h in side.claims if h not in gone]

    # --- moves ----------------------------------------------------------------------------------
    def _note_moves(
        self,
        s: Statement,
        party: str,
        side: _Side,
        clashing: Sequence[Held],
        *,
        settled: bool = False,
    ) -> None:
        """A step to the other side's option is a concession; away from what still stands, a reopening."""
        to_theirs = self._stood_on(party, s.issue, s.option)
        own = [h for h in clashing if not self._stood_on(party, s.issue, h.option)]
        claims = [
            h
            for h in side.claims
            if self._earlier(h, s) and not self.compatible(s.issue, h.option, s.option)
        ]
        if (settled or to_theirs) and not s.joint and to_theirs and (own or claims):
            self._event("concession", s, party, own or claims, (s.key,))
        left = [
            h
            for h in clashing
            if h.basis == "acceptance" and self._stood_on(party, s.issue, h.option)
        ]
        if left and not to_theirs and not s.joint and not s.conditional_on:
            self._event("reopening", s, party, left, (s.key,))

    def _event(
        self,
        kind: Literal["reopening", "concession"],
        s: Statement,
        party: str,
        left: Sequence[Held],
        went_to: tuple[str, ...],
    ) -> None:
        if kind == "reopening":
            new = [h for h in left if (party, h.key, *went_to, "") not in self.reopened]
            for h in left:
                self.reopened.add((party, h.key, *went_to, ""))  # type: ignore[arg-type]
            if not new:
                return
            left = new
        self.events.append(
            Event(
                kind,
                party,
                left[0].issue,
                tuple(dict.fromkeys(h.key for h in left)),
                went_to,
                (s,),
                tuple(dict.fromkeys(h.statement for h in left)),
            )
        )

    def _merge(self, papers: Sequence[Statement]) -> None:
        """Events of one document on one issue are one event."""
        ids = {s.id for s in papers}
        fresh = [e for e in self.events if e.statements[0].id in ids]
        kept = [e for e in self.events if e.statements[0].id not in ids]
        merged: dict[tuple[str, str, str], Event] = {}
        for e in fresh:
            key = (e.kind, e.party, e.issue)
            if key in merged:
                m = merged[key]
                e = replace(
                    m,
                    left=tuple(dict.fromkeys((*m.left, *e.left))),
                    went_to=tuple(dict.fromkeys((*m.went_to, *e.went_to))),
                    statements=tuple(dict.fromkeys((*m.statements, *e.statements))),
                    from_statements=tuple(dict.fromkeys((*m.from_statements, *e.from_statements))),
                )
            merged[key] = e
        self.events = [*kept, *merged.values()]

    # --- what holds -----------------------------------------------------------------------------
    def holding(self) -> dict[tuple[str, str], list[Held]]:
        """For each side and issue the greatest set of positions without a defeated condition."""
        alive = {key: list(side.held) for key, side in self.sides.items()}
        for (party, issue), side in self.sides.items():
            if side.left_out is not None:
                since = side.left_out[0]
                alive[party, issue] = [
                    h for h in alive[party, issue] if h.statement.date.last > since.date.last
                ]
        while True:
            fallen = [
                (key, h)
                for key, held in alive.items()
                for h in held
                if any(self.condition(h, c, alive) == "defeated" for c in h.conditions)
            ]
            if not fallen:
                return alive
            for key, h in fallen:
                alive[key].remove(h)

    def condition(
        self, h: Held, reference: str, alive: dict[tuple[str, str], list[Held]]
    ) -> ConditionState:
        """Whether a condition is met, still on the table, or defeated."""
        issue, _, option = reference.partition("/")
        if not option:
            issue, option = h.issue, reference
        states = []
        for other in self.others(h.party):
            side = self.sides.get((other, issue))
            if side is None:
                continue
            stands = alive[other, issue] or side.claims
            if any(x.option == option and not x.partial for x in stands):
                states.append("met")
            elif (
                side.left_out is not None
                or self._refused(side, option, h)
                or any(
                    x.basis == "acceptance" and not self.compatible(issue, x.option, option)
                    for x in alive[other, issue]
                )
            ):
                states.append("defeated")
            else:
                states.append("pending")
        if "defeated" in states:
            return "defeated"
        return "met" if states and all(s == "met" for s in states) else "pending"

    def _refused(self, side: _Side, option: str, h: Held) -> bool:
        """Refused after the condition was last stated."""
        return any(
            s.option == option and s.date.last >= h.statement.date.last for s in side.against
        )


@dataclass(frozen=True)
class IssueStanding:
    """One issue: its status, what each side stands on, and the statements that made it so."""

    issue: Question
    status: Status
    stands: tuple[tuple[str, tuple[Held, ...]], ...]
    common: tuple[str, ...]
    because: tuple[Statement, ...]
    reasons: tuple[str, ...] = ()

    def of(self, party: str) -> tuple[Held, ...]:
        """What a side stands on."""
        return dict(self.stands).get(party, ())


@dataclass(frozen=True, repr=False)
class Standing(Result):
    """The answer of `standing`."""

    case: Case
    at: date
    ledger: str
    issues: tuple[IssueStanding, ...]
    reopenings: tuple[Event, ...]
    concessions: tuple[Event, ...]

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
            "issues": [
                {
                    "issue": x.issue.id,
                    "status": x.status,
                    "options": {p: held[0].option if held else None for p, held in x.stands},
                    "all_options": {p: [h.option for h in held] for p, held in x.stands},
                    "common": list(x.common),
                    "because": [s.id for s in x.because],
                    "reasons": list(x.reasons),
                }
                for x in self.issues
            ],
            "reopenings": [e.as_data() for e in self.reopenings],
            "concessions": [e.as_data() for e in self.concessions],
        }


def record_of(case: Case) -> Record:
    """The record of a case. Raises `Refused` when it has none."""
    if case.record is None or not case.record.statements:
        hint = "a record stands under record/: documents, issues, statements, linkages"
        raise Refused([Problem("E601", "the case has no record of statements", (), hint)])
    return case.record


def known_from(record: Record, ledger: str) -> list[Statement]:
    """The statements that a ledger holds.

    `all`: every statement; `joint`: joint texts alone; a party: joint texts, its own words, and what
    its own papers report of the others. Raises `Refused` for an unknown ledger.
    """
    if ledger == "all":
        return list(record.statements)
    if ledger == "joint":
        return [s for s in record.statements if s.joint]
    if ledger not in record.parties:
        hint = did_you_mean(ledger, ["all", "joint", *record.parties], "ledgers")
        raise Refused([Problem("E604", f"unknown ledger '{ledger}'", (), hint)])
    return [
        s
        for s in record.statements
        if s.joint or (s.party == ledger and not s.reported_by) or s.reported_by == ledger
    ]


def standing(
    case: Case,
    at: str | date,
    *,
    issue: str | Sequence[str] | None = None,
    ledger: str = "all",
) -> Standing:
    """Where each issue stands at a date, and what was reopened and conceded up to then.

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
    return Standing(
        case,
        day,
        ledger,
        issues,
        tuple(e for e in events if e.kind == "reopening"),
        tuple(e for e in events if e.kind == "concession"),
    )


def ledger_at(record: Record, day: date, ledger: str = "all") -> Ledger:
    """The ledger of all statements up to a day."""
    book = Ledger(record, record.parties)
    book.take(s for s in known_from(record, ledger) if s.date.last <= day)
    return book


def issue_standing(
    book: Ledger, alive: dict[tuple[str, str], list[Held]], issue: Question
) -> IssueStanding:
    """Where one issue stands, given the positions that hold."""
    stands: dict[str, list[Held]] = {}
    reasons: list[str] = []
    for party in book.parties:
        side = book.side(party, issue.id)
        held = alive[party, issue.id] or ([] if side.left_out else side.claims)
        stands[party] = sorted(held, key=lambda h: h.statement.date.last, reverse=True)
        if side.left_out:
            reasons.append(f"{party} put the issue outside with {side.left_out[1]}")
        fallen = [h for h in side.held if h not in alive[party, issue.id] and not side.left_out]
        reasons += [
            f"{party}'s {h.option} fell: {', '.join(h.conditions)} is refused or outside"
            for h in fallen
        ]
    shared = [
        option
        for option in dict.fromkeys(h.option for held in stands.values() for h in held)
        if all(any(h.option == option for h in held) for held in stands.values())
    ]
    settled = [
        o
        for o in shared
        if any(h.option == o and h.basis == "acceptance" for held in stands.values() for h in held)
    ]
    full = [
        o
        for o in settled
        if not any(h.option == o and h.partial for held in stands.values() for h in held)
    ]
    common = sorted(full, key=lambda o: -_latest(stands, o).toordinal())
    status: Status
    if common:
        status, more = _agreed(book, alive, stands, common[0])
        reasons += more
    else:
        status = _apart(book, issue, stands)
        if settled:
            reasons.append(f"agreed in part: {', '.join(settled)}")
    if common:
        for party in stands:
            stands[party].sort(key=lambda h: h.option != common[0])
    because = tuple(dict.fromkeys(h.statement for held in stands.values() for h in held))
    return IssueStanding(
        issue,
        status,
        tuple((p, tuple(held)) for p, held in stands.items()),
        tuple(common),
        because,
        tuple(dict.fromkeys(reasons)),
    )


def _latest(stands: dict[str, list[Held]], option: str) -> date:
    return max(
        h.statement.date.last for held in stands.values() for h in held if h.option == option
    )


def _agreed(
    book: Ledger,
    alive: dict[tuple[str, str], list[Held]],
    stands: dict[str, list[Held]],
    option: str,
) -> tuple[Status, list[str]]:
    mine = [h for held in stands.values() for h in held if h.option == option]
    pending = [
        (h, c) for h in mine for c in h.conditions if book.condition(h, c, alive) == "pending"
    ]
    if pending:
        return "agreed on condition", [f"{h.party}: if {c}" for h, c in pending]
    for party in book.parties:
        last = max(h.statement.date.last for h in mine if h.party == party)
        for r in book.side(party, mine[0].issue).reserved:
            if r.date.last >= last:
                return "reserved", [f"{party} reserves: {r.note or r.option}"]
    if any(h.in_principle for h in mine):
        who = ", ".join(h.party for h in mine if h.in_principle)
        return "ad referendum", [f"in principle by {who}"]
    return "agreed", []


def _apart(book: Ledger, issue: Question, stands: dict[str, list[Held]]) -> Status:
    speaking = [p for p, held in stands.items() if held]
    outside = [p for p in book.parties if book.side(p, issue.id).left_out]
    if len(speaking) + len([p for p in outside if p not in speaking]) > 1:
        return "bracketed"
    if speaking or outside:
        return "one-sided"
    if any(book.side(p, issue.id).spoke for p in book.parties):
        return "dropped"
    return "silent"
