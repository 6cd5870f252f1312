"""What a weapon counts as: activities, open clauses, type and launcher history, place, zone, state."""

from __future__ import annotations

from typing import Any

import pytest


def test_activities(small: Any) -> None:
    """A ban on flight-testing leaves deployment free, and the reverse; a ceiling counts what is deployed."""
    case = small(
        systems="  missile: {name: Missile, party: north, class: {kind: GLBM}}",
        north="""
        - {system: missile, number: 1, activity: developed, source: made-up}
        - {system: missile, number: 10, activity: flight-tested, source: made-up}
        - {system: missile, number: 100, activity: produced, source: made-up}
        - {system: missile, number: 1000, source: made-up}
        """,
        provisions="""
        - {category: glbm, where: kind = GLBM, source: made-up}
        - {ban: by-default, on: glbm, source: made-up}
        - {ban: tests, on: glbm, activities: [flight-tested], source: made-up}
        - {ban: plants, on: glbm, activities: [developed, produced], source: made-up}
        - ban: all
          on: glbm
          activities: [developed, flight-tested, produced, deployed]
          source: made-up
        - {ceiling: ceiling, on: glbm, at_most: 5000, source: made-up}
        - {ban: named, where: kind = GLBM and activity = flight-tested,
           activities: [flight-tested, deployed], source: made-up}
        """,
    )
    said = {x.limit: x.counted.best for x in case.count(party="north").limits}
    assert said == {
        "by-default": 1000,
        "tests": 10,
        "plants": 101,
        "all": 1111,
        "ceiling": 1000,
        "named": 10,
    }


OPEN = """
- category: heavy-bomber
  where: type in {bomber}
  open: other aircraft that can do a heavy bomber's mission
  readings:
    north: {where: 'type in {bomber, doubtful}', open: ''}
    south: {open: ''}
  source: made-up
- {ceiling: bombers, on: heavy-bomber, at_most: 110, source: made-up}
"""
VIEWS = """
views:
  north: {readings: {heavy-bomber: north}}
  south: {readings: {heavy-bomber: south}}
"""


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (None, "100 (100–130) of 110, depends"),
        ("north", "130 of 110, over"),
        ("south", "100 of 110, within"),
    ],
)
def test_open_clause(small: Any, view: str | None, said: str) -> None:
    """A clause nobody can apply leaves what is not named unknown until a reading closes it."""
    case = small(
        case=VIEWS,
        systems="""
  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber}}
  doubtful: {name: Doubtful, party: north, class: {range_km: 7000}}
""",
        north="""
        - {system: bomber, number: 100, source: made-up}
        - {system: doubtful, number: 30, source: made-up}
        """,
        provisions=OPEN,
    )
    assert case.says("bombers", view=view) == said


def test_taken_as(small: Any) -> None:
    """A line that says, with its source, as what it is taken settles what is open, and nothing else."""
    case = small(
        systems="""
  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber}}
  doubtful: {name: Doubtful, party: north, class: {range_km: 7000}}
""",
        north="""
        - {system: bomber, number: 100, source: made-up,
           taken_as: [{category: heavy-bomber, member: false, source: made-up}]}
        - {system: doubtful, number: 30, source: made-up,
           taken_as: [{category: heavy-bomber, source: made-up}]}
        - {system: doubtful, number: 7, source: made-up,
           taken_as: [{category: heavy-bomber, member: false, source: made-up}]}
        """,
        provisions=OPEN,
    )
    assert case.says("bombers") == "130 of 110, over"


HISTORY = """
  m1: {name: M1, party: north, class: {kind: ICBM, mirved: false}}
  m1b: {name: M1 tested with three, party: north, variant_of: m1, class: {kind: ICBM, mirved: true}}
  m2: {name: M2, party: north, class: {kind: ICBM, mirved: false}}
  either: {name: M1 or M2, party: north, variant_of: [m1, m2], class: {kind: ICBM, mirved: false}}
"""


def test_by_type_history(small: Any) -> None:
    """A missile counts as MIRVed once any variant of its type was; which type it is may be unknown.

    10 of M1 and 3 of its MIRVed variant count, 100 of M2 do not, 1,000 of one of the two may.
    """
    case = small(
        systems=HISTORY,
        north="""
        - {system: m1, number: 10, source: made-up}
        - {system: m1b, number: 3, source: made-up}
        - {system: m2, number: 100, source: made-up}
        - {system: either, number: 1000, source: made-up}
        """,
        provisions="""
        - {category: itself, where: kind = ICBM and mirved, source: made-up}
        - {category: by-type, where: kind = ICBM and any of type (mirved), source: made-up}
        - {ceiling: itself-limit, limit: a, on: itself, at_most: 5000, source: made-up}
        - {ceiling: by-type-limit, limit: b, on: by-type, at_most: 5000, source: made-up}
        """,
    )
    assert case.says("a") == "3 of 5,000, within"
    assert case.says("b") == "13 (13–1,013) of 5,000, within"


def test_by_launcher(small: Any) -> None:
    """Single-warhead missiles in silos of a MIRVed type count as MIRVed by their launcher.

    456 and 120 are 576, as in the Soviet declaration of 1978 (the split is an inference).
    """
    case = small(
        systems=HISTORY,
        north="""
        - {system: m1b, number: 456, source: made-up}
        - {system: m2, number: 120, launcher: m1, source: made-up}
        - {system: m2, number: 500, launcher: m2, source: made-up}
        - {system: m2, number: 10, source: made-up}
        """,
        provisions="""
        - {category: by-missile, where: any of type (mirved), source: made-up}
        - {category: by-launcher, where: any of launcher (mirved), source: made-up}
        - {ceiling: missiles, on: by-missile, at_most: 576, source: made-up}
        - {ceiling: launchers, on: by-launcher, at_most: 576, source: made-up}
        """,
    )
    assert case.says("missiles") == "456 of 576, within"
    assert case.says("launchers") == "576 of 576, exactly at"


def test_a_launcher_nobody_knows(checked: Any) -> None:
    """A slip in the name of a launcher's type is an error, as a slip in a system is."""
    found = checked(
        systems=HISTORY,
        north="- {system: m2, number: 120, launcher: m1x, source: made-up}",
        provisions="""
        - {category: by-launcher, where: any of launcher (mirved), source: made-up}
        - {ceiling: launchers, on: by-launcher, at_most: 576, source: made-up}
        """,
    )
    assert found.errors == 1


def test_by_place(small: Any) -> None:
    """All launchers at two named places count as MIRVed, whatever they hold."""
    case = small(
        systems=HISTORY,
        north="""
        - {system: m1b, number: 60, place: field-d, source: made-up}
        - {system: m2, number: 120, place: field-p, source: made-up}
        - {system: m2, number: 500, place: field-x, source: made-up}
        """,
        provisions="""
        - {category: mirv, where: 'mirved or place in {field-d, field-p}', source: made-up}
        - {ceiling: mirv-limit, limit: mirv, on: mirv, at_most: 180, source: made-up}
        """,
    )
    assert case.says("mirv") == "180 of 180, exactly at"


def test_nested_zones(small: Any) -> None:
    """What stands in an inner zone stands in the outer ones too; the flank lies beside them.

    Zones and active tanks of a group: 7,500 in z44, 10,300 in z43, 11,800 in z42, 4,700 in the flank
    (facts cfe-IV4, cfe-IV3, cfe-IV2, cfe-V1A, all recalled); 11,800 + 4,700 = 16,500.
    """
    case = small(
        case="""
zones:
  attu: {}
  z42: {within: attu}
  z43: {within: z42}
  z44: {within: z43}
  flank: {within: attu}
""",
        systems="  tank: {name: Tank, party: north, class: {kind: tank}}",
        north="""
        - {system: tank, number: 7400, zone: z44, source: made-up}
        - {system: tank, number: 3000, zone: z43, source: made-up}
        - {system: tank, number: 1400, zone: z42, source: made-up}
        - {system: tank, number: 4700, zone: flank, source: made-up}
        - {system: tank, number: 50000, source: made-up}
        """,
        provisions="""
        - {category: inner, where: kind = tank and zone = z44, source: made-up}
        - {category: middle, where: kind = tank and zone = z43, source: made-up}
        - {category: outer, where: kind = tank and zone = z42, source: made-up}
        - {category: flank, where: kind = tank and zone = flank, source: made-up}
        - {category: area, where: kind = tank and zone = attu, source: made-up}
        - {category: ring, where: kind = tank and zone = z42 and zone != z43, source: made-up}
        - {ceiling: n44, on: inner, at_most: 7500, source: made-up}
        - {ceiling: n43, on: middle, at_most: 10300, source: made-up}
        - {ceiling: n42, on: outer, at_most: 11800, source: made-up}
        - {ceiling: nfl, on: flank, at_most: 4700, source: made-up}
        - {ceiling: all, on: area, at_most: 16500, source: made-up}
        - {ceiling: ring-only, on: ring, at_most: 16500, source: made-up}
        """,
    )
    assert case.says("n44") == "7,400 of 7,500, within"
    assert case.says("n43") == "10,400 of 10,300, over"
    assert case.says("n42") == "11,800 of 11,800, exactly at"
    assert case.says("nfl") == "4,700 of 4,700, exactly at"
    assert case.says("all") == "16,500 of 16,500, exactly at"
    assert case.says("ring-only") == "1,400 of 16,500, within"


def test_active_and_stored(small: Any) -> None:
    """20,000 tanks in all, 16,500 of them in active units (facts cfe-IV1 and cfe-IV1-active, recalled)."""
    case = small(
        systems="  tank: {name: Tank, party: north, class: {kind: tank}}",
        north="""
        - {system: tank, number: 16000, state: active, source: made-up}
        - {system: tank, number: 4000, state: stored, source: made-up}
        - {system: tank, number: 300, state: awaiting-disposal, source: made-up}
        """,
        provisions="""
        - {category: tanks, where: kind = tank, source: made-up}
        - {category: active-tanks, where: tanks and state = active, source: made-up}
        - {exception: disposal, of: tanks, where: state = awaiting-disposal, source: made-up}
        - {ceiling: all, on: tanks, at_most: 20000, source: made-up}
        - {sublimit: active, on: active-tanks, at_most: 16500, within: all, source: made-up}
        """,
    )
    assert case.says("all") == "20,000 of 20,000, exactly at"
    assert case.says("active") == "16,000 of 16,500, within"


def test_really_loaded_or_considered_loaded(small: Any) -> None:
    """An empty launcher is deployed under one text and not under the other.

    START I counts a launcher as holding its missile after it was taken out (s1-contain); New START
    counts a launcher that contains one (deployed_launcher of newstart-2010).
    """
    case = small(
        systems="  silo: {name: Silo, party: north, class: {kind: ICBM, warheads: 10}}",
        north="""
        - {system: silo, number: 50, state: loaded, source: made-up}
        - {system: silo, number: 50, state: empty, source: made-up}
        """,
        provisions="""
        - {category: deployed, where: 'kind = ICBM and state in {loaded, empty}', source: made-up}
        - {ceiling: warheads, on: {deployed: warheads}, at_most: 6000, source: made-up}
        """,
        texts="""
text: later
title: The later treaty
date: 1999-01-01
parties: [north]
counts: declared
provisions:
  - {category: deployed, where: kind = ICBM and state = loaded, source: made-up}
  - {ceiling: warheads, on: {deployed: warheads}, at_most: 1550, source: made-up}
""",
    )
    assert case.says("warheads") == "1,000 of 6,000, within"
    assert case.says("warheads", text="later") == "500 of 1,550, within"


def test_qualitative_limit(small: Any) -> None:
    """At most 20 cruise missiles on a bomber of one side, 16 on the other's (fact s1-bomber-max)."""
    case = small(
        systems="""
  us: {name: With twenty, party: north, class: {kind: heavy-bomber, alcm: 20}}
  more: {name: With twenty-one, party: north, class: {kind: heavy-bomber, alcm: 21}}
  untold: {name: With unknown load, party: north, class: {kind: heavy-bomber}}
  ru: {name: With seventeen, party: south, class: {kind: heavy-bomber, alcm: 17}}
""",
        north="""
        - {system: us, number: 100, source: made-up}
        - {system: more, number: 2, source: made-up}
        - {system: untold, number: 5, source: made-up}
        """,
        south="- {system: ru, number: 40, source: made-up}",
        provisions="""
        - {category: bomber, where: kind = heavy-bomber, source: made-up}
        - {qualitative-limit: at-most-20, limit: load, on: bomber, to: north, must: alcm <= 20,
           source: made-up}
        - {qualitative-limit: at-most-16, limit: load, on: bomber, to: south, must: alcm <= 16,
           source: made-up}
        """,
    )
    assert case.says("load") == "2 (2–7) of 0, over"
    assert case.says("load", "south") == "40 of 0, over"


def test_qualitative_limit_without_data(small: Any) -> None:
    """A quality that no source gives for any weapon is not computed, and says so."""
    case = small(
        systems="  ru: {name: Bomber, party: south, class: {kind: heavy-bomber}}",
        south="- {system: ru, number: 40, source: made-up}",
        provisions="""
        - {category: bomber, where: kind = heavy-bomber, source: made-up}
        - {qualitative-limit: load, on: bomber, must: alcm <= 16, source: made-up}
        """,
    )
    found = case.count()
    assert not found.limits
    assert [(n.provision.id, n.why) for n in found.not_computed] == [
        ("load", "no source gives for any weapon: alcm")
    ]
