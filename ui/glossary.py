"""One word per thing: the table behind the glossary page and the help texts of labels."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A word of the app, the place it belongs to, and what it means in one or two sentences."""

    name: str
    place: str
    meaning: str


GLOSSARY: tuple[Word, ...] = (
    Word("project", "Home", "What a team works on: its tools, examples, dataset versions, runs and models."),
    Word("target", "Home", "The format, trainer or service the data is for. It decides how bad a finding is."),
    Word(
        "tool",
        "Catalogue",
        "Something a model may call: a name, a description and parameters; with its effect, policy and errors.",
    ),
    Word(
        "definition",
        "Catalogue",
        "The exact text of a tool as a model reads it. Two tools with the same text share one definition.",
    ),
    Word(
        "side effect",
        "Catalogue",
        "What a call does to the world: it reads, it writes, or it destroys what cannot be brought back.",
    ),
    Word(
        "idempotent", "Catalogue", "Calling twice is like calling once, by nature or by a parameter that marks repeats."
    ),
    Word("policy", "Catalogue", "When a tool may be called, and when a person must confirm first."),
    Word("lint", "Catalogue", "What a model is likely to misread in a definition, with the place and a remedy."),
    Word("catalogue version", "Catalogue", "All tools as they were published together. It never changes afterwards."),
    Word(
        "example",
        "Write",
        "One conversation with its own ordered list of definitions; it teaches one or more decisions.",
    ),
    Word("decision", "Write", "One assistant turn: it calls tools, answers, asks, refuses or hands over."),
    Word("revision", "Write", "Every save of an example. Reviews and dataset versions point to exactly one."),
    Word("draft", "Write", "Text of one person that is on the server and not saved as a revision yet."),
    Word("candidate", "Write", "A machine's proposal. It becomes data only when a person accepts it."),
    Word(
        "order",
        "Write",
        "How many candidates of what a machine is to make; a sample of ten can be looked at before the rest is made.",
    ),
    Word(
        "strategy", "Write", "A way of drafting candidates: from schemas alone, from examples or records, by a model."
    ),
    Word(
        "gate",
        "Write",
        "A check that every candidate passes before a person sees it; what fails is dropped and counted.",
    ),
    Word(
        "category",
        "Write",
        "The shape of an example, always computed: single, parallel, multi-step, recovery or no call.",
    ),
    Word(
        "no-tool reason",
        "Write",
        "Why a turn calls nothing: small talk, a direct answer, missing information, cannot be done, refuse, escalate.",
    ),
    Word(
        "recovery kind",
        "Write",
        "What a turn does after a failed call: correct, wait, read first, take another tool, escalate or give up.",
    ),
    Word(
        "hard case",
        "Write",
        "A tag for what makes an example difficult, such as a missing value or untrusted instructions.",
    ),
    Word("near miss", "Write", "A copy of a positive example changed so that calling would be wrong."),
    Word("finding", "Review", "What a check says: the rule, the place, one sentence and, where it is safe, a fix."),
    Word("waiver", "Review", "A finding kept anyway, with the reason. It holds for that rule and that value only."),
    Word("review", "Review", "A person's verdict on one revision: accepted, changes requested or rejected."),
    Word(
        "group",
        "Health",
        "Examples that must stay in one split: one source conversation, one template, near-duplicates.",
    ),
    Word(
        "split", "Health", "What a group is for: train, validation or test. It is drawn once and never moves by itself."
    ),
    Word(
        "shifted copy",
        "Health",
        "The test split once more with other names, more tools, another order and slips; what is right stays.",
    ),
    Word(
        "sample",
        "Import",
        "Some rows of a file, drawn at random and judged one by one: how many are right tells how many of all are.",
    ),
    Word(
        "no-tool share",
        "Health",
        "Decisions that call nothing, of all decisions. Between 10 and 20 % keeps a model from calling at every turn.",
    ),
    Word(
        "dataset version",
        "Health",
        "Frozen revisions with their splits and one digest. Training and evaluation use nothing else.",
    ),
    Word("digest", "Health", "A fingerprint of content. Equal digests mean equal content."),
    Word(
        "manifest",
        "Health",
        "The file beside an export that says what is in it, from which version, with which digests.",
    ),
    Word("loss of a format", "Health", "What a format cannot hold. It is listed before anything is downloaded."),
    Word("failed call", "Health", "A call that a recovery puts right. An export may show it without teaching it."),
    Word("pair", "Health", "A preferred and a rejected answer to one request, from which a model learns to prefer."),
    Word(
        "data card",
        "Health",
        "A page beside an export that says what its rows hold, how they came about and what they lack.",
    ),
    Word(
        "system prompt",
        "Health",
        "Words that every row may begin with. Each save is a version, with what the policies of the tools say.",
    ),
    Word("hub", "Health", "A place on the network for data sets. Nothing is sent there without a yes to just that."),
    Word("reject", "Import", "A row that is not one JSON value. It is kept with the reason and can be mended."),
    Word(
        "job",
        "Training",
        "Long work on the server: training, evaluating, drafting. It goes on when the tab or the app is closed.",
    ),
    Word("base model", "Training", "The model folder a run starts from."),
    Word("adapter", "Training", "The small set of weights a run learns; the base model itself stays as it is."),
    Word("loss mask", "Training", "Which tokens of a row are learned. The others are only read."),
    Word(
        "preflight",
        "Training",
        "What would be trained, shown before anything starts. A row whose call carries no loss stops the launch.",
    ),
    Word("model", "Evaluation", "A base model, alone or with an adapter that a run produced."),
    Word(
        "evaluation",
        "Evaluation",
        "A model's answers on the test split, scored by the same validator that checks examples.",
    ),
    Word(
        "look",
        "Evaluation",
        "One opening of the test split. Looks are counted, since choosing by the test split wears it out.",
    ),
    Word(
        "95 % interval", "Evaluation", "Where the true rate lies with 95 % confidence, given how many rows were asked."
    ),
    Word(
        "valid call",
        "Evaluation",
        "An answer whose every call names an offered tool and fits its schema, or that properly calls nothing.",
    ),
    Word("false call", "Evaluation", "A call where none was right. Counted over the rows that need no tool."),
    Word(
        "production",
        "Evaluation",
        "The model in use. It changes only through the gate, with a reason; changes are kept, and one step leads back.",
    ),
    Word(
        "floor",
        "Evaluation",
        "What a rate must at least reach, or at most be, before a model goes into production; in all rows or a slice.",
    ),
    Word("missed call", "Evaluation", "No call where one was right. Counted over the rows that need one."),
    Word(
        "playground",
        "Playground",
        "A conversation with a live model whose calls are judged and run on mocks; nothing real is ever called.",
    ),
    Word("strict path", "Playground", "Only a valid call is run. Anything else is refused, with its findings."),
    Word(
        "guard",
        "Playground",
        "What a call passes before it runs: schema, policy, approval, rate limit, idempotency. The first no holds it.",
    ),
    Word("human path", "Playground", "A person may put a call right or answer in words; the model goes on from there."),
    Word(
        "repair round",
        "Playground",
        "The finding said back to the model for another answer. Its tokens and time are counted.",
    ),
    Word(
        "constrained",
        "Playground",
        "Held to the tools on offer while it is written: no other tool and no argument beyond the schema can come out.",
    ),
)
PLACES = tuple(dict.fromkeys(word.place for word in GLOSSARY))
_MEANINGS = {word.name: word.meaning for word in GLOSSARY}


def meaning_of(name: str) -> str:
    """The meaning of a word, for the help of a label."""
    return _MEANINGS[name]
