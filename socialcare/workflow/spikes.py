"""What is unusual in the inbox now: more than the hour usually brings, or one post that spreads.

Channels are judged together with those that were watched as long as they were. What a channel
brought when it was read for the first time is history and never an alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from socialcare.inbox import rates
from socialcare.inbox.calendar import zone_of
from socialcare.inbox.database import Database
from socialcare.inbox.lately import Written, outstanding, written
from socialcare.inbox.reach import Rising, rising
from socialcare.insight.baseline import learn
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

STRENGTHS = {"2x": 2.0, "3x": 3.0, "5x": 5.0}
KNOWN_FROM = timedelta(days=4)
"""So long a channel must have been watched before its own rhythm can be told."""
SETTLED_FROM = timedelta(days=28)
STALE = timedelta(hours=8)
"""What was unusual when somebody last looked is no news any more."""
_HISTORY = rates.WEEKS * 7 * QUARTERS_A_DAY
_EARLIER = 2_000
"""Mentions from before, with which those of a spike are compared."""
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
    found = [spike for pool in _pools(look) for spike in _in_pool(look, pool)]
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


def _in_pool(look: _Look, pool: _Pool) -> list[Spike]:
    found = _surge(look, pool)
    hour = quarter_of(look.until - SPAN)
    lately = pool.series.everything[max(0, hour - pool.series.start) :]
    if found is None and sum(lately) < _LEAST_COPIES:
        return []
    since = min(hour, found.first if found else hour)
    posts = [
        post
        for post in _posts(written(look.db, pool.channels, moment_of(since), look.until))
        if quarter_of(post.created_at) >= pool.new_from
    ]
    copies = _copied(look, pool, posts)
    if found is None:
        return [_of_copies(posts, one) for one in copies[:1]]
    return _explained(look, pool, found, posts, copies)


def _surge(look: _Look, pool: _Pool) -> Surge | None:
    if not pool.known:
        return plain_surge(pool.series, pool.new_from, look.end, look.strength)
    home = _home(look, pool.series)
    baseline = learn(pool.series.until(look.end - LONGEST), home)
    if baseline is None:
        return None
    return surge(pool.series, baseline, home, look.end, look.strength)


def _home(look: _Look, series: Series) -> HomeTime:
    policy = look.settings.answer_by
    first, last = (moment_of(q).date() for q in (series.start, series.end))
    day = timedelta(days=1)
    off = holidays_of(policy).between(max(first, date.min + day) - day, last + day)
    return HomeTime(zone_of(policy.timezone), off)


def _copied(look: _Look, pool: _Pool, posts: Sequence[Post]) -> list[Spreading]:
    lately = [post for post in posts if post.created_at > look.until - SPAN]
    if len(lately) < _LEAST_COPIES or not copied(lately, (), 0.0):
        return []
    earlier = _earlier(look, pool, lately[0].created_at)
    hours = (lately[0].created_at - earlier[0].created_at) / SPAN if earlier else 0.0
    return copied(lately, earlier, 1 / max(1.0, hours))


def _earlier(look: _Look, pool: _Pool, before: datetime) -> list[Post]:
    since = moment_of(pool.series.start)
    return _posts(written(look.db, pool.channels, since, before, _EARLIER))


def _explained(
    look: _Look, pool: _Pool, found: Surge, posts: Sequence[Post], copies: Sequence[Spreading]
) -> list[Spike]:
    """A surge, with copies of one text taken for one; if nothing is left, that text is it."""
    numbers = groups([post.text for post in posts])
    first: dict[int, Post] = {}
    sizes: dict[int, int] = {}
    for number, post in zip(numbers, posts, strict=True):
        first.setdefault(number, post)
        sizes[number] = sizes.get(number, 0) + 1
    doubles = [
        post
        for number, post in zip(numbers, posts, strict=True)
        if sizes[number] >= _LEAST_COPIES and post is not first[number]
    ]
    rest = _surge(look, pool._replace(series=_without(pool.series, doubles))) if doubles else found
    if rest is None:
        return [_as_spike(look, pool, found, posts, copies=True)]
    without = {post.id for post in doubles}
    single = [post for post in posts if post.id not in without]
    told = _as_spike(look, pool, rest, single)
    inside = {post.id for post in single if quarter_of(post.created_at) >= rest.first}
    others = [one for one in copies if one.post not in inside or len(doubles) > len(single)]
    return [told, *(_of_copies(posts, one) for one in others[:1])]


def _without(series: Series, posts: Iterable[Post]) -> Series:
    everything, complaints = list(series.everything), list(series.complaints)
    for post in posts:
        place = quarter_of(post.created_at) - series.start
        everything[place] -= 1
        complaints[place] -= post.label == "complaint"
    return replace(series, everything=everything, complaints=complaints)


def _as_spike(
    look: _Look, pool: _Pool, found: Surge, posts: Sequence[Post], *, copies: bool = False
) -> Spike:
    begin = moment_of(found.first)
    meant = [
        post
        for post in posts
        if post.created_at >= begin and (found.counted == "mentions" or post.label == "complaint")
    ]
    kind = "complaint" if found.counted == "complaints" else None
    best = _posts(outstanding(look.db, pool.channels, begin, look.until, kind))
    earlier = [p for p in _earlier(look, pool, begin) if kind is None or p.label == kind]
    word = risen_word(meant, earlier, look.settings.brand.terms)
    topic = risen_topic(meant, earlier)
    return Spike(
        found.counted,
        found.count,
        found.usual,
        examples([*{p.id: p for p in (*best, *meant)}.values()], word.term if word else None),
        begin if not meant else min(p.created_at for p in (*meant, *best)),
        timedelta(minutes=15) * (found.end - found.first),
        _rise_of(word, found, len(meant)),
        topic,
        copies,
    )


def _rise_of(word: Rise | None, found: Surge, read: int) -> Rise | None:
    """What is usual of the word alone; where not all was read, its part of all is told."""
    if word is None:
        return None
    usual = found.mean * word.usual / read
    count = word.count if read >= found.count else round(word.count * found.count / read)
    return replace(word, count=count, usual=usual)


def _of_copies(posts: Sequence[Post], one: Spreading) -> Spike:
    same = [post for post in posts if post.id in set(one.copies)]
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
