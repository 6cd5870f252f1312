"""The paper of `check`."""

from __future__ import annotations

from detente.analyses.check import Checked
from detente.report.paper import Cell, Column, Paper, Para, Table, cell
from detente.report.problems import summary


def check_paper(result: Checked) -> Paper:
    """What was read, and the problems as a table."""
    title = f"Check of {result.case.title}" if result.case else "Check"
    if not result.problems:
        return Paper(title, (Para("No problems."),))
    rows = tuple(
        (
            Cell(p.code, "bad" if p.severity == "error" else "doubt"),
            cell(str(p.place)),
            cell(p.message + (f" — {p.hint}" if p.hint else "")),
        )
        for p in result.problems
    )
    columns = (Column("code"), Column("place"), Column("problem"))
    return Paper(title, (Para(summary(result.problems) + "."), Table(columns, rows)))
