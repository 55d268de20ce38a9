"""Servers and hashtags, as the config and ``channel add`` name them."""

from __future__ import annotations

import re

from socialcare.channels.options import Options
from socialcare.text import for_screen

_SERVER = re.compile(r"(https?://)?((?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?)/*")
_HASHTAG = re.compile(r"#?(\w+)")
DEFAULT_SERVER = "https://mastodon.social"
"""The largest one: it sees most of what is said under a hashtag anywhere."""


def address(server: str | None) -> str:
    if server is None:
        return DEFAULT_SERVER
    return server if "://" in server else f"https://{server}"


def server_of(options: Options) -> tuple[str, str]:
    """Scheme and host of ``server``; the host is part of every identity."""
    server = options.text("server")
    if server is None:
        raise options.error("server", "is needed", 'write for example: server = "https://mas.to"')
    match = _SERVER.fullmatch(server)
    if match is None:
        raise options.error(
            "server", "is no address of a server", 'write for example: server = "https://mas.to"'
        )
    return match[1] or "https://", match[2].casefold()


def hashtag(tag: str, options: Options) -> str:
    match = _HASHTAG.fullmatch(tag)
    if match is None:
        raise options.error(
            "hashtags", f"{for_screen(tag, one_line=True, limit=40)} is no hashtag",
            "letters, digits and _ only",
        )  # fmt: skip
    return match[1]
