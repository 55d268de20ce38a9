"""One mention on the desk: its letter, what the checks say, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from socialcare.cli.context import App
from socialcare.cli.handover import copy_text, has_browser, is_page, open_page
from socialcare.cli.reply_screen import page, record
from socialcare.cli.snippet_shelf import Fitting, shelf_of
from socialcare.cli.times import ahead, behind
from socialcare.clock import parse_time
from socialcare.errors import BlockedError, UsageError
from socialcare.inbox.conflicts import last_event
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.leases import give_back, take
from socialcare.inbox.letters import (
    Letter,
    Words,
    discard_draft,
    letter_of,
    no_draft,
    save_draft,
    send_back,
)
from socialcare.inbox.own_posts import own_post
from socialcare.inbox.reading import records
from socialcare.inbox.replies import record_answer
from socialcare.settings.approval import waits_for
from socialcare.text import MAX_FIELD, at_door
from socialcare.workflow import replying
from socialcare.workflow.reply import read_body

if TYPE_CHECKING:
    from socialcare.channels.base import ReplyLimits
    from socialcare.models import Visibility
    from socialcare.output.records import Record
    from socialcare.settings import Settings
    from socialcare.workflow.channels import Workshop
    from socialcare.workflow.replying import Examined
    from socialcare.workflow.snippets import Shelf

_PROMISES = '--promise 4h   17:00   tomorrow   monday   "2026-12-01 09:00"'


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options of one command say of the words; None leaves them as they are."""

    body: str | None = None
    private: bool | None = None
    follow_up: str | None = None
    split: bool | None = None
    snippet: str | None = None

    @property
    def empty(self) -> bool:
        return self == Wish()

    def applied(self, words: Words | None, usual: Visibility) -> Words | None:
        """The words as they are wanted; None where there are none yet."""
        if words is None and self.body is None:
            return None
        words = words or Words("", usual)
        changes: dict[str, Any] = {
            "body": self.body,
            "visibility": None if self.private is None else _shown(private=self.private),
            "split": self.split,
            "snippet": self.snippet,
        }
        if self.body is not None and self.snippet is None:
            words = replace(words, snippet=None)
        if self.follow_up is not None:
            words = replace(words, follow_up=self.follow_up.strip() or None)
        words = replace(
            words, **{name: value for name, value in changes.items() if value is not None}
        )
        return all_in_private(words) if self.private else words

    def filled(self, desk: Desk, *, sign: bool) -> Wish:
        """With the text of the snippet, and with our signature below a text that is to be sent.

        Raises
        ------
        NotFoundError
            There is no such snippet.
        BlockedError
            It needs a value that nobody knows.

        """
        wish = self
        if self.snippet is not None:
            name, body = desk.shelf.filled(self.snippet, desk.mention)
            wish = replace(self, body=body, snippet=name)
        if wish.body is None or not sign:
            return wish
        return replace(wish, body=desk.shelf.signed(wish.body, desk.mention))


def all_in_private(words: Words) -> Words:
    """What was to be said after it in private is said with it."""
    body = f"{words.body}\n\n{words.follow_up}" if words.follow_up else words.body
    return replace(words, body=body, visibility="private", follow_up=None)


class Desk:
    """One mention on the desk. ``letter`` is what waits to be posted on it."""

    def __init__(self, run: App, id_: int) -> None:
        db = run.read()
        assert db is not None
        self.run, self.id, self.settings = run, id_, settings_of(run)
        found = records(db, [id_], run.clock.now())
        own = None if found else own_post(db, id_)
        assert found or own is not None, "somebody named it"
        self.mention: dict[str, Any] = own or found[0]
        self.own = own is not None
        """Whether it is a post of ours, which answers nobody."""
        self.seen = last_event(db, id_)
        self.letter: Letter | None = letter_of(db, id_)
        self.words: Words | None = self.letter.words if self.letter else None
        self.over: str | None = None
        """The colleague whose draft went without anybody having looked at it."""
        self.action: int | None = None

    @property
    def hand(self) -> Hand:
        return Hand(self.run.me, self.run.clock.now(), "reply")

    @property
    def channel(self) -> str:
        return str(self.mention["channel"])

    @property
    def posts(self) -> bool:
        """Whether an answer leaves from here; else somebody posts it by hand."""
        return replying.can_post(
            self.channel, self.settings, own=self.own and not self.mention["there"]
        )

    @property
    def limits(self) -> ReplyLimits:
        """An own post is for everybody."""
        limits = replying.limits_of(self.channel, self.settings)
        return replace(limits, private=False) if self.own else limits

    @property
    def usual(self) -> Visibility:
        """Where an answer goes if nobody says otherwise: as it was asked, and as the channel allows."""
        dm = self.mention["kind"] == "dm"
        return "private" if dm or not self.limits.public else "public"

    @cached_property
    def db(self) -> Database:
        return self.run.write()

    @cached_property
    def shelf(self) -> Shelf:
        """The ready-made answers."""
        return shelf_of(self.run)

    @cached_property
    def fitting(self) -> Sequence[str]:
        """Names of those that fit, the best first."""
        return Fitting(self.run).names(self.mention)

    @contextmanager
    def held(self, *, steal: bool) -> Iterator[None]:
        """Colleagues see who answers it, until the answer is drafted, sent or recorded."""
        self.take(steal=steal)
        try:
            yield
        finally:
            self.leave()

    def leave(self) -> None:
        give_back(self.db, self.id, self.run.me)

    def take(self, *, steal: bool = False) -> None:
        take(self.db, self.id, self.run.me, self.run.clock.now(), steal=steal)

    def note_unseen(self, wish: Wish, *, gone: bool) -> None:
        """Whoever gives a text with the command, or throws one away, has not seen the draft of
        a colleague.
        """
        wanted = wish.applied(self.words, self.usual)
        if wanted is not None:
            wanted = replace(wanted, body=wanted.body.strip())
        changes = gone or wanted != self.words
        if self.letter is not None and changes and self.letter.author != self.run.me:
            self.over = self.letter.author

    def keep(self, words: Words) -> None:
        words = replace(words, body=read_body(words.body))
        if words.follow_up is not None:
            words = replace(words, follow_up=read_body(words.follow_up))
        if self.own and (words.visibility == "private" or words.follow_up is not None):
            raise UsageError("an own post is for everybody.", "leave --private and --follow-up out")
        replying.refuse_visibility(self.channel, self.limits, words)
        action = save_draft(self.db, self.id, words, self.hand, seen=self.seen)
        self.action = action if action is not None else self.action
        self.letter = letter_of(self.db, self.id)
        self.words = words

    def discard(self) -> None:
        self.action = discard_draft(self.db, self.id, self.hand)
        self.letter = self.words = None

    def send_back(self, note: str) -> None:
        """To who wrote it, as a draft, with a note that says why."""
        letter = self.letter
        if letter is None or letter.state not in ("waiting", "approved"):
            raise BlockedError(
                f"the answer to {self.id} does not wait for an approval.",
                f"see how it stands: socialcare show {self.id}",
            )
        why = at_door(note.strip(), MAX_FIELD)
        if not why:
            raise UsageError(
                "a note says why it comes back.", f'socialcare reply {self.id} --back "say when"'
            )
        if not self.may_send_back:
            raise replying.not_yours(self.settings.reply, letter)
        self.action = send_back(self.db, self.id, why, self.seen, self.hand)
        self.letter = letter_of(self.db, self.id)

    def try_on(self, words: Words | None) -> None:
        """Look at words that are not kept."""
        if words is None:
            raise no_draft(self.id)
        words = replace(words, body=read_body(words.body))
        replying.refuse_visibility(self.channel, self.limits, words)
        self.words = words

    def record(
        self, body: str | None, url: str, at: str | None = None, promise: str | None = None
    ) -> None:
        text = None if body is None else read_body(body)
        address = at_door(url.strip(), MAX_FIELD) or None
        if address is not None and not is_page(address):
            raise UsageError(
                f'"{address[:60]}" is no address of a page.',
                "--record https://... or --record alone, without one",
            )
        self.action = record_answer(
            self.db,
            self.id,
            text,
            address,
            self.settings,
            self.hand,
            self.promised(promise),
            answered_at=None if at is None else self._answered_at(at),
            seen=self.seen,
        )
        if text is not None:
            self.words = Words(text)

    def promised(self, promise: str | None) -> datetime | None:
        return None if promise is None else ahead(self.run, promise, "promised", _PROMISES)

    def _answered_at(self, text: str) -> datetime:
        moment = behind(self.run, "--at", text)
        if moment < parse_time(self.mention["created_at"]):
            raise UsageError(
                f"{self.id} was not written yet at that time.",
                f"when it was, stands here: socialcare show {self.id} --clock",
            )
        return moment

    def examined(self, shop: Workshop | None = None) -> Examined:
        """What the checks say; with a shop, the channel itself counts."""
        assert self.words is not None, "there is something to look at"
        db = self.run.read()
        assert db is not None
        examiner = replying.Examiner(
            db,
            self.mention,
            self.settings,
            self.run.clock.now(),
            self.seen,
            self.run.me,
            shop,
        )
        statement = self.letter is not None and self.letter.statement is not None
        return examiner.examine(self.words, statement=statement)

    def shown(self, examined: Examined) -> list[str]:
        assert self.words is not None
        return page(self.run, self.mention, self.words, examined, self.letter)

    def described(self, state: str | None, **more: object) -> Record:
        """The reply as one record."""
        examined = self.examined() if self.words is not None else None
        length = {
            "length": self.limits.count(self.words.body if self.words else ""),
            "max_length": self.limits.max_length,
        }
        waiting: Mapping[str, object] = {
            "waiting_for": self.waiting_for if state == "waiting" else None
        }
        known = {"posted": None, "error": None, "action": self.action, **waiting}
        return record(self.mention, state, self.words, examined, length, **{**known, **more})

    @property
    def may_send_back(self) -> bool:
        policy, letter = self.settings.reply, self.letter
        return letter is not None and self.run.me in (*policy.approvers, letter.author)

    @property
    def waiting_for(self) -> str:
        author = self.letter.author if self.letter else self.run.me
        return waits_for(self.settings.reply, author)

    def hand_over(self, *, copy: bool, open_: bool) -> None:
        """To where somebody posts it by hand."""
        screen, text = self.run.screen, self.words.body if self.words else None
        if copy and text is None:
            raise no_draft(self.id, " to copy")
        if copy and copy_text(text or "", self.run.environ):
            screen.say("Copied.")
        elif copy:
            screen.warn("There is no clipboard here: copy the text by hand.")
        address = self.mention["url"]
        if open_ and address is not None and has_browser(self.run.environ) and open_page(address):
            screen.say("Opened the page.")
        elif open_:
            screen.warn(f"Its page: {address or 'none is known'}")


def settings_of(run: App) -> Settings:
    """Those of the config; in the demo with channels that post to nobody."""
    if not run.is_demo:
        return run.settings
    from socialcare.workflow.demo_outbox import demo_settings

    return demo_settings(run.settings)


def overrides_of(names: Sequence[str]) -> tuple[str, ...]:
    """The checks that somebody means.

    Raises
    ------
    UsageError
        One that there is not.

    """
    from socialcare.checks import NAMES, name_of

    found = []
    for name in names:
        check = name_of(name)
        if check is None:
            raise UsageError(
                f'there is no check "{name[:40]}".', f"checks: {', '.join(NAMES)}", code="no_check"
            )
        found.append(check)
    return tuple(dict.fromkeys(found))


def _shown(*, private: bool) -> str:
    return "private" if private else "public"
