"""detente explain."""

from __future__ import annotations

import click

from detente.analyses.explain import explain
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
)


@click.command("explain")
@case_argument
@click.argument("system", metavar="SYSTEM")
@click.option("--text", required=True, metavar="ID", help="The text to count under.")
@click.option("--view", metavar="ID", help="A named choice of readings and data claims.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str, system: str, text: str, view: str | None, form: str, output: str | None
) -> None:
    """Why a system counts where it does: each clause, its truth, and the facts it rests on."""
    emit(explain(load_case(case), system, text, view=view), form, output)
