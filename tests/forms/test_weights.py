"""Weights: by limit, by attribute, attributed by table, downloaded, first n and the rest."""

from __future__ import annotations

from typing import Any

import pytest

BOMBERS = """
  g: {name: Bomber with twelve, party: north, class: {kind: heavy-bomber, alcm: 12}}
  h: {name: Bomber with twenty, party: north, class: {kind: heavy-bomber, alcm: 20}}
  untold: {name: Of unknown kind, party: north, class: {alcm: 20}}
"""
BOMBER = "- {category: bomber, where: kind = heavy-bomber, source: made-up}"


def test_one_bomber_20_1_3_0(small: Any) -> None:
    """The same bomber counts 20, 1, 3 or nothing, as each limit has it; a range where it is left open."""
    case = small(
        systems=BOMBERS,
        north="- {system: h, number: 10, source: made-up}",
        provisions=f"""
        {BOMBER}
        - {{counting-rule: weapons, adds: {{bomber: 20}}, source: made-up}}
        - {{counting-rule: vehicles, adds: {{bomber: 1}}, source: made-up}}
        - {{counting-rule: mirvs, adds: {{bomber: 3}}, source: made-up}}
        - {{counting-rule: nothing, adds: {{bomber: 0}}, source: made-up}}
        - {{ceiling: a, on: weapons, at_most: 200, source: made-up}}
        - {{ceiling: b, on: vehicles, at_most: 11, source: made-up}}
        - {{ceiling: c, on: mirvs, at_most: 29, source: made-up}}
        - {{ceiling: d, on: nothing, at_most: 0, source: made-up}}
        - {{ceiling: e, on: {{bomber: {{low: 1, high: 3}}}}, at_most: 25, source: made-up}}
        - {{ceiling: f, on: {{bomber: 0.5}}, at_most: 5, source: made-up}}
        - {{ceiling: g, on: {{mirvs: 2, vehicles: 4}}, at_most: 99, source: made-up}}
        """,
    )
    assert case.says("a") == "200 of 200, exactly at"
    assert case.says("b") == "10 of 11, within"
    assert case.says("c") == "30 of 29, over"
    assert case.says("d") == "0 of 0, exactly at"
    assert case.says("e") == "20 (10–30) of 25, depends"
    assert case.says("f") == "5 of 5, exactly at"
    assert case.says("g") == "100 of 99, over"  # 10 × (2 × 3 + 4 × 1)


def test_weight_by_attribute(small: Any) -> None:
    """As many as each type carries; what is unknown or a range makes a range."""
    case = small(
        systems="""
  three: {name: Three, party: north, class: {kind: ICBM, warheads: 3}}
  some: {name: Some, party: north, class: {kind: ICBM, warheads: {low: 4, high: 6}}}
  disputed:
    name: Disputed
    party: north
    class: {kind: ICBM}
    facts: [{warheads: 8, source: made-up 1}, {warheads: 10, source: made-up 2}]
""",
        north="""
        - {system: three, number: 100, source: made-up}
        - {system: some, number: 10, source: made-up}
        - {system: disputed, number: 1, source: made-up}
        - {system: three, number: 1000, attributes: {warheads: 1}, source: made-up}
        """,
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {ceiling: warheads, on: {icbm: warheads}, at_most: 2000, source: made-up}
        """,
    )
    # 300 + 40…60 + 8…10 + 1000 (the line's own figure goes before its type's)
    assert case.says("warheads") == "1,359 (1,348–1,370) of 2,000, within"


def test_weight_nobody_knows(small: Any) -> None:
    """How many warheads a type carries is told nowhere: nobody can say that the limit is kept."""
    case = small(
        systems="  untold: {name: Untold, party: north, class: {kind: ICBM}}",
        north="- {system: untold, number: 1000, source: made-up}",
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {ceiling: warheads, on: {icbm: warheads}, at_most: 10, source: made-up}
        """,
    )
    assert case.limit("warheads").verdict in ("depends", "not computed")


START = """
- {category: icbm, where: kind = ICBM, source: made-up}
- attribution: attributed
  sets: warheads
  table: {mm3: 3, ss18: 10}
  source: made-up
- {ceiling: warheads, on: {icbm: warheads}, at_most: 3000, source: made-up}
"""
MISSILES = """
  mm3: {name: Three attributed, party: north, class: {kind: ICBM, warheads: 7}}
  mm3d: {name: A variant of it, party: north, variant_of: mm3, class: {kind: ICBM}}
  ss18: {name: Ten attributed, party: north, class: {kind: ICBM}}
  bare: {name: In no table, party: north, class: {kind: ICBM, warheads: 2}}
"""
HELD = """
- {system: mm3, number: 100, source: made-up}
- {system: mm3d, number: 10, source: made-up}
- {system: ss18, number: 154, source: made-up}
- {system: bare, number: 1, source: made-up}
"""


def test_attribution(small: Any) -> None:
    """A type counts as the table says, its variants with it; 154 heavy ones are 1,540 (s1-heavywh)."""
    case = small(systems=MISSILES, north=HELD, provisions=START)
    assert case.says("warheads") == "1,872 of 3,000, within"  # 300 + 30 + 1540 + 2


def test_download(small: Any) -> None:
    """A download edits the table, and what it takes off is limited itself.

    At most 1,250 warheads in all, 500 off two other types (facts s1-dl-all, s1-dl-two).
    """
    case = small(
        systems=MISSILES,
        north=HELD,
        provisions=START,
        texts="""
text: downloaded
title: With the download
date: 1995-01-01
based_on: treaty
source: made-up
changes:
  - {provision: attributed, table: {mm3: 1, mm3d: 2, ss18: 10}}
provisions:
  - {attribution: taken-off, sets: taken_off, table: {mm3: 2, mm3d: 1, ss18: 0, bare: 0},
     source: made-up}
  - {ceiling: all-taken-off, on: {icbm: taken_off}, at_most: 209, source: made-up}
""",
    )
    assert case.says("warheads", text="downloaded") == "1,662 of 3,000, within"
    assert case.says("all-taken-off", text="downloaded") == "210 of 209, over"
    assert case.says("warheads") == "1,872 of 3,000, within"  # the treaty itself stands


def test_a_later_table_amends_the_first(small: Any, checked: Any) -> None:
    """Two tables on one attribute: the one that amends goes before, type by type."""
    case = small(
        systems=MISSILES,
        north=HELD,
        provisions=START
        + """
- {attribution: later, sets: warheads, table: {mm3: 1}, amends: attributed, source: made-up}
""",
    )
    assert case.says("warheads") == "1,652 of 3,000, within"  # 100 + 10 + 1540 + 2


@pytest.mark.parametrize(
    ("amends", "codes"), [("", ["W504"]), ("amends: attributed, ", [])], ids=["clash", "amended"]
)
def test_tables_that_clash(checked: Any, amends: str, codes: list[str]) -> None:
    """Two tables that give one type two figures are reported, unless one says that it amends."""
    found = checked(
        systems=MISSILES,
        provisions=START
        + f"""
- {{attribution: later, sets: warheads, table: {{mm3: 1}}, {amends}source: made-up}}
""",
    )
    assert [p.code for p in found.problems] == codes


def test_attributed_values_in_a_clause(small: Any) -> None:
    """What the table gives is what clauses ask for too; a variant may stand in it by itself."""
    case = small(
        systems=MISSILES,
        north=HELD,
        provisions=START
        + """
- {category: many, where: kind = ICBM and warheads >= 3, source: made-up}
- {category: like-ss18, where: kind = ICBM and warheads = warheads of ss18, source: made-up}
- {ceiling: a, on: many, at_most: 500, source: made-up}
- {ceiling: b, on: like-ss18, at_most: 500, source: made-up}
""",
    )
    assert case.says("a") == "264 of 500, within"  # 100 + 10 + 154
    assert case.says("b") == "154 of 500, within"


START_BOMBERS = """
- {category: lrna, where: kind = heavy-bomber, source: made-up}
- ceiling: warheads
  on: {lrna: {first: 150, weight: 10, then: alcm, order: [%s]}}
  at_most: 6000
  source: made-up
"""


@pytest.mark.parametrize(
    ("holdings", "order", "said"),
    [
        # 150 × 10 + 39 × 12 = 1,968: what the published total of 1990 fits
        ("g: 189", "g, h", 1968),
        ("g: 150", "g, h", 1500),
        ("g: 149", "g, h", 1490),
        # mixed loads: 95 of twelve and 94 of twenty; the order says which are the first 150
        ("g: 95, h: 94", "g, h", 1500 + 39 * 20),
        ("g: 95, h: 94", "h, g", 1500 + 39 * 12),
        # without an order the heaviest loads are among the first
        ("g: 95, h: 94", "", 1500 + 39 * 12),
    ],
)
def test_first_150_then_the_rest(small: Any, holdings: str, order: str, said: int) -> None:
    """The first 150 bombers at 10, the rest at what they are equipped for (fact s1-bomber-lrna)."""
    lines = [h.strip().split(": ") for h in holdings.split(",")]
    case = small(
        systems=BOMBERS,
        north="".join(f"\n- {{system: {s}, number: {n}, source: made-up}}" for s, n in lines),
        provisions=START_BOMBERS % order,
    )
    assert case.says("warheads") == f"{said:,} of 6,000, within"


def test_first_n_of_an_uncertain_number(small: Any) -> None:
    """149, 151 or 160 bombers of twelve: 1,490, 1,512 or 1,620 warheads."""
    case = small(
        systems=BOMBERS,
        north="- {system: g, number: {low: 149, best: 151, high: 160}, source: made-up}",
        provisions=START_BOMBERS % "g",
    )
    assert case.says("warheads") == "1,512 (1,490–1,620) of 6,000, within"


def test_first_n_with_an_uncertain_element_before(small: Any) -> None:
    """0 to 150 of the first type, 100 of the second: 1,000 to 1,500 + 100 × 20 warheads.

    With none of the first type all hundred of the second are among the first 150.
    """
    case = small(
        systems=BOMBERS,
        north="""
        - {system: g, number: {low: 0, best: 0, high: 150}, source: made-up}
        - {system: h, number: 100, source: made-up}
        """,
        provisions=START_BOMBERS % "g, h",
    )
    assert case.says("warheads") == "1,000 (1,000–3,500) of 6,000, within"


def test_first_n_of_unknown_membership(small: Any) -> None:
    """What may be a bomber counts nothing in low and best and in full in high, here as elsewhere."""
    case = small(
        systems=BOMBERS,
        north="- {system: untold, number: 10, source: made-up}",
        provisions=START_BOMBERS % "g, h",
    )
    assert case.says("warheads") == "0 (0–100) of 6,000, within"


ASYMMETRIC = """
  us: {name: Of one side, party: north, class: {kind: heavy-bomber, alcm: 20}}
  ru: {name: Of the other, party: south, class: {kind: heavy-bomber, alcm: 16}}
"""
BOTH = {
    "north": "- {system: us, number: 160, source: made-up}",
    "south": "- {system: ru, number: 190, source: made-up}",
}


def test_first_n_by_party(small: Any) -> None:
    """150 at 10 for one side, 180 at 8 for the other, told apart by category (fact s1-bomber-lrna)."""
    case = small(
        systems=ASYMMETRIC,
        **BOTH,
        provisions="""
        - {category: north-lrna, where: kind = heavy-bomber and party = north, source: made-up}
        - {category: south-lrna, where: kind = heavy-bomber and party = south, source: made-up}
        - counting-rule: warheads
          adds:
            north-lrna: {first: 150, weight: 10, then: alcm}
            south-lrna: {first: 180, weight: 8, then: alcm}
          source: made-up
        - {ceiling: limit, on: warheads, at_most: 6000, source: made-up}
        """,
    )
    assert case.says("limit") == "1,700 of 6,000, within"  # 150 × 10 + 10 × 20
    assert case.says("limit", "south") == "1,600 of 6,000, within"  # 180 × 8 + 10 × 16


def test_a_rule_that_binds_one_party(small: Any) -> None:
    """The same with a rule for each side: `to` says whom a rule binds."""
    case = small(
        systems=ASYMMETRIC,
        **BOTH,
        provisions="""
        - {category: lrna, where: kind = heavy-bomber, source: made-up}
        - counting-rule: north-rule
          to: north
          counts_in: warheads
          adds: {lrna: {first: 150, weight: 10, then: alcm}}
          source: made-up
        - counting-rule: south-rule
          to: south
          counts_in: warheads
          adds: {lrna: {first: 180, weight: 8, then: alcm}}
          source: made-up
        - {ceiling: limit, on: warheads, at_most: 6000, source: made-up}
        """,
    )
    assert case.says("limit") == "1,700 of 6,000, within"
    assert case.says("limit", "south") == "1,600 of 6,000, within"


def test_weight_by_attribute_on_a_count(small: Any) -> None:
    """A ceiling on a counting rule's weapons weighted by their load: 10 bombers of twenty are 200."""
    case = small(
        systems=BOMBERS,
        north="- {system: h, number: 10, source: made-up}",
        provisions=f"""
        {BOMBER}
        - {{counting-rule: vehicles, adds: {{bomber: 1}}, source: made-up}}
        - {{ceiling: load, on: {{vehicles: alcm}}, at_most: 1000, source: made-up}}
        """,
    )
    assert case.says("load") == "200 of 1,000, within"


def test_new_start_counts_what_is_there(small: Any) -> None:
    """The US forces of 2017-09-01: 660 vehicles, 1,393 warheads, 800 launchers (us_per_type_examples).

    399 missiles of one warhead, 212 with 945 warheads in all, 49 bombers of one each (ns-700, ns-1550,
    ns-800, ns-wh-bomber). 945 over 212 is no whole number: the total stands in lines of its own.
    """
    case = small(
        systems="""
  mm3: {name: Land-based, party: north, class: {kind: ICBM}}
  d5: {name: Submarine-launched, party: north, class: {kind: SLBM}}
  hb: {name: Bomber, party: north, class: {kind: heavy-bomber}}
""",
        north="""
        - {system: mm3, number: 399, state: loaded, source: made-up}
        - {system: mm3, number: 55, state: empty, source: made-up}
        - {system: d5, number: 212, state: loaded, source: made-up}
        - {system: d5, number: 68, state: empty, source: made-up}
        - {system: hb, number: 49, state: loaded, source: made-up}
        - {system: hb, number: 17, state: repair, source: made-up}
        - {system: mm3, number: 399, quantity: warheads, source: made-up}
        - {system: d5, number: 945, quantity: warheads, source: made-up}
        - {system: hb, number: 49, quantity: warheads, source: made-up}
        """,
        provisions="""
        - {category: arm, where: 'kind in {ICBM, SLBM, heavy-bomber}', source: made-up}
        - {category: deployed, where: arm and state = loaded, source: made-up}
        - {ceiling: vehicles, on: deployed, at_most: 700, source: made-up}
        - {ceiling: warheads, on: arm, at_most: 1550, quantity: warheads, source: made-up}
        - {ceiling: launchers, on: arm, at_most: 800, source: made-up}
        """,
    )
    assert case.says("vehicles") == "660 of 700, within"
    assert case.says("warheads") == "1,393 of 1,550, within"
    assert case.says("launchers") == "800 of 800, exactly at"
