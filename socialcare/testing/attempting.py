"""Answers of the same words: an earlier one is not taken for an attempt whose fate is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

from socialcare.channels.base import CanReply, Outgoing
from socialcare.errors import OutcomeUnknownError
from socialcare.testing.bench import Bench
from socialcare.testing.law import law_for, replies
from socialcare.testing.replying import _reply

LATER = timedelta(hours=1)


def _channel(bench: Bench) -> CanReply:
    return cast("CanReply", bench.channel())


def _is_not_found(bench: Bench, attempt: Outgoing, why: str) -> None:
    try:
        found = _channel(bench).find(attempt)
    except OutcomeUnknownError:
        return
    assert found is None, f"{why} is taken for it: {found}"


@law_for(replies)
def what_is_older_than_the_attempt_is_not_taken_for_it(bench: Bench) -> None:
    reply = _reply(bench)
    _channel(bench).send(reply)
    attempt = replace(reply, key="5f0e8f9c-3", tried_at=bench.clock.now() + LATER)
    _is_not_found(bench, attempt, "an older one")


@law_for(replies)
def what_is_known_to_be_another_is_not_taken_for_it(bench: Bench) -> None:
    reply = _reply(bench)
    posted = _channel(bench).send(reply)
    attempt = replace(reply, key="5f0e8f9c-4", known=frozenset({posted.external_id}))
    _is_not_found(bench, attempt, "one that is known to be another")
