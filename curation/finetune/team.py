"""Several processes that learn one model together, each on a GPU of its own or on its share of the cores.

Every process sees rows of its own and they average what they found after each step. The first one leads: it alone
writes the journal, looks at validation rows and keeps checkpoints. The others hear from it what they cannot see.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from curation.errors import JobError
from curation.finetune.knobs import TrainParameters

Made = TypeVar("Made")
LONGEST_WAIT = timedelta(hours=12)
"""The others wait while the first looks at validation rows; one that died is noticed by who started them."""


class Team(msgspec.Struct, frozen=True):
    """The place of this process among those that learn together."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def agree(self, wish: bool) -> bool:
        """Whether any of them wishes it; all get the same answer, at the same step."""
        return self.add_up(wish)[0] > 0

    def add_up(self, *numbers: float) -> tuple[float, ...]:
        """The sum of each over all of them."""
        if self.size == 1:
            return numbers
        import torch
        from torch import distributed

        device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
        given = torch.tensor(numbers, dtype=torch.float64, device=device)
        distributed.all_reduce(given)
        return tuple(given.tolist())

    def take_from_first(self, make: Callable[[], Made]) -> Made:
        """What the first of them makes; the others get it, so that their cores are left to it."""
        if self.size == 1:
            return make()
        from torch import distributed

        # Over memory, whatever their GPUs use among each other: it is rows, and needs no room on a GPU.
        group = distributed.new_group(backend="gloo", timeout=LONGEST_WAIT)
        box = [make() if self.leads else None]
        distributed.broadcast_object_list(box, src=0, group=group)
        distributed.destroy_process_group(group)
        return box[0]  # type: ignore[return-value]

    def share(self, parameters: TrainParameters) -> TrainParameters:
        """What one of them does of a step: its part of the rows."""
        return msgspec.structs.replace(parameters, batch_size=parameters.batch_size // self.size)

    def share_threads(self, threads: int) -> int:
        return max(1, threads // self.size)


ALONE = Team()


def choose_size(parameters: TrainParameters, gpus: int) -> int:
    """How many processes learn: as many as were asked for, or one a GPU as far as a step's rows can be shared out."""
    if parameters.processes:
        if 0 < gpus < parameters.processes:
            raise JobError(
                f"The run asks for {parameters.processes} processes, each on a GPU of its own, and {gpus} are there.",
                hint="Set Processes side by side to 0: then it is as many as there are.",
            )
        return parameters.processes
    fitting = (n for n in range(min(gpus, parameters.batch_size), 0, -1) if parameters.batch_size % n == 0)
    return next(fitting, 1)


def count_gpus() -> int:
    """How many this process may use."""
    import torch

    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0


def meet(team: Team, place: Path) -> None:
    """Join the others, who find each other through a file: no port is opened for it.

    `accelerate`, through which the trainer runs, takes over the group that it finds.
    """
    import torch
    from torch import distributed

    if torch.cuda.is_available():
        torch.cuda.set_device(team.rank)
    backend = "nccl" if torch.cuda.is_available() else "gloo"
    distributed.init_process_group(
        backend, init_method=place.as_uri(), rank=team.rank, world_size=team.size, timeout=LONGEST_WAIT
    )


def part() -> None:
    """Leave the others; nothing is averaged any more."""
    from torch import distributed

    if distributed.is_initialized():
        distributed.destroy_process_group()
