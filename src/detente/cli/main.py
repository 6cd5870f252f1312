"""The command `detente`. Each command's module is imported only when the command runs."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

# command -> (module, what it answers, shown by --help without importing the module)
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("check", "Read a case and report every problem in it."),
    "texts": ("texts", "List the texts of a case."),
    "count": ("count", "What each side has under a text, who is over, by how much."),
    "compare": ("compare", "The same forces under a baseline and options, side by side."),
    "explain": ("explain", "Why a system counts where it does."),
    "compile": ("compile", "A text as a system of limits, laid open."),
    "brief": ("brief", "The staff paper on a case."),
    "schema": ("schema", "Write JSON Schemas, so that editors complete and check case files."),
    "problems": ("problems", "What a problem code means."),
}


class LazyGroup(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"detente.cli.{COMMANDS[name][0]}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from detente.model.problem import did_you_mean

            hint = did_you_mean(args[0], COMMANDS, "commands")
            raise click.UsageError(f"no such command '{args[0]}'" + (f": {hint}" if hint else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="detente", message="detente %(version)s")
def cli() -> None:
    """Negotiated arms-limitation agreements as data: count, compare, explain, brief.

    A case is a folder of text files. Every number traces to a rule, an inventory and a document.
    """


def main() -> Any:
    """Run the command line; a closed pipe or an interruption ends quietly."""
    try:
        return cli(prog_name="detente")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
