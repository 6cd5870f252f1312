"""detente brief."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from detente.analyses.brief import brief
from detente.cli.shared import answering, case_argument, load_case, width, write_files


@click.command("brief")
@case_argument
@click.option("--baseline", metavar="ID", help="The text that stood; by default the case's own.")
@click.option("--option", metavar="ID", help="The text proposed; by default the case's own.")
@click.option("--forces", metavar="DATE", help="Data as of this date; by default the case's own.")
@click.option("--at", metavar="DATE", help="Ceilings of this date; by default the forces' date.")
@click.option("--out", metavar="FOLDER", help="Write CASE.html and CASE.md into this folder.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "md", "html", "json")),
    default="text",
    show_default=True,
    help="What to print.",
)
@answering
def command(
    case: str,
    baseline: str | None,
    option: str | None,
    forces: str | None,
    at: str | None,
    out: str | None,
    form: str,
) -> None:
    """The staff paper on a case: a summary in the terminal, the whole as HTML and Markdown."""
    from detente.report.brief_paper import brief_paper
    from detente.report.html import to_html_page
    from detente.report.markdown import to_markdown
    from detente.report.terminal import to_terminal

    loaded = load_case(case)
    result = brief(loaded, baseline=baseline, option=option, forces=forces, at=at)
    if form == "json":
        click.echo(result.to_json())
    elif form == "md":
        click.echo(to_markdown(brief_paper(result)), nl=False)
    elif form == "html":
        click.echo(to_html_page(brief_paper(result)), nl=False)
    else:
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        click.echo(to_terminal(brief_paper(result, short=True), width(), color=color), nl=False)
    if out:
        paper = brief_paper(result)
        folder = Path(out)
        files = {
            folder / f"{loaded.id}.html": to_html_page(paper),
            folder / f"{loaded.id}.md": to_markdown(paper),
        }
        write_files(files, make_folders=True)
        click.echo("\nWritten: " + ", ".join(str(f) for f in files), err=form != "text")
