"""Every mistake in the config is told with its line, what is wrong, and what to write."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.errors import ConfigError, ExitCode
from socialcare.settings import AnswerBy, SecretRef, Settings, TopicRule
from socialcare.settings.document import MAX_BYTES, parse_document
from socialcare.settings.load import load_settings, settings_from
from socialcare.settings.paths import Paths
from tests.settings.conftest import TYPES

Load = Callable[[str | bytes], Settings]
Refused = Callable[[str | bytes], tuple[str, str]]

FULL = """\
[brand]
name = "Fjell"
watch = ["fjell", "fjel"]
require = ["tent"]
ignore = ["fjell radio"]
handles = ["@fjell@example.social"]

[channels.hackernews]
query = "fjell"

[channels.blogs]
type = "feed"
urls = ["https://blog.example/feed.xml"]
seconds = 5
pages = 2
enabled = false

[channels.mastodon]
server = "https://example.social"
hashtags = ["fjell"]
token = { env = "FJELL_TOKEN" }

[answer_by]
urgent = "30m"
high = "1h30m"
timezone = "Europe/Oslo"
hours = "Mon-Fri 09:00-17:00"
soon = "20m"

[priority]
base = 10

[topics]
tents = ["pole", "peg"]
fire = { words = ["burn"], priority = "urgent" }

[reply]
signature = "- {me}"
after_question = "pending"
approval = "all"
approvers = ["ana"]
links = ["Fjell.example."]

[alerts]
spike = "5x"

[[notify]]
on = ["urgent"]
command = "true"

[ui]
accessible = true

[network]
proxy = "http://proxy.example:3128"

[fetch]
pages = 7
run_seconds = 90.5

[files]
database = "data/fjell.db"
"""


def test_everything_that_is_set_arrives(load: Load, tmp_path: Path) -> None:
    settings = load(FULL)
    assert settings.path == tmp_path / "config.toml"
    assert settings.brand.terms == ("Fjell", "fjell", "fjel")
    assert settings.brand.handles == ("@fjell@example.social",)
    assert settings.answer_by == AnswerBy(
        urgent=timedelta(minutes=30),
        high=timedelta(minutes=90),
        timezone="Europe/Oslo",
        hours=(((9 * 60, 17 * 60),),) * 5 + ((), ()),
    )
    assert (settings.priority.base, settings.priority.complaint) == (10, 25)
    assert settings.topics == {
        "tents": TopicRule(("pole", "peg")),
        "fire": TopicRule(("burn",), "urgent"),
    }
    assert (settings.reply.signature, settings.reply.after_question) == ("- {me}", "pending")
    assert (settings.reply.approval, settings.reply.approvers) == ("all", ("ana",))
    assert settings.reply.links == ("fjell.example",)
    assert settings.spike == "5x"
    assert settings.accessible is True
    assert settings.proxy == "http://proxy.example:3128"
    assert (settings.pages_per_run, settings.run_seconds) == (7, 90.5)
    assert settings.database == tmp_path / "data/fjell.db"


def test_channels_know_their_type_options_secrets_and_line(load: Load) -> None:
    channels = load(FULL).channels
    assert list(channels) == ["hackernews", "blogs", "mastodon"]
    assert channels["hackernews"].type == "hackernews"
    assert channels["hackernews"].options == {"query": "fjell"}
    blogs = channels["blogs"]
    assert (blogs.type, blogs.seconds, blogs.pages, blogs.enabled) == ("feed", 5.0, 2, False)
    assert blogs.options == {"urls": ["https://blog.example/feed.xml"]}
    mastodon = channels["mastodon"]
    assert mastodon.secrets == {"token": SecretRef("env", "FJELL_TOKEN")}
    assert "token" not in mastodon.options
    assert [channel.line for channel in channels.values()] == [8, 11, 18]


def test_what_is_documented_for_later_is_accepted_and_named(load: Load) -> None:
    assert load(FULL).not_used_yet == ("[answer_by] soon",)


def test_the_documented_sample_loads(shared: Path, load: Load) -> None:
    page = (shared / "design" / "commands.md").read_text(encoding="utf-8")
    sample = page.split("```toml\n")[1].split("```")[0]
    settings = load(sample)
    assert set(settings.channels) == {"hackernews", "feeds", "mastodon"}
    assert settings.topics["security"].priority == "urgent"
    [told] = settings.notify
    assert told.on == {"urgent", "spike", "late", "channel", "silent"}
    assert told.command == ("/usr/local/bin/post-to-chat",)


def test_without_a_config_everything_has_its_default(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    assert load_settings(Paths.find(environ), TYPES) == Settings()
    assert load_settings(None, TYPES) == Settings()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_named_config_must_be_there(tmp_path: Path, how: str) -> None:
    missing = str(tmp_path / "nope.toml")
    environ = {"HOME": str(tmp_path)}
    if how == "option":
        paths = Paths.find(environ, config=missing)
    else:
        paths = Paths.find({**environ, "SOCIALCARE_CONFIG": missing})
    with pytest.raises(ConfigError, match=r"there is no config file .*nope\.toml\.") as caught:
        load_settings(paths, TYPES)
    assert caught.value.exit_code is ExitCode.USAGE
    assert "socialcare init" in caught.value.hint


def test_a_file_in_another_encoding_is_told(refused: Refused) -> None:
    message, hint = refused('[brand]\nname = "Bjørn"\n'.encode("latin-1"))
    assert message == "config.toml line 2: not UTF-8 text."
    assert hint == "save the file as UTF-8 (plain text)"
    assert "line 1: not UTF-8" in refused("[brand]".encode("utf-16"))[0]


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="this is a folder"):
        load_settings(tmp_path, TYPES)


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.symlink_to(path)  # cannot be opened by anybody, root included
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be read: Too many levels"):
        load_settings(path, TYPES)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(Path("a\0b"), TYPES)


def test_a_huge_file_is_refused_and_a_deep_one_too(refused: Refused) -> None:
    assert "larger than 1 MiB" in refused(b"#" * (MAX_BYTES + 1))[0]
    assert "lists inside lists" in refused("x = " + "[" * 100_000)[0]
    assert refused("x = 1" + "0" * 5000)[0].startswith("config.toml line 1: ")


def test_escape_sequences_in_the_file_do_not_reach_the_message(refused: Refused) -> None:
    message, hint = refused('[brand]\n"\\u001b[2J\\u202e" = 1\n')
    assert message.isprintable()
    assert hint.isprintable()


@pytest.mark.parametrize("key", ["token"])
@pytest.mark.parametrize(
    ("value", "says"),
    [
        ('"s3cr3t-value"', "must not stand in the config itself"),
        ("5550123", "must say where the secret is kept, not a whole number"),
        ('["s3cr3t-value"]', "must say where the secret is kept, not a list"),
        ("{ }", "must name exactly one place"),
        ('{ env = "s3cr3t-value", file = "x" }', "must name exactly one place"),
        ('{ evn = "s3cr3t-value" }', 'I do not know the place "evn"'),
        ('{ env = "" }', "env must be a text in quotes"),
        ("{ file = 5550123 }", "file must be a text in quotes"),
    ],
)
def test_a_secret_is_only_a_reference_and_never_shown(
    refused: Refused, key: str, value: str, says: str
) -> None:
    message, hint = refused(f'[channels.mastodon]\nserver = "x"\n{key} = {value}\n')
    assert message.startswith("config.toml line 3: [channels.mastodon] token")
    assert says in message
    assert "s3cr3t" not in message + hint
    assert "5550123" not in message + hint


def test_a_plain_secret_hint_is_a_command_that_works(refused: Refused) -> None:
    _, hint = refused('[channels.masto]\ntype = "mastodon"\ntoken = "x"\n')
    assert hint == 'use token = { env = "NAME" }, or: socialcare channel login masto'


def test_a_channel_type_that_is_not_built_in_keeps_all_its_keys(load: Load) -> None:
    settings = load(
        '[channels.crm]\ntype = "acme-crm"\nurl = "x"\nkey = { env = "CRM" }\ndepth = 3\n'
    )
    crm = settings.channels["crm"]
    assert (crm.type, crm.options) == ("acme-crm", {"url": "x", "depth": 3})
    assert crm.secrets == {"key": SecretRef("env", "CRM")}


def test_a_plain_password_is_refused_for_types_that_are_not_built_in_too(refused: Refused) -> None:
    message, _ = refused('[channels.crm]\ntype = "acme-crm"\npassword = "s3cr3t"\n')
    assert message == (
        "config.toml line 3: [channels.crm] password must not stand in the config itself."
    )


def test_a_secret_file_is_looked_for_beside_the_config(load: Load, tmp_path: Path) -> None:
    text = '[channels.mastodon]\ntoken = { file = "masto.token" }\n'
    assert load(text).channels["mastodon"].secrets["token"].value == str(tmp_path / "masto.token")


@given(st.binary(max_size=300))
def test_no_file_raises_anything_but_a_config_error(raw: bytes) -> None:
    try:
        settings_from(parse_document(Path("config.toml"), raw), TYPES)
    except ConfigError as error:
        assert error.message.startswith("config.toml")
        assert error.hint


_WORDS = st.sampled_from(
    ["[", "]", "[[", "]]", "{", "}", "=", ".", ",", '"', "'", '"""', "'''", "\n", "\n", "#", "\\",
     " ", "brand", "name", "watch", "channels", "mastodon", "token", "notify", "topics", "priority",
     "answer_by", "timezone", "files", "1", "true", "nan", "2026-01-01", '"1h"', "\x00", "é"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=40).map("".join))
def test_no_toml_like_text_raises_anything_but_a_config_error(text: str) -> None:
    try:
        settings_from(parse_document(Path("config.toml"), text.encode()), TYPES)
    except ConfigError as error:
        assert error.message.startswith("config.toml")
        assert error.hint


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('approval = "all"', 'approval = "all" needs somebody who approves.'),
        (
            'approval = "new-staff"\napprovers = ["ana"]',
            'approval = "new-staff" needs to know who is new.',
        ),
        (
            'approval = "all"\napprovers = ["ana"]\nfour_eyes = true',
            "four_eyes needs two approvers: nobody approves their own answers.",
        ),
        ('forbid = [""]', "forbid holds an empty text."),
    ],
)
def test_an_approval_that_nobody_could_give_is_refused(load: Load, lines, message) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        load(f"[reply]\n{lines}\n")
