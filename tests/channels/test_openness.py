"""What is left open, against brute force over every weapon that the texts can tell apart."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.compile.membership import Membership
from detente.compile.solver import INF, Solver
from detente.compile.table import table_of_systems

few = settings(max_examples=25, deadline=None, derandomize=True)

atoms = st.one_of(
    st.builds(
        lambda op, n: f"range {op} {n} km",
        st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
        st.sampled_from([600, 5500]),
    ),
    st.sampled_from(["kind = missile", "kind != missile", "mobile", "not mobile"]),
    st.sampled_from(["warheads > 1", "warheads <= 2", "range > 600 km"]),
)
clauses = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(lambda a, b: f"({a} and {b})", inner, inner),
        st.builds(lambda a, b: f"({a} or {b})", inner, inner),
        st.builds(lambda a: f"not ({a})", inner),
    ),
    max_leaves=4,
)


@st.composite
def provisions(draw: st.DrawFn, mixed: bool = True) -> list[str]:
    """Three categories, and one to four limits on them of any form that is a sum."""
    found = [f"{{category: c{i}, where: '{draw(clauses)}', source: made-up}}" for i in range(3)]
    names = st.sampled_from(["c0", "c1", "c2"])
    after = {"c0": "c1", "c1": "c2", "c2": "c0"}
    forms = ["ceiling", "ban", "weights", "zero", "types", "floor", "tests"]
    forms += ["average", "offset", "first"] if mixed else []
    for k in range(draw(st.integers(1, 4))):
        a, b, n = draw(names), draw(names), draw(st.integers(0, 3))
        form = draw(st.sampled_from(forms))
        found.append(
            {
                "ceiling": f"{{ceiling: l{k}, on: {a}, at_most: {n}, source: made-up}}",
                "ban": f"{{ban: l{k}, on: {a}, source: made-up}}",
                "weights": f"{{ceiling: l{k}, on: {{{a}: {n}, {after[a]}: warheads}}, at_most: 9, "
                "source: made-up}",
                "zero": f"{{ceiling: l{k}, on: {{{a}: 0}}, at_most: 0, source: made-up}}",
                "types": f"{{type-limit: l{k}, on: {a}, at_most: {n + 1}, source: made-up}}",
                "floor": f"{{floor: l{k}, on: {a}, at_least: 1, source: made-up}}",
                "tests": f"{{ban: l{k}, on: {a}, activities: [flight-tested], source: made-up}}",
                "average": f"{{average: l{k}, of: {a}, per_each: {b}, at_most: {n}, source: made-up}}",
                "offset": f"{{offset: l{k}, of: {a}, above: {n}, against: {b}, baseline: 5, source: made-up}}",
                "first": f"{{ceiling: l{k}, on: {{{a}: {{first: 5, weight: {n}, then: 0}}}}, "
                "at_most: 9, source: made-up}",
            }[form]
        )
    return found


def can_grow(A: np.ndarray) -> list[np.ndarray | None]:
    """For each weapon, numbers that could be added again and again; none where there are none."""
    m, n = A.shape
    solver = Solver(
        np.vstack([A, np.ones((1, n))]),
        np.full(m + 1, -INF),
        np.array([0.0] * m + [1.0]),
        np.zeros(n),
        np.full(n, INF),
    )
    found: list[np.ndarray | None] = []
    for j in range(n):
        cost = np.zeros(n)
        cost[j] = 1.0
        best = solver.solve(cost, maximise=True)
        found.append(best.x if best.objective > 1e-9 else None)
    return found


def takes_in(case: Any, tree: Any, categories: Any = None) -> list[bool]:
    """Which of the weapons a predicate takes in."""
    table = table_of_systems(case)
    truth = Membership(table, categories or {}).of(tree)
    place = {s.id: i for i, s in enumerate(table.system_of) if s}
    return [bool(truth.yes[place[f"w{i}"]]) for i in range(len(place) - 1)]


def open_to(result: Any, case: Any) -> list[Any]:
    """For each weapon the channel by which its number is open, or none."""
    found: list[Any] = [None] * (len(case.systems) - 1)
    for c in result.channels:
        if c.kind in ("open kind", "open load") and "north" in c.parties:
            for i, inside in enumerate(takes_in(case, c.area.tree)):
                if inside:
                    found[i] = c
    return found


@few
@given(provisions())
def test_open_is_what_can_grow(world: Any, made: list[str]) -> None:
    """A weapon is in a channel exactly if its number can grow without end beside others'.

    The weights are those of the counting machinery on real weapons; the test knows no cells. Where
    the first so many count and the rest do not, numbers grow all the same.
    """
    case = world.case(text_of(made))
    result = detente.channels(case, "t", party="north")
    rows = world.weights(case)
    A = np.array(rows).reshape(len(rows), len(world.weapons))
    grows = can_grow(A)
    found = open_to(result, case)
    assert not result.not_cut
    assert [c is not None for c in found] == [d is not None for d in grows]
    assert not any(c.disputed for c in found if c)


@few
@given(provisions())
def test_a_channel_grows_a_thousandfold(world: Any, made: list[str]) -> None:
    """So many thousands of a channel's weapons, with what must grow beside them, break no limit."""
    case = world.case(text_of(made))
    result = detente.channels(case, "t", party="north")
    rows = world.weights(case)
    A = np.array(rows).reshape(len(rows), len(world.weapons))
    grows = can_grow(A)
    seen = set()
    for i, c in enumerate(open_to(result, case)):
        if c is None or c.id in seen:
            continue
        seen.add(c.id)
        if c.grows_with:
            direction = grows[i]
            assert direction is not None
            shares = [Fraction(float(x)).limit_denominator(500) for x in direction]
            scale = 1000 * lcm(*(s.denominator for s in shares))
            numbers = {f"w{k}": int(s * scale) for k, s in enumerate(shares) if s}
        else:
            numbers = {f"w{i}": 1000}
        grown = world.case(text_of(made), numbers=numbers)
        for x in detente.count(grown, "t", "2000-01-01", party="north").limits:
            if x.row.counting == "units" and "deployed" in x.row.activities:
                assert x.verdict not in ("over", "depends"), (c.area.text, x.limit, numbers)


@few
@given(provisions(mixed=False))
def test_a_redrafted_clause_takes_the_channel_in(world: Any, made: list[str]) -> None:
    """A clause that is extended to close a channel takes in every weapon of it."""
    case = world.case(text_of(made))
    result = detente.channels(case, "t", party="north")
    for c in result.channels:
        inside = takes_in(case, c.area.tree)
        for closing in c.closings:
            if closing.how == "extend":
                assert closing.tree is not None
                caught = takes_in(case, closing.tree, result.compiled.categories)
                assert all(b for a, b in zip(inside, caught, strict=True) if a), closing.words


@few
@given(provisions(), st.integers(0, 2))
def test_saying_it_twice_changes_nothing(world: Any, made: list[str], which: int) -> None:
    """A category parted into two, and every limit doubled, leave the same open."""
    clause = made[which].split("where: '")[1].split("'")[0]
    parts = [
        f"{{category: part-a, where: '({clause}) and mobile', source: made-up}}",
        f"{{category: part-b, where: '({clause}) and not mobile', source: made-up}}",
        f"{{category: c{which}, where: part-a or part-b, source: made-up}}",
    ]
    told = [m for i, m in enumerate(made) if i != which]
    twice = [m.replace(": l", ": again-l", 1) for m in made[3:]]
    once = world.case(text_of(made))
    other = world.case(text_of([*parts, *told, *twice]))
    a = detente.channels(once, "t", party="north")
    b = detente.channels(other, "t", party="north")
    assert [c is not None for c in open_to(a, once)] == [c is not None for c in open_to(b, other)]


@few
@given(provisions(mixed=False), provisions(mixed=False))
def test_against_another_text(world: Any, one: list[str], other: list[str]) -> None:
    """Opened and closed are exactly what is open under one text and not under the other."""
    case = world.case(text_of(one), text_of(other, "u"))
    now = open_to(detente.channels(case, "t", party="north"), case)
    then = open_to(detente.channels(case, "u", party="north"), case)
    result = detente.channels(case, "t", against="u", party="north")
    status = ["" for _ in world.weapons]
    for c in result.channels:
        if c.kind in ("open kind", "open load"):
            for i, inside in enumerate(takes_in(case, c.area.tree)):
                if inside:
                    status[i] = c.status
    expected = [
        ("stays" if b else "opened") if a else ("closed" if b else "")
        for a, b in zip(now, then, strict=True)
    ]
    assert status == expected
    assert {c.id for c in result.of("opened")} == set(result.as_data()["opened"])


def text_of(made: list[str], name: str = "t") -> str:
    """A text of these provisions."""
    lines = "".join(f"  - {p}\n" for p in made)
    return (
        f"text: {name}\ntitle: {name}\ndate: 1990-01-01\nparties: [north, south]\n"
        f"counts: declared\nprovisions:\n{lines}"
    )


# --- what the kinds mean, one by one ----------------------------------------------------------------
def one(world: Any, *made: str, **asked: Any) -> Any:
    return detente.channels(world.case(text_of(list(made))), "t", party="north", **asked)


LONG = "{category: long, where: 'kind = missile and range > 600 km', source: made-up}"


def test_a_limit_closes_what_it_counts(world: Any) -> None:
    """A ceiling on missiles beyond 600 km leaves shorter ones open, and says by which clause."""
    result = one(world, LONG, "{ceiling: l, on: long, at_most: 5, source: made-up}")
    short = next(c for c in result.channels if c.area.text == "kind = missile and range <= 600 km")
    assert short.kind == "open kind"
    assert short.stops_short is not None
    assert (short.stops_short.limit, short.stops_short.asks) == ("l", "range > 600 km")
    assert short.closings[0].how == "extend"
    short_ones = [f"w{i}" for i, w in enumerate(world.weapons) if w[0] == "missile" and w[1] <= 600]
    assert dict(short.closings[0].catches) == {"north": tuple(short_ones)}


def test_readings_dispute(world: Any) -> None:
    """What one reading counts and another does not is disputed; a view settles it."""
    made = (
        "{category: doubt, readings: {tight: {where: mobile}, loose: {where: no}}, source: made-up}",
        "{ceiling: l, on: doubt, at_most: 5, source: made-up}",
    )
    disputed = [c for c in one(world, *made).channels if c.disputed]
    assert {c.area.text for c in disputed} == {
        "kind = missile and mobile",
        "kind = bomber and mobile",
    }
    assert all("tight" in c.why for c in disputed)
    assert disputed[0].closings[0].words.endswith("as tight reads it")
    assert not [c for c in one(world, *made, view="loose").channels if c.disputed]
    tight = one(world, *made, view="tight").channels
    assert all("not mobile" in c.area.text for c in tight if c.kind == "open kind")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("{ceiling: l, on: {long: 0}, at_most: 5, source: made-up}", "counts it at nothing"),
        ("{type-limit: l, on: long, at_most: 2, source: made-up}", "number of types"),
        ("{ceiling: l, on: long, each: zone, at_most: 2, source: made-up}", "for each zone"),
        (
            "{ceiling: l, on: long, per: year, at_most: 2, source: made-up}",
            "sets a rate a year",
        ),
        (
            "{ceiling: l, on: long, at_most: 2, valid: {to: 1989-12-31}, source: made-up}",
            "ran to 1989-12-31",
        ),
    ],
)
def test_limits_that_bound_no_number(world: Any, limit: str, words: str) -> None:
    """Weapons that a limit takes in without bounding their number are open, and it is said why."""
    result = one(world, LONG, limit)
    assert any(words in c.why for c in result.channels if c.area.kind == "missile")


def test_a_menu_bounds_what_every_choice_bounds(world: Any) -> None:
    """A side picks from a menu what leaves it most: only what each alternative bounds is bounded."""
    made = (
        LONG,
        "{category: moving, where: mobile, source: made-up}",
        "{ceiling: a, on: long, at_most: 5, source: made-up}",
        "{ceiling: b, on: moving, at_most: 5, source: made-up}",
        "{menu: m, options: {first: [a], second: [b]}, choose: %d, source: made-up}",
    )
    one_of = open_to(one(world, *made[:4], made[4] % 1), case := world.case(text_of([LONG])))
    both = open_to(one(world, *made[:4], made[4] % 2), case)
    for i, (kind, reach, _, mobile) in enumerate(world.weapons):
        by_first, by_second = kind == "missile" and reach > 600, mobile
        assert (one_of[i] is None) == (by_first and by_second)
        assert (both[i] is None) == (by_first or by_second)


def test_an_average_on_what_is_free(world: Any) -> None:
    """Three missiles a bomber, bombers free: missiles grow with a third of a bomber each."""
    result = one(
        world,
        "{category: missile, where: kind = missile, source: made-up}",
        "{category: bomber, where: kind = bomber, source: made-up}",
        "{average: l, of: missile, per_each: bomber, at_most: 3, source: made-up}",
    )
    missiles = next(
        c for c in result.channels if c.area.kind == "missile" and c.kind == "open kind"
    )
    assert [(g.share, g.witness["kind"]) for g in missiles.grows_with] == [
        (Fraction(1, 3), "bomber")
    ]
    assert "one more asks for 1/3 of another weapon (bomber)" in missiles.why


def test_open_activities(world: Any) -> None:
    """A ban on deployment leaves testing free, and the reverse; a ban on both is no channel."""
    for activities, free in (("[deployed]", "flight-tested"), ("[flight-tested]", "deployed")):
        made = (LONG, f"{{ban: l, on: long, activities: {activities}, source: made-up}}")
        found = [c for c in one(world, *made).channels if c.kind == "open activity"]
        assert [c.area.text for c in found] == ["kind = missile and range > 600 km"]
        assert free in found[0].free
    made = (LONG, "{ban: l, on: long, activities: [flight-tested, deployed], source: made-up}")
    assert not [c for c in one(world, *made).channels if c.kind == "open activity"]


def test_open_qualities(world: Any) -> None:
    """Numbers limited and warheads not: open; a limit on warheads closes it, one on some bounds it."""
    counted = ("{category: all, where: kind = missile, source: made-up}",
               "{ceiling: l, on: all, at_most: 5, source: made-up}")  # fmt: skip
    found = [c for c in one(world, *counted).channels if c.kind == "open quality"]
    assert [(c.area.kind, c.attribute, c.above) for c in found] == [("missile", "warheads", "")]
    must = "{qualitative-limit: q, on: all, must: warheads <= 3, source: made-up}"
    assert not [c for c in one(world, *counted, must).channels if c.kind == "open quality"]
    some = "{qualitative-limit: q, on: all, must: not mobile or warheads <= 3, source: made-up}"
    found = [c for c in one(world, *counted, some).channels if c.kind == "open quality"]
    assert [(c.above, "not mobile" in c.area.text) for c in found] == [("above 3", True)]
