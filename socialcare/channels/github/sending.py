"""Answers: comments of ours, posted, found again and taken back.

https://docs.github.com/en/rest/issues/comments
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC

import msgspec

from socialcare.channels.answer import Answer
from socialcare.channels.attempts import earliest, not_reached
from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.decode import decode_items
from socialcare.channels.github.calls import Calls
from socialcare.channels.github.posts import COMMENT, ISSUE, Comment, path_of
from socialcare.channels.http import Params
from socialcare.clock import format_time
from socialcare.errors import RefusedError

MAX_LENGTH = 65_536
"""In characters; the API page does not say it, its refusal of a longer one does."""
PAGES = 5
"""Pages of a conversation that are looked through for an answer, newest first."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Writes for one account. ``login`` gives its name, None where the token may not know it."""

    calls: Calls
    source: str
    login: Callable[[], str | None]

    def preview(self, reply: Outgoing) -> Preview:
        return Preview(reply.text, len(reply.text), MAX_LENGTH, self._refused(reply))

    def _refused(self, reply: Outgoing) -> str | None:
        if reply.private:
            return "GitHub has no private answers: write in public, or by another way"
        if reply.mention.source != self.source:
            return f"it came from {reply.mention.source}, and this channel is {self.source}"
        if issue_of(reply) is None:
            return "it is no issue or comment of GitHub"
        if not reply.text.strip():
            return "it is empty"
        if len(reply.text) > MAX_LENGTH:
            return f"it has {len(reply.text):,} characters, and {MAX_LENGTH:,} are allowed there"
        return None

    def send(self, reply: Outgoing) -> Posted:
        issue = self._issue(reply)
        answer = self.calls.send("POST", f"{issue}/comments", {"body": reply.text}, what=issue)
        return _posted(answer.decode(Comment, what="the comment that was made"))

    def find(self, reply: Outgoing) -> Posted | None:
        """Among the comments below that issue: ours, in the same words, written since."""
        wanted, login = _plain(reply.text), self.login()
        for comment in self._newest_first(reply):
            ours = login is None or (comment.user is not None and comment.user.login == login)
            if ours and _plain(comment.body or "") == wanted:
                posted = _posted(comment)
                if posted.external_id not in reply.known:
                    return posted
        return None

    def _newest_first(self, reply: Outgoing) -> Iterator[Comment]:
        """The list has one order, oldest first, so it is walked from its last page back."""
        issue = self._issue(reply)
        written = reply.mention.created_at
        params: Params = {"since": format_time(written)[:19] + "Z", "per_page": 100}
        first = self.calls.get(f"repos/{issue}/comments", params, what=issue)
        since = max(written, earliest(reply, first.ahead) or written)
        pages = [first]
        while len(pages) < PAGES and (link := _older(pages, first)):
            pages.append(self.calls.get(link, what=issue))
        for page in pages[1:] + pages[:1]:
            raws = page.decode(list[msgspec.Raw], what="the comments")
            for comment in reversed(decode_items(raws, Comment)[0]):
                if comment.created_at < since:
                    return  # and so is all that comes before it
                yield comment
        if _older(pages, first):
            raise not_reached(self.calls.channel, f"below {issue}")

    def delete(self, external_id: str) -> None:
        if not COMMENT.fullmatch(external_id):
            raise RefusedError(
                f"{self.calls.channel}: that is no comment.", "delete it where it was written"
            )
        self.calls.send("DELETE", external_id, what=external_id, fine={404, 410}, again=True)

    def _issue(self, reply: Outgoing) -> str:
        refused, issue = self._refused(reply), issue_of(reply)
        if refused or issue is None:
            raise RefusedError(f"{self.calls.channel}: {refused}.", "change it, or answer by hand")
        return issue


def issue_of(reply: Outgoing) -> str | None:
    """The issue that a mention is, or stands below."""
    for place in (reply.mention.external_id, reply.mention.thread):
        if place and ISSUE.fullmatch(place):
            return place
    return None


def _older(pages: list[Answer], first: Answer) -> str | None:
    """The page before the last one that was read; the first page has been read."""
    if len(pages) == 1:
        return first.links.get("last")
    link = pages[-1].links.get("prev")
    return None if link is None or link == pages[-1].links.get("first") else link


def _plain(text: str) -> str:
    return " ".join(text.split())


def _posted(comment: Comment) -> Posted:
    at, url = comment.created_at.astimezone(UTC), comment.html_url
    return Posted(path_of("url", comment.url, COMMENT), url, url, at)
