"""Dates and pointers to other documents, as editors write them in running text.

`See Document 7.`, `Documents 10 and 11`, `footnote 1, Document 132`, `Foreign Relations, 1969–1976,
Vol. XVI, …, Document 244`, `ibid., Document 245`. A pointer without a volume is to the same volume.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Set
from datetime import date, timedelta

from detente.model.library import roman

MAX_SPAN = 200

_DOCUMENTS = re.compile(
    r"\bDocuments?\s+(\d{1,4}(?:(?:\s*[–-]\s*|,?\s+and\s+|,\s+(?:and\s+)?)\d{1,4})*)"
)
_BEFORE_NOTE = re.compile(r"footnotes?\s+(\d{1,3}),?\s+$", re.IGNORECASE)
_IBID = re.compile(r"\bibid\.?,?\s*$", re.IGNORECASE)
_VOLUME = re.compile(
    r"(\d{4})\s*[–-]\s*(\d{2,4}),\s+vol(?:ume|\.)\s+(E-?\d+|[IVXLC]+|\d+)(?:,\s*Part\s+(\d+))?",
    re.IGNORECASE,
)
_MONTHS = {m.lower(): i for i, m in enumerate(calendar.month_name) if m}
_MONTHS |= {m.lower(): i for i, m in enumerate(calendar.month_abbr) if m} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_US = re.compile(
    rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:\s*[–-]\s*(?:({_MONTH})\.?\s+)?(\d{{1,2}}))?,\s*(\d{{4}})\b",
    re.IGNORECASE,
)
_EUROPEAN = re.compile(rf"\b(\d{{1,2}})\s+({_MONTH})\.?,?\s+(\d{{4}})\b", re.IGNORECASE)
_MONTHLY = re.compile(rf"\b({_MONTH})\.?,?\s+(\d{{4}})\b", re.IGNORECASE)

Pointer = tuple[str, str, str]  # target key, words, number of the note it points at


def pointers(text: str, volume: str, known: Set[str] = frozenset()) -> Iterator[Pointer]:
    """Every pointer to a document in a text once, those of a list or span one by one.

    Without those to documents whose id (`d117`) is known already, whatever volume they stand in.
    """
    if "Document" not in text:
        return
    seen: set[str] = set()
    for found in _DOCUMENTS.finditer(text):
        listed = found.group(1)
        ids = [listed] if listed.isdigit() else list(_numbers(listed))
        ids = [i for i in ids if f"d{i}" not in known]
        if not ids:
            continue
        before = text[max(0, found.start() - 160) : found.start()]
        before = before[before.rfind(";") + 1 :]
        home = volume
        if named := list(_VOLUME.finditer(before)):
            home = volume_id(*named[-1].groups())
        elif _IBID.search(before):
            earlier = list(_VOLUME.finditer(text[: found.start()]))
            home = volume_id(*earlier[-1].groups()) if earlier else volume
        noted = _BEFORE_NOTE.search(before)
        for n in ids:
            target = f"{home}/d{n}"
            if target not in seen:
                seen.add(target)
                yield target, found.group(), noted.group(1) if noted else ""


def _numbers(text: str) -> Iterator[str]:
    for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", text):
        ends = [int(x) for x in re.split(r"\s*[–-]\s*", part) if x]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + MAX_SPAN:
            yield from map(str, range(ends[0], ends[1] + 1))
        else:
            yield from map(str, ends)


def volume_id(start: str, end: str, volume: str, part: str | None = None) -> str:
    """A volume's id from its years and number: 1969, 1976, XVI to frus1969-76v16."""
    low = volume.lower().replace("-", "")
    n = _roman(low) if not low.lstrip("e").isdigit() else int(low.lstrip("e"))
    number = f"ve{n:02d}" if low.startswith("e") else f"v{n:02d}"
    return f"frus{start}-{end[-2:]}{number}" + (f"p{part}" if part else "")


def _roman(text: str) -> int:
    if value := roman(text):
        return value
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    digits = [values.get(c, 0) for c in text]
    return sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits))


def dates_in(text: str) -> tuple[date, date] | None:
    """The first day, run of days or month that a text names; None when it names none."""
    if found := _US.search(text):
        month, day, to_month, to_day, year = found.groups()
        first = _day(int(year), _MONTHS[month.lower()], int(day))
        last = first
        if to_day:
            last = _day(int(year), _MONTHS[(to_month or month).lower()], int(to_day))
        if first and last:
            return min(first, last), max(first, last)
    if found := _EUROPEAN.search(text):
        only = _day(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
        if only:
            return only, only
    if found := _MONTHLY.search(text):
        return month_of(int(found[2]), _MONTHS[found[1].lower()])
    return None


def month_of(year: int, month: int) -> tuple[date, date] | None:
    """The first and last day of a month."""
    first = _day(year, month, 1)
    if first is None:
        return None
    return first, first + timedelta(days=calendar.monthrange(year, month)[1] - 1)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?$")


def iso_days(text: str) -> tuple[date, date] | None:
    """The days that an attribute such as 1976-03-17, 1976-03 or 1976-01-21T18:00:00 means."""
    found = _ISO.match(text.strip())
    if not found:
        return None
    year, month, day = (int(g) if g else 0 for g in found.groups())
    if not year:
        return None
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    if not day:
        return month_of(year, month) if 1 <= month <= 12 else None
    only = _day(year, month, day)
    return (only, only) if only else None
