"""detente import."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from detente.cli.shared import answering, load_case, show_problems, write_files
from detente.model.problem import Problem, Refused
from detente.reading.inventory_csv import read_holdings
from detente.report.case_yaml import inventory_yaml


@click.group("import")
def command() -> None:
    """Bring what stands in spreadsheets into a case."""


@command.command("inventory")
@click.argument("file", metavar="FILE.csv")
@click.option("--case", "case", required=True, metavar="CASE", help="The case it belongs to.")
@click.option("--id", "name", required=True, metavar="ID", help="The id of the new inventory.")
@click.option("--party", required=True, metavar="ID", help="Whose holdings they are.")
@click.option("--date", required=True, metavar="DATE", help="As of when.")
@click.option("--basis", required=True, metavar="ID", help="What exactly is counted.")
@click.option("--title", metavar="TEXT", help="A title; by default the id.")
@click.option("--source", metavar="CITE", default="", help="Source of rows that give none.")
@click.option("--output", metavar="FILE", help="Write here; by default CASE/inventories/ID.yaml.")
@click.option("--print", "shown", is_flag=True, help="Print the YAML instead of writing it.")
@answering
def inventory(
    file: str,
    case: str,
    name: str,
    party: str,
    date: str,
    basis: str,
    title: str | None,
    source: str,
    output: str | None,
    shown: bool,
) -> None:
    """Read holdings from a CSV file and write them as an inventory of the case.

    The first line names the columns: system, number (or low, best, high), state, zone, place,
    carrier, launcher, source, confidence, note; any other column must be an attribute of the case.
    """
    loaded = load_case(case)
    holdings, problems = read_holdings(Path(file), loaded, source)
    if problems:
        show_problems(problems)
        sys.exit(2)
    if name in loaded.inventories and not shown:
        place = loaded.inventories[name].place
        raise Refused([Problem("E303", f"the case has an inventory '{name}' already", (place,))])
    head = {"party": party, "date": date, "basis": basis, "title": title or name}
    text = inventory_yaml(name, head, holdings)
    if shown:
        click.echo(text, nl=False)
        return
    path = Path(output) if output else Path(case) / "inventories" / f"{name}.yaml"
    if path.exists():
        raise Refused([Problem("E603", f"cannot write {path}: it exists already")])
    write_files({path: text})
    click.echo(f"{len(holdings)} holdings written to {path}; `detente check {case}` checks them.")
