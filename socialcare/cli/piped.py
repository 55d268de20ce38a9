"""Ids on standard input: what ``-`` means wherever mentions are chosen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from socialcare.errors import UsageError
from socialcare.inbox.query import is_named

if TYPE_CHECKING:
    from socialcare.cli.context import App

_HINT = "one id a line: socialcare inbox --format ids | socialcare set - --owner me"


def named_words(run: App, what: Sequence[str]) -> tuple[list[str], bool]:
    """The words that choose, and whether they came through the pipe; an empty word is none.

    Raises
    ------
    UsageError
        ``-`` beside others, or something there that is no id.

    """
    if "-" not in what:
        return [word for word in what if word.strip()], False
    if len(what) > 1:
        raise UsageError(
            '"-" goes alone: it reads ids from standard input.', "write them there, one a line"
        )
    return list(_from_stdin(run)), True


def _from_stdin(run: App) -> Iterator[str]:
    """Ids, ranges or addresses, one a line, or JSON Lines with an ``id``, or a JSON array of them.

    Raises
    ------
    UsageError
        A line is none of these: a word among them must not become a query.

    """
    for number, line in enumerate(run.streams.stdin, start=1):
        text = line.strip().lstrip("\ufeff")
        items = _array(text)
        if items is not None:
            yield from (_id_of(item, number) for item in items)
        elif text.startswith(("{", "[")):
            # The lines of an array: one record each, between brackets and commas.
            text = text.lstrip("[").rstrip(",]").strip()
            yield from [_id_of(_parsed(text), number)] if text else []
        elif text.strip("],"):
            yield from _named(text, number)


def _array(text: str) -> list[Any] | None:
    """A whole array on one line, of records or of ids."""
    found = _parsed(text) if text.startswith("[") else None
    return found if isinstance(found, list) else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _named(text: str, number: int) -> Iterator[str]:
    for word in text.rstrip(",").split():
        if not is_named(word):
            raise UsageError(
                f'line {number} of standard input is no id: "{word[:60]}".',
                _HINT,
            )
        yield word


def _id_of(item: Any, number: int) -> str:
    id_ = item.get("id") if isinstance(item, dict) else item
    word = str(id_) if isinstance(id_, int | str) and not isinstance(id_, bool) else ""
    if not word.isdecimal() or not is_named(word):
        raise UsageError(f'line {number} of standard input has no "id".', _HINT)
    return word
