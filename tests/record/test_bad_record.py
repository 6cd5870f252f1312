"""Mistakes in a record: each is found once, at its place, with the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.reading.case_reader import load

RECORD = """\
documents:
  note-1: {citation: Northern note, date: 1980-01-01}
issues:
  ceiling:
    title: The ceiling
    options:
      low: {text: a low one}
      high: {text: a high one, OPTION}
statements:
  - {id: s1, date: 1980-01-02, document: note-1, party: north, issue: ceiling, option: low, act: proposes}
  - {id: s2, date: 1980-01-02, document: note-1, party: south, issue: ceiling, option: high, act: accepts, STATEMENT}
linkages:
  - {id: k1, date: 1980-01-02, asserted_by: north, kind: condition, a: [ceiling/low], LINKAGE}
"""
FINE = {
    "OPTION": "stands_with: [low]",
    "STATEMENT": "note: fine",
    "LINKAGE": "b: [ceiling/high]",
}


def problems(folder: Path, **changes: str) -> list[tuple[str, int, str, str]]:
    """Code, line, message and hint of every problem of the record with some parts changed."""
    text = RECORD
    for name, words in {**FINE, **changes}.items():
        text = text.replace(name, words, 1)
    (folder / "record").mkdir()
    (folder / "case.yaml").write_text(
        "case: small\ntitle: Small\nparties: {north: {title: N}, south: {title: S}}\n",
        encoding="utf-8",
    )
    (folder / "record/talks.yaml").write_text(text, encoding="utf-8")
    found = load(folder).problems
    return [(p.code, p.places[0].line, p.message, p.hint) for p in found]


def test_the_record_is_fine_before_anything_is_changed(tmp_path: Path) -> None:
    """No problem but those that a change makes."""
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "code", "line", "words"),
    [
        ({"STATEMENT": "conditional_on: [ceiling/lwo]"}, "E313", 11, "did you mean 'low'?"),
        ({"STATEMENT": "conditional_on: [range/short]"}, "E313", 11, "unknown issue 'range'"),
        ({"STATEMENT": "moves_from: [s11]"}, "E316", 11, "did you mean 's1'?"),
        ({"STATEMENT": "complaint: {by: north, statement: s9}"}, "E316", 11, "'s9'"),
        (
            {"STATEMENT": "complaint: {by: nrth, statement: s1}"},
            "E301",
            11,
            "did you mean 'north'?",
        ),
        ({"STATEMENT": "alternative_to: s3"}, "E316", 11, "'s3'"),
        ({"STATEMENT": "reported_by: east"}, "E301", 11, "unknown party 'east'"),
        ({"STATEMENT": "stance: agianst"}, "E204", 11, "did you mean 'against'?"),
        ({"STATEMENT": "audiense: internal"}, "E201", 11, "did you mean 'audience'?"),
        ({"OPTION": "stands_with: [lower]"}, "E313", 8, "did you mean 'low'?"),
        ({"OPTION": "leaves_out: [ceilings]"}, "E313", 8, "did you mean 'ceiling'?"),
        ({"OPTION": "requires: [range/short]"}, "E313", 8, "unknown issue 'range'"),
        ({"OPTION": "reading_of: {option: low, by: east}"}, "E301", 8, "unknown party 'east'"),
        ({"OPTION": "content: [{from: 1980, party: east, options: []}]"}, "E301", 8, "'east'"),
        ({"LINKAGE": "b: [ceiling/hgih]"}, "E313", 13, "did you mean 'high'?"),
        ({"LINKAGE": "text: tied to nothing"}, "E202", 13, "what it is tied to"),
        ({"LINKAGE": "beyond: the weather, denied_by: east"}, "E301", 13, "'east'"),
    ],
)
def test_one_mistake_one_problem(
    tmp_path: Path, change: dict[str, str], code: str, line: int, words: str
) -> None:
    """With code, line and the nearest name."""
    found = problems(tmp_path, **change)
    assert [(c, at) for c, at, _, _ in found] == [(code, line)]
    assert words in f"{found[0][2]}: {found[0][3]}"


def test_dates_out_of_order_within_a_document(tmp_path: Path) -> None:
    """A statement stands before an earlier one of the same document."""
    found = problems(tmp_path, **{"id: s2, date: 1980-01-02": "id: s2, date: 1980-01-01"})
    assert [(code, line) for code, line, _, _ in found] == [("E214", 11)]
    assert found[0][2] == "1980-01-01 stands after 1980-01-02 in the document 'note-1'"


def test_what_is_broken_is_not_also_unknown(tmp_path: Path) -> None:
    """An issue with a mistake in it is still known to its statements."""
    found = problems(tmp_path, OPTION="stands_with: low, stands: [low]")
    assert {line for _, line, _, _ in found} == {8}
