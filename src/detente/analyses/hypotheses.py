"""Hypotheses: the forces by certain claimants' figures, with every limit ready to be counted.

Where claimants disagree, a scenario believes one of them. Each choice makes forces of its own (what
closes on a total changes with it), and each limit of the text is made ready on them once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from detente.analyses.bounds import raised, share
from detente.analyses.count import Count, LimitCount, _scaled, count_compiled
from detente.analyses.forces import Chosen, choose_forces
from detente.compile.counts import Counter, Forces, Number, Spread
from detente.compile.holdings import settle
from detente.compile.scenarios import (
    Held,
    Input,
    Values,
    World,
    alternatives,
    settled_by,
)
from detente.compile.sums import Evaluator, How, Sum, Weight, sum_of
from detente.model.amounts import Bound
from detente.model.problem import Refused
from detente.model.provisions import Average, Menu

Key = tuple[str, str, str, str]  # limit, party, site, provision
Question = frozenset[str]  # those who disagree


def key_of(x: LimitCount) -> Key:
    """What tells one limit of a count from the others."""
    return x.limit, x.party, x.site, x.row.provision.id


def _mapped(f: Callable[..., Number], *values: Values) -> Values:
    """A function of exact numbers, applied once to each combination that comes up."""
    if not any(np.ndim(v) for v in values):
        return f(*(np.asarray(v).item() for v in values))
    columns = np.broadcast_arrays(*values)
    code: Any = 0
    for column in columns:
        different, at = np.unique(column, return_inverse=True)
        code = code * len(different) + at
    _, first, at = np.unique(code, return_index=True, return_inverse=True)
    found = [f(*(c[i].item() for c in columns)) for i in first.tolist()]
    return np.array(found)[at]


def judged(relation: str, counted: Values, bound: Values) -> tuple[Any, Any]:
    """Whether a limit is broken, and whether it is just reached."""
    if relation == "at least":
        return counted < bound, counted == bound
    if relation == "fewer than":
        return counted >= bound, False
    return counted > bound, counted == bound


class Disagreements:
    """Who disagrees about what a count takes in: lines of inventories, and values of limits."""

    def __init__(self, result: Count) -> None:
        self.result, self.view = result, result.compiled.view
        self.parties = tuple(dict.fromkeys(x.party for x in result.limits))
        self._bases: dict[tuple[date, str], Chosen | None] = {}
        self._kept: dict[tuple[tuple[Question, str], ...], Hypothesis] = {}

    def base_of(self, x: LimitCount) -> tuple[date, Chosen] | None:
        """The day and forces that a dated bound is taken from; None where the case has none."""
        bound = x.bound.bound
        assert bound.as_of is not None
        day = bound.as_of.resolve(self.result.text.events)
        if day is None:
            return None
        basis = bound.basis or self.result.chosen.basis
        if (day, basis) not in self._bases:
            try:
                self._bases[day, basis] = choose_forces(
                    self.result.case, self.result.text, day, basis=basis, view=self.view
                )
            except Refused:
                self._bases[day, basis] = None
        found = self._bases[day, basis]
        if found is None or not all(m in found.by_party for m in x.row.members):
            return None
        return day, found

    def rivals(self, bound: Bound) -> dict[str, Number]:
        """The rival values of a bound that the view leaves open."""
        picked = self.view.claims if self.view else ()
        named = [r for r in bound.rivals if r.by in picked] or list(bound.rivals)
        found: dict[str, Number] = {}
        for r in named:
            found.setdefault(r.by, r.value)
        return found

    @cached_property
    def questions(self) -> tuple[frozenset[str], ...]:
        """Who disagree: one set of claimants for all the things that the same ones speak of."""
        chosen = [self.result.chosen]
        for x in self.result.limits:
            if x.bound.bound.as_of is not None and (base := self.base_of(x)):
                chosen.append(base[1])
        found = set()
        for c in chosen:
            for s in c.forces.settled:
                for h in s.inventory.holdings:
                    found.add(frozenset(alternatives(h, self.view)))
        for x in self.result.limits:
            found.add(frozenset(self.rivals(x.bound.bound)))
        sets = [q for q in found if len(q) > 1]
        return tuple(sorted(sets, key=sorted))

    @cached_property
    def claimants(self) -> tuple[str, ...]:
        """All who disagree with somebody."""
        return tuple(sorted({by for q in self.questions for by in q}))

    def by(self, picks: Mapping[Question, str]) -> Hypothesis:
        """The forces by these claimants' figures; where none is picked, by the best figures."""
        key = tuple(sorted(picks.items(), key=lambda p: (sorted(p[0]), p[1])))
        if key not in self._kept:
            self._kept[key] = Hypothesis(self, picks)
        return self._kept[key]


@dataclass
class LimitReady:
    """A limit made ready: its count, what it allows, and what its bound is taken from."""

    x: LimitCount
    key: Key
    counted: Evaluator
    allowance: Evaluator | None
    base: World | None = None
    base_counted: Evaluator | None = None
    base_allowance: Evaluator | None = None
    same: bool = False
    not_computed: str = ""

    @property
    def whole(self) -> bool:
        """Whether the count comes whole."""
        return self.counted.whole

    @property
    def constant(self) -> bool:
        """Whether the count and what it is held against are the same in all scenarios."""
        found = [self.counted, self.allowance, self.base_counted, self.base_allowance]
        return all(e.constant for e in found if e is not None)

    @property
    def sides(self) -> list[Sum]:
        """What it counts, allows, and is bound by."""
        found = [self.counted, self.allowance, self.base_counted, self.base_allowance]
        return [e.side for e in found if e is not None]

    @cached_property
    def unknown(self) -> frozenset[str]:
        """Systems of which it is not known whether they count."""
        return frozenset(s for side in self.sides for s in side.systems_unknown)

    @cached_property
    def unbounded(self) -> frozenset[str]:
        """Systems whose weight nobody knows."""
        return frozenset(s for side in self.sides for s in side.systems_unbounded)

    @cached_property
    def weights(self) -> frozenset[Weight]:
        """Weights that are ranges."""
        return frozenset(w for side in self.sides for w in side.weights)


class Hypothesis:
    """Forces by the figures of certain claimants, with the limits made ready to be counted."""

    def __init__(self, among: Disagreements, picks: Mapping[Question, str]) -> None:
        self.among, self.picks = among, picks
        self.label = "; ".join(by or "the inventory's own figure" for by in picks.values())
        result = among.result
        self.forces = self._forces(result.chosen)
        self.chosen = replace(result.chosen, forces=self.forces)
        self.world = World(self.forces)
        counted = result
        if among.questions:
            counted = count_compiled(
                result.compiled, self.chosen, result.at, among.parties, result.view
            )
        counter = Counter(result.compiled, self.forces)
        self.bases: dict[int, tuple[World, Counter]] = {}
        self.rows: dict[Key, LimitReady] = {}
        self.menus = [x for x in counted.limits if isinstance(x.row.provision, Menu)]
        for x in counted.limits:
            if not isinstance(x.row.provision, Menu):
                self.rows[key_of(x)] = self._row(counter, x)

    def _forces(self, chosen: Chosen) -> Forces:
        if not any(h.claims for s in chosen.forces.settled for h in s.inventory.holdings):
            return chosen.forces
        case, view = self.among.result.case, self.among.result.compiled.view
        return Forces(
            case,
            tuple(
                settle(case, settled_by(s.inventory, self.picks, view))
                for s in chosen.forces.settled
            ),
        )

    def _row(self, counter: Counter, x: LimitCount) -> LimitReady:
        row = x.row
        counted = Evaluator(sum_of(counter, row, row.terms, x.site), self.world)
        allowance = None
        if row.allowance:
            allowance = Evaluator(sum_of(counter, row, row.allowance, x.site), self.world)
        found = LimitReady(x, key_of(x), counted, allowance)
        if x.verdict == "not computed":
            found.not_computed = "; ".join(x.turns_on) or "not computed"
        elif x.bound.bound.as_of is not None:
            self._base(found)
        return found

    def _base(self, found: LimitReady) -> None:
        """A bound that is taken from an inventory: the same limit on that inventory's forces."""
        row = found.x.row
        base = self.among.base_of(found.x)
        if base is None:
            found.not_computed = "its bound is taken from an inventory that the case does not hold"
            return
        day, chosen = base
        if all(chosen.by_party[m] is self.chosen.by_party.get(m) for m in row.members):
            found.same = True
            return
        if id(chosen) not in self.bases:
            world = World(self._forces(chosen))
            compiled = self.among.result.compiled.on(day)
            self.bases[id(chosen)] = (world, Counter(compiled, world.forces))
        found.base, counter = self.bases[id(chosen)]
        then = (r for r in counter.compiled.rows if r.provision == row.provision)
        was = next((r for r in then if r.party == row.party), row)
        found.base_counted = Evaluator(sum_of(counter, was, was.terms, found.x.site), found.base)
        if was.allowance:
            side = sum_of(counter, was, was.allowance, found.x.site)
            found.base_allowance = Evaluator(side, found.base)

    @property
    def worlds(self) -> tuple[World, ...]:
        """The forces, and those that bounds are taken from."""
        return (self.world, *(w for w, _ in self.bases.values()))

    def held(self, draw: Callable[[World], Held]) -> dict[int, Held]:
        """What is held, by world."""
        return {id(w): draw(w) for w in self.worlds}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What is not certain of the forces, and of those that bounds are taken from."""
        found = {i.key: i for w in self.worlds for i in w.inputs}
        return tuple(found[k] for k in sorted(found))

    def values(self, r: LimitReady, held: Mapping[int, Held], how: How) -> tuple[Values, Values]:
        """The count of a limit, and what it is held against."""
        mine = held[id(self.world)]
        counted = r.counted(mine, how)
        allowed = r.allowance(mine, how) if r.allowance is not None else None
        average = isinstance(r.x.row.provision, Average)
        value = self._value(r, held, how, counted, allowed if average else None)
        if allowed is None:
            return counted, value
        if average:
            return counted, _mapped(lambda f, a: _scaled(f, Spread(a, a, a)), value, allowed)
        return counted, np.add(allowed, value)

    def set_value(self, bound: Bound) -> Number:
        """The figure that a text sets: one, or a claimant's."""
        if bound.rivals:
            rivals = self.among.rivals(bound)
            return rivals[self.picks.get(frozenset(rivals), next(iter(rivals)))]
        assert bound.value is not None
        return bound.value

    def _value(
        self,
        r: LimitReady,
        held: Mapping[int, Held],
        how: How,
        counted: Values,
        allowed: Values | None,
    ) -> Values:
        """The value that a text sets: a figure, a claimant's, or a count of another day.

        Of an average (`allowed` is what it is counted for), the share.
        """
        bound = r.x.bound.bound
        if bound.as_of is None:
            return self.set_value(bound)
        if r.base is not None and r.base_counted is not None:
            then = held[id(r.base)]
            counted = r.base_counted(then, how)
            if allowed is not None:
                allowed = r.base_allowance(then, how) if r.base_allowance else 0
        if allowed is not None:
            return _mapped(lambda c, a: share(c, a, bound), counted, allowed)
        return _mapped(lambda c: raised(c, bound), counted)

    def of_menu(self, x: LimitCount) -> list[LimitReady]:
        """The limits that a menu offers one party."""
        asked = (x.row.provision.id, x.party, x.site)
        return [r for r in self.rows.values() if (r.x.row.menu, r.x.party, r.x.site) == asked]
