"""The paper of `statements`."""

from __future__ import annotations

from detente.analyses.statements import Said
from detente.report.paper import Cell, Column, Paper, Table, cell


def statements_paper(result: Said) -> Paper:
    """One row a statement, in the order of the record."""
    rows = []
    for r in result.as_data()["statements"]:
        marks = [
            "internal" if r["audience"] == "internal" else "",
            "joint" if r["joint"] else "",
            f"reported by {r['reported_by']}" if r["reported_by"] else "",
            f"authority: {r['authority']}" if r["authority"] else "",
            "in part" if r["covers"] == "part" else "",
            f"if {', '.join(r['conditional_on'])}" if r["conditional_on"] else "",
            r["confidence"] if r["confidence"] != "verified" else "",
        ]
        act = r["act"] + (f" ({r['stance']})" if r["stance"] else "")
        marked = "; ".join(m for m in marks if m)
        words = r["note"] or r["says"]
        place = f"¶{r['paragraph']}" if r["paragraph"][:1].isdigit() else r["paragraph"]
        rows.append(
            (
                cell(r["date"]),
                Cell(f"{r['id']} {r['party']} {act}"),
                Cell(f"{r['issue']}/{r['option']}", "strong"),
                cell(f"{words} [{marked}]" if marked else words),
                cell(f"{r['document']} {place}".strip()),
            )
        )
    columns = (
        Column("date"),
        Column("statement"),
        Column("option"),
        Column("in our words"),
        Column("where"),
    )
    asked = "; ".join(f"{k} {v}" for k, v in result.asked) or "all"
    count = f"{len(rows)} statement{'' if len(rows) == 1 else 's'}"
    return Paper("Statements", (Table(columns, tuple(rows)),), subtitle=f"{asked} · {count}")
