"""`socialcare undo`: take back a change, do it again, and say why not."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest

from socialcare.clock import FixedClock
from socialcare.inbox.database import open_reader
from socialcare.output.schema import schema
from tests.cli.acme import LATE, NOT_OURS, NOW, PAST, PRAISE, QUESTION, Acme
from tests.inbox.replay import state

WIDTHS = (40, 80, 120)


@pytest.fixture
def acme(tmp_path):
    """1 complaint by Mia, 2 question by Ana, 3 praise by Leo, 4 an old question, 5 filtered.

    The fetch that filtered number 5 is action 1.
    """
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION], [PRAISE], [PAST], [NOT_OURS])
    return shop


def later(minutes):
    return FixedClock(NOW + timedelta(minutes=minutes))


def by(shop, who, *words, **how):
    ran = shop.run(*words, SOCIALCARE_USER=who, **how)
    assert ran.code == 0, ran
    return ran


def inbox(shop):
    db = open_reader(shop.path)
    try:
        return state(db)
    finally:
        db.close()


def listed(shop):
    found = json.loads(shop.run("undo", "--list", "--json").out)
    jsonschema.Draft202012Validator(schema("actions")).validate(found)
    return found


def refused(shop, *words, who="leo", clock=None):
    ran = shop.run("undo", *words, SOCIALCARE_USER=who, clock=clock)
    assert (ran.code, ran.out) == (6, ""), ran
    return ran.err


# ── taking back ──


def test_any_mix_is_taken_back_in_one_step(acme):
    before = inbox(acme)
    words = ("--owner", "mia", "--label", "praise", "--priority", "low", "--topic", "stock")
    by(acme, "leo", "set", "1-3", *words, "--no-answer-needed", "--tag", "vip", "--note", "hm")
    ran = by(acme, "leo", "undo")
    assert ran.out == (
        "Took back 2 (set, just now): owner mia, label praise, priority low, topics stock,"
        " needs answer no, tag vip, note added on 3 mentions.\n"
    )
    assert ran.err == ""
    assert inbox(acme) == before


def test_a_snooze_whose_time_has_come_is_no_stumbling_block(acme):
    before = inbox(acme)
    by(acme, "leo", "set", "3", "--tag", "vip")
    by(acme, "leo", "set", "1", "--snooze", "1h", "--owner", "leo")
    by(acme, "mia", "set", "2", "--tag", "seen", clock=later(61))  # wakes what is due
    assert acme.value("select status from mentions where id = 1") == "open"
    by(acme, "leo", "undo", clock=later(62))
    assert acme.value("select owner from mentions where id = 1") is None
    by(acme, "leo", "undo", clock=later(63))
    by(acme, "mia", "undo", clock=later(64))
    after = inbox(acme)
    assert {name: after[name] for name in ("tag", "note", "correction")} == {
        name: before[name] for name in ("tag", "note", "correction")
    }


@pytest.mark.parametrize(
    "words",
    [
        ("close", "1", "--reason", "answered", "--note", "done"),
        ("close", "2", "5", "--reason", "not-us"),
        ("set", "5", "--status", "open"),
        ("set", "1", "--status", "pending"),
        ("reply", "1", "--body", "Sorry, Mia."),
    ],
)
def test_every_command_of_a_person_can_be_taken_back_and_done_again(acme, words):
    before = inbox(acme)
    by(acme, "leo", *words)
    after = inbox(acme)
    assert after != before
    by(acme, "leo", "undo")
    assert inbox(acme) == before
    assert by(acme, "leo", "undo", "3").out.startswith("Did 2 again (")
    assert inbox(acme) == after


def test_again_and_again_it_goes_back_step_by_step(acme):
    before = inbox(acme)
    for owner in ("mia", "ana", "leo"):
        by(acme, "leo", "set", "1", "--owner", owner)
    told = [by(acme, "leo", "undo", "--json").out for _ in range(3)]
    assert [json.loads(one)["undoes"] for one in told] == [4, 3, 2]
    assert inbox(acme) == before
    for words in (("undo",), ("undo", "--dry-run")):
        assert by(acme, "leo", *words).out == "There is nothing of yours to take back.\n"
    nothing = json.loads(by(acme, "leo", "undo", "--json").out)
    jsonschema.Draft202012Validator(schema("change")).validate(nothing)
    assert nothing == {"v": 1, "action": None, "changed": [], "skipped": [], "undoes": None}


def test_what_was_done_again_is_the_last_change_once_more(acme):
    by(acme, "leo", "set", "1", "--owner", "mia")
    by(acme, "leo", "undo")
    by(acme, "leo", "undo", "3")
    assert json.loads(by(acme, "leo", "undo", "--json").out)["undoes"] == 2
    assert acme.value("select owner from mentions where id = 1") is None


def test_only_ones_own_is_taken_back_without_a_number(acme):
    by(acme, "leo", "set", "1", "--owner", "leo")
    by(acme, "mia", "set", "2", "--owner", "mia")
    assert by(acme, "leo", "undo").out == "Took back 2 (set, just now): owner leo on 1.\n"
    assert acme.value("select owner from mentions where id = 2") == "mia"


def test_a_colleagues_is_taken_back_by_its_number_and_that_is_said(acme):
    by(acme, "mia", "close", "2", "--reason", "spam", clock=later(-5))
    ran = by(acme, "leo", "undo", "2")
    assert ran.out == "Took back 2 (close by mia, 5 min ago): closed (spam) on 2.\n"
    assert by(acme, "mia", "undo").out == "There is nothing of yours to take back.\n"


def test_the_whole_conversation_comes_back(tmp_path):
    from tests.cli.acme import ANA, MINUTE, judged, mention

    shop = Acme(tmp_path)
    posts = [mention(n, ANA, f"Post {n}?", n * MINUTE, thread="t") for n in (1, 2)]
    shop.fill([judged(post, "question") for post in posts])
    before = inbox(shop)
    by(shop, "leo", "close", "1")
    assert shop.value("select count(*) from mentions where status = 'closed'") == 2
    assert by(shop, "leo", "undo").out == "Took back 1 (close, just now): closed on 2 mentions.\n"
    assert inbox(shop) == before


def test_a_note_stays_that_of_its_author_when_it_is_brought_back(acme):
    by(acme, "mia", "set", "1", "--note", "call her", clock=later(-60))
    by(acme, "leo", "set", "1", "--note", "call her", clock=later(-30))
    notes = "select json_group_array(author || at) from note"
    before = acme.value(notes)
    by(acme, "leo", "undo", "2")
    assert acme.value(notes) == '["leo2026-11-21T13:30:00.000Z"]'
    by(acme, "leo", "undo", "4")
    assert sorted(json.loads(acme.value(notes))) == sorted(json.loads(before))


def test_a_private_draft_is_private_again(acme):
    from socialcare.inbox.database import open_writer
    from socialcare.inbox.fields import Hand
    from socialcare.inbox.letters import Words, save_draft

    db = open_writer(acme.path)
    save_draft(db, 1, Words("Only for you.", "private"), Hand("leo", NOW, "reply"))
    db.close()
    before = inbox(acme)
    by(acme, "leo", "reply", "1", "--discard")
    by(acme, "leo", "undo")
    assert inbox(acme) == before
    assert acme.value("select visibility from reply") == "private"
    by(acme, "leo", "undo")
    assert acme.value("select count(*) from reply") == 0


def test_a_muted_person_comes_back_with_all_that_was_filtered_since(acme):
    from tests.cli.acme import ANA, MINUTE, judged, mention

    before = inbox(acme)
    by(acme, "leo", "customer", "mute", "@mia@mas.to", "--reason", "rude")
    assert acme.value("select count(*) from mentions where status = 'filtered'") == 3
    by(acme, "leo", "undo")
    assert inbox(acme) == before
    by(acme, "leo", "customer", "mute", "ana@example.org")
    acme.fill([judged(mention(9, ANA, "And to Sweden?", MINUTE), "question")])
    assert acme.value("select status from mentions where external_id = '9'") == "filtered"
    ran = json.loads(by(acme, "leo", "undo", "--json").out)
    assert (ran["changed"], ran["accounts"]) == ([2, 6], ["ana@example.org"])
    assert acme.value("select count(*) from mentions where status = 'open'") == 5


def test_joined_accounts_are_parted_again(acme):
    before = inbox(acme)
    by(acme, "leo", "customer", "link", "@mia@mas.to", "ana@example.org")
    assert inbox(acme) != before
    ran = by(acme, "leo", "undo")
    assert ran.out.endswith(" on 2 accounts.\n")
    assert inbox(acme) == before


# ── saying no ──


def test_what_a_colleague_changed_since_is_not_overwritten(acme):
    by(acme, "mia", "set", "1-2", "--owner", "mia", "--tag", "vip", clock=later(-9))
    by(acme, "leo", "set", "2", "--owner", "leo", clock=later(-2))
    before = inbox(acme)
    assert refused(acme, "2", who="mia") == (
        "error: leo set owner of 2 to leo 2 minutes ago (action 3).\n"
        "hint:  take that back first: socialcare undo 3   or see what happened: socialcare show 2\n"
    )
    assert inbox(acme) == before
    by(acme, "mia", "undo", "3")
    by(acme, "mia", "undo", "2")


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (("set", "1", "--label", "praise"), ("set", "1", "--label", "other"), "set label of 1 to"),
        (("set", "1", "--tag", "a"), ("set", "1", "--untag", "a"), "took tag a off 1"),
        (("close", "1"), ("set", "1", "--status", "open"), "set status of 1 to open"),
        (
            ("close", "1", "--reason", "spam"),
            ("close", "1", "--reason", "double"),
            "set reason of 1 to double",
        ),
        (("reply", "1", "--body", "a"), ("reply", "1", "--body", "b"), "changed the draft on 1"),
        (("reply", "1", "--body", "a"), ("reply", "1", "--discard"), "took away the draft on 1"),
        (("reply", "1", "--body", "a"), ("reply", "1", "--record"), "recorded an answer to 1"),
    ],
)
def test_the_refusal_says_what_was_done_since(acme, first, second, told):
    by(acme, "mia", *first)
    ran = acme.run(*second, "--steal") if second[0] != "reply" else acme.run(*second)
    assert ran.code in (0, 6), ran
    if ran.code:
        by(acme, "leo", *second, clock=later(20))
    assert told in refused(acme, "2", clock=later(21))


def test_of_what_was_changed_and_brought_back_the_change_is_named(acme):
    by(acme, "leo", "set", "1", "--owner", "mia")
    by(acme, "mia", "set", "1", "--owner", "ana")
    by(acme, "leo", "set", "1", "--owner", "leo")
    by(acme, "leo", "undo")
    assert "mia set owner of 1 to ana just now (action 3)" in refused(acme)


def test_what_is_taken_back_is_not_taken_back_twice(acme):
    by(acme, "mia", "set", "1", "--owner", "mia")
    by(acme, "leo", "undo", "2", clock=later(1))
    assert refused(acme, "2", who="mia", clock=later(3)) == (
        "error: leo took back action 2 2 minutes ago (action 3).\n"
        "hint:  do it again: socialcare undo 3\n"
    )


def test_a_recorded_answer_stays_and_the_change_before_it_is_named(acme):
    by(acme, "leo", "set", "2", "--owner", "leo")
    by(acme, "leo", "reply", "1", "--body", "Sorry.", "--record", "https://mas.to/@acme/9")
    assert refused(acme) == (
        "error: action 3 recorded an answer: what was said cannot be taken back.\n"
        "hint:  take back the one before: socialcare undo 2\n"
    )
    assert refused(acme, "3") == (
        "error: action 3 recorded an answer: what was said cannot be taken back.\n"
        "hint:  open the mention again: socialcare set 1 --status open\n"
    )
    by(acme, "leo", "undo", "2")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("fetch", "action 2 stored what a channel brought: that stays."),
        ("import", "action 2 was an import: what was imported stays."),
        ("classify --inbox", "action 2 labelled the inbox again: labels are not taken back."),
        ("forget", "action 2 erased something for good: nothing of it is left to bring back."),
    ],
)
def test_what_nobody_decided_stays_and_is_no_last_change(acme, command, message):
    sql = "insert into action (at, actor, command) values ('2026-11-21T14:00:00.000Z', 'leo', ?)"
    acme.change(sql, command)
    acme.change(
        "insert into event (action_id, mention_id, field, before, after)"
        " values (2, 1, 'status', '\"open\"', '\"filtered\"')"
    )
    assert refused(acme, "2").splitlines()[0] == f"error: {message}"
    if command != "forget":
        assert by(acme, "leo", "undo").out == "There is nothing of yours to take back.\n"
        assert listed(acme) == []


def test_an_action_of_which_all_was_erased_says_so(acme):
    by(acme, "leo", "set", "1", "--note", "secret")
    acme.change("update event set before = null, after = null where action_id = 2")
    assert refused(acme, "2") == (
        "error: nothing of action 2 is left: what it changed was erased.\n"
        "hint:  see what can be taken back: socialcare undo --list\n"
    )


def test_what_was_erased_since_is_not_opened_again(acme):
    """Issue 4, forget: nobody can answer what has no words, so undo leaves it closed."""
    by(acme, "leo", "close", "1")
    by(acme, "leo", "close", "2", "3")
    for id_ in ("1", "2"):
        assert by(acme, "mia", "forget", id_, "--confirm", "1").code == 0
    assert by(acme, "leo", "undo").out.endswith(": closed on 3.\n")
    assert refused(acme, "2").startswith("error: nothing of action 2 is left")
    states = (
        "select group_concat(status) from (select status from mentions where id < 4 order by id)"
    )
    assert acme.value(states) == "closed,closed,open"


@pytest.mark.parametrize("number", ["99", "9" * 30])
def test_a_number_that_is_none_is_told(acme, number):
    ran = acme.run("undo", number)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        f"error: there is no action {number}.\nhint:  see their numbers: socialcare undo --list\n"
    )


def test_without_a_database_none_is_made(tmp_path):
    shop = Acme(tmp_path)
    assert shop.run("undo").out == "There is nothing of yours to take back.\n"
    assert shop.run("undo", "3").code == 3
    assert shop.run("undo", "--list", tty=True).out == "Nobody has changed anything yet.\n"
    assert shop.run("undo", "--list", "--json").out == "[]\n"
    assert not shop.path.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--list", "3"),
        ("--list", "-n"),
        ("--limit", "3"),
        ("3", "--format", "json"),
        ("0",),
        ("x",),
    ],
)
def test_what_makes_no_sense_is_wrong_use(acme, words):
    ran = acme.run("undo", *words)
    assert (ran.code, ran.out) == (2, "")


# ── screens ──


def test_a_terminal_says_how_to_go_on(acme):
    words = ("set", "1-3", "--owner", "mia", "--tag", "courier")
    assert acme.run(*words, tty=True).out == (
        "3 changed: owner mia, tag courier.   Take back: socialcare undo\n"
    )
    assert acme.run("undo", tty=True, width=120).out == (
        "Took back 2 (set, just now): owner mia, tag courier on 3 mentions."
        "   Do it again: socialcare undo 3\n"
    )
    assert acme.run("undo", "3", tty=True, width=40).out == (
        "Did 2 again (set, just now): owner mia,\n"
        "tag courier on 3 mentions.\n"
        "Take back: socialcare undo 4\n"
    )
    assert acme.run("close", "1", tty=True, width=40).out == (
        "1 closed.   Take back: socialcare undo\n"
    )
    assert acme.run("close", "1", tty=True).out == "0 closed. 1 was so already.\n"
    assert acme.run("undo", "-q", tty=True).out == ""


def test_a_dry_run_says_what_would_be(acme):
    by(acme, "leo", "set", "2", "--owner", "mia")
    before = inbox(acme)
    assert acme.run("undo", "-n", tty=True).out == (
        "2 (set, just now) would be taken back: owner mia on 2.\n"
        "  2  ana@example.org  Do you ship to Norway?\n"
    )
    assert acme.run("undo", "-n").out == "2\tana@example.org\tDo you ship to Norway?\n"
    rehearsed = json.loads(acme.run("undo", "-n", "--json").out)
    assert (rehearsed["action"], rehearsed["undoes"], rehearsed["changed"]) == (None, 2, [2])
    assert inbox(acme) == before
    acme.run("undo")
    again = acme.run("undo", "3", "-n", tty=True, width=40).out
    assert again == (
        "2 (set, just now) would be done again:\n"
        "owner mia on 2.\n"
        "  2  ana@example.org  Do you ship to No…\n"
    )


@pytest.fixture
def busy(acme):
    """A day with one of each, read in Oslo, an hour ahead of the clock."""
    config = acme.home / ".config/socialcare/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[brand]\nname = "Acme"\n\n[answer_by]\ntimezone = "Europe/Oslo"\n')
    by(acme, "mia", "set", "1-3", "--owner", "mia", "--tag", "courier", clock=later(-26 * 60))
    by(acme, "mia", "reply", "1", "--record", "--body", "Sorry.", clock=later(-90))
    by(acme, "leo", "close", "2", "--reason", "spam", clock=later(-4))
    by(acme, "leo", "undo")
    by(acme, "leo", "customer", "mute", "@leo@mastodon.social")
    return acme


TABLES = {
    40: """\
No When         Who  Undone Changed
6  15:00        leo  -      muted
5  15:00        leo  -      open
4  14:56        leo  by 5   closed (spa…
3  13:30        mia  cannot answer reco…
2  20 Nov 13:00 mia  -      owner mia,…
""",
    80: """\
No When         Who  Command       On         Undone Changed
6  15:00        leo  customer mute 1 account  -      muted
5  15:00        leo  undo 4        2          -      open
4  14:56        leo  close         2          by 5   closed (spam)
3  13:30        mia  reply         1          cannot answer recorded, pending
2  20 Nov 13:00 mia  set           3 mentions -      owner mia, tag courier
""",
    120: """\
No  When          Who   Command        On          Undone  Changed
6   15:00         leo   customer mute  1 account   -       muted
5   15:00         leo   undo 4         2           -       open
4   14:56         leo   close          2           by 5    closed (spam)
3   13:30         mia   reply          1           cannot  answer recorded, pending
2   20 Nov 13:00  mia   set            3 mentions  -       owner mia, tag courier
""",
}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_fits_every_width(busy, width):
    ran = busy.run("undo", "--list", tty=True, width=width)
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= width
    assert ran.out == TABLES[width]


def test_piped_the_list_is_complete_and_told_by_lines(busy):
    lines = [line.split("\t") for line in busy.run("undo", "--list").out.splitlines()]
    assert lines[1:] == [
        ["5", "2026-11-21T14:00:00.000Z", "leo", "undo", "4", "2", "", "close_reason status", "open", "", "true"],
        ["4", "2026-11-21T13:56:00.000Z", "leo", "close", "", "2", "", "status close_reason", "closed (spam)", "5", "false"],
        ["3", "2026-11-21T12:30:00.000Z", "mia", "reply", "", "1", "", "answer first_answer_at status", "answer recorded, pending", "", "false"],
        ["2", "2026-11-20T12:00:00.000Z", "mia", "set", "", "1 2 3", "", "owner tag", "owner mia, tag courier", "", "true"],
    ]  # fmt: skip
    assert [action["id"] for action in listed(busy)] == [6, 5, 4, 3, 2]
    assert listed(busy)[0]["accounts"] == ["@leo@mastodon.social"]
    assert busy.run("undo", "--list", "--format", "ids", "--limit", "2").out == "6\n5\n"
    assert busy.run("undo", "--list", "--fields", "id,actor", "--limit", "1").out == "6\tleo\n"


def test_the_list_is_read_out(busy):
    ran = busy.run("undo", "--list", "--limit", "3", tty=True, SOCIALCARE_ACCESSIBLE="1")
    assert ran.out == (
        "1 of 3. Change 6, customer mute by leo, just now: muted on 1 account.\n"
        "2 of 3. Change 5, undo 4 by leo, just now: open on 2.\n"
        "3 of 3. Change 4, close by leo, 4 minutes ago: closed (spam) on 2. Taken back by\n"
        "5.\n"
    )


# ── what a colleague had set ──


def test_what_of_a_colleague_is_replaced_is_said(acme):
    by(acme, "mia", "set", "1", "--owner", "leo", "--label", "question")
    ran = by(acme, "mia", "set", "1", "--owner", "mia")
    assert ran.out == "1 changed: owner mia (was leo).\n"
    assert by(acme, "leo", "set", "1", "--label", "praise").out == (
        "1 changed: label praise (was question by mia).\n"
    )
    assert by(acme, "mia", "set", "1", "--label", "other", "--owner", "ana", "--tag", "x").out == (
        "1 changed: owner ana, label other, tag x (label was praise by leo).\n"
    )
    assert by(acme, "leo", "set", "1-3", "--owner", "leo").out == (
        "3 changed: owner leo (was ana).\n"
    )
    assert by(acme, "leo", "set", "1", "--owner", "mia").out == "1 changed: owner mia.\n"


def test_what_a_colleague_had_closed_is_said(acme):
    by(acme, "mia", "close", "1", "--reason", "spam")
    assert by(acme, "leo", "close", "1", "--reason", "double").out == (
        "1 closed (was spam by mia).\n"
    )
    by(acme, "mia", "set", "2", "--status", "pending")
    told = json.loads(by(acme, "leo", "close", "1-3", "--json").out)
    jsonschema.Draft202012Validator(schema("change")).validate(told)
    assert told["replaced"] == [{"id": 2, "field": "status", "before": "pending", "by": "mia"}]
    assert "replaced" not in json.loads(by(acme, "leo", "set", "1", "--tag", "a", "--json").out)
