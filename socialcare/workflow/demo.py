"""The demo: a made-up month of a shop called Acme, played back through the real path.

What people wrote and when stands in ``demo.toml``; what they want, how urgent it is and
what is late comes from the same labelling and storing as for everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from socialcare.inbox.changes import Wish, change
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.query import Choice
from socialcare.inbox.reading import chosen_ids
from socialcare.inbox.rebuild import rebuilt
from socialcare.inbox.replies import record_answer
from socialcare.inbox.store import Incoming, store
from socialcare.models import Author, Judged, Media, Mention
from socialcare.settings import Brand, Settings
from socialcare.settings.atomic import replace_file
from socialcare.settings.duration import parse_duration
from socialcare.workflow.judging import Judge

_FIRST_ID = 113_001
_SEEN_AFTER = timedelta(minutes=2)
"""How long after it was written a post is fetched."""
Table = Mapping[str, Any]


def make_demo(path: Path, now: datetime) -> int:
    """Write the demo database anew, in place of any there was; return how many mentions it has."""
    script = _script()
    settings = Settings(brand=Brand(**{k: _frozen(v) for k, v in script["brand"].items()}))
    with rebuilt(path, demo=True) as db:
        return _Stage(db, settings).play(_moments(script, now))


def make_demo_snippets(folder: Path) -> None:
    """Write the ready-made answers of the demo anew, in place of any there were."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob("*.md"):
        old.unlink()
    for sample in Path(__file__).with_name("demo_snippets").glob("*.md"):
        replace_file(folder / sample.name, sample.read_bytes())


def _script() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(Path(__file__).with_name("demo.toml").read_text(encoding="utf-8"))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A post is fetched."""

    at: datetime
    mention: Mention
    match: bool = True


class _Edit(_Arrival):
    """A known post is fetched with other words."""


@dataclass(frozen=True, slots=True)
class _Loss:
    """A post is gone."""

    at: datetime
    mention: Mention


@dataclass(frozen=True, slots=True)
class _Deed:
    """Somebody does something to a mention."""

    at: datetime
    mention: Mention
    do: Callable[[Database, int, Settings], object]


_Moment = _Arrival | _Loss | _Deed


class _Stage:
    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._settings, self._judge = db, settings, Judge(settings)
        self._count = 0

    def play(self, moments: Iterable[_Moment]) -> int:
        """Let everything happen in the order of its time; return how many mentions came."""
        for _, group in groupby(sorted(moments, key=lambda moment: moment.at), key=type):
            batch = list(group)
            arrivals = [moment for moment in batch if isinstance(moment, _Arrival)]
            if arrivals:
                self._store(arrivals[-1].at, "", judged=self._judged(arrivals))
            for moment in batch:
                self._happen(moment)
        return self._count

    def _happen(self, moment: _Moment) -> None:
        mention = moment.mention
        if isinstance(moment, _Loss):
            self._store(moment.at, mention.source, gone=[mention.external_id])
        elif isinstance(moment, _Deed):
            where = Choice(addresses=(mention.uri or "",))
            (id_,) = chosen_ids(self._db, where, moment.at, "")
            moment.do(self._db, id_, self._settings)

    def _judged(self, arrivals: Iterable[_Arrival]) -> list[Judged]:
        return [self._judge.judge(each.mention, match=each.match) for each in arrivals]

    def _store(self, at: datetime, source: str, **page: Any) -> None:
        stored = store(self._db, Incoming("demo", source, **page), self._settings, at)
        self._count += len(stored.new_ids)


def _moments(script: Table, now: datetime) -> Iterator[_Moment]:
    authors = {
        name: Author(name, **{k: v for k, v in person.items() if k in Author.__slots__})
        for name, person in script["people"].items()
    }
    for number, post in enumerate(script["mention"], start=_FIRST_ID):
        person = script["people"][post["by"]]
        channel = script["channels"][person["channel"]]
        mention = _mention(post, str(number), person, channel, authors, now)
        yield _Arrival(mention.created_at + _SEEN_AFTER, mention, channel.get("match", True))
        yield from _on_the_channel(post, mention, channel, authors)
        yield from _by_hand(post, mention)


def _mention(
    post: Table,
    id_: str,
    person: Table,
    channel: Table,
    authors: Mapping[str, Author],
    now: datetime,
) -> Mention:
    written = now - parse_duration(post["ago"])
    url = channel.get("url")
    return Mention(
        channel=person["channel"],
        source=channel["source"],
        external_id=id_,
        author=authors[post["by"]],
        text=post["text"],
        created_at=written,
        kind=post.get("kind", channel.get("kind", "post")),
        url=url and url.format(author=person["handle"], id=id_),
        uri=f"tag:acme.example:{id_}",
        lang=post.get("lang"),
        direct=post.get("direct", channel.get("direct", False)),
        automated=person.get("automated", False),
        media=tuple(Media(**item) for item in post.get("media", ())),
        fetched_at=written + _SEEN_AFTER,
        rating=post.get("rating"),
        likes=post.get("likes"),
        reposts=post.get("reposts"),
        replies=post.get("replies"),
    )


def _on_the_channel(
    post: Table, mention: Mention, channel: Table, authors: Mapping[str, Author]
) -> Iterator[_Moment]:
    """What happens in public: our answer, reposts, an edit, the end of the post."""
    if answer := post.get("answered"):
        us = Author("us", channel["us"], "Acme", is_us=True)
        at = _after(mention, answer)
        yield _Arrival(at, _follow_up(mention, "answer", us, at, text=answer["text"]))
    for repost in post.get("passed_on", ()):
        at = _after(mention, repost)
        yield _Arrival(at, _follow_up(mention, "repost", authors[repost["by"]], at))
    if edit := post.get("edited"):
        at = _after(mention, edit)
        yield _Edit(at, replace(mention, text=edit["text"], edited_at=at))
    if "deleted" in post:
        yield _Loss(mention.created_at + parse_duration(post["deleted"]), mention)


def _follow_up(mention: Mention, role: Any, author: Author, at: datetime, **facts: Any) -> Mention:
    id_ = f"{mention.external_id}-{author.external_id}"
    return Mention(
        channel=mention.channel,
        source=mention.source,
        external_id=id_,
        author=author,
        text=facts.get("text", mention.text),
        created_at=at,
        kind="reply" if role == "answer" else mention.kind,
        role=role,
        uri=f"tag:acme.example:{id_}",
        in_reply_to=mention.external_id if role == "answer" else None,
        repost_of=mention.uri if role == "repost" else None,
        fetched_at=at,
    )


def _by_hand(post: Table, mention: Mention) -> Iterator[_Deed]:
    """What people here do: record an answer, leave a note, close."""
    if recorded := post.get("recorded"):
        yield _Deed(_after(mention, recorded), mention, _recording(recorded, mention))
    if note := post.get("note"):
        yield _changing(mention, note, Wish(note=note["text"], owner=note["by"]), "set")
    if closed := post.get("closed"):
        wish = Wish(status="closed", reason=closed["reason"], note=closed.get("note"))
        yield _changing(mention, closed, wish, "close")


def _recording(
    recorded: Table, mention: Mention
) -> Callable[[Database, int, Settings], int | None]:
    hand = Hand(recorded["by"], _after(mention, recorded), "reply")
    return lambda db, id_, settings: record_answer(
        db, id_, recorded["text"], recorded.get("url"), settings, hand
    )


def _changing(mention: Mention, deed: Table, wish: Wish, command: str) -> _Deed:
    at, by = _after(mention, deed), deed["by"]

    def do(db: Database, id_: int, settings: Settings) -> object:
        return change(db, [id_], wish, settings, at, actor=by, command=command)

    return _Deed(at, mention, do)


def _after(mention: Mention, deed: Table) -> datetime:
    return mention.created_at + parse_duration(deed["after"])
