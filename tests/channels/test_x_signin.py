"""X as an account: a refresh token serves once, is safe before it is used, and is never told."""

from __future__ import annotations

import base64
import json
import threading

import pytest

from socialcare.channels.base import CanReply
from socialcare.channels.x.signin import MARGIN, Login, Signed, SignIn
from socialcare.errors import AuthError, ChannelError, ConfigError, RateLimitError, RefusedError
from socialcare.settings.paths import Paths
from socialcare.settings.tokens import TokenFile
from socialcare.testing import NOW, Item
from tests.channels.bluesky_fake import Watched
from tests.channels.cases.x import OWN, post, user
from tests.channels.x_account import ANSWERS, GIVEN, TOKEN_PATH, Account
from tests.channels.x_service import MENTIONS, asked, run, says

HOURS = 3_600.0
SECRET = "secret-of-the-app"


@pytest.fixture
def account(server, http, clock):
    return Account(server, http, clock)


@pytest.fixture
def tokens():
    return Watched()


def test_a_sign_in_is_renewed_once_in_two_hours(account, tokens, clock):
    checkpoint = None
    for _ in range(12):
        _, checkpoint = run(account.channel(tokens), checkpoint)
        clock.sleep(HOURS / 2)
    sent = [form["refresh_token"] for form in account.forms]
    assert sent == [GIVEN, "refresh-token-1", "refresh-token-2"]


def test_a_public_app_tells_its_id_and_one_with_a_secret_that_as_well(account, tokens):
    run(account.channel(tokens))
    assert account.forms == [
        {
            "grant_type": "refresh_token",
            "refresh_token": GIVEN,
            "client_id": "client-of-acme",
        }
    ]
    assert "authorization" not in account.server.asked[0].headers
    account.refresh = GIVEN
    run(account.channel(Watched(), secret=SECRET))
    basic = base64.b64encode(f"client-of-acme:{SECRET}".encode()).decode()
    [renewal] = [one for one in account.server.asked if one.path == TOKEN_PATH][1:]
    assert renewal.headers["authorization"] == f"Basic {basic}"
    assert account.forms[-1] == {"grant_type": "refresh_token", "refresh_token": GIVEN}


def test_a_token_is_kept_before_it_is_used(account, tokens):
    seen = []

    def used(line):
        seen.append(line.request.headers["authorization"])
        assert tokens.writes[-1]["access"] in seen[-1]
        assert tokens.writes[-1]["refresh"] == account.refresh
        says({"data": user(OWN)})(line)

    account.server["/2/users/by/username/acme"] = used
    run(account.channel(tokens))
    assert seen == ["Bearer access-token-1"]


def test_it_is_renewed_in_the_middle_of_a_run(account, tokens):
    channel = account.channel(tokens)
    assert channel.check_access() == "@acme"
    account.access.clear()  # ended before its time
    assert channel.check_access() == "@acme"
    assert account.renewed == 2


def test_a_token_that_is_about_to_end_is_not_used(account, tokens, clock):
    run(account.channel(tokens))
    clock.sleep(2 * HOURS - MARGIN.total_seconds() - 1)
    run(account.channel(tokens))
    assert account.renewed == 1
    clock.sleep(2)
    run(account.channel(tokens))
    assert account.renewed == 2


def test_a_token_that_is_refused_twice_is_told(account, tokens):
    def refuse(line):
        says({"title": "Unauthorized", "detail": "access-token-2"}, status="401 Unauthorized")(line)

    account.server[MENTIONS] = refuse
    with pytest.raises(
        AuthError, match=r"X refused the token, also after it was renewed"
    ) as raised:
        run(account.channel(tokens))
    assert raised.value.hint == "sign in again: socialcare channel login x"
    assert "access-token" not in raised.value.message
    assert account.renewed == 2


# ── what cannot be had again ──


def test_a_lost_answer_is_told_and_the_refusal_after_it_names_it(account, tokens):
    account.lose = True
    with pytest.raises(AuthError, match=r"the answer of X to the renewal .* was lost") as raised:
        run(account.channel(tokens))
    assert "socialcare channel login x" in raised.value.hint
    assert account.renewed == 1
    with pytest.raises(AuthError, match=r"at 2026-11-21T12:00:00.000Z was lost") as raised:
        run(account.channel(tokens))
    assert raised.value.hint == "sign in again: socialcare channel login x"
    # somebody signs in again: what was kept is of another sign-in
    account.refresh = "refresh-token-new"
    pages, _ = run(account.channel(tokens, given="refresh-token-new"))
    assert pages[0].mentions


def test_a_lost_answer_that_spent_nothing_costs_nothing(account, tokens):
    account.server[TOKEN_PATH] = says({}, status="503 Service Unavailable")
    with pytest.raises(AuthError, match="was lost"):
        run(account.channel(tokens))
    account.server[TOKEN_PATH] = account.renew
    pages, _ = run(account.channel(tokens))
    assert pages[0].mentions


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"access_token": ""}', b'{"expires_in": 5}']
)
def test_an_answer_without_a_token_counts_as_lost(account, tokens, body):
    account.server[TOKEN_PATH] = lambda line: line.answer(body)
    with pytest.raises(AuthError, match="was lost"):
        run(account.channel(tokens))


def test_killed_between_the_answer_and_the_file_it_is_told_the_next_time(account, tokens):
    class Killed(BaseException):
        """As by SIGKILL: nobody catches it."""

    class Dying(Watched):
        def write(self, tokens):
            if "access" in tokens:
                raise Killed
            super().write(tokens)

    dying = Dying()
    with pytest.raises(Killed):
        run(account.channel(dying))
    tokens.write(dying.read())
    with pytest.raises(AuthError, match="was lost, and its token was spent"):
        run(account.channel(tokens))


def test_a_sign_in_that_ended_is_told_with_the_next_step(account, tokens, clock):
    run(account.channel(tokens))
    account.refresh = None
    clock.sleep(2 * HOURS)
    with pytest.raises(AuthError, match=r"\(400\): Value passed for the token was inv") as raised:
        run(account.channel(tokens))
    assert "socialcare channel login x" in raised.value.hint
    assert "lost" not in raised.value.message


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client"])
def test_an_app_that_x_does_not_know_is_told_apart(account, tokens, error):
    account.server[TOKEN_PATH] = says({"error": error}, status="401 Unauthorized")
    with pytest.raises(AuthError, match="does not know this app") as raised:
        run(account.channel(tokens))
    assert "client_id" in raised.value.hint


def test_limits_and_lines_that_never_stood_spend_nothing(account, tokens, server, http, clock):
    reset = f"x-rate-limit-reset: {int(NOW.timestamp()) + 600}"
    account.server[TOKEN_PATH] = says({}, reset, status="429 Too Many Requests")
    with pytest.raises(RateLimitError):
        run(account.channel(tokens))
    assert "asked" not in tokens.read()
    account.refresh = None
    account.server[TOKEN_PATH] = account.renew
    with pytest.raises(AuthError) as raised:
        run(account.channel(tokens))
    assert "lost" not in raised.value.message


def test_no_secret_is_told_by_an_error_or_a_repr(account, tokens, clock):
    signed = Signed("access-token-1", "refresh-token-1", NOW)
    login = Login("x", "client-of-acme", GIVEN, SECRET)
    assert "token-" not in f"{signed!r}"
    assert GIVEN not in f"{login!r}"
    assert SECRET not in f"{login!r}"
    told = []
    for status in ("400 Bad Request", "401 Unauthorized", "403 Forbidden", "418 Teapot", "200 OK"):

        def echo(line, status=status):
            said = f"{line.request.body.decode()} {line.request.headers.get('authorization')}"
            says({"error": "x", "error_description": said, "message": said}, status=status)(line)

        account.server[TOKEN_PATH] = echo
        with pytest.raises(ChannelError) as raised:
            run(account.channel(Watched(), secret=SECRET))
        told.append(f"{raised.value.message} {raised.value.hint} {raised.value!r}")
    for secret in (GIVEN, SECRET, Login("x", "client-of-acme", GIVEN, SECRET).basic or "?"):
        assert not [one for one in told if secret in one]


def test_no_token_travels_unencrypted(account, tokens):
    with pytest.raises(RefusedError, match="unencrypted") as raised:
        run(account.channel(tokens, base_url="http://x.acme.example"))
    assert GIVEN not in raised.value.message
    assert account.forms == []


def test_the_given_token_is_not_in_the_file_of_tokens(account, tmp_path):
    kept = TokenFile(Paths.find({"HOME": str(tmp_path)}), "x")
    run(account.channel(kept, secret=SECRET))
    text = kept.path.read_text()
    assert kept.path.stat().st_mode & 0o077 == 0
    assert "refresh-token-1" in text
    assert GIVEN not in text
    assert SECRET not in text


@pytest.mark.parametrize("damage", ["", "{", '{"access": "a", "refresh": "b", "until": "c"}'])
def test_a_damaged_file_is_as_good_as_none(account, tmp_path, damage):
    kept = TokenFile(Paths.find({"HOME": str(tmp_path)}), "x")
    run(account.channel(kept))
    text = json.loads(kept.path.read_text())
    kept.path.write_text(damage or json.dumps({**text, "until": "soon"}))
    account.refresh = GIVEN
    run(account.channel(kept))
    assert account.forms[-1]["refresh_token"] == GIVEN


# ── several at once ──


def test_runs_at_once_renew_once(account, tokens, http, clock):
    url = f"{account.server.url}{TOKEN_PATH}"
    start, found, wrong = threading.Barrier(5), [], []

    def sign_in():
        login = Login("x", "client-of-acme", GIVEN)
        one = SignIn(login, url, http.session("x", base_url=account.server.url), tokens, clock.now)
        start.wait()
        try:
            found.append(one.current().access)
        except ChannelError as error:
            wrong.append(error)

    threads = [threading.Thread(target=sign_in) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert found == ["access-token-1"] * 5
    assert account.renewed == 1


def test_another_sign_in_never_gets_the_tokens_of_this_one(account, tokens):
    run(account.channel(tokens))
    with pytest.raises(AuthError):
        run(account.channel(tokens, given="refresh-token-of-another"))
    assert account.forms[-1]["refresh_token"] == "refresh-token-of-another"
    account.refresh = GIVEN
    run(account.channel(tokens, client="another-app"))
    assert account.forms[-1]["client_id"] == "another-app"


# ── options ──


def test_the_id_of_the_app_is_needed(account, tokens):
    with pytest.raises(ConfigError, match=r"\[channels.x\] client_id: is needed") as raised:
        run(account.channel(tokens, client=None))
    assert "socialcare config set channels.x.client_id" in raised.value.hint
    assert not account.server.asked


def test_a_token_of_an_app_is_used_as_before(account, tokens):
    account.access.add("token-of-an-app")
    pages, _ = run(account.channel(tokens, given=None, token="token-of-an-app"))
    assert pages[0].mentions
    assert account.forms == []
    assert not asked(account.server, ANSWERS)
    assert tokens.writes == []


def test_of_two_tokens_that_of_the_account_is_used_where_the_app_is_named(account, tokens):
    account.access.add("token-of-an-app")
    run(account.channel(tokens, token="token-of-an-app", client=None))
    assert account.forms == []
    run(account.channel(tokens, token="token-of-an-app"))
    assert len(account.forms) == 1


# ── our own posts ──


def answer(number: str, to: str | None, minutes: int = 0) -> dict[str, object]:
    found = post(Item(number, NOW, "Sorry, we look into it"))
    references = [{"type": "replied_to", "id": to}] if to else []
    return {**found, "author_id": OWN, "referenced_tweets": references}


def test_our_answers_from_elsewhere_are_recognised(account, tokens):
    mention = post(Item("1", NOW))["id"]
    own = {"data": [answer("2", mention), answer("3", None)], "meta": {"result_count": 2}}
    account.server[ANSWERS] = account.guarded(lambda: own)
    pages, checkpoint = run(account.channel(tokens))
    [found] = [one for page in pages for one in page.mentions if one.role == "answer"]
    assert (found.in_reply_to, found.source) == (mention, "x")
    assert (found.author.handle, found.author.is_us, found.direct) == ("@acme", True, False)
    [query] = asked(account.server, ANSWERS)
    assert query["exclude"] == "retweets"
    assert "expansions" not in query
    assert "user.fields" not in query
    # the account, one mention, its author, two posts of our own
    assert checkpoint["account"]["spent"] == 10 + 1 + 10 + 2


def test_our_answers_are_read_on_where_the_last_run_ended(account, tokens, clock):
    own = {"data": [answer("2", "77")], "meta": {"result_count": 1}}
    account.server[ANSWERS] = account.guarded(lambda: own)
    _, checkpoint = run(account.channel(tokens))
    _, checkpoint = run(account.channel(tokens), checkpoint)
    first, second = asked(account.server, ANSWERS)
    assert int(second["since_id"]) > int(first["since_id"])
    assert checkpoint["account"]["spent"] == 10 + 1 + 10 + 1


def test_our_answers_are_read_only_where_the_budget_allows_it(account, tokens):
    channel = account.channel(tokens)
    channel._budget = 24  # what is left after the account and a mention pays for no page
    pages, _ = run(channel)
    assert not asked(account.server, ANSWERS)
    assert "may not cover the next page" in (pages[-1].notice or "")


def test_answers_are_sent_as_the_account(account, tokens):
    channel = account.channel(tokens)
    assert isinstance(channel, CanReply)
    account.server["/2/tweets/12"] = account.guarded(lambda: {"data": {"deleted": True}})
    channel.delete("12")
    assert account.server.asked[-1].headers["authorization"] == "Bearer access-token-1"
