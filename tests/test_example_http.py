"""examples/http: each section, as it stands there, read by the program from a server that speaks
the dialect of its service. The answers are built by hand from the services' documentation
(Lemmy 0.19's API v3, Telegram's Bot API, Discord's API v10); they are not recorded."""

from __future__ import annotations

import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socialcare.clock import FixedClock
from socialcare.testing import Fault, Params, Service
from tests.cli.acme import NOW
from tests.cli.runner import Home

EXAMPLES = Path(__file__).resolve().parent.parent / "examples/http"
TOKEN = "7654321:AAE-this_is_the_token_of_a_bot"
ROWS = "select * from mention order by id"


@dataclass
class Shop:
    """A home whose config is one of the examples."""

    home: Home
    service: Service
    url: str
    shown: list[str] = field(default_factory=list)

    def run(self, *words: str, code: int = 0, later: timedelta = timedelta()) -> str:
        ran = self.home.run(*words, clock=FixedClock(NOW + later))
        self.shown += [ran.out, ran.err]
        assert ran.code == code, ran.err
        return ran.out + ran.err

    def fetch(self, **more: Any) -> str:
        return self.run("fetch", **more)

    def rows(self) -> dict[str, dict[str, Any]]:
        """What is stored, by its id at the service."""
        with sqlite3.connect(self.home.database) as db:
            db.row_factory = sqlite3.Row
            found = {row["external_id"]: dict(row) for row in db.execute(ROWS)}
        db.close()
        return found

    def configure(self, name: str) -> None:
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        text = re.sub(
            r'^base_url = "https://[^/"]+', f'base_url = "{self.url}', text, flags=re.MULTILINE
        )
        assert self.url in text
        self.home.configure(f'[brand]\nname = "Acme"\nhandles = ["@acme_care"]\n{text}')

    def holds(self, secret: str) -> bool:
        """Whether it stands anywhere but where it was asked for: screens, database, files."""
        everywhere = [*self.shown, *map(repr, self.home.files().values())]
        return any(secret in text for text in everywhere)


@pytest.fixture
def start(home_at: Home) -> Iterator[Any]:
    running = []

    def begin(name: str, service: Service) -> Shop:
        context = service.running()
        shop = Shop(home_at, service, context.__enter__())
        running.append(context)
        shop.configure(name)
        return shop

    yield begin
    for context in running:
        context.__exit__(None, None, None)


@pytest.fixture
def home_at(tmp_path: Path) -> Home:
    return Home(tmp_path)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def test_every_example_is_tried_here_and_named_in_the_readme():
    files = {path.name for path in EXAMPLES.iterdir()}
    assert files == {"README.md", "lemmy.toml", "telegram.toml", "discord.toml"}
    for name in files - {"README.md"}:
        assert f"({name})" in (EXAMPLES / "README.md").read_text()


def test_the_readme_tells_of_every_key():
    from socialcare.channels import REGISTRY
    from socialcare.channels.mapped.config import KEYS, MENTION_FIELDS, PAGING

    assert set(KEYS) == set(REGISTRY["http"].keys.split())
    text = (EXAMPLES / "README.md").read_text()
    assert {key for key in (*KEYS, *MENTION_FIELDS, *PAGING) if f"`{key}" not in text} == set()


# ── Lemmy ──


class Lemmy(Service):
    """Searches comments and posts; ``deleted`` ones are marked, as their authors see them."""

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []

    def answer(self, path: str, params: Params) -> object:
        assert path == "/api/v3/search"
        assert (params["q"], params["sort"]) == (["acme"], ["New"])
        kind = {"Comments": "comments", "Posts": "posts"}[params["type_"][0]]
        start = (int(params["page"][0]) - 1) * 2
        found = sorted(
            getattr(self, kind), key=lambda one: one[kind[:-1]]["published"], reverse=True
        )
        empty: dict[str, Any] = {"comments": [], "posts": [], "communities": [], "users": []}
        return {"type_": params["type_"][0], **empty, kind: found[start : start + 2]}


def lemmy_time(moment: datetime) -> str:
    """Old servers name no zone."""
    return moment.replace(tzinfo=None).isoformat() + ".123456"


def comment(number: int, content: str, at: datetime, **more: Any) -> dict[str, Any]:
    person = {
        "id": 3,
        "name": "ana",
        "display_name": "Ana B.",
        "actor_id": "https://mander.example/u/ana",
        "bot_account": False,
    }
    return {
        "comment": {
            "id": number,
            "post_id": 9,
            "content": content,
            "published": lemmy_time(at),
            "deleted": False,
            "removed": False,
            "ap_id": f"https://mander.example/comment/{number}",
            "path": f"0.5.{number}",
            "language_id": 37,
            **more,
        },
        "creator": person,
        "post": {
            "id": 9,
            "name": "Boots?",
            "ap_id": "https://lemmy.example/post/9",
            "updated": lemmy_time(at),
            "deleted": True,
        },
        "counts": {"score": 4, "upvotes": 5, "downvotes": 1, "child_count": 2},
    }


def test_lemmy_is_read_to_its_end_once_and_edits_and_deletions_are_seen(start):
    service = Lemmy()
    service.comments = [comment(n, f"My **Acme** boot no. {n}", ago(hours=9 - n)) for n in range(7)]
    service.posts = [
        {
            "post": {
                "id": 2,
                "name": "Acme boots",
                "body": "Are they [good](https://acme.example)?",
                "published": lemmy_time(ago(hours=2)),
                "deleted": False,
                "removed": False,
                "ap_id": "https://lemmy.example/post/2",
            },
            "creator": {"name": "bo", "actor_id": "https://lemmy.example/u/bo"},
            "counts": {"score": 1, "comments": 0},
        }
    ]
    shop = start("lemmy.toml", service)
    assert "8 new" in shop.fetch()
    row = shop.rows()["6"]
    assert row["text"] == "My Acme boot no. 6"
    assert (row["source"], row["kind"]) == ("http:lemmy-comments", "comment")
    assert row["url"] == "https://mander.example/comment/6"
    assert row["created_at"] == "2026-11-21T11:00:00.123Z"
    assert (row["likes"], row["replies"], row["edited_at"]) == (4, 2, None)
    assert shop.rows()["2"]["text"] in {"My Acme boot no. 2", "Acme boots\n\nAre they good?"}
    assert "0 new" in shop.fetch()

    service.comments[6] = comment(
        6, "Acme wrote back", ago(hours=3), updated=lemmy_time(ago(hours=1))
    )
    service.comments[5] = comment(5, "", ago(hours=4), deleted=True)
    assert "0 new" in shop.fetch()
    rows = shop.rows()
    assert rows["6"]["text"] == "Acme wrote back"
    assert rows["6"]["edited_at"] == "2026-11-21T13:00:00.123Z"
    assert rows["5"]["gone_at"]
    assert not rows["4"]["gone_at"]


def test_lemmy_that_refuses_says_why(start):
    shop = start("lemmy.toml", Lemmy())
    shop.service.faults = [Fault(400, b'{"error": "rate_limit_error"}')] * 2
    said = shop.fetch(code=1)
    assert "did not give what was asked for (400): rate_limit_error." in said


# ── Telegram ──


class Telegram(Service):
    """Keeps updates until a later one is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[dict[str, Any]] = []
        self.offsets: list[int | None] = []
        self.limit = 100

    def answer(self, path: str, params: Params) -> object:
        if path != f"/bot{TOKEN}/getUpdates":
            raise Fault(404, b'{"ok": false, "error_code": 404, "description": "Not Found"}')
        assert "edited_message" in json.loads(params["allowed_updates"][0])
        offset = int(params["offset"][0]) if "offset" in params else None
        self.offsets.append(offset)
        self.updates = [one for one in self.updates if one["update_id"] >= (offset or 0)]
        return {"ok": True, "result": self.updates[: self.limit]}


def update(number: int, text: str | None, *, message: int | None = None, **more: Any) -> Any:
    edited = "edit_date" in more
    said = {
        "message_id": message or number,
        "from": {
            "id": 5,
            "is_bot": False,
            "first_name": "Ana",
            "username": "ana",
            "language_code": "de",
        },
        "chat": {"id": 5, "first_name": "Ana", "username": "ana", "type": "private"},
        "date": int(ago(minutes=60 - number).timestamp()),
        **({"text": text} if text is not None else {}),
        **more,
    }
    return {"update_id": 800 + number, "edited_message" if edited else "message": said}


@pytest.fixture
def telegram(start, home_at) -> Shop:
    home_at.environ["SOCIALCARE_TELEGRAM_TOKEN"] = TOKEN
    service = Telegram()
    service.updates = [
        update(1, "Hi, where is my parcel? 🥾"),
        {"update_id": 802, "my_chat_member": {"chat": {"id": 5}}},
        update(3, None, photo=[{"file_id": "x"}], caption="the sole came off"),
        update(4, None, voice={"file_id": "y"}, reply_to_message={"message_id": 3}),
    ]
    shop: Shop = start("telegram.toml", service)
    return shop


def test_telegram_brings_messages_and_forgets_only_what_is_stored(telegram):
    service = telegram.service
    assert "3 new" in telegram.fetch()
    assert service.offsets == [None]
    rows = telegram.rows()
    assert rows["5/1"]["text"] == "Hi, where is my parcel? 🥾"
    assert rows["5/1"]["created_at"] == "2026-11-21T13:01:00.000Z"
    assert (rows["5/1"]["kind"], rows["5/1"]["direct"], rows["5/1"]["lang"]) == ("dm", 1, "de")
    assert (rows["5/3"]["text"], rows["5/4"]["in_reply_to"]) == ("the sole came off", "5/3")
    assert "look in Telegram" in rows["5/4"]["text"]

    assert "0 new" in telegram.fetch()
    assert service.offsets == [None, 805]
    assert service.updates == []

    service.updates = [update(6, "Found it", message=1, edit_date=int(ago(minutes=1).timestamp()))]
    assert "0 new" in telegram.fetch()
    assert telegram.rows()["5/1"]["text"] == "Found it"
    assert telegram.rows()["5/1"]["edited_at"] == "2026-11-21T13:59:00.000Z"
    assert "0 new" in telegram.fetch()


def test_telegram_is_not_told_to_forget_what_could_not_be_stored(telegram):
    """A look without storing, twice, and a run from the beginning."""
    telegram.run("channel", "test", "telegram")
    telegram.run("fetch", "--dry-run")
    assert telegram.service.offsets == [None, None, None]
    assert len(telegram.service.updates) == 4


def test_more_than_a_hundred_messages_come_one_answer_a_run(telegram):
    telegram.service.updates = [update(n, f"number {n}") for n in range(150)]
    assert "holds more: it comes with the next fetch" in telegram.fetch()
    assert telegram.service.offsets == [None]
    assert "50 new" in telegram.fetch()
    assert len(telegram.rows()) == 150
    assert "0 new" in telegram.fetch()


def test_a_day_without_a_fetch_is_told(telegram):
    telegram.fetch()
    assert "possibly missed" not in telegram.fetch(later=timedelta(hours=23))
    said = telegram.fetch(code=5, later=timedelta(hours=48))
    assert "keeps what nobody fetched for a while only" in said


@pytest.mark.parametrize(
    "fault",
    [
        Fault(401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}'),
        Fault(404, b'{"ok":false,"error_code":404,"description":"Not Found"}'),
        Fault(409, f'{{"ok":false,"description":"terminated by bot{TOKEN}"}}'.encode()),
        Fault(200, f'{{"ok":false,"description":"bad {TOKEN}"}}'.encode()),
        Fault(200, f"<html>{TOKEN}</html>".encode()),
        Fault(302, b"", {"Location": f"/bot{TOKEN}/x"}),
        Fault(500, TOKEN.encode()),
        Fault(429, b'{"ok":false,"error_code":429,"parameters":{"retry_after":300}}'),
    ],
    ids=["401", "404", "409", "error inside", "web page", "redirect", "500", "429"],
)
@pytest.mark.parametrize(
    "command", [["fetch"], ["--debug", "fetch"], ["channel", "test", "telegram"]]
)
def test_the_token_in_the_address_is_seen_nowhere(telegram, fault, command):
    telegram.service.faults = [fault] * 9
    ran = telegram.home.run(*command)
    telegram.shown += [ran.out, ran.err]
    assert ran.code != 0
    telegram.run("channel", "--json")
    assert telegram.shown
    assert not telegram.holds(TOKEN)
    assert not telegram.holds(TOKEN.replace(":", "%3A"))
    assert not telegram.holds(TOKEN.partition(":")[2])


def test_telegram_says_how_long_to_wait_and_what_is_wrong(telegram):
    telegram.service.faults = [Fault(429, b'{"ok":false,"parameters":{"retry_after":300}}')]
    assert "is to be left alone until 2026-11-21T14:05:00.000Z" in telegram.fetch(code=1)
    telegram.service.faults = [Fault(409, b'{"ok":false,"description":"webhook is active"}')]
    assert "(409): webhook is active." in telegram.fetch(code=1, later=timedelta(minutes=6))


# ── Discord ──


class Discord(Service):
    """Messages after an id, oldest ones chosen, newest first; and one by its id."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []
        self.limit = 3

    def answer(self, path: str, params: Params) -> object:
        parts = path.removeprefix("/api/v10/channels/222222222222222222/messages").split("/")
        if len(parts) == 2:
            for message in self.messages:
                if message["id"] == parts[1]:
                    return message
            raise Fault(404, b'{"message": "Unknown Message", "code": 10008}')
        assert parts == [""], path
        after = int(params["after"][0])
        found = [one for one in self.messages if int(one["id"]) > after]
        return sorted(found, key=lambda one: int(one["id"]))[: self.limit][::-1]


def snowflake(moment: datetime) -> str:
    return str((int(moment.timestamp() * 1000) - 1_420_070_400_000) << 22)


def said(content: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "id": snowflake(at),
        "channel_id": "222222222222222222",
        "author": {"id": snowflake(at), "username": "nelly", "global_name": "Nelly"},
        "content": content,
        "timestamp": at.isoformat(),
        "edited_timestamp": None,
        "attachments": [],
        "type": 0,
        **more,
    }


@pytest.fixture
def discord(start, home_at) -> Shop:
    home_at.environ["SOCIALCARE_DISCORD_TOKEN"] = TOKEN
    service = Discord()
    service.messages = [
        said("long ago", ago(days=90)),
        *(said(f"Acme is broken, no. {n}", ago(hours=30 - n)) for n in range(7)),
        said("", ago(hours=3), type=7),
        said(
            "",
            ago(hours=2),
            attachments=[
                {
                    "url": "https://cdn.example/a.png",
                    "content_type": "image/png",
                    "description": "a hole",
                },
                {"url": "https://cdn.example/b.bin"},
            ],
            message_reference={"message_id": snowflake(ago(hours=30))},
        ),
    ]
    shop: Shop = start("discord.toml", service)
    return shop


def test_discord_is_read_from_a_month_ago_and_then_what_came(discord):
    assert "8 new" in discord.fetch()
    rows = discord.rows()
    assert "long ago" not in {row["text"] for row in rows.values()}
    picture = rows[snowflake(ago(hours=2))]
    assert json.loads(picture["media"]) == [
        {"type": "image", "url": "https://cdn.example/a.png", "alt": "a hole"},
        {"type": "image", "url": "https://cdn.example/b.bin", "alt": None},
    ]
    assert picture["in_reply_to"] == snowflake(ago(hours=30))
    assert "0 new" in discord.fetch()
    discord.service.messages.append(said("<@1> Acme, are you there?", ago(minutes=1)))
    assert "1 new" in discord.fetch()
    assert not discord.holds(TOKEN)


def test_discord_edits_and_deletions_are_found_by_looking_again(discord):
    discord.fetch()
    messages = discord.service.messages
    messages[1] |= {"content": "Acme mended it", "edited_timestamp": ago(minutes=5).isoformat()}
    del messages[3]
    discord.fetch()
    rows = discord.rows()
    first = rows[snowflake(ago(hours=30))]
    assert (first["text"], first["edited_at"]) == ("Acme mended it", "2026-11-21T13:55:00.000Z")
    assert [row["text"] for row in rows.values() if row["gone_at"]] == ["Acme is broken, no. 2"]


def test_discord_without_the_intent_for_texts_is_told(discord):
    discord.service.messages = [said("", ago(hours=n)) for n in range(5, 12)]
    discord.service.limit = 100
    assert "all 7 items of discord came without words: may this token see them?" in discord.fetch()


def test_the_examples_are_what_people_are_told_to_paste():
    for path in EXAMPLES.glob("*.toml"):
        for name, section in tomllib.loads(path.read_text())["channels"].items():
            assert section["type"] == "http"
            assert f"socialcare channel test {name}" in path.read_text() or name == "lemmy-posts"
