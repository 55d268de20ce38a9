"""How a list of the Graph API is asked for, and the options that both channels read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from socialcare.channels.answer import Answer
from socialcare.channels.meta.calls import Calls
from socialcare.channels.meta.refusals import is_bad_parameter, is_gone
from socialcare.channels.meta.walks import Ask, Listed
from socialcare.channels.meta.wire import Listing
from socialcare.channels.options import Options

BASE_URL = "https://graph.facebook.com"
VERSION = "v26.0"
"""Meta keeps a version for about two years."""
DAYS = 30
MOST_DAYS = 365
_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,2}", re.ASCII)


def list_of(
    calls: Calls,
    path: str,
    params: Mapping[str, str],
    *,
    what: str,
    needs: str,
    bare: bool = False,
    may_be_gone: bool = False,
) -> Ask:
    """``bare``: the list never tells whether there is more. What is gone has an empty list."""

    def is_fine(onward: Mapping[str, str], answer: Answer) -> bool:
        return (bool(onward) and is_bad_parameter(answer)) or (may_be_gone and is_gone(answer))

    def ask(onward: Mapping[str, str]) -> Listed | None:
        answer = calls.ask(
            path,
            {**params, **onward},
            what=what,
            needs=needs,
            fine=lambda answer: is_fine(onward, answer),
        )
        if answer.status != 200:
            return None if onward else Listed((), {})
        listing = answer.decode(Listing, what=f"the answer to: {what}")
        return Listed(listing.data, listing.onward(bare=bare), answer.ahead)

    return ask


def read_version(options: Options) -> str:
    version = options.text("version") or VERSION
    if not _VERSION.fullmatch(version):
        raise options.error(
            "version", "is no version of the Graph API", f'write: version = "{VERSION}"'
        )
    return version


def read_days(value: object, options: Options) -> timedelta:
    """For how long comments below a post are read."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise options.error("days", f"a number of days is needed, 1 to {MOST_DAYS}, such as {DAYS}")
    return timedelta(days=value)
