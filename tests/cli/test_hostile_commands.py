"""Texts that try to act, from `import -` through every way out of the program."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import time

import pytest
from rich.cells import cell_len

from socialcare.errors import ExitCode
from socialcare.text import at_door
from tests.cli.acme import Acme
from tests.output.test_hostile import FORMULA, LIVE, OUR_SGR, hostile_texts

ESC = "\x1b"
OURS = [
    # terminals
    f"{ESC}[2J{ESC}[Hthe screen is gone",
    f"{ESC}]0;owned\x07title",
    f"{ESC}]8;;https://evil.example{ESC}\\click here{ESC}]8;;{ESC}\\",
    f"{ESC}]52;c;ZWNobyBvd25lZA==\x07clipboard",
    f"{ESC}P+q544e{ESC}\\device control",
    f"{ESC}[6n{ESC}[c reports",
    f"{ESC}[?1049h{ESC}[8m hidden",
    f"{ESC}c reset {ESC}#8",
    "\x9b31mred\x9b0m \x9d0;t\x9c \x90x\x9c",
    "bell\x07 back\x08\x08\x08 del\x7f vt\x0b ff\x0c so\x0e si\x0f",
    "over\rwritten",
    # directions and things that do not show
    "\u202egnp.exe\u202c then \u2066isolated\u2069 \u200e\u200f\u061c",
    "a\u200bc\u200bm\u200be zero width \u2060\ufeff\u00ad",
    "\u200d\u200djoiner first",
    "\U000e0041\U000e0042\U000e007f tags",
    "\ufff9annotated\ufffa\ufffb",
    "\u3164\u115f\uffa0 fillers",
    # markup
    "[/oops] [bold]loud[/bold] [link=https://evil.example]x[/link]",
    "[red on blue]not red[/] \\[escaped] [[[]]]",
    "<script>alert(1)</script><b>bold</b>&lt;i&gt;",
    "**bold** `code` # heading | table | [a](javascript:x)",
    "{0.__class__} {{}} %s %(x)s %n ${HOME} $(id) `id`",
    # spreadsheets
    '=HYPERLINK("https://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\ufeff =1+1",
    "＝1+1 ＋1 －1 ＠x",
    "'=1+1",
    # lines and quotes
    "line\nafter\r\nline\rover\ttab",
    "\n\n\n\n\nmany\n\n\n\n\nbreaks\n\n",
    "\x85next\u2028line\u2029paragraph",
    "quotes \" ' \"\" '' ,;|\t and, commas",
    "'; drop table mention; --",
    'match" OR "x NEAR( * ^ {a b}: -c',
    # scripts and sizes
    "漢字かな交じり文 " * 60,
    "مرحبا بالعالم שלום עולם",
    "👩‍👩‍👧‍👦🏳️‍🌈🇳🇴 family \u26a0\ufe0f e\ufe0f1\ufe0f\u20e3",
    "z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308 zalgo" * 20,
    "x" * 25_000,
    "word " * 6_000,
    "a\x00b lone \ud800 high \udfff low",
    "error: looks like one\nhint:  rm -rf /",
]
WORD = re.compile(r"(?<![^\s])[A-Za-z]{4,12}(?![^\s])")


def record(number, text, author, external_id):
    """A record with the text in every field that may hold any."""
    return {
        "text": text,
        "author": author,
        "author_id": f"{number}",
        "author_name": author,
        "external_id": f"{external_id[:1500]}{number}",
        "channel": "import",
        "thread": external_id,
        "lang": author[:8],
        "media": ["https://a.example/1.png"],
        "media_alt": [text[:500]],
    }


def filled(home, texts):
    """A shop with all of them imported, and the texts as they are stored, by id from 1 on."""
    shop = Acme(home)
    records = [record(number, *fields) for number, fields in enumerate(texts)]
    lines = "".join(f"{json.dumps(each)}\n" for each in records)
    ran = shop.run("import", "-", stdin=lines)
    assert ran.code in (0, 5), ran.err
    check(ran)
    return shop, stored_texts(shop)


def stored_texts(shop):
    ran = check(shop.run("sql", "select text from mentions order by id", "--json"))
    return [each["text"] for each in json.loads(ran.out)]


def check(ran):
    """I1 and I2: a documented exit code, nothing unexpected, nothing live on either stream."""
    assert ran.code in set(ExitCode)
    assert "did not expect" not in ran.err
    for shown in (ran.out, ran.err):
        live = LIVE.search(OUR_SGR.sub("", shown))
        assert not live, f"{live[0]!r} in {shown[max(0, live.start() - 60) : live.end() + 60]!r}"
        shown.encode()
    return ran


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("own"), [(text, text, text) for text in OURS])


def test_all_are_stored_as_they_were_written(own):
    """I6, and the first half of I1."""
    _, texts = own
    assert sorted(texts) == sorted(map(at_door, OURS))


def ways_out(numbers):
    """Every command that shows what is stored."""
    ids = f"1-{numbers}"
    for fields in ([], ["--fields", "id,author,author_name,external_id,thread,text,media_alt"]):
        for form in ("table", "tsv", "json", "jsonl", "csv", "ids"):
            yield ["inbox", "is:any", "--format", form, *fields]
    yield from (["inbox", "is:any", "--limit", "9999"], ["show", ids], ["show", ids, "--json"])
    yield ["show", "1", "--clock"]
    yield from (["export", "--format", form] for form in ("jsonl", "csv", "json"))
    yield from (["sql", "select * from mentions"], ["sql", "select * from people", "--json"])
    yield ["sql", "select author, text from replies union select author, text from mentions"]
    yield from (["set", ids, "--owner", "x", "-n"], ["close", "is:any", "--dry-run"])
    yield from (["set", "is:any", "--owner", "x"], ["close", "is:any"])
    yield from (["classify", "--inbox", "--dry-run"], ["complete", "--", "show", "="])
    yield []


def check_ways_out(shop, numbers):
    for words in ways_out(numbers):
        for tty in (True, False):
            check(shop.run(*words, tty=tty, stdin="n\n", stdin_tty=tty, width=80))
    check(shop.run("inbox", "is:any", tty=True, colour="full", SOCIALCARE_ACCESSIBLE="1"))


def test_nothing_live_leaves_by_any_way_out(own):
    shop, texts = own
    check_ways_out(shop, len(texts))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_frame_of_the_table_holds(own, width):
    shop, texts = own
    ran = shop.run("inbox", "is:any", "--limit", "99", tty=True, width=width)
    header, *rows = ran.out.splitlines()[-len(texts) - 1 :]
    assert len(rows) == len(texts)
    at = cell_len(header[: header.index("Says")])
    for row in rows:
        assert cell_len(row) <= width
        assert any(cell_len(row[:end]) == at and row[end - 1] == " " for end in range(len(row)))


def test_lines_of_previews_hold_one_mention_each(own):
    shop, texts = own
    for words in (["set", f"1-{len(texts)}", "--owner", "x"], ["close", "is:any"]):
        asked = shop.run(*words, tty=True, stdin="n\n").err.splitlines()
        assert len(asked) == 1 + 5 + 1 + 1
        assert all(cell_len(line) <= 80 for line in asked)
        piped = shop.run(*words, "-n").out.splitlines()
        assert len(piped) == len(texts)
        assert all(line.count("\t") == 2 for line in piped)


def test_every_visible_character_is_shown(own):
    """I3: no markup takes effect."""
    shop, texts = own
    for number, text in enumerate(texts, 1):
        if text.isascii() and text.isprintable() and len(text) < 60:
            assert text in shop.run("show", str(number), tty=True, width=120).out
            assert f"\t{text}\n" in shop.run("inbox", str(number)).out


def check_formats(shop, texts):
    """I5: strict JSON gives the text back; CSV reads back and starts no formula."""
    lines = shop.run("export").out.splitlines()
    read = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert [each["text"] for each in read] == texts
    array = json.loads(shop.run("inbox", "is:any", "sort:old", "--json").out)
    assert sorted(each["text"] for each in array) == sorted(texts)
    rows = list(
        csv.DictReader(
            io.StringIO(shop.run("export", "--format", "csv").out, newline=""), strict=True
        )
    )
    assert len(rows) == len(texts)
    outside = ("text", "author", "author_name", "external_id", "thread", "lang", "media_alt")
    for row in rows:
        assert not any(row[name].lstrip().startswith(FORMULA) for name in outside)
    raw = csv.DictReader(
        io.StringIO(shop.run("export", "--format", "csv", "--raw").out, newline=""), strict=True
    )
    assert [row["text"] for row in raw] == texts


def test_json_and_csv_read_back(own):
    check_formats(*own)


def test_an_export_is_the_same_inbox_again(own, tmp_path):
    shop, texts = own
    other = Acme(tmp_path)
    for form in ("jsonl", "json"):
        exported = shop.run("export", "--format", form).out
        check(other.run("import", "-", stdin=exported))
        assert sorted(stored_texts(other)) == sorted(texts)


def check_search(shop, texts):
    """I6: a search for a word finds what has it."""
    searched = 0
    for number, text in enumerate(texts, 1):
        found = WORD.search(text[:2000])
        if found:
            ran = check(shop.run("inbox", "is:any", f"text:{found[0]}", "--format", "ids"))
            assert str(number) in ran.out.split(), f"{found[0]} is not found"
            searched += 1
    return searched


def test_words_are_found(own):
    assert check_search(*own) > 15


def test_any_text_may_be_searched_for(own):
    shop, texts = own
    for text in texts:
        check(shop.run("inbox", "is:any", text))
        check(shop.run("inbox", "is:any", f"text:{text}", f"author:{text[:200]}", "--json"))


def test_words_typed_by_hand_may_hold_anything(own):
    shop, _ = own
    for text in OURS:
        for words in (
            [text],
            ["show", text],
            ["set", text, "--owner", "x"],
            ["set", "1", "--owner", text],
            ["set", "1", "--tag", text, "-n"],
            ["close", "1", "--reason", text],
            ["close", "-", "--reason", "spam"],
            ["reply", "1", "--record", text],
            ["inbox", "--format", text],
            ["inbox", "--fields", text],
            ["inbox", f"is:{text}"],
            ["inbox", f"{text}:x"],
            ["inbox", f"since:{text}"],
            ["inbox", f"--{text}"],
            ["sql", text],
            ["sql", f"select '{text[:50]}' as \"{text[:50]}\""],
            ["help", text],
            ["classify", text],
            ["classify", "--evaluate", text],
            ["complete", "--", "inbox", f"={text}"],
        ):
            typed = [word.replace("\0", "") for word in words]
            for form in ([], ["--json"]):
                check(shop.run(*typed, *form, stdin=text.encode(errors="replace").decode()))


def test_labels_of_any_text(own):
    shop, _ = own
    for text in OURS:
        for tty in (True, False):
            check(shop.run("classify", text, "--why", tty=tty))
    stream = "".join(f"{json.dumps({'text': text, 'more': text})}\n" for text in OURS)
    ran = check(shop.run("classify", "-", stdin=stream))
    records = [json.loads(line, parse_constant=pytest.fail) for line in ran.out.splitlines()]
    assert (ran.code, [each["text"] for each in records]) == (0, [at_door(t) for t in OURS])


def test_drafts_notes_and_tags_of_any_text(own, tmp_path):
    shop, _ = own
    other = Acme(tmp_path)
    other.run("import", "-", stdin=shop.run("export").out)
    texts = stored_texts(other)
    for number, text in enumerate(texts, 1):
        body = text[:3000]
        for tty in (True, False):
            check(other.run("reply", str(number), "--body", body, tty=tty))
        told = json.loads(check(other.run("reply", str(number), "--json")).out)
        assert told["body"] == body.strip()
        check(other.run("set", str(number), "--note", body))
    shown = check(other.run("show", f"1-{len(texts)}", tty=True))
    assert shown.out.count("(draft)") == len(texts)
    check(other.run("export"))
    check(other.run("export", "--format", "csv", "--fields", "id,notes,answers,history"))
    check_formats(other, texts)


def test_no_text_holds_up_a_command(own):
    """I7: 50 ms is the aim, 200 ms the limit; here only that nothing hangs, at ten times it."""
    shop, texts = own
    for number, text in enumerate(texts, 1):
        begin = time.process_time()
        shop.run("classify", text, tty=True)
        shop.run("show", str(number), tty=True)
        assert time.process_time() - begin < 2 * 2


AUDIT = """
import io, sys
from socialcare.cli import main
from socialcare.output.streams import Streams
import socialcare.channels.mastodon
seen = []
watched = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec")
sys.addaudithook(lambda event, args: seen.append(event) if event in watched else None)
for words in (
    ["inbox"], ["show", "1-45"], ["export"], ["sql", "select * from inbox"],
    ["set", "1", "--owner", "x"], ["reply", "1", "--body", "Hello"],
    ["reply", "1", "--record", "http://127.0.0.1:9/x"], ["close", "2"],
    ["classify", "http://127.0.0.1:9/"], ["classify", "--inbox", "--yes"], ["complete", "show", "="],
):
    out = io.StringIO()
    assert main(words, streams=Streams(io.StringIO(), out, out)) == 0, (words, out.getvalue())
print(seen)
"""


def test_no_host_is_contacted_and_no_program_is_started(own, tmp_path):
    """I8."""
    shop, _ = own
    other = Acme(tmp_path)
    other.run("import", "-", stdin=shop.run("export").out)
    done = subprocess.run(
        [sys.executable, "-c", AUDIT],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={"HOME": str(tmp_path), "SOCIALCARE_DB": str(other.path)},
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.shared
def test_the_recorded_hostile_texts(shared, tmp_path):
    usable = [fields for _, fields in hostile_texts(shared) if fields[0].strip()]
    shop, texts = filled(tmp_path, usable)
    stored = len(texts)
    assert stored > 1500
    expected = {at_door(fields[0]) for fields in usable}
    assert expected - set(texts) == set()
    check_formats(shop, texts)
    check_ways_out(shop, stored)
    some = dict(list(enumerate(texts))[::20])
    for number, text in some.items():
        check(shop.run("inbox", "is:any", text[:2000]))
        check(shop.run("classify", text, tty=True))
        found = WORD.search(text[:2000])
        if found:
            ran = shop.run("inbox", "is:any", f"text:{found[0]}", "--format", "ids")
            assert str(number + 1) in ran.out.split()
