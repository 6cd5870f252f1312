"""Count: what each side has under a text, who is over, by how much, from which rule and line.

The data are *as of* one date (`forces`), the ceilings *at* another (`at`, the same by default).
The verdict says what the text says of the forces as if it were in force; whether it is in force
is a field of its own. See docs/semantics.md, sections 1 and 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from detente.analyses.bounds import SAME, Bounds
from detente.analyses.forces import (
    Chosen,
    choose_forces,
    find_text,
    find_view,
    parse_date,
)
from detente.analyses.result import Result
from detente.compile.compiler import Compiled, DatedBound, NotComputed, Row, compile_text
from detente.compile.counts import Counter, Number, RowCount, Spread
from detente.compile.holdings import Discrepancy
from detente.model.amounts import Bound
from detente.model.case import Case, View
from detente.model.predicate import attributes_in
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.provisions import Average, Ban, Menu, QualitativeLimit
from detente.model.texts import InForce, Text

Verdict = Literal["within", "exactly at", "over", "under", "depends", "not computed"]


@dataclass(frozen=True)
class Claimed:
    """What a limit comes to by the figures of one claimant."""

    by: str
    counted: Spread
    verdict: Verdict


@dataclass(frozen=True)
class LimitCount:
    """One limit for one party: the count, what it is held against, and the verdict."""

    limit: str
    title: str
    party: str
    site: str
    row: Row = field(repr=False)
    count: RowCount = field(repr=False)
    bound: DatedBound = field(repr=False)
    at_most: Number | None
    rivals: tuple[tuple[str, Number], ...]
    verdict: Verdict
    turns_on: tuple[str, ...]
    in_force: InForce
    in_force_why: str
    claimed: tuple[Claimed, ...] = ()

    @property
    def counted(self) -> Spread:
        """The counted figure."""
        return self.count.counted

    @property
    def excess(self) -> Number | None:
        """By how much the best figure breaks the limit; 0 when it does not."""
        if self.at_most is None or self.verdict == "not computed":
            return None
        if self.row.relation == "at least":
            return max(0, _diff(self.at_most, self.counted.best))
        return max(0, _diff(self.counted.best, self._most(self.at_most)))

    @property
    def headroom(self) -> Number | None:
        """How much more the best figure leaves room for; 0 when the limit is reached."""
        if self.at_most is None or self.verdict == "not computed":
            return None
        if self.row.relation == "at least":
            return max(0, _diff(self.counted.best, self.at_most))
        return max(0, _diff(self._most(self.at_most), self.counted.best))

    def _most(self, at_most: Number) -> Number:
        """The largest count that keeps the limit; arms come whole."""
        return math.ceil(at_most) - 1 if self.row.relation == "fewer than" else at_most

    @property
    def of_quality(self) -> bool:
        """Whether it forbids a kind or a quality of arms rather than too many of them."""
        return isinstance(self.row.provision, Ban | QualitativeLimit)

    @property
    def sources(self) -> tuple[str, ...]:
        """The cites of the limit and of the value that holds."""
        cites = [str(c) for c in self.bound.step.source] + [
            str(c) for c in self.row.provision.source
        ]
        return tuple(dict.fromkeys(cites))

    @property
    def confidence(self) -> str:
        """The confidence of the value that holds."""
        return self.bound.step.confidence or self.row.provision.confidence


def _diff(a: Number, b: Number) -> Number:
    d = a - b
    return int(d) if isinstance(d, float) and d.is_integer() else d


@dataclass(frozen=True, repr=False)
class Count(Result):
    """The answer of `count`."""

    case: Case
    text: Text
    compiled: Compiled
    at: date
    chosen: Chosen
    limits: tuple[LimitCount, ...]
    view: str = ""
    without_data: tuple[NotComputed, ...] = ()

    @property
    def discrepancies(self) -> tuple[Discrepancy, ...]:
        """Where declared and computed figures part, in the inventories counted."""
        asked = self.members
        return tuple(d for d in self.chosen.discrepancies if d.inventory.party in asked)

    @property
    def members(self) -> frozenset[str]:
        """The parties whose arms the answer counts."""
        found = frozenset(m for x in self.limits for m in x.row.members)
        return found or frozenset(self.chosen.by_party)

    @property
    def not_computed(self) -> tuple[NotComputed, ...]:
        """The provisions that no row says, or that no data can answer, and why."""
        order = {id(p): i for i, p in enumerate(self.compiled.provisions)}
        found = (*self.compiled.not_computed, *self.without_data)
        return tuple(sorted(found, key=lambda n: order.get(id(n.provision), 0)))

    def limit(self, name: str, party: str) -> LimitCount:
        """One limit of one party by name; raises KeyError."""
        for found in self.limits:
            if (found.limit, found.party) == (name, party):
                return found
        raise KeyError(f"no limit {name} for {party} in {self.text.id}")

    def records(self) -> list[dict[str, Any]]:
        """One row a limit and party."""
        return [
            {
                "limit": x.limit,
                "title": x.title,
                "party": x.party,
                "site": x.site,
                "low": x.counted.low,
                "best": x.counted.best,
                "high": _plain(x.counted.high),
                "relation": x.row.relation,
                "at_most": x.at_most,
                "excess": x.excess,
                "headroom": x.headroom,
                "verdict": x.verdict,
                "turns_on": "; ".join(x.turns_on),
                "in_force": x.in_force,
                "in_force_since": x.in_force_why,
                "deadline": x.bound.deadline.isoformat() if x.bound.deadline else "",
                "rival_bounds": "; ".join(f"{v} ({by})" for by, v in x.rivals),
                "article": x.bound.step.at_place or x.row.provision.article,
                "confidence": x.confidence,
                "sources": "; ".join(x.sources),
            }
            for x in self.limits
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "text": self.text.id,
            "view": self.view or None,
            "at": self.at.isoformat(),
            "basis": self.chosen.basis,
            "basis_of_text": self.chosen.asked_basis,
            "forces": {p: i.id for p, i in self.chosen.by_party.items()},
            "forces_missing": list(self.chosen.missing),
            "limits": [self._limit(x) for x in self.limits],
            "discrepancies": [
                {
                    "what": d.what,
                    "declared": _amount(d.declared),
                    "computed": _amount(d.computed),
                    "why": d.why,
                    "inventory": d.inventory.id,
                    "sources": [str(c) for c in d.published.source],
                }
                for d in self.discrepancies
            ],
            "not_computed": [
                {"provision": n.provision.id, "why": n.why} for n in self.not_computed
            ],
        }

    def _limit(self, x: LimitCount) -> dict[str, Any]:
        found: dict[str, Any] = {
            "limit": x.limit,
            "title": x.title,
            "party": x.party,
            "counted": _amount(x.counted),
            "at_most": x.at_most,
            "excess": x.excess,
            "headroom": x.headroom,
            "verdict": x.verdict,
            "in_force": x.in_force,
            "in_force_since": x.in_force_why,
            "sources": list(x.sources),
            "provision": x.row.provision.id,
            "article": x.bound.step.at_place or x.row.provision.article,
            "confidence": x.confidence,
            "relation": x.row.relation,
        }
        if x.site:
            found["site"] = x.site
        if x.rivals:
            found["rival_bounds"] = [{"by": b, "value": v} for b, v in x.rivals]
        if x.claimed:
            found["rival_counts"] = [
                {"by": c.by, "counted": _amount(c.counted), "verdict": c.verdict} for c in x.claimed
            ]
        if x.turns_on:
            found["turns_on"] = list(x.turns_on)
        if x.bound.deadline:
            found["deadline"] = x.bound.deadline.isoformat()
        found["contributions"] = [
            {
                "system": c.element.holding.system,
                "number": c.element.number.best,
                "weight": _plain(c.weight.best if c.sure else c.weight.high),
                "counted": _amount(c.counted),
                "category": c.category,
                "rule": c.rule,
                "membership": "yes" if c.sure else "unknown",
                "derived": c.element.derived,
                "confidence": "derived" if c.element.derived else c.element.holding.confidence,
                "inventory": c.element.inventory.id,
                "line": str(c.element.holding.where),
                "source": str(c.element.holding.source),
            }
            for c in x.count.contributions
        ]
        found["adjustments"] = [
            {
                "total": a.total.published.id,
                "figure": a.total.published.figure.best,
                "by_type": a.total.by_type.best,
                "change": a.change.best,
                "source": str(a.total.published.source),
            }
            for a in x.count.adjustments
        ]
        return found


def _plain(n: Number) -> Number | None:
    """A number for JSON; nothing where there is no known bound."""
    return None if n in (math.inf, -math.inf) else n


def _amount(a: Any) -> dict[str, Number | None]:
    return {"low": _plain(a.low), "best": _plain(a.best), "high": _plain(a.high)}


def count(
    case: Case,
    text: str | Text,
    forces: str | date | Sequence[str],
    *,
    at: str | date | None = None,
    basis: str | None = None,
    party: str | Sequence[str] | None = None,
    view: str | None = None,
) -> Count:
    """Count the forces of a date under a text.

    Args:
        case: the case.
        text: a text, or its id.
        forces: a date (the newest inventories at or before it), or ids of inventories.
        at: the date whose ceilings hold; the forces' date by default.
        basis: count on this basis instead of the text's own; the answer says so.
        party: only these parties.
        view: a named choice of readings and data claims.

    Raises:
        Refused: the request cannot be answered; the problems say why.

    """
    wanted = find_text(case, text) if isinstance(text, str) else text
    seen = find_view(case, view) if view != "neutral" else None
    chosen = choose_forces(case, wanted, forces, basis=basis, view=seen)
    day = parse_date(at, "--at") if at is not None else chosen.data_as_of
    if day is None:
        day = max(i.date.first for i in chosen.by_party.values())
    only = [party] if isinstance(party, str) else list(party or [])
    compiled = compile_text(case, wanted, seen)
    known_parties(case, compiled, only)
    result = count_compiled(compiled, chosen, day, only, view or "")
    return _by_claims(result, forces, basis, seen, only)


def known_parties(case: Case, compiled: Compiled, asked: Sequence[str]) -> None:
    """Refuse parties that there are not, or whom no limit of the text binds."""
    bound = list(dict.fromkeys(r.party for r in compiled.rows))
    known = {*case.parties, *case.groups, *dict(compiled.text.groups)}
    problems = []
    for name in asked:
        if name not in known:
            titled = [p for p in case.parties.values() if name and name.lower() in p.title.lower()]
            hint = did_you_mean(name, known, "parties")
            if titled:
                hint = f"did you mean '{titled[0].id}' ({titled[0].title})?"
            problems.append(Problem("E301", f"unknown party '{name}'", (), hint))
        elif name not in bound:
            message = f"no limit of the text '{compiled.text.id}' binds {name}"
            problems.append(Problem("E301", message, (), f"it binds {', '.join(bound)}"))
    if problems:
        raise Refused(problems)


def _by_claims(
    result: Count,
    forces: str | date | Sequence[str],
    basis: str | None,
    view: View | None,
    parties: Sequence[str],
) -> Count:
    """The count with what rival figures would make of it; a verdict that they turn depends on them."""
    claimants = dict.fromkeys(
        claim.by for i in result.chosen.by_party.values() for h in i.holdings for claim in h.claims
    )
    if not claimants or (view and view.claims):
        return result
    found: dict[tuple[str, str, str], list[Claimed]] = {}
    for by in claimants:
        picked = replace(view, claims=(by,)) if view else View(id="", title="", claims=(by,))
        chosen = choose_forces(result.case, result.text, forces, basis=basis, view=picked)
        for x in count_compiled(result.compiled, chosen, result.at, parties).limits:
            found.setdefault((x.limit, x.party, x.site), []).append(
                Claimed(by, x.counted, x.verdict)
            )
    limits = []
    for x in result.limits:
        claimed = tuple(
            c for c in found.get((x.limit, x.party, x.site), []) if c.counted != x.counted
        )
        turns = tuple(
            f"{c.verdict} by the figures of {c.by} ({c.counted})"
            for c in claimed
            if c.verdict != x.verdict
        )
        verdict: Verdict = "depends" if turns and x.verdict != "not computed" else x.verdict
        limits.append(replace(x, claimed=claimed, verdict=verdict, turns_on=(*x.turns_on, *turns)))
    return replace(result, limits=tuple(limits))


def count_compiled(
    compiled: Compiled, chosen: Chosen, at: date, parties: Sequence[str] = (), view: str = ""
) -> Count:
    """Count chosen forces under a compiled text; see `count`."""
    compiled = compiled.on(at)
    counter = Counter(compiled, chosen.forces)
    bounds = Bounds(counter, chosen)
    limits: list[LimitCount] = []
    unknown = without_data(compiled, chosen)
    for row in compiled.rows:
        if any(row.provision is n.provision for n in unknown):
            continue
        if parties and row.party not in parties:
            continue
        if not any(m in chosen.by_party for m in row.members):
            continue
        for found in counter.row(row):
            judged = _judge(bounds, row, found, at)
            certain = judged.verdict == "over" and not row.allowance  # more would be over too
            if (why := gap(counter, chosen, row)) and not certain:
                judged = replace(judged, verdict="not computed", turns_on=(why,))
            limits.append(judged)
    limits += _menus(compiled, limits, at)
    return Count(compiled.case, compiled.text, compiled, at, chosen, tuple(limits), view, unknown)


def without_data(compiled: Compiled, chosen: Chosen) -> tuple[NotComputed, ...]:
    """Limits on a quality that no source gives for any weapon: nothing can be counted."""
    found = []
    known = {k for s in compiled.case.systems.values() for k, _ in s} | compiled.attributions.keys()
    known |= {k for e in chosen.forces.elements for k, _ in e.holding.attributes}
    for provision in dict.fromkeys(r.provision for r in compiled.rows):
        if isinstance(provision, QualitativeLimit) and provision.must is not None:
            asked = attributes_in(provision.must.tree) & compiled.case.attributes.keys()
            if missing := sorted(asked - known):
                titles = [compiled.case.attributes[a].title or a for a in missing]
                why = f"no source gives for any weapon: {', '.join(titles).lower()}"
                found.append(NotComputed(provision, why))
    return tuple(found)


def gap(counter: Counter, chosen: Chosen, row: Row) -> str:
    """Why the inventories cannot answer a limit; empty when they can."""
    if gaps := counter.left_out(row):
        return f"{', '.join(gaps)} leaves out weapons that this limit counts"
    if missing := [m for m in row.members if m not in chosen.by_party]:
        return f"no inventory of {', '.join(missing)}"
    if counter.without_site(row):
        return f"the inventory does not say at which {row.each}"
    given = {e.holding.quantity for e in chosen.forces.elements if e.party in row.members}
    if row.quantity not in ("held", *given):
        return f"no inventory counted here gives {row.quantity}"
    return ""


def _judge(bounds: Bounds, row: Row, found: RowCount, at: date) -> LimitCount:
    dated = row.bound_at(at)
    if dated.bound.below:
        row = replace(row, relation="fewer than")
        found = replace(found, row=row)
    in_force, why = _in_force(bounds.compiled.text, row, dated, at)
    rivals = bounds.values(row, dated.bound, found)
    if isinstance(row.provision, Average):
        rivals = [(by, _scaled(v, found.allowance)) for by, v in rivals]
    elif row.allowance:
        rivals = [(by, _diff(v, -found.allowance.best)) for by, v in rivals]
    if not rivals:
        return LimitCount(
            row.limit,
            row.title,
            row.party,
            found.site,
            row,
            found,
            dated,
            None,
            (),
            "not computed",
            ("the bound is taken from an inventory that the case does not hold",),
            in_force,
            why,
        )
    counted = _against_allowance(row, dated.bound, found)
    if rivals[0][0] == SAME:  # the same lines on both sides: what is not certain cancels out
        counted = Spread(counted.best, counted.best, counted.best)
    verdicts = [_verdict(row, counted, value) for _, value in rivals]
    kept = set(verdicts) <= {"within", "exactly at"}
    verdict: Verdict = verdicts[0] if kept or len(set(verdicts)) == 1 else "depends"
    turns: list[str] = []
    if len(set(verdicts)) > 1 and not kept:
        turns += [
            f"{v} if {value:,} ({by})" for v, (by, value) in zip(verdicts, rivals, strict=True)
        ]
    if "depends" in verdicts:
        turns += _uncertain(found)
    return LimitCount(
        row.limit,
        row.title,
        row.party,
        found.site,
        row,
        found,
        dated,
        rivals[0][1],
        tuple(rivals) if len(rivals) > 1 else (),
        verdict,
        tuple(dict.fromkeys(turns)),
        in_force,
        why,
    )


def _against_allowance(row: Row, bound: Bound, found: RowCount) -> Spread:
    """The count, wider by what the allowance it is held against may be off its best figure."""
    if found.allowance.exact:
        return found.counted
    factor = (bound.value or 0) if isinstance(row.provision, Average) else 1
    less = factor * (found.allowance.best - found.allowance.low)
    more = factor * (found.allowance.high - found.allowance.best)
    c = found.counted
    return Spread(c.low - more, c.best, c.high + less)


def _scaled(factor: Number, allowance: Spread) -> Number:
    value = Fraction(str(factor)) * Fraction(str(allowance.best))
    return int(value) if value.denominator == 1 else float(value)


def _in_force(text: Text, row: Row, dated: DatedBound, at: date) -> tuple[InForce, str]:
    in_force, why = text.in_force(at, row.provision.binding)
    if in_force != "yes":
        return in_force, why
    if row.bounds[0].start and at < row.bounds[0].start:
        return "not yet", f"this limit runs from {row.bounds[0].start}"
    if dated.end and at > dated.end:
        return "expired", f"this limit ran to {dated.end}"
    return "yes", f"since {dated.start}" if dated.start else why


def _verdict(row: Row, counted: Spread, value: Number) -> Verdict:
    low, best, high = counted.low, counted.best, counted.high
    if row.relation == "at least":
        if low >= value:
            return "exactly at" if low == high == value else "within"
        return "under" if high < value else "depends"
    if row.relation == "fewer than":
        return "within" if high < value else "over" if low >= value else "depends"
    if high <= value:
        return "exactly at" if best == value else "within"
    return "over" if low > value else "depends"


def _uncertain(found: RowCount) -> list[str]:
    reasons = []
    for c in found.contributions:
        if not c.sure:
            reasons.append(f"whether {c.element.holding.system} counts as {c.category}")
        elif not c.element.number.exact:
            reasons.append(f"the number of {c.element.holding.system}: {c.element.number}")
        elif not c.weight.exact:
            reasons.append(f"the weight of {c.element.holding.system}: {c.weight}")
    return reasons


def _menus(compiled: Compiled, limits: Sequence[LimitCount], at: date) -> list[LimitCount]:
    """A menu is kept when enough of its alternatives are: one row for each party."""
    found = []
    for menu in compiled.menus:
        rows = [x for x in limits if x.row.menu == menu.id]
        sites = dict.fromkeys((x.party, x.site) for x in rows)
        for party, site in sites:
            mine = [x for x in rows if (x.party, x.site) == (party, site)]
            states: dict[str, Verdict] = {}
            for option, _ in menu.options:
                verdicts = {x.verdict for x in mine if x.row.alternative == option}
                bad = verdicts & {"over", "under"}
                unsure = verdicts & {"depends", "not computed"}
                states[option] = "over" if bad else "depends" if unsure else "within"
            sure = sum(v == "within" for v in states.values())
            possible = sum(v in ("within", "depends") for v in states.values())
            found.append(_menu(menu, mine[0], states, sure, possible))
    return found


def _menu(
    menu: Menu, sample: LimitCount, states: dict[str, Verdict], sure: int, possible: int
) -> LimitCount:
    row = replace(
        sample.row,
        limit=menu.id,
        title=menu.in_words(),
        provision=menu,
        relation="at least",
        terms=(),
        menu="",
        alternative="",
    )
    counted = Spread(sure, sure, possible)
    result = replace(sample.count, row=row, counted=counted, contributions=(), adjustments=())
    verdict = _verdict(row, counted, menu.choose)
    return replace(
        sample,
        limit=menu.id,
        title=menu.in_words(),
        row=row,
        count=result,
        at_most=menu.choose,
        rivals=(),
        verdict=verdict,
        turns_on=tuple(f"{option}: {state}" for option, state in states.items()),
    )
