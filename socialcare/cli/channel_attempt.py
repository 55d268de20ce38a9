"""A channel on its way into the config: tried, completed by what somebody answers, tried again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from socialcare.channels.types import TypeInfo, info_of
from socialcare.cli.asking import ask
from socialcare.cli.channel_secrets import ask_secrets, secrets_asked, where, words
from socialcare.errors import AuthError, ConfigError, SocialcareError

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.workflow.adding import NewChannel
    from socialcare.workflow.trying import Trial

TRIES = 3
"""So often a secret may be refused before it is given up."""
_NOT_YET = re.compile(r":? *socialcare (?:channel (?:login|test|logout|remove)|config|fetch)\b.*")
_LEADS_THERE = re.compile(
    r"(?:[,;]? *(?:and )?\bthen|(?:[,;?]| and)? *\bsign in(?: again)?|\blook at it with|,? or"
    r"|\b(?:look at|check|change|take it out of)[^;:]*\[channels\.[^;:]*)+$"
)
"""The end of a hint that wants the channel to be in the config, which it is not."""
_OTHER_WAY = re.compile(r"[^;:]*\S: socialcare channel add \S+")
_KEY_OF_MESSAGE = re.compile(r"\[channels\.[^\]]*\] (\w+):")
_KEY_OF_HINT = re.compile(r'\b(\w+) = \[?"([^"]*)"')
"""Errors tell which line of its section is missing or wrong."""
_SECTION = re.compile(r"\[channels\.([^\]]*)\]:? ")


@dataclass
class Attempt:
    """A channel that is being added: what is known of it so far, and how it fared.

    ``command`` is the one that was typed, without ``--set``.
    """

    channel: NewChannel
    command: str
    trial: Trial | None = None
    given: dict[str, str] = field(default_factory=dict)
    """Secrets that were typed and not refused."""
    options: list[str] = field(default_factory=list)
    """``KEY=VALUE``, from the command line and from answers."""
    told: bool = False
    """What the service keeps closed was said."""
    stopped: bool = False
    """Somebody was asked for a secret and gave none."""
    saved: bool = False

    @property
    def again(self) -> str:
        """The same command, with what was answered, as it can be copied."""
        return " ".join((self.command, *(f"--set {quoted(pair)}" for pair in self.options)))


@contextmanager
def as_typed(attempt: Attempt) -> Iterator[None]:
    """What is wrong was typed just now, and does not stand in the config."""
    try:
        yield
    except ConfigError as error:
        make_copyable(error, attempt)
        raise


@contextmanager
def leaving_nothing(run: App, attempt: Attempt) -> Iterator[None]:
    """A channel that is not saved leaves no tokens of its trial behind."""
    from socialcare.settings.tokens import TokenFile

    try:
        yield
    finally:
        if not attempt.saved:
            TokenFile(run.paths, attempt.channel.name).delete()


def set_options(run: App, attempt: Attempt, pairs: Sequence[str]) -> None:
    """In any order: one may be right only beside another."""
    left, first = list(pairs), None
    while left:
        before, left, first = left, [], None
        for pair in before:
            try:
                set_option(run, attempt, pair)
            except ConfigError as error:
                left.append(pair)
                first = first or error
        if first is not None and len(left) == len(before):
            raise first


def set_option(run: App, attempt: Attempt, pair: str) -> None:
    from socialcare.workflow.adding import with_option

    attempt.channel = with_option(attempt.channel, pair, lambda one: check_options(run, one))
    attempt.options.append(pair)


def tried(run: App, attempt: Attempt) -> Trial:
    """Try it; while it wants something and somebody is there, ask for that and try again."""
    info = info_of(attempt.channel.type)
    if info.dearest:
        run.screen.say(f"Reading is paid for, trying it too: {info.costs}.")
    trial = _try_once(run, attempt)
    for _ in range(TRIES):
        if trial.error is None or not run.streams.stdin_tty:
            break
        if not _answered(run, attempt, trial.error, info):
            break
        trial = _try_once(run, attempt)
    if isinstance(trial.error, AuthError):
        attempt.given = {}
    return trial


def _try_once(run: App, attempt: Attempt) -> Trial:
    from socialcare.workflow.adding import with_channels
    from socialcare.workflow.channels import Workshop, open_http
    from socialcare.workflow.trying import try_channel

    settings = with_channels(run.settings, [attempt.channel])
    with open_http(settings, run.clock) as http:
        shop = Workshop(settings, run.paths, run.environ, run.clock, http)
        return try_channel(shop, attempt.channel.settings, given=attempt.given)


def _answered(run: App, attempt: Attempt, error: SocialcareError, info: TypeInfo) -> bool:
    """Whether what the error wants was asked for and is known now."""
    key, secrets = _wanted(error, info), secrets_asked(attempt.channel)
    if key is None and not (isinstance(error, AuthError) and secrets):
        return False
    run.screen.warn(said(error))
    if key is not None:
        return _answered_key(run, attempt, key)
    again = attempt.told
    if not again:
        tell_closed(run, attempt)
    attempt.given = ask_secrets(run, info.type, secrets, again=again)
    attempt.stopped = not attempt.given
    return bool(attempt.given)


def _answered_key(run: App, attempt: Attempt, key: str) -> bool:
    for _ in range(TRIES):
        value = _ask(run, f"{words(key).capitalize()} (Enter to stop): ")
        if not value:
            return False
        try:
            set_option(run, attempt, f"{key}={value}")
        except ConfigError as error:
            run.screen.warn(said(error))
        else:
            return True
    return False


def _ask(run: App, question: str) -> str:
    """One line; the end of the input is no answer."""
    try:
        return ask(run, question)
    except typer.Abort:
        run.screen.warn("")
        return ""


def _wanted(error: SocialcareError, info: TypeInfo) -> str | None:
    """The key that an error is about, where it can be answered in one line."""
    for match in (_KEY_OF_MESSAGE.match(error.message), _KEY_OF_HINT.search(error.hint)):
        if match and match[1] in info.keys:
            return match[1]
    return None


def said(error: SocialcareError) -> str:
    """Its message; there is no section of the config yet."""
    return _SECTION.sub(r"\1: ", error.message, count=1)


def tell_closed(run: App, attempt: Attempt) -> None:
    """What the service keeps from programs, before anybody counts on it."""
    closed = info_of(attempt.channel.type).closed
    if closed:
        run.screen.say(f"{closed[0].upper()}{closed[1:]}.")
    attempt.told = True


def check_options(run: App, channel: NewChannel) -> None:
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


def make_copyable(error: SocialcareError, attempt: Attempt) -> None:
    """The channel is not in the config: no section can be named yet, and no command with it."""
    error.hint, error.message = _unsaved_hint(error, attempt), said(error)


def _unsaved_hint(error: SocialcareError, attempt: Attempt) -> str:
    channel, again = attempt.channel, attempt.again
    key = _wanted(error, info_of(channel.type))
    if key is not None:
        example = _KEY_OF_HINT.search(error.hint)
        value = example[2] if example and example[1] == key and "…" not in example[2] else "VALUE"
        other = _OTHER_WAY.search(error.hint)
        told = f"give it: {again} --set {quoted(f'{key}={value}')}"
        return f"{told}   {other[0].strip()}" if other else told
    if isinstance(error, AuthError) and (keys := secrets_asked(channel)):
        place = where(channel.type, keys[0])
        told = f"{words(keys[0])}: {place}   " if place else ""
        login = f"socialcare channel login {channel.name}"
        return f"{told}save it: {again} --no-test   then sign in: {login}"
    known = _LEADS_THERE.sub("", _NOT_YET.sub("", error.hint)).rstrip(" ,;")
    if isinstance(error, ConfigError):
        return known or f"write it anew: {again}"
    known = known or "check what you typed, and the network"
    return f"{known}, or save it untested: {again} --no-test"


def quoted(word: str) -> str:
    """As a shell takes it; a # inside a word needs no quotes."""
    plain = word.replace("#", "")
    return word if shlex.quote(plain) == plain else shlex.quote(word)
