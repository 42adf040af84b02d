"""What an export is asked to do beyond its format, what it says before, and what stands beside the rows."""

from __future__ import annotations

import hashlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest

from curation.errors import (
    CurationError,
    NotAllowedError,
    NotFoundError,
    StaleRevisionError,
    StateError,
    UnwritableError,
)
from curation.formats import FORMATS
from curation.formats.options import Options, SystemTurn, formats_version
from curation.model.definition import Policy
from curation.model.example import Arguments, Call, Example, Label, Message, Waiver
from curation.model.people import Actor
from curation.model.states import ExampleState, Split
from curation.services import (
    cataloguing,
    exporting,
    freezing,
    importing,
    loss_reports,
    projects,
    source_licences,
    system_prompts,
)
from curation.services.bar_plots import draw_bars
from curation.services.freezing import DatasetView
from curation.targets import TARGETS
from tests.shop_rows import Desk, make_example, make_no_tool_example, make_tool

WRITTEN = [fmt.name for fmt in FORMATS if fmt.write]
PAIRS = {fmt.name for fmt in FORMATS if fmt.needs_pair}


def make_recovery(order: str) -> Example:
    """The order is tracked under a wrong number, the tool says so, and it is tracked again."""

    def call(n: int, number: str) -> Call:
        return Call("track_order", Arguments(f'{{"order_id":"{number}"}}'), f"call_{n}", "function")

    plain = make_example(order)
    return msgspec.structs.replace(
        plain,
        messages=(
            plain.messages[0],
            Message("assistant", calls=(call(1, f"{order}0"),)),
            Message("tool", '{"error":"There is no such order."}', tool_call_id="call_1"),
            Message("assistant", calls=(call(2, order),), label=Label(recovery="corrected_argument")),
            Message("tool", '{"status":"sent"}', tool_call_id="call_2"),
            plain.messages[-1],
        ),
        group=f"recovery {order}",
    )


def freeze_rows(desk: Desk) -> DatasetView:
    """Forty plain rows, ten without a tool, ten recoveries; one finding kept anyway."""
    tool = msgspec.structs.replace(
        make_tool(), policy=Policy("Only for the buyer", approval="for a gift", approver="the shop")
    )
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, tool, nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    kept = Waiver(rule="ungrounded-value", fingerprint="mark", reason="both are right")
    rows = [make_example(f"A-{n}00", group=f"g{n}") for n in range(40)]
    rows[0] = msgspec.structs.replace(rows[0], waivers=(kept,), tags=("missing_value",))
    rows += [make_no_tool_example(f"Thanks {n}!", group=f"t{n}") for n in range(10)]
    rows += [make_recovery(f"B-{n}00") for n in range(10)]
    desk.bring_in(rows)
    desk.accept_candidates()
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce="freeze")


@pytest.fixture(scope="module")
def frozen(shared: Desk) -> DatasetView:
    return freeze_rows(shared)


@pytest.fixture
def fresh(desk: Desk) -> DatasetView:
    return freeze_rows(desk)


def export(desk: Desk, frozen: DatasetView, name: str, out: Path, **named: Any) -> exporting.Manifest:
    return exporting.export_dataset(desk.ws, desk.actor, frozen.id, name, out, **named)


# -- the same bytes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITTEN)
def test_rows_manifest_card_and_plots_are_the_same_bytes_each_time(
    shared: Desk, frozen: DatasetView, tmp_path: Path, name: str
) -> None:
    options = Options(failed_calls="mask", system=SystemTurn(1, "Be kind."))
    for folder in ("a", "b"):
        manifest = export(shared, frozen, name, tmp_path / folder, options=options, card=True)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "b").iterdir())
    assert {"card.md", "card-categories.svg", "manifest.json"} <= set(names)
    for one in names:
        assert (tmp_path / "a" / one).read_bytes() == (tmp_path / "b" / one).read_bytes(), one
    told = {one.name: one.sha256 for one in (*manifest.files, *manifest.companions)}
    assert set(told) == set(names) - {"manifest.json"}
    for one, digest in told.items():
        assert hashlib.sha256((tmp_path / "a" / one).read_bytes()).hexdigest() == digest
    assert sum(file.rows for file in manifest.files) > 0


def test_manifest_names_every_version_and_option(shared: Desk, frozen: DatasetView, tmp_path: Path) -> None:
    options = Options(failed_calls="weight_0", system=SystemTurn(2, "Be kind.", "add"))
    export(shared, frozen, "openai", tmp_path / "out", options=options)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["options"] == {
        "byte_order_mark": False,
        "failed_calls": "weight_0",
        "system": {"n": 2, "text": "Be kind.", "place": "add"},
    }
    catalogue = cataloguing.current_catalogue(shared.ws, shared.project_id)
    assert catalogue is not None
    assert manifest["versions"]["catalogue_hash"] == catalogue.hash
    assert manifest["versions"]["format"] == formats_version()
    assert manifest["versions"]["callwright"]
    assert manifest["checker_version"] == frozen.checker_version
    assert {one["what"][:13]: one["examples"] for one in manifest["changes"]} == {
        "a system turn": 60,
        "a failed call": 10,
    }
    assert [(one["rule"], one["reason"]) for one in manifest["kept"]] == [("ungrounded-value", "both are right")]
    assert manifest["errors_allowed"] is False


def test_manifest_dates_the_target_the_version_was_frozen_for(desk: Desk, fresh: DatasetView, tmp_path: Path) -> None:
    projects.set_target(desk.ws, desk.actor, desk.project_id, "openai", nonce="target")
    later = freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce="later")
    manifest = export(desk, later, "openai", tmp_path / "out")
    assert manifest.target == "openai"
    assert manifest.versions is not None
    assert manifest.versions.target == TARGETS["openai"].newest_date >= "2026-05-07"


def test_format_that_holds_none_of_the_rows_leaves_no_empty_files(desk: Desk, tmp_path: Path) -> None:
    desk.write(make_example("A-100"), ExampleState.CANDIDATE)
    desk.accept_candidates()
    plain = freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce="plain")
    with pytest.raises(UnwritableError, match="`openai_preference` can hold none of these examples: "):
        export(desk, plain, "openai_preference", tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


# -- before the download -----------------------------------------------------------------------------------------------


def test_preview_names_the_examples_behind_each_loss(shared: Desk, frozen: DatasetView) -> None:
    preview = exporting.preview_export(shared.ws, frozen.id, "openai", Options(failed_calls="weight_0"))
    assert {one.what for one in preview.losses} >= {"label", "tags", "waivers"}
    (tagged,) = preview.lost_in["tags"]
    first = next(freezing.read_items(shared.ws, frozen.id))
    assert (tagged.example_id, tagged.at) == (first.example_id, "/tags")
    (changed,) = preview.changes
    assert len(preview.lost_in[changed.what]) == changed.examples == 10


def test_preview_of_some_splits_counts_those_alone(shared: Desk, frozen: DatasetView) -> None:
    preview = exporting.preview_export(shared.ws, frozen.id, "trl_prompt", splits=["test"])
    assert preview.n_examples == frozen.counts["test"]
    assert preview.counts["train"] == 0


def test_report_has_a_line_for_every_example_that_loses_anything(shared: Desk, frozen: DatasetView) -> None:
    options = Options(failed_calls="weight_0")
    preview = exporting.preview_export(shared.ws, frozen.id, "chatml", options)
    rows = list(loss_reports.report_rows(shared.ws, frozen.id, "chatml", options))
    assert len([one for one in rows if one.refused]) == len(preview.refused) == 10
    labels = next(one.examples for one in preview.losses if one.what == "label")
    assert len([one for one in rows if any(loss.what == "label" for loss in one.lost)]) == labels
    assert [one.row for one in rows] == sorted(one.row for one in rows)
    assert json.loads(msgspec.json.encode(rows[0]))["example"]


def test_pairs_are_counted_by_split(shared: Desk, frozen: DatasetView, tmp_path: Path) -> None:
    counts = loss_reports.count_pairs(shared.ws, frozen.id)
    assert sum(counts.values()) == 10
    manifest = export(shared, frozen, "openai_preference", tmp_path / "out")
    assert {file.split: file.rows for file in manifest.files} == counts
    pair = json.loads((tmp_path / "out" / manifest.files[0].name).read_text().splitlines()[0])
    rejected, preferred = pair["non_preferred_output"][0], pair["preferred_output"][0]
    assert rejected["tool_calls"][0]["function"]["arguments"] != preferred["tool_calls"][0]["function"]["arguments"]


# -- the data card -----------------------------------------------------------------------------------------------------


def card_of(desk: Desk, frozen: DatasetView, out: Path, name: str = "openai", **named: Any) -> str:
    export(desk, frozen, name, out, card=True, **named)
    return (out / "card.md").read_text()


def test_card_counts_rows_tools_reasons_and_reviews(shared: Desk, frozen: DatasetView, tmp_path: Path) -> None:
    card = card_of(shared, frozen, tmp_path)
    assert "# Shop, dataset version 1" in card
    assert f"| train | {frozen.counts['train']} | {frozen.counts['train']} |" in card
    assert "| track\\_order | 60 | 60 |" in card
    assert "10 of 70 decisions call nothing (14.3%)" in card
    assert "| small talk | 10 |" in card
    assert "| corrected argument | 10 |" in card
    assert "60 examples were accepted in a review, 0 were not reviewed" in card
    assert "Findings kept anyway, with a reason: 1." in card
    assert "| label | 20 | 20 |" in card
    assert frozen.hash in card


def test_card_points_at_plots_that_are_there_and_are_sound(shared: Desk, frozen: DatasetView, tmp_path: Path) -> None:
    manifest = export(shared, frozen, "callwright", tmp_path / "rows.jsonl", card=True)
    card = (tmp_path / "rows.card.md").read_text()
    plots = [one.name for one in manifest.companions if one.name.endswith(".svg")]
    assert len(plots) == 4
    for name in plots:
        assert f"]({name})" in card
        ET.fromstring((tmp_path / name).read_bytes())
    assert "Nothing is lost" in card


def test_card_names_imported_files_with_their_licence(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "sup|port.jsonl"
    rows = [
        {"messages": [{"role": "user", "content": f"Hi {n}"}, {"role": "assistant", "content": "Hello."}]}
        for n in range(5)
    ]
    source.write_text("\n".join(map(json.dumps, rows)))
    report = importing.import_file(desk.ws, desk.actor, desk.project_id, source, nonce="import")
    named = source_licences.set_licence(desk.ws, desk.actor, report.source_id, " Apache-2.0 ", nonce="licence")
    assert named == {report.source_id: "Apache-2.0"}
    version = freezing.freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
    card = card_of(desk, version, tmp_path / "out")
    assert "| sup\\|port.jsonl | openai | Apache-2.0 | 5 |" in card
    assert "| import | 5 |" in card
    assert "0 examples were accepted in a review, 5 were not reviewed" in card


def test_licence_can_be_taken_back_and_belongs_to_a_file(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        source_licences.set_licence(desk.ws, desk.actor, "none", "MIT", nonce="a")
    with pytest.raises(CurationError, match="at most 200"):
        source_licences.set_licence(desk.ws, desk.actor, "none", "x" * 201, nonce="b")


def test_words_of_others_do_nothing_in_a_card_or_a_plot(shared: Desk, frozen: DatasetView, tmp_path: Path) -> None:
    drawn = draw_bars('<script>alert("x")</script>', {"<img src=x>\x00": [3]})
    root = ET.fromstring(drawn)
    assert "script" not in {element.tag.rpartition("}")[2] for element in root.iter()}


def test_only_the_exported_splits_are_counted(shared: Desk, frozen: DatasetView, tmp_path: Path) -> None:
    card = card_of(shared, frozen, tmp_path, splits=[Split.TEST])
    assert "| train |" not in card
    assert f"| test | {frozen.counts['test']} |" in card


# -- system prompts ----------------------------------------------------------------------------------------------------


def save_prompt(desk: Desk, text: str, base_n: int, *, with_policies: bool = True) -> system_prompts.SystemPrompt:
    return system_prompts.save_prompt(
        desk.ws, desk.actor, desk.project_id, text, with_policies=with_policies, base_n=base_n, nonce=desk.nonce()
    )


def test_every_save_of_a_prompt_is_a_version_with_the_policies(desk: Desk, fresh: DatasetView) -> None:
    first = save_prompt(desk, " You help in a shop. ", 0)
    second = save_prompt(desk, "You help in a shop, briefly.", 1, with_policies=False)
    assert (first.n, second.n) == (1, 2)
    assert first.whole == (
        "You help in a shop.\n\nRules for the tools:\n"
        "- track_order: Only for the buyer. Before the call the shop must confirm: for a gift."
    )
    assert first.section is not None
    assert first.section.catalogue_n == 1
    assert second.whole == "You help in a shop, briefly."
    assert system_prompts.list_prompts(desk.ws, desk.project_id) == (second, first)


def test_prompt_is_saved_on_top_of_the_newest_one_alone(desk: Desk) -> None:
    save_prompt(desk, "One.", 0)
    with pytest.raises(StaleRevisionError):
        save_prompt(desk, "Two.", 0)
    with pytest.raises(StateError, match="Nothing has changed"):
        save_prompt(desk, "One.", 1)
    with pytest.raises(CurationError, match="needs words"):
        save_prompt(desk, "  ", 1)
    with pytest.raises(CurationError, match="at most"):
        save_prompt(desk, "x" * 20_001, 1)
    with pytest.raises(NotFoundError):
        system_prompts.get_prompt(desk.ws, desk.project_id, 7)


def test_annotator_may_not_write_the_prompt(desk: Desk) -> None:
    annotator = Actor(desk.actor.person_id, frozenset({"annotator"}))
    with pytest.raises(NotAllowedError):
        system_prompts.save_prompt(
            desk.ws, annotator, desk.project_id, "x", with_policies=False, base_n=0, nonce=desk.nonce()
        )


def test_rows_carry_the_prompt_only_when_told(desk: Desk, fresh: DatasetView, tmp_path: Path) -> None:
    prompt = save_prompt(desk, "You help in a shop.", 0)
    plain = export(desk, fresh, "openai", tmp_path / "plain")
    assert "You help in a shop" not in (tmp_path / "plain" / plain.files[0].name).read_text()
    options = Options(system=system_prompts.as_turn(prompt, "replace"))
    told = export(desk, fresh, "openai", tmp_path / "told", options=options)
    for line in (tmp_path / "told" / told.files[0].name).read_text().splitlines():
        assert json.loads(line)["messages"][0] == {"role": "system", "content": prompt.whole}
    assert told.options.system == SystemTurn(1, prompt.whole)
