"""Channels: which build-up a text leaves open, what would close it, and how far it could go.

Three kinds, each found mechanically on attribute cells (`detente.compile.openings`): an *open kind*
(no limit bounds the number of such weapons), an *open load* or *quality* (weapons are bounded in
number, what each carries or weighs is not) and an *open activity* (one thing is banned of a weapon,
testing or production or deployment, and another left free). Against another text, what is opened and
what is closed. With candidates (`detente.analyses.growth`), the largest gain by a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from detente.analyses.closing import Closer, Closing, OnRecord, by_kind, described
from detente.analyses.forces import find_text, find_view, parse_date
from detente.analyses.growth import Growth, growth_of
from detente.analyses.result import Result
from detente.compile.areas import Area, all_of, areas
from detente.compile.cells import SPLIT
from detente.compile.compiler import Compiled, NotComputed, compile_text
from detente.compile.nearest import OPEN_CLAUSE, Condition, Miss, Witnesses
from detente.compile.openings import (
    BOUNDED,
    DISPUTED,
    HOLDINGS,
    OPEN,
    Counted,
    Ground,
    Loose,
    Openings,
    PartyCutter,
    any_of,
    within,
)
from detente.compile.table import Bools
from detente.model.case import Case, View
from detente.model.predicate import (
    Always,
    Compare,
    Member,
    Not,
    Open,
    Or,
    Readings,
    Tree,
    attributes_in,
)
from detente.model.predicate_text import written
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.provisions import ACTIVITIES, Ban, Provision, QualitativeLimit
from detente.model.systems import Attribute

Kind = Literal["open kind", "open load", "open quality", "open activity"]
Status = Literal["", "stays", "opened", "closed"]
KINDS: tuple[Kind, ...] = ("open kind", "open load", "open quality", "open activity")
LEVELS = {BOUNDED: "bounded", DISPUTED: "disputed", OPEN: "open"}
TELLING = ("flight-tested", "deployed")  # what may be neither tested nor deployed is no channel


@dataclass(frozen=True)
class StopsShort:
    """The clause of a text that just misses a channel, and what it asks for that the channel is not."""

    text: str
    provision: Provision
    limit: str
    attributes: tuple[str, ...]
    asks: str

    def as_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "text": self.text,
            "provision": self.provision.id,
            "title": self.provision.in_words(),
            "article": self.provision.article,
            "limit": self.limit,
            "by": list(self.attributes),
            "asks": self.asks,
        }


@dataclass(frozen=True)
class GrowsWith:
    """What must grow beside one more of a channel's weapons, because a ratio or average ties them."""

    share: Fraction
    witness: dict[str, str]


@dataclass(frozen=True)
class Channel:
    """One channel: the weapons, to whom it is open, why, and what would close it.

    `status` says, against another text, whether it is opened, closed or stays; a channel that is
    closed is open under the other text. `disputed`: it is open by some readings, or where an open
    clause is read so; `before` says it of the other text. `attribute` is the quality or load that
    nothing bounds, `free` the activities.
    """

    id: str
    kind: Kind
    status: Status
    parties: tuple[str, ...]
    area: Area
    disputed: bool
    why: str
    before: str = ""
    attribute: str = ""
    above: str = ""
    free: tuple[str, ...] = ()
    banned: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    grows_with: tuple[GrowsWith, ...] = ()
    stops_short: StopsShort | None = None
    systems: tuple[tuple[str, tuple[str, ...]], ...] = ()
    perhaps: tuple[tuple[str, tuple[str, ...]], ...] = ()
    closings: tuple[Closing, ...] = ()
    record: tuple[OnRecord, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        found: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "of": self.area.kind,
            "parties": list(self.parties),
            "witness": self.area.witness,
            "box": {k: list(v) for k, v in self.area.box.values},
            "predicate": self.area.text,
            "disputed": self.disputed,
            "why": self.why,
            "stops_short": self.stops_short.as_data() if self.stops_short else None,
            "systems": {p: list(s) for p, s in self.systems},
            "perhaps": {p: list(s) for p, s in self.perhaps},
            "close": [c.as_data() for c in self.closings],
            "record": [r.as_data() for r in self.record],
        }
        if self.status:
            found["status"] = self.status
        if self.before:
            found["before"] = self.before
        if self.attribute:
            found["attribute"] = self.attribute
            found["above"] = self.above
        if self.free:
            found["free"] = list(self.free)
            found["banned"] = list(self.banned)
        if self.carriers:
            found["carriers_counted_in"] = list(self.carriers)
        if self.grows_with:
            found["grows_with"] = [
                {"share": float(g.share), "witness": g.witness} for g in self.grows_with
            ]
        return found


@dataclass(frozen=True, repr=False)
class Channels(Result):
    """The answer of `channels`."""

    case: Case
    compiled: Compiled
    base: Compiled | None
    at: date
    base_at: date
    view: str
    parties: tuple[str, ...]
    channels: tuple[Channel, ...]
    not_cut: tuple[str, ...]
    growth: tuple[Growth, ...] = ()

    @property
    def text(self) -> str:
        """The text's id."""
        return self.compiled.text.id

    def of(self, status: str) -> tuple[Channel, ...]:
        """The channels opened, closed, or that stay."""
        return tuple(c for c in self.channels if c.status == status)

    def channel(self, name: str) -> Channel:
        """One channel by id; raises KeyError."""
        for found in self.channels:
            if found.id == name:
                return found
        raise KeyError(name)

    @property
    def other_quantities(self) -> tuple[str, ...]:
        """What else the texts limit, of which channels say nothing: what is not weapons held."""
        rows = [*self.compiled.rows, *(self.base.rows if self.base else ())]
        return tuple(
            dict.fromkeys(r.quantity for r in rows if r.quantity != HOLDINGS and not r.per)
        )

    @property
    def not_computed(self) -> tuple[NotComputed, ...]:
        """The provisions that no row says: what they close, this answer does not see."""
        return self.compiled.not_computed

    def records(self) -> list[dict[str, Any]]:
        """One row a channel."""
        return [
            {
                "id": c.id,
                "kind": c.kind,
                "status": c.status,
                "of": c.area.kind,
                "parties": "; ".join(c.parties),
                "predicate": c.area.text,
                "attribute": c.attribute,
                "free": "; ".join(c.free),
                "disputed": c.disputed,
                "why": c.why,
                "systems": "; ".join(s for _, found in c.systems for s in found),
                "close": c.closings[0].words if c.closings else "",
            }
            for c in self.channels
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "text": self.text,
            "against": self.base.text.id if self.base else None,
            "view": self.view or None,
            "at": self.at.isoformat(),
            "against_at": self.base_at.isoformat() if self.base else None,
            "parties": list(self.parties),
            "channels": [c.as_data() for c in self.channels],
            "opened": [c.id for c in self.of("opened")],
            "closed": [c.id for c in self.of("closed")],
            "growth": {
                name: [g.as_data() for g in self.growth if g.name == name]
                for name in dict.fromkeys(g.name for g in self.growth)
            },
            "not_cut": list(self.not_cut),
            "other_quantities": list(self.other_quantities),
            "not_computed": [
                {"provision": n.provision.id, "why": n.why} for n in self.not_computed
            ],
        }


def channels(
    case: Case,
    text: str,
    *,
    against: str | None = None,
    against_at: str | date | None = None,
    at: str | date | None = None,
    view: str | None = None,
    party: str | Sequence[str] | None = None,
    horizon: str | int | date | None = None,
    forces: str | date | None = None,
    programme: str | None = None,
    under: Sequence[str] = (),
    keep: str | None = None,
) -> Channels:
    """What a text leaves open, and what would close it; against another, what is opened and closed.

    Args:
        case: the case.
        text: the text's id; `text@view` counts it by a view of its own.
        against: another text, by whose channels these are opened or closed.
        against_at: the date of the other text's limits, where it is not `at`.
        at: the date whose limits are in effect; the text's first day by default.
        view: a named choice of readings for both texts.
        party: only what is open to these parties.
        horizon: a year or date: the largest gain until then, by what each side could add.
        forces: where growth starts from (a date, or inventories); the brief's forces by default.
        programme: candidates of this programme instead of those of none.
        under: more texts to work out growth under.
        keep: a predicate: the present weapons that growth may not give up; all by default.

    Raises:
        Refused: the request cannot be answered.

    """
    here, mine = _named(case, text, view)
    there, other = _named(case, against, view) if against else (None, None)
    day = parse_date(at, "--at") if at is not None else here.begins
    compiled = compile_text(case, here, mine, day)
    then = parse_date(against_at, "--against-at") if against_at is not None else day
    base = compile_text(case, there, other, then) if there else None
    only = [party] if isinstance(party, str) else list(party or [])
    parties = _parties(case, compiled, base, only)
    finder = _Finder(case, compiled, base, day, then, parties)
    found = finder.run()
    growth: tuple[Growth, ...] = ()
    if horizon is not None or programme is not None:
        until = parse_date(str(horizon), "--horizon") if horizon is not None else None
        views = [(here, mine), *([(there, other)] if there else [])]
        views += [_named(case, name, view) for name in under]
        growth = tuple(
            g
            for t, v in views
            for g in growth_of(
                case,
                t,
                v,
                forces=forces,
                at=until or day,
                horizon=until,
                programme=programme,
                keep=keep,
                parties=parties,
            )
        )
    shown = mine.id if mine else ""
    return Channels(
        case, compiled, base, day, then, shown, tuple(parties), found, tuple(finder.not_cut), growth
    )


def _named(case: Case, name: str, view: str | None) -> tuple[Any, View | None]:
    """A text and the view it is read by: `text@view`, or the view given for all."""
    text, _, own = name.partition("@")
    return find_text(case, text), find_view(case, own or view)


def _parties(
    case: Case, compiled: Compiled, base: Compiled | None, only: Sequence[str]
) -> list[str]:
    """The parties bound by either text, or those asked for. Raises `Refused`."""
    rows = [*compiled.rows, *(base.rows if base else ())]
    bound = list(dict.fromkeys(r.party for r in rows)) or list(compiled.text.parties)
    known = {*bound, *(m for r in rows for m in r.members)}
    for name in only:
        if name not in known:
            hint = did_you_mean(name, known, "parties bound")
            raise Refused([Problem("E301", f"the text binds no party '{name}'", (), hint)])
    return list(only) or bound


@dataclass
class _Found:
    """A channel while it is being found: on its ground, before its reasons are known."""

    kind: Kind
    status: Status
    party: str
    ground: Ground
    area: Area
    disputed: bool
    openings: Openings  # of the text under which it is open
    before: str = ""
    attribute: str = ""
    above: str = ""
    free: tuple[str, ...] = ()
    banned: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    grows_with: tuple[GrowsWith, ...] = ()
    ban: Counted | None = None
    parties: list[str] = field(default_factory=list)

    @property
    def of_number(self) -> bool:
        """Whether it is the number of weapons that nothing bounds."""
        return self.kind in ("open kind", "open load")

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two channels of two parties one."""
        return (
            self.kind,
            self.status,
            (self.area.kind, self.area.box.values),
            self.disputed,
            self.before,
            self.attribute,
            self.free,
            self.carriers,
            tuple(g.share for g in self.grows_with),
        )


class _Finder:
    """Finds the channels of a text, against a base where there is one."""

    def __init__(
        self,
        case: Case,
        compiled: Compiled,
        base: Compiled | None,
        at: date,
        base_at: date,
        parties: Sequence[str],
    ) -> None:
        self.case, self.compiled, self.base = case, compiled, base
        self.at, self.base_at = at, base_at
        self.parties = parties
        self.not_cut: list[str] = []
        self.open: dict[tuple[str, str], Openings] = {}
        self._grounds: dict[tuple[Any, ...], tuple[list[Tree], Ground]] = {}
        self._bans: dict[tuple[int, ...], bool] = {}
        self._areas: dict[tuple[int, bytes], list[Area]] = {}
        self.loads = [a for a in case.attributes.values() if a.carries is not None]
        self.qualities = [a for a in case.attributes.values() if a.quality]

    def run(self) -> tuple[Channel, ...]:
        """The channels in the order in which they are worth reading."""
        found: dict[tuple[Any, ...], _Found] = {}
        for party in self.parties:
            mine = self._openings(self.compiled, party)
            other = self._openings(self.base, party) if self.base else None
            for f in self._of_party(mine, other):
                first = found.setdefault(f.key, f)
                if party not in first.parties:
                    first.parties.append(party)
        return self._explained(list(found.values()))

    def _openings(self, compiled: Compiled, party: str) -> Openings:
        """What a text leaves open to a party, worked out once."""
        key = (compiled.text.id if compiled is not self.base else "", party)
        if key not in self.open:
            like = next((o.cutter for k, o in self.open.items() if k[0] == key[0]), None)
            at = self.base_at if compiled is self.base else self.at
            self.open[key] = Openings(compiled, party, at, like)
        return self.open[key]

    def _ground(self, cutter: PartyCutter, kind: str, trees: list[Tree]) -> Ground:
        """The ground of some predicates; parties that are asked the same share it."""
        key = (kind, *map(id, trees))
        if key not in self._grounds:
            self._grounds[key] = trees, Ground(cutter, kind, trees)  # kept: ids stay their own
        return self._grounds[key][1]

    def _cover(self, ground: Ground, mask: Bools) -> list[Area]:
        """The areas of some cells, worked out once."""
        key = (id(ground), mask.tobytes())
        if key not in self._areas:
            self._areas[key] = areas(ground, mask)
        return self._areas[key]

    # --- one party ------------------------------------------------------------------------------
    def _of_party(self, mine: Openings, other: Openings | None) -> Iterator[_Found]:
        both = [mine, *([other] if other else [])]
        self.not_cut += [k for o in both for k in o.not_cut if k not in self.not_cut]
        for kind in mine.kinds:
            carried = []
            for a in self.loads:
                if a.carries is not None:
                    tree = mine.cutter.simple(a.carries.tree, kind)
                    if tree != Always(False):
                        carried.append((a, tree))
            trees = [t for o in both for t in (*o.of_kind(kind), *o.weighed(kind))]
            trees += [t for o in both for t in o.let_off(kind)]
            ground = self._ground(mine.cutter, kind, [*trees, *(t for _, t in carried)])
            if not ground.cut:
                if kind not in self.not_cut:
                    self.not_cut.append(kind)
                continue
            states = [o.states(ground) for o in both]
            yield from self._kinds(ground, mine, other, states, carried)
            yield from self._qualities(kind, mine, other)
            yield from self._activities(kind, mine, other)

    def _kinds(
        self,
        ground: Ground,
        mine: Openings,
        other: Openings | None,
        states: Sequence[Any],
        carried: Sequence[tuple[Attribute, Tree]],
    ) -> Iterator[_Found]:
        """Weapons whose number nothing bounds: of a kind, or carried by weapons that are bounded."""
        loads: list[tuple[Attribute | None, Bools]] = []
        left = np.ones(ground.size, dtype=bool)
        for load, tree in carried:
            taken = ground.truth(tree).yes & left
            loads.append((load, taken))
            left = left & ~taken
        loads.append((None, left))
        for attribute, inside in loads:
            if not inside.any():
                continue
            for now, before in _pairs(states):
                if now == BOUNDED and before in (None, BOUNDED):
                    continue
                mask = inside & (states[0] == now)
                if before is not None:
                    mask &= states[1] == before
                status: Status = ""
                if before is not None:
                    status = "opened" if now > before else "closed" if now < before else "stays"
                shown = mine if status != "closed" or other is None else other
                level = before if status == "closed" and before is not None else now
                for area in self._split(ground, mask, shown):
                    named = any(k == "carrier" and not _negated(t) for k, t in area.asks)
                    carriers: tuple[str, ...] = ()
                    if attribute and not named:
                        carriers = self._carriers(attribute, shown)
                    direction = shown.direction(ground, area.cell)
                    yield _Found(
                        "open load" if carriers else "open kind",
                        status,
                        mine.party,
                        ground,
                        area,
                        level == DISPUTED,
                        shown,
                        "" if before is None else LEVELS[before],
                        attribute.id if attribute and carriers else "",
                        carriers=carriers,
                        grows_with=_grows_with(shown, direction),
                    )

    def _split(self, ground: Ground, mask: Bools, openings: Openings) -> list[Area]:
        """The areas of some cells; those that a rule counts at nothing, or a limit did, by themselves."""
        found: list[Area] = []
        left = mask
        for tree in openings.let_off(ground.kind):
            inside = ground.truth(tree, openings.cutter).yes
            if (inside & left).any():
                found += self._cover(ground, left & inside)
                left = left & ~inside
        return [*found, *self._cover(ground, left)] if left.any() else found

    def _carriers(self, attribute: Attribute, openings: Openings) -> tuple[str, ...]:
        """The limits that bound the weapons which an attribute says can carry the load."""
        reference = openings.cutter.reference
        systems = [
            i
            for i, s in enumerate(reference.table.system_of)
            if s is not None and s.party in openings.members and s.of(attribute.id)
        ]
        found = []
        for c in openings.counted:
            if c.ban or c.less is not None:
                continue
            truth = reference.of(c.tree)
            if any(truth.yes[i] for i in systems):
                found.append(c.row.limit)
        return tuple(dict.fromkeys(found))

    def _qualities(self, kind: str, mine: Openings, other: Openings | None) -> Iterator[_Found]:
        """What bounded weapons may each be more of, as far as one likes."""
        both = [mine, *([other] if other else [])]
        wanted = [a for a in self.qualities if self._has(a, kind, mine.members)]
        if not wanted:
            return
        trees = [t for o in both for t in (*o.of_kind(kind), *o.weighed(kind), *o.banned(kind))]
        ground = self._ground(mine.cutter, kind, trees)
        if not ground.cut:
            return
        states = [o.states(ground) for o in both]
        permitted = []
        for o in both:
            bans = o.banned(kind)
            gone = ground.truth(Or(bans), o.cutter).yes if bans else np.zeros(ground.size, bool)
            permitted.append(~gone & ground.there)
        for attribute in wanted:
            axis = next((i for i, a in enumerate(ground.axes) if a.key == attribute.id), None)
            top = np.ones(ground.size, dtype=bool)
            if axis is not None:
                top = ground.places[axis] == len(ground.axes[axis].labels) - 1
            free = [p & top for p in permitted]
            counted = [x & (s != OPEN) for x, s in zip(free, states, strict=True)]
            shown: Openings | None = None
            status: Status = ""
            if counted[0].any():
                shown = mine
                if len(free) > 1:
                    status = "stays" if free[1].any() else "opened"
            elif len(free) > 1 and counted[1].any() and not free[0].any():
                shown, status = both[1], "closed"
            if shown is None:
                continue
            asking = [t for t in shown.banned(kind) if attribute.id in attributes_in(t)]
            small = self._ground(shown.cutter, kind, asking)
            mask = small.there.copy()
            above = ""
            axis = next((i for i, a in enumerate(small.axes) if a.key == attribute.id), None)
            if axis is not None:
                last = len(small.axes[axis].labels) - 1
                above = small.axes[axis].labels[last]
                mask &= small.places[axis] == last
                mask &= ~small.truth(any_of(asking)).yes
            if not mask.any():
                continue
            area = max(self._cover(small, mask), key=lambda a: a.cells)
            yield _Found(
                "open quality",
                status,
                mine.party,
                small,
                area,
                False,
                shown,
                "",
                attribute.id,
                above,
            )

    def _has(self, attribute: Attribute, kind: str, members: Sequence[str]) -> bool:
        """Whether any system of a kind is described by an attribute."""
        known = described(self.case)
        return any((attribute.id, m, kind) in known for m in members)

    def _activities(self, kind: str, mine: Openings, other: Openings | None) -> Iterator[_Found]:
        """Bans that name some activities and leave testing, production or deployment free."""
        for shown, against in ((mine, other), (other, mine)):
            if shown is None:
                continue
            for ban in shown.bans():
                free = [a for a in ACTIVITIES if a not in ban.row.activities]
                tree = shown.cutter.simple(ban.tree, kind)
                if tree == Always(False) or not {*free} & {*TELLING}:
                    continue
                ground = self._ground(shown.cutter, kind, [tree])
                if not ground.cut:
                    continue
                for area in self._cover(ground, ground.truth(tree).yes):
                    left = tuple(a for a in free if not self._banned(shown, area, a))
                    seen = {*left} & {*TELLING}
                    if not seen:
                        continue
                    status: Status = ""
                    if against is not None:
                        gone = {a for a in seen if self._banned(against, area, a)}
                        if shown is mine:
                            status = "opened" if gone else "stays"
                        elif gone == seen:
                            status = "closed"
                        else:
                            continue
                    yield _Found(
                        "open activity",
                        status,
                        mine.party,
                        ground,
                        area,
                        False,
                        shown,
                        free=left,
                        banned=tuple(a for a in ACTIVITIES if a not in left),
                        ban=ban,
                    )

    def _banned(self, openings: Openings, area: Area, activity: str) -> bool:
        """Whether an activity is banned of every weapon of an area."""
        bans = openings.banned(area.kind, activity)
        if not bans:
            return False
        key = (id(area), *map(id, bans))
        if key not in self._bans:
            inside = all_of([t for _, t in area.asks])
            if within(inside, bans):
                self._bans[key] = True
            else:  # one ground for all areas of a kind
                trees = [*bans, *(t for a in ACTIVITIES for t in openings.banned(area.kind, a))]
                ground = self._ground(openings.cutter, area.kind, trees)
                here = ground.truth(inside).yes & ground.there
                banned = ground.truth(any_of(bans)).yes
                self._bans[key] = bool(ground.cut and banned[here].all())
        return self._bans[key]

    # --- reasons --------------------------------------------------------------------------------
    def _explained(self, found: list[_Found]) -> tuple[Channel, ...]:
        if not found:
            return ()
        witnesses = Witnesses([(f.ground, f.area) for f in found])
        openings = {p: self._openings(self.compiled, p) for p in self.parties}
        closer = Closer(self.case, self.compiled, witnesses, openings)
        result = []
        for i, f in enumerate(found):
            misses = witnesses.misses(f.openings, i) if f.of_number else []
            gone = self._gone(f, i, witnesses) if f.status == "opened" else []
            why, short = self._why(f, i, witnesses, misses, gone)
            systems, perhaps = self._systems(f)
            channel = Channel(
                "",
                f.kind,
                f.status,
                tuple(f.parties),
                f.area,
                f.disputed,
                why,
                f.before,
                f.attribute,
                f.above,
                f.free,
                f.banned,
                f.carriers,
                f.grows_with,
                short,
                systems,
                perhaps,
                () if f.status == "closed" else closer.closings(f, i, misses, gone),
                closer.on_record(f, i, (*systems, *perhaps)),
            )
            rank = _rank(channel, misses)
            result.append((rank, i, channel))
        result.sort(key=lambda r: (r[0], r[1]))
        return _with_ids([c for _, _, c in result])

    def _why(
        self,
        f: _Found,
        i: int,
        w: Witnesses,
        misses: Sequence[Miss],
        gone: Sequence[Counted],
    ) -> tuple[str, StopsShort | None]:
        """Why a channel is open, in words, and the clause that stops short of it."""
        text = f.openings.compiled.text.id
        parts: list[str] = []
        short: StopsShort | None = None
        if gone and self.base is not None:
            bounding = list(dict.fromkeys(_name(c) for c in gone))[:2]
            verb = "disputed" if f.before == "disputed" else "bounded"
            parts.append(f"{verb} under {self._under()} by {' and '.join(bounding)}")
        elif f.status == "closed":
            parts.append(self._now(f, i, w))
        if f.kind == "open quality":
            title = self._title(f.attribute)
            if f.above:
                parts.append(f"nothing is said of {title} {f.above}")
            else:
                parts.append(f"no clause on such weapons asks for {title}")
            return _sentence(parts), None
        if f.ban is not None:
            banned = ", ".join(f.banned)
            free = ", ".join(f.free)
            short = self._short(text, f.ban, ("activities",), f"to be {banned}")
            parts.append(f"{_name(f.ban)} bans what is {banned}, not what is {free}")
            return _sentence(parts), short
        if f.carriers:
            limits = ", ".join(f.carriers)
            parts.append(f"what carries them counts in {limits}; how many each carries, nowhere")
        for g in f.grows_with:
            weapon = ", ".join(v if k == SPLIT else f"{k} {v}" for k, v in g.witness.items())
            parts.append(f"one more asks for {g.share} of another weapon ({weapon})")
        loose = [m for m in misses if not m.fails and isinstance(m.limit, Loose)]
        cutter = f.openings.cutter
        if f.disputed:
            words = [
                x
                for c in f.openings.counted
                for d in w.doubts(cutter.simple(c.tree, f.area.kind), i, cutter)
                for x in [_doubt(c, d, self.case.attributes)]
            ]
            parts += list(dict.fromkeys(words))[:3]
            miss = next((m for m in misses if m.fails and OPEN_CLAUSE in m.attributes), None)
            if miss is not None and not words:
                parts.append(f"{_name(miss.limit)} turns on an open clause")
        elif loose:
            limit = loose[0].limit
            assert isinstance(limit, Loose)
            said, by = _loosely(limit)
            parts.append(said)
            short = self._short(text, limit, (by,), said)
        elif f.status != "closed":
            miss = next((m for m in misses if m.fails and m.near), None)
            named = miss
            if f.status != "opened":
                named = miss or next(
                    (m for m in misses if self._misses_by_kind(m, f.area.kind)), None
                )
            if named is not None:
                asked = self._asked(named.fails)
                start = "the nearest limit," if miss else "no limit on such weapons; the nearest,"
                parts.append(f"{start} {_name(named.limit)}, asks for {asked}")
                short = self._short(text, named.limit, named.attributes, asked)
            elif f.status != "opened":
                any_limit = f.openings.counted or f.openings.loose
                parts.append("no limit on such weapons" if any_limit else "no limit in effect")
        return _sentence(parts), short

    def _misses_by_kind(self, m: Miss, kind: str) -> bool:
        """Whether a ban misses a weapon by its kind alone, named as such."""
        banning = isinstance(m.limit.row.provision, Ban | QualitativeLimit)
        return banning and by_kind(self.case, m, kind)

    def _short(
        self, text: str, limit: Counted | Loose, by: tuple[str, ...], asks: str
    ) -> StopsShort:
        return StopsShort(text, limit.row.provision, limit.row.limit, by, asks)

    def _under(self) -> str:
        """The other text, with its date where that is another."""
        assert self.base is not None
        same = self.base.text is self.compiled.text
        when = f" on {self.base_at}" if self.base_at != self.at else ""
        return f"it{when}" if same and when else f"{self.base.text.id}{when}"

    def _gone(self, f: _Found, i: int, w: Witnesses) -> list[Counted]:
        """The limits that bounded an opened channel under the other text, or might have."""
        assert self.base is not None
        other = self._openings(self.base, f.party)
        if f.ban is not None:
            bans = [c for c in other.bans() if {*f.free} & {*c.row.activities}]
            return [c for c in bans if not w.fails(c.tree, i, other.cutter)]
        bounding = [m.limit for m in w.misses(other, i) if not m.fails]
        cutter, kind = other.cutter, f.area.kind
        doubtful = [c for c in other.counted if w.doubts(cutter.simple(c.tree, kind), i, cutter)]
        return [c for c in dict.fromkeys([*bounding, *doubtful]) if isinstance(c, Counted)]

    def _now(self, f: _Found, i: int, w: Witnesses) -> str:
        """What bounds a closed channel now."""
        mine = self._openings(self.compiled, f.party)
        bounding = [m for m in w.misses(mine, i) if not m.fails and isinstance(m.limit, Counted)]
        names = list(dict.fromkeys(_name(m.limit) for m in bounding))[:2]
        return f"closed by {' and '.join(names)}" if names else "closed"

    def _asked(self, fails: Iterable[Condition]) -> str:
        """The conditions that a weapon fails, as a clause writes them."""
        attributes = self.case.attributes
        words = []
        for x in fails:
            atom: Tree = x.atom if x.wanted else Not(x.atom)
            words.append(written(atom, attributes) or x.attribute)
        return " and ".join(dict.fromkeys(words))

    def _title(self, name: str) -> str:
        attribute = self.case.attributes.get(name)
        title = attribute.title if attribute and attribute.title else name.replace("_", " ")
        return title if title[:2].isupper() else title[:1].lower() + title[1:]

    def _systems(
        self, f: _Found
    ) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[tuple[str, tuple[str, ...]], ...]]:
        """The real systems in a channel, and those that may be, by party."""
        reference = f.openings.cutter.reference
        inside = reference.of(f.area.tree)
        yes, no = inside.yes, inside.no
        if f.of_number:
            bound = f.openings.bound
            if f.disputed:
                yes, no = yes & ~bound.yes & ~bound.no, no | bound.yes | bound.no
            else:
                yes, no = yes & bound.no, no | bound.yes
        sure: dict[str, list[str]] = {}
        perhaps: dict[str, list[str]] = {}
        members = {m for p in f.parties for m in _members(f.openings.compiled, p)}
        for k in map(int, np.flatnonzero(~no)):
            system = reference.table.system_of[k]
            if system is None or system.party not in members:
                continue
            (sure if yes[k] else perhaps).setdefault(system.party, []).append(system.id)
        return (
            tuple((p, tuple(s)) for p, s in sure.items()),
            tuple((p, tuple(s)) for p, s in perhaps.items()),
        )


def _members(compiled: Compiled, party: str) -> tuple[str, ...]:
    found = tuple(m for r in compiled.rows if r.party == party for m in r.members)
    return found or (party,)


def _pairs(states: Sequence[Any]) -> list[tuple[int, int | None]]:
    levels = (OPEN, DISPUTED, BOUNDED)
    if len(states) == 1:
        return [(a, None) for a in levels]
    return [(a, b) for a in levels for b in levels]


def _negated(tree: Tree) -> bool:
    return isinstance(tree, Member) and tree.negated


def _grows_with(openings: Openings, direction: Any) -> tuple[GrowsWith, ...]:
    if direction is None:
        return ()
    sure = [c for c in openings.columns if c.sure]
    return tuple(
        GrowsWith(share, sure[column].witness)
        for column, share in direction.shares
        if column != direction.column and column < len(sure)
    )


def _name(limit: Counted | Loose) -> str:
    p = limit.row.provision
    return f"«{p.in_words()}»" + (f" ({p.article})" if p.article else "")


def _loosely(limit: Loose) -> tuple[str, str]:
    """Why a limit that takes a weapon in does not bound it."""
    name = _name(limit)
    match limit.why:
        case "lapsed":
            return f"{name} ran to {limit.dated.end}", "term"
        case "nothing":
            return f"{name} counts it at nothing ({limit.rule})", "weight"
        case "types":
            return f"{name} limits the number of types, not of weapons", "number"
        case "sites":
            return f"{name} is for each {limit.row.each}, and their number is free", limit.row.each
        case "rate":
            what = "" if limit.row.quantity == HOLDINGS else f" of what is {limit.row.quantity}"
            return f"{name} sets a rate{what} a {limit.row.per}, not a number", "rate"
        case "menu":
            return f"{name} is one alternative of {limit.row.menu}; another may be taken", "menu"
        case "average":
            return f"{name} gives room as other arms grow", "average"


def _doubt(c: Counted, tree: Tree, attributes: Mapping[str, Attribute]) -> str:
    match tree:
        case Open(words):
            return f"{_name(c)} turns on an open clause: {words}"
        case Readings(items):
            return f"{_name(c)} is read differently by {' and '.join(n for n, _ in items)}"
        case Compare():
            text = written(tree, attributes)
            return f"{_name(c)} asks for {text}, which sources leave open here"
        case _:
            return f"{_name(c)} is in doubt"


def _sentence(parts: Iterable[str]) -> str:
    return "; ".join(p for p in parts if p)


def _rank(c: Channel, misses: Sequence[Miss]) -> tuple[int, int, int]:
    """What is worth reading first: what changed, then what a clause just misses, then the rest."""
    status = {"opened": 0, "closed": 1, "": 2, "stays": 2}[c.status]
    near = any(m.near for m in misses)
    held = bool(c.systems or c.perhaps)
    worth = 0 if c.disputed or c.carriers or (near and held) else 1 if near or held else 2
    return status, KINDS.index(c.kind), worth


def _with_ids(found: Iterable[Channel]) -> tuple[Channel, ...]:
    """Each channel with an id made of what it is, so that the same one has the same id elsewhere."""
    seen: dict[str, int] = {}
    result = []
    for c in found:
        parts = [c.area.kind or "any"]
        for k, v in c.area.box.values:
            other = v and v[0].startswith("other than ")
            parts.append(f"{'' if v == ('yes',) else 'other' if other else '-'.join(v)} {k}")
        if c.kind == "open quality":
            parts = [c.area.kind, f"{c.attribute} {c.above}"]
        elif c.kind == "open activity":
            parts.append("free " + "-".join(c.free))
        name = re.sub(r"[^a-z0-9.]+", "-", " ".join(parts).lower()).strip("-")
        if len(name) > 72:
            name = name[:72].rsplit("-", 1)[0]
        seen[name] = seen.get(name, 0) + 1
        result.append(replace(c, id=name if seen[name] == 1 else f"{name}-{seen[name]}"))
    return tuple(result)
