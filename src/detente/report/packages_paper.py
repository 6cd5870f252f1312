"""The papers of `packages`: common ground and fewest concessions; the distance curve; the look-back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from detente.analyses.acceptable import ALL, NONE
from detente.analyses.distance import Distance, Point, Toward
from detente.analyses.package_checks import Check, SideCheck
from detente.analyses.packages import Group, Move, Packages, Tied
from detente.analyses.standing import record_of
from detente.model.record import Record
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
from detente.report.steps import Line, steps

MODES = {
    "now": "what the sides stand on or offer",
    "ever": "all that the sides once accepted or offered",
}
WHY = {
    "condition": "on condition",
    "linkage": "asserted",
    "content": "its own words for the bundle",
    "requires": "makes no sense without it",
}
RELATIONS = {
    "requires": "{} makes no sense without {}",
    "requires one of": "{} needs one of {}",
    "puts outside": "{} puts {} outside",
    "settles with itself": "{} settles {} along with it",
    "is put outside by none but": "{} is put outside by none but {}",
}
SHOWN_WAYS, SHOWN_MOVERS = 4, 6
OUTSIDE = "(outside)"


def packages_paper(result: Packages) -> Paper:
    """What both could accept, group by group; where nothing, the fewest moves; what was checked."""
    record = record_of(result.case)
    blocks: list[Block] = [Para(_headline(result), "strong")]
    done = [g for g in result.groups if g.packages]
    open_ = [g for g in result.groups if not g.packages]
    if open_:
        blocks += [Heading("No common ground: the fewest moves that make it", 3)]
        blocks += _moves(result, record, open_)
    if done:
        blocks += [Heading("Common ground", 3), _common(record, done)]
    blocks += _clashes(record, open_)
    blocks += _not_put(result, record)
    blocks += _checks(result)
    blocks += _ties(record, result.groups)
    blocks += _glossary(record, result.moves)
    blocks.append(
        Para(
            "An issue is settled by one option or by several that can hold together; groups are "
            "issues that conditions, linkages or the options themselves tie to one another, and "
            "their numbers multiply. A side concedes when it leaves its position or gives up a "
            "condition; it takes up what fits all it stands on and it has not refused.",
            "dim",
        )
    )
    return Paper(
        f"Packages that {_all(result.parties)} could accept, {result.at}",
        tuple(blocks),
        subtitle=f"{result.case.title} · {result.mode}: {MODES[result.mode]} · {_switches(result)}",
    )


def _all(parties: Sequence[str]) -> str:
    return "both sides" if len(parties) == 2 else "all sides"


def _switches(result: Packages) -> str:
    said = {ALL: "all linkages bind", NONE: "no assertion binds"}.get(
        result.assertions, f"the linkages of {result.assertions} bind"
    )
    if result.as_asserted:
        said += ", and each side is taken at its word that all hangs together"
    ledgers = {"all": "", "joint": " · joint texts alone"}
    return said + ledgers.get(result.ledger, f" · by the account of {result.ledger}")


def _n(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _headline(result: Packages) -> str:
    if not result.groups:
        return "No issue has been put by more than one side."
    concessions, takes = len(result.concessions), len(result.moves) - len(result.concessions)
    issues = sum(len(g.issues) for g in result.groups)
    groups = _n(len(result.groups), "group")
    if not result.moves:
        return (
            f"{_n(result.packages, 'package')} on {_n(issues, 'issue')} in {groups}: "
            "common ground on every issue that was put."
        )
    needs = [_n(concessions, "concession")] if concessions else []
    needs += [f"{_n(takes, 'option')} taken up"] if takes else []
    settled = sum(len(g.issues) for g in result.groups if g.packages)
    return (
        f"No package yet. {settled} of {_n(issues, 'issue')} have common ground as they stand; the "
        f"fewest moves for the rest are {' and '.join(needs)}, which would make "
        f"{_n(result.then, 'package')}."
    )


def _title(record: Record, issue: str) -> str:
    return record.issues[issue].title


def _name(key: str) -> str:
    return key.partition("/")[2] or key


def _options(keys: Iterable[str], within: str) -> str:
    found = [_name(k) if k.startswith(f"{within}/") or k == OUTSIDE else k for k in keys]
    return ", ".join(found)


def _moves(result: Packages, record: Record, groups: Sequence[Group]) -> list[Block]:
    """One row a move, choice by choice; other ways of the same weight below, as `or`."""
    rows: list[tuple[Cell, ...]] = []
    for choice in (c for g in groups for c in g.choices):
        shown = choice.ways[:SHOWN_WAYS]
        for i, way in enumerate(shown):
            for k, m in enumerate(way):
                row = _move_row(record, m, "or" if i and not k else ("and" if k else ""))
                same = i and not k and len(way) == 1 == len(choice.ways[0])
                same = same and choice.ways[0][0].issue == m.issue
                rows.append((Cell(""), *row[1:]) if same else row)
        left = len(choice.ways) - len(shown) + (choice.more or 0)
        if choice.more is None:
            rows.append((Cell(""), Cell("or other ways, not told apart", "dim"), *[Cell("")] * 2))
        elif left:
            rows.append((Cell(""), Cell(f"or {left} other ways", "dim"), *[Cell("")] * 2))
    columns = (Column("issue"), Column("who"), Column("from"), Column("to one or more of"))
    return [Table(columns, tuple(rows))]


def _move_row(record: Record, m: Move, mark: str) -> tuple[Cell, ...]:
    to = _options(m.to, m.issue)
    if m.gives_up:
        to += f", without {_options(m.gives_up, m.issue)}"
    who = f"{mark} {m.party} {m.kind}".strip()
    return (
        cell(_title(record, m.issue)),
        Cell(who, "bad" if m.kind == "concedes" else "doubt"),
        cell(_options(m.leaves, m.issue) or "no position"),
        cell(to),
    )


def _common(record: Record, groups: Sequence[Group]) -> Table:
    rows = []
    for g in groups:
        for i, issue in enumerate(g.issues):
            rows.append(
                (
                    cell(_title(record, issue)),
                    cell(_options(g.options[issue], issue)),
                    Cell("" if i else f"{g.packages:,}", "good"),
                )
            )
    columns = (Column("issue"), Column("options that may be chosen"), Column("packages", "right"))
    notes = ("a figure stands for all rows down to the next",) if len(rows) > len(groups) else ()
    return Table(columns, tuple(rows), notes=notes)


def _clashes(record: Record, groups: Sequence[Group]) -> list[Block]:
    found = [g for g in groups if g.clash]
    if not found:
        return []
    blocks: list[Block] = [Heading("Ties that clash", 3)]
    for g in found:
        names = ", ".join(_title(record, i) for i in g.issues)
        blocks.append(
            Para(
                f"On {names} each issue by itself has common ground, together they have none. A "
                "smallest set of ties that shut it out (without any one of them there is some):"
            )
        )
        blocks.append(Bullets(tuple(map(_tie, g.clash))))
    return blocks


def _tie(t: Tied) -> str:
    to = ", ".join(t.to)
    if not t.party:
        return RELATIONS.get(t.why, "{} {}").format(t.option, to)
    if not t.to:
        return (
            f"{t.party} takes {t.option} on a condition {t.why} ({t.where}); not looked into here"
        )
    return f"{t.party} takes {t.option} only with {to} ({WHY.get(t.why, t.why)}, {t.where})"


def _not_put(result: Packages, record: Record) -> list[Block]:
    blocks: list[Block] = []
    by_party: dict[str, list[str]] = {}
    for issue, party in result.not_put:
        by_party.setdefault(party, []).append(_title(record, issue))
    if by_party:
        blocks.append(Heading("Not put: one side alone has spoken, no concession", 3))
        blocks.append(Bullets(tuple(f"{p}: {'; '.join(names)}" for p, names in by_party.items())))
    if result.dropped:
        names = "; ".join(_title(record, i) for i in result.dropped)
        blocks.append(Para(f"Spoken of, but nobody stands on anything now: {names}.", "dim"))
    return blocks


def _ties(record: Record, groups: Sequence[Group]) -> list[Block]:
    ties = [t for g in groups for t in g.ties]
    if not ties:
        return []
    said = [_tie(t) for t in ties if t.party]
    own = [_tie(t) for t in ties if not t.party]
    blocks: list[Block] = []
    if said:
        blocks += [Heading("Said by the sides", 4), Bullets(tuple(said))]
    if own:
        blocks += [Heading("In the options' own sense", 4), Bullets(tuple(dict.fromkeys(own)))]
    return [Fold(f"What ties the issues to one another ({len(ties)})", tuple(blocks))]


def _glossary(record: Record, moves: Sequence[Move]) -> list[Block]:
    keys = dict.fromkeys(k for m in moves for k in (*m.leaves, *m.to, *m.gives_up))
    known = [(k, p.text) for k in keys if (p := record.position(k)) is not None]
    if not known:
        return []
    return [Fold("What these options mean", (Bullets(tuple(f"{k}: {t}" for k, t in known)),))]


# --- checks ---------------------------------------------------------------------------------------
def _checks(result: Packages) -> list[Block]:
    checked = result.checked
    if checked is None:
        return [Para("No package was checked against forces.", "dim")]
    blocks: list[Block] = [
        Heading(f"Packages with limits, against the forces of {checked.forces}", 3)
    ]
    shown = [c for c in checked.checks if not c.why_not]
    rows = [
        (
            cell(c.title),
            *(cell(n) for _, n in c.concessions),
            *(_verdict(c, p) for p in result.parties),
        )
        for c in shown
    ]
    if rows:
        columns = (
            Column("text or package"),
            *(Column(f"{p} concedes", "right") for p in result.parties),
            *(Column(f"{p} must cut") for p in result.parties),
        )
        notes = () if checked.rated else ("too late or not is not computed without --rate",)
        blocks.append(Table(columns, tuple(rows), notes=notes))
    not_checked = [f"{c.title}: {c.why_not}" for c in checked.checks if c.why_not]
    if checked.left is None or checked.left:
        more = "more than 10,000" if checked.left is None else f"{checked.left:,}"
        not_checked.append(f"{more} further packages whose options bring provisions")
    not_checked.append(
        "all else: the options named here bring no provisions, and no text of the case up to the "
        "date chooses them"
    )
    blocks += [Para("Not checked against forces:", "dim"), Bullets(tuple(not_checked))]
    return blocks


def _verdict(c: Check, party: str) -> Cell:
    side = next((s for s in c.sides if party in s.party.split(" + ")), None)
    if side is None:
        return cell("not limited", "dim")
    return _side(side)


def _side(s: SideCheck) -> Cell:
    if s.verdict == "permitted":
        return Cell("nothing", "good")
    if s.least is None:
        words = "no force satisfies it" if s.verdict == "no force" else "no cut is enough"
        return Cell(f"{words}: {', '.join(s.clash)}", "bad")
    by = f" by {s.due}" if s.due else ""
    if s.verdict == "too late":
        return Cell(f"{s.least:,.0f}{by}: not before {s.done}", "bad")
    rate = f", {s.needed:,.0f} a year" if s.needed is not None else ""
    return Cell(f"{s.least:,.0f}{by}{rate}", "doubt")


# --- toward ---------------------------------------------------------------------------------------
def toward_paper(result: Toward) -> Paper:
    """How far away a target lay, move by move."""
    record = record_of(result.case)
    by = {p: [m for m in result.concessions if m.party == p] for p in result.parties}
    each = ", ".join(f"{p} {len(ms)}" for p, ms in by.items())
    takes = len(result.moves) - len(result.concessions)
    said = f"{_n(len(result.concessions), 'concession')} away ({each})"
    said += f", and {_n(takes, 'option')} to be taken up." if takes else "."
    blocks: list[Block] = [Para(said[0].upper() + said[1:], "strong")]
    rows: list[tuple[Cell, ...]] = []
    before = ""
    for m in result.moves:
        row = _move_row(record, m, "")
        rows.append((Cell(""), *row[1:]) if m.issue == before else row)
        before = m.issue
    columns = (Column("issue"), Column("who"), Column("from"), Column("to"))
    blocks.append(Table(columns, tuple(rows)))
    for names, words in (
        (result.agreed, "Both sides took its options already"),
        (result.not_put, "One side alone had spoken"),
        (result.silent, "Nobody had spoken"),
    ):
        if names:
            blocks.append(Para(f"{words}: {'; '.join(_title(record, i) for i in names)}."))
    blocks += _glossary(record, result.moves)
    blocks.append(
        Para(
            "Counted against just these options: no cheaper way to common ground is looked for, and "
            "a move of both sides to a third option counts for each.",
            "dim",
        )
    )
    title = (
        result.case.texts[result.target.name].title
        if result.target.name in result.case.texts
        else (f"what stood agreed on {result.target.name}")
    )
    return Paper(
        f"How far away lay {title}, {result.at}",
        tuple(blocks),
        subtitle=f"{result.case.title} · {result.mode}: {MODES[result.mode]}",
    )


# --- over time ------------------------------------------------------------------------------------
def distance_paper(result: Distance) -> Paper:
    """The curve as a picture and a table, with what moved it."""
    record = record_of(result.case)
    title = "Distance to common ground: the fewest concessions still lacking"
    curve = [(p.start, p.concessions) for p in result.points]
    lines = [Line("fewest concessions to common ground", tuple(curve))]
    if result.target:
        toward = [(p.start, p.toward or 0) for p in result.points]
        lines.append(Line(f"concessions to {_target(result)}", tuple(toward)))
    scope = "all issues of the record"
    if result.wanted:
        scope = f"{len(result.wanted)} issues and what is tied to them"
        if result.target:
            scope = f"the issues of {result.target.name} and what is tied to them"
    source = f"The record of {result.case.title}; {result.mode}: {MODES[result.mode]}; {scope}"
    hints = {p.start: _moved(p) for p in result.points}
    marks = {
        record.documents[x.document].date.last: x.title or x.id
        for x in result.case.letters.values()
        if x.document in record.documents
    }
    svg = steps(
        title,
        lines,
        unit="concessions",
        source=source,
        end=result.end,
        hints=hints,
        marks=marks,
    )
    words = "\n".join(
        f"{p.start}: {p.concessions}" + (f", {p.toward} to the target" if result.target else "")
        for p in result.points
    )
    rows = tuple(
        (
            cell(str(p.start)),
            cell(p.concessions),
            *([cell(p.toward)] if result.target else []),
            cell(p.take_ups),
            cell(_issues(record, p)),
            cell(_moved(p)),
        )
        for p in result.points
    )
    columns = (
        Column("from"),
        Column("concessions", "right"),
        *([Column("to the target", "right")] if result.target else []),
        Column("to take up", "right"),
        Column("on"),
        Column("moved by", spare=True),
    )
    blocks: list[Block] = [
        Figure(svg, title, words),
        Table(columns, rows, notes=("on: in brackets, on one or another of these",)),
        Para(
            "An issue that one side alone has spoken on, or nobody, lacks no concession: it is not "
            "put. A document of several days stands at its last.",
            "dim",
        ),
    ]
    return Paper(title, tuple(blocks), subtitle=f"{result.case.title} · {scope}")


def _target(result: Distance) -> str:
    assert result.target is not None
    text = result.case.texts.get(result.target.name)
    return text.title if text else f"what stood agreed on {result.target.name}"


def _issues(record: Record, p: Point) -> str:
    needed = ", ".join(p.needed)
    either = f"({', '.join(p.either)})" if p.either else ""
    return " ".join(filter(None, (needed, either)))


def _moved(p: Point) -> str:
    said = [f"{s.party} {s.act} {s.option} ({s.id})" for s in p.moved_by[:SHOWN_MOVERS]]
    left = len(p.moved_by) - len(said)
    return "; ".join(said) + (f"; {left} more" if left else "")
