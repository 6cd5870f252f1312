"""Dates as documents give them: a day, a month, a year, counted from entry into force, or never."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from detente.model.written import Miswritten, Written, plain

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
NEVER = "never"
_COUNTED = re.compile(r"(eif|signature)(?:\s*\+\s*(\d+)\s*(day|month|year)s?)?$")


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last day where it has fewer."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class When(Written):
    """A date: `first` to `last` day it may mean, or an event and a span counted from it.

    `1977-02-25`, `1977-02`, `1977`, `eif`, `eif + 6 months`, `signature + 1 year`; `never` for what
    has not come (a bomber that is not dismantled).
    """

    first: date = date.min
    last: date = date.min
    event: str = ""
    months: int = 0
    days: int = 0

    written_schema: ClassVar[dict[str, Any]] = {
        "description": "1977-02-25, 1977-02, 1977, eif, 'eif + 6 months', 'signature' or never",
        "anyOf": [{"type": "string"}, {"type": "integer"}],
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """A day, month or year, or an event with a span; raises `Miswritten`."""
        if isinstance(raw, date):
            return cls(raw, raw)
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = f"{raw:04d}"
        if not isinstance(raw, str):
            raise Miswritten(f"expected a date such as 1977-02-25, not {plain(raw)}", "E210")
        text = raw.strip()
        if text == NEVER:
            return cls(event=NEVER)
        if counted := _COUNTED.match(text):
            event, number, unit = counted.groups()
            n = int(number or 0)
            if n > {"day": 400_000, "month": 12_000, "year": 1_000}.get(unit, 0) and n:
                raise Miswritten(f"{plain(raw)} lies too far ahead", "E210")
            return cls(
                event=event,
                months=n if unit == "month" else 12 * n if unit == "year" else 0,
                days=n if unit == "day" else 0,
            )
        if iso := _ISO.match(text):
            year, month, day = (int(g) if g else 0 for g in iso.groups())
            try:
                if day:
                    return cls(date(year, month, day), date(year, month, day))
                if month:
                    last = calendar.monthrange(year, month)[1]
                    return cls(date(year, month, 1), date(year, month, last))
                return cls(date(year, 1, 1), date(year, 12, 31))
            except (ValueError, calendar.IllegalMonthError):
                raise Miswritten(f"there is no such date: {plain(raw)}", "E210") from None
        raise Miswritten(
            f"expected a date such as 1977-02-25, 1977-02, 1977 or 'eif + 6 months', not {plain(raw)}",
            "E210",
        )

    @property
    def fixed(self) -> bool:
        """Whether this is a calendar date, not one counted from an event."""
        return not self.event

    def resolve(self, events: dict[str, date | None]) -> date | None:
        """The first day it means, given the dates of events; None when the event never comes."""
        if not self.event:
            return self.first
        start = events.get(self.event)
        if start is None:
            return None
        try:
            start = add_months(start, self.months)
            return date.fromordinal(start.toordinal() + self.days)
        except (ValueError, OverflowError):
            return date.max

    def resolve_last(self, events: dict[str, date | None]) -> date | None:
        """The last day it means."""
        return self.last if not self.event else self.resolve(events)

    def __str__(self) -> str:
        if self.event:
            word = {"eif": "entry into force"}.get(self.event, self.event)
            if self.months:
                return f"{word} + {self.months} months"
            return f"{word} + {self.days} days" if self.days else word
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first:%Y-%m}" if self.first.month == self.last.month else f"{self.first:%Y}"


@dataclass(frozen=True)
class Period(Written):
    """From a date to a date, either end open."""

    start: When | None = None
    end: When | None = None

    written_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"from": When.written_schema, "to": When.written_schema},
        "additionalProperties": False,
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """A mapping of from and to; raises `Miswritten`."""
        if not isinstance(raw, dict) or not raw or set(raw) - {"from", "to"}:
            raise Miswritten(f"expected {{from: DATE, to: DATE}}, not {plain(raw)}")
        start = When.parse(raw["from"]) if "from" in raw else None
        end = When.parse(raw["to"]) if "to" in raw else None
        if start and end and start.fixed and end.fixed and start.first > end.last:
            raise Miswritten(f"the period ends before it begins: {start} to {end}", "E214")
        return cls(start, end)

    def __str__(self) -> str:
        if self.start and self.end:
            return f"{self.start} to {self.end}"
        return f"from {self.start}" if self.start else f"to {self.end}"
