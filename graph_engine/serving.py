"""What processes that serve a window share: how they are started, and lines in and out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
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

    def send(line: str) -> None:
        events.write(line + "\n")
        events.flush()

    serve(send, sys.stdin)
    return 0
