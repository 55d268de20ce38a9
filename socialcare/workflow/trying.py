"""Trying channels without storing anything: does the sign-in hold, and what would come."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from socialcare.channels.base import CanCheckAccess, Channel
from socialcare.channels.http import Budget
from socialcare.errors import ChannelError, SocialcareError
from socialcare.models import Mention
from socialcare.settings import ChannelSettings
from socialcare.workflow.channels import NOTHING, Given, Workshop, secret_keys
from socialcare.workflow.fetch import FIRST_LOOK
from socialcare.workflow.judging import Judge

SECONDS = 30.0
SAMPLES = 3
PAGES = 5
"""A channel of several lists gives an empty page for a quiet one: so many are looked at."""
_GRACE = 5.0
"""What a thread gets beyond its channel's seconds before it is given up."""


@dataclass(slots=True)
class Trial:
    """What came of trying one channel."""

    name: str
    type: str
    account: str | None = None
    """Who we are there, where a sign-in was checked."""
    read: int = 0
    about: int = 0
    """How many of those that were read would reach the inbox."""
    broken: int = 0
    samples: list[Mention] = field(default_factory=list)
    """Those that would reach the inbox first."""
    error: SocialcareError | None = None
    took: float = 0.0

    @property
    def ok(self) -> bool:
        return self.error is None


def try_channel(
    shop: Workshop,
    settings: ChannelSettings,
    *,
    seconds: float = SECONDS,
    given: Given = NOTHING,
) -> Trial:
    """Sign in where there is a token, and read until there is something to show.

    ``given`` holds secrets that are not stored yet. What goes wrong is in the trial.
    """
    trial = Trial(settings.name, settings.type)
    started = shop.clock.monotonic()
    try:
        channel = shop.build(settings, Budget(shop.clock, seconds), given)
        trial.account = _account(shop, channel, settings, given)
        _read(shop, channel, settings, trial)
    except SocialcareError as error:
        trial.error = error
    except Exception as error:  # noqa: BLE001 - a defect of one channel stays with that channel
        trial.error = ChannelError(
            f"{settings.name} failed in a way I did not expect ({type(error).__name__}).",
            "report it, with the type of the channel and its section of the config",
            code="unexpected",
        )
    trial.took = shop.clock.monotonic() - started
    return trial


def try_channels(
    shop: Workshop, channels: Sequence[ChannelSettings], *, seconds: float = SECONDS
) -> list[Trial]:
    """Try them all at once, so that one that hangs costs no more than its own time."""
    found: dict[str, Trial] = {}

    def run(channel: ChannelSettings) -> None:
        found[channel.name] = try_channel(shop, channel, seconds=seconds)

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in channels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + _GRACE)
    return [found.get(one.name) or _hangs(one, seconds) for one in channels]


def check_access(shop: Workshop, settings: ChannelSettings, given: Given) -> str | None:
    """Who we are with these secrets; None where the type cannot tell.

    Raises
    ------
    ChannelError
        They were refused, or the service cannot be asked now.

    """
    channel = shop.build(settings, Budget(shop.clock, SECONDS), given)
    return channel.check_access() if isinstance(channel, CanCheckAccess) else None


def _account(
    shop: Workshop, channel: Channel, settings: ChannelSettings, given: Given
) -> str | None:
    """Who we are; a channel without a token may still have something to read."""
    if not isinstance(channel, CanCheckAccess):
        return None
    secret = shop.secrets(settings, given)
    return channel.check_access() if any(secret(key) for key in secret_keys(settings)) else None


def _read(shop: Workshop, channel: Channel, settings: ChannelSettings, trial: Trial) -> None:
    judge = Judge(shop.settings)
    match = bool(settings.options.get("match", channel.matches))
    others: list[Mention] = []
    pages = channel.pages(None, shop.clock.now() - FIRST_LOOK)
    for page, _ in zip(pages, range(PAGES), strict=False):
        trial.broken += len(page.broken)
        ours, rest = _split(judge, page.mentions, match=match)
        trial.read += len(ours) + len(rest)
        trial.about += len(ours)
        trial.samples += ours[: SAMPLES - len(trial.samples)]
        others += rest[: SAMPLES - len(others)]
        if len(trial.samples) == SAMPLES:
            break
    trial.samples += others[: SAMPLES - len(trial.samples)]


def _split(
    judge: Judge, mentions: Iterable[Mention], *, match: bool
) -> tuple[list[Mention], list[Mention]]:
    """Those that would reach the inbox, newest first, and the rest."""
    ours: list[Mention] = []
    rest: list[Mention] = []
    for mention in sorted(mentions, key=lambda one: one.created_at, reverse=True):
        judged = judge.judge(mention, match=match)
        (rest if judged.filtered or judged.classification is None else ours).append(mention)
    return ours, rest


def _hangs(settings: ChannelSettings, seconds: float) -> Trial:
    error = ChannelError(
        f"{settings.name} did not answer within {seconds:.0f} s.",
        f"try it alone: socialcare channel test {settings.name}",
        code="unavailable",
    )
    return Trial(settings.name, settings.type, error=error, took=seconds)
