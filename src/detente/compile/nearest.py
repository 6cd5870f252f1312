"""The clause that stops short: which predicate of a text just misses a weapon, and by which attribute.

A weapon stands for its area (`detente.compile.areas`): what no predicate asks of it is free, so that a
clause on an attribute that was left open does not miss it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.compile.areas import Area, all_of
from detente.compile.cells import HELD, OTHER, SPLIT, Against, label
from detente.compile.membership import Membership, Truth
from detente.compile.openings import (
    NEVER,
    Counted,
    Ground,
    Loose,
    Openings,
    PartyCutter,
    within,
)
from detente.compile.table import Bools, Measures, Table, Words
from detente.model.predicate import (
    Always,
    And,
    AnyOfType,
    Attr,
    Compare,
    Member,
    Named,
    Not,
    OfType,
    Open,
    Operand,
    Or,
    Readings,
    Scaled,
    Tree,
)

OPEN_CLAUSE = "open clause"
DEPLOYED = "deployed"
FAR = {*HELD, "carrier"}  # what is said of a weapon's place and use, not of the weapon
OF_KIND = (Member, AnyOfType)  # conditions that say less or more for a kind
Score = tuple[bool, bool, bool, int, int]


@dataclass(frozen=True)
class Condition:
    """A condition as a weapon fails it: an atom, and whether it should hold; by which attribute."""

    atom: Tree
    wanted: bool
    attribute: str


@dataclass(frozen=True)
class Miss:
    """A limit that takes a weapon in but for these conditions."""

    limit: Counted | Loose
    fails: tuple[Condition, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        """What would have to be otherwise."""
        return tuple(dict.fromkeys(x.attribute for x in self.fails))

    @property
    def near(self) -> bool:
        """Whether it is a limit on weapons of the kind, in ordinary deployment."""
        return not {SPLIT, OPEN_CLAUSE, *FAR} & {*self.attributes}

    @property
    def score(self) -> Score:
        """Nearer is less: see `_weight`."""
        return _weight(self.fails)


class Witnesses:
    """Weapons that stand for areas, as one table that predicates can be evaluated over.

    With `exact`, a weapon is its area's witness in every attribute, also where the area asks nothing.
    """

    def __init__(self, found: Sequence[tuple[Ground, Area]], *, exact: bool = False) -> None:
        self.found = found
        self.exact = Witnesses(found, exact=True) if not exact else self
        self._all = exact
        n = len(found)
        first = found[0][0].cutter
        self.table = Table(first.case, n, [None] * n, {}, lambda i, key: (), bare=True)
        keys: dict[str, bool] = {}
        history: dict[Tree, None] = {}
        for ground, _ in found:
            for axis in ground.axes:
                if isinstance(axis.key, str):
                    keys[axis.key] = bool(axis.words)
                elif isinstance(axis.key, Against):
                    history.update((node, None) for node in axis.compared)
                else:
                    history[axis.key] = None
        self._other: dict[str, list[tuple[int, frozenset[str]]]] = {}
        for key, worded in keys.items():
            if worded:
                self._words(key)
            else:
                self._numbers(key)
        for node in history:
            self._settled(node)
        self._memberships: dict[int, Membership] = {}
        self._throughout: dict[tuple[int, int, int], tuple[Tree, bool | None]] = {}
        self._grounds: dict[tuple[int, int, int], Truth] = {}
        self._gaps: dict[tuple[int, str, int, bool], tuple[Condition, ...]] = {}
        self._named: dict[tuple[int, str, int, bool], tuple[Condition, ...]] = {}
        self._truths: dict[tuple[int, int, str], tuple[Tree, list[bool | None]]] = {}

    def _narrow(self, ground: Ground, area: Area, key: str) -> bool:
        """Whether an area asks anything of an attribute: what it leaves open is not known of it."""
        return self._all or any(name == key for name, _ in area.asks)

    def _words(self, key: str) -> None:
        known: dict[str, int] = {}
        codes = np.full((1, self.table.n), -1, dtype=np.int64)
        for i, (ground, area) in enumerate(self.found):
            axis = next((a for a in ground.axes if a.key == key), None)
            if axis is not None and self._narrow(ground, area, key):
                at = int(np.unravel_index(area.cell, ground.shape)[ground.axes.index(axis)])
                codes[0, i] = known.setdefault(axis.words[at], len(known))
                if axis.words[at] == OTHER and not self._all:
                    self._other.setdefault(key, []).append((i, frozenset(axis.words)))
        self.table.worded[key] = Words(codes, known)
        if key == "type":
            self.table.worded["system"] = self.table.worded["type"]

    def _numbers(self, key: str) -> None:
        low, high = np.full((1, self.table.n), -np.inf), np.full((1, self.table.n), np.inf)
        for i, (ground, area) in enumerate(self.found):
            if key in ground.table.measured and self._narrow(ground, area, key):
                m = ground.table.measured[key]
                low[0, i], high[0, i] = m.low[0, area.cell], m.high[0, area.cell]
        self.table.measured[key] = Measures(low, high)

    def _settled(self, node: Tree) -> None:
        yes: Bools = np.zeros(self.table.n, dtype=bool)
        no: Bools = np.zeros(self.table.n, dtype=bool)
        for i, (ground, area) in enumerate(self.found):
            axis = next((a for a in ground.axes if _settles(a.key, node)), None)
            if (
                node in ground.table.history
                and axis
                and self._narrow(ground, area, label(axis.key))
            ):
                mine = ground.table.history[node]
                yes[i], no[i] = mine[0][area.cell], mine[1][area.cell]
        self.table.history[node] = (yes, no)

    def membership(self, cutter: PartyCutter) -> Membership:
        """Membership as the text of a cutter attributes values to systems."""
        if id(cutter) not in self._memberships:
            found = Membership(self.table, {}, cutter.compiled.attributions)
            found._systems = cutter.reference
            self._memberships[id(cutter)] = found
        return self._memberships[id(cutter)]

    def holds(self, atom: Tree, i: int, cutter: PartyCutter) -> bool | None:
        """Whether a condition holds of a weapon; None where the area leaves it open."""
        kind = self.found[i][1].kind if isinstance(atom, OF_KIND) else ""
        key = (id(cutter), id(atom), kind)
        if key not in self._truths:  # what is kept with it keeps its id its own
            simple = cutter.simple(atom, kind) if isinstance(atom, OF_KIND) else atom
            if isinstance(simple, Always):
                every: list[bool | None] = [simple.value] * self.table.n
            else:
                truth = self.membership(cutter).of(simple)
                pairs = zip(truth.yes.tolist(), truth.no.tolist(), strict=True)
                every = [True if y else False if n else None for y, n in pairs]
                if isinstance(simple, Member):
                    for j, words in self._other.get(simple.attribute, ()):
                        if not words.issuperset(simple.words):
                            every[j] = None
            self._truths[key] = (atom, every)
        return self._truths[key][1][i]

    # --- what fails -----------------------------------------------------------------------------
    def fails(
        self, tree: Tree, i: int, cutter: PartyCutter, wanted: bool = True
    ) -> tuple[Condition, ...]:
        """The fewest conditions of a predicate that a weapon fails; none where it may hold."""
        match tree:
            case Always(value):
                return () if value == wanted else (Condition(tree, wanted, OPEN_CLAUSE),)
            case Named(name):
                key = (id(cutter), name, i, wanted)
                if key not in self._named:
                    inner = cutter.compiled.categories[name]
                    self._named[key] = self.fails(inner, i, cutter, wanted)
                return self._named[key]
            case Not(inner):
                return self.fails(inner, i, cutter, not wanted)
            case And(items) | Or(items):
                parts = [self.fails(t, i, cutter, wanted) for t in items]
                return _joined(parts) if isinstance(tree, And) == wanted else _fewest(parts)
            case Readings(items):
                return _fewest(self.fails(t, i, cutter, wanted) for _, t in items)
            case Open():
                return (Condition(tree, wanted, OPEN_CLAUSE),)
            case _:
                truth = self.holds(tree, i, cutter)
                if truth is None or truth == wanted:
                    return ()
                return (Condition(tree, wanted, self._attribute(tree, i, cutter)),)

    def _attribute(self, tree: Tree, i: int, cutter: PartyCutter) -> str:
        """By which attribute a condition fails; a list of types that are all of other kinds, by kind."""
        if isinstance(tree, Member) and tree.attribute == "type":
            kind = self.found[i][1].kind
            if not any(cutter._has_kind(w, kind) for w in tree.words):
                return SPLIT
        return attribute_of(tree)

    def misses(self, openings: Openings, i: int) -> list[Miss]:
        """The limits of a text, the nearest to a weapon first; those of one other kind if none is near."""
        kind, cutter = self.found[i][1].kind, openings.cutter
        here = [c for c in openings.counted if DEPLOYED in c.row.activities]
        limits: list[Counted | Loose] = [*here, *openings.loose]
        of_kind = [(x, cutter.simple(x.tree, kind)) for x in limits]
        found = [self._miss(x, t, i, cutter) for x, t in of_kind if t != NEVER]
        if not any(m.near for m in found):
            others = (x for x, t in of_kind if t == NEVER and len(cutter.kinds_of(x.tree)) == 1)
            found += [self._miss(x, x.tree, i, cutter) for x in others]
        return sorted(found, key=lambda m: m.score)

    def _miss(self, limit: Counted | Loose, tree: Tree, i: int, cutter: PartyCutter) -> Miss:
        """A limit by its predicate, spelt out for the weapon's kind where it may take that in."""
        fails = self.fails(tree, i, cutter)
        if not fails and isinstance(limit, Counted):
            fails = self.exact.fails(tree, i, cutter)
        return Miss(limit, fails)

    def gaps(
        self, tree: Tree, i: int, cutter: PartyCutter, wanted: bool = True
    ) -> tuple[Condition, ...]:
        """The conditions of a predicate that do not hold of all of an area: what to loosen in it."""
        match tree:
            case Always(value):
                return () if value == wanted else (Condition(tree, wanted, OPEN_CLAUSE),)
            case Named(name):
                key = (id(cutter), name, i, wanted)
                if key not in self._gaps:
                    inner = cutter.compiled.categories[name]
                    self._gaps[key] = self.gaps(inner, i, cutter, wanted)
                return self._gaps[key]
            case Not(inner):
                return self.gaps(inner, i, cutter, not wanted)
            case And(items) | Or(items):
                parts = [self.gaps(t, i, cutter, wanted) for t in items]
                return _joined(parts) if isinstance(tree, And) == wanted else _fewest(parts)
            case Readings() | Open():
                return (Condition(tree, wanted, OPEN_CLAUSE),)
            case _:
                if self._always(tree, i, cutter) == wanted:
                    return ()
                return (Condition(tree, wanted, self._attribute(tree, i, cutter)),)

    def _always(self, atom: Tree, i: int, cutter: PartyCutter) -> bool | None:
        """Whether a condition holds of every weapon of an area, or of none."""
        ground, area = self.found[i]
        key = (id(cutter), id(atom), i)
        if key not in self._throughout:
            truth = self._on_ground(ground, atom, cutter)
            yes, no = truth.yes[area.inside].all(), truth.no[area.inside].all()
            self._throughout[key] = (atom, True if yes else False if no else None)
        return self._throughout[key][1]

    def _on_ground(self, ground: Ground, atom: Tree, cutter: PartyCutter) -> Truth:
        """A condition on all cells of a ground."""
        key = (id(ground), id(cutter), id(atom))
        if key not in self._grounds:
            simple = cutter.simple(atom, ground.kind) if isinstance(atom, OF_KIND) else atom
            truth = ground.truth(simple, cutter)
            other = _unsettled(ground, simple) if isinstance(simple, Member) else None
            if other is not None:
                truth = Truth(truth.yes & ~other, truth.no & ~other)
            self._grounds[key] = truth
        return self._grounds[key]

    def takes_in(self, tree: Tree, i: int, cutter: PartyCutter) -> bool:
        """Whether a predicate may take in a weapon, or part of what it stands for."""
        return not self.fails(tree, i, cutter)

    def doubts(self, tree: Tree, i: int, cutter: PartyCutter) -> list[Tree]:
        """The open clauses and rival readings on which it turns whether a predicate holds."""
        match tree:
            case Named(name):
                return self.doubts(cutter.compiled.categories[name], i, cutter)
            case Open():
                return [tree]
            case Readings(items):
                truths = {bool(self.fails(t, i, cutter)) for _, t in items}
                return [tree] if len(truths) > 1 else []
            case Not(inner):
                return self.doubts(inner, i, cutter)
            case And(items) | Or(items):
                if isinstance(tree, And):
                    sure = [t for t in items if not self._open(t, i, cutter)]
                    if any(self.fails(t, i, cutter) for t in sure):
                        return []
                return [d for t in items for d in self.doubts(t, i, cutter)]
            case Compare():
                return [tree] if self.exact.holds(tree, i, cutter) is None else []
            case _:
                return []

    def _open(self, tree: Tree, i: int, cutter: PartyCutter) -> bool:
        return bool(self.doubts(tree, i, cutter))


def _unsettled(ground: Ground, atom: Member) -> Bools | None:
    """The cells of other words than a ground was cut at, where a condition names such words."""
    for n, axis in enumerate(ground.axes):
        if axis.key == atom.attribute and OTHER in axis.words and {*atom.words} - {*axis.words}:
            found: Bools = ground.places[n] == axis.words.index(OTHER)
            return found
    return None


def _settles(key: object, node: Tree) -> bool:
    """Whether an axis settles a predicate."""
    if isinstance(key, Against):
        return isinstance(node, Compare) and {key.left, key.right} == _names(node)
    return key == node


def _names(node: Compare) -> set[str]:
    return {n for n in (_name(node.left), _name(node.right)) if n}


def _name(operand: Operand) -> str:
    match operand:
        case Attr(name) | OfType(name, _):
            return name
        case Scaled(_, inner):
            return _name(inner)
        case _:
            return ""


def _joined(parts: Sequence[tuple[Condition, ...]]) -> tuple[Condition, ...]:
    failed = [p for p in parts if p]
    if len(failed) > 1:
        return tuple(dict.fromkeys(x for part in failed for x in part))
    return failed[0] if failed else ()


def _fewest(parts: Iterable[tuple[Condition, ...]]) -> tuple[Condition, ...]:
    found = list(parts)
    return () if () in found else min(found, key=_weight, default=())


def _weight(fails: tuple[Condition, ...]) -> Score:
    """Less is nearer: of the same kind, in ordinary deployment, no open clause, fewer attributes."""
    names = {x.attribute for x in fails}
    held = bool(names & FAR)
    return SPLIT in names, held, OPEN_CLAUSE in names, len(names), len(fails)


def attribute_of(tree: Tree) -> str:
    """The attribute that a condition asks for."""
    match tree:
        case Member(attribute):
            return attribute
        case Compare(left, _, right):
            return _name(left) or _name(right)
        case AnyOfType(inner):
            return attribute_of(inner) if not isinstance(inner, And | Or) else "type history"
        case Not(inner):
            return attribute_of(inner)
        case _:
            return OPEN_CLAUSE


# --- a clause made wider ------------------------------------------------------------------------------
def widened(tree: Tree, miss: Sequence[Condition], area: Area, cutter: PartyCutter) -> Tree:
    """The predicate with each failed condition loosened as far as the area needs.

    A kind is added to the kinds named; a condition on an attribute also takes in what the area asks
    of it, a number's falls where the area asks nothing; anything else (a list of types) is loosened
    for the area alone.
    """
    asks = dict(area.asks)

    def loosened(literal: Condition) -> Tree:
        atom: Tree = literal.atom if literal.wanted else Not(literal.atom)
        match literal.atom:
            case Member(attribute, words, negated) if attribute == SPLIT:
                if literal.wanted != negated:
                    return Member(SPLIT, (*words, area.kind))
                others = tuple(w for w in words if w != area.kind)
                return Member(SPLIT, others, True) if others else Always(True)
            case Compare() | Member() if literal.attribute in asks and literal.attribute != "type":
                return Or((atom, asks[literal.attribute]))
            case Compare():
                return Always(True)
            case _:
                return Or((atom, area.tree))

    # what stands in a negation is replaced by what its loosened form negates
    failed = {(x.atom, x.wanted): loosened(x) if x.wanted else Not(loosened(x)) for x in miss}

    def walk(node: Tree, wanted: bool) -> Tree:
        match node:
            case Named(name):
                inner = cutter.compiled.categories[name]
                changed = walk(inner, wanted)
                return node if changed is inner else changed
            case Not(inner):
                changed = walk(inner, not wanted)
                return node if changed is inner else Not(changed)
            case And(items) | Or(items):
                parts = tuple(walk(t, wanted) for t in items)
                if all(a is b for a, b in zip(parts, items, strict=True)):
                    return node
                return type(node)(parts)
            case _:
                return failed.get((node, wanted), node)

    return walk(tree, True)


def covers(tree: Tree, area: Area, cutter: PartyCutter) -> bool:
    """Whether a predicate takes in, for sure, every weapon of an area.

    The cells are cut anew, at the predicate's own points too.
    """
    simple = cutter.simple(tree, area.kind)
    if simple == Always(False):
        return False
    inside = all_of([t for _, t in area.asks])
    if within(inside, cutter.simples([tree], area.kind)):
        return True
    fine = Ground(cutter, area.kind, [simple, inside])
    if not fine.cut:
        return False
    here = fine.truth(inside).yes & fine.there
    return bool(fine.truth(simple).yes[here].all())
