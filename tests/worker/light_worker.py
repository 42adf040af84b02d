"""A worker without a model: it steps, tells, saves and stops as the real one does, in seconds and without torch.

Run as `python -m tests.worker.light_worker train RUN_DIR` by a provider that is told so. What it is to do stands in the
knobs of its spec: `max_steps` steps, each `epochs` hundredths of a second long; a learning rate above 0.5 fails it at
its middle. It goes on after the last step that it noted as saved.
"""

from __future__ import annotations

import sys
import time

import msgspec

from curation.errors import JobError
from curation.files import PRIVATE_MODE, put_whole
from curation.finetune.folders import filled_at_once
from curation.finetune.journal import Journal
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.spec import TrainSpec
from curation.finetune.work import Work
from curation.worker import main

SAVED = "saved.json"
STARTS = "starts.txt"
"""One line for each worker that began here, with its launch."""
TOO_FAST = 0.5


def train(folder: RunFolder, spec: TrainSpec, journal: Journal) -> Exit:
    """Step until the end, a stop, or the failure asked for."""
    with (folder.path / STARTS).open("a", encoding="utf-8") as stream:
        stream.write(f"{spec.launch_id}\n")
    steps, pause = spec.parameters.max_steps, spec.parameters.epochs / 100
    step = read_saved(folder)
    journal.enter("training", steps=steps)
    while step < steps and not journal.should_stop:
        time.sleep(pause)
        step += 1
        journal.reach(step, steps)
        journal.say(f"Step {step}.", step=step, metrics={"loss": 1 / step})
        put_whole(folder.path / SAVED, msgspec.json.encode(step), PRIVATE_MODE)
        if spec.parameters.learning_rate > TOO_FAST and 2 * step >= steps:
            raise JobError("The loss became nan.", hint="Try a lower learning rate.")
    with filled_at_once(folder.model) as half_made:
        (half_made / "adapter_model.safetensors").write_bytes(b"")
    state = "succeeded" if step == steps else "cancelled"
    return Exit(spec.launch_id, state, location=str(folder.model), summary={"steps": step})  # type: ignore[arg-type]


def read_saved(folder: RunFolder) -> int:
    path = folder.path / SAVED
    return msgspec.json.decode(path.read_bytes(), type=int) if path.exists() else 0


WORK = Work("train", TrainSpec, train)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], (WORK,)))
