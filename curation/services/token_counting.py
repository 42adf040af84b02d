"""How many tokens a base model makes of each example: counted a little behind them, once for each body."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError, StateError, UnreadableError
from curation.finetune.base_models import describe_base, small_model_folder
from curation.formats import get_format
from curation.model.example import Example
from curation.model.people import Actor
from curation.rendering import FORMAT_OF_STYLE, RowStyle, needs_router, open_template, read_chat_row
from curation.services.acts import Act, perform
from curation.services.judging import read_body
from curation.services.pacing import IsStopped, Pace
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import people, token_counts
from db.acts import Deed
from db.project_settings import read_setting, write_setting
from db.token_counts import Uncounted

PASS_ROWS = 2_000
CHUNK = 100
QUEUED = 5_000
USUAL_LENGTH = 1_024
_CHOSEN, _QUEUED = "lengths", "lengths queued"
_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")


class Chosen(msgspec.Struct, frozen=True):
    """The base model rows are measured by, and the longest row a training takes."""

    folder: str
    max_length: int = USUAL_LENGTH


class Measure(msgspec.Struct, frozen=True):
    """A chosen base that is there: what it is called, and what names its tokenizer and template together."""

    folder: Path
    name: str
    digest: str
    max_length: int


class TokenCounter:
    """Counts as a training on one base would: the rows it would write, with its own template."""

    def __init__(self, folder: Path) -> None:
        self._template = open_template(folder)
        if self._template.tokenizer is None:
            raise UnreadableError(f"The model folder {folder} has no tokenizer.json, so tokens cannot be counted.")
        style: RowStyle = "router" if needs_router(self._template) else "conversation"
        self._style: RowStyle = style
        self._write = get_format(FORMAT_OF_STYLE[style]).write

    def count(self, example: Example) -> int:
        """The tokens of the longest row an example becomes; 0 where it becomes none."""
        rows = self._write(example).rows if self._write else ()
        return max((self._measure(raw) for raw in rows), default=0)

    def _measure(self, raw: bytes) -> int:
        return len(self._template.tokenize(self._template.render(read_chat_row(raw, self._style))).ids)


def find_measure(ws: Workspace, connection: Connection, project_id: str) -> Measure | None:
    """The chosen base, or the small model once it is there; None without either."""
    said = read_setting(connection, project_id, _CHOSEN)
    chosen = msgspec.json.decode(said, type=Chosen) if said else Chosen(str(small_model_folder(ws.home)))
    folder = Path(chosen.folder)
    digest = digest_base(folder)
    return Measure(folder, describe_base(folder).name, digest, chosen.max_length) if digest else None


def choose_base(ws: Workspace, actor: Actor, project_id: str, folder: Path, max_length: int, *, nonce: str) -> Chosen:
    """Measure rows by this base model from now on; all of them are counted again, those counted before at once."""
    if not 16 <= max_length <= 1_000_000:
        raise StateError(f"A row of {max_length:,} tokens is no limit.", hint="Name 16 to 1,000,000 tokens.")
    TokenCounter(folder)

    def work(act: Act) -> Chosen:
        project = need_project(act.connection, project_id)
        chosen = Chosen(str(folder.resolve()), max_length)
        write_setting(act.connection, project.id, _CHOSEN, chosen)
        act.note(Deed("base model of lengths", after=f"{folder.name}, {max_length}", project_id=project.id))
        return chosen

    return perform(ws, actor, "choose base model", nonce, Chosen, work)


def count_waiting(ws: Workspace, most: int = PASS_ROWS, *, is_stopped: IsStopped = lambda: False) -> int:
    """Count the tokens of some examples that wait; says how many were looked at."""
    measures = _measures(ws)
    for project_id, measure in measures.items():
        _queue(ws, project_id, measure)
    with ws.reading() as connection:
        numbers = token_counts.list_todo(connection, most)
    pace = Pace(ws, is_stopped)
    for start in range(0, len(numbers), CHUNK):
        pace.breathe()
        _count(ws, numbers[start : start + CHUNK], measures)
    return len(numbers)


def _measures(ws: Workspace) -> dict[str, Measure]:
    with ws.reading() as connection:
        found = {one.id: find_measure(ws, connection, one.id) for one in people.list_projects(connection)}
    return {project_id: one for project_id, one in found.items() if one is not None}


def _queue(ws: Workspace, project_id: str, measure: Measure) -> None:
    """Let all examples of a project wait, where it is measured by another base than before."""
    with ws.reading() as connection:
        if read_setting(connection, project_id, _QUEUED) == msgspec.json.encode(measure.digest):
            return
    after = 0
    while numbers := _next_numbers(ws, project_id, after):
        with ws.unit() as unit:
            token_counts.add_todo(unit.connection, numbers)
            unit.commit()
        after = numbers[-1]
    with ws.unit() as unit:
        write_setting(unit.connection, project_id, _QUEUED, measure.digest)
        unit.commit()


def _next_numbers(ws: Workspace, project_id: str, after: int) -> list[int]:
    with ws.reading() as connection:
        return token_counts.list_numbers(connection, project_id, after, QUEUED)


def _count(ws: Workspace, numbers: Sequence[int], measures: dict[str, Measure]) -> None:
    with ws.reading() as connection:
        waiting = [one for one in token_counts.read_uncounted(connection, numbers) if one.project_id in measures]
        counted = {
            digest: token_counts.find_counted(connection, digest, [one.body_hash for one in waiting])
            for digest in {measures[one.project_id].digest for one in waiting}
        }
    new: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for one in waiting:
        measure = measures[one.project_id]
        if one.body_hash not in counted[measure.digest]:
            new[measure.digest][one.body_hash] = _count_one(measure, one)
    with ws.unit() as unit:
        for digest, counts in new.items():
            token_counts.put_counts(unit.connection, digest, counts)
        token_counts.drop_todo(unit.connection, numbers)
        unit.commit()


def _count_one(measure: Measure, one: Uncounted) -> int:
    """What cannot be written or read back becomes no row, so it has no length."""
    try:
        return _counter(measure.folder, measure.digest).count(read_body(one.body).example)
    except CurationError:
        return 0


@lru_cache(maxsize=2)
def _counter(folder: Path, _digest: str) -> TokenCounter:
    """One for each state of a folder: opening a tokenizer takes longer than counting many rows."""
    return TokenCounter(folder)


def digest_base(folder: Path) -> str:
    """Names tokenizer and template together; "" where they are not there."""
    found = [folder / name for name in _FILES if (folder / name).is_file()]
    if not (folder / "tokenizer.json").is_file():
        return ""
    return _digest_of(tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in found))


@lru_cache(maxsize=16)
def _digest_of(files: tuple[tuple[Path, int, int], ...]) -> str:
    """Of files as they were at a time: they are not read again for each page."""
    read = hashlib.sha256()
    for path, _, size in files:
        read.update(f"{path.name} {size}\n".encode())
        read.update(path.read_bytes())
    return read.hexdigest()[:16]
