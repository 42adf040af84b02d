"""The part of an Axolotl configuration that says where the rows are and how they are read."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from curation.model.values import Json

_HEAD = """\
# Fill in the model and what else the training wants; the parts below say how the rows are read.
# Each turn says in `train` whether it is learned, so no role is trained as a whole.
# Rows longer than `sequence_len` are dropped unless excess_length_strategy says otherwise.
base_model:
"""


def write_config(files: Mapping[str, str]) -> bytes:
    """The configuration for rows of a training split, checked on one of the others.

    Args:
        files: split → name of the file with its rows.
    """
    first = files.get("train") or next(iter(files.values()), "")
    config: dict[str, Json] = {"datasets": [describe_dataset(first)]}
    checked = next((files[split] for split in ("validation", "test") if files.get(split, first) != first), None)
    if checked:
        config["test_datasets"] = [describe_dataset(checked)]
    config["excess_length_strategy"] = "raise"
    return (_HEAD + yaml.safe_dump(config, sort_keys=False, allow_unicode=True)).encode()


def describe_dataset(name: str) -> dict[str, Json]:
    """How Axolotl reads one file of rows."""
    return {
        "path": name,
        "ds_type": "json",
        "split": "train",
        "type": "chat_template",
        "field_messages": "messages",
        "field_tools": "tools",
        "message_property_mappings": {"role": "role", "content": "content"},
        "message_field_training": "train",
        "roles_to_train": [],
        "train_on_eos": "turn",
    }
