"""Values of a project's domain, as an expert writes them down: kind of value or parameter → what there is of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from curation.errors import CurationError, StaleRevisionError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db.acts import Deed
from db.project_settings import read_setting, write_setting

SETTING = "domain_values"
MOST_KINDS = 100
MOST_VALUES = 2_000
"""Of one kind."""
MOST_CHARACTERS = 200
"""Of one value, and of the name of a kind."""

Values = dict[str, tuple[str, ...]]


def list_values(ws: Workspace, project_id: str) -> Values:
    """What is written down; {} before anything is."""
    with ws.reading() as connection:
        stored = read_setting(connection, need_project(connection, project_id).id, SETTING)
    return msgspec.json.decode(stored, type=Values) if stored else {}


def keep_values(
    ws: Workspace, actor: Actor, project_id: str, values: Mapping[str, Sequence[str]], *, base: Values, nonce: str
) -> Values:
    """Write all of them down; `base` is what stood there when the writing began."""
    wanted = _tidy(values)

    def work(act: Act) -> str:
        project = need_project(act.connection, project_id)
        stored = read_setting(act.connection, project.id, SETTING)
        before = msgspec.json.decode(stored, type=Values) if stored else {}
        if before != base:
            raise StaleRevisionError(
                "The values were changed by somebody else meanwhile.", hint="Reload the page and add yours to them."
            )
        write_setting(act.connection, project.id, SETTING, wanted)
        act.note(Deed(project.id, before=_say(before), after=_say(wanted), project_id=project.id))
        return project.id

    return list_values(ws, perform(ws, actor, "keep domain values", nonce, str, work))


def _tidy(values: Mapping[str, Sequence[str]]) -> Values:
    kept = {name.strip(): tuple(dict.fromkeys(map(str.strip, lines))) for name, lines in values.items()}
    kept = {name: tuple(filter(None, lines)) for name, lines in kept.items() if name}
    kept = {name: lines for name, lines in kept.items() if lines}
    if len(kept) > MOST_KINDS or any(len(lines) > MOST_VALUES for lines in kept.values()):
        raise CurationError(
            f"At most {MOST_KINDS} kinds with {MOST_VALUES:,} values each are kept.", hint="Leave the rarest out."
        )
    for name, lines in kept.items():
        longest = max((name, *lines), key=len)
        if len(longest) > MOST_CHARACTERS:
            raise CurationError(
                f"A value of `{name[:40]}` has {len(longest):,} characters; at most {MOST_CHARACTERS} are kept.",
                hint="Write one value a line.",
            )
    return kept


def _say(values: Values) -> str:
    return ", ".join(f"{name}: {len(lines)}" for name, lines in values.items()) or "none"
