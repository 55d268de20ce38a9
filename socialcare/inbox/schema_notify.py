"""The fifth schema: alerts that go on, and what somebody is to be told of."""

from __future__ import annotations

ALARMS = (
    # An alert that goes on is one incident, told once; who said that they know of it stays on
    # record. ``ended_at``: since when it is not found any more.
    """
    create table alarm (
      id integer primary key autoincrement,
      name text not null,
      began_at text not null,
      ended_at text,
      ids text not null default '[]',
      printed_at text,
      acked_by text,
      acked_at text
    ) strict
    """,
    "create index alarm_name on alarm (name, id)",
    """
    create table alarm_mute (
      name text primary key,
      until text not null,
      muted_by text not null,
      muted_at text not null
    ) strict, without rowid
    """,
)

NOTICES = (
    # Written before anybody is told, so that a target that is down loses nothing. No words of
    # customers are copied into it: they are read when it leaves, and what was erased is not told.
    """
    create table notice (
      id integer primary key autoincrement,
      key text not null unique,
      topic text not null,
      person text,
      at text not null,
      at_once integer not null,
      facts text not null,
      ids text not null
    ) strict
    """,
    "create index notice_at on notice (at)",
    """
    create table notice_delivery (
      notice_id integer not null references notice (id) on delete cascade,
      target text not null,
      sent_at text,
      primary key (notice_id, target)
    ) strict, without rowid
    """,
    "create index notice_waiting on notice_delivery (target, notice_id) where sent_at is null",
    """
    create table notice_target (
      target text primary key,
      failures integer not null default 0,
      last_success_at text,
      not_before text,
      error text,
      hint text
    ) strict, without rowid
    """,
    # Up to which mention somebody looked for urgent ones: what is there now is no news.
    """
    insert into meta select 'noticed', cast(coalesce(max(id), 0) as text) from mention
    """,
)

STATEMENTS = (*ALARMS, *NOTICES)
