"""detente packages."""

from __future__ import annotations

from pathlib import Path

import click

from detente.analyses.acceptable import Mode
from detente.analyses.distance import distance, toward
from detente.analyses.packages import packages
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    write_files,
)
from detente.model.problem import Problem, Refused


@click.command("packages")
@case_argument
@click.option("--date", "day", metavar="DATE", help="On the record of this date.")
@click.option("--now", "mode", flag_value="now", default="now", help="Acceptances and live offers.")
@click.option("--ever", "mode", flag_value="ever", help="Also all once accepted or offered.")
@click.option("--issue", multiple=True, metavar="ID", help="Only this issue; may be repeated.")
@click.option(
    "--assertions",
    default="all",
    show_default=True,
    metavar="all|none|PARTY",
    help="Whose linkages bind.",
)
@click.option(
    "--as-asserted",
    is_flag=True,
    help="Take a side at its word that all hangs together, and on what its bundles hold.",
)
@click.option("--ledger", default="all", show_default=True, metavar="all|joint|PARTY")
@click.option("--forces", metavar="DATE", help="Check against these forces; by default --date's.")
@click.option("--no-check", is_flag=True, help="Do not check packages against forces.")
@click.option("--rate", type=float, metavar="N", help="So many can be dismantled a year.")
@click.option("--toward", "target", metavar="TEXT|DATE", help="How far away lies this outcome?")
@click.option("--over-time", is_flag=True, help="The distance over the record.")
@click.option("--since", metavar="DATE", help="With --over-time: from this date.")
@click.option("--until", metavar="DATE", help="With --over-time: to this date.")
@click.option("--picture", metavar="FILE.svg", help="With --over-time: write the picture here.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    day: str | None,
    mode: Mode,
    issue: tuple[str, ...],
    assertions: str,
    as_asserted: bool,
    ledger: str,
    forces: str | None,
    no_check: bool,
    rate: float | None,
    target: str | None,
    over_time: bool,
    since: str | None,
    until: str | None,
    picture: str | None,
    form: str,
    output: str | None,
) -> None:
    """Which packages both sides could accept, and the fewest concessions that make one."""
    loaded = load_case(case)
    if over_time:
        curve = distance(
            loaded,
            mode=mode,
            target=target,
            issue=issue,
            since=since,
            until=until,
            assertions=assertions,
            ledger=ledger,
        )
        if picture:
            from detente.report.paper import Figure
            from detente.report.papers import paper_of

            figure = next(b for b in paper_of(curve).blocks if isinstance(b, Figure))
            write_files({Path(picture): figure.svg + "\n"})
            click.echo(f"Written: {picture}")
            return
        emit(curve, form, output)
        return
    if day is None:
        raise Refused([Problem("E604", "give --date DATE, or --over-time")])
    if target:
        found = toward(
            loaded,
            day,
            target,
            mode=mode,
            issue=issue,
            assertions=assertions,
            ledger=ledger,
        )
        emit(found, form, output)
        return
    answer = packages(
        loaded,
        day,
        mode=mode,
        issue=issue,
        assertions=assertions,
        as_asserted=as_asserted,
        ledger=ledger,
        forces=None if no_check else forces or day,
        rate=rate,
    )
    emit(answer, form, output)
