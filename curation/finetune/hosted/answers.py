"""What hosts answer, read strictly where a job hangs on it and kindly everywhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from curation.finetune.hosted.remote import LAUNCH_KEY, RemoteCheckpoint, RemoteEvent, RemoteFile, RemoteJob
from curation.hosts.reading import LATEST, need, number_of, text_of
from curation.model.values import Json

_OF_STEPS = re.compile(r"\bstep (\d+)\s*/\s*(\d+)", re.IGNORECASE)


def read_file(value: dict[str, Json]) -> RemoteFile:
    size = value.get("bytes")
    return RemoteFile(
        need(value, "id"), text_of(value, "filename"), size if isinstance(size, int) else None, text_of(value, "status")
    )


def read_job(value: dict[str, Json]) -> RemoteJob:
    """A job; without an id and a state it is none."""
    metadata = value.get("metadata")
    files = value.get("result_files")
    return RemoteJob(
        id=need(value, "id"),
        status=need(value, "status"),
        training_file=text_of(value, "training_file"),
        suffix=text_of(value, "suffix") or text_of(value, "user_provided_suffix"),
        launch_id=text_of(metadata, LAUNCH_KEY) if isinstance(metadata, dict) else "",
        created_at=number_of(value, "created_at") or 0.0,
        finish_at=number_of(value, "estimated_finish"),
        finished_at=number_of(value, "finished_at"),
        model=text_of(value, "fine_tuned_model"),
        error=_read_error(value.get("error")),
        step=int(number_of(value, "trained_steps") or 0),
        steps=int(number_of(value, "total_steps") or 0),
        trained_tokens=int(tokens) if (tokens := number_of(value, "trained_tokens")) is not None else None,
        result_files=tuple(one for one in files if isinstance(one, str)) if isinstance(files, list) else (),
    )


def read_event(value: dict[str, Json]) -> RemoteEvent:
    """An event; its step is a number of its data, or stands in its words."""
    data = value.get("data")
    said = data if isinstance(data, dict) else {}
    text = text_of(value, "message")
    of_steps = _OF_STEPS.search(text)
    step, steps = number_of(said, "step"), number_of(said, "total_steps")
    if of_steps:
        step = float(of_steps[1]) if step is None else step
        steps = float(of_steps[2]) if steps is None else steps
    at = number_of(value, "created_at") or 0.0
    return RemoteEvent(
        # Some hosts give events no id; the same words at the same moment are the same event.
        id=text_of(value, "id") or f"{at:.3f} {text}",
        at=at,
        level=text_of(value, "level") or "info",
        text=text,
        step=None if step is None else int(step),
        steps=None if steps is None else int(steps),
        metrics=_read_metrics(said) if step is not None else {},
    )


def read_checkpoint(value: dict[str, Json]) -> RemoteCheckpoint:
    files = value.get("result_files")
    return RemoteCheckpoint(
        id=need(value, "id"),
        step=int(number_of(value, "step_number") or 0),
        model=text_of(value, "fine_tuned_model_checkpoint"),
        result_files=tuple(one for one in files if isinstance(one, str)) if isinstance(files, list) else (),
    )


CURVES = {"train_loss": "loss", "valid_loss": "eval_loss"}
"""The host's names of curves that we have names of our own for."""
_NO_CURVES = frozenset({"step", "total_steps", "epoch"})


def _read_metrics(data: dict[str, Json]) -> dict[str, float]:
    found = {CURVES.get(name, name): number_of(data, name) for name in data if name not in _NO_CURVES}
    return {name: value for name, value in found.items() if value is not None}


def _read_error(value: Json) -> str:
    if isinstance(value, str):
        return value
    return text_of(value, "message") if isinstance(value, dict) else ""


def moment(seconds: float) -> str:
    """A host's time as the text we keep."""
    at = datetime.fromtimestamp(min(max(seconds, 0.0), LATEST), UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
