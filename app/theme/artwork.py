"""The SVG files under resources/icons as text and as pictures in a given colour; knows nothing of themes."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.theme.tokens import FAMILIES, ICON
from graph_engine.resources import resource


@cache
def names() -> frozenset[str]:
    """Every icon there is: the actions, the layer families, and `unknown`."""
    folders = (resource("icons", "actions"), resource("icons", "families"))
    return frozenset(file.stem for folder in folders for file in folder.glob("*.svg"))


@cache
def _source(name: str) -> str:
    folder = "families" if name in FAMILIES or name == "unknown" else "actions"
    return resource("icons", folder, f"{name}.svg").read_text(encoding="utf-8")


def tinted(name: str, color: str) -> bytes:
    """The SVG source of an icon in a colour given as `#rrggbb`."""
    return _source(name).replace("currentColor", color).encode()


@lru_cache(maxsize=1024)
def pixmap(name: str, color: str, size: int = ICON, ratio: float = 1.0) -> QPixmap:
    """An icon as a picture: `size` logical pixels at a device pixel ratio. Cached, so fit for `paint()`."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(tinted(name, color)).render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
