"""What a host is asked for: the terms before anything is sent, and the body of the one POST that starts the job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from curation.errors import JobError
from curation.finetune.contract import Note, Terms
from curation.finetune.hosted.address import read_access, read_address
from curation.finetune.hosted.host import Order
from curation.finetune.hosted.knobs import expect, pick
from curation.finetune.hosted.profile import Preferences, Profile
from curation.finetune.hosted.records import Uploaded
from curation.finetune.hosted.remote import LAUNCH_KEY
from curation.hosts.address import host_of
from curation.model.values import Json

Values = dict[str, Json]
"""Checked knobs."""
PAIRS = "pairs"


def make_terms(profile: Profile, values: Values, environment: Mapping[str, str], today: date) -> Terms:
    """What stands in the way, what is worth knowing, and what it costs, all of it with its date."""
    model = name_model(profile, values)
    known = profile.find_model(model)
    pairs = profile.preferences if learns_from_pairs(profile, values) else None
    ends = [*profile.ends, *([known.ends] if known and known.ends else [])]
    return Terms(
        model=model,
        address=_name_address(profile, environment),
        target=profile.target,
        row_format=pairs.row_format if pairs else profile.row_format,
        answer_turns_most=pairs.answer_turns_most if pairs else None,
        problems=(
            *(end.text for end in ends if end.date < today),
            *_list_problems(profile, values),
            *_list_access_problems(profile, environment),
        ),
        notes=(
            *(Note(end.text, end.source, end.read) for end in ends if end.date >= today),
            *([_describe_pairs(pairs)] if pairs else []),
            *profile.notes,
        ),
        epochs=expect(profile, values, "n_epochs", 1),
        price=known.price if known else None,
        prices_page=profile.prices_page,
    )


def _list_problems(profile: Profile, values: Values) -> Iterator[str]:
    if not name_model(profile, values):
        yield "Name the base model as the host calls it."
    if learns_from_pairs(profile, values) and _sits_at_top(profile, values):
        yield "Settings beside the method cannot ask for pairs: switch that off, or learn from conversations."


def _list_access_problems(profile: Profile, environment: Mapping[str, str]) -> Iterator[str]:
    try:
        read_access(profile, environment)
    except JobError as error:
        yield str(error)


def _name_address(profile: Profile, environment: Mapping[str, str]) -> str:
    """Where rows would go; a host of its own has a name even while nobody has a key to it."""
    try:
        return host_of(read_address(profile, environment))
    except JobError:
        return host_of(profile.address)


def _describe_pairs(pairs: Preferences) -> Note:
    models = ", ".join(pairs.models)
    read_of = f"this was read of {models}, and another base may be refused" if models else "no base is named for it"
    return Note(f"Pairs are trained by the method dpo: {read_of}.", pairs.source, pairs.date)


def write_order(profile: Profile, values: Values, launch_id: str, files: Uploaded) -> Order:
    """The job with its marks: wherever this host lets a launch id travel, it travels."""
    body: Values = {"model": name_model(profile, values), "training_file": files.training}
    body |= pick(profile, values, "body")
    if files.validation:
        body["validation_file"] = files.validation
    body |= _write_settings(profile, values)
    if "metadata" in profile.marks:
        body["metadata"] = {LAUNCH_KEY: launch_id}
    if "suffix" in profile.marks:
        body["suffix"] = launch_id
    return Order(body, pick(profile, values, "extra"))


def _write_settings(profile: Profile, values: Values) -> Values:
    """How it is trained: under its method, or at the top for hosts that know no methods."""
    settings = pick(profile, values, "hyperparameters")
    if _sits_at_top(profile, values):
        return {"hyperparameters": settings}
    if learns_from_pairs(profile, values):
        return {"method": {"type": "dpo", "dpo": {"hyperparameters": settings | pick(profile, values, "dpo")}}}
    return {"method": {"type": "supervised", "supervised": {"hyperparameters": settings}}}


def learns_from_pairs(profile: Profile, values: Values) -> bool:
    """Whether pairs of a preferred and a rejected answer are sent, not conversations."""
    knob = profile.knob_of("learn_from")
    return knob is not None and values[knob.name] == PAIRS


def name_model(profile: Profile, values: Values) -> str:
    """The base model as the host calls it."""
    knob = profile.knob_of("model")
    return str(values[knob.name]) if knob else ""


def _sits_at_top(profile: Profile, values: Values) -> bool:
    knob = profile.knob_of("shape")
    return bool(values[knob.name]) if knob else False
