"""Which lines a plot has: their words, their colours, and the values beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app import theme
from app.plots.curves import VALIDATION, Group
from app.theme import fonts, label

BESIDE: Final = 12  # the pointer
_WIDE, _NARROW = "&nbsp;&nbsp;&nbsp; ", "&nbsp; "  # between two lines' words


@dataclass(frozen=True, slots=True)
class Line:
    """How one log is drawn."""

    name: str
    word: str
    number: int  # of its colour
    is_dashed: bool

    @property
    def short(self) -> str:
        """The word, where there is little room."""
        return "val" if self.word == "validation" else self.word

    @property
    def colour(self) -> str:
        series = theme.current().series
        return series[self.number % len(series)]


def lines_of(group: Group) -> tuple[Line, ...]:
    """Train and validation in two colours where there is one log; else one colour a log, validation dashed.

    What callbacks plot has no validation.
    """
    if not group.logged:
        return tuple(Line(name, _word(name), number, False) for number, name in enumerate(group.names))
    if len(group.names) == 1:
        name = group.names[0]
        return Line(name, "train", 0, False), Line(VALIDATION + name, "validation", 1, False)
    found: list[Line] = []
    for number, name in enumerate(group.names):
        found.append(Line(name, _word(name), number, False))
        found.append(Line(VALIDATION + name, "validation", number, True))
    return tuple(found)


class Legend(QWidget):
    """A dot, a word and a value for every line. Where a log has a colour of its own, validation stands behind it.

    Given too little room it says only the words: it never makes the window wider.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._parts: list[tuple[Line, str]] = []
        self._shown = label("", "small")
        self._shown.setTextFormat(Qt.TextFormat.RichText)
        self._shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._shown)

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        self._lines = lines
        self._shown.setText("")
        pairs = any(line.is_dashed for line in lines)
        self._shown.setToolTip("Solid: train. Dashed, and the second value: validation." if pairs else "")

    def tell(self, value_of: Callable[[str], float | None]) -> None:
        """Lines without a value are not there yet."""
        self._parts = [(line, f"{line.word} {value}") for line, value in told(self._lines, value_of)]
        brief = [(line, words.replace(line.word, line.short)) for line, words in self._parts]
        words = [(line, line.short) for line, _ in self._parts]
        for parts, gap in ((self._parts, _WIDE), (brief, _WIDE), (words, _NARROW)):
            self._shown.setText(_text(parts, gap))
            if self._shown.sizeHint().width() <= self.width():
                return

    def parts(self) -> list[tuple[str, str]]:
        """What it says where there is room: colours and words."""
        return [(line.colour, words) for line, words in self._parts]

    def text(self) -> str:
        """What it says, without colours."""
        return QTextDocumentFragment.fromHtml(self._shown.text()).toPlainText()


class Readout(QLabel):
    """The values of all curves where the pointer is, in a small box beside it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._ground = parent
        theme.set_look(self, "popup")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setMargin(6)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def tell(self, heading: str, lines: tuple[Line, ...], value_of: Callable[[str], float | None]) -> None:
        rows = "".join(
            f'<tr><td><span style="color:{line.colour}">\u25cf</span> {line.word}&nbsp;&nbsp;</td>'
            f'<td align="right">{value}</td></tr>'
            for line, value in told(lines, value_of)
        )
        top = f'<tr><td colspan="2">{heading}</td></tr>'
        self.setText(f'<table style="font-size: {fonts.SMALL}px">{top}{rows}</table>')
        self.adjustSize()

    def stand_beside(self, x: int, y: int) -> None:
        """At the right of a point of the parent, or at its left where there is no room."""
        room = self._ground.size()
        left = x + BESIDE if x + BESIDE + self.width() <= room.width() else x - BESIDE - self.width()
        self.move(left, max(0, min(y, room.height() - self.height())))
        self.show()
        self.raise_()


def told(lines: tuple[Line, ...], value_of: Callable[[str], float | None]) -> list[tuple[Line, str]]:
    """Lines with their values; the validation of a log that has a colour stands behind its own."""
    parts: list[tuple[Line, str]] = []
    for line in lines:
        value = value_of(line.name)
        if value is None:
            continue
        if line.is_dashed and parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]} / {number(value)}")
        else:
            parts.append((line, number(value)))
    return parts


def _text(parts: list[tuple[Line, str]], gap: str) -> str:
    dots = (f'<nobr><span style="color:{line.colour}">\u25cf</span> {words}</nobr>' for line, words in parts)
    return gap.join(dots)


def number(value: float) -> str:
    """Three significant figures."""
    return f"{value:.3g}" if math.isfinite(value) else str(value)


def _word(name: str) -> str:
    return "total" if name == "loss" else name.removesuffix("_loss").replace("_", " ")
