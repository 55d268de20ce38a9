"""An inbox with four mentions, and the service they came from: what a sender works on."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from socialcare.clock import FixedClock
from socialcare.inbox.conflicts import last_event
from socialcare.inbox.database import open_writer
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Letter, Release, Words, letter_of, release, save_draft
from socialcare.workflow.outcome import Outcome
from socialcare.workflow.sending import Sender
from tests.cli.acme import NOW
from tests.workflow.post_office import Office, Shop
from tests.workflow.post_office import settings as office_settings

SETTINGS = office_settings()
MIA, QUESTIONER = 3, 4


class Desk:
    def __init__(self, path: Path, **office: Any) -> None:
        self.path = path
        self.clock = FixedClock(NOW)
        self.office = Office(self.clock, **office)
        self.shop = Shop(self.office, SETTINGS)
        self.db = open_writer(path)

    def approve(self, id_: int, body: str, **more: Any) -> None:
        hand = Hand("leo", self.clock.now(), "reply")
        seen = last_event(self.db, id_)
        save_draft(self.db, id_, Words(body, **more), hand)
        release(self.db, id_, Release("approved", seen), hand)

    def send(self, *ids: int) -> list[Outcome]:
        """As a new process does it."""
        return self._sender().send(list(ids) or None)

    def settle(self) -> list[Outcome]:
        return self._sender().settle()

    def _sender(self) -> Sender:
        hand = Hand("fetch", self.clock.now(), "fetch")
        return Sender(cast("Any", self.shop), self.db, hand)

    def wait(self, span: timedelta) -> None:
        self.clock.sleep(span.total_seconds())

    def state(self, id_: int) -> str | None:
        letter = letter_of(self.db, id_)
        return letter.state if letter else None

    def letter(self, id_: int) -> Letter:
        letter = letter_of(self.db, id_)
        assert letter is not None
        return letter

    def triage(self, id_: int, field: str) -> Any:
        return self.db.value(f"select {field} from triage where mention_id = ?", (id_,))

    @property
    def texts(self) -> list[str]:
        return [out.text for out, _ in self.office.posts]


def make(template: Path, folder: Path, **office: Any) -> Desk:
    path = folder / "inbox.db"
    shutil.copy(template, path)
    return Desk(path, **office)
