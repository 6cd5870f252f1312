"""Cite: a paragraph from the reader's own copy beside what the record says that it says.

Where the document or the paragraph is missing the answer says so, and where the public copy
stands; that is an answer too, not an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from detente.analyses.result import Result
from detente.analyses.shelves import (
    cited,
    find,
    keys_of,
    other_prints,
    reading,
    record_of,
    refs_of,
)
from detente.model.case import Case
from detente.model.library import (
    PUBLISHER,
    CrossReference,
    LibraryDocument,
    Located,
    Note,
    ParagraphRef,
    Passage,
    locate,
)
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import Record, RecordDocument, Statement
from detente.model.written import Miswritten
from detente.reading.library import Library

Status = Literal["found", "paragraph missing", "document missing", "no library"]

_FORM = re.compile(
    r"(?P<document>FRUS\s.*?\bdoc\.\s*\d+|[^\s:¶§,]+)[\s:,]*(?P<place>.*)$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, repr=False)
class Citation(Result):
    """The answer of `cite`.

    `document` is None for a document that only the library has. `statements` are those of the
    record that cite the passages (all of the document's when no paragraph was asked for).
    """

    case: Case
    reference: str
    status: Status
    document: RecordDocument | None
    copy: LibraryDocument | None
    refs: tuple[ParagraphRef, ...]
    located: tuple[Located, ...]
    passages: tuple[Passage, ...]
    statements: tuple[Statement, ...]
    library: str
    elsewhere: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where the public copy stands; empty when none is known."""
        if self.document and self.document.url:
            return self.document.url
        if self.copy:
            return self.copy.url
        keys = keys_of(self.document) if self.document else ()
        return next((PUBLISHER + k for k in keys if k.startswith("frus")), "")

    @property
    def missing(self) -> tuple[str, ...]:
        """The paragraphs asked for that the copy has not."""
        return tuple(m for x in self.located for m in x.missing)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes asked for, and those called in the passages shown."""
        if self.copy is None:
            return ()
        called = {m.note for p in self.passages for m in p.notes}
        asked = {n.number for x in self.located for n in x.notes}
        return tuple(n for n in self.copy.notes if n.number in called | asked)

    @property
    def pointers(self) -> tuple[CrossReference, ...]:
        """Pointers to other documents in the passages and notes shown."""
        if self.copy is None:
            return ()
        notes = {n.number for n in self.notes}
        passages = {p.ordinal for p in self.passages}
        return tuple(
            r
            for r in self.copy.references
            if (r.note in notes if r.note else r.passage in passages)
        )

    def records(self) -> list[dict[str, Any]]:
        """One row a passage and statement that cites it; a passage alone where none does."""
        rows = []
        for p in self.passages:
            head = {"document": self.name, "place": p.cite, "page": p.page, "text": p.text}
            beside = [s for s in self.statements if self.covers(s, p)]
            if not beside:
                rows.append({**head, **_EMPTY})
            for s in beside:
                rows.append({**head, **_row(s)})
        if not self.passages:
            blank = {"document": self.name, "place": "", "page": "", "text": ""}
            rows += [{**blank, "place": _place(s), **_row(s)} for s in self.statements]
        return rows

    @property
    def name(self) -> str:
        """The document's id in the record, or its key in the library."""
        if self.document:
            return self.document.id
        return self.copy.key if self.copy else ""

    def covers(self, statement: Statement, passage: Passage) -> bool:
        """Whether a statement cites a passage."""
        if self.copy is None or statement.document != self.name:
            return False
        return any(passage in x.passages for x in cited(self.copy, statement))

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "reference": self.reference,
            "status": self.status,
            "document": self.name,
            "citation": self.document.citation if self.document else "",
            "url": self.url,
            "library": self.library,
            "copy": copy_data(self.copy) if self.copy else None,
            "missing": list(self.missing),
            "elsewhere": list(self.elsewhere),
            "passages": [passage_data(p) for p in self.passages],
            "notes": [{"note": n.number, "text": n.text} for n in self.notes],
            "pointers": [
                {"document": r.target, "note": r.to_note, "words": r.words} for r in self.pointers
            ],
            "statements": [{**_row(s), "place": _place(s)} for s in self.statements],
        }


_COLUMNS = ("statement", "date", "party", "act", "option", "says", "source", "confidence")
_EMPTY = dict.fromkeys(_COLUMNS, "")


def _row(s: Statement) -> dict[str, Any]:
    return {
        "statement": s.id,
        "date": str(s.date),
        "party": s.party,
        "act": s.act,
        "option": s.key,
        "says": s.note,
        "source": s.source,
        "confidence": s.confidence,
    }


def _place(s: Statement) -> str:
    return f"¶{s.paragraph}" if s.paragraph else ""


def copy_data(d: LibraryDocument) -> dict[str, Any]:
    """A document of the library without its text, as plain data."""
    return {
        "key": d.key,
        "heading": d.heading,
        "series": d.series,
        "date": {"first": _iso(d.first), "last": _iso(d.last), "printed": d.dated},
        "paragraphs": d.count,
        "pages": list(d.pages),
        "source_note": d.source_note,
        "origin": d.origin,
    }


def passage_data(p: Passage) -> dict[str, Any]:
    """A passage as plain data."""
    return {
        "place": p.cite,
        "kind": p.kind,
        "number": p.number,
        "printed": list(p.label) if p.labelled else [],
        "section": p.section,
        "page": p.page,
        "text": p.text,
        "page_marks": [{"offset": m.offset, "page": m.page} for m in p.pages],
        "note_marks": [{"offset": m.offset, "note": m.note} for m in p.notes],
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def cite(case: Case, reference: str, library: Library | Path | str | None = None) -> Citation:
    """A cited paragraph beside the record's statements on it.

    `reference` is a statement's id, or a document with or without a paragraph: `s163`,
    `v06-d12 ¶6`, `v06-d12:23-24`, `v33-d241 IX(1)(d)`, `v06-d12 note 2`, `frus1977-80v06/d12 6`.
    `library` is by default the reader's own.

    Raises:
        Refused: there is no such statement or document, the paragraph cannot be understood, or
            the library cannot be read.

    """
    record = record_of(case)
    with reading(library) as opened:
        said = record.statement(reference.strip())
        if said is not None:
            document: RecordDocument | None = record.documents[said.document]
            refs = _refs_of(said)
            place = ""
        else:
            document, key, place = _split(record, reference, opened)
            refs = _parse(place)
        copy = find(opened, document) if document else opened.document(key) if opened else None
        name = document.id if document else key
        elsewhere: tuple[str, ...] = ()
        if copy is None and opened is not None and document is not None:
            held = opened.keys()
            elsewhere = tuple(k for k in other_prints(record, document) if k in held)
        where = str(opened.path) if opened else ""
    of_document = tuple(s for s in record.statements if s.document == name)
    located: tuple[Located, ...] = ()
    if copy is not None and refs:
        located = cited(copy, said) if said else tuple(_locate(copy, r, of_document) for r in refs)
    passages = tuple(
        {p.ordinal: p for x in located for p in x.passages}.values()
        if refs
        else (copy.passages if copy else ())
    )
    if said is not None:
        statements: tuple[Statement, ...] = (said,)
    elif not refs:
        statements = of_document
    else:
        statements = tuple(s for s in of_document if _meets(s, refs, passages, copy))
    status: Status = "found"
    if copy is None:
        status = "no library" if not where else "document missing"
    elif any(x.missing for x in located):
        status = "paragraph missing"
    return Citation(
        case,
        reference.strip(),
        status,
        document,
        copy,
        refs,
        located,
        passages,
        statements,
        where,
        elsewhere,
    )


def _refs_of(s: Statement) -> tuple[ParagraphRef, ...]:
    try:
        return refs_of(s)
    except Miswritten:
        return ()


def _parse(place: str) -> tuple[ParagraphRef, ...]:
    if not place:
        return ()
    try:
        return ParagraphRef.parse(place)
    except Miswritten as bad:
        raise Refused([Problem(bad.code, str(bad), (), bad.hint)]) from None


def _split(
    record: Record, reference: str, library: Library | None
) -> tuple[RecordDocument | None, str, str]:
    """The document named, its key, and the place in it. Raises `Refused`."""
    found = _FORM.match(reference.strip())
    if not found:
        raise Refused([Problem("E604", "name a document or a statement of the record")])
    name, place = found["document"], found["place"].strip()
    if name in record.documents:
        return record.documents[name], name, place
    by_key = {k: d for d in reversed(list(record.documents.values())) for k in keys_of(d)}
    cited_as = {d.citation.lower(): d for d in record.documents.values()}
    lookup = name.replace("#", "/")
    if document := by_key.get(lookup) or cited_as.get(" ".join(name.lower().split())):
        return document, document.id, place
    if library is not None and library.document(lookup) is not None:
        return None, lookup, place
    if re.fullmatch(r"s\d+", name):
        known = [s.id for s in record.statements]
        raise Refused(
            [Problem("E316", f"unknown statement '{name}'", (), did_you_mean(name, known))]
        )
    known = [*record.documents, *(library.keys() if library else ())]
    raise Refused([Problem("E317", f"unknown document '{name}'", (), did_you_mean(name, known))])


def _locate(copy: LibraryDocument, ref: ParagraphRef, statements: tuple[Statement, ...]) -> Located:
    """As the record reads the same numbers, where it cites them; else as the document decides."""
    if not ref.way and not ref.section:
        for s in statements:
            for own in _refs_of(s):
                if (own.first, own.last) == (ref.first, ref.last) and (own.way or own.section):
                    found = locate(copy, own)
                    if not found.missing:
                        return found
    return locate(copy, ref)


def _meets(
    s: Statement,
    refs: tuple[ParagraphRef, ...],
    passages: tuple[Passage, ...],
    copy: LibraryDocument | None,
) -> bool:
    """Whether a statement cites what was asked for: the same passages, or the same numbers."""
    if copy is not None and passages:
        wanted = {p.ordinal for p in passages}
        return any(p.ordinal in wanted for x in cited(copy, s) for p in x.passages)
    own = _refs_of(s)
    if any(a.way == b.way == "preamble" for a in refs for b in own):
        return True
    asked = {path for r in refs for path in r.each() if path}
    said = {path for r in own for path in r.each() if path}
    return any(a[: len(b)] == b or b[: len(a)] == a for a in asked for b in said)
