"""Which addresses a ``[channels.NAME]`` of type ``feed`` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote, urlsplit, urlunsplit

from socialcare.channels.base import Setup
from socialcare.channels.feed.document import web_address
from socialcare.channels.options import Options
from socialcare.channels.subreddits import account, searches, subreddit_of, subreddits, user_agent
from socialcare.errors import UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

REDDIT_SPACING_S = 60.0
"""Reddit answers about one feed a minute and address, since June 2026."""
_REDDIT = frozenset({"reddit.com", "old.reddit.com", "new.reddit.com", "np.reddit.com"})


@dataclass(frozen=True, slots=True)
class Source:
    """One feed. ``secret`` parameters are sent, and never stored or shown."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    reddit: bool = False
    """A preset of Reddit's, wherever it is read from."""
    user: str | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.lower()

    @property
    def is_reddit(self) -> bool:
        return self.reddit or is_reddit(self.url)

    @property
    def asked(self) -> str:
        """The address that is asked: all names of Reddit count as one, and one wants no sign-in."""
        if not is_reddit(self.url):
            return self.url
        return urlunsplit(urlsplit(self.url)._replace(netloc="www.reddit.com"))

    @property
    def spacing_s(self) -> float:
        """Seconds that must lie between two requests to its host."""
        return REDDIT_SPACING_S if self.is_reddit else 0.0

    @property
    def token(self) -> str:
        """That of a personal feed; it stands in the address that is asked."""
        return self.secret.get("feed", "")

    @property
    def headers(self) -> Mapping[str, str]:
        return {"User-Agent": user_agent(self.user)} if self.is_reddit else {}

    @property
    def key(self) -> str:
        """Name of this feed where things are stored: an address may hold a token."""
        asked = "&".join((self.url, *(f"{key}={value}" for key, value in self.params.items())))
        return f"{self.host}#{sha256(asked.encode()).hexdigest()[:12]}"

    @property
    def kind(self) -> Kind:
        """``comment`` where the path says so: WordPress ``/comments/feed/``, hnrss ``/newcomments``."""
        named = {"comments", "newcomments"} & set(urlsplit(self.url).path.split("/"))
        return "comment" if named else "post"

    @property
    def shown(self) -> str:
        """For messages: without the query, which may hold a token."""
        return self.url.partition("?")[0]


def is_reddit(url: str) -> bool:
    """By the name of its host, whatever the port and scheme."""
    return (urlsplit(url).hostname or "").removeprefix("www.") in _REDDIT


def read_sources(setup: Setup) -> tuple[Source, ...]:
    """Turn ``url``, ``urls`` or a ``preset`` into the feeds to read, each once.

    Raises
    ------
    ConfigError
        Nothing to read, or a preset without what it needs.

    """
    wanted = _Wanted(setup)
    options = wanted.options
    preset = options.text("preset")
    if preset is not None and preset not in PRESETS:
        raise options.error("preset", f'"{preset[:60]}" is none', f"presets: {', '.join(PRESETS)}")
    sources = [
        Source(wanted.web_address(key, url))
        for key in ("url", "urls")
        for url in options.texts(key)
    ]
    if preset is not None:
        sources += PRESETS[preset](wanted, bool(sources))
    if not sources:
        raise options.error("", "no feed is named", 'add: urls = ["https://blog.example/feed.xml"]')
    return tuple({source.key: source for source in sources}.values())


def options_of(kind: str, what: str) -> Mapping[str, object]:
    """The options that ``channel add KIND:WHAT`` means.

    Raises
    ------
    UsageError
        Not the address of a feed, or nothing where something is needed.

    """
    if kind == "reddit":
        if what.removeprefix("/").startswith("r/"):
            return {"preset": "reddit-subreddit", "what": [_subreddit(what)]}
        return {"preset": "reddit-search", **({"query": [what]} if what else {})}
    if not what:
        raise UsageError(f"{kind}: of what?", "socialcare channel add feed:ADDRESS")
    if kind == "youtube":
        return {"preset": "youtube-channel", "what": [what]}
    address = what if "://" in what else f"https://{what}"
    if web_address(address) is None or " " in address:
        raise UsageError(
            f'"{what[:80]}" is not the address of a feed.',
            "socialcare channel add feed:https://blog.example/feed.xml",
        )
    return {"urls": [address]}


def _subreddit(what: str) -> str:
    name = subreddit_of(what.removeprefix("/").removeprefix("r/"))
    if name is None:
        raise UsageError(
            f'"{for_screen(what, one_line=True, limit=60)}" is no subreddit.',
            "socialcare channel add reddit:r/CampingGear",
        )
    return name


class _Wanted:
    """What the table of one channel asks for."""

    def __init__(self, setup: Setup) -> None:
        self.options = Options(setup.name, setup.options)
        self.token = setup.secret("token")
        self._terms = setup.brand.terms

    def what(self, example: str) -> tuple[str, ...]:
        found = self.options.texts("what")
        if not found:
            raise self.options.error(
                "what", "this preset needs it", f'for example what = "{example}"'
            )
        return found

    def queries(self) -> tuple[str, ...]:
        found = self.options.texts("query") or tuple(f'"{term}"' for term in self._terms)
        if not found:
            raise self.options.error("query", "nothing to look for, and [brand] has no name")
        return found

    def base(self, default: str | None = None) -> str:
        """Where the site is; ``base_url`` stands in for it in tests and behind a mirror."""
        for key in ("base_url", "site"):
            address = self.options.text(key) or (default if key == "site" else None)
            if address is not None:
                address = address if "://" in address else f"https://{address}"
                return self.web_address(key, address).rstrip("/")
        raise self.options.error(
            "site", "this preset needs it", 'for example site = "forum.example"'
        )

    def web_address(self, key: str, address: str) -> str:
        if web_address(address) is None or " " in address:
            raise self.options.error(
                key, f'"{address[:80]}" is no web address', "a feed begins with https://"
            )
        return address


def _reddit_search(wanted: _Wanted, _named: bool) -> list[Source]:
    return [
        _reddit(wanted, "/search.rss", {"q": query, "sort": "new"})
        for query in searches(wanted.queries(), wanted.options)
    ]


def _reddit_subreddit(wanted: _Wanted, _named: bool) -> list[Source]:
    wanted.what("CampingGear")
    names = [quote(name, safe="+") for name in subreddits(wanted.options, "what")]
    queries = searches(wanted.options.texts("query"), wanted.options)
    if not queries:
        return [_reddit(wanted, f"/r/{name}/new/.rss", {}) for name in names]
    return [
        _reddit(wanted, f"/r/{name}/search.rss", {"q": query, "restrict_sr": "on", "sort": "new"})
        for name in names
        for query in queries
    ]


def _reddit(wanted: _Wanted, path: str, params: Mapping[str, str]) -> Source:
    """https://www.reddit.com/prefs/feeds/ gives the token of a personal feed.

    ``limit`` is a parameter of all listings: without it there are 25 entries.
    """
    user = account(wanted.options)
    if bool(user) != bool(wanted.token):
        raise wanted.options.error(
            "user", "it belongs together with a token", "both stand at reddit.com/prefs/feeds"
        )
    secret = {"feed": wanted.token, "user": user} if user and wanted.token else {}
    url = wanted.base("https://www.reddit.com") + path
    return Source(url, {**params, "limit": "100"}, secret, reddit=True, user=user)


def _youtube(wanted: _Wanted, _named: bool) -> list[Source]:
    base = wanted.base("https://www.youtube.com")
    return [
        Source(f"{base}/feeds/videos.xml", {"channel_id": name})
        for name in wanted.what("UC_x5XG1OV2P6uZZ5FSM9Ttw")
    ]


def _mastodon_tag(wanted: _Wanted, _named: bool) -> list[Source]:
    tags = (name.removeprefix("#") for name in wanted.what("acme"))
    return [Source(f"{wanted.base()}/tags/{quote(tag)}.rss") for tag in tags]


def _stackexchange_tag(wanted: _Wanted, _named: bool) -> list[Source]:
    base = wanted.base("https://stackoverflow.com")
    return [
        Source(f"{base}/feeds/tag", {"tagnames": name, "sort": "newest"})
        for name in wanted.what("acme")
    ]


def _discourse(wanted: _Wanted, _named: bool) -> list[Source]:
    """``what``: ``posts`` (every post, the default), ``latest``, ``c/support/5``, ``tag/boots``."""
    pages = wanted.options.texts("what") or ("posts",)
    return [Source(f"{wanted.base()}/{quote(page.strip('/'))}.rss") for page in pages]


def _hnrss(wanted: _Wanted, _named: bool) -> list[Source]:
    """``what``: ``newest`` and ``newcomments`` by default; https://hnrss.org/ lists more."""
    base = wanted.base("https://hnrss.org")
    return [
        Source(f"{base}/{quote(page)}", {"q": query, "count": "100"})
        for page in wanted.options.texts("what") or ("newest", "newcomments")
        for query in wanted.queries()
    ]


def _google_alerts(wanted: _Wanted, named: bool) -> list[Source]:
    if not named:
        raise wanted.options.error(
            "url",
            "this preset needs it",
            "google.com/alerts: choose delivery to RSS feed, then copy the address of its icon",
        )
    return []


PRESETS: dict[str, Callable[[_Wanted, bool], Sequence[Source]]] = {
    "reddit-search": _reddit_search,
    "reddit-subreddit": _reddit_subreddit,
    "youtube-channel": _youtube,
    "mastodon-tag": _mastodon_tag,
    "stackexchange-tag": _stackexchange_tag,
    "discourse": _discourse,
    "hnrss": _hnrss,
    "google-alerts": _google_alerts,
}
