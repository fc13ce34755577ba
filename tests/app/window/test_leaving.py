"""A training outlives its window: closed with a training, the next window has it again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bridge.joining import left_behind
from app.settings import Settings
from app.window import Window
from graph_engine.document import SetTraining

LONG = 60_000
PERSON = """
import sys
from pathlib import Path
from app.bootstrap import application
from app.settings import Settings
from app.window import Window
from graph_engine.document import SetTraining
a = application("dark")
window = Window(Settings(Path(sys.argv[1]) / "settings.ini"))
window.files.new("digits-residual")
window.session.dispatch(SetTraining(epochs=900))
window.bridge.progressed.connect(lambda _progress: print("trains", flush=True))
window.run()
a.exec()
"""


def test_a_training_goes_on_when_its_window_is_closed(
    qtbot: QtBot, window: Window, settings: Settings, tmp_path: Path
) -> None:
    window.filing.may_let_go = lambda: True  # type: ignore[method-assign]  # no one answers
    window.actions_["trains-on"].trigger()
    window.files.new("digits-residual")
    window.session.dispatch(SetTraining(epochs=900))
    window.files.save(tmp_path / "mine.loom")
    with qtbot.waitSignal(window.bridge.progressed, timeout=LONG):
        window.run()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG)
    (left,) = left_behind(tmp_path / "runs")
    assert left.file == tmp_path / "mine.loom"
    after = Window(settings)
    after.offer_recovery()
    assert after.files.path == left.file and after.bridge.directory == left.directory
    qtbot.waitUntil(lambda: after.bridge.state == "running", timeout=LONG)
    with qtbot.waitSignal(after.bridge.finished, timeout=LONG) as ended:
        after.bridge.stop()
    assert ended.args == ["stopped"] and after.bridge.can_resume
    assert [run.ending for run in after.bridge.records] == ["stopped"]
    after.filing.may_let_go = lambda: True  # type: ignore[method-assign]
    after.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_window_comes_back_with_its_edits_and_its_training(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", PERSON, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as person:
        assert person.stdout is not None
        assert person.stdout.readline() == "trains\n"
        person.send_signal(signal.SIGKILL)
    window.offer_recovery()
    assert window.session.document.training.epochs == 900 and window.isWindowModified()
    assert window.tabs.page is window.training
    qtbot.waitUntil(lambda: window.bridge.state == "running", timeout=LONG)
    window.actions_["stop"].trigger()
    qtbot.waitUntil(lambda: window.bridge.state == "idle", timeout=LONG)
    assert window.bridge.records[-1].ending == "stopped" and left_behind(tmp_path / "runs") == []
