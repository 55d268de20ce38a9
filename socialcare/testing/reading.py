"""The checkpoint law: wherever a run stops, nothing is lost, nothing is doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice

from socialcare.channels.base import Checkpoint, Page
from socialcare.errors import ChannelError
from socialcare.testing.bench import ENOUGH, SINCE, Bench, mentions_of, posts
from socialcare.testing.law import brings, has_cursors, law, law_for, same
from socialcare.testing.service import Item


def fill(bench: Bench, count: int = 22, page_size: int = 4) -> list[Item]:
    """Put in so many posts, a few a page."""
    bench.service.page_size = page_size
    bench.service.items = posts(count)
    return list(bench.service.items)


@law
def one_run_brings_everything(bench: Bench) -> None:
    fill(bench)
    pages, checkpoint = bench.run()
    brings(bench, pages)
    assert checkpoint is not None, "no page had a checkpoint"
    assert not any(page.possibly_missed for page in pages)
    for mention in mentions_of(pages).values():
        assert mention.source == bench.channel().source
        assert mention.created_at.utcoffset() == timedelta()


@law
def a_run_that_stops_after_any_page_loses_nothing(bench: Bench) -> None:
    fill(bench)
    stop_anywhere(bench)


def stop_anywhere(bench: Bench) -> None:
    undisturbed, _ = bench.run()
    brings(bench, undisturbed, "a whole run")
    for stop in range(len(undisturbed)):
        before, checkpoint = bench.run(pages=stop)
        after, _ = bench.run(checkpoint)
        got = mentions_of([*before, *after])
        same(got, mentions_of(undisturbed), f"stopped after {stop} pages")


@law
def a_run_of_one_page_goes_on_the_next_time(bench: Bench) -> None:
    fill(bench)
    page_by_page(bench)


def page_by_page(bench: Bench) -> None:
    undisturbed, _ = bench.run()
    brings(bench, undisturbed, "a whole run")
    checkpoint: Checkpoint | None = None
    got: list[Page] = []
    for _run in range(3 * len(undisturbed)):
        pages, checkpoint = bench.run(checkpoint, pages=1)
        got += pages
    same(mentions_of(got), mentions_of(undisturbed))


@law
def what_comes_between_two_runs_is_found(bench: Bench) -> None:
    """After a whole run, and after one that stopped: new posts, and more than one page of them."""
    new = posts(15, start=20, step=timedelta(seconds=20))
    for stop in (1, 2, 3, ENOUGH):
        fill(bench, 20)
        before, checkpoint = bench.run(pages=stop)
        bench.service.items += new
        after, _ = bench.run(checkpoint)
        brings(bench, [*before, *after], f"stopped after {stop} pages")


@law
def a_second_run_ends_and_changes_nothing(bench: Bench) -> None:
    fill(bench)
    first, checkpoint = bench.run()
    second, _ = bench.run(checkpoint)
    assert len(second) < ENOUGH, "it does not end"
    same(mentions_of([*first, *second]), mentions_of(first))
    assert not any(page.possibly_missed or page.broken or page.gone for page in second)


@law
def what_is_older_than_since_stays_out_of_the_first_run(bench: Bench) -> None:
    new = posts(5)
    old = [Item(f"{n}", SINCE - timedelta(hours=30 - n)) for n in range(10)]
    bench.service.items = [*old, *new]
    pages, _ = bench.run()
    assert bench.ids(pages) == {item.id for item in new}


@law
def an_empty_service_is_fine_and_filled_later(bench: Bench) -> None:
    pages, checkpoint = bench.run()
    assert not mentions_of(pages)
    bench.service.items = posts(3)
    pages, _ = bench.run(checkpoint)
    brings(bench, pages)


@law_for(has_cursors)
def a_page_may_be_short_or_empty_and_still_point_to_the_next(bench: Bench) -> None:
    items = fill(bench, 24)
    hidden = {*range(4, 12), *range(13, 24, 3)}
    bench.service.items = [replace(one, hidden=n in hidden) for n, one in enumerate(items)]
    stop_anywhere(bench)


@law
def the_same_cursor_twice_ends_the_walk(bench: Bench) -> None:
    fill(bench)
    got, _ = _stuck(bench)
    assert len(got) < ENOUGH, "it does not end"
    assert mentions_of(got), "what came before is lost"


@law
def a_cursor_that_comes_twice_is_told(bench: Bench) -> None:
    fill(bench)
    got, error = _stuck(bench)
    assert error or any(page.possibly_missed for page in got), "the rest is lost in silence"


def _stuck(bench: Bench) -> tuple[list[Page], ChannelError | None]:
    bench.service.stuck = True
    got: list[Page] = []
    try:
        got.extend(islice(bench.channel().pages(None, SINCE), ENOUGH))
    except ChannelError as stopped:
        return got, stopped
    return got, None


@law
def duplicates_are_the_same_mention(bench: Bench) -> None:
    fill(bench, 12)
    once, _ = bench.run()
    bench.service.repeats = True
    twice, _ = bench.run()
    same(mentions_of(twice), mentions_of(once))


@law
def the_order_on_a_page_does_not_matter(bench: Bench) -> None:
    fill(bench)
    in_order, _ = bench.run()
    bench.service.disordered = True
    pages, _ = bench.run()
    same(mentions_of(pages), mentions_of(in_order))
    page_by_page(bench)


@law
def one_broken_item_never_kills_its_page(bench: Bench) -> None:
    bench.service.items = [replace(item, broken=n == 5) for n, item in enumerate(posts(12))]
    pages, checkpoint = bench.run()
    brings(bench, pages)
    broken = [one for page in pages for one in page.broken]
    assert broken, "the broken item is not told"
    assert broken[0].where.startswith("$")
    assert "$." in broken[0].reason
    assert broken[0].raw
    assert checkpoint is not None
