"""What every provider of fine-tuning is made of. A provider stores nothing; the keeper does."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from curation.model.parameter import Parameter
from curation.model.states import JobState
from curation.model.values import Json


class Launch(msgspec.Struct, frozen=True):
    """A prepared job: where its run folder lies and the id that marks it wherever it runs."""

    launch_id: str
    run_dir: Path


class Handle(msgspec.Struct, frozen=True):
    """How to find a launched job again."""

    remote_id: str | None = None
    pid: int | None = None
    pid_start: int | None = None
    """Clock ticks between the start of the machine and of the process."""
    boot_id: str | None = None


class JobEvent(msgspec.Struct, frozen=True):
    """One line of progress; `seq` makes copying idempotent."""

    seq: int
    at: str
    level: str
    text: str
    step: int | None = None
    metrics: dict[str, float] = {}
    late: bool = False
    """Its metrics belong before points that were told already; those stay."""


class Status(msgspec.Struct, frozen=True):
    """What a poll saw."""

    state: JobState
    phase: str = ""
    step: int = 0
    steps: int = 0
    eta_s: float | None = None
    events: tuple[JobEvent, ...] = ()
    """Those after the sequence number asked for."""
    error: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What a finished job left behind."""

    location: Path | None
    """Folder of the model or of the answers."""
    summary: dict[str, Json] = {}
    remote_model: str = ""
    """What a model is called that stays with its host; empty: there is none."""


class Note(msgspec.Struct, frozen=True):
    """Something worth knowing about a host, with where and when that was read."""

    text: str
    source: str
    date: str


class Price(msgspec.Struct, frozen=True):
    """What a host takes for a million trained tokens."""

    per_million: float
    currency: str
    source: str
    date: str


class Terms(msgspec.Struct, frozen=True):
    """What a host asks of a job with these parameters, and says about itself, before anything is sent to it."""

    model: str
    """The host's name of the base model."""
    address: str
    """The host's name in the network; rows go there and nowhere else."""
    target: str
    """Rows that break a rule of this target would be refused."""
    row_format: str
    answer_turns_most: int | None = None
    """Of pairs: how many turns each of their answers may have."""
    problems: tuple[str, ...] = ()
    """Why nothing can be launched there now."""
    notes: tuple[Note, ...] = ()
    epochs: float = 1.0
    """How often every row is paid for, as far as that can be foreseen."""
    price: Price | None = None
    prices_page: str = ""
    """Where the host itself says what training costs."""


class Provider(Protocol):
    """One way to run a job. `PROVIDER` in its module, one line in `curation.finetune.PROVIDERS`."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    at_once: int | None
    """How many of its jobs may run side by side; None: no limit of ours."""
    is_hosted: bool
    """Whether rows leave our machines: the base model is then named by a parameter, not by a folder."""
    is_remote: bool
    """Whether it is asked over a network, where an answer may take half a minute."""
    rest_s: float
    """How long a running job is left alone between two looks at it."""

    def read_terms(self, parameters: dict[str, Json]) -> Terms | None:
        """What the host of a hosted provider asks and says, for checked parameters; nothing is sent to it."""

    def find_obstacle(self) -> str:
        """Why nothing can be launched there now, as far as this machine knows; empty: nothing stands in the way."""

    def check(self, parameters: dict[str, Json]) -> dict[str, Json]:
        """What a person chose, typed and complete; raises `UnreadableError` for a knob it does not know or accept."""

    def count_steps(self, parameters: dict[str, Json], rows: int) -> int:
        """How many steps checked parameters mean for so many rows."""

    def prepare(self, launch: Launch, spec: dict[str, Json]) -> None:
        """Write everything the job needs; may be called again after a crash."""

    def find(self, launch: Launch) -> Handle | None:
        """Look for a job that was already started under this launch id."""

    def launch(self, launch: Launch) -> Handle:
        """Start it. Never called when `find` found it."""

    def poll(self, launch: Launch, handle: Handle, after_seq: int) -> Status:
        """See how it goes."""

    def cancel(self, launch: Launch, handle: Handle) -> None:
        """Ask it to stop and keep what it has."""

    def collect(self, launch: Launch, handle: Handle) -> Outcome:
        """Fetch the outcome of a finished job."""
