"""Provisions: what a text lays down, kind by kind.

Kinds that say something countable (`category`, `counting-rule`, `ceiling` …) are compiled into
rows; the others (`obligation`, `principle` …) stay provisions that are shown and named as not
computed. Every provision carries its source; a value with its own date carries its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

from detente.model.amounts import Bound, Number, Schedule, Tally
from detente.model.cites import Cites, Confidence
from detente.model.dates import Period, When
from detente.model.predicate import Clause
from detente.model.problem import NOWHERE, Place

Binding = Literal["legal", "political", "proposed"]
Activity = Literal["developed", "flight-tested", "produced", "deployed"]
ACTIVITIES: tuple[Activity, ...] = ("developed", "flight-tested", "produced", "deployed")


@dataclass(frozen=True, kw_only=True)
class Provision:
    """What all provisions share.

    `rule` says in our own words what it lays down; `to` names the parties or groups bound (all of
    the text's when empty); `facts` are keys of the researched facts it was encoded from.
    """

    kind: ClassVar[str] = "provision"
    computes: ClassVar[bool] = False
    why_not: ClassVar[str] = ""

    id: str
    source: Cites
    title: str = ""
    article: str = ""
    rule: str = ""
    confidence: Confidence = "verified"
    to: tuple[str, ...] = ()
    valid: Period | None = None
    binding: Binding | None = None
    facts: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    applied_by: tuple[str, ...] = ()
    not_computed: str = ""
    disputed: str = ""
    note: str = ""
    issue: str = ""
    option: str = ""
    place: Place = field(default=NOWHERE, init=False, compare=False, repr=False)
    readings: tuple[tuple[str, Provision], ...] = field(default=(), init=False, repr=False)
    changed: tuple[str, ...] = field(default=(), init=False, compare=False, repr=False)

    def in_words(self) -> str:
        """The title, or failing that the rule, or the id."""
        return self.title or self.rule or self.id

    def values(self) -> Iterator[tuple[str, Any]]:
        """The fields that the author filled in, in order."""
        for f in fields(self):
            value = getattr(self, f.name)
            if f.init and value not in (f.default, "", (), None):
                yield f.name, value


@dataclass(frozen=True, kw_only=True)
class Definition(Provision):
    """What a word means, where no category or rule of the text applies it mechanically."""

    kind: ClassVar[str] = "definition"
    why_not: ClassVar[str] = "a definition in words; it counts nothing by itself"


@dataclass(frozen=True, kw_only=True)
class Category(Provision):
    """A set of weapons: those for which `where` holds; `open` marks a clause nobody can apply."""

    kind: ClassVar[str] = "category"
    computes: ClassVar[bool] = True

    where: Clause | None = None
    open: str = ""


@dataclass(frozen=True, kw_only=True)
class ExceptionClause(Provision):
    """Takes weapons out of categories, rules or limits (`of`); with `up_to`, only so many."""

    kind: ClassVar[str] = "exception"
    computes: ClassVar[bool] = True

    of: tuple[str, ...]
    where: Clause
    up_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class CountingRule(Provision):
    """Adds categories, with a weight each, to one or more named counts."""

    kind: ClassVar[str] = "counting-rule"
    computes: ClassVar[bool] = True

    counts_in: tuple[str, ...] = ()
    adds: Tally | None = None


@dataclass(frozen=True, kw_only=True)
class Attribution(Provision):
    """A table that gives types a value of an attribute under this text (warheads attributed …)."""

    kind: ClassVar[str] = "attribution"
    computes: ClassVar[bool] = True

    sets: str
    table: tuple[tuple[str, Number], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Limit(Provision):
    """What all limits on a count share; `limit` is the short name a count is asked for by.

    It counts what is deployed unless `activities` says otherwise.
    """

    computes: ClassVar[bool] = True

    limit: str = ""
    quantity: str = "held"
    per: str = ""
    each: str = ""
    activities: tuple[Activity, ...] = ("deployed",)
    deadline: When | None = None


@dataclass(frozen=True, kw_only=True)
class Ceiling(Limit):
    """A count must not exceed a value; `within` names the ceiling it is a sublimit of."""

    kind: ClassVar[str] = "ceiling"

    on: Tally
    at_most: Schedule
    within: str = ""


@dataclass(frozen=True, kw_only=True)
class Sublimit(Ceiling):
    """A ceiling inside another ceiling."""

    kind: ClassVar[str] = "sublimit"


@dataclass(frozen=True, kw_only=True)
class Floor(Limit):
    """A count must not fall below a value."""

    kind: ClassVar[str] = "floor"

    on: Tally
    at_least: Schedule


@dataclass(frozen=True, kw_only=True)
class Freeze(Limit):
    """A count must not rise above what it was at a date (`at_most`: the number, or `as_of`)."""

    kind: ClassVar[str] = "freeze"

    on: Tally
    at_most: Schedule


@dataclass(frozen=True, kw_only=True)
class Ban(Limit):
    """Nothing of a category may be developed, flight-tested, produced or deployed (`activities`)."""

    kind: ClassVar[str] = "ban"

    on: Tally | None = None
    where: Clause | None = None


@dataclass(frozen=True, kw_only=True)
class QualitativeLimit(Limit):
    """Every weapon of a category (`on`) must satisfy a predicate (`must`)."""

    kind: ClassVar[str] = "qualitative-limit"

    on: Tally | None = None
    must: Clause | None = None
    activities: tuple[Activity, ...] = ("flight-tested", "produced", "deployed")


@dataclass(frozen=True, kw_only=True)
class TypeLimit(Limit):
    """No more than so many types of a category."""

    kind: ClassVar[str] = "type-limit"

    on: Tally
    at_most: Schedule


@dataclass(frozen=True, kw_only=True)
class Average(Limit):
    """One count may not exceed so many times another: missiles for each bomber."""

    kind: ClassVar[str] = "average"

    of: Tally
    per_each: Tally
    at_most: Schedule


@dataclass(frozen=True, kw_only=True)
class Ratio(Average):
    """One count as a share of another."""

    kind: ClassVar[str] = "ratio"


@dataclass(frozen=True, kw_only=True)
class Offset(Limit):
    """A count may rise above its baseline only as something else falls below its own."""

    kind: ClassVar[str] = "offset"

    of: Tally
    above: Bound
    against: Tally
    baseline: Bound


@dataclass(frozen=True, kw_only=True)
class Menu(Provision):
    """Alternatives of which each party bound must keep `choose`; it picks which."""

    kind: ClassVar[str] = "menu"
    computes: ClassVar[bool] = True

    options: tuple[tuple[str, tuple[str, ...]], ...]
    choose: int = 1


@dataclass(frozen=True, kw_only=True)
class ScheduleClause(Provision):
    """When something must begin or end; with `on`, the deadline for excess under those limits."""

    kind: ClassVar[str] = "schedule"
    why_not: ClassVar[str] = "a timetable; it sets no number"

    on: tuple[str, ...] = ()
    start: When | None = None
    finish: When | None = None


@dataclass(frozen=True, kw_only=True)
class Obligation(Provision):
    """A promise to do or to refrain that no row can say."""

    kind: ClassVar[str] = "obligation"
    why_not: ClassVar[str] = "a promise; it counts nothing"


@dataclass(frozen=True, kw_only=True)
class Exchange(Provision):
    """A promise to give notice or data."""

    kind: ClassVar[str] = "exchange"
    why_not: ClassVar[str] = "an exchange of notices or data; it counts nothing"


@dataclass(frozen=True, kw_only=True)
class Verification(Provision):
    """How compliance may be monitored."""

    kind: ClassVar[str] = "verification"
    why_not: ClassVar[str] = "a verification measure; it counts nothing"


@dataclass(frozen=True, kw_only=True)
class Principle(Provision):
    """A principle or aim."""

    kind: ClassVar[str] = "principle"
    why_not: ClassVar[str] = "a principle; it counts nothing"


KINDS: tuple[type[Provision], ...] = (
    Definition,
    Category,
    ExceptionClause,
    CountingRule,
    Attribution,
    Ceiling,
    Sublimit,
    Floor,
    Freeze,
    Ban,
    QualitativeLimit,
    TypeLimit,
    Average,
    Ratio,
    Offset,
    Menu,
    ScheduleClause,
    Obligation,
    Exchange,
    Verification,
    Principle,
)
KIND_BY_NAME: dict[str, type[Provision]] = {k.kind: k for k in KINDS}
