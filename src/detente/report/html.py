"""A paper as HTML: a fragment for notebooks, or one self-contained page."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from detente.report.paper import (
    Block,
    Bullets,
    Figure,
    Fold,
    Heading,
    Paper,
    Para,
    Table,
    Verbatim,
)

TEMPLATES = Path(__file__).parent / "templates"
_KINDS: dict[type, str] = {
    Heading: "heading",
    Para: "para",
    Bullets: "bullets",
    Table: "table",
    Figure: "figure",
    Verbatim: "verbatim",
    Fold: "fold",
}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["kind"] = lambda block: _KINDS[type(block)]
    environment.globals["svg"] = Markup
    environment.filters["prose"] = _prose
    return environment


def _prose(text: str) -> Markup:
    """Text with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _slug(text: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in text.lower())
    return "-".join(filter(None, kept.split("-"))) or "section"


def _contents(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    return [
        (b.anchor or _slug(b.text), b.text)
        for b in blocks
        if isinstance(b, Heading) and b.level == 2
    ]


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(slug=_slug, **values)


def _own_ids(svg: str, used: set[str]) -> str:
    """A drawing whose ids (of patterns, markers) no other drawing of the page has."""
    for name in dict.fromkeys(_IDS.findall(svg)):
        numbered = (f"{name}-{i}" for i in count(2))
        own = next(n for n in chain((name,), numbered) if n not in used)
        used.add(own)
        if own != name:
            svg = re.sub(
                rf"(\bid=['\"]|url\(#|href=['\"]#){re.escape(name)}(?=['\")])", rf"\g<1>{own}", svg
            )
    return svg


_IDS = re.compile(r"\bid=['\"]([^'\"]+)['\"]")


def _anchored(blocks: tuple[Block, ...], used: set[str]) -> tuple[Block, ...]:
    """The blocks with an anchor of its own on each heading: no id may stand twice in a page."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Fold):
            found.append(replace(block, blocks=_anchored(block.blocks, used)))
        elif isinstance(block, Heading) and not block.anchor:
            slug = _slug(block.text)
            numbered = (f"{slug}-{n}" if n > 1 else slug for n in count(1))
            anchor = next(a for a in numbered if a not in used)
            used.add(anchor)
            found.append(replace(block, anchor=anchor))
        elif isinstance(block, Figure):
            found.append(replace(block, svg=_own_ids(block.svg, used)))
        else:
            found.append(block)
    return tuple(found)


def to_html_fragment(paper: Paper) -> str:
    """The paper's blocks as an HTML fragment with its own small style sheet."""
    paper = replace(paper, blocks=_anchored(paper.blocks, set()))
    return _render("fragment.html", paper=paper)


def to_html_page(paper: Paper) -> str:
    """The paper as one self-contained page: style and pictures inline, nothing fetched."""
    paper = replace(paper, blocks=_anchored(paper.blocks, set()))
    return _render("page.html", paper=paper, contents=_contents(paper.blocks))
