"""Triangular and PERT curves, and the whole numbers drawn from them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.compile.distributions import (
    DISTRIBUTIONS,
    STEPS,
    Curve,
    Distribution,
    fractions,
    whole_numbers,
)
from detente.compile.scenarios import random_words

few = settings(max_examples=100, deadline=None, derandomize=True)
kinds = st.sampled_from(DISTRIBUTIONS)


@st.composite
def ranges(draw: st.DrawFn, most: int = 300) -> tuple[int, int, int]:
    """Low, best and high, not all the same."""
    low = draw(st.integers(0, 1000))
    best = low + draw(st.integers(0, most))
    high = max(best + draw(st.integers(0, most)), low + 1)
    return low, best, high


# --- published values -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "mean", "sd", "quantiles"),
    [
        ("triangular", 1016.667, 51.3701, {0.05: 935.355, 0.5: 1013.069, 0.95: 1106.699}),
        ("pert", 1008.333, 46.8237, {0.05: 934.820, 0.95: 1088.613}),
    ],
)
def test_values_of_the_field(
    kind: Distribution, mean: float, sd: float, quantiles: dict[float, float]
) -> None:
    """900, 1,000 and 1,150 (facts: three_point, with Malcolm and others 1959 for PERT)."""
    curve = Curve(kind, 900, 1000, 1150)
    assert curve.mean == pytest.approx(mean, abs=5e-4)
    assert math.sqrt(curve.variance) == pytest.approx(sd, abs=5e-5)
    for chance, value in quantiles.items():
        assert curve.quantile(chance) == pytest.approx(value, abs=5e-4)


def test_spread_of_a_symmetric_pert() -> None:
    """A range over the square root of 28, not a sixth of it (facts: three_point, pitfalls)."""
    curve = Curve("pert", 0, 50, 100)
    assert math.sqrt(curve.variance) == pytest.approx(100 / math.sqrt(28))


# --- whole numbers --------------------------------------------------------------------------------
@few
@given(kinds, ranges())
def test_whole_numbers_keep_range_and_mean(kind: Distribution, r: tuple[int, int, int]) -> None:
    """Every whole number from low to high, none beyond; the mean is the curve's by its formula."""
    low, best, high = r
    found = whole_numbers(kind, low, best, high)
    assert found.values.tolist() == list(range(low, high + 1))
    assert found.chances.sum() == pytest.approx(1)
    assert (found.chances >= 0).all()
    middle = {"triangular": 1, "pert": 4}[kind]
    mean = (low + middle * best + high) / (middle + 2)
    assert (found.values * found.chances).sum() == pytest.approx(mean, abs=1e-6 * (high - low + 1))


@settings(few, max_examples=25)
@given(kinds, ranges(20))
def test_chances_are_the_curve_s(kind: Distribution, r: tuple[int, int, int]) -> None:
    """Each value of the curve falls to its two neighbours by nearness: integrated step by step."""
    low, best, high = r
    found = whole_numbers(kind, low, best, high)
    x = np.linspace(low, high, 40_001)
    mass = np.diff(Curve(kind, low, best, high).cdf(x))
    middle = (x[1:] + x[:-1]) / 2
    for value, chance in zip(found.values, found.chances, strict=True):
        share = (mass * np.clip(1 - np.abs(middle - value), 0, None)).sum()
        assert chance == pytest.approx(share, abs=1e-5)


@few
@given(kinds, ranges(), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=50))
def test_larger_words_give_no_smaller_values(
    kind: Distribution, r: tuple[int, int, int], words: list[int]
) -> None:
    """Drawing is the inverse of the summed chances: in order, and within the range."""
    found = whole_numbers(kind, *r)
    drawn = found.draw(np.array(sorted(words), dtype=np.uint32))
    assert (np.diff(drawn.astype(np.int64)) >= 0).all()
    reached = np.cumsum(found.chances)
    for word, value in zip(sorted(words), drawn.tolist(), strict=True):
        u = (word + 0.5) / 2**32
        below = reached[int(value) - r[0] - 1] if value > r[0] else 0.0
        assert below - 1e-9 <= u <= reached[int(value) - r[0]] + 1e-9


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_draws_come_as_often_as_they_should(kind: Distribution) -> None:
    """The frequencies of 400,000 draws differ from the chances by no more than chance allows."""
    found = whole_numbers(kind, 10, 12, 19)
    n = 400_000
    drawn = found.draw(random_words(5, "a test", 0, n))
    for value, chance in zip(found.values, found.chances, strict=True):
        error = math.sqrt(chance * (1 - chance) / n)
        assert abs((drawn == value).mean() - chance) < 5 * error


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_very_wide_ranges_are_drawn_on_steps(kind: Distribution) -> None:
    """Whole numbers all the same, within the range, with the mean of the formula."""
    found = whole_numbers(kind, 3, 1_000_000, 10_000_000)
    assert len(found.values) <= STEPS + 1
    assert (found.values == np.round(found.values)).all()
    assert (found.values[0], found.values[-1]) == (3, 10_000_000)
    mean = (found.values * found.chances).sum()
    assert mean == pytest.approx(Curve(kind, 3, 1_000_000, 10_000_000).mean, rel=1e-6)


@few
@given(kinds, ranges())
def test_measured_values(kind: Distribution, r: tuple[int, int, int]) -> None:
    """Weights that are ranges: the same curve on fine steps."""
    low, best, high = (x / 7 for x in r)
    found = fractions(kind, low, best, high)
    assert (found.values[0], found.values[-1]) == (pytest.approx(low), pytest.approx(high))
    assert (found.values * found.chances).sum() == pytest.approx(Curve(kind, low, best, high).mean)


# --- random words ---------------------------------------------------------------------------------
@few
@given(st.integers(0, 2**40), st.text(max_size=20), st.integers(0, 5), st.integers(1, 300))
def test_words_belong_to_their_name(seed: int, name: str, block: int, width: int) -> None:
    """The same seed, name and block give the same words, however many; another one, others."""
    words = random_words(seed, name, block, width)
    assert len(words) == width
    assert (words == random_words(seed, name, block, 301)[:width]).all()
    for other in ((seed + 1, name, block), (seed, name + "x", block), (seed, name, block + 1)):
        assert (random_words(*other, 40) != random_words(seed, name, block, 40)).any()


def test_words_are_spread_evenly() -> None:
    """A thousand words fall evenly, and those of two names are not alike."""
    a, b = (random_words(0, name, 0, 100_000) / 2.0**32 for name in ("a", "b"))
    for u in (a, b):
        counts, _ = np.histogram(u, bins=20, range=(0, 1))
        assert ((counts - 5000) ** 2 / 5000).sum() < 45  # chi squared, 19 degrees: 1 in 1,000 is 44
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.02
