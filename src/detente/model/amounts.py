"""Numbers with their spread: amounts of arms, bounds of limits, weights of counting rules."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar, Self

from detente.model.cites import CONFIDENCES, NO_CITES, Cites
from detente.model.dates import When
from detente.model.written import Miswritten, Written, plain

Number = int | float


MOST = 10**12  # more than this of anything is a slip of the pen


def _whole(raw: Any, what: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Miswritten(f"{what} must be a whole number, not {plain(raw)}", "E203")
    if isinstance(raw, float) and not (math.isfinite(raw) and raw == int(raw)):
        raise Miswritten(
            f"{what} must be a whole number, not {plain(raw)}: arms come whole", "E212"
        )
    if raw < 0:
        raise Miswritten(f"{what} cannot be negative ({plain(raw)})", "E211")
    if raw > MOST:
        raise Miswritten(f"{what} cannot be as large as {plain(raw)}")
    return int(raw)


def _number(raw: Any, what: str) -> Number:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Miswritten(f"{what} must be a number, not {plain(raw)}", "E203")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise Miswritten(f"{what} must be a finite number", "E203")
    if abs(raw) > MOST:
        raise Miswritten(f"{what} cannot be as large as {plain(raw)}")
    return int(raw) if isinstance(raw, float) and raw == int(raw) and abs(raw) < 2**53 else raw


def _positive(raw: Any, what: str) -> Number:
    """A bound or a weight: a number, not below nothing."""
    number = _number(raw, what)
    if number < 0:
        raise Miswritten(f"{what} cannot be negative ({plain(raw)})", "E211")
    return number


def _confidence(raw: Any, what: str) -> str:
    if raw not in CONFIDENCES:
        from detente.model.problem import did_you_mean

        hint = did_you_mean(str(raw), CONFIDENCES, "expected")
        raise Miswritten(f"{plain(raw)} is not a confidence", "E204", hint)
    return str(raw)


def _part(raw: dict[str, Any], name: str, read: Callable[[Any, str], Any]) -> Any:
    """One key of a mapping, its mistakes located there."""
    try:
        return read(raw[name], name)
    except Miswritten as bad:
        raise bad.within(name) from None


def _keys(raw: dict[str, Any], allowed: set[str], what: str) -> None:
    from detente.model.problem import did_you_mean

    for key in raw:
        if key not in allowed:
            raise Miswritten(
                f"unknown key '{key}' in {what}",
                "E201",
                did_you_mean(str(key), allowed, "expected"),
                (str(key),),
                key=True,
            )


@dataclass(frozen=True)
class Amount(Written):
    """A whole number of arms with its spread: low <= best <= high; equal when it is declared."""

    low: int
    best: int
    high: int

    written_schema: ClassVar[dict[str, Any]] = {
        "description": "a whole number, or {low, best, high}",
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {
                "type": "object",
                "properties": {
                    k: {"type": "integer", "minimum": 0} for k in ("low", "best", "high")
                },
                "required": ["low", "best", "high"],
                "additionalProperties": False,
            },
        ],
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """A whole number, or a mapping of low, best and high."""
        if isinstance(raw, dict):
            _keys(raw, {"low", "best", "high"}, "an amount")
            missing = [k for k in ("low", "best", "high") if k not in raw]
            if missing:
                raise Miswritten(f"an amount with a range needs {', '.join(missing)} too", "E202")
            low, best, high = (_part(raw, k, _whole) for k in ("low", "best", "high"))
            if not low <= best <= high:
                raise Miswritten(
                    f"low <= best <= high does not hold: {low}, {best}, {high}", "E213"
                )
            return cls(low, best, high)
        n = _whole(raw, "a number of arms")
        return cls(n, n, n)

    @property
    def exact(self) -> bool:
        """Whether there is no spread."""
        return self.low == self.high

    def __str__(self) -> str:
        return f"{self.best:,}" if self.exact else f"{self.best:,} ({self.low:,}–{self.high:,})"


@dataclass(frozen=True)
class Span(Written):
    """A value of a measured attribute: one number or a low–high span, in the key's unit."""

    low: Number
    high: Number

    written_schema: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"type": "number"},
            {
                "type": "object",
                "properties": {"low": {"type": "number"}, "high": {"type": "number"}},
                "required": ["low", "high"],
                "additionalProperties": False,
            },
        ]
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """A number, or a mapping of low and high."""
        if isinstance(raw, dict):
            _keys(raw, {"low", "high"}, "a span")
            if set(raw) != {"low", "high"}:
                raise Miswritten("a span needs both low and high", "E202")
            low, high = _part(raw, "low", _number), _part(raw, "high", _number)
            if low > high:
                raise Miswritten(f"low is above high: {low} > {high}", "E213")
            return cls(low, high)
        n = _number(raw, "a measured value")
        return cls(n, n)

    def __str__(self) -> str:
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,}–{self.high:,}"


@dataclass(frozen=True)
class Rival(Written):
    """One of several rival values of a bound: who says so, and where."""

    by: str
    value: Number
    source: Cites = NO_CITES


@dataclass(frozen=True)
class Bound(Written):
    """What a count is held against.

    A number; a range whose upper end binds (`low`, `high`); rival values with their claimants;
    a number by party; or the count itself taken from the inventory of a date (`as_of`), with an
    allowance in percent or units on top. With `below`, the value itself is too many already.
    """

    value: Number | None = None
    low: Number | None = None
    rivals: tuple[Rival, ...] = ()
    by_party: tuple[tuple[str, Bound], ...] = ()
    as_of: When | None = None
    basis: str = ""
    plus: Number = 0
    plus_percent: Number = 0
    below: bool = False

    written_schema: ClassVar[dict[str, Any]] = {
        "description": "a number; {low, high} (the upper end binds); {claims: [{by, value, source}]}; "
        "{as_of: DATE, basis, plus, plus_percent}; {fewer_than: one of these}; or one for each party",
        "anyOf": [{"type": "number"}, {"type": "object"}],
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """See the class; raises `Miswritten`."""
        if not isinstance(raw, dict):
            return cls(value=_positive(raw, "a bound"))
        keys = set(raw)
        if "claims" in keys:
            _keys(raw, {"claims"}, "rival values")
            if not isinstance(raw["claims"], list) or not raw["claims"]:
                raise Miswritten("claims must be a list of {by, value, source}", "E203")
            rivals = []
            for i, claim in enumerate(raw["claims"]):
                if not isinstance(claim, dict):
                    raise Miswritten("a claim must be a mapping of by, value and source", "E203")
                try:
                    _keys(claim, {"by", "value", "source"}, "a claim")
                    if "by" not in claim or "value" not in claim:
                        raise Miswritten("a claim needs by and value", "E202")
                    rivals.append(
                        Rival(
                            str(claim["by"]),
                            _part(claim, "value", _positive),
                            Cites.parse(claim["source"]) if "source" in claim else Cites(),
                        )
                    )
                except Miswritten as bad:
                    raise bad.within("claims", i) from None
            return cls(rivals=tuple(rivals), value=rivals[0].value)
        if "as_of" in keys:
            _keys(
                raw, {"as_of", "basis", "plus", "plus_percent"}, "a bound taken from an inventory"
            )
            more = {k: _part(raw, k, _number) for k in ("plus", "plus_percent") if k in raw}
            if not isinstance(raw.get("basis", ""), str):
                raise Miswritten("expected the name of a basis", path=("basis",))
            return cls(
                as_of=_part(raw, "as_of", lambda v, _: When.parse(v)),
                basis=raw.get("basis", ""),
                **more,
            )
        if "fewer_than" in keys:
            _keys(raw, {"fewer_than"}, "a bound")
            inner: Self = _part(raw, "fewer_than", lambda v, _: cls.parse(v))
            if inner.below or inner.by_party:
                message = "fewer_than takes one bound; for each party it stands inside"
                raise Miswritten(message, path=("fewer_than",))
            return replace(inner, below=True)
        if "low" in keys or "high" in keys:
            _keys(raw, {"low", "high"}, "a range")
            if keys != {"low", "high"}:
                raise Miswritten("a range needs both low and high", "E202")
            low, high = _part(raw, "low", _positive), _part(raw, "high", _positive)
            if low > high:
                raise Miswritten(f"low is above high: {low} > {high}", "E213")
            return cls(low=low, value=high)
        if not raw:
            raise Miswritten("a bound is empty", "E202")
        return cls(
            by_party=tuple((str(p), _part(raw, p, lambda b, _: Bound.parse(b))) for p in raw)
        )

    def for_party(self, party: str) -> Bound | None:
        """The bound of one party; None when the bound is by party and names others only."""
        if self.by_party:
            return dict(self.by_party).get(party)
        return self

    def __str__(self) -> str:
        if self.by_party:
            return ", ".join(f"{p} {b}" for p, b in self.by_party)
        fewer = "fewer than " if self.below else ""
        if self.rivals:
            return fewer + " or ".join(f"{r.value:,} ({r.by})" for r in self.rivals)
        if self.as_of:
            more = f" + {self.plus_percent} %" if self.plus_percent else ""
            more += f" + {self.plus:,}" if self.plus else ""
            return f"{fewer}number of {self.as_of}{more}"
        if self.value is None:
            return "none"
        if self.low is not None:
            return f"{fewer}{self.low:,}–{self.value:,} (upper end binds)"
        return f"{fewer}{self.value:,}"


@dataclass(frozen=True)
class Step:
    """A bound from a date on, perhaps to a date, perhaps with a later deadline for the excess."""

    bound: Bound
    start: When | None = None
    end: When | None = None
    deadline: When | None = None
    source: Cites = NO_CITES
    at_place: str = ""
    confidence: str = ""
    note: str = ""

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """A mapping of value, from, to and so on; raises `Miswritten`."""
        if not isinstance(raw, dict):
            raise Miswritten("a step must be a mapping with value and from", "E203")
        allowed = {"value", "from", "to", "deadline", "source", "article", "confidence", "note"}
        _keys(raw, allowed, "a step")
        if "value" not in raw:
            raise Miswritten("a step needs a value", "E202")

        def when(key: str) -> When | None:
            return _part(raw, key, lambda v, _: When.parse(v)) if key in raw else None

        start = when("from")
        for key in ("to", "deadline"):
            end = when(key)
            if start and end and start.fixed and end.fixed and end.last < start.first:
                raise Miswritten(f"'{key}' is before 'from': {end} and {start}", "E214", "", (key,))
        return cls(
            _part(raw, "value", lambda v, _: Bound.parse(v)),
            when("from"),
            when("to"),
            when("deadline"),
            _part(raw, "source", lambda v, _: Cites.parse(v)) if "source" in raw else Cites(),
            str(raw.get("article", "")),
            _part(raw, "confidence", _confidence) if "confidence" in raw else "",
            str(raw.get("note", "")),
        )


@dataclass(frozen=True)
class Schedule(Written):
    """A bound that may step by date."""

    steps: tuple[Step, ...]

    written_schema: ClassVar[dict[str, Any]] = {
        "description": "a bound, or a list of steps {value, from, to, deadline, source, article, "
        "confidence, note}",
        "anyOf": [
            {"type": "number"},
            {"type": "object"},
            {"type": "array", "items": {"type": "object"}},
        ],
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """A bound, or a list of steps in order of date."""
        if not isinstance(raw, list):
            return cls((Step(Bound.parse(raw)),))
        if not raw:
            raise Miswritten("a list of steps is empty", "E202")
        steps = []
        for i, item in enumerate(raw):
            try:
                steps.append(Step.parse(item))
            except Miswritten as bad:
                raise bad.within(i) from None
        fixed = [s.start.first for s in steps if s.start and s.start.fixed]
        if fixed != sorted(fixed):
            raise Miswritten("steps must stand in order of date", "E214")
        for i, (step, after) in enumerate(pairwise(steps), 1):
            starts = [s.start for s in (step, after)]
            if all(s is not None and s.fixed for s in starts) and starts[0] == starts[1]:
                raise Miswritten(f"two steps begin at {starts[0]}", "E214", path=(i, "from"))
        return cls(tuple(steps))


@dataclass(frozen=True)
class Weight(Written):
    """How much one unit adds to a count.

    A number; a range where the text leaves it open (`low`, `high`); the name of an attribute (a
    type's warheads, a bomber's missiles); or *first n at one weight, then the rest at another*, in
    an explicit order of types when loads are mixed.
    """

    number: Number | None = None
    low: Number = 0
    high: Number = 0
    attribute: str = ""
    first: int = 0
    weight: Weight | None = None
    then: Weight | None = None
    order: tuple[str, ...] = ()

    written_schema: ClassVar[dict[str, Any]] = {
        "description": "a number, {low, high}, the name of an attribute, or {first: n, weight, then, "
        "order: [types]}",
        "anyOf": [{"type": "number"}, {"type": "string"}, {"type": "object"}],
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """See the class; raises `Miswritten`."""
        if isinstance(raw, str):
            return cls(attribute=raw)
        if isinstance(raw, dict) and ("low" in raw or "high" in raw):
            span = Span.parse(raw)
            return cls(low=span.low, high=span.high)
        if isinstance(raw, dict):
            _keys(raw, {"first", "weight", "then", "order"}, "a weight")
            missing = [k for k in ("first", "weight", "then") if k not in raw]
            if missing:
                raise Miswritten(
                    f"a weight of first and rest needs {', '.join(missing)} too", "E202"
                )
            order = raw.get("order", [])
            if not isinstance(order, list):
                raise Miswritten("order must be a list of types", "E203")
            return cls(
                first=_whole(raw["first"], "first"),
                weight=cls.parse(raw["weight"]),
                then=cls.parse(raw["then"]),
                order=tuple(str(o) for o in order),
            )
        return cls(number=_positive(raw, "a weight"))

    @property
    def linear(self) -> bool:
        """Whether the count is a plain product of weight and number."""
        return not self.first

    def __str__(self) -> str:
        if self.attribute:
            return self.attribute
        if self.first:
            order = f", in the order {', '.join(self.order)}" if self.order else ""
            return f"(first {self.first:,} at {self.weight}, the rest at {self.then}{order})"
        return f"{self.number:,}" if self.number is not None else str(Span(self.low, self.high))


@dataclass(frozen=True)
class Tally(Written):
    """What is counted: the name of a count or category, or categories with weights."""

    name: str = ""
    weights: tuple[tuple[str, Weight], ...] = ()

    written_schema: ClassVar[dict[str, Any]] = {
        "description": "the name of a count or a category, or {category: weight}",
        "anyOf": [{"type": "string"}, {"type": "object"}],
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """See the class; raises `Miswritten`."""
        if isinstance(raw, str) and raw:
            return cls(name=raw)
        if isinstance(raw, dict) and raw:
            return cls(
                weights=tuple((str(k), _part(raw, k, lambda v, _: Weight.parse(v))) for k in raw)
            )
        raise Miswritten(
            f"expected the name of a count or category, or a mapping of weights, not {plain(raw)}"
        )
