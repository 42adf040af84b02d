"""A bundle to train elsewhere: the same rows for every trainer, settings they know, nothing of the test split."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from click.testing import CliRunner

from cli.main import callwright
from curation.errors import UnwritableError
from curation.finetune.base_models import tiny_model
from curation.finetune.bundles.files import CHECKED
from curation.services.bundling import Bundle, save_bundle, write_bundle
from curation.services.freezing import freeze, get_dataset
from tests.services.test_learning_from import paired
from tests.shop_rows import Desk, make_example, make_no_tool_example, open_desk
from tests.worker.test_training_long import CALL_TEMPLATE

pytestmark = [pytest.mark.training, pytest.mark.timeout(150)]
KEYS = json.loads((Path(__file__).parents[1] / "data/trainers/keys.json").read_text())
WIDE: dict[str, Any] = {"max_length": 2048}


class Shop(NamedTuple):
    """A frozen version with some pairs, a base that needs a router and one that writes calls."""

    desk: Desk
    router: Path
    calling: Path

    def bundle(self, base: Path | str, out: Path, **parameters: Any) -> Bundle:
        desk = self.desk
        return write_bundle(desk.ws, desk.actor, desk.project_id, 1, base, out, parameters={**WIDE, **parameters})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("bundles")
    calling = tiny_model(folder / "calling", seed=1)
    (calling / "chat_template.jinja").write_text(CALL_TEMPLATE)
    with open_desk(folder / "home") as desk:
        for n in range(14):
            desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
        for n in range(6):
            desk.write(make_no_tool_example(f"Thanks {n}", group=f"n{n}"))
        for n in range(6):
            desk.write(paired(f"P-{n:03}", f"p{n}"))
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
        yield Shop(desk, tiny_model(folder / "tiny", seed=1), calling)


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def flat(config: dict[str, Any]) -> set[str]:
    """The names of settings, those in a section behind its name."""
    sections = {key: value for key, value in config.items() if isinstance(value, dict)}
    return {*(key for key in config if key not in sections), *(f"{s}.{k}" for s in sections for k in sections[s])}


@pytest.mark.parametrize("knobs", [{}, {"method": "qlora"}, {"method": "full"}, {"targets": "q_v", "max_steps": 9}])
def test_every_setting_is_one_the_trainer_has(shop: Shop, tmp_path: Path, knobs: dict[str, Any]):
    if knobs.get("method") == "qlora":
        knobs = {**knobs, "optimizer": "paged_adamw_8bit"}
    shop.bundle(shop.calling, tmp_path, **knobs)
    for trainer, version in CHECKED.items():
        assert KEYS[trainer]["version"] == version
        config = yaml.safe_load((tmp_path / trainer / f"{trainer}.yaml").read_text())
        assert flat(config) <= set(KEYS[trainer]["keys"]), flat(config) - set(KEYS[trainer]["keys"])


def test_rows_of_a_model_that_writes_calls(shop: Shop, tmp_path: Path):
    bundle = shop.bundle(shop.calling, tmp_path)
    assert bundle.style == "conversation"
    assert set(bundle.rows) == {"trl", "axolotl", "llamafactory", "unsloth"}
    n = bundle.rows["axolotl"]["train"]
    assert bundle.rows["llamafactory"]["train"] == bundle.rows["unsloth"]["train"] == n
    assert bundle.rows["trl"]["train"] > n
    assert all({"prompt", "completion", "tools"} <= set(row) for row in read_lines(tmp_path / "trl/train.jsonl"))
    info = json.loads((tmp_path / "llamafactory/dataset_info.json").read_text())
    assert info["train"]["file_name"] == "train.jsonl"


def test_rows_of_a_router_are_learnt_by_their_last_turn_everywhere(shop: Shop, tmp_path: Path):
    bundle = shop.bundle(shop.router, tmp_path)
    assert bundle.style == "router"
    marks = [[one["train"] for one in row["messages"]] for row in read_lines(tmp_path / "axolotl/train.jsonl")]
    assert all(row == [False] * (len(row) - 1) + [True] for row in marks)
    for row in read_lines(tmp_path / "trl/train.jsonl"):
        assert [one["role"] for one in row["completion"]] == ["assistant"]
        assert "tool" in json.loads(row["completion"][0]["content"])
    assert yaml.safe_load((tmp_path / "llamafactory/llamafactory.yaml").read_text())["mask_history"] is True


def test_pairs_go_to_the_trainers_that_have_them(shop: Shop, tmp_path: Path):
    calling = shop.bundle(shop.calling, tmp_path / "calling", learn_from="pairs")
    assert set(calling.rows) == {"trl", "llamafactory"}
    assert sum(calling.left_out.values()) > 0
    config = yaml.safe_load((tmp_path / "calling/llamafactory/llamafactory.yaml").read_text())
    assert (config["stage"], config["pref_beta"]) == ("dpo", 0.1)
    router = shop.bundle(shop.router, tmp_path / "router", learn_from="pairs")
    assert set(router.rows) == {"trl"}
    assert json.loads((tmp_path / "router/trl/settings.json").read_text())["training"]["beta"] == 0.1


def test_what_is_too_long_is_in_no_folder_and_said(shop: Shop, tmp_path: Path):
    whole = shop.bundle(shop.calling, tmp_path / "a")
    cut = shop.bundle(shop.calling, tmp_path / "b", max_length=400)
    assert cut.left_out["longer than the limit in tokens"] > 0
    assert cut.rows["axolotl"]["train"] < whole.rows["axolotl"]["train"]
    assert "longer than the limit in tokens" in (tmp_path / "b/README.md").read_text()
    with pytest.raises(UnwritableError, match="no training rows: longer than the limit"):
        shop.bundle(shop.calling, tmp_path / "c", max_length=16)


def test_same_order_gives_the_same_bytes_and_no_test_row(shop: Shop, tmp_path: Path):
    for name in ("a.zip", "b.zip"):
        desk = shop.desk
        save_bundle(
            desk.ws, desk.actor, desk.project_id, 1, shop.router, tmp_path / name, parameters=WIDE, base_name="org/name"
        )
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        names = packed.namelist()
        assert "base_model: org/name" in packed.read("axolotl/axolotl.yaml").decode()
    assert {"README.md", "manifest.json", "trl/train.py", "unsloth/unsloth.yaml"} <= set(names)
    assert not [name for name in names if "test" in name]
    assert get_dataset(shop.desk.ws, shop.desk.project_id, 1).counts["test"] > 0


def test_base_that_is_not_here_is_a_name_on_a_hub(shop: Shop, tmp_path: Path):
    bundle = shop.bundle("some-org/some-model", tmp_path)
    assert bundle.style == "conversation"
    readme = (tmp_path / "README.md").read_text()
    assert "`some-org/some-model`" in readme
    assert "would cut" in readme


def test_bundle_from_a_terminal(shop: Shop, tmp_path: Path):
    run = CliRunner(env={"CALLWRIGHT_HOME": str(shop.desk.ws.home)})
    words = ["bundle", "Shop", "--version", "1", "--base", str(shop.router), "--recipe", "taught", "-o"]
    done = run.invoke(callwright, [*words, str(tmp_path / "out"), "--set", "max_length=2048"])
    assert done.exit_code == 0, done.output
    assert "axolotl: " in done.stdout
    settings = json.loads((tmp_path / "out/trl/settings.json").read_text())
    assert settings["lora"]["target_modules"] == ["q_proj", "v_proj"]
    assert settings["training"]["learning_rate"] == 0.0002
