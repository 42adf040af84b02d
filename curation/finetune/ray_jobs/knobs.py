"""What a job asks of a cluster, beside the knobs of the training itself."""

from __future__ import annotations

import msgspec

from curation.errors import UnreadableError
from curation.finetune.knobs import PARAMETERS as OF_TRAINING
from curation.finetune.knobs import TrainParameters, parse_parameters
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
    Parameter("cpus", "Cores", "integer", 4, "Set aside on the same machine.", low=1, high=1024),
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
    if training.processes > max(1, resources.gpus) and resources.gpus:
        raise UnreadableError(
            f"{training.processes} processes side by side need as many GPUs, and {resources.gpus} are asked for.",
            hint="Raise GPUs, or set Processes side by side to 0: then it is one for every GPU.",
        )
    return resources, training


def join(resources: Resources, training: TrainParameters) -> dict[str, Json]:
    """Both parts as one set of values again."""
    values: dict[str, Json] = {**msgspec.to_builtins(resources), **msgspec.to_builtins(training)}
    return values


def _parse(values: dict[str, Json]) -> Resources:
    try:
        resources = msgspec.convert(values, Resources, strict=False)
    except msgspec.ValidationError as error:
        raise UnreadableError(f"What is asked of the cluster cannot be used: {error}.") from error
    for knob in OF_CLUSTER:
        value = getattr(resources, knob.name)
        if not (knob.low or 0) <= value <= (knob.high or 0):
            raise UnreadableError(f"{knob.title} is {value}; it must lie between {knob.low:g} and {knob.high:g}.")
    return resources
