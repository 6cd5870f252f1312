"""Results to terminal, Markdown, HTML, charts and tables."""

from __future__ import annotations

import csv
import io

from detente.analyses.result import Result, render_with
from detente.report.paper import Paper


def paper_of(result: Result) -> Paper:
    """The paper of any result."""
    from detente.report import papers

    return papers.paper_of(result)


def render(result: Result, form: str, *, width: int = 100, color: bool = False) -> str:
    """A result in a form: text, markdown (md), html or csv."""
    if form == "csv":
        return to_csv(result)
    if form == "json":
        return result.to_json() + "\n"
    paper = paper_of(result)
    if form in ("markdown", "md"):
        from detente.report.markdown import to_markdown

        return to_markdown(paper)
    if form == "html":
        from detente.report.html import to_html_fragment

        return to_html_fragment(paper)
    from detente.report.terminal import to_terminal

    return to_terminal(paper, width, color=color)


def to_csv(result: Result) -> str:
    """The result's records as CSV with a heading row."""
    records = result.records()
    out = io.StringIO()
    if records:
        writer = csv.DictWriter(out, fieldnames=list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    return out.getvalue()


render_with(lambda result, form: render(result, form))
