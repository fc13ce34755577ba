"""Every action once: what it is called, its keys, its icon, its place in the menus, what it does and when.

Menus, toolbar and the sheet of shortcuts are derived from `ACTIONS`; nothing else in the window has keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app import theme
from app.about import show_about, show_shortcuts

if TYPE_CHECKING:
    from app.window import Window

Do = Callable[["Window"], object]
Ask = Callable[["Window"], bool]
Say = Callable[["Window"], str]


def _always(_window: Window) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """`menu` is a path such as `View/Theme`; where `group` changes from one entry to the next, a line is drawn.

    `on_canvas`: the keys count only while the canvas has the focus, so that typing elsewhere stays typing.
    `named`: a title that follows the document. `checked`: for what is on or off.
    """

    id: str
    menu: str
    title: str
    do: Do
    keys: tuple[str, ...] = ()
    icon: str = ""
    group: int = 0
    enabled: Ask = _always
    named: Say | None = None
    checked: Ask | None = None
    on_canvas: bool = False


def _undo_title(window: Window) -> str:
    label = window.session.store.undo_label
    return f"Undo {label}" if label else "Undo"


def _redo_title(window: Window) -> str:
    label = window.session.store.redo_label
    return f"Redo {label}" if label else "Redo"


def _idle(window: Window) -> bool:
    return window.bridge.state == "idle"


def _selected(window: Window) -> bool:
    return bool(window.canvas.selected_nodes())


def _deletable(window: Window) -> bool:
    return bool(window.canvas.selected_nodes() or window.canvas.selected_wires())


def _theme(choice: theme.Choice, title: str, icon: str) -> Entry:
    return Entry(
        f"theme-{choice}", "View/Theme", title, lambda window: window.choose_theme(choice), icon=icon,
        checked=lambda _window: theme.appearance().choice == choice,
    )  # fmt: skip


def _panel(name: str, title: str, keys: str, icon: str) -> Entry:
    return Entry(
        f"panel-{name}", "View", title, lambda window: window.toggle_panel(name), (keys,), icon, 2,
        checked=lambda window: not window.panel(name).isHidden(),
    )  # fmt: skip


FILE: Final = (
    Entry("open", "File", "Open\u2026", lambda window: window.filing.open(), ("Ctrl+O",), "open", 0, _idle),
    Entry("save", "File", "Save", lambda window: window.filing.save(), ("Ctrl+S",), "save", 1),
    Entry("save-as", "File", "Save as\u2026", lambda window: window.filing.save_as(), ("Ctrl+Shift+S",), "", 1),
    Entry(
        "save-picture", "File", "Save a picture\u2026", lambda window: window.filing.save_picture(), (), "picture", 2
    ),
    Entry("close", "File", "Close", lambda window: window.close(), ("Ctrl+Q",), "", 3),
)

EDIT: Final = (
    Entry(
        "undo", "Edit", "Undo", lambda window: window.session.undo(), ("Ctrl+Z",), "undo", 0,
        lambda window: window.session.store.can_undo, _undo_title,
    ),
    Entry(
        "redo", "Edit", "Redo", lambda window: window.session.redo(), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", 0,
        lambda window: window.session.store.can_redo, _redo_title,
    ),
    Entry("cut", "Edit", "Cut", lambda window: window.canvas.cut(), ("Ctrl+X",), "cut", 1, _selected, on_canvas=True),
    Entry("copy", "Edit", "Copy", lambda window: window.canvas.copy(), ("Ctrl+C",), "copy", 1, _selected, on_canvas=True),
    Entry("paste", "Edit", "Paste", lambda window: window.canvas.paste(), ("Ctrl+V",), "paste", 1, on_canvas=True),
    Entry(
        "duplicate", "Edit", "Duplicate", lambda window: window.canvas.duplicate(False), ("Ctrl+D",), "duplicate", 1,
        _selected, on_canvas=True,
    ),
    Entry(
        "duplicate-shared", "Edit", "Duplicate sharing weights", lambda window: window.canvas.duplicate(True),
        ("Alt+D",), "link", 1, _selected, on_canvas=True,
    ),
    Entry(
        "delete", "Edit", "Delete", lambda window: window.canvas.delete(), ("Delete", "Backspace"), "trash", 2,
        _deletable, on_canvas=True,
    ),
    Entry(
        "delete-reconnect", "Edit", "Delete and reconnect", lambda window: window.canvas.delete(True),
        ("Ctrl+Delete",), "", 2, _selected, on_canvas=True,
    ),
    Entry("select-all", "Edit", "Select all", lambda window: window.canvas.select_all(), ("Ctrl+A",), "", 2, on_canvas=True),
    Entry("add", "Edit", "Add a layer\u2026", lambda window: window.canvas.open_search(), ("Tab", "Shift+A"), "add", 3, on_canvas=True),
    Entry(
        "bypass", "Edit", "Bypass", lambda window: window.canvas.bypass(), ("Ctrl+B",), "bypass", 3, _selected,
        on_canvas=True,
    ),
    Entry("group", "Edit", "Group into a model layer", lambda window: window.canvas.group(), ("Ctrl+G",), "group", 3, _selected),
    Entry("ungroup", "Edit", "Ungroup", lambda window: window.canvas.ungroup(), ("Ctrl+Shift+G",), "ungroup", 3, _selected),
    Entry("tidy", "Edit", "Tidy", lambda window: window.canvas.tidy(), ("Shift+L",), "tidy", 3, on_canvas=True),
)  # fmt: skip

VIEW: Final = (
    Entry("zoom-in", "View", "Zoom in", lambda window: window.canvas.zoom_in(), ("Ctrl++", "Ctrl+="), "zoom-in"),
    Entry("zoom-out", "View", "Zoom out", lambda window: window.canvas.zoom_out(), ("Ctrl+-",), "zoom-out"),
    Entry("zoom-reset", "View", "Zoom to 100 %", lambda window: window.canvas.zoom_reset(), ("Ctrl+0",)),
    Entry("fit", "View", "Show all", lambda window: window.canvas.fit(), ("H", "Home"), "fit", on_canvas=True),
    Entry(
        "fit-selection", "View", "Show selection", lambda window: window.canvas.fit(True), ("F",), "", 0, _selected,
        on_canvas=True,
    ),
    _theme("system", "Like the system", "system"),
    _theme("dark", "Dark", "moon"),
    _theme("light", "Light", "sun"),
    _panel("library", "Library", "Ctrl+1", "panel-left"),
    _panel("inspector", "Inspector", "Ctrl+2", "panel-right"),
    _panel("panels", "Training and problems", "Ctrl+3", "panel-bottom"),
)  # fmt: skip

MODEL: Final = (
    Entry("run", "Model", "Run", lambda window: window.run(), ("F5", "Ctrl+R", "Ctrl+Return"), "run", 0, _idle),
    Entry(
        "stop", "Model", "Stop after this batch", lambda window: window.bridge.stop(), ("Shift+F5", "Ctrl+."), "stop", 0,
        lambda window: window.bridge.state in ("starting", "running"),
    ),
)  # fmt: skip

HELP: Final = (
    Entry("shortcuts", "Help", "Keyboard shortcuts", lambda window: show_shortcuts(window, ACTIONS), ("F1", "?"), "keyboard"),
    Entry("about", "Help", "About Layerloom", lambda window: show_about(window), (), "info"),
)

ACTIONS: Final = (*FILE, *EDIT, *VIEW, *MODEL, *HELP)
