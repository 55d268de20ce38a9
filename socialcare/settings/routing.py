"""``[[rule]]``, ``[[duty]]`` and ``[queries]``: who gets what, and words saved under a name.

Whether the words of a query are right is not known here: ``inbox.rules`` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from socialcare.settings.channel_table import NAME
from socialcare.settings.model import Duty, RoutingRule, SavedQuery, Week
from socialcare.settings.table import Table, kind, shown
from socialcare.vocabulary import PRIORITIES, Priority

RULE_KEYS = ("name", "when", "set")
SET_KEYS = ("owner", "priority", "tag", "topic")
DUTY_KEYS = ("person", "hours", "topics")
_NOBODY = ("me", "none")
_SET_EXAMPLE = 'set = { owner = "mia", tag = "courier", priority = "high" }'
_PARTS = re.compile(r'[^\s"]*"[^"]*"|\S+')


def check_list(root: Table, name: str) -> None:
    """Raise ConfigError unless it is a section in double brackets."""
    value = root.values[name]
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return
    message = f"[[{name}]] must be a section in double brackets, not {kind(value)}."
    raise root.error(name, message, f"write [[{name}]] above each one")


def read_rules(root: Table) -> tuple[RoutingRule, ...]:
    rules: dict[str, RoutingRule] = {}
    for number, table in enumerate(_tables(root, "rule"), start=1):
        rule = _rule(table, number)
        if rule.name in rules:
            message = f'{table.name} name: there is a rule "{shown(rule.name)}" already.'
            raise table.error("name", message, "give each one a name of its own")
        rules[rule.name] = rule
    return tuple(rules.values())


def _tables(root: Table, name: str) -> Iterator[Table]:
    for index, values in enumerate(root.values.get(name, ())):
        yield Table(root.document, (name, index), values)


def _rule(table: Table, number: int) -> RoutingRule:
    table.only(RULE_KEYS)
    wanted = table.table("set")
    wanted.only(SET_KEYS)
    when = _needed(table, "when", 'when = "topic:delivery"')
    if not wanted.values:
        raise table.error(
            "set", f"{table.name} sets nothing.", f"write for example: {_SET_EXAMPLE}"
        )
    priority: Priority | None = None
    if "priority" in wanted.values:
        priority = wanted.choice("priority", PRIORITIES, "normal")
    return RoutingRule(
        name=_rule_name(table, number),
        when=when,
        owner=_person(wanted, "owner") if "owner" in wanted.values else None,
        priority=priority,
        tags=_words(wanted, "tag"),
        topics=_words(wanted, "topic"),
        line=table.document.lines.find((*table.path, "when")),
    )


def _rule_name(table: Table, number: int) -> str:
    name = table.text("name", str(number)).strip()
    if not NAME.fullmatch(name):
        message = f'{table.name} "{shown(name)}" cannot be a name.'
        raise table.error("name", message, "use letters, digits, - and _")
    return name


def _needed(table: Table, key: str, example: str) -> str:
    text = table.text(key).strip()
    if not text:
        raise table.error(key, f"{table.name} needs {key}.", f"write for example: {example}")
    return text


def _person(table: Table, key: str) -> str:
    name = _needed(table, key, f'{key} = "mia"')
    if name.lower() in _NOBODY:
        message = f'{table.name} {key}: "{shown(name)}" is no name.'
        raise table.error(key, message, f'write for example: {key} = "mia"')
    return name


def _words(table: Table, key: str) -> tuple[str, ...]:
    """A text, or a list of texts, without blanks inside: they are typed in queries."""
    value = table.values.get(key, [])
    words = (value,) if isinstance(value, str) else table.strings((key,), value)
    for word in words:
        if not word.strip() or re.search(r'[\s,"]', word.strip()):
            message = f'{table.name} {key}: "{shown(word)}" is not one word.'
            raise table.error(key, message, f'write for example: {key} = ["vip", "courier"]')
    return tuple(dict.fromkeys(word.strip() for word in words))


def read_duties(root: Table) -> tuple[Duty, ...]:
    return tuple(_duty(table) for table in _tables(root, "duty"))


def _duty(table: Table) -> Duty:
    table.only(DUTY_KEYS)
    return Duty(_person(table, "person"), _hours(table), _words(table, "topics"))


def _hours(table: Table) -> Week:
    text = table.text("hours").strip()
    if not text:
        return ()
    from socialcare.settings.hours import HoursError, parse_hours

    try:
        return parse_hours(text)
    except HoursError as error:
        raise table.error("hours", f"{table.name} hours: {error}", error.hint) from None


def read_queries(table: Table) -> Mapping[str, SavedQuery]:
    found: dict[str, SavedQuery] = {}
    for name in table.values:
        if not NAME.fullmatch(name):
            message = f'{table.name} "{shown(name)}" cannot be a name.'
            raise table.error(name, message, "use letters, digits, - and _")
        words = _needed(table, name, f'{name} = "is:late topic:delivery"')
        found[name] = SavedQuery(words, table.document.lines.find((*table.path, name)))
    for name in found:
        _no_circle(table, found, name)
    return MappingProxyType(found)


def _no_circle(table: Table, queries: Mapping[str, SavedQuery], name: str) -> None:
    """What a saved query means must come to an end."""
    reached, ahead = set[str](), list(_used(queries[name].words))
    while ahead:
        other = ahead.pop()
        if other == name:
            message = f"{table.name} {shown(name)}: it uses itself, by @{shown(name)}."
            raise table.error(name, message, "write out what it means")
        if other in queries and other not in reached:
            reached.add(other)
            ahead += _used(queries[other].words)


def _used(words: str) -> Iterator[str]:
    for word in _PARTS.findall(words):
        bare = word.removeprefix("-")
        if bare.startswith("@"):
            yield bare[1:]
