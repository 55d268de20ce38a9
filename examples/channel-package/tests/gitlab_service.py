"""GitLab on loopback: what the laws of socialcare ask the channel against."""

from __future__ import annotations

from socialcare_gitlab import GitLab

from socialcare.clock import parse_time
from socialcare.testing import Case, Fault, Item, Params, Service

PATH = "/api/v4/projects/acme%2Fapp/issues"


class Project(Service):
    has_cursors = True

    def item_id(self, external_id: str) -> str:
        return external_id.rpartition("#")[2]

    def answer(self, path: str, params: Params) -> object:
        if path != PATH:
            raise Fault(404, b'{"message": "404 Project Not Found"}')
        if "iids[]" in params:
            return [issue(item) for item in self.items if item.id in params["iids[]"]]
        assert (params["order_by"], params["sort"]) == (["created_at"], ["asc"])
        after, number = parse_time(params["created_after"][0]), int(params["page"][0])
        found = sorted((one for one in self.items if one.at >= after), key=lambda one: one.at)
        size = min(int(params["per_page"][0]), self.page_size or 100)
        page = self.covered(found[(number - 1) * size :], size)
        if number * size < len(found):
            self.headers = {"Link": f'<{PATH}?page={number + 1}>; rel="next"'}
        return [issue(item) for item in self.shown(page)]


def issue(item: Item) -> dict[str, object]:
    return {
        "iid": int(item.id),
        "title": item.text,
        "description": None,
        "created_at": "yesterday" if item.broken else item.at.isoformat(),
        "author": {"username": "ana", "name": "Ana", "web_url": "https://gitlab.com/ana"},
        "web_url": f"https://gitlab.com/acme/app/-/issues/{item.id}",
        "upvotes": 1,
        "user_notes_count": 2,
    }


def case() -> Case:
    return Case(GitLab, Project(), {"project": "acme/app"})
