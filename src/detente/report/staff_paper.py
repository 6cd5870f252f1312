"""The staff paper on a letter or proposal: a first page to decide on, then a section a question.

Every section says what its own analysis found, in a table that can be read by itself; the analysis in
full folds away below it. The short form, for the terminal, is the first page and the claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from string import ascii_uppercase

from detente.analyses.balance import Balance, When
from detente.analyses.channels import Channel, Channels
from detente.analyses.count import Count
from detente.analyses.cuts import SideCut
from detente.analyses.packages import Choice, Packages
from detente.analyses.reduce import Cuts
from detente.analyses.staff_paper import Point, StaffPaper, paragraphs
from detente.analyses.standing import IssueStanding
from detente.model.case import Case
from detente.model.record import Record, Statement
from detente.report import audit_paper, balance_paper, compare_paper, count_paper
from detente.report.compare_paper import box_words
from detente.report.count_paper import margin, party_title
from detente.report.packages_paper import distance_paper, packages_paper, toward_paper
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
    cell,
)
from detente.report.papers import paper_of
from detente.report.reduce_paper import least_words, reduce_paper
from detente.report.standing_paper import standing_paper
from detente.report.unravel_paper import keystones_paper, unravel_paper

RIGHT: Align = "right"
NAMED = 4  # of a list of names in a sentence, so many


def staff_paper(result: StaffPaper, *, short: bool = False) -> Paper:
    """The whole paper, or in short the first page, the claims, and what was not answered."""
    first = result.comparison.counts[0]
    blocks: list[Block] = [*_first_page(result)]
    if short:
        blocks += [*_claims(result, short), *_not_answered(result, short)]
        blocks.append(
            Para("The whole paper: --out FOLDER for HTML and Markdown, or --format md.", "dim")
        )
    else:
        sections = (_standing, _points, _options, _cuts, _channels, _unravel, _balance)
        blocks += [b for section in sections for b in section(result)]
        blocks += [*_claims(result, short), *_packages(result), *_not_answered(result, short)]
        blocks += [*_traces(result), *_sources(result)]
    letter = result.letter
    title = f"Answer to {letter.title}" if letter.document else f"On {letter.title}"
    basis = first.case.bases[first.chosen.basis].counts if first.case.bases else ""
    subtitle = f"{result.case.title} · as of {result.at} · forces of {_dates(first)}"
    subtitle += f" · basis {first.chosen.basis}" + (f" ({basis})" if basis else "")
    return Paper(title, tuple(blocks), subtitle=subtitle)


def _dates(c: Count) -> str:
    return ", ".join(dict.fromkeys(str(i.date) for i in c.chosen.by_party.values()))


def _and(words: Sequence[str]) -> str:
    """A list in a sentence."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _some(words: Sequence[str]) -> str:
    """So many of a list in a sentence, and how many more."""
    more = len(words) - NAMED
    return _and(list(words)) if more < 1 else f"{', '.join(words[:NAMED])} and {more} more"


def _title(result: StaffPaper, name: str) -> str:
    """A text's title, with the view it is read in."""
    text, _, view = name.partition("@")
    said = result.case.texts[text].title
    return f"{said}; {result.case.views[view].title or view}" if view else said


def _letter(result: StaffPaper, name: str) -> str:
    """Options go by letters, as in an options memo: A is the baseline."""
    return ascii_uppercase[result.texts.index(name)]


def _lettered(result: StaffPaper, name: str) -> str:
    return f"{_letter(result, name)}: {_title(result, name)}"


def _below(blocks: Iterable[Block]) -> list[Block]:
    """Blocks of another paper under a heading of this one."""
    return [
        replace(b, level=b.level + 1) if isinstance(b, Heading) and b.level == 2 else b
        for b in blocks
    ]


def _without_pictures(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks whose pictures stand elsewhere in the paper."""
    return tuple(b for b in blocks if not isinstance(b, Figure))


def _group(words: str, columns: int) -> tuple[Cell, ...]:
    """A row that heads those below it."""
    return (Cell(words, "strong"), *[Cell("")] * (columns - 1))


# --- the first page ---------------------------------------------------------------------------------
def _first_page(result: StaffPaper) -> list[Block]:
    """What a reader who stops after one page must know."""
    blocks: list[Block] = [Heading("In short", 2), *_bottom_line(result)]
    items = [
        *_letter_words(result),
        *_stood_words(result),
        *_counted_words(result),
        *_taken_out_words(result),
        *_balance_words(result),
        *_claims_words(result),
        *_way_words(result),
    ]
    blocks.append(Bullets(tuple(items)))
    blocks.append(_overview(result))
    blocks += _asked_of_each(result)
    return blocks


ACTS = {
    "rejects": "refuses what was put",
    "proposes": "proposes",
    "accepts": "accepts, if only in principle,",
    "accepts-in-principle": "accepts, if only in principle,",
    "conditions": "sets conditions",
}


def _letter_words(result: StaffPaper) -> list[str]:
    """What the letter does: what it refuses, proposes, accepts, makes conditional."""
    record = result.case.record
    if record is None:
        return []
    by: dict[str, dict[str, None]] = {}
    for p in result.points:
        for s in p.statements:
            if s.act in ACTS:
                by.setdefault(ACTS[s.act], {})[record.issues[s.issue].title] = None
    acts = [a for a in dict.fromkeys(ACTS.values()) if a in by]
    return [f"The letter {act} {_issues(list(by[act]))}." for act in acts]


def _issues(titles: Sequence[str]) -> str:
    """Titles of issues in a sentence: they hold commas of their own."""
    more = len(titles) - NAMED
    shown = "; ".join(titles[:NAMED])
    many = "issue" if len(titles) == 1 else "issues"
    return f"on {len(titles)} {many} ({shown}{f'; {more} more' if more > 0 else ''})"


def _bottom_line(result: StaffPaper) -> list[Block]:
    """The two or three sentences for a reader who stops here."""
    said = []
    packed, record = result.packages, result.case.record
    if packed is not None and record is not None:
        if packed.concessions:
            who = _who_must(result, packed)
            titles = list(dict.fromkeys(record.issues[m.issue].title for m in packed.concessions))
            n = len(packed.concessions)
            said.append(
                f"On {result.at} there is no package that both sides stand on or offer. The fewest "
                f"concessions that would make one are {n} ({who}), {_issues(titles)}."
            )
        else:
            said.append(f"On {result.at} what the sides stand on makes a package as it is.")
    cuts = dict(result.cuts).get(result.texts[0])
    if cuts:
        asked = [
            f"{party_title(result.case, s.party)} "
            f"{least_words(s.least) if s.least.best or s.least.high else 'nothing'}"
            for s in cuts.sides
        ]
        said.append(f"What stands asks these cuts in launchers and aircraft: {_and(asked)}.")
    return [Para(" ".join(said), "strong")] if said else []


def _asked_of_each(result: StaffPaper) -> list[Block]:
    """The fewest concessions, on the first page: whose, on what, from what to what, or which others."""
    packed, record = result.packages, result.case.record
    if packed is None or record is None or not packed.concessions:
        return []
    rows: list[tuple[Cell, ...]] = []
    for choice in _choices(packed):
        for i, way in enumerate(choice.ways[:NAMED]):
            for j, m in enumerate(m for m in way if m.kind == "concedes"):
                who = party_title(result.case, m.party)
                rows.append(
                    (
                        cell(record.issues[m.issue].title) if i == j == 0 else Cell(""),
                        cell(f"or {who}" if i and j == 0 else who),
                        cell("; ".join(_plain(record, k) for k in m.leaves)),
                        cell("; ".join(_plain(record, k) for k in m.to)),
                    )
                )
    columns = (Column("issue"), Column("whose"), Column("from"), Column("to"))
    takes = sum(m.kind != "concedes" for m in packed.moves)
    note = (
        f"Beside these, {takes} options are to be taken up that fit what a side stands on already."
    )
    return [
        Table(
            columns,
            tuple(rows),
            "The fewest concessions that make a package",
            (note,) if takes else (),
        )
    ]


def _choices(packed: Packages) -> list[Choice]:
    """The choices among ways in which somebody must concede."""
    return [
        c
        for g in packed.groups
        for c in g.choices
        if any(m.kind == "concedes" for way in c.ways for m in way)
    ]


def _who_must(result: StaffPaper, packed: Packages) -> str:
    """How many of the fewest concessions only one side can make, and how many either."""
    alone: Counter[str] = Counter()
    either = 0
    for choice in _choices(packed):
        made = [tuple(m.party for m in way if m.kind == "concedes") for way in choice.ways]
        if len(set(made)) == 1 and not choice.more:
            alone.update(made[0])
        else:
            either += len(made[0])
    said = [f"{n} that {party_title(result.case, p)} alone can make" for p, n in alone.items()]
    return _and([*said, f"{either} that either side can"] if either else said)


def _plain(record: Record, key: str) -> str:
    position = record.position(key) if "/" in key else None
    return position.text if position else key


def _stood_words(result: StaffPaper) -> list[str]:
    stood = result.standing
    if stood is None:
        return []
    counts = Counter(x.status for x in stood.issues if x.status not in ("silent", "dropped"))
    said = [f"{n} {status}" for status, n in counts.most_common()]
    found = [f"Where it stands: of {sum(counts.values())} issues, {_and(said)}."]
    live = {x.issue.id for x in stood.issues if x.status not in ("silent", "dropped")}
    touched = {i.issue.id for p in result.points for i in p.issues} & live
    open_ = [
        x.issue.title for x in stood.issues if x.issue.id in touched and x.status == "bracketed"
    ]
    if open_:
        found.append(f"The letter speaks to {len(touched)} of them; bracketed {_issues(open_)}.")
    reopened: dict[str, list[str]] = {}
    for e in stood.reopenings:
        reopened.setdefault(e.party, []).append(stood.case.record.issues[e.issue].title)  # type: ignore[union-attr]
    said = [
        f"{party_title(result.case, party)} {_issues(list(dict.fromkeys(titles)))}"
        for party, titles in reopened.items()
    ]
    if said:
        found.append(f"Reopened, by the order of the statements: {'; '.join(said)}.")
    return found


def _counted_words(result: StaffPaper) -> list[str]:
    """Each side under the baseline's first ceiling."""
    first = result.comparison.counts[0]
    rows = [x for x in first.limits if x.row.provision.kind == "ceiling"]
    if not rows:
        return []
    limit = rows[0].limit
    said = [
        f"{party_title(result.case, x.party)} {x.counted} of {count_paper.bound_words(x)} "
        f"({margin(x)})"
        for x in rows
        if x.limit == limit
    ]
    return [f"Count, {_title(result, result.texts[0])}: {rows[0].title.lower()}: {_and(said)}."]


def _taken_out_words(result: StaffPaper) -> list[str]:
    """What falls when an issue is put outside; issues with which the same falls go together."""
    record = result.case.record
    if record is None:
        return []
    by: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for u in result.taken_out:
        lapsed = dict.fromkeys((e.party, _named(record, e.falls)) for e in u.edges if e.party)
        if lapsed:
            by.setdefault(tuple(lapsed), []).append(record.issues[u.element].title)
    found = []
    for lapsed_, issues in by.items():
        parties = dict.fromkeys(p for p, _ in lapsed_)
        said = [
            f"{party_title(result.case, p)}: {_some([w for q, w in lapsed_ if q == p])}"
            for p in parties
        ]
        found.append(
            f"If put outside ({'; '.join(issues)}), these acceptances and offers fall: "
            f"{'; '.join(said)}."
        )
    return found


def _named(record: Record, key: str) -> str:
    """An option by what it says, an issue by its title."""
    position = record.position(key) if "/" in key else None
    if position:
        return f"“{position.text}”"
    return f"“{record.issues[key].title}”" if key in record.issues else key


def _balance_words(result: StaffPaper) -> list[str]:
    weighed = result.balance
    if weighed is None or len(weighed.sides) < 2:
        return []
    measure = weighed.lenses[0].measures[0]
    ratios = []
    for lens in weighed.lenses:
        ratio = lens.measures[0].ratio("ceilings")
        if ratio is not None:
            ratios.append((ratio.best, lens.lens.title))
    if not ratios:
        return []
    low, high = min(ratios), max(ratios)
    one, other = weighed.sides[:2]
    words = (
        f"Balance at the ceilings of the baseline, {measure.measure.title.lower()}, {one} to "
        f"{other}: from {low[0]:.2f} (“{low[1]}”) to {high[0]:.2f} (“{high[1]}”): "
        "whether it is equal turns on what is counted."
    )
    if low[0] > 1 or high[0] < 1:
        words = words.replace(
            "whether it is equal turns on what is counted",
            f"{one if low[0] > 1 else other} is ahead by every lens",
        )
    return [words]


def _claims_words(result: StaffPaper) -> list[str]:
    if result.audit is None:
        return []
    by: dict[str, list[str]] = {}
    for a in result.audit.claims:
        places = ", ".join(f"¶{p}" for p in a.claim.paragraphs)
        by.setdefault(a.verdict, []).append(f"{a.claim.id} {places}")
    words = audit_paper.summary(result.audit).rstrip(".")
    named = [f"{v}: {', '.join(by[v])}" for v in ("supported", "contradicted") if v in by]
    return [f"The letter's {words} ({'; '.join(named)})." if named else f"The letter's {words}."]


def _way_words(result: StaffPaper) -> list[str]:
    found = []
    for x in result.toward:
        by = Counter(m.party for m in x.concessions)
        who = _and([f"{n} by {party_title(result.case, p)}" for p, n in by.most_common()])
        found.append(
            f"Seen from {x.at}, what stood agreed on {x.target.name} lay "
            f"{len(x.concessions)} concessions away ({who})."
        )
    return found


def _overview(result: StaffPaper) -> Table:
    """The options in one table: what each asks of each side, opens, closes and turns."""
    cuts, opened, gains = dict(result.cuts), dict(result.channels), dict(result.gains)
    parties = list(dict.fromkeys(s.party for c in cuts.values() for s in c.sides))
    columns = [Column("option"), *(Column(f"{p} must cut", RIGHT) for p in parties)]
    columns += [Column("opens", RIGHT), Column("closes", RIGHT)] if opened else []
    columns += [Column("gains by lens")] if gains else []
    columns += [Column("what became of it", spare=True)]
    rows = []
    for name in result.texts:
        base = name == result.texts[0]
        row = [Cell(_lettered(result, name) + (" (baseline)" if base else ""))]
        found = cuts.get(name)
        for party in parties:
            side = next((s for s in found.sides if s.party == party), None) if found else None
            row.append(Cell(_over_time(side)) if side else Cell("–", "dim"))
        if opened:
            here = opened.get(name)
            for status in ("opened", "closed"):
                row.append(cell(len(here.of(status))) if here else Cell("–", "dim"))
        if gains:
            row.append(Cell(_who_gains(gains[name])) if name in gains else Cell("–", "dim"))
        row.append(cell(_became(result, name)))
        rows.append(tuple(row))
    notes = [
        "Must cut: the least number of launchers, missiles and aircraft, each side choosing which; "
        "in brackets at the low and high figures; after the arrow at the last step of its ceilings.",
    ]
    if opened:
        notes.append("Opens, closes: kinds and loads of weapons left free, against the baseline.")
    if gains:
        measure = next(iter(gains.values())).lenses[0].measures[0].measure.title.lower()
        notes.append(
            f"Gains by lens: at the ceilings, by the difference in {measure}, through how many "
            "lenses each side gains."
        )
    return Table(tuple(columns), tuple(rows), "The options side by side", tuple(notes))


def _became(result: StaffPaper, name: str) -> str:
    """What became of a text; a text read in a view of its own is a reading, not another text."""
    text, _, view = name.partition("@")
    if not view:
        return result.case.texts[text].status
    return "a reading of A" if result.texts[0] == text else "a reading"


def _over_time(side: SideCut) -> str:
    """The least cut now, and at the last step of the schedule where that is another."""
    now = least_words(side.least)
    later = [g for g in side.stages if g.limits]
    last = max(later, key=lambda g: (g.at, g.least.best or 0)) if later else None
    if last is None or least_words(last.least) == now:
        return now
    return f"{now} → {least_words(last.least)}"


def _who_gains(result: Balance) -> str:
    first = result.lenses[0].measures[0].measure.id
    here = [g for g in result.gains if g.when == "ceilings" and g.measure.id == first]
    by = Counter(g.by_difference or "neither" for g in here)
    return ", ".join(f"{who} by {n} of {len(here)}" for who, n in by.most_common())


# --- standing, the letter ---------------------------------------------------------------------------
def _standing(result: StaffPaper) -> list[Block]:
    if result.standing is None:
        return []
    blocks: list[Block] = [Heading("Where things stood, and how it came about", 2)]
    blocks += _below(standing_paper(result.standing).blocks)
    draft = standing_paper(result.standing, draft=True)
    blocks.append(Fold("The joint draft text of that day", draft.blocks))
    return blocks


def _points(result: StaffPaper) -> list[Block]:
    """Each paragraph: what it says, where that stood, what the claims in it come to."""
    if not result.points:
        return []
    record = result.case.record
    assert record is not None
    columns = (
        Column("¶"),
        Column("the letter says, in our words"),
        Column("where it stood"),
        Column("what the case says"),
    )
    rows = []
    for p in result.points:
        said = "; ".join(dict.fromkeys(_our_words(record, s) for s in p.statements))
        rows.append(
            (
                cell(p.paragraph or "–"),
                cell(said),
                cell("; ".join(_stood(x) for x in p.issues)),
                _claims_of(p),
            )
        )
    whole = set().union(*(paragraphs(p.paragraph) for p in result.points))
    note = f"{len(result.points)} places with statements of the record; paragraphs {_runs(whole)}."
    return [
        Heading("The letter point by point", 2),
        Table(columns, tuple(rows), "", (note,)),
    ]


def _our_words(record: Record, s: Statement) -> str:
    position = record.position(s.key)
    return str(s.note or (position.text if position else s.option))


def _stood(x: IssueStanding) -> str:
    return f"{x.issue.title}: {x.status}"


def _claims_of(p: Point) -> Cell:
    if not p.claims:
        return Cell("", "dim")
    text = "; ".join(f"{a.claim.id} {a.verdict}" for a in p.claims)
    return Cell(text, trace=f"claim-{p.claims[0].claim.id}")


def _runs(numbers: Iterable[int]) -> str:
    """Numbers as runs: 1–4, 6."""
    found: list[list[int]] = []
    for n in sorted(numbers):
        if found and n == found[-1][1] + 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in found)


# --- options, cuts, channels ------------------------------------------------------------------------
def _options(result: StaffPaper) -> list[Block]:
    letters = [_letter(result, n) for n in result.texts]
    tables = compare_paper.comparison_tables(result.comparison, labels=letters, link=True)
    return [
        Heading("The options side by side", 2),
        *tables[:1],
        Fold("Bans and limits on quality", tuple(tables[1:])),
        Fold(
            "What each option changes, provision by provision",
            compare_paper.compare_paper(result.comparison).blocks,
        ),
    ]


def _cuts(result: StaffPaper) -> list[Block]:
    if not result.cuts:
        return []
    parties = list(dict.fromkeys(s.party for _, c in result.cuts for s in c.sides))
    columns = [Column("under")]
    for p in parties:
        columns += [
            Column(f"{p} cuts", RIGHT),
            Column("% of its own", RIGHT),
            Column("share", RIGHT),
        ]
    columns.append(Column("asked for by"))
    rows = []
    for name, c in result.cuts:
        row = [Cell(_letter(result, name), "strong")]
        for p in parties:
            side = next((s for s in c.sides if s.party == p), None)
            if side is None:
                row += [Cell("–", "dim")] * 3
                continue
            row += [
                Cell(least_words(side.least), "bad" if side.least.best else ""),
                Cell("–" if side.percent is None else f"{side.percent:.1f}"),
                _share(c, p),
            ]
        asked = dict.fromkeys(d.row.title for s in c.sides for d in s.demands)
        row.append(cell(", ".join(asked)))
        rows.append(tuple(row))
    note = (
        "Share: of what both sides together must cut. A range is what the text itself leaves open."
    )
    blocks: list[Block] = [
        Heading("Who must cut what", 2),
        Table(tuple(columns), tuple(rows), "", (note,)),
    ]
    blocks += [
        Fold(f"Cuts under {_lettered(result, name)}", reduce_paper(c).blocks)
        for name, c in result.cuts
    ]
    return blocks


def _share(c: Cuts, party: str) -> Cell:
    side = next(s for s in c.sides if s.party == party)
    share = c.share(side)
    return Cell("–", "dim") if share is None else Cell(f"{share:.0f} %")


def _channels(result: StaffPaper) -> list[Block]:
    if not result.channels:
        return []
    blocks: list[Block] = [Heading("What is left open", 2)]
    columns = (
        Column(""),
        Column("kind of channel"),
        Column("what may grow without end"),
        Column("how it could be closed"),
    )
    rows: list[tuple[Cell, ...]] = []
    for name, found in result.channels:
        opened, closed = found.of("opened"), found.of("closed")
        rows.append(_group(f"{_lettered(result, name)}: {_opens(found)}", len(columns)))
        for c in (*opened, *closed):
            rows.append(
                (
                    Cell(c.status, "bad" if c.status == "opened" else "good"),
                    cell(c.kind),
                    cell(_channel(result, c)),
                    cell(c.closings[0].words if c.closings and c.status == "opened" else ""),
                )
            )
    blocks.append(Table(columns, tuple(rows), f"against {_lettered(result, result.texts[0])}"))
    blocks += [
        Fold(f"Channels under {_lettered(result, name)}", paper_of(found).blocks)
        for name, found in result.channels
    ]
    return blocks


def _opens(found: Channels) -> str:
    opened, closed = len(found.of("opened")), len(found.of("closed"))
    if not opened and not closed:
        return "opens and closes nothing"
    return f"opens {opened or 'nothing'}, closes {closed or 'nothing'}"


def _channel(result: StaffPaper, c: Channel) -> str:
    words = box_words(result.case, c.area.box)
    if c.attribute:
        words += f": its {c.attribute.replace('_', ' ')}"
    if c.free:
        words += f": {_and(c.free)}"
    return words + (" (by some readings)" if c.disputed else "")


def _unravel(result: StaffPaper) -> list[Block]:
    if result.keystones is None:
        return []
    blocks: list[Block] = [Heading("What falls with what is taken out", 2)]
    for u in result.taken_out:
        paper = unravel_paper(u)
        pictures = [b for b in paper.blocks if isinstance(b, Figure)]
        if not u.edges:
            blocks.append(Para(f"{paper.title}: {u.falls} fall with it."))
        else:
            blocks += [Heading(paper.title, 3), *pictures]
            blocks.append(Fold("Who tied what to it", _without_pictures(paper.blocks)))
    blocks.append(Heading("Elements by what falls with them", 3))
    blocks += keystones_paper(result.keystones).blocks
    return blocks


# --- balance, claims, packages ----------------------------------------------------------------------
def _balance(result: StaffPaper) -> list[Block]:
    if result.balance is None:
        return []
    blocks: list[Block] = [Heading("Whom it favours, by whose reckoning", 2)]
    base = result.balance
    one, other = base.sides[:2]
    first = base.lenses[0].measures[0].measure
    gains = dict(result.gains)
    columns = [Column("lens"), Column("whose"), Column(f"{one}:{other} now", RIGHT)]
    columns += [Column(_letter(result, n), RIGHT) for n in (result.texts[0], *gains)]
    rows = []
    for lens in base.lenses:
        m = lens.measures[0]
        row = [cell(lens.lens.title), cell(lens.lens.by)]
        moments: tuple[When, ...] = ("now", "ceilings")
        for when in moments:
            ratio = m.ratio(when)
            row.append(Cell("–" if ratio is None else f"{ratio.best:.2f}"))
        for found in gains.values():
            after = next(x for x in found.lenses if x.lens.id == lens.lens.id).measures[0]
            ratio = after.ratio("ceilings")
            row.append(Cell("–" if ratio is None else f"{ratio.best:.2f}"))
        rows.append(tuple(row))
    note = (
        f"{first.title}, {one} to {other}, at the ceilings of each option: above 1 the {one} is ahead. "
        "Ranges and other measures stand below."
    )
    blocks.append(Table(tuple(columns), tuple(rows), "", (note,)))
    if result.sweep is not None:
        swept = balance_paper.balance_paper(result.sweep).blocks
        drawn = next(i for i, b in enumerate(swept) if isinstance(b, Figure))
        blocks.append(Heading("As the equal ceiling falls to a tenth", 3))
        blocks += list(swept[max(drawn - 1, 0) : drawn + 1])
    blocks.append(Fold("Lenses and measures in full", balance_paper.balance_paper(base).blocks))
    blocks += [
        Fold(f"Who gains under {_lettered(result, n)}", balance_paper.balance_paper(b).blocks)
        for n, b in result.gains
    ]
    return blocks


def _claims(result: StaffPaper, short: bool) -> list[Block]:
    if result.audit is None:
        return []
    blocks: list[Block] = [
        Heading("The letter's claims", 2),
        Para(audit_paper.summary(result.audit)),
        audit_paper.verdicts(result.audit, link=not short),
    ]
    if not short:
        blocks += [audit_paper.details(a) for a in result.audit.claims]
    return blocks


def _packages(result: StaffPaper) -> list[Block]:
    if result.packages is None:
        return []
    blocks: list[Block] = [Heading("A way to what both could accept", 2)]
    whole = packages_paper(result.packages).blocks
    blocks += _below(whole)
    if result.distance is not None:
        curve = distance_paper(result.distance).blocks
        pictures = [b for b in curve if isinstance(b, Figure)]
        blocks += [Heading("How far apart, over time", 3), *pictures]
        blocks.append(Fold("What moved the distance", _without_pictures(curve)))
    for x in result.toward:
        paper = toward_paper(x)
        blocks.append(Heading(paper.title, 3))
        blocks += _below(paper.blocks)
    return blocks


# --- what is not there ------------------------------------------------------------------------------
def _not_answered(result: StaffPaper, short: bool) -> list[Block]:
    """What was not computed, what is assumed, recalled or disputed."""
    blocks: list[Block] = [Heading("Not computed, recalled, disputed", 2)]
    items = [f"{g.section}: {g.why}." for g in result.gaps]
    for c, name in zip(result.comparison.counts, result.texts, strict=True):
        items.append(
            f"{_title(result, name)}: {len(c.not_computed)} of {len(c.compiled.provisions)} "
            f"provisions ({_kinds(c)})."
        )
    if result.audit:
        lost = [f"{a.claim.id} ({a.not_tested})" for a in result.audit.claims if a.not_tested]
        items += [f"Not tested of the claims: {x}." for x in lost]
    blocks.append(Bullets(tuple(items)))
    first = result.comparison.counts[0]
    blocks += count_paper.discrepancies(first)
    flagged = _flagged(result)
    if flagged:
        blocks += [Heading("Figures that were not verified", 3), Bullets(tuple(flagged))]
    if not short:
        for c, name in zip(result.comparison.counts, result.texts, strict=True):
            blocks.append(
                Fold(f"Not computed: {_lettered(result, name)}", tuple(count_paper.left_out(c)))
            )
    return blocks


def _kinds(c: Count) -> str:
    kinds = Counter(n.provision.kind for n in c.not_computed)
    return ", ".join(f"{n} {k}" for k, n in kinds.items())


def _flagged(result: StaffPaper) -> list[str]:
    """Holdings counted here that were recalled, derived or assumed, by how far they were checked."""
    by: dict[str, dict[str, None]] = {}
    for c in result.comparison.counts[:1]:
        for x in c.limits:
            for part in x.count.contributions:
                h = part.element.holding
                if h.confidence != "verified":
                    known = result.case.systems.get(h.system)
                    name = f"{known.name if known else h.system} ({part.element.party})"
                    by.setdefault(h.confidence, {})[name] = None
    return [f"{confidence}: {', '.join(names)}." for confidence, names in by.items()]


def _traces(result: StaffPaper) -> list[Block]:
    """From each figure to its rule, systems, inventory lines and sources."""
    blocks: list[Block] = [Heading("Where each figure comes from", 2)]
    for c, name in zip(result.comparison.counts, result.texts, strict=True):
        inner: list[Block] = [*count_paper.limits_tables(c, link=True)]
        for x in c.limits:
            inner += count_paper.trace_blocks(c, x)
        blocks.append(Fold(f"Counts under {_lettered(result, name)}", tuple(inner)))
    return blocks


def _sources(result: StaffPaper) -> list[Block]:
    """The documents that the paper rests on, with where their public copies stand."""
    used: dict[str, None] = {}
    for c in result.comparison.counts:
        for x in c.limits:
            for cite in (*x.row.provision.source, *x.bound.step.source):
                used[cite.source] = None
            for part in x.count.contributions:
                for cite in part.element.holding.source:
                    used[cite.source] = None
    case: Case = result.case
    items = [
        f"{case.sources[s].title}{f' — {case.sources[s].url}' if case.sources[s].url else ''}"
        for s in used
        if s in case.sources
    ]
    record = case.record
    documents: dict[str, None] = {}
    for p in result.points:
        documents |= dict.fromkeys(s.document for s in p.statements)
        for issue in p.issues:
            documents |= dict.fromkeys(s.document for s in issue.because)
    for d in documents:
        found = record.documents.get(d) if record else None
        if found:
            items.append(f"{found.citation}{f' — {found.url}' if found.url else ''} [{d}]")
    return [Heading("Sources", 2), Bullets(tuple(items))]
