"""Measures, by which forces are weighed, and lenses: what a side counts when it speaks of equality.

A measure is a formula as data: number × factor × attributes raised to powers, for each weapon by the
first of its pieces that applies. A lens takes what the text counts, adds what a side says must count
too, and leaves out what it says must not; it names whose view it is and where that side took it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Self

from detente.model.cites import NO_CITES, Cites, Confidence
from detente.model.predicate import Clause
from detente.model.problem import NOWHERE, Place
from detente.model.written import Miswritten, Written, plain


@dataclass(frozen=True)
class Power(Written):
    """An exponent: a number, or a fraction written `2/3`; kept exactly."""

    value: Fraction

    written_schema: ClassVar[dict[str, Any]] = {
        "description": "an exponent: a number, or a fraction such as 2/3",
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(/[1-9]\d*)?$"}],
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """A number or a fraction; raises `Miswritten`."""
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise Miswritten(f"an exponent must be a number or a fraction, not {plain(raw)}")
        try:
            value = Fraction(str(raw).strip())
        except (ValueError, ZeroDivisionError):
            raise Miswritten(
                f"an exponent must be a number or a fraction such as 2/3, not {plain(raw)}"
            ) from None
        if abs(value) > 9:
            raise Miswritten(f"an exponent cannot be as large as {plain(raw)}")
        return cls(value)

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one weapon is worth: `factor` times its attributes (or other measures) to their powers.

    It applies to weapons that `where` takes in and whose attributes (and those that it `needs`) are
    known.
    """

    where: Clause | None = None
    factor: int | float = 1
    powers: tuple[tuple[str, Power], ...] = ()
    needs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A standard way to weigh forces. Of `each` weapon the first piece that applies counts.

    A weapon that no piece takes in is worth nothing by this measure; one that a piece takes in but
    whose attributes nobody gives is *not measured*, and said to be so.
    """

    id: str
    title: str
    unit: str
    each: tuple[Piece, ...]
    formula: str = ""
    about: str = ""
    source: Cites = NO_CITES
    confidence: Confidence = "verified"
    note: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Addition:
    """What a lens counts beside the text: weapons `of` some parties, reckoned `to` one side.

    They are taken from the newest inventory on one of the `bases` that has any; `weight` is how
    much each counts where a side argues for other than one.
    """

    title: str
    to: str
    of: tuple[str, ...]
    where: Clause
    bases: tuple[str, ...]
    weight: int | float = 1
    source: Cites = NO_CITES
    confidence: Confidence = "verified"
    note: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Lens:
    """What a side counts when it speaks of equality.

    Attributes:
        by: the party whose lens it is; empty where it is nobody's in particular.
        limit: what the text counts under this limit is where it starts; under any limit on numbers
            where none is named.
        includes: lenses whose additions it has too.
        adds: what it counts beside the text.
        leaves_out: what it does not count though the text does.
        claims: claimants whose figures it takes where rivals differ.
        trusts: sources that it takes where several give an attribute differently.
        not_computed: what the side says must weigh too and nobody has put in numbers.

    """

    id: str
    title: str
    by: str = ""
    limit: str = ""
    includes: tuple[str, ...] = ()
    adds: tuple[Addition, ...] = ()
    leaves_out: Clause | None = None
    claims: tuple[str, ...] = ()
    trusts: tuple[str, ...] = ()
    not_computed: tuple[str, ...] = ()
    source: Cites = NO_CITES
    confidence: Confidence = "verified"
    note: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)
