"""detente timeline."""

from __future__ import annotations

import click

from detente.analyses.timeline import timeline
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    write_picture,
)


@click.command("timeline")
@case_argument
@click.option("--issue", multiple=True, metavar="ID", help="Only this issue; may be repeated.")
@click.option("--ledger", default="all", show_default=True, metavar="all|joint|PARTY")
@click.option("--from", "start", metavar="DATE", help="Not before; by default most of the record.")
@click.option("--to", "end", metavar="DATE", help="Not after.")
@click.option("--picture", metavar="FILE.svg", help="Write the picture here.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    issue: tuple[str, ...],
    ledger: str,
    start: str | None,
    end: str | None,
    picture: str | None,
    form: str,
    output: str | None,
) -> None:
    """Positions by side and the status of each issue over time, as a picture and a table."""
    result = timeline(load_case(case), issue=issue, ledger=ledger, start=start, end=end)
    if picture:
        write_picture(result, picture)
        return
    emit(result, form, output)
