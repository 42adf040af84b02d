"""The files of each trainer's folder beside its rows, and the page that explains them all."""

from __future__ import annotations

import msgspec
import yaml

from curation.finetune.bundles import axolotl, llamafactory, trl, unsloth
from curation.finetune.bundles.plan import AXOLOTL, LLAMAFACTORY, TRL, UNSLOTH, Plan
from curation.formats import sharegpt, sharegpt_ranking
from curation.model.values import Json

TRAIN_FILE, VALIDATION_FILE = "train.jsonl", "validation.jsonl"
CHECKED = {"axolotl": "0.19.0", "llamafactory": "0.9.5", "unsloth": "2026.10.9"}
"""Whose own loaders read these settings without a word."""
CHECKED_ON = "2026-11-20"
COMMANDS = {
    TRL: "pip install -r requirements.txt && python train.py",
    AXOLOTL: "axolotl train axolotl.yaml",
    LLAMAFACTORY: "llamafactory-cli train llamafactory.yaml",
    UNSLOTH: "unsloth train --config unsloth.yaml",
}


def write_settings(trainer: str, plan: Plan) -> dict[str, bytes]:
    """Name → content, for one trainer's folder."""
    validation = VALIDATION_FILE if plan.has_validation else None
    if trainer == TRL:
        settings = msgspec.json.format(msgspec.json.encode(trl.make_settings(plan)), indent=2) + b"\n"
        return {
            trl.SCRIPT: trl.read_script(),
            trl.SETTINGS: settings,
            trl.REQUIREMENTS: trl.list_requirements(),
        }
    if trainer == AXOLOTL:
        return {axolotl.CONFIG: _dump(axolotl.make_config(plan, TRAIN_FILE, validation))}
    if trainer == UNSLOTH:
        return {unsloth.CONFIG: _dump(unsloth.make_config(plan, TRAIN_FILE))}
    config = llamafactory.make_config(plan, "train", "validation" if validation else None)
    return {llamafactory.CONFIG: _dump(config), **_list_datasets(plan)}


def _list_datasets(plan: Plan) -> dict[str, bytes]:
    files = {"train": TRAIN_FILE, **({"validation": VALIDATION_FILE} if plan.has_validation else {})}
    if plan.style == "router":
        return {llamafactory.DATASET_INFO: llamafactory.list_router_files(files)}
    fmt = sharegpt_ranking.FORMAT if plan.parameters.learn_from == "pairs" else sharegpt.FORMAT
    assert fmt.companions is not None  # noqa: S101 - this trainer cannot read rows without
    return fmt.companions(files)


def _dump(config: dict[str, Json]) -> bytes:
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True).encode()


def write_readme(plan: Plan, counts: dict[str, dict[str, int]], left_out: dict[str, int]) -> bytes:
    """What lies where, how it is started, and what is not here."""
    lines = [
        f"# {plan.title}",
        "",
        f"Rows of {plan.dataset}, for the base `{plan.base}`. What the model answers is learnt and nothing else.",
        "The test rows are not here: they judge the model that comes out, and no trainer may see them.",
        "",
        "| folder | rows to learn from | to validate on | command, inside the folder |",
        "|---|---|---|---|",
    ]
    for trainer, rows in counts.items():
        lines.append(f"| {trainer} | {rows.get('train', 0)} | {rows.get('validation', 0)} | `{COMMANDS[trainer]}` |")
    lines += ["", *(f"- Left out, {n} times: {why}" for why, n in left_out.items()), ""]
    lines += _tell_rows(plan)
    versions = ", ".join(f"{name} {version}" for name, version in CHECKED.items())
    lines += [
        f"The settings were read by the trainers' own loaders on {CHECKED_ON}: {versions}.",
        "Bring the adapter back by its folder: `callwright evaluate` compares it with every other model.",
        "",
    ]
    return "\n".join(lines).encode()


def _tell_rows(plan: Plan) -> list[str]:
    told = []
    if plan.style == "router":
        told.append("Each row is one decision in text: tools in the system turn, one JSON object as the answer.")
    if plan.parameters.learn_from == "pairs":
        told.append("Each row is a pair: a prompt, the answer to prefer and the answer to avoid.")
    limit = f"{plan.parameters.max_length:,}"
    if plan.is_measured:
        told.append(f"No row is longer than {limit} tokens of this base, so none is cut by any trainer.")
    else:
        told.append(
            f"Rows longer than {limit} tokens must not be cut: the script for TRL leaves them out, Axolotl stops at "
            "them; LLaMA-Factory and Unsloth would cut, so raise their limit if there are any."
        )
    return [*told, ""]
