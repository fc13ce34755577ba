"""The Evaluate tab: which rows at the left, a head in the middle, samples or a trial at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.bridge.evaluating import EvaluationBridge
from app.evaluate.controls import Controls
from app.evaluate.head_view import HeadView
from app.evaluate.samples import SampleList
from app.evaluate.trial import Trial
from app.theme import label, separator, set_icon, set_look

CONTROLS, SIDE, LEAST = 208, 384, 264
COUNT: Final = 60  # samples at once
SIDES: Final = (("Worst", "worst"), ("Surprising", "surprising"), ("Try", "try"))
EMPTY: Final = "Train first: then this shows where the model is right, where it errs, and on which samples."
READY: Final = "Press Evaluate: the model is judged on rows it was not trained on."


class EvaluatePanel(QWidget):
    """Asks the evaluation bridge and shows its answers."""

    def __init__(self, bridge: EvaluationBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._heads: Sequence[Mapping[str, Any]] = ()
        self._asked: dict[str, Any] | None = None  # which samples are shown; None once all are
        self._first = 0
        self.controls, self.view, self.samples, self.trial = Controls(), HeadView(), SampleList(), Trial()
        self.empty = label(EMPTY, "dim")
        self.sides = {key: QPushButton(title) for title, key in SIDES}
        self.export = QPushButton()
        self.about = label("", "small")
        self.middle, self.side = QStackedWidget(), QStackedWidget()
        self._lay_out()
        self._connect()
        self.refresh()

    @property
    def head(self) -> Mapping[str, Any] | None:
        """The report of the head that is shown."""
        return self._heads[max(0, self.controls.heads.currentIndex())] if self._heads else None

    def refresh(self) -> None:
        """What can be asked depends on whether there are trained weights."""
        can = self._bridge.can_ask
        self.controls.go.setEnabled(can)
        self.empty.setText(READY if can else EMPTY)
        if not can:
            self.show_report({"heads": ()}, ())
        elif self._heads and not self._bridge.is_current:
            self.controls.say("The model has changed since: evaluate again.")

    def forget(self) -> None:
        """Another project is open, or it was trained anew."""
        self._bridge.forget()
        self.show_report({"heads": ()}, ())
        self.trial.forget()
        self.refresh()

    def show_report(self, report: Mapping[str, Any], columns: Sequence[str]) -> None:
        """As `Report.as_json` writes it."""
        self._heads = report["heads"]
        self.samples.show_samples(())
        self._say_about("")
        self.middle.setCurrentIndex(1 if self._heads else 0)
        self.export.setEnabled(bool(self._heads))
        if self._heads:
            self.controls.show_heads([head["head"] for head in self._heads])
            self.controls.say(f"on {report['about']}")
            self.view.show_columns(columns)
            self._show_head()
        else:
            self.controls.show_facts(None)
            self.controls.say("")

    def _show_head(self) -> None:
        if self.head is not None:
            self.controls.show_facts(self.head)
            self.view.show_head(self.head)
            self._ask_side()

    def _say_about(self, words: str) -> None:
        self.about.setText(words)
        self.about.setVisible(bool(words))

    # Asking

    def _choose_side(self) -> None:
        self.side.setCurrentWidget(self.trial if self.sides["try"].isChecked() else self.samples)
        self._ask_side()

    def _ask_side(self) -> None:
        order = next(key for key, button in self.sides.items() if button.isChecked())
        if order == "try" or self.head is None:
            self._say_about("")
            return
        words = {"worst": "highest loss first", "surprising": "wrong, the surest first"}
        self._say_about(words[order])
        self._ask_samples(order=order)

    def _ask_cell(self, true: int, predicted: int) -> None:
        assert self.head is not None, "a matrix is shown"
        self._show_samples_of(self.view.hint.text())
        self._ask_samples(cell=(true, predicted))

    def _ask_row(self, row: int) -> None:
        assert self.head is not None, "a point was picked"
        self._show_samples_of("the point that was clicked")
        self._ask_samples(rows=[row])

    def _ask_samples(self, **which: Any) -> None:
        assert self.head is not None, "a head is shown"
        self._asked, self._first = {"head": self.head["head"], **which}, 0
        self._bridge.samples(**self._asked)

    def _ask_more(self) -> None:
        """Those after the last one that is shown."""
        if self._asked is not None and self._first != len(self.samples.samples):
            self._first = len(self.samples.samples)
            self._bridge.samples(**self._asked, first=self._first, count=COUNT)

    def _show_samples(self, samples: Sequence[Mapping[str, Any]]) -> None:
        if not self._first:
            self.samples.show_samples(samples)
        elif samples:
            self.samples.add_samples(samples)
        if len(samples) < COUNT or (self._asked and "rows" in self._asked):
            self._asked = None

    def _show_samples_of(self, words: str) -> None:
        """None of the orders: samples of a place."""
        if self.sides["try"].isChecked():
            self.sides["worst"].setChecked(True)
        self.side.setCurrentWidget(self.samples)
        self._say_about(words)

    def _ask_export(self) -> None:
        if self.head is None:
            return
        name = f"{self.head['head']}.csv"
        path, _ = QFileDialog.getSaveFileName(self, "Export predictions", name, "Text table (*.csv)")
        if path:
            self._bridge.export(self.head["head"], Path(path))

    def _fail(self, name: str, sentence: str) -> None:
        if name in ("predict", "example"):
            self.trial.fail(sentence)
        else:
            self.controls.say(sentence)

    # Parts

    def _connect(self) -> None:
        bridge = self._bridge
        self.controls.evaluateAsked.connect(bridge.evaluate)
        self.controls.stopAsked.connect(bridge.stop)
        self.controls.headChosen.connect(lambda _index: self._show_head())
        self.view.cellChosen.connect(self._ask_cell)
        self.view.rowPicked.connect(self._ask_row)
        self.view.grouped.connect(bridge.group)
        self.trial.asked.connect(bridge.predict)
        self.trial.exampleAsked.connect(lambda row: bridge.example(row) if bridge.can_ask else None)
        self.export.clicked.connect(self._ask_export)
        for button in self.sides.values():
            button.clicked.connect(self._choose_side)
        bridge.stateChanged.connect(self.controls.show_state)
        bridge.progressed.connect(self.controls.show_progress)
        bridge.evaluated.connect(self.show_report)
        bridge.sampled.connect(self._show_samples)
        self.samples.endReached.connect(self._ask_more)
        bridge.predicted.connect(self.trial.show_answer)
        bridge.exampled.connect(self.trial.show_inputs)
        bridge.exported.connect(lambda path: self.controls.say(f"Written to {path}"))
        bridge.failed.connect(self._fail)

    def _lay_out(self) -> None:
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.middle.addWidget(self.empty)
        self.middle.addWidget(self.view)
        self.side.addWidget(self.samples)
        self.side.addWidget(self.trial)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 8)
        row.setSpacing(16)
        row.addWidget(_scrolled(self.controls))
        row.addWidget(self.middle, 1)
        row.addWidget(separator(vertical=True))
        row.addWidget(self._right(), 1)  # as wide as it may be while there is room

    def _right(self) -> QWidget:
        chosen = QButtonGroup(self)
        top = QHBoxLayout()
        top.setSpacing(4)
        for key, button in self.sides.items():
            button.setCheckable(True)
            button.setChecked(key == "worst")
            set_look(button, "tab")
            chosen.addButton(button)
            top.addWidget(button)
        top.addStretch(1)
        set_look(self.export, "icon")
        set_icon(self.export, "export")
        self.export.setToolTip("Export every prediction of this head as CSV")
        self.export.setAccessibleName("Export predictions")
        top.addWidget(self.export)
        result = QWidget()
        result.setMinimumWidth(LEAST)
        result.setMaximumWidth(SIDE)
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.about)
        column.addWidget(self.side, 1)
        return result


def _scrolled(controls: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFixedWidth(CONTROLS)
    area.setWidget(controls)
    return area
