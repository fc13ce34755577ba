"""What processes that serve a window share: how they are started, and lines in and out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Final

NICENESS: Final = 10  # the window goes first

Send = Callable[[str], None]


def program(name: str) -> list[str]:
    """What starts the command ``name`` of this program: this Python, or the frozen program itself."""
    return (
        [sys.executable, name]
        if getattr(sys, "frozen", False)
        else [sys.executable, "-m", "graph_engine", name]
    )


def serve_standard_streams(serve: Callable[[Send, Iterable[str]], None]) -> int:
    """Serve until told to quit. Whatever prints by accident goes to standard error, never into the events."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    _leave_session()

    def send(line: str) -> None:
        with suppress(OSError):  # the window is gone, and nobody reads
            events.write(line + "\n")
            events.flush()

    def commands() -> Iterator[str]:
        yield from sys.stdin
        _hush(events.fileno(), 1, 2)

    serve(send, commands())
    return 0


def _leave_session() -> None:
    """A terminal that closes, or Ctrl-C in it, ends the window and not what the window leaves behind."""
    if sys.platform != "win32":
        with suppress(OSError):  # it leads one already
            os.setsid()


def _hush(*streams: int) -> None:
    """Nobody reads them any more: what is written there goes nowhere, and breaks nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream)
    os.close(nowhere)
