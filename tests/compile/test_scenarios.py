"""Scenarios: each is counted as `count` counts it, sums hold, chances are what enumeration gives."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_algebra import forces

import detente
from detente.analyses.chances import Share
from detente.analyses.count import _verdict
from detente.analyses.scenarios import sampling_of
from detente.compile.counts import Forces, Spread
from detente.compile.distributions import DISTRIBUTIONS, Distribution, whole_numbers
from detente.compile.holdings import settle
from detente.compile.scenarios import Draws, Sampling, World, exact_cases
from detente.model.amounts import Amount
from detente.model.case import Case
from detente.model.problem import Refused

few = settings(max_examples=25, deadline=None, derandomize=True)
FOUNDING = Path(__file__).resolve().parents[2] / "cases" / "vladivostok-1977"
DAY = "2000-01-01"

# made-up forces with totals of all sorts, and rival claims
CASE = {
    "case.yaml": """
case: uncertain
title: Uncertain forces, made up
parties: {north: {title: Northland}, south: {title: Southland}}
views: {as-north: {claims: [north]}}
""",
    "sources/sources.yaml": "sources: {made-up: {title: Made up}}",
    "bases/bases.yaml": "bases: {declared: {counts: what is declared}}",
    "attributes/attributes.yaml": """
attributes:
  kind: {type: choice, choices: [ICBM, SLBM, bomber]}
  warheads: {type: number}
  long: {type: yes-no}
""",
    "systems/systems.yaml": """
systems:
  a: {name: A, party: north, class: {kind: ICBM, warheads: 3, long: true}}
  b: {name: B, party: north, class: {kind: ICBM, warheads: 1}}
  ab: {name: A or B, party: north, variant_of: [a, b], class: {kind: ICBM, warheads: 1, long: false}}
  c: {name: C, party: north, class: {kind: SLBM, warheads: {low: 4, high: 6}, long: true}}
  d: {name: D, party: north, class: {kind: bomber, warheads: 2, long: true}}
  e: {name: E, party: south, class: {kind: ICBM, warheads: 1, long: true}}
  f: {name: F, party: south, class: {kind: SLBM, long: true}}
""",
    "inventories/inventories.yaml": """
inventories:
  north:
    party: north
    date: 2000-01-01
    basis: declared
    title: North
    holdings:
      - {system: a, number: {low: 20, best: 30, high: 50}, source: made-up}
      - {system: b, number: {low: 5, best: 10, high: 12}, source: made-up}
      - {system: b, state: stored, closes_on: icbm, source: made-up}
      - {system: ab, number: {low: 0, best: 1, high: 3}, source: made-up}
      - {system: c, number: {low: 30, best: 30, high: 60}, source: made-up}
      - {system: c, state: test, number: 10, source: made-up}
      - {system: d, number: {low: 0, best: 4, high: 9}, source: made-up}
    published:
      - {id: icbm, figure: {low: 45, best: 70, high: 75}, where: kind = ICBM, source: made-up}
      - {id: bombers, figure: 3, declared: true, where: kind = bomber, source: made-up}
      - {id: slbm, figure: {low: 38, best: 40, high: 80}, spread: true, where: kind = SLBM, source: made-up}
      - id: all
        figure: {low: 90, best: 113, high: 150}
        spread: true
        where: 'kind in {ICBM, SLBM, bomber}'
        source: made-up
  north-before:
    party: north
    date: 1995-01-01
    basis: declared
    title: North before
    holdings:
      - {system: a, number: {low: 20, best: 25, high: 28}, source: made-up}
      - {system: c, number: {low: 30, best: 40, high: 55}, source: made-up}
  south:
    party: south
    date: 2000-01-01
    basis: declared
    title: South
    holdings:
      - system: e
        number: 40
        source: made-up
        claims:
          - {by: north, number: {low: 60, best: 70, high: 70}, source: made-up}
          - {by: south, number: 40, source: made-up}
      - system: f
        source: made-up
        claims: [{by: north, number: 30, source: made-up}, {by: south, number: 20, source: made-up}]
""",
    "texts/texts.yaml": """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
provisions:
  - {category: icbm, where: kind = ICBM, source: made-up}
  - {category: slbm, where: kind = SLBM, source: made-up}
  - {category: bomber, where: kind = bomber, source: made-up}
  - {category: long-icbm, where: kind = ICBM and long, source: made-up}
  - {counting-rule: vehicles, adds: {icbm: 1, slbm: 1, bomber: 1}, source: made-up}
  - {ceiling: aggregate, on: vehicles, at_most: {north: 118, south: 80}, source: made-up}
  - {ceiling: icbms, on: icbm, at_most: 70, source: made-up}
  - {ceiling: slbms, on: slbm, at_most: {claims: [{by: north, value: 45}, {by: south, value: 40}]}, source: made-up}
  - {ceiling: icbms-less, on: icbm, at_most: 30, source: made-up}
  - {exception: spare, of: icbms-less, where: 'type in {a, b}', up_to: 35, source: made-up}
  - {ceiling: first, on: {icbm: {first: 50, weight: 1, then: 3, order: [b, a]}}, at_most: 90, source: made-up}
  - {freeze: frozen, on: slbm, at_most: {as_of: 1995-01-01, plus_percent: 10}, to: [north], source: made-up}
  - {average: share, of: slbm, per_each: icbm, at_most: {as_of: 1995-01-01}, to: [north], source: made-up}
  - {average: itself, of: slbm, per_each: icbm, at_most: {as_of: 2000-01-01}, to: [north], source: made-up}
  - {offset: swap, of: slbm, above: 10, against: icbm, baseline: 90, source: made-up}
  - {ceiling: fewer-icbms, on: icbm, at_most: 65, source: made-up}
  - {ceiling: fewer-slbms, on: slbm, at_most: 45, source: made-up}
  - {menu: choice, options: {one: [fewer-icbms], other: [fewer-slbms]}, source: made-up}
  - {type-limit: kinds, on: icbm, at_most: 2, source: made-up}
  - {ceiling: wide, on: vehicles, at_most: 1000, source: made-up}
  - {ceiling: longs, on: long-icbm, at_most: 45, source: made-up}
  - {ceiling: load, on: {slbm: warheads}, at_most: 250, source: made-up}
  - {floor: some, on: bomber, at_least: 3, to: [north], source: made-up}
  - {ceiling: few, limit: few, on: bomber, at_most: {fewer_than: 7}, to: [north], source: made-up}
  - {average: ratio, of: slbm, per_each: icbm, at_most: 0.7, source: made-up}
---
text: tighter
title: Tighter
date: 1991-01-01
based_on: treaty
changes: [{provision: aggregate, at_most: {north: 112, south: 60}}]
""",
}


@pytest.fixture(scope="module")
def uncertain(algebra: Any) -> Case:
    """The case above."""
    return detente.load(algebra.write(algebra.folder("uncertain"), CASE))


def exactly(number: float, x: Any) -> str:
    """The verdict on one figure."""
    return _verdict(x.row, Spread(number, number, number), x.at_most)


def agree(case: Case, text: str, seed: int, distribution: Distribution, **asked: Any) -> int:
    """One scenario counted all at once, and as a case of its own by `count`: the same to the digit."""
    asked |= {"seed": seed, "distribution": distribution}
    found = detente.count_scenarios(case, text, DAY, 1, **asked)
    (exact,) = exact_cases(case, sampling_of(case, 1, **asked))
    by_count = {(x.limit, x.party, x.site): x for x in detente.count(exact, text, DAY).limits}
    compared = 0
    for c in found.chances:
        x = by_count[c.limit.limit, c.limit.party, c.limit.site]
        if c.not_computed:
            assert "not computed" in (x.verdict, c.limit.verdict)
            continue
        assert all(q == c.quantiles[0] for q in c.quantiles)
        (verdict,) = [v for v, s in c.verdicts.items() if s.count]
        if any(not k.weight.exact for k in x.count.contributions if k.sure):
            assert x.counted.low <= c.quantiles[0] <= x.counted.high
            continue
        if x.rivals:
            assert c.quantiles[0] == pytest.approx(x.counted.best)
            continue
        compared += 1
        assert c.quantiles[0] == pytest.approx(x.counted.best)
        assert verdict == exactly(x.counted.best, x)
        if x.limit in ("open-weight", "warheads", "load"):
            continue  # what is not known to count has a weight that is a range
        if c.if_counts and not x.row.allowance and x.limit != "choice":
            (verdict,) = [v for v, s in c.if_counts.items() if s.count]
            assert verdict == exactly(x.counted.high, x)
    return compared


# --- counted as count counts it -------------------------------------------------------------------
@few
@given(
    forces,
    st.sampled_from(["linear", "all-forms"]),
    st.integers(0, 50),
    st.sampled_from(DISTRIBUTIONS),
    st.booleans(),
)
def test_a_scenario_is_counted_as_a_force(
    algebra: Any, held: Any, text: str, seed: int, kind: Distribution, together: bool
) -> None:
    """Plain sums, types, sites, exceptions of so many, averages, offsets: as `count` has them."""
    case = algebra.with_forces(algebra.case, held)
    agree(case, text, seed, kind, together=together)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("text", ["treaty", "tighter"])
def test_a_scenario_with_totals_and_claims(uncertain: Case, text: str, seed: int) -> None:
    """Residuals, totals known as totals (one inside another), rival figures: as `count` has them."""
    assert agree(uncertain, text, seed, DISTRIBUTIONS[seed % 2], together=seed % 3 == 0) > 8


@pytest.mark.parametrize("text", ["salt-ii-1979", "vladivostok-1974", "interim-agreement-1972"])
def test_scenarios_of_the_founding_case(text: str) -> None:
    """The same on real inventories, their totals and bounds taken from other days' inventories."""
    case = detente.load(FOUNDING)
    for seed, day in enumerate(("1974-12-01", "1977-02-25")):
        found = detente.count_scenarios(case, text, day, 1, seed=seed)
        (exact,) = exact_cases(case, sampling_of(case, 1, seed))
        for c, x in zip(found.chances, detente.count(exact, text, day).limits, strict=True):
            assert (c.limit.limit, c.limit.party) == (x.limit, x.party)
            if not c.not_computed and not x.rivals:
                assert c.quantiles[0] == x.counted.best
                (verdict,) = [v for v, s in c.verdicts.items() if s.count]
                assert verdict == exactly(x.counted.best, x)


@few
@given(forces, st.sampled_from(["linear", "all-forms"]), st.integers(0, 9))
def test_certain_forces_have_certain_answers(algebra: Any, held: Any, text: str, seed: int) -> None:
    """Without ranges every chance is nothing or one, without error, and the count's own verdict."""
    sure = {
        p: [(s, Amount(n.best, n.best, n.best), z) for s, n, z in found]
        for p, found in held.items()
    }
    case = algebra.with_forces(algebra.case, sure)
    found = detente.count_scenarios(case, text, DAY, 20, seed=seed)
    for c in found.chances:
        x = c.limit
        if c.not_computed or not all(k.weight.exact for k in x.count.contributions if k.sure):
            continue
        (verdict,) = [v for v, s in c.verdicts.items() if s.count]
        assert c.verdicts[verdict].value == 1
        if not c.unknown and x.verdict != "depends":
            assert verdict == x.verdict
        assert c.broken.interval == (c.broken.value, c.broken.value)
        assert c.quantiles == (x.counted.best,) * 3


def test_what_the_whole_range_settles_is_certain(uncertain: Case) -> None:
    """A limit that no figure of the range breaks is broken never, without sampling error."""
    found = detente.count_scenarios(uncertain, "treaty", DAY, 50)
    wide = found.chance("wide", "north")
    assert (wide.broken.value, wide.broken.certain, wide.broken.interval) == (0, True, (0, 0))
    assert wide.quantiles[0] < wide.quantiles[2]
    open_ = found.chance("aggregate", "north").broken
    assert not open_.certain
    assert open_.interval[0] < open_.value < open_.interval[1]


# --- enumeration ----------------------------------------------------------------------------------
@few
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=3
    ),
    st.sampled_from(DISTRIBUTIONS),
    st.integers(0, 100),
    st.integers(0, 14),
)
def test_chances_against_enumeration(
    algebra: Any, lines: Any, kind: Distribution, seed: int, bound: int
) -> None:
    """All combinations of small ranges, each with its chance: the shares agree within their error."""
    amounts = [Amount(a, a + b, a + b + c) for a, b, c in lines]
    held = {"north": [(s, n, "") for s, n in zip(("a", "b", "a1"), amounts, strict=False)]}
    case = _with_bound(algebra, algebra.with_forces(algebra.case, held), bound)
    n = 20_000
    c = detente.count_scenarios(case, "t", DAY, n, seed=seed, distribution=kind).chance(
        "y", "north"
    )
    chances = [whole_numbers(kind, a.low, a.best, a.high) for a in amounts]
    mean = over = 0.0
    for combination in itertools.product(*(zip(x.values, x.chances, strict=True) for x in chances)):
        chance = math.prod(p for _, p in combination)
        total = 2 * sum(v for v, _ in combination)
        mean += chance * total
        over += chance * (total > bound)
    spread = math.sqrt(sum(4 * (a.high - a.low) ** 2 for a in amounts)) / 2
    assert abs(c.mean - mean) <= 5 * spread / math.sqrt(n) + 1e-9
    over = min(max(over, 0.0), 1.0)
    assert abs(c.broken.value - over) <= 5 * math.sqrt(over * (1 - over) / n) + 1e-9
    if c.broken.certain:
        assert over == pytest.approx(c.broken.value)


def _with_bound(algebra: Any, case: Case, bound: int) -> Case:
    key = ("bound", bound)
    if key not in _KEPT:
        files = {**algebra.files}
        files["case.yaml"] = files["case.yaml"].split("views:")[0]
        files["texts/texts.yaml"] = f"""
text: t
title: T
date: 1990-01-01
parties: [north]
counts: declared
provisions:
  - {{category: missile, where: 'kind = ICBM', source: made-up}}
  - {{ceiling: y, on: {{missile: 2}}, at_most: {bound}, source: made-up}}
"""
        _KEPT[key] = detente.load(algebra.write(algebra.folder("bound"), files))
    return replace(_KEPT[key], inventories=case.inventories)


_KEPT: dict[Any, Any] = {}


def test_claims_are_believed_together(uncertain: Case) -> None:
    """South by north's figures has about 100, by its own 60: never a mixture of both."""
    n = 20_000
    found = detente.count_scenarios(uncertain, "tighter", DAY, n, seed=3)
    c = found.chance("aggregate", "south")
    assert {g.by: g.broken.value for g in c.given} == {"north": 1, "south": 0}
    assert abs(c.broken.value - 0.5) < 5 * 0.5 / math.sqrt(n)
    assert c.quantiles[0] == 60
    assert 90 <= c.quantiles[2] <= 100
    weighed = detente.count_scenarios(uncertain, "tighter", DAY, n, weigh={"north": 3})
    assert abs(weighed.chance("aggregate", "south").broken.value - 0.75) < 5 * 0.5 / math.sqrt(n)
    alone = detente.count_scenarios(uncertain, "tighter", DAY, 50, weigh={"north": 0})
    assert alone.chance("aggregate", "south").broken.value == 0
    seen = detente.count_scenarios(uncertain, "tighter", DAY, 50, view="as-north")
    assert seen.chance("aggregate", "south").broken.value == 1
    assert not seen.claimants


def test_a_claimed_bound_goes_with_its_claimant(uncertain: Case) -> None:
    """30 SLBMs under 45 by north's figures and bound, 20 under 40 by south's: always within."""
    found = detente.count_scenarios(uncertain, "treaty", DAY, 500)
    assert found.chance("slbms", "south").broken.value == 0
    north = found.chance("slbms", "north")
    assert {g.by for g in north.given} == {"north", "south"}
    by = {g.by: g.broken.value for g in north.given}
    assert by["north"] < by["south"]


# --- the forces drawn -----------------------------------------------------------------------------
def drawn(case: Case, party: str, sampling: Sampling) -> tuple[World, Any]:
    """The forces of one party, and its first block."""
    world = World(Forces(case, (settle(case, case.inventories[party]),)))
    return world, Draws.of(case, sampling).held(world, 0)


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
@pytest.mark.parametrize("together", [False, True])
def test_lines_add_up_to_their_totals(uncertain: Case, kind: Distribution, together: bool) -> None:
    """Each line keeps its range; what closes a total closes it; a total known as one is met."""
    sampling = Sampling(5000, 4, kind, together)
    world, held = drawn(uncertain, "north", sampling)
    x = [np.broadcast_to(np.asarray(v), (5000,)) for v in held.x]
    for e, values in zip(world.forces.elements, x, strict=True):
        assert values.min() >= e.number.low
        assert values.max() <= e.number.high
    totals = {
        c.published.id: (c, np.broadcast_to(np.asarray(t), (5000,)))
        for c, t in zip(world.forces.closed, held.totals, strict=True)
    }
    for c, figure in totals.values():
        assert figure.min() >= c.published.figure.low
        assert figure.max() <= c.published.figure.high
    closed, icbm = totals["icbm"]
    (stored,) = [i for i in closed.members if world.forces.elements[i].holding.closes_on]
    others = sum(x[i] for i in closed.members if i != stored)
    assert (x[stored] == np.maximum(icbm - others, 0)).all()
    assert together or (others > icbm).any()
    closed, slbm = totals["slbm"]
    gap = slbm - sum(x[i] for i in closed.members)
    room = np.array([[x[i] == world.forces.elements[i].number.low for i in closed.members],
                     [x[i] == world.forces.elements[i].number.high for i in closed.members]])  # fmt: skip
    full_low, full_high = room.all(axis=1)
    assert ((gap == 0) | ((gap < 0) & full_low) | ((gap > 0) & full_high)).all()
    assert (gap == 0).mean() > 0.5
    _, whole = totals["all"]
    (bomber,) = totals["bombers"][0].members
    gap = whole - icbm - slbm - x[bomber]
    ends = [totals[t][0].published.figure for t in ("icbm", "slbm")]
    ends.append(world.forces.elements[bomber].number)
    parts = (icbm, slbm, x[bomber])
    low = np.all([v == e.low for v, e in zip(parts, ends, strict=True)], axis=0)
    high = np.all([v == e.high for v, e in zip(parts, ends, strict=True)], axis=0)
    assert ((gap == 0) | ((gap < 0) & low) | ((gap > 0) & high)).all()
    assert (gap == 0).mean() > 0.9


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_a_total_follows_its_own_range(uncertain: Case, kind: Distribution) -> None:
    """A total known as a total comes up as often as its curve says, whatever its lines are."""
    n = 60_000
    world, held = drawn(uncertain, "north", Sampling(n, 8, kind))
    (at,) = [k for k, c in enumerate(world.forces.closed) if c.published.id == "all"]
    figure = world.forces.closed[at].figure
    chances = whole_numbers(kind, figure.low, figure.best, figure.high)
    mean = (chances.values * chances.chances).sum()
    sd = math.sqrt(((chances.values - mean) ** 2 * chances.chances).sum())
    assert abs(held.totals[at].mean() - mean) < 5 * sd / math.sqrt(n)


def test_ranges_together(algebra: Any) -> None:
    """Equal ranges that move together are equal in every scenario, and their sum spreads wider."""
    r = Amount(10, 20, 40)
    case = algebra.with_forces(algebra.case, {"north": [("a", r, ""), ("a", r, "land")]})
    alone, both = (
        detente.count_scenarios(case, "linear", DAY, 4000, together=t).chance("aggregate", "north")
        for t in (False, True)
    )
    assert both.quantiles[0] < alone.quantiles[0]
    assert both.quantiles[2] > alone.quantiles[2]
    _, held = drawn(case, "north", Sampling(4000, 0, "triangular", True))
    assert (held.x[0] == held.x[1]).all()


def test_sum_of_independent_ranges(algebra: Any) -> None:
    """900/1,000/1,150 and 200/250/400: mean 1,300, deviation 66.667 (facts: three_point)."""
    lines = [("a", Amount(900, 1000, 1150), ""), ("a", Amount(200, 250, 400), "land")]
    case = algebra.with_forces(algebra.case, {"north": lines})
    n = 200_000
    c = detente.count_scenarios(case, "linear", DAY, n, seed=1).chance("aggregate", "north")
    assert abs(c.mean - 1300) < 5 * 66.667 / math.sqrt(n)
    _, held = drawn(case, "north", Sampling(65_000, 1))
    assert (held.x[0] + held.x[1]).std() == pytest.approx(66.667, rel=0.01)


# --- the same seed --------------------------------------------------------------------------------
def test_the_same_seed_gives_the_same_answer(algebra: Any, uncertain: Case) -> None:
    """Whatever the order of files and lines, and whatever was asked before; another seed differs."""
    files = dict(CASE)
    name = "inventories/inventories.yaml"
    head, north, south = files[name].replace("  south:\n", "  north:\n", 1).split("  north:\n")
    lines = north.splitlines(keepends=True)
    first, last = lines.index("    holdings:\n") + 1, lines.index("    published:\n")
    turned = [*lines[:first], *reversed(lines[first:last]), *lines[last:]]
    files[name] = f"{head}  south:\n{south}  north:\n{''.join(turned)}"
    other = detente.load(algebra.write(algebra.folder("turned"), files))
    assert list(other.inventories) != list(uncertain.inventories)
    ask = {"seed": 5, "distribution": "pert"}
    one, two = (detente.count_scenarios(c, "treaty", DAY, 3000, **ask) for c in (uncertain, other))
    assert one.draws == two.draws
    assert _chances(one) == _chances(two)
    detente.count_scenarios(uncertain, "tighter", DAY, 100, seed=6)
    assert _chances(detente.count_scenarios(uncertain, "treaty", DAY, 3000, **ask)) == _chances(one)
    assert _chances(detente.count_scenarios(uncertain, "treaty", DAY, 3000, seed=6)) != _chances(
        one
    )


def _chances(result: Any) -> list[Any]:
    return sorted((r for r in result.records()), key=lambda r: (r["limit"], r["party"]))


def test_more_scenarios_begin_with_the_same(uncertain: Case) -> None:
    """The first scenarios are the same however many are drawn, across blocks too."""
    n = 70_000
    long = detente.count_scenarios(uncertain, "treaty", DAY, n, seed=2)
    short = detente.count_scenarios(uncertain, "treaty", DAY, 1000, seed=2)
    for a, b in zip(long.chances, short.chances, strict=True):
        if not a.not_computed:
            assert (a.broken_bits(n)[:1000] == b.broken_bits(1000)).all()
            assert a.broken_bits(n).sum() == a.broken.count


def test_draws_that_are_not_kept_are_drawn_again(
    uncertain: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer does not depend on what memory there is."""
    kept = detente.count_scenarios(uncertain, "treaty", DAY, 5000, seed=11)
    uncertain.kept.clear()
    monkeypatch.setattr("detente.compile.scenarios.KEPT", 0)
    again = detente.count_scenarios(uncertain, "treaty", DAY, 5000, seed=11)
    assert _chances(kept) == _chances(again)


# --- what is not known ----------------------------------------------------------------------------
def test_memberships_that_are_not_known(uncertain: Case) -> None:
    """B may be long or not: two answers; a stated chance makes one, 0 and 1 the two of before."""
    ask: Callable[..., Any] = lambda **k: detente.count_scenarios(  # noqa: E731
        uncertain, "treaty", DAY, 20_000, seed=1, **k
    ).chance("longs", "north")
    plain = ask()
    assert plain.unknown == ("b",)
    assert plain.if_counts is not None
    none, most = plain.broken.value, plain.if_counts["over"].value
    assert none < most
    assert ask(unknown=0).broken.value == none
    assert ask(unknown=1).broken.value == most
    assert ask(unknown={"b": 1}).broken.value == most
    assert ask(unknown={"a": 1}).broken.value == none
    mixed = ask(unknown=0.3)
    assert mixed.if_counts is None
    expected = 0.7 * none + 0.3 * most
    assert abs(mixed.broken.value - expected) < 5 * 0.5 / math.sqrt(20_000)


def test_a_weight_that_nobody_knows(uncertain: Case) -> None:
    """F's warheads stand in no source: no answer is given as if they counted."""
    c = detente.count_scenarios(uncertain, "treaty", DAY, 100).chance("load", "south")
    assert c.if_counts is None
    assert c.if_counts_why_not == "no source gives what one of these counts: F"


def test_a_weight_that_is_a_range(uncertain: Case) -> None:
    """SLBMs of C carry 4 to 6: drawn once a scenario, the mean that of five each."""
    n = 40_000
    found = detente.count_scenarios(uncertain, "treaty", DAY, n)
    c = found.chance("load", "north")
    world, held = drawn(uncertain, "north", Sampling(n))
    slbms = sum(
        np.asarray(v, dtype=float)
        for e, v in zip(world.forces.elements, held.x, strict=True)
        if e.holding.system == "c"
    )
    assert c.mean == pytest.approx(5 * slbms.mean(), rel=0.005)
    assert "warheads of C" in [m.what for m in c.moved_by]


# --- the tornado ----------------------------------------------------------------------------------
def test_a_tornado_of_the_field(algebra: Any) -> None:
    """y = 2 x1 + x2 x3, best 10, 5, 4: base 40, swings 8, 8 and 30 (facts: tornado)."""
    files = {**algebra.files}
    files["case.yaml"] = files["case.yaml"].split("views:")[0]
    files["systems/systems.yaml"] = """
systems:
  x1: {name: X1, party: north, class: {kind: ICBM, warheads: 2}}
  x3: {name: X3, party: north, class: {kind: SLBM, warheads: {low: 4, high: 6}}}
"""
    files["texts/texts.yaml"] = """
text: t
title: T
date: 1990-01-01
parties: [north]
counts: declared
provisions:
  - {category: missile, where: 'kind in {ICBM, SLBM}', source: made-up}
  - {ceiling: y, on: {missile: warheads}, at_most: 45, source: made-up}
"""
    case = detente.load(algebra.write(algebra.folder("tornado"), files))
    held = {"north": [("x1", Amount(8, 10, 12), ""), ("x3", Amount(2, 4, 8), "")]}
    found = detente.count_scenarios(algebra.with_forces(case, held), "t", DAY, 10)
    c = found.chance("y", "north")
    assert c.limit.counted.best == 40
    assert {m.what: (m.swing, m.low, m.high, m.turns) for m in c.moved_by} == {
        "X3": (30, 30, 60, True),
        "X1": (8, 36, 44, False),
        "warheads of X3": (8, 36, 44, False),
    }
    assert [m.swing for m in c.moved_by] == [30, 8, 8]


@few
@given(forces, st.sampled_from(["linear", "all-forms"]))
def test_a_tornado_against_counting_again(algebra: Any, held: Any, text: str) -> None:
    """Each bar of a number is what `count` gives with that number alone at its ends."""
    case = algebra.with_forces(algebra.case, held)
    found = detente.count_scenarios(case, text, DAY, 2)
    best = {p: [(s, Amount(n.best, n.best, n.best), z) for s, n, z in x] for p, x in held.items()}
    keys = {i.key: i for i in found.inputs}
    for party, lines in held.items():
        ranged = [k for k, (_, n, _) in enumerate(lines) if n.low != n.high]
        if not ranged or not keys:
            continue
        k = ranged[0]
        system, n, zone = lines[k]
        twins = [x for x in lines if x[0] == system and x[2] == zone]
        if len(twins) > 1:
            continue
        ends = []
        for value in (n.low, n.high):
            one = {**best, party: [*best[party]]}
            one[party][k] = (system, Amount(value, value, value), zone)
            ends.append(algebra.figures(one, text))
        what = {"a": "A", "a1": "A1"}.get(system, system.upper()) + (f" ({zone})" if zone else "")
        for c in found.chances:
            key = (c.limit.limit, c.limit.party, c.limit.site)
            if c.not_computed or key not in ends[0] or key not in ends[1] or c.limit.row.allowance:
                continue
            low, high = (e[key].counted.best for e in ends)
            bars = [m for m in c.moved_by if (m.what, m.kind) == (what, "number")]
            if low == high:
                assert not bars
            else:
                (bar,) = bars
                assert (bar.low, bar.high) == (pytest.approx(low), pytest.approx(high))


def test_claims_in_the_tornado(uncertain: Case) -> None:
    """Whose figures hold: 60 by south's, 100 by north's; that alone turns the verdict."""
    found = detente.count_scenarios(uncertain, "tighter", DAY, 10)
    (move,) = [m for m in found.chance("aggregate", "south").moved_by if m.kind == "claim"]
    assert (move.low, move.high, move.ends, move.turns) == (60, 100, ("south", "north"), True)


# --- texts compared -------------------------------------------------------------------------------
def test_texts_are_counted_on_the_same_forces(uncertain: Case) -> None:
    """A text against itself changes nothing at all; a lower ceiling never keeps what it broke."""
    same = detente.compare_scenarios(uncertain, "treaty", "treaty", DAY, 3000)
    assert same.same_draws
    for row in same.rows:
        (change,) = row.changes
        if change is not None:
            assert (change.difference, change.standard_error) == (0, 0)
            assert change.newly_broken.count == change.newly_kept.count == 0
    lower = detente.compare_scenarios(uncertain, "treaty", "tighter", DAY, 3000)
    for row in lower.rows:
        (change,) = row.changes
        if change is None:
            continue
        assert change.newly_kept.count == 0
        before, after = (c.broken.value for c in row.under if c)
        assert change.difference == pytest.approx(after - before)
        if row.limit != "aggregate":
            assert change.newly_broken.count == 0
    (north,) = [r for r in lower.rows if (r.limit, r.party) == ("aggregate", "north")]
    assert north.changes[0].newly_broken.count > 0


def test_any_question_over_scenarios(uncertain: Case) -> None:
    """`count` asked of each scenario by itself has the shares that counting all at once has."""
    n = 120

    def verdicts(case: Case) -> dict[str, str]:
        found = detente.count(case, "treaty", DAY)
        return {
            f"{x.limit} {x.party}": str(x.counted.best) for x in found.limits if x.limit == "icbms"
        }

    asked = detente.over_scenarios(uncertain, verdicts, n, seed=9)
    found = detente.count_scenarios(uncertain, "treaty", DAY, n, seed=9)
    for party in ("north", "south"):
        shares = asked.answers[f"icbms {party}"]
        assert sum(s.count for s in shares.values()) == n
        over = sum(s.count for value, s in shares.items() if float(str(value)) > 70)
        assert over == found.chance("icbms", party).broken.count


# --- sampling error -------------------------------------------------------------------------------
@few
@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_s_interval(given_: tuple[int, int]) -> None:
    """Its ends are the shares from which the one found lies 1.96 of their own errors away."""
    k, n = given_
    low, high = Share(k, n).interval
    p = k / n
    assert 0 <= low <= p <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            assert abs(p - end) == pytest.approx(
                1.959964 * math.sqrt(end * (1 - end) / n), rel=1e-5
            )
    assert Share(k, n, certain=True).interval == (p, p)


def test_parties(uncertain: Case) -> None:
    """The chance to break any limit at all: no less than any one's, no more than their sum."""
    found = detente.count_scenarios(uncertain, "treaty", DAY, 4000, seed=3)
    for p in found.parties:
        mine = [c for c in found.chances if c.limit.party == p.party and not c.not_computed]
        mine = [c for c in mine if not c.limit.row.menu]  # of a menu, only whether it is kept
        assert len(mine) == p.limits
        whole = np.zeros(4000, dtype=bool)
        for c in mine:
            whole |= c.broken_bits(4000)
        assert p.broken.count == whole.sum()


# --- refusals -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scenarios": 0}, "the number of scenarios lies between 1 and 100,000,000, not at 0"),
        ({"scenarios": 10**9}, "not at 1,000,000,000"),
        ({"seed": -1}, "a seed cannot be negative (-1)"),
        ({"distribution": "normal"}, "unknown distribution 'normal'"),
        ({"weigh": {"nort": 1}}, "nobody of the name 'nort' makes a claim"),
        ({"weigh": {"north": -1}}, "the weight of north cannot be -1"),
        ({"unknown": 1.5}, "a chance lies between 0 and 1, not at 1.5"),
        ({"unknown": {"bb": 0.5}}, "unknown system 'bb'"),
        ({"weigh": {"north": 0, "south": 0}}, "nobody is believed: north, south"),
    ],
)
def test_what_cannot_be_asked(uncertain: Case, asked: Any, said: str) -> None:
    """Refused with a reason, and the nearest name where there is one."""
    with pytest.raises(Refused) as refused:
        detente.count_scenarios(uncertain, "treaty", DAY, **{"scenarios": 10, **asked})
    assert any(said in p.message for p in refused.value.problems)
