"""``[[notify]]``: who is told of what, by which way, once; and what becomes of it when that fails."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest

from socialcare.output.schema import schema
from socialcare.testing import Item
from tests.channels.cases.hackernews import Algolia
from tests.channels.imap_server import PASSWORD, USER
from tests.channels.smtp_server import SmtpServer
from tests.cli.test_fetch import BRAND, NOW
from tests.workflow.hook import HookServer
from tests.workflow.office import Office

HOUR = timedelta(hours=1)
URGENT = "My Acme boots caught fire, my son is in hospital and we will call our lawyer"
CRASHED = "<b>Acme</b> leaked my card number, this is a data breach \x1b[2J\u202e"


class Shop:
    """An office that watches one service, whose first look is over."""

    def __init__(self, office: Office, url: str, service: Algolia) -> None:
        self.office, self.url, self.service = office, url, service

    def configure(self, *targets: str, more: str = "") -> None:
        channel = f'[channels.hackernews]\ntype = "hackernews"\nbase_url = "{self.url}"\n'
        self.office.configure("\n".join((BRAND, more, channel, *targets)))

    def urgent(self, count: int, first: int = 0, text: str = URGENT) -> None:
        now = self.office.clock.now()
        self.service.items += [
            Item(f"u-{first + n}", now - timedelta(seconds=30 - n / 100), f"{text} {first + n}")
            for n in range(count)
        ]

    def next(self, **environ: str) -> Any:
        """What the next run of fetch says."""
        ran = self.office.run("fetch", "--json", stdin=b"", clock=None, **environ)
        return ran.record

    def later(self, minutes: float) -> None:
        self.office.later(minutes=minutes)


@pytest.fixture
def shop(tmp_path) -> Iterator[Shop]:
    office = Office(tmp_path)
    office.clock.at = NOW
    service = Algolia()
    with service.running() as url:
        found = Shop(office, url, service)
        found.configure()
        assert office.run("fetch").code == 0
        office.later(minutes=5)
        yield found


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with HookServer().running() as found:
        yield found


def webhook(url: str, more: str = "", on: str = '["urgent", "alert"]') -> str:
    return f'[[notify]]\non = {on}\nwebhook = "{url}"\n{more}\n'


def command(path: str, more: str = "") -> str:
    return f'[[notify]]\non = ["urgent"]\ncommand = "{sys.executable} {path}"\n{more}\n'


def test_an_urgent_mention_is_told_at_once_and_once_signed(shop, hook):
    shop.configure(webhook(hook.url, 'secret = { env = "HOOK" }'))
    shop.urgent(1)
    key = base64.b64encode(b"a key of our own").decode()
    told = shop.next(HOOK=f"whsec_{key}")
    assert told["notices"] == {"sent": 1, "waiting": 0}
    [record], [head], [body] = hook.records, hook.heads, hook.bodies
    assert (record["kind"], record["brand"]) == ("urgent", "Acme")
    assert record["mentions"][0]["text"] == f"{URGENT} 0"
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    made = hmac.new(b"a key of our own", signed, hashlib.sha256).digest()
    assert head["webhook-signature"] == f"v1,{base64.b64encode(made).decode()}"
    assert head["webhook-id"] == record["id"]
    assert head["webhook-timestamp"] == str(int(shop.office.clock.now().timestamp()))
    shop.later(5)
    assert shop.next(HOOK=key)["notices"] == {"sent": 0, "waiting": 0}
    assert len(hook.bodies) == 1


def test_what_was_there_before_the_first_look_is_no_news(tmp_path, hook):
    office = Office(tmp_path)
    office.clock.at = NOW
    service = Algolia()
    with service.running() as url:
        shop = Shop(office, url, service)
        shop.configure(webhook(hook.url, on='["urgent"]'))
        shop.urgent(40)
        assert shop.next()["notices"] == {"sent": 0, "waiting": 0}
        assert office.value("select count(*) from mentions where priority = 'urgent'") == 40
        shop.later(5)
        shop.urgent(1, 100)
        shop.next()
    assert [one["kind"] for one in hook.records] == ["urgent"]


def test_many_at_once_are_a_few_and_one_message_of_the_rest(shop, hook):
    shop.configure(webhook(hook.url, on='["urgent"]'), more='[alerts]\nspike = "off"')
    shop.urgent(12)
    assert shop.next()["notices"] == {"sent": 12, "waiting": 0}
    assert [one["kind"] for one in hook.records] == ["urgent"] * 5 + ["digest"]
    assert hook.records[-1]["count"] == len(hook.records[-1]["notices"]) == 7


def test_a_wave_of_urgent_ones_is_one_message_at_once(tmp_path, hook):
    office = Office(tmp_path)
    office.clock.at = NOW
    service = Algolia()
    service.items = [Item(f"o-{n}", NOW - n * HOUR, f"Thanks, Acme, {n}") for n in range(1, 60)]
    with service.running() as url:
        shop = Shop(office, url, service)
        shop.configure(webhook(hook.url, on='["urgent", "spike"]'))
        assert shop.next()["notices"] == {"sent": 0, "waiting": 0}
        shop.later(20)
        shop.urgent(60)
        told = shop.next()
        assert "spike" in [one["name"] for one in told["alerts"]]
        assert [one["alert"] for one in hook.records] == ["SPIKE"]
        assert len(hook.records[0]["mentions"]) == 3
        shop.later(5)
        shop.urgent(60, 100)
        shop.next()
        assert len(hook.records) == 1
        shop.later(61)
        shop.next()
    assert (hook.records[-1]["kind"], hook.records[-1]["count"]) == ("digest", 120)
    assert len(hook.records) == 2


def test_a_program_gets_the_record_on_its_standard_input_as_data(shop, tmp_path):
    program = tmp_path / "post.py"
    program.write_text(
        "import sys, pathlib\n"
        f"pathlib.Path({str(tmp_path / 'got.json')!r}).write_bytes(sys.stdin.buffer.read())\n"
        f"pathlib.Path({str(tmp_path / 'words')!r}).write_text(repr(sys.argv[1:]))\n"
    )
    shop.configure(command(f"{program} $(id) ';' *"))
    shop.urgent(1, text=CRASHED)
    assert shop.next()["notices"]["sent"] == 1
    raw = (tmp_path / "got.json").read_bytes()
    assert raw.count(b"\n") == 1
    record = json.loads(raw)
    assert "\x1b" not in record["text"] + record["message"] + record["mentions"][0]["text"]
    assert "\u202e" not in record["text"]
    assert (tmp_path / "words").read_text() == "['$(id)', ';', '*']"


@pytest.mark.parametrize(
    ("status", "headers"),
    [(500, {}), (404, {}), (302, {"Location": "/elsewhere"}), (307, {"Location": "/elsewhere"})],
)
def test_what_is_refused_is_kept_told_of_and_tried_again(shop, hook, status, headers):
    shop.configure(webhook(hook.url, on='["urgent"]'))
    hook.status, hook.headers = status, headers
    shop.urgent(1)
    ran = shop.office.run("fetch")
    assert ran.code == 0
    assert "1 new (1 urgent)" in ran.out
    assert "webhook could not be told" in ran.err
    assert "1 kept for it" in ran.err
    assert hook.paths == ["/acme"]
    assert "NOTIFY\twebhook could not be told 1 time in a row" in shop.office.run("alerts").out
    look = json.loads(shop.office.run("doctor", "--offline", "--json").out)
    assert [one["level"] for one in look if one["name"] == "notify webhook"] == ["look"]
    assert shop.next()["notices"] == {"sent": 0, "waiting": 1}
    assert len(hook.bodies) == 1  # within its pause
    hook.status, hook.headers = 204, {}
    shop.later(5)
    assert shop.next()["notices"] == {"sent": 1, "waiting": 0}
    assert [head["webhook-id"] for head in hook.heads] == [hook.heads[0]["webhook-id"]] * 2
    assert "NOTIFY" not in shop.office.run("alerts").out


def test_nobody_listens_and_the_other_is_told_all_the_same(shop, hook):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/"
        shop.configure(webhook(nobody, on='["urgent"]'), webhook(hook.url, on='["urgent"]'))
        shop.urgent(2)
        told = shop.next()
    assert told["notices"] == {"sent": 2, "waiting": 2}
    assert (told["new"], len(hook.bodies)) == (2, 2)


def test_a_pause_doubles_and_nothing_is_lost(shop, hook):
    shop.configure(webhook(hook.url, on='["urgent"]'), more='[alerts]\nspike = "off"')
    hook.status = 503
    shop.urgent(3)
    for _ in range(12):
        shop.next()
        shop.later(5)
    assert 4 <= len(hook.bodies) <= 6
    hook.status = 200
    shop.later(60)
    assert shop.next()["notices"] == {"sent": 3, "waiting": 0}
    texts = {one["mentions"][0]["text"] for one in hook.records[-3:]}
    assert texts == {f"{URGENT} {n}" for n in range(3)}


def test_a_target_that_hangs_is_left_and_the_next_one_is_told(shop, hook, tmp_path):
    program = tmp_path / "sleep.py"
    program.write_text("import time\ntime.sleep(90)\n")
    with HookServer(hangs=True).running() as slow:
        shop.configure(
            webhook(slow.url, "seconds = 1", on='["urgent"]'),
            command(str(program), "seconds = 1"),
            webhook(hook.url, on='["urgent"]'),
        )
        shop.office.clock.at = datetime.now(UTC)  # that of a process is the machine's
        shop.urgent(1)
        ran = shop.office.process("fetch", "--json")
    assert (ran.code, ran.record["new"]) == (0, 1)
    assert ran.record["notices"] == {"sent": 1, "waiting": 2}
    assert "still running after 1 s" in ran.err
    assert len(hook.bodies) == len(slow.bodies) == 1


def test_a_program_that_fails_is_told_with_its_status_and_last_words(shop, tmp_path):
    program = tmp_path / "fail.py"
    program.write_text("import sys\nprint('chat is down', file=sys.stderr)\nsys.exit(3)\n")
    shop.configure(command(str(program)))
    shop.urgent(1)
    ran = shop.office.run("fetch", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert "status 3: chat is down" in shop.office.run("alerts").out


def test_no_secret_is_shown_where_it_fails(shop, hook):
    shop.configure(
        '[[notify]]\non = ["urgent"]\nwebhook = { env = "HOOK" }\n'
        'secret = { env = "HOOK_SECRET" }\n'
    )
    shop.urgent(1)
    missing = shop.office.run("fetch", HOOK=hook.url)
    assert "HOOK_SECRET is not set" in missing.err
    shop.later(5)
    hook.status = 500
    secret, address = "s3cret-of-acme", "https://nowhere.invalid/T0P-S3CRET"
    ran = shop.office.run("fetch", HOOK=address, HOOK_SECRET=secret)
    said = ran.out + ran.err + shop.office.run("alerts", "--json").out
    assert "could not be told" in said
    assert "T0P-S3CRET" not in said
    assert secret not in said
    for raw in shop.office.files().values():
        assert secret.encode() not in raw
        assert b"T0P-S3CRET" not in raw


def test_what_can_wait_is_gathered(shop, hook):
    shop.service.items += [Item("late", NOW - 9 * HOUR, "Where is my Acme parcel?")]
    shop.configure(webhook(hook.url))
    assert shop.next()["notices"] == {"sent": 0, "waiting": 1}
    shop.later(56)
    assert shop.next()["notices"] == {"sent": 0, "waiting": 1}
    shop.later(5)
    assert shop.next()["notices"] == {"sent": 1, "waiting": 0}
    [late] = hook.records
    assert (late["alert"], late["name"], late["mentions"][0]["id"]) == ("LATE", "late", 1)
    shop.later(120)
    assert shop.next()["notices"] == {"sent": 0, "waiting": 0}  # it goes on: the same incident


def test_the_same_incident_until_it_was_away_for_the_cooldown(shop, hook):
    shop.service.items += [Item("late", NOW - 9 * HOUR, "Where is my Acme parcel?")]
    shop.configure(webhook(hook.url, 'digest = "off"', on='["late"]'))
    assert shop.next()["notices"]["sent"] == 1
    shop.office.run("close", "1")
    shop.later(5)
    shop.next()
    assert shop.office.run("undo").code == 0
    shop.later(30)
    assert shop.next()["notices"]["sent"] == 0
    shop.office.run("close", "1")
    shop.later(5)
    shop.next()
    shop.later(90)
    assert shop.office.run("undo").code == 0
    assert shop.next()["notices"]["sent"] == 1


def test_muted_and_acknowledged_alerts_are_not_told(shop, hook):
    shop.service.items += [Item("late", NOW - 9 * HOUR, "Where is my Acme parcel?")]
    shop.configure()
    shop.next()
    assert shop.office.run("alerts", "--mute", "late", "--for", "4h").code == 0
    shop.configure(webhook(hook.url, 'digest = "off"'))
    assert shop.next()["notices"] == {"sent": 0, "waiting": 0}
    shop.later(4 * 60 + 1)
    assert shop.next()["notices"]["sent"] == 1


def test_who_is_on_duty_is_told_what_was_given_to_them_by_mail(shop):
    with SmtpServer().running() as smtp:
        mailbox = (
            f'[channels.mail]\ntype = "email"\naddress = "{USER}"\nsecurity = "none"\n'
            f'server = "127.0.0.1:1"\nsmtp = "127.0.0.1:{smtp.port}"\nenabled = false\n'
            'password = { env = "MAIL" }\n'
        )
        target = '[[notify]]\non = ["duty"]\nmail = "{0}@acme.example"\nperson = "{0}"\n'
        duty = '[[duty]]\nperson = "mia"\n'
        shop.configure(
            mailbox, duty, *(f"{target.format(who)}digest = 'off'\n" for who in ("mia", "ana"))
        )
        shop.service.items += [Item("q", NOW, "Where is my Acme parcel?\r\nBcc: eve@evil.example")]
        told = shop.next(MAIL=PASSWORD)
    assert told["notices"] == {"sent": 1, "waiting": 0}
    [(_, to, raw)] = smtp.mails
    assert "mia@acme.example" in str(to)
    head, _, body = raw.decode().replace("\r\n", "\n").partition("\n\n")
    assert "Subject: [Acme] 1 given to mia" in head
    assert "Auto-Submitted: auto-generated" in head
    assert "Bcc" not in head
    assert "Where is my Acme parcel?" in body


def test_what_was_erased_before_it_left_is_not_told(shop, hook):
    shop.configure(webhook(hook.url, on='["urgent"]'))
    hook.status = 500
    shop.urgent(1)
    shop.next()
    shop.office.run("forget", "1", "--confirm", "1")
    hook.status = 200
    shop.later(5)
    shop.next()
    assert URGENT.encode() not in hook.bodies[-1]


def test_a_record_of_fetch_is_that_of_the_schema(shop, hook):
    shop.service.items += [Item("late", NOW - 9 * HOUR, "Where is my Acme parcel?")]
    shop.configure(webhook(hook.url))
    told = shop.next()
    jsonschema.Draft202012Validator(schema("fetch")).validate(told)
    assert [one["name"] for one in told["alerts"]] == ["late"]
