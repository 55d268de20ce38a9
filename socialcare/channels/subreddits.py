"""What feeds of Reddit and its API have in common: names, searches, and who we say we are.

https://github.com/reddit-archive/reddit/wiki/API
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from socialcare import __version__
from socialcare.channels.options import Options
from socialcare.text import for_screen

LONGEST_QUERY = 512
"""Characters of a search, by https://www.reddit.com/dev/api#GET_search."""
_NAME = re.compile(r"/?(?:r/)?([A-Za-z0-9_]{1,24}(?:\+[A-Za-z0-9_]{1,24}){0,50})/?", re.ASCII)
_USER = re.compile(r"(?:@|/?u/|/?user/)?([A-Za-z0-9_-]{3,20})/?", re.ASCII)


def user_agent(user: str | None) -> str:
    """Reddit wants to know what asks, and on whose behalf; others' names it slows down."""
    whose = f" (by /u/{user})" if user else " (reads what names its user's brand)"
    return f"{sys.platform}:socialcare:{__version__}{whose}"


def subreddit_of(text: str) -> str | None:
    """``r/hiking`` without its ``r/``; several may be joined by ``+``. None: it is no name."""
    match = _NAME.fullmatch(text)
    return match[1] if match else None


def subreddits(options: Options, key: str) -> tuple[str, ...]:
    """The names of an option, each once, whatever its case.

    Raises
    ------
    ConfigError
        One of them is no name.

    """
    found: dict[str, str] = {}
    for text in options.texts(key):
        name = subreddit_of(text)
        if name is None:
            shown = for_screen(text, one_line=True, limit=60)
            raise options.error(key, f'"{shown}" is no subreddit', 'write it like "r/CampingGear"')
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def account(options: Options, key: str = "user") -> str | None:
    """The name of an account, without its ``u/``.

    Raises
    ------
    ConfigError
        It is none.

    """
    text = options.text(key)
    if text is None:
        return None
    match = _USER.fullmatch(text)
    if match is None:
        raise options.error(key, "is no account of Reddit", 'write it like user = "acme_care"')
    return match[1]


def searches(queries: Sequence[str], options: Options) -> tuple[str, ...]:
    """As few searches as hold all of these words: Reddit cuts what is too long for one.

    Raises
    ------
    ConfigError
        One alone is too long.

    """
    packed: list[str] = []
    for query in queries:
        if len(query) > LONGEST_QUERY:
            raise options.error("query", f"one is longer than {LONGEST_QUERY} characters")
        together = f"{packed[-1]} OR {query}" if packed else query
        if packed and len(together) <= LONGEST_QUERY:
            packed[-1] = together
        else:
            packed.append(query)
    return tuple(packed)
