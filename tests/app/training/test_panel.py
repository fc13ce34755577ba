"""The panel with a real training behind it, worked by its buttons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.bridge.planning import Planned
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.training import TrainingPanel
from app.training.lines import memory_line
from app.training.results import Row, rows_of
from graph_engine.document import Remove, SetTraining
from graph_engine.templates import TEMPLATES
from graph_engine.training.inspection import plan_facts
from graph_engine.values import bytes_text

LONG = 60_000


@pytest.fixture
def panel(qtbot: QtBot, session: Session, bridge: TrainingBridge) -> TrainingPanel:
    panel = TrainingPanel(session, bridge)
    qtbot.addWidget(panel)
    panel.resize(1100, 260)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def table(panel: TrainingPanel) -> dict[str, tuple[str, str]]:
    cells = panel.status.results._cells
    return {name.toolTip(): (train.text(), validation.text()) for name, train, validation in cells}


def shown(panel: TrainingPanel) -> set[str]:
    status = panel.status
    buttons = {"run": status.run, "continue": status.resume, "pause": status.pause, "stop": status.stop}
    return {name for name, button in buttons.items() if button.isVisible()}


def test_run_trains_and_leaves_curves_and_results(
    qtbot: QtBot, panel: TrainingPanel, bridge: TrainingBridge
) -> None:
    assert panel.status.headline.text() == "Not trained yet"
    assert panel.status.lines.text() == "digits.npz, 20 % held back to check on"
    assert shown(panel) == {"run"}
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        press(panel.status.run)
        assert panel.status.headline.text() == "Starting"
        assert shown(panel) == {"pause", "stop"}
    assert panel.status.headline.text() == "Trained for 2 epochs"
    assert panel.status.lines.text() == "digits.npz: 1,438 rows to learn from, 359 to check on"
    assert panel.status.bar.value() == panel.status.bar.maximum()
    history = bridge.history
    assert table(panel) == {
        name: (f"{history[name][-1]:.3g}", f"{history[f'val_{name}'][-1]:.3g}")
        for name in ("loss", "accuracy")
    }
    qtbot.waitUntil(lambda: len(panel.plots.plots) == 2)
    assert panel.plots.curves.epochs["val_loss"].y.tolist() == history["val_loss"]


def test_pause_go_on_stop_and_continue(
    qtbot: QtBot, panel: TrainingPanel, session: Session, bridge: TrainingBridge
) -> None:
    session.dispatch(SetTraining(epochs=300))
    with qtbot.waitSignal(
        bridge.progressed, timeout=LONG, check_params_cb=lambda progress: progress.epoch >= 1
    ):
        press(panel.status.run)
    press(panel.status.pause)
    qtbot.waitUntil(lambda: panel.status.headline.text().startswith("Paused, epoch "), timeout=LONG)
    press(panel.status.pause)
    qtbot.waitUntil(lambda: bridge.state == "running", timeout=LONG)
    with qtbot.waitSignal(bridge.finished, timeout=LONG):
        press(panel.status.stop)
        assert not panel.status.stop.isEnabled()
    assert panel.status.headline.text().endswith(", stopped")
    assert shown(panel) == {"run", "continue"}
    session.dispatch(SetTraining(seed=7))
    panel.status.refresh()
    assert shown(panel) == {"run"}


def test_a_drawing_with_errors_cannot_be_run(panel: TrainingPanel, session: Session) -> None:
    assert panel.status.run.isEnabled()
    session.dispatch(Remove("main", (session.document.main.inputs[0],)))
    assert not panel.status.run.isEnabled()
    session.undo()
    assert panel.status.run.isEnabled()


def test_another_project_shows_what_it_was_trained_to(
    qtbot: QtBot, panel: TrainingPanel, session: Session, bridge: TrainingBridge
) -> None:
    bridge.history = {"loss": [0.5, 0.25], "val_loss": [0.75, 0.5]}
    session.open(TEMPLATES["digits-residual"].document())
    assert panel.status.headline.text() == "Trained for 2 epochs"
    assert table(panel) == {"loss": ("0.25", "0.5")}
    qtbot.waitUntil(lambda: len(panel.plots.plots) == 1)
    bridge.forget()
    session.open(TEMPLATES["digits-residual"].document())
    assert panel.status.headline.text() == "Not trained yet"
    assert not panel.status.results.isVisible()


def test_a_failure_is_said_where_the_training_would_be(panel: TrainingPanel, bridge: TrainingBridge) -> None:
    bridge.failed.emit("There is no file digits.npz.")
    assert panel.status.headline.text() == "Could not train"
    assert panel.status.lines.text() == "There is no file digits.npz."


def test_many_results_do_not_make_the_panel_higher(panel: TrainingPanel) -> None:
    before = panel.minimumSizeHint()
    panel.status.results.show_logs({f"output_{index}_loss": 1.0 for index in range(40)})
    QApplication.processEvents()
    assert panel.minimumSizeHint() == before


def test_validation_stands_beside_the_log_that_it_checks() -> None:
    logs = {"loss": 1.0, "a_loss": 2.0, "learning_rate": 0.1, "val_loss": 3.0}
    assert rows_of(logs) == (Row("loss", 1.0, 3.0), Row("a_loss", 2.0, None))


def test_a_name_that_is_too_long_can_be_read_under_the_pointer(panel: TrainingPanel, qtbot: QtBot) -> None:
    name = "price_of_the_diamond_mean_absolute_percentage_error"
    panel.status.results.show_logs({name: 1.0})
    cell: QLabel = panel.status.results._cells[0][0]
    qtbot.waitUntil(lambda: cell.text().endswith("\u2026"))
    assert cell.toolTip() == name.replace("_", " ")


def test_what_training_takes_is_said_before_the_run(
    qtbot: QtBot, session: Session, bridge: TrainingBridge
) -> None:
    panel = TrainingPanel(session, bridge)
    qtbot.addWidget(panel)
    with qtbot.waitSignal(bridge.planning.changed, timeout=60_000):
        pass
    assert bridge.planning.planned is not None
    facts = plan_facts(session.document, session.document.training.batch_size)
    total = facts.memory.total
    assert bridge.planning.planned.wanted == total
    assert f"Training takes {bytes_text(total)} of memory;" in panel.status.lines.text()
    assert memory_line(Planned(2**34, 2**33, 2**30)).endswith("are free: make batches smaller.")


def test_what_fits_only_with_recomputed_activations_is_one_click_away(
    panel: TrainingPanel, session: Session, bridge: TrainingBridge
) -> None:
    status = panel.status
    assert not status.recompute.isVisible()
    bridge.planning._take(Planned(16_000_000_000, 7_000_000_000, 8_000_000_000))
    assert "recompute activations, which takes 7 GB, or make batches smaller" in status.lines.text()
    press(status.recompute)
    assert session.document.training.recompute_activations
    assert not status.recompute.isVisible()
    session.undo()
    assert status.recompute.isVisible()
