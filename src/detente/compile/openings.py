"""What a text leaves open to a party: weapons of each kind whose number no limit in effect bounds.

A limit in effect bounds the weapons that it counts with a weight, as long as what it is held against
is a number, or grows only with weapons that are bounded themselves (an average on counted bombers).
What ratios and averages let grow together is found in the recession cone (`detente.compile.cone`).
Everything is worked out on attribute cells, kind by kind, so that weapons nobody has are seen too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.compile.cells import MAX_CELLS, SPLIT, Axis, Cutter, possible, spread
from detente.compile.compiler import Compiled, DatedBound, Row, Term
from detente.compile.cone import Direction, directions
from detente.compile.membership import Membership, Truth
from detente.compile.table import Bools, Floats
from detente.model.amounts import Weight
from detente.model.case import Case
from detente.model.predicate import Always, And, Member, Named, Not, Open, Or, Tree, walk
from detente.model.provisions import Average, Ban, QualitativeLimit

BOUNDED, DISPUTED, OPEN = 0, 1, 2
HOLDINGS = "held"
States = NDArray[np.int8]
Kinds = frozenset[str] | None
Loosely = Literal["lapsed", "nothing", "types", "sites", "rate", "menu", "average"]


@dataclass(frozen=True)
class Counted:
    """One limit of a party: what it counts, what it allows by, and whether it allows nothing."""

    row: Row
    dated: DatedBound
    tree: Tree
    less: Tree | None
    ban: bool


@dataclass(frozen=True)
class Loose:
    """A limit or rule that takes weapons in and does not bound their number, and for what reason."""

    row: Row
    dated: DatedBound
    tree: Tree
    why: Loosely
    rule: str = ""


class PartyCutter(Cutter):
    """Cuts attributes into cells for the weapons of one party, or of the members of a group.

    Cutters of one text share (by `like`) the table of real systems, and the simplified form of what
    asks neither for a party nor for types.
    """

    def __init__(
        self, compiled: Compiled, members: Sequence[str], like: PartyCutter | None = None
    ) -> None:
        super().__init__(compiled)
        self.members = frozenset(members)
        self.words = _words_of(self.case)
        self._own: dict[tuple[Tree, str], Tree] = {}
        self._met: dict[tuple[int, str], tuple[Tree, Tree]] = {}
        self._plain: dict[int, tuple[Tree, bool, Kinds]] = {}
        self._among: dict[str, Kinds] = {}
        self._shared: dict[tuple[Tree, str], Tree] = {}
        self._named: dict[str, dict[str, Tree]] = {}
        self._kinds_of: dict[Tree, frozenset[str]] = {}
        self._neutral: dict[str, bool] = {}
        self._absorbed: dict[tuple[int, ...], tuple[list[Tree], list[Tree]]] = {}
        if like is not None:
            self.reference = like.reference
            self._shared, self._named = like._shared, like._named
            self._neutral, self._absorbed = like._neutral, like._absorbed
            self._among = like._among

    def simple(self, tree: Tree, kind: str) -> Tree:
        """As its base; worked out once for each tree and kind."""
        met = self._met.get((id(tree), kind))  # what is kept with it keeps its id its own
        if met is not None:
            return met[1]
        key = (tree, kind)
        found = self._own.get(key)
        if found is None:
            if id(tree) not in self._plain:
                named = named_kinds(tree, self.compiled.categories, self._among)
                self._plain[id(tree)] = tree, self.neutral(tree), named
            _, neutral, among = self._plain[id(tree)]
            if kind and among is not None and kind not in among:
                found = NEVER
            elif neutral:
                found = self._shared.get(key)
                if found is None:
                    found = self._shared[key] = super().simple(tree, kind)
            else:
                found = super().simple(tree, kind)
            self._own[key] = found
        self._met[id(tree), kind] = tree, found
        return found

    def kinds_of(self, tree: Tree) -> frozenset[str]:
        """The kinds that a predicate can take in."""
        if tree not in self._kinds_of:
            kinds = (k for k in self.kinds if self.simple(tree, k) != NEVER)
            self._kinds_of[tree] = frozenset(kinds)
        return self._kinds_of[tree]

    def simples(self, trees: Iterable[Tree], kind: str) -> list[Tree]:
        """The alternatives of several predicates for a kind, those that others take in left out."""
        parts = [t for t in (self.simple(t, kind) for t in trees) if t != NEVER]
        key = tuple(map(id, parts))
        if key not in self._absorbed:
            self._absorbed[key] = parts, absorbed(parts)  # kept: their ids stay their own
        return self._absorbed[key][1]

    def neutral(self, tree: Tree) -> bool:
        """Whether a predicate asks neither for a party nor for types."""
        for node in walk(tree):
            match node:
                case Member("party" | "type"):
                    return False
                case Named(name):
                    if name not in self._neutral:
                        self._neutral[name] = self.neutral(self.compiled.categories[name])
                    if not self._neutral[name]:
                        return False
                case _:
                    pass
        return True

    def _simple(self, tree: Tree, kind: str, memo: dict[str, Tree]) -> Tree:
        match tree:
            case Named(name) if self._neutral.get(name):
                return super()._simple(tree, kind, self._named.setdefault(kind, {}))
            case Member("party", words, negated):
                inside = [m in words for m in self.members]
                if all(inside) or not any(inside):
                    return Always(all(inside) != negated)
                return tree
            case _:
                return super()._simple(tree, kind, memo)

    def _has_kind(self, word: str, kind: str) -> bool:
        """Whether a system or type of that name is the party's, and may be of the kind."""
        return any(
            party in self.members and (not kind or not kinds or kind in kinds)
            for party, kinds in self.words.get(word, ())
        )


def _words_of(case: Case) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """The party and kinds of the systems that a word names; kept with the case."""
    if "words of systems" not in case.kept:
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for system in case.systems.values():
            kinds = tuple(str(f.value) for f in system.of(SPLIT))
            for word in dict.fromkeys((system.id, *system.types)):
                found.setdefault(word, []).append((system.party, kinds))
        case.kept["words of systems"] = found
    words: dict[str, list[tuple[str, tuple[str, ...]]]] = case.kept["words of systems"]
    return words


class Ground:
    """The cells of one kind of weapon, on the axes that some predicates of one or two texts need."""

    def __init__(self, cutter: PartyCutter, kind: str, trees: Iterable[Tree]) -> None:
        self.cutter, self.kind = cutter, kind
        self.axes: list[Axis] = cutter.axes(trees, kind)
        self.shape = tuple(len(a.labels) for a in self.axes)
        self.size = math.prod(self.shape)
        self.cut = self.size <= MAX_CELLS
        self._memberships: dict[int, Membership] = {}
        self.table = cutter.table(self.axes, self.size if self.cut else 0)
        self.there: Bools = (
            possible(self.axes, self.membership(cutter)) if self.cut else np.zeros(0, bool)
        )

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """Of each axis, in which stretch each cell lies."""
        each = [spread(np.arange(k), n, self.shape) for n, k in enumerate(self.shape)]
        return np.array(each).reshape(len(self.shape), -1)

    def membership(self, cutter: PartyCutter) -> Membership:
        """Membership of the cells, as the text of a cutter attributes values to systems."""
        if id(cutter) not in self._memberships:
            found = Membership(self.table, {}, cutter.compiled.attributions)
            found._systems = cutter.reference
            self._memberships[id(cutter)] = found
        return self._memberships[id(cutter)]

    def truth(self, tree: Tree, cutter: PartyCutter | None = None) -> Truth:
        """Which cells a simplified predicate takes in."""
        return self.membership(cutter or self.cutter).of(tree)


@dataclass
class Grown:
    """A column of the cone: cells of a kind that rows with two sides weigh alike."""

    kind: str
    weights: bytes
    witness: dict[str, str]
    cells: int
    sure: bool


@dataclass
class Openings:
    """What one text leaves open to one party at a date.

    Attributes:
        counted: the limits in effect that bound what they count.
        loose: what takes weapons in without bounding their number.
        mixed: limits whose room grows with weapons that may grow themselves.
        grows: of the columns that `mixed` weighs, how each may grow, by its weights.

    """

    compiled: Compiled
    party: str
    at: date
    like: PartyCutter | None = None
    members: tuple[str, ...] = ()
    counted: list[Counted] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    mixed: list[Counted] = field(default_factory=list)
    columns: list[Grown] = field(default_factory=list)
    grows: dict[bytes, Direction | None] = field(default_factory=dict)
    not_cut: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = [r for r in self.compiled.rows if self.party in (r.party, *r.members)]
        members = dict.fromkeys(m for r in rows if r.party == self.party for m in r.members)
        self.members = tuple(members) or (self.party,)
        self.cutter = PartyCutter(self.compiled, self.members, self.like)
        self.kinds = self.cutter.kinds
        self._trees: dict[tuple[str, str], tuple[Tree, ...]] = {}
        menus: dict[str, dict[str, list[Counted]]] = {}
        for row in rows:
            if row.quantity == HOLDINGS or row.per:
                self._row(row, menus)
        self.always: list[Tree] = list(self._menus(menus))
        self._settle()

    # --- rows -----------------------------------------------------------------------------------
    def _row(self, row: Row, menus: dict[str, dict[str, list[Counted]]]) -> None:
        dated = row.bound_at(self.at)
        terms = [(t, _exempted(row, t)) for t in row.terms]
        for term, tree in terms:
            if sign(term.weight, term.factor) == 0:
                self.loose.append(Loose(row, dated, tree, "nothing", term.rule))
        weighed = [_doubtful(t, tree) for t, tree in terms if sign(t.weight, t.factor) > 0]
        less: list[Tree] = []
        average = isinstance(row.provision, Average)
        for term in row.allowance:
            tree = _exempted(row, term)
            if average and dated.bound.value == 0:
                continue
            if (sign(term.weight, term.factor) > 0) == average:
                less.append(tree)  # more of it makes more room
            else:
                weighed.append(_doubtful(term, tree))  # an offset: more of it leaves less room
        if not weighed or row.relation == "at least":
            return
        tree = any_of(weighed)
        ban = _nothing_allowed(row, dated)
        why: Loosely | None = None
        if dated.end and self.at > dated.end:
            why = "lapsed"
        elif row.per:
            why = "rate"
        elif row.each:
            why = "sites"
        elif row.counting == "types" and not ban:
            why = "types"
        if why is not None:
            self.loose.append(Loose(row, dated, tree, why))
            return
        found = Counted(row, dated, tree, any_of(less) if less else None, ban)
        if row.menu:
            menus.setdefault(row.menu, {}).setdefault(row.alternative, []).append(found)
            self.loose.append(Loose(row, dated, tree, "menu"))
        else:
            self.counted.append(found)

    def _menus(self, menus: dict[str, dict[str, list[Counted]]]) -> Iterator[Tree]:
        """What every choice from a menu bounds; a party picks what leaves it most."""
        for menu in self.compiled.menus:
            options = menus.get(menu.id, {})
            names = [name for name, _ in menu.options]
            bound = {
                n: any_of([c.tree for c in options.get(n, []) if c.less is None]) for n in names
            }
            if options:
                choices = combinations(names, menu.choose)
                yield And(tuple(any_of([bound[n] for n in some]) for some in choices))

    def trees(self, activity: str = "deployed", *, bans: bool = False) -> list[Tree]:
        """What the limits on an activity bound; the bans alone where asked for."""
        found = [
            c.tree
            for c in self.counted
            if activity in c.row.activities and c.less is None and (c.ban or not bans)
        ]
        return found if bans or activity != "deployed" else [*found, *self.always]

    def bans(self) -> list[Counted]:
        """The bans and limits on quality in effect."""
        return [c for c in self.counted if isinstance(c.row.provision, Ban | QualitativeLimit)]

    # --- which mixed rows bound after all ---------------------------------------------------------
    def _settle(self) -> None:
        """An average bounds what it counts where what it allows by is bounded."""
        mixed = [c for c in self.counted if c.less is not None and "deployed" in c.row.activities]
        bounding = self.trees()
        changed = True
        while changed:
            changed = False
            for c in list(mixed):
                assert c.less is not None
                if not self._may_grow(c.less, bounding):
                    bounding.append(c.tree)
                    mixed.remove(c)
                    changed = True
        self.bounding, self.mixed = bounding, mixed
        for c in mixed:
            self.loose.append(Loose(c.row, c.dated, c.tree, "average"))
        if mixed:
            self._cone()

    def _may_grow(self, tree: Tree, bounding: Sequence[Tree]) -> bool:
        """Whether any weapon that a predicate may take in is not surely bounded."""
        for kind in self.kinds:
            asked = self.cutter.simples([tree], kind)
            if not asked:
                continue
            bounds = self.cutter.simples(bounding, kind)
            left = [a for a in asked if not within(a, bounds)]
            if not left:
                continue
            ground = Ground(self.cutter, kind, [*left, *bounds])
            if not ground.cut:
                return True
            inside = ~ground.truth(any_of(left)).no
            free = ~ground.truth(any_of(bounds)).yes
            if (inside & free & ground.there).any():
                return True
        return False

    @cached_property
    def bound(self) -> Truth:
        """Of the real systems, which the limits bound in number."""
        return self.cutter.reference.of(any_of(self.bounding))

    @cached_property
    def theirs(self) -> Bools:
        """Of the real systems, which are the party's."""
        systems = self.cutter.reference.table.system_of
        return np.array([s is not None and s.party in self.members for s in systems], dtype=bool)

    # --- one kind -----------------------------------------------------------------------------------
    def of_kind(self, kind: str) -> tuple[Tree, ...]:
        """The predicates that settle what is bounded of a kind, simplified, none of them for nothing."""
        if ("", kind) not in self._trees:
            self._trees["", kind] = tuple(self.cutter.simples(self.bounding, kind))
        return self._trees["", kind]

    def let_off(self, kind: str) -> tuple[Tree, ...]:
        """What rules count at nothing, rates are set of, and limits took in that have run out."""
        if ("let off", kind) not in self._trees:
            whys = ("nothing", "lapsed", "rate")
            trees = [self.cutter.simple(x.tree, kind) for x in self.loose if x.why in whys]
            found = dict.fromkeys(t for t in trees if not isinstance(t, Always))
            self._trees["let off", kind] = tuple(found)
        return self._trees["let off", kind]

    def weighed(self, kind: str) -> tuple[Tree, ...]:
        """The predicates of the mixed rows, simplified for a kind."""
        if ("mixed", kind) not in self._trees:
            trees = [self.cutter.simple(t, kind) for c in self.mixed for t in _sides(c)]
            self._trees["mixed", kind] = tuple(t for t in trees if t != NEVER)
        return self._trees["mixed", kind]

    def banned(self, kind: str, activity: str = "deployed") -> tuple[Tree, ...]:
        """The predicates of the bans on an activity, simplified for a kind."""
        if (activity, kind) not in self._trees:
            bans = self.trees(activity, bans=True)
            self._trees[activity, kind] = tuple(self.cutter.simples(bans, kind))
        return self._trees[activity, kind]

    def states(self, ground: Ground) -> States:
        """Of each cell, whether its number is bounded, disputed or open."""
        truth = ground.truth(any_of(self.of_kind(ground.kind)), self.cutter)
        found = np.where(truth.yes, BOUNDED, np.where(truth.no, OPEN, DISPUTED)).astype(np.int8)
        if not self.mixed or not self.weighed(ground.kind):
            return found
        least, most = self._weights(ground)
        for i in np.flatnonzero((found != BOUNDED) & ground.there):
            if self.grows.get(most[:, i].tobytes()) is None:
                liberal = self.grows.get(least[:, i].tobytes()) is not None
                found[i] = DISPUTED if liberal else BOUNDED
        return found

    def direction(self, ground: Ground, cell: int) -> Direction | None:
        """How a cell that is open through rows with two sides grows; None where it grows alone."""
        if not self.mixed or not self.weighed(ground.kind):
            return None
        found = self.grows.get(self._weights(ground)[1][:, cell].tobytes())
        return found if found is not None and len(found.shares) > 1 else None

    # --- rows with two sides ------------------------------------------------------------------------
    def _weights(self, ground: Ground) -> tuple[Floats, Floats]:
        """What each mixed row weighs each cell: at the least, and at the most."""
        least = np.zeros((len(self.mixed), ground.size))
        most = np.zeros((len(self.mixed), ground.size))
        for i, c in enumerate(self.mixed):
            factor = 1.0
            if isinstance(c.row.provision, Average):
                factor = float(c.dated.bound.value or 0)
            for terms, scale in ((c.row.terms, 1.0), (c.row.allowance, -factor)):
                for term in terms:
                    truth = ground.truth(
                        self.cutter.simple(_exempted(c.row, term), ground.kind), self.cutter
                    )
                    w = nominal(term.weight) * term.factor * scale
                    yes, may = truth.yes * w, ~truth.no * w
                    least[i] += np.minimum(yes, may)
                    most[i] += np.maximum(yes, may)
        return least, most

    def _cone(self) -> None:
        """The directions in which arms may grow through rows with two sides."""
        found: dict[bytes, Grown] = {}
        for kind in self.kinds:
            if not self.weighed(kind):
                continue
            ground = Ground(self.cutter, kind, [*self.of_kind(kind), *self.weighed(kind)])
            if not ground.cut:
                self.not_cut.append(kind)
                continue
            truth = ground.truth(any_of(self.of_kind(kind)))
            least, most = self._weights(ground)
            for weights, mask in ((most, truth.no), (least, ~truth.yes)):
                for i in np.flatnonzero(mask & ground.there):
                    key = weights[:, i].tobytes()
                    sure = weights is most
                    if key not in found or (sure and not found[key].sure):
                        at = np.unravel_index(i, ground.shape) if ground.shape else ()
                        witness = {SPLIT: kind} if kind else {}
                        witness |= self.cutter._witness(ground.axes, [int(a) for a in at])
                        found[key] = Grown(kind, key, witness, 0, sure)
                    found[key].cells += 1
        self.columns = list(found.values())
        growing = [c for c in self.columns if c.sure]
        A = np.array([np.frombuffer(c.weights) for c in growing]).T if growing else np.zeros((0, 0))
        self.grows = dict(zip([c.weights for c in growing], directions(A), strict=True))
        for c in self.columns:
            if not c.sure:  # grows if it does beside those that surely can
                joint = np.column_stack([A, np.frombuffer(c.weights)]) if growing else None
                if joint is None:
                    joint = np.frombuffer(c.weights)[:, None].copy()
                self.grows[c.weights] = directions(joint)[-1]


# --- trees ------------------------------------------------------------------------------------------
def sign(weight: Weight, factor: float) -> int:
    """Whether a unit adds to a count, at the end: 1, -1, or 0 where it surely adds nothing."""
    if weight.first:
        assert weight.then is not None
        return sign(weight.then, factor)
    most = 1.0 if weight.attribute else weight.number if weight.number is not None else weight.high
    return 0 if not most or not factor else 1 if factor > 0 else -1


def nominal(weight: Weight) -> float:
    """The weight of one unit, for directions; an attribute's value, which differs, is taken as one."""
    if weight.first:
        assert weight.then is not None
        return nominal(weight.then)
    if weight.attribute:
        return 1.0
    return float(weight.number) if weight.number is not None else (weight.low + weight.high) / 2


def _doubtful(term: Term, tree: Tree) -> Tree:
    """What a term counts; not known where its weight may be nothing."""
    weight = term.weight
    while weight.first and weight.then is not None:
        weight = weight.then
    if weight.number is None and not weight.attribute and not weight.low:
        return And((tree, Open(f"counts {weight}")))
    return tree


def _exempted(row: Row, term: Term) -> Tree:
    """What a term counts, less what exceptions take out of the row whole."""
    gone = [Not(e.tree) for e in row.exemptions if e.up_to is None]
    return And((Named(term.category), *gone)) if gone else Named(term.category)


def _sides(c: Counted) -> tuple[Tree, ...]:
    return tuple(_exempted(c.row, t) for t in (*c.row.terms, *c.row.allowance))


def _nothing_allowed(row: Row, dated: DatedBound) -> bool:
    """Whether a limit allows none at all of what it counts."""
    if row.allowance and not (isinstance(row.provision, Average) and dated.bound.value == 0):
        return False
    rivals = [r.value for r in dated.bound.rivals]
    if not rivals and dated.bound.value is None:
        return False
    most = max(rivals) if rivals else dated.bound.value or 0
    strictly = dated.bound.below or row.relation == "fewer than"
    return most <= 1 if strictly else most == 0


def named_kinds(tree: Tree, categories: Mapping[str, Tree], memo: dict[str, Kinds]) -> Kinds:
    """The kinds that a predicate names by its form; None where it may take in any."""
    match tree:
        case Member(attribute, words, False) if attribute == SPLIT:
            return frozenset(words)
        case Named(name) if name in categories:
            if name not in memo:
                memo[name] = named_kinds(categories[name], categories, memo)
            return memo[name]
        case And(items):
            parts = (named_kinds(t, categories, memo) for t in items)
            named = [p for p in parts if p is not None]
            return frozenset.intersection(*named) if named else None
        case Or(items):
            found: set[str] = set()
            for item in items:
                part = named_kinds(item, categories, memo)
                if part is None:
                    return None
                found |= part
            return frozenset(found)
        case _:
            return None


def any_of(trees: Sequence[Tree]) -> Tree:
    return Or(tuple(trees)) if trees else Always(False)


def absorbed(trees: Iterable[Tree]) -> list[Tree]:
    """The alternatives of predicates, without those that others take in.

    Absorption (A or (A and B) is A) holds in three-valued logic too.
    """
    found: dict[frozenset[Tree], tuple[Tree, ...]] = {}
    for tree in trees:
        for part in _parts(tree):
            conditions = tuple(_conditions(part))
            found.setdefault(frozenset(conditions), conditions)
    kept: list[frozenset[Tree]] = []
    for d in sorted(found, key=len):
        if NEVER not in d and not any(k <= d for k in kept):
            kept.append(d)
    widest = set(kept)
    return [_both(c) for d, c in found.items() if d in widest]


def within(tree: Tree, others: Sequence[Tree]) -> bool:
    """Whether, by their form, the others take in all that a predicate does."""
    wider = [tuple(_conditions(o)) for o in others]

    def holds(condition: Tree, conditions: frozenset[Tree]) -> bool:
        if condition in conditions:
            return True
        return isinstance(condition, Or) and any(
            all(holds(c, conditions) for c in _conditions(part)) for part in condition.items
        )

    def covered(conditions: frozenset[Tree]) -> bool:
        if any(all(holds(c, conditions) for c in w) for w in wider):
            return True
        for c in conditions:
            if isinstance(c, Or):  # every alternative by itself
                rest = conditions - {c}
                return all(covered(rest | frozenset(_conditions(t))) for t in c.items)
        return False

    return covered(frozenset(_conditions(tree)))


def _parts(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, Or):
        for item in tree.items:
            yield from _parts(item)
    else:
        yield tree


def _conditions(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, And):
        for item in tree.items:
            yield from _conditions(item)
    elif not (isinstance(tree, Always) and tree.value):
        yield tree


def _both(conditions: tuple[Tree, ...]) -> Tree:
    if not conditions:
        return Always(True)
    return conditions[0] if len(conditions) == 1 else And(conditions)


NEVER = Always(False)
