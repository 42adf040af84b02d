"""What the small model of this machine is good for as a drafter and as a judge, so that screens can say it as it is.

Run with `python benchmarks/small_drafter.py`; needs the training packages and the small base model. Eight requests are
to be reworded with their order number kept, and sixteen calls to be judged, each good one beside a bad twin (another
tool, a digit too many). Answers are held to their schema; the rewordings are printed, because only a reader can judge
them. There is no gate: a better model may take its place, and then `curation/llm/endpoints.toml` says too little.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}

from curation.finetune.base_models import ensure_small_model
from curation.llm import Prompt, Turn
from curation.llm.budget import Budget
from curation.llm.desk import Desk, Habits, Outcome
from curation.llm.held import Held
from curation.llm.local import LocalModel
from curation.llm.record import Record

REQUESTS = (
    ("Where is my order A-1042?", "A-1042", "track_order", "cancel_order"),
    ("Please refund order B-7 because the mug was broken.", "B-7", "request_refund", "track_order"),
    ("Cancel order C-33, I ordered twice.", "C-33", "cancel_order", "request_refund"),
    ("Can you change the delivery address of D-901 to 5 Mill Lane?", "D-901", "change_address", "escalate"),
    ("My parcel E-12 never came, get me a person.", "E-12", "escalate", "track_order"),
    ("Has order F-77 been shipped?", "F-77", "track_order", "cancel_order"),
    ("I want my money back for G-4.", "G-4", "request_refund", "track_order"),
    ("Track H-555 for me please.", "H-555", "track_order", "request_refund"),
)
"""What is asked, the value in it, the tool that fits and one that does not."""
REWORD = (
    "Reword the customer's message in other words. Keep every order number exactly. "
    "Answer with the reworded message only."
)
JUDGE = "Say whether the call does what the customer asks for, with the customer's order number."


def write_schema(**properties: Any) -> str:
    """An object of exactly these."""
    required = list(properties)
    return json.dumps({"type": "object", "properties": properties, "required": required, "additionalProperties": False})


TEXT = write_schema(text={"type": "string", "maxLength": 160})
FITS = write_schema(fits={"type": "boolean"}, why={"type": "string", "maxLength": 80})


def member(outcome: Outcome, name: str) -> Any:
    return outcome.value.get(name) if isinstance(outcome.value, dict) else None


def reword(desk: Desk) -> None:
    prompts = [Prompt((Turn("system", REWORD), Turn("user", asked)), schema=TEXT) for asked, *_ in REQUESTS]
    kept = 0
    for (asked, value, *_), outcome in zip(REQUESTS, desk.ask_all(prompts), strict=True):
        said = str(member(outcome, "text") or outcome.trouble)
        kept += value in said and said.strip() != asked
        print(f"  {asked}\n    {said}")
    print(f"reworded: {kept} of {len(REQUESTS)} are other words with the number kept; read them")


def judge(desk: Desk) -> None:
    cases = [(asked, tool, value, True) for asked, value, tool, _ in REQUESTS]
    cases += [(asked, tool, f"{value}9", False) for asked, value, _, tool in REQUESTS]
    prompts = [
        Prompt(
            (Turn("system", JUDGE), Turn("user", f"Customer: {asked}\nCall: {write_call(tool, value)}")), schema=FITS
        )
        for asked, tool, value, _ in cases
    ]
    outcomes = desk.ask_all(prompts)
    agreed = sum(member(outcome, "fits") is True for outcome in outcomes)
    right = sum(member(outcome, "fits") is case[3] for outcome, case in zip(outcomes, cases, strict=True))
    print(f"judged: {right} of {len(cases)} right, {agreed} agreed to")


def write_call(tool: str, value: str) -> str:
    return json.dumps({"tool": tool, "arguments": {"order_id": value}})


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        client = Held(LocalModel.load(ensure_small_model(folder)))
        budget = Budget(folder)
        desk = Desk(client, "small", Record(folder), budget, habits=Habits(batch=8, longest_answer=70))
        began = time.monotonic()
        reword(desk)
        judge(desk)
        print(f"{budget.spent.requests} questions in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
