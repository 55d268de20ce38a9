"""From the config file to :class:`Settings`. Every mistake is told with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from socialcare.errors import ConfigError
from socialcare.settings import answer_by, notify, orders, reply, report, routing, urls
from socialcare.settings.channel_table import NAME, ChannelKeys, read_channel
from socialcare.settings.document import Document, read_document
from socialcare.settings.model import (
    Brand,
    ChannelSettings,
    PriorityWeights,
    Settings,
    Spike,
    TopicRule,
)
from socialcare.settings.paths import Paths, expand
from socialcare.settings.table import Table, shown, shown_path, suggestion
from socialcare.vocabulary import PRIORITIES, Priority

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "brand": ("name", "watch", "require", "ignore", "handles", "language", "languages"),
    "channels": (),
    "answer_by": answer_by.KEYS,
    "priority": tuple(field.name for field in fields(PriorityWeights)),
    "topics": (),
    "reply": reply.KEYS,
    "ui": ("accessible",),
    "network": ("proxy",),
    "fetch": ("pages", "channel_seconds", "run_seconds"),
    "files": ("database", "snippets"),
    "keep": ("days",),
    "team": ("share",),
    "orders": orders.KEYS,
    "queries": (),
    "urls": (),
    "alerts": ("spike", "late", "cooldown"),
    "report": report.KEYS,
    "goals": report.GOALS,
}
"""What this version acts on. ``channels``, ``topics``, ``queries`` and ``urls`` hold names of the
user's own."""

LISTS = ("rule", "duty", "notify")
"""Sections in double brackets that this version acts on."""

MORE_KEYS: Mapping[str, tuple[str, ...]] = {
    "answer_by": answer_by.MORE_KEYS,
    "report": report.MORE_KEYS,
}
"""Acted on where they are written; without a default, so the sample only tells of them."""

LATER_KEYS: Mapping[str, tuple[str, ...]] = {
    "answer_by": ("soon",),
}
LATER_SECTIONS: Mapping[str, type] = {
    "campaign": list,
}
"""Documented, accepted and named in ``Settings.not_used_yet``."""

_SHARES: tuple[Literal["off", "group"], ...] = ("off", "group")
_SPIKES: tuple[Spike, ...] = get_args(Spike)
_LEAST_KEPT = 30
_PROXIES = ("http://", "https://", "socks5://")


def load_settings(where: Paths | Path | None, channel_keys: Mapping[str, ChannelKeys]) -> Settings:
    """Read the config. ``channel_keys`` is the registry of channel types.

    A file that somebody named must be there; where the default place is empty, and with
    None, everything has its default. ``Paths.with_files`` applies ``[files]`` afterwards.

    Raises
    ------
    ConfigError
        With the line, what is wrong with it, and what to write instead.

    """
    path = where.config_file if isinstance(where, Paths) else where
    required = where.config_required if isinstance(where, Paths) else True
    document = read_document(path) if path is not None else None
    if document is not None:
        return settings_from(document, channel_keys)
    if path is not None and required:
        raise ConfigError(
            f"there is no config file {shown_path(path)}.", "make one: socialcare init"
        )
    return Settings()


def settings_from(document: Document, channel_keys: Mapping[str, ChannelKeys]) -> Settings:
    root = Table(document, (), document.data)
    _check_sections(root)
    fetch, network, files = root.table("fetch"), root.table("network"), root.table("files")
    default = Settings()
    channels = _channels(root.table("channels"), channel_keys)
    return Settings(
        path=document.path,
        brand=_brand(root.table("brand")),
        channels=channels,
        answer_by=answer_by.read_answer_by(root.table("answer_by")),
        priority=_priority(root.table("priority")),
        topics=_topics(root.table("topics")),
        reply=reply.read_reply(root.table("reply")),
        accessible=root.table("ui").flag("accessible", default.accessible),
        proxy=_proxy(network),
        pages_per_run=fetch.whole("pages", default.pages_per_run, least=1, most=10_000),
        channel_seconds=fetch.number(
            "channel_seconds", default.channel_seconds, least=1, most=3600
        ),
        run_seconds=fetch.number("run_seconds", default.run_seconds, least=1, most=86_400),
        database=_file(files, "database"),
        snippets=_file(files, "snippets"),
        keep_days=_keep_days(root.table("keep")),
        share=root.table("team").choice("share", _SHARES, default.share),
        order_pattern=orders.read_order_pattern(root.table("orders")),
        rules=routing.read_rules(root),
        duties=routing.read_duties(root),
        queries=routing.read_queries(root.table("queries")),
        urls=urls.read_urls(root.table("urls")),
        report=report.read_report(root.table("report")),
        goals=report.read_goals(root.table("goals")),
        spike=root.table("alerts").choice("spike", _SPIKES, default.spike),
        late_from=root.table("alerts").whole("late", default.late_from, least=1, most=1_000_000),
        cooldown=root.table("alerts").duration("cooldown", default.cooldown),
        notify=notify.read_notify(root, channels),
        not_used_yet=_not_used_yet(root.values),
    )


def _check_sections(root: Table) -> None:
    for name, value in root.values.items():
        if name in LISTS:
            routing.check_list(root, name)
        elif name in LATER_SECTIONS:
            _check_later(root, name)
        elif name in SECTIONS:
            table = root.table(name)
            if SECTIONS[name]:
                more = (*MORE_KEYS.get(name, ()), *LATER_KEYS.get(name, ()))
                table.only([*SECTIONS[name], *more])
        elif isinstance(value, dict | list):
            known = [*SECTIONS, *LISTS, *LATER_SECTIONS]
            raise root.error(
                name,
                f"I do not know the section [{shown(name)}].",
                suggestion(name, known, "sections"),
            )
        else:
            _lonely_key(root, name)


def _lonely_key(root: Table, name: str) -> None:
    home = next((section for section, keys in SECTIONS.items() if name in keys), "brand")
    raise root.error(
        name,
        f'"{shown(name)}" stands outside every section.',
        f"put it below its section: [{home}]",
    )


def _check_later(root: Table, name: str) -> None:
    if LATER_SECTIONS[name] is dict:
        root.table(name)
    else:
        routing.check_list(root, name)


def _not_used_yet(data: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    for name, value in data.items():
        if name in LATER_SECTIONS:
            found.append(f"[[{name}]]" if LATER_SECTIONS[name] is list else f"[{name}]")
        found += [f"[{name}] {key}" for key in LATER_KEYS.get(name, ()) if key in value]
    return tuple(found)


def _brand(table: Table) -> Brand:
    default = Brand()
    return Brand(
        name=table.text("name").strip(),
        watch=_words(table, "watch"),
        require=_words(table, "require"),
        ignore=_words(table, "ignore"),
        handles=_words(table, "handles"),
        language=table.text("language", default.language),
        languages=_languages(table),
    )


def _languages(table: Table) -> tuple[str, ...]:
    codes = table.texts("languages")
    for index, code in enumerate(codes):
        if not (len(code) == 2 and code.isascii() and code.isalpha() and code.islower()):
            message = f'{table.name} languages: "{shown(code)}" is no code of two small letters.'
            hint = 'write for example: languages = ["en", "de"]'
            raise table.document.error((*table.path, "languages", index), message, hint)
    return tuple(dict.fromkeys(codes))


def _words(table: Table, key: str) -> tuple[str, ...]:
    """Texts with something in them: an empty one would match every mention."""
    return _not_blank(table, (key,), table.texts(key))


def _not_blank(table: Table, keys: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    for index, word in enumerate(words):
        if not word.strip():
            message = (
                f"{table.name} {shown(keys[0])} holds an empty text, which would match everything."
            )
            raise table.document.error((*table.path, *keys, index), message, 'take out the ""')
    return tuple(word.strip() for word in words)


def _channels(
    table: Table, channel_keys: Mapping[str, ChannelKeys]
) -> Mapping[str, ChannelSettings]:
    channels = {name: read_channel(table, name, channel_keys) for name in table.values}
    return MappingProxyType(channels)


def _priority(table: Table) -> PriorityWeights:
    default = PriorityWeights()
    weights = PriorityWeights(**{
        name: table.whole(name, getattr(default, name), least=-1000, most=1000)
        for name in SECTIONS["priority"]
    })  # fmt: skip
    if not weights.urgent_from > weights.high_from > weights.normal_from:
        key = next(
            (key for key in ("urgent_from", "high_from", "normal_from") if key in table.values),
            "urgent_from",
        )
        raise table.error(key, f"{table.name} urgent_from must be above high_from, and that above normal_from.",
            f"now: {weights.urgent_from}, {weights.high_from}, {weights.normal_from}")  # fmt: skip
    return weights


def _topics(table: Table) -> Mapping[str, TopicRule]:
    return MappingProxyType({name: _topic(table, name) for name in table.values})


def _topic(topics: Table, name: str) -> TopicRule:
    if not NAME.fullmatch(name):
        raise topics.error(
            name, f'[topics] "{shown(name)}" cannot be a name.', "use letters, digits, - and _"
        )
    value = topics.values[name]
    if not isinstance(value, dict):
        words = topics.strings((name,), value)
        return TopicRule(_not_blank(topics, (name,), words))
    table = topics.table(name)
    table.only(("words", "priority"))
    priority: Priority | None = None
    if "priority" in table.values:
        priority = table.choice("priority", PRIORITIES, "normal")
    return TopicRule(_words(table, "words"), priority)


def _keep_days(table: Table) -> int:
    """What is erased is gone: a 4 for 400 must not do that by itself."""
    days = table.whole("days", Settings().keep_days, least=0, most=36_500)
    if 0 < days < _LEAST_KEPT:
        raise table.error(
            "days",
            f"{table.name} days must be 0, or {_LEAST_KEPT} or more.",
            f"erase younger ones by hand: socialcare forget --older-than {days}d",
        )
    return days


def _proxy(table: Table) -> str | None:
    """Never shown: a proxy address may hold a password."""
    proxy = table.text("proxy").strip()
    if proxy and not proxy.startswith(_PROXIES):
        raise table.error(
            "proxy",
            "[network] proxy is not an address.",
            'write for example: proxy = "http://proxy.example:3128"',
        )
    return proxy or None


def _file(table: Table, key: str) -> Path | None:
    """A path in the config; a relative one begins at the folder of the config file."""
    text = table.text(key)
    return table.document.path.parent / expand(text) if text else None
