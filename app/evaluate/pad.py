"""A pad to draw a sample on: as many pixels as the model's Input takes, painted with a soft brush."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from app.evaluate.shown import FORMATS, image_of
from app.theme import appearance, current

SIDE: Final = 144
BRUSH: Final = 0.09  # of the pad's side: the radius of a stroke


class DrawPad(QWidget):
    """The left button draws, the right one wipes away; Delete clears, and a picture can be pasted."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels = np.zeros((1, 1, 1))  # 0 to 1
        self._last: QPointF | None = None
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Draw a sample; Delete clears it")
        self.setToolTip(
            "Draw with the left button, wipe with the right one, clear with Delete, paste a picture"
        )
        appearance().changed.connect(self.update)

    @property
    def shown(self) -> dict[str, Any]:
        """As the evaluator takes it."""
        grey = np.rint(self._pixels * 255).astype(np.uint8)
        height, width, channels = grey.shape
        pixels = base64.b64encode(grey.tobytes()).decode()
        return {"kind": "image", "height": height, "width": width, "channels": channels, "pixels": pixels}

    def show_image(self, shown: Mapping[str, Any]) -> None:
        """Begin from a picture; its size is the pad's from now on."""
        raw = np.frombuffer(base64.b64decode(shown["pixels"]), np.uint8).astype(np.float64)
        self._pixels = raw.reshape(shown["height"], shown["width"], shown["channels"]) / 255
        self.update()

    def clear(self) -> None:
        self._pixels = np.zeros_like(self._pixels)
        self.update()
        self.edited.emit()

    def take(self, image: QImage) -> None:
        """A picture from elsewhere, brought to the pad's pixels."""
        if image.isNull():
            return
        height, width, channels = self._pixels.shape
        kept, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        found = image.scaled(width, height, kept, smooth).convertToFormat(FORMATS[channels])
        lines = np.frombuffer(found.constBits(), np.uint8).reshape(height, found.bytesPerLine())
        self._pixels = lines[:, : width * channels].reshape(height, width, channels) / 255
        self.update()
        self.edited.emit()

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        self.setFocus()
        self._last = event.position()
        self._stroke(event)

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        if self._last is not None:
            self._stroke(event)

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        self._last = None

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.take(QGuiApplication.clipboard().image())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        image = image_of(self.shown)
        painter.drawImage(QRectF(self.rect()).adjusted(1, 1, -1, -1), image)
        painter.setPen(QPen(QColor(current().accent if self.hasFocus() else current().line), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def _stroke(self, event: QMouseEvent) -> None:
        """Everything between the last place and this one, so that a fast hand leaves no gaps."""
        assert self._last is not None, "a stroke has begun"
        wipes = bool(event.buttons() & Qt.MouseButton.RightButton)
        step = event.position() - self._last
        count = max(1, round(math.hypot(step.x(), step.y()) / 2))
        for index in range(1, count + 1):
            self._dab(self._last + step * (index / count), wipes)
        self._last = event.position()
        self.update()
        self.edited.emit()

    def _dab(self, place: QPointF, wipes: bool) -> None:
        height, width, _ = self._pixels.shape
        radius = max(0.75, BRUSH * max(height, width))
        y, x = place.y() / self.height() * height - 0.5, place.x() / self.width() * width - 0.5
        distance = np.hypot(np.arange(height)[:, None] - y, np.arange(width)[None] - x)
        ink = np.clip(1.25 - distance / radius, 0.0, 1.0)[..., None]
        self._pixels = self._pixels * (1 - ink) if wipes else np.maximum(self._pixels, ink)
