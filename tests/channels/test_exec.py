"""Any program as a channel: real programs, well-behaved and otherwise."""

from __future__ import annotations

import json
import os
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from socialcare.channels import REGISTRY, load
from socialcare.channels.base import Page, Setup
from socialcare.channels.exec import Exec
from socialcare.channels.process import MAX_OUTPUT
from socialcare.clock import Clock, FixedClock, SystemClock
from socialcare.errors import ChannelError, ConfigError, RefusedError, UnavailableError

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SINCE = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
LONG = 60.0
"""Seconds that none of these programs needs."""

Made = Callable[..., Exec]


def no_network(**_: object) -> NoReturn:
    raise AssertionError("a program needs no network of ours")


def channel(
    command: object, *, seconds: float = LONG, token: str | None = None, clock: Clock | None = None
) -> Exec:
    return Exec(
        Setup(
            name="tool",
            options={"command": command},
            connect=no_network,
            clock=clock or (FixedClock(NOW) if seconds == LONG else SystemClock()),
            secret=lambda key: token if key == "token" else None,
            seconds=seconds,
        )
    )


@pytest.fixture
def program(tmp_path: Path) -> Made:
    """Write a Python program and make it a channel."""

    def made(code: str, **options: Any) -> Exec:
        path = tmp_path / "program.py"
        path.write_text("import json, os, sys, time\n" + textwrap.dedent(code), "utf-8")
        return channel([sys.executable, str(path)], **options)

    return made


def texts(pages: list[Page]) -> list[str]:
    return [mention.text for page in pages for mention in page.mentions]


def until_error(source: Exec, checkpoint: Any = None) -> tuple[list[Page], ChannelError]:
    pages: list[Page] = []
    with pytest.raises(ChannelError) as caught:
        pages.extend(source.pages(checkpoint, SINCE))
    return pages, caught.value


def collect(source: Exec, checkpoint: Any = None) -> tuple[list[Page], ChannelError | None]:
    pages: list[Page] = []
    try:
        for page in source.pages(checkpoint, SINCE):
            pages.append(page)
    except ChannelError as error:
        return pages, error
    return pages, None


def test_it_is_a_channel_type() -> None:
    assert load("exec") is Exec
    assert REGISTRY["exec"].keys.split() == ["command"]


def test_what_it_prints_is_read_and_the_end_carries_the_checkpoint(program: Made) -> None:
    source = program(
        """
        print(json.dumps({"text": "Acme is late", "id": 7, "author": "@mia", "likes": "1,2K"}))
        print()
        print(json.dumps({"text": "Grüße", "channel": "mastodon", "source": "mastodon:mas.to"}))
        """
    )
    pages, error = collect(source)
    assert error is None
    assert texts(pages) == ["Acme is late", "Grüße"]
    first, second = pages[-1].mentions
    assert (first.external_id, first.author.handle, first.likes) == ("7", "@mia", 1200)
    assert {(m.channel, m.source) for m in (first, second)} == {("tool", "exec:tool")}
    assert pages[-1].checkpoint == {"until": "2026-11-21T12:00:00.000Z", "program": None}


def test_a_program_that_prints_nothing_is_fine(program: Made) -> None:
    pages, error = collect(program(""))
    assert (texts(pages), error) == ([], None)
    assert pages[-1].checkpoint is not None


def test_it_is_told_since_when_and_its_own_checkpoint(program: Made) -> None:
    source = program(
        """
        print(json.dumps({"text": sys.stdin.read()}))
        print(json.dumps({"checkpoint": {"next": [1, "ü\\ud800"]}}))
        """
    )
    first, _ = collect(source)
    told = json.loads(texts(first)[0])
    assert told == {"since": "2026-11-19T12:00:00.000Z", "checkpoint": None}
    stored = json.loads(json.dumps(first[-1].checkpoint, ensure_ascii=False).encode())
    second, _ = collect(source, stored)
    told = json.loads(texts(second)[0])
    assert told["since"] == "2026-11-21T11:45:00.000Z"
    assert told["checkpoint"]["next"][0] == 1


def test_a_program_need_not_read_what_it_is_told(program: Made) -> None:
    large = {"until": None, "program": json.dumps({"x": "y" * 1_000_000})}
    pages, error = collect(program('print(json.dumps({"text": "x"}))'), large)
    assert (texts(pages), error) == (["x"], None)


def test_a_checkpoint_holds_for_what_stands_before_it(program: Made) -> None:
    source = program(
        """
        print(json.dumps({"text": "one"}))
        print(json.dumps({"checkpoint": {"at": 1}}))
        print(json.dumps({"text": "two"}))
        sys.exit(3)
        """
    )
    pages, error = collect(source)
    assert error is not None
    assert [(texts([page]), page.checkpoint) for page in pages] == [
        (["one"], {"until": None, "program": '{"at": 1}'}),
        (["two"], None),
    ]


@pytest.mark.parametrize("value", ["7", "null", '"x"', "[" * 300 + "]" * 300], ids=len)
def test_a_checkpoint_that_is_none_is_a_dead_letter(program: Made, value: str) -> None:
    pages, error = collect(program(f"print('{{\"checkpoint\": {value}}}')"))
    assert error is None
    assert pages[-1].checkpoint == {"until": "2026-11-21T12:00:00.000Z", "program": None}
    assert pages[-1].broken[0].reason.startswith("checkpoint: ")


def test_garbage_in_the_middle_is_a_dead_letter_and_the_rest_is_kept(program: Made) -> None:
    source = program(
        """
        out = sys.stdout.buffer
        out.write(b'{"text": "one"}\\n')
        out.write(b'Traceback: \\x1b[2J\\n')
        out.write(b'{"text": 5}\\n')
        out.write(b'[' * 100000 + b'\\n')
        out.write(b'{"text": "na\\xefve"}\\r\\n')
        out.write(b'{"text": "no line end"}')
        """
    )
    pages, error = collect(source)
    assert error is None
    assert texts(pages) == ["one", "naïve", "no line end"]
    broken = [item for page in pages for item in page.broken]
    assert [item.where for item in broken] == ["line 2", "line 3", "line 4"]
    assert [item.reason.split(":")[0] for item in broken] == ["no JSON", "text", "nested too deep"]


def test_many_mentions_come_in_pages_without_a_checkpoint_before_the_end(program: Made) -> None:
    pages, _ = collect(program('for n in range(1200): print(json.dumps({"text": str(n)}))'))
    assert texts(pages) == [str(n) for n in range(1200)]
    assert len(pages) == 3
    assert [page.checkpoint is None for page in pages] == [True, True, False]


def test_a_failing_program_keeps_what_it_printed_and_says_its_last_line(program: Made) -> None:
    source = program(
        """
        print(json.dumps({"text": "one"}), flush=True)
        print("looking\\nno access: \\x1b]0;x\\x07 " + os.environ["SOCIALCARE_TOKEN"], file=sys.stderr)
        sys.exit(3)
        """,
        token="s3cret-t0ken",
    )
    pages, error = collect(source)
    assert texts(pages) == ["one"]
    assert all(page.checkpoint is None for page in pages)
    assert error is not None
    assert error.message == "tool: the program ended with status 3: no access: ^[]0;x^G ***"
    assert "program.py" in error.hint
    assert "s3cret" not in str(source._command)


@dataclass
class ClockThatWaitsFor(SystemClock):
    """Stands still until a file is there and has been looked at once more; then time is over."""

    ready: Path
    asked: int = 0

    def monotonic(self) -> float:
        self.asked += 1
        if self.asked == 2:
            wait_until(self.ready.exists)
        return LONG + 1 if self.asked > 2 else 0.0


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(6_000):
        if happened():
            return
        time.sleep(0.01)
    raise AssertionError("this should have happened within a minute")


def is_gone(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_hanging_program_is_stopped_with_its_children(program: Made, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    source = program(
        f"""
        import subprocess
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        os.write(1, (json.dumps({{"text": str(child.pid)}}) + '\\n{{"text": "half a li').encode())
        open({str(ready)!r}, "w").close()
        time.sleep(600)
        """,
        clock=ClockThatWaitsFor(ready),
    )
    pages, error = collect(source)
    assert isinstance(error, UnavailableError)
    assert "still running after 60 s" in error.message
    (child,) = texts(pages)
    assert not any(page.broken for page in pages)
    if Path("/proc").is_dir():
        wait_until(lambda: is_gone(int(child)))


def test_a_program_that_never_stops_printing_is_stopped_at_its_time(program: Made) -> None:
    code = 'while True: print(json.dumps({"text": "x"}), flush=True); time.sleep(0.01)'
    pages, error = collect(program(code, seconds=1.0))
    assert isinstance(error, UnavailableError)
    assert all(page.checkpoint is None for page in pages)


def test_a_program_that_hangs_without_a_word_has_failed(program: Made) -> None:
    pages, error = collect(program("time.sleep(600)", seconds=1.0))
    assert pages == []
    assert isinstance(error, UnavailableError)


def test_a_program_that_closes_its_output_and_stays_is_stopped(program: Made) -> None:
    _, error = collect(program("os.close(1); time.sleep(600)", seconds=1.0))
    assert isinstance(error, UnavailableError)


def test_a_flood_is_cut_off_and_its_whole_lines_are_kept(program: Made) -> None:
    source = program(
        """
        line = json.dumps({"text": "x" * 9_000}) * 1 + "\\n"
        for _ in range(100_000_000 // len(line)):
            sys.stdout.write(line)
        """
    )
    count, checkpoints = 0, set()
    with pytest.raises(RefusedError, match="printed more than 64 MB"):
        for page in source.pages(None, SINCE):
            count += len(page.mentions)
            checkpoints.add(page.checkpoint is None)
            assert not page.broken
    assert 0.9 * MAX_OUTPUT < count * 9_013 <= MAX_OUTPUT
    assert checkpoints == {True}


def test_a_line_without_end_is_a_dead_letter(program: Made) -> None:
    source = program(
        """
        for _ in range(50): sys.stdout.write("x" * 1_000_000)
        print()
        print(json.dumps({"text": "after"}))
        """
    )
    pages, error = collect(source)
    assert (texts(pages), error) == (["after"], None)
    assert [item.reason for page in pages for item in page.broken] == ["larger than 4 MB"]


def test_the_caller_may_stop_at_any_page(program: Made) -> None:
    source = program(
        """
        for n in range(2000): print(json.dumps({"text": str(os.getpid())}), flush=True)
        time.sleep(600)
        """
    )
    pages = source.pages(None, SINCE)
    pid = int(next(pages).mentions[0].text)
    pages.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    "command", [None, "", "   ", [], [""], [1], 'a "b', {"a": 1}, "a\x00b"], ids=repr
)
def test_a_command_that_is_none_is_an_error_of_the_config(command: object) -> None:
    with pytest.raises(ConfigError, match=r"\[channels\.tool\] needs a command"):
        channel(command)


def test_a_program_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    _, error = until_error(channel([str(tmp_path / "nothing")]))
    assert "could not be started: No such file or directory" in error.message
    plain = tmp_path / "plain"
    plain.write_text("x")
    _, error = until_error(channel([str(plain)]))
    assert "could not be started: Permission denied" in error.message


def test_there_is_no_shell(tmp_path: Path) -> None:
    code = "import json,sys; print(json.dumps({'text': ' '.join(sys.argv[1:])}))"
    pages, error = collect(channel(f'"{sys.executable}" -c "{code}" "a b" $HOME ; touch x | cat'))
    assert error is None
    assert texts(pages) == ["a b $HOME ; touch x | cat"]
