"""GitHub: issues and comments become mentions, and no change is lost to ties, stops and limits."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare import testing
from socialcare.channels.base import Page
from socialcare.channels.decode import decode
from socialcare.channels.github import GitHub
from socialcare.channels.github.posts import Place, read_comments, read_issues
from socialcare.channels.github.walks import (
    AGAIN,
    CAPPED,
    INCOMPLETE,
    OF_A_REPO,
    Listed,
    State,
    Walk,
    from_json,
)
from socialcare.clock import parse_time
from socialcare.errors import GoneError
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Case, Item, mentions_of, posts
from tests.channels import cases
from tests.channels.cases.github import Hub, asked, issue
from tests.channels.golden import payload, shown, wanted

SECOND = timedelta(seconds=1)
READ = {"issues": read_issues, "comments": read_comments}


@pytest.fixture
def bench():
    with testing.bench(cases.load("github")) as running:
        yield running


@pytest.mark.parametrize("name", READ)
def test_issues_and_comments_become_mentions(name):
    raws = decode(payload("github", name), list[msgspec.Raw])
    place = Place("gh", "github.com", frozenset({"acme-care"}), pulls=True)
    assert shown(*READ[name](raws, place, ours=True)) == wanted("github", name)


def test_pull_requests_and_what_is_said_below_them_are_left_out_unless_wanted():
    place = Place("gh", "github.com")
    issues, _ = read_issues(decode(payload("github", "issues"), list[msgspec.Raw]), place)
    comments, _ = read_comments(decode(payload("github", "comments"), list[msgspec.Raw]), place)
    assert not any("13" in one.external_id for one in issues)
    assert [one.external_id[-4:] for one in comments] == ["7001", "7002"]


@pytest.mark.parametrize(("team", "ours"), [(False, []), (True, ["@Acme-Care"])])
def test_who_works_on_the_repository_is_one_of_us_only_where_that_is_said(team, ours):
    place = Place("gh", "github.com", team=team)
    issues, _ = read_issues(decode(payload("github", "issues"), list[msgspec.Raw]), place)
    assert [one.author.handle for one in issues if one.author.is_us] == ours
    assert [one.author.handle for one in issues if one.role == "answer"] == ours


def test_what_is_asked_for(bench):
    bench.case.options = {"repos": ["acme/app"], "search": ["acme boots", "acme in:title is:pr"]}
    bench.run()
    first, _, found, own = asked(bench.service)
    assert first == {
        "state": "all",
        "sort": "updated",
        "direction": "asc",
        "per_page": "100",
        "since": "2026-11-14T12:00:00Z",
    }
    since = "created:>=2026-11-14T12:00:00Z updated:>=2026-11-14T12:00:00Z"
    assert found["q"] == f"acme boots in:title,body is:issue {since}"
    assert (found["sort"], found["order"]) == ("updated", "asc")
    assert own["q"] == f"acme in:title is:pr {since}"


def test_without_repositories_the_brand_is_searched_for(bench):
    bench.case.options = {"pull_requests": True}
    bench.case.brand = Brand(name='Acme "the best"')
    bench.run()
    searches = [one["q"].partition(" created")[0] for one in asked(bench.service)]
    assert searches == [
        '"Acme  the best" in:title,body is:issue',
        '"Acme  the best" in:title,body is:pull-request',
    ]


def test_what_lies_in_our_repository_speaks_to_us_and_what_is_found_elsewhere_need_not():
    hub = Hub()
    hub.items = [Item("2", NOW)]
    for options, direct in (({"repos": ["acme/app"]}, True), ({"search": ["acme"]}, False)):
        with testing.bench(Case(GitHub, hub, options)) as bench:
            pages, _ = bench.run()
        [mention] = mentions_of(pages).values()
        assert mention.external_id == "acme/app/issues/2"
        assert mention.direct == direct


def test_an_old_issue_that_changed_is_not_new(bench):
    bench.service.items = [Item("2", SINCE - timedelta(days=400)), Item("4", NOW)]
    bench.service.changed = {"2": NOW - timedelta(hours=1)}
    pages, checkpoint = bench.run()
    assert bench.ids(pages) == {"4"}
    bench.service.changed = {"2": NOW}
    pages, _ = bench.run(checkpoint)
    assert bench.ids(pages) == {"4"}


def test_a_change_during_the_walk_moves_an_item_and_hides_no_other(bench):
    """With page numbers the fifth item would move to the place of the fourth, and be missed."""
    bench.service.items = [item for item in posts(40) if int(item.id) % 2 == 0]
    bench.service.page_size = 4
    walk = bench.channel().pages(None, SINCE)
    got = [next(walk)]
    bench.service.changed = {bench.service.items[0].id: NOW}
    got += walk
    assert bench.ids(got) == {item.id for item in bench.service.items}


def test_more_changes_in_one_second_than_a_page_holds_are_read_by_link(bench):
    bench.service.items = [Item(f"{2 * n}", NOW - timedelta(hours=1)) for n in range(250)]
    pages, checkpoint = bench.run()
    assert len(mentions_of(pages)) == 250
    assert not any(page.possibly_missed for page in pages)
    for stop in (1, 2, 3):
        before, middle = bench.run(pages=stop)
        after, _ = bench.run(middle)
        assert len(mentions_of([*before, *after])) == 250, stop
    assert checkpoint["lists"]["acme/app issues"]["walking"] is False


def test_more_hits_in_one_second_than_a_search_gives_are_told():
    hub = Hub()
    at = NOW - timedelta(hours=3)
    hub.items = [
        *(Item(f"{n}", at) for n in range(1_100)),
        Item("9000", at + timedelta(minutes=1)),
    ]
    with testing.bench(Case(GitHub, hub, {"search": ["acme"]})) as bench:
        pages, _ = bench.run()
    assert [page.possibly_missed for page in pages if page.possibly_missed] == [CAPPED]
    assert len(mentions_of(pages)) == 1_001
    assert "acme/app/issues/9000" in mentions_of(pages)


def test_a_search_that_ran_out_of_time_says_so():
    class Slow(Hub):
        def search(self, path, params):
            return {"total_count": 5, "incomplete_results": True, "items": []}

    with testing.bench(Case(GitHub, Slow(), {"search": ["acme"]})) as bench:
        pages, _ = bench.run()
    assert [page.possibly_missed for page in pages] == [INCOMPLETE]


def test_a_late_item_is_found_also_after_a_run_that_was_cut_short(bench):
    """The one that was cut short went on where it stopped; the next one looks below that."""
    bench.service.items = [Item(f"{2 * n}", NOW - timedelta(minutes=n)) for n in range(1, 30)]
    bench.service.page_size = 4
    _, checkpoint = bench.run(pages=7)
    reached = parse_time(checkpoint["lists"]["acme/app issues"]["since"])
    late = Item("5000", reached - OF_A_REPO / 2)
    bench.service.items.append(late)
    resumed, checkpoint = bench.run(checkpoint)
    again, _ = bench.run(checkpoint)
    assert late.id in bench.ids([*resumed, *again])


def test_a_change_from_the_future_does_not_hide_what_comes(bench):
    bench.service.items = [Item("2", NOW + timedelta(days=900))]
    _, checkpoint = bench.run()
    bench.service.items.append(Item("4", NOW - timedelta(minutes=1)))
    pages, _ = bench.run(checkpoint)
    assert "4" in bench.ids(pages)


def test_one_repository_that_is_gone_keeps_no_other_from_being_read(bench):
    bench.service.items = posts(4)
    bench.case.options = {"repos": ["acme/gone", "acme/app", "acme/away"]}
    got: list[Page] = []
    with pytest.raises(GoneError, match="acme/gone") as caught:
        got.extend(bench.channel().pages(None, SINCE))
    assert caught.value.code == "gone"
    assert bench.ids(got) == {item.id for item in posts(4)}
    assert any(page.notice and "acme/away" in page.notice for page in got)


def test_a_run_that_is_cut_short_starves_no_list(bench):
    bench.case.options = {"repos": ["acme/app"], "search": ["acme"]}
    bench.service.items = posts(6)
    checkpoint, lists = None, []
    for _ in range(6):
        _, checkpoint = bench.run(checkpoint, pages=1)
        lists.append(bench.service.asked[-1].partition("?")[0])
    assert len(set(lists)) == 3


def pages_of(listed, state=None):
    """A walk over pages that are given out one after the other, the last one for ever."""
    left = list(listed)
    walk = Walk(
        state or from_json(None, SINCE),
        lambda _: left.pop(0) if len(left) > 1 else left[0],
        lambda raws: Page(read_issues(raws, Place("c", "github.com"))[0]),
        NOW,
        OF_A_REPO,
    )
    return list(walk.pages()), walk.state


def raws_of(*items):
    return [msgspec.Raw(msgspec.json.encode(issue(one, one.at))) for one in items]


def test_links_that_lead_in_a_circle_end_the_walk():
    one = raws_of(Item("2", SINCE))
    pages, state = pages_of([Listed(one, "a"), Listed(one, "b"), Listed(one, "a")])
    assert [page.possibly_missed for page in pages] == [None, None, AGAIN]
    assert not state.walking


def test_a_list_in_another_order_is_read_by_link_alone():
    newest, oldest = Item("4", NOW), Item("2", NOW - timedelta(hours=5))
    listed = [Listed(raws_of(newest, oldest), "a"), Listed(raws_of(oldest))]
    pages, state = pages_of(listed)
    assert len(pages) == 2
    assert state == State(SINCE, NOW - OF_A_REPO)


@settings(deadline=None, max_examples=60)
@given(
    seconds=st.lists(st.integers(0, 12), max_size=25),
    size=st.integers(1, 6),
    stops=st.lists(st.integers(1, 5), max_size=6),
)
def test_any_times_in_pages_of_any_size_come_whole_however_often_it_stops(seconds, size, stops):
    items = sorted(
        (Item(f"{n}", NOW - 12 * SECOND + s * SECOND) for n, s in enumerate(seconds)),
        key=lambda item: item.at,
    )

    def ask(state):
        found = [item for item in items if item.at >= state.since]
        start = int(state.link or 0)
        link = str(start + size) if start + size < len(found) else None
        return Listed(raws_of(*found[start : start + size]), link)

    read = lambda raws: Page(read_issues(raws, Place("c", "github.com"))[0])  # noqa: E731
    data, got = None, []
    for stop in [*stops, None]:
        walk = Walk(from_json(data, SINCE), ask, read, NOW, OF_A_REPO)
        for at, page in enumerate(walk.pages(), start=1):
            got.append(page)
            data = walk.state.to_json()
            if at == stop:
                break
    assert len(mentions_of(got)) == len(items)
    assert not any(page.possibly_missed for page in got)
