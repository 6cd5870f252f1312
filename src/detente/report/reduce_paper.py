"""The paper of `reduce`: both sides beside each other, what is forced and why, what is open, by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from detente.analyses.cuts import (
    Cuts,
    Forced,
    Least,
    Open,
    SideCut,
    Stage,
    article,
    plain,
    sources,
)
from detente.compile.counts import Number, Spread
from detente.compile.region import RegionRow
from detente.model.provisions import Average
from detente.report.count_paper import data_counted, in_force_words, party_title
from detente.report.paper import (
    Align,
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Heading,
    Paper,
    Para,
    Table,
    Tone,
    cell,
)
from detente.report.reduce_chart import CutBar, cuts_chart

RIGHT: Align = "right"
MANY = 8  # systems of one group that are named each with its range


def reduce_paper(result: Cuts) -> Paper:
    """Side by side, then by limit and by system, the schedule, and what was left out."""
    blocks: list[Block] = [*data_counted(result), in_force_words(result.text, result.at)]
    blocks += _summary(result)
    for side in result.sides:
        blocks += _clashes(result, side)
    blocks += _limits(result)
    blocks += _picture(result)
    for side in result.sides:
        blocks += _systems(result, side)
    blocks += _schedule(result)
    blocks += _left_out(result)
    view = f" · view {result.view}" if result.view else ""
    subtitle = (
        f"{result.case.title} · ceilings of {result.at} · basis {result.chosen.basis}{view} · "
        f"least: {result.measure.title.lower()}"
    )
    return Paper(f"Reduce under {result.text.title}", tuple(blocks), subtitle=subtitle)


def number(value: Number | None) -> str:
    """A figure with its separators; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def spread(value: Spread) -> str:
    """A figure with its range, whole numbers whole."""
    if value.exact:
        return number(value.best)
    return f"{number(value.best)} ({number(value.low)}–{number(value.high)})"


def least_words(least: Least) -> str:
    """The least with its range, and at the other end of what the text leaves open."""
    if least.best is None:
        return "no cut is enough"
    words = number(least.best)
    if not least.certain:
        high = "no cut is enough" if least.high is None else number(least.high)
        words += f" ({number(least.low)}–{high})"
    if least.ranged and least.lower_end != least.best:
        lower = "no cut is enough" if least.lower_end is None else number(least.lower_end)
        words += f" to {lower}"
    return words


def name_of(result: Cuts, system: str) -> str:
    """A system's name."""
    known = result.case.systems.get(system)
    return known.name if known else system


def _side(result: Cuts, side: SideCut) -> str:
    return party_title(result.case, side.party)


def least_of_all(results: Sequence[Cuts]) -> list[Block]:
    """The least cut of each side under several texts, in one table."""
    rows = []
    for result in results:
        for side in result.sides:
            forced = ", ".join(
                f"{name_of(result, f.system)} {number(f.number)}" for f in side.forced
            )
            rows.append(
                (
                    cell(_side(result, side)),
                    cell(result.text.id),
                    cell(result.at),
                    cell(
                        least_words(side.least) if side.computed else "not computed",
                        "bad" if side.least.best else "",
                    ),
                    cell(_percent(side.percent)),
                    cell(_percent(result.share(side))),
                    cell(forced),
                )
            )
    if not rows:
        return []
    columns = (
        Column("side"),
        Column("under"),
        Column("ceilings of"),
        Column("least in all", RIGHT),
        Column("percent", RIGHT, spare=True),
        Column("share of all", RIGHT),
        Column("forced", spare=True),
    )
    note = (
        "All limits together, with the freedom to mix that they leave; `detente reduce` says more."
    )
    return [Table(columns, tuple(rows), "", (note,))]


# --- side by side ---------------------------------------------------------------------------------
def _summary(result: Cuts) -> list[Block]:
    """The field's table: held, what must go, in percent, share of the whole cut, what is left."""
    if not result.sides:
        return [Para("No limit of this text binds a side whose forces are known.", "doubt")]
    unit = "" if result.measure.id == "elements" else f" ({result.measure.unit})"
    rows: list[tuple[Cell, ...]] = []

    def row(title: str, values: Sequence[str], tone: Tone = "") -> None:
        rows.append((cell(title), *(cell(v, tone if v not in ("0", "–") else "") for v in values)))

    row(f"has{unit}", [spread(s.held.value) for s in result.sides])
    least = [least_words(s.least) if s.computed else "not computed" for s in result.sides]
    row(f"must go at least{unit}", least, "strong")
    if result.measure.id != "elements":
        row("elements that go", [number(s.elements) for s in result.sides])
        lost = [number(s.not_measured) for s in result.sides]
        if any(s.not_measured for s in result.sides):
            row("of them not measured", lost)
    row("percent of what it has", [_percent(s.percent) for s in result.sides])
    row("share of the whole cut", [_percent(result.share(s)) for s in result.sides])
    row(f"left{unit}", [number(s.left) for s in result.sides])
    columns = (Column("least cut"), *(Column(_side(result, s), RIGHT) for s in result.sides))
    counted = result.counted_for
    titles = dict.fromkeys(
        d.row.title for s in result.sides for d in s.demands if d.limit.name in counted
    )
    what = "; ".join(titles) if titles else "all limits on numbers: none asks for a cut"
    notes = [f"Has and left: of what these limits count: {what}."]
    notes += [
        f"{r.one} to {r.other}: {_ratio(r.before)} before, {_ratio(r.after)} after."
        for r in result.ratios
    ]
    notes += _weighed(result)
    if any(not s.least.certain for s in result.sides):
        notes.append(
            "In brackets: the least at the low and high figures of the inventories and of rival limits."
        )
    if any(s.least.ranged and s.least.lower_end != s.least.best for s in result.sides):
        notes.append(
            "The text leaves ranges: the first figure is for their upper ends, which bind, the second "
            "for their lower ends."
        )
    notes += [
        f"{party_title(result.case, s.party)}: at least so many; {r.title}: {why}."
        for s in result.sides
        for r, why in s.partial
    ]
    blocks: list[Block] = [Table(columns, tuple(rows), "", tuple(notes))]
    for s in result.sides:
        if s.members:
            shares = ", ".join(f"{p} {_range(a, b)}" for p, (a, b) in s.members)
            blocks.append(Para(f"{s.party}, counted together: {shares}."))
    return blocks


def _weighed(result: Cuts) -> list[str]:
    """How many arms the measure could not weigh, and how far its figures were checked."""
    lost = [
        f"{_side(result, s)} {number(plain(s.held.units - s.held.measured))} of {number(s.held.units)}"
        for s in result.sides
        if s.held.measured < s.held.units
    ]
    notes = [f"Nobody gives the figures to weigh: {', '.join(lost)}."] if lost else []
    flags = sorted({f for s in result.sides for f in s.held.flags})
    if flags and result.measure.id != "elements":
        notes.append(f"The measure rests in part on figures that are {' or '.join(flags)}.")
    return notes


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} %"


def _ratio(value: float | None) -> str:
    return "no ratio" if value is None else f"{value:.2f}"


def _range(a: Number, b: Number) -> str:
    return number(a) if a == b else f"{number(a)}–{number(b)}"


# --- no cut is enough -----------------------------------------------------------------------------
def _clashes(result: Cuts, side: SideCut) -> list[Block]:
    """What clashes, from which sources, and how far each would have to move."""
    blocks: list[Block] = []
    for clash in side.clashes:
        items = tuple(
            f"{r.row.title}{_at(r)}, {bound_words(r)} ({_where(r)}): "
            f"would have to be {number(move)} {'lower' if r.row.relation == 'at least' else 'higher'}"
            for r, move in clash.parts
            if r.row is not None
        )
        many = "cannot be kept" if len(items) == 1 else "cannot be kept together"
        lead = (
            f"{_side(result, side)}: by no cut. With what there is now, this {many}; one of them:"
        )
        blocks += [Para(lead if len(items) > 1 else lead.replace("; one of them:", ":"), "bad")]
        blocks += [Bullets(items)]
    return blocks


def bound_words(r: RegionRow) -> str:
    """What a limit allows."""
    assert r.row is not None
    value = number(round(r.value, 2) if isinstance(r.value, float) else r.value)
    if isinstance(r.row.provision, Average):
        return f"{value} each"
    return {"at least": f"at least {value}", "fewer than": f"fewer than {value}"}.get(
        r.row.relation, f"at most {value}"
    )


def _at(r: RegionRow) -> str:
    return f" at {r.site}" if r.site else ""


def _where(r: RegionRow) -> str:
    return "; ".join(filter(None, (article(r), *sources(r))))


# --- by limit -------------------------------------------------------------------------------------
def _limits(result: Cuts) -> list[Block]:
    """The limits that ask for a cut: before, after, and what one unit more would save."""
    rows = []
    for side in result.sides:
        for d in side.demands:
            rows.append(
                (
                    cell(d.row.title + _at(d.limit)),
                    cell(article(d.limit)),
                    cell(side.party if len(side.parties) == 1 else d.row.party),
                    cell(bound_words(d.limit)),
                    Cell(number(d.before)),
                    Cell(_range(*d.cut), "strong"),
                    Cell(_range(*d.after)),
                    cell(number(d.worth)),
                )
            )
    if not rows:
        return []
    columns = (
        Column("limit that asks for it"),
        Column("article", spare=True),
        Column("side"),
        Column("allows"),
        Column("counts", RIGHT),
        Column("go", RIGHT),
        Column("then", RIGHT),
        Column("one more saves", RIGHT),
    )
    note = (
        "Go: how many arms that count here; one may count under several limits, so these must not be "
        "added. A range is what differs from one least cut to another. One more saves: how much less "
        "would go in all, were the limit one higher."
    )
    return [Heading("By limit", 3), Table(columns, tuple(rows), "", (note,))]


def _picture(result: Cuts) -> list[Block]:
    bars = []
    for side in result.sides:
        for d in side.demands:
            if d.row.allowance or d.row.relation == "at least" or d.limit.value is None:
                continue
            then = _range(*d.after)
            lower = d.limit.dated.bound.low if d.limit.dated else None
            bars.append(
                CutBar(
                    d.row.title + _at(d.limit),
                    party_title(result.case, d.row.party),
                    float(d.before),
                    float(d.after[0]),
                    float(d.after[1]),
                    float(d.limit.value),
                    f"{number(d.before)} → {then} of {number(d.limit.value)}",
                    None if lower is None else float(lower),
                )
            )
    if not bars:
        return []
    order = list(dict.fromkeys(b.limit for b in bars))
    bars.sort(key=lambda b: order.index(b.limit))
    title = f"{result.text.title}: before and after the least cut, ceilings of {result.at}"
    held = "; ".join(i.title for p, i in result.chosen.by_party.items() if p in result.members)
    unit = f"units as each limit counts them, on the basis {result.chosen.basis}"
    svg = cuts_chart(title, bars, unit=unit, source=held)
    words = "Picture: what stays and what goes (--picture FILE.svg)."
    return [Figure(svg, f"{title}. Forces: {held}, basis {result.chosen.basis}.", words)]


# --- by system ------------------------------------------------------------------------------------
def _systems(result: Cuts, side: SideCut) -> list[Block]:
    """What goes in every least cut, with the limits that say so; then what may go for what."""
    if not side.forced and not side.open:
        return []
    blocks: list[Block] = [Heading(f"{_side(result, side)}: which arms", 3)]
    if side.forced:
        rows = tuple(_forced_row(result, f) for f in side.forced)
        columns = (
            Column("goes in every least cut"),
            Column("has", RIGHT),
            Column("goes", RIGHT),
            Column("because of"),
        )
        blocks.append(Table(columns, rows))
    elif len(side.open) == 1:
        blocks.append(Para("No system is forced: what goes is the side's own choice."))
    else:
        words = (
            "No one system is forced; how many of each group go is partly the side's own choice."
        )
        blocks.append(Para(words))
    if side.open:
        blocks += _open(result, side.open)
    return blocks


def _forced_row(result: Cuts, f: Forced) -> tuple[Cell, ...]:
    why = "; ".join(f"{r.row.title} ({_where(r)})" for r in f.limits if r.row is not None)
    if f.least:
        why += f"{'; ' if why else ''}and as no other way costs so little"
    return (
        cell(name_of(result, f.system)),
        Cell(number(f.now)),
        Cell(number(f.number), "strong"),
        cell(why),
    )


def _open(result: Cuts, groups: Sequence[Open]) -> list[Block]:
    rows = []
    for group in groups:
        names = [
            f"{name_of(result, c.system)}{f' ({c.part})' if c.part else ''}" for c in group.choices
        ]
        if len(group.choices) <= MANY:
            which = [
                f"{name} {_range(c.least, c.most)} of {number(c.now)}"
                for name, c in zip(names, group.choices, strict=True)
            ]
        else:
            which = [
                f"{name} ({number(c.now)})" for name, c in zip(names, group.choices, strict=True)
            ]
        if len(which) == 1:
            which = [f"{names[0]} ({number(group.choices[0].now)})"]
        rows.append((Cell(_range(group.least, group.most), "strong"), cell(", ".join(which))))
    columns = (Column("go", RIGHT), Column("of these, any for any other"))
    return [Table(columns, tuple(rows))]


# --- over time ------------------------------------------------------------------------------------
def _schedule(result: Cuts) -> list[Block]:
    """Each step of the schedule, both sides; with rates, by when it can be done."""
    timed = bool(result.rates)
    asked = [(g.at, g.due) for s in result.sides for g in s.stages if g.limits]
    keys = sorted({*asked}, key=_by_date)
    if not asked or (not timed and len(keys) == 1 and keys[0][1] is None):
        return []
    rows = []
    for at, due in keys:
        row = [cell(at), cell(due)]
        for side in result.sides:
            stages = [
                g for g in side.stages if g.at == at and (not g.due or not due or g.due <= due)
            ]
            row += _stage(max(stages, key=lambda g: _by_date((at, g.due)), default=None), timed)
        rows.append(tuple(row))
    columns = [Column("ceilings of"), Column("to be met by")]
    for side in result.sides:
        columns.append(Column(side.party, RIGHT))
        columns.append(Column("done by" if timed else "a year", RIGHT))
    notes = [
        f"Each step by itself, from the forces of today; dismantling begins on {result.start}."
    ]
    if timed:
        said = ", ".join(f"{name} {rate:g}" for name, rate in result.rates)
        notes.append(f"Elements a year: {said}.")
    else:
        notes.append("A year: how many must go each year, evenly, to be in time.")
    return [Heading("By when", 3), Table(tuple(columns), tuple(rows), "", tuple(notes))]


def _by_date(key: tuple[date, date | None]) -> tuple[date, date]:
    return key[0], key[1] or date.min


def _stage(stage: Stage | None, timed: bool) -> list[Cell]:
    if stage is None:  # nothing is due by then
        return [cell(0), cell("")]
    least = cell(least_words(stage.least), "strong" if stage.least.best else "")
    if not timed:
        needed = "" if stage.needed is None or not stage.least.best else f"{stage.needed:,.1f}"
        return [least, cell(needed)]
    if stage.least.best is None or stage.years == 0:
        return [least, cell("")]
    if stage.done is None:
        return [least, Cell("never", "bad")]
    if stage.in_time is None:
        return [least, cell(stage.done)]
    state = "in time" if stage.in_time else "too late"
    return [least, Cell(f"{stage.done}, {state}", "good" if stage.in_time else "bad")]


# --- what is left out -----------------------------------------------------------------------------
def _left_out(result: Cuts) -> list[Block]:
    """Limits that no row says here, and how many provisions are not computed at all."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for side in result.sides:
        for x in side.left_out:
            reasons.setdefault((x.row.title, x.why), []).append(x.row.party)
    blocks: list[Block] = []
    if reasons:
        items = tuple(
            f"{title} ({', '.join(dict.fromkeys(parties))}): {why}."
            for (title, why), parties in reasons.items()
        )
        blocks += [Heading("Limits left out", 3), Bullets(items)]
    left, total = len(result.not_computed), len(result.compiled.provisions)
    if left:
        words = f"Not computed: {left} of {total} provisions; `detente count` lists them."
        blocks.append(Para(words, "dim"))
    return blocks
