"""Some pictures as the model will be fed them, so that what steps make of them is seen before anything is trained."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.data.thumbnails import image_of
from app.theme import label

SIDE: Final = 42  # pixels; as many as ``app.bridge.looks`` gives stand in one line
_HELP: Final = (
    "Rows to learn from, as the model is fed them in the first epoch. "
    "Their lowest number is black, their highest white."
)


class FedPictures(QWidget):
    """A line of pictures below what they are; nothing where the model is fed none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: list[QLabel] = []
        self._line = QHBoxLayout()
        self._line.setSpacing(4)
        self._line.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 4, 0, 4)
        outer.setSpacing(4)
        outer.addWidget(label("As training will see them", "dim"))
        outer.addLayout(self._line)
        self.setToolTip(_HELP)
        self.hide()

    def show_rows(self, rows: Any) -> None:
        """(rows, height, width, colours) of any numbers; None hides them."""
        count = 0 if rows is None else len(rows)
        while len(self.pictures) < count:
            picture = QLabel()
            picture.setFixedSize(SIDE, SIDE)
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            picture.setAccessibleName(f"Fed picture {len(self.pictures) + 1}")
            self._line.insertWidget(len(self.pictures), picture)
            self.pictures.append(picture)
        for place, picture in enumerate(self.pictures):
            picture.setVisible(place < count)
        if count:
            self._fill(np.asarray(rows, np.float64))
        self.setVisible(count > 0)

    def _fill(self, rows: Any) -> None:
        low, high = float(rows.min()), float(rows.max())
        ratio = self.devicePixelRatioF()
        size = QSize(SIDE, SIDE) * ratio
        for picture, row in zip(self.pictures, rows, strict=False):
            image = image_of(row, low, high).scaled(
                size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(ratio)
            picture.setPixmap(pixmap)
