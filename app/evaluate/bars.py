"""What heads say of one sample: a bar for each class, a number, or a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.evaluate.shown import image_of
from app.theme import appearance, current, fonts
from graph_engine.evaluation.samples import figure

ROW: Final = 17
NAME: Final = 80  # at most
MOST: Final = 10  # classes of a head
PICTURE: Final = 128  # pixels a side


class Bars(QWidget):
    """The likeliest first where there are more classes than room, in their own order otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads: Sequence[Mapping[str, Any]] = ()
        appearance().changed.connect(self.update)

    def show_heads(self, heads: Sequence[Mapping[str, Any]]) -> None:
        self._heads = heads
        self.setFixedHeight(max(ROW, self._height()))
        self.setAccessibleName("; ".join(f"{head['head']}: {_said(head)}" for head in heads))
        self.update()

    @property
    def heads(self) -> Sequence[Mapping[str, Any]]:
        return self._heads

    def sizeHint(self) -> QSize:
        return QSize(200, self._height())

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0.0
        for head in self._heads:
            top = self._paint_head(painter, head, top)

    def _height(self) -> int:
        return sum(ROW + (PICTURE if "image" in head else ROW * len(_rows(head))) + 6 for head in self._heads)

    def _paint_head(self, painter: QPainter, head: Mapping[str, Any], top: float) -> float:
        theme = current()
        painter.setFont(fonts.title())
        painter.setPen(QColor(theme.text))
        line = QRectF(0, top, self.width(), ROW)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, f"{head['head']}: {_said(head)}")
        if "image" in head:
            painter.drawImage(QRectF(0, top + ROW, PICTURE, PICTURE), image_of(head["image"]))
            return top + ROW + PICTURE + 6
        rows = _rows(head)
        best = max((score for _, score in rows), default=0.0)
        painter.setFont(fonts.tiny())
        widest = max((painter.fontMetrics().horizontalAdvance(name) for name, _ in rows), default=0)
        left = min(NAME, widest + 8)
        for index, (name, score) in enumerate(rows):
            line = QRectF(0, top + ROW * (1 + index), self.width(), ROW)
            self._paint_bar(painter, line, left, name, score, score == best)
        return top + ROW * (1 + len(rows)) + 6

    def _paint_bar(
        self, painter: QPainter, line: QRectF, left: float, name: str, score: float, best: bool
    ) -> None:
        theme = current()
        painter.setFont(fonts.tiny())
        painter.setPen(QColor(theme.text if best else theme.dim))
        place = QRectF(line.left(), line.top(), left - 8, ROW)
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(Qt.PenStyle.NoPen)
        room = line.width() - left - 52
        groove = QRectF(left, line.center().y() - 4, room, 8)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(groove, 3, 3)
        painter.setBrush(QColor(theme.accent if best else theme.disabled))
        painter.drawRoundedRect(QRectF(groove.left(), groove.top(), max(2.0, room * score), 8), 3, 3)
        painter.setFont(fonts.mono(10))
        painter.setPen(QColor(theme.text if best else theme.dim))
        beside = QRectF(line.right() - 44, line.top(), 44, ROW)
        painter.drawText(
            beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{100 * score:.1f} %"
        )


def _rows(head: Mapping[str, Any]) -> list[tuple[str, float]]:
    if "scores" not in head:
        return []
    rows = list(zip(map(str, head["names"]), head["scores"], strict=True))
    return rows if len(rows) <= MOST else sorted(rows, key=lambda row: -row[1])[:MOST]


def _said(head: Mapping[str, Any]) -> str:
    if "image" in head:
        return "a picture"
    if "value" in head:
        values = head["value"]
        return ", ".join(map(figure, values[:4])) + (" \u2026" if len(values) > 4 else "")
    rows = list(zip(map(str, head["names"]), head["scores"], strict=True))
    if head["kind"] == "labels":
        return ", ".join(name for name, score in rows if score > 0.5) or "none"
    return max(rows, key=lambda row: row[1])[0]
