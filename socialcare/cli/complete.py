"""``socialcare complete``: the words that may follow, for the completion functions of shells.

Never fails, never says anything but words, and never makes a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated, Any, NamedTuple

import typer

from socialcare.cli.app import new_app, typer_app
from socialcare.cli.commands import COMMANDS
from socialcare.cli.context import App
from socialcare.cli.listing import find
from socialcare.cli.topics import TOPICS
from socialcare.errors import ExitCode, SocialcareError
from socialcare.inbox.actions import actions
from socialcare.inbox.query import FILTERS
from socialcare.inbox.reading import known_channels
from socialcare.models import CLOSE_REASONS, LABELS, PRIORITIES, STATUSES
from socialcare.models import TOPICS as MENTION_TOPICS
from socialcare.output.formats import FORMATS, as_cell
from socialcare.output.history import Place, changed
from socialcare.output.records import MENTION_FIELDS

SHELLS = ("bash", "zsh", "fish", "powershell")
IDS = 30
"""Mentions that are offered by id."""
_CHOOSING = {"query", "what"}
_NAMING = {"name", "channels"}
"""Arguments that are names of channels in the config."""
_SNIPPET = "snippet"
"""The argument, and without its dashes the option, that is the name of a ready-made answer."""
_VALUES: dict[str, Iterable[str]] = {
    "--format": FORMATS,
    "--fields": MENTION_FIELDS,
    "--label": LABELS,
    "--priority": PRIORITIES,
    "--status": STATUSES,
    "--topic": MENTION_TOPICS,
    "--reason": CLOSE_REASONS,
    "--owner": ("me", "none"),
    "--snooze": ("2h", "tomorrow", "monday", "reply"),
}

app = new_app()


class Candidate(NamedTuple):
    """A word that may stand here, and what it is. One that ends in ``:`` goes on."""

    word: str
    about: str = ""


@app.command("complete")
def complete(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(help="What was typed so far; the last one after a =")
    ],
) -> int:
    """Print the words that may follow, one a line, each with a tab and what it is."""
    run = App.of(ctx)
    *before, current = words
    lines = []
    try:
        inner = App.build(before, run.streams, run.clock, run.environ)
        try:
            lines = [
                f"{as_cell(each.word)}\t{as_cell(each.about)}\n"
                for each in candidates(inner, current.removeprefix("="))
            ]
        finally:
            inner.close()
    except SocialcareError:
        # A wrong config is told by the command itself, not in the middle of typing.
        pass
    run.screen.encoded("".join(lines))
    return ExitCode.OK


def candidates(run: App, current: str) -> Iterator[Candidate]:
    """What may stand where ``current`` is being typed, after the words of ``run``."""
    for each in _possible(run, current):
        if each.word.startswith(current) and each.word != current:
            yield each


def _possible(run: App, current: str) -> Iterator[Candidate]:
    before = [word for word in run.argv if not word.startswith("-")]
    if not before:
        yield from (Candidate(name, command.summary) for name, command in COMMANDS.items())
        yield from (Candidate(name) for name in ("--version", "--help", "--db", "--config"))
        return
    command, rest = _command(before)
    if command is None:
        return
    options = {name: param for param in command.params for name in param.opts}
    last = run.argv[-1]
    option, equals, _ = current.partition("=")
    if equals and option in _VALUES:
        yield from _listed(f"{option}=", current, _VALUES[option])
    elif last in options and options[last].name == _SNIPPET:
        yield from _snippets(run)
    elif last in options and not getattr(options[last], "is_flag", True):
        yield from _listed("", current, _values(run, last))
    elif current.startswith("-"):
        yield from (_option(name, param) for name, param in options.items())
    elif hasattr(command, "commands"):
        yield from (Candidate(name) for name in command.commands)
    elif command.name == "help":
        yield from map(Candidate, (*TOPICS, *COMMANDS) if not rest else ())
    elif command.name == "completion":
        yield from map(Candidate, SHELLS if not rest else ())
    elif _SNIPPET in _arguments(command):
        yield from _snippets(run) if len(rest) == 0 else ()
    elif _NAMING & _arguments(command):
        yield from (Candidate(name, one.type) for name, one in run.settings.channels.items())
    elif command.name == "undo":
        yield from _numbers(run) if not rest else ()
    elif _CHOOSING & {param.name for param in command.params}:
        yield from _query_words(run, current)


def _arguments(command: Any) -> set[str]:
    return {param.name for param in command.params if param.param_type_name == "argument"}


def _snippets(run: App) -> Iterator[Candidate]:
    from socialcare.snippets import read_library

    for snippet in read_library(run.snippets).snippets:
        yield Candidate(snippet.name, snippet.title)


def _values(run: App, option: str) -> Iterable[str]:
    return run.settings.channels if option == "--new" else _VALUES.get(option, ())


def _command(words: list[str]) -> tuple[Any, list[str]]:
    """The innermost command that the words name, and the words behind it."""
    command: Any = typer_app()
    rest = list(words)
    while rest and hasattr(command, "get_command"):
        inner = command.get_command(None, rest[0])
        if inner is None:
            break
        command = inner
        rest.pop(0)
    return (None if command is typer_app() else command), rest


def _option(name: str, param: Any) -> Candidate:
    return Candidate(name, (getattr(param, "help", "") or "").split(". ")[0])


def _query_words(run: App, current: str) -> Iterator[Candidate]:
    name, colon, _ = current.partition(":")
    if colon:
        yield from _listed(f"{name}:", current, _filter_values(run, name))
        return
    if current[:1].isdigit() or not current:
        found = find(run, (), IDS).records
        for record in islice(found, IDS):
            about = f"{record['author']}: {as_cell(record['text'])[:60]}"
            yield Candidate(str(record["id"]), about)
    for name, query in run.settings.queries.items():
        yield Candidate(f"@{name}", as_cell(query.words))
    yield from (Candidate(f"{filter_}:") for filter_ in FILTERS)
    yield from (Candidate("next", "the top of the inbox"), Candidate("not", "the opposite"))


def _numbers(run: App) -> Iterator[Candidate]:
    """What can be taken back, the newest first."""
    db = run.read()
    place = Place(run.clock.now(), run.zone)
    for action in actions(db, most=IDS) if db is not None else ():
        if action.stays is None and action.taken_back_by is None:
            about = f"{action.actor}, {action.command}: {changed(action, place)}"
            yield Candidate(str(action.id), about)


def _filter_values(run: App, name: str) -> Iterable[str]:
    if name == "channel":
        db = run.read()
        stored = known_channels(db) if db is not None else frozenset()
        return sorted(stored | frozenset(run.settings.channels))
    if name == "topic":
        return (*MENTION_TOPICS, *(t for t in run.settings.topics if t not in MENTION_TOPICS))
    if name == "owner":
        return ("me", "none")
    if name in ("since", "before"):
        return ("1h", "1d", "2d", "7d", "today", "yesterday", "monday")
    return FILTERS.get(name) or ()


def _listed(prefix: str, current: str, values: Iterable[str]) -> Iterator[Candidate]:
    """Each value behind what was typed up to the last comma."""
    typed = current.removeprefix(prefix)
    kept = typed[: len(typed) - len(typed.rsplit(",", 1)[-1])]
    given = kept.split(",")
    for value in values:
        if value not in given:
            yield Candidate(f"{prefix}{kept}{value}")
