"""The reader's own library of documents: one SQLite file with full-text search.

It stands in the user's data folder unless `--library` or the variable `DETENTE_LIBRARY` names
another file. A file of documents goes in whole or not at all: an interrupted or refused reading
leaves the library as it was. Reading the same file again changes nothing. Whatever is wrong with
the file (no library, corrupt, in use, read-only, no room) is a `Refused` with a problem, E701 where
it cannot be read and E702 where it cannot be written; never a traceback.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from detente.model.library import (
    CrossReference,
    LibraryDocument,
    Note,
    NoteMark,
    PageMark,
    Passage,
)
from detente.model.problem import Problem, Refused

APPLICATION = 0x64657465  # "dete", in the file's header
FORMAT = 1
WAIT = 2.0  # seconds to wait for another program that is writing
MAX_WORDS = 40

_SCHEMA = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, number TEXT NOT NULL, series TEXT NOT NULL,
    heading TEXT NOT NULL, first TEXT, last TEXT, dated TEXT NOT NULL, editorial INTEGER NOT NULL,
    origin TEXT NOT NULL, digest TEXT NOT NULL, structure TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(id),
    ordinal INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX passages_of ON passages(document, ordinal);
CREATE TABLE files (digest TEXT PRIMARY KEY, name TEXT NOT NULL, documents INTEGER NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(
    text, content='passages', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
"""


def default_path() -> Path:
    """The library that is used when none is named."""
    if named := os.environ.get("DETENTE_LIBRARY"):
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "detente" / "library.sqlite"


@dataclass(frozen=True)
class Hit:
    """A passage or note that a search found: the lower the rank, the better."""

    key: str
    heading: str
    series: str
    first: date | None
    last: date | None
    ordinal: int
    rank: float
    shown: str


@dataclass(frozen=True)
class Shelf:
    """A document in the list of a library."""

    key: str
    heading: str
    first: date | None
    last: date | None


class Library:
    """An open library; use it in a `with` statement."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, created: bool) -> None:
        self.path = path
        self.db = connection
        self.created = created
        self.kept = False

    # --- opening ----------------------------------------------------------------------------------
    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """For reading.

        Raises:
            Refused: there is no such file (E701), or it is not a library that can be read.

        """
        path = path or default_path()
        if not path.exists():
            hint = "`detente read FILE` makes one from published documents"
            raise Refused([Problem("E701", f"there is no library at {path}", (), hint)])
        if path.is_dir():
            raise Refused([Problem("E701", f"a library is a file, and {path} is a folder")])
        with _guard(path, "E701"):
            db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT, isolation_level=None
            )
            try:
                cls._check(db, path)
            except BaseException:
                db.close()
                raise
        return cls(path, db, created=False)

    @classmethod
    def create(cls, path: Path | None = None) -> Self:
        """For writing; made with its folder where it is missing.

        Raises:
            Refused: it cannot be written (E702), or is something else (E701).

        """
        path = path or default_path()
        created = not path.exists()
        if path.parent.exists() and not path.parent.is_dir():
            message = f"the library {path} cannot be written: {path.parent} is no folder"
            raise Refused([Problem("E702", message, (), "name another file with --library")])
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as bad:
            message = f"the library {path} cannot be written: {bad.strerror or bad}"
            raise Refused([Problem("E702", message)]) from None
        if path.is_dir():
            raise Refused([Problem("E702", f"a library is a file, and {path} is a folder")])
        with _guard(path, "E702"):
            db = sqlite3.connect(str(path), timeout=WAIT, isolation_level=None)
            try:
                db.execute("BEGIN IMMEDIATE")
                if created or path.stat().st_size == 0:
                    for statement in filter(str.strip, _SCHEMA.split(";\n")):
                        db.execute(statement)
                    db.execute(f"PRAGMA application_id = {APPLICATION}")
                    db.execute(f"PRAGMA user_version = {FORMAT}")
                cls._check(db, path)
            except BaseException:
                db.close()
                if created:
                    path.unlink(missing_ok=True)
                raise
        return cls(path, db, created=created)

    @staticmethod
    def _check(db: sqlite3.Connection, path: Path) -> None:
        ours = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if ours != APPLICATION:
            hint = "name another file with --library"
            raise Refused([Problem("E701", f"{path} is no library of detente", (), hint)])
        if version != FORMAT:
            message = f"{path} has the format {version}; this detente reads format {FORMAT}"
            hint = "read the documents anew into another library"
            raise Refused([Problem("E701", message, (), hint)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.db.in_transaction:
            self.db.rollback()
        self.db.close()
        if self.created and not self.kept:
            self.path.unlink(missing_ok=True)

    # --- writing ----------------------------------------------------------------------------------
    def has_file(self, digest: str) -> bool:
        """Whether a file of this content was read before, and nothing it held was replaced."""
        with _guard(self.path, "E702"):
            row = self.db.execute("SELECT 1 FROM files WHERE digest = ?", (digest,)).fetchone()
        return row is not None

    def begin(self) -> None:
        """Begin a file: what is added from here on is kept by `keep` or forgotten by `forget`."""
        with _guard(self.path, "E702"):
            if not self.db.in_transaction:
                self.db.execute("BEGIN IMMEDIATE")
            self.db.execute("SAVEPOINT file")

    def keep(self, digest: str, name: str, documents: int) -> None:
        """End a file and make it last."""
        with _guard(self.path, "E702"):
            self.db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (digest, name, documents)
            )
            self.db.execute("RELEASE file")
            self.db.commit()
            self.kept = True

    def forget(self) -> None:
        """End a file as if it had never been begun."""
        with _guard(self.path, "E702"):
            self.db.execute("ROLLBACK TO file")
            self.db.execute("RELEASE file")

    def add(self, document: LibraryDocument) -> str:
        """Put in a document: `new`, `changed` (it takes the old one's place) or `same`."""
        structure = _structure(document)
        digest = _digest(document, structure)
        with _guard(self.path, "E702"):
            row = self.db.execute(
                "SELECT id, digest, origin FROM documents WHERE key = ?", (document.key,)
            ).fetchone()
            if row and row[1] == digest:
                return "same"
            if row:
                self._remove(row[0], row[2])
            cursor = self.db.execute(
                "INSERT INTO documents (key, number, series, heading, first, last, dated, editorial,"
                " origin, digest, structure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document.key,
                    document.number,
                    document.series,
                    document.heading,
                    document.first.isoformat() if document.first else None,
                    document.last.isoformat() if document.last else None,
                    document.dated,
                    int(document.editorial),
                    document.origin,
                    digest,
                    structure,
                ),
            )
            n = cursor.lastrowid
            start = self.db.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()[0]
            rows: list[tuple[int | None, int, str, str]] = [
                (n, p.ordinal, p.kind, p.text) for p in document.passages
            ]
            rows += [(n, -1 - i, "note", x.text) for i, x in enumerate(document.notes)]
            self.db.executemany(
                "INSERT INTO passages (document, ordinal, kind, text) VALUES (?, ?, ?, ?)", rows
            )
            self.db.execute(
                "INSERT INTO words (rowid, text) SELECT id, text FROM passages WHERE id > ?",
                (start,),
            )
        return "changed" if row else "new"

    def _remove(self, document: int, origin: str) -> None:
        self.db.execute(
            "INSERT INTO words (words, rowid, text)"
            " SELECT 'delete', id, text FROM passages WHERE document = ?",
            (document,),
        )
        self.db.execute("DELETE FROM passages WHERE document = ?", (document,))
        self.db.execute("DELETE FROM documents WHERE id = ?", (document,))
        # a file whose document was replaced must be read again when it is named again
        self.db.execute("DELETE FROM files WHERE name = ?", (origin,))

    # --- reading ----------------------------------------------------------------------------------
    def shelf(self) -> list[Shelf]:
        """All documents, by key."""
        with _guard(self.path, "E701"):
            rows = self.db.execute("SELECT key, heading, first, last FROM documents").fetchall()
            found = [Shelf(k, h, _day(a), _day(b)) for k, h, a, b in rows]
            return sorted(found, key=lambda s: _natural(s.key))

    def keys(self) -> set[str]:
        """The keys of all documents."""
        with _guard(self.path, "E701"):
            return {k for (k,) in self.db.execute("SELECT key FROM documents")}

    def document(self, key: str) -> LibraryDocument | None:
        """A document with everything in it, or None."""
        with _guard(self.path, "E701"):
            row = self.db.execute(
                "SELECT id, key, heading, number, series, first, last, dated, editorial, origin,"
                " structure FROM documents WHERE key = ?",
                (key,),
            ).fetchone()
            if row is None:
                return None
            texts = dict(
                self.db.execute(
                    "SELECT ordinal, text FROM passages WHERE document = ?", (row[0],)
                ).fetchall()
            )
            return _document(row, texts)

    def search(
        self,
        match: str,
        *,
        first: date | None = None,
        last: date | None = None,
        limit: int = 20,
        notes: bool = True,
        volume: str = "",
        extra: Sequence[str] = (),
    ) -> list[Hit]:
        """The best passages for an FTS5 expression, best first.

        Dates keep documents whose interval touches the one asked for; `extra` keys are kept whatever
        their date. Equal ranks stand in the order of keys and paragraphs.
        """
        where = ["words MATCH ?"]
        values: list[Any] = [match]
        if not notes:
            where.append("p.ordinal >= 0")
        if volume:
            where.append("d.key LIKE ? ESCAPE '\\'")
            values.append(re.sub(r"([%_\\])", r"\\\1", volume) + "/%")
        if first or last:
            dates = "(d.last >= ? AND d.first <= ?)"
            values += [str(first or date.min), str(last or date.max)]
            if extra:
                dates = f"({dates} OR d.key IN ({', '.join('?' * len(extra))}))"
                values += extra
            where.append(dates)
        show = "snippet(words, 0, '\u2039', '\u203a', ' … ', 40)"
        plain = len(where) == 1
        if plain:
            inner = (
                f"SELECT rowid, rank, {show} FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
            )
        else:  # what is shown is made afterwards: here it would be made of every match
            inner = (
                "SELECT words.rowid, rank, '' FROM words"
                " JOIN passages p ON p.id = words.rowid JOIN documents d ON d.id = p.document"
                f" WHERE {' AND '.join(where)} ORDER BY rank LIMIT ?"
            )
        values.append(limit)
        with _guard(self.path, "E701"):
            ranked = self.db.execute(inner, values).fetchall()
            marks = ", ".join("?" * len(ranked))
            ids = [i for i, _, _ in ranked]
            shown = {i: text for i, _, text in ranked}
            if not plain:
                shown = dict(
                    self.db.execute(
                        f"SELECT rowid, {show} FROM words WHERE words MATCH ? AND rowid IN ({marks})",
                        (match, *ids),
                    ).fetchall()
                )
            scores = {i: score for i, score, _ in ranked}
            rows = self.db.execute(
                "SELECT p.id, d.key, d.heading, d.series, d.first, d.last, p.ordinal"
                " FROM passages p JOIN documents d ON d.id = p.document"
                f" WHERE p.id IN ({marks})",
                ids,
            ).fetchall()
            hits = [
                Hit(k, h, s, _day(a), _day(b), o, round(scores[i], 9), shown[i])
                for i, k, h, s, a, b, o in rows
            ]
            return sorted(
                hits, key=lambda x: (x.rank, _natural(x.key), x.ordinal < 0, abs(x.ordinal))
            )

    def undated(self) -> int:
        """How many documents have no date."""
        with _guard(self.path, "E701"):
            row = self.db.execute("SELECT count(*) FROM documents WHERE first IS NULL").fetchone()
        return int(row[0])


# --- words asked for ------------------------------------------------------------------------------
_PIECE = re.compile(r'(-?)"([^"]*)"|(\S+)')


def expression(query: str) -> str:
    """An FTS5 expression of what a person writes; empty when it holds no word.

    All words must stand in the passage; `"several words"` together, `word*` any word that begins
    so, `-word` must not, `this OR that` either. Signs mean nothing: `air-launched` is two words
    side by side.
    """
    groups: list[list[str]] = []
    without: list[str] = []
    either = False
    for found in list(_PIECE.finditer(query))[:MAX_WORDS]:
        minus, phrase, word = found.groups()
        if word == "OR":
            either = bool(groups)
            continue
        if word == "AND":
            continue
        text = phrase if phrase is not None else word
        if word and word.startswith("-") and len(word) > 1:
            minus, text = "-", word[1:]
        begins = text.endswith("*")
        kept = "".join(c if c.isalnum() else " " for c in text).split()
        if not kept:
            continue
        term = '"' + " ".join(kept) + '"' + ("*" if begins else "")
        if minus:
            without.append(term)
        elif either:
            groups[-1].append(term)
        else:
            groups.append([term])
        either = False
    if not groups:
        return ""
    wanted = " AND ".join("(" + " OR ".join(g) + ")" if len(g) > 1 else g[0] for g in groups)
    if without:
        wanted = f"({wanted}) NOT ({' OR '.join(without)})"
    return wanted


# --- to and from rows -----------------------------------------------------------------------------
def _structure(d: LibraryDocument) -> str:
    """All of a document but its texts and plain columns, as JSON."""
    passages = [
        [
            p.kind,
            p.number,
            ".".join(p.label),
            int(p.labelled),
            int(p.listed),
            p.section,
            p.page,
            [[m.offset, m.page] for m in p.pages],
            [[m.offset, m.note] for m in p.notes],
        ]
        for p in d.passages
    ]
    notes = [[n.number, int(n.source), n.passage] for n in d.notes]
    references = [[r.target, r.words, r.to_note, r.note, r.passage] for r in d.references]
    data = [passages, notes, references]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _digest(d: LibraryDocument, structure: str) -> str:
    """A digest of what a document holds, wherever it was read from."""
    from hashlib import blake2b

    h = blake2b(digest_size=16)
    head = (d.key, d.number, d.series, d.heading, str(d.first), str(d.last), d.dated)
    for text in (*head, str(d.editorial), structure):
        h.update(text.encode("utf-8", "surrogatepass"))
        h.update(b"\0")
    body = "\0".join([*(p.text for p in d.passages), *(n.text for n in d.notes)])
    h.update(body.encode("utf-8", "surrogatepass"))
    return h.hexdigest()


def _document(row: Sequence[Any], texts: dict[int, str]) -> LibraryDocument:
    _, key, heading, number, series, first, last, dated, editorial, origin, structure = row
    passages, notes, references = json.loads(structure)
    return LibraryDocument(
        key=key,
        heading=heading,
        number=number,
        series=series,
        first=_day(first),
        last=_day(last),
        dated=dated,
        editorial=bool(editorial),
        passages=tuple(
            Passage(
                text=texts[i],
                ordinal=i,
                kind=p[0],
                number=p[1],
                label=tuple(p[2].split(".")) if p[2] else (),
                labelled=bool(p[3]),
                listed=bool(p[4]),
                section=p[5],
                page=p[6],
                pages=tuple(PageMark(*m) for m in p[7]),
                notes=tuple(NoteMark(*m) for m in p[8]),
            )
            for i, p in enumerate(passages)
        ),
        notes=tuple(
            Note(number=n[0], text=texts[-1 - i], source=bool(n[1]), passage=n[2])
            for i, n in enumerate(notes)
        ),
        references=tuple(
            CrossReference(target=r[0], words=r[1], to_note=r[2], note=r[3], passage=r[4])
            for r in references
        ),
        origin=origin,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _natural(key: str) -> tuple[tuple[int, int, str], ...]:
    parts: Iterable[str] = re.findall(r"\d+|\D+", key)
    return tuple((0, int(x), "") if x.isdigit() else (1, 0, x) for x in parts)


# --- what can be wrong ----------------------------------------------------------------------------
# what comes of rows that no library of ours would hold
_NONSENSE = (ValueError, TypeError, LookupError, AttributeError, OverflowError)


@contextmanager
def _guard(path: Path, code: str) -> Iterator[None]:
    """Turns what SQLite says into a problem with the library's name and what to do."""
    try:
        yield
    except (sqlite3.Error, OSError, *_NONSENSE) as bad:
        raise Refused([_problem(path, code, bad)]) from None


def _problem(path: Path, code: str, bad: Exception) -> Problem:
    number = getattr(bad, "sqlite_errorcode", 0) & 0xFF
    away = "name another file with --library"
    if number in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        message = f"{path} is no library, or is corrupt: {bad}"
        return Problem("E701", message, (), "move the file away and read the documents again")
    if number in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        message = f"the library {path} is in use by another program"
        return Problem(code, message, (), "try again when that has ended")
    if number in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return Problem("E702", f"the library {path} is read-only", (), away)
    if number == sqlite3.SQLITE_FULL:
        return Problem("E702", f"the library {path} cannot be written: no room is left", (), away)
    if number == sqlite3.SQLITE_CANTOPEN:
        verb = "written" if code == "E702" else "opened"
        return Problem(code, f"the library {path} cannot be {verb}", (), away)
    if isinstance(bad, sqlite3.Error | OSError):
        verb = "written" if code == "E702" else "read"
        return Problem(code, f"the library {path} cannot be {verb}: {bad}", (), away)
    message = f"{path} is no library, or is corrupt"
    return Problem("E701", message, (), "move the file away and read the documents again")
