"""Small pieces every panel is made of, so that no panel writes its own style sheet."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFrame,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)

from app.theme.appearance import current
from app.theme.tokens import ROW, Theme


def set_look(widget: QWidget, look: str, state: str = "") -> None:
    """Dresses a widget in one of the looks of resources/themes/*.qss, for example a button in `primary`."""
    widget.setProperty("look", look)
    widget.setProperty("state", state)
    # Qt reads properties in selectors only when a widget is polished.
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def label(text: str, look: str = "", *, selectable: bool = False) -> QLabel:
    """A label in one of the looks: heading, headline, title, dim, faint, mono, chip, ok, warn, bad."""
    result = QLabel(text)
    result.setProperty("look", look)
    if selectable:
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        result.setTextInteractionFlags(flags)
    return result


def separator(*, vertical: bool = False) -> QFrame:
    """A line of one pixel between two parts of a panel."""
    line = QFrame()
    line.setProperty("look", "line")
    (line.setFixedWidth if vertical else line.setFixedHeight)(1)
    return line


def style_table(table: QTableView) -> None:
    """What a style sheet cannot say about a table: row height, no grid, whole rows selected."""
    rows = table.verticalHeader()
    rows.setDefaultSectionSize(ROW)
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.hide()
    table.setShowGrid(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    columns = table.horizontalHeader()
    columns.setHighlightSections(False)
    columns.setStretchLastSection(True)
    columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def style_combo(combo: QComboBox) -> None:
    """Lets the style sheet reach the rows of a combo box: its own delegate ignores style sheets."""
    combo.setItemDelegate(QStyledItemDelegate(combo))


def style_spin(spin: QAbstractSpinBox) -> None:
    """Moves a spin box's text to where other fields have it; Qt 6.11 ignores the style sheet's padding."""
    spin.lineEdit().setTextMargins(8, 0, 0, 0)


def round_popup(popup: QWidget) -> None:
    """Lets the corners of a menu or popup be round: without this they are filled with the panel's colour."""
    popup.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    popup.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
    popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)


class Switch(QCheckBox):
    """A check box drawn as a switch, for a setting that takes effect at once."""

    TRACK = QSize(28, 16)
    RING = 2  # room around the track for the focus ring

    def sizeHint(self) -> QSize:
        """The track, its ring, and the text beside it where there is one."""
        side = 2 * self.RING
        text = self.fontMetrics().horizontalAdvance(self.text()) + 8 if self.text() else 0
        height = max(self.TRACK.height() + side, self.fontMetrics().height())
        return QSize(self.TRACK.width() + side + text, height)

    def minimumSizeHint(self) -> QSize:
        """Never less: a switch cut in half says nothing."""
        return self.sizeHint()

    def hitButton(self, position: QPoint, /) -> bool:
        """The text belongs to the switch: a click on it counts."""
        return self.sizeHint().width() >= position.x() and self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Track, knob, focus ring, text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current()
        top = (self.height() - self.TRACK.height()) / 2
        track = QRectF(self.RING, top, self.TRACK.width(), self.TRACK.height())
        self._paint_track(painter, track, theme)
        if self.hasFocus():
            ring = track.adjusted(-1.5, -1.5, 1.5, 1.5)
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
        painter.setPen(QColor(theme.text if self.isEnabled() else theme.disabled))
        start = round(track.right()) + 8
        painter.drawText(self.rect().adjusted(start, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())

    def _paint_track(self, painter: QPainter, track: QRectF, theme: Theme) -> None:
        """Off: a grey track, the knob at its left. On: the accent, the knob at its right."""
        painter.setOpacity(1 if self.isEnabled() else 0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent if self.isChecked() else theme.disabled))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = QRectF(0, 0, 12, 12)
        middle = track.right() - 8 if self.isChecked() else track.left() + 8
        knob.moveCenter(track.center())
        knob.moveLeft(middle - 6)
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(knob)
        painter.setOpacity(1)
