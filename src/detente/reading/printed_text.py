"""Read one document from plain text as published: what a reader copies from a page.

The text begins with a heading that carries the document's number, and may have page marks
(`[Page 35]`, also inside a word), numbers of footnotes glued to words and figures, a signature, and
the notes at the end, the first of them the source note. Paragraphs are parted by empty lines.

A footnote's number is told from a figure by the notes at the end: they stand in order, so the
places where they are called do too. Of all ways to place them in that order the most likely is
taken; a number that belongs to no note is never touched. So `in 19772` loses its last figure only
if a note 2 stands at the end and nothing better calls it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from detente.model.library import (
    CrossReference,
    LibraryDocument,
    Note,
    NoteMark,
    PageMark,
)
from detente.model.problem import Place, Problem
from detente.reading.crossrefs import dates_in, pointers
from detente.reading.numbering import Raw, number

MAX_BYTES = 4_000_000
MAX_NOTES = 400

_HEADING = re.compile(r"\s*(\d{1,4}[a-z]?)\.\s+(\S.*)$")
_NOTE = re.compile(r"(\s*)(\d{1,3})\.\s+(\S.*)$")
_PAGE = re.compile(r"(\s*)\[Page\s+([0-9A-Za-z]{1,6})\](\s*)")
_NAMED = re.compile(r"(frus[\w-]+?)[-_/.]?d(\d{1,4}[a-z]?)$")
_SALUTATION = re.compile(
    r"(?:my\s+)?(?:dear|esteemed|respected|your\s+excellency|excellency|sir|mr\.|madam|honou?rable)\b",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"(?:subjects?|participants?|references?|to|from|through)(?::|$)", re.IGNORECASE
)
_SECTION = re.compile(
    r"(Tab|Annex|Enclosure|Attachment|Appendix)\s+([A-Z0-9]{1,3})\.?$", re.IGNORECASE
)
_UNDATED = re.compile(r"(?:[\w .,]{0,60},\s*)?undated\.?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_END_OF_WORD = re.compile(
    r"(?:a?tion|sion|ment|ing|ance|ence|a?tive|ture|ate)s?|ly|ness|ity|ties|able|ible|cent|ar(?:y|ies)"
    r"|i?ous|ally|ded|ted|red"
)


class _Blocks:
    """The lines of a text as blocks between empty lines, with the line each begins on."""

    def __init__(self, text: str) -> None:
        self.blocks: list[tuple[int, list[str]]] = []
        fresh = True
        for i, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                fresh = True
            elif fresh:
                self.blocks.append((i, [line]))
                fresh = False
            else:
                self.blocks[-1][1].append(line)


def key_of(name: str) -> str:
    """The key that a file's name tells, as in frus1977-80v06-d12; or nothing."""
    found = _NAMED.fullmatch(name)
    return f"{found.group(1)}/d{found.group(2)}" if found else ""


def read_printed_text(
    path: Path,
    shown: str,
    problems: list[Problem],
    key: str = "",
    day: tuple[date, date] | None = None,
) -> LibraryDocument | None:
    """The document of a plain-text file, or None; what is wrong is added to `problems`.

    `key` names it (`frus1977-80v06/d12`); without it the file's name must. `day` is its date where
    the text has none.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"the file is too large: {size:,} bytes, at most {MAX_BYTES:,} are read"
            problems.append(Problem("E106", message, (Place(shown),)))
            return None
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as bad:
        message = f"cannot be read: {bad.strerror or bad}"
        problems.append(Problem("E103", message, (Place(shown),)))
        return None
    except UnicodeDecodeError as bad:
        line = raw.count(b"\n", 0, bad.start) + 1
        column = bad.start - (raw.rfind(b"\n", 0, bad.start) + 1) + 1
        place = Place(shown, line, column, 1)
        problems.append(Problem("E104", f"not UTF-8: byte 0x{raw[bad.start]:02x}", (place,)))
        return None
    return read_text(text, shown, problems, key or key_of(path.stem), day, path.name)


def read_text(
    text: str,
    shown: str,
    problems: list[Problem],
    key: str,
    day: tuple[date, date] | None = None,
    origin: str = "",
) -> LibraryDocument | None:
    """As `read_printed_text`, for text already at hand."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    blocks = _Blocks(text).blocks
    found = _HEADING.match(blocks[0][1][0]) if blocks else None
    unnumbered = key and not key.startswith("frus")  # other papers have no number
    if not blocks or "\0" in text or (not found and not unnumbered):
        line = blocks[0][0] if blocks and "\0" not in text else 0
        place = Place(shown, line, 1, 1) if line else Place(shown)
        hint = "the first line must be the heading with its number, as in '12. Letter From …'"
        problems.append(Problem("E706", "no document stands in the file", (place,), hint))
        return None
    printed, title = found.groups() if found else ("", blocks[0][1][0].strip())
    if key.startswith("frus") and "/" not in key:
        key = f"{key}/d{printed}"
    if not key:
        hint = (
            f"name it with --as, as in --as frus1977-80v06/d{printed}, "
            f"or name the file as its page is named: frus1977-80v06-d{printed}.txt"
        )
        place = Place(shown, blocks[0][0], 1, len(printed))
        problems.append(Problem("E705", "the text does not say its volume", (place,), hint))
        return None
    named = re.search(r"/d(\d+[a-z]?)$", key)
    if named and named.group(1) != printed:
        place = Place(shown, blocks[0][0], 1, len(printed))
        message = f"the heading has the number {printed}, the name says {named.group(1)}"
        problems.append(Problem("E705", message, (place,), "give the right name with --as"))
        return None
    return _Reading(shown, problems, key, origin).read(blocks, printed, title, day)


class _Reading:
    """One text in reading."""

    def __init__(self, shown: str, problems: list[Problem], key: str, origin: str) -> None:
        self.shown, self.problems, self.key, self.origin = shown, problems, key, origin

    def read(
        self,
        blocks: list[tuple[int, list[str]]],
        printed: str,
        title: str,
        day: tuple[date, date] | None,
    ) -> LibraryDocument:
        first_line, first = blocks[0]
        rest = [(first_line + 1, first[1:])] if first[1:] else []
        blocks = [*rest, *blocks[1:]]
        notes, body = _notes(blocks, title)
        texts = [title, *(" ".join(" ".join(x.strip() for x in b).split()) for _, b in body)]
        texts, pages = _take_pages(texts)
        texts, marks, lost = _take_calls(texts, [n for n, _, _ in notes])
        pages = [_moved(p, m) for p, m in zip(pages, marks, strict=True)]
        heading, title_marks = texts[0], marks[0]
        raws = _raws(texts[1:], [b for _, b in body], pages[1:], marks[1:])
        called = {m.note: -1 for m in title_marks}
        called |= {m.note: i for i, r in enumerate(raws) for m in r.notes}
        for n, line, _ in notes:
            if n in lost:
                message = f"note {n} is called nowhere in the text that can be told"
                place = Place(self.shown, line, 1, len(n) + 1)
                self.problems.append(Problem("W707", message, (place,), severity="warning"))
        made = tuple(
            Note(
                number=n,
                text=words,
                source=words.startswith("Source:"),
                passage=called.get(n, -2),
            )
            for n, _, words in notes
        )
        passages = number(raws)
        dated = next((p.text for p in passages if p.kind == "opener" and _is_date(p.text)), "")
        days = (dates_in(dated) if dated else None) or day
        return LibraryDocument(
            key=self.key,
            heading=heading,
            number=printed,
            first=days[0] if days else None,
            last=days[1] if days else None,
            dated=dated,
            editorial=heading.lower().startswith("editorial note"),
            passages=passages,
            notes=made,
            references=tuple(self._references(made, raws)),
            origin=self.origin,
        )

    def _references(self, notes: tuple[Note, ...], raws: list[Raw]) -> Iterator[CrossReference]:
        volume = self.key.rpartition("/")[0]
        texts = [(n.text, n.number, n.passage) for n in notes]
        texts += [(r.text, "", i) for i, r in enumerate(raws)]
        for text, note, passage in texts:
            for target, words, to_note in pointers(text, volume):
                yield CrossReference(
                    target=target, words=words, to_note=to_note, note=note, passage=passage
                )


# --- notes at the end -----------------------------------------------------------------------------
def _notes(
    blocks: list[tuple[int, list[str]]], title: str
) -> tuple[list[tuple[str, int, str]], list[tuple[int, list[str]]]]:
    """The notes (number, line, text) and the blocks before them.

    Notes are the numbered lines 1, 2, 3 … that run to the end of the text, the first of which is
    indented or a source note, or called in the heading.
    """
    lines = [(b, i, n + i, x) for b, (n, ls) in enumerate(blocks) for i, x in enumerate(ls)]
    starts = [k for k, (_, _, _, x) in enumerate(lines) if (m := _NOTE.match(x)) and m[2] == "1"]
    for k in reversed(starts):
        first = _NOTE.match(lines[k][3])
        assert first is not None
        glued = re.search(r"\D1$", title.strip()) is not None
        if not (first[1] or first[3].startswith("Source:") or glued):
            continue
        notes: list[tuple[str, int, str]] = []
        for _, _, line, text in lines[k:]:
            found = _NOTE.match(text)
            if found and int(found[2]) == len(notes) + 1 and len(notes) < MAX_NOTES:
                notes.append((found[2], line, " ".join(found[3].split())))
            else:
                n, at, words = notes[-1]
                notes[-1] = (n, at, f"{words} {' '.join(text.split())}")
        b, i = lines[k][0], lines[k][1]
        body = blocks[:b]
        if i:
            body = [*body, (blocks[b][0], blocks[b][1][:i])]
        return [(n, at, _PAGE.sub(" ", words).strip()) for n, at, words in notes], body
    return [], blocks


# --- page marks -----------------------------------------------------------------------------------
def _take_pages(texts: list[str]) -> tuple[list[str], list[list[PageMark]]]:
    """Texts without page marks, and where those stood; halves of a word are joined."""
    words = {w.lower() for t in texts for w in _WORD.findall(_PAGE.sub(" ", t))}
    out, marks = [], []
    for text in texts:
        parts: list[str] = []
        here: list[PageMark] = []
        at = length = 0
        for found in _PAGE.finditer(text):
            parts.append(text[at : found.start()])
            length += len(parts[-1])
            gap = " " if found[1] or found[3] else ""
            if gap and _halves(text[: found.start()], text[found.end() :], words):
                gap = ""
            if gap and (not length or found.end() == len(text)):
                gap = ""
            parts.append(gap)
            length += len(gap)
            here.append(PageMark(length, found[2]))
            at = found.end()
        parts.append(text[at:])
        out.append("".join(parts))
        marks.append(here)
    return out, marks


def _halves(before: str, after: str, words: set[str]) -> bool:
    """Whether a page mark with spaces around it stands inside one word."""
    left, right = re.search(r"[^\W\d_]+$", before), re.match(r"[^\W\d_]+", after)
    if not left or not right or not right.group().islower():
        return False
    return (left.group() + right.group()).lower() in words or _END_OF_WORD.fullmatch(
        right.group()
    ) is not None


# --- calls of notes -------------------------------------------------------------------------------
def _take_calls(
    texts: list[str], numbers: list[str]
) -> tuple[list[str], list[tuple[NoteMark, ...]], set[str]]:
    """Texts without the numbers of notes, where those stood, and the notes that found no place."""
    if not numbers:
        return texts, [() for _ in texts], set()
    places: list[tuple[int, int, int, float]] = []  # text, offset of the number, note, likelihood
    wanted = set(numbers)
    for t, text in enumerate(texts):
        for found in re.finditer(r"\d+", text):
            run = found.group()
            for size in range(1, min(3, len(run)) + 1):
                tail = run[-size:]
                at = found.end() - size
                if tail in wanted and (score := _likely(text, found.start(), at, found.end())):
                    places.append((t, at, int(tail), score))
    places.sort()
    chosen = _in_order(places, len(numbers))
    out = list(texts)
    marks: list[tuple[NoteMark, ...]] = [() for _ in texts]
    for t, at, n, _ in reversed(chosen):
        out[t] = out[t][:at] + out[t][at + len(str(n)) :]
        moved = tuple(NoteMark(m.offset - len(str(n)), m.note) for m in marks[t])
        marks[t] = (NoteMark(at, str(n)), *moved)
    return out, marks, wanted - {str(n) for _, _, n, _ in chosen}


def _likely(text: str, start: int, at: int, end: int) -> float:
    """How likely the figures from `at` to `end` call a note; 0 where they cannot.

    `start` is where the run of figures begins.
    """
    before, after = text[:at], text[end : end + 2]
    if not before or before[-1].isspace() or before[-1] in "([$£#/–—-":
        return 0
    if after[:1].isalpha() or after[:1] in ("%", "°") or re.match(r"[.,:/]\d", after):
        return 0
    edge = 1.0 if not after or after[0].isspace() or after[0] in "—–)]”’\"'.,;:?!" else 0.4
    if start < at:  # glued to figures
        run = before[start:]
        whole = re.search(r"(?:^|[^\d,.])(\d{1,3}(?:,\d{3})+)$", before)
        if re.fullmatch(r"1[5-9]\d\d|20\d\d", run) or whole:
            return 3 * edge
        return edge if len(run) == 4 else 0  # 24002: five figures have a comma in print
    last = before[-1]
    if last.isalpha():
        return (4 if before[-2:-1].islower() or last.islower() else 2) * edge
    if last in ".,;:?!":
        return (2 if before[-2:-1].isdigit() and last in ".,:" and not _ends(before) else 4) * edge
    if last in "”’\"')]":
        return 4 * edge
    return 1 * edge


def _ends(before: str) -> bool:
    """Whether a figure and a stop end a sentence or date, as in `1977.`"""
    return re.search(r"\b(?:1[5-9]|20)\d\d[.,]$", before) is not None


def _in_order(
    places: list[tuple[int, int, int, float]], count: int
) -> list[tuple[int, int, int, float]]:
    """The most likely choice of places, each note once, in the order of the notes and of the text."""
    best: list[tuple[float, int]] = []  # likelihood of the best chain that ends here, and its link
    # best chain for each last note so far, kept as running maxima over notes
    tops: list[tuple[float, int]] = [(0.0, -1)] * (count + 1)
    for i, (_, _, n, score) in enumerate(places):
        so_far, link = max(tops[:n], key=lambda x: x[0]) if n else (0.0, -1)
        best.append((so_far + score, link))
        if so_far + score > tops[n][0]:
            tops[n] = (so_far + score, i)
    _, at = max(tops, key=lambda x: x[0])
    chain = []
    while at >= 0:
        chain.append(places[at])
        at = best[at][1]
    return chain[::-1]


def _moved(pages: list[PageMark], calls: tuple[NoteMark, ...]) -> list[PageMark]:
    """Page marks after the numbers of notes before them were taken out."""
    moved = []
    for mark in pages:
        offset = mark.offset
        for call in calls:
            if call.offset < offset:
                offset -= len(call.note)
        moved.append(PageMark(offset, mark.page))
    return moved


# --- kinds ----------------------------------------------------------------------------------------
def _is_date(text: str) -> bool:
    return len(text) < 120 and (dates_in(text) is not None or _UNDATED.match(text) is not None)


def _raws(
    texts: list[str],
    lines: list[list[str]],
    pages: list[list[PageMark]],
    marks: list[tuple[NoteMark, ...]],
) -> list[Raw]:
    """What each block is: opener, paragraph, heading, signature; with the page it begins on.

    Copies lose page marks: between the marks 35 and 38 a block may begin on any of 35 to 37.
    """
    order = [p.page for ps in pages for p in ps]
    first = order[0] if order else ""
    after = _spans(order)
    page = str(int(first) - 1) if first.isdigit() else ""
    raws: list[Raw] = []
    begun = False
    section = ""
    for i, text in enumerate(texts):
        if not text:
            if pages[i]:
                page = after[pages[i][-1].page]
            continue
        raw = Raw(text, "paragraph", section, page, tuple(pages[i]), marks[i])
        if pages[i]:
            if pages[i][0].offset == 0:
                raw.page = pages[i][0].page
            page = after[pages[i][-1].page]
        named = _SECTION.match(text)
        if named:
            section = " ".join(named.groups())
            raw.section, raw.kind, begun = section, "heading", False
        elif not begun and _opens(text, lines[i]):
            raw.kind = "opener"
        else:
            begun = True
        raws.append(raw)
    for raw in reversed(raws):
        if len(raw.text) > 60 or raw.text.endswith((".", ",", ":", "?", "!", ";", "”")):
            break
        if raw.kind == "paragraph" and len(raws) > 1:
            raw.kind = "closing"
    return raws


def _spans(order: list[str]) -> dict[str, str]:
    """For each page mark, the pages that what follows it may begin on."""
    spans = {p: p for p in order}
    for a, b in pairwise(order):
        if a.isdigit() and b.isdigit() and int(b) > int(a) + 1:
            spans[a] = f"{a}–{int(b) - 1}"
    return spans


def _opens(text: str, lines: list[str]) -> bool:
    if len(text) < 90 and _SALUTATION.match(text) and text.endswith((",", ":", "!")):
        return True
    if len(text) < 120 and not text.endswith("?") and _is_date(text) and len(text.split()) < 16:
        return True
    return _FRONT.match(lines[0].strip()) is not None and len(text) < 2000
