"""What a person can ask of the selection, each as one command on the session."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication

from app.canvas.arranging import Edge, Way, aligned, spread
from app.canvas.placing import adding, following, place_around, place_behind
from app.canvas.remarks import HEAD
from app.canvas.stage import Stage
from graph_engine.document import (
    MODEL,
    AddFrame,
    AddNote,
    Bend,
    Bypass,
    Command,
    DecodeError,
    Duplicate,
    Edit,
    EditFrame,
    EditNote,
    Fragment,
    Group,
    Move,
    Paste,
    Point,
    Port,
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
from graph_engine.values import LayerloomError, Shape

NOTHING = "Nothing is selected."
ROUND = 24.0  # between a frame and what it is put around


class Editing:
    """The canvas' commands."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._pasted: tuple[str, int] = ("", 0)

    @property
    def _graph(self) -> str:
        return self._stage.graph.id

    def _items(self) -> tuple[str, ...]:
        """Selected nodes, frames and notes."""
        items = (*self._stage.scene.selected_nodes(), *self._stage.scene.selected_remarks())
        if not items:
            self._stage.say(NOTHING)
        return items

    def _selected(self) -> tuple[str, ...]:
        nodes = self._stage.scene.selected_nodes()
        if not nodes:
            self._stage.say(NOTHING)
        return nodes

    def publish(self, node: str) -> None:
        """Puts a model layer into the person's own library."""
        name = self._stage.layer(node).name
        fragment = copy(self._stage.document, self._graph, (node,))
        try:
            self._stage.stock.publish(name, Fragment(fragment.document))
        except LayerloomError as error:
            self._stage.say(f"{error}.")
            return
        self._stage.say(f"{name} is in your library now.")

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
        items = self._items()
        if items:
            text = copy(self._stage.document, self._graph, items).to_text()
            QGuiApplication.clipboard().setText(text)
            self._pasted = (text, 0)
        return bool(items)

    def cut(self) -> None:
        if self.copy():
            self.delete()

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
        items = self._items()
        if items:
            self._stage.do(Duplicate(self._graph, items, shared=shared))

    # Structure

    def delete(self, reconnect: bool = False) -> None:
        scene = self._stage.scene
        nodes, wires = scene.selected_nodes(), scene.selected_wires()
        frames = tuple(item for item in scene.selected_remarks() if item in self._stage.graph.frames)
        notes = tuple(item for item in scene.selected_remarks() if item in self._stage.graph.notes)
        if not scene.selected_items():
            self._stage.say(NOTHING)
        elif reconnect and nodes:
            self._stage.do(RemoveReconnect(self._graph, nodes))
        else:
            self._stage.do(Remove(self._graph, nodes, wires, frames, notes))

    def straighten(self) -> None:
        """Takes the dots off the selected wires."""
        bent = [edge for edge in self._stage.scene.selected_wires() if edge in self._stage.graph.bends]
        if bent:
            self._stage.do(self._all("Straighten wires", [Bend(self._graph, edge, ()) for edge in bent]))

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

    def _entering(self, nodes: tuple[str, ...]) -> dict[Port, tuple[Shape, str]]:
        """The shapes that reach the nodes from outside, by port."""
        wires, chosen = wiring(self._stage.graph), set(nodes)
        found: dict[Port, tuple[Shape, str]] = {}
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
        bent = [
            Bend(self._graph, edge, ())
            for edge in stage.graph.bends
            if edge in graph.edges  # a dot belongs to the old places
        ]
        stage.do(Sequence("Tidy layout", (Move(self._graph, places), *bent)))

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
        nodes = self._items()
        if nodes:
            items = {**self._stage.scene.nodes, **self._stage.scene.remarks}
            places = {node: Point(items[node].x() + dx, items[node].y() + dy) for node in nodes}
            self._stage.do(Move(self._graph, places, gesture="nudge"))

    def rename(self, item: str, name: str) -> Edit | Refusal:
        """A node's layer, or a frame."""
        if item in self._stage.graph.frames:
            return self._stage.do(EditFrame(self._graph, item, title=name))
        return self._stage.do(Rename(self._stage.graph.nodes[item].layer, name))

    def frame(self) -> str:
        """Puts a frame around the selected nodes; its id, empty where there are none."""
        nodes = self._selected()
        if not nodes:
            return ""
        box = self._stage.scene.bounds(nodes).adjusted(-ROUND, -ROUND - HEAD + 8, ROUND, ROUND)
        answer = self._stage.do(AddFrame(self._graph, "Block", box.x(), box.y(), box.width(), box.height()))
        return answer.created[0] if isinstance(answer, Edit) else ""

    def note(self, at: Point) -> str:
        """A new, empty note."""
        answer = self._stage.do(AddNote(self._graph, "", at.x, at.y))
        return answer.created[0] if isinstance(answer, Edit) else ""

    def write(self, note: str, text: str) -> None:
        """A note's text; one that is left empty goes."""
        if note in self._stage.graph.notes:
            empty = not text.strip()
            self._stage.do(
                Remove(self._graph, notes=(note,)) if empty else EditNote(self._graph, note, text=text)
            )

    def colour(self, colour: str, _checked: bool = False) -> None:
        """Of all selected frames."""
        frames = [item for item in self._stage.scene.selected_remarks() if item in self._stage.graph.frames]
        if frames:
            self._stage.do(
                self._all("Colour", [EditFrame(self._graph, frame, colour=colour) for frame in frames])
            )

    def select_all(self) -> None:
        self._stage.scene.select((*self._stage.scene.nodes, *self._stage.scene.remarks))
