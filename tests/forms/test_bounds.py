"""Where a bound comes from: an inventory of a date, rival figures, a range, `fewer than`, a freeze."""

from __future__ import annotations

from typing import Any

import pytest

SYSTEMS = """
  missile: {name: Missile, party: north, class: {kind: ICBM}}
  untold: {name: Of unknown kind, party: north, class: {range_km: 9000}}
"""
ICBM = "- {category: icbm, where: kind = ICBM, source: made-up}"


def held(**by_day: str) -> str:
    """Inventories of days (`d1979_06_18`), each with its holdings."""
    found = ""
    for key, holdings in by_day.items():
        day = key[1:].replace("_", "-")
        found += f"""
  north-{day}:
    party: north
    date: {day}
    basis: declared
    title: North on {day}
    holdings: [{holdings}]
"""
    return found


@pytest.mark.parametrize(
    ("bound", "now", "said"),
    [
        ("{as_of: 1979-06-18}", 57, "57 of 57, exactly at"),
        ("{as_of: 1979-06-18}", 58, "58 of 57, over"),
        ("{as_of: 1980-12-31}", 58, "58 of 57, over"),  # the newest before that day
        ("{as_of: 1979-06-18, plus: 3}", 60, "60 of 60, exactly at"),
        # 15 percent of 57 are 8.55: arms come whole, 65 are allowed
        ("{as_of: 1979-06-18, plus_percent: 15}", 65, "65 of 65, exactly at"),
        ("{as_of: 1979-06-18, plus_percent: 15}", 66, "66 of 65, over"),
        ("{as_of: 1979-06-18, plus_percent: 15, plus: 1}", 66, "66 of 66, exactly at"),
        ("{as_of: 1950-01-01}", 58, "58 of none, not computed"),
    ],
)
def test_ceiling_from_an_inventory(small: Any, bound: str, now: int, said: str) -> None:
    """No more than there were at a day, with an allowance in units or percent on top."""
    case = small(
        systems=SYSTEMS,
        inventories=held(
            d1979_06_18="{system: missile, number: 57, source: made-up}",
            d2000_01_01=f"{{system: missile, number: {now}, source: made-up}}",
        ),
        provisions=f"""
        {ICBM}
        - {{ceiling: missiles, on: icbm, at_most: {bound}, source: made-up}}
        """,
    )
    assert case.says("missiles") == said


def test_freeze(small: Any) -> None:
    """A freeze at the level of a day: by number, or from the inventory; against itself it is kept."""
    case = small(
        systems=SYSTEMS,
        inventories=held(
            d1990_01_01="{system: missile, number: {low: 50, best: 57, high: 60}, source: made-up}",
            d2000_01_01="{system: missile, number: 59, source: made-up}",
            d2001_01_01="{system: missile, number: 49, source: made-up}",
        ),
        provisions=f"""
        {ICBM}
        - {{freeze: by-number, on: icbm, at_most: 57, source: made-up}}
        - {{freeze: by-inventory, on: icbm, at_most: {{as_of: signature}}, source: made-up}}
        """,
    )
    assert case.says("by-number") == "59 of 57, over"
    assert case.says("by-inventory") == "59 of 57, depends"  # over 57, within 60
    assert case.says("by-inventory", forces="2001-01-01") == "49 of 57, within"
    assert case.says("by-inventory", forces="1990-01-01") == "57 (50–60) of 57, exactly at"
    assert case.limit("by-inventory").rivals == (("best", 57), ("low", 50), ("high", 60))


def test_freeze_of_each_place(small: Any) -> None:
    """No place may have more than it had: a new base had none."""
    case = small(
        systems=SYSTEMS,
        inventories=held(
            d1990_01_01="{system: missile, number: 10, place: old-base, source: made-up}",
            d2000_01_01=(
                "{system: missile, number: 10, place: old-base, source: made-up}, "
                "{system: missile, number: 2, place: new-base, source: made-up}"
            ),
        ),
        provisions=f"""
        {ICBM}
        - {{freeze: bases, on: icbm, each: place, at_most: {{as_of: signature}}, source: made-up}}
        """,
    )
    assert case.sites("bases") == {"old-base": "10 of 10, exactly at", "new-base": "2 of 0, over"}


def test_fewer_than_so_much_more(small: Any) -> None:
    """An increase of exactly 15 percent is too much already: of 100, 115 are too many."""
    case = small(
        systems=SYSTEMS,
        inventories=held(
            d1979_06_18="{system: missile, number: 100, source: made-up}",
            d2000_01_01="{system: missile, number: 115, source: made-up}",
        ),
        provisions=f"""
        {ICBM}
        - ceiling: missiles
          on: icbm
          at_most: {{fewer_than: {{as_of: 1979-06-18, plus_percent: 15}}}}
          source: made-up
        """,
    )
    assert case.limit("missiles").verdict == "over"


RIVALS = """
text: treaty
title: Treaty
date: 1975-01-01
parties: [nato, pact]
counts: declared
provisions:
  - {category: men, where: 'kind = tank', source: made-up}
  - ceiling: cut
    on: men
    to: pact
    at_most: {claims: [{by: nato, value: 925}, {by: pact, value: 805, source: made-up 3}]}
    source: made-up
"""


@pytest.mark.parametrize(
    ("number", "view", "said"),
    [
        (800, None, "800 of 925, within"),
        (850, None, "850 of 925, depends"),
        (930, None, "930 of 925, over"),
        (850, "as-the-pact-says", "850 of 805, over"),
        (850, "as-nato-says", "850 of 925, within"),
    ],
)
def test_rival_bounds(small: Any, number: int, view: str | None, said: str) -> None:
    """Ground forces of the Pact by two claimants, in thousands (facts dc2 and dc7 of the Vienna talks).

    A view may pick a claimant; otherwise the verdict depends on the claim where the claims differ.
    """
    case = small(
        case="""
parties: {nato: {title: NATO}, pact: {title: Pact}}
views:
  as-the-pact-says: {claims: [pact]}
  as-nato-says: {claims: [nato]}
""",
        systems="  men: {name: A thousand men, party: pact, class: {kind: tank}}",
        inventories=f"""
  pact:
    party: pact
    date: 2000-01-01
    basis: declared
    title: The Pact's men
    holdings: [{{system: men, number: {number}, source: made-up}}]
""",
        texts=RIVALS,
    )
    assert case.says("cut", "pact", view=view) == said
    if said.endswith("depends"):
        turns = case.limit("cut", "pact").turns_on
        assert turns == ("within if 925 (nato)", "over if 805 (pact)")


def test_kept_by_every_claim(small: Any) -> None:
    """805 are exactly one claimant's figure and below the other's: kept, whoever is right."""
    case = small(
        case="parties: {nato: {title: NATO}, pact: {title: Pact}}\n",
        systems="  men: {name: A thousand men, party: pact, class: {kind: tank}}",
        inventories="""
  pact:
    party: pact
    date: 2000-01-01
    basis: declared
    title: The Pact's men
    holdings: [{system: men, number: 805, source: made-up}]
""",
        texts=RIVALS,
    )
    assert case.says("cut", "pact") == "805 of 925, within"


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (None, "962 of 900, depends"),
        ("as-the-pact-says", "805 of 900, within"),
        ("as-the-press-says", "962 of 900, over"),  # it says nothing: the line's own figure stands
    ],
)
def test_rival_figures_of_a_holding(small: Any, view: str | None, said: str) -> None:
    """The same men by two claimants against a common ceiling (facts dc13, recalled, and dc7)."""
    case = small(
        case="""
parties: {nato: {title: NATO}, pact: {title: Pact}}
views:
  as-the-pact-says: {claims: [pact]}
  as-the-press-says: {claims: [press]}
""",
        systems="  men: {name: A thousand men, party: pact, class: {kind: tank}}",
        inventories="""
  pact:
    party: pact
    date: 2000-01-01
    basis: declared
    title: The Pact's men
    holdings:
      - system: men
        number: 962
        source: made-up
        claims: [{by: pact, number: 805, source: made-up}]
""",
        texts="""
text: treaty
title: Treaty
date: 1975-01-01
parties: [pact]
counts: declared
provisions:
  - {category: ground, where: 'kind = tank', source: made-up}
  - {ceiling: men, on: ground, at_most: 900, source: made-up}
""",
    )
    assert case.says("men", "pact", view=view) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(1700, "within"), (2100, "within"), (2200, "exactly at"), (2201, "over")],
)
def test_upper_end_of_a_range_binds(small: Any, number: int, said: str) -> None:
    """1,700 to 2,200 warheads: below the lower end is no breach (fact sort-I of sort-2002)."""
    case = small(
        systems=SYSTEMS,
        north=f"- {{system: missile, number: {number}, source: made-up}}",
        provisions=f"""
        {ICBM}
        - {{ceiling: warheads, on: icbm, at_most: {{low: 1700, high: 2200}}, source: made-up}}
        """,
    )
    assert case.says("warheads") == f"{number:,} of 2,200, {said}"


@pytest.mark.parametrize(
    ("number", "said", "excess", "headroom"),
    [("34", "within", 0, 0), ("33", "within", 0, 1), ("35", "over", 1, 0), ("37", "over", 3, 0)],
)
def test_fewer_than(small: Any, number: str, said: str, excess: int, headroom: int) -> None:
    """Fewer than 35: 34 are allowed."""
    case = small(
        systems=SYSTEMS,
        north=f"- {{system: missile, number: {number}, source: made-up}}",
        provisions=f"""
        {ICBM}
        - {{ceiling: missiles, on: icbm, at_most: {{fewer_than: 35}}, source: made-up}}
        """,
    )
    found = case.limit("missiles")
    assert (found.verdict, found.excess, found.headroom) == (said, excess, headroom)


def test_fewer_than_from_a_day_on(small: Any) -> None:
    """At most 100 until 2010, fewer than 50 from then on: in 2000 a hundred are allowed."""
    case = small(
        systems=SYSTEMS,
        north="- {system: missile, number: 100, source: made-up}",
        provisions=f"""
        {ICBM}
        - ceiling: missiles
          on: icbm
          at_most: [{{value: 100}}, {{value: {{fewer_than: 50}}, from: 2010-01-01}}]
          source: made-up
        """,
    )
    assert case.says("missiles") == "100 of 100, exactly at"


def test_an_inventory_that_leaves_out(small: Any) -> None:
    """A limit on weapons that the inventory does not speak of is not computed."""
    case = small(
        systems=SYSTEMS + "  boat: {name: Boat missile, party: north, class: {kind: SLBM}}",
        inventories="""
  n:
    party: north
    date: 2000-01-01
    basis: declared
    title: Land-based missiles only
    leaves_out: kind = SLBM
    holdings: [{system: missile, number: 10, source: made-up}]
""",
        provisions="""
        - {category: land, where: kind = ICBM, source: made-up}
        - {category: all, where: 'kind in {ICBM, SLBM}', source: made-up}
        - {ceiling: on-land, on: land, at_most: 10, source: made-up}
        - {ceiling: together, on: all, at_most: 10, source: made-up}
        """,
    )
    assert case.says("together") == "10 of 10, not computed"
    assert case.limit("together").turns_on == ("n leaves out weapons that this limit counts",)
    # a missile of unknown kind might be one of those left out, but the clause does not name it
    assert case.says("on-land") == "10 of 10, exactly at"


@pytest.mark.parametrize(
    ("figure", "said", "what"),
    [
        (120, "120 of 130, within", []),  # the line that closes on the total is 120 − 100
        (100, "100 of 130, within", []),
        (90, "90 of 130, within", ["all, north, 2000-01-01"]),  # no holding can be below nothing
    ],
)
def test_a_line_that_closes_on_a_total(small: Any, figure: int, said: str, what: list[str]) -> None:
    """What is left of a declared total is a line, if there is anything left; else the total governs."""
    case = small(
        systems="""
  known: {name: Known, party: north, class: {kind: ICBM}}
  rest: {name: The rest, party: north, class: {kind: ICBM}}
""",
        inventories=f"""
  n:
    party: north
    date: 2000-01-01
    basis: declared
    title: North
    holdings:
      - {{system: known, number: 100, source: made-up}}
      - {{system: rest, closes_on: all, source: made-up}}
    published:
      - {{id: all, figure: {figure}, declared: true, where: kind = ICBM, source: made-up}}
""",
        provisions=f"""
        {ICBM}
        - {{ceiling: missiles, on: icbm, at_most: 130, source: made-up}}
        """,
    )
    assert case.says("missiles") == said
    assert [d.what for d in case.count().discrepancies] == what
