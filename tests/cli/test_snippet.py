"""`socialcare snippet`: the list, one of them, the folder, and what is missing in it."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest

from socialcare.clock import FixedClock
from socialcare.output.schema import schema
from tests.cli.acme import ANA, DAY, HOUR, LATE, LEO, NOW, PRAISE, QUESTION, Acme, judged, mention
from tests.cli.snippets import SORRY, folder, stock
from tests.snippets.folder import page


@pytest.fixture
def acme(tmp_path):
    """1 complaint by Mia about a parcel, 2 question about Norway, 3 praise."""
    shop = Acme(tmp_path, {"TZ": "UTC"})
    shop.fill([LATE], [QUESTION], [PRAISE])
    stock(shop)
    return shop


def answered(shop, id_, name, days):
    """A draft made from a snippet, posted by hand so many days ago."""
    clock = FixedClock(NOW - days * DAY)
    assert shop.run("reply", id_, "--snippet", name, clock=clock).code in (0, 6)
    assert shop.run("reply", id_, "--record", clock=clock).code == 0


def test_the_list_at_a_terminal(acme):
    answered(acme, "1", "delay", 8)
    ran = acme.run("snippet", tty=True)
    assert ran.code == 0
    assert ran.out == (
        "Name        Title                Topics    Lang  Used  Worked\n"
        "delay       Parcel is late       delivery  en       1  1 of 1\n"
        "order       Found it             delivery  en       0       -\n"
        "ship        Do you ship abroad?  -         en       0       -\n"
    )


def test_the_list_for_a_program(acme):
    answered(acme, "2", "ship", 8)
    answered(acme, "1", "delay", 1)
    found = json.loads(acme.run("snippet", "--json").out)
    jsonschema.validate(found, schema("snippets"))
    assert [one["name"] for one in found] == ["delay", "order", "ship"]
    assert found[2] == {
        "v": 1, "name": "ship", "title": "Do you ship abroad?", "topics": [], "lang": ["en"],
        "channels": [], "tags": [], "public": True,
        "used": 1, "worked": 1, "judged": 1, "deflected": 1,
    }  # fmt: skip
    assert (found[0]["used"], found[0]["judged"]) == (1, 0)
    assert (
        acme.run("snippet").out.splitlines()[1]
        == "order\tFound it\tdelivery\ten\t\t\tfalse\t0\t0\t0\t0"
    )
    assert acme.run("snippet", "--format", "ids").out == "delay\norder\nship\n"
    assert (
        acme.run("snippet", "list", "--fields", "name,used").out == "delay\t1\norder\t0\nship\t1\n"
    )
    assert acme.run("snippet", "--fields", "nope").code == 2


def test_without_any_it_says_how_to_begin(tmp_path):
    shop = Acme(tmp_path)
    ran = shop.run("snippet", tty=True)
    assert (ran.code, ran.out) == (0, "There are no snippets yet.\n")
    assert "socialcare snippet edit delay-apology --from 41" in ran.err
    assert shop.run("snippet", "--json").out == "[]\n"
    assert shop.run("snippet").out == ""
    assert not folder(shop).exists()
    assert not shop.path.exists()


def test_one_of_them(acme):
    stock(acme, delay__de=page("Tut mir leid, {first_name}.", None, source="@tom@mas.to"))
    ran = acme.run("snippet", "show", "delay", tty=True, width=60)
    assert ran.out == (
        "delay: Parcel is late\n"
        "topics delivery   lang en, de\n"
        "Not used yet.\n"
        "\n"
        "delay.md\n"
        "    Sorry for the wait, {first_name}. You hear from me by\n"
        "    {in:4h}.\n"
        "\n"
        "delay.de.md, from @tom@mas.to\n"
        "    Tut mir leid, {first_name}.\n"
    )
    assert "delay.md" not in acme.run("snippet", "show", "delay.de").out
    found = json.loads(acme.run("snippet", "show", "delay", "--json").out)
    jsonschema.validate(found, schema("snippet"))
    assert [one["lang"] for one in found["texts"]] == [None, "de"]
    assert found["texts"][0]["file"] == str(folder(acme) / "delay.md")


@pytest.mark.parametrize("words", [("show", "dely"), ("path", "dely"), ("show", "delay.fr")])
def test_one_that_is_not_there(acme, words):
    ran = acme.run("snippet", *words)
    assert (ran.code, ran.out) == (3, "")
    assert "there is no snippet" in ran.err


def test_a_broken_file_is_told_with_its_line_and_stops_only_what_needs_it(acme):
    stock(acme, broken="---\ntitel: x\n---\nHello\n")
    for words in ((), ("gaps",), ("export", "--public"), ("show", "broken")):
        ran = acme.run("snippet", *words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.splitlines() == [
            'error: broken.md line 2: I do not know "titel".',
            "hint:  did you mean title?   edit it: socialcare snippet edit broken",
        ]
    assert acme.run("snippet", "show", "delay").code == 0
    shown = acme.run("show", "1", tty=True)
    assert (shown.code, "Snippets delay" in shown.out) == (0, True)
    assert 'broken.md line 2: I do not know "titel".' in shown.err
    assert (
        json.loads(acme.run("reply", "1", "--snippet", "delay", "--json").out)["state"] == "draft"
    )


def test_the_folder(acme, tmp_path):
    assert acme.run("snippet", "path").out == f"{folder(acme)}\n"
    assert acme.run("config", "path", "snippets").out == f"{folder(acme)}\n"
    assert acme.run("snippet", "path", "delay").out == f"{folder(acme) / 'delay.md'}\n"
    (tmp_path / "acme.toml").write_text('[files]\nsnippets = "answers"\n')
    ran = acme.run("snippet", "path", SOCIALCARE_CONFIG=str(tmp_path / "acme.toml"))
    assert ran.out == f"{tmp_path / 'answers'}\n"


def test_names_complete(acme):
    for words in (("snippet", "show"), ("snippet", "edit"), ("reply", "1", "--snippet")):
        ran = acme.run("complete", "--", *words, "=d")
        assert ran.out == "delay\tParcel is late\n"
    assert "gaps" in acme.run("complete", "--", "snippet", "=").out
    assert acme.run("complete", "--", "snippet", "show", "delay", "=").out == ""


# ── what fits ──


def test_show_names_those_that_fit(acme):
    ran = acme.run("show", "1", tty=True)
    assert ran.out.splitlines()[-1] == "Snippets delay, order   socialcare reply 1 --snippet delay"
    assert json.loads(acme.run("show", "1", "--json").out)["snippets"] == ["delay", "order"]
    assert json.loads(acme.run("show", "3", "--json").out)["snippets"] == []
    heard = acme.run("show", "1", tty=True, SOCIALCARE_ACCESSIBLE="1").out.replace("\n", " ")
    assert "Snippets that fit: delay, order. Use one: socialcare reply 1 --snippet delay" in heard


def test_what_is_done_needs_none(acme):
    acme.run("close", "1", "--reason", "answered")
    assert json.loads(acme.run("show", "1", "--json").out)["snippets"] == []


def test_a_folder_that_cannot_be_read_stops_nobody_who_looks(acme):
    for number in range(2_001):
        (folder(acme) / f"n{number}.md").touch()
    ran = acme.run("show", "1", tty=True)
    assert ran.code == 0
    assert "holds more than 2,000 files." in ran.err
    assert acme.run("snippet").code == 2


ASK = """
import io, json, sys
from socialcare.cli import main
from socialcare.output.streams import Streams
code = main(sys.argv[1:], streams=Streams(io.StringIO(), io.StringIO(), io.StringIO()))
print(json.dumps([code, sorted(m for m in sys.modules if "snippet" in m)]))
"""


def test_show_reads_the_folder_only_where_there_is_one(acme):
    def modules(*words):
        told = subprocess.run(
            [sys.executable, "-c", ASK, *words],
            env={"HOME": str(acme.home), "SOCIALCARE_DB": str(acme.path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return json.loads(told.stdout)

    assert "socialcare.snippets.ranking" in modules("show", "1")[1]
    for path in folder(acme).iterdir():
        path.unlink()
    folder(acme).rmdir()
    assert modules("show", "1") == [0, ["socialcare.cli.snippet_shelf"]]
    assert modules("inbox") == [0, []]


# ── what is missing ──


def ask(shop, *texts, ago=HOUR):
    posts = [
        judged(mention(500 + n, ANA if n % 2 else LEO, text, ago), "question")
        for n, text in enumerate(texts)
    ]
    shop.fill(posts)


def test_questions_that_no_snippet_covers(acme):
    ask(acme, "Are your boots vegan?", "Do you ship to Norway?", "Do you have vegan boots in 44?")
    ran = acme.run("snippet", "gaps", tty=True, width=90)
    assert ran.code == 0
    assert ran.out == (
        "Asked  About       Mentions  For example\n"
        "    2  boots vegan  4, 6      Are your boots vegan?\n"
    ).replace("About       M", "About        M")
    found = json.loads(acme.run("snippet", "gaps", "--json").out)
    jsonschema.validate(found, schema("gaps"))
    assert found == [
        {
            "v": 1,
            "words": ["boots", "vegan"],
            "count": 2,
            "ids": [4, 6],
            "text": "Are your boots vegan?",
        }
    ]
    assert acme.run("snippet", "gaps").out == "2\tboots vegan\t4 6\tAre your boots vegan?\n"


def test_a_snippet_that_names_the_words_closes_the_gap(acme):
    ask(acme, "Are your boots vegan?", "Do you have vegan boots in 44?")
    stock(acme, vegan=page("The ridge boot is.", "Vegan boots"))
    ran = acme.run("snippet", "gaps", tty=True)
    assert ran.out == "No questions here that a snippet is missing for.\n"


def test_only_what_was_asked_since_then_counts(acme):
    ask(acme, "Are your boots vegan?", "Do you have vegan boots in 44?", ago=8 * DAY)
    assert json.loads(acme.run("snippet", "gaps", "--json").out) == []
    assert len(json.loads(acme.run("snippet", "gaps", "--since", "9d", "--json").out)) == 1
    assert (
        json.loads(acme.run("snippet", "gaps", "--since", "9d", "--least", "3", "--json").out) == []
    )
    assert acme.run("snippet", "gaps", "--since", "soon").code == 2


def test_gaps_without_a_database_are_none(tmp_path):
    assert Acme(tmp_path).run("snippet", "gaps", "--json").out == "[]\n"


# ── the page ──


def test_the_page_is_written(acme, tmp_path):
    ran = acme.run("snippet", "export", "--public", "-o", str(tmp_path / "faq.html"), tty=True)
    assert (ran.code, ran.out) == (0, "")
    assert f"{tmp_path / 'faq.html'}: 1 entry." in ran.err.replace("\n", " ")
    page_ = (tmp_path / "faq.html").read_text()
    assert page_.startswith("<!doctype html>")
    assert '<article id="ship"' in page_
    assert (tmp_path / "faq.html").stat().st_mode & 0o777 == 0o644
    again = acme.run("snippet", "export", "--public", "-o", str(tmp_path / "faq.html"))
    assert again.code == 2
    assert (
        acme.run("snippet", "export", "--public", "-o", str(tmp_path / "faq.html"), "--force").code
        == 0
    )
    assert acme.run("snippet", "export", "--public", "-o", str(tmp_path / "faq.md")).code == 0
    assert acme.run("snippet", "export", "--public").out == (tmp_path / "faq.md").read_text()
    assert acme.run("snippet", "export", "--public", "--format", "html").out == page_


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "only public snippets are made into a page."),
        (("--public", "-o", "faq.pdf"), 2, "I do not know what faq.pdf shall be."),
        (("--public", "--format", "pdf"), 2, 'there is no format "pdf".'),
    ],
)
def test_what_cannot_be_a_page_is_told(acme, words, code, told):
    ran = acme.run("snippet", "export", *words)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err


def test_without_a_public_one_there_is_no_page(acme):
    (folder(acme) / "ship.md").unlink()
    assert acme.run("snippet", "export", "--public").code == 3


def test_what_is_for_one_person_does_not_get_onto_the_page(acme, tmp_path):
    stock(acme, delay=SORRY.replace("title:", "public: true\ntitle:"))
    ran = acme.run("snippet", "export", "--public", "-o", str(tmp_path / "faq.html"))
    assert (ran.code, "delay.md is public, and {first_name}" in ran.err) == (2, True)
    assert not (tmp_path / "faq.html").exists()


def test_the_demo_has_its_own(tmp_path):
    shop = Acme(tmp_path, {"SOCIALCARE_DB": ""})
    assert shop.run("demo").code == 0
    names = shop.run("snippet", "--format", "ids").out.split()
    assert {"delay-apology", "ask-order-dm"} <= set(names)
    assert shop.run("snippet", "export", "--public").code == 0
    top = json.loads(shop.run("show", "next", "--json").out)
    assert top["snippets"][0] == "delay-apology"
    for name in names:
        for id_ in ("75", "76"):
            filled = shop.run("reply", id_, "--snippet", name)
            assert "missing" not in filled.err or "{first_name} is missing" in filled.err
    assert not folder(shop).exists()
