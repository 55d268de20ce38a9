"""All laws, in the order in which they are told."""

from __future__ import annotations

from socialcare.testing import access, changing, failing, law, reading, replying

__all__ = ["LAWS", "access", "changing", "failing", "reading", "replying"]

LAWS = tuple(law.LAWS)
