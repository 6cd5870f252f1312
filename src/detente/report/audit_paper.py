"""The paper of `audit`: every claim with its verdict, then what made each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from detente.analyses.audit import Audit, Audited, Tested, Tried, Verdict, question_of
from detente.report.paper import (
    Block,
    Bullets,
    Cell,
    Column,
    Fold,
    Heading,
    Paper,
    Para,
    Table,
    Tone,
    cell,
)

TONES: dict[Verdict, Tone] = {
    "supported": "good",
    "supported in part": "doubt",
    "contradicted": "bad",
    "depends": "doubt",
    "not testable": "dim",
}


def audit_paper(result: Audit) -> Paper:
    """The verdicts in one table; then each claim with its tests and its evidence."""
    letter = result.case.letters[result.letter]
    title = f"Claims of {letter.title or letter.id}"
    blocks: list[Block] = [Para(summary(result)), verdicts(result), Heading("What made them", 2)]
    blocks += [details(a) for a in result.claims]
    subtitle = f"{result.case.title} · verdicts are computed; evidence cited stands beside them"
    return Paper(title, tuple(blocks), subtitle=subtitle)


def summary(result: Audit) -> str:
    """How many claims came to which verdict."""
    counts = Counter(a.verdict for a in result.claims)
    parts = [f"{counts[v]} {v}" for v in TONES if counts[v]]
    many = "claim" if len(result.claims) == 1 else "claims"
    return f"{len(result.claims)} {many}: {', '.join(parts)}."


def verdicts(result: Audit, *, link: bool = False) -> Table:
    """One row a claim."""
    rows = tuple(
        (
            cell(", ".join(f"¶{p}" for p in a.claim.paragraphs)),
            cell(a.claim.id, trace=f"claim-{a.claim.id}" if link else ""),
            cell(a.claim.says),
            Cell(a.verdict, TONES[a.verdict]),
            cell(hangs_on(a)),
        )
        for a in result.claims
    )
    columns = (
        Column("¶"),
        Column("claim", spare=True),
        Column("it says"),
        Column("verdict"),
        Column("which part, or on what it hangs"),
    )
    return Table(columns, rows)


def hangs_on(a: Audited) -> str:
    """Which part holds, on what the verdict depends, or why there is none."""
    match a.verdict:
        case "supported in part":
            said = f"holds: {'; '.join(a.part)}" if a.part else ""
            failing = [t.test.says for t in a.tests if t.state == "fails"]
            if failing:
                said += f". Fails: {'; '.join(failing)}"
            for t in a.tests:
                if t.state == "depends":
                    said += f". Depends: {t.test.says}"
                    said += f" (it turns with {_listed(t.rivals)})" if t.rivals else ""
            return said.lstrip(". ") + (f". Not tested: {a.not_tested}" if a.not_tested else "")
        case "depends":
            turns = [x for t in a.tests if t.state == "depends" for x in t.rivals]
            unsure = [o for o in a.depends_on if o not in {x.option for x in turns}]
            parts = [f"it turns with {_listed(turns)}"] if turns else []
            return "; ".join([*parts, *unsure, *filter(None, [a.not_tested])])
        case "not testable":
            return a.not_tested
        case _:
            return a.not_tested


def details(a: Audited) -> Block:
    """A claim's tests, what was tried, and the evidence for and against."""
    inner: list[Block] = []
    for t in a.tests:
        inner.append(Para(_said(t), _tone(t)))
        lines = [f"{question_of(t.test)}: {t.answer.shown}"]
        if t.test.note:
            lines.append(t.test.note)
        lines += [f"with {x}: {x.answer.shown}, so it {x.answer.outcome}" for x in t.turns]
        rest = [x for x in t.tried if x not in t.turns]
        kept = [x for x in rest if x.answer.outcome in ("holds", "fails")]
        if kept:
            lines.append(f"tried without turning it: {_listed(kept)}")
        if lost := [x for x in rest if x not in kept]:
            lines.append(f"tried without an answer: {_listed(lost)} ({lost[0].answer.why})")
        inner.append(Bullets(tuple(lines)))
    if a.not_tested:
        inner.append(Para(f"Not tested: {a.not_tested}.", "doubt"))
    for name, evidence in (("For", a.claim.supports), ("Against", a.claim.against)):
        if evidence:
            inner.append(Para(f"{name}, in the documents:"))
            inner.append(
                Bullets(
                    tuple(
                        f"{e.text} [{e.source}{', ' + e.confidence if e.confidence != 'verified' else ''}]"
                        for e in evidence
                    )
                )
            )
    if a.claim.note:
        inner.append(Para(f"Note by {a.claim.note.by}: {a.claim.note.text}"))
    places = ", ".join(f"¶{p}" for p in a.claim.paragraphs)
    head = f"{a.claim.id} {places}: {a.claim.says} ({a.verdict})"
    return Fold(head, tuple(inner), anchor=f"claim-{a.claim.id}")


def _listed(tried: Sequence[Tried]) -> str:
    """Assumptions by their options: `ledger US, joint; view us`."""
    by_option: dict[str, list[str]] = {}
    for x in tried:
        by_option.setdefault(x.option, []).append(x.value)
    return "; ".join(f"{option} {', '.join(values)}" for option, values in by_option.items())


def _said(t: Tested) -> str:
    return f"{t.test.says}: {t.state}"


def _tone(t: Tested) -> Tone:
    tones: dict[str, Tone] = {"holds": "good", "fails": "bad"}
    return tones.get(t.state, "doubt")
