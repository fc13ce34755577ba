"""A person's own files, never prepared for this program: dropped, looked at, a target chosen, trained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import Window
from tests.journeys.person import Person

TRAINING_MS = 60_000
ROWS = 120


def wide_table(folder: Path) -> Path:
    """Missing values and dates, separated by commas."""
    rng = np.random.default_rng(0)
    names = [f"x{number}" for number in range(40)]
    lines = [",".join(["when", *names, "price"])]
    for row in range(ROWS):
        values = ["" if rng.random() < 0.05 else f"{value:.3f}" for value in rng.normal(size=40)]
        lines.append(",".join([f"2024-{row % 12 + 1:02}-{row % 28 + 1:02}", *values, f"{rng.normal():.2f}"]))
    return write(folder / "wide.csv", "\n".join(lines).encode())


def german_table(folder: Path) -> Path:
    """Semicolons, decimal commas, and the encoding of Western Windows."""
    rng = np.random.default_rng(1)
    lines = ["Größe;Farbe;Güte"]
    for _ in range(ROWS):
        size = rng.normal(170, 10)
        told = f"{size:.1f}".replace(".", ",")
        lines.append(f"{told};{rng.choice(['rot', 'grün'])};{'gut' if size > 170 else 'schlecht'}")
    return write(folder / "deutsch.csv", "\n".join(lines).encode("cp1252"))


def pictures(folder: Path) -> Path:
    rng = np.random.default_rng(2)
    for kind, shift in (("dark", 0), ("light", 120)):
        for number in range(30):
            file = folder / "photos" / kind / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(rng.integers(shift, shift + 100, (12, 16, 3)).astype(np.uint8)).save(file)
    return folder / "photos"


def reviews(folder: Path) -> Path:
    rng = np.random.default_rng(3)
    words = {"good": ["fine", "lovely", "great"], "bad": ["poor", "awful", "dull"]}
    lines = ["review\tverdict"]
    for row in range(ROWS):
        verdict = "good" if row % 2 else "bad"
        said = " ".join(rng.choice([*words[verdict], "film", "the", "was"], 6))
        lines.append(f"{said} {row}\t{verdict}")
    return write(folder / "reviews.tsv", "\n".join(lines).encode())


def arrays(folder: Path) -> Path:
    rng = np.random.default_rng(4)
    kinds = rng.integers(0, 3, ROWS)
    signal = rng.normal(size=(ROWS, 10, 2)) + kinds[:, None, None]
    np.savez(folder / "signals.npz", signal=signal, kind=kinds)
    return folder / "signals.npz"


def write(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def drop(window: Window, file: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    given = (QPoint(200, 200), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(window, QDragEnterEvent(*given))
    QApplication.sendEvent(window, QDropEvent(*given))


def choose_column(window: Window, name: str) -> None:
    preview = window.data.preview
    place = next(n for n, profile in enumerate(preview.rows.profiles) if profile.name == name)
    preview.table.scrollTo(preview.rows.index(0, place))
    at = QPoint(preview.heads.sectionViewportPosition(place) + 20, 20)
    QTest.mouseClick(preview.heads.viewport(), Qt.MouseButton.LeftButton, pos=at)


def steps_of(person: Person) -> list[str]:
    """Of the only input."""
    (node,) = person.document.main.inputs
    return [step.type for step in person.document.data.bindings[node].steps]


@pytest.mark.parametrize(
    ("make", "target", "measure"),
    [
        (wide_table, "price", "val_mean_absolute_error"),
        (german_table, "Güte", "val_accuracy"),
        (pictures, "class", "val_accuracy"),
        (reviews, "verdict", "val_accuracy"),
        (arrays, "kind", "val_accuracy"),
    ],
)
def test_from_a_drop_to_a_trained_model(
    make: Callable[[Path], Path], target: str, measure: str, person: Person, qtbot: QtBot, tmp_path: Path
) -> None:
    window = person.window
    window.files.new_empty()
    drop(window, make(tmp_path))
    assert window.tabs.page is window.data
    qtbot.waitUntil(lambda: window.data.preview.rows.rowCount() > 0)
    choose_column(window, target)
    person.press(window.data.propose)
    qtbot.waitUntil(lambda: "rows to learn from" in window.data.feeds.words.text())
    with qtbot.waitSignal(window.bridge.finished, timeout=TRAINING_MS):
        person.press(window.toolbar.buttons["run"])
    assert measure in window.bridge.history
    if measure == "val_accuracy":
        assert window.bridge.history[measure][-1] > 0.7
    person.window.session.undo()
    assert not person.document.main.nodes


def test_pictures_are_flipped_on_their_way_to_a_trained_model(
    person: Person, qtbot: QtBot, tmp_path: Path
) -> None:
    window = person.window
    window.files.new_empty()
    drop(window, pictures(tmp_path))
    qtbot.waitUntil(lambda: window.data.preview.rows.rowCount() > 0)
    choose_column(window, "class")
    person.press(window.data.propose)
    qtbot.waitUntil(lambda: "rows to learn from" in window.data.feeds.words.text())
    terminal = next(iter(window.data.feeds.terminals.values()))
    adder = terminal.steps.adder
    adder.showPopup()
    QTest.keyClicks(adder.view(), "Random flip")
    QTest.keyClick(adder.view(), Qt.Key.Key_Return)
    assert steps_of(person) == ["Rescale", "RandomFlip"]
    qtbot.waitUntil(lambda: "rows to learn from" in window.data.feeds.words.text())
    with qtbot.waitSignal(window.bridge.finished, timeout=TRAINING_MS):
        person.press(window.toolbar.buttons["run"])
    assert window.bridge.history["val_accuracy"][-1] > 0.7
    person.window.session.undo()
    assert steps_of(person) == ["Rescale"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("ragged.csv", b"a,b\n1,2\n3\n", "Line 3 has 1 values where the table has 2 columns"),
        ("empty.csv", b"", "Empty.csv is empty"),
        ("wide.csv", b",".join([b"x"] * 30_000), "has 30,000 columns, more than 20,000"),
        ("broken.npz", b"PK\x03\x04 no", "broken.npz cannot be read"),
        (
            "text.npy",
            b"no array at all",
            "text.npy is no NumPy file or holds Python objects, which could run code",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    name: str, content: bytes, sentence: str, person: Person, qtbot: QtBot, tmp_path: Path
) -> None:
    window = person.window
    window.files.new_empty()
    drop(window, write(tmp_path / name, content))
    qtbot.waitUntil(lambda: sentence.lower() in window.data.preview.words.text().lower())
    person.window.session.undo()
    assert not person.document.data.sources
