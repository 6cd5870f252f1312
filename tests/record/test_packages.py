"""Packages against listing them all; what both take, the fewest moves, ties, clashes; the founding case."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import detente
from detente.analyses.acceptable import Acceptable, acceptable
from detente.analyses.packages import packages
from detente.analyses.standing import ledger_at
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
                stands = taken.stands[party, issue]
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


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
    assert all(g.more == 0 for g in found.groups)
    combined = {
        frozenset((m.party, m.issue, m.kind) for route in routes for m in route)
        for routes in product(*(g.routes or ((),) for g in found.groups))
    }
    assert combined == sets
