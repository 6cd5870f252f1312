"""The paper of `show`: a text in English, rendered from its clauses, not from its paraphrases."""

from __future__ import annotations

from detente.analyses.show import Shown
from detente.model.amounts import Bound, Schedule, Tally, Weight
from detente.model.provisions import (
    Attribution,
    Average,
    Ban,
    Category,
    CountingRule,
    ExceptionClause,
    Floor,
    Freeze,
    Limit,
    Menu,
    Offset,
    Provision,
    QualitativeLimit,
    Ratio,
    ScheduleClause,
    TypeLimit,
)
from detente.report.english import English, common_name
from detente.report.paper import Block, Bullets, Heading, Paper, Para

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What the words mean", ("definition", "category", "attribution", "exception")),
    ("How arms are counted", ("counting-rule",)),
    (
        "Limits",
        ("ceiling", "sublimit", "floor", "freeze", "average", "ratio", "offset", "type-limit", "menu"),
    ),
    ("Bans and limits on quality", ("ban", "qualitative-limit")),
    ("Timetable", ("schedule",)),
    ("Obligations, exchanges, verification", ("obligation", "exchange", "verification")),
    ("Principles", ("principle",)),
)  # fmt: skip


def show_paper(result: Shown) -> Paper:
    """The text's head, then its provisions by part, then what the base had and this has not."""
    text = result.text
    blocks: list[Block] = [*_head(result)]
    why = {id(n.provision): n.why for n in result.compiled.not_computed}
    words = Words(result)
    for title, kinds in PARTS:
        mine = [p for p in result.compiled.provisions if p.kind in kinds]
        if not mine:
            continue
        blocks.append(Heading(title, 2))
        for p in mine:
            blocks += _provision(result, words, p, why.get(id(p), ""))
    if result.dropped and result.base:
        blocks.append(Heading(f"Dropped from {result.base.title}", 2))
        blocks.append(
            Bullets(tuple(f"{p.in_words()} ({p.article or p.id})" for p in result.dropped))
        )
    return Paper(text.title, tuple(blocks), subtitle=text.id)


def _head(result: Shown) -> list[Block]:
    text = result.text
    by = "joint" if text.by == "joint" else f"by {text.by}"
    parties = ", ".join(
        result.case.parties[p].title if p in result.case.parties else p for p in text.parties
    )
    lines = [
        f"{text.date}, {by}; parties: {parties}",
        f"status: {text.status or 'not given'}; {text.binding}",
    ]
    if text.counts:
        lines.append(f"counts on the basis {text.counts}")
    if text.period:
        lines.append(f"runs {text.period}")
    if result.base:
        lines.append(f"based on {result.base.title} [{result.base.id}]{_against_base(result)}")
    done, total = result.compiled.computed, len(result.compiled.provisions)
    lines.append(f"{done} of {total} provisions are computed")
    if text.source:
        lines.append(f"sources: {text.source}")
    blocks: list[Block] = [Bullets(tuple(lines))]
    if text.about:
        blocks.append(Para(text.about.strip()))
    if text.note:
        blocks.append(Para(text.note.strip(), "dim"))
    return blocks


def _against_base(result: Shown) -> str:
    """How much of the base a text changes."""
    marks = [result.mark(p) for p in result.compiled.provisions]
    counts = {
        "changed": marks.count("changed"),
        "new": marks.count("new"),
        "dropped": len(result.dropped),
    }
    said = ", ".join(f"{n} {word}" for word, n in counts.items() if n)
    return f": {said or 'nothing changed'}"


def _provision(result: Shown, words: Words, p: Provision, why: str) -> list[Block]:
    mark = result.mark(p)
    article = f"{p.article}: " if p.article else ""
    flag = f" [{mark}]" if mark else ""
    blocks: list[Block] = [Heading(f"{article}{p.in_words()}{flag}", 4)]
    lines = [*words.sentences(p)]
    for name, reading in p.readings:
        said = [s for s in words.sentences(reading) if s not in lines] or ["the same"]
        lines.append(f"As {name} reads it: {' '.join(said)}")
    if p.rule and not (lines and why == "" and p.computes):
        lines.insert(0, p.rule.strip())
    if p.to:
        lines.append(f"Binds {', '.join(p.to)} only.")
    if p.binding and p.binding != result.text.binding:
        how = {
            "political": "Binds politically",
            "legal": "Binds legally",
            "proposed": "Only proposed",
        }
        lines.append(f"{how[p.binding]}, unlike the text.")
    if p.valid:
        lines.append(f"Runs {p.valid}.")
    for names, lead in ((p.replaces, "Takes the place of"), (p.amends, "Goes before")):
        if names:
            lines.append(f"{lead} {', '.join(words.name(n) for n in names)}.")
    if p.disputed:
        lines.append(f"Disputed: {p.disputed.strip()}.")
    if p.note:
        lines.append(f"Note: {p.note.strip()}")
    if why:
        lines.append(f"Not computed: {why}.")
    confidence = "" if p.confidence == "verified" else f" ({p.confidence})"
    lines.append(f"Source: {p.source}{confidence}.")
    blocks.append(Bullets(tuple(lines)))
    return blocks


class Words:
    """Sentences for provisions, from what is computed."""

    def __init__(self, result: Shown) -> None:
        self.result = result
        self.titles = {
            p.id: p.title[:1].lower() + p.title[1:] if not p.title[:2].isupper() else p.title
            for p in result.compiled.provisions
            if p.title
        }
        self.english = English(result.case, {k: f"[{v}]" for k, v in self.titles.items()})

    def name(self, key: str) -> str:
        """The title of a category, count or limit."""
        if key in self.titles:
            return self.titles[key]
        by_limit = [
            p.in_words()
            for p in self.result.compiled.provisions
            if isinstance(p, Limit) and p.limit == key
        ]
        base = self.result.base.provision(key) if self.result.base else None
        return by_limit[0] if by_limit else base.in_words() if base else key

    def sentences(self, p: Provision) -> list[str]:
        """What a provision lays down, one sentence a thing; nothing for promises and principles."""
        found: list[str] = []
        match p:
            case Category():
                if p.where is not None:
                    found.append(f"A weapon belongs here if {self.english.clause(p.where.tree)}.")
                if p.open:
                    found.append(
                        f"Open clause, which nobody can apply mechanically: {p.open.strip()}."
                    )
            case ExceptionClause():
                many = f"up to {p.up_to:,} of those" if p.up_to else "those"
                of = ", ".join(self.name(n) for n in p.of)
                found.append(
                    f"Left out of {of}: {many} for which {self.english.clause(p.where.tree)}."
                )
            case CountingRule() if p.adds:
                into = ", ".join(self.name(n) for n in p.counts_in if n != p.id)
                found.append((f"Adds to {into}: " if into else "Adds ") + self.tally(p.adds) + ".")
            case Attribution():
                table = ", ".join(f"{self.system(n)} {v:,}" for n, v in p.table)
                found.append(f"Sets {p.sets.replace('_', ' ')}: {table}.")
            case Average() | Ratio():
                found.append(
                    f"{_cap(self.tally(p.of))}: {self.most(p.at_most)} "
                    f"for each of {self.tally(p.per_each)}."
                )
            case Offset():
                found.append(
                    f"{_cap(self.tally(p.of))} may rise above {self.bound(p.above)} only as "
                    f"{self.tally(p.against)} fall below {self.bound(p.baseline)}, one for one."
                )
            case Ban():
                what = []
                if p.on is not None:
                    what.append(self.tally(p.on))
                if p.where is not None:
                    what.append(f"weapons for which {self.english.clause(p.where.tree)}")
                done = " or ".join(p.activities)
                if what:
                    found.append(f"None may be {done}: {', '.join(what)}.")
            case QualitativeLimit():
                what_on = self.tally(p.on) if p.on is not None else "every weapon"
                if p.must is not None:
                    found.append(
                        f"{_cap(what_on)}: each must satisfy: {self.english.clause(p.must.tree)}."
                    )
            case Floor():
                found.append(
                    f"{_cap(self.tally(p.on))}: at least {self.schedule(p.at_least)}{self.extra(p)}."
                )
            case TypeLimit():
                types = f"Types of {self.tally(p.on)}: {self.most(p.at_most)}"
                found.append(f"{types}{self.extra(p)}.")
            case Freeze():
                found.append(
                    f"{_cap(self.tally(p.on))}: {self.most(p.at_most, 'never more than')}{self.extra(p)}."
                )
            case Limit():
                on, at_most = getattr(p, "on"), getattr(p, "at_most")  # noqa: B009
                within = getattr(p, "within", "")
                inside = f", within {self.name(within)}" if within else ""
                found.append(
                    f"{_cap(self.tally(on))}: {self.most(at_most)}{self.extra(p)}{inside}."
                )
            case Menu():
                options = "; ".join(
                    f"{name}: {', '.join(self.name(i) for i in ids)}" for name, ids in p.options
                )
                found.append(f"{p.choose} of these must be kept: {options}.")
            case ScheduleClause():
                when = f"from {p.start} " if p.start else ""
                when += f"to {p.finish}" if p.finish else ""
                for_ = f" for {', '.join(self.name(n) for n in p.on)}" if p.on else ""
                if when:
                    found.append(f"Runs {when.strip()}{for_}.")
            case _:
                pass
        return found

    def extra(self, p: Limit) -> str:
        """What is counted of it where that is not what is held, and for whom."""
        text = f" {p.quantity}" if p.quantity != "held" else ""
        text += f" a {p.per}" if p.per else ""
        text += f" for each {p.each}" if p.each else ""
        if p.activities != ("deployed",):
            text += f", of what is {' or '.join(p.activities)}"
        return text + (f", excess worked off by {p.deadline}" if p.deadline else "")

    def system(self, name: str) -> str:
        """A system's name, or what a type's variants have in common."""
        systems = self.result.case.systems
        if name in systems:
            return systems[name].name
        variants = [s.name for s in systems.values() if s.variant_of == (name,)]
        return (common_name(variants) or name) if variants else name

    def tally(self, tally: Tally) -> str:
        """What is counted, in words."""
        if tally.name:
            return self.name(tally.name)
        return "; ".join(f"{_weight(w)} for each of {self.name(n)}" for n, w in tally.weights)

    def schedule(self, schedule: Schedule) -> str:
        """A bound with its steps."""
        parts = []
        for step in schedule.steps:
            text = self.bound(step.bound)
            text += f" from {step.start}" if step.start else ""
            text += f" to {step.end}" if step.end else ""
            text += f" (excess worked off by {step.deadline})" if step.deadline else ""
            parts.append(text)
        return "; ".join(parts)

    def most(self, schedule: Schedule, lead: str = "at most") -> str:
        """A bound from above with its steps; a bound of *fewer than* leads itself."""
        bounds = [b for s in schedule.steps for b in (s.bound, *(v for _, v in s.bound.by_party))]
        return (
            self.schedule(schedule)
            if any(b.below for b in bounds)
            else f"{lead} {self.schedule(schedule)}"
        )

    def bound(self, bound: Bound) -> str:
        """A bound in words."""
        if bound.by_party:
            return ", ".join(f"{self.bound(b)} for {p}" for p, b in bound.by_party)
        if bound.as_of:
            more = f" and {bound.plus_percent} percent more" if bound.plus_percent else ""
            more += f" and {bound.plus:,} more" if bound.plus else ""
            fewer = "fewer than " if bound.below else ""
            return f"{fewer}the number of {bound.as_of}{more}"
        return str(bound)


def _weight(w: Weight) -> str:
    return w.attribute.replace("_", " ") if w.attribute else str(w)


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
