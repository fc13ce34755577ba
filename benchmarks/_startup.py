"""A window that opens, says so as a line of JSON once it is painted, and closes. Nothing of Qt is loaded before.

python -m benchmarks._startup FOLDER     where its settings are
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(folder: Path) -> None:
    """What `app.bootstrap.run` does, up to the first picture."""
    from app.bootstrap import application

    # isort: split
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from app.settings import Settings
    from app.theme import dressed_once
    from app.window import Window

    settings = Settings(folder / "settings.ini")
    with dressed_once(application(settings.theme)):
        window = Window(settings)
    window.show()
    window.show_start()
    window.offer_recovery()
    QApplication.processEvents()
    QApplication.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))
    print(json.dumps({"painted": time.time()}), flush=True)
    window.files.let_go()
    window.close()


def forget_files(*folders: Path) -> None:
    """Asks the system to drop what it keeps in memory of their files, as after the machine was switched on."""
    for folder in folders:
        for path in (path for path in folder.rglob("*") if path.is_file()):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
