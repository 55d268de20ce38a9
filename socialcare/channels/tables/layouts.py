"""Which column holds what: our own export, the tables of common tools, the Kaggle support tweets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from socialcare.channels.dates import month_comes_first, read_time
from socialcare.channels.records import FIELDS
from socialcare.channels.values import flag
from socialcare.clock import format_time

ALIASES: Mapping[str, str] = {
    "text": """text fulltext tweettext message messagetext content contenttext mentioncontent
        mentiontext hitsentence snippet body bodytext post posttext postmessage comment commenttext
        commentbody review reviewtext reviewbody reviewcontent mention caption description tweet
        openingtext summary title headline""",
    "author": """author authorhandle username screenname handle user userscreenname authorusername
        userhandle from fromuser sender senderscreenname reviewer postedby creator by
        influencer profile""",
    "author_name": """authorname name fullname displayname userdisplayname authorfullname
        reviewername sendername realname authordisplayname""",
    "author_id": "authorid userid fromuserid fromid senderid profileid",
    "author_url": "authorurl authorlink authorprofile userurl profileurl profilelink",
    "followers": """followers followerscount followercount authorfollowers userfollowers
        twitterfollowers xfollowers""",
    "url": """url link permalink posturl postlink mentionurl mentionlink tweeturl messageurl
        sourceurl reviewurl reviewlink originalurl pageurl href""",
    "created_at": """createdat date created datetime timestamp time published publishedat
        publishdate publicationdate datepublished posted postedat postdate createdtime createddate
        createtime datecreated createdatutc dateutc tweetdate reviewdate reviewtime sentat senttime
        commentdate dateadded""",
    "edited_at": "editedat edited",
    "lang": "lang language languagecode langcode",
    "likes": """likes like likecount likescount favorites favourites favoritecount favoritescount
        favouritescount reactions reactionscount upvotes thumbsup thumbsupcount score points""",
    "reposts": "reposts retweets retweetcount shares sharecount sharescount reblogs boosts",
    "replies": "replies replycount repliescount comments commentcount commentscount numcomments",
    "rating": "rating stars starrating reviewrating ratingvalue reviewscore",
    "external_id": """externalid id postid tweetid statusid messageid mentionid commentid reviewid
        resourceid itemid guid uuid""",
    "in_reply_to": """inreplyto inreplytoid inreplytostatusid inreplytotweetid replyto replytoid
        parentid""",
    "thread": "thread threadid conversation conversationid",
    "media": "media mediaurl mediaurls imageurl imageurls",
}
"""Names of columns, best first, as :func:`plain_name` writes them. What a table calls
"channel" or "source" is a network and not one of our channels: it is read with ``--map`` only."""

_CLOCK_COLUMNS = ("time", "hour")
_TWCS = {"tweetid", "authorid", "inbound", "createdat", "text", "inresponsetotweetid"}
_WHOLE = re.compile(r"(-?\d{1,18})\.0+")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)
_FORMULA = re.compile("''*[\\s\x00\u00a0\u200b-\u200f\u2060\ufeff]*[=+\\-@\t\r＝＋－＠]")
_IDS = ("external_id", "in_reply_to", "thread", "author_id")

Cells = Sequence[str]
Record = dict[str, object]


def plain_name(column: str) -> str:
    """``Created At (UTC)`` and ``created_at_utc`` are one name."""
    return re.sub(r"[\W_]+", "", column).lower()


_FIELD_OF = {name: field for field, names in ALIASES.items() for name in names.split()}
_RANK = {name: rank for names in ALIASES.values() for rank, name in enumerate(names.split())}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a row of cells becomes a record. Columns of one field are tried in their order."""

    columns: Mapping[str, tuple[int, ...]]
    finish: Callable[[Record], Record]
    clock: int | None = None
    """A column with the time of day, where the date has one of its own."""

    def record(self, cells: Cells) -> Record:
        found: Record = {}
        for field, indices in self.columns.items():
            for index in indices:
                if index < len(cells) and (cell := cells[index]) and not cell.isspace():
                    found[field] = cell
                    break
        if self.clock is not None and self.clock < len(cells):
            found["created_at"] = _with_clock(found.get("created_at"), cells[self.clock])
        return self.finish(found) if found else found


def layout_of(header: Cells, mapping: Mapping[str, str]) -> Layout | None:
    """Recognise a header. None where no column holds the text, or a mapped one is missing."""
    names = [plain_name(cell) for cell in header]
    mapped: dict[str, tuple[int, ...]] = {}
    for field, column in mapping.items():
        index = _index_of(column, header, names)
        if column and index is None:
            return None
        mapped[field] = () if index is None else (index,)
    layout = _twcs(names) or _own(header) or _foreign(names)
    columns = {**layout.columns, **mapped}
    clock = None if "created_at" in mapped else layout.clock
    return Layout(columns, layout.finish, clock) if columns.get("text") else None


def with_dates_of(layout: Layout, sample: Sequence[Cells]) -> Layout:
    """Settle for the whole file whether 04/05/2017 begins with the day or the month."""
    dates = (str(layout.record(cells).get("created_at", "")) for cells in sample)
    if not month_comes_first(dates):
        return layout

    def finish(record: Record) -> Record:
        record = layout.finish(record)
        for field in ("created_at", "edited_at"):
            try:
                if field in record:
                    record[field] = format_time(read_time(record[field], month_first=True))
            except ValueError:
                continue  # left as it stands: refused where records are read, with the reason
        return record

    return Layout(layout.columns, finish, layout.clock)


def _index_of(column: str, header: Cells, names: Sequence[str]) -> int | None:
    stripped = [cell.strip() for cell in header]
    if column.strip() in stripped:
        return stripped.index(column.strip())
    plain = plain_name(column)
    return names.index(plain) if plain and plain in names else None


def _own(header: Cells) -> Layout | None:
    """Our own CSV: exact names, nothing guessed."""
    names = [cell.strip() for cell in header]
    if "external_id" not in names or "text" not in names:
        return None
    return Layout({name: (names.index(name),) for name in FIELDS if name in names}, _as_exported)


def _as_exported(record: Record) -> Record:
    """Take back the quote that our export puts before what a spreadsheet takes for a formula."""
    read: Record = {
        field: cell[1:] if isinstance(cell, str) and _FORMULA.match(cell) else cell
        for field, cell in record.items()
    }
    return {"text": "", **read}


def _twcs(names: Sequence[str]) -> Layout | None:
    """Recognise Kaggle's "Customer Support on Twitter", also as pandas saves it again."""
    if not set(names) >= _TWCS:
        return None
    of = {
        "external_id": "tweetid",
        "author": "authorid",
        "role": "inbound",
        "created_at": "createdat",
        "text": "text",
        "in_reply_to": "inresponsetotweetid",
    }
    return Layout({field: (names.index(name),) for field, name in of.items()}, _as_tweet)


def _as_tweet(record: Record) -> Record:
    record = _as_table(record)
    try:
        inbound = flag(record.get("role"))
    except ValueError:
        return record
    author, text = record.get("author"), record.get("text")
    return {
        **record,
        "source": "import:twcs",
        "author": author and f"@{author}",
        "author_id": author,
        "text": text and _unescaped(str(text)),
        "kind": "reply" if record.get("in_reply_to") else "post",
        "role": "mention" if inbound is not False else "answer",
        "direct": inbound is not False,
    }


def _unescaped(text: str) -> str:
    """Twitter escapes three characters and no others; once, so that ``&amp;gt;`` is ``&gt;``."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _foreign(names: Sequence[str]) -> Layout:
    columns: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if field := _FIELD_OF.get(name):
            columns.setdefault(field, []).append(index)
    if not columns.get("author") and columns.get("author_name"):
        columns["author"] = columns.pop("author_name")
    in_order = {
        field: tuple(sorted(found, key=lambda index: _RANK[names[index]]))
        for field, found in columns.items()
    }
    clocks = [names.index(name) for name in _CLOCK_COLUMNS if name in names and "date" in names]
    return Layout(in_order, _as_table, clocks[0] if clocks else None)


def _as_table(record: Record) -> Record:
    """Undo what spreadsheets do to ids: 3.0 is 3, and 9.25E+17 is the id of many rows: none."""
    for field in _IDS:
        if isinstance(cell := record.get(field), str):
            cell = cell.strip()
            whole = _WHOLE.fullmatch(cell)
            record[field] = whole[1] if whole else None if _ROUNDED.fullmatch(cell) else cell
    return record


def _with_clock(date: object, clock: str) -> object:
    if isinstance(date, str) and ":" not in date and re.match(r"\d{1,2}:\d\d", clock.strip()):
        return f"{date.strip()} {clock.strip()}"
    return date
