"""How often a run may take its budget: once, and once more whenever somebody goes on after it was spent."""

from __future__ import annotations

from pathlib import Path

import msgspec

from curation.llm.lines import Lines, read_lines

FILE = "spent.jsonl"


class _Spent(msgspec.Struct, frozen=True):
    launch_id: str


class Grants:
    """What one launch may count on; a launch that was killed and goes on under its name gets nothing more."""

    def __init__(self, folder: Path, launch_id: str) -> None:
        self._path = folder / FILE
        self._launch_id = launch_id

    @property
    def count(self) -> int:
        """How many times the budget may be taken in all."""
        before = {line.launch_id for line in read_lines(self._path, _Spent)}
        return 1 + len(before - {self._launch_id})

    def note_spent(self) -> None:
        """This launch has spent it."""
        lines = Lines(self._path)
        lines.append(_Spent(self._launch_id))
        lines.close()
