"""Explain: why a system counts where it does under a text, clause by clause, with its facts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from detente.analyses.forces import find_text, find_view
from detente.analyses.result import Result
from detente.compile.compiler import Compiled, Row, Term, compile_text
from detente.compile.counts import Number, unit_weights
from detente.compile.membership import Membership
from detente.compile.table import table_of_systems
from detente.model.case import Case
from detente.model.predicate import (
    And,
    AnyOfType,
    Attr,
    Compare,
    Member,
    Named,
    Not,
    OfType,
    Operand,
    Or,
    Readings,
    Scaled,
    Tree,
)
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.systems import Fact, System
from detente.model.texts import Text


@dataclass(frozen=True)
class Step:
    """A clause, its truth for the system, the facts it rests on, and the clauses inside it."""

    tree: Tree
    truth: bool | None
    facts: tuple[tuple[str, Fact], ...]
    inner: tuple[Step, ...] = ()

    @property
    def because(self) -> tuple[Step, ...]:
        """The clauses inside it that decide its truth."""
        match self.tree:
            case And() if self.truth is not True:
                return tuple(s for s in self.inner if s.truth is self.truth)
            case Or() if self.truth is not False:
                return tuple(s for s in self.inner if s.truth is self.truth)
            case _:
                return self.inner

    def deciding(self) -> Iterator[Step]:
        """The innermost clauses that decide the truth."""
        if not self.because:
            yield self
        for step in self.because:
            yield from step.deciding()


@dataclass(frozen=True)
class CategoryStep:
    """One category: whether the system is in it, and why."""

    name: str
    title: str
    article: str
    step: Step


@dataclass(frozen=True)
class TermStep:
    """As what a limit counts the system: the weight of one, least and most (None: nobody knows)."""

    term: Term
    low: Number | None
    high: Number | None
    sure: bool


@dataclass(frozen=True)
class RowStep:
    """One limit that could count the system, and as what it does; as nothing when it does not."""

    row: Row
    terms: tuple[TermStep, ...]


@dataclass(frozen=True, repr=False)
class Explanation(Result):
    """The answer of `explain`."""

    case: Case
    text: Text
    compiled: Compiled
    system: System
    categories: tuple[CategoryStep, ...]
    rows: tuple[RowStep, ...]

    def records(self) -> list[dict[str, Any]]:
        """One row a limit, or one for each category as which it counts the system."""
        found = []
        for r in self.rows:
            found += [
                {
                    "limit": r.row.limit,
                    "party": r.row.party,
                    "counts": "yes" if t.sure else "unknown",
                    "category": t.term.category,
                    "weight_low": t.low,
                    "weight_high": t.high,
                    "rule": t.term.rule,
                }
                for t in r.terms
            ] or [
                {
                    "limit": r.row.limit,
                    "party": r.row.party,
                    "counts": "no",
                    "category": "",
                    "weight_low": 0,
                    "weight_high": 0,
                    "rule": "",
                }
            ]
        return found

    def as_data(self) -> dict[str, Any]:
        """Documented JSON: categories with the deciding clauses, and limits with weights."""
        return {
            "case": self.case.id,
            "text": self.text.id,
            "system": self.system.id,
            "name": self.system.name,
            "party": self.system.party,
            "categories": [
                {
                    "category": c.name,
                    "member": {True: "yes", False: "no", None: "unknown"}[c.step.truth],
                    "article": c.article,
                    "facts": [
                        {
                            "attribute": key,
                            "value": str(fact),
                            "source": str(fact.source),
                            "confidence": fact.confidence,
                        }
                        for key, fact in dict.fromkeys(
                            f for step in c.step.deciding() for f in step.facts
                        )
                    ],
                }
                for c in self.categories
            ],
            "limits": self.records(),
        }


def find_system(case: Case, name: str) -> System:
    """The system of that id or name. Raises `Refused`."""
    if name in case.systems:
        return case.systems[name]
    by_name = {s.name.lower(): s for s in case.systems.values()}
    if name.lower() in by_name:
        return by_name[name.lower()]
    variants = [s.id for s in case.systems.values() if name in s.types]
    if variants:
        message, hint = f"'{name}' is a type, not a system", f"its variants: {', '.join(variants)}"
        raise Refused([Problem("E302", message, (), hint)])
    known = [*case.systems, *(s.name for s in case.systems.values())]
    raise Refused([Problem("E302", f"unknown system '{name}'", (), did_you_mean(name, known))])


def explain(case: Case, system: str, text: str | Text, *, view: str | None = None) -> Explanation:
    """Why a system counts where it does under a text.

    Raises:
        Refused: there is no such system, text or view.

    """
    wanted = find_text(case, text) if isinstance(text, str) else text
    compiled = compile_text(case, wanted, find_view(case, view))
    found = find_system(case, system)
    membership = Membership(
        table_of_systems(case, compiled.attributions), compiled.categories, compiled.attributions
    )
    index = next(i for i, s in enumerate(membership.table.system_of) if s and s.id == found.id)
    named = {p.id: p for p in compiled.provisions}
    categories = tuple(
        CategoryStep(
            name,
            named[name].in_words() if name in named else name,
            named[name].article if name in named else "",
            _step(Named(name), membership, index, found),
        )
        for name in compiled.categories
        if name not in compiled.anonymous
    )
    rows = []
    for row in compiled.rows:
        if found.party in row.members:
            rows.append(_row(row, membership, index))
    return Explanation(case, wanted, compiled, found, categories, tuple(rows))


def _row(row: Row, membership: Membership, index: int) -> RowStep:
    """The limit's terms that count the system, less what exceptions let off altogether."""
    exempt = [membership.of(e.tree).at(index) for e in row.exemptions if e.up_to is None]
    if True in exempt:
        return RowStep(row, ())
    found = []
    for term in row.terms:
        truth = membership.category(term.category).at(index)
        if truth is False:
            continue
        low, high = (
            _known(end[index] * term.factor) for end in unit_weights(term.weight, membership.table)
        )
        found.append(TermStep(term, low, high, truth is True and None not in exempt))
    return RowStep(row, tuple(found))


def _known(weight: float) -> Number | None:
    """A weight, whole where it is; none where nobody knows a bound."""
    if math.isinf(weight):
        return None
    return int(weight) if weight.is_integer() else float(weight)


def _step(tree: Tree, membership: Membership, index: int, system: System) -> Step:
    truth = membership.of(tree).at(index)
    inner: tuple[Step, ...] = ()
    facts: list[tuple[str, Fact]] = []
    match tree:
        case Named(name):
            inner = (_step(membership.categories[name], membership, index, system),)
        case And() | Or():
            inner = tuple(_step(i, membership, index, system) for i in _spelt_out(tree))
        case Readings(readings):
            inner = tuple(_step(t, membership, index, system) for _, t in readings)
        case Not(item):
            inner = (_step(item, membership, index, system),)
        case AnyOfType(item, whose):
            if whose == "launcher":
                inner = (_step(item, membership, index, system),)
            for other in membership.case.systems.values():
                if set(other.types) & set(system.types):
                    found = _facts_of(item, other, membership.case)
                    facts += [(k if other is system else f"{k} of {other.id}", f) for k, f in found]
        case Compare() | Member():
            facts = _facts_of(tree, system, membership.case)
        case _:
            pass
    return Step(tree, truth, tuple(facts), inner)


def _spelt_out(tree: And | Or) -> Iterator[Tree]:
    """The clauses of an *and* or *or*, those of its own kind inside it among them."""
    for item in tree.items:
        if type(item) is type(tree):
            yield from _spelt_out(item)
        else:
            yield item


def _facts_of(tree: Tree, system: System, case: Case) -> list[tuple[str, Fact]]:
    found: list[tuple[str, Fact]] = []

    def operand(node: Operand) -> None:
        match node:
            case Attr(name):
                found.extend((name, f) for f in system.of(name))
            case Scaled(_, inner):
                operand(inner)
            case OfType(attribute, other):
                if other in case.systems:
                    found.extend(
                        (f"{attribute} of {other}", f) for f in case.systems[other].of(attribute)
                    )
            case _:
                pass

    match tree:
        case Compare(left, _, right):
            operand(left)
            operand(right)
        case Member(attribute, _, _):
            found.extend((attribute, f) for f in system.of(attribute))
        case And(items) | Or(items):
            for item in items:
                found += _facts_of(item, system, case)
        case Not(inner) | AnyOfType(inner):
            found += _facts_of(inner, system, case)
        case _:
            pass
    return found
