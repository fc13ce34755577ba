"""Journeys again in a real window on a real X server: fonts, focus, grabs and devices of another platform plugin."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SECONDS = 270

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("xvfb-run") is None, reason="there is no virtual screen (xvfb, xauth) here"
    ),
]


def on_a_screen(file: str, **environment: str) -> None:
    """All tests of a file pass there, and there are some."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    inherited |= {"QT_QPA_PLATFORM": "xcb", "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24"]
    found = subprocess.run(
        [*screen, sys.executable, "-m", "pytest", "-q", str(HERE / file)],
        env=inherited,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert found.returncode == 0 and " passed" in found.stdout, found.stdout[-3000:] + found.stderr[-1000:]


def test_the_first_network_in_a_real_window() -> None:
    on_a_screen("test_first_network.py")


def test_every_gesture_with_the_mouse_and_the_keyboard_of_a_screen() -> None:
    on_a_screen("test_gestures.py", LAYERLOOM_HAND="screen")


def test_the_three_drawings_with_the_mouse_and_the_keyboard_of_a_screen() -> None:
    on_a_screen("test_drawings.py", LAYERLOOM_HAND="screen")
