"""A mailbox over IMAP: what arrives, and where a run goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from socialcare.channels.base import CanCheckAccess, CanReply
from socialcare.channels.email import Email
from socialcare.channels.email.mailbox import BEGINNING, MAX_MAIL
from socialcare.errors import (
    ConfigError,
    GoneError,
    UnavailableError,
    UsageError,
)
from socialcare.testing import NOW, SINCE
from tests.channels.imap_server import USER, ImapServer
from tests.channels.mailing import channel, fetch, fill, letter


@pytest.fixture
def server():
    with ImapServer().running() as running:
        yield running


def test_a_mail_arrives_whole(server):
    fields = {"References": "<a@x> <b@x>", "In-Reply-To": "<b@x>", "Subject": "Order 4411"}
    server.put(letter(**fields), NOW)
    mentions, _, _ = fetch(channel(server))
    mention = mentions["m1@example.org"]
    assert mention.text == "Order 4411\n\nMy boots leak"
    assert mention.author.handle == mention.author.external_id == "ana@example.org"
    assert mention.author.name == "Ana"
    assert (mention.kind, mention.direct, mention.role) == ("dm", True, "mention")
    assert (mention.thread, mention.in_reply_to) == ("a@x", "b@x")
    assert mention.uri == "mid:m1@example.org"
    assert mention.source == f"email:{USER}"
    assert mention.created_at == NOW - timedelta(hours=1)


def test_nothing_is_marked_as_read(server):
    fill(server, 6)
    fetch(channel(server))
    assert not [one for one in server.asked if "STORE" in one or one.startswith("SELECT")]
    assert any(one.startswith("EXAMINE") for one in server.asked)


def test_a_second_run_asks_for_nothing_it_has(server):
    fill(server, 6)
    _, checkpoint, _ = fetch(channel(server))
    server.asked.clear()
    mentions, _, pages = fetch(channel(server), checkpoint)
    assert not mentions
    assert not pages
    assert not [one for one in server.asked if "FETCH" in one]


def test_mails_numbered_anew_are_read_again_and_are_the_same_mentions(server):
    fill(server, 6)
    before, checkpoint, _ = fetch(channel(server))
    mails = server.folders["INBOX"]
    server.validity += 1
    server.folders["INBOX"] = [replace(one, uid=one.uid + 500) for one in mails[1:]]
    server.put(letter(99), NOW)
    after, checkpoint, _ = fetch(channel(server), checkpoint)
    assert after.items() >= {key: before[key] for key in list(before)[1:]}.items()
    assert after.keys() - before.keys() == {"m99@example.org"}
    assert not fetch(channel(server), checkpoint)[0]


def test_numbered_anew_after_a_long_pause_nothing_is_left_out(server):
    """The last run was two months ago: what came since then is older than a first run goes back."""
    long_ago = NOW - timedelta(days=60)
    server.put(letter(1, at=long_ago), long_ago)
    _, checkpoint, _ = fetch(channel(server), since=long_ago - timedelta(days=1))
    server.validity += 1
    at = NOW - timedelta(days=50)
    server.put(letter(2, at=at), at)
    mentions, _, _ = fetch(channel(server), checkpoint, since=SINCE)
    assert "m2@example.org" in mentions


def test_what_vanishes_between_two_questions_is_no_loss(server):
    fill(server, 6)

    def expunge(command):
        if "BODY.PEEK" in command and len(server.folders["INBOX"]) == 6:
            del server.folders["INBOX"][1]

    server.before = expunge
    mentions, _, pages = fetch(channel(server))
    assert len(mentions) == 5
    assert [one.reason for page in pages for one in page.broken] == [
        "the server has no `$.BODY[]` of this mail"
    ]


def test_one_mail_that_the_server_refuses_stops_no_other(server):
    fill(server, 4)

    def refuse(command):
        uids = command.split()[2] if "BODY.PEEK" in command else ""
        return b"@ NO cannot convert this\r\n" if "3" in uids.split(",") else None

    server.before = refuse
    mentions, checkpoint, pages = fetch(channel(server))
    assert len(mentions) == 3
    assert [one.where for page in pages for one in page.broken] == ["$.INBOX[3]"]
    assert not fetch(channel(server), checkpoint)[0]


def test_of_a_huge_mail_only_the_beginning_is_read(server):
    server.put(letter(1), NOW)
    server.put(letter(2) + b"x" * 300_000, NOW, size=MAX_MAIL + 1)
    server.put(letter(3), NOW)
    mentions, _, _ = fetch(channel(server))
    assert len(mentions) == 3
    assert f"UID FETCH 2 (UID BODY.PEEK[]<0.{BEGINNING}>)" in server.asked
    assert sum("BODY.PEEK" in one for one in server.asked) == 3


def test_a_server_that_lies_about_sizes_is_bounded(server):
    server.put(letter() + b"y" * (MAX_MAIL + 2_000_000), NOW, size=10)
    mentions, _, _ = fetch(channel(server))
    assert len(mentions["m1@example.org"].text) <= 20_000


def test_our_own_mails_are_answers_and_join_what_they_answer(server):
    server.put(letter(1), NOW)
    own = letter(
        2, From=f"Acme <{USER.upper()}>", To="ana@example.org", In_Reply_To="<m1@example.org>"
    )
    server.put(own, NOW, "Sent")
    server.put(letter(3), NOW)
    mentions, checkpoint, _ = fetch(channel(server, sent_folder="Sent"))
    assert mentions["m2@example.org"].role == "answer"
    assert mentions["m2@example.org"].author.is_us
    assert mentions["m2@example.org"].in_reply_to == "m1@example.org"
    assert mentions["m2@example.org"].thread == mentions["m1@example.org"].thread
    assert set(checkpoint["folders"]) == {"INBOX", "Sent"}
    assert not fetch(channel(server, sent_folder="Sent"), checkpoint)[0]


def test_machines_get_no_row_and_undelivered_mails_are_told(server):
    server.put(letter(1, Auto_Submitted="auto-replied"), NOW)
    server.put(letter(2, Precedence="bulk"), NOW)
    server.put(letter(3, From="MAILER-DAEMON@example.org"), NOW)
    server.put(letter(4), NOW)
    mentions, _, pages = fetch(channel(server))
    assert set(mentions) == {"m4@example.org"}
    assert [page.notice for page in pages if page.notice] == [
        (
            "1 mail came back as undeliverable: look into the mailbox, an answer of yours may not"
            " have arrived"
        )
    ]


def test_who_we_are_is_told_after_both_servers_let_us_in(server):
    made = channel(server, folder="Nowhere")
    assert isinstance(made, CanCheckAccess)
    assert isinstance(made, CanReply)
    with pytest.raises(GoneError, match="no folder Nowhere") as caught:
        made.check_access()
    assert caught.value.hint == "it has: INBOX, Sent"
    with pytest.raises(UnavailableError, match=r"SMTP server 127\.0\.0\.1:9"):
        channel(server).check_access()


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Gesendete Elemente", '"Gesendete Elemente"'),
        ('a "b" \\c', '"a \\"b\\" \\\\c"'),
        ("Entwürfe", '"Entw&APw-rfe"'),
        ("R&D", '"R&-D"'),
        ("台北", '"&U,BTFw-"'),
    ],
)
def test_folders_are_named_as_imap_wants_it(server, name, asked):
    with pytest.raises(GoneError):
        fetch(channel(server, folder=name))
    assert f"EXAMINE {asked}" in server.asked


# ── options ──


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"address": None}, "address"),
        ({"address": "acme"}, "must be a mail address"),
        ({"address": "a@acme.example>, <b@evil.example"}, "must be a mail address"),
        ({"security": "ssl"}, '"tls" or "starttls"'),
        ({"smtp_security": "ssl"}, 'smtp_security: is "tls" or "starttls"'),
        ({"smtp": "smtp.acme.example"}, "security: none is only for"),
        (
            {"smtp": "smtp.acme.example", "smtp_security": "none"},
            "smtp_security: none is only for",
        ),
        ({"server": "imap acme"}, "no name of a server"),
        ({"server": "imap.acme.example:99999"}, "no name of a server"),
        ({"folder": 3}, "a text in quotes"),
    ],
)
def test_what_cannot_be_is_told_with_its_key(server, options, said):
    with pytest.raises(ConfigError, match=said) as caught:
        channel(server, **options)
    assert caught.value.message.startswith("[channels.mail]")


@pytest.mark.parametrize(
    ("security", "of_smtp", "ports"),
    [
        (None, None, (993, 465)),
        ("starttls", None, (143, 587)),
        (None, "starttls", (993, 587)),
        ("starttls", "tls", (143, 465)),
    ],
)
def test_ports_follow_how_each_server_is_encrypted(security, of_smtp, ports):
    options = {"security": security, "smtp_security": of_smtp, "smtp": None, "server": None}
    made = channel(ImapServer(), **options)
    assert (made._imap.port, made._smtp.port) == ports


def test_an_address_is_enough_to_add_a_channel():
    assert Email.from_spec("email", "care@acme.example") == {"address": "care@acme.example"}
    with pytest.raises(UsageError, match="is no mail address"):
        Email.from_spec("email", "acme")
