"""Floors, rates, quantities produced, limits for each site, limits on types, by party, by group."""

from __future__ import annotations

from typing import Any

import pytest

MISSILES = """
  old: {name: Old missile, party: north, class: {kind: ICBM, warheads: 1}}
  new: {name: New missile, party: north, class: {kind: ICBM, warheads: 3}}
  other: {name: The other's missile, party: south, class: {kind: ICBM, warheads: 10}}
"""
ICBM = "- {category: icbm, where: kind = ICBM, source: made-up}"


@pytest.mark.parametrize(
    ("number", "said", "excess", "headroom"),
    [
        ("21", "21 of 22, under", 1, 0),
        ("22", "22 of 22, exactly at", 0, 0),
        ("25", "25 of 22, within", 0, 3),
        ("{low: 20, best: 23, high: 30}", "23 (20–30) of 22, depends", 0, 1),
        ("{low: 22, best: 23, high: 30}", "23 (22–30) of 22, within", 0, 1),
    ],
)
def test_floor_and_rate(small: Any, number: str, said: str, excess: int, headroom: int) -> None:
    """At least 22 heavy missiles a year are taken down (fact s1-letter of start1-1991)."""
    case = small(
        systems="  heavy: {name: Heavy missile, party: north, class: {kind: ICBM, heavy: true}}",
        north=f"- {{system: heavy, number: {number}, quantity: eliminated, source: made-up}}",
        provisions="""
        - {category: heavy-icbm, where: kind = ICBM and heavy, source: made-up}
        - {floor: cut, on: heavy-icbm, at_least: 22, quantity: eliminated, per: year, source: made-up}
        - {ceiling: held, on: heavy-icbm, at_most: 154, source: made-up}
        """,
    )
    found = case.limit("cut")
    assert case.says("cut") == said
    assert (found.excess, found.headroom) == (excess, headroom)
    assert (found.row.per, found.row.quantity) == ("year", "eliminated")
    assert case.says("held") == "0 of 154, within"  # what is taken down is not held


def test_quota_of_what_is_produced(small: Any) -> None:
    """Thirty produced in the year, two hundred held: each limit counts its own quantity."""
    case = small(
        systems=MISSILES,
        north="""
        - {system: new, number: 200, source: made-up}
        - {system: new, number: 31, quantity: produced, source: made-up}
        """,
        south="- {system: other, number: 10, source: made-up}",
        provisions=f"""
        {ICBM}
        - {{ceiling: held, on: icbm, at_most: 200, source: made-up}}
        - {{ceiling: made, on: icbm, at_most: 30, quantity: produced, per: year, source: made-up}}
        """,
    )
    assert case.says("held") == "200 of 200, exactly at"
    assert case.says("made") == "31 of 30, over"
    # nothing is said of what the other side produced, so nothing is counted
    assert case.says("made", "south") == "0 of 30, not computed"
    assert case.limit("made", "south").turns_on == ("no inventory counted here gives produced",)


def test_cumulative_quantity(small: Any) -> None:
    """Missiles destroyed by launching count all together: at most 100 (fact inf-X5)."""
    case = small(
        systems=MISSILES,
        north="""
        - {system: old, number: 60, quantity: launched-to-destruction, source: made-up}
        - {system: new, number: 45, quantity: launched-to-destruction, source: made-up}
        """,
        provisions=f"""
        {ICBM}
        - ceiling: launched
          on: icbm
          at_most: 100
          quantity: launched-to-destruction
          source: made-up
        """,
    )
    assert case.says("launched") == "105 of 100, over"


def test_each_place(small: Any) -> None:
    """Two spare missiles at each base, whatever the sum (fact s1-nd-maint of start1-1991)."""
    case = small(
        systems=MISSILES,
        north="""
        - {system: new, number: 1, state: spare, place: base-a, source: made-up}
        - {system: old, number: 1, state: spare, place: base-a, source: made-up}
        - {system: new, number: 3, state: spare, place: base-b, source: made-up}
        - {system: new, number: 9, state: loaded, place: base-c, source: made-up}
        """,
        provisions="""
        - {category: spare, where: kind = ICBM and state = spare, source: made-up}
        - {ceiling: spares, on: spare, at_most: 2, each: place, source: made-up}
        """,
    )
    assert case.sites("spares") == {"base-a": "2 of 2, exactly at", "base-b": "3 of 2, over"}


@pytest.mark.parametrize(
    ("each", "said"),
    [
        ("zone", {"hills": "7 of 5, over", "plain": "1 of 5, within"}),
        ("state", {"loaded": "4 of 5, within", "spare": "4 of 5, within"}),
        ("carrier", {"boat": "3 of 5, within", "train": "5 of 5, exactly at"}),
        ("type", {"new": "6 of 5, over", "old": "2 of 5, within"}),
    ],
)
def test_each_of_something_else(small: Any, each: str, said: dict[str, str]) -> None:
    """Each zone, state, carrier or type."""
    case = small(
        case="zones: {hills: {}, plain: {}}\n",
        systems=MISSILES,
        north="""
        - {system: new, number: 1, zone: hills, state: loaded, carrier: train, source: made-up}
        - {system: new, number: 4, zone: hills, state: spare, carrier: train, source: made-up}
        - {system: old, number: 2, zone: hills, state: loaded, carrier: boat, source: made-up}
        - {system: new, number: 1, zone: plain, state: loaded, carrier: boat, source: made-up}
        """,
        provisions=f"""
        {ICBM}
        - {{ceiling: limit, on: icbm, at_most: 5, each: {each}, source: made-up}}
        """,
    )
    assert case.sites("limit") == said


def test_each_place_but_no_place_given(small: Any) -> None:
    """Three missiles of which nobody says where they stand: nothing can be said of each base."""
    case = small(
        systems=MISSILES,
        north="- {system: new, number: 3, source: made-up}",
        provisions=f"""
        {ICBM}
        - {{ceiling: limit, on: icbm, at_most: 2, each: place, source: made-up}}
        """,
    )
    assert "within" not in case.sites("limit")[""]


def test_each_must_be_known(checked: Any) -> None:
    """A slip in `each` is an error, not an empty count."""
    found = checked(
        systems=MISSILES,
        provisions=f"""
        {ICBM}
        - {{ceiling: limit, on: icbm, at_most: 2, each: plaice, source: made-up}}
        """,
    )
    assert found.errors == 1


def test_type_limit(small: Any) -> None:
    """At most two types; variants of a type are the type; a type that may be one counts as possible."""
    case = small(
        systems="""
  a: {name: A, party: north, class: {kind: ICBM}}
  a2: {name: A improved, party: north, variant_of: a, class: {kind: ICBM}}
  b: {name: B, party: north, class: {kind: ICBM}}
  c: {name: C, party: north, class: {range_km: 9000}}
  gone: {name: Gone, party: north, class: {kind: ICBM}}
""",
        north="""
        - {system: a, number: 100, source: made-up}
        - {system: a2, number: 50, source: made-up}
        - {system: b, number: 1, source: made-up}
        - {system: c, number: 7, source: made-up}
        - {system: gone, number: 0, source: made-up}
        """,
        provisions=f"""
        {ICBM}
        - {{type-limit: types, on: icbm, at_most: 2, source: made-up}}
        """,
    )
    assert case.says("types") == "2 (2–3) of 2, depends"
    assert case.limit("types").count.types == ("a", "b")


@pytest.mark.parametrize(
    ("number", "said"),
    [("10", "1 (1–2) of 0, over"), ("1", "1 of 0, over"), ("0", "0 of 0, exactly at")],
)
def test_type_limit_where_the_type_is_one_of_two(small: Any, number: str, said: str) -> None:
    """Which type it is nobody knows, but it is one: a limit of no types is broken for sure.

    Ten may be of both types, one can be of one only.
    """
    case = small(
        systems="""
  a: {name: A, party: north, class: {kind: ICBM}}
  b: {name: B, party: north, class: {kind: ICBM}}
  either: {name: A or B, party: north, variant_of: [a, b], class: {kind: ICBM}}
""",
        north=f"- {{system: either, number: {number}, source: made-up}}",
        provisions=f"""
        {ICBM}
        - {{type-limit: types, on: icbm, at_most: 0, source: made-up}}
        """,
    )
    assert case.says("types") == said


def test_one_new_type(small: Any) -> None:
    """One new type of light missile each: a second one is too many; what flew before is not new."""
    case = small(
        systems="""
  before: {name: Flown before, party: north, class: {kind: ICBM, first_flight: 1979-04}}
  first: {name: First new, party: north, class: {kind: ICBM, first_flight: 1981-06-17}}
  second: {name: Second new, party: north, class: {kind: ICBM, first_flight: 1982-10-26}}
""",
        north="""
        - {system: before, number: 300, source: made-up}
        - {system: first, number: 10, source: made-up}
        - {system: second, number: 1, source: made-up}
        """,
        provisions="""
        - {category: new-icbm, where: kind = ICBM and first_flight > 1979-05-01, source: made-up}
        - {type-limit: new-types, on: new-icbm, at_most: 1, source: made-up}
        """,
    )
    assert case.says("new-types") == "2 of 1, over"


def test_one_new_type_flight_tested(small: Any) -> None:
    """The same limit on what is flight-tested: the second new type is only in tests."""
    case = small(
        systems="""
  first: {name: First new, party: north, class: {kind: ICBM, first_flight: 1981-06-17}}
  second: {name: Second new, party: north, class: {kind: ICBM, first_flight: 1982-10-26}}
""",
        north="""
        - {system: first, number: 10, source: made-up}
        - {system: second, number: 1, activity: flight-tested, source: made-up}
        """,
        provisions="""
        - {category: new-icbm, where: kind = ICBM and first_flight > 1979-05-01, source: made-up}
        - type-limit: new-types
          on: new-icbm
          at_most: 1
          activities: [flight-tested, deployed]
          source: made-up
        """,
    )
    assert case.says("new-types") == "2 of 1, over"


def test_by_party(small: Any) -> None:
    """Limits that differ by party, one that binds one party alone, and one that gives one no number."""
    case = small(
        systems=MISSILES,
        north="- {system: new, number: 100, source: made-up}",
        south="- {system: other, number: 100, source: made-up}",
        provisions=f"""
        {ICBM}
        - {{ceiling: missiles, on: icbm, at_most: {{north: 100, south: 90}}, source: made-up}}
        - {{ceiling: one-sided, on: icbm, to: south, at_most: 5, source: made-up}}
        - {{ceiling: one-number, on: icbm, at_most: {{south: 7}}, source: made-up}}
        - ceiling: steps
          on: icbm
          at_most: [{{value: {{north: 120, south: 95}}}}, {{value: {{north: 99}}, from: 1999-01-01}}]
          source: made-up
        """,
    )
    assert case.says("missiles") == "100 of 100, exactly at"
    assert case.says("missiles", "south") == "100 of 90, over"
    assert case.says("one-sided", "south") == "100 of 5, over"
    assert case.says("one-number", "south") == "100 of 7, over"
    bound = [(x.limit, x.party) for x in case.count().limits]
    assert ("one-sided", "north") not in bound
    assert ("one-number", "north") not in bound
    assert case.says("steps") == "100 of 99, over"
    assert case.says("steps", "south") == "100 of 95, over"  # its number did not change


GROUPS = """
parties:
  us: {title: United States}
  frg: {title: Germany}
  ussr: {title: Soviet Union}
groups:
  west: [us, frg]
"""


def alliance(holdings: dict[str, int]) -> str:
    """An inventory of tanks for each state."""
    return "".join(
        f"""
  tanks-{state}:
    party: {state}
    date: 1995-11-17
    basis: declared
    title: Tanks of {state}
    holdings: [{{system: tank, number: {number}, source: made-up}}]
"""
        for state, number in holdings.items()
    )


CFE = """
text: treaty
title: Treaty
date: 1990-11-19
parties: [us, frg, ussr]
counts: declared
provisions:
  - {category: tank, where: kind = tank, source: made-up}
  - {ceiling: group, on: tank, to: [west, ussr], at_most: 20000, source: made-up}
  - {ceiling: any-state, on: tank, at_most: 13300, source: made-up}
"""


def test_groups_counted_together(small: Any) -> None:
    """20,000 tanks for each group, 13,300 for any state (facts cfe-IV1 and cfe-VI, the second recalled)."""
    case = small(
        case=GROUPS,
        systems="  tank: {name: Tank, party: us, class: {kind: tank}}",
        inventories=alliance({"us": 16000, "frg": 4001, "ussr": 13300}),
        texts=CFE,
    )
    asked = {"forces": "1995-11-17"}
    assert case.says("group", "west", **asked) == "20,001 of 20,000, over"
    assert case.says("group", "ussr", **asked) == "13,300 of 20,000, within"
    assert case.says("any-state", "us", **asked) == "16,000 of 13,300, over"
    assert case.says("any-state", "frg", **asked) == "4,001 of 13,300, within"
    assert case.says("any-state", "ussr", **asked) == "13,300 of 13,300, exactly at"


def test_a_group_of_the_text_with_a_group_in_it(small: Any) -> None:
    """A text names its own groups; a group may hold a group, and nobody is counted twice."""
    case = small(
        case=GROUPS,
        systems="  tank: {name: Tank, party: us, class: {kind: tank}}",
        inventories=alliance({"us": 10, "frg": 20, "ussr": 30}),
        texts="""
text: treaty
title: Treaty
date: 1990-11-19
parties: [us, frg, ussr]
counts: declared
groups:
  everybody: [west, us, ussr]
provisions:
  - {category: tank, where: kind = tank, source: made-up}
  - {ceiling: all, on: tank, to: everybody, at_most: 60, source: made-up}
""",
    )
    assert case.says("all", "everybody", forces="1995-11-17") == "60 of 60, exactly at"


def test_a_group_with_a_member_missing(small: Any) -> None:
    """One of the two members has no inventory: that the other is below the ceiling proves nothing."""
    case = small(
        case=GROUPS,
        systems="  tank: {name: Tank, party: us, class: {kind: tank}}",
        inventories=alliance({"us": 16000}),
        texts=CFE,
    )
    assert case.limit("group", "west", forces="1995-11-17").verdict in ("depends", "not computed")
