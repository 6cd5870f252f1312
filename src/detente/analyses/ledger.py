"""The ledger of a record: what each side holds in each issue, statement after statement.

For each side and issue it keeps *acceptances* (what the side has settled on) and *offers* (what it
has put); claims give a stand only where there is no unconditional one of either. Statements are taken
by the last day their date may mean, then in the order of the record; those of one document on one
day together, so that parts of one paper do not displace each other. The rules are those of
docs/semantics.md, section "Standing".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any, Literal

from detente.model.record import BOTH, Record, Statement

Basis = Literal["acceptance", "offer", "claim"]
ConditionState = Literal["met", "pending", "defeated"]
Holding = dict[tuple[str, str], list["Held"]]


@dataclass(frozen=True)
class Held:
    """A position that a side holds, by the statement that made it so.

    `conditions` are options (issue/option); `in_words` is a condition that names none. `partial`:
    it takes up a part of the option, leaving `left_open`; `narrow`: only for the platforms of its
    `scope`. `displaced` are the acceptances that an offer took the place of.
    """

    party: str
    issue: str
    option: str
    basis: Basis
    statement: Statement
    conditions: tuple[str, ...] = ()
    in_words: str = ""
    in_principle: bool = False
    partial: bool = False
    narrow: bool = False
    scope: tuple[str, ...] = ()
    left_open: str = ""
    displaced: tuple[Held, ...] = ()

    @property
    def key(self) -> str:
        """The option as issue/option."""
        return f"{self.issue}/{self.option}"

    @property
    def conditional(self) -> bool:
        """Whether it hangs on anything."""
        return bool(self.conditions or self.in_words)


@dataclass(frozen=True)
class Spent:
    """An offer that is spent: the other side refused it. `past`: its side has since put another."""

    held: Held
    by: Statement
    past: bool = False


@dataclass(frozen=True)
class Event:
    """A reopening or a concession: what a side left and what it went to, in one document.

    `how` says in words what options do not: a condition added, a refusal given up. `repeats` are
    later statements that take the same step again.
    """

    kind: Literal["reopening", "concession"]
    party: str
    issue: str
    left: tuple[str, ...]
    went_to: tuple[str, ...]
    statements: tuple[Statement, ...]
    from_statements: tuple[Statement, ...]
    how: str = ""
    repeats: tuple[Statement, ...] = ()

    @property
    def date(self) -> date:
        """When: the last day the statement's date may mean."""
        return self.statements[0].date.last

    @property
    def complaints(self) -> list[tuple[str, str]]:
        """Who complained of it, and in which statement."""
        found = [s.complaint for s in (*self.statements, *self.repeats) if s.complaint]
        return list(dict.fromkeys((c.by, c.statement) for c in found))

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "statements": [s.id for s in self.statements],
            "date": str(self.statements[0].date),
            "party": self.party,
            "issue": self.issue,
            "left": list(self.left),
            "went_to": list(self.went_to),
            "how": self.how,
            "from_statements": [s.id for s in self.from_statements],
            "repeated_in": [s.id for s in self.repeats],
            "complaints": [{"by": by, "statement": s} for by, s in self.complaints],
        }


@dataclass
class Side:
    """What one side holds in one issue, and what became of the rest.

    `floated` was only thought aloud; `against` are refusals and words against an option, until it is
    taken; `left_out` is the statement, and the option of another issue, that put the issue outside.
    """

    held: list[Held] = field(default_factory=list)
    claims: list[Held] = field(default_factory=list)
    floated: list[Held] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)
    against: list[Statement] = field(default_factory=list)
    reserved: list[Statement] = field(default_factory=list)
    spoke: list[Statement] = field(default_factory=list)
    left_out: tuple[Statement, str] | None = None

    def refused(self, option: str) -> list[Statement]:
        """Where it refused an option; words against it are no refusal."""
        return [s for s in self.against if s.option == option and s.act == "rejects"]

    def stands(self) -> list[Held]:
        """Acceptances and offers; claims too where none of them is unconditional."""
        if any(not h.conditional for h in self.held):
            return self.held
        return [*self.held, *self.claims]


class Ledger:
    """Positions of all sides in all issues."""

    def __init__(self, record: Record, parties: Sequence[str]) -> None:
        self.record, self.parties = record, tuple(parties)
        self.sides: dict[tuple[str, str], Side] = {
            (p, i): Side() for p in self.parties for i in record.issues
        }
        self.events: list[Event] = []
        self._day = date.min
        self._order: dict[str, int] = {}
        self._first: dict[str, str] = {}
        self._taken_up: set[tuple[str, str]] = set()
        self._bundles = [
            (i, o.id, tuple(c for c in o.content if c.party == BOTH))
            for i, q in record.issues.items()
            for o in q.options.values()
            if o.spans and any(c.party == BOTH for c in o.content)
        ]

    def side(self, party: str, issue: str) -> Side:
        """What a side holds in an issue."""
        return self.sides[party, issue]

    def others(self, party: str) -> Iterator[str]:
        """The other sides."""
        return (p for p in self.parties if p != party)

    def speakers(self, s: Statement) -> tuple[str, ...]:
        """The sides that a statement speaks for: a group speaks for its members."""
        if s.party == BOTH:
            return self.parties
        members = self.record.groups.get(s.party, (s.party,))
        return tuple(p for p in self.parties if p in members)

    # --- what goes together ---------------------------------------------------------------------
    def apart(self, a: Held, b: Held) -> bool:
        """Whether two positions of an issue exclude each other; disjoint scopes never do."""
        return not self.record.compatible(a.issue, a.option, b.option) and _meet(a.scope, b.scope)

    def _reading(self, h: Held) -> str | None:
        """The option whose words a position reads, if it is a reading."""
        position = self.record.position(h.key)
        return position.reading_of.option if position and position.reading_of else None

    def _reads(self, side: Side, option: str, new: Held) -> bool:
        """Who stands on a reading of an option, and stays within it, has not left the option."""
        held = (*side.held, *side.claims)
        return any(self._reading(h) == option and not self.apart(h, new) for h in held)

    def _clashing(self, side: Side, new: Held) -> list[Held]:
        """Own positions of earlier documents that cannot hold together with a new one.

        Parts of one document stand together, but what a side takes up whole ends its own offers.
        """
        s = new.statement
        settled = new.basis == "acceptance" and not new.partial
        return [
            h
            for h in side.held
            if (_earlier(h, s) or (settled and h.basis == "offer"))
            and self.apart(h, new)
            and (h.party, h.key) not in self._taken_up
            and not (s.alternative_to and h.statement.id == s.alternative_to)
            and not (new.basis == "offer" and self._reads(side, h.option, new))
        ]

    def _stood_on(self, party: str, new: Held) -> bool:
        """Whether another side stands on what is now taken up, or has thought it aloud."""
        return any(
            _covers(h, new)
            for p in self.others(party)
            for side in (self.side(p, new.issue),)
            for h in (*side.stands(), *side.floated)
        )

    def _put(self, party: str, issue: str, option: str) -> bool:
        """Whether another side stands on an option or has put it, even if it was refused."""
        return any(
            h.option == option
            for p in self.others(party)
            for side in (self.side(p, issue),)
            for h in (*side.stands(), *side.floated, *(r.held for r in side.spent))
        )

    def _left_by_others(self, h: Held) -> bool:
        """Whether the other sides had already left an option: nobody reopens what is open."""
        return all(self._has_left(p, h) for p in self.others(h.party))

    def _has_left(self, party: str, h: Held) -> bool:
        side = self.side(party, h.issue)
        if side.left_out or side.refused(h.option):
            return True
        return any(
            not x.conditional and self.apart(x, h) and not self._reads(side, h.option, x)
            for x in side.held
        ) and not any(x.option == h.option for x in side.held)

    # --- statements -----------------------------------------------------------------------------
    def take(self, statements: Iterable[Statement]) -> None:
        """Statements in order, those of one document on one day together."""
        for _, group in groupby(statements, key=lambda s: (s.date.last, s.document)):
            papers = [s for s in group if s.audience != "internal" and s.authority != "none"]
            self._taken_up = {
                (p, s.key)
                for s in papers
                for p in self.speakers(s)
                if s.act in ("accepts", "accepts-in-principle") or _accepts_on_condition(s)
            }
            fresh = len(self.events)
            for s in papers:
                self._day = max(self._day, s.date.last)
                self._order[s.id] = len(self._order)
                before = {p: self._put(p, s.issue, s.option) for p in self.parties}
                for party in self.speakers(s):
                    self._take(s, party, put_before=before[party])
                if s.party in self.parties and not s.act.startswith("accepts"):
                    self._first.setdefault(s.key, s.party)
            self._merge(fresh)
        self._taken_up = set()

    def _take(self, s: Statement, party: str, *, put_before: bool) -> None:
        side = self.side(party, s.issue)
        side.spoke.append(s)
        self._give_up(party, s)
        match s.act:
            case "proposes" if s.authority == "exploratory":
                new = self._new(s, party, "offer")
                side.floated = [h for h in side.floated if h.option != s.option] + [new]
            case "proposes":
                self._propose(s, party, side, put_before=put_before)
            case "accepts" | "accepts-in-principle":
                self._settle(s, party, side, put_before=put_before)
            case "conditions":
                if _accepts_on_condition(s):
                    self._settle(s, party, side, put_before=put_before)
            case "rejects":
                self._reject(s, party, side)
            case "withdraws":
                self._drop(side, [h for h in side.held if h.option == s.option])
                side.claims = [h for h in side.claims if h.option != s.option]
            case "reserves":
                side.reserved.append(s)
            case "claims":
                self._claim(s, party, side)
        self._put_outside(s, party)

    def _new(self, s: Statement, party: str, basis: Basis) -> Held:
        position = self.record.position(s.key)
        on_condition = s.act == "conditions" and not s.conditional_on
        return Held(
            party,
            s.issue,
            s.option,
            basis,
            s,
            conditions=() if s.joint else tuple(_full(c, s.issue) for c in s.conditional_on),
            in_words=s.note if on_condition else "",
            in_principle=s.act == "accepts-in-principle" and not s.joint,
            partial=s.covers == "part",
            narrow=bool(s.scope and position and s.scope != position.scope),
            scope=s.scope or (position.scope if position else ()),
            left_open=s.open,
        )

    def _propose(self, s: Statement, party: str, side: Side, *, put_before: bool) -> None:
        new = self._with_the_paper(self._new(s, party, "offer"), side)
        if self._stood_on(party, new):
            self._settle(s, party, side, put_before=put_before)
            return
        if not new.conditional:
            clashing = self._clashing(side, new)
            self._note_reopening(new, clashing)
            displaced = [h for h in clashing if h.basis == "acceptance"]
            again = [h for h in side.held if _same(h, new)]
            displaced += [x for h in (*clashing, *again) for x in h.displaced]
            side.held = [h for h in side.held if h not in clashing]
            displaced = [h for h in dict.fromkeys(displaced) if h not in side.held]
            side.held += [h for h in displaced if not self.apart(h, new)]
            new = replace(new, displaced=tuple(h for h in displaced if self.apart(h, new)))
            self._spoken_anew(side, new)
        standing = [h for h in side.held if _same(h, new) and h.basis == "acceptance"]
        if not any(_covers(h, new) for h in standing):
            side.held = [h for h in side.held if not (_same(h, new) and h.basis == "offer")]
            side.held.append(new)
        self._outgrown(side, new)

    def _with_the_paper(self, new: Held, side: Side) -> Held:
        """What one paper says of an option in several places it says under all its conditions."""
        s = new.statement
        if s.party == BOTH or s.joint:
            return new
        said = [
            h
            for h in side.held
            if _same(h, new) and not _earlier(h, s) and h.statement.id != s.restates
        ]
        if not said:
            return new
        conditions = dict.fromkeys([*(c for h in said for c in h.conditions), *new.conditions])
        words = next((h.in_words for h in said if h.in_words), new.in_words)
        return replace(new, conditions=tuple(conditions), in_words=words)

    def _settle(self, s: Statement, party: str, side: Side, *, put_before: bool) -> None:
        """The side settles on the option; incompatible positions of earlier documents go."""
        new = self._with_the_paper(self._new(s, party, "acceptance"), side)
        older = [h for h in side.held if _same(h, new) and h.basis == "acceptance"]
        if new.in_principle and any(not (h.in_principle or h.partial) for h in older):
            new = replace(new, in_principle=False)
        self._note_widening(new, older)
        clashing = [] if new.conditional else self._clashing(side, new)
        if not s.joint and (put_before or s.party != BOTH):
            self._note_concession(new, side, older)
        self._note_reopening(new, clashing)
        if s.joint:
            self._sign(new, side)
        left = {h.option for h in clashing}
        side.held = [
            h
            for h in side.held
            if h not in clashing and not _replaced(h, new) and self._reading(h) not in left
        ]
        side.held.append(new)
        self._outgrown(side, new)
        for other in self.others(party):
            self._taken_up_from(other, new)
            self._vouched_for(other, new)
        side.against = [r for r in side.against if r.option != new.option]
        if not new.conditional:
            self._spoken_anew(side, new)

    def _sign(self, new: Held, side: Side) -> None:
        """A joint text settles its issue.

        Conditions of what it takes up are discharged; offers, and what was accepted on condition,
        lapse if it does not take them up.
        """
        kept = []
        for h in side.held:
            settled = h.option == new.option or not h.conditional
            put = h.basis == "acceptance" or self._reading(h) is not None
            same_paper = not _earlier(h, new.statement)
            if same_paper or (put and settled and not self.apart(h, new)):
                kept.append(replace(h, conditions=(), in_words="", in_principle=False))
        side.held = kept
        side.reserved, side.floated, side.spent, side.claims = [], [], [], []

    def _taken_up_from(self, other: str, new: Held) -> None:
        """What is taken up is put again by its author, if it was refused or only thought aloud."""
        side = self.side(other, new.issue)
        put = [x.held for x in side.spent if _same(x.held, new) and x.by.party == new.party]
        put += [h for h in side.floated if _same(h, new)]
        for h in put:
            against = [x for x in side.held if not x.conditional and self.apart(x, h)]
            if any(self.after(x.statement, h.statement) for x in against):
                continue
            side.spent = [x for x in side.spent if x.held is not h]
            side.floated = [x for x in side.floated if x is not h]
            side.held = [x for x in side.held if x not in against]
            if not any(_same(x, h) for x in side.held):
                side.held.append(h)
        if not new.conditional:
            side.held = [
                replace(h, basis="acceptance", displaced=())
                if h.basis == "offer" and not h.conditional and _covers(new, h)
                else h
                for h in side.held
            ]

    def _vouched_for(self, reporter: str, new: Held) -> None:
        """What a side reports the other to have accepted from it, it stands on itself."""
        s, side = new.statement, self.side(reporter, new.issue)
        if s.party == BOTH or s.reported_by != reporter or new.key in self._first:
            return
        theirs = replace(
            new, party=reporter, conditions=(), in_words="", in_principle=False, displaced=()
        )
        known = [*side.held, *side.floated, *side.claims]
        if not any(_same(h, new) or self.apart(h, new) for h in known):
            side.held.append(theirs)

    def _outgrown(self, side: Side, new: Held) -> None:
        """Any position ends older claims to it or against it, and takes the place of spent offers."""
        side.spent = [
            replace(x, past=True)
            if x.held.option == new.option
            or (_earlier(x.held, new.statement) and self.apart(x.held, new))
            else x
            for x in side.spent
        ]
        side.claims = [
            h
            for h in side.claims
            if h.option != new.option and not (_earlier(h, new.statement) and self.apart(h, new))
        ]

    def _spoken_anew(self, side: Side, new: Held) -> None:
        """A position brings its issue back in, and ends older reservations and spent offers."""
        side.left_out = None
        side.reserved = [r for r in side.reserved if r.document == new.statement.document]

    def _reject(self, s: Statement, party: str, side: Side) -> None:
        side.against.append(s)
        no = self._new(s, party, "claim")
        for other in self.others(party):
            self._spend(other, no)
            if s.key not in self._first:  # who refuses what nobody is on record with answers it
                put = Held(other, s.issue, s.option, "offer", s)
                self.side(other, s.issue).spent.append(Spent(put, s))
            for issue in self.record.issues:  # what was put outside by it comes back in
                left = self.side(other, issue)
                if left.left_out and left.left_out[1] == s.key:
                    left.left_out = None
        mine = [h for h in side.held if _same(h, no) and _earlier(h, s)]
        left_now = [
            h
            for h in mine
            if h.basis == "acceptance" and not h.conditional and not self._left_by_others(h)
        ]
        if left_now:
            self._event("reopening", s, left_now, (), how="refuses it now")
        self._drop(side, mine)
        side.claims = [h for h in side.claims if h.option != s.option]

    def _spend(self, party: str, no: Held) -> None:
        """A refused offer is spent, and what makes no sense without it; what it displaced returns."""
        side = self.side(party, no.issue)
        side.floated = [h for h in side.floated if h.option != no.option]
        refused = [h for h in side.held if _same(h, no) and h.basis == "offer"]
        side.spent += [Spent(h, no.statement) for h in refused]
        self._drop(side, refused)
        for issue in self.record.issues:
            for h in list(self.side(party, issue).held):
                if h.basis == "offer" and h.key != no.key and no.key in self._needs(h):
                    self._spend(party, replace(no, issue=h.issue, option=h.option, scope=()))

    def _needs(self, h: Held) -> list[str]:
        """The options without which an offer makes no sense."""
        position = self.record.position(h.key)
        return [_full(r, h.issue) for r in position.requires] if position else []

    def _drop(self, side: Side, gone: Sequence[Held]) -> None:
        """Positions go; the acceptances that offers displaced return."""
        side.held = [h for h in side.held if h not in gone]
        for offer in gone:
            side.held += [h for h in offer.displaced if not self._excluded(h, side.held)]

    def _excluded(self, h: Held, held: Sequence[Held]) -> bool:
        """Whether a position cannot come back beside what is held now."""
        return any(_same(h, x) or (not x.conditional and self.apart(h, x)) for x in held)

    def _claim(self, s: Statement, party: str, side: Side) -> None:
        new = self._new(s, party, "claim")
        if s.stance == "for":
            self._outgrown(side, new)
            side.claims = [h for h in side.claims if h.option != s.option] + [new]
        elif s.stance == "against":
            side.against.append(s)
            side.claims = [h for h in side.claims if h.option != s.option]

    def _put_outside(self, s: Statement, party: str) -> None:
        """An option may leave other issues out of the agreement; on condition, only as a concession."""
        position = self.record.position(s.key)
        firm = s.authority != "exploratory" and bool(not s.conditional_on or s.moves_from)
        takes = s.act in ("proposes", "accepts") and not (s.joint or s.alternative_to)
        if not (position and takes and firm):
            return
        for issue in position.leaves_out:
            if issue not in self.record.issues or issue == s.issue:
                continue
            side = self.side(party, issue)
            settled = [
                h
                for h in side.held
                if _earlier(h, s) and h.basis == "acceptance" and not self._left_by_others(h)
            ]
            if settled and side.left_out is None and not s.moves_from:
                self._event("reopening", s, settled, (s.key,))
            elif side.left_out is not None or settled:
                self._repeat(party, issue, s)
            side.left_out = (s, s.key)

    def _give_up(self, party: str, s: Statement) -> None:
        """A concession: the earlier positions it moves from stand no longer."""
        if not s.moves_from:
            return
        went = self._new(s, party, "offer")
        position = self.record.position(s.key)
        outside = position.leaves_out if position else ()
        for name in s.moves_from:
            earlier = self.record.statement(name)
            if earlier is None or party not in self.speakers(earlier):
                continue
            side = self.side(party, earlier.issue)
            if earlier.act == "rejects":
                side.against = [r for r in side.against if r.option != earlier.option]
                how = f"gives up its refusal of {earlier.key}"
                self._event("concession", s, (), (s.key,), how, earlier, party, earlier.issue)
                continue
            gone = [
                h
                for h in (*side.held, *side.claims, *side.floated)
                if h.statement.id == name
                or (
                    h.option == earlier.option
                    and _earlier(h, s)
                    and (self.apart(h, went) if h.issue == s.issue else h.issue in outside)
                )
            ]
            key = (earlier.key,)
            self._event(
                "concession", s, (), (s.key,), "", earlier, party, earlier.issue, left_keys=key
            )
            side.held = [h for h in side.held if h not in gone]
            side.claims = [h for h in side.claims if h not in gone]
            side.floated = [h for h in side.floated if h not in gone]

    # --- moves ----------------------------------------------------------------------------------
    def _note_reopening(self, new: Held, clashing: Sequence[Held]) -> None:
        """Away from what still stands, and not to what the other side has put."""
        s = new.statement
        left = [h for h in clashing if h.basis == "acceptance" and not self._left_by_others(h)]
        if s.joint or s.moves_from or new.conditional or self._stood_on(new.party, new):
            return
        if left:
            self._event("reopening", s, left, (s.key,))
        elif any(h.displaced for h in clashing):
            self._repeat(new.party, new.issue, s)

    def _note_widening(self, new: Held, older: Sequence[Held]) -> None:
        """A side that adds a condition to its own acceptance reopens it."""
        s = new.statement
        if not new.conditions or s.restates:
            return
        for h in older:
            if not _earlier(h, s) or self._left_by_others(h) or h.partial > new.partial:
                continue
            more = [c for c in new.conditions if c != new.key and not self._within(c, h.conditions)]
            if more:
                how = f"adds the condition {', '.join(more)}"
                self._event("reopening", s, [h], (s.key,), how=how)

    def _within(self, condition: str, older: Sequence[str]) -> bool:
        """Whether a condition, or the issues it settles as a bundle, was among the older ones."""
        position = self.record.position(condition)
        issues = {c.partition("/")[0] for c in older}
        spans = set(position.spans) if position else set()
        bundles = [p for c in older if (p := self.record.position(c))]
        known = condition in older or any(
            condition in c.options for p in bundles for c in p.content
        )
        return known or (bool(spans) and spans <= issues)

    def _note_concession(self, new: Held, side: Side, older: Sequence[Held]) -> None:
        """From an own position, or from a refusal, to what the other side has put."""
        s = new.statement
        if s.moves_from or self._first.get(new.key) == new.party:
            return
        theirs = {
            x.option for p in self.others(new.party) for x in self.side(p, new.issue).stands()
        }
        own = [h for h in side.held if _earlier(h, s) and h.option not in theirs]
        own += [h for h in side.claims if _earlier(h, s)]
        own += [x.held for x in side.spent if not x.past and _earlier(x.held, s)]
        left = [h for h in own if self.apart(h, new)]
        refused = [r for r in side.refused(new.option) if r.document != s.document]
        grown = [h for h in older if h.partial and not new.partial and _earlier(h, s)]
        if older and not grown:
            return
        if left:
            self._event("concession", s, left, (s.key,))
        elif refused:
            how = "gives up its refusal"
            self._event("concession", s, (), (s.key,), how, refused[-1], new.party, new.issue)
        elif grown and s.party != BOTH:
            self._event("concession", s, grown, (s.key,), how="takes the whole for a part")

    def _event(
        self,
        kind: Literal["reopening", "concession"],
        s: Statement,
        left: Sequence[Held],
        went_to: tuple[str, ...],
        how: str = "",
        earlier: Statement | None = None,
        party: str = "",
        issue: str = "",
        left_keys: tuple[str, ...] = (),
    ) -> None:
        """Note an event; a reopening that only repeats an earlier one is joined to it."""
        party = party or left[0].party
        issue = issue or left[0].issue
        keys = left_keys or tuple(dict.fromkeys(h.key for h in left))
        sources = (earlier,) if earlier else tuple(dict.fromkeys(h.statement for h in left))
        event = Event(kind, party, issue, keys, went_to, (s,), sources, how)
        if kind == "reopening":
            for i, e in enumerate(self.events):
                same = (e.kind, e.party, e.issue) == (kind, party, issue) and not how
                same = same and e.statements[0].document != s.document
                if same and set(keys) <= set(e.left) and set(went_to) <= set(e.went_to):
                    self.events[i] = replace(e, repeats=(*e.repeats, s))
                    return
        self.events.append(event)

    def _repeat(self, party: str, issue: str, s: Statement) -> None:
        """The same step again: noted with the reopening that it repeats."""
        for i in reversed(range(len(self.events))):
            e = self.events[i]
            if (e.kind, e.party, e.issue) == ("reopening", party, issue):
                if s.key in e.went_to and e.statements[0].document != s.document:
                    self.events[i] = replace(e, repeats=tuple(dict.fromkeys((*e.repeats, s))))
                return

    def _merge(self, fresh: int) -> None:
        """Events of one document on one issue are one event."""
        merged: dict[tuple[str, str, str], Event] = {}
        for e in self.events[fresh:]:
            key = (e.kind, e.party, e.issue)
            if key in merged:
                m = merged[key]
                e = replace(
                    m,
                    left=tuple(dict.fromkeys((*m.left, *e.left))),
                    went_to=tuple(dict.fromkeys((*m.went_to, *e.went_to))),
                    statements=tuple(dict.fromkeys((*m.statements, *e.statements))),
                    from_statements=tuple(dict.fromkeys((*m.from_statements, *e.from_statements))),
                    how="; ".join(dict.fromkeys(filter(None, (m.how, e.how)))),
                )
            merged[key] = e
        self.events[fresh:] = merged.values()

    # --- what holds -----------------------------------------------------------------------------
    def holding(self) -> Holding:
        """For each side and issue the greatest set of positions without a defeated condition.

        What a side put outside is suspended. Positions that hang on each other stand together, and
        fall together when one of them is refused.
        """
        alive: Holding = {}
        for key, side in self.sides.items():
            held = list(side.held)
            if side.left_out is not None:
                since = side.left_out[0]
                held = [h for h in held if self.after(h.statement, since)]
            alive[key] = held
        while True:
            hopeless = [
                h
                for h in _all(alive)
                if any(self.condition(h, c, alive) == "defeated" for c in h.conditions)
            ]
            if not hopeless:
                break
            for h in hopeless:
                alive[h.party, h.issue].remove(h)
        for key, held in alive.items():
            alive[key] = [h for h in held if not self._superseded(h, held, alive)]
        self._add_bundles(alive)
        return alive

    def stands(self, party: str, issue: str, alive: Holding) -> list[Held]:
        """What a side stands on: what holds; claims too where nothing unconditional does."""
        side, held = self.side(party, issue), alive[party, issue]
        if side.left_out is not None or any(not h.conditional for h in held):
            return held
        return [*held, *self.side(party, issue).claims]

    def effective(self, h: Held, alive: Holding) -> bool:
        """Whether a position hangs on nothing, or on conditions that are met."""
        if h.in_words:
            return False
        return all(self.condition(h, c, alive) == "met" for c in h.conditions)

    def condition(self, h: Held, reference: str, alive: Holding) -> ConditionState:
        """Whether a condition is met, still on the table, or defeated."""
        issue, _, option = reference.partition("/")
        own = self.sides.get((h.party, issue))
        if own and any(self.after(r, h.statement) for r in own.refused(option)):
            return "defeated"
        states = [self._of_other(p, h, reference, alive) for p in self.others(h.party)]
        if "defeated" in states:
            return "defeated"
        return "met" if states and all(s == "met" for s in states) else "pending"

    def content(self, reference: str, party: str, day: date) -> tuple[str, ...]:
        """What a bundle consists of at a day, in a party's words or those of a joint text."""
        position = self.record.position(reference)
        known = [
            c
            for c in (position.content if position else ())
            if c.party in (party, BOTH) and c.since.first <= day
        ]
        return max(known, key=lambda c: c.since.first).options if known else ()

    def parts_of(self, bundles: Sequence[str], party: str, day: date) -> set[str]:
        """What bundles consist of at a day, and what their parts consist of; empty without content."""
        found: set[str] = set()
        waiting = [x for b in bundles for x in self.content(b, party, day)]
        while waiting:
            part = waiting.pop()
            if part not in found:
                found.add(part)
                waiting += self.content(part, party, day)
        return found

    @property
    def day(self) -> date:
        """The last day of which a statement was taken."""
        return self._day

    def first_tied_to(self, h: Held, reference: str) -> tuple[str, ...]:
        """What the same acceptance was tied to when its side first made it conditional, if other."""
        for s in self.side(h.party, h.issue).spoke:
            if s.option == h.option and s.conditional_on and s.act != "proposes":
                first = tuple(_full(c, s.issue) for c in s.conditional_on)
                parts = [x for c in first for x in self.content(c, h.party, s.date.last) or (c,)]
                now = self.content(reference, h.party, self._day) or (reference,)
                gone = [x for x in parts if x not in now]
                return tuple(parts) if gone and self._within(reference, parts) else ()
        return ()

    def why_fallen(self, h: Held, alive: Holding) -> str:
        """In words, what took a position down."""
        hopeless = [c for c in h.conditions if self.condition(h, c, alive) == "defeated"]
        return f"{', '.join(hopeless)} is refused or outside" if hopeless else ""

    def circles(self, alive: Holding) -> list[tuple[Held, ...]]:
        """Positions that hang on each other in a circle; those given here stand together."""
        held = [h for h in _all(alive) if h.conditions]
        to = {id(h): [x for x in held if x.key in h.conditions and x is not h] for h in held}
        by_id = {id(h): h for h in held}

        def reach(start: int) -> set[int]:
            found: set[int] = set()
            waiting = [start]
            while waiting:
                for x in to[waiting.pop()]:
                    if id(x) not in found:
                        found.add(id(x))
                        waiting.append(id(x))
            return found

        reached = {i: reach(i) for i in to}
        seen: set[int] = set()
        found: list[tuple[Held, ...]] = []
        for i in to:
            if i in reached[i] and i not in seen:
                circle = [j for j in to if j in reached[i] and i in reached[j]]
                seen.update(circle)
                found.append(tuple(by_id[j] for j in circle))
        return found

    def after(self, s: Statement, other: Statement) -> bool:
        """Whether a statement was taken later than another."""
        return self._order[s.id] > self._order[other.id]

    def _of_other(self, other: str, h: Held, reference: str, alive: Holding) -> ConditionState:
        """How a condition stands with another side."""
        issue, _, option = reference.partition("/")
        side = self.sides.get((other, issue))
        if side is None:
            return "pending"
        if self._takes(other, reference, alive):
            return "met"
        position = self.record.position(reference)
        spanned = [issue, *(position.spans if position else ())]
        refused = any(self.after(r, h.statement) for r in side.refused(option))
        if refused or any(self.side(other, i).left_out for i in spanned):
            return "defeated"
        parts = self.content(reference, h.party, self._day)
        settled = bool(parts) and all(self._takes(other, p, alive) for p in parts)
        return "met" if settled or self._overtaken(h, issue, option, alive) else "pending"

    def _takes(self, party: str, reference: str, alive: Holding) -> bool:
        issue, _, option = reference.partition("/")
        if (party, issue) not in alive:
            return False
        return any(x.option == option and not x.partial for x in self.stands(party, issue, alive))

    def _overtaken(self, h: Held, issue: str, option: str, alive: Holding) -> bool:
        """A side that has since accepted something else there insists on the condition no longer."""
        position = self.record.position(f"{issue}/{option}")
        wanted = replace(h, issue=issue, option=option, scope=position.scope if position else ())
        return any(
            x.basis == "acceptance"
            and not x.conditional
            and self.after(x.statement, h.statement)
            and self.apart(x, wanted)
            for x in alive.get((h.party, issue), ())
        )

    def _superseded(self, h: Held, held: Sequence[Held], alive: Holding) -> bool:
        """An own offer gives way to a later acceptance whose conditions are met."""
        return h.basis == "offer" and any(
            x.basis == "acceptance"
            and self.after(x.statement, h.statement)
            and x.statement.document != h.statement.document
            and self.apart(x, h)
            and self.effective(x, alive)
            for x in held
        )

    def _add_bundles(self, alive: Holding) -> None:
        """A bundle whose joint content all sides have accepted is agreed with it."""
        for issue, option, content in self._bundles:
            joint = [c for c in content if c.since.first <= self._day]
            parts = max(joint, key=lambda c: c.since.first).options if joint else ()
            agreed = {p: [self._agreed_part(p, r, alive) for r in parts] for p in self.parties}
            if not parts or not all(x is not None for found in agreed.values() for x in found):
                continue
            for party, found in agreed.items():
                last = max((x for x in found if x), key=lambda x: self._order[x.statement.id])
                whole = Held(party, issue, option, "acceptance", last.statement)
                kept = [h for h in alive[party, issue] if not self.apart(h, whole)]
                alive[party, issue] = [*(h for h in kept if h.key != whole.key), whole]

    def _agreed_part(self, party: str, reference: str, alive: Holding) -> Held | None:
        issue = reference.partition("/")[0]
        return next(
            (
                h
                for h in alive.get((party, issue), ())
                if h.key == reference
                and h.basis == "acceptance"
                and not h.partial
                and not h.conditional
            ),
            None,
        )


def _all(alive: Holding) -> Iterator[Held]:
    return (h for held in alive.values() for h in held)


def _meet(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two scopes have anything in common; no scope is the whole."""
    return not a or not b or bool(set(a) & set(b))


def _same(h: Held, new: Held) -> bool:
    """The same option, on scopes that meet."""
    return h.issue == new.issue and h.option == new.option and _meet(h.scope, new.scope)


def _covers(h: Held, new: Held) -> bool:
    """Whether a position covers what another takes up of the same option."""
    if h.option != new.option or (h.partial and not h.scope and not new.partial):
        return False
    if not h.scope:
        return True
    return bool(new.scope) and set(new.scope) <= set(h.scope)


def _replaced(h: Held, new: Held) -> bool:
    """A new acceptance takes the place of what the side held of the same option."""
    if not _same(h, new):
        return False
    if new.conditional and h.partial and not (new.partial or h.conditional):
        return False  # a condition of the rest does not touch the part
    taken_up = h.basis == "offer" and not new.scope and _earlier(h, new.statement)
    return taken_up or _covers(new, h) or (h.partial and new.partial)


def _earlier(h: Held, s: Statement) -> bool:
    """Whether a position comes from another document: parts of one paper stand together."""
    return h.statement.document != s.document or h.statement.date != s.date


def _accepts_on_condition(s: Statement) -> bool:
    return s.act == "conditions" and s.conditional != "warning"


def _full(reference: str, issue: str) -> str:
    return reference if "/" in reference else f"{issue}/{reference}"
