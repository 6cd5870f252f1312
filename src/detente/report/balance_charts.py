"""Pictures of a balance: the sides by lens, and the curves of a falling ceiling; they read in grey."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

import numpy as np

from detente.analyses.balance import LensBalance, MeasureBalance
from detente.analyses.sweep import Sweep
from detente.report.charts import FONT, _step, _wrap

WIDTH, WIDE = 860, 1000
SHADES = ("#35608f", "#9a9a9a", "#b08d3c", "#5b7f5b")
DASHES = ("", "9 4", "2 3", "12 4 2 4", "5 2", "14 3", "3 6", "7 3 2 3 2 3")
TONES = ("#111", "#35608f", "#8c2d19", "#555")


def number(value: float) -> str:
    """A figure by a measure in short: whole above a hundred, else three digits."""
    if math.isinf(value):
        return "no end"
    if isinstance(value, int) or abs(value) >= 100 or value == 0:
        return f"{round(value):,}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _head(title: str, height: float, width: int = WIDTH) -> list[str]:
    lines = _wrap(title, 92)
    return [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height:.0f}' role='img' "
        f"aria-label='{escape(title, quote=True)}' {FONT} font-size='13'>",
        f"<title>{escape(title)}</title>",
        *(
            f"<text x='0' y='{18 + 18 * i}' font-size='15' font-weight='600'>{escape(line)}</text>"
            for i, line in enumerate(lines)
        ),
    ]


def _foot(text: str, height: float) -> list[str]:
    lines = _wrap(text, 128)
    return [
        f"<text x='0' y='{height - 8 - 14 * (len(lines) - 1 - i):.0f}' font-size='11' fill='#444'>"
        f"{escape(line)}</text>"
        for i, line in enumerate(lines)
    ]


def _text(x: float, y: float, words: str, more: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {more}>{escape(words)}</text>"


def _line(x1: float, y1: float, x2: float, y2: float, more: str) -> str:
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' {more}/>"


# --- by lens --------------------------------------------------------------------------------------
def bars_by_lens(
    title: str, pairs: Sequence[tuple[LensBalance, MeasureBalance]], *, unit: str, source: str
) -> str:
    """One bar a side and lens: what the text counts, then hatched what the lens adds."""
    left, row, gap, right = 210, 22, 14, 225
    top = 66 + 18 * (len(_wrap(title, 92)) - 1)
    foot = f"{unit} · {source}"
    bars = sum(len(m.sides) for _, m in pairs)
    height = top + row * bars + gap * len(pairs) + 40 + 14 * len(_wrap(foot, 128))
    most = max([x.now.value.high for _, m in pairs for x in m.sides] + [1])
    pattern = f"adds-{crc32(title.encode()):x}"
    names = list(dict.fromkeys(x.side for _, m in pairs for x in m.sides))

    def at(value: float) -> float:
        return left + (WIDTH - left - right) * value / most

    out = _head(title, height)
    out.append(
        f"<defs><pattern id='{pattern}' width='6' height='6' patternUnits='userSpaceOnUse' "
        "patternTransform='rotate(45)'><rect width='6' height='6' fill='#fff'/>"
        "<rect width='2.5' height='6' fill='#444'/></pattern></defs>"
    )
    cursor, y = 0.0, float(top - 28)
    for i, name in enumerate(names):
        out.append(
            f"<rect x='{cursor}' y='{y - 11}' width='12' height='12' fill='{SHADES[i % 4]}'/>"
        )
        out.append(_text(cursor + 18, y, f"{name}, as the text counts"))
        cursor += 170 + 9 * len(name)
    out.append(
        f"<rect x='{cursor}' y='{y - 11}' width='12' height='12' fill='url(#{pattern})' stroke='#444'/>"
    )
    out.append(_text(cursor + 18, y, "added by the lens · line: range"))
    bottom = height - 28 - 14 * len(_wrap(foot, 128))
    step, tick = _step(most), 0.0
    while tick <= most * 1.001:
        out.append(_line(at(tick), top - 6, at(tick), bottom, "stroke='#ddd'"))
        out.append(_text(at(tick), bottom + 15, f"{tick:,.0f}", "text-anchor='middle' fill='#444'"))
        tick += step
    y = float(top)
    for lens, m in pairs:
        lines = _wrap(lens.lens.title, 30)
        middle = y + row * len(m.sides) / 2 + 2
        for k, words in enumerate(lines):
            offset = (k - (len(lines) - 1) / 2) * 14
            out.append(_text(left - 10, middle + offset, words, "text-anchor='end'"))
        for x in m.sides:
            counted, total = x.counted.value.best, x.now.value.best
            shade = SHADES[names.index(x.side) % 4]
            h = row - 6
            out.append(
                f"<rect x='{left}' y='{y + 1:.1f}' width='{at(counted) - left:.1f}' height='{h}' "
                f"fill='{shade}'/>"
            )
            if total > counted:
                out.append(
                    f"<rect x='{at(counted):.1f}' y='{y + 1:.1f}' "
                    f"width='{at(total) - at(counted):.1f}' height='{h}' fill='url(#{pattern})' "
                    "stroke='#444'/>"
                )
            v = x.now.value
            if v.high > v.low:
                mid = y + 1 + h / 2
                out.append(
                    _line(at(v.low), mid, at(v.high), mid, "stroke='#000' stroke-width='1.5'")
                )
                for end in (v.low, v.high):
                    out.append(
                        _line(
                            at(end), mid - 4, at(end), mid + 4, "stroke='#000' stroke-width='1.5'"
                        )
                    )
            said = f"{x.side} {number(total)}"
            if x.now.covered < 1:
                said += f" · {100 * x.now.covered:.0f} % measured"
            out.append(_text(at(max(v.high, total)) + 7, y + h - 3, said))
            y += row
        y += gap
    return "".join([*out, *_foot(foot, height), "</svg>"])


# --- the falling ceiling --------------------------------------------------------------------------
@dataclass(frozen=True)
class _Curve:
    """A curve with its name and style: the ceilings, and a value at each."""

    name: str
    style: str
    at: np.ndarray
    values: np.ndarray
    marks: tuple[tuple[float, str], ...] = ()


def sweep_curves(title: str, sweeps: Sequence[Sweep], *, source: str) -> str:
    """Above, how the share grows that the falling limit does not count; below, the balance."""
    shares, ratios = [], []
    names = [x.side for x in sweeps[0].steps[0].sides[:2]]
    for i, s in enumerate(sweeps):
        corners = np.array([float(c.ceiling) for c in s.corners])
        at = np.unique(np.concatenate([corners, np.linspace(s.end, s.start, 90)]))
        totals = []
        for k, name in enumerate(names):
            total = np.array([float(c.sides[k].total.best) for c in s.corners])
            swept = np.array([float(c.sides[k].swept.best) for c in s.corners])
            all_ = np.interp(at, corners[::-1], total[::-1])
            inner = np.interp(at, corners[::-1], swept[::-1])
            totals.append(all_)
            share = np.where(all_ > 0, 100 * (1 - inner / np.where(all_ > 0, all_, 1)), 0.0)
            if share.max() > 0.05:
                shares.append(_Curve(f"{name}: {s.lens.title}", _style(i, k), at, share))
        good = (totals[0] > 0) & (totals[1] > 0)
        if good.any():
            marks = tuple((float(e.at), number(e.at)) for e in s.evenings)
            ratio = totals[0][good] / totals[1][good]
            ratios.append(_Curve(s.lens.title, _style(i), at[good], ratio, marks))
    foot = f"{sweeps[0].measure.title}, {sweeps[0].measure.unit} · best figures · {source}"
    lead = 18 * (len(_wrap(title, 92)) - 1)
    first = max(200, 16 * len(shares) + 30) if shares else 0
    second = max(260, 16 * len(ratios) + 40)
    height = 40 + lead + (first + 62 if shares else 0) + second + 70 + 14 * len(_wrap(foot, 128))
    out = _head(title, height, WIDE)
    y = 58.0 + lead
    span = (float(sweeps[0].start), float(sweeps[0].end))
    if shares:
        words = f"Not counted under '{sweeps[0].limit}', percent of all that the lens counts"
        out += _panel(words, shares, span, y, first, log=False)
        y += first + 62
    words = f"{names[0]} for one of {names[1]} (even at 1; ○ where the sides come even)"
    out += _panel(words, ratios, span, y, second, log=True)
    out.append(
        _text(46, y + second + 34, f"equal ceiling '{sweeps[0].limit}', falling →", "fill='#444'")
    )
    return "".join([*out, *_foot(foot, height), "</svg>"])


def _style(lens: int, side: int = 0) -> str:
    """The stroke of a lens, told apart by dashes and width as well as by tone; thinner of the second side."""
    width = 1.4 + 0.5 * (lens % 3) if side == 0 else 1.0
    style = f"fill='none' stroke='{TONES[lens % 4]}' stroke-width='{width}'"
    dash = DASHES[lens % len(DASHES)]
    return f"{style} stroke-dasharray='{dash}'" if dash else style


def _panel(
    words: str,
    curves: Sequence[_Curve],
    span: tuple[float, float],
    top: float,
    height: float,
    *,
    log: bool,
) -> list[str]:
    """Curves over a ceiling that falls to the right, each named at its end."""
    left, right = 46.0, 430.0
    start, end = span
    most = max([float(c.values.max()) for c in curves] + [1.0 if log else 0.0])
    least = min([float(c.values.min()) for c in curves] + [1.0 if log else 0.0])

    def x(ceiling: float) -> float:
        return left + (WIDE - left - right) * (start - ceiling) / (start - end)

    def y(value: float) -> float:
        if log:
            low, high = math.log(least / 1.08), math.log(most * 1.08)
            return top + height * (high - math.log(value)) / (high - low)
        return top + height * (1 - value / (most * 1.08))

    out = [_text(0, top - 10, words, "font-weight='600'")]
    for value, shown in _ticks(least, most, log):
        even = log and value == 1
        style = "stroke='#000' stroke-width='1.5'" if even else "stroke='#ddd'"
        out.append(_line(left, y(value), x(end), y(value), style))
        out.append(_text(left - 6, y(value) + 4, shown, "text-anchor='end' fill='#444'"))
    for k in range(10):
        ceiling = start * (10 - k) / 10
        out.append(_line(x(ceiling), top, x(ceiling), top + height, "stroke='#eee'"))
        out.append(
            _text(
                x(ceiling),
                top + height + 16,
                number(round(ceiling)),
                "text-anchor='middle' fill='#444' font-size='11'",
            )
        )
    ends = []
    for i, c in enumerate(curves):
        points = " ".join(
            f"{x(a):.1f},{y(v):.1f}"
            for a, v in sorted(zip(c.at, c.values, strict=True), reverse=True)
        )
        out.append(f"<polyline points='{points}' {c.style}/>")
        for ceiling, _ in c.marks:
            value = float(np.interp(ceiling, c.at, c.values))
            out.append(
                f"<circle cx='{x(ceiling):.1f}' cy='{y(value):.1f}' r='4' fill='#fff' stroke='#000'/>"
            )
        last = float(c.values[0])
        shown = f"{last:.0f} %" if not log else f"{last:.2f}"
        marks = "".join(f", even at {m}" for _, m in c.marks)
        ends.append((y(last), i, c.style, f"{shown} {c.name}{marks}"))
    ends.sort()
    places = _apart([e[0] for e in ends], 16.0, top - 4, top + height + 8)
    for (at, _, style, name), place in zip(ends, places, strict=True):
        out.append(_line(x(end), at, x(end) + 16, place, "stroke='#999'"))
        out.append(_line(x(end) + 18, place, x(end) + 42, place, style))
        shown = name if len(name) <= 56 else f"{name[:55]}…"
        out.append(_text(x(end) + 48, place + 4, shown, "font-size='11.5'"))
    return out


def _ticks(least: float, most: float, log: bool) -> list[tuple[float, str]]:
    if not log:
        step = _step(most)
        return [(step * k, f"{step * k:,.0f}") for k in range(int(most * 1.08 / step) + 1)]
    known = (0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10, 20, 50)
    return [(v, f"{v:g}") for v in known if v == 1 or least / 1.08 <= v <= most * 1.08]


def _apart(places: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Places for labels, in order, at least a gap from one another."""
    found: list[float] = []
    for p in places:
        found.append(max(p, found[-1] + gap) if found else max(p, top))
    over = found[-1] - bottom if found else 0.0
    if over > 0:
        found[-1] -= over
        for k in range(len(found) - 2, -1, -1):
            found[k] = min(found[k], found[k + 1] - gap)
    return found
