"""Writes the manual of the rules, docs/rules, from the rules themselves.

`python -m curation.rules.manual docs/rules` writes it anew; a test keeps it equal.
"""

from __future__ import annotations

import sys
from pathlib import Path

from curation.model.finding import Severity
from curation.rules import RULES, Rule
from curation.targets import TARGETS

GROUPS = {
    "J": "Bytes and JSON",
    "U": "Unicode and text form",
    "M": "Message structure",
    "T": "Tools and schemas",
    "A": "Arguments against the schema",
    "C": "Call and result flow",
    "B": "Behaviour, recovery and safety of retries",
    "N": "Rows without calls",
    "G": "Grounding",
    "X": "Templates and exports",
    "D": "The data set as a whole",
    "S": "Privacy and safety",
}
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "information"}


def write_manual() -> dict[str, str]:
    """File name → text of every page of the manual."""
    pages = {f"{rule.slug}.md": _page(rule) for rule in RULES}
    return {"index.md": _index(), **pages}


def _index() -> str:
    lines = [
        "# Rules",
        "",
        f"Callwright checks {len(RULES)} things. Each has a code and a name that never change.",
        "The severity is the one without a target; a target may raise, lower or drop it.",
    ]
    for letter, title in GROUPS.items():
        rules = [rule for rule in RULES if rule.code[0] == letter]
        if rules:
            lines += ["", f"## {title}", "", "| code | name | severity | what it finds |", "|---|---|---|---|"]
            lines += [f"| {r.code} | [{r.slug}]({r.slug}.md) | {_WORDS[r.severity]} | {r.title} |" for r in rules]
    return "\n".join(lines) + "\n"


def _page(rule: Rule) -> str:
    keep = "may be kept with a reason" if rule.waivable else "must be put right; it cannot be kept"
    lines = [
        f"# {rule.code} {rule.slug}",
        "",
        rule.doc,
        "",
        f"Severity: {_WORDS[rule.severity]}. A finding {keep}.",
    ]
    graded = [(target, target.severity[rule.slug]) for target in TARGETS.values() if rule.slug in target.severity]
    if graded:
        lines += ["", "| target | severity | source |", "|---|---|---|"]
        lines += [f"| {target.name} | {grade.severity} | {grade.source} ({grade.date}) |" for target, grade in graded]
    elif rule.grade is not None:
        lines += ["", "The severity depends on the flagged values and on the limits of the target."]
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    """Write every page and remove those of rules that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = write_manual()
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
