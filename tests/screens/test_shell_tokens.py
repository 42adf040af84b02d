"""The editor's tokens: one field, signed with the workspace's own key, for a short time."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from curation.errors import NotAllowedError
from ui.tokens import Claim, issue, redeem, signing_key

CLAIM = Claim("p1", "project", "example", "e1", "/messages/0/content", 3)


def test_token_gives_back_its_claim_and_survives_a_restart(tmp_path: Path) -> None:
    assert redeem(tmp_path, issue(tmp_path, CLAIM)) == CLAIM
    assert signing_key(tmp_path) == signing_key(tmp_path)


def test_key_is_for_its_owner_only(tmp_path: Path) -> None:
    signing_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "editor.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["editor.key"]


def test_changed_foreign_and_old_tokens_are_refused(tmp_path: Path) -> None:
    token = issue(tmp_path, CLAIM)
    (tmp_path / "other").mkdir()
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    for bad in (changed, "", issue(tmp_path / "other", CLAIM)):
        with pytest.raises(NotAllowedError):
            redeem(tmp_path, bad)
    with pytest.raises(NotAllowedError):
        redeem(tmp_path, token, max_age_s=-1)
