"""Documents as a reader has them: paragraphs numbered as the record cites them, pages, notes.

A paragraph of a document carries two numbers. The *counted* one counts the paragraphs of the body,
the one after the salutation being 1; an item of a list (a dash, or a number or letter after a
colon) belongs to the paragraph that introduces it. The *printed* one is what stands in the document
itself: `2a`, `IX(1)(d)`. How both come about is said in `detente.reading.numbering`.

A document's key is its volume and its id in it, as in the address of the published page:
`frus1977-80v06/d12`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from detente.model.written import Miswritten, plain

Kind = Literal[
    "paragraph",  # counted: a paragraph of the body, or an item that belongs to one
    "close",  # counted, but says nothing: "Sincerely,"
    "heading",  # of a section or article inside the document
    "opener",  # salutation, subject, participants
    "closing",  # signature and what follows it
    "omission",  # the editors' words in brackets on what was left out
]
Way = Literal["", "counted", "printed", "note", "preamble"]
MAX_RANGE = 400

PUBLISHER = "https://history.state.gov/historicaldocuments/"


class PageMark(NamedTuple):
    """Where a printed page begins: before the character at `offset` of a passage's text."""

    offset: int
    page: str


class NoteMark(NamedTuple):
    """Where a note is called: after the character before `offset` of a passage's text."""

    offset: int
    note: str


class Passage(NamedTuple):
    """A stretch of a document: a paragraph, an item of a list, a heading, a signature.

    `number` is the counted number, 0 for what is not counted. `label` is the path of printed
    numbers and letters that lead to it, in small letters (`("ix", "1", "d")`); `labelled` says that
    the last of them stands at its own beginning. `listed`: it belongs to the paragraph before it.
    `section` names an attachment. `page` is the page it begins on; where that is not printed but
    worked out from the next page mark, it is still given.
    """

    text: str
    ordinal: int = 0
    kind: Kind = "paragraph"
    number: int = 0
    label: tuple[str, ...] = ()
    labelled: bool = False
    listed: bool = False
    section: str = ""
    page: str = ""
    pages: tuple[PageMark, ...] = ()
    notes: tuple[NoteMark, ...] = ()

    @property
    def cite(self) -> str:
        """How it is cited: ¶5, or its printed number; with the attachment it stands in."""
        if self.labelled and (self.listed or self.number != _as_number(self.label)):
            printed = f"item {show_label(self.label)}"
            here = f"¶{self.number}, {printed}" if self.number else printed
        else:
            here = f"¶{self.number}" if self.number else self.kind
        return f"{self.section} {here}" if self.section else here


class Note(NamedTuple):
    """A note of the editors (or of the document): its number, what it says, where it is called.

    `passage` is the ordinal of the passage it is called in, -1 for the heading, -2 where no place
    for its number was found.
    """

    number: str
    text: str
    source: bool = False
    passage: int = -1


class CrossReference(NamedTuple):
    """A pointer to another document, or to a note of it: in a note, or else in a passage."""

    target: str
    words: str
    to_note: str = ""
    note: str = ""
    passage: int = -1


@dataclass(frozen=True, kw_only=True)
class LibraryDocument:
    """One document as it was read: heading, date, passages in order, notes, cross-references.

    `first` and `last` are the days it may be of, None when it is undated; `dated` is what the text
    says. `origin` is the name of the file it was read from.
    """

    key: str
    heading: str
    number: str = ""
    series: str = ""
    first: date | None = None
    last: date | None = None
    dated: str = ""
    editorial: bool = False
    passages: tuple[Passage, ...] = ()
    notes: tuple[Note, ...] = ()
    references: tuple[CrossReference, ...] = ()
    origin: str = ""

    @property
    def volume(self) -> str:
        """The volume's id: what stands before the stroke of the key."""
        return self.key.rpartition("/")[0]

    @property
    def url(self) -> str:
        """Where the published copy stands, for volumes of the series; else nothing."""
        return PUBLISHER + self.key if self.key.startswith("frus") else ""

    @property
    def source_note(self) -> str:
        """Where the original lies, as the editors say."""
        return next((n.text for n in self.notes if n.source), "")

    @property
    def count(self) -> int:
        """How many paragraphs the body has."""
        return max((p.number for p in self.passages if not p.section), default=0)

    @property
    def pages(self) -> tuple[str, str]:
        """The first and last page."""
        seen = [x for p in self.passages for x in (p.page, *(m.page for m in p.pages)) if x]
        return (seen[0], seen[-1]) if seen else ("", "")

    @property
    def when(self) -> str:
        """The date or interval in figures, or `undated`."""
        return show_days(self.first, self.last)

    def note(self, number: str) -> Note | None:
        """The note of that number."""
        return next((n for n in self.notes if n.number == number), None)


def show_days(first: date | None, last: date | None) -> str:
    """A day, or an interval, in figures; `undated` where there is none."""
    if first is None or last is None:
        return "undated"
    return first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"


def show_label(label: Sequence[str]) -> str:
    """A path of printed numbers as it is written: 2a, IX(1)(d)."""
    if not label:
        return ""
    head, rest = label[0], label[1:]
    if roman(head) and (len(head) > 1 or rest):
        return head.upper() + "".join(f"({x})" for x in rest)
    if len(rest) <= 1:
        return "".join(label)
    return head + "".join(f"({x})" for x in rest)


def _as_number(label: Sequence[str]) -> int:
    return int(label[0]) if len(label) == 1 and label[0].isdigit() else 0


_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})$")


def roman(text: str) -> int:
    """The value of a small Roman number up to 39, or 0 for what is none."""
    found = _ROMAN.match(text)
    if not found or not text:
        return 0
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    return 10 * len(found.group(1)) + ones.index(found.group(2))


def to_roman(value: int) -> str:
    """The small Roman number of a value up to 39."""
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    return "x" * (value // 10) + ones[value % 10]


# --- references to paragraphs ---------------------------------------------------------------------
_PREFIX = re.compile(
    r"(?P<counted>¶+|§+|paras?\.?|paragraphs?)|(?P<printed>items?|sections?|sect?s?\.?|"
    r"articles?|arts?\.?|points?)|(?P<note>notes?|footnotes?|fn\.?)(?=\s|\d)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"((?:Tab|Annex|Enclosure|Attachment|Appendix)\s+[A-Z0-9]{1,3})\b[,:]?\s*", re.I
)
_SPAN = re.compile(r"\s*(?:-|–|—|\bto\b)\s*")
_TOKEN = re.compile(r"\d{1,4}|[A-Za-z]+")
_PART = re.compile(r"[A-Za-z0-9().\s]+(?:\s*(?:-|–|—|\bto\b)\s*[A-Za-z0-9().\s]+)?$")


@dataclass(frozen=True)
class ParagraphRef:
    """A paragraph, or a run of them, as a record or a reader names it.

    `way`: counted (¶ 6), printed (item 6), note, preamble, or nothing when the document decides.
    """

    first: tuple[str, ...]
    last: tuple[str, ...]
    way: Way = ""
    section: str = ""

    @classmethod
    def parse(cls, raw: str) -> tuple[ParagraphRef, ...]:
        """References such as `6`, `23-24`, `2a`, `IX(1)(d)`, `¶6`, `item 2`, `Tab A 3`, `note 2`.

        Several are parted by commas or semicolons. Raises `Miswritten`.
        """
        refs: list[ParagraphRef] = []
        way: Way = ""
        section = ""
        for part in re.split(r"[,;]", raw):
            text = part.strip()
            if found := _SECTION.match(text):
                section, text = " ".join(found.group(1).split()), text[found.end() :]
            if found := _PREFIX.match(text):
                way = "counted" if found["counted"] else "printed" if found["printed"] else "note"
                text = text[found.end() :].strip()
            if text.lower() == "preamble":
                refs.append(cls((), (), "preamble", section))
                continue
            ref = cls._run(text, way, section)
            if ref is None:
                raise Miswritten(
                    f"expected a paragraph such as 6, 23-24, 2a or IX(1)(d), not {plain(raw)}",
                    "E604",
                )
            refs.append(ref)
        return tuple(refs)

    @classmethod
    def _run(cls, text: str, way: Way, section: str) -> ParagraphRef | None:
        if not text or len(text) > 60 or not _PART.match(text):
            return None
        ends = [tuple(t.lower() for t in _TOKEN.findall(e)) for e in _SPAN.split(text, maxsplit=1)]
        first, last = ends[0], ends[-1]
        if not first or not last or len(first) > 6 or len(last) > 6:
            return None
        if any(len(t) > 1 and not t.isdigit() and not roman(t) for t in (*first, *last)):
            return None
        if len(last) < len(first):
            last = (*first[: len(first) - len(last)], *last)
        return cls(first, last, way, section)

    def each(self) -> Iterator[tuple[str, ...]]:
        """Every single path of a run, the ends included, at most `MAX_RANGE`."""
        if self.first == self.last or self.first[:-1] != self.last[:-1]:
            yield from dict.fromkeys((self.first, self.last))
            return
        head, a, b = self.first[:-1], self.first[-1], self.last[-1]
        if a.isdigit() and b.isdigit():
            low, high = int(a), int(b)
            yield from ((*head, str(i)) for i in range(low, min(high, low + MAX_RANGE) + 1))
            if high < low:
                yield from (self.first, self.last)
        elif roman(a) and roman(b) and (len(a) > 1 or len(b) > 1):
            yield from ((*head, to_roman(i)) for i in range(roman(a), roman(b) + 1))
        elif len(a) == len(b) == 1 and a.isalpha() and b.isalpha() and a < b:
            yield from ((*head, chr(i)) for i in range(ord(a), ord(b) + 1))
        else:
            yield from (self.first, self.last)

    def __str__(self) -> str:
        if self.way == "preamble":
            text = "preamble"
        else:
            text = show_label(self.first)
            if self.last != self.first:
                end = self.last[-1] if self.first[:-1] == self.last[:-1] else show_label(self.last)
                bracketed = text.endswith(")") and self.first[:-1] == self.last[:-1]
                text += f"-({end})" if bracketed else f"-{end}"
            text = {"counted": "¶", "printed": "item ", "note": "note "}.get(self.way, "¶") + text
        return f"{self.section} {text}" if self.section else text


@dataclass(frozen=True)
class Located:
    """What a reference leads to in a document: passages or notes, and which of a run are missing."""

    ref: ParagraphRef
    way: Way
    passages: tuple[Passage, ...] = ()
    notes: tuple[Note, ...] = ()
    missing: tuple[str, ...] = ()
    also: str = ""


def locate(document: LibraryDocument, ref: ParagraphRef) -> Located:
    """The passages that a reference means.

    Where it does not say which numbers it means, printed numbers go first in a document whose own
    paragraphs are numbered; then counted ones; then the printed numbers of a list inside a
    paragraph.
    """
    if ref.way == "note":
        wanted = [show_label(p) for p in ref.each()]
        notes = tuple(n for n in document.notes if n.number in wanted)
        found = {n.number for n in notes}
        return Located(ref, "note", (), notes, tuple(w for w in wanted if w not in found))
    passages = [p for p in document.passages if p.kind != "omission"]
    if ref.section:
        passages = [p for p in passages if p.section.lower() == ref.section.lower()]
    if ref.way == "preamble":
        return _preamble(ref, passages)
    if ref.way == "counted":
        return _best(ref, "counted", passages)
    if ref.way == "printed":
        return _best(ref, "printed", passages)
    own = _best(ref, "printed", [p for p in passages if not p.listed or len(p.label) > 1])
    counted = _best(ref, "counted", passages)
    listed = _best(ref, "printed", passages)
    choice = next((f for f in (own, counted, listed) if not f.missing), None)
    if choice is None:
        choice = next((f for f in (own, counted, listed) if f.passages), counted)
    other = counted if choice.way == "printed" else listed
    also = ""
    if other.passages and not other.missing and set(other.passages) != set(choice.passages):
        word = "counted paragraph" if other.way == "counted" else "printed item"
        also = f"{word} {str(ref).lstrip('¶')} is another one"
    return Located(ref, choice.way, choice.passages, (), choice.missing, also)


def _best(ref: ParagraphRef, way: Way, passages: Sequence[Passage]) -> Located:
    """The main document first; an attachment only for what the main document has not."""
    if ref.section:
        return _within(ref, way, passages)
    sections = dict.fromkeys(p.section for p in passages)
    answers = [_within(ref, way, [p for p in passages if p.section == s]) for s in sections]
    whole = [a for a in answers if not a.missing]
    some = [a for a in answers if a.passages]
    return next(iter(whole or some), _within(ref, way, passages))


def _within(ref: ParagraphRef, way: Way, passages: Sequence[Passage]) -> Located:
    found: dict[int, Passage] = {}
    missing: list[str] = []
    for path in ref.each():
        if way == "counted":
            n = int(path[0]) if len(path) == 1 and path[0].isdigit() else 0
            here = [p for p in passages if p.number == n] if n else []
        else:
            here = _printed(path, passages)
        found |= {p.ordinal: p for p in here}
        if not here:
            missing.append(show_label(path))
    return Located(ref, way, tuple(found[k] for k in sorted(found)), (), tuple(missing))


def _printed(path: tuple[str, ...], passages: Sequence[Passage]) -> list[Passage]:
    n = len(path)
    if any(p.labelled and p.label == path for p in passages):
        return [p for p in passages if p.label[:n] == path]
    inner = [p for p in passages if p.labelled and p.label[-n:] == path]
    if inner:
        stem = inner[0].label
        return [p for p in passages if p.label[: len(stem)] == stem]
    return []


def _preamble(ref: ParagraphRef, passages: Sequence[Passage]) -> Located:
    first = next((i for i, p in enumerate(passages) if p.labelled), 0)
    before = tuple(p for p in passages[:first] if p.kind == "paragraph")
    return Located(ref, "preamble", before, (), () if before else ("preamble",))


def gaps(numbers: Iterable[int], count: int) -> list[int]:
    """Which of 1 to `count` are not among the numbers."""
    seen = set(numbers)
    return [i for i in range(1, count + 1) if i not in seen]


def runs(numbers: Iterable[int]) -> str:
    """Numbers as runs: 1-3, 7."""
    parts: list[list[int]] = []
    for n in sorted(set(numbers)):
        if parts and n == parts[-1][1] + 1:
            parts[-1][1] = n
        else:
            parts.append([n, n])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)
