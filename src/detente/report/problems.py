"""Problems for people (excerpt and caret), for editors (gnu, one line each) and for programs (JSON)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from detente.analyses.check import problem_data
from detente.model.problem import Place, Problem
from detente.model.problem_codes import CODES

Excerpt = Callable[[Place], str | None]


def file_excerpt(place: Place) -> str | None:
    """The line of a file that a place points at, or None when it cannot be shown."""
    try:
        lines = Path(place.file).read_text(encoding="utf-8", errors="replace").splitlines()
    except (OSError, ValueError):
        return None
    return lines[place.line - 1] if 0 < place.line <= len(lines) else None


def to_gnu(problems: Iterable[Problem]) -> str:
    """One line a problem: FILE:LINE:COLUMN: severity: message [code]."""
    lines = []
    for p in problems:
        where = f"{p.place}: " if p.places else ""
        hint = f" ({p.hint})" if p.hint else ""
        lines.append(f"{where}{p.severity}: {p.message}{hint} [{p.code}]")
    return "".join(f"{line}\n" for line in lines)


def to_json(problems: Sequence[Problem]) -> str:
    """Problems as JSON with all their places."""
    data = {
        "errors": sum(p.severity == "error" for p in problems),
        "warnings": sum(p.severity == "warning" for p in problems),
        "problems": [problem_data(p) for p in problems],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def to_human(problems: Sequence[Problem], excerpt: Excerpt = file_excerpt) -> str:
    """Each problem with its title, place, the line it is in with a caret, and a hint."""
    blocks = []
    for p in problems:
        title = CODES[p.code][0] if p.code in CODES else ""
        head = f"{p.severity} {p.code}: {title}" if title else f"{p.severity} {p.code}"
        lines = [head]
        if not p.places:
            lines.append(f"  {p.message}")
        for i, place in enumerate(p.places):
            note = f" — {place.note}" if place.note else ""
            lines.append(f"  {place}{note}" if i == 0 else f"  and {place}{note}")
            text = excerpt(place) if place.line else None
            if text is not None:
                lines += _excerpt(text, place)
            if i == 0:
                lines.append(f"  {p.message}")
        if p.hint:
            lines.append(f"  hint: {p.hint}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _excerpt(text: str, place: Place) -> list[str]:
    number = f"{place.line:>6}"
    start, width = max(0, place.column - 1), 92
    left = 0 if start < width - 12 else start - 40
    shown = text[left : left + width].replace("\t", " ")
    caret = " " * (start - left) + "^" * max(1, min(place.length, len(shown) - (start - left)))
    dots = "…" if left else ""
    return [f"{number} | {dots}{shown}", f"{' ' * 6} | {' ' * len(dots)}{caret}"]


def summary(problems: Sequence[Problem]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(p.severity == "error" for p in problems)
    warnings = sum(p.severity == "warning" for p in problems)
    parts = []
    if errors:
        parts.append(f"{errors} error{'s' if errors != 1 else ''}")
    if warnings:
        parts.append(f"{warnings} warning{'s' if warnings != 1 else ''}")
    return ", ".join(parts) or "no problems"
