"""Lists, search, counters, projects, people, the catalogue and health."""

from __future__ import annotations

import random

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import BlockedError, CurationError, NotFoundError, StaleRevisionError, StateError
from curation.formats import get_format
from curation.model.definition import Policy
from curation.model.example import Label, Message
from curation.model.reading import Reading
from curation.model.states import ExampleState
from curation.services import batching, browsing, cataloguing, health, people, projects, reviewing, writing
from curation.services.browsing import count_states, list_examples
from db import catalogue
from tests.shop_rows import Desk, make_broken_example, make_example, make_no_tool_example, make_tool


@pytest.mark.parametrize(
    "filters", [{}, {"search": "order"}, {"states": ["candidate", "draft"]}, {"tool": "track_order"}]
)
def test_pages_show_every_example_once_newest_first(desk: Desk, filters):
    desk.bring_in([make_example(f"A-{i}00") for i in range(70)])
    desk.bring_in([make_example(f"B-{i}00") for i in range(60)], ExampleState.DRAFT)
    numbers, after = [], None
    while True:
        page = list_examples(desk.ws, desk.project_id, after=after, **filters)
        assert len(page.rows) <= 50
        numbers += [row.number for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) == 130


def test_filters_narrow_the_list(desk: Desk):
    desk.write(make_example("A-77"))
    broken = desk.write(make_broken_example("B-12"))
    thanks = desk.write(make_no_tool_example("Vielen Dank für die Hilfe"), state=ExampleState.CANDIDATE)

    def ids(**filters):
        return [row.id for row in list_examples(desk.ws, desk.project_id, **filters).rows]

    assert ids(states=["candidate"]) == [thanks.id]
    assert ids(has_errors=True) == [broken.id]
    assert ids(search="hilf") == [thanks.id]
    assert ids(search="fur DANK") == [thanks.id]
    assert ids(search='B-12 "; DROP TABLE example; --') == []
    assert ids(search="nowhere") == []
    assert ids(tool="unknown") == []
    assert ids(limit=1) == [thanks.id]


def test_search_follows_edits(desk: Desk):
    view = desk.write(make_no_tool_example("zebra"))
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_no_tool_example("giraffe"), nonce=desk.nonce())
    assert list_examples(desk.ws, desk.project_id, search="zebra").rows == ()
    assert len(list_examples(desk.ws, desk.project_id, search="giraffe").rows) == 1


@pytest.mark.parametrize("words", ["", "   ", "*", '"', "AND OR NOT", "NEAR(", "a" * 500, "\u0000", "ﬁ ' ; --"])
def test_search_takes_any_text(desk: Desk, words: str):
    desk.write()
    assert len(list_examples(desk.ws, desk.project_id, search=words).rows) in (0, 1)


def test_title_is_one_short_plain_line(desk: Desk):
    view = desk.write(make_no_tool_example("<b>Hello</b>\n\n  **there** " + "x" * 200))
    assert view.title.startswith("<b>Hello</b> **there** xxx")
    assert len(view.title) == 80
    assert desk.write(msgspec.structs.replace(make_example(), messages=())).title == "(no user turn)"


def test_counters_equal_a_recount_after_any_acts(desk: Desk):
    desk.bring_in([make_example(f"A-{i}00") for i in range(30)])
    undone = desk.bring_in([make_example(f"B-{i}00") for i in range(10)])
    chance = random.Random(7)
    for row in list_examples(desk.ws, desk.project_id).rows[:30]:
        act = chance.choice([writing.submit, reviewing.accept, reviewing.reject])
        more = ("",) if act is reviewing.reject else ()
        act(desk.ws, desk.actor, row.id, 1, *more, nonce=desk.nonce())
    batching.undo_batch(desk.ws, desk.actor, undone, nonce=desk.nonce())
    with desk.ws.reading() as connection:
        recount = dict(
            connection.execute(text("SELECT state, count(*) FROM example WHERE staged = 0 GROUP BY state")).all()
        )
    assert {state: n for state, n in count_states(desk.ws, desk.project_id).items() if n} == recount


def test_glance_counts_what_is_there(desk: Desk):
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool(), nonce=desk.nonce())
    desk.write(make_broken_example())
    seen = browsing.glance(desk.ws, desk.project_id)
    assert (seen.n_tools, seen.n_unpublished, seen.catalogue_n) == (1, 1, None)
    assert (seen.n_examples, seen.n_with_errors, seen.dataset_n) == (1, 1, None)


def test_projects_are_found_by_name_or_id(desk: Desk):
    other = projects.create_project(desk.ws, desk.actor, "  The   bank ", nonce=desk.nonce())
    assert other.name == "The bank"
    assert projects.find_project(desk.ws, "The bank") == projects.find_project(desk.ws, other.id) == other
    with pytest.raises(NotFoundError, match=r"no project `Zoo`.*`Shop`, `The bank`"):
        projects.find_project(desk.ws, "Zoo")
    with pytest.raises(CurationError, match="already"):
        projects.create_project(desk.ws, desk.actor, "Shop", nonce=desk.nonce())
    with pytest.raises(CurationError, match="needs a name"):
        projects.create_project(desk.ws, desk.actor, "  ", nonce=desk.nonce())
    with pytest.raises(NotFoundError):
        projects.set_target(desk.ws, desk.actor, other.id, "nobody", nonce=desk.nonce())


def test_person_is_renamed(desk: Desk):
    assert people.rename_person(desk.ws, desk.actor, "Mara", desk.nonce()).name == "Mara"
    assert people.local_actor(desk.ws).name == "Mara"


def save(desk: Desk, tool, **named):
    return cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, tool, nonce=desk.nonce(), **named)


def publish(desk: Desk):
    return cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())


def test_tool_is_edited_on_its_revision_and_published(desk: Desk):
    view = save(desk, make_tool())
    assert (view.revision, view.version, view.is_published) == (1, None, False)
    first = publish(desk)
    tool = msgspec.structs.replace(make_tool(), policy=Policy(text="Only for customers."))
    edited = save(desk, tool, tool_id=view.id, base_revision=1)
    assert (edited.revision, edited.version, edited.is_published) == (2, 1, False)
    with pytest.raises(StaleRevisionError, match=r"revision 2.*began from 1"):
        save(desk, make_tool(), tool_id=view.id, base_revision=1)
    second = publish(desk)
    assert [one.n for one in cataloguing.list_catalogues(desk.ws, desk.project_id)] == [2, 1]
    assert cataloguing.current_catalogue(desk.ws, desk.project_id) == second
    assert first.tools == (make_tool(),)
    assert second.tools == (tool,)
    assert first.hash != second.hash


def test_names_are_unique_and_needed(desk: Desk):
    save(desk, make_tool())
    with pytest.raises(CurationError, match="already a tool `track_order`"):
        save(desk, make_tool())
    with pytest.raises(CurationError, match="needs a name"):
        save(desk, make_tool(" "))


def test_broken_schema_is_saved_but_never_published(desk: Desk):
    save(desk, make_tool("cancel_order", '{"type":"object","properties":{"order_id":{"type":"strng"}}}'))
    with pytest.raises(BlockedError, match=r"`cancel_order`.*/properties/order_id/type"):
        publish(desk)
    assert cataloguing.current_catalogue(desk.ws, desk.project_id) is None


def test_publishing_nothing_or_nothing_new_is_told(desk: Desk):
    with pytest.raises(StateError, match="no tool to publish"):
        publish(desk)
    save(desk, make_tool())
    publish(desk)
    with pytest.raises(StateError, match="Nothing has changed"):
        publish(desk)


def test_imported_tools_become_revisions_of_known_ones(desk: Desk):
    save(desk, make_tool())
    tools = [make_tool(), make_tool("cancel_order")]
    views = cataloguing.import_tools(desk.ws, desk.actor, desk.project_id, tools, nonce=desk.nonce())
    assert [(view.name, view.revision) for view in views] == [("track_order", 1), ("cancel_order", 1)]
    changed = msgspec.structs.replace(make_tool(), side_effect="write")
    (view,) = cataloguing.import_tools(desk.ws, desk.actor, desk.project_id, [changed], nonce=desk.nonce())
    assert (view.revision, view.tool.side_effect) == (2, "write")
    cataloguing.archive_tool(desk.ws, desk.actor, view.id, nonce=desk.nonce())
    assert [view.name for view in cataloguing.list_tools(desk.ws, desk.project_id)] == ["cancel_order"]


def test_tool_says_how_many_examples_offer_it_and_how_many_call_it(desk: Desk):
    view = save(desk, make_tool())
    desk.write()
    desk.write(make_no_tool_example())
    assert cataloguing.count_uses(desk.ws, desk.project_id) == {view.id: (2, 1)}


def test_tools_are_listed_without_counting_examples(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Counting reads every example; each field that is left on the desk lists the tools."""
    view = save(desk, make_tool())

    def refuse(*_: object) -> None:
        raise AssertionError("counted")

    monkeypatch.setattr(catalogue, "count_examples", refuse)
    assert cataloguing.list_tools(desk.ws, desk.project_id) == (cataloguing.get_tool(desk.ws, view.id),)


COLOURS = '{"type":"object","properties":{"colour":{"type":"string","enum":["red","blue"]},"size":{"type":"number"}}}'


def test_health_counts_decisions_cells_and_gaps(desk: Desk):
    save(desk, make_tool())
    save(desk, make_tool("paint", COLOURS))
    publish(desk)
    desk.bring_in([make_example(f"A-{i}00") for i in range(9)])
    desk.bring_in([make_no_tool_example()])
    measured = health.measure_health(desk.ws, desk.project_id)
    assert (measured.n_rows, measured.n_decisions, measured.n_no_tool_decisions) == (10, 10, 1)
    assert (measured.share_of_decisions, measured.share_of_rows) == (0.1, 0.1)
    assert measured.reasons == {"small_talk": 1}
    assert measured.matrix["track_order", "single"] == 9
    assert measured.matrix["track_order", "no_call"] == 1
    assert measured.matrix["paint", "single"] == 0
    assert [(one.tool, one.n_calls) for one in measured.coverage] == [("paint", 0), ("track_order", 9)]
    assert measured.lengths is not None
    assert measured.lengths.shortest <= measured.lengths.median <= measured.lengths.longest
    assert [one.finding.code for one in measured.findings] == ["D06", "S05"]


def test_health_shows_unused_values_duplicates_and_imbalance(desk: Desk):
    save(desk, make_tool("paint", COLOURS))
    publish(desk)
    call = make_example().messages[1].calls[0]
    painting = msgspec.structs.replace(call, name="paint", arguments=type(call.arguments)('{"colour":"red"}'))
    turn = Message(role="assistant", calls=(painting,))
    example = msgspec.structs.replace(
        make_example(),
        tools=(make_tool("paint", COLOURS).definition,),
        messages=(Message(role="user", content="Red"), turn),
    )
    desk.write(example)
    desk.write(example)
    desk.bring_in([make_example(f"A-{i}00") for i in range(18)])
    measured = health.measure_health(desk.ws, desk.project_id)
    said = [one.finding.message for one in measured.findings]
    assert any("never has the value `blue`" in one for one in said)
    assert any("`size` of `paint` is never given" in one for one in said)
    assert "2 rows are the same; keep one. (Examples 1, 2.)" in said
    assert any("0 of 20 decisions (0%) call nothing" in one for one in said)
    assert len(measured.duplicates[0].numbers) == 2


def test_health_of_an_empty_project_divides_by_nothing(desk: Desk):
    measured = health.measure_health(desk.ws, desk.project_id)
    assert (measured.share_of_decisions, measured.share_of_rows, measured.lengths) == (None, None, None)
    assert measured.findings == ()


def test_answer_after_a_result_is_no_decision_against_calling(desk: Desk):
    told = Message(role="assistant", content="Sent.", label=Label(reason="escalate", recovery="escalate"))
    desk.write(msgspec.structs.replace(make_example(), messages=(*make_example().messages[:3], told)))
    desk.write(make_no_tool_example())
    measured = health.measure_health(desk.ws, desk.project_id)
    assert (measured.n_decisions, measured.n_no_tool_decisions) == (2, 1)
    assert measured.reasons == {"small_talk": 1}
    assert measured.recoveries == {"escalate": 1}


def test_router_row_that_reports_a_result_is_no_decision_against_calling(desk: Desk):
    router = get_format("router")
    assert router.write is not None
    for row in router.write(make_example()).rows:
        reading = router.read(row)
        assert isinstance(reading, Reading)
        desk.write(reading.example)
    measured = health.measure_health(desk.ws, desk.project_id)
    assert measured.n_no_tool_decisions == 0
    assert measured.reasons == {}
