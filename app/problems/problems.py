"""The dock's content: problems with their fixes, worst first."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.bridge.session import Session
from app.theme import appearance, current, label, pixmap
from app.widgets.problem_row import ProblemRow
from graph_engine.analysis import Analysis, Problem
from graph_engine.document import MAIN, Change

SHOWN: Final = 200  # rows are widgets; whoever has more mends the first ones first


class Problems(QWidget):
    """A click reveals the place of a problem; a fix's button does the fix."""

    revealed = Signal(str, str)  # graph, node (empty where the whole graph is meant)
    countChanged = Signal(int, int)  # errors, warnings

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._problems: tuple[Problem, ...] | None = None
        self._counts = (0, 0)
        self.rows: list[ProblemRow] = []
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(2)
        self._pages = QStackedWidget()
        self._pages.addWidget(_Nothing())
        self._pages.addWidget(_scrolling(self._list))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        session.documentChanged.connect(self._on_change)
        self._show(session.analysis)

    @property
    def counts(self) -> tuple[int, int]:
        """Errors and warnings."""
        return self._counts

    def _on_change(self, _change: Change, analysis: Analysis) -> None:
        self._show(analysis)

    def _show(self, analysis: Analysis) -> None:
        problems = tuple(sorted(analysis.problems, key=lambda problem: problem.severity != "error"))
        if problems == self._problems:
            return
        self._problems = problems
        focused = next((place for place, row in enumerate(self.rows) if _holds_focus(row)), None)
        self._fill(problems)
        if focused is not None:
            self._focus(focused)
        self._pages.setCurrentIndex(1 if problems else 0)
        self._count(problems)

    def _fill(self, problems: tuple[Problem, ...]) -> None:
        while item := self._column.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.rows = [self._row(problem) for problem in problems[:SHOWN]]
        for row in self.rows:
            self._column.addWidget(row)
        if len(problems) > SHOWN:
            self._column.addWidget(label(f"and {len(problems) - SHOWN:,} more", "dim"))
        self._column.addStretch(1)

    def _row(self, problem: Problem) -> ProblemRow:
        row = ProblemRow(problem, self._place(problem))
        row.revealed.connect(lambda found: self.revealed.emit(found.graph, found.node))
        row.fix_chosen.connect(self._session.dispatch)
        row.fix_considered.connect(self._session.consider)
        return row

    def _place(self, problem: Problem) -> str:
        """`conv2d_2`, and the model's name in front where it is a nested one."""
        document = self._session.document
        graph = document.graphs[problem.graph]
        model = "" if problem.graph == MAIN else graph.name
        node = document.layer_of(problem.graph, problem.node).name if problem.node in graph.nodes else ""
        return " \u203a ".join(part for part in (model, node) if part) or graph.name

    def _focus(self, place: int) -> None:
        """After a fix the focus goes to what took the fixed problem's place."""
        if self.rows:
            row = self.rows[min(place, len(self.rows) - 1)]
            row.show()  # Qt shows new children later, and gives no focus to what is hidden
            row.setFocus(Qt.FocusReason.OtherFocusReason)

    def _count(self, problems: tuple[Problem, ...]) -> None:
        errors = sum(problem.severity == "error" for problem in problems)
        counts = (errors, len(problems) - errors)
        if counts != self._counts:
            self._counts = counts
            self.countChanged.emit(*counts)


class _Nothing(QWidget):
    """What is shown while all is well."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label("No problems", "dim"), 1, Qt.AlignmentFlag.AlignTop)
        self._set_mark()
        appearance().changed.connect(self._set_mark)

    def _set_mark(self) -> None:
        self._mark.setPixmap(pixmap("ok", current().ok, 16, self.devicePixelRatioF()))

    def minimumSizeHint(self) -> QSize:
        """A dock may be made small."""
        return QSize(0, 0)


def _scrolling(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def _holds_focus(row: ProblemRow) -> bool:
    return row.hasFocus() or any(button.hasFocus() for button in row.buttons)
