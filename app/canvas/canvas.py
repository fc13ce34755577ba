"""The canvas widget: what the rest of the window asks of the drawing, and how the drawing follows the session."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from PySide6.QtCore import QPointF, QSize, Signal
from PySide6.QtGui import QImage, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.bridge.session import Preview, Session
from app.canvas.actions import ACTIONS
from app.canvas.arranging import Edge, Way
from app.canvas.dragging import ColumnDrop, LayerDrop
from app.canvas.editing import Editing
from app.canvas.geometry import GRID
from app.canvas.gestures.hands import Doors, Hands
from app.canvas.gliding import Glide
from app.canvas.handled import HandledView
from app.canvas.hint import EmptyHint
from app.canvas.hits import Hit
from app.canvas.menu import ContextMenu
from app.canvas.minimap import Minimap
from app.canvas.naming import NameField
from app.canvas.noting import NoteField
from app.canvas.picture import draw, picture
from app.canvas.proposing import consequence, made_or_changed
from app.canvas.scene import CanvasScene
from app.canvas.searching import Searching
from app.canvas.stage import Stage
from app.canvas.stock import Stock
from app.canvas.tips import Tips
from app.canvas.walking import Walk
from app.canvas.zooming import ZoomBar
from app.entries import ActionSet
from app.theme import appearance
from graph_engine.analysis import Analysis
from graph_engine.document import MAIN, Change, Point, nested_graph

STEP = 1.25  # of one zoom command
READABLE = 0.8  # the scale at which names, parameters and shapes are read with ease
SPACIOUS = QSize(480, 300)  # a canvas with room for a map of itself
EDGE = 12  # between what lies in the corner and the canvas' sides


class Canvas(QWidget):
    """One graph of the open document."""

    selectionEdited = Signal(object)  # the ids of the selected nodes, as a tuple
    messaged = Signal(str)  # a sentence for the status bar; empty when there is nothing more to say
    published = Signal()  # the person's library holds another model now
    graphShown = Signal(str)  # the id of the graph that is shown now

    def __init__(self, session: Session, parent: QWidget | None = None, stock: Stock | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.scene = CanvasScene(self)
        self.view = HandledView(self.scene, self)
        self.setFocusProxy(self.view)
        self._graph = MAIN
        self._fitted = False
        self._stage = Stage(session, self.scene, self.view, self.messaged.emit, stock or Stock())
        self._editing = Editing(self._stage)
        self._furnish()
        self.scene.selectionEdited.connect(self._tell_selection)
        self.scene.shown.connect(self.actions_.refresh)
        self.view.ignored.connect(self._say_why_not)
        session.documentChanged.connect(self._follow)
        session.considered.connect(self._show_considered)
        self.view.stirred.connect(lambda: session.consider(None))
        appearance().changed.connect(self._redress)
        self._show()

    def _furnish(self) -> None:
        """Hands, keys and what lies on the paper."""
        self._searching = Searching(self._stage, self)
        self._name_field = NameField(self._stage, self._editing)
        self._note_field = NoteField(self._stage, self._editing)
        self._walk = Walk(self._stage)
        self._glide = Glide(self.scene, self)
        self.view.touched.connect(self._glide.finish)
        self.actions_: ActionSet[Canvas] = ActionSet(self, ACTIONS, self, local=True)
        self._menu = ContextMenu(self._stage, self._editing, self.actions_)
        doors = Doors(self._searching.at, self._searching.at, self._write_on, self.enter, self._open_menu)
        self._hands = Hands(self._stage, doors)
        drops = (LayerDrop(self._stage), ColumnDrop(self._stage))
        self.view.handle(self._hands, drops, Tips(self._stage))
        self._hint = EmptyHint(self)
        self._minimap = Minimap(self.scene, self.view, self)
        self._zoom_bar = ZoomBar(self, self.zoom_out, self.zoom_reset, self.zoom_in, self.fit)
        self.view.zoomChanged.connect(self._zoom_bar.show_scale)

    # What is shown

    @property
    def graph(self) -> str:
        """The id of the graph that is shown."""
        return self._graph

    @graph.setter
    def graph(self, graph: str) -> None:
        if graph != self._graph and graph in self.session.document.graphs:
            self._graph = graph
            self._show()
            self._begin()
            self.graphShown.emit(graph)

    def enter(self, node: str) -> None:
        """Shows the graph that a Model layer calls."""
        inner = nested_graph(self._stage.layer(node))
        if inner:
            self.graph = inner

    def enter_selected(self) -> None:
        """Shows the graph of the first model layer that is selected."""
        models = (node for node in self.selected_nodes() if nested_graph(self._stage.layer(node)))
        self.enter(next(models))

    def leave(self) -> None:
        """Shows the graph that calls this one."""
        document = self.session.document
        for outer in document.graphs.values():
            if any(nested_graph(document.layers[node.layer]) == self._graph for node in outer.nodes.values()):
                self.graph = outer.id
                return

    def selected_nodes(self) -> tuple[str, ...]:
        return self.scene.selected_nodes()

    def selected_wires(self) -> tuple[str, ...]:
        return self.scene.selected_wires()

    def selected_items(self) -> tuple[str, ...]:
        """All that is selected, of every kind, in the order in which it was."""
        return self.scene.selected_items()

    def select(self, ids: Iterable[str]) -> None:
        self.scene.select(ids)

    def reveal(self, node: str) -> None:
        """Selects a node and brings it into the middle."""
        if node in self.scene.nodes:
            self.scene.select((node,))
            self.view.center(self.scene.nodes[node].rect().center())

    def set_left_pans(self, on: bool) -> None:
        """Whether a left drag on the paper moves it instead of selecting."""
        self._hands.left_pans = on

    def set_running(self, nodes: Collection[str]) -> None:
        self.scene.set_running(nodes)

    def picture(self, scale: float = 2.0, only: Collection[str] = ()) -> QImage:
        """The whole graph as a picture, or some items of it."""
        return picture(self.scene, scale, only)

    def draw(self, file: Path, only: Collection[str] = ()) -> None:
        """The same as an SVG file. Raises LayerloomError where it cannot be written."""
        draw(self.scene, file, self.scene.graph.name, only)

    # Zoom

    def fit(self, selection: bool = False) -> None:
        """Shows all of the graph, or all that is selected."""
        self.view.frame(self.scene.bounds(self.selected_items() if selection else ()))

    def _begin(self) -> None:
        """The first look at a graph: all of it where that can be read, else its inputs and what follows them."""
        self.view.frame_start(self.scene.bounds(), READABLE)

    def zoom_in(self) -> None:
        self.view.zoom_to(self.view.scale_now * STEP)

    def zoom_out(self) -> None:
        self.view.zoom_to(self.view.scale_now / STEP)

    def zoom_reset(self) -> None:
        self.view.zoom_to(1.0)

    # Editing: each is one command on the session

    def add_layer(self, type: str, at: Point | None = None) -> None:
        """Adds a layer, fed by the one selected node where shapes allow."""
        self._editing.add_layer(type, at)

    def open_search(self) -> None:
        """Search to add, where the pointer is, or in the middle."""
        self._searching.at(self._hands.last if self.view.underMouse() else None)

    def open_replace(self) -> None:
        """Search for what could stand in the place of the one selected node."""
        self._searching.replace(self.selected_nodes()[0])

    def open_find(self) -> None:
        """Search among the nodes of this graph; the one chosen is selected and shown."""
        self._searching.find(self.reveal)

    def copy(self) -> None:
        self._editing.copy()

    def cut(self) -> None:
        self._editing.cut()

    def paste(self, keep_inputs: bool = False) -> None:
        self._editing.paste(keep_inputs)

    def duplicate(self, shared: bool = False) -> None:
        self._editing.duplicate(shared)

    def delete(self, reconnect: bool = False) -> None:
        self._editing.delete(reconnect)

    def select_all(self) -> None:
        self._editing.select_all()

    def bypass(self) -> None:
        self._editing.bypass()

    def group(self) -> None:
        self._editing.group()

    def ungroup(self) -> None:
        self._editing.ungroup()

    def straighten(self) -> None:
        self._editing.straighten()

    def publish(self) -> None:
        """Puts the one selected model layer into the person's own library."""
        self._editing.publish(self.selected_nodes()[0])
        self.published.emit()

    def unlink(self) -> None:
        """Selected calls of shared layers get layers of their own."""
        self._editing.unlink()

    def tidy(self) -> None:
        """Lays out two or more selected nodes anew, or else the whole graph."""
        self._gliding(self._editing.tidy)

    def align(self, edge: Edge) -> None:
        self._gliding(lambda: self._editing.align(edge))

    def spread(self, way: Way) -> None:
        self._gliding(lambda: self._editing.spread(way))

    def _gliding(self, arrange: Callable[[], object]) -> None:
        before = self._glide.places()
        arrange()
        self._glide.start_from(before)

    def nudge(self, dx: int, dy: int) -> None:
        """Moves what is selected by steps of the grid."""
        self._editing.nudge(dx * GRID, dy * GRID)

    def walk(self, dx: int, dy: int, keep: bool = False) -> None:
        """Selects the next node in a direction, along wires where there are some."""
        self._walk.go(dx, dy, keep=keep)

    def frame_selection(self) -> None:
        """Puts the selected layers into a frame, and asks for its title."""
        frame = self._editing.frame()
        if frame:
            self._name_field.open_on(frame)

    def add_note(self) -> None:
        """A note where the pointer is, or in the middle, open to be written."""
        at = self._hands.last if self.view.underMouse() else QPointF(self.view.viewport().rect().center())
        note = self._editing.note(self._stage.scene_point(at))
        if note:
            self._note_field.open_on(note)

    def rename(self) -> None:
        """Renames the one selected layer or frame in place, or writes the note."""
        selected = self.selected_items()
        if len(selected) == 1:
            self._write_on(selected[0])

    def _write_on(self, item: str) -> None:
        field = self._note_field if item in self._stage.graph.notes else self._name_field
        if item not in self.scene.wires:
            field.open_on(item)

    # Following the session

    def _follow(self, change: Change, analysis: Analysis) -> None:
        opened = not change.label
        shown = self._graph
        self._hands.cancel()
        self._glide.finish()
        if self._graph not in change.after.graphs or opened:
            self._graph = MAIN
        self._show()
        if opened:
            self.scene.select(())  # ids mean other things in another project
            self._begin()
        elif change.created:
            self.scene.select(change.created)
        if self._graph != shown:
            self.graphShown.emit(self._graph)

    def _show_considered(self, preview: Preview | None) -> None:
        """Draws the graph as an edit would leave it, with what is new outlined; or as it is, again."""
        self._hands.cancel()
        self._glide.finish()
        if preview is None or self._graph not in preview.edit.document.graphs:
            self._show()
            self.messaged.emit("")
            return
        before, after = self.session.document, preview.edit.document
        nodes, wires = made_or_changed(before, after, self._graph)
        self.scene.show_graph(after, preview.analysis, self._graph)
        self.scene.set_proposed(nodes, wires)
        self.messaged.emit(consequence(self.session.analysis, preview.analysis))

    def _show(self) -> None:
        self.scene.set_proposed((), ())
        self.scene.show_graph(self.session.document, self.session.analysis, self._graph)
        self._hint.setVisible(not self.scene.nodes and not self.scene.remarks)
        self._show_minimap()

    def _show_minimap(self) -> None:
        """Where it would hide more than it shows, it is left away."""
        small = self.width() < SPACIOUS.width() or self.height() < SPACIOUS.height()
        self._minimap.setVisible(bool(self.scene.nodes) and not small)

    def _redress(self) -> None:
        self.scene.redress()
        self._minimap.redress()
        self.view.viewport().update()

    def _tell_selection(self) -> None:
        self.actions_.refresh()
        self.selectionEdited.emit(self.selected_nodes())

    def _say_why_not(self, keys: QKeySequence) -> None:
        """A key was pressed whose action cannot be done now."""
        why = self.actions_.why_not(keys)
        if why:
            self.messaged.emit(why)

    def step_out(self) -> None:
        """Esc: a gesture is given up; or nothing is selected any more; or the outer graph is shown."""
        if self.view.cancel():
            return
        if self.selected_items():
            self.scene.select(())
        else:
            self.leave()

    def _open_menu(self, at: QPointF, hit: Hit) -> None:
        self._menu.popup(hit, self, self.view.viewport().mapToGlobal(at.toPoint()))

    # The widget

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self._begin()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.setGeometry(self.rect())
        right, bottom = self.width() - EDGE, self.height() - EDGE
        self._minimap.move(right - self._minimap.width(), bottom - self._minimap.height())
        self._show_minimap()
        self._zoom_bar.move(EDGE, bottom - self._zoom_bar.height())
        middle = self.rect().center() - self._hint.rect().center()
        self._hint.move(middle)
