"""The `layerloom` command: the engine's commands without importing Qt, and the window's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from graph_engine.cli import COMMANDS as ENGINE, main as engine
from graph_engine.cli.main import Command

WINDOW = {
    "demo": Command("train a residual network on handwritten digits in the real window", "app.demo", "demo"),
    "picture": Command("draw a project's graph as a PNG", "app.pictures", "picture"),
    "self-test": Command(
        "check that this installation is whole; exit 1 when it is not", "app.selftest", "self_test"
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command, or opens the window. The exit code is 2 where the arguments were wrong."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    name = arguments[0] if arguments else ""
    if name in ENGINE:
        return engine(arguments)
    if name in WINDOW:
        return _window_command(name, arguments[1:])
    parser = _parser()
    options = parser.parse_args(arguments)
    file: Path | None = options.file
    if file is not None and not file.exists():
        parser.error(f"there is no file and no command {str(file)!r}; `layerloom --help` lists the commands")
    code: int = import_module("app.bootstrap").run(file)
    return code


def _window_command(name: str, arguments: list[str]) -> int:
    from graph_engine.values import LayerloomError

    command = WINDOW[name]
    parser = argparse.ArgumentParser(prog=f"layerloom {name}", description=command.help)
    command.arguments(parser)
    try:
        return command.run(parser.parse_args(arguments))
    except LayerloomError as error:
        print(f"layerloom {name}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    commands = {**WINDOW, **ENGINE}
    width = max(map(len, commands))
    listed = "\n".join(f"  {name:{width}}  {command.help}" for name, command in commands.items())
    parser = argparse.ArgumentParser(
        prog="layerloom",
        usage="layerloom [FILE]  |  layerloom COMMAND ...",
        description="A desktop studio in which a drawing of a neural network is the network.",
        epilog=f"commands (layerloom COMMAND --help says more):\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a .loom project to open in the window"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
