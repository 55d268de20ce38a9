"""Instagram: comments on our own media with their replies, and media that tag us.

Comments and captions that only name us can be asked for by their ids alone, and those
Meta tells to a webhook and nobody else: a fetch cannot find them by itself. Whoever runs
a receiver says with ``spool`` where it drops what it gets. What was read is put away, as
that of a webhook channel is; a file in which another account is told something stays.

Comments are read below the media of the last ``days``, 30 unless the config says otherwise.
The account has to be a professional one. An app in development mode is shown only what
people with a role on that app have written. Instagram tells neither how many follow
somebody nor in which language they write. With ``base_url = "https://graph.instagram.com"``
and a token of Instagram Login the lists are the same, but what a webhook names is not asked for there.

https://developers.facebook.com/docs/instagram-platform
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import ClassVar

from socialcare.channels.base import (
    CanReply,
    Channel,
    Checkpoint,
    Page,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.decode import decode_items
from socialcare.channels.meta.book import Book, Phase, in_turn
from socialcare.channels.meta.calls import Calls, sign_in
from socialcare.channels.meta.lists import BASE_URL, DAYS, read_days, read_version
from socialcare.channels.meta.recheck import NEEDS, read_again
from socialcare.channels.meta.remarks import REMARK_FIELDS, SOURCE, Place, remark_mention
from socialcare.channels.meta.shelf import READS, Shelf
from socialcare.channels.meta.speaking import LONGEST, AccountDesk
from socialcare.channels.meta.wire import Person, Remark
from socialcare.channels.options import Options
from socialcare.channels.spool import spool_of
from socialcare.errors import UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

_ACCOUNT = re.compile(r"[0-9]{5,40}", re.ASCII)
_REMARK = re.compile(r"[0-9]{1,40}", re.ASCII)


class Instagram(RepliesByDesk, Channel):
    """``account``, ``spool``, ``keep_days``, ``version``, ``days``; the secrets ``token`` and ``app_secret``."""

    type: ClassVar[str] = SOURCE
    limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST, private=True, posts=True)
    matches: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "comment", "reply")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        self._base = (options.text("base_url") or BASE_URL).rstrip("/")
        account = options.text("account") or ""
        if not _ACCOUNT.fullmatch(account):
            problem = "is no number" if account else "which account is to be read?"
            hint = (
                "write the number that Meta gives it (GET /PAGE?fields=instagram_business_account): "
                'account = "17841400000000000"'
            )
            raise options.error("account", problem, hint)
        self._account = account
        self._spool = spool_of(setup.name, setup.options)
        self._version = read_version(options)
        self._days = read_days(setup.options.get("days", DAYS), options)
        handles = (one.removeprefix("@").casefold() for one in setup.brand.handles)
        self._us = frozenset(one for one in handles if one)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """Our own account: its number."""
        if not _ACCOUNT.fullmatch(what):
            shown = for_screen(what, one_line=True, limit=60)
            raise UsageError(
                f'instagram: "{shown}" is no number of an account.',
                "write the number that Meta gives it: instagram:17841400000000000",
            )
        return {"account": what}

    @property
    def source(self) -> str:
        return SOURCE

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint is the :class:`~socialcare.channels.meta.book.Book`."""
        book = Book(checkpoint, since)
        if self._account not in book.own:
            book.own = {self._account: {"username": self._me.username}}
        place = self._place(book.own[self._account]["username"])
        shelf = Shelf(self._calls, book, place, self._setup.clock.now(), self._days)
        phases: dict[str, Phase] = {"tags": shelf.tags, "media": shelf.media}
        if self._spool is not None:
            phases["spool"] = partial(shelf.spool, self._spool)
        phases["below"] = shelf.below
        yield from in_turn(book, phases, at_last="below")

    def _place(self, username: str) -> Place:
        return Place(self._setup.name, self._account, username, self._us)

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Only what stands below our own media: the rest cannot be read by its id."""
        ids = [one for one in external_ids if _REMARK.fullmatch(one)]
        fields = f"{REMARK_FIELDS},media{{id,permalink,username}}"
        raws, gone = read_again(ids, self._calls, fields, self._can_read)
        remarks, broken = decode_items(list(raws.values()), Remark, where="$")
        place = self._place(self._me.username) if remarks else self._place("")
        return Page([remark_mention(one, place) for one in remarks], broken=broken, gone=gone)

    def _can_read(self) -> bool:
        params = {"fields": "id", "limit": "1"}
        self._calls.ask(f"{self._account}/media", params, what="read the account", needs=NEEDS)
        return True

    def check_access(self) -> str:
        return f"@{self._me.username}" if self._me.username else self._me.id

    @cached_property
    def _me(self) -> Person:
        """https://developers.facebook.com/docs/instagram-platform/reference/instagram-user"""
        answer = self._calls.ask(
            self._account, {"fields": "id,username"}, what="read the account", needs=READS
        )
        return answer.decode(Person, what="the account")

    @cached_property
    def _desk(self) -> CanReply:
        return AccountDesk(self._calls, self._account, lambda: self._place(self._me.username))

    @cached_property
    def _calls(self) -> Calls:
        return sign_in(self._setup, self._base, self._version)
