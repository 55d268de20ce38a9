"""The rules that corrections taught: ``learned.toml``, beside the config file.

One line is one rule, to be read, changed, deleted and kept in git. The header of a new
file says how a line is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from socialcare.errors import ConfigError
from socialcare.settings.atomic import one_at_a_time, replace_file
from socialcare.settings.channel_table import NAME
from socialcare.settings.document import Document, fault, parse_document, read_document
from socialcare.settings.model import Brand, Settings
from socialcare.settings.table import Table, kind, shown, suggestion
from socialcare.settings.toml_text import with_value

RuleKind = Literal["label", "topic", "ignore"]
LABEL_SECTIONS = ("complaint", "question", "praise", "other")
SECTIONS = (*LABEL_SECTIONS, "topics", "ignore")
WEIGHT = 1.0
"""Log-odds of a line that gives none."""
MOST_WEIGHT = 5.0
_LOOK = "look at the rights of its folder: socialcare config path"
HEADER = """\
# What your corrections taught socialcare. `socialcare learn --apply` adds lines; change
# or delete them as you like. `socialcare learn --reset` takes them all away.
#
# [complaint], [question], [praise], [other]: words that speak for the label, with their
# weight in log-odds, as `socialcare classify TEXT` shows the weights of its reasons.
# [topics.NAME]: words that decide the topic. [ignore]: words that mean somebody else.
# "corrections" says how many of your corrections a line rests on.
"""


@dataclass(frozen=True, slots=True)
class LearnedRule:
    """``phrase`` speaks for ``target``: a label or a topic; nothing for ``ignore``."""

    kind: RuleKind
    phrase: str
    target: str = ""
    weight: float = WEIGHT
    """Log-odds; only labels have one."""
    corrections: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """Where its line stands."""
        section = {"label": (self.target,), "topic": ("topics", self.target), "ignore": ("ignore",)}
        return (*section[self.kind], self.phrase)

    @property
    def values(self) -> dict[str, object]:
        weight = {"weight": self.weight} if self.kind == "label" else {}
        return {**weight, "corrections": self.corrections}


def learned_rules(settings: Settings) -> tuple[LearnedRule, ...]:
    """The rules that count; none where nothing was learned."""
    return read_learned(settings.learned) if settings.learned else ()


def brand_with(brand: Brand, rules: Sequence[LearnedRule]) -> Brand:
    """The brand, which the learned phrases do not mean either."""
    phrases = tuple(rule.phrase for rule in rules if rule.kind == "ignore")
    return replace(brand, ignore=(*brand.ignore, *phrases)) if phrases else brand


def read_learned(path: Path) -> tuple[LearnedRule, ...]:
    """Read the file; one that is not there has no rules.

    Raises
    ------
    ConfigError
        With the line, what is wrong with it, and what to write instead.

    """
    document = read_document(path)
    return () if document is None else rules_in(document)


def rules_in(document: Document) -> tuple[LearnedRule, ...]:
    root = Table(document, (), document.data)
    return tuple(_rules(root))


def add_rules(path: Path, rules: Sequence[LearnedRule]) -> None:
    """Add lines to the file, or make it; what stands in it stays as it is.

    Raises
    ------
    ConfigError
        The file is wrong, cannot be written, or is laid out so that only a person can add to it.

    """
    with one_at_a_time(path):
        document = read_document(path)
        text = HEADER if document is None else path.read_text("utf-8-sig").replace("\r\n", "\n")
        before = () if document is None else rules_in(document)
        for rule in rules:
            text = with_value(text, rule.keys, rule.values)
        _check(path, text, {*before, *rules})
        replace_file(path, text.encode())


def _check(path: Path, text: str, wanted: set[LearnedRule]) -> None:
    try:
        found = set(rules_in(parse_document(path, text.encode())))
    except ConfigError:
        found = set()
    if found != wanted:
        hint = "add them by hand; see them with: socialcare learn --json"
        raise fault(path, None, "it is written in a way that I cannot add to.", hint)


def reset(path: Path, now: datetime) -> Path | None:
    """Take the rules away; return where the copy lies, or None where there was no file.

    Raises
    ------
    ConfigError
        The folder cannot be written.

    """
    with one_at_a_time(path):
        try:
            old = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise fault(path, None, f"cannot be read: {error.strerror}.", _LOOK) from None
        copy = _free(path.with_name(f"{path.stem}-{now:%Y%m%d-%H%M%S}.toml"))
        replace_file(copy, old)
        try:
            path.unlink()
        except OSError as error:
            raise fault(path, None, f"cannot be removed: {error.strerror}.", _LOOK) from None
        return copy


def _free(path: Path) -> Path:
    """The name, or with a number behind it where there is such a file."""
    stem, number = path.stem, 1
    while path.exists():
        number += 1
        path = path.with_stem(f"{stem}-{number}")
    return path


def _rules(root: Table) -> Iterator[LearnedRule]:
    for name in root.values:
        if name not in SECTIONS:
            raise root.error(
                name,
                f"I do not know the section [{shown(name)}].",
                suggestion(name, SECTIONS, "sections"),
            )
        table = root.table(name)
        if name == "topics":
            for topic in table.values:
                yield from _topic(table, topic)
        else:
            yield from _section(table, "ignore" if name == "ignore" else "label", name)


def _topic(topics: Table, name: str) -> Iterator[LearnedRule]:
    if not NAME.fullmatch(name):
        raise topics.error(
            name, f'[topics] "{shown(name)}" cannot be a name.', "use letters, digits, - and _"
        )
    return _section(topics.table(name), "topic", name)


def _section(table: Table, rule_kind: RuleKind, name: str) -> Iterator[LearnedRule]:
    target = "" if rule_kind == "ignore" else name
    known = ("weight", "corrections") if rule_kind == "label" else ("corrections",)
    for phrase, value in table.values.items():
        if not isinstance(value, Mapping):
            sample = ", ".join(f"{key} = 1" for key in known)
            message = f'{table.name} "{shown(phrase)}" must be {{ … }}, not {kind(value)}.'
            raise table.error(phrase, message, f'write: "{shown(phrase)}" = {{ {sample} }}')
        if not any(char.isalnum() for char in phrase):
            raise table.error(phrase, f'{table.name} "{shown(phrase)}" has no word.', "take it out")
        line = table.table(phrase)
        line.only(known)
        yield LearnedRule(
            rule_kind,
            phrase,
            target,
            line.number("weight", WEIGHT, least=-MOST_WEIGHT, most=MOST_WEIGHT),
            line.whole("corrections", 0, least=0, most=1_000_000),
        )
