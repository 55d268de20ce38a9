"""A service with somebody on it who speaks to us, and our program in a home of its own."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from socialcare.clock import SystemClock, format_time
from tests.workflow.office import Office, Ran

ROUNDS = (0, 60, 150, 600, 4000)
"""Seconds that pass before each further fetch, until everything has to be settled."""


@dataclass
class ShiftedClock(SystemClock):
    """Real time, so that deadlines end; what is waited for is over at once."""

    ahead: float = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def sleep(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass(frozen=True)
class Seen:
    """An answer as the service has it. ``reaches``: who wrote to us can read it."""

    text: str
    private: bool
    reaches: bool = True
    at: datetime | None = None
    """Where the service tells."""


class LawBrokenError(AssertionError):
    """Posted twice, lost, or told wrongly."""


@dataclass
class Stage(ABC):
    """``tells``: whether the service gives a means to tell what became of an attempt."""

    office: Office
    clock: ShiftedClock = field(default_factory=ShiftedClock)

    name: ClassVar[str]
    tells: ClassVar[bool] = True
    private: ClassVar[bool] = True
    public: ClassVar[bool] = True
    faults: ClassVar[tuple[str, ...]] = ()
    environ: ClassVar[dict[str, str]] = {}

    @abstractmethod
    def ask(self, text: str) -> None:
        """Somebody writes to us."""

    @abstractmethod
    def answers(self) -> list[Seen]:
        """All that was ever posted as us, by the service's own record."""

    @abstractmethod
    def spoil(self, fault: str) -> None:
        """What happens to the next request that posts."""

    @abstractmethod
    def heal(self) -> None:
        """Whatever still goes wrong ends."""

    def settle_server(self) -> None:  # noqa: B027 - most show at once what was written
        """Wait until what was written there can be read."""

    # What people do here.

    def run(self, *words: str) -> Ran:
        more: dict[str, Any] = {**self.environ, "clock": self.clock}
        return self.office.run(*words, **more)

    def asked(self, text: str) -> int:
        """A new mention, by its number here."""
        self.ask(text)
        self.settle_server()
        ran = self.run("fetch")
        assert ran.code == 0, ran.err
        return int(self.office.value(f"select id from mention where text like '%{text}%'"))

    def send(self, id_: int, text: str, *options: str) -> Ran:
        return self.run("reply", str(id_), "--body", text, *options, "--send")

    def approve(self, id_: int, text: str, *options: str) -> None:
        ran = self.run("reply", str(id_), "--body", text, *options, "--approve")
        assert ran.code == 0, ran.err

    def later(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    def settle(self) -> None:
        """Runs of cron until nothing more can become of anything."""
        self.heal()
        for seconds in ROUNDS:
            self.later(seconds)
            self.settle_server()
            self.run("fetch", "--quiet")

    # What is said here of what became of it.

    def state(self, id_: int) -> str | None:
        """Of the last answer to it."""
        rows = self.office.rows(
            f"select state from reply where mention_id = {id_} order by state = 'sent', id desc"
        )
        return rows[0][0] if rows else None

    def told(self, id_: int) -> Any:
        return json.loads(self.run("show", str(id_), "--json").out)

    def mentions(self) -> int:
        return int(self.office.value("select count(*) from mention where role = 'mention'"))


def judge(stage: Stage, id_: int, text: str, *, private: bool = False, times: int = 1) -> str:
    """What became of a text, in words.

    Raises
    ------
    LawBrokenError
        It is not what may become of one.

    """
    there = [seen for seen in stage.answers() if text in seen.text]
    state = stage.state(id_)
    told = f"{state or 'no answer'}, {len(there)} there"
    if len(there) > times:
        raise LawBrokenError(f"posted more than {times} times: {told}")
    if state == "sent" and len(there) != times:
        raise LawBrokenError(f"said to be sent, and lost: {told}")
    if state == "unknown" and stage.tells:
        raise LawBrokenError(f"unknown, where the service tells: {told}")
    if state not in ("sent", "unknown") and len(there) >= times:
        raise LawBrokenError(f"posted, and not said so: {told}")
    if state in ("sending", "waiting"):
        raise LawBrokenError(f"nobody sees to it: {told}")
    for seen in there:
        if seen.private != private:
            raise LawBrokenError(f"{'public' if private else 'private'} by mistake: {seen}")
        if not seen.reaches:
            raise LawBrokenError(f"reaches nobody: {seen}")
    if state == "sent":
        _is_counted(stage, id_, text, there, times)
    return told


def _is_counted(stage: Stage, id_: int, text: str, there: list[Seen], times: int) -> None:
    """Stamped with the time of the service, an answer and no mention, and shown as often as it is."""
    stamp = stage.office.value(f"select first_answer_at from triage where mention_id = {id_}")
    times_there = [seen.at for seen in there if seen.at]
    if times_there and stamp != format_time(min(times_there)):
        raise LawBrokenError(f"answered at {format_time(min(times_there))}, stamped {stamp}")
    shown = [one for one in stage.told(id_)["conversation"] if text in one["text"]]
    if len(shown) != times:
        raise LawBrokenError(f"shown {len(shown)} times: {shown}")
    if not all(one["ours"] for one in shown):
        raise LawBrokenError(f"taken for somebody else's: {shown}")
    as_mention = stage.office.value(
        f"select count(*) from mention where role = 'mention' and text like '%{text}%'"
    )
    if as_mention:
        raise LawBrokenError("our own answer has become a mention")
