"""The published letter and sample, where a reader has them: DETENTE_SOURCES names their folder.

No text of theirs stands here: only numbers, pages and dates are held against the record. Without
that name the file is not collected.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import detente
from detente.analyses.cite import cite
from detente.analyses.coverage import coverage
from detente.analyses.read import read
from detente.analyses.search import search
from detente.model.case import Case

SOURCES = Path(os.environ["DETENTE_SOURCES"])
FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"
LETTER = SOURCES / "frus1977-80v06-d12.txt"
SAMPLE = SOURCES / "frus1969-76v33-sample.xml"


@pytest.fixture(scope="module")
def case() -> Case:
    """The founding case."""
    return detente.load(FOUNDING)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of both files."""
    path = tmp_path_factory.mktemp("real") / "library.sqlite"
    answer = read([LETTER, SAMPLE], path)
    assert not answer.problems
    assert [f.new for f in answer.files] == [1, 3]
    return path


def test_all_25_paragraphs_of_the_letter_are_covered(case: Case, library: Path) -> None:
    """And no statement cites a paragraph that a document has not."""
    found = coverage(case, library)
    letter = next(c for c in found.documents if c.document.id == "v06-d12")
    assert (letter.paragraphs, letter.covered) == (25, 25)
    assert not letter.uncovered
    assert {c.document.id for c in found.documents} == {
        "v06-d12",
        "v33-d115",
        "v33-d133",
        "v33-d153",
    }
    assert not found.problems


def test_the_letter(case: Case, library: Path) -> None:
    """Its pages, notes and pointers."""
    whole = cite(case, "v06-d12", library)
    assert whole.copy is not None
    assert whole.copy.pages == ("34", "38")
    assert [n.passage for n in whole.copy.notes] == [-1, 1, 21, 22, 26]
    assert [r.target.rpartition("/")[2] for r in whole.copy.references] == ["d7", "d10", "d11"]
    inside = [
        (p.text[m.offset - 1] + p.text[m.offset]).isalpha()
        for p in whole.copy.passages
        for m in p.pages
    ]
    assert inside == [True, True]


def test_statements_find_the_words_they_report(case: Case, library: Path) -> None:
    """Word stems that only the right paragraph holds."""
    for statement, word in {
        "s163": "conditioned",
        "s174": "Backfire",
        "s071": "ship",
        "s076": "Backfire",
        "s114": "unresolved",
        "s118": "realistic basis",
        "s220": "sea-based",
        "s223": "2200",
        "s224": "mobile",
    }.items():
        found = cite(case, statement, library)
        assert found.status == "found"
        assert word in " ".join(p.text for p in found.passages), statement


def test_dates_and_pages_of_the_sample(case: Case, library: Path) -> None:
    """As printed; the undated note has the record's date in a search."""
    spring = search("cruise missile", library, start="1976-03", end="1976-04", case=case)
    assert {f.hit.key for f in spring.found} == {"frus1969-76v33/d133"}
    january = search("air-launched", library, start="1976-01", end="1976-01", case=case)
    assert [f.place for f in january.found] == ["¶2, item 3", "¶2, item 4"]
    assert cite(case, "v33-d133", library).copy.pages == ("608", "610")  # type: ignore[union-attr]
