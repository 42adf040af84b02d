"""A job as a cluster is told of it: one command on one machine, what is set aside for it, and its name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import msgspec

from curation.errors import TryLaterError
from curation.files import PRIVATE_MODE, put_whole
from curation.finetune.contract import Launch
from curation.finetune.environment import FIXED
from curation.finetune.ray_jobs.knobs import Resources, split
from curation.finetune.run_folder import RunFolder
from curation.finetune.spec import AnySpec, decode_spec
from curation.model.values import Json

PREFIX = "callwright-"
ORDER_FILE = "ray_order.json"
STOP_WAIT_S = 30
"""How long the cluster waits after the polite signal; Ray's own three seconds are too short for a checkpoint."""
_UNUSUAL = re.compile(r"[^\w.-]")


class Order(msgspec.Struct, frozen=True):
    """What `ORDER_FILE` beside the spec says: which cluster, and what is asked of it."""

    launch_id: str
    host: str
    kind: str
    resources: Resources = Resources()


def write_down(launch: Launch, spec: dict[str, Json], host: str) -> None:
    """The spec that every worker reads, and beside it what is asked of the cluster."""
    resources, training = split(spec.get("parameters", {}))
    training = msgspec.structs.replace(training, threads=bound_threads(training.threads, resources))
    told = {"parameters": msgspec.to_builtins(training)} if "parameters" in spec else {}
    folder = RunFolder(launch.run_dir)
    folder.write_spec({**spec, **told, "launch_id": launch.launch_id})
    order = Order(launch.launch_id, host, decode_spec(folder.read_spec(), AnySpec).kind, resources)
    put_whole(launch.run_dir / ORDER_FILE, msgspec.json.encode(order), PRIVATE_MODE)


def bound_threads(wanted: int, resources: Resources) -> int:
    """As many as there are cores set aside: the machine shows a worker all of its own, which are others' too."""
    return min(wanted or resources.cpus, resources.cpus)


def read_order(launch: Launch) -> Order:
    """What was written down for this very launch."""
    try:
        order = msgspec.json.decode((launch.run_dir / ORDER_FILE).read_bytes(), type=Order)
    except (OSError, msgspec.DecodeError) as error:
        raise TryLaterError("The job is not written down yet.") from error
    if order.launch_id != launch.launch_id:
        raise TryLaterError("The job is not written down yet.")
    return order


def name_job(launch_id: str) -> str:
    """The name of this launch's job: a cluster takes each name once, so that a second POST makes no second job."""
    return PREFIX + _UNUSUAL.sub("-", launch_id)


def write_body(order: Order, launch: Launch, python: str, worker: str) -> dict[str, Json]:
    """The body of the POST."""
    return {
        "submission_id": name_job(order.launch_id),
        "entrypoint": write_command(python, worker, order.kind, launch.run_dir),
        "entrypoint_num_cpus": order.resources.cpus,
        "entrypoint_num_gpus": order.resources.gpus,
        "runtime_env": {"env_vars": _environment(launch.run_dir, order.resources)},
        "metadata": {"callwright_launch": order.launch_id},
    }


def write_command(python: str, worker: str, kind: str, run_dir: Path) -> str:
    """The worker itself, in place of the shell that Ray starts, writing the log where everybody reads it."""
    folder = RunFolder(run_dir)
    command = shlex.join([python, "-P", "-m", worker, kind, str(folder.path)])
    return f"exec >> {shlex.quote(str(folder.log))} 2>&1; exec {command}"


def _environment(run_dir: Path, resources: Resources) -> dict[str, Json]:
    """Whatever the machine's own environment holds stays; what is said here wins."""
    # Without a GPU set aside the job could still see those of others.
    hidden = {} if resources.gpus else {"CUDA_VISIBLE_DEVICES": ""}
    threads = {"OMP_NUM_THREADS": str(resources.cpus)}
    wait = {"RAY_JOB_STOP_WAIT_TIME_S": str(STOP_WAIT_S)}
    return {**FIXED, "HF_HOME": str(run_dir / "cache"), **hidden, **threads, **wait}
