"""detente export."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.shared import answering, case_argument, load_case, output_option, write_files
from detente.model.problem import Problem, Refused, did_you_mean
from detente.reading.inventory_csv import holdings_csv


@click.group("export")
def command() -> None:
    """Take what stands in a case out into spreadsheets."""


@command.command("inventory")
@case_argument
@click.argument("inventory", metavar="INVENTORY")
@output_option
@answering
def inventory(case: str, inventory: str, output: str | None) -> None:
    """The holdings of an inventory as CSV, in the columns that `import inventory` reads."""
    loaded = load_case(case)
    if inventory not in loaded.inventories:
        hint = did_you_mean(inventory, loaded.inventories)
        raise Refused([Problem("E315", f"unknown inventory '{inventory}'", (), hint)])
    text = holdings_csv(loaded.inventories[inventory])
    if output:
        write_files({Path(output): text})
    else:
        click.echo(text, nl=False)
