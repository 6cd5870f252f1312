"""Search: passages of the library, the best first, with what stands around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.analyses.forces import parse_date
from detente.analyses.result import Result
from detente.analyses.shelves import cited, keys_of
from detente.model.case import Case
from detente.model.library import LibraryDocument, Note, Passage, show_days
from detente.model.problem import Problem, Refused
from detente.model.record import RecordDocument, Statement
from detente.reading.library import Hit, Library, expression

MAX_HITS = 1000


@dataclass(frozen=True)
class Found:
    """A passage or note that matches, with its document and its neighbours.

    `shown` is the stretch around the words found, these between ‹ and ›. `named` is the document
    in the record of the case, when one was given; `statements` those that cite its paragraph.
    """

    hit: Hit
    document: LibraryDocument
    passage: Passage | None
    note: Note | None
    before: tuple[Passage, ...] = ()
    after: tuple[Passage, ...] = ()
    named: RecordDocument | None = None
    statements: tuple[Statement, ...] = ()

    @property
    def place(self) -> str:
        """Where it stands: ¶5, item 2a, note 3."""
        if self.passage is not None:
            return self.passage.cite
        return f"note {self.note.number}" if self.note else ""

    @property
    def page(self) -> str:
        """The page, where it is known."""
        if self.passage is not None:
            return self.passage.page
        at = self.note.passage if self.note else -1
        return self.document.passages[at].page if 0 <= at < len(self.document.passages) else ""

    @property
    def when(self) -> str:
        """The date the document has, or that the record gives it."""
        if self.hit.first is None and self.named is not None:
            return str(self.named.date)
        return show_days(self.hit.first, self.hit.last)


@dataclass(frozen=True, repr=False)
class Search(Result):
    """The answer of `search`; `undated` counts documents left out because nothing dates them."""

    query: str
    library: str
    first: date | None
    last: date | None
    found: tuple[Found, ...]
    limit: int
    undated: int
    documents: int

    def records(self) -> list[dict[str, Any]]:
        """One row a passage, the best first."""
        return [
            {
                "rank": i,
                "document": f.hit.key,
                "record": f.named.id if f.named else "",
                "date": f.when,
                "place": f.place,
                "page": f.page,
                "heading": f.hit.heading,
                "text": f.hit.shown,
                "statements": " ".join(s.id for s in f.statements),
            }
            for i, f in enumerate(self.found, 1)
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "query": self.query,
            "library": self.library,
            "from": self.first.isoformat() if self.first else None,
            "to": self.last.isoformat() if self.last else None,
            "limit": self.limit,
            "undated_left_out": self.undated,
            "found": [
                {
                    **row,
                    "statements": [s.id for s in f.statements],
                    "score": f.hit.rank,
                    "before": [{"place": p.cite, "text": p.text} for p in f.before],
                    "after": [{"place": p.cite, "text": p.text} for p in f.after],
                }
                for row, f in zip(self.records(), self.found, strict=True)
            ],
        }


def search(
    query: str,
    library: Library | Path | str | None = None,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    case: Case | None = None,
    limit: int = 20,
    context: int = 0,
    notes: bool = True,
    volume: str = "",
) -> Search:
    """The passages that hold all words of the query, the best first.

    `"…"` for words side by side, `word*` for beginnings, `-word` for what must not stand there, `OR`
    between alternatives. With `start` or `end` only documents whose date may lie between them; a
    month or year means all of it. With a case, a document that its own text leaves undated has the
    date of the record. `context` adds so many passages before and after.

    Raises:
        Refused: the query holds no word, a date is none, or the library cannot be read.

    """
    match = expression(query)
    if not match:
        hint = 'as in "air-launched", or missile* -cruise'
        raise Refused([Problem("E604", f"the query holds no word: {query!r}", (), hint)])
    if not 1 <= limit <= MAX_HITS or context < 0:
        raise Refused([Problem("E604", f"the limit must be 1 to {MAX_HITS}, context 0 or more")])
    first = parse_date(start, "--from", first=True) if start is not None else None
    last = parse_date(end, "--to") if end is not None else None
    if first and last and first > last:
        raise Refused([Problem("E604", f"--from {first} comes after --to {last}")])
    record = case.record if case is not None else None
    written = list(record.documents.values()) if record else []
    named = {k: d for d in reversed(written) for k in keys_of(d)}
    if isinstance(library, Library):
        return _search(
            library, query, match, first, last, named, case, limit, context, notes, volume
        )
    with Library.open(Path(library) if library is not None else None) as opened:
        return _search(
            opened, query, match, first, last, named, case, limit, context, notes, volume
        )


def _search(
    library: Library,
    query: str,
    match: str,
    first: date | None,
    last: date | None,
    named: dict[str, RecordDocument],
    case: Case | None,
    limit: int,
    context: int,
    notes: bool,
    volume: str,
) -> Search:
    extra: list[str] = []
    left_out = total = 0
    if first or last:
        shelf = library.shelf()
        total = len(shelf)
        undated = [s.key for s in shelf if s.first is None]
        low, high = first or date.min, last or date.max
        dated = [k for k in undated if k in named]
        extra = [k for k in dated if named[k].date.last >= low and named[k].date.first <= high]
        left_out = len(undated) - len(dated)
    hits = library.search(
        match, first=first, last=last, limit=limit, notes=notes, volume=volume, extra=extra
    )
    documents = {k: library.document(k) for k in {h.key for h in hits}}
    found = []
    for hit in hits:
        document = documents[hit.key]
        assert document is not None
        found.append(_found(hit, document, context, named.get(hit.key), case))
    return Search(query, str(library.path), first, last, tuple(found), limit, left_out, total)


def _found(
    hit: Hit,
    document: LibraryDocument,
    context: int,
    named: RecordDocument | None,
    case: Case | None,
) -> Found:
    if hit.ordinal < 0:
        return Found(hit, document, None, document.notes[-1 - hit.ordinal], (), (), named)
    at = hit.ordinal
    passage = document.passages[at]
    statements: tuple[Statement, ...] = ()
    if named is not None and case is not None and case.record is not None:
        statements = tuple(
            s
            for s in case.record.statements
            if s.document == named.id and any(passage in x.passages for x in cited(document, s))
        )
    return Found(
        hit,
        document,
        passage,
        None,
        document.passages[max(0, at - context) : at],
        document.passages[at + 1 : at + 1 + context],
        named,
        statements,
    )
