"""Read the record of a case: every YAML file under record/, in the order of their names.

A file may hold documents, issues, statements, linkages and disputes. Statements stand in the order of the
negotiation; files are read in the order of their names, so statements/1976.yaml comes before 1977.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.model.problem import Place, did_you_mean
from detente.model.record import (
    BOTH,
    Dispute,
    Linkage,
    Outcome,
    Position,
    Question,
    Record,
    RecordDocument,
    Statement,
)
from detente.reading.checking import check
from detente.reading.yaml_file import Document

if TYPE_CHECKING:
    from detente.reading.case_reader import _Assembly, _Reader

PARTS = ("documents", "issues", "statements", "linkages", "disputes")
Steps = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class RecordFile:
    """record/**/*.yaml: documents, issues, statements, linkages, disputes of the talks."""

    documents: dict[str, RecordDocument] | None = None
    issues: dict[str, Question] | None = None
    statements: list[Statement] | None = None
    linkages: list[Linkage] | None = None
    disputes: list[Dispute] | None = None


class RecordReader:
    """Gathers the record's files, then checks every reference in them."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.documents: dict[str, RecordDocument] = {}
        self.issues: dict[str, Question] = {}
        self.statements: dict[str, Statement] = {}
        self.linkages: dict[str, Linkage] = {}
        self.disputes: dict[str, Dispute] = {}
        self.homes: dict[int, tuple[Document, Steps]] = {}
        self.broken: set[str] = set()  # names of what could not be read: reported once, no more
        self.seen = False

    def folder(self, folder: Path, shown: str) -> None:
        """All files below a folder, by name."""
        self.seen = True
        for entry in sorted(folder.iterdir()):
            name = f"{shown}/{entry.name}"
            if entry.name.startswith((".", "README")):
                continue
            if entry.is_dir():
                self.folder(entry, name)
            elif entry.suffix in (".yaml", ".yml"):
                for document in self.reader._documents(entry, name):
                    self._file(document)
            else:
                message = f"not read: {entry.name} does not end in .yaml"
                self.reader.report("W114", message, Place(name))

    def _file(self, document: Document) -> None:
        raw = document.value
        if raw is None:
            return
        if not isinstance(raw, dict):
            self.reader.report("E112", "the file must hold keys and values", document.at(()))
            return
        for key in raw:
            if key not in PARTS:
                hint = did_you_mean(str(key), PARTS, "keys")
                self.reader.report("E201", f"unknown key '{key}'", document.key((key,)), hint=hint)
        named: list[tuple[str, type, dict[str, Any]]] = [
            ("documents", RecordDocument, self.documents),
            ("issues", Question, self.issues),
        ]
        listed: list[tuple[str, type, dict[str, Any]]] = [
            ("statements", Statement, self.statements),
            ("linkages", Linkage, self.linkages),
            ("disputes", Dispute, self.disputes),
        ]
        for part, shape, table in named:
            for name, body in self._mapping(document, part):
                value = self._checked(shape, body, document, (part, name))
                self._keep(table, name, value, document, (part, name))
        for part, shape, table in listed:
            items = raw.get(part)
            if items is not None and not isinstance(items, list):
                self.reader.report("E203", f"{part} must be a list", document.at((part,)))
                continue
            for i, body in enumerate(items or []):
                value = self._checked(shape, body, document, (part, i))
                if value is not None:
                    self._keep(table, value.id, value, document, (part, i))
                elif isinstance(body, dict) and isinstance(body.get("id"), str):
                    self.broken.add(body["id"])

    def _mapping(self, document: Document, part: str) -> Iterable[tuple[str, Any]]:
        body = document.value.get(part)
        if body is None:
            return []
        if not isinstance(body, dict):
            self.reader.report("E203", f"{part} must be keys and values", document.at((part,)))
            return []
        return list(body.items())

    def _checked(self, shape: type, raw: Any, document: Document, path: Steps) -> Any:
        def locate(inner: Steps, key: bool) -> Place:
            whole, known = (*path, *inner), path
            for part in whole[len(path) :]:
                if (*known, part) in document.values or (*known, part) in document.keys:
                    known = (*known, part)
            return document.key(known) if key else document.at(known)

        if isinstance(raw, dict) and shape is Question and isinstance(raw.get("options"), dict):
            raw = {**raw, "options": {k: _since(o) for k, o in raw["options"].items()}}
        value, problems = check(shape, raw, locate)
        self.reader.problems.extend(problems)
        return value

    def _keep(
        self, table: dict[str, Any], name: str, value: Any, document: Document, path: Steps
    ) -> None:
        at = (*path, "id") if isinstance(path[-1], int) else path
        place = document.at(at) if isinstance(path[-1], int) else document.key(path)
        if name in table:
            self.reader.report("E303", f"'{name}' is defined twice", place)
            return
        if value is None:
            self.broken.add(name)
            return
        object.__setattr__(value, "place", place)
        if hasattr(value, "options"):
            for option, position in value.options.items():
                object.__setattr__(position, "id", option)
                object.__setattr__(position, "place", document.key((*path, "options", option)))
        if isinstance(path[-1], str):
            object.__setattr__(value, "id", name)
        table[name] = value
        self.homes[id(value)] = (document, path)

    # --- references -----------------------------------------------------------------------------
    def record(self, assembly: _Assembly) -> Record | None:
        """The record with every reference checked; None when the case has none."""
        if not self.seen:
            return None
        for issue in self.issues.values():
            self._issue(issue, assembly)
        for statement in self.statements.values():
            self._statement(statement, assembly)
        for linkage in self.linkages.values():
            for key in ("a", "b"):
                for i, reference in enumerate(getattr(linkage, key)):
                    place = self._at(linkage, key, i)
                    if "/" in reference:
                        self._option(reference, place)
                    else:
                        self._known_issue(reference, place)
            self._statements(linkage.statements, linkage, "statements")
            for key in ("asserted_by", "denied_by"):
                party = getattr(linkage, key)
                if party and party != BOTH:
                    assembly.party(party, self._at(linkage, key), groups=True)
            if not (linkage.b or linkage.beyond):
                message = "a linkage says what it is tied to: b, or beyond"
                self.reader.report("E202", message, linkage.place)
        for dispute in self.disputes.values():
            for i, name in enumerate(dispute.issues):
                self._known_issue(name, self._at(dispute, "issues", i))
            self._statements(dispute.statements, dispute, "statements")
        self._order()
        return Record(
            parties=tuple(assembly.shape.parties),
            documents=dict(self.documents),
            issues=dict(self.issues),
            statements=tuple(sorted(self.statements.values(), key=lambda s: s.date.last)),
            linkages=tuple(self.linkages.values()),
            disputes=tuple(self.disputes.values()),
            groups={name: _members(name, assembly.groups) for name in assembly.groups},
        )

    def _at(self, value: Any, *inner: str | int) -> Place:
        document, path = self.homes[id(value)]
        known = path
        for part in inner:
            if (*known, part) in document.values:
                known = (*known, part)
        return document.at(known)

    def _known_issue(self, name: str, place: Place) -> bool:
        if name in self.issues or name in self.broken:
            return name in self.issues
        hint = did_you_mean(name, self.issues)
        self.reader.report("E313", f"unknown issue '{name}'", place, hint=hint)
        return False

    def _option(self, reference: str, place: Place, issue: str = "") -> None:
        name, _, option = reference.partition("/") if "/" in reference else (issue, "", reference)
        if self._known_issue(name, place) and option not in self.issues[name].options:
            hint = did_you_mean(option, self.issues[name].options)
            message = f"the issue '{name}' has no option '{option}'"
            self.reader.report("E313", message, place, hint=hint)

    def _statements(self, names: Iterable[str], value: Any, key: str) -> None:
        for i, name in enumerate(names):
            if name and name not in self.statements and name not in self.broken:
                hint = did_you_mean(name, self.statements)
                place = self._at(value, key, i)
                self.reader.report("E316", f"unknown statement '{name}'", place, hint=hint)

    def _issue(self, issue: Question, assembly: _Assembly) -> None:
        if issue.outcome:
            found: Outcome = issue.outcome
            if found.option:
                self._option(found.option, self._at(issue, "outcome", "option"), issue.id)
            names = (found.statement, *found.statements)
            self._statements(names, issue, "outcome")
        for position in issue.options.values():
            self._position(issue, position, assembly)

    def _position(self, issue: Question, position: Position, assembly: _Assembly) -> None:
        path = ("options", position.id)
        if position.takes_in is not None:
            document, home = self.homes[id(issue)]
            clause = assembly.clause(position.takes_in, document, (*home, *path, "takes_in"))
            object.__setattr__(position, "takes_in", clause)
        for i, other in enumerate(position.stands_with):
            self._option(other, self._at(issue, *path, "stands_with", i), issue.id)
        for key in ("part_of", "requires", "requires_any"):
            for i, other in enumerate(getattr(position, key)):
                self._option(other, self._at(issue, *path, key, i), issue.id)
        for key in ("leaves_out", "spans"):
            for i, other in enumerate(getattr(position, key)):
                self._known_issue(other, self._at(issue, *path, key, i))
        if position.after:
            self._option(position.after, self._at(issue, *path, "after"), issue.id)
        for relation in (position.reading_of, position.variant_of):
            if relation:
                self._option(relation.option, self._at(issue, *path), issue.id)
        if position.reading_of:
            place = self._at(issue, *path, "reading_of")
            assembly.party(position.reading_of.by, place, groups=True)
        for i, content in enumerate(position.content):
            for key in ("options", "beside"):
                for k, other in enumerate(getattr(content, key)):
                    self._option(other, self._at(issue, *path, "content", i, key, k), issue.id)
            if content.party != BOTH:
                assembly.party(content.party, self._at(issue, *path, "content", i, "party"))

    def _statement(self, s: Statement, assembly: _Assembly) -> None:
        if s.document not in self.documents and s.document not in self.broken:
            hint = did_you_mean(s.document, self.documents)
            place = self._at(s, "document")
            self.reader.report("E317", f"unknown document '{s.document}'", place, hint=hint)
        if s.party != BOTH:
            assembly.party(s.party, self._at(s, "party"), groups=True)
        if s.reported_by:
            assembly.party(s.reported_by, self._at(s, "reported_by"))
        if self._known_issue(s.issue, self._at(s, "issue")):
            self._option(f"{s.issue}/{s.option}", self._at(s, "option"))
        for i, reference in enumerate(s.conditional_on):
            self._option(reference, self._at(s, "conditional_on", i), s.issue)
        self._statements(s.moves_from, s, "moves_from")
        for key in ("confirmed_by", "restates", "alternative_to"):
            self._statements((getattr(s, key),), s, key)
        if s.complaint:
            self._statements((s.complaint.statement,), s, "complaint")
            assembly.party(s.complaint.by, self._at(s, "complaint"))

    def _order(self) -> None:
        """Statements of one document stand in the order of their dates."""
        last: dict[str, Statement] = {}
        for s in self.statements.values():
            before = last.get(s.document)
            if before and before.date.first > s.date.last:
                message = f"{s.date} stands after {before.date} in the document '{s.document}'"
                self.reader.report("E214", message, self._at(s, "date"), self._at(before, "date"))
            last[s.document] = s


def _members(name: str, groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The parties of a group at any depth; what stands in a circle is left out."""
    found: dict[str, None] = {}
    waiting, seen = [name], set[str]()
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        seen.add(one)
        if one in groups:
            waiting += groups[one]
        else:
            found[one] = None
    return tuple(found)


def _since(option: Any) -> Any:
    """`from` of a bundle's content is a word of Python's own; the model calls it `since`."""
    if not isinstance(option, dict) or not isinstance(option.get("content"), list):
        return option
    content = [
        {("since" if k == "from" else k): v for k, v in c.items()} if isinstance(c, dict) else c
        for c in option["content"]
    ]
    return {**option, "content": content}
