"""Citing, searching and checking the record against the documents that were read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import detente
from detente.analyses.cite import cite
from detente.analyses.coverage import coverage
from detente.analyses.read import read
from detente.analyses.search import search
from detente.cli.group import cli
from detente.model.case import Case
from detente.model.problem import Refused
from detente.report import papers
from detente.report.html import to_html_fragment
from detente.report.markdown import to_markdown
from detente.report.terminal import to_terminal


@pytest.fixture
def case(case_folder: Path) -> Case:
    """The small case, read."""
    return detente.load(case_folder)


@pytest.fixture
def library(tmp_path: Path, letter_file: Path) -> Path:
    """A library that holds the letter."""
    path = tmp_path / "library.sqlite"
    assert not read([letter_file], path).problems
    return path


def refused(function: object, *args: object, **more: object) -> str:
    """The code with which a request is refused."""
    with pytest.raises(Refused) as caught:
        function(*args, **more)  # type: ignore[operator]
    return caught.value.problems[0].code


# --- cite -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "reference",
    [
        "s2",
        "k7 ¶2-3",
        "k7:2-3",
        "k7 paras 2-3",
        "frus2001-04v09/d7 2-3",
        "frus2001-04v09#d7 2-3",
        "FRUS 2001-04 v09 doc. 7, 2-3",
    ],
)
def test_the_passage_beside_the_record(case: Case, library: Path, reference: str) -> None:
    """By statement, by the record's id, by key, by citation."""
    found = cite(case, reference, library)
    assert found.status == "found"
    assert [p.number for p in found.passages] == [2, 3, 3, 3]
    assert [s.id for s in found.statements] == ["s2"]
    assert [n.number for n in found.notes] == ["3"]
    assert [r.target.rpartition("/")[2] for r in found.pointers] == ["d6", "d9", "d10", "d11", "d4"]
    assert found.url.endswith("/frus2001-04v09/d7")


def test_what_is_missing_is_said(case: Case, library: Path, tmp_path: Path) -> None:
    """A paragraph, a document, a library; the record's statements are shown all the same."""
    found = cite(case, "k7 9", library)
    assert (found.status, found.missing) == ("paragraph missing", ("9",))
    found = cite(case, "s3", library)
    assert (found.status, [s.id for s in found.statements]) == ("paragraph missing", ["s3"])
    found = cite(case, "k1", library)
    assert found.status == "document missing"
    assert found.url == "https://history.state.gov/historicaldocuments/frus2001-04v09/d1"
    assert found.elsewhere == ("frus2001-04v09/d7",)  # the citation names another print
    found = cite(case, "talk", library)
    assert (found.status, found.url, [s.id for s in found.statements]) == (
        "document missing",
        "",
        ["s4"],
    )


def test_a_case_works_without_any_library(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says so; only a library that was named must be there."""
    monkeypatch.setenv("DETENTE_LIBRARY", str(tmp_path / "none.sqlite"))
    found = cite(case, "k7 1")
    assert (found.status, [s.id for s in found.statements]) == ("no library", ["s1"])
    assert len(coverage(case).unread) == 2
    assert refused(search, "kites") == "E701"
    assert refused(cite, case, "k7", tmp_path / "other.sqlite") == "E701"


def test_whole_documents_and_notes(case: Case, library: Path) -> None:
    """All statements of a document; a note by its number."""
    whole = cite(case, "k7", library)
    assert len(whole.passages) == 8
    assert [s.id for s in whole.statements] == ["s1", "s2", "s3"]
    note = cite(case, "k7 note 2", library)
    assert [n.text for n in note.notes] == ["See Document 5."]
    assert cite(case, "k7 note 8", library).missing == ("8",)


def test_requests_that_cannot_be_met(case: Case, library: Path) -> None:
    """Unknown documents and statements get the nearest name."""
    assert refused(cite, case, "k77", library) == "E317"
    assert refused(cite, case, "s99", library) == "E316"
    assert refused(cite, case, "k7 somewhere", library) == "E604"
    assert refused(cite, case, " ", library) == "E604"
    assert refused(coverage, case, library, ["k77"]) == "E317"


# --- search ---------------------------------------------------------------------------------------
def test_search_shows_where_it_stands(case: Case, library: Path) -> None:
    """The paragraph, its page, its neighbours, and the statements on it."""
    found = search("red kite", library, case=case, context=1)
    (only,) = found.found
    assert (only.place, only.page, only.named and only.named.id) == ("¶3", "12", "k7")
    assert "‹red kites›" in only.hit.shown or "‹red› ‹kites›" in only.hit.shown
    assert [p.number for p in only.before + only.after] == [3, 3]
    assert [s.id for s in only.statements] == ["s2"]
    (note,) = search("translation", library).found
    assert note.place == "note 1"
    assert not search("translation", library, notes=False).found


def test_search_by_date(case: Case, library: Path, tmp_path: Path, letter_file: Path) -> None:
    """An undated text has the record's date if a case is given; else it is left out, and said."""
    assert search("kites", library, start="2001").undated == 1
    assert not search("kites", library, start="2001").found
    assert search("kites", library, start="2001-05", end="2001-05-05", case=case).found
    assert not search("kites", library, end="2001-05-04", case=case).found
    dated = tmp_path / "dated.sqlite"
    read([letter_file], dated, date="2001-05")
    assert search("kites", dated, start="2001-05-31").found
    assert not search("kites", dated, start="2001-06").found
    assert search("kites", dated, volume="frus2001-04v09").found
    assert not search("kites", dated, volume="frus2001%").found


def test_searches_that_cannot_be_made(library: Path) -> None:
    """No word, no date, upside down."""
    assert refused(search, "—", library) == "E604"
    assert refused(search, "x", library, start="soon") == "E604"
    assert refused(search, "x", library, start="eif") == "E604"
    assert refused(search, "x", library, start="2002", end="2001") == "E604"
    assert refused(search, "x", library, limit=0) == "E604"


# --- coverage -------------------------------------------------------------------------------------
def test_coverage_both_ways(case: Case, library: Path) -> None:
    """References that do not exist, at their line; paragraphs in no statement."""
    found = coverage(case, library)
    (k7,) = found.documents
    assert (k7.paragraphs, k7.covered) == (4, 3)
    assert [p.number for p in k7.uncovered] == [4]
    assert [(s.id, m) for s, m in k7.missing] == [("s3", ("9",))]
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("W708", "warning")
    assert problem.place.file.endswith("record.yaml")
    assert [d.id for d in found.unread] == ["talk"]


# --- the commands ---------------------------------------------------------------------------------
def run(*arguments: object) -> Result:
    """A command in this process."""
    result = CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="detente")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_commands(case_folder: Path, library: Path, letter_file: Path, tmp_path: Path) -> None:
    """Every form of every answer, and the exit codes."""
    for arguments in (
        ["read", letter_file],
        ["cite", case_folder, "k7", "¶2"],
        ["cite", case_folder, "k7", "--full"],
        ["cite", case_folder, "k1"],
        ["search", "air-borne", "-red"],
        ["search", "kites", "--case", case_folder, "--to", "2001", "--context", "1"],
    ):
        for form in ("table", "json", "csv", "md"):
            result = run(*arguments, "--library", library, "--format", form)
            assert result.exit_code == 0, result.output
            if form == "json":
                json.loads(result.output)
    checked = run("cite", case_folder, "--check", "--library", library)
    assert checked.exit_code == 2
    assert "W708" in checked.output
    assert "talk" in run("cite", case_folder, "talk", "--check", "--library", library).output
    assert run("cite", case_folder, "--library", library).exit_code == 2
    bad = tmp_path / "bad.txt"
    bad.write_text("nothing", encoding="utf-8")
    assert run("read", bad, letter_file, "--library", library).exit_code == 2
    assert run("read", bad, letter_file, "--as", "x").exit_code == 2
    assert run("read", letter_file, "--date", "soon", "--library", library).exit_code == 2
    assert run("read", letter_file, "--as", "a/b/c", "--library", library).exit_code == 2


def test_papers(case: Case, library: Path, letter_file: Path) -> None:
    """Every answer has a paper in every rendering."""
    for result in (
        cite(case, "k7 2", library),
        cite(case, "k7 9", library),
        cite(case, "talk", library),
        search("kites", library, case=case),
        search("dragon", library),
        coverage(case, library),
        read([letter_file], library),
    ):
        paper = papers.paper_of(result)
        assert to_terminal(paper, 80)
        assert to_markdown(paper)
        assert to_html_fragment(paper)
        assert result.as_data()
        result.records()
