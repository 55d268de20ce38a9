"""The laws of replying see what they look for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest

from socialcare.channels.base import Outgoing, Posted, Preview, ReplyLimits, Setup
from socialcare.errors import OutcomeUnknownError, RefusedError
from socialcare.testing import Asked, Case, Fault, Params, PostingService, bench, laws_for
from tests.channels.cases.toy import Letterbox
from tests.channels.toy import Toy

LONGEST = 100


class Counter(PostingService, Letterbox):
    """A letterbox with a counter where cards are handed in. ``key`` is on each of them.

    A card in an envelope is read by nobody but whom it is for.
    """

    def answer(self, path: str, params: Params) -> object:
        if path == "/sent":
            return [{"id": one.id, "key": one.made, "words": one.text} for one in self.replies]
        return super().answer(path, params)

    def write(self, asked: Asked) -> object:
        if asked.method == "DELETE":
            if self.remove_reply(urlsplit(asked.url).path.rpartition("/")[2]):
                return {}
            raise Fault(404, b"{}")
        said = json.loads(asked.body)
        private = said["envelope"]
        kept = replace(self.put_reply(said["words"], private=private), made=said["key"])
        self.replies[-1] = kept
        return {"id": kept.id}


class Writer(Toy):
    """It keeps every law."""

    limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST, private=True)

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.key = "key"

    def preview(self, reply: Outgoing) -> Preview:
        refused = "it is too long" if len(reply.text) > LONGEST else None
        return Preview(reply.text, len(reply.text), LONGEST, refused)

    def send(self, reply: Outgoing) -> Posted:
        if self.preview(reply).refused:
            raise RefusedError("it is too long", "shorten it")
        envelope = {"envelope": self.is_hidden(reply)}
        answer = self._http.send(
            "POST", "/sent", {"words": reply.text, "key": reply.key, **envelope}
        )
        return Posted(answer.decode(dict[str, str])["id"])

    def find(self, reply: Outgoing) -> Posted | None:
        sent = self._http.get("/sent").decode(list[dict[str, Any]])
        return next((Posted(one["id"]) for one in sent if self.is_it(one, reply)), None)

    def is_it(self, one: dict[str, Any], reply: Outgoing) -> bool:
        return bool(one["key"] == reply.key)

    def is_hidden(self, reply: Outgoing) -> bool:
        return reply.private

    def delete(self, external_id: str) -> None:
        self._http.send("DELETE", f"/sent/{external_id}", allow={404}, again=True)


class Twice(Writer):
    def send(self, reply: Outgoing) -> Posted:
        super().send(reply)
        return super().send(reply)


class Insists(Writer):
    """It tries again what may be there."""

    def send(self, reply: Outgoing) -> Posted:
        try:
            return super().send(reply)
        except OutcomeUnknownError:
            return super().send(reply)


class Credulous(Writer):
    def is_it(self, one: dict[str, Any], reply: Outgoing) -> bool:
        return True


class Blind(Writer):
    def find(self, reply: Outgoing) -> Posted | None:
        return None


class Pretends(Writer):
    def send(self, reply: Outgoing) -> Posted:
        try:
            return super().send(reply)
        except OutcomeUnknownError:
            raise
        except Exception:
            return Posted("0")


class Endless(Writer):
    def preview(self, reply: Outgoing) -> Preview:
        return Preview(reply.text, len(reply.text), LONGEST)


class Tells(Writer):
    """It lets everybody read what was for one."""

    def is_hidden(self, reply: Outgoing) -> bool:
        return False


class Hides(Writer):
    def is_hidden(self, reply: Outgoing) -> bool:
        return True


class Keeps(Writer):
    def delete(self, external_id: str) -> None:
        pass


REPLYING = {str(law): law for law in laws_for(Case(Writer, Counter())) if "repl" in str(law)}
REPLYING |= {str(law): law for law in laws_for(Case(Writer, Counter())) if "sent" in str(law)}


@pytest.mark.parametrize("name", sorted(REPLYING))
def test_a_channel_can_keep_them(name):
    with bench(Case(Writer, Counter())) as ready:
        REPLYING[name](ready)


@pytest.mark.parametrize(
    ("channel", "broken"),
    [
        (Twice, {"a_reply_is_posted_once_and_found"}),
        (Insists, {"a_reply_whose_answer_was_lost_is_found", "a_reply_that_ended_in_a_500_is_found"}),
        (Credulous, {"another_reply_is_not_taken_for_it"}),
        (Blind, {"a_reply_is_posted_once_and_found", "a_reply_whose_answer_was_lost_is_found"}),
        (Pretends, {"a_reply_that_was_refused_is_not_there"}),
        (Endless, {"what_is_too_long_is_said_before_it_is_sent"}),
        (Tells, {"a_private_reply_is_private_by_the_record_of_the_service"}),
        (Hides, {"a_reply_is_posted_once_and_found"}),
        (Keeps, {"a_reply_is_taken_back_and_may_be_gone_already"}),
    ],
)  # fmt: skip
def test_who_breaks_one_is_told(channel, broken):
    for name in broken:
        with bench(Case(channel, Counter())) as ready, pytest.raises(AssertionError):  # fmt: skip
            REPLYING[name](ready)


def test_a_service_that_takes_no_replies_is_not_asked_for_them():
    assert not REPLYING.keys() & {str(law) for law in laws_for(Case(Writer, Letterbox()))}


def test_a_channel_without_private_answers_is_not_asked_for_one():
    class Open(Writer):
        limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST)

    left = {str(law) for law in laws_for(Case(Open, Counter()))}
    assert REPLYING.keys() - left == {"a_private_reply_is_private_by_the_record_of_the_service"}
