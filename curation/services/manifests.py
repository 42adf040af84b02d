"""What an export is called and what its manifest says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import msgspec

from curation.errors import CurationError
from curation.formats import Format
from curation.formats.options import PLAIN, Options, formats_version
from curation.model.states import Portion
from curation.services.digesting import HashedWriter
from curation.services.freezing import DatasetView
from curation.services.splitting import SplitDraw
from curation.services.tallying import Kept, LossCount, Refusal, Tally
from curation.targets import TARGETS

MANIFEST = "manifest.json"
SYNTHESISED = "synthesised"
"""The origin of what a machine drafted."""
PLAYGROUND = "playground"
"""The origin of what began as a model's answer in the playground."""
MACHINE_MADE = (SYNTHESISED, PLAYGROUND)


class ExportedFile(msgspec.Struct, frozen=True):
    """One written file."""

    name: str
    split: str
    rows: int
    size_bytes: int
    sha256: str


class CompanionFile(msgspec.Struct, frozen=True):
    """One file beside the rows that their reader needs."""

    name: str
    size_bytes: int
    sha256: str


class Versions(msgspec.Struct, frozen=True):
    """What decided the verdicts and the bytes of an export."""

    callwright: str
    format: str
    """Of the code that wrote the rows, as a short hash."""
    target: str | None
    """The newest date at which something about the target was read."""
    catalogue_hash: str | None


class ShiftedNote(msgspec.Struct, frozen=True):
    """By which seed and which changes a shifted copy was made, and its digest."""

    seed: int
    kinds: tuple[str, ...]
    hash: str


class Manifest(msgspec.Struct, frozen=True):
    """What was written from which version, and what was lost on the way."""

    format: str
    dataset: int
    dataset_hash: str
    catalogue: int | None
    target: str | None
    checker_version: str
    examples: int
    unreviewed: int
    files: tuple[ExportedFile, ...]
    losses: tuple[LossCount, ...]
    refused: tuple[Refusal, ...]
    kept: tuple[Kept, ...]
    """Findings that people kept anyway, with their reasons."""
    companions: tuple[CompanionFile, ...] = ()
    splits: SplitDraw | None = None
    versions: Versions | None = None
    options: Options = PLAIN
    changes: tuple[LossCount, ...] = ()
    """What the options changed in the rows."""
    errors_allowed: bool = False
    shifted: ShiftedNote | None = None
    """How the shifted copy among the files was made."""
    origins: dict[str, int] = {}
    """How the examples began → how many; a machine drafted the `synthesised` ones and answered in the `playground`
    ones, whoever accepted them."""
    machine_made: int = 0
    """How many of them a machine drafted or answered."""


def name_files(out: Path, fmt: Format, version: DatasetView, splits: Sequence[Portion]) -> dict[Portion, Path]:
    """Where each split is written.

    In a file people name, the first split wanted takes that very name (the one to train on, when nothing else is asked)
    and the others stand beside it, so that test rows never end up in the file somebody trains on.
    """
    if not splits:
        raise CurationError("An export needs at least one split.")
    if out.is_dir() or not out.suffix:
        return {split: out / f"dataset-{version.n}.{split.value}{fmt.extension}" for split in splits}
    beside = {split: out.with_name(f"{out.stem}.{split.value}{out.suffix}") for split in splits}
    return {**beside, splits[0]: out}


def name_beside(names: dict[Portion, Path], out_is_folder: bool, name: str) -> Path:
    """A file of that very name in a folder; beside single files it carries their name in front."""
    first = next(iter(names.values()))
    return first.with_name(name if out_is_folder else f"{first.stem}.{name}")


def make_companions(fmt: Format, names: dict[Portion, Path], out_is_folder: bool) -> dict[Path, bytes]:
    """The files a reader of the format needs beside the rows."""
    made = fmt.companions({split.value: path.name for split, path in names.items()}) if fmt.companions else {}
    return {name_beside(names, out_is_folder, name): content for name, content in made.items()}


def make_manifest(
    version: DatasetView,
    fmt: Format,
    tally: Tally,
    names: dict[Portion, Path],
    files: dict[Portion, HashedWriter],
    companions: dict[Path, bytes],
    splits: SplitDraw,
    versions: Versions,
    options: Options,
    *,
    errors_allowed: bool,
    shifted: ShiftedNote | None = None,
    origins: Mapping[str, int] = {},
) -> Manifest:
    """Everything there is to say about an export; no clock in it, so that it is the same each time."""
    written = tuple(
        ExportedFile(path.name, split.value, tally.rows[split.value], files[split].size_bytes, files[split].sha256)
        for split, path in names.items()
    )
    return Manifest(
        format=fmt.name,
        dataset=version.n,
        dataset_hash=version.hash,
        catalogue=version.catalogue_n,
        target=version.target,
        checker_version=version.checker_version,
        examples=tally.examples,
        unreviewed=tally.unreviewed,
        files=written,
        losses=tally.losses,
        refused=tuple(tally.refused),
        kept=tally.kept,
        companions=tuple(
            CompanionFile(path.name, len(content), hashlib.sha256(content).hexdigest())
            for path, content in companions.items()
        ),
        splits=splits,
        versions=versions,
        options=options,
        changes=tally.changes,
        errors_allowed=errors_allowed,
        shifted=shifted,
        origins=dict(sorted(origins.items())),
        machine_made=sum(origins.get(origin, 0) for origin in MACHINE_MADE),
    )


def read_versions(target: str | None, catalogue_hash: str | None) -> Versions:
    """The versions of everything an export depends on beside its rows."""
    known = TARGETS.get(target) if target else None
    return Versions(
        callwright=_program_version(),
        format=formats_version(),
        target=known.newest_date if known else None,
        catalogue_hash=catalogue_hash,
    )


def _program_version() -> str:
    try:
        return metadata.version("callwright")
    except metadata.PackageNotFoundError:
        return "not installed"
