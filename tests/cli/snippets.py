"""Snippets in the folder of a shop."""

from __future__ import annotations

from pathlib import Path

from tests.cli.acme import Acme
from tests.snippets.folder import page, put

SORRY = page(
    "Sorry for the wait, {first_name}. You hear from me by {in:4h}.",
    "Parcel is late",
    topics="[delivery]",
    words="[parcel, courier]",
)
SHIP = page("Yes, to Norway too.", "Do you ship abroad?", words="[ship, norway]", public="true")
ORDER = page("{order} is here.", "Found it", topics="[delivery]", words="[email]")


def folder(shop: Acme) -> Path:
    return shop.home / ".local/share/socialcare/snippets"


def stock(shop: Acme, **files: str) -> Path:
    """Put these into the folder; without any, the usual three."""
    return put(folder(shop), **(files or {"delay": SORRY, "ship": SHIP, "order": ORDER}))
