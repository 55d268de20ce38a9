"""One ``[channels.NAME]`` table: its type, its keys, and secrets only by reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, Protocol, get_args

from socialcare.settings.model import ChannelSettings, SecretRef
from socialcare.settings.paths import expand
from socialcare.settings.table import Table, kind, nearest, shown, suggestion

NAME = re.compile(r"[^\W_][\w-]{0,39}")
"""A channel or topic name: it is typed in queries and becomes part of a variable's name."""
COMMON = ("type", "base_url", "enabled", "seconds", "pages", "lang", "match")
"""Keys that every channel takes."""

RefKind = Literal["env", "file", "command", "keyring"]
REF_KINDS: tuple[RefKind, ...] = get_args(RefKind)
_OFTEN_SECRET = {
    "token", "access_token", "refresh_token", "bearer_token", "password", "app_password",
    "secret", "client_secret", "api_key", "apikey",
}  # fmt: skip
"""Refused as plain texts even where the channel type is not built in."""


class ChannelKeys(Protocol):
    """What a channel type reads: names separated by spaces."""

    @property
    def keys(self) -> str: ...
    @property
    def secrets(self) -> str: ...


def read_channel(
    channels: Table, name: str, channel_keys: Mapping[str, ChannelKeys]
) -> ChannelSettings:
    if not NAME.fullmatch(name):
        raise channels.error(
            name, f'[channels] "{shown(name)}" cannot be a name.', "use letters, digits, - and _"
        )
    table = channels.table(name)
    type_name = _type(table, name, channel_keys)
    known = channel_keys.get(type_name)
    secret_keys = _secret_keys(table, known)
    if known is not None:
        table.only([*known.keys.split(), *secret_keys, *COMMON])
    own = ("type", "enabled", "seconds", "pages", *secret_keys)
    _check_base_url(table)
    return ChannelSettings(
        name=name,
        type=type_name,
        options=MappingProxyType({k: v for k, v in table.values.items() if k not in own}),
        secrets=MappingProxyType(
            {k: _reference(table, k) for k in secret_keys if k in table.values}
        ),
        line=table.line,
        enabled=table.flag("enabled", True),
        seconds=table.number("seconds", 60, least=1, most=3600)
        if "seconds" in table.values
        else None,
        pages=table.whole("pages", 50, least=1, most=10_000) if "pages" in table.values else None,
    )


def _type(table: Table, name: str, channel_keys: Mapping[str, ChannelKeys]) -> str:
    """The type; one that is not built in may be installed, which only a fetch looks up."""
    type_name = table.text("type", name)
    if "type" not in table.values and name not in channel_keys:
        near = nearest(name, channel_keys, cutoff=0.8)
        if near:
            raise table.error("type", f'{table.name}: I do not know the channel type "{shown(name)}".',
                f'did you mean {near}? A name of your own needs a line: type = "{near}"')  # fmt: skip
    return type_name


def _secret_keys(table: Table, known: ChannelKeys | None) -> list[str]:
    if known is not None:
        return known.secrets.split()
    return [k for k, v in table.values.items() if k in _OFTEN_SECRET or _is_reference(v)]


def _is_reference(value: object) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in REF_KINDS


def _reference(table: Table, key: str) -> SecretRef:
    name = table.path[-1]
    use = f'use {key} = {{ env = "NAME" }}, or: socialcare channel login {name}'
    return read_reference(table, key, use)


def read_reference(table: Table, key: str, use: str) -> SecretRef:
    """Where a secret is kept. Nothing of the value is ever shown: it may be the secret itself."""
    value = table.values[key]
    if isinstance(value, str):
        raise table.error(key, f"{table.name} {key} must not stand in the config itself.", use)
    if not isinstance(value, dict):
        raise table.error(
            key, f"{table.name} {key} must say where the secret is kept, not {kind(value)}.", use
        )
    if len(value) != 1:
        raise table.error(key, f"{table.name} {key} must name exactly one place.", use)
    where, place = next(iter(value.items()))
    for ref_kind in REF_KINDS:
        if where == ref_kind and isinstance(place, str) and place.strip():
            return SecretRef(ref_kind, _place(table, ref_kind, place))
    if where in REF_KINDS:
        raise table.error(key, f"{table.name} {key}: {where} must be a text in quotes.", use)
    raise table.error(
        key,
        f'{table.name} {key}: I do not know the place "{shown(where)}".',
        suggestion(where, REF_KINDS),
    )


def _place(table: Table, ref_kind: RefKind, place: str) -> str:
    """A relative file begins at the folder of the config file, as everywhere in the config."""
    return str(table.document.path.parent / expand(place)) if ref_kind == "file" else place


def _check_base_url(table: Table) -> None:
    url = table.text("base_url")
    if url and not url.startswith(("http://", "https://")):
        raise table.error(
            "base_url",
            f"{table.name} base_url is not an address.",
            'write for example: base_url = "https://…"',
        )
