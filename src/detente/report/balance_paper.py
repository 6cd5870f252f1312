"""The paper of `balance`: what each lens counts, the sides by lens and by measure, the sweep, who gains."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detente.analyses.balance import (
    Balance,
    Gain,
    LensBalance,
    MeasureBalance,
    Part,
    When,
    additions,
    lineage,
)
from detente.analyses.sweep import Evening, Sweep
from detente.compile.counts import Spread
from detente.compile.measures import Figure as Amount
from detente.report.balance_charts import bars_by_lens, number, sweep_curves
from detente.report.count_paper import before_first_step, data_counted, party_title
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
    cell,
)

FEW = 3  # lenses or measures shown each by itself; of more the first
WORDS: dict[When, str] = {"now": "now", "ceilings": "at the ceilings", "best": "at best"}
RIGHT: Align = "right"


def balance_paper(result: Balance) -> Paper:
    """Lenses, then tables by lens and by measure; with a sweep its curve; with a baseline who gains."""
    blocks = [*data_counted(result.counted), *before_first_step(result.counted)]
    for side, why in result.incomplete.items():
        name = party_title(result.case, side)
        blocks.append(Para(f"{name}: {why}. Its figures are of what it tells of.", "doubt"))
    blocks += _lenses(result)
    if result.swept:
        blocks += _sweeps(result)
    measures = [m.measure for m in result.lenses[0].measures]
    many = len(measures) > FEW
    if len(result.lenses) > 1:
        for m in measures[:1] if many else measures:
            blocks += _by_lens(result, m.id)
        if many:
            hint = f"By lens for {small(measures[0].title)} alone; give --measure for others."
            blocks.append(Para(hint, "dim"))
    few = result.lenses if len(result.lenses) <= FEW else result.lenses[:1]
    if len(measures) > 1 or len(result.lenses) == 1:
        for lens in few:
            blocks += _by_measure(result, lens)
        if len(result.lenses) == 1:
            blocks.append(_bars(result, [(result.lenses[0], result.lenses[0].measures[0])]))
        if len(few) < len(result.lenses):
            blocks.append(
                Para("By measure through the first lens alone; give --lens for others.", "dim")
            )
    if result.against:
        blocks += _gains(result)
    blocks += _what_is_not(result)
    view = f" · view {result.view}" if result.view else ""
    subtitle = f"{result.case.title} · ceilings of {result.at} · basis {result.chosen.basis}{view}"
    return Paper(f"Balance under {result.text.title}", tuple(blocks), subtitle=subtitle)


def _name(result: Balance, system: str) -> str:
    return result.case.systems[system].name if system in result.case.systems else system


def small(title: str) -> str:
    """A title inside a sentence."""
    return title[:1].lower() + title[1:]


# --- figures in words -----------------------------------------------------------------------------
def spread(s: Spread | None) -> str:
    """A figure with its range; a dash where there is none."""
    if s is None:
        return "–"
    best, low, high = number(s.best), number(s.low), number(s.high)
    return best if low == high else f"{best} ({low}–{high})"


def _ratio(s: Spread | None) -> str:
    if s is None:
        return "–"
    best, low, high = (f"{v:.2f}" if math.isfinite(v) else "∞" for v in (s.best, s.low, s.high))
    return best if low == high else f"{best} ({low}–{high})"


def _change(s: Spread | None) -> str:
    if s is None or s.best == 0:
        return "–" if s is None else "0"
    return f"{'+' if s.best > 0 else '−'}{number(abs(s.best))}"


def _cell(figure: Amount | None, free: Sequence[str] = ()) -> Cell:
    if figure is None:
        return Cell("not computed", "doubt")
    if math.isinf(figure.value.best):
        return Cell("no end", "doubt")
    return Cell(spread(figure.value))


# --- what each lens counts ------------------------------------------------------------------------
def _lenses(result: Balance) -> list[Block]:
    """What each lens counts beside the text, from which inventories, and whose argument it is."""
    rows = []
    notes: list[str] = []
    for x in result.lenses:
        own = [p for p in x.parts if p.addition in x.lens.adds]
        inner = [result.case.lenses[n] for n in x.lens.includes]
        titles = [f"“{y.title}”" for y in inner if additions(result.case, y)]
        words = [f"what {', '.join(titles)} {'adds' if len(titles) == 1 else 'add'}"]
        words = (words if titles else []) + [_part(result, p) for p in own]
        if not words:
            words = ["nothing"]
        source = str(x.lens.source)
        if x.lens.confidence != "verified":
            source = f"{source} [{x.lens.confidence}]".strip()
        rows.append(
            (
                cell(x.lens.title),
                cell(x.lens.by),
                cell("; ".join(words)),
                cell(source),
            )
        )
        for p in own:
            if p.already:
                names = ", ".join(_name(result, s) for s in p.already)
                notes.append(f"{x.lens.title}: counted already and not added again: {names}.")
            if p.missing:
                names = ", ".join(party_title(result.case, m) for m in p.missing)
                notes.append(
                    f"{x.lens.title}: no inventory of such weapons of {names} on the basis "
                    f"{' or '.join(p.addition.bases)} by then: nothing added."
                )
        notes += [f"{x.lens.title}: {why}." for why in x.not_counted]
    limits = list(dict.fromkeys(x.limit for x in result.lenses))
    under = " and ".join(f"'{n}'" if n else "any limit on numbers" for n in limits)
    columns = (Column("lens"), Column("whose"), Column("adds"), Column("source", spare=True))
    caption = f"what each lens counts beside what the text counts under {under}"
    return [Table(columns, tuple(rows), caption, tuple(dict.fromkeys(notes)))]


def _part(result: Balance, p: Part) -> str:
    """An addition in words: how many, of what, from which inventory on which basis."""
    low, best, high = (sum(getattr(n, e) for _, n in p.lines) for e in ("low", "best", "high"))
    total = Spread(low, best, high)
    where = ", ".join(f"{i.id}, basis {i.basis}, {i.date}" for i in p.inventories)
    flags = sorted({f for x in p.figures.values() for f in x.flags})
    rests = f", {' and '.join(flags)}" if flags else ""
    weight = f", {p.addition.weight:g} each" if p.addition.weight != 1 else ""
    title = p.addition.title
    return f"{title}: {spread(total)} to {p.addition.to}{weight} [{where}{rests}]"


# --- tables ---------------------------------------------------------------------------------------
def _pair(result: Balance) -> str:
    return " : ".join(result.sides[:2])


def _by_lens(result: Balance, measure: str) -> list[Block]:
    """One measure through each lens: the sides now, and their ratio now and under the text."""
    found = [(x, next(m for m in x.measures if m.measure.id == measure)) for x in result.lenses]
    m = found[0][1].measure
    two = len(result.sides) > 1
    partly = any(s.now.covered < 1 for _, b in found for s in b.sides)
    columns = [Column("lens"), *(Column(f"{s} now", RIGHT) for s in result.sides)]
    columns += [Column("measured", RIGHT)] if partly else []
    if two:
        columns += [Column(f"{_pair(result)} {WORDS[w]}", RIGHT) for w in WORDS]
    rows = []
    for x, balanced in found:
        row = [cell(x.lens.title), *(_cell(s.now) for s in balanced.sides)]
        row += [Cell(_measured(balanced))] if partly else []
        if two:
            row += [Cell(_ratio(balanced.ratio(w))) for w in WORDS]
        rows.append(tuple(row))
    words = f"{m.title}, {m.unit}: {m.formula or m.title}" + (f". {m.about}" if m.about else "")
    widest = [
        max((b.sides[k] for _, b in found), key=lambda s: len(s.not_measured))
        for k in range(len(result.sides))
    ]
    notes = _notes(result, [MeasureBalance(m, tuple(widest))])
    return [
        Heading(f"{m.title} by lens", 2),
        Table(tuple(columns), tuple(rows), f"{words}.", tuple(notes)),
        _bars(result, found),
    ]


def _measured(m: MeasureBalance) -> str:
    """The shares of the sides' vehicles that could be measured."""
    return f"{' : '.join(f'{100 * s.now.covered:.0f}' for s in m.sides)} %"


def _bars(result: Balance, found: Sequence[tuple[LensBalance, MeasureBalance]]) -> Figure:
    """The picture of one measure by lens."""
    m = found[0][1].measure
    title = f"{m.title} by lens, as they are now; counted by {result.text.title}"
    picture = bars_by_lens(title, found, unit=m.unit, source=_sources(result))
    return Figure(picture, title, f"Picture: {small(m.title)} by lens, now (--picture FILE.svg).")


def _by_measure(result: Balance, lens: LensBalance) -> list[Block]:
    """Every measure through one lens: the sides now, at the ceilings and at best."""
    two = len(result.sides) > 1
    columns = [Column("measure"), Column(""), *(Column(s, RIGHT) for s in result.sides)]
    if two:
        first, second = result.sides[:2]
        columns += [Column(f"{first} less {second}", RIGHT), Column(_pair(result), RIGHT)]
    columns += [Column("measured", RIGHT, spare=True), Column("rests on", spare=True)]
    rows = []
    for m in lens.measures:
        for when, words in WORDS.items():
            row = [cell(f"{m.measure.title}, {m.measure.unit}") if when == "now" else Cell("")]
            row += [cell(words), *(_cell(s.at(when)) for s in m.sides)]
            if two:
                row += [Cell(_change(m.difference(when))), Cell(_ratio(m.ratio(when)))]
            row += [Cell(_measured(m) if when == "now" else ""), cell(_rests(m, when))]
            rows.append(tuple(row))
    return [
        Heading(f"By measure: {small(lens.lens.title)}", 2),
        Table(tuple(columns), tuple(rows), "", tuple(_notes(result, lens.measures))),
    ]


def _rests(m: MeasureBalance, when: When) -> str:
    flags = {f for s in m.sides if (x := s.at(when)) for f in x.flags}
    if m.measure.confidence != "verified":
        flags.add(m.measure.confidence)
    return ", ".join(sorted(flags))


def _notes(result: Balance, measures: Sequence[MeasureBalance]) -> list[str]:
    """What measures could not weigh, and what may grow without end."""
    unmeasured: dict[tuple[str, str], list[str]] = {}
    notes = []
    for m in measures:
        for x in m.sides:
            if x.not_measured:
                shown = [f"{number(n)} × {_name(result, s)}" for s, n in x.not_measured[:4]]
                more = len(x.not_measured) - len(shown)
                what = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
                unmeasured.setdefault((x.side, what), []).append(m.measure.title)
            if x.free:
                names = ", ".join(_name(result, s) for s in x.free)
                notes.append(f"{m.measure.title}, {x.side}: no limit bounds {names}.")
    return [
        f"Not measured, {side}: {what}; no source gives what is needed for "
        f"{', '.join(map(small, titles))}."
        for (side, what), titles in unmeasured.items()
    ] + notes


def _sources(result: Balance) -> str:
    text = ", ".join(i.id for i in result.chosen.by_party.values())
    more = dict.fromkeys(
        i.id
        for x in result.lenses
        for p in x.parts
        for i in p.inventories
        if i not in result.chosen.by_party.values()
    )
    return f"inventories {text}" + (f"; added from {', '.join(more)}" if more else "")


# --- the falling ceiling --------------------------------------------------------------------------
def _sweeps(result: Balance) -> list[Block]:
    """The curve, a line a lens, and for a few lenses the figures at each step."""
    first = result.swept[0]
    cut = (
        "each side giving up what it can best spare by the measure (what it cannot weigh last)"
        if first.cut == "least-loss"
        else "each side giving up of everything in proportion"
    )
    title = f"As '{first.limit}' falls from {number(first.start)} to {number(first.end)}"
    blocks: list[Block] = [Heading(title, 2)]
    blocks.append(
        Para(
            f"A side's counted force is the lesser of what it has and the ceiling, {cut}; what the "
            "limit does not count, and what a lens adds, stays at present numbers.",
            "dim",
        )
    )
    for measure in dict.fromkeys(s.measure for s in result.swept):
        mine = [s for s in result.swept if s.measure is measure]
        blocks.append(_sweep_table(result, mine))
        words = f"{measure.title} under {result.text.title}: {small(title)}"
        picture = sweep_curves(words, mine, source=_sources(result))
        blocks.append(Figure(picture, words, "Picture: the curves (--picture FILE.svg)."))
        if len(mine) <= FEW:
            for s in mine:
                blocks.append(_steps(result, s))
        else:
            hint = "Give --lens for the figures at each step (or --format csv for all)."
            blocks.append(Para(hint, "dim"))
    return blocks


def _sweep_table(result: Balance, sweeps: Sequence[Sweep]) -> Table:
    first, second = result.sides[:2]
    columns = [Column("lens"), Column(f"not counted, % {first} · {second}", RIGHT)]
    columns += [Column(f"{first} less {second}", RIGHT), Column(_pair(result), RIGHT)]
    columns.append(Column("equality"))
    rows = []
    for s in sweeps:
        a, b = s.steps[0], s.steps[-1]
        shares = [
            f"{100 * x.outside:.0f} → {100 * y.outside:.0f}"
            for x, y in zip(a.sides[:2], b.sides[:2], strict=True)
        ]
        rows.append(
            (
                cell(s.lens.title),
                Cell(" · ".join(shares)),
                Cell(f"{_change(a.difference)} → {_change(b.difference)}"),
                Cell(f"{_plain(a.ratio)} → {_plain(b.ratio)}"),
                Cell(equality(s), "" if s.evenings else "strong"),
            )
        )
    caption = f"{sweeps[0].measure.title}: from the first ceiling to the last"
    notes = tuple(_open(s) for s in sweeps if s.open)
    return Table(tuple(columns), tuple(rows), caption, notes)


def _plain(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}"


def equality(s: Sweep) -> str:
    """Where the sides come even, in words."""
    return "; ".join(_evening(e, s) for e in s.evenings) or "never crosses equality"


def _open(s: Sweep) -> str:
    """The spans in which the ranges allow either side to be ahead, in words."""
    spans = " and ".join(f"{number(a)} to {number(b)}" for a, b in s.open)
    return f"{s.lens.title}: within the ranges either side may be ahead from {spans}."


def _evening(e: Evening, s: Sweep) -> str:
    if e.kept:
        down = "down" if e.to == s.end else f"to {number(e.to or 0)}"
        before = f", before it {e.ahead_before} ahead" if e.ahead_before else ""
        return f"even from {number(e.at)} {down}{before}"
    if e.ahead_before and e.ahead_after and e.ahead_before != e.ahead_after:
        return f"crosses at {number(e.at)}: {e.ahead_before} ahead, then {e.ahead_after}"
    return f"even at {number(e.at)}"


def _steps(result: Balance, s: Sweep) -> Table:
    sides = [x.side for x in s.steps[0].sides]
    columns = [Column("ceiling", RIGHT)]
    for side in sides:
        columns += [Column(f"{side} in all", RIGHT), Column("not counted", RIGHT)]
    columns += [Column(f"{sides[0]} less {sides[1]}", RIGHT), Column(_pair(result), RIGHT)]
    rows = []
    for step in s.steps:
        row = [cell(number(step.ceiling))]
        for x in step.sides:
            row += [Cell(spread(x.total)), Cell(f"{100 * x.outside:.0f} %")]
        row += [Cell(_change(step.difference)), Cell(_plain(step.ratio))]
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows), f"{s.measure.title}: {small(s.lens.title)}")


# --- who gains ------------------------------------------------------------------------------------
def _gains(result: Balance) -> list[Block]:
    """Whose position the text betters against the other, by lens and by measure."""
    assert result.against is not None
    blocks: list[Block] = [Heading(f"Who gains against {result.against.title}", 2)]
    measures = [m.measure for m in result.lenses[0].measures]
    shown = measures if len(measures) <= FEW else measures[:1]
    lenses = result.lenses if len(result.lenses) <= FEW else result.lenses[:1]
    if len(result.lenses) > 1:
        for m in shown:
            mine = [g for g in result.gains if g.measure.id == m.id]
            blocks.append(_gain_table(result, mine, "lens", m.title))
    if len(measures) > 1 or len(result.lenses) == 1:
        for x in lenses:
            mine = [g for g in result.gains if g.lens.id == x.lens.id]
            blocks.append(_gain_table(result, mine, "measure", x.lens.title))
    blocks.append(
        Para(
            "A side gains where the difference, or the ratio, moves its way; the two may part where "
            "both sides are cut.",
            "dim",
        )
    )
    return blocks


def _gain_table(result: Balance, gains: Sequence[Gain], by: str, caption: str) -> Table:
    first, second = result.sides[:2]
    columns = [
        Column(by),
        Column(""),
        Column(f"{first} less {second}", RIGHT),
        Column("gains"),
        Column(_pair(result), RIGHT),
        Column("gains"),
    ]
    rows = []
    for g in gains:
        name = g.lens.title if by == "lens" else g.measure.title
        a, b = g.before, g.after
        difference = f"{_change(a.difference(g.when))} → {_change(b.difference(g.when))}"
        ratios = [a.ratio(g.when), b.ratio(g.when)]
        ratio = " → ".join(_plain(r.best) if r else "–" for r in ratios)
        rows.append(
            (
                cell(name) if g.when == "ceilings" else Cell(""),
                cell(WORDS[g.when]),
                Cell(difference),
                _gainer(g.by_difference),
                Cell(ratio),
                _gainer(g.by_ratio),
            )
        )
    return Table(tuple(columns), tuple(rows), caption)


def _gainer(side: str | None) -> Cell:
    if side is None:
        return Cell("no number", "doubt")
    return Cell(side, "strong") if side else Cell("neither", "dim")


# --- what is not there ----------------------------------------------------------------------------
def _what_is_not(result: Balance) -> list[Block]:
    """What the answer leaves out, and why."""
    items = []
    for x in result.lenses:
        items += [y for z in lineage(result.case, x.lens) for y in z.not_computed]
    names = {r.limit: r.title for r in result.compiled.rows}
    left: dict[tuple[str, str], list[str]] = {}
    for when, found in result.left_out:
        left.setdefault((found.row.limit, found.why), []).append(WORDS[when])
    for (limit, why), whens in left.items():
        times = " and ".join(dict.fromkeys(whens))
        items.append(f"{names.get(limit, limit)}: not applied {times}; {why}")
    blocks: list[Block] = []
    if items := list(dict.fromkeys(items)):
        blocks += [Heading("Not computed", 3), Bullets(tuple(items))]
    measures = [m.measure for m in result.lenses[0].measures]
    lines = []
    for m in measures:
        flag = f" [{m.confidence}]" if m.confidence != "verified" else ""
        note = f" {m.note}." if m.note else ""
        lines.append(f"{m.title} ({m.unit}): {m.formula}. {m.source}{flag}.{note}")
    blocks += [Heading("Measures", 3), Bullets(tuple(lines))]
    blocks.append(
        Para(
            "At the ceilings: present forces brought down to the limits, giving up what can best be "
            "spared by the measure, what it cannot weigh last. At best: the most that the text "
            "allows of the types held now, in any numbers. What a lens adds is held at present "
            "numbers.",
            "dim",
        )
    )
    return blocks
