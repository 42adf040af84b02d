"""A bundle to train elsewhere: rows and settings of a version for each trainer, in one folder or one archive."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec

from curation.errors import UnwritableError
from curation.files import put_whole, write_whole
from curation.finetune.bundles.files import TRAIN_FILE, VALIDATION_FILE, write_readme, write_settings
from curation.finetune.bundles.plan import Plan
from curation.finetune.bundles.rows import Write, pick_writers
from curation.finetune.knobs import TrainParameters, parse_parameters
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import Split
from curation.model.values import Json
from curation.rendering import RowStyle, Template, load_template, needs_router, read_chat_row, read_pair
from curation.services.acts import Act, perform
from curation.services.freezing import DatasetView, get_dataset, read_items
from curation.services.gating import require_sound
from curation.services.roles import require
from curation.services.row_files import pick_writer
from curation.services.workspace import Workspace
from db.acts import Deed

README, MANIFEST = "README.md", "manifest.json"
FILES = {Split.TRAIN: TRAIN_FILE, Split.VALIDATION: VALIDATION_FILE}
TOO_LONG = "longer than the limit in tokens"


class BundledFile(msgspec.Struct, frozen=True):
    """One file of a bundle."""

    name: str
    size_bytes: int
    sha256: str


class Bundle(msgspec.Struct, frozen=True):
    """What was written: files by name, rows by trainer and split, and what was left out for which reason."""

    version: int
    dataset_hash: str
    style: RowStyle
    parameters: dict[str, Json]
    rows: dict[str, dict[str, int]]
    left_out: dict[str, int]
    files: tuple[BundledFile, ...]


def write_bundle(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    base: Path | str,
    out: Path,
    *,
    parameters: dict[str, Json] | None = None,
    base_name: str = "",
) -> Bundle:
    """Write the folder `out`. The same version, base and knobs give the same bytes.

    Args:
        ws: the workspace.
        actor: who asks.
        project_id: whose version.
        dataset_n: the version's number.
        base: a model folder here, by whose template and tokens the rows are made, or a name on a hub.
        out: the folder; what is in it under the same names is replaced.
        parameters: knobs as for a training on this machine.
        base_name: what the base is called on the other machine; its folder here unless told.
    """
    require(actor, "export")
    knobs, dataset = parse_parameters(parameters or {}), get_dataset(ws, project_id, dataset_n)
    require_sound(ws, dataset.id, tuple(FILES))
    template = load_template(Path(base)) if Path(base).is_dir() else None
    style: RowStyle = "router" if template is not None and needs_router(template) else "conversation"
    maker = _Maker(ws, dataset, knobs, style, template)
    try:
        bundle = maker.write(out, base_name or str(base))
    except OSError as error:
        raise UnwritableError(f"The bundle {out} cannot be written: {error.strerror or error}.") from error
    digest = hashlib.sha256(msgspec.json.encode(bundle)).hexdigest()
    _note(ws, actor, dataset.id, f"bundle {digest}")
    return bundle


def save_bundle(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    base: Path | str,
    out: Path,
    *,
    parameters: dict[str, Json] | None = None,
    base_name: str = "",
) -> Bundle:
    """The same in a folder, or in one archive when the name ends in `.zip`."""
    if out.suffix.lower() != ".zip":
        return write_bundle(ws, actor, project_id, dataset_n, base, out, parameters=parameters, base_name=base_name)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundle = write_bundle(
            ws, actor, project_id, dataset_n, base, folder, parameters=parameters, base_name=base_name
        )
        try:
            pack_bundle(folder, out)
        except OSError as error:
            raise UnwritableError(f"The bundle {out} cannot be written: {error.strerror or error}.") from error
    return bundle


def pack_bundle(folder: Path, archive: Path) -> None:
    """A bundle's folder as one archive, the same bytes each time."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(folder)), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())


class _Maker:
    """One bundle under way."""

    def __init__(
        self, ws: Workspace, dataset: DatasetView, knobs: TrainParameters, style: RowStyle, template: Template | None
    ) -> None:
        self.ws, self.dataset, self.knobs, self.style, self.template = ws, dataset, knobs, style, template
        self.writers = pick_writers(style, knobs.learn_from)
        self.rows = {trainer: Counter[str]() for trainer in self.writers}
        self.left_out: Counter[str] = Counter()

    def write(self, out: Path, base: str) -> Bundle:
        out.mkdir(parents=True, exist_ok=True)
        for split in FILES:
            self._write_split(out, split)
        trained = {trainer: rows for trainer, rows in self.rows.items() if rows["train"]}
        if not trained:
            why = next(iter(self.left_out), "the version has no training rows")
            raise UnwritableError(f"The bundle would hold no training rows: {why}")
        plan = self._plan(base, max(rows["train"] for rows in trained.values()))
        for trainer in trained:
            for name, content in write_settings(trainer, plan).items():
                put_whole(out / trainer / name, content)
        counts = {trainer: dict(rows) for trainer, rows in trained.items()}
        put_whole(out / README, write_readme(plan, counts, dict(self.left_out)))
        return self._sign(out, counts)

    def _plan(self, base: str, n_rows: int) -> Plan:
        has_validation = any(rows["validation"] for rows in self.rows.values())
        version = f"version {self.dataset.n} ({self.dataset.hash[:12]})"
        title = f"Train {Path(base).name or base} on version {self.dataset.n}"
        is_measured = self.template is not None
        return Plan(title, base, self.style, self.knobs, version, n_rows, has_validation, is_measured)

    def _write_split(self, out: Path, split: Split) -> None:
        """The rows of one split for every trainer, in one pass over the examples."""
        examples = list(self._fitting(split))
        if split is not Split.TRAIN and not examples:
            return
        with ExitStack() as stack:
            for trainer, write in self.writers.items():
                (out / trainer).mkdir(exist_ok=True)
                stream = stack.enter_context(write_whole(out / trainer / FILES[split]))
                self.rows[trainer][split.value] = self._write_rows(stream, examples, write)

    def _write_rows(self, stream: BinaryIO, examples: list[Example], write: Write) -> int:
        n = 0
        for example in examples:
            for row in write(example).rows:
                stream.write(row + b"\n")
                n += 1
        return n

    def _fitting(self, split: Split) -> Iterator[Example]:
        """Examples that have rows, none of them too long."""
        write = pick_writer(self.style, self.knobs.learn_from)
        for item in read_items(self.ws, self.dataset.id, split):
            written = write(item.example)
            if written.refused is not None:
                self.left_out[written.refused] += 1
            elif any(self._is_too_long(row) for row in written.rows):
                self.left_out[TOO_LONG] += 1
            else:
                yield item.example

    def _is_too_long(self, raw: bytes) -> bool:
        if self.template is None:
            return False
        is_pair = self.knobs.learn_from == "pairs"
        rows = read_pair(raw, self.style) if is_pair else (read_chat_row(raw, self.style),)
        limit = min(self.knobs.max_length, self.template.limit)
        return any(len(self.template.tokenize(self.template.render(row)).ids) > limit for row in rows)

    def _sign(self, out: Path, counts: dict[str, dict[str, int]]) -> Bundle:
        names = sorted(name for trainer in counts for name in _names_in(out, trainer))
        files = tuple(_describe(out, name) for name in (README, *names))
        parameters: dict[str, Json] = msgspec.to_builtins(self.knobs)
        bundle = Bundle(self.dataset.n, self.dataset.hash, self.style, parameters, counts, dict(self.left_out), files)
        put_whole(out / MANIFEST, msgspec.json.format(msgspec.json.encode(bundle)) + b"\n")
        return bundle


def _names_in(out: Path, trainer: str) -> list[str]:
    return [f"{trainer}/{path.name}" for path in (out / trainer).iterdir() if path.is_file()]


def _describe(out: Path, name: str) -> BundledFile:
    content = (out / name).read_bytes()
    return BundledFile(name, len(content), hashlib.sha256(content).hexdigest())


def _note(ws: Workspace, actor: Actor, dataset_id: str, what: str) -> None:
    def work(act: Act) -> None:
        act.note(Deed(dataset_id, after=what))

    perform(ws, actor, "export", ws.new_id(), type(None), work)
