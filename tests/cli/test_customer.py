"""`socialcare customer`: who writes to us, which accounts are one person, who is muted."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.inbox.database import open_writer
from socialcare.inbox.store import Incoming, store
from socialcare.models import Author, Mention
from socialcare.output.schema import schema
from socialcare.settings import Settings
from tests.cli.acme import (
    ANA,
    DAY,
    HOUR,
    LATE,
    LEO,
    MIA,
    MINUTE,
    NOW,
    PAST,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)

MIA_ELSEWHERE = Author("77", "mia", "Mia B.")
LIST_80 = """\
Who                   Channels    Mentions  Complaints  Open  Last seen   Muted
mia                   hackernews         1           1     1  10 min ago  -
ana@example.org       mastodon           1           0     1  1 h ago     -
@mia@mas.to           mastodon           2           1     2  2 h ago     -
@leo@mastodon.social  mastodon           1           0     1  3 h ago     -
"""
LIST_40 = """\
Who                   Open  Last seen
mia                      1  10 min ago
ana@example.org          1  1 h ago
@mia@mas.to              2  2 h ago
@leo@mastodon.social     1  3 h ago
"""


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path, {"TZ": "UTC"})
    shop.fill([PAST], [LATE], [QUESTION], [PRAISE])
    elsewhere(shop, 1, "Your checkout is broken", 10 * MINUTE, "complaint")
    shop.change(
        "insert into author (source, external_id, handle, is_us) values (?, '9', ?, 1)",
        "mastodon:mas.to",
        "@acme@mas.to",
    )
    return shop


def elsewhere(shop, number, text, age, label):
    """What Mia writes with her account on another channel."""
    post = Mention(
        "hackernews", "hackernews", str(number), MIA_ELSEWHERE, text, NOW - age, url=None
    )
    db = open_writer(shop.path)
    try:
        page = Incoming("hackernews", "hackernews", [judged(post, label)])
        store(db, page, Settings(), NOW)
    finally:
        db.close()


def people(shop, *words):
    told = json.loads(shop.run("customer", "list", "--json", *words).out)
    jsonschema.Draft202012Validator(schema("customers")).validate(told)
    return told


def changed(shop, *words):
    ran = shop.run("customer", *words, "--json")
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out)
    jsonschema.Draft202012Validator(schema("customer-change")).validate(told)
    return told


def ids(shop, *query):
    return shop.run("inbox", *query, "--format", "ids").out.split()


@pytest.mark.parametrize(("width", "shown"), [(40, LIST_40), (80, LIST_80), (120, LIST_80)])
def test_the_list_has_the_most_recent_contact_first(acme, width, shown):
    ran = acme.run("customer", tty=True, width=width)
    assert (ran.code, ran.out, ran.err) == (0, shown, "")


def test_a_pipe_gets_all_of_it_by_tabs(acme):
    first, *_ = acme.run("customer", "list").out.splitlines()
    seen = "2026-11-21T13:50:00.000Z"
    assert first.split("\t") == [
        *("mia", "mia", "Mia B.", "hackernews", "1", "1", "1", seen, seen),
        *("", "false", "", "", ""),
    ]


def test_who_listens_gets_sentences(acme):
    acme.run("customer", "mute", "@leo", "--reason", "sells watches")
    ran = acme.run("customer", "--limit", "4", tty=True, SOCIALCARE_ACCESSIBLE="1")
    assert ran.out == (
        "1 of 4. mia, on hackernews: 1 mention, 1 complaint, 1 open. Last seen 10 minutes\n"
        "ago.\n"
        "2 of 4. ana@example.org, on mastodon: 1 mention, 1 open. Last seen 1 hour ago.\n"
        "3 of 4. @mia@mas.to, on mastodon: 2 mentions, 1 complaint, 2 open. Last seen 2\n"
        "hours ago.\n"
        "4 of 4. @leo@mastodon.social, on mastodon: 1 mention. Last seen 3 hours ago.\n"
        "Muted by leo just now: sells watches.\n"
    )


def test_words_fields_and_limit(acme):
    assert [one["id"] for one in people(acme, "MIA")] == ["mia", "@mia@mas.to"]
    assert [one["id"] for one in people(acme, "MIA", "B.")] == ["mia"]
    assert acme.run("customer", "list", "--format", "ids", "--limit", "2").out == (
        "mia\nana@example.org\n"
    )
    assert acme.run("customer", "--fields", "handles,open", "--limit", "1").out == "mia\t1\n"
    ran = acme.run("customer", "--limit", "1", tty=True)
    assert ran.err == "There are more: add --limit 2\n"
    assert acme.run("customer", "list", "nobody", tty=True).out == "Nobody here is called so.\n"
    assert acme.run("customer", "--fields", "nix").code == 2


def test_without_a_database_there_is_nobody_and_nothing_is_made(tmp_path):
    shop = Acme(tmp_path)
    assert shop.run("customer", tty=True).out == "Nobody has written yet.\n"
    assert shop.run("customer", "--json").out == "[]\n"
    assert shop.run("customer", "mute", "@mia").err.splitlines()[0] == (
        "error: nobody here is called @mia."
    )
    assert list(tmp_path.iterdir()) == []


def test_linked_accounts_are_one_person(acme):
    ran = acme.run("customer", "link", "@mia@mas.to", "mia")
    assert (ran.code, ran.out) == (0, "@mia@mas.to and mia are one customer now.\n")
    first, *rest = people(acme)
    assert first["handles"] == ["mia", "@mia@mas.to"]
    assert (first["channels"], first["mentions"]) == (["hackernews", "mastodon"], 3)
    assert (first["complaints"], first["open"], first["customer"]) == (2, 3, 1)
    assert len(rest) == 2
    again = acme.run("customer", "link", "mia", "@mia@mas.to")
    assert again.out == "@mia@mas.to and mia were one customer already.\n"
    assert changed(acme, "link", "mia", "@mia@mas.to")["action"] is None


def test_show_tells_the_whole_history_of_a_person(acme):
    acme.run("customer", "link", "@mia@mas.to", "mia")
    acme.run("customer", "mute", "mia")
    out = acme.run("show", "@mia@mas.to", tty=True).out.splitlines()
    assert out[:5] == [
        "@mia@mas.to, mia on hackernews, mastodon: 3 mentions, 2 complaints, first on 12",
        "Nov",
        "One customer, linked by hand: @mia@mas.to on mastodon; mia on hackernews",
        "@mia@mas.to is muted since 21 Nov by leo",
        "mia is muted since 21 Nov by leo",
    ]
    assert [line.split()[0] for line in out[6:]] == ["5", "2", "1"]
    assert acme.run("customer", "show", "mia", tty=True).out.splitlines() == out
    told = json.loads(acme.run("customer", "show", "mia", "--json").out)
    jsonschema.Draft202012Validator(schema("customer")).validate(told)
    assert [one["handle"] for one in told["accounts"]] == ["@mia@mas.to", "mia"]
    assert [one["muted_why"] for one in told["accounts"]] == ["", ""]
    assert [one["id"] for one in told["mentions"]] == [5, 2, 1]


def test_earlier_contacts_count_across_accounts(acme):
    record = "select previous_contacts from mentions where id = 5"
    why = "select why from mentions where id = 5"
    assert (acme.value(record), "complained before" in acme.value(why)) == (0, False)
    acme.run("customer", "link", "@mia@mas.to", "mia")
    assert (acme.value(record), "complained before" in acme.value(why)) == (2, True)
    assert "Before   21 Nov" in acme.run("show", "5").out
    elsewhere(acme, 2, "And again", MINUTE, "complaint")
    assert "complained before" in acme.value("select why from mentions where id = 6")
    acme.run("customer", "unlink", "mia")
    assert (acme.value(record), "complained before" in acme.value(why)) == (0, False)


def test_what_waits_for_a_person_wakes_when_another_account_writes(acme):
    acme.run("customer", "link", "@mia@mas.to", "mia")
    acme.change("update triage set status = 'snoozed' where mention_id = 2")
    elsewhere(acme, 2, "Hello?", MINUTE, "question")
    assert acme.value("select status from mentions where id = 2") == "open"


def test_a_query_can_ask_for_a_person(acme):
    acme.run("customer", "link", "@mia@mas.to", "mia")
    assert sorted(ids(acme, "customer:@mia@mas.to")) == ["1", "2", "5"]
    assert sorted(ids(acme, "author:@mia@mas.to")) == ["1", "2"]
    assert sorted(ids(acme, "not", "customer:mia")) == ["3", "4"]
    assert ids(acme, "customer:@leo") == ["4"]


def test_unlink_takes_one_account_out(acme):
    acme.run("customer", "link", "@mia@mas.to", "mia", "ana@example.org")
    assert changed(acme, "unlink", "mia")["changed"] == ["mia"]
    assert [one["handles"] for one in people(acme)][:2] == [
        ["mia"],
        ["ana@example.org", "@mia@mas.to"],
    ]
    ran = acme.run("customer", "unlink", "ana@example.org")
    assert ran.out == "ana@example.org is alone again, and so is @mia@mas.to.\n"
    assert acme.value("select count(*) from customer") == 0
    assert acme.run("customer", "unlink", "mia").out == "mia was alone already.\n"


def test_mute_filters_what_is_open_and_what_comes(acme):
    told = changed(acme, "mute", "@leo", "--reason", "sells  watches")
    assert (told["changed"], told["filtered"]) == ([LEO.handle], [4])
    assert acme.run("show", "4").out.count("filtered: muted: sells watches\n") == 1
    acme.fill([judged(mention(107, LEO, "Watches!", MINUTE), "complaint")])
    assert ids(acme, "author:@leo") == []
    assert ids(acme, "is:filtered", "sort:old") == ["4", "6"]
    assert acme.run("customer", "list", "--muted", tty=True).out == (
        "Who                   Muted by  When       Mentions  Why\n"
        "@leo@mastodon.social  leo       just now          2  sells watches\n"
    )
    assert changed(acme, "unmute", "@leo")["brought_back"] == [4, 6]
    assert ids(acme, "author:@leo", "sort:old") == ["4", "6"]
    assert acme.run("customer", "list", "--muted", tty=True).out == "Nobody is muted.\n"


def test_what_a_person_decided_since_stays(acme):
    acme.run("customer", "mute", "@mia@mas.to")
    assert sorted(ids(acme, "is:filtered")) == ["1", "2"]
    acme.run("set", "1", "--status", "open")
    acme.run("close", "2", "--reason", "spam")
    acme.run("customer", "unmute", "@mia@mas.to")
    assert ids(acme, "is:open", "author:@mia@mas.to") == ["1"]
    assert ids(acme, "is:closed") == ["2"]


def test_a_mute_is_for_all_accounts_of_a_person(acme):
    acme.run("customer", "link", "@mia@mas.to", "mia")
    ran = acme.run("customer", "mute", "mia", "--reason", "rude")
    assert ran.out == "@mia@mas.to and mia are muted: rude. 3 mentions filtered.\n"
    assert acme.run("customer", "mute", "mia").out == (
        "@mia@mas.to and mia are muted already: rude.\n"
    )
    assert acme.run("customer", "unmute", "@mia@mas.to").out == (
        "@mia@mas.to and mia are not muted any more. 3 mentions brought back.\n"
    )
    assert acme.run("customer", "unmute", "mia").out == "@mia@mas.to and mia are not muted.\n"


def test_linking_to_a_muted_account_mutes_and_parting_brings_back(acme):
    acme.run("customer", "mute", "mia", "--reason", "rude")
    ran = acme.run("customer", "link", "@mia@mas.to", "mia")
    assert ran.out == "@mia@mas.to and mia are one customer now. 2 mentions filtered.\n"
    elsewhere(acme, 2, "Me again", MINUTE, "question")
    acme.fill([judged(mention(108, MIA, "And here", MINUTE), "question")])
    assert ids(acme, "customer:mia") == []
    ran = acme.run("customer", "unlink", "mia")
    assert ran.out == ("mia is alone again, and so is @mia@mas.to. 3 mentions brought back.\n")


def test_everything_can_be_taken_back(acme):
    before = people(acme)
    for words in (
        ("link", "@mia@mas.to", "mia"),
        ("mute", "mia", "--reason", "rude"),
        ("unmute", "mia"),
        ("unlink", "mia"),
    ):
        acme.run("customer", *words)
    for _ in range(4):
        assert acme.run("undo").code == 0
    assert people(acme) == before
    assert sorted(ids(acme)) == ["1", "2", "3", "4", "5"]


def test_a_dry_run_changes_nothing(acme):
    before = acme.path.read_bytes()
    assert acme.run("customer", "link", "@mia@mas.to", "mia", "-n").out == (
        "Not done (--dry-run): @mia@mas.to and mia are one customer now.\n"
    )
    told = changed(acme, "mute", "mia", "--dry-run")
    assert (told["action"], told["filtered"]) == (None, [5])
    assert acme.path.read_bytes() == before


def test_events_say_who_did_what(acme):
    acme.run("customer", "link", "@mia@mas.to", "mia")
    acme.run("customer", "mute", "mia", "--reason", "rude")
    rows = acme.value(
        "select json_group_array(json_array(command, actor, author_id, field, before, after))"
        " from (select * from events where author_id is not null order by id)"
    )
    first, second = (
        acme.value(f"select id from author where handle = '{handle}'")
        for handle in ("@mia@mas.to", "mia")
    )
    assert json.loads(rows) == [
        ["customer link", "leo", first, "customer", "null", "1"],
        ["customer link", "leo", second, "customer", "null", "1"],
        ["customer mute", "leo", first, "muted", "null", '"rude"'],
        ["customer mute", "leo", second, "muted", "null", '"rude"'],
    ]


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (
            ("mute", "@nix"),
            3,
            "nobody here is called @nix.",
            "see who wrote: socialcare customer list",
        ),
        (
            ("mute", "@mia"),
            2,
            '"@mia" can be 2 accounts.',
            "name one of them: @mia@mas.to, mia",
        ),
        (
            ("mute", "@acme"),
            2,
            "@acme@mas.to is an account of your own.",
            "see who wrote: socialcare customer list",
        ),
        (
            ("link", "mia"),
            2,
            "link needs two accounts.",
            "socialcare customer link @mia@mas.to u/mia   see who wrote: socialcare customer list",
        ),
        (
            ("link", "mia", "hackernews/mia"),
            2,
            "this is one account: mia.",
            "name two accounts of one person: socialcare customer link @mia @mia@mas.to",
        ),
        (
            ("mute", "mia", "--reason", " "),
            2,
            "a reason has from 1 to 2,000 characters.",
            '--reason "sells watches"',
        ),
    ],
)
def test_mistakes_are_two_lines(acme, words, code, error, hint):
    ran = acme.run("customer", *words)
    assert (ran.code, ran.out, ran.err) == (code, "", f"error: {error}\nhint:  {hint}\n")


def test_one_handle_on_two_channels_is_named_with_its_source(acme):
    twin = Author("5", "mia")
    acme.fill([judged(mention(109, twin, "Hi", HOUR), "question")])
    ran = acme.run("customer", "mute", "mia")
    assert ran.err.splitlines()[1] == (
        "hint:  name one of them: @mia@mas.to, hackernews/mia, mastodon:mas.to/mia"
    )
    assert changed(acme, "mute", "mastodon:mas.to/mia")["filtered"] == [6]


def test_hostile_names_and_reasons_reach_no_screen_raw(acme):
    bad = Author("6", "@\x1b[2J\u202eevil@mas.to", "[/]\n\x07")
    acme.fill([judged(mention(110, bad, "Hi", MINUTE), "question")])
    for words in (("list",), ("list", "evil"), ("mute", bad.handle, "--reason", "\x1b]0;x\x07")):
        ran = acme.run("customer", *words, tty=True)
        assert ran.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(ran.out)
    assert "^[]0;x^G" in acme.run("customer", "--muted", tty=True).out


@pytest.mark.parametrize("width", [20, 40, 80, 120])
@pytest.mark.parametrize("accessible", ["", "1"])
def test_no_line_is_longer_than_the_screen(acme, width, accessible):
    acme.run("customer", "link", "@mia@mas.to", "mia", "ana@example.org", "@leo")
    acme.run("customer", "mute", "mia", "--reason", "a long story " * 20)
    for words in (("list",), ("--muted",), ("show", "mia"), ("mute", "mia")):
        ran = acme.run("customer", *words, tty=True, width=width, SOCIALCARE_ACCESSIBLE=accessible)
        assert all(len(line) <= width for line in ran.out.splitlines())


def test_people_are_found_however_many_there_are(acme):
    acme.fill(
        [
            judged(
                mention(1000 + n, Author(f"n{n}", f"@n{n}@mas.to"), "Hi", DAY + n * MINUTE), "other"
            )
            for n in range(130)
        ]
    )
    found = people(acme)
    assert len(found) == len({one["id"] for one in found}) == 134
    seen = [one["last_seen"] for one in found]
    assert seen == sorted(seen, reverse=True)
    assert ANA.handle in {one["id"] for one in found}
