"""A spool of JSON files, dropped there by whatever receives webhooks.

A file is one JSON object, an array or JSON Lines: records as ``socialcare import`` reads
them, or bodies of GitHub's webhooks. Give every file a name of its own that sorts by time,
and drop it whole: written as ``.name`` or ``name.tmp``, then renamed.

What was read is moved to ``done/DAY/`` by the run after, once its rows are certainly stored,
and is kept there ``keep_days`` (30, as unreadable items are; with 0 it is deleted at once).
One spool belongs to one inbox.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar, cast, get_args

from socialcare.channels.base import Broken, Channel, Checkpoint, Page, Setup
from socialcare.channels.github.posts import Place
from socialcare.channels.options import Options
from socialcare.channels.records import PAGE_SIZE
from socialcare.channels.webhook.bodies import Layout, Reader
from socialcare.channels.webhook.github import Item
from socialcare.channels.webhook.spool import DONE, Content, Spool
from socialcare.errors import UsageError
from socialcare.models import KINDS, Kind, Mention
from socialcare.settings.paths import expand
from socialcare.text import for_screen

FILES = 100
"""Of one page."""
YOUNG_S = 1.0
"""A file that was changed so shortly ago and cannot be read whole may still be being written."""
KEEP_DAYS = 30
EXAMPLE = 'write for example: spool = "/var/spool/socialcare"'


class Webhook(Channel):
    """``spool``, ``layout``, ``keep_days``; for GitHub ``pull_requests`` and ``team``."""

    type: ClassVar[str] = "webhook"
    matches: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = KINDS
    files: ClassVar[int] = FILES

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        path = expand(options.text("spool") or "")
        if not path.is_absolute():
            raise options.error("spool", "the whole path of a folder is needed", EXAMPLE)
        layout = options.text("layout") or "auto"
        if layout not in get_args(Layout):
            raise options.error(
                "layout", f"is one of {', '.join(get_args(Layout))}", 'write: layout = "auto"'
            )
        self._setup = setup
        self._layout = cast("Layout", layout)
        self._spool = Spool(setup.name, path, timedelta(days=_keep_days(options, setup.options)))
        us = frozenset(handle.removeprefix("@").casefold() for handle in setup.brand.handles)
        team, pulls = options.flag("team") or False, options.flag("pull_requests") or False
        self._place = Place(setup.name, "github.com", us, team, pulls)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """A folder; a relative one is that which is meant here and now."""
        if not what:
            raise UsageError(
                "webhook: which folder are the files dropped into?",
                "write for example: webhook:/var/spool/socialcare",
            )
        return {"spool": os.path.abspath(expand(what))}  # noqa: PTH100 - a link keeps its name

    @property
    def source(self) -> str:
        """The name in the config: of records that belong nowhere else."""
        return f"webhook:{self._setup.name}"

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:  # noqa: ARG002
        """All that lies there, however old: nobody else has it.

        The checkpoint holds the files whose rows are stored with it, by name, with their
        stamps; this run puts them away before it reads the others.
        """
        now = self._setup.clock.now()
        stored: Mapping[str, str] = checkpoint["read"] if checkpoint else {}
        left = self._spool.put_away(stored, now)
        read = dict(left)
        reader = Reader(self._layout, self.source, self._place, now)
        batch, locked = _Batch(), Counter[str]()
        for file in self._spool.waiting():
            if left.get(file.name) == file.stamp or (content := self._spool.read(file)) is None:
                continue
            items = list(_items(content, reader))
            if content.locked:
                locked[content.locked] += 1
            elif not _is_being_written(content, items, now):
                yield from batch.take(items)
                read[file.name] = content.file.stamp
                if batch.files >= self.files or batch.is_full:
                    yield from batch.pages({"read": dict(read)})
        notice = _notice(left, locked)
        if batch.files or read != stored or notice:
            yield from batch.pages({"read": read}, notice)


@dataclass(slots=True)
class _Batch:
    """What the files since the last page brought."""

    files: int = 0
    _mentions: list[Mention] = field(default_factory=list)
    _broken: list[Broken] = field(default_factory=list)
    _gone: dict[str, list[str]] = field(default_factory=dict)
    """Ids by source."""

    @property
    def is_full(self) -> bool:
        gone = sum(map(len, self._gone.values()))
        return len(self._mentions) + len(self._broken) + gone >= PAGE_SIZE

    def take(self, items: Iterable[Item]) -> Iterator[Page]:
        """Add a file. A large one fills pages of its own, without a place to go on from."""
        for item in items:
            if self.is_full:
                yield from self.pages(None)
            if isinstance(item, Mention):
                self._mentions.append(item)
            elif isinstance(item, Broken):
                self._broken.append(item)
            else:
                self._gone.setdefault(item.source, []).append(item.external_id)
        self.files += 1

    def pages(self, checkpoint: Checkpoint | None, notice: str | None = None) -> Iterator[Page]:
        """What was said, then what was deleted: one page for each place where it stood."""
        pages = [Page(self._mentions, broken=self._broken)]
        pages += [Page(gone=ids, gone_from=source) for source, ids in self._gone.items()]
        self.files, self._mentions, self._broken, self._gone = 0, [], [], {}
        yield from pages[:-1]
        yield replace(pages[-1], checkpoint=checkpoint, notice=notice)


def _items(content: Content, reader: Reader) -> Iterable[Item]:
    file = content.file
    if file.refused:
        shown = for_screen(file.name, one_line=True, limit=200)
        return [Broken(shown, file.refused, file.name.encode("utf-8", "replace"))]
    return reader.items(file.name, content.body) if not content.locked else ()


def _is_being_written(content: Content, items: Iterable[Item], now: datetime) -> bool:
    """A time in the future is that of a wrong clock, and says nothing."""
    young = 0 <= now.timestamp() - content.file.changed_at < YOUNG_S
    return young and not content.file.refused and any(isinstance(one, Broken) for one in items)


def _notice(left: Mapping[str, str], locked: Mapping[str, int]) -> str | None:
    said: list[str] = []
    if left:
        said.append(
            f"{_files(len(left))} of the spool were read and cannot be moved to {DONE}/: "
            "let whoever runs this write there"
        )
    said += [f"{_files(count)} of the spool cannot be read: {why}" for why, count in locked.items()]
    return "; ".join(said) or None


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def _keep_days(options: Options, values: Mapping[str, object]) -> int:
    days = values.get("keep_days", KEEP_DAYS)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 3650:
        raise options.error("keep_days", "is a number of days", "write: keep_days = 30")
    return days
