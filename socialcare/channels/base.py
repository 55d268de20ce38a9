"""The contract between a channel and the rest of the house.

A channel turns answers of a service into :class:`Page` objects. It has no retry, no
sleep, no ``except``, no SQL, no printing and no state of its own: requests go through
:class:`socialcare.channels.http.Session`, and where to go on next time is in the
checkpoint of the last page that was stored.

**Checkpoint law.** A page carries a checkpoint only when everything older than it has
been yielded. Re-delivery is fine (rows are upserted), a gap is not. Where a service
caps what it gives, the page says ``possibly_missed``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from socialcare.clock import Clock
from socialcare.models import Kind, Mention
from socialcare.models import Posted as Posted  # noqa: PLC0414 - part of the contract
from socialcare.settings import Brand

if TYPE_CHECKING:
    from socialcare.channels.http import Session

Checkpoint = Mapping[str, Any]
"""Small JSON, owned by the channel: only the channel reads it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One item that could not be read. It goes to the dead letters and never kills its page."""

    where: str
    """Path to the trouble: ``$[3].account.acct`` or ``line 12``."""
    reason: str
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Page:
    """What one request brought, in any order."""

    mentions: Sequence[Mention] = ()
    checkpoint: Checkpoint | None = None
    """Where to go on; None while there is still something older to come."""
    broken: Sequence[Broken] = ()
    gone: Sequence[str] = ()
    """``external_id`` of posts that are no longer there."""
    gone_from: str | None = None
    """The ``source`` of those, where it is not that of the channel."""
    possibly_missed: str | None = None
    """Why something can no longer be had, for people: "more than 1,000 hits in one second"."""
    notice: str | None = None
    """Something the user should know once: "the feed moved to https://…"."""


@dataclass(frozen=True, slots=True)
class ReplyLimits:
    """What a reply may be. ``max_length`` is in characters as the service counts them."""

    max_length: int | None = None
    public: bool = True
    """Whether others can read an answer; a mail is for one person."""
    private: bool = False
    count: Callable[[str], int] = len
    """As the service counts where it can be told without asking it."""
    posts: bool = False
    """Whether this tool can post there; otherwise the text is copied and the page opened."""
    own_posts: bool = False
    """Whether it can post there what answers nobody."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A post on its way out. ``to`` is what it answers; None for an own post, which comes only
    to channels whose limits say ``own_posts``.
    """

    to: Mention | None
    text: str
    key: str
    """The same at every attempt: what it makes must not be made a second time."""
    private: bool = False
    tried_at: datetime | None = None
    """When an earlier attempt with this key was begun: what is older cannot be what it made."""
    known: frozenset[str] = frozenset()
    """Posts of ours, by their ids, that are known to be others, although they may say the same."""

    @property
    def mention(self) -> Mention:
        """What it answers, for a channel to which no own posts come."""
        assert self.to is not None, "an own post for a channel that has none"
        return self.to


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reply would be there. ``length`` and ``max_length`` are as the service counts."""

    text: str
    length: int
    max_length: int | None = None
    refused: str | None = None
    """Why it cannot be posted, for people; None: it can."""


class TokenCache(Protocol):
    """Where a channel keeps the tokens of its session between runs, for nobody else to read."""

    def locked(self) -> AbstractContextManager[None]:
        """Hold off other processes, from reading to writing: some tokens serve only once."""

    def read(self) -> Mapping[str, str]:
        """What was written last; empty where there is nothing that can be used."""

    def write(self, tokens: Mapping[str, str]) -> None:
        """Keep them: they are safe when this returns."""


class TokensInMemory:
    """Tokens that end with the run."""

    def __init__(self) -> None:
        self._tokens: Mapping[str, str] = {}

    def locked(self) -> AbstractContextManager[None]:
        return nullcontext()

    def read(self) -> Mapping[str, str]:
        return self._tokens

    def write(self, tokens: Mapping[str, str]) -> None:
        self._tokens = dict(tokens)


@dataclass(frozen=True, slots=True)
class Setup:
    """All a channel is built from. Building one does nothing on the network."""

    name: str
    options: Mapping[str, object]
    connect: Callable[..., Session]
    """:meth:`socialcare.channels.http.Http.session`, with the name and the budget filled in."""
    clock: Clock
    brand: Brand = field(default_factory=Brand)
    secret: Callable[[str], str | None] = lambda _key: None
    """The secret behind a key of the config (``token``), or None."""
    tokens: TokenCache = field(default_factory=TokensInMemory, repr=False)
    seconds: float = 60.0
    """What the channel may take in one run; the HTTP session keeps to it by itself."""


class Channel(ABC):
    """Base of every channel type. Subclasses are named in ``channels/__init__.py``."""

    type: ClassVar[str]
    checkpoint_version: ClassVar[int] = 1
    limits: ClassVar[ReplyLimits] = ReplyLimits()
    matches: ClassVar[bool] = True
    """Whether what it brings must still be checked to be about the brand."""
    kinds: ClassVar[tuple[Kind, ...]] = ("post",)

    @abstractmethod
    def __init__(self, setup: Setup) -> None:
        """Read the options.

        Raises
        ------
        ConfigError
            An option is missing or is not what it should be.

        """

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object] | None:  # noqa: ARG003
        """The options that ``channel add KIND:WHAT`` means; None where the registry line says it.

        Raises
        ------
        UsageError
            ``what`` cannot be understood.

        """
        return None

    @property
    @abstractmethod
    def source(self) -> str:
        """Type plus instance or account (``mastodon:mas.to``): part of every identity."""

    @abstractmethod
    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """Yield what is new, page by page, until nothing is left.

        ``checkpoint`` is that of the last stored page, or None on the first run, when
        the channel goes back to ``since`` and not further. The caller may stop at any
        page and come back with the last checkpoint it stored.

        Raises
        ------
        ChannelError
            From the HTTP session; everything yielded before is kept.

        """


@runtime_checkable
class CanRecheck(Protocol):
    """A channel that can tell whether known posts were edited or deleted."""

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Look at known posts again: at most 40 ids, one request or few."""


@runtime_checkable
class CanCheckAccess(Protocol):
    """A channel whose sign-in can be tried without fetching."""

    def check_access(self) -> str:
        """Who we are there (``@acme@mas.to``).

        Raises
        ------
        AuthError
            The credentials were refused.

        """


@runtime_checkable
class CanReply(Protocol):
    """A channel that can post answers. Whoever calls it has recorded the attempt before."""

    def preview(self, reply: Outgoing) -> Preview:
        """What would be posted; asks the service nothing that changes anything."""

    def send(self, reply: Outgoing) -> Posted:
        """Post it, once.

        Raises
        ------
        OutcomeUnknownError
            The request left, and no answer came: it may be there. Look with :meth:`find`.
        ChannelError
            It is not there.

        """

    def find(self, reply: Outgoing) -> Posted | None:
        """What an earlier attempt with the same key made; None: it is certainly not there.

        Raises
        ------
        OutcomeUnknownError
            The service gives no means to tell.

        """

    def delete(self, external_id: str) -> None:
        """Take back an answer of our own; one that is gone already is fine."""


class RepliesByDesk(ABC):
    """Of a channel that leaves posting to a desk of its own, made when it is first wanted."""

    @property
    @abstractmethod
    def _desk(self) -> CanReply: ...

    def preview(self, reply: Outgoing) -> Preview:
        return self._desk.preview(reply)

    def send(self, reply: Outgoing) -> Posted:
        return self._desk.send(reply)

    def find(self, reply: Outgoing) -> Posted | None:
        return self._desk.find(reply)

    def delete(self, external_id: str) -> None:
        self._desk.delete(external_id)
