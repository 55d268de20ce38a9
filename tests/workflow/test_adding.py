"""What `kind:what` means, for every kind that the registry names."""

from __future__ import annotations

from functools import partial

import pytest

from socialcare.channels import REGISTRY, load
from socialcare.channels.base import Setup
from socialcare.channels.http import Http
from socialcare.clock import SystemClock
from socialcare.errors import UsageError
from socialcare.settings import Brand
from socialcare.workflow.adding import kinds, named, read_spec, together


@pytest.mark.parametrize(
    ("spec", "type_name", "options"),
    [
        ("hackernews:acme", "hackernews", {"query": "acme"}),
        ("hackernews:acme boots", "hackernews", {"query": "acme boots"}),
        ("hackernews", "hackernews", {}),
        ("HackerNews: acme ", "hackernews", {"query": "acme"}),
        ("feed:https://b.example/f?x=1:2", "feed", {"urls": ["https://b.example/f?x=1:2"]}),
        ("feed:b.example/f", "feed", {"urls": ["https://b.example/f"]}),
        ("https://b.example/f", "feed", {"urls": ["https://b.example/f"]}),
        ("reddit:acme", "feed", {"preset": "reddit-search", "query": ["acme"]}),
        ("reddit", "feed", {"preset": "reddit-search"}),
        ("reddit:r/Camping", "feed", {"preset": "reddit-subreddit", "what": ["Camping"]}),
        ("youtube:UC1", "feed", {"preset": "youtube-channel", "what": ["UC1"]}),
        ("mastodon:#acme", "mastodon", {"server": "https://mastodon.social", "hashtags": ["acme"]}),
        ("mastodon:#acme@mas.to", "mastodon", {"server": "https://mas.to", "hashtags": ["acme"]}),
        (
            "mastodon:#acme@http://127.0.0.1:8",
            "mastodon",
            {"server": "http://127.0.0.1:8", "hashtags": ["acme"]},
        ),
        ("mastodon:@acme@mas.to", "mastodon", {"server": "https://mas.to", "notifications": True}),
        ("exec:prog --all 'a b'", "exec", {"command": "prog --all 'a b'"}),
    ],
)
def test_a_spec_means(spec, type_name, options):
    found = read_spec(spec)
    assert (found.type, dict(found.options)) == (type_name, options)


@pytest.mark.parametrize(
    "spec", ["", ":acme", "hn:acme", "mastodon:acme", "mastodon:", "feed:", "feed:a b", "youtube:"]
)
def test_what_means_nothing_is_refused_with_a_hint(spec):
    with pytest.raises(UsageError) as caught:
        read_spec(spec)
    assert caught.value.hint


def test_a_misspelt_kind_is_suggested():
    with pytest.raises(UsageError) as caught:
        read_spec("hakernews:acme")
    assert "hackernews:" in caught.value.hint


@pytest.mark.parametrize("type_name", [name for name in REGISTRY if not REGISTRY[name].specs])
def test_what_has_no_example_says_how_it_is_written(type_name):
    with pytest.raises(UsageError) as caught:
        read_spec(f"{type_name}:acme")
    assert "cannot be added in one word" in caught.value.message
    assert "socialcare config edit" in caught.value.hint


@pytest.mark.parametrize("type_name", [name for name in REGISTRY if REGISTRY[name].specs])
def test_every_example_of_the_registry_makes_a_channel(type_name):
    examples = REGISTRY[type_name].specs.split()
    clock = SystemClock()
    with Http(clock) as http:
        for example in examples:
            channel = named(read_spec(example), ())
            assert channel.type == type_name
            assert kinds()[channel.kind] == type_name
            known = {*REGISTRY[type_name].keys.split(), "type"}
            assert channel.table.keys() <= known
            connect = partial(http.session, channel.name)
            load(type_name)(Setup(channel.name, channel.options, connect, clock, Brand("Acme")))


def test_two_hashtags_of_a_server_are_one_channel():
    specs = ["mastodon:#acme", "hackernews:acme", "mastodon:#acmeboots", "mastodon:#acme"]
    mastodon, hackernews = together([read_spec(spec) for spec in specs])
    assert mastodon.options["hashtags"] == ["acme", "acmeboots"]
    assert hackernews.options == {"query": "acme"}


def test_what_asks_other_places_stays_apart():
    specs = ["mastodon:#a@mas.to", "mastodon:#a", "mastodon:@a@mas.to", "reddit:a", "reddit:r/a"]
    assert len(together([read_spec(spec) for spec in specs])) == 5


@pytest.mark.parametrize(
    ("specs", "name"),
    [
        (["https://www.blog.example/feed"], "blog-example"),
        (["https://a.example/feed", "https://b.example/feed"], "feeds"),
        (["https://a.example/1", "https://a.example/2"], "a-example"),
        (["reddit:acme"], "reddit"),
    ],
)
def test_a_channel_gets_a_name_that_tells_it_apart(specs, name):
    (channel,) = together([read_spec(spec) for spec in specs])
    assert named(channel, ()).name == name
    assert named(channel, {name}).name == f"{name}-2"
    assert named(channel, {name}, "other").name == "other"


@pytest.mark.parametrize("name", ["", "a b", "a.b", "-a", "\x1b[2J", "taken"])
def test_a_name_that_cannot_be_one_is_refused(name):
    with pytest.raises(UsageError):
        named(read_spec("hackernews:acme"), {"taken"}, name)
