"""Variables: what there is, and that no answer leaves with a hole."""

from __future__ import annotations

import pytest

from socialcare.errors import BlockedError
from socialcare.snippets.template import (
    Missing,
    TemplateError,
    Variable,
    fill,
    parse_template,
    variables,
)


def test_every_variable_is_known() -> None:
    text = "{first_name}{name}{handle}{brand}{me}{order}{order.Courier name}{faq_url}{url:sizes}{in:1h30m}"
    assert [str(one) for one in variables(parse_template(text))] == [
        *("{first_name}", "{name}", "{handle}", "{brand}", "{me}", "{order}"),
        *("{order.Courier name}", "{faq_url}", "{url:sizes}", "{in:1h30m}"),
    ]


def test_two_braces_are_one() -> None:
    assert parse_template("a {{x}} {{") == ("a ", "{", "x", "}", " ", "{")
    assert parse_template("} ok") == ("} ok",)


@pytest.mark.parametrize(
    "text", ["{}", "{ }", "{order.}", "{url:}", "{in:}", "{in:0h}", "{in:2}", "{in:400d}", "{first name}", "{a\nb}"]
)  # fmt: skip
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(f"Hello\n{text}")
    assert caught.value.line == 2
    assert caught.value.hint


def test_values_take_their_places_and_are_not_read_again() -> None:
    template = parse_template("{me} and {{me}}, {me}")
    assert fill(template, "snippet x", lambda _: "{brand}") == "{brand} and {me}, {brand}"


def test_all_that_is_missing_is_told_at_once() -> None:
    template = parse_template("{name}, {order}, {name}, {me}")
    holes = {"name": Missing("they have none", "ask"), "order": Missing("none stands there", "ask")}
    with pytest.raises(BlockedError) as caught:
        fill(template, "snippet delay", lambda one: holes.get(one.kind, "leo"))
    assert caught.value.message == (
        "snippet delay: {name} is missing: they have none; {order} is missing: none stands there."
    )
    assert (caught.value.hint, caught.value.code) == ("ask", "missing_value")


def test_a_variable_says_what_it_is() -> None:
    assert [str(Variable("url", "a")), str(Variable("order", "b")), str(Variable("me"))] == [
        *("{url:a}", "{order.b}", "{me}"),
    ]
