"""detente balance."""

from __future__ import annotations

from pathlib import Path

import click

from detente.analyses.balance import CUTS, balance
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    write_files,
)


@click.command("balance")
@case_argument
@click.option("--text", required=True, metavar="ID", help="The text whose limits hold.")
@click.option(
    "--forces",
    metavar="DATE",
    help="Data as of this date, or ids of inventories; by default what the case's brief counts.",
)
@click.option("--at", metavar="DATE", help="Ceilings of this date; by default the forces' date.")
@click.option("--basis", metavar="ID", help="Count on this basis instead of the text's own.")
@click.option("--view", metavar="ID", help="A named choice of readings and data claims.")
@click.option("--lens", multiple=True, metavar="ID", help="Only this lens; may be repeated.")
@click.option("--measure", multiple=True, metavar="ID", help="Only this measure; may be repeated.")
@click.option("--party", multiple=True, metavar="ID", help="Only this side, in this order.")
@click.option("--sweep", metavar="LIMIT", help="Let this equal limit fall to a tenth.")
@click.option(
    "--cut",
    type=click.Choice(CUTS),
    default=CUTS[0],
    show_default=True,
    help="What a side gives up in the sweep.",
)
@click.option("--against", metavar="ID", help="Say who gains against this text, by lens.")
@click.option("--picture", metavar="FILE.svg", help="Write the picture here.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    text: str,
    forces: str | None,
    at: str | None,
    basis: str | None,
    view: str | None,
    lens: tuple[str, ...],
    measure: tuple[str, ...],
    party: tuple[str, ...],
    sweep: str | None,
    cut: str,
    against: str | None,
    picture: str | None,
    form: str,
    output: str | None,
) -> None:
    """Is it equal, and by whose reckoning: measures by side, through the lenses of each."""
    result = balance(
        load_case(case),
        text,
        forces,
        at=at,
        basis=basis,
        view=view,
        lens=lens,
        measure=measure,
        party=party,
        sweep=sweep,
        cut=cut,
        against=against,
    )
    if picture:
        from detente.report.paper import Figure
        from detente.report.papers import paper_of

        figure = next(b for b in paper_of(result).blocks if isinstance(b, Figure))
        write_files({Path(picture): figure.svg + "\n"})
        click.echo(f"Written: {picture}")
        return
    emit(result, form, output)
