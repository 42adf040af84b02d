"""Run folders for the real worker: eight rows, a tiny model, one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from curation.finetune.environment import worker_environment
from curation.finetune.run_folder import Exit, RunFolder

LAUNCH_ID = "launch-1"
ASKS = (
    ("Where is order 7?", "track_order"),
    ("Refund order 8 please", "request_refund"),
    ("Speak to a person", "escalate"),
    ("My parcel 9 is broken", "request_refund"),
    ("Track 12", "track_order"),
    ("I want my money back for 3", "request_refund"),
    ("Get me your boss", "escalate"),
    ("Is 4 on its way?", "track_order"),
)
TOOLS = [{"type": "function", "function": {"name": name}} for name in ("track_order", "request_refund", "escalate")]


def router_row(ask: str, tool: str) -> dict[str, Any]:
    answer = json.dumps({"tool": tool, "arguments": {}})
    roles = (("system", "Answer with one JSON object."), ("user", ask), ("assistant", answer))
    return {"messages": [{"role": role, "content": content} for role, content in roles], "tools": TOOLS}


def write_rows(path: Path, rows: int = len(ASKS)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(router_row(*ask)) + "\n" for ask in ASKS[:rows]), encoding="utf-8")


def make_train_run(path: Path, base: Path, *, validation_rows: int = 0, **parameters: Any) -> RunFolder:
    folder = RunFolder(path)
    folder.create()
    write_rows(folder.data / "train.jsonl")
    if validation_rows:
        write_rows(folder.data / "validation.jsonl", validation_rows)
    knobs = {"max_steps": 40, "learning_rate": 0.01, "dropout": 0.0, "threads": 1, "looks": 1, **parameters}
    spec = {"kind": "train", "launch_id": LAUNCH_ID, "base": str(base), "style": "router", "dataset_hash": "0" * 64}
    folder.write_spec({**spec, "parameters": knobs, "nice": 0})
    return folder


def start_worker(folder: RunFolder, kind: str = "train") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "curation.worker", kind, str(folder.path)]
    with folder.log.open("ab") as log:
        environment = worker_environment(folder.path)
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)


def run_worker(folder: RunFolder, kind: str = "train") -> Exit:
    code = start_worker(folder, kind).wait(timeout=50)
    ended = folder.read_exit(LAUNCH_ID)
    assert ended is not None, folder.log_tail()
    assert code == (1 if ended.state == "failed" else 0), folder.log_tail()
    return ended


def wait_for_step(folder: RunFolder, step: int, *, after_seq: int = 0, timeout_s: float = 40) -> None:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until and folder.read_exit(LAUNCH_ID) is None:
        if any((event.step or 0) >= step for event in folder.read_events(after_seq) if "loss" in event.metrics):
            return
        time.sleep(0.02)
    raise AssertionError(f"step {step} was never reached: {folder.log_tail()}")


def losses(folder: RunFolder) -> list[tuple[int, float]]:
    events = folder.read_events(0)
    return [(event.step or 0, event.metrics["loss"]) for event in events if "loss" in event.metrics]


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
