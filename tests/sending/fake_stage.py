"""The stage on the server of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from tests.sending.fediverse import FAULTS, TOKEN, Dialect, Fediverse
from tests.sending.stage import Seen, ShiftedClock, Stage
from tests.workflow.office import Office

CONFIG = """\
[brand]
name = "Acme"
[channels.fedi]
type = "mastodon"
server = "{url}"
notifications = true
seconds = {seconds}
token = {{ env = "TOKEN" }}
"""
PATIENCE_S = 2
"""What a channel is given, so that silence ends soon."""


@dataclass
class OnFediverse(Stage):
    server: Fediverse = field(kw_only=True)

    name: ClassVar[str] = "mainline"
    faults: ClassVar[tuple[str, ...]] = tuple(FAULTS)
    environ: ClassVar[dict[str, str]] = {"TOKEN": TOKEN}

    def ask(self, text: str) -> None:
        self.server.ask(text)

    def answers(self) -> list[Seen]:
        return [
            Seen(
                one.text,
                private=one.visibility == "direct",
                reaches=one.visibility == "public" or bool(one.named),
                at=one.at,
            )
            for one in self.server.made()
        ]

    def spoil(self, fault: str) -> None:
        self.server.spoil.append(fault)

    def heal(self) -> None:
        self.server.spoil.clear()
        self.server.down.clear()


class OnOther(OnFediverse):
    """Own posts show after a minute and a half there."""

    name: ClassVar[str] = "other"
    tells: ClassVar[bool] = False


class OnSlowOther(OnFediverse):
    """Own posts show after a quarter of an hour there."""

    name: ClassVar[str] = "other, very late"
    tells: ClassVar[bool] = False


LATE = {"other": timedelta(seconds=90), "other, very late": timedelta(minutes=15)}


@contextmanager
def on_fediverse(folder: Path, kind: type[OnFediverse] = OnFediverse) -> Iterator[OnFediverse]:
    clock = ShiftedClock()
    dialect: Dialect = "mainline" if kind.tells else "other"
    late = LATE.get(kind.name, timedelta())
    folder.mkdir(parents=True, exist_ok=True)
    server = Fediverse(folder / "posts.jsonl", dialect, late, clock)
    with server.running():
        office = Office(folder / "home")
        office.configure(CONFIG.format(url=server.url, seconds=PATIENCE_S))
        yield kind(office, clock, server=server)
