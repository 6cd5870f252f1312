"""Which weapons a predicate takes in: yes, no, or unknown (Kleene's three-valued logic).

An attribute that is not known, or on which sources disagree across the threshold, makes
membership unknown, never false. `Membership` evaluates a text's categories over a table, each
once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np

from detente.compile.table import (
    Attributions,
    Bools,
    Floats,
    Measures,
    Table,
    table_of_systems,
)
from detente.model.case import Case
from detente.model.inventory import Inventory
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
)


class Truth(NamedTuple):
    """Three-valued membership of n entries: `yes`, `no`, and unknown where neither holds."""

    yes: Bools
    no: Bools

    @property
    def unknown(self) -> Bools:
        """Where neither yes nor no is known."""
        return ~(self.yes | self.no)

    def at(self, i: int) -> bool | None:
        """The truth of one entry; None when unknown."""
        return True if self.yes[i] else False if self.no[i] else None


@dataclass
class Membership:
    """Evaluates predicates over one table; named categories are evaluated once."""

    table: Table
    categories: Mapping[str, Tree] = field(default_factory=dict)
    attributions: Attributions = field(default_factory=dict)
    taken_as: Mapping[str, tuple[Bools, Bools]] = field(default_factory=dict)
    _named: dict[str, Truth] = field(default_factory=dict)
    _shared: dict[int, tuple[Tree, Truth]] = field(default_factory=dict)
    _systems: Membership | None = None

    @property
    def case(self) -> Case:
        """The case whose systems and zones the predicates speak of."""
        return self.table.case

    def category(self, name: str) -> Truth:
        """Membership of a named category; what a holding is `taken_as` settles what is unknown."""
        if name not in self._named:
            truth = self.of(self.categories[name])
            if name in self.taken_as:
                in_, out = self.taken_as[name]
                open_ = truth.unknown
                truth = Truth(truth.yes | (open_ & in_), truth.no | (open_ & out))
            self._named[name] = truth
        return self._named[name]

    def of(self, tree: Tree) -> Truth:
        """Membership by a tree; a part that several trees share is evaluated once."""
        if not isinstance(tree, And | Or | AnyOfType):
            return self._of(tree)
        if id(tree) not in self._shared:
            self._shared[id(tree)] = (
                tree,
                self._of(tree),
            )  # the tree is kept: its id stays its own
        return self._shared[id(tree)][1]

    def _of(self, tree: Tree) -> Truth:
        n = self.table.n
        if isinstance(tree, AnyOfType | Compare) and tree in self.table.history:
            yes, no = self.table.history[tree]
            return Truth(yes, no)
        match tree:
            case Always(value):
                return Truth(np.full(n, value), np.full(n, not value))
            case Not(inner):
                truth = self.of(inner)
                return Truth(truth.no, truth.yes)
            case And(items):
                found = [self.of(i) for i in items]
                yes, no = np.ones(n, bool), np.zeros(n, bool)
                for t in found:
                    yes, no = yes & t.yes, no | t.no
                return Truth(yes, no)
            case Or(items):
                found = [self.of(i) for i in items]
                yes, no = np.zeros(n, bool), np.ones(n, bool)
                for t in found:
                    yes, no = yes | t.yes, no & t.no
                return Truth(yes, no)
            case Readings(items):
                found = [self.of(i) for _, i in items]
                yes, no = np.ones(n, bool), np.ones(n, bool)
                for t in found:
                    yes, no = yes & t.yes, no & t.no
                return Truth(yes, no)
            case Open():
                return Truth(np.zeros(n, bool), np.zeros(n, bool))
            case Named(name):
                return self.category(name)
            case Member():
                return self._member(tree)
            case AnyOfType():
                return self._history(tree)
            case Compare(CountDate(), _, _):  # outside a text there is no day of the count
                return Truth(np.zeros(n, bool), np.zeros(n, bool))
            case Compare(left, op, DateValue() as day):
                return _dated(self._measure(left), op, day)
            case Compare(left, op, right):
                return _compare(self._measure(left), op, self._measure(right))
        raise AssertionError(tree)

    # --- words ----------------------------------------------------------------------------------
    def _member(self, tree: Member) -> Truth:
        words: set[str] = set(tree.words)
        if tree.attribute == "zone":
            for word in tree.words:
                words |= self.case.zones_within(word)
        if tree.attribute == "type":
            by_type = self._among("type", words)
            by_id = self._among("system", words)
            truth = Truth(by_type.yes | by_id.yes, by_type.no & by_id.no)
        else:
            truth = self._among(tree.attribute, words)
        return Truth(truth.no, truth.yes) if tree.negated else truth

    def _among(self, key: str, words: set[str]) -> Truth:
        column = self.table.words(key)
        # what each code says, by code + 2: no such alternative (both), unknown (neither), the words
        yes = np.zeros(len(column.known) + 2, dtype=bool)
        yes[[column.known[w] + 2 for w in words if w in column.known]] = True
        no = ~yes
        yes[0], no[1] = True, False
        at = column.codes + 2
        all_yes: Bools = np.logical_and.reduce(yes[at], axis=0)
        all_no: Bools = np.logical_and.reduce(no[at], axis=0)
        return Truth(all_yes, all_no)

    # --- numbers --------------------------------------------------------------------------------
    def _measure(self, node: Operand) -> Measures:
        match node:
            case Attr(name):
                return self.table.measures(name)
            case Quantity(value):
                return _constant(value, value)
            case DateValue(first, last):
                return _constant(first.toordinal(), last.toordinal())
            case Scaled(factor, operand):
                inner = self._measure(operand)
                return Measures(inner.low * factor, inner.high * factor)
            case OfType(attribute, system):
                return self._of_system(attribute, system)
            case Heaviest():
                return self._extreme(node)
            case _:
                return _constant(-np.inf, np.inf)

    def systems(self) -> Membership:
        """The same categories over all systems of the case, for type histories and references."""
        if self._systems is None:
            self._systems = Membership(
                table_of_systems(self.case, self.attributions), self.categories, self.attributions
            )
            self._systems._systems = self._systems
        return self._systems

    def _of_system(self, attribute: str, system: str) -> Measures:
        base = self.systems().table
        index = [i for i, s in enumerate(base.system_of) if s and s.id == system]
        if not index:
            return _constant(-np.inf, np.inf)
        found = base.measures(attribute)
        return Measures(found.low[:, index], found.high[:, index])

    def _extreme(self, node: Heaviest) -> Measures:
        systems, largest = self.systems(), node.largest
        truth = systems.category(node.category)
        if node.held:
            held = held_on(self.case, node.held)
            there = np.array(
                [
                    s is not None and not held.isdisjoint({s.id, *s.types})
                    for s in systems.table.system_of
                ]
            )
            truth = Truth(truth.yes & there, truth.no | ~there)
        found = systems.table.measures(node.attribute)
        low, high = found.low[:, truth.yes], found.high[:, truth.yes]
        usable = np.isfinite(low) & np.isfinite(high)
        if not usable.any():
            return _constant(-np.inf, np.inf)
        pick = np.max if largest else np.min
        least, most = float(pick(low[usable])), float(pick(high[usable]))
        # a value that is not known, or of what may be a member, may be more extreme still
        open_ = (~usable & ~np.isnan(low)).any() or truth.unknown.any()
        if open_ and largest:
            most = np.inf
        elif open_:
            least = -np.inf
        return _constant(least, most)

    # --- type history ---------------------------------------------------------------------------
    def _history(self, tree: AnyOfType) -> Truth:
        own = self.of(tree.inner)
        if self.table.bare:  # what its type has been besides, nobody says
            return Truth(own.yes, np.zeros(self.table.n, bool))
        systems = self.systems()
        by_type: dict[str, list[bool | None]] = {}
        truth = systems.of(tree.inner)
        for i, system in enumerate(systems.table.system_of):
            if system is not None and len(system.types) == 1:
                by_type.setdefault(system.types[0], []).append(truth.at(i))
        yes, no = own.yes.copy(), own.no.copy()
        launchers = self.table.facets.get("launcher", ()) if tree.whose == "launcher" else ()
        for i, system in enumerate(self.table.system_of):
            if system is None:
                continue
            named = launchers[i] if launchers else ""
            launcher = self.case.systems.get(named)
            types = launcher.types if launcher else (named,) if named else system.types
            found = [by_type.get(t, [None]) for t in types]
            yes[i] |= all(any(v is True for v in of_type) for of_type in found)
            no[i] = not yes[i] and no[i] and all(v is False for of_type in found for v in of_type)
        return Truth(yes, no)


def held_on(case: Case, day: date) -> set[str]:
    """The systems that the inventories of a day hold: of each party and basis the last till then."""
    newest: dict[tuple[str, str], Inventory] = {}
    for inventory in case.inventories.values():
        key = (inventory.party, inventory.basis)
        if inventory.date.first <= day and (
            key not in newest or newest[key].date.first < inventory.date.first
        ):
            newest[key] = inventory
    return {
        h.system
        for inventory in newest.values()
        for h in inventory.holdings
        if (h.quantity, h.activity) == ("held", "deployed") and (h.number is None or h.number.high)
    }


def _constant(low: float, high: float) -> Measures:
    return Measures(np.array([[float(low)]]), np.array([[float(high)]]))


def _compare(left: Measures, op: str, right: Measures) -> Truth:
    """Intervals compared, over all pairs of alternatives: known only where all pairs agree."""
    yes: Bools | None = None
    no: Bools | None = None
    for a, b in zip(left.low, left.high, strict=True):
        for c, d in zip(right.low, right.high, strict=True):
            y, n = _intervals(a, b, op, c, d)
            void = np.isnan(a) | np.isnan(c)
            y, n = y | void, n | void
            yes, no = (y, n) if yes is None or no is None else (yes & y, no & n)
    assert yes is not None
    assert no is not None
    return Truth(yes, no)


def _dated(left: Measures, op: str, day: DateValue) -> Truth:
    """A date against a day, month or year: before its first day, after its last, or within it."""
    first, last = float(day.first.toordinal()), float(day.last.toordinal())
    if op in ("=", "!="):
        from_first = _compare(left, ">=", _constant(first, first))
        to_last = _compare(left, "<=", _constant(last, last))
        yes, no = from_first.yes & to_last.yes, from_first.no | to_last.no
        return Truth(yes, no) if op == "=" else Truth(no, yes)
    edge = first if op in (">=", "<") else last
    return _compare(left, op, _constant(edge, edge))


def _intervals(a: Floats, b: Floats, op: str, c: Floats, d: Floats) -> tuple[Bools, Bools]:
    with np.errstate(invalid="ignore"):
        match op:
            case ">":
                return a > d, b <= c
            case ">=":
                return a >= d, b < c
            case "<":
                return b < c, a >= d
            case "<=":
                return b <= c, a > d
            case "=":
                return (a == b) & (c == d) & (a == c), (b < c) | (a > d)
            case _:
                return (b < c) | (a > d), (a == b) & (c == d) & (a == c)
