"""Another config, other times: what still waits follows the targets and weights of today.

What was answered or closed keeps the time by which it was due.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from socialcare.inbox.database import Database
from socialcare.inbox.judgement import rerank
from socialcare.settings import Settings

_BATCH = 2_000
_OPEN = """
select mention_id from triage
where mention_id > ? and (waits = 1 or status in ('open', 'snoozed')
  or (status = 'pending' and first_answer_at is null))
order by mention_id limit ?
"""


def follow(db: Database, settings: Settings) -> int:
    """Rank what waits anew if targets, hours, weights or topics changed; return how many.

    A transaction for each batch; what is interrupted is begun again by the next run.
    """
    mark = _mark(settings)
    if db.value("select value from meta where key = 'policy'") == mark:
        return 0
    count, last = 0, 0
    while ids := [row[0] for row in db.rows(_OPEN, (last, _BATCH))]:
        with db.write() as tx:
            rerank(tx, ids, settings)
        count, last = count + len(ids), ids[-1]
    with db.write() as tx:
        tx.execute(
            "insert into meta values ('policy', ?) on conflict do update set value = excluded.value",
            (mark,),
        )
    return count


def _mark(settings: Settings) -> str:
    """The same for the same policy, on every machine and in every run."""
    parts = [settings.answer_by, settings.priority, settings.topics]
    file = settings.answer_by.holidays_file
    parts_and_file = json.dumps([*map(_plain, parts), _content(file)], sort_keys=True)
    return hashlib.sha256(parts_and_file.encode()).hexdigest()


def _content(file: Path | None) -> str:
    return file.read_bytes().hex() if file is not None and file.is_file() else ""


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value if isinstance(value, int | float | None) else str(value)
