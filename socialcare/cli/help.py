"""``socialcare help``: the first page, a command's own help, or a topic."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from socialcare.cli.app import new_app, typer_app
from socialcare.cli.commands import COMMANDS
from socialcare.cli.context import App
from socialcare.cli.first_page import main_help
from socialcare.cli.topics import TOPICS
from socialcare.errors import ConfigError, ExitCode, UsageError
from socialcare.output.layout import one_cell, wrap
from socialcare.output.records import MENTION_FIELDS
from socialcare.workflow.schedule import program_words

EXAMPLES = """\b
Examples:
  socialcare help query       how to choose mentions
  socialcare help exit-codes
  socialcare help inbox       the same as: socialcare inbox --help
"""

OTHER_NAMES = {"priority": "checks", "urgency": "checks", "filters": "query", "exit": "exit-codes"}
"""What people look for, and the topic that has it."""

HELP_WIDTH = 80
MARGIN = 6
"""Where the meaning of a term begins on a narrow screen."""
_GAP = re.compile(" {2,}")

app = new_app()


@app.command("help", epilog=EXAMPLES)
def help_(
    ctx: typer.Context,
    topic: Annotated[
        str | None,
        typer.Argument(metavar="[TOPIC]", help=f"{', '.join(TOPICS)}, or a command."),
    ] = None,
) -> int:
    """Explain a topic or a command."""
    run = App.of(ctx)
    if topic is None:
        text = main_help()
    elif (known := OTHER_NAMES.get(topic, topic)) in TOPICS:
        text = topic_text(known) + (_saved_queries(run) if known == "query" else "")
    elif topic in COMMANDS:
        typer_app()(args=[topic, "--help"], obj=run, standalone_mode=False, prog_name="socialcare")
        return ExitCode.OK
    else:
        raise _unknown(topic)
    run.screen.data(*_fitting(text, run.streams.width if run.streams.stdout_tty else None))
    return ExitCode.OK


def topic_text(topic: str) -> str:
    """The text with what it says about this installation filled in."""
    text = TOPICS[topic]
    if topic == "json":
        from socialcare.output import schema

        fields = "\n".join(wrap(", ".join(MENTION_FIELDS), 80, "  "))
        return text.format(fields=fields, folder=Path(schema.__file__).parent)
    return text.format(program=shlex.join(program_words())) if topic == "cron" else text


def _saved_queries(run: App) -> str:
    """Those of the config; help is there too where the config is wrong."""
    try:
        queries = run.settings.queries
    except ConfigError:
        return ""
    lines = [f"  @{name:<25} {one_cell(query.words)}" for name, query in queries.items()]
    return "\n".join(["\nSaved in the config:\n", *lines, ""]) if lines else ""


def _fitting(text: str, width: int | None) -> Iterator[str]:
    """Lines as they are where there is room; else paragraphs anew, and what is beside below."""
    lines = text.rstrip("\n").split("\n")
    if width is None:
        yield from lines
        return
    paragraph: list[str] = []
    for line in lines:
        if width < HELP_WIDTH and line and not line.startswith(" "):
            paragraph.append(line)
            continue
        if paragraph:
            yield from wrap(" ".join(paragraph), width)
            paragraph = []
        yield from [line] if len(line) <= width else _below(line, width)
    if paragraph:
        yield from wrap(" ".join(paragraph), width)


def _below(line: str, width: int) -> Iterator[str]:
    """What a term means, behind a short term and under a long one."""
    body = line.strip()
    at = len(line) - len(line.lstrip())
    term, *meaning = _GAP.split(body)
    if not meaning or body.startswith("$") or at > MARGIN:
        yield from wrap(body, width, " " * min(at, MARGIN, width // 2))
        return
    if len(meaning) == 3 and not term.isdigit():  # two of them side by side
        yield from _below(f"{line[:at]}{term}  {meaning[0]}", width)
        yield from _below(f"{line[:at]}{meaning[1]}  {meaning[2]}", width)
        return
    told = wrap("  ".join(meaning), width, " " * min(MARGIN, width // 2))
    if at + len(term) + 2 > MARGIN:
        yield from wrap(term, width, " " * at)
    else:
        yield f"{line[:MARGIN]}{next(told).lstrip()}"
    yield from told


def _unknown(topic: str) -> UsageError:
    known = [*TOPICS, *COMMANDS]
    close = get_close_matches(topic, known, n=1, cutoff=0.5)
    meant = f"did you mean {close[0]} ?  " if close else ""
    return UsageError(
        f'there is no help on "{topic[:80]}".',
        f"{meant}topics: {', '.join(TOPICS)}",
        code="unknown_topic",
    )
