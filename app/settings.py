"""What the window remembers from one start to the next: one small file, never a project's content."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_config_path, user_data_path, user_state_path
from PySide6.QtCore import QByteArray, QSettings

from app.theme import CHOICES, Choice

RECENT = 10
FRAME = "window/frame"
DOCKS = "window/docks"


def usual_place() -> Path:
    """Where this system keeps a person's settings."""
    return user_config_path("layerloom", appauthor=False) / "settings.ini"


def usual_sessions() -> Path:
    """Where this system keeps what programs are in the middle of."""
    return user_state_path("layerloom", appauthor=False) / "sessions"


def usual_shelf() -> Path:
    """Where this system keeps a person's data."""
    return user_data_path("layerloom", appauthor=False) / "library"


class Settings:
    """Read and written at once; a file that cannot be read counts as empty."""

    def __init__(self, file: Path | None = None) -> None:
        self.shelf = file.parent / "library" if file else usual_shelf()  # models that a person has published
        self.sessions = file.parent / "sessions" if file else usual_sessions()  # journals of open windows
        self.runs = (
            file.parent / "runs" if file else None
        )  # of trainings; None: where a person's data are kept
        self._stored = QSettings(str(file or usual_place()), QSettings.Format.IniFormat)

    @property
    def theme(self) -> Choice:
        found = self._stored.value("theme", "system")
        return next((choice for choice in CHOICES if choice == found), "system")

    @theme.setter
    def theme(self, choice: Choice) -> None:
        self._stored.setValue("theme", choice)

    @property
    def left_pans(self) -> bool:
        """Whether a left drag on the paper moves it, rather than drawing a selection box."""
        return self._stored.value("mouse/left_pans", "false") in ("true", True)

    @left_pans.setter
    def left_pans(self, on: bool) -> None:
        self._stored.setValue("mouse/left_pans", "true" if on else "false")

    @property
    def trains_on(self) -> bool:
        """Whether a training goes on when the window is closed, rather than being stopped and kept."""
        return self._stored.value("training/goes_on", "false") in ("true", True)

    @trains_on.setter
    def trains_on(self, on: bool) -> None:
        self._stored.setValue("training/goes_on", "true" if on else "false")

    @property
    def tells_ends(self) -> bool:
        """Whether a person who looks elsewhere is told that a long training has ended."""
        return self._stored.value("training/tells_ends", "true") in ("true", True)

    @tells_ends.setter
    def tells_ends(self, on: bool) -> None:
        self._stored.setValue("training/tells_ends", "true" if on else "false")

    @property
    def keys(self) -> dict[str, str]:
        """Keys that a person gave to actions, by the actions' ids."""
        self._stored.beginGroup("keys")
        found = {name: str(self._stored.value(name, "")) for name in self._stored.childKeys()}
        self._stored.endGroup()
        return found

    def keep_keys(self, action: str, keys: str | None) -> None:
        """Keys of an action; None gives it back those of the table."""
        if keys is None:
            self._stored.remove(f"keys/{action}")
        else:
            self._stored.setValue(f"keys/{action}", keys)

    @property
    def recent(self) -> list[Path]:
        """Projects opened or saved lately, the latest first."""
        return [Path(name) for name in self.names("recent")]

    def remember(self, file: Path) -> None:
        """Puts a project in front of the recent ones."""
        file = file.absolute()
        self._keep([file, *(other for other in self.recent if other != file)])

    def forget(self, file: Path) -> None:
        """Takes a project out of the recent ones: it could not be opened."""
        self._keep([other for other in self.recent if other != file.absolute()])

    def names(self, key: str) -> list[str]:
        """A list of names kept with `keep_names`."""
        found = self._stored.value(key, [])
        names = [found] if isinstance(found, str) else found
        return [name for name in names if isinstance(name, str) and name] if isinstance(names, list) else []

    def keep_names(self, key: str, names: list[str]) -> None:
        self._stored.setValue(key, names)

    def place(self, key: str) -> QByteArray:
        """Geometry kept with `keep_place`; empty when there is none."""
        found = self._stored.value(key)
        return found if isinstance(found, QByteArray) else QByteArray()

    def keep_place(self, key: str, place: QByteArray) -> None:
        self._stored.setValue(key, place)

    def _keep(self, files: list[Path]) -> None:
        self._stored.setValue("recent", [str(file) for file in files[:RECENT]])
