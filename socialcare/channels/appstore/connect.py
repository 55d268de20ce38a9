"""Reading our own app's reviews from App Store Connect: all of them, newest first.

https://developer.apple.com/documentation/appstoreconnectapi/get-v1-apps-_id_-customerreviews
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from socialcare.channels.appstore.calls import Calls
from socialcare.channels.appstore.posts import Place, to_mentions
from socialcare.channels.appstore.refusals import is_short
from socialcare.channels.appstore.wire import OneReview, Response, Review, Reviews
from socialcare.channels.base import Broken, Page
from socialcare.channels.decode import decode_items
from socialcare.channels.newest import Listed, Walk

PAGE = 200


@dataclass(frozen=True, slots=True)
class Connect:
    """One app, by a key of its team."""

    calls: Calls
    place: Place
    now: datetime

    def pages(self, state: Mapping[str, Any] | None, since: datetime) -> Iterator[Page]:
        walk = Walk(state, self._listed, self.now)
        for page in walk.pages(since):
            yield replace(page, checkpoint={"walk": walk.to_json()})

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Edits move no review up, and neither do answers: the API has one question for each.

        Where the requests of the hour run short, the rest is looked at another time.
        """
        pages: list[Page] = []
        gone: list[str] = []
        for external_id in external_ids:
            answer = self.calls.review(external_id)
            if answer is None:
                gone.append(external_id)
                continue
            found = answer.decode(OneReview, what="the review")
            pages.append(self._page([found.data], found.included, "$.data")[0])
            if is_short(answer):
                break
        mentions = [one for page in pages for one in page.mentions]
        broken = [one for page in pages for one in page.broken]
        return Page(mentions, broken=broken, gone=gone)

    def ask(self, limit: int, cursor: str | None = None, *, again: bool = False) -> Reviews | None:
        """A page; None where the cursor is over."""
        params = {"sort": "-createdDate", "limit": str(limit), "include": "response"}
        if cursor:
            params["cursor"] = cursor
        path = f"apps/{quote(self.place.app)}/customerReviews"
        fine = {400} if again else ()
        answer = self.calls.get(path, params, what="read the reviews", fine=fine)
        if answer.status == 400:
            return None
        return answer.decode(Reviews, what="the reviews")

    def _listed(self, cursor: str | None, oldest: datetime) -> Listed | None:
        found = self.ask(PAGE, cursor, again=cursor is not None)
        if found is None:
            return None
        page, reviews = self._page(found.data, found.included, "$.data", oldest)
        return Listed(page, [review.moment for review in reviews], found.links.cursor)

    def _page(
        self,
        data: Sequence[msgspec.Raw],
        included: Sequence[msgspec.Raw],
        where: str,
        oldest: datetime | None = None,
    ) -> tuple[Page, list[Review]]:
        reviews, broken = decode_items(data, Review, where=where)
        responses, bad = _responses(included)
        wanted = [one for one in reviews if oldest is None or one.moment >= oldest]
        mentions = to_mentions(wanted, responses, self.place)
        return Page(mentions, broken=[*broken, *bad]), reviews


def _responses(included: Sequence[msgspec.Raw]) -> tuple[list[Response], list[Broken]]:
    return decode_items(included, Response, where="$.included")
