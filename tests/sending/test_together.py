"""Several processes at once: one letter is one post, and one thread keeps its order."""

from __future__ import annotations

import pytest

from tests.sending.fake_stage import OnFediverse, OnOther, on_fediverse
from tests.sending.scenarios import answer_to, question
from tests.sending.stage import judge
from tests.workflow.office import ended

KINDS = [OnFediverse, OnOther]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def stage(request, tmp_path):
    with on_fediverse(tmp_path, request.param) as stage:
        yield stage


def start(stage, *words, user="leo"):
    return stage.office.start(*words, **stage.environ, SOCIALCARE_USER=user)


def test_two_who_send_the_same_letter_at_once(stage):
    id_, text = stage.asked(question("Jerkin")), answer_to("Jerkin")
    stage.approve(id_, text)
    processes = [start(stage, "reply", str(id_), "--send") for _ in range(3)]
    done = [ended(process) for process in processes]
    assert any(one.code == 0 for one in done), done
    assert "Traceback" not in "".join(one.err for one in done)
    stage.settle()
    assert judge(stage, id_, text) == "sent, 1 there"


def test_two_people_who_write_different_answers_at_once(stage):
    id_ = stage.asked(question("Kilt"))
    texts = {"leo": answer_to("Kilt"), "ana": "We are on it, and write again on Friday."}
    processes = [
        start(stage, "reply", str(id_), "--body", text, "--send", user=user)
        for user, text in texts.items()
    ]
    codes = {ended(process).code for process in processes}
    assert 0 in codes
    stage.settle()
    there = [one.text for one in stage.server.made()]
    assert len(there) == 1, "one of them saw that the other had answered"


def test_a_fetch_and_somebody_who_sends_at_once(stage):
    """Whoever of them sends it, nobody is told that it has to wait."""
    for word in ("Lace", "Mitten", "Overall"):
        id_, text = stage.asked(question(word)), answer_to(word)
        stage.approve(id_, text)
        fetching = start(stage, "fetch", "--quiet")
        sending = start(stage, "reply", str(id_), "--send")
        fetched, sent = ended(fetching), ended(sending)
        assert (fetched.code, fetched.err) == (0, "")
        assert sent.code == 0, sent.err
        assert judge(stage, id_, text) == "sent, 1 there"
    stage.settle()
    assert len(stage.server.made()) == 3


def test_different_letters_of_one_thread_at_once_keep_their_order(stage):
    post = stage.server.ask(question("Parka"))
    first = stage.asked("and it was blue")
    second_post = stage.server.ask("and it was a gift", above=post)
    third_post = stage.server.ask("for my mother", above=post)
    stage.run("fetch", "--quiet")
    ids = [
        int(stage.office.value(f"select id from mention where external_id = '{one}'"))
        for one in (second_post, third_post)
    ]
    for number, id_ in enumerate(ids):
        stage.approve(id_, f"Thank you, that is good to know {'AB'[number]}.")
        stage.later(2)
    processes = [start(stage, "reply", str(id_), "--send") for id_ in reversed(ids)]
    for process in processes:
        ended(process)
    stage.settle()
    said = [one.text for one in stage.server.made()]
    assert [text[-2] for text in said] == ["A", "B"]
    assert stage.state(first) is None


def test_the_lock_of_a_killed_sender_holds_nobody_up(stage):
    id_, text = stage.asked(question("Quilt")), answer_to("Quilt")
    stage.approve(id_, text)
    process = start(stage, "reply", str(id_), "--send")
    stage.server.on_post = lambda _moment: process.kill()
    process.communicate(timeout=60)
    stage.server.on_post = lambda _moment: None
    other = stage.asked(question("Rucksack"))
    ran = ended(start(stage, "reply", str(other), "--body", answer_to("Rucksack"), "--send"))
    assert ran.code == 0, ran.err
    assert judge(stage, other, answer_to("Rucksack")) == "sent, 1 there"
