"""``fetch`` against a real Mastodon-like server: what people do there is in the inbox here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from tests.channels.mastodon_server import BRAND
from tests.workflow.office import Office

pytestmark = pytest.mark.live

NOTIFICATIONS = "/api/v1/notifications"
CONFIG = """\
[brand]
name = "Acme"
handles = ["@brand@{host}"]
[answer_by]
timezone = "UTC"
[channels.mastodon]
server = "{url}"
hashtags = ["acme"]
token = {{ env = "TOKEN" }}
"""


@pytest.fixture
def server(mastodon_process):
    mastodon_process.empty()
    return mastodon_process


@pytest.fixture
def office(tmp_path, server):
    office = Office(tmp_path)
    office.clock.at = datetime.now(UTC) + timedelta(minutes=5)
    office.configure(CONFIG.format(url=server.url, host=urlsplit(server.url).netloc))
    return office


def fetch(office, *words):
    return office.run("fetch", *words, TOKEN=BRAND)


def texts(office):
    return {row[0] for row in office.rows("select text from mention")}


def test_fetch_twice_is_fetch_once(server, office):
    for number in range(60):
        server.post(f"@brand parcel {number} is late #acme")
    first = fetch(office)
    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines()[0] == "mastodon  60 new"
    before, events = office.contents(), office.value("select count(*) from event")
    again = fetch(office)
    assert (again.code, again.out, again.err) == (0, "mastodon  0 new\n0 new.\n", "")
    assert office.contents() == before
    assert office.value("select count(*) from event") == events


def test_edits_are_revisions_and_deletions_are_marked(server, office):
    edited, deleted = server.post("@brand all is well"), server.post("@brand where is my parcel?")
    fetch(office)
    server.edit(edited, "@brand it broke after a day, I want my money back")
    server.delete(deleted)
    ran = fetch(office)
    assert ran.out.splitlines()[0] == "mastodon  0 new, 1 edited, 1 deleted by its author"
    [(text, label, gone)] = office.rows(
        f"select text, label, gone_at from mentions where external_id = '{edited}'"
    )
    assert "money back" in text
    assert (label, gone) == ("complaint", None)
    assert "all is well" in office.value("select text from revision")
    assert office.value(f"select gone_at is not null from mention where external_id = '{deleted}'")
    assert fetch(office).out.splitlines()[0] == "mastodon  0 new"


def test_our_own_posts_are_answers(server, office):
    asked = server.post("@brand do you ship to Norway? #acme")
    fetch(office)
    assert office.value("select status from triage") == "open"
    server.post("@fan we do, in three days #acme", BRAND, in_reply_to_id=asked)
    server.post("New boots are in the shop #acme", BRAND)
    ran = fetch(office)
    assert ran.out.splitlines()[0] == "mastodon  0 new, 2 of your own answers"
    [(status, answered)] = office.rows("select status, first_answer_at from triage")
    assert status in ("closed", "pending")
    assert answered == office.value(
        "select created_at from mention where in_reply_to is not null and role = 'answer'"
    )


def test_boosts_are_counted_and_are_no_mentions(server, office):
    post = server.post("@brand my parcel is lost, answer me")
    fetch(office)
    server.call("POST", f"/api/v1/statuses/{post}/reblog", BRAND)
    assert fetch(office).out.splitlines()[0] == "mastodon  0 new"
    assert office.rows("select count(*), max(reposts) from mention") == [(1, 1)]


def test_a_rate_limit_is_stored_told_and_waited_for(server, office):
    server.post("@brand hello, where is my parcel?")
    server.fault(NOTIFICATIONS, type="ratelimit")
    ran = fetch(office)
    assert (ran.code, ran.out) == (1, "")
    told, error, hint = ran.err.splitlines()
    assert "not now: asked to slow down, trying again after " in told
    assert error.startswith("error: mastodon")
    assert hint
    until = office.value("select not_before from channel_health")
    assert until is not None
    server.heal()
    ran = fetch(office)
    assert (ran.code, ran.err) == (5, "")
    assert ran.out.startswith("mastodon  not now: asked to slow down, trying again after ")
    assert office.value("select not_before from channel_health") == until
    office.later(minutes=6)
    ran = fetch(office)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "mastodon  1 new")
    assert office.rows("select not_before, failures from channel_health") == [(None, 0)]


@pytest.mark.parametrize(
    ("effect", "code", "said"),
    [
        ({"type": "status", "status": 503}, 1, "503"),
        ({"type": "malformed"}, 1, "not what was expected"),
        ({"type": "status", "status": 401}, 4, "refused the token"),
    ],
)
def test_what_fails_in_the_middle_is_told_and_made_up_for(server, office, effect, code, said):
    for number in range(20):
        server.post(f"@brand parcel {number} is late")
    fetch(office)
    whole = texts(office)
    other = Office(office.home / "other", office.clock)
    other.configure(office.config.read_text())
    server.fault("/api/v1/timelines/tag/acme", **effect)
    ran = fetch(other)
    assert (ran.code, ran.out) == (code, "")
    told, _, error, hint = ran.err.splitlines()
    assert told == "mastodon  20 new, then it failed"
    assert said in error
    assert "socialcare" in hint
    server.heal()
    assert fetch(other).code == 0
    assert texts(other) == whole
    assert other.value("select failures from channel_health") == 0


def test_a_short_outage_is_not_seen(server, office):
    server.post("@brand hello, where is my parcel?")
    server.fault(NOTIFICATIONS, 2, type="status", status=503)
    ran = fetch(office)
    assert (ran.code, ran.err, ran.out.splitlines()[0]) == (0, "", "mastodon  1 new")


def test_the_program_itself_fetches_without_a_terminal(server, office):
    server.post("@brand hello, where is my parcel?")
    ran = office.process("fetch", "--quiet", TOKEN=BRAND)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert office.value("select count(*) from triage") == 1
