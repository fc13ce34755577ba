"""Nothing is lost: work of a window that ended is offered by the next one, and others' changes are noticed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.recovery import orphans
from app.settings import Settings
from app.window import Window
from graph_engine.document import MAIN, AddNode
from graph_engine.values import LayerloomError

PERSON = """
import sys
from pathlib import Path
from app.bootstrap import application
from app.settings import Settings
from app.window import Window
from graph_engine.document import MAIN, AddNode
application("dark")
window = Window(Settings(Path(sys.argv[1]) / "settings.ini"))
window.files.new("digits-residual")
for name in ("one", "two"):
    window.session.dispatch(AddNode(MAIN, "Dense", {"units": 7}, None, name))
window.session.undo()
print(window.recorder.path, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_window_is_offered_exactly_as_it_was(window: Window, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PERSON, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as person:
        assert person.stdout is not None
        journal = Path(person.stdout.readline().strip())
        assert journal.exists() and orphans(tmp_path / "sessions") == []  # it still runs
        person.send_signal(signal.SIGKILL)
    window.offer_recovery()
    (notice,) = window.notices.shown.values()
    assert "digits-residual: 3 unsaved edits" in notice.words.text()
    notice.buttons["Open it"].click()
    names = {layer.name for layer in window.session.document.layers.values()}
    assert "one" in names and "two" not in names
    assert window.isWindowModified() and not journal.exists()
    assert window.recorder.path.exists()  # it is safe again


def test_only_what_is_not_saved_is_kept(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "mine.loom"
    window.files.new("digits-residual")
    assert not window.recorder.path.exists()
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    assert window.recorder.path.exists()
    window.files.save(file)
    saved = file.read_bytes()
    assert not window.recorder.path.exists()
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    assert window.recorder.path.exists() and file.read_bytes() == saved
    window.files.open(file)
    assert not window.recorder.path.exists()


def test_discarded_work_is_not_offered_again(window: Window, settings: Settings) -> None:
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    path = window.recorder.path
    assert window.recorder._journal is not None
    window.recorder._journal.close(keep=True)
    window.recorder._lock.release()
    (orphan,) = orphans(settings.sessions)
    orphan.discard()
    assert not path.exists() and orphans(settings.sessions) == []


def test_a_change_by_another_program_is_noticed_and_not_overwritten(
    window: Window, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "mine.loom"
    window.files.new("digits-residual")
    window.files.save(file)
    window.session.dispatch(AddNode(MAIN, "Dense", {}))
    other = file.read_bytes() + b" "
    with qtbot.waitSignal(window.files.altered, timeout=5_000):
        file.write_bytes(other)
    notice = window.notices.shown["altered"]
    with pytest.raises(LayerloomError, match="changed by another program"):
        window.files.save()
    assert file.read_bytes() == other
    notice.buttons["Keep mine"].click()
    window.files.save()
    assert file.read_bytes() != other and not window.notices.shown
