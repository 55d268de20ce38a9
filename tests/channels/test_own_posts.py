"""Own posts: what answers nobody is posted in public, once, and found again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from socialcare.channels.base import Outgoing
from socialcare.channels.bluesky.sending import record_key
from socialcare.errors import OutcomeUnknownError
from tests.channels.bluesky_fake import Fake
from tests.channels.bluesky_fake import channel as bluesky
from tests.channels.test_mastodon_sending import ME, Own
from tests.channels.test_mastodon_sending import channel as mastodon  # noqa: F401 - a fixture
from tests.channels.test_x_sending import TIMELINE, TWEETS, ours, says
from tests.channels.test_x_sending import channel as x  # noqa: F401 - a fixture

LATE = Outgoing(None, "The courier is late today.", "key-1")


def status(server, form, at, id_="100"):
    return {
        "id": id_,
        "created_at": at,
        "account": ME,
        "content": f"<p>{form}</p>",
        "url": f"https://mas.to/@acme/{id_}",
        "uri": f"https://mas.to/users/acme/statuses/{id_}",
    }


def test_mastodon_is_told_of_no_parent_and_names_nobody(server, mastodon):  # noqa: F811
    own, there = Own(server), mastodon()
    server["/api/v1/statuses"] = lambda to: to.answer(
        json.dumps(status(server, LATE.text, "2026-11-21T12:00:00Z")).encode()
    )
    assert there.preview(LATE).refused is None
    assert there.preview(LATE).text == LATE.text
    assert there.preview(replace(LATE, text="x" * 501)).refused
    assert there.send(LATE).external_id == "100"
    [asked] = [one for one in server.asked if one.method == "POST"]
    assert parse_qs(asked.body.decode()) == {"status": [LATE.text], "visibility": ["public"]}
    assert own.statuses == []


@pytest.mark.parametrize(
    ("at", "above", "found"),
    [
        ("2026-11-21T12:00:00Z", None, True),
        ("2026-11-21T11:50:00Z", None, False),
        ("2026-11-21T12:00:00Z", "41", False),
    ],
)
def test_on_mastodon_an_older_one_or_an_answer_is_not_it(
    server,
    mastodon,  # noqa: F811
    clock,
    at,
    above,
    found,
):
    own, there = Own(server), mastodon()
    own.statuses = [{**status(server, LATE.text, at), "in_reply_to_id": above}]
    posted = there.find(replace(LATE, tried_at=clock.now()))
    assert (posted is not None) is found
    known = replace(LATE, tried_at=clock.now(), known=frozenset({"100"}))
    assert there.find(known) is None


def test_x_is_told_of_no_parent(server, x):  # noqa: F811
    assert x.preview(LATE).refused is None
    x.send(LATE)
    [asked] = [one for one in server.asked if one.method == "POST"]
    assert (asked.path, json.loads(asked.body)) == (TWEETS, {"text": LATE.text})


def test_on_x_only_what_answers_nobody_is_it(server, x, clock):  # noqa: F811
    tried = replace(LATE, tried_at=clock.now() - timedelta(minutes=1))
    server[TIMELINE] = says({"data": [ours(LATE.text)]})
    with pytest.raises(OutcomeUnknownError):
        x.find(tried)
    server[TIMELINE] = says({"data": [{**ours(LATE.text), "referenced_tweets": []}]})
    assert x.find(tried)
    assert "since_id=" in [one.target for one in server.asked if one.path == TIMELINE][-1]


def test_bluesky_makes_one_record_without_a_reply(server, http, clock):
    fake = Fake(server)
    sky = bluesky(fake, http, clock)
    posted = sky.send(LATE)
    assert sky.send(LATE) == posted
    [(rkey, record)] = fake.records.items()
    assert rkey == record_key("key-1")
    assert "reply" not in record
    assert record["text"] == LATE.text
    assert sky.find(LATE) == posted
    assert sky.find(replace(LATE, key="key-2")) is None
