"""The tools that the rows of an imported file bring, beside those of the catalogue, and taking them over as one act.

Rows that bring the same definition share it by its digest. Where rows of one file define a tool differently, the
definition most of them have is proposed, and the others are told with their number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import msgspec

from curation.errors import NotFoundError
from curation.model.definition import Definition, Tool
from curation.services.projects import find_project
from curation.services.tool_differences import compare_tools
from curation.services.tool_import_preview import ImportLine, ToolImport, preview_import
from curation.services.workspace import Workspace
from db import arrivals, batches
from db.arrivals import OfferedRecord

MOST_DIFFERENCES = 6


class Variant(msgspec.Struct, frozen=True):
    """One definition of a tool, the rows that have it, and what it says otherwise than the proposed one."""

    hash: str
    n_rows: int
    differences: tuple[str, ...] = ()


class FileTool(msgspec.Struct, frozen=True):
    """A tool that rows of a file bring."""

    name: str
    n_rows: int
    variants: tuple[Variant, ...]
    """The proposed one first."""

    @property
    def has_drifted(self) -> bool:
        """Whether rows of the file define it differently."""
        return len(self.variants) > 1


class FileTools(msgspec.Struct, frozen=True):
    """All of them, and what taking the proposed ones over would do."""

    file: str
    tools: tuple[FileTool, ...]
    proposal: ToolImport

    @property
    def drifted(self) -> tuple[FileTool, ...]:
        return tuple(one for one in self.tools if one.has_drifted)

    def count_changes(self) -> dict[str, int]:
        """How many are new, changed, the same or clash."""
        changes = [line.change for line in self.proposal.lines]
        return {change: changes.count(change) for change in dict.fromkeys(changes)}

    def line_of(self, name: str) -> ImportLine | None:
        return next((line for line in self.proposal.lines if line.name == name), None)


def propose_tools(ws: Workspace, source_id: str, chosen: Mapping[str, str] | None = None) -> FileTools:
    """The tools of an imported file beside those of its project; nothing is written.

    Args:
        source_id: the imported file.
        chosen: name → digest of the definition to take instead of the most frequent one.

    Raises:
        UnreadableError: its rows bring no tools.
    """
    with ws.reading() as connection:
        source = batches.find_source(connection, source_id)
        if source is None:
            raise NotFoundError("This imported file is not here.")
        offered = arrivals.list_offered(connection, source.batch_id)
    groups = [_put_first(list(group), chosen or {}) for _, group in groupby(offered, key=lambda one: one.name)]
    data = b"[" + b",".join(group[0].text.encode() for group in groups) + b"]"
    target = find_project(ws, source.project_id).working_target
    proposal = preview_import(ws, source.project_id, source.name, data, target=target)
    return FileTools(source.name, tuple(map(_tell, groups)), proposal)


def _put_first(group: list[OfferedRecord], chosen: Mapping[str, str]) -> list[OfferedRecord]:
    """The chosen definition before the others, which keep their order."""
    wanted = chosen.get(group[0].name)
    return sorted(group, key=lambda one: one.hash != wanted) if wanted else group


def _tell(group: Sequence[OfferedRecord]) -> FileTool:
    first = Tool(Definition(group[0].text))
    others = (
        Variant(one.hash, one.n_rows, compare_tools(first, Tool(Definition(one.text)))[:MOST_DIFFERENCES])
        for one in group[1:]
    )
    variants = (Variant(group[0].hash, group[0].n_rows), *others)
    return FileTool(group[0].name, sum(one.n_rows for one in group), variants)
