"""The paper of `compare`: the field's table of baseline, option and change, then what is changed."""

from __future__ import annotations

from detente.analyses.compare import Comparison, Measure, ProvisionChange, TextChange
from detente.compile.boxes import Box, Moved
from detente.model.case import Case
from detente.model.provisions import Ceiling, Limit
from detente.report.count_paper import TONES, bound_words, discrepancies, kept, margin
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
    signed,
)

ABSENT = Cell("no such limit", "dim")


def compare_paper(result: Comparison) -> Paper:
    """Limits by side under each text; then provisions, categories and limits changed."""
    blocks: list[Block] = []
    subtitle = ""
    if result.counts:
        first = result.counts[0]
        forces = ", ".join(f"{p}: {i.id}" for p, i in first.chosen.by_party.items())
        subtitle = f"forces {forces} · ceilings of {first.at} · basis {first.chosen.basis}"
        blocks += comparison_tables(result)
    for change in result.changes:
        blocks += changes(result, change)
    if result.counts:
        blocks += discrepancies(result.counts[0])
    left = [len(c.not_computed) for c in result.counts or result.compiled]
    items = tuple(
        f"{c.text.title}: {n} of {len(c.provisions)} provisions"
        for c, n in zip(result.compiled, left, strict=True)
    )
    blocks += [Heading("Not computed", 3), Bullets(items)]
    base, *options = (c.text.title for c in result.compiled)
    title = f"{', '.join(options)} against {base}"
    return Paper(title, tuple(blocks), subtitle=subtitle)


# --- counted ------------------------------------------------------------------------------------
def comparison_tables(result: Comparison) -> list[Block]:
    """Measure and side down, texts across; limits on numbers, then bans and limits on quality."""
    numbers = [m for m in result.measures if any(x and not x.of_quality for x in m.under)]
    quality = [m for m in result.measures if m not in numbers]
    numbers.sort(key=lambda m: not any(x and isinstance(x.row.provision, Ceiling) for x in m.under))
    two = len(result.counts) == 2
    columns = [Column("measure"), Column("side")]
    columns += [Column(c.text.id) for c in result.counts]
    columns += [Column("change")] if two else []
    rows = [_row(m, two) for m in numbers]
    caption = "counted of what is allowed, for the same forces under each text"
    blocks: list[Block] = [Table(tuple(columns), tuple(rows), caption)] if rows else []
    if quality:
        by_limit: dict[str, list[Measure]] = {}
        for m in quality:
            by_limit.setdefault(m.limit, []).append(m)
        columns = [Column("ban or limit on quality"), *(Column(c.text.id) for c in result.counts)]
        rows = [_quality(group, len(result.counts)) for group in by_limit.values()]
        caption = "what stands against each ban or limit on quality"
        blocks.append(Table(tuple(columns), tuple(rows), caption))
    return blocks


def _quality(group: list[Measure], n: int) -> tuple[Cell, ...]:
    row = [cell(group[0].title)]
    for i in range(n):
        found = [(m.party, x) for m in group if (x := m.under[i]) is not None]
        if not found:
            row.append(ABSENT)
            continue
        held = [
            f"{party} {kept(x)}" for party, x in found if x.verdict not in ("within", "exactly at")
        ]
        worst: Tone = "bad" if any(x.verdict == "over" for _, x in found) else "doubt"
        row.append(Cell(", ".join(held), worst) if held else Cell("none", "good"))
    return tuple(row)


def _row(m: Measure, two: bool) -> tuple[Cell, ...]:
    cells = [cell(m.title), cell(m.party)]
    for x in m.under:
        if x is None:
            cells.append(ABSENT)
        else:
            cells.append(Cell(f"{x.counted} of {bound_words(x)}, {margin(x)}", TONES[x.verdict]))
    if two:
        cells.append(_change(m))
    return tuple(cells)


def _change(m: Measure) -> Cell:
    """What the option changes: the limit, the count, or both."""
    a, b = m.under
    if a is None or b is None:
        return Cell("new limit" if b else "limit gone", "strong")
    parts = []
    if a.at_most is not None and b.at_most is not None and a.at_most != b.at_most:
        parts.append(f"limit {signed(b.at_most - a.at_most)}")
    if a.counted.best != b.counted.best:
        parts.append(f"counted {signed(b.counted.best - a.counted.best)}")
    return Cell(", ".join(parts)) if parts else Cell("–", "dim")


# --- what is changed ----------------------------------------------------------------------------
def changes(result: Comparison, change: TextChange) -> list[Block]:
    """Provisions added, removed, changed; what enters and leaves categories and limits."""
    text = change.option.text
    blocks: list[Block] = [Heading(f"What {text.title} changes", 2)]
    if not change:
        return [*blocks, Para("Nothing.")]
    altered = change.of("changed")
    if altered:
        columns = (Column("provision"), Column("what"), Column("before"), Column("after"))
        rows = []
        for p in altered:
            for i, (name, before, after) in enumerate(p.fields):
                title = _provision(p) if i == 0 else ""
                rows.append((Cell(title), cell(name), cell(before), cell(after)))
        blocks += [Heading("Changed", 3), Table(columns, tuple(rows))]
    for kind, title in (("added", "Added"), ("removed", "Gone")):
        found = change.of(kind)
        if found:
            blocks += [Heading(title, 3), Bullets(tuple(_provision(p) for p in found))]
    case = result.case
    for heading, items in (
        ("What limits count now and did not, or no longer do", change.limits),
        ("What categories let in or out", change.categories),
    ):
        lines = [line for m in items for line in _moved(case, m)]
        if lines:
            blocks += [Heading(heading, 3), Bullets(tuple(lines))]
    return blocks


def _provision(p: ProvisionChange) -> str:
    article = p.provision.article
    limit = (
        f" [{p.provision.limit}]" if isinstance(p.provision, Limit) and p.provision.limit else ""
    )
    return f"{p.provision.in_words()}{limit}" + (f" ({article})" if article else "")


def _moved(case: Case, m: Moved) -> list[str]:
    found = []
    for verb, boxes, systems in (
        ("enters", m.enters, m.systems_enter),
        ("leaves", m.leaves, m.systems_leave),
    ):
        if boxes:
            found.append(f"{m.name}: {verb}: " + "; or ".join(box_words(case, b) for b in boxes))
        if systems:
            names = ", ".join(case.systems[s].name for s in systems if s in case.systems)
            found.append(f"{m.name}: of the systems of this case {verb}: {names}")
    if m.not_cut:
        found.append(f"{m.name}: too many cells to say for {', '.join(m.not_cut)}")
    return found


def box_words(case: Case, box: Box) -> str:
    """A box in words: the kind, then each attribute that matters."""
    parts = []
    for name, values in box.values:
        attribute = case.attributes.get(name)
        title = (attribute.title if attribute and attribute.title else name).lower()
        if attribute and attribute.type == "yes-no":
            parts.append(title if values == ("yes",) else f"not: {title}")
        else:
            parts.append(f"{title} {' or '.join(values)}")
    kind = box.kind.replace("_", " ") or "any weapon"
    return f"{kind}, {', '.join(parts)}" if parts else f"{kind}, all"
