"""A paper for the terminal: aligned, calm, no wider than the screen."""

from __future__ import annotations

import io

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from detente.report.paper import Block, Bullets, Figure, Fold, Heading, Paper, Para, Table, Verbatim

_STYLES = {
    "bad": "bold red",
    "good": "green",
    "doubt": "yellow",
    "dim": "dim",
    "strong": "bold",
    "": "",
}


def to_terminal(paper: Paper, width: int = 100, *, color: bool = False) -> str:
    """The paper as text of at most `width` columns; with `color`, ANSI styles."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(width, 40),
        force_terminal=color,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(RichText(paper.title, style="bold"))
    if paper.subtitle:
        console.print(RichText(paper.subtitle, style="dim"))
    for block in paper.blocks:
        _print(console, block)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _print(console: Console, block: Block) -> None:
    match block:
        case Heading(text):
            console.print()
            console.print(RichText(text, style="bold"))
        case Para(text, tone):
            console.print(RichText(text, style=_STYLES[tone]))
        case Bullets(items):
            for item in items:
                grid = RichTable.grid(padding=(0, 1))
                grid.add_column()
                grid.add_column()
                grid.add_row("•", RichText(item))
                console.print(Padding(grid, (0, 0, 0, 1)))
        case Table():
            _table(console, block)
        case Figure(_, caption, words):
            console.print(RichText(words or caption))
        case Verbatim(text):
            for line in text.splitlines():
                console.print(RichText(line), soft_wrap=True)
        case Fold(summary, blocks):
            console.print()
            console.print(RichText(summary, style="bold"))
            for inner in blocks:
                _print(console, inner)


def _table(console: Console, table: Table) -> None:
    rich = RichTable(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim", padding=(0, 1)
    )
    for column in table.columns:
        right = column.align == "right"
        rich.add_column(
            column.title,
            justify="right" if right else "left",
            no_wrap=right,
            overflow="fold",
        )
    for row in table.rows:
        rich.add_row(*(RichText(c.text, style=_STYLES[c.tone]) for c in row))
    if table.caption:
        console.print()
        console.print(RichText(table.caption, style="italic"))
    console.print(rich)
    for note in table.notes:
        console.print(RichText(note, style="dim"))
