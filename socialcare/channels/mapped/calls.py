"""One request to the service of the config, with the token where it belongs and nowhere else."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, urljoin

import msgspec

from socialcare.channels.addresses import origin, parse_url
from socialcare.channels.answer import Answer, Session
from socialcare.channels.base import Setup
from socialcare.channels.decode import decode_items
from socialcare.channels.limits import LONGEST, asked_wait
from socialcare.channels.mapped.plan import Plan, Request
from socialcare.channels.words import SHORTEST_SECRET, fit_to_show
from socialcare.clock import format_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    RateLimitError,
    RefusedError,
)
from socialcare.text import for_screen

OK, TOO_MANY = 200, 429
EXPLAINED = frozenset({400, 402, 405, 406, 409, 412, 422})
"""Refusals whose body may say why, where the config tells where in it."""
REST = 60.0
DISCORD_EPOCH_MS = 1_420_070_400_000
_HOLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that is one. ``data`` is its decoded body."""

    data: Any
    url: str
    next_link: str | None = None


class Calls:
    """All requests of one channel."""

    def __init__(self, setup: Setup, plan: Plan) -> None:
        self._setup, self._plan = setup, plan

    def ask(
        self,
        request: Request,
        values: Mapping[str, str],
        more: Mapping[str, str] | None = None,
        *,
        at: str | None = None,
        allow: Collection[int] = (),
    ) -> Told | None:
        """Ask for an answer, or for what is ``at`` an address; None: a status of ``allow``.

        ``values`` are for the ``{holes}`` of the request.

        Raises
        ------
        ChannelError
            By cause; also where the body of a good answer says that it is none.

        """
        verdict, http = self._plan.verdict, self._http
        params = {} if at else {key: _filled(v, values) for key, v in request.params.items()}
        params |= dict(more or {})
        if self._plan.auth.style == "query" and self._token:
            params[self._plan.auth.name] = self._token
        url = self._revealed(at) if at else self._url(request, values)
        fine = {
            *allow,
            *({TOO_MANY} if verdict.wait else ()),
            *(EXPLAINED if verdict.error else ()),
        }
        answer = http.get(url, params, allow=fine)
        if answer.status in allow:
            return None
        if answer.status == TOO_MANY:
            raise self._later(self._waiting(answer, _refusal(answer)))
        data: Any = answer.decode(object) if answer.status == OK else _refusal(answer)
        self._judge(answer, data)
        return Told(data, answer.url, answer.links.get("next"))

    def own_address(self, told: Told, link: str) -> str:
        """An address that an answer named, without the token, as it may be stored.

        Raises
        ------
        RefusedError
            It belongs to somebody else.

        """
        try:
            url = parse_url(urljoin(told.url, link))
            same = origin(url) == origin(parse_url(self._plan.base))
        except ValueError:
            same = False
        stored = self._hidden(str(url)) if same else ""
        if not same or any(secret in unquote(stored) for secret in self._secrets):
            raise self._told_off(
                RefusedError(
                    f"{self._setup.name}: the next page is not at {self._plan.base}: {link[:200]}.",
                    f"look at base_url of [channels.{self._setup.name}]: socialcare config edit",
                )
            )
        return stored

    @cached_property
    def _token(self) -> str:
        """The secret; empty where none is wanted.

        Raises
        ------
        AuthError
            There is none, or none that can be kept out of messages.

        """
        auth, name = self._plan.auth, self._setup.name
        if auth.style == "none":
            return ""
        token = (self._setup.secret("token") or "").strip()
        sign_in = f"sign in: socialcare channel login {name}"
        if not token and not auth.optional:
            raise AuthError(f"{name} needs a token, and there is none.", sign_in)
        if auth.style in {"url", "query"} and len(token) < SHORTEST_SECRET:
            raise AuthError(
                f"{name}: the token is too short to be one that goes into an address.", sign_in
            )
        return token

    @property
    def _as_sent(self) -> str:
        """The token as it stands in an address."""
        return quote(self._token, safe=":")

    @cached_property
    def _secrets(self) -> tuple[str, ...]:
        auth, token = self._plan.auth, self._token
        if not token:
            return ()
        return (token, self._as_sent, *(_basic(token) if auth.style == "basic" else ()))

    @cached_property
    def _http(self) -> Session:
        auth, token = self._plan.auth, self._token
        own: dict[str, str] = {}
        if token and auth.style == "basic":
            own["Authorization"] = _basic(token)[0]
        elif token and auth.style == "header":
            own[auth.name] = f"{auth.prefix} {token}".strip()
        in_address = auth.style in {"url", "query"}
        return self._setup.connect(
            base_url=self._plan.base,
            headers={"Accept": "application/json", **self._plan.headers},
            token=token if auth.style == "bearer" else None,
            credentials=own,
            hidden=self._secrets if in_address else (),
        )

    def _url(self, request: Request, values: Mapping[str, str]) -> str:
        """As below the base: the whole address, so that nothing in a value can name another."""
        safe = {key: quote(value, safe="") for key, value in values.items()}
        filled = _filled(request.url, {**safe, "token": self._as_sent})
        return f"{self._plan.base}/{filled.lstrip('/')}" if filled else self._plan.base

    def _hidden(self, url: str) -> str:
        if self._plan.auth.style == "query":
            url = re.sub(rf"(?<=[?&]){re.escape(self._plan.auth.name)}=[^&]*&?", "", url)
        for secret in self._secrets:
            url = url.replace(secret, "{token}")
        return url.rstrip("?&")

    def _revealed(self, url: str) -> str:
        return url.replace("{token}", self._as_sent)

    def _judge(self, answer: Answer, data: Any) -> None:
        """Raise what an answer says although its status is good, and why one is not."""
        verdict = self._plan.verdict
        said = verdict.error.find(data) if verdict.error else None
        bad = verdict.ok is not None and verdict.ok.find(data) is not True
        if answer.status == OK and not bad and (verdict.ok or said in (None, "", False, [], {})):
            return
        if verdict.wait is not None and verdict.wait.find(data):
            raise self._later(self._waiting(answer, data))
        words = f": {for_screen(said, one_line=True, limit=200)}" if isinstance(said, str) else ""
        raise self._told_off(
            BadAnswerError(
                f"{self._setup.name} did not give what was asked for ({answer.status}){words}.",
                f"try it alone: socialcare channel test {self._setup.name}",
            )
        )

    def _waiting(self, answer: Answer, data: Any) -> float:
        """Seconds to wait, as the body or else a header says."""
        verdict = self._plan.verdict
        found = verdict.wait.find(data) if verdict.wait else None
        if isinstance(found, int | float) and not isinstance(found, bool) and found >= 0:
            return min(float(found), LONGEST.total_seconds())
        told = asked_wait(answer.headers, self._now())
        return REST if told is None else told

    def _later(self, wait: float) -> RateLimitError:
        not_before = self._now() + timedelta(seconds=max(wait, 1.0))
        return RateLimitError(
            f"{self._setup.name} is to be left alone until {format_time(not_before)}.",
            "nothing to do: the first fetch after that goes on where this one stopped",
            not_before=not_before,
        )

    def _told_off(self, error: ChannelError) -> ChannelError:
        """What an answer says may hold the token that it was asked with."""
        fit_to_show(error, self._secrets)
        return error

    def _now(self) -> datetime:
        return self._setup.clock.now()


def since_values(since: datetime) -> dict[str, str]:
    """``{since}`` in the forms that services take; the snowflake is that of Discord."""
    milliseconds = int(since.timestamp() * 1000)
    return {
        "since": format_time(since),
        "since_s": str(milliseconds // 1000),
        "since_ms": str(milliseconds),
        "since_snowflake": str(max(milliseconds - DISCORD_EPOCH_MS, 0) << 22),
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda match: values.get(match[1], match[0]), text)


def _basic(token: str) -> tuple[str, str]:
    code = b64encode(token.encode()).decode()
    return f"Basic {code}", code


def _refusal(answer: Answer) -> Any:
    """The body of a refusal, which may be anything."""
    found = decode_items([msgspec.Raw(answer.body)], object)[0]
    return found[0] if found else None
