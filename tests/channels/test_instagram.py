"""Instagram: comments, replies and tags become mentions, and what a webhook has dropped."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import CanCheckAccess, CanRecheck
from socialcare.channels.meta.shelf import FILES
from socialcare.errors import ChannelError, ConfigError, RateLimitError
from socialcare.models import Mention
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Fault, Item, bench, mentions_of, posts
from tests.channels.cases.facebook import ANA, refusal, written
from tests.channels.cases.instagram import ACCOUNT, MEDIA, Account, case, remark
from tests.channels.cases.instagram_tags import Tags, media

MINUTE = timedelta(minutes=1)
PERMALINK = "https://www.instagram.com/p/Acme1/"


@pytest.fixture
def own():
    with bench(case()) as running:
        yield running


def service(own) -> Account:
    assert isinstance(own.service, Account)
    return own.service


def asked(own, path: str) -> list[dict[str, str]]:
    found = [urlsplit(url) for url in own.service.asked]
    return [
        {key: values[0] for key, values in parse_qs(url.query).items()}
        for url in found
        if url.path == f"/v26.0/{path}"
    ]


def replies(count: int, start: int = 5000) -> list[Item]:
    return [Item(f"{start + n}", NOW - (count - n) * MINUTE, f"Reply {n}") for n in range(count)]


def test_a_comment_becomes_a_mention(own):
    own.service.items = [Item("1000", NOW - MINUTE, "No parcel")]
    [found] = mentions_of(own.run()[0]).values()
    assert found == Mention(
        channel="c",
        source="instagram",
        external_id="1000",
        author=found.author,
        text="No parcel",
        created_at=NOW - MINUTE,
        kind="comment",
        url=PERMALINK,
        thread="1000",
        in_reply_to=MEDIA,
        direct=True,
        likes=1,
    )
    author = found.author
    assert (author.external_id, author.handle, author.name) == (ANA, "@ana.lima", "ana.lima")
    assert author.url == "https://www.instagram.com/ana.lima/"


def test_all_replies_are_read(own):
    service(own).items = posts(2)
    service(own).below = {"1000": replies(120), "1001": replies(2, 6000)}
    pages, _ = own.run()
    found = mentions_of(pages)
    assert len(found) == 2 + 120 + 2
    assert len(asked(own, "1000/replies")) == 2
    assert not asked(own, "1001/replies")
    reply = found["5007"]
    assert (reply.kind, reply.thread, reply.in_reply_to) == ("reply", "1000", "1000")
    assert reply.url == PERMALINK
    assert not any(page.possibly_missed for page in pages)


def test_a_new_reply_below_an_old_comment_is_found(own):
    service(own).items = posts(200, step=timedelta(minutes=30))
    _, checkpoint = own.run()
    newer, old = own.service.items[-120].id, own.service.items[5].id
    service(own).below = {newer: replies(1)}
    pages, checkpoint = own.run(checkpoint)
    assert "5000" in mentions_of(pages)
    service(own).below[old] = replies(1, 6000)
    pages, checkpoint = own.run(checkpoint)
    assert "6000" not in mentions_of(pages)
    own.clock.at = NOW + timedelta(days=1)
    pages, checkpoint = own.run(checkpoint)
    assert "6000" in mentions_of(pages)
    own.service.asked.clear()
    own.run(checkpoint)
    assert not asked(own, f"{MEDIA}/comments")


def test_as_many_comments_as_before_can_be_others(own):
    own.service.items = posts(3)
    _, checkpoint = own.run()
    own.service.items = [*posts(3)[:2], Item("2000", NOW - MINUTE)]
    pages, _ = own.run(checkpoint)
    assert "2000" in mentions_of(pages)


def test_our_own_answers_are_known_by_id_name_and_handle():
    class Ours(Account):
        def with_replies(self, item):
            name = {"1000": "Acme", "1001": "acme.care", "1002": "ana.lima"}[item.id]
            found = remark(item)
            found["from"] = {"id": ACCOUNT if item.id == "1002" else ANA, "username": name}
            return {**found, "username": name}

    given = case()
    given.service, given.brand = Ours(), Brand(name="Acme", handles=("@acme.care",))
    with bench(given) as own:
        own.service.items = posts(3)
        found = mentions_of(own.run()[0])
    assert [(one.role, one.direct) for one in found.values()] == [("answer", False)] * 3


def test_people_whom_instagram_does_not_name_are_each_somebody_else():
    class Nameless(Account):
        def with_replies(self, item):
            return {key: remark(item)[key] for key in ("id", "text", "timestamp")}

    given = case()
    given.service = Nameless()
    with bench(given) as own:
        own.service.items = posts(2)
        authors = [one.author for one in mentions_of(own.run()[0]).values()]
    assert {one.external_id for one in authors} == {"anonymous:1000", "anonymous:1001"}
    assert {one.handle for one in authors} == {""}


def test_a_tag_becomes_a_mention():
    given = case()
    given.service = Tags()
    with bench(given) as own:
        own.service.items = [Item("1000", NOW - MINUTE, "With my new boots")]
        [found] = mentions_of(own.run()[0]).values()
    url = "https://www.instagram.com/p/1000/"
    assert (found.external_id, found.kind, found.url, found.uri) == ("media:1000", "post", url, url)
    assert (found.author.handle, found.replies, found.direct) == ("@ana.lima", 2, True)
    assert [(one.type, one.url) for one in found.media] == [("image", url)]


def test_a_recheck_asks_only_for_what_can_be_read_by_its_id(own):
    own.service.items = posts(2)
    channel = own.channel()
    assert isinstance(channel, CanRecheck)
    page = channel.recheck(["1000", "7", "media:9", "mention:8"])
    assert mentions_of([page]).keys() == {"1000"}
    assert page.gone == ["7"]
    own.service.asked.clear()
    page = channel.recheck(["media:9", "mention:8"])
    assert not (page.mentions or page.gone or page.broken)
    assert own.service.asked == []


def test_who_we_are_there(own):
    channel = own.channel()
    assert isinstance(channel, CanCheckAccess)
    assert channel.check_access() == "@acme"


# What a webhook has dropped


@pytest.fixture
def spool(own, tmp_path: Path) -> Path:
    own.case.options = {**own.case.options, "spool": str(tmp_path)}
    return tmp_path


def dropped(media_id: object = None, comment_id: object = None, account: str = ACCOUNT) -> str:
    value = {"media_id": media_id, "comment_id": comment_id}
    value = {key: one for key, one in value.items() if one is not None}
    entry = {"id": account, "time": 1, "changes": [{"field": "mentions", "value": value}]}
    return json.dumps({"object": "instagram", "entry": [entry]})


def named(own, comment: str, text: str = "@acme look", media_id: str = "88", by: str = "mia"):
    found = {
        "id": comment,
        "text": text,
        "timestamp": written(NOW - MINUTE),
        "username": "ana.lima",
        "media": {"id": media_id, "permalink": "https://www.instagram.com/p/Mia/", "username": by},
    }
    service(own).named[f"mentioned_comment.comment_id({comment})"] = found


def test_what_names_us_is_asked_for_by_the_ids_of_a_webhook(own, spool):
    named(own, "77")
    service(own).named["mentioned_media.media_id(99)"] = media(Item("99", NOW - MINUTE, "acme!"))
    (spool / "0001.json").write_text(dropped("88", "77"))
    (spool / "0002.json").write_text(dropped("99"))
    pages, checkpoint = own.run()
    found = mentions_of(pages)
    comment = found["mention:77"]
    assert (comment.thread, comment.in_reply_to) == ("media:88", "media:88")
    assert (comment.url, comment.direct) == ("https://www.instagram.com/p/Mia/", True)
    assert found["media:99"].text == "acme!"
    assert lying(spool) == ["0001.json", "0002.json"]
    assert not mentions_of(own.run(checkpoint)[0])
    assert lying(spool) == ["done"]


def lying(spool: Path) -> list[str]:
    return sorted(path.name for path in spool.iterdir())


def test_a_late_file_with_an_earlier_name_is_read(own, spool):
    named(own, "77")
    (spool / "0005.json").write_text(dropped("88", "77"))
    _, checkpoint = own.run()
    named(own, "78")
    (spool / "0004.json").write_text(dropped("88", "78"))
    assert mentions_of(own.run(checkpoint)[0]).keys() == {"mention:78"}


def test_a_run_that_stores_nothing_moves_nothing(own, spool):
    named(own, "77")
    (spool / "1.json").write_text(dropped("88", "77"))
    own.run()
    assert mentions_of(own.run()[0]).keys() == {"mention:77"}
    assert lying(spool) == ["1.json"]


def test_links_are_refused_unread(own, spool, tmp_path_factory):
    named(own, "77")
    outside = tmp_path_factory.mktemp("outside") / "secret.json"
    outside.write_text(dropped("88", "77"))
    (spool / "1.json").symlink_to(outside)
    pages, _ = own.run()
    [broken] = [one for page in pages for one in page.broken]
    assert (broken.where, broken.reason) == ("1.json", "a link to another file is not read")
    assert not mentions_of(pages)


def test_what_another_account_is_told_as_well_stays_for_its_channel(own, spool):
    named(own, "77")
    both = json.loads(dropped("88", "77"))
    both["entry"] += json.loads(dropped("90", "79", account="17841400000000009"))["entry"]
    (spool / "1.json").write_text(json.dumps(both))
    pages, checkpoint = own.run()
    assert mentions_of(pages).keys() == {"mention:77"}
    for _ in range(2):
        pages, checkpoint = own.run(checkpoint)
        assert not mentions_of(pages)
    assert lying(spool) == ["1.json"]
    (spool / "1.json").unlink()
    _, checkpoint = own.run(checkpoint)
    assert (checkpoint or {})["dropped"] == {"read": {}, "others": {}}


def test_what_stands_below_our_own_media_is_the_comment_that_the_list_brings(own, spool):
    own.service.items = [Item("77", NOW - MINUTE, "@acme look")]
    named(own, "77", media_id=MEDIA, by="acme")
    (spool / "1.json").write_text(dropped(MEDIA, "77"))
    assert mentions_of(own.run()[0]).keys() == {"77"}
    assert not [one for one in asked(own, ACCOUNT) if "mentioned" in one["fields"]]


def test_what_stands_below_old_media_of_ours_has_its_own_id(own, spool):
    named(own, "77", media_id="17900000000000009", by="acme")
    (spool / "1.json").write_text(dropped("17900000000000009", "77"))
    [found] = mentions_of(own.run()[0]).values()
    assert (found.external_id, found.in_reply_to) == ("77", "17900000000000009")


def test_a_broken_file_is_told_and_stops_nothing(own, spool):
    named(own, "77")
    (spool / "1.json").write_text("{")
    (spool / "2.json").write_text(dropped("88", "77; drop"))
    (spool / "3.json").write_bytes(b"\xff\xfe" * 70_000)
    (spool / "4.json").write_text(dropped("88", "77"))
    for path in spool.iterdir():
        os.utime(path, (0, 0))
    pages, _ = own.run()
    broken = [one for page in pages for one in page.broken]
    assert [one.where for one in broken] == [f"$ of {n}.json" for n in (1, 2, 3)]
    assert broken[0].raw == b"{"
    assert "$.comment_id" in broken[1].reason
    assert len(broken[2].raw) < 70_000
    assert mentions_of(pages).keys() == {"mention:77"}


def test_what_is_not_for_us_is_passed_over(own, spool):
    (spool / "1.json").write_text(dropped("88", "77", account="17841400000000009"))
    (spool / "2.json").write_text('{"object": "page", "entry": [{"id": "1", "changes": []}]}')
    (spool / "3.json").write_text(
        json.dumps(
            {"object": "instagram", "entry": [{"changes": [{"field": "comments", "value": {}}]}]}
        )
    )
    (spool / "4.tmp").write_text("notes")
    (spool / ".5.json").write_text("half of a fi")
    (spool / "6.json").mkdir()
    pages, checkpoint = own.run()
    assert not any(page.broken or page.mentions or page.notice for page in pages)
    assert not [one for one in asked(own, ACCOUNT) if "mentioned" in one["fields"]]
    assert (checkpoint or {})["dropped"]["read"].keys() == {"2.json", "3.json"}
    assert (checkpoint or {})["dropped"]["others"].keys() == {"1.json"}


def test_what_cannot_be_read_any_more_is_told_once(own, spool):
    (spool / "1.json").write_text(dropped("88", "77"))
    (spool / "2.json").write_text(dropped("88", "77"))
    pages, checkpoint = own.run()
    notices = [page.notice for page in pages if page.notice]
    assert notices == ["1 that named us cannot be read any more: deleted, or private"]
    assert not any(page.notice for page in own.run(checkpoint)[0])


def test_a_refused_question_is_asked_again_the_next_time(own, spool):
    named(own, "77")
    (spool / "1.json").write_text(dropped("88", "77"))
    own.service.faults = [Fault(400, refusal(4))]
    with pytest.raises(RateLimitError):
        list(own.channel().pages({"own": {ACCOUNT: {"username": "acme"}}, "turn": "spool"}, SINCE))
    assert "mentioned_comment" in own.service.asked[-1]
    assert "mention:77" in mentions_of(own.run()[0])


def test_many_files_are_read_over_several_runs(own, spool):
    count = 3 * FILES
    for n in range(count):
        named(own, f"{700 + n}")
        (spool / f"{n:04}.json").write_text(dropped("88", f"{700 + n}"))
    own.service.items = posts(3)
    checkpoint, got = None, []
    for _ in range(12):
        pages, checkpoint = own.run(checkpoint, pages=1)
        got += pages
    assert len(mentions_of(got)) == count + 3
    questions = [one for one in asked(own, ACCOUNT) if "mentioned" in one["fields"]]
    assert len(questions) == count


def test_a_spool_that_is_not_there_is_told(own, spool):
    own.case.options = {**own.case.options, "spool": str(spool / "none")}
    with pytest.raises(ChannelError, match=r"c: the spool .*No such file") as raised:
        own.run()
    assert raised.value.hint.startswith("make it: mkdir -p ")


def test_a_spool_that_is_no_whole_path_is_an_error_of_the_config(own, spool):
    own.case.options = {**own.case.options, "spool": spool.name}
    with pytest.raises(ConfigError, match=r"\[channels\.c\] spool: the whole path"):
        own.channel()


def test_old_mentions_of_a_spool_stay_out(own, spool):
    named(own, "77")
    service(own).named["mentioned_comment.comment_id(77)"]["timestamp"] = written(
        SINCE - timedelta(days=1)
    )
    (spool / "1.json").write_text(dropped("88", "77"))
    assert not mentions_of(own.run()[0])


def test_a_broken_answer_about_a_mention_is_told(own, spool):
    named(own, "77")
    service(own).named["mentioned_comment.comment_id(77)"]["timestamp"] = "yesterday"
    (spool / "1.json").write_text(dropped("88", "77"))
    pages, _ = own.run()
    [broken] = [one for page in pages for one in page.broken]
    assert broken.where == "$.mentioned_comment[0]"
    assert "$.timestamp" in broken.reason
