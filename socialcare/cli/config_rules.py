"""``socialcare config test-rules``: what the rules would have done to what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Json, Quiet
from socialcare.clock import format_time
from socialcare.errors import ExitCode, UsageError
from socialcare.output.formats import write_object, write_records
from socialcare.output.layout import one_cell, wrap
from socialcare.output.records import Record
from socialcare.output.styled import Line
from socialcare.output.words import count

if TYPE_CHECKING:
    from socialcare.inbox.rules import Trial, Tried
    from socialcare.settings import RoutingRule

RULES_EXAMPLES = """\b
Examples:
  socialcare config test-rules
  socialcare config test-rules --since 7d --json
"""
FIELDS = ("rule", "when", "set", "mentions", "examples")
_NONE = ("There are no rules yet.", "Write a [[rule]]: socialcare config edit")


def rehearse_rules(
    ctx: typer.Context,
    *,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="What was written since: 30d, monday, 2026-11-01.")
    ] = "30d",
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """What the [[rule]]s would have done to the mentions of that time. Changes nothing.

    Each mention is taken as it came, and each rule sees what those before it did.
    """
    run = App.of(ctx)
    start = _start(run, since)
    trial = _tried(run, start)
    if as_json:
        write_object(run.screen, _record(trial, start))
    elif not run.streams.stdout_tty:
        write_records(run.screen, map(_line, trial.rules), "tsv", fields=FIELDS)
    elif not trial.rules:
        run.screen.data(_NONE[0])
        run.screen.say(_NONE[1])
    else:
        run.screen.data(*_told(run, trial, start))
    return ExitCode.OK


def _start(run: App, since: str) -> datetime:
    from socialcare.inbox.when import parse_when

    try:
        return parse_when(since, run.clock.now(), run.zone)
    except (ValueError, OverflowError):
        raise UsageError(
            f'"{one_cell(since[:60])}" is no time I know.',
            "--since 30d   --since monday   --since 2026-11-01",
        ) from None


def _tried(run: App, start: datetime) -> Trial:
    from socialcare.inbox.reading import known_channels
    from socialcare.inbox.rules import Trial, Tried, read_rules, try_rules

    settings, now, db = run.settings, run.clock.now(), run.read()
    channels = frozenset(settings.channels)
    if db is None:
        ready, broken = read_rules(settings, now, channels)
        if broken:
            raise broken[0]
        return Trial([Tried(rule.rule) for rule in ready], 0, capped=False)
    return try_rules(run.write(), settings, start, now, channels | known_channels(db))


def _told(run: App, trial: Trial, start: datetime) -> Iterator[str | Line]:
    from socialcare.cli.choosing import examples

    width = run.streams.width
    newest = "the newest " if trial.capped else ""
    yield from wrap(
        f"{count(len(trial.rules), 'rule')} on {newest}{count(trial.mentions, 'mention')}"
        f" since {start.astimezone(run.zone):%d %b %Y}; nothing is changed.",
        width,
    )
    for tried in trial.rules:
        if not run.accessible:
            yield ""
        yield from _rule(run, tried, width)
        yield from examples(run, tried.examples, tried.mentions)


def _rule(run: App, tried: Tried, width: int) -> Iterator[str]:
    rule = tried.rule
    name, when, sets = one_cell(rule.name), one_cell(rule.when), ", ".join(_sets(rule))
    if run.accessible:
        told = f"Rule {name}, {when}: {count(tried.mentions, 'mention')} would get {sets}."
        yield from wrap(told, width)
        return
    yield from wrap(f"{name}  {when}", width)
    yield from wrap(f"{count(tried.mentions, 'mention')} would get {sets}", width, "  ")


def _sets(rule: RoutingRule) -> Iterator[str]:
    if rule.owner is not None:
        yield f"owner {one_cell(rule.owner)}"
    if rule.priority is not None:
        yield f"priority {rule.priority}"
    for name, words in (("tag", rule.tags), ("topic", rule.topics)):
        yield from (f"{name} {one_cell(word)}" for word in words)


def _line(tried: Tried) -> Record:
    return {
        "rule": tried.rule.name,
        "when": tried.rule.when,
        "set": ", ".join(_sets(tried.rule)),
        "mentions": tried.mentions,
        "examples": ",".join(map(str, tried.examples)),
    }


def _record(trial: Trial, start: datetime) -> Record:
    return {
        "v": 1,
        "since": format_time(start),
        "mentions": trial.mentions,
        "capped": trial.capped,
        "rules": [_rule_record(tried) for tried in trial.rules],
    }


def _rule_record(tried: Tried) -> Record:
    rule = tried.rule
    named: dict[str, str | Sequence[str] | None] = {
        "owner": rule.owner,
        "priority": rule.priority,
        "tag": list(rule.tags),
        "topic": list(rule.topics),
    }
    return {
        "rule": rule.name,
        "line": rule.line,
        "when": rule.when,
        "set": named,
        "mentions": tried.mentions,
        "examples": tried.examples,
    }
