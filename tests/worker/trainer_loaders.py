"""Reads a bundle's settings with the trainers' own loaders: `python -m tests.worker.trainer_loaders BUNDLE KEYS`.

A process of its own: these packages stand apart from ours and change libraries as they are imported. It writes what
each loader knows to the file KEYS, and ends with a traceback at the first setting that one does not take.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

# Written for an older release of a library than the one here; only its settings are read.
os.environ["DISABLE_VERSION_CHECK"] = "1"


def read(path: Path) -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def load_axolotl(path: Path) -> list[str]:
    from axolotl.utils.schemas.config import AxolotlInputConfig

    config = read(path)
    strange = set(config) - set(AxolotlInputConfig.model_fields)
    assert not strange, strange
    AxolotlInputConfig(**config)
    return sorted(AxolotlInputConfig.model_fields)


def load_llamafactory(path: Path) -> list[str]:
    from llamafactory.hparams.parser import _TRAIN_ARGS
    from transformers import HfArgumentParser

    parser = HfArgumentParser(_TRAIN_ARGS)
    # There is no GPU where this is read, and 16 bits need one.
    parser.parse_dict({**read(path), "bf16": False, "use_cpu": True}, allow_extra_keys=False)
    return sorted(action.dest for action in parser._actions if action.dest != "help")


def load_unsloth(path: Path) -> list[str]:
    # By its file: importing the package itself asks for a GPU.
    package = importlib.util.find_spec("unsloth_cli")
    assert package is not None
    assert package.submodule_search_locations
    file = Path(package.submodule_search_locations[0]) / "config.py"
    spec = importlib.util.spec_from_file_location("unsloth_config", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["unsloth_config"] = module
    spec.loader.exec_module(module)
    module.load_config(path)
    sections = {name: field.annotation for name, field in module.Config.model_fields.items() if name != "model"}
    return sorted(["model", *(f"{name}.{key}" for name, kind in sections.items() for key in kind.model_fields)])


LOADERS = {"axolotl": load_axolotl, "llamafactory": load_llamafactory, "unsloth": load_unsloth}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    there = [name for name in LOADERS if (folder / name).is_dir()]
    Path(sys.argv[2]).write_text(json.dumps({name: LOADERS[name](folder / name / f"{name}.yaml") for name in there}))
