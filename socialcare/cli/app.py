"""The Typer application: a group that imports a command only when it is called."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from socialcare.cli.commands import COMMANDS, HIDDEN
from socialcare.cli.context import App
from socialcare.cli.first_page import main_help
from socialcare.cli.options import Json, Quiet

HELP_NAMES = {"help_option_names": ["-h", "--help"]}


class LazyGroup(TyperGroup):
    """Commands come from the table and are imported one at a time."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is Click's
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        entry = COMMANDS.get(cmd_name) or HIDDEN.get(cmd_name)
        if entry is None:
            return None
        module = import_module(f"socialcare.cli.{entry.module}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        formatter.write(main_help())


class NounGroup(TyperGroup):
    """A noun with verbs, as in ``channel test``: without a verb it lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self._verb_first(args))

    def _verb_first(self, args: list[str]) -> list[str]:
        if args and (not args[0].startswith("-") or args[0] in HELP_NAMES["help_option_names"]):
            return args
        verb = next((at for at, word in enumerate(args) if word in self.commands), None)
        if verb is None:
            return ["list", *args]
        return [args[verb], *args[:verb], *args[verb + 1 :]]


def new_app(**options: Any) -> typer.Typer:
    """A Typer application in the house style: plain help, our own errors and completion."""
    return typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings=HELP_NAMES,
        **options,
    )


@functools.cache
def typer_app() -> Any:
    app = new_app(cls=LazyGroup, invoke_without_command=True)

    @app.callback()
    def root(ctx: typer.Context, *, as_json: Json = False, quiet: Quiet = False) -> int:  # noqa: ARG001
        if ctx.invoked_subcommand is None:
            from socialcare.cli.start import start

            return start(App.of(ctx), as_json=as_json)
        return 0

    return typer.main.get_command(app)
