"""Inventories made ready to be counted: residuals closed, declared totals held against the types.

A positive residual on a published total is a holding, marked derived. A negative one never is: it
is a discrepancy, both figures are shown, and a declared figure governs the count. Nothing is
fitted or repaired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from detente.compile.membership import Membership
from detente.compile.table import table_of_holdings
from detente.model.amounts import Amount
from detente.model.case import Case, View
from detente.model.inventory import Holding, Inventory, Published


@dataclass(frozen=True)
class Element:
    """A holding with its settled number, and the inventory line it comes from."""

    party: str
    inventory: Inventory
    holding: Holding
    number: Amount
    derived: bool = False


@dataclass(frozen=True)
class ClosedTotal:
    """A total that governs: the elements it sums (by position) and what it counts for them."""

    published: Published
    members: frozenset[int]
    by_type: Amount

    @property
    def figure(self) -> Amount:
        """What counts: the published figure, or its range about the sum by type."""
        printed = self.published.figure
        if self.published.spread:
            return replace(printed, best=self.by_type.best)
        return printed


@dataclass(frozen=True)
class Discrepancy:
    """Two figures for one thing; neither is repaired."""

    what: str
    declared: Amount
    computed: Amount
    why: str
    inventory: Inventory
    published: Published
    members: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Settled:
    """An inventory's elements, the totals that govern them, and where figures part."""

    inventory: Inventory
    elements: tuple[Element, ...]
    closed: tuple[ClosedTotal, ...]
    discrepancies: tuple[Discrepancy, ...]


def chosen_number(holding: Holding, view: View | None) -> Amount | None:
    """The number of a holding: a claimant's where the view picks one, else its own."""
    if view:
        for claimant in view.claims:
            for claim in holding.claims:
                if claim.by == claimant:
                    return claim.number
    if holding.number is None and holding.claims and not holding.closes_on:
        figures = [c.number for c in holding.claims]
        low, high = min(f.low for f in figures), max(f.high for f in figures)
        return Amount(low, figures[0].best, high)
    return holding.number


def settle(case: Case, inventory: Inventory, view: View | None = None) -> Settled:
    """Close the residuals of an inventory and compare it with its published totals.

    An inventory of the case itself is settled once and kept with the case.
    """
    own = case.inventories.get(inventory.id) is inventory
    if not own or (view and case.views.get(view.id) is not view):
        return _settle(case, inventory, view)
    key = ("settled", inventory.id, view.id if view else "")
    if key not in case.kept:
        case.kept[key] = _settle(case, inventory, view)
    settled: Settled = case.kept[key]
    return settled


def _settle(case: Case, inventory: Inventory, view: View | None) -> Settled:
    numbers = [chosen_number(h, view) for h in inventory.holdings]
    derived = [h.confidence == "derived" for h in inventory.holdings]
    table = table_of_holdings(case, [(inventory.party, h) for h in inventory.holdings])
    membership = Membership(table)
    totals = []
    for published in inventory.published:
        truth = membership.of(published.where.tree)
        inside = frozenset(i for i in range(table.n) if truth.yes[i])
        maybe = frozenset(i for i in range(table.n) if truth.unknown[i])
        totals.append((published, inside, maybe))
    totals.sort(key=lambda t: (len(t[1]), t[0].id))
    closed: list[ClosedTotal] = []
    discrepancies: list[Discrepancy] = []
    for published, inside, maybe in totals:
        open_ = [i for i in sorted(inside) if inventory.holdings[i].closes_on == published.id]
        rest = [i for i in sorted(inside) if i not in open_]
        others = sum_closed(rest, numbers, [])
        figure = published.figure
        for i in open_:
            numbers[i] = Amount(
                max(0, min(figure.low - others.high, figure.best - others.best)),
                max(0, figure.best - others.best),
                max(0, figure.high - others.low, figure.best - others.best),
            )
            derived[i] = True
        by_type = sum_closed(sorted(inside), numbers, closed)
        possible = sum_closed(sorted(maybe), numbers, [])
        by_type = replace(by_type, high=by_type.high + possible.high)
        lines = sum_closed(sorted(inside), numbers, [])
        agrees = figure.low <= by_type.best <= figure.high or lines.best == figure.best
        if not agrees and not published.governs:
            discrepancies.append(_discrepancy(inventory, published, by_type, bool(open_), inside))
        spread = published.spread and agrees and not figure.exact
        if spread:
            by_type = lines
        over = published.declared and by_type.best > figure.best
        if spread or open_ or over or published.governs:
            closed.append(ClosedTotal(published, inside, by_type))
    zero = Amount(0, 0, 0)
    elements = tuple(
        Element(inventory.party, inventory, h, numbers[i] or zero, derived[i])
        for i, h in enumerate(inventory.holdings)
    )
    return Settled(inventory, elements, tuple(closed), tuple(discrepancies))


def sum_closed(
    members: Sequence[int], numbers: Sequence[Amount | None], closed: Sequence[ClosedTotal]
) -> Amount:
    """The sum over elements, where a governing total inside them counts with its own figure."""
    left = set(members)
    low = best = high = 0
    for total in sorted(closed, key=lambda c: -len(c.members)):
        if total.members and total.members <= left:
            left -= total.members
            figure = total.figure
            low, best, high = low + figure.low, best + figure.best, high + figure.high
    for i in left:
        number = numbers[i]
        if number is not None:
            low, best, high = low + number.low, best + number.best, high + number.high
    return Amount(low, best, high)


def _discrepancy(
    inventory: Inventory,
    published: Published,
    by_type: Amount,
    closing: bool,
    members: frozenset[int],
) -> Discrepancy:
    figure = published.figure
    gap = by_type.best - figure.best
    if gap > 0 and (published.declared or closing):
        why = (
            f"by type {gap:,} more than declared; the declared figure counts where a limit takes in "
            "all of it, and nothing is fitted"
        )
    elif by_type.low <= figure.best <= by_type.high:
        why = "the figure lies within the range that the holdings allow"
    else:
        why = f"the holdings come to {abs(gap):,} {'more' if gap > 0 else 'fewer'}; neither is repaired"
    if published.note:
        why = f"{why} ({published.note})"
    what = f"{published.title or published.id}, {inventory.party}, {inventory.date}"
    return Discrepancy(what, figure, by_type, why, inventory, published, members)
