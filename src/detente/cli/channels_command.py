"""detente channels."""

from __future__ import annotations

from pathlib import Path

import click

from detente.analyses.channels import channels
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    write_files,
)
from detente.model.problem import Problem, Refused, did_you_mean


@click.command("channels")
@case_argument
@click.option("--text", required=True, metavar="ID", help="The text; ID@VIEW reads it by a view.")
@click.option("--against", metavar="ID", help="What is opened and closed against this text.")
@click.option("--against-at", metavar="DATE", help="Limits of the other text on this date.")
@click.option("--at", metavar="DATE", help="Limits in effect on this date; the text's first day.")
@click.option("--view", metavar="ID", help="A named choice of readings, for both texts.")
@click.option("--party", multiple=True, metavar="ID", help="Only what is open to this party.")
@click.option("--channel", metavar="ID", help="One channel in full, by its id.")
@click.option("--horizon", metavar="YEAR", help="The largest gain until then, by the candidates.")
@click.option("--programme", metavar="ID", help="Candidates of this programme alone.")
@click.option(
    "--under", multiple=True, metavar="ID", help="Growth under this text too; repeatable."
)
@click.option("--forces", metavar="DATE", help="Where growth starts from; the brief's by default.")
@click.option("--keep", metavar="PREDICATE", help="Present weapons that growth may not give up.")
@click.option("--picture", metavar="FILE.svg", help="Write the picture here.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    text: str,
    against: str | None,
    against_at: str | None,
    at: str | None,
    view: str | None,
    party: tuple[str, ...],
    channel: str | None,
    horizon: str | None,
    programme: str | None,
    under: tuple[str, ...],
    forces: str | None,
    keep: str | None,
    picture: str | None,
    form: str,
    output: str | None,
) -> None:
    """Which build-up a text leaves open, what would close it, and how far it could go."""
    result = channels(
        load_case(case),
        text,
        against=against,
        against_at=against_at,
        at=at,
        view=view,
        party=party,
        horizon=horizon,
        programme=programme,
        under=under,
        forces=forces,
        keep=keep,
    )
    if channel and channel not in {c.id for c in result.channels}:
        hint = did_you_mean(channel, [c.id for c in result.channels], "channels")
        raise Refused([Problem("E604", f"no channel '{channel}'", (), hint)])
    if picture:
        from detente.report.paper import Figure
        from detente.report.papers import paper_of

        figures = [b for b in paper_of(result).blocks if isinstance(b, Figure)]
        if not figures:
            message = "there is a picture only against another text, or of growth"
            raise Refused(
                [Problem("E604", message, (), "give --against, --horizon or --programme")]
            )
        write_files({Path(picture): figures[0].svg + "\n"})
        click.echo(f"Written: {picture}")
        return
    options = {"channel": channel} if channel and form in ("table", "md") else {}
    emit(result, form, output, **options)
