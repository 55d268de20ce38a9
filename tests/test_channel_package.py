"""examples/channel-package: a channel of somebody else, installed as pip does it, and used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from socialcare.clock import SystemClock
from socialcare.testing import Item, Service, laws_for

PACKAGE = Path(__file__).resolve().parent.parent / "examples/channel-package"
PROGRAM = Path(sys.executable).with_name("socialcare")
WITHOUT_NETWORK = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is installed. It is built from a copy: nothing is left in examples/."""
    folder = tmp_path_factory.mktemp("package")
    source = shutil.copytree(PACKAGE, folder / "source")
    target = folder / "site"
    words = [sys.executable, "-m", "pip", "install", "--quiet", *WITHOUT_NETWORK]
    subprocess.run([*words, "--target", target, source], check=True)
    return target


@dataclass
class Shop:
    """A home folder, and the program as it finds the package that was installed."""

    home: Path
    site: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *words],
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(self.site)},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def says(self, *words: str) -> str:
        ran = self.run(*words)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@pytest.fixture
def shop(tmp_path: Path, site: Path) -> Shop:
    return Shop(tmp_path, site)


@pytest.fixture
def gitlab(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service of the package's own tests."""
    monkeypatch.syspath_prepend(str(site))
    spec = spec_from_file_location("gitlab_service", PACKAGE / "tests/gitlab_service.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    case = module.case()
    assert len(laws_for(case)) > 20
    yield case.service
    sys.modules.pop("socialcare_gitlab", None)


def test_its_type_is_listed_with_what_its_package_says(shop):
    [told] = json.loads(shop.says("channel", "types", "gitlab", "--json"))
    assert told["package"] == "socialcare-gitlab 1.0"
    assert told["reads"] == "Issues of a project on GitLab"


def test_it_is_added_in_one_word_tried_and_fetched(shop, gitlab):
    now = SystemClock().now()
    gitlab.items = [Item("7", now, "Acme crashes at once"), Item("8", now, "How do I update?")]
    with gitlab.running() as url:
        added = shop.says("channel", "add", "gitlab:acme/app", "--set", f"base_url={url}")
        assert "Added gitlab." in added
        assert "Acme crashes at once" in added
        shop.says("fetch")
        gitlab.items.append(Item("9", SystemClock().now(), "Thank you, it works"))
        shop.says("fetch")
    found = [json.loads(line) for line in shop.says("export").splitlines()]
    assert {one["text"] for one in found} == {item.text for item in gitlab.items}
    assert {one["channel"] for one in found} == {"gitlab"}


def test_its_options_and_secrets_are_kept_as_those_of_any_channel(shop, gitlab):
    with gitlab.running() as url:
        config = shop.home / ".config/socialcare/config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(
            f'[channels.ours]\ntype = "gitlab"\nproject = "acme/app"\nbase_url = "{url}"\n'
            'token = { env = "ACME_TOKEN" }\n'
        )
        missing = shop.run("channel", "test", "ours")
        config.write_text('[channels.ours]\ntype = "gitlab"\nproject = "acme"\n')
        wrong = shop.run("channel", "test", "ours")
    assert "ACME_TOKEN" in missing.stderr + missing.stdout
    assert "[channels.ours] project" in wrong.stderr + wrong.stdout
    assert 'project = "gitlab-org/cli"' in wrong.stderr + wrong.stdout


def test_without_the_package_the_type_is_unknown(shop):
    ran = Shop(shop.home, shop.home).run("channel", "add", "gitlab:acme/app")
    assert ran.returncode == 2
    assert '"gitlab"' in ran.stderr


def test_its_own_tests_hold_it_to_the_contract(site, tmp_path):
    tests = shutil.copytree(PACKAGE / "tests", tmp_path / "tests")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests],
        env={**os.environ, "PYTHONPATH": str(site)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert " passed" in ran.stdout
    assert " skipped" not in ran.stdout


def test_the_guide_is_short_and_names_what_is_there():
    guide = (PACKAGE / "README.md").read_text(encoding="utf-8")
    assert len(guide.splitlines()) <= 60
    for path in PACKAGE.rglob("*.[pt][yo]*"):
        if "__pycache__" not in path.parts:
            assert f"`{path.relative_to(PACKAGE)}`" in guide
