"""`socialcare set` and what it shares with `close`: choose, ask, change, tell."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.output.schema import schema
from tests.cli.acme import (
    ANA,
    LATE,
    MINUTE,
    NOT_OURS,
    PAST,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)


@pytest.fixture
def acme(tmp_path):
    """1 complaint by Mia, 2 question by Ana, 3 praise by Leo, 4 an old question, 5 filtered."""
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION], [PRAISE], [PAST], [NOT_OURS])
    return shop


@pytest.fixture
def many(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(n, ANA, f"Post {n}?", n * MINUTE), "question") for n in range(1, 15)])
    return shop


def owners(shop):
    return json.loads(shop.value("select json_group_object(id, owner) from mentions"))


def events(shop, columns="field || ' ' || before || ' ' || after"):
    """What people did: one text for each event, oldest first."""
    sql = f"select json_group_array({columns}) from events where actor = 'leo'"
    return json.loads(shop.value(sql))


def test_any_mix_is_one_action_told_in_one_line(acme):
    for tty in (True, False):
        ran = acme.run(
            "set", "1-3", "--owner", "mia", "--tag", f"courier{int(tty)}", "--note", "ask", tty=tty
        )
        assert (ran.code, ran.err) == (0, "")
        way_back = "   Take back: socialcare undo" if tty else ""
        assert ran.out == f"3 changed: owner mia, tag courier{int(tty)}, note added.{way_back}\n"
    assert events(acme, "distinct command") == ["set"]
    assert len(events(acme, "distinct action")) == 2
    assert len(events(acme)) == 3 * (3 + 2)


def test_every_change_leaves_an_event_with_before_and_after(acme):
    words = ("--owner", "me", "--label", "praise", "--priority", "high", "--topic", "stock")
    assert acme.run("set", "1", *words, "--status", "pending", "--no-answer-needed").code == 0
    assert acme.run("set", "1", "--tag", "vip", "--note", "hello").code == 0
    assert acme.run("set", "1", "--untag", "vip", "--owner", "none").code == 0
    assert events(acme) == [
        'owner null "leo"',
        'label null "praise"',
        'priority null "high"',
        'topics null ["stock"]',
        "needs_answer null false",
        'status "open" "pending"',
        'tag null "vip"',
        'note null "hello"',
        'owner "leo" null',
        'tag "vip" null',
    ]


def test_json_is_the_change_of_the_schema(acme):
    ran = acme.run("set", "1-3", "--owner", "mia", "--json")
    told = json.loads(ran.out)
    number = told["action"]
    assert told == {"v": 1, "action": number, "changed": [1, 2, 3], "skipped": []}
    again = json.loads(acme.run("set", "2", "4", "--owner", "mia", "--json").out)
    assert again == {"v": 1, "action": number + 1, "changed": [4], "skipped": [2]}
    nothing = json.loads(acme.run("set", "2", "--owner", "mia", "--json").out)
    assert nothing == {"v": 1, "action": None, "changed": [], "skipped": [2]}
    for each in (told, again, nothing):
        jsonschema.validate(each, schema("change"))


def test_what_is_so_already_is_said(acme):
    acme.run("set", "1", "--owner", "mia")
    ran = acme.run("set", "1", "2", "--owner", "mia")
    assert ran.out == "1 changed: owner mia. 1 was so already.\n"
    assert acme.run("set", "1", "2", "--owner", "mia").out == "0 changed. 2 were so already.\n"


def test_quiet_says_nothing_and_does_it(acme):
    ran = acme.run("set", "1", "--owner", "mia", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert owners(acme)["1"] == "mia"


def test_a_correction_wins_over_labelling_again(acme):
    acme.run("set", "1", "--label", "praise")
    acme.run("set", "2", "--topic", "stock")
    ran = acme.run("classify", "--inbox", "is:any", "--yes", "--json")
    assert 1 not in [flip["id"] for flip in json.loads(ran.out)]
    assert acme.value("select label from mentions where id = 1") == "praise"
    assert acme.value("select topics from mentions where id = 2") == '["stock"]'


def test_what_was_filtered_comes_back_with_one_command(acme):
    assert acme.run("inbox", "5", "--format", "ids").out == "5\n"
    assert "5" not in acme.run("inbox", "--format", "ids").out.split()
    assert acme.run("set", "5", "--status", "open").out == "1 changed: status open.\n"
    assert acme.value("select status || ifnull(filtered_why, '') from mentions where id = 5") == (
        "open"
    )
    assert events(acme) == [
        'status "filtered" "open"',
        'filtered_why "perhaps not about you" null',
    ]


def test_a_complaint_that_comes_back_counts_for_later_ones_of_that_person(tmp_path):
    shop = Acme(tmp_path)
    shop.fill(
        [judged(mention(1, ANA, "Broken.", 90 * MINUTE), "complaint", filtered="perhaps not you")],
        [judged(mention(2, ANA, "Still broken.", 10 * MINUTE), "complaint")],
    )
    points = "select points from mentions where id = 2"
    before = shop.value(points)
    shop.run("set", "1", "--status", "open")
    assert shop.value(points) == before + 15


def test_ids_can_be_named_in_every_way(acme):
    for words, ids in (
        (["2"], [2]),
        (["#2", "4"], [2, 4]),
        (["2-3"], [2, 3]),
        (["2-999"], [2, 3, 4, 5]),
        (["next"], [1]),
        (["https://mastodon.example/p/103"], [3]),
    ):
        ran = acme.run("set", *words, "--note", "seen", "--json")
        assert json.loads(ran.out)["changed"] == ids


@pytest.mark.parametrize(
    "stdin",
    [
        "2\n3\n",
        "2 3\n",
        "\n 2\r\n3",
        "2-3",
        '{"id": 2}\n{"id": 3, "text": "x"}\n',
        '[{"id": 2, "tags": []},\n{"id": 3, "tags": []}]\n',
        '[\n{"id": 2},\n{"id": 3}\n]\n',
        "https://mastodon.example/p/102\n3\n",
        "\ufeff2\n3\n",
    ],
)
def test_a_hyphen_reads_ids_from_standard_input(acme, stdin):
    ran = acme.run("set", "-", "--owner", "me", "--json", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    assert sorted(json.loads(ran.out)["changed"]) == [2, 3]


@pytest.mark.parametrize("form", [["--format", "ids"], ["--json"], ["--format", "jsonl"]])
def test_what_the_inbox_prints_can_be_piped_back(acme, form):
    listed = acme.run("inbox", *form).out
    ran = acme.run("set", "-", "--tag", "seen", "--json", stdin=listed)
    assert sorted(json.loads(ran.out)["changed"]) == [1, 2, 3, 4]


@pytest.mark.parametrize("empty", ["", "\n\n", "[]\n"])
def test_no_ids_on_standard_input_is_nothing_to_do(acme, empty):
    ran = acme.run("set", "-", "--owner", "me", stdin=empty)
    assert (ran.code, ran.out, ran.err) == (0, "0 changed.\n", "")


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        ("2\nis:any\n", 'line 2 of standard input is no id: "is:any".'),
        ("2\tnormal\tlate\n", 'line 1 of standard input is no id: "normal".'),
        ('{"text": "x"}', 'line 1 of standard input has no "id".'),
        ('{"id": -2}', 'line 1 of standard input has no "id".'),
        ('{"id": Infinity}', 'line 1 of standard input has no "id".'),
        ('{"id": "x"}', 'line 1 of standard input has no "id".'),
        ("{" * 5000, 'line 1 of standard input has no "id".'),
    ],
)
def test_a_word_on_standard_input_never_becomes_a_query(acme, stdin, message):
    ran = acme.run("set", "-", "--owner", "mia", "--yes", stdin=stdin)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == f"error: {message}"
    assert set(owners(acme).values()) == {None}


@pytest.mark.parametrize("words", [[""], ["", " "]])
def test_an_unset_variable_is_not_the_whole_inbox(acme, words):
    ran = acme.run("set", *words, "--owner", "mia", "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: no mention is named.\nhint:  ")
    assert set(owners(acme).values()) == {None}


def test_unknown_ids_are_exit_3_and_change_nothing(acme):
    ran = acme.run("set", "1", "999", "--owner", "mia")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        "error: there is no mention 999.\n"
        "hint:  ids here run from 1 to 5; list them with: socialcare inbox is:any\n"
    )
    assert set(owners(acme).values()) == {None}
    assert acme.run("set", "70-80", "--owner", "mia").code == 3
    assert acme.run("set", "https://no.example/1", "--owner", "mia").code == 3


def test_ten_named_ids_just_work_and_eleven_ask(many):
    assert many.run("set", "1-10", "--owner", "mia").out == "10 changed: owner mia.\n"
    ran = many.run("set", "1-11", "--owner", "ana")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: this would change 11 mentions and nobody is here to ask.\n"
        "hint:  look first with --dry-run, then add --yes\n"
    )
    ran = many.run("set", "1-11", "--owner", "ana", "-y")
    assert ran.out == "11 changed: owner ana (was mia).\n"
    as_json = many.run("set", "is:open", "--owner", "x", "--json")
    told = json.loads(as_json.err)
    jsonschema.validate(told, schema("error"))
    assert (as_json.code, as_json.out, told["error"]["code"]) == (2, "", "needs_yes")


def test_a_query_asks_with_the_count_and_five_examples(many):
    ran = many.run("set", "is:open", "--owner", "mia", tty=True, width=40, stdin="n\n")
    assert (ran.code, ran.out) == (0, "")
    lines = ran.err.splitlines()
    assert lines[0] == "These 14 would be changed:"
    assert len([line for line in lines if "ana@example.org  Post " in line]) == 5
    assert lines[6:] == ["  ... 9 more", "Change 14? [y/N] Nothing was changed."]
    assert all(len(line) <= 40 for line in lines)
    assert set(owners(many).values()) == {None}


@pytest.mark.parametrize("answer", ["y\n", "YES\n", " y \n"])
def test_yes_goes_on(acme, answer):
    ran = acme.run("set", "label:question", "--owner", "mia", tty=True, stdin=answer)
    assert ran.code == 0
    assert ran.out == "2 changed: owner mia.   Take back: socialcare undo\n"


@pytest.mark.parametrize("answer", ["", "\n", "no\n", "yeah\n", "1\n"])
def test_anything_else_does_not(acme, answer):
    ran = acme.run("set", "label:question", "--owner", "mia", tty=True, stdin=answer)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.endswith("Change 2? [y/N] Nothing was changed.\n")
    assert set(owners(acme).values()) == {None}


def test_a_query_that_finds_nothing_asks_nothing(acme):
    ran = acme.run("set", "tag:vip", "--owner", "mia")
    assert (ran.code, ran.out, ran.err) == (0, "0 changed.\n", "")


def test_a_dry_run_says_what_would_change_and_changes_nothing(acme):
    acme.run("set", "2", "--owner", "mia")
    before = acme.path.read_bytes()
    at_desk = acme.run("set", "1-3", "--owner", "mia", "-n", tty=True)
    assert at_desk.out.splitlines() == [
        "1 was so already.",
        "These 2 would be changed:",
        "  1  @mia@mas.to           Third email about order #4411 and still no parcel.",
        "  3  @leo@mastodon.social  Huge thanks [bold]Acme[/] ^[[2J support",
    ]
    piped = acme.run("set", "is:open", "--owner", "mia", "--dry-run")
    assert [line.split("\t")[0] for line in piped.out.splitlines()] == ["1", "4", "3"]
    as_json = acme.run("set", "1-3", "--owner", "mia", "--dry-run", "--json")
    assert json.loads(as_json.out) == {"v": 1, "action": None, "changed": [1, 3], "skipped": [2]}
    assert acme.path.read_bytes() == before


def test_without_a_database_nothing_is_made(tmp_path):
    shop = Acme(tmp_path)
    named = shop.run("set", "1", "--owner", "mia")
    assert (named.code, named.out) == (3, "")
    assert named.err.splitlines() == [
        "error: there are no mentions yet.",
        "hint:  get some: socialcare fetch",
    ]
    assert shop.run("set", "sorce:x", "--owner", "mia").code == 2
    asked = shop.run("set", "is:open", "--owner", "mia")
    assert (asked.code, asked.out) == (0, "0 changed.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["--label", "complain"],
            '--label cannot be "complain".',
            (
                "did you mean --label complaint ?  use one of: "
                "complaint, question, praise, other, unsure"
            ),
        ),
        (["--priority", "P1"], '--priority cannot be "P1".', None),
        (
            ["--status", "closed"],
            "a mention is closed with its reason.",
            "socialcare close 41 --reason WHY",
        ),
        (["--status", "filtered"], '--status cannot be "filtered".', None),
        (["--tag", "two words"], "a tag is one word without commas or spaces.", "--tag courier"),
        (["--tag", "a,b"], "a tag is one word without commas or spaces.", None),
        (["--tag", "\x1b[2J"], "a tag is one word without commas or spaces.", None),
        (["--tag", "a\u202eb"], "a tag is one word without commas or spaces.", None),
        (["--owner", ""], "an owner is one word without commas or spaces.", None),
        (["--topic", "x" * 101], "a topic is one word without commas or spaces.", None),
        (["--note", " "], "the note is empty.", 'write it behind --note: --note "called her"'),
        (["--note", "x" * 20_001], "the note has 20,001 characters.", None),
        (
            [],
            "set needs to know what to change.",
            "socialcare set 41 --owner me   more: socialcare set --help",
        ),
    ],
)
def test_wrong_values_are_told_with_what_is_right(acme, words, message, hint):
    ran = acme.run("set", "1", *words)
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out, first) == (2, "", f"error: {message}")
    assert second.startswith("hint:  ")
    assert hint is None or second == f"hint:  {hint}"
    assert events(acme) == []


def test_words_of_other_scripts_are_tags(acme):
    for tag in ("نمی\u200cخواهم", "返品", "köln", "👩\u200d🚀"):
        assert acme.run("set", "1", "--tag", tag).code == 0
        assert acme.run("inbox", f"tag:{tag}", "--format", "ids").out == "1\n"
