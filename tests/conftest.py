"""What all tests share: the option and the fixture for expected output kept in files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes expected output anew instead of comparing with it."""
    parser.addoption(
        "--update-golden", action="store_true", help="write the files of expected output anew"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """A function that holds a text against the file of what is expected, or renews the file."""

    def hold(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        assert path.exists(), f"no {path.name} in {path.parent}; run pytest --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return hold
