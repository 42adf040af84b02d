"""The process behind `curation.schemas.costly`: judges values against costly schemas."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

import msgspec

from curation.model.values import Json
from curation.processes.serving import serve
from curation.schemas.compiled import build_validator, validate
from curation.schemas.drafts import draft_of
from curation.schemas.limits import DEADLINE_S, MEMORY_BYTES

MOST_ERRORS = 100


@lru_cache(maxsize=128)
def _validator(text: str) -> Any:
    schema = msgspec.json.decode(text)
    return build_validator(schema, draft_of(schema))[0]


def _answer(request: Json) -> Json:
    """The errors and the CPU seconds they took, in the order of `curation.schemas.costly.Verdict`."""
    started = time.process_time()
    errors = validate(_validator(request["schema"]), request["value"])
    return msgspec.to_builtins([errors[:MOST_ERRORS], time.process_time() - started])


if __name__ == "__main__":
    serve(_answer, cpu_s=DEADLINE_S, memory_bytes=MEMORY_BYTES)
