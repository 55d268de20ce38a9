"""The registry of channel types: where each lives, and which keys its config may hold.

Nothing here imports a channel: commands that do not fetch stay fast. A type that is
not in the table is looked for among the entry points ``socialcare.channels``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from socialcare.channels.base import Channel


class Entry(NamedTuple):
    """``module:Class`` below this package; ``keys`` and ``secrets`` of ``[channels.NAME]``."""

    target: str
    about: str
    keys: str = ""
    secrets: str = ""
    specs: str = ""
    """Examples of what ``channel add`` takes, by blanks: ``kind:what``. ``what`` is the first of
    ``keys``, unless the class has a ``from_spec`` of its own."""
    needs: str = "nothing"
    """What somebody has to have before it brings anything."""
    dearest: int = 0
    """What reading a post costs at most, in thousandths of a dollar; 0: it is free."""


REGISTRY: dict[str, Entry] = {
    "appstore": Entry(
        "appstore:AppStore",
        "reviews of an app on the App Store: all of your own, or what a public feed shows",
        "app country key_id issuer",
        "private_key",
        specs="appstore:123456789 appstore:gb/123456789",
        needs="nothing for the feed; for answers your own app, a key of App Store Connect, and "
        "pip install 'socialcare[stores]'",
    ),
    "bluesky": Entry(
        "bluesky:Bluesky",
        "mentions, replies and quotes of you, and search",
        "identifier query notifications server",
        "password",
        specs="bluesky:@acme.bsky.social",
        needs="an account and an app password of it",
    ),
    "discourse": Entry(
        "discourse:Discourse",
        "posts of a forum that name you, or all its newest posts",
        "server query posts user",
        "token",
        specs="discourse:forum.example.org",
        needs="nothing where a forum is public; an API key for what only members see",
    ),
    "email": Entry(
        "email:Email",
        "a mailbox over IMAP; reviews and alerts that come by mail",
        keys="address server smtp user folder sent_folder security smtp_security",
        secrets="password token",
        specs="email:care@acme.example",
        needs="a mailbox and its password",
    ),
    "exec": Entry(
        "exec:Exec",
        "any program that prints JSON Lines",
        "command",
        "token",
        specs="exec:/usr/local/bin/my-mentions",
        needs="the program",
    ),
    "facebook": Entry(
        "meta.facebook:Facebook",
        "comments on the posts of your Page, what visitors post there, and posts that tag it",
        "page days version",
        "token app_secret",
        specs="facebook:acme",
        needs="an app of yours at Meta and a token of the Page; until Meta has reviewed the app, "
        "it is shown only what people with a role on it write",
    ),
    "feed": Entry(
        "feed:Feed",
        "RSS, Atom, RDF and JSON feeds, Google Alerts",
        keys="url urls preset query what site kind match user base_url",
        secrets="token",
        specs="feed:https://blog.example/feed.xml reddit:acme reddit:r/CampingGear youtube:UC123",
        needs="an address",
    ),
    "github": Entry(
        "github:GitHub",
        "issues and comments of your repositories, and issues anywhere that name you",
        "repos search pull_requests team server",
        "token",
        specs="github:acme/app github:acme",
        needs="nothing; a token for private repositories and for more requests",
    ),
    "googleplay": Entry(
        "googleplay:GooglePlay",
        "reviews of your own app on Google Play, those of the last week",
        "package translation",
        "service_account",
        specs="googleplay:com.acme.app",
        needs="your own app there, a service account that may reply to reviews, and "
        "pip install 'socialcare[stores]'",
    ),
    "hackernews": Entry(
        "hackernews:HackerNews",
        "stories and comments that name you",
        "query tags",
        specs="hackernews:acme",
    ),
    "http": Entry(
        "mapped:Mapped",
        "any service that answers in JSON, by a mapping in the config",
        "url params headers auth query items item fields kind text_format time_format timezone"
        " user paging gone ok error wait recheck",
        "token",
        needs="a section in the config file: examples/http has three to copy",
    ),
    "instagram": Entry(
        "meta.instagram:Instagram",
        "comments on your media with their replies, and media that tag you; where you are only "
        "named, what a webhook has dropped",
        "account spool days version",
        "token app_secret",
        specs="instagram:17841400000000000",
        needs="a professional account, an app of yours at Meta and a token; until Meta has reviewed "
        "the app, it is shown only what people with a role on it write",
    ),
    "mastodon": Entry(
        "mastodon:Mastodon",
        "mentions of you, hashtags and search of one server",
        "server hashtags notifications search",
        "token",
        specs="mastodon:#acme mastodon:@acme@mas.to",
        needs="nothing for hashtags, a token for the rest",
    ),
    "reddit": Entry(
        "reddit:Reddit",
        "subreddits with their comments, search, and what is said to your account, by the API",
        "client_id user subreddits query inbox",
        "client_secret refresh_token password",
        specs="reddit-api:acme reddit-api:r/CampingGear reddit-api:u/acme_care",
        needs="API keys of an app made before November 2025: Reddit gives no new ones; who has "
        "none reads feeds, with reddit:acme",
    ),
    "stackexchange": Entry(
        "stackexchange:StackExchange",
        "questions and answers of one site of Stack Exchange that name you or carry your tags",
        "query tags site",
        "key",
        specs="stackexchange:acme stackexchange:[acme-sdk] stackexchange:acme@superuser",
        needs="nothing; a free key for more requests",
    ),
    "webhook": Entry(
        "webhook:Webhook",
        "JSON files that a receiver of webhooks drops: GitHub's, or records of your own",
        keys="spool layout keep_days pull_requests team",
        specs="webhook:/var/spool/socialcare",
        needs="a folder, and a program that receives webhooks and drops them there",
    ),
    "x": Entry(
        "x:X",
        "posts that mention you, and search of the last 7 days",
        "user query budget_per_day fields client_id",
        "token refresh_token client_secret",
        specs="x:@acme x:acme",
        needs="a developer account with prepaid credits, and a token of it",
        dearest=25,
    ),
    "youtube": Entry(
        "youtube:YouTube",
        "comments below your videos, and videos that name you, with theirs",
        "channel videos query searches",
        "key token",
        specs="youtube-comments:@acme",
        needs="a free API key",
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
