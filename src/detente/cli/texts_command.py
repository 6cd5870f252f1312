"""detente texts."""

from __future__ import annotations

import click

from detente.analyses.texts import list_texts
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
)


@click.command("texts")
@case_argument
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(case: str, form: str, output: str | None) -> None:
    """The texts of a case: date, parties, status, and how much of each is computed."""
    emit(list_texts(load_case(case)), form, output)
