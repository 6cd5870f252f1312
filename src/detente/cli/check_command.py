"""detente check."""

from __future__ import annotations

import sys

import click

from detente.analyses.check import check_case
from detente.cli.shared import PROBLEM_FORMATS, case_argument, show_problems
from detente.reading.case_reader import load


@click.command("check")
@case_argument
@click.option(
    "--format", "form", type=click.Choice(PROBLEM_FORMATS), default="human", show_default=True
)
@click.option("--strict", is_flag=True, help="Exit 2 on warnings too.")
def command(case: str, form: str, strict: bool) -> None:
    """Read a case and report every problem, all at once.

    Exits 2 when there are errors. Printed totals that do not add up are warnings: both figures are
    kept, nothing is repaired.
    """
    loaded = load(case)
    checked = check_case(loaded.case, loaded.problems)
    show_problems(checked.problems, form, err=False)
    if form == "human" and checked.case is not None:
        c = checked.case
        click.echo(
            f"{c.title}: {len(c.systems)} systems, {len(c.inventories)} inventories, "
            f"{len(c.texts)} texts, {len(c.sources)} sources read from {len(c.files)} files."
        )
    if checked.errors or (strict and checked.warnings):
        sys.exit(2)
