"""Something the person should know and may answer: a line over the canvas, in nobody's way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme

Answer = tuple[str, Callable[[], object]]
TOP = 52  # below the breadcrumbs


class Notices(QWidget):
    """The latest is on top. Every one goes with its answer, or when it is closed."""

    def __init__(self, ground: QWidget) -> None:
        super().__init__(ground)
        self._ground = ground
        self.shown: dict[str, Notice] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        ground.installEventFilter(self)
        self.hide()

    def tell(self, name: str, sentence: str, answers: Sequence[Answer], icon: str = "info") -> Notice:
        """``name``: a notice of the same name is replaced."""
        self.end(name)
        notice = Notice(sentence, icon)
        for words, act in answers:
            notice.offer(words, partial(self._answer, name, act))
        notice.dismiss.clicked.connect(lambda: self.end(name))
        self.shown[name] = notice
        self._column.insertWidget(0, notice)
        self._lay()
        return notice

    def _answer(self, name: str, act: Callable[[], object], _checked: bool = False) -> None:
        self.end(name)
        act()

    def end(self, name: str) -> None:
        notice = self.shown.pop(name, None)
        if notice is not None:
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
            self._lay()

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Stays in the middle of the upper edge."""
        if event.type() == QEvent.Type.Resize:
            self._lay()
        return super().eventFilter(watched, event)

    def _lay(self) -> None:
        self.setVisible(bool(self.shown))
        width = min(680, self._ground.width() - 32)
        height = sum(max(40, notice.heightForWidth(width)) for notice in self.shown.values())
        height += 8 * max(0, len(self.shown) - 1)
        self.setGeometry((self._ground.width() - width) // 2, TOP, width, height)
        self.raise_()


class Notice(QFrame):
    """A sentence and what can be done about it."""

    def __init__(self, sentence: str, icon: str) -> None:
        super().__init__()
        theme.set_look(self, "popup")
        self._mark = QLabel()
        self._mark.setPixmap(theme.pixmap(icon, theme.current().accent, 16, 2.0))
        self.words = theme.label(sentence)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons: dict[str, QPushButton] = {}
        self.dismiss = QPushButton()
        self.dismiss.setAccessibleName("Close this notice")
        theme.set_look(self.dismiss, "quiet")
        theme.set_icon(self.dismiss, "close", "dim")
        self.dismiss.setFixedWidth(28)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 6, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self._mark)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.dismiss)

    def offer(self, words: str, act: Callable[[], object]) -> None:
        button = QPushButton(words)
        button.clicked.connect(act)
        self._row.insertWidget(self._row.count() - 1, button)
        self.buttons[words] = button
