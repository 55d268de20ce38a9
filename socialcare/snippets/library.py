"""The folder of ready-made answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from socialcare.errors import ConfigError, NotFoundError, SocialcareError, UsageError
from socialcare.settings.table import nearest, shown
from socialcare.snippets.model import Address, Snippet, Variant
from socialcare.snippets.reading import ENDING, read_file

MOST = 2_000
"""Files that are read; a folder with more is some other folder."""


@dataclass(frozen=True, slots=True)
class Library:
    """``snippets`` by name. ``broken`` tells what could not be read."""

    folder: Path
    snippets: tuple[Snippet, ...] = ()
    broken: tuple[ConfigError, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(snippet.name for snippet in self.snippets)

    def whole(self) -> Library:
        """Itself, if all of it could be read. Raises ConfigError else."""
        if self.broken:
            raise self.broken[0]
        return self


def read_library(folder: Path) -> Library:
    """All that is in the folder; one that is not there is empty.

    Raises
    ------
    ConfigError
        The folder cannot be listed, or is some other folder.

    """
    found: dict[str, list[Variant]] = {}
    broken: list[ConfigError] = []
    for path in _files(folder):
        try:
            variant = read_file(path, _address(path))
            found.setdefault(variant.address.name, []).append(variant)
        except ConfigError as error:
            broken.append(error)
    snippets = (_snippet(name, variants) for name, variants in sorted(found.items()))
    return Library(folder, tuple(snippets), tuple(broken))


def read_snippet(folder: Path, name: str) -> Snippet:
    """One by its name, whatever state the others are in.

    Raises
    ------
    NotFoundError
        There is none.
    ConfigError
        One of its files is broken.

    """
    address = address_of(name)
    mine = [path for path in _files(folder) if path.name.partition(".")[0] == address.name]
    if not mine:
        raise missing(folder, address.name)
    return _snippet(address.name, [read_file(path, _address(path)) for path in mine])


def address_of(stem: str) -> Address:
    """What somebody typed. Raises UsageError where it cannot be a name."""
    try:
        return Address.parse(stem.removesuffix(ENDING))
    except ValueError:
        raise UsageError(
            f'"{shown(stem)}" is no name of a snippet.',
            "small letters, digits and -, as in delay-apology or delay-apology.de",
        ) from None


def missing(folder: Path, name: str) -> SocialcareError:
    names = sorted({path.name.partition(".")[0] for path in _files(folder)})
    near = nearest(name, names)
    meant = f"did you mean {near}?   " if near else ""
    way = "list them: socialcare snippet" if names else f"write it: socialcare snippet edit {name}"
    return NotFoundError(f'there is no snippet "{shown(name)}".', f"{meant}{way}")


def _files(folder: Path) -> Iterator[Path]:
    """The files of the folder itself; README.md and what begins with . or _ is something else."""
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise ConfigError(
            f"the folder of the snippets cannot be read: {error.strerror}.",
            "look at its rights: socialcare snippet path",
            code="snippet",
        ) from None
    files = [path for path in paths if path.suffix == ENDING and not _other(path.name)]
    if len(files) > MOST:
        raise ConfigError(
            f"{shown(folder)} holds more than {MOST:,} files.",
            "name the folder of the snippets: socialcare config set files.snippets FOLDER",
            code="snippet",
        )
    yield from files


def _other(name: str) -> bool:
    return name.startswith((".", "_")) or name.partition(".")[0].isupper()


def _address(path: Path) -> Address:
    try:
        return Address.parse(path.stem)
    except ValueError:
        raise ConfigError(
            f"{shown(path.name)} is no name of a snippet.",
            "call it delay.md, delay.de.md, delay.mastodon.md or delay.de.mastodon.md",
            code="snippet",
        ) from None


def _snippet(name: str, variants: list[Variant]) -> Snippet:
    ordered = sorted(variants, key=lambda v: (v.address.lang or "", v.address.channel or ""))
    return Snippet(name, tuple(ordered))
