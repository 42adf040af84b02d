"""Whether every character typed into the live editor is the one that was typed, and whether a shortcut saves it first.

Run with `python benchmarks/typed_text.py`; needs Chromium. Twenty documents at 40 ms a key, resting inside words, with
the reruns of the page this brings; then fifty times new text and a shortcut at once, read back from the database.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.shared.desk import NoBrowserError, open_desk, print_load  # noqa: E402
from benchmarks.shared.figures import report  # noqa: E402
from tests.browser.filling import make_answer  # noqa: E402
from tests.browser.typists import count_wrong, make_documents, open_arguments, saves_before  # noqa: E402

DOCUMENTS, SHORTCUTS, EXAMPLES = 20, 50, 50


def main() -> int:
    print_load()
    try:
        with open_desk() as (browser, server, filling):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            for number in range(EXAMPLES):
                filling.write(make_answer(f"Thanks, that is all for {number}"))
            editor, example_id = open_arguments(page, server, filling)
            wrong = [count_wrong(page, editor, document) for document in make_documents(DOCUMENTS)]
            unsaved = [not saves_before(page, editor, filling, example_id, number) for number in range(SHORTCUTS)]
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    print_load()
    print(f"{DOCUMENTS} documents at 40 ms a key, {SHORTCUTS} times text and a shortcut at once")
    holds = [
        report("wrong characters", 0, sum(wrong), wrong, ""),
        report("texts a shortcut did not save", 0, sum(unsaved), unsaved, ""),
    ]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
