"""Hints are copied into the shell: every command in one must be a command of this program."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from typing import Any

import typer

from socialcare.cli.app import typer_app
from socialcare.cli.commands import COMMANDS, HIDDEN
from socialcare.cli.context import split_globals

_COMMAND = re.compile(
    r"""(?<![\w.-])socialcare((?:\ (?!or\b)(?:"[^"]*"|'[^']*'|[^\s|<>;&"')])+)+)""", re.VERBOSE
)
"""Words one blank apart, up to a gap, a pipe or "or": the rest is talk."""
_USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]


def commands_in(hint: str) -> list[str]:
    return [found.strip().rstrip(".,") for found in _COMMAND.findall(hint)]


def check_command(words: str) -> None:
    """Parse a command without running it."""
    _, args = split_globals(shlex.split(words.replace("...", "x")))
    if not args or args[0].startswith("-"):
        return
    assert args[0] in COMMANDS.keys() | HIDDEN.keys(), f"there is no command {args[0]!r}: {words}"
    command: Any = typer_app().get_command(None, args[0])
    try:
        while "--help" not in args:
            context = command.make_context(args[0], args[1:])
            if not hasattr(command, "resolve_command"):
                return
            _, command, rest = command.resolve_command(
                context, [*context._protected_args, *context.args]
            )
            args = [command.name, *rest]
    except typer.Exit:
        return  # --help
    except _USAGE_ERROR as error:
        raise AssertionError(f"a hint that does not work: {words}: {error}") from None


def check_hints(stderr: str) -> None:
    """Every error has a hint, and what it says to type can be typed."""
    lines = [*stderr.splitlines(), ""]
    for line, following in pairwise(lines):
        if line.startswith("error: "):
            assert following.startswith("hint:  "), f"no hint: {line}"
        if line.startswith("hint:  "):
            for command in commands_in(line):
                check_command(command)
