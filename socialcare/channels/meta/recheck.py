"""Known posts and comments, looked at again.

https://developers.facebook.com/docs/graph-api/overview#multiple-objects
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from socialcare.channels.base import Broken, Page
from socialcare.channels.decode import decode_items
from socialcare.channels.meta.calls import Calls
from socialcare.channels.meta.posts import (
    COMMENT_FIELDS,
    POST_FIELDS,
    Place,
    comment_mention,
    is_comment,
    post_mention,
)
from socialcare.channels.meta.refusals import is_bad_parameter, is_gone, used
from socialcare.channels.meta.wire import Comment, Linked, Post
from socialcare.models import Mention

T = TypeVar("T")
NEEDS = "the permissions that it was read with"
HALF = 50.0
"""Per cent of what Meta allows: the rest is for what is new."""
_ID = re.compile(r"[0-9]{1,40}(?:_[0-9]{1,40}){0,2}", re.ASCII)


def look_again(ids: Sequence[str], calls: Calls, place: Place) -> Page:
    """What an id is, only its address tells; so all are asked twice."""
    known = [one for one in ids if _ID.fullmatch(one)]
    raws, gone = read_again(known, calls, "id,permalink_url", lambda: _can_read(calls, place.own))
    found, broken = decode_items(list(raws.values()), Linked, where="$")
    comments = [one.id for one in found if is_comment(one.permalink_url)]
    posts = [one.id for one in found if not is_comment(one.permalink_url)]
    mentions: list[Mention] = []
    for some, fields, into in ((comments, COMMENT_FIELDS, Comment), (posts, POST_FIELDS, Post)):
        again, _ = read_again(some, calls, fields, lambda: False)
        good, bad = _read(list(again.values()), into, place)
        mentions += good
        broken += bad
    return Page(mentions, broken=broken, gone=gone)


def _read(
    raws: Sequence[msgspec.Raw], into: type[Comment | Post], place: Place
) -> tuple[list[Mention], list[Broken]]:
    found, broken = decode_items(raws, into, where="$")
    return [
        comment_mention(one, place) if isinstance(one, Comment) else post_mention(one, place)
        for one in found
    ], broken


def read_again(
    ids: Sequence[str], calls: Calls, fields: str, can_read: Callable[[], bool]
) -> tuple[Mapping[str, msgspec.Raw], list[str]]:
    """All at once; where one that is gone spoils the answer, one by one.

    Meta says of what is gone what it says of what a token may not see: so none is gone
    unless the token can read something else.
    """
    what = "look at posts again"
    if not ids:
        return {}, []
    params = {"ids": ",".join(ids), "fields": fields}
    answer = calls.ask("", params, what=what, needs=NEEDS, fine=is_bad_parameter)
    if answer.status == 200:
        return answer.decode(dict[str, msgspec.Raw], what="what was looked at again"), []
    there: dict[str, msgspec.Raw] = {}
    denied: list[str] = []
    for one in ids:
        answer = calls.ask(one, {"fields": fields}, what=what, needs=NEEDS, fine=is_gone)
        if answer.status == 200:
            there[one] = msgspec.Raw(answer.body)
        else:
            denied.append(one)
        if used(answer.headers) >= HALF:
            break
    return there, denied if denied and (there or can_read()) else []


def _can_read(calls: Calls, page: str) -> bool:
    params = {"fields": "id", "limit": "1"}
    answer = calls.ask(f"{page}/feed", params, what="read the Page", needs=NEEDS, fine=is_gone)
    return answer.status == 200
