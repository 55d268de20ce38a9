"""From bytes to a mention: senders, charsets, dates, threads, attachments, machines."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import Broken
from socialcare.channels.email.letters import Place, Skipped, own_id, read_letter
from socialcare.channels.email.mailbox import Arrival, Folder, Letter
from socialcare.models import Media
from socialcare.testing import NOW
from socialcare.text import MAX_FIELD, MAX_TEXT

FOLDER = Folder("INBOX", 7, None)
US = "care@acme.example"
PLACE = Place("mail", f"email:{US}", frozenset({US}), "imap.acme.example")


def read(raw, at=NOW, uid=5, place=PLACE):
    if isinstance(raw, str):
        raw = raw.encode()
    return read_letter(Letter(Arrival(uid, len(raw), at), raw), FOLDER, place)


def one(raw, **how):
    found = read(raw, **how)
    assert isinstance(found, list), found
    [mention] = found
    return mention


def mail(body="My boots leak", **fields):
    head = {"From": "ana@example.org", "To": US, **fields}
    lines = [f"{key.replace('_', '-')}: {value}" for key, value in head.items() if value]
    return "\n".join([*lines, "", body])


# ── who ──


@pytest.mark.parametrize(
    ("field", "address", "name"),
    [
        ("ana@example.org", "ana@example.org", None),
        ("<Ana@Example.ORG>", "ana@example.org", None),
        ("Ana Example <ana@example.org>", "ana@example.org", "Ana Example"),
        ('"Example, Ana" <ana@example.org>', "ana@example.org", "Example, Ana"),
        ("ana@example.org (Ana Example)", "ana@example.org", "Ana Example"),
        ("=?utf-8?q?=C3=84nne?= <ana@example.org>", "ana@example.org", "Änne"),
        ("=?utf-8?b?4piD?= =?utf-8?b?4piD?= <ana@example.org>", "ana@example.org", "☃☃"),
        ("Änne <ana@example.org>", "ana@example.org", "Änne"),
        ("=?utf-8?q?eve=40evil=2Eexample?= <ana@example.org>", "ana@example.org", "eve@evil.example"),
        ("=?x-none?q?a?= <ana@example.org>", "ana@example.org", "a"),
        ("=?utf-8?b?%%%?= <ana@example.org>", "ana@example.org", None),
        ("ana@example.org, bob@example.org", "ana@example.org", None),
        ("alice@good.example]<eve@evil.example>", "eve@evil.example", "alice@good.example]"),
        ('"alice@good.example" <eve@evil.example>', "eve@evil.example", "alice@good.example"),
        ("nobody", "unknown", None),
        ("<>", "unknown", None),
        ("Ana <ana@exa mple.org>", "unknown", None),
    ],
)  # fmt: skip
def test_who_wrote_it(field, address, name):
    author = one(mail(From=field, Message_ID="<1@x>")).author
    assert (author.external_id, author.handle, author.name) == (address, address, name)
    assert not author.is_us


def test_an_answer_never_goes_where_the_writer_is_not():
    """A stranger's Reply-To is a way to get what we send to somebody else."""
    assert one(mail(Reply_To="eve@evil.example")).author.handle == "ana@example.org"


@pytest.mark.parametrize(
    "fields",
    [
        {"From": f"Contact form <{US}>", "Reply_To": "Ana <ana@example.org>"},
        {"From": "wordpress no reply <noreply@acme.example>", "Reply_To": "ana@example.org"},
        {"From": "no-reply@forms.example", "Reply_To": "ana@example.org"},
        {"From": US, "Reply_To": "ana@example.org", "Auto_Submitted": "auto-generated"},
        {"From": "list@lists.acme.example", "Reply_To": "ana@example.org",
         "List_Id": "<care.acme.example>"},
    ],
)  # fmt: skip
def test_a_form_of_our_own_is_the_person_who_filled_it_in(fields):
    mention = one(mail(**fields))
    assert mention.author.handle == "ana@example.org"
    assert mention.role == "mention"


# ── what ──


@pytest.mark.parametrize(
    ("fields", "body", "text"),
    [
        ({"Subject": "Order 4411"}, "Where is it?", "Order 4411\n\nWhere is it?"),
        ({"Subject": "Boots"}, "My boots leak", "My boots leak"),
        ({"Subject": "Re: Order 4411"}, "Where is it?", "Where is it?"),
        ({"Subject": "AW: Order 4411"}, "Where is it?", "Where is it?"),
        ({"Subject": "Re: AW: Order 4411"}, "", "Order 4411"),
        ({"Subject": "Where is order 4411?"}, "", "Where is order 4411?"),
        ({"Subject": "=?iso-8859-1?q?Gr=FC=DFe?="}, "Hallo", "Grüße\n\nHallo"),
        ({}, "Hello", "Hello"),
        ({}, "", ""),
    ],
)
def test_the_subject_stands_in_front_where_it_says_something(fields, body, text):
    assert one(mail(body, **fields)).text == text


@pytest.mark.parametrize(
    ("kind", "encoding", "body", "text"),
    [
        ("text/plain; charset=utf-8", "", "Grüße".encode(), "Grüße"),
        ("text/plain; charset=iso-8859-1", "", b"Gr\xfc\xdfe \x80 5", "Grüße € 5"),
        ("text/plain; charset=windows-1251", "", "Привет".encode("cp1251"), "Привет"),
        ("text/plain; charset=gb2312", "", "你好".encode("gb2312"), "你好"),
        ("text/plain; charset=iso-2022-jp", "", "こんにちは".encode("iso-2022-jp"), "こんにちは"),
        ("text/plain; charset=us-ascii", "", "Grüße".encode(), "Grüße"),
        ("text/plain; charset=us-ascii", "", b"Gr\xfc\xdfe", "Grüße"),
        ("text/plain; charset=zlib", "", b"body", "body"),
        ("text/plain; charset=unicode_escape", "", b"a\\u0041", "a\\u0041"),
        ("text/plain; charset=utf-7", "", b"+ADw-b+AD4-", "+ADw-b+AD4-"),
        ('text/plain; charset="no such"', "", "ü".encode(), "ü"),
        ("text/plain", "quoted-printable", b"Gr=C3=BC=\nne", "Grüne"),
        ("text/plain", "quoted-printable", b"100=% =ZZ", "100=% =ZZ"),
        ("text/plain", "base64", base64.b64encode(b"Hello"), "Hello"),
        ("text/plain", "base64", b"SGVs\nbG8", "Hello"),
        ("text/plain", "x-unknown", b"Hello", "Hello"),
        ("text/html", "", b"<p>My <b>boots</b><script>x()</script></p><p>leak</p>", "My boots\n\nleak"),
        ("text/html; charset=utf-8", "base64", base64.b64encode("<p>Grüße</p>".encode()), "Grüße"),
        ("TEXT/PLAIN; charset=UTF-8", "8BIT", "ü".encode(), "ü"),
    ],
)  # fmt: skip
def test_letters_of_every_make_are_read(kind, encoding, body, text):
    head = f"From: ana@example.org\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n"
    assert one(head.encode() + body).text == text


def multipart(*parts, kind="mixed", closed=True):
    pieces = "".join(f"--b\n{part}\n" for part in parts)
    end = "--b--\n" if closed else ""
    return f"From: ana@example.org\nContent-Type: multipart/{kind}; boundary=b\n\n{pieces}{end}"


PLAIN = "Content-Type: text/plain\n\nplain words"
HTML = "Content-Type: text/html\n\n<p>html words</p>"
FILE = (
    "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n"
    'Content-Disposition: attachment; filename="{}"\n\niVBORw0KGgo='
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (multipart(PLAIN, HTML, kind="alternative"), "plain words"),
        (multipart(HTML, PLAIN, kind="alternative"), "plain words"),
        (multipart("Content-Type: text/plain\n\n \n", HTML), "html words"),
        (multipart(PLAIN, closed=False), "plain words"),
        (multipart(FILE.format("x.png"), PLAIN), "plain words"),
        (multipart("\nno header"), "no header"),
        (multipart(), ""),
        ("From: a@x\nContent-Type: multipart/mixed\n\nwords", "words"),
        ("From: a@x\nContent-Type: multipart/mixed; boundary=b\n\nwords", "words"),
        (multipart(multipart(PLAIN).partition("\n")[2].replace("=b", "=c").replace("--b", "--c")),
         "plain words"),
    ],
)  # fmt: skip
def test_the_words_are_found_in_any_tree_of_parts(raw, text):
    assert one(raw).text == text
    assert one(raw.replace("\n", "\r\n")).text == text


@pytest.mark.parametrize(
    ("name", "alt"),
    [
        ("boots.png", "boots.png"),
        ("../../.bashrc", ".bashrc"),
        ("C:\\windows\\x.png", "x.png"),
        ("=?utf-8?q?Schuh=C3=A9?=.png", "Schuhé.png"),
        ("", "a.png"),
    ],
)
def test_an_attachment_is_told_by_kind_and_name_and_kept_nowhere(name, alt, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert one(multipart(PLAIN, FILE.format(name))).media == (Media("image", None, alt),)
    assert not list(tmp_path.iterdir())


def test_a_name_in_the_newer_writing():
    part = "Content-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''%E2%98%83.png\n\nx"
    assert one(multipart(PLAIN, part)).media == (Media("image", None, "☃.png"),)


# ── when, and in which thread ──


@pytest.mark.parametrize(
    ("date", "wanted"),
    [
        ("Sat, 21 Nov 2026 10:00:00 +0000", NOW - timedelta(hours=2)),
        ("Sat, 21 Nov 2026 05:00:00 -0500 (EST)", NOW - timedelta(hours=2)),
        ("21 Nov 26 10:00:00 GMT", NOW - timedelta(hours=2)),
        ("Sun, 22 Nov 2026 10:00:00 +0000", NOW),
        ("Thu, 1 Jan 1970 00:00:00 +0000", NOW),
        ("Sat, 31 Feb 2026 10:00:00 +0000", NOW),
        ("yesterday", NOW),
        ("9" * 5000, NOW),
        ("", NOW),
    ],
)
def test_a_date_that_cannot_be_is_that_of_its_arrival(date, wanted):
    assert one(mail(Date=date)).created_at == wanted


@pytest.mark.parametrize(
    ("fields", "identity", "thread", "parent"),
    [
        ({"Message_ID": "<1@x>"}, "1@x", "1@x", None),
        ({"Message_ID": "<1@x>", "In_Reply_To": "<0@x>"}, "1@x", "0@x", "0@x"),
        ({"Message_ID": "<3@x>", "References": "<0@x>\n <1@x>\n\t<2@x>"}, "3@x", "0@x", "2@x"),
        ({"Message_ID": "<3@x>", "References": "junk", "In_Reply_To": "Ana's <2@x> of May"},
         "3@x", "2@x", "2@x"),
        ({"Message_ID": "1@x"}, "1@x", "1@x", None),
        ({"Message_ID": "<1@x>", "References": "<1@x>"}, "1@x", "1@x", None),
        ({}, "uid:7:5", "uid:7:5", None),
        ({"Message_ID": "<>"}, "uid:7:5", "uid:7:5", None),
        ({"Message_ID": "<uid:7:1>"}, "uid:7:5", "uid:7:5", None),
        ({"Message_ID": "two words"}, "uid:7:5", "uid:7:5", None),
    ],
)  # fmt: skip
def test_identity_and_thread(fields, identity, thread, parent):
    mention = one(mail(**fields))
    assert (mention.external_id, mention.thread, mention.in_reply_to) == (identity, thread, parent)
    assert (mention.uri is None) == identity.startswith("uid:")


# ── machines ──


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Auto_Submitted": "auto-generated; type=x"}, "automatic"),
        ({"X_Autoreply": "yes"}, "automatic"),
        ({"X_Auto_Response_Suppress": "All"}, "automatic"),
        ({"Precedence": "bulk"}, "bulk"),
        ({"Precedence": "Junk"}, "bulk"),
        ({"Precedence": "list", "List_Id": "<news.example.org>"}, "bulk"),
        ({"List_Unsubscribe": "<https://example.org>"}, "bulk"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"From": "Mail Delivery <MAILER-DAEMON@example.org>"}, "bounce"),
        ({"Content_Type": "multipart/report; boundary=b"}, "bounce"),
        ({"Content_Type": "text/calendar; method=REPLY"}, "automatic"),
        ({"Message_ID": f"<{own_id('k', US)}>"}, "automatic"),
        ({"Auto_Submitted": "auto-replied", "From": US, "Reply_To": "ana@example.org"}, "automatic"),
    ],
)  # fmt: skip
def test_what_no_person_wrote_gets_no_row(fields, why):
    assert read(mail(**fields)) == Skipped(why)


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "no"},
        {"Content_Type": "text/calendar; method=REQUEST"},
        {"List_Id": "<care.acme.example>", "Precedence": "list"},
        {"X_Auto_Response_Suppress": "None"},
        {"Subject": "Out of office supplies?"},
        {"Message_ID": "<sc-1@example.org>"},
    ],
)
def test_what_a_person_wrote_gets_one(fields):
    assert one(mail(**fields)).role == "mention"


def test_our_own_mail_is_an_answer_even_where_it_looks_automatic():
    mention = one(mail(From=US, To="ana@example.org", Precedence="bulk"))
    assert (mention.role, mention.author.is_us) == ("answer", True)


@pytest.mark.parametrize(
    ("results", "role"),
    [
        ("mx.acme.example; dmarc=fail header.from=acme.example", None),
        ("mx.acme.example; spf=pass smtp.mailfrom=evil.example", None),
        ("mx.acme.example; dmarc=pass header.from=acme.example", "answer"),
        ("mx.evil.example; dmarc=fail header.from=acme.example", "answer"),
        (None, "answer"),
    ],
)
def test_nobody_answers_in_our_name(results, role):
    found = read(mail(From=US, In_Reply_To="<1@x>", Authentication_Results=results))
    assert found == Skipped("forged") if role is None else found[0].role == role


# ── hostile ones ──


@pytest.mark.shared
def test_every_hostile_mail_is_read(shared):
    rows = (shared / "hostile" / "emails.jsonl").read_text().splitlines()
    assert rows
    place = Place("mail", "email:support@acme.example", frozenset({"support@acme.example"}), "x")
    for row in rows:
        case = json.loads(row)
        found = read(base64.b64decode(case["raw_b64"]), place=place)
        flags = case.get("expect", {}).get("flags", [])
        if "automatic" in flags:
            assert found == Skipped("automatic"), case["case"]
            continue
        assert isinstance(found, list), (case["case"], found)
        assert len(found) == 1
        assert (found[0].role == "answer") == ("own" in flags), case["case"]


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@x\nContent-Type: multipart/mixed; boundary=b0\n\n"
        + b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(20_000)),
        b"From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 400_000,
        b"From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--bx\n" * 800_000,
        b"From: a@x\n" + b"X: y\n" * 500_000,
        b"From: " + b'"' * 1_000_000,
        b"From: " + b"a@x," * 500_000,
        b"From: a@x\nContent-Type: text/plain; " + b'a=";' * 500_000,
        b"From: a@x\nSubject: " + b"=?utf-8?q?" * 200_000,
        b"From: a@x\nReferences: " + b"<" * 2_000_000,
        b"From: a@x\nContent-Type: text/html\n\n" + b"<style" * 400_000,
        b"From: a@x\nContent-Type: text/html\n\n" + b"<div>" * 400_000,
        b"From: a@x\nContent-Type: text/html\n\n" + b" style='" * 400_000,
        b"\n" * 2_000_000,
        b"\r" * 2_000_000,
        b"From: a@x\nContent-Transfer-Encoding: quoted-printable\n\n" + b"=" * 2_000_000,
        b'From: a@x\nContent-Type: multipart/mixed; boundary="' + b"b" * 3_000 + b'"\n\n' + b"--" * 9,
    ],
    ids=range(16),
)  # fmt: skip
@pytest.mark.timeout(20)
def test_no_mail_takes_long_or_is_a_defect(raw):
    mention = one(raw)
    assert len(mention.text) <= MAX_TEXT
    assert len(mention.author.handle) <= MAX_FIELD


@given(st.binary(max_size=400), st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=b"]))  # fmt: skip
def test_any_bytes_are_a_mail(body, kind):
    assert not isinstance(read(f"From: a@x\nContent-Type: {kind}\n".encode() + body), Broken)
    assert not isinstance(read(body), Broken)


@given(st.text(max_size=120), st.sampled_from(["From", "Subject", "Date", "Message-ID", "References", "Content-Type", "Reply-To", "Authentication-Results", "Content-Disposition"]))  # fmt: skip
def test_any_field_is_read(value, key):
    found = read(f"{key}: {value}\n\nx".encode("utf-8", "surrogatepass"))
    assert not isinstance(found, Broken)


def test_what_trips_the_reader_is_a_dead_letter(monkeypatch):
    monkeypatch.setattr("socialcare.channels.email.letters.words_of", lambda _: 1 / 0)
    found = read(mail())
    assert isinstance(found, Broken)
    assert found.where == "$.INBOX[5]"
    assert "`$.BODY[]`" in found.reason
    assert found.raw
