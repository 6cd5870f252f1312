"""The paper of `explain`: where a system counts, and clause by clause why."""

from __future__ import annotations

from detente.analyses.explain import Explanation, Step
from detente.model.predicate import Compare, Member
from detente.report.english import English
from detente.report.paper import (
    Block,
    Cell,
    Column,
    Heading,
    Paper,
    Para,
    Table,
    Tone,
    Verbatim,
    cell,
)

_WORD = {True: "yes", False: "no", None: "not known"}
_TONE: dict[bool | None, Tone] = {True: "good", False: "dim", None: "doubt"}


def explain_paper(result: Explanation) -> Paper:
    """Limits first, then categories with the clauses that decide."""
    system = result.system
    english = English(result.case, {p.id: p.in_words() for p in result.compiled.provisions})
    rows = []
    for r in result.rows:
        counts = "no" if r.term is None else "yes" if r.sure else "not known"
        weight = ""
        if r.term is not None and r.weight is not None:
            low, high = r.weight
            weight = f"{low:g}" if low == high else f"{low:g}–{high:g}"
            if r.term.weight.first:
                weight = str(r.term.weight)
        rows.append(
            (
                cell(r.row.title),
                Cell(counts, "good" if counts == "yes" else "doubt" if r.term else "dim"),
                cell(weight),
                cell(r.term.category if r.term else ""),
                cell(r.term.rule if r.term else ""),
                cell(r.row.provision.article),
            )
        )
    columns = (
        Column("limit"),
        Column("counts"),
        Column("weight", "right"),
        Column("as"),
        Column("by rule"),
        Column("article"),
    )
    blocks: list[Block] = [Table(columns, tuple(rows))]
    blocks.append(Heading("Why", 2))
    for c in result.categories:
        article = f" ({c.article})" if c.article else ""
        blocks.append(Para(f"{c.title}{article}: {_WORD[c.step.truth]}", _TONE[c.step.truth]))
        lines: list[str] = []
        for inner in c.step.inner:
            _lines(inner, english, lines, 1)
        blocks.append(Verbatim("\n".join(lines)))
    title = f"{system.name} under {result.text.title}"
    return Paper(title, tuple(blocks), subtitle=f"{system.party} · {system.id} · {system.place}")


def _lines(step: Step, english: English, lines: list[str], depth: int) -> None:
    mark = {True: "✓", False: "✗", None: "?"}[step.truth]
    lines.append(f"{'  ' * depth}{mark} {english.clause(step.tree)}")
    for key, fact in dict.fromkeys(step.facts):
        doubt = fact.confidence if fact.confidence != "verified" else ""
        said = ", ".join(filter(None, (str(fact.source), doubt)))
        lines.append(f"{'  ' * (depth + 2)}{key} = {english.fact(key, fact)}   [{said}]")
    if step.truth is None and not step.facts and isinstance(step.tree, Compare | Member):
        lines.append(f"{'  ' * (depth + 2)}no source gives it")
    for inner in step.inner:
        _lines(inner, english, lines, depth + 1)
