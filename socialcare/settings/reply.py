"""``[reply]``: who approves answers, what they may not say, and what an answer does."""

from __future__ import annotations

from dataclasses import fields
from typing import Literal

from socialcare.settings.model import ReplySettings
from socialcare.settings.table import Table
from socialcare.text import for_screen

KEYS = tuple(field.name for field in fields(ReplySettings))
_AFTER: tuple[Literal["closed", "pending"], ...] = ("closed", "pending")
_APPROVALS: tuple[Literal["off", "new-staff", "all"], ...] = ("off", "new-staff", "all")


def read_reply(table: Table) -> ReplySettings:
    default = ReplySettings()
    return ReplySettings(
        signature=table.text("signature", default.signature),
        after_question=table.choice("after_question", _AFTER, default.after_question),
        after_other=table.choice("after_other", _AFTER, default.after_other),
        approval=_approval(table),
        approvers=_names(table, "approvers"),
        new_staff=_names(table, "new_staff"),
        four_eyes=table.flag("four_eyes", default.four_eyes),
        avoid=_phrases(table, "avoid"),
        forbid=_phrases(table, "forbid"),
        ours=_phrases(table, "ours"),
        links=tuple(domain.lower().strip(". ") for domain in _phrases(table, "links")),
    )


def _approval(table: Table) -> Literal["off", "new-staff", "all"]:
    """Answers that wait for somebody who is not named would wait for ever."""
    approval = table.choice("approval", _APPROVALS, ReplySettings().approval)
    if approval != "off" and not table.texts("approvers"):
        raise table.error(
            "approval",
            f'[reply] approval = "{approval}" needs somebody who approves.',
            'name them: approvers = ["ana"]',
        )
    if approval == "new-staff" and not table.texts("new_staff"):
        raise table.error(
            "approval",
            '[reply] approval = "new-staff" needs to know who is new.',
            'name them: new_staff = ["leo"]',
        )
    if table.flag("four_eyes", default=False) and len(set(table.texts("approvers"))) == 1:
        raise table.error(
            "four_eyes",
            "[reply] four_eyes needs two approvers: nobody approves their own answers.",
            'name another: approvers = ["ana", "mia"]',
        )
    return approval


def _names(table: Table, key: str) -> tuple[str, ...]:
    names = tuple(for_screen(name, one_line=True, limit=60) for name in table.texts(key))
    return _filled(table, key, names)


def _phrases(table: Table, key: str) -> tuple[str, ...]:
    return _filled(table, key, table.texts(key))


def _filled(table: Table, key: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    for index, text in enumerate(texts):
        if not text.strip():
            raise table.document.error(
                (*table.path, key, index),
                f"{table.name} {key} holds an empty text.",
                'take out the ""',
            )
    return tuple(text.strip() for text in texts)
