"""The past of every verb that a drafted answer may say behind "I have": read through once, pinned here."""

from __future__ import annotations

import pytest

from curation.synthesizers.actions import past
from curation.synthesizers.grammar import grammar

_TABLE = """
abort:aborted purge:purged void:voided wipe:wiped
accept:accepted access:accessed acknowledge:acknowledged activate:activated add:added adjust:adjusted
allow:allowed analyse:analysed analyze:analyzed announce:announced answer:answered append:appended apply:applied
approve:approved archive:archived arrange:arranged ask:asked assign:assigned attach:attached
authenticate:authenticated authorize:authorized average:averaged ban:banned block:blocked book:booked
bookmark:bookmarked build:built buy:bought calculate:calculated call:called cancel:cancelled change:changed
charge:charged chat:chatted check:checked choose:chosen classify:classified clean:cleaned clear:cleared
clone:cloned close:closed collect:collected combine:combined comment:commented commit:committed compare:compared
complete:completed compose:composed compress:compressed compute:computed concatenate:concatenated
configure:configured confirm:confirmed connect:connected contact:contacted convert:converted copy:copied
correct:corrected count:counted create:created cut:cut deactivate:deactivated decline:declined decode:decoded
decrease:decreased decrypt:decrypted delete:deleted deliver:delivered deploy:deployed describe:described
destroy:destroyed detect:detected determine:determined diff:diffed disable:disabled discard:discarded
disconnect:disconnected discover:discovered dismiss:dismissed display:displayed divide:divided
download:downloaded draft:drafted draw:drawn drop:dropped duplicate:duplicated echo:echoed edit:edited
email:emailed enable:enabled encode:encoded encrypt:encrypted end:ended enter:entered erase:erased
escalate:escalated estimate:estimated evaluate:evaluated examine:examined exclude:excluded execute:executed
expand:expanded export:exported extract:extracted fetch:fetched file:filed fill:filled filter:filtered
find:found finish:finished fix:fixed follow:followed forecast:forecast fork:forked format:formatted
forward:forwarded free:freed fund:funded gauge:gauged generate:generated get:got give:given grant:granted
grep:grepped group:grouped handle:handled help:helped hide:hidden highlight:highlighted identify:identified
ignore:ignored import:imported include:included increase:increased inform:informed insert:inserted
inspect:inspected install:installed invite:invited issue:issued join:joined keep:kept label:labeled
launch:launched leave:left like:liked link:linked list:listed listen:listened load:loaded locate:located
lock:locked log:logged login:logged_in logout:logged_out look:looked lookup:looked_up make:made manage:managed
map:mapped mark:marked match:matched measure:measured merge:merged message:messaged modify:modified
monitor:monitored move:moved multiply:multiplied mute:muted navigate:navigated notify:notified obtain:obtained
offer:offered open:opened optimize:optimized order:ordered organize:organized parse:parsed pass:passed
patch:patched pause:paused pay:paid perform:performed pick:picked pin:pinned place:placed plan:planned
play:played poll:polled post:posted predict:predicted prepare:prepared press:pressed print:printed
prioritize:prioritized
process:processed produce:produced provide:provided publish:published purchase:purchased push:pushed put:put
query:queried quit:quit raise:raised rank:ranked rate:rated react:reacted read:read rebase:rebased
receive:received recommend:recommended record:recorded redirect:redirected refresh:refreshed refund:refunded
register:registered reject:rejected release:released reload:reloaded remind:reminded remove:removed
rename:renamed render:rendered reopen:reopened reorder:reordered repeat:repeated replace:replaced reply:replied
report:reported reprioritize:reprioritized
request:requested rerun:rerun reschedule:rescheduled reserve:reserved reset:reset
resolve:resolved respond:responded restart:restarted restore:restored resume:resumed retrieve:retrieved
retry:retried return:returned retweet:retweeted reverse:reversed review:reviewed revoke:revoked ring:rung
roll:rolled rotate:rotated round:rounded route:routed run:run save:saved say:said scale:scaled scan:scanned
schedule:scheduled scrape:scraped search:searched select:selected sell:sold send:sent set:set settle:settled
share:shared ship:shipped show:shown shut:shut sign:signed simulate:simulated skip:skipped solve:solved
sort:sorted speak:spoken split:split star:starred start:started stop:stopped store:stored stream:streamed
submit:submitted subscribe:subscribed subtract:subtracted suggest:suggested sum:summed summarise:summarised
summarize:summarized suspend:suspended swap:swapped switch:switched sync:synced synchronize:synchronized
tag:tagged take:taken tell:told terminate:terminated test:tested toggle:toggled touch:touched track:tracked
trade:traded transfer:transferred transform:transformed translate:translated trigger:triggered tune:tuned
turn:turned tweet:tweeted type:typed unassign:unassigned unblock:unblocked unfollow:unfollowed unlock:unlocked
unpin:unpinned unresolve:unresolved unstar:unstarred unsubscribe:unsubscribed update:updated upgrade:upgraded
upload:uploaded use:used validate:validated verify:verified view:viewed visit:visited vote:voted wait:waited
warn:warned watch:watched withdraw:withdrawn write:written
"""
_PAST = dict(pair.replace("_", " ").split(":") for pair in _TABLE.split())


def test_the_past_of_every_known_verb_is_a_word() -> None:
    assert {verb: past(verb) for verb in grammar()["verbs"]} == _PAST


@pytest.mark.parametrize(
    ("verb", "said"),
    [("plug", "plugged"), ("quiz", "quizzed"), ("rewrite", "rewritten"), ("resend", "resent"), ("unban", "unbanned")],
)
def test_short_verbs_and_those_made_from_others_follow_a_rule(verb: str, said: str) -> None:
    assert past(verb) == said
