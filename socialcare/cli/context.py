"""What a command gets: everything that has a cost or a side effect, made when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from socialcare.clock import Clock
from socialcare.errors import ConfigError, UsageError
from socialcare.output.screen import Screen
from socialcare.output.streams import Streams

if TYPE_CHECKING:
    import typer

    from socialcare.inbox.database import Database
    from socialcare.settings import Settings
    from socialcare.settings.paths import Paths

_VALUES = {"--db": "db", "--config": "config"}
_FLAGS = {"--debug": "debug", "--demo": "demo", "--version": "version"}
_OPTIONAL_VALUE = ("--record", "--new")
"""Options that may stand alone: the parser only knows options with a value and without."""
_SHARED = ("--json", "-n", "--dry-run", "-y", "--yes", "-q", "--quiet", "-h", "--help")


@dataclass(frozen=True, slots=True)
class Globals:
    """Options that mean the same for every command, wherever they stand."""

    db: str | None = None
    config: str | None = None
    debug: bool = False
    demo: bool = False
    version: bool = False


@dataclass
class App:
    """One run of the program."""

    argv: list[str]
    options: Globals
    streams: Streams
    clock: Clock
    environ: dict[str, str]
    _open: list[Database] = field(default_factory=list)

    @classmethod
    def build(
        cls,
        argv: Sequence[str],
        streams: Streams,
        clock: Clock,
        environ: dict[str, str],
    ) -> App:
        options, rest = split_globals(argv)
        return cls(rest, options, streams, clock, environ)

    @staticmethod
    def of(ctx: typer.Context) -> App:
        app = ctx.find_object(App)
        assert app is not None, "the entry point always passes one"
        return app

    @property
    def command(self) -> str:
        return next((word for word in self.argv if not word.startswith("-")), "")

    @property
    def wants_json(self) -> bool:
        return asks_for_json(self.argv)

    @property
    def quiet(self) -> bool:
        return "-q" in self.argv or "--quiet" in self.argv

    @property
    def debug(self) -> bool:
        return self.options.debug or self.environ.get("SOCIALCARE_DEBUG") == "1"

    @cached_property
    def paths(self) -> Paths:
        from socialcare.settings.paths import Paths

        return Paths.find(self.environ, config=self.options.config, db=self.options.db)

    @cached_property
    def settings(self) -> Settings:
        settings, paths = self._configured(), self.paths
        learned = paths.demo_learned if self._shows_demo(settings) else paths.learned
        return replace(settings, learned=learned)

    def _configured(self) -> Settings:
        if not (self.paths.config_required or self.paths.config_file.exists()):
            from socialcare.settings.model import Settings

            return Settings()
        from socialcare.channels import REGISTRY
        from socialcare.settings.load import load_settings

        return load_settings(self.paths, REGISTRY)

    @cached_property
    def accessible(self) -> bool:
        """Also where the config is wrong: whoever helps to mend it must be able to speak."""
        if self.environ.get("SOCIALCARE_ACCESSIBLE") == "1":
            return True
        try:
            return self.settings.accessible
        except ConfigError:
            return False

    @cached_property
    def screen(self) -> Screen:
        return Screen(self.streams, quiet=self.quiet, accessible=self.accessible)

    @cached_property
    def zone(self) -> tzinfo | None:
        """The zone of the config; None is that of the machine.

        Raises
        ------
        ConfigError
            This machine does not know the zone.

        """
        name = self.settings.answer_by.timezone
        if name is None:
            return None
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            raise ConfigError(
                f'this machine does not know the time zone "{name}".',
                "write it as in Europe/Oslo under [answer_by]; see: socialcare config edit",
            ) from None

    def clock_time(self, moment: datetime) -> str:
        """Hour and minute as the people here read them."""
        return f"{moment.astimezone(self.zone):%H:%M}"

    @cached_property
    def lock_path(self) -> Path:
        from socialcare.settings.paths import lock_beside

        return lock_beside(self.database_path)

    @cached_property
    def me(self) -> str:
        from socialcare.settings.identity import whoami

        return whoami(self.environ)

    @cached_property
    def is_demo(self) -> bool:
        return self._shows_demo(self.settings)

    def _shows_demo(self, settings: Settings) -> bool:
        """Without a config file, commands use the demo database where there is one."""
        if self.options.demo:
            return True
        if self.options.db or self.environ.get("SOCIALCARE_DB"):
            return False
        return settings.path is None and self.paths.demo_database.exists()

    @cached_property
    def database_path(self) -> Path:
        if self.is_demo:
            return self.paths.demo_database
        return self.paths.with_files(self.settings).database

    @property
    def snippets(self) -> Path:
        """The folder of the ready-made answers; it need not be there."""
        if self.is_demo:
            return self.paths.demo_snippets
        return self.paths.with_files(self.settings).snippets

    def read(self) -> Database | None:
        """The database, read-only; None where there is none yet: reading never makes one."""
        from socialcare.inbox.database import open_reader

        self.settings  # noqa: B018 - a wrong config is told by every command, before anything else
        if not self.database_path.exists():
            return None
        return self._keep(open_reader(self.database_path))

    def write(self) -> Database:
        """The database for changes, made and migrated where needed."""
        from socialcare.inbox.database import open_writer

        settings, path = self.settings, self.database_path
        fresh = not path.parent.exists()
        database = self._keep(open_writer(path, demo=self.is_demo))
        if settings.share == "group" and not self.is_demo:
            self._share(path, fresh=fresh)
        return database

    @staticmethod
    def _share(path: Path, *, fresh: bool) -> None:
        """A folder that was there may hold what is nobody else's: only a new one is shared."""
        from socialcare.settings.sharing import database_files, share, share_folder

        if fresh:
            share_folder(path.parent)
        share(*database_files(path))

    def _keep(self, database: Database) -> Database:
        self._open.append(database)
        return database

    def again(self) -> App:
        """The same run after a command changed the config: everything is read anew."""
        return App(self.argv, self.options, self.streams, self.clock, self.environ, self._open)

    def close(self) -> None:
        for database in self._open:
            database.close()


def asks_for_json(argv: Sequence[str]) -> bool:
    """Whether errors, too, are read by a program."""
    words = [*argv, ""]
    return (
        "--json" in words
        or "--format=json" in words
        or any(pair == ("--format", "json") for pair in pairwise(words))
    )


def split_globals(argv: Sequence[str]) -> tuple[Globals, list[str]]:
    """Take the global options out of the words, and move shared ones behind the command.

    Raises
    ------
    UsageError
        An option that takes a value has none.

    """
    found: dict[str, str | bool] = {}
    rest: list[str] = []
    words = list(argv)
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
            break
        if word in _FLAGS:
            found[_FLAGS[word]] = True
        elif name in _VALUES:
            if not equals and not words:
                raise UsageError(f"{name} needs a file.", f"{name} FILE")
            found[_VALUES[name]] = value if equals else words.pop(0)
        elif word in _OPTIONAL_VALUE and not (words and _is_value(words[0])):
            rest.append(f"{word}=")
        else:
            rest.append(word)
    return Globals(**found), _command_first(rest)  # type: ignore[arg-type]


def _is_value(word: str) -> bool:
    """Whether a word belongs to the option before it, and not to the command."""
    return not (word.startswith("-") or word.isdecimal() or word == "next")


def _command_first(words: list[str]) -> list[str]:
    leading = 0
    while leading < len(words) and words[leading] in _SHARED:
        leading += 1
    if leading in (0, len(words)):
        return words
    return [words[leading], *words[:leading], *words[leading + 1 :]]
