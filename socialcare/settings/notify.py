"""``[[notify]]``: who is told of urgent mentions, alerts and work that was given to them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import timedelta

from socialcare.settings.channel_table import NAME, read_reference
from socialcare.settings.model import ChannelSettings, Notify, SecretRef
from socialcare.settings.table import Table, shown, suggestion

ALERTS = ("spike", "late", "channel", "silent")
TOPICS = ("urgent", "alert", *ALERTS, "duty")
WAYS = ("command", "webhook", "mail")
KEYS = ("name", "on", *WAYS, "secret", "channel", "person", "digest", "seconds")
_ON = 'on = ["urgent", "alert"]'
_ADDRESS = re.compile(r"[^\s@<>,;:\"\x00-\x1f]{1,64}@[\w.-]{1,253}")
_SIGNED_BY = 'use secret = { env = "ACME_HOOK_SECRET" }'


def read_notify(root: Table, channels: Mapping[str, ChannelSettings]) -> tuple[Notify, ...]:
    found: dict[str, Notify] = {}
    for table in _tables(root):
        way = _way(table)
        name = _name(table, way, found)
        found[name] = _target(table, way, name, channels)
    return tuple(found.values())


def _tables(root: Table) -> Iterator[Table]:
    for index, values in enumerate(root.values.get("notify", ())):
        yield Table(root.document, ("notify", index), values)


def _target(table: Table, way: str, name: str, channels: Mapping[str, ChannelSettings]) -> Notify:
    table.only(KEYS)
    _only_with(table, way, "secret", "webhook")
    _only_with(table, way, "channel", "mail")
    default = Notify(name, frozenset())
    return Notify(
        name=name,
        on=_on(table),
        command=_command(table) if way == "command" else (),
        webhook=_webhook(table) if way == "webhook" else None,
        secret=read_reference(table, "secret", _SIGNED_BY) if "secret" in table.values else None,
        mail=_mail(table) if way == "mail" else None,
        channel=_channel(table, channels) if way == "mail" else None,
        person=table.text("person").strip() or None,
        digest=_digest(table, default.digest),
        seconds=table.number("seconds", default.seconds, least=1, most=60),
    )


def _way(table: Table) -> str:
    ways = [way for way in WAYS if way in table.values]
    if len(ways) == 1:
        return ways[0]
    message = f"{table.name} needs exactly one of {', '.join(WAYS)}"
    key = ways[1] if ways else "on"
    told = f"{message}; it has {len(ways)}." if ways else f"{message}."
    raise table.error(key, told, "write another [[notify]] for each further one")


def _name(table: Table, way: str, taken: Mapping[str, Notify]) -> str:
    """Its own, else that of its way: ``webhook``, ``webhook-2``."""
    name = table.text("name").strip()
    if not name:
        name, number = way, 1
        while name in taken:
            number += 1
            name = f"{way}-{number}"
    if not NAME.fullmatch(name):
        message = f'{table.name} "{shown(name)}" cannot be a name.'
        raise table.error("name", message, "use letters, digits, - and _")
    if name in taken:
        message = f'{table.name} name: there is a "{shown(name)}" already.'
        raise table.error("name", message, "give each one a name of its own")
    return name


def _only_with(table: Table, way: str, key: str, owner: str) -> None:
    if key in table.values and way != owner:
        message = f"{table.name} {key} is only for a {owner}."
        raise table.error(key, message, f"take out {key}")


def _on(table: Table) -> frozenset[str]:
    topics = table.texts("on")
    for topic in topics:
        if topic not in TOPICS:
            message = f'{table.name} on: I do not know "{shown(topic)}".'
            raise table.error("on", message, suggestion(topic, TOPICS))
    if not topics:
        raise table.error("on", f"{table.name} says of nothing.", f"write for example: {_ON}")
    alerts = ALERTS if "alert" in topics else ()
    return frozenset(topics) - {"alert"} | frozenset(alerts)


def _command(table: Table) -> tuple[str, ...]:
    text = table.text("command")
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if not words or not words[0] or "\x00" in text:
        message = f"{table.name} command cannot be run."
        example = 'write for example: command = "/usr/local/bin/post-to-chat"'
        raise table.error("command", message, example)
    return tuple(words)


def _webhook(table: Table) -> str | SecretRef:
    """An address that lets in whoever knows it is kept as a secret."""
    value = table.values["webhook"]
    if isinstance(value, dict):
        return read_reference(table, "webhook", 'use webhook = { env = "ACME_HOOK" }')
    url = table.text("webhook").strip()
    if not url.startswith(("http://", "https://")) or not url.isprintable() or " " in url:
        message = f"{table.name} webhook is not an address."
        raise table.error("webhook", message, 'write for example: webhook = "https://…"')
    return url


def _mail(table: Table) -> str:
    address = table.text("mail").strip()
    if not _ADDRESS.fullmatch(address):
        message = f"{table.name} mail is no mail address."
        raise table.error("mail", message, 'write for example: mail = "mia@acme.example"')
    return address


def _channel(table: Table, channels: Mapping[str, ChannelSettings]) -> str:
    """The one that is named, else the first mailbox there is."""
    mailboxes = [name for name, channel in channels.items() if channel.type == "email"]
    name = table.text("channel").strip() or (mailboxes[0] if mailboxes else "")
    if name in mailboxes:
        return name
    if not mailboxes:
        message = f"{table.name} mail needs a channel of type email to go out from."
        raise table.error("mail", message, "add one: socialcare channel add email:you@acme.example")
    message = f'{table.name} channel: "{shown(name)}" is no channel of type email.'
    raise table.error("channel", message, suggestion(name, mailboxes))


def _digest(table: Table, default: timedelta | None) -> timedelta | None:
    if table.values.get("digest") == "off":
        return None
    return table.duration("digest", default or timedelta(hours=1))
