"""Keras' ``.keras`` files: opened as projects, written from them. Nothing in them is ever executed.

``archive``, ``store`` and ``saved`` read what stands in a file, ``graphs`` draws it, ``settings`` and ``values``
translate arguments, ``places`` finds weights; ``configs``, ``arguments``, ``order`` and ``compiling`` are the way
back. Which Keras class a layer is stands with the layer (``Layer.keras``).
"""

from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.reader import Imported, read
from graph_engine.interchange.keras.writer import write

__all__ = ["Imported", "KerasError", "read", "write"]
