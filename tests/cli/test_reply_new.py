"""`socialcare reply --new CHANNEL`: a post of our own, for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from socialcare.output.schema import schema
from tests.cli.town import Shop, Town, opened

LATE = "The courier is late today. We write again at 18:00."
APPROVAL = '[reply]\napproval = "all"\napprovers = ["ana"]\n'


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Shop, Town]]:
    with opened(tmp_path) as both:
        yield both


@pytest.fixture
def shop(place: tuple[Shop, Town]) -> Shop:
    return place[0]


@pytest.fixture
def town(place: tuple[Shop, Town]) -> Town:
    return place[1]


def states(shop: Shop) -> list[tuple[object, ...]]:
    rows = shop.json("sql", "select m.id, r.state, m.text, m.external_id from mention m"
        " left join reply r on r.mention_id = m.id where m.role = 'own' order by m.id, r.id")  # fmt: skip
    return [tuple(row.values()) for row in rows]


def test_without_send_it_is_a_draft_and_its_number_is_told(shop, town):
    ran = shop.run("reply", "--new", "town", "--body", LATE)
    assert (ran.code, ran.out, ran.err) == (0, f"{LATE}\n", "It is 1: socialcare show 1\n")
    assert town.posted == []
    assert [row[:3] for row in states(shop)] == [(1, "draft", "")]
    told = shop.json("reply", "1", "--send")
    jsonschema.validate(told, schema("reply"))
    assert (told["mention"], told["state"], told["posted"]) == (
        1,
        "sent",
        "https://mas.to/@acme/100",
    )
    assert town.posted == [(LATE, None)]


def test_sent_at_once_it_is_posted_once_and_known_when_it_is_fetched(shop, town):
    ran = shop.run("reply", "--new", "town", "-b", LATE, "--send", tty=True)
    assert (ran.code, ran.out) == (0, "Posted: https://mas.to/@acme/100\n")
    assert states(shop) == [(1, "sent", LATE, "100")]
    for _ in range(2):
        fetched = shop.run("fetch", "town")
        assert fetched.code == 0, fetched.err
    assert shop.json("inbox", "is:any") == []
    assert states(shop) == [(1, "sent", LATE, "100")]
    assert shop.json("sql", "select count(*) as n from mention") == [{"n": 1}]
    assert town.posted == [(LATE, None)]


def test_the_answer_to_the_post_is_lost_and_it_is_there_once(shop, town):
    town.loses = True
    ran = shop.run("reply", "--new", "town", "-b", LATE, "--send")
    assert ran.code == 0
    assert town.posted == [(LATE, None)]
    assert states(shop) == [(1, "sent", LATE, "100")]


def test_it_is_no_mention(shop):
    shop.run("reply", "--new", "town", "-b", LATE)
    for words in (
        ("set", "1", "--owner", "mia"),
        ("close", "1"),
        ("forget", "1", "--confirm", "1"),
    ):
        ran = shop.run(*words)
        assert ran.code == 3
        assert ran.err == (
            "error: 1 is a post of our own, and no row of the inbox.\n"
            "hint:  socialcare show 1   or: socialcare reply 1\n"
        )
    assert shop.json("inbox", "is:any") == []
    assert shop.run("show", "next").code == 3


def test_the_checks_and_the_limit_of_the_channel_hold(shop, town):
    ran = shop.run("reply", "--new", "town", "-b", "x" * 501, "--send")
    assert ran.code == 6
    assert "STOP" in ran.err
    assert "501 of 500" in ran.err
    assert town.posted == []
    shop.run("reply", "1", "--body", LATE, "--send")
    assert town.posted == [(LATE, None)]


def test_it_is_for_everybody(shop, town):
    ran = shop.run("reply", "--new", "town", "-b", LATE, "--private", "--send")
    assert ran.code == 2
    assert "an own post is for everybody" in ran.err
    assert (town.posted, states(shop)) == ([], [])


def test_it_waits_for_who_approves_and_goes_with_a_fetch(tmp_path):
    with opened(tmp_path, APPROVAL) as (shop, town):
        ran = shop.run("reply", "--new", "town", "-b", LATE, "--send")
        assert ran.code == 6
        assert "1 is waiting for approval by ana." in ran.err
        assert shop.run("reply", "--new").out == f"1\twaiting\tmia\ttown\t{LATE}\n"
        assert shop.run("reply", "1", "--send").code == 6
        shop.run("fetch")
        assert town.posted == []
        ran = shop.run("reply", "1", "--approve", SOCIALCARE_USER="ana")
        assert (ran.code, ran.out) == (0, "Approved: 1 goes with the next fetch.\n")
        shop.run("fetch")
        assert town.posted == [(LATE, None)]
        told = shop.json("show", "1")
        assert (told["author"], told["approved_by"], told["state"]) == ("mia", "ana", "sent")


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (("news", "-b", "x"), 2, "news takes no posts of our own: its type is hackernews.", "channels that can: town"),
        (("twon", "-b", "x"), 3, 'there is no channel "twon" in the config.', "channels that can: town"),
        (("town",), 2, "nobody is here to write the post.", "give the text: socialcare reply --new town --body TEXT   or --file FILE"),
        (("town", "41", "-b", "x"), 2, "a new post answers nobody: no mention goes with --new.", "socialcare reply --new town --body TEXT"),
        (("town", "-b", "x", "--record"), 2, "--new makes a post: there is none yet to record, give back or throw away.", "see those that there are: socialcare reply --new"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_and_leaves_nothing(shop, words, code, error, hint):
    ran = shop.run("reply", "--new", *words)
    assert (ran.code, ran.out, ran.err) == (code, "", f"error: {error}\nhint:  {hint}\n")
    assert not shop.database.exists() or states(shop) == []


def test_where_nothing_is_written_nothing_is_left(shop):
    nothing = shop.editor("text = ''")
    ran = shop.run("reply", "--new", "town", tty=True, EDITOR=nothing)
    assert (ran.code, ran.err) == (0, "The text is empty: nothing was changed.\n")
    assert states(shop) == []
    assert shop.run("reply", "--new", "town", "--body", " ").code == 1
    assert states(shop) == []


def test_in_the_editor_it_is_asked_about_like_an_answer(shop, town, tmp_path):
    sheet = tmp_path / "sheet"
    written = shop.editor(f"Path({str(sheet)!r}).write_text(text); text = {LATE!r} + text")
    ran = shop.run("reply", "--new", "town", tty=True, stdin="s\n", EDITOR=written)
    assert ran.code == 0
    assert ran.out.startswith(f"Post of our own  public, town\n\n    {LATE}\n")
    assert "[s]end" in ran.err
    assert "rivate" not in ran.err
    assert town.posted == [(LATE, None)]
    seen = sheet.read_text()
    assert seen.startswith("\n\n# ---")
    assert "A post of our own: it answers nobody." in seen


def test_a_draft_is_thrown_away_and_taken_back_by_undo(shop):
    shop.run("reply", "--new", "town", "-b", LATE)
    assert shop.run("reply", "1", "--discard").code == 0
    assert shop.run("reply", "--new").out == ""
    assert shop.run("undo").code == 0
    assert shop.json("reply", "--new")[0]["text"] == LATE
    assert shop.run("undo", "--list").out.count("\n") == 3


def test_what_was_posted_is_never_taken_back(shop):
    shop.run("reply", "--new", "town", "-b", LATE, "--send")
    ran = shop.run("undo")
    assert ran.code != 0
    assert states(shop) == [(1, "sent", LATE, "100")]


def test_a_colleague_who_writes_it_holds_it(shop):
    shop.run("reply", "--new", "town", "-b", LATE)
    shop.change(
        "insert into lease values (1, 'ana', '2026-11-21T13:59:00.000Z', '2026-11-21T23:00:00.000Z')"
    )
    ran = shop.run("reply", "1", "--body", "Other words.")
    assert ran.code == 6
    assert "ana is writing" in ran.err


def test_posted_by_hand_it_is_recorded_and_known_by_its_address(shop, town):
    shop.run("reply", "--new", "town", "-b", LATE)
    posted = town.add({"id": "99", "acct": "acme", "url": "https://mas.to/@acme"}, LATE)
    assert shop.run("reply", "1", "--record", posted["url"]).code == 0
    shop.run("fetch")
    assert states(shop) == [(1, "sent", LATE, posted["id"])]
    assert shop.json("sql", "select count(*) as n from mention") == [{"n": 1}]


def test_what_comes_after_it_stands_below_it(shop, town):
    shop.run("reply", "--new", "town", "-b", LATE, "--send")
    ran = shop.run("reply", "1", "--body", "They are on their way.", "--send", tty=True)
    assert ran.out == "Posted: https://mas.to/@acme/101\n"
    assert town.posted == [(LATE, None), ("They are on their way.", "100")]
    shop.run("fetch")
    assert shop.json("inbox", "is:any") == []
    assert [row[1:3] for row in states(shop)] == [("sent", LATE), ("sent", LATE)]


def test_who_writes_back_is_a_mention_of_their_own(shop, town):
    shop.run("reply", "--new", "town", "-b", LATE, "--send")
    shop.wait(timedelta(minutes=5))
    town.asks("mia@far.example", "how late?")
    town.notes[0]["status"]["in_reply_to_id"] = "100"
    fetched = shop.run("fetch")
    assert fetched.code == 0, fetched.err
    (mention,) = shop.json("inbox", "is:any")
    assert mention["first_answer_at"] is None
    told = shop.json("show", "1")
    assert told["answers"] == [mention["id"]]
    thread = shop.json("show", str(mention["id"]))["conversation"]
    assert [(post["text"], post["ours"]) for post in thread] == [(LATE, True)]


def test_show_tells_all_of_it(shop):
    shop.run("reply", "--new", "town", "-b", LATE)
    shop.wait(timedelta(minutes=5))
    assert shop.run("show", "1", tty=True, width=60).out == (
        "#1  post of our own  draft ─────────────────────────────────\n"
        "on town, by mia, 5m ago\n"
        "\n"
        f"    {LATE}\n"
        "\n"
        "Look at it and send it: socialcare reply 1\n"
    )
    told = shop.json("show", "1")
    jsonschema.validate(told, schema("own-post"))
    assert list(told) == list(schema("own-post")["properties"])
    shop.run("reply", "1", "--send")
    assert shop.run("show", "1", tty=True, SOCIALCARE_ACCESSIBLE="1").out == (
        "1, post of our own, sent.\n"
        "On town, by mia, approved by mia, just now.\n"
        "\n"
        f"    {LATE}\n"
        "\n"
        "https://mas.to/@acme/100\n"
    )


def test_a_mention_and_a_post_are_shown_one_after_the_other(shop, town):
    town.asks("mia@far.example", "how late?")
    shop.run("fetch")
    shop.run("reply", "--new", "town", "-b", LATE)
    ran = shop.run("show", "1", "2")
    assert ran.code == 2
    assert "2 is a post of our own" in ran.err


def test_many_are_let_go_together(shop, town):
    town.asks("mia@far.example", "how late?")
    shop.run("fetch")
    shop.run("reply", "--new", "town", "-b", LATE)
    shop.run("reply", "1", "--body", "Until six, Mia.")
    assert shop.run("reply", "1", "2", "--send").code == 0
    assert sorted(town.posted) == [
        ("@mia@far.example Until six, Mia.", "100"),
        (LATE, None),
    ]


def test_everything_about_it_leaves_and_comes_back_with_an_export(shop, tmp_path):
    shop.run("reply", "--new", "town", "-b", LATE, "--send")
    shop.run("reply", "--new", "town", "-b", "A draft.")
    lines = shop.run("export").out
    rows = [json.loads(line) for line in lines.splitlines()]
    assert [(row["role"], row["text"]) for row in rows] == [("own", LATE), ("own", "")]
    assert [row["answers"][0]["text"] for row in rows] == [LATE, "A draft."]
    for row in rows:
        jsonschema.validate(row, schema("export"))
    file = tmp_path / "all.jsonl"
    file.write_text(lines)
    again = shop.run("--db", str(tmp_path / "other.db"), "import", str(file))
    assert again.code == 0, again.err
    there = shop.run("--db", str(tmp_path / "other.db"), "export").out
    assert [json.loads(line)["role"] for line in there.splitlines()] == ["own", "own"]
