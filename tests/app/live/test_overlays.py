"""What layers are doing is drawn on their cards while a real worker trains."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.canvas.states import Overlay
from app.live.button import LiveButton
from app.live.overlays import KINDS
from app.live.pictures import Activity, Cells, Level
from app.window import Window
from graph_engine.document import SetTraining
from graph_engine.layout.place import NODE_GAP

LONG = 60_000
FRAME, PERIOD = 0.016, 0.005  # seconds


def overlay(window: Window, name: str) -> Overlay | None:
    document = window.session.document
    node = next(key for key, node in document.main.nodes.items() if document.layers[node.layer].name == name)
    return window.canvas.scene.nodes[node].overlay


def strip(window: Window, name: str) -> list[str]:
    """What hangs below a card."""
    document = window.session.document
    node = next(key for key, node in document.main.nodes.items() if document.layers[node.layer].name == name)
    shown = window.canvas.scene.nodes[node].strip
    return [level.words for level in shown.levels] if isinstance(shown, Cells) else []


def picture(window: Window) -> str:
    shown = overlay(window, "image")
    return str(shown.told["picture"]) if isinstance(shown, Activity) else ""


def train(window: Window, epochs: int = 500) -> None:
    window.files.new("digits-residual")
    window.session.dispatch(SetTraining(epochs=epochs))
    window.actions_["run"].trigger()


def test_what_is_chosen_is_shown_and_can_be_changed_while_training(qtbot: QtBot, window: Window) -> None:
    window.actions_["live-gradients"].trigger()
    train(window)
    qtbot.waitUntil(lambda: overlay(window, "conv2d") is not None, timeout=LONG)
    shown = overlay(window, "conv2d")
    assert isinstance(shown, Level) and shown.words.startswith("grad ") and 0 < shown.share <= 1
    assert overlay(window, "image") is None  # it has no weights
    window.actions_["live-gradients"].trigger()
    assert overlay(window, "conv2d") is None
    window.actions_["live-activations"].trigger()
    qtbot.waitUntil(lambda: isinstance(overlay(window, "image"), Activity), timeout=LONG)
    image = overlay(window, "image")
    assert isinstance(image, Activity) and (image.told["width"], image.told["height"]) == (8, 8)
    assert not window.canvas.grab().toImage().isNull()
    before = image.told["picture"]
    window.actions_["live-next"].trigger()
    qtbot.waitUntil(lambda: picture(window) not in ("", before), timeout=LONG)
    assert window.overlays.row == 1
    window.actions_["live-off"].trigger()
    assert overlay(window, "conv2d") is None
    with qtbot.waitSignal(window.bridge.finished, timeout=LONG):
        window.bridge.stop()


def click(menu: QMenu, id: str) -> None:
    action = next(action for action in menu.actions() if action.objectName() == id)
    place: QPoint = menu.actionGeometry(action).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)


def test_all_kinds_are_ticked_in_one_go_shown_together_and_cleared(qtbot: QtBot, window: Window) -> None:
    train(window)
    (button,) = window.overlay.findChildren(LiveButton)
    menu = button.menu()
    menu.popup(QPoint(0, 0))
    for kind in KINDS:
        click(menu, f"live-{kind}")
    assert menu.isVisible() and window.overlays.kinds == tuple(KINDS)
    assert button.text() == "Activations of row 1, 5 more"
    qtbot.waitUntil(lambda: len(strip(window, "conv2d_1")) == 4, timeout=LONG)
    shown = overlay(window, "conv2d_1")
    assert isinstance(shown, Activity) and shown.level is not None and shown.level.words.endswith("s")
    assert [words.split()[-1] for words in strip(window, "residual")] == ["dead"]  # an Add has no weights
    item = next(item for item in window.canvas.scene.nodes.values() if item.strip is not None)
    hanging = item.boundingRect().bottom() - item.body.height
    assert hanging < NODE_GAP  # the cards below it stay clear of it
    click(menu, "live-off")
    assert not menu.isVisible() and not strip(window, "conv2d_1") and overlay(window, "conv2d_1") is None
    assert item.boundingRect() == item.body.bounds
    assert not window.actions_["live-off"].isEnabled()
    with qtbot.waitSignal(window.bridge.finished, timeout=LONG):
        window.bridge.stop()


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_finds_its_layers(qtbot: QtBot, window: Window, kind: str) -> None:
    window.actions_[f"live-{kind}"].trigger()
    assert window.actions_[f"live-{kind}"].isChecked()
    train(window)
    qtbot.waitUntil(lambda: overlay(window, "conv2d_1") is not None, timeout=LONG)
    with qtbot.waitSignal(window.bridge.finished, timeout=LONG):
        window.bridge.stop()
    assert overlay(window, "conv2d_1") is not None  # the last is kept after training
    window.files.new("dense-stack")
    assert all(item.overlay is None for item in window.canvas.scene.nodes.values())
