"""The region says what the count says: a force lies in it exactly when no limit is broken."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.analyses.forces import choose_forces
from detente.compile.compiler import compile_text
from detente.compile.region import Figures, Region, Tie, region_of
from detente.compile.solver import Solver
from detente.model.amounts import Amount

few = settings(max_examples=60, deadline=None, derandomize=True)
DAY = date(2000, 1, 1)
PARTIES = ("north", "south", "both")
TEXTS = ("linear", "all-forms", "whole-numbers")

MORE = """
text: whole-numbers
title: Rules that need whole numbers
date: 1990-01-01
based_on: linear
provisions:
  - {ceiling: fewer, on: {missile: 3, bomber: 2}, at_most: {fewer_than: 50}, source: made-up}
  - counting-rule: loads
    adds: {bomber: {first: 4, weight: 10, then: warheads, order: [d, h]}, missile: 1}
    source: made-up
  - {ceiling: first-and-rest, on: loads, at_most: 90, source: made-up}
  - {type-limit: types-of-missile, on: missile, at_most: 2, source: made-up}
  - {ceiling: on-either, on: missile, at_most: 30, source: made-up}
  - {exception: some-b, of: on-either, where: type = b, up_to: 8, source: made-up}
  - {exception: some-hills, of: on-either, where: zone = hills, up_to: 5, source: made-up}
  - {ceiling: fewer-missiles, on: missile, at_most: 20, source: made-up}
  - {ceiling: fewer-bombers, on: bomber, at_most: 2, source: made-up}
  - {floor: enough-mirvs, on: mirv, at_least: 5, source: made-up}
  - menu: choice
    options: {missiles: [fewer-missiles], rest: [fewer-bombers, enough-mirvs]}
    source: made-up
"""


@pytest.fixture(scope="module")
def case(algebra: Any) -> Any:
    """The case of random forces with one text more."""
    files = {**algebra.files, "texts/more.yaml": MORE}
    return detente.load(algebra.write(algebra.folder("region"), files))


@st.composite
def forces(draw: st.DrawFn, most: int = 12) -> dict[str, list[tuple[str, Amount, str]]]:
    """Lines of an inventory by party; some numbers are ranges."""
    found: dict[str, list[tuple[str, Amount, str]]] = {}
    for party, systems in (("north", "a a1 b c d"), ("south", "e f g h")):
        found[party] = []
        for _ in range(draw(st.integers(0, 5))):
            low, more, further = (draw(st.integers(0, most)) for _ in range(3))
            spread = Amount(low, low + more // 3, low + more // 3 + further // 3)
            system = draw(st.sampled_from(systems.split()))
            found[party].append((system, spread, draw(st.sampled_from(["", "land", "hills"]))))
    return found


def region(case: Any, held: Any, text: str, party: str, **more: Any) -> Region:
    """The region of one party for these forces."""
    chosen = choose_forces(held, case.texts[text], "2000-01-01")
    compiled = compile_text(case, case.texts[text], None, DAY)
    return region_of(compiled, chosen.forces, party, DAY, **more)


def holds(found: Region, numbers: np.ndarray) -> bool:
    """Whether a force lies in the region."""
    return found.solver(numbers, numbers).solve().found


def breaks(x: Any, figures: Figures) -> bool:
    """Whether one limit is broken by one kind of figures; with an allowance, the best are asked for."""
    if x.at_most is None:
        return False
    figure = getattr(x.counted, "best" if x.row.allowance else figures)
    if x.row.relation == "at least":
        return bool(figure < x.at_most)
    return bool(figure >= x.at_most if x.row.relation == "fewer than" else figure > x.at_most)


def broken(case: Any, held: Any, text: str, party: str, figures: Figures, left: set[str]) -> bool:
    """Whether the count finds a limit broken, or every alternative of the menu."""
    result = detente.count(held, case.texts[text], "2000-01-01", at=DAY)
    options: dict[str, list[bool]] = {}
    for x in result.limits:
        if x.party != party or x.limit in left or x.limit == "choice":
            continue
        bad = breaks(x, figures)
        if x.row.menu:
            options.setdefault(x.row.alternative, []).append(bad)
        elif bad:
            return True
    return bool(options) and all(any(o) for o in options.values())


def exact(amounts: Any) -> Any:
    """The forces with their best numbers alone."""
    return {
        p: [(s, Amount(n.best, n.best, n.best), z) for s, n, z in lines]
        for p, lines in amounts.items()
    }


@few
@given(forces(), st.sampled_from(TEXTS))
def test_the_region_is_what_the_count_permits(
    case: Any, algebra: Any, lines: Any, text: str
) -> None:
    """At the best figures, whatever the rules: sums, types, exceptions, first and rest, menus."""
    held = algebra.with_forces(case, lines)
    for party in PARTIES:
        found = region(case, held, text, party)
        assert not found.left_out or {x.row.limit for x in found.left_out} == {"each-zone"}
        left = {x.row.limit for x in found.left_out}
        assert holds(found, found.now) != broken(case, held, text, party, "best", left)


@few
@given(forces(), st.lists(st.integers(0, 12), min_size=10, max_size=10), st.sampled_from(TEXTS))
def test_also_of_forces_that_are_not_held(
    case: Any, algebra: Any, lines: Any, cuts: Any, text: str
) -> None:
    """A region made from larger forces says of smaller ones what the count of those says."""
    larger = exact(lines)
    left = iter(cuts)
    fewer = {
        p: [(s, Amount(*([max(n.best - next(left), 0)] * 3)), z) for s, n, z in found]
        for p, found in larger.items()
    }
    numbers = np.array([float(n.best) for found in fewer.values() for _, n, _ in found])
    held = algebra.with_forces(case, fewer)
    for party in PARTIES:
        found = region(case, algebra.with_forces(case, larger), text, party)
        gone = {x.row.limit for x in found.left_out}
        mine = numbers[list(found.index)]
        assert holds(found, mine) != broken(case, held, text, party, "best", gone)


@few
@given(forces(), st.sampled_from(["low", "high"]))
def test_at_the_ends_of_ranges(case: Any, algebra: Any, lines: Any, figures: Figures) -> None:
    """The lowest and highest figures: numbers, weights and memberships together."""
    held = algebra.with_forces(case, lines)
    for party in PARTIES:
        found = region(
            case, held, "linear", party, figures=figures,
            skip=lambda row: "has an allowance" if row.allowance else "",
        )  # fmt: skip
        left = {x.row.limit for x in found.left_out}
        assert holds(found, found.now) != broken(case, held, "linear", party, figures, left)


@few
@given(forces())
def test_choosing_of_a_menu_is_one_of_its_ways(case: Any, algebra: Any, lines: Any) -> None:
    """What one alternative permits the menu permits; what none permits it does not."""
    held = algebra.with_forces(case, lines)
    for party in ("north", "south"):
        whole = region(case, held, "whole-numbers", party)
        ways = [
            region(case, held, "whole-numbers", party, choices={"choice": option})
            for option in ("missiles", "rest")
        ]
        assert holds(whole, whole.now) == any(holds(w, w.now) for w in ways)


def test_ties_and_parties_together(case: Any, algebra: Any) -> None:
    """A physical row binds load to carriers; limits of a group and of its members hold at once."""
    some = Amount(20, 20, 20)
    lines = {"north": [("b", some, ""), ("d", some, "")], "south": [("f", some, "")]}
    held = algebra.with_forces(case, lines)
    tied = region(case, held, "linear", "north", ties=[Tie((0,), ((1, 1.5),), "a rack")])
    assert [r.why for r in tied.rows if r.row is None] == ["a rack"]
    assert tied.rows[-1].weights @ np.array([3.0, 2.0]) == 0
    joint = region(case, held, "linear", "both", also=("north", "south"))
    assert {r.row.party for r in joint.limits if r.row} == {"north", "south", "both"}
    assert joint.n == 3


def test_what_cannot_be_said_is_named(case: Any, algebra: Any) -> None:
    """Skipped limits, other quantities, and types that nobody knows the number of."""
    held = algebra.with_forces(
        case, {"north": [("b", Amount(1, 2, 3), "")], "south": [("h", Amount(4, 4, 4), "")]}
    )
    why = {x.row.limit: x.why for x in region(case, held, "all-forms", "north").left_out}
    assert why == {"each-zone": "the inventory does not say at which zone"}
    why = {
        x.row.limit: x.why
        for x in region(case, held, "all-forms", "south", figures="high").left_out
    }
    assert why["types"] == "nobody knows of how many types they are: h"
    skipped = region(
        case, held, "linear", "north", skip=lambda r: "asked" if r.limit == "swap" else ""
    )
    assert [(x.row.limit, x.why) for x in skipped.left_out] == [("swap", "asked")]
    none = region(case, held, "linear", "north", resolve=lambda row, dated, site: None)
    assert not none.limits
    assert {x.why for x in none.left_out} == {
        "its bound is taken from an inventory that the case does not hold"
    }


def test_relaxed_elements_may_be_split(case: Any, algebra: Any) -> None:
    """Whole or not, as asked; helpers that choose come whole in either."""
    held = algebra.with_forces(case, {"north": [("d", Amount(9, 9, 9), "")], "south": []})
    found = region(case, held, "whole-numbers", "north")
    split: Solver = found.solver(whole=False)
    assert split.whole is not None
    assert not split.whole[: found.n].any()
    assert found.linear is False
