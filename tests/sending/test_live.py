"""The same on programs of somebody else: a Mastodon, a mailbox, the Bluesky network."""

from __future__ import annotations

import random
from itertools import count

import pytest

from tests.channels.bluesky_server import database, running
from tests.sending.killing import judged, kill_many
from tests.sending.live_stages import OnBluesky, OnMail, OnMock, on_bluesky, on_mail, on_mock
from tests.sending.scenarios import scenarios

pytestmark = [pytest.mark.live, pytest.mark.slow]

FEW, MANY = 8, 100
_number = count(1)


def named(kind):
    return pytest.mark.parametrize("scenario", scenarios(kind), ids=lambda one: one.name)


@pytest.fixture
def mock(tmp_path, mastodon_process):
    with on_mock(tmp_path, mastodon_process) as stage:
        yield stage


@pytest.fixture
def mail(tmp_path, pymap):
    with on_mail(tmp_path, pymap) as stage:
        yield stage


@pytest.fixture
def mail_with_copies(tmp_path, pymap):
    with on_mail(tmp_path, pymap, keeps_copies=True) as stage:
        yield stage


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    log = tmp_path_factory.mktemp("bluesky") / "log"
    with running(log, POSTGRES_URL=database()) as running_network:
        yield running_network


@pytest.fixture
def sky(tmp_path, network):
    with on_bluesky(tmp_path, network, next(_number)) as stage:
        yield stage


@named(OnMock)
def test_on_mastodon_mock(mock, scenario):
    scenario.play(mock)


@named(OnMail)
def test_by_mail(mail, scenario):
    scenario.play(mail)


@pytest.mark.parametrize(
    "scenario",
    [one for one in scenarios(OnMail) if one.name.startswith(("undisturbed", "killed after"))],
    ids=lambda one: one.name,
)
def test_by_mail_with_a_folder_of_what_was_sent(mail_with_copies, scenario):
    scenario.play(mail_with_copies)


@pytest.mark.slow
@pytest.mark.timeout(400)
@named(OnBluesky)
def test_on_bluesky(sky, scenario):
    scenario.play(sky)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("stage", ["mock", "mail"])
def test_a_kill_at_some_moments(request, stage):
    kills(request.getfixturevalue(stage), FEW)


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("stage", ["mock", "mail", "sky"])
def test_a_kill_at_a_hundred_moments(request, stage):
    kills(request.getfixturevalue(stage), MANY)


def kills(stage, number):
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)  # pytest shows it where this fails
    killed = kill_many(stage, number, seed)
    assert any(one.by_kill for one in killed)
    stage.settle()
    judged(stage, killed)
