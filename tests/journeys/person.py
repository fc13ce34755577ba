"""What a person does with the window, in their words; every step goes through real events."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from app.forms import FieldEditor, Form
from app.window import Window
from graph_engine.document import MAIN, Document
from tests.app.canvas.hand import Hand

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


class Person:
    def __init__(self, window: Window, hand: Hand) -> None:
        self.window, self.hand = window, hand

    # Looking

    @property
    def document(self) -> Document:
        return self.window.session.document

    def node(self, name: str) -> str:
        """The node of a layer, by the layer's name."""
        main = self.document.main
        return next(node for node in main.nodes if self.document.layer_of(MAIN, node).name == name)

    def shape(self, node: str) -> str:
        """What the chip at the output says."""
        return self.window.canvas.scene.nodes[node].card.shape

    def outline(self, node: str) -> str:
        return self.window.canvas.scene.nodes[node].card.problem

    def fixes(self) -> dict[str, QPushButton]:
        """The buttons that mend something, by what they say."""
        return {button.text(): button for row in self.window.problems.rows for button in row.buttons}

    # Doing

    def place(self, search: str) -> str:
        """Finds a layer in the library and places it; the new node."""
        before = set(self.document.main.nodes)
        field = self.window.palette_.field
        field.setFocus()
        field.clear()
        self.type(field, search)
        QTest.keyClick(field, Key.Key_Return)
        (new,) = set(self.document.main.nodes) - before
        self.window.canvas.fit()
        return new

    def wire(self, source: str, target: str) -> None:
        self.hand.drag(self.hand.output(source), self.hand.input(target))

    def set(self, node: str, parameter: str, text: str) -> None:
        """Clicks a node and types a value into its form."""
        self.hand.click(self.hand.body(node))
        forms = self.window.inspector.findChildren(Form)
        editor = next(
            form.rows[parameter].editor for form in forms if parameter in form.rows and form.isVisible()
        )
        assert isinstance(editor, FieldEditor)
        editor.field.setFocus()
        editor.field.selectAll()
        self.type(editor.field, text)
        QTest.keyClick(editor.field, Key.Key_Return)

    def press(self, button: QPushButton) -> None:
        assert button.isEnabled(), button.text()
        QTest.mouseClick(button, LEFT)

    def keys(self, text: str) -> None:
        """A shortcut, as the window hears it."""
        self.window.canvas.setFocus()
        QTest.keySequence(self.window.canvas.view, QKeySequence(text))

    def type(self, field: QWidget, text: str) -> None:
        QTest.keyClicks(field, text)
