"""The data panel: sources at the left, their rows in the middle, at the right what feeds the model."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.bridge.reading import FEEDING, Reading
from app.bridge.session import Session
from app.data.feeds import Feeds, binding_of
from app.data.preview import Preview
from app.data.sources import Sources
from app.theme import set_look
from app.widgets.mime import write_columns
from graph_engine.document import Adopt, Point
from graph_engine.templates.proposal import proposed
from graph_engine.values import LayerloomError

EMPTY: Final = (
    "Drop a file here, or add one: a text table (.csv, .tsv), NumPy arrays (.npz, .npy), or a folder of pictures or "
    "texts that has a folder for each class."
)
_BELOW: Final = 160.0  # between what is drawn already and a model that is proposed


class DataPanel(QWidget):
    """Columns are chosen in the table; what is chosen is bound, or foretold by a model that is proposed."""

    addAsked = Signal()
    adopted = Signal()
    refused = Signal(str)

    def __init__(self, session: Session, reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._reading = session, reading
        self.folder: Path | None = None
        self.sources, self.preview, self.feeds = Sources(session), Preview(), Feeds(session)
        self.propose = QPushButton()
        self._build()
        self.sources.addAsked.connect(self.addAsked)
        self.sources.chosen.connect(self._show_source)
        self.preview.choiceChanged.connect(self._show_choice)
        self.preview.heads.dragged.connect(self._drag)
        self.propose.clicked.connect(self._propose)
        self.preview.waiting.stopAsked.connect(self._stop_reading)
        self.preview.waiting.againAsked.connect(self._read_again)
        reading.progressed.connect(self._show_progress)
        reading.looked.connect(lambda _source: self._show_source())
        reading.fed.connect(lambda: self.feeds.show_fed(reading.now_fed))
        session.documentChanged.connect(lambda change, _analysis: self._follow(change.before, change.after))
        self._show()

    def _build(self) -> None:
        set_look(self.propose, "primary")
        middle = QVBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self.preview, 1)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.preview.notes, 1)
        line.addWidget(self.propose)
        middle.addLayout(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 8, 8)
        row.setSpacing(16)
        row.addWidget(self.sources)
        row.addLayout(middle, 1)
        row.addWidget(self.feeds)

    def refresh(self, folder: Path | None) -> None:
        """Another folder is where relative paths start."""
        self.folder = folder
        self._show()

    def _follow(self, before: object, after: object) -> None:
        if before is not after:
            self._show()

    def _show(self) -> None:
        document = self._session.document
        self.sources.show_document(document)
        self.feeds.show_document(document)
        self._reading.follow(document, self.folder)
        self.feeds.show_fed(self._reading.now_fed)
        self._show_choice()

    def _show_source(self) -> None:
        source = self.sources.current
        if source is None:
            self.preview.show_words(EMPTY)
        elif (look := self._reading.look(source, self.folder)) is None:
            self.preview.show_waiting()
        else:
            self.preview.show_look(look)
        self._show_choice()

    def _show_progress(self, source: str, done: int, count: int) -> None:
        if source == FEEDING:
            if self._reading.now_fed is None:
                self.feeds.show_progress(done, count)
        elif self.sources.current is not None and self.sources.current.id == source:
            self.preview.waiting.show_progress(done, count)

    def _stop_reading(self) -> None:
        if self.sources.current is not None:
            self._reading.stop(self.sources.current.id)

    def _read_again(self) -> None:
        if self.sources.current is not None:
            self._reading.again(self.sources.current.id)
            self._show_source()

    def _show_choice(self) -> None:
        source, columns = self.sources.current, self.preview.chosen
        self.feeds.show_choice(source.id if source else "", columns)
        self.propose.setVisible(bool(columns))
        what = columns[0].name if len(columns) == 1 else f"{len(columns)} columns"
        self.propose.setText(f"Propose a model for {what}")

    def _drag(self, drag: QDrag) -> None:
        """What is chosen, with the steps it needs: onto an Input or Output of the drawing."""
        source, columns = self.sources.current, self.preview.chosen
        if source is not None and columns:
            data = QMimeData()
            write_columns(data, binding_of(source.id, columns))
            drag.setMimeData(data)
            drag.setPixmap(self.preview.heads.picture(columns[0].name))
            drag.exec(Qt.DropAction.CopyAction)

    def _propose(self) -> None:
        source, columns = self.sources.current, self.preview.chosen
        look = self._reading.look(source, self.folder) if source else None
        if source is None or look is None or look.profiles is None:
            return
        try:
            model = proposed(source, look.profiles, [column.name for column in columns])
        except LayerloomError as error:
            self.refused.emit(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        lowest = max((point.y for point in self._session.document.main.positions.values()), default=-_BELOW)
        self._session.dispatch(Adopt(model, Point(0.0, lowest + _BELOW)))
        self.adopted.emit()
