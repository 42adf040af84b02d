"""ShareGPT with one row a decision: LLaMA-Factory with `mask_history` learns the last turn of each row alone.

The plain form has no way to show an answer that nobody is to learn, such as the mistake before its correction.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

import yaml

from curation.formats import sharegpt
from curation.formats.context import mark_context
from curation.formats.contract import Format
from curation.formats.sharegpt_reading import read as read_turns
from curation.formats.sharegpt_writing import write_split
from curation.model.reading import Reading, Reject

CONFIG = "llamafactory.yaml"
_HEAD = """\
# Fill in the model and what else the training wants. Each row teaches its last turn, so the history must be masked.
model_name_or_path:
"""


def recognises(raw: bytes) -> bool:  # noqa: ARG001
    """Never: nothing in a row says that it teaches its last turn alone, so it is taken for one of `sharegpt`."""
    return False


def read(raw: bytes) -> Reading | Reject:
    """Read a row whose earlier answers only lead up to the last one."""
    reading = read_turns(raw)
    if isinstance(reading, Reject):
        return reading
    turns = reading.example.messages
    return mark_context(reading, max((i for i, turn in enumerate(turns) if turn.role == "assistant"), default=0))


def companions(files: Mapping[str, str]) -> dict[str, bytes]:
    """The entries of the files, and the part of a configuration without which earlier answers would be learnt too."""
    first = files.get("train") or next(iter(files.values()), "")
    config = {"dataset_dir": ".", "dataset": PurePath(first).stem, "mask_history": True}
    return {**sharegpt.companions(files), CONFIG: (_HEAD + yaml.safe_dump(config, sort_keys=False)).encode()}


FORMAT = Format(
    name="sharegpt_last",
    title="ShareGPT, one row a decision: for LLaMA-Factory with mask_history",
    read=read,
    write=write_split,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    holds_any_order=False,
    companions=companions,
    variant_of="sharegpt",
)
