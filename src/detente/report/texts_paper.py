"""The paper of `texts`."""

from __future__ import annotations

from detente.analyses.texts import TextList
from detente.report.paper import Cell, Column, Paper, Table, cell


def texts_paper(result: TextList) -> Paper:
    """One row a text, in order of date."""
    rows = tuple(
        (
            cell(r["date"]),
            Cell(r["id"], "strong"),
            cell(r["title"]),
            cell(r["by"]),
            cell(r["status"]),
            cell(r["provisions"]),
            cell(r["computed"]),
            cell(r["provisions"] - r["computed"]),
        )
        for r in result.records()
    )
    columns = (
        Column("date"),
        Column("text"),
        Column("title"),
        Column("by"),
        Column("status"),
        Column("provisions", "right"),
        Column("computed", "right"),
        Column("not", "right"),
    )
    return Paper(f"Texts of {result.case.title}", (Table(columns, rows),))
