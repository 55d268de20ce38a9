"""The table of commands: name, section of the help, one line of help, module.

A module is imported only when its command runs, so that what one command needs never
slows down another.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    section: str
    summary: str
    module: str


DAILY, LEARN, SET_UP, DATA = "Every day", "Look and learn", "Set up", "Data and scripts"

COMMANDS: dict[str, Command] = {
    "fetch": Command(
        DAILY, "Get new mentions from your channels (this is what cron runs)", "fetch"
    ),
    "inbox": Command(DAILY, "List what needs an answer, most urgent first", "inbox"),
    "show": Command(DAILY, "One mention, or everything about one customer", "show"),
    "triage": Command(DAILY, "Go through them, one card and one key at a time", "triage"),
    "reply": Command(DAILY, "Draft an answer, post it by hand and record it", "reply"),
    "set": Command(DAILY, "Change owner, priority, label, topic, tags; add a note", "set_"),
    "close": Command(DAILY, "Mark as done", "close"),
    "undo": Command(DAILY, "Take back a change", "undo"),
    "classify": Command(
        LEARN, "Label texts or the inbox: complaint, question or praise, and why", "classify"
    ),
    "report": Command(LEARN, "What a shift leaves to the next: terminal, Markdown, JSON", "report"),
    "alerts": Command(LEARN, "What is late, and which channels fail or are silent", "alerts"),
    "learn": Command(LEARN, "See what your corrections taught it", "learn"),
    "demo": Command(SET_UP, "Try everything with made-up data, no account needed", "demo"),
    "init": Command(SET_UP, "Set up your brand and channels, step by step", "init"),
    "channel": Command(SET_UP, "List, add, test and sign in to channels", "channel"),
    "snippet": Command(SET_UP, "Ready-made answers: list, write, fill, what is missing", "snippet"),
    "customer": Command(
        SET_UP, "Who writes to us: list, link and unlink accounts, mute", "customer"
    ),
    "config": Command(SET_UP, "Read and change settings", "config"),
    "doctor": Command(SET_UP, "Check that everything works, and say how to fix it", "doctor"),
    "import": Command(DATA, "Mentions from a file or standard input (JSON Lines, CSV)", "import_"),
    "export": Command(DATA, "Everything as JSON Lines or CSV; or one customer's data", "export"),
    "forget": Command(DATA, "Erase a customer, a mention or old data", "forget"),
    "sql": Command(DATA, "Ask the database (read only)", "sql"),
    "help": Command(
        DATA, "More on: query, json, exit-codes, environment, cron, checks, figures", "help"
    ),
}

HIDDEN: dict[str, Command] = {
    "completion": Command(DATA, "Completion for bash, zsh, fish or PowerShell", "completion"),
    "complete": Command(DATA, "Words that may follow; called by the shell", "complete"),
}
"""Commands that are called by programs: not in the help."""
