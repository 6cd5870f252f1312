"""detente read."""

from __future__ import annotations

import sys

import click

from detente.analyses.read import read
from detente.cli.shared import answering, emit, format_option, output_option, show_problems


@click.command("read")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--library", metavar="FILE", help="The library; by default the one in your data folder."
)
@click.option(
    "--as",
    "name",
    metavar="KEY",
    default="",
    help="Which document a text is, as in frus1977-80v06/d12; or the volume, for TEI.",
)
@click.option("--date", "day", metavar="DATE", default="", help="The date of a text without one.")
@click.option("--dry-run", is_flag=True, help="Read and report, and keep nothing.")
@click.option("--strict", is_flag=True, help="Exit 2 on warnings too.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    files: tuple[str, ...],
    library: str | None,
    name: str,
    day: str,
    dry_run: bool,
    strict: bool,
    form: str,
    output: str | None,
) -> None:
    """Read published documents into your own library, to cite and search them.

    FILE is a volume or a single document in TEI, as published, or the text of a document's page.
    Each file goes in whole or not at all; reading it again changes nothing. Exits 2 when a file was
    refused.
    """
    result = read(files, library, name=name, date=day, keep=not dry_run)
    if any(f.kept for f in result.files):
        emit(result, form, output)
    if result.problems:
        show_problems(result.problems)
    if any(strict or p.severity == "error" for p in result.problems):
        sys.exit(2)
