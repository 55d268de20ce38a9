"""A channel in one word: ``kind:what`` becomes a section of the config."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from socialcare.channels import REGISTRY, load
from socialcare.errors import ConfigError, UsageError
from socialcare.settings import ChannelSettings, Settings
from socialcare.settings.channel_table import NAME, REF_KINDS
from socialcare.settings.model import SecretRef
from socialcare.settings.paths import expand
from socialcare.settings.table import nearest, shown, suggestion
from socialcare.settings.write import meanings

COMMON = ("base_url", "lang", "match")
"""What may be given for every type, beside its own keys."""
_SEE = "see what there is: socialcare channel types"


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel that is not in the config yet. ``kind`` is what stood before the colon."""

    kind: str
    type: str
    options: Mapping[str, object]
    name: str = ""
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)

    @property
    def table(self) -> dict[str, object]:
        """Its section of the config; where the name says the type, the type is left out."""
        told = {} if self.name == self.type else {"type": self.type}
        kept = {key: {place.kind: place.value} for key, place in self.secrets.items()}
        return {**told, **self.options, **kept}

    @property
    def settings(self) -> ChannelSettings:
        return ChannelSettings(self.name, self.type, self.options, self.secrets)


def read_spec(spec: str) -> NewChannel:
    """Understand ``hackernews:acme``; an address alone is a feed. The name is still to be found.

    Raises
    ------
    UsageError
        No such kind, or ``what`` is not what it takes.

    """
    kind, _, what = spec.strip().partition(":")
    kind = kind.lower()
    if kind in ("http", "https") and what.startswith("//"):
        kind, what = "feed", spec.strip()
    type_name = kinds().get(kind, kind)
    try:
        options = load(type_name).from_spec(kind, what.strip())
    except ConfigError:
        raise _unknown(kind) from None
    if options is None:
        options = _first_key(type_name, what.strip())
    return NewChannel(kind, type_name, options)


def kinds() -> dict[str, str]:
    """Every word that may stand before the colon, and its channel type."""
    return {
        example.partition(":")[0]: name
        for name, entry in REGISTRY.items()
        for example in entry.specs.split()
    }


def together(channels: Sequence[NewChannel]) -> list[NewChannel]:
    """Channels that ask the same place share one: two hashtags of a server."""
    found: list[NewChannel] = []
    for channel in channels:
        place = _place(channel)
        at = next((at for at, other in enumerate(found) if _place(other) == place), None)
        if at is None or not _lists(channel):
            found.append(channel)
        else:
            lists = {
                key: list(dict.fromkeys([*_lists(found[at]).get(key, ()), *values]))
                for key, values in _lists(channel).items()
            }
            found[at] = replace(found[at], options={**found[at].options, **lists})
    return found


def named(channel: NewChannel, taken: Collection[str], name: str | None = None) -> NewChannel:
    """Give it a name: the one that is asked for, or else one that is free.

    Raises
    ------
    UsageError
        The name is taken, or cannot be one.

    """
    if name is None:
        return replace(channel, name=_free(_usual_name(channel), taken))
    if not NAME.fullmatch(name):
        raise UsageError(f'"{shown(name)}" cannot be a name.', "use letters, digits, - and _")
    if name in taken:
        raise UsageError(
            f"there is a channel {shown(name)} already.",
            f"choose another name, or take it out first: socialcare channel remove {shown(name)}",
        )
    return replace(channel, name=name)


def with_option(
    channel: NewChannel, pair: str, check: Callable[[NewChannel], object]
) -> NewChannel:
    """With one ``KEY=VALUE``, as ``config set`` would read it; of a secret only its place.

    ``check`` builds the channel. Of what a value can mean, the first that it takes is meant.

    Raises
    ------
    UsageError
        No such key, or the secret itself was given.
    ConfigError
        The value is not what the key should be.

    """
    key, equals, text = (part.strip() for part in pair.partition("="))
    if not (key and equals and text):
        raise UsageError(f'"{shown(pair)}" is not KEY=VALUE.', "--set server=imap.example.org")
    entry = REGISTRY.get(channel.type)
    if key in (entry.secrets.split() if entry else ("token", "password")):
        return replace(channel, secrets={**channel.secrets, key: _place_of(key, text)})
    known = [*entry.keys.split(), *COMMON] if entry else [key]
    if key not in known:
        raise UsageError(
            f'{channel.type} has no setting "{shown(key)}".', suggestion(key, known, "settings")
        )
    first: ConfigError | None = None
    for value in meanings(text, channel.options.get(key)):
        tried = replace(channel, options={**channel.options, key: value})
        try:
            check(tried)
        except ConfigError as error:
            if error.message.startswith(f"[channels.{channel.name}] {key}"):
                first = first or error
                continue
        return tried
    assert first is not None, "there is always at least one meaning"
    raise first


def _place_of(key: str, text: str) -> SecretRef:
    """``{ env = "NAME" }`` and the like; a relative file begins here and now."""
    for value in meanings(text, None):
        if isinstance(value, dict) and len(value) == 1:
            [(kind, place)] = value.items()
            if kind in REF_KINDS and isinstance(place, str) and place.strip():
                whole = str(Path.cwd() / expand(place)) if kind == "file" else place
                return SecretRef(kind, whole)
    raise UsageError(
        f"{key} is a secret, and a secret is no option: others could see it.",
        f"say where it is kept: --set '{key}={{ env = \"NAME\" }}'   "
        "or leave it out and sign in: socialcare channel login NAME",
        code="secret",
    )


def with_channels(settings: Settings, channels: Sequence[NewChannel]) -> Settings:
    """The settings as they will be, so that a channel can be tried before it is saved."""
    new = {channel.name: channel.settings for channel in channels}
    return replace(settings, channels={**settings.channels, **new})


def _first_key(type_name: str, what: str) -> Mapping[str, object]:
    entry = REGISTRY.get(type_name)
    if entry is None:
        raise UsageError(
            f"a channel of the type {shown(type_name)} cannot be added in one word.",
            "write its section: socialcare config edit",
        )
    return {entry.keys.split()[0]: what} if what else {}


def _unknown(kind: str) -> UsageError:
    near = nearest(kind, kinds())
    return UsageError(
        f'I do not know the channel type "{shown(kind)}".',
        f"did you mean {near}:... ?  {_SEE}" if near else _SEE,
        code="unknown_type",
    )


def _usual_name(channel: NewChannel) -> str:
    """The host of a feed, so that two feeds can be told apart; else the kind."""
    urls = channel.options.get("urls")
    if not isinstance(urls, list):
        return channel.kind
    hosts = {(urlsplit(str(url)).hostname or "").removeprefix("www.") for url in urls}
    slug = re.sub(r"[\W_]+", "-", hosts.pop()).strip("-")[:36]
    return "feeds" if hosts else slug or channel.kind


def _free(name: str, taken: Collection[str]) -> str:
    number, free = 2, name
    while free in taken:
        free = f"{name}-{number}"
        number += 1
    return free


def _lists(channel: NewChannel) -> dict[str, list[object]]:
    return {key: value for key, value in channel.options.items() if isinstance(value, list)}


def _place(channel: NewChannel) -> tuple[object, ...]:
    """What two channels must have in common to be one."""
    scalars = [(k, v) for k, v in channel.options.items() if not isinstance(v, list)]
    return channel.kind, tuple(sorted(scalars)), tuple(sorted(_lists(channel)))
