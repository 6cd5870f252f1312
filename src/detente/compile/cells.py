"""Attribute cells: the predicates of a text cut the space of attributes; cells that every row treats
alike are one class of weapon.

Numbers are cut at the constants that predicates mention (points and the open intervals between
them), words at the words they mention and one that they do not; where a predicate holds one number
against another, their ratio is cut too, and cells that no two numbers can make are left out. Cells
are made for each kind of weapon with the attributes that matter for that kind only, so that their
product stays small.
Every real system falls into exactly one class, and so does every weapon nobody has built yet; a
class that no row counts is an open channel, with a witness of what such a weapon looks like.
Cells describe weapons in ordinary deployment: state, place and zone belong to an element of an
inventory, not to a weapon, and are held at none that a predicate names.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.compile.compiler import Compiled
from detente.compile.membership import Membership
from detente.compile.table import Bools, Floats, Measures, Table, Words, table_of_systems
from detente.model.case import Case
from detente.model.predicate import (
    Always,
    And,
    AnyOfType,
    Attr,
    Compare,
    Member,
    Named,
    Not,
    Open,
    Operand,
    Or,
    Readings,
    Scaled,
    Tree,
)
from detente.model.units import unit_of_key

T = TypeVar("T", bound=np.generic)
MAX_CELLS = 400_000
SPLIT = "kind"
OTHER = "(other)"
ANY = "(any)"
HELD = ("state", "place", "zone", "activity", "quantity", "launcher")


@dataclass(frozen=True)
class WeaponClass:
    """Cells that every row treats alike.

    `inside` are the categories it is in, `unsure` those it may be in; `witness` describes one such
    weapon; `ranges` says which stretches of each attribute its cells span; `systems` are the real
    ones in it.
    """

    kind: str
    inside: frozenset[str]
    unsure: frozenset[str]
    cells: int
    witness: Mapping[str, str]
    ranges: Mapping[str, tuple[str, ...]]
    systems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classes:
    """All classes of a compiled text."""

    classes: tuple[WeaponClass, ...]
    cells: int
    capped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Against:
    """Two numbers that predicates hold against one another: their ratio is an axis of its own."""

    left: str
    right: str


@dataclass(frozen=True)
class Stretch:
    """A stretch of a number: its ends, and whether they belong to it."""

    low: float
    high: float
    with_low: bool = False
    with_high: bool = False

    @property
    def middle(self) -> float:
        """A value inside it."""
        if math.isinf(self.low):
            return 1.0 if math.isinf(self.high) else self.high / 2
        return self.low * 2 if math.isinf(self.high) else (self.low + self.high) / 2


Key = str | AnyOfType | Against


@dataclass(eq=False)
class Axis:
    """One attribute's cells: labels, and intervals or words.

    `stretches` are a number's (or ratio's); `compared` are the predicates that a ratio settles,
    each with its truth stretch by stretch.
    """

    key: Key
    labels: list[str]
    intervals: list[tuple[float, float]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    typical: list[str] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    compared: dict[Compare, Bools] = field(default_factory=dict)


def classes_of(compiled: Compiled) -> Classes:
    """The classes of a compiled text, conceivable weapons and real systems together."""
    return Cutter(compiled).run()


class Cutter:
    """Cuts the attributes that a compiled text asks for into cells, kind by kind."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.case = compiled.case
        self.names = list(dict.fromkeys(n for r in compiled.rows for n in r.categories))
        self.reference = Membership(
            table_of_systems(self.case, compiled.attributions),
            compiled.categories,
            compiled.attributions,
        )
        self.capped: list[str] = []
        attribute = self.case.attributes.get(SPLIT)
        split = attribute is not None and attribute.type == "choice"
        self.kinds: list[str] = list(attribute.choices) if attribute and split else [""]
        self._memo: dict[str, dict[str, Tree]] = {}
        self._kinds_known = _kinds_of(self.case)

    def simple(self, tree: Tree, kind: str) -> Tree:
        """A predicate as it stands for one kind: named categories spelt out, what is settled gone."""
        return self._simple(tree, kind, self._memo.setdefault(kind, {}))

    def run(self) -> Classes:
        real = self._real()
        found: list[WeaponClass] = []
        total = 0
        for kind in self.kinds:
            classes, cells = self._kind(kind)
            total += cells
            found += classes
        known = {(c.kind, c.inside, c.unsure) for c in found}
        merged = [
            replace(c, systems=tuple(sorted(real.pop((c.kind, c.inside, c.unsure), []))))
            for c in found
        ]
        for (kind, inside, unsure), systems in sorted(real.items(), key=lambda r: (r[0][0], r[1])):
            if (kind, inside, unsure) not in known:
                merged.append(WeaponClass(kind, inside, unsure, 0, {}, {}, tuple(sorted(systems))))
        return Classes(tuple(merged), total, tuple(self.capped))

    def _real(self) -> dict[tuple[str, frozenset[str], frozenset[str]], list[str]]:
        found: dict[tuple[str, frozenset[str], frozenset[str]], list[str]] = {}
        truths = {n: self.reference.category(n) for n in self.names}
        for i, system in enumerate(self.reference.table.system_of):
            if system is None:
                continue
            kind = next((str(f.value) for f in system.of(SPLIT)), "")
            inside = frozenset(n for n, t in truths.items() if t.yes[i])
            unsure = frozenset(n for n, t in truths.items() if not t.yes[i] and not t.no[i])
            found.setdefault((kind, inside, unsure), []).append(system.id)
        return found

    # --- one kind -------------------------------------------------------------------------------
    def _kind(self, kind: str) -> tuple[list[WeaponClass], int]:
        trees = {n: self.simple(Named(n), kind) for n in self.names}
        axes = self.axes(trees.values(), kind)
        size = math.prod(len(a.labels) for a in axes)
        if size > MAX_CELLS:
            self.capped.append(kind)
            return [], 0
        table = self.table(axes, size)
        membership = Membership(table, {}, self.compiled.attributions)
        membership._systems = self.reference
        n = len(self.names)
        cell_of = np.flatnonzero(possible(axes, membership))
        signature = np.zeros((n, len(cell_of)), dtype=np.int8)
        for k, name in enumerate(self.names):
            truth = membership.of(trees[name])
            signature[k] = (truth.yes.astype(np.int8) + ~truth.no)[cell_of]
        first, inverse = _alike(signature)
        counts = np.bincount(inverse, minlength=len(first))
        shape = tuple(len(a.labels) for a in axes)
        spread = np.unravel_index(cell_of, shape) if shape else ()
        spans = []  # for each axis, which of its stretches each class uses
        for axis, at in zip(axes, spread, strict=True):
            used = np.zeros((len(first), len(axis.labels)), dtype=bool)
            used[inverse, at] = True
            spans.append(used)
        classes = []
        for group in np.argsort(first):
            cell = int(first[group])
            ranges = {
                label(axis.key): tuple(
                    x for x, u in zip(axis.labels, used[group], strict=True) if u
                )
                for axis, used in zip(axes, spans, strict=True)
                if not used[group].all()
            }
            witness = {SPLIT: kind} if kind else {}
            witness |= self._witness(axes, [int(at[cell]) for at in spread])
            marks = signature[:, cell]
            classes.append(
                WeaponClass(
                    kind,
                    frozenset(x for x, m in zip(self.names, marks, strict=True) if m == 2),
                    frozenset(x for x, m in zip(self.names, marks, strict=True) if m == 1),
                    int(counts[group]),
                    witness,
                    ranges,
                )
            )
        return classes, len(cell_of)

    def _witness(self, axes: Sequence[Axis], at: Sequence[int]) -> dict[str, str]:
        """One weapon of a cell, attribute by attribute."""
        words = {
            label(axis.key): axis.typical[i]
            for axis, i in zip(axes, at, strict=True)
            if not isinstance(axis.key, Against)
        }
        for keys, ratios in linked(axes):
            numbers = [
                next((a, i) for a, i in zip(axes, at, strict=True) if a.key == k) for k in keys
            ]
            held = [
                (a.key, a.stretches[i])
                for a, i in zip(axes, at, strict=True)
                if isinstance(a.key, Against) and a in ratios
            ]
            wanted = [axis.intervals[i][0] for axis, i in numbers]
            found = solution(keys, [axis.stretches[i] for axis, i in numbers], held, wanted)
            words |= {k: self._shown(k, x) for k, x in zip(keys, found, strict=True)}
        return words

    def _shown(self, key: str, value: float) -> str:
        """A number as a witness has it, with its unit."""
        show, unit, _ = self._style(key)
        return f"{show(value)} {unit}".strip()

    def _style(self, key: str) -> tuple[Callable[[float], str], str, bool]:
        """How the values of a number or date are shown, their unit, and whether they are dates."""
        attribute = self.case.attributes.get(key)
        if attribute and attribute.type == "date":
            return _show_date, "", True
        unit = unit_of_key(key) or (attribute.unit if attribute else "")
        return _show_number if unit else _show_plain, unit, False

    # --- simplification -------------------------------------------------------------------------
    def _simple(self, tree: Tree, kind: str, memo: dict[str, Tree]) -> Tree:
        match tree:
            case Named(name):
                if name not in memo:
                    memo[name] = self._simple(self.compiled.categories[name], kind, memo)
                return memo[name]
            case Member(attribute, _, negated) if attribute in HELD:
                return Always(negated)
            case Member(attribute, words, negated) if attribute == SPLIT and kind:
                return Always((kind in words) != negated)
            case Member("type", words, negated):
                kept = tuple(w for w in words if self._has_kind(w, kind))
                if not kept:
                    return Always(negated)
                return replace(tree, words=kept)
            case Not(inner):
                simple = self._simple(inner, kind, memo)
                return Always(not simple.value) if isinstance(simple, Always) else Not(simple)
            case AnyOfType(inner):
                simple = self._simple(inner, kind, memo)
                return simple if isinstance(simple, Always) else replace(tree, inner=simple)
            case And(items):
                kept_items = []
                for item in items:
                    simple = self._simple(item, kind, memo)
                    if isinstance(simple, Always):
                        if not simple.value:
                            return Always(False)
                        continue
                    kept_items.append(simple)
                return _many(And, kept_items, True)
            case Or(items):
                kept_items = []
                for item in items:
                    simple = self._simple(item, kind, memo)
                    if isinstance(simple, Always):
                        if simple.value:
                            return Always(True)
                        continue
                    kept_items.append(simple)
                return _many(Or, kept_items, False)
            case Readings(readings):
                parts = tuple((n, self._simple(t, kind, memo)) for n, t in readings)
                values = {t.value if isinstance(t, Always) else None for _, t in parts}
                if len(values) == 1 and None not in values:
                    return Always(bool(values.pop()))
                return Readings(parts)
            case _:
                return tree

    def _has_kind(self, word: str, kind: str) -> bool:
        kinds = self._kinds_known.get(word, ())
        return not kind or kind in kinds or ANY in kinds

    # --- axes -----------------------------------------------------------------------------------
    def axes(self, trees: Iterable[Tree], kind: str) -> list[Axis]:
        """The attributes that predicates of one kind ask for, each cut at their points."""
        cuts: dict[str, dict[float, set[str]]] = {}
        words: dict[str, set[str]] = {}
        histories: dict[AnyOfType, None] = {}
        paired: dict[Against, dict[Compare, tuple[str, float]]] = {}
        for tree in trees:
            for node in _atoms(tree):
                match node:
                    case AnyOfType():
                        histories[node] = None
                    case Member(attribute, mentioned, _):
                        words.setdefault(attribute, set()).update(mentioned)
                    case Compare(left, op, right):
                        one, other = _attribute_in(left), _attribute_in(right)
                        if one and other:
                            cuts.setdefault(one, {})
                            cuts.setdefault(other, {})
                            a, b = _factor(left), _factor(right)
                            if not a or not b:
                                continue  # held against nothing: as good as always or never
                            if one < other:
                                paired.setdefault(Against(one, other), {})[node] = (op, b / a)
                            elif other < one:
                                turned = _TURNED.get(op, op)
                                paired.setdefault(Against(other, one), {})[node] = (turned, a / b)
                        elif one:
                            self._cut(cuts, one, _factor(left), op, right)
                        elif other:
                            turned = _TURNED.get(op, op)
                            self._cut(cuts, other, _factor(right), turned, left)
                    case _:
                        pass
        axes = [self._number_axis(k, c) for k, c in sorted(cuts.items())]
        axes += [self._word_axis(k, w) for k, w in sorted(words.items())]
        for node in histories:
            axes.append(Axis(node, ["yes", "no"], typical=["yes", "no"]))
        axes += [self._ratio_axis(pair, nodes) for pair, nodes in paired.items()]
        return axes

    def _cut(
        self,
        cuts: dict[str, dict[float, set[str]]],
        name: str,
        factor: float,
        op: str,
        constant: Operand,
    ) -> None:
        """Cut a number at a constant: at both its ends, where it is an interval."""
        points = cuts.setdefault(name, {})
        m = self.reference._measure(constant)
        for end in {float(m.low.min()), float(m.high.max())}:
            if math.isfinite(end) and factor:
                points.setdefault(end / factor, set()).add(_SIDE.get(op, "both"))

    def _ratio_axis(self, pair: Against, nodes: Mapping[Compare, tuple[str, float]]) -> Axis:
        """The ratio of two numbers, cut where predicates cut it."""
        cuts: dict[float, set[str]] = {}
        for op, ratio in nodes.values():
            cuts.setdefault(ratio, set()).add(_SIDE.get(op, "both"))
        dated = self._style(pair.left)[2]
        axis = Axis(pair, [], stretches=list(_stretches(cuts)))
        for s in axis.stretches:
            end = s.low if math.isinf(s.high) else s.high
            of = pair.right if end == 1 else f"{end:g} × {pair.right}"
            if s.low == s.high:
                axis.labels.append(f"the same as {of}" if end == 1 else f"exactly {of}")
            elif math.isinf(s.low):
                up_to = "up to" if s.with_high else "before" if dated else "less than"
                axis.labels.append(f"{up_to} {of}")
            elif math.isinf(s.high):
                above = "from" if s.with_low else "after" if dated else "more than"
                axis.labels.append(f"{above} {of}")
            else:
                axis.labels.append(f"{s.low:g} to {of}")
        axis.typical = axis.labels
        for node, (op, ratio) in nodes.items():
            axis.compared[node] = np.array(
                [_OPERATORS[op](s.middle, ratio) for s in axis.stretches]
            )
        return axis

    def _number_axis(self, key: str, cuts: Mapping[float, set[str]]) -> Axis:
        """Stretches of a number between cuts; each typical value is one that a real weapon has,
        where there is one."""
        show, unit, dated = self._style(key)
        axis = Axis(key, [])
        known = self._observed(key)
        for s in _stretches(cuts):
            if math.isinf(s.low) and s.high <= 0 and not dated:
                continue  # less than nothing
            inside = known[(known > s.low) & (known < s.high)]
            if len(inside):
                value = float(inside[len(inside) // 2])
            elif math.isinf(s.low) and math.isinf(s.high):
                value = 1.0
            elif math.isinf(s.low):
                value = s.high if s.with_high else s.high - 365 if dated else s.high / 2
            elif math.isinf(s.high):
                value = s.low if s.with_low else s.low * 1.25 if s.low > 0 else 1.0
                value = s.low + 365 if dated else value
            else:
                value = s.middle
            axis.stretches.append(s)
            axis.labels.append(_words(s, show, unit) if cuts else "any")
            axis.intervals.append((value, value))
            axis.typical.append(f"{show(value)} {unit}".strip() if cuts else "any")
        return axis

    def _observed(self, key: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The values that sources give for real weapons, in order."""
        m = self.reference.table.measures(key)
        exact = np.isfinite(m.low) & (m.low == m.high)
        return np.sort(m.low[exact])

    def _word_axis(self, key: str, mentioned: set[str]) -> Axis:
        attribute = self.case.attributes.get(key)
        if attribute and attribute.type == "yes-no":
            return Axis(key, ["yes", "no"], words=["yes", "no"], typical=["yes", "no"])
        if key == "party":
            words = list(self.compiled.text.parties)
            return Axis(key, words, words=words, typical=words)
        named = sorted(mentioned)
        labels = [*named]
        if not (attribute and attribute.type == "choice" and set(attribute.choices) <= mentioned):
            labels.append(OTHER)
        return Axis(key, labels, words=labels, typical=labels)

    def table(self, axes: list[Axis], size: int) -> Table:
        """All cells of the axes, as a table that predicates can be evaluated over."""
        shape = tuple(len(a.labels) for a in axes)
        table = Table(self.case, size, [None] * size, {}, lambda i, key: (), bare=True)
        if not size:
            return table
        for n, axis in enumerate(axes):
            if isinstance(axis.key, AnyOfType):
                has = spread(np.array([True, False]), n, shape)
                table.history[axis.key] = (has, ~has)
            elif isinstance(axis.key, Against):
                for node, true in axis.compared.items():
                    holds = spread(true, n, shape)
                    table.history[node] = (holds, ~holds)
            elif axis.intervals:
                low, high = np.array(axis.intervals).T
                ends = spread(low, n, shape)[None, :], spread(high, n, shape)[None, :]
                table.measured[axis.key] = Measures(*ends)
            else:
                known = {w: i for i, w in enumerate(axis.words)}
                codes = spread(np.arange(len(axis.words)), n, shape)
                table.worded[axis.key] = Words(codes[None, :], known)
                if axis.key == "type":
                    table.worded["system"] = table.worded["type"]
        return table


def spread(values: NDArray[T], axis: int, shape: Sequence[int]) -> NDArray[T]:
    """What each place of one axis has, for every cell of all axes."""
    line = [1] * len(shape)
    line[axis] = -1
    return np.broadcast_to(values.reshape(line), tuple(shape)).reshape(-1)


def _kinds_of(case: Case) -> Mapping[str, set[str]]:
    """The kinds of weapon that each system and type may be; kept with the case."""
    if "kinds of systems" not in case.kept:
        found: dict[str, set[str]] = {}
        for system in case.systems.values():
            kinds = {str(f.value) for f in system.of(SPLIT)} or {ANY}
            for word in (system.id, *system.types):
                found.setdefault(word, set()).update(kinds)
        case.kept["kinds of systems"] = found
    known: Mapping[str, set[str]] = case.kept["kinds of systems"]
    return known


def possible(axes: Sequence[Axis], membership: Membership) -> Bools:
    """Which cells a weapon can lie in at all.

    What it is, its type has been; and its numbers must have the ratio that the cell says.
    """
    table = membership.table
    there = np.ones(table.n, dtype=bool)
    for axis in axes:
        if isinstance(axis.key, AnyOfType):
            there &= ~(membership.of(axis.key.inner).yes & table.history[axis.key][1])
    shape = tuple(len(a.labels) for a in axes)
    for keys, ratios in linked(axes):
        involved = [a for a in axes if a.key in keys or a in ratios]
        sub = tuple(len(a.labels) for a in involved)
        grid = np.indices(sub).reshape(len(sub), -1)
        held = [(a.key, [a.stretches[i] for i in at]) for a, at in zip(involved, grid, strict=True)]
        numbers = [next(stretches for k, stretches in held if k == key) for key in keys]
        pairs = [(k, stretches) for k, stretches in held if isinstance(k, Against)]
        fits = _consistent(_distances(keys, numbers, pairs))
        places = [axes.index(a) for a in involved]
        at = [spread(np.arange(shape[n]), n, shape) for n in places]
        there &= fits[np.ravel_multi_index(tuple(at), sub)]
    return there


def linked(axes: Sequence[Axis]) -> list[tuple[list[str], list[Axis]]]:
    """The numbers that ratios tie together, group by group, each with its ratios."""
    groups: list[tuple[list[str], list[Axis]]] = []
    for axis in axes:
        if not isinstance(axis.key, Against):
            continue
        ends = (axis.key.left, axis.key.right)
        joined = [g for g in groups if any(k in g[0] for k in ends)]
        keys = dict.fromkeys((*(k for g in joined for k in g[0]), *ends))
        ratios = [*(a for g in joined for a in g[1]), axis]
        groups = [*(g for g in groups if g not in joined), (list(keys), ratios)]
    return groups


def _distances(
    keys: Sequence[str],
    numbers: Sequence[Sequence[Stretch]],
    ratios: Sequence[tuple[Against, Sequence[Stretch]]],
) -> Floats:
    """How far each number's logarithm may lie above each other's, cell by cell; the first is nought.

    Ratios of numbers are differences of logarithms: the closest bounds are shortest paths.
    """
    size = len(numbers[0])
    d = np.full((len(keys) + 1, len(keys) + 1, size), np.inf)
    for i in range(len(d)):
        d[i, i] = 0.0

    def hold(above: int, below: int, stretches: Sequence[Stretch], least: float) -> None:
        high = np.array([_log(s.high) - (0.0 if s.with_high else STRICT) for s in stretches])
        low = np.array(
            [
                least if math.isinf(s.low) else _log(s.low) + (0.0 if s.with_low else STRICT)
                for s in stretches
            ]
        )
        d[below, above] = np.minimum(d[below, above], high)
        d[above, below] = np.minimum(d[above, below], -low)

    for i, stretches in enumerate(numbers, 1):
        hold(i, 0, stretches, _log(0.0))
    for pair, stretches in ratios:
        hold(keys.index(pair.left) + 1, keys.index(pair.right) + 1, stretches, -math.inf)
    for via in range(len(d)):
        d = np.minimum(d, d[:, via, None] + d[None, via, :])
    return d


def _consistent(d: Floats) -> Bools:
    """Where no number would have to lie above itself."""
    found: Bools = np.einsum("iin->in", d).min(axis=0) >= -STRICT / 2
    return found


def solution(
    keys: Sequence[str],
    numbers: Sequence[Stretch],
    ratios: Sequence[tuple[Against, Stretch]],
    wanted: Sequence[float],
) -> list[float]:
    """Numbers of these stretches with these ratios, near the wanted ones; there must be some."""
    d = _distances(keys, [[s] for s in numbers], [(p, [s]) for p, s in ratios])[:, :, 0]
    found = []
    for i, want in enumerate(wanted, 1):
        low, high = -d[i, 0], d[0, i]
        x = _log(want)
        if not low - STRICT / 2 <= x <= high + STRICT / 2:
            x = _between(low, high)
        value = float(f"{math.exp(x):.6g}") if x > _log(0.0) else 0.0
        x = _log(value)
        d[0] = np.minimum(d[0], x + d[i])
        d[:, 0] = np.minimum(d[:, 0], d[:, i] - x)
        found.append(value)
    return found


def _between(low: float, high: float) -> float:
    """A logarithm between two: of a whole number, where there is one."""
    if math.isinf(high):
        high = low + math.log(2)
    a, b = math.exp(low + 2 * STRICT), math.exp(high - 2 * STRICT)
    whole = round((a + b) / 2)
    if a <= whole <= b and whole:
        return math.log(whole)
    return (low + high) / 2 if low > _log(0.0) else high - math.log(2)


def _log(value: float) -> float:
    """A logarithm; of nothing, one lower than any number has; of no bound, none."""
    return math.log(value) if value > 1e-26 else value if math.isinf(value) else -60.0


STRICT = 1e-9  # by how much a number that must lie above another does, in logarithms
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _alike(
    signature: np.ndarray[Any, np.dtype[np.int8]],
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.int64]]]:
    """The first cell of each class and the class of each cell; a signature holds 0, 1 and 2.

    Signatures are compared exactly, as numbers to base 3, so many digits at a time as fit.
    """
    inverse = np.zeros(signature.shape[1], dtype=np.int64)
    first = np.zeros(min(1, signature.shape[1]), dtype=np.int64)
    digits = 24  # 3**24 times the number of classes so far stays below 2**63
    for start in range(0, len(signature), digits):
        part = signature[start : start + digits].astype(np.int64)
        key = np.zeros_like(inverse)
        for row in part:
            key = key * 3 + row
        key += inverse * 3 ** len(part)
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        inverse = inverse.ravel()
    return first, inverse


_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
# which side of a cut the cut itself goes with
_SIDE = {">": "below", "<=": "below", ">=": "above", "<": "above"}


def _stretches(cuts: Mapping[float, set[str]]) -> Iterator[Stretch]:
    """The stretches between cuts; a cut stands alone only where predicates tell it from both its
    sides."""
    low, with_low = -math.inf, False
    for point in sorted(cuts):
        below, above = cuts[point] == {"below"}, cuts[point] == {"above"}
        yield Stretch(low, point, with_low, below)
        if not below and not above:
            yield Stretch(point, point, True, True)
        low, with_low = point, above
    yield Stretch(low, math.inf, with_low, False)


def _words(s: Stretch, show: Callable[[float], str], unit: str) -> str:
    """A stretch of a number in words."""
    if s.low == s.high:
        text = f"exactly {show(s.low)}"
    elif math.isinf(s.low):
        text = f"{'up to' if s.with_high else 'below'} {show(s.high)}"
    elif math.isinf(s.high):
        text = f"{'from' if s.with_low else 'above'} {show(s.low)}"
    else:
        text = f"{show(s.low)} to {show(s.high)}"
    return f"{text} {unit}".strip()


def _many(node: type[And] | type[Or], items: Sequence[Tree], empty: bool) -> Tree:
    if not items:
        return Always(empty)
    return items[0] if len(items) == 1 else node(tuple(items))


def _atoms(tree: Tree) -> Iterator[Tree]:
    match tree:
        case And(items) | Or(items):
            for item in items:
                yield from _atoms(item)
        case Not(inner):
            yield from _atoms(inner)
        case Readings(items):
            for _, item in items:
                yield from _atoms(item)
        case Always() | Open():
            return
        case _:
            yield tree


def _attribute_in(operand: Operand) -> str | None:
    match operand:
        case Attr(name):
            return name
        case Scaled(_, inner):
            return _attribute_in(inner)
        case _:
            return None


def _factor(operand: Operand) -> float:
    return operand.factor * _factor(operand.operand) if isinstance(operand, Scaled) else 1.0


def label(key: Key) -> str:
    """The name of an axis."""
    if isinstance(key, Against):
        return f"{key.left} against {key.right}"
    return key if isinstance(key, str) else f"{key.whose} history"


def _show_number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def _show_plain(value: float) -> str:
    """A number without a unit: a year, a count of warheads."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:g}"


def _show_date(value: float) -> str:
    return date.fromordinal(int(value)).isoformat()
