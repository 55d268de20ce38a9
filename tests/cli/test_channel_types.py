"""`channel types`: what there can be, what each can, needs and costs, and how it is added."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.channels import REGISTRY, load
from socialcare.cli.channel_types import FIELDS
from socialcare.output.schema import schema


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package that brings a type and would take the name of ours; it cannot be loaded."""
    package = tmp_path / "site/toy-1.2.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: toy\nVersion: 1.2\nSummary: Postcards \u202e of your friends\n"
    )
    (package / "entry_points.txt").write_text(
        "[socialcare.channels]\ntoy = no_such_module:Toy\nemail = no_such_module:Toy\n"
    )
    monkeypatch.syspath_prepend(tmp_path / "site")


def test_the_types_are_those_of_the_registry(home):
    records = home.json("channel", "types")
    jsonschema.Draft202012Validator(schema("channel-types")).validate(records)
    assert [record["type"] for record in records if record["package"] is None] == list(REGISTRY)
    for record in records[: len(REGISTRY)]:
        assert tuple(record) == FIELDS
        assert (record["posts"] == "by hand") == (not load(record["type"]).limits.posts)
        assert list(record["secrets_from"]) == record["secrets"]


def test_what_is_to_be_typed_stands_there_whole(home):
    shown = home.run("channel", "types", tty=True).out
    for entry in REGISTRY.values():
        for example in entry.specs.split():
            assert f" socialcare channel add {example}\n" in shown
    assert home.files() == {}


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_no_line_is_longer_than_the_screen(home, width):
    for mode in ({}, {"SOCIALCARE_ACCESSIBLE": "1"}):
        ran = home.run("channel", "types", tty=True, width=width, **mode)
        assert ran.out
        assert all(len(line) <= width for line in ran.out.splitlines())


def test_some_types_only(home):
    shown = home.run("channel", "types", "x", "email", tty=True).out
    assert [line for line in shown.splitlines() if line[0] != " "][:2] == ["x", "email"]
    assert "$0.001 to $0.025 a post" in shown
    assert [one["type"] for one in home.json("channel", "types", "x")] == ["x"]
    ran = home.run("channel", "types", "twitter")
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 2


def test_every_format_says_the_same(home):
    records = home.json("channel", "types")
    lines = home.run("channel", "types").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == [one["type"] for one in records]
    assert {line.count("\t") for line in lines} == {len(FIELDS) - 2}
    assert home.run("channel", "types", "--format", "ids").out.split() == list(REGISTRY)
    written = home.run("channel", "types", "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in written] == records
    fields = home.run("channel", "types", "hackernews", "--fields", "costs,can").out
    assert fields == "nothing\tread\n"


def test_what_another_package_brought_is_told_and_not_loaded(home, installed):
    *ours, toy = home.json("channel", "types")
    assert [one["type"] for one in ours] == list(REGISTRY)
    assert not any(one["package"] for one in ours)
    jsonschema.Draft202012Validator(schema("channel-types")).validate([toy])
    assert (toy["type"], toy["package"], toy["can"]) == ("toy", "toy 1.2", None)
    ran = home.run("channel", "types", "toy", tty=True)
    assert ran.code == 0
    assert ran.out.splitlines()[1] == "  reads    Postcards <U+202E> of your friends"
    assert "  from     the package toy 1.2" in ran.out
    assert home.run("channel", "types", "toy", tty=True, SOCIALCARE_ACCESSIBLE="1").code == 0
