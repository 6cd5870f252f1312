"""Small volumes and letters of our own, in the shape of the published ones; all words invented."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from detente.model.library import LibraryDocument
from detente.model.problem import Problem
from detente.reading.printed_text import read_text
from detente.reading.tei import read_tei

# the published letter and sample stand nowhere here: who has them names their folder
collect_ignore = [] if os.environ.get("DETENTE_SOURCES") else ["test_real.py"]

HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-model href="frus.rng"?>
<!-- a volume of the tests -->
<TEI xmlns="http://www.tei-c.org/ns/1.0" xmlns:frus="http://history.state.gov/frus/ns/1.0">
<teiHeader><fileDesc><titleStmt>
<title type="complete">Relations of Nowhere, 2001, Volume IX</title>
<title type="volume">Kites</title>
</titleStmt><publicationStmt><idno type="frus">frus2001-04v09</idno></publicationStmt></fileDesc></teiHeader>
<text><body><div type="compilation" xml:id="comp1">
"""
FOOTER = "</div></body></text></TEI>\n"

LETTER = """7. Letter From Minister Alder to Minister Birch1

Dear Colleague,

I thank you for the letter of May 3, 2001.2 Kites fly over both our countries.

They should fly lower. We counted 19723 and found too many; the re[Page 12]port says so.

We propose that:

—red kites be counted one by one;

—blue kites not be counted.

Nothing more is needed, dear col [Page 13] league.


A. Alder4
  1. Source: Kite Archive, Box 3. Secret. Unofficial translation.
  2. See Document 5.
  3. See Documents 6 and 9–11, and footnote 2, Document 4.
  4. Printed from a copy that bears this typed signature.
"""


def document(inside: str, *, n: int = 1, attributes: str = "") -> str:
    """A document div around some markup."""
    return f'<div type="document" n="{n}" xml:id="d{n}" {attributes}>\n{inside}\n</div>\n'


Reader = Callable[..., tuple[list[LibraryDocument], list[Problem]]]


@pytest.fixture
def tei(tmp_path: Path) -> Reader:
    """Reads markup as a volume: documents and problems."""

    def read(inside: str, *, whole: bool = False) -> tuple[list[LibraryDocument], list[Problem]]:
        path = tmp_path / "volume.xml"
        path.write_text(inside if whole else HEADER + inside + FOOTER, encoding="utf-8")
        problems: list[Problem] = []
        return list(read_tei(path, "volume.xml", problems)), problems

    return read


@pytest.fixture
def one(tei: Reader) -> Callable[..., LibraryDocument]:
    """Reads the inside of one document, which must be without problems."""

    def read(inside: str, **more: str) -> LibraryDocument:
        found, problems = tei(document(inside, **more))
        assert not problems
        (only,) = found
        return only

    return read


@pytest.fixture
def letter() -> LibraryDocument:
    """The letter above, read."""
    problems: list[Problem] = []
    found = read_text(LETTER, "letter.txt", problems, "frus2001-04v09/d7", None, "letter.txt")
    assert found is not None
    assert not problems
    return found


CASE = {
    "case.yaml": "case: kites\ntitle: Kites\nparties: {north: {title: N}, south: {title: S}}\n",
    "record/record.yaml": """
documents:
  k7:
    citation: FRUS 2001-04 v09 doc. 7
    date: 2001-05-05
    kind: letter
    by: Alder
    to: Birch
    url: "https://history.state.gov/historicaldocuments/frus2001-04v09/d7"
  k1: {citation: "FRUS 2001-04 v09 doc. 1 (also v09 doc. 7)", date: 2001-04-01}
  talk: {citation: "A talk that nobody printed", date: 2001-06}
issues:
  kites:
    title: Kites
    options:
      red: {text: red ones count}
      blue: {text: blue ones do not}
statements:
  - {id: s1, date: 2001-05-05, document: k7, paragraph: "1", party: north, issue: kites,
     option: red, act: claims, stance: about, note: thanks, source: k7 para 1}
  - {id: s2, date: 2001-05-05, document: k7, paragraph: "2-3", party: north, issue: kites,
     option: red, act: proposes, note: red count, source: k7 paras 2-3}
  - {id: s3, date: 2001-05-05, document: k7, paragraph: "9", party: north, issue: kites,
     option: blue, act: proposes, note: blue not, source: k7 para 9}
  - {id: s4, date: 2001-06, document: talk, party: south, issue: kites, option: red,
     act: rejects, note: not red, source: talk}
""",
}


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """A small case with a record."""
    folder = tmp_path / "kites"
    for name, text in CASE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def letter_file(tmp_path: Path) -> Path:
    """The letter as a file, named as its page is."""
    path = tmp_path / "frus2001-04v09-d7.txt"
    path.write_text(LETTER, encoding="utf-8")
    return path
