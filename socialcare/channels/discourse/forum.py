"""What can be asked of a forum, and the posts that others answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

import msgspec

from socialcare.channels.answer import Answer, Session
from socialcare.channels.decode import decode_or_empty
from socialcare.channels.discourse.posts import Place
from socialcare.channels.discourse.wire import (
    Chunk,
    Found,
    Latest,
    Position,
    Post,
    Refusal,
    Topic,
)
from socialcare.channels.http import Params
from socialcare.channels.words import fit_to_show
from socialcare.errors import AuthError, ChannelError, UnavailableError
from socialcare.text import for_screen

HIDDEN = frozenset({403, 404, 410})
"""Statuses of what is not there, or not for us."""
T = TypeVar("T")


class Forum:
    """The reading half; with a key, what the key's user may see is read as well."""

    def __init__(self, http: Session, place: Place, key: str | None = None) -> None:
        self.http, self.place, self._key = http, place, key
        self._parents: dict[tuple[int, int], str | None] = {}

    @property
    def name(self) -> str:
        return for_screen(self.place.channel, one_line=True, limit=60)

    def get(self, path: str, params: Params | None = None, allow: Collection[int] = ()) -> Answer:
        return self.http.get(f"{self.place.base}{path}", params, allow=allow)

    def latest(self, before: int | None) -> list[msgspec.Raw]:
        """The newest posts, or those below an id: of fifty ids those that are public."""
        params = {"before": before} if before is not None else None
        answer = self.get("/posts.json", params, allow={403})
        if answer.status == 403:
            raise self.fit(self._closed(answer))
        return answer.decode(Latest, what="the list of the newest posts").latest_posts

    def search(self, query: str, page: int) -> Found:
        answer = self.get("/search.json", {"q": query, "page": page}, allow={400, 403, 422})
        if answer.status == 403:
            raise self.fit(self._closed(answer))
        if answer.status != 200:
            refused = ChannelError(
                f"{self.name}: {self.place.host} cannot search for that{_said(answer)}.",
                "it needs three letters at least; change query of "
                f"[channels.{self.name}]: socialcare config edit",
                code="refused",
            )
            raise self.fit(refused)
        found = answer.decode(Found, what="the answer of the search")
        if found.error:
            raise UnavailableError(
                f"{self.name}: the search of {self.place.host} gives nothing: {found.error[:200]}",
                f"try again later: socialcare fetch {self.name}",
            )
        return found

    def topic(self, topic: int, number: int) -> Topic | None:
        """A topic with the posts around one; None where it is gone, or not for us."""
        path = f"/t/{topic}.json" if number == 1 else f"/t/{topic}/{number}.json"
        answer = self.get(path, allow=HIDDEN)
        return answer.decode(Topic, what="the topic") if answer.status == 200 else None

    def some(self, topic: int, ids: Sequence[int]) -> list[msgspec.Raw]:
        """Posts of a topic by their ids."""
        params = {"post_ids[]": [str(one) for one in ids], "include_raw": "true"}
        answer = self.get(f"/t/{topic}/posts.json", params)
        return answer.decode(Chunk, what="the posts of the topic").post_stream.posts

    def post(self, external_id: str) -> Answer:
        """``/posts/ID.json``, or why it is hidden."""
        return self.get(f"/posts/{external_id}.json", allow=HIDDEN)

    def know(self, posts: Sequence[Post]) -> None:
        """Keep what number which post has: others answer it by its number."""
        self._parents |= {(post.topic_id, post.post_number): str(post.id) for post in posts}

    def parent_of(self, post: Post) -> str | None:
        number = post.reply_to_post_number
        if number is None or number < 1:
            return None
        place = (post.topic_id, number)
        if place not in self._parents:
            answer = self.get(f"/posts/by_number/{post.topic_id}/{number}.json", allow=HIDDEN)
            found = answer.decode(Position).id if answer.status == 200 else None
            self._parents[place] = None if found is None else str(found)
        return self._parents[place]

    def fit(self, error: ChannelError) -> ChannelError:
        """Without the key, should the forum have quoted it."""
        fit_to_show(error, [self._key] if self._key else [])
        return error

    def _closed(self, answer: Answer) -> ChannelError:
        if not refusal(answer.body).is_its_own:
            return ChannelError(
                f"{self.name}: something in front of {self.place.host} keeps us out (403).",
                f"see whether it opens in a browser; then: socialcare channel test {self.name}",
                code="forbidden",
            )
        if self._key:
            return AuthError(
                f"{self.name}: the key may not read {self.place.host} (403){_said(answer)}.",
                "let an admin of the forum look at its user and its scopes, then: "
                f"socialcare channel login {self.name}",
            )
        return AuthError(
            f"{self.name}: {self.place.host} shows its posts only to members (403).",
            'ask an admin of the forum for an API key of your user, write user = "you" into '
            f"[channels.{self.name}], then: socialcare channel login {self.name}",
        )


def refusal(body: bytes) -> Refusal:
    return decode_or_empty(body, Refusal)


def _said(answer: Answer) -> str:
    said = refusal(answer.body).said
    return f": {said[:200].rstrip('.')}" if said else ""
