"""The paper of `texts`."""

from __future__ import annotations

from detente.analyses.texts import TextList
from detente.report.paper import Cell, Column, Paper, Table, cell


def texts_paper(result: TextList) -> Paper:
    """One row a text, in order of date; the parties once where all texts have the same."""
    records = result.records()
    parties = list(dict.fromkeys(r["parties"] for r in records))
    several = len(parties) > 1
    rows = tuple(
        (
            cell(r["date"]),
            Cell(r["id"], "strong"),
            cell(r["title"]),
            cell(r["by"]),
            *((cell(r["parties"]),) if several else ()),
            cell(r["status"]),
            cell(f"{r['computed']} of {r['provisions']}"),
        )
        for r in records
    )
    columns = (
        Column("date"),
        Column("text"),
        Column("title", spare=True),
        Column("by"),
        *((Column("parties"),) if several else ()),
        Column("status", spare=True),
        Column("computed", "right"),
    )
    every = f"all between {parties[0]} · " if len(parties) == 1 else ""
    total = sum(r["provisions"] for r in records)
    done = sum(r["computed"] for r in records)
    subtitle = (
        f"{every}{done:,} of {total:,} provisions computed, those of a base counted with each text "
        "that rests on it · `detente show` says which are not, and why"
    )
    return Paper(f"Texts of {result.case.title}", (Table(columns, rows),), subtitle=subtitle)
