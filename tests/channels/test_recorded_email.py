"""Mails of real mail programs: what is left of each, file by file."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialcare.channels.email.bodies import from_html
from socialcare.channels.email.quoted import own_words
from socialcare.clock import parse_time
from tests.channels.test_email_letters import one

pytestmark = pytest.mark.shared

MAILS = {
    "reply-quotations-share-block": (1, "Hi Katharine.  Sounds great.", "Joe XXX"),
    "standard_replies__aol": (1, "Hello", "Hello"),
    "standard_replies__apple_mail_2": (1, "Hello", "Hello"),
    "standard_replies__gmail": (1, "Hello", "Hello"),
    "standard_replies__iphone": (1, "Hello", "Hello"),
    "standard_replies__outlook": (3, "Test", "Hello"),
    "standard_replies__yahoo": (1, "Hello", "Hello"),
}
"""Lines that are left, how they begin, how they end."""
LINES = {"reply-quotations-share-block": 3}
PAGES = {
    "OLK_SRC_BODY_SECTION": "Reply",
    "html_replies__hotmail": "Hi. I am fine. Thanks, Alex",
    "html_replies__ms_outlook_2003": "Hi. I am fine. Thanks, Alex",
    "html_replies__ms_outlook_2010": "Hi. I am fine. Thanks, Alex",
    "html_replies__windows_mail": "Hi. I am fine. Thanks, Alex",
}
ADDRESSES = {
    "reply-quotations-share-block": "xxx@example.com",
    "standard_replies__aol": "xxx@aol.com",
    "standard_replies__apple_mail_2": "adam@tictail.com",
    "standard_replies__gmail": "someone@gmail.example",
    "standard_replies__iphone": "someone@gmail.example",
    "standard_replies__outlook": "me@example.com",
    "standard_replies__yahoo": "someone@yahoo.example",
}


@pytest.fixture
def folder(shared):
    return shared / "payloads" / "email"


def test_every_file_is_looked_at(folder):
    assert {path.stem for path in folder.glob("*.eml")} == MAILS.keys()
    assert {path.stem for path in folder.glob("*.html")} == PAGES.keys()


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_what_its_writer_wrote(folder, name):
    mention = one((folder / f"{name}.eml").read_bytes(), at=parse_time("2015-08-22T17:30:00Z"))
    lines, begins, ends = MAILS[name]
    assert mention.text.startswith(begins)
    assert mention.text.endswith(ends)
    assert len(mention.text.split("\n")) == LINES.get(name, lines)
    assert mention.author.handle == ADDRESSES[name]
    assert mention.kind == "dm"


def test_dates_and_threads_are_read(folder):
    at = parse_time("2015-08-22T17:30:00Z")
    mention = one((folder / "standard_replies__apple_mail_2.eml").read_bytes(), at=at)
    assert mention.created_at == at - timedelta(minutes=7, seconds=40)
    assert mention.external_id == "68001B29-8EA4-444C-A894-0537D2CA5208@tictail.com"
    assert mention.in_reply_to == mention.thread
    assert mention.thread.startswith("CABzQGhk")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_its_writer_wrote(folder, name):
    left = own_words(from_html((folder / f"{name}.html").read_text()))
    assert " ".join(left.split()) == PAGES[name]


def test_signatures_are_left_out(folder):
    def signed(name):
        marked = (folder / name).read_text()
        return marked.replace("#sig#", ""), marked.partition("#sig#")[0].strip()

    survey, without = signed("signature__emails__stripped__johndoeexamplecom_body")
    sender = (folder / "signature__emails__P__johndoeexamplecom_sender").read_text()
    assert own_words(survey, sender.partition("@")[0]) == without
    assert own_words((folder / "standard_replies__sparrow_reply_text").read_text()) == "Hello"


@pytest.mark.parametrize("name", ["camel_case", "short_url"])
def test_a_friendly_end_stays(folder, name):
    body = (folder / f"signature__emails__stripped__{name}_body").read_text()
    assert own_words(body) == body.strip()
