"""Compiling kernels in a process of its own, once per machine and version, while numpy does the work."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path


class Warming:
    """``done`` of ``count`` kernels are compiled; ``is_over`` when the process has ended."""

    def __init__(self) -> None:
        self.done = self.count = 0
        self.is_over = False
        self._first = (
            0.0  # when the first kernel was compiled: starting the compiler says nothing of the rest
        )
        threading.Thread(target=self._watch, daemon=True, name="kernels warming").start()

    def _watch(self) -> None:
        try:
            with subprocess.Popen(
                _command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=_root()
            ) as process:
                for line in process.stdout or ():
                    done, _, count = line.partition(" of ")
                    self.done, self.count = int(done), int(count)
                    self._first = self._first or time.monotonic()
                    self._tell()
        except (OSError, ValueError):
            return  # numpy goes on doing the work
        finally:
            self.is_over = True
            self._tell()

    @property
    def left(self) -> float | None:
        """Seconds until all are compiled; None while nobody can know."""
        taken, others = time.monotonic() - self._first, self.done - 1
        return taken / others * (self.count - self.done) if others > 0 else None

    def _tell(self) -> None:
        for hear in _hearers:
            hear(self)


_hearers: list[Callable[[Warming], None]] = []


def follow_warming(hear: Callable[[Warming], None]) -> None:
    """From now on ``hear`` is called, from another thread, after each kernel and at the end."""
    _hearers.append(hear)


@cache
def warming() -> Warming | None:
    """Started when first asked for; None where every kernel is compiled already."""
    from graph_engine.kernels.native.warm import missing

    return Warming() if missing() else None


def _command() -> list[str]:
    frozen = getattr(sys, "frozen", False)
    return [sys.executable, "kernels"] if frozen else [sys.executable, "-m", "graph_engine", "kernels"]


def _root() -> Path:
    """Where ``graph_engine`` can be imported from."""
    return Path(__file__).resolve().parents[2]
