"""Slips of the pen that would change an answer in silence: each is reported where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import detente
from detente.model.amounts import Bound, Schedule
from detente.model.provisions import KINDS
from detente.reading.checking import hints
from detente.reading.text_reader import BOUNDS

CASE = """
case: slips
title: Slips
parties: {north: {title: Northland}, south: {title: Southland}}
"""
FILES = {
    "case.yaml": CASE,
    "sources/s.yaml": "sources: {made-up: {title: Made up}}\n",
    "bases/b.yaml": "bases: {declared: {counts: what is declared}}\n",
    "attributes/a.yaml": """
attributes:
  kind: {type: choice, choices: [ICBM, SLBM, bomber]}
  range_km: {type: number}
  warheads: {type: number}
""",
    "systems/s.yaml": """
systems:
  icbm-1: {name: One, party: north, class: {kind: ICBM, warheads: 3}}
  icbm-2: {name: Two, party: north, variant_of: icbm-1, class: {kind: ICBM}}
  boat: {name: Boat, party: north, class: {kind: SLBM}}
""",
    "inventories/i.yaml": """
inventories:
  north:
    party: north
    date: 1990-01-01
    basis: declared
    title: North's
    holdings:
      - {system: icbm-1, number: 10, source: made-up}
      - {system: icbm-2, closes_on: total, source: made-up}
    published:
      - {id: total, figure: 30, where: kind = ICBM, source: made-up}
""",
    "texts/t.yaml": """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
provisions:
  - {category: icbm, where: kind = ICBM, source: made-up}
  - {category: slbm, where: kind = SLBM, source: made-up}
  - {counting-rule: vehicles, adds: {icbm: 1}, source: made-up}
  - {ceiling: limit, on: vehicles, at_most: 100, source: made-up}
""",
}
TEXT, SYSTEMS, INVENTORY = "texts/t.yaml", "systems/s.yaml", "inventories/i.yaml"
ATTRIBUTES = "attributes/a.yaml"


def provision(line: str) -> tuple[str, str]:
    return TEXT, f"  - {{{line}, source: made-up}}\n"


# what is added to which file -> the code, and what the place points at
SLIPS = {
    "basis of a bound": (
        *provision("freeze: f, on: icbm, at_most: {as_of: 1989, basis: delcared}"),
        ("E305", "delcared"),
    ),
    "basis of one party": (
        *provision("freeze: f, on: icbm, at_most: {north: {as_of: 1989, basis: delcared}}"),
        ("E305", "delcared"),
    ),
    "party of a bound inside": (
        *provision("ceiling: f, on: icbm, at_most: {nroth: 3}"),
        ("E301", "nroth"),
    ),
    "party of a baseline": (
        *provision("offset: f, of: icbm, above: {nroth: 3}, against: slbm, baseline: 4"),
        ("E301", "nroth"),
    ),
    "party in a reading": (
        *provision("ceiling: f, on: icbm, at_most: 3, readings: {one: {at_most: {nroth: 3}}}"),
        ("E301", "nroth"),
    ),
    "source of a claim": (
        *provision("ceiling: f, on: icbm, at_most: {claims: [{by: x, value: 3, source: maid}]}"),
        ("E304", "maid"),
    ),
    "two claims of one": (
        *provision(
            "ceiling: f, on: icbm, at_most: {claims: [{by: x, value: 3}, {by: x, value: 4}]}"
        ),
        ("E303", "x, value: 4"),
    ),
    "order of types": (
        *provision(
            "ceiling: f, on: {icbm: {first: 3, weight: 1, then: 2, order: [icmb-1]}}, at_most: 3"
        ),
        ("E302", "icmb-1"),
    ),
    "confidence of a step": (
        *provision("ceiling: f, on: icbm, at_most: [{value: 3, from: 1990, confidence: verifed}]"),
        ("E204", "verifed"),
    ),
    "steps of one day": (
        *provision(
            "ceiling: f, on: icbm, at_most: [{value: 3, from: 1990}, {value: 4, from: 1990}]"
        ),
        ("E214", "1990}]"),
    ),
    "less than nothing left": (
        *provision("freeze: f, on: icbm, at_most: {as_of: 1989, plus_percent: -200}"),
        ("E211", "-200"),
    ),
    "exception of so many": (
        *provision("exception: f, of: limit, where: kind = ICBM, up_to: -1"),
        ("E211", "-1"),
    ),
    "choice of a menu": (
        *provision("menu: m, options: {a: limit, b: limit}, choose: 3"),
        ("E203", "3"),
    ),
    "negative attribution": (
        *provision("attribution: f, sets: warheads, table: {icbm-1: -3}"),
        ("E211", "-3"),
    ),
    "fewer than for each": (
        *provision("ceiling: f, on: icbm, at_most: {fewer_than: {north: 3}}"),
        ("E203", "{north: 3}"),
    ),
    "first and rest of a count": (
        *provision("ceiling: f, on: {vehicles: {first: 3, weight: 1, then: 2}}, at_most: 3"),
        ("E203", "{first"),
    ),
    "weights of weights": (
        *provision("counting-rule: loads, adds: {icbm: warheads}")[:1],
        provision("counting-rule: loads, adds: {icbm: warheads}")[1]
        + provision("ceiling: f, on: {loads: warheads}, at_most: 3")[1],
        ("E203", "warheads}, at_most"),
    ),
    "a rule for another count": (
        *provision("counting-rule: more, counts_in: vehicels, adds: {slbm: 1}"),
        ("W505", "vehicels"),
    ),
    "a variant as a type": (
        SYSTEMS,
        "  icbm-3: {name: Three, party: north, variant_of: icbm-2, class: {kind: ICBM}}\n",
        ("E302", "icbm-2"),
    ),
    "a group of facts without any": (
        SYSTEMS,
        "  icbm-3: {name: Three, party: north, facts: [{source: made-up}]}\n",
        ("E202", "{source"),
    ),
    "an attribute that is there already": (
        ATTRIBUTES,
        "  state: {type: choice, choices: [a, b]}\n",
        ("E303", "state"),
    ),
    "an attribute nobody can name": (ATTRIBUTES, "  not: {type: yes-no}\n", ("E203", "not")),
    "two lines for one rest": (
        INVENTORY.replace("i.yaml", "j.yaml"),
        FILES[INVENTORY]
        .replace("  north:\n", "  other:\n")
        .replace("1990-01-01", "1991-01-01")
        .replace("icbm-1, number: 10", "icbm-1, closes_on: total"),
        ("E303", "total"),
    ),
    "a number and a rest": (
        INVENTORY.replace("i.yaml", "j.yaml"),
        FILES[INVENTORY]
        .replace("  north:\n", "  other:\n")
        .replace("1990-01-01", "1991-01-01")
        .replace("closes_on", "number: 20, closes_on"),
        ("E203", "20"),
    ),
    "a rest of something else": (
        INVENTORY.replace("i.yaml", "j.yaml"),
        FILES[INVENTORY]
        .replace("  north:\n", "  other:\n")
        .replace("1990-01-01", "1991-01-01")
        .replace("icbm-2, closes_on", "boat, closes_on")
        .replace("figure: 30", "figure: 10"),
        ("W503", "{system: boat"),
    ),
    "force before the date": (
        TEXT.replace("t.yaml", "u.yaml"),
        "text: u\ntitle: U\ndate: 1990\nbased_on: treaty\nentry_into_force: 1980\n",
        ("E214", "1980"),
    ),
    "a change twice": (
        TEXT.replace("t.yaml", "u.yaml"),
        "text: u\ntitle: U\ndate: 1990\nbased_on: treaty\n"
        "changes: [{provision: limit, at_most: 3}, {provision: limit, at_most: 4}]\n",
        ("E303", "at_most: 4"),
    ),
    "a group that is a party": ("case.yaml", "groups: {north: [south]}\n", ("E303", "north")),
    "a group of nobody": ("case.yaml", "groups: {all: []}\n", ("E202", "all")),
    "a library twice": (
        "case.yaml",
        "uses: [strategic-forces, strategic-forces]\n",
        ("E303", "strategic-forces]"),
    ),
    "forces of no date": (
        "case.yaml",
        "brief: {baseline: treaty, option: treaty, forces: eif}\n",
        ("E210", "eif"),
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_every_bound_is_looked_at() -> None:
    """No kind of provision holds a bound in a field that reading does not check."""
    held = {
        name for kind in KINDS for name, hint in hints(kind).items() if hint in (Schedule, Bound)
    }
    assert held == set(BOUNDS)


def test_without_a_slip(folder: Path) -> None:
    """The case as it is has no problems."""
    assert not detente.check(folder).problems


@pytest.mark.parametrize("slip", SLIPS)
def test_slip(folder: Path, slip: str) -> None:
    """One problem, at the word that is wrong."""
    name, added, (code, pointed) = SLIPS[slip]
    path = folder / name
    text = path.read_text("utf-8") if path.exists() else ""
    path.write_text(text + added, encoding="utf-8")
    problems = [p for p in detente.check(folder).problems if p.code != "W502"]
    if slip == "a library twice":  # it has attributes of the same names
        problems = [p for p in problems if p.place.file.endswith("case.yaml")]
    assert [p.code for p in problems] == [code]
    place = problems[0].place
    line = Path(place.file).read_text("utf-8").splitlines()[place.line - 1]
    assert line[place.column - 1 :].startswith(pointed)
