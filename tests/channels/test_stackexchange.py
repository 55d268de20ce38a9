"""Stack Exchange: questions and answers become mentions, and none is lost to ties and stops."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare import testing
from socialcare.channels.base import CanReply
from socialcare.channels.decode import decode
from socialcare.channels.stackexchange import StackExchange
from socialcare.channels.stackexchange.calls import Wrapper
from socialcare.channels.stackexchange.posts import (
    Parent,
    Place,
    read_answers,
    read_comments,
    read_questions,
)
from socialcare.channels.stackexchange.walks import AGAIN, CAPPED, OVERLAP
from socialcare.clock import FixedClock
from socialcare.errors import ConfigError, UsageError
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Case, Item, mentions_of, posts
from tests.channels import cases, direct
from tests.channels.cases.stackexchange import Exchange
from tests.channels.golden import payload, shown, wanted

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
READ = {"questions": read_questions, "answers": read_answers}


@pytest.fixture
def bench():
    with testing.bench(cases.load("stackexchange")) as running:
        yield running


def asked(service):
    return [
        (urlsplit(url).path, {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()})
        for url in service.asked
    ]


@pytest.mark.parametrize("name", READ)
def test_questions_and_answers_become_mentions(name):
    place = Place("se", "stackoverflow", frozenset({"acme care"}))
    raws = decode(payload("stackexchange", name), Wrapper).items
    assert shown(*READ[name](raws, place)) == wanted("stackexchange", name)


def test_comments_become_mentions_where_it_is_known_what_they_stand_below():
    body = b"""{"items": [
        {"comment_id": 5, "post_id": 9101, "creation_date": 1795251000, "score": 1,
         "body": "Thanks &amp; bye", "owner": {"user_id": 7, "display_name": "Bo"}},
        {"comment_id": 6, "post_id": 1, "creation_date": 1795251000, "body": "elsewhere"}]}"""
    place = Place("se", "unix")
    known = {9101: Parent("a/9101", "q/9001")}
    [comment], broken = read_comments(decode(body, Wrapper).items, place, known)
    assert broken == []
    assert (comment.external_id, comment.kind, comment.text) == ("comment/5", "comment", "Thanks & bye")  # fmt: skip
    assert (comment.thread, comment.in_reply_to) == ("q/9001", "a/9101")
    assert comment.url == "https://unix.stackexchange.com/a/9101#comment5"


@pytest.mark.parametrize(
    ("site", "source", "host", "lang"),
    [
        (None, "stackoverflow", "stackoverflow.com", None),
        ("https://stackoverflow.com/", "stackoverflow", "stackoverflow.com", None),
        ("unix.stackexchange.com", "unix", "unix.stackexchange.com", None),
        ("meta.superuser.com", "meta.superuser", "meta.superuser.com", None),
        ("MathOverflow.net", "mathoverflow.net", "mathoverflow.net", None),
        ("es.stackoverflow.com", "es.stackoverflow", "es.stackoverflow.com", "es"),
    ],
)
def test_a_site_is_known_by_its_name_and_by_its_address(site, source, host, lang):
    options = {"query": "acme", **({"site": site} if site else {})}
    channel = direct.channel(Case(StackExchange, Exchange(), options), FixedClock(NOW))
    assert channel.source == f"stackexchange:{source}"
    place = Place("se", source)
    assert (place.host, place.lang) == (host, lang)


def test_what_is_asked_for(bench):
    bench.case.options = {"query": ["acme -wile"], "tags": ["acme-sdk"], "site": "superuser"}
    bench.run()
    (path, first), (_, second) = asked(bench.service)
    assert path == "/2.3/search/advanced"
    assert first == {
        "q": "acme -wile",
        "site": "superuser",
        "sort": "activity",
        "order": "asc",
        "min": str(int(SINCE.timestamp())),
        "page": "1",
        "pagesize": "100",
        "filter": "withbody",
    }
    assert second["tagged"] == "acme-sdk"
    assert "q" not in second


@pytest.mark.parametrize(
    ("options", "queries"),
    [({}, ['"Acme  ltd"', '"akme"']), ({"tags": ["acme"]}, [None])],
)
def test_without_a_question_the_brand_is_looked_for(bench, options, queries):
    bench.case.options = options
    bench.case.brand = Brand(name='Acme "ltd', watch=("akme",))
    bench.run()
    assert [params.get("q") for _, params in asked(bench.service)] == queries


def test_answers_come_with_their_question_and_only_new_ones(bench):
    old = SINCE - timedelta(days=300)
    bench.service.items = [
        Item("10", old),
        Item("11", old, "re 10 long ago"),
        Item("12", NOW - HOUR, "re 10 just now"),
        Item("20", NOW - 2 * HOUR),
    ]
    pages, checkpoint = bench.run()
    assert bench.ids(pages) == {"12", "20"}
    assert mentions_of(pages)["a/12"].in_reply_to == "q/10"
    bench.service.items.append(Item("13", NOW, "re 20 a minute ago"))
    pages, _ = bench.run(checkpoint)
    assert "13" in bench.ids(pages)


def test_answers_of_more_than_one_page_are_all_read(bench):
    bench.service.items = [Item("10", NOW - HOUR)]
    bench.service.items += [Item(f"{n}", NOW - HOUR + n * SECOND, "re 10 x") for n in range(20, 40)]
    bench.service.page_size = 3
    pages, _ = bench.run()
    assert len(mentions_of(pages)) == 21


def test_answers_without_an_end_are_told(bench):
    class Endless(Exchange):
        def answer(self, path, params):
            found = cast("dict[str, object]", super().answer(path, params))
            return {**found, "has_more": path.endswith("answers")}

    with testing.bench(Case(StackExchange, Endless(), {"query": "acme"})) as endless:
        endless.service.items = [Item("10", NOW - HOUR), Item("11", NOW, "re 10 x")]
        pages, _ = endless.run()
        assert [page.possibly_missed for page in pages] == [AGAIN]
        assert len(endless.service.asked) < 40


def test_a_second_with_more_questions_than_there_are_pages_is_told(bench):
    at = NOW - 3 * HOUR
    later = Item("9000", at + HOUR)
    bench.service.items = [*(Item(f"{n}", at) for n in range(1, 61)), later]
    bench.service.page_size = 2
    pages, _ = bench.run()
    assert [page.possibly_missed for page in pages if page.possibly_missed] == [CAPPED]
    assert "9000" in bench.ids(pages)
    assert len(mentions_of(pages)) == 51


def test_a_late_question_is_found_also_after_a_run_that_was_cut_short(bench):
    bench.service.items = [Item(f"{n}", NOW - n * timedelta(minutes=5)) for n in range(1, 30)]
    bench.service.page_size = 4
    _, checkpoint = bench.run(pages=4)
    reached = checkpoint["lists"]["?acme"]["since"]
    late = Item("5000", NOW + timedelta(seconds=reached - OVERLAP // 2 - NOW.timestamp()))
    bench.service.items.append(late)
    resumed, checkpoint = bench.run(checkpoint)
    again, _ = bench.run(checkpoint)
    assert late.id in bench.ids([*resumed, *again])


def test_an_activity_from_the_future_does_not_hide_what_comes(bench):
    bench.service.items = [Item("1", NOW + timedelta(days=900))]
    _, checkpoint = bench.run()
    bench.service.items.append(Item("2", NOW - timedelta(minutes=1)))
    pages, _ = bench.run(checkpoint)
    assert "2" in bench.ids(pages)


def test_a_run_that_is_cut_short_starves_no_search(bench):
    bench.case.options = {"query": ["acme", "akme"], "tags": ["acme-sdk"]}
    bench.service.items = posts(3)
    checkpoint, seen = None, set()
    for _ in range(3):
        _, checkpoint = bench.run(checkpoint, pages=1)
        params = asked(bench.service)[-1][1]
        seen.add(params.get("q") or params["tagged"])
    assert len(seen) == 3


@settings(deadline=None, max_examples=60)
@given(
    seconds=st.lists(st.integers(0, 12), max_size=25),
    size=st.integers(1, 6),
    stops=st.lists(st.integers(1, 5), max_size=6),
)
def test_any_times_in_pages_of_any_size_come_whole_however_often_it_stops(seconds, size, stops):
    service = Exchange()
    service.page_size = size
    service.items = [Item(f"{n + 1}", NOW - (12 - s) * SECOND) for n, s in enumerate(seconds)]
    case = Case(StackExchange, service, {"query": "acme"})
    checkpoint, got = None, []
    for stop in [*stops, None]:
        pages, checkpoint = direct.run(case, NOW, checkpoint, stop)
        got += pages
    assert {service.item_id(one) for one in mentions_of(got)} == {item.id for item in service.items}
    assert not any(page.possibly_missed for page in got)


def test_nothing_is_posted_there_by_program(bench):
    assert not isinstance(bench.channel(), CanReply)
    assert not bench.channel().limits.posts


@pytest.mark.parametrize(
    ("options", "brand", "named"),
    [
        ({}, Brand(), "query"),
        ({"query": []}, Brand("Acme"), "query"),
        ({"tags": ["two words"]}, Brand("Acme"), "tags"),
        ({"tags": ["a;b"]}, Brand("Acme"), "tags"),
        ({"site": "no site!"}, Brand("Acme"), "site"),
        ({"site": 1}, Brand("Acme"), "site"),
    ],
)
def test_options_that_mean_nothing_are_refused_by_name(options, brand, named):
    case = Case(StackExchange, Exchange(), options, brand=brand)
    with pytest.raises(ConfigError) as caught:
        direct.channel(case, FixedClock(NOW))
    assert f"[channels.c] {named}" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("acme boots", {"query": ["acme boots"]}),
        ("[acme-sdk]", {"tags": ["acme-sdk"]}),
        ("acme@superuser", {"site": "superuser", "query": ["acme"]}),
        ("[acme]@unix.stackexchange.com", {"site": "unix.stackexchange.com", "tags": ["acme"]}),
    ],
)
def test_a_channel_is_added_in_one_word(what, options):
    assert StackExchange.from_spec("stackexchange", what) == options
    for nothing in ("", "@superuser", "acme@"):
        with pytest.raises(UsageError):
            StackExchange.from_spec("stackexchange", nothing)
