"""The chosen runs beside each other: one log as curves, or their settings, what differs first."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.runs.settings import Setting, compared
from app.theme import current, fonts, label, set_look, style_table
from app.widgets.chart import Chart, Picture, Series
from app.widgets.combo import Combo
from graph_engine.document import Document
from graph_engine.project import RunRecord


class Comparison(QWidget):
    """Curves or settings, as chosen above them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: Sequence[RunRecord] = ()
        self.curves, self.settings = QPushButton("Curves"), QPushButton("Settings")
        self.logs, self.hint = Combo(), label("", "small")
        self.chart, self.table = Chart(), SettingsTable()
        self.pages = QStackedWidget()
        self._lay_out()
        self.curves.clicked.connect(self._turn)
        self.settings.clicked.connect(self._turn)
        self.logs.activated.connect(lambda _index: self._draw())
        self.chart.pointed.connect(self.hint.setText)

    def show_runs(self, records: Sequence[RunRecord], documents: Sequence[Document | None]) -> None:
        """None of them: says what to do."""
        self._records = records
        before = self.logs.currentText()
        logs = list(dict.fromkeys(name for record in records for name in record.history))
        self.logs.clear()
        self.logs.addItems(logs)
        wanted = before if before in logs else "val_loss" if "val_loss" in logs else ""
        if wanted:
            self.logs.setCurrentText(wanted)
        self.table.show_settings([begun(record) for record in records], compared(documents))
        self._draw()

    def _draw(self) -> None:
        self.hint.setText("")
        self.chart.show_picture(curves_of(self._records, self.logs.currentText()))

    def _turn(self) -> None:
        self.pages.setCurrentWidget(self.table if self.settings.isChecked() else self.chart)
        self.logs.setVisible(self.curves.isChecked())
        self.hint.setText("")

    def _lay_out(self) -> None:
        chosen = QButtonGroup(self)
        top = QHBoxLayout()
        top.setSpacing(4)
        for button in (self.curves, self.settings):
            button.setCheckable(True)
            set_look(button, "tab")
            chosen.addButton(button)
            top.addWidget(button)
        self.curves.setChecked(True)
        self.logs.setAccessibleName("Log")
        self.logs.setMinimumWidth(88)
        self.logs.setMaximumWidth(148)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        top.addSpacing(8)
        top.addWidget(self.logs)
        top.addSpacing(8)
        top.addWidget(self.hint, 1)
        self.pages.addWidget(self.chart)
        self.pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.pages, 1)


class SettingsTable(QTableWidget):
    """What differs is strong, what is equal stands back."""

    def __init__(self) -> None:
        super().__init__()
        style_table(self)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setMinimumSectionSize(88)
        self.horizontalHeader().setMaximumSectionSize(144)
        self.setAccessibleName("Settings of the chosen runs")

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def show_settings(self, runs: Sequence[str], settings: Sequence[Setting]) -> None:
        self.setColumnCount(1 + len(runs))
        self.setHorizontalHeaderLabels(["setting", *runs])
        self.setRowCount(len(settings))
        for row, setting in enumerate(settings):
            for column, text in enumerate((setting.name, *setting.values)):
                cell = QTableWidgetItem(text)
                cell.setToolTip(text)
                cell.setFont(fonts.title() if setting.differs else fonts.small())
                cell.setForeground(QBrush(QColor(current().text if setting.differs else current().dim)))
                self.setItem(row, column, cell)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)


def curves_of(records: Sequence[RunRecord], log: str) -> Picture:
    """A line for each run that has the log, over epochs."""
    series = []  # one a run, also where it lacks the log: its colour is its place
    for record in records:
        values = [
            (epoch, value)
            for epoch, value in enumerate(record.history.get(log, ()), 1)
            if math.isfinite(value)
        ]
        series.append(Series(begun(record), [epoch for epoch, _ in values], [value for _, value in values]))
    heights = [value for line in series for value in line.y]
    low, high = min(heights, default=0.0), max(heights, default=1.0)
    room = 0.06 * (high - low) or 0.5
    last = max((line.x[-1] for line in series if line.x), default=1.0)
    return Picture(
        series,
        "epoch",
        log.replace("_", " "),
        (min(1.0, last - 1), max(last, 2.0)),
        (low - room, high + room),
        empty="Choose runs at the left to see their curves here.",
    )


def begun(record: RunRecord) -> str:
    """What a run is called: its note, else when it began."""
    return record.note[:24] or time.strftime("%d %b %H:%M:%S", time.localtime(record.created))
