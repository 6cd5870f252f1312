"""The page on JSON names the keys that read, cite and search give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.analyses.cite import cite
from detente.analyses.coverage import coverage
from detente.analyses.read import read
from detente.analyses.search import search

from .conftest import LETTER

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
CASE = """\
case: kites
title: Kites
parties: {north: {title: N}, south: {title: S}}
"""
RECORD = """\
documents:
  letter: {citation: "FRUS 2001-04 v09 doc. 7", date: 2001-05-10}
issues:
  kites: {title: Kites, options: {low: {text: low}}}
statements:
  - {id: s1, date: 2001-05-10, document: letter, paragraph: "2", party: north, issue: kites,
     option: low, act: proposes}
  - {id: s2, date: 2001-05-10, document: letter, paragraph: "44", party: north, issue: kites,
     option: low, act: claims, stance: for}
"""


def paths(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all keys of an answer."""
    if isinstance(value, dict):
        for key, inner in value.items():
            at = f"{path}.{key}".lstrip(".")
            yield at
            yield from paths(inner, at)
    elif isinstance(value, list):
        for inner in value:
            yield f"{path}[]"
            yield from paths(inner, f"{path}[]")


def documented(command: str) -> tuple[set[str], set[str]]:
    """The keys that the section of a command names, and those of them that must be there."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {command}\n")[1].split("\n## ")[0]
    known, must = set(), set()
    for keys, words in re.findall(r"(?m)^\| (`.*?) \| (.*?) \|$", section):
        found = set(re.findall(r"`([^`]+)`", keys))
        known |= found
        must |= set() if words.startswith("sometimes") else found
    return known, must


@pytest.fixture
def answers(tmp_path: Path) -> dict[str, list[Any]]:
    """What the commands answer for a letter of our own."""
    (tmp_path / "record").mkdir()
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "record/r.yaml").write_text(RECORD, encoding="utf-8")
    letter, library = tmp_path / "letter.txt", tmp_path / "mine.sqlite"
    letter.write_text(LETTER, encoding="utf-8")
    case = detente.load(tmp_path)
    intake = read([letter], library, name="frus2001-04v09/d7", date="2001-05-10")
    return {
        "read": [intake.as_data()],
        "cite": [
            cite(case, "letter", library).as_data(),
            cite(case, "s2", library).as_data(),
            coverage(case, library).as_data(),
        ],
        "search": [search("kites", library, case=case, context=1).as_data()],
    }


@pytest.mark.parametrize("command", ["read", "cite", "search"])
def test_the_page_names_the_keys(command: str, answers: dict[str, list[Any]]) -> None:
    """Every key that is given is documented, and every documented one is given."""
    known, must = documented(command)
    real = {p for a in answers[command] for p in paths(a)}
    parents = {k[: m.start()] for k in known for m in re.finditer(r"\[\]|\.", k)}
    assert real - known - parents - {p + "[]" for p in parents | known} == set()
    assert {k for k in must - real if k.removesuffix("[]") not in real} == set()
