"""Discourse: posts become mentions, and no burst, busy topic or run of hidden ids hides one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from socialcare import testing
from socialcare.channels.base import CanCheckAccess, CanRecheck, CanReply
from socialcare.channels.decode import decode
from socialcare.channels.discourse import Discourse
from socialcare.channels.discourse.posts import Place, read_posts, to_mention
from socialcare.channels.discourse.search import words
from socialcare.channels.discourse.wire import Latest
from socialcare.errors import (
    AuthError,
    ChannelError,
    ConfigError,
    UnavailableError,
    UsageError,
)
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Case, Fault, Item, laws_for, mentions_of, posts
from tests.channels import cases, direct
from tests.channels.cases.discourse import NOT_FOUND, SERVER, Forum
from tests.channels.cases.discourse_posts import Window
from tests.channels.golden import payload, shown, wanted

PLACE = Place("forum", "forum.example", "https://forum.example", frozenset({"acme_care"}))


@pytest.fixture
def bench():
    with testing.bench(cases.load("discourse")) as running:
        yield running


@pytest.fixture
def newest():
    with testing.bench(cases.load("discourse_posts")) as running:
        yield running


def test_posts_become_mentions():
    raws = decode(payload("discourse", "latest"), Latest).latest_posts
    found, broken = read_posts(raws, "$.latest_posts")
    mentions = [to_mention(post, PLACE, parent="90") for post in found]
    assert shown(mentions, broken) == wanted("discourse", "latest")


def test_what_is_asked_for(bench):
    bench.case.brand = Brand(name="Acme", watch=('acme "the best"',))
    bench.run()
    first, second = bench.service.asked
    day = (SINCE - timedelta(seconds=1)).date().isoformat()
    assert first == f"/search.json?q=%22Acme%22+after%3A{day}+order%3Alatest&page=1"
    assert second.startswith("/search.json?q=%22acme++the+best%22+after")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('"Acme boots" user:ana', ["acme", "boots"]),
        ("acme -roadrunner #shop @mia tags:a,b", ["acme"]),
        ("in:title", []),
        ("ab", ["ab"]),
        ("a acme", ["acme"]),
    ],
)
def test_the_words_of_a_query_are_those_that_are_looked_for(query, wanted):
    assert words(query) == wanted


def run(service, checkpoint=None, stop=None, now=NOW, **options):
    return direct.run(Case(Discourse, service, {**SERVER, **options}), now, checkpoint, stop)


def test_a_busy_topic_is_read_back_to_known_ground():
    service = Forum()
    service.a_topic = 1_000_000
    service.items = posts(3)
    _, checkpoint = run(service)
    new = [replace(item, id=f"{int(item.id) + 3}") for item in posts(90, step=timedelta(minutes=1))]
    new[40] = replace(new[40], text="Nobody is named here")
    service.items += new
    pages, _ = run(service, checkpoint)
    assert mentions_of(pages).keys() >= {item.id for item in new} - {new[40].id}
    assert new[40].id not in mentions_of(pages)
    assert not any(page.possibly_missed for page in pages)


def test_a_topic_that_is_too_busy_is_told():
    service = Forum()
    service.a_topic = 1_000_000
    service.items = posts(400, step=timedelta(minutes=1))
    pages, _ = run(service)
    [missed] = [page.possibly_missed for page in pages if page.possibly_missed]
    assert missed == "topic 10 has more new posts than are read of one topic"


def test_a_burst_of_many_topics_is_read_to_its_end():
    """1,200 topics in three days: more than a query gives, so the days are gone through."""
    service = Forum()
    service.a_topic = 1
    service.items = posts(1_200, step=timedelta(minutes=3.6))
    pages, checkpoint = run(service)
    assert len(mentions_of(pages)) == 1_200
    assert not any(page.possibly_missed for page in pages)
    assert max(len(page.mentions) for page in pages) <= 5
    service.asked.clear()
    again, _ = run(service, checkpoint)
    assert not mentions_of(again)
    assert all(url.startswith("/search.json") for url in service.asked)


def test_a_burst_may_be_stopped_in_its_middle():
    service = Forum()
    service.a_topic = 1
    service.items = posts(700, step=timedelta(minutes=4))
    whole, _ = run(service)
    for stop in range(1, len(whole), 29):
        before, middle = run(service, stop=stop)
        after, _ = run(service, middle)
        assert mentions_of([*before, *after]) == mentions_of(whole), f"after {stop} pages"


def test_a_day_with_more_topics_than_a_query_gives_is_told():
    service = Forum()
    service.a_topic = 1
    older = posts(5, step=timedelta(days=1))
    at = older[-1].at - timedelta(hours=3)
    service.items = [*older, *(Item(f"{2000 + n}", at) for n in range(600))]
    pages, _ = run(service)
    missed = [page.possibly_missed for page in pages if page.possibly_missed]
    assert missed == ["a search shows 500 topics at most, and one day has more"]
    assert mentions_of(pages).keys() >= {item.id for item in older}
    assert len(mentions_of(pages)) >= 500


class Ours(Forum):
    """Every third post is ours; the search knows who wrote what."""

    def found(self, params):
        query = params["q"][0]
        if not query.startswith("@"):
            return super().found(params)
        assert query.startswith("@acme_care after:")
        everybodys, self.items = self.items, [one for one in self.items if self.is_ours(one)]
        found = super().found(params)
        self.items = everybodys
        return found

    def post(self, item):
        return {**super().post(item), "username": "acme_care" if self.is_ours(item) else "ana"}

    @staticmethod
    def is_ours(item):
        return int(item.id) % 3 == 0


def test_our_own_answers_are_read_where_nobody_named_us_since():
    service = Ours()
    service.a_topic = 1_000_000
    service.items = posts(2)
    _, checkpoint = run(service, user="acme_care")
    answer = Item("1002", NOW, "We look into it.")
    other = Item("1003", NOW, "Somebody else")
    service.items += [answer, replace(other, id="1004")]
    found = Forum.found

    def unchanged(params):
        """The other query still finds what it found before."""
        service.items, kept = service.items[:2], service.items
        try:
            return found(service, params)
        finally:
            service.items = kept

    service.found = lambda params: (  # type: ignore[method-assign]
        Ours.found(service, params) if params["q"][0].startswith("@") else unchanged(params)
    )
    pages, _ = run(service, checkpoint, user="acme_care")
    [one] = mentions_of(pages).values()
    assert (one.external_id, one.role, one.in_reply_to) == ("1002", "answer", "1001")


def test_quiet_runs_cost_one_question(bench):
    bench.service.items = posts(30)
    _, checkpoint = bench.run()
    bench.service.asked.clear()
    bench.run(checkpoint)
    assert len(bench.service.asked) == 1


def test_a_parent_is_the_post_with_the_number_that_is_answered(bench, newest):
    for one in (bench, newest):
        one.service.items = posts(7)
        pages, _ = one.run()
        parents = {m.external_id: m.in_reply_to for m in mentions_of(pages).values()}
        for item in one.service.items:
            before = f"{int(item.id) - 1}"
            first = one.service.place(item)[1] == 1
            assert parents[item.id] == (before if before in parents and not first else None)


def test_a_forum_under_load_says_so_at_status_200(bench):
    error = b'{"posts": [], "grouped_search_result": {"error": "We are busy"}}'
    bench.service.faults = [Fault(200, error)]
    with pytest.raises(UnavailableError, match="We are busy"):
        bench.run()


def test_a_query_that_cannot_be_searched_for_names_the_option(bench):
    bench.case.options = {**SERVER, "query": "ab"}
    bench.service.faults = [Fault(400, b'{"errors": ["Too short."], "error_type": "x"}')]
    with pytest.raises(ChannelError, match="cannot search for that: Too short") as raised:
        bench.run()
    assert "change query of [channels.c]" in raised.value.hint


@pytest.mark.parametrize(
    ("token", "body", "message"),
    [
        (None, b'{"errors": ["No"], "error_type": "not_logged_in"}', "only to members"),
        ("a-key-of-acme", b'{"errors": ["No."], "error_type": "invalid_access"}', "403.: No"),
        (None, b"<html>Just a moment...</html>", "something in front of"),
    ],
)
def test_a_closed_door_is_named_by_its_cause(bench, newest, token, body, message):
    for one in (bench, newest):
        one.case.token = token
        one.case.options = {**one.case.options, "user": "acme"}
        one.service.faults = [Fault(403, body)]
        with pytest.raises(ChannelError, match=message) as raised:
            one.run()
        assert isinstance(raised.value, AuthError) == (b"html" not in body)


def test_ids_that_are_not_public_hide_nothing_behind_them(newest):
    old = posts(5)
    far = [Item(f"{3000 + n}", NOW - timedelta(minutes=9 - n)) for n in range(5)]
    newest.service.items = [*old, *far]
    pages, _ = newest.run()
    notices = [page.notice for page in pages if page.notice]
    assert notices == ["no public post among 1,000: nothing older is looked for"]
    assert mentions_of(pages).keys() == {item.id for item in far}

    newest.service.items = old
    _, checkpoint = newest.run()
    newest.service.items += far
    pages, _ = newest.run(checkpoint)
    assert mentions_of(pages).keys() >= {item.id for item in far}
    assert not any(page.notice or page.possibly_missed for page in pages)


class Newer(Window):
    """Fifty public posts a page, below the id that is named and without it."""

    def answer(self, path, params):
        if path != "/posts.json":
            return super().answer(path, params)
        last = int(params["before"][0]) if "before" in params else 10**9
        shown = [item for item in self.ordered() if 0 < int(item.id) < last][::-1]
        return {"latest_posts": [self.post(item) for item in self.cut(shown, 50)]}


def newer() -> Case:
    return Case(Discourse, Newer(), {**SERVER, "posts": True})


@pytest.mark.parametrize("law", laws_for(newer()), ids=str)
def test_newer_forums_page_otherwise_and_keep_the_laws(law):
    with testing.bench(newer()) as bench:
        law(bench)


class Shelf(Forum):
    def answer(self, path, params):
        for item in self.items:
            if path == f"/posts/{item.id}.json":
                extra = {"user_deleted": True} if item.text == "withdrawn" else {}
                return {**self.post(item), "version": 2, "updated_at": NOW.isoformat(), **extra}
        if path == "/posts/7777.json":
            raise Fault(404, b"<html>maintenance</html>")
        if path == "/posts/8888.json":
            raise Fault(403, b'{"errors": ["No"], "error_type": "invalid_access"}')
        return super().answer(path, params)


def test_known_posts_are_looked_at_again():
    service = Shelf()
    service.items = [
        Item("1002", NOW, "edited"),
        Item("1003", NOW, "withdrawn"),
        Item("1004", NOW, broken=True),
    ]
    with testing.bench(Case(Discourse, service, SERVER)) as bench:
        channel = bench.channel()
        assert isinstance(channel, CanRecheck)
        page = channel.recheck(["1002", "1003", "1004", "5/../1002", "7777", "8888"])
    [one] = page.mentions
    assert one.text == "A topic\n\nedited"
    assert one.edited_at == NOW
    assert page.gone == ["1003", "5/../1002"]
    assert len(page.broken) == 1


def test_a_second_look_gives_what_the_first_gave():
    with testing.bench(Case(Discourse, Shelf(), SERVER)) as bench:
        bench.service.items = posts(4)
        pages, _ = bench.run()
        channel = bench.channel()
        assert isinstance(channel, CanRecheck)
        again = channel.recheck(list(mentions_of(pages)))
    assert {m.external_id: (m.text, m.url, m.in_reply_to) for m in again.mentions} == {
        m.external_id: (m.text, m.url, m.in_reply_to) for m in mentions_of(pages).values()
    }


class Signed(Forum):
    known = True

    def answer(self, path, params):
        if path == "/session/current.json":
            if not self.known:
                raise Fault(404, NOT_FOUND)
            return {"current_user": {"username": "acme_care"}}
        return super().answer(path, params)


def whoami(bench):
    channel = bench.channel()
    assert isinstance(channel, CanCheckAccess)
    return channel.check_access()


def test_access_is_checked():
    service = Signed()
    options = {**SERVER, "user": "@acme_care"}
    with testing.bench(Case(Discourse, service, options, token="a-key-of-acme")) as bench:
        assert whoami(bench) == "@acme_care"
        service.known = False
        with pytest.raises(AuthError, match="refused the key for the user acme_care: Nicht"):
            whoami(bench)
        bench.case.token = None
        with pytest.raises(AuthError, match="signing in need an API key"):
            whoami(bench)
        bench.case.token, bench.case.options = "a-key-of-acme", SERVER
        with pytest.raises(AuthError, match="the config names none"):
            bench.run()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, r"\[channels.c\] server: is needed"),
        ({"server": "ftp://x"}, "is no address"),
        ({**SERVER, "query": []}, "nothing to read"),
        ({**SERVER, "posts": "yes"}, "true or false"),
    ],
)
def test_options_are_checked(bench, options, message):
    bench.case.options = options
    with pytest.raises(ConfigError, match=message):
        bench.channel()


def test_a_forum_is_added_by_its_address():
    assert Discourse.from_spec("discourse", "Forum.example/help/") == {
        "server": "https://Forum.example/help"
    }
    with pytest.raises(UsageError, match="is no address"):
        Discourse.from_spec("discourse", "my forum")


def test_the_folder_of_a_forum_is_part_of_it(bench):
    bench.case.options = {"server": "https://Acme.example/Forum"}
    channel = bench.channel()
    assert channel.source == "discourse:acme.example/forum"
    assert isinstance(channel, CanReply)
