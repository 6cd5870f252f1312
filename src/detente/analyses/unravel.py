"""Unravel: what turns defeated when an element is refused or put outside.

Elements are issues, options (issue/option) and, with a text, its provisions. What falls with an
element falls through asserted edges (a side made its position conditional, or said that two things
hang together) and structural ones (an option that makes no sense without another, a bundle whose
part is gone, a provision that uses another). The assertion that *all* hangs together is a view of its
own (`as_asserted`), in which each acceptance of the side that made it is conditional on all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from detente.analyses.forces import find_text, parse_date
from detente.analyses.result import Result
from detente.analyses.standing import Held, Ledger, ledger_at, record_of
from detente.compile.boxes import Box, any_of, moved
from detente.compile.compiler import Compiled, compile_text
from detente.model.amounts import Tally
from detente.model.case import Case
from detente.model.predicate import Clause, Named, walk
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.provisions import Provision
from detente.model.record import Linkage, Record

Why = Literal["condition", "linkage", "requires", "bundle", "interdependence", "uses", "loses"]
SPECIFIC = ("condition", "trade", "package")


@dataclass(frozen=True)
class Edge:
    """One thing falls because of another: the reason, and who said so where anybody did."""

    falls: str
    because: str
    why: Why
    party: str = ""
    statement: str = ""
    words: str = ""


@dataclass(frozen=True, repr=False)
class Unravelled(Result):
    """The answer of `unravel`: what falls with an element, with the edges that carry it."""

    case: Case
    element: str
    at: date | None
    as_asserted: bool
    edges: tuple[Edge, ...]
    lapsed: tuple[tuple[Held, str], ...]
    structural: tuple[str, ...]
    issues_opened: tuple[str, ...]
    opened: tuple[Box, ...] = ()
    stood_on: tuple[str, ...] = ()

    @property
    def falls(self) -> int:
        """How many positions and provisions fall with the element."""
        return len(self.lapsed) + len(self.structural)

    def records(self) -> list[dict[str, Any]]:
        """One row an edge."""
        return [
            {
                "falls": e.falls,
                "because": e.because,
                "why": e.why,
                "party": e.party,
                "statement": e.statement,
                "words": e.words,
            }
            for e in self.edges
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "element": self.element,
            "date": self.at.isoformat() if self.at else None,
            "as_asserted": self.as_asserted,
            "stood_on_by": list(self.stood_on),
            "structural": list(self.structural),
            "lapsed": [
                {
                    "statement": h.statement.id,
                    "party": h.party,
                    "option": h.key,
                    "because": because,
                }
                for h, because in self.lapsed
            ],
            "opened": [
                *({"issue": i} for i in self.issues_opened),
                *(b.as_data() for b in self.opened),
            ],
            "edges": self.records(),
        }


@dataclass(frozen=True, repr=False)
class Keystones(Result):
    """All elements ranked by what falls with them; `nothing_falls` are those that carry no other."""

    case: Case
    at: date
    as_asserted: bool
    ranking: tuple[Unravelled, ...]
    nothing_falls: tuple[str, ...]

    @property
    def elements(self) -> int:
        """How many elements were tried."""
        return len(self.ranking) + len(self.nothing_falls)

    def records(self) -> list[dict[str, Any]]:
        """One row an element, the keystones first."""
        return [
            {
                "element": u.element,
                "falls": u.falls,
                "lapsed": len(u.lapsed),
                "structural": len(u.structural),
                "issues_opened": "; ".join(u.issues_opened),
            }
            for u in self.ranking
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "date": self.at.isoformat(),
            "as_asserted": self.as_asserted,
            "elements": self.elements,
            "ranking": [
                {
                    "element": u.element,
                    "falls": u.falls,
                    "lapsed": len(u.lapsed),
                    "structural": len(u.structural),
                    "issues_opened": list(u.issues_opened),
                }
                for u in self.ranking
            ],
            "nothing_falls": list(self.nothing_falls),
        }


def unravel(
    case: Case,
    element: str,
    *,
    at: str | date | None = None,
    text: str | None = None,
    as_asserted: bool = False,
) -> Unravelled:
    """What falls when an element is refused or put outside.

    Without `text` the element is an issue or an option of the record, at a date (by default the
    last of the record); with `text` it is a provision of that text.

    Raises:
        Refused: there is no such element, text or record.

    """
    if text is not None:
        return _of_text(case, element, text)
    record = record_of(case)
    day = parse_date(at, "--date") if at is not None else record.statements[-1].date.last
    known = {*record.issues, *_options(record)}
    if element not in known:
        hint = did_you_mean(element, known)
        message = f"no issue or option '{element}'; an option is written issue/option"
        raise Refused([Problem("E313", message, (), hint)])
    return _Web(record, ledger_at(record, day), day, as_asserted).without(case, element)


def keystones(case: Case, at: str | date, *, as_asserted: bool = False) -> Keystones:
    """Every issue and every option that somebody stands on, ranked by what falls with it."""
    record = record_of(case)
    day = parse_date(at, "--date")
    book = ledger_at(record, day)
    web = _Web(record, book, day, as_asserted)
    held = {h.key: None for hs in web.alive.values() for h in hs}
    elements = [*(i for i in record.issues if any(k.startswith(f"{i}/") for k in held)), *held]
    found = [web.without(case, e) for e in elements]
    found.sort(key=lambda u: (-u.falls, u.element))
    carrying = tuple(u for u in found if u.falls)
    rest = tuple(u.element for u in found if not u.falls)
    return Keystones(case, day, as_asserted, carrying, rest)


def _issue(reference: str) -> str:
    return reference.partition("/")[0]


def _options(record: Record) -> Iterator[str]:
    return (f"{i}/{o}" for i, q in record.issues.items() for o in q.options)


def live_linkages(record: Record, day: date) -> list[Linkage]:
    """Linkages asserted by a day; the latest of a side on the same thing replaces the others.

    A linkage that a later one replaces for some of its options is given without those.
    """
    latest: dict[tuple[str, str, bool], Linkage] = {}
    for linkage in sorted(record.linkages, key=lambda k: k.date.last):
        if linkage.date.last > day or linkage.audience == "internal" or linkage.denied_by:
            continue
        if linkage.kind in SPECIFIC or linkage.kind == "interdependence":
            for a in linkage.a:
                latest[linkage.asserted_by, a, linkage.kind == "interdependence"] = linkage
    left: dict[str, list[str]] = {}
    for (_, a, _), linkage in latest.items():
        left.setdefault(linkage.id, []).append(a)
    return [
        replace(linkage, a=tuple(left[linkage.id])) for linkage in dict.fromkeys(latest.values())
    ]


# --- the record -----------------------------------------------------------------------------------
class _Web:
    """Who stands on what at a date, and what each position hangs on."""

    def __init__(self, record: Record, book: Ledger, day: date, as_asserted: bool) -> None:
        self.record, self.book, self.day, self.as_asserted = record, book, day, as_asserted
        self.alive = book.holding()
        self.held = [h for hs in self.alive.values() for h in hs]
        self.standing = [h for p, i in self.alive for h in book.stands(p, i, self.alive)]
        self.linkages = live_linkages(record, day)

    def without(self, case: Case, element: str) -> Unravelled:
        """What falls without an element."""
        gone = {element}
        if "/" not in element:
            gone |= {h.key for h in self.held if h.issue == element}
        edges: dict[tuple[str, str, str], Edge] = {}
        lapsed: dict[tuple[str, str], tuple[Held, str]] = {}
        structural: dict[str, None] = {}
        growing = True
        while growing:
            growing = False
            for edge, h in self._falling(gone):
                key = (edge.falls, edge.because, edge.party)
                if key in edges or self._is_element(edge.falls, element):
                    continue
                edges[key] = edge
                growing = True
                if h is not None:
                    lapsed.setdefault((h.party, h.key), (h, edge.because))
                else:
                    structural[edge.falls] = None
                gone.add(edge.falls)
        before = self._settled(set())
        after = self._settled(gone)
        return Unravelled(
            case,
            element,
            self.day,
            self.as_asserted,
            tuple(edges.values()),
            tuple(lapsed.values()),
            tuple(k for k in structural if not any(k == key for _, key in lapsed)),
            tuple(i for i in before if i not in after),
            stood_on=tuple(
                dict.fromkeys(h.party for h in self.standing if self._is_element(h.key, element))
            ),
        )

    @staticmethod
    def _is_element(key: str, element: str) -> bool:
        return key == element or key.startswith(f"{element}/")

    def _settled(self, gone: set[str]) -> list[str]:
        """The issues on which all sides hold a common option that still stands."""
        found = []
        for issue in self.record.issues:
            options = [
                {h.option for h in self.alive[p, issue] if h.key not in gone and issue not in gone}
                for p in self.book.parties
            ]
            if options and set.intersection(*options):
                found.append(issue)
        return found

    def _is_gone(self, reference: str, gone: set[str]) -> bool:
        return reference in gone or _issue(reference) in gone

    def _falling(self, gone: set[str]) -> Iterator[tuple[Edge, Held | None]]:
        standing = [h for h in self.held if h.key not in gone]
        for h in standing:
            for condition in h.conditions:
                if self._is_gone(condition, gone):
                    words = h.statement.note
                    yield Edge(h.key, condition, "condition", h.party, h.statement.id, words), h
        for linkage in self.linkages:
            yield from self._by_linkage(linkage, standing, gone)
        for key in dict.fromkeys(h.key for h in standing):
            yield from ((e, None) for e in self._by_structure(key, gone))
        for h in standing:
            yield from ((e, None) for e in self._by_bundle(h, gone))

    def _by_linkage(
        self, linkage: Linkage, standing: Sequence[Held], gone: set[str]
    ) -> Iterator[tuple[Edge, Held]]:
        if linkage.kind == "interdependence":
            if not self.as_asserted:
                return
            whole = self.book.parts_of(linkage.a, linkage.asserted_by, self.day)
            theirs = [
                h
                for h in self.held
                if h.party == linkage.asserted_by and (not whole or h.key in whole)
            ]
            lost = next((h.key for h in theirs if h.key in gone), "")
            words = linkage.text
            for h in theirs if lost else ():
                if h in standing and h.basis == "acceptance":
                    yield Edge(h.key, lost, "interdependence", h.party, linkage.id, words), h
            return
        held = {h.key for h in self.held}
        cause = next((b for b in linkage.b if b in held and self._is_gone(b, gone)), "")
        if cause:
            for h in standing:
                settled = h.statement.joint and h.statement.date.last >= linkage.date.last
                if h.party == linkage.asserted_by and h.key in linkage.a and not settled:
                    said = linkage.statements[0] if linkage.statements else linkage.id
                    yield Edge(h.key, cause, "linkage", h.party, said, linkage.text), h

    def _by_structure(self, key: str, gone: set[str]) -> Iterator[Edge]:
        position = self.record.position(key)
        if position is None:
            return
        issue = key.partition("/")[0]

        def full(reference: str) -> str:
            return reference if "/" in reference else f"{issue}/{reference}"

        for needed in map(full, position.requires):
            if self._is_gone(needed, gone):
                yield Edge(key, needed, "requires", words="makes no sense without it")
        any_of_them = [full(r) for r in position.requires_any]
        held = {h.key for h in self.held}
        left = [r for r in any_of_them if r in held and not self._is_gone(r, gone)]
        lost = [r for r in any_of_them if self._is_gone(r, gone)]
        if lost and not left:
            yield Edge(key, lost[0], "requires", words="needs one of those that are gone")

    def _by_bundle(self, h: Held, gone: set[str]) -> Iterator[Edge]:
        """A bundle falls with the settlement of an issue that it spans."""
        position = self.record.position(h.key)
        spans = position.spans if position else ()
        parts = [r for r in self.book.content(h.key, h.party, self.day) if _issue(r) in spans]
        for lost in (*(i for i in spans if i in gone), *(r for r in parts if r in gone)):
            yield Edge(h.key, lost, "bundle", h.party, words="settles these issues together")


# --- a text ---------------------------------------------------------------------------------------
def _of_text(case: Case, element: str, name: str) -> Unravelled:
    text = find_text(case, name)
    if text.provision(element) is None:
        known = [p.id for p in text.provisions]
        hint = did_you_mean(element, known)
        raise Refused([Problem("E309", f"unknown provision '{element}'", (text.place,), hint)])
    makers = makers_of(text.provisions)
    gone = {element}
    edges: list[Edge] = []
    growing = True
    while growing:
        growing = False
        for p in text.provisions:
            if p.id in gone:
                continue
            for used in used_names(p):
                lost = [u for u in used if makers.get(u, {u}) <= gone]
                if len(lost) == len(used):
                    words = f"uses {', '.join(used)}"
                    edges.append(
                        Edge(p.id, _one(makers.get(lost[0], set()), lost[0]), "uses", words=words)
                    )
                    gone.add(p.id)
                    growing = True
                    break
    left = []
    for p in text.provisions:
        if p.id in gone:
            continue
        weakened, lost_terms = _weakened(p, {n for n in gone if makers.get(n, {n}) <= gone})
        left.append(weakened)
        for name in lost_terms:
            edges.append(Edge(p.id, name, "loses", words=f"counts {name} no longer"))
    whole = compile_text(case, text)
    rest = compile_text(case, replace(text, provisions=tuple(left)))
    uncounted = moved(whole, rest, "counted", any_of(_counted(whole)), any_of(_counted(rest)))
    return Unravelled(
        case,
        element,
        None,
        False,
        tuple(edges),
        (),
        tuple(p.id for p in text.provisions if p.id in gone and p.id != element),
        (),
        uncounted.leaves,
    )


def makers_of(provisions: Sequence[Provision]) -> dict[str, set[str]]:
    """Which provisions make a count: several rules may add to one."""
    found: dict[str, set[str]] = {}
    for p in provisions:
        adds = getattr(p, "adds", None)
        if adds and not adds.name and all(w.number == 0 for _, w in adds.weights):
            continue  # says that something counts nothing
        for name in getattr(p, "counts_in", ()):
            found.setdefault(name, set()).add(p.id)
    for p in provisions:
        if p.id in found:
            found[p.id].add(p.id)
    return found


def _one(names: set[str], otherwise: str) -> str:
    return min(names) if names else otherwise


def used_names(p: Provision) -> Iterator[list[str]]:
    """What a provision cannot do without: each list holds names of which one at least must stay.

    A clause needs every category it names; a sum of several categories stands with those left.
    """
    for variant in (p, *(v for _, v in p.readings)):
        for _, value in variant.values():
            if isinstance(value, Clause):
                yield from ([n.name] for n in walk(value.tree) if isinstance(n, Named))
            elif isinstance(value, Tally):
                yield [value.name] if value.name else [n for n, _ in value.weights]
    if p.applied_by:
        yield list(p.applied_by)


def _weakened(p: Provision, gone: set[str]) -> tuple[Provision, list[str]]:
    """The provision without the terms of its sums that are gone, and which those are."""
    lost: list[str] = []
    changes: dict[str, Tally] = {}
    for name, value in p.values():
        if isinstance(value, Tally) and any(n in gone for n, _ in value.weights):
            lost += [n for n, _ in value.weights if n in gone]
            changes[name] = Tally(weights=tuple((n, w) for n, w in value.weights if n not in gone))
    if not changes:
        return p, []
    weakened = replace(p, **changes)  # type: ignore[arg-type]
    for key in ("place", "changed"):
        object.__setattr__(weakened, key, getattr(p, key))
    readings = tuple((n, _weakened(v, gone)[0]) for n, v in p.readings)
    object.__setattr__(weakened, "readings", readings)
    return weakened, list(dict.fromkeys(lost))


def _counted(compiled: Compiled) -> list[str]:
    return list(dict.fromkeys(n for r in compiled.rows for n in r.categories))
