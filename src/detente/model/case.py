"""A case: everything that was read from one folder and the libraries it uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from detente.model.candidates import Candidate, Programme
from detente.model.cites import Source
from detente.model.claims import Claim
from detente.model.inventory import Basis, Inventory
from detente.model.lenses import Lens, Measure
from detente.model.record import Record
from detente.model.systems import Attribute, System
from detente.model.texts import Issue, Text


@dataclass(frozen=True, kw_only=True)
class Party:
    """A state or side that holds arms."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Zone:
    """An area; zones may lie inside others."""

    id: str
    title: str = ""
    within: str = ""


@dataclass(frozen=True, kw_only=True)
class View:
    """A named choice of readings and of claimants' figures."""

    id: str
    title: str = ""
    readings: tuple[tuple[str, str], ...] = ()
    claims: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class BriefPlan:
    """What the brief compares when it is not told: a baseline, an option, forces and dates."""

    baseline: str
    option: str
    forces: str
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter or proposal that a staff must answer, and what its brief lays side by side.

    `document` is its key in the record; `text` the text that it proposes, if it does. `options` are
    texts, or `text@view` for a text read in a view; `forces` and `at` as in `count`. `since` is the day
    from which distance is drawn; `toward` a text, or a day, to whose agreed options the way is measured,
    from the day of the letter and from the days of `look_back`.
    """

    document: str
    id: str = ""
    title: str = ""
    text: str = ""
    baseline: str = ""
    options: tuple[str, ...] = ()
    forces: str = ""
    at: str = ""
    since: str = ""
    toward: str = ""
    look_back: tuple[str, ...] = ()
    note: str = ""


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """All values of a case. Problems found while reading stand beside it, never inside.

    Two cases are the same only if they are one object, so that what is worked out of a case can be
    kept with it.
    """

    id: str
    title: str
    folder: Path
    about: str = ""
    parties: Mapping[str, Party] = field(default_factory=_empty)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
    zones: Mapping[str, Zone] = field(default_factory=_empty)
    sources: Mapping[str, Source] = field(default_factory=_empty)
    bases: Mapping[str, Basis] = field(default_factory=_empty)
    attributes: Mapping[str, Attribute] = field(default_factory=_empty)
    systems: Mapping[str, System] = field(default_factory=_empty)
    inventories: Mapping[str, Inventory] = field(default_factory=_empty)
    issues: Mapping[str, Issue] = field(default_factory=_empty)
    texts: Mapping[str, Text] = field(default_factory=_empty)
    views: Mapping[str, View] = field(default_factory=_empty)
    candidates: Mapping[str, Candidate] = field(default_factory=_empty)
    programmes: Mapping[str, Programme] = field(default_factory=_empty)
    brief: BriefPlan | None = None
    measures: Mapping[str, Measure] = field(default_factory=_empty)
    lenses: Mapping[str, Lens] = field(default_factory=_empty)
    record: Record | None = None
    letters: Mapping[str, Letter] = field(default_factory=_empty)
    claims: Mapping[str, Claim] = field(default_factory=_empty)
    files: tuple[str, ...] = ()
    kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def group(self, name: str) -> tuple[str, ...]:
        """The parties of a group, or the party itself."""
        return self.groups.get(name, (name,))

    def zones_within(self, zone: str) -> frozenset[str]:
        """The zone and all zones that lie inside it, at any depth."""
        found = {zone}
        grown = True
        while grown:
            inner = {z.id for z in self.zones.values() if z.within in found} - found
            found |= inner
            grown = bool(inner)
        return frozenset(found)
