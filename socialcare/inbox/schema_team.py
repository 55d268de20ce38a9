"""The second schema: conversations, the clock of answers, several people, customers, erasure."""

from __future__ import annotations

CONVERSATIONS = (
    # What one person wrote in one thread is one conversation and one row of the inbox. Its
    # number is that of its first stored mention; null is a conversation of one, which most are.
    "alter table mention add column conversation integer",
    """
    update mention set conversation = (
      select min(o.id) from mention o where o.source = mention.source
        and o.thread = mention.thread and o.author_id = mention.author_id and o.role = 'mention')
    where role = 'mention' and thread is not null and exists (
      select 1 from mention o where o.source = mention.source and o.thread = mention.thread
        and o.author_id = mention.author_id and o.role = 'mention' and o.id <> mention.id)
    """,
    """
    create index mention_conversation on mention (conversation, created_at, id)
    where conversation is not null
    """,
)

CLOCK = (
    # Whether somebody waits for us, and until when: the newest open message of a
    # conversation stands for all of it.
    "alter table triage add column waits integer not null default 0",
    "alter table triage add column due_for text",
    "alter table triage add column waiting_since text",
    # A time that we named in an answer: owed also while we wait for the person.
    "alter table triage add column promised_at text",
    """
    update triage set waits = 1, due_for = 'first',
      waiting_since = (select created_at from mention where id = mention_id)
    where status = 'open' and needs_answer = 1 and not exists (
      select 1 from mention m join mention o on o.conversation = m.conversation
        join triage ot on ot.mention_id = o.id
      where m.id = triage.mention_id and ot.status = 'open' and ot.needs_answer = 1
        and (o.created_at, o.id) > (m.created_at, m.id))
    """,
    "drop index triage_inbox",
    "drop index triage_due",
    """
    create index triage_inbox on triage (priority_rank, due_at, mention_id) where waits = 1
    """,
    "create index triage_due on triage (due_at, mention_id) where waits = 1",
    """
    create index triage_snoozed on triage (snoozed_until) where status = 'snoozed'
    """,
)

TOTALS = (
    "drop trigger triage_counted",
    "drop trigger triage_discounted",
    "drop trigger triage_recounted",
    "drop table total",
    """
    create table total (
      status text not null,
      waits integer not null,
      label text not null,
      n integer not null,
      primary key (status, waits, label)
    ) strict, without rowid
    """,
    "insert into total select status, waits, label, count(*) from triage group by 1, 2, 3",
    """
    create trigger triage_counted after insert on triage begin
      insert into total values (new.status, new.waits, new.label, 1)
      on conflict do update set n = n + 1;
    end
    """,
    """
    create trigger triage_discounted after delete on triage begin
      update total set n = n - 1
      where status = old.status and waits = old.waits and label = old.label;
    end
    """,
    """
    create trigger triage_recounted after update of status, waits, label on triage
    when old.status <> new.status or old.waits <> new.waits or old.label <> new.label
    begin
      update total set n = n - 1
      where status = old.status and waits = old.waits and label = old.label;
      insert into total values (new.status, new.waits, new.label, 1)
      on conflict do update set n = n + 1;
    end
    """,
)

EVENTS = (
    # An action can take another one back; what people do to customers is an event as well.
    "alter table action add column undoes integer references action (id)",
    "create index action_undoes on action (undoes) where undoes is not null",
    """
    create table event_of_anything (
      id integer primary key autoincrement,
      action_id integer not null references action (id),
      mention_id integer references mention (id) on delete cascade,
      author_id integer references author (id) on delete cascade,
      field text not null,
      before text,
      after text,
      why text,
      check ((mention_id is null) <> (author_id is null))
    ) strict
    """,
    """
    insert into event_of_anything (id, action_id, mention_id, field, before, after, why)
    select id, action_id, mention_id, field, before, after, why from event
    """,
    "drop table event",
    "alter table event_of_anything rename to event",
    "create index event_mention on event (mention_id) where mention_id is not null",
    "create index event_author on event (author_id) where author_id is not null",
    "create index event_action on event (action_id)",
)

TEAM = (
    # What came in during a shift, however old it was by then.
    "create index mention_fetched on mention (fetched_at)",
    # Who has a mention before him, so that two people do not answer the same one.
    """
    create table lease (
      mention_id integer primary key references mention (id) on delete cascade,
      actor text not null,
      at text not null,
      until text not null
    ) strict
    """,
)

CUSTOMERS = (
    # A customer is one person behind several accounts: joined by hand, and taken apart again.
    "create table customer (id integer primary key autoincrement, at text not null) strict",
    "alter table author add column customer_id integer references customer (id)",
    "alter table author add column muted_at text",
    "alter table author add column muted_by text",
    "alter table author add column muted_why text",
    "create index author_customer on author (customer_id) where customer_id is not null",
    "create index author_muted on author (muted_at) where muted_at is not null",
    # Rows of the shop's own order file, joined to mentions by the order number.
    """
    create table orders (
      number text primary key collate nocase,
      data text not null,
      imported_at text not null
    ) strict, without rowid
    """,
)

ERASURE = (
    # What was erased must not come back with the next fetch: a keyed hash of its identity.
    """
    create table tombstone (
      hash text primary key,
      kind text not null,
      at text not null
    ) strict, without rowid
    """,
    # The row stays and is counted; that its words are gone on purpose must be told from a post
    # without any.
    "alter table mention add column erased_at text",
    # All of somebody's posts, where the index of their mentions has only those.
    "create index mention_author_rest on mention (author_id) where role <> 'mention'",
    "create index mention_kept on mention (created_at) where erased_at is null",
    "create index mention_erased on mention (erased_at) where erased_at is not null",
)

STATEMENTS = (
    *CONVERSATIONS,
    *CLOCK,
    *TOTALS,
    *EVENTS,
    *TEAM,
    *CUSTOMERS,
    *ERASURE,
)
