"""detente search."""

from __future__ import annotations

import click

from detente.analyses.search import search
from detente.cli.shared import answering, emit, format_option, load_case, output_option


@click.command("search", context_settings={"ignore_unknown_options": True})
@click.argument("words", metavar="WORDS...", nargs=-1, required=True)
@click.option(
    "--library", metavar="FILE", help="The library; by default the one in your data folder."
)
@click.option(
    "--from", "start", metavar="DATE", help="Only documents that may be of this day or later."
)
@click.option(
    "--to", "end", metavar="DATE", help="Only documents that may be of this day or earlier."
)
@click.option(
    "--case", metavar="CASE", help="Name documents as this case does, with its statements."
)
@click.option("--volume", metavar="ID", default="", help="Only this volume, as in frus1969-76v33.")
@click.option("--limit", type=int, default=10, show_default=True, help="How many passages.")
@click.option("--context", type=int, default=0, show_default=True, help="Passages around each.")
@click.option("--no-notes", is_flag=True, help="Leave out the editors' notes.")
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    words: tuple[str, ...],
    library: str | None,
    start: str | None,
    end: str | None,
    case: str | None,
    volume: str,
    limit: int,
    context: int,
    no_notes: bool,
    form: str,
    output: str | None,
) -> None:
    """Passages of your library that hold all WORDS, the best first.

    "two words" stand side by side, and so do those of air-launched; word* is any that begins so,
    -word must not stand there, OR parts alternatives. Words are found in all their forms.
    """
    result = search(
        " ".join(words),
        library,
        start=start,
        end=end,
        case=load_case(case) if case else None,
        limit=limit,
        context=context,
        notes=not no_notes,
        volume=volume,
    )
    emit(result, form, output)
