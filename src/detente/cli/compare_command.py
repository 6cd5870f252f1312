"""detente compare."""

from __future__ import annotations

import click

from detente.analyses.compare import compare
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    scenario_options,
    scenario_request,
)


@click.command("compare")
@case_argument
@click.argument("base", metavar="BASE")
@click.argument("options", metavar="OPTION...", nargs=-1, required=True)
@click.option("--forces", metavar="DATE", help="Count the data as of this date under each.")
@click.option("--at", metavar="DATE", help="Ceilings of this date; by default the forces' date.")
@click.option("--basis", metavar="ID", help="Count on this basis instead of the texts' own.")
@click.option("--view", metavar="ID", help="A named choice of readings and data claims.")
@scenario_options
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    base: str,
    options: tuple[str, ...],
    forces: str | None,
    at: str | None,
    basis: str | None,
    view: str | None,
    scenarios: int | None,
    seed: int | None,
    distribution: str | None,
    together: bool,
    weigh: tuple[str, ...],
    unknown: tuple[str, ...],
    form: str,
    output: str | None,
) -> None:
    """The same forces under a baseline and one or more options: baseline, option, change."""
    asked = scenario_request(scenarios, seed, distribution, together, weigh, unknown)
    if asked and not forces:
        raise click.UsageError("--scenarios needs --forces")
    loaded = load_case(case)
    if asked:
        from detente.analyses.scenarios import compare_scenarios

        over = compare_scenarios(
            loaded, base, options, forces or "", at=at, basis=basis, view=view, **asked
        )
        emit(over, form, output)
        return
    result = compare(loaded, base, options, forces, at=at, basis=basis, view=view)
    emit(result, form, output)
