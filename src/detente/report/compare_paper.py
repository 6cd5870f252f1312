"""The paper of `compare`: the field's table of baseline, option and change."""

from __future__ import annotations

from detente.analyses.compare import Comparison, Measure
from detente.model.provisions import Ceiling
from detente.report.count_paper import TONES, bound_words, discrepancies, kept, margin
from detente.report.paper import (
    Block,
    Bullets,
    Cell,
    Column,
    Heading,
    Paper,
    Table,
    Tone,
    cell,
    signed,
)

ABSENT = Cell("no such limit", "dim")


def compare_paper(result: Comparison) -> Paper:
    """Limits by side under each text, then what is not computed in each."""
    blocks: list[Block] = [*comparison_tables(result)]
    blocks += discrepancies(result.counts[0])
    items = tuple(
        f"{c.text.title}: {len(c.not_computed)} of {len(c.compiled.provisions)} provisions"
        for c in result.counts
    )
    blocks += [Heading("Not computed", 3), Bullets(items)]
    first = result.counts[0]
    forces = ", ".join(f"{p}: {i.id}" for p, i in first.chosen.by_party.items())
    return Paper(
        f"{first.text.title} compared",
        tuple(blocks),
        subtitle=f"forces {forces} · ceilings of {first.at} · basis {first.chosen.basis}",
    )


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
    blocks: list[Block] = [Table(tuple(columns), tuple(rows), caption)]
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
        held = [f"{party} {kept(x)}" for party, x in found if x.verdict != "exactly at"]
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
