"""The paper of `standing`: where each issue stands, the joint draft text, the history of an issue."""

from __future__ import annotations

from collections.abc import Sequence

from detente.analyses.standing import (
    Event,
    Held,
    IssueStanding,
    Spent,
    Standing,
    Step,
    Tied,
    record_of,
)
from detente.model.record import BOTH, Linkage, Record, Statement
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
SHOWN = 4


def standing_paper(
    result: Standing, *, draft: bool = False, history: bool = False, moves: bool = True
) -> Paper:
    """The table of issues; with `draft` the joint draft text, with `history` each issue's path."""
    record = record_of(result.case)
    blocks: list[Block] = []
    if draft:
        blocks += _Draft(result, record).blocks()
    else:
        blocks += _table(result)
    if history:
        paths = dict(result.paths)
        for x in result.issues:
            blocks += _history(result, record, x, paths.get(x.issue.id, ()))
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
        result.ledger, f"by the account of {result.ledger}"
    )
    title = "Joint draft text" if draft else "Where the issues stood"
    return Paper(
        f"{title} on {result.at}", tuple(blocks), subtitle=f"{result.case.title} · {ledger}"
    )


# --- the table ------------------------------------------------------------------------------------
def _short(h: Held) -> str:
    marks = "?" if h.conditional else ""
    marks += "~" if h.in_principle else ""
    if h.narrow or h.partial:
        marks += f" ({', '.join(h.scope) or 'part'})"
    marks += " (argued)" if h.basis == "claim" else ""
    return h.option + marks


def _stand(x: IssueStanding, party: str) -> Cell:
    held = list(dict.fromkeys(_short(h) for h in x.of(party)))
    outside = dict(x.outside).get(party)
    if held:
        more = f" and {len(held) - SHOWN} more" if len(held) > SHOWN else ""
        return cell(", ".join(held[:SHOWN]) + more)
    if outside:
        return cell(f"put outside by {outside.partition('/')[2]}", "dim")
    refused = [s.held.option for p, s in x.spent if p == party]
    if refused:
        return cell(f"nothing; {', '.join(dict.fromkeys(refused))} was refused", "dim")
    return cell("")


def _table(result: Standing) -> list[Block]:
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
        part = " (in part agreed)" if x.status == "bracketed" and (x.parts or x.common) else ""
        part = " in part" if x.status == "agreed" and x.parts and not x.common else part
        because = [s.id for s in x.because]
        rows.append(
            (
                cell(x.issue.title),
                Cell(x.status + part, TONES[x.status]),
                *(_stand(x, p) for p in parties),
                cell(", ".join(because[:SHOWN]) + (" …" if len(because) > SHOWN else "")),
            )
        )
    notes = ("? on condition · ~ in principle · (argued) by argument alone",)
    blocks: list[Block] = [Table(columns, tuple(rows), notes=notes)]
    reasons = [f"{x.issue.title}: {'; '.join(x.reasons)}" for x in result.issues if x.reasons]
    if reasons:
        blocks += [Heading("Why", 3), Bullets(tuple(reasons))]
    for circle in result.circles:
        named = ", ".join(f"{h.party}'s {h.key}" for h in circle)
        blocks.append(Para(f"These hang on each other in a circle and stand together: {named}."))
    return blocks


# --- the joint draft text -------------------------------------------------------------------------
class _Draft:
    """Agreed wording plain, brackets with owners, footnotes with conditions, reservations, reasons."""

    def __init__(self, result: Standing, record: Record) -> None:
        self.result, self.record = result, record
        self.notes: list[str] = []

    def blocks(self) -> list[Block]:
        blocks: list[Block] = []
        for x in self.result.issues:
            if x.status != "silent":
                blocks += [Heading(x.issue.title, 4), Bullets(tuple(self._issue(x)))]
        if self.notes:
            numbered = (f"[{i}] {text}" for i, text in enumerate(self.notes, 1))
            blocks += [Heading("Footnotes", 3), Bullets(tuple(numbered))]
        return blocks

    def _note(self, text: str) -> str:
        if text not in self.notes:
            self.notes.append(text)
        return f"[{self.notes.index(text) + 1}]"

    def _issue(self, x: IssueStanding) -> list[str]:
        held = [h for _, all_ in x.stands for h in all_]
        lines = [self._agreed(x, option, held) for option in (*x.common, *x.parts)]
        agreed = {*x.common, *x.parts}
        for party, own in x.stands:
            reading = [h for h in own if h in x.readings]
            left = [h for h in own if h.option not in agreed or self._beyond(x, h)]
            left = [h for h in left if h not in reading]
            lines += [self._bracket(x, h) for h in left]
            outside = dict(x.outside).get(party)
            if outside:
                lines.append(f"[{party}: not in this agreement: {self._words(outside)}]")
            elif not own and any(p == party for p, _ in x.spent):
                lines += [self._refused(party, s) for p, s in x.spent if p == party]
        if x.reserved:
            marks = "".join(
                self._note(f"{p} reserves: {r.note or r.option}. {self._where(r)}")
                for p, r in x.reserved
            )
            lines[-1:] = [f"{lines[-1]} {marks}"] if lines else [f"Reserved {marks}"]
        return lines or ["Raised once; nothing stands on the table."]

    def _agreed(self, x: IssueStanding, option: str, held: Sequence[Held]) -> str:
        mine = [h for h in held if h.option == option]
        text = _cap(self._words(mine[0].key))
        if option in x.parts:
            shared = x.shared_scope(option)
            where = f" ({', '.join(shared)})" if shared else ""
            left = dict.fromkeys(h.left_open for h in mine if h.left_open)
            text += f": agreed in part{where}" + (f"; left open: {', '.join(left)}" if left else "")
        marks = [self._tied(t) for t in x.tied if t.held.option == option and t.state != "met"]
        marks += [
            self._note(
                f"{h.party}, on a condition in words: {h.in_words}. {self._where(h.statement)}"
            )
            for h in mine
            if h.in_words
        ]
        marks += [
            self._note(f"{h.party}: in principle, ad referendum. {self._where(h.statement)}")
            for h in mine
            if h.in_principle
        ]
        marks += [
            self._note(f"{h.party} reads this as: {self._words(h.key)}. {self._where(h.statement)}")
            for h in x.readings
            if self._read(h) == option
        ]
        return f"{text}. {''.join(marks)}".strip()

    def _read(self, h: Held) -> str:
        position = self.record.position(h.key)
        return position.reading_of.option if position and position.reading_of else ""

    def _beyond(self, x: IssueStanding, h: Held) -> bool:
        """Whether a side's position goes beyond the part of the option that is agreed."""
        if h.option not in x.parts:
            return False
        others = [o for p, all_ in x.stands if p != h.party for o in all_ if o.option == h.option]
        return not any(
            (not o.scope or not h.scope or set(o.scope) & set(h.scope))
            and (o.partial or o.narrow) <= (h.partial or h.narrow)
            for o in others
        )

    def _bracket(self, x: IssueStanding, h: Held) -> str:
        tied = [t for t in x.tied if t.held == h]
        on = " and ".join(self._elsewhere(t.condition, x.issue.id) for t in tied)
        scope = f" ({', '.join(h.scope)})" if h.narrow else ""
        head = f"{h.party}, if {on}" if on else h.party
        head += ", on a condition in words" if h.in_words else ""
        head += ", as a second choice" if h.statement.alternative_to else ""
        head += ", by argument" if h.basis == "claim" else ""
        who = h.party
        if h.statement.party not in (h.party, BOTH) and h.statement.reported_by == h.party:
            who = f"{h.statement.party}, as {h.party} reports"
        marks = self._note(f"{who}: {h.statement.note}. {self._where(h.statement)}")
        for party, _ in x.stands:
            if party != h.party:
                for s in self._objections(x, party, h)[-1:]:
                    marks += self._note(f"{party} objects: {s.note}. {self._where(s)}")
        return f"[{head}: {self._words(h.key)}{scope}] {marks}"

    def _objections(self, x: IssueStanding, party: str, h: Held) -> list[Statement]:
        return [
            s
            for s in self.record.statements
            if s.issue == x.issue.id
            and s.option == h.option
            and s.party == party
            and s.audience != "internal"
            and s.date.last <= self.result.at
            and (s.act == "rejects" or s.stance == "against")
        ]

    def _refused(self, party: str, s: Spent) -> str:
        marks = ""
        if s.held.statement != s.by:
            marks = self._note(f"{party}: {s.held.statement.note}. {self._where(s.held.statement)}")
        marks += self._note(f"{s.by.party} refuses: {s.by.note}. {self._where(s.by)}")
        return f"[{party}: nothing on the table; last put, and refused: {self._words(s.held.key)}] {marks}"

    def _tied(self, t: Tied) -> str:
        tied = self._elsewhere(t.condition, t.held.issue)
        text = f"{t.held.party}: only if {tied}, {t.state}"
        if t.content:
            text += f", which means {self._list(t.content)}"
        if t.content_before:
            text += f"; at first it was tied to {self._list(t.content_before)}"
        return self._note(f"{text}. {self._where(t.held.statement)}")

    def _list(self, options: Sequence[str]) -> str:
        return ", ".join(o.partition("/")[2] for o in options)

    def _elsewhere(self, key: str, issue: str) -> str:
        """An option that another may hang on, with its issue where that is another."""
        name = key.partition("/")[0]
        there = f" ({self.record.issues[name].title})" if name != issue else ""
        return f"'{self._words(key)}'{there}"

    def _words(self, key: str) -> str:
        position = self.record.position(key)
        return position.text if position else key

    def _where(self, s: Statement) -> str:
        return f"{s.id}, {s.date}, {_cited(self.record, s)}"


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cited(record: Record, s: Statement) -> str:
    document = record.documents.get(s.document)
    cite = document.citation if document else s.document
    at = f" ¶{s.paragraph}" if s.paragraph else ""
    reported = f", reported by {s.reported_by}" if s.reported_by else ""
    return f"{cite}{at}{reported}"


# --- the history of an issue ----------------------------------------------------------------------
def _history(
    result: Standing, record: Record, x: IssueStanding, path: Sequence[Step]
) -> list[Block]:
    rows = tuple(
        (
            cell(str(step.statement.date)),
            cell(step.statement.party),
            cell(_act(step.statement)),
            cell(_said(step.statement, x.issue.id)),
            cell(f"{_cited(record, step.statement)} · {step.statement.id}"),
            Cell(step.status or "", TONES[step.status] if step.status else "dim"),
        )
        for step in path
    )
    columns = (
        Column("date"),
        Column("who"),
        Column("act"),
        Column("what"),
        Column("where", spare=True),
        Column("then"),
    )
    blocks: list[Block] = [Heading(f"History: {x.issue.title}", 3), Table(columns, rows)]
    ties = [
        _linkage(k)
        for k in record.linkages
        if k.date.last <= result.at and any(r.partition("/")[0] == x.issue.id for r in (*k.a, *k.b))
    ]
    if ties:
        blocks += [Heading("What was tied to it", 4), Bullets(tuple(ties))]
    disputes = [
        f"{d.what}: {'; or '.join(d.versions)}"
        + (f". Here: {d.view}" if d.view else "")
        + f" ({d.source})"
        for d in record.disputes
        if x.issue.id in d.issues
    ]
    if disputes:
        blocks += [Heading("Where sources disagree", 4), Bullets(tuple(disputes))]
    return blocks


def _linkage(k: Linkage) -> str:
    tied = ", ".join(k.b) or k.beyond
    denied = f"; {k.denied_by} denies it" if k.denied_by else ""
    internal = ", in an internal paper" if k.audience else ""
    words = f": {k.text}" if k.text else ""
    said = f" ({', '.join(k.statements) or k.source})"
    return f"{k.date}, {k.asserted_by}{internal}, {k.kind}: {', '.join(k.a)} to {tied}{words}{denied}{said}"


def _act(s: Statement) -> str:
    act = s.act + (f" ({s.stance})" if s.stance else "")
    act += ", joint" if s.joint else ""
    act += " in part" if s.covers else ""
    act += ", internal" if s.audience else ""
    act += ", without instructions" if s.authority == "none" else ""
    act += ", thinking aloud" if s.authority == "exploratory" else ""
    act += ", second choice" if s.alternative_to else ""
    return act + (", a warning" if s.conditional == "warning" else "")


def _said(s: Statement, issue: str) -> str:
    scope = f" ({', '.join(s.scope)})" if s.scope else ""
    on = f", if {' and '.join(s.conditional_on)}" if s.conditional_on else ""
    return f"{s.option if s.issue == issue else s.key}{scope}{on}: {s.note}"


# --- reopenings and concessions -------------------------------------------------------------------
def _events(title: str, events: tuple[Event, ...], record: Record) -> list[Block]:
    if not events:
        return []
    rows = []
    for e in events:
        same = e.left == e.went_to
        left = "" if same else ", ".join(_from(k, e.issue) for k in e.left)
        went = ", ".join(_from(k, e.issue) for k in e.went_to) or "withdrawn"
        again = f"; again {', '.join(s.id for s in e.repeats)}" if e.repeats else ""
        rows.append(
            (
                cell(str(e.statements[0].date)),
                cell(e.party),
                cell(record.issues[e.issue].title),
                cell(left or e.how),
                cell(went if not (e.how and left) else f"{went} ({e.how})"),
                cell(", ".join(s.id for s in e.statements) + again),
                cell("; ".join(_complaint(record, by, name) for by, name in e.complaints)),
            )
        )
    columns = (
        Column("date"),
        Column("who"),
        Column("issue"),
        Column("left"),
        Column("went to"),
        Column("statements", spare=True),
        Column("complaint", spare=True),
    )
    return [Heading(title, 2), Table(columns, tuple(rows))]


def _from(key: str, issue: str) -> str:
    return key.removeprefix(f"{issue}/")


def _complaint(record: Record, by: str, name: str) -> str:
    s = record.statement(name)
    inside = ", internal" if s and s.audience == "internal" else ""
    return f"{by} ({name}{inside})"
