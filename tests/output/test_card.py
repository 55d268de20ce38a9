"""The card of `show`, and the same facts spoken."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from socialcare.clock import format_time
from socialcare.output.accessible import spoken_mentions
from socialcare.output.card import Card, Contact, Cue, Remark, card_lines
from socialcare.output.records import View
from socialcare.output.thread import Post
from tests.output.samples import FOUR, HOUR, LEO, MIA, MINUTE, NOW, VIEW, mention, printed, screen

DAY = 24 * HOUR
FULL = Card(
    MIA,
    cues=[
        Cue("praise", 'thanks "lovely"', 0.3),
        Cue("complaint", 'waiting "still no parcel"', 2.14),
    ],
    thread=[Post("@acme@mas.to", "We are on it.", NOW - HOUR, ours=True)],
    before=[
        Contact(NOW - 9 * DAY, "Where is #4411?", "answered in 3h10 by leo, closed"),
        Contact(NOW - 18 * DAY, "Lovely boots, thank you", "closed"),
    ],
    notes=[Remark("leo", NOW - 9 * DAY, "courier lost it once already")],
)
CARD_80 = """\
#41  urgent  1h12 late ─────────────────────────────────────────────────────────
@mia@mas.to on mastodon, 2h12 ago, 1,240 followers, wrote 3x before

    Third email about order #4411 and still no parcel. @acme do you even read
    these?

complaint 0.93   sentiment -0.30   topics delivery   owner nobody   open, new
why urgent: base +20, complaint +25, speaks to you directly +10, wrote 3x before
+15, 1,240 followers +5 = 75
why complaint: waiting "still no parcel" +2.1, thanks "lovely" +0.3 for praise
https://mastodon.example/p/14919

Thread   @mia@mas.to (this one, unanswered)
         @acme@mas.to (us): We are on it.
Before   12 Nov  "Where is #4411?"          answered in 3h10 by leo, closed
          3 Nov  "Lovely boots, thank you"  closed
Notes    leo, 12 Nov: courier lost it once already
"""
SPOKEN = """\
1 of 2. Mention 41, urgent, 1 hour 12 minutes late, complaint, negative. From
@mia@mas.to on mastodon, about delivery.
   Third email about order #4411 and still no parcel. @acme do you even read
   these?
2 of 2. Mention 49, low, 20 hours left, praise, negative. From
@leo@mastodon.social on mastodon.
   Huge thanks to Acme support for being so kind.
"""


def drawn(card, width=80, colour="none"):
    to = screen(width=width, colour=colour)
    to.data(*card_lines(card, VIEW, width))
    return printed(to)


def test_the_whole_card():
    assert drawn(FULL) == CARD_80


THREAD = (
    Post("@mia@mas.to", "Where is #4411?", NOW - 9 * HOUR, same_person=True),
    Post("@acme@mas.to", "On its way.", NOW - 8 * HOUR, ours=True),
    Post("@mia@mas.to", "It is not.", NOW - 3 * HOUR, same_person=True, unanswered=True),
    Post("@tom@mas.to", "Mine neither,\nsince Monday.", NOW - HOUR),
    Post("leo", "", NOW, ours=True),
)


def test_the_thread_says_who_is_who_and_what_waits():
    told = drawn(Card(mention(messages=3), thread=THREAD), 60)
    assert told[told.index("Thread") :] == (
        "Thread   @mia@mas.to: Where is #4411?\n"
        "         @acme@mas.to (us): On its way.\n"
        "         @mia@mas.to (unanswered): It is not.\n"
        "         @mia@mas.to (this one, unanswered)\n"
        "         @tom@mas.to (another customer): Mine neither, since\n"
        "         Monday.\n"
        "         leo (us): answered by hand\n"
    )
    assert "\n@mia@mas.to on mastodon, 2h12 ago, 3 messages here\n" in told


def test_the_thread_is_sentences_for_who_listens():
    to = screen(width=60)
    to.data(*card_lines(Card(mention(), thread=THREAD[2:4]), VIEW, 60, spoken=True))
    told = printed(to)
    assert told[told.index("Thread") :] == (
        "Thread, 1 of 3. @mia@mas.to (unanswered): It is not.\n"
        "Thread, 2 of 3. @mia@mas.to (this one, unanswered)\n"
        "Thread, 3 of 3. @tom@mas.to (another customer): Mine\n"
        "neither, since Monday.\n"
    )


def test_a_sentence_says_the_state_of_a_conversation():
    record = mention(messages=3, held_by="leo", answered_by_customer="@tom@mas.to")
    to = screen()
    to.data(*spoken_mentions([record], VIEW, 200))
    assert (
        printed(to)
        .splitlines()[0]
        .endswith(", about delivery, 3 messages. @tom@mas.to answered. leo is writing an answer.")
    )
    to = screen()
    to.data(*card_lines(Card(record), VIEW, 200, spoken=True))
    assert printed(to).count("leo is writing") == 1


@pytest.mark.parametrize(
    ("me", "told"), [("mia", "leo is writing an answer (3 min)\n"), ("leo", ""), (None, "leo is")]
)
def test_a_card_says_who_else_is_writing(me, told):
    record = mention(held_by="leo", held_since=format_time(NOW - 3 * MINUTE))
    to = screen()
    to.data(*card_lines(Card(record), View(NOW, None, me), 80))
    assert f"2h12 ago\n{told}" in printed(to)
    assert ("is writing" in printed(to)) == bool(told)


def test_only_the_lateness_is_styled():
    text = drawn(FULL, colour="full")
    assert text.replace("\x1b[1;7m1h12 late\x1b[0m", "1h12 late") == CARD_80


@pytest.mark.parametrize("width", [20, 30, 40, 55, 80, 120])
@pytest.mark.parametrize(
    "record", [MIA, mention(text="漢" * 700, url=f"https://acme.example/{'x' * 300}")]
)
def test_no_line_is_longer_than_the_screen(width, record):
    card = Card(record, FULL.cues, FULL.thread, FULL.before, FULL.notes)
    assert all(cell_len(line) <= width for line in drawn(card, width).splitlines())


def test_a_card_with_nothing_but_a_text_has_no_empty_headings():
    record = mention(why=[], topics=[], followers=None, confidence=None, sentiment_score=None)
    assert drawn(Card(record)) == (
        f"#41  urgent  1h12 late {'─' * 57}\n"
        "@mia@mas.to on mastodon, 2h12 ago\n\n"
        "    No parcel.\n\n"
        "complaint   topics none   owner nobody   open, new\n"
    )


def test_what_became_of_a_post_is_said():
    record = mention(
        author_name="Mia Berg",
        edited_at=mention()["created_at"],
        gone_at=mention()["created_at"],
        rating=1.0,
        needs_answer=False,
        tags=["courier"],
    )
    text = drawn(Card(record), 200)
    assert "@mia@mas.to (Mia Berg) on mastodon, 2h12 ago, 1 of 5 stars, edited, deleted" in text
    assert "needs no answer   tags courier" in text


def test_pictures_stand_under_the_text():
    record = mention(text="", media=["https://a.example/1", None], media_alt=["a torn boot"])
    text = drawn(Card(record))
    assert "    [a torn boot] https://a.example/1\n    [picture without a description]\n" in text
    assert "(no words)" in drawn(Card(mention(text=" ")))


def test_a_text_that_is_too_long_to_show_says_where_the_rest_is():
    text = drawn(Card(mention(text="word " * 1200)))
    assert "    [999 more characters: socialcare show 41 --json]\n" in text


def test_a_long_note_is_shown_whole():
    card = Card(MIA, notes=[Remark("leo", NOW, "courier " * 30), Remark("ana", NOW, "ok")])
    assert drawn(card).count("courier") == 30
    assert "\n         ana, 21 Nov: ok\n" in drawn(card)


def test_mentions_as_sentences():
    to = screen()
    to.data(*spoken_mentions([MIA, LEO], VIEW, 80))
    assert printed(to) == SPOKEN


def test_sentences_say_the_state_where_no_clock_runs_and_who_has_it():
    to = screen()
    to.data(*spoken_mentions([mention(status="pending", owner="leo", due_at=None)], VIEW, 200))
    assert "urgent, pending, complaint, negative. From @mia@mas.to on mastodon" in printed(to)
    assert printed(to).splitlines()[0].endswith(", about delivery, with leo.")


@pytest.mark.parametrize("width", [20, 40, 80])
def test_sentences_fit_the_screen(width):
    to = screen()
    to.data(*spoken_mentions(FOUR, VIEW, width))
    assert all(cell_len(line) <= width for line in printed(to).splitlines())
