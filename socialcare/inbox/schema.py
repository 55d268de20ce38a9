"""The tables of the first schema, one statement each. Names are singular; views are plural.

The tables are our own; what users may build on is in ``views.py``.
"""

from __future__ import annotations

AUTHORS = (
    """
    create table author (
      id integer primary key autoincrement,
      source text not null,
      external_id text not null,
      handle text not null,
      name text,
      url text,
      followers integer,
      is_us integer not null default 0,
      unique (source, external_id)
    ) strict
    """,
    "create index author_handle on author (handle collate nocase)",
)

FACTS = (
    """
    create table mention (
      id integer primary key autoincrement,
      source text not null,
      external_id text not null,
      uri text,
      channel text not null,
      kind text not null,
      role text not null,
      author_id integer not null references author (id),
      text text not null,
      url text,
      created_at text not null,
      fetched_at text not null,
      lang text,
      thread text,
      in_reply_to text,
      repost_of text,
      direct integer not null default 0,
      automated integer not null default 0,
      rating real,
      likes integer,
      reposts integer,
      replies integer,
      media text,
      edited_at text,
      gone_at text,
      unique (source, external_id)
    ) strict
    """,
    # The same post seen through two channels is one row; how the second one calls it is
    # kept, for an answer may name its parent by that.
    """
    create table alias (
      source text not null,
      external_id text not null,
      mention_id integer not null references mention (id) on delete cascade,
      primary key (source, external_id)
    ) strict, without rowid
    """,
    "create index alias_mention on alias (mention_id)",
    "create unique index mention_uri on mention (uri) where uri is not null",
    # Covers the count of somebody's earlier mentions, which every record shows.
    """
    create index mention_author on mention (author_id, created_at, external_id)
    where role = 'mention'
    """,
    "create index mention_created on mention (created_at)",
    "create index mention_channel on mention (channel)",
    "create index mention_url on mention (url) where url is not null",
    "create index mention_thread on mention (source, thread) where thread is not null",
    "create index mention_parent on mention (source, in_reply_to) where in_reply_to is not null",
    "create index mention_reposted on mention (repost_of) where repost_of is not null",
    """
    create table revision (
      id integer primary key autoincrement,
      mention_id integer not null references mention (id) on delete cascade,
      text text not null,
      replaced_at text not null
    ) strict
    """,
    "create index revision_mention on revision (mention_id)",
)

JUDGEMENT = (
    """
    create table label (
      mention_id integer primary key references mention (id) on delete cascade,
      label text not null,
      confidence real not null,
      scores text not null,
      sentiment text not null,
      sentiment_score real not null,
      topics text not null,
      urgent integer not null,
      needs_answer integer not null,
      lang text,
      reasons text not null,
      classifier text not null,
      priority text not null,
      points integer not null,
      why text not null,
      due_at text not null
    ) strict
    """,
    # What a person decided about a label, topic, priority or the need of an answer:
    # kept apart, so that labelling again never loses it.
    """
    create table correction (
      mention_id integer not null references mention (id) on delete cascade,
      field text not null,
      value text not null,
      actor text not null,
      at text not null,
      primary key (mention_id, field)
    ) strict, without rowid
    """,
)

TRIAGE = (
    """
    create table triage (
      mention_id integer primary key references mention (id) on delete cascade,
      status text not null,
      needs_answer integer not null,
      label text not null,
      priority_rank integer not null,
      due_at text not null,
      owner text,
      snoozed_until text,
      seen_at text,
      first_answer_at text,
      filtered_why text,
      close_reason text
    ) strict
    """,
    # The inbox: a page of it costs the same at ten thousand and at ten million rows.
    """
    create index triage_inbox on triage (priority_rank, due_at, mention_id)
    where status = 'open' and needs_answer = 1
    """,
    """
    create index triage_due on triage (due_at, mention_id)
    where status = 'open' and needs_answer = 1
    """,
    """
    create index triage_rest on triage (status, priority_rank, due_at, mention_id)
    where status <> 'open'
    """,
    """
    create table tag (
      mention_id integer not null references mention (id) on delete cascade,
      tag text not null,
      primary key (mention_id, tag)
    ) strict, without rowid
    """,
    "create index tag_tag on tag (tag, mention_id)",
    """
    create table note (
      id integer primary key autoincrement,
      mention_id integer not null references mention (id) on delete cascade,
      author text not null,
      at text not null,
      text text not null
    ) strict
    """,
    "create index note_mention on note (mention_id)",
    """
    create table reply (
      id integer primary key autoincrement,
      mention_id integer not null references mention (id) on delete cascade,
      body text not null,
      visibility text not null,
      state text not null,
      key text not null unique,
      external_id text,
      url text,
      error text,
      author text not null,
      created_at text not null,
      updated_at text not null,
      sent_at text
    ) strict
    """,
    "create index reply_mention on reply (mention_id)",
    "create index reply_state on reply (state) where state <> 'sent'",
)

EVENTS = (
    """
    create table action (
      id integer primary key autoincrement,
      at text not null,
      actor text not null,
      command text not null
    ) strict
    """,
    """
    create table event (
      id integer primary key autoincrement,
      action_id integer not null references action (id),
      mention_id integer not null references mention (id) on delete cascade,
      field text not null,
      before text,
      after text,
      why text
    ) strict
    """,
    "create index event_mention on event (mention_id)",
    "create index event_action on event (action_id)",
)

FETCHING = (
    """
    create table checkpoint (
      channel text not null,
      source text not null,
      version integer not null,
      value text not null,
      updated_at text not null,
      primary key (channel, source)
    ) strict, without rowid
    """,
    """
    create table channel_health (
      channel text primary key,
      last_attempt_at text,
      last_success_at text,
      last_item_at text,
      failures integer not null default 0,
      error_code text,
      error text,
      hint text,
      not_before text,
      possibly_missed text
    ) strict, without rowid
    """,
    """
    create table run (
      id integer primary key autoincrement,
      started_at text not null,
      ended_at text not null,
      new integer not null,
      ok integer not null,
      channels integer not null
    ) strict
    """,
    """
    create table dead_letter (
      id integer primary key autoincrement,
      at text not null,
      channel text not null,
      place text not null,
      reason text not null,
      raw blob not null
    ) strict
    """,
    # Whether a letter is kept already is asked for each one that comes.
    "create index dead_letter_same on dead_letter (channel, length(raw))",
    "create table meta (key text primary key, value text not null) strict, without rowid",
)

TOTALS = (
    # Counting open rows walks an index; a header on every screen cannot afford that.
    """
    create table total (
      status text not null,
      needs_answer integer not null,
      label text not null,
      n integer not null,
      primary key (status, needs_answer, label)
    ) strict, without rowid
    """,
    """
    create trigger triage_counted after insert on triage begin
      insert into total values (new.status, new.needs_answer, new.label, 1)
      on conflict do update set n = n + 1;
    end
    """,
    """
    create trigger triage_discounted after delete on triage begin
      update total set n = n - 1
      where status = old.status and needs_answer = old.needs_answer and label = old.label;
    end
    """,
    """
    create trigger triage_recounted after update of status, needs_answer, label on triage
    when old.status <> new.status or old.needs_answer <> new.needs_answer
      or old.label <> new.label
    begin
      update total set n = n - 1
      where status = old.status and needs_answer = old.needs_answer and label = old.label;
      insert into total values (new.status, new.needs_answer, new.label, 1)
      on conflict do update set n = n + 1;
    end
    """,
)

SEARCH = (
    # No insert trigger: it would flush the index for every row. The writer fills it
    # once per transaction.
    """
    create virtual table mention_fts using fts5 (
      text, content = 'mention', content_rowid = 'id',
      tokenize = "unicode61 remove_diacritics 2"
    )
    """,
    """
    create trigger mention_reworded after update of text on mention begin
      insert into mention_fts (mention_fts, rowid, text) values ('delete', old.id, old.text);
      insert into mention_fts (rowid, text) values (new.id, new.text);
    end
    """,
    """
    create trigger mention_removed after delete on mention begin
      insert into mention_fts (mention_fts, rowid, text) values ('delete', old.id, old.text);
    end
    """,
)

STATEMENTS = (
    *AUTHORS,
    *FACTS,
    *JUDGEMENT,
    *TRIAGE,
    *EVENTS,
    *FETCHING,
    *TOTALS,
    *SEARCH,
)
