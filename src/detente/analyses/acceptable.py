"""Acceptable: the options that each side would take, and what each is tied to by its own words.

Two ledgers: *now* (what a side stands on: acceptances, live offers, and claims where there is neither)
and *ever* (all that it once accepted or offered as well). A side takes an option in a *way*: by a
statement, together with other options. What ties them is a condition of the statement itself, or an
assertion of the side: a linkage, or what it said a bundle consists of. A side takes as well what it
asks for as a condition, and what its own option makes no sense without, together with that option.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from detente.analyses.ledger import Held, Ledger
from detente.analyses.standing import issue_standing
from detente.analyses.unravel import live_linkages
from detente.model.record import BOTH, Linkage, Record, Statement

Mode = Literal["now", "ever"]
Tie = Literal["condition", "linkage", "content", "requires"]
ALL, NONE = "all", "none"


@dataclass(frozen=True)
class Need:
    """Another option that a side's acceptance is tied to: by what, and where that stands."""

    option: str
    tie: Tie
    where: str


@dataclass(frozen=True)
class Way:
    """One way in which a side takes an option: by which statement, together with which others.

    `basis`: acceptance, offer, claim; or asked for, as a condition of another option of its own.
    `words`: a condition that names no option, so that no package can be held against it.
    """

    party: str
    option: str
    basis: Literal["acceptance", "offer", "claim", "asked for"]
    statement: str
    needs: tuple[Need, ...] = ()
    words: str = ""


@dataclass
class Acceptable:
    """What each side would take in each issue, who has spoken on it, and who put it outside.

    `stands` holds what a side stands on now, whatever the mode; `refused` what it has spoken against,
    and not taken since; `whole` the sides that are taken at their word that all they accepted hangs
    together, with the assertion and those acceptances.
    """

    record: Record
    parties: tuple[str, ...]
    ways: dict[tuple[str, str], list[Way]] = field(default_factory=dict)
    stands: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)
    spoke: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outside: dict[tuple[str, str], str] = field(default_factory=dict)
    whole: dict[str, tuple[Linkage, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, party: str, issue: str) -> list[Way]:
        """The ways of a side in an issue."""
        return self.ways.get((party, issue), [])

    def put(self, issue: str) -> bool:
        """Whether more than one side has spoken on an issue."""
        return len(self.spoke[issue]) > 1

    def asked(self, issue: str) -> tuple[str, ...]:
        """The sides whose consent an issue needs: those that spoke on it, all where one alone did."""
        return self.spoke[issue] if self.put(issue) else self.parties

    def common(self, issue: str) -> tuple[str, ...]:
        """The options that all of them take, whatever they are tied to."""
        return tuple(
            k
            for k in self.options(issue)
            if all(any(w.option == k for w in self.of(p, issue)) for p in self.asked(issue))
        )

    def position(self, party: str, issue: str) -> tuple[str, ...]:
        """Where a side stands: its options, or the one by which it put the issue outside."""
        outside = self.outside.get((party, issue))
        return self.stands.get((party, issue), ()) or ((outside,) if outside else ())

    def options(self, issue: str) -> tuple[str, ...]:
        """All options that some side would take, in the order of the record."""
        taken = {w.option for p in self.parties for w in self.of(p, issue)}
        return tuple(
            key for o in self.record.issues[issue].options if (key := f"{issue}/{o}") in taken
        )


def full(issue: str, reference: str) -> str:
    """A reference to an option as issue/option."""
    return reference if "/" in reference else f"{issue}/{reference}"


def acceptable(
    book: Ledger,
    day: date,
    *,
    mode: Mode = "now",
    said: Sequence[Statement] = (),
    assertions: str = ALL,
    as_asserted: bool = False,
) -> Acceptable:
    """What each side would take at a date.

    Args:
        book: the ledger of that date.
        day: the date.
        mode: `now` or `ever`.
        said: for `ever`, all statements up to the date.
        assertions: whose linkages and bundles bind: `all`, `none`, or a party.
        as_asserted: whether a side that said that all hangs together is taken at its word.

    """
    return _Gathering(book, day, assertions, as_asserted).run(mode, said)


class _Gathering:
    def __init__(self, book: Ledger, day: date, assertions: str, as_asserted: bool) -> None:
        self.book, self.day, self.record = book, day, book.record
        self.assertions, self.as_asserted = assertions, as_asserted
        self.found = Acceptable(self.record, book.parties)
        self._linkages: dict[date, list[Linkage]] = {}
        self.dates = {s.id: s.date.last for s in book.record.statements}

    def run(self, mode: Mode, said: Sequence[Statement]) -> Acceptable:
        found, book = self.found, self.book
        alive = book.holding()
        for issue, question in self.record.issues.items():
            found.spoke[issue] = tuple(
                p
                for p in book.parties
                for side in (book.side(p, issue),)
                if side.spoke or side.held or side.claims or side.spent
            )
            if not found.spoke[issue]:
                continue
            standing = issue_standing(book, alive, question)
            for party in book.parties:
                side = book.side(party, issue)
                held = standing.of(party)
                found.refused |= {(party, f"{issue}/{s.option}") for s in side.against}
                found.stands[party, issue] = tuple(dict.fromkeys(h.key for h in held))
                outside = side.left_out
                if outside and not held:
                    found.outside[party, issue] = outside[1]
                for h in held:
                    if not (h.partial or h.narrow):
                        self._add_held(h)
        self._add_asked_for()
        if mode == "ever":
            for s in said:
                self._add_said(s)
            self._add_asked_for()
        if self.as_asserted:
            self._add_whole(alive)
        return found

    def _add(self, way: Way) -> None:
        ways = self.found.ways.setdefault((way.party, way.option.partition("/")[0]), [])
        same = {n.option for n in way.needs}
        if not any(
            w.option == way.option
            and {n.option for n in w.needs} <= same
            and w.words in ("", way.words)
            for w in ways
        ):
            ways.append(way)

    def _add_held(self, h: Held) -> None:
        conditions = [Need(full(h.issue, c), "condition", h.statement.id) for c in h.conditions]
        asserted = self._asserted(h.party, h.key, h.statement, self.day)
        needs = _without_repeats(conditions, asserted)
        self._add(Way(h.party, h.key, h.basis, h.statement.id, needs, h.in_words))

    def _add_said(self, s: Statement) -> None:
        """What was once accepted or offered, with the conditions of that day."""
        accepting = s.act in ("accepts", "accepts-in-principle") or (
            s.act == "conditions" and s.conditional != "warning"
        )
        if not (accepting or s.act == "proposes"):
            return
        if s.audience == "internal" or s.authority or s.covers == "part":
            return
        conditions = [
            Need(full(s.issue, c), "condition", s.id) for c in (() if s.joint else s.conditional_on)
        ]
        for party in self.book.speakers(s):
            asserted = self._asserted(party, s.key, s, s.date.last)
            basis: Literal["acceptance", "offer"] = "acceptance" if accepting else "offer"
            words = s.note if s.act == "conditions" and not s.conditional_on else ""
            needs = _without_repeats(conditions, asserted)
            self._add(Way(party, s.key, basis, s.id, needs, words))

    # --- what is tied to what ---------------------------------------------------------------------
    def _binds(self, party: str) -> bool:
        return self.assertions in (ALL, party)

    def _asserted(self, party: str, key: str, s: Statement, day: date) -> list[Need]:
        """What a side said the option is tied to, by a day; a later joint text has settled it."""
        if not self._binds(party):
            return []
        needs = [
            Need(b, "linkage", linkage.id)
            for linkage in self._live(day)
            if linkage.kind != "interdependence"
            and linkage.asserted_by == party
            and key in linkage.a
            and not (s.joint and s.date.last >= linkage.date.last)
            and not any(self._has_left(party, b, linkage.date.last) for b in linkage.b)
            for b in linkage.b
            if b != key
        ]
        return needs + self._content(party, key, day)

    def _has_left(self, party: str, key: str, since: date) -> bool:
        """Whether a side has itself gone away from what it had tied something to."""
        issue, _, option = key.partition("/")
        side = self.book.side(party, issue)
        outside = side.left_out
        if outside and outside[0].date.last > since:
            return True
        later = [h for h in side.held if h.statement.date.last > since]
        return bool(later) and not any(
            self.record.compatible(issue, h.option, option) for h in side.held
        )

    def _live(self, day: date) -> list[Linkage]:
        if day not in self._linkages:
            self._linkages[day] = live_linkages(self.record, day)
        return self._linkages[day]

    def _content(self, party: str, key: str, day: date) -> list[Need]:
        """What a bundle consists of in a side's words: its own latest, or a joint text's."""
        position = self.record.position(key) if self.as_asserted else None
        said = [
            c
            for c in (position.content if position else ())
            if c.party in (party, BOTH) and c.since.last <= day
        ]
        if not said:
            return []
        last = max(said, key=lambda c: c.since.last)
        return [Need(o, "content", key) for o in (*last.options, *last.beside) if o != key]

    def _add_asked_for(self) -> None:
        """What is asked for as a condition, and what an option makes no sense without, is taken too.

        It is taken together with what it is asked for, unless the side takes it in a way of its own.
        """
        own = {(w.party, w.option) for ways in self.found.ways.values() for w in ways}
        left = [
            (w, (*w.needs, *self._required(w.option)))
            for ways in self.found.ways.values()
            for w in ways
        ]
        seen: set[tuple[str, str, str]] = set()
        while left:
            way, needs = left.pop(0)
            for need in needs:
                step = (way.party, way.option, need.option)
                if step in seen or (way.party, need.option) in own:
                    continue
                seen.add(step)
                if self._refused(way, need.option):
                    continue
                back = Need(way.option, need.tie, need.where)
                bundle = (
                    self._content(way.party, need.option, self.day)
                    if self._binds(way.party)
                    else []
                )
                taken = Way(
                    way.party,
                    need.option,
                    "asked for",
                    way.statement,
                    _without_repeats([back], bundle),
                )
                self._add(taken)
                if need.tie != "requires":  # to ask for it is to speak of its issue
                    self._speaks(way.party, need.option.partition("/")[0])
                left.append((taken, (*bundle, *self._required(need.option))))

    def _speaks(self, party: str, issue: str) -> None:
        speakers = {*self.found.spoke[issue], party}
        self.found.spoke[issue] = tuple(p for p in self.found.parties if p in speakers)

    def _required(self, key: str) -> list[Need]:
        """What an option makes no sense without."""
        position = self.record.position(key)
        issue = key.partition("/")[0]
        return [
            Need(full(issue, r), "requires", key) for r in (position.requires if position else ())
        ]

    def _refused(self, way: Way, key: str) -> bool:
        """Whether the side has spoken against an option since it asked for it."""
        issue, _, option = key.partition("/")
        side = self.book.sides.get((way.party, issue))
        since = self.dates[way.statement]
        return side is not None and any(
            s.option == option and s.date.last > since for s in side.against
        )

    def _add_whole(self, alive: Mapping[tuple[str, str], Iterable[Held]]) -> None:
        for linkage in self._live(self.day):
            party = linkage.asserted_by
            if linkage.kind == "interdependence" and self._binds(party):
                accepted = tuple(
                    dict.fromkeys(
                        h.key
                        for (p, _), held in alive.items()
                        for h in held
                        if p == party and h.basis == "acceptance" and not h.partial
                    )
                )
                self.found.whole[party] = (linkage, accepted)


def _without_repeats(*needs: Iterable[Need]) -> tuple[Need, ...]:
    """Each option once, by the first that ties it."""
    found: dict[str, Need] = {}
    for group in needs:
        for n in group:
            found.setdefault(n.option, n)
    return tuple(found.values())
