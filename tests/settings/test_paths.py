"""Option, environment, config file, default, in this order; nothing is made by looking."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from socialcare.errors import ConfigError
from socialcare.settings import Settings
from socialcare.settings.paths import Paths

HOME = "/home/ana"


def test_the_usual_places() -> None:
    paths = Paths.find({"HOME": HOME})
    assert paths.config_file == Path(HOME, ".config/socialcare/config.toml")
    assert paths.database == Path(HOME, ".local/share/socialcare/socialcare.db")
    assert paths.demo_database == Path(HOME, ".local/share/socialcare/demo.db")
    assert paths.credentials == Path(HOME, ".local/share/socialcare/credentials.toml")
    assert paths.snippets == Path(HOME, ".local/share/socialcare/snippets")
    assert paths.log == Path(HOME, ".local/state/socialcare/log")
    assert (paths.config_from, paths.database_from) == ("default", "default")
    assert paths.config_required is False


def test_xdg_is_respected_and_a_relative_one_ignored() -> None:
    environ = {"HOME": HOME, "XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "c", "XDG_STATE_HOME": ""}
    paths = Paths.find(environ)
    assert paths.database == Path("/d/socialcare/socialcare.db")
    assert paths.config_file == Path(HOME, ".config/socialcare/config.toml")
    assert paths.log == Path(HOME, ".local/state/socialcare/log")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="they ask platformdirs anyway")
@pytest.mark.parametrize("xdg", [{}, {"XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s"}])
def test_our_xdg_rules_are_those_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, xdg: dict[str, str]
) -> None:
    from platformdirs import PlatformDirs

    environ = {"HOME": HOME, **xdg}
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    dirs, paths = PlatformDirs("socialcare", appauthor=False), Paths.find(environ)
    assert paths.config_file.parent == dirs.user_config_path
    assert paths.data_dir == dirs.user_data_path
    assert paths.state_dir == dirs.user_state_path


def test_option_then_environment_then_config_then_default() -> None:
    environ = {"HOME": HOME, "SOCIALCARE_DB": "/e.db", "SOCIALCARE_CONFIG": "/e/acme.toml"}
    configured = Settings(database=Path("/c.db"))
    by_option = Paths.find(environ, db="/o.db", config="/o/zeta.toml").with_files(configured)
    assert (by_option.database, by_option.database_from) == (Path("/o.db"), "option")
    assert (by_option.config_file, by_option.config_from) == (Path("/o/zeta.toml"), "option")
    by_variable = Paths.find(environ).with_files(configured)
    assert (by_variable.database, by_variable.database_from) == (Path("/e.db"), "environment")
    assert (by_variable.config_file, by_variable.config_required) == (Path("/e/acme.toml"), True)
    by_config = Paths.find({"HOME": HOME}).with_files(configured)
    assert (by_config.database, by_config.database_from) == (Path("/c.db"), "config")


def test_an_empty_variable_is_none_at_all() -> None:
    assert Paths.find({"HOME": HOME, "SOCIALCARE_DB": "", "SOCIALCARE_CONFIG": ""}) == Paths.find(
        {"HOME": HOME}
    )


def test_the_lock_lies_beside_the_database() -> None:
    assert Paths.find({"HOME": HOME}, db="/srv/team/acme.db").lock == Path("/srv/team/acme.db.lock")


def test_snippets_can_lie_in_a_folder_of_the_team() -> None:
    paths = Paths.find({"HOME": HOME}).with_files(Settings(snippets=Path("/srv/snippets")))
    assert paths.snippets == Path("/srv/snippets")


@pytest.mark.parametrize(
    ("config", "folder"),
    [
        ("/brands/acme.toml", "acme"),
        ("/brands/zeta/config.toml", "zeta"),
        ("/etc/socialcare/config.toml", ""),
        (f"{HOME}/.config/socialcare/config.toml", ""),
        ("/brands/a b:c.toml", "a_b_c"),
    ],
)
def test_each_brand_has_data_of_its_own(config: str, folder: str) -> None:
    paths = Paths.find({"HOME": HOME}, config=config)
    assert paths.data_dir == Path(HOME, ".local/share/socialcare", folder)
    assert paths.database == paths.data_dir / "socialcare.db"
    assert paths.demo_database == Path(HOME, ".local/share/socialcare/demo.db")


def test_without_home_the_user_database_knows_it() -> None:
    import pwd

    home = pwd.getpwuid(os.getuid()).pw_dir
    assert Paths.find({}).config_file == Path(home, ".config/socialcare/config.toml")
    assert Paths.find({"HOME": "relative"}) == Paths.find({})


def test_a_user_without_any_home_needs_only_two_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    with pytest.raises(ConfigError, match="home folder") as caught:
        Paths.find({})
    assert "--config FILE --db FILE" in caught.value.hint
    paths = Paths.find({}, config="/srv/config.toml", db="/srv/acme.db")
    assert (paths.database, paths.log.is_relative_to("/srv")) == (Path("/srv/acme.db"), True)


def test_a_deleted_working_folder_does_not_matter(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})\n"
        "from socialcare.settings.paths import Paths\n"
        "print(Paths.find({'HOME': '/h'}, config='x.toml', db='y.db').database)"
    )
    assert run_python(code).strip() == "y.db"


def test_it_works_in_cron_and_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from socialcare.settings.paths import Paths\n"
        "from socialcare.settings.load import load_settings\n"
        "paths = Paths.find()\n"
        "settings = load_settings(paths, {})\n"
        "heavy = {'platformdirs', 'tomlkit', 'httpx', 'keyring', 'asyncio', 'tomllib', 'subprocess'}\n"
        "print(paths.database, sorted(heavy & set(sys.modules)), settings.path)"
    )
    printed = run_python(code, {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert printed.strip() == f"{tmp_path}/.local/share/socialcare/socialcare.db [] None"
    assert list(tmp_path.iterdir()) == []


def run_python(code: str, environ: dict[str, str] | None = None) -> str:
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{code}"],
        env=environ, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
