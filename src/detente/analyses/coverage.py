"""Coverage: do the record's references exist in the documents read, and is any paragraph left over?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.analyses.result import Result
from detente.analyses.shelves import cited, find, reading, record_of
from detente.model.case import Case
from detente.model.library import LibraryDocument, Passage, runs
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import RecordDocument, Statement
from detente.reading.library import Library


@dataclass(frozen=True)
class Covered:
    """One document of the record that the library has.

    `missing` are statements with the references in them that the copy has not; `uncovered` the
    paragraphs of its body that no statement cites; `doubtful` statements whose number also means
    another place in the document.
    """

    document: RecordDocument
    copy: LibraryDocument
    statements: tuple[Statement, ...]
    missing: tuple[tuple[Statement, tuple[str, ...]], ...]
    uncovered: tuple[Passage, ...]
    doubtful: tuple[tuple[Statement, str], ...] = ()

    @property
    def paragraphs(self) -> int:
        """How many paragraphs the body has that say something (no `Sincerely,`)."""
        return len(_to_cover(self.copy))

    @property
    def covered(self) -> int:
        """How many of them some statement cites."""
        return self.paragraphs - len({p.number for p in self.uncovered})


@dataclass(frozen=True, repr=False)
class Coverage(Result):
    """The answer of `coverage`: documents read, and the ids of those the library has not."""

    case: Case
    library: str
    documents: tuple[Covered, ...]
    unread: tuple[RecordDocument, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Each reference that does not exist, at its line in the record."""
        return tuple(
            Problem(
                "W708",
                f"{c.document.id} has no {', '.join('¶' + m for m in missing)}, which {s.id} cites",
                (s.place,),
                f"the copy ({c.copy.key}) has paragraphs 1 to {c.copy.count}",
                "warning",
            )
            for c in self.documents
            for s, missing in c.missing
        )

    def records(self) -> list[dict[str, Any]]:
        """One row a document."""
        return [
            {
                "document": c.document.id,
                "key": c.copy.key,
                "paragraphs": c.paragraphs,
                "covered": c.covered,
                "uncovered": runs(p.number for p in c.uncovered),
                "statements": len(c.statements),
                "missing": " ".join(f"{s.id}:{','.join(m)}" for s, m in c.missing),
            }
            for c in self.documents
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "library": self.library,
            "documents": [
                {
                    "document": c.document.id,
                    "key": c.copy.key,
                    "paragraphs": c.paragraphs,
                    "covered": c.covered,
                    "uncovered": sorted({p.number for p in c.uncovered}),
                    "statements": [s.id for s in c.statements],
                    "missing": [
                        {"statement": s.id, "paragraphs": list(missing)} for s, missing in c.missing
                    ],
                    "doubtful": [{"statement": s.id, "why": why} for s, why in c.doubtful],
                }
                for c in self.documents
            ],
            "unread": [d.id for d in self.unread],
        }


def coverage(
    case: Case,
    library: Library | Path | str | None = None,
    documents: Sequence[str] = (),
) -> Coverage:
    """What of the record can be found in the documents read, and what of them is in no statement.

    `documents` are ids of the record; by default all that statements cite.

    Raises:
        Refused: there is no such document, or the library cannot be read.

    """
    record = record_of(case)
    for name in documents:
        if name not in record.documents:
            hint = did_you_mean(name, record.documents)
            raise Refused([Problem("E317", f"unknown document '{name}'", (), hint)])
    by_document: dict[str, list[Statement]] = {}
    for s in record.statements:
        by_document.setdefault(s.document, []).append(s)
    wanted = documents or [d for d in record.documents if d in by_document]
    answers, unread = [], []
    with reading(library) as opened:
        for name in dict.fromkeys(wanted):
            document = record.documents[name]
            copy = find(opened, document)
            if copy is None:
                unread.append(document)
            else:
                answers.append(_covered(document, copy, tuple(by_document.get(name, ()))))
        where = str(opened.path) if opened else ""
    return Coverage(case, where, tuple(answers), tuple(unread))


def _to_cover(copy: LibraryDocument) -> dict[int, Passage]:
    """The paragraphs of the body by number: the first passage of each."""
    found: dict[int, Passage] = {}
    for p in copy.passages:
        if p.kind == "paragraph" and p.number and not p.section:
            found.setdefault(p.number, p)
    return found


def _covered(
    document: RecordDocument, copy: LibraryDocument, statements: tuple[Statement, ...]
) -> Covered:
    seen: set[int] = set()
    missing: list[tuple[Statement, tuple[str, ...]]] = []
    doubtful: list[tuple[Statement, str]] = []
    for s in statements:
        for x in cited(copy, s):
            seen |= {p.number for p in x.passages if not p.section}
            if x.missing:
                missing.append((s, x.missing))
            if x.also:
                doubtful.append((s, x.also))
    uncovered = tuple(p for n, p in _to_cover(copy).items() if n not in seen)
    return Covered(document, copy, statements, tuple(missing), uncovered, tuple(doubtful))
