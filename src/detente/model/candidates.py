"""Candidates: weapons that a side could add by a date, at what rate, and what they carry.

A forecast is nobody's fact: each figure stands with its source, or is marked assumed, and is meant
to be changed by the reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as Day
from datetime import timedelta
from typing import Any, ClassVar, Self

from detente.model.amounts import MOST, Number
from detente.model.cites import CONFIDENCES, NO_CITES, Cites, Confidence
from detente.model.dates import When, add_months
from detente.model.inventory import Holding
from detente.model.predicate import Clause
from detente.model.problem import NOWHERE, Place, did_you_mean
from detente.model.written import Miswritten, Written, plain

KEYS = ("value", "source", "confidence", "note")


@dataclass(frozen=True)
class Figure(Written):
    """A number of a forecast, with where it stands; a plain number stands where its entry says."""

    value: Number
    source: Cites = NO_CITES
    confidence: Confidence | None = None
    note: str = ""

    written_schema: ClassVar[dict[str, Any]] = {
        "description": "a number, or {value, source, confidence, note}",
        "anyOf": [
            {"type": "number", "minimum": 0},
            {
                "type": "object",
                "properties": {
                    "value": {"type": "number", "minimum": 0},
                    "source": {"type": "string"},
                    "confidence": {"enum": list(CONFIDENCES)},
                    "note": {"type": "string"},
                },
                "required": ["value"],
                "additionalProperties": False,
            },
        ],
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """A number, or a mapping of value, source, confidence and note."""
        if not isinstance(raw, dict):
            return cls(_number(raw))
        for key in raw:
            if key not in KEYS:
                hint = did_you_mean(str(key), KEYS, "expected")
                raise Miswritten(
                    f"unknown key '{key}' in a figure", "E201", hint, (str(key),), key=True
                )
        if "value" not in raw:
            raise Miswritten("a figure needs a value", "E202")
        confidence = raw.get("confidence")
        if confidence is not None and confidence not in CONFIDENCES:
            hint = did_you_mean(str(confidence), CONFIDENCES, "expected")
            raise Miswritten(
                f"{plain(confidence)} is not a confidence", "E204", hint, ("confidence",)
            )
        try:
            value = _number(raw["value"])
        except Miswritten as bad:
            raise bad.within("value") from None
        source = NO_CITES
        if "source" in raw:
            try:
                source = Cites.parse(raw["source"])
            except Miswritten as bad:
                raise bad.within("source") from None
        return cls(value, source, confidence, str(raw.get("note", "")))

    def __str__(self) -> str:
        return f"{self.value:,}"


def _years(first: Day, last: Day) -> float:
    """Years from the start of one day to the end of another; full calendar years are whole."""
    end = last + timedelta(days=1)
    whole = end.year - first.year
    since = add_months(first, 12 * whole)
    if since > end:
        whole -= 1
        since = add_months(first, 12 * whole)
    return whole + (end - since) / (add_months(first, 12 * whole + 12) - since)


def _number(raw: Any) -> Number:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Miswritten(f"a figure must be a number, not {plain(raw)}", "E203")
    if raw < 0:
        raise Miswritten(f"a figure cannot be negative ({plain(raw)})", "E211")
    if not raw <= MOST:
        raise Miswritten(f"a figure cannot be as large as {plain(raw)}")
    return raw


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A weapon that a side could add.

    `holding` is one line of an inventory without a number: the system, and how it would stand. Once
    it `starts`, `rate` a year can be added, `most` in all (without either: no limit but the text's).
    `converts` says which present weapons it is made of, one of them each; `capacity` is how many of
    what it `carries` (other candidates, together) one of them takes; what is carried is counted as
    on a `load_carrier`. A candidate of a `programme` takes part only where that is asked for.
    """

    id: str
    title: str
    party: str
    holding: Holding
    source: Cites
    confidence: Confidence
    programme: str = ""
    starts: When | None = None
    rate: Figure | None = None
    most: Figure | None = None
    converts: Clause | None = None
    carries: tuple[str, ...] = ()
    capacity: Figure | None = None
    load_carrier: str = ""
    note: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    def by(self, day: Day) -> Number | None:
        """The most that there can be by a day; None where nothing but the text sets a limit."""
        found = None
        if self.starts is not None and day < self.starts.first:
            return 0
        if self.rate is not None:
            begins = self.starts.first if self.starts else day
            found = int(self.rate.value * _years(begins, day) + 1e-9)
        if self.most is not None:
            found = int(self.most.value) if found is None else min(found, int(self.most.value))
        return found

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Its figures by name."""
        for name in ("rate", "most", "capacity"):
            figure = getattr(self, name)
            if figure is not None:
                yield name, figure

    def confidence_of(self, figure: Figure) -> Confidence:
        """How far a figure was checked: as it says itself, or as its entry does."""
        return figure.confidence or self.confidence


@dataclass(frozen=True, kw_only=True)
class Programme:
    """Candidates that belong to one argument: what it keeps, and what it was said to come to."""

    id: str
    title: str
    source: Cites
    confidence: Confidence = "verified"
    keeps: Clause | None = None
    measure: str = ""
    said: Figure | None = None
    note: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)
