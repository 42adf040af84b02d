"""No path round review: whatever people do in whatever order, accepted means accepted on exactly that revision."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from curation.errors import CurationError
from curation.model.states import ExampleState
from curation.services import batching, cataloguing, freezing, reviewing, writing
from curation.services.workspace import open_workspace
from tests.ready_homes import make_ready
from tests.shop_rows import Desk, make_broken_example, make_example, make_tool

ORDERS = st.sampled_from(["A-77", "B-12", "C-90"])
TOOL = make_tool().definition.view.parameters_text or ""


class Team(RuleBasedStateMachine):
    """Several people on one real file; the model keeps what was accepted and every text that was acknowledged."""

    ids = Bundle("ids")

    @initialize()
    def open(self) -> None:
        self.home = tempfile.TemporaryDirectory()
        self.desk = Desk(open_workspace(make_ready(Path(self.home.name))))
        self.accepted: set[tuple[str, int]] = set()
        self.texts: dict[tuple[str, int], object] = {}

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.ws.close()
            self.home.cleanup()

    def _try(self, act, *args, **named):
        """An act as a screen would call it: a refusal is told and changes nothing."""
        try:
            return act(self.desk.ws, self.desk.actor, *args, nonce=self.desk.nonce(), **named)
        except CurationError:
            return None

    def _keep(self, view) -> None:
        if view is not None:
            self.texts[view.id, view.rev] = view.example

    @rule(target=ids, order=ORDERS, broken=st.booleans(), as_candidate=st.booleans())
    def write(self, order: str, broken: bool, as_candidate: bool) -> str:
        state = ExampleState.CANDIDATE if as_candidate else ExampleState.DRAFT
        view = self.desk.write(make_broken_example(order) if broken else make_example(order), state=state)
        self._keep(view)
        return view.id

    @rule(orders=st.lists(ORDERS, max_size=3))
    def add_many(self, orders: list[str]) -> None:
        self._try(batching.add_examples, self.desk.project_id, map(make_example, orders), origin="x", name="x")

    @rule(example_id=ids, behind=st.integers(0, 2), order=ORDERS, broken=st.booleans())
    def save(self, example_id: str, behind: int, order: str, broken: bool) -> None:
        head = writing.open_example(self.desk.ws, example_id).head_rev
        example = make_broken_example(order) if broken else make_example(order)
        view = self._try(writing.save_example, example_id, head - behind, example)
        assert view is None or behind == 0
        self._keep(view)

    @rule(example_id=ids, behind=st.integers(0, 1))
    def submit(self, example_id: str, behind: int) -> None:
        head = writing.open_example(self.desk.ws, example_id).head_rev
        self._try(writing.submit, example_id, head - behind)

    @rule(example_id=ids, behind=st.integers(0, 1))
    def accept(self, example_id: str, behind: int) -> None:
        head = writing.open_example(self.desk.ws, example_id).head_rev
        if view := self._try(reviewing.accept, example_id, head - behind):
            assert behind == 0
            self.accepted.add((example_id, view.rev))

    @rule(states=st.sets(st.sampled_from(["candidate", "draft", "submitted"]), min_size=1))
    def accept_batch(self, states: set[str]) -> None:
        before = self._heads()
        if self._try(reviewing.accept_batch, self.desk.project_id, states=sorted(states)):
            self.accepted |= {
                (example_id, rev)
                for example_id, (state, rev, n_error) in before.items()
                if state in states and not n_error
            }

    @rule(example_id=ids, act=st.sampled_from([reviewing.request_changes, reviewing.reject]))
    def turn_down(self, example_id: str, act) -> None:
        self._try(act, example_id, writing.open_example(self.desk.ws, example_id).head_rev, "No.")

    @rule(example_id=ids, behind=st.integers(0, 1))
    def undo(self, example_id: str, behind: int) -> None:
        head = writing.open_example(self.desk.ws, example_id).head_rev
        view = self._try(writing.undo_last, example_id, head - behind)
        assert view is None or behind == 0
        self._keep(view)

    @rule(example_id=ids, act=st.sampled_from([writing.archive_example, writing.restore_example]))
    def go_back(self, example_id: str, act) -> None:
        self._keep(self._try(act, example_id))

    @rule(short=st.booleans())
    def publish(self, short: bool) -> None:
        """The catalogue moves under everybody's feet."""
        tools = {view.name: view for view in cataloguing.list_tools(self.desk.ws, self.desk.project_id)}
        known = tools.get("track_order")
        tool = make_tool(parameters=TOOL.replace('"minLength":3', '"minLength":4' if short else '"minLength":3'))
        named = {"tool_id": known.id, "base_revision": known.revision} if known else {}
        self._try(cataloguing.save_tool, self.desk.project_id, tool, **named)
        self._try(cataloguing.publish, self.desk.project_id)

    @rule(everything=st.booleans())
    def freeze(self, everything: bool) -> None:
        view = self._try(freezing.freeze, self.desk.project_id, include_unreviewed=everything)
        if view:
            for item in freezing.read_items(self.desk.ws, view.id):
                assert not item.reviewed or (item.example_id, item.rev) in self.accepted
                assert everything or item.reviewed

    def _heads(self) -> dict[str, tuple[str, int, int]]:
        with self.desk.ws.reading() as connection:
            rows = connection.execute(text("SELECT id, state, head_rev, n_error FROM example WHERE staged = 0"))
            return {row.id: (row.state, row.head_rev, row.n_error) for row in rows}

    @invariant()
    def accepted_means_accepted_on_this_revision(self) -> None:
        if hasattr(self, "desk"):
            for example_id, (state, rev, _) in self._heads().items():
                assert state != "accepted" or (example_id, rev) in self.accepted

    @invariant()
    def every_acknowledged_text_is_still_there(self) -> None:
        if hasattr(self, "desk"):
            for (example_id, rev), example in self.texts.items():
                assert writing.open_example(self.desk.ws, example_id, rev).example == example


Team.TestCase.settings = settings(max_examples=12, stateful_step_count=20, deadline=None, derandomize=True)
TestNoPathRoundReview = Team.TestCase
