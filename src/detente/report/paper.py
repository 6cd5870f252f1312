"""A paper: what every result becomes before it is shown. Blocks of text, tables and figures.

One paper has several renderings: terminal (`terminal`), Markdown (`markdown`) and HTML (`html`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["", "bad", "good", "doubt", "dim", "strong"]
Align = Literal["left", "right"]


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, how it is toned, and the anchor of its trace, if any.

    A line break in the text is where it is broken on a narrow screen.
    """

    text: str
    tone: Tone = ""
    trace: str = ""


@dataclass(frozen=True)
class Column:
    """A column's heading and alignment; a `spare` one gives way on a narrow screen."""

    title: str
    align: Align = "left"
    spare: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings, with a caption that says what is counted and notes below."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heading:
    """A heading; `anchor` is what a trace links to."""

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True)
class Para:
    """A paragraph."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Bullets:
    """A list of short items."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG, with a caption and the same content in words."""

    svg: str
    caption: str
    words: str


@dataclass(frozen=True)
class Verbatim:
    """Text whose lines and spaces matter."""

    text: str


@dataclass(frozen=True)
class Fold:
    """Blocks that a page may fold away under a summary; shown in full elsewhere."""

    summary: str
    blocks: tuple[Block, ...]
    anchor: str = ""


Block = Heading | Para | Bullets | Table | Figure | Verbatim | Fold


@dataclass(frozen=True)
class Paper:
    """A titled run of blocks."""

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    language: str = "en"
    meta: tuple[tuple[str, str], ...] = field(default=())


def cell(value: object, tone: Tone = "", trace: str = "") -> Cell:
    """A cell from any value; numbers get thousands separators, nothing becomes a dash."""
    if value is None or value == "":
        return Cell("–", tone or "dim", trace)
    if isinstance(value, bool):
        return Cell("yes" if value else "no", tone, trace)
    if isinstance(value, int):
        return Cell(f"{value:,}", tone, trace)
    if isinstance(value, float):
        return Cell(f"{value:,.4g}", tone, trace)
    return Cell(str(value), tone, trace)


def signed(value: float) -> str:
    """A change with its sign."""
    if value == 0:
        return "0"
    text = f"{abs(value):,}" if isinstance(value, int) else f"{abs(value):,.4g}"
    return f"+{text}" if value > 0 else f"−{text}"
