"""Facebook: what people write on our Page becomes mentions, and what is asked for it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import CanCheckAccess, CanRecheck, Outgoing
from socialcare.channels.decode import decode
from socialcare.channels.meta.facebook import Facebook
from socialcare.channels.meta.wire import Listing
from socialcare.errors import GoneError, RateLimitError
from socialcare.models import Author, Mention
from socialcare.testing import NOW, SINCE, Fault, Item, bench, mentions_of, posts
from tests.channels.cases.facebook import (
    ANA,
    OWN,
    POST,
    TOKEN,
    PageGraph,
    case,
    comment,
    refusal,
    visitor_post,
    written,
)

MINUTE = timedelta(minutes=1)
VISIT = f"{OWN}_777"
PARCEL = Mention("c", "facebook", "555_1", Author(ANA, "Ana Lima"), "No parcel.", NOW, "comment")


@pytest.fixture
def own():
    with bench(case()) as running:
        yield running


def service(own) -> PageGraph:
    assert isinstance(own.service, PageGraph)
    return own.service


def asked(own, path: str) -> list[dict[str, str]]:
    found = [urlsplit(url) for url in own.service.asked]
    return [
        {key: values[0] for key, values in parse_qs(url.query).items()}
        for url in found
        if url.path == f"/v26.0/{path}"
    ]


def read(own) -> dict[str, Mention]:
    return mentions_of(own.run()[0])


def test_a_comment_becomes_a_mention(own):
    own.service.items = [Item(f"555_{n}", NOW - n * MINUTE, f"No parcel {n}") for n in range(1, 3)]
    found = read(own)["555_1"]
    assert found == Mention(
        channel="c",
        source="facebook",
        external_id="555_1",
        author=found.author,
        text="No parcel 1",
        created_at=NOW - MINUTE,
        kind="comment",
        url="https://www.facebook.com/acme/posts/555?comment_id=555_1",
        uri="https://www.facebook.com/acme/posts/555?comment_id=555_1",
        thread="555_1",
        in_reply_to=POST,
        direct=True,
        likes=1,
        replies=0,
    )
    assert (found.author.external_id, found.author.handle) == (ANA, "Ana Lima")
    assert not found.author.is_us


class Rich(PageGraph):
    """``below`` are the comments as they are sent."""

    def __init__(self, *below: dict[str, Any]) -> None:
        super().__init__()
        self.below = below
        self.items = [Item("555_1", NOW - 5 * MINUTE)]

    def node(self, path, params):
        if path.endswith("/comments"):
            assert params["fields"][0].startswith("id,message,from,created_time,parent,")
            return {"data": list(self.below)}
        return super().node(path, params)


def running(graph: PageGraph):
    given = case()
    given.service = graph
    return bench(given)


def test_replies_answers_pictures_and_people_without_names():
    one = comment(Item("555_1", NOW - 9 * MINUTE))
    picture = {"type": "photo", "url": "https://www.facebook.com/photo/1", "media": {"image": {}}}
    below = (
        {**one, "attachment": picture},
        {**one, "id": "555_2", "parent": {"id": "555_1"}, "from": {"id": OWN, "name": "Acme"}},
        {key: value for key, value in {**one, "id": "555_3"}.items() if key != "from"},
        {key: value for key, value in {**one, "id": "555_4"}.items() if key != "from"},
    )
    with running(Rich(*below)) as own:
        found = read(own)
    assert [(one.type, one.url) for one in found["555_1"].media] == [("image", picture["url"])]
    reply = found["555_2"]
    assert (reply.kind, reply.thread, reply.in_reply_to) == ("reply", "555_1", "555_1")
    assert (reply.role, reply.direct, reply.author.is_us) == ("answer", False, True)
    nameless = [found[one].author for one in ("555_3", "555_4")]
    assert [one.external_id for one in nameless] == ["anonymous:555_3", "anonymous:555_4"]
    assert [one.handle for one in nameless] == ["", ""]


def test_visitors_and_tags_are_mentions_and_our_own_posts_are_not(own):
    graph = service(own)
    visit = visitor_post(VISIT, NOW - 9 * MINUTE, "Where is my parcel?")
    visit["shares"] = {"count": 3}
    visit["reactions"] = {"summary": {"total_count": 4}}
    photo = {"type": "photo", "url": "https://www.facebook.com/p/2", "media": {}}
    album = {"type": "album", "media": {}, "subattachments": {"data": [photo, photo]}}
    visit["attachments"] = {"data": [album]}
    graph.posts = [visit]
    graph.tags = [visitor_post("999_1", NOW - 8 * MINUTE, "Acme sent the wrong size", None)]
    found = read(own)
    assert found.keys() == {VISIT, "999_1"}
    post = found[VISIT]
    assert (post.kind, post.thread, post.direct) == ("post", VISIT, True)
    assert (post.likes, post.reposts, len(post.media)) == (4, 3, 2)
    assert found["999_1"].author.external_id == "anonymous:999_1"


def test_below_the_post_of_a_visitor_all_is_one_conversation():
    graph = Rich(comment(Item("777_1", NOW - 5 * MINUTE)))
    visit = visitor_post(VISIT, NOW - 9 * MINUTE, "Where is my parcel?")
    graph.posts, graph.items = [{**visit, "comments": {"summary": {"total_count": 1}}}], []
    with running(graph) as own:
        found = read(own)
    assert (found["777_1"].thread, found["777_1"].in_reply_to) == (VISIT, VISIT)


def test_comments_are_asked_for_where_something_changed(own):
    own.service.items = posts(3)
    _, checkpoint = own.run()
    own.service.asked.clear()
    _, checkpoint = own.run(checkpoint)
    assert not asked(own, f"{POST}/comments")
    service(own).changed = NOW - MINUTE  # as many as before: one went, another came
    own.service.items = [*posts(3)[1:], Item("2000", NOW - MINUTE)]
    pages, checkpoint = own.run(checkpoint)
    assert "2000" in mentions_of(pages)
    own.service.asked.clear()
    own.clock.at = NOW + timedelta(days=1)
    own.run(checkpoint)
    assert len(asked(own, f"{POST}/comments")) == 1


def test_who_we_are_is_asked_once(own):
    _, checkpoint = own.run()
    own.service.asked.clear()
    own.run(checkpoint)
    assert not asked(own, "acme")


def test_old_posts_are_left_alone(own):
    own.service.items = posts(3)
    given = case()
    given.service, given.options = own.service, {"page": "acme", "days": 5}
    own.case = given
    assert not read(own)
    assert not asked(own, f"{POST}/comments")


def test_a_post_that_is_gone_stops_nothing():
    class Gone(PageGraph):
        def node(self, path, params):
            if path == f"{VISIT}/comments":
                raise Fault(400, refusal(100, 33, "Unsupported get request."))
            return super().node(path, params)

    graph = Gone()
    visit = visitor_post(VISIT, NOW - 9 * MINUTE, "Where is my parcel?")
    graph.posts = [{**visit, "comments": {"summary": {"total_count": 1}}}]
    graph.items = posts(2)
    with running(graph) as own:
        pages, checkpoint = own.run()
        assert mentions_of(pages).keys() == {VISIT, "1000", "1001"}
        own.service.asked.clear()
        own.run(checkpoint)
        assert not asked(own, f"{VISIT}/comments")


def test_a_page_that_is_not_there_is_told():
    class Nowhere(PageGraph):
        def node(self, path, params):
            raise Fault(400, refusal(100, 33, "Unsupported get request."))

    with running(Nowhere()) as own, pytest.raises(GoneError, match="shows nothing there"):
        own.run()


def test_no_token_is_kept_from_the_addresses_of_next_pages(own):
    own.service.items = [*posts(9), Item("broken", NOW - MINUTE, TOKEN, broken=True)]
    own.service.page_size = 4
    pages, checkpoint = own.run()
    assert any(one.raw for page in pages for one in page.broken)
    assert TOKEN not in json.dumps(checkpoint)
    assert TOKEN not in repr(pages)
    assert not any(TOKEN in url for url in own.service.asked)


def test_what_is_told_of_gone_posts_holds_only_while_others_can_be_read(own):
    graph = service(own)
    channel = own.channel()
    assert isinstance(channel, CanRecheck)
    graph.items = posts(2)
    assert channel.recheck(["1000", "5", "no id"]).gone == ["5"]
    assert channel.recheck(["5", "6"]).gone == ["5", "6"]  # the feed can be read
    assert not channel.recheck(["no id"]).gone

    def nothing(path, params):
        if path == "acme":
            return {"id": OWN, "name": "Acme"}
        raise Fault(400, refusal(100, 33, "Unsupported get request."))

    graph.node = nothing  # type: ignore[method-assign]
    assert not channel.recheck(["5", "6"]).gone


def test_a_recheck_tells_posts_from_comments(own):
    graph = service(own)
    graph.items = [Item("555_9", NOW - MINUTE, "Hello")]
    visit = {**visitor_post(VISIT, NOW - 9 * MINUTE, "Edited"), "updated_time": written(NOW)}
    node = graph.node
    graph.node = lambda path, params: visit if path == VISIT else node(path, params)  # type: ignore[method-assign]
    found = mentions_of([own.channel().recheck(["555_9", VISIT])])
    assert {key: one.kind for key, one in found.items()} == {"555_9": "comment", VISIT: "post"}
    assert len(asked(own, "")) == 3


def test_who_we_are_there(own):
    channel = own.channel()
    assert isinstance(channel, CanCheckAccess)
    assert channel.check_access() == "Acme"


def test_a_walk_is_not_repeated_from_its_start_by_a_short_run(own):
    """With one page a run, each request for comments is for another page."""
    own.service.items = posts(30)
    own.service.page_size = 4
    checkpoint = None
    for _ in range(16):
        _, checkpoint = own.run(checkpoint, pages=1)
    cursors = [one.get("after") for one in asked(own, f"{POST}/comments")]
    assert len(cursors[:8]) == len(set(cursors[:8])) == 8
    assert set(mentions_of(list(own.channel().pages(None, SINCE)))) == {
        one.id for one in own.service.items
    }


def test_the_class_says_that_all_is_about_us():
    assert not Facebook.matches


class Busy(PageGraph):
    """Tells with every answer how much is used."""

    def __init__(self, percent: float) -> None:
        super().__init__()
        self.told = {"X-App-Usage": json.dumps({"call_count": percent})}

    def handle(self, asked):
        given = super().handle(asked)
        return given._replace(headers={**given.headers, **self.told})


def test_where_nearly_all_is_used_up_the_rest_is_left_for_answers():
    with running(Busy(96.4)) as own:
        channel = own.channel()
        with pytest.raises(RateLimitError, match="96 % of what Meta allows") as raised:
            list(channel.pages(None, SINCE))
        assert raised.value.not_before == NOW + timedelta(minutes=15)
        assert len(own.service.asked) == 1
        posted = channel.send(Outgoing(PARCEL, "On its way.", "key-1"))
        assert posted.external_id == "9000"


def test_a_recheck_leaves_half_for_what_is_new():
    with running(Busy(50)) as own:
        own.service.items = posts(3)
        page = own.channel().recheck(["1000", "5", "1001", "1002"])
        assert mentions_of([page]).keys() == {"1000"}
        assert not page.gone
        own.case.service.told = {}
        page = own.channel().recheck(["1000", "5", "1001", "1002"])
        assert mentions_of([page]).keys() == {"1000", "1001", "1002"}
        assert page.gone == ["5"]


ADDRESS = st.builds(
    lambda key, token, more: f"https://graph.facebook.com/v26.0/4/feed?{key}={token}&{more}",
    st.sampled_from(["access_token", "appsecret_proof", "token"]),
    st.text("abcXYZ0123456789", min_size=12, max_size=40),
    st.sampled_from(["until=1624385168", "after=QVFI", "__paging_token=enc_1", "limit=5", ""]),
)


@given(address=ADDRESS, cursor=st.sampled_from(["", "QVFIU"]))
def test_nothing_secret_is_taken_over_from_the_address_of_a_next_page(address, cursor):
    body = {"data": [], "paging": {"cursors": {"after": cursor}, "next": address}}
    listing = decode(json.dumps(body).encode(), Listing)
    assert address.partition("=")[2].partition("&")[0] not in repr(listing)
    assert listing.onward().keys() <= {"after", "until", "__paging_token"}
