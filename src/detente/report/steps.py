"""A step chart as plain SVG: whole numbers over time, one line or several, readable in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from detente.report.charts import FONT, _step, _wrap

LEFT, RIGHT, WIDTH, PLOT = 44, 24, 900, 260
STROKES = (("#1f3a5f", ""), ("#8c2d19", "7 4"), ("#555555", "2 3"))


@dataclass(frozen=True)
class Line:
    """A name, and the value from each day on."""

    name: str
    points: tuple[tuple[date, int], ...]


def steps(
    title: str,
    lines: Sequence[Line],
    *,
    unit: str,
    source: str,
    end: date,
    hints: Mapping[date, str] | None = None,
    marks: Mapping[date, str] | None = None,
) -> str:
    """Lines that keep their value to the next step; the first is filled below.

    Lines are told apart by dashes as well as by shade. A value stands at each step that lasts long
    enough to read it; `hints` are shown when a step is pointed at; `marks` are days with a name.
    """
    days = [d for x in lines for d, _ in x.points]
    first, last = min(days, default=end), max([end, *days])
    most = max([v for x in lines for _, v in x.points], default=1) or 1
    foot = _wrap(f"{unit} · {source}", 125)
    top = 52 + 18 * len(lines)
    bottom = top + PLOT
    height = bottom + 40 + 14 * len(foot)

    def x(day: date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / max(1, (last - first).days)

    def y(value: float) -> float:
        return bottom - PLOT * value / (most * 1.14)

    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' "
        f"aria-label='{escape(title, quote=True)}' {FONT} font-size='12'>",
        f"<title>{escape(title)}</title>",
        f"<text x='0' y='18' font-size='15' font-weight='600'>{escape(title)}</text>",
    ]
    for i, line in enumerate(lines):
        colour, dash = STROKES[i % len(STROKES)]
        at = 38 + 18 * i
        out.append(
            f"<line x1='0' y1='{at}' x2='34' y2='{at}' stroke='{colour}' stroke-width='2.5' "
            f"stroke-dasharray='{dash}'/><text x='42' y='{at + 4}'>{escape(line.name)}</text>"
        )
    tick = 0.0
    while tick <= most:
        out.append(
            f"<line x1='{LEFT}' y1='{y(tick):.1f}' x2='{WIDTH - RIGHT}' y2='{y(tick):.1f}' "
            f"stroke='#ddd'/><text x='{LEFT - 6}' y='{y(tick) + 4:.1f}' text-anchor='end' "
            f"fill='#444'>{tick:,.0f}</text>"
        )
        tick += _step(most)
    for year in range(first.year, last.year + 1):
        day = max(date(year, 1, 1), first)
        following = min(date(year + 1, 1, 1), last)
        if x(following) - x(day) < 34:
            continue
        out.append(
            f"<line x1='{x(day):.1f}' y1='{top - 4}' x2='{x(day):.1f}' y2='{bottom + 4}' "
            f"stroke='#ccc'/><text x='{x(day) + 3:.1f}' y='{bottom + 18}' fill='#444'>{year}</text>"
        )
    for day, words in (marks or {}).items():
        if first <= day <= last:
            late = x(day) > WIDTH * 0.6
            out.append(
                f"<line x1='{x(day):.1f}' y1='{top - 8}' x2='{x(day):.1f}' y2='{bottom}' "
                f"stroke='#000' stroke-dasharray='1 3'/><text x='{x(day) + (-5 if late else 5):.1f}' "
                f"y='{top}' text-anchor='{'end' if late else 'start'}' font-size='11' "
                f"paint-order='stroke' stroke='#fff' stroke-width='3'>{escape(f'{day}: {words}')}"
                "</text>"
            )
    for i, line in enumerate(lines):
        out += _line(line, i, x, y, bottom, last, hints or {})
    out.append(
        f"<line x1='{LEFT}' y1='{bottom}' x2='{WIDTH - RIGHT}' y2='{bottom}' stroke='#444'/>"
    )
    for i, text in enumerate(foot):
        at = height - 8 - 14 * (len(foot) - 1 - i)
        out.append(f"<text x='0' y='{at}' font-size='11' fill='#444'>{escape(text)}</text>")
    return "".join([*out, "</svg>"])


def _line(
    line: Line,
    place: int,
    x: object,
    y: object,
    bottom: float,
    last: date,
    hints: Mapping[date, str],
) -> list[str]:
    assert callable(x)
    assert callable(y)
    colour, dash = STROKES[place % len(STROKES)]
    merged: list[tuple[date, int]] = []
    for day, value in line.points:
        if not merged or merged[-1][1] != value:
            merged.append((day, value))
    ends = [*(day for day, _ in merged[1:]), last]
    out = []
    path = ""
    for (day, value), end in zip(merged, ends, strict=True):
        path += f"{'L' if path else 'M'}{x(day):.1f},{y(value):.1f} H{x(end):.1f} "
        if place == 0:
            out.append(
                f"<rect x='{x(day):.1f}' y='{y(value):.1f}' "
                f"width='{max(0.5, x(end) - x(day)):.1f}' height='{max(0, bottom - y(value)):.1f}' "
                f"fill='{colour}' fill-opacity='0.12'>"
                f"<title>{escape(f'{day} to {end}: {value}. {hints.get(day, str())}')}</title></rect>"
            )
    out.append(
        f"<path d='{path.strip()}' fill='none' stroke='{colour}' stroke-width='2.5' "
        f"stroke-dasharray='{dash}'/>"
    )
    for (day, value), end in zip(merged, ends, strict=True):
        if x(end) - x(day) >= 22:
            out.append(
                f"<text x='{(x(day) + x(end)) / 2:.1f}' y='{y(value) - 5:.1f}' text-anchor='middle' "
                f"font-size='11' fill='{colour}' paint-order='stroke' stroke='#fff' "
                f"stroke-width='3'>{value}</text>"
            )
    return out
