"""What may be said around a request: nothing that clashes with it, and a greeting where greetings stand."""

from __future__ import annotations

import re
from collections.abc import Callable

GREETING = re.compile(
    r"(?i)^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening)|goodbye|hallo|guten|bonjour|salut|hola|buen[oa]s)\b"
)
_GREETED = re.compile(
    r"(?P<greeting>(?:Hello|Hi|Hey|Good (?:morning|afternoon|evening))(?: there)?)[,.!] +(?P<rest>\S)"
)
_LATE_GREETING = re.compile(r"(?<=[.!?:] )(?:Hello|Hi|Hey|Good (?:morning|afternoon|evening)), (?P<next>\w)")
_PLEASE = re.compile(r"(?i)\b(?:please|pls|kindly)\b")
_GUSHING = re.compile(r"(?i)\b(?:a star|the best|nice one|make my day|a bunch|lovely day|nice to have you)\b")
_AGGRIEVED = re.compile(
    r"(?i)\b(?:police|court|lawyer|solicitor|attorney|legal|sue|heard nothing|complain\w*|insult|lost all trust|"
    r"dispute|gone wrong|blackmail\w*|threaten|ruin|steal|stolen|broken?|broke|damaged?|dent|cracked|torn|snapped|"
    r"scratched|demand|enough is enough|not happy|still wait\w*|waited|fob me off|caught fire|shock|smoke|choked|"
    r"hurt|cut me|charged|overcharged|debited|billed)\b"
)
_URGENT = re.compile(r"(?i)^\W*(?:now|at once|quick(?: one)?|be quick|asap)\W*$")
_IDLE = re.compile(
    r"(?i)\b(?:(?:only|just) (?:asking|a question|a draft)|for later|not (?:now|yet|asking)|do nothing yet|one day|"
    r"in general|tomorrow|next week|today i do not need|no need to|not decided|made up my mind|neither right now|"
    r"do not (?:act|do it)|without doing|do not worry|leave \S+ as it is|later|before i ask|"
    r"making a checklist|writing a guide)\b"
)
_UNHEARD = re.compile(r"(?i)\bnobody has answered me\b")
_HEARD = re.compile(
    r"(?i)\b(?:your colleague|your last message|last time|as discussed|answer so far|your team knows)\b"
)
_CURT = re.compile(
    r"(?i)^\W*(?:now|quick|one thing|listen|no chit-chat|be quick|that is all|nothing else|at once|keep it brief)\W*$"
)
_MEEK = re.compile(
    r"(?i)\b(?:forgive me|sorry to bother|i would be grateful|would it be possible|do me a favour|it would help|"
    r"could i ask you|bear with me|be patient|sorry for|i am afraid|nervous|i hope)\b"
)
_AFRAID = re.compile(r"(?i)\b(?:afraid of getting it wrong|i am not sure|doing this right|nervous about this)\b")
_SURE = re.compile(r"(?i)\b(?:(?<!not )sure|i confirm|no need to ask|checked it twice)\b")
_CLASHES = (
    *((_GUSHING, _AGGRIEVED), (_URGENT, _IDLE), (_UNHEARD, _HEARD), (_PLEASE, _PLEASE)),
    *((_CURT, _MEEK), (_AFRAID, _SURE)),
)
"""What is said around a request, and what it does not go with: no praise in a grievance, no hurry about an idle
question, nobody unheard who quotes an answer, one "please", nobody short who begs, and no doubt in a firm yes."""


def goes_with(said: str, text: str) -> bool:
    """Whether a sentence may stand before or behind this request."""
    return not any(one.search(said) and other.search(text) for one, other in _CLASHES)


def greet_first(about: str, text: str) -> tuple[str, str, str]:
    """The greeting a request begins with, what is told beside it, and the rest: nobody greets in the middle.

    Where the greeting cannot be told from the request, nothing is told beside it.
    """
    if not about or not GREETING.search(text):
        return "", about, text
    found = _GREETED.match(text)
    if found is None:
        return "", "", text
    return f"{found['greeting']}.", about, f"{found['rest'].upper()}{text[found.end() :]}"


def drop_late_greetings(text: str, keep: Callable[[str, Callable[[str], str]], str]) -> str:
    """A request without the greetings that stand behind its first sentence; quoted lines and values stay.

    Args:
        keep: changes a text everywhere but in its values.
    """
    if not _LATE_GREETING.search(text):
        return text
    lines = text.split("\n")
    return "\n".join(line if line.startswith(">") else keep(line, _drop) for line in lines)


def _drop(line: str) -> str:
    return _LATE_GREETING.sub(lambda found: found["next"].upper(), line)
