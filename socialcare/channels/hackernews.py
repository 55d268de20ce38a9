"""Hacker News through Algolia's search: stories and comments that name the brand.

https://hn.algolia.com/api

A query gives at most 1,000 hits over all its pages, so a walk goes back through time by
``created_at_i`` windows, newest first, and within one second by page number. What it
gives back are facts: whether a hit is about the brand is decided later, by its words.
The title of a comment's story is not part of the comment and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

import msgspec

from socialcare.channels.base import Broken, Channel, Checkpoint, Page, Setup
from socialcare.channels.decode import decode_items
from socialcare.channels.html import to_text
from socialcare.channels.options import Options
from socialcare.clock import LATEST, from_epoch
from socialcare.errors import BadAnswerError
from socialcare.models import Author, Kind, Mention
from socialcare.text import MAX_FIELD, at_door

BASE_URL = "https://hn.algolia.com"
SITE = "https://news.ycombinator.com"
HITS = 100
"""Hits of one page."""
MAX_HITS = 1_000
"""Hits of one query that the service gives, over all its pages."""
OVERLAP = 2 * 60 * 60
"""Seconds read again below the newest hit of the last walk: late indexing, and edits."""
TAGS = ("story", "comment", "poll", "job", "ask_hn", "show_hn")

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Second = Annotated[int, msgspec.Meta(ge=0, le=int(LATEST.timestamp()))]


class Hit(msgspec.Struct):
    """A story or comment. Newer answers leave out what older ones give as null."""

    object_id: Text = msgspec.field(name="objectID")
    author: Text
    created_at_i: Second
    title: str | None = None
    url: str | None = None
    story_text: str | None = None
    comment_text: str | None = None
    points: Count | None = None
    num_comments: Count | None = None
    story_id: int | str | None = None
    parent_id: int | str | None = None


class Found(msgspec.Struct, rename="camel"):
    """An answer of ``search_by_date``. Beyond its limit it has no hits but a ``message``."""

    hits: list[msgspec.Raw]
    nb_hits: int | None = None
    hits_per_page: int = HITS
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """How far one query got, in seconds since 1970; both ends of the window are inclusive.

    ``top`` is the newest hit seen; ``resume`` the newest second that is still to be read,
    from its page ``page`` on, and None before the first page.
    """

    floor: int
    top: int
    resume: int | None = None
    page: int = 0


def to_mention(hit: Hit, channel: str, us: frozenset[str] = frozenset()) -> Mention:
    """A hit as a mention. ``us`` holds our own user names."""
    name = at_door(hit.author, MAX_FIELD)
    is_us = name.casefold() in us
    link = item_url(hit.object_id)
    comment = hit.comment_text is not None
    return Mention(
        channel=channel,
        source=HackerNews.type,
        external_id=at_door(hit.object_id, MAX_FIELD),
        author=Author(name, name, url=f"{SITE}/user?id={quote(name, safe='')}", is_us=is_us),
        text=_text(hit),
        created_at=from_epoch(hit.created_at_i),
        kind="comment" if comment else "post",
        role="answer" if is_us else "mention",
        url=link,
        uri=link,
        thread=_id(hit.story_id) or at_door(hit.object_id, MAX_FIELD),
        in_reply_to=_id(hit.parent_id),
        likes=hit.points,
        replies=hit.num_comments,
    )


def _text(hit: Hit) -> str:
    """A comment's words; or the title, link and words of a story, as separate paragraphs."""
    if hit.comment_text is not None:
        return to_text(hit.comment_text)
    parts = [at_door(hit.title or "", MAX_FIELD), at_door(hit.url or "", MAX_FIELD)]
    parts.append(to_text(hit.story_text or ""))
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _id(value: int | str | None) -> str | None:
    return None if value is None else at_door(str(value), MAX_FIELD) or None


def item_url(object_id: str) -> str:
    return f"{SITE}/item?id={quote(at_door(object_id, MAX_FIELD), safe='')}"


def read_hits(
    found: Found, channel: str, us: frozenset[str] = frozenset()
) -> tuple[list[Mention], list[Broken]]:
    hits, broken = decode_items(found.hits, Hit, where="$.hits")
    return [to_mention(hit, channel, us) for hit in hits], broken


def next_step(
    walk: Walk, found: Found, seconds: Sequence[int], *, again: bool = False
) -> tuple[Walk | None, str | None]:
    """Where to go on after an answer, None at the end; and why something was missed.

    ``seconds`` are the times of the hits that could be read; ``again`` says that the page
    is the one before.
    """
    size = _size(found)
    read = walk.page * size + len(found.hits)
    total = found.nb_hits if found.nb_hits is not None else read + len(found.hits)
    if len(found.hits) < size and read >= total:
        return None, None
    older = [second for second in seconds if walk.resume is None or second < walk.resume]
    if older:
        return _lower(walk, min(older)), None
    if (walk.page + 1) * size < MAX_HITS and not found.message and not again:
        return replace(walk, page=walk.page + 1), None
    missed = f"Hacker News gives at most {MAX_HITS:,} hits, and one second has more"
    return (_lower(walk, walk.resume - 1) if walk.resume is not None else None), missed


def _size(found: Found) -> int:
    return max(1, found.hits_per_page)


def _lower(walk: Walk, second: int) -> Walk | None:
    return replace(walk, resume=second, page=0) if second >= walk.floor else None


class HackerNews(Channel):
    """``query`` (a text or a list; the brand's terms when left out), ``tags``."""

    type: ClassVar[str] = "hackernews"
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "comment")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._name = setup.name
        self._clock = setup.clock
        self._base = (options.text("base_url") or BASE_URL).rstrip("/")
        self._http = setup.connect(base_url=self._base)
        self._us = frozenset(handle.casefold() for handle in setup.brand.handles)
        self._queries = options.texts("query") or tuple(
            '"{}"'.format(term.replace('"', " ").strip()) for term in setup.brand.terms
        )
        if not self._queries:
            raise options.error("query", "nothing to look for, and [brand] has no name")
        self._tags = options.texts("tags") or TAGS[:2]
        for tag in self._tags:
            if tag not in TAGS:
                raise options.error("tags", f"one of {', '.join(TAGS)} is needed")

    @property
    def source(self) -> str:
        return self.type

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds for each query its floor and, during a walk, how far it got."""
        states = dict(checkpoint["queries"]) if checkpoint else {}
        for query in self._queries:
            for page, state in self._query(query, states.get(query), since):
                states = {**states, query: state}
                yield replace(page, checkpoint={"queries": states})

    def _query(
        self, query: str, state: Mapping[str, Any] | None, since: datetime
    ) -> Iterator[tuple[Page, Mapping[str, Any]]]:
        """One walk; after one that was cut short, a second for what came since it began."""
        if state is None:
            floor = int(since.timestamp())
            yield from self._walk(query, Walk(floor, floor))
        else:
            newest = state["since"]
            if "resume" in state:
                walk = Walk(state["since"], state["top"], state["resume"], state["page"])
                yield from self._walk(query, walk)
                newest = state["top"]
            yield from self._walk(query, Walk(newest - OVERLAP, newest))

    def _walk(self, query: str, walk: Walk) -> Iterator[tuple[Page, Mapping[str, Any]]]:
        here: Walk | None = walk
        before: list[msgspec.Raw] = []
        while here:
            found = self._search(query, here)
            mentions, broken = read_hits(found, self._name, self._us)
            seconds = [int(mention.created_at.timestamp()) for mention in mentions]
            _refuse_nonsense(here, found, seconds)
            newest = max([here.top, *seconds])
            here = replace(here, top=min(newest, int(self._clock.now().timestamp())))
            page = Page(mentions, broken=broken)
            again = here.page > 0 and found.hits == before
            following, missed = next_step(here, found, seconds, again=again)
            before = found.hits
            yield replace(page, possibly_missed=missed), _state(following, here.top)
            here = following

    def _search(self, query: str, walk: Walk) -> Found:
        times = [f"created_at_i>={walk.floor}"]
        if walk.resume is not None:
            times.append(f"created_at_i<={walk.resume}")
        answer = self._http.get(
            f"{self._base}/api/v1/search_by_date",
            {
                "query": query,
                "tags": f"({','.join(self._tags)})",
                "numericFilters": ",".join(times),
                "hitsPerPage": HITS,
                "page": walk.page,
                "typoTolerance": "false",
                "advancedSyntax": "true",
            },
        )
        return answer.decode(Found, what="the answer of Hacker News")


def _state(walk: Walk | None, top: int) -> Mapping[str, Any]:
    if walk is None:
        return {"since": top}
    return {"since": walk.floor, "top": top, "resume": walk.resume, "page": walk.page}


def _refuse_nonsense(walk: Walk, found: Found, seconds: Sequence[int]) -> None:
    """Going on after these would skip hits, or walk for ever."""
    newest = walk.resume if walk.resume is not None else max(seconds, default=0)
    if seconds and not any(walk.floor <= second <= newest for second in seconds):
        problem = "hits from another time than was asked for"
    elif not found.hits and not found.message and (found.nb_hits or 0) > walk.page * _size(found):
        problem = f"{found.nb_hits:,} hits, and gave none of them"
    else:
        return
    raise BadAnswerError(
        f"Hacker News answered with {problem}.",
        "try again later; if it stays, its search has changed: look for a newer version",
    )
