"""Inventories: what a party holds at a date, on a basis; never two bases in one sum."""

from __future__ import annotations

from dataclasses import dataclass, field

from detente.model.amounts import Amount
from detente.model.cites import Cites, Confidence
from detente.model.dates import When
from detente.model.predicate import Clause
from detente.model.problem import NOWHERE, Place
from detente.model.systems import Value


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What exactly an inventory counts. Numbers on two bases are never added or compared silently."""

    id: str
    counts: str
    leaves_out: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DataClaim:
    """A figure that belongs to a claimant, a date and a source; rivals are alternatives."""

    by: str
    number: Amount
    source: Cites
    date: When | None = None
    confidence: Confidence = "verified"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TakenAs:
    """A category that a holding is taken to belong to (or not), though its attributes do not say."""

    category: str
    member: bool
    source: Cites
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One line of an inventory: so many of a system in a state, zone and place.

    `number` is None where the line closes on a published total (`closes_on`): the compiler computes
    it; or where there are rival claims alone: then the first is the best figure, and the count
    ranges over all. `attributes` override the system's own for this line (a converted variant, dated events).
    """

    system: str
    number: Amount | None
    source: Cites
    confidence: Confidence = "verified"
    state: str = ""
    zone: str = ""
    place: str = ""
    activity: str = "deployed"
    quantity: str = "held"
    carrier: str = ""
    launcher: str = ""
    attributes: tuple[tuple[str, Value], ...] = ()
    claims: tuple[DataClaim, ...] = ()
    closes_on: str = ""
    taken_as: tuple[TakenAs, ...] = ()
    note: str = ""
    where: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Published:
    """A total that a source prints, with the predicate that says what it sums.

    When `declared`, the figure is the parties' own or an agreed one and governs: where the
    holdings by type come to more, the declared figure counts and the difference is reported.
    With `spread`, the figure's range is what is known of the sum: a count that takes in all of it
    is as uncertain as the total, whatever the ranges of its lines. With `governs` the figure counts
    for all of it, whatever its lines come to: so in a scenario drawn from such a total.
    """

    id: str
    figure: Amount
    where: Clause
    source: Cites
    title: str = ""
    confidence: Confidence = "verified"
    declared: bool = False
    spread: bool = False
    governs: bool = False
    note: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """What one party holds at one date on one basis.

    `leaves_out` says which of the party's weapons the inventory does not speak of; a limit that
    counts such weapons is not computed from it.
    """

    id: str
    party: str
    date: When
    basis: str
    title: str
    holdings: tuple[Holding, ...] = ()
    published: tuple[Published, ...] = ()
    leaves_out: Clause | None = None
    converted_from: str = ""
    conversion: str = ""
    notes: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)
