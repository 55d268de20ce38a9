"""`socialcare forget` asks: it shows what would go, and wants the handle or the number typed."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.models import Author
from socialcare.output.schema import schema
from tests.cli.acme import ANA, DAY, HOUR, LEO, Acme, judged, mention

FIRST = judged(mention(101, ANA, "Where is my parcel with the boots?", 2 * HOUR), "complaint")
SECOND = judged(mention(102, ANA, "Hello?", HOUR), "question")
OTHER = judged(mention(103, LEO, "I saw what ana@example.org wrote", HOUR), "other")


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([FIRST], [SECOND], [OTHER])
    return shop


PLAN = """\
This erases ana@example.org on mastodon, for good:
  2 mentions
  2  ana@example.org  Hello?
  1  ana@example.org  Where is my parcel with the boots?
Labels, times and counts stay. It cannot be undone.
1 mention by other people names them; that stays.
"""
DONE = "Erased ana@example.org on mastodon: 2 mentions. Labels, times and counts stay.\n"


def test_a_person_is_shown_and_the_handle_has_to_be_typed(acme):
    ran = acme.run("forget", "@ana@example.org", tty=True, stdin="y\n")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"{PLAN}Type ana@example.org to erase: Nothing was erased.\n"
    ran = acme.run("forget", "@ana@example.org", tty=True, stdin="ana@example.org\n")
    assert (ran.code, ran.out) == (0, DONE)
    assert ran.err == (
        f"{PLAN}Type ana@example.org to erase: 1 mention by other people names them; that stays.\n"
    )
    assert acme.value("select text from mentions where id = 3") == OTHER.mention.text


def test_nobody_there_to_ask_is_told_what_to_write(acme):
    for words, handle in ((["@ana@example.org"], "ana@example.org"), (["1", "2"], "2")):
        ran = acme.run("forget", *words)
        assert (ran.code, ran.out) == (2, "")
        first, hint = ran.err.splitlines()
        assert first.endswith("for good, and nobody is here to ask.")
        assert hint == f'hint:  look first with --dry-run, then add --confirm "{handle}"'
    wrong = acme.run("forget", "1", "--confirm", "2")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err == (
        'error: --confirm says "2", but this would erase 1 mention.\n'
        'hint:  look first with --dry-run, then add --confirm "1"\n'
    )
    assert acme.value("select count(*) from mentions where text <> ''") == 3


def test_mentions_are_erased_by_number_and_their_author_stays(acme):
    ran = acme.run("forget", "1", "--confirm", "1", tty=False)
    assert (ran.code, ran.out, ran.err) == (
        0,
        "Erased 1 mention. Labels, times and counts stay.\n",
        "",
    )
    assert acme.value("select author from mentions where id = 2") == "ana@example.org"
    assert acme.value("select author from mentions where id = 1").startswith("erased-")
    assert acme.value("select count(*) from people") == 3
    assert b"parcel" not in acme.path.read_bytes()


def test_what_goes_with_a_mention_is_named(acme):
    plain = "This erases 1 mention, for good:\n  2  ana@example.org  Hello?\n"
    stays = "Labels, times and counts stay. It cannot be undone.\n"
    assert acme.run("forget", "2", "-n", tty=True).out == plain + stays
    acme.run("set", "2", "--note", "call her")
    noted = plain.replace(":\n", ":\n  1 note\n", 1)
    assert acme.run("forget", "2", "-n", tty=True).out == noted + stays


def test_a_query_is_counted(acme):
    ran = acme.run("forget", "author:@ana@example.org", "is:any", "--confirm", "2")
    assert (ran.code, ran.out) == (0, "Erased 2 mentions. Labels, times and counts stay.\n")


def test_old_ones_but_none_that_waits(tmp_path):
    shop = Acme(tmp_path)
    old = [judged(mention(n, ANA, f"Old {n}?", 500 * DAY), "question") for n in (1, 2, 4)]
    shop.fill(old[:1], [judged(mention(3, LEO, "New?", DAY), "question")], old[1:])
    shop.run("close", "3", "--reason", "spam")
    assert shop.run("set", "4", "--snooze", "reply").code == 0
    ran = shop.run("forget", "--older-than", "400d", "--confirm", "1")
    assert (ran.code, ran.out) == (
        0,
        "Erased 1 mention older than 400d. Labels, times and counts stay.\n",
    )
    texts = "select json_group_array(text) from (select text from mentions order by id)"
    assert json.loads(shop.value(texts)) == ["Old 1?", "New?", "", "Old 4?"]


def test_a_dry_run_changes_nothing(acme):
    before = acme.path.read_bytes()
    assert acme.run("forget", "@ana@example.org", "-n", tty=True).out == PLAN
    assert acme.run("forget", "@ana@example.org", "-n").out == (
        "1\tana@example.org\tWhere is my parcel with the boots?\n2\tana@example.org\tHello?\n"
    )
    told = json.loads(acme.run("forget", "@ana@example.org", "-n", "--json").out)
    jsonschema.validate(told, schema("forget"))
    assert (told["action"], told["mentions"], told["named_by_others"]) == (None, 2, 1)
    assert acme.path.read_bytes() == before


def test_json_tells_what_was_done(acme):
    acme.run("export", "-o", str(acme.home / "all.jsonl"))
    told = json.loads(acme.run("forget", "1", "--confirm", "1", "--json").out)
    jsonschema.validate(told, schema("forget"))
    assert told == {
        "v": 1, "action": 1, "dry_run": False, "mentions": 1, "answers": 0, "reposts": 0,
        "notes": 0, "drafts": 0, "accounts": 0, "already": 0, "named_by_others": 0, "copies": [],
        "not_reached": [str(acme.home / "all.jsonl")],
    }  # fmt: skip


def test_who_is_meant_must_be_beyond_doubt(tmp_path):
    shop = Acme(tmp_path)
    people = [Author(str(n), f"@mia@{host}") for n, host in enumerate(("a.example", "b.example"))]
    shop.fill([judged(mention(n, who, "Hi?", HOUR), "question") for n, who in enumerate(people)])
    ran = shop.run("forget", "@mia", "--confirm", "@mia")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: that can be @mia@a.example, @mia@b.example.\n"
        "hint:  name one whole handle: socialcare forget @HANDLE\n"
    )
    nobody = shop.run("forget", "@nobody", "--confirm", "@nobody")
    assert (nobody.code, nobody.err.splitlines()[0]) == (3, "error: nobody here is called @nobody.")


@pytest.mark.parametrize("words", [[], ["1", "--older-than", "9d"], ["1", "--finish"]])
def test_one_thing_at_a_time(acme, words):
    ran = acme.run("forget", *words)
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "error: name one thing to erase: a handle, mentions, or an age.",
    )


def test_a_wrong_age_is_told(acme):
    ran = acme.run("forget", "--older-than", "soon")
    assert (ran.code, ran.err.splitlines()[0]) == (2, 'error: "soon" is no age.')
