"""The paper of `count` with several views: the figures side by side, and what they turn on."""

from __future__ import annotations

from dataclasses import replace

from detente.analyses.views import Seen, ViewCount
from detente.report.count_paper import TONES, bound_words, kept, margin, preamble, turning
from detente.report.paper import Block, Bullets, Cell, Column, Heading, Paper, Para, Table, cell


def views_paper(result: ViewCount) -> Paper:
    """Limits down, views across; limits on which all views agree are left to `count`."""
    blocks: list[Block] = [*preamble(result.counts[0])]
    blocks.append(
        Bullets(
            tuple(
                f"{v.id}: {v.title or 'no title'}"
                + (f" ({', '.join(f'{p} as {r}' for p, r in v.readings)})" if v.readings else "")
                for v in result.views
            )
        )
    )
    parted = [r for r in result.rows if r.parts]
    columns = (Column("limit"), Column("side"), *(Column(v.id) for v in result.views))
    rows = []
    for r in parted:
        cells = [cell(r.title), cell(r.party)]
        for x in r.under:
            if x is None:
                cells.append(Cell("no such limit", "dim"))
            elif x.of_quality:
                cells.append(Cell(kept(x), TONES[x.verdict]))
            else:
                text = f"{x.counted} of {bound_words(x)}, {margin(x)}"
                cells.append(Cell(text, TONES[x.verdict]))
        rows.append(tuple(cells))
    if rows:
        blocks.append(Table(columns, tuple(rows), "where the views part"))
        turns = tuple(f"{r.title}, {r.party}: {_turned(r)}" for r in parted)
        blocks += [Heading("What it turns on", 3), Bullets(turns)]
        blocks += _ranges(result, parted)
    else:
        blocks.append(Para("The views agree on every figure and verdict."))
    same = len(result.rows) - len(parted)
    if same and rows:
        blocks.append(Para(f"On {same} other figures all these views agree.", "dim"))
    left = len(result.counts[0].not_computed)
    total = len(result.counts[0].compiled.provisions)
    blocks.append(
        Para(f"Not computed: {left} of {total} provisions; `detente count` lists them.", "dim")
    )
    first = result.counts[0]
    return Paper(
        f"Views of {result.text.title}",
        tuple(blocks),
        subtitle=f"{result.case.title} · ceilings of {first.at} · basis {first.chosen.basis}",
    )


def _turned(r: Seen) -> str:
    """What the verdict turns on, or the figure alone."""
    verdicts = {x.verdict if x else "no such limit" for x in r.under}
    what = "the verdict turns on" if len(verdicts) > 1 else "the figure turns on"
    rest = "" if len(verdicts) > 1 else f"; the verdict stays the same ({verdicts.pop()})"
    return f"{what} {'; and on '.join(r.turns_on)}{rest}"


def _ranges(result: ViewCount, parted: list[Seen]) -> list[Block]:
    """Why figures on which the views part are ranges, each reason once with its views."""
    found: dict[str, list[str]] = {}
    names = {(r.limit, r.party) for r in parted}
    for view, c in zip(result.views, result.counts, strict=True):
        mine = tuple(x for x in c.limits if (x.limit, x.party) in names)
        for block in turning(replace(c, limits=mine)):
            for item in block.items if isinstance(block, Bullets) else ():
                found.setdefault(item, []).append(view.id)
    items = tuple(
        item if len(views) == len(result.views) else f"{item} [{', '.join(views)}]"
        for item, views in found.items()
    )
    return [Heading("Where figures are not certain", 3), Bullets(items)] if items else []
