"""The picture of a reduction: each limit that asks for a cut, before and after; it reads in grey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

from detente.report.charts import FONT, _step, _wrap

WIDTH = 820
LEFT, RIGHT, ROW, GAP = 190, 190, 26, 14
SHADES = ("#35608f", "#9a9a9a", "#b08d3c", "#5b7f5b")
DASHED = "stroke='#000' stroke-width='2' stroke-dasharray='4 2'"


@dataclass(frozen=True)
class CutBar:
    """One side under one limit: what it counts before, at least and at most after, and the limit.

    `lower` is the lower end where the text leaves the limit a range.
    """

    limit: str
    side: str
    before: float
    low: float
    high: float
    at_most: float
    words: str
    lower: float | None = None


def cuts_chart(title: str, bars: Sequence[CutBar], *, unit: str, source: str) -> str:
    """Bars by limit and side: what stays, what may go or stay, and what goes, against the limit."""
    sides = list(dict.fromkeys(b.side for b in bars))
    limits = list(dict.fromkeys(b.limit for b in bars))
    heading, foot = _wrap(title, 92), _wrap(f"{unit} · {source}", 120)
    top = 84 + 18 * (len(heading) - 1)
    height = top + ROW * len(bars) + GAP * len(limits) + 36 + 14 * len(foot)
    most = max([*(b.before for b in bars), *(b.at_most for b in bars), 1.0])
    key = f"{crc32(title.encode()):x}"  # ids are unique in a page with several pictures

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / (most * 1.02)

    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' "
        f"aria-label='{escape(title, quote=True)}' {FONT} font-size='13'>",
        f"<title>{escape(title)}</title>",
        f"<defs><pattern id='goes-{key}' width='6' height='6' patternUnits='userSpaceOnUse' "
        "patternTransform='rotate(45)'><rect width='6' height='6' fill='#fff'/>"
        "<rect width='3' height='6' fill='#8c2d19'/></pattern>"
        f"<pattern id='may-{key}' width='5' height='5' patternUnits='userSpaceOnUse'>"
        "<rect width='5' height='5' fill='#fff'/><circle cx='2' cy='2' r='1.1' fill='#444'/>"
        "</pattern></defs>",
        *(
            f"<text x='0' y='{18 + 18 * i}' font-size='15' font-weight='600'>{escape(line)}</text>"
            for i, line in enumerate(heading)
        ),
    ]
    out += _legend(sides, key, top - 48, any(b.lower is not None for b in bars))
    bottom = top + ROW * len(bars) + GAP * len(limits) - 4
    tick = 0.0
    while tick <= most * 1.001:
        out.append(
            f"<line x1='{x(tick):.1f}' y1='{top - 6}' x2='{x(tick):.1f}' y2='{bottom}' stroke='#ddd'/>"
            f"<text x='{x(tick):.1f}' y='{bottom + 16}' text-anchor='middle' fill='#444'>{tick:,.0f}"
            "</text>"
        )
        tick += _step(most)
    y = float(top)
    for limit in limits:
        mine = [b for b in bars if b.limit == limit]
        lines = _wrap(limit, 25)
        middle = y + ROW * len(mine) / 2 + 2 - 7 * (len(lines) - 1)
        out += [
            f"<text x='{LEFT - 10}' y='{middle + 14 * k:.1f}' text-anchor='end'>{escape(line)}</text>"
            for k, line in enumerate(lines)
        ]
        for b in mine:
            out += _bar(b, SHADES[sides.index(b.side) % len(SHADES)], key, y, x)
            y += ROW
        y += GAP
    for i, line in enumerate(foot):
        at = height - 8 - 14 * (len(foot) - 1 - i)
        out.append(f"<text x='0' y='{at}' font-size='11' fill='#444'>{escape(line)}</text>")
    return "".join([*out, "</svg>"])


def _legend(sides: Sequence[str], key: str, y: float, ranged: bool) -> list[str]:
    """Two lines: the sides and the limit, then what happens to their arms."""
    out, cursor = [], 1.0
    for i, side in enumerate(sides):
        shade = SHADES[i % len(SHADES)]
        out.append(f"<rect x='{cursor}' y='{y - 11}' width='12' height='12' fill='{shade}'/>")
        out.append(f"<text x='{cursor + 18}' y='{y}'>{escape(side)}: stays</text>")
        cursor += 80 + 7.5 * len(side)
    out.append(
        f"<line x1='{cursor + 6}' y1='{y - 12}' x2='{cursor + 6}' y2='{y + 2}' stroke='#000' "
        f"stroke-width='3'/><text x='{cursor + 16}' y='{y}'>limit</text>"
    )
    if ranged:
        cursor += 70
        out.append(
            f"<line x1='{cursor + 6}' y1='{y - 12}' x2='{cursor + 6}' y2='{y + 2}' {DASHED}/>"
            f"<text x='{cursor + 16}' y='{y}'>lower end of a range</text>"
        )
    cursor, y = 1.0, y + 20
    for fill, stroke, words in (
        (f"url(#may-{key})", "#444", "stays or goes, by choice"),
        (f"url(#goes-{key})", "#8c2d19", "goes in any least cut"),
    ):
        out.append(
            f"<rect x='{cursor}' y='{y - 11}' width='12' height='12' fill='{fill}' stroke='{stroke}'/>"
            f"<text x='{cursor + 18}' y='{y}'>{words}</text>"
        )
        cursor += 190
    return out


def _bar(b: CutBar, shade: str, key: str, y: float, at: Callable[[float], float]) -> list[str]:
    h = ROW - 8
    out = [
        f"<rect x='{LEFT}' y='{y + 2:.1f}' width='{max(at(b.low) - LEFT, 0):.1f}' height='{h}' "
        f"fill='{shade}'/>"
    ]
    for a, c, fill, stroke in (
        (b.low, b.high, f"url(#may-{key})", "#444"),
        (b.high, b.before, f"url(#goes-{key})", "#8c2d19"),
    ):
        if c > a:
            out.append(
                f"<rect x='{at(a):.1f}' y='{y + 2:.1f}' width='{at(c) - at(a):.1f}' height='{h}' "
                f"fill='{fill}' stroke='{stroke}'/>"
            )
    end = at(b.at_most)
    out.append(
        f"<line x1='{end:.1f}' y1='{y - 1:.1f}' x2='{end:.1f}' y2='{y + h + 5:.1f}' stroke='#000' "
        "stroke-width='3'/>"
    )
    if b.lower is not None:
        end_ = at(b.lower)
        out.append(
            f"<line x1='{end_:.1f}' y1='{y - 1:.1f}' x2='{end_:.1f}' y2='{y + h + 5:.1f}' {DASHED}/>"
        )
    words = max(at(b.before), end) + 8
    out.append(f"<text x='{words:.1f}' y='{y + h - 2:.1f}'>{escape(b.words)}</text>")
    return out
