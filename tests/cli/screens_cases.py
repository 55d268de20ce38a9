"""What is run for the screens: every command that prints, in every state that it can show."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from socialcare.channels import REGISTRY
from socialcare.clock import FixedClock, format_time
from socialcare.workflow.lock import fetch_lock
from tests.cli.acme import HOUR, NOW
from tests.cli.screens_posting import LATE, OWN_DRAFT, OWN_WAITING, with_posts
from tests.cli.screens_replies import (
    APPROVED,
    FAILED,
    GOOD,
    PRIVATE,
    STOPPED,
    UNKNOWN,
    WAITING,
    may_reply,
)
from tests.cli.screens_shop import CONFIGS, Shop, orders, posts
from tests.cli.screens_snippets import with_snippets
from tests.cli.screens_spike import with_spike

MIA_WAITS, TOLD_BEFORE = "6", "2"
LONG_HANDLE, FILTERED, MUTED, NEARLY_LATE = "8", "9", "10", "11"
EMOJI, PICTURE, RIGHT_TO_LEFT, CHINESE, HOSTILE = "12", "13", "14", "15", "16"
ERASED, PROMISED, ON_REPLY, ON_MONDAY, HELD = "17", "18", "19", "20", "21"
MENTIONS = 21


SECOND = timedelta(seconds=1)
FAILING = """\
insert into channel_health (channel, last_attempt_at, last_success_at, last_item_at, failures,
  error_code, error, hint)
values ('phone', ?, ?, ?, 4, 'program', 'phone: the program ended with status 1',
  'run it by hand: /bin/false')
"""
SIGNED_OUT = """\
[channels.mastodon]
server = "https://mas.to"
notifications = true
token = { env = "ACME_TOKEN" }
"""


class Case(NamedTuple):
    """One command line. ``code`` is its exit code, where nobody is asked ``piped_code``."""

    name: str
    line: str
    more: tuple[str, ...] = ()
    """Words that hold blanks."""
    state: str = "busy"
    """``hours``: with open hours; ``empty``: no database; ``new``: no config either;
    ``failing``: a channel does; ``spiking``: more complain than usual;
    ``snippets``: there are some; ``posting``: it may post; ``replies``: answers
    in every state; ``learning``: much was corrected; ``fetching``: somebody fetches; ``signed-out``: no token."""
    stdin: str = ""
    code: int = 0
    asks: int | None = None
    """The exit code where nobody can be asked, if that is another one."""
    records: int | None = None
    fields: int = 1
    """In a pipe: so many lines, with so many fields each."""
    says_in_pipe: bool = False
    """Something is said on stderr there although all went well: files that cannot be reached."""
    speaks: bool = False
    """At a terminal it asks, or says what it does, before it gives up."""
    table: bool = False
    """Not for listening: somebody asked for columns, or it is help that is laid out."""
    program: bool = False
    """Another program's format: complete on a terminal too, however wide that is."""
    exact: bool = True
    """False: the text depends on the machine or on the word lists, and only the laws hold."""
    environ: Mapping[str, str] = MappingProxyType({})

    def words(self, home: Path) -> tuple[str, ...]:
        more = (word.replace("{home}", str(home)) for word in self.more)
        return (*self.line.replace("{home}", str(home)).split(), *more)

    @property
    def piped_code(self) -> int:
        return self.code if self.asks is None else self.asks

    def opened(self, shops: Mapping[str, Shop], home: Path) -> Shop:
        """The shop in this state, in a folder of its own."""
        shop = Shop(home)
        if self.state != "new":
            shop.configure(CONFIGS.get(self.state, ""))
        if self.state in shops:
            shutil.copy(shops[self.state].path, shop.path)
        if self.state == "failing":
            shop.change(FAILING, *(format_time(NOW - n * HOUR) for n in (0, 3, 5)))
        if self.state == "snippets":
            with_snippets(shop)
        if self.state == "posting":
            with_posts(shop)
        if self.state == "replies":
            may_reply(shop)
        if self.state == "spiking":
            with_spike(shop)
        if self.state == "signed-out":
            (home / "acme.toml").write_text(SIGNED_OUT)
        posts(shop)
        orders(shop)
        return shop

    def meanwhile(self, shop: Shop) -> AbstractContextManager[None]:
        """What others do at that time."""
        if self.state != "fetching":
            return nullcontext()
        return fetch_lock(shop.path.with_name("acme.db.lock"), FixedClock(NOW - 40 * SECOND))


BY_MIA = {"SOCIALCARE_USER": "mia"}
CASES = (
    Case("inbox--busy", "inbox", records=11, fields=9),
    Case("inbox--any", "inbox is:any", records=MENTIONS, fields=9),
    Case("inbox--query", "inbox parcel is:late owner:mia", records=1, fields=9),
    Case("inbox--late", "inbox is:late", records=2, fields=9),
    Case("inbox--limit", "inbox --limit 2", records=2, fields=9),
    Case("inbox--fields", "inbox --fields id,author,messages,text is:late", records=2, fields=4, table=True),
    Case("inbox--hours", "inbox", state="hours", records=11, fields=9),
    Case("inbox--nothing-matches", "inbox tag:nowhere", records=0),
    Case("inbox--empty", "inbox", state="empty", records=0),
    Case("inbox--new", "inbox", state="new", records=0),
    Case("show--thread", f"show {MIA_WAITS} --clock"),
    Case("show--hours", f"show {MIA_WAITS} --clock", state="hours"),
    Case("show--long-handle", f"show {LONG_HANDLE}"),
    Case("show--filtered", f"show {FILTERED} --clock"),
    Case("show--muted", f"show {MUTED}"),
    Case("show--emoji", f"show {EMOJI}"),
    Case("show--picture", f"show {PICTURE}"),
    Case("show--right-to-left", f"show {RIGHT_TO_LEFT}"),
    Case("show--chinese", f"show {CHINESE}"),
    Case("show--hostile", f"show {HOSTILE}"),
    Case("show--erased", f"show {ERASED}"),
    Case("show--promised", f"show {PROMISED} --clock"),
    Case("show--snoozed", f"show {ON_MONDAY} --clock"),
    Case("show--snoozed-on-reply", f"show {ON_REPLY}"),
    Case("show--held", f"show {HELD}"),
    Case("show--closed", f"show {TOLD_BEFORE} --clock"),
    Case("show--two", f"show {HELD} {NEARLY_LATE}"),
    Case("show--nothing-matches", "show tag:nowhere"),
    Case("show--person", "show @mia@mas.to", records=6, fields=4),
    Case("show--person-muted", "show @cheap-watches", records=1, fields=4),
    Case("set--owner", f"set {NEARLY_LATE} --owner me --tag courier"),
    Case("set--several", f"set {NEARLY_LATE} {EMOJI} --snooze monday --note", ("will be back",)),
    Case("set--replaced", f"set {MIA_WAITS} --owner leo --label question --steal"),
    Case("set--skipped", "set is:open --owner mia --yes", code=5),
    Case("set--question", "set is:open --owner mia", stdin="n\n", asks=2),
    Case("set--dry-run", "set is:open --owner mia --dry-run", records=9, fields=3),
    Case("close--reason", f"close {NEARLY_LATE} {EMOJI} --reason answered"),
    Case("close--already", f"close {TOLD_BEFORE}"),
    Case("close--question", "close is:open channel:mastodon before:1h", stdin="y\n", asks=2),
    Case("undo--last", "undo", environ={"SOCIALCARE_USER": "mia"}),
    Case("undo--colleague", "undo 6"),
    Case("undo--dry-run", "undo 6 --dry-run", records=3, fields=3),
    Case("undo--list", "undo --list", records=11, fields=11),
    Case("undo--nothing", "undo", state="empty"),
    Case("reply--draft", f"reply {NEARLY_LATE} -b", ("Yes, we do. It takes 3 to 5 days.",)),
    Case("reply--long-draft", f"reply {CHINESE} -b", ("荷物をお調べします。" * 30 + " 👩‍👩‍👧\x1b[2J",), says_in_pipe=True),
    Case("reply--recorded", f"reply {NEARLY_LATE} --record"),
    Case("reply--discarded", f"reply {MIA_WAITS} --discard --steal", says_in_pipe=True),
    Case("reply--held", f"reply {HELD} -b Sorry.", code=6),
    Case("reply--erased", f"reply {ERASED} -b Sorry.", code=3),
    Case("snippet--list", "snippet", state="snippets", records=3, fields=11),
    Case("snippet--show", "snippet show delay-apology", state="snippets"),
    Case("snippet--hostile", "snippet show a-name-that-goes-on-and-on-until-nobody-reads-it", state="snippets"),
    Case("snippet--gaps", "snippet gaps", state="snippets", records=1, fields=4),
    Case("snippet--none", "snippet", state="empty", records=0),
    Case("snippet--no-gaps", "snippet gaps", state="empty", records=0),
    Case("snippet--exported", "snippet export --public -o {home}/faq.html", state="snippets"),
    Case("show--snippets", f"show {MIA_WAITS}", state="snippets"),
    Case("reply--snippet", f"reply {MIA_WAITS} --steal --snippet delay-apology", state="snippets", says_in_pipe=True, exact=False),
    Case("error--2-snippet", "snippet export", state="snippets", code=2),
    Case("error--3-snippet", "snippet show delay", state="snippets", code=3),
    Case("reply--asked", f"reply {STOPPED}", state="replies", stdin="s\nq\n", asks=0, says_in_pipe=True, environ=BY_MIA),
    Case("reply--stopped", f"reply {STOPPED} --send", state="replies", code=6, speaks=True, says_in_pipe=True, environ=BY_MIA),
    Case("reply--put-up", f"reply {STOPPED} --private --send --override", ("placeholders",), state="replies", code=6),
    Case("reply--approver", f"reply {WAITING}", state="replies", stdin="q\n", environ=BY_MIA),
    Case("reply--not-yours", f"reply {WAITING} --approve", state="replies", code=6, environ={"SOCIALCARE_USER": "eva"}),
    Case("reply--approved", f"reply {WAITING} --approve", state="replies", environ=BY_MIA),
    Case("reply--back", f"reply {WAITING} --back", ("say when",), state="replies", environ=BY_MIA),
    Case("reply--failed", f"reply {FAILED}", state="replies", stdin="q\n", environ=BY_MIA),
    Case("reply--unknown", f"reply {UNKNOWN}", state="replies", stdin="q\n", environ=BY_MIA),
    Case("reply--unknown-send", f"reply {UNKNOWN} --send", state="replies", code=1),
    Case("reply--private", f"reply {CHINESE} --private -b", (PRIVATE,), state="replies", stdin="q\n", asks=0),
    Case("reply--follow-up", f"reply {CHINESE} --follow-up Which? -b", (GOOD,), state="replies", stdin="q\n", asks=0),
    Case("reply--split", f"reply {CHINESE} --split -b", (" ".join([GOOD] * 9),), state="replies", stdin="q\n", asks=0),
    Case("reply--many-question", "reply is:waiting --approve", state="replies", stdin="n\n", asks=2, environ=BY_MIA),
    Case("reply--many", f"reply {WAITING} {STOPPED} {APPROVED} --approve", state="replies", code=5, environ=BY_MIA, says_in_pipe=True),
    Case("reply--dry-run", f"reply {STOPPED} --dry-run", state="replies", code=6, speaks=True, says_in_pipe=True, environ=BY_MIA),
    Case("reply--nonsense", f"reply {WAITING} --record --private", state="replies", code=2),
    Case("inbox--answers", "inbox", state="replies", records=11, fields=9, environ=BY_MIA),
    Case("show--waiting", f"show {WAITING}", state="replies"),
    Case("show--failed", f"show {FAILED}", state="replies"),
    Case("undo--answers", "undo --list", state="replies"),
    Case("report--answers", "report --brief", state="replies"),
    Case("reply--new", "reply --new mastodon -b", (LATE,), state="posting", says_in_pipe=True),
    Case("reply--new-list", "reply --new", state="posting", records=2, fields=5),
    Case("reply--new-none", "reply --new", records=0),
    Case("reply--new-cannot", "reply --new form -b Late.", state="posting", code=2),
    Case("reply--own-post", f"reply {OWN_DRAFT}", state="posting", stdin="d\n", asks=0),
    Case("reply--own-waiting", f"reply {OWN_WAITING} --send", state="posting", code=6),
    Case("reply--statement", f"reply {MIA_WAITS} {NEARLY_LATE} {EMOJI} {HELD} --statement outage --dry-run", state="posting", says_in_pipe=True),
    Case("reply--statement-question", "reply is:open --statement outage --approve", state="posting", stdin="n\n", asks=2),
    Case("reply--statement-approve", f"reply {EMOJI} --statement outage --approve", state="posting"),
    Case("reply--no-statement", f"reply {EMOJI} --statement outage --send", state="snippets", code=3),
    Case("show--own-post", f"show {OWN_DRAFT} {OWN_WAITING}", state="posting"),
    Case("snippet--approve", "snippet approve outage", state="posting", environ={"SOCIALCARE_USER": "mia"}),
    Case("snippet--approve-stranger", "snippet approve outage", state="posting", code=6),
    Case("snippet--withdraw", "snippet withdraw outage", state="posting"),
    Case("customer--list", "customer", records=12, fields=14),
    Case("customer--muted", "customer --muted", records=1, fields=14),
    Case("customer--link", "customer link @kim @tom"),
    Case("customer--unlink", "customer unlink mia_boots"),
    Case("customer--mute", "customer mute @party --reason", ("posts the same every hour",)),
    Case("customer--unmute", "customer unmute @cheap-watches"),
    Case("forget--dry-run", "forget @mia@mas.to --dry-run", records=6, fields=3),
    Case("forget--question", "forget @mia@mas.to", stdin="no\n", asks=2),
    Case("forget--done", "forget @mia@mas.to --confirm @mia@mas.to", says_in_pipe=True),
    Case("forget--mentions", f"forget {PICTURE} {EMOJI} --confirm 2"),
    Case("forget--again", f"forget {ERASED} --confirm 1"),
    Case("report--brief", "report --brief"),
    Case("report--hours", "report --brief", state="hours"),
    Case("report--markdown", "report --brief --format md", state="hours", program=True),
    Case("report--empty", "report --brief", state="empty"),
    Case("report--figures", "report", records=6, fields=48),
    Case("report--figures-hours", "report --by owner", state="hours", records=4, fields=48),
    Case("report--figures-day", "report --since 5d --by day", records=8, fields=48),
    Case("report--figures-markdown", "report --by channel --format md", state="hours", program=True),
    Case("report--figures-query", "report --since 8h --by label author:@mia", records=3, fields=48),
    Case("report--figures-failing", "report --by channel", state="failing", records=4, fields=48),
    Case("report--figures-empty", "report", state="empty", records=2, fields=48),
    Case("report--figures-html", "report -o report.html", code=2),
    Case("alerts--found", "alerts", records=2, fields=5),
    Case("alerts--exit-code", "alerts --exit-code", code=10, records=2, fields=5),
    Case("alerts--failing", "alerts", state="failing", records=3, fields=5),
    Case("alerts--spike", "alerts", state="spiking", records=1, fields=5),
    Case("alerts--nothing", "alerts", state="empty", records=0),
    Case("config--list", "config list"),
    Case("config--backup", "config backup", exact=False),
    Case("config--no-backup", "config backup --list", records=0),
    Case("channel--list", "channel", records=2, fields=13),
    Case("channel--failing", "channel", state="failing", records=2, fields=13),
    Case("channel--types", "channel types", records=len(REGISTRY), fields=13),
    Case("channel--types-some", "channel types x exec", records=2, fields=13),
    Case("channel--add", "channel add", ("exec:/bin/cat {home}/posts.jsonl",)),
    Case("channel--add-dry-run", "channel add exec:/bin/true --name other --dry-run"),
    Case("channel--add-fails", "channel add exec:/bin/false", stdin="n\n", code=1, speaks=True),
    Case("channel--add-saved", "channel add exec:/bin/false", stdin="y\n", asks=1),
    Case("channel--add-signed-out", "channel add x:@acme", stdin="\nn\n", code=4, speaks=True),
    Case("channel--add-wrong", "channel add x:@acme --set budget_per_day=much", code=2),
    Case("channel--add-in-config", "channel add http:acme", code=2),
    Case("channel--test", "channel test", code=5),
    Case("channel--test-fails", "channel test phone", code=1, speaks=True),
    Case("doctor--new", "doctor --offline", state="new", code=10),
    Case("doctor--no-database", "doctor --offline", state="empty", code=10),
    Case("doctor--whole", "doctor", code=10),
    Case("doctor--offline", "doctor --offline", code=10),
    Case("doctor--failing", "doctor --quiet", state="failing", code=10),
    Case("classify--other-language", "classify", ("荷物が届きません。返事をください。",), exact=False),
    Case("classify--complaint", "classify", ("Third email and still no parcel!",), exact=False),
    Case("export--conversations", f"export --conversations {MIA_WAITS}", program=True),
    Case("import--dry-run", "import {home}/posts.jsonl --dry-run", code=5),
    Case("import--by-hand", "import --author Mia --channel phone --text", ("Still no parcel",)),
    Case("import--orders", "import --orders {home}/orders.csv"),
    Case("fetch--partly", "fetch", code=5),
    Case("sql--query", "sql", ("select id, author, text from inbox where due_at < '2026-11-21T14' order by id",), records=2, fields=3, table=True),
    Case("help--query", "help query", table=True),
    Case("help--exit-codes", "help exit-codes", table=True),
    Case("help--environment", "help environment", table=True),
    Case("help--checks", "help checks", table=True),
    Case("error--1-held", f"close {HELD}", code=1),
    Case("error--2-filter", "inbox sorce:mastodon", code=2),
    Case("error--2-option", "inbox --limti 3", code=2),
    Case("error--2-command", "inbx", code=2),
    Case("error--3-mention", "show 999", code=3),
    Case("error--3-person", "show @nobody", code=3),
    Case("error--4-signed-out", "fetch", state="signed-out", code=4),
    Case("error--75-fetching", "fetch", state="fetching", code=75),
    Case("learn--proposed", "learn", state="learning", stdin="n\n", exact=False),
    Case("learn--nothing", "learn"),
)  # fmt: skip
