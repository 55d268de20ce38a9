"""``socialcare channel login`` and ``logout``: the token comes in hidden, never as an option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from socialcare.cli.channel_secrets import ask_secret, tell_where, words
from socialcare.cli.channel_try import channel_named
from socialcare.cli.context import App
from socialcare.cli.options import Quiet
from socialcare.errors import ExitCode, UsageError
from socialcare.settings.secrets import KEY_FILE, SecretStore, kept_in

if TYPE_CHECKING:
    from socialcare.settings import ChannelSettings

LOGIN_EXAMPLES = """\b
Examples:
  socialcare channel login mastodon        asks; what you type does not show
  socialcare channel login mastodon < token.txt     for scripts
  pass show acme/mastodon | socialcare channel login mastodon
"""
LOGOUT_EXAMPLES = """\b
Examples:
  socialcare channel logout mastodon
  socialcare channel logout mastodon --quiet
"""


def login(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The channel.")],
    *,
    keyring: Annotated[
        bool, typer.Option("--keyring", help="Keep it in the keyring, which cron cannot open.")
    ] = False,
    no_test: Annotated[
        bool, typer.Option("--no-test", help="Keep it without asking the service.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Read a token, check it and keep it: hidden, or from standard input."""
    run = App.of(ctx)
    channel = channel_named(run, name)
    keys = _keys(channel)
    for key in keys:
        _refuse_elsewhere(run, channel, key)
    given = _read(run, channel, keys)
    account = None if no_test else _check(run, channel, given)
    store = SecretStore(run.paths)
    place = ""
    for key, secret in given.items():
        place = store.save(name, key, secret, keyring=keyring)
    if not quiet:
        who = f"Signed in as {account}." if account else f"Kept the {' and '.join(given)}."
        run.screen.data(f"{name}: {who} It is in {place}.")
    return ExitCode.OK


def _keys(channel: ChannelSettings) -> list[str]:
    from socialcare.channels import REGISTRY
    from socialcare.workflow.channels import secret_keys

    keys = secret_keys(channel) or ([] if channel.type in REGISTRY else ["token"])
    if not keys:
        raise UsageError(
            f"{channel.name} needs no sign-in.", f"try it: socialcare channel test {channel.name}"
        )
    return keys


def _refuse_elsewhere(run: App, channel: ChannelSettings, key: str) -> None:
    """What login keeps would never be looked at where the config names another place."""
    kept = kept_in(channel, key, run.paths, run.environ)
    if kept is not None and kept.by == "config":
        raise UsageError(
            f"the config says where the {key} of {channel.name} is kept.",
            f"change it there, or take the {key} line out: socialcare config edit",
        )
    if kept is not None and kept.by == "environment":
        run.screen.warn(f"{kept.place} is set, and counts before what is kept here.")


def _read(run: App, channel: ChannelSettings, keys: list[str]) -> dict[str, str]:
    given = {}
    how = "(hidden; Enter to skip)" if len(keys) > 1 else f"of {channel.name} (hidden)"
    for key in keys:
        if run.streams.stdin_tty:
            tell_where(run, channel.type, key)
            secret = ask_secret(run, f"{words(key).capitalize()} {how}: ")
        else:
            secret = _piped(run.streams.stdin)
        if secret:
            given[key] = secret
    if not given:
        # Of several, such as a password and a token, one may be all there is.
        key = keys[0]
        raise UsageError(f"no {key} came.", f"socialcare channel login {channel.name} < {key}.txt")
    return given


def _piped(stdin: TextIO) -> str:
    """A line, or a whole key file."""
    first = stdin.readline()
    return (first + stdin.read() if first.startswith(KEY_FILE) else first).strip()


def _check(run: App, channel: ChannelSettings, given: dict[str, str]) -> str | None:
    from socialcare.workflow.channels import Workshop, open_http
    from socialcare.workflow.trying import check_access

    with open_http(run.settings, run.clock) as http:
        shop = Workshop(run.settings, run.paths, run.environ, run.clock, http)
        return check_access(shop, channel, given)


def logout(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The channel.")],
    *,
    quiet: Quiet = False,
) -> int:
    """Forget the token of a channel.

    The service still knows it: where it lists your applications, withdraw it there too.
    """
    run = App.of(ctx)
    channel = channel_named(run, name)
    gone = SecretStore(run.paths).delete(name)
    if not quiet:
        run.screen.data(f"{name}: the token is forgotten." if gone else f"{name}: none was kept.")
    for key in _keys_or_none(channel):
        kept = kept_in(channel, key, run.paths, run.environ)
        if kept is not None:
            run.screen.warn(f"{name}: a {key} still comes from {kept.place}.")
    return ExitCode.OK


def _keys_or_none(channel: ChannelSettings) -> list[str]:
    from socialcare.workflow.channels import secret_keys

    return secret_keys(channel)
