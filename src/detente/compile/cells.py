"""Attribute cells: the predicates of a text cut the space of attributes; cells that every row treats
alike are one class of weapon.

Numbers are cut at the constants that predicates mention (points and the open intervals between
them), words at the words they mention and one that they do not. Cells are made for each kind of
weapon with the attributes that matter for that kind only, so that their product stays small.
Every real system falls into exactly one class, and so does every weapon nobody has built yet; a
class that no row counts is an open channel, with a witness of what such a weapon looks like.
Cells describe weapons in ordinary deployment: state, place and zone belong to an element of an
inventory, not to a weapon, and are held at none that a predicate names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from detente.compile.compiler import Compiled
from detente.compile.membership import Membership
from detente.compile.table import Measures, Table, Words, table_of_systems
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

MAX_CELLS = 400_000
SPLIT = "kind"
OTHER = "(other)"
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


@dataclass
class Axis:
    """One attribute's cells: labels, and intervals or words."""

    key: str | AnyOfType
    labels: list[str]
    intervals: list[tuple[float, float]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    typical: list[str] = field(default_factory=list)


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
        there = np.ones(size, dtype=bool)
        for axis in axes:
            if isinstance(axis.key, AnyOfType):  # what a weapon is, its type has been
                there &= ~(membership.of(axis.key.inner).yes & table.history[axis.key][1])
        cell_of = np.flatnonzero(there)
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
            witness |= {
                label(a.key): a.typical[at[cell]] for a, at in zip(axes, spread, strict=True)
            }
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
        if not kind:
            return True
        for system in self.case.systems.values():
            if word in (system.id, *system.types):
                kinds = [str(f.value) for f in system.of(SPLIT)]
                if not kinds or kind in kinds:
                    return True
        return False

    # --- axes -----------------------------------------------------------------------------------
    def axes(self, trees: Iterable[Tree], kind: str) -> list[Axis]:
        """The attributes that predicates of one kind ask for, each cut at their points."""
        cuts: dict[str, dict[float, set[str]]] = {}
        words: dict[str, set[str]] = {}
        histories: dict[AnyOfType, None] = {}
        paired: dict[str, set[float]] = {}
        for tree in trees:
            for node in _atoms(tree):
                match node:
                    case AnyOfType():
                        histories[node] = None
                    case Member(attribute, mentioned, _):
                        words.setdefault(attribute, set()).update(mentioned)
                    case Compare(left, op, right):
                        for a, b, sign in ((left, right, op), (right, left, _TURNED.get(op, op))):
                            name = _attribute_in(a)
                            if name is None:
                                continue
                            if _attribute_in(b) is None:
                                m = self.reference._measure(b)
                                factor = _factor(a)
                                ends = {float(m.low.min()), float(m.high.max())}
                                for end in ends:
                                    if math.isfinite(end):
                                        side = cuts.setdefault(name, {}).setdefault(
                                            end / factor, set()
                                        )
                                        side.add(_SIDE.get(sign, "both"))
                            else:
                                paired.setdefault(name, set())
                    case _:
                        pass
        for name in paired:  # attribute against attribute: cut both at all of either's points
            cuts.setdefault(name, {}).setdefault(0.0, {"both"})
        axes = [self._number_axis(k, c) for k, c in sorted(cuts.items())]
        axes += [self._word_axis(k, w) for k, w in sorted(words.items())]
        for node in histories:
            axes.append(Axis(node, ["yes", "no"], typical=["yes", "no"]))
        return axes

    def _number_axis(self, key: str, cuts: Mapping[float, set[str]]) -> Axis:
        """Stretches of a number between cuts; a cut stands alone only where predicates tell it
        from both its sides."""
        attribute = self.case.attributes.get(key)
        dated = bool(attribute and attribute.type == "date")
        unit = "" if dated else unit_of_key(key) or (attribute.unit if attribute else "")
        show = _show_date if dated else _show_number if unit else _show_plain
        axis = Axis(key, [])
        known = self._observed(key)
        points = sorted(cuts)

        def add(low: float, high: float, with_low: bool, with_high: bool) -> None:
            """One stretch; its typical value is one that a real weapon has, where there is one."""
            inside = known[(known > low) & (known < high)]
            if len(inside):
                value = float(inside[len(inside) // 2])
            elif low == high or (math.isinf(low) and with_high):
                value = high
            elif math.isinf(low):
                value = high / 2 if not dated else high - 365
            elif math.isinf(high):
                value = low if with_low else low * 1.25 if low > 0 else 1.0
                value = low + 365 if dated else value
            else:
                value = (low + high) / 2
            axis.labels.append(_stretch(low, high, with_low, with_high, show, unit))
            axis.intervals.append((value, value))
            axis.typical.append(f"{show(value)} {unit}".strip())

        low, with_low = -math.inf, False
        for point in points:
            alone = cuts[point] != {"below"} and cuts[point] != {"above"}
            to_below = cuts[point] == {"below"}
            if point > 0 or dated:
                add(low, point, with_low, to_below)
            if alone:
                add(point, point, True, True)
            low, with_low = point, not alone and not to_below
        if points:
            add(low, math.inf, with_low, False)
        else:
            axis.labels, axis.intervals, axis.typical = ["any"], [(1.0, 1.0)], ["any"]
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
        grid = np.indices(shape).reshape(len(axes), size) if axes else np.zeros((0, size), int)
        table = Table(self.case, size, [None] * size, {}, lambda i, key: ())
        for axis, at in zip(axes, grid, strict=True):
            if isinstance(axis.key, AnyOfType):
                table.history[axis.key] = (at == 0, at == 1)
            elif axis.intervals:
                ends = np.array(axis.intervals)[at]
                table.measured[axis.key] = Measures(ends[None, :, 0], ends[None, :, 1])
            else:
                known = {w: i for i, w in enumerate(axis.words)}
                table.worded[axis.key] = Words(at[None, :].astype(np.int64), known)
                if axis.key == "type":
                    table.worded["system"] = table.worded["type"]
        return table


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


def _stretch(
    low: float,
    high: float,
    with_low: bool,
    with_high: bool,
    show: Callable[[float], str],
    unit: str,
) -> str:
    if low == high:
        return f"exactly {show(low)} {unit}".strip()
    if math.isinf(low):
        return f"{'up to' if with_high else 'below'} {show(high)} {unit}".strip()
    if math.isinf(high):
        return f"{'from' if with_low else 'above'} {show(low)} {unit}".strip()
    return f"{show(low)} to {show(high)} {unit}".strip()


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


def label(key: str | AnyOfType) -> str:
    """The name of an axis."""
    return key if isinstance(key, str) else f"{key.whose} history"


def _show_number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def _show_plain(value: float) -> str:
    """A number without a unit: a year, a count of warheads."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:g}"


def _show_date(value: float) -> str:
    return date.fromordinal(int(value)).isoformat()
