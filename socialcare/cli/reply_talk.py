"""``reply ID`` where somebody sits at the keyboard: write, look, then one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from socialcare.cli.editor import edited
from socialcare.cli.reply_desk import Desk, Wish
from socialcare.cli.reply_sending import send, tell, workshop
from socialcare.errors import ExitCode, SocialcareError, UsageError
from socialcare.inbox.letters import Words
from socialcare.output.layout import flow
from socialcare.workflow.reply import above_scissors, greeting, read_body, sheet

if TYPE_CHECKING:
    from socialcare.models import Visibility
    from socialcare.workflow.replying import Examined

BY_POST = ("[s]end", "[p]rivate instead", "[e]dit", "[d]raft, keep for later", "[x] discard")
BY_HAND = (
    *("[c]opy and open the page", "[r]ecord as posted", "[e]dit"),
    *("[d]raft, keep for later", "[x] discard"),
)


class Talk:
    """The conversation about one answer. Everything that is typed is kept as a draft."""

    def __init__(self, desk: Desk, overrides: Sequence[str], promise: str | None) -> None:
        self.desk, self.run = desk, desk.run
        self.overrides, self.promise = overrides, promise
        self.limits = desk.limits

    def begin(self, *, edit: bool, as_json: bool) -> int:
        """Into the editor first, where there is nothing to look at yet."""
        if not self.run.streams.stdin_tty:
            raise UsageError(
                f"there is no draft for {self.desk.id}, and nobody is here to write one.",
                f"give the text: socialcare reply {self.desk.id} --body TEXT   or --file FILE",
            )
        letter = self.desk.letter
        looked_at = letter is not None and letter.state != "draft"
        if self.desk.words is None and not edit and self.desk.fitting:
            chosen = self._pick()
            if chosen is None:
                self.run.screen.warn("Nothing was changed.")
                return ExitCode.OK
            looked_at = chosen
        if (edit or not looked_at) and not self.edit():
            self.run.screen.warn("The text is empty: nothing was changed.")
            return ExitCode.OK
        return self.go_on(as_json=as_json)

    def go_on(self, *, as_json: bool) -> int:
        """Show it and ask, until something is done with it."""
        while True:
            examined = self._show(as_json=as_json)
            key = self._ask()
            if key == "e":
                if not self.edit():
                    self.run.screen.warn("The text is empty: nothing was changed.")
                    return ExitCode.OK
            elif key == "p" and self.desk.posts:
                self._turn()
            elif key == "s" and self.desk.posts and examined.stops(self.overrides):
                self.run.screen.warn("Not sent: fix the lines marked STOP.")
            else:
                return self._finish(key, as_json=as_json)

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
        words = wish.applied(desk.words)
        assert words is not None, "it has a text"
        desk.take()
        desk.keep(words)
        return True

    def edit(self) -> bool:
        """Whether there is a text now, kept as a draft."""
        desk = self.desk
        words = desk.words or Words("", desk.usual)
        written = None if desk.words is None else words.body
        page = sheet(desk.mention, written, self.limits, words.visibility, desk.fitting)
        with edited(page, self.run.environ) as text:
            body = above_scissors(text)
            if not body or (desk.words is None and body == greeting(desk.mention).strip()):
                return False
            # An hour in the editor is longer than a lease: somebody may have taken over.
            desk.take()
            if desk.words is None:
                body = desk.shelf.signed(body, desk.mention)
            desk.keep(replace(words, body=read_body(body)))
        return True

    def _show(self, *, as_json: bool) -> Examined:
        examined = self.desk.examined()
        # With --json, standard output is for the program.
        show = self.run.screen.warn if as_json else self.run.screen.data
        show(*self.desk.shown(examined))
        return examined

    def _ask(self) -> str:
        choices = list(BY_POST if self.desk.posts else BY_HAND)
        words = self.desk.words
        if self.desk.posts and not self.limits.private:
            choices.remove("[p]rivate instead")
        elif words is not None and words.visibility == "private" and "[p]rivate instead" in choices:
            choices[choices.index("[p]rivate instead")] = "[p]ublic instead"
        self.run.screen.warn(*flow(choices, self.run.streams.width))
        return self.run.streams.stdin.readline().strip().lower()[:1]

    def _turn(self) -> None:
        """To them alone, or to everybody."""
        words = self.desk.words
        if words is not None and self.limits.private:
            other: Visibility = "public" if words.visibility == "private" else "private"
            self.desk.keep(Words(words.body, other, None, words.split, words.snippet))

    def _finish(self, key: str, *, as_json: bool) -> int:
        desk = self.desk
        if key == "s" and desk.posts:
            return self._send(as_json=as_json)
        if key == "x":
            desk.discard()
            return done(desk, "discarded", as_json=as_json)
        if key == "r" and not desk.posts:
            desk.record(None, "", None, self.promise)
            return done(desk, "recorded", as_json=as_json)
        if key == "c" and not desk.posts:
            desk.hand_over(copy=True, open_=True)
        return done(desk, "draft", as_json=as_json, shown=True)

    def _send(self, *, as_json: bool) -> int:
        self.desk.take()
        with workshop(self.run) as shop:
            result = send(self.desk, shop, self.overrides, self.promise)
        return tell(self.desk, result, as_json=as_json)


def done(desk: Desk, state: str | None, *, as_json: bool, shown: bool = False) -> int:
    """Say how an answer stands that did not go from here."""
    run = desk.run
    if desk.over is not None:
        from socialcare.text import for_screen

        way_back = "" if state == "recorded" else "   Take it back: socialcare undo"
        who = for_screen(desk.over, one_line=True)
        run.screen.warn(f"This took the place of a draft by {who}.{way_back}")
    if as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, desk.described(state))
        return ExitCode.OK
    if state == "recorded":
        run.screen.data(f"Recorded: {desk.id} is answered.")
    elif state == "discarded":
        run.screen.data(f"The draft for {desk.id} is gone.")
    elif state is not None:
        return _kept(desk, shown=shown)
    return ExitCode.OK


def _kept(desk: Desk, *, shown: bool) -> int:
    """A draft: its text alone for a pipe, with its checks for a person."""
    run, words = desk.run, desk.words
    assert words is not None
    examined = desk.examined()
    if not run.streams.stdout_tty:
        run.screen.data(words.body)
        for one in examined.stops():
            run.screen.warn(f"STOP  {one.check}: {one.text}")
    elif not shown:
        run.screen.data(*desk.shown(examined))
        if examined.stops():
            run.screen.fail(
                SocialcareError(
                    "not sent: fix the lines marked STOP.",
                    f"edit it: socialcare reply {desk.id} --edit",
                    code="stopped",
                ),
                as_json=False,
            )
            return ExitCode.BLOCKED
    run.screen.say(*_next(desk))
    return ExitCode.OK


def _next(desk: Desk) -> tuple[str, ...]:
    if desk.letter is not None and desk.letter.state != "draft":
        return ()
    if desk.posts:
        return (f"Kept as a draft. Send it: socialcare reply {desk.id} --send",)
    return (
        f"Kept as a draft. Post it: socialcare reply {desk.id} --copy --open",
        f"and then: socialcare reply {desk.id} --record URL",
    )
