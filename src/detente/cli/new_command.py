"""detente new."""

from __future__ import annotations

import re
from pathlib import Path

import click

from detente.cli.shared import answering, write_files
from detente.model.problem import Problem, Refused

TEMPLATE = Path(__file__).resolve().parent.parent / "template"


@click.command("new")
@click.argument("case", metavar="CASE")
@answering
def command(case: str) -> None:
    """Lay out a small working case with comments, to change file by file."""
    folder = Path(case)
    name = re.sub(r"[^\w-]+", "-", folder.resolve().name).strip("-") or "case"
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as bad:
        raise Refused([Problem("E603", f"cannot write {case}: {bad.strerror}")]) from None
    if taken:
        raise Refused([Problem("E603", f"cannot write {case}: it exists and is not empty")])
    files = {
        folder / path.relative_to(TEMPLATE): path.read_text(encoding="utf-8").replace(
            "{{name}}", name
        )
        for path in sorted(TEMPLATE.rglob("*.yaml"))
    }
    write_files(files, make_folders=True)
    for path in files:
        click.echo(str(path))
    click.echo(f"\nTry: detente count {case} --text treaty --forces 1980-01-01")
