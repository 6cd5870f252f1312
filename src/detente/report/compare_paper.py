"""The paper of `compare`: the field's table of baseline, option and change."""

from __future__ import annotations

from detente.analyses.compare import Comparison, Measure
from detente.report.count_paper import TONES, bound_words, discrepancies
from detente.report.paper import (
    Align,
    Block,
    Bullets,
    Cell,
    Column,
    Heading,
    Paper,
    Table,
    cell,
    signed,
)


def compare_paper(result: Comparison) -> Paper:
    """Limits by side under each text, then what is not computed in each."""
    blocks: list[Block] = [comparison_table(result)]
    blocks += discrepancies(result.counts[0])
    items = tuple(
        f"{c.text.title}: {c.compiled.computed} of {len(c.compiled.provisions)} provisions computed"
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


def comparison_table(result: Comparison) -> Table:
    """Measure and side down, texts across: counted / ceiling, over by; the last column the change."""
    right: Align = "right"
    columns = [Column("measure"), Column("party")]
    for c in result.counts:
        columns += [Column(c.text.id, right), Column("over by", right)]
    if len(result.counts) == 2:
        columns.append(Column("change of limit", right))
        columns.append(Column("change of count", right))
    rows = [_row(m, len(result.counts)) for m in result.measures]
    return Table(
        tuple(columns), tuple(rows), "counted / limit, for the same forces under each text"
    )


def _row(m: Measure, n: int) -> tuple[Cell, ...]:
    cells = [cell(m.title), cell(m.party)]
    for x in m.under:
        if x is None:
            cells += [Cell("no such limit", "dim"), Cell("–", "dim")]
        else:
            cells.append(Cell(f"{x.counted} / {bound_words(x)}", TONES[x.verdict]))
            cells.append(Cell(f"{x.excess:,}" if x.excess else "–", "bad" if x.excess else "dim"))
    if n == 2:
        a, b = m.under
        if a is None or b is None:
            cells += [Cell("new" if b else "gone", "strong"), Cell("–", "dim")]
        else:
            limit = None if a.at_most is None or b.at_most is None else b.at_most - a.at_most
            cells.append(Cell(signed(limit) if limit is not None else "–"))
            cells.append(Cell(signed(b.counted.best - a.counted.best)))
    return tuple(cells)
