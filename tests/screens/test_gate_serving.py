"""The fold of the gate's card that says how the model in production is served."""

from __future__ import annotations

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from db.models import ModelRecord, save_model
from tests.known_models import add_trained, put_in_use
from tests.screens.stage import Stage, texts


def _draw_fold() -> None:
    """The fold on a page of its own."""
    import streamlit as st

    from ui.gate_serving import draw_serving
    from ui.session import require_project

    st.session_state["evaluation.serve"] = True
    draw_serving(require_project().id, "support-3")


def opened() -> AppTest:
    shown = AppTest.from_function(_draw_fold, default_timeout=60).run()
    assert not shown.exception, shown.exception
    return shown


def test_the_commands_stand_ready_to_be_copied(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "support-3"
    folder.mkdir()
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ messages }}"}))
    record = ModelRecord(
        id="m1",
        project_id=stage.project.id,
        name="support-3",
        base=str(folder),
        kind="full",
        location=str(folder),
        created_at=stage.ws.now(),
        details='{"style":"router"}',
    )
    with stage.ws.unit() as unit:
        save_model(unit.connection, record)
        unit.commit()
    put_in_use(stage.ws, stage.project.id, "m1")
    lines = [one.value for one in opened().code]
    assert [line.split()[:2] for line in lines] == [["transformers", "serve"], ["vllm", "serve"]]
    assert str(folder) in lines[1]


def test_what_cannot_be_served_is_told(stage: Stage) -> None:
    model_id = add_trained(stage.ws, stage.project.id, "support-3")
    with stage.ws.unit() as unit:
        record = ModelRecord(
            id=model_id,
            project_id=stage.project.id,
            name="support-3",
            base="/nowhere/at/all",
            kind="full",
            location="/nowhere/at/all",
            created_at=stage.ws.now(),
        )
        save_model(unit.connection, record)
        unit.commit()
    put_in_use(stage.ws, stage.project.id, model_id)
    assert "/nowhere/at/all" in texts(opened()).replace("\\", "")
