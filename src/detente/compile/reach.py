"""How much of a measure one party keeps when it comes down to a text's limits, and how far it may go.

Coming down, it gives up what it can best spare by the measure (`detente.compile.reduction`), each end
of a range by itself; what nobody can weigh goes last. Going up, it may have any number of the types
that it holds now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from detente.compile.compiler import Row
from detente.compile.counts import Counter, Forces
from detente.compile.reduction import Reduction
from detente.compile.region import Figures, LeftOut, Region, Resolve, region_of
from detente.compile.solver import INF, Solver
from detente.compile.table import Bools, Floats

PLENTY = 10_000.0  # of each type, where a rule needs some bound on numbers
ENDS: tuple[Figures, ...] = ("low", "best", "high")


@dataclass(frozen=True)
class Most:
    """The largest sum; without end where some systems (`free`) may be had in any number."""

    value: float
    free: tuple[str, ...] = ()


@dataclass
class Reach:
    """The region of one party under a text, asked for one measure after another.

    `skip` says why the present forces cannot answer a limit, and nothing where they can; `silent` the
    same of forces yet to be built, of which nothing is left out.
    """

    counter: Counter
    party: str
    at: date
    resolve: Mapping[Figures, Resolve]
    skip: Callable[[Row], str]
    silent: Callable[[Row], str]
    _present: dict[Figures, Region | None] = field(default_factory=dict)
    _left_out: list[LeftOut] = field(default_factory=list)
    _free: dict[Figures, tuple[Region, Solver]] = field(default_factory=dict)

    # --- down to the limits -----------------------------------------------------------------------
    def lost(self, worth: tuple[Floats, Floats, Floats], known: Bools) -> tuple[float, ...] | None:
        """The least lost in coming down to the limits, from the low, best and high numbers.

        What is not `known` to be worth anything goes last. None where no part of the present forces
        would meet the text.
        """
        found = []
        for end, each in zip(ENDS, worth, strict=True):
            region = self._over(end)
            if region is None:
                found.append(0.0)
                continue
            index = list(region.index)
            costs = [each[index]]
            if (unknown := ~known[index] & (region.now > 0)).any():
                costs.insert(0, unknown.astype(np.float64))
            least = Reduction(region, costs).least
            if least is None:
                return None
            found.append(least[-1])
        return tuple(found)

    def _over(self, end: Figures) -> Region | None:
        """The region of the present forces, in one kind of figures; None where they lie within it."""
        if end not in self._present:
            region = region_of(
                self.counter.compiled,
                self.counter.forces,
                self.party,
                self.at,
                resolve=self.resolve[end],
                skip=self.skip,
                figures=end,
                counter=self.counter,
            )
            self._left_out += [x for x in region.left_out if x not in self._left_out]
            least = Reduction(region).least
            self._present[end] = region if least is None or least[0] else None
        return self._present[end]

    # --- as far as the text lets ------------------------------------------------------------------
    def left_out(self) -> tuple[list[LeftOut], list[LeftOut]]:
        """Limits that are not said, with the reason: of the present forces, and of any."""
        self._over("best")
        return self._left_out, self._built("best")[0].left_out

    def most(self, worth: Floats, end: Figures = "best") -> Most | None:
        """The largest sum that any numbers of the types now held may come to.

        What is not certain of the types is taken in one kind of figures, by the limits too. None
        where no force at all meets the text.
        """
        region, solver = self._built(end)
        mine = worth[list(region.index)]
        answer = solver.solve(np.append(mine, np.zeros(len(region.helpers))), maximise=True)
        if answer.status == "infeasible":
            return None
        if answer.found and not (answer.x[: region.n][mine > 0] >= PLENTY).any():
            return Most(answer.objective)
        free: list[str] = []
        for k in map(int, np.flatnonzero(mine > 0)):
            one = np.zeros(solver.n)
            one[k] = 1.0
            answer = solver.solve(one, maximise=True)
            if not answer.found or answer.x[k] >= PLENTY:
                free.append(region.elements[k].holding.system)
        return Most(INF, tuple(dict.fromkeys(free)))

    def _built(self, end: Figures) -> tuple[Region, Solver]:
        """The region of what may be had; what is built counts as it is, whatever totals were declared."""
        if end not in self._free:
            bare = self._bare()
            region = region_of(
                bare.compiled,
                bare.forces,
                self.party,
                self.at,
                resolve=self.resolve[end],
                skip=self.silent,
                figures=end,
                most=np.full(len(bare.forces.elements), PLENTY),
                counter=bare,
            )
            upper = np.full(region.n, INF if region.linear else PLENTY)
            self._free[end] = region, region.solver(upper=upper)
        return self._free[end]

    def _bare(self) -> Counter:
        """The counter of the same elements without their declared totals."""
        bare = copy(self.counter)
        bare.forces = Forces(self.counter.forces.case, self.counter.forces.settled)
        bare.forces.closed = []
        return bare
