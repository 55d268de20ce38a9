"""An inbox to send from."""

from __future__ import annotations

from pathlib import Path

import pytest

from socialcare.inbox.database import open_writer
from socialcare.inbox.store import Incoming, store
from tests.cli.acme import LATE, NOW, PAST, PRAISE, QUESTION
from tests.workflow.post_office import SOURCE
from tests.workflow.sender_desk import SETTINGS, Desk, make


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "inbox.db"
    db = open_writer(path)
    page = Incoming("mastodon", SOURCE, [LATE, QUESTION, PRAISE, PAST])
    store(db, page, SETTINGS, NOW)
    db.close()
    return path


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Desk:
    return make(template, tmp_path)
