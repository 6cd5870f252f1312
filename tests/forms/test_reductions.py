"""What each form of limit asks of a reduction: floors, averages, menus, ranges, groups, rates, measures."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

import pytest

import detente
from detente.analyses.cuts import Cuts
from detente.model.problem import Refused

ARMS = """
  icbm: {name: Land-based, party: north, class: {kind: ICBM, throw_weight_kg: 900, warheads: 1}}
  heavy: {name: Heavy, party: north, class: {kind: ICBM, throw_weight_kg: 7000, heavy: true}}
  slbm: {name: Submarine-launched, party: north, class: {kind: SLBM, throw_weight_kg: 1100}}
  bomber: {name: Bomber, party: north, class: {kind: heavy-bomber}}
  alcm: {name: Cruise missile, party: north, class: {kind: ALCM}}
  unsure: {name: Of unknown kind, party: north, class: {range_km: 9000}}
  theirs: {name: Theirs, party: south, class: {kind: ICBM, throw_weight_kg: 800}}
"""
CATEGORIES = """
- {category: icbm, where: kind = ICBM, source: made-up}
- {category: heavies, where: icbm and heavy, source: made-up}
- {category: slbm, where: kind = SLBM, source: made-up}
- {category: bomber, where: kind = heavy-bomber, source: made-up}
- {category: alcm, where: kind = ALCM, source: made-up}
- {counting-rule: vehicles, adds: {icbm: 1, slbm: 1, bomber: 1}, source: made-up}
"""


def lines(**numbers: Any) -> str:
    """Lines of an inventory."""
    return "".join(f"- {{system: {s}, number: {n}, source: made-up}}\n" for s, n in numbers.items())


def reduced(small: Any, provisions: str, south: str = "", more: str = "", **north: Any) -> Any:
    """A function that reduces under these provisions."""
    case = small(
        systems=ARMS, north=lines(**north), south=south, provisions=CATEGORIES + dedent(provisions), texts=more
    ).case  # fmt: skip

    def run(**asked: Any) -> Cuts:
        return detente.reduce(case, "treaty", asked.pop("forces", "2000-01-01"), **asked)

    return run


# --- side by side ---------------------------------------------------------------------------------
def test_the_field_s_own_table(small: Any) -> None:
    """Option A of 1974 (frus33 d80): 2,292 and 2,600 vehicles to 2,000; MIRVed 1,786 and 1,794.

    The published changes, percentages, share and ratios; the two cuts are of different vehicles.
    """
    provisions = """
    - {ceiling: vehicles-limit, on: vehicles, at_most: 2000, source: made-up}
    """
    north = {"icbm": 1000, "slbm": 792, "bomber": 500}
    found = reduced(small, provisions, lines(theirs=2600), **north)()
    us, ussr = found.side("north"), found.side("south")
    assert (us.least.best, ussr.least.best) == (292, 600)
    assert us.percent == pytest.approx(12.74, abs=0.005)
    assert ussr.percent == pytest.approx(23.08, abs=0.005)
    assert found.share(us) == pytest.approx(32.74, abs=0.005)
    ratio = found.ratios[0]
    assert (ratio.before, ratio.after) == (pytest.approx(0.8815, abs=5e-5), 1.0)


def test_the_field_s_table_of_missiles(small: Any) -> None:
    """Option A of 1974 (frus33 d80): 1,786 to 1,661, and 1,794 to 1,364 missiles with MIRVs."""
    provisions = """
    - {ceiling: mirv, on: icbm, at_most: {north: 1661, south: 1364}, source: made-up}
    """
    found = reduced(small, provisions, lines(theirs=1794), icbm=1786)()
    us, ussr = found.side("north"), found.side("south")
    assert (us.least.best, ussr.least.best) == (125, 430)
    assert us.percent == pytest.approx(7.00, abs=0.005)
    assert ussr.percent == pytest.approx(23.97, abs=0.005)
    ratio = found.ratios[0]
    assert (ratio.before, ratio.after) == (
        pytest.approx(0.9955, abs=5e-5),
        pytest.approx(1.2177, abs=5e-5),
    )


def test_one_launcher_counts_under_several_limits(small: Any) -> None:
    """The excesses of nested limits are not added: what goes under one helps under the other."""
    provisions = """
    - {ceiling: all, on: vehicles, at_most: 100, source: made-up}
    - {sublimit: some, on: icbm, at_most: 40, within: all, source: made-up}
    - {sublimit: few, on: heavies, at_most: 5, within: some, source: made-up}
    """
    found = reduced(small, provisions, icbm=50, heavy=20, slbm=45, bomber=5)().side("north")
    assert found.least.best == 30  # icbm and heavy are 30 over; all is 20 over; heavy 15
    assert {d.limit.name: d.cut for d in found.demands} == {
        "all": (30, 30),
        "some": (30, 30),
        "few": (15, 20),
    }
    assert [(f.system, f.number, [r.name for r in f.limits]) for f in found.forced] == [
        ("icbm", 10, ["some"]),
        ("heavy", 15, ["few"]),
    ]
    assert [(o.least, o.most, [c.system for c in o.choices]) for o in found.open] == [
        (10, 15, ["icbm"]),
        (15, 20, ["heavy"]),
    ]
    assert {d.limit.name: d.worth for d in found.demands} == {"all": 0, "some": 1, "few": 0}


def test_nothing_to_dismantle(small: Any) -> None:
    """Within every limit, nothing goes; has and left are what all limits on numbers count."""
    found = reduced(
        small, "- {ceiling: all, on: vehicles, at_most: 100, source: made-up}", icbm=50
    )()
    side = found.side("north")
    assert (side.least.best, side.percent, side.left, side.demands) == (0, 0, 50, ())
    assert found.share(side) is None
    assert "all limits on numbers: none asks for a cut" in str(found)


def test_no_limit_that_could_be_computed(small: Any) -> None:
    """A least of nothing is not said where no limit was looked at."""
    found = reduced(
        small,
        "- {ceiling: made, on: icbm, quantity: produced, at_most: 3, source: made-up}",
        icbm=9,
    )()
    side = found.side("north")
    assert (side.computed, side.least.best, side.clashes, found.total) == (False, None, (), None)
    assert found.as_data()["parties"]["north"]["least"] is None
    assert "not computed" in str(found)
    nobody = reduced(small, "- {principle: peace, rule: Peace, source: made-up}", icbm=9)()
    assert nobody.sides == ()
    assert "binds a side whose forces are known" in str(nobody)


# --- forms of limits ------------------------------------------------------------------------------
def test_a_ban_and_a_freeze_that_are_broken(small: Any) -> None:
    """All of what is banned goes; what is frozen goes back; each names its limit and source."""
    provisions = """
    - {ban: no-heavy, on: heavies, source: made-up 7}
    - {freeze: slbms, on: slbm, at_most: 30, source: made-up 8}
    """
    found = reduced(small, provisions, heavy=12, slbm=33, icbm=5)()
    assert found.as_data()["parties"]["north"]["forced"] == {"heavy": 12, "slbm": 3}
    reasons = found.as_data()["parties"]["north"]["reasons"]
    assert [x["sources"] for x in reasons["heavy"]["limits"]] == [["made-up 7"]]
    assert [x["sources"] for x in reasons["slbm"]["limits"]] == [["made-up 8"]]


def test_an_average_is_kept_by_what_is_carried(small: Any) -> None:
    """Over the average, missiles go; under a lower ceiling on bombers, missiles go with them."""
    average = "- {average: load, of: alcm, per_each: bomber, at_most: 10, source: made-up}\n"
    side = reduced(small, average, bomber=5, alcm=53)().side("north")
    assert [(f.system, f.number) for f in side.forced] == [("alcm", 3)]
    both = average + "- {ceiling: bombers, on: bomber, at_most: 3, source: made-up}"
    side = reduced(small, both, bomber=5, alcm=45)().side("north")
    assert side.least.best == 17
    assert [(f.system, f.number, [r.name for r in f.limits]) for f in side.forced] == [
        ("bomber", 2, ["bombers"]),
        ("alcm", 15, ["load", "bombers"]),
    ]


def test_a_floor_that_is_out_of_reach(small: Any) -> None:
    """Nothing is built meanwhile: the clash names both limits, and how far each would have to move."""
    provisions = """
    - {floor: enough, on: icbm, at_least: 40, source: made-up 1}
    - {ceiling: all, on: vehicles, at_most: 30, source: made-up 2}
    - {ceiling: slbms, on: slbm, at_most: 10, source: made-up 3}
    """
    found = reduced(small, provisions, lines(theirs=45), icbm=50, slbm=20)()
    side = found.side("north")
    assert (side.least.best, side.left, found.total, found.share(side)) == (None, None, None, None)
    assert [[(r.name, move) for r, move in c.parts] for c in side.clashes] == [
        [("enough", 10), ("all", 10)]
    ]
    data = json.loads(found.to_json())["parties"]["north"]
    assert (data["least"], data["forced"], data["free"]) == (None, {}, [])
    assert [(x["limit"], x["move"], x["sources"]) for x in data["clashes"][0]] == [
        ("enough", 10, ["made-up 1"]),
        ("all", 10, ["made-up 2"]),
    ]
    page = str(found)
    assert "cannot be kept together" in page
    assert "would have to be 10 lower" in page
    assert "would have to be 10 higher" in page
    floor = "- {floor: enough, on: icbm, at_least: 40, source: made-up}"
    alone = reduced(small, floor, icbm=33)().side("north")
    assert [[(r.name, move) for r, move in c.parts] for c in alone.clashes] == [[("enough", 7)]]


def test_of_a_menu_the_cheaper_way(small: Any) -> None:
    """A side picks the alternative that costs it less."""
    provisions = """
    - {ceiling: few-bombers, on: bomber, at_most: 2, source: made-up}
    - {ceiling: few-icbms, on: icbm, at_most: 40, source: made-up}
    - menu: either
      options: {bombers: [few-bombers], icbms: [few-icbms]}
      source: made-up
    """
    found = reduced(small, provisions, bomber=10, icbm=45)().side("north")
    assert [(f.system, f.number) for f in found.forced] == [("icbm", 5)]
    assert {d.limit.name: d.after for d in found.demands} == {
        "few-bombers": (10, 10),
        "few-icbms": (40, 40),
    }


def test_fewer_types(small: Any) -> None:
    """To hold one type fewer, the type of which there are fewest goes as a whole."""
    provision = "- {type-limit: types, on: vehicles, at_most: 2, source: made-up}"
    found = reduced(small, provision, icbm=9, heavy=4, slbm=30)().side("north")
    assert [(f.system, f.number) for f in found.forced] == [("heavy", 4)]


def test_an_exception_of_so_many(small: Any) -> None:
    """What an exception lets off need not go."""
    provisions = """
    - {ceiling: all, on: vehicles, at_most: 10, source: made-up}
    - {exception: some, of: all, where: type = slbm, up_to: 4, source: made-up}
    """
    found = reduced(small, provisions, icbm=8, slbm=10)().side("north")
    assert found.least.best == 4
    assert [(f.system, f.number) for f in found.forced] == []


# --- what is not certain --------------------------------------------------------------------------
def test_the_least_at_low_and_high_figures(small: Any) -> None:
    """Numbers that are ranges, doubtful members, and rival limits all widen the least."""
    limit = "- {ceiling: all, on: vehicles, at_most: 40, source: made-up}"
    wide = {"icbm": "{low: 38, best: 45, high: 60}"}
    least = reduced(small, limit, **wide)().side("north").least
    assert (least.low, least.best, least.high, least.certain) == (0, 5, 20, False)
    doubtful = reduced(small, limit, icbm=45, unsure=7)().side("north")
    assert (doubtful.least.low, doubtful.least.best, doubtful.least.high) == (5, 5, 12)
    assert {f.system for f in doubtful.forced} == {"icbm"}
    rivals = """
    - ceiling: all
      on: vehicles
      at_most: {claims: [{by: north, value: 43}, {by: south, value: 41}, {by: others, value: 44}]}
      source: made-up
    """
    least = reduced(small, rivals, icbm=45)().side("north").least
    assert (least.low, least.best, least.high) == (1, 2, 4)


def test_a_range_that_the_text_leaves(small: Any) -> None:
    """The upper end binds; the least at the lower end stands beside it."""
    limit = "- {ceiling: all, on: vehicles, at_most: {low: 30, high: 40}, source: made-up}"
    found = reduced(small, limit, icbm=45)()
    least = found.side("north").least
    assert (least.best, least.lower_end, least.ranged) == (5, 15, True)
    assert "5 to 15" in str(found)
    assert found.as_data()["parties"]["north"]["least_at_lower_end"] == 15


def test_a_declared_total_that_governs(small: Any) -> None:
    """Where by type there are more than declared, the cut is from the declared figure."""
    held = """
  north:
    party: north
    date: 2000-01-01
    basis: declared
    title: What north holds
    holdings:
      - {system: icbm, number: 57, source: made-up}
      - {system: slbm, number: 10, source: made-up}
    published:
      - {id: icbms, figure: 56, where: kind = ICBM, declared: true, source: made-up}
"""
    limit = "- {ceiling: all, on: vehicles, at_most: 60, source: made-up}"
    case = small(systems=ARMS, inventories=held, provisions=CATEGORIES + dedent(limit)).case
    side = detente.reduce(case, "treaty", "2000-01-01").side("north")
    assert (side.held.value.best, side.least.best, side.left) == (66, 6, 60)


def test_inventories_that_do_not_tell_all(small: Any) -> None:
    """A limit already broken by what is told asks at least for that; another is left out."""
    held = """
  north:
    party: north
    date: 2000-01-01
    basis: declared
    title: What north holds
    leaves_out: kind = heavy-bomber
    holdings:
      - {system: icbm, number: 50, source: made-up}
"""
    provisions = """
    - {ceiling: all, on: vehicles, at_most: 40, source: made-up}
    - {ceiling: bombers, on: bomber, at_most: 3, source: made-up}
    """
    case = small(systems=ARMS, inventories=held, provisions=CATEGORIES + dedent(provisions)).case
    found = detente.reduce(case, "treaty", "2000-01-01")
    side = found.side("north")
    assert side.least.best == 10
    assert [(r.limit, why) for r, why in side.partial] == [
        ("all", "north leaves out weapons that this limit counts")
    ]
    assert [x.row.limit for x in side.left_out] == ["bombers"]
    assert "at least so many" in str(found)


def test_held_against_what_was_held(small: Any) -> None:
    """A freeze at the numbers of a date: of another inventory, or of the very one that is counted."""
    inventories = "".join(
        f"""
  north-{year}:
    party: north
    date: {year}-01-01
    basis: declared
    title: What north held in {year}
    holdings:
      - {{system: icbm, number: {number}, source: made-up}}
"""
        for year, number in (
            (1990, "{low: 39, best: 40, high: 42}"),
            (2000, "{low: 44, best: 45, high: 49}"),
        )
    )
    limit = "- {freeze: frozen, on: icbm, at_most: {as_of: 1990-06-01}, source: made-up}"
    case = small(systems=ARMS, inventories=inventories, provisions=CATEGORIES + dedent(limit)).case
    least = detente.reduce(case, "treaty", "2000-01-01").side("north").least
    assert (least.low, least.best, least.high) == (2, 5, 10)
    least = detente.reduce(case, "treaty", "1990-06-01").side("north").least
    assert (least.low, least.best, least.high) == (0, 0, 0)


def test_an_average_held_against_itself(small: Any) -> None:
    """A share frozen at that of the same inventory is kept, and one above it broken, by share."""
    limit = "- {ratio: share, of: heavies, per_each: icbm, at_most: {as_of: 2000-01-01}, source: made-up}"
    found = reduced(small, limit, icbm=30, heavy=10)().side("north")
    assert (found.least.best, found.least.high) == (0, 0)


# --- groups ---------------------------------------------------------------------------------------
def test_parties_counted_together(small: Any) -> None:
    """One limit on a group: one least for it, with what each member must and may give."""
    provisions = """
    - {ceiling: all, on: vehicles, to: both, at_most: 50, source: made-up}
    - {ceiling: own, on: vehicles, to: south, at_most: 28, source: made-up}
    """
    case = small(
        case="groups: {both: [north, south]}\n" + "parties: {north: {title: N}, south: {title: S}}\n",
        systems=ARMS, north=lines(icbm=30), south=lines(theirs=30), provisions=CATEGORIES + dedent(provisions),
    ).case  # fmt: skip
    found = detente.reduce(case, "treaty", "2000-01-01")
    assert [s.party for s in found.sides] == ["both"]
    side = found.side("both")
    assert side.least.best == 10
    assert dict(side.members) == {"north": (0, 8), "south": (2, 10)}
    assert [(f.system, f.number, [r.name for r in f.limits]) for f in side.forced] == [
        ("theirs", 2, ["own"])
    ]
    assert "both, counted together: north 0–8, south 2–10" in str(found)


# --- by another measure ---------------------------------------------------------------------------
def test_least_throw_weight(small: Any) -> None:
    """By an attribute: the lightest go; what nobody can weigh stays where anything else will do."""
    limit = "- {ceiling: all, on: vehicles, at_most: 60, source: made-up}"
    run = reduced(small, limit, icbm=30, heavy=20, slbm=15, bomber=5)
    for by in ("throw_weight_kg", "throw-weight"):
        side = run(by=by).side("north")
        assert (side.least.best, side.elements, side.not_measured) == (9000, 10, 0)
        assert [(f.system, f.number, f.least) for f in side.forced] == [("icbm", 10, True)]
        assert (side.held.value.best, side.held.measured, side.held.units) == (183500, 65, 70)
    run = reduced(small, limit, bomber=64, icbm=2)
    side = run(by="throw_weight_kg").side("north")
    assert (side.least.best, side.elements, side.not_measured) == (1800, 6, 4)
    page = str(run(by="throw_weight_kg"))
    assert "Nobody gives the figures to weigh: Northland 64 of 66." in page
    assert "of them not measured" in page


def test_what_cannot_be_asked(small: Any) -> None:
    """Unknown measures, parties, rates and names are refused with the nearest valid one."""
    run = reduced(small, "- {ceiling: all, on: vehicles, at_most: 60, source: made-up}", icbm=70)
    for asked, message, hint in (
        ({"by": "throw-wait"}, "no measure or number of that name", "throw"),
        ({"by": "kind"}, "no measure or number of that name", ""),
        ({"rate": {"icmb": 3}}, "no party or system of that name", "icbm"),
        ({"rate": -1}, "so many a year cannot be", ""),
        ({"party": "nroth"}, "unknown party", "north"),
        ({"start": "eif"}, "a calendar date is needed", ""),
    ):
        with pytest.raises(Refused) as refused:
            run(**asked)
        problem = refused.value.problems[0]
        assert message in problem.message
        assert hint in problem.hint


# --- over time ------------------------------------------------------------------------------------
STEPS = """
- ceiling: all
  on: vehicles
  at_most:
    - {value: 60, to: 2001-12-31}
    - {value: 50, from: 2002-01-01, deadline: 2002-12-31}
    - {value: 40, from: 2004-01-01}
  source: made-up
- {ceiling: few-heavies, on: heavies, at_most: 5, valid: {from: 2000-07-01}, source: made-up}
"""


def test_each_step_and_each_deadline(small: Any) -> None:
    """What must have gone by when: every step of the schedule, limits of other dates apart."""
    side = reduced(small, STEPS, icbm=55, heavy=15)(at="2002-06-01").side("north")
    assert side.least.best == 20
    assert [
        (str(g.at), str(g.due), g.least.best, [r.name for r in g.limits]) for g in side.stages
    ] == [
        ("2000-07-01", "None", 10, ["all"]),
        ("2000-07-01", "2000-07-01", 10, ["all", "few-heavies"]),
        ("2002-06-01", "2000-07-01", 10, ["few-heavies"]),
        ("2002-06-01", "2002-12-31", 20, ["all", "few-heavies"]),
        ("2004-01-01", "2000-07-01", 10, ["few-heavies"]),
        ("2004-01-01", "2004-01-01", 30, ["all", "few-heavies"]),
    ]
    assert side.stages[3].needed == pytest.approx(20 / 1095 * 365.25)
    assert side.stages[0].years is None


def test_at_a_rate(small: Any) -> None:
    """By when it can be done: the quickest least cut at the rates, in time or too late."""
    run = reduced(small, STEPS, icbm=55, heavy=15)
    last = run(at="2004-01-01", rate=10).side("north").stages[-1]
    assert (last.years, str(last.done), last.in_time) == (3.0, "2003-01-01", True)
    slow = run(at="2004-01-01", rate={"north": 10, "heavy": 2}).side("north").stages[-1]
    assert (slow.years, str(slow.done), slow.in_time) == (5.0, "2005-01-01", False)
    later = run(at="2004-01-01", rate=10, start="2003-01-01").side("north").stages[-1]
    assert (str(later.done), later.in_time) == ("2006-01-01", False)
    plain, rated = (run(at="2004-01-01", rate=r).side("north") for r in (None, {"heavy": 1}))
    assert rated.open == plain.open  # rates part no groups
    assert [f.number for f in rated.forced] == [f.number for f in plain.forced]
    never = run(at="2004-01-01", rate={"heavy": 0}).side("north").stages[-1]
    assert (never.done, never.in_time) == (None, False)
    assert never.years == float("inf")
    page = str(run(at="2004-01-01", rate={"heavy": 0}))
    assert "never" in page
    data = run(at="2004-01-01", rate=10).as_data()
    assert data["rates"] == {"north": 10}
    assert data["parties"]["north"]["schedule"][-1]["in_time"] is True
