"""The check for data about persons, told by form and check digit, outside the ranges set apart for examples."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from curation.model.finding import Finding, Severity
from curation.rules.check_digits import is_card, is_iban, is_identity_number
from curation.rules.registry import Found, Hit, rule
from curation.rules.reserved import (
    is_example_account,
    is_example_card,
    is_made_up_address,
    is_made_up_phone,
    is_mailbox,
)
from curation.rules.row import Row
from curation.rules.value_places import key_of
from curation.targets import Target

_MAIL_NAME = re.compile(r"(?<![\w.+/:-])[A-Za-z0-9][\w.+-]{0,63}\Z")
_MAIL_DOMAIN = re.compile(r"@[A-Za-z0-9][\w-]*(?:\.[\w-]+)*\.[A-Za-z]{2,10}(?![\w@-])")
_LONGEST_NAME = 65
_CARD = re.compile(r"(?<![\w.,:/-])(?:\d{13,19}|\d{4}(?:[ -]\d{4}){3}|3\d{3}[ -]\d{6}[ -]\d{5})(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[A-Z0-9]{11,27}|(?: [A-Z0-9]{4}){2,6}(?: [A-Z0-9]{1,4})?)(?!\w)")
_PHONE = re.compile(
    r"(?<![\w.,:/+-])(?<!\d[ -])(?:(?:\+|00)[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{2,5}){1,4}"
    r"|\([2-9]\d\d\) ?\d{3}[ .-]\d{4}|[2-9]\d\d-\d{3}-\d{4})(?![\w-])"
)
_IDENTITY = re.compile(r"(?<!\w)\d{17}[\dXx](?!\w)")
_SOCIAL = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_KNOWN_SOCIAL = frozenset({"078-05-1120", "219-09-9999", "123-45-6789", "111-11-1111", "987-65-4321", "123-45-6780"})
_ABOUT_CARD = re.compile(r"card|karte|kredit|visa|master|amex|carte|tarjeta|carta|卡|\bpan\b", re.IGNORECASE)
_ABOUT_SOCIAL = re.compile(r"\bssn\b|social security", re.IGNORECASE)
_PHONE_NAME = re.compile(r"phone|(?:^|_)tel(?:$|_|efon)|mobile|handy|cell|whatsapp|手机|电话", re.IGNORECASE)
_KEYED_PHONE = re.compile(r"\+?[\d ()./-]{8,20}")
_ENOUGH_DIGITS = re.compile(r"(?:\d[ ().-]{0,2}){9}")
"""Nothing shorter is looked for; nearly every text is cleared by this alone."""
_NEAR = 60


class _Datum(NamedTuple):
    """One piece of personal data: what it is, how it reads without separators, and whether it is surely somebody's."""

    kind: str
    text: str
    is_sure: bool = True


def _grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.WARNING if finding.values.get("sure") else Severity.INFO


@rule("S02", scope="language", severity=Severity.WARNING, waivable=True, grade=_grade)
def personal_data(row: Row) -> Found:
    """A text or an argument holds data about a person.

    What is trained on can be drawn out again. Card numbers, bank accounts and identity numbers are known by their
    check digits, phone numbers and e-mail addresses by their form. What is set apart for examples is fine:
    `example.com`, phone numbers with 555-01, the test cards of payment services. So are addresses of roles and
    numbers that are plainly made up. An address at a domain of its own is information only, for it may be invented.

    Bad: a phone number that rings somewhere, `anna.berger77@gmail.com`

    Good: `+1 202 555 0143`, `anna@example.com`, `4242 4242 4242 4242`
    """
    hits: dict[str, Hit] = {}
    for at, key, text in _texts(row):
        for datum in _find(text, key):
            digest = hashlib.sha256(datum.text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
            message = f"{_mask(datum)} looks like {datum.kind}; put one in its place that is set apart for examples."
            hits.setdefault(digest, Hit(at, message, {"digest": digest, "sure": datum.is_sure}))
    return list(hits.values()) or None


def _texts(row: Row) -> Iterator[tuple[str, str, str]]:
    for turn in row.turns:
        if turn.text:
            yield turn.at + "/content", "", turn.text
    for call in row.calls:
        for pointer, value in call.leaves:
            if type(value) is str or (type(value) is int and value > 0):
                yield call.arguments_at + pointer, key_of(pointer), str(value)


def _find(text: str, key: str) -> Iterator[_Datum]:
    if "@" in text:
        for address in _addresses(text):
            if not is_made_up_address(address):
                yield _Datum("somebody's e-mail address", address, is_mailbox(address))
    if _ENOUGH_DIGITS.search(text) is not None:
        yield from _find_numbers(text, key)


def _addresses(text: str) -> Iterator[str]:
    """The e-mail addresses of a text, found from their sign, which is rare."""
    for domain in _MAIL_DOMAIN.finditer(text):
        name = _MAIL_NAME.search(text[max(0, domain.start() - _LONGEST_NAME) : domain.start()])
        if name is not None:
            yield (name.group() + domain.group()).lower()


def _find_numbers(text: str, key: str) -> Iterator[_Datum]:
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found.group())
        if (
            is_card(digits)
            and not is_example_card(digits)
            and (digits != found.group() or _is_about(_ABOUT_CARD, found, key))
        ):
            yield _Datum("a payment card's number", digits)
    for found in _IBAN.finditer(text):
        account = found.group().replace(" ", "")
        if is_iban(account) and not is_example_account(account):
            yield _Datum("a bank account's number", account)
    for found in _IDENTITY.finditer(text):
        if is_identity_number(found.group().upper()):
            yield _Datum("an identity card's number", found.group().upper())
    for found in _SOCIAL.finditer(text):
        if found.group() not in _KNOWN_SOCIAL and _is_about(_ABOUT_SOCIAL, found, key):
            yield _Datum("a social security number", found.group())
    yield from _find_phones(text, key)


def _find_phones(text: str, key: str) -> Iterator[_Datum]:
    is_keyed = _PHONE_NAME.search(key) is not None and _KEYED_PHONE.fullmatch(text.strip())
    for found in [text] if is_keyed else [match.group() for match in _PHONE.finditer(text)]:
        digits = re.sub(r"\D", "", found)
        if 9 <= len(digits.lstrip("0")) <= 15 and not is_made_up_phone(digits):
            yield _Datum("somebody's phone number", digits)


def _is_about(words: re.Pattern[str], found: re.Match[str], key: str) -> bool:
    around = found.string[max(0, found.start() - _NEAR) : found.end() + _NEAR]
    return words.search(key) is not None or words.search(around) is not None


def _mask(datum: _Datum) -> str:
    """Enough to find it again, too little to use it."""
    name, at, domain = datum.text.rpartition("@")
    return f"`{name[:1]}…{at}{domain[:40]}`" if at else f"`{datum.text[:3]}…{datum.text[-2:]}`"
