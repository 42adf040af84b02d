"""The app with models that answer at once by a script: a base that must be told, and a trained one that is right."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

import streamlit as st  # noqa: E402

from app import lifespan, on_script_error, routes  # noqa: E402
from curation.finetune.contract import Handle, Launch  # noqa: E402
from curation.finetune.spec import AnswerSpec  # noqa: E402
from curation.services import keeping  # noqa: E402
from tests.services.evaluating_desk import AnsweringProvider  # noqa: E402

SILENT = '{"tool":"no_tool","reason":"small_talk","message":"Hm."}'


class ScriptedProvider(AnsweringProvider):
    """The base breaks its answer until it is told, and calls nothing under a grammar."""

    def launch(self, launch: Launch) -> Handle:
        spec = next(one for one in reversed(self.specs) if one.launch_id == launch.launch_id)
        rows = (launch.run_dir / "data" / spec.rows).read_bytes().splitlines()
        right = [json.loads(row)["messages"][-1]["content"] for row in rows]
        lines = [json.dumps(_answer(text, spec)) + "\n" for text in right]
        (launch.run_dir / "answers.jsonl").write_text("".join(lines))
        return Handle(pid=1)


def _answer(right: str, spec: AnswerSpec) -> dict[str, object]:
    told: dict[str, object] = {"text": right, "latency_ms": 5.0, "tokens": 3}
    if spec.adapter is not None:
        return told
    if spec.grammar:
        return told | {"text": SILENT}
    mended = {"text": right, "finding": "It is no object.", "tokens": 4, "latency_ms": 6.0}
    return told | {"text": "Well.", "repairs": [mended] if spec.repairs else []}


keeping.PROVIDERS = (ScriptedProvider(),)  # type: ignore[assignment]
# Streamlit takes a script for a launcher only where it makes the app itself.
app = st.App(ROOT / "ui" / "main.py", routes=routes, lifespan=lifespan, on_script_error=on_script_error)
