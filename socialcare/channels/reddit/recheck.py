"""Known posts and comments, looked at again.

https://www.reddit.com/dev/api#GET_info
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from socialcare.channels.base import Broken, Page
from socialcare.channels.reddit.calls import Calls
from socialcare.channels.reddit.posts import Place, is_gone, read_things, to_mention
from socialcare.channels.reddit.wire import Listing, Thing

_NAME = re.compile(r"t[13]_[a-z0-9]{1,20}")


def look_again(ids: Sequence[str], calls: Calls, place: Place) -> Page:
    """Gone is what shows as deleted or removed, and what is missing when asked for once more.

    Messages cannot be asked for in this way.
    """
    wanted = [one for one in ids if _NAME.fullmatch(one)]
    things, broken = info(wanted, calls)
    missing = _missing(wanted, things, broken)
    if missing:
        more, bad = info(missing, calls)
        things, broken = [*things, *more], [*broken, *bad]
    return Page(
        [to_mention(one, place) for one in things if not is_gone(one)],
        broken=broken,
        gone=[
            *(one.data.name for one in things if is_gone(one)),
            *_missing(wanted, things, broken),
        ],
    )


def info(names: Sequence[str], calls: Calls) -> tuple[list[Thing], list[Broken]]:
    """What there is of these names; at most 100."""
    if not names:
        return [], []
    params = {"id": ",".join(names), "limit": "100"}
    answer = calls.get("api/info", params, what="read known posts again")
    listing = answer.decode(Listing, what="the list of posts")
    return read_things(listing.data.children, "$.data.children")


def _missing(wanted: Sequence[str], things: Sequence[Thing], broken: Sequence[Broken]) -> list[str]:
    there = {one.data.name for one in things}
    return [
        one
        for one in wanted
        if one not in there and not any(one.encode() in bad.raw for bad in broken)
    ]
