"""Which lines a plot has: their words, their colours, and the values beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app import theme
from app.plots.curves import VALIDATION, Group
from app.theme import label


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
    """Train and validation in two colours where there is one log; else one colour a log, validation dashed."""
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

    Given too little room it says only the words, or only the values where these are asked for: it never
    makes the window wider.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
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

    def tell(self, value_of: Callable[[str], float | None], *, asked: bool = False) -> None:
        """Lines without a value are not there yet."""
        parts: list[tuple[Line, str]] = []
        for line in self._lines:
            value = value_of(line.name)
            if value is None:
                continue
            if line.is_dashed and parts:
                parts[-1] = (parts[-1][0], f"{parts[-1][1]} / {number(value)}")
            else:
                parts.append((line, number(value)))
        self._shown.setText(_text([(line, f"{line.word} {value}") for line, value in parts]))
        if self._shown.sizeHint().width() > self.width():
            self._shown.setText(_text([(line, value if asked else line.short) for line, value in parts]))

    def text(self) -> str:
        """What it says, without colours."""
        return QTextDocumentFragment.fromHtml(self._shown.text()).toPlainText()


def _text(parts: list[tuple[Line, str]]) -> str:
    dots = (f'<nobr><span style="color:{line.colour}">\u25cf</span> {words}</nobr>' for line, words in parts)
    return "&nbsp;&nbsp;&nbsp; ".join(dots)


def number(value: float) -> str:
    """Three significant figures."""
    return f"{value:.3g}" if math.isfinite(value) else str(value)


def _word(name: str) -> str:
    return "total" if name == "loss" else name.removesuffix("_loss").replace("_", " ")
