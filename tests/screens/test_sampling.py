"""The import page: a file is accepted by a sample."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from curation.model.states import ExampleState
from curation.services import browsing, bulk, importing, reviewing, sampling
from curation.services.sampling import SampleView
from tests.screens.stage import HOSTILE, Stage, texts

ROW = b'{"messages":[{"role":"user","content":"Hi %d"},{"role":"assistant","content":"Hello"}]}\n'


@pytest.fixture
def batch(stage: Stage, tmp_path) -> str:
    path = tmp_path / f"{HOSTILE.replace('/', '_')}.jsonl"
    path.write_bytes(b"".join(ROW % i for i in range(30)))
    return importing.import_file(stage.ws, stage.actor, stage.project.id, path, nonce="import").batch_id


def press(shown: AppTest, key: str) -> None:
    shown.button(key=key).click().run()
    assert not shown.exception


def found(stage: Stage, batch: str) -> SampleView:
    sample = sampling.find_sample(stage.ws, batch)
    assert sample is not None
    return sample


def draw(stage: Stage, batch: str, n: int) -> AppTest:
    shown = stage.show("import")
    assert not shown.exception
    shown.number_input(key=f"import.sample.n.{batch}").set_value(n).run()
    press(shown, "import.sample.draw")
    return shown


def test_without_a_file_there_is_nothing_to_draw_from(stage: Stage) -> None:
    assert "Accept a file by a sample" not in texts(stage.show("import"))


def test_form_says_what_a_sample_can_show(stage: Stage, batch: str) -> None:
    shown = stage.show("import")
    shown.number_input(key=f"import.sample.n.{batch}").set_value(10).run()
    assert "Of 30 rows without errors. If all 10 are right, at least 72.2 % of them are" in texts(shown)
    assert all("![x](" not in str(one.label) for one in shown.selectbox)


def test_drawn_rows_wait_in_review_and_the_others_are_accepted_by_them(stage: Stage, batch: str) -> None:
    shown = draw(stage, batch, 4)
    assert "4 to judge" in texts(shown)
    assert shown.button(key="import.sample.accept").disabled
    sample = found(stage, batch)
    for one in sample.drawn:
        reviewing.accept(stage.ws, stage.actor, one.example_id, 1, nonce=one.example_id)
    shown = stage.show("import")
    assert "4 of 4 right" in texts(shown)
    assert "95 % interval 51.0 to 100.0 %" in texts(shown)
    press(shown, "import.sample.accept")
    closed = sampling.get_sample(stage.ws, sample.id)
    bulk.run(stage.ws, closed.bulk_id)
    assert browsing.count_states(stage.ws, stage.project.id)[ExampleState.ACCEPTED] == 30
    assert "26 others accepted" in texts(stage.show("import"))


def test_file_is_sent_back_with_a_reason_and_drawn_from_again(stage: Stage, batch: str) -> None:
    shown = draw(stage, batch, 4)
    sample = found(stage, batch)
    assert shown.button(key="import.sample.back").disabled
    shown.text_input(key=f"import.sample.reason.{sample.id}").set_value("no tools in it").run()
    press(shown, "import.sample.back")
    assert "Sent back: no tools in it" in texts(shown)
    press(shown, "import.sample.draw")
    assert found(stage, batch).id != sample.id


def test_judge_them_opens_review_with_the_drawn_rows(stage: Stage, batch: str) -> None:
    shown = draw(stage, batch, 3)
    press(shown, "import.sample.judge")
    assert "Review" in texts(shown)
