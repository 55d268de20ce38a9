"""What is unusual in the inbox now: more than the hour usually brings, or one post that spreads.

Channels are judged together with those that were watched as long as they were. What a channel
brought when it was read for the first time is history and never an alarm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, NamedTuple

from socialcare.inbox import rates
from socialcare.inbox.calendar import zone_of
from socialcare.inbox.database import Database
from socialcare.inbox.lately import Written, outstanding, written
from socialcare.inbox.reach import Rising, rising
from socialcare.insight.baseline import Baseline, learn
from socialcare.insight.copies import groups
from socialcare.insight.counts import usual_range
from socialcare.insight.posts import Post
from socialcare.insight.series import QUARTERS_A_DAY, HomeTime, Series, moment_of, quarter_of
from socialcare.insight.spreading import SPAN, Spreading, copied, gained, is_spreading
from socialcare.insight.surge import LONGEST, Surge, surge
from socialcare.insight.wording import Rise, examples, risen_topic, risen_word
from socialcare.insight.young import plain_surge
from socialcare.settings import Settings
from socialcare.settings.holidays import holidays_of

QUARTER = timedelta(minutes=15)
STRENGTHS = {"2x": 2.0, "3x": 3.0, "5x": 5.0}
KNOWN_FROM = timedelta(days=4)
"""So long a channel must have been watched before its own rhythm can be told."""
SETTLED_FROM = timedelta(days=28)
STALE = timedelta(hours=8)
"""What was unusual when somebody last looked is no news any more."""
_HISTORY = rates.WEEKS * 7 * QUARTERS_A_DAY
_EARLIER = 1_000
"""Mentions from before, with which those of a spike are compared."""
_READ = 800
"""Mentions of a spike that are read; of more, every second, third and so on."""
_LEAST_COPIES = 5


@dataclass(frozen=True, slots=True)
class Spike:
    """One incident. ``ids``: the one that reaches most, the earliest, the most typical."""

    counted: Literal["complaints", "mentions", "reposts", "copies"]
    count: int
    usual: tuple[int, int]
    ids: tuple[int, ...]
    since: datetime
    span: timedelta
    word: Rise | None = None
    topic: Rise | None = None
    copies: bool = False
    """Nearly all of it is one text, by many."""


class _Pool(NamedTuple):
    """Channels that are judged together, their counts, and from where on these are new."""

    channels: tuple[str, ...]
    series: Series
    new_from: int
    known: bool


class _Lot(NamedTuple):
    """Mentions that stand for ``every`` times as many."""

    posts: Sequence[Post]
    every: int


@dataclass(frozen=True, slots=True)
class _Look:
    db: Database
    settings: Settings
    until: datetime
    """Nothing younger could be seen."""
    since: Mapping[str, datetime]
    """When each channel was read first."""
    strength: float

    @property
    def end(self) -> int:
        return quarter_of(self.until) + 1


def spikes(db: Database | None, settings: Settings, now: datetime) -> list[Spike]:
    """What is unusual now, the loudest first."""
    strength = STRENGTHS.get(settings.spike)
    if db is None or strength is None:
        return []
    until = min(now, rates.last_look(db) or now)
    look = _Look(db, settings, until, rates.watched_since(db), strength)
    if not look.since or now - until > STALE:
        return []
    found = [spike for pool in _pools(look) for spike in _PoolLook(look, pool).spikes()]
    return [*found, *_passed_on(look, found)]


def _pools(look: _Look) -> Iterator[_Pool]:
    ages = {name: look.until - at for name, at in look.since.items()}
    settled = [name for name, age in ages.items() if age >= SETTLED_FROM]
    known = [name for name, age in ages.items() if KNOWN_FROM <= age < SETTLED_FROM]
    young = [name for name, age in ages.items() if age < KNOWN_FROM]
    for names in (settled, known, young):
        if not names:
            continue
        # All of a pool were watched from here on.
        new_from = quarter_of(max(look.since[name] for name in names)) + 1
        earliest = look.end - _HISTORY
        first = earliest if names is young else max(earliest, new_from)
        yield _Pool(tuple(names), _series(look, names, first), new_from, names is not young)


def _series(look: _Look, names: Sequence[str], first: int) -> Series:
    counts = rates.counts(look.db, names, first, look.end)
    unseen = (
        (quarter_of(begin) + 1, quarter_of(end))
        for begin, end in rates.pauses(look.db, moment_of(first))
    )
    return Series(first, counts.everything, counts.complaints, tuple(unseen))


class _PoolLook:
    """One pool looked at; what costs most is worked out once."""

    def __init__(self, look: _Look, pool: _Pool) -> None:
        self._look, self._pool = look, pool
        self._home = _home(look, pool.series)

    def spikes(self) -> list[Spike]:
        look, series = self._look, self._pool.series
        found = self._surge(series)
        hour = quarter_of(look.until - SPAN)
        lately = series.everything[max(0, hour - series.start) :]
        if found is None and sum(lately) < _LEAST_COPIES:
            return []
        lot = self._lot(min(hour, found.first if found else hour))
        copies = self._copied(lot)
        if found is None:
            return [_of_copies(lot, one) for one in copies[:1]]
        return self._explained(found, lot, copies)

    @cached_property
    def _baseline(self) -> Baseline | None:
        return learn(self._pool.series.until(self._look.end - LONGEST), self._home)

    def _surge(self, series: Series) -> Surge | None:
        look = self._look
        if not self._pool.known:
            return plain_surge(series, self._pool.new_from, look.end, look.strength)
        if self._baseline is None:
            return None
        return surge(series, self._baseline, self._home, look.end, look.strength)

    def _lot(self, first: int) -> _Lot:
        """What was written since that quarter; of much, an even part."""
        look, pool = self._look, self._pool
        since = max(first, pool.new_from)
        there = sum(pool.series.everything[max(0, since - pool.series.start) :])
        every = max(1, there // _READ)
        rows = written(look.db, pool.channels, moment_of(since), look.until, 2 * _READ, every)
        return _Lot(_posts(rows), every)

    @cached_property
    def _earlier(self) -> list[Post]:
        """What came before the longest span that is looked at."""
        look, series = self._look, self._pool.series
        before = moment_of(look.end - LONGEST)
        since = moment_of(series.start)
        return _posts(written(look.db, self._pool.channels, since, before, _EARLIER))

    def _copied(self, lot: _Lot) -> list[Spreading]:
        lately = [post for post in lot.posts if post.created_at > self._look.until - SPAN]
        if len(lately) < _LEAST_COPIES or not copied(lately, (), 0.0, lot.every):
            return []
        earlier = self._earlier
        hours = (earlier[-1].created_at - earlier[0].created_at) / SPAN if earlier else 0.0
        return copied(lately, earlier, 1 / max(1.0, hours), lot.every)

    def _explained(self, found: Surge, lot: _Lot, copies: Sequence[Spreading]) -> list[Spike]:
        """A surge, with copies of one text taken for one; if nothing is left, that text is it."""
        kept = _kept(lot.posts)
        if len(kept) == len(lot.posts):
            return [self._as_spike(found, lot)]
        rest = self._surge(_collapsed(self._pool.series, lot, kept))
        if rest is None or (not copies and 2 * rest.count < found.count):
            return [self._as_spike(found, lot, copies=True)]
        single = _Lot([post for post in lot.posts if kept.get(post.id)], lot.every)
        told = self._as_spike(rest, single)
        return [told, *(_of_copies(lot, one) for one in copies[:1])]

    def _as_spike(self, found: Surge, lot: _Lot, *, copies: bool = False) -> Spike:
        look, begin = self._look, moment_of(found.first)
        label = "complaint" if found.counted == "complaints" else None
        meant = [post for post in _labelled(lot.posts, label) if post.created_at >= begin]
        best = _posts(outstanding(look.db, self._pool.channels, begin, look.until, label))
        earlier = _labelled(self._earlier, label)
        word = risen_word(meant, earlier, look.settings.brand.terms)
        told = {post.id: post for post in (*best, *meant)}.values()
        return Spike(
            found.counted,
            found.count,
            found.usual,
            examples([*told], word.term if word else None),
            min((post.created_at for post in told), default=begin),
            _rounded(look.until - begin),
            _rise_of(word, found, len(meant), lot.every),
            risen_topic(meant, earlier),
            copies,
        )


def _home(look: _Look, series: Series) -> HomeTime:
    policy = look.settings.answer_by
    first, last = (moment_of(q).date() for q in (series.start, series.end))
    off = holidays_of(policy).between(first - timedelta(days=1), last + timedelta(days=1))
    return HomeTime(zone_of(policy.timezone), off)


def _rounded(span: timedelta) -> timedelta:
    """Nobody asks for the minute of hours."""
    if span < SPAN:
        return max(span, timedelta(minutes=1))
    return round(span / QUARTER) * QUARTER


def _labelled(posts: Iterable[Post], label: str | None) -> list[Post]:
    return [post for post in posts if label is None or post.label == label]


def _kept(posts: Sequence[Post]) -> dict[int, bool]:
    """What is left when copies are one: ids, and whether it is a text that few others wrote."""
    together: dict[int, list[Post]] = defaultdict(list)
    for number, post in zip(groups([post.text for post in posts]), posts, strict=True):
        together[number].append(post)
    few = [same for same in together.values() if len(same) < _LEAST_COPIES]
    many = [same for same in together.values() if len(same) >= _LEAST_COPIES]
    return {post.id: True for same in few for post in same} | {same[0].id: False for same in many}


def _collapsed(series: Series, lot: _Lot, kept: Mapping[int, bool]) -> Series:
    """Of each quarter that was read, the part that is no copy, and one for each text copied."""
    read: dict[int, list[Post]] = defaultdict(list)
    for post in lot.posts:
        read[quarter_of(post.created_at) - series.start].append(post)
    everything, complaints = list(series.everything), list(series.complaints)
    for place, posts in read.items():
        everything[place] = _left(everything[place], posts, kept)
        complaining = _labelled(posts, "complaint")
        complaints[place] = min(everything[place], _left(complaints[place], complaining, kept))
    return replace(series, everything=everything, complaints=complaints)


def _left(count: int, posts: Sequence[Post], kept: Mapping[int, bool]) -> int:
    alone = sum(kept.get(post.id, False) for post in posts)
    copied_ones = sum(post.id in kept and not kept[post.id] for post in posts)
    return min(count, round(count * alone / max(1, len(posts))) + copied_ones)


def _rise_of(word: Rise | None, found: Surge, read: int, every: int) -> Rise | None:
    """What is usual of the word alone; where not all was read, its part of all is told."""
    if word is None:
        return None
    usual = found.mean * word.usual / read
    count = word.count if every == 1 else round(word.count * found.count / read)
    return replace(word, count=count, usual=usual)


def _of_copies(lot: _Lot, one: Spreading) -> Spike:
    same = [post for post in lot.posts if post.id in set(one.copies)]
    return Spike(
        "copies", one.count + 1, (0, 1), examples(same), one.since, SPAN, copies=True
    )  # fmt: skip


def _passed_on(look: _Look, told: Sequence[Spike]) -> Iterator[Spike]:
    """Posts that were passed on, unless they are told of already."""
    named = {id_ for spike in told for id_ in spike.ids}
    for post in rising(look.db, look.until - SPAN, look.until):
        since = look.since.get(post.channel)
        count = gained(post.created_at, post.noted, post.reposts, look.until)
        if since is None or post.created_at <= since or not is_spreading(count, post.label):
            continue
        if post.id not in named:
            yield _of_reposts(look, post, count)


def _of_reposts(look: _Look, post: Rising, count: int) -> Spike:
    before = written(
        look.db, tuple(look.since), moment_of(look.end - _HISTORY), post.created_at, _EARLIER
    )
    counts = sorted(one.reposts for one in before)
    usual = counts[int(len(counts) * 0.975)] if counts else 0
    return Spike(
        "reposts", count, (0, usual), (post.id,), max(post.created_at, look.until - SPAN), SPAN
    )


def _posts(rows: Iterable[Written]) -> list[Post]:
    return [
        Post(
            row.id,
            row.created_at,
            row.author,
            row.text,
            row.label,
            row.topics,
            row.reposts,
            row.followers,
        )
        for row in rows
    ]


def usual_of(rise: Rise) -> tuple[int, int]:
    """Where the count of a word usually lies in such a span."""
    return usual_range(rise.usual, 4.0)
