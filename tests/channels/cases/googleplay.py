"""Google Play: the reviews of an app by page tokens, the newest change first, with a signed-in key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from socialcare.channels.googleplay import GooglePlay
from socialcare.errors import AuthError, RateLimitError
from socialcare.testing import (
    NOW,
    Asked,
    Case,
    Fault,
    Item,
    Kept,
    Params,
    PostingService,
    Refusal,
)

PACKAGE = "com.acme.app"
REVIEWS = f"/androidpublisher/v3/applications/{PACKAGE}/reviews"
EMAIL = "care@acme.iam.gserviceaccount.example"
KEY_ID = "key-1-of-acme"
TOKEN = "ya29.a-token-of-acme"


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Made once a process, for these tests and nothing else."""
    return rsa.generate_private_key(65_537, 2048)


@cache
def service_account() -> str:
    """In one line, as secrets are kept; the key in it has lines."""
    pem = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return json.dumps({
        "type": "service_account",
        "client_email": EMAIL,
        "private_key_id": KEY_ID,
        "private_key": pem.decode(),
        "token_uri": "https://somebody.example/token",
    })  # fmt: skip


def refusal(code: int, reason: str, message: str = "No.", **more: Any) -> bytes:
    error = {"code": code, "message": message, "errors": [{"reason": reason}], **more}
    return json.dumps({"error": error}).encode()


class Store(PostingService):
    """``answers`` are developer comments by the id of their review, as the list has them."""

    has_cursors: ClassVar[bool] = True
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "quota": Refusal(Fault(403, refusal(403, "quotaExceeded")), (RateLimitError,)),
        "rate": Refusal(Fault(403, refusal(403, "rateLimitExceeded")), (RateLimitError,)),
        "permission": Refusal(Fault(403, refusal(403, "permissionDenied")), (AuthError,)),
    }

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, tuple[str, datetime]] = {}

    def answer(self, path: str, params: Params) -> object:
        if path == "/token":
            return {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}
        if path.startswith(f"{REVIEWS}/"):
            return self.one(path.removeprefix(f"{REVIEWS}/"))
        if path != REVIEWS:
            raise Fault(404, refusal(404, "notFound"))
        size = min(int(params["maxResults"][0]), self.page_size or 100)
        start = int(params["token"][0]) if "token" in params else 0
        newest = sorted(self.items, key=lambda item: (item.at, item.id), reverse=True)
        page = self.shown(self.covered(newest[start:], size))
        found: dict[str, Any] = {"reviews": [self.review(one) for one in page]} if page else {}
        if start + size < len(newest):
            found["tokenPagination"] = {"nextPageToken": str(start + size)}
        return found

    def one(self, id_: str) -> object:
        for item in self.items:
            if item.id == id_:
                self.answers |= {one.id.partition("/")[0]: (one.text, NOW) for one in self.replies}
                return self.review(item)
        raise Fault(404, refusal(404, "reviewNotFound"))

    def aside(self, url: str) -> bool:
        return not url.startswith(f"{REVIEWS}?")

    def review(self, item: Item) -> dict[str, Any]:
        found = review(item)
        if item.id in self.answers:
            text, at = self.answers[item.id]
            found["comments"].append({"developerComment": {"text": text, **modified(at)}})
        return found

    def writes(self, asked: Asked) -> bool:
        return asked.method != "GET" and asked.url != "/token"

    def write(self, asked: Asked) -> object:
        """A second answer takes the place of the first."""
        review, _, verb = asked.url.removeprefix(f"{REVIEWS}/").partition(":")
        assert verb == "reply"
        text = json.loads(asked.body)["replyText"]
        self.replies = [Kept(f"{review}/reply", text)]
        return {"result": {"replyText": text, "lastEdited": modified(NOW)["lastModified"]}}


def modified(at: datetime) -> dict[str, Any]:
    seconds = {"seconds": str(int(at.timestamp())), "nanos": at.microsecond * 1000}
    return {"lastModified": seconds}


def review(item: Item) -> dict[str, Any]:
    written: dict[str, Any] = {
        "text": f"\t{item.text}",
        "starRating": 2,
        "reviewerLanguage": "en",
        "appVersionName": "1.2.3",
        "thumbsUpCount": 4,
        **modified(item.at),
    }
    if item.broken:
        written["lastModified"] = {"nanos": 5}
    comments = [{"userComment": written}]
    return {"reviewId": item.id, "authorName": "Ana", "comments": comments}


ONE = "there is one answer to a review: a second one with the same words is the same"


def case() -> Case:
    return Case(
        GooglePlay,
        Store(),
        {"package": PACKAGE},
        secrets={"service_account": service_account()},
        account=EMAIL,
        excuses={
            "a_reply_is_taken_back_and_may_be_gone_already": "the API deletes no answer",
            "what_is_older_than_the_attempt_is_not_taken_for_it": ONE,
            "what_is_known_to_be_another_is_not_taken_for_it": ONE,
        },
    )
