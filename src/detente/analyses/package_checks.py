"""Checks: whether any force can satisfy a package, and whether a side's present force gets there.

Two kinds of packages have limits that can be checked: one whose options bring provisions of their
own, set into a text of the case that chooses among them; and a text that says which options of the
record it chooses. Everything else is named as not checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, Literal

import numpy as np

from detente.analyses.acceptable import Acceptable
from detente.analyses.bounds import Bounds
from detente.analyses.forces import choose_forces
from detente.analyses.package_space import CONCEDE, Settlement, moves_to
from detente.analyses.reduce import Cuts, Rates, SideCut, reduce
from detente.analyses.unravel import makers_of, used_names
from detente.compile.compiler import compile_text
from detente.compile.counts import Counter
from detente.compile.reach import PLENTY
from detente.compile.region import region_of
from detente.model.case import Case
from detente.model.problem import Refused
from detente.model.record import Record
from detente.model.texts import Text

Verdict = Literal["permitted", "to cut", "too late", "no cut is enough", "no force"]
Chosen = dict[str, Settlement]
MOST, COUNTED = 32, 10_000  # so many packages are checked, and so many more are counted


@dataclass(frozen=True)
class SideCheck:
    """What a package means for the force of one side.

    `least` is what it must cut at least, `due` by when, `needed` how many a year that takes, `done`
    when it would be done at the rate given. `clash` are limits that cannot be met together.
    """

    party: str
    verdict: Verdict
    least: float | None
    due: date | None = None
    needed: float | None = None
    done: date | None = None
    clash: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "party": self.party,
            "verdict": self.verdict,
            "least": self.least,
            "due": self.due.isoformat() if self.due else None,
            "needed_a_year": round(self.needed, 1) if self.needed is not None else None,
            "done": self.done.isoformat() if self.done else None,
            "clash": list(self.clash),
        }


@dataclass(frozen=True)
class Check:
    """One package with limits: a text's options or those of a group, and what they ask of each side.

    `concessions` are those that its options ask on the record. `why_not` says why it is not checked;
    `not_computed` how many of its provisions no row says.
    """

    text: str
    title: str
    chosen: tuple[str, ...]
    concessions: tuple[tuple[str, int], ...]
    sides: tuple[SideCheck, ...] = ()
    not_computed: int = 0
    why_not: str = ""

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "text": self.text,
            "title": self.title,
            "options": list(self.chosen),
            "asks": [{"party": p, "concessions": n} for p, n in self.concessions],
            "sides": [s.as_data() for s in self.sides],
            "not_computed": self.not_computed,
            "why_not": self.why_not,
        }


@dataclass(frozen=True)
class ForceChecks:
    """All checks, as of which forces, and how many packages with limits were left out."""

    forces: str
    checks: tuple[Check, ...]
    left: int | None = 0
    rated: bool = False

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "forces": self.forces,
            "texts": [c.as_data() for c in self.checks],
            "not_checked": self.left,
        }


def check_packages(
    case: Case,
    taken: Acceptable,
    at: date,
    packages: Iterable[Chosen],
    forces: str,
    rate: Rates | None,
) -> ForceChecks:
    """Texts by that date that choose options of the record, and packages that bring provisions.

    `packages` are the different settlements, in the packages with the fewest moves, of the issues
    whose options bring provisions.
    """
    record = taken.record
    found = []
    texts = sorted(case.texts.values(), key=lambda t: (t.date.first, t.id))
    for text in texts:
        chosen = chosen_of(text, record)
        if chosen and text.date.first <= at:
            found.append(_check(case, text, chosen, taken, forces, rate))
    bearing = bearing_issues(case, record)
    left: int | None = 0
    if bearing:
        frame = next((t for t in reversed(texts) if any(i in bearing for i, _ in t.chosen)), None)
        rest = iter(packages)
        for chosen in islice(rest, MOST):
            found.append(_composed(case, frame, chosen, taken, forces, rate))
        left = sum(1 for _ in islice(rest, COUNTED + 1))
        left = None if left > COUNTED else left
    return ForceChecks(forces, tuple(found), left, rate is not None)


def chosen_of(text: Text, record: Record) -> Chosen:
    """The options of the record that a text chooses, by issue."""
    found: Chosen = {}
    for issue, option in text.chosen:
        if issue in record.issues and option in record.issues[issue].options:
            found[issue] = found.get(issue, frozenset()) | {f"{issue}/{option}"}
    return found


def bearing_issues(case: Case, record: Record) -> list[str]:
    """The issues of the record whose options bring provisions."""
    return [
        i
        for i in record.issues
        if i in case.issues and any(o.provisions for o in case.issues[i].options)
    ]


def _composed(
    case: Case,
    frame: Text | None,
    chosen: Chosen,
    taken: Acceptable,
    forces: str,
    rate: Rates | None,
) -> Check:
    """A package as a text: the frame's own provisions with those of the options chosen."""
    keys = tuple(sorted(k for s in chosen.values() for k in s))
    title = ", ".join(k.partition("/")[2] or k for k in keys)
    if frame is None:
        why = "no text of the case chooses among these options and gives them a frame"
        return Check("", title, keys, _asked(taken, chosen), why_not=why)
    provisions = [p for p in frame.provisions if p.issue not in chosen]
    for issue, settlement in chosen.items():
        for option in case.issues[issue].options:
            if f"{issue}/{option.id}" in settlement:
                provisions += option.provisions
    makers = makers_of(provisions)
    defined = {p.id for p in provisions} | makers.keys()
    lacking = [n for p in provisions for names in used_names(p) for n in names if n not in defined]
    if lacking:
        why = f"nothing in it defines {', '.join(dict.fromkeys(lacking))}"
        return Check("", title, keys, _asked(taken, chosen), why_not=why)
    text = replace(frame, title=f"Package: {title}", provisions=tuple(provisions))
    return _check(case, text, chosen, taken, forces, rate, name="")


def _check(
    case: Case,
    text: Text,
    chosen: Chosen,
    taken: Acceptable,
    forces: str,
    rate: Rates | None,
    name: str | None = None,
) -> Check:
    check = Check(
        text.id if name is None else name,
        text.title,
        tuple(sorted(k for s in chosen.values() for k in s)),
        _asked(taken, chosen),
    )
    try:
        cuts = reduce(case, text, forces, rate=rate)
    except Refused as refused:
        return replace(check, why_not=refused.problems[0].message)
    sides = tuple(_side(case, text, cuts, s, forces) for s in cuts.sides)
    return replace(check, sides=sides, not_computed=len(cuts.not_computed))


def _asked(taken: Acceptable, chosen: Chosen) -> tuple[tuple[str, int], ...]:
    """How many concessions the options ask of each side, on issues that were put."""
    steps = [s for s in moves_to(taken, chosen) if s[2] == CONCEDE and taken.put(s[1])]
    return tuple((p, sum(party == p for party, _, _ in steps)) for p in taken.parties)


def _side(case: Case, text: Text, cuts: Cuts, side: SideCut, forces: str) -> SideCheck:
    least = side.least.best
    if least is None:
        clash = tuple(dict.fromkeys(r.name for c in side.clashes for r, _ in c.parts))
        verdict: Verdict = "no cut is enough"
        if not _any_force(case, text, side.parties, cuts.at, forces):
            verdict = "no force"
        return SideCheck(side.party, verdict, None, clash=clash)
    stages = [g for g in side.stages if g.least.best]
    if not stages:
        return SideCheck(side.party, "permitted", 0)
    late = [g for g in stages if g.in_time is False]
    shown = late[0] if late else max(stages, key=lambda g: (g.needed or 0, g.least.best or 0))
    return SideCheck(
        side.party,
        "too late" if late else "to cut",
        shown.least.best,
        shown.due,
        shown.needed,
        shown.done,
    )


def _any_force(case: Case, text: Text, parties: Sequence[str], at: date, forces: str) -> bool:
    """Whether any numbers of the systems held would satisfy the limits."""
    chosen = choose_forces(case, text, forces)
    counter = Counter(compile_text(case, text).on(at), chosen.forces)
    region = region_of(
        counter.compiled,
        chosen.forces,
        parties[0],
        at,
        resolve=Bounds(counter, chosen).resolver("best"),
        most=np.full(len(chosen.forces.elements), PLENTY),
        also=parties[1:],
        counter=counter,
    )
    return region.solver().solve().found
