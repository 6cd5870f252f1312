"""The paper of `count`: per limit and side, counted against ceiling, with an optional trace."""

from __future__ import annotations

from datetime import date

from detente.analyses.count import Count, LimitCount
from detente.analyses.cuts import Cuts
from detente.model.case import Case
from detente.model.problem import Place
from detente.model.provisions import Average, Ceiling, Menu
from detente.model.texts import Text
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


def anchor(x: LimitCount, result: Count) -> str:
    """The anchor of a limit's trace in a page."""
    site = f"-{x.site}" if x.site else ""
    view = result.compiled.view
    text = f"{result.text.id}-{view.id}" if view else result.text.id
    return f"trace-{text}-{x.limit}-{x.party}{site}".replace(" ", "-").lower()


def count_paper(result: Count, *, trace: bool = False) -> Paper:
    """The table of limits; with `trace`, from each figure to rules, inventory lines and sources."""
    blocks: list[Block] = [*preamble(result)]
    blocks += limits_tables(result)
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
    first, *rest = data_counted(result)
    in_force = in_force_words(result.text, result.at)
    return [first, in_force, *rest, *before_first_step(result)]


def in_force_words(text: Text, at: date) -> Para:
    """Whether a text is in force at a date, and since when or why not."""
    in_force, why = text.in_force(at)
    state = f"In force on {at}: {in_force}" + (f" ({why})" if why else "")
    if text.binding == "political":
        state += "; a political understanding, not a treaty"
    return Para(state + ".", "dim")


def data_counted(result: Count | Cuts) -> list[Block]:
    """Which inventories were counted, on which basis, and whose are missing."""
    lines = []
    for party, inventory in result.chosen.by_party.items():
        if party not in result.members:
            continue
        converted = f"; built from {inventory.converted_from}" if inventory.converted_from else ""
        older = ""
        if result.chosen.data_as_of:
            months = round((result.chosen.data_as_of - inventory.date.first).days / 30.44)
            older = f", {months} months older than asked for" if months > 12 else ""
        lines.append(
            f"{party_title(result.case, party)}: {inventory.title}, data of {inventory.date}{older} "
            f"[{inventory.id}{converted}]"
        )
    blocks: list[Block] = [Bullets(tuple(lines))]
    if result.chosen.converted:
        blocks.append(Para(result.chosen.converted, "doubt"))
    if result.chosen.missing:
        names = ", ".join(party_title(result.case, p) for p in result.chosen.missing)
        why = "on this basis by this date" if result.chosen.data_as_of else "named for"
        blocks.append(Para(f"No inventory {why}: {names}.", "doubt"))
    return blocks


def before_first_step(result: Count) -> list[Block]:
    """Limits that had not begun on the day of the count."""
    early = [x for x in result.limits if x.bound.start and result.at < x.bound.start]
    if not early:
        return []
    first = min(x.bound.start for x in early if x.bound.start)
    return [
        Para(
            f"{result.at} is before the first step of {_count_of(early)} (from {first} on): "
            "the first step is taken, as if it held already.",
            "doubt",
        )
    ]


def _count_of(limits: list[LimitCount]) -> str:
    names = list(dict.fromkeys(x.title for x in limits))
    return names[0] if len(names) == 1 else f"{len(names)} limits"


def limits_tables(result: Count, *, link: bool = False) -> list[Block]:
    """Limits on numbers, each side beside the other; then bans and limits on quality."""
    numbers = [x for x in result.limits if not x.of_quality]
    numbers.sort(key=lambda x: not isinstance(x.row.provision, Ceiling))
    quality = [x for x in result.limits if x.of_quality]
    blocks: list[Block] = []
    if numbers:
        blocks.append(_numbers_table(result, numbers, link))
    if quality:
        blocks.append(Heading("Bans and limits on quality", 3))
        blocks.append(_quality_table(result, quality, link))
    return blocks


def _by_limit(limits: list[LimitCount]) -> list[list[LimitCount]]:
    found: dict[tuple[str, str, str], list[LimitCount]] = {}
    for x in limits:
        found.setdefault((x.limit, x.row.provision.id, x.site), []).append(x)
    return list(found.values())


def _numbers_table(result: Count, limits: list[LimitCount], link: bool) -> Table:
    right: Align = "right"
    parties = list(dict.fromkeys(x.party for x in limits))
    columns = [Column("limit"), Column("article", spare=True), Column("at most", right)]
    for party in parties:
        columns += [Column(party, right), Column("")]
    rows = []
    notes: list[str] = []
    for group in _by_limit(limits):
        of = {x.party: x for x in group}
        bounds = list(dict.fromkeys(bound_words(x) for x in group))
        row = [
            cell(group[0].title + (f" at {group[0].site}" if group[0].site else "")),
            cell(group[0].bound.step.at_place or group[0].row.provision.article),
            cell(" / ".join(bounds)),
        ]
        for party in parties:
            if party not in of:
                row += [cell(""), Cell("")]
                continue
            x = of[party]
            row += [
                Cell(str(x.counted), "", anchor(x, result) if link else ""),
                margin_cell(x),
            ]
            if x.bound.deadline and x.excess:
                late = x.bound.deadline < result.at
                how = "was to be worked off by" if late else "may be worked off to"
                note = f"{x.title}: the excess {how} {x.bound.deadline}."
                notes += [note] if note not in notes else []
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows), "", tuple(notes))


def _quality_table(result: Count, limits: list[LimitCount], link: bool) -> Table:
    parties = list(dict.fromkeys(x.party for x in limits))
    columns = (Column("limit"), Column("article"), *(Column(p) for p in parties))
    rows = []
    for group in _by_limit(limits):
        of = {x.party: x for x in group}
        row = [cell(group[0].title), cell(group[0].row.provision.article)]
        for party in parties:
            x = of.get(party)
            trace = anchor(x, result) if link and x else ""
            row.append(Cell(kept(x), TONES[x.verdict], trace) if x else cell(""))
        rows.append(tuple(row))
    return Table(columns, tuple(rows))


def margin(x: LimitCount) -> str:
    """How much over or how much room is left at the best figure, and whether it depends."""
    if x.verdict == "not computed":
        return x.verdict
    if isinstance(x.row.provision, Average) and not x.counted.high and not x.count.allowance.high:
        return "none held"
    if isinstance(x.row.provision, Menu):
        return {"within": "kept", "exactly at": "kept", "under": "not kept"}.get(
            x.verdict, x.verdict
        )
    at_least = x.row.relation == "at least"
    words = "within" if x.row.relation == "fewer than" else "at the limit"
    if x.excess:
        words = f"{x.excess:,} {'short' if at_least else 'over'}"
    elif x.headroom:
        words = f"{x.headroom:,} {'above' if at_least else 'under'}"
    return f"{words}, depends" if x.verdict == "depends" else words


def margin_cell(x: LimitCount) -> Cell:
    """The margin, toned by its verdict."""
    return Cell(margin(x).replace(", ", ",\n"), TONES[x.verdict])


def kept(x: LimitCount) -> str:
    """How a ban or a limit on quality stands."""
    if x.verdict == "not computed":
        return x.verdict
    if x.verdict == "over":
        return f"{x.counted} against it"
    if x.verdict == "depends":
        return f"not known, up to {x.counted.high:,}"
    return "none"


def bound_words(x: LimitCount) -> str:
    """What the count is held against, with its relation where it is not a plain ceiling."""
    prefix = {"at least": "≥ ", "fewer than": "< ", "at most": ""}[x.row.relation]
    if x.rivals:
        return prefix + " or ".join(f"{v:,} ({by})" for by, v in x.rivals)
    if x.at_most is None:
        return "?"
    if isinstance(x.row.provision, Average) and x.bound.bound.value is not None:
        return f"{x.bound.bound.value:,} each"
    if isinstance(x.row.provision, Menu):
        return f"{x.row.provision.choose} of {len(x.row.provision.options)} kept"
    bound = x.bound.bound
    if bound.low is not None and bound.value is not None:
        return f"{bound.low:,}–{bound.value:,}"
    value = f"{x.at_most:,}" if isinstance(x.at_most, int) else f"{x.at_most:,.4g}"
    return prefix + value


def turning(result: Count) -> list[Block]:
    """Why figures and verdicts are not certain; limits that have one reason in common together."""
    found: dict[tuple[str, str], list[str]] = {}
    for x in result.limits:
        title = f"{x.title} at {x.site}" if x.site else x.title
        for words in _uncertain(result, x):
            found.setdefault((x.party, words), []).append(title)
    items = tuple(
        f"{'; '.join(dict.fromkeys(titles))}, {party}: {words}."
        for (party, words), titles in found.items()
    )
    return [Heading("Where figures are not certain", 3), Bullets(items)] if items else []


def _uncertain(result: Count, x: LimitCount) -> list[str]:
    """Why one limit's figure or verdict is not certain."""
    if x.verdict == "not computed":
        return [f"not computed; {'; '.join(x.turns_on)}"]
    found = []
    if x.claimed:
        said = ", ".join(f"{c.counted} by {c.by} ({c.verdict})" for c in x.claimed)
        found.append(f"rival figures make it {said}")
    reasons = [r for r in x.turns_on if not r.startswith("whether ")] if x.rivals else []
    if not x.counted.exact:
        reasons += _doubtful_members(result, x)
    if not x.counted.exact or x.verdict == "depends":
        sure = [c for c in x.count.contributions if c.sure]
        ranges = [
            f"{_name(result.case, c.element.holding.system)} {c.element.number}"
            for c in sure
            if not c.element.number.exact
        ]
        reasons += [f"numbers in the inventory are ranges: {', '.join(ranges)}"] if ranges else []
        weights = dict.fromkeys(
            f"{_name(result.case, c.element.holding.system)} {c.weight}"
            for c in sure
            if not c.weight.exact
        )
        reasons += [f"what one counts is not certain: {', '.join(weights)}"] if weights else []
        reasons += [
            f"known only as a total: {t.title or t.id} {t.figure}"
            for t in (a.total.published for a in x.count.adjustments)
            if t.spread
        ]
        reasons += [] if reasons else list(x.turns_on)
    return [*found, "; ".join(reasons)] if reasons else found


def _doubtful_members(result: Count, x: LimitCount) -> list[str]:
    unsure = [c for c in x.count.contributions if not c.sure]
    if not unsure:
        return []
    shown = sorted(unsure, key=lambda c: -c.element.number.high)
    names = ", ".join(
        f"{c.element.number} × {_name(result.case, c.element.holding.system)}" for c in shown[:4]
    )
    more = f" and {len(shown) - 4} more lines" if len(shown) > 4 else ""
    titles = {p.id: p.in_words() for p in result.compiled.provisions}
    category = unsure[0].category.split(" less ")[0]
    what = "stand against it" if x.of_quality else f"count as {titles.get(category, category)}"
    return [f"not known whether these {what}: {names}{more}"]


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
    total = len(result.compiled.provisions)
    done = total - len(result.not_computed)
    return [
        Heading("Not computed", 3),
        Para(f"{done} of {total} provisions are computed; these are not:", "dim"),
        Table(columns, rows),
    ]


def _name(case: Case, system: str) -> str:
    return case.systems[system].name if system in case.systems else system


def _line(case: Case, place: Place) -> str:
    """A line of the case's own files without the folder in front."""
    return str(place).removeprefix(f"{case.folder}/").removeprefix("detente/")


def trace_blocks(result: Count, x: LimitCount) -> list[Block]:
    """From one figure to its rule, systems, inventory lines and source lines."""
    p = x.row.provision
    site = f" at {x.site}" if x.site else ""
    blocks: list[Block] = [
        Heading(
            f"{x.title}, {party_title(result.case, x.party)}{site}: {x.counted}",
            4,
            anchor(x, result),
        )
    ]
    value = f"Limit {bound_words(x)}: {p.article or p.id}, {'; '.join(x.sources)} ({x.confidence})"
    blocks.append(Para(f"{value}; defined at {_line(result.case, p.place)}."))
    right: Align = "right"
    columns = (
        Column("system"),
        Column("number", right),
        Column("weight", right),
        Column("counts", right),
        Column("as, by rule"),
        Column("source, line"),
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
                Cell(f"{c.category}{'' if c.sure else ' ?'}, {c.rule}", tone),
                cell(f"{source}, {_line(result.case, h.where)}"),
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
                cell(f"{t.source}, {_line(result.case, t.place)}"),
            )
        )
    if rows:
        blocks.append(Table(columns, tuple(rows)))
    else:
        blocks.append(Para("Nothing in the inventory counts here.", "dim"))
    return blocks
