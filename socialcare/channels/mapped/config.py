"""From the options of one channel to its :class:`Plan`; every mistake is told with its key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import get_args
from urllib.parse import urlsplit

from socialcare.channels.base import Setup
from socialcare.channels.mapped import plan as plans
from socialcare.channels.mapped.paths import Path, parse_path
from socialcare.channels.mapped.section import Section
from socialcare.channels.records import FIELDS
from socialcare.models import KINDS
from socialcare.settings.table import nearest, shown

EXAMPLES = "examples/http has three to copy: lemmy.toml, telegram.toml, discord.toml"
KEYS = (
    "url", "params", "headers", "auth", "query", "items", "item", "fields", "kind",
    "text_format", "time_format", "timezone", "user", "paging", "gone", "ok", "error", "wait",
    "recheck",
)  # fmt: skip
MENTION_FIELDS = (
    "id", *(one for one in FIELDS if one not in {"channel", "source", "external_id", "fetched_at"})
)  # fmt: skip
PAGING = (
    "style", "param", "path", "order", "sorted_by", "overlap", "first", "last", "start", "plus",
    "shifts", "stop", "more", "size", "confirms", "keeps",
)  # fmt: skip
SINCE = ("since", "since_s", "since_ms", "since_snowflake")
NEEDS: Mapping[str, tuple[str, ...]] = {
    "page": ("param",),
    "offset": ("param",),
    "cursor": ("path", "param"),
    "next": ("path",),
    "after": ("path", "param"),
}
"""The keys of ``paging`` without which a style cannot work."""
ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "shifts": ("cursor", "next", "link"),
    "first": ("page", "offset"),
    "last": ("page", "offset"),
    "start": ("after",),
    "plus": ("after",),
    "confirms": ("after",),
    "keeps": ("after",),
    "sorted_by": ("page", "offset", "cursor", "next", "link"),
    "stop": ("page", "offset", "cursor", "next", "link"),
    "overlap": ("none", "page", "offset", "cursor", "next", "link"),
    "more": ("page", "offset", "cursor", "next", "link", "after"),
}
_HOLE = re.compile(r"\{([a-z_]+)\}")
_AUTH = re.compile(r"(header|query)\s+([\w-]{1,100})(?:\s*:\s*([\x21-\x7e]{1,60}))?")
_SECRET_NAME = re.compile(r"auth|cookie|token|secret|api-?key|password", re.IGNORECASE)


def read_plan(setup: Setup) -> plans.Plan:
    """Check all options.

    Raises
    ------
    ConfigError
        The first mistake, with its key.

    """
    options = Section(setup.name, setup.options, ())
    base, request = _request(options)
    headers = _headers(options.section("headers"))
    auth = _auth(options, request)
    paging = _paging(options.section("paging", PAGING), request)
    recheck, recheck_item = _recheck(options, in_url=auth.style == "url")
    handles = (*setup.brand.handles, *options.texts("user"))
    return plans.Plan(
        base=base,
        request=request,
        shape=_shape(options, paging),
        paging=paging,
        verdict=plans.Verdict(options.path("ok"), options.path("error"), options.path("wait")),
        auth=auth,
        headers=headers,
        queries=_queries(options, request, setup.brand.terms),
        us=frozenset(one.removeprefix("@").casefold() for one in handles if one.strip("@")),
        recheck=recheck,
        recheck_item=recheck_item,
    )


def _request(options: Section) -> tuple[str, plans.Request]:
    url, base = options.text("url"), options.text("base_url")
    if url is None:
        raise options.error("url", "it is missing, and so is all that this type needs", EXAMPLES)
    if "://" in url:
        if base is not None:
            hint = 'write only what comes after it, such as url = "/api/posts"'
            raise options.error("url", "there is a base_url, and this is a whole address", hint)
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        url = url[len(base) :]
    if base is None:
        raise options.error(
            "base_url", "it is missing", 'write it like base_url = "https://api.example.org"'
        )
    if _HOLE.search(base):
        raise options.error("base_url", "it cannot have {} in it", "put that into url")
    params = options.section("params")
    request = plans.Request(url, {key: params.parameter(key) for key in params.values})
    _check_holes(options, "url", url, (*SINCE, "query", "token"))
    for key, value in request.params.items():
        _check_holes(params, key, value, (*SINCE, "query"))
    return base.rstrip("/"), request


def _check_holes(section: Section, key: str, text: str, known: Sequence[str]) -> None:
    for name in _HOLE.findall(text):
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {{{near}}}?" if near else f"it can be: {', '.join(known)}"
            raise section.error(shown(key), f"I do not know {{{name}}}", hint)


def has_hole(request: plans.Request, names: Iterable[str]) -> bool:
    texts = (request.url, *request.params.values())
    return any(f"{{{name}}}" in text for name in names for text in texts)


def _headers(section: Section) -> dict[str, str]:
    found = {}
    for key, value in section.values.items():
        if not isinstance(value, str) or not re.fullmatch(r"[\w-]{1,100}", key):
            raise section.error(shown(key), "a header is a name and a text in quotes")
        if _SECRET_NAME.search(key):
            raise section.error(
                shown(key),
                "a secret does not stand in the config",
                f'write auth = "header {key}", then: socialcare channel login NAME',
            )
        found[key] = value
    return found


def _auth(options: Section, request: plans.Request) -> plans.Auth:
    text = options.text("auth")
    in_url = "{token}" in request.url
    if text is None:
        return plans.Auth("url") if in_url else plans.Auth("bearer", optional=True)
    if in_url != (text == "url"):
        problem = "the token is either in the url, as {token}, or goes another way"
        raise options.error("auth", problem, 'with {token} in url write auth = "url"')
    if text in {"none", "bearer", "basic", "url"}:
        return plans.Auth(_style(text))
    match = _AUTH.fullmatch(text)
    if match is None or (match[1] == "query" and match[3]):
        raise options.error(
            "auth",
            f'"{shown(text)}" is none that I know',
            "it can be: none, bearer, basic, header NAME, header NAME: PREFIX, query NAME, url",
        )
    return plans.Auth(_style(match[1]), match[2], match[3] or "")


def _style(word: str) -> plans.AuthStyle:
    return next(style for style in get_args(plans.AuthStyle) if style == word)


def _paging(section: Section, request: plans.Request) -> plans.Paging:
    styles: tuple[plans.Style, ...] = get_args(plans.Style)
    style = section.choice("style", styles, "none")
    if section.values and not section.has("style"):
        raise section.error("style", "it is missing", f"it can be: {', '.join(styles)}")
    for key in NEEDS.get(style, ()):
        if section.text(key) is None:
            raise section.error(key, f'style = "{style}" needs it', EXAMPLES)
    for key, fitting in ONLY_FOR.items():
        if section.has(key) and style not in fitting:
            raise section.error(
                key, f'it means nothing with style = "{style}"', f"it is for: {', '.join(fitting)}"
            )
    paging = plans.Paging(
        style=style,
        param=section.text("param") or "",
        path=section.path("path"),
        order=section.choice("order", get_args(plans.Order), "newest"),
        sorted_by=section.choice("sorted_by", get_args(plans.SortedBy), "created_at"),
        stop=section.choice("stop", get_args(plans.Stop), "time"),
        overlap=section.span("overlap") or timedelta(minutes=15),
        shifts=section.flag("shifts") or style in {"page", "offset"},
        first=_or(section.whole("first", 0), 0 if style == "offset" else 1),
        last=section.whole("last", 1),
        start=section.text("start") or "",
        plus=section.whole("plus", 0, 1) or 0,
        more=section.path("more"),
        size=section.whole("size", 1),
        confirms=section.flag("confirms") or False,
        keeps=section.span("keeps"),
    )
    _check_holes(section, "start", paging.start, SINCE)
    _check_order(section, paging, request)
    return paging


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _check_order(section: Section, paging: plans.Paging, request: plans.Request) -> None:
    """A list that grows at its end is read to its end every time, unless it can begin later."""
    counted = paging.style in {"page", "offset"}
    if counted and paging.order == "oldest" and not has_hole(request, SINCE):
        raise section.error(
            "order",
            "the oldest first, by number, would read all of it at every run",
            "put {since} into url or params, or ask the service for the newest first",
        )


def _shape(options: Section, paging: plans.Paging) -> plans.Shape:
    section = options.section("fields", MENTION_FIELDS)
    fields = {key: path for key in section.values if (path := section.path(key)) is not None}
    for key in ("id", "text"):
        section.not_missing(key, f'write where it is: {key} = "…"; {EXAMPLES}')
    dated = paging.style not in {"none", "after"} and not paging.is_forward
    if dated and paging.stop == "time" and "created_at" not in fields:
        problem = "it is missing, and without times nothing tells where to stop"
        raise section.error("created_at", problem, 'or write in paging: stop = "known"')
    if paging.sorted_by == "edited_at" and "edited_at" not in fields:
        raise section.error("edited_at", "paging.sorted_by names it", 'write: edited_at = "…"')
    return plans.Shape(
        items=options.paths("items") or (parse_path(""),),
        fields=fields,
        item=options.path("item"),
        gone=options.paths("gone"),
        kind=options.choice("kind", KINDS, "post"),
        text_format=options.choice("text_format", get_args(plans.TextFormat), "plain"),
        time_format=options.choice("time_format", get_args(plans.TimeFormat), "auto"),
        timezone=_timezone(options),
    )


def _timezone(options: Section) -> tzinfo | None:
    from zoneinfo import ZoneInfo, available_timezones

    name = options.text("timezone")
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        near = nearest(name, sorted(available_timezones()), cutoff=0.75)
        hint = f"did you mean {near}?" if near else 'write for example: timezone = "Europe/Oslo"'
        raise options.error("timezone", f'I do not know "{shown(name)}"', hint) from None


def _queries(options: Section, request: plans.Request, terms: Sequence[str]) -> tuple[str, ...]:
    if not has_hole(request, ["query"]):
        if options.has("query"):
            raise options.error("query", "there is no {query} in url or params to put it in")
        return ("",)
    queries = options.texts("query") or tuple(terms)
    if not queries:
        raise options.error("query", "nothing to look for, and [brand] has no name")
    return queries


def _recheck(options: Section, *, in_url: bool) -> tuple[plans.Request | None, Path | None]:
    if not options.has("recheck"):
        return None, None
    section = options.section("recheck", ("url", "item", "params"))
    url, inner = section.text("url"), section.section("params")
    if url is None or "://" in url:
        raise section.error("url", "what comes after base_url is needed", 'url = "/posts/{id}"')
    request = plans.Request(url, {key: inner.parameter(key) for key in inner.values})
    if not has_hole(request, ["id"]):
        raise section.error("url", "there is no {id} in it or in its params")
    for text in (url, *request.params.values()):
        _check_holes(section, "url", text, ("id", "token") if in_url else ("id",))
    return request, section.path("item")
