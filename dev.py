#!/usr/bin/env python3
"""One door to the project, on any machine with Python 3.11 or newer and nothing else installed.

    python3 dev.py run [FILE]        set up, then open the window (without a display: the demo, offscreen)
    python3 dev.py test [--peers]    the tests; --peers: also against torch, Keras, ONNX Runtime, TensorBoard
    python3 dev.py check             ruff, mypy --strict, import contracts
    python3 dev.py bench [NAME]      measurements beside real peers
    python3 dev.py lock              write the lock files anew from pyproject.toml
    python3 dev.py docs [--pictures] write the reference anew; with --pictures also take the window's pictures
    python3 dev.py package           build the frozen program and let it test itself

Set-up is part of every command: a virtual environment in ``.venv`` from hashed lock files, and Qt's system
libraries on Debian. The second start is instant.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever starts this may have an older one)
        print(f"Layerloom needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if name not in COMMANDS:
        print(__doc__)
        return 0 if name in ("help", "-h", "--help") else 2
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    from tools.setup import SetupError

    try:
        return COMMANDS[name](rest)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(arguments: list[str]) -> int:
    """The window, or with engine commands (``train``, ``info`` ...) those. Where nobody could see it, the demo."""
    from app.display import has_display

    python = _environment()
    if not arguments and not has_display():
        arguments = ["demo"]
    return _call(python, "-m", "app", *arguments)


def test(arguments: list[str]) -> int:
    from tools.setup import ensure_peers
    from tools.system import ensure_screen_tools

    peers = "--peers" in arguments
    rest = [argument for argument in arguments if argument != "--peers"]
    python = _environment()
    ensure_screen_tools()
    if peers:
        ensure_peers(python)
    parallel = (
        []
        if any(argument.startswith("-n") for argument in rest)
        else ["-n", str(min(4, os.cpu_count() or 1))]
    )
    code = _call(python, "-m", "pytest", *parallel, *rest)
    if code:
        print(f"pytest ended with exit code {code}", file=sys.stderr)  # crashes come after the last "passed"
    return code


def check(arguments: list[str]) -> int:
    python = _environment()
    checks = {
        "ruff": ("-m", "ruff", "check", "."),
        "ruff format": ("-m", "ruff", "format", "--check", "."),
        "mypy": ("-m", "mypy"),
        "import contracts": ("-m", "tools.contracts"),
    }
    failed = [name for name, command in checks.items() if _titled(name, python, *command, *arguments)]
    print("all checks passed" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    from tools.setup import ensure_jax, ensure_peers

    python = _environment()
    if arguments[:1] == ["speed"]:
        ensure_peers(python)
        ensure_jax(python)
    return _call(python, "-m", "benchmarks", *arguments)


def lock(arguments: list[str]) -> int:
    from tools.lock import write_locks

    return write_locks(_environment(), arguments)


def docs(arguments: list[str]) -> int:
    python = _environment()
    code = _call(python, "-m", "tools.reference")
    return code or (_call(python, "-m", "tools.pictures") if "--pictures" in arguments else 0)


def package(arguments: list[str]) -> int:
    from tools.setup import ensure_packager

    python = _environment()
    ensure_packager(python)
    return _call(python, "packaging/build.py", *arguments)


def _environment() -> Path:
    from tools.setup import ensure_environment
    from tools.system import ensure_qt

    python = ensure_environment()
    ensure_qt(python)
    return python


def _titled(name: str, python: Path, *command: str) -> int:
    print(f"== {name}", flush=True)
    return _call(python, *command)


def _call(python: Path, *command: str) -> int:
    """Exit code of the command; Ctrl-C reaches the child first, which then decides."""
    process = subprocess.Popen([str(python), *command], cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "lock": lock,
    "docs": docs,
    "package": package,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
