"""Renderings of the founding case's texts, reviewed like code: the compiled system and the English.

`pytest --update-golden` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import detente
from detente.model.case import Case
from detente.report.papers import paper_of
from detente.report.terminal import to_terminal

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[Path, str], None]


@pytest.mark.parametrize("text", ["vladivostok-1974", "salt-ii-1979", "interim-agreement-1972"])
def test_compiled(founding: Case, golden: Golden, text: str) -> None:
    """The compiled system: categories, rows, classes, what is not computed."""
    shown = to_terminal(paper_of(detente.layout(founding, text)), 110)
    golden(GOLDEN / f"compiled-{text}.txt", shown)


@pytest.mark.parametrize(
    "text",
    [
        "vladivostok-1974",
        "agreed-by-1976-02",
        "ussr-letter-1977-02-25",
        "us-comprehensive-1977-03",
        "us-deferral-1977-03",
        "salt-ii-1979",
    ],
)
def test_english(founding: Case, golden: Golden, text: str) -> None:
    """The text in English."""
    golden(GOLDEN / f"english-{text}.txt", to_terminal(paper_of(detente.show(founding, text)), 100))


def test_every_text_reads(founding: Case) -> None:
    """Each text of the case compiles, shows and says how much of it is computed."""
    for c in detente.texts(founding).compiled:
        assert c.provisions, c.text.id
        assert 0 <= c.computed <= len(c.provisions)
        assert all(n.why for n in c.not_computed)
        shown = to_terminal(paper_of(detente.show(founding, c.text.id)), 100)
        assert all(p.in_words().split()[0] in shown for p in c.provisions)
