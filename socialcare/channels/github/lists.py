"""The lists of a channel: how they are asked for, and what a page of them holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from socialcare.channels.answer import Answer
from socialcare.channels.base import Broken, Page
from socialcare.channels.github.calls import Calls, is_short
from socialcare.channels.github.posts import COMMENT, ISSUE, Place, read_comments, read_issues
from socialcare.channels.github.refusals import MOVED
from socialcare.channels.github.walks import Ask, Listed, State
from socialcare.channels.http import Params
from socialcare.clock import format_time
from socialcare.models import Mention

ITEMS = 100
"""Of one page."""
MAX_HITS = 1_000
"""Hits of one search that the service gives, over all its pages."""

_SAYS_WHAT = re.compile(r"\b(?:is:(?:issue|pr|pull-request)|type:(?:issue|pr))\b", re.IGNORECASE)
_SAYS_WHERE = re.compile(r"\bin:\w", re.IGNORECASE)


class Found(msgspec.Struct):
    """https://docs.github.com/en/rest/search/search#search-issues-and-pull-requests"""

    items: list[msgspec.Raw]
    total_count: int
    incomplete_results: bool = False


@dataclass(frozen=True, slots=True)
class Lists:
    """What is read by one account. ``repos`` are those that are ours, casefolded."""

    calls: Calls
    place: Place
    repos: frozenset[str]

    def repo(self, repo: str, below: str) -> Ask:
        """``issues`` or ``issues/comments`` of a repository.

        https://docs.github.com/en/rest/issues/issues#list-repository-issues
        """
        order: dict[str, str | int] = {
            "state": "all",
            "sort": "updated",
            "direction": "asc",
            "per_page": ITEMS,
        }

        def ask(state: State) -> Listed | None:
            known = {"If-None-Match": state.etag} if state.etag else {}
            params: Params = {**order, "since": second(state.since)}
            path = state.link or f"repos/{repo}/{below}"
            asked = None if state.link else params
            answer = self.calls.get(path, asked, what=repo, fine={304}, headers=known)
            if answer.status == 304:
                return None  # with a token this costs no request
            raws = answer.decode(list[msgspec.Raw], what=f"the list of {repo}")
            return Listed(raws, answer.links.get("next"), answer.headers.get("etag"))

        return ask

    def search(self, query: str) -> Ask:
        def ask(state: State) -> Listed:
            written = f"created:>={second(state.floor)} updated:>={second(state.since)}"
            params: Params = {
                "q": f"{query} {written}",
                "sort": "updated",
                "order": "asc",
                "per_page": ITEMS,
            }
            path, asked = (state.link, None) if state.link else ("search/issues", params)
            answer = self.calls.get(path, asked, what=f'the search for "{query}"')
            found = answer.decode(Found, what="the answer of the search")
            link = answer.links.get("next")
            capped = link is None and state.link is not None and found.total_count > MAX_HITS
            return Listed(found.items, link, capped=capped, incomplete=found.incomplete_results)

        return ask

    def issues(self, raws: Sequence[msgspec.Raw]) -> Page:
        mentions, broken = read_issues(raws, self.place, ours=True)
        return Page(mentions, broken=broken)

    def comments(self, raws: Sequence[msgspec.Raw]) -> Page:
        mentions, broken = read_comments(raws, self.place, ours=True)
        return Page(mentions, broken=broken)

    def hits(self, raws: Sequence[msgspec.Raw]) -> Page:
        """The question says already whether pull requests are wanted."""
        mentions, broken = read_issues(raws, replace(self.place, pulls=True), "$.items")
        return Page(mentions, broken=broken)

    def again(self, external_ids: Sequence[str]) -> Page:
        """One request a post, so only until half of the hour's requests are used up.

        What was edited comes with the lists; this is to see what was deleted.
        """
        mentions: list[Mention] = []
        broken: list[Broken] = []
        gone: list[str] = []
        there: dict[str, bool] = {}
        for external_id in external_ids:
            if not ISSUE.fullmatch(external_id) and not COMMENT.fullmatch(external_id):
                continue
            answer = self._post(external_id)
            if answer.status == 200:
                good, bad = self._read(external_id, msgspec.Raw(answer.body))
                mentions, broken = [*mentions, *good], [*broken, *bad]
            elif answer.status not in MOVED and self._is_there(_repo_of(external_id), there):
                gone.append(external_id)
            if is_short(answer):
                break
        return Page(mentions, broken=broken, gone=gone)

    def _post(self, external_id: str) -> Answer:
        fine = {404, 410, *MOVED}
        return self.calls.get(f"repos/{external_id}", what=external_id, fine=fine)

    def _is_there(self, repo: str, known: dict[str, bool]) -> bool:
        """A token that lost its rights sees nothing: that makes no post gone."""
        if repo not in known:
            answer = self.calls.get(f"repos/{repo}", what=repo, fine={404, *MOVED})
            known[repo] = answer.status == 200
        return known[repo]

    def _read(self, external_id: str, raw: msgspec.Raw) -> tuple[list[Mention], list[Broken]]:
        """As it was read the first time: whether it speaks to us depends on the repository."""
        read = read_comments if COMMENT.fullmatch(external_id) else read_issues
        ours = _repo_of(external_id).casefold() in self.repos
        return read([raw], replace(self.place, pulls=True), ours=ours)


def queries_of(term: str, *, pulls: bool) -> list[str]:
    """What is sent: a search must say whether it is about issues or pull requests.

    A match in a comment would bring the issue, which may not say anything about us.
    """
    where = term if _SAYS_WHERE.search(term) else f"{term} in:title,body"
    if _SAYS_WHAT.search(term):
        return [where]
    return [f"{where} is:issue", *([f"{where} is:pull-request"] if pulls else [])]


def second(moment: datetime) -> str:
    return f"{format_time(moment)[:19]}Z"


def _repo_of(external_id: str) -> str:
    return external_id.partition("/issues/")[0]
