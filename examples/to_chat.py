#!/usr/bin/env python3
"""Post mentions to a chat, one message each. Standard library only.

Reads the JSON of ``socialcare inbox --json`` and prints the ids that were posted, so that
they can be marked and are not posted again:

    export CHAT_WEBHOOK=https://chat.example/hooks/your-secret
    socialcare inbox is:new priority:urgent not tag:told --json \\
        | python3 to_chat.py | socialcare set - --tag told --yes --quiet

The address comes from the environment: on a command line everybody on the machine could
read it. Slack, Mattermost and Rocket.Chat take the message as "text"; for Discord set
CHAT_FIELD=content.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request

LONGEST = 700
"""Characters of a mention; the whole text is in the inbox."""


def harmless(text: str, field: str) -> str:
    """What a stranger wrote must not call everybody: no @everyone, no <!channel>."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", text[:LONGEST])
    text = re.sub("[@＠]", "@\u200b", text)
    if field == "text":
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def message(mention: dict, field: str) -> dict:
    """The body of one request."""
    quoted = harmless(mention["text"] or "(pictures only)", field).replace("\n", "\n> ")
    head = f"{mention['priority']} {mention['label']} from {harmless(mention['author'], field)}"
    lines = [f"{head} on {harmless(mention['channel'], field)}", f"> {quoted}"]
    if (mention["url"] or "").startswith(("https://", "http://")):
        lines.append(harmless(mention["url"], field))
    lines.append(f"socialcare show {mention['id']}")
    return {field: "\n".join(lines), "allowed_mentions": {"parse": []}}


def post(address: str, body: dict) -> None:
    """Send one message; anything but a success raises."""
    request = urllib.request.Request(
        address,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "socialcare-to-chat"},
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def main() -> int:
    address = os.environ.get("CHAT_WEBHOOK", "")
    if not address.startswith(("https://", "http://")):
        print("to_chat.py: CHAT_WEBHOOK is not set to an address", file=sys.stderr)
        return 2
    field = os.environ.get("CHAT_FIELD", "text")
    for mention in json.load(sys.stdin):
        try:
            post(address, message(mention, field))
        except (OSError, urllib.error.URLError) as error:
            print(f"to_chat.py: {mention['id']} was not posted: {error}", file=sys.stderr)
            return 1
        print(mention["id"], flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
