"""The documented surface of ``socialcare sql``: views that stay as they are from version to version."""

from __future__ import annotations

_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
_EARLIER = """p.role = 'mention'
          and (p.created_at, p.external_id) < (m.created_at, m.external_id)"""
_LEASE = """
        from lease h where h.mention_id = m.id or h.mention_id in (
          select o.id from mention o where o.conversation = m.conversation)
        order by h.until desc, h.mention_id desc limit 1"""

VIEWS = (
    f"""
    create view mentions as
    select
      m.id, m.channel, m.external_id, m.kind, m.url, m.thread, m.in_reply_to,
      coalesce(m.conversation, m.id) as conversation_id,
      case when m.conversation is null then 1 else (select count(*) from mention o
        where o.conversation = m.conversation) end as messages,
      a.handle as author, a.name as author_name, a.followers,
      case when a.customer_id is null then (select count(*) from (
        select 1 from mention p where p.author_id = m.author_id and {_EARLIER} limit 1000))
      else (select count(*) from (
        select 1 from author b join mention p on p.author_id = b.id
        where b.customer_id = a.customer_id and {_EARLIER} limit 1000))
      end as previous_contacts,
      m.created_at, m.fetched_at, coalesce(m.edited_at,
        (select max(replaced_at) from revision v where v.mention_id = m.id)) as edited_at,
      m.gone_at, m.text, coalesce(l.lang, m.lang) as lang,
      m.likes, m.reposts, m.replies, m.rating, m.media,
      t.label, l.confidence, l.sentiment, l.sentiment_score,
      coalesce((select value from correction c
        where c.mention_id = m.id and c.field = 'topics'), l.topics) as topics,
      l.urgent, t.needs_answer,
      case t.priority_rank when 0 then 'urgent' when 1 then 'high' when 2 then 'normal'
        else 'low' end as priority,
      l.points, l.why, t.status, t.seen_at is null and t.status = 'open' as new, t.owner,
      (select json_group_array(tag) from tag g where g.mention_id = m.id) as tags,
      t.snoozed_until, t.waits as waiting, t.waiting_since, t.due_at, t.due_for,
      t.waits and t.due_at < {_NOW} as late, case when t.waits then t.promised_at end as promised_at,
      t.first_answer_at,
      (select oa.handle from mention o join author oa on oa.id = o.author_id
        where o.source = m.source and o.in_reply_to = m.external_id and o.role = 'mention'
          and o.author_id <> m.author_id
          and (oa.customer_id is null or oa.customer_id is not a.customer_id)
        order by o.created_at, o.id limit 1
      ) as answered_by_customer,
      (select h.actor {_LEASE}) as held_by, (select h.at {_LEASE}) as held_since,
      (select h.until {_LEASE}) as held_until,
      (select state from reply r where r.mention_id = m.id order by r.id desc limit 1)
        as reply_state,
      m.source, m.uri, m.role, m.repost_of, m.direct, m.automated,
      a.external_id as author_id, l.scores, l.reasons, l.classifier, t.filtered_why,
      t.close_reason, a.customer_id as customer, a.muted_why
    from mention m
    join triage t on t.mention_id = m.id
    join label l on l.mention_id = m.id
    join author a on a.id = m.author_id
    """,
    "create view inbox as select * from mentions where waiting = 1",
    """
    create view conversations as
    select c.id, f.channel, a.handle as author, a.name as author_name, c.messages,
      (select count(*) from mention m join mention o
          on o.source = m.source and o.in_reply_to = m.external_id and o.role = 'answer'
        where m.conversation = c.id or m.id = c.id)
      + (select count(*) from mention m join reply r on r.mention_id = m.id and r.state = 'sent'
        where (m.conversation = c.id or m.id = c.id) and (r.url is null or not exists (
          select 1 from mention o where o.url = r.url and o.role = 'answer'))) as answers,
      c.first_at, c.newest_at,
      (select min(w.first_answer_at) from mention m join triage w on w.mention_id = m.id
        where m.conversation = c.id or m.id = c.id) as first_answer_at,
      case when t.status = 'closed' then (select max(x.at) from event e
        join action x on x.id = e.action_id where e.mention_id = n.id and e.field = 'status'
          and e.after = '"closed"') end as closed_at,
      t.status, t.label, case t.priority_rank when 0 then 'urgent' when 1 then 'high'
        when 2 then 'normal' else 'low' end as priority, t.owner, t.waits as waiting, t.due_at,
      f.text as first_text, n.text as newest_text, f.url, n.id as newest_id
    from (
      select coalesce(conversation, id) as id, count(*) as messages, min(created_at) as first_at,
        max(created_at) as newest_at
      from mention where role = 'mention' group by 1) c
    join mention f on f.id = (select m.id from mention m
      where (m.conversation = c.id or m.id = c.id) and m.role = 'mention'
      order by m.created_at, m.id limit 1)
    -- The message that waits stands for all, else the newest one.
    join mention n on n.id = (select m.id from mention m join triage w on w.mention_id = m.id
      where (m.conversation = c.id or m.id = c.id) and m.role = 'mention'
      order by w.waits desc, m.created_at desc, m.id desc limit 1)
    join triage t on t.mention_id = n.id
    join author a on a.id = f.author_id
    """,
    """
    create view replies as
    select m.id, m.channel, m.external_id, m.url, a.handle as author, m.text, m.created_at,
      m.in_reply_to, p.id as mention_id, null as state, 'channel' as recorded
    from mention m
    join author a on a.id = m.author_id
    left join mention p on p.source = m.source and p.external_id = m.in_reply_to
    where m.role = 'answer'
    union all
    select r.id, m.channel, r.external_id, r.url, r.author, r.body, coalesce(r.sent_at, r.created_at),
      m.external_id, r.mention_id, r.state, 'here'
    from reply r join mention m on m.id = r.mention_id and m.role <> 'own'
    -- What was recorded by hand and then seen on its channel is one answer.
    where r.url is null or not exists (
      select 1 from mention a where a.url = r.url and a.role = 'answer')
    """,
    """
    create view people as
    select a.source, a.handle, a.name, a.url, a.followers, count(*) as mentions,
      sum(t.label = 'complaint') as complaints, sum(t.label = 'praise') as praise,
      min(m.created_at) as first_seen, max(m.created_at) as last_seen,
      a.customer_id as customer, a.muted_at, a.muted_by, a.muted_why
    from author a
    join mention m on m.author_id = a.id and m.role = 'mention'
    join triage t on t.mention_id = m.id
    group by a.id
    """,
    """
    create view daily as
    select substr(m.created_at, 1, 10) as day, m.channel, t.label, count(*) as mentions,
      sum(t.needs_answer) as need_answer,
      sum(t.needs_answer and t.first_answer_at is not null) as answered
    from mention m join triage t on t.mention_id = m.id
    group by 1, 2, 3
    """,
    """
    create view events as
    select e.id, a.id as action, a.at, a.actor, a.command, a.undoes, e.mention_id, e.author_id,
      e.field, e.before, e.after, e.why
    from event e join action a on a.id = e.action_id
    """,
)
