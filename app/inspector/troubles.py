"""The problems of what is shown, on top of everything else."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from app.bridge.session import Session
from app.inspector.parts import column, empty
from app.theme import label
from app.widgets.problem_row import ProblemRow
from graph_engine.analysis import Problem

_SHOWN: Final = 5  # the rest stands in the list of problems


class Troubles(QWidget):
    """Sentences with buttons for their fixes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._column = column(self, spacing=4)
        self._shown: tuple[Problem, ...] | None = None
        self.rows: list[ProblemRow] = []

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Hidden while there are none."""
        if problems == self._shown:
            return
        self._shown = problems
        empty(self._column)
        self.rows = [ProblemRow(problem) for problem in problems[:_SHOWN]]
        for row in self.rows:
            row.fix_chosen.connect(self._session.dispatch)
            row.fix_considered.connect(self._session.consider)
            self._column.addWidget(row)
        if len(problems) > _SHOWN:
            self._column.addWidget(label(f"and {len(problems) - _SHOWN:,} more", "dim"))
        self.setVisible(bool(problems))
