"""Samples of a head in a list: the input as it is, what is true, what was said, how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.evaluate.shown import images_of, words_of
from app.theme import current, fonts

HIGH: Final = 52
THUMB: Final = 40
SAMPLE: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class SampleList(QListView):
    """All of a sample's words are under the pointer. `endReached` asks for those after the last one."""

    endReached = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples = _Samples()
        self.setModel(self._samples)
        self.setItemDelegate(_Drawn(self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Samples")
        self.verticalScrollBar().valueChanged.connect(self._scroll)

    def show_samples(self, samples: Sequence[Mapping[str, Any]]) -> None:
        """As `Sample.as_json` writes them."""
        self._samples.take(samples)
        self.scrollToTop()

    def add_samples(self, samples: Sequence[Mapping[str, Any]]) -> None:
        """After those that are there; where a person looks does not move."""
        self._samples.add(samples)

    def _scroll(self, value: int) -> None:
        if 0 < self.verticalScrollBar().maximum() <= value:
            self.endReached.emit()

    @property
    def samples(self) -> Sequence[Mapping[str, Any]]:
        return self._samples.samples

    def minimumSizeHint(self) -> QSize:
        return QSize(160, HIGH)


class _Samples(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.samples: Sequence[Mapping[str, Any]] = ()

    def take(self, samples: Sequence[Mapping[str, Any]]) -> None:
        self.beginResetModel()
        self.samples = samples
        self.endResetModel()

    def add(self, samples: Sequence[Mapping[str, Any]]) -> None:
        first = len(self.samples)
        self.beginInsertRows(QModelIndex(), first, first + len(samples) - 1)
        self.samples = [*self.samples, *samples]
        self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex(), /) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.samples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        sample = self.samples[index.row()]
        if role == SAMPLE:
            return sample
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{headline(sample)}, {footnote(sample)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return words_of(sample["inputs"]) or None
        return None


class _Drawn(QStyledItemDelegate):
    """A thumbnail where there is a picture, two lines beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index, /) -> QSize:
        return QSize(160, HIGH)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, /) -> None:
        sample, theme = index.data(SAMPLE), current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected or state & QStyle.StateFlag.State_MouseOver:
            chosen = state & QStyle.StateFlag.State_Selected
            painter.fillRect(rect, QColor(theme.selection if chosen else theme.raised))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        left = self._paint_pictures(painter, sample, rect)
        words = QRect(left, rect.top() + 6, rect.right() - left - 8, 20)
        painter.setFont(fonts.title())
        is_wrong = sample["confidence"] is not None and sample["true"] not in ("", sample["predicted"])
        painter.setPen(QColor(theme.bad if is_wrong else theme.text))  # a number is never quite right
        painter.drawText(
            words, Qt.AlignmentFlag.AlignVCenter, _elided(painter, headline(sample), words.width())
        )
        painter.setFont(fonts.tiny())
        painter.setPen(QColor(theme.dim))
        below = words.translated(0, 20)
        text = " · ".join(
            part for part in (words_of(sample["inputs"]).replace("\n", " · "), footnote(sample)) if part
        )
        if not images_of(sample["inputs"]):  # the number first: long words end in dots
            text = f"{footnote(sample)} · {words_of(sample['inputs'])}".replace("\n", " · ")
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, _elided(painter, text, below.width()))
        painter.restore()

    def _paint_pictures(self, painter: QPainter, sample: Mapping[str, Any], rect: QRect) -> int:
        left = rect.left() + 8
        for image in images_of(sample["inputs"])[:2]:
            smooth = image.width() > THUMB
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(QRect(left, rect.top() + (HIGH - THUMB) // 2, THUMB, THUMB), image)
            left += THUMB + 8
        return left + 4


def headline(sample: Mapping[str, Any]) -> str:
    """``said 9, is 4`` where it is wrong, ``4, rightly`` where it is right."""
    if not sample["true"]:
        return str(sample["predicted"])
    if sample["true"] == sample["predicted"]:
        return f"{sample['predicted']}, rightly"
    return f"said {sample['predicted']}, is {sample['true']}"


def footnote(sample: Mapping[str, Any]) -> str:
    sure = sample["confidence"]
    loss = "" if sample["loss"] is None else f"loss {sample['loss']:.3g}"
    is_one = sure is not None and sample["true"]
    parts = [f"{100 * sure:.3g} % sure" if is_one else "", loss, f"row {sample['row'] + 1:,}"]
    return " · ".join(part for part in parts if part)


def _elided(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
