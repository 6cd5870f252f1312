"""The papers of `count` and `compare` over scenarios: chances, what moves them, and the tornado."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detente.analyses.chances import Chance, Share
from detente.analyses.scenarios import Paired, ScenarioComparison, ScenarioCount
from detente.compile.counts import Number
from detente.report.count_paper import (
    TONES,
    bound_words,
    discrepancies,
    left_out,
    party_title,
    preamble,
)
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
    signed,
)
from detente.report.tornado_chart import Bar, Panel, tornado

RIGHT: Align = "right"
PANELS, FEW, BARS = 6, 3, 7


def scenarios_paper(result: ScenarioCount) -> Paper:
    """How the scenarios were drawn, the chance of each verdict, and what moves it most."""
    blocks: list[Block] = [*preamble(result.count), *_drawn(result)]
    varying = [c for c in result.chances if _numbers_vary(c)]
    if varying:
        blocks.append(_chances(varying))
    else:
        blocks.append(Para("No count of a limit varies: every scenario gives the same."))
    blocks += _memberships(result)
    blocks += _alike([c for c in result.chances if not _numbers_vary(c) and not c.hangs])
    blocks += _parties(result)
    blocks += _given(varying)
    blocks += _moves(result, varying)
    blocks += discrepancies(result.count)
    blocks += left_out(result.count)
    n = _many(result.sampling.n, "scenario")
    return Paper(
        f"Count under {result.count.text.title}, over {n}",
        tuple(blocks),
        subtitle=_subtitle(result),
    )


def _subtitle(result: ScenarioCount) -> str:
    c = result.count
    view = f" · view {c.view}" if c.view else ""
    seed = f"seed {result.sampling.seed} · {result.sampling.distribution}"
    return f"{c.case.title} · ceilings of {c.at} · basis {c.chosen.basis}{view} · {seed}"


def _drawn(result: ScenarioCount) -> list[Block]:
    """What a reader must know of the draws to believe the chances."""
    s = result.sampling
    how = "all ranges of one inventory moving together" if s.together else "each range by itself"
    where = "between low, best and high"
    if result.inputs:
        text = (
            f"Drawn from {_many(len(result.inputs), 'range')}: {s.distribution} {where}, {how} "
            f"(draws {result.draws}). Chances are of these ranges, which no source states as "
            "probabilities; in brackets what the draw leaves open (95 per cent)."
        )
        if not s.together:
            text += " Where the sources err together the spread is wider: --together."
    else:
        text = "No number of these inventories is a range."
    blocks: list[Block] = [Para(text, "dim")]
    if result.claimants:
        weights = dict(s.weights)
        named = ", ".join(
            f"{by or 'the inventory itself'} ({weights.get(by, 1):g})" for by in result.claimants
        )
        blocks.append(
            Para(f"Where claimants differ one is believed at a time, with weights: {named}.", "dim")
        )
    if any(c.unknown for c in result.chances):
        blocks.append(
            Para(
                "Whether some weapons count is not known. No chance is made up for it: the chance is "
                "given as if none of them counted, and as if all did (--unknown states one).",
                "dim",
            )
        )
    if s.unknown:
        stated = ", ".join(
            f"{_name(result, name) if name else 'any other'} {chance:g}"
            for name, chance in s.unknown
        )
        blocks.append(
            Para(f"The chance that what is not known counts, as stated: {stated}.", "dim")
        )
    return blocks


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}" + ("" if n == 1 else "s")


def _name(result: ScenarioCount, system: str) -> str:
    systems = result.count.case.systems
    return systems[system].name if system in systems else system


# --- chances --------------------------------------------------------------------------------------
def _numbers_vary(c: Chance) -> bool:
    """Whether it varies by more than what may count or not."""
    if c.not_computed or not c.varies:
        return False
    uncertain = not (c.side(0).certain and c.side(1).certain)
    return uncertain or c.quantiles[0] != c.quantiles[-1]


def _memberships(result: ScenarioCount) -> list[Block]:
    """Limits that hang on nothing but whether certain weapons count."""
    items = []
    for c in result.chances:
        if c.hangs and not _numbers_vary(c):
            names = ", ".join(f"{_name(result, s)}" for s in c.unknown)
            x = c.limit
            items.append(
                f"{x.title}, {x.party}: {figure_words(c.quantiles[1])} as it is known, up to "
                f"{figure_words(x.counted.high)} if these count: {names}."
            )
    if not items:
        return []
    return [
        Para("These hang on nothing but whether weapons count, which is not known:"),
        Bullets(tuple(items)),
    ]


def share_words(share: Share) -> str:
    """A share with its sampling error; `never` and `always` where the data allow nothing else."""
    if share.certain and share.count in (0, share.of):
        return "always" if share.count else "never"
    low, high = share.interval
    if not share.count:
        return f"< {_percent(high)} %"
    if share.count == share.of:
        return f"> {_percent(low)} %"
    if share.certain:
        return f"{_percent(share.value)} %"
    return f"{_percent(share.value)} % ({_percent(low)}–{_percent(high)})"


def _percent(value: float) -> str:
    """A per cent with as many places as small and large ones need."""
    p = 100 * value
    edge = min(p, 100 - p)
    places = 1 if edge >= 1 or edge <= 0 else 1 - math.floor(math.log10(edge))
    return f"{p:.{places}f}" if edge > 0 else f"{p:.0f}"


def _tone(share: Share) -> Tone:
    if share.value >= 0.5:
        return TONES["over"]
    return TONES["within"] if not share.count else TONES["depends"]


def figure_words(value: Number) -> str:
    """A counted figure."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def _chances(varying: Sequence[Chance]) -> Table:
    """Limits of which something varies: figures, chance to be broken, what moves it most."""
    asked_twice = any(c.if_counts or c.if_counts_why_not for c in varying)
    columns = [
        Column("limit"),
        Column("side"),
        Column("at most", RIGHT),
        Column("5 %", RIGHT),
        Column("median", RIGHT),
        Column("95 %", RIGHT),
        Column("broken", RIGHT),
    ]
    if asked_twice:
        columns.append(Column("if all unknown counts", RIGHT))
    rows = []
    notes: dict[str, None] = {}
    for c in varying:
        x = c.limit
        site = f" at {x.site}" if x.site else ""
        row = [
            cell(x.title + site),
            cell(x.party),
            cell(bound_words(x)),
            *(Cell(figure_words(q)) for q in c.quantiles),
            Cell(share_words(c.broken), _tone(c.broken)),
        ]
        if asked_twice:
            other = c.side(1) if c.if_counts else None
            row.append(Cell(share_words(other), _tone(other)) if other else cell(""))
        if c.if_counts_why_not:
            notes[f"{x.title}, {x.party}: {c.if_counts_why_not}."] = None
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows), "where the answer varies", tuple(notes))


def _alike(chances: Sequence[Chance]) -> list[Block]:
    """Limits with one answer in every scenario, and those without a chance."""
    by_verdict: dict[str, list[str]] = {}
    for c in chances:
        verdict: str = "not computed" if c.not_computed else c.limit.verdict
        site = f" at {c.limit.site}" if c.limit.site else ""
        by_verdict.setdefault(verdict, []).append(f"{c.limit.title}{site} ({c.limit.party})")
    order = ["over", "under", "exactly at", "within", "not computed"]
    items = []
    for verdict in sorted(by_verdict, key=lambda v: order.index(v) if v in order else 9):
        names = by_verdict[verdict]
        if verdict in ("over", "under"):
            items.append(f"{verdict}: {', '.join(names)}")
        else:
            items.append(f"{verdict}: {_many(len(names), 'limit')}")
    missing = [c for c in chances if c.not_computed]
    items += [
        f"no chance for {c.limit.title} ({c.limit.party}): {c.not_computed}" for c in missing[:6]
    ]
    if not items:
        return []
    return [Para("The same in every scenario:"), Bullets(tuple(items))]


def _parties(result: ScenarioCount) -> list[Block]:
    if not result.parties:
        return []
    twice = any(p.if_counts for p in result.parties)
    columns = [Column("side"), Column("breaks any limit", RIGHT)]
    columns += [Column("if all unknown counts", RIGHT)] if twice else []
    columns += [Column("of limits computed", RIGHT), Column("not computed", RIGHT)]
    rows = []
    for p in result.parties:
        row = [
            cell(party_title(result.count.case, p.party)),
            Cell(share_words(p.broken), _tone(p.broken)),
        ]
        if twice:
            row.append(
                Cell(share_words(p.if_counts), _tone(p.if_counts)) if p.if_counts else cell("")
            )
        row += [cell(p.limits), cell(p.not_computed)]
        rows.append(tuple(row))
    return [Table(tuple(columns), tuple(rows))]


def _given(varying: Sequence[Chance]) -> list[Block]:
    """The chance of a breach by whose figures are believed."""
    told = [c for c in varying if len({g.broken.value for g in c.given}) > 1]
    if not told:
        return []
    labels = list(dict.fromkeys(g.by for c in told for g in c.given))
    columns = (Column("limit"), Column("side"), *(Column(by, RIGHT) for by in labels))
    rows = []
    for c in told:
        of = {g.by: g.broken for g in c.given}
        row = [cell(c.limit.title), cell(c.limit.party)]
        row += [Cell(share_words(of[by]), _tone(of[by])) if by in of else cell("") for by in labels]
        rows.append(tuple(row))
    return [Heading("Broken by whose figures", 3), Table(columns, tuple(rows))]


# --- what moves it --------------------------------------------------------------------------------
def _shown(varying: Sequence[Chance]) -> list[Chance]:
    """The limits worth a tornado: those whose verdict may turn, and those that move most."""
    moved = [c for c in varying if c.moved_by]
    open_ = [c for c in moved if c.hangs or not c.broken.certain]
    rest = sorted((c for c in moved if c not in open_), key=lambda c: -float(c.moved_by[0].swing))
    return [*open_, *rest[: max(0, FEW - len(open_))]][:PANELS]


def _moves(result: ScenarioCount, varying: Sequence[Chance]) -> list[Block]:
    shown = _shown(varying)
    if not shown:
        return []
    columns = (
        Column("limit"),
        Column("side"),
        Column("input"),
        Column("from", RIGHT),
        Column("to", RIGHT),
        Column("count from", RIGHT),
        Column("to", RIGHT),
        Column("swing", RIGHT),
        Column("turns it"),
    )
    rows = []
    for c in shown:
        for k, m in enumerate(c.moved_by[:BARS]):
            rows.append(
                (
                    cell(c.limit.title) if not k else Cell(""),
                    cell(c.limit.party) if not k else Cell(""),
                    cell(m.what),
                    Cell(m.ends[0]),
                    Cell(m.ends[1]),
                    Cell(figure_words(m.low)),
                    Cell(figure_words(m.high)),
                    Cell(figure_words(m.swing)),
                    Cell("yes", "bad") if m.turns else Cell("no", "dim"),
                )
            )
    hidden = len([c for c in varying if c.moved_by]) - len(shown)
    notes = [
        "One input at a time at its low and its high end, the others at their best; whether that turns "
        "the verdict. Where a total is known only as a total, its lines give way to one another."
    ]
    if hidden > 0:
        notes.append(f"{hidden} more limits move; --format json has them all.")
    title = f"What moves the count under {result.count.text.title}"
    picture = tornado(title, [_panel(c) for c in shown], source=_source(result))
    return [
        Heading("What moves it most", 3),
        Table(columns, tuple(rows), "", tuple(notes)),
        Figure(picture, title, "Picture: the tornado (--picture FILE.svg)."),
    ]


def _panel(c: Chance) -> Panel:
    x = c.limit
    sign = {"at least": "at least", "fewer than": "fewer than", "at most": "at most"}
    against = "" if x.at_most is None else f", {sign[x.row.relation]} {x.at_most:,}"
    more = len(c.moved_by) - BARS
    note = f"{more} more inputs move it by {c.moved_by[BARS].swing:,} at most" if more > 0 else ""
    return Panel(
        f"{x.title}, {x.party}: best figure {x.counted.best:,}{against}",
        float(x.counted.best),
        float(x.at_most) if x.at_most is not None else None,
        tuple(Bar(m.what, m.ends, float(m.low), float(m.high), m.turns) for m in c.moved_by[:BARS]),
        note,
    )


def _source(result: ScenarioCount) -> str:
    held = ", ".join(i.id for i in result.count.chosen.by_party.values())
    return (
        f"Counted arms, one input at a time. Inventories {held}, basis {result.count.chosen.basis}."
    )


# --- compared -------------------------------------------------------------------------------------
def scenario_comparison_paper(result: ScenarioComparison) -> Paper:
    """The chance of a breach under each text, and what each option changes in the same scenarios."""
    first = result.counts[0]
    texts = [c.count.text.id for c in result.counts]
    blocks: list[Block] = [*preamble(first.count), *_drawn(first)]
    if not result.same_draws:
        blocks.append(
            Para("The texts count on different bases, so not on the same draws.", "doubt")
        )
    rows = [r for r in result.rows if _told(r)]
    if rows:
        columns = (
            Column("limit"),
            Column("side"),
            Column("under"),
            Column("broken", RIGHT),
            Column("change", RIGHT),
            Column("newly broken, kept", RIGHT),
        )
        blocks.append(
            Table(
                columns,
                tuple(row for r in rows for row in _compared(r, texts)),
                "chance that a limit is broken",
                (
                    "Changes, in points, are counted scenario by scenario, on the same forces; ± is "
                    "their standard error. Nothing of which that is not known counts.",
                ),
            )
        )
    else:
        blocks.append(Para("No chance is other than never or always under any of these texts."))
    alike = len(result.rows) - len(rows)
    if alike:
        blocks.append(
            Para(
                f"On {alike} other limits every scenario has one answer; compare them without --scenarios.",
                "dim",
            )
        )
    title = f"{first.count.text.title} and {_many(len(texts) - 1, 'option')}"
    n = f"over {_many(first.sampling.n, 'scenario')}"
    return Paper(f"{title}, {n}", tuple(blocks), subtitle=_subtitle(first))


def _told(r: Paired) -> bool:
    shares = [c.broken for c in r.under if c is not None and not c.not_computed]
    return any(not s.certain for s in shares)


def _compared(r: Paired, texts: Sequence[str]) -> list[tuple[Cell, ...]]:
    """A row a text; the options' with what they change."""
    rows = []
    for k, (text, c) in enumerate(zip(texts, r.under, strict=True)):
        row = [cell(r.title), cell(r.party)] if not k else [Cell(""), Cell("")]
        row.append(cell(text))
        if c is None:
            row.append(Cell("no such limit", "dim"))
        elif c.not_computed:
            row.append(Cell("not computed", "doubt"))
        else:
            row.append(Cell(share_words(c.broken), _tone(c.broken)))
        change = r.changes[k - 1] if k else None
        if change is None:
            row += [cell(""), cell("")]
        else:
            error = f" ± {100 * change.standard_error:.1g}" if change.standard_error else ""
            row.append(Cell(f"{signed(float(f'{100 * change.difference:.3g}'))}{error}"))
            turned = (change.newly_broken, change.newly_kept)
            row.append(Cell(", ".join(share_words(x).split(" (")[0] for x in turned)))
        rows.append(tuple(row))
    return rows
