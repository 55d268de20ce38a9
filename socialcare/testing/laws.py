"""What every channel must do, whatever its service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from socialcare.channels.base import Checkpoint, Page
from socialcare.errors import BadAnswerError, ChannelError, RateLimitError, UnavailableError
from socialcare.testing.bench import ENOUGH, SINCE, Bench, mentions_of, posts
from socialcare.testing.service import Fault, Item


@dataclass(frozen=True)
class Law:
    """Takes a bench whose service holds nothing yet; its name is its sentence."""

    holds: Callable[[Bench], None]

    @property
    def name(self) -> str:
        return self.holds.__name__

    def __str__(self) -> str:
        return self.name

    def __call__(self, bench: Bench) -> None:
        self.holds(bench)


def fails(error: type[ChannelError], walk: Iterator[Page]) -> ChannelError:
    """Go on until it stops, which has to be with this error, fit to be shown."""
    try:
        for _page in walk:
            pass
    except error as stopped:
        if not (stopped.message and stopped.hint):
            raise AssertionError(f"says nothing to people: {stopped!r}") from stopped
        return stopped
    raise AssertionError(f"the walk came to its end without {error.__name__}")


_laws: list[Law] = []


def law(function: Callable[[Bench], None]) -> Law:
    _laws.append(Law(function))
    return _laws[-1]


@law
def one_run_brings_everything(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    pages, checkpoint = bench.run()
    assert bench.ids(pages) == {item.id for item in bench.service.items}
    assert checkpoint is not None
    assert not any(page.possibly_missed for page in pages)
    for mention in mentions_of(pages).values():
        assert mention.source == bench.channel().source
        assert mention.created_at.utcoffset() == timedelta()


@law
def a_run_that_stops_after_any_page_loses_nothing(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    undisturbed, _ = bench.run()
    for stop in range(len(undisturbed)):
        before, checkpoint = bench.run(pages=stop)
        after, _ = bench.run(checkpoint)
        assert mentions_of([*before, *after]) == mentions_of(undisturbed), f"after {stop} pages"


@law
def a_run_of_one_page_goes_on_the_next_time(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    undisturbed, _ = bench.run()
    checkpoint: Checkpoint | None = None
    got: list[Page] = []
    for _run in range(3 * len(undisturbed)):
        pages, checkpoint = bench.run(checkpoint, pages=1)
        got += pages
    assert mentions_of(got) == mentions_of(undisturbed)


@law
def what_comes_between_two_runs_is_found(bench: Bench) -> None:
    """After a whole run, and after one that stopped: new posts, and more than one page of them."""
    old, new = posts(20), posts(15, start=20, step=timedelta(seconds=20))
    for stop in (1, 2, 3, ENOUGH):
        bench.service.items = old[:]
        bench.service.page_size = 4
        before, checkpoint = bench.run(pages=stop)
        bench.service.items += new
        after, _ = bench.run(checkpoint)
        wanted = {item.id for item in bench.service.items}
        assert bench.ids([*before, *after]) == wanted, f"after {stop} pages"


@law
def a_second_run_ends_and_changes_nothing(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    first, checkpoint = bench.run()
    second, _ = bench.run(checkpoint)
    assert len(second) < ENOUGH
    assert mentions_of([*first, *second]) == mentions_of(first)
    assert not any(page.possibly_missed or page.broken or page.gone for page in second)


@law
def what_is_older_than_since_stays_out_of_the_first_run(bench: Bench) -> None:
    old = [Item(f"{n}", SINCE - timedelta(hours=30 - n)) for n in range(10)]
    bench.service.items = [*old, *posts(5)]
    pages, _ = bench.run()
    assert bench.ids(pages) == {item.id for item in posts(5)}


@law
def an_empty_service_is_fine_and_filled_later(bench: Bench) -> None:
    pages, checkpoint = bench.run()
    assert not mentions_of(pages)
    bench.service.items = posts(3)
    pages, _ = bench.run(checkpoint)
    assert len(mentions_of(pages)) == 3


@law
def the_same_cursor_twice_ends_the_walk(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    bench.service.stuck = True
    got: list[Page] = []
    error: ChannelError | None = None
    try:
        got.extend(islice(bench.channel().pages(None, SINCE), ENOUGH))
    except ChannelError as stopped:
        error = stopped
    assert len(got) < ENOUGH
    if bench.case.loops:
        assert error or any(page.possibly_missed for page in got)
    assert mentions_of(got)


@law
def duplicates_are_the_same_mention(bench: Bench) -> None:
    bench.service.items = posts(12)
    bench.service.page_size = 4
    once, _ = bench.run()
    bench.service.repeats = True
    twice, _ = bench.run()
    assert mentions_of(twice) == mentions_of(once)


@law
def one_broken_item_never_kills_its_page(bench: Bench) -> None:
    bench.service.items = [
        Item(item.id, item.at, item.text, broken=n == 5) for n, item in enumerate(posts(12))
    ]
    pages, checkpoint = bench.run()
    broken = [one for page in pages for one in page.broken]
    assert bench.ids(pages) == {one.id for one in bench.service.items if not one.broken}
    assert broken
    assert broken[0].where.startswith("$")
    assert "$." in broken[0].reason
    assert broken[0].raw
    assert checkpoint is not None


@law
def failures_have_their_classes_and_keep_what_came_before(bench: Bench) -> None:
    faults = (
        (Fault(429, b"{}", {"Retry-After": "300"}), RateLimitError),
        (Fault(503, b"{}"), UnavailableError),
        (Fault(200, b'{"hits": [{"obj'), BadAnswerError),
        (Fault(200, b"<html>a login page</html>"), BadAnswerError),
        (Fault(200, b'"a text"'), BadAnswerError),
    )
    bench.service.items = posts(30)
    bench.service.page_size = 4
    whole, _ = bench.run()
    for fault, error in faults:
        walk = bench.channel().pages(None, SINCE)
        first = next(walk)
        bench.service.faults = [fault] * 10
        fails(error, walk)
        bench.service.faults = []
        checkpoint = json.loads(json.dumps(first.checkpoint))
        after, _ = bench.run(checkpoint)
        assert mentions_of([first, *after]) == mentions_of(whole)


LAWS = tuple(_laws)
