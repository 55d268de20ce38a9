"""Tokens lie in a private file, one process at a time changes them, and logout takes them away."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest

from socialcare.errors import ConfigError
from socialcare.settings.paths import Paths
from socialcare.settings.secrets import SecretStore
from socialcare.settings.tokens import TokenFile


@pytest.fixture
def paths(tmp_path):
    return Paths.find({"HOME": str(tmp_path)})


def test_what_was_kept_is_there_in_the_next_run_and_private(paths):
    TokenFile(paths, "bluesky").write({"access": "a-token"})
    kept = TokenFile(paths, "bluesky")
    assert kept.read() == {"access": "a-token"}
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert "a-token" not in repr(kept)


def test_two_channels_and_two_brands_share_nothing(paths, tmp_path):
    other = Paths.find({"HOME": str(tmp_path)}, config=tmp_path / "boots.toml")
    TokenFile(paths, "bluesky").write({"access": "1"})
    assert TokenFile(paths, "bluesky2").read() == {}
    assert TokenFile(other, "bluesky").read() == {}


@pytest.mark.parametrize("damaged", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 60_000, b'{"a": 1}'])
def test_what_cannot_be_used_is_nothing(paths, damaged):
    kept = TokenFile(paths, "bluesky")
    assert kept.read() == {}
    kept.write({"access": "1"})
    kept.path.write_bytes(damaged)
    assert kept.read() == {}


def test_what_others_may_read_is_not_used(paths):
    kept = TokenFile(paths, "bluesky")
    kept.write({"access": "1"})
    kept.path.chmod(0o640)
    assert kept.read() == {}


def test_logout_takes_the_tokens_away_as_well(paths):
    TokenFile(paths, "bluesky").write({"access": "1"})
    SecretStore(paths).save("bluesky", "password", "secret")
    assert SecretStore(paths).delete("bluesky")
    assert TokenFile(paths, "bluesky").read() == {}
    assert not SecretStore(paths).delete("bluesky")


def test_a_folder_that_cannot_be_made_is_told(paths):
    paths.state_dir.parent.mkdir(parents=True)
    paths.state_dir.write_text("a file is in the way")
    with pytest.raises(ConfigError, match="cannot be written"), TokenFile(paths, "x").locked():
        pass


def _count(home: str, times: int) -> None:
    kept = TokenFile(Paths.find({"HOME": home}), "bluesky")
    for _ in range(times):
        with kept.locked():
            kept.write({"n": str(int(kept.read().get("n", "0")) + 1)})


def test_processes_that_read_and_write_under_the_lock_lose_nothing(tmp_path: Path):
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_count, args=(str(tmp_path), 20)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert TokenFile(Paths.find({"HOME": str(tmp_path)}), "bluesky").read() == {"n": "60"}
