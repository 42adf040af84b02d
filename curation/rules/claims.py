"""Checks of what an answer claims: that something is done although it failed, or although nothing was called."""

from __future__ import annotations

import re

from curation.model.finding import Severity
from curation.rules.effects import effect_of
from curation.rules.outcome import has_failed
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row, Turn

_DONE = (
    r"refunded|cancell?ed|booked|sent|updated|created|deleted|removed|scheduled|confirmed|placed|processed|completed"
    r"|transferred|paid|added|changed|saved|submitted|reserved|restarted|deployed|reset|blocked|activated|opened"
    r"|closed"
)
_CLAIM = re.compile(
    rf"\b(?:has|have|was|were|is|are) (?:now |been |successfully |already ){{0,3}}(?:{_DONE})\b"
    r"|\b(?:went|gone) through\b|\btaken care of\b|^(?:all set|done|perfect, done)\b|\bis on its way\b"
    r"|\bgone ahead and \w+ed\b"
    r"|\b(?:hat|habe) (?:alles )?geklappt\b|^erledigt\b|\b(?:wurde|ist|sind) (?:\w+ ){0,2}(?:ausgeführt|bezahlt"
    r"|verschickt|eingetragen)\b"
    r"|(?:订|办|处理|安排|设置)好了|(?:已|已经)(?:处理|安排)|处理完成"
    r"|\b(?:is|all) done\b|\bsuccessfully (?:\w+ed|sent|made|set|paid)\b"
    r"|\bI(?:['’]ve| have) (?:now |just |successfully |also )?(?:\w+ed|sent|made|set|put|paid)\b"
    r"|\b(?:wurde|wurden|ist|sind) (?:\w+ ){0,3}(?:erstattet|storniert|gebucht|gesendet|versendet|verschickt"
    r"|aktualisiert"
    r"|angelegt|erstellt|gelöscht|bestätigt|erledigt|überwiesen|geändert|gespeichert|reserviert|neu gestartet"
    r"|gesperrt)\b"
    r"|\bich habe (?:\S+ ){0,6}(?:erstattet|storniert|gebucht|gesendet|verschickt|aktualisiert|angelegt|erstellt"
    r"|gelöscht"
    r"|bestätigt|überwiesen|geändert|gespeichert|reserviert|gesperrt|eingetragen)\b|\berfolgreich \w+t\b"
    r"|已(?:经)?(?:成功)?(?:为您|帮您|给您)?(?:成功)?(?:退款|取消|预订|预定|发送|更新|创建|删除|确认|完成|转账|修改"
    r"|保存|办理|提交)"
    r"|(?:退款|取消|预订|发送|更新|创建|删除|转账|修改|提交)成功",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"[?？]\s*$|\b(?:(?:by )?(?:somebody|someone|another)|already|says that|reports? that|seems|bereits|schon"
    r"|jemand\w*|anscheinend)\b"
    r"|\b(?:not|unable|cannot|could ?not|fail(?:ed|ure)?|error|sorry|apolog\w+|unfortunately|problem|issue|wrong"
    r"|instead|again|unsuccessful\w*|however|but|try|tried|would you|could you|please|declined|denied|refused"
    r"|rejected"
    r"|nicht|kein\w*|leider|fehler|fehlgeschlagen|problem|entschuldig\w+|abgelehnt|aber|jedoch|bitte|erneut)\b"
    r"|n['’]t\b"
    r"|抱歉|失败|无法|未能|没有|错误|不能|但是|请",
    re.IGNORECASE,
)
_DEED = (
    r"e-?mailed|sent|booked|cancell?ed|refunded|scheduled|ordered|transferred|deleted|placed (?:the|your|an) order"
    r"|created (?:a|an|the|your)|updated your|reserved|forwarded|charged|paid|restarted|deployed|blocked|submitted"
)
_PASSIVE = (
    "processed|sent|e-?mailed|booked|cancell?ed|refunded|scheduled|transferred|deleted|reserved|placed|charged"
    "|restarted"
)
_ACTION = re.compile(
    rf"\b(?:your|the) (?:\w+ ){{1,3}}(?:(?:has|have) been (?:successfully )?|is now )(?:{_PASSIVE}|deployed|blocked"
    rf"|submitted)\b"
    rf"|\bI (?:just |went ahead and |have just )(?:{_DEED}|added|saved|submitted)\b"
    r"|\bI(?:['’]ve| have) (?:just |now |also )?added (?:it|that|this|him|her|them|your|the)\b[^.]{0,30} to your\b"
    r"|\b(?:der|die|das|ihr|ihre|dein|deine) \w+ ist (?:nun |jetzt |hiermit )?(?:reserviert|gebucht|storniert"
    r"|verschickt|überwiesen"
    r"|gelöscht|gesperrt|eingetragen|bestellt)\b|\bich habe (?:\S+ ){0,6}eingetragen\b"
    r"|我已(?:经)?(?:成功)?(?:发送|取消|预订|预定|删除|转账|下单|提交)了?"
    rf"|\bI(?:['’]ve| have) (?:now |just |successfully |already |also |gone ahead and )?(?:{_DEED})\b"
    r"|\b(?:your|the) (?:\w+ ){1,3}(?:has|have) been (?:successfully )?(?:e-?mailed|booked|cancell?ed|refunded"
    r"|scheduled"
    r"|transferred|deleted|reserved|placed|charged|restarted|deployed|blocked)\b"
    r"|\bich habe (?:\S+ ){0,6}(?:gesendet|geschickt|verschickt|gebucht|storniert|erstattet|überwiesen|gelöscht"
    r"|bestellt"
    r"|reserviert|angelegt|gesperrt|neu gestartet|weitergeleitet|bezahlt)\b"
    r"|(?:我)?已(?:经)?(?:成功)?(?:为您|帮您|给您)(?:成功)?(?:退款|取消|预订|预定|发送|创建|删除|转账|下单|办理"
    r"|提交)",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"e-?mailed|booked|cancel|refunded|ordered|transferred|deleted|placed|charged|paid|reserved|restarted|deployed"
    r"|blocked"
    r"|gebucht|storniert|erstattet|überwiesen|gelöscht|bestellt|reserviert|gesperrt|bezahlt"
    r"|退款|取消|预订|预定|删除|转账|下单",
    re.IGNORECASE,
)
"""Deeds that no reading tool can do; "sent" may be said of an answer, too."""
_ACTION_SIGNS = (" have ", "ve ", " has ", "abe ", "已", "I just", "ahead", "is now", " ist ")
_NOT_YET = re.compile(
    r"\b(?:once|after|if|when|whether|until|unless|before|as soon as|would|should|will|might|may|imagine|suppose"
    r"|example"
    r"|sobald|nachdem|wenn|falls|ob|bis|bevor|würde|sollte)\b|如果|一旦|之后|等|将",
    re.IGNORECASE,
)
_READ = 100_000
_CLAUSE = re.compile(r"[.!?;:\n。！？；：]")


@rule("B04", scope="message", roles=("assistant",), severity=Severity.WARNING, waivable=True)
def success_after_error(turn: Turn, row: Row) -> Found:
    """The answer claims success although the last result is an error.

    The model learns to tell users that things are done when they are not. Say what failed.

    Bad: result: `{"error": "card declined"}`, answer: "Your refund is done."

    Good: answer: "The refund failed because the card was declined."
    """
    if not turn.text or turn.calls or turn.index == 0 or not row.has_failure or turn.is_weightless:
        return None
    block = _results_before(turn, row)
    if not block or not all(has_failed(result.text) for result in block):
        return None
    claim = _CLAIM.search(turn.text, 0, _READ)
    if claim is None or _HEDGE.search(turn.text) or _is_not_yet(turn.text, claim.start()):
        return None
    message = f"The last result is an error, yet the answer says “{claim.group()[:60]}”; say what failed."
    return Hit(turn.at + "/content", message, {"claim": claim.group()[:60]}, None, block[-1].at)


def _results_before(turn: Turn, row: Row) -> list[Turn]:
    """The results just before a turn."""
    block: list[Turn] = []
    for before in reversed(row.turns[: turn.index]):
        if before.role != "tool":
            break
        block.insert(0, before)
    return block


@rule("B05", scope="language", severity=Severity.WARNING, waivable=True)
def action_without_call(row: Row) -> Found:
    """The answer says that something was done, but no tool was called that could have done it.

    The model learns to pretend. Make the call, or say that it cannot be done.

    Bad: "I have e-mailed him." in a row without calls; "I have booked it." after a search and nothing else

    Good: the call of `send_email`, its result, then "I have e-mailed him."
    """
    if not any(sign in row.blob for sign in _ACTION_SIGNS):
        return None
    deeds = _Deeds(row)
    return [hit for turn in row.assistant_turns if (hit := _pretence(turn, deeds)) is not None]


class _Deeds:
    """Where in a row something was called first, where something was done first, and what the results say of it."""

    def __init__(self, row: Row) -> None:
        never = len(row.turns)
        self.called = row.calls[0].turn.index if row.calls else never
        self.done = next((call.turn.index for call in row.calls if effect_of(call, row) != "read"), never)
        self._results = [(result.turn.index, (result.turn.text or "").lower()) for result in row.results]
        self._told: dict[str, int] = {}
        self._never = never

    def told(self, deed: str) -> int:
        """The first turn in which a result says a word."""
        if deed not in self._told:
            self._told[deed] = next((index for index, text in self._results if deed in text), self._never)
        return self._told[deed]


def _pretence(turn: Turn, deeds: _Deeds) -> Hit | None:
    text = turn.text
    if not text or turn.calls or turn.is_weightless or not any(sign in text for sign in _ACTION_SIGNS):
        return None
    if deeds.done < turn.index:
        return None
    has_called = deeds.called < turn.index
    claim = next((found for found in _ACTION.finditer(text) if not _is_not_yet(text, found.start())), None)
    if claim is None or (has_called and (not _OUTSIDE.search(claim.group()) or _was_told(claim.group(), turn, deeds))):
        return None
    what = "nothing was called" if not has_called else "only tools that read were called"
    message = f"The answer says “{claim.group()[:60]}”, but {what}."
    return Hit(turn.at + "/content", message, {"claim": claim.group()[:60]})


def _was_told(claim: str, turn: Turn, deeds: _Deeds) -> bool:
    """Whether a result says it: "your order has been cancelled" may be what the tool read."""
    if claim[:1] in "Ii我":
        return False
    deed = (_OUTSIDE.search(claim) or re.match("", "")).group()[:6].lower()  # type: ignore[union-attr]
    return deeds.told(deed) < turn.index


def find_claim(text: str) -> str:
    """What a text says is done, unless it only says when it would be; empty where it claims nothing."""
    claims = (one for one in _CLAIM.finditer(text, 0, _READ) if not _is_not_yet(text, one.start()))
    return next((one.group() for one in claims), "")


def _is_not_yet(text: str, start: int) -> bool:
    """Whether the claim stands in a clause about what may happen."""
    before = text[max(0, start - 120) : start]
    return _NOT_YET.search(_CLAUSE.split(before)[-1]) is not None
