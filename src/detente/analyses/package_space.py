"""The space of packages: the ways to settle each issue, and what ties issues to one another.

An issue's values are the sets of its options that can hold together, and, where they may be taken,
*outside* (another option puts it there) and *open* (one side alone has spoken on it). Hard ties are
what an option makes no sense without, what it puts outside, and what it settles together. A side
concedes on an issue when the package holds an option there that it would not take, or not without
another that the package does not hold.

Conditions become gates of two values (`and`, `or`), so that each tie joins three variables at most.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from detente.analyses.acceptable import Acceptable, Way, full
from detente.compile.elimination import Factor, Semiring
from detente.model.problem import Place, Problem, Refused
from detente.model.record import Record

V = TypeVar("V")
Settlement = frozenset[str]  # the options chosen in one issue
Step = tuple[str, str, int]  # party, issue, TAKE_UP or CONCEDE
OUTSIDE: Settlement = frozenset({"(outside)"})
OPEN: Settlement = frozenset()
MOST_SETTLEMENTS = 100_000


@dataclass(frozen=True)
class Literal_:
    """A yes or no read off one variable: for each of its values 0 or 1; constants have none."""

    variable: str
    classes: tuple[int, ...]

    @property
    def constant(self) -> bool | None:
        """Yes or no where it hangs on nothing: no variable, or an option that nobody can choose.

        What an issue's only settlement brings still hangs on that issue being settled so.
        """
        if not self.variable:
            return bool(self.classes[0])
        return None if any(self.classes) else False

    def negated(self) -> Literal_:
        """The contrary."""
        return Literal_(self.variable, tuple(1 - c for c in self.classes))


YES, NO = Literal_("", (1,)), Literal_("", (0,))
GATE = (0, 1)
NOTHING, TAKE_UP, CONCEDE = 0, 1, 2
OUTSIDE_ONLY = "is put outside by none but"


@dataclass(frozen=True)
class Rule:
    """A hard tie, with where it is written, so that clashes can be named."""

    kind: str
    option: str
    others: tuple[str, ...]
    place: Place

    def __str__(self) -> str:
        return f"{self.option} {self.kind} {', '.join(self.others)}"


@dataclass
class Space:
    """Variables with their values, and the ties over them; all ties are over literals.

    `settlements` are the issues with their values in order; `sizes` all variables, gates as well.
    `allowed` lists the combinations of literals that are not excluded; `moves` gives for each side
    and issue what each settlement asks of it (NOTHING, TAKE_UP, CONCEDE), and whether a condition
    of its own is not honoured, which it then has to give up.
    """

    acceptable: Acceptable
    settlements: dict[str, list[Settlement]] = field(default_factory=dict)
    not_put: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    allowed: list[tuple[tuple[Literal_, ...], frozenset[tuple[int, ...]], Rule | None]] = field(
        default_factory=list
    )
    moves: dict[tuple[str, str], tuple[Literal_, Literal_]] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)  # issues tied by a side's condition
    _gates: dict[tuple[str, Literal_, Literal_], Literal_] = field(default_factory=dict)

    @property
    def record(self) -> Record:
        """The record."""
        return self.acceptable.record

    def holds(self, key: str) -> Literal_:
        """Whether the package holds an option."""
        issue = key.partition("/")[0]
        if issue not in self.settlements:
            return NO
        return self._if(issue, lambda s: key in s)

    def _if(self, issue: str, test: Callable[[Settlement], bool]) -> Literal_:
        return Literal_(issue, tuple(int(test(s)) for s in self.settlements[issue]))

    def outside(self, issue: str) -> Literal_:
        """Whether an issue is put outside."""
        return self._if(issue, lambda s: s == OUTSIDE)

    def not_inside(self, issue: str, beside: Collection[str]) -> Literal_:
        """Whether an issue is settled by nothing, or only by what stands beside the agreement."""
        return self._if(issue, lambda s: s in (OUTSIDE, OPEN) or s <= set(beside))

    def settled(self, issue: str) -> Literal_:
        """Whether an issue is settled inside."""
        return self._if(issue, lambda s: s not in (OUTSIDE, OPEN))

    # --- gates ------------------------------------------------------------------------------------
    def all_of(self, literals: Sequence[Literal_]) -> Literal_:
        """Whether all hold."""
        return self._fold("and", literals)

    def any_of(self, literals: Sequence[Literal_]) -> Literal_:
        """Whether one at least holds."""
        return self._fold("or", literals)

    def _fold(self, kind: str, literals: Sequence[Literal_]) -> Literal_:
        found = YES if kind == "and" else NO
        for literal in dict.fromkeys(literals):
            found = self._gate(kind, found, literal)
        return found

    def _gate(self, kind: str, a: Literal_, b: Literal_) -> Literal_:
        deciding = kind == "or"
        for one, other in ((a, b), (b, a)):
            if one.constant is not None:
                return (YES if deciding else NO) if one.constant is deciding else other
        if a.variable == b.variable:
            pick = max if deciding else min
            return Literal_(a.variable, tuple(map(pick, a.classes, b.classes)))
        known = self._gates.get((kind, a, b))
        if known is not None:
            return known
        name = f"&{len(self._gates)}"
        self.sizes[name] = 2
        out = Literal_(name, GATE)
        table = frozenset((x, y, (x | y) if deciding else (x & y)) for x in GATE for y in GATE)
        self.allowed.append(((a, b, out), table, None))
        self._gates[kind, a, b] = out
        return out

    def implies(self, a: Literal_, b: Literal_, rule: Rule) -> None:
        """Exclude that the first holds without the second."""
        within = a.variable == b.variable or b.constant is not None
        if a.constant is False or b.constant is True:
            return
        if within:
            both = self._gate("and", a, b.negated())
            if both.constant is not False:
                self.allowed.append(((both,), frozenset({(0,)}), rule))
            return
        self.allowed.append(((a, b), frozenset({(0, 0), (0, 1), (1, 1)}), rule))

    # --- as factors -------------------------------------------------------------------------------
    def groups(self) -> list[list[str]]:
        """Issues that are tied together, directly or through others, in the order of the record."""
        parent = {v: v for v in self.sizes}

        def root(v: str) -> str:
            while parent[v] != v:
                parent[v] = parent[parent[v]]
                v = parent[v]
            return v

        for literals in self._scopes():
            for literal in literals[1:]:
                parent[root(literal.variable)] = root(literals[0].variable)
        for a, b in self.links:
            parent[root(a)] = root(b)
        found: dict[str, list[str]] = {}
        for v in self.sizes:
            found.setdefault(root(v), []).append(v)
        return list(found.values())

    def _scopes(self) -> Iterator[Sequence[Literal_]]:
        yield from (literals for literals, _, _ in self.allowed)
        yield from ((step, unmet) for step, unmet in self.moves.values() if unmet.variable)

    def signature(self, names: Sequence[str]) -> Hashable:
        """What the answer for a group hangs on: equal groups of two spaces have equal ones."""
        inside = set(names)
        gates: dict[str, int] = {}

        def plain(literal: Literal_) -> Hashable:
            v = literal.variable
            known = v if v in self.settlements or not v else gates.setdefault(v, len(gates))
            return known, literal.classes

        return (
            tuple((i, tuple(self.settlements[i])) for i in names if i in self.settlements),
            tuple(
                (tuple(map(plain, literals)), table)
                for literals, table, _ in self.allowed
                if literals[0].variable in inside
            ),
            tuple(
                (key, plain(a), plain(b)) for key, (a, b) in self.moves.items() if key[1] in inside
            ),
        )

    def rules(self, among: Collection[str]) -> list[Rule]:
        """The hard ties among some variables."""
        return list(
            dict.fromkeys(
                rule
                for literals, _, rule in self.allowed
                if rule is not None and literals[0].variable in among
            )
        )

    def factors(
        self,
        among: Collection[str],
        semiring: Semiring[V],
        price: Callable[[str, str, int], V],
        *,
        without: Collection[Rule] = (),
    ) -> list[Factor[V]]:
        """The ties among some variables as factors.

        `price` is what it is worth that a side takes something up, or concedes, on an issue;
        `without` are rules that are left out.
        """
        inside = set(among)
        found = [
            _factor(literals, dict.fromkeys(table, semiring.one))
            for literals, table, rule in self.allowed
            if literals[0].variable in inside and (rule is None or rule not in without)
        ]
        for (party, issue), (step, unmet) in self.moves.items():
            if issue in inside:
                worth = [semiring.one, price(party, issue, TAKE_UP), price(party, issue, CONCEDE)]
                found.append(_priced(step, unmet, worth))
        return found

    def unpack(self, values: Mapping[str, Sequence[int]]) -> dict[str, list[Settlement]]:
        """The settlements of a bundle of assignments, gates left out."""
        return {
            v: [self.settlements[v][x] for x in xs]
            for v, xs in values.items()
            if v in self.settlements
        }


def _priced(step: Literal_, unmet: Literal_, worth: Sequence[V]) -> Factor[V]:
    """What a side's step is worth; a condition that is not honoured makes it a concession."""
    if unmet.variable in ("", step.variable):
        lost = unmet.classes if unmet.variable else unmet.classes * len(step.classes)
        steps = tuple(CONCEDE if u else x for x, u in zip(step.classes, lost, strict=True))
        return Factor((step.variable,), (steps,), {(x,): worth[x] for x in range(3)})
    pairs = [(x, u) for x in range(3) for u in GATE]
    return _factor((step, unmet), {(x, u): worth[CONCEDE if u else x] for x, u in pairs})


def _factor(literals: Sequence[Literal_], table: Mapping[Any, Any]) -> Factor[Any]:
    return Factor(
        tuple(x.variable for x in literals), tuple(x.classes for x in literals), dict(table)
    )


def settlements(record: Record, issue: str, options: Sequence[str]) -> list[Settlement]:
    """The sets of options of an issue that can hold together, one option or more.

    Raises:
        Refused: there are too many of them.

    """
    found: list[Settlement] = []
    names = [o.partition("/")[2] for o in options]

    def grow(chosen: tuple[int, ...], left: Sequence[int]) -> None:
        for k, i in enumerate(left):
            more = (*chosen, i)
            found.append(frozenset(options[j] for j in more))
            if len(found) > MOST_SETTLEMENTS:
                message = f"'{issue}' can be settled in more than {MOST_SETTLEMENTS:,} ways"
                hint = "too many of its options can hold together (stands_with)"
                place = record.issues[issue].place
                raise Refused([Problem("E612", message, (place,), hint)])
            grow(more, [j for j in left[k + 1 :] if record.compatible(issue, names[i], names[j])])

    grow((), range(len(options)))
    found.sort(key=lambda s: (len(s), sorted(map(options.index, s))))
    return found


def step(taken: Acceptable, party: str, issue: str, chosen: Settlement) -> int:
    """What a settlement asks of a side, conditions apart: nothing, to take up, or to concede.

    It takes up what fits all it stands on and it has not refused, and what was never put to it.
    """
    own = {w.option for w in taken.of(party, issue)}
    new = chosen - OUTSIDE - own
    if not new:
        return NOTHING
    if not taken.put(issue):
        return TAKE_UP
    stands = taken.stands.get((party, issue), ())
    fits = all(
        taken.record.compatible(issue, k.partition("/")[2], mine.partition("/")[2])
        for k in new
        for mine in stands
    )
    refused = any((party, k) in taken.refused for k in new)
    return TAKE_UP if stands and fits and not refused else CONCEDE


def moves_to(taken: Acceptable, chosen: Mapping[str, Settlement]) -> list[Step]:
    """What one package asks of each side, settlement by settlement."""
    held = {k for s in chosen.values() for k in s}
    found = []
    for issue, settlement in chosen.items():
        for party in taken.asked(issue):
            kind = step(taken, party, issue, settlement)
            if any(
                not any({n.option for n in w.needs} <= held for w in ways)
                for k in settlement
                if (ways := [w for w in taken.of(party, issue) if w.option == k])
            ):
                kind = CONCEDE
            if kind:
                found.append((party, issue, kind))
    return found


def space_of(acceptable: Acceptable) -> Space:
    """The space of packages over what some side would take."""
    return _Builder(acceptable).run()


class _Builder:
    def __init__(self, acceptable: Acceptable) -> None:
        self.space = Space(acceptable)
        self.acceptable, self.record = acceptable, acceptable.record
        self.options: dict[str, dict[str, None]] = {
            i: dict.fromkeys(acceptable.options(i)) for i in self.record.issues
        }

    def run(self) -> Space:
        space = self.space
        self._bring_in()
        referred = self._referred()
        for issue in self.record.issues:
            speakers = self.acceptable.spoke[issue]
            if self.acceptable.put(issue) and self.options[issue]:
                self._variable(issue, put=True)
                continue
            if len(speakers) == 1:
                space.not_put.append(issue)
            elif speakers:
                space.dropped.append(issue)
            elif not speakers:
                space.silent.append(issue)
            if issue in referred and self.options[issue]:
                self._variable(issue, put=False)
        self._rules()
        for party, (_, accepted) in self.acceptable.whole.items():
            whole = space.all_of([space.holds(k) for k in accepted])
            self._moves(party, whole, set(accepted))
        for party in self.acceptable.parties:
            if party not in self.acceptable.whole:
                self._moves(party, YES, set())
        return space

    def _bring_in(self) -> None:
        """Options of which another in play needs one, where no side takes any; nobody does yet."""
        taken = {k for options in self.options.values() for k in options}
        left = [k for options in self.options.values() for k in options]
        while left:
            key = left.pop()
            issue = key.partition("/")[0]
            position = self.record.position(key)
            if position is None:
                continue
            needed = [full(issue, r) for r in position.requires]
            any_of = [full(issue, r) for r in position.requires_any]
            if not any(k in taken for k in any_of):
                needed += any_of
            for k in needed:
                other = k.partition("/")[0]
                if k not in self.options[other]:
                    self.options[other][k] = None
                    left.append(k)

    def _referred(self) -> set[str]:
        """The issues that others are tied to: by an option they need, or one that puts them outside."""
        referred: set[str] = set()
        for issue, options in self.options.items():
            for key in options:
                position = self.record.position(key)
                if position is None:
                    continue
                needed = (*position.requires, *position.requires_any)
                others = {full(issue, r).partition("/")[0] for r in needed} | {*position.spans}
                referred |= {i for i in others if i != issue and i in self.record.issues}
                if any(i != issue for i in position.leaves_out):
                    referred.add(issue)
        for ways in self.acceptable.ways.values():
            for w in ways:
                referred |= {n.option.partition("/")[0] for n in w.needs if n.option != w.option}
        return referred

    def _variable(self, issue: str, *, put: bool) -> None:
        order = [f"{issue}/{o}" for o in self.record.issues[issue].options]
        options = [k for k in order if k in self.options[issue]]
        values = list(settlements(self.record, issue, tuple(options)))
        if not put:
            values.insert(0, OPEN)
        elif self._leaving(issue):
            values.append(OUTSIDE)
        self.space.settlements[issue] = values
        self.space.sizes[issue] = len(values)

    def _leaving(self, issue: str) -> list[str]:
        """The options in play that put an issue outside."""
        return [
            k
            for other, options in self.options.items()
            for k in options
            if other != issue
            and (position := self.record.position(k)) is not None
            and issue in position.leaves_out
        ]

    def _rules(self) -> None:
        space = self.space
        for issue in list(space.settlements):
            for key in {k for s in space.settlements[issue] for k in s} - OUTSIDE:
                self._rules_of(issue, key)
            if OUTSIDE in space.settlements[issue]:
                leaving = self._leaving(issue)
                rule = Rule(OUTSIDE_ONLY, issue, tuple(leaving), Place())
                space.implies(
                    space.outside(issue), space.any_of([space.holds(k) for k in leaving]), rule
                )

    def _rules_of(self, issue: str, key: str) -> None:
        space, position = self.space, self.record.position(key)
        if position is None:
            return
        holds = space.holds(key)
        for r in position.requires:
            rule = Rule("requires", key, (full(issue, r),), position.place)
            space.implies(holds, space.holds(full(issue, r)), rule)
        if position.requires_any:
            any_of = tuple(full(issue, r) for r in position.requires_any)
            rule = Rule("requires one of", key, any_of, position.place)
            space.implies(holds, space.any_of([space.holds(k) for k in any_of]), rule)
        for other in position.leaves_out:
            if other != issue and other in space.settlements:
                rule = Rule("puts outside", key, (other,), position.place)
                space.implies(holds, space.not_inside(other, self._beside(key, other)), rule)
        for other in position.spans:
            if other != issue and other in space.settlements:
                rule = Rule("settles with itself", key, (other,), position.place)
                space.implies(holds, space.settled(other), rule)

    def _beside(self, key: str, issue: str) -> set[str]:
        """The options of an issue that settle it in a side arrangement of the option that puts it out."""
        position = self.record.position(key)
        said = {o for c in (position.content if position else ()) for o in c.beside}
        return {
            f"{issue}/{name}"
            for name, p in self.record.issues[issue].options.items()
            if f"{issue}/{name}" in said or key in (full(issue, r) for r in p.requires)
        }

    # --- concessions ------------------------------------------------------------------------------
    def _moves(self, party: str, whole: Literal_, accepted: set[str]) -> None:
        space = self.space
        for issue, values in space.settlements.items():
            if party not in self.acceptable.asked(issue):
                continue
            ways: dict[str, list[Way]] = {}
            for w in self.acceptable.of(party, issue):
                ways.setdefault(w.option, []).append(w)
            steps = tuple(step(self.acceptable, party, issue, s) for s in values)
            unmet = []
            for key, mine in ways.items():
                if not any(key in s for s in values):
                    continue
                bound = whole if key in accepted else YES
                honoured = [
                    space.all_of(
                        [
                            *(space.holds(n.option) for n in w.needs),
                            *([bound] if w.basis == "acceptance" else []),
                        ]
                    )
                    for w in mine
                ]
                if YES not in honoured:
                    far = {n.option.partition("/")[0] for w in mine for n in w.needs}
                    space.links |= {(issue, i) for i in sorted(far) if i in space.settlements}
                    met = space.any_of(honoured)
                    unmet.append(space.all_of([space.holds(key), self._not(met)]))
            space.moves[party, issue] = (Literal_(issue, steps), space.any_of(unmet))

    @staticmethod
    def _not(literal: Literal_) -> Literal_:
        if literal.constant is not None:
            return NO if literal.constant else YES
        return literal.negated()
