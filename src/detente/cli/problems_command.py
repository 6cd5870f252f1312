"""detente problems."""

from __future__ import annotations

import sys

import click

from detente.cli.shared import show_problems
from detente.model.problem import Problem, did_you_mean
from detente.model.problem_codes import CODES


@click.command("problems")
@click.argument("code", required=False, metavar="[CODE]")
def command(code: str | None) -> None:
    """What a problem code means and what to do about it; all codes when none is named."""
    if code is None:
        for name, (title, _) in CODES.items():
            click.echo(f"{name}  {title}")
        return
    found = CODES.get(code.upper())
    if found is None:
        show_problems([Problem("E604", f"no such code '{code}'", (), did_you_mean(code, CODES))])
        sys.exit(2)
    click.echo(f"{code.upper()}: {found[0]}\n{found[1]}")
