"""Where answers leave: the channel that a mention came from, as it is in the config now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from socialcare.channels.base import CanReply, Channel
from socialcare.channels.http import Budget
from socialcare.errors import NotFoundError, SocialcareError
from socialcare.inbox.own_posts import HERE, answered
from socialcare.models import Mention
from socialcare.settings import ChannelSettings
from socialcare.workflow.channels import Workshop


@dataclass
class Desks:
    """The channels of one run, each built once."""

    shop: Workshop
    _built: dict[str, Channel | SocialcareError] = field(default_factory=dict)
    _closed: dict[str, SocialcareError] = field(default_factory=dict)

    def close(self, channel: str, why: SocialcareError) -> None:
        """It told us to wait, or let nobody in: it is not asked again in this run."""
        self._closed[channel] = why

    def channel(self, to: Mention) -> Channel:
        """The channel of that name; where it is another one now, whichever reads the same place.

        Raises
        ------
        SocialcareError
            There is none, it cannot be used as it is, or it is closed.

        """
        if to.channel in self._closed:
            raise self._closed[to.channel]
        named = self.shop.settings.channels.get(to.channel)
        if named is not None:
            channel = self._channel(named)
            # Nobody has said yet where an own post goes.
            if to.source in (channel.source, HERE):
                return channel
        for channel in self._others(to.channel):
            if channel.source == to.source and channel.limits.posts:
                return channel
        raise _missing(to)

    def desk(self, channel: Channel, to: Mention) -> CanReply | None:
        """None where it is answered by hand."""
        posts = channel.limits.posts if answered(to) else channel.limits.own_posts
        return channel if isinstance(channel, CanReply) and posts else None

    def _others(self, name: str) -> Iterator[Channel]:
        for settings in self.shop.settings.channels.values():
            if settings.name == name or settings.name in self._closed:
                continue
            try:
                yield self._channel(settings)
            except SocialcareError:
                continue  # it is none of this letter's business

    def _channel(self, settings: ChannelSettings) -> Channel:
        if settings.name not in self._built:
            self._built[settings.name] = self._made(settings)
        made = self._built[settings.name]
        if isinstance(made, SocialcareError):
            raise made
        return made

    def _made(self, settings: ChannelSettings) -> Channel | SocialcareError:
        seconds = settings.seconds or self.shop.settings.channel_seconds
        try:
            return self.shop.build(settings, Budget(self.shop.clock, seconds))
        except SocialcareError as error:
            return error


def _missing(to: Mention) -> NotFoundError:
    return NotFoundError(
        f'no channel in the config is "{to.channel}" of {to.source} any more.',
        "add it again, or record the answer: socialcare reply ID --record URL",
    )
