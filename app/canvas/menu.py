"""The context menu: what can be done with what was clicked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.canvas.editing import Editing
from app.canvas.hits import Hit
from app.canvas.stage import Stage
from app.theme import round_popup, set_icon
from graph_engine.document import MODEL

Entry = tuple[str, str, str, Callable[[], object]]  # icon, words, keys, action


class ContextMenu:
    """Built anew each time; fixes of a node's problems come first."""

    def __init__(
        self,
        stage: Stage,
        editing: Editing,
        rename: Callable[[str], None],
        enter: Callable[[str], None],
        search: Callable[[], None],
        fit: Callable[[], None],
    ) -> None:
        self._stage, self._editing = stage, editing
        self._rename, self._enter, self._search, self._fit = rename, enter, search, fit

    def build(self, hit: Hit, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        round_popup(menu)
        if hit.node:
            self._fixes(menu, hit.node)
            self._add(menu, self._on_node(hit.node))
        elif hit.wire:
            self._add(menu, [("remove", "Remove wire", "Del", self._editing.delete)])
        else:
            self._add(menu, self._on_paper())
        return menu

    def popup(self, hit: Hit, parent: QWidget, at: QPoint) -> None:
        menu = self.build(hit, parent)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _fixes(self, menu: QMenu, node: str) -> None:
        problems = self._stage.session.analysis.problems_at(self._stage.graph.id, node)
        fixes = [fix for problem in problems for fix in problem.fixes]
        self._add(menu, [("ok", fix.label, "", partial(self._stage.do, fix.command)) for fix in fixes])
        if fixes:
            menu.addSeparator()

    def _on_node(self, node: str) -> list[Entry]:
        editing = self._editing
        entries: list[Entry] = [("edit", "Rename", "F2", lambda: self._rename(node))]
        if self._stage.layer(node).type == MODEL:
            entries.append(("enter", "Open", "", lambda: self._enter(node)))
            entries.append(("ungroup", "Ungroup", "", editing.ungroup))
        return [
            *entries,
            ("duplicate", "Duplicate", "Ctrl+D", lambda: editing.duplicate(False)),
            ("link", "Duplicate sharing weights", "Alt+D", lambda: editing.duplicate(True)),
            ("copy", "Copy", "Ctrl+C", editing.copy),
            ("cut", "Cut", "Ctrl+X", editing.cut),
            ("bypass", "Bypass", "Ctrl+B", editing.bypass),
            ("group", "Group into a model", "Ctrl+G", editing.group),
            ("trash", "Remove", "Del", editing.delete),
            ("unlink", "Remove and reconnect", "Ctrl+Del", lambda: editing.delete(reconnect=True)),
        ]

    def _on_paper(self) -> list[Entry]:
        editing = self._editing
        return [
            ("add", "Add layer", "Tab", self._search),
            ("paste", "Paste", "Ctrl+V", editing.paste),
            ("layers", "Select all", "Ctrl+A", editing.select_all),
            ("tidy", "Tidy layout", "Shift+L", editing.tidy),
            ("fit", "Show all", "H", self._fit),
        ]

    @staticmethod
    def _add(menu: QMenu, entries: list[Entry]) -> None:
        for icon, words, keys, act in entries:
            action = menu.addAction(f"{words}\t{keys}" if keys else words)
            action.triggered.connect(lambda _=False, act=act: act())
            set_icon(action, icon, "dim")
