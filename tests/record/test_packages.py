"""Packages against listing them all; what both take, the fewest moves, ties, clashes; the founding case."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import detente
from detente.analyses.acceptable import Acceptable, acceptable
from detente.analyses.packages import Packages, packages
from detente.analyses.standing import ledger_at
from detente.cli.group import cli
from detente.model.case import Case
from detente.model.record import Record

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"
PARTIES = ("north", "south")
OUT = frozenset({"outside"})


def case_of(folder: Path, record: str) -> Case:
    """A case with that record."""
    (folder / "record").mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(
        "case: small\ntitle: Small\nparties: {north: {title: N}, south: {title: S}}\n",
        encoding="utf-8",
    )
    (folder / "record/r.yaml").write_text(record, encoding="utf-8")
    return detente.load(folder)


def record_of(issues: dict[str, dict[str, dict[str, Any]]], lines: str, linkages: str = "") -> str:
    """A record as text; each line: party, act, issue/option, other keys; one document a line."""
    documents, statements = [], []
    for i, line in enumerate(filter(None, map(str.strip, lines.splitlines())), 1):
        party, act, option, *extra = line.split(" ", 3)
        issue, _, name = option.partition("/")
        day = f"1980-{1 + i // 28:02}-{1 + i % 28:02}"
        keys = f", {extra[0]}" if extra else ""
        documents.append(f"  d{i}: {{citation: Paper {i}, date: {day}}}")
        statements.append(
            f"  - {{id: s{i}, date: {day}, document: d{i}, party: {party}, issue: {issue}, "
            f"option: {name}, act: {act}{keys}}}"
        )
    body = {
        i: {"title": i, "options": {o: {"text": o, **more} for o, more in options.items()}}
        for i, options in issues.items()
    }
    return (
        f"documents:\n{chr(10).join(documents)}\nissues: {json.dumps(body)}\n"
        f"statements:\n{chr(10).join(statements)}\n{linkages}"
    )


# --- the same by listing everything ---------------------------------------------------------------
def every_package(taken: Acceptable, record: Record) -> list[dict[str, frozenset[str]]]:
    """All packages that the options' own sense allows, listed."""
    play = {i: set(taken.options(i)) for i in record.issues}
    own = {k for keys in play.values() for k in keys}
    growing = True
    while growing:  # what an option in play cannot do without comes in
        growing = False
        for key in [k for keys in play.values() for k in keys]:
            issue, _, name = key.partition("/")
            p = record.issues[issue].options[name]
            needed = {_full(issue, r) for r in p.requires}
            any_of = {_full(issue, r) for r in p.requires_any}
            if not any_of & own:
                needed |= any_of
            for k in needed:
                if k not in play[k.split("/")[0]]:
                    play[k.split("/")[0]].add(k)
                    growing = True
    values: dict[str, list[frozenset[str]]] = {}
    for issue, keys in play.items():
        if not keys:
            continue
        together = [
            frozenset(c)
            for n in range(1, len(keys) + 1)
            for c in combinations(sorted(keys), n)
            if all(
                record.compatible(issue, a.split("/")[1], b.split("/")[1])
                for a, b in combinations(c, 2)
            )
        ]
        values[issue] = [*together, OUT] if taken.put(issue) else [*together, frozenset()]
    found = []
    for chosen in product(*values.values()):
        package = dict(zip(values, chosen, strict=True))
        if _makes_sense(package, record):
            found.append(package)
    return found


def _full(issue: str, reference: str) -> str:
    return reference if "/" in reference else f"{issue}/{reference}"


def _makes_sense(package: dict[str, frozenset[str]], record: Record) -> bool:
    held = {k for s in package.values() for k in s} - OUT
    left_out: set[str] = set()
    for key in held:
        issue, _, name = key.partition("/")
        p = record.issues[issue].options[name]
        if not {_full(issue, r) for r in p.requires} <= held:
            return False
        any_of = {_full(issue, r) for r in p.requires_any}
        if any_of and not any_of & held:
            return False
        for other in p.spans:
            if other != issue and other in package and package[other] in (OUT, frozenset()):
                return False
        for other in set(p.leaves_out) - {issue}:
            left_out.add(other)
            beside = {
                f"{other}/{o}"
                for o, q in record.issues[other].options.items()
                if key in {_full(other, r) for r in q.requires}
            }
            if other in package and not (package[other] in (OUT,) or package[other] <= beside):
                return False
    return all(i in left_out for i, s in package.items() if s == OUT)


def moves_of(
    package: dict[str, frozenset[str]], taken: Acceptable
) -> frozenset[tuple[str, str, str]]:
    """What a package asks of each side, from the words of the rule."""
    held = {k for s in package.values() for k in s}
    found = set()
    for issue, chosen in package.items():
        speakers = taken.spoke[issue]
        for party in speakers if len(speakers) > 1 else PARTIES:
            ways: dict[str, list[set[str]]] = {}
            for w in taken.of(party, issue):
                ways.setdefault(w.option, []).append({n.option for n in w.needs})
            new = [k for k in chosen - OUT if k not in ways]
            broken = any(
                k in ways and not any(needs <= held for needs in ways[k]) for k in chosen - OUT
            )
            if broken:
                found.add((party, issue, "concedes"))
            elif new and len(speakers) < 2:
                found.add((party, issue, "takes up"))
            elif new:
                stands = taken.stands.get((party, issue), ())
                fits = stands and all(
                    taken.record.compatible(issue, k.split("/")[1], o.split("/")[1])
                    for k in new
                    for o in stands
                )
                refused = any((party, k) in taken.refused for k in new)
                found.add((party, issue, "takes up" if fits and not refused else "concedes"))
    return frozenset(found)


def cost(moves: frozenset[tuple[str, str, str]]) -> tuple[int, int]:
    """Concessions first, then what is to be taken up."""
    n = sum(kind == "concedes" for _, _, kind in moves)
    return n, len(moves) - n


ISSUES = ("a", "b", "c", "d")
OPTIONS = ("x", "y", "z")


@st.composite
def records(draw: st.DrawFn) -> str:
    """A record of two sides on a few issues, with relations between options and conditions."""
    names = ISSUES[: draw(st.integers(2, 4))]
    references = [f"{i}/{o}" for i in names for o in OPTIONS]
    issues: dict[str, dict[str, dict[str, Any]]] = {}
    for i in names:
        issues[i] = {}
        for o in OPTIONS:
            more: dict[str, Any] = {}
            far = [r for r in references if not r.startswith(f"{i}/")]
            match draw(st.integers(0, 11)):
                case 0:
                    more["requires"] = [draw(st.sampled_from(far))]
                case 1:
                    more["requires_any"] = draw(
                        st.lists(st.sampled_from(far), min_size=1, max_size=2)
                    )
                case 2:
                    more["leaves_out"] = [draw(st.sampled_from([n for n in names if n != i]))]
                case 3:
                    more["spans"] = [draw(st.sampled_from([n for n in names if n != i]))]
                case 4 | 5:
                    more["stands_with"] = [draw(st.sampled_from([p for p in OPTIONS if p != o]))]
            issues[i][o] = more
    lines = []
    for _ in range(draw(st.integers(2, 10))):
        party = draw(st.sampled_from(PARTIES))
        act = draw(st.sampled_from(["proposes", "accepts", "proposes", "accepts", "rejects"]))
        key = draw(st.sampled_from(references))
        extra = ""
        if act != "rejects" and draw(st.booleans()):
            on = draw(st.lists(st.sampled_from(references), min_size=1, max_size=2, unique=True))
            extra = (
                f"conditional_on: [{', '.join(o for o in on if o != key)}]" if on != [key] else ""
            )
        lines.append(f"{party} {act} {key} {extra}".strip())
    return record_of(issues, "\n".join(lines))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records(), st.sampled_from(["now", "ever"]))
def test_as_if_all_were_listed(text: str, mode: Any) -> None:
    """The number of packages, the fewest moves, every set of them: as by listing all packages."""
    with tempfile.TemporaryDirectory() as name:
        case = case_of(Path(name), text)
    record = case.record
    assert record is not None
    day = date(1980, 12, 31)
    taken = acceptable(ledger_at(record, day), day, mode=mode, said=record.statements)
    all_packages = every_package(taken, record)
    if not all_packages:
        with pytest.raises(detente.Refused) as refused:
            packages(case, day, mode=mode)
        assert refused.value.problems[0].code == "E611"
        return
    costs = [(cost(m := moves_of(p, taken)), m, p) for p in all_packages]
    least = min(c for c, _, _ in costs)
    found = packages(case, day, mode=mode)
    assert (len(found.concessions), len(found.moves)) == (least[0], sum(least))
    shown = {i for g in found.groups for i in g.settled}  # the others need not be settled
    best = {tuple((i, p[i]) for i in sorted(shown)) for c, _, p in costs if c == least}
    assert found.then == len(best)
    assert found.packages == (found.then if least == (0, 0) else 0)
    for g in found.groups:
        for i, values in g.settled.items():
            assert {frozenset(v) - {"(outside)"} for v in values} == {
                dict(b)[i] - OUT for b in best
            }
    sets = {m for c, m, _ in costs if c == least}
    assert all(c.more == 0 for g in found.groups for c in g.choices)
    combined = {
        frozenset((m.party, m.issue, m.kind) for route in routes for m in route)
        for routes in product(*(g.routes for g in found.groups))
    }
    assert combined == sets


# --- the rules, one by one ------------------------------------------------------------------------
PLAIN = {
    "ceiling": {"low": {}, "high": {}, "stepped": {"stands_with": ["high"]}},
    "cruise": {"banned": {}, "free": {}, "later": {"leaves_out": ["ceiling"]}},
    "verify": {"means": {}, "visits": {}},
}


def small(tmp_path: Path, lines: str, linkages: str = "", **more: Any) -> Packages:
    """The packages of a small record at the end of 1980."""
    return packages(case_of(tmp_path, record_of(PLAIN, lines, linkages)), "1980-12-31", **more)


def moves(p: Packages) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """The fewest moves in short."""
    return [(m.party, m.kind, m.issue, tuple(k.split("/")[1] for k in m.to)) for m in p.moves]


def test_agreed_one_sided_and_apart(tmp_path: Path) -> None:
    """What both take is chosen; what one side alone put is no concession; the rest needs one."""
    p = small(
        tmp_path,
        """
        both accepts ceiling/high joint: true
        north proposes cruise/banned
        south proposes cruise/free
        north proposes verify/visits
        """,
    )
    assert p.not_put == (("verify", "north"),)
    assert [(g.issues, g.packages, g.concessions) for g in p.groups] == [
        (("ceiling",), 1, 0),
        (("cruise",), 0, 1),
    ]
    routes = {(m.party, m.leaves, m.to) for r in p.group("cruise").routes for m in r}
    assert routes == {
        ("north", ("cruise/banned",), ("cruise/free",)),
        ("south", ("cruise/free",), ("cruise/banned",)),
    }
    assert (p.packages, p.then) == (0, 2)


def test_compatible_options_together(tmp_path: Path) -> None:
    """Options that stand with each other may be chosen alone or together."""
    p = small(
        tmp_path,
        "both accepts ceiling/high joint: true\nboth accepts ceiling/stepped joint: true",
    )
    assert p.packages == 3
    assert set(p.group("ceiling").options["ceiling"]) == {"ceiling/high", "ceiling/stepped"}


def test_what_fits_is_taken_up_not_conceded(tmp_path: Path) -> None:
    """An option that fits all a side stands on is taken up, until the side has refused it."""
    lines = "north proposes ceiling/high\nsouth proposes ceiling/stepped"
    p = small(tmp_path, lines)
    assert not p.concessions
    assert ("north", "takes up", "ceiling", ("stepped",)) in moves(p)
    p = small(tmp_path, lines + "\nnorth rejects ceiling/stepped\nsouth proposes ceiling/stepped")
    assert ("south", "takes up", "ceiling", ("high",)) in moves(p)
    assert all(m.party == "south" for m in p.moves)


CONDITION = """
north proposes ceiling/high
south accepts ceiling/high conditional_on: [cruise/banned]
{} proposes cruise/{}
"""


def test_conditions_are_honoured(tmp_path: Path) -> None:
    """Taken on condition, an option stands in a package only with what it was tied to."""
    p = small(tmp_path, CONDITION.format("north", "banned"))
    assert (p.packages, p.moves) == (1, ())
    assert p.group("ceiling").issues == ("ceiling", "cruise")
    p = small(tmp_path, CONDITION.format("north", "free"))
    routes = {frozenset((m.party, m.issue, m.gives_up) for m in r) for r in p.groups[0].routes}
    assert p.packages == 0
    # north bans them; or south gives its condition up and goes to free
    assert routes == {frozenset({("north", "cruise", ())})}
    p = small(tmp_path, CONDITION.format("north", "free") + "both accepts cruise/free joint: true")
    assert {(m.party, m.issue, m.kind) for m in p.moves} == {("south", "ceiling", "concedes")}


LINKED = """
both accepts ceiling/high joint: true
both accepts verify/means joint: true
north proposes cruise/banned
south proposes cruise/free
"""
LINKAGE = """linkages:
  - {id: k1, date: 1980-01-20, asserted_by: south, kind: condition, a: [ceiling/high],
     b: [cruise/free], text: no ceiling without them}
"""
WHOLE = """linkages:
  - {id: k2, date: 1980-01-20, asserted_by: south, kind: interdependence, a: [ceiling/high],
     b: [ceiling/high], text: all hangs together}
"""


def test_whose_assertions_bind(tmp_path: Path) -> None:
    """An asserted linkage binds the side that asserted it, and can be left out of account."""
    bound = small(tmp_path, LINKED, LINKAGE)
    tie = next(t for t in bound.group("ceiling").ties if t.party)
    assert (tie.party, tie.option, tie.to, tie.where) == (
        "south",
        "ceiling/high",
        ("cruise/free",),
        "k1",
    )
    assert moves(bound) == [("north", "concedes", "cruise", ("free",))]
    for free in ("none", "north"):
        p = small(tmp_path, LINKED, LINKAGE, assertions=free)
        assert p.group("ceiling").issues == ("ceiling",)
        assert len(list(p.group("cruise").routes)) == 2
    same = small(tmp_path, LINKED, LINKAGE, assertions="south")
    assert same.as_data()["groups"] == bound.as_data()["groups"]


def test_all_hangs_together_as_asserted(tmp_path: Path) -> None:
    """Taken at its word, a side takes all that it accepted, or none of it."""
    lines = """
    both accepts ceiling/high joint: true
    both accepts verify/means joint: true
    north proposes verify/visits
    """
    apart = small(tmp_path, lines, WHOLE)
    assert {(m.party, m.issue) for r in apart.group("verify").routes for m in r} == {
        ("north", "verify"),
        ("south", "verify"),
    }
    whole = small(tmp_path, lines, WHOLE, as_asserted=True)
    # were south to go to visits, its acceptance of the ceiling would fall with the rest
    assert moves(whole) == [("north", "concedes", "verify", ("means",))]


def test_left_outside(tmp_path: Path) -> None:
    """Who takes an option that leaves an issue out need not settle that issue."""
    p = small(
        tmp_path,
        """
        north proposes cruise/later
        south proposes cruise/banned
        north proposes ceiling/low
        south proposes ceiling/high
        south proposes cruise/later
        """,
    )
    assert p.group("ceiling").settled["ceiling"] == (frozenset({"(outside)"}),)
    assert p.packages == 1


def test_ever_takes_what_was_once_offered(tmp_path: Path) -> None:
    """What both once took is common ground of the second ledger."""
    lines = """
    both accepts ceiling/high joint: true
    north proposes ceiling/low
    south accepts ceiling/stepped
    """
    assert small(tmp_path, lines).concessions
    assert small(tmp_path, lines, mode="ever").packages == 1


def test_a_clash_is_named(tmp_path: Path) -> None:
    """Each issue by itself has common ground, together they have none: the smallest reason is said."""
    p = small(
        tmp_path,
        """
        north accepts ceiling/high conditional_on: [verify/visits]
        south accepts ceiling/high conditional_on: [verify/means]
        both accepts verify/means joint: true
        both accepts cruise/free joint: true
        """,
    )
    assert p.packages == 0
    clash = {(t.party, t.option, t.to) for t in p.group("ceiling").clash}
    assert clash == {("north", "ceiling/high", ("verify/visits",))}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"mode": "often"}, "E604"),
        ({"assertions": "sauth"}, "E301"),
        ({"issue": "celing"}, "E313"),
        ({"ledger": "nobody"}, "E604"),
    ],
)
def test_switches_that_are_not_known(tmp_path: Path, more: dict[str, str], code: str) -> None:
    """With the nearest name."""
    with pytest.raises(detente.Refused) as refused:
        small(tmp_path, "north proposes ceiling/low", **more)
    assert refused.value.problems[0].code == code
    assert refused.value.problems[0].hint


# --- texts, targets, forces -----------------------------------------------------------------------
FORCES = """
both accepts ceiling/high joint: true
north proposes cruise/banned
south proposes cruise/free
"""
FILES = {
    "bases/b.yaml": "bases: {launchers: {counts: launchers}}",
    "sources/s.yaml": "sources: {doc: {title: A document}}",
    "attributes/a.yaml": "attributes: {kind: {type: choice, choices: [rocket, drone]}}",
    "systems/s.yaml": (
        "systems:\n"
        "  rocket: {name: Rocket, party: north, facts: [{source: doc, kind: rocket}]}\n"
        "  missile: {name: Missile, party: south, facts: [{source: doc, kind: rocket}]}\n"
    ),
    "inventories/i.yaml": (
        "inventories:\n"
        "  north-1980: {party: north, date: 1980-01-01, basis: launchers, title: N,\n"
        "    holdings: [{system: rocket, number: 40, source: doc}]}\n"
        "  south-1980: {party: south, date: 1980-01-01, basis: launchers, title: S,\n"
        "    holdings: [{system: missile, number: 70, source: doc}]}\n"
    ),
    "texts/treaty.yaml": (
        "text: treaty\ntitle: Treaty\nparties: [north, south]\ndate: 1980-02-01\n"
        "counts: launchers\nsource: doc\nperiod: {from: 1981-01-01}\n"
        "chooses: {ceiling: high, cruise: []}\nprovisions:\n"
        "  - {category: rockets, title: Rockets, where: kind = rocket, source: doc}\n"
    ),
    "texts/ceiling.yaml": (
        "issue: ceiling\ntitle: The ceiling\noptions:\n"
        "  high:\n    title: Fifty\n    provisions:\n"
        "      - {ceiling: rocket-ceiling, on: rockets, at_most: 50, source: doc}\n"
        "  low:\n    title: Twenty to thirty\n    provisions:\n"
        "      - {ceiling: rocket-ceiling, on: rockets, at_most: 20, source: doc}\n"
        "      - {floor: rocket-floor, on: rockets, at_least: 30, source: doc}\n"
        "  stepped:\n    title: Ninety\n    provisions:\n"
        "      - {floor: rocket-floor, on: rockets, at_least: 90, source: doc}\n"
    ),
}


def armed(tmp_path: Path, lines: str = FORCES) -> Case:
    """A small case with forces, and options that bring limits."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return case_of(tmp_path, record_of(PLAIN, lines))


def test_a_text_says_which_options_it_chooses(tmp_path: Path) -> None:
    """Options of the record, with or without provisions; an empty list takes the base's choice away."""
    case = armed(tmp_path)
    (tmp_path / "texts/other.yaml").write_text(
        "text: other\ntitle: Other\nparties: [north, south]\nby: north\ndate: 1980-03-01\n"
        "source: doc\nbased_on: treaty\nchooses: {cruise: banned}\n---\n"
        "text: silent\ntitle: Silent\nparties: [north, south]\nby: north\ndate: 1980-03-01\n"
        "source: doc\nbased_on: treaty\n",
        encoding="utf-8",
    )
    case = detente.load(tmp_path)
    assert case.texts["treaty"].chosen == (("ceiling", "high"),)
    assert set(case.texts["other"].chosen) == {("ceiling", "high"), ("cruise", "banned")}
    assert case.texts["silent"].chosen == ()


@pytest.mark.parametrize(
    ("option", "rate", "north", "south"),
    [
        ("high", None, "permitted", "to cut"),
        ("high", 100, "permitted", "to cut"),
        ("high", 10, "permitted", "too late"),
        ("low", None, "no force", "no force"),
        ("stepped", None, "no cut is enough", "no cut is enough"),
    ],
)
def test_packages_are_held_against_forces(
    tmp_path: Path, option: str, rate: float | None, north: str, south: str
) -> None:
    """What no force can satisfy, no cut reach, or no rate bring about in time is said so."""
    case = armed(tmp_path, FORCES.replace("ceiling/high", f"ceiling/{option}"))
    p = packages(case, "1980-12-31", forces="1980-06-01", rate=rate)
    assert p.checked
    whole = next(c for c in p.checked.checks if not c.text)
    assert {s.party: s.verdict for s in whole.sides} == {"north": north, "south": south}
    if option == "high":
        assert {s.party: s.least for s in whole.sides} == {"north": 0, "south": 20}
    else:
        assert any("rocket-floor" in s.clash for s in whole.sides)


def test_what_is_not_checked_is_said(tmp_path: Path) -> None:
    """Without a text that gives a frame, or without data, the reason is given."""
    (tmp_path / "a").mkdir()
    case = armed(tmp_path / "a")
    late = packages(case, "1980-12-31", forces="1979-01-01")
    assert late.checked
    assert all("no inventory" in c.why_not or c.why_not for c in late.checked.checks)
    FILES_WITHOUT = {k: v for k, v in FILES.items() if k != "texts/treaty.yaml"}
    (tmp_path / "b").mkdir()
    for name, text in FILES_WITHOUT.items():
        (tmp_path / "b" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "b" / name).write_text(text, encoding="utf-8")
    case = case_of(tmp_path / "b", record_of(PLAIN, FORCES))
    p = packages(case, "1980-12-31", forces="1980-06-01")
    assert p.checked
    assert [c.why_not for c in p.checked.checks] == [
        "no text of the case chooses among these options and gives them a frame"
    ]


def test_toward_a_text_and_a_date(tmp_path: Path) -> None:
    """What lies between a day and an outcome: a move for each side that it asks one of."""
    lines = """
    north proposes ceiling/low
    south proposes ceiling/stepped
    north proposes cruise/free
    both accepts ceiling/high joint: true
    both accepts cruise/free joint: true
    """
    case = armed(tmp_path, lines)
    t = detente.toward(case, "1980-01-04", "treaty")
    assert [(m.party, m.kind, m.issue) for m in t.moves] == [
        ("north", "concedes", "ceiling"),
        ("south", "takes up", "ceiling"),
    ]
    t = detente.toward(case, "1980-01-04", "1980-12-31")
    assert (len(t.concessions), t.not_put, t.agreed) == (1, ("cruise",), ())
    t = detente.toward(case, "1980-12-31", "1980-12-31")
    assert (t.moves, set(t.agreed)) == ((), {"ceiling", "cruise"})
    with pytest.raises(detente.Refused) as refused:
        detente.toward(case, "1980-12-31", "traety")
    assert "treaty" in refused.value.problems[0].hint


# --- the founding case ----------------------------------------------------------------------------
@pytest.fixture(scope="module")
def founding() -> Case:
    """The founding case."""
    return detente.load(FOUNDING)


def test_chosen_options_are_those_of_the_record(founding: Case) -> None:
    """Each option that a text of the case chooses was said by its author in the record by that day."""
    assert founding.record
    n = 0
    for text in founding.texts.values():
        for issue, option in text.chosen:
            said = [
                s
                for s in founding.record.statements
                if (s.issue, s.option) == (issue, option)
                and s.date.first <= text.date.last
                and s.act not in ("rejects", "withdraws")
                and s.audience != "internal"
                and (text.by in (s.party, "joint") or s.party == "both")
            ]
            assert said, (text.id, issue, option)
            n += 1
    assert n > 60


@pytest.mark.parametrize(
    ("mode", "days"),
    [
        (
            "now",
            ("1974-12-10", "1976-01-22", "1977-02-25", "1977-03-31", "1978-04-20", "1979-06-18"),
        ),
        ("ever", ("1977-02-25", "1977-03-31")),
    ],
)
def test_the_curve_is_the_packages_of_each_day(
    founding: Case, mode: Any, days: tuple[str, ...]
) -> None:
    """The distance on any day is the number of concessions that the packages of that day need."""
    curve = detente.distance(founding, mode=mode, since=days[0], until=days[-1])
    for day in days:
        p = packages(founding, day, mode=mode)
        point = curve.at(date.fromisoformat(day))
        assert (point.concessions, point.take_ups) == (
            len(p.concessions),
            len(p.moves) - len(p.concessions),
        ), day
        assert {m.issue for m in p.concessions} <= point.issues


def test_ever_is_never_further_than_now(founding: Case) -> None:
    """What was once accepted or offered only adds common ground."""
    for day in ("1976-01-22", "1977-02-25", "1977-03-31"):
        now, ever = (packages(founding, day, mode=m) for m in ("now", "ever"))
        shared = {i for g in now.groups for i in g.issues}
        beyond = [m for m in ever.concessions if m.issue in shared]
        assert len(beyond) <= len(now.concessions)


def test_the_letters_day(founding: Case) -> None:
    """On 25 February 1977: what hung on the complex of cruise missiles, what only one side had put."""
    p = packages(founding, "1977-02-25")
    assert p.packages == 0
    g = p.group("mirv-counting")
    assert "cruise-complex" in g.issues
    assert any(
        (t.party, t.option, t.to)
        == ("USSR", "mirv-counting/mc-tested-type", ("cruise-complex/cm-inside",))
        for t in g.ties
    )
    assert {"backfire", "cruise-complex", "glcm", "vladivostok-basis"} <= {
        m.issue for m in p.concessions
    }
    assert "noncircumvention" in dict(p.not_put)
    data = json.loads(p.to_json())
    assert {"date", "mode", "groups", "not_put", "concessions", "packages"} <= set(data)
    assert all({"issues", "packages", "options"} <= set(g) for g in data["groups"])
    assert all({"party", "issue", "from", "to"} <= set(c) for c in data["concessions"])


def test_looking_back_from_moscow(founding: Case) -> None:
    """After Moscow the treaty of 1979 lay further away than on the letter's day; signed, not at all."""
    away = [
        len(detente.toward(founding, day, "salt-ii-package-1979").concessions)
        for day in ("1977-02-25", "1977-03-31", "1979-06-18")
    ]
    assert away[0] < away[1]
    assert away[2] == 0


def ask(*arguments: str) -> str:
    """What the command prints."""
    found = CliRunner().invoke(
        cli, ["packages", *arguments], env={"COLUMNS": "110", "NO_COLOR": "1"}
    )
    assert found.exit_code == 0, found.output
    return found.output


def test_the_command(tmp_path: Path) -> None:
    """The table, and the curve with its picture."""
    case = str(FOUNDING)
    table = ask(case, "--date", "1977-02-25", "--rate", "100")
    assert "Packages that both sides could accept, 1977-02-25" in table
    for said in ("US concedes", "or USSR concedes", "Not put", "Not checked"):
        assert said in table
    drawing = tmp_path / "d.svg"
    until = ("--since", "1977-01-01", "--until", "1977-04-01")
    ask(case, "--over-time", *until, "--picture", str(drawing))
    svg = ElementTree.fromstring(drawing.read_text(encoding="utf-8"))
    words = " ".join(svg.itertext())
    assert "fewest concessions to common ground" in words
    assert "1977-02-25" in words  # the letter's day is marked


def test_the_papers(founding: Case) -> None:
    """Markdown, rows and data of each answer."""
    p = packages(founding, "1977-02-25", forces="1977-02-25", rate=100)
    assert "107 by 1977-10-03: not before 1978-03" in p.render("markdown")
    assert {r["issue"] for r in p.records()} == {i for g in p.groups for i in g.issues}
    back = detente.toward(founding, "1977-03-31", "salt-ii-package-1979")
    assert f"{len(back.concessions)} concessions away (US" in str(back)
    curve = detente.distance(
        founding, target="salt-ii-package-1979", since="1977-02-01", until="1977-04-01"
    )
    data = curve.as_data()["curve"]
    assert {x["date"] for x in data} >= {"1977-02-25", "1977-03-28"}
    assert all(x["toward"] for x in data)
    assert curve.at(date(1977, 3, 29)).start == date(1977, 3, 28)
    assert "1977-03-28" in curve.render("markdown")


def test_the_command_needs_a_date() -> None:
    """Without a date, and not over time, nothing can be answered."""
    found = CliRunner().invoke(cli, ["packages", str(FOUNDING)])
    assert found.exit_code == 2
    assert "--date" in found.output
