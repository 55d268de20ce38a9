"""Mastodon: options, signing in, and a second look at known posts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialcare import testing
from socialcare.channels.base import CanCheckAccess, CanRecheck
from socialcare.channels.mastodon import Mastodon
from socialcare.clock import FixedClock
from socialcare.errors import AuthError, BadAnswerError, ConfigError
from socialcare.testing import NOW, Case, Fault, Item
from tests.channels import cases, direct
from tests.channels.cases.mastodon import Timelines, status

HASHTAG = {"server": "https://mas.to", "hashtags": ["Acme"]}


@pytest.fixture
def mentions_bench():
    with testing.bench(cases.load("mastodon_mentions")) as running:
        yield running


class Shelf(Timelines):
    """Single posts; ``old`` servers do not give several at once."""

    old = False

    def answer(self, path, params):
        known = {item.id: status(item) for item in self.items}
        if path == "/api/v1/statuses" and not self.old:
            return [known[name] for name in params.get("id[]", []) if name in known]
        name = path.removeprefix("/api/v1/statuses/")
        if name in known:
            return known[name]
        raise Fault(404, b'{"error": "Nicht gefunden"}')


@pytest.mark.parametrize("old", [False, True])
def test_known_posts_are_looked_at_again(old):
    service = Shelf()
    service.old = old
    with testing.bench(Case(Mastodon, service, HASHTAG)) as bench:
        service.items = [
            Item("1", NOW, "first"),
            Item("2", NOW, "edited"),
            Item("4", NOW, broken=True),
        ]
        channel = bench.channel()
        assert isinstance(channel, CanRecheck)
        page = channel.recheck(["1", "2", "3/../1", "4"])
    assert {one.external_id: one.text for one in page.mentions} == {"1": "first", "2": "edited"}
    assert page.gone == ["3/../1"]
    assert len(page.broken) == 1


def test_a_404_that_is_not_the_servers_own_makes_nobodys_post_gone():
    service = Shelf()
    with testing.bench(Case(Mastodon, service, HASHTAG)) as bench:
        service.faults = [Fault(200, b"[]"), Fault(404, b"<html>domain for sale</html>")]
        channel = bench.channel()
        assert isinstance(channel, CanRecheck)
        with pytest.raises(BadAnswerError):
            channel.recheck(["1"])


def test_access_is_checked_by_asking_who_we_are(mentions_bench):
    channel = mentions_bench.channel()
    assert isinstance(channel, CanCheckAccess)
    assert channel.check_access() == "@brand@mas.to"
    mentions_bench.service.faults = [Fault(401, b'{"error": "The access token is invalid"}')]
    with pytest.raises(AuthError, match="refused the token"):
        channel.check_access()
    stranger = direct.channel(Case(Mastodon, Timelines(), HASHTAG), FixedClock(NOW))
    assert isinstance(stranger, CanCheckAccess)
    with pytest.raises(AuthError, match="there is none"):
        stranger.check_access()


@pytest.mark.parametrize(
    ("server", "host"),
    [
        ("https://Mas.to/", "mas.to"),
        ("mas.to", "mas.to"),
        ("http://127.0.0.1:3000", "127.0.0.1:3000"),
        ("https://bücher.example", "bücher.example"),
        ("http://[::1]:80", "[::1]:80"),
    ],
)
def test_servers_may_be_written_in_several_ways(server, host):
    case = Case(Mastodon, Timelines(), {"server": server, "hashtags": "#acme"})
    assert direct.channel(case, FixedClock(NOW)).source == f"mastodon:{host}"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "server"),
        ({"server": "https://user:pw@mas.to"}, "server"),
        ({"server": "https://mas.to/@acme"}, "server"),
        ({"server": "ftp://mas.to"}, "server"),
        ({"server": "http://["}, "server"),
        ({"server": 3}, "server"),
        ({"server": "mas.to", "hashtags": ["acme boots"]}, "hashtags"),
        ({"server": "mas.to", "hashtags": [1]}, "hashtags"),
        ({"server": "mas.to", "notifications": "yes"}, "notifications"),
        ({"server": "mas.to", "notifications": False}, "nothing to read"),
    ],
)
def test_options_that_mean_nothing_are_refused_by_name(options, named):
    with pytest.raises(ConfigError) as caught:
        direct.channel(Case(Mastodon, Timelines(), options), FixedClock(NOW))
    assert caught.value.message.startswith("[channels.c]")
    assert named in caught.value.message
    assert caught.value.hint


def test_without_a_token_and_hashtags_it_asks_for_the_token():
    with pytest.raises(AuthError, match="need a token"):
        direct.run(Case(Mastodon, Timelines(), {"server": "mas.to"}), NOW, None, None)


def test_a_token_that_is_gone_is_missed_though_the_hashtags_are_read():
    case = Case(Mastodon, Timelines(), {"server": "mas.to", "hashtags": ["Acme"]}, token="of-brand")
    _, signed_in = direct.run(case, NOW, None, None)
    with pytest.raises(AuthError, match="need a token"):
        direct.run(replace(case, token=None), NOW, signed_in, None)
