"""The checker beside the request validator of mistral-common: CPU time for the same rows, from bytes to verdict.

Run with `python benchmarks/peer.py` after `make bench` has installed the peer. Rounds are interleaved. The peer looks
at structure, call ids and definitions, not at arguments; ours does that and checks every call against its schema.
"""

from __future__ import annotations

import statistics
import sys
from functools import partial

import orjson
from mistral_common.exceptions import MistralCommonException
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.protocol.instruct.validator import MistralRequestValidatorV13, ValidationMode
from pydantic import ValidationError
from shared.figures import report, spend
from shared.rows import make_row

from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check

ROWS = 300
ROUNDS = 9
GATES = {"error rules": 25.0, "all rules on rows": 6.0}
"""How many times our throughput must be the peer's."""
VALIDATOR = MistralRequestValidatorV13(mode=ValidationMode.finetuning)


def fit(line: bytes) -> bytes:
    """The row with call ids of nine letters or digits, so that the peer reads all of it."""
    row = orjson.loads(line)
    for message in row["messages"]:
        for call in message.get("tool_calls") or ():
            call["id"] = rename(call.get("id"))
        if message.get("tool_call_id"):
            message["tool_call_id"] = rename(message["tool_call_id"])
    return orjson.dumps(row)


def rename(identifier: object) -> str:
    return "".join(c for c in str(identifier) if c.isalnum()).rjust(9, "0")[-9:]


def ask_peer(lines: list[bytes]) -> int:
    """How many rows the peer accepts."""
    accepted = 0
    for line in lines:
        row = orjson.loads(line)
        try:
            request = ChatCompletionRequest.from_openai(messages=row["messages"], tools=row["tools"])
            VALIDATOR.validate_request(request)
            accepted += 1
        except (MistralCommonException, ValidationError, ValueError, TypeError):
            continue
    return accepted


def ask_ours(lines: list[bytes], *, errors_only: bool) -> int:
    """How many rows have no finding."""
    accepted = 0
    for line in lines:
        reading = read_row(line)
        if isinstance(reading, Reading) and not check(reading, errors_only=errors_only):
            accepted += 1
    return accepted


def main() -> int:
    ratios: dict[str, list[float]] = {name: [] for name in GATES}
    for round_ in range(ROUNDS):
        lines = [fit(make_row(round_ * ROWS + n + 3_000_000)) for n in range(ROWS)]
        if round_ == 0:
            accepted = ask_peer(lines)
            print(
                f"{ROUNDS} rounds of {ROWS} rows; the peer accepts {accepted} of the first, faults planted in a tenth"
            )
        peer = spend(partial(ask_peer, lines))
        for name in GATES:
            fresh = [fit(make_row(round_ * ROWS + n + 7_000_000 + len(name) * 100_000)) for n in range(ROWS)]
            errors_only = name == "error rules"
            ours = spend(partial(ask_ours, fresh, errors_only=errors_only))
            ratios[name].append(peer / ours)
    held = []
    for name, gate in GATES.items():
        inverse = [100 / ratio for ratio in ratios[name]]
        print(f"{name}: {statistics.median(ratios[name]):.1f} times the peer's throughput, at least {gate:g} wanted")
        held.append(report(f"{name}, share of the peer", 100 / gate, statistics.median(inverse), inverse, " %"))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
