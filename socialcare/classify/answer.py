"""Does a mention need an answer? Visible, and a person may say otherwise.

Complaints, questions, praise and what is unsure need one. ``other`` needs one too as long
as it may be somebody speaking to us (*DM sent*, a flight number): only news, share prices,
advertising and contests do not. Posts of our own, bare reposts and bots never do: what
begins with ``RT @somebody:`` is a repost wherever it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable

from socialcare.classify.cues import Match
from socialcare.classify.plain import Plain
from socialcare.models import Kind, Label, Role

_ONE_WAY = ("news", "share price", "marketing")
"""Cues of ``other`` that tell of a text written for everybody."""


def why_needs_answer(
    label: Label, plain: Plain, matches: Iterable[Match], kind: Kind, role: Role, automated: bool
) -> tuple[bool, str]:
    """Whether somebody waits for an answer, and the reason in words."""
    if role == "answer":
        return False, "written by us"
    if role == "repost" or (plain.retweet and plain.quoted):
        return False, "passes on what somebody else wrote"
    if automated:
        return False, "written by a bot"
    if label != "other":
        return True, f"a {label}" if label != "unsure" else "unsure what it asks"
    if kind == "dm":
        return True, "a message to us"
    speaking = {cue.name for cue, _, _ in matches if cue.target == "other"}
    for name in _ONE_WAY:
        if name in speaking:
            return False, name
    return True, "may speak to us"
