"""Who lets which answer go, by ``[reply]`` of the config."""

from __future__ import annotations

from socialcare.settings.model import ReplySettings


def needs_approval(policy: ReplySettings, author: str, me: str) -> bool:
    """Whether an answer that ``author`` wrote waits when ``me`` lets it go."""
    applies = policy.approval == "all" or (
        policy.approval == "new-staff" and not {author, me}.isdisjoint(policy.new_staff)
    )
    return applies and not may_approve(policy, author, me)


def may_approve(policy: ReplySettings, author: str, me: str) -> bool:
    return me in policy.approvers and not (policy.four_eyes and me == author)


def waits_for(policy: ReplySettings, author: str) -> str:
    """``ana or mia``: who can approve what this person wrote."""
    who = [name for name in policy.approvers if may_approve(policy, author, name)]
    return " or ".join(who) or "nobody: see [reply] approvers"
