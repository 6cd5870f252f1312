"""The paper of `cite`: a passage from the reader's copy, and what the record says of it."""

from __future__ import annotations

from detente.analyses.cite import Citation
from detente.model.library import Passage, show_days
from detente.model.record import Statement
from detente.report.paper import Block, Bullets, Cell, Column, Heading, Paper, Para, Table, cell


def cite_paper(result: Citation, *, full: bool = False) -> Paper:
    """The passages (all of them with `full`), the statements on them, notes and pointers.

    A whole document is shown by its table of statements and first words unless `full` is asked for.
    """
    blocks: list[Block] = []
    blocks += _missing(result)
    whole = not result.refs
    if result.copy is not None and (not whole or full):
        for p in result.passages:
            blocks += _passage(p, whole)
    elif result.copy is not None:
        blocks.append(
            Para(
                f"In the library, with {result.copy.count} paragraphs. Name one (¶1), or ask for "
                "--full.",
                "dim",
            )
        )
    if result.statements:
        blocks += [Heading("What the record says", 2), _statements(result.statements)]
    elif result.document is not None:
        blocks.append(Para("No statement of the record cites it.", "doubt"))
    if result.notes and (not whole or full):
        blocks.append(Heading("Notes", 2))
        blocks.append(Bullets(tuple(f"{n.number}. {n.text}" for n in result.notes)))
    if result.pointers and (not whole or full):
        words = dict.fromkeys(
            r.target + (f" note {r.to_note}" if r.to_note else "") for r in result.pointers
        )
        blocks.append(Para(f"Points at: {', '.join(words)}.", "dim"))
    also = [x.also for x in result.located if x.also]
    if also:
        blocks.append(Para(f"{also[0][:1].upper()}{also[0][1:]}; ask for ¶ or item.", "doubt"))
    if result.url:
        blocks.append(Para(f"Public copy: {result.url}", "dim"))
    return Paper(_title(result), tuple(blocks), subtitle=_subtitle(result))


def _title(r: Citation) -> str:
    citation = r.document.citation if r.document else r.copy.key if r.copy else r.reference
    places = ", ".join(map(str, r.refs))
    return f"{citation}, {places}" if places else citation


def _subtitle(r: Citation) -> str:
    parts = []
    if r.copy is not None:
        parts.append(r.copy.heading)
        if r.copy.first is not None:
            parts.append(show_days(r.copy.first, r.copy.last))
        elif r.document is not None:
            parts.append(f"{r.document.date} (by the record)")
    elif r.document is not None:
        what = r.document.title or r.document.kind
        who = " to ".join(filter(None, (r.document.by, r.document.to)))
        parts += [x for x in (what, who, str(r.document.date)) if x]
    return " · ".join(parts)


def _missing(r: Citation) -> list[Block]:
    if r.status == "found":
        return []
    if r.status == "paragraph missing" and r.copy is not None:
        what = ", ".join(r.missing)
        here = f"the copy has paragraphs 1 to {r.copy.count}"
        return [Para(f"Not in the copy: {what}; {here}.", "bad")]
    name = r.document.citation if r.document else r.reference
    if r.status == "no library":
        words = f"You have no library yet, so the text of {name} cannot be shown."
    else:
        words = f"{name} is not in the library {r.library}."
    if r.elsewhere:
        words += f" Another print of it, or of a part, is there: {', '.join(r.elsewhere)}."
    lines: list[Block] = [Para(words, "doubt")]
    if r.url:
        lines.append(Para(f"Save its page or volume from {r.url} and `detente read` the file."))
    else:
        lines.append(Para("The record gives no address of a public copy."))
    return lines


def _passage(p: Passage, whole: bool) -> list[Block]:
    page = f", p. {p.page}" if p.page else ""
    text = with_marks(p)
    if p.kind == "heading":
        return [Heading(text, 3)]
    if whole:
        return [Para(f"{p.cite}  {text}" if p.number and not p.listed else text)]
    return [Para(f"{p.cite}{page}", "dim"), Para(text)]


def with_marks(p: Passage) -> str:
    """The text of a passage with its page marks and the numbers of its notes in brackets."""
    marks = [(m.offset, 0, f"[p. {m.page}] ") for m in p.pages if m.offset]
    marks += [(m.offset, 1, f"[{m.note}]") for m in p.notes]
    text = p.text
    for offset, _, mark in sorted(marks, reverse=True):
        inside = 0 < offset < len(text) and text[offset - 1].isalnum() and text[offset].isalnum()
        text = text[:offset] + (mark.strip() if inside else mark) + text[offset:]
    return text


def _statements(statements: tuple[Statement, ...]) -> Table:
    columns = (
        Column("statement"),
        Column("where"),
        Column("who"),
        Column("act"),
        Column("option"),
        Column("in the record's words"),
    )
    rows = []
    for s in statements:
        act = s.act + (f" ({s.stance})" if s.stance else "")
        doubt = f" [{s.confidence}]" if s.confidence != "verified" else ""
        rows.append(
            (
                cell(s.id),
                Cell(f"¶{s.paragraph}" if s.paragraph else "–"),
                cell(s.party),
                cell(act),
                cell(s.key),
                cell(s.note + doubt),
            )
        )
    return Table(columns, tuple(rows))
