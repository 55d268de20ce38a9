"""GitHub: what the config says, and what is asked then."""

from __future__ import annotations

import pytest

from socialcare.channels.base import Setup
from socialcare.channels.github import GitHub
from socialcare.clock import FixedClock
from socialcare.errors import ConfigError, UsageError
from socialcare.settings import Brand
from socialcare.testing import NOW, Case, Fault, Service
from tests.channels import direct
from tests.channels.cases.github import Hub


class Nothing(Service):
    def answer(self, path, params):
        raise Fault(404)


@pytest.mark.parametrize(
    ("options", "base", "source"),
    [
        ({}, "https://api.github.com", "github:github.com"),
        ({"server": "github.com"}, "https://api.github.com", "github:github.com"),
        ({"base_url": "https://api.github.com/"}, "https://api.github.com", "github:github.com"),
        ({"server": "Git.Acme.example"}, "https://git.acme.example/api/v3", "github:git.acme.example"),
        ({"server": "https://acme.ghe.com/"}, "https://api.acme.ghe.com", "github:acme.ghe.com"),
        (
            {"base_url": "https://git.acme.example/api/v3"},
            "https://git.acme.example/api/v3",
            "github:git.acme.example",
        ),
        (
            {"server": "git.acme.example", "base_url": "http://127.0.0.1:8"},
            "http://127.0.0.1:8",
            "github:git.acme.example",
        ),
    ],
)  # fmt: skip
def test_a_server_of_ones_own_has_its_api_below_itself(options, base, source):
    asked: list[str] = []

    def connect(*, base_url, token):
        asked.append(base_url)
        return direct.Direct(Nothing())

    setup = Setup("gh", {"repos": ["acme/app"], **options}, connect, FixedClock(NOW))
    built = GitHub(setup)
    assert built.source == source
    built.recheck(["acme/app/issues/2"])
    assert asked == [base]


@pytest.mark.parametrize(
    ("options", "brand", "named"),
    [
        ({}, Brand(), ""),
        ({"search": []}, Brand("Acme"), ""),
        ({"repos": ["acme"]}, Brand("Acme"), "repos"),
        ({"repos": ["../user"]}, Brand("Acme"), "repos"),
        ({"repos": ["acme/.."]}, Brand("Acme"), "repos"),
        ({"repos": ["acme/app/issues"]}, Brand("Acme"), "repos"),
        ({"repos": 3}, Brand("Acme"), "repos"),
        ({"team": "yes"}, Brand("Acme"), "team"),
        ({"pull_requests": 1}, Brand("Acme"), "pull_requests"),
        ({"server": "not a server"}, Brand("Acme"), "server"),
    ],
)
def test_options_that_mean_nothing_are_refused_by_name(options, brand, named):
    case = Case(GitHub, Hub(), options, brand=brand)
    with pytest.raises(ConfigError) as caught:
        direct.channel(case, FixedClock(NOW))
    assert caught.value.message.startswith(f"[channels.c] {named}".strip())
    assert caught.value.hint


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("acme/app", {"repos": ["acme/app"]}),
        ("https://github.com/acme/app.git", {"repos": ["acme/app"]}),
        ("acme", {"search": ["acme"]}),
        ('"acme boots" language:de', {"search": ['"acme boots" language:de']}),
    ],
)
def test_a_channel_is_added_in_one_word(what, options):
    assert GitHub.from_spec("github", what) == options
    with pytest.raises(UsageError):
        GitHub.from_spec("github", "")
