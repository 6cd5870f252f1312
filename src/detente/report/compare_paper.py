"""The paper of `compare`: the field's table of baseline, option and change, then what is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from detente.analyses.compare import Comparison, Measure, ProvisionChange, Shift, TextChange
from detente.analyses.count import LimitCount
from detente.analyses.show import Shown
from detente.compile.boxes import Box, Moved
from detente.compile.compiler import Compiled
from detente.model.amounts import Bound, Schedule, Tally
from detente.model.case import Case
from detente.model.predicate import AnyOfType, Clause
from detente.model.provisions import Ceiling, Limit, Menu, Provision
from detente.report.count_paper import (
    TONES,
    anchor,
    before_first_step,
    bound_words,
    data_counted,
    discrepancies,
    kept,
    margin,
    margin_cell,
    turning,
)
from detente.report.english import English, negated_phrase
from detente.report.paper import (
    Block,
    Bullets,
    Cell,
    Column,
    Heading,
    Paper,
    Para,
    Table,
    Tone,
    cell,
    signed,
)
from detente.report.show_paper import Words

ABSENT = Cell("no such limit", "dim")
# what a key of a provision lays down, in words
FIELDS = {
    "where": "who belongs",
    "must": "what each must satisfy",
    "on": "what is counted",
    "of": "what is counted",
    "adds": "adds",
    "counts_in": "adds to",
    "at_most": "at most",
    "at_least": "at least",
    "per_each": "for each of",
    "above": "may rise above",
    "against": "as these fall",
    "baseline": "below",
    "to": "binds",
    "valid": "runs",
    "within": "within",
    "rule": "says",
    "table": "figures",
    "sets": "sets",
    "up_to": "up to",
    "per": "a time",
    "each": "for each",
    "quantity": "counts what is",
    "activities": "touches what is",
    "deadline": "excess gone by",
    "open": "open clause",
    "readings": "read differently by",
}


def compare_paper(result: Comparison) -> Paper:
    """Limits by side under each text; then provisions, categories and limits changed."""
    base, *options = result.compiled
    blocks: list[Block] = []
    subtitle = ""
    many = len(options) > 1
    if many:
        lines = zip(names(result), result.compiled, strict=True)
        blocks.append(Bullets(tuple(_text_line(n, c, c is base) for n, c in lines)))
    if result.counts:
        first = result.counts[0]
        subtitle = f"{result.case.title} · ceilings of {first.at} · basis {first.chosen.basis}"
        subtitle += f" · view {result.view}" if result.view else ""
        blocks += data_counted(first)
        for name, c in zip(names(result), result.counts, strict=True):
            for early in before_first_step(c):
                assert isinstance(early, Para)
                blocks.append(replace(early, text=f"{name}: {early.text}"))
        blocks += comparison_tables(result)
        blocks += _shifts(result)
        blocks += _why(result)
    for change in result.changes:
        blocks += changes(result, change)
    if result.counts:
        blocks += discrepancies(result.counts[0])
    left = [len(c.not_computed) for c in result.counts or result.compiled]
    items = tuple(
        f"{c.text.title}: {n} of {len(c.provisions)} provisions"
        for c, n in zip(result.compiled, left, strict=True)
    )
    blocks += [
        Heading("Not computed", 3),
        Bullets(items),
        Para("`detente show` and `detente count` name them, each with its reason.", "dim"),
    ]
    named = f"{len(options)} options" if many else options[0].text.title if options else "nothing"
    return Paper(f"{named} against {base.text.title}", tuple(blocks), subtitle=subtitle)


def names(result: Comparison) -> tuple[str, ...]:
    """What the texts are called in tables: by the view alone where all are one text."""
    if len({c.text.id for c in result.compiled}) == 1 and len(set(result.texts)) > 1:
        return tuple(c.view.id if c.view else "no view" for c in result.compiled)
    return result.texts


def _text_line(name: str, c: Compiled, base: bool) -> str:
    by = "joint" if c.text.by == "joint" else f"by {c.text.by}"
    read = f", read by the view {c.view.id}: {c.view.title}" if c.view and c.view.title else ""
    what = "the baseline" if base else c.text.status
    return f"{name}: {c.text.title} ({by}; {what}){read}"


# --- counted ------------------------------------------------------------------------------------
def comparison_tables(
    result: Comparison, *, labels: Sequence[str] = (), link: bool = False
) -> list[Block]:
    """Measure and side down, texts across; limits on numbers, then bans and limits on quality.

    With more than two texts, measures and texts down and the sides across. Texts go by `labels`
    where there are some; with `link`, each count leads to its trace in the page.
    """
    named = labels or names(result)
    numbers = [m for m in result.measures if any(x and not x.of_quality for x in m.under)]
    quality = [m for m in result.measures if m not in numbers]
    numbers.sort(key=lambda m: not any(x and isinstance(x.row.provision, Ceiling) for x in m.under))
    two = len(result.counts) == 2
    blocks: list[Block] = []
    if numbers:
        caption = "counted of what is allowed, for the same forces under each text"
        blocks.append(
            _two(result, named, numbers, caption, link)
            if two
            else _many(result, named, _by_limit(numbers), caption, link)
        )
    if quality:
        caption = "what stands against each ban or limit on quality"
        groups = _by_limit(quality)
        blocks.append(
            _two_quality(result, groups, caption)
            if two
            else _many(result, named, groups, caption, link)
        )
    return blocks


def _by_limit(measures: list[Measure]) -> list[list[Measure]]:
    found: dict[str, list[Measure]] = {}
    for m in measures:
        found.setdefault(m.limit, []).append(m)
    return list(found.values())


def _two(
    result: Comparison, named: Sequence[str], numbers: list[Measure], caption: str, link: bool
) -> Table:
    columns = [Column("measure"), Column("side")]
    columns += [*map(Column, named), Column("change")]
    rows = []
    for group in _by_limit(numbers):
        for i, m in enumerate(group):
            cells = [cell(m.title) if i == 0 else Cell(""), cell(m.party)]
            for c, x in zip(result.counts, m.under, strict=True):
                trace = anchor(x, c) if x and link else ""
                cells.append(Cell(_figure(x), TONES[x.verdict], trace) if x else ABSENT)
            rows.append((*cells, _change(m, 1)))
    return Table(tuple(columns), tuple(rows), caption)


def _figure(x: LimitCount) -> str:
    """Counted, of what is allowed, and the margin."""
    if x.verdict == "not computed":
        return f"not computed, of {bound_words(x)}"
    if isinstance(x.row.provision, Menu):
        return f"{x.counted} of {len(x.row.provision.options)} alternatives stand, {margin(x)}"
    return f"{x.counted} of {bound_words(x)}, {margin(x)}"


def _two_quality(result: Comparison, groups: list[list[Measure]], caption: str) -> Table:
    columns = [Column("ban or limit on quality"), *map(Column, names(result))]
    rows = []
    for group in groups:
        row = [cell(group[0].title)]
        for i in range(len(result.counts)):
            row.append(_held(group, i))
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows), caption)


def _held(group: list[Measure], i: int) -> Cell:
    """What stands against a ban, by side; nothing is said of a side that keeps it."""
    found = [(m.party, x) for m in group if (x := m.under[i]) is not None]
    if not found:
        return ABSENT
    held = [f"{p} {kept(x)}" for p, x in found if x.verdict not in ("within", "exactly at")]
    worst: Tone = "bad" if any(x.verdict == "over" for _, x in found) else "doubt"
    return Cell(", ".join(held), worst) if held else Cell("none", "good")


def _many(
    result: Comparison,
    named: Sequence[str],
    groups: list[list[Measure]],
    caption: str,
    link: bool,
) -> Table:
    """Each measure with a row for each text that has it, the sides beside each other."""
    parties = list(dict.fromkeys(m.party for group in groups for m in group))
    of_quality = all(x.of_quality for g in groups for m in g for x in m.under if x)
    columns = [Column("ban or limit on quality, under" if of_quality else "measure, under")]
    columns += [] if of_quality else [Column("at most", "right")]
    for party in parties:
        columns += [Column(party)] if of_quality else [Column(party, "right"), Column("")]
    columns += [] if of_quality else [Column("change")]
    blank = [Cell("")] * (len(columns) - 1)
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        rows.append((Cell(f"{group[0].title}:", "strong"), *blank))
        for i, text in enumerate(named):
            here = {m.party: x for m in group if (x := m.under[i]) is not None}
            if not here and not (i and any(m.under[0] for m in group)):
                continue
            row = [Cell(text)]
            if not of_quality:
                bounds = list(dict.fromkeys(bound_words(x) for x in here.values()))
                row.append(Cell(" / ".join(bounds)) if here else ABSENT)
            for party in parties:
                found = here.get(party)
                trace = anchor(found, result.counts[i]) if found and link else ""
                row += _cells(found, of_quality, bool(here), trace)
            if not of_quality:
                row.append(_changes(group, i) if i else Cell(""))
            rows.append(tuple(row))
    note = "A text that is not listed has no such limit."
    return Table(tuple(columns), tuple(rows), caption, (note,))


def _cells(x: LimitCount | None, of_quality: bool, any_here: bool, trace: str) -> list[Cell]:
    if of_quality:
        none = Cell("") if any_here else ABSENT
        return [Cell(kept(x), TONES[x.verdict], trace) if x else none]
    if x is None:
        return [Cell(""), Cell("")]
    counted = Cell("–", "dim") if x.verdict == "not computed" else Cell(str(x.counted), "", trace)
    return [counted, margin_cell(x)]


def _change(m: Measure, i: int) -> Cell:
    """What the option changes: the limit, the count, or both."""
    found = _differences(m, i)
    if found and not found[0].startswith(("limit −", "limit +", "count ")):
        return Cell(found[0], "strong")
    return Cell(", ".join(found)) if found else Cell("–", "dim")


def _differences(m: Measure, i: int) -> list[str]:
    a, b = m.under[0], m.under[i]
    if a is None or b is None:
        return [] if a is b else ["new limit" if b else "limit gone"]
    parts = []
    if a.at_most is not None and b.at_most is not None and a.at_most != b.at_most:
        parts.append(f"limit {signed(b.at_most - a.at_most)}")
    if a.counted.best != b.counted.best:
        parts.append(f"count {signed(b.counted.best - a.counted.best)}")
    return parts


def _changes(group: list[Measure], i: int) -> Cell:
    """The changes of all sides together, each once where it is the same for all."""
    sides: dict[str, list[str]] = {}
    for m in group:
        for part in _differences(m, i):
            sides.setdefault(part, []).append(m.party)
    parts = [
        part if len(parties) == len(group) else f"{', '.join(parties)} {part}"
        for part, parties in sides.items()
    ]
    return Cell("; ".join(parts)) if parts else Cell("–", "dim")


def _shifts(result: Comparison) -> list[Block]:
    """Which lines of the inventories make up a change in what is counted."""
    titles = {(m.limit, m.party): m.title for m in result.measures}
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for s in result.shifts:
        x = [o for o in result.shifts if (o.limit, o.party, o.text) == (s.limit, s.party, s.text)]
        if s is not x[0]:
            continue
        lines = tuple(f"{signed(o.after - o.before)} {_line(result.case, o)}" for o in x)
        found.setdefault((titles[s.limit, s.party], s.party, lines), []).append(s.text)
    many = len(result.compiled) > 2
    called = dict(zip(result.texts, names(result), strict=True))
    items = tuple(
        f"{title}, {party}: {', '.join(lines)}"
        + (f" [{', '.join(called[t] for t in texts)}]" if many else "")
        + "."
        for (title, party, lines), texts in found.items()
    )
    return (
        [Heading("What makes the difference in what is counted", 3), Bullets(items)]
        if items
        else []
    )


def _line(case: Case, s: Shift) -> str:
    name = case.systems[s.system].name if s.system in case.systems else s.system
    return f"{name} ({s.state})" if s.state not in ("", "operational", "in-service") else name


def _why(result: Comparison) -> list[Block]:
    """Why verdicts are not certain, each reason once with the texts that it holds for."""
    found: dict[str, list[str]] = {}
    for c, named in zip(result.counts, names(result), strict=True):
        open_ = tuple(x for x in c.limits if x.verdict in ("depends", "not computed"))
        for block in turning(replace(c, limits=open_)):
            for item in block.items if isinstance(block, Bullets) else ():
                found.setdefault(item, []).append(named)
    if not found:
        return []
    every = len(result.counts)
    items = tuple(i if len(t) == every else f"{i} [{', '.join(t)}]" for i, t in found.items())
    return [Heading("Where verdicts are not certain", 3), Bullets(items)]


# --- what is changed ----------------------------------------------------------------------------
def changes(result: Comparison, change: TextChange) -> list[Block]:
    """Provisions added, removed, changed; what enters and leaves categories and limits."""
    text = change.option.text
    seen = change.option.view
    read = f", read by the view {seen.id}," if seen and result.view is None else ""
    blocks: list[Block] = [Heading(f"What {text.title}{read} changes", 2)]
    if not change:
        return [*blocks, Para("Nothing.")]
    before, after = (
        Words(Shown(result.case, c, None)) for c in (result.compiled[0], change.option)
    )
    altered = change.of("changed")
    if altered:
        columns = (Column("provision"), Column("what"), Column("before"), Column("after"))
        rows: list[tuple[Cell, ...]] = []
        for p in altered:
            altered_keys = list(_altered(p, before, after))
            for i, line in enumerate(altered_keys):
                rows.append((Cell(_provision(p)) if i == 0 else Cell(""), *map(cell, line)))
        blocks += [Heading("Changed", 3), Table(columns, tuple(rows))]
    for kind, title, words in (("added", "Added", after), ("removed", "Gone", before)):
        found = change.of(kind)
        if found:
            items = tuple(f"{_provision(p)}{_number(p.provision, words)}" for p in found)
            blocks += [Heading(title, 3), Bullets(items)]
    lines = list(_moves(result, change, after))
    if lines:
        blocks += [
            Heading("Who counts now and did not, or no longer does", 3),
            Bullets(tuple(lines)),
        ]
    return blocks


def _provision(p: ProvisionChange) -> str:
    article = p.provision.article
    limit = (
        f" [{p.provision.limit}]" if isinstance(p.provision, Limit) and p.provision.limit else ""
    )
    return f"{p.provision.in_words()}{limit}" + (f" ({article})" if article else "")


def _number(p: Provision, words: Words) -> str:
    """The number that a limit sets, where it sets one."""
    at_most, at_least = getattr(p, "at_most", None), getattr(p, "at_least", None)
    if isinstance(at_most, Schedule):
        return f": {words.most(at_most)}"
    return f": at least {words.schedule(at_least)}" if isinstance(at_least, Schedule) else ""


def _altered(p: ProvisionChange, before: Words, after: Words) -> Iterator[tuple[str, str, str]]:
    """Each key that differs: what it lays down, before and after, in words."""
    assert p.before is not None
    assert p.after is not None
    for name, old, new in p.fields:
        if name == "readings":
            said = [", ".join(n for n, _ in x.readings) or "nobody" for x in (p.before, p.after)]
            yield FIELDS[name], said[0], said[1]
            continue
        yield (
            FIELDS.get(name, name.replace("_", " ")),
            _value(p.before, name, old, before),
            _value(p.after, name, new, after),
        )


def _value(p: Provision, name: str, shown: str, words: Words) -> str:
    """The value of a key in English; as its readings have it where it stands in them alone."""
    value = getattr(p, name, None)
    if value in (None, (), "") and p.readings:
        parts = [
            f"{n}: {_value(v, name, '', words)}"
            for n, v in p.readings
            if getattr(v, name, None) not in (None, (), "")
        ]
        return "; ".join(parts) or "–"
    match value:
        case Clause():
            return words.english.clause(value.tree)
        case Tally():
            return words.tally(value)
        case Schedule():
            return words.schedule(value)
        case Bound():
            return words.bound(value)
    return "–" if shown in ("", "none") else shown


def _moves(result: Comparison, change: TextChange, words: Words) -> Iterator[str]:
    """What enters and leaves limits and categories; those that move alike are told together."""
    together: dict[tuple[object, ...], list[tuple[Moved, bool]]] = {}
    for m, is_limit in (
        *((m, True) for m in change.limits),
        *((m, False) for m in change.categories),
    ):
        key = (m.enters, m.leaves, m.systems_enter, m.systems_leave, m.not_cut)
        together.setdefault(key, []).append((m, is_limit))
    for alike in together.values():
        heads = []
        for m, is_limit in alike:
            title = words.name(m.name)
            title = title[:1].upper() + title[1:]
            heads.append(f"{title} [{m.name}]" if is_limit else f"the category {title}")
        head = " and ".join(heads)
        head = head[:1].upper() + head[1:]
        yield from _moved(result.case, alike[0][0], head, alike[0][1], len(heads) > 1)


def _moved(case: Case, m: Moved, head: str, is_limit: bool, several: bool) -> Iterator[str]:
    does = ("count" if is_limit else "take in") if several else "counts" if is_limit else "takes in"
    verbs = (f"now {does}", f"no longer {does}")
    for verb, boxes, systems in (
        (verbs[0], m.enters, m.systems_enter),
        (verbs[1], m.leaves, m.systems_leave),
    ):
        names = ", ".join(case.systems[s].name for s in systems if s in case.systems)
        if boxes:
            said = "; or ".join(box_words(case, b) for b in boxes)
            yield f"{head} {verb} {said}. Of the systems of this case: {names or 'none'}."
        elif names:
            yield f"{head} {verb}, of the systems of this case: {names}."
    if m.not_cut:
        yield f"{head}: too many cells to say for {', '.join(m.not_cut)}."


def box_words(case: Case, box: Box) -> str:
    """A box in words: the kind, then each attribute that matters."""
    parts = []
    english = English(case)
    keys = box.keys or tuple(name for name, _ in box.values)
    for (name, values), key in zip(box.values, keys, strict=True):
        attribute = case.attributes.get(name)
        if isinstance(key, AnyOfType):
            said = english.clause(key)
            parts.append(said if values == ("yes",) else f"not {said}")
        elif attribute and attribute.type == "yes-no":
            said = english.yes_no(name)
            parts.append(said if values == ("yes",) else negated_phrase(said))
        else:
            title = attribute.title if attribute and attribute.title else name.replace("_", " ")
            title = title if title[:2].isupper() else title[:1].lower() + title[1:]
            parts.append(f"{title} {either(_stretch(english, name, v) for v in values)}")
    kind = english.word("kind", box.kind) or "any weapon"
    return f"{kind} ({'; '.join(parts)})" if parts else f"every {kind}"


def either(words: Iterable[str]) -> str:
    """One of some words."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _stretch(english: English, attribute: str, text: str) -> str:
    """One stretch of an attribute: a number with its unit as it stands, words as the field writes."""
    lead, said = ("other than ", text[11:]) if text.startswith("other than ") else ("", text)
    words = either(english.word(attribute, w) for w in said.split(" or "))
    return lead + words.replace(" pct", " percent")
