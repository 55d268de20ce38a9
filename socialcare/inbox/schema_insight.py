"""The fourth schema: counts that are looked at with every fetch, whatever the size of the inbox."""

from __future__ import annotations

# What counts: mentions of people that were not filtered. ``{d}`` is how many more it makes them.
_COUNTED = "({row}.status <> 'filtered')"
_COMPLAINT = "({row}.status <> 'filtered' and {row}.label = 'complaint')"
_ADD = """
      insert into rate
      select cast(strftime('%s', created_at) as integer) / 900, channel, {n}, {complaints}
      from mention where id = {id} and automated = 0
      on conflict do update set n = n + excluded.n, complaints = complaints + excluded.complaints;
"""


def _add(id_: str, new: str | None, old: str | None = None) -> str:
    n, complaints = (
        " ".join(
            [part.format(row=new) if new else "0", *([f"- {part.format(row=old)}"] if old else [])]
        )
        for part in (_COUNTED, _COMPLAINT)
    )
    return _ADD.format(n=n, complaints=complaints, id=id_)


RATES = (
    # So many came in a quarter of an hour since 1970. Eight weeks of mentions are too many to
    # count whenever somebody asks whether this hour is unusual.
    """
    create table rate (
      quarter integer not null,
      channel text not null,
      n integer not null,
      complaints integer not null,
      primary key (quarter, channel)
    ) strict, without rowid
    """,
    """
    insert into rate
    select cast(strftime('%s', m.created_at) as integer) / 900, m.channel, count(*),
      sum(t.label = 'complaint')
    from triage t join mention m on m.id = t.mention_id
    where t.status <> 'filtered' and m.automated = 0 group by 1, 2
    """,
    f"""
    create trigger triage_rated after insert on triage begin
      {_add("new.mention_id", "new")}
    end
    """,
    f"""
    create trigger triage_rerated after update of status, label on triage
    when (old.status = 'filtered') <> (new.status = 'filtered')
      or (old.label = 'complaint') <> (new.label = 'complaint')
    begin
      {_add("new.mention_id", "new", "old")}
    end
    """,
    # Before the row of triage goes with it, for then nobody knows any more how it counted.
    """
    create trigger mention_unrated before delete on mention when old.automated = 0 begin
      update rate set n = n - 1,
        complaints = complaints - (select label = 'complaint' from triage where mention_id = old.id)
      where quarter = cast(strftime('%s', old.created_at) as integer) / 900
        and channel = old.channel
        and exists (select 1 from triage where mention_id = old.id and status <> 'filtered');
    end
    """,
)

WATCHING = (
    # What was written before somebody looked for the first time is history, however much of it
    # comes at once: no alarm is made of it.
    "alter table channel_health add column first_success_at text",
    """
    update channel_health set first_success_at = min(last_success_at, coalesce(
      (select min(fetched_at) from mention m where m.channel = channel_health.channel),
      last_success_at))
    where last_success_at is not null
    """,
    """
    create trigger channel_first_read after update of last_success_at on channel_health
    when new.first_success_at is null and new.last_success_at is not null
    begin
      update channel_health set first_success_at = new.last_success_at
      where channel = new.channel;
    end
    """,
)

REACH = (
    # How often a post had been passed on by when: counts are refreshed in place, and only their
    # growth says that something spreads. Two days of it are kept.
    """
    create table reach (
      mention_id integer not null references mention (id) on delete cascade,
      at text not null,
      reposts integer not null,
      primary key (mention_id, at)
    ) strict, without rowid
    """,
    "create index reach_at on reach (at)",
)

STATEMENTS = (*RATES, *WATCHING, *REACH)
