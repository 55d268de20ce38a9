"""What corrections taught: proposed, applied, named as reasons, taken away."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.output.schema import schema
from socialcare.settings.learned import LearnedRule, add_rules, read_learned
from tests.cli import shop
from tests.cli.runner import Home

PROPOSED = """\
You corrected 10 of 23 mentions. Where you corrected or settled it, the label
was right for 67%, the topic for 73%.
  "proper pants"   speaks for complaint
    4 corrections, 4 of 4 would now be right
      1 other would change:
        19  {before} -> complaint  That Acme hat? Proper pants
  topic "sizing"   new, from "too small"
    3 corrections, 3 of 3 would now be right
      1 other would change:
        20  none -> sizing  Another pair of Acme gloves, too small again
  ignore "acme corp"   3 closed as not-us
Tested on your own corrections: label right for 67% -> 100%, topic right for 73%
-> 100%.
"""
PIPED = """\
label\tcomplaint\tproper pants\t{weight}\t4\t4\t1
topic\tsizing\ttoo small\t\t3\t3\t1
ignore\t\tacme corp\t\t3\t3\t0
"""
AGAIN = "See what would change: socialcare classify --inbox --dry-run\n"


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A shop whose people have corrected; for looking only."""
    home = Home(tmp_path_factory.mktemp("taught"))
    shop.fill(home)
    shop.correct(home)
    return home


@pytest.fixture
def corrected(home: Home) -> Home:
    shop.fill(home)
    shop.correct(home)
    return home


def proposed(home: Home) -> str:
    return PROPOSED.format(before=home.json("show", "19")["label"])


def rules(home: Home) -> str:
    path = home.config.with_name("learned.toml")
    text = path.read_text("utf-8")
    return text[text.index("\n\n[") + 2 :]


def checked(home: Home, *words: str) -> dict[str, Any]:
    record: dict[str, Any] = home.json("learn", *words)
    jsonschema.Draft202012Validator(schema("learn")).validate(record)
    return record


# ── looking ──


def test_at_a_terminal_rules_are_shown_and_asked_about(taught):
    before = taught.files()
    ran = taught.run("learn", tty=True, stdin="\n")
    assert (ran.code, ran.out, ran.err) == (0, proposed(taught), "Apply these 3? [y/N] ")
    assert taught.files() == before


def test_a_dry_run_does_not_ask(taught):
    before = taught.files()
    ran = taught.run("learn", "--apply", "-n", tty=True)
    assert (ran.code, ran.out, ran.err) == (0, proposed(taught), "")
    assert taught.files() == before


def test_in_a_pipe_it_is_a_rule_a_line_and_nothing_is_asked(taught):
    before = taught.files()
    ran = taught.run("learn")
    weight = ran.out.split("\t")[3]
    assert 1 < float(weight) <= 4.5
    assert (ran.code, ran.out, ran.err) == (0, PIPED.format(weight=weight), "")
    assert taught.files() == before


def test_json_has_support_flips_and_the_test(taught):
    record = checked(taught)
    pants, sizing, corp = record["rules"]
    assert (record["corrected"], record["mentions"], record["applied"]) == (10, 23, False)
    assert record["label_right"] == 0.6667
    assert record["label_tested"] == {"mentions": 12, "before": 0.6667, "after": 1.0}
    assert record["topic_tested"] == {"mentions": 11, "before": 0.7273, "after": 1.0}
    assert pants["ids"] == [1, 2, 3, 4]
    assert pants["examples"] == [
        {
            "id": 19,
            "before": taught.json("show", "19")["label"],
            "after": "complaint",
            "text": "That Acme hat? Proper pants",
        }
    ]
    assert (sizing["target"], sizing["new_topic"], sizing["weight"]) == ("sizing", True, None)
    assert (corp["kind"], corp["phrase"], corp["target"], corp["others"]) == (
        "ignore",
        "acme corp",
        None,
        0,
    )


def test_a_narrow_screen_cuts_and_wraps(taught):
    ran = taught.run("learn", "-n", tty=True, width=40)
    assert max(map(len, ran.out.splitlines())) <= 40
    assert re.search(r"^        20  none -> sizing  Another pai?r?…$", ran.out, re.MULTILINE)


def test_nothing_corrected_yet(home):
    shop.fill(home)
    ran = home.run("learn", tty=True)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "You corrected nothing yet. What you correct is learned from:\n"
        "  socialcare set 41 --label praise      socialcare close 44 --reason not-us\n"
    )
    assert (home.run("learn").out, home.run("learn", "--apply").out) == ("", "")
    record = checked(home)
    assert (record["corrected"], record["mentions"], record["rules"]) == (0, 23, [])
    assert record["label_right"] is None


def test_without_an_inbox_there_is_nothing_to_learn(home):
    record = checked(home, "--apply")
    assert (record["mentions"], record["rules"], record["applied"]) == (0, [], False)
    assert home.files() == {}


def test_one_correction_makes_no_rule(home):
    shop.fill(home)
    home.run("set", "1", "--label", "complaint")
    ran = home.run("learn", tty=True)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "You corrected 1 of 23 mentions. Where you corrected or settled it, the label was\n"
        "right for 0%.\n"
        "Nothing to propose: a rule needs words that come back in two corrections, and\n"
        "must help on corrections that it was not made from.\n"
    )


def test_a_correction_that_others_contradict_makes_no_rule(home):
    shop.fill(home)
    home.run("set", "1-2", "--label", "complaint")
    home.run("set", "3-4", "19", "--label", "praise")
    assert [rule["phrase"] for rule in checked(home)["rules"]] == []


# ── applying ──


def test_apply_asks_and_says_how_to_label_again(corrected):
    ran = corrected.run("learn", "--apply", tty=True, stdin="y\n")
    path = corrected.config.with_name("learned.toml")
    assert (ran.code, ran.err) == (0, f"Apply these 3? [y/N] {AGAIN}")
    assert ran.out == f"{proposed(corrected)}3 rules added to {path}.\n"
    weight = read_learned(path)[0].weight
    assert rules(corrected) == (
        f'[complaint]\n"proper pants" = {{ weight = {weight}, corrections = 4 }}\n\n'
        '[topics.sizing]\n"too small" = { corrections = 3 }\n\n'
        '[ignore]\n"acme corp" = { corrections = 3 }\n'
    )


@pytest.mark.parametrize("answer", ["\n", "n\n", "maybe\n"])
def test_anything_but_yes_changes_nothing(taught, answer):
    before = taught.files()
    assert taught.run("learn", "--apply", tty=True, stdin=answer).code == 0
    assert taught.files() == before


def test_a_script_says_yes(corrected):
    path = corrected.config.with_name("learned.toml")
    ran = corrected.run("learn", "--apply")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: this would add 3 rules and nobody is here to ask.\n"
        "hint:  look first with: socialcare learn --dry-run   then add --yes\n"
    )
    assert not path.exists()
    ran = corrected.run("learn", "--apply", "--yes")
    assert (ran.code, ran.out, ran.err) == (0, f"3 rules added to {path}.\n", "")
    assert path.stat().st_mode & 0o777 == 0o600


def test_quiet_and_json_apply_too(corrected):
    assert checked(corrected, "--apply", "--dry-run")["applied"] is False
    assert checked(corrected, "--apply", "--yes")["applied"] is True
    corrected.run("learn", "--reset", "--yes")
    ran = corrected.run("learn", "--apply", "--yes", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert len(read_learned(corrected.config.with_name("learned.toml"))) == 3


def test_what_is_learned_is_not_proposed_again(corrected):
    corrected.run("learn", "--apply", "--yes")
    record = checked(corrected)
    assert record["rules"] == []
    assert (record["label_right"], record["topic_right"]) == (1.0, 1.0)


def test_learned_rules_label_and_are_named_as_reasons(corrected):
    corrected.run("learn", "--apply", "--yes")
    before = corrected.json("show", "19")["label"]
    ran = corrected.run("classify", "--inbox", "--dry-run")
    assert ran.out == f"19\t{before}\tcomplaint\tThat Acme hat? Proper pants\n"
    corrected.run("classify", "--inbox", "--yes")
    assert 'learned: "Proper pants"' in corrected.run("show", "19", tty=True).out
    assert corrected.json("show", "20")["topics"] == ["sizing"]
    record = corrected.json("classify", "The boots are too small and proper pants")
    assert max(record["scores"], key=record["scores"].get) == "complaint"
    assert record["topics"][0] == "sizing"
    assert 'learned: "proper pants"' in [reason["cue"] for reason in record["reasons"]]
    assert "+learned-" in record["classifier"]


def test_a_learned_phrase_keeps_somebody_else_out(corrected):
    corrected.run("learn", "--apply", "--yes")
    told = corrected.json("classify", "--why", "Acme Corp to sell its mines")
    assert (told["about"], told["about_why"]) == ("not_ours", ["ignore: “acme corp”"])
    ours = corrected.json("classify", "--why", "Acme to sell its mines")
    assert ours["about"] == "ours"


def test_a_person_still_wins(corrected):
    corrected.run("set", "19", "--label", "question")
    corrected.run("learn", "--apply", "--yes")
    corrected.run("classify", "--inbox", "--yes")
    assert corrected.json("show", "19")["label"] == "question"


# ── the file ──


def test_a_wrong_line_is_told_by_whoever_labels_and_by_nobody_else(corrected):
    path = corrected.config.with_name("learned.toml")
    path.write_text('[complaints]\n"too small" = {}\n')
    wrong = (
        "error: learned.toml line 1: I do not know the section [complaints].\n"
        "hint:  did you mean complaint?\n"
    )
    for words in (["classify", "hello"], ["learn"], ["import", "-"], ["classify", "--inbox", "-n"]):
        ran = corrected.run(*words, stdin='{"text": "a"}')
        assert (ran.code, ran.out, ran.err) == (2, "", wrong), words
    for words in (["inbox"], ["show", "1"], ["set", "1", "--tag", "a"], ["learn", "--reset", "-y"]):
        assert corrected.run(*words).code == 0, words


def test_another_config_has_rules_of_its_own(corrected):
    corrected.run("learn", "--apply", "--yes")
    other = corrected.path / "rival.toml"
    other.write_text('[brand]\nname = "Rival"\n')
    text = "These are proper pants"
    with_rules = corrected.json("classify", text)["classifier"]
    without = corrected.json("classify", text, "--config", str(other))["classifier"]
    assert with_rules.startswith(f"{without}+learned-")


# ── taking away ──


def test_reset_takes_the_rules_away_and_keeps_a_copy(corrected):
    corrected.run("learn", "--apply", "--yes")
    path = corrected.config.with_name("learned.toml")
    copy = path.with_name("learned-20261121-140000.toml")
    text = path.read_bytes()
    ran = corrected.run("learn", "--reset", tty=True, stdin="n\n")
    assert (ran.out, path.read_bytes()) == ("", text)
    assert ran.err == "Take 3 learned rules away? A copy is kept. [y/N] Nothing was changed.\n"
    ran = corrected.run("learn", "--reset", "--dry-run")
    assert (ran.out, path.read_bytes()) == (f"Would take 3 learned rules away: {path}\n", text)
    ran = corrected.run("learn", "--reset")
    assert (ran.code, ran.out, path.read_bytes()) == (2, "", text)
    assert ran.err.startswith("error: this would take 3 learned rules away and nobody is here")
    ran = corrected.run("learn", "--reset", tty=True, stdin="y\n")
    assert ran.out == f"Took 3 learned rules away. A copy: {copy}\n"
    assert ran.err == f"Take 3 learned rules away? A copy is kept. [y/N] {AGAIN}"
    assert (path.exists(), copy.read_bytes()) == (False, text)


def test_reset_in_json(corrected):
    corrected.run("learn", "--apply", "--yes")
    path = corrected.config.with_name("learned.toml")
    copy = path.with_name("learned-20261121-140000.toml")
    assert checked(corrected, "--reset", "--yes") == {
        "v": 1,
        "removed": 3,
        "copy": str(copy),
        "file": str(path),
    }
    assert checked(corrected, "--reset")["removed"] == 0
    assert corrected.run("learn", "--reset", tty=True).err == "There are no learned rules.\n"


def test_apply_and_reset_do_not_go_together(home):
    ran = home.run("learn", "--apply", "--reset")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: --apply adds rules and --reset takes them away.\n")


words = st.sampled_from(["parcel", "boots", "zip", "proper pants", "late", "thank you", "#acme"])
learned = st.builds(
    LearnedRule,
    st.just("label"),
    words,
    st.sampled_from(["complaint", "question", "praise", "other"]),
    st.sampled_from([-2.0, 0.5, 1.5, 4.0]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rules=st.lists(learned, min_size=1, max_size=4, unique_by=lambda rule: rule.keys),
    said=st.lists(words, min_size=1, max_size=5).map(" ".join),
)
def test_rules_that_are_reset_leave_every_label_as_it_was(home, rules, said):
    home.configure(shop.CONFIG)
    before = home.run("classify", said, "--json").out
    add_rules(home.config.with_name("learned.toml"), rules)
    during = json.loads(home.run("classify", said, "--json").out)
    home.run("learn", "--reset", "--yes")
    assert home.run("classify", said, "--json").out == before
    assert during["classifier"] != json.loads(before)["classifier"]


# ── the demo ──


def test_what_the_demo_teaches_stays_in_the_demo(home):
    text = "These are proper pants"
    home.run("demo")
    file = home.json("learn")["file"]
    assert file == str(home.data / "demo.learned.toml")
    (home.data / "demo.learned.toml").write_text('[praise]\n"proper pants" = { weight = 4 }\n')
    assert home.json("classify", text)["label"] == "praise"
    home.run("demo")
    assert home.json("classify", text)["label"] != "praise"
    (home.data / "demo.learned.toml").write_text('[praise]\n"proper pants" = { weight = 4 }\n')
    home.configure(shop.CONFIG)
    assert home.json("classify", text)["label"] != "praise"
