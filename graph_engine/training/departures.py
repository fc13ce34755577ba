"""Why a process that trained is gone, as far as that can be known afterwards, when nobody can ask it any more.

``trainer.json``   in a run's directory: who trains it, and how the machine was when that began
``worker.log``     there, too: what the process wrote for people since no window listens, such as how it crashed
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from graph_engine.project.files import write_atomic

TRAINER: Final = "trainer.json"
LOG: Final = "worker.log"
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_COUNTS: Final = Path("/proc/vmstat")
_FATAL: Final = ("Fatal Python error", "Windows fatal exception")  # as `faulthandler` begins
SCARCE: Final = "the system has ended processes for want of memory meanwhile"
NO_WORD: Final = "it left no word, as one that is killed"
_BY: Final = "it was ended by {}"


def sign(directory: Path) -> None:
    """This process trains the run from now on."""
    told = {"process": os.getpid(), "boot": _boot(), "memory_kills": memory_kills()}
    write_atomic(directory / TRAINER, json.dumps(told).encode())


def speak_into(directory: Path) -> None:
    """From now on, what this process writes for people lies in the run's directory; nothing else changes."""
    with suppress(OSError):
        log = os.open(directory / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.close(log)


def leave_words() -> None:
    """What ends this process otherwise without a word is written for people first. In the main thread only."""
    faulthandler.enable()
    signal.signal(signal.SIGTERM, _say_and_end)


def _say_and_end(number: int, _frame: object) -> None:
    print(_BY.format(signal.Signals(number).name), file=sys.stderr, flush=True)
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def why_gone(directory: Path) -> str:
    """Of a process that trained the run and has not said why it ended: a clause, such as ``the machine was started
    anew meanwhile``."""
    trainer = _signed(directory)
    if trainer.get("boot", "") != _boot():
        return "the machine was started anew meanwhile"
    said = ""
    with suppress(OSError):
        said = last_words((directory / LOG).read_text(encoding="utf-8", errors="replace"))
    return said or (SCARCE if is_memory_scarce(trainer.get("memory_kills")) else NO_WORD)


def why_ended(number: int, memory_kills_before: int | None) -> str:
    """Of a process that a signal of this number has ended: a clause; empty where it is none that is known."""
    if number == getattr(signal, "SIGKILL", None) and is_memory_scarce(memory_kills_before):
        return SCARCE
    with suppress(ValueError):
        return _BY.format(signal.Signals(number).name)
    return ""


def last_words(said: str) -> str:
    """The line that says what happened: how Python crashed, or the last of all."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(_FATAL)]
    return (fatal or lines or [""])[-1]


def memory_kills() -> int | None:
    """How many processes the system has ended since it started, for want of memory; None where it does not say."""
    with suppress(OSError, ValueError):
        counts = dict(line.split() for line in _COUNTS.read_text().splitlines())
        return int(counts["oom_kill"]) if "oom_kill" in counts else None
    return None


def is_memory_scarce(before: int | None) -> bool:
    """Whether processes have been ended for want of memory since there were so many."""
    now = memory_kills()
    return before is not None and now is not None and now > before


def _boot() -> str:
    """Another one whenever the machine starts; empty where the system has none."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


def _signed(directory: Path) -> Mapping[str, Any]:
    """As of a process of now where it was not signed, as by older versions."""
    with suppress(OSError, ValueError):
        told = json.loads((directory / TRAINER).read_bytes())
        if isinstance(told, dict):
            return told
    return {"boot": _boot()}
