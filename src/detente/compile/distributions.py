"""Low, best and high as chances of whole numbers: triangular and PERT.

The curve lies between low and high and is highest at best. A number of arms is whole: what the
curve gives falls to one of its two whole neighbours, to the nearer one more often, so that the mean
of the whole numbers is the mean of the curve and nothing lies outside low and high.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detente.compile.table import Floats

Distribution = Literal["triangular", "pert"]
DISTRIBUTIONS: tuple[Distribution, ...] = get_args(Distribution)
STEPS = 1 << 18  # a wider range is drawn on so many equal steps
_WORD = 1 << 32


@dataclass(frozen=True)
class Curve:
    """A triangular or PERT curve over low, best and high (Malcolm and others, 1959, for PERT)."""

    kind: Distribution
    low: float
    best: float
    high: float

    @property
    def _shape(self) -> tuple[float, float]:
        """The two shapes of the beta curve that PERT is."""
        width = self.high - self.low
        return 1 + 4 * (self.best - self.low) / width, 1 + 4 * (self.high - self.best) / width

    @property
    def mean(self) -> float:
        """The mean of the curve."""
        middle = 1 if self.kind == "triangular" else 4
        return (self.low + middle * self.best + self.high) / (middle + 2)

    @property
    def variance(self) -> float:
        """The variance of the curve (not the rule of thumb of a sixth of the range)."""
        a, m, b = self.low, self.best, self.high
        if self.kind == "triangular":
            return (a * a + m * m + b * b - a * m - a * b - m * b) / 18
        return (self.mean - a) * (b - self.mean) / 7

    def cdf(self, x: Floats) -> Floats:
        """The chance of no more than x."""
        z = np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)
        if self.kind == "pert":
            return _beta_cdf(z, *self._shape)
        m = (self.best - self.low) / (self.high - self.low)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = np.where(z < m, z * z / m, 1 - (1 - z) ** 2 / (1 - m))
        return np.where(z >= 1, 1.0, found)

    def quantile(self, chance: float) -> float:
        """The x below which the curve has this chance, by bisection."""
        low, high = self.low, self.high
        for _ in range(100):
            middle = (low + high) / 2
            if float(self.cdf(np.array([middle]))[0]) < chance:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def shortfall(self, x: Floats) -> Floats:
        """The mean of how far the curve's values lie below x: the integral of the chance up to x."""
        width = self.high - self.low
        z = np.clip((x - self.low) / width, 0.0, 1.0)
        if self.kind == "pert":
            a, b = self._shape
            return width * (z * _beta_cdf(z, a, b) - a / (a + b) * _beta_cdf(z, a + 1, b))
        m = (self.best - self.low) / width
        rest = 1 - z
        below = z**3 / (3 * m) if m else np.zeros_like(z)
        above = z - (1 + m) / 3 + (rest**3 / (3 * (1 - m)) if m < 1 else 0.0)
        return width * np.where(z < m, below, above)


def _beta_cdf(x: Floats, a: float, b: float) -> Floats:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    turned = x > (a + 1) / (a + b + 2)
    z = np.where(turned, 1 - x, x)
    p = np.where(turned, b, a)
    q = np.where(turned, a, b)
    inside = (z > 0) & (z < 1)
    safe = np.where(inside, z, 0.5)
    front = np.exp(
        p * np.log(safe)
        + q * np.log1p(-safe)
        - (math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b))
    )
    tiny = 1e-300
    c = np.ones_like(safe)
    d = 1 - (p + q) * safe / (p + 1)
    d = 1 / np.where(np.abs(d) < tiny, tiny, d)
    fraction = d.copy()
    for m in range(1, 200):
        for term in (
            m * (q - m) * safe / ((p + 2 * m - 1) * (p + 2 * m)),
            -(p + m) * (p + q + m) * safe / ((p + 2 * m) * (p + 2 * m + 1)),
        ):
            d = 1 + term * d
            d = 1 / np.where(np.abs(d) < tiny, tiny, d)
            c = 1 + term / c
            c = np.where(np.abs(c) < tiny, tiny, c)
            factor = c * d
            fraction *= factor
        if np.abs(factor - 1).max(initial=0.0) < 1e-15:
            break
    value = np.where(inside, front * fraction / p, np.where(z > 0, 1.0, 0.0))
    return np.where(turned, 1 - value, value)


@lru_cache(maxsize=4096)
def whole_numbers(kind: Distribution, low: int, best: int, high: int) -> Chances:
    """The whole numbers from low to high with their chances."""
    if low == high:
        return Chances(np.array([low], dtype=np.float64), np.ones(1))
    width = high - low
    if width <= STEPS:
        points = np.arange(low, high + 1, dtype=np.float64)
    else:
        points = np.round(np.linspace(low, high, STEPS + 1))
    return _on(Curve(kind, low, best, high), points)


@lru_cache(maxsize=1024)
def fractions(kind: Distribution, low: float, best: float, high: float) -> Chances:
    """The same for a measured value, on 1,025 equal steps."""
    return _on(Curve(kind, low, best, high), np.linspace(low, high, 1025))


def _on(curve: Curve, points: Floats) -> Chances:
    """The curve on points: each value falls to its neighbours so that the mean is kept."""
    slope = np.diff(curve.shortfall(points)) / np.diff(points)
    chances = np.diff(np.concatenate([[0.0], slope, [1.0]]))
    return Chances(points, np.clip(chances, 0.0, None))


class Chances:
    """Values with their chances, and drawing from them by random words of 32 bits.

    A larger word never gives a smaller value, so that the same words move two ranges alike.
    """

    def __init__(self, values: Floats, chances: Floats) -> None:
        self.values, self.chances = values, chances / chances.sum()
        ends = np.round(np.cumsum(self.chances) * _WORD)
        ends[-1] = _WORD
        self._ends = ends.astype(np.uint64)
        cells = np.arange(1 << 16, dtype=np.uint64) << np.uint64(16)
        first = np.searchsorted(self._ends, cells, side="right")
        last = np.searchsorted(self._ends, cells + np.uint64((1 << 16) - 1), side="right")
        whole = bool((values == np.round(values)).all()) and float(np.abs(values).max()) < 2**31
        self._kept = values.astype(np.int32) if whole else values
        self._by_cell = self._kept[first]
        self._split = first != last

    def draw(self, words: NDArray[np.uint32]) -> NDArray[np.generic]:
        """The values that random words of 32 bits stand for."""
        cell = (words >> np.uint32(16)).astype(np.uint16)
        found = self._by_cell.take(cell)
        split = np.flatnonzero(self._split.take(cell))
        if len(split):
            at = np.searchsorted(self._ends, words[split].astype(np.uint64), side="right")
            found[split] = self._kept[at]
        return found
