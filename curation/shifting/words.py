"""Other words for the parts of names, and the words whose spelling carries a value."""

from __future__ import annotations

OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "account": ("profile", "membership"),
    "add": ("append", "include"),
    "address": ("location", "place"),
    "amount": ("sum", "total"),
    "article": ("product",),
    "book": ("reserve",),
    "calculate": ("compute", "work_out"),
    "cancel": ("call_off", "revoke"),
    "change": ("alter", "modify"),
    "check": ("inspect", "verify"),
    "city": ("town",),
    "close": ("shut", "end"),
    "code": ("key",),
    "comment": ("remark",),
    "convert": ("turn", "translate"),
    "count": ("number",),
    "country": ("nation",),
    "create": ("make", "open"),
    "currency": ("money_code",),
    "customer": ("client", "buyer"),
    "date": ("day",),
    "delete": ("erase", "drop"),
    "description": ("summary",),
    "details": ("facts", "particulars"),
    "email": ("mail",),
    "end": ("finish",),
    "escalate": ("hand_over", "pass_on"),
    "expression": ("formula",),
    "fetch": ("retrieve", "obtain"),
    "file": ("document",),
    "find": ("look_up", "locate"),
    "from": ("source",),
    "get": ("fetch", "obtain"),
    "id": ("reference", "identifier"),
    "info": ("facts",),
    "item": ("piece",),
    "language": ("tongue",),
    "limit": ("at_most",),
    "list": ("show", "enumerate"),
    "location": ("place",),
    "lookup": ("find",),
    "message": ("text",),
    "name": ("label", "title"),
    "note": ("remark",),
    "number": ("no",),
    "order": ("purchase",),
    "parcel": ("package",),
    "phone": ("telephone",),
    "price": ("cost",),
    "product": ("article", "goods"),
    "quantity": ("count", "how_many"),
    "query": ("search_text", "question"),
    "read": ("view",),
    "reason": ("cause", "grounds"),
    "refund": ("repayment",),
    "remove": ("take_away", "drop"),
    "request": ("ask_for", "apply_for"),
    "room": ("chamber",),
    "schedule": ("plan",),
    "search": ("find", "seek"),
    "send": ("dispatch", "deliver"),
    "set": ("put", "assign"),
    "start": ("begin",),
    "status": ("state", "condition"),
    "stop": ("halt",),
    "subject": ("topic",),
    "text": ("wording",),
    "ticket": ("case",),
    "time": ("moment",),
    "title": ("heading",),
    "to": ("target",),
    "track": ("trace", "follow"),
    "type": ("sort",),
    "unit": ("measure",),
    "update": ("revise", "change"),
    "user": ("person",),
    "value": ("content",),
    "weather": ("forecast",),
    "write": ("compose",),
}
"""Part of a name → what could stand there as well."""
TOOL_ENDINGS = ("action", "task", "service")
ARGUMENT_ENDINGS = ("value", "input", "entry")
"""For names none of whose parts is known."""
_KEPT = (
    "today tomorrow yesterday tonight morning noon afternoon evening midnight weekend week month year hour minute "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
    "october november december next last this none zero half quarter three four five seven eight nine eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand second million dozen twice double never without cannot except only please "
)
KEPT_WORDS = frozenset(_KEPT.split())
"""A slip in these could change what is asked."""
NEIGHBOURS: dict[str, str] = {
    "a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "ko", "m": "nk", "n": "bm", "o": "ip", "p": "ol", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "xa",
}  # fmt: skip
"""The keys beside a key."""
