"""Why a process that trained is gone: told by what it wrote last, and by what became of the machine."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graph_engine.training import departures
from graph_engine.training.departures import LOG, NO_WORD, SCARCE, last_words, sign, why_ended, why_gone

ALONE = """
import sys, time
from pathlib import Path
from graph_engine.training.departures import leave_words, sign, speak_into
leave_words()
sign(Path(sys.argv[1]))
speak_into(Path(sys.argv[1]))
{}
"""
CRASH = "import faulthandler; faulthandler._sigabrt()"
END = "import os, signal; os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)"
RAISE = "raise RuntimeError('the disk is full')"


@pytest.mark.skipif(sys.platform == "win32", reason="processes end in other ways")
@pytest.mark.parametrize(
    ("ending", "code", "why"),
    [
        (CRASH, -signal.SIGABRT, "Fatal Python error: Aborted"),
        (END, -signal.SIGTERM, "it was ended by SIGTERM"),
        (RAISE, 1, "RuntimeError: the disk is full"),
    ],
)
def test_what_a_process_that_is_alone_says_last_is_found(
    tmp_path: Path, ending: str, code: int, why: str
) -> None:
    found = subprocess.run(
        [sys.executable, "-c", ALONE.format(ending), str(tmp_path)], check=False, timeout=60
    )
    assert found.returncode == code
    assert why_gone(tmp_path) == why


def test_of_one_that_said_nothing_the_machine_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, boot = tmp_path / "vmstat", tmp_path / "boot"
    counts.write_text("pgfault 7\noom_kill 3\n")
    boot.write_text("first")
    monkeypatch.setattr(departures, "_COUNTS", counts)
    monkeypatch.setattr(departures, "_BOOT", boot)
    sign(tmp_path)
    assert why_gone(tmp_path) == NO_WORD
    counts.write_text("pgfault 9\noom_kill 4\n")
    assert why_gone(tmp_path) == SCARCE
    boot.write_text("second")
    assert why_gone(tmp_path) == "the machine was started anew meanwhile"


def test_of_one_that_another_version_started_nothing_is_invented(tmp_path: Path) -> None:
    assert why_gone(tmp_path) == NO_WORD
    (tmp_path / LOG).write_text("\n")
    assert why_gone(tmp_path) == NO_WORD


def test_a_signal_is_named_and_the_crash_stands_before_the_list_of_modules() -> None:
    assert why_ended(signal.SIGTERM, None) == "it was ended by SIGTERM"
    assert why_ended(9999, None) == ""
    said = "a warning\nFatal Python error: Segmentation fault\n\nExtension modules: numpy (total: 1)\n"
    assert last_words(said) == "Fatal Python error: Segmentation fault"
    assert last_words("one\ntwo\n\n") == "two" and last_words("") == ""
