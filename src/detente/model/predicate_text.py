"""A tree as a predicate is written in a case file: what the reader parses back into the same tree."""

from __future__ import annotations

from collections.abc import Mapping

from detente.model.predicate import (
    Always,
    And,
    AnyOfType,
    Attr,
    Compare,
    CountDate,
    DateValue,
    Heaviest,
    Member,
    Named,
    Not,
    OfType,
    Operand,
    Or,
    Quantity,
    Scaled,
    Tree,
    Word,
)
from detente.model.systems import Attribute
from detente.model.units import unit_of_key

_LOOSE, _OR, _AND, _TIGHT = range(4)


def written(tree: Tree, attributes: Mapping[str, Attribute]) -> str:
    """The predicate's text; empty where no text says it (an open clause, rival readings)."""
    try:
        return _say(tree, attributes, _LOOSE)
    except _Unwritable:
        return ""


class _Unwritable(Exception):
    """A part that no text says."""


def stem(key: str, attributes: Mapping[str, Attribute]) -> str:
    """An attribute's name without its unit, where that names no other attribute."""
    unit = unit_of_key(key)
    short = key[: -len(unit) - 1] if unit else key
    alike = [k for k in attributes if k != key and k.startswith(short)]
    clash = short in attributes or any(
        unit_of_key(k) and k[: -len(unit_of_key(k)) - 1] == short for k in alike
    )
    return key if clash else short


def _say(tree: Tree, attributes: Mapping[str, Attribute], level: int) -> str:
    match tree:
        case Always(value):
            return "yes" if value else "no"
        case Named(name):
            return name
        case And(items):
            text = " and ".join(_say(i, attributes, _AND) for i in items)
            return f"({text})" if level > _AND else text
        case Or(items):
            text = " or ".join(_say(i, attributes, _OR) for i in items)
            return f"({text})" if level > _OR else text
        case Not(inner):
            return f"not {_say(inner, attributes, _TIGHT)}"
        case AnyOfType(inner, whose):
            return f"any of {whose} ({_say(inner, attributes, _LOOSE)})"
        case Member(attribute, words, negated):
            definition = attributes.get(attribute)
            if definition and definition.type == "yes-no" and len(words) == 1:
                yes = (words[0] == "yes") != negated
                return attribute if yes else f"not {attribute}"
            if len(words) == 1:
                return f"{attribute} {'!=' if negated else '='} {words[0]}"
            return f"{attribute} {'not ' if negated else ''}in {{{', '.join(words)}}}"
        case Compare(left, op, right):
            keys = [o.name for o in (left, right) if isinstance(o, Attr)]
            unit = next((unit_of_key(k) for k in keys if unit_of_key(k)), "")
            return f"{_operand(left, attributes, unit)} {op} {_operand(right, attributes, unit)}"
        case _:
            raise _Unwritable


def _operand(node: Operand, attributes: Mapping[str, Attribute], unit: str) -> str:
    match node:
        case Attr(name):
            return stem(name, attributes)
        case Quantity(value):
            return f"{number(value)} {unit}".strip()
        case DateValue(first, last):
            if first == last:
                return first.isoformat()
            return f"{first:%Y-%m}" if first.month == last.month else f"{first:%Y}"
        case CountDate():
            return "count_date"
        case OfType(attribute, system):
            return f"{stem(attribute, attributes)} of {system}"
        case Heaviest(largest, attribute, category):
            held = getattr(node, "held", None)
            size = "largest" if largest else "smallest"
            text = f"{size} {stem(attribute, attributes)} of {category}"
            return f"{text} held {held}" if held else text
        case Scaled(factor, operand):
            return f"{number(factor)} * {_operand(operand, attributes, unit)}"
        case Word(name):
            return name


def number(value: float) -> str:
    """A number without thousands separators, whole where it is whole."""
    if float(value).is_integer():
        return str(int(value))
    return f"{value:.15f}".rstrip("0")
