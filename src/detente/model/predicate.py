"""The tree of a predicate: what a clause of a text says of a weapon.

One tree has several readers: numpy masks and explanations (`detente.compile.membership`),
attribute cells (`detente.compile.cells`) and English (`detente.report.english`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar, Literal, Self

from detente.model.written import Miswritten, Written, plain


@dataclass(frozen=True)
class Node:
    """A node of the tree; `start` and `end` are offsets in the predicate's text."""

    start: int = field(default=0, kw_only=True, compare=False, repr=False)
    end: int = field(default=0, kw_only=True, compare=False, repr=False)


# --- operands ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Attr(Node):
    """An attribute of the weapon, or a facet of the holding (party, type, state, zone, place …)."""

    name: str


@dataclass(frozen=True)
class Quantity(Node):
    """A number with its unit; after resolution in the attribute's own unit, `unit` kept for show."""

    value: int | float
    unit: str = ""
    shown: str = ""


@dataclass(frozen=True)
class DateValue(Node):
    """A calendar date (or month, or year: its first and last day)."""

    first: date
    last: date


@dataclass(frozen=True)
class CountDate(Node):
    """The day of the count, written `count_date`; known once a text is compiled for a day."""


@dataclass(frozen=True)
class Word(Node):
    """A bare word: a choice, a system, a place; its meaning comes from the other side."""

    name: str


@dataclass(frozen=True)
class OfType(Node):
    """An attribute of a named system: `launch_weight of su_ss19_m1`."""

    attribute: str
    system: str


@dataclass(frozen=True)
class Heaviest(Node):
    """The largest or smallest value of an attribute in a category: `largest launch_weight of light-icbm`.

    With `held`, only of types that an inventory of that day, or the last before it, holds.
    """

    largest: bool
    attribute: str
    category: str
    held: date | None = None


@dataclass(frozen=True)
class Scaled(Node):
    """A multiple of another operand: `1.05 * launch_weight of su_ss11_m1`."""

    factor: int | float
    operand: Operand


Operand = Attr | Quantity | DateValue | CountDate | Word | OfType | Heaviest | Scaled


# --- truth-valued nodes -------------------------------------------------------------------------
@dataclass(frozen=True)
class Compare(Node):
    """A comparison; op is one of = != < <= > >=."""

    left: Operand
    op: str
    right: Operand


@dataclass(frozen=True)
class Member(Node):
    """Membership of a choice in a list of words."""

    attribute: str
    words: tuple[str, ...]
    negated: bool = False
    spans: tuple[tuple[int, int], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Named(Node):
    """A named category, or a yes-no attribute."""

    name: str


@dataclass(frozen=True)
class AnyOfType(Node):
    """True when any variant of the weapon's type satisfies the inner predicate (type history).

    With `whose` "launcher" the type is that of the launcher the weapon stands in, where the holding
    names one: the launcher's history counts, not the missile inside.
    """

    inner: Tree
    whose: Literal["type", "launcher"] = "type"


@dataclass(frozen=True)
class Not(Node):
    """Negation."""

    inner: Tree


@dataclass(frozen=True)
class And(Node):
    """All of them."""

    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Or(Node):
    """Any of them."""

    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Open(Node):
    """An open clause that nobody can apply mechanically: unknown until a reading gives a value."""

    words: str


@dataclass(frozen=True)
class Readings(Node):
    """Rival readings of one clause: known only where all readings agree."""

    items: tuple[tuple[str, Tree], ...]


@dataclass(frozen=True)
class Always(Node):
    """A constant."""

    value: bool


Tree = Compare | Member | Named | AnyOfType | Not | And | Or | Open | Readings | Always


def walk(tree: Tree) -> Iterator[Tree]:
    """The node and all truth-valued nodes below it."""
    yield tree
    match tree:
        case Not(inner) | AnyOfType(inner):
            yield from walk(inner)
        case And(items) | Or(items):
            for item in items:
                yield from walk(item)
        case Readings(readings):
            for _, item in readings:
                yield from walk(item)
        case _:
            pass


def asks_day(tree: Tree) -> bool:
    """Whether a predicate asks for the day of the count."""
    return any(
        isinstance(node, Compare) and CountDate in (type(node.left), type(node.right))
        for node in walk(tree)
    )


def on_day(tree: Tree, day: date) -> Tree:
    """The predicate on one day: the day of the count put in; the tree itself where it asks for none."""
    if not asks_day(tree):
        return tree
    match tree:
        case Not(inner) | AnyOfType(inner):
            return replace(tree, inner=on_day(inner, day))
        case And(items) | Or(items):
            return replace(tree, items=tuple(on_day(i, day) for i in items))
        case Readings(readings):
            return replace(tree, items=tuple((n, on_day(t, day)) for n, t in readings))
        case Compare(CountDate(), op, DateValue(first, last)):
            return Always(_holds(day, op, first, last), start=tree.start, end=tree.end)
        case Compare(left, op, CountDate()):
            return replace(tree, left=left, op=op, right=DateValue(day, day))
        case _:
            return tree


def _holds(day: date, op: str, first: date, last: date) -> bool:
    """A day against a day, month or year."""
    match op:
        case "<":
            return day < first
        case "<=":
            return day <= last
        case ">":
            return day > last
        case ">=":
            return day >= first
        case _:
            return (first <= day <= last) == (op == "=")


def attributes_in(tree: Tree) -> set[str]:
    """The keys of the attributes and facets that a predicate asks for, named categories apart."""

    def operand(node: Operand) -> set[str]:
        match node:
            case Attr(name):
                return {name}
            case OfType(attribute, _) | Heaviest(_, attribute):
                return {attribute}
            case Scaled(_, inner):
                return operand(inner)
            case _:
                return set()

    found: set[str] = set()
    for node in walk(tree):
        match node:
            case Compare(left, _, right):
                found |= operand(left) | operand(right)
            case Member(attribute, _, _):
                found.add(attribute)
            case _:
                pass
    return found


@dataclass(frozen=True)
class Clause(Written):
    """A predicate as written, and its tree once the reader has parsed it."""

    text: str
    tree: Tree = field(default=Always(False), compare=False, repr=False)

    written_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "description": "a predicate: kind in {ICBM, SLBM} and range > 5500 km",
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Any text; the tree is filled in by the reader, which knows the attributes."""
        if isinstance(raw, bool):
            return cls("yes" if raw else "no", Always(raw))
        if not isinstance(raw, str) or not raw.strip():
            raise Miswritten(f"expected a predicate, not {plain(raw)}")
        return cls(raw)
