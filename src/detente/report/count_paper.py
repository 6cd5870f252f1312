"""The paper of `count`: per limit and side, counted against ceiling, with an optional trace."""

from __future__ import annotations

from detente.analyses.count import Count, LimitCount
from detente.model.case import Case
from detente.report.paper import (
    Align,
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
)

TONES: dict[str, Tone] = {
    "over": "bad",
    "under": "bad",
    "within": "good",
    "exactly at": "good",
    "depends": "doubt",
    "not computed": "doubt",
}


def party_title(case: Case, name: str) -> str:
    """A party's title, or the name of a group."""
    return case.parties[name].title if name in case.parties else name


def anchor(x: LimitCount, text: str) -> str:
    """The anchor of a limit's trace in a page."""
    site = f"-{x.site}" if x.site else ""
    return f"trace-{text}-{x.limit}-{x.party}{site}".replace(" ", "-").lower()


def count_paper(result: Count, *, trace: bool = False) -> Paper:
    """The table of limits; with `trace`, from each figure to rules, inventory lines and sources."""
    blocks: list[Block] = [*preamble(result)]
    blocks.append(limits_table(result))
    blocks += turning(result)
    blocks += discrepancies(result)
    if trace:
        blocks.append(Heading("Trace", 2))
        for x in result.limits:
            blocks += trace_blocks(result, x)
    blocks += left_out(result)
    return Paper(f"Count under {result.text.title}", tuple(blocks), subtitle=_subtitle(result))


def _subtitle(result: Count) -> str:
    view = f" · view {result.view}" if result.view else ""
    return f"{result.case.title} · ceilings of {result.at} · basis {result.chosen.basis}{view}"


def preamble(result: Count) -> list[Block]:
    """Which inventories were counted, and whether the text is in force."""
    lines = []
    for party, inventory in result.chosen.by_party.items():
        converted = f"; built from {inventory.converted_from}" if inventory.converted_from else ""
        lines.append(
            f"{party_title(result.case, party)}: {inventory.title}, data of {inventory.date} "
            f"[{inventory.id}{converted}]"
        )
    in_force, why = result.text.in_force(result.at)
    state = f"In force on {result.at}: {in_force}" + (f" ({why})" if why else "")
    if result.text.binding == "political":
        state += "; a political understanding, not a treaty"
    blocks: list[Block] = [Bullets(tuple(lines)), Para(state + ".", "dim")]
    if result.chosen.converted:
        blocks.append(Para(result.chosen.converted, "doubt"))
    if result.chosen.missing:
        names = ", ".join(party_title(result.case, p) for p in result.chosen.missing)
        blocks.append(Para(f"No inventory on this basis by this date: {names}.", "doubt"))
    return blocks


def limits_table(result: Count, caption: str = "", *, link: bool = False) -> Table:
    """One row a limit and party."""
    right: Align = "right"
    columns = (
        Column("limit"),
        Column("party"),
        Column("counted", right),
        Column("limit at", right),
        Column("over by", right),
        Column("room", right),
        Column("verdict"),
        Column("article"),
    )
    rows = []
    for x in result.limits:
        site = f" at {x.site}" if x.site else ""
        trace = anchor(x, result.text.id) if link else ""
        rows.append(
            (
                cell(f"{x.title}{site}"),
                cell(x.party),
                Cell(str(x.counted), "", trace),
                Cell(bound_words(x)),
                Cell(f"{x.excess:,}" if x.excess else "–", "bad" if x.excess else "dim"),
                Cell(f"{x.headroom:,}" if x.headroom else "–", "" if x.headroom else "dim"),
                Cell(x.verdict, TONES[x.verdict]),
                cell(x.bound.step.at_place or x.row.provision.article),
            )
        )
    notes = []
    for x in result.limits:
        if x.bound.deadline and x.excess:
            note = f"{x.title}: the excess may be worked off to {x.bound.deadline}."
            if note not in notes:
                notes.append(note)
    return Table(columns, tuple(rows), caption, tuple(notes))


def bound_words(x: LimitCount) -> str:
    """What the count is held against, with its relation where it is not a plain ceiling."""
    if x.rivals:
        return " or ".join(f"{v:,} ({by})" for by, v in x.rivals)
    if x.at_most is None:
        return "?"
    prefix = {"at least": "≥ ", "fewer than": "< ", "at most": ""}[x.row.relation]
    bound = x.bound.bound
    if bound.low is not None and bound.value is not None:
        return f"{bound.low:,}–{bound.value:,}"
    value = f"{x.at_most:,}" if isinstance(x.at_most, int) else f"{x.at_most:,.4g}"
    return prefix + value


def turning(result: Count) -> list[Block]:
    """Why verdicts depend."""
    items = []
    for x in result.limits:
        if x.verdict == "depends" and x.turns_on:
            items.append(f"{x.title}, {x.party}: turns on {'; '.join(x.turns_on)}.")
        elif not x.counted.exact and x.counted.best != x.counted.high:
            unsure = [c for c in x.count.contributions if not c.sure]
            if unsure:
                names = "; ".join(
                    f"{c.element.number.best:,} × "
                    f"{_name(result.case, c.element.holding.system)} ({c.category}: not known)"
                    for c in unsure
                )
                items.append(f"{x.title}, {x.party}: up to {x.counted.high:,} because of {names}.")
    return [Heading("Where figures are not certain", 3), Bullets(tuple(items))] if items else []


def discrepancies(result: Count) -> list[Block]:
    """Where declared and computed figures part."""
    if not result.discrepancies:
        return []
    items = tuple(
        f"{d.what}: declared {d.declared}, by type {d.computed} — {d.why} [{d.published.source}]"
        for d in result.discrepancies
    )
    return [Heading("Figures that part", 3), Bullets(items)]


def left_out(result: Count) -> list[Block]:
    """What was not computed, and why."""
    if not result.not_computed:
        return [Para("Every provision of the text is computed.", "dim")]
    rows = tuple(
        (
            cell(n.provision.article or n.provision.id),
            cell(n.provision.in_words()),
            cell(n.why),
        )
        for n in result.not_computed
    )
    columns = (Column("article"), Column("provision"), Column("why not computed"))
    done = result.compiled.computed
    total = len(result.compiled.provisions)
    return [
        Heading("Not computed", 3),
        Para(f"{done} of {total} provisions are computed; these are not:", "dim"),
        Table(columns, rows),
    ]


def _name(case: Case, system: str) -> str:
    return case.systems[system].name if system in case.systems else system


def trace_blocks(result: Count, x: LimitCount) -> list[Block]:
    """From one figure to its rule, systems, inventory lines and source lines."""
    p = x.row.provision
    site = f" at {x.site}" if x.site else ""
    blocks: list[Block] = [
        Heading(
            f"{x.title}, {party_title(result.case, x.party)}{site}: {x.counted}",
            4,
            anchor(x, result.text.id),
        )
    ]
    value = f"Limit {bound_words(x)}: {p.article or p.id}, {'; '.join(x.sources)} ({x.confidence})"
    blocks.append(Para(f"{value}; defined at {p.place}."))
    right: Align = "right"
    columns = (
        Column("system"),
        Column("number", right),
        Column("weight", right),
        Column("counts", right),
        Column("as"),
        Column("by rule"),
        Column("source"),
        Column("line"),
    )
    rows = []
    for c in x.count.contributions:
        h = c.element.holding
        state = ", ".join(v for v in (h.state, h.place, h.carrier) if v and v != "operational")
        name = _name(result.case, h.system) + (f" ({state})" if state else "")
        confidence = "derived" if c.element.derived else h.confidence
        source = str(h.source) + (f" [{confidence}]" if confidence != "verified" else "")
        tone: Tone = "" if c.sure else "doubt"
        rows.append(
            (
                Cell(name, tone),
                Cell(str(c.element.number), tone),
                Cell(str(c.weight), tone),
                Cell(str(c.counted), tone),
                Cell(c.category + ("" if c.sure else " ?"), tone),
                cell(c.rule),
                cell(source),
                cell(str(h.where)),
            )
        )
    for a in x.count.adjustments:
        t = a.total.published
        rows.append(
            (
                Cell(f"declared total governs: {t.title or t.id}", "doubt"),
                Cell(str(t.figure)),
                cell(""),
                Cell(f"{a.change.best:+,}"),
                cell(f"by type {a.total.by_type}"),
                cell(""),
                cell(str(t.source)),
                cell(str(t.place)),
            )
        )
    if rows:
        blocks.append(Table(columns, tuple(rows)))
    else:
        blocks.append(Para("Nothing in the inventory counts here.", "dim"))
    return blocks
