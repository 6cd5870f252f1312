"""Assemble texts: a proposal's base with its changes, the options it chooses, the texts it includes.

Provisions are merged as written and checked afterwards, so that a changed field is reported at the
line that changed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

from detente.model.amounts import Bound, Schedule, Step, Tally
from detente.model.case import Case
from detente.model.cites import Cites
from detente.model.dates import When
from detente.model.predicate import (
    Clause,
    Compare,
    Heaviest,
    Named,
    Scaled,
    walk,
)
from detente.model.problem import Place, did_you_mean, nearest
from detente.model.provisions import (
    KIND_BY_NAME,
    Attribution,
    Ban,
    Category,
    CountingRule,
    ExceptionClause,
    Limit,
    Menu,
    Provision,
    QualitativeLimit,
    ScheduleClause,
)
from detente.model.texts import Issue, Option, Text
from detente.model.written import Miswritten, plain
from detente.reading import shapes
from detente.reading.checking import check
from detente.reading.yaml_file import Document

if TYPE_CHECKING:
    from detente.reading.case_reader import _Assembly, _Defined

Steps = tuple[str | int, ...]
MAX_BASES = 60  # texts that rest on one another
MAX_CHAIN = 60  # categories that are defined by one another
SITES = ("place", "zone", "state", "carrier", "launcher", "type", "system")
MAX_PLACES = 12  # places shown of one circle
BOUNDS = ("at_most", "at_least", "above", "baseline")  # the fields of provisions that hold bounds
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass
class _Raw:
    """A provision as written, with the place of each field that a later text changed."""

    kind: str
    id: str
    fields: dict[str, Any]
    document: Document
    path: Steps
    changed: dict[str, tuple[Document, Steps]] = field(default_factory=dict)
    issue: str = ""
    option: str = ""

    def locate(self, inner: Steps, key: bool = False) -> Place:
        """The place of a field (or its key), wherever it was written last."""
        document, path, rest = self.document, self.path, inner
        if inner and inner[0] in self.changed:
            document, path = self.changed[str(inner[0])]
        if not inner:
            return document.at(path)
        if rest[0] == "id":
            rest = (self.kind,)
        known: Steps = path
        for part in rest:
            if (*known, part) in document.values or (*known, part) in document.keys:
                known = (*known, part)
        return document.key(known) if key else document.at(known)

    @property
    def place(self) -> Place:
        return (
            self.document.at((*self.path, self.kind)) if self.kind else self.document.at(self.path)
        )


@dataclass(frozen=True)
class _Names:
    """What the provisions of a text may name."""

    categories: frozenset[str]
    counts: frozenset[str]
    weighed: frozenset[str]
    provisions: frozenset[str]
    limits: frozenset[str]
    groups: frozenset[str]

    @property
    def counted(self) -> frozenset[str]:
        """What a limit may stand on."""
        return self.categories | self.counts

    def as_much_as(self, other: _Names) -> bool:
        """Whether nothing that was sound with the other's names can be wrong with these."""
        return self.weighed <= other.weighed and all(
            getattr(self, f.name) >= getattr(other, f.name)
            for f in fields(self)
            if f.name != "weighed"
        )


class TextReader:
    """Builds the texts and issues of a case; problems go to the assembly's report."""

    def __init__(self, assembly: _Assembly) -> None:
        self.assembly = assembly
        self.report = assembly.report
        self.defined = assembly.reader.texts
        self.issues_defined = assembly.reader.issues
        self._raw: dict[str, list[_Raw]] = {}
        self._in_work: list[str] = []
        self._options: dict[tuple[str, str], list[_Raw]] = {}
        self._checked: dict[int, Provision | None] = {}
        self._keep: list[_Raw] = []
        self._category_names: dict[str, frozenset[str]] = {}
        self._read: dict[tuple[int, frozenset[str]], Provision] = {}
        self._sound: dict[int, _Names] = {}
        self._refers: list[tuple[str, Place]] = []

    # --- assembling -----------------------------------------------------------------------------
    def raw_provisions(self, items: Any, document: Document, path: Steps) -> Iterator[_Raw]:
        """The provisions of a list as written; each begins with its kind."""
        if not isinstance(items, list):
            return
        for i, item in enumerate(items):
            where = (*path, i)
            if not isinstance(item, dict):
                self.report("E203", "a provision must be keys and values", document.at(where))
                continue
            kind = next((k for k in item if k in KIND_BY_NAME), None)
            if kind is None:
                first = next(iter(item), "")
                hint = did_you_mean(str(first), KIND_BY_NAME)
                hint = hint or "begin with one of: " + ", ".join(KIND_BY_NAME)
                place = document.key((*where, first))
                self.report("E215", f"'{first}' is no kind of provision", place, hint=hint)
                continue
            name = item[kind]
            if not isinstance(name, str) or not name:
                message = f"the {kind} needs an id, not {plain(name)}"
                self.report("E203", message, document.at((*where, kind)))
                continue
            rest = {k: v for k, v in item.items() if k != kind}
            if "id" in rest:
                self._no_id(kind, document.key((*where, "id")))
                del rest["id"]
            yield _Raw(kind, name, rest, document, where)

    def _no_id(self, kind: str, place: Place) -> None:
        self.report("E201", "unknown key 'id'", place, hint=f"the id stands behind '{kind}:'")

    def option(self, issue: str, option: str, place: Place) -> list[_Raw]:
        """The provisions that an option brings."""
        if (issue, option) in self._options:
            return self._options[issue, option]
        defined = self.issues_defined.get(issue)
        put = self.assembly.reader.record.issues.get(issue)  # the record's question of that name
        if defined is None and put is None:
            hint = did_you_mean(issue, {*self.issues_defined, *self.assembly.reader.record.issues})
            self.report("E313", f"unknown issue '{issue}'", place, hint=hint)
            return []
        shape: shapes.IssueShape | None = defined.value if defined else None
        options = (shape.options or {}) if shape else {}
        if option not in options:
            known = {*options, *(put.options if put else ())}
            if option not in known:
                hint = did_you_mean(option, known)
                message = f"the issue '{issue}' has no option '{option}'"
                self.report("E313", message, place, hint=hint)
            return []
        assert defined is not None
        path = ("options", option, "provisions")
        found = list(self.raw_provisions(options[option].provisions, defined.document, path))
        for raw in found:
            raw.issue, raw.option = issue, option
        self._options[issue, option] = found
        return found

    def assemble(self, name: str) -> list[_Raw]:
        """All provisions of a text as written: its base's, its options', its own, less the dropped."""
        if name in self._raw:
            return self._raw[name]
        defined = self.defined[name]
        if name in self._in_work:
            circle = [*self._in_work[self._in_work.index(name) :], name]
            message = f"texts rest on each other in a circle: {' → '.join(circle)}"
            self.report("E312", message, defined.document.at(("text",)))
            return []
        if len(self._in_work) > MAX_BASES:
            message = f"more than {MAX_BASES} texts rest on one another"
            self.report("E107", message, defined.document.at(("text",)))
            return []
        shape: shapes.TextShape | None = defined.value
        if shape is None:
            self._raw[name] = []
            return []
        self._in_work.append(name)
        try:
            items = self._assemble(shape, defined.document)
        finally:
            self._in_work.pop()
        self._raw[name] = items
        return items

    def _base(self, name: str, document: Document, path: Steps) -> list[_Raw]:
        if name not in self.defined:
            hint = did_you_mean(name, self.defined)
            self.report("E308", f"unknown text '{name}'", document.at(path), hint=hint)
            return []
        return self.assemble(name)

    def _assemble(self, shape: shapes.TextShape, document: Document) -> list[_Raw]:
        items: dict[str, _Raw] = {}
        if shape.based_on:
            items.update((r.id, r) for r in self._base(shape.based_on, document, ("based_on",)))
        for i, other in enumerate(shape.includes or []):
            for raw in self._base(other, document, ("includes", i)):
                mine = items.setdefault(raw.id, raw)
                if mine is not raw and (mine.document, mine.path) != (raw.document, raw.path):
                    message = f"two of the included texts have a provision '{raw.id}'"
                    hint = "rename one of them, or include only one of the texts"
                    place = document.at(("includes", i))
                    self.report("E303", message, place, mine.place, raw.place, hint=hint)
        for issue, chosen in (shape.chooses or {}).items():
            place = document.at(("chooses", issue))
            items = {k: r for k, r in items.items() if r.issue != issue}
            for option in chosen if isinstance(chosen, list) else [chosen]:
                for raw in self.option(issue, str(option), place):
                    self._add(items, raw)
        for i, dropped in enumerate(shape.drops or []):
            if items.pop(dropped, None) is None:
                hint = did_you_mean(dropped, items)
                place = document.at(("drops", i))
                self.report("E309", f"unknown provision '{dropped}'", place, hint=hint)
        for i, change in enumerate(shape.changes or []):
            if not isinstance(change, dict):
                place = document.at(("changes", i))
                self.report("E203", "a change must be keys and values", place)
                continue
            self._change(items, change, document, ("changes", i))
        for raw in self.raw_provisions(shape.provisions, document, ("provisions",)):
            for gone in self._names(raw.fields.get("replaces")):
                if gone in items:
                    del items[gone]
            self._add(items, raw)
        return list(items.values())

    @staticmethod
    def _names(raw: Any) -> list[str]:
        """The names in what should be a list of names; what is none is reported by the check."""
        if isinstance(raw, str):
            return [raw]
        return [r for r in raw if isinstance(r, str)] if isinstance(raw, list) else []

    def _add(self, items: dict[str, _Raw], raw: _Raw) -> None:
        if raw.id in items:
            first = replace(items[raw.id].place, note="first here")
            self.report("E303", f"the provision '{raw.id}' is defined twice", raw.place, first)
            return
        items[raw.id] = raw

    def _change(
        self, items: dict[str, _Raw], change: dict[str, Any], document: Document, path: Steps
    ) -> None:
        name = change.get("provision")
        if not isinstance(name, str):
            self.report("E202", "a change needs the key 'provision'", document.at(path))
            return
        if name not in items:
            hint = did_you_mean(name, items)
            place = document.at((*path, "provision"))
            self.report("E309", f"unknown provision '{name}'", place, hint=hint)
            return
        old = items[name]
        values = dict(old.fields)
        changed = dict(old.changed)
        for key, value in change.items():
            if key == "provision":
                continue
            if key in changed and changed[key][0] is document:
                first = replace(document.key((*changed[key][1], key)), note="first here")
                message = f"'{key}' of '{name}' is changed twice"
                self.report("E303", message, document.key((*path, key)), first)
            if key == "id":
                self._no_id(old.kind, document.key((*path, "id")))
                continue
            values.pop(key, None)
            if value is not None:
                values[key] = value
            changed[key] = (document, path)
        if "readings" not in change and isinstance(values.get("readings"), dict):
            values["readings"] = self._still_read(values["readings"], change)
            if not values["readings"]:
                del values["readings"]
        items[name] = replace(old, fields=values, changed=changed)

    @staticmethod
    def _still_read(readings: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
        """The readings of a changed provision: what a change says anew is no longer read differently."""
        kept = {}
        for name, differs in readings.items():
            if not isinstance(differs, dict):
                kept[name] = differs
            elif left := {k: v for k, v in differs.items() if k not in change}:
                kept[name] = left
        return kept

    # --- checking -------------------------------------------------------------------------------
    def provision(self, raw: _Raw) -> Provision | None:
        """The checked provision, its readings included; None when it has mistakes."""
        if id(raw) in self._checked:
            return self._checked[id(raw)]
        self._keep.append(raw)  # keeps id(raw) unique
        kind = KIND_BY_NAME[raw.kind]
        readings = raw.fields.get("readings")
        plain_fields = {k: v for k, v in raw.fields.items() if k != "readings"}
        provision = self._check(kind, {"id": raw.id, **plain_fields}, raw.locate)
        variants: list[tuple[str, Provision]] = []
        if readings is not None:
            if not isinstance(readings, dict) or not readings:
                message = "readings must be {name: {what differs}}"
                self.report("E203", message, raw.locate(("readings",)))
            else:
                for name, fields_ in readings.items():
                    if not isinstance(fields_, dict):
                        place = raw.locate(("readings", name))
                        self.report("E203", "a reading must be keys and values", place)
                        continue
                    variant = self._check(
                        kind,
                        {"id": raw.id, **plain_fields, **fields_},
                        partial(self._in_reading, raw, name, fields_),
                    )
                    if variant is not None:
                        variants.append((str(name), variant))
        if provision is not None:
            last = list(raw.changed.values())[-1:]
            place = last[0][0].at(last[0][1]) if last else raw.place
            object.__setattr__(provision, "place", place)
            object.__setattr__(provision, "changed", tuple(raw.changed))
            object.__setattr__(provision, "readings", tuple(variants))
            if raw.issue:
                object.__setattr__(provision, "issue", raw.issue)
                object.__setattr__(provision, "option", raw.option)
            for _, variant in variants:
                object.__setattr__(variant, "place", raw.place)
        self._checked[id(raw)] = provision
        return provision

    @staticmethod
    def _in_reading(
        raw: _Raw, name: str, fields_: dict[str, Any], inner: Steps, key: bool = False
    ) -> Place:
        if inner and inner[0] in fields_:
            return raw.locate(("readings", name, *inner), key)
        return raw.locate(inner, key)

    def _check(
        self, kind: type[Provision], values: dict[str, Any], locate: Any
    ) -> Provision | None:
        value, problems = check(kind, values, locate)
        self.assembly.reader.problems.extend(problems)
        return value

    def text(self, name: str, defined: _Defined) -> Text | None:
        """One text, assembled and checked."""
        shape: shapes.TextShape | None = defined.value
        if shape is None:
            return None
        document = defined.document
        chain = self._chain(name)
        parties = next((s.parties for s in chain if s.parties), [])
        for i, party in enumerate(shape.parties or []):
            self.assembly.party(party, document.at(("parties", i)))
        if not parties:
            self.report("E202", "the key 'parties' is missing", document.at(("text",)))
        groups = shape.groups or {}
        for group, members in groups.items():
            for i, member in enumerate(members):
                place = document.at(("groups", group, i))
                self.assembly.party(member, place, groups=True, more=groups)
        self.assembly.sound_groups(groups, document)
        if not shape.date.fixed:
            message = f"a text needs a calendar date, not {shape.date}"
            self.report("E210", message, document.at(("date",)))
        if shape.by != "joint":
            self.assembly.party(shape.by, document.at(("by",)), groups=True)
        self.assembly.cites(shape.source, document.at(("source",)))
        counts = next((s.counts for s in chain if s.counts), "")
        bases = self.assembly.reader.raw.get("bases", {})
        if shape.counts and shape.counts not in bases:
            hint = did_you_mean(shape.counts, bases, "bases")
            self.report(
                "E305", f"unknown basis '{shape.counts}'", document.at(("counts",)), hint=hint
            )
        never, forced, assumed = self._force(shape, document)
        provisions = [p for p in map(self.provision, self.assemble(name)) if p is not None]
        return Text(
            id=name,
            title=shape.title,
            parties=tuple(parties),
            date=shape.date,
            by=shape.by,
            status=shape.status,
            binding=shape.binding or ("legal" if shape.by == "joint" else "proposed"),
            counts=counts,
            entry_into_force=never,
            forced=forced,
            assumed_force=assumed,
            period=next((s.period for s in chain if s.period), None),
            suspended=shape.suspended,
            based_on=shape.based_on,
            source=shape.source or Cites(),
            groups=tuple(
                (k, tuple(v)) for k, v in next((s.groups for s in chain if s.groups), {}).items()
            ),
            about=shape.about,
            note=shape.note,
            provisions=self._resolved(name, provisions),
            dropped=tuple(shape.drops or ()),
            chosen=self._chosen(shape, chain, document),
            place=document.at(("text",)),
        )

    def _chosen(
        self, shape: shapes.TextShape, chain: list[shapes.TextShape], document: Document
    ) -> tuple[tuple[str, str], ...]:
        """The options that a text chooses, and its base where it says nothing; none without its own."""
        found: dict[str, list[str]] = {}
        for s in chain if shape.chooses else ():
            for issue, options in (s.chooses or {}).items():
                names = [str(o) for o in (options if isinstance(options, list) else [options])]
                found.setdefault(issue, names)
        for issue in shape.chooses or {}:
            question = self.assembly.reader.record.issues.get(issue)
            for a, b in combinations(found[issue], 2):
                if question and not question.compatible(a, b):
                    message = f"'{a}' and '{b}' exclude each other"
                    hint = f"choose one of them, or let '{a}' stand with '{b}' in the record"
                    place = document.at(("chooses", issue))
                    self.report("E511", message, place, hint=hint)
        return tuple((i, o) for i, options in found.items() for o in dict.fromkeys(options))

    def _chain(self, name: str) -> list[shapes.TextShape]:
        """The text and what it is based on or includes, nearest first; circles are cut."""
        found: list[shapes.TextShape] = []
        queue, seen = [name], set()
        while queue:
            at = queue.pop(0)
            shape = self.defined[at].value if at in self.defined and at not in seen else None
            seen.add(at)
            if shape is not None:
                found.append(shape)
                queue += [*([shape.based_on] if shape.based_on else []), *(shape.includes or [])]
        return found

    def _force(
        self, shape: shapes.TextShape, document: Document
    ) -> tuple[str, When | None, When | None]:
        raw = shape.entry_into_force
        if raw is None or raw == "never":
            return raw or "", None, None
        try:
            if isinstance(raw, dict) and set(raw) == {"assumed"}:
                assumed = When.parse(raw["assumed"])
                if not assumed.fixed:
                    raise Miswritten(f"a calendar date is needed, not {assumed}", "E210")
                return "", None, assumed
            if isinstance(raw, dict):
                raise Miswritten("expected a date, never, or {assumed: DATE}")
            forced = When.parse(raw)
            if not forced.fixed:
                raise Miswritten(f"a calendar date is needed, not {forced}", "E210")
            if shape.date.fixed and forced.last < shape.date.first:
                raise Miswritten(f"it enters into force before its date, {shape.date}", "E214")
            return "", forced, None
        except Miswritten as bad:
            self.report(bad.code, str(bad), document.at(("entry_into_force",)))
            return "", None, None

    def texts(self) -> dict[str, Text]:
        """All texts of the case."""
        found = {n: self.text(n, d) for n, d in self.defined.items()}
        return {n: t for n, t in found.items() if t is not None}

    def issues(self) -> dict[str, Issue]:
        """All issues of the case."""
        issues = {}
        for name, defined in self.issues_defined.items():
            shape: shapes.IssueShape | None = defined.value
            if shape is None:
                continue
            place = defined.document.at(("issue",))
            issues[name] = Issue(
                id=name,
                title=shape.title,
                place=place,
                options=tuple(
                    Option(
                        id=o,
                        title=s.title,
                        provisions=tuple(
                            p
                            for p in map(self.provision, self.option(name, o, place))
                            if p is not None
                        ),
                    )
                    for o, s in (shape.options or {}).items()
                ),
            )
        return issues

    # --- names, predicates, circles -------------------------------------------------------------
    def _resolved(self, name: str, provisions: list[Provision]) -> tuple[Provision, ...]:
        rules = [p for p in provisions if isinstance(p, CountingRule)]
        raws = {r.id: r for r in self._raw[name]}
        known = _Names(
            categories=frozenset(p.id for p in provisions if isinstance(p, Category)),
            counts=frozenset(c for p in rules for c in p.counts_in or (p.id,)),
            weighed=frozenset(c for p in rules if not _plain(p) for c in p.counts_in or (p.id,)),
            provisions=frozenset(raws),
            limits=frozenset(raws) | {str(r.fields.get("limit") or r.id) for r in raws.values()},
            groups=frozenset(g for shape in self._chain(name) for g in shape.groups or {}),
        )
        self._counts_used(provisions, raws)
        self._category_names[name] = known.categories
        resolved = [self._predicates(p, raws[p.id], known.categories) for p in provisions]
        for provision in resolved:
            self._names_in(provision, raws[provision.id], known)
        self._circles(resolved, raws)
        return tuple(resolved)

    def _counts_used(self, provisions: Iterable[Provision], raws: dict[str, _Raw]) -> None:
        """Warn of a rule that adds to what no limit counts, where one counts nearly that."""
        used: set[str] = set()
        rules: list[CountingRule] = []
        for p in provisions:
            variants = (p, *(v for _, v in p.readings))
            if isinstance(p, CountingRule) and not p.not_computed:
                rules.append(p)
            elif isinstance(p, Limit):
                used |= {name for v in variants for name in _tallied(v)}
        counts = {c for p in rules for c in p.counts_in or (p.id,)}
        for p in rules:
            for i, count in enumerate(p.counts_in or (p.id,)):
                near = nearest(count, used & counts) if count not in used else ()
                if near:
                    place = raws[p.id].locate(("counts_in", i)) if p.counts_in else raws[p.id].place
                    hint = f"did you mean '{near[0]}'?"
                    self.report("W505", f"no limit counts '{count}'", place, hint=hint)

    def _predicates(self, provision: Provision, raw: _Raw, categories: frozenset[str]) -> Provision:
        """The provision with its predicates read; once for all texts in which they say the same."""
        words = {w for text in _clauses(provision) for w in _WORD.findall(text)}
        key = (id(raw), frozenset(words & categories))
        if key in self._read:
            return self._read[key]
        before = len(self.assembly.reader.problems)
        readings = tuple(
            (n, self._predicates_of(v, raw, categories, ("readings", n)))
            for n, v in provision.readings
        )
        result = self._predicates_of(provision, raw, categories, ())
        object.__setattr__(result, "readings", readings)
        if len(self.assembly.reader.problems) == before:
            self._read[key] = result
        return result

    def _predicates_of(
        self, provision: Provision, raw: _Raw, categories: frozenset[str], reading: Steps
    ) -> Provision:
        changes: dict[str, Clause] = {}
        for key in ("where", "must"):
            clause = getattr(provision, key, None)
            if isinstance(clause, Clause):
                document, path = raw.changed.get(key, (raw.document, raw.path))
                where = (*path, key)
                if reading and (*raw.path, *reading, key) in raw.document.values:
                    document, where = raw.document, (*raw.path, *reading, key)
                elif reading:
                    continue  # the default's clause: reported once, there
                changes[key] = self.assembly.clause(clause, document, where, categories)
        if reading and not changes:
            for key in ("where", "must"):
                clause = getattr(provision, key, None)
                if isinstance(clause, Clause):
                    changes[key] = _quiet(self.assembly, clause, categories)
        if not changes:
            return provision
        result = replace(provision, **changes)  # type: ignore[arg-type]
        for name in ("place", "readings", "changed"):
            object.__setattr__(result, name, getattr(provision, name))
        return result

    def _names_in(self, p: Provision, raw: _Raw, known: _Names) -> None:
        """Report what a provision names and there is not; once for all texts that know as much."""
        sound = self._sound.get(id(raw))
        if sound is not None and known.as_much_as(sound):
            return
        before = len(self.assembly.reader.problems)
        self._check_names(p, raw, known)
        if len(self.assembly.reader.problems) == before:
            self._sound[id(raw)] = known

    def _check_names(self, p: Provision, raw: _Raw, known: _Names) -> None:
        for i, party in enumerate(p.to):
            place = raw.locate(("to", i))
            self.assembly.party(party, place, groups=True, more=known.groups)
        self.assembly.cites(p.source, raw.locate(("source",)))
        for variant, at in ((p, ()), *((v, ("readings", n)) for n, v in p.readings)):
            for key in ("on", "adds", "of", "per_each", "against"):
                tally = getattr(variant, key, None)
                if isinstance(tally, Tally):
                    where = (*at, key)

                    def locate(*inner: str | int, key: bool = False, where: Steps = where) -> Place:
                        return raw.locate((*where, *inner), key)

                    self._tally(variant, tally, key, locate, known)
            for path, step, bound in _bounds(variant):
                if step is not None:
                    self.assembly.cites(step.source, raw.locate((*at, *path, "source")))
                self._bound(bound, raw, (*at, *path, "value"), known)
        for key in ("amends", "replaces", "applied_by"):
            for i, other in enumerate(getattr(p, key)):
                self._refers.append((other, raw.locate((key, i))))
        within = getattr(p, "within", "")
        if within and within not in known.limits:
            hint = did_you_mean(within, known.limits)
            self.report("E309", f"unknown limit '{within}'", raw.locate(("within",)), hint=hint)
        if isinstance(p, Attribution):
            self._attribution(p, raw)
        if isinstance(p, ExceptionClause):
            everything = known.counted | known.provisions
            self._known(p.of, everything, "E309", "provision", raw, "of")
            if p.up_to is not None and p.up_to < 0:
                self.report("E211", f"up_to cannot be negative ({p.up_to})", raw.locate(("up_to",)))
        if isinstance(p, ScheduleClause):
            self._known(p.on, known.limits, "E309", "limit", raw, "on")
        if isinstance(p, Menu):
            for option, ids in p.options:
                for name in ids:
                    if name not in known.provisions:
                        hint = did_you_mean(name, known.provisions)
                        place = raw.locate(("options", option))
                        self.report("E309", f"unknown provision '{name}'", place, hint=hint)
            if not 1 <= p.choose <= len(p.options):
                message = f"choose must be from 1 to {len(p.options)}, the number of options"
                self.report("E203", message, raw.locate(("choose",)))
        each = getattr(p, "each", "")
        if each and each not in SITES:
            hint = did_you_mean(each, SITES, "expected")
            message = f"a limit cannot be for each '{each}'"
            self.report("E204", message, raw.locate(("each",)), hint=hint)
        self._whole(p, raw)

    def _attribution(self, p: Attribution, raw: _Raw) -> None:
        """A table sets a numeric attribute of systems or types that there are."""
        attribute = self.assembly.attributes.get(p.sets)
        if attribute is None:
            hint = did_you_mean(p.sets, self.assembly.attributes)
            self.report("E306", f"unknown attribute '{p.sets}'", raw.locate(("sets",)), hint=hint)
        elif attribute.usable and attribute.type != "number":
            message = f"{p.sets} is a {attribute.type}; a table can only set numbers"
            self.report("E406", message, raw.locate(("sets",)))
        for name, value in p.table:
            self._system_or_type(name, raw.locate(("table", name), key=True))
            if value < 0:
                message = f"{p.sets} cannot be negative ({value})"
                self.report("E211", message, raw.locate(("table", name)))

    def _system_or_type(self, name: str, place: Place) -> None:
        known = self.assembly.system_ids | self.assembly.types
        if name not in known:
            hint = did_you_mean(name, known)
            self.report("E302", f"unknown system or type '{name}'", place, hint=hint)

    def _bound(self, bound: Bound, raw: _Raw, path: Steps, known: _Names) -> None:
        """What a bound names: parties, claimants' sources, the basis of an inventory."""
        inner = (*path, "fewer_than")
        for i, rival in enumerate(bound.rivals):
            where = (*inner, "claims", i)
            self.assembly.cites(rival.source, raw.locate((*where, "source")))
            if rival.by in [r.by for r in bound.rivals[:i]]:
                place = raw.locate((*where, "by"))
                self.report("E303", f"two claims are by {rival.by}", place)
        bases = self.assembly.reader.raw.get("bases", {})
        if bound.basis and bound.basis not in bases:
            hint = did_you_mean(bound.basis, bases, "bases")
            place = raw.locate((*inner, "basis"))
            self.report("E305", f"unknown basis '{bound.basis}'", place, hint=hint)
        if bound.plus_percent < -100:
            place = raw.locate((*inner, "plus_percent"))
            self.report("E211", f"less than nothing is left: {bound.plus_percent} percent", place)
        for party, of_party in bound.by_party:
            place = raw.locate((*path, party), key=True)
            self.assembly.party(party, place, groups=True, more=known.groups)
            self._bound(of_party, raw, (*path, party), known)

    def _known(
        self,
        names: Iterable[str],
        known: frozenset[str],
        code: str,
        what: str,
        raw: _Raw,
        key: str,
    ) -> None:
        for i, name in enumerate(names):
            if name not in known:
                place = raw.locate((key, i))
                self.report(code, f"unknown {what} '{name}'", place, hint=did_you_mean(name, known))

    def _tally(
        self,
        p: Provision,
        tally: Tally,
        key: str,
        locate: Any,
        known: _Names,
    ) -> None:
        names = [tally.name] if tally.name else [n for n, _ in tally.weights]
        allowed = known.categories if key == "adds" else known.counted
        for name in names:
            if name in allowed:
                continue
            hint = did_you_mean(name, allowed)
            place = locate() if tally.name else locate(name, key=True)
            if isinstance(p, Limit) and key == "on":
                message = f"a limit on nothing: no category or counting rule makes '{name}'"
                self.report("E501", message, place, hint=hint)
            else:
                what = "category" if key == "adds" else "category or count"
                self.report("E310", f"unknown {what} '{name}'", place, hint=hint)
        for name, weight in tally.weights:
            if weight.number is None and name in known.counts - known.categories:
                if weight.first:
                    message = (
                        f"'{name}' is a count; only a category can have a first part and a rest"
                    )
                    self.report("E203", message, locate(name))
                elif name in known.weighed:
                    message = f"'{name}' has weights of its own; here its weight must be a number"
                    self.report("E203", message, locate(name))
            pending = [weight]
            while pending:
                w = pending.pop()
                pending += [x for x in (w.weight, w.then) if x]
                for i, kind in enumerate(w.order):
                    self._system_or_type(kind, locate(name, "order", i))
                attribute = self.assembly.attributes.get(w.attribute)
                if w.attribute and attribute is None:
                    hint = did_you_mean(w.attribute, self.assembly.attributes)
                    message = f"unknown attribute '{w.attribute}'"
                    self.report("E306", message, locate(name), hint=hint)
                elif attribute and attribute.usable and attribute.type != "number":
                    message = f"{attribute.id} is a {attribute.type}; only a number can be a weight"
                    self.report("E406", message, locate(name))

    def _whole(self, p: Provision, raw: _Raw) -> None:
        """A countable provision must say what it counts, or why it is not computed."""
        if p.not_computed or p.readings:
            return
        missing = ""
        if isinstance(p, Category) and p.where is None and not p.open:
            missing = "where (or open)"
        elif isinstance(p, CountingRule) and p.adds is None:
            missing = "adds"
        elif isinstance(p, Ban) and p.on is None and p.where is None:
            missing = "on or where"
        elif isinstance(p, QualitativeLimit) and p.must is None:
            missing = "must"
        if missing:
            hint = "or say why it cannot be: not_computed: …"
            message = f"the {p.kind} '{p.id}' needs the key {missing}"
            self.report("E202", message, raw.place, hint=hint)

    def _circles(self, provisions: Iterable[Provision], raws: dict[str, _Raw]) -> None:
        edges: dict[str, set[str]] = {}
        for p in provisions:
            if isinstance(p, Category):
                used: set[str] = set()
                for variant in (p, *(v for _, v in p.readings)):
                    clause = getattr(variant, "where", None)
                    if isinstance(clause, Clause):
                        used |= names_used(clause)
                edges[p.id] = used
        depth: dict[str, int] = {}
        for name in edges:
            if circle := find_circle(edges, name, depth):
                places = tuple(replace(raws[c].place, note=c) for c in circle)
                message = (
                    f"categories define each other in a circle: {' → '.join([*circle, circle[0]])}"
                )
                named = [c for c in circle if c in self.assembly.attributes]
                hint = (
                    f"'{named[0]}' is an attribute too; call the category otherwise"
                    if named
                    else ""
                )
                self.report("E312", message, *places[:MAX_PLACES], hint=hint)
                return
        for name, deep in depth.items():
            if deep > MAX_CHAIN:
                message = f"more than {MAX_CHAIN} categories are defined by one another"
                self.report("E407", message, raws[name].place)
                return

    def check_references(self, case: Case) -> None:
        """References that need the whole case: taken_as, views, amendments of other texts."""
        categories = set().union(*self._category_names.values()) if self._category_names else set()
        for inventory in case.inventories.values():
            for holding in inventory.holdings:
                for taken in holding.taken_as:
                    if taken.category not in categories:
                        hint = did_you_mean(taken.category, categories)
                        message = f"no text has a category '{taken.category}'"
                        self.report("E310", message, taken.place, hint=hint)
        everything = {p.id for t in case.texts.values() for p in t.provisions}
        for raws in self._raw.values():
            everything |= {r.id for r in raws}
        for name, place in dict.fromkeys(self._refers):
            if name not in everything:
                hint = did_you_mean(name, everything)
                self.report("E309", f"unknown provision '{name}'", place, hint=hint)
        readings: dict[str, set[str]] = {}
        for text in case.texts.values():
            for p in text.provisions:
                if p.readings:
                    readings.setdefault(p.id, set()).update(n for n, _ in p.readings)
        header = self.assembly.header
        claimants = claimants_of(case)
        for view in case.views.values():
            for i, name in enumerate(view.claims):
                near = nearest(name, claimants) if name not in claimants else ()
                if near:
                    place = header.at(("views", view.id, "claims", i))
                    message, hint = (
                        f"no figure is claimed by '{name}'",
                        f"did you mean '{near[0]}'?",
                    )
                    self.report("E314", message, place, hint=hint)
            for name, reading in view.readings:
                place = header.at(("views", view.id, "readings", name))
                if name not in readings:
                    hint = did_you_mean(name, readings)
                    self.report("E314", f"no provision '{name}' has readings", place, hint=hint)
                elif reading not in readings[name]:
                    hint = did_you_mean(reading, readings[name], "readings")
                    self.report("E314", f"'{name}' has no reading '{reading}'", place, hint=hint)


def _quiet(assembly: _Assembly, clause: Clause, categories: frozenset[str]) -> Clause:
    """The clause resolved without reporting (it was reported at the provision itself)."""
    from detente.reading.predicates import Resolver, parse

    tree, flaws = parse(clause.text)
    if tree is None or flaws:
        return clause
    resolver = Resolver(
        assembly.attributes,
        assembly.system_ids,
        assembly.types,
        assembly.parties,
        assembly.zones,
        categories,
    )
    return Clause(clause.text, resolver.resolve(tree))


def find_circle(
    edges: Mapping[str, Iterable[str]], start: str, depth: dict[str, int]
) -> list[str] | None:
    """A circle of names that is reached from `start`, if there is one; without recursion.

    `depth` keeps for each name seen how long a chain of names hangs on it.
    """
    trail: list[str] = []
    pending: list[tuple[str, Iterator[str]]] = []

    def enter(name: str) -> None:
        trail.append(name)
        pending.append((name, iter(sorted(edges[name]))))

    if start in depth or start not in edges:
        return None
    enter(start)
    while pending:
        name, inner = pending[-1]
        found = next(inner, None)
        if found is None:
            depth[name] = 1 + max((depth.get(n, 0) for n in edges[name]), default=0)
            trail.pop()
            pending.pop()
        elif found in trail:
            return trail[trail.index(found) :]
        elif found in edges and found not in depth:
            enter(found)
    return None


def names_used(clause: Clause) -> set[str]:
    """The categories that a clause names."""
    used = set()
    for node in walk(clause.tree):
        match node:
            case Named(name):
                used.add(name)
            case Compare(left, _, right):
                for operand in (left, right):
                    while isinstance(operand, Scaled):
                        operand = operand.operand
                    if isinstance(operand, Heaviest):
                        used.add(operand.category)
            case _:
                pass
    return used


def _clauses(p: Provision) -> Iterator[str]:
    """The predicates of a provision and its readings, as written."""
    for variant in (p, *(v for _, v in p.readings)):
        for key in ("where", "must"):
            clause = getattr(variant, key, None)
            if isinstance(clause, Clause):
                yield clause.text


def _tallied(p: Provision) -> Iterator[str]:
    """The counts and categories that a limit stands on."""
    for key in ("on", "of", "per_each", "against"):
        tally = getattr(p, key, None)
        if isinstance(tally, Tally):
            yield from [tally.name] if tally.name else [name for name, _ in tally.weights]


def claimants_of(case: Case) -> set[str]:
    """Everybody to whom a figure of the case belongs."""
    found = {c.by for i in case.inventories.values() for h in i.holdings for c in h.claims}
    provisions = {id(p): p for text in case.texts.values() for p in text.provisions}
    for p in provisions.values():
        for _, _, bound in _bounds(p):
            for b in (bound, *(of_party for _, of_party in bound.by_party)):
                found |= {r.by for r in b.rivals}
    return found


def _plain(p: CountingRule) -> bool:
    """Whether a rule adds plain numbers alone, by all its readings."""
    rules = (p, *(v for _, v in p.readings))
    tallies = [t for t in (getattr(r, "adds", None) for r in rules) if t]
    return all(w.number is not None for t in tallies for _, w in t.weights)


def _bounds(p: Provision) -> Iterator[tuple[Steps, Step | None, Bound]]:
    """The bounds of a provision, with where each stands and the step it is of."""
    for name in BOUNDS:
        value = getattr(p, name, None)
        if isinstance(value, Schedule):
            yield from (((name, i), step, step.bound) for i, step in enumerate(value.steps))
        elif isinstance(value, Bound):
            yield (name,), None, value
