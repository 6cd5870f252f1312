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
    found = loaded.inventories[inventory]
    text = holdings_csv(found)
    left = [f"{len(found.published)} printed totals"] if found.published else []
    claims = sum(len(h.claims) for h in found.holdings)
    left += [f"{claims} rival figures"] if claims else []
    taken = sum(len(h.taken_as) for h in found.holdings)
    left += [f"{taken} memberships taken as given"] if taken else []
    if left:
        click.echo(f"A table cannot hold all: left out {', '.join(left)}.", err=True)
    if output:
        write_files({Path(output): text})
    else:
        click.echo(text, nl=False)
