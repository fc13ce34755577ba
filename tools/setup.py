"""The virtual environment: made from hashed lock files, trusted while its stamp matches them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.lock"
PACKAGE_LOCK = ROOT / "requirements" / "package.lock"
PEERS_LOCK = ROOT / "requirements" / "peers.lock"
JAX_LOCK = ROOT / "requirements" / "jax.lock"
TORCH = "torch==2.13.0"  # pinned apart: this release comes as a CPU build, plain `torch` as gigabytes


class SetupError(Exception):
    """The machine could not be made ready; the message says what to do."""


def ensure_environment() -> Path:
    """The environment's Python, after making or renewing it if need be."""
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = VENV / "layerloom.stamp"
    wanted = _digest(LOCK)
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    with progress("setting up the environment in .venv (about a minute, once)"):
        if VENV.exists():
            shutil.rmtree(VENV)
        _run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        install(python, "--no-deps", "--require-hashes", "-r", str(LOCK))
        _link_project(python)
    stamp.write_text(wanted)  # last: an interrupted set-up is started again
    return python


def ensure_peers(python: Path) -> None:
    """The oracles of the peer tests: torch, Keras, ONNX Runtime, TensorBoard's reader."""
    stamp = VENV / "peers.stamp"
    wanted = _digest(PEERS_LOCK) + TORCH
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with progress("installing the peers to test against (a few minutes, once)"):
        install(python, "--no-deps", TORCH)
        install(python, "--no-deps", "--require-hashes", "-r", str(PEERS_LOCK))
    stamp.write_text(wanted)


def ensure_jax(python: Path) -> None:
    """jax, which training steps are raced against."""
    _ensure_locked(python, "jax", JAX_LOCK, "installing jax to race against (a minute, once)")


def ensure_packager(python: Path) -> None:
    """PyInstaller, which freezes the program."""
    _ensure_locked(python, "package", PACKAGE_LOCK, "installing PyInstaller")


def _ensure_locked(python: Path, name: str, lock: Path, what: str) -> None:
    """Install what a lock file names, unless the stamp of that name says that it is there."""
    stamp = VENV / f"{name}.stamp"
    wanted = _digest(lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with progress(what):
        install(python, "--no-deps", "--require-hashes", "-r", str(lock))
    stamp.write_text(wanted)


def install(python: Path, *arguments: str) -> None:
    """Run this machine's pip on the environment."""
    _run([*_pip(), "--python", str(python), "--disable-pip-version-check", "install", "--quiet", *arguments])


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Says what is being done, and every few seconds for how long."""
    done = threading.Event()
    start = time.monotonic()

    def tick() -> None:
        while not done.wait(5):
            print(f"  ... {time.monotonic() - start:.0f} s", flush=True)

    print(what, flush=True)
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
    print(f"  done in {time.monotonic() - start:.0f} s", flush=True)


def _pip() -> list[str]:
    if importlib.util.find_spec("pip") is None:
        _find_pip()
    return [sys.executable, "-m", "pip"]


def _find_pip() -> None:
    """A Python without pip: take the bundled one, or Debian's."""
    from tools.system import apt_install

    if importlib.util.find_spec("ensurepip") is not None:
        _run([sys.executable, "-m", "ensurepip", "--user"])
    else:
        apt_install(["python3-pip"], "pip")


def _link_project(python: Path) -> None:
    """Make `app` and `graph_engine` importable, and the command `layerloom` available, from this checkout."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib')); print(sysconfig.get_path('scripts'))"
    answer = subprocess.run([str(python), "-c", ask], check=True, capture_output=True, text=True)
    packages, scripts = (Path(line) for line in answer.stdout.splitlines())
    (packages / "layerloom.pth").write_text(f"{ROOT}\n")
    if os.name == "nt":
        (scripts / "layerloom.cmd").write_text(f'@"{python}" -m app %*\r\n')
        return
    command = scripts / "layerloom"
    command.write_text(f'#!/bin/sh\nexec "{python}" -m app "$@"\n')
    command.chmod(0o755)


def _run(command: list[str]) -> None:
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode:
        tail = "\n".join(result.stdout.splitlines()[-25:])
        raise SetupError(
            f"This command failed (exit code {result.returncode}):\n  {' '.join(command)}\n{tail}"
        )


def _digest(lock: Path) -> str:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {version} {ROOT}\n"
