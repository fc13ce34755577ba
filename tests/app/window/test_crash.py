"""Errors nobody foresaw lose nothing and are said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from app.crash import KEPT, CrashGuard


@pytest.fixture
def parent(qapp: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    made.show()
    yield made
    made.deleteLater()
    qapp.processEvents()


def catch(guard: CrashGuard, error: Exception) -> None:
    try:
        raise error
    except Exception as raised:
        guard.catch(type(raised), raised, raised.__traceback__)


def writing(text: str) -> Callable[[Path], None]:
    def rescue(file: Path) -> None:
        file.write_text(text)

    return rescue


def dialogs(parent: QWidget) -> list[QMessageBox]:
    return [box for box in parent.findChildren(QMessageBox) if box.isVisible()]


def test_an_error_is_logged_the_project_copied_and_one_dialog_shown(parent: QWidget, tmp_path: Path) -> None:
    guard = CrashGuard(parent, writing("the project"), tmp_path)
    for number in range(3):
        catch(guard, ValueError(f"number {number}"))
    assert (tmp_path / "layerloom.log").read_text().count("Traceback") == 3
    copies = list(tmp_path.glob("rescued-*.loom"))
    assert copies and copies[0].read_text() == "the project"
    (shown,) = dialogs(parent)
    assert "should not have" in shown.text() and str(copies[0].parent) in shown.informativeText()
    shown.close()
    catch(guard, ValueError("again"))
    assert len(dialogs(parent)) == 1


def test_where_nothing_can_be_written_the_dialog_still_comes(parent: QWidget, tmp_path: Path) -> None:
    def broken(file: Path) -> None:
        raise RuntimeError("broken too")

    (tmp_path / "file").write_text("")
    guard = CrashGuard(parent, broken, tmp_path / "file" / "folder")
    catch(guard, ValueError("first"))
    assert dialogs(parent)


def test_old_copies_are_let_go(parent: QWidget, tmp_path: Path) -> None:
    for number in range(KEPT + 4):
        (tmp_path / f"rescued-2020010{number}-000000.loom").write_text("")
    guard = CrashGuard(parent, writing("now"), tmp_path)
    catch(guard, ValueError("once"))
    kept = sorted(tmp_path.glob("rescued-*.loom"))
    assert len(kept) == KEPT and kept[-1].read_text() == "now"
