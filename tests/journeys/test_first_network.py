"""The whole way once: draw, break, mend, undo, train, stop, save, and find it all again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.window import Window
from graph_engine.document import MAIN, Document, SetTraining
from tests.journeys.person import Person

TRAINING_MS = 120_000


@pytest.mark.slow
def test_from_an_open_window_to_a_trained_project_and_back(
    person: Person, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = person.window
    window.files.new("digits-residual")
    window.canvas.fit()
    template = person.document

    # Place a layer from the library, wire it with the mouse, and see its shape.
    window.canvas.select(())
    dense = person.place("dense")
    pooled = next(
        edge.source.node
        for edge in person.document.main.edges.values()
        if edge.target.node == person.node("digit")
    )
    if not any(edge.target.node == dense for edge in person.document.main.edges.values()):
        assert person.shape(dense) in ("", "?")
        person.wire(pooled, dense)
    assert (pooled, dense, "input") in person.hand.wires
    assert person.shape(dense) == str(person.window.session.analysis.node(MAIN, dense).outputs[0].spec)

    # Break it: one end of the residual gets another number of channels.
    residual = person.node("residual")
    branch = next(
        edge.source.node
        for edge in person.document.main.edges.values()
        if edge.target.node == residual and person.document.layer_of(MAIN, edge.source.node).type == "Conv2D"
    )
    person.set(branch, "filters", "48")
    assert person.outline(residual) == "error"
    assert "problem" in window.overlay.pill.text()
    person.press(window.toolbar.buttons["run"])
    assert state_of(window) == "idle"
    assert window.status.currentMessage().startswith("The model cannot run yet: ")
    assert window.tabs.page is window.problems

    # Mend it with a button.
    assert person.fixes()
    person.press(next(iter(person.fixes().values())))
    assert person.outline(residual) == ""
    assert not window.session.analysis.errors

    # Undo everything, redo everything.
    drawn = person.document
    steps = 0
    while window.actions_["undo"].isEnabled():
        person.keys("Ctrl+Z")
        steps += 1
    assert steps >= 3
    assert same(person, template)
    for _ in range(steps):
        person.keys("Ctrl+Shift+Z")
    assert same(person, drawn)
    assert not window.actions_["redo"].isEnabled()

    # Run, see the curve grow, stop.
    window.session.dispatch(SetTraining(epochs=500))
    window.canvas.setFocus()
    person.keys("F5")
    qtbot.waitUntil(lambda: len(window.bridge.history.get("val_loss", ())) >= 2, timeout=TRAINING_MS)
    assert state_of(window) == "running"
    person.press(window.toolbar.buttons["stop"])
    qtbot.waitUntil(lambda: window.bridge.state == "idle", timeout=TRAINING_MS)
    losses = window.bridge.history["loss"]
    assert 2 <= len(losses) < 500 and losses[-1] < losses[0]
    assert window.bridge.weights and window.isWindowModified()

    # Save, and open it in another window: nothing differs.
    file = tmp_path / "first.loom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    person.keys("Ctrl+S")
    assert not window.isWindowModified()
    other = Window(Settings(tmp_path / "other.ini"))
    try:
        other.files.open(file)
        assert other.session.document == window.session.document
        assert other.bridge.history == window.bridge.history
        assert other.bridge.weights.keys() == window.bridge.weights.keys()
        for path, array in window.bridge.weights.items():
            assert np.array_equal(other.bridge.weights[path], array), path
        window.canvas.select(())
        assert other.canvas.picture(1.0) == window.canvas.picture(1.0)
    finally:
        other.close()
        other.deleteLater()


def same(person: Person, wanted: Document) -> bool:
    """All but the counter of ids, which never goes back."""
    return replace(person.document, next_id=0) == replace(wanted, next_id=0)


def state_of(window: Window) -> str:
    """Asked anew each time: a type checker would believe the last answer."""
    return window.bridge.state
