"""Read files of published documents into a library: TEI or plain text, told by their content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.model.library import LibraryDocument
from detente.model.problem import Place, Problem
from detente.reading.library import FORMAT, Library, default_path
from detente.reading.printed_text import read_printed_text
from detente.reading.tei import is_xml, read_tei

RULES = 1  # raise this when the same file would be read differently

Days = tuple[date, date]

_KEY = re.compile(r"[\w.-]{1,80}(?:/[\w.-]{1,80})?")


@dataclass(frozen=True)
class FileRead:
    """What came of one file: how many documents are new, changed, the same; and the keys."""

    file: str
    new: int = 0
    changed: int = 0
    same: int = 0
    paragraphs: int = 0
    keys: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: bool = False

    @property
    def kept(self) -> bool:
        """Whether the file went in: no error was found."""
        return not any(p.severity == "error" for p in self.problems)


def read_files(
    paths: Sequence[Path],
    library: Path | None = None,
    *,
    name: str = "",
    day: Days | None = None,
    keep: bool = True,
) -> list[FileRead]:
    """Read files into a library, each whole or not at all; problems stand in the answers.

    `name` is the key of a single plain-text document, or the volume of a TEI file, where the file
    does not say it. `day` is the date of a plain-text document whose text has none. Without `keep`
    the files are only read, and no library is opened.

    Raises:
        Refused: the library cannot be used.

    """
    shelf = _Shelf(library or default_path(), keep)
    try:
        return [_file(path, shelf, name, day) for path in paths]
    finally:
        shelf.close()


class _Shelf:
    """The library, opened only when it is there or something is to be put in."""

    def __init__(self, path: Path, keep: bool) -> None:
        self.path, self.keep = path, keep
        self.opened: Library | None = None
        self.begun = False

    def has(self, digest: str) -> bool:
        """Whether a file of this digest was read before."""
        if self.keep and self.opened is None and self.path.exists():
            self.opened = Library.create(self.path)
        return self.opened is not None and self.opened.has_file(digest)

    def put(self, document: LibraryDocument) -> str:
        """Put in a document of the file that is being read."""
        if not self.keep:
            return "new"
        if self.opened is None:
            self.opened = Library.create(self.path)
        if not self.begun:
            self.opened.begin()
            self.begun = True
        return self.opened.add(document)

    def end(self, digest: str, name: str, documents: int, good: bool) -> None:
        """End a file: make it last, or forget it."""
        if self.opened is not None and self.begun:
            if good:
                self.opened.keep(digest, name, documents)
            else:
                self.opened.forget()
        self.begun = False

    def close(self) -> None:
        """Close the library; one that was made for nothing is removed."""
        if self.opened is not None:
            self.opened.__exit__(None, None, None)


def _file(path: Path, shelf: _Shelf, name: str, day: Days | None) -> FileRead:
    shown = path.as_posix()
    problems: list[Problem] = []
    if name and not _KEY.fullmatch(name):
        message = f"'{name}' is no name for a document"
        hint = "write volume and document, as in frus1977-80v06/d12"
        problems.append(Problem("E705", message, (Place(shown),), hint))
        return FileRead(shown, problems=tuple(problems))
    digest, xml = _look(path, shown, name, day, problems)
    if problems:
        return FileRead(shown, problems=tuple(problems))
    if shelf.has(digest):
        return FileRead(shown, skipped=True)
    counts = {"new": 0, "changed": 0, "same": 0}
    keys: list[str] = []
    paragraphs = 0
    for document in _documents(path, shown, xml, name, day, problems):
        counts[shelf.put(document)] += 1
        keys.append(document.key)
        paragraphs += sum(p.number > 0 and not p.listed for p in document.passages)
    good = not any(p.severity == "error" for p in problems)
    shelf.end(digest, path.name, len(keys), good)
    if not good:
        return FileRead(shown, problems=tuple(problems))
    return FileRead(
        shown,
        new=counts["new"],
        changed=counts["changed"],
        same=counts["same"],
        paragraphs=paragraphs,
        keys=tuple(keys),
        problems=tuple(problems),
    )


def _documents(
    path: Path, shown: str, xml: bool, name: str, day: Days | None, problems: list[Problem]
) -> Iterator[LibraryDocument]:
    if xml:
        yield from read_tei(path, shown, problems, name.partition("/")[0])
    elif (document := read_printed_text(path, shown, problems, name, day)) is not None:
        yield document


def _look(
    path: Path, shown: str, name: str, day: Days | None, problems: list[Problem]
) -> tuple[str, bool]:
    """The digest of a file with all that decides how it is read, and whether it is XML."""
    h = hashlib.blake2b(f"{FORMAT} {RULES} {name} {day} {path.name}".encode(), digest_size=16)
    try:
        if path.exists() and not path.is_file():
            problems.append(Problem("E103", "cannot be read: it is no plain file", (Place(shown),)))
            return "", False
        with path.open("rb") as file:
            head = file.read(4096)
            chunk = head
            while chunk:
                h.update(chunk)
                chunk = file.read(1 << 20)
    except OSError as bad:
        message = f"cannot be read: {bad.strerror or bad}"
        problems.append(Problem("E103", message, (Place(shown),)))
        return "", False
    return h.hexdigest(), is_xml(head)
