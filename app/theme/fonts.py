"""The bundled fonts: Inter for words, JetBrains Mono for shapes and columns of numbers.

Sizes are whole logical pixels, not points: a point depends on the resolution of what is painted on, so a
picture exported as SVG or PDF would come out with other text sizes than the window.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from graph_engine.resources import resource

UI_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"
# Static files: Qt 6.11 offers only the regular weight of Inter's variable font.
FILES = (
    "Inter-Regular.ttf",
    "Inter-Medium.ttf",
    "Inter-SemiBold.ttf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Medium.ttf",
)
UI, TITLE, SMALL, TINY, MONO, HEADLINE = 13, 12, 12, 11, 11, 15


@cache
def load() -> tuple[str, ...]:
    """Registers the bundled fonts with Qt, once; the families they announce. Needs a QGuiApplication."""
    families: list[str] = []
    for name in FILES:
        number = QFontDatabase.addApplicationFont(str(resource("fonts", name)))
        if number < 0:
            raise RuntimeError(f"Qt cannot read the bundled font {name}")
        families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))


def _font(family: str, size: int, weight: QFont.Weight) -> QFont:
    load()
    font = QFont(family)
    font.setPixelSize(size)
    font.setWeight(weight)
    # Hinting snaps stems to pixels and widths with them; text then jumps when the canvas is zoomed.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def ui(size: int = UI, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Text of the interface."""
    return _font(UI_FAMILY, size, weight)


def title(size: int = TITLE) -> QFont:
    """The name on a node, a heading inside a panel."""
    return _font(UI_FAMILY, size, QFont.Weight.DemiBold)


def headline() -> QFont:
    """What a panel is about: the layer in the inspector, the epoch in Train."""
    return title(HEADLINE)


def small() -> QFont:
    """Secondary lines."""
    return ui(SMALL)


def tiny() -> QFont:
    """Units, parameter counts, axis labels."""
    return ui(TINY)


def mono(size: int = MONO, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Shapes, code, numbers that are compared by column."""
    return _font(MONO_FAMILY, size, weight)


def numbers(size: int = UI) -> QFont:
    """Inter with figures of one width, for numbers that change in place."""
    font = ui(size)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
