"""Ready-made answers filled for one mention, and the public page made of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.errors import BlockedError, ConfigError, NotFoundError
from socialcare.inbox.calendar import Calendar, calendar_of
from socialcare.inbox.orders import keep_orders
from socialcare.inbox.reading import records
from socialcare.models import Author, Judged
from socialcare.settings import AnswerBy, Brand, ChannelSettings, ReplySettings, Settings
from socialcare.settings.hours import parse_hours
from socialcare.snippets.times import spoken_time
from socialcare.workflow.snippet_page import entries
from socialcare.workflow.snippet_values import promised
from socialcare.workflow.snippets import Shelf
from tests.inbox.house import NOW, keep, label, mention, new_inbox
from tests.snippets.folder import page, put

OSLO = ZoneInfo("Europe/Oslo")
MIA = Author("m", "@mia@mas.to", "Mia Berg")
SETTINGS = Settings(
    brand=Brand(name="Acme"),
    channels={"care": ChannelSettings("care", "mastodon")},
    answer_by=AnswerBy(timezone="Europe/Oslo"),
    reply=ReplySettings(signature="- {me}"),
    urls={"faq": "https://acme.example/faq.html", "sizes": "https://acme.example/sizes"},
)


class Desk:
    """One mention, and a folder of snippets."""

    def __init__(self, folder: Path, **facts: Any) -> None:
        self.folder, self.db = folder, new_inbox(folder)
        usual: dict[str, Any] = {"channel": "care", "text": "Where is order 4411?"}
        facts = {"author": MIA, **usual, **facts}
        author, lang = facts.pop("author"), facts.pop("lang", "en")
        self.author = author
        keep(self.db, [Judged(mention(1, author, **facts), label("complaint", lang=lang))])

    def more(self, number, text, **facts):
        keep(self.db, [Judged(mention(number, self.author, text=text, **facts), label("question"))])

    def shelf(self, settings=SETTINGS, me="leo", now=NOW):
        return Shelf(self.folder / "snippets", settings, self.db, now, OSLO, me)

    @property
    def record(self):
        return records(self.db, [1], NOW)[0]

    def filled(self, text, **how):
        put(self.folder / "snippets", it=page(text))
        return self.shelf(**how).filled("it", self.record)[1]

    def refused(self, text, **how):
        with pytest.raises(BlockedError) as caught:
            self.filled(text, **how)
        return caught.value.message, caught.value.hint


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.db.close()


@pytest.fixture
def other(tmp_path):
    """A desk with another mention."""
    made = []

    def opened(**facts):
        made.append(Desk(tmp_path, **facts))
        return made[-1]

    yield opened
    for each in made:
        each.db.close()


def test_every_variable_has_its_value(desk) -> None:
    keep_orders(desk.db, [("4411", {"Status": "shipped", "Sent on": "12 Nov"})], "2026-11-20")
    text = "{first_name} | {name} | {handle} | {brand} | {me} | {order} | {order.sent_on} | {url:sizes} | {faq_url} | {in:4h} | {{x}}"
    assert desk.filled(text).split(" | ") == [
        *("Mia", "Mia Berg", "@mia@mas.to", "Acme", "leo", "4411", "12 Nov"),
        *("https://acme.example/sizes", "https://acme.example/faq.html", "19:00 today", "{x}"),
    ]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Mia", "Mia"),
        ("Petra S.", "Petra"),
        ("Jean-Luc Picard", "Jean-Luc"),
        ("O'Neill", "O'Neill"),
        ("Åse", "Åse"),
        ("桜井 さくら", "桜井"),
        ("Mrs Hale", None),
        ("Dr. Hale", None),
        ("xX_gamer99", None),
        ("🎉 Party", None),
        ("P. Hale", None),
        ("@everyone", None),
        ("free.example", None),
        ("Mia https://spam.example", None),
        ("{order}", None),
    ],
)
def test_a_first_name_is_one_or_missing(other, name, first) -> None:
    desk = other(author=Author("x", "@x@mas.to", name))
    if first is None:
        message, hint = desk.refused("Hi {first_name}")
        assert message.startswith("snippet it: {first_name} is missing: ")
        assert hint == "write it yourself: socialcare reply 1 --edit"
    else:
        assert desk.filled("Hi {first_name}") == f"Hi {first}"


@pytest.mark.parametrize(
    "name", ["@victim@mas.to", "https://spam.example", "a <b>", "[x](y)", "www.spam.example"]
)
def test_a_name_cannot_speak_to_others_through_us(other, name) -> None:
    desk = other(author=Author("x", "@x@mas.to", name))
    message, _ = desk.refused("Hi {name}")
    assert message == "snippet it: {name} is missing: what they call themselves is an address."


def test_a_name_is_cleaned(other) -> None:
    desk = other(author=Author("x", "@x@mas.to", "Mia\u202e\x1b[2J\nBerg"))
    assert "\n" not in desk.filled("{first_name}, {handle}".replace("{first_name}, ", ""))
    assert "\x1b" not in desk.refused("{name}")[0]


@pytest.mark.parametrize(
    ("text", "why", "todo"),
    [
        ("{order}", "no order number stands in 1", "socialcare reply 1 --edit"),
        ("{order.status}", "no order number stands in 1", "socialcare reply 1 --edit"),
        ("{name}", "care tells no name of theirs", "socialcare reply 1 --edit"),
        ("{url:nope}", "[urls] of the config has no nope", "socialcare config set urls.nope"),
        ("{me}", "I do not know who you are", "export SOCIALCARE_USER=ana"),
    ],
)
def test_what_is_missing_says_why_and_what_to_do(other, text, why, todo) -> None:
    desk = other(text="Where is my parcel?", author=Author("x", "@x@mas.to"))
    message, hint = desk.refused(text, me="unknown")
    assert message == f"snippet it: {text} is missing: {why}."
    assert todo in hint


def test_a_brand_without_a_name_and_a_page_without_an_address_are_missing(desk) -> None:
    assert (
        desk.refused("{brand}", settings=Settings())[1] == "socialcare config set brand.name Acme"
    )
    assert "[urls] of the config has no faq" in desk.refused("{faq_url}", settings=Settings())[0]


def test_of_two_orders_none_is_guessed(other) -> None:
    desk = other(text="Where are #4411 and #4412? #4411 is late.")
    assert desk.refused("{order}")[0] == (
        "snippet it: {order} is missing: they name 4411 and 4412: which one is it."
    )


def test_the_number_may_stand_in_the_rest_of_the_conversation(other) -> None:
    desk = other(text="And? Still nothing.", thread="t")
    desk.more(2, "Where is order 4411?", thread="t")
    assert desk.filled("{order}") == "4411"


def test_an_order_that_was_not_imported_and_a_column_that_is_not_there(desk) -> None:
    message, hint = desk.refused("{order.status}")
    assert message.endswith("{order.status} is missing: order 4411 was not imported.")
    assert hint == "socialcare import --orders orders.csv"
    keep_orders(desk.db, [("4411", {"Status": "shipped", "Note": " "})], "2026-11-20")
    assert (
        "orders have no column courier (there is Status, Note)"
        in desk.refused("{order.courier}")[0]
    )
    assert "it is empty for order 4411" in desk.refused("{order.note}")[0]
    assert desk.filled("{order.STATUS}") == "shipped"


def test_language_and_channel_choose_the_text(other) -> None:
    desk = other(lang="de")
    texts = {"it": page("plain"), "it__de": page("bis {in:4h}"), "it__care": page("care")}
    put(desk.folder / "snippets", **texts)
    assert desk.shelf().filled("it", desk.record) == ("it", "bis heute, 19:00 Uhr")
    assert desk.shelf().filled("it.care", desk.record) == ("it", "care")
    put(desk.folder / "snippets", it__de__mastodon=page("de on mastodon"))
    assert desk.shelf().filled("it", desk.record) == ("it", "de on mastodon")


def test_a_snippet_that_is_only_for_others_says_so(desk) -> None:
    put(desk.folder / "snippets", it__de=page("Hallo"))
    with pytest.raises(NotFoundError) as caught:
        desk.shelf().filled("it", desk.record)
    assert caught.value.message == "snippet it has no text for en on care: there is it.de."
    with pytest.raises(NotFoundError):
        desk.shelf().filled("nope", desk.record)


def test_a_text_is_signed_once(desk) -> None:
    shelf = desk.shelf()
    assert shelf.signed("Sorry.\n", desk.record) == "Sorry.\n- leo"
    assert shelf.signed("Sorry.\n- leo", desk.record) == "Sorry.\n- leo"
    assert shelf.signed(" ", desk.record) == " "
    assert desk.shelf(settings=Settings()).signed("Sorry.", desk.record) == "Sorry."


def test_a_signature_that_cannot_be_read_is_told(desk) -> None:
    wrong = Settings(reply=ReplySettings(signature="- {mee}"))
    with pytest.raises(ConfigError) as caught:
        desk.shelf(settings=wrong).signed("Sorry.", desk.record)
    assert caught.value.message == "[reply] signature: there is no variable {mee}."


# ── times ──

WEEK = AnswerBy(
    timezone="Europe/Oslo",
    hours=parse_hours("Mon-Fri 09:00-17:00"),
    holidays=(date(2026, 12, 25),),
)
WORKDAYS = calendar_of(WEEK)


def oslo(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OSLO).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "span", "english", "german"),
    [
        (oslo(18, 10), "4h", "14:00 today", "heute, 14:00 Uhr"),
        (oslo(18, 10, 7), "2h", "12:15 today", "heute, 12:15 Uhr"),
        (oslo(18, 16), "2h", "10:00 tomorrow", "morgen, 10:00 Uhr"),
        (oslo(18, 16, 50), "10m", "17:00 today", "heute, 17:00 Uhr"),
        (oslo(20, 16), "2h", "Monday 10:00", "Montag, 10:00 Uhr"),
        (oslo(21, 14), "2h", "Monday 11:00", "Montag, 11:00 Uhr"),
        (oslo(18, 10), "2d", "Friday 10:00", "Freitag, 10:00 Uhr"),
        (oslo(20, 10), "2d", "Tuesday 10:00", "Dienstag, 10:00 Uhr"),
        (oslo(21, 14), "1d", "Tuesday 09:00", "Dienstag, 09:00 Uhr"),
        (oslo(24, 10, month=12), "1d", "Monday 10:00", "Montag, 10:00 Uhr"),
        (oslo(18, 10), "1w", "Friday 27 November, 10:00", "Freitag, den 27. November, 10:00 Uhr"),
    ],
)
def test_a_promise_is_within_the_hours_of_the_team(now, span, english, german) -> None:
    moment = promised(WORKDAYS, now, span, OSLO)
    assert spoken_time(moment, now, OSLO, "en") == english
    assert spoken_time(moment, now, OSLO, "de") == german
    assert spoken_time(moment, now, OSLO, None) == english


def test_round_the_clock_two_days_are_two_days() -> None:
    """Also where the clocks are put back."""
    now = oslo(24, 15, 30, month=10)
    assert promised(Calendar(OSLO), now, "2d", OSLO) == oslo(26, 15, 30, month=10)
    assert promised(Calendar(OSLO), now, "48h", OSLO) == oslo(26, 14, 30, month=10)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    span=st.sampled_from(["5m", "1h", "4h", "9h", "1d", "2d", "1w", "1d4h"]),
)
def test_a_promise_is_ahead_and_in_the_open(now, span) -> None:
    moment = now.replace(tzinfo=UTC)
    when = promised(WORKDAYS, moment, span, OSLO)
    assert when > moment
    assert WORKDAYS.is_open(when - timedelta(seconds=1)) or WORKDAYS.is_open(when)


# ── the page ──


def listed(folder, settings=SETTINGS, **files):
    put(folder, **files)
    shelf = Shelf(folder, settings, None, NOW, OSLO, "leo")
    return [(one.anchor, one.title, one.text, one.lang) for one in entries(shelf)]


def test_only_public_ones_are_on_the_page(tmp_path) -> None:
    assert listed(
        tmp_path,
        a=page("Five days.", "Refunds", public="true"),
        b=page("Secret."),
        c=page("No.", public="false"),
    ) == [("a", "Refunds", "Five days.", "en")]


def test_each_language_has_its_entry(tmp_path) -> None:
    found = listed(
        tmp_path,
        a=page("Five days: {faq_url}", "Refunds", public="true"),
        a__de=page("Fünf Tage: {faq_url}", "Erstattung"),
        a__mastodon=page("short"),
        a__fr=page("Cinq jours", public="false"),
    )
    assert found == [
        ("a", "Refunds", "Five days: https://acme.example/faq.html#a", "en"),
        ("a.de", "Erstattung", "Fünf Tage: https://acme.example/faq.html#a.de", "de"),
    ]


def test_variables_for_everybody_are_filled_generic(tmp_path) -> None:
    text = "{brand} needs {order}, see {url:sizes}"
    ((_, _, english, _), (_, _, german, _)) = listed(
        tmp_path, a=page(text, public="true"), a__de=page(text)
    )
    assert english == "Acme needs your order number, see https://acme.example/sizes"
    assert german == "Acme needs Ihre Bestellnummer, see https://acme.example/sizes"


@pytest.mark.parametrize(
    "variable", ["{first_name}", "{name}", "{handle}", "{me}", "{order.status}", "{in:4h}"]
)
def test_what_is_for_one_person_is_refused_on_the_page(tmp_path, variable) -> None:
    with pytest.raises(ConfigError) as caught:
        listed(tmp_path, a=page(f"Hello {variable}", public="true"))
    assert caught.value.message == f"a.md is public, and {variable} is for one person."
    assert caught.value.hint.endswith("socialcare snippet edit a.faq")
    assert listed(tmp_path, a__faq=page("Hello"))[0][2] == "Hello"


def test_the_address_in_an_answer_is_that_of_its_entry(desk) -> None:
    put(desk.folder / "snippets", it=page("{faq_url}", public="true"), it__de=page("{faq_url}"))
    assert desk.shelf().filled("it", desk.record)[1] == "https://acme.example/faq.html#it"
    assert desk.shelf().filled("it.de", desk.record)[1] == "https://acme.example/faq.html#it.de"
