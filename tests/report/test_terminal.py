"""Tables in the terminal: nothing is wider than the screen, and no figure is cut in two."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.report.papers import paper_of
from detente.report.terminal import to_terminal, wrapped

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"
words = st.from_regex(r"[a-z0-9,()–]{1,14}", fullmatch=True)


@given(st.lists(words, min_size=1, max_size=12), st.integers(1, 40))
def test_wrapped(parts: list[str], width: int) -> None:
    """Nothing is lost, and a line is too long only where one piece of it is."""
    text = " ".join(parts)
    lines = wrapped(text, width).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert len(line) <= width or len(re.findall(r"[^ –]+–?|–", line)) == 1


def test_no_figure_is_cut() -> None:
    """A verdict that depends keeps its margin; ranges break behind the dash alone."""
    case = detente.load(FOUNDING)
    paper = paper_of(detente.count(case, "us-third-option-1977-03", "1977-02-25"))
    for width in (80, 100, 140):
        shown = to_terminal(paper, width)
        assert max(map(len, shown.splitlines())) <= width
        for piece in ("2,507", "(2,379–", "2,732)", "107 over,", "depends", "116 under"):
            assert piece in shown
