"""System libraries that Qt needs on Linux, and the tools that drive real windows in tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.setup import VENV, SetupError, progress

OFFSCREEN = (
    "libglib2.0-0", "libgl1", "libegl1", "libx11-6", "libdbus-1-3", "libfontconfig1", "libxkbcommon0",
)  # fmt: skip
WINDOWS = (
    "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-xkb1", "libxcb-shape0",
    "libxcb-image0", "libxcb-render-util0", "libxcb-randr0", "libxcb-xinerama0",
)  # fmt: skip
SCREEN_TOOLS = {"Xvfb": "xvfb", "xauth": "xauth", "xdotool": "xdotool"}

_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"


def ensure_qt(python: Path) -> None:
    """Qt starts offscreen, and with a display also in a window. Installs what Debian lacks, or says what to do."""
    if not sys.platform.startswith("linux"):
        return
    _ensure_platform(python, "offscreen", OFFSCREEN)
    if os.environ.get("DISPLAY"):
        _ensure_platform(python, "xcb", [*OFFSCREEN, *WINDOWS])


def ensure_screen_tools() -> None:
    """A virtual screen for the journeys in real windows. Where it cannot be had, those tests skip and say so."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for program, package in SCREEN_TOOLS.items() if shutil.which(program) is None]
    if missing and _may_install():
        apt_install([*missing, *WINDOWS], "a virtual screen for tests in real windows")


def apt_install(packages: Sequence[str], what: str) -> None:
    """Debian and its kin, as root. Otherwise raises SetupError with the exact command."""
    if not _may_install():
        raise SetupError(f"{what.capitalize()} is missing. Install it and try again:\n  {_command(packages)}")
    with progress(f"installing {what}: {' '.join(packages)}"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            result = subprocess.run(
                ["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False
            )
            if result.returncode:
                raise SetupError(
                    f"apt-get could not install {what}:\n{result.stderr}\nTry: {_command(packages)}"
                )


def _ensure_platform(python: Path, platform: str, packages: Sequence[str]) -> None:
    stamp = VENV / f"qt-{platform}.stamp"
    if stamp.exists():
        return
    error = _probe(python, platform)
    if error:
        apt_install(packages, "the system libraries Qt needs")
        error = _probe(python, platform)
    if error:
        raise SetupError(f"Qt does not start ({platform}):\n{error}\nOn Debian: {_command(packages)}")
    stamp.touch()


def _probe(python: Path, platform: str) -> str:
    """Why Qt does not start; empty when it does."""
    environment = os.environ | {"QT_QPA_PLATFORM": platform}
    result = subprocess.run(
        [str(python), "-c", _PROBE], env=environment, capture_output=True, text=True, check=False
    )
    return result.stderr or f"exit code {result.returncode}" if result.returncode else ""


def _may_install() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _command(packages: Sequence[str]) -> str:
    return f"sudo apt-get install {' '.join(packages)}"
