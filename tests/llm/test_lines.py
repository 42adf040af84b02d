from __future__ import annotations

from pathlib import Path

import msgspec

from curation.llm.lines import Lines


class Word(msgspec.Struct, frozen=True):
    said: str


def test_lines_are_put_on_disk_every_second_and_at_the_end(tmp_path: Path) -> None:
    now = [10.0]
    settled: list[int] = []
    path = tmp_path / "words.jsonl"
    lines = Lines(path, clock=lambda: now[0], settle=lambda _: settled.append(len(path.read_bytes().splitlines())))
    for _ in range(4):
        lines.append(Word("one"))
        now[0] += 0.5
    lines.close()
    assert settled == [1, 3, 4]
