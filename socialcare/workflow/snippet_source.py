"""A ready-made answer that begins with one that was given: what is personal becomes a variable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from socialcare.errors import NotFoundError
from socialcare.inbox import knowledge
from socialcare.inbox.orders import numbers_in
from socialcare.inbox.reading import records
from socialcare.settings.table import shown
from socialcare.snippets.library import address_of
from socialcare.snippets.model import Header
from socialcare.snippets.reading import written
from socialcare.snippets.template import escaped
from socialcare.text import for_screen
from socialcare.workflow.snippets import Shelf

_SHORTEST_NAME = 2


def page_from(shelf: Shelf, name: str, record: Mapping[str, Any]) -> str:
    """The file of a new snippet, from what was answered to a mention last.

    Of a mention that is itself somebody's answer to another customer, it is that text, and says
    whose it is.

    Raises
    ------
    NotFoundError
        Nobody has answered it, and it answers nobody.

    """
    assert shelf.db is not None, "the mention was read from it"
    sent = knowledge.last_sent(shelf.db, record["id"])
    if sent is not None:
        text = impersonal(sent.body, record, shelf, sent.who)
        return written(header_for(name, record), text)
    other = knowledge.by_customer(shelf.db, record["id"])
    if other is None:
        raise NotFoundError(
            f"{record['id']} has no answer that was sent.",
            f"see what happened: socialcare show {record['id']}   or write it:"
            f" socialcare snippet edit {shown(name)}",
            code="no_answer",
        )
    (asked,) = records(shelf.db, [other.asked], shelf.now)
    source = for_screen(", ".join(filter(None, (other.who, other.url))), one_line=True)
    text = impersonal(other.text, asked, shelf, None)
    return written(header_for(name, asked, source), text)


def new_page(name: str) -> str:
    """What a snippet begins with that nobody has written yet."""
    return written(header_for(name, {"topics": ()}), "Thank you for writing, {first_name}.")


def header_for(name: str, record: Mapping[str, Any], source: str | None = None) -> Header:
    address = address_of(name)
    title = address.name.replace("-", " ").replace("_", " ").capitalize()
    return Header(title, topics=tuple(record["topics"]), source=source)


def impersonal(text: str, record: Mapping[str, Any], shelf: Shelf, me: str | None) -> str:
    """The text with names, handles and order numbers as variables."""
    text = escaped(text.strip())
    for pattern, variable in _personal(text, record, shelf, me):
        text = pattern.sub(variable, text)
    return text


def _personal(
    text: str, record: Mapping[str, Any], shelf: Shelf, me: str | None
) -> Iterator[tuple[re.Pattern[str], str]]:
    """The longest first: a handle holds the name, and a name its first word."""
    assert shelf.db is not None, "the mention was read from it"
    if me:
        signature = rf"(?<=\n)([-–—~^] ?){re.escape(me)}\s*\Z"
        yield re.compile(signature, re.IGNORECASE), r"\g<1>{me}"
    author, name = record["author"] or "", (record["author_name"] or "").strip()
    for handle in dict.fromkeys((author, f"@{author.strip('@').partition('@')[0]}")):
        if len(handle) > _SHORTEST_NAME:
            yield _whole(handle), "{handle}"
    if len(name) >= _SHORTEST_NAME:
        yield _whole(name), "{name}" if len(name.split()) > 1 else "{first_name}"
        first = name.split()[0].rstrip(".,")
        if len(first) >= _SHORTEST_NAME:
            yield _whole(first), "{first_name}"
    own, rest = knowledge.texts_of(shelf.db, record["id"])
    numbers = numbers_in([*own, *rest, text], shelf.settings.order_pattern)
    for number in sorted(numbers, key=len, reverse=True):
        yield _whole(number), "{order}"


def _whole(word: str) -> re.Pattern[str]:
    """Not within another word, and not in braces: there it is a variable already."""
    return re.compile(rf"(?<![\w{{]){re.escape(word)}(?![\w}}])", re.IGNORECASE)
