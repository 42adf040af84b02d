"""A text that was overtaken on its way to the server never takes the place of the newer one."""

from __future__ import annotations

import threading
import uuid

from ui.text_order import keep_newest
from ui.tokens import Claim
from ui.typing_marks import Typing


def _claim(field: str = "parameters", rev: int = 1) -> Claim:
    return Claim("me", "project", "tool", uuid.uuid4().hex, field, rev)


def test_overtaken_text_of_a_tab_is_not_saved() -> None:
    saved: list[int] = []
    claim = _claim()
    for seq in (2, 1, 2, 3):
        keep_newest(claim, Typing("aa", (), seq), lambda seq=seq: saved.append(seq))  # type: ignore[misc]
    assert saved == [2, 3]


def test_handed_over_text_is_saved_beside_its_own_draft_but_not_over_a_newer_one() -> None:
    saved: list[int] = []
    claim = _claim()
    for seq in (1, 2, 1):
        keep_newest(claim, Typing("aa", (), seq), lambda: saved.append(0))
        keep_newest(claim, Typing("aa", (), seq), lambda seq=seq: saved.append(seq), is_handed_over=True)  # type: ignore[misc]
    assert saved == [0, 1, 0, 2]


def test_text_that_could_not_be_saved_may_be_sent_again() -> None:
    saved: list[str] = []
    claim = _claim()

    def fail() -> None:
        raise OSError

    try:
        keep_newest(claim, Typing("aa", (), 2), fail)
    except OSError:
        keep_newest(claim, Typing("aa", (), 2), lambda: saved.append("again"))
    assert saved == ["again"]


def test_tabs_and_pointers_of_other_revisions_are_told_apart() -> None:
    saved: list[int] = []
    claim = _claim("/messages/1/content", 2)
    later = Claim("me", "project", "example", claim.object_id, claim.field, 3)
    for number, (one, tab) in enumerate([(later, "aa"), (claim, "aa"), (later, "bb")]):
        keep_newest(one, Typing(tab, (), 9 - number), lambda number=number: saved.append(number))  # type: ignore[misc]
    assert saved == [0, 1, 2]


def test_slow_save_of_one_field_holds_up_no_other_field() -> None:
    slow_began, may_end = threading.Event(), threading.Event()
    saved: list[str] = []

    def save_slowly() -> None:
        slow_began.set()
        assert may_end.wait(20)
        saved.append("slow")

    slow = threading.Thread(target=keep_newest, args=(_claim(), Typing("aa", (), 1), save_slowly))
    slow.start()
    assert slow_began.wait(20)
    quick = threading.Thread(target=keep_newest, args=(_claim(), Typing("bb", (), 1), lambda: saved.append("quick")))
    quick.start()
    quick.join(10)
    may_end.set()
    slow.join()
    quick.join()
    assert saved == ["quick", "slow"]
