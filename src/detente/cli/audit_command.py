"""detente audit."""

from __future__ import annotations

import click

from detente.analyses.audit import audit
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
)


@click.command("audit")
@case_argument
@click.option("--letter", metavar="LETTER", help="The letter whose claims are meant.")
@click.option("--claim", metavar="ID", multiple=True, help="Only this claim; may be repeated.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str, letter: str | None, claim: tuple[str, ...], form: str, output: str | None
) -> None:
    """The claims of a document run against the case: which hold, which fail, on what they hang."""
    result = audit(load_case(case), letter=letter, claim=claim or None)
    emit(result, form, output)
