"""Every action once: what it is called, its keys, its icon, what it does and when it can be done.

Menus, toolbar and the sheet of shortcuts are derived from `MENUS`; nothing else in the window has keys of its
own but the canvas' gestures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app import theme
from graph_engine.templates import TEMPLATES

if TYPE_CHECKING:
    from app.window import Window

Do = Callable[["Window"], object]
Ask = Callable[["Window"], bool]
Say = Callable[["Window"], str]


def _always(_window: Window) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """One action. `keys` are written as people read them, several with `; ` between.

    `on_canvas`: the keys count only while the canvas has the focus, so that typing elsewhere stays typing.
    `named`: a title that follows the document. `checked`: for what is on or off.
    """

    id: str
    title: str
    keys: str
    icon: str
    do: Do
    enabled: Ask = _always
    on_canvas: bool = False
    named: Say | None = None
    checked: Ask | None = None


@dataclass(frozen=True, slots=True)
class Submenu:
    """Entries that are asked for whenever the menu opens."""

    id: str
    title: str
    icon: str
    entries: Callable[[Window], tuple[Entry, ...]]


def _on_canvas(*entries: Entry) -> tuple[Entry, ...]:
    return tuple(replace(entry, on_canvas=True) for entry in entries)


def _idle(w: Window) -> bool:
    return not w.is_training


def _training(w: Window) -> bool:
    return w.is_training and w.bridge.state != "stopping"


def _can_undo(w: Window) -> bool:
    return w.session.store.can_undo


def _can_redo(w: Window) -> bool:
    return w.session.store.can_redo


def _undo_title(w: Window) -> str:
    return f"Undo {w.session.store.undo_label or ''}".strip()


def _redo_title(w: Window) -> str:
    return f"Redo {w.session.store.redo_label or ''}".strip()


def _nodes(w: Window) -> bool:
    return bool(w.canvas.selected_nodes())


def _nodes_or_wires(w: Window) -> bool:
    return bool(w.canvas.selected_nodes() or w.canvas.selected_wires())


def _templates(_window: Window) -> tuple[Entry, ...]:
    return tuple(_template(name, template.title) for name, template in TEMPLATES.items())


def _template(name: str, title: str) -> Entry:
    return Entry(f"new-{name}", title, "", "", lambda w: w.filing.new(name), _idle)


def _recent(window: Window) -> tuple[Entry, ...]:
    files = window.settings.recent
    nothing = Entry("recent-none", "Nothing opened yet", "", "", lambda w: None, lambda w: False)
    return tuple(
        Entry(f"recent-{place}", file.name, "", "file", lambda w, file=file: w.filing.open(file), _idle)  # type: ignore[misc]
        for place, file in enumerate(files)
    ) or (nothing,)


def _themes(_window: Window) -> tuple[Entry, ...]:
    return (
        _theme("system", "Like the system", "system"),
        _theme("dark", "Dark", "moon"),
        _theme("light", "Light", "sun"),
    )


def _theme(choice: theme.Choice, title: str, icon: str) -> Entry:
    chosen = lambda w: theme.appearance().choice == choice  # noqa: E731
    return Entry(f"theme-{choice}", title, "", icon, lambda w: w.choose_theme(choice), checked=chosen)


def _panel(name: str, title: str, keys: str) -> Entry:
    shown = lambda w: not w.docks[name].isHidden()  # noqa: E731
    return Entry(f"panel-{name}", title, keys, "", lambda w: w.toggle_panel(name), checked=shown)


Group = tuple[Entry | Submenu, ...]

MENUS: Final[Mapping[str, tuple[Group, ...]]] = {
    "File": (
        (
            Submenu("new", "New from template", "new", _templates),
            Entry("open", "Open\u2026", "Ctrl+O", "open", lambda w: w.filing.ask_open(), _idle),
            Submenu("recent", "Open recent", "history", _recent),
        ),
        (
            Entry("save", "Save", "Ctrl+S", "save", lambda w: w.filing.save()),
            Entry("save-as", "Save as\u2026", "Ctrl+Shift+S", "", lambda w: w.filing.save_as()),
            Entry("picture", "Save a picture\u2026", "", "picture", lambda w: w.filing.save_picture()),
        ),
        (Entry("close", "Close", "Ctrl+Q", "", lambda w: w.close()),),
    ),
    "Edit": (
        (
            Entry("undo", "Undo", "Ctrl+Z", "undo", lambda w: w.session.undo(), _can_undo, named=_undo_title),
            Entry(
                "redo",
                "Redo",
                "Ctrl+Shift+Z; Ctrl+Y",
                "redo",
                lambda w: w.session.redo(),
                _can_redo,
                named=_redo_title,
            ),
        ),
        _on_canvas(
            Entry("cut", "Cut", "Ctrl+X", "cut", lambda w: w.canvas.cut(), _nodes),
            Entry("copy", "Copy", "Ctrl+C", "copy", lambda w: w.canvas.copy(), _nodes),
            Entry("paste", "Paste", "Ctrl+V", "paste", lambda w: w.canvas.paste()),
            Entry(
                "duplicate", "Duplicate", "Ctrl+D", "duplicate", lambda w: w.canvas.duplicate(False), _nodes
            ),
            Entry(
                "share",
                "Duplicate sharing weights",
                "Alt+D",
                "link",
                lambda w: w.canvas.duplicate(True),
                _nodes,
            ),
            Entry(
                "delete", "Delete", "Del; Backspace", "trash", lambda w: w.canvas.delete(), _nodes_or_wires
            ),
            Entry("select-all", "Select all", "Ctrl+A", "", lambda w: w.canvas.select_all()),
        ),
        _on_canvas(
            Entry("add", "Add a layer\u2026", "Tab; Shift+A", "add", lambda w: w.canvas.open_search()),
            Entry("bypass", "Bypass", "Ctrl+B", "bypass", lambda w: w.canvas.bypass(), _nodes),
            Entry("group", "Group into a model layer", "Ctrl+G", "group", lambda w: w.canvas.group(), _nodes),
            Entry("ungroup", "Ungroup", "Ctrl+Shift+G", "ungroup", lambda w: w.canvas.ungroup(), _nodes),
            Entry("tidy", "Tidy", "Shift+L", "tidy", lambda w: w.canvas.tidy()),
        ),
    ),
    "View": (
        (
            Entry("zoom-in", "Zoom in", "Ctrl++; Ctrl+=", "zoom-in", lambda w: w.canvas.zoom_in()),
            Entry("zoom-out", "Zoom out", "Ctrl+-", "zoom-out", lambda w: w.canvas.zoom_out()),
            Entry("zoom-reset", "Zoom to 100 %", "Ctrl+0", "", lambda w: w.canvas.zoom_reset()),
            *_on_canvas(
                Entry("fit", "Show all", "H; Home", "fit", lambda w: w.canvas.fit()),
                Entry("fit-selection", "Show selection", "F", "", lambda w: w.canvas.fit(True), _nodes),
            ),
        ),
        (Submenu("theme", "Theme", "theme", _themes),),
        (
            _panel("library", "Library", "Ctrl+1"),
            _panel("inspector", "Inspector", "Ctrl+2"),
            _panel("results", "Training and problems", "Ctrl+3"),
        ),
    ),
    "Model": (
        (
            Entry("run", "Run", "F5; Ctrl+R; Ctrl+Return", "run", lambda w: w.run(), _idle),
            Entry("stop", "Stop after this batch", "Shift+F5", "stop", lambda w: w.bridge.stop(), _training),
        ),
    ),
    "Help": (
        (
            Entry("shortcuts", "Keyboard shortcuts", "F1; ?", "keyboard", lambda w: w.show_shortcuts()),
            Entry("about", "About Layerloom", "", "info", lambda w: w.show_about()),
        ),
    ),
}


def entries() -> tuple[Entry, ...]:
    """All that stand in the table by themselves: not what submenus offer."""
    return tuple(
        entry for groups in MENUS.values() for group in groups for entry in group if isinstance(entry, Entry)
    )
