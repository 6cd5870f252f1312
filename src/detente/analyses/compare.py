"""Compare: what options change against a baseline, and the same forces counted under each.

Provisions are matched by id, limits also by their short name. What a category or limit lets in or
out is found in attribute cells (`detente.compile.boxes`), so that weapons nobody holds show too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from detente.analyses.count import Count, LimitCount, count
from detente.analyses.forces import find_reading
from detente.analyses.result import Result
from detente.compile.boxes import Moved, any_of, moved
from detente.compile.compiler import Compiled, compile_text
from detente.compile.counts import Number
from detente.model.case import Case
from detente.model.predicate import Named
from detente.model.provisions import Category, Limit, Provision

# what a provision lays down, as against how it is told
TOLD = {"id", "source", "title", "article", "rule", "confidence", "facts", "note", "disputed"}
TOLD |= {"binding", "issue", "option", "amends", "replaces", "not_computed", "applied_by"}


@dataclass(frozen=True)
class Measure:
    """One limit of one party under each text; None where a text has no such limit."""

    limit: str
    title: str
    party: str
    under: tuple[LimitCount | None, ...]


@dataclass(frozen=True)
class Shift:
    """What an option makes of one line of an inventory in one limit: counted then and before.

    `text` is the option; several lines of one system in one state are one.
    """

    limit: str
    party: str
    text: str
    system: str
    state: str
    before: Number
    after: Number


@dataclass(frozen=True)
class ProvisionChange:
    """A provision that an option adds, removes or changes; `fields` has each value before and after."""

    kind: Literal["added", "removed", "changed"]
    before: Provision | None
    after: Provision | None
    fields: tuple[tuple[str, str, str], ...] = ()

    @property
    def provision(self) -> Provision:
        """The provision as it stands last."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class TextChange:
    """What one option changes against the baseline."""

    option: Compiled
    provisions: tuple[ProvisionChange, ...]
    categories: tuple[Moved, ...]
    limits: tuple[Moved, ...]

    def of(self, kind: str) -> tuple[ProvisionChange, ...]:
        """The provisions added, removed or changed."""
        return tuple(p for p in self.provisions if p.kind == kind)

    def __bool__(self) -> bool:
        return bool(self.provisions or self.categories or self.limits)


@dataclass(frozen=True, repr=False)
class Comparison(Result):
    """The answer of `compare`: the first text is the baseline; counts are empty without forces."""

    case: Case
    compiled: tuple[Compiled, ...]
    changes: tuple[TextChange, ...]
    counts: tuple[Count, ...]
    measures: tuple[Measure, ...]
    shifts: tuple[Shift, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The ids of the texts, the baseline first."""
        views = {c.view for c in self.compiled}
        return tuple(
            f"{c.text.id}@{c.view.id}" if c.view and len(views) > 1 else c.text.id
            for c in self.compiled
        )

    @property
    def view(self) -> str | None:
        """The view that all texts are read by, where it is one."""
        views = {c.view.id if c.view else None for c in self.compiled}
        return views.pop() if len(views) == 1 else None

    def records(self) -> list[dict[str, Any]]:
        """One row a measure, party and text."""
        found = []
        for m in self.measures:
            base = m.under[0]
            for text, x in zip(self.texts, m.under, strict=True):
                found.append(
                    {
                        "limit": m.limit,
                        "party": m.party,
                        "text": text,
                        "counted": x.counted.best if x else None,
                        "low": x.counted.low if x else None,
                        "high": x.counted.high if x else None,
                        "at_most": x.at_most if x else None,
                        "excess": x.excess if x else None,
                        "headroom": x.headroom if x else None,
                        "verdict": x.verdict if x else "no such limit",
                        "change_of_counted": (x.counted.best - base.counted.best)
                        if x and base
                        else None,
                        "change_of_at_most": (x.at_most - base.at_most)
                        if x and base and x.at_most is not None and base.at_most is not None
                        else None,
                    }
                )
        return found

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        first = self.counts[0] if self.counts else None
        answers: Sequence[Count | Compiled] = self.counts or self.compiled
        return {
            "case": self.case.id,
            "baseline": self.texts[0],
            "options": list(self.texts[1:]),
            "view": self.view,
            "forces": {p: i.id for p, i in first.chosen.by_party.items()} if first else None,
            "at": first.at.isoformat() if first else None,
            "measures": self.records(),
            "shifts": [asdict(s) for s in self.shifts],
            "changes": [_change_data(c) for c in self.changes],
            "not_computed": {
                name: [{"provision": n.provision.id, "why": n.why} for n in c.not_computed]
                for name, c in zip(self.texts, answers, strict=True)
            },
        }


def _change_data(c: TextChange) -> dict[str, Any]:
    def one(p: ProvisionChange) -> dict[str, Any]:
        found: dict[str, Any] = {
            "provision": p.provision.id,
            "kind": p.provision.kind,
            "title": p.provision.in_words(),
        }
        if isinstance(p.provision, Limit):
            found["limit"] = p.provision.limit or p.provision.id
        if p.fields:
            found["fields"] = [{"field": f, "from": a, "to": b} for f, a, b in p.fields]
        return found

    def move(m: Moved) -> dict[str, Any]:
        return {
            "name": m.name,
            "enters": [b.as_data() for b in m.enters],
            "leaves": [b.as_data() for b in m.leaves],
            "systems_enter": list(m.systems_enter),
            "systems_leave": list(m.systems_leave),
            "not_cut": list(m.not_cut),
        }

    return {
        "option": c.option.text.id,
        "provisions": {k: [one(p) for p in c.of(k)] for k in ("added", "removed", "changed")},
        "categories": [move(m) for m in c.categories],
        "limits": [move(m) for m in c.limits],
    }


def compare(
    case: Case,
    baseline: str,
    options: str | Sequence[str],
    forces: str | date | None = None,
    *,
    at: str | date | None = None,
    basis: str | None = None,
    view: str | None = None,
) -> Comparison:
    """What one or more options change against a baseline; with forces, counted under each.

    A text may be named with the view it is read by, `text@view`; `view` is that of all others.

    Raises:
        Refused: as `count`.

    """
    names = [baseline, *([options] if isinstance(options, str) else options)]
    read = [find_reading(case, n, view) for n in names]
    counts: tuple[Count, ...] = ()
    if forces is not None:
        counts = tuple(
            count(case, text, forces, at=at, basis=basis, view=seen.id if seen else None)
            for text, seen in read
        )
    compiled = tuple(c.compiled for c in counts)  # as they stand on the day of the count
    compiled = compiled or tuple(compile_text(case, text, seen) for text, seen in read)
    changes = tuple(changed(compiled[0], c) for c in compiled[1:])
    found = Comparison(case, compiled, changes, counts, tuple(_measures(counts)))
    return replace(found, shifts=tuple(_shifts(found.texts, found.measures)))


def _shifts(texts: Sequence[str], measures: Iterable[Measure]) -> Iterable[Shift]:
    """The lines that a limit of the baseline counts otherwise under an option, the largest first."""
    for m in measures:
        base, *options = m.under
        if base is None or base.row.counting == "types":
            continue
        before = _lines(base)
        for text, x in zip(texts[1:], options, strict=True):
            after = _lines(x) if x else before
            moved_ = [
                Shift(m.limit, m.party, text, *key, before.get(key, 0), after.get(key, 0))
                for key in dict.fromkeys([*before, *after])
                if before.get(key, 0) != after.get(key, 0)
            ]
            yield from sorted(moved_, key=lambda s: (-abs(s.after - s.before), s.system))


def _lines(x: LimitCount) -> dict[tuple[str, str], Number]:
    """What each system in each state adds to a limit, at best; what a declared total changes, too."""
    found: dict[tuple[str, str], Number] = {}
    for c in x.count.contributions:
        key = (c.element.holding.system, c.element.holding.state)
        found[key] = found.get(key, 0) + c.counted.best
    for a in x.count.adjustments:
        key = (a.total.published.title or a.total.published.id, "the declared total")
        found[key] = found.get(key, 0) + a.change.best
    return found


def _measures(counts: Sequence[Count]) -> Iterable[Measure]:
    keys = dict.fromkeys((x.limit, x.party) for c in counts for x in c.limits if not x.site)
    limits = list(dict.fromkeys(limit for limit, _ in keys))
    for limit, party in sorted(keys, key=lambda k: limits.index(k[0])):
        under = tuple(
            next((x for x in c.limits if (x.limit, x.party, x.site) == (limit, party, "")), None)
            for c in counts
        )
        title = next(x.title for x in under if x is not None)
        yield Measure(limit, title, party, under)


def changed(base: Compiled, option: Compiled) -> TextChange:
    """What the option adds, removes and changes: provisions, categories, what limits count."""
    here = {p.id: p for p in base.provisions}
    limits = {p.limit: p for p in base.provisions if isinstance(p, Limit) and p.limit}
    found: list[ProvisionChange] = []
    matched: set[str] = set()
    for after in option.provisions:
        before = here.get(after.id)
        if before is None and isinstance(after, Limit):
            before = limits.get(after.limit)
        if before is None:
            found.append(ProvisionChange("added", None, after))
            continue
        matched.add(before.id)
        fields = _differences(before, after)
        if fields:
            found.append(ProvisionChange("changed", before, after, fields))
    found += [ProvisionChange("removed", p, None) for p in base.provisions if p.id not in matched]
    categories = []
    for name in [p.id for p in option.provisions if isinstance(p, Category)]:
        if name in base.categories and name in option.categories:
            m = moved(base, option, name, Named(name), Named(name))
            categories += [m] if m else []
    counted = []
    for limit in dict.fromkeys(r.limit for r in option.rows):
        before_names, after_names = _counted(base, limit), _counted(option, limit)
        if before_names and after_names:
            m = moved(base, option, limit, any_of(before_names), any_of(after_names))
            counted += [m] if m else []
    return TextChange(option, tuple(found), tuple(categories), tuple(counted))


def _counted(compiled: Compiled, limit: str) -> list[str]:
    """The categories that a limit counts with a weight above nothing."""
    found = []
    for row in compiled.rows:
        if row.limit == limit:
            found += [t.category for t in row.terms if t.weight.number != 0 and t.factor > 0]
    return list(dict.fromkeys(found))


def _differences(before: Provision, after: Provision) -> tuple[tuple[str, str, str], ...]:
    """The fields that lay something down and differ; of promises, what they say."""
    a, b = dict(before.values()), dict(after.values())
    told = TOLD if before.computes or after.computes else TOLD - {"rule"}
    found = []
    if before.kind != after.kind:
        found.append(("kind", before.kind, after.kind))
    for name in dict.fromkeys([*a, *b]):
        if name in told or name == "limit" or a.get(name) == b.get(name):
            continue
        found.append((name, _shown(a.get(name)), _shown(b.get(name))))
    old, new = dict(before.readings), dict(after.readings)
    if {n: dict(r.values()) for n, r in old.items()} != {
        n: dict(r.values()) for n, r in new.items()
    }:
        found.append(("readings", ", ".join(old) or "none", ", ".join(new) or "none"))
    return tuple(found)


def _shown(value: Any) -> str:
    """A field's value in short."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ", ".join(_shown(v) for v in value)
    if hasattr(value, "text"):
        return str(value.text).strip()
    if hasattr(value, "steps"):
        parts = []
        for step in value.steps:
            text = str(step.bound) + (f" from {step.start}" if step.start else "")
            parts.append(text + (f" to {step.end}" if step.end else ""))
        return "; ".join(parts)
    if hasattr(value, "weights"):
        weights = ", ".join(f"{w} × {n}" for n, w in value.weights)
        return value.name or weights
    return str(value)
