"""Dates at the end of the calendar: programs write them for "never"."""

from __future__ import annotations

from pathlib import Path

import pytest

from socialcare.clock import EARLIEST, LATEST, format_time
from socialcare.models import Judged
from tests.inbox.house import keep, label, mention, new_inbox


@pytest.mark.parametrize("moment", [EARLIEST, LATEST])
def test_a_post_from_the_end_of_time_does_not_stop_its_page(tmp_path: Path, moment):
    db = new_inbox(tmp_path)
    strange = Judged(mention(1, created_at=moment), label("complaint"))

    stored = keep(db, [strange, Judged(mention(2), label("question"))])

    assert stored.new == 2
    due = db.value("select due_at from mentions where external_id = '1'")
    assert format_time(moment) <= due <= format_time(LATEST)
    db.close()
