"""Asking the account's server: signed in, once more with a new token where the old one is over.

https://atproto.com/specs/xrpc
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from socialcare.channels.answer import Answer, Session
from socialcare.channels.bluesky.refusals import bare_refusal, may_not_message, refused
from socialcare.channels.bluesky.signin import Signed, SignIn
from socialcare.channels.http import Params
from socialcare.errors import ChannelError

T = TypeVar("T")
CHAT = {"atproto-proxy": "did:web:api.bsky.chat#bsky_chat"}
"""Sends a call on to the service of direct messages.

https://docs.bsky.app/docs/api/chat-bsky-convo-send-message
"""
TOKEN_IS_OVER = frozenset({"ExpiredToken", "InvalidToken"})
REFUSING = frozenset({400, 401})
"""Statuses whose body names the error."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one channel. ``connect`` gives the way to a server of the account."""

    channel: str
    signin: SignIn
    connect: Callable[[str], Session]

    def get(
        self, nsid: str, params: Params, *, fine: Collection[str] = (), chat: bool = False
    ) -> Answer:
        """Ask. Refusals named in ``fine`` come back as answers.

        Raises
        ------
        ChannelError
            By cause.

        """

        def ask(signed: Signed) -> Answer:
            headers = _headers(signed, chat=chat)
            url = f"{signed.server}/xrpc/{nsid}"
            return self.connect(signed.server).get(url, params, headers=headers, allow=REFUSING)

        return self._told(nsid, ask, fine, chat=chat)

    def post(
        self,
        nsid: str,
        content: object,
        *,
        fine: Collection[str] = (),
        chat: bool = False,
        again: bool = False,
    ) -> Answer:
        """Write. ``again``: doing it twice does no more than doing it once.

        Raises
        ------
        OutcomeUnknownError
            It may be done.
        ChannelError
            By cause.

        """

        def ask(signed: Signed) -> Answer:
            headers = _headers(signed, chat=chat)
            http, url = self.connect(signed.server), f"{signed.server}/xrpc/{nsid}"
            return http.send("POST", url, content, headers=headers, allow=REFUSING, again=again)

        return self._told(nsid, ask, fine, chat=chat)

    def read(self, nsid: str, params: Params, into: type[T], *, chat: bool = False) -> T:
        return self.get(nsid, params, chat=chat).decode(into, what=f"the answer of {nsid}")

    def _told(
        self, nsid: str, ask: Callable[[Signed], Answer], fine: Collection[str], *, chat: bool
    ) -> Answer:
        signed = self.signin.current()
        answer = ask(signed)
        if _is_over(answer, chat=chat):
            answer = ask(self.signin.renew(signed))
        if answer.status not in REFUSING or bare_refusal(answer.body).error in fine:
            return answer
        raise self._refused(nsid, answer, chat=chat)

    def _refused(self, nsid: str, answer: Answer, *, chat: bool) -> ChannelError:
        if chat and bare_refusal(answer.body).error == "InvalidToken":
            return may_not_message(self.channel)
        secrets = self.signin.secrets
        return refused(self.channel, answer.body, answer.status, f"to answer {nsid}", secrets)


def _headers(signed: Signed, *, chat: bool) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed.access}", **(CHAT if chat else {})}


def _is_over(answer: Answer, *, chat: bool) -> bool:
    """A password without direct messages is refused as if its token were no good."""
    if answer.status not in REFUSING:
        return False
    code = bare_refusal(answer.body).error
    return code == "ExpiredToken" if chat else code in TOKEN_IS_OVER
