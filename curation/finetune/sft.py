"""One training run in its run folder: rows in, an adapter with its tokenizer and template out."""

from __future__ import annotations

import hashlib
import math
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from curation.errors import JobError
from curation.finetune.answer_lengths import measure_look, say_beyond_look
from curation.finetune.callbacks import Watch, make_callback
from curation.finetune.checkpoints import checkpoint_step, last_checkpoint
from curation.finetune.cpu_loss import score_labelled_only
from curation.finetune.folders import filled_at_once, require_space
from curation.finetune.hardware import Hardware, find_hardware
from curation.finetune.installed import require_installed
from curation.finetune.journal import Journal
from curation.finetune.looks import (
    BestSoFar,
    Question,
    Sampled,
    look_steps,
    read_questions,
    take_look,
    tell_look,
)
from curation.finetune.meter import Meter
from curation.finetune.ranks import train_together
from curation.finetune.rows import TRAIN, VALIDATION, Encoded, can_ask, encode_file, is_question
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.shared_beginning import SharedBeginning, longest_alike
from curation.finetune.spec import TrainSpec, count_steps
from curation.finetune.strain import Strain, estimate_need, require_memory
from curation.finetune.team import ALONE, Team, choose_size, count_gpus
from curation.finetune.trainer import Rows, make_trainer, takes_shared_beginning
from curation.finetune.work import Work
from curation.llm.local import LocalModel
from curation.model.values import Json
from curation.rendering import RowStyle, Template, load_template

SAVES_A_RUN = 10
MOST_BETWEEN_SAVES = 25
NEEDED_BYTES = 200 * 2**20
CARD_FILE = "callwright.json"
MASK_FILE = "loss_mask.json"
GO_ON = "Retry the job: it goes on from there."


class ModelCard(msgspec.Struct, frozen=True):
    """`callwright.json` beside an adapter: what it was made of."""

    base: str
    dataset_hash: str
    style: RowStyle
    seed: int
    steps: int
    chosen_step: int
    template_sha256: str
    parameters: dict[str, Json]


class MaskCard(msgspec.Struct, frozen=True):
    """`loss_mask.json` beside an adapter: which words of the saved template carried loss."""

    style: RowStyle
    template_sha256: str
    stop_tokens: list[str]
    trained: str = "assistant text from the opened turn to its stop token"


def train(folder: RunFolder, spec: TrainSpec, journal: Journal) -> Exit:
    """Run or resume a training; ends with a model in `model/`, also when it was asked to stop."""
    require_installed(spec.parameters)
    size = choose_size(spec.parameters, count_gpus())
    if size > 1:
        return train_together(folder, spec.launch_id, journal, size)
    return take_part(folder, spec, journal, ALONE)


def take_part(folder: RunFolder, spec: TrainSpec, journal: Journal, team: Team) -> Exit:
    """The part of one process, which for most runs is all of it."""
    journal.enter("reading rows")
    template = load_template(spec.base, is_guarded=False)
    limit = min(spec.parameters.max_length, template.limit)
    rows = partial(encode_file, template, folder.data / TRAIN, spec.style, spec.parameters.learn_from, limit)
    encoded = team.take_from_first(rows)
    _tell_left_out(encoded, journal)
    asked = spec.parameters.validation_rows if team.leads else 0
    # Router rows are plain text, which every template writes; so their looks stay what they were.
    takes = is_question if spec.style == "router" else partial(can_ask, template)
    sampled = read_questions(folder.data / VALIDATION, spec.style, asked, takes)
    _tell_unasked(sampled, journal)
    return Training(folder, spec, journal, template, team).run(encoded.rows, sampled.questions)


def _tell_unasked(sampled: Sampled, journal: Journal) -> None:
    """Decisions that no look asks are counted: the figures say nothing about them."""
    if sampled.n_unasked:
        of = f"{sampled.n_unasked} of {sampled.n_decisions} validation decisions"
        journal.say(f"{of} cannot be asked: the template does not write what leads up to them.", level="warning")


def _tell_left_out(encoded: Encoded, journal: Journal) -> None:
    """Rows that are not trained on are named; nothing is ever cut."""
    if encoded.n_too_long:
        journal.say(f"{encoded.n_too_long} rows are too long and were left out.", level="warning")
    if encoded.n_unlike:
        unlike = f"{encoded.n_unlike} pairs were left out: the template writes their answers behind different words."
        journal.say(unlike, level="warning")
    if not encoded.rows and encoded.n_unlike:
        raise JobError("The template writes no pair's answers behind one prompt.", hint="Choose another base model.")
    if not encoded.rows:
        raise JobError("Every training row is longer than the limit.", hint="Raise the longest row in tokens.")


class Training:
    """One run with its trainer, its looks and its best adapter."""

    def __init__(
        self, folder: RunFolder, spec: TrainSpec, journal: Journal, template: Template, team: Team = ALONE
    ) -> None:
        self.folder = folder
        self.spec = spec
        self.journal = journal
        self.template = template
        self.team = team
        self.best = BestSoFar(folder.path / "best")
        self.trainer: Any = None
        self.watch: Watch | None = None
        self.longest = 0
        """Tokens an answer may have in a look; 0: not worked out."""

    def run(self, rows: Rows, questions: tuple[Question, ...]) -> Exit:
        self.journal.enter("loading model")
        parameters, hardware = self.spec.parameters, self._use_hardware()
        strain = self._require_room(hardware)
        share = msgspec.structs.replace(self.spec, parameters=self.team.share(parameters))
        self.trainer = make_trainer(share, rows, hardware, self.folder.checkpoints, 1, self.journal.say)
        # Only now it is known how many sequences packed rows make.
        steps = count_steps(parameters, len(self.trainer.train_dataset))
        self.trainer.args.save_steps = max(1, min(MOST_BETWEEN_SAVES, math.ceil(steps / SAVES_A_RUN)))
        if self._may_share_beginning(hardware):
            self._share_beginning(rows)
        looks = look_steps(steps, parameters.looks) if questions else frozenset()
        meter = Meter(self.trainer.args.gradient_accumulation_steps)
        self.trainer.data_collator = meter.counting(self.trainer.data_collator)
        look = partial(self._look, questions)
        tell = strain.tell if self.team.leads else lambda: ""
        self.watch = Watch(self.journal, looks, look, meter, hardware.device, tell, self.team)
        self.trainer.add_callback(make_callback(self.watch))
        if not self.team.agree(self.journal.should_stop):
            self._train()
        return self._finish(steps)

    def _require_room(self, hardware: Hardware) -> Strain:
        """Refuse before the weights are read what cannot fit; then keep an eye on it."""
        held_short = hardware.device == "cuda" and hardware.has_bf16
        need = estimate_need(self.spec.base, self.spec.parameters, held_short=held_short)
        require_space(self.folder.path, max(NEEDED_BYTES, need.disk_bytes), "Training")
        if hardware.device == "cpu" and self.team.leads:
            together = self.team.size * need.memory_bytes
            require_memory(msgspec.structs.replace(need, memory_bytes=together))
        return Strain(self.folder.path, need.checkpoint_bytes)

    def _use_hardware(self) -> Hardware:
        import torch

        found = find_hardware(self.spec.parameters.threads, self.spec.parameters.precision)
        threads = self.team.share_threads(found.threads)
        hardware = msgspec.structs.replace(found, threads=threads, processes=self.team.size)
        torch.set_num_threads(hardware.threads)
        compact = hardware.device == "cpu" and self.spec.parameters.labelled_only and score_labelled_only()
        self.journal.say(f"Training on {hardware.describe()}" + (", scoring trained tokens only." if compact else "."))
        return hardware

    def _may_share_beginning(self, hardware: Hardware) -> bool:
        """Processes that learn together keep to batches of one form."""
        is_wanted = hardware.device == "cpu" and self.spec.parameters.share_beginning and self.team.size == 1
        return is_wanted and takes_shared_beginning(self.trainer)

    def _share_beginning(self, rows: Rows) -> None:
        """Only where this very model was seen to give the same losses both ways."""
        longest = longest_alike(self.trainer.model, rows)
        if longest:
            self.trainer.data_collator = SharedBeginning(self.trainer.data_collator, longest)
            self.journal.say("What the rows of a step begin with is read once.")

    def _train(self) -> None:
        checkpoint = last_checkpoint(self.folder.checkpoints)
        self.best.forget_after(checkpoint_step(checkpoint) if checkpoint else 0)
        self.trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)

    def _look(self, questions: tuple[Question, ...], step: int) -> None:
        model, tokenizer = self.trainer.model, self.trainer.processing_class
        was_training = model.training
        model.eval()
        try:
            client = LocalModel(model, tokenizer)
            look = take_look(client, questions, step, self._limit_of_looks(client, questions))
        finally:
            model.train(was_training)
        tell_look(self.journal, look)
        self.best.add(look, model.save_pretrained)

    def _limit_of_looks(self, client: LocalModel, questions: tuple[Question, ...]) -> int:
        """Worked out at the first look; the right answers stay the same."""
        if not self.longest:
            lengths = measure_look(client, [question.row for question in questions])
            self.longest = lengths.limit
            if told := say_beyond_look(lengths):
                self.journal.say(told, level="warning")
        return self.longest

    def _finish(self, steps: int) -> Exit:
        """Save what there is; a run stopped before its first step has nothing to keep."""
        if not self.team.leads:
            return Exit(self.spec.launch_id, "succeeded")
        step = self.trainer.state.global_step
        if self.journal.is_interrupted and not self.journal.is_cancelled:
            return Exit(self.spec.launch_id, "failed", f"The worker was told to end at step {step} of {steps}. {GO_ON}")
        if self.watch is not None and self.watch.strained and step < steps:
            return Exit(
                self.spec.launch_id, "failed", f"{self.watch.strained} Stopped at step {step} of {steps}. {GO_ON}"
            )
        if step == 0:
            return Exit(self.spec.launch_id, "cancelled", summary={"steps": 0})
        chosen = self.best.best
        self._save_model(step, chosen.step if chosen else step)
        what = "weights" if self.spec.parameters.method == "full" else "adapter"
        self.journal.say(f"Kept the {what} of step {chosen.step if chosen else step}.", step=step)
        summary: dict[str, Json] = {"steps": step, "chosen_step": chosen.step if chosen else step}
        summary["validation"] = dict(chosen.metrics) if chosen else {}
        summary["method"] = self.spec.parameters.method
        location = str(self.folder.model)
        if step < steps:
            # A stopped run may be resumed, and then needs its earlier looks.
            return Exit(self.spec.launch_id, "cancelled", location=location, summary=summary)
        self.best.tidy()
        return Exit(self.spec.launch_id, "succeeded", location=location, summary=summary)

    def _save_model(self, step: int, chosen_step: int) -> None:
        """Adapter, tokenizer, template and mask travel together, so that serving writes prompts as training did."""
        self.journal.enter("saving")
        with filled_at_once(self.folder.model) as half_made:
            self._copy_adapter(half_made)
            self.trainer.processing_class.save_pretrained(half_made)
            digest = template_digest(self.template)
            mask = MaskCard(self.spec.style, digest, sorted(self.template.stop_tokens))
            _write_card(half_made / MASK_FILE, mask)
            parameters = msgspec.to_builtins(self.spec.parameters)
            seed = self.spec.parameters.seed
            made = (str(self.spec.base), self.spec.dataset_hash, self.spec.style, seed)
            _write_card(half_made / CARD_FILE, ModelCard(*made, step, chosen_step, digest, parameters))

    def _copy_adapter(self, target: Path) -> None:
        chosen = self.best.best
        if chosen is None:
            self.trainer.model.save_pretrained(target)
        else:
            shutil.copytree(self.best.adapter_of(chosen), target, dirs_exist_ok=True)
        # The library's placeholder card says nothing true about this model.
        (target / "README.md").unlink(missing_ok=True)


def template_digest(template: Template) -> str:
    return hashlib.sha256(template.source(with_tools=False).encode()).hexdigest()


def _write_card(path: Path, card: ModelCard | MaskCard) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=2))


WORK = Work("train", TrainSpec, train)
