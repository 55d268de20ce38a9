from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.desk import finding, level

LEFT = [
    "{name}", "{ name }", "{first name}", "{in:4h}", "{}", "{0}", "{{name}}", "{{ customer.name }}",
    "{{{name}}}", "{% if x %}", "<%= name %>", "${name}", "$name", "*|FNAME|*", "##name##", "@@name@@",
    "__NAME__", "%s", "%d", "%(name)s", "%NAME%", "[NAME]", "[name]", "[Your Name]", "[link]",
    "[CUSTOMER NAME]", "[insert date here]", "[Kundenname]", "[Link einfügen]", "<name>", "<CUSTOMER>",
    "<Your name>", "&lt;name&gt;", "«Vorname»", "«First_Name»", "XXX", "XX.XX.", "xx/xx", "€XX", "XX Uhr",
    "£xx", "TODO", "FIXME:", "TBD", "lorem ipsum", "Lorem Ipsum dolor", "INSERT LINK", "insert name here",
    "NAME HERE", "(insert answer)", "____", "｛name｝", "{na\u200bme}",
]  # fmt: skip
MEANT = [
    ":-{", ":}", ";-]", ":[", "<3", "<3 <3", "^_^", "(╯°□°)╯", "[x] done", "[ ] open", "[1]", "[sic]", "[EN]",
    "[Update]", "[see here](https://acme.example)", "![photo](x.png)", "`{name}`", "``[NAME]``",
    "```\nhello {name}\n```", "`%s` and `TODO`", "<b>", "<details>", "<https://acme.example/x>",
    "<mia@mas.to>", "«Hei på deg»", "«Merci beaucoup»", "xxx", "Love, Mia xx", "XXL", "100% sure", "20%save",
    "$20", "$AAPL", "A_B", "to do", "todo list", "insert the key", "insert your card into the slot",
    "snake_case_name", "a < b > c", "{", "}", "[]", "@name", "#name", "5 * 3 * 2", "HERE", "ES TODO MENTIRA",
    "4h", "https://acme.example/a_b__c",
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT)
def test_what_nobody_filled_in_stops(text: str):
    told = finding("placeholders", f"Sorry {text} we will write.")
    assert told.level == "stop"
    assert "not filled in" in told.text
    assert level("placeholders", text) == "stop"


@pytest.mark.parametrize("text", MEANT)
def test_what_is_meant_so_goes(text: str):
    told = finding("placeholders", f"Sorry, {text} we will write.")
    assert told.level == "ok", told.text


def test_code_that_is_not_closed_is_no_code():
    assert level("placeholders", "`{name} is late") == "stop"
    assert level("placeholders", "`a` {name} `b`") == "stop"
    assert level("placeholders", "`` a ` {name} ``") == "ok"


def test_private_or_not_makes_no_difference():
    assert level("placeholders", "Hi {name}", private=True) == "stop"


@given(st.from_regex(r"[a-z]{3,12}", fullmatch=True))
def test_any_word_in_braces_is_one(word: str):
    assert level("placeholders", f"Hi {{{word}}}, sorry") == "stop"


@pytest.mark.parametrize(
    "text",
    ["Hi null, sorry", "Dear Customer Name, thanks", "A refund of $AMOUNT", "Es kommt am TT.MM. an", "within XX hours"],
)  # fmt: skip
def test_what_a_template_made_of_nothing_stops(text: str):
    assert level("placeholders", text) == "stop"


@pytest.mark.parametrize(
    "text",
    ["Write it as DD/MM/YYYY.", "$USER owns the folder.", "Sorry, None of us knew.", "Sorry, name and town, please."],
)  # fmt: skip
def test_the_same_words_told_as_words_do_not(text: str):
    assert level("placeholders", text) == "ok"
