"""The window: its parts, where they stand, and which of them hears of what."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QTabWidget, QWidget

from app import theme
from app.about import show_about
from app.alerts import Alerts
from app.bridge.boards import Boards
from app.bridge.diagnosis import Diagnosis
from app.bridge.evaluating import EvaluationBridge
from app.bridge.joining import Left, left_behind
from app.bridge.ledger import Ledger
from app.bridge.reading import Reading
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.canvas.canvas import Canvas
from app.canvas.stock import Stock
from app.commands import CommandPalette
from app.data import DataPanel
from app.evaluate import EvaluatePanel
from app.files import Files, is_project
from app.filing import Filing
from app.inspector import Inspector
from app.live import Failures, LiveSection, Overlays, Told
from app.live.button import LiveButton
from app.menus import Actions
from app.notice import Notices
from app.outline import Outline
from app.overlay import Overlay
from app.palette import Palette, Taste
from app.problems import Problems
from app.recovery import Orphan, Recorder, orphans
from app.runs import RunsPanel
from app.settings import DOCKS, FRAME, Settings
from app.shortcuts import Sheet
from app.start import StartPage
from app.statusline import StatusLine
from app.toolbar import Toolbar
from app.training import TrainingPanel, TrainingSettings
from app.widgets.tabs import Tabs
from graph_engine.analysis import Analysis
from graph_engine.document import Change

LEFT, RIGHT, BOTTOM = 232, 296, 288
LEAST = {"library": 184, "inspector": 264}  # of their widths: names and fields can be read


class Window(QMainWindow):
    """Nothing in it decides: it passes what one part says to the others."""

    settings: Settings
    session: Session
    bridge: TrainingBridge
    files: Files
    filing: Filing
    canvas: Canvas
    evaluation: EvaluationBridge
    boards: Boards
    evaluate: EvaluatePanel
    overlays: Overlays
    training: TrainingPanel
    docks: dict[str, QDockWidget]

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.session = Session(parent=self)
        self.bridge = TrainingBridge(self.session, self, settings.runs)
        self.diagnosis = Diagnosis(self.bridge, self)
        self.files = Files(self.session, self.bridge, settings, self)
        self.recorder = Recorder(self.session, self.files, self.bridge, settings.sessions, self)
        self.filing = Filing(self)
        self.stock = Stock(settings.shelf)
        self.canvas = Canvas(self.session, self, self.stock)
        self.told = Told(self.session, self.diagnosis, self)
        self.overlays = Overlays(self.bridge, self.told, self.canvas)
        self.start = StartPage(settings, self)
        self.pages = QStackedWidget()
        self._hidden: list[QDockWidget] = []
        self._trains_on = False  # the training that was stopped goes on when the window has closed
        self.palette_ = Palette(Taste(settings), self)
        self.outline = Outline(self.session, self)
        self.parts = QTabWidget()
        self.inspector = Inspector(self.session, self)
        self.live = LiveSection(self.bridge, self.told)
        self.inspector.add_foot(self.live)
        self.reading = Reading(self)
        self.data = DataPanel(self.session, self.reading, self)
        self.evaluation = EvaluationBridge(self.session, self.bridge, self)
        self.evaluate = EvaluatePanel(self.evaluation, self)
        self.training = TrainingPanel(self.session, self.bridge, self)
        self.problems = Problems(self.session, self)
        self.ledger = Ledger(self.session, self.bridge, self)
        self.boards = Boards(self.bridge, self)
        self.runs = RunsPanel(self.ledger, self)
        self.tabs = Tabs()
        self.status = StatusLine(self)
        self.docks = {}
        self._place_parts()
        self.actions_ = Actions(self)
        self.actions_.set_keys(settings.keys)
        self.canvas.set_left_pans(settings.left_pans)
        self.commands = CommandPalette(self)
        self.overlay = Overlay(self.canvas)
        self.overlay.add(LiveButton(self.overlays, self.actions_))
        self.notices = Notices(self.canvas)
        self.failures = Failures(self.session, self.diagnosis, self.canvas, self.notices, self._reveal)
        self.alerts = Alerts(self)
        self.toolbar = Toolbar(self)
        self.addToolBar(self.toolbar)
        self._connect()
        self._show_all()

    @property
    def is_training(self) -> bool:
        """Until the last batch of a training that was stopped."""
        return bool(self.bridge.state != "idle")

    # What actions call

    def run(self) -> None:
        """Trains the model; where it cannot be trained, says why and shows where."""
        errors = self.session.analysis.errors
        if errors:
            self.tabs.show_page(self.problems)
            self.tell(f"The model cannot run yet: {errors[0].message}", warning=True)
            return
        self.tabs.show_page(self.training)
        self.bridge.run()

    def judge(self) -> None:
        """Evaluates the model on the rows that are chosen in the tab."""
        self.show_tab(self.evaluate)
        self.evaluation.evaluate(self.evaluate.controls.chosen_rows)

    def show_start(self) -> None:
        """The start page, alone: panels come back with the canvas."""
        if self.pages.currentWidget() is not self.start:
            self._hidden = [dock for dock in self.docks.values() if not dock.isHidden()]
            for dock in self._hidden:
                dock.hide()
            self.pages.setCurrentWidget(self.start)
            self.start.setFocus()

    def show_canvas(self) -> None:
        if self.pages.currentWidget() is self.start:
            for dock in self._hidden:
                dock.show()
            self._hidden = []
            self.pages.setCurrentWidget(self.canvas)
            self.canvas.setFocus()

    def choose_theme(self, choice: theme.Choice) -> None:
        self.settings.theme = choice
        theme.appearance().choose(choice)

    def toggle_panel(self, name: str) -> None:
        self.docks[name].setVisible(self.docks[name].isHidden())

    def pause(self) -> None:
        """Pauses a training, or lets it go on."""
        self.bridge.go_on() if self.bridge.state == "paused" else self.bridge.pause()

    def run_or_stop(self) -> None:
        """Trains, or stops the training that runs."""
        self.bridge.stop() if self.is_training else self.run()

    def toggle_left_pans(self) -> None:
        """Whether a left drag on the paper moves it."""
        self.settings.left_pans = not self.settings.left_pans
        self.canvas.set_left_pans(self.settings.left_pans)

    def toggle_trains_on(self) -> None:
        """Whether a training outlives its window when that is closed."""
        self.settings.trains_on = not self.settings.trains_on

    def toggle_tells_ends(self) -> None:
        """Whether the system tells that a long training has ended while another program is in front."""
        self.settings.tells_ends = not self.settings.tells_ends

    def show_outline(self) -> None:
        """Every layer as a tree, in the place of the library."""
        self.docks["library"].show()
        self.parts.setCurrentWidget(self.outline)
        self.outline.setFocus()

    def open_commands(self) -> None:
        """Every action by name."""
        self.actions_.refresh()
        self.commands.open()

    def show_shortcuts(self) -> None:
        self.sheet = Sheet(self)
        self.sheet.show()

    def show_about(self) -> None:
        show_about(self)

    def tell(self, sentence: str, *, warning: bool = False) -> None:
        """Says something in the status line."""
        self.status.tell(sentence, warning=warning)

    # Parts and places

    def _place_parts(self) -> None:
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.pages.addWidget(self.canvas)
        self.pages.addWidget(self.start)
        self.setCentralWidget(self.pages)
        self.setStatusBar(self.status)
        self.tabs.setDocumentMode(True)
        self.tabs.add(self.data, "Data")
        self.tabs.add(self.training, "Train")
        self.tabs.add(TrainingSettings(self.session, self.bridge), "Settings")
        self.tabs.add(self.evaluate, "Evaluate")
        self.tabs.add(self.problems, "Problems")
        self.tabs.add(self.runs, "Runs")
        self.tabs.show_page(self.training)
        self.parts.setDocumentMode(True)
        self.parts.addTab(self.palette_, "Library")
        self.parts.addTab(self.outline, "Outline")
        area = Qt.DockWidgetArea
        self._dock("library", "Library and outline", self.parts, area.LeftDockWidgetArea)
        self._dock("inspector", "Inspector", self.inspector, area.RightDockWidgetArea)
        self._dock("results", "Training and problems", self.tabs, area.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        self._restore_places()

    def _dock(self, name: str, title: str, content: QWidget, area: Qt.DockWidgetArea) -> None:
        """A panel without a title: what it is shows at once, and it is shown and hidden from the menu."""
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setTitleBarWidget(QWidget())
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setWidget(content)
        content.setMinimumWidth(LEAST.get(name, 0))
        self.addDockWidget(area, dock)
        self.docks[name] = dock

    def _restore_places(self) -> None:
        frame, docks = self.settings.place(FRAME), self.settings.place(DOCKS)
        if frame.isEmpty() or not self.restoreGeometry(frame):
            self.resize(1600, 1000)
        if docks.isEmpty() or not self.restoreState(docks):
            self.resizeDocks(
                [self.docks["library"], self.docks["inspector"]], [LEFT, RIGHT], Qt.Orientation.Horizontal
            )
            self.resizeDocks([self.docks["results"]], [BOTTOM], Qt.Orientation.Vertical)

    def _connect(self) -> None:
        self.session.documentChanged.connect(self._follow)
        self.start.templateChosen.connect(self.filing.new)
        self.start.emptyChosen.connect(self.filing.new_empty)
        self.start.openChosen.connect(self.filing.ask_open)
        self.start.fileChosen.connect(self.filing.open)
        self.start.recoveryChosen.connect(self._recover)
        self.session.refused.connect(lambda reason: self.tell(reason, warning=True))
        self.canvas.selectionEdited.connect(self._show_selection)
        self.canvas.messaged.connect(self.tell)
        self.canvas.view.zoomChanged.connect(self.status.show_zoom)
        self.palette_.chosen.connect(self.canvas.add_layer)
        self.palette_.list.withdrawn.connect(self._withdraw)
        self.canvas.published.connect(self._show_stock)
        self.canvas.graphShown.connect(self._show_stock)
        self.outline.revealed.connect(self._show_place)
        self.outline.entered.connect(self._enter)
        self.problems.revealed.connect(self._reveal)
        self.problems.countChanged.connect(self._show_counts)
        self.overlay.pill.clicked.connect(lambda: self.show_tab(self.problems))
        self.bridge.stateChanged.connect(self._follow_training)
        self.bridge.finished.connect(lambda _reason: self.evaluate.forget())
        self.bridge.recordsChanged.connect(self.evaluate.refresh)
        for told in (self.bridge.recordsChanged, self.bridge.finished, self.files.changed):
            told.connect(lambda *_: self.inspector.show_values(self.bridge.weights))
        self.bridge.failed.connect(lambda sentence: self.tell(sentence, warning=True))
        self.bridge.told.connect(self.tell)
        self.bridge.compiled.connect(self.status.show_kernels)
        self.bridge.revived.connect(lambda sentence: self.tell(sentence, warning=True))
        self.files.changed.connect(self._show_name)
        self.files.changed.connect(self._follow_folder)
        self.data.addAsked.connect(self.filing.ask_data)
        self.data.refused.connect(lambda sentence: self.tell(sentence, warning=True))
        self.data.adopted.connect(self.canvas.fit)
        self.files.altered.connect(self._tell_altered)
        self.boards.told.connect(self.tell)
        self.recorder.failed.connect(lambda sentence: self.tell(sentence, warning=True))

    def _show_all(self) -> None:
        self._show_stock()
        self.status.show_analysis(self.session.analysis)
        self.status.show_zoom(self.canvas.view.scale_now)
        self._show_counts(*self.problems.counts)
        self._show_name()
        self._show_selection(())

    # Who hears of what

    def _follow(self, change: Change, analysis: Analysis) -> None:
        if not change.label:
            self.show_canvas()
            self.canvas.setFocus()
        if change.before.graphs.keys() != change.after.graphs.keys() or not change.label:
            self._show_stock()
        self.evaluate.refresh() if change.label else self.evaluate.forget()
        self.status.show_analysis(analysis)
        self._show_selection(self.canvas.selected_nodes())

    @Slot(object)
    def _show_selection(self, nodes: tuple[str, ...]) -> None:
        self.inspector.show_selection(self.canvas.graph, nodes)
        self.live.show_selection(self.canvas.graph, nodes)
        self.outline.show_selection(self.canvas.graph, nodes)
        self.actions_.refresh()

    def _show_stock(self) -> None:
        """What the library has beside layers: it depends on the models of the project, and on where one is."""
        self.palette_.stock(self.stock.parts(self.session.document, self.canvas.graph))

    def _withdraw(self, key: str) -> None:
        self.stock.withdraw(key)
        self._show_stock()

    def _reveal(self, graph: str, node: str) -> None:
        self._show_place(graph, node)
        self.canvas.setFocus()

    def _show_place(self, graph: str, node: str) -> None:
        self.show_canvas()
        self.canvas.graph = graph
        self.canvas.reveal(node)

    def _enter(self, graph: str) -> None:
        self.canvas.graph = graph
        self.canvas.setFocus()

    def _show_counts(self, errors: int, warnings: int) -> None:
        self.overlay.show_counts(errors, warnings)
        count = errors + warnings
        self.tabs.setTabText(self.tabs.place(self.problems), f"Problems  {count}" if count else "Problems")

    def show_tab(self, content: QWidget) -> None:
        self.docks["results"].show()
        self.tabs.show_page(content)
        self.actions_.refresh()

    def _follow_training(self, state: str) -> None:
        self.status.training.setText("" if state == "idle" else f"{state} \u2026")
        self.actions_.refresh()

    def _follow_folder(self) -> None:
        """Data files lie beside the project, and that may be elsewhere now; every edit and training comes by here."""
        if self.data.folder != self.bridge.folder:
            self.data.refresh(self.bridge.folder)

    def _show_name(self) -> None:
        self.setWindowTitle(f"{self.files.name}[*]")
        self.setWindowModified(self.files.is_modified)

    # What was left behind, and what others do to the file

    def offer_recovery(self) -> None:
        """Unsaved work of windows that are gone, each in a line of its own: on the start page, or over the canvas."""
        found = self._rejoin(orphans(self.settings.sessions))
        if self.pages.currentWidget() is self.start:
            self.start.show_recoveries(found)
            return
        for orphan in found:
            self.notices.tell(
                str(orphan.path),
                f"Unsaved work was found. {orphan.sentence}.",
                [("Open it", partial(self._recover, orphan)), ("Discard", orphan.discard)],
                "history",
            )

    def _rejoin(self, found: list[Orphan]) -> list[Orphan]:
        """Shows the latest run that a window left behind, with the edits made beside it; returns other edits.

        Where another project is open already, the person is asked.
        """
        for left in left_behind(self.bridge.runs):
            unsaved = next(
                (
                    it
                    for it in found
                    if it.found.origin.file == left.file and it.found.origin.name == left.name
                ),
                None,
            )
            if self.files.is_untouched or self.files.holds(left):
                self._join(left, unsaved)
                found = [orphan for orphan in found if orphan is not unsaved]
            else:
                self.notices.tell(
                    str(left.directory),
                    f"A training of {left.name} went on without a window.",
                    [("Show it", partial(self._join, left, unsaved))],
                    "history",
                )
        return found

    def _join(self, left: Left, unsaved: Orphan | None) -> None:
        if not self.filing.rejoin(left, unsaved.found if unsaved else None):
            return
        if unsaved is not None:
            unsaved.discard()
        self.show_canvas()
        self.show_tab(self.training)
        self.tell(f"The training of {left.name} went on without its window; here it is again.")

    def _recover(self, orphan: Orphan) -> None:
        if self.filing.recover(orphan.found):
            orphan.discard()

    def _tell_altered(self) -> None:
        path = self.files.path
        assert path is not None, "only a file can be changed"
        self.notices.tell(
            "altered",
            f"{path.name} was changed by another program.",
            [("Reload it", lambda: self.filing.open(path)), ("Keep mine", self.files.keep_mine)],
            "warn",
        )

    # Closing, and files dropped on the window

    def closeEvent(self, event: QCloseEvent) -> None:
        """A training stops within one batch; then asks to save what is not saved, what was learned included."""
        if self._stops_first():
            event.ignore()
            return
        if not self.filing.may_let_go():
            event.ignore()
            if self._trains_on:
                self._trains_on = False
                self.bridge.run(resume=True)
            return
        if self._trains_on:
            self.bridge.train_on()
        self.recorder.stop()
        self.show_canvas()  # so that the panels are kept as they are beside it
        self.alerts.end()
        self.bridge.shut_down()
        self.reading.shut_down()
        self.evaluation.shut_down()
        self.boards.shut_down()
        self.ledger.empty_bin()
        self.settings.keep_place(FRAME, self.saveGeometry())
        self.settings.keep_place(DOCKS, self.saveState())
        event.accept()

    def _stops_first(self) -> bool:
        """Whether the window closes by itself once a training has ended. Asked again, it waits no longer.

        One that is to go on does so in a process that needs no window: exactly, from where it stopped.
        """
        if self.bridge.state not in ("starting", "running", "paused"):
            return False
        if self.bridge.is_remote and self.settings.trains_on:
            return False
        self.bridge.finished.connect(self._close_after, Qt.ConnectionType.SingleShotConnection)
        self.bridge.stop()
        ending = "training goes on without it" if self.settings.trains_on else "the training is kept"
        self.tell(f"The window closes after this batch; {ending}.")
        return True

    def _close_after(self, reason: str) -> None:
        self._trains_on = self.settings.trains_on and reason == "stopped"
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(event.mimeData().urls()) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        file = Path(event.mimeData().urls()[0].toLocalFile())
        self.filing.open(file) if is_project(file) else self.filing.add_data(file)
