"""``socialcare channel add``: try it, show what it brings, ask for no more than it needs, save it."""

from __future__ import annotations

from typing import Annotated

import typer

from socialcare.channels import REGISTRY
from socialcare.cli.asking import agree
from socialcare.cli.channel_attempt import (
    Attempt,
    as_typed,
    check_options,
    leaving_nothing,
    make_copyable,
    quoted,
    set_options,
    tell_closed,
    tried,
)
from socialcare.cli.channel_try import trial_lines, trial_record
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet
from socialcare.errors import ChannelError, ExitCode, SocialcareError
from socialcare.settings import write
from socialcare.settings.secrets import SecretStore

ADD_EXAMPLES = """\b
Examples:
  socialcare channel add hackernews:acme
  socialcare channel add feed:https://blog.example/feed.xml --name blog
  socialcare channel add mastodon:#acme
  socialcare channel add mastodon:@acme@mas.to  your account; asks for a token
  socialcare channel add email:care@acme.example --set server=mail.acme.org
  socialcare channel add x:@acme --set 'token={ env = "ACME_X_TOKEN" }'
  socialcare channel add exec:"/usr/local/bin/my-mentions --all"
"""


def add(
    ctx: typer.Context,
    spec: Annotated[
        str, typer.Argument(metavar="SPEC", help="kind:what; see: socialcare channel types")
    ],
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What to call it here.")
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A further line of its section."),
    ] = None,
    no_test: Annotated[
        bool,
        typer.Option("--no-test", help="Save it without trying it: offline, or not signed in."),
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Try a channel, show what it brings, and save it in the config.

    What is missing, and what it needs to sign in, is asked for when it turns out.
    """
    from socialcare.workflow.adding import named, read_spec

    run = App.of(ctx)
    command = f"socialcare channel add {quoted(spec)}{f' --name {quoted(name)}' if name else ''}"
    attempt = Attempt(named(read_spec(spec), run.settings.channels, name), command)
    with as_typed(attempt):
        set_options(run, attempt, options or ())
        if no_test:
            check_options(run, attempt.channel)
    with leaving_nothing(run, attempt):
        if not no_test:
            trial = attempt.trial = tried(run, attempt)
            if not (as_json or quiet) and trial.ok:
                run.screen.data(*trial_lines(run, trial))
            if trial.error and not _anyway(run, trial.error, attempt):
                run.screen.warn("Nothing was saved.")
                return trial.error.exit_code
        if not dry_run:
            _save(run, attempt)
    if as_json:
        _write_json(run, attempt, dry_run=dry_run)
    elif not quiet:
        _tell(run, attempt, dry_run=dry_run)
    return ExitCode.OK


def _anyway(run: App, error: SocialcareError, attempt: Attempt) -> bool:
    """Whether a channel that does not work is saved all the same.

    Raises
    ------
    SocialcareError
        What went wrong, where nobody is there to ask, or where it never could work.

    """
    make_copyable(error, attempt)
    if not (isinstance(error, ChannelError) and run.streams.stdin_tty):
        raise error
    if attempt.stopped:
        login = f"socialcare channel login {attempt.channel.name}"
        run.screen.warn(f"It can be saved now and signed in later: {login}")
    else:
        run.screen.fail(error)
    return agree(run, "Save it all the same?", default=False)


def _save(run: App, attempt: Attempt) -> None:
    channel = attempt.channel
    write.add_channel(run.paths.config_file, channel.name, channel.table, channel_keys=REGISTRY)
    for key, secret in attempt.given.items():
        SecretStore(run.paths).save(channel.name, key, secret)
    attempt.saved = True


def _write_json(run: App, attempt: Attempt, *, dry_run: bool) -> None:
    """What was not tried is null, as everywhere."""
    from socialcare.output.formats import write_object
    from socialcare.workflow.trying import Trial

    channel, trial = attempt.channel, attempt.trial
    told = trial_record(trial or Trial(channel.name, channel.type))
    known = told if trial else {**dict.fromkeys(told), "v": 1}
    named = {"name": channel.name, "type": channel.type}
    write_object(run.screen, {**known, **named, "tested": trial is not None, "saved": not dry_run})


def _tell(run: App, attempt: Attempt, *, dry_run: bool) -> None:
    name = attempt.channel.name
    if dry_run:
        run.screen.data(f"{name} would be added; nothing was saved (--dry-run).")
        return
    run.screen.data(f"Added {name}.")
    if not attempt.told:
        tell_closed(run, attempt)
    run.screen.say(f"Fetch it: socialcare fetch {name}")
