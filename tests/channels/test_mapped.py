"""The type http: how items become mentions, and what an answer may say about itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import CanRecheck, Page, Setup
from socialcare.channels.http import Answer, Http
from socialcare.channels.mapped import Mapped
from socialcare.channels.mapped.config import MENTION_FIELDS
from socialcare.clock import FixedClock, format_time
from socialcare.errors import AuthError, BadAnswerError, ChannelError, RateLimitError, RefusedError
from socialcare.models import Media
from socialcare.settings import Brand
from socialcare.testing import NOW
from tests.channels.servers import Line, Server

TOKEN = "s3cret/token:of+acme"
FIELDS = {"id": "id", "text": "text", "created_at": "at"}
Make = Callable[..., Mapped]


@pytest.fixture
def make(server: Server, http: Http, clock: FixedClock) -> Make:
    """A channel of the server's ``/list``, whose answer is the list itself."""

    def made(*, token: str | None = None, **options: object) -> Mapped:
        options = {"base_url": server.url, "url": "/list", "fields": FIELDS, **options}
        connect = partial(http.session, "forum")
        brand = Brand(name="Acme", handles=("@acme",))
        return Mapped(Setup("forum", options, connect, clock, brand, {"token": token}.get))

    return made


def gives(answer: object, *headers: str, status: str = "200 OK") -> Callable[[Line], None]:
    return lambda line: line.answer(json.dumps(answer).encode(), *headers, status=status)


def item(number: int = 1, hours: int = 1, **more: object) -> dict[str, object]:
    hour = f"{12 - hours:02d}"
    return {"id": number, "text": f"no. {number}", "at": f"2026-11-21T{hour}:00:00Z", **more}


def since(clock: FixedClock) -> Any:
    return clock.now() - timedelta(days=7)


def read(channel: Mapped, clock: FixedClock, checkpoint: Any = None) -> list[Page]:
    return list(channel.pages(checkpoint, since(clock)))


def only(channel: Mapped, clock: FixedClock) -> Any:
    ((mention,),) = [page.mentions for page in read(channel, clock)]
    return mention


def asked(server: Server) -> list[str]:
    return [request.target for request in server.asked]


# ── from an item to a mention ──


def test_every_field_can_be_mapped(server, make, clock):
    server["/list"] = gives(
        {
            "n": 3,
            "found": [
                {
                    "key": 7,
                    "body": "<p>Two<br>lines &amp; more</p>",
                    "ts": 1795255200,
                    "edit": "1795258800",
                    "by": {"name": "Ana", "id": 5, "fans": "1.2K"},
                    "stars": "FOUR",
                    "pics": [{"src": "https://x.example/a.png", "type": "image/png", "alt": "a"}],
                    "up": 2,
                    "lang": "nb",
                }
            ],
        }
    )
    mention = only(
        make(
            items="found",
            text_format="html",
            kind="review",
            fields={
                "id": "r-{key}",
                "text": "body",
                "created_at": "ts",
                "edited_at": "edit",
                "url": "https://x.example/{by.name}/{key}",
                "uri": '="tag:x"',
                "thread": "n|key",
                "in_reply_to": "key",
                "author": "by.name",
                "author_id": "by.id",
                "followers": "by.fans",
                "rating": "stars",
                "likes": "up",
                "lang": "lang",
                "direct": "=true",
                "media": "pics[].src",
                "media_type": "pics[].type",
                "media_alt": "pics[].alt",
            },
        ),
        clock,
    )
    assert (mention.external_id, mention.kind, mention.text) == (
        "r-7",
        "review",
        "Two\nlines & more",
    )
    assert format_time(mention.created_at) == "2026-11-21T10:00:00.000Z"
    assert format_time(mention.edited_at) == "2026-11-21T11:00:00.000Z"
    assert (mention.url, mention.uri) == ("https://x.example/Ana/7", "tag:x")
    assert (mention.thread, mention.in_reply_to) == ("7", "7")
    assert (mention.author.handle, mention.author.external_id) == ("Ana", "5")
    assert (mention.author.followers, mention.likes, mention.lang) == (1200, 2, "nb")
    assert (mention.rating, mention.direct, mention.source) == (4.0, True, "http:forum")
    assert mention.media == (Media("image", "https://x.example/a.png", "a"),)


@pytest.mark.parametrize(
    ("options", "value", "time"),
    [
        ({}, "2026-11-21T10:00:00+02:00", "2026-11-21T08:00:00.000Z"),
        ({}, "2026-11-21 10:00:00", "2026-11-21T10:00:00.000Z"),
        ({"timezone": "Europe/Oslo"}, "2026-11-21 10:00:00", "2026-11-21T09:00:00.000Z"),
        ({"timezone": "Europe/Oslo"}, "2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000Z"),
        ({"time_format": "rfc3339"}, "2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000Z"),
        ({"time_format": "rfc3339"}, 1795255200, None),
        ({"time_format": "rfc3339"}, "21 Nov 2026", None),
        ({"time_format": "epoch"}, 1795255200, "2026-11-21T10:00:00.000Z"),
        ({"time_format": "epoch_ms"}, "1795255200500", "2026-11-21T10:00:00.500Z"),
        ({"time_format": "epoch"}, True, None),
        ({"time_format": "epoch"}, 10**24, None),
        ({"time_format": "epoch"}, "soon", None),
        ({}, [1], None),
    ],
)
def test_times_are_read_as_the_config_says(server, make, clock, options, value, time):
    server["/list"] = gives([item(at=value)])
    (page,) = read(make(**options), clock)
    assert [format_time(one.created_at) for one in page.mentions] == ([time] if time else [])
    assert [one.reason.partition(": ")[0] for one in page.broken] == (
        [] if time else ["created_at from $.at"]
    )


def test_markdown_becomes_words_and_pictures(server, make, clock):
    server["/list"] = gives([item(text="**Look** ![a hole](https://x.example/h.png)")])
    mention = only(make(text_format="markdown"), clock)
    assert mention.text == "Look"
    assert mention.media == (Media("image", "https://x.example/h.png", "a hole"),)


@pytest.mark.parametrize("name", ["acme", "@Acme", "Care"])
def test_our_own_posts_are_answers(server, make, clock, name):
    server["/list"] = gives([item(by=name)])
    mention = only(make(fields={**FIELDS, "author": "by"}, user="@care"), clock)
    assert (mention.role, mention.author.is_us) == ("answer", True)


def test_what_is_marked_as_taken_away_is_gone(server, make, clock):
    server["/list"] = gives([item(1, deleted=False, removed="spam"), item(2, deleted=False)])
    (page,) = read(make(gone=["deleted", "removed"]), clock)
    assert (page.gone, [one.external_id for one in page.mentions]) == (["1"], ["2"])


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"text": "x", "at": "2026-11-21"}, "id from $.id: nothing is there"),
        (item() | {"id": {"a": 1}}, "id from $.id: no id: 'dict'"),
        (item() | {"text": None}, "text from $.text: nothing is there"),
        (item() | {"text": 7}, "text from $.text: not a text: '7'"),
        (item() | {"at": None}, "created_at from $.at: nothing is there"),
        (item() | {"stars": 99}, "rating from $.stars: no rating of 1 to 5: '99'"),
        ("a text", "id from $.id: nothing is there"),
    ],
)
def test_a_broken_item_says_where_it_was_looked_for(server, make, clock, broken, reason):
    server["/list"] = gives([item(1), broken])
    (page,) = read(make(fields={**FIELDS, "rating": "stars"}), clock)
    assert [one.external_id for one in page.mentions] == ["1"]
    assert [(one.where, one.reason) for one in page.broken] == [("$[1]", reason)]
    assert json.loads(page.broken[0].raw) == broken


def test_several_lists_are_read_as_one(server, make, clock):
    server["/list"] = gives({"a": [item(1)], "b": {"c": [item(2)]}})
    (page,) = read(make(items=["a", "b.c", "d|=[]"]), clock)
    assert [one.external_id for one in page.mentions] == ["1", "2"]


# ── the token ──


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (None, "authorization", f"Bearer {TOKEN}"),
        ("bearer", "authorization", f"Bearer {TOKEN}"),
        ("basic", "authorization", "Basic czNjcmV0L3Rva2VuOm9mK2FjbWU="),
        ("header X-Key", "x-key", TOKEN),
        ("header Authorization: Bot", "authorization", f"Bot {TOKEN}"),
    ],
)
def test_the_token_goes_into_a_header(server, make, clock, auth, name, value):
    server["/list"] = gives([])
    read(make(token=TOKEN, **({"auth": auth} if auth else {})), clock)
    assert server.asked[0].headers[name] == value
    assert asked(server) == ["/list"]


def test_the_token_goes_into_the_query_and_comes_from_nowhere_else(server, make, clock):
    server["/list"] = gives([])
    read(make(token=TOKEN, auth="query key", params={"n": 5}), clock)
    assert asked(server) == ["/list?n=5&key=s3cret%2Ftoken%3Aof%2Bacme"]
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("auth", ["bearer", "basic", "header X-Key", "query key"])
def test_without_a_token_nothing_is_asked(server, make, clock, auth):
    with pytest.raises(AuthError, match="forum needs a token, and there is none"):
        read(make(auth=auth), clock)
    assert not server.asked


def test_a_token_is_not_sent_where_none_is_wanted(server, make, clock):
    server["/list"] = gives([])
    read(make(token=TOKEN, auth="none"), clock)
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("auth", ["query key", "url"])
def test_a_token_of_a_few_letters_does_not_go_into_an_address(make, clock, auth):
    """It could not be kept out of messages: it may be part of any word."""
    url = "/{token}/list" if auth == "url" else "/list"
    with pytest.raises(AuthError, match="too short"):
        read(make(token="abc", auth=auth, url=url), clock)


def test_a_token_in_an_address_does_not_travel_unencrypted(http, clock):
    options = {"base_url": "http://api.example", "url": "/{token}/x", "fields": FIELDS}
    connect = partial(http.session, "forum")
    channel = Mapped(Setup("forum", options, connect, clock, Brand(), {"token": TOKEN}.get))
    with pytest.raises(RefusedError, match="unencrypted") as told:
        read(channel, clock)
    assert "s3cret" not in told.value.message


def test_a_long_token_is_not_cut_in_two_and_shown_by_half(server, make, clock):
    long = "abcdefgh" * 60
    with pytest.raises(Exception, match="404") as told:
        read(make(token=long, url="/{token}/x"), clock)
    assert "abcdefgh" not in str(told.value)


# ── an answer that is none ──


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"ok": False, "error": {"text": "no such list"}}, "no such list"),
        ({"ok": None, "posts": []}, r"did not give what was asked for \(200\)\."),
        ({"posts": []}, "did not give what was asked for"),
        ({"ok": True}, r"there is no list at \$\.posts of the answer, but nothing"),
        ({"ok": True, "posts": "none"}, "but str"),
    ],
)
def test_an_error_inside_a_good_answer_is_an_error(server, make, clock, answer, message):
    server["/list"] = gives(answer)
    with pytest.raises(BadAnswerError, match=message):
        read(make(items="posts", ok="ok", error="error.text"), clock)


@pytest.mark.parametrize("error", ["no \x1b[31m", ["x"], {"code": 3}, 17, True])
def test_whatever_stands_at_the_error_is_one(server, make, clock, error):
    server["/list"] = gives({"posts": [item()], "error": error})
    with pytest.raises(BadAnswerError) as told:
        read(make(items="posts", error="error"), clock)
    assert "\x1b" not in told.value.message


@pytest.mark.parametrize("error", [None, "", [], {}, False])
def test_an_error_that_is_empty_is_none(server, make, clock, error):
    server["/list"] = gives({"posts": [item()], "error": error})
    assert only(make(items="posts", error="error"), clock).external_id == "1"


@pytest.mark.parametrize(
    ("answer", "status", "headers", "seconds"),
    [
        ({"wait": 90}, "429 Slow", (), 90),
        ({"error": "slow", "wait": 90.5}, "200 OK", (), 90.5),
        ({"wait": "x"}, "429 Slow", ("Retry-After: 300",), 300),
        ([], "429 Slow", (), 60),
        ({"wait": 10**30}, "429 Slow", (), 86_400),
        ({"wait": True}, "429 Slow", (), 60),
    ],
)
def test_how_long_to_wait_may_stand_in_the_body(
    server, make, clock, answer, status, headers, seconds
):
    server["/list"] = gives(answer, *headers, status=status)
    with pytest.raises(RateLimitError) as told:
        read(make(items="posts", error="error", wait="wait"), clock)
    assert told.value.not_before == clock.now() + timedelta(seconds=seconds)
    assert len(server.asked) == 1


class Anything:
    """A session whose every answer is the same."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def get(self, url: str, *_: object, **__: object) -> Answer:
        return Answer(200, {}, self.body, url)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "text", "at", "n", "by", "x"]), inner, max_size=6)
    ),
)
EVERY = dict.fromkeys(MENTION_FIELDS, "x|n") | FIELDS
PAGINGS: list[dict[str, object]] = [
    {"style": "none"},
    {"style": "page", "param": "p", "last": 3},
    {"style": "cursor", "path": "n|by", "param": "c", "more": "x"},
    {"style": "next", "path": "n|by"},
    {"style": "after", "path": "id", "param": "a"},
    {"style": "after", "path": "id|n", "param": "a", "plus": 1},
]


@given(
    st.one_of(JSON, st.fixed_dictionaries({"list": st.lists(JSON, max_size=4), "n": JSON})),
    st.sampled_from(PAGINGS),
    st.sampled_from(["plain", "html", "markdown"]),
    st.sampled_from(["auto", "rfc3339", "epoch", "epoch_ms"]),
)
def test_whatever_an_answer_holds_nothing_else_comes_out(answer, paging, text, time):
    options = {
        "base_url": "https://x.example",
        "url": "/list",
        "items": "list",
        "fields": EVERY,
        "paging": paging,
        "text_format": text,
        "time_format": time,
        "timezone": "Europe/Oslo",
        "gone": "by",
        "error": "x",
        "wait": "n",
    }
    clock = FixedClock(NOW)
    session: Any = Anything(json.dumps(answer).encode())
    channel = Mapped(Setup("forum", options, lambda **_: session, clock, Brand(name="Acme")))
    checkpoint = None
    try:
        for page, _ in zip(channel.pages(None, since(clock)), range(20), strict=False):
            checkpoint = page.checkpoint
    except ChannelError as error:
        assert error.hint
    json.dumps(checkpoint, allow_nan=False)


@pytest.mark.parametrize("deep", [100, 900, 1_020, 5_000])
def test_an_item_that_is_nested_deeply_is_told(server, make, clock, deep):
    server["/list"] = lambda line: line.answer(b"[" * deep + b"]" * deep)
    try:
        pages = read(make(), clock)
    except BadAnswerError as error:
        assert "nested too deeply" in error.message
    else:
        assert [one.where for page in pages for one in page.broken] == ["$[0]"]


# ── looking again ──


def test_a_channel_without_recheck_does_not_claim_to_have_one(server, make, clock):
    assert not isinstance(make(), CanRecheck)
    channel = make(recheck={"url": "/one", "params": {"id": "{id}"}, "item": "it"})
    assert isinstance(channel, CanRecheck)
    server["/one"] = lambda line: (
        gives({"it": item(1, gone=True)})
        if "a%2Fb" in line.request.target
        else gives({}, status="410 Gone")
    )(line)
    page = channel.recheck(["a/b", "c"])
    assert (len(page.mentions), page.gone) == (1, ["c"])
    assert asked(server) == ["/one?id=a%2Fb", "/one?id=c"]


def test_access_is_checked_by_asking_once(server, make):
    server["/list"] = gives([])
    assert make(token=TOKEN).check_access() == server.url
    assert asked(server) == ["/list"]


def query_of(target: str) -> Mapping[str, str]:
    return dict(part.split("=") for part in target.partition("?")[2].split("&"))


def test_since_and_query_are_filled_in(server, make, clock):
    params = {
        "s": "{since}",
        "e": "{since_s}",
        "ms": "{since_ms}",
        "f": "{since_snowflake}",
        "q": "{query}",
    }
    server.answers["/q/Acme"] = gives([])
    read(make(url="/q/{query}", params=params), clock)
    values = query_of(asked(server)[0])
    assert values["s"] == "2026-11-14T12%3A00%3A00.000Z"
    assert (values["e"], values["ms"], values["q"]) == ("1794657600", "1794657600000", "Acme")
    assert values["f"] == str((1794657600000 - 1420070400000) << 22)


def test_a_query_cannot_lead_to_another_address(server, make, clock):
    server["/q/..%2F..%2Fx%3Fy%23z"] = gives([])
    read(make(url="/q/{query}", query="../../x?y#z"), clock)
    assert asked(server) == ["/q/..%2F..%2Fx%3Fy%23z"]
