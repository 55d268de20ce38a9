"""App Store Connect: the reviews of our own app by cursors, newest first, with a signed token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from socialcare.channels.appstore import AppStore
from socialcare.errors import AuthError, RateLimitError
from socialcare.testing import (
    Asked,
    Case,
    Fault,
    Item,
    Kept,
    Params,
    PostingService,
    Refusal,
)

APP = "123456789"
ISSUER = "57246542-96fe-1a63-e053-0824d011072a"
KEY_ID = "2X9R4HXF34"
OPTIONS = {"app": APP, "key_id": KEY_ID, "issuer": ISSUER}
REVIEWS = f"/v1/apps/{APP}/customerReviews"
ELSEWHERE = "https://api.appstoreconnect.example"


@cache
def private_key() -> ec.EllipticCurvePrivateKey:
    """Made once a process, for these tests and nothing else."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def p8() -> str:
    pem = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def refusal(code: str, detail: str = "No.") -> bytes:
    return json.dumps({"errors": [{"code": code, "title": "No", "detail": detail}]}).encode()


class Reviews(PostingService):
    """A cursor names the last item of a page, and addresses name another host."""

    has_cursors: ClassVar[bool] = True
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "hour": Refusal(
            Fault(
                429,
                refusal("RATE_LIMIT_EXCEEDED"),
                {"X-Rate-Limit": "user-hour-lim:3500;user-hour-rem:0;"},
            ),
            (RateLimitError,),
        ),
        "agreement": Refusal(
            Fault(403, refusal("FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED")), (AuthError,)
        ),
    }

    def answer(self, path: str, params: Params) -> object:
        if path.startswith("/v1/customerReviews/"):
            return self.one(path.rpartition("/")[2])
        if path != REVIEWS:
            raise Fault(404, refusal("NOT_FOUND"))
        assert params["sort"] == ["-createdDate"]
        assert params["include"] == ["response"]
        size = min(int(params["limit"][0]), self.page_size or 200)
        newest = sorted(self.items, key=lambda item: (item.at, item.id), reverse=True)
        if "cursor" in params:
            at, _, id_ = params["cursor"][0].partition(" ")
            newest = [one for one in newest if (one.at.isoformat(), one.id) < (at, id_)]
        page = self.covered(newest, size)
        links = {"self": f"{ELSEWHERE}{REVIEWS}"}
        if len(newest) > len(page):
            query = urlencode({"cursor": f"{page[-1].at.isoformat()} {page[-1].id}", "limit": size})
            links["next"] = f"{ELSEWHERE}{REVIEWS}?{query}"
        data = [review(one) for one in self.shown(page)]
        return {"data": data, "included": [], "links": links}

    def one(self, id_: str) -> object:
        for item in self.items:
            if item.id == id_:
                made = next((one for one in self.replies if one.made == id_), None)
                included = [response(made.id, made.text)] if made else []
                return {"data": review(item, made.id if made else None), "included": included}
        raise Fault(404, refusal("NOT_FOUND"))

    def aside(self, url: str) -> bool:
        return not url.startswith(f"{REVIEWS}?")

    def write(self, asked: Asked) -> object:
        """A second answer takes the place of the first."""
        if asked.method == "DELETE":
            id_ = asked.url.removeprefix("/v1/customerReviewResponses/")
            if all(one.id != id_ for one in self.replies):
                raise Fault(404, refusal("NOT_FOUND"))
            self.replies = []
            raise Fault(204)
        data = json.loads(asked.body)["data"]
        review = data["relationships"]["review"]["data"]["id"]
        made = Kept(f"response-{review}", data["attributes"]["responseBody"], review)
        self.replies = [made]
        return {"data": response(made.id, made.text)}


def review(item: Item, response: str | None = None) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "rating": 2,
        "title": "Late",
        "body": item.text,
        "reviewerNickname": "ana77",
        "createdDate": item.at.isoformat(),
        "territory": "GBR",
    }
    if item.broken:
        attributes["rating"] = 11
    data = {"type": "customerReviewResponses", "id": response} if response else None
    return {
        "type": "customerReviews",
        "id": item.id,
        "attributes": attributes,
        "relationships": {"response": {"data": data}},
    }


def response(id_: str, text: str, at: str = "2026-11-21T11:00:00-08:00") -> dict[str, Any]:
    attributes = {"responseBody": text, "lastModifiedDate": at, "state": "PENDING_PUBLISH"}
    return {"type": "customerReviewResponses", "id": id_, "attributes": attributes}


def case() -> Case:
    account = f"the key {KEY_ID}"
    one = "there is one answer to a review: a second one with the same words is the same"
    excuses = {
        "what_is_older_than_the_attempt_is_not_taken_for_it": one,
        "what_is_known_to_be_another_is_not_taken_for_it": one,
    }
    return Case(
        *(AppStore, Reviews(), OPTIONS),
        secrets={"private_key": p8()},
        account=account,
        excuses=excuses,
    )
