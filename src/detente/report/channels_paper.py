"""The paper of `channels`: what is opened, closed or left open, how to close it, and how far it could go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from detente.analyses.channels import Channel, Channels
from detente.analyses.closing import Closing, Names, OnRecord
from detente.analyses.growth import Binds, Gain, Growth
from detente.compile.counts import Number
from detente.model.case import Case
from detente.model.record import Statement
from detente.report.channels_charts import GrowthBar, Openness, growth_chart, open_chart
from detente.report.compare_paper import box_words, either
from detente.report.paper import (
    Align,
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
    Tone,
    cell,
)

RIGHT: Align = "right"
FEW_SYSTEMS, FEW_PARTS, FEW_OPTIONS = 4, 5, 4
HEADINGS = {
    "open kind": "Open kinds: no limit bounds their number",
    "open load": "Open loads: the carriers are limited, what each carries is not",
    "open quality": "Open qualities: the weapons are limited, what each is worth is not",
    "open activity": "Open activities: one thing is banned, another is not",
}
WHY_BINDS = {
    "limit": "the limit",
    "rate": "what is built a year",
    "number": "the number there can be",
    "conversion": "what can be converted",
}


def channels_paper(result: Channels, channel: str = "") -> Paper:
    """What is opened and closed, what is open by kind of channel, closings, growth.

    With `channel` only that one, in full.
    """
    case = result.case
    title = f"What {_name(result, 0)} leaves open"
    subtitle = f"limits in effect on {result.at} · {', '.join(result.parties)}"
    if result.view:
        subtitle += f" · view {result.view}"
    if result.base is not None:
        title += f", against {_name(result, 1)}"
    if channel:
        found = result.channel(channel)
        return Paper(_words(case, found), tuple(_in_full(case, found)), subtitle=subtitle)
    blocks: list[Block] = [Bullets(tuple(_summary(result))), *_growth(result)]
    if result.base is not None and result.channels:
        blocks.append(_picture(result))
    for status, heading in (("opened", "Opened"), ("closed", "Closed")):
        chosen = result.of(status)
        if chosen:
            blocks += [Heading(heading, 2), *_tables(case, chosen)]
    left = [c for c in result.channels if c.status in ("", "stays")]
    if left:
        if result.base is not None:
            blocks.append(Heading("Open under both", 2))
        blocks += _tables(case, left)
    told = [c for c in result.channels if c.status != "closed" and _worth_closing(c)]
    if told:
        blocks += [Heading("How each could be closed", 2)]
        for c in told:
            blocks += [Heading(_words(case, c), 3), *_closings(case, c)]
    blocks += _left_out(result)
    return Paper(title, tuple(blocks), subtitle=subtitle)


def _name(result: Channels, which: int) -> str:
    compiled = result.compiled if which == 0 else result.base
    assert compiled is not None
    view = f" (view {compiled.view.id})" if compiled.view else ""
    day = result.at if which == 0 else result.base_at
    when = f" on {day}" if result.base is not None and result.at != result.base_at else ""
    return compiled.text.title + view + when


# --- summary ----------------------------------------------------------------------------------------
def _summary(result: Channels) -> Iterable[str]:
    case = result.case
    here = [c for c in result.channels if c.status != "closed"]
    by_kind = {k: [c for c in here if c.kind == k] for k in HEADINGS}
    parts = [f"{len(v)} {_plural(k, len(v))}" for k, v in by_kind.items() if v]
    yield f"Left open: {', '.join(parts)}." if parts else "Nothing is left open."
    if result.base is not None:
        for status in ("opened", "closed"):
            chosen = [c for c in result.of(status) if _worth_closing(c) or status == "closed"]
            if chosen:
                names = "; ".join(_words(case, c) for c in chosen[:4])
                more = f"; and {len(chosen) - 4} more" if len(chosen) > 4 else ""
                yield f"{status.capitalize()} against {_name(result, 1)}: {names}{more}."
            else:
                yield f"Nothing is {status} against {_name(result, 1)}."
    named = [c for c in here if not c.status and c.kind != "open activity" and c.stops_short]
    near = [c for c in named if c.systems or c.carriers or c.disputed]
    if near:
        yield f"Closest to a clause: {'; '.join(_words(case, c) for c in near[:3])}."


def _plural(kind: str, n: int) -> str:
    if n == 1:
        return kind
    return {"open quality": "open qualities", "open activity": "open activities"}.get(
        kind, f"{kind}s"
    )


def _words(case: Case, c: Channel) -> str:
    """A channel in words: its weapons, and what of them is open."""
    words = box_words(case, c.area.box)
    if c.attribute and c.kind == "open quality":
        words = f"{_title(case, c.attribute)} of {words}"
    if c.free:
        words += f": {_list(c.free)}"
    return _large(words)


def _title(case: Case, name: str) -> str:
    attribute = case.attributes.get(name)
    return (attribute.title if attribute and attribute.title else name.replace("_", " ")).lower()


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _worth_closing(c: Channel) -> bool:
    """Whether a channel is more than a kind of weapon that nobody has and no clause is near."""
    held = bool(c.systems or c.perhaps)
    return held or c.disputed or bool(c.carriers) or c.kind == "open quality" or bool(c.record)


# --- tables -----------------------------------------------------------------------------------------
def _tables(case: Case, chosen: Sequence[Channel]) -> list[Block]:
    """One table a kind of channel; weapons that nobody has stand in one line."""
    blocks: list[Block] = []
    for kind, heading in HEADINGS.items():
        mine = [c for c in chosen if c.kind == kind]
        told = [c for c in mine if _worth_closing(c)]
        rest = [c for c in mine if c not in told]
        if told and kind == "open quality":
            blocks.append(_qualities(case, told, heading))
        elif told:
            columns = (
                Column("weapons"),
                Column("open to"),
                Column("why"),
                Column("systems of this case", spare=True),
            )
            rows = tuple(
                (
                    Cell(_words(case, c), _tone(c)),
                    cell(", ".join(c.parties)),
                    cell(c.why),
                    cell(_systems(case, c)),
                )
                for c in told
            )
            blocks.append(Table(columns, rows, heading))
        if rest:
            names = "; ".join(_words(case, c) for c in rest)
            start = "Also" if told else heading
            blocks.append(Para(f"{start}, of which this case holds none: {names}.", "dim"))
    return blocks


def _qualities(case: Case, told: Sequence[Channel], heading: str) -> Table:
    """Qualities by kind of weapon: what nothing is said of, and what is free above a bound."""
    rows: dict[tuple[str, str], list[Channel]] = {}
    for c in told:
        rows.setdefault((box_words(case, c.area.box), ", ".join(c.parties)), []).append(c)
    columns = (Column("weapons"), Column("open to"), Column("what nothing bounds"))
    cells = []
    for (words, parties), found in rows.items():
        titles = [_title(case, c.attribute) + (f" {c.above}" if c.above else "") for c in found]
        cells.append((Cell(words, "strong"), cell(parties), cell(", ".join(titles))))
    return Table(columns, tuple(cells), heading)


def _tone(c: Channel) -> Tone:
    return "doubt" if c.disputed else "good" if c.status == "closed" else "strong"


def _systems(case: Case, c: Channel) -> str:
    sure, perhaps = _by_party(case, c.systems), _by_party(case, c.perhaps)
    if sure and perhaps:
        return f"{sure}; perhaps {perhaps}"
    return sure or (f"perhaps {perhaps}" if perhaps else "")


def _by_party(case: Case, names: Names) -> str:
    parts = []
    for party, systems in names:
        shown = [case.systems[s].name for s in systems[:FEW_SYSTEMS] if s in case.systems]
        more = f" and {len(systems) - FEW_SYSTEMS} more" if len(systems) > FEW_SYSTEMS else ""
        parts.append(f"{party}: {', '.join(shown)}{more}")
    return "; ".join(parts)


# --- closing ----------------------------------------------------------------------------------------
def _closings(case: Case, c: Channel, most: int = FEW_OPTIONS) -> list[Block]:
    last = [x.how for x in c.closings][-2:] == ["ban", "cap"]
    items = [_closing(case, x, last) for x in c.closings if not (last and x.how == "cap")]
    items += [_on_record(r) for r in _telling(c.record)[:most]]
    return [Bullets(tuple(items))] if items else []


def _closing(case: Case, x: Closing, either: bool = False) -> str:
    words = _large(x.words)
    if x.how == "ban" and either:
        words = "Ban them, or set a number"
    if x.how in ("ban", "cap") and x.clause:
        words = f"{words}: {x.clause}"
    catches, beyond = _by_party(case, x.catches), _by_party(case, x.beyond)
    if catches:
        words += f". Would catch {catches}"
    if beyond:
        words += f"{', and beside the channel' if catches else '. Would catch'} {beyond}"
    return f"{words}."


def _telling(found: Sequence[OnRecord]) -> list[OnRecord]:
    """Options that somebody spoke to: that very one first, then those offered and refused."""
    spoken = [r for r in found if r.offered or r.refused]
    return sorted(spoken, key=lambda r: (r.fit != "same", not (r.offered and r.refused)))


def _on_record(r: OnRecord) -> str:
    def said(statements: Sequence[Statement], verb: str) -> list[str]:
        found = []
        for s in statements:
            act = verb
            if verb == "offered":
                act = "accepted" if s.act.startswith("accepts") else "proposed"
            terms = ", on a condition" if s.conditional_on else ""
            found.append(f"{act} by {s.party} on {s.date}{terms}")
        return found

    parts = [*said(r.offered, "offered"), *said(r.refused, "refused")]
    start = "On record, of a part of these" if r.fit == "part" else "On record"
    return f"{start}: {r.words} ({r.option}): {'; '.join(parts)}."


def _in_full(case: Case, c: Channel) -> list[Block]:
    """One channel with everything known of it."""
    blocks: list[Block] = [Para(f"{c.kind.capitalize()} for {_list(c.parties)}: {c.why}.")]
    columns = (Column("attribute"), Column("what the channel spans"), Column("one such weapon"))
    spans = {"kind": (c.area.kind,), **dict(c.area.box.values)}
    rows = tuple(
        (cell(_title(case, k)), cell(either(spans.get(k, ("any",)))), cell(v))
        for k, v in c.area.witness.items()
    )
    blocks.append(Table(columns, rows, "the weapons"))
    systems = _systems(case, c)
    if systems:
        blocks.append(Para(f"Systems of this case: {systems}."))
    for g in c.grows_with:
        words = ", ".join(f"{k} {v}" for k, v in g.witness.items())
        blocks.append(Para(f"Grows with {g.share} of: {words}."))
    return [*blocks, Heading("How it could be closed", 2), *_closings(case, c, len(c.record))]


# --- pictures ---------------------------------------------------------------------------------------
def _picture(result: Channels) -> Block:
    assert result.base is not None
    names = [_name(result, 1), _name(result, 0)]
    rows = []
    for c in result.channels:
        if c.kind not in ("open kind", "open load") or not _worth_closing(c):
            continue
        now = "disputed" if c.disputed else "open"
        states = {
            "opened": ("bounded", now),
            "closed": (now, "bounded"),
            "stays": (now, now),
        }[c.status]
        if c.before:
            states = (c.before, states[1])
        rows.append(Openness(_words(result.case, c), c.status.capitalize(), states))
    order = ("Opened", "Closed", "Stays")
    rows.sort(key=lambda r: order.index(r.group))
    rows = [
        Openness(r.label, {"Stays": "Open under both"}.get(r.group, r.group), r.states)
        for r in rows
    ]
    title = f"Which weapons each text leaves open, limits in effect on {result.at}"
    source = "; ".join(str(c) for c in result.compiled.text.source) or result.text
    svg = open_chart(title, names, rows, f"Attribute cells of both texts' predicates · {source}")
    count = [
        f"{sum(r.group == g for r in rows)} {g.lower()}"
        for g in dict.fromkeys(r.group for r in rows)
    ]
    return Figure(svg, title, f"Picture (--picture FILE.svg): {', '.join(count)}.")


def _growth_pictures(result: Channels) -> list[Block]:
    """One picture a measure that grows under some text."""
    found: list[Block] = []
    measures = {g.measure.id: g.measure for x in result.growth for g in x.gains}
    names = list(dict.fromkeys(x.name for x in result.growth))
    for measure in list(measures.values())[: 1 if len(measures) > 3 else 3]:
        bars = []
        for x in result.growth:
            gain = next((g for g in x.gains if g.measure.id == measure.id), None)
            if gain is None or gain.gain == 0:
                continue
            words = "without end" if gain.most is None else f"{_number(gain.most)}"
            bars.append(
                GrowthBar(
                    _of(x),
                    x.party,
                    float(gain.now),
                    None if gain.most is None else float(gain.most),
                    words,
                )
            )
        if len(bars) < 2 and len(names) > 1:
            continue
        if not bars:
            continue
        first = result.growth[0]
        title = f"{measure.title}, now and at most {_until(first)}"
        if first.programme:
            title = f"{measure.title}, now and at most: {_small(_until(first))}"
        source = _source(first)
        svg = growth_chart(title, bars, unit=measure.unit, source=source)
        words = "; ".join(f"{b.text}, {b.side}: {b.words}" for b in bars)
        found.append(Figure(svg, title, words))
    return found


def _of(x: Growth) -> str:
    view = f" (view {x.view})" if x.view else ""
    return f"{x.compiled.text.title}{view}"


def _until(x: Growth) -> str:
    by = f"by {x.horizon}" if x.horizon else "whatever time it takes"
    return f"{x.programme.title}; {by}" if x.programme else by


def _source(x: Growth) -> str:
    cites = dict.fromkeys(str(c) for k in x.candidates for c in k.source)
    flag = " · partly assumed" if any(k.confidence == "assumed" for k in x.candidates) else ""
    return f"forces {', '.join(x.inventories)} · candidates {'; '.join(cites) or 'assumed'}{flag}"


# --- growth -----------------------------------------------------------------------------------------
def _growth(result: Channels) -> list[Block]:
    if not result.growth:
        return []
    case = result.case
    blocks: list[Block] = [Heading("How far it could go", 2)]
    first = result.growth[0]
    kept = "all present weapons, but for what is converted" if first.kept == "all" else first.kept
    blocks.append(Para(f"{_large(_until(first))}; kept: {kept}."))
    blocks += _growth_pictures(result)
    for x in result.growth:
        blocks += _growth_table(x)
    if first.programme and first.programme.said:
        blocks.append(Para(_said(first), "strong"))
    blocks.append(Fold("What could be added", (_candidates(case, result.growth),)))
    return blocks


def _said(x: Growth) -> str:
    assert x.programme is not None
    assert x.programme.said is not None
    gain = next((g for g in x.gains if g.measure.id == x.programme.measure), None)
    here = "without end" if gain is None or gain.most is None else _number(gain.most)
    said = _number(x.programme.said.value)
    note = f" ({x.programme.said.note})" if x.programme.said.note else ""
    return f"It was said to come to about {said}{note}; by its own numbers it is {here}."


def _growth_table(x: Growth) -> list[Block]:
    if x.must_go is None:
        return [
            Para(f"{_of(x)}, {x.party}: no part of the present forces meets the text.", "doubt")
        ]
    columns = (
        Column("measure"),
        Column("now", RIGHT),
        Column("at most", RIGHT),
        Column("gain", RIGHT),
        Column("made up of"),
        Column("what stands in the way (one more is worth)", spare=True),
    )
    told = [g for g in x.gains if g.most is None or g.gain]
    rows = []
    for g in told:
        rows.append(
            (
                cell(g.measure.title),
                Cell(_number(g.now)),
                Cell("without end", "bad") if g.most is None else Cell(_number(g.most)),
                Cell("–", "dim") if g.gain is None else Cell(_number(g.gain), "strong"),
                cell(_parts(g)),
                cell(_binding(g.binds)),
            )
        )
    notes = []
    rest = [_small(g.measure.title) for g in x.gains if g not in told]
    if rest:
        notes.append(f"No gain by: {', '.join(rest)}.")
    split = [g for g in told if g.most is not None and _number(g.unrounded or 0) != _number(g.most)]
    if split:
        words = ", ".join(f"{_small(g.measure.title)} {_number(g.unrounded or 0)}" for g in split)
        notes.append(f"If weapons could be split: {words}.")
    if x.must_go:
        notes.append(f"The text asks for {_number(x.must_go)} to go in any case.")
    if x.doubtful:
        notes.append(f"Not known to count, and taken not to: {'; '.join(x.doubtful)}.")
    unknown = {n for g in told for n in g.not_measured}
    if unknown:
        notes.append(f"Not measured throughout: {', '.join(sorted(unknown))}.")
    notes += [f"{left.row.title}: not computed, {left.why}." for left in x.left_out]
    caption = f"{x.party} under {_of(x)}"
    if not rows:
        return [Para(f"{caption}: no gain. {' '.join(notes)}", "dim")]
    return [Table(columns, tuple(rows), caption, tuple(notes))]


def _large(words: str) -> str:
    return words[:1].upper() + words[1:]


def _small(title: str) -> str:
    """A title inside a sentence; an abbreviation stays as it is."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def _number(value: Number) -> str:
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def _parts(g: Gain) -> str:
    if g.endless:
        return f"any number of {', '.join(g.endless)}"
    parts = []
    for p in g.parts[:FEW_PARTS]:
        sign = "+" if p.change > 0 else "−"
        flag = f" ({p.confidence})" if p.confidence not in ("", "verified") else ""
        parts.append(f"{sign}{_number(abs(p.change))} {p.title}{flag}")
    if len(g.parts) > FEW_PARTS:
        parts.append(f"and {len(g.parts) - FEW_PARTS} more")
    return ", ".join(parts)


def _binding(binds: Sequence[Binds]) -> str:
    return ", ".join(
        f"{WHY_BINDS[b.what]} {b.title if b.what == 'limit' else 'of ' + b.title} ({_number(b.worth)})"
        if b.what != "conversion"
        else f"{b.title} ({_number(b.worth)})"
        for b in binds
    )


def _candidates(case: Case, growth: Sequence[Growth]) -> Table:
    columns = (
        Column("candidate"),
        Column("side"),
        Column("from"),
        Column("a year", RIGHT),
        Column("in all", RIGHT),
        Column("carries"),
        Column("source"),
    )
    rows = []
    for c in {c.id: c for x in growth for c in x.candidates}.values():
        loads = ", ".join(case.candidates[n].title for n in c.carries)
        carries = f"{c.capacity} of {loads}" if c.capacity else ""
        cites = [str(s) for s in c.source]
        cites += [str(s) for _, f in c.figures() for s in f.source]
        flags = [f"{name} {c.confidence_of(f)}" for name, f in c.figures()]
        flags = [f for f in flags if not f.endswith("verified")]
        if c.confidence != "verified" and not flags:
            flags = [c.confidence]
        source = "; ".join(dict.fromkeys(cites)) or "none"
        rows.append(
            (
                cell(c.title),
                cell(c.party),
                cell(str(c.starts) if c.starts else ""),
                cell(str(c.rate) if c.rate else ""),
                cell(str(c.most) if c.most else ""),
                cell(carries),
                cell(f"{source} ({', '.join(flags)})" if flags else source),
            )
        )
    caption = "what could be added; figures that are not in a source are derived or assumed"
    return Table(columns, tuple(rows), caption)


def _left_out(result: Channels) -> list[Block]:
    blocks: list[Block] = [Heading("Not computed", 3)]
    n = len(result.not_computed)
    items = [
        f"{n} of {len(result.compiled.provisions)} provisions set no number or condition that a row "
        "can say; what they close is not seen here."
    ]
    if result.other_quantities:
        names = _list(result.other_quantities)
        items.append(f"Limits on {names}: channels are of weapons held.")
    if result.not_cut:
        items.append(f"Too many combinations of attributes for {', '.join(result.not_cut)}.")
    return [*blocks, Bullets(tuple(items))]
