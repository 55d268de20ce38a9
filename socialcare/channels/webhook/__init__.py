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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, cast, get_args

from socialcare.channels.base import Broken, Channel, Checkpoint, Page, Setup
from socialcare.channels.github.posts import Place
from socialcare.channels.options import Options
from socialcare.channels.records import PAGE_SIZE
from socialcare.channels.spool import EXAMPLE, Look, spool_of
from socialcare.channels.webhook.bodies import Layout, Reader
from socialcare.channels.webhook.github import Item
from socialcare.errors import UsageError
from socialcare.models import KINDS, Kind, Mention
from socialcare.settings.paths import expand

FILES = 100
"""Of one page."""


class Webhook(Channel):
    """``spool``, ``layout``, ``keep_days``; for GitHub ``pull_requests`` and ``team``."""

    type: ClassVar[str] = "webhook"
    matches: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = KINDS
    files: ClassVar[int] = FILES

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        spool = spool_of(setup.name, setup.options)
        if spool is None:
            raise options.error("spool", "the whole path of a folder is needed", EXAMPLE)
        layout = options.text("layout") or "auto"
        if layout not in get_args(Layout):
            raise options.error(
                "layout", f"is one of {', '.join(get_args(Layout))}", 'write: layout = "auto"'
            )
        self._setup = setup
        self._layout = cast("Layout", layout)
        self._spool = spool
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
        reader = Reader(self._layout, self.source, self._place, now)
        look, batch = Look[Item](self._spool, reader.items, now, stored), _Batch()
        for _, items in look.files():
            yield from batch.take(items)
            if batch.files >= self.files or batch.is_full:
                yield from batch.pages({"read": dict(look.read)})
        if batch.files or look.read != stored or look.notice:
            yield from batch.pages({"read": look.read}, look.notice)


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
