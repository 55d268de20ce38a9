"""A mailbox over IMAP: what arrives, where a run goes on, and every way a server can fail."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from socialcare.channels.base import CanCheckAccess, CanReply, Setup
from socialcare.channels.email import Email
from socialcare.channels.email.failures import Line
from socialcare.channels.email.mailbox import BEGINNING, MAX_MAIL, Login
from socialcare.channels.email.wire import Host
from socialcare.clock import FixedClock, SystemClock
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    ConfigError,
    GoneError,
    RateLimitError,
    RefusedError,
    UnavailableError,
    UsageError,
)
from socialcare.settings import Brand
from tests.channels.contract import NOW, SINCE, mentions_of
from tests.channels.imap_server import PASSWORD, TOKEN, USER, ImapServer
from tests.channels.test_http_guard import PEM, tls_server


@pytest.fixture
def server():
    with ImapServer().running() as running:
        yield running


def letter(number=1, text="My boots leak", at=NOW - timedelta(hours=1), **fields):
    head = {
        "From": "Ana <ana@example.org>",
        "To": USER,
        "Subject": "Boots",
        "Date": format_datetime(at),
        "Message-ID": f"<m{number}@example.org>",
        **{key.replace("_", "-"): value for key, value in fields.items()},
    }
    lines = [f"{key}: {value}" for key, value in head.items() if value is not None]
    return "\n".join([*lines, "", text, ""]).encode()


class Short(Email):
    page = 4


def channel(imap, *, clock=None, secrets=None, seconds=20.0, kind=Short, **options):
    return kind(
        Setup(
            name="mail",
            options={
                "address": USER,
                "server": f"127.0.0.1:{imap.port}",
                "smtp": "127.0.0.1:9",
                "security": "none",
                **options,
            },
            connect=lambda *_, **__: pytest.fail("no HTTP here"),
            clock=clock or FixedClock(NOW),
            brand=Brand("Acme"),
            secret=({"password": PASSWORD} if secrets is None else secrets).get,
            seconds=seconds,
        )
    )


def fetch(made, checkpoint=None, since=SINCE):
    pages = list(made.pages(checkpoint, since))
    last = next((page.checkpoint for page in reversed(pages) if page.checkpoint), checkpoint)
    return mentions_of(pages), json.loads(json.dumps(last)), pages


def fill(server, count, **fields):
    for number in range(count):
        at = NOW - timedelta(minutes=count - number)
        server.put(letter(number, at=at, **fields), at)


# ── what arrives ──


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


# ── servers that fail ──


def test_nobody_there(server):
    with pytest.raises(UnavailableError, match="connection refused"):
        fetch(channel(server, server="127.0.0.1:1"))


def test_a_guessed_name_says_that_it_was_guessed():
    made = Email(
        Setup("mail", {"address": "care@acme.invalid"}, pytest.fail, FixedClock(NOW),
              secret={"password": "x"}.get)
    )  # fmt: skip
    with pytest.raises(UnavailableError, match=r"imap\.acme\.invalid:993") as caught:
        list(made.pages(None, SINCE))
    assert caught.value.hint.startswith("I only guessed its name; write it down: server =")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"* 1 FETCH (UID 5 BODY[]<0> {99999999999}\r\n", RefusedError),
        (b"* 1 FETCH (UID 5 BODY[]<0> {" + b"9" * 5000 + b"}\r\n", ChannelError),
        (b"* OK still here\r\n" * 2_000_000, RefusedError),
        (b"* OK " + b"x" * 40_000_000, ChannelError),
        (b"* 1 FETCH (UID 5 BODY[]<0> {100}\r\nhalf of it", UnavailableError),
        (b"", UnavailableError),
        (b"* BYE going down\r\n", UnavailableError),
        (b"* BYE Too many simultaneous connections\r\n", RateLimitError),
        (b"<html>a login page</html>\r\n", BadAnswerError),
        (b"A999 OK what\r\n", BadAnswerError),
        (b"@ BAD what\r\n", BadAnswerError),
        (b"@ NO [UNAVAILABLE] backend\r\n", UnavailableError),
        (b"@ NO [THROTTLED] wait\r\n", RateLimitError),
        (b"* 1 FETCH (UID 77 BODY[]<0> {2}\r\nxx)\r\n@ OK\r\n", BadAnswerError),
    ],
)
def test_a_failure_in_the_middle_has_its_class_and_the_next_run_is_whole(server, answer, error):
    fill(server, 12)
    walk = channel(server).pages(None, SINCE)
    first = next(walk)
    server.before = lambda command: answer if "BODY.PEEK" in command else None
    with pytest.raises(error) as caught:
        list(walk)
    assert caught.value.hint
    assert PASSWORD not in caught.value.message
    server.before = lambda _: None
    after, _, _ = fetch(channel(server), json.loads(json.dumps(first.checkpoint)))
    assert len(mentions_of([first]).keys() | after.keys()) == 12


def test_a_drip_ends_with_the_time_of_the_run(server):
    fill(server, 1)
    ended = threading.Event()
    server.before = lambda command: ended.wait(20) if "SEARCH" in command else None
    try:
        with pytest.raises(UnavailableError, match="did not answer in time") as caught:
            fetch(channel(server, clock=SystemClock(), seconds=0.4))
    finally:
        ended.set()
    assert caught.value.code == "time_out"


# ── options ──


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"address": None}, "address"),
        ({"address": "acme"}, "must be a mail address"),
        ({"address": "a@acme.example>, <b@evil.example"}, "must be a mail address"),
        ({"security": "ssl"}, '"tls" or "starttls"'),
        ({"server": "imap acme"}, "no name of a server"),
        ({"server": "imap.acme.example:99999"}, "no name of a server"),
        ({"folder": 3}, "a text in quotes"),
    ],
)
def test_what_cannot_be_is_told_with_its_key(server, options, said):
    with pytest.raises(ConfigError, match=said) as caught:
        channel(server, **options)
    assert caught.value.message.startswith("[channels.mail]")


def test_an_address_is_enough_to_add_a_channel():
    assert Email.from_spec("email", "care@acme.example") == {"address": "care@acme.example"}
    with pytest.raises(UsageError, match="is no mail address"):
        Email.from_spec("email", "acme")
