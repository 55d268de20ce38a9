"""`socialcare reply` on a channel that can be posted to: what goes, what is held, what is told."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest

from socialcare.output.schema import schema
from tests.cli.town import opened

GOOD = "Sorry for the wait, Mia. I am asking the courier now and write again by 17:00."
AGAIN = "Thank you, Tom. Yes, we do: it takes 3 days."
BAD = "As we said, order #4411 is with {courier}."
MIA, TOM = "1", "2"


@pytest.fixture
def place(tmp_path):
    """1 by Mia, a complaint; 2 by Tom, a question."""
    with opened(tmp_path) as (shop, town):
        town.asks("mia@far.example", "where is my parcel, order #4411? Never again.")
        shop.wait(timedelta(minutes=1))
        town.asks("tom@far.example", "do you ship to Norway?")
        shop.wait(timedelta(minutes=5))
        assert shop.run("fetch").code == 0
        assert [one["author"] for one in shop.json("inbox", "sort:old")] == [
            "@mia@far.example",
            "@tom@far.example",
        ]
        yield shop, town


@pytest.fixture
def shop(place):
    return place[0]


@pytest.fixture
def town(place):
    return place[1]


def told(ran):
    """The one object of a command with ``--json``."""
    record = json.loads(ran.out)
    jsonschema.validate(record, schema("reply"))
    return record


def state(shop, id_=MIA):
    return shop.json("show", id_)["reply_state"]


def errors(ran):
    first, second = ran.err.splitlines()[-2:]
    return first.removeprefix("error: "), second.removeprefix("hint:  ")


def on_post(town, answer):
    """From now on posts are answered so."""
    town.server["/api/v1/statuses"] = lambda to: (
        answer(to) if to.request.method == "POST" else town._post(to)
    )


def refuses(town, status, body=b'{"error": "Not now"}'):
    on_post(town, lambda to: to.answer(body, status=status))


# ── what goes ──


def test_a_good_answer_is_sent_and_counted(shop, town):
    ran = shop.run("reply", MIA, "-b", GOOD, "--send")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Sent to @mia@far.example: https://mas.to/@acme/")
    assert town.posted == [(f"@mia@far.example {GOOD}", "100")]
    mention = shop.json("show", MIA)
    assert (mention["status"], mention["reply_state"]) == ("pending", "sent")
    assert mention["first_answer_at"] == town.statuses[0]["created_at"]
    assert shop.run("fetch").code == 0
    assert len(shop.json("inbox", "is:any")) == 2


def test_a_question_is_closed_by_its_answer(shop):
    shop.run("reply", TOM, "-b", AGAIN, "--send")
    assert shop.json("show", TOM)["status"] == "closed"


def test_json_tells_where_it_is(shop):
    record = told(shop.run("reply", MIA, "-b", GOOD, "--send", "--json"))
    assert (record["state"], record["error"], record["body"]) == ("sent", None, GOOD)
    assert record["posted"].startswith("https://mas.to/@acme/")
    assert isinstance(record["action"], int)


def test_what_is_approved_goes_with_the_next_fetch(shop, town):
    ran = shop.run("reply", MIA, "-b", GOOD, "--approve")
    assert (ran.code, ran.out) == (0, "Approved: 1 goes with the next fetch.\n")
    assert (state(shop), town.posted) == ("approved", [])
    fetched = shop.run("fetch")
    assert fetched.code == 0
    assert "1 answer sent.\n" in fetched.out
    assert (state(shop), len(town.posted)) == ("sent", 1)
    assert shop.json("fetch")["replies"] == []


def test_an_approval_can_be_taken_back_until_it_is_sent(shop, town):
    shop.run("reply", MIA, "-b", GOOD, "--approve")
    assert shop.run("undo").code == 0
    assert state(shop) == "draft"
    shop.run("fetch")
    assert town.posted == []
    shop.run("reply", MIA, "--send")
    gone = shop.run("undo")
    assert gone.code == 6
    assert "sent an answer: what was said cannot be taken back." in gone.err
    assert "socialcare set 1 --status open" in gone.err
    assert len(town.posted) == 1


def test_a_private_answer_is_for_them_alone(shop, town):
    shop.run("reply", MIA, "-b", f"{GOOD} It is order #4411.", "--private", "--send")
    assert town.statuses[0]["visibility"] == "direct"


def test_private_words_go_after_the_public_ones(shop, town):
    ran = shop.run("reply", MIA, "-b", GOOD, "--follow-up", "Is it order #4411?", "--send")
    assert ran.code == 0
    assert "in 2 posts" in ran.out
    private, public = town.statuses[:2]
    assert (public["visibility"], private["visibility"]) == ("public", "direct")
    assert "#4411" not in public["content"]


def test_what_was_to_be_said_after_it_is_said_with_it_in_private(shop):
    shop.run("reply", MIA, "-b", GOOD, "--follow-up", "Is it order #4411?")
    record = told(shop.run("reply", MIA, "--private", "--json"))
    assert (record["private"], record["follow_up"]) == (True, None)
    assert record["body"] == f"{GOOD}\n\nIs it order #4411?"


def test_private_words_can_be_left_out_again(shop):
    shop.run("reply", MIA, "-b", GOOD, "--follow-up", "Is it order #4411?")
    assert told(shop.run("reply", MIA, "--follow-up", "", "--json"))["follow_up"] is None


def test_a_text_for_several_posts_goes_only_when_asked(shop, town):
    long = " ".join(f"{GOOD} ({n})" for n in range(9))
    assert shop.run("reply", MIA, "-b", long, "--send").code == 6
    assert town.posted == []
    ran = shop.run("reply", MIA, "--split", "--send")
    assert (ran.code, "in 2 posts" in ran.out) == (0, True)
    (first, _), (second, above) = town.posted
    assert len(first) <= 500 >= len(second)
    assert above == town.statuses[1]["id"]


def test_a_promise_is_due(shop):
    shop.run("reply", MIA, "-b", GOOD, "--send", "--promise", "2h")
    mention = shop.json("show", MIA)
    assert (mention["due_for"], mention["status"]) == ("promise", "pending")


# ── what is held ──


def test_a_stop_holds_it_and_shows_why(shop, town):
    ran = shop.run("reply", MIA, "-b", BAD, "--send")
    assert (ran.code, ran.out, town.posted) == (6, "", [])
    assert "  STOP  private data" in ran.err
    assert "  STOP  placeholders" in ran.err
    assert errors(ran) == (
        "not sent: fix the lines marked STOP.",
        "edit it: socialcare reply 1 --edit   or send it privately: --private",
    )
    assert state(shop) == "draft"
    assert shop.run("reply", MIA, "--approve").code == 6
    record = told(shop.run("reply", MIA, "--send", "--json"))
    assert (record["state"], record["error"]) == ("draft", "not sent: fix the lines marked STOP.")
    assert {c["check"] for c in record["checks"] if c["level"] == "stop"} == {
        "private data",
        "placeholders",
    }


def test_a_stop_is_overridden_by_name_and_that_is_on_record(shop, town):
    one = shop.run("reply", MIA, "-b", BAD, "--send", "--override", "private-data")
    assert (one.code, town.posted) == (6, [])
    ran = shop.run(
        "reply", MIA, "--send", *("--override", "private data", "--override", "PLACEHOLDERS")
    )
    assert (ran.code, len(town.posted)) == (0, 1)
    (answer,) = shop.json("show", MIA)["answers"]
    assert answer["overrides"] == ["private data", "placeholders"]
    told_ = shop.run("show", MIA, tty=True, width=200).out
    assert "mia (sent, in spite of private data, placeholders)" in told_
    why = shop.value("select group_concat(distinct why) from event where field = 'reply'")
    assert "in spite of private data, placeholders" in why


def test_what_a_colleague_answered_meanwhile_is_not_answered_again(shop, town):
    shop.run("reply", MIA, "-b", GOOD, "--approve")
    shop.run("reply", MIA, "--record", "https://mas.to/@acme/7", SOCIALCARE_USER="leo")
    shop.run("fetch")
    assert town.posted == []
    shop.run("reply", TOM, "-b", AGAIN, "--approve")
    shop.run("set", TOM, "--status", "open", SOCIALCARE_USER="leo")
    assert len(town.posted) == 0


def test_a_mention_that_is_gone_is_not_answered(shop, town):
    shop.run("reply", MIA, "-b", GOOD, "--approve")
    town.statuses = [one for one in town.statuses if one["id"] != "100"]
    town.server["/api/v1/statuses/100"] = lambda to: to.answer(
        b'{"error": "Record not found"}', status="404 Not Found"
    )
    ran = shop.run("fetch")
    assert ran.code == 5
    assert "it was deleted by its author" in ran.err
    assert state(shop) == "failed"
    assert [one["id"] for one in shop.json("inbox", "is:failed")] == [1]


# ── what goes wrong ──


def test_what_the_service_refuses_is_failed_and_can_be_changed(shop, town):
    refuses(town, "422 Unprocessable Entity", b'{"error": "Validation failed: too rude"}')
    ran = shop.run("reply", MIA, "-b", GOOD, "--send")
    assert ran.code == 1
    assert errors(ran)[0].startswith("Not sent: ")
    assert state(shop) == "failed"
    assert "not sent" in shop.run("inbox", tty=True, width=120).out
    assert "1 answer was not sent: socialcare inbox is:failed\n" in shop.run("inbox", tty=True).out
    with_doctor = shop.run("doctor", "--offline", tty=True)
    assert "1 answer was not sent, or may not have been" in with_doctor.out
    assert "failed 1: 1" in shop.run("report", "--brief", tty=True).out
    shop.run("reply", MIA, "-b", f"{GOOD} Thank you.")
    assert state(shop) == "draft"


def test_a_service_that_asks_to_slow_down_gets_it_later(shop, town):
    refuses(town, "429 Too Many Requests")
    ran = shop.run("reply", MIA, "-b", GOOD, "--send")
    assert ran.code == 5
    assert errors(ran)[0].startswith("Not yet sent: ")
    assert state(shop) == "approved"
    record = told(shop.run("reply", MIA, "--send", "--json"))
    assert record["state"] == "later"
    assert record["error"]
    town.__post_init__()
    shop.wait(timedelta(hours=1))
    assert "1 answer sent." in shop.run("fetch").out
    assert len(town.posted) == 1


def lost(shop, town):
    """An answer of which the server keeps nothing, and tells nothing."""
    town.server["/api/v2/instance"] = lambda to: to.answer(b'{"version": "2.7 (compatible; x)"}')
    town.server["/api/v1/accounts/99/statuses"] = lambda to: to.answer(b"[]")
    on_post(town, lambda to: to.reset())
    ran = shop.run("reply", MIA, "-b", GOOD, "--send")
    assert ran.code == 5, ran
    for _ in range(3):
        shop.wait(timedelta(minutes=20))
        shop.run("fetch")
    return state(shop)


def test_an_answer_that_nobody_can_tell_of_is_asked_for(shop, town):
    assert lost(shop, town) == "unknown"
    ran = shop.run("reply", MIA, "--send")
    message, hint = errors(ran)
    assert ran.code == 1
    assert message.startswith("I cannot tell whether the answer to 1 went out: ")
    assert hint == (
        "look: https://mas.to/@mia@far.example/100   then: socialcare reply 1 --record URL"
        "   or: socialcare reply 1 --send --again"
    )
    assert shop.run("reply", MIA, "-b", "Other words.").code == 6
    assert shop.run("reply", MIA, "--discard").code == 6
    assert shop.run("reply", MIA, "--private").code == 6
    record = told(shop.run("reply", MIA, "--send", "--json"))
    assert (record["state"], record["body"]) == ("unknown", GOOD)
    header = shop.run("inbox", tty=True).out
    assert "1 answer may not have gone out: socialcare inbox is:unknown\n" in header


def test_it_is_sent_again_where_somebody_says_so(shop, town):
    assert lost(shop, town) == "unknown"
    town.__post_init__()
    assert shop.run("reply", MIA, "--send", "--again").code == 0
    assert [text for text, _ in town.posted] == [f"@mia@far.example {GOOD}"]


def test_it_is_recorded_where_somebody_found_it(shop, town):
    assert lost(shop, town) == "unknown"
    assert shop.run("reply", MIA, "--record", "https://mas.to/@acme/7").code == 0
    assert (state(shop), town.posted) == ("sent", [])


# ── by hand, and many ──


def test_a_channel_that_is_answered_by_hand_says_so(shop, tmp_path):
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"text": "Anybody here of Acme?", "author": "kim", "id": "1"}\n')
    shop.run("import", str(posts), "--channel", "news")
    ran = shop.run("reply", "3", "-b", GOOD, "--send")
    assert ran.code == 6
    assert errors(ran) == (
        "news is answered by hand: nothing can be posted there from here.",
        "socialcare reply 3 --copy --open   and then: socialcare reply 3 --record URL",
    )
    assert state(shop, "3") == "draft"


def test_many_go_at_once_and_each_is_told(shop, town):
    shop.run("reply", MIA, "-b", GOOD)
    shop.run("reply", TOM, "-b", BAD)
    ran = shop.run("reply", "is:draft", "--send", "--yes", "--json")
    record = json.loads(ran.out)
    assert ran.code == 5
    assert [(one["mention"], one["state"]) for one in record["replies"]] == [
        (1, "sent"),
        (2, "stopped"),
    ]
    assert len(town.posted) == 1
    again = shop.run("reply", "is:draft", "--send", "--yes")
    assert (again.code, again.out) == (6, "")
    assert again.err == "2  not sent: fix the lines marked STOP.\n"
    ran = shop.run("reply", "is:draft", "--discard", "--yes")
    assert (ran.code, ran.out) == (0, "2  discarded\n")
    assert shop.run("reply", "is:draft", "--send", "--yes").code == 0


def test_the_person_s_next_message_reopens_it(shop, town):
    shop.run("reply", TOM, "-b", AGAIN, "--send")
    ours = town.statuses[0]["id"]
    shop.wait(timedelta(minutes=10))
    town.asks("tom@far.example", "and to Iceland?")
    town.statuses[0]["in_reply_to_id"] = ours
    town.notes[0]["status"]["in_reply_to_id"] = ours
    shop.run("fetch")
    assert [one["text"] for one in shop.json("inbox", "author:@tom@far.example")] == [
        "@acme and to Iceland?"
    ]


def test_nothing_that_only_reads_asks_the_service(shop, town):
    shop.run("reply", MIA, "-b", GOOD)
    asked = len(town.server.asked)
    shop.run("reply", MIA)
    shop.run("reply", MIA, "--dry-run")
    shop.run("inbox", "is:draft")
    assert len(town.server.asked) == asked
