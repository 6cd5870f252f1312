"""The click group behind `detente`, with its commands imported one at a time."""

from __future__ import annotations

from importlib import import_module

import click

from detente.cli.main import COMMANDS, help_text


class LazyGroup(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name, or None."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"detente.cli.{name}_command").command
        return command

    def get_help(self, ctx: click.Context) -> str:
        """The same help as without click."""
        return help_text().rstrip()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command asked for; an unknown one gets the nearest name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from detente.model.problem import did_you_mean

            hint = did_you_mean(args[0], COMMANDS, "commands")
            raise click.UsageError(f"no such command '{args[0]}'" + (f": {hint}" if hint else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="detente", message="detente %(version)s")
def cli() -> None:
    """Negotiated arms-limitation agreements as data."""
