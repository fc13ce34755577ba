"""Below the inspector, while a real worker trains: how the selected layer is doing."""

from __future__ import annotations

import math

import pytest
from pytestqt.qtbot import QtBot

from app.live.told import length_words
from app.window import Window
from graph_engine.document import SetTraining

LONG = 60_000


def node_of(window: Window, name: str) -> str:
    document = window.session.document
    return next(key for key, node in document.main.nodes.items() if document.layers[node.layer].name == name)


def test_the_selected_layer_is_watched_while_it_is_selected(qtbot: QtBot, window: Window) -> None:
    window.files.new("digits-residual")
    window.session.dispatch(SetTraining(epochs=500))
    live = window.live
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: window.bridge.state == "running", timeout=LONG)
    assert live.isHidden()
    window.canvas.select([node_of(window, "conv2d")])
    qtbot.waitUntil(lambda: live.rows["time per batch"].text() != "", timeout=LONG)
    assert live.isVisible() and live.epoch.text().startswith("epoch ")
    assert float(live.rows["gradient norm"].text()) > 0
    assert live.rows["update / weight"].text().endswith(" %")
    assert sum(live.histogram.counts) == 32 * 8 * 8 * 32
    window.canvas.select([node_of(window, "residual")])  # an Add has no weights
    assert live.rows["gradient norm"].isHidden()
    assert live.rows["time per batch"].isVisible()
    window.canvas.select([])
    assert live.isHidden()
    with qtbot.waitSignal(window.bridge.finished, timeout=LONG):
        window.bridge.stop()
    window.canvas.select([node_of(window, "conv2d")])
    assert live.isVisible()  # what was told last
    window.files.new("dense-stack")
    assert live.isHidden()


@pytest.mark.parametrize(
    ("length", "words"),
    [(0.01234, "0.012"), (0.0, "0"), (123.4, "120"), (1.2e5, "1.2e5"), (1.2e-7, "1.2e-7"), (math.inf, "inf")],
)
def test_lengths_are_told_in_two_figures(length: float, words: str) -> None:
    assert length_words(length) == words
