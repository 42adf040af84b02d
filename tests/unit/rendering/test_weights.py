"""A damaged file of weights is named with its remedy before anything is loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.errors import UnreadableError
from curation.rendering.weights import check_weights

HEADER = json.dumps(
    {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "b": {"dtype": "F32", "shape": [1], "data_offsets": [8, 12]},
    }
).encode()
WHOLE = len(HEADER).to_bytes(8, "little") + HEADER + b"\x01" * 12


def test_whole_file_passes(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(WHOLE)
    check_weights(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (WHOLE[:-1], "damaged or incomplete"),
        (WHOLE + b"\x00", "damaged or incomplete"),
        (WHOLE[:40], "damaged or incomplete"),
        (b"", "damaged or incomplete"),
        (b"garbage" * 50, "Copy the file again"),
        (WHOLE[:8] + b"\xff" * 20 + WHOLE[28:], "damaged or incomplete"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git lfs pull"),
    ],
)
def test_damaged_file_is_named_with_its_remedy(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(UnreadableError) as refused:
        check_weights(path)
    assert words in str(refused.value)
    assert str(path) in str(refused.value)
