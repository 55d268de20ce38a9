"""Conversations, other customers and colleagues on every screen, as exact text."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.clock import format_time
from socialcare.models import Author, Judged
from socialcare.output.schema import schema
from tests.cli.acme import ANA, HOUR, LEO, MIA, MINUTE, NOW, Acme, judged, mention

TOM = Author("7", "@tom@mastodon.social", "Tom")
US = Author("9", "@acme@mas.to", is_us=True)
CARD = """\
#4  high  1h00 late ────────────────────────────────────────────────────────────
@mia@mas.to on mastodon, 3h00 ago, 1,240 followers, wrote 2x before, 3 messages
here
ana is writing an answer (3 min)

    Still no parcel, and it is cold.

complaint 0.90   sentiment +0.00   topics none   owner nobody   open, new
why high: base +20, complaint +25, complained before +15, 1,240 followers +5 =
65
https://mastodon.example/p/204

Thread   @mia@mas.to: Where is my parcel?
         @mia@mas.to: Hello? Parcel?
         @acme@mas.to (us): We look.
         @mia@mas.to (this one, unanswered)
"""


def wrote(number, author, text, age, parent=None, name="complaint", **marks):
    post = mention(number, author, text, age, in_reply_to=parent)
    return judged(post, name, **marks)


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    """4 stands for Mia's three messages, 5 was answered by Tom, Ana is answering 4."""
    shop = Acme(tmp_path_factory.mktemp("acme"), {"TZ": "UTC"})
    answer = mention(203, US, "We look.", 210 * MINUTE, role="answer", in_reply_to="202")
    shop.fill(
        [
            wrote(201, MIA, "Where is my parcel?", 5 * HOUR),
            wrote(202, MIA, "Hello? Parcel?", 4 * HOUR, "201"),
            Judged(answer, None),
            wrote(204, MIA, "Still no parcel, and it is cold.", 3 * HOUR, "203"),
            wrote(205, ANA, "Is the stove safe indoors?", 2 * HOUR, name="question"),
            wrote(206, TOM, "I use mine.", HOUR, "205", "other", needs_answer=False),
            wrote(207, LEO, "Love it", HOUR, name="praise"),
        ]
    )
    taken, until = format_time(NOW - 3 * MINUTE), format_time(NOW + 12 * MINUTE)
    shop.change("insert into lease values (4, 'ana', ?, ?)", taken, until)
    shop.fetched(3 * MINUTE)
    return shop


@pytest.mark.parametrize(
    ("width", "table"),
    [
        (
            40,
            (
                "Inbox  3 open   1 late\n"
                "last fetch 3 min ago\n"
                "ID Priority  Answer in Says\n"
                "4  high      1h00 late (ana is on it) S…\n"
                "5  normal    2h00 left (@tom answered)…\n"
                "7  low      23h00 left Love it\n"
            ),
        ),
        (
            80,
            (
                "Inbox  3 open   1 late    last fetch 3 min ago\n"
                "ID Priority  Answer in  Label      From         Says\n"
                "4  high      1h00 late  complaint  @mia@ma… (3) (ana is on it) Still no parcel,…\n"
                "5  normal    2h00 left  question   ana@example… (@tom answered) Is the stove sa…\n"
                "7  low      23h00 left  praise     @leo@mastod… Love it\n"
            ),
        ),
        (
            120,
            (
                "Inbox  3 open   1 late    last fetch 3 min ago\n"
                "ID  Priority   Answer in  Label        From                  Channel   Topic     Owner"
                "  Says\n"
                "4   high       1h00 late  complaint    @mia@mas.to (3)       mastodon  -         -    "
                "  (ana is on it) Still no parcel,…\n"
                "5   normal     2h00 left  question     ana@example.org       mastodon  -         -    "
                "  (@tom answered) Is the stove sa…\n"
                "7   low       23h00 left  praise       @leo@mastodon.social  mastodon  -         -    "
                "  Love it\n"
            ),
        ),
    ],
)
def test_the_table(acme, width, table):
    assert acme.run("inbox", tty=True, width=width).out == table


def test_colour_only_repeats_it(acme):
    plain = acme.run("inbox", tty=True).out
    for colour in ("mono", "full"):
        styled = acme.run("inbox", tty=True, colour=colour).out
        assert styled == plain.replace("1h00 late", "\x1b[1;7m1h00 late\x1b[0m")


def test_a_pipe_gets_the_address_alone_and_the_marks_in_full(acme):
    assert acme.run("inbox").out == (
        "4\thigh\t1h00 late\tcomplaint\t@mia@mas.to\tmastodon\t\t\t"
        "(ana is writing an answer) Still no parcel, and it is cold.\n"
        "5\tnormal\t2h00 left\tquestion\tana@example.org\tmastodon\t\t\t"
        "(@tom@mastodon.social answered) Is the stove safe indoors?\n"
        "7\tlow\t23h00 left\tpraise\t@leo@mastodon.social\tmastodon\t\t\tLove it\n"
    )


def test_json_has_a_field_for_each(acme):
    fields = "id,messages,held_by,held_since,answered_by_customer"
    assert json.loads(acme.run("inbox", "--json", "--fields", fields).out) == [
        {
            "id": 4,
            "messages": 3,
            "held_by": "ana",
            "held_since": "2026-11-21T13:57:00.000Z",
            "answered_by_customer": None,
        },
        {
            "id": 5,
            "messages": 1,
            "held_by": None,
            "held_since": None,
            "answered_by_customer": "@tom@mastodon.social",
        },
        {
            "id": 7,
            "messages": 1,
            "held_by": None,
            "held_since": None,
            "answered_by_customer": None,
        },
    ]


def test_sentences_for_who_listens(acme):
    assert acme.run("inbox", tty=True, SOCIALCARE_ACCESSIBLE="1").out == (
        "3 open, 1 late. Last fetch 3 minutes ago.\n"
        "1 of 3. Mention 4, high, 1 hour late, complaint, neutral. From @mia@mas.to on\n"
        "mastodon, 3 messages. ana is writing an answer.\n"
        "   Still no parcel, and it is cold.\n"
        "2 of 3. Mention 5, normal, 2 hours left, question, neutral. From ana@example.org\n"
        "on mastodon. @tom@mastodon.social answered.\n"
        "   Is the stove safe indoors?\n"
        "3 of 3. Mention 7, low, 23 hours left, praise, neutral. From\n"
        "@leo@mastodon.social on mastodon.\n"
        "   Love it\n"
    )


def test_who_is_writing_needs_not_be_told_so(acme):
    assert "is on it" not in acme.run("inbox", tty=True, SOCIALCARE_USER="ana").out
    assert "is writing" not in acme.run("show", "4", SOCIALCARE_USER="ana").out


def test_show_has_the_whole_conversation_through_our_answers(acme):
    assert acme.run("show", "4").out == CARD
    first = acme.run("show", "1").out
    assert first[first.index("Thread") :] == (
        "Thread   @mia@mas.to (this one)\n"
        "         @mia@mas.to: Hello? Parcel?\n"
        "         @acme@mas.to (us): We look.\n"
        "         @mia@mas.to (unanswered): Still no parcel, and it is cold.\n"
    )
    other = acme.run("show", "5").out
    assert other[other.index("Thread") :] == (
        "Thread   ana@example.org (this one, unanswered)\n"
        "         @tom@mastodon.social (another customer): I use mine.\n"
    )


@pytest.mark.parametrize("width", [40, 120])
def test_the_card_at_other_widths(acme, width):
    lines = acme.run("show", "4", width=width).out.splitlines()
    assert all(len(line) <= width for line in lines)
    told = "@acme@mas.to (us): We look. @mia@mas.to (this one, unanswered)"
    assert " ".join(" ".join(lines).split()).endswith(told)


def test_the_thread_in_sentences(acme):
    told = acme.run("show", "4", tty=True, SOCIALCARE_ACCESSIBLE="1").out
    assert told[told.index("Thread") :] == (
        "Thread, 1 of 4. @mia@mas.to: Where is my parcel?\n"
        "Thread, 2 of 4. @mia@mas.to: Hello? Parcel?\n"
        "Thread, 3 of 4. @acme@mas.to (us): We look.\n"
        "Thread, 4 of 4. @mia@mas.to (this one, unanswered)\n"
    )


def test_the_thread_in_json(acme):
    told = json.loads(acme.run("show", "4", "--json").out)
    jsonschema.Draft202012Validator(schema("show")).validate(told)
    marks = ("id", "ours", "same_person", "unanswered")
    assert [tuple(post[name] for name in marks) for post in told["conversation"]] == [
        (1, False, True, False),
        (2, False, True, False),
        (3, True, False, False),
    ]


def test_an_answer_that_was_recorded_stands_in_the_thread_once(tmp_path):
    shop = Acme(tmp_path, {"TZ": "UTC"})
    shop.fill([wrote(1, MIA, "Where is it?", 2 * HOUR)])
    shop.run("reply", "1", "-b", "On its way.")
    shop.run("reply", "1", "--record", "https://mas.to/@acme/9")
    shop.fill([wrote(2, MIA, "It is not.", -HOUR, "9")])
    told = shop.run("show", "1").out
    thread = "Thread   @mia@mas.to (this one)\n         leo (us): On its way.\n"
    assert told.endswith(thread)
    seen = mention(
        9, US, "On its way!", 0 * HOUR, role="answer", in_reply_to="1", url="https://mas.to/@acme/9"
    )
    shop.fill([Judged(seen, None)])
    told = shop.run("show", "1").out
    assert told.endswith(
        "Thread   @mia@mas.to (this one)\n"
        "         @acme@mas.to (us): On its way!\n"
        "         @mia@mas.to (unanswered): It is not.\n"
    )


def test_hostile_names_stay_text(tmp_path):
    shop = Acme(tmp_path)
    evil = Author("8", "@\x1b[2Jx@[/]\u202e", "Evil")
    shop.fill([wrote(1, MIA, "One?", HOUR), wrote(2, evil, "Two.", MINUTE, "1", "other")])
    until = format_time(NOW + HOUR)
    shop.change("insert into lease values (1, ?, ?, ?)", "\x1b[2J[/]\u202e", until, until)
    for words in (["inbox"], ["show", "1"]):
        for tty in (True, False):
            out = shop.run(*words, tty=tty, colour="full").out
            assert "\x1b[2J" not in out
            assert "\u202e" not in out


def test_whoever_answers_with_another_account_is_no_other_customer(tmp_path):
    """Issue 4, customers: accounts that are joined are one person in rows and threads too."""
    shop = Acme(tmp_path, {"TZ": "UTC"})
    shop.fill(
        [
            wrote(205, ANA, "Is the stove safe indoors?", 2 * HOUR, name="question"),
            wrote(206, TOM, "It is me again.", HOUR, "205", "other", needs_answer=False),
        ]
    )
    asked = ("inbox", "1", "--json", "--fields", "answered_by_customer")
    assert json.loads(shop.run(*asked).out) == [{"answered_by_customer": TOM.handle}]
    assert "(another customer)" in shop.run("show", "1").out
    shop.run("customer", "link", ANA.handle, TOM.handle)
    assert json.loads(shop.run(*asked).out) == [{"answered_by_customer": None}]
    assert "(another customer)" not in shop.run("show", "1").out
