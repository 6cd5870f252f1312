"""Claims are run, not looked up: outcomes, assumptions tried, verdicts, and what is bound to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.analyses.audit import Audit, audit, condition, show_figure
from detente.model.case import Case
from detente.model.problem import Refused
from detente.reading.case_reader import load

CASE = """
case: kites
title: Kites
parties: {north: {title: North}, south: {title: South}}
letters:
  note: {document: d2, title: the note of June}
"""
RECORD = """
documents:
  d1: {citation: Talks of May, date: 1984-05-01}
  d2: {citation: Note of June, date: 1984-06-01}
issues:
  ceiling:
    title: The ceiling
    options: {low: {text: a low one}, high: {text: a high one}}
statements:
  - {id: s1, date: 1984-05-01, document: d1, party: north, issue: ceiling, option: low, act: proposes}
  - {id: s2, date: 1984-05-01, document: d1, party: south, issue: ceiling, option: low, act: accepts}
  - {id: s3, date: 1984-06-01, document: d2, party: south, issue: ceiling, option: high, act: proposes}
"""
HOLDS = """
      - says: the north proposed a low one
        run: statements
        given: {party: north, act: proposes}
        figure: statements[].option
        holds_if: includes low"""
FAILS = """
      - says: the north proposed a high one
        run: statements
        given: {party: north, act: proposes}
        figure: statements[].option
        holds_if: includes high"""
TURNS = """
      - says: somebody accepted
        run: statements
        given: {act: accepts}
        figure: statements[].id
        holds_if: not empty
        vary: {party: [north]}"""
WHAT_IF = TURNS.replace("vary", "what_if")
UNSETTLED = """
      - says: it has a number
        run: statements
        figure: statements[0].number
        holds_if: "> 0" """
REFUSED_IF = """
      - says: there are statements
        run: statements
        figure: statements[].id
        holds_if: ">= 3"
        vary: {party: [east]}"""


def make(folder: Path, tests: str, more: str = "", record: str = RECORD) -> Case:
    """The case with one claim of these tests."""
    (folder / "record").mkdir()
    (folder / "claims").mkdir()
    (folder / "case.yaml").write_text(CASE)
    (folder / "record" / "record.yaml").write_text(record)
    listed = f"    tests:{tests}\n" if tests else ""
    claim = f"claims:\n  c1:\n    letter: note\n    says: it is so\n{listed}{more}"
    (folder / "claims" / "claims.yaml").write_text(claim)
    loaded = load(folder)
    assert not loaded.errors, loaded.errors
    assert loaded.case
    return loaded.case


def verdict(folder: Path, tests: str, more: str = "", record: str = RECORD) -> str:
    return audit(make(folder, tests, more, record)).claim("c1").verdict


# --- verdicts --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tests", "more", "expected"),
    [
        (HOLDS, "", "supported"),
        (FAILS, "", "contradicted"),
        (HOLDS + FAILS, "", "supported in part"),
        (HOLDS, "    not_testable: the rest is a motive\n", "supported in part"),
        (TURNS, "", "depends"),
        (HOLDS + TURNS, "", "depends"),
        (FAILS + TURNS, "", "depends"),
        (HOLDS + FAILS + TURNS, "", "supported in part"),
        (WHAT_IF, "", "supported"),
        (UNSETTLED, "", "depends"),
        (REFUSED_IF, "", "supported"),
        ("", "    not_testable: a motive\n", "not testable"),
    ],
)
def test_verdicts(tmp_path: Path, tests: str, more: str, expected: str) -> None:
    """What the outcomes of the tests make of a claim."""
    assert verdict(tmp_path, tests, more) == expected


def test_what_turns_it(tmp_path: Path) -> None:
    """What a verdict hangs on is found by trying, and what nobody holds is no dependence."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    rival = audit(make(tmp_path / "a", TURNS)).claim("c1")
    assert rival.depends_on == ("party",)
    assert rival.turns_if == ("party north: none (somebody accepted: fails)",)
    only_asked = audit(make(tmp_path / "b", WHAT_IF)).claim("c1")
    assert only_asked.depends_on == ()
    assert only_asked.turns_if == rival.turns_if


def test_an_answer_refused_turns_nothing(tmp_path: Path) -> None:
    """An assumption that the analysis cannot take is named with the reason."""
    tested = audit(make(tmp_path, REFUSED_IF)).claim("c1").tests[0]
    assert [(t.value, t.answer.outcome) for t in tested.tried] == [("east", "not computed")]
    assert "east" in tested.tried[0].answer.why
    assert tested.turns == ()


def test_a_changed_record_changes_the_verdict(tmp_path: Path) -> None:
    """The verdict comes out of the record."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert verdict(tmp_path / "a", HOLDS) == "supported"
    turned = RECORD.replace(
        "party: north, issue: ceiling, option: low", "party: north, issue: ceiling, option: high"
    )
    assert verdict(tmp_path / "b", HOLDS, record=turned) == "contradicted"


# --- what is bound to nothing ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("run: statements", "run: statement"), "E318"),
        (("run: statements", "run: audit"), "E318"),
        (("given: {party: north, act: proposes}", "given: {partie: north}"), "E318"),
        (("given: {party: north, act: proposes}", "given: {party: [a, b]}"), "E203"),
        (("given: {party: north, act: proposes}", "given: {party: 5}"), "E203"),
        (("run: statements", "run: standing"), "E318"),
        (("figure: statements[].option", "figure: 'statements['"), "E408"),
        (("includes low", "more than low"), "E408"),
        (("holds_if: includes low", "holds_if: includes low\n        vary: {party: all}"), "E408"),
        (("holds_if: includes low", "holds_if: includes low\n        vary: {party: x}"), "E203"),
        (("holds_if: includes low", "holds_if: includes low\n        vary: {side: [x]}"), "E318"),
        (("party: north, act", "party: east, act"), "E301"),
        (("party: north, act", "option: ceiling/middle, act"), "E313"),
    ],
)
def test_bad_bindings_are_located(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    """Every wrong name has its place in the claims' file."""
    case = make(tmp_path, HOLDS.replace(*change))
    with pytest.raises(Refused) as refused:
        audit(case)
    problem = next(p for p in refused.value.problems if p.code == code)
    assert problem.place.file.endswith("claims.yaml")
    assert problem.place.line > 5


def test_no_claims(tmp_path: Path) -> None:
    """A case without claims says so."""
    (tmp_path / "case.yaml").write_text(CASE.split("letters")[0])
    case = load(tmp_path).case
    assert case
    with pytest.raises(Refused):
        audit(case)


def test_unknown_letter_and_claim(tmp_path: Path) -> None:
    case = make(tmp_path, HOLDS)
    with pytest.raises(Refused):
        audit(case, letter="nota")
    with pytest.raises(Refused) as refused:
        audit(case, claim=["c2", "c3"])
    assert len(refused.value.problems) == 2


# --- conditions ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "figure", "held"),
    [
        ("> 0", 1, True),
        ("> 0", 0, False),
        (">= 2", ["a", "b"], True),
        ("= 1,200", 1200, True),
        ("!= 3", 3.0, False),
        ("< -1", -2, True),
        ("> 0", None, None),
        ("> 0", "many", None),
        ("is over", "over", True),
        ("is not over", "within", True),
        ("is over", "depends", None),
        ("is depends", "depends", True),
        ("is a or b", "b", True),
        ("is yes", True, True),
        ("includes x", ["x"], True),
        ("lacks x or y", ["y"], False),
        ("includes x", None, None),
        ("empty", [], True),
        ("not empty", [], False),
        ("empty", None, True),
        ("empty", 3, None),
    ],
)
def test_conditions(said: str, figure: Any, held: bool | None) -> None:
    check = condition(said)
    assert check
    assert check(figure) is held


@given(st.text())
def test_conditions_never_raise(said: str) -> None:
    """Any text is a condition or none."""
    check = condition(said)
    if check:
        for figure in (None, 1, 1.5, "word", ["x"], True, {}):
            assert check(figure) in (True, False, None)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_figure_is_shown(figure: Any) -> None:
    assert isinstance(show_figure(figure), str)


# --- forms -----------------------------------------------------------------------------------------
def test_a_result_shows_itself(tmp_path: Path) -> None:
    result = audit(make(tmp_path, HOLDS + TURNS))
    assert isinstance(result, Audit)
    assert detente.audit is audit  # asking the package by name lets results print themselves
    assert "it turns with party north" in str(result)
    data = result.as_data()["claims"][0]
    assert data["evidence"]["for"][0]["source"] == "computed: statements party north act proposes"
    assert len(result.records()) == 1
