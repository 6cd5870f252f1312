"""detente count."""

from __future__ import annotations

import click

from detente.analyses.count import count
from detente.analyses.views import count_views
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    scenario_options,
    scenario_request,
    write_picture,
)


@click.command("count")
@case_argument
@click.option("--text", required=True, metavar="ID", help="The text to count under.")
@click.option(
    "--forces",
    required=True,
    metavar="DATE",
    help="Data as of this date (the newest inventories at or before it), or ids of inventories.",
)
@click.option("--at", metavar="DATE", help="Ceilings of this date; by default the forces' date.")
@click.option("--basis", metavar="ID", help="Count on this basis instead of the text's own.")
@click.option("--party", multiple=True, metavar="ID", help="Only this party; may be repeated.")
@click.option(
    "--view",
    multiple=True,
    metavar="ID",
    help="A named choice of readings and data claims; give several to see them side by side "
    "('neutral' picks nothing).",
)
@scenario_options
@click.option("--picture", metavar="FILE.svg", help="With --scenarios: write the tornado here.")
@click.option("--trace", is_flag=True, help="From each figure to rule, inventory line and source.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    text: str,
    forces: str,
    at: str | None,
    basis: str | None,
    party: tuple[str, ...],
    view: tuple[str, ...],
    scenarios: int | None,
    seed: int | None,
    distribution: str | None,
    together: bool,
    weigh: tuple[str, ...],
    unknown: tuple[str, ...],
    picture: str | None,
    trace: bool,
    form: str,
    output: str | None,
) -> None:
    """What each side has under a text, who is over, by how much, and by which rule."""
    asked = scenario_request(scenarios, seed, distribution, together, weigh, unknown)
    if asked is None and picture:
        raise click.UsageError("--picture goes with --scenarios N")
    if asked and (len(view) > 1 or trace):
        raise click.UsageError("--scenarios takes one view, and no --trace")
    loaded = load_case(case)
    if asked:
        from detente.analyses.scenarios import count_scenarios

        one = view[0] if view else None
        over = count_scenarios(
            loaded, text, forces, at=at, basis=basis, party=party, view=one, **asked
        )
        if picture:
            write_picture(over, picture)
            return
        emit(over, form, output)
        return
    if len(view) > 1:
        seen = count_views(loaded, text, forces, view, at=at, basis=basis, party=party)
        emit(seen, form, output)
        return
    one = view[0] if view else None
    result = count(loaded, text, forces, at=at, basis=basis, party=party, view=one)
    emit(result, form, output, trace=trace)
