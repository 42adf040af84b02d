"""A write that breaks down in an order from the schemas: a look first, then the write or an honest end."""

from __future__ import annotations

import msgspec

from curation.model.definition import Tool
from curation.model.example import Example
from curation.synthesizers.recoveries_with_calls import look_first
from curation.synthesizers.stage import Stage


def draft_reading_first(stage: Stage, write: Tool) -> Example | None:
    """Before anything is written again the state is read; what it shows decides whether it is written now.

    The sentences about it are English: in other languages the conversation ends on the call that was wanted.
    """
    ending = look_first(stage, (write,))
    if ending is None:
        return None
    example = ending.example(stage)
    turns = [msgspec.structs.replace(turn, content=None) if turn.calls else turn for turn in example.messages]
    if stage.manner.language != "en":
        called = [place for place, turn in enumerate(turns) if turn.calls]
        if turns[called[-1]].label:
            return None  # The look shows that it was done, which only words can tell.
        turns = turns[: called[-1] + 1]
    return msgspec.structs.replace(example, messages=tuple(turns))
