"""What one ``[channels.NAME]`` table of the type ``http`` says, once it has been checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import Literal

from socialcare.channels.mapped.paths import Path
from socialcare.models import Kind

AuthStyle = Literal["none", "bearer", "basic", "header", "query", "url"]
Style = Literal["none", "page", "offset", "cursor", "next", "link", "after"]
Order = Literal["newest", "oldest"]
TextFormat = Literal["plain", "html", "markdown"]
TimeFormat = Literal["auto", "rfc3339", "epoch", "epoch_ms"]
Stop = Literal["time", "known"]
SortedBy = Literal["created_at", "edited_at"]


@dataclass(frozen=True, slots=True)
class Auth:
    """How the token travels. ``prefix`` stands before it in the header."""

    style: AuthStyle = "none"
    name: str = ""
    prefix: str = ""
    optional: bool = False
    """Nothing was said: a token is used where there is one."""


@dataclass(frozen=True, slots=True)
class Request:
    """``url`` is below the base; it and the values of ``params`` have ``{since}`` and the like."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paging:
    """How one answer leads to the next."""

    style: Style = "none"
    param: str = ""
    path: Path | None = None
    """Where the cursor or the next address is; of ``after``, the id in each item."""
    order: Order = "newest"
    sorted_by: SortedBy = "created_at"
    stop: Stop = "time"
    """``known``: where all that an answer holds was there the last time."""
    overlap: timedelta = timedelta(minutes=15)
    """Read again below the newest that was seen: services fill their lists late."""
    shifts: bool = False
    """A place is a number of items from the newest, and not a place among them."""
    first: int = 1
    """The number of the first page, or offset."""
    last: int | None = None
    """The largest page number or offset that the service takes."""
    start: str = ""
    """Of ``after``: what to say the first time."""
    plus: int = 0
    """Of ``after``: what is added to the last id."""
    more: Path | None = None
    """Says whether there is another page."""
    size: int | None = None
    """What a full answer holds."""
    confirms: bool = False
    """Asking on tells the service to forget what it gave."""
    keeps: timedelta | None = None
    """How long the service holds what nobody fetched."""

    @property
    def is_forward(self) -> bool:
        """Where one run ended, the next goes on; otherwise every run begins at the newest."""
        by_itself = self.style in {"cursor", "next", "link"} and self.order == "oldest"
        return self.style == "after" or by_itself


@dataclass(frozen=True, slots=True)
class Shape:
    """From an item of the answer to a mention."""

    items: Sequence[Path]
    fields: Mapping[str, Path]
    item: Path | None = None
    """What of an item the fields are read from; an item without it is none of ours."""
    gone: Sequence[Path] = ()
    """Any of them that is set says that the item was taken away."""
    kind: Kind = "post"
    text_format: TextFormat = "plain"
    time_format: TimeFormat = "auto"
    timezone: tzinfo | None = None
    """Of times that name none; None is UTC."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where an answer says that it is none."""

    ok: Path | None = None
    error: Path | None = None
    wait: Path | None = None
    """Seconds after which to ask again."""


@dataclass(frozen=True, slots=True)
class Plan:
    base: str
    request: Request
    shape: Shape
    paging: Paging
    verdict: Verdict
    auth: Auth
    headers: Mapping[str, str]
    queries: Sequence[str]
    """One walk each; without ``{query}`` in the request, one empty one."""
    us: frozenset[str]
    """Our own handles, in lower case and without ``@``."""
    recheck: Request | None = None
    recheck_item: Path | None = None
    """Where the item is in the answer of a recheck."""
