"""The record of a negotiation: documents, issues with their options, statements, linkages.

A reference to an option is `issue/option`; within one issue the bare option. What the relations
between options and the acts of statements mean is said at each field; what follows from them
(who stands where, what was reopened) is worked out by `detente.analyses.standing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from detente.model.cites import Confidence
from detente.model.dates import When
from detente.model.predicate import Clause
from detente.model.problem import NOWHERE, Place

Act = Literal[
    "proposes",
    "accepts",
    "accepts-in-principle",
    "rejects",
    "conditions",
    "reserves",
    "withdraws",
    "claims",
]
LinkageKind = Literal[
    "condition",
    "trade",
    "package",
    "interdependence",
    "warning",
    "sequence",
    "demand",
    "vehicle",
    "context",
]
BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class RecordDocument:
    """A letter, note, memorandum, directive or treaty that statements come from.

    `read` says how much of it was read: full, part, excerpt, or cited (seen in another source only).
    """

    id: str = ""
    citation: str
    date: When
    kind: str = ""
    title: str = ""
    by: str = ""
    to: str = ""
    url: str = ""
    read: str = ""
    date_note: str = ""
    note: str = ""
    place: Place = field(default=NOWHERE, init=False, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class ReadingOf:
    """The option that this one gives a meaning to, and the party that holds that meaning."""

    option: str
    by: str


@dataclass(frozen=True, kw_only=True)
class VariantOf:
    """The option that this one repeats but for one point."""

    option: str
    differs_in: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a bundle consisted of from a date, in the words of a party (`both`: a joint text)."""

    since: When
    party: str
    options: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    source: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Position:
    """An option of an issue, with its relations to others.

    `stands_with`: options of the issue that can hold together with it (symmetric; all others
    exclude it). `leaves_out`: issues put outside the agreement. `spans`: issues a bundle settles
    together. `part_of`: bundles it belongs to, whose dated `content` may change. `requires`,
    `requires_any`: options without which it makes no sense. `after`: what must be carried out first.
    `scope`: platforms it speaks about; disjoint scopes do not conflict. `takes_in`: the weapons that
    it would limit, where a predicate can say them.
    """

    text: str
    id: str = ""
    stands_with: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    content: tuple[Content, ...] = ()
    part_of: tuple[str, ...] = ()
    reading_of: ReadingOf | None = None
    variant_of: VariantOf | None = None
    requires: tuple[str, ...] = ()
    requires_any: tuple[str, ...] = ()
    after: str = ""
    scope: tuple[str, ...] = ()
    takes_in: Clause | None = None
    params: Mapping[str, Any] | None = None
    same_as: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, init=False, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an issue ended: the option that was signed, or what became of it in words."""

    option: str = ""
    statement: str = ""
    statements: tuple[str, ...] = ()
    text: str = ""
    source: str = ""
    confidence: Confidence = "verified"


@dataclass(frozen=True, kw_only=True)
class Question:
    """An issue of the talks: a question the agreement must settle, with the options put."""

    title: str
    id: str = ""
    about: str = ""
    paragraphs: tuple[int, ...] = ()
    in_letter: bool = True
    outcome: Outcome | None = None
    options: Mapping[str, Position] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, init=False, compare=False, repr=False)

    def compatible(self, a: str, b: str) -> bool:
        """Whether two options can hold together."""
        if a == b:
            return True
        one, other = self.options.get(a), self.options.get(b)
        if one is None or other is None:
            return False
        if b in one.stands_with or a in other.stands_with:
            return True
        for x, y in ((one, b), (other, a)):
            if x.reading_of and x.reading_of.option == y:
                return True
        return bool(one.scope and other.scope and not set(one.scope) & set(other.scope))


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """The other side said, in `statement`, that an act goes back on something."""

    by: str
    statement: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a party said: an act on an option, in a document, with its conditions.

    `stance` of a claim: for, against, or about. `conditional` of an act `conditions`: acceptance (it
    takes the option if the condition is met) or warning. `covers: part` with `open` or `scope`: the act
    takes up a part only. `authority`: none (said without instructions; binds nobody) or exploratory
    (thinking out loud). `audience: internal`: not shown to the other side. `reported_by`: the side
    from whose record alone the words are known. `moves_from`: own earlier statements that this one
    gives up as a concession.
    """

    id: str
    date: When
    document: str
    party: str
    issue: str
    option: str
    act: Act
    note: str = ""
    source: str = ""
    paragraph: str = ""
    stance: Literal["", "for", "against", "about"] = ""
    covers: Literal["", "part"] = ""
    scope: tuple[str, ...] = ()
    open: str = ""
    conditional: Literal["", "acceptance", "warning"] = ""
    conditional_on: tuple[str, ...] = ()
    authority: Literal["", "none", "exploratory"] = ""
    audience: Literal["", "internal"] = ""
    joint: bool = False
    reported_by: str = ""
    confirmed_by: str = ""
    restates: str = ""
    complaint: Complaint | None = None
    moves_from: tuple[str, ...] = ()
    alternative_to: str = ""
    same_as: tuple[str, ...] = ()
    date_note: str = ""
    confidence: Confidence = "verified"
    place: Place = field(default=NOWHERE, init=False, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The option as issue/option."""
        return f"{self.issue}/{self.option}"


@dataclass(frozen=True, kw_only=True)
class Linkage:
    """What a side said hangs on what: `a` is tied to `b`, options or whole issues.

    `beyond` names what lies outside the record's issues; such a tie is shown and computes nothing. Of
    the kinds, condition, trade, package and interdependence carry what falls when something is taken
    out; the others are shown.
    """

    id: str
    date: When
    asserted_by: str
    kind: LinkageKind
    a: tuple[str, ...]
    b: tuple[str, ...] = ()
    beyond: str = ""
    text: str = ""
    statements: tuple[str, ...] = ()
    denied_by: str = ""
    audience: Literal["", "internal"] = ""
    source: str = ""
    confidence: Confidence = "verified"
    place: Place = field(default=NOWHERE, init=False, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """Where sources disagree, or one errs: the versions, and the view that the case follows."""

    id: str
    what: str
    versions: tuple[str, ...]
    view: str = ""
    issues: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    source: str = ""
    confidence: Confidence = "verified"
    place: Place = field(default=NOWHERE, init=False, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Record:
    """All documents, issues, statements (in order), linkages and disputes of a case.

    `parties` are those that the case itself names: the sides of the talks. A statement of a group
    speaks for those of its members that are sides.
    """

    parties: tuple[str, ...]
    documents: Mapping[str, RecordDocument]
    issues: Mapping[str, Question]
    statements: tuple[Statement, ...]
    linkages: tuple[Linkage, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    disputes: tuple[Dispute, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Statement]:
        return {s.id: s for s in self.statements}

    def statement(self, name: str) -> Statement | None:
        """The statement of that id."""
        return self._by_id.get(name)

    def position(self, key: str) -> Position | None:
        """The option of a reference issue/option."""
        issue, _, option = key.partition("/")
        return self.issues[issue].options.get(option) if issue in self.issues else None

    def compatible(self, issue: str, a: str, b: str) -> bool:
        """Whether two options of an issue can hold together."""
        return self.issues[issue].compatible(a, b)
