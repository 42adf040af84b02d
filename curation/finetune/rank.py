"""`python -m curation.finetune.rank RUN_DIR PLACE RANK SIZE STARTER`: one of the processes of a training."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
import warnings
from pathlib import Path

import msgspec

from curation.files import PRIVATE_MODE, put_whole
from curation.finetune import sft
from curation.finetune.failures import describe_failure
from curation.finetune.journal import Journal, SilentJournal
from curation.finetune.ranks import Seat
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.spec import TrainSpec, decode_spec
from curation.finetune.team import Team, meet, part

DIE_WITH_PARENT = 1
"""`PR_SET_PDEATHSIG` of prctl."""


def main(arguments: list[str]) -> int:
    """Take part in the training of a run folder, and leave a word about the end."""
    path, place, rank, size, starter = arguments
    folder, seat = RunFolder(Path(path)), Seat(Path(place), Team(int(rank), int(size)), int(starter))
    _die_with(seat.starter)
    spec = decode_spec(folder.read_spec(), TrainSpec)
    kind = Journal if seat.team.leads else SilentJournal
    journal = kind(folder, spec.launch_id, last_seq=spec.last_seq)
    # To stop is decided by the first and told to the others, so that all do so at the same step.
    signal.signal(signal.SIGTERM, lambda *_: setattr(journal, "is_interrupted", True))
    # Whoever started this one has held it back until somebody listens.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    warnings.simplefilter("ignore")
    try:
        meet(seat.team, seat.meeting)
        ended = sft.take_part(folder, spec, journal, seat.team)
    except Exception as error:  # noqa: BLE001 - the last frame: whatever it was, the starter must hear of it
        traceback.print_exc()
        ended = Exit(spec.launch_id, "failed", describe_failure(error))
    put_whole(seat.exit, msgspec.json.encode(ended), PRIVATE_MODE)
    if ended.state == "failed":
        # Not through the door: the others may wait for this one, and it would wait for them.
        sys.stdout.flush()
        os._exit(1)
    part()
    return 0


def _die_with(starter: int) -> None:
    """Be killed with the worker that started this one: nobody else would end it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != starter:
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
