"""``socialcare init``: your brand and your channels, step by step or in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.asking import agree, ask
from socialcare.cli.context import App
from socialcare.cli.options import Json, Quiet, Yes
from socialcare.errors import ExitCode, SocialcareError, UsageError
from socialcare.output.layout import wrap
from socialcare.output.styled import plain
from socialcare.output.words import count
from socialcare.settings.table import shown_path
from socialcare.workflow import init as work
from socialcare.workflow import schedule as cron

if TYPE_CHECKING:
    from socialcare.workflow.fetch_report import FetchReport

LOOK_SECONDS = 40.0
"""The first look: the mentions are to be seen within a minute of the first question."""
INDENT = " " * 8
EXAMPLES = """\b
Examples:
  socialcare init                          four questions
  socialcare init --brand Acme --yes       the usual places, no questions
  socialcare init --brand Acme --watch "acme boots" --ignore "acme corp" \\
    --channel hackernews:acme --channel mastodon:#acme --schedule --yes
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def init(
    ctx: typer.Context,
    *,
    brand: Annotated[str | None, typer.Option(metavar="NAME", help="What it is called.")] = None,
    watch: Annotated[
        list[str] | None, typer.Option(metavar="WORDS", help="Other words people use.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="WORDS", help="What is not you.")
    ] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option(metavar="SPEC", help="Where to look; see: socialcare channel types"),
    ] = None,
    schedule: Annotated[
        bool, typer.Option("--schedule", help="Add the line to your crontab without asking.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Begin anew; the old config is kept beside it.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Set up your brand and channels, and take a first look.

    What is given as an option is not asked. With --yes nothing is asked, and the crontab
    is left alone unless --schedule is given.
    """
    run = App.of(ctx)
    asks = run.streams.stdin_tty and not yes
    _mind_existing(run, force=force, asks=asks)
    answers = _answers(run, brand, watch, ignore, channel, asks=asks, yes=yes)
    work.check(answers, run.paths, run.environ, run.clock)
    old = work.save(run.paths.config_file, answers)
    if old is not None and not quiet:
        run.screen.warn(f"The config that was there is now {shown_path(old)}.")
    run = run.again()
    report = _look(run, quiet=quiet)
    if not (quiet or as_json):
        _tell(run, report)
    _tell_failures(run, report)
    scheduled = _schedule(run, wanted=schedule, asks=asks, quiet=quiet or as_json)
    if as_json:
        _write_json(run, report, scheduled=scheduled)
    else:
        run.screen.say(*_next(run.streams.width))
    failed = any(one.error for one in report.channels)
    return ExitCode.PARTLY if failed else ExitCode.OK


def _mind_existing(run: App, *, force: bool, asks: bool) -> None:
    """A config that is there is written over only when somebody says so.

    Raises
    ------
    UsageError
        Nobody is there to ask, or they said no.

    """
    path = run.paths.config_file
    if force or not path.exists():
        return
    there = UsageError(
        f"there is a config already: {shown_path(path)}.",
        "change it: socialcare config edit   or begin anew: socialcare init --force",
        code="exists",
    )
    if not asks:
        raise there
    run.screen.warn(there.message)
    if not agree(run, "Begin anew? The old one is kept beside it.", default=False):
        raise there


def _answers(
    run: App,
    brand: str | None,
    watch: list[str] | None,
    ignore: list[str] | None,
    specs: list[str] | None,
    *,
    asks: bool,
    yes: bool,
) -> work.Answers:
    if not asks:
        if brand is None:
            raise _missing("--brand")
        if not specs and not yes:
            raise _missing("--channel")
    name = work.brand_name(brand) if brand is not None else _ask_brand(run)
    if watch is None and asks:
        watch = [ask(run, "2 of 4  Other words people use? (comma between them) ")]
    if ignore is None and asks:
        ignore = [ask(run, f"{INDENT}Anything with that name that is not you? ")]
    words = work.word_list(watch or ())
    if not specs:
        specs = _ask_specs(run, name, words) if asks else work.usual_specs(name, words)
    channels = work.read_channels(specs)
    return work.Answers(name, words, work.word_list(ignore or ()), channels)


def _missing(option: str) -> UsageError:
    return UsageError(
        f"init needs {option}: nobody is here to ask.",
        "socialcare init --brand Acme --channel hackernews:acme --yes",
        code="missing_option",
    )


def _ask_brand(run: App) -> str:
    while True:
        try:
            return work.brand_name(ask(run, "1 of 4  What is your brand called? "))
        except UsageError:
            run.screen.warn(f"{INDENT}Its name, as people write it.")


def _ask_specs(run: App, brand: str, watch: tuple[str, ...]) -> list[str]:
    run.screen.warn("3 of 4  Where shall I look? (no sign-in needed for these)")
    specs = ["hackernews:"] if agree(run, f"{INDENT}Hacker News?", default=True) else []
    tags = work.hashtags(brand, watch)
    named = " ".join(f"#{tag}" for tag in tags)
    if tags and agree(run, f"{INDENT}Mastodon {named}?", default=True):
        specs += [f"mastodon:#{tag}" for tag in tags]
    while address := ask(run, f"{INDENT}An RSS or Google Alerts feed? Its address, or Enter: "):
        try:
            work.read_channels([f"feed:{address}"])
        except UsageError as error:
            run.screen.warn(f"{INDENT}{error.message}")
        else:
            specs.append(f"feed:{address}")
    run.screen.warn(f"{INDENT}Others need a sign-in; later: socialcare channel add")
    return specs


def _look(run: App, *, quiet: bool) -> FetchReport:
    from socialcare.cli.fetch import run_fetch
    from socialcare.workflow.fetch import Wanted
    from socialcare.workflow.fetch_report import FetchReport

    if not run.settings.channels:
        return FetchReport([])
    if not quiet:
        run.screen.say(f"{INDENT}Looking ...")
    return run_fetch(run, Wanted(seconds=LOOK_SECONDS), dry_run=False)


def _tell(run: App, report: FetchReport) -> None:
    for channel in report.channels:
        told = "failed" if channel.error else str(channel.stored.new)
        run.screen.data(f"{INDENT}{channel.name} {told}")
    urgent = report.urgent
    look = f" {urgent} look{'s' if urgent == 1 else ''} urgent." if urgent else ""
    run.screen.data(f"{count(report.new, 'mention')} found.{look}")


def _tell_failures(run: App, report: FetchReport) -> None:
    for channel in report.channels:
        if channel.error is not None:
            run.screen.fail(channel.error)


def _schedule(run: App, *, wanted: bool, asks: bool, quiet: bool) -> bool:
    """Whether something fetches from now on. The line is added only when somebody wants it."""
    line = cron.schedule_line(run.paths, run.environ)
    crontab = cron.read_crontab(run.environ)
    if crontab is not None and cron.fetch_line(crontab, line):
        if not quiet:
            run.screen.say("Your crontab looks for new mentions already.")
        return True
    if crontab is not None and not wanted and asks:
        question = "4 of 4  Look again every 5 minutes? I would add one line to your crontab:"
        run.screen.warn(*wrap(question, run.streams.width), plain(f"{INDENT}  {line}"))
        wanted = agree(run, f"{INDENT}Add it?", default=True)
    if crontab is None or not wanted:
        if not quiet:
            advice = "To look again every 5 minutes, schedule this:"
            run.screen.warn(*wrap(advice, run.streams.width), plain(f"  {line}"))
        return False
    try:
        cron.add_to_crontab(line, run.environ)
    except SocialcareError as error:
        run.screen.fail(error)
        return False
    if not quiet:
        run.screen.warn("Added to your crontab.")
    return True


def _next(width: int) -> list[str]:
    parts = ["Done. See them: socialcare inbox", "Change this: socialcare config edit"]
    line = "          ".join(parts)
    return [line] if len(line) <= width else parts


def _write_json(run: App, report: FetchReport, *, scheduled: bool) -> None:
    from socialcare.output.formats import write_object

    channels = [
        {
            "name": channel.name,
            "new": channel.stored.new,
            "ok": channel.ok,
            "error": channel.error.message if channel.error else None,
        }
        for channel in report.channels
    ]
    write_object(
        run.screen,
        {
            "v": 1,
            "config": str(run.paths.config_file),
            "new": report.new,
            "urgent": report.urgent,
            "channels": channels,
            "scheduled": scheduled,
            "schedule": cron.schedule_line(run.paths, run.environ),
        },
    )
