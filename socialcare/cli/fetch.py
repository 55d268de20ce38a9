"""``socialcare fetch``: what cron runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet
from socialcare.errors import ExitCode, SocialcareError, UsageError
from socialcare.output.layout import one_cell
from socialcare.output.words import count

if TYPE_CHECKING:
    from datetime import datetime

    from socialcare.errors import ConfigError
    from socialcare.inbox.database import Database
    from socialcare.inbox.duty import Assigned
    from socialcare.output.records import Record
    from socialcare.workflow.channels import Workshop
    from socialcare.workflow.fetch import Wanted
    from socialcare.workflow.fetch_report import ChannelReport, FetchReport
    from socialcare.workflow.outcome import Outcome

FAILED = "failed"
TELL_FROM = 3
"""Failures in a row from which a quiet run says something: cron mails must mean something."""

EXAMPLES = """\b
Examples:
  socialcare fetch                        all channels
  socialcare fetch mastodon --since 2d    read the last two days again
  socialcare fetch --quiet                for cron: silent when all is well
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def fetch(
    ctx: typer.Context,
    *,
    channels: Annotated[
        list[str] | None, typer.Argument(metavar="[CHANNEL]...", help="Only these channels.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Read again from here: 2d, monday, 2026-11-01."),
    ] = None,
    max_seconds: Annotated[
        float | None, typer.Option(min=1, metavar="S", help="Stop after this time. [240]")
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
    dry_run: DryRun = False,
) -> int:
    """Get new mentions from your channels, label them and store them.

    Safe to repeat: an interrupted or doubled run changes nothing twice.
    """
    from socialcare.workflow.fetch import Wanted

    run = App.of(ctx)
    wanted = Wanted(tuple(channels or ()), _since(run, since), max_seconds)
    if not run.settings.channels:
        raise UsageError(
            "there is no channel to fetch from yet.",
            "set up your brand: socialcare init   or add one: socialcare channel add feed:URL",
        )
    if not (wanted.names or any(c.enabled for c in run.settings.channels.values())):
        raise UsageError(
            "all channels are turned off.",
            "take out enabled = false where you want one: socialcare config edit",
        )
    report = run_fetch(run, wanted, dry_run=dry_run)
    if as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, report_record(report))
    elif not quiet:
        _tell(run, report, dry_run=dry_run)
    tell_broken_rules(run, report.broken_rules)
    _tell_trouble(run, report, quiet=quiet)
    return exit_code(report)


def _since(run: App, text: str | None) -> datetime | None:
    from socialcare.inbox.when import parse_when

    if text is None:
        return None
    try:
        return parse_when(text, run.clock.now(), run.zone)
    except (ValueError, OverflowError):
        raise UsageError(
            f'"{text[:60]}" is no time I know.', "--since 2d   --since monday   --since 2026-11-01"
        ) from None


def run_fetch(run: App, wanted: Wanted, *, dry_run: bool) -> FetchReport:
    """Fetch under the lock; with ``dry_run`` ask the channels and store nothing."""
    from socialcare.workflow.channels import Workshop, open_http
    from socialcare.workflow.fetch import fetch as fetch_all
    from socialcare.workflow.fetch import try_fetch
    from socialcare.workflow.lock import fetch_lock

    with open_http(run.settings, run.clock) as http:
        shop = Workshop(run.settings, run.paths, run.environ, run.clock, http)
        if dry_run:
            return try_fetch(shop, run.read(), wanted)
        # Opened first: a database that is refused leaves no lock beside it.
        db = run.write()
        with fetch_lock(run.lock_path, run.clock, shared=run.settings.share == "group"):
            report = fetch_all(shop, db, wanted)
        _tell_people(run, shop, db, report)
        return report


def _tell_people(run: App, shop: Workshop, db: Database, report: FetchReport) -> None:
    """After the lock is given back: whoever fetches next does not wait for a slow target."""
    from socialcare.workflow.notify import tell

    try:
        report.told = tell(shop, db, run.me)
    except SocialcareError as error:
        run.screen.warn(f"nobody was told of anything: {error.message} {error.hint}")


def exit_code(report: FetchReport) -> int:
    """0 when every channel is up to date; 5 when some are; else what the failures were."""
    if any(one.state in ("failed", "unknown") for one in report.sent):
        return ExitCode.PARTLY
    good = [c for c in report.channels if c.error is None and not c.skipped]
    failed = [c.error for c in report.channels if c.error is not None]
    if len(good) == len(report.channels):
        return ExitCode.OK if all(c.ok for c in report.channels) else ExitCode.PARTLY
    if good or not failed:
        return ExitCode.PARTLY
    codes = {error.exit_code for error in failed}
    return codes.pop() if len(codes) == 1 else ExitCode.FAILED


def report_record(report: FetchReport) -> Record:
    from socialcare.clock import format_time
    from socialcare.workflow.alerts import alert_facts

    return {
        "v": 1,
        "new": report.new,
        "channels": [
            {
                "name": c.name,
                "new": c.stored.new,
                "updated": c.stored.updated,
                "gone": c.stored.gone,
                "filtered": c.stored.filtered,
                "answers": c.stored.answers,
                "reposts": c.stored.reposts,
                "broken": c.stored.broken,
                "possibly_missed": c.possibly_missed is not None,
                "more": c.more,
                "ok": c.ok,
                "error": c.error.message if c.error else None,
                "not_before": format_time(c.not_before) if c.not_before else None,
            }
            for c in report.channels
        ],
        "woken": report.woken,
        "assigned": [{"id": one.id, "owner": one.owner} for one in report.assigned],
        "replies": [
            {
                "mention": one.mention_id,
                "state": one.state,
                "posted": one.url,
                "error": one.error.message if one.error else None,
            }
            for one in report.sent
        ],
        "erased": report.erased,
        "alerts": [alert_facts(one) | {"ids": list(one.ids)} for one in report.told.alerts],
        "notices": {
            "sent": report.told.sent,
            "waiting": sum(target.waiting for target in report.told.targets),
        },
        "took_s": round(report.took, 1),
    }


def _tell(run: App, report: FetchReport, *, dry_run: bool) -> None:
    """On failure stdout stays empty: what came all the same is told beside the errors."""
    failed = exit_code(report) not in {ExitCode.OK, ExitCode.PARTLY}
    tell = run.screen.warn if failed else run.screen.data
    width = max((len(c.name) for c in report.channels), default=0)
    for channel in report.channels:
        line = _line(run, channel)
        if not (failed and line == FAILED):
            name = f"{channel.name}:" if run.accessible else f"{channel.name:<{width}} "
            tell(f"{name} {line}")
        for notice in channel.told:
            run.screen.warn(_named(channel.name, notice))
    if report.woken:
        snoozed = "snoozed one is" if len(report.woken) == 1 else "snoozed ones are"
        tell(f"{len(report.woken):,} {snoozed} back.")
    if report.assigned:
        tell(on_duty(report.assigned))
    if sent := sum(one.state == "sent" for one in report.sent):
        tell(f"{count(sent, 'answer')} sent.")
    if report.told.sent:
        tell(f"{count(report.told.sent, 'notice')} sent ([[notify]]).")
    if report.erased:
        days = run.settings.keep_days
        tell(f"{report.erased:,} older than {days} days erased ([keep]).")
    if dry_run:
        tell(f"{report.new} new; nothing was stored (--dry-run).")
    elif report.new:
        urgent = f" ({report.urgent} urgent)" if report.urgent else ""
        tell(f"{report.new} new{urgent}. Next: socialcare inbox is:new")
    elif not failed:
        run.screen.data("0 new.")
        if any(channel.stored.filtered for channel in report.channels):
            run.screen.say("What was filtered out: socialcare inbox is:filtered")


def _named(channel: str, message: str) -> str:
    """Most messages begin with their channel."""
    return message if message.startswith(channel) else f"{channel}: {message}"


def on_duty(assigned: Sequence[Assigned]) -> str:
    """The owner is whom it concerns."""
    counts = Counter(one.owner for one in assigned)
    told = ", ".join(f"{number:,} to {one_cell(owner)}" for owner, number in counts.items())
    return f"Given to who is on duty: {told}."


def tell_broken_rules(run: App, broken: Sequence[ConfigError]) -> None:
    for wrong in broken:
        run.screen.warn(f"{wrong.message} It was left out. {wrong.hint}")


def _line(run: App, channel: ChannelReport) -> str:
    stored = channel.stored
    if channel.not_before is not None:
        until = _moment(run, channel.not_before)
        before = f"{stored.new} new, then " if stored.new else ""
        return f"{before}not now: asked to slow down, trying again after {until}"
    parts = [f"{stored.new} new"]
    parts += [f"{stored.answers} of your own answers"] if stored.answers else []
    parts += [f"{stored.reposts} passed on"] if stored.reposts else []
    parts += [f"{stored.updated} edited"] if stored.updated else []
    parts += [f"{stored.gone} deleted by {_authors(stored.gone)}"] if stored.gone else []
    parts += [f"{stored.filtered} filtered"] if stored.filtered else []
    parts += [f"{stored.broken} unreadable (socialcare doctor)"] if stored.broken else []
    parts += ["more to come with the next run"] if channel.more else []
    if channel.possibly_missed is not None:
        parts.append(f"possibly missed some: {channel.possibly_missed} (see socialcare doctor)")
    if channel.error is not None:
        parts = [FAILED] if not any((stored.new, stored.answers)) else [*parts, "then it failed"]
    return ", ".join(parts)


def _moment(run: App, moment: datetime) -> str:
    """Hour and minute, and the day where it is another one."""
    here, today = moment.astimezone(run.zone), run.clock.now().astimezone(run.zone)
    day = "" if here.date() == today.date() else f" on {here:%d %b}"
    return f"{run.clock_time(moment)}{day}"


def _authors(count: int) -> str:
    return "its author" if count == 1 else "their authors"


def _tell_trouble(run: App, report: FetchReport, *, quiet: bool) -> None:
    """Say what failed and what to do: at once, or in a quiet run from the third time on."""
    for one in report.sent:
        _tell_unsent(run, one, quiet=quiet)
    for target in report.told.targets:
        if target.failures and (not quiet or target.failures >= TELL_FROM):
            told = f"{target.name} could not be told: {target.error}"
            run.screen.warn(f"{told} {target.waiting:,} kept for it. {target.hint or ''}".rstrip())
    failed = [c for c in report.channels if c.error is not None]
    for channel in failed:
        error = channel.error
        assert error is not None
        if not quiet:
            run.screen.fail(_with_log(run, _with_rest(error, report)), as_json=run.wants_json)
        elif channel.failures >= TELL_FROM:
            message = _named(channel.name, error.message)
            run.screen.warn(f"{message} {channel.failures} failures in a row. {error.hint}")


def _tell_unsent(run: App, outcome: Outcome, *, quiet: bool) -> None:
    """An answer that needs somebody; one that only waits is no news for cron."""
    from socialcare.cli.reply_screen import became

    if outcome.state == "sent" or (quiet and outcome.state == "later"):
        return
    hint = f"see it: socialcare reply {outcome.mention_id}"
    run.screen.warn(f"{outcome.mention_id}  {became(outcome, None)} {hint}")


def _with_log(run: App, error: SocialcareError) -> SocialcareError:
    """A defect of a channel goes to the log, as any other would."""
    cause = error.__cause__
    if error.code != "unexpected" or not isinstance(cause, Exception):
        return error
    from socialcare.cli.log import write_log

    hint = f"details: {write_log(run, cause)}   {error.hint}"
    return SocialcareError(error.message, hint, code=error.code)


def _with_rest(error: SocialcareError, report: FetchReport) -> SocialcareError:
    fine = sum(c.ok for c in report.channels)
    if not fine:
        return error
    rest = f"the other {fine} channels are" if fine > 1 else "the other channel is"
    told = SocialcareError(error.message, f"{error.hint}   {rest} up to date", code=error.code)
    told.__cause__ = error.__cause__
    return told
