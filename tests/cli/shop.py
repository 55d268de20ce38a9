"""A month of a shop whose people correct what the program got wrong."""

from __future__ import annotations

import json

from tests.cli.runner import Home

CONFIG = '[brand]\nname = "Acme"\n'
PANTS = (
    "The new Acme tent is proper pants",
    "Proper pants, those Acme socks",
    "My verdict on the Acme stove: proper pants",
    "Acme zips are proper pants",
)
SIZING = (
    "The Acme boots come up too small for me",
    "Mine are too small @acme, a half size at least",
    "Acme jackets run too small",
)
CARTOON = (
    "Acme Corp shares close higher",
    "New boss for Acme Corp",
    "Acme Corp opens an office in Leeds",
)
SETTLED = (
    "Where is my Acme parcel?",
    "Acme support was lovely, thank you",
    "My Acme stove is broken",
    "Do you ship to Norway, Acme?",
    "Love my new Acme tent",
    "@acme I was charged twice",
    "How do I wash the Acme jacket?",
    "Acme parcel still not here, two weeks late",
)
LEFT = (
    "That Acme hat? Proper pants",
    "Another pair of Acme gloves, too small again",
    "Radio silence. Well, Acme?",
    "Acme at the fair in Oslo",
    "A walk with my Acme bag",
)


def fill(home: Home) -> None:
    """Everything above, in this order: ids count from 1."""
    home.configure(CONFIG)
    texts = (*PANTS, *SIZING, *CARTOON, *SETTLED, *LEFT)
    lines = (
        json.dumps({"text": text, "author": f"@p{n}", "created_at": f"2026-11-20T10:{n:02}:00Z"})
        for n, text in enumerate(texts, 1)
    )
    done = home.run("import", "-", "--channel", "phone", stdin="\n".join(lines))
    assert done.code == 0, done.err


def correct(home: Home) -> None:
    """What the people of the shop said."""
    for words in (
        ("set", "1-4", "--label", "complaint"),
        ("set", "5-7", "--topic", "sizing"),
        ("close", "8-10", "--reason", "not-us"),
        ("close", "11-18", "--yes"),
    ):
        done = home.run(*words)
        assert done.code == 0, done.err
