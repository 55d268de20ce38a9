"""One mention on the desk: its draft, the editor, the record, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

from socialcare.cli.choosing import chosen
from socialcare.cli.context import App
from socialcare.cli.editor import edited
from socialcare.cli.handover import copy_text, is_page, open_page
from socialcare.cli.times import ahead, behind
from socialcare.clock import parse_time
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.inbox.conflicts import last_event
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.leases import give_back, take
from socialcare.inbox.letters import Words, discard_draft, letter_of, save_draft
from socialcare.inbox.reading import records
from socialcare.inbox.replies import record_answer
from socialcare.output.layout import flow, wrap
from socialcare.text import MAX_FIELD, at_door, for_screen
from socialcare.workflow import reply as work

CHOICES = (
    *("[c]opy and open the page", "[r]ecord as posted", "[e]dit"),
    *("[d]raft, keep for later", "[x] discard"),
)

_PROMISES = '--promise 4h   17:00   tomorrow   monday   "2026-12-01 09:00"'


class Desk:
    """One mention on the desk, with its draft."""

    def __init__(self, run: App, mention: str) -> None:
        ids, asked = chosen(run, [mention])
        if asked or len(ids) != 1:
            raise UsageError(
                "reply answers one mention at a time.", "name its id: socialcare reply 41"
            )
        db = run.read()
        assert db is not None
        self.run, self.id = run, ids[0]
        self.mention: dict[str, Any] = records(db, ids, run.clock.now())[0]
        self.seen = last_event(db, self.id)
        letter = letter_of(db, self.id)
        self.draft = letter.words.body if letter else None
        self.drafter = letter.author if letter else None
        self.over: str | None = None
        """The colleague whose draft went without anybody having looked at it."""
        self.limits = work.limits_of(self.mention["channel"], run.settings)
        self.action: int | None = None

    @property
    def hand(self) -> Hand:
        return Hand(self.run.me, self.run.clock.now(), "reply")

    @cached_property
    def db(self) -> Database:
        return self.run.write()

    @contextmanager
    def held(self, *, steal: bool) -> Iterator[None]:
        """Colleagues see who answers it, until the answer is drafted or recorded."""
        take(self.db, self.id, self.run.me, self.run.clock.now(), steal=steal)
        try:
            yield
        finally:
            give_back(self.db, self.id, self.run.me)

    def unseen_draft_by(self, text: str | None) -> str | None:
        same = text is not None and work.read_body(text) == self.draft
        return None if same or self.drafter == self.run.me else self.drafter

    def keep(self, body: str) -> None:
        self.action = save_draft(self.db, self.id, Words(body), self.hand, seen=self.seen)
        self.draft = body

    def discard(self) -> str:
        self.action = discard_draft(self.db, self.id, self.hand)
        self.draft = None
        return "discarded"

    def record(
        self, text: str | None, url: str, at: str | None = None, promise: str | None = None
    ) -> str:
        body = None if text is None else work.read_body(text)
        address = at_door(url.strip(), MAX_FIELD) or None
        if address is not None and not is_page(address):
            raise UsageError(
                f'"{address[:60]}" is no address of a page.',
                "--record https://... or --record alone, without one",
            )
        settings = self.run.settings
        self.action = record_answer(
            self.db,
            self.id,
            body,
            address,
            settings,
            self.hand,
            None if promise is None else ahead(self.run, promise, "promised", _PROMISES),
            answered_at=None if at is None else self._answered_at(at),
            seen=self.seen,
        )
        self.draft = body if body is not None else self.draft
        return "recorded"

    def _answered_at(self, text: str) -> datetime:
        moment = behind(self.run, "--at", text)
        if moment < parse_time(self.mention["created_at"]):
            raise UsageError(
                f"{self.id} was not written yet at that time.",
                f"when it was, stands here: socialcare show {self.id} --clock",
            )
        return moment

    def write(self, *, as_json: bool) -> int:
        """In the editor, then one key: what happens with it."""
        if not self.run.streams.stdin_tty:
            raise UsageError(
                f"there is no draft for {self.id}, and nobody is here to write one.",
                f"give the text: socialcare reply {self.id} --body TEXT   or --file FILE",
            )
        while self._edited():
            # With --json, standard output is for the program.
            (self.run.screen.warn if as_json else self.run.screen.data)(*self._shown())
            key = self._ask()
            if key != "e":
                return self._finish(key, as_json=as_json)
        self.run.screen.warn("The text is empty: nothing was changed.")
        return ExitCode.OK

    def _edited(self) -> bool:
        """Whether there is a text now, kept as a draft."""
        page = work.sheet(self.mention, self.draft, self.limits)
        with edited(page, self.run.environ) as text:
            body = work.above_scissors(text)
            if not body or (self.draft is None and body == work.greeting(self.mention).strip()):
                return False
            # An hour in the editor is longer than a lease: somebody may have taken over.
            take(self.db, self.id, self.run.me, self.run.clock.now())
            self.keep(work.read_body(body))
        return True

    def _ask(self) -> str:
        self.run.screen.warn(*flow(CHOICES, self.run.streams.width))
        return self.run.streams.stdin.readline().strip().lower()[:1]

    def _finish(self, key: str, *, as_json: bool) -> int:
        if key == "x":
            return self.tell(self.discard(), as_json=as_json)
        if key == "r":
            return self.tell(self.record(None, ""), as_json=as_json)
        if key == "c":
            self.hand_over(copy=True, open_=True)
        return self.tell("draft", as_json=as_json, shown=True)

    def hand_over(self, *, copy: bool, open_: bool) -> None:
        if copy and self.draft is None:
            raise NotFoundError(
                f"{self.id} has no draft to copy.",
                f"write one: socialcare reply {self.id} --body TEXT",
            )
        if copy and copy_text(self.draft or "", self.run.environ):
            self.run.screen.say("Copied.")
        elif copy:
            self.run.screen.warn("There is no clipboard here: copy the text by hand.")
        page = self.mention["url"]
        if open_ and page is not None and open_page(page):
            self.run.screen.say("Opened the page.")
        elif open_:
            self.run.screen.warn(f"Its page: {page or 'none is known'}")

    def tell(self, state: str | None, *, as_json: bool, shown: bool = False) -> int:
        length = work.measure(self.draft or "", self.limits)
        if self.over is not None:
            way_back = "" if state == "recorded" else "   Take it back: socialcare undo"
            who = for_screen(self.over, one_line=True)
            self.run.screen.warn(f"This took the place of a draft by {who}.{way_back}")
        if as_json:
            from socialcare.output.formats import write_object

            write_object(
                self.run.screen,
                {
                    "v": 1,
                    "mention": self.id,
                    "state": state,
                    "body": self.draft,
                    "length": length.count,
                    "max_length": length.most,
                    "fits": length.fits,
                    "url": self.mention["url"],
                    "action": self.action,
                },
            )
        elif not self.run.quiet:
            self._say(state, shown=shown)
        return ExitCode.OK

    def _say(self, state: str | None, *, shown: bool) -> None:
        screen = self.run.screen
        length = work.measure(self.draft or "", self.limits)
        if state == "draft":
            if not self.run.streams.stdout_tty:
                screen.data(self.draft or "")
                if not length.fits:
                    screen.warn(f"too long for {self.mention['channel']}: {length}")
            elif not shown:
                screen.data(*self._shown())
            screen.say(
                f"Kept as a draft. Post it: socialcare reply {self.id} --copy --open",
                f"and then: socialcare reply {self.id} --record URL",
            )
        elif state == "recorded":
            screen.data(f"Recorded: {self.id} is answered.")
        elif state == "discarded":
            screen.data(f"The draft for {self.id} is gone.")

    def _shown(self) -> list[str]:
        length = work.measure(self.draft or "", self.limits)
        width = self.run.streams.width
        verdict = "ok  " if length.fits else "LONG"
        author, channel = (
            for_screen(self.mention[name], one_line=True) for name in ("author", "channel")
        )
        body = [
            part for line in (self.draft or "").split("\n") for part in wrap(line, width, "    ")
        ]
        if self.run.accessible:
            fits = f"Length, {'ok' if length.fits else 'too long'}: {length}."
            return [*wrap(f"Reply to {author}, public, on {channel}.", width), *body, fits]
        return [
            *wrap(f"Reply to {author}  public, {channel}", width),
            *("", *body, ""),
            f"  {verdict}  length  {length}",
        ]
