"""The questions of a search with their answers, and a second look at known posts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from socialcare.channels.base import Broken, Page
from socialcare.channels.decode import decode_items
from socialcare.channels.stackexchange.calls import Calls, Wrapper
from socialcare.channels.stackexchange.posts import (
    COMMENT,
    POST,
    Parent,
    Place,
    Question,
    read_answers,
    read_comments,
    read_questions,
)
from socialcare.channels.stackexchange.walks import AGAIN, PAGES, Ask, State
from socialcare.models import Mention

ITEMS = 100
"""Of one page, and ids of one question."""
Params = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Lists:
    calls: Calls
    place: Place

    def search(self, what: Mapping[str, str | int]) -> Ask:
        """https://api.stackexchange.com/docs/advanced-search"""

        def ask(state: State) -> Wrapper:
            params = {**self._by_activity(state.since), **what, "page": state.page}
            return self.calls.get("search", "search/advanced", params)

        return ask

    def read(self, raws: Sequence[msgspec.Raw], here: State) -> Page:
        """A page of questions, and what was answered below them since the page before."""
        mentions, broken = read_questions(raws, self.place)
        questions, _ = decode_items(raws, Question)
        answered = sorted({one.question_id for one in questions if one.answer_count})
        missed = None
        for found in self._answers(answered, here.since) if answered else ():
            if found is None:
                missed = AGAIN
                break
            good, bad = read_answers(found.items, self.place)
            mentions, broken = [*mentions, *good], [*broken, *bad]
        return Page(mentions, broken=broken, possibly_missed=missed)

    def _answers(self, ids: Sequence[int], since: int) -> Iterator[Wrapper | None]:
        """https://api.stackexchange.com/docs/answers-on-questions; None: there is no end to it."""
        for page in range(1, PAGES + 1):
            params = {**self._by_activity(since), "page": page}
            found = self.calls.get("answers", f"questions/{_joined(ids)}/answers", params)
            yield found
            if not found.has_more:
                return
        yield None

    def _by_activity(self, since: int) -> Params:
        return {
            "site": self.place.site,
            "sort": "activity",
            "order": "asc",
            "min": since,
            "pagesize": ITEMS,
            "filter": "withbody",
        }

    def again(self, external_ids: Sequence[str]) -> Page:
        """Gone is what the service leaves out; comments show what was said meanwhile."""
        known = [POST.fullmatch(one) for one in external_ids]
        questions = [int(match[2]) for match in known if match and match[1] == "q"]
        answers = [int(match[2]) for match in known if match and match[1] == "a"]
        comments = [int(match[1]) for one in external_ids if (match := COMMENT.fullmatch(one))]
        mentions: list[Mention] = []
        broken: list[Broken] = []
        parents: dict[int, Parent] = {}
        there: set[str] = set()
        for kind, ids in (("questions", questions), ("answers", answers)):
            raws = self._by_id(kind, kind, ids)
            there |= _ids_of(kind, raws)
            read = read_questions if kind == "questions" else read_answers
            good, bad = read(raws, self.place)
            for mention in good:
                number = int(mention.external_id[2:])
                parents[number] = Parent(mention.external_id, mention.thread or mention.external_id)
            mentions, broken = [*mentions, *good], [*broken, *bad]
        said = self._by_id("post comments", "posts", sorted(parents), "/comments")
        good, bad = read_comments(said, self.place, parents)
        there |= _ids_of("comments", said)
        left = [one for one in comments if f"comment/{one}" not in there]
        there |= _ids_of("comments", self._by_id("comments", "comments", left))
        gone = [one for one in external_ids if _is_ours(one) and one not in there]
        return Page([*mentions, *good], broken=[*broken, *bad], gone=gone)

    def _by_id(
        self, method: str, kind: str, ids: Sequence[int], below: str = ""
    ) -> list[msgspec.Raw]:
        if not ids:
            return []
        params: Params = {
            "site": self.place.site,
            "sort": "creation",
            "order": "desc",
            "pagesize": ITEMS,
            "filter": "withbody",
        }
        return self.calls.get(method, f"{kind}/{_joined(ids)}{below}", params).items


class _QuestionId(msgspec.Struct):
    question_id: int


class _AnswerId(msgspec.Struct):
    answer_id: int


class _CommentId(msgspec.Struct):
    comment_id: int


def _ids_of(kind: str, raws: Sequence[msgspec.Raw]) -> set[str]:
    """Also of those that cannot be read: they are not gone."""
    if kind == "questions":
        return {f"q/{one.question_id}" for one in decode_items(raws, _QuestionId)[0]}
    if kind == "answers":
        return {f"a/{one.answer_id}" for one in decode_items(raws, _AnswerId)[0]}
    return {f"comment/{one.comment_id}" for one in decode_items(raws, _CommentId)[0]}


def _is_ours(external_id: str) -> bool:
    return bool(POST.fullmatch(external_id) or COMMENT.fullmatch(external_id))


def _joined(ids: Sequence[int]) -> str:
    return ";".join(str(one) for one in ids)
