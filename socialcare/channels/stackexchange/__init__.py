"""Stack Exchange: questions of one site that name us or carry our tags, with their answers.

https://api.stackexchange.com/docs

Answers cannot be posted: the API wants an account of its own for that, and the sites do
not want answers by program. Who answers opens the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from socialcare.channels.base import Channel, Checkpoint, Page, ReplyLimits, Setup
from socialcare.channels.options import Options
from socialcare.channels.stackexchange.calls import Calls
from socialcare.channels.stackexchange.lists import Lists
from socialcare.channels.stackexchange.posts import Place
from socialcare.channels.stackexchange.walks import Walk, from_json
from socialcare.clock import format_time, parse_time
from socialcare.errors import AuthError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

API = "https://api.stackexchange.com"
SITE = "stackoverflow"
MAX_ANSWER = 30_000
"""Characters of an answer, says the page where it is written."""

_SITE = re.compile(r"(?:https?://)?([a-z0-9.-]{2,80}?)(?:\.stackexchange\.com)?/?", re.IGNORECASE)
_TAG = re.compile(r"[\w.+#-]{1,50}")


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for; ``name`` is what the checkpoint calls it."""

    name: str
    params: Mapping[str, str | int]


class StackExchange(Channel):
    """``site``, ``query`` (the brand's terms when left out), ``tags``; the secret ``key``."""

    type: ClassVar[str] = "stackexchange"
    limits: ClassVar[ReplyLimits] = ReplyLimits(max_length=MAX_ANSWER)
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "reply", "comment")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        self._base = (options.text("base_url") or API).rstrip("/")
        tags, queries = options.texts("tags"), options.texts("query")
        if not tags and "query" not in setup.options:
            terms = (term.replace('"', " ").strip() for term in setup.brand.terms)
            queries = tuple(f'"{term}"' for term in terms if term)
        self._searches = [*(Search(f"?{query}", {"q": query}) for query in queries)]
        for tag in tags:
            if not _TAG.fullmatch(tag):
                shown = for_screen(tag, one_line=True, limit=40)
                raise options.error("tags", f'"{shown}" is no tag', 'write: tags = ["acme-sdk"]')
            self._searches.append(Search(f"[{tag}]", {"tagged": tag}))
        if not self._searches:
            raise options.error("query", "nothing to look for, and [brand] has no name")
        us = frozenset(handle.removeprefix("@").casefold() for handle in setup.brand.handles)
        self._place = Place(setup.name, _site(options), us)
        self._rests = False

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """``acme``, ``[acme-sdk]``, or one of them with ``@SITE`` behind it."""
        words, _, site = what.rpartition("@") if "@" in what else (what, "", "")
        words, place = words.strip(), {"site": site.strip()} if site.strip() else {}
        if not words or ("@" in what and not place):
            raise UsageError(
                "stackexchange: what should be looked for?",
                "words: stackexchange:acme   a tag: stackexchange:[acme-sdk]   "
                "elsewhere than on Stack Overflow: stackexchange:acme@superuser",
            )
        if words.startswith("[") and words.endswith("]"):
            return {**place, "tags": [words[1:-1]]}
        return {**place, "query": [words]}

    @property
    def source(self) -> str:
        return self._place.source

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds how far each search got, whose turn it is, and until when to rest."""
        now = self._setup.clock.now()
        rest = parse_time(checkpoint["rest"]) if checkpoint and checkpoint["rest"] else None
        self._rests = rest is not None and rest > now
        if self._rests:
            yield Page(checkpoint=checkpoint)
            return
        states: Mapping[str, Any] = checkpoint["lists"] if checkpoint else {}
        searches = self._in_turn(checkpoint["turn"] if checkpoint else None)
        for search, after in zip(searches, [*searches[1:], searches[0]], strict=True):
            state = from_json(states.get(search.name), int(since.timestamp()))
            ask, read = self._lists.search(search.params), self._lists.read
            walk = Walk(state, ask, read, int(now.timestamp()))
            for page in walk.pages():
                states = {**states, search.name: walk.state.to_json()}
                turn = (search if walk.state.walking else after).name
                until = self._calls.rests_until
                rests = format_time(until) if until else None
                yield replace(page, checkpoint={"lists": states, "turn": turn, "rest": rests})

    def _in_turn(self, turn: str | None) -> list[Search]:
        """All of them, from the one whose turn it is: a run that is cut short starves none."""
        names = [search.name for search in self._searches]
        begin = names.index(turn) if turn in names else 0
        return [*self._searches[begin:], *self._searches[:begin]]

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Look at known posts again, and at the comments below them; not during a rest."""
        return Page() if self._rests else self._lists.again(external_ids)

    def check_access(self) -> str:
        name = for_screen(self._setup.name, one_line=True, limit=60)
        if not self._setup.secret("key"):
            raise AuthError(
                f"{name}: there is no key, and none is needed for 300 requests a day.",
                "a free one is at https://stackapps.com/apps/oauth/register; "
                f"then: socialcare channel login {name}",
            )
        self._calls.get("info", "info", {"site": self._place.site})
        return f"a key for {self._calls.quota_max or 0:,} requests a day"

    @cached_property
    def _lists(self) -> Lists:
        return Lists(self._calls, self._place)

    @cached_property
    def _calls(self) -> Calls:
        setup, key = self._setup, self._setup.secret("key")
        http = setup.connect(base_url=self._base)
        return Calls(setup.name, http, self._base, setup.clock.now, key.strip() if key else None)


def _site(options: Options) -> str:
    """As the API calls it: ``stackoverflow``, ``unix``, ``meta.unix``, ``mathoverflow.net``."""
    match = _SITE.fullmatch(options.text("site") or SITE)
    if match is None:
        hint = 'write for example: site = "superuser"'
        raise options.error("site", "is no site of Stack Exchange", hint)
    return match[1].lower().removesuffix(".com")
