"""The world here changes while an answer is on its way: a person is forgotten, a channel renamed."""

from __future__ import annotations

import pytest

from tests.sending.fake_stage import OnFediverse, OnSlowOther, on_fediverse
from tests.sending.scenarios import answer_to, question
from tests.sending.stage import judge


@pytest.fixture(params=["killed after", "killed before", "half an answer after"])
def fault(request):
    return request.param


def test_a_person_who_is_forgotten_while_an_answer_is_in_doubt_is_sent_nothing_more(
    tmp_path, fault
):
    with on_fediverse(tmp_path, OnSlowOther) as stage:
        id_, text = stage.asked(question("Hood")), answer_to("Hood")
        stage.spoil(fault)
        stage.run("reply", str(id_), "--body", text, "--follow-up", "Which size is it?", "--send")
        assert stage.state(id_) == "sending"
        before = [one.text for one in stage.server.made()]
        handle = stage.office.value("select handle from author where handle like '@mia%'")
        ran = stage.run("forget", handle, "--confirm", handle)
        assert ran.code == 0, ran.err
        stage.settle()
        assert [one.text for one in stage.server.made()] == before
        assert stage.state(id_) == "sent", "what may be there counts as said"
        kept = stage.office.rows("select body from reply union all select body from post")
        assert {body for (body,) in kept} == {""}


@pytest.mark.parametrize("kind", [OnFediverse, OnSlowOther])
def test_a_channel_that_is_renamed_while_an_answer_is_in_doubt_finds_it(tmp_path, kind, fault):
    with on_fediverse(tmp_path, kind) as stage:
        id_, text = stage.asked(question("Insole")), answer_to("Insole")
        stage.spoil(fault)
        stage.send(id_, text)
        config = stage.office.config.read_text()
        stage.office.configure(config.replace("[channels.fedi]", "[channels.mastodon]"))
        stage.settle()
        judge(stage, id_, text)


def test_a_channel_that_is_removed_while_an_answer_is_in_doubt_leaves_it_in_doubt(tmp_path, fault):
    with on_fediverse(tmp_path) as stage:
        id_, text = stage.asked(question("Jerkin")), answer_to("Jerkin")
        stage.spoil(fault)
        stage.send(id_, text)
        before, config = len(stage.server.made()), stage.office.config.read_text()
        stage.office.configure(
            '[brand]\nname = "Acme"\n[channels.blog]\ntype = "feed"\nurls = []\n'
        )
        stage.run("reply", str(id_), "--send")
        assert stage.state(id_) in ("sending", "sent")
        assert len(stage.server.made()) == before
        stage.office.configure(config)
        stage.settle()
        assert judge(stage, id_, text) == "sent, 1 there"
