"""Charts as plain SVG: labelled, with units and sources, readable in grey; no drawing library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

FONT = "font-family='system-ui, sans-serif'"


@dataclass(frozen=True)
class Bar:
    """One bar: its label, the counted figure with its spread, and what it is held against."""

    label: str
    group: str
    low: float
    best: float
    high: float
    ceiling: float | None
    words: str


def bars_against_ceilings(
    title: str, bars: Sequence[Bar], *, unit: str, source: str, shades: Sequence[str] = ()
) -> str:
    """Horizontal bars, grouped, each with its ceiling as a vertical mark and its spread as a line.

    Groups are told apart by label and by pattern as well as by shade, so that the chart reads in
    grey. The excess over the ceiling is hatched.
    """
    palette = list(shades) or ["#35608f", "#9a9a9a"]
    left, row, gap = 168, 26, 16
    right = 24 + 8 * max((len(b.words) for b in bars), default=8)
    width = 760
    plot = width - left - right
    groups = list(dict.fromkeys(b.group for b in bars))
    labels = list(dict.fromkeys(b.label for b in bars))
    heading, foot = _wrap(title, 84), _wrap(f"{unit} · {source}", 96)
    lead = 18 * (len(heading) - 1)
    top = 64 + lead
    height = (
        top + sum(row * sum(b.label == x for b in bars) + gap for x in labels) + 42 + 14 * len(foot)
    )
    most = max([*(b.high for b in bars), *(b.ceiling or 0 for b in bars), 1])
    step = _step(most)

    pattern = f"over-{crc32(title.encode()):x}"  # ids are unique in a page with several charts

    def x(value: float) -> float:
        return left + plot * value / (most * 1.02)

    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img' "
        f"aria-label='{escape(title, quote=True)}' {FONT} font-size='13'>",
        f"<title>{escape(title)}</title>",
        f"<defs><pattern id='{pattern}' width='6' height='6' patternUnits='userSpaceOnUse' "
        "patternTransform='rotate(45)'><rect width='6' height='6' fill='#fff'/>"
        "<rect width='3' height='6' fill='#8c2d19'/></pattern></defs>",
        *(
            f"<text x='0' y='{18 + 18 * i}' font-size='15' font-weight='600'>{escape(line)}</text>"
            for i, line in enumerate(heading)
        ),
    ]
    cursor = 0.0
    for i, group in enumerate(groups):
        shade = palette[i % len(palette)]
        out.append(f"<rect x='{cursor}' y='{30 + lead}' width='12' height='12' fill='{shade}'/>")
        out.append(f"<text x='{cursor + 18}' y='{41 + lead}'>{escape(group)}</text>")
        cursor += 40 + 8.0 * len(group)
    legend = (
        (cursor, f"url(#{pattern})", "over the limit"),
        (cursor + 130, "none", "limit (bar) · range (line)"),
    )
    for at, fill, text in legend:
        if fill != "none":
            out.append(
                f"<rect x='{at}' y='{30 + lead}' width='12' height='12' fill='{fill}' stroke='#8c2d19'/>"
            )
        else:
            out.append(
                f"<line x1='{at + 6}' y1='{29 + lead}' x2='{at + 6}' y2='{43 + lead}' stroke='#000' stroke-width='3'/>"
            )
        out.append(f"<text x='{at + 18}' y='{41 + lead}'>{text}</text>")
    bottom = height - 30 - 14 * len(foot)
    tick = 0.0
    while tick <= most * 1.001:
        out.append(
            f"<line x1='{x(tick):.1f}' y1='{top - 8}' x2='{x(tick):.1f}' y2='{bottom}' "
            "stroke='#ddd' stroke-width='1'/>"
            f"<text x='{x(tick):.1f}' y='{bottom + 16}' text-anchor='middle' fill='#444'>{tick:,.0f}</text>"
        )
        tick += step
    y = float(top)
    for label in labels:
        mine = [b for b in bars if b.label == label]
        middle = y + row * len(mine) / 2 + 2
        for k, line in enumerate(_wrap(label, 22)):
            offset = (k - (len(_wrap(label, 22)) - 1) / 2) * 14
            out.append(
                f"<text x='{left - 10}' y='{middle + offset:.1f}' text-anchor='end'>{escape(line)}</text>"
            )
        for b in mine:
            shade = palette[groups.index(b.group) % len(palette)]
            end = b.best if b.ceiling is None else min(b.best, b.ceiling)
            h = row - 8
            out.append(
                f"<rect x='{left}' y='{y + 2:.1f}' width='{max(0, x(end) - left):.1f}' height='{h}' "
                f"fill='{shade}'/>"
            )
            if b.ceiling is not None and b.best > b.ceiling:
                over = x(b.best) - x(b.ceiling)
                out.append(
                    f"<rect x='{x(b.ceiling):.1f}' y='{y + 2:.1f}' width='{over:.1f}' height='{h}' "
                    f"fill='url(#{pattern})' stroke='#8c2d19'/>"
                )
            if b.high > b.low:
                mid = y + 2 + h / 2
                out.append(
                    f"<line x1='{x(b.low):.1f}' y1='{mid:.1f}' x2='{x(b.high):.1f}' y2='{mid:.1f}' "
                    "stroke='#000' stroke-width='1.5'/>"
                )
                for end_ in (b.low, b.high):
                    out.append(
                        f"<line x1='{x(end_):.1f}' y1='{mid - 4:.1f}' x2='{x(end_):.1f}' "
                        f"y2='{mid + 4:.1f}' stroke='#000' stroke-width='1.5'/>"
                    )
            if b.ceiling is not None:
                out.append(
                    f"<line x1='{x(b.ceiling):.1f}' y1='{y - 1:.1f}' x2='{x(b.ceiling):.1f}' "
                    f"y2='{y + h + 5:.1f}' stroke='#000' stroke-width='3'/>"
                )
            furthest = max(x(b.high), x(b.ceiling or 0))
            out.append(
                f"<text x='{furthest + 8:.1f}' y='{y + 2 + h - 4:.1f}'>{escape(b.words)}</text>"
            )
            y += row
        y += gap
    for i, line in enumerate(foot):
        at = height - 8 - 14 * (len(foot) - 1 - i)
        out.append(f"<text x='{left}' y='{at}' font-size='11' fill='#444'>{escape(line)}</text>")
    return "".join([*out, "</svg>"])


def _wrap(text: str, n: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > n:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _step(most: float) -> float:
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000):
        if most / step <= 6:
            return float(step)
    return 10.0 ** len(str(int(most)))
