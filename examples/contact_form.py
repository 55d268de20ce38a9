#!/usr/bin/env python3
"""A channel of your own: every message of a contact form that saves each one as a file.

In the config:

    [channels.form]
    type = "exec"
    command = "python3 /home/acme/socialcare/examples/contact_form.py /srv/form"

The first line of a file is who wrote it, the rest is the text. A program is a channel as
soon as it prints JSON Lines; "text" is the only field that must be there. The names of
the others: socialcare help json
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path


def main() -> None:
    # One line says from when on we are asked. Printing too much is fine: what is known
    # already is not stored twice.
    since = datetime.fromisoformat(json.loads(sys.stdin.readline())["since"])
    for file in sorted(Path(sys.argv[1]).glob("*.txt")):
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        if written < since:
            continue
        author, _, text = file.read_text(encoding="utf-8", errors="replace").partition("\n")
        mention = {
            "external_id": file.name,
            "author": author.strip(),
            "created_at": written.isoformat(),
            "kind": "dm",
            "direct": True,
            "text": text.strip(),
        }
        print(json.dumps(mention))


if __name__ == "__main__":
    main()
