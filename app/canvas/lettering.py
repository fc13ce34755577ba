"""Text on a node, cut to fit and laid out once, so that painting only places it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QStaticText

from app.canvas.cards import Card
from app.canvas.look import Look

LEFT = 12.0
TITLE_LEFT = 32.0
RIGHT = 8.0
TITLE_ROW, LINE_ROW, FOOT_ROW = 17.0, 36.0, 54.0  # middles
BADGE = 12.0
# Qt's enums cost more to look up than what they ask for.
PLAIN, CACHING = Qt.TextFormat.PlainText, QStaticText.PerformanceHint.AggressiveCaching
CHIP_HEIGHT = 16.0
CHIP_PADDING = 5.0
# Longest first resort: what people call these layers when there is no room.
SHORTER = (
    ("Normalization", "Norm"),
    ("Average", "Avg"),
    ("Pooling", "Pool"),
    ("Convolution", "Conv"),
    ("Bidirectional", "BiDir"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A laid out piece of text and its top left corner."""

    text: QStaticText
    at: QPointF
    width: float


@dataclass(frozen=True, slots=True)
class Lettering:
    title: Word
    far_title: Word
    line: Word
    count: Word
    shape: Word
    chip: QRectF
    sharing: Word


def lettering(card: Card, width: float, look: Look) -> Lettering:
    sharing = f"\u00d7{card.shared}" if card.shared > 1 else ""
    badges = sum((bool(card.problem), card.frozen)) * (BADGE + 3)
    badges += BADGE + 4 + advance(look.count, sharing) if sharing else 0.0
    shape = card.shape or ("?" if card.outputs else "")
    chip, word = _chip(shape, width, look)
    room = (chip.left() if shape else width - RIGHT) - LEFT - 4
    return Lettering(
        title=_word(
            shortened(card.title, look.title, width - TITLE_LEFT - RIGHT - badges),
            look.title,
            TITLE_LEFT,
            TITLE_ROW,
        ),
        far_title=_word(shortened(card.title, look.far_title, width - 20), look.far_title, 12.0, 35.0),
        line=_word(elided(card.line, look.line, width - LEFT - RIGHT), look.line, LEFT, LINE_ROW),
        count=_word(elided(card.count, look.count, room), look.count, LEFT, FOOT_ROW),
        shape=word,
        chip=chip,
        sharing=_word(sharing, look.count, 0.0, TITLE_ROW),
    )


def _chip(shape: str, width: float, look: Look) -> tuple[QRectF, Word]:
    text = elided(shape, look.shape, width - LEFT - RIGHT - 2 * CHIP_PADDING)
    size = advance(look.shape, text) + 2 * CHIP_PADDING
    chip = QRectF(width - RIGHT - size, FOOT_ROW - CHIP_HEIGHT / 2, size, CHIP_HEIGHT)
    return chip, _word(text, look.shape, chip.left() + CHIP_PADDING, FOOT_ROW)


def _word(text: str, font: QFont, left: float, middle: float) -> Word:
    laid = QStaticText(text)
    laid.setTextFormat(PLAIN)
    laid.setPerformanceHint(CACHING)
    laid.prepare(font=font)
    metrics = _metrics(_known(font))
    top = middle - metrics.ascent() + metrics.capHeight() / 2
    return Word(laid, QPointF(left, top), metrics.horizontalAdvance(text))


def shortened(text: str, font: QFont, room: float) -> str:
    """The text, with long words in their usual short form where that lets it fit, else cut."""
    for long, short in (("", ""), *SHORTER):
        text = text.replace(long, short) if long else text
        if advance(font, text) <= room:
            return text
    return elided(text, font, room)


def elided(text: str, font: QFont, room: float) -> str:
    return _elided(text, _known(font), room) if text else ""


def advance(font: QFont, text: str) -> float:
    return _advance(text, _known(font)) if text else 0.0


def _known(font: QFont) -> _Font:
    """Asked for thousands of times with a handful of fonts, each kept alive by what is known of it."""
    known = _FONTS.get(id(font))
    if known is None or known.font is not font:
        if len(_FONTS) > 64:
            _FONTS.clear()
        known = _FONTS[id(font)] = _Font(font)
    return known


class _Font:
    """A font that can be a key of a cache."""

    __slots__ = ("font", "key")

    def __init__(self, font: QFont) -> None:
        self.font, self.key = font, font.key()

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Font) and other.key == self.key


_FONTS: dict[int, _Font] = {}


@lru_cache(maxsize=4096)
def _elided(text: str, font: _Font, room: float) -> str:
    return _metrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)


@lru_cache(maxsize=4096)
def _advance(text: str, font: _Font) -> float:
    return _metrics(font).horizontalAdvance(text)


@lru_cache(maxsize=64)
def _metrics(font: _Font) -> QFontMetricsF:
    return QFontMetricsF(font.font)
