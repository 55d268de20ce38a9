"""Answers on Facebook and Instagram: where they go, what is refused before, and never two."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import CanReply, Outgoing
from socialcare.errors import (
    AuthError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from socialcare.models import Author, Kind, Mention
from socialcare.testing import NOW, Fault, Item, Kept, bench
from tests.channels.cases import facebook, instagram
from tests.channels.cases.facebook import (
    ANA,
    OWN,
    POST,
    TOKEN,
    PageGraph,
    comment,
    message,
    own_comment,
    refusal,
    written,
)
from tests.channels.cases.instagram import ACCOUNT, MEDIA, Account

HOUR = timedelta(hours=1)
TEXT = "It left today."


@pytest.fixture
def page():
    with bench(facebook.case()) as running:
        yield running


@pytest.fixture
def account():
    with bench(instagram.case()) as running:
        yield running


def pages_of(running) -> PageGraph:
    assert isinstance(running.service, PageGraph)
    return running.service


def account_of(running) -> Account:
    assert isinstance(running.service, Account)
    return running.service


def desk(running) -> CanReply:
    channel = running.channel()
    assert isinstance(channel, CanReply)
    return channel


def outgoing(
    text: str = TEXT,
    *,
    to: str = "555_1",
    kind: Kind = "comment",
    parent: str | None = None,
    thread: str | None = None,
    private: bool = False,
    at: datetime = NOW - HOUR,
    source: str = "facebook",
    author: Author | None = None,
    said: str = "No parcel.",
) -> Outgoing:
    author = author or Author(ANA, "Ana Lima" if source == "facebook" else "@ana.lima")
    mention = Mention(
        "c", source, to, author, said, at, kind=kind, in_reply_to=parent, thread=thread
    )
    return Outgoing(mention, text, "key-1", private)


def on_instagram(text: str = TEXT, to: str = "1000", **more: Any) -> Outgoing:
    return outgoing(text, to=to, source="instagram", **more)


def written_to(running) -> list[tuple[str, str, Any]]:
    found = []
    for one in running.service.written:
        path = urlsplit(one.url).path.removeprefix("/v26.0/")
        body = one.body.decode()
        if body.startswith("{"):
            content: Any = json.loads(body)
        else:
            content = {key: values[0] for key, values in parse_qs(body).items()}
        assert TOKEN not in one.url + body
        found.append((one.method, path, content))
    return found


# Facebook


@pytest.mark.parametrize(
    ("reply", "below"),
    [
        (outgoing(), "555_1"),
        (outgoing(to="555_2", kind="reply", parent="555_1"), "555_1"),
        (outgoing(to="555_2", kind="reply", parent="no id"), "555_2"),
        (outgoing(to=f"{OWN}_777", kind="post"), f"{OWN}_777"),
    ],
)
def test_a_public_answer_stands_below_what_it_answers(page, reply, below):
    posted = desk(page).send(reply)
    fields = {"message": TEXT, "fields": "id,permalink_url,created_time"}
    assert written_to(page) == [("POST", f"{below}/comments", fields)]
    assert (posted.external_id, posted.url) == (
        "9000",
        own_comment(Kept("9000", ""))["permalink_url"],
    )
    assert desk(page).find(reply) == posted


@pytest.mark.parametrize(
    ("reply", "recipient"),
    [
        (outgoing(private=True), {"comment_id": "555_1"}),
        (outgoing(private=True, to=f"{OWN}_777", kind="post"), {"post_id": f"{OWN}_777"}),
    ],
)
def test_a_private_answer_is_a_message_that_names_the_comment(page, reply, recipient):
    posted = desk(page).send(reply)
    content = {"recipient": recipient, "message": {"text": TEXT}}
    assert written_to(page) == [("POST", f"{OWN}/messages", content)]
    assert posted.external_id == "message:m_0"
    assert desk(page).find(reply) == posted
    asked = next(url for url in page.service.asked if "conversations" in url)
    assert f"user_id={ANA}" in asked
    assert "platform=messenger" in asked


@pytest.mark.parametrize(
    ("reply", "refused", "most"),
    [
        (outgoing("x" * 8_000), None, 8_000),
        (outgoing("x" * 8_001), "it has 8,001 characters, and 8,000 are allowed there", 8_000),
        (outgoing("😢" * 4_001), "it has 8,002 characters, and 8,000 are allowed there", 8_000),
        (outgoing(" "), "it is empty", 8_000),
        (outgoing(source="hackernews"), "it came from hackernews", 8_000),
        (outgoing(to="../me"), "is no post of Facebook", 8_000),
        (outgoing("x" * 2_001, private=True), "it has 2,001 characters", 2_000),
        (
            outgoing(private=True, at=NOW - timedelta(days=7, seconds=1)),
            "within 7 days, and that was until 2026-11-21 11:59 UTC",
            2_000,
        ),
    ],
)
def test_what_cannot_be_posted_is_told_before(page, reply, refused, most):
    preview = desk(page).preview(reply)
    assert preview.max_length == most
    assert (preview.refused is None) == (refused is None)
    assert page.service.asked == []
    if refused:
        assert refused in (preview.refused or "")
        with pytest.raises(RefusedError, match=r"^c: ") as raised:
            desk(page).send(reply)
        assert "answer by hand" in raised.value.hint
        assert page.service.written == []


def test_up_to_the_end_of_the_seventh_day_it_may_be_private(page):
    assert desk(page).preview(outgoing(private=True, at=NOW - timedelta(days=7))).refused is None


@pytest.mark.parametrize(("allowed", "refused"), [(True, False), (None, False), (False, True)])
def test_a_comment_that_had_its_private_answer_is_told_before(page, allowed, refused):
    pages_of(page).private = allowed
    preview = desk(page).preview(outgoing(private=True))
    assert bool(preview.refused) == refused
    assert ("it has had its one" in (preview.refused or "")) == refused
    assert desk(page).preview(outgoing()).refused is None


def test_a_lost_private_answer_is_looked_for_in_the_conversation(page):
    page.service.loses = True
    reply = outgoing(private=True)
    with pytest.raises(OutcomeUnknownError):
        desk(page).send(reply)
    page.service.loses = False
    assert len(page.service.written) == 1
    found = desk(page).find(reply)
    assert found is not None
    assert found.external_id == "message:m_0"


@pytest.mark.parametrize(
    ("messages", "reply"),
    [
        ([], outgoing(private=True)),
        ([message("m_1", TEXT, ANA)], outgoing(private=True)),
        ([message("m_1", "Other words")], outgoing(private=True)),
        (
            [{**message("m_1", TEXT), "created_time": written(NOW - 2 * HOUR)}],
            outgoing(private=True),
        ),
        ([{"id": "m_1"}], outgoing(private=True)),
        ([message("m_1", TEXT)], outgoing(private=True, author=Author("anonymous:555_1", ""))),
    ],
)
def test_what_the_conversation_does_not_show_may_yet_be_there(page, messages, reply):
    pages_of(page).messages, pages_of(page).private = messages, None
    with pytest.raises(
        OutcomeUnknownError, match="cannot tell whether the answer is there"
    ) as error:
        desk(page).find(reply)
    assert "record its address" in error.value.hint


def test_a_comment_that_may_have_a_private_answer_has_had_none(page):
    assert desk(page).find(outgoing(private=True)) is None
    assert not any("conversations" in url for url in page.service.asked)


class Below(PageGraph):
    """``below`` is what stands below every comment, as it is sent."""

    def __init__(self, *below: dict[str, Any], endless: bool = False) -> None:
        super().__init__()
        self.below, self.endless = below, endless

    def node(self, path, params):
        if not path.endswith("/comments"):
            return super().node(path, params)
        answer: dict[str, Any] = {"data": list(self.below)}
        if self.endless:
            after = f"c{len(self.asked)}"
            answer["paging"] = {"cursors": {"after": after}, "next": "https://graph.facebook.com/x"}
        return answer


def looking(*below: dict[str, Any], endless: bool = False):
    given = facebook.case()
    given.service = Below(*below, endless=endless)
    return bench(given)


def ours(text: str = TEXT, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    return {**own_comment(Kept("9000", text)), "created_time": written(at), **more}


def test_only_our_own_words_are_taken_for_the_answer():
    theirs = comment(Item("1", NOW, TEXT))
    with looking(theirs, ours("Other words"), ours(at=NOW - 2 * HOUR)) as page:
        assert desk(page).find(outgoing()) is None
    with looking(theirs, ours("It  left\ntoday.")) as page:
        found = desk(page).find(outgoing())
    assert found is not None
    assert found.external_id == "9000"


@pytest.mark.parametrize(
    ("below", "endless", "why"),
    [
        ([{key: value for key, value in ours().items() if key != "from"}], False, "does not name"),
        ([{"id": "5"}], False, "could not be read"),
        ([comment(Item("1", NOW))], True, "too many answers"),
    ],
)
def test_where_it_cannot_be_told_the_outcome_is_unknown(below, endless, why):
    with looking(*below, endless=endless) as page, pytest.raises(OutcomeUnknownError, match=why):
        desk(page).find(outgoing())


def test_the_search_ends_before_the_comment_that_is_answered():
    old = ours("Another matter", at=NOW - 3 * HOUR)
    with looking(old, endless=True) as page:
        assert desk(page).find(outgoing()) is None
        assert len([url for url in page.service.asked if "/comments?" in url]) == 1


FAILURES = [
    (Fault(400, refusal(100, message="Too long")), RefusedError, r"does not take it \(100: Too long\)"),
    (Fault(400, refusal(190, 463)), AuthError, "it has expired"),
    (Fault(403, refusal(200)), AuthError, "needs pages_manage_engagement"),
    (Fault(400, refusal(32)), RateLimitError, "slow down"),
    (Fault(400, refusal(368, message="Blocked")), RefusedError, "368: Blocked"),
    (Fault(400, refusal(506, message="Duplicate")), OutcomeUnknownError, "506: Duplicate"),
    (Fault(400, refusal(2)), OutcomeUnknownError, "cannot tell"),
    (Fault(503), OutcomeUnknownError, "cannot tell"),
    (Fault(200, b"<html>"), OutcomeUnknownError, "not what was expected"),
    (Fault(200, b"{}"), OutcomeUnknownError, "id"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "error", "message"), FAILURES)
def test_a_write_is_tried_once_and_its_failure_named(page, fault, error, message):
    page.service.refuses = fault
    with pytest.raises(error, match=message) as raised:
        desk(page).send(outgoing())
    assert len(page.service.written) == 1
    assert raised.value.hint


def test_a_second_private_answer_is_not_told_as_refused(page):
    page.service.refuses = Fault(400, refusal(10_900, message="Activity already replied to"))
    with pytest.raises(OutcomeUnknownError, match="already replied to"):
        desk(page).send(outgoing(private=True))


def test_only_our_own_comments_are_taken_back(page):
    posted = desk(page).send(outgoing())
    page.service.items = [Item("555_1", NOW)]
    desk(page).delete(posted.external_id)
    desk(page).delete(posted.external_id)
    with pytest.raises(RefusedError, match="written by somebody else"):
        desk(page).delete("555_1")
    with pytest.raises(RefusedError, match="cannot be taken back"):
        desk(page).delete("message:m_0")
    assert [method for method, _, _ in written_to(page)] == ["POST", "DELETE"]


# Instagram


def test_an_answer_stands_below_its_comment(account):
    posted = desk(account).send(on_instagram())
    assert written_to(account) == [("POST", "1000/replies", {"message": TEXT})]
    assert desk(account).find(on_instagram()) == posted
    assert desk(account).find(on_instagram("Other words")) is None


def test_who_answers_a_reply_names_the_person_once(account):
    reply = on_instagram(to="2000", kind="reply", parent="1000")
    assert desk(account).preview(reply).text == f"@ana.lima {TEXT}"
    desk(account).send(reply)
    desk(account).send(
        on_instagram("Soon, dear @Ana.Lima.", to="2000", kind="reply", parent="1000")
    )
    assert [(path, form["message"]) for _, path, form in written_to(account)] == [
        ("1000/replies", f"@ana.lima {TEXT}"),
        ("1000/replies", "Soon, dear @Ana.Lima."),
    ]
    assert desk(account).find(reply) is not None


@pytest.mark.parametrize(
    ("reply", "form"),
    [
        (
            on_instagram(to="mention:77", thread="media:88"),
            {"message": TEXT, "comment_id": "77", "media_id": "88"},
        ),
        (
            on_instagram(to="media:99", kind="post", said="My boots from acme!"),
            {"message": TEXT, "media_id": "99"},
        ),
    ],
)
def test_where_others_named_us_the_answer_goes_by_the_account(account, reply, form):
    posted = desk(account).send(reply)
    assert written_to(account) == [("POST", f"{ACCOUNT}/mentions", form)]
    assert posted.external_id == "mention:9000"
    with pytest.raises(OutcomeUnknownError, match="somebody else's media"):
        desk(account).find(reply)
    with pytest.raises(RefusedError, match="cannot be taken back"):
        desk(account).delete(posted.external_id)


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        (on_instagram("x" * 300), None),
        (on_instagram("x" * 301), "it has 301 characters, and 300 are allowed there"),
        (on_instagram("😢" * 151), "it has 302 characters"),
        (on_instagram("x" * 295, to="2", kind="reply", parent="1"), "it has 305 characters"),
        (on_instagram("#a #b #c #d yes"), None),
        (on_instagram("#a #b #c #d #e"), "4 hashtags"),
        (on_instagram("see https://acme.example/a"), None),
        (on_instagram("https://acme.example or www.acme.example"), "one address"),
        (on_instagram("SEE OUR PAGE"), "all in capitals"),
        (on_instagram("OK 👍"), "all in capitals"),
        (on_instagram("ありがとう"), None),
        (on_instagram(to="media:9", kind="post", said="acmeish"), "it is only tagged"),
        (on_instagram(to="media:9", kind="post", said="With @ACME."), None),
        (on_instagram("é" * 500, private=True), None),
        (on_instagram("é" * 501, private=True), "it has 1,002 bytes, and 1,000 are allowed"),
        (on_instagram(to="mention:7", private=True), "only to comments below your own media"),
        (on_instagram(to="media:9", kind="post", private=True), "only to comments below your own"),
        (on_instagram(private=True, at=NOW - timedelta(days=8)), "within 7 days"),
        (outgoing(), "it came from facebook"),
        (on_instagram(to="555_1"), "is nothing of Instagram"),
    ],
)
def test_the_rules_of_instagram_are_told_before(account, reply, refused):
    found = desk(account).preview(reply).refused
    assert (found is None) == (refused is None)
    assert (refused or "") in (found or "")
    assert account.service.written == []


def test_a_private_answer_on_instagram(account):
    reply = on_instagram(private=True)
    posted = desk(account).send(reply)
    content = {"recipient": {"comment_id": "1000"}, "message": {"text": TEXT}}
    assert written_to(account) == [("POST", f"{ACCOUNT}/messages", content)]
    assert desk(account).find(reply) == posted
    account_of(account).messages = [
        {**message("m_9", TEXT, "17841400000000777"), "from": {"id": "7", "username": "acme"}}
    ]
    found = desk(account).find(reply)  # by name: conversations know us by another id
    assert found is not None
    assert found.external_id == "message:m_9"


def test_a_nameless_answer_may_be_ours(account):
    class Nameless(Account):
        def node(self, path, params):
            found = super().node(path, params)
            if path.endswith("/replies"):
                for one in found["data"]:
                    one.pop("username")
                    one.pop("from")
            return found

    given = instagram.case()
    given.service = Nameless()
    with bench(given) as running:
        desk(running).send(on_instagram())
        with pytest.raises(OutcomeUnknownError, match="does not name"):
            desk(running).find(on_instagram())


def test_only_our_own_comments_on_instagram_are_taken_back(account):
    posted = desk(account).send(on_instagram())
    account.service.items = [Item("1000", NOW)]
    desk(account).delete(posted.external_id)
    desk(account).delete(posted.external_id)
    with pytest.raises(RefusedError, match="written by somebody else"):
        desk(account).delete("1000")
    assert [method for method, _, _ in written_to(account)] == ["POST", "DELETE"]


def test_our_answer_is_read_as_an_answer_of_ours(account):
    """What was posted comes back with a fetch, under the id that was told."""
    account_of(account).items = [Item("1000", NOW - HOUR)]
    posted = desk(account).send(on_instagram())
    graph = account_of(account)
    graph.below = {"1000": [Item(posted.external_id, NOW, TEXT)]}
    pages, _ = account.run()
    assert posted.external_id in {one.external_id for page in pages for one in page.mentions}
    assert MEDIA in "".join(graph.asked)
    assert POST not in "".join(graph.asked)
