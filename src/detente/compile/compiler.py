"""A text as a system of limits: rows of weights on categories, each held against a dated bound.

`compile_text` does not need any forces; rows are applied to elements by `detente.compile.counts`.
What no row can say is listed with the reason. Where clauses ask for the day of the count, or
definitions run for a time only, the text is compiled for a day; `Compiled.on` gives it for another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from detente.model.amounts import Bound, Schedule, Step, Tally, Weight
from detente.model.case import Case, View
from detente.model.dates import When
from detente.model.predicate import (
    Always,
    And,
    Member,
    Named,
    Not,
    Open,
    Or,
    Readings,
    Tree,
    on_day,
    walk,
)
from detente.model.provisions import (
    Attribution,
    Average,
    Ban,
    Category,
    Ceiling,
    CountingRule,
    ExceptionClause,
    Floor,
    Freeze,
    Limit,
    Menu,
    Offset,
    Provision,
    QualitativeLimit,
    ScheduleClause,
    TypeLimit,
)
from detente.model.texts import Text

Relation = Literal["at most", "at least", "fewer than"]


@dataclass(frozen=True)
class Term:
    """A category with the weight of one unit, and the provision that adds it."""

    category: str
    weight: Weight
    rule: str
    factor: int | float = 1
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exemption:
    """Weapons that an exception takes out of a row: all of them, or so many."""

    tree: Tree
    provision: str
    up_to: int | None = None


@dataclass(frozen=True)
class DatedBound:
    """A bound with the days it runs from and to, and the deadline for working off excess."""

    step: Step
    bound: Bound
    start: date | None
    end: date | None
    deadline: date | None


@dataclass(frozen=True)
class Row:
    """One limit for one party (or group, counted together).

    The count is the sum of `terms`; it is held against the bound plus `allowance` (terms of its
    own: so many for each of something else). `counting` "types" counts types, not units.
    """

    limit: str
    title: str
    provision: Provision
    party: str
    members: tuple[str, ...]
    terms: tuple[Term, ...]
    bounds: tuple[DatedBound, ...]
    relation: Relation = "at most"
    allowance: tuple[Term, ...] = ()
    counting: Literal["units", "types"] = "units"
    quantity: str = "held"
    per: str = ""
    each: str = ""
    activities: tuple[str, ...] = ("deployed",)
    exemptions: tuple[Exemption, ...] = ()
    menu: str = ""
    alternative: str = ""

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that the row counts or allows by."""
        return tuple(dict.fromkeys(t.category for t in (*self.terms, *self.allowance)))

    def bound_at(self, at: date) -> DatedBound:
        """The bound that holds at a date; before the first, the first (as if in force)."""
        found = self.bounds[0]
        for dated in self.bounds:
            if dated.start is None or dated.start <= at:
                found = dated
        return found


@dataclass(frozen=True)
class NotComputed:
    """A provision that no row says, and why."""

    provision: Provision
    why: str


@dataclass(frozen=True)
class Compiled:
    """A text compiled under a view: categories, attribution tables, rows, and what is left out.

    `timed` when it would come out otherwise on another day than `day`, bounds and their steps apart;
    `idle` are the provisions that do not run on the day, or that another has amended for all.
    """

    case: Case
    text: Text
    view: View | None
    categories: dict[str, Tree]
    attributions: dict[str, dict[str, float]]
    rows: tuple[Row, ...]
    menus: tuple[Menu, ...]
    not_computed: tuple[NotComputed, ...]
    anonymous: frozenset[str] = frozenset()
    provisions: tuple[Provision, ...] = field(default=(), repr=False)
    day: date = date.min
    timed: bool = False
    idle: tuple[str, ...] = ()

    def on(self, day: date) -> Compiled:
        """The same text compiled for a day; itself where the day makes no difference."""
        if not self.timed or day == self.day:
            return self
        return compile_text(self.case, self.text, self.view, day)

    @property
    def computed(self) -> int:
        """How many provisions are computed."""
        return len(self.provisions) - len(self.not_computed)


def compile_text(
    case: Case, text: Text, view: View | None = None, day: date | None = None
) -> Compiled:
    """Compile a text for a day (its first one by default); a view picks readings.

    Never raises for a text that was read without errors. A text of the case itself is compiled once
    and kept with the case.
    """
    on = day or text.begins
    if case.texts.get(text.id) is not text or (view and case.views.get(view.id) is not view):
        return _Compiler(case, text, view, on).run()
    key = ("compiled", text.id, view.id if view else "", on)
    if key not in case.kept:
        case.kept[key] = _Compiler(case, text, view, on).run()
    compiled: Compiled = case.kept[key]
    return compiled


@dataclass(frozen=True)
class _Exception:
    """An exception clause as it stands on the day, for the parties it lets off."""

    id: str
    tree: Tree
    up_to: int | None


def single_weight() -> Weight:
    """Each unit counts one."""
    return Weight(number=1)


class _Compiler:
    def __init__(self, case: Case, text: Text, view: View | None, day: date) -> None:
        self.case, self.text, self.view, self.day = case, text, view, day
        self.timed = False
        self.chosen = dict(view.readings) if view else {}
        self.provisions = [self._read(p) for p in text.provisions]
        self.categories: dict[str, Tree] = {}
        self.anonymous: set[str] = set()
        self.attributions: dict[str, dict[str, float]] = {}
        self.events = text.events
        self.rules: dict[str, list[Term]] = {}
        self.exceptions: dict[str, list[_Exception]] = {}
        self.idle: set[str] = set()
        self.deadlines: dict[str, list[ScheduleClause]] = {}
        self.menu_of: dict[str, tuple[str, str]] = {}

    def _read(self, p: Provision) -> Provision:
        reading = self.chosen.get(p.id)
        found = dict(p.readings).get(reading) if reading else None
        if found is None:
            return p
        object.__setattr__(found, "place", p.place)
        return found

    def _runs(self, p: Provision) -> bool:
        """Whether a definition or rule with a term of its own holds on the day."""
        if p.valid is None:
            return True
        self.timed = True
        start = p.valid.start.resolve(self.events) if p.valid.start else None
        end = p.valid.end.resolve_last(self.events) if p.valid.end else None
        if (start and self.day < start) or (end and self.day > end):
            self.idle.add(p.id)
            return False
        return True

    def _on_day(self, tree: Tree) -> Tree:
        """A clause on the day."""
        found = on_day(tree, self.day)
        self.timed |= found is not tree
        return found

    def run(self) -> Compiled:
        self._exceptions()
        for p in self.provisions:
            if isinstance(p, ScheduleClause) and p.finish:
                for name in p.on:
                    self.deadlines.setdefault(name, []).append(p)
            elif isinstance(p, Attribution) and not p.not_computed:
                if self._runs(p):
                    self._attribution(p)
            elif isinstance(p, Menu):
                for option, ids in p.options:
                    for name in ids:
                        self.menu_of[name] = (p.id, option)
        for p in self.provisions:
            if isinstance(p, Category) and not p.not_computed:
                self.categories[p.id] = self._category(p)
        self._rules()
        rows = self._amended([r for p in self.provisions for r in self._rows(p)])
        return Compiled(
            case=self.case,
            text=self.text,
            view=self.view,
            categories=self.categories,
            attributions=self.attributions,
            rows=tuple(rows),
            menus=tuple(p for p in self.provisions if isinstance(p, Menu)),
            not_computed=tuple(self._not_computed({id(r.provision) for r in rows})),
            anonymous=frozenset(self.anonymous),
            provisions=tuple(self.provisions),
            day=self.day,
            timed=self.timed,
            idle=self._idle(rows),
        )

    # --- categories, rules ----------------------------------------------------------------------
    def _exceptions(self) -> None:
        """What each exception takes out of what; one that amends another goes before it."""
        live = [
            p
            for p in self.provisions
            if isinstance(p, ExceptionClause) and not p.not_computed and self._runs(p)
        ]
        trees = {p.id: self._of_parties(p, self._on_day(p.where.tree)) for p in live}
        for p in live:
            for name in p.of:
                before = [o for o in live if p.id in o.amends and name in o.of]
                tree = And((trees[p.id], *(Not(trees[o.id]) for o in before)))
                found = _Exception(p.id, tree if before else trees[p.id], p.up_to)
                self.exceptions.setdefault(name, []).append(found)

    def _of_parties(self, p: Provision, tree: Tree) -> Tree:
        """The clause of a definition that binds some parties: it takes in theirs alone."""
        members = tuple(m for name in p.to for m in self._members(name))
        if not members or {*self.text.parties} <= {*members}:
            return tree
        types = {
            w
            for node in (tree.items if isinstance(tree, And) else (tree,))
            if isinstance(node, Member) and node.attribute == "type" and not node.negated
            for w in node.words
        }
        systems = [s for s in self.case.systems.values() if types & {s.id, *s.types}]
        if systems and all(s.party in members for s in systems):
            return tree  # the types named are theirs
        return And((tree, Member("party", members)))

    def _category(self, p: Category) -> Tree:
        tree: Tree
        if not self._runs(p):
            return Always(False)
        if p.where is not None:
            tree = self._on_day(p.where.tree)
            if p.open:
                tree = Or((tree, Open(p.open)))
        elif p.readings and p.open == "":
            tree = self._on_day(_readings(p))
        else:
            tree = Open(p.open)
        tree = self._of_parties(p, tree)
        for exception in self.exceptions.get(p.id, []):
            if exception.up_to is None:
                tree = And((tree, Not(exception.tree)))
        return tree

    def _attribution(self, p: Attribution) -> None:
        """Enter a table; types that an amending table names keep its figure."""
        table = self.attributions.setdefault(p.sets, {})
        amended_by = [
            o
            for o in self.provisions
            if isinstance(o, Attribution)
            and (o.sets, o.not_computed) == (p.sets, "")
            and p.id in o.amends
            and self._runs(o)
        ]
        theirs = {name for o in amended_by for name, _ in o.table}
        for name, value in p.table:
            if name not in theirs and self._has(p, name):
                table[name] = float(value)

    def _has(self, p: Attribution, name: str) -> bool:
        """Whether a party that the table binds has the type."""
        members = {m for party in p.to for m in self._members(party)}
        return not members or any(
            s.party in members for s in self.case.systems.values() if name in (s.id, *s.types)
        )

    def _rules(self) -> None:
        """The terms of each count; what an amending rule adds, the amended one no longer does."""
        made: dict[str, dict[str, list[Term]]] = {}
        amends: dict[str, tuple[str, ...]] = {}
        for p in self.provisions:
            if not isinstance(p, CountingRule) or p.not_computed:
                continue
            terms: list[Term] = []
            if self._runs(p):
                terms = self._added(p) if p.adds else self._read_differently(p)
                amends[p.id] = p.amends
            to = tuple(m for name in p.to for m in self._members(name))
            for count in p.counts_in or (p.id,):
                made.setdefault(count, {})[p.id] = [replace(t, to=to) for t in terms]
        for count, by_rule in made.items():
            for rule, terms in by_rule.items():
                for amended in by_rule.keys() & amends.get(rule, ()):
                    left = (self._left_by(t, terms) for t in by_rule[amended])
                    by_rule[amended] = [t for t in left if t is not None]
            found = self.rules.setdefault(count, [])
            for rule, terms in by_rule.items():
                for exception in self.exceptions.get(rule, []):
                    terms = [self._without(t, exception) for t in terms]
                found.extend(terms)

    def _left_by(self, term: Term, amending: Iterable[Term]) -> Term | None:
        """What an amending rule leaves of a term: all, nothing, or what binds the other parties."""
        everybody = dict.fromkeys(m for name in self.text.parties for m in self._members(name))
        for other in amending:
            if other.category == term.category:
                to = tuple(m for m in term.to or everybody if other.to and m not in other.to)
                if not to:
                    return None
                term = replace(term, to=to)
        return term

    @staticmethod
    def _added(p: CountingRule) -> list[Term]:
        assert p.adds is not None
        if p.adds.name:
            return [Term(p.adds.name, single_weight(), p.id)]
        return [Term(c, w, p.id) for c, w in p.adds.weights]

    def _read_differently(self, p: CountingRule) -> list[Term]:
        """A rule of readings alone: the least weight is sure, what some read on top is not known."""
        by_reading = {
            n: {t.category: t.weight for t in self._added(v)}
            for n, v in p.readings
            if isinstance(v, CountingRule) and v.adds
        }
        found = []
        for category in dict.fromkeys(c for weights in by_reading.values() for c in weights):
            numbers = [w[category].number or 0 if category in w else 0 for w in by_reading.values()]
            least, most = min(numbers), max(numbers)
            if least:
                found.append(Term(category, Weight(number=least), p.id))
            if most > least:
                says = tuple(
                    (n, Always(number > least))
                    for n, number in zip(by_reading, numbers, strict=True)
                )
                tree = And((Named(category), Readings(says)))
                name = self._anonymous(f"{category} by some readings of {p.id}", tree)
                found.append(Term(name, Weight(number=most - least), p.id))
        return found

    def _without(self, term: Term, exception: _Exception) -> Term:
        """The term on the part of its category that an exception leaves."""
        if exception.up_to is not None:
            return term
        name = f"{term.category} less {exception.id}"
        self._anonymous(name, And((Named(term.category), Not(exception.tree))))
        return replace(term, category=name)

    def _anonymous(self, name: str, tree: Tree) -> str:
        self.categories[name] = tree
        self.anonymous.add(name)
        return name

    def terms(self, tally: Tally, rule: str) -> tuple[Term, ...]:
        """The terms of what a limit counts: a count's rules, a category, or given weights."""
        if tally.name:
            if tally.name in self.rules:
                return tuple(self.rules[tally.name])
            return (Term(tally.name, single_weight(), rule),)
        found: list[Term] = []
        for name, weight in tally.weights:
            if name not in self.rules:
                found.append(Term(name, weight, rule))
            elif weight.number is not None:
                found += [replace(t, factor=t.factor * weight.number) for t in self.rules[name]]
            else:  # the rules' own weights are plain numbers then: the reader sees to it
                found += [
                    replace(t, weight=weight, factor=t.factor * (t.weight.number or 0))
                    for t in self.rules[name]
                ]
        return tuple(found)

    def _idle(self, rows: Iterable[Row]) -> tuple[str, ...]:
        rowed = {r.provision.id for r in rows}
        return tuple(p.id for p in self.provisions if p.id in self.idle and p.id not in rowed)

    # --- rows -----------------------------------------------------------------------------------
    def _amended(self, rows: list[Row]) -> list[Row]:
        """The rows without those that an amending limit takes the place of, party by party."""
        gone: set[tuple[str, str]] = set()
        for row in rows:
            if row.provision.amends and self._runs(row.provision):
                gone |= {(name, row.party) for name in row.provision.amends}
        self.idle |= {name for name, _ in gone}
        return [r for r in rows if (r.provision.id, r.party) not in gone]

    def _rows(self, p: Provision) -> Iterator[Row]:
        if not isinstance(p, Limit) or p.not_computed:
            return
        for party in p.to or self.text.parties:
            row = self._row(p, party)
            if row is not None:
                yield row

    def _members(self, party: str, around: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The parties of a group, groups inside it resolved."""
        groups = dict(self.text.groups)
        names = groups.get(party) or self.case.group(party)
        found: list[str] = []
        for name in names:
            known = name == party or name in around
            inner = (name,) if known else self._members(name, (*around, party))
            found += [m for m in inner if m not in found]
        return tuple(found)

    def _row(self, p: Limit, party: str) -> Row | None:
        row = Row(
            limit=p.limit or p.id,
            title=p.in_words(),
            provision=p,
            party=party,
            members=self._members(party),
            terms=(),
            bounds=(),
            quantity=p.quantity,
            per=p.per,
            each=p.each,
            activities=tuple(p.activities),
        )
        match p:
            case Average(of=of, per_each=each, at_most=at_most):
                # the bound is the factor of the allowance; see Row.allowance
                row = replace(row, terms=self.terms(of, p.id), allowance=self.terms(each, p.id))
                bounds = self._bounds(p, at_most, party)
            case Ceiling(on=on, at_most=at_most) | Freeze(on=on, at_most=at_most):
                row = replace(row, terms=self.terms(on, p.id))
                bounds = self._bounds(p, at_most, party)
            case TypeLimit(on=on, at_most=at_most):
                row = replace(row, terms=self.terms(on, p.id), counting="types")
                bounds = self._bounds(p, at_most, party)
            case Floor(on=on, at_least=at_least):
                row = replace(row, terms=self.terms(on, p.id), relation="at least")
                bounds = self._bounds(p, at_least, party)
            case Ban():
                row = replace(row, terms=self._banned(p))
                bounds = self._bounds(p, Schedule((Step(Bound(value=0)),)), party)
            case QualitativeLimit():
                row = replace(row, terms=self._violating(p))
                bounds = self._bounds(p, Schedule((Step(Bound(value=0)),)), party)
            case Offset(of=of, above=above, against=against, baseline=baseline):
                # count(of) <= above + (baseline - count(against)): both sides fall together
                minus = tuple(replace(t, factor=-t.factor) for t in self.terms(against, p.id))
                row = replace(row, terms=self.terms(of, p.id), allowance=minus)
                bounds = self._offset(p, above, baseline, party)
            case _:
                return None
        mine = {party, *row.members}
        row = replace(
            row,
            terms=tuple(t for t in row.terms if not t.to or mine & {*t.to}),
            allowance=tuple(t for t in row.allowance if not t.to or mine & {*t.to}),
        )
        if not bounds or not row.terms:
            return None
        exemptions = []
        names = (p.id, p.limit, *self._within(row.categories), *(t.rule for t in row.terms))
        for name in names:
            for e in self.exceptions.get(name, []) if name else []:
                if e.up_to is not None or name in (p.id, p.limit):
                    exemption = Exemption(e.tree, e.id, e.up_to)
                    if exemption not in exemptions:
                        exemptions.append(exemption)
        menu, alternative = self.menu_of.get(p.id, ("", ""))
        return replace(
            row, bounds=bounds, exemptions=tuple(exemptions), menu=menu, alternative=alternative
        )

    def _within(self, categories: Iterable[str]) -> list[str]:
        """The categories, and all those that they are made of."""
        found: dict[str, None] = {}
        queue = list(categories)
        while queue:
            name = queue.pop(0)
            if name in found or name not in self.categories:
                continue
            found[name] = None
            queue += [n.name for n in walk(self.categories[name]) if isinstance(n, Named)]
        return list(found)

    def _banned(self, p: Ban) -> tuple[Term, ...]:
        tree: Tree = Always(True)
        if p.on is not None:
            tree = self._either(self.terms(p.on, p.id))
        where = p.where.tree if p.where is not None else _readings(p) if p.readings else None
        where = self._on_day(where) if where is not None else None
        if where is not None:
            tree = And((tree, where)) if p.on is not None else where
        return (Term(self._anonymous(f"{p.id}: banned", tree), single_weight(), p.id),)

    def _violating(self, p: QualitativeLimit) -> tuple[Term, ...]:
        must = p.must.tree if p.must is not None else _readings(p, "must")
        tree: Tree = Not(self._on_day(must))
        if p.on is not None:
            tree = And((self._either(self.terms(p.on, p.id)), tree))
        return (Term(self._anonymous(f"{p.id}: violating", tree), single_weight(), p.id),)

    @staticmethod
    def _either(terms: Iterable[Term]) -> Tree:
        names = [Named(t.category) for t in terms]
        return names[0] if len(names) == 1 else Or(tuple(names))

    def _bounds(self, p: Limit, schedule: Schedule, party: str) -> tuple[DatedBound, ...]:
        found: list[DatedBound] = []
        valid = p.valid
        for step in schedule.steps:
            bound = step.bound.for_party(party)
            if bound is None:
                continue
            start = step.start or (valid.start if valid else None)
            end = step.end or (valid.end if valid else None)
            first = start.resolve(self.events) if start else None
            if start and first is None and found:
                continue  # counted from an event that never comes, as against the step before it
            last = end.resolve_last(self.events) if end else None
            deadline = step.deadline or self._deadline(p, first, last, party) or p.deadline
            found.append(
                DatedBound(
                    step,
                    bound,
                    first,
                    last,
                    deadline.resolve_last(self.events) if deadline else None,
                )
            )
        return tuple(found)

    def _deadline(self, p: Limit, first: date | None, last: date | None, party: str) -> When | None:
        """What a schedule sets for the step of a limit in whose time it begins."""
        for schedule in (*self.deadlines.get(p.id, []), *self.deadlines.get(p.limit, [])):
            if schedule.to and party not in schedule.to:
                continue
            begins = schedule.start.resolve(self.events) if schedule.start else None
            if begins is None and schedule.start:
                begins = first  # counted from an event that may never come: the step's own start
            if begins is None or ((not first or first <= begins) and (not last or begins <= last)):
                return schedule.finish
        return None

    def _offset(
        self, p: Offset, above: Bound, baseline: Bound, party: str
    ) -> tuple[DatedBound, ...]:
        a, b = above.for_party(party), baseline.for_party(party)
        if a is None or b is None:
            return ()
        total = _plus(a, b)
        return self._bounds(p, Schedule((Step(total),)), party) if total else ()

    # --- what is left out -------------------------------------------------------------------------
    def _not_computed(self, rowed: set[int]) -> Iterator[NotComputed]:
        used = {t.rule for terms in self.rules.values() for t in terms}
        here = {p.id: p for p in self.provisions}
        for p in self.provisions:
            applied = [here[n] for n in p.applied_by if n in here]
            done = bool(applied) and not any(a.not_computed or not a.computes for a in applied)
            why = "" if done else p.not_computed
            if not why and not p.computes:
                if done or (isinstance(p, ScheduleClause) and p.on and p.finish):
                    continue
                why = p.why_not
            elif not why and isinstance(p, Limit) and id(p) not in rowed and p.id not in self.idle:
                why = "no party of the text is bound by it, or it counts nothing"
            elif not why and isinstance(p, CountingRule) and p.id not in used | self.idle:
                why = "the rule adds nothing that can be counted"
            if why:
                yield NotComputed(p, why)


def _readings(p: Provision, field_name: str = "where") -> Tree:
    """What the readings of a clause agree on; unknown where they do not."""
    clauses = [(n, getattr(v, field_name)) for n, v in p.readings]
    return Readings(tuple((n, c.tree) for n, c in clauses if c is not None))


def _plus(a: Bound, b: Bound) -> Bound | None:
    """The sum of two plain bounds; rival values add claim by claim where the claimants agree."""
    if a.rivals or b.rivals:
        left = {r.by: r for r in a.rivals}
        right = {r.by: r for r in b.rivals}
        if left and right and left.keys() != right.keys():
            return None
        names = left or right
        rivals = tuple(
            replace(
                (left.get(n) or right[n]),
                value=(left[n].value if left else a.value or 0)
                + (right[n].value if right else b.value or 0),
            )
            for n in names
        )
        return Bound(rivals=rivals, value=rivals[0].value)
    if a.value is None or b.value is None:
        return None
    return Bound(value=a.value + b.value)
