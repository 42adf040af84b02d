"""The check for addresses that mean something inside one company or on one machine only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.model.finding import Severity
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row

_HOST = re.compile(
    r"(?<![\w.@-])(?P<link>\w+://(?:[\w.-]+@)?)?"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,6}(?:internal|intranet|intra|corp|lan|local|localdomain))"
    r"(?P<port>:\d{2,5})?(?![\w(]|\.\w|-\w)",
    re.IGNORECASE,
)
_KNOWN_HOSTS = frozenset(
    {
        "host.docker.internal",
        "gateway.docker.internal",
        "metadata.google.internal",
        "kubernetes.default.svc.cluster.local",
    }
)
_PACKAGE = re.compile(r"(?:com|org|net|io|de|java|javax|sun|golang|k8s)\.", re.IGNORECASE)
_HOME = re.compile(
    r"(?<![\w./~-])(?:/home/|/Users/|[A-Za-z]:[\\/]+(?:Users|Benutzer|Documents and Settings)[\\/]+)"
    r"(?P<who>[A-Za-z][\w.-]{1,30})(?=[\\/\s\"'`,;:.]|$)"
)
_NOBODY = re.compile(
    r"(?:user|username|user_?name|you|your.*|me|my.*|name|someone|ubuntu|debian|centos|ec2-user|azureuser|vagrant|runner"
    r"|root|admin|administrator|app|application|web|www|www-data|git|deploy|build|builder|jenkins|node|python|postgres"
    r"|mysql|oracle|docker|test|tester|demo|example|sample|foo|bar|public|shared|default|guest|dev|developer|student"
    r"|data|pi|ftp|backup|john|jane|alice|bob|jdoe|john\.?doe|johndoe|janedoe|max|mustermann)\d{0,2}",
    re.IGNORECASE,
)
_MOUNT = re.compile(
    r"(?<![\w./~:-])/(?:srv|mnt|nfs|net|gpfs|lustre|scratch|volumes)/(?P<rest>[\w.-]+/[\w./-]+)", re.IGNORECASE
)
_SHARE = re.compile(r"(?<![\w\\])\\\\(?P<server>[A-Za-z][\w-]{1,30}(?:\.[\w-]+)*)\\[\w$.-]+")
_SIGNS = (
    ".internal", ".intra", ".corp", ".lan", ".local", "/home/", "/Users/", "\\Users", "/srv/",
    "/mnt/", "/nfs/", "/net/", "/gpfs", "/lustre", "/scratch", "\\\\", ":/Users", "Benutzer", "/volumes/",
    "Documents and",
)  # fmt: skip


@rule("S04", scope="language", severity=Severity.WARNING, waivable=True)
def internal_address(row: Row) -> Found:
    """A text or an argument names an internal host, or a path of one machine.

    It tells strangers how a network is built and who works there, and it means nothing anywhere else. Use made-up
    ones: `host.example`, `/home/user`. Those are left alone, and so are the private IP addresses that every network
    has.

    Bad: `https://jira.ops.acme.corp`, `/home/kschmidt/report.csv`

    Good: `https://jira.example`, `/home/user/report.csv`
    """
    if not any(sign in row.blob for sign in _SIGNS):
        return None
    hits: dict[str, Hit] = {}
    for at, text in _texts(row):
        for what, address in _find(text):
            message = f"`{address[:60]}` is {what}; use a made-up one."
            hits.setdefault(address.lower(), Hit(at, message, {"address": address[:200]}))
    return list(hits.values()) or None


def _texts(row: Row) -> Iterator[tuple[str, str]]:
    for turn in row.turns:
        if turn.text:
            yield turn.at + "/content", turn.text
    for call in row.calls:
        for pointer, value in call.leaves:
            if type(value) is str:
                yield call.arguments_at + pointer, value


def _find(text: str) -> Iterator[tuple[str, str]]:
    for found in _HOST.finditer(text):
        if _is_host(found):
            yield "an internal host", found.group("host")
    for found in _HOME.finditer(text):
        if not _NOBODY.fullmatch(found.group("who")):
            yield "a person's folder", found.group()
    for found in _MOUNT.finditer(text):
        yield "a path of one machine", found.group().rstrip(".,")
    for found in _SHARE.finditer(text):
        if found.group("server").lower() not in ("server", "localhost", "fileserver", "host"):
            yield "a share of an internal host", found.group()


def _is_host(found: re.Match[str]) -> bool:
    """Whether a dotted name is surely a host, and no package, file or variable."""
    host = found.group("host").lower()
    if host in _KNOWN_HOSTS or _PACKAGE.match(host) or "example" in host:
        return False
    labels = host.split(".")
    return bool(found.group("link") or found.group("port")) or len(labels) > 2 or any(c in "-0123456789" for c in host)
