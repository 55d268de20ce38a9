"""Where a lost answer is looked for among our own posts: as far as it was tried, and no further."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from socialcare.channels.base import Outgoing, Setup
from socialcare.channels.http import Http
from socialcare.channels.mastodon import Mastodon
from socialcare.channels.mastodon.sending import PAGE, PAGES, addressed
from socialcare.clock import FixedClock
from socialcare.errors import OutcomeUnknownError
from socialcare.models import Author, Mention
from tests.sending.fediverse import TOKEN, Fediverse

TEXT = "It is with you on Friday."
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def ours():
    return FixedClock(NOW)


@pytest.fixture
def server(tmp_path, ours):
    with Fediverse(tmp_path / "posts.jsonl", clock=ours).running() as server:
        yield server


@pytest.fixture
def channel(server, ours):
    with Http(ours, allowed=[("127.0.0.1", server.port)]) as http:
        yield Mastodon(
            Setup(
                name="fedi",
                options={"server": server.url, "notifications": True},
                connect=partial(http.session, "fedi"),
                clock=ours,
                secret={"token": TOKEN}.get,
            )
        )


@pytest.fixture
def reply(server, channel):
    post = server.ask("where is my parcel?")
    author = Author("2", f"@mia@127.0.0.1:{server.port}")
    mention = Mention("fedi", channel.source, post, author, "@acme where is my parcel?", NOW)
    return Outgoing(mention, TEXT, "key-1", tried_at=NOW)


def lost(server, channel, reply):
    """It is there, and nobody here knows."""
    server.spoil.append("killed after")
    with pytest.raises(OutcomeUnknownError):
        channel.send(reply)
    return server.made()[-1].id


def talk(server, count, seconds=1):
    """What we say on the site meanwhile."""
    for number in range(count):
        server.clock.at += timedelta(seconds=seconds)
        server.answer_by_hand(f"Something else, {number}.", "1001")


@pytest.mark.parametrize("since", [0, PAGE - 1, PAGE, 3 * PAGE])
def test_it_is_found_behind_whatever_we_said_since(server, channel, reply, since):
    made = lost(server, channel, reply)
    talk(server, since)
    found = channel.find(reply)
    assert found is not None
    assert (found.external_id, found.at) == (made, NOW)


def test_where_it_is_not_there_no_more_is_read_than_was_said_since(server, channel, reply):
    talk(server, 2 * PAGE)
    server.clock.at += timedelta(seconds=600)
    late = replace(reply, tried_at=server.clock.now())
    talk(server, 3)
    server.asked.clear()
    assert channel.find(late) is None
    assert server.asked.count("GET /api/v1/accounts/1/statuses") == 1


def test_what_is_too_far_away_is_unknown_once_the_key_is_forgotten(server, channel, reply, ours):
    lost(server, channel, reply)
    talk(server, PAGE * PAGES + 5)
    assert channel.find(reply) is None, "within the hour the key makes a second one harmless"
    assert channel.send(reply).external_id == server.made()[0].id
    ours.at += timedelta(hours=1)
    with pytest.raises(OutcomeUnknownError, match="too much has been posted"):
        channel.find(reply)


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_wrong_here_hides_nothing(server, channel, reply, ours, hours):
    server.clock = FixedClock(NOW)
    ours.at += timedelta(hours=hours)
    wrong = replace(reply, tried_at=ours.now())
    made = lost(server, channel, wrong)
    found = channel.find(wrong)
    assert found is not None
    assert found.external_id == made


def test_the_same_words_from_before_are_not_it(server, channel, reply):
    server.answer_by_hand(f"@mia {TEXT}", reply.to.external_id)
    assert channel.find(reply) is not None
    server.clock.at += timedelta(seconds=3600)
    assert channel.find(replace(reply, tried_at=server.clock.now())) is None
    assert channel.find(replace(reply, known=frozenset({server.made()[0].id}))) is None


def test_what_was_said_to_all_is_not_what_was_to_be_said_in_private(server, channel, reply):
    server.answer_by_hand(f"@mia {TEXT}", reply.to.external_id)
    assert channel.find(replace(reply, private=True)) is None


def test_an_answer_whose_post_was_deleted_meanwhile_is_found(server, channel, reply):
    made = lost(server, channel, reply)
    server._statuses[int(made)]["in_reply_to_id"] = None  # as Mastodon does with the answers
    server.remove(reply.to.external_id)
    found = channel.find(reply)
    assert found is not None
    assert found.external_id == made


@pytest.mark.parametrize(
    ("handle", "text", "told"),
    [
        ("@mia@mas.to", "Yes.", "@mia Yes."),
        ("@mia@mas.to", "Yes, @mia.", "Yes, @mia."),
        ("@mia@mas.to", "Yes, @Mia!", "Yes, @Mia!"),
        ("@mia@mas.to", "Yes, @mia@far.example.", "@mia Yes, @mia@far.example."),
        ("@mia@mas.to", "Yes, @miaow.", "@mia Yes, @miaow."),
        ("@mia@mas.to", "See https://mas.to/@mia", "@mia See https://mas.to/@mia"),
        ("@mia@mas.to", "Write to help@mia", "@mia Write to help@mia"),
        ("@mia@far.example", "Yes, @mia.", "@mia@far.example Yes, @mia."),
        ("@mia@far.example", "Yes, @mia@far.example.", "Yes, @mia@far.example."),
        ("@mia@far.example", "At @mia@far.example.org", "@mia@far.example At @mia@far.example.org"),
    ],
)
def test_whoever_is_answered_is_named(handle, text, told):
    mention = Mention("fedi", "mastodon:mas.to", "1", Author("2", handle), "Hm.", NOW)
    for private in (False, True):
        assert addressed(Outgoing(mention, text, "key", private), "mas.to") == told


def test_private_words_to_nobody_are_refused(channel, reply):
    nobody = replace(reply.to, author=Author("2", ""))
    refused = channel.preview(replace(reply, to=nobody, private=True)).refused
    assert refused == "it names nobody, and would reach nobody"
