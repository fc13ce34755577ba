"""Every action on the canvas, once. The window's menus, the context menus and the canvas' own keys derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from app.canvas.arranging import Edge
from app.entries import Entry
from graph_engine.document import MAIN, MODEL

if TYPE_CHECKING:
    from app.canvas.canvas import Canvas

NOTHING: Final = "Nothing is selected."
Group = tuple[Entry["Canvas"], ...]


def _nodes(c: Canvas) -> str:
    return "" if c.selected_nodes() else NOTHING


def _anything(c: Canvas) -> str:
    return "" if c.selected_items() else NOTHING


def _one_node(c: Canvas) -> str:
    return "" if len(c.selected_nodes()) == 1 else "Select one layer."


def _two(c: Canvas) -> str:
    return "" if len(c.selected_nodes()) >= 2 else "Select two or more layers."


def _three(c: Canvas) -> str:
    return "" if len(c.selected_nodes()) >= 3 else "Select three or more layers."


def _model(c: Canvas) -> str:
    models = (c.session.document.layer_of(c.graph, node).type == MODEL for node in c.selected_nodes())
    return "" if any(models) else "Select a model layer."


def _one_model(c: Canvas) -> str:
    return _one_node(c) or _model(c)


def _shared(c: Canvas) -> str:
    shared = (c.scene.nodes[node].card.shared > 1 for node in c.selected_nodes())
    return "" if any(shared) else "Select a layer that shares its weights."


def _nested(c: Canvas) -> str:
    return "" if c.graph != MAIN else "This is the outermost model."


def _renamable(c: Canvas) -> str:
    return "" if len(c.selected_items()) == 1 else "Select one layer, frame or note."


def _bent(c: Canvas) -> str:
    bends = c.session.document.graphs[c.graph].bends
    return "" if any(edge in bends for edge in c.selected_wires()) else "Select a wire with dots on it."


def _align(edge: Edge, title: str) -> Entry[Canvas]:
    return Entry(f"align-{edge}", title, "", "", lambda c: c.align(edge), _two)


CLIPBOARD: Final[Group] = (
    Entry("cut", "Cut", "Ctrl+X", "cut", lambda c: c.cut(), _anything),
    Entry("copy", "Copy", "Ctrl+C", "copy", lambda c: c.copy(), _anything),
    Entry("paste", "Paste", "Ctrl+V", "paste", lambda c: c.paste()),
    Entry("paste-wired", "Paste keeping inputs", "Ctrl+Shift+V", "", lambda c: c.paste(True)),
    Entry("duplicate", "Duplicate", "Ctrl+D", "duplicate", lambda c: c.duplicate(False), _anything),
    Entry("share", "Duplicate sharing weights", "Alt+D", "link", lambda c: c.duplicate(True), _nodes),
    Entry("delete", "Delete", "Del; Backspace", "trash", lambda c: c.delete(), _anything),
    Entry("delete-wired", "Delete and reconnect", "Ctrl+Del", "", lambda c: c.delete(reconnect=True), _nodes),
    Entry("select-all", "Select all", "Ctrl+A", "", lambda c: c.select_all()),
)

STRUCTURE: Final[Group] = (
    Entry("add", "Add a layer\u2026", "Tab; Shift+A; Return; Enter", "add", lambda c: c.open_search()),
    Entry("replace", "Replace by\u2026", "R", "shuffle", lambda c: c.open_replace(), _one_node),
    Entry("rename", "Rename", "F2", "edit", lambda c: c.rename(), _renamable),
    Entry("bypass", "Bypass", "Ctrl+B", "bypass", lambda c: c.bypass(), _nodes),
    Entry("unlink", "Give weights of its own", "Alt+U", "unlink", lambda c: c.unlink(), _shared),
)

MODELS: Final[Group] = (
    Entry("group", "Group into a model layer", "Ctrl+G", "group", lambda c: c.group(), _nodes),
    Entry("ungroup", "Ungroup", "Ctrl+Shift+G", "ungroup", lambda c: c.ungroup(), _model),
    Entry("enter", "Open model", "Ctrl+E", "enter", lambda c: c.enter_selected(), _model),
    Entry("publish", "Publish to my library", "", "export", lambda c: c.publish(), _one_model),
    Entry("leave", "Leave model", "Alt+Up", "leave", lambda c: c.leave(), _nested),
)

REMARKS: Final[Group] = (
    Entry("frame", "Put into a frame", "Ctrl+J", "frame", lambda c: c.frame_selection(), _nodes),
    Entry("note", "Add a note", "N", "note", lambda c: c.add_note()),
)

ARRANGE: Final[Group] = (
    Entry("tidy", "Tidy", "Shift+L", "tidy", lambda c: c.tidy()),
    Entry("straighten", "Straighten wires", "", "", lambda c: c.straighten(), _bent),
    Entry("spread-across", "Distribute across", "", "", lambda c: c.spread("across"), _three),
    Entry("spread-down", "Distribute down", "", "", lambda c: c.spread("down"), _three),
)

ALIGN: Final[Group] = (
    _align("left", "Align left edges"),
    _align("center", "Align centres"),
    _align("right", "Align right edges"),
    _align("top", "Align top edges"),
    _align("middle", "Align middles"),
    _align("bottom", "Align bottom edges"),
)

LOOK: Final[Group] = (
    Entry("find", "Find a layer\u2026", "Ctrl+F", "search", lambda c: c.open_find()),
    Entry("fit", "Show all", "H; Home", "fit", lambda c: c.fit()),
    Entry("fit-selection", "Show selection", "F", "target", lambda c: c.fit(selection=True), _anything),
)

_WAYS: Final[Mapping[str, tuple[int, int]]] = {
    "Left": (-1, 0),
    "Right": (1, 0),
    "Up": (0, -1),
    "Down": (0, 1),
}


def _steps(key: str, dx: int, dy: int) -> Group:
    """What an arrow key does: walk, walk and keep what was selected, move what is selected."""
    name = key.lower()
    return (
        Entry(f"walk-{name}", f"Go {name}", key, "", lambda c: c.walk(dx, dy), listed=False),
        Entry(
            f"extend-{name}",
            f"Extend {name}",
            f"Shift+{key}",
            "",
            lambda c: c.walk(dx, dy, keep=True),
            listed=False,
        ),
        Entry(f"nudge-{name}", f"Move {name}", f"Ctrl+{key}", "", lambda c: c.nudge(dx, dy), listed=False),
    )


WALK: Final[Group] = (
    *(entry for key, way in _WAYS.items() for entry in _steps(key, *way)),
    Entry(
        "escape", "Clear the selection, then leave the model", "Esc", "", lambda c: c.step_out(), listed=False
    ),
)

ACTIONS: Final[Group] = (*CLIPBOARD, *STRUCTURE, *MODELS, *REMARKS, *ARRANGE, *ALIGN, *LOOK, *WALK)

# What the context menu offers, by what was clicked; a None is a line.
ON_NODE: Final = (
    *("rename", "replace", "enter", "ungroup", "publish", None),
    *("duplicate", "share", "unlink", "copy", "cut", None),
    *("bypass", "group", "frame", None, "delete", "delete-wired"),
)
ON_WIRE: Final = ("straighten", "delete")
ON_REMARK: Final = ("rename", "duplicate", "copy", "cut", None, "delete")
ON_PAPER: Final = ("add", "note", "paste", None, "select-all", "find", "tidy", "fit")
# Not worth a grey line in the menu of a node they do not apply to.
ONLY_WHERE_POSSIBLE: Final = ("enter", "ungroup", "publish", "unlink", "straighten")

# What hands do with a mouse, for the sheet of shortcuts: the gesture, and what comes of it.
MOUSE: Final = (
    ("Drag on the paper", "select what a box touches"),
    ("Middle drag, Space and drag", "move the canvas"),
    ("Wheel, pinch", "zoom at the pointer; Shift and the wheel move sideways"),
    ("Double-click the paper", "search for a layer and add it there"),
    ("Drag from an output", "draw a wire; let go over nothing to search for what fits"),
    ("Drag a wire onto a wire", "merge the two: a residual edge; Alt for another kind of merge"),
    ("Drag along a merge's ports", "put its wires into another order"),
    ("Ctrl-drag a connected port", "move its wires to another port"),
    ("Alt-click a port", "take its wires away"),
    ("Alt-click a wire", "put a dot on it to lead it by, or take the dot away; drag dots"),
    ("Ctrl and right drag", "cut every wire the stroke crosses"),
    ("Drop a layer on a wire", "insert it there; Alt leaves it beside"),
    ("Shift while dragging", "keep to the grid; Alt to no line at all"),
    ("Double-click a model layer", "open it; its title renames"),
)
