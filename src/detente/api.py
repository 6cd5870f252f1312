"""The Python entry points that read cases."""

from __future__ import annotations

import os

from detente.analyses.check import Checked, check_case
from detente.model.case import Case
from detente.model.problem import Problem
from detente.reading import case_reader


class CaseError(Exception):
    """A case cannot be used as it stands; `problems` says why, one located problem each."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        shown = "\n".join(f"  {p.place}: {p.message} [{p.code}]" for p in problems[:20])
        more = f"\n  … and {len(problems) - 20} more" if len(problems) > 20 else ""
        super().__init__(f"the case has {len(problems)} errors:\n{shown}{more}")


def load(path: str | os.PathLike[str]) -> Case:
    """Read a case.

    Raises:
        CaseError: the case has errors. `check` returns them (and the warnings) as values.

    """
    loaded = case_reader.load(path)
    if loaded.case is None or loaded.errors:
        raise CaseError(loaded.errors)
    return loaded.case


def check(path: str | os.PathLike[str]) -> Checked:
    """Read a case and return every problem found, warnings included; never raises for mistakes."""
    loaded = case_reader.load(path)
    return check_case(loaded.case, loaded.problems)
