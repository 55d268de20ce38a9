"""``reply ID`` where somebody sits at the keyboard: write, look, then one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from socialcare.cli.asking import ask
from socialcare.cli.editor import edited
from socialcare.cli.manuscripts import Manuscript, Manuscripts
from socialcare.cli.reply_desk import Desk, Wish, all_in_private
from socialcare.cli.reply_keys import asked, keys
from socialcare.cli.reply_order import Order
from socialcare.cli.reply_sending import seen_to_the_end, send, workshop
from socialcare.cli.reply_told import done, left, tell
from socialcare.errors import ExitCode, SocialcareError, UsageError
from socialcare.inbox.letters import Words
from socialcare.output.layout import flow
from socialcare.workflow.reply import above_scissors, greeting, read_body, sheet

if TYPE_CHECKING:
    from socialcare.workflow.replying import Examined


class Talk:
    """The conversation about one answer. Everything that is typed is kept as a draft."""

    def __init__(self, desk: Desk, overrides: Sequence[str], promise: str | None) -> None:
        self.desk, self.run = desk, desk.run
        self.order = Order(overrides=overrides, promise=promise)
        folder = self.run.paths.state_dir / "writing"
        self.files = Manuscripts(folder, self.run.database_path, desk.id)

    def begin(self, *, edit: bool, given: bool, as_json: bool) -> int:
        """Into the editor first, where there is nothing to look at yet.

        ``given``: the words are there, and came with the command.
        """
        if not self.run.streams.stdin_tty:
            raise self._nobody()
        found = None if given else self._found()
        if found is None and self.desk.words is None and not edit and self.desk.fitting:
            chosen = self._pick()
            if chosen is None:
                self.run.screen.warn("Nothing was changed.")
                return ExitCode.OK
        if edit or self.desk.words is None:
            wrote = self.edit(found)
            if not wrote and self.desk.words is None:
                return ExitCode.OK
        return self.go_on(as_json=as_json)

    def go_on(self, *, as_json: bool) -> int:
        """Show it and ask, until something is done with it."""
        try:
            return self._until_done(as_json=as_json)
        except KeyboardInterrupt:
            if self.desk.letter is not None and self.desk.letter.state == "draft":
                self.run.screen.warn("", f"Kept as a draft: socialcare reply {self.desk.id}")
            raise

    def _until_done(self, *, as_json: bool) -> int:
        while True:
            examined = self._show(as_json=as_json)
            key = self._ask()
            if key == "e":
                self.edit()
            elif key == "p":
                self._turn()
            elif key == "s" and self.desk.posts and self._is_stopped(examined):
                self.run.screen.warn("Not sent: fix the lines marked STOP.", "")
            else:
                return self._finish(key, as_json=as_json)

    def _is_stopped(self, examined: Examined) -> bool:
        letter = self.desk.letter
        decided = letter is not None and letter.state in ("approved", "sending")
        return not decided and bool(examined.stops(self.order.overrides))

    def _nobody(self) -> UsageError:
        id_, words = self.desk.id, self.desk.words
        return UsageError(
            f"there is no draft for {id_}, and nobody is here to write one."
            if words is None
            else f"nobody is here to edit the draft for {id_}.",
            f"give the text: socialcare reply {id_} --body TEXT   or --file FILE",
        )

    # ── words ──

    def _found(self) -> Manuscript | None:
        """Keep what an editor left behind; return what only the editor can bring back."""
        draft = self.desk.words.body if self.desk.words else None
        for left_over in self.files.left(draft):
            if left_over.unsaved:
                self.run.screen.warn("The editor had not ended the last time: it has more of it.")
                return left_over
            if left_over.text in ("", (draft or "").strip(), greeting(self.desk.mention).strip()):
                left_over.drop()
            elif not left_over.fits:
                self.run.screen.warn(f"What you wrote before is in {left_over.path}")
            else:
                self._keep(left_over.text)
                left_over.drop()
                self.run.screen.warn("This is what you wrote when the editor ended:", "")
                return None
        return None

    def _pick(self) -> bool | None:
        """Whether a snippet is kept as a draft now; None: there is nobody to answer."""
        names = self.desk.fitting
        offered = [f"[{number}] {name}" for number, name in enumerate(names, 1)]
        while True:
            lines = flow([*offered, "[enter] write it yourself"], self.run.streams.width)
            self.run.screen.warn(*lines)
            line = self.run.streams.stdin.readline()
            if not line.strip():
                return False if line else None
            answer = line.strip().strip("[]")
            if answer.isdecimal() and 1 <= int(answer) <= len(names):
                answer = names[int(answer) - 1]
            if answer in names and self._filled(answer):
                return True

    def _filled(self, snippet: str) -> bool:
        """Keep it as the draft; where a value is missing, say so."""
        desk = self.desk
        try:
            wish = Wish(snippet=snippet).filled(desk, sign=True)
        except SocialcareError as error:
            self.run.screen.fail(error)
            return False
        words = wish.applied(desk.words, desk.usual)
        assert words is not None, "it has a text"
        desk.take()
        desk.keep(words)
        return True

    def edit(self, found: Manuscript | None = None) -> bool:
        """Whether there is another text now, kept as a draft."""
        desk = self.desk
        words = desk.words or Words("", desk.usual)
        written = None if desk.words is None else words.body
        page = sheet(desk.mention, written, desk.limits, words.visibility, desk.fitting)
        place = self.files.fresh(written) if found is None else found.path
        with edited(page, self.run.environ, place=place) as text:
            body = above_scissors(text)
            if not body or (written is None and body == greeting(desk.mention).strip()):
                self.run.screen.warn("The text is empty: nothing was changed.")
                return False
            if body != written:
                self._keep(body)
        return True

    def _keep(self, body: str) -> None:
        """An hour in the editor is longer than a lease: somebody may have taken over."""
        desk = self.desk
        words = desk.words or Words("", desk.usual)
        desk.take()
        if desk.words is None:
            body = desk.shelf.signed(body, desk.mention)
        desk.keep(replace(words, body=read_body(body)))

    def _turn(self) -> None:
        """To them alone, or to everybody."""
        words = self.desk.words
        if words is None:
            return
        self.desk.take()
        if words.visibility == "private":
            self.desk.keep(replace(words, visibility="public"))
        else:
            self.desk.keep(all_in_private(words))

    # ── questions ──

    def _show(self, *, as_json: bool) -> Examined:
        examined = self.desk.examined()
        # With --json, standard output is for the program.
        show = self.run.screen.warn if as_json else self.run.screen.data
        show(*self.desk.shown(examined))
        return examined

    def _ask(self) -> str:
        """One of the keys; empty where nobody answers any more."""
        while True:
            self.run.screen.warn(*asked(self.desk))
            line = self.run.streams.stdin.readline()
            key = line.strip().strip("[]").lower()[:1]
            if not line or (key and key in keys(self.desk)):
                return key

    def _line(self, question: str) -> str | None:
        """What is typed; None where nobody answers any more."""
        try:
            return ask(self.run, question)
        except typer.Abort:
            return None

    def _finish(self, key: str, *, as_json: bool) -> int:
        desk = self.desk
        if key == "x":
            desk.discard()
            return done(desk, "discarded", as_json=as_json)
        if key == "b" and (note := self._line("What is to be different? ")):
            desk.send_back(note)
            return done(desk, "back", as_json=as_json)
        if key == "r" and (url := self._line("Its address, if you have it: ")) is not None:
            return self._record(url, as_json=as_json)
        if key == "s" and not desk.posts:
            return self._by_hand(as_json=as_json)
        if key in ("s", "a"):
            return self._send(as_json=as_json, again=key == "a")
        return left(desk, as_json=as_json)

    def _send(self, *, as_json: bool, again: bool) -> int:
        self.desk.take()
        with workshop(self.run) as shop, seen_to_the_end(self.desk):
            result = send(self.desk, shop, replace(self.order, again=again))
        return tell(self.desk, result, as_json=as_json)

    def _by_hand(self, *, as_json: bool) -> int:
        """Copy it, open the page, and ask whether it is there now."""
        self.desk.hand_over(copy=True, open_=True)
        answer = self._line("Posted? [y/N, or its address] ") or ""
        if answer.lower() in ("y", "yes"):
            return self._record("", as_json=as_json)
        if "://" in answer:
            return self._record(answer, as_json=as_json)
        return left(self.desk, as_json=as_json)

    def _record(self, url: str, *, as_json: bool) -> int:
        self.desk.take()
        self.desk.record(None, url, None, self.order.promise)
        return done(self.desk, "recorded", as_json=as_json)
