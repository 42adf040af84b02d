"""Two hundred documents typed at the speed of a quick typist: every character is the one that was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.filling import filled
from tests.browser.serving import Server
from tests.browser.typists import count_wrong, make_documents, open_arguments

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(1800)]
DOCUMENTS = 200


def test_two_hundred_documents_are_what_was_typed(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(server.base)
        editor, _ = open_arguments(page, server, filling)
        wrong = {document: count_wrong(page, editor, document) for document in make_documents(DOCUMENTS)}
        assert {document: count for document, count in wrong.items() if count} == {}
