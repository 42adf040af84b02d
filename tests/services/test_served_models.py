"""What a host lists is asked only for people who may have models answer: the question takes a key along."""

from __future__ import annotations

import pytest

from curation.errors import NotAllowedError
from curation.model.people import Actor
from curation.services.served_models import list_served
from tests.llm.fake_chat_host import FakeChatHost, serve_chat


def test_a_host_is_asked_for_its_list_by_a_lead_alone() -> None:
    lead, annotator = (Actor("p", frozenset({role}), "Pat") for role in ("lead", "annotator"))
    with serve_chat(FakeChatHost(offers=("one", "two"))) as server:
        assert list_served(lead, server.url) == ("one", "two")
        with pytest.raises(NotAllowedError, match="launch evaluation"):
            list_served(annotator, server.url)
