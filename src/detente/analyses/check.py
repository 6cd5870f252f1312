"""Check: everything that reading found, and whether the printed totals add up.

Printed tables contain misprints: a total that the holdings do not give is reported with both
figures and kept; nothing is repaired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.analyses.result import Result
from detente.compile.clashes import clashes_of
from detente.compile.compiler import compile_text
from detente.compile.holdings import settle
from detente.model.case import Case
from detente.model.problem import Problem, sort_problems


@dataclass(frozen=True, repr=False)
class Checked(Result):
    """What `check` found: problems, sorted by place, and what was read."""

    case: Case | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(p.severity == "error" for p in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems are warnings."""
        return sum(p.severity == "warning" for p in self.problems)

    def records(self) -> list[dict[str, Any]]:
        """One row a problem."""
        return [
            {
                "code": p.code,
                "severity": p.severity,
                "file": p.place.file,
                "line": p.place.line,
                "column": p.place.column,
                "message": p.message,
                "hint": p.hint,
            }
            for p in self.problems
        ]

    def as_data(self) -> dict[str, Any]:
        """Problems with all their places."""
        return {
            "case": self.case.id if self.case else None,
            "errors": self.errors,
            "warnings": self.warnings,
            "problems": [problem_data(p) for p in self.problems],
        }


def problem_data(p: Problem) -> dict[str, Any]:
    """A problem as plain data."""
    return {
        "code": p.code,
        "severity": p.severity,
        "message": p.message,
        "hint": p.hint,
        "places": [
            {
                "file": x.file,
                "line": x.line,
                "column": x.column,
                "length": x.length,
                "note": x.note,
            }
            for x in p.places
        ],
    }


def arithmetic(case: Case) -> list[Problem]:
    """Totals that do not add up, as warnings at the lines that print them."""
    found = []
    for inventory in case.inventories.values():
        settled = settle(case, inventory)
        for e in settled.elements:
            if e.holding.closes_on and not e.derived:
                message = (
                    f"the total '{e.holding.closes_on}' does not sum this line: it has no number"
                )
                found.append(Problem("W503", message, (e.holding.where,), severity="warning"))
        for d in settled.discrepancies:
            closing = d.published.declared and d.computed.best > d.declared.best
            found.append(
                Problem(
                    "W503" if closing else "W502",
                    f"{d.what}: the source gives {d.declared}, the holdings come to {d.computed}",
                    (d.published.place,),
                    d.why,
                    "warning",
                )
            )
    return found


def clashes(case: Case) -> list[Problem]:
    """Provisions of one text that contradict each other, reported at both places."""
    found = []
    for text in case.texts.values():
        for clash in clashes_of(compile_text(case, text)):
            found.append(
                Problem(
                    "W504",
                    f"{text.id}: '{clash.first.id}' and '{clash.second.id}' clash: {clash.why}",
                    (clash.second.place, clash.first.place),
                    "say `amends:` in the one that goes before",
                    "warning",
                )
            )
    return found


def unbound(case: Case) -> list[Problem]:
    """Claims bound to analyses, options or figures that there are not."""
    if not case.claims:
        return []
    from detente.analyses.audit import bindings

    return [p for claim in case.claims.values() for p in bindings(case, claim)]


def check_case(case: Case | None, problems: tuple[Problem, ...]) -> Checked:
    """All problems of a case: those of reading, and the arithmetic's when it could be read."""
    everything = list(problems)
    if case is not None and not any(p.severity == "error" for p in problems):
        everything += arithmetic(case)
        everything += clashes(case)
        everything += unbound(case)
    return Checked(case, tuple(sort_problems(everything)))
