"""Where things lie: config, database, credentials, log, snippets.

Order: option, environment, config file, the platform's own place. On Linux and the
BSDs the XDG rules are applied here, because ``import platformdirs`` costs every command
6 to 9 ms; macOS and Windows ask platformdirs.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from socialcare.errors import ConfigError
from socialcare.settings.model import Settings

APP = "socialcare"
Origin = Literal["option", "environment", "config", "default"]

_PLAIN_NAMES = {"", APP, f".{APP}", "config", ".config", "etc"}
"""Names of a config file or its folder that do not tell one brand from another."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Nothing here is created: whoever writes makes the folder first."""

    config_file: Path
    data_dir: Path
    state_dir: Path
    database: Path
    demo_database: Path
    snippets: Path
    config_from: Origin = "default"
    database_from: Origin = "default"

    @classmethod
    def find(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        config: str | Path | None = None,
        db: str | Path | None = None,
    ) -> Paths:
        """Work out all places. ``config`` and ``db`` are the options ``--config`` and ``--db``.

        A config file elsewhere than in the default place is a brand of its own: its data
        folder is named after it, so that two brands never share an inbox by accident.

        Raises
        ------
        ConfigError
            The home folder is not known and is needed.

        """
        environ = os.environ if environ is None else environ
        config_dir, data_dir, state_dir = _places(environ, config, db)
        default = config_dir / "config.toml"
        config_file, config_from = _choose(config, environ.get("SOCIALCARE_CONFIG"), default)
        brand_dir = data_dir / _brand_folder(config_file, default)
        database, database_from = _choose(db, environ.get("SOCIALCARE_DB"), brand_dir / f"{APP}.db")
        return cls(
            config_file=config_file,
            data_dir=brand_dir,
            state_dir=state_dir,
            database=database,
            demo_database=data_dir / "demo.db",
            snippets=brand_dir / "snippets",
            config_from=config_from,
            database_from=database_from,
        )

    @property
    def credentials(self) -> Path:
        return self.data_dir / "credentials.toml"

    @property
    def learned(self) -> Path:
        """``learned.toml``; a config with a name of its own has its own."""
        stem = self.config_file.stem
        name = "learned.toml" if stem.lower() in _PLAIN_NAMES else f"{stem}.learned.toml"
        return self.config_file.with_name(name)

    @property
    def demo_learned(self) -> Path:
        """What the demo taught is not mixed with what your own mentions did."""
        return self.demo_database.with_name("demo.learned.toml")

    @property
    def demo_snippets(self) -> Path:
        return self.demo_database.with_name("demo-snippets")

    @property
    def log(self) -> Path:
        return self.state_dir / "log"

    @property
    def lock(self) -> Path:
        return lock_beside(self.database)

    @property
    def config_required(self) -> bool:
        """Whether somebody named the config file, so that its absence is an error."""
        return self.config_from != "default"

    def with_files(self, settings: Settings) -> Paths:
        """Apply ``[files]`` of the config, which gives way to option and environment."""
        paths = self
        if settings.database is not None and self.database_from == "default":
            paths = replace(paths, database=settings.database, database_from="config")
        if settings.snippets is not None:
            paths = replace(paths, snippets=settings.snippets)
        return paths


def outbox_lock_beside(database: Path) -> Path:
    """Of whoever sends: a fetch may go on while somebody answers."""
    return database.with_name(f"{database.name}.outbox.lock")


def notify_lock_beside(database: Path) -> Path:
    """Of whoever tells of something: the next fetch does not wait for a slow target."""
    return database.with_name(f"{database.name}.notify.lock")


def lock_beside(database: Path) -> Path:
    """The lock of a database lies beside it, so that whoever shares one shares the other."""
    return database.with_name(f"{database.name}.lock")


def expand(path: str | Path) -> Path:
    """``~`` resolved where that is possible."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def _choose(option: str | Path | None, variable: str | None, default: Path) -> tuple[Path, Origin]:
    if option:
        return expand(option), "option"
    if variable:
        return expand(variable), "environment"
    return default, "default"


def _brand_folder(config_file: Path, default: Path) -> str:
    config_file = _absolute(config_file)
    if config_file == _absolute(default):
        return ""
    for name in (config_file.stem, config_file.parent.name):
        if name.lower() not in _PLAIN_NAMES:
            return re.sub(r"[^\w.-]", "_", name)
    return ""


def _absolute(path: Path) -> Path:
    try:
        return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link to the real name
    except OSError:
        return path  # the working folder was deleted


def _places(
    environ: Mapping[str, str], config: str | Path | None, db: str | Path | None
) -> tuple[Path, Path, Path]:
    if sys.platform in ("win32", "darwin"):
        from platformdirs import PlatformDirs

        dirs = PlatformDirs(APP, appauthor=False)
        return dirs.user_config_path, dirs.user_data_path, dirs.user_state_path
    home = _home(environ)
    if home is None:
        home = _without_home(environ, config, db)
    return (
        _xdg(environ, "XDG_CONFIG_HOME", home / ".config") / APP,
        _xdg(environ, "XDG_DATA_HOME", home / ".local/share") / APP,
        _xdg(environ, "XDG_STATE_HOME", home / ".local/state") / APP,
    )


def _xdg(environ: Mapping[str, str], variable: str, default: Path) -> Path:
    """The XDG rule: a relative path in the variable is invalid and is ignored."""
    value = environ.get(variable, "")
    return Path(value) if value.startswith("/") else default


def _home(environ: Mapping[str, str]) -> Path | None:
    home = environ.get("HOME", "")
    if home.startswith("/"):
        return Path(home)
    try:
        import pwd

        home = pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):
        return None
    return Path(home) if home.startswith("/") else None


def _without_home(
    environ: Mapping[str, str], config: str | Path | None, db: str | Path | None
) -> Path:
    """A user without a home (a container with a made-up user id) keeps all beside the database."""
    database = db or environ.get("SOCIALCARE_DB")
    xdg = all(
        environ.get(f"XDG_{kind}_HOME", "").startswith("/") for kind in ("CONFIG", "DATA", "STATE")
    )
    if xdg:
        return Path("/")
    if database and (config or environ.get("SOCIALCARE_CONFIG")):
        return _absolute(Path(database)).parent
    raise ConfigError(
        "I do not know your home folder: HOME is not set.",
        "set HOME, or name both files: --config FILE --db FILE",
    )
