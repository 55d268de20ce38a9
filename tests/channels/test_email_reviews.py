"""Mails that tell of reviews and of pages on the web. The mails are made up after what is known."""

from __future__ import annotations

import time

import pytest

from socialcare.channels.email.letters import Skipped
from socialcare.channels.email.reviews import MAX_READ, services
from socialcare.channels.email.trust import vouched_for
from tests.channels.test_email_letters import mail, one, read

PASSES = "mx.acme.example; dmarc=pass header.from={0}; spf=pass smtp.mailfrom=bounce@{0}"


def notice(sender, subject, body, vouched=True, **fields):
    domain = sender.rpartition("@")[2].rstrip(">")
    fields = {
        "From": sender,
        "Subject": subject,
        "Message_ID": "<n1@x>",
        "Precedence": "bulk",
        **({"Authentication_Results": PASSES.format(domain)} if vouched else {}),
        **fields,
    }
    return mail(body, **fields)


ALERT = """\
=== News - 2 new results for [acme] ===

Acme recalls winter boots after slips
The Fjord Times
The outdoor shop Acme asks its customers to bring back ...
<https://www.google.com/url?rct=j&sa=t&url=https://fjord.example/acme-recall&ct=ga&cd=1>

Ten boots for the north - Walkers' Weekly
Walkers' Weekly
Warm, dry, and from Acme.
<https://www.google.com/url?rct=j&sa=t&url=https://walkers.example/boots%3Fp%3D2&ct=ga>

- - - - - - - - - - - -
Unsubscribe from this Google Alert:
<https://www.google.com/alerts/remove?hl=en>
"""


def test_a_google_alert_is_a_post_for_every_page():
    found = read(
        notice("Google Alerts <googlealerts-noreply@google.com>", "Google Alert - acme", ALERT)
    )
    assert [(m.kind, m.url, m.author.name) for m in found] == [
        ("post", "https://fjord.example/acme-recall", "fjord.example"),
        ("post", "https://walkers.example/boots?p=2", "walkers.example"),
    ]
    assert found[0].text == (
        "Acme recalls winter boots after slips\n\nThe Fjord Times The outdoor shop Acme asks its"
        " customers to bring back ..."
    )
    assert [m.external_id for m in found] == ["n1@x", "n1@x#1"]
    assert not any(m.direct for m in found)


REVIEWS = [
    ("noreply@trustpilot.com", "You have a new 2-star review",
     "Ana Example just left a 2-star review\n\n“Boots leak after a week.”\n\nhttps://www.trustpilot.com/reviews/abc",
     ("Trustpilot:Ana Example", 2.0, "Boots leak after a week.", "https://www.trustpilot.com/reviews/abc")),
    ("no-reply@yelp.com", "New review of Acme",
     'Ana E. wrote a review\n★★★★☆\n"Lovely people."\nhttps://biz.yelp.com/r/1',
     ("Yelp:Ana E.", 4.0, "Lovely people.", "https://biz.yelp.com/r/1")),
    ("noreply@e.tripadvisor.com", "A new review of Acme",
     'Review by: Ana\n3 of 5 bubbles\n"Cold feet."\nhttps://www.tripadvisor.com/ShowUser-1',
     ("Tripadvisor:Ana", 3.0, "Cold feet.", "https://www.tripadvisor.com/ShowUser-1")),
    ("no_reply@email.apple.com", "New customer review",
     "App Store review of Acme Steps\nNickname: ana\nRating: 1\nReview: It crashes.\nhttps://appstoreconnect.apple.com/apps/1",
     ("App Store:ana", 1.0, "It crashes.", "https://appstoreconnect.apple.com/apps/1")),
    ("noreply-play@google.com", "New review of Acme Steps",
     "Google Play Console\nAna posted a review\n5 stars\n“Counts well.”\nhttps://play.google.com/console/1",
     ("Google Play:Ana", 5.0, "Counts well.", "https://play.google.com/console/1")),
]  # fmt: skip


@pytest.mark.parametrize(("sender", "subject", "body", "wanted"), REVIEWS)
def test_a_review_has_its_stars_its_author_and_its_link(sender, subject, body, wanted):
    mention = one(notice(sender, subject, body))
    found = (mention.author.external_id, mention.rating, mention.text, mention.url)
    assert found == wanted
    assert mention.kind == "review"


def test_what_the_patterns_do_not_find_is_left_out_and_the_text_stays():
    mention = one(notice("a@trustpilot.com", "A review", "Somebody said something."))
    assert (mention.kind, mention.rating, mention.url) == ("review", None, None)
    assert mention.text == "Somebody said something."
    assert mention.author.name == "Trustpilot"


def test_a_mail_of_google_about_something_else_is_no_review():
    found = read(notice("noreply@google.com", "Review your security", "Somebody signed in."))
    assert found == Skipped("bulk")


# ── forged ──

SENDER, SUBJECT, BODY, _ = REVIEWS[0]


@pytest.mark.parametrize(
    "results",
    [
        None,
        "mx.evil.example; dmarc=pass header.from=trustpilot.com",
        "mx.acme.example; dmarc=fail header.from=trustpilot.com",
        "mx.acme.example; dmarc=pass header.from=evil.example",
        "mx.acme.example; dmarc=pass header.from=nottrustpilot.com",
        "mx.acme.example; dkim=pass header.d=trustpilot.com.evil.example",
        "mx.acme.example; spf=fail smtp.mailfrom=trustpilot.com; dkim=pass header.d=evil.example",
        "mx.acme.example.evil.example; dmarc=pass header.from=trustpilot.com",
        "dmarc=pass header.from=trustpilot.com",
        "mx.acme.example; none\nAuthentication-Results: mx.acme.example; dmarc=pass header.from=trustpilot.com",
    ],
)  # fmt: skip
def test_nobody_can_forge_a_review(results):
    found = read(notice(SENDER, SUBJECT, BODY, False, Authentication_Results=results))
    assert found == Skipped("bulk")


def test_a_second_sender_makes_it_a_plain_mail():
    raw = notice(SENDER, SUBJECT, BODY, Precedence=None)
    for forged in (
        "From: eve@evil.example\n" + raw,
        raw.replace(SENDER, f"{SENDER}, eve@evil.example"),
    ):
        assert one(forged).kind == "dm"


@pytest.mark.parametrize(
    ("server", "results", "believed"),
    [
        ("imap.gmail.com", "mx.google.com; dmarc=pass header.from=trustpilot.com", True),
        ("imap.gmail.com", "mx.evil.example; dmarc=pass header.from=trustpilot.com", False),
        ("outlook.office365.com", "spf=pass smtp.mailfrom=mail.trustpilot.com", True),
        ("imap.acme.co.uk", "mx.acme.co.uk; spf=pass smtp.mailfrom=a@trustpilot.com", True),
        ("acme.co.uk", "mx.evil.co.uk; spf=pass smtp.mailfrom=a@trustpilot.com", False),
        ("acme.example", "mail.acme.example 1; dkim=pass header.i=@trustpilot.com", True),
        ("acme.example", "evil.example; dkim=pass header.i=@trustpilot.com", False),
    ],
)
def test_whose_word_counts(server, results, believed):
    from socialcare.channels.email.mime import header_of

    head = header_of(f"Authentication-Results: {results}\n\n".encode())
    assert vouched_for(head, server, "trustpilot.com") is believed


# ── patterns ──


def test_every_service_says_whether_it_was_checked():
    assert len(services()) == 6
    assert len({one.site for one in services()}) == 6


@pytest.mark.parametrize(
    "piece", ["★", "a", "a\n", '"', "“x", "rated ", "1 star ", "from: ", "\n", " ", "=\n", "https://www.trustpilot.com/",
              "t\n" * 9 + "<https://www.google.com/url?", "Ana left "]
)  # fmt: skip
def test_no_text_takes_a_pattern_long(piece):
    """A guard against hanging, ten times what it takes on a slow machine."""
    text = (piece * MAX_READ)[:MAX_READ]
    started = time.process_time()
    for service in services():
        list(service.read(text))
    assert time.process_time() - started < 10
