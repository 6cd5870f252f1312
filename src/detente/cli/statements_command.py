"""detente statements."""

from __future__ import annotations

import click

from detente.analyses.statements import statements
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
)


@click.command("statements")
@case_argument
@click.option("--issue", metavar="ISSUE", help="Only on this issue.")
@click.option("--option", metavar="ISSUE/OPTION", help="Only on this option.")
@click.option("--party", metavar="PARTY", help="Only by this party, or joint.")
@click.option("--act", metavar="ACT", help="Only of this act; several parted by commas.")
@click.option("--document", metavar="DOC", help="Only in this document.")
@click.option("--from", "since", metavar="DATE", help="Only such as may be of this day or later.")
@click.option("--to", "until", metavar="DATE", help="Only such as may be of this day or earlier.")
@click.option("--put", is_flag=True, help="Leave out internal papers.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    issue: str | None,
    option: str | None,
    party: str | None,
    act: str | None,
    document: str | None,
    since: str | None,
    until: str | None,
    put: bool,
    form: str,
    output: str | None,
) -> None:
    """Who said what, when, in which document, on which condition."""
    result = statements(
        load_case(case),
        issue=issue,
        option=option,
        party=party,
        act=act,
        document=document,
        since=since,
        until=until,
        internal=not put,
    )
    emit(result, form, output)
