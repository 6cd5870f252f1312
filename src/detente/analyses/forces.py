"""Which inventories a question is answered from: by party, date and basis, never mixed silently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detente.compile.counts import Forces
from detente.compile.holdings import Discrepancy, Settled, settle
from detente.model.case import Case, View
from detente.model.dates import When
from detente.model.inventory import Inventory
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.texts import Text
from detente.model.written import Miswritten


@dataclass(frozen=True)
class Chosen:
    """The inventories chosen for a question."""

    basis: str
    asked_basis: str
    data_as_of: date | None
    by_party: dict[str, Inventory]
    forces: Forces
    missing: tuple[str, ...] = ()

    @property
    def discrepancies(self) -> tuple[Discrepancy, ...]:
        """Where declared and computed figures of these inventories part."""
        return tuple(d for s in self.forces.settled for d in s.discrepancies)

    @property
    def converted(self) -> str:
        """What to say when the forces stand on another basis than the text counts."""
        if not self.asked_basis or self.asked_basis == self.basis:
            return ""
        return (
            f"The text counts {self.asked_basis}; these forces stand on the basis {self.basis}, "
            "as was asked for. The figures are not those of the text's own basis."
        )


def parse_date(value: str | date, what: str, *, first: bool = False) -> date:
    """A day from a request; a month or year means its last day, or its first. Raises `Refused`."""
    if isinstance(value, date):
        return value
    try:
        when = When.parse(value)
    except Miswritten as bad:
        raise Refused([Problem("E604", f"{what}: {bad}")]) from None
    if not when.fixed:
        raise Refused([Problem("E604", f"{what}: a calendar date is needed, not {when}")])
    return when.first if first else when.last


def find_text(case: Case, name: str) -> Text:
    """The text of that id. Raises `Refused`."""
    if name not in case.texts:
        hint = did_you_mean(name, case.texts, "texts") or "`detente texts` lists them"
        raise Refused([Problem("E308", f"unknown text '{name}'", (), hint)])
    return case.texts[name]


def find_view(case: Case, name: str | None) -> View | None:
    """The view of that id, or none. Raises `Refused`."""
    if not name:
        return None
    if name not in case.views:
        hint = did_you_mean(name, case.views, "views")
        raise Refused([Problem("E314", f"unknown view '{name}'", (), hint)])
    return case.views[name]


def find_reading(case: Case, name: str, view: str | None = None) -> tuple[Text, View | None]:
    """A text and the view it is read by: `text@view`, or the view given. Raises `Refused`."""
    text, _, own = name.partition("@")
    return find_text(case, text), find_view(case, own or view)


def find_basis(case: Case, text: Text, basis: str | None) -> str:
    """The basis to count on: as asked, or the text's own. Raises `Refused`."""
    chosen = basis or text.counts
    if not chosen:
        message = f"the text '{text.id}' does not say on which basis it counts"
        raise Refused([Problem("E602", message, (text.place,), "give --basis")])
    if chosen not in case.bases:
        hint = did_you_mean(chosen, case.bases, "bases")
        raise Refused([Problem("E305", f"unknown basis '{chosen}'", (), hint)])
    return chosen


def parties_counted(case: Case, text: Text) -> list[str]:
    """All parties that any limit of the text may count, groups resolved."""
    found: list[str] = []
    groups = dict(text.groups)

    def add(name: str) -> None:
        members = groups.get(name) or case.group(name)
        for member in members:
            if member != name:
                add(member)
            elif member not in found:
                found.append(member)

    for party in (*text.parties, *(p for q in text.provisions for p in q.to)):
        add(party)
    return found


def newest(case: Case, party: str, basis: str, day: date) -> Inventory | None:
    """The newest inventory of a party on a basis at or before a day. Raises `Refused` on a tie."""
    held = [
        i
        for i in case.inventories.values()
        if i.party == party and i.basis == basis and i.date.first <= day
    ]
    if not held:
        return None
    last = max(i.date.first for i in held)
    found = [i for i in held if i.date.first == last]
    if len(found) > 1:
        names = ", ".join(i.id for i in found)
        message = f"{party} has more than one inventory of {last} on the basis {basis}: {names}"
        raise Refused(
            [Problem("E601", message, tuple(i.place for i in found), "name them instead")]
        )
    return found[0]


def choose_forces(
    case: Case,
    text: Text,
    forces: str | date | Sequence[str],
    *,
    basis: str | None = None,
    view: View | None = None,
) -> Chosen:
    """The forces a text is counted under.

    `forces` is a date (the newest inventories at or before it are taken) or ids of inventories,
    parted by commas. Raises `Refused` when there is nothing to count.
    """
    if not isinstance(forces, str | date):
        forces = ",".join(forces)
    on = find_basis(case, text, basis)
    wanted = parties_counted(case, text)
    names = [f.strip() for f in forces.split(",")] if isinstance(forces, str) else []
    if names and all(n in case.inventories for n in names):
        _one_each([case.inventories[n] for n in names])
        picked = {case.inventories[n].party: case.inventories[n] for n in names}
        problems = [_of_other_basis(i, on, basis) for i in picked.values() if i.basis != on]
        problems += [
            Problem(
                "E601",
                f"the inventory {i.id} is of {p}; no limit of the text binds {p}",
                (i.place,),
            )
            for p, i in picked.items()
            if p not in wanted
        ]
        if problems:
            raise Refused(problems)
        missing = tuple(p for p in text.parties if p not in picked)
        day = None
    else:
        if isinstance(forces, str) and not forces[:1].isdigit():
            unknown = next((n for n in names if n not in case.inventories), "")
            hint = did_you_mean(unknown, case.inventories)
            if unknown[:1].isdigit():
                hint = "give a date, or the ids of inventories, one for each party"
            raise Refused([Problem("E315", f"unknown inventory or date '{unknown}'", (), hint)])
        day = parse_date(forces, "--forces")
        picked = {}
        for party in wanted:
            if (found := newest(case, party, on, day)) is not None:
                picked[party] = found
        missing = tuple(p for p in wanted if p not in picked)
        if not picked:
            raise Refused([_nothing(case, on, wanted, day)])
    settled: list[Settled] = [settle(case, picked[p], view) for p in wanted if p in picked]
    return Chosen(on, text.counts, day, picked, Forces(case, tuple(settled)), missing)


def _of_other_basis(inventory: Inventory, on: str, asked: str | None) -> Problem:
    """A named inventory that is not on the basis to count on."""
    message = f"the inventory {inventory.id} stands on the basis {inventory.basis}"
    if asked:
        return Problem("E601", f"{message}, not {asked} as was asked for", (inventory.place,))
    hint = f"give --basis {inventory.basis} to count it all the same; the answer will say so"
    return Problem("E601", f"{message}; the text counts {on}", (inventory.place,), hint)


def _one_each(inventories: list[Inventory]) -> None:
    """Refuse two inventories of one party."""
    by_party: dict[str, list[Inventory]] = {}
    for i in dict.fromkeys(i.id for i in inventories):
        found = next(x for x in inventories if x.id == i)
        by_party.setdefault(found.party, []).append(found)
    problems = [
        Problem(
            "E601",
            f"two inventories of {party} are named: {', '.join(i.id for i in found)}",
            tuple(i.place for i in found),
            "name one for each party",
        )
        for party, found in by_party.items()
        if len(found) > 1
    ]
    if problems:
        raise Refused(problems)


def _nothing(case: Case, basis: str, parties: list[str], day: date) -> Problem:
    dates = sorted(
        {
            f"{i.date} ({i.basis})"
            for i in case.inventories.values()
            if i.party in parties and i.holdings
        }
    )
    hint = (
        f"there are inventories of {', '.join(dates)}" if dates else "the case has no inventories"
    )
    message = f"no inventory of {', '.join(parties)} on the basis {basis} at or before {day}"
    return Problem("E601", message, (), hint)
