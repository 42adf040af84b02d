"""Rows are measured by the tokens a chosen base model makes of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from curation.errors import StateError, UnreadableError
from curation.finetune.base_models import small_model_folder, tiny_model
from curation.model.filters import ExampleFilter
from curation.services import browsing, health, token_counting
from curation.services.health_figures import TokenLengths
from curation.services.token_counting import choose_base, count_waiting
from tests.shop_rows import Desk, make_example, make_no_tool_example

pytestmark = pytest.mark.training


def measured(desk: Desk) -> TokenLengths:
    while count_waiting(desk.ws):
        pass
    found = health.measure_health(desk.ws, desk.project_id).tokens
    assert found is not None
    return found


def test_without_a_base_nothing_is_said_of_tokens(desk: Desk) -> None:
    desk.write(make_example())
    assert count_waiting(desk.ws) == 0
    assert health.measure_health(desk.ws, desk.project_id).tokens is None


def test_rows_beyond_the_limit_are_counted_and_opened(desk: Desk, tmp_path: Path) -> None:
    short, long = desk.write(make_no_tool_example()), desk.write(make_no_tool_example("Thank you! " * 60))
    base = tiny_model(tmp_path / "tiny", seed=1)
    choose_base(desk.ws, desk.actor, desk.project_id, base, 700, nonce=desk.nonce())
    found = measured(desk)
    assert (found.base, found.n_rows, found.n_longer) == ("tiny", 2, 1)
    assert found.lengths is not None
    assert found.n_cut == found.lengths.longest - 700 > 0
    wanted = ExampleFilter(longer=f"{found.digest}:700")
    assert [row.id for row in browsing.list_filtered(desk.ws, desk.project_id, wanted).rows] == [long.id]
    assert short.id != long.id


def test_a_body_is_counted_once_whoever_holds_it(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_base(desk.ws, desk.actor, desk.project_id, tiny_model(tmp_path / "tiny"), 700, nonce=desk.nonce())
    desk.write(make_example())
    assert measured(desk).n_rows == 1

    def refuse(*_: object) -> None:
        raise AssertionError("counted")

    monkeypatch.setattr(token_counting, "_count_one", refuse)
    desk.write(make_example())
    assert measured(desk).n_rows == 2


def test_another_limit_counts_nothing_again_and_another_template_does(desk: Desk, tmp_path: Path) -> None:
    desk.write(make_no_tool_example())
    base = tiny_model(tmp_path / "tiny")
    choose_base(desk.ws, desk.actor, desk.project_id, base, 700, nonce=desk.nonce())
    before = measured(desk)
    choose_base(desk.ws, desk.actor, desk.project_id, base, 20, nonce=desk.nonce())
    assert msgspec.structs.replace(measured(desk), max_length=700, n_longer=0, n_cut=0) == before
    source = (base / "chat_template.jinja").read_text()
    (base / "chat_template.jinja").write_text("a longer beginning " + source)
    after = measured(desk)
    assert after.lengths is not None
    assert before.lengths is not None
    assert after.lengths.longest > before.lengths.longest


def test_the_small_model_is_the_base_once_it_is_there(desk: Desk) -> None:
    desk.write(make_no_tool_example())
    tiny_model(small_model_folder(desk.ws.home))
    assert measured(desk).n_rows == 1


def test_a_folder_without_a_tokenizer_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        choose_base(desk.ws, desk.actor, desk.project_id, tmp_path, 700, nonce=desk.nonce())
    with pytest.raises(StateError, match="no limit"):
        choose_base(desk.ws, desk.actor, desk.project_id, tiny_model(tmp_path / "tiny"), 3, nonce=desk.nonce())
