"""Writes the page about the forms of tools, docs/tool-forms.md, from the forms themselves.

`python -m curation.toolkits.manual docs/tool-forms.md` writes it anew; a test keeps it equal.
"""

from __future__ import annotations

import sys
from pathlib import Path

from curation.toolkits import TOOL_FORMATS, python_calls
from curation.toolkits.contract import ToolFormat

_OPENING = """# Forms of tools

Tools come in and go out in these forms: on the Catalogue under *Files*, and with `callwright import-tools`,
`callwright export-tools` and `callwright tools FILE --to FORM`. Before anything is stored, each change is shown: what
is new, what differs, what was renamed, and what was lost. Python is parsed, never run, and nothing is fetched while a
file is read.

Names are made to fit every service: 1 to 64 letters, digits, `_` and `-`, no two alike. What a file does not say of a
tool (its policy, say) is kept from the stored one. OpenAI, Anthropic and MCP lists may be mixed and keep the exact text
of their schemas. Files of more than 32 MB, lists of more than 10,000 tools, keys given twice, YAML aliases, references
that leave the document and schemas that grow without end are refused with one sentence that names the place.

An MCP server is asked only when somebody presses *Fetch its tools* (or names it with `--server`), and only one that a
lead has allowed by name. The client runs in a process of its own and is ended after 30 seconds.
"""


def write_page() -> str:
    """The page, form by form."""
    return _OPENING + "".join(_write_form(form) for form in TOOL_FORMATS) + _write_parser()


def _write_form(form: ToolFormat) -> str:
    parts = [f"\n## {form.title}\n", f"`{form.name}`, written as `{form.extension}`\n"]
    for heading, losses in (("Reading leaves out", form.reading_loses), ("Writing leaves out", form.writing_loses)):
        lines = "".join(f"- {loss}\n" for loss in losses) or "- nothing\n"
        parts.append(f"{heading}:\n\n{lines}")
    return "\n".join(parts)


def _write_parser() -> str:
    losses = "".join(f"- {loss}\n" for loss in python_calls.WRITING_LOSES)
    return (
        f"\n## {python_calls.TITLE}\n\n`{python_calls.NAME}`, only written, as `{python_calls.EXTENSION}`: a model for "
        "each tool, their union told apart by the\ntool's name, and `parse_call` and `parse_answer`, which take "
        f"nothing that is not sound.\n\nWriting leaves out:\n\n{losses}"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_page(), encoding="utf-8")
