"""Google Play: reviews of the last week become mentions, asked for as a service account.

The answers are built after Google's documents; nobody has run this against Google Play.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from socialcare.channels.base import CanCheckAccess, CanRecheck, Setup, TokensInMemory
from socialcare.channels.googleplay import MISSED, NOTICE, GooglePlay
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
from tests.channels import contract
from tests.channels.cases.googleplay import (
    EMAIL,
    KEY_ID,
    PACKAGE,
    REVIEWS,
    TOKEN,
    modified,
    private_key,
    refusal,
    review,
    service_account,
)
from tests.channels.contract import NOW, SINCE, Item, mentions_of, posts
from tests.channels.servers import Line

HOUR = timedelta(hours=1)


@pytest.fixture
def store():
    with contract.bench(contract.load("googleplay")) as running:
        yield running


@pytest.fixture
def channel(server, http, clock):
    def build(tokens: TokensInMemory | None = None, secret: str | None = None, **options: Any):
        return GooglePlay(
            Setup(
                name="play",
                options={"package": PACKAGE, "base_url": server.url, **options},
                connect=partial(http.session, "play"),
                clock=clock,
                brand=Brand(name="Acme"),
                secret={"service_account": secret or service_account()}.get,
                tokens=tokens or TokensInMemory(),
            )
        )

    return build


def granting(server, token: str = TOKEN) -> None:
    body = json.dumps({"access_token": token, "expires_in": 3599}).encode()
    server["/token"] = lambda line: line.answer(body)


def giving(server, *reviews: Any, **more: Any) -> None:
    body = json.dumps({"reviews": reviews, **more}).encode()
    server[REVIEWS] = lambda line: line.answer(body)


def read(channel) -> list[Any]:
    return [one for page in channel.pages(None, SINCE) for one in page.mentions]


def test_it_signs_in_with_a_token_that_google_can_verify(server, channel, clock):
    granting(server)
    giving(server)
    read(channel())
    form = parse_qs(server.asked[0].body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    [assertion] = form["assertion"]
    assert jwt.get_unverified_header(assertion)["kid"] == KEY_ID
    claims = jwt.decode(
        assertion,
        private_key().public_key(),
        algorithms=["RS256"],
        audience=f"{server.url}/token",
        issuer=EMAIL,
        options={"verify_exp": False, "verify_iat": False},  # the day of the tests is another
    )
    assert claims["scope"] == "https://www.googleapis.com/auth/androidpublisher"
    assert claims["iat"] <= clock.now().timestamp() < claims["exp"]
    assert claims["exp"] - claims["iat"] == 3600
    assert server.asked[1].headers["authorization"] == f"Bearer {TOKEN}"


def test_where_a_stolen_file_sends_us_is_not_where_we_sign_in(server, channel):
    """The file names an address for tokens; whoever changes that gets none."""
    granting(server)
    giving(server)
    assert "somebody.example" in service_account()
    read(channel())
    assert [one.path for one in server.asked] == ["/token", REVIEWS]


def test_the_token_lasts_from_run_to_run(server, channel, clock):
    granting(server)
    giving(server)
    tokens = TokensInMemory()
    read(channel(tokens))
    clock.elapsed = 3_400
    read(channel(tokens))
    clock.elapsed = 3_560
    read(channel(tokens))
    assert [one.path for one in server.asked].count("/token") == 2


def test_a_token_that_was_withdrawn_is_got_anew_once(server, channel):
    tokens = TokensInMemory()
    granting(server, "ya29.the-first")
    giving(server, review(Item("1", NOW - HOUR)))
    read(channel(tokens))

    def reviews(line: Line) -> None:
        if line.request.headers["authorization"] == "Bearer ya29.the-first":
            line.answer(refusal(401, "authError"), status="401 Unauthorized")
        else:
            line.answer(json.dumps({"reviews": [review(Item("2", NOW - HOUR))]}).encode())

    granting(server, "ya29.the-second")
    server[REVIEWS] = reviews
    assert [one.external_id for one in read(channel(tokens))] == ["2"]
    assert tokens.read()["access"] == "ya29.the-second"


def test_a_review_has_its_title_stars_language_and_place(server, channel):
    granting(server)
    given = review(Item("r 1", NOW - HOUR, "No parcel"))
    giving(server, given)
    [mention] = read(channel())
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
def test_title_and_words_are_told_apart(server, channel, written, text):
    granting(server)
    given = review(Item("1", NOW - HOUR))
    given["comments"][0]["userComment"]["text"] = written
    giving(server, given)
    assert [one.text for one in read(channel())] == [text]


def test_two_people_of_one_name_are_two(server, channel):
    granting(server)
    giving(server, review(Item("1", NOW - HOUR)), review(Item("2", NOW - HOUR)))
    one, other = read(channel())
    assert one.author.handle == other.author.handle
    assert one.author.external_id != other.author.external_id


def test_a_translation_is_asked_for_and_its_language_told(server, channel):
    granting(server)
    given = review(Item("1", NOW - HOUR))
    given["comments"][0]["userComment"] |= {"originalText": "Zu spät", "reviewerLanguage": "de"}
    giving(server, given, review(Item("2", NOW - HOUR)))
    translated, own = read(channel(translation="en_GB"))
    assert "translationLanguage=en_GB" in server.asked[-1].target
    assert (translated.lang, own.lang) == ("en_GB", "en")
    assert translated.text == "Acme is late again"


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


def test_a_conversation_keeps_its_beginning_and_its_last_words(server, channel):
    granting(server)
    given = review(Item("1", NOW - HOUR))
    later = {"userComment": {"text": "Still broken", "starRating": 1, **modified(NOW - HOUR / 2)}}
    answer = {"developerComment": {"text": "Sorry", **modified(NOW - HOUR / 3)}}
    given["comments"] = [later, answer, *given["comments"]]
    giving(server, given)
    mention, ours = read(channel())
    assert (mention.text, mention.rating) == ("Still broken", 1.0)
    assert (mention.created_at, mention.edited_at) == (NOW - HOUR, NOW - HOUR / 2)
    assert ours.text == "Sorry"


def test_a_review_without_words_of_a_person_is_broken(server, channel):
    granting(server)
    giving(server, {"reviewId": "1", "comments": []}, review(Item("2", NOW - HOUR)))
    pages = list(channel().pages(None, SINCE))
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


def test_a_page_token_that_is_over_leads_back_to_the_newest(server, channel):
    """And one that was never good is no endless walk."""
    granting(server)
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
    first = next(channel().pages(None, SINCE))
    over.add("page-2")
    walk = channel().pages(first.checkpoint, SINCE)
    assert [one.external_id for one in next(walk).mentions] == ["page-1"]
    over.clear()
    assert [one.external_id for one in next(walk).mentions] == ["page-2"]


REFUSALS = [
    ("403 Forbidden", refusal(403, "quotaExceeded"), RateLimitError, "slow down", 3600),
    ("403 Forbidden", refusal(403, "rateLimitExceeded"), RateLimitError, "slow down", 60),
    ("429 Too Many", refusal(429, "RESOURCE_EXHAUSTED"), RateLimitError, "slow down", 60),
    ("403 Forbidden", refusal(403, "dailyLimitExceeded"), RateLimitError, "slow down", 20 * 3600),
    ("403 Forbidden", refusal(403, "permissionDenied", "The caller does not have permission"),
     AuthError, "does not let this service account read the reviews .403.: The caller", None),
    ("403 Forbidden", refusal(403, "accessNotConfigured"), AuthError, "not switched on", None),
    ("404 Not Found", refusal(404, "applicationNotFound", "Package not found: com.acme.app."),
     GoneError, "Package not found", None),
    ("400 Bad", refusal(400, "invalid"), BadAnswerError, "refused to read the reviews", None),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "error", "message", "rest"), REFUSALS)
def test_what_is_refused_is_named_by_its_reason(
    server, channel, clock, status, body, error, message, rest
):
    granting(server)
    server[REVIEWS] = lambda line: line.answer(body, status=status)
    with pytest.raises(error, match=message) as raised:
        read(channel())
    assert raised.value.hint
    if rest:
        assert raised.value.not_before == clock.now() + timedelta(seconds=rest)


def test_a_rest_that_is_asked_for_is_kept(server, channel, clock):
    granting(server)
    server[REVIEWS] = lambda line: line.answer(
        refusal(429, "x"), "Retry-After: 90", status="429 Too Many"
    )
    with pytest.raises(RateLimitError) as raised:
        read(channel())
    assert raised.value.not_before == clock.now() + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("body", "said", "hint"),
    [
        ({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, "Invalid JWT Signature", "make a new key"),
        ({"error": "invalid_grant", "error_description": "Check your iat and exp values"}, "iat and exp", "set the clock"),
        ({"error": "deleted_client"}, "deleted_client", "make a new key"),
        ([], "refused the service account", "make a new key"),
    ],
)  # fmt: skip
def test_a_service_account_that_is_refused_is_told_why(server, channel, body, said, hint):
    server["/token"] = lambda line: line.answer(json.dumps(body).encode(), status="400 Bad")
    with pytest.raises(AuthError, match=said) as raised:
        read(channel())
    assert raised.value.hint.startswith(hint)
    assert [one.path for one in server.asked] == ["/token"]


def test_no_error_quotes_what_was_signed_or_granted(server, channel):
    def echo(line: Line) -> None:
        assertion = parse_qs(line.request.body.decode())["assertion"][0]
        line.answer(json.dumps({"error": f"bad {assertion}"}).encode(), status="400 Bad")

    server["/token"] = echo
    with pytest.raises(AuthError) as raised:
        read(channel())
    assertion = parse_qs(server.asked[0].body.decode())["assertion"][0]
    assert assertion[:40] not in f"{raised.value} {raised.value.hint}"
    granting(server)
    server[REVIEWS] = lambda line: line.answer(
        refusal(403, "x", f"bad {TOKEN}"), status="403 Forbidden"
    )
    with pytest.raises(AuthError) as raised:
        read(channel())
    assert TOKEN not in f"{raised.value} {raised.value.hint}"
    assert TOKEN not in repr(channel().__dict__)


@pytest.mark.parametrize("secret", ["{}", "not json", '{"client_email": "a@b.example"}', "[]"])
def test_what_is_no_service_account_is_told_without_quoting_it(channel, secret):
    with pytest.raises(AuthError, match="not the JSON file of a service account") as raised:
        read(channel(secret=secret))
    assert "service_account = { file" in raised.value.hint


def test_without_a_service_account_it_says_where_to_name_one(server, http, clock):
    connect = partial(http.session, "play")
    play = GooglePlay(Setup("play", {"package": PACKAGE}, connect, clock))
    with pytest.raises(AuthError, match="there is none") as raised:
        read(play)
    assert "[channels.play]" in raised.value.hint
    assert server.asked == []


def test_access_is_tried_without_fetching(server, channel):
    granting(server)
    giving(server)
    play = channel()
    assert isinstance(play, CanCheckAccess)
    assert not isinstance(play, CanRecheck)
    assert play.check_access() == EMAIL
    assert "maxResults=1" in urlsplit(server.asked[-1].target).query


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"package": None}, r"\[channels.play\] package: the package of your app is needed"),
        ({"package": "acme"}, "package: is no package of an app"),
        ({"package": "com.acme/../x"}, "package: is no package"),
        ({"package": 7}, "package: a text in quotes"),
        ({"translation": "English, please"}, "translation: is no language"),
        ({"base_url": "http://play.example"}, "base_url: has to begin with https://"),
    ],
)
def test_options_are_read_before_anything_is_asked(channel, options, message):
    with pytest.raises(ConfigError, match=message) as raised:
        channel(**options)
    assert raised.value.hint


@pytest.mark.parametrize(
    "what",
    [PACKAGE, f"https://play.google.com/store/apps/details?id={PACKAGE}&hl=en",
     f"https://play.google.com/store/apps/details?hl=en&id={PACKAGE}"],
)  # fmt: skip
def test_an_app_is_named_by_its_package_or_address(what):
    assert GooglePlay.from_spec("googleplay", what) == {"package": PACKAGE}


@pytest.mark.parametrize("what", ["", "acme", "com.acme app", "https://acme.example"])
def test_what_is_no_app_is_told(what):
    with pytest.raises(UsageError, match="is no app") as raised:
        GooglePlay.from_spec("googleplay", what)
    assert "googleplay:com.acme.app" in raised.value.hint


def test_answers_that_are_no_answers_are_channel_errors(server, channel):
    granting(server)
    for body in (b"", b"[]", b'{"reviews": {}}', b"<html>"):
        server[REVIEWS] = lambda line, body=body: line.answer(body)
        with pytest.raises(ChannelError):
            read(channel())
