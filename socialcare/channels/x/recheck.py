"""Known posts, looked at again, within a quarter of the day's budget.

https://docs.x.com/x-api/posts/get-posts-by-ids
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from socialcare.channels.base import Page
from socialcare.channels.x.book import POST, USER, Book
from socialcare.channels.x.calls import Calls
from socialcare.channels.x.posts import Place, read_posts
from socialcare.channels.x.refusals import NOT_FOUND, problems
from socialcare.channels.x.wire import Listing

SHARE = 4
"""A second look may take one part in so many of the budget."""
_ID = re.compile(r"[0-9]{1,19}", re.ASCII)


def look_again(
    ids: Sequence[str], book: Book, calls: Calls, place: Place, fields: Mapping[str, str]
) -> Page:
    """Gone is only what X says it does not find; what it hides from us may still be there."""
    wanted = _affordable([one for one in ids if _ID.fullmatch(one)], book)
    if not wanted:
        return Page()
    asked = {key: value for key, value in fields.items() if key != "expansions"}
    params = {**asked, "expansions": "author_id,attachments.media_keys", "ids": ",".join(wanted)}
    answer = calls.ask("tweets", params, what="read known posts again")
    listing = answer.decode(Listing, what="the list of posts")
    book.account.again += book.pay(listing, POST)
    mentions, broken = read_posts(listing, place)
    lost = {one.about for one in problems(listing.errors) if one.kind == NOT_FOUND}
    gone = [one for one in wanted if one in lost]
    return Page(mentions, broken=broken, gone=gone, checkpoint=book.to_json())


def _affordable(ids: Sequence[str], book: Book) -> list[str]:
    """Those that are paid for today cost nothing more."""
    account = book.account
    left = min(account.left, account.budget // SHARE - account.again)
    chosen: list[str] = []
    for one in ids:
        cost = 0 if account.is_paid(f"{POST}:{one}") else POST + USER
        if cost <= left:
            left -= cost
            chosen.append(one)
    return chosen
