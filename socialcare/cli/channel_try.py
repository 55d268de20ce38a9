"""``socialcare channel test``: does it work, and what would come. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Json, Quiet
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.output.layout import fit, one_cell, wrap
from socialcare.output.records import Record
from socialcare.output.words import ago, count
from socialcare.settings.table import shown, suggestion

if TYPE_CHECKING:
    from socialcare.settings import ChannelSettings
    from socialcare.workflow.trying import Trial

TEST_EXAMPLES = """\b
Examples:
  socialcare channel test              all of them
  socialcare channel test mastodon
  socialcare channel test --json | jq '.[] | select(.ok | not)'
"""


def try_(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this channel.")] = None,
    *,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Try the sign-in and read a page. Nothing goes into the inbox."""
    from socialcare.workflow.channels import Workshop, open_http
    from socialcare.workflow.trying import try_channels

    run = App.of(ctx)
    channels = [channel_named(run, name)] if name else _enabled(run)
    run.screen.say(f"Asking {count(len(channels), 'channel')} ...")
    with open_http(run.settings, run.clock) as http:
        shop = Workshop(run.settings, run.paths, run.environ, run.clock, http)
        trials = try_channels(shop, channels)
    if as_json:
        from socialcare.output.formats import write_records

        records = [trial_record(trial) for trial in trials]
        write_records(run.screen, records, "json", fields=tuple(records[0]))
        return exit_code(trials)
    for trial in trials:
        if trial.error is not None:
            run.screen.fail(trial.error)
        elif not quiet:
            run.screen.data(*trial_lines(run, trial))
    return exit_code(trials)


def channel_named(run: App, name: str) -> ChannelSettings:
    """A channel of the config.

    Raises
    ------
    NotFoundError
        There is none of that name.

    """
    channel = run.settings.channels.get(name)
    if channel is None:
        known = run.settings.channels
        raise NotFoundError(
            f"there is no channel {shown(name)}.",
            suggestion(name, known, "channels")
            if known
            else "add one: socialcare channel add hackernews:acme",
        )
    return channel


def _enabled(run: App) -> list[ChannelSettings]:
    channels = [channel for channel in run.settings.channels.values() if channel.enabled]
    if not channels:
        raise UsageError(
            "there is no channel to test yet.", "add one: socialcare channel add hackernews:acme"
        )
    return channels


def exit_code(trials: Sequence[Trial]) -> int:
    """0 when all work, 5 when some do; else what the failures were."""
    failed = [trial.error for trial in trials if trial.error is not None]
    if not failed:
        return ExitCode.OK
    if len(failed) < len(trials):
        return ExitCode.PARTLY
    codes = {error.exit_code for error in failed}
    return codes.pop() if len(codes) == 1 else ExitCode.FAILED


def trial_record(trial: Trial) -> Record:
    error = trial.error
    return {
        "v": 1,
        "name": trial.name,
        "type": trial.type,
        "ok": trial.ok,
        "account": trial.account,
        "read": trial.read,
        "about_us": trial.about,
        "broken": trial.broken,
        "samples": [mention.text for mention in trial.samples],
        "took_s": round(trial.took, 1),
        "error_code": error.code if error else None,
        "error": error.message if error else None,
        "hint": error.hint if error else None,
    }


def trial_lines(run: App, trial: Trial) -> Iterator[str]:
    """One line that says how it went, and the samples."""
    width, now = run.streams.width, run.clock.now()
    parts = [f"answered in {trial.took:.1f} s", f"{trial.read:,} read, {trial.about:,} about you"]
    if not trial.read:
        parts[1] = "nothing in the last 30 days"
    if trial.account:
        parts.insert(1, f"signed in as {trial.account}")
    if trial.broken:
        parts.append(f"{count(trial.broken, 'item')} unreadable")
    name = f"{trial.name}: " if run.accessible else f"{trial.name}   "
    yield from wrap(f"{name}{', '.join(parts)}", width)
    for mention in trial.samples:
        who = mention.author.handle or mention.author.name or "somebody"
        sample = one_cell(f"{who}, {ago(now - mention.created_at)}: {mention.text}")
        yield from wrap(sample, width) if run.accessible else [fit(f"  {sample}", width)]
