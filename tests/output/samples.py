"""Four mentions of a shop called Acme, and screens to show them on."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from socialcare.clock import format_time
from socialcare.output.records import MENTION_FIELDS, View
from socialcare.output.screen import Screen
from socialcare.output.streams import Colour, Streams

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
VIEW = View(NOW, UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class State:
    """What the first line of the inbox is told."""

    open: int = 9
    late: int = 3
    late_capped: bool = False
    last_fetch: datetime | None = NOW - 3 * MINUTE
    channels_ok: int = 4
    channels: int = 4
    usual_interval: timedelta | None = 5 * MINUTE
    demo: bool = False


def mention(**fields: object) -> dict[str, object]:
    """A record with every field; those not given are those of an ordinary open complaint."""
    record: dict[str, object] = dict.fromkeys(MENTION_FIELDS)
    record.update(
        v=1,
        id=41,
        channel="mastodon",
        external_id="14919",
        kind="post",
        author="@mia@mas.to",
        author_name="Mia",
        previous_contacts=0,
        created_at=format_time(NOW - 132 * MINUTE),
        fetched_at=format_time(NOW - 130 * MINUTE),
        text="No parcel.",
        lang="en",
        media=[],
        media_alt=[],
        label="complaint",
        confidence=0.93,
        sentiment="negative",
        sentiment_score=-0.296,
        topics=["delivery"],
        urgent=False,
        needs_answer=True,
        priority="urgent",
        points=75,
        why=[{"reason": "base", "points": 20}, {"reason": "complaint", "points": 25}],
        status="open",
        new=True,
        tags=[],
        due_at=format_time(NOW - 72 * MINUTE),
        late=True,
        demo=False,
    )
    unknown = fields.keys() - record.keys()
    assert not unknown, f"no such fields: {unknown}"
    record |= fields
    waits = record["status"] == "open" and record["needs_answer"]
    stands = {"conversation_id": record["id"], "messages": 1, "waiting": bool(waits)}
    if waits:
        stands |= {"waiting_since": record["created_at"], "due_for": "first"}
    return record | stands | fields


MIA = mention(
    text="Third email about order #4411 and still no parcel. @acme do you even read these?",
    url="https://mastodon.example/p/14919",
    followers=1240,
    previous_contacts=3,
    why=[
        {"reason": "base", "points": 20},
        {"reason": "complaint", "points": 25},
        {"reason": "speaks to you directly", "points": 10},
        {"reason": "wrote 3x before", "points": 15},
        {"reason": "1,240 followers", "points": 5},
    ],
)
NOOR = mention(
    id=43,
    priority="high",
    author="@noor.example.com",
    channel="bluesky",
    topics=["billing"],
    owner="mia",
    due_at=format_time(NOW + 56 * MINUTE),
    late=False,
    text="Charged twice by Acme for the same pair of boots.",
)
ANA = mention(
    id=46,
    priority="normal",
    label="question",
    author="ana@example.org",
    channel="email",
    topics=["shipping"],
    owner="leo",
    due_at=format_time(NOW + 122 * MINUTE),
    late=False,
    text="Do you ship to Norway? Need them before Christmas.",
)
LEO = mention(
    id=49,
    priority="low",
    label="praise",
    author="@leo@mastodon.social",
    topics=[],
    due_at=format_time(NOW + 20 * HOUR),
    late=False,
    text="Huge thanks to Acme support for being so kind.",
)
FOUR = [MIA, NOOR, ANA, LEO]


def screen(
    *,
    width: int = 80,
    tty: bool = False,
    colour: Colour = "none",
    quiet: bool = False,
) -> Screen:
    streams = Streams(
        io.StringIO(),
        io.StringIO(),
        io.StringIO(),
        stdin_tty=tty,
        stdout_tty=tty,
        stderr_tty=tty,
        width=width,
        colour=colour,
    )
    return Screen(streams, quiet=quiet)


def printed(to: Screen) -> str:
    assert isinstance(to.streams.stdout, io.StringIO)
    return to.streams.stdout.getvalue()


def told(to: Screen) -> str:
    assert isinstance(to.streams.stderr, io.StringIO)
    return to.streams.stderr.getvalue()
