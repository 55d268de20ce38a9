"""Issues of one project on GitLab, the oldest first.

https://docs.gitlab.com/api/issues/#list-project-issues
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import ClassVar
from urllib.parse import quote, urlsplit

import msgspec

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.channels.decode import decode_items
from socialcare.channels.http import Answer, Params, Session
from socialcare.channels.options import Options
from socialcare.clock import parse_time
from socialcare.errors import UsageError
from socialcare.models import Author, Mention

GITLAB = "https://gitlab.com"
PROJECT = re.compile(r"[\w.-]+(/[\w.-]+)+")
ALWAYS: Params = {"state": "all", "order_by": "created_at", "sort": "asc", "per_page": 100}
AGAIN = "GitLab gave the same page twice: what lies behind it could not be read"


class User(msgspec.Struct):
    username: str
    name: str | None = None
    web_url: str | None = None


class Issue(msgspec.Struct):
    iid: int
    title: str
    author: User
    created_at: datetime
    web_url: str
    description: str | None = None
    upvotes: int | None = None
    user_notes_count: int | None = None

    def __post_init__(self) -> None:
        parse_time(self.created_at.isoformat())  # a ValueError here: the item is told as broken


class GitLab(Channel):
    """``project`` is its path, ``base_url`` a server of your own, ``token`` for private projects."""

    type: ClassVar[str] = "gitlab"

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        project = options.text("project") or ""
        if not PROJECT.fullmatch(project):
            hint = 'write for example: project = "gitlab-org/cli"'
            raise options.error("project", "the path of a project is needed", hint)
        self._setup, self._project = setup, project
        self._base = options.text("base_url") or GITLAB

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:
        """``socialcare channel add gitlab:gitlab-org/cli``."""
        if not PROJECT.fullmatch(what):
            raise UsageError(f"{what!r} is no project.", f"for example: {kind}:gitlab-org/cli")
        return {"project": what}

    @property
    def source(self) -> str:
        return f"gitlab:{urlsplit(self._base).hostname}"

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The next page begins at the time of the last issue: a place in a list may move.

        Page numbers lead on only within a moment that has more issues than a page.
        """
        start = parse_time(checkpoint["since"]) if checkpoint else since
        number, before = 1, b""
        while True:
            answer = self._ask({"created_after": start.isoformat(), "page": number})
            issues, broken = decode_items(answer.decode(list[msgspec.Raw]), Issue)
            again = bool(issues) and number > 1 and answer.body == before
            newest = self._reached(start, issues)
            number, start, before = 1 if newest > start else number + 1, newest, answer.body
            mentions = [self._mention(issue) for issue in issues]
            missed = AGAIN if again else None
            yield Page(mentions, {"since": start.isoformat()}, broken, possibly_missed=missed)
            if again or "next" not in answer.links:
                return

    def _reached(self, start: datetime, issues: Sequence[Issue]) -> datetime:
        """A time in the future, of a clock that is wrong, must not hide what comes."""
        newest = max((issue.created_at for issue in issues), default=start)
        return max(start, min(newest, self._setup.clock.now()))

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Known issues as they are now. What the project, which is still there, leaves out is gone."""
        ids = [one.rpartition("#")[2] for one in external_ids]
        found = self._ask({"iids[]": ids}).decode(list[msgspec.Raw])
        issues, broken = decode_items(found, Issue)
        mentions = [self._mention(issue) for issue in issues]
        there = {mention.external_id for mention in mentions}
        gone = [] if broken else [one for one in external_ids if one not in there]
        return Page(mentions, broken=broken, gone=gone)

    def _ask(self, params: Params) -> Answer:
        path = f"{self._base}/api/v4/projects/{quote(self._project, safe='')}/issues"
        return self._http.get(path, {**ALWAYS, **params})

    @cached_property
    def _http(self) -> Session:
        """Retries, time limits, size limits and errors by cause are the session's business."""
        return self._setup.connect(base_url=self._base, token=self._setup.secret("token"))

    def _mention(self, issue: Issue) -> Mention:
        user = issue.author
        return Mention(
            channel=self._setup.name,
            source=self.source,
            external_id=f"{self._project}#{issue.iid}",
            author=Author(user.username, f"@{user.username}", user.name, user.web_url),
            text="\n\n".join(part for part in (issue.title, issue.description) if part),
            created_at=parse_time(issue.created_at.isoformat()),
            url=issue.web_url,
            likes=issue.upvotes,
            replies=issue.user_notes_count,
        )
