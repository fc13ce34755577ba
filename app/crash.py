"""What happens when something in the window goes wrong that nobody foresaw: the work is kept, and it is said."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

Rescue = Callable[[Path], None]
KEPT = 5  # rescued projects, the latest


def usual_place() -> Path:
    """Where this system keeps logs."""
    return user_log_path("layerloom", appauthor=False)


class CrashGuard(QObject):
    """Takes the errors nobody caught, of any thread: writes a log, keeps a copy of the project, shows a sentence.

    The window goes on: Python's errors inside Qt's slots end nothing, and every command on the document
    is done whole or not at all.
    """

    _failed = Signal(str)  # its receiver lives in the thread of the window

    def __init__(self, parent: QWidget, rescue: Rescue, folder: Path | None = None) -> None:
        super().__init__(parent)
        self._window = parent
        self._rescue = rescue
        self._folder = folder or usual_place()
        self._dialog: QMessageBox | None = None
        self._failed.connect(self._tell, Qt.ConnectionType.AutoConnection)

    def install(self) -> None:
        sys.excepthook = self.catch
        threading.excepthook = lambda told: self.catch(told.exc_type, told.exc_value, told.exc_traceback)

    def catch(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """In place of `sys.excepthook`. Never raises: there is nobody left to catch it."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        print(text, file=sys.stderr)
        self._failed.emit(f"{kind.__name__}: {error}\n\n{text}")

    @Slot(str)
    def _tell(self, text: str) -> None:
        log, copy = self._log(text), self._copy()
        if self._dialog is not None:  # one at a time: an error while painting comes back with every frame
            return
        kept = (
            f"Your project is still open, and a copy is in {copy}." if copy else "Your project is still open."
        )
        where = f" What happened is written in {log}." if log else ""
        self._dialog = dialog = QMessageBox(self._window)
        dialog.setIcon(QMessageBox.Icon.Warning)
        dialog.setWindowTitle("Layerloom")
        dialog.setText("Something went wrong that should not have.")
        dialog.setInformativeText(f"{kept}{where}")
        dialog.setDetailedText(text)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._forget)
        dialog.open()

    def _forget(self) -> None:
        self._dialog = None

    def _log(self, text: str) -> Path | None:
        file = self._folder / "layerloom.log"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8") as log:
                log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
        except OSError:
            return None
        return file

    def _copy(self) -> Path | None:
        file = self._folder / f"rescued-{time.strftime('%Y%m%d-%H%M%S')}.loom"
        try:
            self._rescue(file)
            for old in sorted(self._folder.glob("rescued-*.loom"))[:-KEPT]:
                old.unlink()
        except Exception as error:  # whatever broke may have broken this too
            print(f"the project could not be copied: {error}", file=sys.stderr)
            return None
        return file
