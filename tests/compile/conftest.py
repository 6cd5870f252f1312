"""Random forces under fixed texts: systems that have every kind of attribute value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import detente
from detente.model.amounts import Amount
from detente.model.case import Case
from detente.model.cites import Cites
from detente.model.dates import When
from detente.model.inventory import Holding, Inventory

FILES = {
    "case.yaml": """
case: algebra
title: Random forces, made up
parties: {north: {title: Northland}, south: {title: Southland}}
groups: {both: [north, south]}
zones: {land: {}, hills: {within: land}}
views: {n: {readings: {doubt: n}}, s: {readings: {doubt: s}}}
""",
    "sources/sources.yaml": "sources: {made-up: {title: Made up}}",
    "bases/bases.yaml": "bases: {declared: {counts: what is declared}}",
    "attributes/attributes.yaml": """
attributes:
  kind: {type: choice, choices: [ICBM, SLBM, bomber, other]}
  range_km: {type: number}
  warheads: {type: number}
  mirved: {type: yes-no}
  first_flight: {type: date}
""",
    "systems/systems.yaml": """
systems:
  a: {name: A, party: north, class: {kind: ICBM, range_km: 9000, warheads: 3, mirved: true}}
  a1: {name: A1, party: north, variant_of: a, class: {kind: ICBM, range_km: 9000, mirved: false}}
  b: {name: B, party: north, class: {kind: ICBM, range_km: 5500, warheads: 1, mirved: false}}
  c: {name: C, party: north, class: {kind: SLBM, range_km: {low: 5000, high: 6000}, warheads: 8}}
  d: {name: D, party: north, class: {kind: bomber, range_km: 8000, warheads: {low: 12, high: 20}}}
  e:
    name: E
    party: south
    class: {kind: ICBM, mirved: true}
    facts: [{range_km: 5000, source: made-up 1}, {range_km: 6000, source: made-up 2}]
  f: {name: F, party: south, class: {range_km: 7000, warheads: 2, first_flight: 1975-06}}
  g: {name: G, party: south, class: {kind: other, warheads: 5, first_flight: 1980-01-01}}
  h: {name: H, party: south, variant_of: [a, b], class: {kind: ICBM, range_km: 9000}}
""",
    "texts/texts.yaml": """
text: linear
title: A text of plain sums
date: 1990-01-01
parties: [north, south]
counts: declared
provisions:
  - {category: long, where: range > 5500 km, source: made-up}
  - {category: missile, where: 'kind in {ICBM, SLBM} and long', source: made-up}
  - {category: mirv, where: missile and any of type (mirved), source: made-up}
  - {category: bomber, where: kind = bomber, source: made-up}
  - category: doubt
    readings: {n: {where: first_flight > 1975-06-10}, s: {where: first_flight > 1979-01-01}}
    source: made-up
  - {category: hill, where: missile and zone = land, source: made-up}
  - {counting-rule: vehicles, adds: {missile: 1, bomber: 1, doubt: 1}, source: made-up}
  - {ceiling: aggregate, on: vehicles, at_most: 300, source: made-up}
  - {ceiling: mirv-limit, on: mirv, at_most: 100, source: made-up}
  - {ceiling: warheads, on: {missile: warheads, bomber: warheads}, at_most: 2000, source: made-up}
  - {ceiling: weighted, on: {missile: 2, bomber: 20, doubt: 0}, at_most: 900, source: made-up}
  - {ceiling: open-weight, on: {bomber: {low: 1, high: 3}}, at_most: 90, source: made-up}
  - {ban: hills, on: hill, source: made-up}
  - {average: load, of: mirv, per_each: bomber, at_most: 3, source: made-up}
  - {offset: swap, of: bomber, above: 20, against: mirv, baseline: 60, source: made-up}
  - {ceiling: group, on: vehicles, to: both, at_most: 500, source: made-up}
---
text: all-forms
title: A text that is not linear
date: 1990-01-01
based_on: linear
provisions:
  - {floor: some, on: vehicles, at_least: 10, source: made-up}
  - {type-limit: types, on: missile, at_most: 2, source: made-up}
  - {ceiling: each-zone, on: vehicles, at_most: 100, each: zone, source: made-up}
  - {exception: few, of: aggregate, where: type = b, up_to: 30, source: made-up}
  - {qualitative-limit: load-of-each, on: bomber, must: warheads <= 16, source: made-up}
  - {attribution: table, sets: warheads, table: {a: 5}, source: made-up}
""",
}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


Line = tuple[str, Amount, str]  # system, number, zone


def inventory(name: str, party: str, lines: Sequence[Line]) -> Inventory:
    """An inventory of lines, of the first day of 2000."""
    day = date(2000, 1, 1)
    source = Cites.parse("made-up")
    return Inventory(
        id=name,
        party=party,
        date=When(day, day),
        basis="declared",
        title=name,
        holdings=tuple(Holding(system=s, number=n, zone=z, source=source) for s, n, z in lines),
    )


def with_forces(case: Case, lines: Mapping[str, Sequence[Line]]) -> Case:
    """The case with these inventories instead of its own: party -> lines."""
    held = {p: inventory(p, p, found) for p, found in lines.items()}
    return replace(case, inventories=MappingProxyType(held))


class Algebra:
    """The case, and what the tests do with it."""

    files = FILES
    write = staticmethod(write)
    with_forces = staticmethod(with_forces)

    def __init__(self, case: Case, folder: Callable[[str], Path]) -> None:
        self.case, self.folder = case, folder
        self.held = {p: [s.id for s in case.systems.values() if s.party == p] for p in case.parties}

    def figures(self, lines: Mapping[str, Sequence[Line]], text: str, **asked: Any) -> Any:
        """(limit, party, site) -> the count of these forces."""
        found = detente.count(with_forces(self.case, lines), text, "2000-01-01", **asked)
        return {(x.limit, x.party, x.site): x for x in found.limits}


@pytest.fixture(scope="session")
def algebra(tmp_path_factory: pytest.TempPathFactory) -> Algebra:
    """A case without inventories, and forces for it."""
    case = detente.load(write(tmp_path_factory.mktemp("algebra"), FILES))
    return Algebra(case, tmp_path_factory.mktemp)
