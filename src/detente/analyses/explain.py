"""Explain: why a system counts where it does under a text, clause by clause, with its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from detente.analyses.forces import find_text, find_view
from detente.analyses.result import Result
from detente.compile.compiler import Compiled, Row, Term, compile_text
from detente.compile.counts import Number
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

    def deciding(self) -> Iterator[Step]:
        """The innermost clauses that decide the truth."""
        if not self.inner:
            yield self
            return
        match self.tree:
            case And():
                wanted = [s for s in self.inner if s.truth is not True] or list(self.inner)
                if self.truth is False:
                    wanted = [s for s in self.inner if s.truth is False]
            case Or():
                wanted = [s for s in self.inner if s.truth is not False] or list(self.inner)
                if self.truth is True:
                    wanted = [s for s in self.inner if s.truth is True]
            case _:
                wanted = list(self.inner)
        for step in wanted:
            yield from step.deciding()


@dataclass(frozen=True)
class CategoryStep:
    """One category: whether the system is in it, and why."""

    name: str
    title: str
    article: str
    step: Step


@dataclass(frozen=True)
class RowStep:
    """One limit that could count the system: its weight there (None when it does not)."""

    row: Row
    term: Term | None
    weight: tuple[Number, Number] | None
    sure: bool


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
        """One row a limit."""
        return [
            {
                "limit": r.row.limit,
                "party": r.row.party,
                "counts": ("yes" if r.sure else "unknown") if r.term else "no",
                "category": r.term.category if r.term else "",
                "weight_low": r.weight[0] if r.weight else 0,
                "weight_high": r.weight[1] if r.weight else 0,
                "rule": r.term.rule if r.term else "",
            }
            for r in self.rows
        ]

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
    for term in row.terms:
        truth = membership.category(term.category).at(index)
        if truth is False:
            continue
        low: Number
        high: Number
        if term.weight.attribute:
            m = membership.table.measures(term.weight.attribute)
            low, high = float(m.low[:, index].min()), float(m.high[:, index].max())
        elif term.weight.first:
            low = high = 0
        else:
            low = high = term.weight.number or 0
        return RowStep(row, term, (low * term.factor, high * term.factor), truth is True)
    return RowStep(row, None, None, True)


def _step(tree: Tree, membership: Membership, index: int, system: System) -> Step:
    truth = membership.of(tree).at(index)
    inner: tuple[Step, ...] = ()
    facts: list[tuple[str, Fact]] = []
    match tree:
        case Named(name):
            inner = (_step(membership.categories[name], membership, index, system),)
        case And(items) | Or(items):
            inner = tuple(_step(i, membership, index, system) for i in items)
        case Readings(readings):
            inner = tuple(_step(t, membership, index, system) for _, t in readings)
        case Not(item):
            inner = (_step(item, membership, index, system),)
        case AnyOfType(item, whose):
            if whose == "launcher":
                inner = (_step(item, membership, index, system),)
            for other in membership.case.systems.values():
                if set(other.types) & set(system.types):
                    facts += _facts_of(item, other, membership.case)
        case Compare() | Member():
            facts = _facts_of(tree, system, membership.case)
        case _:
            pass
    return Step(tree, truth, tuple(facts), inner)


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
