"""A mailbox through the commands: added, signed in to, fetched twice, shown; its password nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.channels.imap_server import PASSWORD, USER, ImapServer
from tests.channels.mailing import letter
from tests.channels.smtp_server import SmtpServer


@pytest.fixture
def mail(home):
    with ImapServer().running() as imap, SmtpServer().running() as smtp:
        home.configure(
            f'[channels.mail]\ntype = "email"\naddress = "{USER}"\nsecurity = "none"\n'
            f'server = "127.0.0.1:{imap.port}"\nsmtp = "127.0.0.1:{smtp.port}"\n'
            'sent_folder = "Sent"\n'
        )
        yield imap


def test_a_mailbox_from_sign_in_to_the_inbox(home, mail):
    at = datetime.now(UTC) - timedelta(hours=1)
    for number in range(3):
        mail.put(letter(number, f"My boots leak, pair {number}", at=at), at)
    own = {"From": USER, "To": "ana@example.org", "In_Reply_To": "<m1@example.org>"}
    mail.put(letter(9, "A new pair is on its way", at=at + timedelta(minutes=9), **own), at, "Sent")
    ran = home.run("channel", "login", "mail", stdin=f"{PASSWORD}\n")
    assert (ran.code, ran.out) == (0, f"mail: Signed in as {USER}. It is in {home.credentials}.\n")
    assert home.run("channel", "test", "mail").code == 0
    first = home.run("fetch")
    assert first.code == 0
    assert "3 new" in first.out + first.err
    again = home.run("fetch")
    assert again.code == 0
    assert "3 new" not in again.out + again.err
    rows = home.json("inbox", "is:any", "channel:mail")
    assert sorted(row["text"] for row in rows) == [f"My boots leak, pair {n}" for n in range(3)]
    assert {row["author"] for row in rows} == {"ana@example.org"}
    kept = [path for path in home.path.rglob("*") if path.is_file() and path != home.credentials]
    assert kept
    assert not [path for path in kept if PASSWORD.encode() in path.read_bytes()]


def test_a_refused_password_is_not_kept_or_shown(home, mail):
    ran = home.run("channel", "login", "mail", stdin="sesame 12\n")
    assert ran.code == 4
    assert "sesame" not in ran.out + ran.err
    assert not home.credentials.exists()
    assert home.run("fetch").code == 4
