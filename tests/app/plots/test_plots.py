"""Plots on the screen."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QTextDocumentFragment, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.plots import Plots
from app.plots.axes import round_bounds
from app.plots.curve import Curve
from app.plots.plot import Plot
from graph_engine.values import LayerloomError
from tests.app.plots.telling import METRICS, OUTPUTS, Teller


@pytest.fixture
def plots(qtbot: QtBot, qapp: QApplication) -> Plots:
    theme.apply(qapp, "dark")
    plots = Plots()
    qtbot.addWidget(plots)
    plots.resize(1200, 240)
    plots.show()
    qtbot.waitExposed(plots)
    return plots


@pytest.fixture
def teller(plots: Plots) -> Teller:
    return Teller(plots.curves)


def drawn(qtbot: QtBot, plots: Plots) -> list[Plot]:
    plots.wake()
    qtbot.waitUntil(lambda: plots._drawn == plots.curves.version)
    return plots.plots


def line(plot: Plot, name: str) -> tuple[list[float], list[float]]:
    """What is drawn strongly."""
    xs, ys = plot.drawing._strong[name].getData()
    return ([], []) if xs is None else (list(xs), list(ys))


def middle_of(plot: Plot) -> QPoint:
    view = plot.drawing.getViewBox()
    middle: QPoint = plot.drawing.mapFromScene(view.sceneBoundingRect().center())
    return middle


def turn_wheel(
    plot: Plot, at: QPoint, angle: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    place, buttons = QPointF(at), Qt.MouseButton.NoButton
    across = QPointF(plot.drawing.viewport().mapToGlobal(at))
    event = QWheelEvent(
        place, across, QPoint(), QPoint(0, angle), buttons, keys, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(plot.drawing.viewport(), event)


def test_before_the_first_batch_it_says_what_to_do(qtbot: QtBot, plots: Plots, teller: Teller) -> None:
    teller.begin()
    assert drawn(qtbot, plots) == []
    assert plots._stack.currentIndex() == 0
    teller.epoch(0, loss=1.0, accuracy=0.5)
    assert [plot.group.title for plot in drawn(qtbot, plots)] == ["Loss", "Accuracy"]
    assert plots._stack.currentIndex() == 1


def test_curves_and_legend_show_what_was_logged(qtbot: QtBot, plots: Plots, teller: Teller) -> None:
    teller.begin()
    teller.epoch(0, loss=1.0, accuracy=0.5)
    teller.epoch(1, loss=0.123456, accuracy=0.75)
    loss, accuracy = drawn(qtbot, plots)
    assert line(loss, "loss") == ([1.0, 2.0], [1.0, 0.123456])
    assert line(loss, "val_loss") == ([1.0, 2.0], [3.0, 0.370368])
    assert "train 0.123" in loss.legend.text() and "validation 0.37" in loss.legend.text()
    assert "train 0.75" in accuracy.legend.text()


def test_beside_the_pointer_stand_the_values_of_all_curves(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    teller.begin(epochs=2)
    teller.epoch(0, loss=1.0)
    teller.epoch(1, loss=0.5)
    loss, *_ = drawn(qtbot, plots)
    middle = middle_of(loss)
    QTest.mouseMove(loss.drawing.viewport(), middle + QPoint(3, 3))
    QTest.mouseMove(loss.drawing.viewport(), middle)
    qtbot.waitUntil(loss.readout.isVisible)
    said = QTextDocumentFragment.fromHtml(loss.readout.text()).toPlainText()
    assert "epoch 1.0" in said and "train" in said and "validation" in said
    assert "2" in said and "3" in said
    assert loss.drawing._cursor.isVisible()
    loss.drawing.pointed.emit(None)
    assert not loss.readout.isVisible()


def test_the_wheel_zooms_at_the_pointer_a_drag_moves_and_a_double_click_shows_everything(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    teller.begin(epochs=4)
    for epoch, value in enumerate((100.0, 1.0, 2.0, 1.0)):
        teller.epoch(epoch, loss=value)
    loss, *_ = drawn(qtbot, plots)
    assert loss.drawing.across == (0.0, 4.0) and not loss.whole.isEnabled()
    middle = middle_of(loss)
    for _ in range(5):
        turn_wheel(loss, middle, 120)
    low, high = loss.drawing.across
    assert 0 < low < 2 < high < 4
    assert high - low == pytest.approx(4 * 0.8**5)
    assert loss.drawing._ranges["left"][1] < 100  # heights follow what is seen
    viewport = loss.drawing.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(viewport, middle - QPoint(40, 0))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle - QPoint(40, 0))
    assert loss.drawing.across[0] > low
    assert loss.drawing.across[1] - loss.drawing.across[0] == pytest.approx(high - low)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=middle)
    assert loss.drawing.across == (0.0, 4.0) and not loss.drawing.is_zoomed
    turn_wheel(loss, middle, 120, Qt.KeyboardModifier.ControlModifier)
    assert loss.drawing.across == (0.0, 4.0) and loss.drawing.is_zoomed
    QTest.mouseClick(loss.whole, Qt.MouseButton.LeftButton)
    assert not loss.drawing.is_zoomed


def test_of_many_marks_some_say_what_they_are(qtbot: QtBot, plots: Plots, teller: Teller) -> None:
    teller.begin(epochs=40)
    for epoch in range(40):
        teller.change("learning_rate", 1e-3 / (1 + epoch))
        teller.epoch(epoch, loss=1.0)
    loss, *_ = drawn(qtbot, plots)
    lines = loss.drawing._marks.items
    assert len(lines) == 40
    assert [line.label.toPlainText() for line in lines if hasattr(line, "label")][:2] == [
        "learning rate 0.001",
        "learning rate 0.0002",
    ]


def test_of_a_long_training_the_beginning_is_seen_at_once(qtbot: QtBot, plots: Plots, teller: Teller) -> None:
    teller.begin(epochs=60)
    seen = []
    for epoch in (0, 1, 2, 3, 7, 30):
        teller.epoch(epoch, loss=1.0)
        loss, *_ = drawn(qtbot, plots)
        seen.append(loss.drawing.across[1])
    assert seen == [1.0, 2.0, 5.0, 5.0, 10.0, 50.0]
    teller.epoch(59, loss=1.0)
    drawn(qtbot, plots)
    assert loss.drawing.across == (0.0, 60.0)


def test_smoothed_the_raw_curve_stays_visible_behind(qtbot: QtBot, plots: Plots, teller: Teller) -> None:
    teller.begin()
    teller.tell(
        event="batches",
        epoch=0,
        first=0,
        logs=[{"loss": 1.0}] * 10,
        losses=[{"loss": 0.0}, {"loss": 2.0}] * 5,
    )
    loss, *_ = drawn(qtbot, plots)
    QTest.keyClick(loss.smoothing, Qt.Key.Key_End)
    assert loss.drawing._light["loss"].getData()[1].tolist() == [0.0, 2.0] * 5
    strong = line(loss, "loss")[1]
    assert strong[0] == 0.0 and strong[-1] == pytest.approx(1.0, abs=0.01)
    assert "about 1000 points" in loss.smoothing.toolTip()


def test_what_a_callback_plots_joins_the_choice_while_training(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    teller.begin()
    teller.epoch(0, loss=1.0, accuracy=0.5)
    before = drawn(qtbot, plots)
    teller.tell(event="values", points=[{"plot": "Norms", "at": 1.0, "values": {"kernel": 3.0}}])
    loss, others = drawn(qtbot, plots)
    assert [loss, others] == before
    assert others.group.title == "Accuracy"
    others.choice.setCurrentIndex(1)
    assert line(others, "kernel") == ([1.0], [3.0])
    assert "kernel 3" in others.legend.text()


def test_a_million_points_are_drawn_at_more_than_thirty_frames_a_second(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    teller.begin(epochs=10)
    teller.epoch(0, loss=1.0)
    loss, *_ = drawn(qtbot, plots)
    heights = np.random.default_rng(0).normal(size=1_000_000)
    plots.curves.batches["loss"] = Curve.of(np.linspace(0, 10, len(heights)), heights)
    frames = []
    for notch in range(12):
        began = time.perf_counter()
        turn_wheel(loss, middle_of(loss), 120 if notch < 6 else -120)
        loss.drawing.viewport().repaint()
        frames.append(time.perf_counter() - began)
    assert sorted(frames)[len(frames) // 4] < 1 / 30  # what else the machine does only adds


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_plots_are_saved(qtbot: QtBot, plots: Plots, teller: Teller, tmp_path: Path, kind: str) -> None:
    teller.begin()
    teller.epoch(0, loss=1.0, accuracy=0.5)
    teller.epoch(1, loss=0.5, accuracy=0.75)
    drawn(qtbot, plots)
    file = tmp_path / f"curves.{kind}"
    plots.save(file)
    if kind == "png":
        image = QImage(str(file))
        assert image.width() > 2000
        assert QColor(image.pixel(4, 4)).name() == theme.current().panel
    elif kind == "svg":
        assert "<path" in file.read_text() and "Loss" in file.read_text()
    else:
        rows = list(csv.DictReader(file.read_text().splitlines()))
        assert [row["loss"] for row in rows if row["loss"]] == ["1.0", "0.5"]
        assert [row["val_loss"] for row in rows if row["epoch"] == "2.0"] == ["1.5"]
        assert sum(bool(row["loss of batches"]) for row in rows) == 20


def test_a_file_that_cannot_be_written_is_said(
    qtbot: QtBot, plots: Plots, teller: Teller, tmp_path: Path
) -> None:
    teller.begin()
    teller.epoch(0, loss=1.0)
    drawn(qtbot, plots)
    for kind in ("png", "svg", "csv"):
        with pytest.raises(LayerloomError, match="could not be written"):
            plots.save(tmp_path / "nowhere" / f"curves.{kind}")


def test_a_logarithmic_scale_draws_exponents_and_leaves_gaps(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    teller.begin()
    for epoch, value in enumerate((10.0, 0.0, math.nan, 0.01)):
        teller.epoch(epoch, loss=value)
    loss, *_ = drawn(qtbot, plots)
    QTest.mouseClick(loss.logarithmic, Qt.MouseButton.LeftButton)
    heights = line(loss, "loss")[1]
    assert (heights[0], heights[3]) == (1.0, -2.0)
    assert math.isnan(heights[1]) and math.isnan(heights[2])
    axis = loss.drawing.getAxis("left")
    assert axis.tickStrings([-2.0, 0.0], 1.0, 1.0) == ["0.01", "1"]


def test_several_metrics_are_chosen_in_the_heading(qtbot: QtBot, plots: Plots, teller: Teller) -> None:
    teller.begin(METRICS, outputs=OUTPUTS)
    teller.epoch(0, **dict.fromkeys(METRICS, 0.5))
    loss, metrics = drawn(qtbot, plots)
    assert not loss.choice.isVisible() and metrics.choice.isVisible()
    assert [metrics.choice.itemText(index) for index in range(2)] == ["Error", "Accuracy"]
    QTest.keyClick(metrics.choice, Qt.Key.Key_Down)
    assert metrics.group.names == ("cut_accuracy",)
    assert line(metrics, "cut_accuracy") == ([1.0], [0.5])


def test_every_output_has_a_colour_and_its_validation_is_dashed(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    teller.begin(METRICS, outputs=OUTPUTS)
    teller.epoch(0, **dict.fromkeys(METRICS, 0.5))
    loss, _ = drawn(qtbot, plots)
    pens = [loss.drawing._strong[name].opts["pen"] for name in ("loss", "price_loss", "cut_loss")]
    assert [pen.color().name() for pen in pens] == list(theme.current().series[:3])
    validation = loss.drawing._strong["val_price_loss"].opts["pen"]
    assert (validation.color(), validation.style()) == (pens[1].color(), Qt.PenStyle.DashLine)
    assert "price 0.5 / 1.5" in loss.legend.text()


def test_a_narrow_legend_leaves_out_values_before_it_leaves_out_words(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    plots.resize(700, 240)
    teller.begin(METRICS, outputs=OUTPUTS)
    teller.epoch(0, **dict.fromkeys(METRICS, 0.123))
    loss, _ = drawn(qtbot, plots)
    loss.refresh()
    assert [word for word in ("total", "price", "cut", "0.123") if word in loss.legend.text()] == [
        "total",
        "price",
        "cut",
    ]
    assert plots.width() == 700


def test_what_was_made_at_quiet_moments_is_shown_as_if_made_then(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    while plots.prepare():
        pass
    spares = set(plots._spares)
    teller.begin(METRICS, outputs=OUTPUTS)
    teller.epoch(0, **dict.fromkeys(METRICS, 0.5))
    loss, metrics = drawn(qtbot, plots)
    assert {loss, metrics} == spares and not plots.prepare() and not plots._spares
    assert loss.isVisible() and metrics.isVisible()
    words = metrics.choice.fontMetrics().horizontalAdvance(metrics.choice.currentText())
    assert metrics.choice.width() > words


def test_much_news_is_one_drawing(
    qtbot: QtBot, plots: Plots, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller.begin(epochs=400)
    teller.epoch(0, loss=1.0)
    loss, *_ = drawn(qtbot, plots)
    refreshed: list[None] = []
    monkeypatch.setattr(loss, "refresh", lambda: refreshed.append(None))
    for epoch in range(1, 300):
        teller.epoch(epoch, loss=1.0)
        plots.wake()
    drawn(qtbot, plots)
    assert len(refreshed) == 1
    assert not plots._timer.isActive()


def test_what_came_while_hidden_is_drawn_when_shown(qtbot: QtBot, plots: Plots, teller: Teller) -> None:
    plots.hide()
    teller.begin()
    teller.epoch(0, loss=1.0)
    plots.wake()
    qtbot.waitUntil(lambda: not plots._timer.isActive())
    assert plots.plots == []
    plots.show()
    qtbot.waitUntil(lambda: len(plots.plots) == 2)


def test_plots_follow_the_theme(qtbot: QtBot, plots: Plots, teller: Teller) -> None:
    teller.begin()
    teller.epoch(0, loss=1.0)
    loss, *_ = drawn(qtbot, plots)
    theme.appearance().choose("light")
    assert loss.drawing.backgroundBrush().color().name() == theme.LIGHT.panel
    assert loss.drawing._strong["loss"].opts["pen"].color().name() == theme.LIGHT.series[0]
    theme.appearance().choose("dark")


def test_the_window_starts_without_pyqtgraph() -> None:
    code = "import sys, app.window; print('pyqtgraph' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@given(st.lists(st.floats(-1e9, 1e9) | st.just(math.nan), max_size=20))
def test_bounds_are_round_and_hold_every_number(values: list[float]) -> None:
    low, high, step = round_bounds(values)
    slack = 1e-6 * step
    assert low < high
    assert all(low - slack <= value <= high + slack for value in values if math.isfinite(value))
    assert low / step == pytest.approx(round(low / step), abs=1e-6)
    assert 1 <= round((high - low) / step) <= 7
