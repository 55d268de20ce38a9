"""The registry of channel types: where each lives, and which keys its config may hold.

Nothing here imports a channel: commands that do not fetch stay fast. A type that is
not in the table is looked for among the entry points ``socialcare.channels``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from socialcare.channels.base import Channel


class Entry(NamedTuple):
    """``module:Class`` below this package; ``keys`` and ``secrets`` of ``[channels.NAME]``.

    What people want to know of it stands in ``types.toml``.
    """

    target: str
    keys: str = ""
    secrets: str = ""
    specs: str = ""
    """Examples of what ``channel add`` takes, by blanks: ``kind:what``. ``what`` is the first of
    ``keys``, unless the class has a ``from_spec`` of its own."""
    dearest: int = 0
    """What reading a post costs at most, in thousandths of a dollar; 0: it is free."""


REGISTRY: dict[str, Entry] = {
    "appstore": Entry(
        "appstore:AppStore",
        keys="app country key_id issuer",
        secrets="private_key",
        specs="appstore:123456789 appstore:gb/123456789",
    ),
    "bluesky": Entry(
        "bluesky:Bluesky",
        keys="identifier query notifications server",
        secrets="password",
        specs="bluesky:@acme.bsky.social",
    ),
    "discourse": Entry(
        "discourse:Discourse",
        keys="server query posts user",
        secrets="token",
        specs="discourse:forum.example.org",
    ),
    "email": Entry(
        "email:Email",
        keys="address server smtp user folder sent_folder security smtp_security",
        secrets="password token",
        specs="email:care@acme.example",
    ),
    "exec": Entry(
        "exec:Exec",
        keys="command",
        secrets="token",
        specs="exec:/usr/local/bin/my-mentions",
    ),
    "facebook": Entry(
        "meta.facebook:Facebook",
        keys="page days version",
        secrets="token app_secret",
        specs="facebook:acme",
    ),
    "feed": Entry(
        "feed:Feed",
        keys="url urls preset query what site kind match user base_url",
        secrets="token",
        specs="feed:https://blog.example/feed.xml reddit:acme reddit:r/CampingGear youtube:UC123",
    ),
    "github": Entry(
        "github:GitHub",
        keys="repos search pull_requests team server",
        secrets="token",
        specs="github:acme/app github:acme",
    ),
    "googleplay": Entry(
        "googleplay:GooglePlay",
        keys="package translation",
        secrets="service_account",
        specs="googleplay:com.acme.app",
    ),
    "hackernews": Entry(
        "hackernews:HackerNews",
        keys="query tags",
        specs="hackernews:acme",
    ),
    "http": Entry(
        "mapped:Mapped",
        keys="url params headers auth query items item fields kind text_format time_format timezone user paging gone ok error wait recheck",
        secrets="token",
    ),
    "instagram": Entry(
        "meta.instagram:Instagram",
        keys="account spool days version",
        secrets="token app_secret",
        specs="instagram:17841400000000000",
    ),
    "mastodon": Entry(
        "mastodon:Mastodon",
        keys="server hashtags notifications search",
        secrets="token",
        specs="mastodon:#acme mastodon:@acme@mas.to",
    ),
    "reddit": Entry(
        "reddit:Reddit",
        keys="client_id user subreddits query inbox",
        secrets="client_secret refresh_token password",
        specs="reddit-api:acme reddit-api:r/CampingGear reddit-api:u/acme_care",
    ),
    "stackexchange": Entry(
        "stackexchange:StackExchange",
        keys="query tags site",
        secrets="key",
        specs="stackexchange:acme stackexchange:[acme-sdk] stackexchange:acme@superuser",
    ),
    "webhook": Entry(
        "webhook:Webhook",
        keys="spool layout keep_days pull_requests team",
        specs="webhook:/var/spool/socialcare",
    ),
    "x": Entry(
        "x:X",
        keys="user query budget_per_day fields client_id",
        secrets="token refresh_token client_secret",
        specs="x:@acme x:acme",
        dearest=25,
    ),
    "youtube": Entry(
        "youtube:YouTube",
        keys="channel videos query searches",
        secrets="key token",
        specs="youtube-comments:@acme",
    ),
}


def load(type_name: str) -> type[Channel]:
    """Import the class of a channel type.

    Raises
    ------
    ConfigError
        No such type, built in or installed.

    """
    from importlib import import_module

    entry = REGISTRY.get(type_name)
    if entry is None:
        return _load_installed(type_name)
    module, _, name = entry.target.partition(":")
    channel: type[Channel] = getattr(import_module(f"{__name__}.{module}"), name)
    return channel


def _load_installed(type_name: str) -> type[Channel]:
    from importlib.metadata import entry_points

    from socialcare.errors import ConfigError

    for point in entry_points(group="socialcare.channels", name=type_name):
        channel: type[Channel] = point.load()
        return channel
    raise ConfigError(
        f'I do not know the channel type "{type_name[:60]}".',
        f"types: {', '.join(sorted(REGISTRY))}",
    )
