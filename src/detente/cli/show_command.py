"""detente show."""

from __future__ import annotations

import click

from detente.analyses.show import show
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
)


@click.command("show")
@case_argument
@click.argument("text", metavar="TEXT")
@click.option("--view", metavar="ID", help="A named choice of readings and data claims.")
@format_option("text", "json", "csv", "md")
@output_option
@answering
def command(case: str, text: str, view: str | None, form: str, output: str | None) -> None:
    """A text in English, provision by provision: words, rules, limits, readings, sources."""
    emit(show(load_case(case), text, view=view), form, output)
