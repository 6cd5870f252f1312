"""Predicates from text to a checked tree: parsing, then types, units and names.

`parse` knows only the grammar; `Resolver` knows the attributes, systems, zones and categories and
puts every constant into the unit of the attribute it is compared with. Both report problems with
offsets into the predicate's own text; neither raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from detente.model.dates import When
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
from detente.model.problem import did_you_mean
from detente.model.systems import Attribute
from detente.model.units import UNITS, convert, unit_of_key
from detente.model.written import Miswritten

MAX_LENGTH = 4000
MAX_NESTING = 60
FACETS = ("party", "type", "state", "zone", "place", "activity", "carrier", "launcher", "quantity")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*")
_WORDS = {"and", "or", "not", "in", "of", "any", "yes", "no", "largest", "smallest"}
_NESTING = re.compile(r"\(|\bnot\b")
_MULTIPLE = re.compile(r"\*")
_OPS = {"≤": "<=", "≥": ">=", "≠": "!="}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def nameable(name: str) -> bool:
    """Whether a predicate can name it: a word, and none of the grammar's own."""
    return bool(_NAME.fullmatch(name)) and name not in _WORDS


@dataclass(frozen=True)
class Flaw:
    """A problem inside a predicate: code, message, offsets, hint."""

    code: str
    message: str
    start: int
    end: int
    hint: str = ""


@v_args(meta=True)
class _Build(Transformer[Token, Any]):
    """Parse tree to model tree; the depth is bounded by `MAX_NESTING`."""

    def _span(self, meta: Any) -> dict[str, int]:
        return {"start": getattr(meta, "start_pos", 0), "end": getattr(meta, "end_pos", 0)}

    def disjunction(self, meta: Any, items: list[Tree]) -> Tree:
        return items[0] if len(items) == 1 else Or(tuple(items), **self._span(meta))

    def conjunction(self, meta: Any, items: list[Tree]) -> Tree:
        return items[0] if len(items) == 1 else And(tuple(items), **self._span(meta))

    def negation(self, meta: Any, items: list[Tree]) -> Tree:
        return Not(items[0], **self._span(meta))

    def comparison(self, meta: Any, items: list[Any]) -> Tree:
        left, op, right = items
        return Compare(left, _OPS.get(str(op), str(op)), right, **self._span(meta))

    def chain(self, meta: Any, items: list[Any]) -> Tree:
        a, op1, b, op2, c = items
        span = self._span(meta)
        first = Compare(a, _OPS.get(str(op1), str(op1)), b, **span)
        return And((first, Compare(b, _OPS.get(str(op2), str(op2)), c, **span)), **span)

    def member(self, meta: Any, items: list[Any]) -> Tree:
        return self._membership(meta, items, False)

    def not_member(self, meta: Any, items: list[Any]) -> Tree:
        return self._membership(meta, items, True)

    def _membership(self, meta: Any, items: list[Token], negated: bool) -> Tree:
        words = tuple(str(w) for w in items[1:])
        spans = tuple((w.start_pos or 0, w.end_pos or 0) for w in items[1:])
        return Member(str(items[0]), words, negated, spans, **self._span(meta))

    def any_of_type(self, meta: Any, items: list[Tree]) -> Tree:
        return AnyOfType(items[0], "type", **self._span(meta))

    def any_of_launcher(self, meta: Any, items: list[Tree]) -> Tree:
        return AnyOfType(items[0], "launcher", **self._span(meta))

    def named(self, meta: Any, items: list[Token]) -> Tree:
        name = str(items[0])
        if name in ("yes", "no"):
            return Always(name == "yes", **self._span(meta))
        return Named(name, **self._span(meta))

    def quantity(self, meta: Any, items: list[Token]) -> Operand:
        number = float(items[0]) if "." in items[0] else int(items[0])
        unit = str(items[1]) if len(items) > 1 else ""
        return Quantity(number, unit, f"{items[0]} {unit}".strip(), **self._span(meta))

    def date(self, meta: Any, items: list[Token]) -> Operand:
        span = self._span(meta)
        try:
            when = When.parse(str(items[0]))
        except Miswritten:
            return Word(str(items[0]), **span)
        return DateValue(when.first, when.last, **span)

    def name(self, meta: Any, items: list[Token]) -> Operand:
        return Word(str(items[0]), **self._span(meta))

    def of_type(self, meta: Any, items: list[Token]) -> Operand:
        return OfType(str(items[0]), str(items[1]), **self._span(meta))

    def heaviest(self, meta: Any, items: list[Token]) -> Operand:
        largest, attribute, category = items[0] == "largest", str(items[1]), str(items[2])
        held: date | None = None
        if len(items) > 3 and items[3] is not None:
            try:
                held = When.parse(str(items[3])).last
            except Miswritten:
                return Word(str(items[3]), **self._span(meta))
        return Heaviest(largest, attribute, category, held, **self._span(meta))

    def scaled(self, meta: Any, items: list[Any]) -> Operand:
        number = float(items[0]) if "." in items[0] else int(items[0])
        return Scaled(number, items[1], **self._span(meta))

    def word(self, meta: Any, items: list[Token]) -> Token:
        return items[0]


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True)


_EXPECTED = {
    "OP": "a comparison such as = or >",
    "NAME": "a name",
    "NUMBER": "a number",
    "LPAR": "(",
    "RPAR": ")",
    "$END": "the end",
    "IN": "in",
    "AND": "and",
    "OR": "or",
    "OF": "of",
    "LBRACE": "{",
    "RBRACE": "}",
    "COMMA": ",",
}


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[Tree | None, tuple[Flaw, ...]]:
    """The tree of a predicate, not yet resolved, or None with the flaw that stopped the parser."""
    if len(text) > MAX_LENGTH:
        return None, (Flaw("E407", f"a predicate may have {MAX_LENGTH:,} characters", 0, 1),)
    if len(_NESTING.findall(text)) > MAX_NESTING or len(_MULTIPLE.findall(text)) > MAX_NESTING:
        return None, (Flaw("E407", "the predicate is nested too deeply", 0, 1),)
    try:
        return _Build().transform(_parser().parse(text)), ()
    except UnexpectedInput as bad:
        start = bad.pos_in_stream if isinstance(bad.pos_in_stream, int) else len(text)
        token = getattr(bad, "token", None)
        if token is not None and token.type == "$END":
            start, found = len(text), "the end"
        else:
            found = f"'{token}'" if token is not None else f"'{text[start : start + 1]}'"
        wanted = getattr(bad, "expected", None) or getattr(bad, "allowed", None) or ()
        words = sorted({_EXPECTED.get(w, "") for w in wanted} - {""})
        hint = f"expected {', '.join(words[:6])}" if words else ""
        end = start + (len(token) if token is not None and token.type != "$END" else 1)
        return None, (Flaw("E401", f"cannot read the predicate at {found}", start, end, hint),)


@dataclass
class Resolver:
    """Checks names, types and units of a parsed tree against what a case declares."""

    attributes: Mapping[str, Attribute]
    systems: Iterable[str] = ()
    types: Iterable[str] = ()
    parties: Iterable[str] = ()
    zones: Iterable[str] = ()
    categories: Iterable[str] = ()
    flaws: list[Flaw] = field(default_factory=list)
    _by_stem: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.systems, self.types = set(self.systems), set(self.types)
        self.categories = set(self.categories)
        for key in self.attributes:
            unit = unit_of_key(key)
            if unit:
                self._by_stem.setdefault(key[: -len(unit) - 1], key)

    def flaw(self, code: str, message: str, node: Any, hint: str = "") -> None:
        self.flaws.append(Flaw(code, message, node.start, node.end, hint))

    def key(self, name: str) -> str | None:
        """The facet or attribute key that a name means; None when there is none."""
        if name in FACETS or name in self.attributes:
            return name
        return self._by_stem.get(name)

    def known(self) -> set[str]:
        """All names that a predicate may use for attributes."""
        return {*FACETS, *self.attributes, *self._by_stem, "count_date"}

    def resolve(self, tree: Tree) -> Tree:
        """The tree with keys, units and constants settled; flaws are collected."""
        match tree:
            case And(items):
                return replace(tree, items=tuple(self.resolve(i) for i in items))
            case Or(items):
                return replace(tree, items=tuple(self.resolve(i) for i in items))
            case Not(inner) | AnyOfType(inner):
                return replace(tree, inner=self.resolve(inner))
            case Named(name):
                return self._named(tree, name)
            case Member():
                return self._member(tree)
            case Compare():
                return self._compare(tree)
            case _:
                return tree

    def _named(self, tree: Named, name: str) -> Tree:
        if name in self.categories:
            return tree
        key = self.key(name)
        if key is None or key in FACETS:
            known = self.known() | set(self.categories)
            self.flaw(
                "E402", f"unknown attribute or category '{name}'", tree, did_you_mean(name, known)
            )
            return tree
        if self.attributes[key].usable and self.attributes[key].type != "yes-no":
            what = self.attributes[key].type
            self.flaw("E406", f"'{name}' is a {what}; it needs a comparison", tree)
        return Member(key, ("yes",), start=tree.start, end=tree.end)

    def _choices(self, key: str) -> set[str] | None:
        """The words a key may take; None when any word will do."""
        if key == "party":
            return set(self.parties)
        if key == "type":
            return set(self.systems) | set(self.types)
        if key == "zone":
            return set(self.zones)
        if key == "activity":
            return {"developed", "flight-tested", "produced", "deployed"}
        if key in FACETS:
            return None
        attribute = self.attributes[key]
        if not attribute.usable:
            return None
        if attribute.type == "yes-no":
            return {"yes", "no"}
        return set(attribute.choices) if attribute.type == "choice" else None

    def _words(self, node: Any, key: str, words: Iterable[str]) -> None:
        choices = self._choices(key)
        if choices is None:
            return
        spans = getattr(node, "spans", ())
        for i, word in enumerate(words):
            if word not in choices:
                code = {"type": "E302", "party": "E301", "zone": "E307"}.get(key, "E405")
                hint = did_you_mean(word, choices, f"values of {key}")
                start, end = spans[i] if i < len(spans) else (node.start, node.end)
                message = f"'{word}' is not a value of {key}"
                self.flaws.append(Flaw(code, message, start, end, hint))

    def _member(self, tree: Member) -> Tree:
        key = self.key(tree.attribute)
        if key is None:
            hint = did_you_mean(tree.attribute, self.known())
            self.flaw("E402", f"unknown attribute '{tree.attribute}'", tree, hint)
            return tree
        if key in self.attributes and self.attributes[key].type in ("number", "date"):
            self.flaw("E406", f"'{tree.attribute}' is a number or date; compare it instead", tree)
        else:
            self._words(tree, key, tree.words)
        return replace(tree, attribute=key)

    def _operand(self, node: Operand) -> tuple[Operand, str]:
        """The operand resolved, and the attribute key whose type it has ('' for constants)."""
        match node:
            case Word("count_date"):
                return CountDate(start=node.start, end=node.end), ""
            case Word(name):
                key = self.key(name)
                return (Attr(key, start=node.start, end=node.end), key) if key else (node, "")
            case OfType(attribute, system):
                key = self.key(attribute)
                if key is None or key in FACETS:
                    hint = did_you_mean(attribute, self.attributes)
                    self.flaw("E402", f"unknown attribute '{attribute}'", node, hint)
                    return node, ""
                if system not in self.systems:
                    hint = did_you_mean(system, self.systems)
                    self.flaw("E302", f"unknown system '{system}'", node, hint)
                return replace(node, attribute=key), key
            case Heaviest(attribute=attribute, category=category):
                key = self.key(attribute)
                if key is None or key in FACETS:
                    hint = did_you_mean(attribute, self.attributes)
                    self.flaw("E402", f"unknown attribute '{attribute}'", node, hint)
                    return node, ""
                if category not in self.categories:
                    hint = did_you_mean(category, self.categories)
                    self.flaw("E310", f"unknown category '{category}'", node, hint)
                return replace(node, attribute=key), key
            case Scaled(_, inner):
                resolved, key = self._operand(inner)
                return replace(node, operand=resolved), key
            case _:
                return node, ""

    def _compare(self, tree: Compare) -> Tree:
        left, left_key = self._operand(tree.left)
        right, right_key = self._operand(tree.right)
        key = left_key or right_key
        if not key and CountDate in (type(left), type(right)):
            return self._day_of_count(replace(tree, left=left, right=right))
        if not key:
            for side in (tree.left, tree.right):
                if isinstance(side, Word):
                    hint = did_you_mean(side.name, self.known())
                    self.flaw("E402", f"unknown attribute '{side.name}'", side, hint)
                    return tree
            self.flaw("E406", "a comparison needs an attribute on one side", tree)
            return tree
        if key in self.attributes and not self.attributes[key].usable:
            return tree
        kind = "choice" if key in FACETS else self.attributes[key].type
        if left_key and right_key:
            other = self.attributes.get(right_key)
            mine = self.attributes.get(left_key)
            if not mine or not other or mine.type != other.type:
                self.flaw("E406", f"{left_key} and {right_key} cannot be compared", tree)
            elif unit_of_key(left_key) != unit_of_key(right_key):
                self.flaw("E404", f"{left_key} and {right_key} have different units", tree)
            return replace(tree, left=left, right=right)
        if not left_key:  # constant first: turn it round, so that the attribute leads
            turned = _TURNED.get(tree.op, tree.op)
            return self._against(replace(tree, left=right, op=turned, right=left), key, kind)
        return self._against(replace(tree, left=left, right=right), key, kind)

    def _day_of_count(self, tree: Compare) -> Tree:
        """The day of the count against a date, the day first."""
        if not isinstance(tree.left, CountDate):
            tree = replace(tree, left=tree.right, op=_TURNED.get(tree.op, tree.op), right=tree.left)
        return self._dated(tree, "count_date")

    def _against(self, tree: Compare, key: str, kind: str) -> Tree:
        constant = tree.right
        if kind == "number":
            return self._number(tree, key, constant)
        if kind == "date":
            return self._dated(tree, key)
        if tree.op not in ("=", "!="):
            self.flaw("E406", f"{key} is a word; only = and != can compare it", tree)
            return tree
        if isinstance(constant, Word):
            self._words(constant, key, [constant.name])
            return Member(key, (constant.name,), tree.op == "!=", start=tree.start, end=tree.end)
        self.flaw("E406", f"{key} is a word; it cannot be compared with a number or date", constant)
        return tree

    def _dated(self, tree: Compare, key: str) -> Tree:
        constant = tree.right
        if (
            isinstance(constant, Quantity)
            and isinstance(constant.value, int)
            and not constant.unit
            and 1000 <= constant.value <= 9999
        ):
            when = When.parse(f"{int(constant.value):04d}")
            return replace(tree, right=DateValue(when.first, when.last))
        if isinstance(constant, Word) and constant.name[:1].isdigit():
            self.flaw("E210", f"there is no such date: {constant.name}", constant)
        elif not isinstance(constant, DateValue) and not (
            isinstance(constant, CountDate) and isinstance(tree.left, Attr)
        ):
            self.flaw("E406", f"{key} is a date; it cannot be compared with this", constant)
        return tree

    def _number(self, tree: Compare, key: str, constant: Operand) -> Tree:
        unit = unit_of_key(key)
        if isinstance(constant, Word):
            hint = did_you_mean(constant.name, self.known())
            self.flaw("E406", f"{key} is a number; '{constant.name}' is a word", constant, hint)
            return tree
        if not isinstance(constant, Quantity):
            self.flaw("E406", f"{key} is a number; it cannot be compared with a date", constant)
            return tree
        if constant.unit and constant.unit not in UNITS:
            hint = did_you_mean(constant.unit, UNITS, "units")
            self.flaw("E403", f"unknown unit '{constant.unit}'", constant, hint)
            return tree
        if bool(unit) != bool(constant.unit):
            wanted = f"{key} needs a unit, such as {unit}" if unit else f"{key} has no unit"
            self.flaw("E404", wanted, constant)
            return tree
        if not unit:
            return tree
        if UNITS[unit][0] != UNITS[constant.unit][0]:
            message = f"{key} is a {UNITS[unit][0]}; {constant.unit} is a {UNITS[constant.unit][0]}"
            self.flaw("E404", message, constant)
            return tree
        value = convert(constant.value, constant.unit, unit)
        return replace(tree, right=replace(constant, value=value))
