"""No secret of any channel type is anywhere but where secrets are kept, whatever goes wrong.

Every secret that a type knows is a canary of its own; the service says it back in every way,
and then everything that was printed, written, stored or sent elsewhere is looked through.
"""

from __future__ import annotations

import base64
import json
import re
import stat
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from socialcare.channels import REGISTRY, load
from socialcare.clock import FixedClock
from tests.cli.acme import NOW, Ran
from tests.cli.hostile_services import ISSUED, OPTIONS, Hostile, hostile
from tests.cli.runner import Home

KEPT = {"credentials.toml", "tokens.json"}
"""The only files that may hold a secret, for their owner alone."""
SIGNED = re.compile(rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}")
"""A token that was made with a private key (JWT)."""


@dataclass(frozen=True)
class Canary:
    """A secret as it is typed, and the part of it that is looked for."""

    typed: str
    part: str


def canary(kind: str, key: str) -> Canary:
    part = f"canary-of-{kind}-{key}-0123456789abcdefghij"
    if key == "private_key":
        pem = private_key("ec")
        return Canary(pem, pem.splitlines()[1])
    if key == "service_account":
        pem = private_key("rsa")
        account = {"type": key, "client_email": "care@acme.example", "private_key_id": "1",
                   "private_key": pem, "token_uri": "https://oauth2.googleapis.com/token"}  # fmt: skip
        return Canary(json.dumps(account), pem.splitlines()[1])
    return Canary(part, part)


@cache
def private_key(kind: str) -> str:
    """One that signs where the library is there for it; else one that cannot be read."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
    except ImportError:
        return "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5T2ZBS2V5Y2FuYXJ5T2ZBS2V5\n-----END PRIVATE KEY-----\n"
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65_537, 2_048)  # fmt: skip
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def forms(text: str) -> set[bytes]:
    """A secret as it is, and as it looks inside of base 64."""
    found = {text.encode()}
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + text.encode())
        found.add(coded[4 if before else 0 : -4])
    return found


@dataclass
class Watch:
    """Runs commands with canaries in their hands, and looks where those have got to."""

    home: Home
    service: Hostile
    keys: list[str]
    ran: dict[str, Ran] = field(default_factory=dict)
    day: int = 0

    @property
    def canaries(self) -> list[str]:
        return [canary(self.service.kind, key).part for key in self.keys]

    @property
    def stdin(self) -> str:
        """For ``channel login``, which asks for all keys of the type in turn."""
        known = REGISTRY[self.service.kind].secrets.split()
        return "\n".join(
            canary(self.service.kind, key).typed if key in self.keys else "" for key in known
        )

    def run(self, *words: str, stdin: str = "", **environ: Any) -> Ran:
        """On a day of its own, so that nothing is put off because of what was before."""
        self.day += 1
        clock = FixedClock(NOW + timedelta(days=self.day))
        ran = self.home.run(*words, stdin=stdin, clock=clock, **environ)
        self.ran[f"{self.day}: {' '.join(words)}"] = ran
        return ran

    def ask(self) -> None:
        """What asks the service."""
        self.run("channel", "test", "canary", "--json")
        self.run("fetch", "--debug")

    def ask_in_all_ways(self) -> None:
        self.ask()
        self.run("channel", "test", "canary")
        self.run("channel", "login", "canary", stdin=self.stdin, SOCIALCARE_DEBUG="1")
        self.run("fetch", "--json", SOCIALCARE_DEBUG="1")

    def held_in(self, raw: bytes) -> list[bytes]:
        """The secrets that are in it, in whatever form, and what was signed with them."""
        wanted = set().union(*map(forms, [*self.canaries, *ISSUED]))
        return [form for form in wanted if form in raw] + SIGNED.findall(raw)

    def look(self) -> None:
        for what, ran in self.ran.items():
            assert not self.held_in((ran.out + ran.err).encode()), f"{what}\n{ran.out}{ran.err}"
        for name, raw in self.home.files().items():
            path = self.home.path / name
            if path.name in KEPT:
                assert stat.S_IMODE(path.stat().st_mode) == 0o600, name
            else:
                assert not self.held_in(raw), name
        assert not self.held_in(repr(self.service.other.asked).encode())


@pytest.fixture
def watch(home, request):
    way, keys = request.param
    with hostile(way, home.path) as service:
        home.configure(f'[brand]\nname = "Acme"\n{service.config}')
        yield Watch(home, service, keys)


TYPES = {name: entry.secrets.split() for name, entry in REGISTRY.items() if entry.secrets}
WAYS = [*OPTIONS, "email", "exec"]


def watched(which):
    """All secrets of a type together, or each of several alone."""
    for way in WAYS:
        keys = TYPES.get(way.partition("/")[0], [])
        some = [keys] if which == "together" else [[key] for key in keys if len(keys) > 1]
        yield from (pytest.param((way, one), id=f"{way}-{'-'.join(one)}") for one in some if one)


SAID_AT_SIGN_IN = {"refused", "garbled", "issued", "smtp"}
TOGETHER, ALONE = list(watched("together")), list(watched("alone"))


def test_every_type_with_a_secret_is_watched():
    assert {way.partition("/")[0] for way in WAYS} >= TYPES.keys()


@pytest.mark.parametrize("watch", TOGETHER, indirect=True)
def test_no_secret_gets_out(watch):
    sign_in(watch)
    for mode in watch.service.modes:
        watch.service.behave(mode)
        watch.ask_in_all_ways() if mode in SAID_AT_SIGN_IN else watch.ask()
        watch.look()
    assert watch.held_in(watch.service.heard()), "the service was never given the secret"
    for words in ("channel", "channel usage", "alerts", "doctor", "doctor --offline", "config"):
        watch.run(*words.split(), SOCIALCARE_DEBUG="1")
    watch.look()
    assert watch.run("channel", "logout", "canary").code == 0
    assert not any(one in watch.home.credentials.read_text() for one in watch.canaries)
    assert not list(watch.home.path.rglob("tokens.json"))
    watch.look()


@pytest.mark.parametrize("watch", ALONE, indirect=True)
def test_no_secret_gets_out_where_it_is_the_only_one(watch):
    sign_in(watch)
    few = {"refused", "nested", "odd items", "garbled", "issued", "elsewhere", "odd", "smtp"}
    for mode in sorted(few & {*watch.service.modes}):
        watch.service.behave(mode)
        watch.ask()
    watch.look()


@pytest.mark.parametrize("watch", TOGETHER, indirect=True)
def test_no_secret_gets_out_of_a_crash(watch, monkeypatch):
    """A defect whose words are the secret: it is in the log, and they are not."""
    sign_in(watch)
    watch.service.behave("refused")

    kind = load(watch.service.kind)
    build = kind.__init__

    def built(self, setup):
        build(self, setup)
        self.words = " ".join(filter(None, map(setup.secret, watch.keys)))

    def crash(self, *_args):
        raise KeyError(self.words)

    monkeypatch.setattr(kind, "__init__", built)
    for name in ("pages", "check_access"):
        if hasattr(kind, name):
            monkeypatch.setattr(kind, name, crash)
    watch.ask_in_all_ways()
    log = watch.home.path / ".local/state/socialcare/log"
    assert "KeyError: '***" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    watch.look()


def sign_in(watch):
    kept = watch.run("channel", "login", "canary", "--no-test", stdin=watch.stdin)
    assert (kept.code, kept.err) == (0, "")
    stored = watch.home.credentials.read_text()
    assert all(one in stored for one in watch.canaries)
