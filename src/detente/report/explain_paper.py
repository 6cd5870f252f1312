"""The paper of `explain`: where a system counts, and clause by clause why."""

from __future__ import annotations

from detente.analyses.explain import Explanation, RowStep, Step, TermStep
from detente.model.predicate import Compare, Member, Named
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
    """The limits that count the system, those that do not, and category by category why."""
    system = result.system
    english = English(result.case, {p.id: p.in_words() for p in result.compiled.provisions})
    counting = [r for r in result.rows if r.terms]
    other = [r for r in result.rows if not r.terms]
    blocks: list[Block] = []
    if counting:
        blocks.append(_limits(counting))
    if other:
        lead = "Not counted under:" if counting else "No limit counts it:"
        names = "; ".join(f"{r.row.title}{_article(r.row.provision.article)}" for r in other)
        blocks.append(Para(f"{lead} {names}."))
    blocks.append(Heading("Why", 2))
    note = "As the system is, deployed, in no particular state or place; a line of an inventory may differ."
    blocks.append(Para(note, "dim"))
    named = {c.name for c in result.categories}
    for c in result.categories:
        blocks.append(
            Para(f"{c.title}{_article(c.article)}: {_WORD[c.step.truth]}", _TONE[c.step.truth])
        )
        lines: list[str] = []
        for inner in c.step.inner:
            _lines(inner, english, named, lines, 1)
        blocks.append(Verbatim("\n".join(lines)))
    title = f"{system.name} under {result.text.title}"
    return Paper(title, tuple(blocks), subtitle=f"{system.party} · {system.id} · {system.place}")


def _article(article: str) -> str:
    return f" ({article})" if article else ""


def _limits(rows: list[RowStep]) -> Table:
    columns = (
        Column("limit"),
        Column("counts"),
        Column("weight", "right"),
        Column("as"),
        Column("by rule"),
        Column("article"),
    )
    lines = []
    for r in rows:
        for t in r.terms:
            counts = "yes" if t.sure else "not known"
            lines.append(
                (
                    cell(r.row.title),
                    Cell(counts, "good" if t.sure else "doubt"),
                    cell(_weight(t)),
                    cell(t.term.category),
                    cell(t.term.rule),
                    cell(r.row.provision.article),
                )
            )
    return Table(columns, tuple(lines))


def _weight(t: TermStep) -> str:
    if t.term.weight.first:
        return str(t.term.weight)
    if t.low is None or t.high is None:
        return "not known"
    return f"{t.low:,g}" if t.low == t.high else f"{t.low:,g}–{t.high:,g}"


def _lines(step: Step, english: English, named: set[str], lines: list[str], depth: int) -> None:
    """A clause with the clauses that decide it; named categories stand by themselves."""
    mark = {True: "✓", False: "✗", None: "?"}[step.truth]
    lines.append(f"{'  ' * depth}{mark} {english.clause(step.tree)}")
    for key, fact in dict.fromkeys(step.facts):
        doubt = fact.confidence if fact.confidence != "verified" else ""
        said = ", ".join(filter(None, (str(fact.source), doubt)))
        lines.append(f"{'  ' * (depth + 2)}{key} = {english.fact(key, fact)}   [{said}]")
    if step.truth is None and not step.facts and isinstance(step.tree, Compare | Member):
        lines.append(f"{'  ' * (depth + 2)}no source gives it")
    if isinstance(step.tree, Named) and step.tree.name in named:
        return
    for inner in step.because:
        _lines(inner, english, named, lines, depth + 1)
