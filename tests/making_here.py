"""Orders made in the test's own process: keeper, run folder and every gate, without a worker to wait for."""

from __future__ import annotations

from curation.finetune.contract import Handle, Launch
from curation.finetune.journal import Journal
from curation.finetune.local import LocalProvider
from curation.finetune.run_folder import RunFolder
from curation.finetune.spec import decode_spec
from curation.producing.work import WORK
from curation.services.jobs import list_jobs
from curation.services.keeping import Keeper
from curation.services.workspace import Workspace

_MOST_ROUNDS = 20


class _Here(LocalProvider):
    """Does the work of a worker at its launch."""

    def find(self, launch: Launch) -> Handle | None:
        return None

    def launch(self, launch: Launch) -> Handle:
        folder = RunFolder(launch.run_dir)
        spec = decode_spec(folder.read_spec(), WORK.spec)
        folder.write_exit(WORK.run(folder, spec, Journal(folder, launch.launch_id)))
        return Handle()


def make_orders(ws: Workspace, project_id: str) -> None:
    """Let the keeper end whatever is on order."""
    keeper = Keeper(ws, providers={"local": _Here()})
    for _ in range(_MOST_ROUNDS):
        if keeper.step() == 0:
            break
    stuck = [f"{job.name}: {job.state} {job.error}" for job in list_jobs(ws, project_id) if job.state != "succeeded"]
    assert not stuck, stuck
