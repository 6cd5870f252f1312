"""The paper of `search`: passages found, the best first, each with where it stands."""

from __future__ import annotations

from detente.analyses.search import Found, Search
from detente.model.library import Passage
from detente.report.paper import Block, Heading, Paper, Para


def search_paper(result: Search) -> Paper:
    """One entry a passage."""
    blocks: list[Block] = []
    for i, f in enumerate(result.found, 1):
        blocks += _entry(i, f)
    if not result.found:
        blocks.append(Para("Nothing in the library holds all these words.", "doubt"))
    if len(result.found) == result.limit:
        blocks.append(Para(f"Only the best {result.limit} are shown; --limit shows more.", "dim"))
    if result.undated:
        one = result.undated == 1
        blocks.append(
            Para(
                f"{result.undated} document{'' if one else 's'} without a date "
                f"{'was' if one else 'were'} left out.",
                "doubt",
            )
        )
    return Paper(f"Search: {result.query}", tuple(blocks), subtitle=_subtitle(result))


def _subtitle(result: Search) -> str:
    days = [f"from {result.first}"] if result.first else []
    days += [f"to {result.last}"] if result.last else []
    return " · ".join(filter(None, (result.library, " ".join(days))))


def _entry(i: int, f: Found) -> list[Block]:
    name = f.named.id if f.named else f.hit.key
    page = f", p. {f.page}" if f.page else ""
    head = f"{i}. {name} {f.place}{page}"
    blocks: list[Block] = [Heading(head, 3), Para(f"{f.hit.heading} · {f.when}", "dim")]
    blocks += [_around(p) for p in f.before]
    blocks.append(Para(f.hit.shown.strip()))
    blocks += [_around(p) for p in f.after]
    if f.statements:
        said = "; ".join(f"{s.id} {s.party} {s.act} {s.key}" for s in f.statements)
        blocks.append(Para(f"In the record: {said}", "dim"))
    return blocks


def _around(p: Passage) -> Para:
    return Para(f"{p.cite}: {p.text}", "dim")
