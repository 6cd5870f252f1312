"""Weapons as columns of attribute values, ready to be tested by whole predicates at once.

A `Table` has one entry an element (a holding, a system, or a cell of attribute space). An
attribute of an entry has up to K alternative values (sources that disagree); each measured value
is a closed interval. An unknown measured value is the whole line; an unknown word has code -1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.model.amounts import Span
from detente.model.case import Case
from detente.model.dates import NEVER, When
from detente.model.inventory import Holding
from detente.model.systems import System, Value

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FACETS = ("party", "state", "zone", "place", "activity", "carrier", "launcher", "quantity")


@dataclass(frozen=True)
class Words:
    """A worded attribute: codes (K, n) into `known`; -1 unknown, -2 no such alternative."""

    codes: Ints
    known: Mapping[str, int]

    def code(self, word: str) -> int:
        """The code of a word; a number that nothing has when no entry has the word."""
        return self.known.get(word, -9)


@dataclass(frozen=True)
class Measures:
    """A measured attribute: intervals (K, n); NaN where there is no such alternative."""

    low: Floats
    high: Floats


@dataclass
class Table:
    """Entries with their attributes, gathered on demand and kept."""

    case: Case
    n: int
    system_of: Sequence[System | None]
    facets: Mapping[str, Sequence[str]]
    values_of: Callable[[int, str], Sequence[Value]]
    bare: bool = False  # entries have nothing but what is put in below
    measured: dict[str, Measures] = field(default_factory=dict)
    worded: dict[str, Words] = field(default_factory=dict)
    history: dict[Any, tuple[Bools, Bools]] = field(default_factory=dict)

    def measures(self, key: str) -> Measures:
        """The intervals of a number or date attribute (dates as day ordinals)."""
        if key not in self.measured and self.bare:
            ends = np.full((1, self.n), math.inf)
            self.measured[key] = Measures(-ends, ends)
        elif key not in self.measured:
            rows = [[_interval(v) for v in self.values_of(i, key)] for i in range(self.n)]
            depth = max((len(r) for r in rows), default=1) or 1
            low, high = np.full((depth, self.n), np.nan), np.full((depth, self.n), np.nan)
            for i, row in enumerate(rows):
                for k, (a, b) in enumerate(row or [(-math.inf, math.inf)]):
                    low[k, i], high[k, i] = a, b
            self.measured[key] = Measures(low, high)
        return self.measured[key]

    def words(self, key: str) -> Words:
        """The codes of a worded attribute or facet."""
        if key not in self.worded and self.bare:
            self.worded[key] = Words(np.full((1, self.n), -1, dtype=np.int64), {})
        elif key not in self.worded:
            if key in self.facets:
                rows = [[w] for w in self.facets[key]]
            elif key in ("type", "system"):
                rows = [_types(s, key) for s in self.system_of]
            else:
                rows = [[_word(v) for v in self.values_of(i, key)] for i in range(self.n)]
            known: dict[str, int] = {}
            depth = max((len(r) for r in rows), default=1) or 1
            codes = np.full((depth, self.n), -2, dtype=np.int64)
            for i, row in enumerate(rows):
                if not row:
                    codes[0, i] = -1
                for k, word in enumerate(row):
                    codes[k, i] = known.setdefault(word, len(known))
            self.worded[key] = Words(codes, known)
        return self.worded[key]


def _types(system: System | None, key: str) -> list[str]:
    if system is None:
        return [""]
    return list(system.types) if key == "type" else [system.id]


def _interval(value: Value) -> tuple[float, float]:
    if isinstance(value, Span):
        return float(value.low), float(value.high)
    if isinstance(value, When) and value.event == NEVER:
        return math.inf, math.inf
    if isinstance(value, When) and value.fixed:
        return float(value.first.toordinal()), float(value.last.toordinal())
    return -math.inf, math.inf


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


Attributions = Mapping[str, Mapping[str, float]]


def _attributed(system: System | None, key: str, attributions: Attributions) -> Sequence[Value]:
    if system is None or key not in attributions:
        return ()
    table = attributions[key]
    if system.id in table:
        return (Span(table[system.id], table[system.id]),)
    if all(t in table for t in system.types):
        return tuple(Span(table[t], table[t]) for t in system.types)
    return ()


def table_of_holdings(
    case: Case, holdings: Iterable[tuple[str, Holding]], attributions: Attributions | None = None
) -> Table:
    """One entry a holding, given with its party; a holding's own attributes go before its system's."""
    given = list(holdings)
    own = [dict(h.attributes) for _, h in given]
    systems = [case.systems.get(h.system) for _, h in given]
    tables = attributions or {}

    def values(i: int, key: str) -> Sequence[Value]:
        if key in own[i]:
            return (own[i][key],)
        if found := _attributed(systems[i], key, tables):
            return found
        system = systems[i]
        return tuple(f.value for f in system.of(key)) if system else ()

    facets = {"party": [p for p, _ in given]}
    for name in FACETS[1:]:
        facets[name] = [getattr(h, name) for _, h in given]
    return Table(case, len(given), systems, facets, values)


def table_of_systems(case: Case, attributions: Attributions | None = None) -> Table:
    """One entry a system of the case, as if deployed, in no particular state or place.

    The columns gathered stay with the case: predicates ask for the same ones again and again.
    """
    key = tuple((k, tuple(v.items())) for k, v in (attributions or {}).items())
    if ("table of systems", key) not in case.kept:
        case.kept["table of systems", key] = _table_of_systems(case, attributions)
    table: Table = case.kept["table of systems", key]
    return table


def _table_of_systems(case: Case, attributions: Attributions | None) -> Table:
    systems = list(case.systems.values())
    tables = attributions or {}

    def values(i: int, key: str) -> Sequence[Value]:
        if found := _attributed(systems[i], key, tables):
            return found
        return tuple(f.value for f in systems[i].of(key))

    facets = {name: [""] * len(systems) for name in FACETS}
    facets["party"] = [s.party for s in systems]
    facets["activity"] = ["deployed"] * len(systems)
    facets["quantity"] = ["held"] * len(systems)
    return Table(case, len(systems), systems, facets, values)
