"""The App Store's public feed: pages of one country by number, newest first."""

from __future__ import annotations

import re
from typing import Any

from socialcare.channels.appstore import AppStore
from socialcare.testing import Case, Fault, Item, Params, Service
from tests.channels.cases.appstore import APP

_PATH = re.compile(rf"/([a-z]{{2}})/rss/customerreviews/page=(\d+)/id={APP}/sortby=mostrecent/json")
METADATA = {
    "im:name": {"label": "Acme"},
    "id": {"label": f"https://apps.apple.com/us/app/acme/id{APP}"},
    "title": {"label": "Acme - Acme Ltd."},
}


class Pages(Service):
    """``hollow`` pages come empty; ``old`` answers begin with the app itself."""

    def __init__(self) -> None:
        super().__init__()
        self.hollow: set[int] = set()
        self.old = False
        self.countries = {"us"}

    def answer(self, path: str, params: Params) -> object:
        match = _PATH.fullmatch(path)
        assert match
        if match[1] not in self.countries:
            raise Fault(404)
        number, size = int(match[2]), min(self.page_size or 50, 50)
        newest = sorted(self.items, key=lambda item: (item.at, item.id), reverse=True)
        page = self.cut(newest[(number - 1) * size :], size)
        found = [] if number in self.hollow else [entry(one) for one in page]
        return feed([METADATA, *found] if self.old else found)


def feed(entries: list[dict[str, Any]]) -> object:
    """One stands alone, none is left out."""
    about: dict[str, Any] = {"author": {"name": {"label": "iTunes Store"}}, "title": {"label": "x"}}
    if entries:
        about["entry"] = entries if len(entries) > 1 else entries[0]
    return {"feed": about}


def entry(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "author": {
            "uri": {"label": "https://itunes.apple.com/us/reviews/id77"},
            "name": {"label": "ana77"},
            "label": "",
        },
        "updated": {"label": item.at.isoformat()},
        "im:rating": {"label": "2"},
        "im:version": {"label": "1.2.3"},
        "id": {"label": item.id},
        "title": {"label": "Late"},
        "content": {"label": item.text, "attributes": {"type": "text"}},
        "link": {"attributes": {"rel": "related", "href": f"https://itunes.apple.com/us/review?id={APP}"}},
        "im:voteSum": {"label": "0"},
    }  # fmt: skip
    if item.broken:
        found["updated"] = {"label": "yesterday"}
    return found


def case() -> Case:
    alone = "the feed tells of no single review"
    return Case(
        AppStore,
        Pages(),
        {"app": APP},
        excuses={"a_recheck_brings_what_was_edited": alone, "a_recheck_tells_what_is_gone": alone},
    )
