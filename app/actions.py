"""Every action of the window once, by menu, with those of the canvas among them.

Menus, toolbar, command palette and the sheet of shortcuts are derived from `MENUS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app import theme
from app.canvas import actions as canvas
from app.entries import Entry
from app.live.overlays import KINDS
from graph_engine.templates import TEMPLATES

if TYPE_CHECKING:
    from app.window import Window


@dataclass(frozen=True, slots=True)
class Submenu:
    """Entries that are asked for whenever the menu opens."""

    id: str
    title: str
    icon: str
    entries: Callable[[Window], tuple[Entry[Window], ...]]


TRAINING: Final = "A training is running: stop it first."


def _idle(w: Window) -> str:
    return TRAINING if w.is_training else ""


def _training(w: Window) -> str:
    return "" if w.is_training and w.bridge.state != "stopping" else "No training is running."


def _can_undo(w: Window) -> str:
    return "" if w.session.store.can_undo else "There is nothing to undo."


def _can_redo(w: Window) -> str:
    return "" if w.session.store.can_redo else "There is nothing to redo."


def _undo_title(w: Window) -> str:
    return f"Undo {w.session.store.undo_label or ''}".strip()


def _redo_title(w: Window) -> str:
    return f"Redo {w.session.store.redo_label or ''}".strip()


def _templates(_window: Window) -> tuple[Entry[Window], ...]:
    return tuple(_template(name, template.title) for name, template in TEMPLATES.items())


def _running(w: Window) -> str:
    return "" if w.bridge.state in ("running", "paused") else "No training is running."


def _paused(w: Window) -> str:
    return "" if w.bridge.state == "paused" else "Training is not paused."


def _pause_title(w: Window) -> str:
    return "Go on" if w.bridge.state == "paused" else "Pause after this batch"


def _template(name: str, title: str) -> Entry[Window]:
    return Entry(f"new-{name}", title, "", "", lambda w: w.filing.new(name), _idle)


def _recent(window: Window) -> tuple[Entry[Window], ...]:
    files = window.settings.recent
    nothing: Entry[Window] = Entry(
        "recent-none", "Nothing opened yet", "", "", lambda w: None, lambda w: "Nothing was opened yet."
    )
    return tuple(
        Entry(f"recent-{place}", file.name, "", "file", lambda w, file=file: w.filing.open(file), _idle)  # type: ignore[misc]  # mypy takes no defaults in lambdas
        for place, file in enumerate(files)
    ) or (nothing,)


def _themes(_window: Window) -> tuple[Entry[Window], ...]:
    return (
        _theme("system", "Like the system", "system"),
        _theme("dark", "Dark", "moon"),
        _theme("light", "Light", "sun"),
    )


def _theme(choice: theme.Choice, title: str, icon: str) -> Entry[Window]:
    chosen = lambda w: theme.appearance().choice == choice  # noqa: E731
    return Entry(f"theme-{choice}", title, "", icon, lambda w: w.choose_theme(choice), checked=chosen)


def _panel(name: str, title: str, keys: str) -> Entry[Window]:
    shown = lambda w: not w.docks[name].isHidden()  # noqa: E731
    return Entry(f"panel-{name}", title, keys, "", lambda w: w.toggle_panel(name), checked=shown)


def _live(kind: str, title: str) -> Entry[Window]:
    """What is shown on the layers while the model trains."""
    title = f"Show on layers: {title.lower()}"
    chosen = lambda w: kind in w.overlays.kinds  # noqa: E731
    return Entry(f"live-{kind}", title, "", "", lambda w: w.overlays.toggle(kind), checked=chosen)


def _live_shown(w: Window) -> str:
    return "" if w.overlays.kinds else "Nothing is shown on layers."


def _row(way: str, by: int) -> Entry[Window]:
    """Whose activations are shown."""
    blocked = lambda w: "" if "activations" in w.overlays.kinds else "Show activations first."  # noqa: E731
    title = f"Activations of the {way} row"
    return Entry(f"live-{way}", title, "", "", lambda w: w.overlays.show_row(w.overlays.row + by), blocked)


CURVES: Final = {"png": "as a picture", "svg": "as a drawing (SVG)", "csv": "as a table (CSV)"}


def _curves(w: Window) -> str:
    return "" if w.training.plots.plots else "Nothing has been trained yet."


def _saved_curves(kind: str, title: str) -> Entry[Window]:
    title = f"Save the curves {title}\u2026"
    return Entry(f"curves-{kind}", title, "", "", lambda w: w.filing.save_curves(kind), _curves)


def _on_canvas(entries: canvas.Group) -> tuple[Entry[Window], ...]:
    return tuple(entry.lifted(lambda w: w.canvas) for entry in entries)


Group = tuple[Entry["Window"] | Submenu, ...]

MENUS: Final[Mapping[str, tuple[Group, ...]]] = {
    "File": (
        (
            Entry("new-empty", "New empty model", "Ctrl+N", "new", lambda w: w.filing.new_empty(), _idle),
            Submenu("new", "New from template", "copy", _templates),
            Entry("open", "Open\u2026", "Ctrl+O", "open", lambda w: w.filing.ask_open(), _idle),
            Submenu("recent", "Open recent", "history", _recent),
        ),
        (
            Entry("save", "Save", "Ctrl+S", "save", lambda w: w.filing.save()),
            Entry("save-as", "Save as\u2026", "Ctrl+Shift+S", "", lambda w: w.filing.save_as()),
            Entry("picture", "Save a picture\u2026", "", "picture", lambda w: w.filing.save_picture()),
            Entry(
                "picture-selection",
                "Save a picture of the selection\u2026",
                "",
                "",
                lambda w: w.filing.save_picture(w.canvas.selected_items()),
                lambda w: "" if w.canvas.selected_nodes() else "Nothing is selected.",
            ),
            *(_saved_curves(kind, title) for kind, title in CURVES.items()),
        ),
        (
            Entry("add-data", "Add data\u2026", "Ctrl+I", "data", lambda w: w.filing.ask_data()),
            Entry(
                "add-folder", "Add a folder of data\u2026", "", "folder", lambda w: w.filing.ask_data_folder()
            ),
        ),
        (Entry("start", "Start page", "", "layers", lambda w: w.show_start()),),
        (Entry("close", "Close", "Ctrl+Q", "", lambda w: w.close()),),
    ),
    "Edit": (
        (
            Entry("undo", "Undo", "Ctrl+Z", "undo", lambda w: w.session.undo(), _can_undo, _undo_title),
            Entry(
                "redo",
                "Redo",
                "Ctrl+Shift+Z; Ctrl+Y",
                "redo",
                lambda w: w.session.redo(),
                _can_redo,
                _redo_title,
            ),
        ),
        _on_canvas(canvas.CLIPBOARD),
        _on_canvas(canvas.STRUCTURE),
        _on_canvas(canvas.MODELS),
        _on_canvas(canvas.REMARKS),
        _on_canvas(canvas.WALK),
    ),
    "Arrange": (_on_canvas(canvas.ARRANGE), _on_canvas(canvas.ALIGN)),
    "View": (
        (
            Entry("commands", "Every action\u2026", "Ctrl+Shift+P", "command", lambda w: w.open_commands()),
            *_on_canvas(canvas.LOOK),
        ),
        (
            Entry(
                "curves-whole",
                "Show whole curves",
                "",
                "",
                lambda w: w.training.plots.show_all(),
                lambda w: "" if w.training.plots.is_zoomed else "Whole curves are shown.",
            ),
        ),
        (
            Entry("zoom-in", "Zoom in", "Ctrl++; Ctrl+=", "zoom-in", lambda w: w.canvas.zoom_in()),
            Entry("zoom-out", "Zoom out", "Ctrl+-", "zoom-out", lambda w: w.canvas.zoom_out()),
            Entry("zoom-reset", "Zoom to 100 %", "Ctrl+0", "", lambda w: w.canvas.zoom_reset()),
        ),
        (Submenu("theme", "Theme", "theme", _themes),),
        (
            Entry(
                "left-pans",
                "Left drag moves the canvas",
                "",
                "",
                lambda w: w.toggle_left_pans(),
                checked=lambda w: w.settings.left_pans,
            ),
        ),
        (
            _panel("library", "Library and outline", "Ctrl+1"),
            _panel("inspector", "Inspector", "Ctrl+2"),
            _panel("results", "Training and problems", "Ctrl+3"),
            Entry("outline", "Outline of all layers", "Ctrl+Shift+O", "", lambda w: w.show_outline()),
        ),
    ),
    "Model": (
        (
            Entry("run", "Run", "F5; Ctrl+R", "run", lambda w: w.run(), _idle),
            Entry("stop", "Stop after this batch", "Shift+F5", "stop", lambda w: w.bridge.stop(), _training),
            Entry(
                "pause", "Pause after this batch", "F8", "pause", lambda w: w.pause(), _running, _pause_title
            ),
            Entry("step", "Train one batch", "F9", "step", lambda w: w.bridge.step(), _paused),
            Entry(
                "run-or-stop",
                "Run, or stop after this batch",
                "Ctrl+Return; Ctrl+Enter",
                "",
                lambda w: w.run_or_stop(),
                listed=False,
            ),
            Entry(
                "trains-on",
                "Training goes on when the window is closed",
                "",
                "",
                lambda w: w.toggle_trains_on(),
                checked=lambda w: w.settings.trains_on,
            ),
            Entry(
                "tells-ends",
                "Tell me elsewhere when a long training ends",
                "",
                "",
                lambda w: w.toggle_tells_ends(),
                checked=lambda w: w.settings.tells_ends,
            ),
        ),
        (
            Entry(
                "evaluate",
                "Evaluate",
                "F6",
                "target",
                lambda w: w.judge(),
                lambda w: "" if w.evaluation.can_ask else "The model has not been trained yet.",
            ),
        ),
        (
            Entry(
                "tensorboard",
                "Open TensorBoard",
                "",
                "",
                lambda w: w.boards.open(),
                lambda w: w.boards.blocked,
            ),
        ),
        (
            *(_live(kind, title) for kind, title in KINDS.items()),
            Entry("live-off", "Show nothing on layers", "", "", lambda w: w.overlays.clear(), _live_shown),
            _row("next", 1),
            _row("previous", -1),
        ),
    ),
    "Help": (
        (
            Entry("shortcuts", "Keyboard shortcuts", "F1; ?", "keyboard", lambda w: w.show_shortcuts()),
            Entry("about", "About Layerloom", "", "info", lambda w: w.show_about()),
        ),
    ),
}


def entries() -> tuple[Entry[Window], ...]:
    """All that stand in the table by themselves: not what submenus offer."""
    return tuple(
        entry for groups in MENUS.values() for group in groups for entry in group if isinstance(entry, Entry)
    )
