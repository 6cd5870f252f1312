"""What must hold of any forces: sums add up, order does not matter, low <= best <= high, and so on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.analyses.forces import choose_forces
from detente.compile.compiler import compile_text
from detente.compile.matrix import linear, matrix_of, violations
from detente.model.amounts import Amount

NORTH, SOUTH = ("a", "a1", "b", "c", "d"), ("e", "f", "g", "h")
few = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def amounts(draw: st.DrawFn) -> Amount:
    """Exact, or with a spread."""
    low = draw(st.integers(0, 120))
    if draw(st.booleans()):
        return Amount(low, low, low)
    best = low + draw(st.integers(0, 20))
    return Amount(low, best, best + draw(st.integers(0, 20)))


def lines(ids: Sequence[str]) -> st.SearchStrategy[list[tuple[str, Amount, str]]]:
    """Lines of an inventory."""
    line = st.tuples(st.sampled_from(ids), amounts(), st.sampled_from(["", "land", "hills"]))
    return st.lists(line, max_size=8)


forces = st.fixed_dictionaries({"north": lines(NORTH), "south": lines(SOUTH)})


def spreads(found: Any) -> dict[Any, tuple[Any, ...]]:
    """Low, best and high of each limit."""
    return {k: (x.counted.low, x.counted.best, x.counted.high) for k, x in found.items()}


# --- order, sums, spreads -------------------------------------------------------------------------
@few
@given(forces, forces)
def test_additive(algebra: Any, one: Any, other: Any) -> None:
    """The count of two forces together is the sum of their counts, where the text is linear."""
    both = {p: one[p] + other[p] for p in one}
    a, b, ab = (spreads(algebra.figures(x, "linear")) for x in (one, other, both))
    assert a.keys() == b.keys() == ab.keys()
    for key, found in ab.items():
        assert found == pytest.approx(tuple(x + y for x, y in zip(a[key], b[key], strict=True)))


@few
@given(forces, st.randoms(use_true_random=False), st.sampled_from(["linear", "all-forms"]))
def test_the_order_of_lines_does_not_matter(
    algebra: Any, held: Any, random: Any, text: str
) -> None:
    """The same lines in another order, and a line split into two of the same sum, count the same."""
    mixed = {p: [*found] for p, found in held.items()}
    for found in mixed.values():
        random.shuffle(found)
    split = {
        p: [
            part
            for s, n, z in found
            for part in ((s, Amount(n.low, n.low, n.low), z), (s, Amount(0, n.best - n.low, n.high - n.low), z))
        ]
        for p, found in held.items()
    }  # fmt: skip
    expected = spreads(algebra.figures(held, text))
    assert spreads(algebra.figures(mixed, text)) == expected
    assert spreads(algebra.figures(split, text)) == expected


@few
@given(forces, st.sampled_from(["linear", "all-forms"]), st.sampled_from([None, "n", "s"]))
def test_low_best_high(algebra: Any, held: Any, text: str, view: str | None) -> None:
    """Low <= best <= high; a verdict without a doubt holds at both ends; an excess is an excess."""
    found = algebra.figures(held, text, view=view)
    for x in found.values():
        c = x.counted
        assert c.low <= c.best <= c.high
        if x.verdict == "not computed":
            continue
        assert x.excess == 0 or x.headroom == 0
        if x.row.allowance:
            continue  # the bound moves with the forces
        if x.row.relation == "at most":
            if x.verdict in ("within", "exactly at"):
                assert c.high <= x.at_most
            elif x.verdict == "over":
                assert c.low > x.at_most
            else:
                assert c.low <= x.at_most < c.high
        elif x.verdict == "within":
            assert c.low >= x.at_most
        elif x.verdict == "under":
            assert c.high < x.at_most


@few
@given(forces, st.sampled_from(["linear", "all-forms"]))
def test_a_reading_lies_within_the_spread(algebra: Any, held: Any, text: str) -> None:
    """What a reading settles lies between the low and the high of the count without it."""
    neutral = algebra.figures(held, text)
    for view in ("n", "s"):
        for key, x in algebra.figures(held, text, view=view).items():
            assert neutral[key].counted.low <= x.counted.low
            assert x.counted.high <= neutral[key].counted.high


@few
@given(forces, st.sampled_from(["linear", "all-forms"]))
def test_contributions_make_up_the_count(algebra: Any, held: Any, text: str) -> None:
    """What the lines contribute comes to the count, where nothing else enters it."""
    for x in algebra.figures(held, text).values():
        if x.row.counting == "types" or x.row.exemptions:
            continue
        for end in ("low", "best", "high"):
            parts = [getattr(c.counted, end) for c in x.count.contributions]
            assert sum(parts) == pytest.approx(getattr(x.counted, end))


@few
@given(forces, st.sampled_from(["linear", "all-forms"]))
def test_a_text_against_itself(algebra: Any, held: Any, text: str) -> None:
    """Nothing is changed, no weapon enters or leaves, every measure is the same."""
    case = algebra.with_forces(algebra.case, held)
    found = detente.compare(case, text, text, "2000-01-01")
    assert not found.changes[0]
    for row in found.records():
        assert row["change_of_counted"] == 0
        assert row["change_of_at_most"] in (0, None)


FIRST = """
text: t
title: T
date: 1990-01-01
parties: [north]
counts: declared
provisions:
  - {category: arms, where: 'type in {a, b, d}', source: made-up}
  - {ceiling: all, on: {arms: {first: 50, weight: 7, then: warheads, order: [d, b]}}, at_most: 1, source: made-up}
"""


@few
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_first_n_by_hand(algebra: Any, n_a: int, n_b: int, n_d: int) -> None:
    """Fifty in the order d, b, a at 7 each; the rest at what their types carry."""
    if "first" not in _KEPT:
        folder = algebra.folder("first")
        files = {**algebra.files, "texts/texts.yaml": FIRST}
        files["case.yaml"] = files["case.yaml"].split("views:")[0]
        _KEPT["first"] = detente.load(algebra.write(folder, files))
    held = [(s, Amount(n, n, n), "") for s, n in (("a", n_a), ("b", n_b), ("d", n_d))]
    case = algebra.with_forces(_KEPT["first"], {"north": held})
    found = detente.count(case, "t", "2000-01-01").limit("all", "north").counted
    low = [7] * 50
    rest = {"low": 0, "high": 0}
    units = [(12, 20)] * n_d + [(1, 1)] * n_b + [(3, 3)] * n_a
    rest["low"] = sum(x for x, _ in units[50:])
    rest["high"] = sum(x for _, x in units[50:])
    first = sum(low[: len(units)])
    assert (found.low, found.high) == (first + rest["low"], first + rest["high"])


# --- refinement -----------------------------------------------------------------------------------
@few
@given(forces, st.data())
def test_variants_that_every_clause_treats_alike(
    algebra: Any, tmp_path_factory: pytest.TempPathFactory, held: Any, data: st.DataObject
) -> None:
    """A system parted into two variants with all its attributes counts as before."""
    refined = _refined(algebra, tmp_path_factory)
    parted: dict[str, list[Any]] = {}
    for party, found in held.items():
        parted[party] = []
        for system, n, zone in found:
            half = data.draw(st.integers(0, n.low))
            rest = Amount(n.low - half, n.best - half, n.high - half)
            parted[party] += [
                (f"{system}-x", Amount(half, half, half), zone),
                (f"{system}-y", rest, zone),
            ]
    for text in ("linear", "all-forms"):
        expected = spreads(algebra.figures(held, text))
        case = algebra.with_forces(refined, parted)
        answer = detente.count(case, text, "2000-01-01")
        assert spreads({(x.limit, x.party, x.site): x for x in answer.limits}) == expected


_KEPT: dict[str, Any] = {}


def _refined(algebra: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The case with variants x and y of each system."""
    if "refined" not in _KEPT:
        files = dict(algebra.files)
        raw = yaml.safe_load(files["systems/systems.yaml"])["systems"]
        more = {
            f"{name}-{v}": {**shape, "variant_of": shape.get("variant_of", name)}
            for name, shape in raw.items()
            for v in "xy"
        }
        files["systems/systems.yaml"] = yaml.safe_dump({"systems": {**raw, **more}})
        files["systems/systems.yaml"] = re.sub(
            r"'?(\d{4}-\d{2})'?\n", r"\1\n", files["systems/systems.yaml"]
        )
        folder = tmp_path_factory.mktemp("refined")
        _KEPT["refined"] = detente.load(algebra.write(folder, files))
    return _KEPT["refined"]


# --- files and keys -------------------------------------------------------------------------------
INVENTORIES = """
inventories:
  north:
    party: north
    date: 2000-01-01
    basis: declared
    title: North
    holdings:
      - {system: a, number: 50, zone: hills, source: made-up}
      - {system: a1, number: {low: 3, best: 4, high: 9}, source: made-up}
      - {system: c, number: 20, source: made-up}
      - {system: d, number: 30, source: made-up}
    published:
      - {id: land, figure: 60, declared: true, where: kind = ICBM, source: made-up}
  south:
    party: south
    date: 2000-01-01
    basis: declared
    title: South
    holdings:
      - {system: e, number: 10, source: made-up}
      - {system: f, number: 20, source: made-up}
      - {system: h, number: 40, source: made-up}
"""


def _turned(value: Any) -> Any:
    """The same data with the keys of every mapping in the opposite order."""
    if isinstance(value, dict):
        return {k: _turned(v) for k, v in reversed(value.items())}
    return [_turned(v) for v in value] if isinstance(value, list) else value


def test_files_and_keys_in_another_order(algebra: Any, tmp_path: Path) -> None:
    """Keys and systems in the opposite order, a file for each entry: the same answers to the digit."""
    files = {**algebra.files, "inventories/i.yaml": INVENTORIES}
    first = detente.load(algebra.write(tmp_path / "first", files))
    turned: dict[str, str] = {}
    for name, text in files.items():
        # dates that YAML reads as dates are written back as they stood
        for k, whole in enumerate(yaml.load_all(text, Loader=yaml.BaseLoader)):
            raw = _turned(_plain(whole))
            folder = name.split("/")[0]
            if "/" in name and folder != "texts":
                ((group, entries),) = raw.items()
                for i, (key, entry) in enumerate(entries.items()):
                    turned[f"{folder}/{i:02}.yaml"] = yaml.safe_dump(
                        {group: {key: entry}}, sort_keys=False
                    )
            elif folder == "texts":
                turned[f"texts/{9 - k}.yaml"] = yaml.safe_dump(raw, sort_keys=False)
            else:
                turned[name] = yaml.safe_dump(raw, sort_keys=False)
    second = detente.load(algebra.write(tmp_path / "second", turned))
    assert list(second.systems) == list(reversed(first.systems))
    for text in ("linear", "all-forms"):
        one, two = (detente.count(c, text, "2000-01-01") for c in (first, second))
        assert _without_places(one.as_data()) == _without_places(two.as_data())
        a, b = (detente.layout(c, text).as_data() for c in (first, second))
        for rows in (a["rows"], b["rows"]):
            for row in rows:
                row["terms"] = sorted(row["terms"].split("; "))
        key = lambda row: (row["limit"], row["party"])  # noqa: E731
        assert sorted(a["rows"], key=key) == sorted(b["rows"], key=key)
        assert sorted(map(str, a["classes"])) == sorted(map(str, b["classes"]))


def _plain(value: Any) -> Any:
    """Strings of a `BaseLoader` as the numbers and truths that they are; days stay words."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if re.fullmatch(r"\d+", value):
        return int(value)
    return {"true": True, "false": False}.get(value, value)


def _without_places(answer: Any) -> Any:
    for x in answer["limits"]:
        for c in x["contributions"]:
            del c["line"]
        x["contributions"].sort(key=str)
    answer["limits"].sort(key=str)
    return answer


# --- classes --------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["linear", "all-forms"])
@pytest.mark.parametrize("view", [None, "n", "s"])
def test_each_class_is_counted_or_named(algebra: Any, text: str, view: str | None) -> None:
    """A class is in a category of some row, or may be, or is named uncounted; a system is in one class."""
    found = detente.layout(algebra.case, text, view=view)
    assert not found.classes.capped
    uncounted = {id(c) for c in found.uncounted}
    rows = {c for r in found.compiled.rows for c in r.categories}
    for c in found.classes.classes:
        assert bool((c.inside | c.unsure) & rows) != (id(c) in uncounted)
        assert not c.inside & c.unsure
    systems = [s for c in found.classes.classes for s in c.systems]
    assert sorted(systems) == sorted(algebra.case.systems)
    # no two classes of a kind are alike
    marks = [(c.kind, c.inside, c.unsure) for c in found.classes.classes]
    assert len(marks) == len(set(marks))


@few
@given(st.sampled_from([*NORTH, *SOUTH]), st.sampled_from(["linear", "all-forms"]))
def test_systems_of_one_class_are_counted_by_the_same_rows(
    algebra: Any, system: str, text: str
) -> None:
    """One of a system adds to exactly the rows of its class; to none if that is named uncounted."""
    layout = detente.layout(algebra.case, text)
    (mine,) = [c for c in layout.classes.classes if system in c.systems]
    party = algebra.case.systems[system].party
    found = algebra.figures({party: [(system, Amount(1, 1, 1), "")]}, text)
    for x in found.values():
        touched = {c.category for c in x.count.contributions}
        assert touched <= mine.inside | mine.unsure
        sure = {c.category for c in x.count.contributions if c.sure}
        assert sure <= mine.inside


@pytest.mark.parametrize(
    "limit",
    [
        "{ceiling: all, on: {missile: 1, bomber: 0}, at_most: 10, source: made-up}",
        "{average: load, of: missile, per_each: bomber, at_most: 28, source: made-up}",
    ],
    ids=["weight of nothing", "only allows"],
)
def test_a_weight_of_nothing_counts_nothing(algebra: Any, tmp_path: Path, limit: str) -> None:
    """A bomber that a rule adds with 0, or that only raises a bound, is limited by no row."""
    files = dict(algebra.files)
    files["case.yaml"] = files["case.yaml"].split("views:")[0]
    files["texts/texts.yaml"] = f"""
text: t
title: T
date: 1990-01-01
parties: [north]
counts: declared
provisions:
  - {{category: missile, where: 'kind in {{ICBM, SLBM}}', source: made-up}}
  - {{category: bomber, where: kind = bomber, source: made-up}}
  - {limit}
"""
    found = detente.layout(detente.load(algebra.write(tmp_path, files)), "t")
    assert sorted(s for c in found.uncounted for s in c.systems) == ["d", "g"]


# --- the matrix -----------------------------------------------------------------------------------
@few
@given(st.lists(forces, min_size=1, max_size=6), st.sampled_from(["linear", "all-forms"]))
def test_violations_agree_with_count(algebra: Any, scenarios: list[Any], text: str) -> None:
    """The matrix breaks as many limits as the count calls broken by best figures, force by force."""
    at = date(2000, 1, 1)
    compiled = compile_text(algebra.case, algebra.case.texts[text])
    for party, ids in (("north", NORTH), ("south", SOUTH)):
        # one line for each system and zone, so that every force is a point of the same space
        cells = [(s, z) for s in ids for z in ("", "land", "hills")]
        one = {party: [(s, Amount(1, 1, 1), z) for s, z in cells]}
        case = algebra.with_forces(algebra.case, one)
        chosen = choose_forces(case, case.texts[text], at)
        m = matrix_of(compiled, chosen.forces, party, at)
        assert {r.limit for r in m.rows} | {r.limit for r in m.left_out} == {
            r.limit for r in compiled.rows if r.party == party
        }
        assert all(linear(r) for r in m.rows)
        points, expected = [], []
        for held in scenarios:
            numbers = dict.fromkeys(cells, 0)
            for s, n, z in held[party]:
                numbers[s, z] += n.best
            force = {party: [(s, Amount(n, n, n), z) for (s, z), n in numbers.items()]}
            here = algebra.with_forces(algebra.case, force)
            mine = matrix_of(compiled, choose_forces(here, here.texts[text], at).forces, party, at)
            assert mine.columns == m.columns
            points.append(mine.x)
            found = detente.count(here, text, "2000-01-01", party=party)
            of_matrix = {r.limit for r in m.rows}
            best = [x for x in found.limits if x.limit in of_matrix]
            assert mine.counted - mine.b == pytest.approx(
                [float(x.counted.best - (x.at_most or 0)) for x in best]
            )
            expected.append(sum((x.excess or 0) > 0 for x in best))
        X = np.array(points).T
        assert violations(m.A, m.b, X).tolist() == expected
        assert violations(m.A, m.b, X, block=2).tolist() == expected


small = st.integers(-3, 3).map(float)


@few
@given(st.data(), st.integers(0, 6), st.integers(1, 6), st.integers(0, 40))
def test_violations_of_any_matrix(data: st.DataObject, rows: int, columns: int, n: int) -> None:
    """As the plain product says, whole numbers or not, in every block size and type."""
    A = np.array(data.draw(st.lists(st.lists(small, min_size=columns, max_size=columns),
                                    min_size=rows, max_size=rows))).reshape(rows, columns)  # fmt: skip
    b = np.array(data.draw(st.lists(st.integers(-50, 50).map(float), min_size=rows, max_size=rows)))
    X = np.array(
        data.draw(st.lists(st.integers(0, 100), min_size=columns * n, max_size=columns * n)),
        dtype=np.int64,
    ).reshape(columns, n)
    expected = (b[:, None] < A @ X).sum(axis=0).tolist()
    for kind in (np.int32, np.int64, np.float32, np.float64):
        for block in (7, 65_536):
            assert violations(A, b, X.astype(kind), block).tolist() == expected


def test_the_matrix_of_a_group(algebra: Any) -> None:
    """A ceiling on both parties together has the columns of both."""
    at = date(2000, 1, 1)
    held = {"north": [("d", Amount(30, 30, 30), "")], "south": [("f", Amount(20, 20, 20), "")]}
    case = algebra.with_forces(algebra.case, held)
    text = case.texts["linear"]
    m = matrix_of(compile_text(case, text), choose_forces(case, text, at).forces, "both", at)
    assert m.counted.tolist() == [30.0]  # thirty bombers; whether the others count is disputed
    assert m.x.sum() == 50


def test_violations_with_a_weight_that_is_not_whole() -> None:
    """Three at a half are 1.5, above 1, whatever type the scenarios are given in."""
    A, b = np.array([[0.5]]), np.array([1.0])
    assert violations(A, b, np.array([[3]], dtype=np.int32)).tolist() == [1]


def test_violations_of_many_rows() -> None:
    """Two hundred limits, all broken."""
    A, b = np.ones((200, 1)), np.zeros(200)
    assert violations(A, b, np.array([[1.0]])).tolist() == [200]
