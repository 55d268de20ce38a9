"""Label the inbox again: new rules, a new version, another config."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.events import Change, record
from socialcare.inbox.judgement import judge, later_of_same_author, rerank
from socialcare.models import Classification
from socialcare.settings import Settings
from socialcare.workflow.judging import classifier_of

BATCH = 500
ACTOR = "classify"
_WORDS = """
select m.id, m.text, m.rating, m.media, m.lang, m.kind, m.automated, l.label,
  exists (select 1 from correction c where c.mention_id = m.id and c.field = 'label') as fixed
from mention m join label l on l.mention_id = m.id
where m.id in (select value from json_each(?)) and m.erased_at is null order by m.id
"""


@dataclass(frozen=True, slots=True)
class Flip:
    """A mention whose label would be, or is, another now."""

    id: int
    before: str
    after: str
    text: str


def flips(db: Database, ids: Sequence[int], settings: Settings) -> Iterator[Flip]:
    """What labelling again would change; labels that a person set are left out."""
    for _labels, found in _batches(db, ids, settings):
        yield from found


def relabel(db: Database, ids: Sequence[int], settings: Settings, now: datetime) -> list[Flip]:
    """Label again, a transaction for each batch. What people decided stays."""
    changed: list[Flip] = []
    for labels, found in _batches(db, ids, settings):
        with db.write() as tx:
            judge(tx, labels, settings)
            rerank(tx, later_of_same_author(tx, [flip.id for flip in found]), settings)
            record(
                tx,
                [Change(f.id, "classified", f.before, f.after, "labelled again") for f in found],
                actor=ACTOR,
                command="classify --inbox",
                at=format_time(now),
            )
        changed += found
    return changed


def _batches(
    db: Database, ids: Sequence[int], settings: Settings
) -> Iterator[tuple[dict[int, Classification], list[Flip]]]:
    classifier = classifier_of(settings)
    stream = iter(ids)
    while batch := list(islice(stream, BATCH)):
        labels: dict[int, Classification] = {}
        found: list[Flip] = []
        for row in db.rows(_WORDS, (json.dumps(batch),)):
            new = classifier.classify(
                row["text"],
                rating=row["rating"],
                has_media=row["media"] is not None,
                lang_hint=row["lang"],
                kind=row["kind"],
                automated=bool(row["automated"]),
            )
            labels[row["id"]] = new
            if new.label != row["label"] and not row["fixed"]:
                found.append(Flip(row["id"], row["label"], new.label, row["text"]))
        yield labels, found
