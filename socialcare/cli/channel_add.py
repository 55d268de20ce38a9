"""``socialcare channel add`` and ``remove``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.channels import REGISTRY
from socialcare.cli.asking import agree, ask_hidden
from socialcare.cli.channel_try import channel_named, trial_lines, trial_record
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet, Yes
from socialcare.errors import AuthError, ChannelError, ExitCode, UsageError
from socialcare.settings import write
from socialcare.settings.secrets import SecretStore

if TYPE_CHECKING:
    from socialcare.workflow.adding import NewChannel
    from socialcare.workflow.trying import Trial

ADD_EXAMPLES = """\b
Examples:
  socialcare channel add hackernews:acme
  socialcare channel add feed:https://blog.example/feed.xml --name blog
  socialcare channel add mastodon:#acme
  socialcare channel add mastodon:@acme@mas.to  your account; asks for a token
  socialcare channel add reddit:acme
  socialcare channel add exec:"/usr/local/bin/my-mentions --all"
"""
REMOVE_EXAMPLES = """\b
Examples:
  socialcare channel remove blog
  socialcare channel remove blog --yes
"""
Given = dict[str, str]


def add(
    ctx: typer.Context,
    spec: Annotated[
        str, typer.Argument(metavar="SPEC", help="kind:what; see: socialcare channel types")
    ],
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What to call it here.")
    ] = None,
    no_test: Annotated[
        bool,
        typer.Option("--no-test", help="Save it without trying it: offline, or not signed in."),
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Try a channel, show what it brings, and save it in the config."""
    from socialcare.workflow.adding import named, read_spec

    run = App.of(ctx)
    channel = named(read_spec(spec), run.settings.channels, name)
    given: Given = {}
    trial = None
    if no_test:
        _check_options(run, channel)
    else:
        trial = _tried(run, channel, given)
        if not (as_json or quiet) and trial.ok:
            run.screen.data(*trial_lines(trial, run.clock.now(), run.streams.width))
        if trial.error is not None and not _anyway(run, trial, spec, name):
            return trial.error.exit_code
    if not dry_run:
        _save(run, channel, given)
    if as_json:
        _write_json(run, channel, trial)
    elif not quiet:
        _tell(run, channel, dry_run=dry_run)
    return ExitCode.OK


def _tried(run: App, channel: NewChannel, given: Given) -> Trial:
    """Try it; where it asks for a token and somebody is there, ask for that and try again."""
    from socialcare.workflow.adding import with_channels
    from socialcare.workflow.channels import Workshop, open_http, secret_keys
    from socialcare.workflow.trying import try_channel

    settings = with_channels(run.settings, [channel])
    with open_http(settings, run.clock) as http:
        shop = Workshop(settings, run.paths, run.environ, run.clock, http)
        trial = try_channel(shop, channel.settings)
        keys = secret_keys(channel.settings)
        if isinstance(trial.error, AuthError) and keys and run.streams.stdin_tty:
            run.screen.warn(trial.error.message)
            token = ask_hidden(run, f"Its {keys[0]} (it does not show; Enter to stop): ")
            if token:
                given[keys[0]] = token
                trial = try_channel(shop, channel.settings, given=given)
    return trial


def _check_options(run: App, channel: NewChannel) -> None:
    """What can be checked without the network.

    Raises
    ------
    ConfigError
        An option is not what it should be.

    """
    from socialcare.channels.http import Budget
    from socialcare.workflow.adding import with_channels
    from socialcare.workflow.channels import Workshop, open_http

    settings = with_channels(run.settings, [channel])
    with open_http(settings, run.clock) as http:
        shop = Workshop(settings, run.paths, run.environ, run.clock, http)
        shop.build(channel.settings, Budget(run.clock, 1))


def _anyway(run: App, trial: Trial, spec: str, name: str | None) -> bool:
    """Whether a channel that does not work is saved all the same.

    Raises
    ------
    SocialcareError
        What went wrong, where nobody is there to ask.

    """
    error = trial.error
    assert error is not None
    if not isinstance(error, ChannelError):
        raise error
    as_named = f" --name {name}" if name else ""
    untested = f"socialcare channel add {_quoted(spec)}{as_named} --no-test"
    if isinstance(error, AuthError):
        error.hint = f"save it first: {untested}   then: socialcare channel login {trial.name}"
    else:
        # A hint that names the channel would not work: it is not in the config yet.
        known = error.hint if trial.name not in error.hint else "check the network and the address"
        error.hint = f"{known}, or save it untested: {untested}"
    if not run.streams.stdin_tty:
        raise error
    run.screen.fail(error)
    return agree(run, "Save it all the same?", default=False)


def _quoted(spec: str) -> str:
    """The words as they can be copied; a # inside a word needs no quotes."""
    import shlex

    return (
        spec if shlex.quote(spec.replace("#", "")) == spec.replace("#", "") else shlex.quote(spec)
    )


def _save(run: App, channel: NewChannel, given: Given) -> None:
    write.add_channel(run.paths.config_file, channel.name, channel.table, channel_keys=REGISTRY)
    for key, secret in given.items():
        SecretStore(run.paths).save(channel.name, key, secret)


def _write_json(run: App, channel: NewChannel, trial: Trial | None) -> None:
    from socialcare.output.formats import write_object

    told = {} if trial is None else dict(trial_record(trial))
    write_object(
        run.screen,
        {"v": 1, "name": channel.name, "type": channel.type, "tested": trial is not None, **told},
    )


def _tell(run: App, channel: NewChannel, *, dry_run: bool) -> None:
    if dry_run:
        run.screen.data(f"{channel.name} would be added; nothing was saved (--dry-run).")
        return
    run.screen.data(f"Added {channel.name}.")
    run.screen.say(f"Fetch it: socialcare fetch {channel.name}")


def remove(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The channel.")],
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Take a channel out of the config, with its sign-in. Its mentions stay in the inbox."""
    run = App.of(ctx)
    channel = channel_named(run, name)
    if dry_run:
        run.screen.warn(f"{name} would be removed; its mentions would stay.")
        return ExitCode.OK
    if not yes:
        if not run.streams.stdin_tty:
            raise UsageError(
                f"this would remove the channel {name} and nobody is here to ask.",
                "look first with --dry-run, then add --yes",
                code="needs_yes",
            )
        question = f"Remove {name} (type {channel.type}) from the config? Its mentions stay."
        if not agree(run, question, default=False):
            run.screen.warn("Nothing was changed.")
            return ExitCode.OK
    signed_in = _remove(run, name)
    if as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, {"v": 1, "removed": name, "signed_out": signed_in})
    elif not quiet:
        rest = ", and its token forgotten" if signed_in else ""
        run.screen.data(f"Removed {name}{rest}. Its mentions stay in the inbox.")
    return ExitCode.OK


def _remove(run: App, name: str) -> bool:
    """Config first: what is left of the channel elsewhere does no harm without it."""
    from socialcare.inbox.health import forget_channel

    write.remove_channel(run.paths.config_file, name, channel_keys=REGISTRY)
    signed_in = SecretStore(run.paths).delete(name)
    if run.database_path.exists():
        with run.write().write() as tx:
            forget_channel(tx, name)
    return signed_in
