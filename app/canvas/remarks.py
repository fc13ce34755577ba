"""Frames and notes: what a person says about the drawing. They lie behind nodes and wires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QAbstractTextDocumentLayout, QFont, QPainter, QPalette, QTextDocument
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas.items import Setting, age
from app.canvas.lettering import elided
from app.canvas.look import color, pen
from app.theme import fonts
from graph_engine.document import Frame, Graph, Note

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

HEAD: Final = 28.0  # of a frame: its title, by which it is taken
CORNER: Final = 16.0  # at the lower right, by which it is made larger
PAD: Final = 10.0  # around a note's text
# What a frame's colour may be called, with the word a person reads.
COLOURS: Final = {
    "": "Grey",
    "core": "Blue",
    "convolution": "Violet",
    "merge": "Green",
    "normalization": "Yellow",
    "activation": "Orange",
    "attention": "Pink",
}


class _Text(QTextDocument):
    """A stranger's text must not make this program read files."""

    def loadResource(self, type: int, name: QUrl | str) -> object:
        return None


class FrameItem(QGraphicsItem):
    """A titled rectangle. Only its title and its corner take the pointer: inside of it is paper."""

    is_frame = True

    def __init__(self, frame: Frame, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        self.selected = self.hovered = False
        self.setZValue(-2 + age(frame.id))
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.show_record(frame)

    def show_record(self, record: Frame) -> None:
        self.prepareGeometryChange()
        self.record = record
        self.size = record.width, record.height
        self.setPos(record.x, record.y)
        self.update()

    def stretch(self, width: float, height: float) -> None:
        """For the length of a drag at its corner."""
        self.prepareGeometryChange()
        self.size = width, height
        self.update()

    def redress(self) -> None:
        self.update()

    def rect(self) -> QRectF:
        """In the scene's coordinates."""
        return QRectF(self.pos().x(), self.pos().y(), *self.size)

    def takes(self, x: float, y: float) -> bool:
        """Whether a point of the scene belongs to it, rather than to what lies in it."""
        rect = self.rect()
        return rect.contains(x, y) and (y <= rect.top() + HEAD or self.at_corner(x, y))

    def at_corner(self, x: float, y: float) -> bool:
        corner = self.rect().bottomRight()
        return corner.x() - CORNER <= x <= corner.x() and corner.y() - CORNER <= y <= corner.y()

    def boundingRect(self) -> QRectF:
        return QRectF(-2, -2, self.size[0] + 4, self.size[1] + 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None, /
    ) -> None:
        theme = self.setting.look.theme
        tint = theme.families.get(self.record.colour, theme.dim)
        rect = QRectF(0, 0, *self.size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(color(tint, 0.07))
        painter.setPen(
            pen(theme.accent, 2.0) if self.selected else pen(tint if self.hovered else theme.line, 1.0)
        )
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        font: QFont = fonts.title()
        painter.setFont(font)
        painter.setPen(color(theme.dim if not self.record.colour else tint))
        words = elided(self.record.title, font, rect.width() - 24)
        painter.drawText(QRectF(12, 0, rect.width() - 24, HEAD), Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(pen(theme.faint, 1.2))
        right, bottom = rect.right(), rect.bottom()
        for step in (6.0, 10.0):
            painter.drawLine(QPointF(right - step, bottom - 4), QPointF(right - 4, bottom - step))


class NoteItem(QGraphicsItem):
    """A piece of markdown on a slip of paper."""

    is_frame = False

    def __init__(self, note: Note, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        self.selected = self.hovered = False
        self.setZValue(-0.5 + age(note.id) / 4)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._text = _Text()
        self._text.setDocumentMargin(0)
        self.show_record(note)

    def show_record(self, record: Note) -> None:
        self.record = record
        self.setPos(record.x, record.y)
        self._write(record.width)

    def _write(self, width: float) -> None:
        self.prepareGeometryChange()
        self._text.setDefaultFont(fonts.ui(12))
        self._text.setMarkdown(
            self.record.text or "*Empty note*", QTextDocument.MarkdownFeature.MarkdownNoHTML
        )
        self._text.setTextWidth(max(40.0, width - 2 * PAD))
        self.size = width, self._text.size().height() + 2 * PAD
        self.update()

    def stretch(self, width: float, height: float) -> None:
        """For the length of a drag at its corner; its height follows its text."""
        self._write(width)

    def redress(self) -> None:
        self._write(self.record.width)

    def rect(self) -> QRectF:
        return QRectF(self.pos().x(), self.pos().y(), *self.size)

    def takes(self, x: float, y: float) -> bool:
        return self.rect().contains(x, y)

    def at_corner(self, x: float, y: float) -> bool:
        corner = self.rect().bottomRight()
        return corner.x() - CORNER <= x <= corner.x() and corner.y() - CORNER <= y <= corner.y()

    def boundingRect(self) -> QRectF:
        return QRectF(-2, -2, self.size[0] + 4, self.size[1] + 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None, /
    ) -> None:
        theme = self.setting.look.theme
        rect = QRectF(0, 0, *self.size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(color(theme.raised))
        painter.setPen(
            pen(theme.accent, 2.0) if self.selected else pen(theme.dim if self.hovered else theme.line, 1.0)
        )
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.fillRect(QRectF(0.5, 6, 2.5, rect.height() - 12), color(theme.families["normalization"]))
        painter.translate(PAD + 2, PAD)
        context = _context(theme.text)
        self._text.documentLayout().draw(painter, context)
        painter.translate(-PAD - 2, -PAD)


def _context(tint: str) -> QAbstractTextDocumentLayout.PaintContext:
    """Text in a colour of the theme, whatever the application's palette."""
    context = QAbstractTextDocumentLayout.PaintContext()
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, color(tint))
    context.palette = palette
    return context


RemarkItem = FrameItem | NoteItem


class RemarkKeeper:
    """Items of frames and notes by id, kept in step with the document."""

    def __init__(self, scene: CanvasScene) -> None:
        self.items: dict[str, RemarkItem] = {}
        self._scene = scene

    def update(self, graph: Graph) -> bool:
        """Whether anything was changed."""
        records: Mapping[str, Frame | Note] = {**graph.frames, **graph.notes}
        changed = False
        for gone in [key for key in self.items if key not in records]:
            self._scene.removeItem(self.items.pop(gone))
            changed = True
        for key, record in records.items():
            item = self.items.get(key)
            if item is None:
                self.items[key] = item = _made(record, self._scene)
                self._scene.addItem(item)
                changed = True
            elif item.record is not record or (item.x(), item.y()) != (record.x, record.y):
                item.show_record(record)  # type: ignore[arg-type]  # an id never means two things
                changed = True
        return changed

    def clear(self) -> None:
        for item in self.items.values():
            self._scene.removeItem(item)
        self.items.clear()


def _made(record: Frame | Note, scene: CanvasScene) -> RemarkItem:
    return FrameItem(record, scene) if isinstance(record, Frame) else NoteItem(record, scene)
