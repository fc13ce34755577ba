"""What a person can ask of the selection, each as one command on the session."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication

from app.canvas.arranging import Edge, Way, aligned, spread
from app.canvas.placing import adding, following, place_around, place_behind
from app.canvas.stage import Stage
from graph_engine.document import (
    MODEL,
    Bypass,
    Command,
    DecodeError,
    Duplicate,
    Edit,
    Fragment,
    Group,
    Move,
    Paste,
    Point,
    Refusal,
    Remove,
    RemoveReconnect,
    Rename,
    Sequence,
    Ungroup,
    Unlink,
    copy,
    unique_name,
    wiring,
)
from graph_engine.layout import layout, part_of

NOTHING = "Nothing is selected."


class Editing:
    """The canvas' commands."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._pasted: tuple[str, int] = ("", 0)

    @property
    def _graph(self) -> str:
        return self._stage.graph.id

    def _selected(self) -> tuple[str, ...]:
        nodes = self._stage.scene.selected_nodes()
        if not nodes:
            self._stage.say(NOTHING)
        return nodes

    def add_layer(self, kind: str, at: Point | None) -> None:
        """``at``: where its middle goes; without it, behind the selected node, else in the middle of the view."""
        stage = self._stage
        loose = following(stage, kind)
        if at is not None:
            corner = place_around(stage, at)
        elif loose is not None:
            corner = place_behind(stage, loose.node)
        else:
            middle = stage.view.visible().center()
            corner = place_around(stage, Point(middle.x(), middle.y()))
        stage.do(adding(stage, kind, corner, loose))

    # Clipboard: text, so that it works between windows and in a chat

    def copy(self) -> bool:
        nodes = self._selected()
        if nodes:
            text = copy(self._stage.document, self._graph, nodes).to_text()
            QGuiApplication.clipboard().setText(text)
            self._pasted = (text, 0)
        return bool(nodes)

    def cut(self) -> None:
        if self.copy():
            self._stage.do(Remove(self._graph, self._stage.scene.selected_nodes()))

    def paste(self, keep_inputs: bool = False) -> None:
        """Beside the originals, further with every paste; in sight where they are not."""
        text = QGuiApplication.clipboard().text()
        try:
            fragment = Fragment.from_text(text)
        except DecodeError as error:
            self._stage.say(f"{error}.")
            return
        times = self._pasted[1] + 1 if self._pasted[0] == text else 1
        self._pasted = (text, times)
        self._stage.do(Paste(self._graph, fragment, self._offset(fragment, times), keep_inputs))

    def _offset(self, fragment: Fragment, times: int) -> Point:
        beside = Point(40.0 * times, 40.0 * times)
        corners = fragment.document.main.positions.values()
        seen = self._stage.view.visible()
        if not corners or any(seen.contains(x + beside.x, y + beside.y) for x, y in corners):
            return beside
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        return Point(seen.left() + 60 * times - left, seen.top() + 60 * times - top)

    def duplicate(self, shared: bool) -> None:
        nodes = self._selected()
        if nodes:
            self._stage.do(Duplicate(self._graph, nodes, shared=shared))

    # Structure

    def delete(self, reconnect: bool = False) -> None:
        nodes, wires = self._stage.scene.selected_nodes(), self._stage.scene.selected_wires()
        if not nodes and not wires:
            self._stage.say(NOTHING)
        elif reconnect and nodes:
            self._stage.do(RemoveReconnect(self._graph, nodes))
        else:
            self._stage.do(Remove(self._graph, nodes, wires))

    def bypass(self) -> None:
        """Switches off what is selected, or on again where all of it is off."""
        nodes = self._selected()
        if nodes:
            off = all(self._stage.graph.nodes[node].bypassed for node in nodes)
            self._stage.do(Bypass(self._graph, nodes, not off))

    def group(self) -> None:
        nodes = self._selected()
        if not nodes:
            return
        name = unique_name("block", (layer.name for layer in self._stage.document.layers.values()))
        self._stage.do(Group(self._graph, nodes, name, self._entering(nodes)))

    def _entering(self, nodes: tuple[str, ...]) -> dict:  # type: ignore[type-arg]
        """The shapes that reach the nodes from outside, by port."""
        wires, chosen, found = wiring(self._stage.graph), set(nodes), {}
        for node in nodes:
            for edge in wires.incoming(node).values():
                port = self._stage.node_info(edge.source.node).output(edge.source.name)
                if edge.source.node not in chosen and port and port.spec:
                    found[edge.source] = (port.spec.sample_shape, port.spec.dtype)
        return found

    def ungroup(self) -> None:
        models = [node for node in self._selected() if self._stage.layer(node).type == MODEL]
        if models:
            self._stage.do(self._all("Ungroup", [Ungroup(self._graph, node) for node in models]))
        elif self._stage.scene.selected_nodes():
            self._stage.say("Only a model layer can be ungrouped.")

    @staticmethod
    def _all(label: str, commands: list[Command]) -> Command:
        return commands[0] if len(commands) == 1 else Sequence(label, tuple(commands))

    # Places and names

    def tidy(self) -> None:
        """Lays out two or more selected nodes anew, or the whole graph; its top left corner stays where it was."""
        stage = self._stage
        chosen = stage.scene.selected_nodes()
        graph = part_of(stage.graph, chosen) if len(chosen) > 1 else stage.graph
        sizes = {
            node: (stage.scene.nodes[node].body.width, stage.scene.nodes[node].body.height)
            for node in graph.nodes
        }
        laid = layout(graph, sizes)
        if not laid:
            return
        bounds = stage.scene.bounds(list(laid))
        left, top = min(point.x for point in laid.values()), min(point.y for point in laid.values())
        places = {
            node: Point(point.x - left + round(bounds.left()), point.y - top + round(bounds.top()))
            for node, point in laid.items()
        }
        stage.do(Sequence("Tidy layout", (Move(self._graph, places),)))

    def align(self, edge: Edge) -> None:
        """Lines up the selected nodes on an edge or middle."""
        self._place(f"Align {edge}", aligned(self._boxes(), edge))

    def spread(self, way: Way) -> None:
        """Gives the selected nodes equal gaps."""
        self._place(f"Distribute {way}", spread(self._boxes(), way))

    def _boxes(self) -> dict[str, QRectF]:
        items = self._stage.scene.nodes
        return {node: items[node].rect() for node in self._selected()}

    def _place(self, label: str, places: dict[str, Point]) -> None:
        if places:
            self._stage.do(Sequence(label, (Move(self._graph, places),)))

    def unlink(self) -> None:
        nodes = self._selected()
        if nodes:
            self._stage.do(Unlink(self._graph, nodes))

    def nudge(self, dx: float, dy: float) -> None:
        nodes = self._selected()
        if nodes:
            items = self._stage.scene.nodes
            places = {node: Point(items[node].x() + dx, items[node].y() + dy) for node in nodes}
            self._stage.do(Move(self._graph, places, gesture="nudge"))

    def rename(self, node: str, name: str) -> Edit | Refusal:
        return self._stage.do(Rename(self._stage.graph.nodes[node].layer, name))

    def select_all(self) -> None:
        self._stage.scene.select(self._stage.scene.nodes)
