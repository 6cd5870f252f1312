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
            cell(f"{r['computed']} of {r['provisions']}"),
        )
        for r in result.records()
    )
    columns = (
        Column("date"),
        Column("text"),
        Column("title", spare=True),
        Column("by"),
        Column("status", spare=True),
        Column("computed", "right"),
    )
    return Paper(f"Texts of {result.case.title}", (Table(columns, rows),))
