"""`python -m curation.worker train|evaluate|synthesise RUN_DIR`: one job, told by files, outliving the tab it began in.

Exit code 0: done or stopped as asked, 1: failed (`exit.json` says why), 2: called wrongly.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curation.errors import CurationError, JobError
from curation.finetune import answering, sft
from curation.finetune.failures import describe_failure
from curation.finetune.journal import Journal
from curation.finetune.process import INHERITED_LOCK, try_lock
from curation.finetune.run_folder import Exit, RunFolder, Started
from curation.finetune.spec import decode_spec
from curation.finetune.work import Work
from curation.processes import own_identity
from curation.producing import work as producing

KINDS: tuple[Work, ...] = (sft.WORK, answering.WORK, producing.WORK)
USAGE = f"usage: python -m curation.worker {'|'.join(kind.name for kind in KINDS)} RUN_DIR"


def main(arguments: list[str], kinds: Sequence[Work] = KINDS) -> int:
    """Do the job of a run folder."""
    kind = next((one for one in kinds if arguments[:1] == [one.name]), None)
    if len(arguments) != 2 or kind is None:
        sys.stderr.write(USAGE + "\n")
        return 2
    folder = RunFolder(Path(arguments[1]).resolve())
    try:
        spec = decode_spec(folder.read_spec(), kind.spec)
        _hold_lock(folder)
    except CurationError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return work(folder, kind, spec)


def work(folder: RunFolder, kind: Work, spec: Any) -> int:
    """Run the job and leave `exit.json` whatever happens."""
    folder.write_started(Started(spec.launch_id, own_identity()))
    journal = Journal(folder, spec.launch_id, last_seq=spec.last_seq)
    signal.signal(signal.SIGTERM, lambda *_: setattr(journal, "is_interrupted", True))
    _be_polite(spec.nice)
    try:
        # Libraries warn each other about arguments nobody here passes; the log is for the job.
        warnings.simplefilter("ignore")
        # One that waited long for its turn may have been stopped meanwhile: it does not even load a model.
        is_unwanted = journal.is_cancelled
        ended = Exit(spec.launch_id, "cancelled") if is_unwanted else kind.run(folder, spec, journal)
    except Exception as error:  # noqa: BLE001 - the last frame: whatever it was, the job must say so
        traceback.print_exc()
        ended = Exit(spec.launch_id, "failed", describe_failure(error))
    if ended.state == "failed":
        with contextlib.suppress(OSError):
            journal.say(ended.error, level="error")
    folder.write_exit(ended)
    return 1 if ended.state == "failed" else 0


def _hold_lock(folder: RunFolder) -> None:
    """Keep the lock the launcher handed over; take it when somebody started the worker by hand."""
    try:
        is_handed_over = os.path.samestat(os.fstat(INHERITED_LOCK), folder.lock.stat())
    except OSError:
        is_handed_over = False
    if is_handed_over:
        os.set_inheritable(INHERITED_LOCK, False)
    elif try_lock(folder.lock) is None:
        raise JobError(f"Another worker is busy in the run folder {folder.path}.")


def _be_polite(nice: int) -> None:
    with contextlib.suppress(OSError):
        os.nice(nice)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
