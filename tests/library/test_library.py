"""The library file: idempotent, atomic, and clear about what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.model.library import LibraryDocument
from detente.model.problem import Refused
from detente.reading.documents import read_files
from detente.reading.library import Library, default_path, expression

from .conftest import FOOTER, HEADER, LETTER, document


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Where a library will be."""
    return tmp_path / "data" / "library.sqlite"


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A volume of two documents."""
    path = tmp_path / "volume.xml"
    docs = document("<head>1. A</head><p>Red kites flew.</p><p>Blue ones too.</p>", n=1)
    docs += document("<head>2. B</head><p>Missiles are no kites.</p>", n=2)
    path.write_text(HEADER + docs + FOOTER, encoding="utf-8")
    return path


def codes(function: Callable[[], object]) -> list[str]:
    """The codes with which a request is refused."""
    with pytest.raises(Refused) as refused:
        function()
    return [p.code for p in refused.value.problems]


def test_a_document_comes_back_as_it_was(letter: LibraryDocument, library: Path) -> None:
    """Text, numbers, pages, notes, pointers, dates."""
    with Library.create(library) as made:
        made.begin()
        assert made.add(letter) == "new"
        made.keep("digest", "letter.txt", 1)
    with Library.open(library) as opened:
        assert opened.document(letter.key) == letter
        assert opened.document("frus2001-04v09/d8") is None
        assert [s.key for s in opened.shelf()] == [letter.key]


def test_reading_again_changes_nothing(volume: Path, letter_file: Path, library: Path) -> None:
    """The same bytes in the file, and no second copy."""
    first = read_files([volume, letter_file], library)
    assert [f.new for f in first] == [2, 1]
    before = library.read_bytes()
    again = read_files([volume, letter_file], library)
    assert [f.skipped for f in again] == [True, True]
    assert library.read_bytes() == before
    volume.rename(volume.with_name("other.xml"))
    (renamed,) = read_files([volume.with_name("other.xml")], library)
    assert (renamed.new, renamed.same) == (0, 2)


def test_a_changed_document_takes_the_old_ones_place(volume: Path, library: Path) -> None:
    """Also in the index of words; and the first file can be read again after that."""
    original = volume.read_text(encoding="utf-8")
    read_files([volume], library)
    volume.write_text(original.replace("Red kites", "Green dragons"), encoding="utf-8")
    (answer,) = read_files([volume], library)
    assert (answer.new, answer.changed, answer.same) == (0, 1, 1)
    with Library.open(library) as opened:
        assert not opened.search(expression("red"))
        assert len(opened.search(expression("dragon"))) == 1
        assert len(opened.search(expression("blue"))) == 1
    volume.write_text(original, encoding="utf-8")
    (answer,) = read_files([volume], library)
    assert (answer.changed, answer.same) == (1, 1)


def test_a_refused_file_leaves_nothing(volume: Path, letter_file: Path, library: Path) -> None:
    """Neither its first documents nor, if it was the only one, a library."""
    broken = volume.with_name("broken.xml")
    broken.write_text(volume.read_text(encoding="utf-8")[:-60], encoding="utf-8")
    (answer,) = read_files([broken], library)
    assert [p.code for p in answer.problems] == ["E703"]
    assert not library.exists()
    answers = read_files([broken, letter_file, volume], library)
    assert [f.kept for f in answers] == [False, True, True]
    with Library.open(library) as opened:
        assert len(opened.keys()) == 3


def test_an_interrupted_reading_leaves_the_library_as_it_was(
    letter: LibraryDocument, volume: Path, library: Path
) -> None:
    """Whatever raises in the middle."""
    read_files([volume], library)
    before = library.read_bytes()

    def interrupted() -> None:
        with Library.create(library) as opened:
            opened.begin()
            opened.add(letter)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert library.read_bytes() == before
    assert not library.with_name("library.sqlite-journal").exists()


def test_nothing_is_kept_on_a_dry_run(letter_file: Path, library: Path) -> None:
    """Not even a folder."""
    (answer,) = read_files([letter_file], library, keep=False)
    assert answer.new == 1
    assert not library.parent.exists()


def test_files_that_are_no_library(tmp_path: Path, volume: Path, library: Path) -> None:
    """Missing, text, another SQLite file, a later format, a folder, cut off, overwritten."""
    assert codes(lambda: Library.open(tmp_path / "none")) == ["E701"]
    assert codes(lambda: Library.open(tmp_path)) == ["E701"]
    assert codes(lambda: Library.create(tmp_path)) == ["E702"]
    text = tmp_path / "text.sqlite"
    text.write_text("no library" * 200)
    assert codes(lambda: Library.open(text)) == ["E701"]
    assert codes(lambda: Library.create(text)) == ["E701"]
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    assert codes(lambda: Library.open(other)) == ["E701"]
    assert codes(lambda: read_files([volume], other)) == ["E701"]
    read_files([volume], library)
    whole = library.read_bytes()
    with sqlite3.connect(library) as db:
        db.execute("PRAGMA user_version = 99")
    assert codes(lambda: Library.open(library)) == ["E701"]
    library.write_bytes(whole[:100] + b"\xaa" * (len(whole) - 100))
    assert codes(lambda: Library.open(library).search('"kite"')) == ["E701"]
    library.write_bytes(whole[: len(whole) // 2])
    assert codes(lambda: Library.open(library).search('"kite"')) == ["E701"]
    assert text.read_text() == "no library" * 200


@given(at=st.integers(100, 60_000), size=st.integers(1, 5_000), byte=st.integers(0, 255))
def test_damage_is_never_a_traceback(
    at: int, size: int, byte: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A library with any stretch overwritten either still answers or is refused."""
    folder = tmp_path_factory.getbasetemp() / "damaged"
    library, volume = folder / "library.sqlite", folder / "v.xml"
    if not volume.exists():
        folder.mkdir(exist_ok=True)
        volume.write_text(HEADER + document("<head>1. A</head><p>Red kites.</p>") + FOOTER)
        read_files([volume], library)
    whole = library.read_bytes()
    damaged = folder / "damaged.sqlite"
    at %= len(whole)
    damaged.write_bytes((whole[:at] + bytes([byte]) * size + whole[at + size :])[: len(whole)])
    found: set[str] = set()
    try:
        with Library.open(damaged) as opened:
            opened.shelf()
            opened.search('"kite"')
            opened.document("frus2001-04v09/d1")
    except Refused as refused:
        found = {p.code for p in refused.problems}
    assert found <= {"E701"}


def test_a_library_in_use(volume: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that writes is named; reading waits for it only a moment."""
    monkeypatch.setattr("detente.reading.library.WAIT", 0.05)
    read_files([volume], library)
    volume.write_text(volume.read_text(encoding="utf-8").replace("Red", "Pink"), encoding="utf-8")
    other = sqlite3.connect(library, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert codes(lambda: read_files([volume], library)) == ["E702"]
        with pytest.raises(Refused) as refused:
            Library.open(library)
        assert refused.value.problems[0].code == "E701"
        assert "in use" in refused.value.problems[0].message
    finally:
        other.rollback()
        other.close()
    assert read_files([volume], library)[0].changed == 1


def test_two_programs_at_once(tmp_path: Path, library: Path) -> None:
    """Both files land; neither reading fails."""
    files = []
    for i in range(4):
        path = tmp_path / f"frus2001-04v09-d{i}.txt"
        path.write_text(LETTER.replace("7. Letter", f"{i}. Letter"), encoding="utf-8")
        files.append(path)
    failures: list[BaseException] = []

    def read(path: Path) -> None:
        try:
            read_files([path], library)
        except BaseException as bad:
            failures.append(bad)

    read_files([files[0]], library)
    threads = [threading.Thread(target=read, args=(f,)) for f in files[1:]]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures
    with Library.open(library) as opened:
        assert len(opened.keys()) == 4


def test_a_read_only_library(volume: Path, letter_file: Path, library: Path) -> None:
    """It is read; writing is refused."""
    read_files([volume], library)
    library.chmod(0o444)
    library.parent.chmod(0o555)
    try:
        with Library.open(library) as opened:
            assert len(opened.keys()) == 2
        if os.access(library, os.W_OK):
            pytest.skip("this user may write everywhere")
        assert codes(lambda: read_files([letter_file], library)) == ["E702"]
    finally:
        library.parent.chmod(0o755)


def _put(library: Library, document: LibraryDocument) -> None:
    library.begin()
    library.add(document)


def test_writing_to_a_read_only_library(
    letter: LibraryDocument, volume: Path, library: Path
) -> None:
    """Whoever the user is: the file itself says no."""
    read_files([volume], library)
    db = sqlite3.connect(f"{library.as_uri()}?mode=ro", uri=True, isolation_level=None)
    with Library(library, db, created=False) as opened, pytest.raises(Refused) as refused:
        _put(opened, letter)
    assert refused.value.problems[0].code == "E702"
    assert "read-only" in refused.value.problems[0].message


def test_a_library_that_cannot_be_made(letter_file: Path) -> None:
    """Below a file, or where nothing may be made."""
    assert codes(lambda: read_files([letter_file], letter_file / "library")) == ["E702"]
    assert codes(lambda: read_files([letter_file], Path("/proc/none/library"))) == ["E702"]


def test_where_it_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the user's data folder, unless a variable says otherwise."""
    monkeypatch.delenv("DETENTE_LIBRARY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_path() == tmp_path / "detente" / "library.sqlite"
    monkeypatch.setenv("DETENTE_LIBRARY", str(tmp_path / "mine"))
    assert default_path() == tmp_path / "mine"


@pytest.mark.parametrize(
    ("query", "match"),
    [
        ("air-launched", '"air launched"'),
        ("red kites", '"red" AND "kites"'),
        ('"red kites" fly*', '"red kites" AND "fly"*'),
        ("red OR blue kites", '("red" OR "blue") AND "kites"'),
        ("kites -red", '("kites") NOT ("red")'),
        ("2,400", '"2 400"'),
        ("NEAR(a b)", '"NEAR a" AND "b"'),
        ("-red", ""),
        ("— … !", ""),
        ("", ""),
    ],
)
def test_words_asked_for(query: str, match: str) -> None:
    """What people write becomes an expression in which no sign has a meaning of its own."""
    assert expression(query) == match


@given(st.text(max_size=60))
def test_any_query_is_answered(query: str) -> None:
    """No text that a person may type upsets the search."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    if match := expression(query):
        db.execute("SELECT rowid FROM t WHERE t MATCH ?", (match,)).fetchall()


def test_ranking_is_the_same_whatever_the_order_of_reading(
    letter: LibraryDocument, tmp_path: Path
) -> None:
    """Equal ranks stand in the order of keys, by number."""
    found = []
    for order in ((2, 10, 1), (10, 1, 2)):
        path = tmp_path / f"{order[0]}.sqlite"
        with Library.create(path) as made:
            made.begin()
            for i in order:
                made.add(replace(letter, key=f"frus2001-04v09/d{i}"))
            made.keep("x", "x", 3)
        with Library.open(path) as opened:
            found.append([h.key.rpartition("/")[2] for h in opened.search('"kites"', limit=3)])
    assert found == [["d1", "d2", "d10"]] * 2
