"""``show 60`` of a post of our own: what it says, how it stands, and who wrote back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from socialcare.errors import UsageError
from socialcare.inbox.own_posts import own_post, story_of
from socialcare.output.layout import wrap
from socialcare.output.words import ago_spoken, count, moment, span_ago
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App

_BAR = "─"


def show_own(run: App, ids: Sequence[int], *, as_json: bool) -> bool:
    """Show them, where all that was named are posts of our own; False where none is.

    Raises
    ------
    UsageError
        Some are, and some are mentions: those have other facts.

    """
    db = run.read()
    found = [] if db is None else [(id_, own_post(db, id_)) for id_ in ids]
    own = [record for _, record in found if record is not None]
    if db is None or not own:
        return False
    if len(own) < len(found):
        raise UsageError(
            f"{own[0]['id']} is a post of our own, and others that you name are mentions.",
            f"show them one after the other: socialcare show {own[0]['id']}",
        )
    whole = [record | story_of(db, record["id"]) for record in own]
    if as_json:
        _as_json(run, whole)
        return True
    for number, record in enumerate(whole):
        run.screen.data(*([""] if number else []), *_drawn(run, record))
    return True


def _as_json(run: App, records: Sequence[Mapping[str, Any]]) -> None:
    from socialcare.output.formats import write_object, write_records
    from socialcare.output.schema import schema

    fields = tuple(schema("own-post")["properties"])
    told = [{name: record.get(name) for name in fields} for record in records]
    if len(told) == 1:
        write_object(run.screen, told[0])
    else:
        write_records(run.screen, told, "json", fields=fields)


def _drawn(run: App, record: Mapping[str, Any]) -> Iterator[str]:
    width = run.streams.width
    head = f"#{record['id']}  post of our own  {record['state'] or 'not written'}"
    if run.accessible:
        yield from wrap(f"{head.replace('  ', ', ')[1:]}.", width)
    else:
        yield f"{head} {_BAR * max(0, width - len(head) - 1)}".rstrip()
    where = _where(run, record)
    yield from wrap(f"{where[0].upper()}{where[1:]}." if run.accessible else where, width)
    yield ""
    for text in _texts(record):
        yield from wrap(text, width, "    ")
        yield ""
    for line in _standing(record):
        yield from wrap(line, width)


def _where(run: App, record: Mapping[str, Any]) -> str:
    """``on mastodon, by leo, approved by ana, 2h12 ago, 3 likes``."""
    when = moment(record["sent_at"] or record["updated_at"] or record["created_at"])
    assert when is not None, "it has a time"
    span = run.clock.now() - when
    parts = [
        f"on {for_screen(record['channel'], one_line=True)}",
        *_by("by", record["author"]),
        *_by("approved by", record["approved_by"] if record["state"] != "draft" else None),
        ago_spoken(span) if run.accessible else span_ago(span),
        *(
            count(record[name], noun)
            for name, noun in (("likes", "like"), ("reposts", "repost"))
            if record[name]
        ),
    ]
    return ", ".join(parts)


def _by(words: str, who: str | None) -> list[str]:
    return [] if who is None else [f"{words} {for_screen(who, one_line=True)}"]


def _texts(record: Mapping[str, Any]) -> Iterator[str]:
    """What is there, and what waits."""
    if record["text"]:
        yield record["text"]
    if record["body"] and record["state"] != "sent":
        yield record["body"]


def _standing(record: Mapping[str, Any]) -> Iterator[str]:
    id_ = record["id"]
    if record["error"]:
        yield f"Not sent: {for_screen(record['error'], one_line=True)}"
    if record["url"]:
        yield for_screen(record["url"], one_line=True)
    if record["gone_at"]:
        yield "It is no longer there."
    if record["answers"]:
        yield f"Answers to it: {', '.join(map(str, record['answers']))}"
    if record["state"] in ("draft", "waiting", "failed"):
        yield f"Look at it and send it: socialcare reply {id_}"
