"""Whether there is a screen to show a window on. Imports no Qt: Qt without a screen ends the process."""

from __future__ import annotations

import os
import sys

PLATFORM = "QT_QPA_PLATFORM"


def has_display() -> bool:
    """Whether a window could be seen; also where Qt was told to draw somewhere else."""
    if os.environ.get(PLATFORM) or sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def draw_offscreen() -> None:
    """Makes Qt draw into memory, for a command that needs no screen; says nothing where Qt was told already."""
    os.environ.setdefault(PLATFORM, "offscreen")
