"""Writes the page about the targets, docs/targets.md, from the target files.

`python -m curation.targets.manual docs/targets.md` writes it anew; a test keeps it equal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from curation.model.values import Json
from curation.targets.loading import TARGETS
from curation.targets.target import GROUP_TITLES, Limit, Target

_HEAD = """# Targets

A target is where the rows will go: a service, a trainer or a model's chat template. It says how bad a finding is.
Choose one on Home or with `--target NAME`. With none chosen, a finding is as bad as it is for every target; what
matters to some of them only is information.

Each limit below carries the place and the day it was read. Services change theirs without notice: when one of them
disagrees, the file of that target in `curation/targets/profiles` is the only thing to correct.
"""
LIMIT_WORDS = {
    "arguments_form": "arguments of a call",
    "tool_name_pattern": "names of tools",
    "argument_name_pattern": "names of arguments",
    "description_most_characters": "characters of a description, at most",
    "tool_description_required": "a tool needs a description",
    "parameters_required": "a tool needs parameters",
    "tools_most": "tools in a row, at most",
    "rows_fewest": "rows, at least",
    "call_id_pattern": "ids of calls",
    "parallel_calls": "several calls in a turn",
    "weights_on_any_turn": "weights on any turn",
    "keywords_dropped": "keywords of schemas that are dropped",
    "control_tokens": "control tokens",
}
"""Field of a target → what the page calls it."""


def write_page() -> str:
    """The whole page."""
    lines = [_HEAD]
    for group, heading in GROUP_TITLES.items():
        lines += [f"## {heading}", ""]
        for target in TARGETS.values():
            if target.group == group:
                lines += [*_section(target), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(target: Target) -> Iterator[str]:
    yield f"### {target.title}: `{target.name}`"
    yield ""
    names = f" Also: {', '.join(f'`{name}`' for name in target.aliases)}." if target.aliases else ""
    yield target.about + names
    rows = [*_limit_rows(target), *_severity_rows(target)]
    if rows:
        yield ""
        yield "| what | here | source | read on |"
        yield "|---|---|---|---|"
        yield from rows
    if target.facts:
        yield ""
        for fact in target.facts:
            yield f"- {fact.text} ({fact.source}, {fact.date})"


def _limit_rows(target: Target) -> Iterator[str]:
    for field, words in LIMIT_WORDS.items():
        limit: Limit[Json] | None = getattr(target, field)
        if limit is not None:
            yield f"| {words} | {_show(limit.value)} | {limit.source} | {limit.date} |"


def _severity_rows(target: Target) -> Iterator[str]:
    for slug, grading in target.severity.items():
        yield f"| [{slug}](rules/{slug}.md) | {grading.severity} | {grading.source} | {grading.date} |"


def _show(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_code(str(one)) for one in value)
    return _code(value) if isinstance(value, str) and not value.isalpha() else str(value)


def _code(text: str) -> str:
    """Text as code in a cell of a table, where a bar would end the cell."""
    return f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_page())
