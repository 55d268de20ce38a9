"""Bodies of GitHub's webhooks: words, edits and deletions, as the same mentions that ``github`` reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import Broken, Page, Setup
from socialcare.channels.github.posts import Place, read_comments, read_issues
from socialcare.channels.webhook import Webhook
from socialcare.channels.webhook.github import Gone, is_body, read_body
from socialcare.clock import FixedClock
from socialcare.models import Mention
from socialcare.settings import Brand
from tests.channels.golden import payload

PLACE = Place("hooks", "github.com", frozenset({"acme-care"}))
REPO = {"full_name": "acme/app", "html_url": "https://github.com/acme/app"}
API = "https://api.github.com/repos/acme/app/issues"
PAGE = "https://github.com/acme/app"
ANA = {"login": "ana", "id": 7, "html_url": "https://github.com/ana"}
TIMES = {"created_at": "2026-11-20T08:00:00Z", "updated_at": "2026-11-20T09:00:00Z"}
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
EDITED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NEITHER_SAYS_SO = {"pinned", "labeled", "assigned", "closed", "reopened", "locked", "answered", ""}


def issue(**more: object) -> dict[str, object]:
    return {
        "url": f"{API}/12",
        "html_url": f"{PAGE}/issues/12",
        "number": 12,
        "title": "It crashes",
        "body": "On **start**",
        "user": ANA,
        "comments": 3,
        **TIMES,
        **more,
    }


def comment(**more: object) -> dict[str, object]:
    return {
        "url": f"{API}/comments/99",
        "html_url": f"{PAGE}/issues/12#issuecomment-99",
        "issue_url": f"{API}/12",
        "body": "Here too",
        "user": ANA,
        **TIMES,
        **more,
    }


def discussion(**more: object) -> dict[str, object]:
    return {
        "html_url": f"{PAGE}/discussions/4",
        "number": 4,
        "title": "Dark mode?",
        "body": "Please",
        "user": ANA,
        "comments": 2,
        "reactions": {"+1": 3, "-1": 1, "heart": 1},
        **TIMES,
        **more,
    }


def below(**more: object) -> dict[str, object]:
    """A comment on a discussion."""
    return {
        "id": 55,
        "html_url": f"{PAGE}/discussions/4#discussioncomment-55",
        "body": "Yes",
        "user": ANA,
        "parent_id": None,
        **TIMES,
        **more,
    }


def body(action: str = "created", **parts: Any) -> dict[str, object]:
    return {"action": action, "repository": REPO, "sender": ANA, **parts}


def read(content: object, place: Place = PLACE) -> list[Any]:
    return list(read_body(json.dumps(content).encode(), place))


def one(content: object, place: Place = PLACE) -> Any:
    (found,) = read(content, place)
    return found


ABOUT: dict[str, dict[str, object]] = {
    "acme/app/issues/12": {"issue": issue()},
    "acme/app/issues/comments/99": {"issue": issue(), "comment": comment()},
    "acme/app/discussions/4": {"discussion": discussion()},
    "acme/app/discussions/comments/55": {"discussion": discussion(), "comment": below()},
}


@pytest.mark.parametrize("external_id", ABOUT)
def test_words_bring_a_mention_and_a_deletion_takes_it_away(external_id: str) -> None:
    for action in ("created", "opened", "edited"):
        mention = one(body(action, **ABOUT[external_id]))
        assert isinstance(mention, Mention)
        assert (mention.source, mention.external_id) == ("github:github.com", external_id)
        assert mention.uri == mention.url
        assert mention.direct
    assert one(body("deleted", **ABOUT[external_id])) == Gone("github:github.com", external_id)


@pytest.mark.parametrize("external_id", ABOUT)
@pytest.mark.parametrize("action", sorted(NEITHER_SAYS_SO))
def test_what_changes_no_words_brings_nothing(external_id: str, action: str) -> None:
    assert read(body(action, **ABOUT[external_id])) == []


@pytest.mark.parametrize(
    "content",
    [
        {"zen": "Keep it simple", "hook_id": 1, "hook": {"config": {}}},
        body(pull_request={"number": 5}),
        body(comment=comment(), pull_request={"number": 5}),
        {"ref": "refs/heads/main", "repository": REPO, "sender": ANA, "commits": []},
        {"action": "started", "repository": REPO, "sender": ANA},
        {"action": "created", "issue": None, "comment": None, "repository": REPO},
    ],
    ids=["ping", "pull request", "review", "push", "star", "null"],
)
def test_other_events_bring_nothing(content: dict[str, object]) -> None:
    assert is_body(content)
    assert read(content) == []


@pytest.mark.parametrize(
    "record",
    [
        {"text": "Hello Acme", "repository": REPO, "sender": ANA},
        {"rating": 2, "sender": {"name": "Ana"}},
        {"object_kind": "note", "repository": {"name": "app"}},
        {"object": "instagram", "entry": []},
    ],
    ids=["with a text", "another sender", "another service", "Instagram"],
)
def test_what_is_no_body_of_github_is_not_taken_for_one(record: dict[str, object]) -> None:
    assert not is_body(record)


def test_an_issue_is_what_the_github_channel_makes_of_it() -> None:
    raw = msgspec.Raw(json.dumps(issue()).encode())
    ([wanted], []) = read_issues([raw], PLACE, ours=True)
    assert one(body(issue=issue())) == wanted
    assert wanted.text == "It crashes\n\nOn start"


def test_a_comment_is_what_the_github_channel_makes_of_it() -> None:
    raw = msgspec.Raw(json.dumps(comment()).encode())
    ([wanted], []) = read_comments([raw], PLACE, ours=True)
    assert one(body(issue=issue(), comment=comment())) == wanted
    assert wanted.edited_at == EDITED_AT


def test_everything_that_the_github_channel_lists_comes_the_same_by_webhook() -> None:
    """Its own fixtures, one event each."""
    place = Place("hooks", "github.com", pulls=True)
    for name, key, listed in (
        ("issues", "issue", read_issues),
        ("comments", "comment", read_comments),
    ):
        for item in json.loads(payload("github", name)):
            raw = msgspec.Raw(json.dumps(item).encode())
            wanted, broken = listed([raw], place, ours=True)
            parts: dict[str, Any] = {"issue": issue(), key: item}
            found = read(body(**parts), place)
            if broken:
                assert [(each.where, each.reason) for each in found] == [
                    (f"$.{key}", broken[0].reason)
                ]
            else:
                assert found == wanted


def test_a_discussion() -> None:
    mention = one(body(discussion=discussion()))
    assert mention.text == "Dark mode?\n\nPlease"
    assert (mention.kind, mention.created_at, mention.edited_at) == ("post", AT, None)
    assert (mention.replies, mention.likes, mention.author.handle) == (2, 4, "@ana")
    assert (mention.thread, mention.in_reply_to) == ("acme/app/discussions/4", None)
    assert one(body("edited", discussion=discussion())).edited_at == EDITED_AT


def test_comments_of_a_discussion_hang_below_it_and_below_one_another() -> None:
    first = one(body(discussion=discussion(), comment=below()))
    assert (first.kind, first.text, first.edited_at) == ("comment", "Yes", EDITED_AT)
    assert first.thread == first.in_reply_to == "acme/app/discussions/4"
    reply = one(body(discussion=discussion(), comment=below(id=56, parent_id=55)))
    assert reply.thread == "acme/app/discussions/4"
    assert reply.in_reply_to == "acme/app/discussions/comments/55"


def test_our_own_words_are_answers() -> None:
    ours = {"login": "Acme-Care", "id": 1}
    both: tuple[dict[str, Any], ...] = (
        {"issue": issue(), "comment": comment(user=ours)},
        {"discussion": discussion(), "comment": below(user=ours)},
    )
    for parts in both:
        mention = one(body(**parts))
        assert (mention.role, mention.author.is_us, mention.direct) == ("answer", True, False)
    member = body(discussion=discussion(), comment=below(author_association="MEMBER"))
    assert one(member).role == "mention"
    assert one(member, Place("hooks", "github.com", team=True)).role == "answer"


def test_bots_and_lost_accounts() -> None:
    bot = {"login": "x[bot]", "id": 9, "type": "Bot"}
    assert one(body(discussion=discussion(user=bot))).automated
    assert one(body(discussion=discussion(user=None))).author.handle == "@ghost"


def test_comments_on_pull_requests_only_where_they_are_wanted() -> None:
    on_code = comment(html_url=f"{PAGE}/pull/12#issuecomment-99")
    parts: dict[str, Any] = {"issue": issue(pull_request={}), "comment": on_code}
    assert read(body(**parts)) == []
    assert len(read(body(**parts), Place("hooks", "github.com", pulls=True))) == 1


def test_a_server_of_ones_own_is_another_source() -> None:
    repo = {"full_name": "acme/app", "html_url": "https://Git.acme.example:8443/acme/app"}
    content = {**body("deleted", **ABOUT["acme/app/discussions/4"]), "repository": repo}
    assert one(content) == Gone("github:git.acme.example:8443", "acme/app/discussions/4")


@pytest.mark.parametrize(
    ("content", "where", "reason"),
    [
        (body(issue=issue(url=7)), "$.issue", "`$.url`"),
        (body(issue=issue(url="https://x/repos/../../etc/issues/1")), "$.issue", "no address"),
        (body(issue=issue(), comment=comment(user={})), "$.comment", "`$.user`"),
        (body("deleted", issue=issue(), comment={"url": API}), "$.comment", "no address"),
        (body(discussion=discussion(title=None)), "$.discussion", "`$.title`"),
        (body(discussion=discussion(number="x")), "$.discussion", "`$.number`"),
        (body(discussion={}, comment=below()), "$.discussion", "`number`"),
        (body(discussion=discussion(), comment=below(id=None)), "$.comment", "`$.id`"),
        (body(discussion=discussion(created_at="0001-01-01T00:00:00Z")), "$.discussion", "1970"),
        ({**body(issue=issue()), "repository": {"full_name": "../x"}}, "$.repository", "html_url"),
        (
            {**body(issue=issue()), "repository": {**REPO, "full_name": "../x"}},
            "$.repository",
            "name",
        ),
        (
            {**body(issue=issue()), "repository": {**REPO, "html_url": "x"}},
            "$.repository",
            "address",
        ),
        ({**body(issue=issue()), "action": 5}, "$", "`$.action`"),
        (body(issue=[1]), "$.issue", "object"),
    ],
)
def test_what_is_broken_is_named_by_its_path(content: object, where: str, reason: str) -> None:
    broken = one(content)
    assert isinstance(broken, Broken)
    assert broken.where == where
    assert reason in broken.reason
    assert broken.raw


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*issue(), *below(), "action", "repository", "full_name"]),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(["issue", "comment", "discussion"]),
    st.sampled_from(["created", "edited", "deleted"]),
)
def test_nothing_that_a_body_holds_gets_out_as_another_error(
    part: object, key: str, action: str
) -> None:
    for content in (body(action, **{**ABOUT["acme/app/issues/12"], key: part}), part):
        for item in read_body(json.dumps(content).encode(), PLACE):
            assert isinstance(item, Mention | Gone | Broken)


# ── in a spool ──


def no_network(**_: object) -> NoReturn:
    raise AssertionError("a folder needs no network")


def run(folder: Path, **options: object) -> list[Page]:
    clock = FixedClock(datetime(2099, 1, 1, tzinfo=UTC))
    setup = Setup("hooks", {"spool": str(folder), **options}, no_network, clock, Brand("Acme"))
    return list(Webhook(setup).pages(None, AT))


def test_pages_bring_words_first_and_then_what_is_gone_by_where_it_stood(tmp_path: Path) -> None:
    other = {"full_name": "acme/app", "html_url": "https://git.acme.example/acme/app"}
    files = [
        body("deleted", issue=issue(), comment=comment()),
        body(issue=issue()),
        {**body("deleted", discussion=discussion()), "repository": other},
        body("deleted", **ABOUT["acme/app/discussions/comments/55"]),
    ]
    for number, content in enumerate(files):
        (tmp_path / f"{number}.json").write_text(json.dumps(content))
    pages = run(tmp_path)
    assert [
        ([each.external_id for each in page.mentions], page.gone_from, list(page.gone))
        for page in pages
    ] == [
        (["acme/app/issues/12"], None, []),
        (
            [],
            "github:github.com",
            ["acme/app/issues/comments/99", "acme/app/discussions/comments/55"],
        ),
        ([], "github:git.acme.example", ["acme/app/discussions/4"]),
    ]
    assert [page.checkpoint is not None for page in pages] == [False, False, True]


def test_bodies_and_records_may_lie_side_by_side(tmp_path: Path) -> None:
    mixed = [
        body(issue=issue()),
        {"text": "Hello Acme"},
        {"text": "Hi", "repository": {}},
        body(issue=issue(url=7)),
    ]
    (tmp_path / "1.jsonl").write_text("\n".join(map(json.dumps, mixed)))
    (page,) = run(tmp_path)
    assert [each.source for each in page.mentions] == ["github:github.com"] + 2 * ["webhook:hooks"]
    assert [each.where for each in page.broken] == ["1.jsonl line 4 $.issue"]


def test_a_layout_may_be_named(tmp_path: Path) -> None:
    lines = [body(issue=issue()), {"text": "Hello Acme"}]
    (tmp_path / "1.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (page,) = run(tmp_path, layout="github")
    assert [each.external_id for each in page.mentions] == ["acme/app/issues/12"]
    assert [(each.where, each.reason) for each in page.broken] == [
        ("1.jsonl line 2", "no body of a GitHub webhook")
    ]
    (page,) = run(tmp_path, layout="mentions")
    assert [each.text for each in page.mentions] == ["Hello Acme"]
    assert [(each.where, each.reason) for each in page.broken] == [
        ("1.jsonl line 1", "text: missing")
    ]
