"""The paper of `brief`: what is compared, who must cut what, the table, the chart, the sources."""

from __future__ import annotations

from detente.analyses.brief import Brief
from detente.analyses.compare import Comparison
from detente.analyses.count import Count
from detente.report.charts import Bar, bars_against_ceilings
from detente.report.compare_paper import comparison_tables
from detente.report.count_paper import (
    bound_words,
    discrepancies,
    left_out,
    limits_tables,
    margin,
    party_title,
    preamble,
    trace_blocks,
    turning,
)
from detente.report.paper import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Fold,
    Heading,
    Paper,
    Para,
    Table,
    cell,
)
from detente.report.reduce_paper import least_of_all


def brief_paper(result: Brief, *, short: bool = False) -> Paper:
    """The whole paper; `short` leaves out the traces and tables that the terminal does not need."""
    case = result.case
    base, option = result.comparison.counts[0], result.comparison.counts[-1]
    blocks: list[Block] = []
    if case.about and not short:
        blocks.append(Para(case.about.strip()))
    blocks += _summary(result)
    blocks += [Heading("Who must cut what", 2), *_cuts(result)]
    blocks.append(Heading("Baseline, option, change", 2))
    blocks += comparison_tables(result.comparison)
    if result.later and result.stepped:
        blocks.append(Para(f"What is different at the ceilings of {result.later.counts[0].at}:"))
        blocks += comparison_tables(result.stepped)[:1]
    if not short:
        blocks.append(Heading("Counted against ceilings", 2))
        for c in _charted(result):
            blocks.append(chart(c))
    for c in (base, option):
        blocks.append(Heading(f"Count under {c.text.title}", 2))
        blocks += preamble(c)
        if not short:
            blocks += limits_tables(c, link=True)
        blocks += turning(c)
    blocks += discrepancies(base)
    blocks.append(Heading("Not computed", 2))
    if short:
        blocks.append(
            Bullets(
                tuple(
                    f"{c.text.title}: {len(c.not_computed)} of {len(c.compiled.provisions)} provisions "
                    f"({_kinds(c)}); `detente count … --text {c.text.id}` lists them"
                    for c in (base, option)
                )
            )
        )
    else:
        for c in (base, option):
            blocks.append(Fold(c.text.title, tuple(left_out(c)[1:] or left_out(c))))
    blocks += _recalled(result)
    if not short:
        blocks.append(Heading("Where each figure comes from", 2))
        for c in (base, option):
            inner: list[Block] = []
            for x in c.limits:
                inner += trace_blocks(c, x)
            blocks.append(Fold(c.text.title, tuple(inner)))
    blocks += _sources(result, short=short)
    subtitle = f"{option.text.title} against {base.text.title} · forces of {_dates(base)}"
    return Paper(case.title, tuple(blocks), subtitle=subtitle)


def _dates(c: Count) -> str:
    return ", ".join(dict.fromkeys(str(i.date) for i in c.chosen.by_party.values()))


def _kinds(c: Count) -> str:
    kinds = dict.fromkeys(n.provision.kind for n in c.not_computed)
    return ", ".join(f"{sum(n.provision.kind == k for n in c.not_computed)} {k}" for k in kinds)


def _charted(result: Brief) -> list[Count]:
    counts = list(result.comparison.counts)
    if result.later:
        counts.append(result.later.counts[-1])
    return counts


def _summary(result: Brief) -> list[Block]:
    """The first sentences: for each text, each side's aggregate and whether it must cut."""
    items = []
    comparisons = [result.comparison, *([result.later] if result.later else [])]
    for i, comparison in enumerate(comparisons):
        for c in comparison.counts[1 if i else 0 :]:
            items += _sentences(c, comparison)
    return [Bullets(tuple(items))] if items else []


def _sentences(c: Count, comparison: Comparison) -> list[str]:
    found = []
    for limit in dict.fromkeys(x.limit for x in c.limits):
        rows = [x for x in c.limits if x.limit == limit and x.row.provision.kind == "ceiling"]
        if not rows:
            continue
        parts = []
        for x in rows:
            parts.append(f"{party_title(c.case, x.party)} {x.counted}, {margin(x)}")
        found.append(
            f"{c.text.title}, ceilings of {c.at}: {rows[0].title} {bound_words(rows[0])}: "
            f"{'; '.join(parts)}."
        )
    return found


def _cuts(result: Brief) -> list[Block]:
    if not result.cuts:
        return [Para("Neither side is over any limit of either text.")]
    rows = []
    for q in result.cuts:
        x = q.limit
        percent = 100 * (x.excess or 0) / x.counted.best if x.counted.best else 0
        rows.append(
            (
                cell(party_title(result.case, x.party)),
                cell(q.text),
                cell(x.title),
                Cell(str(x.counted)),
                Cell(bound_words(x)),
                Cell(f"{x.excess:,}", "bad"),
                Cell(f"{percent:.1f} %"),
                cell(str(x.bound.deadline) if x.bound.deadline else ""),
            )
        )
    columns = (
        Column("side"),
        Column("under"),
        Column("limit"),
        Column("has", "right"),
        Column("allowed", "right"),
        Column("must cut", "right"),
        Column("share", "right", spare=True),
        Column("by", "right"),
    )
    note = "Each limit by itself; one dismantled launcher may count under several."
    return [Table(columns, tuple(rows), notes=(note,)), *least_of_all(result.reductions)]


def chart(c: Count) -> Figure:
    """Counted against ceiling, by limit and party, as a bar chart with the same in words."""
    bars = []
    words = []
    for x in c.limits:
        if (
            x.at_most is None
            or x.row.provision.kind not in ("ceiling", "sublimit", "freeze")
            or x.site
        ):
            continue
        label = f"{x.counted.best:,} of {bound_words(x)}: {margin(x)}"
        allowed = f"{'< ' if x.row.relation == 'fewer than' else ''}{x.at_most:,}"
        bars.append(
            Bar(
                x.title,
                party_title(c.case, x.party),
                float(x.counted.low),
                float(x.counted.best),
                float(x.counted.high),
                float(x.at_most),
                f"{x.counted.best:,} / {allowed}" + (f" (+{x.excess:,})" if x.excess else ""),
            )
        )
        words.append(f"{x.title}, {x.party}: {label}")
    sources = "; ".join(dict.fromkeys(str(i.title) for i in c.chosen.by_party.values()))
    title = f"{c.text.title}: counted and allowed, ceilings of {c.at}"
    svg = bars_against_ceilings(
        title, bars, unit=f"units on the basis {c.chosen.basis}", source=sources
    )
    return Figure(svg, f"{title}.", "\n".join(words))


def _recalled(result: Brief) -> list[Block]:
    """Figures that rest on recalled, derived or assumed data."""
    found: dict[str, None] = {}
    for c in result.comparison.counts:
        for x in c.limits:
            if x.confidence != "verified":
                found[f"{c.text.title}: {x.title} ({x.confidence}: {'; '.join(x.sources)})"] = None
            for part in x.count.contributions:
                h = part.element.holding
                confidence = "derived" if part.element.derived else h.confidence
                if confidence != "verified" and part.element.number.high:
                    name = (
                        result.case.systems[h.system].name
                        if h.system in result.case.systems
                        else h.system
                    )
                    place = f" at {h.place}" if h.place else ""
                    text = (
                        f"{part.element.party}: {part.element.number} × {name}{place} "
                        f"({confidence}: {h.source})"
                    )
                    found[text] = None
    if not found:
        return []
    return [Heading("Derived, recalled or assumed", 2), Bullets(tuple(found))]


def _sources(result: Brief, *, short: bool) -> list[Block]:
    cites = result.cites()
    items = []
    for key, places in cites.items():
        source = result.case.sources.get(key)
        title = source.title if source else key
        at = f" ({', '.join(places)})" if places and not short else ""
        items.append(f"{key}: {title}{at}")
    if short:
        return [Heading("Sources", 2), Para("; ".join(cites) + ".", "dim")]
    return [Heading("Sources", 2), Bullets(tuple(items))]
