"""The prompts that draft, in the project's own words: kept while typed, checked by name, saved as versions."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from curation.model.people import Actor
from curation.services import cataloguing, drafting, drafting_prompts
from curation.services.drafting_prompts import PromptView
from curation.synthesizers.shop import demo_tools
from db.project_settings import write_setting
from tests.screens.pressing import hand_over
from tests.screens.rows import text_of
from tests.screens.stage import HOSTILE, Stage, texts
from ui.order_prompts import KIND

NAME = "reword"


@pytest.fixture
def shop(stage: Stage) -> Stage:
    cataloguing.import_tools(stage.ws, stage.actor, stage.project.id, demo_tools(), nonce="tools")
    return stage


def prompt(shop: Stage) -> PromptView:
    return next(one for one in drafting_prompts.list_prompts(shop.ws, shop.project.id) if one.prompt.name == NAME)


def save(shop: Stage, text: str, base_n: int, actor: Actor | None = None) -> None:
    drafting_prompts.save_prompt(
        shop.ws, actor or shop.actor, shop.project.id, NAME, text, base_n=base_n, nonce=shop.ws.new_id()
    )


def drafts(shop: Stage) -> dict[str, str]:
    found = drafting.read_drafts(shop.ws, shop.actor.person_id, KIND, shop.project.id)
    return {field: one.text for field, one in found.items()}


def press(shown: AppTest, *keys: str) -> AppTest:
    """A run with the dialog open: here every run is one of the whole page, which would close it."""
    for key in ("orders.prompts", *keys):
        shown.button(key=key).click()
    shown.run()
    assert not shown.exception, shown.exception
    return shown


def opened(shop: Stage) -> AppTest:
    shown = shop.show("orders")
    shown.selectbox(key="orders.new.strategy").set_value("rewording").run()
    return press(shown)


def field(shop: Stage, shown: AppTest) -> dict[str, object]:
    """What the page sends to the field of the words."""
    return text_of(shown, _key(shop))


def _key(shop: Stage) -> str:
    return f"orders.prompts.text.{NAME}.{prompt(shop).base_n}"


def type_in(shop: Stage, shown: AppTest, text: str) -> AppTest:
    hand_over(shown, _key(shop), text, base_rev=prompt(shop).base_n, nonce=shop.ws.new_id())
    return press(shown)


def test_prompt_of_the_strategy_stands_first_with_its_places_and_a_preview(shop: Stage) -> None:
    shown = opened(shop)
    assert shown.selectbox(key="orders.prompts.which").value == NAME
    view, said = prompt(shop), texts(shown)
    assert field(shop, shown)["value"] == view.shipped
    for place, one in view.prompt.places.items():
        assert f"**{{{place}}}** {one.about}" in said
        assert one.sample in said
    assert f"Edition {view.prompt.edition}" in said


def test_own_words_are_kept_while_typed_saved_as_a_version_and_taken_back(shop: Stage) -> None:
    own = f"{prompt(shop).shipped}\n\n{HOSTILE} <b>Be brief.</b>"
    shown = type_in(shop, opened(shop), own)
    assert drafts(shop) == {NAME: own}
    assert "Not saved yet" in texts(shown)
    assert "<b>Be brief.</b>" in shown.code[0].value
    press(shown, "orders.prompts.save")
    assert (prompt(shop).prompt.text, drafts(shop)) == (own, {})
    press(shown)
    assert f"edition {prompt(shop).prompt.edition}" in texts(shown)
    assert all(HOSTILE not in one.value for one in (*shown.markdown, *shown.caption))
    press(shown, "orders.prompts.shipped")
    assert field(shop, press(shown))["value"] == prompt(shop).shipped
    assert prompt(shop).prompt.is_own
    press(shown, "orders.prompts.save")
    assert not prompt(shop).prompt.is_own


def test_text_that_lost_a_place_is_refused_by_its_name_and_kept(shop: Stage) -> None:
    broken = prompt(shop).shipped.replace("{keep}", "the values")
    shown = type_in(shop, opened(shop), broken)
    assert any("no longer names {keep}" in one.value.replace("\\", "") for one in shown.error)
    press(shown, "orders.prompts.save")
    assert (prompt(shop).versions, drafts(shop)) == ((), {NAME: broken})


def test_words_of_an_older_release_stand_there_with_what_is_wrong_until_they_are_mended(shop: Stage) -> None:
    shipped = prompt(shop).shipped
    kept = {NAME: [{"n": 1, "text": f"{shipped} {{mood}}", "by": shop.actor.person_id, "at": shop.ws.now()}]}
    with shop.ws.unit() as unit:
        write_setting(unit.connection, shop.project.id, drafting_prompts.SETTING, kept)
        unit.commit()
    shown = opened(shop)
    said = [one.value.replace("\\", "") for one in shown.error]
    assert sum("this text uses {mood}, which no longer exists" in one for one in said) == 2, said
    assert field(shop, shown)["value"] == f"{shipped} {{mood}}"
    press(shown, "orders.prompts.shipped")
    press(shown, "orders.prompts.save")
    assert (prompt(shop).finding, prompt(shop).prompt.is_own) == ("", False)


def test_text_the_browser_saved_before_it_went_away_stands_there_again(shop: Stage) -> None:
    own = f"{prompt(shop).shipped} Be brief."
    drafting.save_draft(shop.ws, shop.actor.person_id, KIND, shop.project.id, NAME, 0, own)
    shown = opened(shop)
    assert field(shop, shown)["value"] == own
    assert field(shop, shown)["draft_url"] == "/api/draft"


def test_version_that_came_in_between_is_told_and_nothing_typed_is_lost(shop: Stage) -> None:
    shipped = prompt(shop).shipped
    shown = type_in(shop, opened(shop), f"{shipped} Mine.")
    save(shop, f"{shipped} Theirs.", 0)
    press(shown, "orders.prompts.save")
    assert prompt(shop).prompt.text == f"{shipped} Theirs."
    press(shown)
    assert "saved version 1 meanwhile" in "\n".join(one.value for one in shown.warning).replace("\\", "")
    assert field(shop, shown)["value"] == f"{shipped} Mine."
    press(shown, "orders.prompts.mine")
    press(shown)
    press(shown, "orders.prompts.save")
    assert prompt(shop).prompt.text == f"{shipped} Mine."


def test_going_on_with_mine_takes_what_is_typed_by_then(shop: Stage) -> None:
    shipped = prompt(shop).shipped
    shown = type_in(shop, opened(shop), f"{shipped} Mine.")
    save(shop, f"{shipped} Theirs.", 0)
    press(shown)
    hand_over(shown, _key(shop), f"{shipped} Mine, and more.", base_rev=0, nonce=shop.ws.new_id())
    press(shown, "orders.prompts.mine")
    assert field(shop, press(shown))["value"] == f"{shipped} Mine, and more."


def test_who_is_no_expert_reads_and_saves_nothing(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import order_prompts

    reader = Actor(shop.actor.person_id, frozenset({"annotator"}), shop.actor.name)
    monkeypatch.setattr(order_prompts, "local_actor", lambda _ws: reader)
    shown = opened(shop)
    assert field(shop, shown)["disabled"]
    assert not [one for one in shown.button if one.key == "orders.prompts.save"]
