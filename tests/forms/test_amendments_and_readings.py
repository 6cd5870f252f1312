"""Provisions that replace, change and except one another; readings, views, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest

import detente
from detente.analyses.compare import TextChange

BOMBERS = """
  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber, alcm: 12}}
  doubtful: {name: Doubtful, party: south, class: {kind: other-aircraft}}
"""
START = """
- {category: bomber, where: kind = heavy-bomber, source: made-up}
- {counting-rule: by-ten, counts_in: warheads, adds: {bomber: 10}, source: made-up}
- {ceiling: warheads, on: warheads, at_most: 6000, source: made-up}
"""
NORTH = "- {system: bomber, number: 100, source: made-up}"


def test_replaces(small: Any) -> None:
    """The later treaty counts bombers as equipped instead of ten each (fact s2-bomber, `replaces`)."""
    case = small(
        systems=BOMBERS,
        north=NORTH,
        provisions=START,
        texts="""
text: second
title: The second treaty
date: 1993-01-03
based_on: treaty
provisions:
  - counting-rule: as-equipped
    counts_in: warheads
    adds: {bomber: alcm}
    replaces: by-ten
    source: made-up
changes:
  - {provision: warheads, at_most: 3500}
""",
    )
    assert case.says("warheads") == "1,000 of 6,000, within"
    assert case.says("warheads", text="second") == "1,200 of 3,500, within"
    change: TextChange = detente.compare(case.case, "treaty", "second").changes[0]
    assert [p.provision.id for p in change.of("removed")] == ["by-ten"]
    assert [p.provision.id for p in change.of("added")] == ["as-equipped"]
    assert [(p.provision.id, p.fields) for p in change.of("changed")] == [
        ("warheads", (("at_most", "6,000", "3,500"),))
    ]


def test_a_proposal_drops_and_changes(small: Any) -> None:
    """A proposal is a text given as changes; what it drops binds no longer."""
    case = small(
        systems=BOMBERS,
        north=NORTH,
        provisions=START
        + "- {ceiling: bombers, on: bomber, at_most: 99, source: made-up}\n"
        + "- {exception: some, of: bombers, where: type = bomber, up_to: 5, source: made-up}\n",
        texts="""
text: offer
title: An offer
date: 1991-01-01
by: south
based_on: treaty
drops: [some]
---
text: other-offer
title: Another
date: 1991-02-01
by: south
based_on: offer
changes: [{provision: bombers, at_most: 100}, {provision: by-ten, adds: {bomber: 20}}]
""",
    )
    assert case.says("bombers") == "95 of 99, within"
    assert case.says("bombers", text="offer") == "100 of 99, over"
    assert case.says("bombers", text="other-offer") == "100 of 100, exactly at"
    assert case.says("warheads", text="other-offer") == "2,000 of 6,000, within"


def test_options_of_an_issue(small: Any) -> None:
    """A text chooses an option of an issue; one based on it may choose the other."""
    case = small(
        systems=BOMBERS,
        north=NORTH,
        provisions=START,
        texts="""
issue: cruise-missiles
options:
  each-counts: {provisions: [{ceiling: load, on: {bomber: alcm}, at_most: 1000, source: made-up}]}
  outside: {}
---
text: one
title: One
date: 1991-01-01
based_on: treaty
chooses: {cruise-missiles: each-counts}
---
text: two
title: Two
date: 1991-02-01
based_on: one
chooses: {cruise-missiles: outside}
""",
    )
    assert case.says("load", text="one") == "1,200 of 1,000, over"
    assert [x.limit for x in case.count(text="two", party="north").limits] == ["warheads"]


def test_two_exceptions_do_not_count_twice(small: Any) -> None:
    """A weapon that two exceptions take out is out once; the other limit keeps it."""
    case = small(
        systems=BOMBERS,
        north=NORTH,
        provisions=START
        + """
- {category: other, where: kind != heavy-bomber, source: made-up}
- {ceiling: both, on: {bomber: 1, other: 1}, at_most: 100, source: made-up}
- {exception: a, of: both, where: type = bomber, source: made-up}
- {exception: b, of: both, where: kind = heavy-bomber, source: made-up}
""",
    )
    assert case.says("both") == "0 of 100, within"
    assert case.says("warheads") == "1,000 of 6,000, within"


def test_two_exceptions_of_so_many_overlap(small: Any) -> None:
    """Up to 80 by type and up to 60 by kind of the same hundred: not more than there are, and told."""
    case = small(
        systems=BOMBERS + "  slbm: {name: Other, party: north, class: {kind: SLBM}}",
        north=NORTH + "\n- {system: slbm, number: 50, source: made-up}",
        provisions="""
        - {category: all, where: 'kind in {heavy-bomber, SLBM}', source: made-up}
        - {ceiling: limit, on: all, at_most: 100, source: made-up}
        - {exception: a, of: limit, where: type = bomber, up_to: 80, source: made-up}
        - {exception: b, of: limit, where: kind = heavy-bomber, up_to: 60, source: made-up}
        """,
    )
    # a hundred bombers can be taken out at most; the fifty others stay
    assert case.limit("limit").counted.best >= 50


def test_exceptions_that_clash(checked: Any) -> None:
    """Two exceptions that take the same weapons out of the same limit, one all and one only so many."""
    found = checked(
        systems=BOMBERS,
        provisions=START
        + """
- {exception: a, of: warheads, where: type = bomber, source: made-up}
- {exception: b, of: warheads, where: type = bomber, up_to: 5, source: made-up}
""",
    )
    assert [p.code for p in found.problems] == ["W504"]


CLASHES = {
    "one all, one so many": """
- {exception: a, of: warheads, where: type = bomber, %s source: made-up}
- {exception: b, of: [warheads, bomber], where: kind = heavy-bomber, up_to: 5, source: made-up}
""",
    "so many and so many": """
- {exception: a, of: warheads, where: type = bomber, up_to: 3, %s source: made-up}
- {exception: b, of: warheads, where: kind = heavy-bomber, up_to: 5, source: made-up}
""",
    "two rules for one category": """
- {counting-rule: b, counts_in: more, adds: {bomber: 12}, source: made-up}
- {counting-rule: a, counts_in: [more, most], adds: {bomber: alcm}, %s source: made-up}
""",
    "two limits of one name": """
- {ceiling: b, limit: all, on: warheads, at_most: 5000, source: made-up}
- {ceiling: a, limit: all, on: warheads, at_most: 5500, %s source: made-up}
""",
}
APART = """
- {exception: a, of: warheads, where: type = bomber, source: made-up}
- {exception: b, of: warheads, where: type = doubtful, up_to: 5, source: made-up}
- {counting-rule: c, counts_in: more, adds: {bomber: 12}, to: north, source: made-up}
- {counting-rule: d, counts_in: more, adds: {bomber: alcm}, to: south, source: made-up}
- {ceiling: e, limit: all, on: warheads, at_most: 5, valid: {to: 1992-12-31}, source: made-up}
- {ceiling: f, limit: all, on: warheads, at_most: 6, valid: {from: 1993-01-01}, source: made-up}
- {ceiling: g, limit: few, on: bomber, at_most: 5, to: north, source: made-up}
- {ceiling: h, limit: few, on: bomber, at_most: 6, to: south, source: made-up}
"""


@pytest.mark.parametrize("pair", CLASHES.values(), ids=CLASHES)
def test_clashes_and_amendments(checked: Any, pair: str) -> None:
    """Two provisions that contradict each other are reported at both, unless one amends the other."""
    found = checked(systems=BOMBERS, provisions=START + pair % "")
    assert [p.code for p in found.problems] == ["W504"]
    lines = [place.line for place in found.problems[0].places]
    assert len(set(lines)) == 2
    assert not checked(systems=BOMBERS, provisions=START + pair % "amends: b,").problems


def test_what_does_not_clash(checked: Any) -> None:
    """Other weapons, other parties, other times."""
    assert not checked(systems=BOMBERS, provisions=START + APART).problems


def test_an_amending_exception_goes_first(small: Any) -> None:
    """All twelve-missile bombers are let off but five: the amending one rules what both speak of."""
    two = """
- {exception: a, of: bombers, where: kind = heavy-bomber, source: made-up}
- {exception: b, of: bombers, where: alcm >= 12, up_to: 5, amends: a, source: made-up}
- {ceiling: bombers, on: bomber, at_most: 99, source: made-up}
"""
    systems = BOMBERS + "  light: {name: Light, party: north, class: {kind: heavy-bomber, alcm: 2}}"
    held = NORTH + "\n- {system: light, number: 7, source: made-up}"
    assert small(systems=systems, north=held, provisions=START + two).says("bombers") == (
        "95 of 99, within"
    )


def test_an_amending_rule_adds_in_place_of_the_other(small: Any) -> None:
    """Bombers of the north count as equipped, those of the south by ten as before."""
    case = small(
        systems=BOMBERS + "  theirs: {name: T, party: south, class: {kind: heavy-bomber, alcm: 2}}",
        north=NORTH,
        south="- {system: theirs, number: 100, source: made-up}",
        provisions=START
        + """
- {counting-rule: as-equipped, counts_in: warheads, adds: {bomber: alcm}, to: north,
   amends: by-ten, source: made-up}
""",
    )
    assert case.says("warheads") == "1,200 of 6,000, within"
    assert case.says("warheads", "south") == "1,000 of 6,000, within"


def test_an_amending_limit_takes_the_place_of_the_other(small: Any) -> None:
    """From 1995 the north may have 900; the south keeps its 6,000. Both stay computed."""
    case = small(
        systems=BOMBERS,
        north=NORTH,
        south="- {system: doubtful, number: 1, source: made-up}",
        provisions=START
        + """
- {ceiling: lower, limit: warheads, on: warheads, at_most: 900, to: north,
   valid: {from: 1995-01-01}, amends: warheads, source: made-up}
""",
    )
    assert case.says("warheads", at="1994-12-31") == "1,000 of 6,000, within"
    assert case.says("warheads", at="1995-01-01") == "1,000 of 900, over"
    assert case.says("warheads", "south", at="1995-01-01") == "0 of 6,000, within"
    assert not case.count(at="1995-01-01").not_computed


def test_definitions_that_bind_one_party(small: Any) -> None:
    """`to` on a category, an exception and a table takes in the arms of that party alone."""
    case = small(
        systems=BOMBERS + "  theirs: {name: T, party: south, class: {kind: heavy-bomber, alcm: 2}}",
        north=NORTH,
        south="- {system: theirs, number: 100, source: made-up}",
        provisions=START
        + """
- {category: ours, where: kind = heavy-bomber, to: north, source: made-up}
- {exception: off, of: all, where: kind = heavy-bomber, to: south, source: made-up}
- {attribution: table, sets: warheads, table: {bomber: 8, theirs: 9}, to: south, source: made-up}
- {ceiling: northern, on: ours, at_most: 10, source: made-up}
- {ceiling: all, on: bomber, at_most: 10, source: made-up}
- {ceiling: attributed, on: {bomber: warheads}, at_most: 10, source: made-up}
""",
    )
    said = {x: (case.says(x), case.says(x, "south")) for x in ("northern", "all")}
    assert said["northern"] == ("100 of 10, over", "0 of 10, within")
    assert said["all"] == ("100 of 10, over", "0 of 10, within")
    assert case.says("attributed", "south") == "900 of 10, over"
    assert case.limit("attributed").counted.low == 0  # no table gives the north's a number


READINGS = """
- category: counted-aircraft
  readings:
    north: {where: 'kind = heavy-bomber or type = doubtful'}
    south: {where: kind = heavy-bomber}
  source: made-up
- counting-rule: vehicles
  readings:
    north: {adds: {counted-aircraft: 3}}
    south: {adds: {counted-aircraft: 1}}
  source: made-up
- ceiling: aircraft
  on: counted-aircraft
  at_most: 60
  source: made-up
- ceiling: vehicles-limit
  limit: vehicles
  on: vehicles
  at_most: 100
  source: made-up
"""
VIEWS = """
views:
  north: {readings: {counted-aircraft: north, vehicles: north}, claims: [north]}
  south: {readings: {counted-aircraft: south, vehicles: south}, claims: [south]}
  mixed: {readings: {counted-aircraft: south, vehicles: north}, claims: [north]}
"""
SOUTH = """
- {system: bomber, number: 40, source: made-up}
- system: doubtful
  number: 30
  source: made-up
  claims: [{by: north, number: 70, source: made-up}, {by: south, number: 20, source: made-up}]
"""


@pytest.mark.parametrize(
    ("view", "aircraft", "vehicles"),
    [
        # without a view what all read alike is sure: 40, perhaps 30 more, at weights of 1 to 3
        (None, "40 (40–70) of 60, depends", "40 (40–210) of 100, depends"),
        ("north", "110 of 60, over", "330 of 100, over"),
        ("south", "40 of 60, within", "40 of 100, within"),
        ("mixed", "40 of 60, within", "120 of 100, over"),
    ],
)
def test_readings_and_claims_of_a_view(
    small: Any, view: str | None, aircraft: str, vehicles: str
) -> None:
    """Each party's reading of two clauses and its figures, and a view that mixes them."""
    case = small(case=VIEWS, systems=BOMBERS, south=SOUTH, provisions=READINGS)
    assert case.says("aircraft", "south", view=view) == aircraft
    assert case.says("vehicles", "south", view=view) == vehicles


def test_a_default_with_readings(small: Any) -> None:
    """What stands beside the readings holds when no view picks one; a limit's number may be read too."""
    case = small(
        case="views: {south: {readings: {bombers: south, limit: south}}}\n",
        systems=BOMBERS,
        north=NORTH,
        provisions="""
        - category: bombers
          where: kind = heavy-bomber
          readings: {south: {where: kind = heavy-bomber and alcm > 12}}
          source: made-up
        - ceiling: limit
          on: bombers
          at_most: 100
          readings: {south: {at_most: 90}}
          source: made-up
        """,
    )
    assert case.says("limit") == "100 of 100, exactly at"
    assert case.says("limit", view="south") == "0 of 90, within"


def test_views_side_by_side(small: Any) -> None:
    """The same forces under each view, and what the verdict turns on."""
    case = small(case=VIEWS, systems=BOMBERS, south=SOUTH, provisions=READINGS)
    found = detente.count_views(case.case, "treaty", "2000-01-01", ["north", "south"])
    said = {(r["view"], r["limit"]): r["counted"] for r in found.records()}
    assert said["north", "aircraft"] == 110
    assert said["south", "aircraft"] == 40


def test_what_is_not_computed_is_named(small: Any) -> None:
    """No answer is silent about what it leaves out."""
    case = small(
        systems=BOMBERS,
        north=NORTH,
        provisions=START
        + """
- {obligation: good-faith, rule: Talks go on in good faith, source: made-up}
- {ceiling: unclear, on: bomber, at_most: 1, not_computed: nobody agreed how to count, source: made-up}
- {category: word, where: kind = SLBM, source: made-up}
""",
    )
    left = {n.provision.id: n.why for n in case.count().not_computed}
    assert left == {
        "good-faith": "a promise; it counts nothing",
        "unclear": "nobody agreed how to count",
    }
