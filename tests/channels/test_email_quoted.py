"""What a person wrote, without what they quoted and without their signature."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.email.bodies import from_html
from socialcare.channels.email.quoted import MAX_READ, own_words

REPLIES = {
    "gmail": "Still broken.\n\nOn Mon, 2 Nov 2026 at 09:15, Acme <care@acme.example> wrote:\n\n> Hello\n> Bye\n",
    "gmail, wrapped": "Still broken.\n\nOn Mon, 2 Nov 2026 at 09:15, Acme Outdoor Care Team\n<care@acme.example> wrote:\n> Hello\n",
    "not marked": "Still broken.\n\nOn 2 Nov 2026, at 09:15, Acme <care@acme.example> wrote:\n\nHello\nBye\n",
    "apple, marked": "Still broken.\n> On 2 Nov 2026, at 09:15, Acme <care@acme.example> wrote:\n>\n> Hello\n",
    "german": "Still broken.\n\nAm Mo., 2. Nov. 2026 um 09:15 Uhr schrieb Acme <care@acme.example>:\n\n> Hallo\n",
    "german, Apple": "Still broken.\n\nAm 02.11.2026 um 09:15 schrieb Acme <care@acme.example>:\n\n> Hallo\n",
    "french": "Still broken.\n\nLe lun. 2 nov. 2026 à 09:15, Acme <care@acme.example> a écrit :\n\n> Bonjour\n",
    "spanish": "Still broken.\n\nEl lun, 2 nov 2026 a las 9:15, Acme (<care@acme.example>) escribió:\n\n> Hola\n",
    "italian": "Still broken.\n\nIl giorno lun 2 nov 2026 alle ore 09:15 Acme <care@acme.example> ha scritto:\n\n> Ciao\n",
    "dutch": "Still broken.\n\nOp ma 2 nov. 2026 om 09:15 schreef Acme <care@acme.example>:\n\n> Hallo\n",
    "portuguese": "Still broken.\n\nEm seg., 2 de nov. de 2026 às 09:15, Acme <care@acme.example> escreveu:\n\n> Olá\n",
    "swedish": "Still broken.\n\nDen mån 2 nov. 2026 kl 09:15 skrev Acme <care@acme.example>:\n\n> Hej\n",
    "polish": "Still broken.\n\npon., 2 lis 2026 o 09:15 Acme <care@acme.example> napisał(a):\n\n> Cześć\n",
    "without a date": "Still broken.\n\nAcme <care@acme.example> wrote:\n> Hello\n",
    "outlook": "Still broken.\n\n-----Original Message-----\nFrom: Acme\nSent: Monday\nTo: Ana\n\nHello\n",
    "outlook, german": "Still broken.\n\n-----Ursprüngliche Nachricht-----\nVon: Acme\n\nHallo\n",
    "outlook, header": "Still broken.\n\n________________________________\nFrom: Acme <care@acme.example>\nSent: Monday, November 2, 2026 9:15 AM\nTo: Ana\nSubject: RE: Boots\n\nHello\n",
    "outlook, german header": "Still broken.\n\nVon: Acme <care@acme.example>\nGesendet: Montag, 2. November 2026 09:15\nAn: Ana\nBetreff: AW: Boots\n\nHallo\n",
    "outlook, french header": "Still broken.\n\nDe : Acme <care@acme.example>\nEnvoyé : lundi 2 novembre 2026 09:15\nÀ : Ana\nObjet : RE: Boots\n\nBonjour\n",
    "bold header": "Still broken.\n\n*From:* Acme <care@acme.example>\n*Sent:* Monday\n*To:* Ana\n\nHello\n",
    "below the quote": "On Mon, 2 Nov 2026, Acme <care@acme.example> wrote:\n> Hello\n> Bye\n\nStill broken.\n",
    "between the quotes": "> Is it the left one?\nStill\n> Or the right one?\nbroken.\n",
}  # fmt: skip


@pytest.mark.parametrize("client", REPLIES)
def test_what_was_quoted_is_left_out(client):
    assert " ".join(own_words(REPLIES[client]).split()) == "Still broken."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAna Example\nHead of Walking\n+47 22 00 00 00",
        "--\nAna",
        "Sent from my iPhone",
        "Sent from Outlook for iOS\nmore",
        "Get Outlook for Android<https://aka.ms/x>",
        "Von meinem iPhone gesendet",
        "Gesendet mit der Telekom Mail App",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "Ana Example\nHead of Walking\nana@example.org\n+47 22 00 00 00",
    ],
)
def test_a_signature_is_left_out(signature):
    assert own_words(f"My boots leak.\n\n{signature}\n", "Ana Example") == "My boots leak."


@pytest.mark.parametrize(
    "text",
    [
        "You wrote:\n\nthat it would come on Monday. It did not.",
        "On Monday I called you. Nobody wrote back: why?",
        "From: the start it was broken.\nI want my money back.",
        "I tried:\n-- washing\n-- drying\nNothing helped.",
        "Sent from my hotel: where is my parcel?" + "\nThere is more.\n" * 8 + "Bye",
        "Call me:\n\n+47 22 00 00 00\nana@example.org",
        "To: do\nA list: of things\nthat nobody quoted",
    ],
)
def test_words_that_only_look_like_it_stay(text):
    assert own_words(text, "Ana Example") == text.strip()


@pytest.mark.parametrize("text", ["> all of it\n> is quoted", "-- \nAna", "Sent from my iPhone"])
def test_where_nothing_would_be_left_it_stays(text):
    assert own_words(text) == text


def test_html_is_read_as_a_person_would():
    style = "p { margin: 0 }\n" * 3_000
    html = f"<html><head><style>{style}</style></head><body><!-- {style} --><p style='x'>My boots<br>leak</p><div>Bye</div><blockquote>old</blockquote></body></html>"
    assert own_words(from_html(html)) == "My boots\nleak\n\nBye"


@given(st.text(alphabet=st.sampled_from(list("On wrote:>-<@ \nFrom:\tSent2.")), max_size=400))
def test_something_is_always_left_and_nothing_is_invented(text):
    left = own_words(text)
    assert bool(left) == bool(text.strip())
    lines = {line.strip() for line in text.replace("\r", "\n").split("\n")}
    assert {line.strip() for line in left.split("\n")} <= lines | {""}


@pytest.mark.parametrize(
    "piece",
    ["On 1 ", "From: x\n", "> ", "-", "\n", " ", "On @:\n", "Am 1 schrieb\n", "--\n", "a@", "(1"],
)
def test_no_text_takes_long(piece):
    """A guard against hanging, ten times what it takes on a slow machine."""
    text = (piece * MAX_READ)[:MAX_READ]
    started = time.process_time()
    own_words(text, "Ana")
    assert time.process_time() - started < 5
