"""The first page of the help, and the lines that somebody without any data gets."""

from __future__ import annotations

from socialcare.cli.commands import COMMANDS

INTRO = """\
See what people say about your brand, answer in time, and keep a record.

Usage: socialcare COMMAND [OPTIONS]
"""
START = """\
Start here
  $ socialcare demo                     made-up data, 2 seconds
  $ socialcare inbox refund is:late     late, and about a refund
  $ socialcare inbox --json | jq '.[].url'
"""
OUTRO = """
Options of every command: --db FILE, --config FILE, --demo, --debug, --version
Every command explains itself: socialcare COMMAND --help
"""


def main_help() -> str:
    """The first page: commands by section, then the lines to start with."""
    lines = [INTRO]
    section = ""
    for name, command in COMMANDS.items():
        if command.section != section:
            section = command.section
            lines.append(f"{section}" if len(lines) == 1 else f"\n{section}")
        lines.append(f"  {name:<10}{command.summary}")
    return "\n".join([*lines, "", START]) + OUTRO
