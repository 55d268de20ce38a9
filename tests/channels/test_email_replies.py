"""Answers by mail: what leaves, to whom, once; and what is said when it cannot."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import timedelta
from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import Outgoing
from socialcare.channels.email.outbox import compose
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
    UnavailableError,
)
from socialcare.models import Author, Mention
from socialcare.testing import NOW
from tests.channels.imap_server import PASSWORD, TOKEN, USER, ImapServer
from tests.channels.mailing import channel, fetch, letter
from tests.channels.smtp_server import SmtpServer
from tests.channels.test_http_guard import PEM, tls_server

KEY = "reply-17"


@pytest.fixture
def server():
    with ImapServer().running() as running:
        yield running


@pytest.fixture
def trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))


@pytest.fixture
def smtp():
    with SmtpServer().running() as running:
        yield running


@pytest.fixture
def made(server, smtp):
    return channel(server, smtp=f"127.0.0.1:{smtp.port}", sent_folder="Sent")


def outgoing(to, text="We send you a new pair today."):
    return Outgoing(to, text, KEY, private=True)


@pytest.fixture
def asked(server, made):
    """A customer's mail, as the inbox has it."""
    server.put(letter(7, Subject="=?utf-8?q?Schuhe_f=C3=BCr_4411?=", References="<a@x> <b@x>"), NOW)
    return fetch(made)[0]["m7@example.org"]


def sent(smtp):
    [(sender, to, raw)] = smtp.mails
    return sender, to, email.message_from_bytes(raw, policy=email.policy.default)


def body(mail):
    """The text as a reader that knows format=flowed shows it."""
    lines = mail.get_content().replace("\r\n", "\n")
    return re.sub(r" \n(?=[^\n])", " ", lines).rstrip("\n")


def test_an_answer_joins_its_thread(made, smtp, asked):
    posted = made.send(outgoing(asked))
    sender, to, mail = sent(smtp)
    assert sender.lower().startswith(f"mail from:<{USER}>")
    assert to.lower().startswith("rcpt to:<ana@example.org>")
    assert mail["From"] == f"Acme <{USER}>"
    assert mail["To"] == "ana@example.org"
    assert mail["Subject"] == "Re: Schuhe für 4411"
    assert mail["In-Reply-To"] == "<m7@example.org>"
    assert mail["References"].split() == ["<a@x>", "<b@x>", "<m7@example.org>"]
    assert mail["Message-ID"] == f"<{posted.external_id}>"
    assert mail["Auto-Submitted"] is None
    assert body(mail) == "We send you a new pair today."
    assert posted.uri == f"mid:{posted.external_id}"


def test_the_same_key_makes_the_same_message_id(made, smtp, asked):
    first, second = made.send(outgoing(asked)), made.send(outgoing(asked))
    assert first == second
    assert first.external_id.endswith("@acme.example")
    assert KEY not in first.external_id


def test_what_left_is_read_back_as_our_answer(made, server, smtp, asked):
    posted = made.send(outgoing(asked))
    assert [one.raw is not None for one in server.folders["Sent"]] == [True]
    mention = fetch(made)[0][posted.external_id]
    assert mention.role == "answer"
    assert mention.in_reply_to == asked.external_id
    assert mention.thread == asked.thread
    assert mention.text == "We send you a new pair today."


def test_where_the_server_keeps_a_copy_itself_there_is_one(made, server, smtp, asked):
    posted = made.send(outgoing(asked))
    made.send(outgoing(asked))
    assert len(smtp.mails) == 2
    assert len(server.folders["Sent"]) == 1
    assert made.find(outgoing(asked)) == posted


def test_a_copy_that_cannot_be_kept_is_no_failure(made, server, smtp, asked):
    server.before = lambda command: b"@ NO full\r\n" if "APPEND" in command else None
    assert made.send(outgoing(asked))
    assert len(smtp.mails) == 1


def test_without_the_first_mail_there_is_still_a_thread(made, server, smtp, asked):
    server.folders["INBOX"].clear()
    made.send(outgoing(asked))
    _, _, mail = sent(smtp)
    assert mail["Subject"] == f"Re: your mail to {USER}"
    assert mail["References"].split() == ["<a@x>", "<m7@example.org>"]


def test_a_mail_without_an_id_is_answered_by_its_number(made, server, smtp):
    server.put(letter(Message_ID=None, Subject="Hello"), NOW)
    [mention] = fetch(made)[0].values()
    assert mention.external_id == "uid:7:1"
    assert mention.uri is None
    made.send(outgoing(mention))
    _, _, mail = sent(smtp)
    assert mail["Subject"] == "Re: Hello"
    assert mail["In-Reply-To"] is None


def test_long_lines_are_broken_where_a_reader_joins_them(made, smtp, asked):
    text = "word " * 60 + "end\n\nFrom here\n> not a quote\n.\n..dots"
    made.send(outgoing(asked, text))
    _, _, raw = smtp.mails[0]
    lines = raw.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert "\n.\n..dots" in body(sent(smtp)[2])


def test_letters_of_all_languages_arrive(made, smtp, asked):
    text = "Grüße — 谢谢 👟\n" + "ß" * 200
    made.send(outgoing(asked, text))
    assert body(sent(smtp)[2]) == text


@given(st.text(max_size=300), st.text(max_size=100), st.text(max_size=40))
def test_no_text_becomes_a_field(text, subject, name):
    printable = "".join(c for c in name if c.isprintable())
    mail = compose(
        text.encode("utf-8", "replace").decode(),
        sender=Address(printable.encode("utf-8", "replace").decode(), addr_spec=USER),
        to="ana@example.org",
        subject=subject.encode("utf-8", "replace").decode(),
        message_id="sc-1@acme.example",
        known=["a@x", "b" * 200 + "@x"],
        now=NOW,
    )
    read = email.message_from_bytes(mail.as_bytes())
    assert sorted(read.keys()) == [
        "Content-Transfer-Encoding", "Content-Type", "Date", "From", "In-Reply-To",
        "MIME-Version", "Message-ID", "References", "Subject", "To",
    ]  # fmt: skip
    assert read["References"].split() == ["<a@x>", f"<{'b' * 200}@x>"]


# ── to whom not ──


def mention(address="ana@example.org", kind="dm"):
    return Mention(
        "mail", f"email:{USER}", "m1@example.org", Author(address, address), "x", NOW, kind
    )


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (mention("unknown"), "no address"),
        (mention("a@example.org>, <eve@evil.example"), "no address"),
        (mention("a@example.org\r\nBcc: eve@evil.example"), "no address"),
        (mention(USER), "our own mail"),
        (mention("Trustpilot:Ana", "review"), "notice of another service"),
    ],
)
def test_what_cannot_be_answered_is_refused_before_anything_is_asked(made, server, smtp, to, why):
    assert why in made.preview(outgoing(to)).refused
    with pytest.raises(RefusedError, match=why):
        made.send(outgoing(to))
    assert not smtp.asked
    assert not server.asked


def test_a_preview_asks_nobody(made, server, smtp):
    preview = made.preview(outgoing(mention(), "Grüße 👟"))
    assert (preview.text, preview.length, preview.max_length, preview.refused) == (
        "Grüße 👟", 7, None, None,
    )  # fmt: skip
    assert not server.asked
    assert not smtp.asked


def test_a_mail_cannot_be_taken_back(made, server):
    with pytest.raises(RefusedError, match="cannot be taken back"):
        made.delete("sc-1@acme.example")
    assert not server.asked


# ── when it goes wrong ──


@pytest.mark.parametrize(
    ("command", "answer", "error", "said"),
    [
        ("RCPT", b"550 5.1.1 no such user\r\n", RefusedError, "550 5.1.1 no such user"),
        ("RCPT", b"451 4.7.1 try later\r\n", UnavailableError, "try later"),
        ("MAIL", b"552 too big\r\n", RefusedError, "552 too big"),
        ("DATA", b"554 no\r\n", RefusedError, "554 no"),
        ("DATA", b"", UnavailableError, "closed the connection"),
        (".", b"554 5.7.1 looks like spam\r\n", RefusedError, "looks like spam"),
        (".", b"452 full\r\n", UnavailableError, "full"),
        ("MAIL", b"450 4.7.1 too many messages\r\n", RateLimitError, "asks to slow down"),
        ("EHLO", b"250-" + b"x" * 100_000, RefusedError, "Line too long"),
        ("RCPT", b"250-more\r\n" * 20_000 + b"250 ok\r\n", RefusedError, "more than it was asked"),
        ("RCPT", b"what\r\n", BadAnswerError, "not expected"),
        ("RCPT", b"299 what\r\n", BadAnswerError, "what"),
        ("AUTH", b"454 busy\r\n", UnavailableError, "busy"),
    ],
)
def test_what_was_not_taken_is_certainly_not_there(made, smtp, asked, command, answer, error, said):
    smtp.before = lambda line: answer if line.upper().startswith(command) else None
    with pytest.raises(error, match=re.escape(said)) as caught:
        made.send(outgoing(asked))
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert caught.value.hint
    assert PASSWORD not in caught.value.message
    assert not smtp.mails


def test_silence_after_the_mail_leaves_it_open(made, server, smtp, asked):
    smtp.before = lambda line: b"" if line == "." else None
    with pytest.raises(OutcomeUnknownError, match="did not say whether it keeps it"):
        made.send(outgoing(asked))
    assert len(smtp.mails) == 1
    assert not server.folders["Sent"]


def test_a_connection_may_break_after_any_byte(made, smtp, asked):
    """What the server keeps is never called a failure, and what it does not keep never sent."""
    outcomes = set()
    for cut in range(200):
        smtp.left, smtp.mails[:] = cut, []
        try:
            made.send(outgoing(asked))
        except OutcomeUnknownError:
            outcome = "unknown"
            assert smtp.mails
        except (UnavailableError, BadAnswerError):
            outcome = "failed"
            assert not smtp.mails
        else:
            outcome = "sent"
            assert smtp.mails
        outcomes.add(outcome)
    assert outcomes == {"unknown", "failed", "sent"}


def test_an_attempt_is_found_in_the_folder_of_what_was_sent(made, server, smtp, asked):
    with pytest.raises(OutcomeUnknownError, match="nobody can tell"):
        made.find(outgoing(asked))
    posted = made.send(outgoing(asked))
    assert made.find(outgoing(asked)) == posted


def test_without_such_a_folder_nobody_can_tell(server, smtp):
    made = channel(server, smtp=f"127.0.0.1:{smtp.port}")
    with pytest.raises(OutcomeUnknownError):
        made.find(outgoing(mention()))
    assert not server.asked


def test_a_wrong_password_is_told_and_never_shown(made, smtp, asked):
    smtp.before = lambda line: f"535 {PASSWORD}!\r\n".encode() if "AUTH" in line else None
    with pytest.raises(AuthError, match=r"SMTP server .* refused the sign-in") as caught:
        made.send(outgoing(asked))
    assert PASSWORD not in caught.value.message


def test_a_token_signs_in(server, smtp, asked):
    made = channel(server, smtp=f"127.0.0.1:{smtp.port}", secrets={"token": TOKEN})
    made.send(outgoing(asked))
    assert len(smtp.mails) == 1


def test_encrypted_on_request(server, smtp, asked, trusted):
    smtp.starttls = tls_server()
    server.starttls = tls_server()
    made = channel(server, smtp=f"127.0.0.1:{smtp.port}", security="starttls")
    assert made.check_access() == USER
    made.send(outgoing(asked))
    commands = [line.split(" ")[0] for line in smtp.asked[:4]]
    assert [one.upper() for one in commands] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert len(smtp.mails) == 1


def test_the_two_servers_may_be_encrypted_in_different_ways(server, smtp, asked, trusted):
    """As at providers that have 993 for reading and 587 for answers."""
    server.tls = tls_server()
    smtp.starttls = tls_server()
    where = f"127.0.0.1:{smtp.port}"
    made = channel(server, smtp=where, security="tls", smtp_security="starttls")
    assert made.check_access() == USER
    made.send(outgoing(asked))
    assert "STARTTLS" in smtp.asked
    assert "STARTTLS" not in server.asked
    assert len(smtp.mails) == 1


def test_a_plain_port_says_which_word_to_write(server, smtp, asked):
    made = channel(server, smtp=f"127.0.0.1:{smtp.port}", smtp_security="tls")
    with pytest.raises(UnavailableError) as caught:
        made.send(outgoing(asked))
    assert 'port 587 wants: smtp_security = "starttls"' in caught.value.message


def test_a_certificate_that_nobody_vouches_for_is_refused(server, smtp, asked):
    smtp.tls = tls_server()
    made = channel(server, smtp=f"127.0.0.1:{smtp.port}", smtp_security="tls")
    with pytest.raises(RefusedError, match="cannot show that it is who it says"):
        made.send(outgoing(asked))
    assert not smtp.asked


def test_the_mailbox_must_answer_first(made, server, smtp, asked):
    server.before = lambda line: b"@ NO [UNAVAILABLE] later\r\n" if "EXAMINE" in line else None
    with pytest.raises(UnavailableError):
        made.send(outgoing(asked))
    assert not smtp.asked


def test_the_answer_is_dated_by_the_clock(made, smtp, asked):
    made.send(outgoing(asked))
    assert sent(smtp)[2]["Date"].datetime == NOW.replace(microsecond=0)
    assert NOW - asked.created_at <= timedelta(hours=1)
