"""Which document of a library a document of the record is, and the paragraphs statements cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detente.model.case import Case
from detente.model.library import PUBLISHER, LibraryDocument, Located, ParagraphRef, locate
from detente.model.problem import Problem, Refused
from detente.model.record import Record, RecordDocument, Statement
from detente.model.written import Miswritten
from detente.reading.crossrefs import volume_id
from detente.reading.library import Library, default_path

_CITED = re.compile(r"FRUS (\d{4})-(\d{2,4}) v(\d{2})\b.*?\bdoc\. (\d{1,4})\b")
_ALSO = re.compile(r"\bv(\d{2}) doc\. (\d{1,4})\b(?! note)")
_ITEM = re.compile(r"^\s*(?:items?|sections?|arts?\.?)\s", re.IGNORECASE)
_TAB = re.compile(
    r"^\s*((?:Tab|Annex|Enclosure|Attachment|Appendix)\s+[A-Z0-9]{1,3})\b", re.IGNORECASE
)


def record_of(case: Case) -> Record:
    """The case's record. Raises `Refused` where it has none."""
    if case.record is None:
        hint = "documents and statements stand in record/"
        raise Refused([Problem("E601", f"the case {case.id} has no record", (), hint)])
    return case.record


def keys_of(document: RecordDocument) -> tuple[str, ...]:
    """The keys under which a library may hold a document of the record, likeliest first.

    From the address of its published page, from its citation, and its id in the record itself.
    """
    keys = []
    if document.url.startswith(PUBLISHER):
        keys.append(document.url.removeprefix(PUBLISHER).strip("/"))
    if found := _CITED.search(document.citation):
        start, end, volume, number = found.groups()
        keys.append(f"{volume_id(start, end, volume)}/d{number}")
    keys.append(document.id)
    return tuple(dict.fromkeys(keys))


def other_prints(record: Record, document: RecordDocument) -> tuple[str, ...]:
    """Keys under which the same text, or a part of it, is printed elsewhere, as cited."""
    volumes = {
        k.rpartition("v")[2][:2]: k.rpartition("/")[0]
        for d in record.documents.values()
        for k in keys_of(d)
        if k.startswith("frus")
    }
    own = set(keys_of(document))
    found = [f"{volumes[v]}/d{n}" for v, n in _ALSO.findall(document.citation) if v in volumes]
    return tuple(k for k in dict.fromkeys(found) if k not in own)


@contextmanager
def reading(library: Library | Path | str | None) -> Iterator[Library | None]:
    """The library to read in: the one given, or the reader's own if there is one, else None.

    Raises:
        Refused: the library given does not exist or cannot be read, or the reader's own cannot.

    """
    if isinstance(library, Library):
        yield library
        return
    path = Path(library) if library is not None else default_path()
    if library is None and not path.exists():
        yield None
        return
    with Library.open(path) as opened:
        yield opened


def find(library: Library | None, document: RecordDocument) -> LibraryDocument | None:
    """The library's copy of a document of the record, or None."""
    if library is None:
        return None
    return next((d for k in keys_of(document) if (d := library.document(k)) is not None), None)


def refs_of(statement: Statement) -> tuple[ParagraphRef, ...]:
    """The paragraphs that a statement cites in its document, or none.

    Whether a bare number is a counted paragraph or a printed item, and the attachment it stands
    in, is told by the words of the statement's source. Raises `Miswritten`.
    """
    if not statement.paragraph:
        return ()
    refs = ParagraphRef.parse(statement.paragraph)
    words = _own_words(statement)
    tab = _TAB.match(words)
    rest = words[tab.end() :] if tab else words
    return tuple(
        ParagraphRef(
            r.first,
            r.last,
            r.way or ("printed" if _ITEM.match(rest) else ""),
            r.section or (" ".join(tab.group(1).split()) if tab else ""),
        )
        for r in refs
    )


def _own_words(statement: Statement) -> str:
    """What the source says after the key of the statement's own document."""
    for part in statement.source.split(";"):
        key, _, words = part.strip().partition(" ")
        if key == statement.document:
            return words
    return ""


def cited(copy: LibraryDocument, statement: Statement) -> tuple[Located, ...]:
    """The passages of the copy that a statement cites; a reference that is none leads nowhere."""
    try:
        refs = refs_of(statement)
    except Miswritten:
        ref = ParagraphRef((statement.paragraph,), (statement.paragraph,))
        return (Located(ref, "", (), (), (statement.paragraph,)),)
    found = []
    for ref in refs:
        here = locate(copy, ref)
        if ref.section and not here.passages and not here.notes:
            here = locate(copy, ParagraphRef(ref.first, ref.last, ref.way))
        if ref.way == "printed" and not here.passages:
            here = locate(copy, ParagraphRef(ref.first, ref.last, "", ref.section))
        found.append(here)
    return tuple(found)
