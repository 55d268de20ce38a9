"""`types.toml` is true: what it says of a type is what the classes and the tests show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from socialcare.channels import REGISTRY, load, types
from socialcare.channels.base import CanRecheck, CanReply, Setup
from socialcare.clock import FixedClock
from socialcare.errors import RefusedError, UsageError
from socialcare.settings import Brand
from socialcare.workflow.adding import read_spec
from tests.channels.cases import appstore
from tests.cli.acme import NOW

IDS = (
    "4711",
    "t1_abc",
    "acme/app/issues/comments/1",
    "acme/app#1",
    "at://did:plc:us/app.bsky.feed.post/3k",
)
"""As the services write the ids of an answer of ours."""
SERVERS = {
    "mastodon-mock": "mastodon-mock",
    "@atproto/dev-env": "@atproto/dev-env",
    "pymap": "pymap",
    "Dovecot": "dovecot",
    "nginx": "nginx",
}
"""What a type may be said to have run against, and the word that a test of it holds."""
TESTS = Path(__file__).parent
INFOS = [types.info_of(name) for name in REGISTRY]


class Asked(Exception):
    """It got as far as the network."""


def ask(**_more: object) -> Any:
    raise Asked


def built(name: str):
    spec = next(iter(REGISTRY[name].specs.split()), None)
    options = dict(read_spec(spec).options) if spec else {}
    more = appstore.OPTIONS if name == "appstore" else {"user": "acme"}
    secrets = {"private_key": appstore.p8()}
    setup = Setup(
        name,
        options | more,
        ask,
        FixedClock(NOW),
        Brand("Acme"),
        lambda key: secrets.get(key, "s" * 40),
    )
    return load(name)(setup)


def takes_back(name: str) -> bool:
    """Whether it asks the service; one that cannot says so at once."""
    for one in IDS:
        try:
            built(name).delete(one)
        except Asked:
            return True
        except RefusedError:
            continue
    return False


def can(name: str):
    kind = load(name)
    yield "read"
    if issubclass(kind, CanRecheck):
        yield "recheck"
    if not issubclass(kind, CanReply):
        return
    if kind.limits.public:
        yield "public_reply"
    if kind.limits.private:
        yield "private_reply"
    if kind.limits.own_posts:
        yield "own_post"
    if takes_back(name):
        yield "delete"


@pytest.mark.parametrize("name", REGISTRY)
def test_what_it_can_is_what_its_class_can(name):
    assert types.info_of(name).can == list(can(name))


def test_there_is_something_to_say_about_each_and_about_no_other():
    assert types._told().keys() == REGISTRY.keys()
    for info in INFOS:
        told = (info.reads, info.needs, info.costs, info.tested, *info.secrets.values())
        assert types.UNKNOWN not in told, info.type
        assert not any(text.endswith(".") or "\n" in text for text in (*told, info.closed or ""))
        assert set(types._told()[info.type]) <= {
            *("reads", "needs", "can", "costs", "tested", "closed", "secrets", "asks")
        }
        assert set(info.asks) <= info.secrets.keys()
        assert types._told()[info.type].get("secrets", {}).keys() == info.secrets.keys()


def test_what_is_paid_for_says_how_much():
    for info in INFOS:
        dearest = REGISTRY[info.type].dearest
        prices = [float(price) for price in re.findall(r"\$([\d.]+) a post", info.costs)]
        assert prices == ([dearest / 1000] if dearest else []), info.type


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.type)
def test_it_claims_no_run_that_no_test_makes(info):
    ours = [
        path.read_text("utf-8")
        for path in TESTS.rglob("*.*")
        if path.suffix in {".py", ".cjs"} and path != Path(__file__)
    ]
    for server, word in SERVERS.items():
        assert server not in info.tested or any(word in text for text in ours)
    if "recorded" in info.tested:
        assert list(TESTS.glob(f"test_*{info.type}*.py"))
        assert any("recorded" in path.name for path in TESTS.glob(f"test_*{info.type}*.py"))
    assert info.tested == "real programs" or re.search(r"\b(not|no) ", info.tested)


def test_what_is_no_type_is_told():
    with pytest.raises(UsageError) as caught:
        types.info_of("\x1b[2Jtoy")
    assert "\x1b" not in caught.value.message
    assert caught.value.hint
