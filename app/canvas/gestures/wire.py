"""A wire in hand: what it carries, where it could go, why not, and what it becomes where it is dropped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt

from app.canvas.fitting import Landing, Loose, landing, port_on, refusing, spec_of
from app.canvas.gestures.base import Gesture, Pointer
from app.canvas.gestures.merging import Merges
from app.canvas.hits import Hit
from app.canvas.marks import GhostMark
from app.canvas.stage import Stage
from app.canvas.wires import direct
from graph_engine.document import Disconnect, Point, Port, wiring

# Opens search at a point of the view, for what fits the wire; the last is called when search is closed.
Search = Callable[[QPointF, Loose, Callable[[], None]], None]

CANVAS_IN_SIGHT = 600  # nodes that are asked whether they would take the wire


def loose_at(stage: Stage, port: Port, is_input: bool) -> Loose:
    """What dragging from a port takes: a new wire, or, at an input that has one, the end of that."""
    if not is_input:
        return Loose(source=port)
    held = wiring(stage.graph).incoming(port.node).get(port.name)
    return Loose(source=held.source, edge=held.id) if held else Loose(target=port)


class DragWire(Gesture):
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, start: Pointer, port: Port, is_input: bool, search: Search) -> None:
        super().__init__(stage, start)
        self._loose = loose_at(stage, port, is_input)
        self._search = search
        self._mark = GhostMark(stage.view, stage.scene.look)
        self._over = Hit()
        self._landing: Landing | None = None
        self._merges: Merges | None = None
        self._known: dict[Port, Landing] = {}
        self._anchor = self._fixed_end()
        self._carried = self._shape_carried()
        self._hide_taken(True)
        self._dim()

    # Following the pointer

    def move(self, pointer: Pointer) -> None:
        hit = self.stage.hit(pointer.at)
        if hit != self._over:
            self._over = hit
            self._aim(hit)
        if self._merges:
            self._merges.choose(pointer.alt)
            self.stage.say(self._merges.sentence)
        self._draw(pointer.at)

    def _aim(self, hit: Hit) -> None:
        self._unlight()
        self._landing = self._landing_at(hit)
        self._merges = Merges(self.stage, self._loose, hit.wire) if hit.wire and self._loose.forward else None
        if self._merges and not self._merges.possible:
            self._merges = None
        self._light()
        self.stage.say(self._landing.why if self._landing else "")

    def _landing_at(self, hit: Hit) -> Landing | None:
        port = hit.port if hit.port and hit.is_input == self._loose.forward else None
        if port is None and hit.node and hit.node != self._loose.node:
            port = port_on(self.stage, self._loose, hit.node)
        elif port is None and hit.port and hit.port.node != self._loose.node:
            port = port_on(self.stage, self._loose, hit.port.node)
        if port is None:
            return None
        if port not in self._known:
            self._known[port] = landing(self.stage, self._loose, port)
        return self._known[port]

    def _draw(self, at: QPointF) -> None:
        view, theme = self.stage.view, self.stage.scene.look.theme
        anchor, end = view.view_point(self._anchor), at
        text, tint = self._carried, theme.accent
        found = self._landing
        if found is not None:
            end = view.view_point(self._spot(found.port))
            tint = theme.accent if found.fits else theme.bad
            if self._loose.forward and found.fits and found.shape and self._carried:
                text = f"{self._carried} \u2192 {found.shape}"
            elif found.fits and found.shape:
                text = found.shape
        elif self._merges:
            text = self._merges.label
        ends = (anchor, end) if self._loose.forward else (end, anchor)
        self._mark.show(direct(*ends).path, end, text, tint)

    # Letting go

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self._end()
        if self._landing is not None:
            self._connect(self._landing)
        elif self._merges is not None:
            self.stage.do(self._merges.command)
        elif not self._over.node and not self._over.port:
            self._drop_in_the_open(pointer)

    def _connect(self, found: Landing) -> None:
        held = self._loose.edge and self.stage.graph.edges[self._loose.edge].target == found.port
        if found.command is not None and not held:
            self.stage.do(found.command)
        self.stage.say("" if held else found.why)

    def _drop_in_the_open(self, pointer: Pointer) -> None:
        if self._loose.edge:
            self.stage.do(Disconnect(self.stage.graph.id, (self._loose.edge,)))
        elif (pointer.at - self.start.at).manhattanLength() > 24:
            self._draw(pointer.at)  # the wire stays in sight while search is open
            self._search(pointer.at, self._loose, self._mark.hide)

    def cancel(self) -> None:
        self._end()
        self.stage.say("")

    def _end(self) -> None:
        self._mark.hide()
        self._unlight()
        self._hide_taken(False)
        for item in self.stage.scene.nodes.values():
            if item.state.refusing:
                item.state.refusing = False
                item.update()

    # What is lit and dimmed meanwhile

    def _light(self) -> None:
        if self._landing:
            node = self.stage.scene.nodes[self._landing.port.node]
            node.state.hot = (self._landing.port.name, self._loose.forward)
            node.state.target = self._landing.fits
            node.update()
        elif self._merges:
            self._light_wire(self._over.wire, True)

    def _unlight(self) -> None:
        if self._landing and self._landing.port.node in self.stage.scene.nodes:
            node = self.stage.scene.nodes[self._landing.port.node]
            node.state.hot, node.state.target = None, False
            node.update()
        if self._merges:
            self._light_wire(self._merges.edge, False)

    def _light_wire(self, edge: str, on: bool) -> None:
        item = self.stage.scene.wires.get(edge)
        if item is not None:
            item.hovered = on
            item.refresh()

    def _dim(self) -> None:
        seen = self.stage.view.visible()
        near = [node for node, item in self.stage.scene.nodes.items() if item.rect().intersects(seen)]
        asked = iter(near if len(near) <= CANVAS_IN_SIGHT else [])
        for node in refusing(self.stage, self._loose, asked) - {self._loose.node}:
            self.stage.scene.nodes[node].state.refusing = True
            self.stage.scene.nodes[node].update()

    def _hide_taken(self, hidden: bool) -> None:
        item = self.stage.scene.wires.get(self._loose.edge)
        if item is not None:
            item.setVisible(not hidden)

    def _fixed_end(self) -> QPointF:
        held = self._loose.source or self._loose.target
        assert held is not None
        return self.stage.scene.nodes[held.node].spot(held.name, is_input=not self._loose.forward)

    def _shape_carried(self) -> str:
        spec = spec_of(self.stage, self._loose.source) if self._loose.source else None
        return str(spec) if spec else ""

    def _spot(self, port: Port) -> QPointF:
        return self.stage.scene.nodes[port.node].spot(port.name, is_input=self._loose.forward)


__all__ = ["DragWire", "Point", "Search", "loose_at"]
