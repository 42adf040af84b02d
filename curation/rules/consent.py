"""Checks of whether the user wants what is called: confirmed where that is asked for, and not taken back."""

from __future__ import annotations

import re

from curation.model.finding import Severity
from curation.rules.effects import WRITES, effect_of, listed, words_of
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row, Turn

_SENTENCE = re.compile(r"(?<=[.!?。！？;；\n])\s*")
_ASKS_CONFIRMATION = re.compile(
    r"\b(?:ask|get|obtain|require\w*|wait for|seek|need\w*|await|receive\w*|must have|request)\b[^.\n]{0,80}"
    r"\b(?:confirm\w*|consent|approval|permission)\b"
    r"|\b(?:without|before|until|unless|prior to)\b[^.\n]{0,90}\b(?:confirm\w*|consent\w*|approv\w+)\b"
    r"|\b(?:always |must |should |please )?(?:double-)?(?:re-?)?confirm\b[^.\n]{0,60}\b(?:before|first"
    r"|with the (?:user|customer|client|caller))\b"
    r"|\bask (?:the \w+ )?(?:first|before)\b|\bbefore\b[^.\n]{0,60}\bask (?:the (?:user|customer|client|caller)"
    r"|first|them)\b"
    r"|\b(?:bestätig\w+|zustimmung|freigabe|einwilligung|einverständnis)\b[^.\n]{0,80}\b(?:ein|einholen|warte\w*"
    r"|bevor|vor|zuerst|erforderlich|nötig|lassen)\b"
    r"|\b(?:erst nach|nur nach|ohne|bevor|vor (?:dem|der|jedem|jeder))\b[^.\n]{0,80}\b(?:bestätig\w+|zustimm\w+"
    r"|freigabe|einwilligung|nachfrag\w+)\b"
    r"|\b(?:check|verify|clear it) with (?:the )?(?:user|customer|client|caller|guest)s?\b"
    r"|\b(?:get|obtain|wait for|need|require)\b[^.\n]{0,20}\b(?:yes|go-ahead|okay|ok)\b[^.\n]{0,20}\b(?:from|of|by)\b"
    r"|\bohne dass\b[^.\n]{0,60}\b(?:zugestimmt|bestätigt|eingewilligt)\b"
    r"|\bfrag\w*\b[^.\n]{0,60}\bnach\b|\b(?:rückfrage|nachfrage)\b[^.\n]{0,40}\b(?:vor|bevor|halten)\b"
    r"|(?:先|前|须|需|必须|请|征得|得到|经|应|务必)[^。\n]{0,20}(?:确认|同意|许可)",
    re.IGNORECASE,
)
_USER_CONFIRMS = re.compile(
    r"\b(?:users?|customers?|clients?|callers?|guests?|patients?|members?|owners?|requesters?|kund\w+"
    r"|nutzer\w*)\b[^.\n]{0,60}"
    r"\b(?:confirm\w*|approv\w+|consent\w*|agree\w*|says? yes|bestätig\w+|zustimm\w+)"
    r"|(?:用户|客户|顾客)[^。\n]{0,20}(?:确认|同意|许可)",
    re.IGNORECASE,
)
_NEEDS_NONE = re.compile(
    r"\b(?:do not|don['’]t|never|no need to|without having to) (?:ask|wait|request|seek)\b"
    r"|\bno (?:confirmation|approval|consent)\b"
    r"|\b(?:can|may|could)\b[^.\n]{0,40}\bwithout (?:any )?(?:confirm\w*|approv\w+|consent)\b"
    r"|\bkeine (?:bestätigung|rückfrage|nachfrage|zustimmung)\b"
    r"|(?:无需|不必|不需要|不用)[^。\n]{0,10}(?:确认|同意)",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(
    r"(?:\b(?:above|over|more than|exceed\w*|at least|greater than|beyond|from|über|ab|mehr als)\b|超过|大于|高于)"
    r"\D{0,12}\d"
    r"|\d\s?(?:euros?|€|\$|dollars?|usd|eur|gbp|pounds?|%|元)|[€$£]\s?\d",
    re.IGNORECASE,
)
"""A confirmation asked for beyond an amount: whether this call is beyond it, words alone do not say."""
_ANY_DEED = re.compile(
    r"\b(?:destructive|irreversibl\w+|any (?:change|action|write)\w*|changes?|chang\w+|modif\w+|writ(?:e|es|ing)"
    r"|action\w*|acting"
    r"|consequential|permanent\w*|execut\w+|proceed\w*|sensitive|dangerous"
    r"|änderung\w*|ändern|aktion\w*|handlung\w*|unwiderruflich\w*|schreib\w+|ausführ\w+|eingriff\w*)\b|修改|操作"
    r"|不可逆|执行|更改",
    re.IGNORECASE,
)
_SAME_DEED: dict[str, tuple[str, ...]] = {
    "delete": ("delet", "remov", "eras", "lösch", "entfern", "删除"),
    "remove": ("delet", "remov", "lösch", "entfern", "删除", "移除"),
    "cancel": ("cancel", "stornier", "kündig", "abbrech", "absag", "取消"),
    "refund": ("refund", "erstatt", "退款"),
    "pay": ("pay", "bezahl", "zahl", "支付", "付款"),
    "transfer": ("transfer", "überweis", "转账"),
    "terminate": ("terminat", "beend", "kündig", "终止"),
    "close": ("clos", "schließ", "kündig", "关闭", "注销"),
    "reset": ("reset", "zurücksetz", "重置"),
    "drop": ("drop", "delet", "lösch", "删除"),
    "wipe": ("wip", "eras", "delet", "lösch", "清除"),
    "book": ("book", "reserv", "buch", "预订"),
    "order": ("order", "bestell", "下单"),
    "send": ("send", "send", "schick", "发送"),
    "restart": ("restart", "reboot", "neustart", "neu start", "重启"),
    "deploy": ("deploy", "ausroll", "部署"),
    "block": ("block", "sperr", "冻结"),
}
_CONFIRMS = re.compile(
    r"\bI(?: hereby)? confirm\b|\bconfirmed\b|\bI['’]?m sure\b|\bI am (?:absolutely |completely )?sure\b"
    r"|\bgo ahead\b|\bgo for it\b"
    r"|\b(?:no|without) (?:need|further|confirmation)\b|\byes\b|\byep\b|\bdo it\b"
    r"|\bich bestätige\b|\bbestätigt\b|\b(?:bin|ganz) sicher\b|\bja\b|\bohne rückfrage\b|\bmach es\b"
    r"|\bmachen sie das\b"
    r"|确认|是的|确定|同意|好的",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[?？]|\bconfirm\b|\bbestätig|确认", re.IGNORECASE)
SAYS_NO = re.compile(
    r"^\W*(?:(?:no|nope|nah|nein|non|better not|rather not|please don['’]t|don['’]t)\b(?!\s+problem)"
    r"|不(?!错|介意|客气|反对|知道|用再|用问|用确认)|别)",
    re.IGNORECASE,
)
_NO_REFUSAL = re.compile(r"^\W*no (?:worries|doubt|objections?|need|issues?|one|further|confirmation)\b", re.IGNORECASE)
_ASKS_OTHERWISE = re.compile(
    r"\b(?:or|oder|ou|else|other|another|more|mind|keep|objections?|sonst|noch|andere\w*|weitere\w*|behalten"
    r"|dagegen)\b|还是|或者|还有|其他|别的|介意|保留",
    re.IGNORECASE,
)
"""A question to which "no" does not say that the deed is unwanted: "Anything else before I cancel it?"."""
_NEGATED = re.compile(
    r"\b(?:do not|don['’]t|never|not|nicht|kein\w*)\b[^.!?;,]{0,30}|\bmach(?:en sie)? (?:es|das) nicht\b"
    r"|[不别][^，。；！？,.;!?]{0,6}",
    re.IGNORECASE,
)
_WITHDRAWS = re.compile(
    r"(?:oh |ah |no |ok(?:ay)? |actually |wait |hm+ |sorry |well )*"
    r"(?:nvm|scrap (?:that|it)|hold off(?: on (?:that|it|this))?(?: please)?|I(?:['’]ve"
    r"| have) decided (?:against it|not to)"
    r"|(?:please )?cancel (?:that|this|the|my) request|还是算了吧?|我?不需要了|先?别\w{1,2}了"
    r"|bitte (?:doch )?nichts?(?: mehr)? \w+en|"
    r"never ?mind(?: (?:that|it|then|about (?:it|that)))?|forget (?:it|that|about it|about that|what I said)"
    r"|scratch that"
    r"|(?:please )?(?:do not|don['’]t) (?:do|send|book|cancel|order|buy|pay|delete|submit|place|transfer|run"
    r"|change) (?:it|that|this|anything)(?: (?:yet|anymore|now|after all|then))?"
    r"|I (?:do not|don['’]t) (?:want|need) (?:it|that|this|to)(?: (?:anymore|any more|now|after all))?"
    r"|(?:please )?stop|leave it|let['’]s not"
    r"|I(?:['’]ve| have)? changed my mind|(?:please )?drop it|no longer needed|it(?:['’]s| is) no longer needed"
    r"|(?:ach |nein |doch |okay |ok )*(?:vergiss(?:en sie)? (?:es|das)|lass(?:en sie)? (?:es|das|mal)(?: (?:sein"
    r"|gut sein|doch|bleiben))?|schon gut"
    r"|(?:das )?hat sich (?:schon )?erledigt|doch nicht|bitte (?:doch )?nicht(?: mehr)?"
    r"|ich habe es mir anders überlegt|brauche ich nicht mehr"
    r"|ich brauche (?:es|das) (?:doch )?nicht(?: mehr)?|stopp?|abbrechen)"
    r"|不用了|算了|不要了|别(?:发|订|取消|买|付)了|取消吧|不需要了|当我没说|我改主意了)",
    re.IGNORECASE,
)
_BY_THE_WAY = re.compile(
    r"(?:and |und |so |then |but |denn |da |weil |because |since |as )*"
    r"(?:thanks?(?: (?:you|anyway|though|a lot))*|thank you.*|sorry.*|please|ok(?:ay)?|no|nein|oh|ah|hm+|wait"
    r"|actually|stopp?|bye|all good|(?:no|actually|oh|wait)(?: (?:no|actually|wait))+"
    r"|I(?:['’]ll| will) .*|I(?:['’]ve| have) .*|I (?:found|got|did|already|just|can|think|decided) .*|my (?:wife"
    r"|husband|colleague|boss) .*|it(?:['’]s| is) (?:fine|okay|ok|too .*|already .*)"
    r"|danke.*|bitte|tut mir leid.*|entschuldig\w*.*|ich (?:mache|habe|hab|kümmere|rufe|schaue|erledige|werde) .*"
    r"|ist (?:schon )?(?:gut|okay|erledigt).*|alles gut|doch nicht|warte|moment"
    r"|谢谢.*|不好意思.*|我自己.*|我已经.*|没事.*|不用.*|等等|等一下)?",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\s*(?:[.!?;:,\n…–—。！？；，：、]|\s-\s)+\s*")
_LONGEST_WITHDRAWAL = 200
_READ = 100_000
_WITHDRAWAL_SIGNS = (
    *(
        "mind",
        "forget",
        "scratch",
        "not ",
        "n't ",
        "n’t ",
        "stop",
        "leave it",
        "drop it",
        "longer",
        "nvm",
        "scrap",
        "hold off",
        "decided",
        "cancel",
    ),
    *("vergiss", "lass", "schon gut", "erledigt", "nicht", "anders überlegt", "abbrechen", "了", "算"),
)
"""Words without which nothing is taken back."""
_CONFIRMATION_SIGNS = (
    *("confirm", "consent", "approv", "permission", "ask", "check", "verify", "yes", "go-ahead", "okay"),
    *("bestätig", "zustimm", "freigabe", "einwillig", "einverständnis", "frag", "gestimmt", "确认", "同意", "许可"),
)
_UNDOES = listed("cancel undo revoke delete remove release stop abort rollback unsubscribe void refund revert")


@rule("B08", scope="language", severity=Severity.WARNING, waivable=True)
def unconfirmed_destruction(row: Row) -> Found:
    """Something is destroyed or paid without the confirmation that the instructions ask for.

    The system text (or the tool's policy) says that the user must confirm first. A model trained on rows that skip
    it will delete and pay on a misunderstanding. Ask, wait for the yes, then call.

    Bad: system: "Ask for confirmation before you cancel anything.", "Cancel A-1001" → `cancel_order(A-1001)`

    Good: "Cancel A-1001", "Shall I really cancel order A-1001?", "Yes" → `cancel_order(A-1001)`
    """
    if not row.calls:
        return None
    rules = [sentence for turn in row.turns if turn.role in ("system", "developer") for sentence in _asking(turn.text)]
    hits: list[Hit] = []
    for call in row.calls:
        demand = _demand(call, row, rules)
        if demand is not None and not call.turn.is_weightless and not _is_confirmed(call, row):
            message = f"`{call.name}` is called without the confirmation asked for: “{demand[:80]}”."
            hits.append(Hit(call.at, message, {"tool": call.name, "rule": demand[:80]}))
    return hits


def asks_for_confirmation(text: str) -> bool:
    """Whether instructions ask for a confirmation of every deed they name."""
    return bool(_asking(text))


def _asking(text: str | None) -> list[str]:
    """The sentences that ask for a confirmation."""
    if not text or not _holds_any(text, _CONFIRMATION_SIGNS):
        return []
    sentences = (sentence.strip() for sentence in _SENTENCE.split(text[:_READ]))
    return [one for one in sentences if _asks_for_each(one)]


def _asks_for_each(sentence: str) -> bool:
    """Whether a sentence asks for a confirmation of every deed it names."""
    is_asking = _ASKS_CONFIRMATION.search(sentence) is not None
    return is_asking and not _NEEDS_NONE.search(sentence) and not _THRESHOLD.search(sentence)


def _holds_any(text: str, signs: tuple[str, ...]) -> bool:
    said = text.lower()
    return any(sign in said for sign in signs)


def _demand(call: CallView, row: Row, rules: list[str]) -> str | None:
    """The sentence that asks for a confirmation of this call."""
    known = row.known.get(call.name) if call.name else None
    if known is not None and (approval := _user_approval(known.policy.approval)):
        return approval
    effect = effect_of(call, row)
    if not call.name or effect not in WRITES:
        return None
    described = _asking(call.tool.view.description) if call.tool is not None else []
    if described:
        return described[0]
    return next((one for one in rules if _is_about(one, call, is_destructive=effect == "destructive")), None)


def _user_approval(approval: str) -> str | None:
    """An approval that the user gives, for every call; that of somebody else cannot be seen in a conversation."""
    asked = _asking(approval)
    if asked:
        return asked[0]
    return approval if _USER_CONFIRMS.search(approval) and not _THRESHOLD.search(approval) else None


def _is_about(sentence: str, call: CallView, *, is_destructive: bool) -> bool:
    """Whether a sentence names what the call does, or speaks of every deed of its kind."""
    said = sentence.casefold()
    for word in words_of(call.name or ""):
        if any(stem in said for stem in _SAME_DEED.get(word, ())):
            return True
    return is_destructive and _ANY_DEED.search(sentence) is not None


def _is_confirmed(call: CallView, row: Row) -> bool:
    """Whether the user said yes: after a question, or at once in so many words."""
    users = [turn for turn in row.turns[: call.turn.index] if turn.role == "user"]
    if not users:
        return True  # nobody could be asked
    reply = users[-1]
    before = next((t for t in reversed(row.turns[: reply.index]) if t.role == "assistant" and t.text), None)
    if before is not None and before.index == reply.index - 1 and _QUESTION.search(before.text or ""):
        return _withdrawal(reply) is None and not _declines(reply.text or "", before.text or "", call)
    return any(turn.text and _CONFIRMS.search(turn.text) for turn in users)


def _declines(reply: str, question: str, call: CallView) -> bool:
    """Whether a reply says no to a deed: not "no, cancel the other one", and not where something else was asked."""
    asked = next((one for one in reversed(_SENTENCE.split(question)) if _QUESTION.search(one)), question)
    if not SAYS_NO.match(reply) or _NO_REFUSAL.match(reply) or _ASKS_OTHERWISE.search(asked):
        return False
    said = _NEGATED.sub(" ", reply[:_READ])
    return not (_CONFIRMS.search(said) or _names_deed(said, call) or _brings_value(reply, question, call))


def _names_deed(said: str, call: CallView) -> bool:
    """Whether words name what the call does: its verb, and not what it is done to."""
    stems = next((_SAME_DEED[word] for word in words_of(call.name or "") if word in _SAME_DEED), ())
    return any(stem in said.casefold() for stem in stems)


def _brings_value(reply: str, question: str, call: CallView) -> bool:
    """Whether a reply gives the call a value that was not asked about: "no, the one of May"."""
    values = [value.casefold() for _, value in call.leaves if isinstance(value, str) and value]
    return any(value in reply.casefold() and value not in question.casefold() for value in values)


@rule("B13", scope="language", severity=Severity.WARNING, waivable=True)
def call_after_withdrawal(row: Row) -> Found:
    """A call is made after the user took the request back.

    "Never mind" means that nothing is to be done. A model trained on this acts against the user's last word. Say
    that it is all right, and call nothing.

    Bad: "Book it", "Never mind, I'll call them myself" → `book_table(…)`

    Good: "Never mind, I'll call them myself", "All right, I will not book anything."
    """
    hits = []
    for turn in row.turns:
        if turn.role == "user" and (withdrawal := _withdrawal(turn)) is not None:
            call = _next_call(turn, row)
            if call is not None and not _is_undoing(call, row):
                message = f"The user took the request back (“{withdrawal[:60]}”), yet `{call.name}` is called."
                hits.append(Hit(call.at, message, {"tool": call.name, "text": withdrawal[:60]}, None, turn.at))
    return hits


def _withdrawal(turn: Turn) -> str | None:
    """The words that take a request back, when the turn says nothing else."""
    text = turn.text
    if not text or len(text) > _LONGEST_WITHDRAWAL or not _holds_any(text, _WITHDRAWAL_SIGNS):
        return None
    clauses = [clause for clause in _CLAUSE.split(text.strip()) if clause]
    taken_back = [clause for clause in clauses if _WITHDRAWS.fullmatch(clause)]
    others = [clause for clause in clauses if clause not in taken_back]
    return taken_back[0] if taken_back and all(_BY_THE_WAY.fullmatch(clause) for clause in others) else None


def _next_call(turn: Turn, row: Row) -> CallView | None:
    """The first call before the user speaks again."""
    for later in row.turns[turn.index + 1 :]:
        if later.role == "user":
            return None
        if later.calls:
            return None if later.is_weightless else later.calls[0]
    return None


def _is_undoing(call: CallView, row: Row) -> bool:
    """Whether the call takes back what an earlier one did."""
    has_done = any(c.turn.index < call.turn.index for c in row.calls)
    return has_done and bool(_UNDOES.intersection(words_of(call.name or "")))
