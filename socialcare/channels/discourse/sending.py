"""Answers of our own: how long they may be, how they are posted, found again and taken back.

https://docs.discourse.org/#tag/Posts/operation/createTopicPostPM
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import quote

from socialcare.channels.answer import Answer
from socialcare.channels.attempts import earliest, not_reached
from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.discourse.forum import HIDDEN, Forum, refusal
from socialcare.channels.discourse.posts import read_posts
from socialcare.channels.discourse.wire import (
    Created,
    PendingPosts,
    Post,
    Rules,
    Topic,
    TopicList,
    Topics,
)
from socialcare.errors import ChannelError, GoneError, OutcomeUnknownError, RefusedError
from socialcare.text import for_screen

MAX_TITLE = 200
NEWEST = 20
"""Of our own posts in a topic at a time, when an earlier attempt is looked for."""
PAGES = 10
MESSAGES = 20
"""Of the messages of one title that we sent since, likewise."""


class Desk:
    """Writes as one user of the forum."""

    def __init__(self, forum: Forum, user: str) -> None:
        self._forum, self._user = forum, user

    def preview(self, reply: Outgoing) -> Preview:
        length, rules = len(reply.text.strip()), self._rules
        refused = self._refused(reply, length, rules)
        return Preview(reply.text, length, rules.max_post_length, refused)

    def _refused(self, reply: Outgoing, length: int, rules: Rules) -> str | None:
        shortest = rules.shortest(private=reply.private)
        if reply.mention.source != self._forum.place.source:
            return f"it came from {reply.mention.source}, and not from {self._forum.place.host}"
        if length < shortest:
            return f"it has {length} characters, and {shortest} are needed there"
        if length > rules.max_post_length:
            return f"it has {length:,} characters, and {rules.max_post_length:,} are allowed there"
        return None

    def send(self, reply: Outgoing) -> Posted:
        """The forum itself gives the same post for the same call, for two minutes."""
        content = self._message(reply) if reply.private else self._post(reply)
        answer = self._forum.http.send(
            "POST", f"{self._forum.place.base}/posts.json", content, allow={403, 422}
        )
        if answer.status in {403, 422}:
            raise self._not_taken(answer)
        made = answer.decode(Created, what="the answer to the new post")
        if made.id is None or made.topic_id is None or made.post_number is None:
            raise self._held()
        url = self._forum.place.url(made.topic_id, made.topic_slug, made.post_number)
        return Posted(str(made.id), url, url, _utc(made.created_at))

    def _post(self, reply: Outgoing) -> dict[str, object]:
        parent = self._parent(reply)
        return {
            "topic_id": parent.topic_id,
            "reply_to_post_number": parent.post_number,
            "raw": reply.text,
        }

    def _message(self, reply: Outgoing) -> dict[str, object]:
        return {
            "archetype": "private_message",
            "target_recipients": reply.mention.author.external_id,
            "title": self._title(reply),
            "raw": reply.text,
        }

    def _parent(self, reply: Outgoing) -> Post:
        """The post as it is now: moderators move posts to other topics."""
        answer = self._forum.post(reply.mention.external_id)
        parent = answer.decode(Post, what="the post") if answer.status == 200 else None
        if parent is None or parent.is_gone:
            raise GoneError(
                f"{self._forum.name}: the post that this answers is gone, or hidden from us.",
                f"look at it again: socialcare fetch {self._forum.name}",
            )
        return parent

    def _title(self, reply: Outgoing) -> str:
        parent = self._parent(reply)
        topic = self._forum.topic(parent.topic_id, 1)
        title = topic.title if topic else f"your post {parent.id}"
        return f"Re: {title}"[:MAX_TITLE].rstrip()

    def find(self, reply: Outgoing) -> Posted | None:
        """What has the same words, among our posts in the topic or our messages since the attempt.

        Raises
        ------
        OutcomeUnknownError
            The forum's moderators have it, or too much has been posted since.

        """
        wanted = _plain(reply.text)
        for post in self._messages(reply) if reply.private else self._own(reply):
            if post.raw is None or _plain(post.raw) != wanted or str(post.id) in reply.known:
                continue
            if self._is_own(post):
                place = self._forum.place
                url = place.url(post.topic_id, post.topic_slug, post.post_number)
                return Posted(str(post.id), url, url, post.created_at.astimezone(UTC))
        if any(_plain(raw) == wanted for raw in self._waiting()):
            raise self._held()
        return None

    def _own(self, reply: Outgoing) -> Iterator[Post]:
        """Our posts that answer it, newest first; the first post of a topic always comes along."""
        parent = self._parent(reply)
        answer = self._forum.get(f"/t/{parent.topic_id}.json", {"username_filters": self._user})
        stream = answer.decode(Topic, what="the topic").post_stream.stream
        since = earliest(reply, answer.ahead)
        for end in range(len(stream), max(0, len(stream) - PAGES * NEWEST), -NEWEST):
            ids = stream[max(0, end - NEWEST) : end]
            posts, _ = read_posts(self._forum.some(parent.topic_id, ids))
            later = [one for one in posts if since is None or one.created_at >= since]
            for post in reversed(later):
                if post.reply_to_post_number in {parent.post_number, None}:
                    yield post
            if not all(post.post_number == 1 or self._is_own(post) for post in posts):
                raise self._not_listed(parent)
            if len(later) < len([one for one in posts if one.post_number != 1]):
                return
        if not stream:
            raise self._not_listed(parent)
        if len(stream) > PAGES * NEWEST:
            raise not_reached(self._forum.name, "in that topic")

    def _not_listed(self, parent: Post) -> OutcomeUnknownError:
        return OutcomeUnknownError(
            f"{self._forum.name}: the forum does not list our own posts in the topic.",
            f"look there: {self._forum.place.url(parent.topic_id, None, parent.post_number)}",
        )

    def _messages(self, reply: Outgoing) -> Iterator[Post]:
        """The first posts of the messages of that title that we sent since."""
        title = self._title(reply).casefold()
        answer = self._list_sent()
        listed = answer.decode(Topics, what="the list of messages").topic_list
        since = earliest(reply, answer.ahead)
        sent = [one for one in listed.topics if one.title.casefold() == title]
        if since is not None:
            sent = [one for one in sent if one.created_at is None or one.created_at >= since]
        for topic in sent[:MESSAGES]:
            answer = self._forum.get(f"/t/{topic.id}.json", {"include_raw": "true"}, allow=HIDDEN)
            if answer.status == 200:
                found = answer.decode(Topic, what="the message")
                posts, _ = read_posts(found.post_stream.posts[:1])
                yield from (one for one in posts if since is None or one.created_at >= since)
        if len(sent) > MESSAGES or not _reaches(listed, since):
            raise not_reached(self._forum.name, "among our messages")

    def _list_sent(self) -> Answer:
        path = f"/topics/private-messages-sent/{quote(self._user, safe='')}.json"
        return self._forum.get(path)

    def _waiting(self) -> Iterator[str]:
        path = f"/posts/{quote(self._user, safe='')}/pending.json"
        answer = self._forum.get(path, allow=HIDDEN)
        if answer.status == 200:
            waiting = answer.decode(PendingPosts, what="the posts that wait for the moderators")
            yield from (one.raw_text for one in waiting.pending_posts)

    def delete(self, external_id: str) -> None:
        """A key of an admin may delete what others wrote: only our own posts are."""
        answer = self._forum.post(external_id)
        if answer.status in {404, 410}:
            return
        if answer.status != 200:
            raise self._not_taken(answer)
        post = answer.decode(Post, what="the post")
        if not self._is_own(post):
            raise RefusedError(
                f"{self._forum.name}: that post was written by somebody else.",
                "delete it on the forum, if you may",
            )
        if not post.is_gone:
            path = f"{self._forum.place.base}/posts/{post.id}.json"
            self._forum.http.send("DELETE", path, allow={404}, again=True)

    def _is_own(self, post: Post) -> bool:
        return post.username.casefold() == self._user.casefold()

    def _not_taken(self, answer: Answer) -> ChannelError:
        said = for_screen(refusal(answer.body).said, one_line=True, limit=300)
        error = RefusedError(
            f"{self._forum.name}: the forum does not take it ({answer.status})"
            f"{f': {said}' if said else ''}".rstrip(".")
            + ".",
            "change it, or see on the forum whether the topic is open to your user",
        )
        return self._forum.fit(error)

    def _held(self) -> OutcomeUnknownError:
        return OutcomeUnknownError(
            f"{self._forum.name}: the forum shows the answer to its moderators first.",
            "wait for them; it comes with a later fetch, or look on the forum",
        )

    @cached_property
    def _rules(self) -> Rules:
        answer = self._forum.get("/site/settings.json", allow=HIDDEN)
        return (
            answer.decode(Rules, what="the rules of the forum") if answer.status == 200 else Rules()
        )


def _reaches(listed: TopicList, since: datetime | None) -> bool:
    """Whether what was not listed is older than that."""
    last = listed.topics[-1].bumped_at if listed.topics else None
    return not listed.more_topics_url or since is None or (last is not None and last < since)


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None


def _plain(text: str) -> str:
    """The forum trims what it keeps."""
    return text.replace("\r\n", "\n").strip()
