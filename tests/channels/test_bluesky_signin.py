"""Bluesky: one sign-in serves many runs, a refresh token is spent once, and no token is told."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from socialcare.channels.bluesky.signin import SignIn, home_of
from socialcare.errors import (
    AuthError,
    ConfigError,
    UsageError,
)
from socialcare.settings.paths import Paths
from socialcare.settings.tokens import TokenFile
from socialcare.testing import SINCE
from tests.channels.bluesky_fake import PASSWORD, Fake, Watched, channel, jwt

SESSION = "com.atproto.server.createSession"
REFRESH = "com.atproto.server.refreshSession"


@pytest.fixture
def fake(server):
    return Fake(server)


@pytest.fixture
def tokens():
    return Watched()


def run(fake, http, clock, tokens, **options):
    return list(channel(fake, http, clock, tokens, query=[], **options).pages(None, SINCE))


def test_many_runs_need_one_login(fake, http, clock, tokens):
    for _ in range(12):
        run(fake, http, clock, tokens)
    assert (fake.logins, fake.asked(REFRESH)) == (1, 0)


def test_a_token_that_is_over_is_renewed_without_a_login(fake, http, clock, tokens):
    for _ in range(3):
        run(fake, http, clock, tokens)
        fake.expire()
    assert (fake.logins, fake.asked(REFRESH), fake.replayed) == (1, 2, 0)


def test_it_is_renewed_in_the_middle_of_a_run(fake, http, clock, tokens):
    one = channel(fake, http, clock, tokens)
    assert one.check_access() == "@brand.test"
    fake.expire()
    assert one.check_access() == "@brand.test"
    assert (fake.logins, fake.asked(REFRESH)) == (1, 1)


def test_where_the_refresh_token_is_over_as_well_it_signs_in_again(fake, http, clock, tokens):
    run(fake, http, clock, tokens)
    fake.expire()
    fake.refresh.clear()
    run(fake, http, clock, tokens)
    assert fake.logins == 2


def test_tokens_are_kept_before_they_are_used(fake, http, clock, tokens):
    seen = []

    def used(to):
        seen.append(to.request.headers["authorization"])
        assert tokens.writes[-1]["access"] in seen[-1]
        to.answer(b'{"notifications": []}')

    fake.faults["app.bsky.notification.listNotifications"] = used
    run(fake, http, clock, tokens)
    fake.expire()
    run(fake, http, clock, tokens)
    assert len(seen) == 2


def test_another_password_or_account_never_gets_the_tokens_of_this_one(fake, http, clock, tokens):
    run(fake, http, clock, tokens)
    with pytest.raises(AuthError):
        channel(fake, http, clock, tokens, password="other-password").check_access()
    with pytest.raises(AuthError):
        channel(fake, http, clock, tokens, identifier="somebody.test").check_access()
    assert fake.logins == 3


def test_what_is_kept_names_no_password(fake, http, clock, tokens):
    run(fake, http, clock, tokens)
    assert PASSWORD not in json.dumps(tokens.writes)
    assert tokens.read()["handle"] == "brand.test"


def test_two_at_once_spend_a_refresh_token_once(fake, http, clock, tmp_path):
    paths = Paths.find({"HOME": str(tmp_path)})
    run(fake, http, clock, TokenFile(paths, "sky"))
    for _ in range(3):
        fake.expire()
        threads = [
            threading.Thread(target=run, args=(fake, http, clock, TokenFile(paths, "sky")))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (fake.logins, fake.asked(REFRESH), fake.replayed) == (1, 3, 0)


def test_damaged_tokens_are_nothing(fake, http, clock, tokens):
    tokens.write({"access": "x", "salt": "y"})
    run(fake, http, clock, tokens)
    assert fake.logins == 1


def test_a_token_that_the_server_does_not_know_is_renewed(fake, http, clock, tokens):
    run(fake, http, clock, tokens)
    refused = iter([b'{"error":"InvalidToken","message":"Token could not be verified"}'])

    def once(to):
        body = next(refused, None)
        to.answer(body or b'{"notifications": []}', status="400 Bad" if body else "200 OK")

    fake.faults["app.bsky.notification.listNotifications"] = once
    run(fake, http, clock, tokens)
    assert (fake.logins, fake.asked(REFRESH)) == (1, 1)


def test_a_refused_password_is_tried_once_until_somebody_asks(fake, http, clock, tokens):
    for _ in range(5):
        with pytest.raises(AuthError, match="refused the sign-in") as caught:
            run(fake, http, clock, tokens, password="wrong-password")
        assert "wrong-password" not in caught.value.message + caught.value.hint
        assert "socialcare channel login sky" in caught.value.hint
    assert fake.logins == 1
    with pytest.raises(AuthError):
        channel(fake, http, clock, tokens, password="wrong-password").check_access()
    assert fake.logins == 2
    run(fake, http, clock, tokens)
    assert fake.logins == 3


def test_without_a_password_it_says_in_plain_words_what_is_needed(fake, http, clock):
    with pytest.raises(AuthError, match="only to who is signed in") as caught:
        run(fake, http, clock, None, password=None)
    assert "https://bsky.app/settings/app-passwords" in caught.value.hint
    assert not fake.server.asked


def test_nothing_that_holds_a_token_shows_it(fake, http, clock, tokens):
    one = channel(fake, http, clock, tokens)
    one.check_access()
    signin: SignIn = one._calls.signin
    shown = repr(one._calls) + repr(signin.current()) + repr(one._setup) + repr(signin)
    assert not any(secret in shown for secret in (*fake.access, *fake.refresh, PASSWORD))


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ("com.atproto.appPass", False),
        ("com.atproto.appPassPrivileged", True),
        ("com.atproto.access", True),
    ],
)
def test_a_token_tells_whether_it_may_send_messages(fake, http, clock, scope, may):
    fake.scope = scope
    one = channel(fake, http, clock)
    one.check_access()
    assert one._calls.signin.current().may_message is may


@pytest.mark.parametrize("token", ["x", "a.b.c", "a.!.c", "a.e30.c", f"{jwt(1, '')[:-9]}", "é.é.é"])
def test_a_token_that_does_not_tell_may_try(token, fake, http, clock):
    from socialcare.channels.bluesky.signin import Signed

    assert Signed("d", "h", "s", token, "r").may_message in {True, False}


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("https://pds.example.com", "https://pds.example.com"),
        ("https://PDS.example.com/", "https://pds.example.com"),
        ("http://pds.example.com", None),
        ("https://pds.example.com:8443", None),
        ("https://user@pds.example.com", None),
        ("https://10.0.0.1", None),
        ("https://[::1]", None),
        ("https://localhost", None),
        ("https://pds.example.com/path", None),
    ],
)
def test_the_server_of_an_account_is_taken_from_a_plain_address_only(address, home):
    import msgspec

    document = {"service": [{"id": "#atproto_pds", "serviceEndpoint": address}]}
    assert home_of(msgspec.Raw(json.dumps(document).encode())) == home
    assert home_of(msgspec.Raw(json.dumps([document]).encode())) is None


class Through:
    """A session to any server, all of which are the fake one; notes which was meant."""

    def __init__(self, session, server, meant):
        self.session, self.server, self.meant = session, server, meant

    def get(self, url, params=None, **more):
        return self.session.get(self._here(url), params, **more)

    def send(self, method, url, content=None, **more):
        return self.session.send(method, self._here(url), content, **more)

    def _here(self, url):
        server, _, path = url.partition("/xrpc/")
        self.meant.append((server, path))
        return f"{self.server}/xrpc/{path}"


def test_the_sign_in_goes_where_it_was_told_and_calls_go_to_the_server_of_the_account(
    fake, http, clock, tokens
):
    meant: list[tuple[str, str]] = []
    fake.home = "https://pds.example.com"
    for _ in range(2):
        one = channel(fake, http, clock, tokens)
        session = http.session("sky", base_url=fake.server.url)
        through = Through(session, fake.server.url, meant)
        one._setup = replace(one._setup, connect=lambda base_url, to=through: to)
        one.check_access()
        fake.expire()
    assert [server for server, path in meant if "getSession" in path] == [fake.home] * 3
    assert {server for server, path in meant if "createSession" in path} == {fake.server.url}
    assert {server for server, path in meant if "refreshSession" in path} == {fake.server.url}


def test_options_are_checked(fake, http, clock):
    with pytest.raises(ConfigError, match="identifier: is needed"):
        channel(fake, http, clock, identifier="")
    with pytest.raises(ConfigError, match="nothing to read"):
        channel(fake, http, clock, query=[], notifications=False)
    assert channel(fake, http, clock).source == "bluesky"


def test_one_word_is_our_own_account():
    from socialcare.channels.bluesky import Bluesky

    wanted = {"identifier": "acme.bsky.social"}
    assert Bluesky.from_spec("bluesky", "@Acme.bsky.social") == wanted
    assert Bluesky.from_spec("bluesky", "acme.bsky.social") == wanted
    for wrong in ("acme", "#acme", "", "acme boots", "@acme@mas.to"):
        with pytest.raises(UsageError, match="no handle"):
            Bluesky.from_spec("bluesky", wrong)
