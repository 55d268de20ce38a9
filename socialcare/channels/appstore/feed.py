"""The public feed of an app's reviews, a country at a time: as much as Apple shows of it.

It is documented nowhere. Ten pages of fifty; a page may come empty although there are
reviews, one review comes without a list around it, and older answers begin with the app.

https://itunes.apple.com/us/rss/customerreviews/page=1/id=123456789/sortby=mostrecent/json
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from socialcare.channels.answer import Answer, Session
from socialcare.channels.appstore.posts import words_of
from socialcare.channels.appstore.wire import Moment, Stars, Text, refuse_odd_years
from socialcare.channels.base import Page
from socialcare.channels.decode import decode, decode_items
from socialcare.channels.newest import Listed, Walk
from socialcare.errors import ChannelError, GoneError
from socialcare.models import Author, Mention
from socialcare.text import MAX_FIELD, at_door, for_screen

PAGES = 10
STORE = "https://apps.apple.com"
MISSING = frozenset({400, 404})
"""What a country answers whose store has no such app."""
CAPPED = "Apple's feed shows the newest 500 reviews of a country, and there were more"
OF_ONE_COUNTRY = frozenset({"gone", "unavailable", "bad_answer"})
"""Errors that are about one country's feed, and say nothing about the others."""
_READER = re.compile(r"https?://itunes\.apple\.com/\w+/reviews/id(\d{1,20})", re.ASCII)


class Label(msgspec.Struct):
    label: str = ""


class Required(msgspec.Struct):
    label: Text


class Rating(msgspec.Struct):
    label: Stars


class Updated(msgspec.Struct):
    label: Moment


class Reviewer(msgspec.Struct):
    name: Label = msgspec.field(default_factory=Label)
    uri: Label = msgspec.field(default_factory=Label)


class Attributes(msgspec.Struct):
    href: str | None = None


class Link(msgspec.Struct):
    attributes: Attributes = msgspec.field(default_factory=Attributes)


class Entry(msgspec.Struct):
    id: Required
    updated: Updated
    rating: Rating = msgspec.field(name="im:rating")
    author: Reviewer = msgspec.field(default_factory=Reviewer)
    title: Label = msgspec.field(default_factory=Label)
    content: Label = msgspec.field(default_factory=Label)
    link: Link | list[Link] | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("$.updated.label", self.updated.label)

    @property
    def moment(self) -> datetime:
        return self.updated.label.astimezone(UTC)

    @property
    def href(self) -> str | None:
        links = self.link if isinstance(self.link, list) else [self.link] if self.link else []
        return next((one.attributes.href for one in links if one.attributes.href), None)


class AppItself(msgspec.Struct):
    """What older answers begin with: it has a name and no stars."""

    name: Label = msgspec.field(name="im:name")


class Entries(msgspec.Struct):
    """``entry`` is a list, or one; or it is not there."""

    entry: msgspec.Raw = msgspec.Raw()

    @property
    def raws(self) -> list[msgspec.Raw]:
        entry = bytes(self.entry).strip()
        if entry.startswith(b"["):
            found = decode(entry, list[msgspec.Raw])
        else:
            found = [self.entry] if entry.startswith(b"{") else []
        return [raw for raw in found if not decode_items([raw], AppItself)[0]]


class Document(msgspec.Struct):
    feed: Entries


@dataclass(frozen=True, slots=True)
class Shop:
    """The channel's name here, the app, and where that belongs."""

    channel: str
    app: str
    source: str
    countries: Sequence[str]


class Feed:
    """Reads country by country; one that fails keeps nobody from the others."""

    def __init__(self, shop: Shop, http: Session, base: str, now: datetime) -> None:
        self._shop, self._http, self._base, self._now = shop, http, base, now
        self._had: set[str] = set()
        """Countries that showed something, now or before."""

    def pages(self, checkpoint: Mapping[str, Any] | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds how far each country got, and whose turn it is."""
        states: dict[str, Any] = dict(checkpoint["countries"]) if checkpoint else {}
        countries = _from(checkpoint["turn"] if checkpoint else None, self._shop.countries)
        first: ChannelError | None = None
        for country, after in zip(countries, [*countries[1:], countries[0]], strict=True):
            turn = country
            try:
                for page, state in self._country(country, states.get(country) or {}, since):
                    states = {**states, country: state}
                    turn = country if state["walk"]["floor"] else after
                    yield replace(page, checkpoint={"countries": states, "turn": turn})
            except ChannelError as error:
                # the contract keeps a broken channel from the others; here each country is one
                if error.code not in OF_ONE_COUNTRY:
                    raise
                if first is not None:
                    told = {"countries": states, "turn": turn}
                    yield Page(checkpoint=told, notice=error.message)
                first = first or error
        if first is not None:
            raise first

    def try_one(self) -> None:
        """Ask for the newest page of the first country."""
        self._entries(self._shop.countries[0], 1)

    def _country(
        self, country: str, state: Mapping[str, Any], since: datetime
    ) -> Iterator[tuple[Page, dict[str, Any]]]:
        if state.get("had"):
            self._had.add(country)
        walk = Walk(state.get("walk"), partial(self._listed, country), self._now)
        for page in walk.pages(since):
            yield page, {"walk": walk.to_json(), "had": country in self._had}

    def _listed(self, country: str, cursor: str | None, oldest: datetime) -> Listed:
        number = int(cursor or 1)
        raws = self._entries(country, number)
        if raws:
            return self._page(country, number, raws, oldest)
        behind = self._entries(country, number + 1) if number < PAGES else []
        if behind:
            listed = self._page(country, number + 1, behind, oldest)
            page = replace(listed.page, possibly_missed=_empty(country, number))
            return replace(listed, page=page, hole=True)
        missed = _empty(country, number) if number == 1 and country in self._had else None
        return Listed(Page(possibly_missed=missed))

    def _page(
        self, country: str, number: int, raws: Sequence[msgspec.Raw], oldest: datetime
    ) -> Listed:
        self._had.add(country)
        entries, broken = decode_items(raws, Entry, where="$.feed.entry")
        mentions = [self._mention(one, country) for one in entries if one.moment >= oldest]
        last = number == PAGES
        return Listed(
            Page(mentions, broken=broken),
            [one.moment for one in entries],
            None if last else str(number + 1),
            CAPPED if last else None,
        )

    def _entries(self, country: str, number: int) -> list[msgspec.Raw]:
        path = f"{country}/rss/customerreviews/page={number}/id={self._shop.app}/sortby=mostrecent/json"
        answer = self._http.get(f"{self._base}/{path}", allow=MISSING)
        if answer.status in MISSING:
            raise self._no_app(answer, country)
        return answer.decode(Document, what=f"the feed of {country}").feed.raws

    def _no_app(self, answer: Answer, country: str) -> ChannelError:
        name = for_screen(self._shop.channel, one_line=True, limit=60)
        return GoneError(
            f"{name}: the App Store of {country} has no app {self._shop.app} ({answer.status}).",
            f"check app and country of [channels.{name}]: socialcare config edit",
        )

    def _mention(self, entry: Entry, country: str) -> Mention:
        own_id = at_door(entry.id.label, MAX_FIELD)
        href = entry.href or ""
        page = href if href.startswith("https://") else f"{STORE}/{country}/app/id{self._shop.app}"
        return Mention(
            channel=self._shop.channel,
            source=self._shop.source,
            external_id=own_id,
            author=_author(entry, own_id),
            text=words_of(entry.title.label, entry.content.label),
            created_at=entry.moment,
            kind="review",
            url=at_door(page, MAX_FIELD),
            thread=own_id,
            direct=True,
            rating=float(entry.rating.label),
        )


def _author(entry: Entry, own_id: str) -> Author:
    name = at_door(entry.author.name.label.strip(), MAX_FIELD)
    reader = _READER.fullmatch(entry.author.uri.label)
    return Author(
        reader[1] if reader else f"review:{own_id}"[:MAX_FIELD],
        name or "a customer",
        name or None,
        reader[0] if reader else None,
    )


def _empty(country: str, number: int) -> str:
    """Nothing is gone by that: the next fetch reads it again."""
    return f"Apple's feed of {country} came empty (page {number}), though there were reviews before"


def _from(turn: str | None, countries: Sequence[str]) -> list[str]:
    """All of them, from the one whose turn it is: a run that is cut short starves none."""
    begin = countries.index(turn) if turn in countries else 0
    return [*countries[begin:], *countries[:begin]]
