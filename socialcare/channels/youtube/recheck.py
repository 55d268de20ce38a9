"""Known comments and videos, looked at again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from socialcare.channels.base import Broken, Page
from socialcare.channels.decode import decode_items
from socialcare.channels.youtube.posts import to_mention, video_mention
from socialcare.channels.youtube.reading import Reader
from socialcare.channels.youtube.wire import Comment, Video
from socialcare.models import Mention

T = TypeVar("T")
_VIDEO = re.compile(r"[\w-]{11}")
_ID = re.compile(r"[\w.-]{1,200}")
FINE = frozenset({"commentNotFound", "videoNotFound"})


def look_again(ids: Sequence[str], reader: Reader) -> Page:
    """Gone is only what is denied when it is asked for by itself."""
    comments, broken = _read("comments", [one for one in ids if not is_video(one)], Comment, reader)
    videos, bad = _read("videos", [one for one in ids if is_video(one)], Video, reader)
    reader.know([video.snippet.channel_id for video in videos])
    owners, place = reader.owners, reader.knowing
    found = [to_mention(one, place) for one in comments]
    found += [video_mention(one, place, owners.get(one.snippet.channel_id)) for one in videos]
    broken = [*broken, *bad]
    return Page(found, broken=broken, gone=_denied(ids, found, broken, reader))


def is_video(external_id: str) -> bool:
    return bool(_VIDEO.fullmatch(external_id))


def _read(
    of: str, ids: Sequence[str], into: type[T], reader: Reader
) -> tuple[list[T], list[Broken]]:
    """Several at once; where one that is missing spoils the answer, one by one."""
    plain = [one for one in ids if _ID.fullmatch(one)]
    if not plain:
        return [], []
    params = {"part": "snippet", "id": ",".join(plain)}
    params |= {"part": "snippet,statistics"} if of == "videos" else {"textFormat": "plainText"}
    found = reader.calls.ask(of, params, fine=FINE)
    if found is not None:
        return decode_items(found.items, into, where="$.items")
    if len(plain) == 1:
        return [], []
    each = [_read(of, [one], into, reader) for one in plain]
    return [one for some, _ in each for one in some], [one for _, bad in each for one in bad]


def _denied(
    asked: Sequence[str], found: Sequence[Mention], broken: Sequence[Broken], reader: Reader
) -> list[str]:
    """What is missing among several may be an oversight; each is asked for once more."""
    there = {one.external_id for one in found}
    return [
        one
        for one in asked
        if one not in there
        and not any(one.encode() in bad.raw for bad in broken)
        and not _is_there(one, reader)
    ]


def _is_there(external_id: str, reader: Reader) -> bool:
    of = "videos" if is_video(external_id) else "comments"
    params = {"part": "id", "id": external_id}
    found = reader.calls.ask(of, params, fine=FINE)
    return found is not None and bool(found.items)
