"""Words that say it is done, wherever nothing is: in English and in translations."""

from __future__ import annotations

import re

from curation.rules.claims import find_claim

_DONE = re.compile(
    r"\b(?:(?:it|that|this|everything) (?:is|has been) (?:now |all |already )?done\b(?! by| for| with)"
    r"|(?:das|es|alles) (?:ist|wurde) (?:\w+ ){0,3}erledigt"
    r"|(?:c['’]est|voilà,? c['’]est) (?:\w+ )?fait"
    r"|(?:ya )?está (?:\w+ )?hecho)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|until|before|once|when|not|cannot|nothing|wenn|bis|bevor|sobald|nicht|si|quand|avant|hasta|cuando|antes)\b",
    re.IGNORECASE,
)
_ADMISSION = re.compile(
    r"\b(?:not|cannot|unable|impossible|nothing|fail\w*|error\w*|unsuccessful\w*|unfortunately|wrong|declined|denied"
    r"|refused|rejected|nicht|nichts|kein\w*|leider|fehler\w*|fehlgeschlagen|abgelehnt"
    r"|malheureusement|impossible|échou\w*|échec|erreur|pas"
    r"|no(?! problem| worr)|lamentablemente|imposible|error|falló|fallado|rechazad\w+)\b"
    r"|n['’]t\b"
    r"|失败|无法|未能|没有|错误|不能",
    re.IGNORECASE,
)
"""Words of what did not work; whoever says any of them may speak of something else that is done."""


_ELSEWHERE = re.compile(
    r"\b(?:by (?!me\b|us\b)\w+|(?:was|were) already|yesterday|earlier|(?:was|were)\b.{0,60}? (?:on|in|last) \w+"
    r"|please (?:call|contact|ask|write|try|turn|speak|reach|visit)|you (?:need|have) to|gestern|früher"
    r"|bitte (?:rufen|wenden|fragen|schreiben|kontaktieren)|ayer)\b",
    re.IGNORECASE,
)
"""Words of what others did, or once was done: who gives up honestly says so too."""
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+")


def find_done(text: str) -> str:
    """The words by which a text says that it is done; empty where it does not, or only under a condition."""
    found = _DONE.search(text)
    return found.group() if found and not _CONDITION.search(text[: found.start()]) else ""


def claims_success(text: str) -> bool:
    """Whether a text says that something is done here and now, and no word of what did not work."""
    return not _ADMISSION.search(text) and any(map(_is_claim, _SENTENCE.split(text)))


def _is_claim(sentence: str) -> bool:
    return bool(find_claim(sentence) or find_done(sentence)) and not _ELSEWHERE.search(sentence)
