"""Channels that somebody else wrote, and wrote wrongly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.models import Author, Mention


class Defective(Channel):
    """Gives one page and then fails as no channel may."""

    type: ClassVar[str] = "defective"
    matches: ClassVar[bool] = False

    def __init__(self, setup: Setup) -> None:
        self.now = setup.clock.now()

    @property
    def source(self) -> str:
        return self.type

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        yield self.page(1)
        raise KeyError("[bold]cards\x1b[2J")

    def page(self, number: int) -> Page:
        author = Author("1", "@mia")
        made = Mention(self.type, self.source, str(number), author, f"late {number}", self.now)
        return Page([made], {"after": number})


class Unbuildable(Defective):
    """Fails before it is there."""

    def __init__(self, setup: Setup) -> None:
        raise TypeError("no way")


class Stubborn(Defective):
    """Gives one page and then takes no notice of its time."""

    hangs: ClassVar[threading.Event] = threading.Event()
    over: ClassVar[threading.Event] = threading.Event()

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        yield self.page(1)
        for thread in threading.enumerate():
            if thread.name == "fine":
                thread.join(60)
        self.hangs.set()
        self.over.wait(60)


class Slow(Defective):
    """Every page takes a third of the minute that a channel has."""

    type: ClassVar[str] = "slow"

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.clock = setup.clock

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        after = checkpoint["after"] if checkpoint else 0
        for number in range(after + 1, 8):
            self.clock.sleep(timedelta(seconds=22).total_seconds())
            yield self.page(number)


class Poison(Defective):
    """The second of three pages cannot be stored: its checkpoint is no JSON."""

    type: ClassVar[str] = "poison"

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        yield self.page(1)
        yield replace(self.page(2), checkpoint={"after": object()})
        yield self.page(3)


ENTRY_POINTS = """\
[socialcare.channels]
defective = tests.workflow.wrong:Defective
unbuildable = tests.workflow.wrong:Unbuildable
stubborn = tests.workflow.wrong:Stubborn
poison = tests.workflow.wrong:Poison
slow = tests.workflow.wrong:Slow
"""
