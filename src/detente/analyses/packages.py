"""Packages: which whole agreements both sides could accept; if none, the fewest concessions to one.

A package settles every issue that has been put: by options that can hold together, or by putting it
outside. It is acceptable to a side when the side takes every option in it, with what the option is
tied to by that side's own words (`detente.analyses.acceptable`). Packages are never listed: issues
that nothing ties to one another are answered apart, group by group, and the numbers multiply.

Where a group has no common ground, the fewest moves that make it are named. Two kinds: a side
*concedes* when it goes from its position to another or gives up a condition of its own; it *takes up*
an option when that fits all it stands on and it has not refused it: it has only not answered yet.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import product
from math import prod
from typing import Any, Literal

from detente.analyses.acceptable import ALL, NONE, Mode, Way, acceptable
from detente.analyses.forces import parse_date
from detente.analyses.package_checks import Chosen, ForceChecks, bearing_issues, check_packages
from detente.analyses.package_space import (
    CONCEDE,
    OUTSIDE,
    OUTSIDE_ONLY,
    Rule,
    Settlement,
    Space,
    Step,
    moves_to,
    space_of,
)
from detente.analyses.reduce import Rates
from detente.analyses.result import Result
from detente.analyses.standing import known_from, ledger_at, record_of
from detente.compile.elimination import (
    Eliminated,
    Factor,
    Fewest,
    Smallest,
    TooMany,
    TooWide,
    eliminate,
)
from detente.model.case import Case
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import Record

Kind = Literal["concedes", "takes up"]
HEAVY = 1_000_000  # a concession outweighs any number of options taken up
IN_WORDS = "in words: "
SHOWN = 12  # of equal ways to common ground, so many are shown


@dataclass(frozen=True)
class Move:
    """What a side would have to do on an issue: from where it stands, to one or more options.

    `gives_up` are the options that it had tied its acceptance to and that the package does not hold.
    """

    party: str
    issue: str
    kind: Kind
    leaves: tuple[str, ...]
    to: tuple[str, ...]
    gives_up: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "party": self.party,
            "issue": self.issue,
            "kind": self.kind,
            "from": [_short(self.issue, o) for o in self.leaves],
            "to": [_short(self.issue, o) for o in self.to],
            "gives_up": list(self.gives_up),
        }


def _short(issue: str, key: str) -> str:
    """An option within its issue by its bare name."""
    return key.removeprefix(f"{issue}/")


@dataclass(frozen=True)
class Tied:
    """A tie between issues of a group: whose word it is (empty: the options' own sense), and where."""

    party: str
    option: str
    to: tuple[str, ...]
    why: str
    where: str


@dataclass(frozen=True)
class Choice:
    """Ways of the same weight, each a set of moves, of which one is to be taken.

    `more` of them are not listed; None where they are too many to be told apart.
    """

    ways: tuple[tuple[Move, ...], ...]
    more: int | None = 0

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {"ways": [[m.as_data() for m in way] for way in self.ways], "more": self.more}


@dataclass(frozen=True)
class Group:
    """Issues that are tied to one another, and the packages on them that all sides accept.

    `options` are those that can be chosen in such a package; without one, those that every side
    takes by themselves. `after` is how many packages the fewest moves make; the moves are one way of
    each of the `choices`, which do not hang on one another. `clash` is a smallest set of ties that
    leaves nothing in common where each issue by itself has something.
    """

    issues: tuple[str, ...]
    packages: int
    options: dict[str, tuple[str, ...]]
    settled: dict[str, tuple[Settlement, ...]]
    concessions: int = 0
    take_ups: int = 0
    after: int = 0
    choices: tuple[Choice, ...] = ()
    ties: tuple[Tied, ...] = ()
    clash: tuple[Tied, ...] = ()
    width: int = 0

    @property
    def moves(self) -> tuple[Move, ...]:
        """The fewest moves: of each choice the first way."""
        return tuple(m for c in self.choices for m in c.ways[0])

    @property
    def routes(self) -> Iterator[tuple[Move, ...]]:
        """All sets of fewest moves that are told apart."""
        for ways in product(*(c.ways for c in self.choices)):
            yield tuple(m for way in ways for m in way)

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "issues": list(self.issues),
            "packages": self.packages,
            "options": {i: [_short(i, o) for o in options] for i, options in self.options.items()},
            "concessions": self.concessions,
            "take_ups": self.take_ups,
            "packages_then": self.after,
            "choices": [c.as_data() for c in self.choices],
            "ties": [_tied_data(t) for t in self.ties],
            "clash": [_tied_data(t) for t in self.clash],
        }


def _tied_data(t: Tied) -> dict[str, Any]:
    return {
        "party": t.party,
        "option": t.option,
        "to": list(t.to),
        "why": t.why,
        "where": t.where,
    }


@dataclass(frozen=True, repr=False)
class Packages(Result):
    """The answer of `packages`."""

    case: Case
    at: date
    mode: Mode
    assertions: str
    as_asserted: bool
    ledger: str
    parties: tuple[str, ...]
    groups: tuple[Group, ...]
    not_put: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]
    silent: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    checked: ForceChecks | None = None

    @property
    def packages(self) -> int:
        """How many packages all sides accept: the groups' numbers multiplied."""
        return prod(g.packages for g in self.groups)

    @property
    def then(self) -> int:
        """How many there are once the fewest moves are made."""
        return prod(g.after for g in self.groups)

    @property
    def moves(self) -> tuple[Move, ...]:
        """The fewest moves: of each choice the first way."""
        return tuple(m for g in self.groups for m in g.moves)

    @property
    def concessions(self) -> tuple[Move, ...]:
        """The concessions among them."""
        return tuple(m for m in self.moves if m.kind == "concedes")

    def group(self, issue: str) -> Group:
        """The group of an issue; raises KeyError."""
        for g in self.groups:
            if issue in g.issues:
                return g
        raise KeyError(issue)

    def records(self) -> list[dict[str, Any]]:
        """One row an issue that was put."""
        rows = []
        for n, g in enumerate(self.groups, 1):
            moving: dict[str, list[str]] = {}
            for m in g.moves:
                moving.setdefault(m.issue, []).append(f"{m.party} {m.kind} {'; '.join(m.to)}")
            rows += [
                {
                    "group": n,
                    "issue": i,
                    "options": "; ".join(_short(i, o) for o in g.options.get(i, ())),
                    "packages_of_group": g.packages,
                    "moves": "; ".join(moving.get(i, ())),
                }
                for i in g.issues
            ]
        return rows

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "date": self.at.isoformat(),
            "mode": self.mode,
            "assertions": self.assertions,
            "as_asserted": self.as_asserted,
            "ledger": self.ledger,
            "groups": [g.as_data() for g in self.groups],
            "not_put": [i for i, _ in self.not_put],
            "put_by": [{"issue": i, "party": p} for i, p in self.not_put],
            "dropped": list(self.dropped),
            "concessions": [m.as_data() for m in self.concessions],
            "to_take_up": [m.as_data() for m in self.moves if m.kind == "takes up"],
            "packages": self.packages,
            "packages_then": self.then,
            "checked": self.checked.as_data() if self.checked else None,
        }


def packages(
    case: Case,
    at: str | date,
    *,
    mode: Mode = "now",
    issue: str | Sequence[str] | None = None,
    assertions: str = ALL,
    as_asserted: bool = False,
    ledger: str = "all",
    forces: str | None = None,
    rate: Rates | None = None,
) -> Packages:
    """Which packages both sides could accept at a date, and what the fewest concessions would be.

    Args:
        case: the case.
        at: the date.
        mode: `now`, what the sides stand on or offer; `ever`, what they once accepted or offered too.
        issue: only the groups with these issues.
        assertions: whose linkages bind: `all`, `none`, or a party.
        as_asserted: take a side at its word that all it accepted hangs together, and on what its
            bundles consist of.
        ledger: as in `standing`, by whose account.
        forces: check packages that have limits against the forces of this date.
        rate: how many elements a year can be dismantled, as in `reduce`.

    Raises:
        Refused: the case has no record; there is no such issue, party, mode or ledger; linkages
            exclude every package; or the issues are tied too densely for an exact answer.

    """
    record = record_of(case)
    day = parse_date(at, "--date")
    wanted = tuple([issue] if isinstance(issue, str) else issue or ())
    for name in wanted:
        if name not in record.issues:
            hint = did_you_mean(name, record.issues, "issues")
            raise Refused([Problem("E313", f"unknown issue '{name}'", (), hint)])
    check_switches(record, mode, assertions)
    book = ledger_at(record, day, ledger)
    said = [s for s in known_from(record, ledger) if s.date.last <= day]
    taken = acceptable(
        book, day, mode=mode, said=said, assertions=assertions, as_asserted=as_asserted
    )
    space = space_of(taken)
    solved = [
        (names, solve(space, names))
        for names in space.groups()
        if not wanted or any(n in wanted for n in names)
    ]
    groups = [_answer(space, names, found) for names, found in solved]
    checked = None
    if forces is not None:
        bearing = bearing_issues(case, record)
        checked = check_packages(
            case, taken, day, _combinations(space, solved, bearing), forces, rate
        )
    not_put = [(i, taken.spoke[i][0]) for i in space.not_put if not wanted or i in wanted]
    return Packages(
        case,
        day,
        mode,
        assertions,
        as_asserted,
        ledger,
        book.parties,
        tuple(g for g in groups if g.issues),
        tuple(not_put),
        tuple(i for i in space.dropped if not wanted or i in wanted),
        tuple(i for i in space.silent if not wanted or i in wanted),
        wanted,
        checked,
    )


def check_switches(record: Record, mode: str, assertions: str) -> None:
    """Raises `Refused` for an unknown mode, or an unknown party whose assertions are to bind."""
    if mode not in ("now", "ever"):
        raise Refused([Problem("E604", f"unknown mode '{mode}'", (), "now or ever")])
    if assertions not in (ALL, NONE, *record.parties):
        hint = did_you_mean(assertions, [ALL, NONE, *record.parties], "parties")
        raise Refused([Problem("E301", f"unknown party '{assertions}'", (), hint)])


# --- one group ------------------------------------------------------------------------------------
def weight(step: Hashable) -> int:
    """What a move weighs: concessions before all else."""
    return HEAVY if step[2] == CONCEDE else 1  # type: ignore[index]


@dataclass(frozen=True)
class Solved:
    """The fewest moves in a group, and how many packages they make."""

    concessions: int
    take_ups: int
    packages: int
    found: Eliminated[tuple[int, int]]


def solve(space: Space, names: Sequence[str]) -> Solved:
    """The fewest moves in a group of variables.

    Raises:
        Refused: the linkages exclude everything, or tie the issues too densely.

    """
    semiring = Fewest()
    try:
        found = eliminate(
            {v: space.sizes[v] for v in names},
            space.factors(names, semiring, lambda p, i, k: (weight((p, i, k)), 1)),
            semiring,
        )
    except TooWide as wide:
        raise _too_dense(space, names, wide) from None
    if found.value is None:
        raise _excluded(space, names)
    cost, n = found.value
    return Solved(*divmod(cost, HEAVY), n, found)


def routes(space: Space, names: Sequence[str], solved: Solved) -> dict[frozenset[Any], int] | None:
    """The different sets of fewest moves, each with its packages; None when they are too many."""
    sets = Smallest(weight)
    try:
        found = eliminate(
            {v: space.sizes[v] for v in names},
            space.factors(names, sets, lambda p, i, k: {frozenset({(p, i, k)}): 1}),
            sets,
            within=solved.found,
        )
    except TooMany:
        return None
    return found.value


def _answer(space: Space, names: Sequence[str], solved: Solved) -> Group:
    issues = tuple(i for i in space.record.issues if i in names and _is_put(space, i))
    common = {i: space.acceptable.common(i) for i in names if i in space.settlements}
    settled = {
        i: tuple(space.settlements[i][x] for x in sorted(xs))
        for i, xs in solved.found.used().items()
        if i in space.settlements
    }
    group = Group(
        issues,
        0,
        {i: common[i] for i in issues},
        settled,
        solved.concessions,
        solved.take_ups,
        solved.packages,
        ties=_ties(space, names),
        width=solved.found.width,
    )
    if not solved.concessions and not solved.take_ups:
        used = {i: {k for s in settled[i] for k in s} for i in issues}
        return replace(
            group,
            packages=solved.packages,
            options={i: tuple(k for k in (*common[i], *OUTSIDE) if k in used[i]) for i in issues},
        )
    sets = routes(space, names, solved)
    return replace(
        group,
        choices=_choices(space, names, solved, sets),
        clash=_clash(space, names) if all(common[i] for i in issues) else (),
    )


def _choices(
    space: Space, names: Sequence[str], solved: Solved, sets: Collection[frozenset[Step]] | None
) -> tuple[Choice, ...]:
    """The sets of fewest moves as choices that do not hang on one another, one way each."""
    if sets is None:
        steps = next(iter(_some_routes(space, names, solved)))
        return (Choice((_moves(space, names, solved, steps, steps),), None),)
    place = {i: n for n, i in enumerate(space.record.issues)}

    def by_place(steps: frozenset[Step]) -> list[tuple[int, str, int]]:
        return sorted((place[i], p, k) for p, i, k in steps)

    found = []
    blocks = [sorted(b, key=by_place) for b in _independent(list(sets))]
    first = [b[0] for b in blocks]
    for n, block in enumerate(blocks):
        rest = frozenset().union(*(f for k, f in enumerate(first) if k != n))
        ways = [_moves(space, names, solved, steps | rest, steps) for steps in block[:SHOWN]]
        found.append(Choice(tuple(ways), max(len(block) - SHOWN, 0)))
    return tuple(sorted(found, key=lambda c: [place[m.issue] for m in c.ways[0]]))


def _independent(sets: Sequence[frozenset[Step]]) -> list[list[frozenset[Step]]]:
    """Sets of steps as the product of smaller sets of sets, as small as the issues allow."""
    issues = list(dict.fromkeys(i for s in sets for _, i, _ in s))

    def onto(part: Collection[str]) -> set[frozenset[Step]]:
        return {frozenset(x for x in s if x[1] in part) for s in sets}

    blocks: list[set[str]] = []
    for issue in issues:
        mine = {issue}
        for other in list(blocks):
            if len(onto(mine | other)) < len(onto(mine)) * len(onto(other)):
                blocks.remove(other)
                mine |= other
        blocks.append(mine)
    if prod(len(onto(b)) for b in blocks) != len(sets):
        blocks = [set(issues)]
    return [list(onto(b)) for b in blocks]


def _is_put(space: Space, issue: str) -> bool:
    """Whether an issue has to be settled; others are there because something is tied to them."""
    return issue in space.settlements and len(space.acceptable.spoke[issue]) > 1


def _some_routes(space: Space, names: Sequence[str], solved: Solved) -> Iterable[frozenset[Step]]:
    """Sets of fewest moves one after the other, where they are too many to be told apart."""
    value = solved.found.value
    assert value is not None
    for bundle in solved.found.having(value[0]):
        chosen = {
            v: space.settlements[v][xs[0]] for v, xs in bundle.items() if v in space.settlements
        }
        yield frozenset(moves_to(space.acceptable, chosen))


def _moves(
    space: Space,
    names: Sequence[str],
    solved: Solved,
    steps: frozenset[Step],
    shown: frozenset[Step],
) -> tuple[Move, ...]:
    """The moves of a set in words: where to is what any package has that needs just these steps."""
    semiring = Fewest()
    price = partial(_price, steps)
    found = eliminate(
        {v: space.sizes[v] for v in names},
        space.factors(names, semiring, price),
        semiring,
        like=solved.found,
    )
    used = {i: xs for i, xs in found.used().items() if i in space.settlements}
    moves = []
    taken = space.acceptable
    place = {i: n for n, i in enumerate(space.record.issues)}
    for party, issue, kind in sorted(shown, key=lambda s: (place[s[1]], taken.parties.index(s[0]))):
        values = [space.settlements[issue][x] for x in used[issue]]
        options = [k for k in taken.options(issue) if any(k in s for s in values)]
        own = {w.option for w in taken.of(party, issue)}
        free = {w.option for w in taken.of(party, issue) if not w.needs}
        new = [k for k in options if k not in own]
        held = {k for i, xs in used.items() for x in xs for k in space.settlements[i][x]}
        tied = [k for k in options if k in own - free] if not new else []
        needs = [n.option for w in taken.of(party, issue) if w.option in tied for n in w.needs]
        moves.append(
            Move(
                party,
                issue,
                "concedes" if kind == CONCEDE else "takes up",
                taken.position(party, issue),
                tuple(new or tied),
                tuple(dict.fromkeys(n for n in needs if n not in held)),
            )
        )
    return tuple(moves)


def _price(steps: Collection[Step], party: str, issue: str, kind: int) -> tuple[int, int]:
    """Nothing for the moves of a set, and more than they can all save for any other."""
    return (0 if (party, issue, kind) in steps else HEAVY, 1)


def _combinations(
    space: Space, solved: Sequence[tuple[Sequence[str], Solved]], issues: Collection[str]
) -> Iterator[Chosen]:
    """How some issues are settled in the packages with the fewest moves, each combination once."""

    def of_group(names: Sequence[str], found: Solved) -> Iterator[Chosen]:
        mine = [i for i in issues if i in names and i in space.settlements]
        seen: set[tuple[Settlement, ...]] = set()
        value = found.found.value
        assert value is not None
        for bundle in found.found.having(value[0]):
            for chosen in product(*(space.unpack(bundle)[i] for i in mine)):
                if chosen not in seen:
                    seen.add(chosen)
                    yield dict(zip(mine, chosen, strict=True))
            if not mine:
                return

    groups = [(names, found) for names, found in solved if any(i in names for i in issues)]

    def combine(left: Sequence[tuple[Sequence[str], Solved]]) -> Iterator[Chosen]:
        if not left:
            yield {}
            return
        for chosen in of_group(*left[0]):
            for rest in combine(left[1:]):
                yield chosen | rest

    if groups:
        yield from combine(groups)


# --- ties and clashes -----------------------------------------------------------------------------
def _ties(space: Space, names: Sequence[str]) -> tuple[Tied, ...]:
    """What ties the issues of a group: the sides' words, and the options' own sense."""
    inside = {i for i in names if i in space.settlements}
    found: list[Tied] = []
    for i in space.record.issues:
        if i not in inside:
            continue
        for party in space.acceptable.parties:
            found += [
                Tied(w.party, w.option, (), IN_WORDS + w.words, w.statement)
                for w in space.acceptable.of(party, i)
                if w.words
            ]
            found += [
                Tied(w.party, w.option, tuple(n.option for n in far), far[0].tie, far[0].where)
                for w in space.acceptable.of(party, i)
                if w.basis != "asked for"
                and (far := [n for n in w.needs if not n.option.startswith(f"{i}/")])
            ]
    found += [
        Tied("", r.option, r.others, r.kind, str(r.place))
        for r in space.rules(names)
        if r.kind != OUTSIDE_ONLY
    ]
    return tuple(dict.fromkeys(found))


def _clash(space: Space, names: Sequence[str]) -> tuple[Tied, ...]:
    """A smallest set of ties that leaves no common ground: without any one of them there is some."""
    ties: list[Way | Rule] = [
        *(
            w
            for i in names
            if i in space.settlements
            for p in space.acceptable.parties
            for w in space.acceptable.of(p, i)
            if w.needs
        ),
        *space.rules(names),
    ]
    kept = list(ties)
    for t in ties:
        fewer = [k for k in kept if k is not t]
        if _apart(space, names, fewer):
            kept = fewer
    return tuple(
        Tied(t.party, t.option, tuple(n.option for n in t.needs), t.needs[0].tie, t.needs[0].where)
        if isinstance(t, Way)
        else Tied("", t.option, t.others, t.kind, str(t.place))
        for t in kept
    )


def _apart(space: Space, names: Sequence[str], ties: Sequence[Way | Rule]) -> bool:
    """Whether there is no common ground with these ties alone."""
    ways = {id(t) for t in ties if isinstance(t, Way)}
    rules = [t for t in ties if isinstance(t, Rule)]
    loosened = replace(
        space.acceptable,
        ways={
            key: [w if not w.needs or id(w) in ways else replace(w, needs=()) for w in found]
            for key, found in space.acceptable.ways.items()
        },
    )
    other = space_of(loosened)
    left = [r for r in space.rules(names) if r not in rules]
    inside = [
        v
        for group in other.groups()
        if any(n in names and n in space.settlements for n in group)
        for v in group
    ]
    semiring = Fewest()
    factors: list[Factor[tuple[int, int]]] = other.factors(
        inside, semiring, lambda p, i, k: (weight((p, i, k)), 1), without=left
    )
    found = eliminate({v: other.sizes[v] for v in inside}, factors, semiring)
    return found.value is None or found.value[0] > 0


def _excluded(space: Space, names: Sequence[str]) -> Refused:
    """Hard ties that exclude everything: a smallest set of them, each at its line."""
    semiring = Fewest()

    def impossible(rules: Collection[Rule]) -> bool:
        left = [r for r in space.rules(names) if r not in rules]
        factors = space.factors(names, semiring, lambda *_: semiring.one, without=left)
        return eliminate({v: space.sizes[v] for v in names}, factors, semiring).value is None

    kept = list(space.rules(names))
    for rule in list(kept):
        fewer = [r for r in kept if r != rule]
        if impossible(fewer):
            kept = fewer
    said = "; ".join(map(str, kept))
    places = tuple(replace(r.place, note=str(r)) for r in kept if r.place.file)
    hint = "take one of these relations away, or let an issue be settled otherwise"
    return Refused([Problem("E611", f"no package is possible: {said}", places, hint)])


def _too_dense(space: Space, names: Sequence[str], wide: TooWide) -> Refused:
    issues = [i for i in names if i in space.settlements]
    message = f"{len(issues)} issues are tied too densely for an exact answer ({wide})"
    hint = "let fewer assertions bind: --assertions none or a party, or without --as-asserted"
    return Refused([Problem("E612", message, (), hint)])
