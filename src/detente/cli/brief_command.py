"""detente brief."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from detente.analyses.result import Result
from detente.cli.shared import answering, case_argument, load_case, width, write_files
from detente.model.problem import Problem, Refused


@click.command("brief")
@case_argument
@click.option("--baseline", metavar="ID", help="The text that stood; by default the case's own.")
@click.option("--option", metavar="ID", help="The text proposed; by default the case's own.")
@click.option("--forces", metavar="DATE", help="Data as of this date; by default the case's own.")
@click.option("--at", metavar="DATE", help="Ceilings of this date; by default the forces' date.")
@click.option(
    "--letter", metavar="LETTER", help="The full staff paper that answers this letter of the case."
)
@click.option(
    "--for", "proposal", metavar="ID", help="The full staff paper on this text, as a proposal."
)
@click.option(
    "--out", metavar="FOLDER", help="Write the paper into this folder, as HTML and Markdown."
)
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
    letter: str | None,
    proposal: str | None,
    out: str | None,
    form: str,
) -> None:
    """The staff paper: a summary in the terminal, the whole as HTML and Markdown.

    Without more, a baseline against an option. With --letter or --for the full paper: where things
    stood, the letter point by point, the options side by side, what each side must cut, what is left
    open, what falls with what, whom it favours, which claims hold, and a way to agreement.
    """
    from detente.report.html import to_html_page
    from detente.report.markdown import to_markdown
    from detente.report.papers import paper_of
    from detente.report.terminal import to_terminal

    loaded = load_case(case)
    result: Result
    if letter or proposal:
        from detente.analyses.staff_paper import staff_paper

        given = {"baseline": baseline, "option": option, "forces": forces, "at": at}
        if clash := [f"--{k}" for k, v in given.items() if v]:
            message = f"{', '.join(clash)}: the letter in case.yaml says what its paper compares"
            raise Refused([Problem("E604", message)])
        result = staff_paper(loaded, letter=letter, proposal=proposal)
    else:
        from detente.analyses.brief import brief

        result = brief(loaded, baseline=baseline, option=option, forces=forces, at=at)
    name = letter or proposal or loaded.id
    whole = paper_of(result) if out or form in ("md", "html") else None
    if form == "json":
        click.echo(result.to_json())
    elif form == "md" and whole:
        click.echo(to_markdown(whole), nl=False)
    elif form == "html" and whole:
        click.echo(to_html_page(whole), nl=False)
    else:
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        click.echo(to_terminal(paper_of(result, short=True), width(), color=color), nl=False)
    if out and whole:
        folder = Path(out)
        files = {
            folder / f"{name}.html": to_html_page(whole),
            folder / f"{name}.md": to_markdown(whole),
        }
        write_files(files, make_folders=True)
        click.echo("\nWritten: " + ", ".join(str(f) for f in files), err=form != "text")
