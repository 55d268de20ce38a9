"""The big report as Markdown: for a wiki, a ticket or a chat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcare.output.markdown import escaped
from socialcare.output.records import View
from socialcare.output.report import bins, rest
from socialcare.output.report_words import GroupWords, facts, group_name, percent, span, title

_HEADERS = ("Mentions", "Change", "Complaints", "Answered", "Half within", "9 of 10", "In time")


def report_markdown(report: Any, view: View) -> Iterator[str]:
    """All groups: a page has room."""
    yield f"# {escaped(title(report, view, spoken=True))}"
    yield ""
    yield from (f"- {name}: {escaped(text)}" for name, text in facts(report, view))
    if report["groups"]:
        words = GroupWords(report, view)
        yield ""
        yield f"| {escaped(words.heading)} | {' | '.join(_HEADERS)} | Waiting |"
        yield f"|---|{'---:|' * (len(_HEADERS) + 1)}"
        yield from (_row(report, words, group) for group in report["groups"])
    told = [f"- {name}: {number:,} ({percent(part)})" for name, number, part in bins(report)]
    if told:
        yield from ("", "## First answers", "", *told)
    for name, lines in rest(report):
        yield from ("", f"## {name}", "", *(f"- {escaped(line)}" for line in lines))


def _row(report: Any, words: GroupWords, group: Any) -> str:
    cells = (
        group_name(report, group),
        f"{group['mentions']:,}",
        words.change(group),
        percent(group["complaints_share"]),
        percent(group["answer_rate"]),
        span(group["first_response_median"]),
        span(group["first_response_p90"]),
        percent(group["in_time_share"]),
        "" if group["waiting"] is None else f"{group['waiting']:,}",
    )
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"
