"""The paper of `standing`: where each issue stands, the joint draft text, the history of an issue."""

from __future__ import annotations

from detente.analyses.standing import Event, Held, IssueStanding, Standing, record_of
from detente.model.record import Record, Statement
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
)

TONES: dict[str, Tone] = {
    "agreed": "good",
    "agreed on condition": "doubt",
    "ad referendum": "doubt",
    "reserved": "doubt",
    "bracketed": "bad",
    "one-sided": "",
    "dropped": "dim",
    "silent": "dim",
}
ORDER = tuple(TONES)


def standing_paper(
    result: Standing, *, draft: bool = False, history: bool = False, moves: bool = True
) -> Paper:
    """The table of issues; with `draft` the joint draft text, with `history` each issue's path."""
    record = record_of(result.case)
    blocks: list[Block] = []
    if draft:
        blocks += _draft(result, record)
    else:
        blocks += _table(result, record)
    if history:
        for x in result.issues:
            blocks += _history(result, record, x)
    if moves and not draft:
        blocks += _events("Reopened", result.reopenings, record)
        blocks += _events("Conceded", result.concessions, record)
    silent = [x.issue.title for x in result.issues if x.status == "silent"]
    if silent:
        blocks.append(Para(f"Nobody had spoken by then on: {'; '.join(silent)}.", "dim"))
    blocks.append(
        Para(
            "Internal papers and words said without instructions count for no position; what an "
            "issue's options mean is the record's paraphrase.",
            "dim",
        )
    )
    ledger = {"all": "all statements", "joint": "joint texts alone"}.get(
        result.ledger, f"as the papers of {result.ledger} have it"
    )
    return Paper(
        f"Where the issues stood on {result.at}",
        tuple(blocks),
        subtitle=f"{result.case.title} · {ledger}",
    )


def _text(record: Record, h: Held) -> str:
    position = record.position(h.key)
    return position.text if position else h.option


def _short(h: Held) -> str:
    marks = "?" if h.conditions else ""
    marks += "~" if h.in_principle else ""
    marks += " (part)" if h.partial else ""
    marks += " (claimed)" if h.basis == "claim" else ""
    return h.option + marks


def _table(result: Standing, record: Record) -> list[Block]:
    parties = [p for p, _ in result.issues[0].stands] if result.issues else []
    columns = (
        Column("issue"),
        Column("status"),
        *(Column(p) for p in parties),
        Column("because", spare=True),
    )
    rows = []
    for x in sorted(result.issues, key=lambda x: ORDER.index(x.status)):
        if x.status == "silent":
            continue
        rows.append(
            (
                cell(x.issue.title),
                Cell(x.status, TONES[x.status]),
                *(cell(", ".join(dict.fromkeys(_short(h) for h in x.of(p)[:3]))) for p in parties),
                cell(", ".join(s.id for s in x.because[:4])),
            )
        )
    notes = ("? on condition · ~ in principle · (claimed) by argument alone",)
    blocks: list[Block] = [Table(columns, tuple(rows), notes=notes)]
    reasons = [f"{x.issue.title}: {'; '.join(x.reasons)}" for x in result.issues if x.reasons]
    if reasons:
        blocks += [Heading("Why", 3), Bullets(tuple(reasons))]
    return blocks


def _draft(result: Standing, record: Record) -> list[Block]:
    """Agreed wording plain, brackets with owners, footnotes with conditions and reservations."""
    blocks: list[Block] = []
    notes: list[str] = []

    def note(text: str) -> str:
        notes.append(text)
        return f"[{len(notes)}]"

    for x in result.issues:
        if x.status in ("silent", "dropped"):
            continue
        lines = []
        for option in x.common:
            held = [h for _, all_ in x.stands for h in all_ if h.option == option]
            marks = "".join(
                note(
                    f"{h.party}: only if {' and '.join(h.conditions)} ({_where(record, h.statement)})"
                )
                for h in held
                if h.conditions
            )
            marks += "".join(
                note(f"{h.party}: ad referendum ({_where(record, h.statement)})")
                for h in held
                if h.in_principle
            )
            lines.append(f"{_cap(_text(record, held[0]))}. {marks}".strip())
        if x.status == "reserved":
            lines[-1] += " " + "".join(note(r) for r in x.reasons)
        own = {party: [h for h in held if h.option not in x.common] for party, held in x.stands}
        if not x.common:
            for party, held in own.items():
                for h in held:
                    tied = note(f"if {' and '.join(h.conditions)}") if h.conditions else ""
                    lines.append(f"[{party}: {_text(record, h)}{tied}]")
                if not held and any(r.startswith(f"{party} put") for r in x.reasons):
                    lines.append(f"[{party}: not in this agreement]")
        blocks += [Heading(x.issue.title, 4), Bullets(tuple(lines))]
    if notes:
        blocks += [
            Heading("Footnotes", 3),
            Bullets(tuple(f"[{i}] {text}" for i, text in enumerate(notes, 1))),
        ]
    return blocks


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _where(record: Record, s: Statement) -> str:
    document = record.documents.get(s.document)
    cite = document.citation if document else s.document
    at = f" ¶{s.paragraph}" if s.paragraph else ""
    reported = f", reported by {s.reported_by}" if s.reported_by else ""
    return f"{s.id}, {s.date}, {cite}{at}{reported}"


def _history(result: Standing, record: Record, x: IssueStanding) -> list[Block]:
    rows = []
    for s in record.statements:
        if s.issue != x.issue.id or s.date.last > result.at:
            continue
        act = s.act + (f" ({s.stance})" if s.stance else "")
        act += ", internal" if s.audience else ""
        act += f", {s.authority} authority" if s.authority == "none" else ""
        act += ", exploratory" if s.authority == "exploratory" else ""
        if s.conditional_on:
            act += f", if {', '.join(s.conditional_on)}"
        rows.append(
            (
                cell(str(s.date)),
                cell(s.party),
                cell(act),
                cell(s.option),
                cell(s.note),
                cell(_where(record, s).split(", ", 2)[-1]),
            )
        )
    columns = (
        Column("date"),
        Column("who"),
        Column("act"),
        Column("option"),
        Column("what"),
        Column("where", spare=True),
    )
    return [Heading(f"History: {x.issue.title}", 3), Table(columns, tuple(rows))]


def _events(title: str, events: tuple[Event, ...], record: Record) -> list[Block]:
    if not events:
        return []
    rows = []
    for e in events:
        issue = record.issues[e.issue].title
        complaint = next((s.complaint for s in e.statements if s.complaint), None)
        rows.append(
            (
                cell(str(e.statements[0].date)),
                cell(e.party),
                cell(issue),
                cell(", ".join(k.partition("/")[2] for k in e.left)),
                cell(", ".join(k.partition("/")[2] for k in e.went_to) or "withdrawn"),
                cell(f"{complaint.by} ({complaint.statement})" if complaint else ""),
            )
        )
    columns = (
        Column("date"),
        Column("who"),
        Column("issue"),
        Column("left"),
        Column("went to"),
        Column("complaint", spare=True),
    )
    return [Heading(title, 2), Table(columns, tuple(rows))]
