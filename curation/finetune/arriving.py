"""What a POST may still bring about that left and was never answered: how long it is waited for, and how it is told."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from curation.errors import CurationError, JobError, TryLaterError
from curation.finetune.hosted.records import Records, Sent
from curation.hosts.troubles import later

ON_ITS_WAY_S = 15.0
"""So long after the last moment for an answer a POST has arrived or never will, and the host shows what came of it."""
HOPELESS_S = 24 * 3600.0
"""When nothing was heard of a POST for so long, a person must look."""


def wait_out(records: Records, sent: Sent, clock: Callable[[], float], arrival_s: float) -> None:
    """Nobody posts a second time, or believes that there is no job, while the first may still be under way."""
    waited = clock() - sent.at
    if waited < 0:
        # The clock went back: nobody knows how long it has been, so the wait begins again.
        records.write(msgspec.structs.replace(sent, at=clock()))
    if waited < arrival_s:
        raise TryLaterError(f"Waiting to see whether what was sent has arrived at {sent.host}.")


def still_unknown(sent: Sent, error: CurationError, clock: Callable[[], float]) -> CurationError:
    """Something was sent, so no refusal may end the job here; after a day a person is asked to look."""
    if clock() - sent.at > HOPELESS_S:
        return JobError(
            f"For a day nothing was heard of what was sent to {sent.host}.",
            hint=f"Look there for a job with the mark {sent.launch_id} before you try again.",
        )
    return later(error)
