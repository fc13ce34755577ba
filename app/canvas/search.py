"""Search to add, and to find: pickers that know layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtWidgets import QWidget

from app.canvas.cards import family_of
from app.canvas.scene import CanvasScene
from app.canvas.stock import Part
from app.theme import FAMILIES
from app.widgets.picker import Offer, Picker
from graph_engine.layers.base import LAYERS


class SearchPopup(Picker):
    """Layer types; never leaves the keyboard, and offers only what fits."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Search layers")


class FindPopup(Picker):
    """The nodes of the graph that is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Find a layer by name or type", width=320)


def layer_offers(shapes: Mapping[str, str]) -> list[Offer]:
    """Rows for layer types, each with the shape it would give."""
    return [
        Offer(
            name,
            name,
            f"\u2192 {shape}" if shape else "",
            *_icon(family_of(name)),
            LAYERS[name].summary(),
        )
        for name, shape in shapes.items()
    ]


def part_offers(parts: Iterable[Part]) -> list[Offer]:
    """Rows for blocks and models, after the layers."""
    return [Offer(part.key, part.title, "", "model", "model", part.summary, part.group) for part in parts]


def node_offers(scene: CanvasScene) -> list[Offer]:
    """Rows for nodes, found by their names as by their types."""
    return [
        Offer(
            node,
            item.card.title,
            item.card.shape,
            *_icon(item.card.family),
            also=f"{item.card.kind} {item.card.line}",
        )
        for node, item in scene.nodes.items()
    ]


def _icon(family: str) -> tuple[str, str]:
    return (family, family) if family in FAMILIES else ("unknown", "faint")
