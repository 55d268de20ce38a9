"""All laws, in the order in which they are told."""

from __future__ import annotations

from socialcare.testing import access, attempting, changing, failing, law, reading, replying

__all__ = ["LAWS", "access", "attempting", "changing", "failing", "reading", "replying"]

LAWS = tuple(law.LAWS)
