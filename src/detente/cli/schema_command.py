"""detente schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from detente.cli.shared import answering, show_problems, write_files
from detente.model.problem import Problem, did_you_mean
from detente.reading.schemas import schemas

DEEP = {"record": "**/"}  # these folders may hold folders


@click.command("schema")
@click.argument("name", required=False, metavar="[FILE-KIND]")
@click.option("--out", metavar="FOLDER", help="Write all schemas into this folder.")
@answering
def command(name: str | None, out: str | None) -> None:
    """JSON Schemas of the case files, so that editors complete and check while you write.

    With --out, one file a kind of case file and a settings file for editors that use the YAML
    language server; otherwise the schema of one kind is printed.
    """
    found = schemas()
    if out:
        folder = Path(out)
        files = {
            folder / f"{kind}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
            for kind, schema in found.items()
        }
        where = {
            f"{'' if folder.is_absolute() else './'}{folder.as_posix()}/{kind}.schema.json": (
                ["**/case.yaml"] if kind == "case" else [f"**/{kind}/{DEEP.get(kind, '')}*.yaml"]
            )
            for kind in found
        }
        settings = json.dumps({"yaml.schemas": where}, indent=2) + "\n"
        write_files({**files, folder / "editor-settings.json": settings}, make_folders=True)
        for path in files:
            click.echo(str(path))
        click.echo(
            f"Copy the lines of {folder / 'editor-settings.json'} into your editor's settings."
        )
        return
    if name is None:
        click.echo("Name a kind of file, or give --out FOLDER: " + ", ".join(found))
        return
    if name not in found:
        hint = did_you_mean(name, found, "kinds of file")
        show_problems([Problem("E604", f"no such kind of file '{name}'", (), hint)])
        sys.exit(2)
    click.echo(json.dumps(found[name], indent=2, ensure_ascii=False))
