"""Systems (types of weapon) and the attributes they are described by, each value with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from detente.model.amounts import Span
from detente.model.cites import Cites, Confidence
from detente.model.dates import When
from detente.model.predicate import Clause
from detente.model.problem import NOWHERE, Place

AttributeType = Literal["number", "choice", "yes-no", "date", "text"]
Value = Span | str | bool | When


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """What an attribute key means, its type, unit and the values it may take.

    More of a `quality` makes each weapon worth more (warheads, throw weight): where a text limits
    numbers and not this, that is a channel. `carries` says of which weapons the number is the load
    that one can carry. Not `usable` where its own definition has mistakes: it is known by name alone.
    """

    id: str
    type: AttributeType
    title: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""
    quality: bool = False
    carries: Clause | None = None
    note: str = ""
    usable: bool = True
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Fact:
    """One value of one attribute, as one source gives it."""

    value: Value
    source: Cites
    confidence: Confidence
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return show_value(self.value)


@dataclass(frozen=True, kw_only=True)
class System:
    """A type of weapon or one of its variants.

    `variant_of` names the type whose test history it shares; a system without it is a type of
    its own. Where it may be of any of several types (launchers in conversion, a collective), it
    names them all, and what depends on which one it is stays unknown. Two sources may disagree on
    an attribute: both facts are kept, neither preferred.
    """

    id: str
    name: str
    party: str
    variant_of: tuple[str, ...] = ()
    facts: tuple[tuple[str, tuple[Fact, ...]], ...] = ()
    note: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    def of(self, attribute: str) -> tuple[Fact, ...]:
        """All facts on one attribute; empty when it is not known."""
        for key, facts in self.facts:
            if key == attribute:
                return facts
        return ()

    @property
    def types(self) -> tuple[str, ...]:
        """The type: the system itself, or what it is a variant of; several where it is not known."""
        return self.variant_of or (self.id,)

    def __iter__(self) -> Iterator[tuple[str, tuple[Fact, ...]]]:
        return iter(self.facts)


def show_value(value: Value) -> str:
    """An attribute's value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
