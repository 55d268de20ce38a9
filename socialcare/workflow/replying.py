"""A reply from its words to the outbox: looked at, approved or waiting, and let go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from socialcare.channels import REGISTRY, load
from socialcare.channels.base import CanReply, Outgoing, Preview, ReplyLimits
from socialcare.channels.http import Budget
from socialcare.checks import Context, Finding, check
from socialcare.checks.fingerprint import fingerprint
from socialcare.errors import BlockedError, ChannelError, UsageError
from socialcare.inbox import letters, outbox
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Letter, Release, Words
from socialcare.inbox.own_posts import answered
from socialcare.settings import ReplySettings, Settings
from socialcare.settings.approval import needs_approval, waits_for
from socialcare.settings.identity import NOBODY
from socialcare.workflow.channels import Workshop

SAME_FOR = timedelta(hours=24)
PREVIEW_SECONDS = 5.0
OWN_WORDS = "checks"
"""The folder beside the config with the team's own words for the checks."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What the checks said of a reply, and of the private words after it."""

    findings: Sequence[Finding]
    follow_up: Sequence[Finding] = ()

    def stops(self, overrides: Sequence[str] = ()) -> list[Finding]:
        """What stands in its way."""
        both = (*self.findings, *self.follow_up)
        return [one for one in both if one.level == "stop" and one.check not in overrides]

    def records(self) -> list[Mapping[str, str]]:
        both = (*self.findings, *self.follow_up)
        return [{"check": f.check, "level": f.level, "text": f.text} for f in both]


def limits_of(channel: str, settings: Settings) -> ReplyLimits:
    """What a reply on this channel may be; a channel that is only a name has no limits."""
    configured = settings.channels.get(channel)
    type_name = configured.type if configured else channel
    return load(type_name).limits if configured or type_name in REGISTRY else ReplyLimits()


def can_post(channel: str, settings: Settings, *, own: bool = False) -> bool:
    """Whether an answer on this channel, or an own post, leaves from here; else somebody posts
    it by hand.
    """
    limits = limits_of(channel, settings)
    return channel in settings.channels and (limits.own_posts if own else limits.posts)


@dataclass(frozen=True, slots=True)
class Examiner:
    """Looks at replies to one mention. ``record`` is the mention as ``inbox`` shows it."""

    db: Database
    record: Mapping[str, Any]
    settings: Settings
    now: datetime
    seen: int
    me: str
    shop: Workshop | None = None
    """With it, the channel itself counts."""

    def examine(self, words: Words, *, statement: bool = False) -> Examined:
        desk = self._desk()
        said = self._check(words, desk, statement=statement)
        if words.follow_up is None:
            return Examined(said)
        after = Words(words.follow_up, "private")
        return Examined(said, self._check(after, desk, statement=statement))

    def _check(self, words: Words, desk: CanReply | None, *, statement: bool) -> list[Finding]:
        reply, brand = self.settings.reply, self.settings.brand
        preview = self._preview(words, desk)
        too_long = preview.max_length is not None and preview.length > preview.max_length
        cut = words.split and too_long
        context = Context(
            length=preview.length,
            max_length=None if cut else preview.max_length,
            refused=None if cut else preview.refused,
            private=words.visibility == "private",
            lang=self.record["lang"],
            label=self.record["label"],
            mention_text=self.record["text"],
            author_handles=tuple(filter(None, (self.record["author"],))),
            our_handles=brand.handles,
            order_pattern=self.settings.order_pattern,
            same_to=self._same_to(words.body),
            answered_by=self._answered_by(),
            statement=statement,
            avoid=reply.avoid,
            forbid=reply.forbid,
            links=reply.links,
            ours=reply.ours,
            own_words=self.settings.path.parent / OWN_WORDS if self.settings.path else None,
        )
        return check(words.body, context)

    def _desk(self) -> CanReply | None:
        """The channel itself, where it can be asked."""
        channel = self.settings.channels.get(self.record["channel"])
        if self.shop is None or channel is None or not self._limits.posts:
            return None
        try:
            built = self.shop.build(channel, Budget(self.shop.clock, PREVIEW_SECONDS))
        except ChannelError:
            return None  # it is asked again before it is sent
        return built if isinstance(built, CanReply) else None

    def _preview(self, words: Words, desk: CanReply | None) -> Preview:
        """As the channel counts; where it cannot be asked, as its type does."""
        if desk is not None:
            to = answered(outbox.addressed(self.db, self.record["id"]))
            with suppress(ChannelError):
                return desk.preview(Outgoing(to, words.body, "", words.visibility == "private"))
        return Preview(words.body, self._limits.count(words.body), self._limits.max_length)

    @property
    def _limits(self) -> ReplyLimits:
        return limits_of(self.record["channel"], self.settings)

    def _same_to(self, text: str) -> int:
        wanted, since = fingerprint(text), self.now - SAME_FOR
        others = letters.lately(self.db, since, besides=self.record["id"])
        return len({who for who, body in others if wanted and fingerprint(body) == wanted})

    def _answered_by(self) -> str | None:
        return outbox.answered_since(self.db, self.record["id"], self.seen, self.me)


def let_go(
    db: Database,
    letter: Letter,
    examined: Examined,
    hand: Hand,
    settings: Settings,
    *,
    seen: int,
    overrides: Sequence[str] = (),
    promised: datetime | None = None,
) -> tuple[Literal["waiting", "approved"], int | None]:
    """Approve it, or put it up for an approval; return how it stands, and the action.

    Raises
    ------
    BlockedError
        A check stops it, it waits for somebody else, a colleague was quicker, or nobody knows
        who asks.

    """
    id_ = letter.mention_id
    if examined.stops(overrides):
        raise BlockedError(
            "not sent: fix the lines marked STOP.",
            f"edit it: socialcare reply {id_} --edit   or send it privately: --private",
            code="stopped",
        )
    if settings.reply.approval != "off" and hand.actor == NOBODY:
        raise BlockedError(
            "answers are approved here, and I do not know who you are.",
            "say so: export SOCIALCARE_USER=ana",
            code="nobody",
        )
    waits = needs_approval(settings.reply, letter.author, hand.actor)
    if waits and letter.state == "waiting" and hand.actor != letter.author:
        raise not_yours(settings.reply, letter)
    state: Literal["waiting", "approved"] = "waiting" if waits else "approved"
    how = Release(state, seen, examined.records(), overrides, promised)
    return state, letters.release(db, id_, how, hand)


def refuse_visibility(channel: str, limits: ReplyLimits, words: Words) -> None:
    """Refuse private words where the channel has no such thing, and public ones likewise.

    Raises
    ------
    UsageError
        It goes the other way or not at all.

    """
    if words.visibility == "public" and not limits.public:
        raise UsageError(
            f"{channel} has no public answers.", "leave --public out: it goes to them alone"
        )
    if limits.private or (words.visibility == "public" and words.follow_up is None):
        return
    raise UsageError(
        f"{channel} has no private answers.", "send it in public, or write to them another way"
    )


def not_yours(policy: ReplySettings, letter: Letter) -> BlockedError:
    """Somebody who may not approves it."""
    id_, who = letter.mention_id, waits_for(policy, letter.author)
    return BlockedError(
        f"the answer to {id_} waits for approval by {who}.",
        f"see it: socialcare show {id_}",
        code="waiting",
    )
