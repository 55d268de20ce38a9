"""The type http: how it goes from answer to answer and from run to run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.channels.base import Checkpoint, Page, Setup
from socialcare.channels.http import Http
from socialcare.channels.mapped import Mapped
from socialcare.clock import FixedClock
from socialcare.errors import BadAnswerError, GoneError, RefusedError
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Item, Params, mentions_of
from tests.channels import json_service
from tests.channels.direct import channel as direct_channel
from tests.channels.servers import Line, Server
from tests.channels.test_mapped import FIELDS, asked, gives, item

TOKEN = "s3cret+token"
WEEK = timedelta(days=7)


@dataclass
class Runs:
    """Runs of one channel, each going on from what the last one stored."""

    server: Server
    http: Http
    clock: FixedClock
    checkpoint: Checkpoint | None = None
    token: str | None = None
    brand: Brand = field(default_factory=lambda: Brand(name="Acme"))

    def run(self, pages: int = 99, **options: Any) -> list[Page]:
        options = {"base_url": self.server.url, "url": "/list", "fields": FIELDS, **options}
        connect = partial(self.http.session, "forum")
        secret = {"token": self.token}.get
        channel = Mapped(Setup("forum", options, connect, self.clock, self.brand, secret))
        walk, got = channel.pages(self.checkpoint, self.clock.now() - WEEK), []
        for page in walk:
            got.append(page)
            self.checkpoint = json.loads(json.dumps(page.checkpoint))
            if len(got) == pages:
                break
        return got


@pytest.fixture
def runs(server: Server, http: Http, clock: FixedClock) -> Runs:
    return Runs(server, http, clock)


def ids(pages: list[Page]) -> set[str]:
    return set(mentions_of(pages))


def missed(pages: list[Page]) -> list[str]:
    return [page.possibly_missed for page in pages if page.possibly_missed]


def param(line: Line, name: str) -> str | None:
    query = dict(
        part.split("=") for part in line.request.target.partition("?")[2].split("&") if part
    )
    return query.get(name)


def linked(line: Line) -> None:
    """Two pages by a Link header, which repeats the token as careless services do."""
    if param(line, "p") is None:
        target = f"{line.request.path}?key={TOKEN.replace('+', '%2B')}&p=2"
        gives([item(2)], f'Link: <{target}>; rel="next"')(line)
    else:
        gives([item(1, hours=2)])(line)


def test_a_link_header_is_followed_and_stored_without_the_token(server, runs):
    server["/list"] = linked
    runs.token = TOKEN
    options = {"auth": "query key", "paging": {"style": "link"}}
    assert ids(runs.run(pages=1, **options)) == {"2"}
    assert "s3cret" not in json.dumps(runs.checkpoint)
    assert ids(runs.run(pages=1, **options)) == {"1"}
    assert asked(server)[1] == "/list?p=2&key=s3cret%2Btoken"
    assert "s3cret" not in json.dumps(runs.checkpoint)


def test_a_token_in_the_path_is_stored_nowhere_and_put_back(server, runs):
    server[f"/{TOKEN}/list"] = server["/s3cret%2Btoken/list"] = lambda line: gives(
        {"d": [item(2)], "next": f"/{TOKEN}/list?p=2"} if param(line, "p") is None else {"d": []}
    )(line)
    runs.token = TOKEN
    options = {"url": "/{token}/list", "items": "d", "paging": {"style": "next", "path": "next"}}
    runs.run(pages=1, **options)
    assert "s3cret" not in json.dumps(runs.checkpoint)
    runs.run(pages=1, **options)
    assert asked(server)[1].endswith("/list?p=2")
    assert "s3cret" in asked(server)[1]


@pytest.mark.parametrize(
    "next_", ["https://evil.example/list", "//evil.example/x", "ftp://x/y", "http://["]
)
@pytest.mark.parametrize("token", [None, TOKEN])
def test_the_next_page_is_not_looked_for_elsewhere(server, runs, next_, token):
    server["/list"] = gives({"d": [item()], "next": next_})
    runs.token = token
    with pytest.raises(RefusedError, match="the next page is not at http://127") as told:
        runs.run(items="d", paging={"style": "next", "path": "next"})
    assert "base_url" in told.value.hint
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", ["400 Bad", "404 Gone", "410 Gone", "422 No"])
def test_a_cursor_that_has_expired_begins_the_walk_again(server, runs, status):
    """And what came meanwhile, above and below, is read."""
    good = {"expired": False}

    def answer(line: Line) -> None:
        cursor = param(line, "c")
        if cursor and good["expired"] and cursor == "old":
            gives({"error": "cursor"}, status=status)(line)
        elif cursor is None:
            gives({"d": [item(3)], "c": "new" if good["expired"] else "old"})(line)
        else:
            gives({"d": [item(2, hours=2), item(1, hours=3)], "c": None})(line)

    server["/list"] = answer
    options = {"items": "d", "paging": {"style": "cursor", "path": "c", "param": "c"}}
    assert ids(runs.run(pages=1, **options)) == {"3"}
    good["expired"] = True
    assert ids(runs.run(**options)) == {"1", "2", "3"}
    assert not missed(runs.run(**options))


def test_a_first_page_that_is_not_there_is_an_error(server, runs):
    with pytest.raises(GoneError):
        runs.run(paging={"style": "page", "param": "p"})


def test_what_lies_beyond_the_last_page_is_told(server, runs):
    server["/list"] = lambda line: gives(
        [item(int(param(line, "p") or 0), hours=int(param(line, "p") or 0))]
    )(line)
    pages = runs.run(paging={"style": "page", "param": "p", "last": 3})
    assert ids(pages) == {"1", "2", "3"}
    assert missed(pages) == ["forum gives no more than so many pages, and there was more"]
    assert not missed(runs.run(paging={"style": "page", "param": "p", "last": 3}))


def test_one_answer_that_is_full_of_new_items_may_not_hold_all(server, runs):
    server["/list"] = gives([item(1, hours=9), item(2, hours=8)])
    options = {"paging": {"style": "none", "size": 2}}
    assert not missed(runs.run(**options))
    server["/list"] = gives([item(2, hours=8), item(3, hours=2)])
    assert not missed(runs.run(**options))
    server["/list"] = gives([item(4, hours=1), item(5, hours=1)])
    assert missed(runs.run(**options)) == [
        "forum gave as many items as fit, all of them new: older ones may not have fitted"
    ]


def test_without_times_it_reads_until_all_is_known(server, runs):
    posts = list(range(10))
    server["/list"] = lambda line: gives(
        [{"id": n, "text": "x"} for n in posts[::-1][int(param(line, "o") or 0) :][:3]]
    )(line)
    options = {
        "fields": {"id": "id", "text": "text"},
        "paging": {"style": "offset", "param": "o", "stop": "known"},
    }
    assert len(ids(runs.run(**options))) == 10
    before = len(server.asked)
    assert len(runs.run(**options)) == 1
    assert len(server.asked) == before + 1
    posts.extend((10, 11, 12, 13))
    assert {"10", "11", "12", "13"} <= ids(runs.run(**options))
    assert len(runs.run(**options)) == 1


def test_a_field_may_say_that_this_was_the_last(server, runs):
    server["/list"] = lambda line: gives(
        {"d": [item(1 if param(line, "p") == "1" else 2)], "more": param(line, "p") == "1"}
    )(line)
    pages = runs.run(items="d", paging={"style": "page", "param": "p", "more": "more"})
    assert ids(pages) == {"1", "2"}
    assert [target for target in asked(server) if "p=3" in target] == []


def test_a_list_in_the_order_of_edits_brings_what_was_edited(server, runs):
    fields = {**FIELDS, "edited_at": "edited"}
    paging = {"style": "page", "param": "p", "sorted_by": "edited_at"}
    pages = {"1": [item(9, hours=1)], "2": [item(8, hours=5)]}
    server["/list"] = lambda line: gives(pages.get(param(line, "p") or "", []))(line)
    runs.run(fields=fields, paging=paging)
    pages["1"] = [item(8, hours=5, edited="2026-11-21T11:59:00Z", text="new words")]
    pages["2"] = [item(9, hours=1)]
    again = runs.run(fields=fields, paging=paging)
    assert mentions_of(again)["8"].text == "new words"
    assert "9" in ids(again)


def test_each_query_has_its_own_place(server, runs):
    server["/q/a"] = lambda line: gives(
        [item(int(param(line, "p") or 0))] if param(line, "p") != "3" else []
    )(line)
    server["/q/b"] = gives([item(7)])
    options = {"url": "/q/{query}", "query": ["a", "b"], "paging": {"style": "page", "param": "p"}}
    runs.run(pages=1, **options)
    assert runs.checkpoint is not None
    assert list(runs.checkpoint["queries"]) == ["a"]
    assert {"2", "7"} <= ids(runs.run(**options))
    assert runs.checkpoint["queries"].keys() == {"a", "b"}


def test_a_checkpoint_of_another_way_of_turning_pages_is_not_used(server, runs):
    server["/list"] = lambda line: gives(
        {"d": [item(2)], "c": "x" if not param(line, "c") else None}
    )(line)
    runs.run(pages=1, items="d", paging={"style": "cursor", "path": "c", "param": "c"})
    server["/list"] = lambda line: gives({"d": [item(3)] if param(line, "p") == "1" else []})(line)
    assert ids(runs.run(items="d", paging={"style": "page", "param": "p"})) == {"3"}


@pytest.mark.parametrize("names", [["1", "2", "10"], ["b", "a", "c"]])
@pytest.mark.parametrize("inclusive", [False, True])
def test_what_came_after_an_id_is_asked_for(server, runs, names, inclusive):
    """Ids that are numbers, whatever their order; others in the order of the answer."""

    def answer(line: Line) -> None:
        after = param(line, "after")
        at = names.index(after) + (not inclusive) if after else 0
        shown = names[at : at + 2]
        gives([item() | {"id": one} for one in shown[::-1]])(line)

    server["/list"] = answer
    options = {"paging": {"style": "after", "path": "id", "param": "after"}}
    pages = runs.run(**options)
    assert ids(pages) == set(names)
    assert not missed(pages)
    again = runs.run(**options)
    assert (len(again), missed(again)) == (1, [])
    assert runs.checkpoint is not None
    assert runs.checkpoint["queries"][""]["place"] == names[-1]


def test_items_that_nothing_can_be_read_of_do_not_stop_the_way(server, runs):
    """Broken, wordless and foreign ones have ids too."""
    server["/list"] = lambda line: gives(
        [{"n": 1, "it": {"id": 1}}, {"n": 2}, {"n": 3, "it": item(3, text="")}]
        if not param(line, "after")
        else [{"n": 4, "it": item(4)}]
        if param(line, "after") == "3"
        else []
    )(line)
    pages = runs.run(item="it", paging={"style": "after", "path": "n", "param": "after"})
    assert ids(pages) == {"4"}
    assert [one.where for page in pages for one in page.broken] == ["$[0]"]


@pytest.mark.parametrize(
    ("more", "kind"), [({"path": "nr"}, "id"), ({"path": "text", "plus": 1}, "number")]
)
def test_items_without_an_id_to_go_on_from_are_an_error(server, runs, more, kind):
    server["/list"] = gives([item()])
    with pytest.raises(BadAnswerError, match=f"no item of the answer has an? {kind} at") as told:
        runs.run(paging={"style": "after", "param": "after", **more})
    assert "path of [channels.forum.paging]" in told.value.hint


class Restless(json_service.List):
    """Between any two questions something may come, or something may go."""

    def __init__(self, turned: str, steps: list[int | None], *, comes: bool) -> None:
        super().__init__(turned)
        self.steps, self.comes = steps, comes
        self.page_size = 4

    def answer(self, path: str, params: Params) -> object:
        step = self.steps.pop() if self.steps else None
        if step is not None and not self.comes and len(self.items) > 6:
            self.delete(self.items[step % len(self.items)])
        elif step is not None and self.comes:
            number = 5_000 + len(self.asked)
            self.items.append(Item(str(number), NOW - timedelta(seconds=6_000 - number) / 1000))
        return super().answer(path, params)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["page", "offset"]),
    st.booleans(),
    st.lists(st.none() | st.integers(0, 99), max_size=40),
    st.lists(st.integers(1, 4), max_size=4),
)
def test_pages_that_shift_while_they_are_read_lose_nothing(turned, comes, steps, stops):
    case = json_service.case(turned, param=turned)
    case.options = {**case.options, "base_url": "https://forum.example"}
    case.service = service = Restless(turned, steps, comes=comes)
    service.items = [Item(f"{1000 + n}", NOW - timedelta(hours=30 - n)) for n in range(30)]
    clock, checkpoint, got = FixedClock(NOW), None, []
    for stop in [*stops, 999, 0]:
        if not stop:
            service.steps, stop = [], 999  # noqa: PLW2901 - a last run, while all is quiet
        walk = direct_channel(case, clock).pages(checkpoint, SINCE)
        for page, _ in zip(walk, range(stop), strict=False):
            got.append(page)
            checkpoint = json.loads(json.dumps(page.checkpoint))
    assert {one.id for one in service.items} - ids(got) == set()
