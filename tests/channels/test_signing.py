"""Signed tokens: true signatures, keys however they are kept, and tokens that last between runs."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.answer import Answer
from socialcare.channels.base import TokensInMemory
from socialcare.channels.signing import Access, Fresh, Key, pem_of, sign
from socialcare.clock import FixedClock, parse_time
from socialcare.errors import AuthError, ConfigError
from tests.channels.cases import appstore, googleplay

NOW = parse_time("2026-11-21T12:00:00Z")


def key(pem: str) -> Key:
    return Key(pem, "id-7", "ES256", "private_key")


def answer(status: int) -> Answer:
    return Answer(status, {}, b"{}", "https://x.example/")


class Office:
    """Gives out tokens t1, t2 … that last an hour."""

    def __init__(self, whose: str = "care@acme.example", cache: TokensInMemory | None = None):
        self.cache = cache or TokensInMemory()
        self.clock = FixedClock(NOW)
        self.made: list[str] = []
        self.used: list[str] = []
        self.refused: set[str] = set()
        self.access = Access(self.cache, self.clock, whose, self.make)

    def make(self) -> Fresh:
        self.made.append(f"t{len(self.made) + 1}")
        return Fresh(self.made[-1], self.clock.now() + timedelta(hours=1))

    def ask(self) -> Answer:
        def asked(headers):
            self.used.append(headers["Authorization"].removeprefix("Bearer "))
            return answer(401 if self.used[-1] in self.refused else 200)

        return self.access.asked(asked)


def test_what_is_signed_can_be_verified_and_names_its_key():
    signed = sign("c", {"iss": "acme"}, key(appstore.p8()))
    assert jwt.get_unverified_header(signed) == {"alg": "ES256", "kid": "id-7", "typ": "JWT"}
    public = appstore.private_key().public_key()
    assert jwt.decode(signed, public, algorithms=["ES256"]) == {"iss": "acme"}


@given(st.sampled_from([" ", "\n", "\r\n", "\n\n", "\\n", "\t"]))
def test_a_key_is_read_however_its_lines_were_kept(ending):
    kept = f" {ending.join(appstore.p8().splitlines())}{ending}"
    assert pem_of(kept) == appstore.p8()


@pytest.mark.parametrize("text", ["", "no key", "-----BEGIN X-----", "-----BEGIN A-----\nAA\n-----END B-----"])  # fmt: skip
def test_what_is_no_key_is_none(text):
    assert pem_of(text) is None


@pytest.mark.parametrize("pem", [
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    pem_of(googleplay.service_account()),
])  # fmt: skip
def test_a_key_of_another_kind_is_told_without_quoting_it(pem):
    with pytest.raises(AuthError, match="private_key cannot be used to sign") as raised:
        sign("shop", {}, key(pem))
    assert "socialcare channel login shop" in raised.value.hint
    assert pem.splitlines()[1][:12] not in f"{raised.value} {raised.value.hint}"


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jwt", None)  # as import finds it where it is not installed
    with pytest.raises(ConfigError, match="not installed") as raised:
        sign("shop", {}, key(appstore.p8()))
    assert raised.value.hint == "pip install 'socialcare[stores]'"


def test_nothing_is_imported_before_something_is_signed():
    code = (
        "import sys; import socialcare.channels.appstore, socialcare.channels.googleplay;"
        "print(sorted({'jwt', 'cryptography'} & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_token_is_made_once_and_lasts_between_runs():
    office = Office()
    assert office.ask().status == 200
    office.ask()
    later = Office(cache=office.cache)
    later.clock.elapsed = 58 * 60
    later.ask()
    assert (office.made, office.used, later.made, later.used) == (["t1"], ["t1", "t1"], [], ["t1"])


def test_a_token_that_is_about_to_end_is_made_anew():
    office = Office()
    office.ask()
    office.clock.elapsed = 59 * 60
    office.ask()
    assert office.used == ["t1", "t2"]


def test_a_token_that_is_refused_is_made_anew_once():
    office = Office()
    office.refused = {"t1"}
    assert office.ask().status == 200
    assert office.used == ["t1", "t2"]
    office.refused = {"t2", "t3"}
    assert office.ask().status == 401
    assert office.made == ["t1", "t2", "t3"]


def test_what_somebody_else_renewed_meanwhile_is_used():
    office = Office()
    office.ask()
    office.refused = {"t1"}
    kept = dict(office.cache.read())

    def asked(headers):
        if headers["Authorization"] == "Bearer t1":
            office.cache.write({**kept, "access": "of-another-process"})
            return answer(401)
        assert headers["Authorization"] == "Bearer of-another-process"
        return answer(200)

    assert office.access.asked(asked).status == 200
    assert office.made == ["t1"]


@pytest.mark.parametrize("damage", [{"until": "soon"}, {"until": ""}, {"access": ""}, {"for": "x"}])
def test_what_was_kept_for_others_or_is_damaged_is_not_used(damage):
    office = Office()
    office.ask()
    office.cache.write({**office.cache.read(), **damage})
    office.ask()
    assert office.used == ["t1", "t2"]
    other = Office("care@other.example", office.cache)
    other.ask()
    assert other.made == ["t1"]


def test_the_cache_does_not_tell_whose_it_is():
    office = Office()
    office.ask()
    assert "acme" not in str(office.cache.read())
    assert "BEGIN" not in repr(key(appstore.p8()))


def test_an_answer_that_quotes_the_token_is_blanked_whole():
    office = Office()
    office.ask()
    quoting = Answer(403, {}, b'{"message": "t1 is bad, t1"}', "https://x.example/")
    assert office.access.unquoted(quoting).body == b'{"message": "*** is bad, ***"}'
    assert Office().access.unquoted(quoting) == quoting
