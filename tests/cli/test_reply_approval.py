"""Answers that wait for somebody: who may let them go, who sees them, and what is on record."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest

from socialcare.output.schema import schema
from socialcare.settings import ReplySettings
from socialcare.settings.approval import may_approve, needs_approval, waits_for
from tests.cli.town import opened

GOOD = "Sorry for the wait, Mia. I am asking the courier now and write again by 17:00."
BETTER = "Sorry for the long wait, Mia. We ask the courier now and write again by 17:00."
BAD = "Order #4411 is lost."
ALL = """
[reply]
approval = "all"
approvers = ["ana", "eva"]
"""
FOUR_EYES = f"{ALL}four_eyes = true\n"
NEW_STAFF = """
[reply]
approval = "new-staff"
approvers = ["ana"]
new_staff = ["leo"]
"""


@pytest.fixture
def make(tmp_path):
    """A shop with this much more in its config, and a complaint by Mia."""
    open_now = []

    def made(more):
        place = opened(tmp_path, more)
        shop, town = place.__enter__()
        open_now.append(place)
        town.asks("mia@far.example", "where is my parcel? Never again.")
        shop.wait(timedelta(minutes=1))
        assert shop.run("fetch").code == 0
        return shop, town

    yield made
    for place in open_now:
        place.__exit__(None, None, None)


def reply(shop, who, *words, **how):
    return shop.run("reply", "1", *words, SOCIALCARE_USER=who, **how)


def state(shop):
    return shop.json("show", "1")["reply_state"]


def errors(ran):
    return ran.err.splitlines()[-2:]


@pytest.mark.parametrize(
    ("approval", "four_eyes", "author", "me", "waits"),
    [
        ("off", False, "leo", "leo", False),
        ("off", True, "leo", "leo", False),
        ("all", False, "leo", "leo", True),
        ("all", False, "leo", "mia", True),
        ("all", False, "leo", "ana", False),
        ("all", False, "ana", "ana", False),
        ("all", True, "ana", "ana", True),
        ("all", True, "ana", "eva", False),
        ("all", True, "leo", "ana", False),
        ("new-staff", False, "leo", "leo", True),
        ("new-staff", False, "leo", "mia", True),
        ("new-staff", False, "mia", "leo", True),
        ("new-staff", False, "mia", "mia", False),
        ("new-staff", False, "leo", "ana", False),
    ],
)
def test_who_has_to_wait(approval, four_eyes, author, me, waits):
    policy = ReplySettings(
        approval=approval, approvers=("ana", "eva"), new_staff=("leo",), four_eyes=four_eyes
    )
    assert needs_approval(policy, author, me) is waits
    assert waits_for(policy, author).split(" or ") == [
        name for name in ("ana", "eva") if may_approve(policy, author, name)
    ]


def test_what_is_put_up_waits_and_is_seen(make):
    shop, town = make(ALL)
    ran = reply(shop, "leo", "-b", GOOD, "--send")
    assert (ran.code, ran.out, town.posted) == (6, "", [])
    assert ran.err == (
        "error: 1 is waiting for approval by ana or eva.\nhint:  see it: socialcare show 1\n"
    )
    assert [one["id"] for one in shop.json("inbox", "is:waiting")] == [1]
    assert "(waits for approval)" in shop.run("inbox", tty=True, width=120).out
    asks = "1 answer waits for your approval: socialcare inbox is:waiting\n"
    assert asks in shop.run("inbox", tty=True, SOCIALCARE_USER="ana").out
    assert asks in shop.run("inbox", tty=True, SOCIALCARE_USER="eva", SOCIALCARE_ACCESSIBLE="1").out
    assert asks not in shop.run("inbox", tty=True, SOCIALCARE_USER="leo").out
    assert "leo (waits for approval), " in shop.run("show", "1", tty=True).out
    assert "waiting 1: 1" in shop.run("report", "--brief", tty=True).out
    shop.run("fetch")
    assert town.posted == []


def test_doctor_looks_once_it_waits_long(make):
    shop, _ = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    (check,) = [c for c in shop.json("doctor", "--offline") if c["name"] == "approval"]
    assert check["level"] == "ok"
    shop.wait(timedelta(hours=3))
    (check,) = [c for c in shop.json("doctor", "--offline") if c["name"] == "approval"]
    assert check["level"] == "look"
    assert check["message"] == (
        "1 answer waits for approval by ana or eva, the oldest put up 3 h ago"
    )


def test_json_says_for_whom_it_waits(make):
    shop, _ = make(ALL)
    ran = reply(shop, "leo", "-b", GOOD, "--send", "--json")
    told = json.loads(ran.out)
    jsonschema.validate(told, schema("reply"))
    assert (ran.code, told["state"], told["waiting_for"]) == (6, "waiting", "ana or eva")


def test_nobody_else_approves_it(make):
    shop, town = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    for words in (["--approve"], ["--send"]):
        ran = reply(shop, "mia", *words)
        assert (ran.code, ran.out) == (6, "")
        assert errors(ran)[0] == "error: the answer to 1 waits for approval by ana or eva."
    assert reply(shop, "leo", "--approve").code == 6
    assert reply(shop, "mia", "--back", "no").code == 6
    assert (state(shop), town.posted) == ("waiting", [])


def test_an_approver_lets_it_go(make):
    shop, town = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    ran = reply(shop, "ana", "--approve")
    assert (ran.code, ran.out) == (0, "Approved: 1 goes with the next fetch.\n")
    shop.run("fetch")
    assert len(town.posted) == 1
    (answer,) = shop.json("show", "1")["answers"]
    assert (answer["who"], answer["approved_by"], answer["state"]) == ("leo", "ana", "sent")
    assert "leo (sent, approved by ana)" in shop.run("show", "1", tty=True).out
    did = [one["changed"] for one in shop.json("undo", "--list")]
    assert did == ["approved", "put up for approval", "draft"]
    assert shop.value("select actor from action where id = (select max(id) from action)") == "leo"


def test_an_approver_at_the_keyboard_presses_s(make):
    shop, town = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    ran = reply(shop, "ana", tty=True, stdin="s\n")
    assert ran.code == 0
    assert "Written by leo, waits for approval." in ran.out
    assert "[b]ack to draft, with a note" in ran.err
    assert "Sent to @mia@far.example: " in ran.out
    assert len(town.posted) == 1


def test_who_may_not_send_is_told_where_it_goes(make):
    shop, town = make(ALL)
    ran = reply(shop, "leo", "-b", GOOD, tty=True, stdin="s\n")
    assert ran.code == 6
    assert "[s]end to ana or eva for approval" in ran.err
    assert errors(ran)[0] == "error: 1 is waiting for approval by ana or eva."
    assert (state(shop), town.posted) == ("waiting", [])


def test_it_comes_back_with_a_note(make):
    shop, town = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    ran = reply(shop, "ana", "--back", "say which courier")
    assert (ran.code, ran.out) == (0, "1 is a draft again, with the note for leo.\n")
    assert state(shop) == "draft"
    (note,) = shop.json("show", "1")["notes"]
    assert (note["who"], note["text"]) == ("ana", "say which courier")
    page = reply(shop, "leo", tty=True, stdin="q\n").out
    assert "ana gave it back: say which courier" in page
    assert "leo (draft: ana gave it back: say which courier)" in shop.run("show", "1", tty=True).out
    reply(shop, "leo", "-b", BETTER, "--send")
    assert "gave it back" not in reply(shop, "leo", tty=True, stdin="q\n").out
    assert reply(shop, "ana", "--back", "  ").code == 2
    assert shop.run("undo", SOCIALCARE_USER="ana").code == 6
    shop.run("fetch")
    assert town.posted == []


def test_it_is_taken_back_by_who_put_it_up(make):
    shop, _ = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    assert shop.run("undo", SOCIALCARE_USER="leo").code == 0
    assert state(shop) == "draft"
    reply(shop, "leo", "--send")
    reply(shop, "leo", "--back", "not yet")
    assert state(shop) == "draft"
    assert reply(shop, "leo", "--back", "twice").code == 6


def test_the_note_is_asked_for_at_the_keyboard(make):
    shop, _ = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    ran = reply(shop, "ana", tty=True, stdin="b\n\n")
    assert (ran.code, state(shop)) == (0, "waiting")
    ran = reply(shop, "ana", tty=True, stdin="b\nsay when\n")
    assert (ran.code, state(shop)) == (0, "draft")
    assert "What is to be different? " in ran.err


def test_an_approval_is_taken_back_until_it_is_sent(make):
    shop, town = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    reply(shop, "ana", "--approve")
    ran = shop.run("undo", SOCIALCARE_USER="ana")
    assert (ran.code, state(shop)) == (0, "waiting")
    shop.run("fetch")
    assert town.posted == []
    reply(shop, "ana", "--send")
    gone = shop.run("undo", SOCIALCARE_USER="ana")
    assert gone.code == 6
    assert len(town.posted) == 1


def test_other_words_have_to_be_approved_again(make):
    shop, town = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    reply(shop, "ana", "--approve")
    reply(shop, "leo", "-b", BETTER)
    assert state(shop) == "draft"
    shop.run("fetch")
    assert town.posted == []
    (answer,) = shop.json("show", "1")["answers"]
    assert answer["approved_by"] is None


def test_an_approver_who_edits_it_is_its_author_from_then_on(make):
    """Who changed the words answers for them; the history keeps who wrote it first."""
    shop, town = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    reply(shop, "ana", "-b", BETTER, "--send")
    assert town.posted[0][0].endswith(BETTER)
    (answer,) = shop.json("show", "1")["answers"]
    assert (answer["who"], answer["approved_by"]) == ("ana", "ana")
    wrote = "select group_concat(actor) from (select actor from action a join event e"
    wrote += " on e.action_id = a.id where field = 'draft' and after <> 'null' order by e.id)"
    assert shop.value(wrote) == "leo,ana"


def test_with_four_eyes_nobody_approves_what_they_wrote_or_edited(make):
    shop, town = make(FOUR_EYES)
    ran = reply(shop, "ana", "-b", GOOD, "--send")
    assert errors(ran)[0] == "error: 1 is waiting for approval by eva."
    assert reply(shop, "ana", "--approve").code == 6
    ran = reply(shop, "eva", "-b", BETTER, "--send")
    assert errors(ran)[0] == "error: 1 is waiting for approval by ana."
    assert town.posted == []
    asks = "1 answer waits for your approval"
    assert asks in shop.run("inbox", tty=True, SOCIALCARE_USER="ana").out
    assert asks not in shop.run("inbox", tty=True, SOCIALCARE_USER="eva").out
    assert reply(shop, "ana", "--send").code == 0
    assert len(town.posted) == 1


def test_new_staff_wait_and_others_do_not(make):
    shop, town = make(NEW_STAFF)
    assert reply(shop, "leo", "-b", GOOD, "--send").code == 6
    assert reply(shop, "mia", "--send").code == 6
    assert reply(shop, "leo", "--discard").code == 0
    assert reply(shop, "mia", "-b", GOOD).code == 0
    assert reply(shop, "leo", "--send").code == 6
    assert town.posted == []
    assert reply(shop, "mia", "-b", BETTER, "--send").code == 0
    assert len(town.posted) == 1


def test_nobody_unknown_lets_an_answer_go(make, monkeypatch):
    shop, town = make(ALL)
    monkeypatch.setattr("socialcare.settings.identity._login_name", lambda: "")
    shop.environ |= {"LOGNAME": "", "USER": "", "USERNAME": ""}
    ran = reply(shop, "", "-b", GOOD, "--send")
    assert ran.code == 6
    assert errors(ran) == [
        "error: answers are approved here, and I do not know who you are.",
        "hint:  say so: export SOCIALCARE_USER=ana",
    ]
    assert (state(shop), town.posted) == ("draft", [])


def test_a_stop_is_not_put_up_and_an_approver_overrides_it_on_record(make):
    shop, town = make(ALL)
    assert "  STOP  private data" in reply(shop, "leo", "-b", BAD, "--send").err
    assert state(shop) == "draft"
    assert reply(shop, "leo", "--send", "--override", "private-data").code == 6
    assert state(shop) == "waiting"
    assert "in spite of private data" in shop.run("show", "1", tty=True, width=120).out
    assert reply(shop, "ana", "--approve").code == 6
    assert reply(shop, "ana", "--approve", "--override", "private-data").code == 0
    shop.run("fetch")
    (answer,) = shop.json("show", "1")["answers"]
    assert (answer["overrides"], len(town.posted)) == (["private data"], 1)


def test_many_are_approved_at_once(make):
    shop, town = make(ALL)
    reply(shop, "leo", "-b", GOOD, "--send")
    ran = shop.run("reply", "is:waiting", "--approve", "--yes", SOCIALCARE_USER="mia")
    assert (ran.code, ran.out) == (6, "")
    ran = shop.run("reply", "is:waiting", "--approve", "--yes", SOCIALCARE_USER="ana")
    assert (ran.code, ran.out) == (0, "1  approved\n")
    ran = shop.run("reply", "is:approved", "--send", "--yes", SOCIALCARE_USER="leo")
    assert ran.code == 0
    assert ran.out.startswith("1  Sent to @mia@far.example: ")
    assert len(town.posted) == 1
