"""An autopsy in the window: the node and the wire that broke stand out, and a notice says why and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject

from app.bridge.diagnosis import Diagnosis
from app.bridge.session import Session
from app.canvas.canvas import Canvas
from app.notice import Answer, Notices
from graph_engine.document import Change, Choice, SetTraining

NOTICE = "autopsy"


class Failures(QObject):
    """Follows the last finding until another training begins or another project is open."""

    def __init__(
        self,
        session: Session,
        diagnosis: Diagnosis,
        canvas: Canvas,
        notices: Notices,
        reveal: Callable[[str, str], None],
    ) -> None:
        super().__init__(canvas)
        self._session, self._canvas, self._notices, self._reveal = session, canvas, notices, reveal
        self.finding: Mapping[str, Any] = {}
        diagnosis.autopsied.connect(self.show_finding)
        diagnosis.began.connect(self.forget)
        canvas.scene.shown.connect(self._mark)
        session.documentChanged.connect(self._follow)

    def show_finding(self, finding: Mapping[str, Any]) -> None:
        self.finding = finding
        self._mark()
        self._notices.tell(NOTICE, finding["message"], self._answers(), "problem")
        if finding["node"]:
            self._show()

    def forget(self) -> None:
        self.finding = {}
        self._mark()
        self._notices.end(NOTICE)

    def _answers(self) -> list[Answer]:
        lower = self.finding["learning_rate"]
        answers: list[Answer] = [("Show", self._show)] if self.finding["node"] else []
        if lower is not None:
            answers.append((f"Set it to {lower:.3g}", lambda: self._set_rate(lower)))
        return answers

    def _show(self) -> None:
        self._reveal(self.finding["graph"], self.finding["node"])

    def _set_rate(self, rate: float) -> None:
        optimizer = self._session.document.training.optimizer
        config = {**optimizer.config, "learning_rate": rate}
        self._session.dispatch(SetTraining(optimizer=Choice(optimizer.type, config)))

    def _mark(self) -> None:
        here = self.finding.get("graph") == self._canvas.graph
        nodes, wires = ((self.finding["node"],), self.finding["wires"]) if here else ((), ())
        self._canvas.scene.set_failed(nodes, wires)

    def _follow(self, change: Change, _analysis: object) -> None:
        if not change.label:
            self.forget()
