"""A busy shop for the screens: whatever a row, a card or a report can hold is in it once."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from socialcare.channels import REGISTRY
from socialcare.clock import FixedClock
from socialcare.inbox.database import open_writer
from socialcare.inbox.leases import take
from socialcare.inbox.store import Incoming, store
from socialcare.models import Author, Judged, Media, Reason
from socialcare.output.streams import colour_of
from socialcare.settings.load import load_settings
from socialcare.settings.paths import Paths
from tests.cli.acme import ANA, DAY, HOUR, LEO, MIA, MINUTE, NOW, Acme, Ran, judged, mention
from tests.cli.shop import CARTOON, LEFT, PANTS, SETTLED, SIZING, correct

CONFIG = """\
[brand]
name = "Acme"
handles = ["@acme@mas.to"]

[answer_by]
timezone = "UTC"
{hours}
[channels.form]
type = "exec"
command = "/bin/cat {home}/posts.jsonl"

[channels.phone]
type = "exec"
command = "/bin/false"
"""
HOURS = 'hours = "Mon-Fri 09:00-17:00"\n'
CONFIGS = {"busy": "", "hours": HOURS}

TOM = Author("4", "@tom@mas.to", "Tom")
LONG = Author("5", "@a-handle-that-goes-on-and-on-and-on@a-server.with-a-long-name.example", "Al")
SAKURA = Author("6", "@さくら@mas.to", "桜井 さくら", followers=150_000)
YOSSI = Author("7", "@יוסי@mas.to", "יוסי כהן")
EVE = Author("8", "@eve\x1b]0;owned\x07@mas.to", "Eve \u202eevE [red]")
PARTY = Author("9", "@party@mas.to", "🎉 Party 👩‍👩‍👧")
BOT = Author("10", "@cheap-watches@bots.example", "Cheap Watches")
KIM = Author("11", "@kim@mas.to", "Kim")
US = Author("99", "@acme@mas.to", "Acme", is_us=True)

_WAITING: dict[str, Any] = {
    "sentiment": "negative",
    "sentiment_score": -0.62,
    "topics": ("delivery",),
}
_CUES = (
    Reason("complaint", 'waiting "still no parcel"', 2.14),
    Reason("complaint", 'count "third"', 1.2),
    Reason("question", 'mark "?"', 0.4),
)


def _ours(number: int, text: str, age: timedelta, to: str) -> Judged:
    return Judged(
        mention(number, US, text, age, role="answer", thread=f"t{to}", in_reply_to=to), None
    )


def _past() -> Iterator[Judged]:
    yield judged(mention(201, MIA, "Where is #4411?", 9 * DAY), "question")
    yield judged(mention(202, MIA, "Lovely boots, thank you", 18 * DAY), "praise")


def _talk() -> Iterator[Judged]:
    """Mia writes three times in one thread, we once, and Tom knows better."""
    thread = {"thread": "t210"}
    yield judged(mention(210, MIA, "Parcel 4411 is late", 3 * DAY, **thread), "complaint")
    yield _ours(211, "We are asking the courier. You will hear from us.", 70 * HOUR, "210")
    again = thread | {"in_reply_to": "211"}
    yield judged(mention(212, MIA, "And? Still nothing.", 3 * HOUR, **again), "complaint")
    text = "Third email about order #4411 and still no parcel. @acme do you even read these?"
    yield judged(
        mention(213, MIA, text, 132 * MINUTE, direct=True, **again),
        "complaint",
        urgent=True,
        reasons=_CUES,
        **_WAITING,
    )
    told = mention(
        214, TOM, "Mine took two weeks, ask for a refund", HOUR, in_reply_to="213", **thread
    )
    yield judged(told, "other", needs_answer=False)


def _others() -> Iterator[Judged]:
    yield judged(mention(220, ANA, "Do you ship to Norway?", 225 * MINUTE), "question")
    text = "Charged twice by Acme for the same pair of boots, again. " * 3
    yield judged(
        mention(221, LONG, text, 50 * HOUR, rating=1.0),
        "complaint",
        topics=("refund_billing", "product_fault", "warranty_returns"),
    )
    yield judged(
        mention(222, SAKURA, "荷物が届きません。いつ届きますか。返事をください。" * 2, 20 * MINUTE),
        "unsure",
        lang="ja",
    )
    text = "שלום, החבילה שלי לא הגיעה \u202eevil\u202c. תודה"
    yield judged(mention(223, YOSSI, text, 30 * MINUTE), "unsure", lang="he")
    text = (
        "\x1b[2J\x1b]0;owned\x07[bold]Acme[/] \x9b31m broke\r\n| # *my* tent\t\u200b\u202e!\u2066 e"
        + "\u0301" * 9
    )
    yield judged(mention(224, EVE, text, 10 * MINUTE), "complaint", **_WAITING)
    text = "🎉🎉 Huge thanks to Acme 👩‍👩‍👧 ❤️ " + "so " * 40 + "happy"
    yield judged(
        mention(225, PARTY, text, 3 * HOUR),
        "praise",
        sentiment="positive",
        sentiment_score=0.93,
    )
    yield judged(
        mention(
            226,
            LEO,
            "",
            2 * HOUR,
            media=(Media("image", "https://a.example/1.png", "a torn boot"),),
        ),
        "complaint",
    )
    yield judged(mention(227, BOT, "Cheap watches, click now", 5 * HOUR), "other")
    yield judged(
        mention(228, LEO, "Acme, the cartoon company", DAY), "other", "perhaps not about you"
    )


def _later() -> Iterator[Judged]:
    yield judged(mention(230, KIM, "My stove arrived bent", 40 * MINUTE), "complaint")
    yield judged(mention(231, TOM, "Is the red tent back?", 6 * HOUR), "question")
    yield judged(mention(232, ANA, "Thanks, that fits", 26 * HOUR), "praise")
    yield judged(mention(233, KIM, "Where do I send it back to?", 4 * DAY), "question")
    yield judged(mention(234, KIM, "Delete what you have about me", 7 * DAY), "other")


class Shop(Acme):
    """Leo works here with Mia, whose answers and marks are in the inbox too."""

    def run(self, *words: str, **more: Any) -> Ran:
        ran = super().run(*words, **more)
        return Ran(ran.code, self._shown(ran.out), self._shown(ran.err))

    def _shown(self, text: str) -> str:
        """Without the name of the folder; it is as long as the one it is shown by."""
        text = re.sub(r"\bprocess \d+", "process 4242", text)
        return text.replace(str(self.home), f"/home/leo/{'x' * (len(str(self.home)) - 10)}")

    def did(self, *words: str, ago: timedelta = MINUTE, by: str = "leo", code: int = 0) -> None:
        ran = self.run(*words, clock=FixedClock(NOW - ago), SOCIALCARE_USER=by)
        assert ran.code == code, ran.err

    def id(self, number: int) -> str:
        return str(self.value(f"select id from mention where external_id = '{number}'"))

    def fill(self, *pages: Sequence[Judged]) -> None:
        """As a fetch would with this config."""
        settings = load_settings(Paths.find(self.environ | {"HOME": str(self.home)}), REGISTRY)
        db = open_writer(self.path)
        for page in pages:
            first = page[0].mention
            store(db, Incoming(first.channel, first.source, page), settings, NOW - 3 * MINUTE)
        db.close()

    def configure(self, hours: str = "") -> None:
        config = self.home / "acme.toml"
        config.write_text(CONFIG.format(hours=hours, home=self.home))
        self.environ["SOCIALCARE_CONFIG"] = str(config)


def work(shop: Shop, hours: str = "") -> None:
    """Everything that people did: held, promised, put off, muted, erased, closed, noted."""
    shop.configure(hours)
    shop.fill(list(_past()), list(_talk()), list(_others()), list(_later()))
    elsewhere = Author("77", "mia_boots", "Mia B.")
    post = mention(301, elsewhere, "Your checkout is broken", 95 * MINUTE)
    facts = {name: getattr(post, name) for name in post.__slots__}
    facts |= {"channel": "hackernews", "source": "hackernews"}
    shop.fill([judged(type(post)(**facts), "complaint", topics=("account",))])
    last = shop.id(213)
    shop.did(
        "reply",
        shop.id(201),
        "--record",
        "-b",
        "On its way.",
        "--at",
        "2026-11-12 17:10",
        ago=8 * DAY,
    )
    shop.did("close", shop.id(201), "--reason", "answered", ago=8 * DAY)
    shop.did("close", shop.id(202), "--reason", "no-answer-needed", ago=17 * DAY, by="mia")
    shop.did("set", last, "--note", "courier lost it once already", "--tag", "vip", ago=2 * DAY)
    shop.did("set", last, "--owner", "mia", ago=HOUR, by="mia")
    shop.did(
        "reply", last, "-b", "Sorry for the wait, Mia.\nI am on it.", by="mia", ago=30 * MINUTE
    )
    shop.did("set", shop.id(231), "--snooze", "monday", "--note", "back in stock on Monday")
    shop.did("set", shop.id(232), "--snooze", "reply", "--tag", "vip", "--tag", "size")
    shop.did(
        "reply",
        shop.id(233),
        "--record",
        "-b",
        "You have an answer by 20:00.",
        "--promise",
        "7h",
        ago=HOUR,
    )
    shop.did("customer", "mute", BOT.handle, "--reason", "sells watches", by="mia", ago=4 * HOUR)
    shop.did("customer", "link", "@mia@mas.to", "mia_boots", ago=3 * HOUR)
    shop.did("forget", shop.id(234), "--confirm", "1")
    shop.did("import", "--orders", str(orders(shop)))
    db = open_writer(shop.path)
    take(db, int(shop.id(230)), "mia", NOW - 3 * MINUTE)
    db.close()
    shop.fetched(3 * MINUTE, 8 * MINUTE, 13 * MINUTE)


def teach(shop: Shop) -> None:
    """A month in which the people of another shop corrected what was labelled wrong."""
    shop.configure()
    texts = (*PANTS, *SIZING, *CARTOON, *SETTLED, *LEFT)
    lines = (
        json.dumps({"text": text, "author": f"@p{n}", "created_at": f"2026-11-20T10:{n:02}:00Z"})
        for n, text in enumerate(texts, 1)
    )
    assert shop.run("import", "-", stdin="\n".join(lines)).code == 0
    correct(shop)  # type: ignore[arg-type]


def orders(shop: Shop) -> Path:
    file = shop.home / "orders.csv"
    file.write_text(
        "Name,Status,Sent,Courier\n#4411,shipped,2026-11-12,Slow & Sons 📦\n#4412,paid,,\n"
    )
    return file


def posts(shop: Shop) -> None:
    """What the channel ``form`` gives: two new ones and one that nobody can read."""
    lines = (
        {"id": "f1", "text": "Where is my Acme parcel?", "author": "@new@mas.to", "created_at": "2026-11-21T13:00:00Z"},
        {"id": "f2", "text": "Acme boots, my favourite", "author": "@new@mas.to", "created_at": "2026-11-21T13:05:00Z"},
    )  # fmt: skip
    told = "\n".join([*map(json.dumps, lines), "not a mention"])
    (shop.home / "posts.jsonl").write_text(told)


@contextmanager
def place() -> Iterator[Path]:
    """A folder whose name is always as long, so that lines that name it always break alike."""
    home = Path(tempfile.mkdtemp(prefix="acme-", dir="/tmp"))
    try:
        yield home
    finally:
        shutil.rmtree(home)


def as_seen(shop: Shop, *words: str, terminal: bool, width: int = 80, **environ: str) -> Ran:
    """Run at a terminal of that width or in a pipe, with the colours that the variables allow."""
    colour = colour_of(environ, tty=terminal)
    return shop.run(*words, tty=terminal, width=width, colour=colour, **environ)
