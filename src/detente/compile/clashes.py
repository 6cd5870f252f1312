"""Provisions of one text that contradict each other, unless one says that it amends the other.

Two tables that give a type two figures; two rules that add one category to one count; two
exceptions of which one takes out all of the weapons and the other so many; two limits of one name on
the same arms with two numbers. Which of two such provisions goes before nobody can say from outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from detente.compile.compiler import Compiled, Row
from detente.compile.membership import Membership
from detente.compile.table import table_of_systems
from detente.model.provisions import Attribution, CountingRule, ExceptionClause, Provision

P = TypeVar("P", bound=Provision)


@dataclass(frozen=True)
class Clash:
    """Two provisions and what they contradict each other in."""

    first: Provision
    second: Provision
    why: str


def clashes_of(compiled: Compiled) -> tuple[Clash, ...]:
    """All contradictions of a text, in the order of its provisions."""
    found = [*_tables(compiled), *_rules(compiled), *_exceptions(compiled), *_limits(compiled)]
    return tuple(c for c in found if c.second.id not in c.first.amends and not _settled(c))


def _settled(clash: Clash) -> bool:
    """Whether one amends the other, or the two never bind the same party."""
    to = {*clash.first.to}, {*clash.second.to}
    return clash.first.id in clash.second.amends or bool(to[0] and to[1] and not to[0] & to[1])


def _pairs(compiled: Compiled, kind: type[P]) -> Iterator[tuple[P, P]]:
    """Any two computed provisions of a kind, the earlier first."""
    yield from combinations(
        (p for p in compiled.provisions if isinstance(p, kind) and not p.not_computed), 2
    )


def _tables(compiled: Compiled) -> Iterator[Clash]:
    for first, second in _pairs(compiled, Attribution):
        if first.sets != second.sets or _apart(first, second):
            continue
        given = dict(first.table)
        for name, value in second.table:
            if given.get(name, value) != value:
                why = f"{first.sets} of {name} is {given[name]:g} by one and {value:g} by the other"
                yield Clash(first, second, why)
                break


def _rules(compiled: Compiled) -> Iterator[Clash]:
    for first, second in _pairs(compiled, CountingRule):
        if _apart(first, second):
            continue
        here = {*(first.counts_in or (first.id,))} & {*(second.counts_in or (second.id,))}
        added = [
            {p.adds.name, *(n for n, _ in p.adds.weights)} - {""} if p.adds else set[str]()
            for p in (first, second)
        ]
        for name in sorted(added[0] & added[1]) if here else ():
            yield Clash(first, second, f"both add {name} to {', '.join(sorted(here))}")
            break


def _exceptions(compiled: Compiled) -> Iterator[Clash]:
    pairs = [
        (a, b, shared)
        for a, b in _pairs(compiled, ExceptionClause)
        if (shared := [n for n in a.of if n in b.of])
        and not _apart(a, b)
        and (a.up_to is not None or b.up_to is not None)
    ]
    if not pairs:
        return
    case = compiled.case
    membership = Membership(
        table_of_systems(case, compiled.attributions), compiled.categories, compiled.attributions
    )
    for first, second, shared in pairs:
        yes = membership.of(first.where.tree).yes & membership.of(second.where.tree).yes
        if first.where.tree != second.where.tree and not yes.any():
            continue
        if first.up_to is None or second.up_to is None:
            how = "one takes out all of the same weapons, the other only so many"
        else:
            how = "each takes out so many of the same weapons"
        yield Clash(first, second, f"{how} ({', '.join(shared)})")


def _limits(compiled: Compiled) -> Iterator[Clash]:
    by_name: dict[tuple[object, ...], Row] = {}
    for row in compiled.rows:
        if not getattr(row.provision, "limit", ""):
            continue
        weighed = tuple((t.category, t.weight, t.factor) for t in row.terms)
        key = (row.limit, row.party, row.relation, weighed, row.quantity, row.per, row.each)
        other = by_name.setdefault(key, row)
        numbers = [[str(b.bound) for b in r.bounds] for r in (other, row)]
        if other is row or numbers[0] == numbers[1] or _apart(other.provision, row.provision):
            continue
        if other.menu and other.alternative != row.alternative:
            continue
        why = f"'{row.limit}' is {'; '.join(numbers[0])} by one and {'; '.join(numbers[1])} by the other"
        yield Clash(other.provision, row.provision, why)


def _apart(first: Provision, second: Provision) -> bool:
    """Whether one has surely run out before the other begins."""
    for a, b in ((first, second), (second, first)):
        end = a.valid.end if a.valid else None
        start = b.valid.start if b.valid else None
        if end and start and end.fixed and start.fixed and end.last < start.first:
            return True
    return False
