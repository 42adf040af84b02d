"""What an export is called and what its manifest says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from curation.errors import CurationError
from curation.formats import Format
from curation.model.states import Split
from curation.services.digesting import HashedWriter
from curation.services.freezing import DatasetView
from curation.services.tallying import Kept, LossCount, Refusal, Tally

MANIFEST = "manifest.json"


class ExportedFile(msgspec.Struct, frozen=True):
    """One written file."""

    name: str
    split: str
    rows: int
    size_bytes: int
    sha256: str


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


def name_files(out: Path, fmt: Format, version: DatasetView, splits: Sequence[Split]) -> dict[Split, Path]:
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


def name_manifest(names: dict[Split, Path], out_is_folder: bool) -> Path:
    """`manifest.json` in a folder; beside single files the manifest carries their name."""
    first = next(iter(names.values()))
    if out_is_folder:
        return first.with_name(MANIFEST)
    return first.with_name(f"{first.stem}.{MANIFEST}")


def make_manifest(
    version: DatasetView, fmt: Format, tally: Tally, names: dict[Split, Path], files: dict[Split, HashedWriter]
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
    )
