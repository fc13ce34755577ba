"""Starting the window: the one place that makes the application and wires its parts together."""

from __future__ import annotations

# Before Qt, whose import hook reads the source of every module that comes after it.
import graph_engine.templates.proposal
import graph_engine.training  # noqa: F401

# isort: split
import faulthandler
import signal
import sys
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import theme
from app.crash import CrashGuard
from app.display import has_display
from app.settings import Settings
from app.window import Window
from graph_engine.values import LayerloomError


def application(choice: theme.Choice = "system") -> QApplication:
    """The application, dressed; the one that runs already where there is one."""
    running = QApplication.instance()
    if running is None:
        if sys.stderr is not None:  # a frozen program without a console has none
            faulthandler.enable()  # a crash in Qt then says in which line of ours it came
        rounding = Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(rounding)
        running = QApplication([sys.argv[0]])
        running.setApplicationName("layerloom")
        running.setApplicationDisplayName("Layerloom")
        running.setOrganizationName("Layerloom")
        running.setDesktopFileName("layerloom")
    found = cast(QApplication, running)
    theme.apply(found, choice)
    found.setWindowIcon(theme.app_icon())
    return found


def run(file: Path | None = None) -> int:
    """Opens the window and stays until it is closed."""
    if not has_display():
        print("layerloom: there is no screen here; `layerloom demo` works without one", file=sys.stderr)
        return 2
    settings = Settings()
    running = application(settings.theme)
    with theme.dressed_once(running):
        window = Window(settings)
    CrashGuard(window, window.files.write).install()
    _let_interrupts_through(window)
    window.show()
    try:
        window.files.open(file) if file else window.show_start()
    except LayerloomError as error:
        window.show_start()
        window.tell(str(error))
    window.offer_recovery()
    return running.exec()


def _let_interrupts_through(window: Window) -> None:
    """Ctrl-C in the terminal closes the window, asking as ever; Python hears of signals only when it runs."""
    signal.signal(signal.SIGINT, lambda *_: window.close())
    pulse = QTimer(window, interval=200)
    pulse.timeout.connect(lambda: None)
    pulse.start()
