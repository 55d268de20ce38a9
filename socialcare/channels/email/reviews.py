"""Mails that tell of reviews and of pages on the web, read by the patterns of ``reviews.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.email.bodies import words_of
from socialcare.channels.email.mime import Part, field
from socialcare.channels.email.senders import senders
from socialcare.channels.email.trust import belongs, vouched_for
from socialcare.channels.values import stars as read_stars
from socialcare.models import Kind

MAX_READ = 60_000
MAX_ITEMS = 100
_FLAGS = re.IGNORECASE | re.MULTILINE


@dataclass(frozen=True, slots=True)
class Notice:
    """One review, or one page. ``number`` counts those of one mail, from 0."""

    site: str
    kind: Kind
    text: str
    author: str | None = None
    stars: float | None = None
    link: str | None = None
    number: int = 0


def notices(head: Message, leaves: Sequence[Part], server: str) -> list[Notice]:
    """What the mail tells of; empty where it is none of these, or nobody vouches for it."""
    writers = senders(head, "from")
    alone = len(writers) == len(head.get_all("from", [])) == 1
    domain = writers[0].domain if alone else ""
    found = [one for one in services() if belongs(domain, one.domain)]
    subject = field(head, "subject")
    text = ""
    for service in found:
        if not service.fits(head, subject):
            continue
        text = text or _lines(words_of(leaves))
        if not service.requires.search(text):
            continue
        return list(service.read(text)) if vouched_for(head, server, service.domain) else []
    return []


def _lines(text: str) -> str:
    text = text[:MAX_READ].replace("\r\n", "\n").replace("\xa0", " ")
    return "\n".join(line.strip() for line in text.split("\n"))


class Service:
    """One entry of ``reviews.toml``."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.site: str = entry["site"]
        self.domain: str = entry["domain"]
        self.requires = re.compile(entry.get("requires", ""), _FLAGS)
        self._address: str | None = entry.get("address")
        self._kind: Kind = entry["kind"]
        self._subject = re.compile(entry["subject"], _FLAGS)
        self._items = re.compile(entry["items"], _FLAGS) if "items" in entry else None
        self._patterns = {
            key: [re.compile(one, _FLAGS) for one in entry.get(key, [])]
            for key in ("stars", "author", "text", "link")
        }

    def fits(self, head: Message, subject: str) -> bool:
        if self._address and all(one.address != self._address for one in senders(head, "from")):
            return False
        return bool(self._subject.search(subject))

    def read(self, page: str) -> Iterator[Notice]:
        if self._items is None:
            yield self._review(page)
            return
        for number, item in enumerate(self._items.finditer(page)):
            if number >= MAX_ITEMS:
                return
            words = " ".join(item["text"].split())
            title = item["title"].strip()
            link = _behind(item["link"])
            text = f"{title}\n\n{words}".strip()
            yield Notice(
                self.site, self._kind, text, urlsplit(link).hostname, link=link, number=number
            )

    def _review(self, text: str) -> Notice:
        return Notice(
            self.site,
            self._kind,
            self._first("text", text) or text.strip(),
            self._first("author", text),
            _stars(self._first("stars", text)),
            self._first("link", text),
        )

    def _first(self, key: str, text: str) -> str | None:
        for pattern in self._patterns[key]:
            if found := pattern.search(text):
                return found[1].strip()
        return None


@cache
def services() -> tuple[Service, ...]:
    text = files(__package__).joinpath("reviews.toml").read_text(encoding="utf-8")
    return tuple(Service(entry) for entry in tomllib.loads(text)["service"])


def _stars(found: str | None) -> float | None:
    """Only what the patterns let through: a number, a word, or signs."""
    if found is None:
        return None
    signs = found.count("★") + found.count("●")
    return read_stars(float(signs) if signs else found)


def _behind(link: str) -> str:
    """The page behind Google's counter."""
    wanted = parse_qs(urlsplit(link).query).get("url", [""])[0]
    return wanted[:2000] if wanted.startswith(("http://", "https://")) else link
