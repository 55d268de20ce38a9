"""The laws of socialcare.testing see what they look for: channels that break one are told so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.errors import ChannelError
from socialcare.testing import LAWS, Case, Law, bench, laws_for
from tests.channels.cases.toy import Letterbox
from tests.channels.toy import Toy

NAMES = {str(law): law for law in LAWS}


def breaks(law: str, channel: type[Channel], **more: object) -> str:
    """What the law says about a channel that breaks it."""
    with bench(Case(channel, Letterbox(), **more)) as ready, pytest.raises(AssertionError) as told:  # type: ignore[arg-type]
        NAMES[law](ready)
    return str(told.value)


def changed(change: Callable[[Page], Page]) -> type[Toy]:
    """The toy channel with something done to each of its pages."""

    class Changed(Toy):
        def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
            for page in super().pages(checkpoint, since):
                yield change(page)

    return Changed


LOSES_ONE = changed(lambda page: replace(page, mentions=page.mentions[1:]))
LOOKS_AHEAD = changed(lambda page: replace(page, checkpoint={"after": 1000 + 25}))
FORGETS = changed(lambda page: replace(page, checkpoint=None))
NEW_IDS = changed(
    lambda page: replace(
        page,
        mentions=[
            replace(one, external_id=f"{one.external_id}0{abs(hash(one.text))}")
            for one in page.mentions
        ],
    )
)
HIDES_TROUBLE = changed(lambda page: replace(page, broken=()))
SAYS_NOTHING = changed(lambda page: replace(page, possibly_missed=None))


class Swallows(Toy):
    """Its author has put an except where none belongs."""

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        try:
            yield from super().pages(checkpoint, since)
        except ChannelError:
            return


class Endless(Toy):
    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        while True:
            yield from super().pages(None, since)


class EarlyBird(Toy):
    """It takes the time of the newest card for a place to go on from."""

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        newest = datetime.fromisoformat(checkpoint["newest"]) if checkpoint else since
        for page in super().pages(None, newest + timedelta(seconds=1)):
            newest = max([newest, *(one.created_at for one in page.mentions)])
            yield replace(page, checkpoint={"newest": newest.isoformat()})


class ByWatch(Toy):
    """It takes the time of the last run for a place to go on from."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.clock = setup.clock

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        start = datetime.fromisoformat(checkpoint["ran"]) if checkpoint else since
        for page in super().pages(None, start):
            yield replace(page, checkpoint={"ran": self.clock.now().isoformat()})


class ByPosition(Toy):
    """What a card is called depends on where it lies."""

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        for page in super().pages(checkpoint, since):
            named = [
                replace(one, external_id=f"{one.external_id}.{n}")
                for n, one in enumerate(page.mentions)
            ]
            yield replace(page, mentions=named)


class TrustsOrder(Toy):
    """It stops at the first card that it takes for an older one."""

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        for page in super().pages(checkpoint, since):
            read = [
                one
                for n, one in enumerate(page.mentions)
                if one.created_at >= page.mentions[max(n - 1, 0)].created_at
            ]
            yield replace(page, mentions=read)


class StopsAtNothing(Toy):
    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        for page in super().pages(checkpoint, since):
            yield page
            if not page.mentions:
                return


class Shrugs(Toy):
    """What fails counts as read."""

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        if self._http.get("/cards", {"after": 0, "since": 0}, allow={500}).status == 500:
            yield Page(checkpoint={"after": 9999})
        else:
            yield from super().pages(checkpoint, since)


class Rechecking(Toy):
    """It calls everything gone that it is asked for."""

    def recheck(self, external_ids: list[str]) -> Page:
        return Page(gone=external_ids)


@pytest.mark.parametrize(
    ("law", "channel", "told"),
    [
        ("one_run_brings_everything", LOSES_ONE, "lost: 1000, 1004"),
        ("a_run_that_stops_after_any_page_loses_nothing", LOOKS_AHEAD, "stopped after 1 pages"),
        ("a_run_of_one_page_goes_on_the_next_time", FORGETS, "lost"),
        ("what_comes_between_two_runs_is_found", LOOKS_AHEAD, "lost"),
        ("a_second_run_ends_and_changes_nothing", Endless, "does not end"),
        ("the_same_cursor_twice_ends_the_walk", Endless, "does not end"),
        ("a_cursor_that_comes_twice_is_told", SAYS_NOTHING, "lost in silence"),
        ("an_edited_post_is_the_same_mention", NEW_IDS, "another id"),
        ("one_broken_item_never_kills_its_page", HIDES_TROUBLE, "not told"),
        ("a_refusal_is_named_by_its_cause", Swallows, "401"),
        ("a_refusal_in_the_middle_keeps_what_came_before", Swallows, "without AuthError"),
        ("half_a_body_is_no_answer", Swallows, "half a body"),
        ("a_body_that_drips_is_given_up_in_time", Swallows, "drips"),
        ("a_time_in_the_future_hides_nothing", EarlyBird, "lost: 2000"),
        ("a_rest_is_as_long_as_was_asked_for_by_any_clock", Swallows, "-1 h wrong"),
        ("a_clock_that_is_wrong_loses_nothing", ByWatch, "lost"),
        ("duplicates_are_the_same_mention", ByPosition, "too much"),
        ("the_order_on_a_page_does_not_matter", TrustsOrder, "lost"),
        ("a_page_may_be_short_or_empty_and_still_point_to_the_next", StopsAtNothing, "lost"),
        ("a_burst_of_errors_loses_nothing", Shrugs, "lost"),
        ("a_recheck_brings_what_was_edited", Rechecking, "new text"),
        ("a_recheck_tells_what_is_gone", Rechecking, "called gone: ['1000'"),
    ],
)
def test_who_breaks_a_law_is_told(law, channel, told):
    assert told in breaks(law, channel)


def test_a_deleted_post_at_which_a_run_ended_is_no_place_to_go_on_from():
    class ByPlace(Toy):
        """It counts the cards that it has seen."""

        def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
            seen = checkpoint["seen"] if checkpoint else 0
            mentions = [one for page in super().pages(None, since) for one in page.mentions]
            yield Page(mentions[seen:], {"seen": len(mentions)})

    assert "lost" in breaks("what_was_deleted_between_two_runs_hides_nothing_new", ByPlace)


def test_an_excuse_is_taken_and_only_where_it_is_needed():
    excuses = {"one_run_brings_everything": "cards get lost in the post"}
    law = NAMES["one_run_brings_everything"]
    with bench(Case(LOSES_ONE, Letterbox(), excuses=excuses)) as ready:
        law(ready)
    assert "cards get lost in the post" in breaks(str(law), Toy, excuses=excuses)


def test_an_excuse_for_no_law_is_refused():
    with pytest.raises(ValueError, match="a_law_of_nature"):
        laws_for(Case(Toy, Letterbox(), excuses={"a_law_of_nature": "why not"}))


def test_the_laws_are_those_that_concern_the_channel():
    names = {str(law) for law in laws_for(Case(Toy, Letterbox()))}
    assert "one_run_brings_everything" in names
    assert not any("recheck" in name or "reply" in name for name in names)
    assert "a_recheck_tells_what_is_gone" in map(str, laws_for(Case(Rechecking, Letterbox())))
    assert all(isinstance(law, Law) for law in LAWS)
    assert len({str(law) for law in LAWS}) == len(LAWS)


def test_it_needs_no_pytest():
    script = "import sys; sys.modules['pytest'] = None; import socialcare.testing"
    subprocess.run([sys.executable, "-c", script], check=True)
