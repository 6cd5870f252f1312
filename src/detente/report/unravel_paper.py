"""The papers of `unravel`: what falls with an element, as a graph and a table; the keystones."""

from __future__ import annotations

from detente.analyses.unravel import Edge, Keystones, Unravelled
from detente.model.case import Case
from detente.report.compare_paper import box_words
from detente.report.graph import Arrow, layered
from detente.report.paper import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Heading,
    Paper,
    Para,
    Table,
    cell,
)

REASONS = {
    "condition": "only on this condition",
    "linkage": "said to hang on it",
    "requires": "makes no sense without it",
    "bundle": "settles them together",
    "interdependence": "all hangs together",
    "uses": "uses it",
    "loses": "counts it no longer",
}


def unravel_paper(result: Unravelled) -> Paper:
    """The graph with reasons on its edges, then each edge with who said so, then what is opened."""
    blocks: list[Block] = []
    if result.as_asserted:
        blocks.append(
            Para(
                "As asserted: each acceptance of a side that said all hangs together is taken as "
                "conditional on all its others.",
                "doubt",
            )
        )
    if result.at and not result.stood_on:
        blocks.append(Para(f"Nobody stood on it by {result.at}.", "doubt"))
    if not result.edges:
        blocks.append(Para("Nothing that was said or that is built on it falls with it."))
    else:
        arrows = [_arrow(result.element, e) for e in result.edges]
        title = f"What falls with {result.element}"
        when = f"the record to {result.at}" if result.at else "the text's own structure"
        words = "\n".join(f"{a.cause} → {a.falls}: {a.words}" for a in arrows)
        svg = layered(title, result.element, arrows, f"{result.case.title}; {when}")
        blocks.append(Figure(svg, title, words))
        rows = tuple(
            (
                cell(_name(result.case, e.falls)),
                cell(_name(result.case, e.because)),
                cell(REASONS[e.why]),
                cell(e.party),
                cell(e.statement),
                cell(e.words),
            )
            for e in result.edges
        )
        columns = (
            Column("falls"),
            Column("because of"),
            Column("reason"),
            Column("who"),
            Column("where"),
            Column("in words", spare=True),
        )
        blocks.append(Table(columns, rows))
    if result.issues_opened:
        record = result.case.record
        titles = [record.issues[i].title if record else i for i in result.issues_opened]
        blocks += [Heading("Open again", 3), Bullets(tuple(titles))]
    if result.opened:
        blocks += [
            Heading("Counted by nothing any more", 3),
            Bullets(tuple(box_words(result.case, b) for b in result.opened)),
        ]
    at = f" · {result.at}" if result.at else ""
    return Paper(
        f"Without {_name(result.case, result.element)}",
        tuple(blocks),
        subtitle=f"{result.element}{at} · {result.falls} fall with it",
    )


def _arrow(element: str, e: Edge) -> Arrow:
    """An edge of the graph; an option of the issue that is taken out is drawn as that issue."""
    words = f"{e.party}: {REASONS[e.why]}" if e.party else REASONS[e.why]
    inside = e.because.startswith(f"{element}/")
    return Arrow(element if inside else e.because, e.falls, words)


def keystones_paper(result: Keystones) -> Paper:
    """The elements ranked by what falls with them."""
    rows = tuple(
        (
            Cell(u.element, "strong"),
            cell(_name(result.case, u.element)),
            cell(len(u.lapsed)),
            cell(len(u.structural)),
            cell(", ".join(u.issues_opened)),
        )
        for u in result.ranking
    )
    columns = (
        Column("element"),
        Column("what it is", spare=True),
        Column("lapse", "right"),
        Column("by structure", "right"),
        Column("issues open again"),
    )
    left = result.elements - len(result.ranking)
    blocks: list[Block] = [
        Table(columns, rows),
        Para(f"With each of the other {left} elements nothing falls.", "dim"),
    ]
    view = "as asserted, all hanging together" if result.as_asserted else "by specific conditions"
    return Paper(
        f"What the agreement rests on, {result.at}",
        tuple(blocks),
        subtitle=f"{result.case.title} · {view}",
    )


def _name(case: Case, key: str) -> str:
    record = case.record
    if record is None:
        return key
    if key in record.issues:
        return record.issues[key].title
    position = record.position(key) if "/" in key else None
    return position.text if position else key
