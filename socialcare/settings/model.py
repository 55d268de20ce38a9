"""The shape of the configuration, with its defaults. Plain data, no reading and no writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from socialcare.vocabulary import Label, Priority


@dataclass(frozen=True, slots=True)
class Brand:
    """Whom we listen for. ``watch`` holds further names and known misspellings."""

    name: str = ""
    watch: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    """Context words: with an ambiguous name, at least one must be there."""
    ignore: tuple[str, ...] = ()
    """Phrases that mean somebody else."""
    handles: tuple[str, ...] = ()
    """Our own accounts: their posts are answers, and naming them speaks to us directly."""
    language: str = "en"
    languages: tuple[str, ...] = ()
    """Languages that are labelled beside English; none named: ``language``, if it has a file."""

    @property
    def terms(self) -> tuple[str, ...]:
        """The name and all it is watched by, each once, in the order of the config."""
        return tuple(dict.fromkeys(term for term in (self.name, *self.watch) if term))


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is kept; never the secret itself."""

    kind: Literal["env", "file", "command", "keyring"]
    value: str


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One ``[channels.NAME]`` table. ``options`` is what the channel type itself reads."""

    name: str
    type: str
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    secrets: Mapping[str, SecretRef] = field(default_factory=lambda: MappingProxyType({}))
    line: int | None = None
    """Line of the table in the config file."""
    enabled: bool = True
    seconds: float | None = None
    """Its own time limit; None is ``channel_seconds`` of the settings."""
    pages: int | None = None
    """Its own pages a run; None is ``pages_per_run`` of the settings."""


TargetKind = Literal["first", "next", "resolve"]
"""Which answer a target is for: the first, one to a later message, or the end of it all."""
Week = tuple[tuple[tuple[int, int], ...], ...]
"""Open spans of Monday to Sunday, in minutes after local midnight; within a day, in order."""


class Target(NamedTuple):
    """Within what time, and the priority or label that says so."""

    word: str
    span: timedelta


@dataclass(frozen=True, slots=True)
class AnswerBy:
    """Within what time people are answered, and the hours in which that time runs.

    Targets go by the words of priorities and labels; of two that fit the shorter holds.
    """

    urgent: timedelta = timedelta(hours=1)
    high: timedelta = timedelta(hours=2)
    normal: timedelta = timedelta(hours=4)
    low: timedelta = timedelta(hours=24)
    timezone: str | None = None
    """IANA name; None is the zone of the machine."""
    labels: Mapping[str, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    next: Mapping[str, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    """Once we have answered and they write again; what is missing is as for the first answer."""
    resolve: Mapping[str, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    """From the first message until it is closed; what is missing has no such target."""
    hours: Week = ()
    """Empty is round the clock."""
    holidays: tuple[date, ...] = ()
    holidays_file: Path | None = None
    """An iCalendar file, read by ``settings.holidays`` when a calendar is wanted."""
    always: frozenset[str] = frozenset()
    """Priorities and labels whose clock runs round the clock although there are hours."""

    def target(self, priority: Priority, label: Label | None = None) -> timedelta:
        """For the first answer."""
        return self.target_first(priority, label).span

    def target_first(self, priority: Priority, label: Label | None) -> Target:
        span: timedelta = getattr(self, priority)
        own = self.labels.get(label) if label else None
        return Target(label, own) if label and own and own < span else Target(priority, span)

    def target_for(self, kind: TargetKind, priority: Priority, label: Label) -> Target | None:
        """None where nothing is set, as only ``resolve`` can be."""
        if kind == "first":
            return self.target_first(priority, label)
        spans: dict[str, timedelta] = dict(self.resolve)
        if kind == "next":
            spans = {priority: getattr(self, priority), **self.labels, **self.next}
        known = [Target(word, spans[word]) for word in (priority, label) if word in spans]
        return min(known, key=lambda target: target.span, default=None)

    def round_the_clock(self, priority: Priority, label: Label) -> bool:
        return priority in self.always or label in self.always


@dataclass(frozen=True, slots=True)
class PriorityWeights:
    """Points of the visible sum; urgent from ``urgent_from``, and so on, else low."""

    base: int = 20
    complaint: int = 25
    question: int = 10
    unsure: int = 5
    praise: int = -10
    urgent: int = 25
    direct: int = 10
    repeated: int = 15
    waited_4: int = 5
    """They write again and had waited 4 hours, or a day, for an answer."""
    waited_24: int = 10
    bad_rating: int = 15
    followers_1000: int = 5
    followers_10000: int = 10
    followers_100000: int = 20
    reposts_5: int = 5
    reposts_25: int = 15
    urgent_from: int = 70
    high_from: int = 50
    normal_from: int = 25


@dataclass(frozen=True, slots=True)
class TopicRule:
    """Words that decide a topic of the user's own, or add to a built-in one."""

    words: tuple[str, ...]
    priority: Priority | None = None
    """The least priority of a mention with this topic."""


@dataclass(frozen=True, slots=True)
class ReplySettings:
    """What ``[reply]`` says. ``avoid`` is looked at, ``forbid`` stops a reply."""

    signature: str = ""
    after_question: Literal["closed", "pending"] = "closed"
    after_other: Literal["closed", "pending"] = "pending"
    approval: Literal["off", "new-staff", "all"] = "off"
    approvers: tuple[str, ...] = ()
    new_staff: tuple[str, ...] = ()
    """Whose answers wait for an approver with ``approval = "new-staff"``."""
    four_eyes: bool = False
    """Nobody approves what they wrote themselves."""
    avoid: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Domains that answers may link to without a second look."""
    ours: tuple[str, ...] = ()
    """Phones, mails and addresses of our own, which anybody may read."""


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One ``[[rule]]``: what new mentions that its query means are given on their way in."""

    name: str
    """Its own, or its number from 1."""
    when: str
    owner: str | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """One ``[[duty]]``: who takes what nobody has, and when."""

    person: str
    hours: Week = ()
    """Empty is always."""
    topics: tuple[str, ...] = ()
    """Empty is any topic."""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One key of ``[queries]``: what ``@name`` means among query words."""

    words: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """One ``[[notify]]``: who is told of what, and in which way. Exactly one way is set."""

    name: str
    on: frozenset[str]
    command: tuple[str, ...] = ()
    webhook: str | SecretRef | None = None
    """An address, or where one is kept that is secret itself."""
    secret: SecretRef | None = None
    """What a webhook is signed with."""
    mail: str | None = None
    """To whom."""
    channel: str | None = None
    """Of type email: from where a mail goes out."""
    person: str | None = None
    """Of ``duty`` only what was given to them."""
    digest: timedelta | None = timedelta(hours=1)
    """How long is gathered what can wait; None: nothing waits."""
    seconds: float = 10.0


class Cost(NamedTuple):
    """What one inquiry costs, from and to, in the currency of the config."""

    low: float
    high: float


_SOCIAL, _MAIL, _PHONE = Cost(2, 5), Cost(5, 10), Cost(10, 100)


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What ``[report]`` says of money. Nothing is worked out until ``cost_per_hour`` is set."""

    minutes_saved: float = 0.0
    """For each answer."""
    cost_per_hour: float = 0.0
    handling_minutes: float = 0.0
    """What one answer takes."""
    minutes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """The same by the name of a channel, where it is another one."""
    currency: str = "$"
    social: Cost = _SOCIAL
    mail: Cost = _MAIL
    phone: Cost = _PHONE


@dataclass(frozen=True, slots=True)
class Goals:
    """What ``[goals]`` says. None: no such goal."""

    answer_rate: float | None = None
    """A share, from 0 to 1; percent in the config."""
    median_first_response: timedelta | None = None


Spike = Literal["2x", "3x", "5x", "off"]

ORDER_PATTERN = r"(?i)(?:#|\border[ .:#]{0,3}(?:no|number)?[ .:#]{0,3})(\d{4,12})\b"
"""``#4411``, ``order 4411``, ``Order no. 4411``."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a command may ask for. ``path`` is None where there is no config file."""

    path: Path | None = None
    brand: Brand = field(default_factory=Brand)
    channels: Mapping[str, ChannelSettings] = field(default_factory=lambda: MappingProxyType({}))
    answer_by: AnswerBy = field(default_factory=AnswerBy)
    priority: PriorityWeights = field(default_factory=PriorityWeights)
    topics: Mapping[str, TopicRule] = field(default_factory=lambda: MappingProxyType({}))
    reply: ReplySettings = field(default_factory=ReplySettings)
    accessible: bool = False
    proxy: str | None = None
    pages_per_run: int = 50
    channel_seconds: float = 60.0
    run_seconds: float = 240.0
    database: Path | None = None
    snippets: Path | None = None
    keep_days: int = 0
    """After so many days ``fetch`` erases texts and names; 0 keeps them."""
    share: Literal["off", "group"] = "off"
    """``group``: the files of the inbox are for the group of their folder, not for one person."""
    order_pattern: str = ORDER_PATTERN
    """A regular expression with at most one group: the number of an order in a text."""
    learned: Path | None = None
    """Where learned rules lie, if there are any: read by whoever labels, not by whoever looks."""
    rules: tuple[RoutingRule, ...] = ()
    duties: tuple[Duty, ...] = ()
    queries: Mapping[str, SavedQuery] = field(default_factory=lambda: MappingProxyType({}))
    urls: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Pages that ready-made answers name: ``faq`` is the one made of the public ones."""
    report: ReportSettings = field(default_factory=ReportSettings)
    goals: Goals = field(default_factory=Goals)
    spike: Spike = "3x"
    """What rise over the usual of weekday and hour an alarm is made for."""
    late_from: int = 1
    """So many answers past their time are an alert."""
    cooldown: timedelta = timedelta(hours=1)
    """An alert that comes again within it is the same incident."""
    notify: tuple[Notify, ...] = ()
    not_used_yet: tuple[str, ...] = ()
    """Documented sections that this version reads without acting on them; ``doctor`` names them."""
