"""Near-duplicates of 100,000 texts beside tokenising them and beside `datasketch`, and what is live while writing.

Run with `python benchmarks/near_duplicates.py`; needs `datasketch` (requirements/bench.txt). Texts have 20 to 80 words;
of every twentieth a second one is made with one word in twenty replaced, and recall is the share of these pairs found.
Tokenising is what every such pass has to do: the words of each text and the set of their triples. `datasketch` gets the
same triples and the same bands (32 of 4 places), its quickest way (`bulk`), and only has to name candidates.

The live query runs in a workspace of 100,000 examples: nine in ten of their own, the rest in moulds of a hundred. Each
query is an example of the project with a word replaced; what counts is the time on the processor of its thread. Other
programs only ever add to it, so the quietest round is judged and the brackets hold the others.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
# This file's own folder goes: it holds modules named like some of the standard library.
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "benchmarks")]

import msgspec  # noqa: E402

from benchmarks.shared.figures import report, report_median, spend  # noqa: E402
from benchmarks.shared.holds import watch_holds  # noqa: E402
from curation.duplicates import BANDS, PERMUTATIONS, find_families, shingle_all  # noqa: E402
from curation.model.envelope import body_hash, encode, normal_hash  # noqa: E402
from curation.model.example import Example  # noqa: E402
from curation.model.states import ExampleState  # noqa: E402
from curation.services import cataloguing, near_indexing, people, projects  # noqa: E402
from curation.services.deriving import derive, make_title, search_text  # noqa: E402
from curation.services.judging import read_bench  # noqa: E402
from curation.services.near_duplicates import find_alike  # noqa: E402
from curation.services.workspace import Workspace, open_workspace  # noqa: E402
from curation.synthesizers import SYNTHESIZERS, Order  # noqa: E402
from curation.synthesizers.shop import demo_tools  # noqa: E402
from db import examples  # noqa: E402
from db.examples import NewExample  # noqa: E402

TEXTS, PEER_TEXTS, ROWS, ROUNDS, LIVE_ROUNDS, QUERIES = 100_000, 20_000, 100_000, 5, 10, 500
COST_GATE, MISSED_GATE, PEER_GATE, LIVE_GATE_MS, HOLD_GATE_MS = 4.0, 3.0, 10.0, 1.0, 100.0
EDITED = 20
"""One text in so many has an edited twin; one of its words in so many is replaced."""
MOULD = 100
WORDS = [f"{first}{last}" for first in ("ka", "lo", "mi", "ru", "te") for last in map(str, range(800))]
_WORD = re.compile(r"\w+")


def make_texts(count: int, seed: int) -> tuple[list[str], int]:
    """Texts, the last of which are the edited twins of the first; how many these are."""
    draw = random.Random(seed)
    n_edited = count // (EDITED + 1)
    texts = [draw.choices(WORDS, k=draw.randint(20, 80)) for _ in range(count - n_edited)]
    return [" ".join(words).capitalize() + "." for words in [*texts, *(edit(draw, one) for one in texts[:n_edited])]], (
        n_edited
    )


def edit(draw: random.Random, words: list[str]) -> list[str]:
    changed = list(words)
    for place in draw.sample(range(len(words)), max(1, len(words) // EDITED)):
        changed[place] = f"new{draw.randrange(10**6)}"
    return changed


def tokenise(texts: list[str]) -> None:
    for text in texts:
        words = _WORD.findall(text.lower())
        set(zip(words, words[1:], words[2:], strict=False))


def measure_bulk() -> bool:
    ratios, missed = [], []
    for seed in range(ROUNDS):
        texts, n_edited = make_texts(TEXTS, seed)
        base = min(spend(lambda texts=texts: tokenise(texts)) for _ in range(2))  # type: ignore[misc]
        began = time.process_time()
        joined = find_families(shingle_all(texts))
        ratios.append((time.process_time() - began) / base)
        first = len(texts) - n_edited
        found = sum(joined.first_of(n) == joined.first_of(first + n) for n in range(n_edited))
        missed.append(100 * (1 - found / n_edited))
    print(f"{TEXTS:,} texts, families verified by Jaccard; missed are edited twins that were not found")
    return report_median("near-duplicates to tokenising", COST_GATE, ratios) & report_median(
        "twins missed", MISSED_GATE, missed, " %"
    )


def measure_peer() -> bool:
    """How many times as long a peer takes; the gate is a least, so its inverse is printed as well."""
    from datasketch import MinHash, MinHashLSH

    def pass_of_peer(texts: list[str]) -> None:
        index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, PERMUTATIONS // BANDS))
        triples = []
        for text in texts:
            words = _WORD.findall(text.lower())
            triples.append({" ".join(one).encode() for one in zip(words, words[1:], words[2:], strict=False)})
        for n, one in enumerate(MinHash.bulk(triples, num_perm=PERMUTATIONS)):
            index.query(one)
            index.insert(str(n), one)

    shares = []
    for seed in range(ROUNDS):
        texts, _ = make_texts(PEER_TEXTS, 100 + seed)
        ours = min(spend(lambda texts=texts: find_families(shingle_all(texts))) for _ in range(2))  # type: ignore[misc]
        shares.append(100 * ours / spend(lambda texts=texts: pass_of_peer(texts)))  # type: ignore[misc]
    times = [100 / one for one in shares]
    print(
        f"{PEER_TEXTS:,} texts: datasketch takes {sorted(times)[ROUNDS // 2]:.1f} times as long "
        f"[{min(times):.1f}..{max(times):.1f}]"
    )
    return report_median("share of datasketch's time", 100 / PEER_GATE, shares, " %")


def fill(ws: Workspace, count: int) -> str:
    """A project of conversations that differ in their words; its id."""
    actor = people.local_actor(ws)
    project = projects.create_project(ws, actor, "Near-duplicates", nonce=ws.new_id()).id
    cataloguing.import_tools(ws, actor, project, demo_tools(), nonce=ws.new_id())
    rows = make_rows(ws, project, count)
    while some := list(islice(rows, 1_000)):
        with ws.unit() as unit:
            examples.add_examples(unit.connection, some, actor.person_id, ws.now(), why="filled")
            unit.commit()
    return project


def make_rows(ws: Workspace, project: str, count: int) -> Iterator[NewExample]:
    with ws.reading() as connection:
        bench = read_bench(connection, project)
    patterns = [(one, derive(bench, one)) for one in draft_patterns()]
    for n in range(count):
        pattern, derived = patterns[n % len(patterns)]
        example = reword(pattern, n)
        made = msgspec.structs.replace(
            derived,
            body=encode(example),
            body_hash=body_hash(example),
            normal_hash=normal_hash(example),
            title=make_title(example),
            text=search_text(example),
        )
        yield NewExample(f"{n:08x}", project, ExampleState.DRAFT, "import", made)


def draft_patterns() -> list[Example]:
    return [one.example for one in SYNTHESIZERS[0].draft(Order(tools=tuple(demo_tools()), count=50, seed=4))]


def reword(pattern: Example, n: int) -> Example:
    """The conversation with words of its own in the first request; one in ten takes those of its mould."""
    draw = random.Random(n if n % 10 else n // 10 // MOULD * 10)
    words = draw.choices(WORDS, k=draw.randint(20, 80))
    first = next(at for at, message in enumerate(pattern.messages) if message.role == "user")
    said = msgspec.structs.replace(pattern.messages[first], content=f"{' '.join(words)} case{n}")
    return msgspec.structs.replace(pattern, messages=(*pattern.messages[:first], said, *pattern.messages[first + 1 :]))


def replace_word(example: Example, n: int) -> Example:
    first = next(at for at, message in enumerate(example.messages) if message.role == "user")
    said = example.messages[first]
    words = str(said.content).split()
    words[len(words) // 2] = f"new{n}"
    said = msgspec.structs.replace(said, content=" ".join(words))
    return msgspec.structs.replace(example, messages=(*example.messages[:first], said, *example.messages[first + 1 :]))


def measure_live(ws: Workspace, project: str, count: int) -> bool:
    drafted = draft_patterns()
    draw = random.Random(9)
    rounds, n_found = [], 0
    for _ in range(LIVE_ROUNDS):
        spans = []
        for n in (draw.randrange(count) for _ in range(QUERIES)):
            example = replace_word(reword(drafted[n % len(drafted)], n), n)
            began = time.thread_time()
            n_found += bool(find_alike(ws, project, example))
            spans.append((time.thread_time() - began) * 1000)
        rounds.append(sorted(spans))
    medians, p99s = ([spans[int(len(spans) * share)] for spans in rounds] for share in (0.5, 0.99))
    share = n_found / (LIVE_ROUNDS * QUERIES)
    print(
        f"{LIVE_ROUNDS} rounds of {QUERIES:,} queries at {count:,} examples: median {min(medians):.3f} ms "
        f"[{min(medians):.3f}..{max(medians):.3f}], {share:.2%} found one alike"
    )
    return report("live query, p99", LIVE_GATE_MS, min(p99s), p99s, " ms")


def measure_pass(ws: Workspace) -> bool:
    """The pass behind an import: its cost, and how long it keeps writers waiting."""
    n = near_indexing.count_waiting(ws)
    with watch_holds(ws) as holds:
        seconds = spend(lambda: near_indexing.catch_up(ws))
    print(f"the pass in the background compared {n:,} examples in {seconds:.1f} s of processor time")
    return report("longest hold of the write lock", HOLD_GATE_MS, max(holds), holds, " ms")


def main() -> int:
    holds = [measure_bulk(), measure_peer()]
    with tempfile.TemporaryDirectory() as name:
        ws = open_workspace(Path(name))
        project = fill(ws, ROWS)
        holds += [measure_pass(ws), measure_live(ws, project, ROWS)]
        ws.close()
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
