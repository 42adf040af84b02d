"""Writes the hashes of public benchmarks, from their published files.

`python -m curation.rules.hash_benchmarks FOLDER` reads `bfcl_live/live_*.jsonl`, `api_bank/*.jsonl` and
`seal_tools/dev*.jsonl` under that folder and writes `benchmark_hashes.json` anew, beside this module. Only hashes of
word triples are written, never a text.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from curation.rules.overlap import FILE, Benchmark, hash_request


def _bfcl(row: Any) -> str:
    return " ".join(turn["content"] for turn in row["question"][0] if turn["role"] == "user")


def _first_user(row: Any) -> str:
    return next((turn["content"] for turn in row["messages"] if turn["role"] == "user"), "")


def _query(row: Any) -> str:
    return str(row["query"])


SOURCES: tuple[tuple[str, str, str, str, Callable[[Any], str]], ...] = (
    ("BFCL v4 live", "ShishirPatil/gorilla @ 6ea57973", "Apache-2.0", "bfcl_live/live_*.jsonl", _bfcl),
    ("API-Bank", "AlibabaResearch/DAMO-ConvAI @ 483554ea", "MIT and Apache-2.0", "api_bank/*.jsonl", _first_user),
    ("Seal-Tools", "fairyshine/Seal-Tools @ ce753ecd", "Apache-2.0", "seal_tools/dev*.jsonl", _query),
)
"""Name, source, licence, files, and how a row tells its request."""


def read_benchmarks(folder: Path) -> Iterator[Benchmark]:
    """Every benchmark with its hashes, each request once, in order."""
    for name, source, licence, pattern, request_of in SOURCES:
        hashed: set[str] = set()
        for path in sorted(folder.glob(pattern)):
            if "possible_answers" not in path.name:
                rows = (msgspec.json.decode(line) for line in path.read_bytes().splitlines() if line.strip())
                hashed |= {text for row in rows if (text := hash_request(request_of(row))) is not None}
        yield Benchmark(name, source, licence, tuple(sorted(hashed)))


def main(folder: Path) -> None:
    """Write the file."""
    text = msgspec.json.format(msgspec.json.encode(tuple(read_benchmarks(folder))), indent=1)
    FILE.write_bytes(text + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
