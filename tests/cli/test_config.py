"""`socialcare config`: list, get, set, edit, path."""

from __future__ import annotations

import json
import stat
import tomllib

import jsonschema
import pytest

from socialcare.output.schema import schema
from socialcare.settings.sample import sample_text

CONFIG = """\
# ours
[brand]
name = "Acme"   # the shop

[answer_by]
urgent = "45m"
"""
BROKEN = '[brand]\nname = "Acme"\nwach = ["x"]\n'


def test_the_list_says_where_each_value_comes_from(home):
    home.configure(CONFIG)
    ran = home.run("config", tty=True)
    assert ran.out.splitlines()[:3] == [
        "key                         value                                        origin",
        "brand.name                  Acme                                         config",
        "brand.watch                 []                                           default",
    ]
    assert home.run("config").out.splitlines()[0] == "brand.name\tAcme\tconfig"
    records = home.json("config", "list")
    jsonschema.Draft202012Validator(schema("config")).validate(records)
    assert {r["key"]: r["value"] for r in records if r["origin"] == "config"} == {
        "brand.name": "Acme",
        "answer_by.urgent": "45m",
    }
    assert home.run("config", "--fields", "key,value").out.splitlines()[0] == "brand.name\tAcme"


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_line_is_longer_than_the_screen(home, width):
    home.configure(CONFIG)
    ran = home.run("config", tty=True, width=width)
    assert all(len(line) <= width for line in ran.out.splitlines())


def test_accessible_mode_speaks(home):
    home.configure(CONFIG)
    ran = home.run("config", tty=True, SOCIALCARE_ACCESSIBLE="1")
    assert ran.out.startswith("brand.name: Acme, config.\nbrand.watch: [], default.\n")


def test_a_password_in_the_proxy_is_not_shown(home):
    home.configure('[network]\nproxy = "http://mia:geheim@proxy.example:3128"\n')
    for words in (["config"], ["config", "--json"], ["config", "get", "network.proxy"]):
        ran = home.run(*words)
        assert "geheim" not in ran.out
        assert "proxy.example" in ran.out


def test_one_setting(home):
    home.configure(CONFIG)
    assert home.run("config", "get", "answer_by.urgent").out == "45m\n"
    assert home.json("config", "get", "brand.watch") == {
        "v": 1, "key": "brand.watch", "value": [], "origin": "default",
    }  # fmt: skip
    ran = home.run("config", "get", "answer_by.urgnt")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        'error: there is no setting "answer_by.urgnt".\nhint:  did you mean answer_by.urgent?\n'
    )


def test_set_changes_one_line_and_leaves_the_rest(home):
    home.configure(CONFIG)
    ran = home.run("config", "set", "brand.watch", "acme boots, akme")
    assert (ran.code, ran.out) == (0, 'brand.watch is now ["acme boots", "akme"].\n')
    assert home.config.read_text() == CONFIG.replace(
        "# the shop\n", '# the shop\nwatch = ["acme boots", "akme"]\n'
    )
    assert home.run("config", "get", "brand.watch").out == '["acme boots", "akme"]\n'
    assert home.run("config", "set", "brand.name", "Acme", "-q").out == ""


def test_set_makes_the_config_where_there_is_none(home):
    ran = home.run("config", "set", "brand.name", "Acme", tty=True)
    assert (ran.out, ran.err) == ("brand.name is now Acme.\n", f"Made {home.config}.\n")
    assert tomllib.loads(home.config.read_text())["brand"] == {"name": "Acme"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("answer_by.urgent", "soon"),
        ("answer_by.urgnt", "1h"),
        ("brand", "Acme"),
        ("channels.mastodon.token", "geheim"),
        ("ui.accessible", "perhaps"),
        ("\x1b[2J.x", "1"),
    ],
)
def test_what_does_not_fit_changes_nothing(home, key, value):
    home.configure(CONFIG + '\n[channels.mastodon]\nserver = "https://mas.to"\n')
    before = home.files()
    ran = home.run("config", "set", key, value)
    assert (ran.code, ran.out) == (2, "")
    assert [line[:7] for line in ran.err.splitlines()] == ["error: ", "hint:  "]
    assert "geheim" not in ran.err
    assert "\x1b" not in ran.err
    assert home.files() == before


def test_a_broken_config_is_told_with_its_line_by_every_verb_that_reads_it(home):
    home.configure(BROKEN)
    for words in (
        ["config"],
        ["config", "get", "brand.name"],
        ["config", "set", "brand.name", "B"],
        ["channel"],
    ):
        ran = home.run(*words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == (
            'error: config.toml line 3: I do not know [brand] "wach".\nhint:  did you mean watch?\n'
        )


def test_edit_checks_and_takes_over(home):
    home.configure(CONFIG)
    ran = home.run("config", "edit", EDITOR=home.editor("text = text.replace('45m', '30m')"))
    assert (ran.code, ran.out, ran.err) == (0, "", f"Changed {home.config}.\n")
    assert home.config.read_text() == CONFIG.replace("45m", "30m")
    assert list(home.config.parent.iterdir()) == [home.config]


def test_edit_begins_with_the_sample(home):
    ran = home.run("config", "edit", EDITOR=home.editor("pass"))
    assert (ran.code, ran.err) == (0, f"Made {home.config}.\n")
    assert home.config.read_text() == sample_text()
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o600


def test_edit_mends_a_broken_config(home):
    home.configure(BROKEN)
    assert home.run("config", "edit", EDITOR=home.editor("pass")).err == "Nothing was changed.\n"
    ran = home.run("config", "edit", EDITOR=home.editor("text = text.replace('wach', 'watch')"))
    assert (ran.code, ran.err) == (0, f"Changed {home.config}.\n")


def test_a_mistake_is_told_and_the_config_stays(home):
    home.configure(CONFIG)
    wrong = home.editor("text = text.replace('45m', 'soon')")
    ran = home.run("config", "edit", EDITOR=wrong)
    draft = home.config.with_name("config.draft.toml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith('error: config.toml line 6: [answer_by] urgent: "soon" is no span')
    assert ran.err.endswith(f"what you wrote is in {draft}\n")
    assert home.config.read_text() == CONFIG
    assert "soon" in draft.read_text()
    home.run("config", "edit", EDITOR=home.editor("text = text.replace('Acme', 'Akme')"))
    assert "soon" in draft.read_text()
    assert "Akme" in home.config.read_text()


def test_at_a_terminal_a_mistake_can_be_mended_at_once(home):
    home.configure(CONFIG)
    mends = home.editor("text = text.replace('soon', '20m').replace('45m', 'soon')")
    ran = home.run("config", "edit", tty=True, stdin="\n", EDITOR=mends)
    assert ran.code == 0
    assert "Edit it again? [Y/n] " in ran.err
    assert tomllib.loads(home.config.read_text())["answer_by"]["urgent"] == "20m"
    gives_up = home.editor("text = text.replace('20m', 'soon')")
    ran = home.run("config", "edit", tty=True, stdin="n\n", EDITOR=gives_up)
    assert ran.code == 2
    assert "The config stays as it was.\n" in ran.err
    assert tomllib.loads(home.config.read_text())["answer_by"]["urgent"] == "20m"


def test_what_somebody_else_changed_meanwhile_is_not_lost(home):
    home.configure(CONFIG)
    meanwhile = f"Path({str(home.config)!r}).write_text('[brand]\\nname = \"B\"\\n')"
    ran = home.run("config", "edit", EDITOR=home.editor(f"{meanwhile}\ntext += '# mine'"))
    assert ran.code == 2
    assert "was changed while you edited it" in ran.err
    assert home.config.read_text() == '[brand]\nname = "B"\n'
    assert home.config.with_name("config.draft.toml").read_text() == CONFIG + "# mine"


def test_an_editor_that_fails_changes_nothing(home):
    home.configure(CONFIG)
    before = home.files()
    for editor in ("no-such-editor", "'", home.editor("sys.exit(3)")):
        ran = home.run("config", "edit", EDITOR=editor)
        assert ran.code != 0
        assert len(ran.err.splitlines()) == 2
        (home.path / "editor.py").unlink(missing_ok=True)
        assert home.files() == before


def test_edit_needs_a_terminal_or_an_editor_of_your_own(home):
    ran = home.run("config", "edit")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: config edit needs a terminal.\n"
        "hint:  for scripts: socialcare config set KEY VALUE   or set EDITOR\n"
    )
    assert home.files() == {}


def test_paths_are_told_whether_the_files_exist_or_not(home):
    assert home.run("config", "path").out == f"{home.config}\n"
    assert home.run("config", "path", "db").out == f"{home.database}\n"
    assert home.run("config", "path", "log").out == f"{home.path}/.local/state/socialcare/log\n"
    assert home.run("config", "path", "snippets").out == f"{home.data}/snippets\n"
    assert home.run("config", "path", "dv").code == 2
    assert home.files() == {}


def test_paths_follow_the_config(home):
    home.configure('[files]\ndatabase = "here.db"\nsnippets = "/srv/snippets"\n')
    assert home.run("config", "path", "db").out == f"{home.config.parent}/here.db\n"
    assert home.run("config", "path", "snippets").out == "/srv/snippets\n"
    assert home.run("inbox").code == 0
    assert home.run("import", "--text", "Hello").code == 0
    assert (home.config.parent / "here.db").exists()
    assert not home.database.exists()


def test_where_the_config_is_can_be_asked_while_it_is_broken(home):
    home.configure("[brand\n")
    assert home.run("config", "path").out == f"{home.config}\n"
    assert json.loads(home.run("config", "list", "--json").err)["error"]["code"] == "config"
