"""What ``reply`` shows: the words, what the checks say of them, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from socialcare.errors import OutcomeUnknownError
from socialcare.output.layout import wrap
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.inbox.letters import Letter, Words
    from socialcare.output.records import Record
    from socialcare.workflow.outcome import Outcome
    from socialcare.workflow.replying import Examined

_LEVELS = {"ok": "ok", "look": "look", "stop": "STOP"}
_CHECK_WIDTH = 16
_BESIDE, _BELOW = 56, 8
"""From this width on what a check says stands beside its name, else below it, so far in."""


def page(
    run: App, mention: Mapping[str, Any], words: Words, examined: Examined, letter: Letter | None
) -> list[str]:
    """A reply with its checks, as wide as the terminal."""
    lines = [*_head(run, mention, words, letter), *_body(run, words.body)]
    lines += _checks(run, examined.findings)
    if words.follow_up is not None:
        told = "Then in private:" if run.accessible else "then in private"
        lines += [told, *_body(run, words.follow_up), *_checks(run, examined.follow_up)]
    return lines


def _head(
    run: App, mention: Mapping[str, Any], words: Words, letter: Letter | None
) -> Iterator[str]:
    author, channel = (
        for_screen(str(mention[n] or ""), one_line=True) for n in ("author", "channel")
    )
    width = run.streams.width
    standing = _standing(letter, mention["url"])
    what = "Post of our own" if mention["author"] is None else f"Reply to {author}"
    if run.accessible:
        yield from wrap(
            f"{what}, {words.visibility}, on {channel}.{standing and ' '}{standing}",
            width,
        )
        return
    yield from wrap(f"{what}  {words.visibility}, {channel}", width)
    if standing:
        yield from wrap(standing, width)


def _standing(letter: Letter | None, url: str | None) -> str:
    """Where it is on its way; of a draft who gave it back, and why."""
    if letter is None:
        return ""
    if letter.state == "draft":
        return for_screen(letter.error or "", one_line=True)
    who = for_screen(letter.author, one_line=True)
    if letter.state == "waiting":
        return f"Written by {who}, waits for approval."
    if letter.state == "failed":
        return f"Not sent: {for_screen(letter.error or 'the channel refused it', one_line=True)}"
    if letter.state == "approved":
        by = for_screen(letter.approved_by or who, one_line=True)
        return f"Approved by {by}, goes with the next fetch."
    if letter.state == "sending":
        return "On its way."
    look = f" Look: {for_screen(url, one_line=True)}" if url else ""
    return f"Nobody can tell whether it went out.{look}"


def _body(run: App, text: str) -> list[str]:
    width = run.streams.width
    lines = [part for line in text.split("\n") for part in wrap(line, width, "    ")]
    return lines if run.accessible else ["", *lines, ""]


def _checks(run: App, findings: Sequence[Any]) -> Iterator[str]:
    width = run.streams.width
    for one in findings:
        if run.accessible:
            level = {"ok": "ok", "look": "have a look", "stop": "stop"}[one.level]
            yield from wrap(f"{one.check.capitalize()}, {level}: {for_screen(one.text)}.", width)
            continue
        start = f"  {_LEVELS[one.level]:<4}  {one.check:<{_CHECK_WIDTH}}  "
        text = for_screen(one.text, one_line=True)
        if width < _BESIDE:
            yield start.rstrip()
            yield from wrap(text, width, " " * _BELOW)
            continue
        first, *rest = wrap(text, width - len(start))
        yield f"{start}{first}"
        yield from (f"{'':<{len(start)}}{line}" for line in rest)


def became(outcome: Outcome, author: object) -> str:
    """One line for what became of an answer that was to be sent."""
    to = for_screen(str(author or "them"), one_line=True)
    if outcome.state == "sent":
        parts = f" in {outcome.posts} posts" if outcome.posts > 1 else ""
        where = f": {for_screen(outcome.url, one_line=True)}" if outcome.url else "."
        return f"{'Posted' if author is None else f'Sent to {to}'}{parts}{where}"
    why = outcome.error.message if outcome.error else ""
    if isinstance(outcome.error, OutcomeUnknownError) and outcome.state == "later":
        return f"Not known yet whether it went: {why} The next fetch looks."
    if outcome.state == "later":
        return f"Not yet sent: {why} It goes with the next fetch."
    if outcome.state == "unknown":
        return f"I cannot tell whether the answer to {outcome.mention_id} went out: {why}"
    # Some reasons are a sentence that says so itself.
    return f"T{why[1:]}" if why.startswith("the answer to") else f"Not sent: {why}"


def record(
    mention: Mapping[str, Any],
    state: str | None,
    words: Words | None,
    examined: Examined | None,
    limits: Mapping[str, int | None],
    **more: Any,
) -> Record:
    """One object of the schema ``reply``."""
    length, most = limits["length"], limits["max_length"]
    return {
        "v": 1,
        "mention": mention["id"],
        "state": state,
        "body": words.body if words else None,
        "length": length,
        "max_length": most,
        "fits": most is None or (length or 0) <= most,
        "url": mention["url"],
        "private": words is not None and words.visibility == "private",
        "follow_up": words.follow_up if words else None,
        "snippet": words.snippet if words else None,
        "checks": examined.records() if examined else [],
        **more,
    }
