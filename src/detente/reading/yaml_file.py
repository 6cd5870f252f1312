"""Read one YAML file into plain values, with the position of every key and value.

Scalars follow YAML 1.2 (`NO`, `on` and `12:30:00` are text); dates stay text until a key asks
for one. Duplicate keys, empty keys, tags, merge-conflict markers, alias bombs, oversized and
deeply nested files are problems. Nothing here raises for a user's mistake, and time and memory
are bounded by `MAX_BYTES`, `MAX_DEPTH` and `MAX_NODES`.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from detente.model.problem import Place, Problem

MAX_BYTES = 8_000_000
MAX_DEPTH = 60
SAFE_DEPTH = 2_000  # the composer of the C library recurses: deeper files are not given to it
MAX_NODES = 1_000_000
MAX_PLACES = 12

TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"

Path_ = tuple[str | int, ...]

_INT = re.compile(r"[-+]?[0-9]{1,18}$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?$")
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_BARE = re.compile(r"(?:^|[\s\[{,])!(?:\s|$)", re.MULTILINE)  # a tag without a name
_MARKER = re.compile(r"^(<{7}|={7}|>{7}|\|{7})(?:[ \t].*)?$", re.MULTILINE)

try:
    _Base: Any = yaml.CSafeLoader
except AttributeError:  # a PyYAML built without the C library
    _Base = yaml.SafeLoader


class _Loader(_Base):  # type: ignore[misc]
    """Composes nodes only; scalars are resolved here, not by PyYAML's YAML 1.1 rules.

    A node has a tag only where the author wrote one.
    """

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        """No tag for what has none of its own."""
        return ""

    def descend_resolver(self, *_: Any) -> None:
        """Nothing: tags do not depend on where a node stands."""

    def ascend_resolver(self) -> None:
        """Nothing: tags do not depend on where a node stands."""


@dataclass
class Document:
    """One YAML document: its plain value and where each key and value stands."""

    file: str
    value: Any
    lines: list[str]
    keys: dict[Path_, tuple[int, int, int]] = field(default_factory=dict)
    values: dict[Path_, tuple[int, int, int]] = field(default_factory=dict)
    blocks: set[Path_] = field(default_factory=set)

    def at(self, path: Path_, note: str = "") -> Place:
        """The place of a value, or of the nearest thing around it that stands in the file."""
        while path and path not in self.values:
            path = path[:-1]
        line, column, length = self.values.get(path, (0, 0, 0))
        return Place(self.file, line, column, length, note)

    def key(self, path: Path_, note: str = "") -> Place:
        """The place of a key, or of the nearest thing around it."""
        if path in self.keys:
            return Place(self.file, *self.keys[path], note)
        return self.at(path, note)


def scalar(text: str) -> Any:
    """The value of a plain scalar by YAML 1.2's core schema (without octal, infinity and NaN)."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if text[0] in "+-.0123456789":
        if _INT.match(text):
            return int(text)
        if _FLOAT.match(text):
            return float(text)
    return text


def read_yaml(path: Path, shown: str) -> tuple[list[Document], list[Problem]]:
    """All documents of a file and all problems; `shown` is the file's name in messages."""
    here = Place(shown)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return [], [Problem("E103", "cannot be read: it is no plain file", (here,))]
        size = status.st_size
        if size > MAX_BYTES:
            return [], [
                Problem(
                    "E106",
                    f"the file is too large: {size:,} bytes, at most {MAX_BYTES:,} are read",
                    (here,),
                )
            ]
        raw = path.read_bytes()
    except OSError as bad:
        return [], [Problem("E103", f"cannot be read: {bad.strerror or bad}", (here,))]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = raw.count(b"\n", 0, bad.start) + 1
        column = bad.start - (raw.rfind(b"\n", 0, bad.start) + 1) + 1
        place = Place(shown, line, column, 1)
        return [], [Problem("E104", f"not UTF-8: byte 0x{raw[bad.start]:02x}", (place,))]
    return read_yaml_text(text, shown)


def read_yaml_text(text: str, shown: str) -> tuple[list[Document], list[Problem]]:
    """As `read_yaml`, for text already at hand."""
    lines = text.splitlines()
    marked = any(c * 7 in text for c in "<=>|")
    marks = {m.group()[0] for m in _MARKER.finditer(text)} if marked else set()
    if len(marks) > 1 or marks & {"<", ">"}:
        found = (
            Place(shown, i, 1, 7)
            for i, line in enumerate(text.split("\n"), 1)
            if _MARKER.match(line)
        )
        places = tuple(islice(found, MAX_PLACES))
        return [], [Problem("E108", "an unresolved merge conflict stands in the file", places)]
    if too_many := _too_many(text, shown):
        return [], [too_many]
    if too_deep := _too_deep(text, shown):
        return [], [too_deep]
    documents: list[Document] = []
    problems: list[Problem] = []
    bare = "!" in text and _BARE.search(text) is not None
    try:
        for node in yaml.compose_all(text, Loader=_Loader):
            document = Document(shown, None, lines)
            builder = _Builder(document, problems, bare)
            document.value = builder.build(node, (), 0)
            documents.append(document)
            if builder.exhausted:
                break
    except yaml.MarkedYAMLError as bad:
        problems.append(_syntax(bad, shown))
    except yaml.YAMLError as bad:
        message = str(bad).splitlines()[0] if str(bad) else "not valid YAML"
        position = getattr(bad, "position", None)
        place = Place(shown)
        if isinstance(position, int) and position <= len(text):
            start = text.rfind("\n", 0, position) + 1
            place = Place(shown, text.count("\n", 0, position) + 1, position - start + 1, 1)
        problems.append(Problem("E105", f"not valid YAML: {message}", (place,)))
    except (RecursionError, ValueError, OverflowError) as bad:
        problems.append(Problem("E105", f"not valid YAML: {bad}", (Place(shown),)))
    return documents, problems


def _syntax(bad: yaml.MarkedYAMLError, shown: str) -> Problem:
    places = []
    if bad.problem_mark:
        places.append(Place(shown, bad.problem_mark.line + 1, bad.problem_mark.column + 1, 1))
    if bad.context_mark and bad.context:
        note = str(bad.context)
        around = Place(shown, bad.context_mark.line + 1, bad.context_mark.column + 1, 1, note)
        if (around.line, around.column) not in [(p.line, p.column) for p in places]:
            places.append(around)
    hint = ""
    message = str(bad.problem or "cannot be understood")
    if "mapping values are not allowed" in message:
        hint = "text that contains ': ' must stand in quotes"
    elif "cannot start any token" in message:
        hint = "indent with spaces, and put text that starts with a special character in quotes"
    elif "did not find expected node content" in message:
        hint = "is there a comma too many, or a stray character?"
    return Problem("E105", f"not valid YAML: {message}", tuple(places) or (Place(shown),), hint)


def _too_many(text: str, shown: str) -> Problem | None:
    """More values than are read, found before a tree of them is made."""
    if text.count(",") + text.count("\n") <= MAX_NODES:
        return None
    count = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            count += isinstance(event, yaml.NodeEvent)
            if count > MAX_NODES:
                mark: Any = event.start_mark
                place = Place(shown, mark.line + 1, mark.column + 1, 1)
                return Problem("E107", f"the file holds more than {MAX_NODES:,} values", (place,))
    except (yaml.YAMLError, ValueError, OverflowError):
        return None  # reported with its place by the reading proper
    return None


def _too_deep(text: str, shown: str) -> Problem | None:
    """Nesting too deep to compose at all: a cheap upper bound first, then without recursion.

    Flow style opens each level with a bracket, block style indents each on one line.
    """
    longest = max(map(len, text.split("\n")))
    if text.count("[") + text.count("{") <= SAFE_DEPTH and longest <= SAFE_DEPTH:
        return None
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    mark: Any = event.start_mark
                    place = Place(shown, mark.line + 1, mark.column + 1, 1)
                    return Problem("E107", TOO_DEEP, (place,))
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except (yaml.YAMLError, ValueError, OverflowError):
        return None  # reported with its place by the reading proper
    return None


class _Builder:
    def __init__(self, document: Document, problems: list[Problem], bare: bool) -> None:
        self.document = document
        self.bare = bare
        self.problems = problems
        self.nodes = 0
        self.exhausted = False
        self.open: set[int] = set()
        self.seen: set[int] = set()
        self.aliased = False

    def problem(self, code: str, message: str, node: Any, hint: str = "") -> None:
        mark = node.start_mark
        place = Place(self.document.file, mark.line + 1, mark.column + 1, _length(node))
        self.problems.append(Problem(code, message, (place,), hint))

    def build(self, node: Any, path: Path_, depth: int) -> Any:
        self.nodes += 1
        if self.exhausted:
            return None
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            self.exhausted = True
            why = f"more than {MAX_NODES:,} values"
            why = f"aliases expand to {why}" if self.aliased else f"the file holds {why}"
            self.problem("E107", TOO_DEEP if depth > MAX_DEPTH else why, node)
            return None
        mark = node.start_mark
        self.document.values[path] = (mark.line + 1, mark.column + 1, _length(node))
        if node.tag or self.bare:
            self._tag(node)
        if isinstance(node, yaml.ScalarNode):
            if node.style in ("|", ">"):
                self.document.blocks.add(path)
            return scalar(node.value) if not node.style else node.value
        if id(node) in self.open:
            self.problem("E107", "an alias stands inside what it names", node)
            return None
        self.aliased |= id(node) in self.seen
        self.seen.add(id(node))
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(n, (*path, i), depth + 1) for i, n in enumerate(node.value)]
            return self.mapping(node, path, depth)
        finally:
            self.open.discard(id(node))

    def _tag(self, node: Any) -> None:
        """A tag that the author wrote is refused."""
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        start = node.start_mark
        line = self.document.lines[start.line] if start.line < len(self.document.lines) else ""
        bare = line[start.column :].startswith("!")  # no tag to the loader
        if isinstance(node, yaml.MappingNode) and node.value:
            bare &= node.value[0][0].start_mark.index != start.index  # or it is the first key's
        if tag or bare:
            self.problem("E111", f"a tag is not allowed: {tag or '!'}", node)

    def mapping(self, node: Any, path: Path_, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem("E110", "a key must be a word, not a list or mapping", key_node)
                continue
            if key_node.tag or self.bare:
                self._tag(key_node)
            key = key_node.value
            if not key_node.style and key in _NULLS:
                self.problem(
                    "E110", "a key is empty", key_node, "is there a comma too many, or a stray ':'?"
                )
                continue
            inner = (*path, key)
            mark = key_node.start_mark
            if key in result:
                first = self.document.key(inner, "first here")
                place = Place(self.document.file, mark.line + 1, mark.column + 1, len(key))
                self.problems.append(
                    Problem("E109", f"the key '{key}' stands twice", (place, first))
                )
                continue
            self.document.keys[inner] = (mark.line + 1, mark.column + 1, len(key))
            result[key] = self.build(value_node, inner, depth + 1)
        return result


def _length(node: Any) -> int:
    start, end = node.start_mark, node.end_mark
    return max(1, end.column - start.column) if start.line == end.line else 1
