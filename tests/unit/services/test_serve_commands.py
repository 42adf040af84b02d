"""Commands that serve a model: the right flags, and names that survive a shell."""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path

import msgspec
import pytest

from curation.services.serve_commands import Served, write_command

BASE, ADAPTER = Path("/models/small"), Path("/runs/1/model")
TUNED = Served(
    name="tuned",
    folder=BASE,
    adapter=ADAPTER,
    together=ADAPTER / "serving",
    rank=16,
    template=ADAPTER / "chat_template.jinja",
    source="{{ messages }}",
    style="router",
)


def parse_vllm(argv: tuple[str, ...]) -> argparse.Namespace:
    """Read as vLLM reads its own: pairs with one equals sign and no comma, all else as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model_tag")
    for flag in ("--host", "--port", "--chat-template", "--max-lora-rank", "--tool-call-parser"):
        parser.add_argument(flag)
    parser.add_argument("--override-generation-config", type=json.loads)
    parser.add_argument("--served-model-name", nargs="+")
    parser.add_argument("--enable-lora", action="store_true")
    parser.add_argument("--enable-auto-tool-choice", action="store_true")
    parser.add_argument("--lora-modules", nargs="+")
    read = parser.parse_args(argv[2:])
    read.loras = []
    for one in read.lora_modules or ():
        if "=" in one and "," not in one:
            name, path = one.split("=")
            read.loras.append((name, path))
        else:
            told = json.loads(one)
            read.loras.append((told["name"], told["path"]))
    return read


def test_an_adapter_is_served_on_its_base_with_its_template() -> None:
    command = write_command("vllm", TUNED)
    assert command.line == (
        "vllm serve /models/small --host 127.0.0.1 --port 8000 --chat-template /runs/1/model/chat_template.jinja "
        "--enable-lora --lora-modules tuned=/runs/1/model "
        """--override-generation-config '{"temperature":0,"repetition_penalty":1}'"""
    )
    assert command.model == "tuned"


def test_transformers_gets_base_and_adapter_as_one_folder() -> None:
    command = write_command("transformers", TUNED, "0.0.0.0", 9000)
    assert command.line == "transformers serve /runs/1/model/serving --host 0.0.0.0 --port 9000"
    assert command.model == "/runs/1/model/serving"


def test_a_whole_model_is_served_under_its_name() -> None:
    whole = msgspec.structs.replace(TUNED, folder=ADAPTER, adapter=None, together=ADAPTER, rank=0)
    read = parse_vllm(write_command("vllm", whole).argv)
    assert (read.model_tag, read.served_model_name, read.enable_lora) == (str(ADAPTER), ["tuned"], False)
    assert write_command("transformers", whole).argv[2] == str(ADAPTER)


@pytest.mark.parametrize(("rank", "room"), [(8, None), (16, None), (24, "32"), (64, "64"), (100, "128"), (900, "900")])
def test_vllm_is_told_to_make_room_for_a_large_rank(rank: int, room: str | None) -> None:
    command = write_command("vllm", msgspec.structs.replace(TUNED, rank=rank))
    assert parse_vllm(command.argv).max_lora_rank == room


@pytest.mark.parametrize(
    "odd", ["a b", "it's", 'say "so"', "a=b", "a,b", "-x", "$HOME `id`", "über; rm -rf ~", "a\\b", "x=1,y=2"]
)
def test_odd_names_and_paths_survive_the_shell_and_the_flags(odd: str) -> None:
    folder = Path("/w s/it's $HOME") / odd
    served = msgspec.structs.replace(TUNED, name=odd, folder=folder, adapter=folder, template=folder / "t")
    command = write_command("vllm", served)
    assert tuple(shlex.split(command.line)) == command.argv
    read = parse_vllm(command.argv)
    assert (read.model_tag, read.chat_template, read.loras) == (str(folder), f"{folder}/t", [(odd, str(folder))])
    whole = parse_vllm(write_command("vllm", msgspec.structs.replace(served, adapter=None)).argv)
    assert whole.served_model_name == [odd]


def test_a_path_that_transformers_would_cut_is_refused_with_the_reason() -> None:
    command = write_command("transformers", msgspec.structs.replace(TUNED, together=Path("/home/me@work/model")))
    assert command.argv == ()
    assert "/home/me@work/model for a revision" in command.notes[0]


def test_calls_of_a_native_model_are_parsed_where_their_form_is_known() -> None:
    native = msgspec.structs.replace(TUNED, style="conversation", source="… <tool_call>\n{{ call }} …")
    command = write_command("vllm", native)
    read = parse_vllm(command.argv)
    assert (read.enable_auto_tool_choice, read.tool_call_parser, command.notes) == (True, "hermes", ())
    unknown = write_command("vllm", msgspec.structs.replace(native, source="[CALLS]"))
    assert not parse_vllm(unknown.argv).enable_auto_tool_choice
    assert unknown.notes == ("Its calls come as text, in the form of its chat template.",)
    assert "router's rows" in write_command("vllm", TUNED).notes[0]
