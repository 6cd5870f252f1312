"""Number the paragraphs of a document as records cite them.

Counted numbers run through the body (and afresh through each attachment), the paragraph after the
salutation being 1. What is not counted: headings, salutations, datelines, signatures, and the
editors' words in brackets on what they left out. An item belongs to a paragraph, and has its
number, if

- it begins with a dash or bullet and a paragraph stands before it under the same heading;
- it begins with a number or letter and a paragraph that ends with a colon introduces its list;
- it begins with a number or letter inside a numbered item (a. under 2.).

Every other paragraph counts by itself, also one that begins with a number. Numbers never fall.

Printed numbers are read from how a paragraph begins: `1.`, `(1)`, `a.`, `(a)`, `A.`, `IV.`,
`Article IV`. A kind (its letters and its brackets) that is not open yet goes inside the ones that
are; one that is open is continued. A capital letter must be an A or follow the one before, for
`L.` may begin a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.model.library import Kind, NoteMark, PageMark, Passage, roman

_DASH = re.compile(r"[—–•·▪]|[-*]\s")
_ARTICLE = re.compile(r"(?:article|art\.)\s+([ivxlc]{1,7}|\d{1,3})\b", re.IGNORECASE)
_MARK = re.compile(
    r"[“\"‘'\[]?(\(?)(\d{1,3}|[a-z]|[A-Z]|[ivx]{2,6}|[IVX]{2,6})(\.\)|\.|\))(?=\s|[A-Z“(]|$)"
)
_CLOSE = re.compile(
    r"(?:yours\s+)?(?:very\s+)?(?:sincerely|respectfully|faithfully|truly|cordially)(?:\s+yours)?,?"
    r"|(?:with\s+)?(?:best|warm|kind|sincere)\s+(?:regards|wishes),?|respectfully\s+yours,?|best\s+regards,?",
    re.IGNORECASE,
)
_OMITTED = re.compile(r"\[[^\[\]]{0,600}\]\.?")
_EDITORS = re.compile(
    r"omitted|omission|not declassified|declassified|not printed|illegible|missing in the original"
    r"|not found|blank in the original",
    re.IGNORECASE,
)

_PLAINLY = re.compile(r"[B-Z][a-z ]|A(?!rt)[a-z ]")  # begins with no number, letter or dash
_COLONS = (":", ":—", ": —", ":”")

Level = tuple[str, str]  # kind of numbering, value


@dataclass(slots=True)
class Raw:
    """A stretch of text before it is numbered; `dashed`: an item of a list without a mark."""

    text: str
    kind: Kind = "paragraph"
    section: str = ""
    page: str = ""
    pages: tuple[PageMark, ...] = ()
    notes: tuple[NoteMark, ...] = ()
    dashed: bool = False


def _ordinal(level: Level) -> int:
    kind, value = level
    if kind[0] in "ra" and not value.isdigit():
        return roman(value)
    return int(value) if value.isdigit() else ord(value[0]) - 96


def _begins(text: str, stack: Sequence[Level], heading: bool = False) -> Level | None:
    """The kind and value of the number or letter that a text begins with."""
    first = text[:1]
    if (
        first in "Aa"
        and (found := _ARTICLE.match(text))
        and (heading or found.end() == len(text.rstrip(".:")))
    ):
        return "article", found.group(1).lower()
    if len(text) < 2 or not (first.isalnum() or first in "(“\"‘'["):
        return None
    found = _MARK.match(text)
    if not found:
        return None
    opening, value, end = found.groups()
    if opening and ")" not in end:
        return None
    style = f"{opening}{end}"
    low = value.lower()
    if value.isdigit():
        return f"1{style}", str(int(value))
    case = "A" if value.isupper() else "a"
    open_ = dict(stack)
    as_roman, as_letter = f"r{case}{style}", f"{case}{style}"
    before = open_.get(as_letter)
    if len(low) > 1:
        return (as_roman, low) if roman(low) else None
    if before is not None and ord(low) == ord(before) + 1:
        return as_letter, low
    if roman(low) and (low == "i" or _follows(open_.get(as_roman), low)):
        return as_roman, low
    if case == "A" and low != "a" and (before is None or ord(low) <= ord(before)):
        return None
    return as_letter, low


def _follows(before: str | None, value: str) -> bool:
    return before is not None and roman(value) == roman(before) + 1


def _push(stack: list[Level], level: Level, broken: bool) -> None:
    """Continue an open kind, or go a level deeper; after a break only a next number continues."""
    at = next((i for i, (kind, _) in enumerate(stack) if kind == level[0]), None)
    if at is not None and (not broken or _ordinal(level) == _ordinal(stack[at]) + 1):
        del stack[at:]
    elif broken:
        stack.clear()
    stack.append(level)


def number(raws: Sequence[Raw]) -> tuple[Passage, ...]:
    """Passages in order, with counted numbers and printed labels."""
    passages: list[Passage] = []
    section: str | None = None
    heads: list[Level] = []
    items: list[Level] = []
    count = lead = 0
    introduced = broken = False
    for at, raw in enumerate(raws):
        if raw.section != section:
            section, count, lead = raw.section, 0, 0
            heads, items, introduced, broken = [], [], False, False
        text, kind = raw.text, raw.kind
        if kind == "paragraph" and not raw.dashed and _PLAINLY.match(text) and len(text) > 40:
            count += 1
            lead, introduced, broken = count, text.endswith(_COLONS), True
            passages.append(
                Passage(
                    text,
                    at,
                    kind,
                    count,
                    tuple([v for _, v in heads]) if heads else (),
                    False,
                    False,
                    raw.section,
                    raw.page,
                    raw.pages,
                    raw.notes,
                )
            )
            continue
        n, labelled, listed = 0, False, False
        label = tuple(v for _, v in heads)
        if kind == "paragraph" and text[:1] == "[" and _OMITTED.fullmatch(text):
            kind = "omission" if _EDITORS.search(text) else kind
        elif kind == "paragraph" and len(text) < 40 and _CLOSE.fullmatch(text):
            kind = "close"
        if kind == "heading":
            level = _begins(text, heads, heading=True)
            items, introduced, broken, lead = [], False, False, 0
            if level:
                _push(heads, level, False)
                labelled, label = True, tuple(v for _, v in heads)
        elif kind in ("paragraph", "close"):
            level = None if raw.dashed else _begins(text, items)
            if (raw.dashed and level is None) or (level is None and _DASH.match(text)):
                listed = lead > 0
                if not listed:
                    count += 1
                n = lead or count
                label += tuple(v for _, v in items)
            elif level and level[0] == "article":
                kind, items, introduced, broken, lead = "heading", [], False, False, 0
                _push(heads, level, False)
                labelled, label = True, tuple(v for _, v in heads)
            elif level:
                _push(items, level, broken)
                broken, labelled = False, True
                label += tuple(v for _, v in items)
                if lead and (introduced or len(items) > 1):
                    n, listed = lead, True
                else:
                    count += 1
                    n = lead = count
            else:
                count += 1
                n = lead = count
                introduced, broken = text.endswith(_COLONS), True
        passages.append(
            Passage(
                text=text,
                ordinal=at,
                kind=kind,
                number=n,
                label=label,
                labelled=labelled,
                listed=listed,
                section=raw.section,
                page=raw.page,
                pages=raw.pages,
                notes=raw.notes,
            )
        )
    return tuple(passages)
