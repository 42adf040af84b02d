"""What hosts answer, read strictly where a job hangs on it and kindly everywhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from curation.finetune.hosted.remote import LAUNCH_KEY, RemoteCheckpoint, RemoteEvent, RemoteFile, RemoteJob
from curation.model.values import Json

_OF_STEPS = re.compile(r"\bstep (\d+)\s*/\s*(\d+)", re.IGNORECASE)
_LATEST = 253402300799.0


class GarbledError(Exception):
    """An answer is not what the API promises; what it was an answer to may have happened all the same."""


def read_object(content: bytes) -> dict[str, Json]:
    """The answer as one JSON object."""
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise GarbledError("it is no JSON") from error
    if not isinstance(value, dict):
        raise GarbledError("it is no JSON object")
    return value


def read_page(value: dict[str, Json]) -> tuple[list[dict[str, Json]], bool]:
    """The entries of one page, and whether there are more."""
    data = value.get("data")
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise GarbledError("it has no list of entries")
    return data, value.get("has_more") is True


def read_file(value: dict[str, Json]) -> RemoteFile:
    size = value.get("bytes")
    return RemoteFile(
        _need(value, "id"), _text(value, "filename"), size if isinstance(size, int) else None, _text(value, "status")
    )


def read_job(value: dict[str, Json]) -> RemoteJob:
    """A job; without an id and a state it is none."""
    metadata = value.get("metadata")
    files = value.get("result_files")
    return RemoteJob(
        id=_need(value, "id"),
        status=_need(value, "status"),
        training_file=_text(value, "training_file"),
        suffix=_text(value, "suffix") or _text(value, "user_provided_suffix"),
        launch_id=_text(metadata, LAUNCH_KEY) if isinstance(metadata, dict) else "",
        created_at=_number(value, "created_at") or 0.0,
        finish_at=_number(value, "estimated_finish"),
        finished_at=_number(value, "finished_at"),
        model=_text(value, "fine_tuned_model"),
        error=_read_error(value.get("error")),
        step=int(_number(value, "trained_steps") or 0),
        steps=int(_number(value, "total_steps") or 0),
        trained_tokens=int(tokens) if (tokens := _number(value, "trained_tokens")) is not None else None,
        result_files=tuple(one for one in files if isinstance(one, str)) if isinstance(files, list) else (),
    )


def read_event(value: dict[str, Json]) -> RemoteEvent:
    """An event; its step is a number of its data, or stands in its words."""
    data = value.get("data")
    said = data if isinstance(data, dict) else {}
    text = _text(value, "message")
    of_steps = _OF_STEPS.search(text)
    step, steps = _number(said, "step"), _number(said, "total_steps")
    if of_steps:
        step = float(of_steps[1]) if step is None else step
        steps = float(of_steps[2]) if steps is None else steps
    at = _number(value, "created_at") or 0.0
    return RemoteEvent(
        # Some hosts give events no id; the same words at the same moment are the same event.
        id=_text(value, "id") or f"{at:.3f} {text}",
        at=at,
        level=_text(value, "level") or "info",
        text=text,
        step=None if step is None else int(step),
        steps=None if steps is None else int(steps),
        metrics=_read_metrics(said) if step is not None else {},
    )


def read_checkpoint(value: dict[str, Json]) -> RemoteCheckpoint:
    files = value.get("result_files")
    return RemoteCheckpoint(
        id=_need(value, "id"),
        step=int(_number(value, "step_number") or 0),
        model=_text(value, "fine_tuned_model_checkpoint"),
        result_files=tuple(one for one in files if isinstance(one, str)) if isinstance(files, list) else (),
    )


CURVES = {"train_loss": "loss", "valid_loss": "eval_loss"}
"""The host's names of curves that we have names of our own for."""
_NO_CURVES = frozenset({"step", "total_steps", "epoch"})


def _read_metrics(data: dict[str, Json]) -> dict[str, float]:
    found = {CURVES.get(name, name): _number(data, name) for name in data if name not in _NO_CURVES}
    return {name: value for name, value in found.items() if value is not None}


def _read_error(value: Json) -> str:
    if isinstance(value, str):
        return value
    return _text(value, "message") if isinstance(value, dict) else ""


def _need(value: dict[str, Json], name: str) -> str:
    text = _text(value, name)
    if not text:
        raise GarbledError(f"an entry has no `{name}`")
    return text


def _text(value: dict[str, Json], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _number(value: dict[str, Json], name: str) -> float | None:
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if abs(found) < _LATEST else None


def moment(seconds: float) -> str:
    """A host's time as the text we keep."""
    at = datetime.fromtimestamp(min(max(seconds, 0.0), _LATEST), UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
