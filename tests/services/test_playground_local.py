"""The playground with a model of this machine, through its real process: the app itself loads no training package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from curation.finetune.base_models import tiny_model
from tests.ready_homes import make_ready

pytestmark = [pytest.mark.training, pytest.mark.timeout(400)]
ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys
from pathlib import Path
from curation.services import cataloguing, people, playground_asking, playground_chats, playground_live, playground_log
from curation.services import projects
from curation.services.models import ensure_base
from curation.services.playground_states import Settings
from curation.services.playground_steps import answers_in
from curation.services.workspace import open_workspace
from curation.llm.model_shelf import hold_model
from curation.synthesizers.shop import demo_tools

playground_asking.MOST_TOKENS = 16
ws = open_workspace(Path(sys.argv[1]))
actor = people.local_actor(ws)
project = projects.create_project(ws, actor, "Desk", nonce="project")
cataloguing.import_tools(ws, actor, project.id, demo_tools()[:2], nonce="tools")
with ws.unit() as unit:
    ensure_base(ws, unit.connection, project.id, Path(sys.argv[2]), ws.now())
    unit.commit()
settings = Settings(decodings=("free", "schema", "grammar"), repairs=1)
chat = playground_chats.begin_chat(ws, actor, project.id, settings, nonce="begin")
chat = playground_chats.say(ws, actor, chat, "Where is order B4821?", nonce="say")
playground_live.start_answer(ws, actor, chat)
stages = set()
while not playground_live.wait_for_answer(chat.id, 0.02):
    progress = playground_live.look_at(chat.id)
    stages |= {progress.stage} if progress else set()
lines = playground_log.read_log(ws, project.id).lines
after = playground_chats.get_chat(ws, actor, chat.id)
kept = hold_model(Path(sys.argv[2]))
pid = kept.pid
playground_live.end_answers()
print(json.dumps({
    "trouble": after.state.trouble,
    "verdicts": {one.entry.decoding: answers_in(one.steps)[-1].verdict for one in lines},
    "stages": sorted(stages),
    "starts": kept.starts,
    "is_alive": kept.pid is not None,
    "had_process": pid is not None,
    "heavy": sorted({"torch", "transformers", "peft"} & set(sys.modules)),
    "rounds": {one.entry.decoding: one.repaired.rounds for one in lines},
}))
"""


def test_three_decodings_through_the_real_process(tmp_path: Path) -> None:
    base = tiny_model(tmp_path / "tiny", seed=5)
    home = make_ready(tmp_path / "home")
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(home), str(base)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=390,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["trouble"] == ""
    # A random model writes noise, and only what is held to the grammar can be read.
    assert told["verdicts"]["free"] == told["verdicts"]["schema"] == "unparseable"
    assert told["verdicts"]["grammar"] in ("valid_call", "valid_no_tool")
    assert told["rounds"] == {"free": 1, "schema": 1, "grammar": 0}
    assert "loading" in told["stages"]
    assert (told["starts"], told["had_process"], told["is_alive"]) == (1, True, False)
    assert told["heavy"] == []
