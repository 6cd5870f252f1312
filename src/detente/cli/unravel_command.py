"""detente unravel."""

from __future__ import annotations

import click

from detente.analyses.unravel import keystones, unravel
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    write_picture,
)
from detente.model.problem import Problem, Refused


@click.command("unravel")
@case_argument
@click.argument("element", metavar="[ELEMENT]", required=False)
@click.option(
    "--date", "day", metavar="DATE", help="As of this date; by default the record's last."
)
@click.option("--text", metavar="ID", help="The element is a provision of this text.")
@click.option(
    "--as-asserted",
    is_flag=True,
    help="Take a side at its word that all elements hang together.",
)
@click.option("--picture", metavar="FILE.svg", help="Write the graph here.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    element: str | None,
    day: str | None,
    text: str | None,
    as_asserted: bool,
    picture: str | None,
    form: str,
    output: str | None,
) -> None:
    """What falls when an element is refused or put outside; without one, the ranking of all.

    An element is an issue, an option (issue/option), or with --text a provision.
    """
    loaded = load_case(case)
    if element is None:
        if picture:
            raise click.UsageError("--picture goes with an element")
        if day is None:
            raise Refused([Problem("E604", "the ranking needs --date DATE")])
        emit(keystones(loaded, day, as_asserted=as_asserted), form, output)
        return
    found = unravel(loaded, element, at=day, text=text, as_asserted=as_asserted)
    if picture:
        if not found.edges:
            raise Refused([Problem("E604", f"nothing falls with '{element}': there is no graph")])
        write_picture(found, picture)
        return
    emit(found, form, output)
