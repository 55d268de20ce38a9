"""The App Store with a key: reviews of our own app, asked for with tokens that we sign.

The answers are built after Apple's documents; nobody has run this against App Store Connect.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from socialcare.channels.appstore import AppStore
from socialcare.channels.base import CanCheckAccess, CanRecheck, Setup, TokensInMemory
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    ConfigError,
    GoneError,
    RateLimitError,
    UsageError,
)
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Item
from tests.channels.cases.appstore import (
    APP,
    ISSUER,
    KEY_ID,
    OPTIONS,
    REVIEWS,
    p8,
    private_key,
    refusal,
    response,
    review,
)
from tests.channels.servers import Line

HOUR = timedelta(hours=1)
ONE = "/v1/customerReviews"
SHORT = "X-Rate-Limit: user-hour-lim:3500;user-hour-rem:349;"


@pytest.fixture
def channel(server, http, clock):
    def build(
        tokens: TokensInMemory | None = None, key: str | None = None, **options: Any
    ) -> AppStore:
        return AppStore(
            Setup(
                name="apps",
                options={**OPTIONS, "base_url": server.url, **options},
                connect=partial(http.session, "apps"),
                clock=clock,
                brand=Brand(name="Acme"),
                secret={"private_key": p8() if key is None else key}.get,
                tokens=tokens or TokensInMemory(),
            )
        )

    return build


def giving(server, *reviews: Any, included: Any = (), **links: str) -> None:
    body = json.dumps({"data": reviews, "included": included, "links": links}).encode()
    server[REVIEWS] = lambda line: line.answer(body)


def giving_one(server, item: Item, answer: Any = None, *headers: str) -> None:
    included = [answer] if answer else []
    body = {"data": review(item, answer["id"] if answer else None), "included": included}
    server[f"{ONE}/{item.id}"] = lambda line: line.answer(json.dumps(body).encode(), *headers)


def read(channel) -> list[Any]:
    return [one for page in channel.pages(None, SINCE) for one in page.mentions]


def test_it_asks_with_a_token_that_apple_can_verify(server, channel, clock):
    giving(server)
    read(channel())
    [asked] = server.asked
    signed = asked.headers["authorization"].removeprefix("Bearer ")
    assert jwt.get_unverified_header(signed) == {"alg": "ES256", "kid": KEY_ID, "typ": "JWT"}
    claims = jwt.decode(
        signed,
        private_key().public_key(),
        algorithms=["ES256"],
        audience="appstoreconnect-v1",
        issuer=ISSUER,
        options={"verify_exp": False, "verify_iat": False},  # the day of the tests is another
    )
    assert claims["iat"] <= clock.now().timestamp() < claims["exp"]
    assert claims["exp"] - claims["iat"] <= 20 * 60
    assert parse_qs(urlsplit(asked.target).query) == {
        "sort": ["-createdDate"],
        "limit": ["200"],
        "include": ["response"],
    }


def test_a_token_lasts_from_run_to_run_and_not_longer(server, channel, clock):
    giving(server)
    tokens = TokensInMemory()
    for elapsed in (0, 900, 1_000):
        clock.elapsed = elapsed
        read(channel(tokens))
    first, second, third = (one.headers["authorization"] for one in server.asked)
    assert first == second
    assert second != third


def test_a_token_kept_for_another_key_is_not_used(server, channel):
    giving(server)
    tokens = TokensInMemory()
    read(channel(tokens))
    read(channel(tokens, key_id="OTHERKEY12"))
    kids = [
        jwt.get_unverified_header(one.headers["authorization"].removeprefix("Bearer "))["kid"]
        for one in server.asked
    ]
    assert kids == [KEY_ID, "OTHERKEY12"]


def test_a_review_has_its_title_stars_and_time(server, channel):
    giving(server, review(Item("0000-1", NOW - HOUR, "Still waiting.")))
    [mention] = read(channel())
    assert (mention.external_id, mention.source) == ("0000-1", f"appstore:{APP}")
    assert (mention.kind, mention.role, mention.direct) == ("review", "mention", True)
    assert (mention.text, mention.rating) == ("Late\n\nStill waiting.", 2.0)
    assert mention.created_at == NOW - HOUR
    assert (mention.author.handle, mention.author.is_us) == ("ana77", False)
    assert mention.url == f"https://appstoreconnect.apple.com/apps/{APP}"


def test_what_may_be_missing_may_be_missing(server, channel):
    bare = {
        "type": "customerReviews",
        "id": "1",
        "attributes": {"rating": 5, "createdDate": NOW.isoformat(), "title": None},
    }
    giving(server, bare)
    [mention] = read(channel())
    assert (mention.text, mention.author.handle, mention.author.name) == ("", "a customer", None)


@pytest.mark.parametrize("by_review", [True, False])
def test_our_answer_is_ours_and_below_its_review(server, channel, by_review):
    """It says whose it is, or the review does."""
    answer = response("r9", "We are sorry.")
    if by_review:
        answer["relationships"] = {"review": {"data": {"type": "customerReviews", "id": "1"}}}
    one = review(Item("1", NOW - HOUR), None if by_review else "r9")
    giving(server, one, review(Item("2", NOW - HOUR)), included=[answer])
    found = {one.external_id: one for one in read(channel())}
    assert found.keys() == {"1", "2", "r9"}
    mention = found["r9"]
    assert (mention.role, mention.kind, mention.author.is_us) == ("answer", "reply", True)
    assert (mention.in_reply_to, mention.thread, mention.text) == ("1", "1", "We are sorry.")
    assert mention.author.name == "Acme"
    assert not mention.direct


def test_the_next_page_is_asked_for_here_whatever_host_is_named(server, channel):
    def reviews(line: Line) -> None:
        cursor = parse_qs(urlsplit(line.request.target).query).get("cursor")
        item = Item("2" if cursor else "1", NOW - HOUR)
        links = {} if cursor else {"next": "https://thief.example/v1/x?cursor=AQ.AKT&limit=200"}
        line.answer(json.dumps({"data": [review(item)], "links": links}).encode())

    server[REVIEWS] = reviews
    assert [one.external_id for one in read(channel())] == ["1", "2"]
    assert parse_qs(urlsplit(server.asked[1].target).query)["cursor"] == ["AQ.AKT"]


def test_a_cursor_that_is_over_leads_back_to_the_newest(server, channel):
    links = {"next": f"{server.url}{REVIEWS}?cursor=old"}
    giving(server, review(Item("1", NOW - HOUR)), **links)
    first = next(channel().pages(None, SINCE))

    def reviews(line: Line) -> None:
        if "cursor=old" in line.request.target:
            line.answer(refusal("PARAMETER_ERROR.INVALID"), status="400 Bad")
        else:
            line.answer(json.dumps({"data": [review(Item("2", NOW - HOUR))]}).encode())

    server[REVIEWS] = reviews
    pages = list(channel().pages(first.checkpoint, SINCE))
    assert {one.external_id for page in pages for one in page.mentions} == {"2"}


def test_a_second_look_brings_edits_answers_and_what_is_gone(server, channel):
    apps = channel()
    assert isinstance(apps, CanRecheck)
    giving_one(server, Item("1", NOW - HOUR, "Works now"), response("r9", "Glad to hear."))
    giving_one(server, Item("3", NOW - HOUR, broken=True))
    page = apps.recheck(["1", "2", "3"])
    assert [one.text for one in page.mentions] == ["Late\n\nWorks now", "Glad to hear."]
    assert page.gone == ["2"]
    assert [one.where for one in page.broken] == ["$.data[0]"]


def test_a_second_look_stops_where_requests_run_short(server, channel):
    giving_one(server, Item("1", NOW - HOUR), None, SHORT)
    giving_one(server, Item("2", NOW - HOUR))
    page = channel().recheck(["1", "2"])
    assert [one.external_id for one in page.mentions] == ["1"]
    assert not page.gone


LIMIT = "X-Rate-Limit: user-hour-lim:3500;user-hour-rem:{};"
REFUSALS = [
    ("401 Unauthorized", "NOT_AUTHORIZED", (), AuthError, "refused the key .401.: No", None),
    ("403 Forbidden", "FORBIDDEN_ERROR", (), AuthError, "does not let this key read the reviews", None),
    ("403 Forbidden", "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", (), AuthError, "403", None),
    ("404 Not Found", "NOT_FOUND", (), GoneError, "knows nothing there", None),
    ("400 Bad", "PARAMETER_ERROR.INVALID", (), BadAnswerError, "refused to read the reviews", None),
    ("429 Too Many", "RATE_LIMIT_EXCEEDED", (LIMIT.format(0),), RateLimitError, "all 3,500 requests of this hour", 3600),
    ("429 Too Many", "RATE_LIMIT_EXCEEDED", (LIMIT.format(3121),), RateLimitError, "slow down.$", 60),
    ("429 Too Many", "RATE_LIMIT_EXCEEDED", (), RateLimitError, "slow down.$", 60),
    ("429 Too Many", "x", ("Retry-After: 90",), RateLimitError, "slow down.$", 90),
    ("429 Too Many", "x", ("X-Rate-Limit: user-hour-lim:;;rem",), RateLimitError, "slow down.$", 60),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "headers", "error", "message", "rest"), REFUSALS)
def test_what_is_refused_is_named_by_its_code(
    server, channel, clock, status, code, headers, error, message, rest
):
    server[REVIEWS] = lambda line: line.answer(refusal(code), *headers, status=status)
    with pytest.raises(error, match=message) as raised:
        read(channel())
    assert raised.value.hint
    assert ("agreement" in raised.value.hint) == ("AGREEMENTS" in code)
    if rest:
        assert raised.value.not_before == clock.now() + timedelta(seconds=rest)


def test_a_key_that_is_refused_is_tried_twice_and_no_more(server, channel):
    server[REVIEWS] = lambda line: line.answer(refusal("x"), status="401 Unauthorized")
    with pytest.raises(AuthError, match="refused the key"):
        read(channel())
    assert len(server.asked) == 2


def test_no_error_quotes_key_or_token(server, channel):
    def echo(line: Line) -> None:
        token = line.request.headers["authorization"].removeprefix("Bearer ")
        line.answer(refusal("x", f"bad {token}"), status="403 Forbidden")

    server[REVIEWS] = echo
    apps = channel()
    with pytest.raises(AuthError) as raised:
        read(apps)
    token = server.asked[0].headers["authorization"].removeprefix("Bearer ")
    assert token[:30] not in f"{raised.value} {raised.value.hint}"
    assert "PRIVATE KEY" not in repr(apps.__dict__)
    assert token not in repr(apps.__dict__)


@pytest.mark.parametrize(
    ("key", "message"),
    [("", "the private_key is missing"), ("nothing", "is not the .p8 file of a key")],
)
def test_without_a_private_key_it_says_where_to_get_one(server, channel, key, message):
    with pytest.raises(AuthError, match=message) as raised:
        read(channel(key=key))
    assert "private_key = { file" in raised.value.hint
    assert server.asked == []


def test_access_is_tried_without_fetching(server, channel):
    giving(server)
    apps = channel()
    assert isinstance(apps, CanCheckAccess)
    assert apps.check_access() == f"the key {KEY_ID}"
    assert "limit=1&" in server.asked[-1].target


def test_answers_that_are_no_answers_are_channel_errors(server, channel):
    for body in (b"", b"[]", b"{}", b'{"data": {}}', b"<html>"):
        server[REVIEWS] = lambda line, body=body: line.answer(body)
        with pytest.raises(ChannelError):
            read(channel())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"app": None}, r"\[channels.apps\] app: the number of the app is needed"),
        ({"app": "acme"}, "app: the number of the app"),
        ({"app": "1/../2"}, "app: the number of the app"),
        ({"issuer": None}, "issuer: is needed as well"),
        ({"key_id": None}, "key_id: is needed as well"),
        ({"key_id": "no key"}, "key_id: is no id of a key"),
        ({"issuer": "acme"}, "issuer: is no issuer id"),
        ({"country": "england"}, "country: two letters are needed"),
        ({"base_url": "http://apple.example"}, "base_url: has to begin with https://"),
    ],
)
def test_options_are_read_before_anything_is_asked(channel, options, message):
    with pytest.raises(ConfigError, match=message) as raised:
        channel(**options)
    assert raised.value.hint


@pytest.mark.parametrize(
    ("what", "options"),
    [
        (APP, {"app": APP}),
        (f"id{APP}", {"app": APP}),
        (f"gb/{APP}", {"app": APP, "country": ["gb"]}),
        (f"https://apps.apple.com/gb/app/acme-shop/id{APP}", {"app": APP, "country": ["gb"]}),
        (f"https://apps.apple.com/app/id{APP}?l=en", {"app": APP}),
    ],
)
def test_an_app_is_named_by_its_number_or_address(what, options):
    assert AppStore.from_spec("appstore", what) == options
    assert AppStore(Setup("a", options, lambda **_: None, None))  # type: ignore[arg-type]


@pytest.mark.parametrize("what", ["", "acme", "gb/", "usa/1", "https://acme.example/1"])
def test_what_is_no_app_is_told(what):
    with pytest.raises(UsageError, match="is no app") as raised:
        AppStore.from_spec("appstore", what)
    assert "appstore:gb/123456789" in raised.value.hint
