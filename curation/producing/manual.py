"""Writes the page about drafting, docs/drafting.md, from the strategies and gates themselves.

`python -m curation.producing.manual docs/drafting.md` writes it anew; a test keeps it equal.
"""

from __future__ import annotations

import sys
from pathlib import Path

from curation.gates import GATES
from curation.synthesizers import SYNTHESIZERS, Synthesizer

_OPENING = """# Drafting by machine

Written by `python -m curation.producing.manual docs/drafting.md`.

An order says which tools, which shapes and how many; a strategy drafts, and every draft passes the gates below before a
person sees it. What a gate refuses is put right once where that can be done (by the finding's own fix, or by the model
that was asked), and is dropped and counted by its reason otherwise. What passes waits in Review as a candidate, the one
that fills the most of what the project lacks first; nobody but a person accepts it. An export's manifest counts what a
machine drafted, whoever accepted it.

Orders are placed under *Orders* and with `callwright synthesize PROJECT`; `--dry-run` prints the plan and the prompts
and makes nothing. A sample of ten comes first where somebody wants to look; the rest begins with it. An order can be
paused and gone on with at any moment, also after a crash: the same order drafts the same, answers of a model are kept
and never asked for twice, and what was made is made once. Which models may be asked, and how they are set up, stands in
`docs/models-to-draft-with.md`.

## Gates, in order

"""
_NEEDS = {"examples": "accepted examples", "records": "scenario records", "model": "a language model"}


def write_page() -> str:
    """The page: gates, then strategy by strategy."""
    gates = "".join(f"{number}. **{gate.name}**: {gate.title}.\n" for number, gate in enumerate(GATES, 1))
    return f"{_OPENING}{gates}\n## Strategies\n" + "".join(map(_write_strategy, SYNTHESIZERS))


def _write_strategy(one: Synthesizer) -> str:
    needs = ", ".join(title for need, title in _NEEDS.items() if need in one.needs) or "nothing but the tools"
    knobs = "".join(f"- `{knob.name}` ({knob.title}): {knob.why or 'as it is named'}\n" for knob in one.parameters)
    return f"\n### {one.title}\n\n`{one.name}`, needs {needs}\n\n{one.about}\n\n{knobs}"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_page(), encoding="utf-8")
