"""At the ceilings and at best: brute force over small forces, and published optima."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.analyses.balance import Weighed
from detente.model.case import Case

few = settings(max_examples=25, deadline=None, derandomize=True)
SYSTEMS = """
a: {name: A, party: north, class: {kind: missile, mirved: true}, facts: [{source: made-up, warheads: 5}]}
b: {name: B, party: north, class: {kind: missile, mirved: false}, facts: [{source: made-up, warheads: 1}]}
c: {name: C, party: north, class: {kind: bomber, mirved: false}, facts: [{source: made-up, warheads: 3}]}
s: {name: S, party: south, class: {kind: missile, mirved: true}, facts: [{source: made-up, warheads: 2}]}
"""
TREATY = """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
source: made-up
provisions:
  - {category: all, where: 'kind in {missile, bomber}', source: made-up}
  - {category: mirved-missile, where: kind = missile and mirved, source: made-up}
  - {counting-rule: weighted, adds: {mirved-missile: 2, bomber: 3}, source: made-up}
  - {category: bomber, where: kind = bomber, source: made-up}
  - {ceiling: aggregate, on: all, at_most: 9, source: made-up}
  - {sublimit: mirv, on: mirved-missile, at_most: 4, within: aggregate, source: made-up}
  - {ceiling: load, on: weighted, at_most: 11, source: made-up}
"""
WORTH = {"a": 5, "b": 1, "c": 3}


def north(case: Case, measure: str = "warheads", text: str = "treaty") -> Weighed:
    """The north by one measure."""
    found = detente.balance(case, text, "2000-01-01", measure=measure)
    return found.lenses[0].measures[0].sides[0]


def permitted(a: int, b: int, c: int) -> bool:
    """The treaty, by hand."""
    return a + b + c <= 9 and a <= 4 and 2 * a + 3 * c <= 11


def most(limits: Mapping[str, int]) -> int:
    """The most warheads that is permitted, none of a type more than its limit."""
    ranges = [range(limits[k] + 1) for k in "abc"]
    points = [p for p in itertools.product(*ranges) if permitted(*p)]
    return max(sum(WORTH[k] * n for k, n in zip("abc", p, strict=True)) for p in points)


@pytest.fixture(scope="module")
def treaty(built: Callable[..., Case], held: Callable[..., str]) -> Case:
    """The treaty and one of each type."""
    inventories = held("n", "north", {"a": 1, "b": 1, "c": 1}) + held("so", "south", {"s": 1})
    return built(systems=SYSTEMS, inventories=inventories, texts=TREATY)


@few
@given(st.fixed_dictionaries({k: st.integers(0, 8) for k in "abc"}))
def test_at_the_ceilings(
    treaty: Case, renumbered: Callable[..., Case], forces: dict[str, int]
) -> None:
    """What is kept is the most that any part of the present forces may come to."""
    found = north(renumbered(treaty, forces))
    assert found.ceilings is not None
    assert found.ceilings.value.best == most(forces)
    assert found.ceilings.value.best <= found.now.value.best


def test_at_best(treaty: Case) -> None:
    """Any number of the types held: as many as the limits themselves allow."""
    found = north(treaty)
    assert found.best is not None
    assert found.best.value.best == most({"a": 9, "b": 9, "c": 9})


def test_each_end_comes_down_by_itself(treaty: Case, renumbered: Callable[..., Case]) -> None:
    """The low figures lie within the limits and stay; the high ones come down to them."""
    from detente.model.amounts import Amount

    case = renumbered(treaty, {"a": 0, "b": Amount(6, 9, 20), "c": 0})
    found = north(case, "vehicles")
    assert found.ceilings is not None
    assert (found.now.value.low, found.now.value.high) == (6, 20)
    assert (found.ceilings.value.low, found.ceilings.value.best, found.ceilings.value.high) == (
        6,
        9,
        9,
    )


def test_without_end(made: Callable[..., Case], held: Callable[..., str]) -> None:
    """A type that no limit bounds has no end and is named; limits that say nothing here are too."""
    text = """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
source: made-up
provisions:
  - {category: light, where: kind = missile, source: made-up}
  - {category: any, where: 'kind in {missile, bomber}', source: made-up}
  - {counting-rule: net, adds: {any: 1}, source: made-up}
  - {counting-rule: heavy, adds: {light: 1}, source: made-up}
  - {ceiling: missiles, on: heavy, at_most: 10, source: made-up}
  - {ceiling: each, on: net, at_most: 5, each: place, source: made-up}
"""
    case = made(
        systems=SYSTEMS,
        texts=text,
        inventories=held("n", "north", {"a": 1, "c": 1}) + held("so", "south", {"s": 1}),
    )
    found = detente.balance(case, "treaty", "2000-01-01", measure="warheads")
    mine = found.lenses[0].measures[0].sides[0]
    assert mine.best is not None
    assert math.isinf(mine.best.value.best)
    assert mine.free == ("c",)
    assert {(when, x.row.limit) for when, x in found.left_out} == {
        ("ceilings", "each"),
        ("best", "each"),
    }
    assert (
        found.as_data()["lenses"]["text"]["measures"]["warheads"]["sides"]["north"]["best"]["best"]
        is None
    )


# --- published and constructed optima --------------------------------------------------------------
START = """
text: start
title: Counting rules of START
date: 1991-07-31
parties: [north, south]
counts: declared
source: made-up
provisions:
  - {category: missile, where: kind = missile, source: made-up}
  - {category: bomber, where: kind = bomber, source: made-up}
  - {category: alcm-bomber, where: kind = plane, source: made-up}
  - counting-rule: warheads
    adds:
      missile: warheads
      bomber: 1
      alcm-bomber: {first: 150, weight: 10, then: warheads}
    source: made-up
  - {ceiling: accountable, on: warheads, at_most: 6000, source: made-up}
"""


def start(other: int) -> str:
    """Missiles of eight, 150 bombers with 20 cruise missiles, others with 16."""
    return f"""
missiles: {{name: M, party: north, class: {{kind: missile}}, facts: [{{source: made-up, warheads: 8}}]}}
alcm: {{name: A, party: north, class: {{kind: plane}}, facts: [{{source: made-up, warheads: 20}}]}}
other: {{name: O, party: north, class: {{kind: bomber}}, facts: [{{source: made-up, warheads: {other}}}]}}
s: {{name: S, party: south, class: {{kind: missile}}, facts: [{{source: made-up, warheads: 8}}]}}
"""


@pytest.mark.parametrize(("bombers", "expected"), [(100, 9000), (0, 7500)])
def test_most_actual_warheads_under_start(
    made: Callable[..., Case], held: Callable[..., str], bombers: int, expected: int
) -> None:
    """6,000 accountable: 150 bombers of 20 that count ten, others of 16 that count one."""
    lines = {"missiles": 2000, "alcm": 150, "other": bombers}
    case = made(
        systems=start(16),
        texts=START,
        inventories=held("n", "north", lines) + held("so", "south", {"s": 1}),
    )
    found = north(case, text="start")
    assert found.ceilings is not None
    # missiles come in eights: of 6,000 less 1,500 and 100 what is left is cut to whole missiles
    assert expected - 8 < found.ceilings.value.best <= expected


def test_most_actual_warheads_under_new_start(
    made: Callable[..., Case], held: Callable[..., str]
) -> None:
    """1,550 accountable, 48 bombers of 20 that count one each: 2,462."""
    text = START.replace("at_most: 6000", "at_most: 1550").replace(
        "missile: warheads", "missile: 1"
    )
    systems = start(20).replace("warheads: 8", "warheads: 1")
    case = made(
        systems=systems,
        texts=text,
        inventories=held("n", "north", {"missiles": 5000, "other": 48})
        + held("so", "south", {"s": 1}),
    )
    found = north(case, text="start")
    assert found.ceilings is not None
    assert found.ceilings.value.best == 2462


def test_best_mix_under_salt_ii(made: Callable[..., Case], held: Callable[..., str]) -> None:
    """2,250 / 1,320 / 1,200 / 820 with 28, 14, 10, 4 and 1 weapons each: 39,090, all in bombers."""
    case = made(
        attributes="""
attributes:
  kind: {type: choice, choices: [icbm, slbm, alcm, other, single]}
  warheads: {type: number}
""",
        systems="""
        icbm: {name: I, party: north, class: {kind: icbm}, facts: [{source: made-up, warheads: 10}]}
        slbm: {name: S, party: north, class: {kind: slbm}, facts: [{source: made-up, warheads: 14}]}
        alcm: {name: A, party: north, class: {kind: alcm}, facts: [{source: made-up, warheads: 28}]}
        other: {name: O, party: north, class: {kind: other}, facts: [{source: made-up, warheads: 4}]}
        single: {name: N, party: north, class: {kind: single}, facts: [{source: made-up, warheads: 1}]}
        s: {name: T, party: south, class: {kind: single}, facts: [{source: made-up, warheads: 1}]}
        """,
        texts="""
text: salt
title: Limits of SALT II
date: 1979-06-18
parties: [north, south]
counts: declared
source: made-up
provisions:
  - {category: all, where: 'kind in {icbm, slbm, alcm, other, single}', source: made-up}
  - {category: mirv-and-alcm, where: 'kind in {icbm, slbm, alcm}', source: made-up}
  - {category: mirv, where: 'kind in {icbm, slbm}', source: made-up}
  - {category: mirv-icbm, where: kind = icbm, source: made-up}
  - {ceiling: aggregate, on: all, at_most: 2250, source: made-up}
  - {sublimit: first, on: mirv-and-alcm, at_most: 1320, within: aggregate, source: made-up}
  - {sublimit: second, on: mirv, at_most: 1200, within: first, source: made-up}
  - {sublimit: third, on: mirv-icbm, at_most: 820, within: second, source: made-up}
""",
        inventories=held(
            "n", "north", {"icbm": 5000, "slbm": 500, "alcm": 5000, "other": 400, "single": 5000}
        )
        + held("so", "south", {"s": 1}),
    )
    found = north(case, text="salt")
    assert found.ceilings is not None
    assert found.ceilings.value.best == 39090
