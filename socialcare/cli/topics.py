"""The texts of ``socialcare help TOPIC``. At most 80 columns; each names only what exists."""

from __future__ import annotations

QUERY = """\
Choosing mentions: ids, or words that all have to hold.

  41   41-44   next          one, a range, the top of the inbox
  https://mas.to/@mia/1130   the post's own address
  -                          ids on standard input, one a line

  parcel late                both words           "never again"   that phrase
  is:late                    one of: open new late soon pending snoozed closed
                             filtered any mine draft waiting approved failed
                             unknown
  channel:reddit             from that channel    author:@mia     by that person
  customer:@mia              by that person, through all linked accounts
  topic:refund,billing       either topic         tag:vip         has that tag
  label:complaint            complaint question praise other unsure
  sentiment:negative         negative neutral positive
  priority:urgent,high       urgent high normal low
  owner:me   owner:none      whose it is
  since:2d   before:2026-11-01   since:monday
  text:4411                  a number as a word; alone it is an id
  not tag:vip                the opposite of the next word
  @refunds                   words that [queries] in the config keeps by a name
  sort:due                   priority (as it is without), due, new, old

Without is: only open mentions are meant that need an answer; is:any means all.
There is no "or" and there are no brackets: a comma in a filter means either,
and socialcare sql answers the rest.

  $ socialcare inbox refund is:late not tag:vip
  $ socialcare inbox is:any author:@mia sort:new
"""
JSON = """\
A list is an array of flat records, one thing is one object; jsonl is one record
a line. Data goes to standard output, everything else to standard error.

{fields}

Within "v" 1 fields are only added; names, types and meanings stay. Ignore
fields that you do not know. Times are UTC, missing is null and never absent,
and the text is the original. An error is one object on standard error:
{{"error": {{"code": ..., "message": ..., "hint": ...}}}}. The JSON Schemas lie in
  {folder}

  $ socialcare inbox --json | jq -r '.[] | [.id, .url] | @tsv'
  $ socialcare inbox --format jsonl --fields id,text,label
  $ socialcare inbox --format csv > inbox.csv
      a text that a spreadsheet would take for a formula gets a ' before it
"""
EXIT_CODES = """\
  0   done; also nothing to do, and an empty list
  1   failed
  2   wrong use: unknown option, filter, field or value; needs --yes
  3   no such mention, channel or snippet
  4   sign-in needed or refused
  5   partly done: some channels or ids failed, the rest is saved
  6   a reply was stopped by a check or a colleague, or waits for approval
 10   doctor or alerts --exit-code found something
 75   another fetch is running
130   stopped with Ctrl-C

A reader that goes away (| head) is no failure. On failure standard output stays
empty.

  $ socialcare fetch --quiet || echo "exit $?"
  $ socialcare inbox --json > inbox.json && cp inbox.json /srv/board/
"""
ENVIRONMENT = """\
  SOCIALCARE_CONFIG, SOCIALCARE_DB   another config file, another database
  SOCIALCARE_USER                    who you are; goes into the record
  SOCIALCARE_ACCESSIBLE=1            sentences instead of tables, for a voice
  SOCIALCARE_<CHANNEL>_TOKEN         a token, for containers
  SOCIALCARE_DEBUG=1                 more on standard error
  NO_COLOR                           no colours; bold and reverse stay
  FORCE_COLOR                        colours in a pipe too
  TERM=dumb                          no colours, no bold, nothing redrawn
  COLUMNS                            width of the screen
  VISUAL, EDITOR                     what edits the config, and answers
  XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME

An option comes before the environment, the environment before the config file.

  $ SOCIALCARE_CONFIG=~/acme.toml socialcare inbox
  $ NO_COLOR=1 socialcare inbox
"""
CRON = """\
Every 5 minutes; it prints, and so mails, only when something needs you:

  */5 * * * * {program} fetch --quiet

With a dead-man's switch, pinged after a full success only:

  */5 * * * * {program} fetch -q && curl -fsS -m 10 -o /dev/null https://ping.example/UUID

A mail while answers are late or a channel fails, and the handover of each
shift, with the full path of socialcare as above:

  */15 * * * * socialcare alerts --quiet
  0 6,14,22 * * * socialcare report --brief --since 8h

The lock and the time limits are built in: no flock, no timeout. Cron has no
keyring: a token comes from credentials.toml, a file or a command. The first
line of the inbox and socialcare doctor notice when the schedule has stopped.

systemd instead of cron: ~/.config/systemd/user/socialcare.service

  [Service]
  Type=oneshot
  ExecStart={program} fetch --quiet

and socialcare.timer beside it, then
systemctl --user enable --now socialcare.timer

  [Timer]
  OnCalendar=*:0/5
  Persistent=true
  [Install]
  WantedBy=timers.target

Windows:

  schtasks /Create /SC MINUTE /MO 5 /TN socialcare /TR "{program} fetch --quiet"

  $ crontab -e
  $ socialcare doctor
"""
CHECKS = """\
What makes a mention urgent, and what a reply goes through.

Priority is a sum that socialcare show prints: base 20; complaint +25, question
+10, unsure +5, praise -10; urgent words +25; speaks to you directly +10;
complained before +15; 1 or 2 stars +15; 1,000, 10,000, 100,000 followers +5,
+10, +20; 5, 25 reposts +5, +15. Urgent from 70, high from 50, normal from 25,
else low. Every weight is a key in [priority]; what you set by hand wins.

The first answer is due after 1 h (urgent), 2 h (high), 4 h (normal), 24 h
(low); [answer_by] changes that. socialcare show ID --clock prints the sum.

Nothing is ever answered by itself. Before a reply goes, these are looked at:

  length            STOP  what the channel takes, as it counts
  private data      STOP  in public: order numbers, phones, mails, addresses,
                          IBAN and card numbers
  placeholders      STOP  {name} that nobody filled in
  already answered  STOP  a colleague was quicker
  same text         STOP  the same words to a third person in 24 hours
  thanks            look  thanks or sorry
  not defensive     look  "as we said", "you should have"
  next step         look  what happens next, and when
  shouting          look  capitals, rows of exclamation marks
  links             look  domains that are not in [reply] links
  house words       look  [reply] avoid; STOP for [reply] forbid

look is advice. STOP holds it back, exit 6, unless you name it: --override
"private data" is recorded. With [reply] approval it then waits for one of the
approvers: socialcare inbox is:waiting.

  $ socialcare show next --clock
  $ socialcare reply 41 --body "Sorry, Mia. I look into it." --dry-run
"""
FIGURES = """\
What socialcare report counts, and when.

A mention is one post, comment, message or review. It counts in the period in
which it was written, and so does all that became of it, whenever that was. The
beginning belongs to a period, its end to the next one; days are those of
[answer_by] timezone, also those of 23 or 25 hours. 30d begins at midnight 30
days ago: 30 whole days, and today so far. What begins at midnight is compared
with as many days before, until the same time of day; all else with what came
just before it.

Left out, and counted as left out: what was filtered, what bots wrote, mentions
of the demo among real ones, and what was closed as not-us, spam or double.

  complaints      mentions with that label, of all
  answered        of the mentions that need an answer, those that have one by
                  now: sent from here, recorded, or seen on the channel
  question        what starts the clock of socialcare show --clock: the first
                  message of a conversation that nobody has answered. Whatever
                  else the person writes until the answer is the same question
  first answer    from a first question to its answer; half, 9 of 10, mean
  next answer     the same for what they ask once we have answered
  resolved        from a question until its conversation was closed
  in time         questions answered by their answer-by time, of those answered
                  or past it. Closed without an answer is neither. With open
                  hours also as if all hours counted
  waiting now     what socialcare inbox shows, whatever the period; late is past
                  answer-by, the age is how long somebody waits

--by puts each mention into one group, so groups add up to the total: topic is
the first of its topics; owner is who has it, person is who answered it first;
hour is the hour of the day; tag:vip,regular the first of these tags that it
has, customer:vip that the person has on any mention; order.country a column of
the orders file, for the order that the conversation names.

Money is an estimate. [report] cost_per_hour with minutes_saved or
handling_minutes turns it on, and every assumption is printed. [goals] are shown
as met or missed.

  $ socialcare report --since 7d --by person
  $ socialcare report --since 2026-11-01 --until 2026-12-01 -o november.csv
"""
TOPICS: dict[str, str] = {
    "query": QUERY,
    "json": JSON,
    "exit-codes": EXIT_CODES,
    "environment": ENVIRONMENT,
    "cron": CRON,
    "checks": CHECKS,
    "figures": FIGURES,
}
