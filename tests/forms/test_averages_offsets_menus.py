"""Averages and ratios, offsets, disjunctions and menus."""

from __future__ import annotations

from typing import Any

import pytest

ARMS = """
  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber}}
  alcm: {name: Cruise missile, party: north, class: {kind: ALCM}}
  bm: {name: Ballistic, party: north, class: {kind: GLBM}}
  cm: {name: Ground-launched cruise missile, party: north, class: {kind: GLCM}}
  slbm: {name: Submarine-launched, party: north, class: {kind: SLBM}}
  icbm: {name: Land-based, party: north, class: {kind: ICBM}}
  maybe: {name: Of unknown kind, party: north, class: {range_km: 9000}}
"""
CATEGORIES = """
- {category: bomber, where: kind = heavy-bomber, source: made-up}
- {category: alcm, where: kind = ALCM, source: made-up}
- {category: ballistic, where: kind = GLBM, source: made-up}
- {category: ground, where: 'kind in {GLBM, GLCM}', source: made-up}
- {category: slbm, where: kind = SLBM, source: made-up}
- {category: icbm, where: kind = ICBM, source: made-up}
"""


@pytest.mark.parametrize(
    ("bombers", "missiles", "said"),
    [
        ("10", "280", "280 of 280, exactly at"),
        ("10", "281", "281 of 280, over"),
        ("0", "0", "0 of 0, exactly at"),
        ("0", "1", "1 of 0, over"),
        # the more bombers, the more missiles: what is unsure of the bombers moves the bound
        ("{low: 9, best: 10, high: 12}", "260", "260 of 280, depends"),
        ("{low: 9, best: 10, high: 12}", "252", "252 of 280, within"),
        ("{low: 9, best: 10, high: 12}", "337", "337 of 280, over"),
    ],
)
def test_average(small: Any, bombers: str, missiles: str, said: str) -> None:
    """28 cruise missiles for each bomber, on average."""
    case = small(
        systems=ARMS,
        north=f"""
        - {{system: bomber, number: {bombers}, source: made-up}}
        - {{system: alcm, number: {missiles}, source: made-up}}
        """,
        provisions=CATEGORIES
        + "- {average: load, of: alcm, per_each: bomber, at_most: 28, source: made-up}",
    )
    assert case.says("load") == said


def test_ratio(small: Any) -> None:
    """Ballistic missiles are at most 0.4 of all ground-launched ones (the shape of fact inf-IV2e)."""
    case = small(
        systems=ARMS,
        north="""
        - {system: bm, number: 41, source: made-up}
        - {system: cm, number: 59, source: made-up}
        """,
        provisions=CATEGORIES
        + "- {ratio: share, of: ballistic, per_each: ground, at_most: 0.4, source: made-up}",
    )
    assert case.says("share") == "41 of 40, over"


def test_ratio_exactly_at_the_line(small: Any) -> None:
    """29 of 100 under a share of 0.29: exactly at, not over."""
    case = small(
        systems=ARMS,
        north="""
        - {system: bm, number: 29, source: made-up}
        - {system: cm, number: 71, source: made-up}
        """,
        provisions=CATEGORIES
        + "- {ratio: share, of: ballistic, per_each: ground, at_most: 0.29, source: made-up}",
    )
    assert case.says("share") == "29 of 29, exactly at"


def test_ratio_no_higher_than_it_was(small: Any) -> None:
    """The share of ballistic missiles may not rise above that of a day (fact inf-IV2e, recalled)."""
    case = small(
        systems=ARMS,
        inventories="""
  then:
    party: north
    date: 1987-11-01
    basis: declared
    title: Then
    holdings:
      - {system: bm, number: 50, source: made-up}
      - {system: cm, number: 50, source: made-up}
""",
        north="""
        - {system: bm, number: 30, source: made-up}
        - {system: cm, number: 20, source: made-up}
        """,
        provisions=CATEGORIES
        + """
- ratio: share
  of: ballistic
  per_each: ground
  at_most: {as_of: 1987-11-01}
  source: made-up
""",
    )
    assert case.says("share") == "30 of 25, over"


@pytest.mark.parametrize(
    ("slbm", "icbm", "said"),
    [
        ("740", "1618", "740 of 740, exactly at"),
        ("800", "1618", "800 of 740, over"),
        ("800", "1558", "800 of 800, exactly at"),
        ("950", "1408", "950 of 950, exactly at"),
        ("800", "{low: 1540, best: 1558, high: 1570}", "800 of 800, depends"),
    ],
)
def test_offset(small: Any, slbm: str, icbm: str, said: str) -> None:
    """Above 740 only as the 1,618 others are taken down one for one (figures as in the founding case)."""
    case = small(
        systems=ARMS,
        north=f"""
        - {{system: slbm, number: {slbm}, source: made-up}}
        - {{system: icbm, number: {icbm}, source: made-up}}
        """,
        provisions=CATEGORIES
        + """
- offset: replacement
  of: slbm
  above: 740
  against: icbm
  baseline: 1618
  source: made-up
""",
    )
    assert case.says("replacement") == said


def test_offset_with_rival_baselines(small: Any) -> None:
    """Two claims on the baseline make two bounds; the verdict depends on who is right."""
    case = small(
        systems=ARMS,
        north="""
        - {system: slbm, number: 800, source: made-up}
        - {system: icbm, number: 1558, source: made-up}
        """,
        provisions=CATEGORIES
        + """
- offset: replacement
  of: slbm
  above: 740
  against: icbm
  baseline: {claims: [{by: north, value: 1618}, {by: south, value: 1608}]}
  source: made-up
""",
    )
    assert case.says("replacement") == "800 of 800, depends"
    assert case.limit("replacement").rivals == (("north", 800), ("south", 790))


def test_disjunction_in_a_clause(small: Any) -> None:
    """A weapon in both halves of an `or` is counted once."""
    case = small(
        systems="""
  both: {name: Both, party: north, class: {kind: ICBM, mirved: true, heavy: true}}
  one: {name: One, party: north, class: {kind: ICBM, mirved: true, heavy: false}}
  none: {name: None, party: north, class: {kind: ICBM, mirved: false, heavy: false}}
""",
        north="""
        - {system: both, number: 1, source: made-up}
        - {system: one, number: 10, source: made-up}
        - {system: none, number: 100, source: made-up}
        """,
        provisions="""
        - {category: either, where: mirved or heavy, source: made-up}
        - {ceiling: all, on: either, at_most: 11, source: made-up}
        """,
    )
    assert case.says("all") == "11 of 11, exactly at"


SILO = """
- {category: missile, where: kind = ICBM and state = spare, source: made-up}
- {category: set, where: kind = ICBM and state = emplacement-set, source: made-up}
- {ceiling: few-missiles, on: missile, at_most: 2, source: made-up}
- {ceiling: many-sets, on: set, at_most: 6, source: made-up}
- {ceiling: many-missiles, on: missile, at_most: 4, source: made-up}
- {ceiling: few-sets, on: set, at_most: 2, source: made-up}
- menu: at-a-base
  options:
    sets: [few-missiles, many-sets]
    missiles: [many-missiles, few-sets]
  source: made-up
"""


@pytest.mark.parametrize(
    ("missiles", "sets", "said"),
    [
        ("2", "6", "1 of 1, exactly at"),
        ("4", "2", "1 of 1, exactly at"),
        ("2", "2", "2 of 1, within"),
        ("3", "3", "0 of 1, under"),
        ("{low: 2, best: 2, high: 3}", "6", "0 (0–1) of 1, depends"),
    ],
)
def test_menu(small: Any, missiles: str, sets: str, said: str) -> None:
    """Either 2 missiles and 6 emplacement sets, or 4 and 2 (fact s1-nd-silo of start1-1991)."""
    case = small(
        systems=ARMS,
        north=f"""
        - {{system: icbm, number: {missiles}, state: spare, source: made-up}}
        - {{system: icbm, number: {sets}, state: emplacement-set, source: made-up}}
        """,
        provisions=SILO,
    )
    assert case.says("at-a-base") == said


def test_menu_at_each_base(small: Any) -> None:
    """One base takes the first alternative, the other the second: both keep the rule."""
    case = small(
        systems=ARMS,
        north="""
        - {system: icbm, number: 2, state: spare, place: base-a, source: made-up}
        - {system: icbm, number: 6, state: emplacement-set, place: base-a, source: made-up}
        - {system: icbm, number: 4, state: spare, place: base-b, source: made-up}
        - {system: icbm, number: 2, state: emplacement-set, place: base-b, source: made-up}
        """,
        provisions="""
        - {category: missile, where: kind = ICBM and state = spare, source: made-up}
        - {category: set, where: kind = ICBM and state = emplacement-set, source: made-up}
        - {ceiling: few-missiles, on: missile, at_most: 2, each: place, source: made-up}
        - {ceiling: many-sets, on: set, at_most: 6, each: place, source: made-up}
        - {ceiling: many-missiles, on: missile, at_most: 4, each: place, source: made-up}
        - {ceiling: few-sets, on: set, at_most: 2, each: place, source: made-up}
        - menu: at-a-base
          options:
            sets: [few-missiles, many-sets]
            missiles: [many-missiles, few-sets]
          source: made-up
        """,
    )
    assert {x.verdict for x in case.count(party="north").limits if x.limit == "at-a-base"} <= {
        "within",
        "exactly at",
    }


def test_a_party_picks_its_ceiling(small: Any) -> None:
    """A menu of three, of which two must be kept; each party is judged by itself."""
    case = small(
        systems=ARMS,
        north="""
        - {system: slbm, number: 700, source: made-up}
        - {system: icbm, number: 1000, source: made-up}
        - {system: bomber, number: 400, source: made-up}
        """,
        south="""
        - {system: slbm, number: 900, source: made-up}
        - {system: icbm, number: 1400, source: made-up}
        - {system: bomber, number: 100, source: made-up}
        """,
        provisions=CATEGORIES
        + """
- {ceiling: boats, on: slbm, at_most: 800, source: made-up}
- {ceiling: land, on: icbm, at_most: 1000, source: made-up}
- {ceiling: air, on: bomber, at_most: 300, source: made-up}
- {menu: two-of-three, choose: 2, options: {a: [boats], b: [land], c: [air]}, source: made-up}
""",
    )
    assert case.says("two-of-three") == "2 of 2, exactly at"
    assert case.limit("two-of-three").turns_on == ("a: within", "b: within", "c: over")
    assert case.says("two-of-three", "south") == "1 of 2, under"


def test_menu_with_an_alternative_not_computed(small: Any) -> None:
    """One alternative is broken, of the other nothing is known: the menu is not kept for sure."""
    case = small(
        systems=ARMS,
        north="- {system: slbm, number: 900, source: made-up}",
        provisions=CATEGORIES
        + """
- {ceiling: boats, on: slbm, at_most: 800, source: made-up}
- {ceiling: plants, on: icbm, at_most: 10, quantity: produced, source: made-up}
- {menu: either, options: {a: [boats], b: [plants]}, source: made-up}
""",
    )
    assert case.limit("either").verdict in ("depends", "not computed")
