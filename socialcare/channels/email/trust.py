"""Whether the receiving server vouches for the domain in ``From``.

Anybody can write ``From: Trustpilot``. Our own server's ``Authentication-Results`` tells
whether it was true (https://www.rfc-editor.org/rfc/rfc8601); one that somebody else
wrote into the mail names another server, and is not believed.
"""

from __future__ import annotations

import re
from email.message import Message

from socialcare.channels.email.mime import MAX_VALUE

_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s?=\s?pass\b([^;]{0,600})", re.IGNORECASE)
_DOMAIN = re.compile(
    r"\b(?:header\.from|header\.d|header\.i|smtp\.mailfrom)\s?=\s?[^\s;@]{0,100}?@?([\w.-]{1,253})(?=[\s;]|$)",
    re.IGNORECASE,
)
_SOLD = re.compile(r"[a-z]{1,3}\.[a-z]{2}")
"""``co.uk``: names below it belong to strangers."""
_SPACE = re.compile(r"\s+")
_SAME = {
    "gmail.com": {"google.com"},
    "googlemail.com": {"google.com"},
    "office365.com": {"outlook.com", ""},
    "outlook.com": {"outlook.com", ""},
}
"""Who reads mail here receives it there; Microsoft does not name itself."""


def vouched_for(head: Message, server: str, domain: str) -> bool:
    return verdict(head, server, domain) is True


def verdict(head: Message, server: str, domain: str) -> bool | None:
    """Whether the server that we read from says that the mail is from ``domain``.

    None: it says nothing.
    """
    own = _family(server)
    ours = {own} | _SAME.get(own, set())
    for value in head.get_all("authentication-results", [])[:10]:
        text = _SPACE.sub(" ", str(value)[:MAX_VALUE]).strip()
        who = text.partition(";")[0].split()
        name = who[0].lower() if who and "=" not in who[0] else ""
        if any(belongs(name, one) if one else not name for one in ours):
            return _passes(text, domain)
    return None


def _passes(text: str, domain: str) -> bool:
    return any(
        belongs(found.lower(), domain)
        for _, rest in _RESULT.findall(text)
        for found in _DOMAIN.findall(rest)
    )


def _family(server: str) -> str:
    """What the names of our servers end with: ``acme.example`` of ``imap.acme.example``."""
    above = server.lower().partition(".")[2]
    is_shared = "." not in above or _SOLD.fullmatch(above)
    return server.lower() if is_shared else above


def belongs(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
