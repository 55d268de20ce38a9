"""What a person gets to read for each usual mistake: line, fault, and what to write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refused = Callable[[str | bytes], tuple[str, str]]

MISTAKES = [
    (
        '[answer_by]\nurgnt = "1h"\n',
        'config.toml line 2: I do not know [answer_by] "urgnt".',
        "did you mean urgent?",
    ),
    (
        '[answer_by]\nurgent = "1h"\nzzz = 1\n',
        'config.toml line 3: I do not know [answer_by] "zzz".',
        "it can be: urgent, high, normal, low, timezone, hours, holidays, always, complaints, complaint, question, praise, other, unsure, next, resolve, soon",
    ),
    (
        "# mine\n\n[anwser_by]\n",
        "config.toml line 3: I do not know the section [anwser_by].",
        "did you mean answer_by?",
    ),
    (
        'name = "Acme"\n[brand]\n',
        'config.toml line 1: "name" stands outside every section.',
        "put it below its section: [brand]",
    ),
    (
        '[channels.mastodn]\nserver = "https://example.social"\n',
        'config.toml line 1: [channels.mastodn]: I do not know the channel type "mastodn".',
        'did you mean mastodon? A name of your own needs a line: type = "mastodon"',
    ),
    (
        '[channels.mastodon]\nserver = "x"\nhashtag = ["a"]\n',
        'config.toml line 3: I do not know [channels.mastodon] "hashtag".',
        "did you mean hashtags?",
    ),
    (
        "[brand]\nname = 5\n",
        "config.toml line 2: [brand] name must be a text in quotes, not a whole number.",
        'write for example: name = "…"',
    ),
    (
        '[brand]\nwatch = "acme"\n',
        "config.toml line 2: [brand] watch must be a list of texts, not a text.",
        'write for example: watch = ["…", "…"]',
    ),
    (
        '[brand]\nwatch = [\n  "acme",\n  # or\n  7,\n]\n',
        "config.toml line 5: [brand] watch must be a list of texts, not a whole number.",
        'write for example: watch = ["…", "…"]',
    ),
    (
        '[brand]\nlanguages = ["en",\n"German"]\n',
        'config.toml line 3: [brand] languages: "German" is no code of two small letters.',
        'write for example: languages = ["en", "de"]',
    ),
    (
        '[brand]\nignore = ["x",\n""]\n',
        "config.toml line 3: [brand] ignore holds an empty text, which would match everything.",
        'take out the ""',
    ),
    (
        '[answer_by]\nhigh = "2 hours"\n',
        'config.toml line 2: [answer_by] high: "2 hours" is no span of time.',
        'write for example: high = "2h"',
    ),
    (
        "[answer_by]\nhigh = 2\n",
        "config.toml line 2: [answer_by] high must be a span of time in quotes, not a whole number.",
        'write for example: high = "2h"',
    ),
    (
        '[answer_by]\nhigh = "0h"\n',
        'config.toml line 2: [answer_by] high: "0h" is not between a second and a year.',
        'write for example: high = "2h"',
    ),
    (
        '[answer_by]\ntimezone = "Europe/Olso"\n',
        'config.toml line 2: [answer_by] timezone: I do not know "Europe/Olso".',
        "did you mean Europe/Oslo?",
    ),
    (
        '[answer_by]\ntimezone = "../../etc/passwd"\n',
        'config.toml line 2: [answer_by] timezone: I do not know "../../etc/passwd".',
        'write for example: timezone = "Europe/Oslo"',
    ),
    (
        '[brand]\nname = "a"\n\nname = "b"\n',
        "config.toml line 4: [brand] name stands here a second time.",
        "the first is on line 2: keep one of them",
    ),
    (
        '[brand]\nname = "a"\n[ui]\n[brand]\n',
        "config.toml line 4: [brand] stands here a second time.",
        "the first is on line 1: keep one of them",
    ),
    (
        '[brand]\nname = "Acme\nwatch = []\n',
        "config.toml line 2: a text in quotes is not closed.",
        "end it with the quote it began with",
    ),
    (
        '[brand]\nname = "a"\nlanguage = """en\n\n[ui]\n',
        "config.toml line 3: a text in quotes is not closed.",
        "end it with the quote it began with",
    ),
    (
        '[brand]\nwatch = ["a",\n"b"\n[ui]\n',
        "config.toml line 4: a list is not closed.",
        "end it with ]",
    ),
    (
        "[brand]\nname = Acme\n",
        "config.toml line 2: this is no value.",
        'a text needs quotes: name = "Acme"',
    ),
    (
        '[brand]\nname "Acme"\n',
        'config.toml line 2: there is no "=" after the key.',
        'write: key = "value"',
    ),
    (
        '[brand\nname = "Acme"\n',
        "config.toml line 1: a [section] is not closed.",
        "end it with ]",
    ),
    (
        '[[brand]]\nname = "Acme"\n',
        "config.toml line 1: [[brand]] can only be there once.",
        "write [brand] with single brackets",
    ),
    (
        'brand = "Acme"\n',
        "config.toml line 1: [brand] must be a section, not a text.",
        "write [brand] on a line of its own",
    ),
    (
        '[notify]\ncommand = "x"\n',
        "config.toml line 1: [[notify]] must be a section in double brackets, not a table.",
        "write [[notify]] above each one",
    ),
    (
        '[ui]\naccessible = "yes"\n',
        "config.toml line 2: [ui] accessible must be true or false, not a text.",
        "write for example: accessible = false",
    ),
    (
        "[fetch]\npages = 0\n",
        "config.toml line 2: [fetch] pages must be from 1 to 10000.",
        "change pages",
    ),
    (
        "[fetch]\nrun_seconds = nan\n",
        "config.toml line 2: [fetch] run_seconds must be from 1 to 86400.",
        "change run_seconds",
    ),
    (
        "[fetch]\npages = true\n",
        "config.toml line 2: [fetch] pages must be a whole number, not true or false.",
        "write for example: pages = 50",
    ),
    (
        "[priority]\nbase = 2\nhigh_from = 90\n",
        "config.toml line 3: [priority] urgent_from must be above high_from, and that above normal_from.",
        "now: 70, 90, 25",
    ),
    (
        '[topics]\nfire = { words = ["x"], priority = "now" }\n',
        'config.toml line 2: [topics.fire] priority cannot be "now".',
        "did you mean low?",
    ),
    (
        '[topics]\n"a b" = ["x"]\n',
        'config.toml line 2: [topics] "a b" cannot be a name.',
        "use letters, digits, - and _",
    ),
    (
        '[reply]\nafter_other = "open"\n',
        'config.toml line 2: [reply] after_other cannot be "open".',
        "it can be: closed, pending",
    ),
    (
        '[network]\nproxy = "user:hunter2@proxy"\n',
        "config.toml line 2: [network] proxy is not an address.",
        'write for example: proxy = "http://proxy.example:3128"',
    ),
    (
        '[channels.hackernews]\nquery = "x"\nbase_url = "ftp://x"\n',
        "config.toml line 3: [channels.hackernews] base_url is not an address.",
        'write for example: base_url = "https://…"',
    ),
    (
        '[channels]\nhackernews = "acme"\n',
        "config.toml line 2: [channels] hackernews must be a table, not a text.",
        'write for example: hackernews = { key = "value" }',
    ),
    (
        "[brand]\nname = 2026-01-01\n",
        "config.toml line 2: [brand] name must be a text in quotes, not a date or time.",
        'write for example: name = "…"',
    ),
    (
        '[brand]\nname = "C:\\path"\n',
        "config.toml line 2: a \\ in a text starts an escape.",
        "put the text in single quotes: 'C:\\path'",
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), MISTAKES, ids=[m for _, m, _ in MISTAKES])
def test_a_mistake_is_told_with_its_line(
    refused: Refused, text: str, message: str, hint: str
) -> None:
    assert refused(text) == (message, hint)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('brand.name = "a"\nbrand.watch = ["x"]\nbrand.wtch = []\n', 3),
        ('ui = { accessible = true }\nbrand = { name = "a", wtch = [] }\n', 2),
        ('[brand]\nname = """a\n[ui]\nwtch = 1\n"""\nwatch = [\n "x", # ]\n "]",\n]\nwtch = 1\n', 10),
        ("[brand]\nname = '''\n''quoted''\n'''\nwtch = 1\n", 5),
        ('[brand]\nname = "a # \\" b" # c\nwtch = 1\n', 3),
        ('[ "brand" ]\n"name" = "a"\n"w\\u0074ch" = 1\n', 3),
        ("[[notify]]\non = []\n[[notify]]\non = []\n[brand]\nwtch = 1\n", 6),
        ("[brand]\n\twtch\t=\t1\n", 2),
        ("\n\n   [brand]\n\n   wtch = 1 # x", 5),
    ],
)  # fmt: skip
def test_the_line_is_right_in_every_way_to_write_toml(
    refused: Refused, text: str, line: int
) -> None:
    expected = (f'config.toml line {line}: I do not know [brand] "wtch".', "did you mean watch?")
    assert refused(text) == expected
    assert refused(text.replace("\n", "\r\n")) == expected, "with CRLF"
    assert refused(b"\xef\xbb\xbf" + text.encode()) == expected, "with a byte order mark"
