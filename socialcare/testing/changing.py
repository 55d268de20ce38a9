"""What was read before changes: posts are edited and deleted, and clocks are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import cast

from socialcare.channels.base import CanRecheck, Page
from socialcare.models import Mention
from socialcare.testing.bench import SINCE, Bench, mentions_of, posts, stored
from socialcare.testing.law import brings, law, law_for, loses_nothing, rechecks
from socialcare.testing.reading import fill
from socialcare.testing.server import NOW
from socialcare.testing.service import Item

EDITED = "Acme brought it after all"
HOUR = timedelta(hours=1)
MOST_AT_ONCE = 40
"""Posts that are looked at again in one go."""


@law
def an_edited_post_is_the_same_mention(bench: Bench) -> None:
    items = fill(bench, 6)
    first, _ = bench.run()
    bench.service.edit(items[2], EDITED)
    again, _ = bench.run()
    assert mentions_of(again).keys() == mentions_of(first).keys(), "it came under another id"
    assert _edited(bench, again) == [items[2].id], "it has not its new text"


def _edited(bench: Bench, pages: Sequence[Page]) -> list[str]:
    found = [one.external_id for one in mentions_of(pages).values() if EDITED in one.text]
    return [bench.service.item_id(one) for one in found]


@law_for(rechecks)
def a_recheck_brings_what_was_edited(bench: Bench) -> None:
    items = fill(bench, 6)
    channel, first = _read(bench)
    bench.service.edit(items[2], EDITED)
    page = channel.recheck(list(first))
    assert _edited(bench, [page]) == [items[2].id], "it has not its new text"
    assert not page.gone, "what is there is called gone"
    for mention in page.mentions:
        before = first[mention.external_id]
        assert (mention.source, mention.created_at) == (before.source, before.created_at)


@law_for(rechecks)
def a_recheck_tells_what_is_gone(bench: Bench) -> None:
    items = fill(bench, MOST_AT_ONCE)
    channel, first = _read(bench)
    deleted = [items[0], items[7], items[-1]]
    for item in deleted:
        bench.service.delete(item)
    page = channel.recheck(list(first))
    gone = {bench.service.item_id(one) for one in page.gone}
    assert gone == {one.id for one in deleted}, f"called gone: {sorted(gone)[:9]}"
    assert not mentions_of([page]).keys() & set(page.gone)


def _read(bench: Bench) -> tuple[CanRecheck, dict[str, Mention]]:
    """A channel that has had its run, after which posts are looked at again."""
    channel = bench.channel()
    first = mentions_of(list(channel.pages(None, SINCE)))
    return cast("CanRecheck", channel), first


@law
def what_was_deleted_between_two_runs_hides_nothing_new(bench: Bench) -> None:
    """Also where it is the very post at which the last run ended."""
    for gone in (slice(-1, None), slice(-5, None), slice(0, 1)):
        items = fill(bench, 20)
        before, checkpoint = bench.run()
        for item in items[gone]:
            bench.service.delete(item)
        bench.service.items += posts(9, start=20, step=timedelta(seconds=20))
        after, _ = bench.run(checkpoint)
        loses_nothing(bench, [*before, *after], "some were deleted between two runs")


@law
def what_is_deleted_during_a_walk_hides_no_other(bench: Bench) -> None:
    for at in (1, 2, 3):
        items = fill(bench)
        walk = bench.channel().pages(None, SINCE)
        got = list(islice(walk, at))
        seen = bench.ids(got)
        for item in [one for one in items if one.id in seen][:2]:
            bench.service.delete(item)
        got += walk
        again, _ = bench.run(stored(got))
        loses_nothing(bench, [*got, *again], f"deleted after {at} pages")


@law
def a_clock_that_is_wrong_loses_nothing(bench: Bench) -> None:
    """Ours, by an hour; later it is put right."""
    for hours in (-1, 1):
        bench.clock.at = NOW + hours * HOUR
        fill(bench, 20)
        got, checkpoint = bench.run(pages=2)
        bench.service.items += posts(6, start=20, step=timedelta(seconds=20))
        more, checkpoint = bench.run(checkpoint)
        bench.clock.at = NOW + 2 * HOUR
        bench.service.items.append(Item("2000", NOW + HOUR))
        last, _ = bench.run(checkpoint)
        brings(bench, [*got, *more, *last], f"{hours:+} h wrong")


@law
def a_time_in_the_future_hides_nothing(bench: Bench) -> None:
    ahead = Item("1500", NOW + timedelta(days=30))
    bench.service.items = [*posts(6), ahead]
    first, checkpoint = bench.run()
    bench.clock.at = NOW + HOUR
    bench.service.items.append(Item("2000", NOW + HOUR / 2))
    second, _ = bench.run(checkpoint)
    loses_nothing(bench, [*first, *second], but=[ahead.id])
