"""A paper as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from detente.report.paper import Block, Bullets, Figure, Fold, Heading, Paper, Para, Table, Verbatim

_MARK = {"bad": "**", "strong": "**"}


def to_markdown(paper: Paper) -> str:
    """The paper as Markdown with pipe tables; figures become their words."""
    lines = [f"# {paper.title}", ""]
    if paper.subtitle:
        lines += [paper.subtitle, ""]
    for block in paper.blocks:
        lines += _lines(block)
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield from ("", f"{'#' * level} {text}", "")
        case Para(text):
            yield from (text, "")
        case Bullets(items):
            yield from (f"- {item}" for item in items)
            yield ""
        case Table():
            if block.caption:
                yield from (f"*{block.caption}*", "")
            yield "| " + " | ".join(_escape(c.title) or " " for c in block.columns) + " |"
            yield (
                "|" + "|".join("---:" if c.align == "right" else "---" for c in block.columns) + "|"
            )
            for row in block.rows:
                marked = (
                    f"{_MARK.get(c.tone, '')}{_escape(c.text)}{_MARK.get(c.tone, '')}" for c in row
                )
                yield "| " + " | ".join(marked) + " |"
            yield ""
            yield from (f"{note}  " for note in block.notes)
            yield ""
        case Figure(_, caption, words):
            yield from (f"*{caption}*", "", "```", words, "```", "")
        case Verbatim(text):
            yield from ("```", text, "```", "")
        case Fold(summary, blocks):
            yield from ("", f"### {summary}", "")
            for inner in blocks:
                yield from _lines(inner)
