"""The middle of the tab: one head, in the view that a person chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.evaluate.matrix import ConfusionMatrix
from app.evaluate.pictures import picture_of, views_of
from app.evaluate.tables import NumberTable, class_rows, group_rows
from app.theme import label
from app.widgets.chart import Chart
from app.widgets.combo import Combo

NO_GROUP = "choose a column"


class HeadView(QWidget):
    """`cellChosen` and `rowPicked` ask for samples, `grouped` for the errors of a column's groups."""

    cellChosen = Signal(int, int)
    rowPicked = Signal(int)
    grouped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head: Mapping[str, Any] | None = None
        self.views, self.columns = Combo(), Combo()
        self.hint = label("", "small")
        self.matrix, self.chart, self.table = ConfusionMatrix(), Chart(), NumberTable()
        self.pages = QStackedWidget()
        for page in (self.matrix, self.chart, self.table):
            self.pages.addWidget(page)
        self._lay_out()
        self.views.activated.connect(lambda _index: self._show_view())
        self.columns.activated.connect(lambda _index: self.grouped.emit(self.column))
        self.matrix.chosen.connect(self.cellChosen)
        self.matrix.pointed.connect(self.hint.setText)
        self.chart.picked.connect(self.rowPicked)
        self.chart.pointed.connect(self.hint.setText)

    @property
    def column(self) -> str:
        """What rows are grouped by; empty while none is chosen."""
        return self.columns.currentText() if self.columns.currentIndex() > 0 else ""

    def show_head(self, head: Mapping[str, Any]) -> None:
        """The view stays, where the head has it."""
        before = self.views.currentText()
        views = views_of(head)
        self._head = head
        self.views.clear()
        self.views.addItems(views)
        self.views.setCurrentText(before if before in views else views[0])
        self._show_view()

    def show_columns(self, columns: Sequence[str]) -> None:
        before = self.column
        self.columns.clear()
        self.columns.addItems([NO_GROUP, *columns])
        if before in columns:
            self.columns.setCurrentText(before)

    def _lay_out(self) -> None:
        self.views.setAccessibleName("View")
        self.columns.setAccessibleName("Column to group by")
        for combo in (self.views, self.columns):
            combo.setMinimumWidth(96)
            combo.setMaximumWidth(164)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.views)
        top.addWidget(self.columns)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        top.addWidget(self.hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.pages, 1)

    def _show_view(self) -> None:
        head, view = self._head, self.views.currentText()
        if head is None:
            return
        self.hint.setText("")
        self.columns.setVisible(view == "Groups")
        if view == "Confusion":
            self.matrix.show_counts(head["matrix"], head["names"])
            self.pages.setCurrentWidget(self.matrix)
        elif view in ("Classes", "Groups"):
            self.table.show_rows(*(class_rows(head) if view == "Classes" else group_rows(head)))
            self.pages.setCurrentWidget(self.table)
        else:
            self.chart.show_picture(picture_of(view, head))
            self.hint.setText(_beside(view, head))
            self.pages.setCurrentWidget(self.chart)


def _beside(view: str, head: Mapping[str, Any]) -> str:
    """What is to be known before the pointer is anywhere."""
    curves = head["roc"] if view == "ROC" else head["precision_recall"] if view.startswith("Prec") else ()
    if len(curves) > 1:
        worst = min(curves, key=lambda curve: curve["area"])
        return f"{worst['name']} is the hardest class (area {worst['area']:.3f})"
    if curves:
        return f"area {curves[0]['area']:.3f}"
    return "on the dashed line it would be as sure as it is right" if view == "Calibration" else ""
