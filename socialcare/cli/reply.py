"""``socialcare reply``: draft, check, approve and send an answer, or record one given by hand."""

from __future__ import annotations

import typer

from socialcare.cli import reply_options as opt
from socialcare.cli.app import new_app
from socialcare.cli.choosing import chosen
from socialcare.cli.context import App
from socialcare.cli.ending import ending_in_order
from socialcare.cli.options import Json, Quiet, Steal, Yes
from socialcare.cli.reply_desk import Desk, Wish, overrides_of
from socialcare.cli.reply_order import Order, given_text
from socialcare.cli.reply_sending import let_go
from socialcare.cli.reply_talk import Talk
from socialcare.cli.reply_told import done

EXAMPLES = """\b
Examples:
  socialcare reply 41                      write it, check it, send it
  socialcare reply 41 --body "Sorry for the wait, Mia. I am on it." --send
  socialcare reply 41 --snippet delay-apology
  socialcare reply 41 -b "Sorry, Mia." --follow-up "Which order is it?" --send
  socialcare reply is:waiting --approve    they go with the next fetch
  socialcare reply 41 --back "say when"    to who wrote it, as a draft
  socialcare reply --new mastodon -b "The courier is late today."
  socialcare reply is:open topic:delivery --statement outage --send
  socialcare reply 41 --copy --open        copy the draft and open the page
  socialcare reply 41 --record https://mas.to/@acme/1130
  socialcare reply 41 --record --at 14:05 --promise tomorrow        by phone
"""
app = new_app()


@app.command(epilog=EXAMPLES)
def reply(
    ctx: typer.Context,
    *,
    what: opt.Mentions = None,
    new: opt.New = None,
    body: opt.Body = None,
    file: opt.File = None,
    snippet: opt.Snippet = None,
    statement: opt.Many = None,
    edit: opt.Edit = False,
    private: opt.Private = None,
    follow_up: opt.FollowUp = None,
    split: opt.Split = None,
    send: opt.Send = False,
    approve: opt.Approve = False,
    back: opt.Back = None,
    override: opt.Override = None,
    again: opt.Again = False,
    copy: opt.Copy = False,
    open_: opt.Open = False,
    record: opt.Posted = None,
    at: opt.At = None,
    promise: opt.Promise = None,
    discard: opt.Discard = False,
    steal: Steal = False,
    dry_run: opt.LookOnly = False,
    yes: Yes = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Write an answer, check it, and send it; or post it by hand and record it.

    Without --send nothing leaves: a script makes a draft, a person is asked. A STOP of the
    checks holds it back. An answer that was lost on the way is never sent a second time by
    itself. While you write, for at most 15 minutes, your colleagues see it and cannot answer.
    """
    run, known = App.of(ctx), overrides_of(override or ())
    order = Order.of(
        (body, file, snippet, edit, private, follow_up, split),
        (send, approve, back, discard, known, again),
        (copy, open_, record, at, promise, steal, dry_run, yes, as_json),
    )
    if new is not None:
        from socialcare.cli.reply_new import new_post

        return new_post(run, new, what or (), order, lambda desk: answer_at(desk, order))
    ids, asked = chosen(run, what or (), own=True)
    if statement is not None:
        from socialcare.cli.reply_statement import send_statement

        return send_statement(run, statement, ids, order, asked=asked)
    if asked or len(ids) != 1:
        from socialcare.cli.reply_many import answer_many

        return answer_many(run, ids, order, asked=asked)
    return answer_at(Desk(run, ids[0]), order)


def answer_at(desk: Desk, order: Order) -> int:
    """Do with one mention, or own post, what the options say."""
    streams = desk.run.streams
    order.refuse_mixture(desk.id, asked=streams.stdin_tty)
    text = given_text(desk.run, order)
    wish = Wish(text, order.private, order.follow_up, order.split, order.snippet)
    wish = wish.filled(desk, sign=order.record is None)
    if order.dry_run:
        return _look(desk, wish, order)
    read_only = order.hands_over or (desk.words is not None and not streams.stdin_tty)
    if wish.empty and not order.deed and read_only:
        desk.hand_over(copy=order.copy, open_=order.open)
        return done(desk, desk.letter.state if desk.letter else None, as_json=order.as_json)
    with ending_in_order(desk.leave), desk.held(steal=order.steal):
        return _answer(desk, wish, order)


def _answer(desk: Desk, wish: Wish, order: Order) -> int:
    if order.discard or not wish.empty:
        desk.note_unseen(wish, gone=order.discard)
    if order.discard:
        desk.discard()
        return done(desk, "discarded", as_json=order.as_json)
    if order.record is not None:
        desk.record(wish.body, order.record, order.at, order.promise)
        return done(desk, "recorded", as_json=order.as_json)
    if order.back is not None:
        desk.send_back(order.back)
        return done(desk, "back", as_json=order.as_json)
    words = wish.applied(desk.words, desk.usual)
    if words is not None and not wish.empty:
        desk.keep(words)
    if order.lets_go:
        return let_go(desk, order)
    if not wish.empty and not order.edit and desk.examined().stops(order.overrides):
        return done(desk, "draft", as_json=order.as_json, written=True)
    if not order.hands_over and (desk.words is None or order.edit or _somebody_looks(desk)):
        return Talk(desk, order.overrides, order.promise).begin(
            edit=order.edit, given=not wish.empty, as_json=order.as_json
        )
    desk.hand_over(copy=order.copy, open_=order.open)
    return done(desk, "draft", as_json=order.as_json, written=True)


def _somebody_looks(desk: Desk) -> bool:
    return desk.run.streams.stdin_tty and desk.run.streams.stdout_tty


def _look(desk: Desk, wish: Wish, order: Order) -> int:
    """Show what would be kept or sent."""
    words = wish.applied(desk.words, desk.usual)
    state = desk.letter.state if desk.letter else None
    desk.try_on(words)
    desk.run.screen.say("Nothing was kept and nothing was sent (--dry-run).")
    return done(desk, state, as_json=order.as_json, written=True)


def write_answer(run: App, mention: int) -> None:
    """What ``reply ID`` does where somebody sits at the keyboard, for another command."""
    desk = Desk(run, mention)
    with desk.held(steal=False):
        Talk(desk, (), None).begin(edit=False, given=False, as_json=False)
