"""Export on the health page: what a format does to rows, the options, and what may leave."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.model.example import Arguments, Call, Example, Label, Message
from curation.model.states import ExampleState, Split
from curation.services import (
    batching,
    cataloguing,
    drafting,
    freezing,
    importing,
    reviewing,
    source_licences,
    system_prompts,
    writing,
)
from curation.services.export_choices import Options
from curation.services.freezing import DatasetView
from db import datasets
from tests.screens.pressing import hand_over
from tests.screens.rows import text_of
from tests.screens.stage import HOSTILE, Stage, demo_shop, texts
from tests.services.hub_server import Hub, serve_hub
from tests.shop_rows import make_broken_example, make_example, make_tool

TOKEN = "hf_0123456789abcdefghij"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serve_hub(TOKEN) as server:
        monkeypatch.setenv("CALLWRIGHT_HUB_URL", server.url)
        monkeypatch.setenv("CALLWRIGHT_HUB_TOKEN", TOKEN)
        yield server


def recover(order: str) -> Example:
    def call(n: int, number: str) -> Call:
        return Call("track_order", Arguments(f'{{"order_id":"{number}"}}'), f"call_{n}", "function")

    plain = make_example(order)
    turns = (
        plain.messages[0],
        Message("assistant", calls=(call(1, f"{order}0"),)),
        Message("tool", '{"error":"There is no such order."}', tool_call_id="call_1"),
        Message("assistant", calls=(call(2, order),), label=Label(recovery="corrected_argument")),
        Message("tool", '{"status":"sent"}', tool_call_id="call_2"),
        plain.messages[-1],
    )
    return msgspec.structs.replace(plain, messages=turns)


def freeze(stage: Stage, rows: list[Example]) -> DatasetView:
    cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, make_tool(), nonce="tool")
    batching.add_examples(
        stage.ws, stage.actor, stage.project.id, rows, origin="x", name="x", state=ExampleState.CANDIDATE, nonce="rows"
    )
    reviewing.accept_batch(stage.ws, stage.actor, stage.project.id, states=["candidate"], nonce="accept")
    return freezing.freeze(stage.ws, stage.actor, stage.project.id, nonce="freeze")


def shop(stage: Stage) -> DatasetView:
    """Twelve plain rows and six recoveries."""
    rows = [make_example(f"A-{n}00", group=f"g{n}") for n in range(12)]
    return freeze(stage, rows + [msgspec.structs.replace(recover(f"B-{n}00"), group=f"r{n}") for n in range(6)])


def choose(shown: AppTest, **options: object) -> AppTest:
    for name, value in options.items():
        shown.selectbox(key=f"export.{name}").set_value(value).run()
        assert not shown.exception
    return shown


def table(shown: AppTest) -> list[dict[str, object]]:
    found = [frame.value for frame in shown.table if "what" in frame.value.columns]
    return [dict(row) for frame in found for row in frame.to_dict("records")]


def press(shown: AppTest, *keys: str) -> AppTest:
    """A run with these buttons pressed: every run here is one of the whole page, which would close a dialog."""
    for key in keys:
        shown.button(key=key).click()
    shown.run()
    assert not shown.exception
    return shown


# -- before the download -----------------------------------------------------------------------------------------------


def test_losses_are_listed_with_the_examples_behind_them(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    assert "nothing is lost" in texts(shown)
    choose(shown, format="openai")
    assert "something is lost in" in texts(shown)
    label = next(row for row in table(shown) if row["what"] == "label")
    assert label["row"] == "lost"
    named = [element.proto.label for element in shown.get("page_link")]
    assert sum("#" in one for one in named) >= 1


def test_refused_examples_lead_the_list_with_their_reason(stage: Stage) -> None:
    shop(stage)
    shown = choose(stage.show("health"), format="gemini", failed="weight_0")
    first = table(shown)[0]
    assert (first["row"], first["examples"]) == ("left out", "6")
    assert "6 examples refused" in texts(shown)


def test_failed_calls_never_learnt_are_told_as_changes(stage: Stage) -> None:
    shop(stage)
    shown = choose(stage.show("health"), format="gemini", failed="mask")
    assert "6 examples changed on request" in texts(shown)
    assert any(row["row"] == "changed" and row["examples"] == "6" for row in table(shown))


def test_pair_format_says_how_many_pairs_there_are(stage: Stage) -> None:
    shop(stage)
    shown = choose(stage.show("health"), format="openai_preference")
    assert "v1 holds 6 pairs of a preferred and a rejected answer" in texts(shown)
    assert not [box for box in shown.selectbox if box.key == "export.failed"]


def test_format_that_can_hold_nothing_offers_no_download(stage: Stage) -> None:
    freeze(stage, [make_example(f"A-{n}00", group=f"g{n}") for n in range(4)])
    shown = choose(stage.show("health"), format="openai_preference")
    assert "nothing to download" in texts(shown)
    assert not [button for button in shown.button if button.key == "export.prepare"]


def test_large_version_is_looked_through_when_asked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import export_panel

    monkeypatch.setattr(export_panel, "AT_ONCE", 3)
    shop(stage)
    shown = stage.show("health")
    assert "looking through all of them takes a while" in texts(shown)
    shown.button(key="export.look").click().run()
    assert not shown.exception
    assert "nothing is lost" in texts(shown)


def freeze_long_ago(stage: Stage) -> str:
    """A version that an older checker let pass, with two rows of which one has an error today."""
    for n, example in enumerate((make_example("A-100"), make_broken_example("A-200"))):
        writing.new_example(stage.ws, stage.actor, stage.project.id, example, nonce=f"row {n}")
    with stage.ws.unit() as unit:
        members = datasets.list_members(unit.connection, stage.project.id, [ExampleState.DRAFT])
        record = datasets.VersionRecord(
            "old",
            stage.project.id,
            1,
            "hash",
            None,
            None,
            "1-older",
            '{"train":2}',
            stage.actor.person_id,
            stage.ws.now(),
        )
        datasets.add_version(unit.connection, record, members, {one.group_key: Split.TRAIN for one in members})
        unit.commit()
    return record.id


def test_rows_with_errors_are_refused_unless_told(stage: Stage) -> None:
    version = freeze_long_ago(stage)
    shown = stage.show("health")
    assert "1 row with errors that the checker has learnt of" in texts(shown)
    assert not [button for button in shown.button if button.key == "export.prepare"]
    shown.toggle(key=f"export.allow.{version}").set_value(True).run()
    press(shown, "export.prepare")
    assert [element for element in shown.get("download_button") if "Download v1" in element.proto.label]


# -- the files ---------------------------------------------------------------------------------------------------------


def pack(version: DatasetView, name: str, *, card: bool = True, **options: object) -> zipfile.ZipFile:
    from ui.export_panel import Wanted, _pack

    wanted = Wanted(version, name, ("train", "test"), Options(**options), card, "")  # type: ignore[arg-type]
    return zipfile.ZipFile(io.BytesIO(_pack(wanted.key, _wanted=wanted)))


def test_prepared_download_holds_a_file_a_split_and_the_manifest(stage: Stage) -> None:
    version = demo_shop(stage)
    shown = stage.show("health")
    shown.button(key="export.prepare").click().run()
    assert not shown.exception
    with pack(version, "callwright", card=False) as archive:
        assert archive.namelist() == ["dataset-1.test.jsonl", "dataset-1.train.jsonl", "manifest.json"]
        assert len(archive.read("dataset-1.train.jsonl").splitlines()) == version.counts["train"]


def test_card_and_plots_stand_beside_the_rows(stage: Stage) -> None:
    version = demo_shop(stage)
    with pack(version, "openai", failed_calls="weight_0") as archive:
        assert {"card.md", "card-categories.svg", "card-tools.svg"} <= set(archive.namelist())
        assert json.loads(archive.read("manifest.json"))["options"]["failed_calls"] == "weight_0"


def test_byte_order_mark_is_offered_where_a_reader_asks_for_it(stage: Stage) -> None:
    shop(stage)
    shown = choose(stage.show("health"), format="openai")
    assert not [toggle for toggle in shown.toggle if toggle.key == "export.mark"]
    choose(shown, format="azure")
    shown.toggle(key="export.mark").set_value(True).run()
    shown.button(key="export.prepare").click().run()
    assert not shown.exception


# -- prompts and licences ----------------------------------------------------------------------------------------------


def test_prompt_is_written_with_the_policies_and_chosen(stage: Stage) -> None:
    demo_shop(stage)
    shown = press(stage.show("health"), "export.prompts")
    assert "Rules for the tools:" in "\n".join(one.value for one in shown.code)
    hand_over(shown, f"prompts.text.{stage.project.id}.0", f"You help {HOSTILE}", base_rev=0, nonce=stage.ws.new_id())
    press(shown, "export.prompts")
    assert drafting.list_drafts(stage.ws, stage.actor.person_id)[0].text == f"You help {HOSTILE}"
    press(shown, "export.prompts", "prompts.save")
    (prompt,) = system_prompts.list_prompts(stage.ws, stage.project.id)
    assert prompt.text == f"You help {HOSTILE}"
    assert drafting.list_drafts(stage.ws, stage.actor.person_id) == ()
    shown = choose(stage.show("health"), format="openai", prompt=1)
    assert any("prompt 1" in str(row["what"]) for row in table(shown))
    choose(shown, place="add")


def test_draft_of_a_prompt_is_there_when_the_dialog_opens_again(stage: Stage) -> None:
    drafting.save_draft(stage.ws, stage.actor.person_id, "system prompt", stage.project.id, "/text", 0, "Half a sen")
    demo_shop(stage)
    shown = stage.show("health")
    shown.button(key="export.prompts").click().run()
    assert text_of(shown, f"prompts.text.{stage.project.id}.0")["value"] == "Half a sen"


def test_licence_of_an_imported_file_is_kept(stage: Stage, tmp_path: Path) -> None:
    shop(stage)
    path = tmp_path / "rows.jsonl"
    path.write_text('{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}\n')
    report = importing.import_file(stage.ws, stage.actor, stage.project.id, path, nonce="import")
    shown = press(stage.show("health"), "export.licences")
    shown.text_input(key=f"licence.{report.source_id}").input("MIT")
    press(shown, "export.licences")
    assert source_licences.list_licences(stage.ws, stage.project.id) == {report.source_id: "MIT"}


# -- the hub -----------------------------------------------------------------------------------------------------------


def test_without_a_token_the_question_says_what_to_set(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLWRIGHT_HUB_TOKEN", raising=False)
    shop(stage)
    shown = stage.show("health")
    shown.button(key="export.hub").click().run()
    assert "CALLWRIGHT_HUB_TOKEN" in texts(shown)
    assert not [button for button in shown.button if button.key == "hub.send"]


def test_nothing_is_sent_before_a_yes_to_this_repository(stage: Stage, hub: Hub) -> None:
    shop(stage)
    shown = press(stage.show("health"), "export.hub")
    assert shown.button(key="hub.send").disabled
    name = f"hub.repo.{stage.project.id}"
    shown.text_input(key=name).input("shop/rows")
    assert press(shown, "export.hub").button(key="hub.send").disabled
    shown.checkbox(key="hub.agreed.shop/rows.True").check()
    assert not press(shown, "export.hub").button(key="hub.send").disabled
    shown.text_input(key=name).input("shop/others")
    assert press(shown, "export.hub").button(key="hub.send").disabled, "the yes was to another name"
    assert hub.asked == []
    shown.checkbox(key="hub.agreed.shop/others.True").check()
    press(press(shown, "export.hub"), "export.hub", "hub.send")
    assert hub.repos == {"shop/others": True}
    assert "manifest.json" in hub.files
    assert "sent as shop/others" in "\n".join(one.value for one in shown.success).replace("\\", "")


# -- what the reader does ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "word"), [("openai", "context is cut"), ("sharegpt", "dropped with one log line")])
def test_what_the_reader_does_by_itself_is_said(stage: Stage, name: str, word: str) -> None:
    shop(stage)
    assert word in texts(choose(stage.show("health"), format=name))
