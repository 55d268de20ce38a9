"""The comments below some videos: of those whose number of comments has changed.

One question tells the numbers of fifty videos, and costs as much as one page of comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from socialcare.channels.base import Page
from socialcare.channels.youtube.book import Book, list_of
from socialcare.channels.youtube.reading import Reader
from socialcare.channels.youtube.threads import Threads
from socialcare.channels.youtube.wire import Video

PAGES_AGAIN = 3
"""Of a hundred threads, which are looked through for new replies."""


def read_below(
    videos: Sequence[str], book: Book, reader: Reader, now: datetime, since: datetime
) -> Iterator[Page]:
    """``videos`` are those of the config; those that were found come after them."""
    book.forget(now, videos)
    ids = list(dict.fromkeys([*videos, *book.videos]))
    found, broken = reader.calls.by_id("videos", ids, Video, "snippet,statistics")
    if broken:
        yield Page(broken=broken)
    for video in found:
        count = video.statistics.comment_count if video.statistics else None
        state = book.lists.get(list_of(video.id))
        under_way = bool(state and state["floor"])
        if count is None or (count == book.counts.get(video.id) and not under_way):
            continue
        threads = Threads(state, {"videoId": video.id}, reader, now, PAGES_AGAIN)
        for page in threads.pages(since):
            book.lists[list_of(video.id)] = threads.to_json()
            yield page
        book.counts[video.id] = count
        yield Page()
