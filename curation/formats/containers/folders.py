"""Folders that hold one data set: what `datasets` saves, or Parquet files by split."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from curation.errors import UnreadableError
from curation.formats.containers.arrow_file import read_arrow_file
from curation.formats.containers.table import Column, TableRow

_SPLITS = ("train", "validation", "valid", "dev", "test")
"""In this order; others follow."""
_SPLIT_OF_NAME = re.compile(r"(.+?)(?:-\d{5}-of-\d{5})?")


class Part(msgspec.Struct, frozen=True):
    """One file of a folder, with the split it belongs to."""

    path: Path
    split: str


class DataFolder:
    """A folder of tables, read one file after the other.

    Raises:
        UnreadableError: there is no table in the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts = _find_parts(path)
        if not self.parts:
            raise UnreadableError(
                f"The folder {path} holds no data set.",
                hint="Name a folder that `datasets` saved, one with Parquet files, or a file of rows.",
            )

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.split for part in self.parts))

    @property
    def sha256(self) -> str:
        """The digest of the names and the contents."""
        digest = hashlib.sha256()
        for part in self.parts:
            digest.update(part.path.relative_to(self.path).as_posix().encode() + b"\0")
            with part.path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def read_folder(folder: DataFolder) -> tuple[tuple[Column, ...], Iterator[TableRow]]:
    """The columns of the first file and the rows of all of them, numbered through."""
    columns, first = _open_part(folder, folder.parts[0])
    return columns, _all_rows(folder, first)


def _all_rows(folder: DataFolder, first: Iterator[TableRow]) -> Iterator[TableRow]:
    rest = (_open_part(folder, part)[1] for part in folder.parts[1:])
    for number, row in enumerate(chain(first, chain.from_iterable(rest)), start=1):
        yield msgspec.structs.replace(row, line=number)


def _open_part(folder: DataFolder, part: Part) -> tuple[tuple[Column, ...], Iterator[TableRow]]:
    name = f"{folder.path.name}/{part.path.relative_to(folder.path).as_posix()}"
    kind = "a Parquet file" if part.path.suffix == ".parquet" else "an Arrow file"
    try:
        file = part.path.open("rb")
    except OSError as error:
        raise UnreadableError(f"Cannot read {name}: {error.strerror}.") from error
    try:
        return read_arrow_file(file, name, kind)
    except BaseException:
        file.close()
        raise


def _find_parts(path: Path) -> tuple[Part, ...]:
    parts = _saved_parts(path) or [
        Part(file, _split_of(file, path)) for file in sorted(path.rglob("*.parquet")) if _is_inside(file, path)
    ]
    return tuple(sorted(parts, key=lambda part: (_rank(part.split), part.split)))


def _saved_parts(path: Path) -> list[Part]:
    """The shards that `save_to_disk` wrote: for one split here, for several in a folder each."""
    if (path / "state.json").is_file():
        return [Part(file, path.name) for file in _shards(path)]
    if not (path / "dataset_dict.json").is_file():
        return []
    folders = [folder for folder in sorted(path.iterdir()) if (folder / "state.json").is_file()]
    return [Part(file, folder.name) for folder in folders for file in _shards(folder)]


def _shards(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.glob("*.arrow")) if _is_inside(file, folder)]


def _is_inside(file: Path, folder: Path) -> bool:
    """Whether it is a file that really lies here: a link may lead anywhere."""
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _split_of(file: Path, folder: Path) -> str:
    """`train` of `data/train-00000-of-00002.parquet`, of `train/0.parquet` and of `dataset-1.train.parquet`."""
    match = _SPLIT_OF_NAME.fullmatch(file.stem)
    name = match.group(1) if match else file.stem
    words = [name, *re.split(r"[.\-_]", name), *(parent.name for parent in file.parents if parent != folder)]
    return next((word for word in words if word in _SPLITS), name)


def _rank(split: str) -> int:
    return _SPLITS.index(split) if split in _SPLITS else len(_SPLITS)
