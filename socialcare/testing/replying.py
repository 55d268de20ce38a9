"""Answers: posted once, found again after whatever happened, and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from socialcare.channels.base import CanReply, Outgoing, Posted
from socialcare.errors import ChannelError, OutcomeUnknownError, RefusedError
from socialcare.models import Mention
from socialcare.testing.bench import Bench, mentions_of
from socialcare.testing.law import law_for, replies, replies_in_private
from socialcare.testing.posting import PostingService

TEXT = "They left today and are with you on Friday."
OTHER = "Please write to us with the number of your order."


def _service(bench: Bench) -> PostingService:
    return cast("PostingService", bench.service)


def _channel(bench: Bench) -> CanReply:
    return cast("CanReply", bench.channel())


def _reply(bench: Bench, text: str = TEXT, key: str = "5f0e8f9c-1") -> Outgoing:
    return Outgoing(_mention(bench), text, key, private=not _service(bench).public)


def _mention(bench: Bench) -> Mention:
    """The one post of the service, as it is read."""
    if not bench.service.items:
        bench.service.items = [_service(bench).answered]
    pages, _ = bench.run()
    wanted = _service(bench).answered.id
    return next(
        mention
        for external_id, mention in mentions_of(pages).items()
        if bench.service.item_id(external_id) == wanted
    )


def _is_kept(bench: Bench, posted: Posted | None, reply: Outgoing) -> None:
    """It is the only reply there is, and is read by whom it should be."""
    replies = _service(bench).replies
    assert len(replies) == 1, f"there are {len(replies)} replies"
    kept = replies[0]
    assert posted is not None, "not found"
    assert _service(bench).reply_id(posted.external_id) == kept.id
    assert reply.text in kept.text
    if reply.private:
        assert kept.private, "everybody can read it"
    else:
        assert not kept.private, "it is hidden from others"


@law_for(replies)
def a_reply_is_posted_once_and_found(bench: Bench) -> None:
    reply = _reply(bench)
    preview = _channel(bench).preview(reply)
    assert preview.refused is None
    assert TEXT in preview.text
    assert preview.length <= (preview.max_length or preview.length)
    assert not _service(bench).written, "a preview changes nothing"
    posted = _channel(bench).send(reply)
    _is_kept(bench, posted, reply)
    assert _channel(bench).find(reply) == posted


@law_for(replies_in_private)
def a_private_reply_is_private_by_the_record_of_the_service(bench: Bench) -> None:
    reply = replace(_reply(bench), private=True)
    assert _channel(bench).preview(reply).refused is None
    posted = _channel(bench).send(reply)
    _is_kept(bench, posted, reply)
    assert _channel(bench).find(reply) == posted


@law_for(replies)
def nothing_is_found_before_it_is_sent(bench: Bench) -> None:
    _is_not_found(bench, _reply(bench))
    assert not _service(bench).written


@law_for(replies)
def another_reply_is_not_taken_for_it(bench: Bench) -> None:
    _channel(bench).send(_reply(bench))
    _is_not_found(bench, _reply(bench, OTHER, key="5f0e8f9c-2"))


def _is_not_found(bench: Bench, reply: Outgoing) -> None:
    """Or it is not known, where the service shows new replies late."""
    try:
        posted = _channel(bench).find(reply)
    except OutcomeUnknownError:
        return
    assert posted is None, f"another one is taken for it: {posted}"


@law_for(replies)
def a_reply_whose_answer_was_lost_is_found(bench: Bench) -> None:
    reply = _reply(bench)
    _service(bench).loses = True
    _leaves_it_open(bench, reply)
    _service(bench).loses = False
    _is_kept(bench, _channel(bench).find(reply), reply)


@law_for(replies)
def a_reply_that_ended_in_a_500_is_found(bench: Bench) -> None:
    reply = _reply(bench)
    _service(bench).stumbles = True
    _leaves_it_open(bench, reply)
    _service(bench).stumbles = False
    _is_kept(bench, _channel(bench).find(reply), reply)


def _leaves_it_open(bench: Bench, reply: Outgoing) -> None:
    try:
        _channel(bench).send(reply)
    except OutcomeUnknownError:
        assert len(_service(bench).written) == 1, "it was sent again"
        return
    raise AssertionError("nobody can know that it is there")


@law_for(replies)
def a_reply_that_was_refused_is_not_there(bench: Bench) -> None:
    reply = _reply(bench)
    for why in ("401", "403", "429"):
        refusal = bench.service.all_refusals()[why]
        _service(bench).refuses = refusal.fault
        not_there = (RefusedError,) if why == "403" else ()  # a thread that is closed
        _is_refused(bench, reply, why, (*refusal.errors, *not_there))
        _service(bench).refuses = None
    assert not _service(bench).replies
    _is_not_found(bench, reply)


def _is_refused(
    bench: Bench, reply: Outgoing, why: str, errors: tuple[type[ChannelError], ...]
) -> None:
    try:
        _channel(bench).send(reply)
    except ChannelError as error:
        if type(error) not in errors:
            raise AssertionError(f"{why}: {error!r}") from error
        return
    raise AssertionError(f"{why} passed for an answer")


@law_for(replies)
def what_is_too_long_is_said_before_it_is_sent(bench: Bench) -> None:
    most = _channel(bench).preview(_reply(bench)).max_length
    if most is not None:
        preview = _channel(bench).preview(_reply(bench, "a" * (most + 1)))
        assert preview.refused
        assert preview.length > most
    assert not _service(bench).written


@law_for(replies)
def a_reply_is_taken_back_and_may_be_gone_already(bench: Bench) -> None:
    posted = _channel(bench).send(_reply(bench))
    _channel(bench).delete(posted.external_id)
    assert not _service(bench).replies
    _channel(bench).delete(posted.external_id)
