"""How a channel could be closed: the smallest changes, whom each would catch, and what the record says.

A change is a clause redrafted (a condition loosened until it takes the channel in), a term kept, a
weight set, a ban, a cap, a limit on quality. That a redrafted clause takes in all of the channel is
verified on attribute cells; whom it would catch is read off the systems of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from detente.compile.areas import Area
from detente.compile.cells import SPLIT
from detente.compile.compiler import Compiled
from detente.compile.nearest import Condition, Miss, Witnesses, widened
from detente.compile.openings import NEVER, Counted, Loose, Openings, named_kinds
from detente.model.amounts import Span
from detente.model.case import Case
from detente.model.predicate import (
    Compare,
    Member,
    Open,
    Readings,
    Tree,
    attributes_in,
    walk,
)
from detente.model.predicate_text import stem, written
from detente.model.provisions import Provision, QualitativeLimit
from detente.model.record import BOTH, Position, Record, Statement

if TYPE_CHECKING:
    from detente.analyses.channels import _Found

How = Literal[
    "restore", "keep", "count", "settle", "extend", "ban", "cap", "average", "quality", "activity"
]
Fit = Literal["same", "whole", "part"]
OFFERS = ("proposes", "accepts", "accepts-in-principle")
MOST_EXTENSIONS = 2
MOST_DRAFTS = 6
Names = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Closing:
    """One change that would shut a channel.

    `clause` is it as a predicate (of a redrafted one `tree` alone), `catches` the systems of each
    side in the channel that it would count or ban, `beyond` those it would catch besides.
    """

    how: How
    words: str
    provision: Provision | None = None
    limit: str = ""
    clause: str = ""
    changes: tuple[str, ...] = ()
    catches: Names = ()
    beyond: Names = ()
    tree: Tree | None = field(default=None, compare=False, repr=False)

    def as_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "how": self.how,
            "words": self.words,
            "provision": self.provision.id if self.provision else None,
            "limit": self.limit or None,
            "clause": self.clause or None,
            "changes": list(self.changes),
            "catches": {p: list(s) for p, s in self.catches},
            "beyond": {p: list(s) for p, s in self.beyond},
        }


@dataclass(frozen=True)
class OnRecord:
    """An option of the record that would take a channel in, and who offered or refused it.

    `fit`: its clause asks for the same attributes as the channel, takes in all of it, or a part.
    """

    option: str
    words: str
    offered: tuple[Statement, ...]
    refused: tuple[Statement, ...]
    fit: Fit = "whole"

    def as_data(self) -> dict[str, Any]:
        """Plain data."""

        def said(s: Statement) -> dict[str, Any]:
            return {
                "party": s.party,
                "date": str(s.date),
                "act": s.act,
                "conditional": bool(s.conditional_on),
                "statement": s.id,
            }

        return {
            "option": self.option,
            "words": self.words,
            "fit": self.fit,
            "offered": [said(s) for s in self.offered],
            "refused": [said(s) for s in self.refused],
        }


class Closer:
    """Drafts closings of the channels of one text."""

    def __init__(
        self,
        case: Case,
        compiled: Compiled,
        witnesses: Witnesses,
        openings: Mapping[str, Openings],
    ) -> None:
        self.case, self.compiled, self.witnesses = case, compiled, witnesses
        self.openings = openings
        if "options of the record" not in case.kept:
            case.kept["options of the record"] = list(_options(case.record)), _said(case.record)
        self.options: list[_Option]
        self.said: _Said
        self.options, self.said = case.kept["options of the record"]

    # --- the text -------------------------------------------------------------------------------
    def closings(
        self, f: _Found, i: int, misses: Sequence[Miss], gone: Sequence[Counted] = ()
    ) -> tuple[Closing, ...]:
        """The changes that would shut a channel, the smallest first.

        `gone` are the limits of another text that bounded it.
        """
        match f.kind:
            case "open quality":
                return (self._quality(f),)
            case "open activity":
                return self._activity(f)
        found = [self._restored(f, c) for c in gone[:1]]
        found += self._loose(f, misses)
        found += self._settled(f, i) if f.disputed else []
        found += self._extended(f, i, misses)
        text = f.area.text
        caught = self._caught(f, f.area.tree)[0]
        if f.carriers:
            found.append(
                Closing(
                    "average",
                    f"set how many each of what counts in {', '.join(f.carriers)} may carry,"
                    " on average or at most",
                    changes=(f.attribute,),
                    clause=text,
                    catches=caught,
                )
            )
        found.append(Closing("ban", "ban them", clause=text, catches=caught))
        found.append(Closing("cap", "set a number", clause=text, catches=caught))
        return tuple(found)

    def _restored(self, f: _Found, c: Counted) -> Closing:
        """The limit that bounded it, taken back in."""
        provision = c.row.provision
        caught, _ = self._caught(f, f.area.tree)
        words = f"take {_name(provision)} back in"
        return Closing("restore", words, provision, c.row.limit, catches=caught)

    def _loose(self, f: _Found, misses: Sequence[Miss]) -> list[Closing]:
        """What takes the channel in already, made to bound it."""
        found = []
        for miss in misses:
            limit = miss.limit
            if miss.fails or not isinstance(limit, Loose):
                continue
            provision = limit.row.provision
            name = _name(provision)
            words: str
            how: How = "count"
            match limit.why:
                case "lapsed":
                    how, words = "keep", f"keep {name} in force beyond {limit.dated.end}"
                case "nothing":
                    words = f"let it count in {name}, by a weight above nothing in {limit.rule}"
                case "types":
                    words = f"let {name} limit numbers, not types"
                case "sites":
                    words = f"set a number for all {limit.row.each}s together beside {name}"
                case "rate":
                    words = f"set a number beside the rate of {name}"
                case "menu":
                    words = f"make {name} binding for all"
                case "average":
                    words = f"set a number beside {name}"
            caught, beyond = self._caught(f, limit.tree)
            found.append(
                Closing(
                    how,
                    words,
                    provision,
                    limit.row.limit,
                    changes=("term" if how == "keep" else "weight",),
                    catches=caught,
                    beyond=beyond,
                )
            )
            break
        return found

    def _settled(self, f: _Found, i: int) -> list[Closing]:
        """An open clause or rival readings, settled so that they take the channel in."""
        for c in f.openings.counted:
            mine = f.openings.cutter.simple(c.tree, f.area.kind)
            for doubt in self.witnesses.doubts(mine, i, f.openings.cutter):
                name = _name(c.row.provision)
                if isinstance(doubt, Readings):
                    takes = [
                        n
                        for n, t in doubt.items
                        if self.witnesses.takes_in(t, i, f.openings.cutter)
                    ]
                    words = f"settle {name} as {' or '.join(takes)} reads it"
                elif isinstance(doubt, Open):
                    words = f"put the open clause behind {name} into a predicate"
                else:
                    continue
                caught, _ = self._caught(f, f.area.tree)
                return [
                    Closing(
                        "settle",
                        words,
                        c.row.provision,
                        c.row.limit,
                        changes=("reading",),
                        catches=caught,
                    )
                ]
        return []

    def _extended(self, f: _Found, i: int, misses: Sequence[Miss]) -> list[Closing]:
        """The nearest clauses redrafted so that they take all of the channel in."""
        drafts = []
        tried: set[tuple[Condition, ...]] = set()
        kind = f.area.kind
        near = [
            m
            for m in misses
            if isinstance(m.limit, Counted) and (m.near or by_kind(self.case, m, kind))
        ]
        cutter = f.openings.cutter
        for miss in near[:MOST_DRAFTS]:
            limit = miss.limit
            mine = cutter.simple(limit.tree, kind)
            gaps = self.witnesses.gaps(limit.tree if mine == NEVER else mine, i, cutter)
            draft = Miss(limit, gaps)
            if gaps in tried or not gaps or not (draft.near or by_kind(self.case, draft, kind)):
                continue
            tried.add(gaps)
            drafts.append(draft)
        drafts.sort(key=lambda d: (d.score, d.limit.ban if isinstance(d.limit, Counted) else False))
        found = []
        for draft in drafts[:MOST_EXTENSIONS]:
            if draft.score[:4] > drafts[0].score[:4]:
                break  # further away than the nearest
            fails = self.witnesses.gaps(draft.limit.tree, i, cutter)
            tree = widened(draft.limit.tree, fails, f.area, cutter)
            caught, beyond = self._caught(f, tree)
            asked = " and ".join(self._redrafted(f.area, x) for x in fails)
            provision = draft.limit.row.provision
            found.append(
                Closing(
                    "extend",
                    f"extend {_name(provision)}: {asked}",
                    provision,
                    draft.limit.row.limit,
                    changes=draft.attributes,
                    catches=caught,
                    beyond=beyond,
                    tree=tree,
                )
            )
        return found

    def _redrafted(self, area: Area, literal: Condition) -> str:
        """A loosened condition in words: what it asked, and what it would."""
        attributes = self.case.attributes
        asks = dict(area.asks)
        was = written(literal.atom, attributes) or literal.attribute
        was = was if literal.wanted else f"not ({was})"
        match literal.atom:
            case Member(attribute, words, negated) if attribute == SPLIT:
                if literal.wanted != negated:
                    return f"kind in {{{', '.join((*words, area.kind))}}} instead of {was}"
                return f"without leaving out {area.kind}"
            case Compare() | Member() if literal.attribute in asks and literal.attribute != "type":
                ask = asks[literal.attribute]
                if isinstance(ask, Member) and isinstance(literal.atom, Member):
                    opposite = ask.negated != literal.atom.negated or len(ask.words) == 1
                    if opposite and {*ask.words} == {*literal.atom.words}:
                        return f"whether {written(literal.atom, attributes)} or not"
                return f"{written(ask, attributes)} beside {was}"
            case Compare():
                return f"any {stem(literal.attribute, attributes)} instead of {was}"
            case _:
                return f"{area.text or 'such weapons'} beside {was}"

    def _quality(self, f: _Found) -> Closing:
        """A quality held at what the largest weapon of today has."""
        attribute = f.attribute
        name = stem(attribute, self.case.attributes)
        inside = f.openings.cutter.reference.of(f.area.tree)
        largest: tuple[float, str] | None = None
        table = f.openings.cutter.reference.table
        for k, system in enumerate(table.system_of):
            if system is None or inside.no[k]:
                continue
            values = [x.value.high for x in system.of(attribute) if isinstance(x.value, Span)]
            if values and (largest is None or max(values) > largest[0]):
                largest = (max(values), system.id)
        bound = f"{largest[0]:,g}" if largest else "a number"
        who = f", the largest of a system of this case ({largest[1]})" if largest else ""
        words = f"limit {name} of each: {bound}{who}"
        catches: Names = ()
        if largest:
            owner = self.case.systems[largest[1]].party
            catches = ((owner, (largest[1],)),)
        return Closing("quality", words, clause=f.area.text, changes=(attribute,), catches=catches)

    def _activity(self, f: _Found) -> tuple[Closing, ...]:
        """The activities left free, named in the ban."""
        told = [a for a in f.free if a != "developed"]
        caught, _ = self._caught(f, f.area.tree, bounded=True)
        assert f.ban is not None
        provision = f.ban.row.provision
        words = f"let {_name(provision)} name {' and '.join(told)} too"
        limit = f.ban.row.limit
        return (Closing("activity", words, provision, limit, f.area.text, ("activities",), caught),)

    # --- whom it would catch ----------------------------------------------------------------------
    def _caught(self, f: _Found, tree: Tree, *, bounded: bool = False) -> tuple[Names, Names]:
        """The systems of each side that a predicate takes in, or may, and no limit surely bounds."""
        inside: dict[str, list[str]] = {}
        beyond: dict[str, list[str]] = {}
        for o in self.openings.values():
            reference = o.cutter.reference
            taken = ~reference.of(tree).no & o.theirs
            if not bounded:
                taken = taken & ~o.bound.yes
            area = reference.of(f.area.tree)
            for k in map(int, np.flatnonzero(taken)):
                system = reference.table.system_of[k]
                assert system is not None
                names = (beyond if area.no[k] else inside).setdefault(system.party, [])
                if system.id not in names:
                    names.append(system.id)
        return _names(inside), _names(beyond)

    # --- the record -------------------------------------------------------------------------------
    def on_record(self, f: _Found, i: int, systems: Names) -> tuple[OnRecord, ...]:
        """The options of the record that would take the channel in, with who said what of them.

        First those that take in all of it, then those that take in a part.
        """
        names = {t for _, found in systems for s in found for t in (s, *self.case.systems[s].types)}
        fits: dict[int, Fit | None] = {}
        same: list[OnRecord] = []
        whole: list[OnRecord] = []
        part: list[OnRecord] = []
        for option in self.options:
            if option.kinds is not None and f.area.kind and f.area.kind not in option.kinds:
                continue
            if id(option.tree) not in fits:
                fits[id(option.tree)] = self._fits(f, i, option, names)
            fit = fits[id(option.tree)]
            if fit:
                offered, refused = self.said.get(option.key, ((), ()))
                found = OnRecord(option.key, option.position.text, offered, refused, fit)
                {"same": same, "whole": whole, "part": part}[fit].append(found)
        return (*same, *whole, *part)

    def _fits(self, f: _Found, i: int, option: _Option, names: set[str]) -> Fit | None:
        """Whether an option's clause takes in all of a channel, a part of it, or nothing."""
        tree, asked, types = option.tree, option.asked, option.types
        cutter = f.openings.cutter
        if f.kind == "open quality" or (f.kind == "open load" and f.attribute in asked):
            if f.attribute not in asked:
                return None
            fails = self.witnesses.fails(tree, i, cutter)
            of_kind = not any(x.attribute == SPLIT for x in fails)
            return "whole" if of_kind or f.kind == "open load" else None
        if not self.witnesses.takes_in(tree, i, cutter):
            return None
        narrow = {k for k, _ in f.area.asks}
        if not self.witnesses.gaps(tree, i, cutter):
            return "same" if asked - {SPLIT} == narrow else "whole"
        if types:
            return "part" if types & names else None
        return "part" if not narrow or asked - {SPLIT} <= narrow else None


def by_kind(case: Case, miss: Miss, kind: str) -> bool:
    """Whether a limit lacks nothing but the kind, which it names; a quality must be one it has."""
    if miss.attributes != (SPLIT,):
        return False
    if not all(isinstance(x.atom, Member) and x.atom.attribute == SPLIT for x in miss.fails):
        return False
    provision = miss.limit.row.provision
    asked: set[str] = set()
    if isinstance(provision, QualitativeLimit) and provision.must is not None:
        asked = set(attributes_in(provision.must.tree)) - {SPLIT}
    known = described(case)
    return all(any((a, p, kind) in known for p in case.parties) for a in asked)


def described(case: Case) -> set[tuple[str, str, str]]:
    """By which attributes each party's systems of each kind are described; kept with the case."""
    if "described" not in case.kept:
        case.kept["described"] = {
            (attribute, s.party, str(f.value))
            for s in case.systems.values()
            for attribute, _ in s
            for f in s.of(SPLIT)
        }
    found: set[tuple[str, str, str]] = case.kept["described"]
    return found


def _names(found: Mapping[str, Iterable[str]]) -> Names:
    return tuple((p, tuple(s)) for p, s in found.items() if s)


def _name(provision: Provision) -> str:
    return f"«{provision.in_words()}»" + (f" ({provision.article})" if provision.article else "")


@dataclass(frozen=True)
class _Option:
    """An option of the record: its clause, and what that names (`kinds`: None where any may be)."""

    key: str
    position: Position
    tree: Tree
    asked: frozenset[str]
    types: frozenset[str]
    kinds: frozenset[str] | None


def _options(record: Record | None) -> Iterable[_Option]:
    seen: dict[Tree, Tree] = {}
    for issue in record.issues.values() if record else ():
        for position in issue.options.values():
            if position.takes_in is not None:
                tree = position.takes_in.tree
                tree = seen.setdefault(tree, tree)  # the same clause is looked into once
                types = frozenset(
                    w
                    for n in walk(tree)
                    if isinstance(n, Member) and n.attribute == "type"
                    for w in n.words
                )
                asked = frozenset(attributes_in(tree))
                key = f"{issue.id}/{position.id}"
                yield _Option(key, position, tree, asked, types, named_kinds(tree, {}, {}))


_Said = dict[str, tuple[tuple[Statement, ...], tuple[Statement, ...]]]


def _said(record: Record | None) -> _Said:
    """By option, who offered or accepted it and who refused it: the last time each did."""
    found: dict[str, dict[tuple[str, bool], Statement]] = {}
    for s in record.statements if record else ():
        if s.audience == "internal" or s.act not in (*OFFERS, "rejects"):
            continue
        of_option = found.setdefault(s.key, {})
        of_option[s.party, s.act != "rejects"] = s
    both = (BOTH,)
    return {
        key: (
            tuple(s for (p, offer), s in by.items() if offer and p not in both)
            + tuple(s for (p, offer), s in by.items() if offer and p in both),
            tuple(s for (_, offer), s in by.items() if not offer),
        )
        for key, by in found.items()
    }
