"""Signing in to a mailbox, and the encryption before it."""

from __future__ import annotations

import base64

import pytest

from socialcare.channels.email.failures import Line
from socialcare.channels.email.imap import Login
from socialcare.channels.email.wire import Host
from socialcare.clock import FixedClock
from socialcare.errors import (
    AuthError,
    ConfigError,
    RefusedError,
    UnavailableError,
)
from socialcare.testing import NOW
from tests.channels.imap_server import PASSWORD, TOKEN, USER, ImapServer
from tests.channels.mailing import channel, fetch, letter
from tests.channels.test_http_guard import PEM, tls_server


@pytest.fixture
def server():
    with ImapServer().running() as running:
        yield running


# ── signing in ──


@pytest.mark.parametrize("capabilities", ["IMAP4rev1", "IMAP4rev1 AUTH=PLAIN"])
def test_a_wrong_password_is_told_and_never_shown(server, capabilities):
    server.capabilities = capabilities
    wrong = "sesame 12"
    server.before = lambda command: (
        b"@ NO [AUTHENTICATIONFAILED] sesame 12 is wrong\r\n"
        if command.startswith(("LOGIN", "AUTHENTICATE"))
        else None
    )
    with pytest.raises(AuthError, match="refused the sign-in") as caught:
        fetch(channel(server, secrets={"password": wrong}))
    assert wrong not in f"{caught.value!r}{caught.value.message}{caught.value.hint}"
    assert "channel login mail" in caught.value.hint


def test_a_server_that_sends_the_password_back_is_not_quoted(server):
    plain = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode())
    server.before = lambda line: b"@ NO not " + plain + b"\r\n" if "PLAIN" in line[:30] else None
    with pytest.raises(AuthError, match=r"not \*\*\*") as caught:
        fetch(channel(server))
    assert plain.decode() not in caught.value.message


def test_most_servers_refuse_without_a_code(server):
    server.before = lambda command: b"@ NO sorry\r\n" if "PLAIN" in command[:30] else None
    with pytest.raises(AuthError, match="sorry"):
        fetch(channel(server))


@pytest.mark.parametrize("capabilities", ["IMAP4rev1", "IMAP4rev1 AUTH=PLAIN"])
def test_a_password_signs_in_either_way(server, capabilities):
    server.capabilities = capabilities
    server.put(letter(), NOW)
    assert fetch(channel(server))[0]


def test_a_token_signs_in(server):
    server.put(letter(), NOW)
    assert fetch(channel(server, secrets={"token": TOKEN}))[0]
    with pytest.raises(AuthError) as caught:
        fetch(channel(server, secrets={"token": "an-old-token"}))
    assert "an-old-token" not in caught.value.message


def test_without_a_secret_nothing_is_asked(server):
    with pytest.raises(AuthError, match="needs a password") as caught:
        fetch(channel(server, secrets={}))
    assert caught.value.hint == "sign in: socialcare channel login mail"
    assert not server.asked


def test_a_password_cannot_hold_a_command(server):
    with pytest.raises(AuthError, match="line break"):
        fetch(channel(server, secrets={"password": 'x"\r\nA1 DELETE INBOX'}))
    assert not server.asked


@pytest.mark.parametrize(
    ("capabilities", "password", "said"),
    [
        ("IMAP4rev1 LOGINDISABLED", PASSWORD, "no password on this connection"),
        ("IMAP4rev1", "пароль", "no letters beyond ASCII"),
    ],
)
def test_what_a_server_cannot_take_is_not_sent(server, capabilities, password, said):
    server.capabilities = capabilities
    with pytest.raises(AuthError, match=said):
        fetch(channel(server, secrets={"password": password}))
    assert not [one for one in server.asked if "LOGIN" in one]


def test_a_login_does_not_show_its_secrets():
    assert "hunter" not in repr(Login("ana", "hunter2", "hunter-token"))


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("imap.gmail.com", "Google wants an app password"),
        ("imap.mail.yahoo.com", "Yahoo wants an app password"),
        ("outlook.office365.com", "use a token"),
        ("imap.acme.example", "sign in: socialcare channel login mail"),
        ("notgmail.com", "sign in: socialcare channel login mail"),
    ],
)
def test_the_next_step_depends_on_whose_server_it_is(host, hint):
    line = Line("mail", Host("IMAP", host, 993, "tls"), FixedClock(NOW))
    assert hint in line.refused_sign_in("no").hint


# ── encryption ──


@pytest.fixture
def trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))


def test_encrypted_from_the_first_byte(server, trusted):
    server.tls = tls_server()
    server.put(letter(), NOW)
    assert fetch(channel(server, security="tls"))[0]


def test_encrypted_on_request(server, trusted):
    server.starttls = tls_server()
    server.put(letter(), NOW)
    assert fetch(channel(server, security="starttls"))[0]
    asked = [one for one in server.asked if not one.startswith("CAPABILITY")]
    assert asked[0] == "STARTTLS"


def test_a_certificate_that_nobody_vouches_for_is_refused(server):
    server.tls = tls_server()
    with pytest.raises(RefusedError, match="cannot show that it is who it says"):
        fetch(channel(server, security="tls"))
    assert not server.asked


def test_words_before_the_encryption_are_not_believed(server, trusted):
    server.before = lambda command: (
        b"@ OK go\r\n* OK injected\r\n" if command == "STARTTLS" else None
    )
    with pytest.raises(RefusedError):
        fetch(channel(server, security="starttls"))
    assert not [one for one in server.asked if "AUTH" in one or "LOGIN" in one]


def test_no_encryption_there_means_no_password_is_sent(server):
    server.before = lambda command: b"@ NO not here\r\n" if command == "STARTTLS" else None
    with pytest.raises(UnavailableError, match="no encryption there"):
        fetch(channel(server, security="starttls"))
    assert not [one for one in server.asked if "AUTH" in one or "LOGIN" in one]


def test_a_plain_port_says_which_word_to_write(server):
    with pytest.raises(UnavailableError) as caught:
        fetch(channel(server, security="tls"))
    assert 'security = "starttls"' in caught.value.message


def test_plain_is_for_this_machine_only():
    with pytest.raises(ConfigError, match="only for servers on this machine"):
        channel(ImapServer(), server="imap.acme.example")
