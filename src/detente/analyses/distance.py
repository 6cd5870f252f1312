"""Distance: how many concessions common ground lacked, over time; and how far away a text lay.

The distance at a date is the fewest concessions that would make a package both sides accept
(`detente.analyses.packages`). Toward a text, or toward what stood agreed at a later date, it is the
concessions that just this outcome asks of each side from where it stood: no cheaper way is looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from detente.analyses.acceptable import ALL, Acceptable, Mode, acceptable
from detente.analyses.forces import find_text, parse_date
from detente.analyses.package_checks import Chosen, chosen_of
from detente.analyses.package_space import CONCEDE, Space, moves_to, space_of
from detente.analyses.packages import Move, check_switches, routes, solve
from detente.analyses.result import Result
from detente.analyses.standing import (
    Ledger,
    issue_standing,
    known_from,
    ledger_at,
    record_of,
)
from detente.model.case import Case
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import Record, Statement


@dataclass(frozen=True)
class Target:
    """What a package is held against: a text's options, or what stood agreed at a date."""

    name: str
    chosen: Chosen


@dataclass(frozen=True, repr=False)
class Toward(Result):
    """How far away a target lay at a date: the moves it asks of each side.

    `agreed` are issues on which both sides took its options already; `not_put` those on which one
    side alone had spoken, `silent` those on which nobody had.
    """

    case: Case
    at: date
    mode: Mode
    target: Target
    parties: tuple[str, ...]
    moves: tuple[Move, ...]
    agreed: tuple[str, ...]
    not_put: tuple[str, ...]
    silent: tuple[str, ...]

    @property
    def concessions(self) -> tuple[Move, ...]:
        """The concessions among the moves."""
        return tuple(m for m in self.moves if m.kind == "concedes")

    def records(self) -> list[dict[str, Any]]:
        """One row a move."""
        return [
            {
                "issue": m.issue,
                "party": m.party,
                "kind": m.kind,
                "from": "; ".join(m.leaves),
                "to": "; ".join(m.to),
                "gives_up": "; ".join(m.gives_up),
            }
            for m in self.moves
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        short = {
            i: [k.removeprefix(f"{i}/") for k in sorted(s)] for i, s in self.target.chosen.items()
        }
        return {
            "case": self.case.id,
            "date": self.at.isoformat(),
            "mode": self.mode,
            "toward": self.target.name,
            "options": short,
            "concessions": [m.as_data() for m in self.concessions],
            "to_take_up": [m.as_data() for m in self.moves if m.kind != "concedes"],
            "agreed": list(self.agreed),
            "not_put": list(self.not_put),
            "silent": list(self.silent),
        }


@dataclass(frozen=True)
class Point:
    """A stretch of time with one distance: from a day on.

    `needed` are issues on which every cheapest way has a concession, `either` those on which some
    have; `moved_by` the statements that changed it.
    """

    start: date
    concessions: int
    take_ups: int
    needed: tuple[str, ...]
    either: tuple[str, ...]
    moved_by: tuple[Statement, ...]
    toward: int | None = None

    @property
    def issues(self) -> set[str]:
        """All issues on which a concession would help."""
        return {*self.needed, *self.either}


@dataclass(frozen=True, repr=False)
class Distance(Result):
    """The answer of `distance`: the curve, and the target it is also measured toward."""

    case: Case
    mode: Mode
    target: Target | None
    points: tuple[Point, ...]
    end: date
    wanted: tuple[str, ...] = ()

    def at(self, day: date) -> Point:
        """The stretch that a day lies in; raises KeyError before the first."""
        found = [p for p in self.points if p.start <= day]
        if not found:
            raise KeyError(day)
        return found[-1]

    def records(self) -> list[dict[str, Any]]:
        """One row a stretch."""
        return [
            {
                "from": p.start.isoformat(),
                "concessions": p.concessions,
                "take_ups": p.take_ups,
                **({"toward": p.toward} if self.target else {}),
                "needed": "; ".join(p.needed),
                "either": "; ".join(p.either),
                "moved_by": "; ".join(s.id for s in p.moved_by),
            }
            for p in self.points
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "mode": self.mode,
            "toward": self.target.name if self.target else None,
            "issues": list(self.wanted),
            "until": self.end.isoformat(),
            "curve": [
                {
                    "date": p.start.isoformat(),
                    "concessions": p.concessions,
                    "take_ups": p.take_ups,
                    "toward": p.toward,
                    "issues": list(p.needed),
                    "either": list(p.either),
                    "moved_by": [s.id for s in p.moved_by],
                }
                for p in self.points
            ],
        }


def target_of(case: Case, name: str) -> Target:
    """The options of a text, or those agreed at a date (the record's last, if it is later).

    Raises:
        Refused: there is no such text, it chooses no options of the record, or it is no date.

    """
    record = record_of(case)
    if name in case.texts or not name[:1].isdigit():
        text = find_text(case, name)
        chosen = chosen_of(text, record)
        if not chosen:
            message = f"the text '{name}' chooses no options of the record"
            hint = "name its options under `chooses:`, or give a date"
            raise Refused([Problem("E604", message, (text.place,), hint)])
        return Target(name, chosen)
    day = parse_date(name, "--toward")
    book = ledger_at(record, day)
    alive = book.holding()
    agreed: Chosen = {}
    for issue, question in record.issues.items():
        common = issue_standing(book, alive, question).common
        kept = [o for o in common if record.compatible(issue, common[0], o)]
        if kept:
            agreed[issue] = frozenset(f"{issue}/{o}" for o in kept)
    return Target(day.isoformat(), agreed)


def toward(
    case: Case,
    at: str | date,
    target: str,
    *,
    mode: Mode = "now",
    issue: str | Sequence[str] | None = None,
    assertions: str = ALL,
    ledger: str = "all",
) -> Toward:
    """Which concessions, by whom, lay between a date and a text, or what was agreed at another date.

    Raises:
        Refused: the case has no record; there is no such target, issue, party, mode or ledger.

    """
    record = record_of(case)
    check_switches(record, mode, assertions)
    day = parse_date(at, "--date")
    found = _wanted(record, target_of(case, target), issue)
    book = ledger_at(record, day, ledger)
    said = [s for s in known_from(record, ledger) if s.date.last <= day]
    taken = acceptable(book, day, mode=mode, said=said, assertions=assertions)
    return _toward(case, day, mode, found, taken)


def _wanted(record: Record, target: Target, issue: str | Sequence[str] | None) -> Target:
    wanted = [issue] if isinstance(issue, str) else list(issue or ())
    for name in wanted:
        if name not in record.issues:
            hint = did_you_mean(name, record.issues, "issues")
            raise Refused([Problem("E313", f"unknown issue '{name}'", (), hint)])
    if not wanted:
        return target
    return Target(target.name, {i: s for i, s in target.chosen.items() if i in wanted})


def _toward(case: Case, day: date, mode: Mode, target: Target, taken: Acceptable) -> Toward:
    put = {i: s for i, s in target.chosen.items() if taken.put(i)}
    steps = [s for s in moves_to(taken, target.chosen) if s[1] in put]
    moves = tuple(_move(taken, target.chosen, party, issue, kind) for party, issue, kind in steps)
    moving = {m.issue for m in moves}
    return Toward(
        case,
        day,
        mode,
        target,
        taken.parties,
        moves,
        tuple(i for i in put if i not in moving),
        tuple(i for i in target.chosen if len(taken.spoke[i]) == 1),
        tuple(i for i in target.chosen if not taken.spoke[i]),
    )


def _move(taken: Acceptable, chosen: Chosen, party: str, issue: str, kind: int) -> Move:
    held = {k for s in chosen.values() for k in s}
    own = {w.option for w in taken.of(party, issue)}
    order = [f"{issue}/{o}" for o in taken.record.issues[issue].options]
    to = [k for k in order if k in chosen[issue]]
    new = [k for k in to if k not in own]
    missing: list[str] = []
    for k in to:
        ways = [w for w in taken.of(party, issue) if w.option == k]
        if ways and not any({n.option for n in w.needs} <= held for w in ways):
            missing += [n.option for n in ways[0].needs if n.option not in held]
            new.append(k)
    return Move(
        party,
        issue,
        "concedes" if kind == CONCEDE else "takes up",
        taken.position(party, issue),
        tuple(new),
        tuple(dict.fromkeys(missing)),
    )


# --- the curve ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _GroupState:
    concessions: int
    take_ups: int
    needed: frozenset[str]
    either: frozenset[str]
    issues: frozenset[str]


def distance(
    case: Case,
    *,
    mode: Mode = "now",
    target: str | None = None,
    issue: str | Sequence[str] | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    assertions: str = ALL,
    ledger: str = "all",
) -> Distance:
    """The distance to common ground over the record, and toward a target if one is given.

    With `issue`, or with a target for its issues, these alone are counted and those tied to them.

    Raises:
        Refused: the case has no record; there is no such target, issue, party, mode or ledger.

    """
    record = record_of(case)
    check_switches(record, mode, assertions)
    aim = _wanted(record, target_of(case, target), issue) if target else None
    only = [issue] if isinstance(issue, str) else list(issue or ())
    for name in only:
        if name not in record.issues:
            hint = did_you_mean(name, record.issues, "issues")
            raise Refused([Problem("E313", f"unknown issue '{name}'", (), hint)])
    wanted = set(aim.chosen if aim else only)
    first = parse_date(since, "--since") if since else date.min
    last = parse_date(until, "--until") if until else date.max
    statements = [s for s in known_from(record, ledger) if s.date.last <= last]
    book = Ledger(record, record.parties)
    points: list[Point] = []
    known: dict[Any, _GroupState] = {}
    before: dict[str, _GroupState] = {}
    said: list[Statement] = []
    for day, group in groupby(statements, key=lambda s: s.date.last):
        papers = list(group)
        book.take(papers)
        said += papers
        if (
            day < first
            and (later := [s for s in statements if s.date.last > day])
            and (later[0].date.last <= first)
        ):
            continue
        taken = acceptable(book, day, mode=mode, said=said, assertions=assertions)
        states = _states(space_of(taken), known)
        if wanted:
            states = [g for g in states if g.issues & wanted]
        by_issue = {i: g for g in states for i in g.issues}
        now = {i: by_issue[i] for i in record.issues if i in by_issue}
        point = _point(max(day, first), states, papers, before, now)
        if aim:
            found = _toward(case, day, mode, aim, taken)
            point = replace(point, toward=len(found.concessions))
        before = now
        if points and _same(points[-1], point):
            continue
        points.append(point)
    end = statements[-1].date.last if statements else date.min
    return Distance(case, mode, aim, tuple(points), end, tuple(sorted(wanted)))


def _same(a: Point, b: Point) -> bool:
    """Whether two points differ in nothing but their day and what moved them."""

    kept = replace(b, start=a.start, moved_by=a.moved_by)
    return kept == a


def _states(space: Space, known: dict[Any, _GroupState]) -> list[_GroupState]:
    """The distance of each group; groups that did not change are not worked out again."""
    found = []
    for names in space.groups():
        key = space.signature(names)
        if key not in known:
            known[key] = _state(space, names)
        found.append(known[key])
    return found


def _state(space: Space, names: Sequence[str]) -> _GroupState:
    solved = solve(space, names)
    issues = frozenset(i for i in names if i in space.settlements)
    needed: frozenset[str] = frozenset()
    some: frozenset[str] = frozenset()
    if solved.concessions:
        sets = routes(space, names, solved) or {}
        conceding = [frozenset(i for _, i, kind in s if kind == CONCEDE) for s in sets]
        some = frozenset().union(*conceding) if conceding else issues  # too many to be told apart
        needed = frozenset.intersection(*conceding) if conceding else frozenset()
    return _GroupState(solved.concessions, solved.take_ups, needed, some - needed, issues)


def _point(
    day: date,
    states: Sequence[_GroupState],
    papers: Sequence[Statement],
    before: dict[str, _GroupState],
    now: dict[str, _GroupState],
) -> Point:
    changed = {i for i in {*before, *now} if before.get(i) != now.get(i)}
    moved = tuple(s for s in papers if s.issue in changed and s.audience != "internal")
    needed = {i for g in states for i in g.needed}
    either = {i for g in states for i in g.either}
    return Point(
        day,
        sum(g.concessions for g in states),
        sum(g.take_ups for g in states),
        tuple(i for i in now if i in needed),
        tuple(i for i in now if i in either),
        moved,
    )
