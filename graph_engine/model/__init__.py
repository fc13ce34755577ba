"""The functional API: ``Input``, layers called on symbols, ``Model``. It builds the same documents as the canvas."""

from graph_engine.model.model import Model
from graph_engine.model.summary import summary
from graph_engine.model.symbols import Input, Symbol

__all__ = ["Input", "Model", "Symbol", "summary"]
