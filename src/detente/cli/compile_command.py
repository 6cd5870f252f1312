"""detente compile."""

from __future__ import annotations

import click

from detente.analyses.layout import layout
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
)


@click.command("compile")
@case_argument
@click.option("--text", required=True, metavar="ID", help="The text to compile.")
@click.option("--view", metavar="ID", help="A named choice of readings and data claims.")
@click.option("--all-classes", is_flag=True, help="Also classes that hold no real system.")
@format_option("text", "json", "csv", "md")
@output_option
@answering
def command(
    case: str, text: str, view: str | None, all_classes: bool, form: str, output: str | None
) -> None:
    """A text as a system of limits: categories, rows, classes of weapons, what is not computed."""
    emit(layout(load_case(case), text, view=view), form, output, all_classes=all_classes)
