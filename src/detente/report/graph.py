"""A small layered graph as plain SVG: what falls because of what, with the reasons on the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

FONT = "font-family='system-ui, sans-serif'"
WIDE, HIGH, ACROSS, DOWN = 190, 40, 200, 18


@dataclass(frozen=True)
class Arrow:
    """From a cause to what falls with it, with a word or two on the way."""

    cause: str
    falls: str
    words: str


def layered(title: str, root: str, arrows: Sequence[Arrow], source: str) -> str:
    """The root at the left, each thing one column right of the first cause that reaches it."""
    depth = {root: 0}
    growing = True
    while growing:
        growing = False
        for a in arrows:
            if a.cause in depth and a.falls not in depth:
                depth[a.falls] = depth[a.cause] + 1
                growing = True
    for a in arrows:  # causes that lie inside the element itself
        depth.setdefault(a.cause, 0)
        depth.setdefault(a.falls, depth[a.cause] + 1)
    columns: dict[int, list[str]] = {}
    for name, d in depth.items():
        columns.setdefault(d, []).append(name)
    most = max(len(c) for c in columns.values())
    width = (max(columns) + 1) * (WIDE + ACROSS) - ACROSS + 20
    height = 56 + most * (HIGH + DOWN) + 24
    at: dict[str, tuple[float, float]] = {}
    for d, names in columns.items():
        top = 56 + (most - len(names)) * (HIGH + DOWN) / 2
        for i, name in enumerate(names):
            at[name] = (10 + d * (WIDE + ACROSS), top + i * (HIGH + DOWN))
    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height:.0f}' role='img' "
        f"aria-label='{escape(title, quote=True)}' {FONT} font-size='12'>",
        f"<title>{escape(title)}</title>",
        f"<text x='0' y='18' font-size='15' font-weight='600'>{escape(title)}</text>",
    ]
    for a in arrows:
        (x1, y1), (x2, y2) = at[a.cause], at[a.falls]
        start, end = x1 + WIDE, x2
        if end <= start:
            continue
        y1, y2 = y1 + HIGH / 2, y2 + HIGH / 2
        bend = (start + end) / 2
        out.append(
            f"<path d='M{start:.0f},{y1:.0f} C{bend:.0f},{y1:.0f} {bend:.0f},{y2:.0f} "
            f"{end - 7:.0f},{y2:.0f}' fill='none' stroke='#666'/>"
            f"<path d='M{end - 8:.0f},{y2 - 4:.0f} L{end:.0f},{y2:.0f} L{end - 8:.0f},{y2 + 4:.0f} z' "
            "fill='#666'/>"
        )
        above = y2 <= y1  # a falling curve comes from above: its words stand below it
        out.append(
            f"<text x='{end - 12:.0f}' y='{y2 + (-5 if above else 14):.0f}' text-anchor='end' fill='#333' "
            f"font-size='11' paint-order='stroke' stroke='#fff' stroke-width='4'>{escape(a.words)}</text>"
        )
    for name, (x, y) in at.items():
        fill = "#e8d9d4" if name == root else "#fff"
        out.append(
            f"<rect x='{x:.0f}' y='{y:.0f}' width='{WIDE}' height='{HIGH}' rx='4' fill='{fill}' "
            "stroke='#333'/>"
        )
        head, _, tail = name.partition("/")
        lines = [head, tail] if tail else [head]
        for i, line in enumerate(lines):
            dy = y + HIGH / 2 + 4 + (i - (len(lines) - 1) / 2) * 15
            weight = " font-weight='600'" if i == len(lines) - 1 else ""
            shown = line if len(line) <= 28 else line[:27] + "…"
            out.append(f"<text x='{x + 8:.0f}' y='{dy:.0f}'{weight}>{escape(shown)}</text>")
    out.append(
        f"<text x='0' y='{height - 8:.0f}' font-size='11' fill='#444'>{escape(source)}</text></svg>"
    )
    return "".join(out)
