"""The command line: one parser, made from the commands' own declarations."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from graph_engine.values import LayerloomError


@dataclass(frozen=True, slots=True)
class Command:
    """``where``: module and function that run it, imported only when it is asked for.

    The module's ``FUNCTION_arguments(parser)`` declares its arguments.
    """

    help: str
    module: str
    function: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        getattr(import_module(self.module), f"{self.function}_arguments")(parser)

    def run(self, options: argparse.Namespace) -> int:
        action: Callable[[argparse.Namespace], int] = getattr(import_module(self.module), self.function)
        return action(options)


_INSPECT: Final = "graph_engine.cli.inspect"
_RUN: Final = "graph_engine.cli.run"
_INTERCHANGE: Final = "graph_engine.cli.interchange"

COMMANDS: Final[Mapping[str, Command]] = {
    "templates": Command("list the projects to start from", _INSPECT, "templates"),
    "new": Command("write a project from a template", _INSPECT, "new"),
    "check": Command("list a project's problems; exit 1 when there are errors", _INSPECT, "check"),
    "info": Command("show a model's shapes, parameters and connections", _INSPECT, "info"),
    "train": Command("train a project; Ctrl-C stops within one batch and keeps the run", _RUN, "train"),
    "evaluate": Command("losses and metrics on the validation rows", _RUN, "evaluate"),
    "predict": Command("outputs by name for arrays by input name", _RUN, "predict"),
    "kernels": Command(
        "compile what makes training fast on this processor", "graph_engine.cli.kernels", "kernels"
    ),
    "export": Command("write a project as a model that Keras loads", _INTERCHANGE, "export_file"),
    "import": Command("write a model that Keras saved as a project", _INTERCHANGE, "import_file"),
    "evaluator": Command(
        "answer a window's questions about a trained model over standard input and output", _RUN, "evaluator"
    ),
    "worker": Command("serve training to a window over standard input and output", _RUN, "worker"),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command. Errors meant for a person are printed as a sentence; the exit code is then 2."""
    name = arguments[0] if arguments else ""
    parser = _parser(name)
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command].run(options)
    except LayerloomError as error:
        print(f"layerloom {options.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe went away: not our error
        sys.stderr.close()
        return 141


def _parser(wanted: str) -> argparse.ArgumentParser:
    """Only the wanted command declares its arguments, so that one command imports one command's code."""
    parser = argparse.ArgumentParser(
        prog="layerloom", description="Neural networks as drawings, without the window."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        child = commands.add_parser(name, help=command.help, description=command.help)
        if name == wanted:
            command.arguments(child)
    return parser
