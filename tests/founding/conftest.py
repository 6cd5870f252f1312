"""The founding case, read once for all tests of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import detente
from detente.model.case import Case

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"


@pytest.fixture(scope="session")
def founding() -> Case:
    """The case as shipped; it must have no errors."""
    return detente.load(FOUNDING)
