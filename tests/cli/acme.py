"""A shop called Acme with five mentions in a real inbox, and a way to run a command on it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from socialcare.cli import main
from socialcare.clock import Clock, FixedClock, format_time
from socialcare.inbox.database import open_reader, open_writer
from socialcare.inbox.store import Incoming, store
from socialcare.models import (
    LABELS,
    Author,
    Classification,
    Judged,
    Label,
    Media,
    Mention,
    Reason,
)
from socialcare.output.streams import Colour, Streams
from socialcare.settings import Settings
from tests.cli.hints import check_hints

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MIA = Author("1", "@mia@mas.to", "Mia", followers=1240)
LEO = Author("2", "@leo@mastodon.social", "Leo")
ANA = Author("3", "ana@example.org")


def mention(number: int, author: Author, text: str, age: timedelta, **facts: Any) -> Mention:
    facts = {"url": f"https://mastodon.example/p/{number}"} | facts
    return Mention("mastodon", "mastodon:mas.to", str(number), author, text, NOW - age, **facts)


def judged(post: Mention, label: Label, filtered: str | None = None, **marks: Any) -> Judged:
    scores: dict[str, float] = {name: 0.9 if name == label else 0.03 for name in LABELS[:4]}
    plain = Classification(label, 0.9, scores, sentiment="neutral", sentiment_score=0.0)
    return Judged(post, replace(plain, **marks), filtered)


LATE = judged(
    mention(
        101,
        MIA,
        "Third email about order #4411 and still no parcel.",
        132 * MINUTE,
        direct=True,
        thread="100",
        in_reply_to="100",
    ),
    "complaint",
    sentiment="negative",
    sentiment_score=-0.296,
    topics=("delivery",),
    urgent=True,
    lang="en",
    reasons=(Reason("complaint", 'waiting "still no parcel"', 2.14),),
)
QUESTION = judged(mention(102, ANA, "Do you ship to Norway?", HOUR), "question")
PRAISE = judged(mention(103, LEO, "Huge thanks [bold]Acme[/] \x1b[2J support", 3 * HOUR), "praise")
PAST = judged(mention(104, MIA, "Where is #4411?", 9 * DAY), "question")
NOT_OURS = judged(
    mention(105, LEO, "Acme, the cartoon company", DAY), "other", filtered="perhaps not about you"
)
PICTURE = judged(
    mention(
        106, ANA, "", 2 * DAY, media=(Media("image", "https://a.example/1.png", "a torn boot"),)
    ),
    "unsure",
    needs_answer=False,
)


@dataclass
class Ran:
    """What one run of the program did."""

    code: int
    out: str
    err: str


class Stocked:
    """Something with a database, reached behind the back of the program."""

    @property
    def database(self) -> Path:
        raise NotImplementedError

    def change(self, sql: str, *values: object) -> None:
        """What other commands do to a mention, done by hand."""
        db = open_writer(self.database)
        try:
            with db.write() as tx:
                tx.execute(sql, values)
        finally:
            db.close()

    def fetched(self, *ages: timedelta) -> None:
        """Runs of fetch that ended so long ago."""
        for age in sorted(ages, reverse=True):
            at = format_time(NOW - age)
            self.change(
                "insert into run (started_at, ended_at, new, ok, channels) values (?, ?, 0, 1, 1)",
                at,
                at,
            )

    def value(self, sql: str) -> Any:
        db = open_reader(self.database)
        try:
            return db.value(sql)
        finally:
            db.close()


@dataclass
class Acme(Stocked):
    home: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.home / "acme.db"

    @property
    def database(self) -> Path:
        return self.path

    def fill(self, *pages: Sequence[Judged]) -> None:
        """Store pages as a fetch would, in a new database unless there is one."""
        db = open_writer(self.path)
        try:
            for page in pages:
                incoming = Incoming("mastodon", "mastodon:mas.to", page)
                store(db, incoming, Settings(), NOW - 3 * MINUTE)
        finally:
            db.close()

    def run(
        self,
        *words: str,
        tty: bool = False,
        stdin: str = "",
        stdin_tty: bool | None = None,
        width: int = 80,
        colour: Colour = "none",
        clock: Clock | None = None,
        **environ: str,
    ) -> Ran:
        streams = Streams(
            io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"),
            io.StringIO(),
            io.StringIO(),
            stdin_tty=tty if stdin_tty is None else stdin_tty,
            stdout_tty=tty,
            stderr_tty=tty,
            width=width,
            colour=colour,
        )
        code = main(
            words,
            streams=streams,
            clock=clock or FixedClock(NOW),
            environ={
                "HOME": str(self.home),
                "SOCIALCARE_DB": str(self.path),
                "SOCIALCARE_USER": "leo",
                **self.environ,
                **environ,
            },
        )
        out, err = streams.stdout, streams.stderr
        assert isinstance(out, io.StringIO)
        assert isinstance(err, io.StringIO)
        check_hints(err.getvalue())
        return Ran(code, out.getvalue(), err.getvalue())
