"""detente cite."""

from __future__ import annotations

import sys

import click

from detente.analyses.cite import cite
from detente.analyses.coverage import coverage
from detente.cli.shared import (
    answering,
    case_argument,
    emit,
    format_option,
    load_case,
    output_option,
    show_problems,
)
from detente.model.problem import Problem, Refused


@click.command("cite")
@case_argument
@click.argument("reference", metavar="[REF...]", nargs=-1)
@click.option(
    "--library", metavar="FILE", help="The library; by default the one in your data folder."
)
@click.option("--full", is_flag=True, help="The whole document, when no paragraph is named.")
@click.option(
    "--check",
    is_flag=True,
    help="Check the record's references against the documents read (or those named).",
)
@format_option("table", "json", "csv", "md")
@output_option
@answering
def command(
    case: str,
    reference: tuple[str, ...],
    library: str | None,
    full: bool,
    check: bool,
    form: str,
    output: str | None,
) -> None:
    """A cited paragraph from your own copy, beside the record's statements on it.

    REF is a statement (s163), or a document of the record with or without a place: 'v06-d12 ¶6',
    v06-d12:23-24, 'v33-d241 IX(1)(d)', 'v06-d12 note 2'. What you have not read is named, with the
    place of the public copy.

    With --check, REF are documents: which cited paragraphs they have not (exit 2), and which of
    their paragraphs no statement covers.
    """
    loaded = load_case(case)
    if check:
        covered = coverage(loaded, library, reference)
        emit(
            covered,
            form,
            output,
            **({"unread": bool(reference)} if form in ("table", "md") else {}),
        )
        if covered.problems:
            show_problems(covered.problems)
            sys.exit(2)
        return
    if not reference:
        hint = "as in `detente cite CASE v06-d12 ¶6`; --check needs none"
        raise Refused([Problem("E604", "name a document or a statement of the record", (), hint)])
    known = (
        {*loaded.record.documents, *(s.id for s in loaded.record.statements)}
        if loaded.record
        else set()
    )
    heads = [r for r in reference if r.partition(":")[0].split("¶")[0].strip() in known]
    if len(heads) > 1:
        hint = f"as in `detente cite CASE {heads[0]}`"
        raise Refused([Problem("E604", f"one reference at a time, not {len(heads)}", (), hint)])
    result = cite(loaded, " ".join(reference), library)
    emit(result, form, output, full=full)
