"""Projects to start from: each draws a model, binds data that ships with the program, and trains.

One file per template, found by itself. A template is code, not a stored file, so that it can never fall
behind the layers, data and settings it names.
"""

from graph_engine.templates.base import TEMPLATES, Template

__all__ = ["TEMPLATES", "Template"]
