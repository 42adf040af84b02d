"""What a job asks of a cluster, beside the knobs of the training itself."""

from __future__ import annotations

import msgspec

from curation.errors import UnreadableError
from curation.finetune.knobs import PARAMETERS as OF_TRAINING
from curation.finetune.knobs import TrainParameters, parse_parameters, refuse, require_limits
from curation.model.parameter import Parameter
from curation.model.values import Json


class Resources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the cluster sets aside on one of its machines while the job runs."""

    gpus: int = 1
    cpus: int = 4


OF_CLUSTER: tuple[Parameter, ...] = (
    Parameter(
        "gpus",
        "GPUs",
        "integer",
        1,
        "Set aside on one machine of the cluster; the rows of a step are shared among them. 0: computes on its cores.",
        low=0,
        high=64,
    ),
    Parameter(
        "cpus", "Cores", "integer", 4, "Set aside on the same machine; no more threads compute.", low=1, high=1024
    ),
)
PARAMETERS: tuple[Parameter, ...] = (*OF_CLUSTER, *OF_TRAINING)
_NAMES = frozenset(knob.name for knob in OF_CLUSTER)


def split(values: dict[str, Json]) -> tuple[Resources, TrainParameters]:
    """Both parts, checked; a knob that neither knows is refused by name."""
    known = [knob.name for knob in PARAMETERS]
    if strange := [name for name in values if name not in known]:
        raise UnreadableError(f"There is no training parameter `{strange[0]}`.", hint=f"Known: {', '.join(known)}.")
    resources = _parse({name: value for name, value in values.items() if name in _NAMES})
    training = parse_parameters({name: value for name, value in values.items() if name not in _NAMES})
    if resources.gpus:
        _require_gpu_for_each(resources.gpus, training)
    return resources, training


def _require_gpu_for_each(gpus: int, training: TrainParameters) -> None:
    """No process without a GPU, and none set aside for nobody."""
    if training.processes > gpus:
        raise UnreadableError(
            f"{training.processes} processes side by side need as many GPUs, and {gpus} are asked for.",
            hint="Raise GPUs, or set Processes side by side to 0: then it is one for every GPU.",
        )
    if 0 < training.processes < gpus:
        raise UnreadableError(
            f"{gpus} GPUs are asked for, and {training.processes} would be used, one for each process side by side.",
            hint="Lower GPUs, or set Processes side by side to 0: then it is one for every GPU.",
        )
    if training.batch_size % gpus:
        raise UnreadableError(
            f"{training.batch_size} rows per step cannot be shared evenly among {gpus} GPUs, so some would stand idle.",
            hint=f"Choose a multiple of {gpus} rows per step, or another number of GPUs.",
        )


def join(resources: Resources, training: TrainParameters) -> dict[str, Json]:
    """Both parts as one set of values again."""
    values: dict[str, Json] = {**msgspec.to_builtins(resources), **msgspec.to_builtins(training)}
    return values


def _parse(values: dict[str, Json]) -> Resources:
    try:
        resources = msgspec.convert(values, Resources, strict=False)
    except msgspec.ValidationError as error:
        raise refuse(values, OF_CLUSTER, error) from error
    require_limits(resources, OF_CLUSTER)
    return resources
