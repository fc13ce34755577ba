"""Tabs in a narrow window: a page that needs more room than there is can be moved, and does not widen the window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QWidget

LEAST: Final = QSize(320, 96)


class Tabs(QTabWidget):
    """Its pages are asked for as they were added."""

    def add(self, page: QWidget, title: str) -> None:
        """One page more, behind the others."""
        self.addTab(_Movable(page), title)

    def show_page(self, page: QWidget) -> None:
        self.setCurrentIndex(self.place(page))

    def place(self, page: QWidget) -> int:
        """Where its tab stands."""
        return next(n for n in range(self.count()) if self._page(n) is page)

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        return self._page(self.currentIndex())

    def _page(self, place: int) -> QWidget:
        movable = self.widget(place)
        assert isinstance(movable, _Movable), "added by add()"
        return movable.page


class _Movable(QScrollArea):
    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.page = page
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(page)

    def minimumSizeHint(self) -> QSize:
        """Little: what does not fit can be reached."""
        return LEAST

    def sizeHint(self) -> QSize:
        """As the page wants to be."""
        return self.page.sizeHint()
