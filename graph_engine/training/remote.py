"""A training that another process steers: who trains a run, and commands to it, both told by the run's directory.

``training.lock``    held by the process that trains: never two on one run, and a process that is gone holds nothing
``commands.jsonl``   what is asked of it, a JSON object per line (see ``graph_engine.worker``)
``layers.json``      what it told of layers last, to who watches (the event ``layers``): replaced, never a log

Whoever may write the directory may steer the training, and nobody else: there is no port to reach it by.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from graph_engine.project.files import AppendLog, write_atomic
from graph_engine.project.locks import FileLock
from graph_engine.training.departures import sign
from graph_engine.training.events import encode
from graph_engine.values import LayerloomError

LOCK: Final = "training.lock"
COMMANDS: Final = "commands.jsonl"
LAYERS: Final = "layers.json"
PERIOD: Final = 0.05  # seconds between looks at the commands
PATIENCE: Final = 2.0  # seconds: another process may be ending, or only asking


def is_trained(directory: Path) -> bool:
    """Whether a process trains the run now."""
    lock = FileLock(directory / LOCK)
    if not lock.path.exists():
        return False
    free = lock.take()
    if free:
        lock.release()
    return not free


def send(directory: Path, **request: Any) -> None:
    """Asks something of the process that trains the run. Raises LayerloomError where it cannot be written."""
    try:
        log = AppendLog(directory / COMMANDS)
        try:
            log.write(json.dumps(request))
        finally:
            log.close()
    except OSError as error:
        raise LayerloomError(f"{directory / COMMANDS} cannot be written: {error.strerror}") from None


def post(directory: Path, event: Mapping[str, Any]) -> None:
    """Tells of layers whoever watches the run; what cannot be written is not told."""
    with suppress(OSError):
        write_atomic(directory / LAYERS, encode(event).encode(), lasting=False)


def record_failure(directory: Path, message: str) -> None:
    """Writes into the run, where one has begun there, why it ended: also a window that comes later can read it."""
    if not (directory / "run.json").exists():
        return
    with suppress(OSError):
        log = AppendLog(directory / "events.jsonl")
        try:
            log.write(encode({"event": "failed", "time": time.time(), "message": message, "traceback": ""}))
        finally:
            log.close()


def forget(directory: Path) -> None:
    """What was asked and told of a training that has ended. For who starts the next one, before it begins: what is
    asked while a process starts is meant for it."""
    for old in (COMMANDS, LAYERS):
        (directory / old).unlink(missing_ok=True)


@contextmanager
def steered(directory: Path, obey: Callable[[str], None]) -> Iterator[None]:
    """This process trains the run; ``obey`` gets each line that is asked of it, in another thread.

    Raises LayerloomError where another process trains it.
    """
    lock = FileLock(directory / LOCK)
    _take(lock)
    sign(directory)
    path, over = directory / COMMANDS, threading.Event()
    listener = threading.Thread(target=_listen, args=(path, obey, over), daemon=True)
    listener.start()
    try:
        yield
    finally:
        over.set()
        listener.join()
        lock.release()


def _take(lock: FileLock) -> None:
    end = time.monotonic() + PATIENCE
    while not lock.take():
        if time.monotonic() > end:
            raise LayerloomError(f"another process trains the run in {lock.path.parent}: stop it first")
        time.sleep(PERIOD)


def _listen(path: Path, obey: Callable[[str], None], over: threading.Event) -> None:
    read = 0
    while not over.wait(PERIOD):
        if not path.exists():
            continue
        with path.open("rb") as file:
            file.seek(read)
            for line in file:
                if line.endswith(b"\n"):
                    read += len(line)
                    obey(line.decode(errors="replace"))
