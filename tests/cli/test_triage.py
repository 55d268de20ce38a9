"""``socialcare triage`` by hand, in a real pseudo-terminal: every key, and what it leaves behind."""

from __future__ import annotations

import json
import stat

import pytest

from socialcare.clock import FixedClock, format_time
from socialcare.inbox.conversations import members
from socialcare.inbox.database import open_reader, open_writer
from socialcare.inbox.leases import holder, take
from socialcare.settings import Settings
from socialcare.text import at_door
from tests.cli.acme import (
    ANA,
    DAY,
    HOUR,
    LATE,
    LEO,
    MIA,
    MINUTE,
    NOW,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)
from tests.cli.person import ENTER, UP, Person
from tests.cli.test_hostile_commands import OURS
from tests.inbox.replay import rebuilt, state
from tests.output.test_hostile import LIVE, OUR_SGR, hostile_texts

QUIT = "Done for now: {} handled, {} left.\n"


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION], [PRAISE])
    return shop


def standing(shop):
    db = open_reader(shop.path)
    try:
        return state(db)
    finally:
        db.close()


def consistent(shop):
    """The events tell all, the counts are right, and nobody has a card any more."""
    assert standing(shop) == rebuilt(shop.path, shop.home, Settings())
    assert shop.value("select count(*) from lease") == 0


def fields(shop, id_, *names):
    listed = ", ".join(names)
    return tuple(
        json.loads(shop.value(f"select json_array({listed}) from mentions where id = {id_}"))
    )


def write(shop, work):
    db = open_writer(shop.path)
    try:
        return work(db)
    finally:
        db.close()


# ── every key ──


@pytest.mark.parametrize(
    ("keys", "told", "left"),
    [
        ("c", "#1 closed.", ("closed", None, None)),
        ("x", "#1 closed: not about us.", ("closed", "not-us", None)),
        (["e", ENTER], "#1 answered elsewhere at 14:00.", ("pending", None, "14:00:00.000")),
        (["e", "12:30\r"], "#1 answered elsewhere at 12:30.", ("pending", None, "12:30:00.000")),
        (["e", "20m\r"], "#1 answered elsewhere at 13:40.", ("pending", None, "13:40:00.000")),
        (["s", "h"], "#1 snoozed until Sat 21 Nov 15:00.", ("snoozed", None, None)),
        (["s", "t"], "#1 snoozed until Sun 22 Nov 09:00.", ("snoozed", None, None)),
        (["s", "m"], "#1 snoozed until Mon 23 Nov 09:00.", ("snoozed", None, None)),
        (["s", "r"], "#1 snoozed until they write again.", ("snoozed", None, None)),
        (["s", "w", "2d\r"], "#1 snoozed until Mon 23 Nov 14:00.", ("snoozed", None, None)),
        (["a", "o", "mia\r"], "#1 is with mia now.", ("open", None, None)),
    ],
)
def test_what_settles_a_card_says_so_and_goes_on(acme, keys, told, left):
    leo = Person(acme)
    leo.asked()
    came = leo.press(*keys)
    assert f"\n  {told} u takes it back\n" in came
    assert "#2  normal" in came
    assert came.endswith("2 of 3 > ")
    assert leo.end("q") == "q\n" + QUIT.format(1, 2)
    assert leo.code == 0
    at = left[2] and f"2026-11-21T{left[2]}Z"
    assert fields(acme, 1, "status", "close_reason", "first_answer_at") == (*left[:2], at)
    consistent(acme)


def test_what_is_said_about_a_card_keeps_it_on_the_desk(acme):
    leo = Person(acme)
    leo.asked()
    for keys, told, field, value in (
        (["t", "vip courier\r"], "#1 tag vip, tag courier.", "tags", ["courier", "vip"]),
        (["t", "-vip\r"], "#1 no tag vip.", "tags", ["courier"]),
        (["n", "call her\r"], "#1 note added.", None, None),
        (["f", "q"], "#1 label question.", "label", "question"),
        (["f", "4"], "#1 priority low.", "priority", "low"),
        (["f", "t", "staff\r"], "#1 topics staff.", "topics", '["staff"]'),
        (["a", "m"], "#1 is with leo now.", "owner", "leo"),
        (["a", "n"], "#1 is with nobody now.", "owner", None),
    ):
        came = leo.press(*keys)
        assert f"\n  {told} u takes it back\n" in came
        assert came.endswith("1 of 3 > ")
        if field is not None:
            assert fields(acme, 1, field) == (value,)
    assert "Notes    leo, 21 Nov: call her" in came
    leo.end("q")
    consistent(acme)
    corrected = json.loads(acme.run("learn", "--json").out)
    assert corrected


def test_what_names_nothing_changes_nothing(acme):
    before = standing(acme)
    leo = Person(acme)
    leo.asked()
    for keys in (
        *(["s", "z"], ["s", "w", ENTER], ["a", "z"], ["a", "o", ENTER], ["t", ENTER], ["n", ENTER]),
        *(["f", "z"], ["f", "t", ENTER], ["e", "-\r"], ["s", UP], ["n", "\x04"], ["n", f"{UP}\r"]),
    ):
        assert leo.press(*keys).endswith("\n  Nothing was changed.\n1 of 3 > ")
    for key in ("z", "C", UP, "\x1bOc", "\x1bc", "\x1b[3~", "é", "\t"):
        assert leo.press(key).endswith(
            "\n  That key does nothing. ? lists those that do.\n1 of 3 > "
        )
    assert leo.end("\x04").endswith(QUIT.format(0, 3))
    assert leo.code == 0
    assert standing(acme) == before
    assert acme.value("select count(*) from action where actor = 'leo'") == 0


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["e", "9:00\r"], "1 was not written yet at that time. Nothing was changed."),
        (["e", "14:01\r"], '"14:01" has not come yet. Nothing was changed.'),
        (["e", "soon\r"], '"soon" is no time I know. Nothing was changed.'),
        (["s", "w", "2020-01-01\r"], '"2020-01-01" is past: nothing can be snoozed until then.'),
        (["a", "o", "mia wong\r"], "An owner is one word without commas or spaces."),
        (["t", "a,b\r"], "A tag is one word without commas or spaces."),
    ],
)
def test_a_mistake_is_told_and_the_card_stays(acme, keys, told):
    before = standing(acme)
    leo = Person(acme)
    leo.asked()
    came = leo.press(*keys)
    assert told in came
    assert came.endswith("1 of 3 > ")
    leo.end("q")
    assert standing(acme) == before


def test_next_back_and_the_end(acme):
    leo = Person(acme)
    leo.asked()
    assert leo.press("b").endswith("\n  This is the first one.\n1 of 3 > ")
    assert leo.press(ENTER, ENTER).endswith("3 of 3 > ")
    assert "#2  normal" in leo.press("b")
    assert leo.press(ENTER, "c").endswith(
        "\n  #3 closed. u takes it back\n  That was the last one.\n  [u]ndo  [b]ack  [enter] done\n"
        "  Now? "
    )
    assert leo.press("z").endswith("  Now? ")
    assert "\n  Taken back: #3 is as it was.\n" in leo.press("u")
    assert leo.press(ENTER, "b").endswith("3 of 3 > ")
    assert leo.press(ENTER).endswith("Now? ")
    assert leo.end(ENTER).endswith(QUIT.format(0, 3))
    consistent(acme)


def test_the_page_is_printed_where_no_browser_is(acme):
    leo = Person(acme, SSH_CONNECTION="10.0.0.1 50022 10.0.0.2 22", DISPLAY=":0")
    leo.asked()
    assert leo.press("o") == "o\n  Its page: https://mastodon.example/p/101\n1 of 3 > "


def test_the_page_is_opened_by_the_browser(acme, tmp_path):
    browser = program(tmp_path / "browser", f'echo "$1" > {tmp_path}/opened')
    leo = Person(acme, BROWSER=f"{browser} %s")
    leo.asked()
    assert leo.press("o") == "o\n  Opened the page.\n1 of 3 > "
    assert (tmp_path / "opened").read_text() == "https://mastodon.example/p/101\n"


def test_only_a_web_page_is_opened(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(1, ANA, "where?", HOUR, url="file:///etc/passwd"), "question")])
    browser = program(tmp_path / "browser", f"touch {tmp_path}/opened")
    leo = Person(shop, BROWSER=f"{browser} %s")
    leo.asked()
    assert leo.press("o") == "o\n  Its page: file:///etc/passwd\n1 of 1 > "
    assert not (tmp_path / "opened").exists()


def test_the_keys_are_explained(acme):
    leo = Person(acme, columns=40)
    leo.asked()
    told = leo.press("?")
    assert "\n  e      it was answered elsewhere, now\n         or earlier\n" in told
    assert told.count("\n  ") == 15 + 5


# ── undo ──


def test_undo_goes_back_step_by_step_to_the_morning(acme):
    morning = standing(acme)
    leo = Person(acme)
    leo.asked()
    leo.press("t", "vip\r", "f", "p", "n", "call her\r", "a", "m", "c", "s", "m", "e", ENTER)
    for place in ("3 of 3", "2 of 3", *["1 of 3"] * 5):
        came = leo.press("u")
        assert came.startswith("u\n  Taken back: #")
        assert came.endswith(f"{place} > ")
    assert leo.press("u") == (
        "u\n  Nothing was done on this walk. What you did before: socialcare undo --list\n1 of 3 > "
    )
    assert leo.end("q").endswith(QUIT.format(0, 3))
    assert standing(acme) == morning
    consistent(acme)


def test_what_was_done_before_the_walk_is_not_touched(acme):
    acme.run("set", "1-3", "--tag", "mine")
    leo = Person(acme)
    leo.asked()
    assert "Nothing was done on this walk." in leo.press("u")
    assert acme.value("select count(*) from tag") == 3


def test_what_a_colleague_changed_further_is_not_taken_back(acme):
    leo = Person(acme)
    leo.asked()
    leo.press("c")
    acme.run("set", "1", "--status", "open", SOCIALCARE_USER="mia")
    came = leo.press("u")
    assert "\n  Mia set status of 1 to open just now (action " in came
    assert came.endswith("2 of 3 > ")
    assert fields(acme, 1, "status") == ("open",)
    leo.end("q")
    consistent(acme)


# ── answering ──


def program(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def editor(tmp_path):
    return program(tmp_path / "editor", 'printf "Sorry, Mia.\\n" > "$1"')


def test_an_answer_is_written_and_recorded_and_the_walk_goes_on(acme, editor):
    leo = Person(acme, EDITOR=str(editor))
    leo.asked()
    came = leo.press("r")
    assert "Sorry, Mia.\n" in came
    came = leo.press("r\r", "\r")
    assert "\nRecorded: 1 is answered.\n" in came
    assert came.endswith("2 of 3 > ")
    came = leo.press("u")
    assert came.startswith("u\n  Action 2 recorded an answer: what was said cannot be taken back.")
    assert came.endswith("2 of 3 > ")
    assert leo.end("q").endswith(QUIT.format(1, 2))
    assert fields(acme, 1, "status", "first_answer_at") == ("pending", "2026-11-21T14:00:00.000Z")
    consistent(acme)


def test_a_draft_stays_on_the_card_and_can_be_taken_back(acme, editor):
    leo = Person(acme, EDITOR=str(editor))
    leo.asked()
    came = leo.press("r", "d\r")
    assert "Answers  leo (draft), 21 Nov: Sorry, Mia." in came
    assert came.endswith("1 of 3 > ")
    assert "Sorry, Mia." not in leo.press("u")
    leo.end("q")
    consistent(acme)


def test_an_editor_that_fails_says_where_the_text_is(acme, tmp_path):
    editor = program(tmp_path / "editor", "exit 3")
    leo = Person(acme, EDITOR=str(editor))
    leo.asked()
    came = leo.press("r")
    assert "failed (exit 3)." in " ".join(came.split())
    assert "nothing was written" in " ".join(came.split())
    assert came.endswith("1 of 3 > ")


# ── several people ──


def test_a_card_that_a_colleague_has_can_be_noted_and_taken_over(acme):
    write(acme, lambda db: take(db, 1, "mia", NOW - 3 * MINUTE))
    leo = Person(acme)
    assert "\nmia is writing an answer (3 min)\n" in leo.asked()
    for key in "rcxesaf":
        assert leo.press(key).endswith(
            "\n  mia is writing an answer: ! takes it over, ? lists the keys.\n1 of 3 > "
        )
    assert "[!] take it over  [t]ag  [n]ote" in leo.text
    assert "#1 note added." in leo.press("n", "mine!\r")
    assert "#1 is on your desk now." in leo.press("!")
    assert "#1 closed." in leo.press("c")
    leo.end("q")
    consistent(acme)


def test_looking_takes_the_card_and_leaving_gives_it_back(acme):
    def has(id_):
        return write(acme, lambda db: getattr(holder(db, id_, NOW), "actor", None))

    leo = Person(acme)
    leo.asked()
    assert (has(1), has(2)) == ("leo", None)
    leo.press(ENTER)
    assert (has(1), has(2)) == (None, "leo")
    assert acme.run("close", "2", SOCIALCARE_USER="mia").code == 6 or has(2) == "leo"
    leo.press(ENTER, ENTER)
    assert (has(2), has(3)) == (None, None)
    leo.end("q")
    consistent(acme)


def test_two_people_see_each_other(acme):
    leo = Person(acme)
    leo.asked()
    mia = Person(acme, SOCIALCARE_USER="mia")
    assert "\nleo is writing an answer (0 min)\n" in mia.asked()
    assert mia.press(ENTER).endswith("2 of 3 > ")
    assert "\n#2 is closed by now: passed over.\n" not in leo.press("c")
    assert "\nmia is writing an answer (0 min)\n" in leo.text.replace("\r\n", "\n")
    assert "\n  #2 closed. u takes it back\n" in mia.press("c")
    assert "\nmia is writing an answer (0 min)\n" in leo.press(ENTER)
    mia.end("q")
    assert "#3 is on your desk now." in leo.press("!")
    assert leo.end("q").endswith(QUIT.format(1, 2))
    consistent(acme)


def test_what_a_colleague_did_since_is_told_and_not_written_over(acme):
    leo = Person(acme)
    leo.asked()
    acme.run("close", "1", "--reason", "spam", "--steal", SOCIALCARE_USER="mia")
    came = leo.press("s", "m")
    assert "\n  Mia closed 1 just now. Nothing was changed.\n" in came
    assert "closed: spam" in came
    assert came.endswith("1 of 3 > ")
    assert fields(acme, 1, "close_reason") == ("spam",)
    leo.end("q")
    consistent(acme)


def test_who_took_it_over_is_told(acme):
    leo = Person(acme)
    leo.asked()
    write(acme, lambda db: take(db, 1, "mia", NOW, steal=True))
    came = leo.press("c")
    assert "\n  Mia is writing an answer to 1 (0 min). Nothing was changed.\n" in came
    assert "[!] take it over" in came
    write(acme, lambda db: db.conn.execute("delete from lease"))
    leo.end("q")
    consistent(acme)


AGAIN = judged(
    mention(107, MIA, "Hello?", MINUTE, thread="100", in_reply_to="101"), "complaint", urgent=True
)


def test_what_the_person_wrote_since_is_read_first(acme):
    leo = Person(acme)
    leo.asked()
    acme.fill([AGAIN])
    came = leo.press("c")
    assert (
        "  The person of 1 wrote again, or changed it, since this card was drawn. Nothing" in came
    )
    assert "#4  urgent" in came
    assert "Hello?" in came
    assert acme.value("select count(*) from triage where status = 'closed'") == 0
    assert "#4 closed." in leo.press("c")
    leo.end("q")
    assert write(acme, lambda db: members(db.conn, [1])) == {1, 4}
    assert acme.value("select count(*) from triage where status = 'closed'") == 2
    consistent(acme)


def test_what_arrives_meanwhile_changes_neither_order_nor_number(acme):
    leo = Person(acme)
    leo.asked()
    acme.fill([judged(mention(108, ANA, "Fire!", 9 * DAY), "complaint", urgent=True)])
    acme.fill([judged(mention(109, MIA, "Lovely", DAY, thread="9"), "praise")])
    assert leo.press(ENTER).endswith("2 of 3 > ")
    assert leo.press(ENTER).endswith("3 of 3 > ")
    assert leo.press(ENTER).endswith("Now? ")
    assert leo.end(ENTER).endswith(QUIT.format(0, 3))


def test_what_does_not_wait_any_more_is_passed_over(acme):
    leo = Person(acme)
    leo.asked()
    acme.run("close", "2", SOCIALCARE_USER="mia")
    came = leo.press(ENTER)
    assert "\n  #2 is closed by now: passed over.\n" in came
    assert came.endswith("3 of 3 > ")
    assert leo.press("b").endswith("1 of 3 > ")
    assert leo.end("q").endswith(QUIT.format(0, 2))
    consistent(acme)


# ── what is walked ──


def test_a_query_and_ids_choose(acme):
    leo = Person(acme, "triage", "label:question")
    assert leo.asked().endswith("1 of 1 > ")
    leo.end("q")
    acme.run("close", "3")
    leo = Person(acme, "triage", "3", "1")
    assert "#3  low  closed" in leo.asked()
    assert leo.press(ENTER).endswith("2 of 2 > ")


def test_the_walk_has_no_limit(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(n, ANA, f"where is {n}?", HOUR), "question") for n in range(1, 603)])
    leo = Person(shop)
    assert leo.asked().endswith("1 of 602 > ")


def test_what_was_put_off_until_now_is_there(acme):
    acme.run("set", "1", "--snooze", "1h", clock=FixedClock(NOW - HOUR))
    leo = Person(acme, "triage")
    assert leo.asked().endswith("1 of 3 > ")
    leo.end("q")
    consistent(acme)


def test_nothing_to_do(acme):
    acme.run("close", "1-3")
    acme.fetched(3 * MINUTE)
    leo = Person(acme)
    assert leo.end() == "Nothing waiting. Last fetch 3 min ago.\n"
    assert leo.code == 0
    assert acme.run("triage", tty=True, SOCIALCARE_DB=str(acme.home / "none.db")).out == (
        "Nothing waiting. Nothing fetched yet: socialcare fetch\n"
    )


@pytest.mark.parametrize("how", [{}, {"stdin_tty": True}, {"tty": True}])
def test_without_a_terminal_it_says_what_scripts_use(acme, how):
    ran = acme.run("triage", **how)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: triage needs a terminal.\nhint:  for scripts use: socialcare inbox --json\n"
    )
    assert acme.value("select count(*) from lease") == 0


def test_what_was_looked_at_is_not_new(acme):
    leo = Person(acme)
    leo.asked()
    leo.end("q")
    assert acme.value("select count(*) from triage where seen_at is not null") == 1
    assert acme.value("select seen_at from triage where mention_id = 1") == format_time(NOW)


# ── texts of strangers ──


def walked(tmp_path, texts):
    """All that reaches the terminal on a walk over these texts."""
    shop = Acme(tmp_path)
    shop.fill(
        [
            judged(mention(n, LEO, text, HOUR, url=None), "question")
            for n, text in enumerate(map(at_door, texts))
        ]
    )
    leo = Person(shop, columns=60, rows=50)
    leo.asked()
    leo.press("n", "mine\r", *[ENTER] * len(texts))
    leo.end(ENTER)
    assert leo.screen.title == ""
    return leo.text.replace("\r\n", "\n")


def test_texts_of_strangers_never_act(tmp_path):
    text = walked(tmp_path, OURS)
    assert "is gone" in text
    assert not LIVE.search(OUR_SGR.sub("", text))


@pytest.mark.slow
def test_recorded_hostile_texts_never_act(tmp_path, shared):
    texts = [text for _, (text, *_) in hostile_texts(shared)]
    text = walked(tmp_path, texts[:: max(1, len(texts) // 300)])
    assert not LIVE.search(OUR_SGR.sub("", text))
