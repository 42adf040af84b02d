"""What a host is asked for: the terms before anything is sent, and the body of the one POST that starts the job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from curation.errors import JobError
from curation.finetune.contract import Note, Terms
from curation.finetune.hosted.address import host_of, read_access, read_address
from curation.finetune.hosted.answers import LAUNCH_KEY
from curation.finetune.hosted.host import Order
from curation.finetune.hosted.knobs import expect, pick
from curation.finetune.hosted.profile import Profile
from curation.finetune.hosted.records import Uploaded
from curation.model.values import Json

Values = dict[str, Json]
"""Checked knobs."""


def make_terms(profile: Profile, values: Values, environment: Mapping[str, str], today: date) -> Terms:
    """What stands in the way, what is worth knowing, and what it costs, all of it with its date."""
    model = name_model(profile, values)
    known = profile.find_model(model)
    ends = [*profile.ends, *([known.ends] if known and known.ends else [])]
    problems = [end.text for end in ends if end.date < today]
    notes = [Note(end.text, end.source, end.read) for end in ends if end.date >= today]
    if not model:
        problems.append("Name the base model as the host calls it.")
    address = host_of(profile.address)
    try:
        address = host_of(read_address(profile, environment))
        read_access(profile, environment)
    except JobError as error:
        problems.append(str(error))
    return Terms(
        model=model,
        address=address,
        target=profile.target,
        row_format=profile.row_format,
        problems=tuple(problems),
        notes=(*notes, *profile.notes),
        epochs=expect(profile, values, "n_epochs", 1),
        price=known.price if known else None,
    )


def write_order(profile: Profile, values: Values, launch_id: str, files: Uploaded) -> Order:
    """The job with its marks: wherever this host lets a launch id travel, it travels."""
    settings = pick(profile, values, "hyperparameters")
    body: Values = {"model": name_model(profile, values), "training_file": files.training}
    body |= pick(profile, values, "body")
    if files.validation:
        body["validation_file"] = files.validation
    if _sits_at_top(profile, values):
        body["hyperparameters"] = settings
    else:
        body["method"] = {"type": "supervised", "supervised": {"hyperparameters": settings}}
    if "metadata" in profile.marks:
        body["metadata"] = {LAUNCH_KEY: launch_id}
    if "suffix" in profile.marks:
        body["suffix"] = launch_id
    return Order(body, pick(profile, values, "extra"))


def name_model(profile: Profile, values: Values) -> str:
    """The base model as the host calls it."""
    knob = profile.knob_of("model")
    return str(values[knob.name]) if knob else ""


def _sits_at_top(profile: Profile, values: Values) -> bool:
    knob = profile.knob_of("shape")
    return bool(values[knob.name]) if knob else False
