"""A server as far as jobs see it: `python -m tests.services.keeping_app HOME READY` keeps them until it is killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from curation.finetune.local import LocalProvider
from curation.services.keeping import run_keeper
from curation.services.workspace import open_workspace

WORKER = "tests.worker.light_worker"


def main(home: Path, ready: Path) -> None:
    ws = open_workspace(home)
    ready.write_text("ready", encoding="utf-8")
    run_keeper(ws, threading.Event(), providers={"local": LocalProvider(WORKER)})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
