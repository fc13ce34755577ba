"""Three networks from an empty canvas, by hand and key, and in how many gestures."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.forms import Form
from app.forms.editors import ChoiceEditor
from graph_engine.analysis import analyze
from graph_engine.document import MAIN, wiring
from tests.journeys.person import Person

ALT = Qt.KeyboardModifier.AltModifier


class Sketch:
    """A person who draws, and counts: a search that adds, a drag, a value that is set, a key, a click."""

    def __init__(self, person: Person) -> None:
        self.person, self.hand, self.gestures = person, person.hand, 0
        person.window.files.new_empty()
        person.window.show_canvas()
        person.window.canvas.setFocus()

    def add(self, words: str) -> str:
        """Enter, a few letters, Enter: what is selected leads to the new layer."""
        before = set(self.hand.graph.nodes)
        self.person.window.canvas.setFocus()
        self.hand.key(Qt.Key.Key_Return)
        self.hand.type(words)
        self.hand.key(Qt.Key.Key_Return)
        (new,) = set(self.hand.graph.nodes) - before
        self.person.window.canvas.fit()
        self.gestures += 1
        return new

    def click(self, node: str) -> None:
        self.hand.click(self.hand.body(node))
        self.gestures += 1

    def set(self, node: str, parameter: str, text: str) -> None:
        self.person.set(node, parameter, text)
        self.gestures += 1

    def choose(self, node: str, parameter: str, text: str) -> None:
        self.hand.click(self.hand.body(node))
        forms = self.person.window.inspector.findChildren(Form)
        editor = next(f.rows[parameter].editor for f in forms if parameter in f.rows and f.isVisible())
        assert isinstance(editor, ChoiceEditor)
        editor.combo.setFocus()
        QTest.keyClicks(editor.combo, text)
        QTest.keyClick(editor.combo.view(), Qt.Key.Key_Return)
        self.person.window.activateWindow()  # no window manager gives it back after a popup
        QTest.qWait(QApplication.keyboardInputInterval() + 50)
        self.gestures += 1

    def drag(self, start: QPointF, end: QPointF) -> None:
        self.hand.drag(start, end)
        self.person.window.canvas.fit()
        self.gestures += 1

    def types(self) -> list[str]:
        document = self.person.document
        return sorted(document.layer_of(MAIN, node).type for node in document.main.nodes)

    def problems(self) -> list[str]:
        return [problem.message for problem in analyze(self.person.document).problems]


def test_a_residual_block(person: Person) -> None:
    sketch = Sketch(person)
    given = sketch.add("input")
    sketch.set(given, "shape", "32, 32, 16")
    sketch.click(given)
    last = ""
    for _ in range(2):
        conv = sketch.add("conv2d")
        sketch.set(conv, "filters", "16")
        sketch.choose(conv, "padding", "same")
        sketch.click(conv)
        last = sketch.add("batchnorm")
    out = sketch.add("output")
    sketch.drag(sketch.hand.output(given), sketch.hand.wire(last, out))
    assert sketch.types() == [
        "Add",
        "BatchNormalization",
        "BatchNormalization",
        "Conv2D",
        "Conv2D",
        "Input",
        "Output",
    ]
    assert sketch.problems() == []
    assert person.shape(person.node("add")) == "32×32×16"
    assert sketch.gestures <= 16


def test_an_inception_module(person: Person) -> None:
    sketch = Sketch(person)
    given = sketch.add("input")
    sketch.set(given, "shape", "28, 28, 8")
    ends = []
    for size, first in (("", "conv2d"), ("3", "conv2d"), ("5", "conv2d"), ("", "avgpool2d")):
        sketch.click(given)
        node = sketch.add(first)
        if first == "conv2d":
            sketch.set(node, "kernel_size", "1")
        else:
            sketch.set(node, "strides", "1")
            sketch.choose(node, "padding", "same")
        if size:
            sketch.click(node)
            node = sketch.add("conv2d")
            sketch.set(node, "kernel_size", size)
            sketch.choose(node, "padding", "same")
        ends.append(node)
    sketch.click(ends[0])
    merge = sketch.add("concatenate")
    for end in ends[1:]:
        sketch.drag(sketch.hand.output(end), sketch.hand.body(merge))
    sketch.click(merge)
    sketch.add("output")
    assert sketch.problems() == []
    joined = wiring(person.document.main).incoming(merge)
    assert [edge.source.node for _, edge in sorted(joined.items())] == ends
    assert sketch.gestures <= 30


def test_a_siamese_pair(person: Person) -> None:
    sketch = Sketch(person)
    left = sketch.add("input")
    sketch.set(left, "shape", "20, 8")
    sketch.click(left)
    reader = sketch.add("lstm")
    sketch.click(reader)
    merge = sketch.add("concatenate")
    person.window.canvas.select(())
    right = sketch.add("input")
    sketch.set(right, "shape", "20, 8")
    sketch.click(reader)
    before = set(sketch.hand.graph.nodes)
    sketch.hand.key(Qt.Key.Key_D, ALT)
    (twin,) = set(sketch.hand.graph.nodes) - before
    person.window.canvas.fit()
    sketch.drag(sketch.hand.output(right), sketch.hand.body(twin))
    sketch.drag(sketch.hand.output(twin), sketch.hand.body(merge))
    sketch.click(merge)
    score = sketch.add("dense")
    sketch.click(score)
    sketch.add("output")
    assert sketch.problems() == []
    graph = person.document.main
    assert graph.nodes[reader].layer == graph.nodes[twin].layer, "one layer, called twice"
    assert sketch.gestures <= 16
