"""What a service does instead of an answer: the right error, and nothing is lost by it."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

from socialcare.channels.base import Page
from socialcare.errors import BadAnswerError, ChannelError, RateLimitError, UnavailableError
from socialcare.testing.bench import SINCE, Bench, mentions_of, stored
from socialcare.testing.faults import Fault
from socialcare.testing.law import fails, law, same
from socialcare.testing.reading import fill
from socialcare.testing.server import NOW, Wire

ALLOWED_S = 0.3
HOUR = timedelta(hours=1)
REST = timedelta(minutes=5)


@law
def a_refusal_is_named_by_its_cause(bench: Bench) -> None:
    fill(bench, 16)
    for why, (fault, errors) in bench.service.all_refusals().items():
        bench.service.refused = fault
        fails(errors, bench.channel().pages(None, SINCE), why)


@law
def a_refusal_in_the_middle_keeps_what_came_before(bench: Bench) -> None:
    fill(bench, 16)
    whole, _ = bench.run()
    for why, (fault, errors) in bench.service.all_refusals().items():
        walk = bench.channel().pages(None, SINCE)
        first = next(walk)
        bench.service.refused = fault
        fails(errors, walk, why)
        bench.service.refused = None
        after, _ = bench.run(stored([first]))
        same(mentions_of([first, *after]), mentions_of(whole), why)


@law
def a_burst_of_errors_loses_nothing(bench: Bench) -> None:
    fill(bench, 16)
    whole, _ = bench.run()
    for at in range(3):
        got, error = _interrupted(bench, at)
        assert error is None or type(error) is UnavailableError, f"not {error!r}"
        bench.service.faults = []
        after, _ = bench.run(stored(got))
        same(mentions_of([*got, *after]), mentions_of(whole), f"after {at} pages")


def _interrupted(bench: Bench, at: int) -> tuple[list[Page], ChannelError | None]:
    """A run that meets two errors of the service after so many pages."""
    walk = bench.channel().pages(None, SINCE)
    got = [next(walk) for _ in range(at)]
    bench.service.faults = [bench.service.all_refusals()["500"].fault] * 2
    try:
        got.extend(walk)
    except ChannelError as stopped:
        return got, stopped
    return got, None


@law
def half_a_body_is_no_answer(bench: Bench) -> None:
    """The connection ends before as much has come as was announced."""
    fill(bench, 16)
    whole, _ = bench.run()
    walk = bench.channel().pages(None, SINCE)
    first = next(walk)
    bench.service.wire = Wire.CUT
    fails((UnavailableError, BadAnswerError), walk, "half a body")
    bench.service.wire = Wire.WHOLE
    after, _ = bench.run(stored([first]))
    same(mentions_of([first, *after]), mentions_of(whole))


@law
def a_body_that_drips_is_given_up_in_time(bench: Bench) -> None:
    """It would be whole in the end, after ten times what the channel may take."""
    fill(bench, 16)
    bench.service.wire = Wire.DRIPPING
    with bench.hurried(ALLOWED_S) as channel:
        fails((UnavailableError,), channel.pages(None, SINCE), "a body that drips")
    bench.service.wire = Wire.WHOLE
    pages, _ = bench.run()
    assert bench.ids(pages) == {one.id for one in bench.service.items}


@law
def a_rest_is_as_long_as_was_asked_for_by_any_clock(bench: Bench) -> None:
    """The service names a moment of its own clock, as RFC 9110 allows, and ours is wrong."""
    fill(bench, 16)
    until = format_datetime(NOW + REST, usegmt=True)
    bench.service.refused = Fault(429, b"{}", {"Retry-After": until})
    for hours in (-1, 0, 1):
        bench.clock.at, why = NOW + hours * HOUR, f"{hours:+} h wrong"
        error = fails((RateLimitError,), bench.channel().pages(None, SINCE), why)
        assert isinstance(error, RateLimitError)
        rest = error.not_before - bench.clock.now()
        assert rest == REST, f"{why}: it rests for {rest}"
