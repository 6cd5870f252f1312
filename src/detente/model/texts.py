"""Texts: treaties, drafts, proposals; and the issues with their options that texts choose from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date as Day
from typing import Literal

from detente.model.cites import NO_CITES, Cites
from detente.model.dates import Period, When
from detente.model.problem import NOWHERE, Place
from detente.model.provisions import Binding, Provision

InForce = Literal["yes", "not yet", "expired", "never", "suspended"]


@dataclass(frozen=True, kw_only=True)
class Option:
    """One way of settling an issue; it brings provisions."""

    id: str
    title: str = ""
    provisions: tuple[Provision, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A question that a text must settle, with its options."""

    id: str
    title: str = ""
    options: tuple[Option, ...] = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Text:
    """A treaty, draft, note or proposal with all its provisions, its base's included."""

    id: str
    title: str
    parties: tuple[str, ...]
    date: When
    by: str = "joint"
    status: str = ""
    binding: Binding = "legal"
    counts: str = ""
    entry_into_force: str = ""
    assumed_force: When | None = None
    forced: When | None = None
    period: Period | None = None
    suspended: When | None = None
    based_on: str = ""
    source: Cites = NO_CITES
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    about: str = ""
    note: str = ""
    provisions: tuple[Provision, ...] = ()
    dropped: tuple[str, ...] = ()
    chosen: tuple[tuple[str, str], ...] = ()  # issue and option, the base's included
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def events(self) -> dict[str, Day | None]:
        """The dates of the events that other dates are counted from; None for never."""
        eif = self.assumed_force or self.forced
        return {"eif": eif.first if eif else None, "signature": self.date.first}

    @property
    def begins(self) -> Day:
        """The first day of its period, or of its entry into force; failing both, its own date."""
        start = (
            self.period.start.resolve(self.events) if self.period and self.period.start else None
        )
        return start or self.events["eif"] or self.date.first

    def in_force(self, at: Day, binding: Binding | None = None) -> tuple[InForce, str]:
        """Whether the text is in force at a date, and since when or why not.

        With `binding`, whether a provision of it is that says it binds otherwise than the text: a
        political commitment holds from the day it was made, whatever becomes of the treaty.
        """
        if binding in (None, self.binding):
            return self._in_force(at)
        if binding == "proposed":
            return "never", "only proposed"
        if binding == "legal":
            return replace(self, binding="legal")._in_force(at)
        made = replace(
            self, binding="political", entry_into_force="", assumed_force=None, forced=None
        )
        state, why = made._in_force(at)
        return state, f"{why}, a political commitment"

    def _in_force(self, at: Day) -> tuple[InForce, str]:
        events = self.events
        if self.entry_into_force == "never" and not self.assumed_force:
            return "never", "it never entered into force"
        if self.binding == "proposed":
            return "never", "a proposal" if self.by != "joint" else "it was not concluded"
        start = events["eif"]
        if self.period and self.period.start:
            begins = self.period.start.resolve(events)
            start = max(filter(None, (start, begins)), default=None)
        start = start or self.date.first
        assumed = " (entry into force assumed)" if self.assumed_force else ""
        if at < start:
            return "not yet", f"from {start}{assumed}"
        end = self.period.end.resolve_last(events) if self.period and self.period.end else None
        if end and at > end:
            return "expired", f"to {end}"
        if self.suspended and at >= self.suspended.first:
            return "suspended", f"since {self.suspended}"
        return "yes", f"since {start}{assumed}"

    def provision(self, name: str) -> Provision | None:
        """The provision of that id."""
        return next((p for p in self.provisions if p.id == name), None)
