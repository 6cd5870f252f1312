"""Chances: shares of scenarios with their sampling error, and what moves a count."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analyses.count import LimitCount
from detente.compile.counts import Number

QUANTILES = (5, 50, 95)
Z = 1.959963984540054  # a two-sided 95 per cent interval
Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """A share of the scenarios, with what the draw leaves open (Wilson, 95 per cent).

    `certain` where the data allow nothing else: then there is no sampling error.
    """

    count: int
    of: int
    certain: bool = False

    @property
    def value(self) -> float:
        """The share."""
        return self.count / self.of if self.of else math.nan

    @property
    def standard_error(self) -> float:
        """The standard error of the share."""
        p = self.value
        return 0.0 if self.certain or not self.of else math.sqrt(p * (1 - p) / self.of)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval: what the share of endlessly many scenarios may be."""
        if self.certain or not self.of:
            return self.value, self.value
        n, p, z2 = self.of, self.value, Z * Z
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))

    def as_data(self) -> dict[str, Any]:
        """The share for JSON."""
        low, high = self.interval
        return {
            "share": self.value,
            "low": low,
            "high": high,
            "standard_error": self.standard_error,
        }


@dataclass(frozen=True)
class Move:
    """What one input does to a count, the others at their best: the figure at both its ends.

    The figures are what is held against the limit: where the limit itself moves, the difference is
    put to the count. `turns` when the verdict is not the same at both ends.
    """

    what: str
    kind: str
    low: Number
    high: Number
    ends: tuple[str, str]
    turns: bool

    @property
    def swing(self) -> Number:
        """How far the figure moves."""
        return abs(self.high - self.low)


@dataclass(frozen=True)
class Given:
    """The chance that a limit is broken by the figures of one claimant."""

    by: str
    broken: Share


@dataclass(frozen=True)
class Chance:
    """One limit of one party over the scenarios.

    Attributes:
        limit: the count of the same limit without scenarios.
        verdicts: verdict -> its share; nothing of what is not known to count does (unless a chance
            is stated).
        if_counts: the same as if all of it counted; None where all is known, or no answer can be
            given (`if_counts_why_not`).
        unknown: systems of which it is not known whether they count, without a stated chance.
        quantiles: the counted figure that 5, 50 and 95 per cent of the scenarios do not exceed.
        mean: the mean of the counted figure.
        given: the chance that it is broken, by whose figures are believed.
        moved_by: what moves the count, the strongest first.
        not_computed: why there is no chance.

    """

    limit: LimitCount
    verdicts: Mapping[str, Share] = field(default_factory=dict)
    if_counts: Mapping[str, Share] | None = None
    if_counts_why_not: str = ""
    unknown: tuple[str, ...] = ()
    quantiles: tuple[Number, ...] = ()
    mean: float = math.nan
    given: tuple[Given, ...] = ()
    moved_by: tuple[Move, ...] = ()
    not_computed: str = ""
    bits: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def broken(self) -> Share:
        """The chance that the limit is broken."""
        return self.verdicts[self.breach]

    @property
    def breach(self) -> str:
        """The verdict that breaks it."""
        return "under" if self.limit.row.relation == "at least" else "over"

    def side(self, most: int) -> Share:
        """The chance that it is broken; with `most`, as if all that is not known counted."""
        return (self.if_counts if most and self.if_counts else self.verdicts)[self.breach]

    @property
    def varies(self) -> bool:
        """Whether anything about it is not certain."""
        if self.not_computed:
            return False
        return bool(
            self.moved_by
            or self.unknown
            or self.given
            or (self.quantiles and self.quantiles[0] != self.quantiles[-1])
        )

    @property
    def hangs(self) -> bool:
        """Whether the verdict is not the same in all scenarios."""
        both = [self.verdicts, self.if_counts or self.verdicts]
        shares = {v[self.breach].value for v in both} if not self.not_computed else set()
        return bool(shares) and (len(shares) > 1 or not shares <= {0.0, 1.0})

    def broken_bits(self, n: int) -> Bits:
        """Scenario by scenario, whether the limit is broken."""
        whole = b"".join(self.bits)
        return np.unpackbits(np.frombuffer(whole, dtype=np.uint8))[:n].astype(bool)


@dataclass(frozen=True)
class PartyChance:
    """The chance that a party breaks any limit at all; `if_counts` as in `Chance`."""

    party: str
    broken: Share
    if_counts: Share | None
    limits: int
    not_computed: int
