"""What triage shows and asks: the card, the question below it, the word about what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from socialcare.cli.card import card_of
from socialcare.cli.keys import REDRAW, SEVERAL, Keyboard
from socialcare.cli.listing import view_of
from socialcare.output.card import card_lines
from socialcare.output.history import Place
from socialcare.output.layout import flow, wrap
from socialcare.output.screen import Screen
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.workflow.triage import Card, Walk

ASK = "What shall be done? A letter, then Enter; a question mark lists the letters:"
_ONE_LETTER = "One letter, then Enter. Nothing was taken."
_ONE_KEY = "Several keys came at once: none of them was taken."
_ROOM = 8
"""Columns that are left for an answer."""
_MARGIN = 9
"""Columns of a key in the list of keys."""


@dataclass
class Desk:
    """One person at one terminal, on one walk through the inbox."""

    run: App
    walk: Walk
    keys: Keyboard

    @property
    def screen(self) -> Screen:
        """At the width that the terminal has by now."""
        streams = self.run.streams.measured(self.run.environ)
        return Screen(streams, accessible=self.run.accessible)

    @property
    def where(self) -> str:
        return f"{self.walk.place + 1} of {len(self.walk.ids)}"

    @property
    def now(self) -> Place:
        return Place(self.run.clock.now(), self.run.zone)

    def draw(self, card: Card, labels: Iterable[str]) -> None:
        """The card as ``show`` has it, without what was before."""
        screen, view = self.screen, view_of(self.run)
        width, spoken = screen.streams.width, screen.accessible
        whole = card_of(card.record, card.story)
        lines = card_lines(replace(whole, before=(), edits=()), view, width, spoken=spoken)
        if spoken:
            screen.data("", f"{self.where}.", *lines)
        else:
            screen.data("", *lines, "", *flow(labels, width, "  "))

    def clear(self) -> None:
        self.screen.clear()

    def say(self, *texts: str) -> None:
        """Below what was asked, a little to the right."""
        screen = self.screen
        indent = "" if screen.accessible else "  "
        for text in texts:
            screen.data(*wrap(text, screen.streams.width, indent))

    def list(self, entries: Iterable[tuple[str, str]]) -> None:
        """Keys and what they do: in two columns, or as sentences."""
        screen = self.screen
        for key, does in entries:
            if screen.accessible:
                self.say(f"{key}: {does}")
                continue
            first, *rest = wrap(does, screen.streams.width, " " * _MARGIN)
            screen.data(f"  {key:<{_MARGIN - 2}}{first[_MARGIN:]}", *rest)

    def done(self, card: Card, told: str) -> None:
        """``#41 closed. u takes it back``."""
        self.say(f"{self.name(card.id)} {told}. u takes it back")

    def name(self, id_: int) -> str:
        return f"Mention {id_}" if self.screen.accessible else f"#{id_}"

    def press(self, question: str = "", indent: str = "") -> str:
        """One key, or REDRAW."""
        question = question or self._standing_question()
        while (key := self.keys.key(self._prompt(question, indent))) == SEVERAL:
            self._echo("")
            self.say(_ONE_LETTER if self.keys.echoes else _ONE_KEY)
        if key != REDRAW:
            self._echo("" if len(key) > 1 else key)
        return key

    def _standing_question(self) -> str:
        if self.screen.accessible:
            return ASK
        return f"{self.where}, a letter and Enter >" if self.keys.echoes else f"{self.where} >"

    def pick(self, question: str, choices: Sequence[str]) -> str:
        """One key out of a few; nobody has to take one."""
        screen = self.screen
        indent = "" if screen.accessible else "  "
        room = screen.streams.width - len(indent)
        screen.data(*(f"{indent}{line}" for line in flow(choices, room, "  ")))
        while (key := self.press(f"{question}?", indent)) == REDRAW:
            screen.data("")
        return key

    def line(self, question: str) -> str:
        indent = "" if self.screen.accessible else "  "
        return self.keys.line(self._prompt(f"{question}:", indent))

    def _prompt(self, question: str, indent: str) -> Callable[[], None]:
        """The last line of a question, whose other lines and whose card stand there already."""
        screen = self.screen
        *above, last = wrap(question, screen.streams.width - _ROOM, indent)
        screen.data(*above)
        screen.streams.flush()

        def write() -> None:
            screen.streams.stdout.write(f"{last} ")
            screen.streams.flush()

        return write

    def _echo(self, key: str) -> None:
        if self.keys.echoes:
            return
        self.run.streams.stdout.write(f"{for_screen(key, one_line=True)}\n")
