"""The paper of `read`: what came of each file."""

from __future__ import annotations

from detente.analyses.read import Intake
from detente.reading.documents import FileRead
from detente.report.paper import Cell, Column, Paper, Para, Table, Tone, cell


def read_paper(result: Intake) -> Paper:
    """One line a file."""
    rows = tuple(
        (cell(f.file), _state(f), cell(len(f.keys) or None), cell(f.paragraphs or None), _keys(f))
        for f in result.files
    )
    columns = (
        Column("file"),
        Column("came of it"),
        Column("documents", "right"),
        Column("paragraphs", "right"),
        Column("as", spare=True),
    )
    where = f"Library: {result.library}" if result.library else "Nothing was kept."
    return Paper("Read", (Table(columns, rows), Para(where, "dim")))


def _state(f: FileRead) -> Cell:
    tone: Tone = "good"
    if not f.kept:
        return Cell("refused", "bad")
    if f.skipped:
        return Cell("read before, unchanged", "dim")
    counts = ((f.new, "new"), (f.changed, "changed"), (f.same, "the same"))
    words = [f"{n:,} {what}" for n, what in counts if n]
    return Cell(", ".join(words), tone)


def _keys(f: FileRead) -> Cell:
    if not f.keys:
        return cell("")
    return cell(f.keys[0] if len(f.keys) == 1 else f"{f.keys[0]} … {f.keys[-1]}")
