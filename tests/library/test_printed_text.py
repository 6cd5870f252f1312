"""Plain text as published: headings, page marks inside words, numbers of notes glued to words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.model.library import LibraryDocument, NoteMark
from detente.model.problem import Problem
from detente.reading.printed_text import key_of, read_printed_text, read_text

from .conftest import LETTER


def read(text: str, key: str = "frus2001-04v09/d7") -> tuple[LibraryDocument | None, list[Problem]]:
    """A text and its problems."""
    problems: list[Problem] = []
    return read_text(text, "x.txt", problems, key), problems


def document(text: str) -> LibraryDocument:
    """A text that must be without problems."""
    found, problems = read(text)
    assert found is not None
    assert not problems
    return found


def test_the_letter(letter: LibraryDocument) -> None:
    """Everything in it is kept as structure, and the words are whole again."""
    d = letter
    assert (d.number, d.heading) == ("7", "Letter From Minister Alder to Minister Birch")
    assert [(p.kind, p.number) for p in d.passages] == [
        ("opener", 0),
        ("paragraph", 1),
        ("paragraph", 2),
        ("paragraph", 3),
        ("paragraph", 3),
        ("paragraph", 3),
        ("paragraph", 4),
        ("closing", 0),
    ]
    texts = [p.text for p in d.passages]
    assert texts[1].startswith("I thank you for the letter of May 3, 2001. Kites")
    assert texts[2] == (
        "They should fly lower. We counted 1972 and found too many; the report says so."
    )
    assert texts[6] == "Nothing more is needed, dear colleague."
    assert texts[7] == "A. Alder"
    assert d.passages[2].notes == (NoteMark(38, "3"),)
    assert [(n.number, n.passage, n.source) for n in d.notes] == [
        ("1", -1, True),
        ("2", 1, False),
        ("3", 2, False),
        ("4", 7, False),
    ]
    assert [p.page for p in d.passages] == ["11", "11", "11", "12", "12", "12", "12", "13"]
    assert [(r.target.rpartition("/")[2], r.to_note) for r in d.references] == [
        ("d5", ""),
        ("d6", ""),
        ("d9", ""),
        ("d10", ""),
        ("d11", ""),
        ("d4", "2"),
    ]


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ("In 19772 it flew.", "In 1977 it flew."),
        ("It flew 2,4002 yards.", "It flew 2,400 yards."),
        ("The kite2 flew.", "The kite flew."),
        ("“It flew.”2 So it did.", "“It flew.” So it did."),
        ("It flew on May 3, 1977.2 It did.", "It flew on May 3, 1977. It did."),
        ("Paragraph 2 of the 2 rules.2 See.", "Paragraph 2 of the 2 rules. See."),
        ("Type SS–19 and 2.2 yards;2 so.", "Type SS–19 and 2.2 yards; so."),
        ("Half (1/2) of 12 kites2—red.", "Half (1/2) of 12 kites—red."),
    ],
)
def test_the_number_of_a_note(body: str, clean: str) -> None:
    """It is taken out where it calls a note, and figures stay as they are."""
    d = document(f"7. A Paper1\n\n{body}\n\n  1. Source: A box.\n  2. A note.")
    assert d.passages[0].text == clean
    assert len(d.passages[0].notes) == 1


def test_figures_stay_where_no_note_is_theirs() -> None:
    """Without notes at the end nothing is taken out; a note that nothing calls is said."""
    text = "7. A Paper\n\nIn 19772 and kite2 it flew in 1972."
    assert document(text).passages[0].text == "In 19772 and kite2 it flew in 1972."
    d, problems = read("7. A Paper1\n\nIn 1972 it flew.\n\n  1. Source: x.\n  2. Lost.")
    assert d is not None
    assert d.passages[0].text == "In 1972 it flew."
    assert [(p.code, p.severity) for p in problems] == [("W707", "warning")]
    assert d.notes[1].passage == -2


def test_a_list_at_the_end_is_no_notes() -> None:
    """Items 1, 2, 3 that end a paper are its own unless something says that they are notes."""
    d = document("7. A Paper\n\nWe ask:\n\n1. Red.\n\n2. Blue.")
    assert not d.notes
    assert [p.number for p in d.passages] == [1, 1, 1]


def test_page_marks() -> None:
    """Inside a word, between words, between paragraphs; where marks are lost the span is given."""
    d = document(
        "7. A Paper\n\nThe re[Page 5]port. The purpose is pur [Page 6] pose; is [Page 7] it?\n\n"
        "Next.\n\n[Page 10]\n\nLast."
    )
    first, second, third = d.passages
    assert first.text == "The report. The purpose is purpose; is it?"
    assert [m.page for m in first.pages] == ["5", "6", "7"]
    assert first.text[first.pages[2].offset :] == "it?"
    assert (first.page, second.page, third.page) == ("4", "7–9", "10")


def test_datelines_subjects_and_attachments() -> None:
    """A date before the text dates it; front matter is not counted; a tab begins anew."""
    d = document(
        "7. Memorandum of Conversation\n\nNowhere, May 5, 2001.\n\nSUBJECT\nKites\n\n"
        "PARTICIPANTS\nMr. A\nMr. B\n\nAlder: It flies.\n\nTab A\n\nDear Sir,\n\nOwn words here."
    )
    assert d.when == "2001-05-05"
    assert [p.number for p in d.passages] == [0, 0, 0, 1, 0, 0, 1]
    assert d.passages[-1].section == "Tab A"


def test_line_ends_and_marks_of_the_editor() -> None:
    """Windows line ends, a byte order mark, wrapped lines and hard spaces change nothing."""
    wrapped = LETTER.replace("Kites fly over", "Kites fly\nover\u00a0")
    assert document(LETTER.replace("\n", "\r\n")).passages == document(LETTER).passages
    assert document(wrapped).passages == document(LETTER).passages


def test_names(tmp_path: Path) -> None:
    """The file's name or --as says which document it is; a wrong number is refused."""
    assert key_of("frus1977-80v06-d12") == "frus1977-80v06/d12"
    assert key_of("frus1969-76v15p2_d3") == "frus1969-76v15p2/d3"
    assert key_of("letter") == ""
    d, _ = read(LETTER, "frus2001-04v09")
    assert d is not None
    assert d.key == "frus2001-04v09/d7"
    d, problems = read(LETTER, "frus2001-04v09/d8")
    assert d is None
    assert [p.code for p in problems] == ["E705"]
    assert [p.code for p in read(LETTER, "")[1]] == ["E705"]
    d, _ = read("A newspaper\n\nKites flew.", "paper-2001")
    assert d is not None
    assert (d.key, d.heading, d.count) == ("paper-2001", "A newspaper", 1)


@pytest.mark.parametrize("text", ["", "\n\n", "no number\n\nx", "7.\n\nx", "7. A\0B\n\nx"])
def test_what_is_no_document(text: str) -> None:
    """Refused with a problem."""
    d, problems = read(text)
    assert d is None
    assert [p.code for p in problems] == ["E706"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, too large, not UTF-8."""

    def code(path: Path) -> list[str]:
        problems: list[Problem] = []
        assert read_printed_text(path, "x", problems) is None
        return [p.code for p in problems]

    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"7. Letter\n\n\xff")
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * 5_000_000)
    assert code(bad) == ["E104"]
    assert code(large) == ["E106"]
    assert code(tmp_path / "none.txt") == ["E103"]


def test_a_given_date_is_for_texts_without_one() -> None:
    """The text's own goes first."""
    day = (date(1999, 1, 1), date(1999, 1, 1))
    assert read_text(LETTER, "x", [], "frus2001-04v09/d7", day).when == "1999-01-01"  # type: ignore[union-attr]
    dated = "7. A\n\nNowhere, May 5, 2001.\n\nWords."
    assert read_text(dated, "x", [], "frus2001-04v09/d7", day).when == "2001-05-05"  # type: ignore[union-attr]


WORDS = st.lists(
    st.sampled_from(["kite", "flew", "in", "1977", "2,400", "high;", "low."]), min_size=1
)


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_paragraphs_and_calls_come_back(rows: list[list[str]], data: st.DataObject) -> None:
    """Notes called in order after words are all found, and the text is what it was before."""
    texts = [" ".join(["Kites", *words, "indeed."]) for words in rows]
    printed, n = list(texts), 1
    for i, words in enumerate(rows):
        if data.draw(st.booleans()):
            n += 1
            printed[i] = f"Kites{n} " + " ".join([*words, "indeed."])
    notes = "\n".join(f"  {i}. Note text." for i in range(2, n + 1))
    whole = "7. A Paper1\n\n" + "\n\n".join(printed) + f"\n\n  1. Source: A box.\n{notes}"
    d = document(whole)
    assert [p.text for p in d.passages] == texts
    assert [p.number for p in d.passages] == list(range(1, len(texts) + 1))
    assert sum(len(p.notes) for p in d.passages) == n - 1


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing raises, whatever a file holds."""
    for whole in (text, f"7. A\n\n{text}", f"7. A1\n\n{text}\n  1. Source: x\n  2. y"):
        d, problems = read(whole)
        assert (d is None) == any(p.severity == "error" for p in problems)
