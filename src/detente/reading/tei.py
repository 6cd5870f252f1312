"""Read published volumes and single documents in TEI, one document at a time.

The shape is that of the volumes of *Foreign Relations of the United States*: `div
type="document"` with `head`, `dateline`, `opener`, `p`, `list`, `table`, `closer`, `note`, `pb`,
`ref`. Memory is bounded: a document is built, handed on and forgotten.

XML is refused unless it is plain: UTF-8, no document type declaration (so no entities, no outside
files), nothing nested deeper than `MAX_DEPTH` inside a document, at most `MAX_BYTES`. Nothing is
ever fetched. Everything wrong becomes a problem with its line; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.model.library import (
    CrossReference,
    Kind,
    LibraryDocument,
    Note,
    NoteMark,
    PageMark,
)
from detente.model.problem import Place, Problem
from detente.reading.crossrefs import dates_in, iso_days, pointers
from detente.reading.numbering import Raw, number

MAX_BYTES = 64_000_000
MAX_DEPTH = 40
MAX_PROLOG = 200_000

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_NUMBERED = re.compile(r"\[?(\d{1,4}[a-z]?)(?:[.\]]\.?|(?=\s))\s*")
_ATTACHED = re.compile(
    r"\b(Tab|Annex|Enclosure|Attachment|Appendix)\s+([A-Z0-9]{1,3})\b", re.IGNORECASE
)
_POINTED = re.compile(r"(d\d+[a-z]?)(?:fn(\d+))?")
_NONE: frozenset[str] = frozenset()
_VOLUME_ID = re.compile(r"[\w.-]+")
_FRONT = {"subject", "subjects", "participants", "to", "from", "references", "through", "info"}


def is_xml(head: bytes) -> bool:
    """Whether a file that begins so is meant as XML."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or head[:2] in (
        b"\xff\xfe",
        b"\xfe\xff",
    )


def prolog_problem(head: bytes, shown: str) -> Problem | None:
    """Why the beginning of an XML file is refused, or None."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head[:200]:
        return Problem("E104", "not UTF-8: the file looks like UTF-16", (Place(shown),))
    text = head.decode("utf-8-sig", errors="replace")
    declared = re.match(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']", text)
    if declared and declared.group(1).lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        message = f"not UTF-8: the file says that it is {declared.group(1)}"
        return Problem("E104", message, (Place(shown, 1, declared.start(1) + 1, 1),))
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
            at = end + 3 if end >= 0 else len(text)
        elif text.startswith("<?", at):
            end = text.find("?>", at)
            at = end + 2 if end >= 0 else len(text)
        elif text.startswith("<!", at):
            line = text.count("\n", 0, at) + 1
            column = at - text.rfind("\n", 0, at)
            hint = "take the declaration out; published volumes have none"
            message = "a document type declaration is not read: it may hold entities"
            return Problem("E704", message, (Place(shown, line, column, 9),), hint)
        else:
            return None
    if len(head) >= MAX_PROLOG:
        message = f"no element begins within the first {MAX_PROLOG:,} bytes"
        return Problem("E704", message, (Place(shown),))
    return None


class _Volume:
    """One file in reading: what its header says, the page in force, the keys already met."""

    def __init__(self, path: Path, shown: str, problems: list[Problem], volume: str) -> None:
        from lxml import etree

        self.etree: Any = etree
        self.path, self.shown, self.problems = path, shown, problems
        self.volume, self.series = volume, ""
        self.page, self.last_number = "", 0
        self.keys: dict[str, int] = {}
        self.started = False

    # --- the file -------------------------------------------------------------------------------
    def documents(self) -> Iterator[LibraryDocument]:
        etree = self.etree
        inside: Any = None
        start_page = ""
        try:
            events = etree.iterparse(
                str(self.path),
                events=("start", "end"),
                tag="{*}div",
                load_dtd=False,
                no_network=True,
                resolve_entities=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            for event, el in events:
                if event == "start":
                    if not self.started:
                        self._header(el)
                    if inside is None:
                        for mark in el.itersiblings("{*}pb", preceding=True):
                            self.page = mark.get("n") or self.page
                            break  # the nearest; those before it are forgotten already
                        if el.get("type") == "document":
                            inside, start_page = el, self.page
                elif el is inside:
                    inside = None
                    document = self._document(el, start_page)
                    if document:
                        yield document
                    self._forget(el)
                elif inside is None:
                    self._forget(el)
        except etree.XMLSyntaxError as bad:
            self._syntax(bad)
        except (OSError, UnicodeDecodeError, ValueError, RecursionError) as bad:
            message = f"cannot be read: {getattr(bad, 'strerror', None) or bad}"
            self.problems.append(Problem("E103", message, (Place(self.shown),)))

    def _syntax(self, bad: Any) -> None:
        line, column = bad.position if bad.position else (0, 0)
        message = str(bad.msg or "cannot be understood").split(", line ")[0].strip()
        place = Place(self.shown, max(line, 0), max(column, 1), 1) if line else Place(self.shown)
        if re.search(r"excessive depth|huge|too (?:deep|long)|amplification|loop", message, re.I):
            hint = "published volumes have nothing of the kind"
            self.problems.append(Problem("E704", f"refused: {message}", (place,), hint))
            return
        if twice := re.match(r"ID (\S+) already defined", message):
            if not any(p.code == "E303" for p in self.problems):
                message = f"the id '{twice.group(1)}' stands twice"
                self.problems.append(Problem("E303", message, (place,)))
            return
        hint = "is the file cut off, or was it saved as a web page?"
        self.problems.append(Problem("E703", f"not well-formed XML: {message}", (place,), hint))

    @staticmethod
    def _forget(el: Any) -> None:
        el.clear(keep_tail=True)
        parent = el.getparent()
        while parent is not None and el.getprevious() is not None:
            del parent[0]

    def _header(self, el: Any) -> None:
        """What stands before the first div: the volume's id and title."""
        root = el.getroottree().getroot()
        self.started = True
        ids = root.xpath(
            "//*[local-name()='idno' or local-name()='bibl'][starts-with(@type,'frus')]"
        )
        named = [(i.get("type"), (i.text or "").strip()) for i in ids]
        found = next((t for kind, t in named if kind in ("frus", "frus-volume-id") and t), "")
        if not found and root is not el:
            found = root.get(_ID, "")
        self.volume = self.volume or found
        titles = {
            t.get("type", ""): " ".join("".join(t.itertext()).split())
            for t in root.xpath("//*[local-name()='titleStmt']/*[local-name()='title']")
        }
        self.series = titles.get("complete") or next(iter(titles.values()), "")

    # --- a document -----------------------------------------------------------------------------
    def _document(self, div: Any, page: str) -> LibraryDocument | None:
        place = Place(self.shown, div.sourceline or 0, 1, 1)
        name = div.get(_ID) or (f"d{div.get('n')}" if div.get("n") else "")
        if not name or not re.fullmatch(r"[\w.-]{1,80}", name):
            message = "a document has no id: neither xml:id nor n"
            self.problems.append(Problem("E705", message, (place,)))
            return None
        if not self.volume:
            message = f"the volume of document {name} is not named in the file"
            hint = "name it with --as, as in --as frus1977-80v06"
            self.problems.append(Problem("E705", message, (place,), hint))
            return None
        key = f"{self.volume}/{name}"
        if key in self.keys:
            first = Place(self.shown, self.keys[key], 1, 1, "first here")
            self.problems.append(
                Problem("E303", f"the document '{name}' stands twice", (place, first))
            )
            return None
        self.keys[key] = place.line
        self.etree.strip_tags(div, *_TRANSPARENT)
        markup = self.etree.tostring(div, encoding="unicode", with_tail=False)
        body = Body(markup, self._first_page(markup, page, name))
        if body.too_deep:
            message = f"document {name} is nested deeper than {MAX_DEPTH} levels"
            self.problems.append(Problem("E704", message, (place,)))
            return None
        self.page = body.page
        return self._finished(div, key, name, body)

    def _first_page(self, markup: str, carried: str, name: str) -> str:
        """The page a document begins on: the one before its first page mark, or that in force."""
        digits = re.search(r"\d+", name)
        n = int(digits.group()) if digits else 0
        follows = n == self.last_number + 1
        self.last_number = n
        mark = _PAGE.search(markup)
        if mark is None:
            return carried if follows or not self.last_number else ""
        page = _N.search(mark[0])
        if page and page[1].isdigit():
            return str(int(page[1]) - 1)
        return carried if follows else ""

    def _finished(self, div: Any, key: str, name: str, body: Body) -> LibraryDocument:
        heading = body.heading
        printed = div.get("n") or ""
        if found := _NUMBERED.match(heading):
            printed, heading = printed or found.group(1), heading[found.end() :]
        days = self._attribute_days(div) or body.days or dates_in(body.dated)
        return LibraryDocument(
            key=key,
            heading=heading,
            number=printed or name.lstrip("d"),
            series=self.series,
            first=days[0] if days else None,
            last=days[1] if days else None,
            dated=body.dated,
            editorial=div.get("subtype") == "editorial-note"
            or heading.lower().startswith("editorial note"),
            passages=number(body.raws),
            notes=tuple(body.notes),
            references=tuple(self._references(body)),
            origin=self.path.name,
        )

    @staticmethod
    def _attribute_days(div: Any) -> tuple[date, date] | None:
        """The editors' own interval, which newer volumes carry."""
        found = {k[k.rfind("}") + 1 :]: v for k, v in div.attrib.items() if "doc-dateTime" in k}
        ends = [iso_days(found.get(f"doc-dateTime-{x}", "")) for x in ("min", "max")]
        known = [e for e in ends if e]
        return (min(e[0] for e in known), max(e[1] for e in known)) if known else None

    def _references(self, body: Body) -> Iterator[CrossReference]:
        """Tagged pointers first, then those in words only."""
        seen: dict[tuple[str, int], set[str]] = {}  # note, passage -> ids in their volumes
        for raw, words, note, passage in body.refs:
            target, to_note = self._target(raw)
            if target:
                seen.setdefault((note, passage), set()).add(target.rpartition("/")[2])
                yield CrossReference(target, words, to_note, note, passage)
        texts = [(n.text, n.number, n.passage) for n in body.notes if "Document" in n.text]
        if body.mentions > sum(n.text.count("Document") for n in body.notes):
            texts += [(r.text, "", i) for i, r in enumerate(body.raws) if "Document" in r.text]
        for text, note, passage in texts:
            known = seen.get((note, passage), _NONE)
            for target, words, to_note in pointers(text, self.volume, known):
                yield CrossReference(target, words, to_note, note, passage)

    def _target(self, raw: str) -> tuple[str, str]:
        """The key and note that `#d117`, `#d132fn1` or `frus1969-76v16#d244` point at."""
        volume, _, place = raw.partition("#")
        found = _POINTED.fullmatch(place)
        if not found or (volume and not _VOLUME_ID.fullmatch(volume)):
            return "", ""
        return f"{volume or self.volume}/{found.group(1)}", found.group(2) or ""


# --- the body of a document -----------------------------------------------------------------------
_TAG = re.compile(r"<([^>]*)>")
_TRANSPARENT = ("{*}persName", "{*}gloss", "{*}hi", "{*}placeName", "{*}term", "{*}orgName")
_CHOICE = re.compile(r"<choice\b[^>]*>(.*?)</choice>", re.DOTALL)
_PREFERRED = re.compile(r"<(corr|reg|expan)\b[^>/]*>(.*?)</\1>", re.DOTALL)
_FIRST = re.compile(r"\s*<(\w+)\b[^>/]*>(.*?)</\1>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w:.-]+)="([^"]*)"')
_PREFIXED = re.compile(r"<[\w.-]+:")
_PREFIX = re.compile(r"<(/?)[A-Za-z_][\w.-]*:")
_PAGE = re.compile(r"<(?:[\w.-]+:)?pb\b[^>]*>")
_N = re.compile(r'\sn="([^"]+)"')
_NOTE_ID = re.compile(r'\sxml:id="[^"]*?fn(\d+)"')
_TARGET = re.compile(r'\starget="([^"]+)"')
_BARE = frozenset({"document", "attachment", "div", "list", "body", "quote", "postscript"})
_DATED = re.compile(r'\s(?:when|from|to|notBefore|notAfter)="([^"]+)"')
_MARKS = ("pb ", "note ", "/note", "ref ", "/ref")
_INLINE = ' rend="inline"'
_ROW = "\x1e"  # the end of a row, until spaces are run together
_HOLDERS: dict[str, Kind] = {
    "opener": "opener",
    "byline": "opener",
    "epigraph": "opener",
    "argument": "opener",
    "salute": "opener",
    "dateline": "opener",
    "closer": "closing",
    "signed": "closing",
    "trailer": "closing",
}
_NEUTRAL = frozenset(
    {
        "div", "postscript", "lg", "figure", "floatingText", "body", "group", "text", "titlePage",
        "cit", "front", "back",
    }
)  # fmt: skip


def _unescaped(text: str) -> str:
    for written, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#13;", " ")):
        text = text.replace(written, sign)
    return text.replace("&amp;", "&")


def _squeezed(text: str) -> str:
    """The text with line ends, tabs and what stands around them as one space.

    A line end is the sign of markup that was laid out; looking for two spaces in every line costs
    more than all the rest.
    """
    if "\n" in text or "\t" in text or "\r" in text or "\u00a0" in text:
        inner = " ".join(text.split())
        if not inner:
            return " " if text else ""
        return f"{' ' if text[0].isspace() else ''}{inner}{' ' if text[-1].isspace() else ''}"
    return text


def _attributes(tag: str) -> dict[str, str]:
    return {k: _unescaped(v) if "&" in v else v for k, v in _ATTRIBUTE.findall(tag)}


def _inside(
    pages: list[PageMark], calls: list[NoteMark], end: int
) -> tuple[tuple[PageMark, ...], tuple[NoteMark, ...]]:
    """Marks as they are kept; those after the last letter stand right behind it."""
    if (pages and pages[-1].offset > end) or (calls and calls[-1].offset > end):
        pages = [PageMark(min(m.offset, end), m.page) for m in pages]
        calls = [NoteMark(min(m.offset, end), m.note) for m in calls]
    return tuple(pages), tuple(calls)


def _chosen(found: re.Match[str]) -> str:
    """Of a mistake and its correction, the correction; of other pairs the first."""
    inner = found.group(1)
    best = _PREFERRED.search(inner) or _FIRST.match(inner)
    return best.group(2) if best else ""


@dataclass(slots=True)
class _Frame:
    """An open element that matters, and what the text right inside it is."""

    name: str
    kind: Kind
    section: str
    dashed: bool = False  # the next block is an item, or goes on with a paragraph


class Body:
    """The passages, notes and pointers of one document, from its markup.

    The markup is what the XML library wrote of an element it had read, so it is well-formed. It is
    gone through once, tag by tag, with a stack of the open elements that matter; every other
    element is transparent.
    """

    def __init__(self, markup: str, page: str) -> None:
        self.raws: list[Raw] = []
        self.notes: list[Note] = []
        self.refs: list[tuple[str, str, str, int]] = []  # target, words, note, passage
        self.heading = self.dated = ""
        self.days: tuple[date, date] | None = None
        self.too_deep = False
        self.mentions = markup.count("Document")
        self._dates: list[date] = []
        self._page = self._start = page
        self._parts: list[str] = []  # text of the open block that is not settled yet
        self._settled: list[str] = []
        self._length = 0
        self._pages: list[PageMark] = []
        self._calls: list[NoteMark] = []
        self._headed = self._cell = False
        self._attachments = 0
        self._label = ""
        self._frames = [_Frame("document", "paragraph", "")]
        if "<choice" in markup:
            markup = _CHOICE.sub(_chosen, markup)
        if _PREFIXED.match(markup):
            markup = _PREFIX.sub(r"<\1", markup)
        tokens = _TAG.split(markup)
        if "&" in markup:
            tokens[::2] = [_unescaped(t) if "&" in t else t for t in tokens[::2]]
        self._tokens = tokens
        self._walk()

    @property
    def page(self) -> str:
        """The page in force at the end."""
        return self._page

    def _walk(self) -> None:
        tokens, frames, parts, raws = self._tokens, self._frames, self._parts, self.raws
        i, end = 3, len(tokens) - 2  # the first tag and the last are the document's own
        if tokens[2]:
            parts.append(tokens[2])
        while i < end:
            tag = tokens[i]
            if tag == "p":
                if len(frames) == 1 and tokens[i + 2] == "/p":  # most: no mark in it
                    if parts or self._settled:
                        self._flush()
                    if text := _squeezed(tokens[i + 1]).strip(" "):
                        raws.append(Raw(text, "paragraph", "", self._page))
                    i += 2
                elif len(frames) == 1 and (end_p := self._simple(i)):
                    self._marked(i, end_p)
                    i = end_p
                else:
                    self._open("p", tag, i, False)
                    if text := tokens[i + 1]:
                        parts.append(text)
                    i += 2
                    continue
            elif tag == "/p":
                if frames[-1].name == "p":
                    self._flush()
                    frames.pop()
                else:
                    parts.append(" ")
            elif tag[0] == "/":
                self._close(tag[1:])
            elif tag.startswith("pb "):
                if page := _N.search(tag):
                    self._page_begins(page[1], i)
            elif tag.startswith("note "):
                if tag[-1] != "/":
                    i = self._note(tag, i)
            elif tag.startswith("ref "):
                if tag[-1] != "/" and (target := _TARGET.search(tag)):
                    words = self._words(i, self._inside(i, "ref"))
                    self.refs.append((target[1], words, "", self._at()))
            else:
                name = tag.partition(" ")[0].rstrip("/")
                self._open(name[name.rfind(":") + 1 :], tag, i, tag[-1] == "/")
                if len(frames) > MAX_DEPTH:
                    self.too_deep = True
                    return
            text = tokens[i + 1]
            if text and not (text.isspace() and self._idle(text)):
                parts.append(text)
            i += 2
        self._flush()
        if self._dates:
            self.days = min(self._dates), max(self._dates)

    def _idle(self, space: str) -> bool:
        """Whether a space stands for nothing: before any text, or between the cells of a table."""
        if self._frames[-1].name == "table" and "\n" in space:
            return True
        return not self._parts and not self._settled

    # --- tags -----------------------------------------------------------------------------------
    def _open(self, name: str, tag: str, i: int, empty: bool) -> None:
        """Take in a start tag."""
        frames = self._frames
        top = frames[-1]
        if name == "lb":
            self._parts.append(" ")
        elif name == "date":
            if top.name == "dateline":
                self._date(tag)
        elif top.name in ("table", "label", "head"):  # all that is inside is one block
            if name == "row":
                self._cell = False
            elif name == "cell":
                if self._cell:
                    self._parts.append(" | ")
                self._cell = True
            elif name in ("p", "ab", "item", "l"):
                self._parts.append(" ")
            elif name == top.name and not empty:
                frames.append(_Frame(name, top.kind, top.section))
        elif name in ("p", "ab"):
            self._flush()
            if not empty:
                kind = top.kind
                if " rend=" in tag and kind == "paragraph":
                    kind = self._rendered(_attributes(tag).get("rend", ""))
                frames.append(_Frame("p", kind, top.section, top.dashed))
        elif not empty:
            self._container(name, tag, i, top)

    def _container(self, name: str, tag: str, i: int, top: _Frame) -> None:
        frames = self._frames
        if name == "head":
            self._flush()
            frames.append(
                _Frame(name, "opener" if top.kind == "opener" else "heading", top.section)
            )
        elif name in _HOLDERS:
            self._flush()
            kind = "closing" if top.kind == "closing" else _HOLDERS[name]
            frames.append(_Frame(name, kind, top.section))
        elif name == "list":
            self._flush()
            front = _attributes(tag).get("type", "").lower() in _FRONT
            frames.append(_Frame(name, "opener" if front else top.kind, top.section))
        elif name == "label":
            self._flush()
            frames.append(_Frame(name, top.kind, top.section))
        elif name == "item":
            self._flush()
            frames.append(_Frame(name, top.kind, top.section, True))
        elif name == "table":
            self._flush()
            frames.append(_Frame(name, "paragraph", top.section, True))
        elif name == "quote":
            self._flush()
            frames.append(_Frame(name, top.kind, top.section, True))
        elif name == "l":
            self._parts.append(" ")
        elif name == "attachment":
            self._flush()
            frames.append(_Frame(name, "paragraph", self._attachment(i)))
        elif name in _NEUTRAL:
            self._flush()
            frames.append(_Frame(name, top.kind, top.section))

    def _close(self, name: str) -> None:
        frames = self._frames
        top = frames[-1]
        name = name[name.rfind(":") + 1 :]
        if name in ("row", "head") and top.name == "table":
            if self._length or any(map(str.strip, self._parts)):
                self._parts.append(_ROW)
                self._settle()
        elif name == top.name or (name == "ab" and top.name == "p"):
            self._flush()
            if len(frames) > 1:
                frames.pop()
        elif name in ("p", "ab", "item", "l"):
            self._parts.append(" ")

    def _rendered(self, rend: str) -> Kind:
        if "right" in rend or "signature" in rend:
            return "closing" if self.raws and self.raws[-1].kind != "opener" else "opener"
        return "heading" if "center" in rend or "sectiontitle" in rend else "paragraph"

    # --- text -----------------------------------------------------------------------------------
    def _settle(self) -> int:
        """Run the spaces of the text so far together; its length."""
        if self._parts:
            text = _squeezed("".join(self._parts))
            self._parts.clear()
            if not self._settled or self._settled[-1][-1] == " ":
                text = text.lstrip(" ")
            if text:
                self._settled.append(text)
                self._length += len(text)
        return self._length

    def _page_begins(self, page: str, i: int) -> None:
        if length := self._settle():
            ends = self._settled[-1][-1]
            spaced = ends in (" ", _ROW) or not self._tokens[i + 1][:1].isspace()
            self._pages.append(PageMark(length if spaced else length + 1, page))
        else:
            self._start = page
        self._page = page

    def _flush(self) -> None:
        """End the block that is open, and keep it if it holds anything."""
        parts = self._parts
        if self._settled:
            if parts:
                self._settle()
            text = "".join(self._settled).rstrip(f" {_ROW}")
            self._settled, self._length = [], 0
        else:
            text = _squeezed("".join(parts)).strip(" ") if parts else ""
            parts.clear()
        if text:
            self._keep(text, self._frames[-1])
        if self._pages or self._calls:
            self._pages, self._calls = [], []
        self._start = self._page

    def _keep(self, text: str, frame: _Frame) -> None:
        name = frame.name
        if name == "label":
            self._label = text
            return
        if name == "head" and not self._headed and not frame.section and len(self._frames) == 2:
            self._headed, self.heading = True, text
            return
        if name == "dateline" and not self.dated and not frame.section:
            self.dated = text
        elif name == "table":
            text = text.replace(_ROW, "\n")
        raw = Raw(text, frame.kind, frame.section, self._start, dashed=frame.dashed)
        if self._pages or self._calls:
            raw.pages, raw.notes = _inside(self._pages, self._calls, len(text))
        if self._label and frame.dashed:
            raw.text, raw.dashed = f"{self._label} {text}", False
            more, self._label = len(self._label) + 1, ""
            raw.pages = tuple(PageMark(m.offset + more, m.page) for m in raw.pages)
            raw.notes = tuple(NoteMark(m.offset + more, m.note) for m in raw.notes)
        self.raws.append(raw)
        if name == "p":
            frame.dashed = True

    # --- notes, pointers, dates -------------------------------------------------------------------
    def _inside(self, i: int, name: str) -> int:
        """The index of the end tag that answers the start tag at i."""
        tokens, start, stop = self._tokens, f"{name} ", f"/{name}"
        depth = 0
        for k in range(i, len(tokens), 2):
            tag = tokens[k]
            if tag == stop:
                depth -= 1
                if depth <= 0:
                    return k
            elif (tag == name or tag.startswith(start)) and tag[-1] != "/":
                depth += 1
        return len(tokens) - 2

    def _words(self, i: int, end: int) -> str:
        """The text between two tags, without that of notes inside it."""
        tokens = self._tokens
        if end == i + 2:
            return _squeezed(tokens[i + 1]).strip(" ")
        parts, k = [tokens[i + 1]], i + 2
        while k < end:
            tag = tokens[k]
            if tag.startswith("note ") and tag[-1] != "/":
                k = self._inside(k, "note")
            elif tag.partition(" ")[0].strip("/") in ("lb", "p", "item", "l", "row", "cell"):
                parts.append(" ")
            parts.append(tokens[k + 1])
            k += 2
        return " ".join("".join(parts).split())

    def _at(self) -> int:
        """The passage that a note or pointer at this place belongs to."""
        if self._frames[-1].name == "head" and not self._headed:
            return -1
        return len(self.raws)

    def _note(self, tag: str, i: int) -> int:
        """Take a note in whole, up to its end tag; one printed in the line is left to stand."""
        frame = self._frames[-1]
        if _INLINE in tag:
            if frame.name in _BARE:
                self._flush()
                self._frames.append(_Frame("note", "opener", frame.section))
            return i
        length = self._settle()
        if not length and frame.name in _BARE:
            return self._taken(tag, i, len(self.raws) - 1)[0]
        end, label = self._taken(tag, i, self._at())
        spaced = length and self._settled[-1][-1] == " "
        self._calls.append(NoteMark(length - 1 if spaced else length, label))
        for k in range(i + 2, end, 2):
            if self._tokens[k].startswith("pb ") and (page := _N.search(self._tokens[k])):
                self._page_begins(page[1], end)  # a page may end inside a note
        return end

    def _taken(self, tag: str, i: int, passage: int) -> tuple[int, str]:
        """Keep a note with its pointers; the index of its end tag, and its number."""
        tokens = self._tokens
        end = self._inside(i, "note")
        found = _N.search(tag) or _NOTE_ID.search(tag)
        label = str(found[1]) if found else str(len(self.notes) + 1)
        words = self._words(i, end)
        self.notes.append(Note(label, words, ' type="source"' in tag, passage))
        for k in range(i + 2, end, 2):
            inner = tokens[k]
            if inner.startswith("ref ") and inner[-1] != "/" and (to := _TARGET.search(inner)):
                ends = k + 2 if tokens[k + 2] == "/ref" else self._inside(k, "ref")
                self.refs.append((to[1], self._words(k, ends), label, passage))
        return end, label

    # --- most paragraphs --------------------------------------------------------------------------
    def _simple(self, i: int) -> int:
        """The index of the end tag of a paragraph that holds but text, marks and pointers, else 0."""
        tokens = self._tokens
        try:
            end = tokens.index("/p", i + 2)
        except ValueError:
            return 0
        for tag in tokens[i + 2 : end : 2]:
            if not tag.startswith(_MARKS) or _INLINE in tag:
                return 0
        return end

    def _marked(self, i: int, end: int) -> None:
        """Keep such a paragraph; the same as the slower way of everything else."""
        if self._parts or self._settled:
            self._flush()
        tokens, text, at = self._tokens, "", len(self.raws)
        start = self._page
        pages: list[PageMark] = []
        calls: list[NoteMark] = []
        k = i
        while True:
            if piece := tokens[k + 1]:
                piece = _squeezed(piece)
                text += piece.lstrip(" ") if not text or text[-1] == " " else piece
            k += 2
            if k >= end:
                break
            tag = tokens[k]
            if tag.startswith("pb "):
                if not (page := _N.search(tag)):
                    continue
                self._page = page[1]
                if text:
                    spaced = text[-1] != " " and tokens[k + 1][:1].isspace()
                    pages.append(PageMark(len(text) + spaced, page[1]))
                else:
                    start = page[1]
            elif tag.startswith("note ") and tag[-1] != "/":
                inner = k
                k, label = self._taken(tag, k, at)
                calls.append(NoteMark(len(text) - (text[-1:] == " "), label))
                for m in range(inner + 2, k, 2):
                    if tokens[m].startswith("pb ") and (page := _N.search(tokens[m])):
                        self._page = page[1]
                        pages.append(PageMark(len(text), page[1]))
            elif tag.startswith("ref ") and tag[-1] != "/" and (to := _TARGET.search(tag)):
                self.refs.append((to[1], self._words(k, self._inside(k, "ref")), "", at))
        if text := text.rstrip(" "):
            self.raws.append(Raw(text, "paragraph", "", start, *_inside(pages, calls, len(text))))
        self._start = self._page

    # --- dates and attachments --------------------------------------------------------------------
    def _date(self, tag: str) -> None:
        if self.dated or self._frames[-1].section:
            return
        for raw in _DATED.findall(tag):
            if found := iso_days(raw):
                self._dates += found

    def _attachment(self, i: int) -> str:
        """The name of an attachment: in its head, or in the short line before it."""
        self._attachments += 1
        tokens = self._tokens
        near = range(i, min(i + 40, len(tokens) - 1), 2)
        ends = next((k for k in near if tokens[k] == "/head"), i)
        words = "".join(tokens[i + 1 : ends : 2])
        before = self.raws[-1].text if self.raws and len(self.raws[-1].text) < 40 else ""
        found = _ATTACHED.search(words) or _ATTACHED.search(before)
        return " ".join(found.groups()) if found else f"Attachment {self._attachments}"


def read_tei(
    path: Path, shown: str, problems: list[Problem], volume: str = ""
) -> Iterator[LibraryDocument]:
    """The documents of a TEI file, one after another; what is wrong is added to `problems`.

    `volume` is the id to use instead of the one that the file gives. When the iteration ends and
    an error was added, the file as a whole should not be kept.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"the file is too large: {size:,} bytes, at most {MAX_BYTES:,} are read"
            problems.append(Problem("E106", message, (Place(shown),)))
            return
        with path.open("rb") as file:
            head = file.read(MAX_PROLOG)
    except OSError as bad:
        message = f"cannot be read: {bad.strerror or bad}"
        problems.append(Problem("E103", message, (Place(shown),)))
        return
    if refused := prolog_problem(head, shown):
        problems.append(refused)
        return
    try:
        import lxml.etree  # noqa: F401
    except ImportError:
        hint = "install it with: pip install 'detente[documents]'"
        problems.append(
            Problem("E604", "reading TEI needs the package lxml", (Place(shown),), hint)
        )
        return
    reader = _Volume(path, shown, problems, volume)
    yield from reader.documents()
    if not reader.keys and not any(p.severity == "error" for p in problems):
        hint = 'expected TEI with <div type="document">, as in the published volumes'
        problems.append(Problem("E706", "no document stands in the file", (Place(shown),), hint))
