"""The config in an editor: on a draft beside it, which takes its place only when it is right."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from socialcare.errors import ConfigError
from socialcare.settings.atomic import one_at_a_time, replace_file
from socialcare.settings.channel_table import ChannelKeys
from socialcare.settings.document import parse_document
from socialcare.settings.load import settings_from
from socialcare.settings.sample import sample_text
from socialcare.settings.table import shown_path


@dataclass(frozen=True, slots=True)
class Draft:
    """``before`` is what the config held when the draft was made; None where there was none."""

    config: Path
    path: Path
    before: bytes | None
    begun: bytes
    """What the draft itself began with."""

    def check(self, channel_keys: Mapping[str, ChannelKeys]) -> None:
        """Raise the first mistake, told with the name of the config and the right line.

        Raises
        ------
        ConfigError
            A mistake.

        """
        settings_from(parse_document(self.config, self.path.read_bytes()), channel_keys)

    @property
    def differs(self) -> bool:
        """Whether taking it over changes the config; a sample makes one."""
        return self.path.read_bytes() != self.before

    @property
    def holds_work(self) -> bool:
        return self.path.exists() and self.path.read_bytes() != self.begun

    def take_over(self) -> None:
        """Put the draft in place of the config.

        Raises
        ------
        ConfigError
            Somebody else changed the config meanwhile; the draft is kept.

        """
        with one_at_a_time(self.config):
            if _read(self.config) != self.before:
                raise ConfigError(
                    f"{shown_path(self.config)} was changed while you edited it.",
                    f"compare them: diff {shown_path(self.config)} {shown_path(self.path)}",
                )
            replace_file(self.config, self.path.read_bytes())
        self.drop()

    def drop(self) -> None:
        with suppress(OSError):
            self.path.unlink()


def open_draft(config: Path) -> Draft:
    """Copy the config beside itself, right or wrong; without one, begin with the sample.

    Raises
    ------
    ConfigError
        The config cannot be read, or its folder not written.

    """
    before = _read(config)
    path = _free_name(config)
    begun = sample_text().encode() if before is None else before
    replace_file(path, begun)
    return Draft(config, path, before, begun)


def _free_name(config: Path) -> Path:
    """A draft that was left because it was wrong is never written over."""
    names = (f"{config.stem}.draft{number}{config.suffix}" for number in ("", *range(2, 1000)))
    return next(path for name in names if not (path := config.with_name(name)).exists())


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise ConfigError(
            f"{shown_path(path)} cannot be read: {reason}.", "name another: --config FILE"
        ) from None
