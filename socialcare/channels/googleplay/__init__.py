"""Google Play: the reviews of our own app, and answers to them.

Google gives those of the last week that have a text, the newest change first. Of one that
is gone it says nothing: older ones are not to be had by themselves either, so nothing is
ever marked as deleted. With ``translation = "en"`` Google's translation stands below what the
customer wrote, and never in its place.

https://developers.google.com/android-publisher/reply-to-reviews
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from socialcare.channels.base import (
    Channel,
    Checkpoint,
    Page,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.decode import decode_items
from socialcare.channels.googleplay.account import Account, account_of
from socialcare.channels.googleplay.calls import Calls
from socialcare.channels.googleplay.posts import Place, changed_at, to_mentions
from socialcare.channels.googleplay.sending import LONGEST, Desk, refuse_deletion
from socialcare.channels.googleplay.wire import Review, Reviews
from socialcare.channels.newest import Listed, Walk
from socialcare.channels.options import Options
from socialcare.channels.signing import Access, refuse_plain_http
from socialcare.clock import format_time, parse_time
from socialcare.errors import AuthError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

API = "https://androidpublisher.googleapis.com"
TOKENS = "https://oauth2.googleapis.com"
PAGE = 100
PAGES_AGAIN = 3
"""Of a hundred reviews: our answers move none of them up."""
WEEK = timedelta(days=7)
MISSED = "Google Play gives the reviews of the last week, and the last fetch is longer ago"
NOTICE = "Google Play gives the reviews of the last week; older ones are in the Play Console"
_PACKAGE = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+", re.ASCII)
_ADDRESS = re.compile(r"https://play\.google\.com/store/apps/details\?(?:.*&)?id=([\w.]+)(?:&.*)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[_-][A-Za-z0-9]{2,8}){0,2}", re.ASCII)


class GooglePlay(RepliesByDesk, Channel):
    """``package``, ``translation``; the secret ``service_account``."""

    type: ClassVar[str] = "googleplay"
    limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST, posts=True)
    matches: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = ("review", "reply")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        base = options.text("base_url")
        refuse_plain_http(base, options)
        self._base = (base or API).rstrip("/")
        self._tokens = self._base if base else TOKENS
        package, translation = options.text("package"), options.text("translation")
        if package is None or not _PACKAGE.fullmatch(package):
            problem = "is no package of an app" if package else "the package of your app is needed"
            raise options.error("package", problem, 'write package = "com.acme.app"')
        if translation and not _LANGUAGE.fullmatch(translation):
            raise options.error("translation", "is no language", 'write translation = "en"')
        self._place = Place(setup.name, package, setup.brand.name or package, translation)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """The package of the app, or its address in the store."""
        address = _ADDRESS.fullmatch(what)
        package = address[1] if address else what
        if not _PACKAGE.fullmatch(package):
            raise UsageError(
                f'googleplay: "{for_screen(what, one_line=True, limit=60)}" is no app.',
                "write its package: googleplay:com.acme.app",
            )
        return {"package": package}

    @property
    def source(self) -> str:
        return self._place.source

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint is the walk, and when the last one that was whole came to its end."""
        now = self._setup.clock.now()
        state: Mapping[str, Any] = checkpoint or {"walk": None, "whole": None}
        whole = parse_time(state["whole"]) if state["whole"] else None
        missed = MISSED if whole and now - whole > WEEK else None
        notice = NOTICE if checkpoint is None and now - since > WEEK else None
        walk = Walk(state["walk"], self._listed, now, PAGES_AGAIN)
        for page in walk.pages(since):
            whole = whole if walk.under_way else now
            yield replace(
                page,
                checkpoint={"walk": walk.to_json(), "whole": whole and format_time(whole)},
                possibly_missed=page.possibly_missed or missed,
                notice=notice,
            )
            missed = notice = None

    def _listed(self, token: str | None, oldest: datetime) -> Listed | None:
        params = {"maxResults": str(PAGE)}
        if token:
            params["token"] = token
        if self._place.translation:
            params["translationLanguage"] = self._place.translation
        answer = self._calls.listed(params, fine={400} if token else ())
        if answer.status == 400:
            return None
        found = answer.decode(Reviews, what="the reviews")
        reviews, broken = decode_items(found.reviews, Review, where="$.reviews")
        wanted = [review for review in reviews if changed_at(review) >= oldest]
        mentions = [one for review in wanted for one in to_mentions(review, self._place)]
        following = found.token_pagination.next_page_token if found.token_pagination else None
        moments = [changed_at(review) for review in reviews]
        return Listed(Page(mentions, broken=broken), moments, following or None)

    def check_access(self) -> str:
        self._calls.listed({"maxResults": "1"})
        return self._account.email

    def delete(self, external_id: str) -> None:
        """Nobody has to sign in to be told that it cannot be done."""
        refuse_deletion(self._setup.name, external_id)

    @cached_property
    def _desk(self) -> Desk:
        return Desk(self._calls, self._place)

    @cached_property
    def _calls(self) -> Calls:
        setup, account = self._setup, self._account
        tokens = setup.connect(base_url=self._tokens)
        access = Access(
            setup.tokens, setup.clock, account.whose, lambda: account.fresh(tokens, setup.clock)
        )
        url = f"{self._base}/androidpublisher/v3/applications/{self._place.package}/reviews"
        return Calls(setup.name, url, setup.connect(base_url=self._base), access, setup.clock)

    @cached_property
    def _account(self) -> Account:
        secret = self._setup.secret("service_account")
        if not secret:
            name = for_screen(self._setup.name, one_line=True, limit=60)
            raise AuthError(
                f"{name}: Google Play shows reviews to a service account, and there is none.",
                f'say where its file is: service_account = {{ file = "…" }} in [channels.{name}]',
            )
        return account_of(secret, self._setup.name, f"{self._tokens}/token")
