"""Time: steps, deadlines, entry into force that never comes, is assumed or came, expiry, events."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

MISSILE = "  missile: {name: Missile, party: north, class: {kind: ICBM}}"
HELD = "- {system: missile, number: 900, source: made-up}"
HEAD = """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north]
counts: declared
"""
ICBM = "  - {category: icbm, where: kind = ICBM, source: made-up}\n"


@pytest.mark.parametrize(
    ("at", "bound"),
    [
        ("1990-06-01", "1000"),  # before the first step: the first, as if in force
        ("1995-01-01", "1000"),
        ("1997-12-04", "1000"),
        ("1997-12-05", "800"),
        ("1999-12-05", "700"),
        ("2010-01-01", "600"),
    ],
)
def test_steps(small: Any, at: str, bound: str) -> None:
    """A ceiling that steps down by date (the phases of START I, facts s1-ph1 to s1-ph3, made smaller)."""
    case = small(
        systems=MISSILE,
        north=HELD,
        texts=HEAD
        + "provisions:\n"
        + ICBM
        + """
  - ceiling: missiles
    on: icbm
    at_most:
      - {value: 1000, from: 1994-12-05}
      - {value: 800, from: 1997-12-05}
      - {value: 700, from: 1999-12-05}
      - {value: 600, from: 2001-12-05}
    source: made-up
""",
    )
    over = "over" if int(bound) < 900 else "within"
    assert case.says("missiles", at=at) == f"900 of {int(bound):,}, {over}"


def test_a_ceiling_that_gives_way_to_a_ban(small: Any) -> None:
    """57 launchers of three warheads are 171, the most until 1 June 1991; then there may be none.

    The first phase and the end of INF (facts inf-IV2a, inf-warheads, inf-IV of inf-1987).
    """
    case = small(
        systems="""
  three: {name: Launcher of three, party: north, class: {kind: GLBM, range_km: 5000}}
  short: {name: Of shorter range, party: north, class: {kind: GLBM, range_km: 900}}
""",
        north="""
        - {system: three, number: 57, source: made-up}
        - {system: short, number: 100, source: made-up}
        """,
        texts="""
text: treaty
title: Treaty
date: 1987-12-08
parties: [north]
counts: declared
entry_into_force: 1988-06-01
provisions:
  - {category: irm, where: kind = GLBM and 1000 km < range <= 5500 km, source: made-up}
  - {attribution: warheads, sets: warheads, table: {three: 3, short: 1}, source: made-up}
  - ceiling: phase-one
    on: {irm: warheads}
    at_most: [{value: 171, from: eif + 29 months, to: eif + 3 years}]
    source: made-up
  - {ban: end, on: irm, valid: {from: eif + 3 years}, source: made-up}
""",
    )
    assert case.says("phase-one", at="1990-11-01") == "171 of 171, exactly at"
    days = ["1990-10-31", "1990-11-01", "1991-06-01", "1991-06-02"]
    force = [tuple(case.limit(x, at=d).in_force for x in ("phase-one", "end")) for d in days]
    assert force == [
        ("not yet", "not yet"),
        ("yes", "not yet"),
        ("yes", "yes"),
        ("expired", "yes"),
    ]
    assert case.says("end", at="1991-06-01") == "57 of 0, over"


def test_deadlines(small: Any) -> None:
    """What is over may be worked off by a day; the day is apart from the ceiling and from its start."""
    case = small(
        systems=MISSILE,
        north=HELD,
        texts=HEAD
        + "entry_into_force: 1991-03-01\nprovisions:\n"
        + ICBM
        + """
  - {ceiling: a, on: icbm, at_most: 800, deadline: 2001-12-31, source: made-up}
  - {ceiling: b, on: icbm, at_most: 800, deadline: eif + 6 months, source: made-up}
  - {ceiling: c, on: icbm, at_most: [{value: 800, deadline: 1999-06}], source: made-up}
  - {ceiling: d, on: icbm, at_most: [{value: 950, to: 1994-12-31}, {value: 800, from: 1995-01-01}],
     source: made-up}
  - {ceiling: e, on: icbm, at_most: 800, source: made-up}
  - {schedule: first, on: d, start: eif, finish: eif + 90 days, source: made-up}
  - {schedule: second, on: d, start: 1995-01-01, finish: 1995-12-31, source: made-up}
""",
    )
    found = {x.limit: x.bound.deadline for x in case.count().limits}
    assert found == {
        "a": date(2001, 12, 31),
        "b": date(1991, 9, 1),
        "c": date(1999, 6, 30),
        "d": date(1995, 12, 31),
        "e": None,
    }
    assert case.limit("d", at="1994-01-01").bound.deadline == date(1991, 5, 30)
    assert case.limit("a").verdict == "over"  # the verdict does not wait for the deadline


FORCE = """
period: {to: eif + 10 years}
provisions:
  - {category: icbm, where: kind = ICBM, source: made-up}
  - ceiling: missiles
    on: icbm
    at_most: [{value: 1000}, {value: 800, from: eif + 7 years}]
    deadline: eif + 7 years
    source: made-up
"""


@pytest.mark.parametrize(
    ("force", "at", "in_force", "since", "bound"),
    [
        ("2011-02-05", "2010-06-01", "not yet", "from 2011-02-05", 1000),
        ("2011-02-05", "2011-02-05", "yes", "since 2011-02-05", 1000),
        ("2011-02-05", "2018-02-04", "yes", "since 2011-02-05", 1000),
        ("2011-02-05", "2018-02-05", "yes", "since 2018-02-05", 800),
        ("2011-02-05", "2021-02-05", "yes", "since 2018-02-05", 800),
        ("2011-02-05", "2021-02-06", "expired", "to 2021-02-05", 800),
        ("{assumed: 1995-01-01}", "2000-01-01", "yes", "since 1995-01-01 (entry into force assumed)", 1000),
        ("{assumed: 1995-01-01}", "2002-01-01", "yes", "since 2002-01-01", 800),
    ],
)  # fmt: skip
def test_entry_into_force(
    small: Any, force: str, at: str, in_force: str, since: str, bound: int
) -> None:
    """Limits from seven years after entry into force (dates of newstart-2010: 2011-02-05, 2018-02-05)."""
    case = small(systems=MISSILE, north=HELD, texts=HEAD + f"entry_into_force: {force}" + FORCE)
    found = case.limit("missiles", at=at)
    assert (found.in_force, found.in_force_why, found.at_most) == (in_force, since, bound)
    assert found.bound.deadline == (date(2018, 2, 5) if "2011" in force else date(2002, 1, 1))


def test_entry_into_force_that_never_comes(small: Any) -> None:
    """A verdict all the same, and `never` beside it; a day counted from it is no day."""
    case = small(systems=MISSILE, north=HELD, texts=HEAD + "entry_into_force: never" + FORCE)
    found = case.limit("missiles", at="2018-02-05")
    assert found.in_force == "never"
    assert found.verdict in ("within", "over")
    assert found.bound.deadline is None


def test_a_step_counted_from_what_never_comes(small: Any) -> None:
    """The step of seven years after entry into force is not reached: the first one stands."""
    case = small(systems=MISSILE, north=HELD, texts=HEAD + "entry_into_force: never" + FORCE)
    assert case.says("missiles", at="1990-02-01") == "900 of 1,000, within"


def test_an_amended_text_expires(small: Any) -> None:
    """A protocol's ban ends with the protocol; the limit's own term may end sooner than the text."""
    case = small(
        systems="  cm: {name: Cruise missile, party: north, class: {kind: GLCM}}",
        north="- {system: cm, number: 10, source: made-up}",
        texts=HEAD
        + """
entry_into_force: 1991-01-01
period: {from: eif, to: 2003-12-31}
provisions:
  - {category: glcm, where: kind = GLCM, source: made-up}
  - {ban: whole, on: glcm, source: made-up}
  - {ban: part, on: glcm, valid: {from: 1995-01-01, to: 1999-12-31}, source: made-up}
""",
    )
    days = ["1990-12-31", "1991-01-01", "1995-01-01", "1999-12-31", "2000-01-01", "2004-01-01"]
    said = [tuple(case.limit(name, at=day).in_force for name in ("whole", "part")) for day in days]
    assert said == [
        ("not yet", "not yet"),
        ("yes", "not yet"),
        ("yes", "yes"),
        ("yes", "yes"),
        ("yes", "expired"),
        ("expired", "expired"),
    ]
    assert {case.says("part", at=day) for day in days} == {"10 of 0, over"}


def test_suspended(small: Any) -> None:
    """A party suspends a treaty (russia_suspends of newstart-2010): the verdict stands, the force not."""
    case = small(
        systems=MISSILE,
        north=HELD,
        texts=HEAD
        + "entry_into_force: 2011-02-05\nsuspended: 2023-02-28\nprovisions:\n"
        + ICBM
        + "  - {ceiling: missiles, on: icbm, at_most: 700, source: made-up}",
    )
    assert case.limit("missiles", at="2023-02-27").in_force == "yes"
    found = case.limit("missiles", at="2023-02-28")
    assert (found.verdict, found.in_force) == ("over", "suspended")


@pytest.mark.parametrize(
    ("header", "in_force", "why"),
    [
        ("binding: legal\nentry_into_force: 1991-01-01", "yes", "since 1991-01-01"),
        ("binding: political", "yes", "since 1990-01-01"),
        ("binding: proposed", "never", "it was not concluded"),
        ("by: north", "never", "a proposal"),
        ("entry_into_force: never", "never", "it never entered into force"),
    ],
)
def test_legal_political_proposed(small: Any, header: str, in_force: str, why: str) -> None:
    """A text of one side is a proposal; a political one holds from its day (fact cfe-naval)."""
    case = small(
        systems=MISSILE,
        north=HELD,
        texts=HEAD
        + header
        + "\nprovisions:\n"
        + ICBM
        + "  - {ceiling: missiles, on: icbm, at_most: 430, source: made-up}",
    )
    found = case.limit("missiles")
    assert (found.verdict, found.in_force, found.in_force_why) == ("over", in_force, why)


def test_a_political_limit_in_a_proposed_text(small: Any) -> None:
    """A declaration beside a treaty binds though the treaty never came into force."""
    case = small(
        systems=MISSILE,
        north=HELD,
        texts=HEAD
        + "entry_into_force: never\nprovisions:\n"
        + ICBM
        + "  - {ceiling: missiles, on: icbm, at_most: 430, binding: political, source: made-up}",
    )
    assert case.limit("missiles").in_force == "yes"


def test_events(small: Any) -> None:
    """Bombers count from their roll-out and until they are dismantled; each line has its days."""
    case = small(
        systems="  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber}}",
        north="""
        - {system: bomber, number: 1, events: {rolled_out: 1989-05-01}, source: made-up}
        - {system: bomber, number: 10, events: {rolled_out: 1990-01}, source: made-up}
        - {system: bomber, number: 100, events: {rolled_out: 1992-05-01}, source: made-up}
        - {system: bomber, number: 1000, source: made-up}
        - {system: bomber, number: 10000, events: {rolled_out: 1989-05-01, dismantled: 1990-01-14},
           source: made-up}
        """,
        provisions="""
        - {category: out, where: rolled_out <= 1990-01-15, source: made-up}
        - {category: there, where: out and not dismantled <= 1990-01-15, source: made-up}
        - {category: gone, where: dismantled <= 1990-01-15, source: made-up}
        - {ceiling: out-limit, on: out, at_most: 20000, source: made-up}
        - {ceiling: gone-limit, on: gone, at_most: 20000, source: made-up}
        """,
    )
    # 1 and 10,000 are out; of the month of January 1990 and of the line without a day nobody knows
    assert case.says("out-limit") == "10,001 (10,001–11,011) of 20,000, within"
    assert case.says("gone-limit") == "10,000 (10,000–11,111) of 20,000, within"


def test_counting_begins_with_an_event(small: Any) -> None:
    """A bomber counts from its roll-out: on the first day only one is out, on the second both are."""
    case = small(
        systems="  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber}}",
        north="""
        - {system: bomber, number: 1, events: {rolled_out: 2000-02-01}, source: made-up}
        - {system: bomber, number: 1, events: {rolled_out: 2000-08-01}, source: made-up}
        """,
        provisions="""
        - {category: out, where: kind = heavy-bomber and rolled_out <= count_date, source: made-up}
        - {ceiling: bombers, on: out, at_most: 1, source: made-up}
        """,
    )
    assert case.says("bombers", at="2000-03-01") == "1 of 1, exactly at"
    assert case.says("bombers", at="2000-09-01") == "2 of 1, over"


def test_an_event_that_has_not_come(small: Any) -> None:
    """A bomber that is not dismantled is there: what has no day of dismantling is not gone."""
    case = small(
        systems="  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber}}",
        north="- {system: bomber, number: 1, events: {dismantled: never}, source: made-up}",
        provisions="""
        - {category: there, where: not dismantled <= 1990-01-15, source: made-up}
        - {ceiling: bombers, on: there, at_most: 1, source: made-up}
        """,
    )
    assert case.says("bombers") == "1 of 1, exactly at"


def test_definitions_that_run_for_a_time(small: Any) -> None:
    """A protocol's end wakes a dormant rule; a table and a category hold for their time alone.

    SALT II counts ASBMs and mobile ICBMs once its Protocol has lapsed (facts s2-iii-4, pr-i, pr-iii).
    """
    case = small(
        systems="""
  asbm: {name: Carried missile, party: north, class: {kind: ALCM, warheads: 1}}
  silo: {name: Silo missile, party: north, class: {kind: ICBM, warheads: 1}}
""",
        north="""
        - {system: asbm, number: 7, source: made-up}
        - {system: silo, number: 100, source: made-up}
        """,
        provisions="""
        - {category: icbm, where: kind = ICBM, source: made-up}
        - {category: carried, where: kind = ALCM and count_date > 1981-12-31, source: made-up}
        - {category: fair-weather, where: kind = ICBM, valid: {to: 1981}, source: made-up}
        - {counting-rule: silos, counts_in: all, adds: {icbm: 1}, source: made-up}
        - {counting-rule: dormant, counts_in: all, adds: {carried: 1}, source: made-up}
        - {counting-rule: asleep, counts_in: more, adds: {icbm: 2}, valid: {from: 1982-01-01},
           source: made-up}
        - {attribution: ten, sets: warheads, table: {silo: 10}, valid: {from: 1982-01-01},
           source: made-up}
        - {ceiling: all, on: all, at_most: 105, source: made-up}
        - {ceiling: fair, on: fair-weather, at_most: 10, source: made-up}
        - {ceiling: more, on: {more: 1, fair-weather: 1}, at_most: 150, source: made-up}
        - {ceiling: warheads, on: {icbm: warheads}, at_most: 200, source: made-up}
        """,
    )
    limits = ("all", "fair", "more", "warheads")
    before, after = ([case.says(x, at=day) for x in limits] for day in ("1981-12-31", "1982-01-01"))
    assert before == [
        "100 of 105, within", "100 of 10, over", "100 of 150, within", "100 of 200, within"
    ]  # fmt: skip
    assert after == [
        "107 of 105, over", "0 of 10, within", "200 of 150, over", "1,000 of 200, over"
    ]  # fmt: skip
    assert not case.count(at="1981-12-31").not_computed


@pytest.mark.parametrize(
    ("clause", "at", "there"),
    [
        ("count_date >= 1995", "1994-12-31", False),
        ("count_date >= 1995", "1995-01-01", True),
        ("1995 > count_date", "1995-01-01", False),
        ("count_date <= 1995-06", "1995-06-30", True),
        ("count_date = 1995-06", "1995-07-01", False),
        ("count_date != 1995-06", "1995-07-01", True),
        ("not (first_flight > count_date)", "1979-12-31", False),
        ("first_flight <= count_date", "1980-06-01", True),
        ("any of type (first_flight <= count_date)", "1980-05-31", False),
    ],
)
def test_the_day_of_the_count(small: Any, clause: str, at: str, there: bool) -> None:
    """A clause may ask for the day of the count, against a date or a weapon's own."""
    case = small(
        systems="  m: {name: M, party: north, class: {kind: ICBM, first_flight: 1980-06-01}}",
        north="- {system: m, number: 3, source: made-up}",
        provisions=f"""
        - {{category: c, where: {clause!r}, source: made-up}}
        - {{ceiling: limit, on: c, at_most: 5, source: made-up}}
        """,
    )
    assert case.says("limit", at=at) == f"{3 if there else 0} of 5, within"


@pytest.mark.parametrize("clause", ["count_date > 5", "range > count_date", "count_date = ICBM"])
def test_the_day_of_the_count_is_a_date(checked: Any, clause: str) -> None:
    """It can be compared with a date only."""
    found = checked(
        systems=MISSILE,
        provisions=f"- {{category: c, where: {clause!r}, source: made-up}}",
    )
    assert [p.code for p in found.problems] == ["E406"]


def test_what_has_not_happened(small: Any) -> None:
    """`never` is later than any day, and not the same as a day nobody tells."""
    case = small(
        systems="  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber}}",
        north="""
        - {system: bomber, number: 1, events: {dismantled: never}, source: made-up}
        - {system: bomber, number: 10, source: made-up}
        - {system: bomber, number: 100, events: {dismantled: eif}, source: made-up}
        """,
        provisions="""
        - {category: there, where: dismantled > count_date, source: made-up}
        - {ceiling: bombers, on: there, at_most: 1, source: made-up}
        """,
    )
    # a day counted from an event is not told in an inventory, so it is not known
    assert case.says("bombers") == "1 (1–111) of 1, depends"
