"""Google Play: reviews of the last week become mentions, asked for as a service account.

The answers are built after Google's documents; nobody has run this against Google Play.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare import testing
from socialcare.channels.googleplay import MISSED, NOTICE
from socialcare.testing import NOW, SINCE, Item, mentions_of, posts
from tests.channels import cases
from tests.channels.cases.googleplay import (
    PACKAGE,
    REVIEWS,
    modified,
    refusal,
    review,
)
from tests.channels.play_server import Play
from tests.channels.servers import Line

HOUR = timedelta(hours=1)


@pytest.fixture
def play(server, http, clock):
    return Play(server, http, clock)


@pytest.fixture
def store():
    with testing.bench(cases.load("googleplay")) as running:
        yield running


def test_a_review_has_its_title_stars_language_and_place(server, play):
    given = review(Item("r 1", NOW - HOUR, "No parcel"))
    play.gives(given)
    [mention] = play.read()
    assert mention.external_id == "r 1"
    assert (mention.kind, mention.role, mention.direct) == ("review", "mention", True)
    assert mention.text == "No parcel"
    assert (mention.rating, mention.lang, mention.likes) == (2.0, "en", 4)
    assert mention.source == f"googleplay:{PACKAGE}"
    assert mention.url == f"https://play.google.com/store/apps/details?id={PACKAGE}&reviewId=r%201"
    assert (mention.author.handle, mention.author.is_us) == ("Ana", False)
    assert mention.created_at == NOW - HOUR
    assert mention.edited_at is None


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Late\tStill waiting.", "Late\n\nStill waiting."),
        ("\tStill waiting.", "Still waiting."),
        ("Late\t", "Late"),
        ("Still waiting.", "Still waiting."),
        ("a\tb\tc", "a\n\nb\tc"),
    ],
)
def test_title_and_words_are_told_apart(server, play, written, text):
    given = review(Item("1", NOW - HOUR))
    given["comments"][0]["userComment"]["text"] = written
    play.gives(given)
    assert [one.text for one in play.read()] == [text]


def test_two_people_of_one_name_are_two(server, play):
    play.gives(review(Item("1", NOW - HOUR)), review(Item("2", NOW - HOUR)))
    one, other = play.read()
    assert one.author.handle == other.author.handle
    assert one.author.external_id != other.author.external_id


def translated(original: str) -> dict[str, Any]:
    given = review(Item("1", NOW - HOUR))
    given["comments"][0]["userComment"] |= {"originalText": original, "reviewerLanguage": "de"}
    return given


def test_a_translation_is_asked_for_and_stands_below_what_was_written(server, play):
    play.gives(translated("Boots\tZu spät"), review(Item("2", NOW - HOUR)))
    foreign, own = play.read(translation="en_GB")
    assert "translationLanguage=en_GB" in server.asked[-1].target
    assert (foreign.lang, own.lang) == ("de", "en")
    assert foreign.text == "Boots\n\nZu spät\n\n[en_GB] Acme is late again"
    assert own.text == "Acme is late again"


def test_a_translation_that_nobody_asked_for_takes_no_place_of_what_was_written(play):
    play.gives(translated("Zu spät"))
    [foreign] = play.read()
    assert foreign.text == "Zu spät"


def test_a_translation_that_says_the_same_is_not_told_twice(play):
    play.gives(translated("\tAcme is late again"))
    [same] = play.read(translation="en")
    assert same.text == "Acme is late again"


def test_our_answer_is_ours_and_below_its_review(store):
    store.service.items = posts(2)
    store.service.answers = {"1001": ("We are sorry.", NOW - HOUR)}
    pages, _ = store.run()
    answer = mentions_of(pages)["1001/reply"]
    assert (answer.role, answer.kind, answer.author.is_us) == ("answer", "reply", True)
    assert (answer.in_reply_to, answer.thread) == ("1001", "1001")
    assert (answer.text, answer.created_at) == ("We are sorry.", NOW - HOUR)
    assert answer.author.name == "Acme"
    assert not answer.direct


def test_an_answer_that_moves_nothing_up_is_found(store):
    """It was written in the Play Console, to a review that is known."""
    store.service.items = posts(250, step=timedelta(minutes=20))
    _, checkpoint = store.run()
    store.service.answers = {store.service.items[5].id: ("We are sorry.", NOW)}
    pages, _ = store.run(checkpoint)
    assert f"{store.service.items[5].id}/reply" in mentions_of(pages)


def test_a_review_that_was_written_anew_is_the_same_with_other_words(store):
    item = Item("7", NOW - HOUR, "Broken")
    store.service.items = [item]
    before, checkpoint = store.run()
    store.service.items = [Item("7", NOW - HOUR / 2, "Works now")]
    after, _ = store.run(checkpoint)
    assert mentions_of(before)["7"].text == "Broken"
    assert mentions_of(after)["7"].text == "Works now"


def test_a_conversation_keeps_its_beginning_and_its_last_words(server, play):
    given = review(Item("1", NOW - HOUR))
    later = {"userComment": {"text": "Still broken", "starRating": 1, **modified(NOW - HOUR / 2)}}
    answer = {"developerComment": {"text": "Sorry", **modified(NOW - HOUR / 3)}}
    given["comments"] = [later, answer, *given["comments"]]
    play.gives(given)
    mention, ours = play.read()
    assert (mention.text, mention.rating) == ("Still broken", 1.0)
    assert (mention.created_at, mention.edited_at) == (NOW - HOUR, NOW - HOUR / 2)
    assert ours.text == "Sorry"


def test_a_review_without_words_of_a_person_is_broken(server, play):
    play.gives({"reviewId": "1", "comments": []}, review(Item("2", NOW - HOUR)))
    pages = list(play.channel().pages(None, SINCE))
    broken = [one for page in pages for one in page.broken]
    assert [one.where for one in broken] == ["$.reviews[0]"]
    assert "`userComment` - at `$.comments`" in broken[0].reason
    assert [one.external_id for page in pages for one in page.mentions] == ["2"]


def test_what_a_pause_of_more_than_a_week_costs_is_told(store):
    store.service.items = posts(9)
    _, checkpoint = store.run()
    store.clock.at = NOW + timedelta(days=6)
    pages, checkpoint = store.run(checkpoint)
    assert not any(page.possibly_missed for page in pages)
    store.clock.at = NOW + timedelta(days=14)
    pages, checkpoint = store.run(checkpoint)
    assert next(page.possibly_missed for page in pages) == MISSED
    pages, _ = store.run(checkpoint)
    assert not any(page.possibly_missed for page in pages)


def test_that_older_reviews_cannot_be_had_is_said_once(store):
    pages = list(store.channel().pages(None, NOW - timedelta(days=30)))
    assert [page.notice for page in pages] == [NOTICE]
    again = list(store.channel().pages(pages[-1].checkpoint, NOW - timedelta(days=30)))
    assert [page.notice for page in again] == [None]


def test_a_page_token_that_is_over_leads_back_to_the_newest(server, play):
    """And one that was never good is no endless walk."""
    over: set[str] = set()

    def reviews(line: Line) -> None:
        token = parse_qs(urlsplit(line.request.target).query).get("token", [""])[0]
        if token in over:
            line.answer(refusal(400, "invalid"), status="400 Bad")
            return
        more = {} if token else {"tokenPagination": {"nextPageToken": "page-2"}}
        found = [review(Item(token or "page-1", NOW - HOUR))]
        line.answer(json.dumps({"reviews": found, **more}).encode())

    server[REVIEWS] = reviews
    first = next(play.channel().pages(None, SINCE))
    over.add("page-2")
    walk = play.channel().pages(first.checkpoint, SINCE)
    assert [one.external_id for one in next(walk).mentions] == ["page-1"]
    over.clear()
    assert [one.external_id for one in next(walk).mentions] == ["page-2"]
