"""What can happen to an answer, on any service, and what may become of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.sending.stage import Stage, judge

WORDS = (
    *("Anorak", "Beanie", "Cape", "Dungaree", "Espadrille", "Fleece", "Gaiter", "Hood", "Insole"),
    *("Jerkin", "Kilt", "Lace", "Mitten", "Neckwarmer", "Overall", "Parka", "Quilt", "Rucksack"),
)


@dataclass(frozen=True)
class Scenario:
    """``play`` returns what became of it, or raises what law was broken."""

    name: str
    play: Callable[[Stage], str]
    suits: Callable[[Stage | type[Stage]], bool] = lambda _stage: True


def answer_to(word: str) -> str:
    return f"Sorry for the wait. Your {word} is with you on Friday."


def question(word: str) -> str:
    return f"where is my {word}?"


def undisturbed(stage: Stage, *options: str, private: bool = False) -> str:
    id_, text = stage.asked(question("Anorak")), answer_to("Anorak")
    ran = stage.send(id_, text, *options)
    assert ran.code == 0, ran.err
    stage.settle()
    return judge(stage, id_, text, private=private)


def spoilt(fault: str, *options: str, private: bool = False) -> Callable[[Stage], str]:
    def play(stage: Stage) -> str:
        id_, text = stage.asked(question("Beanie")), answer_to("Beanie")
        before = stage.mentions()
        stage.spoil(fault)
        ran = stage.send(id_, text, *options)
        assert ran.code not in NEVER_TRIED, ran.err
        stage.settle()
        told = judge(stage, id_, text, private=private)
        assert stage.mentions() == before
        return told

    return play


def spoilt_in_fetch(fault: str) -> Callable[[Stage], str]:
    def play(stage: Stage) -> str:
        id_, text = stage.asked(question("Cape")), answer_to("Cape")
        stage.approve(id_, text, *stage_options(stage))
        stage.spoil(fault)
        stage.run("fetch", "--quiet")
        stage.settle()
        return judge(stage, id_, text, private=not stage.public)

    return play


def next_day(fault: str) -> Callable[[Stage], str]:
    """Nothing runs here for a day after what happened."""

    def play(stage: Stage) -> str:
        id_, text = stage.asked(question("Dungaree")), answer_to("Dungaree")
        stage.spoil(fault)
        stage.send(id_, text, *stage_options(stage))
        stage.heal()
        stage.later(25 * 3600)
        stage.settle()
        return judge(stage, id_, text, private=not stage.public)

    return play


def spoilt_again_and_again(faults: Sequence[str]) -> Callable[[Stage], str]:
    def play(stage: Stage) -> str:
        id_, text = stage.asked(question("Espadrille")), answer_to("Espadrille")
        stage.approve(id_, text, *stage_options(stage))
        for fault in faults:
            stage.heal()
            stage.spoil(fault)
            stage.run("fetch", "--quiet")
            stage.later(130)
        stage.settle()
        return judge(stage, id_, text, private=not stage.public)

    return play


def said_before(fault: str) -> Callable[[Stage], str]:
    """The same words to the same post, a second time."""

    def play(stage: Stage) -> str:
        id_, text = stage.asked(question("Fleece")), answer_to("Fleece")
        options = stage_options(stage)
        assert stage.send(id_, text, *options).code == 0
        stage.later(20)
        stage.spoil(fault)
        ran = stage.send(id_, text, *options)
        assert ran.code in TRIED, ran.err
        stage.settle()
        there = [seen for seen in stage.answers() if text in seen.text]
        state = stage.state(id_)
        told = f"{state}, {len(there)} there"
        if state == "sent":
            assert len(there) == 2, f"the first was taken for the second: {told}"
        assert len(there) <= 2, told
        assert stage.tells <= (state != "unknown"), told
        return told

    return play


def in_several_posts(fault: str | None) -> Callable[[Stage], str]:
    """Too long for one post: every part is there once, or nobody says that all are."""

    def play(stage: Stage) -> str:
        id_ = stage.asked(question("Gaiter"))
        text = " ".join(f"About the {word} we write to you again on Friday." for word in WORDS)
        if fault:
            stage.spoil(fault)
        ran = stage.send(id_, text, "--split")
        assert ran.code not in NEVER_TRIED, ran.err
        stage.settle()
        there, state = [seen.text for seen in stage.answers()], stage.state(id_)
        told = f"{state}, {len(there)} parts"
        for word in WORDS:
            times = sum(f"the {word} we" in part for part in there)
            assert times <= 1, f"a part is there twice: {told}"
            assert state != "sent" or times == 1, f"said to be sent, and a part is lost: {told}"
        assert state == "sent" or (state == "unknown" and not stage.tells), told
        return told

    return play


def stage_options(stage: Stage) -> tuple[str, ...]:
    return () if stage.public else ("--private",)


def scenarios(stage: Stage | type[Stage]) -> list[Scenario]:
    """Those that a service can be brought to."""
    private = [("--private", True)] if stage.private else []
    ways = [*([("--public", False)] if stage.public else []), *private]
    made = [
        Scenario(f"undisturbed, {way[2:]}", lambda s, w=way, p=hidden: undisturbed(s, w, private=p))  # type: ignore[misc]
        for way, hidden in ways
    ]
    made += [
        Scenario(f"{fault}, {way[2:]}", spoilt(fault, way, private=hidden))
        for fault in stage.faults
        for way, hidden in ways
    ]
    lost = [fault for fault in stage.faults if fault in LOST]
    made += [Scenario(f"{fault}, in a fetch", spoilt_in_fetch(fault)) for fault in lost]
    made += [Scenario(f"{fault}, then a day later", next_day(fault)) for fault in lost]
    made += [Scenario(f"{fault}, the same words as before", said_before(fault)) for fault in lost]
    several = [None, *lost] if stage.public else []
    made += [
        Scenario(f"several posts, {fault or 'undisturbed'}", in_several_posts(fault))
        for fault in several
    ]
    made += [Scenario(" / ".join(row), spoilt_again_and_again(row)) for row in _rows(lost)]
    return made


NEVER_TRIED = (2, 3, 6)
TRIED = (0, 5)
"""How the program ends where an answer was sent, or has to wait."""
LOST = ("killed after", "killed before")
"""Nothing tells these apart here."""


def _rows(lost: Sequence[str]) -> list[tuple[str, ...]]:
    if len(lost) < len(LOST):
        return []
    return [("killed before", "killed after"), ("killed before", "killed before", "killed after")]
