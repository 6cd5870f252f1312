"""The paper of `timeline`: lanes of positions and statuses over time, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from detente.analyses.standing import Event
from detente.analyses.timeline import Stretch, Timeline
from detente.report.paper import Block, Cell, Column, Figure, Heading, Paper, Table, cell
from detente.report.standing_paper import TONES

FONT = "font-family='system-ui, sans-serif'"
# shade and pattern of each status, so that the picture reads in grey
SHADES = {
    "agreed": "#2f5d50",
    "agreed on condition": "url(#condition)",
    "ad referendum": "#7fa39a",
    "reserved": "#b9cfc8",
    "bracketed": "#c9785d",
    "one-sided": "#e6cfa8",
    "dropped": "#dddddd",
}
MOVES = {"reopening": "#c9785d", "concession": "#9ecfc0"}
LEFT, WIDTH, LANE = 250, 1100, 22
NAME = 38  # characters of a title at the left


def timeline_paper(result: Timeline) -> Paper:
    """One lane an issue; for a few issues also one a side, with its options."""
    blocks: list[Block] = []
    detailed = len(result.issues) <= 3
    title = "Positions over time" if detailed else "Status of the issues over time"
    svg = _picture(result, title, detailed)
    words = "\n".join(
        f"{q.title}: " + ", ".join(f"{x.start} {x.status}" for x in stretches)
        for q, stretches in result.issues
    )
    blocks.append(Figure(svg, title, words))
    for q, stretches in result.issues:
        rows = tuple(
            (
                cell(str(x.start)),
                Cell(x.status, TONES[x.status]),
                *(cell(", ".join(x.of(p))) for p in result.parties),
                cell(", ".join(s.id for s in x.moved_by[:4])),
            )
            for x in stretches
        )
        columns = (
            Column("from"),
            Column("status"),
            *(Column(p) for p in result.parties),
            Column("moved by", spare=True),
        )
        blocks += [Heading(q.title, 3), Table(columns, rows)]
    return Paper(title, tuple(blocks), subtitle=result.case.title)


def _picture(result: Timeline, title: str, detailed: bool) -> str:
    first, last = result.start, result.end
    lanes: list[tuple[str, Sequence[Stretch], str]] = []
    for q, found in result.issues:
        lanes.append((q.title, found, ""))
        if detailed:
            lanes += [(f"  {p}", found, p) for p in result.parties]
    top = 64
    height = top + len(lanes) * (LANE + 8) + 46

    def x(day: date) -> float:
        share = (min(max(day, first), last) - first).days / max(1, (last - first).days)
        return LEFT + (WIDTH - LEFT - 10) * share

    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' "
        f"aria-label='{escape(title, quote=True)}' {FONT} font-size='12'>",
        f"<title>{escape(title)}</title>",
        "<defs><pattern id='condition' width='7' height='7' patternUnits='userSpaceOnUse' "
        "patternTransform='rotate(45)'><rect width='7' height='7' fill='#fff'/>"
        "<rect width='4' height='7' fill='#2f5d50'/></pattern></defs>",
        f"<text x='0' y='18' font-size='15' font-weight='600'>{escape(title)}</text>",
    ]
    cursor = 0.0
    for status, shade in SHADES.items():
        out.append(
            f"<rect x='{cursor:.0f}' y='30' width='12' height='12' fill='{shade}' stroke='#555'/>"
            f"<text x='{cursor + 17:.0f}' y='41'>{status}</text>"
        )
        cursor += 32 + 6.6 * len(status)
    if detailed and result.moves:
        for kind, shade in MOVES.items():
            out.append(
                f"<circle cx='{cursor + 6:.0f}' cy='36' r='5' fill='{shade}' stroke='#222'/>"
                f"<text x='{cursor + 17:.0f}' y='41'>{kind}</text>"
            )
            cursor += 32 + 6.6 * len(kind)
    for year in range(first.year, last.year + 1):
        at = max(x(date(year, 1, 1)), LEFT)
        if year == first.year and x(date(year + 1, 1, 1)) - at < 40:
            continue  # too little of the first year for a label of its own
        out.append(
            f"<line x1='{at:.1f}' y1='{top - 6}' x2='{at:.1f}' y2='{height - 38}' stroke='#ddd'/>"
            f"<text x='{at + 2:.1f}' y='{height - 24}' fill='#444'>{year}</text>"
        )
    y = top
    for name, stretches, party in lanes:
        shown = name if len(name) <= NAME else name[: NAME - 1] + "…"
        out.append(f"<text x='{LEFT - 8}' y='{y + 15}' text-anchor='end'>{escape(shown)}</text>")
        if party:
            out += _options(stretches, party, y, x, last)
            out += [_mark(e, x(e.date), y) for e in result.moves if _on(e, stretches, party)]
        else:
            for s in stretches:
                a, b = x(s.start), x(s.end or last)
                said = f"{s.start}: {s.status}"
                out.append(
                    f"<rect x='{a:.1f}' y='{y}' width='{max(1.5, b - a):.1f}' height='{LANE}' "
                    f"fill='{SHADES.get(s.status, '#fff')}' stroke='#fff' stroke-width='0.6'>"
                    f"<title>{escape(said)}</title></rect>"
                )
        y += LANE + 8
    out.append(
        f"<text x='0' y='{height - 6}' font-size='11' fill='#444'>The record of "
        f"{escape(result.case.title)}, {first} to {last}</text></svg>"
    )
    return "".join(out)


def _on(e: Event, stretches: Sequence[Stretch], party: str) -> bool:
    return e.party == party and bool(stretches) and stretches[0].issue.id == e.issue


def _mark(e: Event, x: float, y: int) -> str:
    left = ", ".join(e.left) or e.how
    said = f"{e.date}: {e.kind} by {e.party}, from {left} to {', '.join(e.went_to) or 'nothing'}"
    return (
        f"<circle cx='{x:.1f}' cy='{y + LANE}' r='4.5' fill='{MOVES[e.kind]}' stroke='#222'>"
        f"<title>{escape(said)}</title></circle>"
    )


def _options(stretches: Sequence[Stretch], party: str, y: int, x: object, last: date) -> list[str]:
    """A side's options as boxes with their names, equal neighbours joined."""
    assert callable(x)
    out: list[str] = []
    joined: list[tuple[tuple[str, ...], date, date]] = []
    for s in stretches:
        options = s.of(party)
        if joined and joined[-1][0] == options:
            joined[-1] = (options, joined[-1][1], s.end or last)
        else:
            joined.append((options, s.start, s.end or last))
    for options, start, end in joined:
        if not options:
            continue
        a, b = x(start), x(end)
        text = ", ".join(options)
        room = int((b - a - 6) / 6.2)
        shown = text if len(text) <= room else (text[: room - 1] + "…" if room > 3 else "")
        out.append(
            f"<rect x='{a:.1f}' y='{y}' width='{max(1.5, b - a):.1f}' height='{LANE}' fill='#fff' "
            f"stroke='#555'><title>{escape(f'{start} to {end}: {text}')}</title></rect>"
            f"<text x='{a + 4:.1f}' y='{y + 15}' font-size='11'>{escape(shown)}</text>"
        )
    return out
