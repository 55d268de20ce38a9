"""`channel add` of the type http, which is written and not added; and what shows it."""

from __future__ import annotations

import pytest

from tests.cli.runner import feed


@pytest.mark.parametrize(
    "spec", ["http", "http:", "http:lemmy", "http:api.example/posts", "HTTP:x"]
)
@pytest.mark.parametrize("more", [[], ["--no-test"], ["--dry-run"]])
def test_a_mapping_is_not_added_in_one_word(home, spec, more):
    ran = home.run("channel", "add", spec, *more)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: a channel of the type http cannot be added in one word: it is a mapping, and is"
        " written in the config file.\n"
        "hint:  examples/http has three to copy: lemmy.toml, telegram.toml, discord.toml; paste"
        " one: socialcare config edit\n"
    )
    assert home.files() == {}


def test_an_address_is_still_a_feed(home, web):
    web["/feed"] = lambda line: line.answer(feed("Acme"))
    assert home.run("channel", "add", f"{web.url}/feed", "-q").code == 0
    (channel,) = home.json("channel")
    assert channel["type"] == "feed"


def test_a_mistake_in_a_section_stops_no_other_channel_and_names_its_key(home, web):
    web["/feed"] = lambda line: line.answer(feed("Acme"))
    home.configure(
        f'[brand]\nname = "Acme"\n[channels.blog]\ntype = "feed"\nurl = "{web.url}/feed"\n'
        '[channels.forum]\ntype = "http"\nbase_url = "https://x.example"\nurl = "/posts"\n'
        '[channels.forum.paging]\nstyle = "pages"\n'
    )
    ran = home.run("fetch")
    assert ran.code == 5
    assert '[channels.forum.paging] style: it cannot be "pages"' in ran.out + ran.err
    assert "did you mean page?" in ran.out + ran.err
    assert "1 new" in ran.out


NESTED = """
[channels.forum]
type = "http"
url = "https://x.example/p?key=geheim"
query = "acme"
[channels.forum.params]
token_of_some_kind = "geheim"
[channels.forum.fields]
text = "body"
"""


@pytest.mark.parametrize(
    "more", [[], ["--format", "table", "--fields", "reads"], ["--format", "csv"], ["--json"]]
)
def test_a_list_tells_what_is_read_and_leaves_the_mapping_to_the_config(home, more):
    home.configure(NESTED)
    ran = home.run("channel", "list", *more)
    assert "url https://x.example/p, query acme" in ran.out
    assert not [word for word in ("{'", "params", "fields ") if word in ran.out]
    assert "geheim" not in ran.out


def test_a_key_that_is_none_is_told_with_its_line(home):
    home.configure('[channels.forum]\ntype = "http"\nurl = "https://x.example/p"\nitem_s = "d"\n')
    ran = home.run("fetch")
    assert ran.code == 2
    assert "config.toml line 4" in ran.err
    assert 'I do not know [channels.forum] "item_s"' in ran.err
    assert "did you mean items?" in ran.err
