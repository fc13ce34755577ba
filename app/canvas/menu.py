"""The context menu: what can be done with what was clicked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.canvas.actions import ON_NODE, ON_PAPER, ON_REMARK, ON_WIRE, ONLY_WHERE_POSSIBLE
from app.canvas.editing import Editing
from app.canvas.hits import Hit
from app.canvas.remarks import COLOURS
from app.canvas.stage import Stage
from app.entries import ActionSet
from app.theme import round_popup, set_icon

if TYPE_CHECKING:
    from app.canvas.canvas import Canvas


class ContextMenu:
    """Built anew each time; fixes of a node's problems come first."""

    def __init__(self, stage: Stage, editing: Editing, actions: ActionSet[Canvas]) -> None:
        self._stage, self._editing, self._actions = stage, editing, actions

    def build(self, hit: Hit, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)  # a grey action says why
        round_popup(menu)
        self._actions.refresh()
        if hit.node:
            self._fixes(menu, hit.node)
            self._add(menu, ON_NODE)
        elif hit.remark:
            if hit.remark in self._stage.graph.frames:
                self._colours(menu, hit.remark)
            self._add(menu, ON_REMARK)
        else:
            self._add(menu, ON_WIRE if hit.wire else ON_PAPER)
        return menu

    def popup(self, hit: Hit, parent: QWidget, at: QPoint) -> None:
        menu = self.build(hit, parent)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _fixes(self, menu: QMenu, node: str) -> None:
        problems = self._stage.session.analysis.problems_at(self._stage.graph.id, node)
        fixes = {menu.addAction(fix.label): fix.command for problem in problems for fix in problem.fixes}
        for action, command in fixes.items():
            action.triggered.connect(partial(self._stage.do, command))
            set_icon(action, "ok", "ok")
        if fixes:
            session = self._stage.session
            menu.addSeparator()
            menu.hovered.connect(lambda action: session.consider(fixes.get(action)))
            menu.aboutToHide.connect(lambda: session.consider(None))

    def _colours(self, menu: QMenu, frame: str) -> None:
        colours = menu.addMenu("Colour")
        round_popup(colours)
        set_icon(colours, "theme", "dim")
        for colour, words in COLOURS.items():
            action = colours.addAction(words)
            action.setCheckable(True)
            action.setChecked(self._stage.graph.frames[frame].colour == colour)
            action.triggered.connect(partial(self._editing.colour, colour))
            set_icon(action, "dot", colour or "dim")

    def _add(self, menu: QMenu, names: Sequence[str | None]) -> None:
        for name in names:
            if name is None:
                menu.addSeparator()
            elif name not in ONLY_WHERE_POSSIBLE or self._actions[name].isEnabled():
                menu.addAction(self._actions[name])
