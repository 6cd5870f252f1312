"""The tornado as plain SVG: for each limit a panel, for each input a bar from its low to its high end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from detente.report.charts import FONT, _step, _wrap

LOW, HIGH = "#2f4f73", "#b9c4d0"  # dark and light: told apart in grey
WIDTH, LEFT, RIGHT, ROW = 820, 252, 104, 40
HALO = "paint-order='stroke' stroke='#fff' stroke-width='3'"


@dataclass(frozen=True)
class Bar:
    """One input: its name, its two ends in words, and the figure at each."""

    label: str
    ends: tuple[str, str]
    low: float
    high: float
    turns: bool


@dataclass(frozen=True)
class Panel:
    """One limit: the best figure, the value it is held against, and the inputs that move it."""

    heading: str
    best: float
    limit: float | None
    bars: tuple[Bar, ...]
    note: str = ""


def tornado(title: str, panels: Sequence[Panel], *, source: str) -> str:
    """Bars from the figure at an input's low end to that at its high end, the others at their best.

    The dark part is on the low end's side of the best figure, the light part on the high end's; the
    figures stand at both ends and the input's own ends under its name, so that no colour is needed.
    """
    heading, foot = _wrap(title, 88), _wrap(source, 104)
    top = 18 * len(heading) + 48
    heights = [58 + 15 * len(_wrap(p.heading, 96)) + ROW * len(p.bars) for p in panels]
    height = top + sum(heights) + 14 * len(foot) + 14
    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' "
        f"aria-label='{escape(title, quote=True)}' {FONT} font-size='13'>",
        f"<title>{escape(title)}</title>",
        *(
            f"<text x='0' y='{18 + 18 * i}' font-size='15' font-weight='600'>{escape(line)}</text>"
            for i, line in enumerate(heading)
        ),
        *_legend(18 * len(heading) + 20),
    ]
    y = float(top)
    for panel, tall in zip(panels, heights, strict=True):
        out += _panel(panel, y)
        y += tall
    for i, line in enumerate(foot):
        out.append(
            f"<text x='0' y='{y + 10 + 14 * i:.0f}' font-size='11' fill='#444'>{escape(line)}</text>"
        )
    return "".join([*out, "</svg>"])


def _legend(y: float) -> list[str]:
    return [
        f"<rect x='0' y='{y - 10}' width='22' height='12' fill='{LOW}'/>"
        f"<text x='28' y='{y}'>input at its low end</text>",
        f"<rect x='168' y='{y - 10}' width='22' height='12' fill='{HIGH}' stroke='#555'/>"
        f"<text x='196' y='{y}'>at its high end</text>",
        f"<line x1='318' y1='{y - 11}' x2='318' y2='{y + 3}' stroke='#000' stroke-dasharray='3 2'/>"
        f"<text x='326' y='{y}'>all at their best</text>",
        f"<line x1='448' y1='{y - 11}' x2='448' y2='{y + 3}' stroke='#000' stroke-width='3'/>"
        f"<text x='456' y='{y}'>limit</text>",
        f"<text x='510' y='{y}'>◄ turns the verdict by itself</text>",
    ]


def _panel(panel: Panel, y: float) -> list[str]:
    lines = _wrap(panel.heading, 96)
    ends = [v for b in panel.bars for v in (b.low, b.high)]
    values = [*ends, panel.best]
    least, most = min(values), max(values)
    room = (most - least) or 1.0
    near = panel.limit is not None and least - 1.5 * room <= panel.limit <= most + 1.5 * room
    if near and panel.limit is not None:
        least, most = min(least, panel.limit), max(most, panel.limit)
    pad = 0.13 * ((most - least) or 1.0)
    first, last = least - pad, most + pad
    plot = WIDTH - LEFT - RIGHT

    def x(value: float) -> float:
        return LEFT + plot * (value - first) / (last - first)

    head = 15 * len(lines)
    top, bottom = y + head + 14, y + head + 14 + ROW * len(panel.bars)
    out = [
        f"<text x='0' y='{y + 12 + 15 * i:.0f}' font-weight='600'>{escape(line)}</text>"
        for i, line in enumerate(lines)
    ]
    step = _step(last - first)
    tick = step * -(-first // step) + 0.0
    while tick <= last:
        at = x(tick + 0.0)
        out.append(
            f"<line x1='{at:.1f}' y1='{top:.0f}' x2='{at:.1f}' y2='{bottom:.0f}' stroke='#ddd'/>"
            f"<text x='{at:.1f}' y='{bottom + 15:.0f}' text-anchor='middle' fill='#444' "
            f"font-size='12'>{tick + 0.0:,.10g}</text>"
        )
        tick += step
    figures: list[str] = []
    for k, bar in enumerate(panel.bars):
        middle = top + ROW * k + ROW / 2
        out += _bar(bar, panel.best, middle, x)
        figures += _figures(bar, panel.best, middle, x)
    best = x(panel.best)
    out.append(
        f"<line x1='{best:.1f}' y1='{top:.0f}' x2='{best:.1f}' y2='{bottom:.0f}' stroke='#000' "
        "stroke-dasharray='3 2'/>"
    )
    if near and panel.limit is not None:
        at = x(panel.limit)
        out.append(
            f"<line x1='{at:.1f}' y1='{top - 4:.0f}' x2='{at:.1f}' y2='{bottom + 4:.0f}' "
            "stroke='#000' stroke-width='3'/>"
        )
    out += figures  # over the lines
    note = panel.note
    if panel.limit is not None and not near:
        side = "right" if panel.limit > most else "left"
        note = (
            f"{note + '; ' if note else ''}the limit, {panel.limit:,.10g}, lies far to the {side}"
        )
    if note:
        out.append(
            f"<text x='{LEFT}' y='{bottom + 30:.0f}' fill='#444' font-size='11'>{escape(note)}</text>"
        )
    return out


def _bar(bar: Bar, best: float, middle: float, x: Callable[[float], float]) -> list[str]:
    out = []
    names = _short(bar.label)
    shown = [*names, " to ".join(bar.ends)]
    start = middle - 6.5 * (len(shown) - 1) + 4
    for i, line in enumerate(shown):
        style = " fill='#444' font-size='11'" if i == len(shown) - 1 else ""
        out.append(
            f"<text x='{LEFT - 10}' y='{start + 13 * i:.1f}' text-anchor='end'{style}>"
            f"{escape(line)}</text>"
        )
    for value, shade in ((bar.high, HIGH), (bar.low, LOW)):
        a, b = sorted((x(best), x(value)))
        out.append(
            f"<rect x='{a:.1f}' y='{middle - 9:.1f}' width='{max(b - a, 0.0):.1f}' height='18' "
            f"fill='{shade}' stroke='#333' stroke-width='0.6'/>"
        )
    return out


def _figures(bar: Bar, best: float, middle: float, x: Callable[[float], float]) -> list[str]:
    """The figures at both ends of a bar."""
    left, right = min(bar.low, bar.high, best), max(bar.low, bar.high, best)
    mark = " ◄" if bar.turns else ""
    return [
        f"<text x='{x(left) - 5:.1f}' y='{middle + 4:.1f}' text-anchor='end' font-size='12' {HALO}>"
        f"{left:,.10g}</text>"
        f"<text x='{x(right) + 5:.1f}' y='{middle + 4:.1f}' font-size='12' {HALO}>"
        f"{right:,.10g}{mark}</text>"
    ]


def _short(label: str) -> list[str]:
    """A label on two lines at most."""
    lines = _wrap(label, 32)
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1][:31]}…"]
