"""Predicates and rules in English, from the same tree that is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from detente.model.case import Case
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
    Open,
    Operand,
    Or,
    Quantity,
    Readings,
    Scaled,
    Tree,
    Word,
)
from detente.model.systems import Fact
from detente.model.units import unit_of_key

_OPS = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_NOT = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_DATE_OPS = {**_OPS, "<": "is before", "<=": "is by", ">": "is after", ">=": "is from"}


class English:
    """Renders predicates of a case; attribute keys lose their units, systems get their names."""

    def __init__(self, case: Case, titles: Mapping[str, str] | None = None) -> None:
        self.case = case
        self.titles = titles or {}

    def clause(self, tree: Tree) -> str:
        """The predicate as a clause."""
        return self._say(tree, 0)

    def fact(self, attribute: str, fact: Fact) -> str:
        """A fact's value: a number with its unit, a word as the field writes it."""
        attribute = attribute.split(" of ")[0]
        unit = unit_of_key(attribute)
        if isinstance(fact.value, str):
            return self.word(attribute, fact.value)
        return f"{fact} {unit}" if unit else str(fact).replace(",", "")  # a year has no commas

    def _say(self, tree: Tree, level: int) -> str:
        match tree:
            case Always(value):
                return "always" if value else "never"
            case Named(name):
                return self.titles.get(name, name)
            case And(items):
                text = " and ".join(self._and(items))
                return f"({text})" if level > 2 else text
            case Or(items):
                text = " or ".join(self._say(i, 3 if isinstance(i, And) else 1) for i in items)
                return f"({text})" if level > 1 else text
            case Not(Member(attribute, words, negated)):
                return self._member(attribute, words, not negated)
            case Not(Compare(left, op, right)):
                return self._compare(left, _NOT[op], right)
            case Not(inner):
                return f"not {self._say(inner, 3)}"
            case Member(attribute, words, negated):
                return self._member(attribute, words, negated)
            case AnyOfType(inner, "launcher"):
                return f"in a launcher of a type any variant of which {self._of_variant(inner)}"
            case AnyOfType(inner):
                return f"of a type any variant of which {self._of_variant(inner)}"
            case Open(words):
                return f"[open clause: {words}]"
            case Readings(items):
                parts = "; ".join(f"{n}: {self._say(t, 1)}" for n, t in items)
                return f"[read differently — {parts}]"
            case Compare(left, op, right):
                return self._compare(left, op, right)
        raise AssertionError(tree)

    def _compare(self, left: Operand, op: str, right: Operand, *, named: bool = True) -> str:
        """A comparison, the weapon's own attribute first; its name left out where it was just said."""
        left, op, right = _turned(left, op, right)
        dated = isinstance(right, DateValue | CountDate)
        said = (_DATE_OPS if dated else _OPS)[op]
        value = self._operand(right, _key(left))
        if not named:
            return f"{said.removeprefix('is ')} {value}"
        return f"{self._operand(left, '')} {said} {value}"

    def _and(self, items: Iterable[Tree]) -> Iterator[str]:
        """The parts of a conjunction; two comparisons of one attribute name it once."""
        last: Operand | None = None
        for item in items:
            match item:
                case Compare(left, op, right):
                    left, op, right = _turned(left, op, right)
                    yield self._compare(left, op, right, named=left != last)
                    last = left
                case _:
                    yield self._say(item, 2)
                    last = None

    def _of_variant(self, inner: Tree) -> str:
        """What holds of some variant, in words that follow 'any variant of which'."""
        if isinstance(inner, Member) and inner.words == ("yes",) and not inner.negated:
            return self._say(inner, 3)
        return f"satisfies: {self._say(inner, 3)}"

    def _member(self, attribute: str, words: tuple[str, ...], negated: bool) -> str:
        definition = self.case.attributes.get(attribute)
        if definition and definition.type == "yes-no":
            value = (words == ("yes",)) != negated
            said = self.yes_no(attribute)
            return said if value else negated_phrase(said)
        shown = [self.word(attribute, w) for w in words]
        text = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
        name = attribute.replace("_", " ")
        verb = "lies in" if attribute in ("zone", "place") else "is"
        negation = {"is": "is not", "lies in": "does not lie in"}[verb] if negated else verb
        return f"{name} {negation} {text}"

    def yes_no(self, attribute: str) -> str:
        """What a yes-no attribute says of a weapon: `carries MIRVs`."""
        definition = self.case.attributes.get(attribute)
        said = (definition.title if definition else "") or attribute.replace("_", " ")
        return said if said[:2].isupper() else said[:1].lower() + said[1:]

    def word(self, attribute: str, word: str) -> str:
        """A word of an attribute as the field writes it."""
        if attribute == "type":
            if word in self.case.systems:
                return self.case.systems[word].name
            variants = [s.name for s in self.case.systems.values() if s.variant_of == (word,)]
            if variants:
                return common_name(variants) or word
        if attribute == "party" and word in self.case.parties:
            return self.case.parties[word].title
        return word.replace("_", " ")

    def _operand(self, node: Operand, key: str) -> str:
        match node:
            case Attr(name):
                unit = unit_of_key(name)
                return (name[: -len(unit) - 1] if unit else name).replace("_", " ")
            case Quantity(value, _, shown):
                number, _, unit = shown.partition(" ")
                if number and float(number).is_integer():
                    number = (
                        f"{int(float(number)):,}" if int(float(number)) > 9999 or unit else number
                    )
                unit = {"pct": "percent"}.get(unit, unit)
                return f"{number} {unit}".strip() or f"{value:,}"
            case DateValue(first, last):
                return first.isoformat() if first == last else _span(first, last)
            case CountDate():
                return "the day of the count"
            case Word(name):
                return name
            case OfType(attribute, system):
                name = self.case.systems[system].name if system in self.case.systems else system
                return f"the {self._operand(Attr(attribute), key)} of {name}"
            case Heaviest(largest, attribute, category, held):
                size = "largest" if largest else "smallest"
                title = self.titles.get(category, category)
                when = f" held on {held}" if held else ""
                return f"the {size} {self._operand(Attr(attribute), key)} of {title}{when}"
            case Scaled(factor, operand):
                return f"{factor:g} times {self._operand(operand, key)}"
        raise AssertionError(node)


def negated_phrase(said: str) -> str:
    """A phrase such as `carries MIRVs` or `is mobile` turned into its contrary."""
    verb, _, rest = said.partition(" ")
    if not rest:
        return f"not {said}"
    if verb in ("is", "was", "can", "may", "are"):
        return f"{verb} not {rest}"
    if verb.endswith("ies"):
        return f"does not {verb[:-3]}y {rest}"
    if verb.endswith(("ches", "shes", "sses", "xes", "zes")):
        return f"does not {verb[:-2]} {rest}"
    if verb == "has":
        return f"does not have {rest}"
    if verb.endswith("s") and not verb.endswith("ss"):
        return f"does not {verb[:-1]} {rest}"
    return f"not ({said})"


def _turned(left: Operand, op: str, right: Operand) -> tuple[Operand, str, Operand]:
    """The comparison with the weapon's own attribute on the left, where only the right is one."""
    if isinstance(right, Attr) and not isinstance(left, Attr):
        return right, _TURNED.get(op, op), left
    return left, op, right


def _key(operand: Operand) -> str:
    return operand.name if isinstance(operand, Attr) else ""


def _span(first: date, last: date) -> str:
    return f"{first:%Y}" if first.month != last.month else f"{first:%Y-%m}"


def common_name(names: list[str]) -> str:
    """What the names of a type's variants begin with in common."""
    head = names[0].replace(",", " ").split()
    for name in names[1:]:
        words = name.replace(",", " ").split()
        head = head[: next((i for i, w in enumerate(head) if words[i : i + 1] != [w]), len(head))]
    text = " ".join(head).rstrip(" (,")
    if not text:  # B-52D, B-52G: what the first words begin with in common
        heads = [n.replace(",", " ").split()[0] for n in names]
        stem = heads[0]
        while stem and not all(h.startswith(stem) for h in heads):
            stem = stem[:-1]
        text = stem.rstrip("-")
    return text
