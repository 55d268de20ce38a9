"""Init: from four answers to a config."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from socialcare.channels import REGISTRY
from socialcare.clock import Clock
from socialcare.errors import UsageError
from socialcare.settings import Brand, Settings, write
from socialcare.settings.paths import Paths
from socialcare.text import MAX_FIELD, at_door
from socialcare.workflow.adding import NewChannel, named, read_spec, together, with_channels
from socialcare.workflow.channels import Workshop, open_http

_MAX_TERM = 100


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody said about their brand. ``channels`` have their names."""

    brand: str
    watch: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    channels: tuple[NewChannel, ...] = ()


def brand_name(text: str) -> str:
    """A name that can be looked for.

    Raises
    ------
    UsageError
        Nothing is left of it.

    """
    name = " ".join(at_door(text, MAX_FIELD).split())
    if not name or len(name) > _MAX_TERM:
        raise UsageError("this is not the name of a brand.", 'socialcare init --brand "Acme"')
    return name


def word_list(texts: Sequence[str]) -> tuple[str, ...]:
    """Words and phrases, given one by one or with commas between them; each once."""
    parts = (" ".join(part.split()) for text in texts for part in text.split(","))
    return tuple(dict.fromkeys(at_door(part, _MAX_TERM) for part in parts if part))


def hashtags(brand: str, watch: Sequence[str]) -> list[str]:
    """``Acme Boots`` as people tag it: ``acmeboots``."""
    tags = (re.sub(r"\W", "", term).lower() for term in (brand, *watch))
    return list(dict.fromkeys(tag for tag in tags if tag and not tag.isdigit()))


def usual_specs(brand: str, watch: Sequence[str]) -> list[str]:
    """Where to look without any sign-in. Hacker News without words follows the brand's."""
    return ["hackernews:", *(f"mastodon:#{tag}" for tag in hashtags(brand, watch))]


def read_channels(specs: Sequence[str]) -> tuple[NewChannel, ...]:
    """Channels from ``kind:what``, each with a name; those that ask the same place are one.

    Raises
    ------
    UsageError
        One of them cannot be understood.

    """
    found: list[NewChannel] = []
    for channel in together([read_spec(spec) for spec in specs]):
        found.append(named(channel, [other.name for other in found]))
    return tuple(found)


def check(answers: Answers, paths: Paths, environ: Mapping[str, str], clock: Clock) -> None:
    """See that every channel can be built, before anything is written.

    Raises
    ------
    ConfigError
        An option is not what it should be.

    """
    from socialcare.channels.http import Budget

    brand = Brand(answers.brand, answers.watch, ignore=answers.ignore)
    settings = with_channels(replace(Settings(), brand=brand), answers.channels)
    with open_http(settings, clock) as http:
        shop = Workshop(settings, paths, environ, clock, http)
        for channel in answers.channels:
            shop.build(channel.settings, Budget(clock, 1))


def save(path: Path, answers: Answers) -> Path | None:
    """Write the config; one that was there is moved aside first. Return where it is now.

    Raises
    ------
    ConfigError
        The folder cannot be written; what was there stays.

    """
    old = _move_aside(path)
    try:
        write.create(
            path,
            brand=answers.brand,
            watch=answers.watch,
            ignore=answers.ignore,
            channels={channel.name: channel.table for channel in answers.channels},
            channel_keys=REGISTRY,
        )
    except BaseException:
        if old is not None:
            old.replace(path)
        raise
    return old


def _move_aside(path: Path) -> Path | None:
    if not path.exists():
        return None
    names = (f"{path.name}.old{number}" for number in ("", *range(2, 1000)))
    old = next(free for name in names if not (free := path.with_name(name)).exists())
    return path.rename(old)
