"""Read a case folder and the libraries it uses into a `Case`, with all problems.

`load` never raises for what a user wrote: it returns what could be read and the problems, in the
order of the files. A library is shaped like a case folder without case.yaml.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from detente.model.case import BriefPlan, Case, Letter, Party, View, Zone
from detente.model.cites import CONFIDENCES, Cites, Source
from detente.model.claims import Claim
from detente.model.inventory import Basis, DataClaim, Holding, Inventory, Published, TakenAs
from detente.model.predicate import Clause
from detente.model.problem import Place, Problem, did_you_mean, sort_problems
from detente.model.record import Record
from detente.model.systems import Attribute, Fact, System, Value
from detente.model.written import Miswritten, plain
from detente.reading import shapes
from detente.reading.candidates import candidates_of, carried_by, programmes_of
from detente.reading.checking import check
from detente.reading.predicates import FACETS, Flaw, Resolver, nameable, parse
from detente.reading.values import attribute_value
from detente.reading.yaml_file import Document, read_yaml

LIBRARIES = Path(__file__).resolve().parent.parent / "library"
YAML_ENDINGS = (".yaml", ".yml")
GROUP_KEYS = {"source", "confidence", "note"}


@dataclass(frozen=True)
class Loaded:
    """What reading gives: the case, if there is enough of one, and all problems."""

    case: Case | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make the case unusable as it stands."""
        return tuple(p for p in self.problems if p.severity == "error")


def load(folder: str | os.PathLike[str]) -> Loaded:
    """Read a case; see the module.

    Nearly all that reading makes lives on: looking for garbage on the way takes a third of its time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        reader = _Reader(Path(folder))
        case = reader.read()
        return Loaded(case, tuple(_first_things_first(reader)))
    finally:
        if collecting:
            gc.enable()


UNREAD = ("E103", "E104", "E105", "E106", "E107", "E108")


def _first_things_first(reader: _Reader) -> list[Problem]:
    """Problems in order; files that could not be read first, without what only follows from them.

    A name that stands in such a file is not reported as unknown: it may be defined there.
    """
    problems = sort_problems(reader.problems)
    unread = [p for p in problems if p.code in UNREAD]
    held = ""
    for file in {p.place.file for p in unread}:
        if not Path(file).is_file():
            continue
        with suppress(OSError), open(file, "rb") as raw:
            held += raw.read(1_000_000).decode("utf-8", "replace")
    rest = [p for p in problems if p.code not in UNREAD]
    if held:
        rest = [
            p
            for p in rest
            if not (p.code.startswith("E3") and (m := _QUOTED.search(p.message)) and m[1] in held)
        ]
    return [*unread, *rest]


_QUOTED = re.compile(r"'([^']+)'")


@dataclass
class _Defined:
    """One definition and where it stands."""

    value: Any
    document: Document
    path: tuple[str | int, ...]

    @property
    def place(self) -> Place:
        return self.document.key(self.path)


@dataclass
class _Reader:
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    raw: dict[str, dict[str, _Defined]] = field(default_factory=dict)
    texts: dict[str, _Defined] = field(default_factory=dict)
    issues: dict[str, _Defined] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from detente.reading.record_reader import RecordReader

        self.record = RecordReader(self)

    # --- files ------------------------------------------------------------------------------
    def report(self, code: str, message: str, *places: Place, hint: str = "") -> None:
        severity = "warning" if code.startswith("W") else "error"
        self.problems.append(Problem(code, message, places, hint, severity))  # type: ignore[arg-type]

    def read(self) -> Case | None:
        shown = str(self.folder)
        try:
            if not self.folder.exists():
                near = []
                if self.folder.parent.is_dir():
                    near = [
                        p.name for p in self.folder.parent.iterdir() if (p / "case.yaml").exists()
                    ]
                hint = did_you_mean(self.folder.name, near, "cases there")
                self.report("E101", f"no such folder: {shown}", Place(shown), hint=hint)
                return None
            if not self.folder.is_dir():
                self.report("E102", f"not a folder: {shown}", Place(shown))
                return None
            top = self.folder / "case.yaml"
            if not top.exists():
                inner = [p.name for p in self.folder.iterdir() if (p / "case.yaml").exists()]
                hint = f"cases in it: {', '.join(sorted(inner)[:12])}" if inner else ""
                self.report("E113", "the folder holds no case.yaml", Place(shown), hint=hint)
                return None
        except (OSError, ValueError) as bad:
            self.report("E101", f"no such folder: {plain(shown)} ({bad})", Place(plain(shown)))
            return None
        header = self._header(top)
        if header is None:
            return None
        shape, document = header
        for i, name in enumerate(shape.uses or []):
            library = LIBRARIES / name
            if name in (shape.uses or [])[:i]:
                message = f"the library '{name}' is used twice"
                self.report("E303", message, document.at(("uses", i)))
                continue
            if not re.fullmatch(r"[\w-]{1,80}", name) or not library.is_dir():
                known = (
                    [p.name for p in LIBRARIES.iterdir() if p.is_dir()]
                    if LIBRARIES.is_dir()
                    else []
                )
                hint = did_you_mean(name, known)
                self.report(
                    "E311", f"unknown library '{name}'", document.at(("uses", i)), hint=hint
                )
                continue
            self._folder(library, f"detente/library/{name}")
        self._folder(self.folder, shown)
        return _Assembly(self, shape, document).case()

    def _documents(self, path: Path, shown: str) -> list[Document]:
        documents, problems = read_yaml(path, shown)
        self.files.append(shown)
        self.problems.extend(problems)
        return documents

    def _header(self, path: Path) -> tuple[shapes.CaseShape, Document] | None:
        shown = str(self.folder / "case.yaml")
        documents = self._documents(path, shown)
        if not documents or documents[0].value is None:
            if not any(p.severity == "error" for p in self.problems):
                self.report("E113", "case.yaml is empty", Place(shown))
            return None
        for more in documents[1:]:
            message = "case.yaml holds one document; nothing after '---' is read"
            self.report("E201", message, more.at(()))
        shape = self._checked(shapes.CaseShape, documents[0], documents[0].value, ())
        if shape and not shape.parties:
            self.report("E113", "the case names no parties", documents[0].key(("parties",)))
            return None
        return (shape, documents[0]) if shape else None

    def _folder(self, folder: Path, shown: str) -> None:
        try:
            entries = sorted(folder.iterdir())
        except OSError as bad:
            self.report("E103", f"cannot be read: {bad.strerror or bad}", Place(shown))
            return
        for entry in entries:
            name = entry.name
            if name.startswith(".") or name.startswith("README"):
                continue
            if entry.is_dir() and name in shapes.FOLDERS:
                self._files(entry, f"{shown}/{name}", name)
            elif entry.is_dir() and name == "record":
                self.record.folder(entry, f"{shown}/{name}")
            elif entry.is_dir() and name in shapes.LATER_FOLDERS:
                continue
            elif name != "case.yaml":
                hint = did_you_mean(name, [*shapes.FOLDERS, "case.yaml"])
                self.report("W114", f"not read: {name}", Place(f"{shown}/{name}"), hint=hint)

    def _files(self, folder: Path, shown: str, kind: str) -> None:
        try:
            entries = sorted(folder.iterdir())
        except OSError as bad:
            self.report("E103", f"cannot be read: {bad.strerror or bad}", Place(shown))
            return
        for entry in entries:
            name = f"{shown}/{entry.name}"
            if entry.name.startswith("."):
                continue
            if entry.suffix not in YAML_ENDINGS:
                if not entry.name.startswith("README"):
                    self.report(
                        "W114", f"not read: {entry.name} does not end in .yaml", Place(name)
                    )
                continue
            for document in self._documents(entry, name):
                if document.value is None:
                    continue
                if not isinstance(document.value, dict):
                    self.report("E112", "the file must hold keys and values", document.at(()))
                elif kind == "texts":
                    self._text(document)
                else:
                    self._entries(document, kind)

    def _checked(
        self, shape: type, document: Document, raw: Any, path: tuple[str | int, ...]
    ) -> Any:
        def locate(inner: tuple[str | int, ...], key: bool) -> Place:
            whole = (*path, *(("class" if p == "classification" else p) for p in inner))
            known: tuple[str | int, ...] = ()
            for part in whole:
                if (*known, part) in document.values or (*known, part) in document.keys:
                    known = (*known, part)
            return document.key(known) if key else document.at(known)

        value, problems = check(shape, raw, locate)
        self.problems.extend(problems)
        return value

    def _entries(self, document: Document, kind: str) -> None:
        file_shape = shapes.FOLDERS[kind]
        raw = document.value
        if kind == "systems" and isinstance(raw.get("systems"), dict):
            raw = {**raw, "systems": {k: self._class(v) for k, v in raw["systems"].items()}}
        file = self._checked(file_shape, document, raw, ())
        if file is None:
            self._salvage(document, kind)
            return
        for key in shapes.keys_of(file_shape):
            for name, value in (getattr(file, key) or {}).items():
                self._define(key, name, _Defined(value, document, (key, name)))

    def _class(self, raw: Any) -> Any:
        if isinstance(raw, dict) and "class" in raw:
            raw = {("classification" if k == "class" else k): v for k, v in raw.items()}
        return raw

    def _salvage(self, document: Document, kind: str) -> None:
        """Keep what is right in a file with mistakes; of the rest the names, so that what refers
        to them is no error too."""
        for key, shape in shapes.keys_of(shapes.FOLDERS[kind]).items():
            body = document.value.get(key)
            for name, raw in body.items() if isinstance(body, dict) else ():
                if isinstance(name, str):
                    entry = self._class(raw) if key == "systems" else raw
                    value, _ = check(shape, entry, lambda *_: document.at((key, name)))  # noqa: B023
                    self._define(key, name, _Defined(value, document, (key, name)))

    def _define(self, kind: str, name: str, defined: _Defined) -> None:
        table = self.raw.setdefault(kind, {})
        if name in table:
            first = replace(table[name].place, note="first here")
            self.report("E303", f"'{name}' is defined twice", defined.place, first)
            return
        table[name] = defined

    def _text(self, document: Document) -> None:
        raw = document.value
        kind = "issue" if "issue" in raw and "text" not in raw else "text"
        shape = shapes.IssueShape if kind == "issue" else shapes.TextShape
        value = self._checked(shape, document, raw, ())
        name = raw.get(kind)
        if not isinstance(name, str):
            return
        table = self.issues if kind == "issue" else self.texts
        if name in table:
            first = replace(table[name].place, note="first here")
            self.report("E303", f"{kind} '{name}' is defined twice", document.at((kind,)), first)
            return
        table[name] = _Defined(value, document, (kind,))


@dataclass
class _Assembly:
    """Second pass: names are known, values are built and every reference is checked."""

    reader: _Reader
    shape: shapes.CaseShape
    header: Document

    def __post_init__(self) -> None:
        self.report: Callable[..., None] = self.reader.report
        raw = self.reader.raw
        self.sources = dict(raw.get("sources", {}))
        shared = {n: d.value for n, d in raw.get("parties", {}).items() if d.value}
        self.parties = {**shared, **self.shape.parties}
        self.groups = {n: tuple(g) for n, g in (self.shape.groups or {}).items()}
        self.zones = dict(self.shape.zones or {})
        self.attributes: dict[str, Attribute] = {}
        for name, d in raw.get("attributes", {}).items():
            if d.value is None:
                self.attributes[name] = Attribute(id=name, type="text", usable=False, place=d.place)
                continue
            s = d.value
            if s.type == "choice" and not s.choices:
                self.report("E202", f"the choice '{name}' needs choices", d.place)
            if name in FACETS:
                hint = "call the attribute otherwise"
                message = f"'{name}' is what every line of an inventory may have"
                self.report("E303", message, d.place, hint=hint)
            elif not nameable(name):
                message = f"no predicate can name '{name}'"
                hint = "letters, digits and _; not yes, no, and, or, not, in, of, any"
                self.report("E203", message, d.place, hint=hint)
            self.attributes[name] = Attribute(
                id=name,
                type=s.type,
                title=s.title,
                choices=tuple(s.choices or ()),
                unit=s.unit,
                quality=s.quality,
                note=s.note,
                place=d.place,
            )

    def case(self) -> Case:
        from detente.reading.lens_reader import LensReader
        from detente.reading.text_reader import TextReader

        self._header_references()
        systems = self._systems()
        self.system_ids = systems.keys() | self.reader.raw.get("systems", {}).keys()
        self.types = {t for s in systems.values() for t in s.variant_of}
        carried_by(self)
        inventories = self._inventories()
        texts, lenses = TextReader(self), LensReader(self)
        case = Case(
            id=self.shape.case,
            title=self.shape.title,
            folder=self.reader.folder,
            about=self.shape.about,
            parties=_frozen({n: Party(id=n, title=p.title) for n, p in self.parties.items()}),
            groups=_frozen(self.groups),
            zones=_frozen(
                {n: Zone(id=n, title=z.title, within=z.within) for n, z in self.zones.items()}
            ),
            sources=_frozen(
                {
                    n: Source(
                        id=n,
                        title=d.value.title,
                        grade=d.value.grade,
                        url=d.value.url,
                        note=d.value.note,
                    )
                    for n, d in self.sources.items()
                    if d.value
                }
            ),
            bases=_frozen(
                {
                    n: Basis(
                        id=n,
                        counts=d.value.counts,
                        leaves_out=d.value.leaves_out,
                        note=d.value.note,
                    )
                    for n, d in self.reader.raw.get("bases", {}).items()
                    if d.value
                }
            ),
            attributes=_frozen(self.attributes),
            systems=_frozen(systems),
            inventories=_frozen(inventories),
            issues=_frozen(texts.issues()),
            texts=_frozen(texts.texts()),
            views=_frozen(self._views()),
            programmes=_frozen(programmes := programmes_of(self)),
            candidates=_frozen(candidates_of(self, programmes)),
            record=(record := self.reader.record.record(self)),
            letters=_frozen(letters := self._letters(record)),
            claims=_frozen(self._claims(record, letters)),
            brief=self._brief(),
            measures=_frozen(lenses.measures()),
            lenses=_frozen(lenses.lenses()),
            files=tuple(self.reader.files),
        )
        texts.check_references(case)
        lenses.check_limits(case)
        return case

    # --- references -----------------------------------------------------------------------------
    def cites(self, cites: Cites | None, place: Place) -> Cites:
        """The cites, each key checked against the declared sources."""
        for cite in cites or ():
            if cite.source not in self.sources:
                hint = did_you_mean(cite.source, self.sources)
                self.report("E304", f"unknown source '{cite.source}'", place, hint=hint)
        return cites or Cites()

    def party(
        self, name: str, place: Place, *, groups: bool = False, more: Iterable[str] = ()
    ) -> None:
        """Check the name of a party (or group, or one of `more`)."""
        known = {*self.parties, *(self.groups if groups else ()), *more}
        if name not in known:
            self.report("E301", f"unknown party '{name}'", place, hint=did_you_mean(name, known))

    def sound_groups(self, groups: Mapping[str, Sequence[str]], document: Document) -> None:
        """Report groups that hold nothing, bear a party's name, or hold each other."""
        from detente.reading.text_reader import find_circle

        path = ("groups",)
        for name, members in groups.items():
            if not members:
                self.report(
                    "E202", f"the group '{name}' has no members", document.key((*path, name))
                )
            if name in self.parties:
                message = f"'{name}' is a party and cannot be a group too"
                self.report("E303", message, document.key((*path, name)))
        for name in groups:
            if circle := find_circle(groups, name, {}):
                message = f"groups hold each other in a circle: {' → '.join([*circle, circle[0]])}"
                self.report("E312", message, *(document.key((*path, n)) for n in circle))
                return

    def clause(
        self,
        clause: Clause,
        document: Document,
        path: tuple[str | int, ...],
        categories: Iterable[str] = (),
    ) -> Clause:
        """The clause with its tree parsed and resolved; flaws reported inside the file's line."""
        tree, flaws = parse(clause.text)
        found = list(flaws)
        if tree is not None:
            resolver = Resolver(
                self.attributes,
                self.system_ids,
                self.types,
                self.parties,
                self.zones,
                categories,
            )
            tree = resolver.resolve(tree)
            found += resolver.flaws
        for flaw in found:
            place = self._inside(document, path, clause.text, flaw)
            self.report(flaw.code, flaw.message, place, hint=flaw.hint)
        if tree is None or found:
            return clause
        return Clause(clause.text, tree)

    def _inside(
        self, document: Document, path: tuple[str | int, ...], text: str, flaw: Flaw
    ) -> Place:
        base = document.at(path)
        if not base.line:
            return base
        line = document.lines[base.line - 1] if base.line <= len(document.lines) else ""
        start = line.find(text, base.column - 1)
        if start >= 0:
            length = max(1, min(flaw.end, len(text)) - flaw.start)
            return Place(base.file, base.line, start + flaw.start + 1, length)
        word = text[flaw.start : flaw.end].strip()
        for number in range(base.line, min(base.line + 12, len(document.lines) + 1)):
            column = document.lines[number - 1].find(word) if word else -1
            if column >= 0:
                return Place(base.file, number, column + 1, len(word))
        return base

    def _header_references(self) -> None:
        for name, members in self.groups.items():
            for i, member in enumerate(members):
                if member not in self.parties and member not in self.groups:
                    place = self.header.at(("groups", name, i))
                    hint = did_you_mean(member, self.parties)
                    self.report("E301", f"unknown party '{member}'", place, hint=hint)
        self.sound_groups(self.groups, self.header)
        for name, zone in self.zones.items():
            if zone.within and zone.within not in self.zones:
                hint = did_you_mean(zone.within, self.zones)
                place = self.header.at(("zones", name, "within"))
                self.report("E307", f"unknown zone '{zone.within}'", place, hint=hint)
            seen, at = {name}, zone.within
            while at in self.zones and at not in seen:
                seen.add(at)
                at = self.zones[at].within
            if at == name:
                place = self.header.key(("zones", name))
                self.report("E312", f"the zone '{name}' lies inside itself", place)

    def _views(self) -> dict[str, View]:
        return {
            name: View(
                id=name,
                title=v.title,
                readings=tuple((v.readings or {}).items()),
                claims=tuple(v.claims or ()),
                note=v.note,
            )
            for name, v in (self.shape.views or {}).items()
        }

    def _letters(self, record: Record | None) -> dict[str, Letter]:
        """The letters to answer, with every name that their briefs need checked."""
        found: dict[str, Letter] = {}
        documents = record.documents if record else {}
        for name, shape in (self.shape.letters or {}).items():
            path = ("letters", name)
            if shape.document not in documents:
                hint = did_you_mean(shape.document, documents)
                place = self.header.at((*path, "document"))
                self.report("E317", f"unknown document '{shape.document}'", place, hint=hint)
            elif record and all(s.document != shape.document for s in record.statements):
                message = f"the record holds no statement of the document '{shape.document}'"
                place = self.header.at((*path, "document"))
                self.report("E320", message, place, hint="add what it says to record/")
            options = shape.options or []
            texts = [("text", shape.text), ("baseline", shape.baseline)]
            named: list[tuple[tuple[str | int, ...], str]]
            named = [((*path, key), text) for key, text in texts if text]
            named += [((*path, "options", i), o) for i, o in enumerate(options)]
            for where, said in named:
                text, _, view = said.partition("@")
                if text not in self.reader.texts:
                    hint = did_you_mean(text, self.reader.texts)
                    self.report("E308", f"unknown text '{text}'", self.header.at(where), hint=hint)
                if view and view not in (self.shape.views or {}):
                    hint = did_you_mean(view, self.shape.views or {})
                    self.report("E314", f"unknown view '{view}'", self.header.at(where), hint=hint)
            found[name] = Letter(
                id=name,
                document=shape.document,
                title=shape.title,
                text=shape.text,
                baseline=shape.baseline,
                options=tuple(options),
                forces=shape.forces,
                at=str(shape.at) if shape.at else "",
                since=str(shape.since) if shape.since else "",
                toward=shape.toward,
                look_back=tuple(map(str, shape.look_back or ())),
                note=shape.note,
            )
        return found

    def _claims(self, record: Record | None, letters: Mapping[str, Letter]) -> dict[str, Claim]:
        """The claims of the letters, with the places of what they bind to."""
        found: dict[str, Claim] = {}
        documents = record.documents if record else {}
        for name, d in self.reader.raw.get("claims", {}).items():
            claim: Claim | None = d.value
            if claim is None:
                continue
            path = ("claims", name)
            if claim.letter not in letters:
                hint = did_you_mean(claim.letter, letters, "letters of case.yaml")
                place = d.document.at((*path, "letter"))
                self.report("E317", f"unknown letter '{claim.letter}'", place, hint=hint)
            if not claim.tests and not claim.not_testable:
                message = (
                    f"the claim '{name}' has neither tests nor a reason why it cannot be tested"
                )
                self.report("E202", message, d.place)
            for side in ("supports", "against"):
                for i, evidence in enumerate(getattr(claim, side)):
                    for part in evidence.source.split(";"):
                        key = part.strip().partition(" ")[0]
                        if key not in documents and key not in self.sources:
                            place = d.document.at((*path, side, i, "source"))
                            hint = did_you_mean(key, [*documents, *self.sources])
                            self.report("E304", f"unknown source '{key}'", place, hint=hint)
            places = {
                p[2:]: d.document.at(p) for p in d.document.values if p[:2] == path and len(p) > 2
            }
            object.__setattr__(claim, "id", name)
            object.__setattr__(claim, "place", d.place)
            object.__setattr__(claim, "places", MappingProxyType(places))
            found[name] = claim
        return found

    def _brief(self) -> BriefPlan | None:
        plan = self.shape.brief
        if plan is None:
            return None
        for key in ("baseline", "option"):
            name = getattr(plan, key)
            if name not in self.reader.texts:
                hint = did_you_mean(name, self.reader.texts)
                place = self.header.at(("brief", key))
                self.report("E308", f"unknown text '{name}'", place, hint=hint)
        for key in ("forces", "at"):
            when = getattr(plan, key)
            if when is not None and not when.fixed:
                message = f"a calendar date is needed, not {when}"
                self.report("E210", message, self.header.at(("brief", key)))
        at = str(plan.at) if plan.at else ""
        return BriefPlan(baseline=plan.baseline, option=plan.option, forces=str(plan.forces), at=at)

    # --- systems --------------------------------------------------------------------------------
    def _systems(self) -> dict[str, System]:
        systems: dict[str, System] = {}
        for name, d in self.reader.raw.get("systems", {}).items():
            if d.value is None:
                continue
            shape: shapes.SystemShape = d.value
            doc, path = d.document, d.path
            self.party(shape.party, doc.at((*path, "party")))
            facts: dict[str, list[Fact]] = {}
            of = shape.variant_of
            if shape.classification:
                cites = Cites.parse("classification")
                if "classification" not in self.sources:
                    cites = Cites()
                self._group(
                    facts, shape.classification, cites, "derived", doc, (*path, "class"), GROUP_KEYS
                )
            for i, group in enumerate(shape.facts or []):
                where = (*path, "facts", i)
                self._fact_group(facts, group, doc, where)
            for i, kind in enumerate(of if isinstance(of, list) else [of] if of else []):
                self._a_type(kind, doc.at((*path, "variant_of", i)))
            systems[name] = System(
                id=name,
                name=shape.name,
                party=shape.party,
                variant_of=tuple(of) if isinstance(of, list) else (of,) if of else (),
                facts=tuple((k, tuple(v)) for k, v in facts.items()),
                note=shape.note,
                place=d.place,
            )
        return systems

    def _a_type(self, name: str, place: Place) -> None:
        """Report a variant that is taken for a type."""
        other = self.reader.raw.get("systems", {}).get(name)
        types = other.value.variant_of if other and other.value else ""
        if types and types != name:
            of = types if isinstance(types, str) else " or ".join(types)
            message = f"'{name}' is a variant itself, of {of}"
            self.report("E302", message, place, hint=f"name the type: {of}")

    def _fact_group(
        self,
        facts: dict[str, list[Fact]],
        group: dict[str, Any],
        doc: Document,
        path: tuple[str | int, ...],
    ) -> None:
        if "source" not in group:
            self.report("E202", "the key 'source' is missing in a group of facts", doc.at(path))
            return
        try:
            cites = self.cites(Cites.parse(group["source"]), doc.at((*path, "source")))
        except Miswritten as bad:
            self.report(bad.code, str(bad), doc.at((*path, "source")), hint=bad.hint)
            return
        confidence = group.get("confidence", "verified")
        if confidence not in CONFIDENCES:
            hint = did_you_mean(str(confidence), CONFIDENCES, "expected")
            place = doc.at((*path, "confidence"))
            self.report("E204", f"{plain(confidence)} is not a confidence", place, hint=hint)
            return
        if not group.keys() - GROUP_KEYS:
            self.report("E202", "a group of facts gives none", doc.at(path))
        self._group(facts, group, cites, confidence, doc, path, GROUP_KEYS)

    def _group(
        self,
        facts: dict[str, list[Fact]],
        group: Mapping[str, Any],
        cites: Cites,
        confidence: Any,
        doc: Document,
        path: tuple[str | int, ...],
        skip: set[str],
    ) -> None:
        for key, raw in group.items():
            if key in skip:
                continue
            attribute = self.attributes.get(key)
            if attribute is None:
                hint = did_you_mean(key, [*self.attributes, *skip])
                self.report("E306", f"unknown attribute '{key}'", doc.key((*path, key)), hint=hint)
                continue
            value = self.value(attribute, raw, doc.at((*path, key)))
            if value is not None:
                facts.setdefault(key, []).append(
                    Fact(value, cites, confidence, doc.key((*path, key)))
                )

    def value(self, attribute: Attribute, raw: Any, place: Place) -> Value | None:
        """An attribute's value from plain data; None, with a problem, when it is not one."""
        if not attribute.usable:
            return None
        try:
            return attribute_value(attribute, raw)
        except Miswritten as bad:
            self.report(bad.code, str(bad), place, hint=bad.hint)
            return None

    # --- inventories ----------------------------------------------------------------------------
    def _inventories(self) -> dict[str, Inventory]:
        inventories: dict[str, Inventory] = {}
        table = self.reader.raw.get("inventories", {})
        for name, d in table.items():
            if d.value is None:
                continue
            shape: shapes.InventoryShape = d.value
            doc, path = d.document, d.path
            self.party(shape.party, doc.at((*path, "party")))
            if not shape.date.fixed:
                message = f"an inventory needs a calendar date, not {shape.date}"
                self.report("E210", message, doc.at((*path, "date")))
            if shape.basis not in self.reader.raw.get("bases", {}):
                hint = did_you_mean(shape.basis, self.reader.raw.get("bases", {}), "bases")
                place = doc.at((*path, "basis"))
                self.report("E305", f"unknown basis '{shape.basis}'", place, hint=hint)
            if shape.converted_from and shape.converted_from not in table:
                place = doc.at((*path, "converted_from"))
                hint = did_you_mean(shape.converted_from, table)
                self.report("E315", f"unknown inventory '{shape.converted_from}'", place, hint=hint)
            totals = [p.id for p in shape.published or []]
            for i, total in enumerate(totals):
                if total in totals[:i]:
                    place = doc.at((*path, "published", i, "id"))
                    self.report("E303", f"the total '{total}' is defined twice", place)
            closing: dict[str, int] = {}
            for i, h in enumerate(shape.holdings or []):
                if h.closes_on and closing.setdefault(h.closes_on, i) != i:
                    where = (*path, "holdings", i, "closes_on")
                    first = doc.at(
                        (*path, "holdings", closing[h.closes_on], "closes_on"), "first here"
                    )
                    message = f"two lines close on the total '{h.closes_on}'"
                    self.report("E303", message, doc.at(where), first)
            inventories[name] = Inventory(
                id=name,
                party=shape.party,
                date=shape.date,
                basis=shape.basis,
                title=shape.title,
                holdings=tuple(
                    self._holding(h, doc, (*path, "holdings", i), totals)
                    for i, h in enumerate(shape.holdings or [])
                ),
                published=tuple(
                    Published(
                        id=p.id,
                        figure=p.figure,
                        where=self.clause(Clause(p.where), doc, (*path, "published", i, "where")),
                        source=self.cites(p.source, doc.at((*path, "published", i, "source"))),
                        title=p.title,
                        confidence=p.confidence,
                        declared=p.declared,
                        spread=p.spread,
                        note=p.note,
                        place=doc.at((*path, "published", i, "id")),
                    )
                    for i, p in enumerate(shape.published or [])
                ),
                leaves_out=self.clause(Clause(shape.leaves_out), doc, (*path, "leaves_out"))
                if shape.leaves_out
                else None,
                converted_from=shape.converted_from,
                conversion=shape.conversion,
                notes=tuple(shape.notes or ()),
                place=d.place,
            )
        return inventories

    def _holding(
        self,
        shape: shapes.HoldingShape,
        doc: Document,
        path: tuple[str | int, ...],
        totals: list[str],
    ) -> Holding:
        if shape.system not in self.system_ids:
            hint = did_you_mean(shape.system, self.system_ids)
            place = doc.at((*path, "system"))
            self.report("E302", f"unknown system '{shape.system}'", place, hint=hint)
        if shape.launcher and shape.launcher not in self.system_ids | self.types:
            hint = did_you_mean(shape.launcher, self.system_ids | self.types)
            place = doc.at((*path, "launcher"))
            self.report("E302", f"unknown system or type '{shape.launcher}'", place, hint=hint)
        if shape.zone and shape.zone not in self.zones:
            hint = did_you_mean(shape.zone, self.zones)
            self.report("E307", f"unknown zone '{shape.zone}'", doc.at((*path, "zone")), hint=hint)
        if shape.number is None and not shape.closes_on and not shape.claims:
            message = "a holding needs a number, rival claims, or closes_on a published total"
            self.report("E202", message, doc.at(path))
        if shape.closes_on and shape.number is not None:
            message = "a line that closes on a total has no number of its own"
            self.report("E203", message, doc.at((*path, "number")))
        if shape.closes_on and shape.closes_on not in totals:
            hint = did_you_mean(shape.closes_on, totals, "published")
            place = doc.at((*path, "closes_on"))
            self.report("E315", f"no published total '{shape.closes_on}'", place, hint=hint)
        own: list[tuple[str, Any]] = []
        for key, raw in (shape.attributes or {}).items():
            where = (*path, "attributes", key)
            attribute = self.attributes.get(key)
            if attribute is None:
                hint = did_you_mean(key, self.attributes)
                self.report("E306", f"unknown attribute '{key}'", doc.key(where), hint=hint)
                continue
            value = self.value(attribute, raw, doc.at(where))
            if value is not None:
                own.append((key, value))
        for key, when in (shape.events or {}).items():
            attribute = self.attributes.get(key)
            if attribute is None or attribute.type != "date":
                hint = did_you_mean(
                    key, [a.id for a in self.attributes.values() if a.type == "date"]
                )
                place = doc.key((*path, "events", key))
                self.report("E306", f"no date attribute '{key}'", place, hint=hint)
                continue
            own.append((key, when))
        return Holding(
            system=shape.system,
            number=shape.number,
            source=self.cites(shape.source, doc.at((*path, "source"))),
            confidence=shape.confidence,
            state=shape.state,
            zone=shape.zone,
            place=shape.place,
            activity=shape.activity,
            quantity=shape.quantity,
            carrier=shape.carrier,
            launcher=shape.launcher,
            attributes=tuple(own),
            claims=tuple(
                DataClaim(
                    by=c.by,
                    number=c.number,
                    source=self.cites(c.source, doc.at((*path, "claims", i, "source"))),
                    date=c.date,
                    confidence=c.confidence,
                    note=c.note,
                )
                for i, c in enumerate(shape.claims or [])
            ),
            closes_on=shape.closes_on,
            taken_as=tuple(
                TakenAs(
                    category=t.category,
                    member=t.member,
                    source=self.cites(t.source, doc.at((*path, "taken_as", i, "source"))),
                    place=doc.at((*path, "taken_as", i, "category")),
                )
                for i, t in enumerate(shape.taken_as or [])
            ),
            note=shape.note,
            where=doc.at(path),
        )


def _frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))
