"""Addresses and numbers that are set apart for examples, or plainly made up: nobody's personal data."""

from __future__ import annotations

import re

_DOMAINS = re.compile(
    r"(?:.+\.)?(?:example\.(?:com|net|org|edu)|[\w-]+\.(?:example|test|invalid|localhost|local|internal)|localhost)"
    r"|(?:.+\.)?(?:(?:my|your)?(?:domain|company|org|firm|store|shop)|email|mail|test|sample|acme|foo|bar|site|host)\.\w{2,4}",
    re.IGNORECASE,
)
_MADE_UP_NAMES = re.compile(
    r"(?:test|user|example|sample|demo|foo|bar|foobar|name|your|my|me|someone|somebody|nobody|abc|xyz|email|mail|username"
    r"|(?:john|jane)[._-]?(?:doe|smith)?|(?:max|erika)[._-]?mustermann|alice|bob|zhangsan|lisi)[._-]?\w{0,4}|your[._-].*",
    re.IGNORECASE,
)
_ROLE_NAMES = re.compile(
    r"(?:no-?reply|git|info|support|help|sales|contact|admin|office|billing|service|kontakt|team|press|jobs|hr|hello"
    r"|feedback|orders?|booking|reservations?|reservierung|bestellung|marketing|postmaster|webmaster|abuse|security"
    r"|notifications?|news(?:letter)?|legal|privacy|datenschutz|customer.?(?:care|service)|helpdesk)[._+-]?\w{0,8}",
    re.IGNORECASE,
)
_MAILBOXES = re.compile(
    r"(?:gmail|googlemail|icloud|me|mac|aol|hushmail|proton|protonmail|tutanota|zoho|msn|comcast|verizon|att|sbcglobal"
    r"|web|freenet|t-online|arcor|gmx|posteo|mailbox|bluewin|orange|free|laposte|wanadoo|sfr|libero|virgilio|terra|uol"
    r"|btinternet|ntlworld|rediffmail|naver|daum|hanmail|qq|163|126|yeah|sina|sohu|foxmail|aliyun|mail|inbox|list|bk"
    r"|yandex|rambler|ukr|seznam|wp|o2|interia|outlook|hotmail|live|yahoo|ymail|rocketmail)"
    r"\.(?:com|net|org|de|at|ch|fr|it|es|pt|br|com\.br|co\.uk|co\.in|co\.jp|cn|com\.cn|ru|ua|cz|pl|kr|in|eu|me|jp|se|nl)",
    re.IGNORECASE,
)

_CARDS_TEXT = """
4111111111111111 4242424242424242 4012888888881881 4000056655665556 4222222222222 4000000000000002 4000000000009995
4000000000000077 4000000000003220 4000002500003155 4917610000000000 4462030000000000 4444333322221111
5555555555554444 5105105105105100 5200828282828210 5431111111111111 5454545454545454 5424000000000015
2223003122003222 2223000048400011 2222420000001113 378282246310005 371449635398431 378734493671000 370000000000002
341111111111111 6011111111111117 6011000990139424 6011000000000012 3530111333300000 3566002020360505 30569309025904
38520000023237 3056930009020004 36227206271667 6200000000000005 6250941006528599 4539578763621486 4532015112830366
4716461583322103
"""
_CARDS = frozenset(_CARDS_TEXT.split())
_IBANS_TEXT = """
DE89370400440532013000 DE02120300000000202051 DE75512108001245126199 DE91100000000123456789 DE27100777770209299700
GB82WEST12345698765432 GB29NWBK60161331926819 GB33BUKB20201555555555 GB94BARC10201530093459
FR1420041010050500013M02606 FR7630006000011234567890189 NL91ABNA0417164300 NL02ABNA0123456789
ES9121000418450200051332 ES7921000813610123456789 IT60X0542811101000000123456 CH9300762011623852957
CH5604835012345678009 AT611904300234573201 AT483200000012345864 BE68539007547034 BE71096123456769
PL61109010140000071219812874 PL10105000997603123456789123 PT50000201231234567890154 PT50002700000001234567833
SE4550000000058398257466 SE7280000810340009783242 NO9386011117947 DK5000400440116243 FI2112345600000785
IE29AIBK93115212345678 IE64IRCE92050112345678 LU280019400644750000 CZ6508000000192000145399
GR1601101250000000012300695 HU42117730161111101800000000 RO49AAAA1B31007593840000 SK3112000000198742637541
TR330006100519786457841326
"""
_IBANS = frozenset(_IBANS_TEXT.split())
_PHONES = re.compile(
    r"(?:1|001)?[2-9]\d\d5550[01]\d\d|(?:1|001)?[2-9]\d\d555\d{4}|(?:1|001)?555\d{7}|555\d{4}"  # North America
    r"|(?:44|0044)?0?(?:1632960\d{3}|2079460\d{3}|7700900\d{3}|8081570\d{3}|9098790\d{3}|3069990\d{3}"
    r"|1(?:13|14|15|16|17|18|21|31|41|51|61)496\d{4}|191498\d{4}|2890180\d{3}|2920180\d{3})"  # United Kingdom
    r"|(?:49|0049)?0?(?:3023125\d{3}|6990009\d{3}|4066969\d{3}|2214710\d{3}|8999998\d{3}|17139200\d{2}"
    r"|1522(?:8817386|8895456)|15254599371|17[29]\d?9925904|172996853\d|1749091317|1749464308)"  # Germany
    r"|(?:33|0033)?0?(?:19900|26191|35301|46571|53649|63998)\d{4}"  # France
    r"|(?:61|0061)?0?(?:[2378](?:5550|7010)\d{4}|491570\d{3})"  # Australia
)
_SERVICE = re.compile(
    r"(?:1|001)?(?:800|888|877|866|855|844|833|900)\d{7}|(?:\d{2}|00\d{2})?0?800\d{6,8}|400\d{7}|\d{5,6}"
)
_REPEATED = re.compile(r"(\d)\1{4}|(\d\d)\2\2\2|(\d\d\d)\3\3")
_STEPS = ("0123456789012345", "9876543210987654")
_FEWEST_STEPS = 6


def is_made_up_address(address: str) -> bool:
    """Whether an e-mail address is nobody's: an example, a role, or plainly invented."""
    name, _, domain = address.rpartition("@")
    return any(
        pattern.fullmatch(part) for pattern, part in ((_DOMAINS, domain), (_MADE_UP_NAMES, name), (_ROLE_NAMES, name))
    )


def is_mailbox(address: str) -> bool:
    """Whether an address is at one of the providers where people have theirs."""
    return _MAILBOXES.fullmatch(address.rpartition("@")[2]) is not None


def is_made_up_phone(digits: str) -> bool:
    """Whether a phone number is set apart for examples and films, a service's, or plainly invented."""
    if _PHONES.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return True
    return is_patterned(digits)


def is_patterned(digits: str) -> bool:
    """Whether digits go up, down or repeat as nobody's number does."""
    parts = (digits[start : start + _FEWEST_STEPS] for start in range(len(digits) - _FEWEST_STEPS + 1))
    return (
        len(set(digits)) < 4
        or any(part in steps for part in parts for steps in _STEPS)
        or _REPEATED.search(digits) is not None
    )


def is_example_card(digits: str) -> bool:
    """Whether a card's number is one that payment services publish for tests."""
    return digits in _CARDS or is_patterned(digits)


def is_example_account(iban: str) -> bool:
    """Whether an account is one that standards and banks print as an example."""
    return iban in _IBANS or is_patterned("".join(filter(str.isdigit, iban[4:])))
