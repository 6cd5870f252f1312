"""detente reduce."""

from __future__ import annotations

from pathlib import Path

import click

from detente.analyses.reduce import reduce
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    write_files,
)
from detente.model.problem import Problem, Refused


@click.command("reduce")
@case_argument
@click.option("--text", required=True, metavar="ID", help="The text to come down to.")
@click.option(
    "--forces",
    required=True,
    metavar="DATE",
    help="Data as of this date (the newest inventories at or before it), or ids of inventories.",
)
@click.option("--at", metavar="DATE", help="Ceilings of this date; by default the forces' date.")
@click.option("--basis", metavar="ID", help="Count on this basis instead of the text's own.")
@click.option("--party", multiple=True, metavar="ID", help="Only this party; may be repeated.")
@click.option("--view", metavar="ID", help="A named choice of readings and data claims.")
@click.option(
    "--by",
    default="elements",
    show_default=True,
    metavar="MEASURE",
    help="What is to be least: elements, a measure of the case, or an attribute that is a number.",
)
@click.option(
    "--rate",
    multiple=True,
    metavar="N | NAME=N",
    help="Elements a year that can be dismantled: by each side, or by a party or system.",
)
@click.option(
    "--from", "start", metavar="DATE", help="When dismantling begins; the forces' date by default."
)
@click.option("--picture", metavar="FILE.svg", help="Write the picture here.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    text: str,
    forces: str,
    at: str | None,
    basis: str | None,
    party: tuple[str, ...],
    view: str | None,
    by: str,
    rate: tuple[str, ...],
    start: str | None,
    picture: str | None,
    form: str,
    output: str | None,
) -> None:
    """The least that each side must dismantle, what of it is forced, what is left open, by when."""
    result = reduce(
        load_case(case),
        text,
        forces,
        at=at,
        basis=basis,
        party=party,
        view=view,
        by=by,
        rate=_rates(rate),
        start=start,
    )
    if picture:
        from detente.report.paper import Figure
        from detente.report.papers import paper_of

        figure = next((b for b in paper_of(result).blocks if isinstance(b, Figure)), None)
        if figure is None:
            raise Refused([Problem("E604", "--picture: no limit asks for a cut; nothing to draw")])
        write_files({Path(picture): figure.svg + "\n"})
        click.echo(f"Written: {picture}")
        return
    emit(result, form, output)


def _rates(given: tuple[str, ...]) -> dict[str, float] | None:
    """Rates by name; the empty name is each side. Raises `Refused`."""
    found: dict[str, float] = {}
    for item in given:
        name, _, number = item.rpartition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise Refused(
                [Problem("E604", f"--rate: '{item}' is no number", (), "write 100 or NAME=100")]
            ) from None
    return found or None
