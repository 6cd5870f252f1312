"""detente standing."""

from __future__ import annotations

import click

from detente.analyses.standing import standing
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
)


@click.command("standing")
@case_argument
@click.option("--date", "day", required=True, metavar="DATE", help="As of this date.")
@click.option("--issue", multiple=True, metavar="ID", help="Only this issue; may be repeated.")
@click.option(
    "--ledger",
    default="all",
    show_default=True,
    metavar="all|joint|PARTY",
    help="By whose account: all statements, joint texts alone, or one side's own papers.",
)
@click.option("--draft", is_flag=True, help="The joint draft text with brackets and footnotes.")
@click.option("--history", is_flag=True, help="Each issue's whole path, with citations.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    day: str,
    issue: tuple[str, ...],
    ledger: str,
    draft: bool,
    history: bool,
    form: str,
    output: str | None,
) -> None:
    """Where each issue stands at a date, who reopened what, and the joint draft text."""
    result = standing(load_case(case), day, issue=issue, ledger=ledger, history=history)
    emit(result, form, output, draft=draft, history=history)
