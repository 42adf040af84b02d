"""Marks that say whether a turn is learned: Axolotl's `train`, LLaMA-Factory's `loss_weight`, our `weight`."""

from __future__ import annotations

from curation.formats.slices import Members

_WEIGHTS = {"false": "0", "0": "0", "0.0": "0", "true": "1", "1": "1", "1.0": "1"}
TRAIN_KEYS = ("train", "training")


def take_train(turn: Members) -> Members:
    """The turn with `train` as a weight. True on an answer and false on any other turn say what holds anyway."""
    key = next((key for key in TRAIN_KEYS if turn.get(key) in ("true", "false")), None)
    if key is None or "weight" in turn:
        return turn
    rest = {name: source for name, source in turn.items() if name != key}
    is_answer = turn.get("role") == '"assistant"'
    if is_answer != (turn[key] == "true"):
        return rest | {"weight": "0"} if is_answer else turn
    return rest


def take_loss_weight(turn: Members) -> Members:
    """The turn with `loss_weight` as a weight; none on a turn that is no answer says what holds anyway."""
    given = turn.get("loss_weight")
    if given is None or "weight" in turn:
        return turn
    rest = {name: source for name, source in turn.items() if name != "loss_weight"}
    if turn.get("role") == '"assistant"':
        return rest | {"weight": _WEIGHTS.get(given, given)}
    return rest if _WEIGHTS.get(given) == "0" else turn
