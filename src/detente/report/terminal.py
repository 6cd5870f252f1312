"""A paper for the terminal: aligned, calm, no wider than the screen."""

from __future__ import annotations

import io
import re

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from detente.report.paper import Block, Bullets, Figure, Fold, Heading, Paper, Para, Table, Verbatim

GAP = 3  # between two columns
SHORT = 12  # a column no wider than this is never broken
ROOM = 20  # what a first column keeps for prose
_WORDS = re.compile(r"\S+\s*|\s+")
_PARTS = re.compile(r"[^\s–]+–?\s*|–\s*|\s+")
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
    widths = _widths(table, console.width)
    for i, width in widths.items():
        column = table.columns[i]
        rich.add_column(column.title, justify=column.align, overflow="fold", width=width)
    for row in table.rows:
        rich.add_row(
            *(
                RichText(wrapped(row[i].text, w), style=_STYLES[row[i].tone])
                for i, w in widths.items()
            )
        )
    if table.caption:
        console.print()
        console.print(RichText(table.caption, style="italic"))
    console.print(rich)
    for note in table.notes:
        console.print(RichText(note, style="dim"))


def wrapped(text: str, width: int) -> str:
    """Text in lines of at most this width, broken at spaces; a long range behind its dash."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _WORDS.findall(paragraph):
            for part in [word] if len(word.rstrip()) <= width else _PARTS.findall(word):
                if line and len(line + part.rstrip()) > width:
                    lines.append(line.rstrip())
                    line = ""
                line += part
        lines.append(line.rstrip())
    return "\n".join(lines)


def _widths(table: Table, width: int) -> dict[int, int]:
    """The columns that fit the screen, with their widths.

    Each keeps its longest word, and the first some room for prose; spare columns give way first,
    then that room, then ranges, which break behind the dash. What is left goes to figures, so that
    they stay on one line, then to prose.
    """
    natural, words, parts = {}, {}, {}
    for i, column in enumerate(table.columns):
        texts = [column.title, *(row[i].text for row in table.rows)]
        natural[i] = max(1, *(len(line) for t in texts for line in t.split("\n")))
        words[i] = max((len(w) for t in texts for w in t.split()), default=1)
        parts[i] = max((len(w.rstrip()) for t in texts for w in _PARTS.findall(t)), default=1)
        if natural[i] <= SHORT:
            words[i] = parts[i] = natural[i]
    kept = list(natural)
    for longest in (words, parts):
        room = {i: max(n, min(ROOM, natural[i])) if i == 0 else n for i, n in longest.items()}
        for least in (room, longest):
            kept = list(natural)
            for spare in (None, *(i for i in reversed(kept) if table.columns[i].spare)):
                kept = [i for i in kept if i != spare]
                left = width - sum(least[i] for i in kept) - GAP * (len(kept) - 1)
                if left >= 0:
                    return _widened({i: least[i] for i in kept}, natural, table, left)
    left = max(len(kept), width - GAP * (len(kept) - 1))
    whole = sum(parts[i] for i in kept)
    return {i: max(1, parts[i] * left // whole) for i in kept}


def _widened(
    widths: dict[int, int], natural: dict[int, int], table: Table, left: int
) -> dict[int, int]:
    figures = [i for i in widths if table.columns[i].align == "right" or natural[i] <= ROOM]
    for i in sorted(figures, key=lambda i: natural[i] - widths[i]):
        more = min(left, natural[i] - widths[i])
        widths[i], left = widths[i] + more, left - more
    while left and (wanting := [i for i in widths if widths[i] < natural[i]]):
        i = max(wanting, key=lambda i: natural[i] / widths[i])
        widths[i], left = widths[i] + 1, left - 1
    return widths
