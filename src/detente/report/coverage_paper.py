"""The paper of `coverage`: references that do not exist, paragraphs that no statement covers."""

from __future__ import annotations

from detente.analyses.coverage import Coverage, Covered
from detente.model.library import runs
from detente.report.paper import Block, Cell, Column, Heading, Paper, Para, Table, cell


def coverage_paper(result: Coverage, *, unread: bool = False) -> Paper:
    """A table of the documents read, then each missing reference and each paragraph left over."""
    blocks: list[Block] = []
    if result.documents:
        blocks.append(_table(result.documents))
    else:
        where = (
            f"the library {result.library} has" if result.library else "there is no library with"
        )
        blocks.append(Para(f"Nothing to check: {where} none of these documents.", "doubt"))
    missing = [(c, s, m) for c in result.documents for s, m in c.missing]
    if missing:
        rows = tuple(
            (
                cell(s.id),
                cell(c.document.id),
                Cell(", ".join(f"¶{x}" for x in m), "bad"),
                cell(str(s.place)),
            )
            for c, s, m in missing
        )
        columns = (Column("statement"), Column("document"), Column("not there"), Column("in"))
        blocks += [Heading("References that the documents have not", 2), Table(columns, rows)]
    doubtful = [(c, s, why) for c in result.documents for s, why in c.doubtful]
    if doubtful:
        rows = tuple(
            (cell(s.id), cell(c.document.id), cell(f"¶{s.paragraph}"), Cell(why, "doubt"))
            for c, s, why in doubtful
        )
        columns = (Column("statement"), Column("document"), Column("cites"), Column("but"))
        blocks += [Heading("Numbers that mean two places", 2), Table(columns, rows)]
    if result.unread:
        names = ", ".join(d.id for d in result.unread)
        words = f"{len(result.unread)} documents of the record are not in the library"
        blocks.append(Para(f"{words}: {names}." if unread else f"{words}.", "dim"))
    return Paper(
        "The record against the documents read",
        tuple(blocks),
        subtitle=" · ".join(filter(None, (result.case.title, result.library))),
    )


def _table(documents: tuple[Covered, ...]) -> Table:
    rows = []
    for c in documents:
        all_covered = not c.uncovered
        rows.append(
            (
                cell(c.document.id),
                cell(len(c.statements)),
                cell(c.paragraphs),
                Cell("all" if all_covered else str(c.covered), "good" if all_covered else ""),
                cell(runs(p.number for p in c.uncovered)),
            )
        )
    columns = (
        Column("document"),
        Column("statements", "right"),
        Column("paragraphs", "right"),
        Column("covered", "right"),
        Column("in no statement"),
    )
    notes = ("A statement without a paragraph covers none.",)
    return Table(columns, tuple(rows), caption="Paragraphs of the body", notes=notes)
