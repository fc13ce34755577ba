"""Invented data for templates whose real data may not be passed on. ``GENERATORS`` finds them by name.

Each says in its docstring what it invents and where the signal lies, so that nobody takes it for more.
"""

from graph_engine.data.generators.base import Generator
from graph_engine.params import Catalogue

GENERATORS: Catalogue[Generator] = Catalogue(Generator, "graph_engine.data.generators", "generator")

__all__ = ["GENERATORS", "Generator"]
