"""Changing the config keeps everything else as it was, and never leaves a broken file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.errors import ConfigError, NotFoundError, SocialcareError, UsageError
from socialcare.settings.lines import Lines
from socialcare.settings.load import load_settings
from socialcare.settings.sample import sample_text
from socialcare.settings.toml_text import toml_value, with_value
from socialcare.settings.write import (
    add_channel,
    create,
    get_value,
    list_values,
    remove_channel,
    set_value,
)
from tests.settings.conftest import TYPES

MINE = """\
# settings of the shop
[brand]
name = "Fjell"   # the short name
watch = [
  "fjell",  # mostly
]
# language = "en"

# where we look
[channels.hackernews]
query = "fjell"
# a note about it

# our own server
[channels.masto]   # type below
type = "mastodon"
server = "https://example.social"
[channels.masto.token]
env = "TOK"

# times
[answer_by]
urgent = "30m"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(MINE, encoding="utf-8")
    return file


def put(path: Path, key: str, text: str) -> None:
    set_value(path, key, text, channel_keys=TYPES)


@pytest.mark.parametrize(
    ("key", "text", "old", "new"),
    [
        ("brand.name", "Fjell & Co", 'name = "Fjell" ', 'name = "Fjell & Co" '),
        ("brand.name", "5", 'name = "Fjell" ', 'name = "5" '),
        ("brand.watch", "fjell, fjel", '[\n  "fjell",  # mostly\n]', '["fjell", "fjel"]'),
        ("brand.watch", '["a,b"]', '[\n  "fjell",  # mostly\n]', '["a,b"]'),
        ("brand.watch", "", '[\n  "fjell",  # mostly\n]', "[]"),
        ("brand.language", "no", '# language = "en"\n', 'language = "no"\n'),
        ("brand.ignore", "radio", "  # mostly\n]\n", '  # mostly\n]\nignore = ["radio"]\n'),
        ("answer_by.urgent", "45m", '"30m"', '"45m"'),
        ("answer_by.low", "2d", '"30m"\n', '"30m"\nlow = "2d"\n'),
        ("channels.masto.server", "https://a.example", "https://example.social", "https://a.example"),
        ("channels.hackernews.enabled", "false", 'query = "fjell"\n', 'query = "fjell"\nenabled = false\n'),
        ("ui.accessible", "true", '"30m"\n', '"30m"\n\n[ui]\naccessible = true\n'),
        ("fetch.pages", "3", '"30m"\n', '"30m"\n\n[fetch]\npages = 3\n'),
    ],
)  # fmt: skip
def test_one_setting_changes_and_nothing_else(
    path: Path, key: str, text: str, old: str, new: str
) -> None:
    assert MINE.count(old) == 1
    put(path, key, text)
    assert path.read_text() == MINE.replace(old, new)


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("answer_by.urgnt", "1h", 'config.toml: I do not know [answer_by] "urgnt".'),
        ("answer_by.urgent", "soon", 'config.toml: [answer_by] urgent: "soon" is no span of time.'),
        (
            "ui.accessible",
            "maybe",
            "config.toml: [ui] accessible must be true or false, not a text.",
        ),
        ("fetch.pages", "0", "config.toml: [fetch] pages must be from 1 to 10000."),
        ("nope.key", "1", "config.toml: I do not know the section [nope]."),
        (
            "channels.masto.token",
            "s3cr3t",
            "config.toml: [channels.masto] token must not stand in the config itself.",
        ),
    ],
)
def test_what_does_not_fit_changes_nothing(path: Path, key: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        put(path, key, text)
    assert caught.value.message == message
    assert caught.value.hint
    assert path.read_text() == MINE
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("key", ["name", "", "brand.", ".name", "a..b"])
def test_a_setting_has_a_section_and_a_key(path: Path, key: str) -> None:
    with pytest.raises(UsageError, match="not the name of a setting"):
        put(path, key, "x")


def test_settings_of_a_channel_that_is_not_there(path: Path) -> None:
    with pytest.raises(NotFoundError, match="no channel mastoo") as caught:
        put(path, "channels.mastoo.server", "x")
    assert caught.value.hint == "did you mean masto?"


def test_a_key_below_a_value_is_no_setting(path: Path) -> None:
    with pytest.raises(UsageError):
        put(path, "brand.name.first", "x")


def test_a_config_that_is_wrong_already_is_told_with_its_line(path: Path) -> None:
    path.write_text('[brand]\nnmae = "x"\n')
    with pytest.raises(ConfigError, match="line 2"):
        put(path, "ui.accessible", "true")
    assert path.read_text() == '[brand]\nnmae = "x"\n'


def test_line_ends_mode_and_links_are_kept(path: Path, tmp_path: Path) -> None:
    path.write_bytes(MINE.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    put(link, "answer_by.urgent", "45m")
    assert path.read_bytes() == MINE.replace("30m", "45m").replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()


def test_without_a_config_the_sample_is_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    put(path, "answer_by.high", "3h")
    assert path.read_text() == sample_text().replace('# high = "2h"', 'high = "3h"')
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('brand.name = "a"\n\n[ui]\n', 'brand.name = "a"\nbrand.language = "no"\n\n[ui]\n'),
        ('brand = { name = "a" }\n', None),
        ('[brand]\nname = """\n# language = "en"\n"""', '[brand]\nname = """\n# language = "en"\n"""\nlanguage = "no"\n'),
        ("# nothing yet", '# nothing yet\n\n[brand]\nlanguage = "no"\n'),
        ("", '[brand]\nlanguage = "no"\n'),
    ],
)  # fmt: skip
def test_other_ways_to_write_toml(path: Path, text: str, result: str | None) -> None:
    path.write_text(text)
    if result is None:
        with pytest.raises(ConfigError, match="cannot change") as caught:
            put(path, "brand.language", "no")
        assert caught.value.hint == "change it by hand: socialcare config edit"
    else:
        put(path, "brand.language", "no")
    assert path.read_text() == (result or text)


def test_a_channel_is_added_at_the_end_and_taken_out_again(path: Path) -> None:
    table: Mapping[str, object] = {"type": "feed", "urls": ["https://blog.example/a?b=c#d"]}
    add_channel(path, "blogs", table, channel_keys=TYPES)
    assert path.read_text().startswith(MINE)
    blogs = load_settings(path, TYPES).channels["blogs"]
    assert blogs.options == {"urls": ["https://blog.example/a?b=c#d"]}
    remove_channel(path, "blogs", channel_keys=TYPES)
    assert path.read_text().rstrip("\n") == MINE.rstrip("\n")


def test_taking_out_a_channel_leaves_its_neighbours(path: Path) -> None:
    remove_channel(path, "masto", channel_keys=TYPES)
    head, _, tail = MINE.partition("[channels.masto]")
    assert path.read_text() == head + tail[tail.index("# times") :]
    remove_channel(path, "hackernews", channel_keys=TYPES)
    text = path.read_text()
    assert "hackernews" not in text
    assert "a note about it" not in text
    assert "# our own server\n# times\n[answer_by]" in text
    assert load_settings(path, TYPES).channels == {}


def test_a_channel_with_a_mistake_can_be_taken_out(path: Path) -> None:
    path.write_text(MINE.replace("server =", "sever ="))
    remove_channel(path, "masto", channel_keys=TYPES)
    assert list(load_settings(path, TYPES).channels) == ["hackernews"]


@pytest.mark.parametrize(
    ("name", "table", "says"),
    [
        ("masto", {"type": "mastodon"}, "there is a channel masto already"),
        ("feed", {"url": "x"}, 'I do not know [channels.feed] "url"'),
        ("a b", {"type": "feed"}, "cannot be a name"),
        ("x", {"type": "mastodon", "token": "s3cr3t"}, "must not stand in the config"),
    ],
)
def test_a_channel_that_does_not_fit_is_not_added(
    path: Path, name: str, table: dict[str, object], says: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        add_channel(path, name, table, channel_keys=TYPES)
    assert says in caught.value.message
    assert "s3cr3t" not in caught.value.message + caught.value.hint
    assert path.read_text() == MINE


def test_taking_out_what_is_not_there(path: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no channel mast"):
        remove_channel(path, "mast", channel_keys=TYPES)
    with pytest.raises(NotFoundError):
        remove_channel(tmp_path / "none.toml", "mast", channel_keys=TYPES)
    assert not (tmp_path / "none.toml").exists()


def test_a_first_config(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "config.toml"
    channels = {"hackernews": {"query": "acme"}}
    create(path, brand='Ac"me', watch=["acme boots"], channels=channels, channel_keys=TYPES)
    settings = load_settings(path, TYPES)
    assert settings.brand.terms == ('Ac"me', "acme boots")
    assert settings.channels["hackernews"].options == {"query": "acme"}
    assert "[answer_by]" in path.read_text(), "the comments of the sample are there to be read"
    before = path.read_text()
    with pytest.raises(ConfigError, match="there is a config already"):
        create(path, brand="Other", channel_keys=TYPES)
    assert path.read_text() == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as caught:
        create(tmp_path / "file" / "config.toml", brand="A", channel_keys=TYPES)
    assert "cannot be written" in caught.value.message
    assert "socialcare config path" in caught.value.hint


def test_values_come_from_the_file_or_from_the_defaults(path: Path, tmp_path: Path) -> None:
    assert (get_value(path, "answer_by.urgent").shown) == "30m"
    assert get_value(path, "answer_by.urgent").origin == "config"
    assert (get_value(path, "answer_by.low").shown) == "24h"
    assert get_value(path, "answer_by.low").origin == "default"
    assert get_value(path, "brand.watch").shown == '["fjell"]'
    assert get_value(path, "channels.masto.token.env").shown == "TOK"
    assert get_value(tmp_path / "none.toml", "ui.accessible").shown == "false"
    with pytest.raises(UsageError, match="no setting") as caught:
        get_value(path, "answer_by.urgnt")
    assert caught.value.hint == "did you mean answer_by.urgent?"
    with pytest.raises(UsageError) as caught:
        get_value(path, "zzz.qqq")
    assert caught.value.hint == "see all: socialcare config list"


def test_every_value_is_listed_once_and_can_be_shown(path: Path) -> None:
    path.write_text(MINE + "[report]\nfrom = 2026-01-01\n[[notify]]\non = []\n")
    values = list_values(path)
    keys = [value.key for value in values]
    assert len(keys) == len(set(keys))
    assert {"brand.name", "priority.base", "channels.masto.server", "report.from"} <= set(keys)
    assert all(isinstance(value.shown, str) for value in values)


def test_the_password_of_a_proxy_is_not_shown(path: Path) -> None:
    put(path, "network.proxy", "http://ana:hunt@er2@proxy.example:3128")
    assert get_value(path, "network.proxy").shown == "http://***@proxy.example:3128"


VALUES = st.one_of(st.text(), st.booleans(), st.integers(-(2**62), 2**62), st.lists(st.text()))


@given(VALUES)
def test_every_value_is_written_so_that_toml_reads_it_back(value: object) -> None:
    assert tomllib.loads(f"x = {toml_value(value)}")["x"] == value


@given(
    VALUES,
    st.sampled_from([("brand", "name"), ("brand", "new"), ("new", "new"), ("answer_by", "low")]),
)
def test_a_change_reads_back_as_exactly_that_change(value: object, keys: tuple[str, str]) -> None:
    wanted = tomllib.loads(MINE)
    wanted.setdefault(keys[0], {})[keys[1]] = value
    changed = with_value(MINE, keys, value)
    assert tomllib.loads(changed) == wanted
    assert [line for line in MINE.splitlines() if line.startswith("#")] == [
        line for line in changed.splitlines() if line.startswith("#")
    ]


@given(st.text(max_size=60), st.text(max_size=40))
def test_nothing_typed_breaks_the_config(key: str, text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_text(MINE, encoding="utf-8")
        for dotted in (f"brand.{key}", "brand.name", "answer_by.low", f"topics.{key}"):
            try:
                put(path, dotted, text)
            except SocialcareError as error:
                assert error.hint
            load_settings(path, TYPES)


def test_spans_of_values_are_those_of_the_text() -> None:
    lines = Lines(MINE).read()
    start, end = lines.values["brand", "watch"]
    assert MINE[start:end] == '[\n  "fjell",  # mostly\n]'
    start, end = lines.values["channels", "masto", "token", "env"]
    assert MINE[start:end] == '"TOK"'
