"""Pictures of channels: which weapons each text leaves open, and how far growth could go; in grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

from detente.report.charts import FONT, _step, _wrap

WIDTH = 860
LEFT, ROW, COLUMN = 430, 26, 190
SHADES = ("#35608f", "#9a9a9a", "#b08d3c", "#5b7f5b")
LABEL = 56  # characters of a row's label


@dataclass(frozen=True)
class Openness:
    """One row: weapons in words, and of each text whether they are open, disputed or bounded."""

    label: str
    group: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class GrowthBar:
    """One bar: a text and side with the largest number, or no end."""

    text: str
    side: str
    now: float
    most: float | None
    words: str


def open_chart(title: str, texts: Sequence[str], rows: Sequence[Openness], source: str) -> str:
    """A mark for each text and kind of weapon: filled where it is open, half where it is disputed."""
    heading, foot = _wrap(title, 92), _wrap(source, 128)
    labels = [_wrap(r.label, LABEL) for r in rows]
    heights = [max(ROW, 15 * len(x) + 9) for x in labels]
    groups = [i for i, r in enumerate(rows) if i == 0 or r.group != rows[i - 1].group]
    heads = [_wrap(t, 24) for t in texts]
    top = 30 + 18 * (len(heading) - 1) + 24 + 14 * max(len(h) for h in heads) + 10
    height = top + sum(heights) + 24 * len(groups) + 30 + 14 * len(foot)
    width = max(WIDTH, LEFT + COLUMN * len(texts) + 20)
    key = f"{crc32(title.encode()):x}"  # ids are unique in a page with several pictures
    out = [
        *_head(title, heading, width, height),
        f"<defs><pattern id='half-{key}' width='6' height='6' patternUnits='userSpaceOnUse' "
        "patternTransform='rotate(45)'><rect width='6' height='6' fill='#fff'/>"
        "<rect width='3' height='6' fill='#35608f'/></pattern></defs>",
    ]
    at = 30.0 + 18 * (len(heading) - 1)
    keys = (
        ("open", "open: no limit on their number"),
        ("disputed", "open by some readings"),
        ("bounded", "limited or banned"),
    )
    x = 0.0
    for state, words in keys:
        out.append(_mark(state, x + 7, at + 6, key))
        out.append(_text(x + 20, at + 11, words))
        x += 40 + 7.2 * len(words)
    y = float(top)
    for k, lines in enumerate(heads):
        for j, words in enumerate(lines):
            y = top - 12 - 14 * (len(lines) - 1 - j)
            out.append(
                _text(LEFT + COLUMN * (k + 0.5), y, words, "text-anchor='middle' font-weight='600'")
            )
    y = float(top)
    for i, row in enumerate(rows):
        if i in groups:
            out.append(_text(0, y + 15, row.group, "font-weight='600'"))
            y += 24
        high = heights[i]
        out.append(
            f"<line x1='0' y1='{y:.1f}' x2='{width}' y2='{y:.1f}' stroke='#ddd' stroke-width='1'/>"
        )
        for j, words in enumerate(labels[i]):
            out.append(_text(8, y + 17 + 15 * j, words))
        for k, state in enumerate(row.states):
            out.append(_mark(state, LEFT + COLUMN * (k + 0.5), y + high / 2, key))
        y += high
    return "".join([*out, *_foot(foot, height), "</svg>"])


def growth_chart(title: str, bars: Sequence[GrowthBar], *, unit: str, source: str) -> str:
    """Bars by text and side: what there is now, and what there could be; an arrow where without end."""
    heading, foot = _wrap(title, 92), _wrap(f"{unit} · {source}", 128)
    left, right, row, gap = 260, 230, 22, 12
    texts = list(dict.fromkeys(b.text for b in bars))
    sides = list(dict.fromkeys(b.side for b in bars))
    top = 66 + 18 * (len(heading) - 1)
    names = {t: _wrap(t, 34) for t in texts}
    tall = {t: max(row * sum(b.text == t for b in bars), 14 * len(names[t]) + 4) for t in texts}
    height = top + sum(tall.values()) + gap * len(texts) + 40 + 14 * len(foot)
    most = max([*(b.most or 0 for b in bars), *(b.now for b in bars), 1])
    key = f"{crc32(title.encode()):x}"

    def x(value: float) -> float:
        return left + (WIDTH - left - right) * value / most

    out = [
        *_head(title, heading, WIDTH, height),
        f"<defs><pattern id='more-{key}' width='6' height='6' patternUnits='userSpaceOnUse' "
        "patternTransform='rotate(45)'><rect width='6' height='6' fill='#fff'/>"
        "<rect width='3' height='6' fill='#444'/></pattern></defs>",
    ]
    at, legend = 30.0 + 18 * (len(heading) - 1), 0.0
    for k, side in enumerate(sides):
        out.append(_box(legend, at, 12, 12, SHADES[k % len(SHADES)]))
        out.append(_text(legend + 18, at + 11, f"{side}, now"))
        legend += 70 + 7.5 * len(side)
    out.append(_box(legend, at, 12, 12, f"url(#more-{key})", "stroke='#444'"))
    out.append(_text(legend + 18, at + 11, "could be added"))
    bottom = height - 30 - 14 * len(foot)
    step, tick = _step(most), 0.0
    while tick <= most * 1.001:
        out.append(
            f"<line x1='{x(tick):.1f}' y1='{top - 6}' x2='{x(tick):.1f}' y2='{bottom:.0f}' "
            "stroke='#ddd' stroke-width='1'/>"
        )
        out.append(_text(x(tick), bottom + 16, f"{tick:,.0f}", "text-anchor='middle' fill='#444'"))
        tick += step
    y = float(top)
    for text in texts:
        mine = [b for b in bars if b.text == text]
        middle, end_of = y + tall[text] / 2 + 4, y + tall[text] + gap
        lines = names[text]
        for j, words in enumerate(lines):
            offset = (j - (len(lines) - 1) / 2) * 14
            out.append(_text(left - 10, middle + offset, words, "text-anchor='end'"))
        y += (tall[text] - row * len(mine)) / 2
        for b in mine:
            shade = SHADES[sides.index(b.side) % len(SHADES)]
            out.append(_box(left, y + 3, max(0.0, x(b.now) - left), row - 8, shade))
            end = x(most if b.most is None else b.most)
            out.append(
                _box(
                    x(b.now),
                    y + 3,
                    max(0.0, end - x(b.now)),
                    row - 8,
                    f"url(#more-{key})",
                    "stroke='#444'",
                )
            )
            if b.most is None:
                tip = end + 12
                out.append(
                    f"<path d='M{end:.1f} {y - 1:.1f} L{tip:.1f} {y + row / 2 - 1:.1f} "
                    f"L{end:.1f} {y + row - 1:.1f} Z' fill='#444'/>"
                )
                end = tip
            out.append(_text(end + 8, y + row - 9, b.words))
            y += row
        y = end_of
    return "".join([*out, *_foot(foot, height), "</svg>"])


def _head(title: str, heading: Sequence[str], width: float, height: float) -> list[str]:
    return [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0f} {height:.0f}' role='img' "
        f"aria-label='{escape(title, quote=True)}' {FONT} font-size='13'>",
        f"<title>{escape(title)}</title>",
        *(
            _text(0, 18 + 18 * i, line, "font-size='15' font-weight='600'")
            for i, line in enumerate(heading)
        ),
    ]


def _foot(lines: Sequence[str], height: float) -> list[str]:
    return [
        _text(0, height - 8 - 14 * (len(lines) - 1 - i), line, "font-size='11' fill='#444'")
        for i, line in enumerate(lines)
    ]


def _text(x: float, y: float, words: str, more: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {more}>{escape(words)}</text>"


def _box(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    return (
        f"<rect x='{x:.1f}' y='{y:.1f}' width='{width:.1f}' height='{height:.1f}' fill='{fill}' "
        f"{more}/>"
    )


def _mark(state: str, x: float, y: float, key: str) -> str:
    """Open: a filled square; disputed: a hatched one; bounded: a short stroke."""
    if state == "bounded":
        return (
            f"<line x1='{x - 6:.1f}' y1='{y:.1f}' x2='{x + 6:.1f}' y2='{y:.1f}' stroke='#777' "
            "stroke-width='2'/>"
        )
    fill = "#35608f" if state == "open" else f"url(#half-{key})"
    return _box(x - 7, y - 7, 14, 14, fill, "stroke='#1d3a57'")
