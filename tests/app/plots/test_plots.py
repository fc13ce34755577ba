"""Plots on the screen."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.plots import Plots
from app.plots.drawing import round_bounds
from app.plots.plot import Plot
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


def test_under_the_pointer_the_legend_shows_the_values_there(
    qtbot: QtBot, plots: Plots, teller: Teller
) -> None:
    teller.begin(epochs=2)
    teller.epoch(0, loss=1.0)
    teller.epoch(1, loss=0.5)
    loss, *_ = drawn(qtbot, plots)
    view = loss.drawing.getViewBox()
    middle = loss.drawing.mapFromScene(view.sceneBoundingRect().center())
    QTest.mouseMove(loss.drawing.viewport(), middle + QPoint(3, 3))
    QTest.mouseMove(loss.drawing.viewport(), middle)
    qtbot.waitUntil(lambda: "validation 3" in loss.legend.text())
    assert loss._where.text() == "epoch 1.0"
    assert loss.drawing._cursor.isVisible()
    loss.drawing.pointed.emit(None)
    assert "validation 1.5" in loss.legend.text()


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
