"""What the commands share: loading a case, showing problems, writing output."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from detente.analyses.result import Result
from detente.model.case import Case
from detente.model.problem import Problem, Refused
from detente.reading.case_reader import load

PROBLEM_FORMATS = ("human", "gnu", "json")
DISTRIBUTIONS = ("triangular", "pert")  # as detente.compile.distributions, without importing it


def width() -> int:
    """The terminal's width, or 110 columns where there is none; COLUMNS overrides."""
    return max(60, min(shutil.get_terminal_size((110, 40)).columns, 140))


def show_problems(problems: Sequence[Problem], form: str = "human", *, err: bool = True) -> None:
    """Print problems in a form, to standard error by default."""
    from detente.report import problems as report

    if form == "json":
        text = report.to_json(problems)
    elif form == "gnu":
        text = report.to_gnu(problems)
    else:
        text = report.to_human(problems)
        if problems:
            text += f"\n{report.summary(problems)}\n"
    click.echo(text, err=err, nl=False)


def load_case(folder: str) -> Case:
    """The case, or exit 2 with its problems when it has errors."""
    loaded = load(folder)
    if loaded.errors or loaded.case is None:
        show_problems(loaded.problems)
        sys.exit(2)
    return loaded.case


def answering(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose refused requests print their problems and exit 2."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Refused as refused:
            show_problems(refused.problems)
            sys.exit(2)

    return run


def write_files(files: dict[Path, str], *, make_folders: bool = False) -> None:
    """Write files whole or not at all: each is written beside its place and then moved.

    Folders are made only when asked for: a mistyped name is not a new folder.

    Raises:
        Refused: a file cannot be written.

    """
    done: list[tuple[str, Path]] = []
    path = Path()
    try:
        for path in files:
            around = next((p for p in path.parents if p.exists()), path.parent)
            if around.exists() and not around.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            if not make_folders and not path.parent.is_dir():
                raise FileNotFoundError(errno.ENOENT, f"no folder {path.parent}")
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            done.append((name, path))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
                out.write(text)
            os.chmod(name, 0o644)
        for name, path in done:
            os.replace(name, path)
    except OSError as bad:
        for name, _ in done:
            Path(name).unlink(missing_ok=True)
        message = f"cannot write {path}: {bad.strerror or bad}"
        raise Refused([Problem("E603", message)]) from None


def emit(result: Result, form: str, output: str | None = None, **options: Any) -> None:
    """Print a result in a form, or write it to a file."""
    from detente import report
    from detente.report.papers import paper_of

    if form in ("json", "csv"):
        text = report.render(result, form)
    elif form in ("md", "markdown"):
        from detente.report.markdown import to_markdown

        text = to_markdown(paper_of(result, **options))
    elif form == "html":
        from detente.report.html import to_html_page

        text = to_html_page(paper_of(result, **options))
    else:
        from detente.report.terminal import to_terminal

        color = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        text = to_terminal(paper_of(result, **options), width(), color=color)
    if output:
        write_files({Path(output): text})
    else:
        click.echo(text, nl=False)


def case_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """The CASE argument: a case folder."""
    return click.argument("case", metavar="CASE")(function)


def format_option(*forms: str) -> Callable[..., Any]:
    """The --format option; what has Markdown can be a page of its own too."""
    known = (*forms, "html") if "md" in forms else forms
    return click.option(
        "--format", "form", type=click.Choice(known), default=forms[0], show_default=True
    )


def output_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The --output option."""
    return click.option("--output", "-o", metavar="FILE", help="Write to a file instead.")(function)


def scenario_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of answers over scenarios."""
    for option in (
        click.option(
            "--unknown",
            multiple=True,
            metavar="[SYSTEM=]CHANCE",
            help="The chance that what is not known to count does; without it, two answers.",
        ),
        click.option(
            "--weigh",
            multiple=True,
            metavar="CLAIMANT=WEIGHT",
            help="How much a claimant's figures are believed (1 by default; 'own' is the inventory).",
        ),
        click.option("--together", is_flag=True, help="The ranges of one inventory move together."),
        click.option(
            "--distribution",
            type=click.Choice(DISTRIBUTIONS),
            help="The curve over low, best and high; triangular by default.",
        ),
        click.option("--seed", type=int, metavar="S", help="Of the draws; 0 by default."),
        click.option(
            "--scenarios",
            type=int,
            metavar="N",
            help="Count so many forces drawn from the ranges: the chance of each verdict.",
        ),
    ):
        function = option(function)
    return function


def scenario_request(
    scenarios: int | None,
    seed: int | None,
    distribution: str | None,
    together: bool,
    weigh: Sequence[str],
    unknown: Sequence[str],
) -> dict[str, Any] | None:
    """What was asked of scenarios, as keywords; None where none are asked for."""
    if scenarios is None:
        given: dict[str, Any] = {
            "--seed": seed,
            "--distribution": distribution,
            "--together": together,
        }
        given |= {"--weigh": tuple(weigh), "--unknown": tuple(unknown)}
        for name, value in given.items():
            if value not in (None, False, ()):
                raise click.UsageError(f"{name} goes with --scenarios N")
        return None
    named = dict(_pair("--unknown", text) for text in unknown)
    return {
        "scenarios": scenarios,
        "seed": seed or 0,
        "distribution": distribution or DISTRIBUTIONS[0],
        "together": together,
        "weigh": dict(_pair("--weigh", text, needs_name=True) for text in weigh),
        "unknown": named or None,
    }


def _pair(option: str, text: str, *, needs_name: bool = False) -> tuple[str, float]:
    """NAME=NUMBER, or a number alone."""
    name, _, number = text.rpartition("=")
    try:
        value = float(number)
    except ValueError:
        raise click.UsageError(f"{option}: '{number}' is not a number") from None
    if needs_name and not name:
        raise click.UsageError(f"{option} takes CLAIMANT=WEIGHT, not '{text}'")
    return name, value


def write_picture(result: Result, path: str) -> None:
    """Write the first picture of a result's paper."""
    from detente.report.paper import Figure
    from detente.report.papers import paper_of

    figures = [b for b in paper_of(result).blocks if isinstance(b, Figure)]
    if not figures:
        raise Refused([Problem("E604", "nothing here is uncertain: there is no picture of it")])
    write_files({Path(path): figures[0].svg + "\n"})
    click.echo(f"Written: {path}")
