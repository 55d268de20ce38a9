"""The third schema: replies that this program posts itself, and what became of each of their posts."""

from __future__ import annotations

LETTERS = (
    # What is said in private after a public answer, as one reply.
    "alter table reply add column follow_up text",
    # Whether a text that is too long for one post may become several.
    "alter table reply add column split integer not null default 0",
    "alter table reply add column snippet text",
    "alter table reply add column approved_by text",
    "alter table reply add column approved_at text",
    # The last event that they had seen who let it go: what happened since may stop it.
    "alter table reply add column seen integer",
    "alter table reply add column not_before text",
    # What the checks said when it went, and which of them somebody overrode.
    "alter table reply add column checks text",
    "alter table reply add column overrides text",
    "alter table reply add column statement text",
    "alter table reply add column promised_at text",
    # The same words to many within a day look like a machine.
    "create index reply_updated on reply (updated_at)",
    # Of two people who answer the same mention, the second one writes the first one's draft on.
    "create unique index reply_open on reply (mention_id) where state <> 'sent'",
)

MANY = (
    # A statement goes to many in the same words only once somebody has approved just those.
    """
    create table statement (
      id integer primary key autoincrement,
      name text not null,
      digest text not null,
      approved_by text not null,
      approved_at text not null,
      until text,
      withdrawn_by text,
      withdrawn_at text
    ) strict
    """,
    "create unique index statement_standing on statement (name) where withdrawn_at is null",
    # When one of many leaves at the earliest, and how many of them do so in an hour.
    "alter table reply add column send_after text",
    "alter table reply add column pace integer",
    "create index reply_statement on reply (statement) where statement is not null",
)

OWN_POSTS = (
    # Posts that answer nobody are few among all mentions, and looked for with every page.
    "create index mention_own on mention (id) where role = 'own'",
)

POSTS = (
    # One request that makes one post. It is written down as being sent before it is: after a
    # crash, that row is all that is known.
    """
    create table post (
      id integer primary key autoincrement,
      reply_id integer not null references reply (id) on delete cascade,
      place integer not null,
      body text not null,
      private integer not null,
      key text not null unique,
      state text not null,
      tries integer not null default 0,
      began_at text,
      tried_at text,
      external_id text,
      uri text,
      url text,
      sent_at text,
      error text,
      unique (reply_id, place)
    ) strict
    """,
    "create index post_external on post (external_id) where external_id is not null",
    "create index post_uri on post (uri) where uri is not null",
)

STATEMENTS = (*LETTERS, *MANY, *OWN_POSTS, *POSTS)
