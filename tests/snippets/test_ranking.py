"""Which ones fit, why, and how often the right one is offered."""

from __future__ import annotations

import pytest

from socialcare.snippets import Audience
from socialcare.snippets.ranking import Asked, Past, Ranking
from tests.benchmarks.snippet_ranking import cases, share
from tests.snippets.folder import page, shelf

LATE = page("The courier has it.", "Parcel is late", topics="[delivery]", words="[parcel, courier]")
SHIP = page("We do.", "Do you ship abroad?", topics="[delivery]", words="[norway]")
REFUND = page("Five days.", "Refunds", topics="[refund_billing]", words="[money, bank]")


@pytest.fixture
def library(tmp_path):
    return shelf(tmp_path, late=LATE, ship=SHIP, refund=REFUND)


def names(library, text, *topics, **more):
    audience = more.pop("audience", Audience("en", ("mastodon",)))
    found = Ranking(library, **more).suggest(Asked(text, audience, topics))
    return [one.name for one in found]


def test_words_in_common_bring_it_forward(library) -> None:
    assert names(library, "Do you ship to Norway?")[0] == "ship"
    assert names(library, "my parcels!", "delivery")[0] == "late"
    assert names(library, "When is the money at my bank?") == ["refund"]


def test_nothing_in_common_is_nothing_offered(library) -> None:
    assert names(library, "Lovely boots") == []
    assert names(library, "") == []


def test_the_topic_alone_is_too_little_where_many_have_it(library) -> None:
    assert names(library, "Hm", "delivery") == []


def test_reasons_say_why(tmp_path) -> None:
    german = page("Der Kurier hat es.", "Paket", words="[Paket]")
    library = shelf(tmp_path, late=LATE, late__de=german, late__de__mastodon=german, ship=SHIP)
    past = {"late": Past(9, 7, 8)}
    ranking = Ranking(library, past=past)
    asked = Asked("Mein Paket und der Kurier?", Audience("de", ("mastodon",)), ("delivery",))
    assert ranking.suggest(asked)[0].reasons == (
        *("topic delivery", '"paket", "kurier"', "in German", "for mastodon"),
        "worked 7 of 8 times",
    )
    other = Ranking(shelf(tmp_path / "b", late=LATE, ship=SHIP))
    asked = Asked("courier parcel Norway parcel late", Audience("de", ("mastodon",)), ("delivery",))
    assert other.suggest(asked)[0].reasons[-1] == "written in English"


def test_what_worked_comes_before_what_did_not(tmp_path) -> None:
    library = shelf(tmp_path, a=LATE, b=LATE)
    assert names(library, "my parcel") == ["a", "b"]
    assert names(library, "my parcel", past={"a": Past(9, 2, 9), "b": Past(9, 8, 9)}) == ["b", "a"]


def test_one_bad_use_weighs_less_than_many() -> None:
    rates = [Past(9, 0, 9), Past(1, 0, 1), Past(), Past(1, 1, 1), Past(9, 9, 9)]
    assert [one.rate for one in rates] == sorted(one.rate for one in rates)
    assert Past(5, 0, 0).rate == Past().rate


def test_only_what_is_for_this_channel_and_language_is_offered(tmp_path) -> None:
    library = shelf(
        tmp_path, a=LATE.replace("topics", "channels: [bluesky]\ntopics"), b__fr=LATE, c=LATE
    )
    assert names(library, "my parcel") == ["c"]
    assert names(library, "my parcel", audience=Audience("en", ("bluesky",))) == ["a", "c"]


def test_names_of_the_brand_say_nothing(library) -> None:
    assert names(library, "Norway", ignore=["Norway Boots"]) == []


def test_it_does_not_depend_on_the_order_of_the_files(library, tmp_path) -> None:
    other = shelf(tmp_path / "b", ship=SHIP, refund=REFUND, late=LATE)
    for text in ("my parcel", "Norway money", "ship the courier to Norway"):
        assert names(library, text, "delivery") == names(other, text, "delivery")


def test_the_right_one_is_mostly_offered_first() -> None:
    found = cases()
    labelled = [case for case in found if case.right]
    assert len(labelled) == 60
    assert share([case.within(1) for case in labelled]) >= 0.9
    assert share([case.within(3) for case in labelled]) >= 0.9
    assert share([not case.offered for case in found if not case.right]) >= 0.8
